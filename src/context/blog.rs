//! What the other threads of a blog are about: in how many of them each word stands.
//!
//! What a comment shares with its post says little if every post of the blog has it. On a blog about
//! one illness, its name is an article.

use std::collections::HashMap;
use std::sync::Arc;

use super::thread::WINDOW;
use crate::analysis::{BuildIdentity, CommentAnalysis, Name, PostAnalysis, Terms};

/// Other threads of a blog that weigh as much as the background does. Of 5, 10, 20 and 40, 20 did
/// best on blogs held out, by a little.
const BACKGROUND: f64 = 20.0;

/// What a known thread takes beside its words, in bytes.
const THREAD_BYTES: usize = 160;

/// The words of one thread and their stems: of its post and its first comments that are no spam, and
/// the names of those who wrote them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ThreadWords {
    /// Hashes, sorted.
    words: Vec<u64>,
    has_comments: bool,
}

impl ThreadWords {
    /// Of a post and the comments under it, of which the first [`WINDOW`] count.
    pub fn of<'a, 't: 'a>(
        post: &'a PostAnalysis,
        comments: impl Iterator<Item = &'a CommentAnalysis<'t>>,
    ) -> Self {
        let of_post = post.title.iter().chain(&post.body);
        let hashes = |terms: &'a Terms| {
            let distinct = terms.distinct.iter();
            let both = distinct.flat_map(|term| [term.hash, term.stem]);
            both.filter(|&hash| hash != 0)
        };
        let mut words: Vec<u64> = of_post.flat_map(hashes).collect();
        let mut has_comments = false;
        for comment in comments.take(WINDOW) {
            has_comments = true;
            words.extend(hashes(&comment.terms));
            words.extend(comment.name.value().and_then(Name::key));
        }
        words.sort_unstable();
        words.dedup();
        words.shrink_to_fit();
        Self {
            words,
            has_comments,
        }
    }

    fn contains(&self, word: u64) -> bool {
        self.words.binary_search(&word).is_ok()
    }
}

/// How many threads of one blog each word stands in.
#[derive(Debug, Clone, Default)]
pub struct Blog {
    threads_with: HashMap<u64, u32, BuildIdentity>,
    n_threads: u32,
    n_with_comments: u32,
}

impl Blog {
    /// Counts one more thread.
    pub fn add(&mut self, thread: &ThreadWords) {
        self.n_threads += 1;
        self.n_with_comments += u32::from(thread.has_comments);
        for &word in &thread.words {
            *self.threads_with.entry(word).or_default() += 1;
        }
    }
}

/// The threads of one blog that are known, each by the id of its post.
#[derive(Debug, Clone, Default)]
pub struct KnownThreads {
    blog: Arc<Blog>,
    threads: HashMap<String, Vec<Arc<ThreadWords>>>,
}

impl KnownThreads {
    /// Adds a thread. Several of the same id count one by one, and are left out together.
    pub fn add(&mut self, post: String, words: ThreadWords) {
        Arc::make_mut(&mut self.blog).add(&words);
        self.threads.entry(post).or_default().push(Arc::new(words));
    }

    /// The blog without the thread of this post, whether or not it is known; `None` if there is no
    /// other.
    pub fn beside(&self, post: &str) -> Option<Elsewhere> {
        let own = self.threads.get(post).cloned().unwrap_or_default();
        Elsewhere::new(Arc::clone(&self.blog), own)
    }

    /// About how much memory it takes, in bytes.
    pub fn bytes(&self) -> usize {
        let counts = self.blog.threads_with.capacity() * size_of::<(u64, u32)>();
        let words = |thread: &Arc<ThreadWords>| size_of_val(thread.words.as_slice()) + THREAD_BYTES;
        let threads = self.threads.values().flatten().map(words);
        counts + threads.sum::<usize>()
    }
}

/// A blog without the threads that a comment is compared with.
#[derive(Debug, Clone)]
pub struct Elsewhere {
    blog: Arc<Blog>,
    left_out: Vec<Arc<ThreadWords>>,
    posts_alone: bool,
}

