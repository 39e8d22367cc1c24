//! Labelled comments ready to learn from: read, grouped by resemblance, weighted.

use std::collections::HashMap;

use rayon::prelude::*;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use crate::analysis::{CommentAnalysis, PostAnalysis};
use crate::comment::{Comment, Field, Label, Thread};
use crate::dataset::{Shingles, group};

/// How a blog's weight grows with its comments: as the power 1 − 0.6. The largest set has 10,000
/// times the comments of the smallest blog, and 40 times its weight.
const BLOG_POWER: f64 = 0.6;

/// Share of the total weight that spam has.
const SPAM_SHARE: f64 = 0.4;

/// What an invented comment weighs against one that was left on a blog. How often readers write of
/// something else is what its author happened to choose; and there may be as many of them as somebody
/// cares to write.
const INVENTED: f64 = 0.15;

/// What it weighs where a homepage is given. Comments that were left on blogs show what homepages
/// tell, as hardly any invention can; of spam without one they show next to nothing.
const INVENTED_WITH_HOMEPAGE: f64 = 0.02;

/// One labelled comment that is learned from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Example {
    /// Index of the thread.
    pub thread: usize,
    /// Index of the comment in its thread.
    pub comment: usize,
    /// Index of the blog.
    pub site: usize,
    /// Its label.
    pub spam: bool,
    /// Identifies the author by name; unknown authors differ from each other.
    pub author: u64,
    /// Identifies the template family.
    pub family: usize,
    /// Weight in everything that is fitted, 1 on average where nothing is invented.
    pub weight: f64,
}

/// Threads with all that can be read off them, and the examples among their comments.
#[derive(Debug)]
pub struct Corpus<'a> {
    /// The threads in canonical order.
    pub threads: Vec<&'a Thread>,
    /// The post of each thread.
    pub posts: Vec<PostAnalysis>,
    /// The comments of each thread.
    pub comments: Vec<Vec<CommentAnalysis<'a>>>,
    /// The blog of each thread.
    pub site_of_thread: Vec<usize>,
    /// The blogs' names, sorted.
    pub sites: Vec<String>,
    /// The examples, in the order of threads and comments.
    pub examples: Vec<Example>,
    /// Those that repeat an example of the same label. They count for one thing: on how many blogs
    /// something stands word by word.
    pub copies: Vec<Example>,
    /// Labelled comments that were left out because they repeat another one.
    pub n_duplicates: usize,
    /// A digest of all threads, whatever their order: 32 hexadecimal digits.
    pub digest: String,
    /// Whether what stood on no blog is set apart, which it is beside comments of both labels that did.
    sets_apart: bool,
}

impl<'a> Corpus<'a> {
    /// Reads threads. `held_out` are the comments that the model will be measured on; what resembles
    /// them is not learned from.
    pub fn new(threads: &'a [Thread], held_out: &[Shingles]) -> Self {
        let (order, n_duplicates) = in_order(threads.iter().collect());
        let digest = digest_of(&order);
        let threads: Vec<&Thread> = order.into_iter().map(|(_, thread)| thread).collect();

        let posts = threads
            .par_iter()
            .map(|thread| PostAnalysis::of(&thread.post))
            .collect();
        let comments: Vec<Vec<CommentAnalysis<'a>>> = threads
            .par_iter()
            .map(|thread| {
                thread
                    .comments
                    .par_iter()
                    .map(CommentAnalysis::of)
                    .collect()
            })
            .collect();
        let mut sites: Vec<String> = threads.iter().map(|thread| thread.site.clone()).collect();
        sites.sort_unstable();
        sites.dedup();
        let site_of_thread: Vec<usize> = threads
            .iter()
            .map(|thread| {
                sites
                    .binary_search(&thread.site)
                    .expect("every site is in the list")
            })
            .collect();

        let mut examples = Vec::new();
        for (thread, analyses) in comments.iter().enumerate() {
            for (comment, analysis) in analyses.iter().enumerate() {
                if !teaches(analysis.comment) {
                    continue;
                }
                examples.push(Example {
                    thread,
                    comment,
                    site: site_of_thread[thread],
                    spam: analysis.comment.label == Some(Label::Spam),
                    author: author(analysis.comment, thread, comment),
                    family: 0,
                    weight: 1.0,
                });
            }
        }
        let mut corpus = Self {
            threads,
            posts,
            comments,
            site_of_thread,
            sites,
            examples,
            copies: Vec::new(),
            n_duplicates,
            digest,
            sets_apart: false,
        };
        corpus.drop_duplicates(held_out);
        let is_real = |example: &&Example| corpus.is_of_a_blog(example);
        let mut real = corpus.examples.iter().filter(is_real).map(|one| one.spam);
        corpus.sets_apart = real
            .next()
            .is_some_and(|first| real.any(|spam| spam != first));
        corpus.weigh();
        corpus
    }

