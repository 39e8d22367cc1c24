//! Other threads of the blogs whose comments are judged.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::files::report_troubles;
use crate::analysis::{CommentAnalysis, PostAnalysis};
use crate::comment::{Label, Thread};
use crate::context::{Elsewhere, KnownThreads, ThreadWords, WINDOW};
use crate::dataset::read_threads;

/// What to say beside that no other threads of a blog were found.
pub(super) const TOLD_APART: &str = "threads are told apart by the `id` of their post";

/// What is known of some blogs, by site.
#[derive(Default)]
pub(super) struct KnownBlogs(BTreeMap<String, KnownThreads>);

impl KnownBlogs {
    /// Reads thread files, or folders of them.
    pub(super) fn read(paths: &[PathBuf]) -> anyhow::Result<Self> {
        let mut blogs = Self::default();
        if paths.is_empty() {
            return Ok(blogs);
        }
        let read = read_threads(paths)?;
        report_troubles(&read);
        for thread in read.threads {
            let words = words_of(&thread);
            let known = blogs.0.entry(thread.site).or_default();
            known.add(thread.post.id, words);
        }
        Ok(blogs)
    }

    /// The other threads of a thread's blog, if there are any. The thread itself is told from them by
    /// the id of its post.
    pub(super) fn beside(&self, thread: &Thread) -> Option<Elsewhere> {
        self.0.get(&thread.site)?.beside(&thread.post.id)
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
