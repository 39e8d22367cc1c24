//! Other threads of the blogs whose comments are judged.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::files::report_bad_lines;
use crate::analysis::{CommentAnalysis, PostAnalysis};
use crate::comment::{Label, Thread};
use crate::context::{Blog, Elsewhere, ThreadWords, WINDOW};
use crate::dataset::read_threads;

/// The words of one blog, and of each of its threads by the post's id.
#[derive(Default)]
struct Known {
    blog: Arc<Blog>,
    threads: BTreeMap<String, Vec<Arc<ThreadWords>>>,
}

/// What is known of some blogs, by site.
#[derive(Default)]
pub(super) struct KnownBlogs(BTreeMap<String, Known>);

impl KnownBlogs {
    /// Reads thread files, or folders of them.
    pub(super) fn read(paths: &[PathBuf]) -> anyhow::Result<Self> {
        let mut blogs = Self::default();
        if paths.is_empty() {
            return Ok(blogs);
        }
        let read = read_threads(paths)?;
        report_bad_lines(&read.bad_lines);
        for thread in read.threads {
            let words = Arc::new(words_of(&thread));
            let known = blogs.0.entry(thread.site).or_default();
            Arc::make_mut(&mut known.blog).add(&words);
            let lines = known.threads.entry(thread.post.id).or_default();
            lines.push(words);
        }
        Ok(blogs)
    }

    /// The other threads of a thread's blog, if there are any. The thread itself is told from them by
    /// the id of its post.
    pub(super) fn beside(&self, thread: &Thread) -> Option<Elsewhere> {
        let known = self.0.get(&thread.site)?;
        let own = known.threads.get(&thread.post.id);
        let own = own.cloned().unwrap_or_default();
        Elsewhere::new(known.blog.clone(), own)
    }
}

fn words_of(thread: &Thread) -> ThreadWords {
    let conversation = thread
        .comments
        .iter()
        .filter(|comment| comment.label != Some(Label::Spam));
    let comments: Vec<CommentAnalysis<'_>> =
        conversation.take(WINDOW).map(CommentAnalysis::of).collect();
    ThreadWords::of(&PostAnalysis::of(&thread.post), comments.iter())
}