impl Elsewhere {
    /// The blog without some threads, each of which it has counted; `None` if none is left.
    pub fn new(blog: Arc<Blog>, left_out: Vec<Arc<ThreadWords>>) -> Option<Self> {
        let is_any_left = blog.n_threads as usize > left_out.len();
        let with_comments = left_out.iter().filter(|thread| thread.has_comments);
        is_any_left.then_some(Self {
            posts_alone: blog.n_with_comments as usize == with_comments.count(),
            blog,
            left_out,
        })
    }

    /// The same, as if posts had been counted and no comments. They show which words are common on the
    /// blog, but not which are rare: readers have words, and names, that no post has.
    pub fn of_posts_alone(self) -> Self {
        Self {
            posts_alone: true,
            ..self
        }
    }

    /// How many other threads there are, and in how many of them a word or stem stands.
    pub fn look_up(&self, word: u64) -> InOthers {
        let all = self.blog.threads_with.get(&word).copied().unwrap_or(0) as usize;
        let own = self.left_out.iter().filter(|thread| thread.contains(word));
        InOthers {
            with: all.saturating_sub(own.count()) as f64,
            of: (self.blog.n_threads as usize).saturating_sub(self.left_out.len()) as f64,
            posts_alone: self.posts_alone,
        }
    }
}

/// In how many of how many other threads a word stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InOthers {
    with: f64,
    of: f64,
    posts_alone: bool,
}

impl InOthers {
    /// The probability that the word stands in a thread of the blog. `ordinary` is what the
    /// background says, a beta prior of 20 threads: the more threads the blog has, the less it
    /// counts. By posts alone, it is at least as likely as that.
    pub fn share(self, ordinary: f64) -> f64 {
        let share = (self.with + BACKGROUND * ordinary) / (self.of + BACKGROUND);
        if self.posts_alone {
            share.max(ordinary)
        } else {
            share
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A thread with a word that all have and one of its own.
    fn words(thread: u64, has_comments: bool) -> ThreadWords {
        ThreadWords {
            words: vec![7, 100 + thread],
            has_comments,
        }
    }

    #[test]
    fn a_word_of_every_other_thread_is_no_surprise_and_the_threads_at_hand_do_not_count() {
        let threads: Vec<Arc<ThreadWords>> = (0..12)
            .map(|thread| Arc::new(words(thread, true)))
            .collect();
        let mut blog = Blog::default();
        for thread in &threads {
            blog.add(thread);
        }
        let left_out = vec![threads[0].clone(), threads[1].clone()];
        let elsewhere = Elsewhere::new(Arc::new(blog), left_out).unwrap();
        let share = |word| elsewhere.look_up(word).share(0.01);
        assert!((share(7) - (10.0 + 0.2) / 30.0).abs() < 1e-12);
        assert!((share(100) - 0.2 / 30.0).abs() < 1e-12, "left out");
        assert!((share(105) - 1.2 / 30.0).abs() < 1e-12);
        assert_eq!(share(100), share(999), "as if it stood nowhere");
    }

    #[test]
    fn posts_alone_do_not_show_that_a_word_is_rare() {
        let share = |known: &KnownThreads, word| {
            let elsewhere = known.beside("0").unwrap();
            elsewhere.look_up(word).share(0.01)
        };
        let mut known = KnownThreads::default();
        // The comments at hand are not of another thread.
        known.add("0".to_owned(), words(0, true));
        for thread in 1..11 {
            known.add(thread.to_string(), words(thread, false));
        }
        assert!((share(&known, 7) - 10.2 / 30.0).abs() < 1e-12);
        assert_eq!(share(&known, 999), 0.01, "no rarer than elsewhere");
        known.add("11".to_owned(), words(11, true));
        assert!((share(&known, 999) - 0.2 / 31.0).abs() < 1e-12);
    }
}
