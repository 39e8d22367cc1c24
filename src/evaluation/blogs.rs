//! The blogs that some threads belong to, so that each thread is seen beside the others of its blog.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::pairs::Read;
use crate::comment::{Label, Thread};
use crate::context::{Blog, Elsewhere, ThreadWords};

/// The words of each thread and of each blog.
#[derive(Debug)]
pub struct Blogs {
    words: Vec<Arc<ThreadWords>>,
    blogs: Vec<Arc<Blog>>,
    sites: Vec<usize>,
    posts_alone: bool,
}

impl Blogs {
    /// Counts the words of all threads, but for those of comments that are labelled spam.
    pub fn of(read: Read<'_, '_>) -> Self {
        Self::count(read, |thread| {
            let conversation = read.comments[thread]
                .iter()
                .filter(|analysis| analysis.comment.label != Some(Label::Spam));
            ThreadWords::of(&read.posts[thread], conversation)
        })
    }

    /// Counts the words of all posts, and of no comment.
    pub(super) fn of_posts(read: Read<'_, '_>) -> Self {
        let no_comments = std::iter::empty;
        let counted = Self::count(read, |thread| {
            ThreadWords::of(&read.posts[thread], no_comments())
        });
        Self {
            posts_alone: true,
            ..counted
        }
    }

    fn count(read: Read<'_, '_>, words: impl Fn(usize) -> ThreadWords + Sync) -> Self {
        let words: Vec<Arc<ThreadWords>> = (0..read.threads.len())
            .into_par_iter()
            .map(|thread| Arc::new(words(thread)))
            .collect();
        let n_sites = read.sites.iter().map(|site| site + 1).max().unwrap_or(0);
        let mut blogs = vec![Blog::default(); n_sites];
        for (words, &site) in words.iter().zip(read.sites) {
            blogs[site].add(words);
        }
        Self {
            words,
            blogs: blogs.into_iter().map(Arc::new).collect(),
            sites: read.sites.to_vec(),
            posts_alone: false,
        }
    }

    /// The blog of the first of these threads, without any of them.
    pub fn without(&self, threads: &[usize]) -> Option<Elsewhere> {
        let &first = threads.first()?;
        let left_out = threads.iter().map(|&thread| self.words[thread].clone());
        let elsewhere = Elsewhere::new(self.blogs[self.sites[first]].clone(), left_out.collect())?;
        Some(if self.posts_alone {
            elsewhere.of_posts_alone()
        } else {
            elsewhere
        })
    }
}

/// What is judged, by blog.
pub(super) fn by_site<'t, 'j, T>(
    threads: &'t [Thread],
    judged: &[&'j T],
    thread: impl Fn(&T) -> usize,
) -> BTreeMap<&'t str, Vec<&'j T>> {
    let mut of_site: BTreeMap<&str, Vec<&T>> = BTreeMap::new();
    for &one in judged {
        let site = &threads[thread(one)].site;
        of_site.entry(site).or_default().push(one);
    }
    of_site
}
