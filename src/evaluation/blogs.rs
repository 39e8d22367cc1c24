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

/// Blogs from which on bands are drawn by blog; fewer say little of how blogs differ.
pub const MANY_BLOGS: usize = 10;

/// For the thread of each score the number, from 0 and without gaps, of what it is drawn with: its blog
/// where the scores are of many, and else itself. Comments of one blog are of one owner, whom the same
/// programs call on.
pub(super) fn clusters(threads: &[Thread], of_scores: &[usize]) -> Vec<usize> {
    let (mut of_blog, mut of_thread) = (BTreeMap::new(), BTreeMap::new());
    let numbers: Vec<[usize; 2]> = of_scores
        .iter()
        .map(|&thread| {
            let (n_blogs, n_threads) = (of_blog.len(), of_thread.len());
            let site = threads[thread].site.as_str();
            [
                *of_blog.entry(site).or_insert(n_blogs),
                *of_thread.entry(thread).or_insert(n_threads),
            ]
        })
        .collect();
    let has_many = of_blog.len() >= MANY_BLOGS;
    let number = |[blog, thread]: [usize; 2]| if has_many { blog } else { thread };
    numbers.into_iter().map(number).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_are_drawn_by_blog_where_there_are_many() {
        let of = |n_sites: usize| {
            let line = |thread: usize| {
                let line = format!(r#"{{"site":"s{}","comments":[]}}"#, thread % n_sites);
                crate::dataset::parse_thread(line.as_bytes()).unwrap()
            };
            let threads: Vec<Thread> = (0..20).map(line).collect();
            let of_scores: Vec<usize> = (0..20).flat_map(|thread| [thread; 2]).collect();
            clusters(&threads, &of_scores)
        };
        let by_thread: Vec<usize> = (0..40).map(|score| score / 2).collect();
        let by_blog: Vec<usize> = by_thread.iter().map(|thread| thread % 10).collect();
        assert_eq!((of(9), of(10)), (by_thread, by_blog));
    }
}