    /// The analysis behind an example.
    pub fn analysis(&self, example: &Example) -> &CommentAnalysis<'a> {
        &self.comments[example.thread][example.comment]
    }

    /// Whether an example was invented, in a corpus that has spam and genuine comments of blogs.
    pub fn is_invented(&self, example: &Example) -> bool {
        self.sets_apart && self.threads[example.thread].is_invented
    }

    /// What an invented example weighs against one that was not; `None` for the latter.
    pub(super) fn discount(&self, example: &Example) -> Option<f64> {
        let of_invented = match self.analysis(example).homepage {
            Field::Known(_) => INVENTED_WITH_HOMEPAGE,
            Field::Empty | Field::Unknown => INVENTED,
        };
        self.is_invented(example).then_some(of_invented)
    }

    /// Whether an example says what a model takes on blogs: it is a comment that stood on one, or the
    /// corpus has not both labels of these.
    pub fn is_counted(&self, example: &Example) -> bool {
        !self.sets_apart || self.is_of_a_blog(example)
    }

    /// Whether an example is neither invented nor a name by itself, as lists of names have them:
    /// without words, under nothing.
    fn is_of_a_blog(&self, example: &Example) -> bool {
        let thread = self.threads[example.thread];
        let is_bare = thread.post.title.value().is_none() && thread.post.body.value().is_none();
        let is_name = is_bare && self.analysis(example).tokens.words.is_empty();
        !thread.is_invented && !is_name
    }

    /// Keeps one of each group of near-duplicates per label, and none that resembles a held-out
    /// comment.
    fn drop_duplicates(&mut self, held_out: &[Shingles]) {
        let mut shingles: Vec<Shingles> = held_out.to_vec();
        shingles.par_extend(
            self.examples
                .par_iter()
                .map(|example| shingles_of(self.analysis(example))),
        );
        let groups = group(&shingles);
        let first = held_out.len();
        // A copy that bears the other label stays: which of the two is wrong, nobody knows.
        let mut labels: HashMap<(usize, bool), usize> = HashMap::new();
        let mut kept = Vec::with_capacity(self.examples.len());
        for (index, mut example) in self.examples.iter().copied().enumerate() {
            let original = groups.duplicate_of[first + index];
            let family = groups.family[first + index];
            if groups.near[first + index] < first {
                continue;
            }
            if *labels.entry((original, example.spam)).or_insert(index) != index {
                self.n_duplicates += 1;
                self.copies.push(example);
                continue;
            }
            example.family = family;
            kept.push(example);
        }
        self.examples = kept;
    }

    /// Weighs so that neither a blog nor a template family nor a class dominates. Invented threads
    /// come on top of the others, whose weights they leave in proportion.
    fn weigh(&mut self) {
        let mut family_sizes: HashMap<usize, f64> = HashMap::new();
        for example in &self.examples {
            *family_sizes.entry(example.family).or_default() += 1.0;
        }
        let mut site_sums = vec![[0.0f64; 2]; self.sites.len()];
        for example in &mut self.examples {
            example.weight = 1.0 / family_sizes[&example.family].sqrt();
            site_sums[example.site][usize::from(example.spam)] += example.weight;
        }
        let mut class_sums = [0.0f64; 2];
        for index in 0..self.examples.len() {
            let discount = self.discount(&self.examples[index]);
            let example = &mut self.examples[index];
            let class = usize::from(example.spam);
            example.weight /= site_sums[example.site][class].powf(BLOG_POWER);
            match discount {
                Some(discount) => example.weight *= discount,
                None => class_sums[class] += example.weight,
            }
        }
        let n = self.examples.len() as f64;
        for example in &mut self.examples {
            let share = if example.spam {
                SPAM_SHARE
            } else {
                1.0 - SPAM_SHARE
            };
            example.weight *= share * n / class_sums[usize::from(example.spam)];
        }
    }

    /// Numbers the blogs `0..n_folds` so that the folds have about the same weight, which is what
    /// learning loses with a fold: the heaviest blog first, each to the lightest fold.
    pub fn folds(&self, n_folds: usize) -> Vec<usize> {
        let mut weights = vec![0.0; self.sites.len()];
        for example in &self.examples {
            weights[example.site] += example.weight;
        }
        // In thousandths of a comment of average weight.
        let sizes: Vec<usize> = weights
            .iter()
            .map(|weight| (weight * 1000.0).round() as usize)
            .collect();
        spread(&sizes, n_folds)
    }
}

/// Spreads blogs of the given sizes over folds: the largest first, each to the smallest fold.
pub fn spread(sizes: &[usize], n_folds: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by_key(|&site| (std::cmp::Reverse(sizes[site]), site));
    let mut loads = vec![(0usize, 0usize); n_folds.max(1)];
    let mut folds = vec![0; sizes.len()];
    for site in order {
        let fold = (0..loads.len())
            .min_by_key(|&fold| loads[fold])
            .unwrap_or(0);
        folds[site] = fold;
        loads[fold].0 += sizes[site];
        // Blogs without examples are spread too.
        loads[fold].1 += 1;
    }
    folds
}

/// The word shingles of a comment.
pub fn shingles_of(analysis: &CommentAnalysis<'_>) -> Shingles {
    let words: Vec<u64> = analysis.tokens.words.iter().map(|word| word.hash).collect();
    if words.is_empty() {
        // A bare link or an emoji: only the same again is a copy.
        return Shingles::new(&[xxh3_64(analysis.comment.body.trim().as_bytes())]);
    }
    Shingles::new(&words)
}

fn author(comment: &Comment, thread: usize, index: usize) -> u64 {
    match comment.author.value() {
        Some(name) => xxh3_64(name.trim().to_lowercase().as_bytes()),
        None => xxh3_64(&[thread.to_le_bytes(), index.to_le_bytes()].concat()),
    }
}

/// The digest of what some threads teach, whatever their order and however often each is given: 32
/// hexadecimal digits.
pub fn data_digest(threads: Vec<&Thread>) -> String {
    digest_of(&in_order(threads).0)
}

/// Threads in canonical order, each once, with their fingerprints; and how many comments to learn from
/// are given again, whose words and pairs would count again.
fn in_order(threads: Vec<&Thread>) -> (Vec<(u128, &Thread)>, usize) {
    let mut order: Vec<(u128, &Thread)> = threads
        .into_par_iter()
        .map(|thread| (fingerprint(thread), thread))
        .collect();
    order.sort_by(|a, b| {
        let by_post = (&a.1.site, &a.1.post.id).cmp(&(&b.1.site, &b.1.post.id));
        by_post.then(a.0.cmp(&b.0))
    });
    let mut n_repeated = 0;
    order.dedup_by(|(repeated, thread), (first, _)| {
        let is_repeated = repeated == first;
        if is_repeated {
            n_repeated += thread.comments.iter().filter(|one| teaches(one)).count();
        }
        is_repeated
    });
    (order, n_repeated)
}

fn digest_of(order: &[(u128, &Thread)]) -> String {
    let mut digest = Xxh3::new();
    for (fingerprint, _) in order {
        digest.update(&fingerprint.to_le_bytes());
    }
    format!("{:032x}", digest.digest128())
}

/// Whether a comment is learned from: it has a label, and something in it.
fn teaches(comment: &Comment) -> bool {
    comment.label.is_some() && !comment.body.trim().is_empty()
}

/// Depends on all that is read of a thread, its labels included; the time of posting is not.
fn fingerprint(thread: &Thread) -> u128 {
    let mut digest = Xxh3::new();
    // The derived form names every field and its value, and has no addresses or hashes in it.
    digest.update(format!("{thread:?}").as_bytes());
    digest.digest128()
}
