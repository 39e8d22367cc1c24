//! Judges labelled threads by one classifier, and their relevance pairs.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::blogs::Blogs;
use super::metrics::Judged;
use super::pairs::{Pair, PostKey, Read, post_key, relevance_pairs};
use crate::analysis::{CommentAnalysis, PostAnalysis};
use crate::calibration::log_odds;
use crate::classifier::{Assessment, Classifier, relevance};
use crate::comment::{Field, Kind, Label, Role, Thread};
use crate::context::Context;
use crate::policy::{Policy, Verdict};
use crate::signals::Scene;
use crate::text::{ScriptGroup, main_script};

/// Posts of some length that a blog must have for relevance to be measured on it.
const LEAST_POSTS: usize = 5;

/// A comment with its judgement and what reports slice by.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgedComment {
    /// Index of the thread among those given.
    pub thread: usize,
    /// Index of the comment in its thread.
    pub comment: usize,
    /// Log-odds of spam at even odds.
    pub score: f64,
    /// Log-odds of relevance.
    pub relevance: f64,
    /// The verdict by the classifier's own thresholds.
    pub verdict: Verdict,
    /// The same where the labels of the comments before are not known, as on a blog whose owner decides
    /// nothing.
    pub unaided: Verdict,
    /// The label, if there is one.
    pub label: Option<Label>,
    /// How it reached the blog.
    pub kind: Kind,
    /// Words of the body.
    pub words: usize,
    /// The script of most of its letters.
    pub script: ScriptGroup,
    /// Whether the author left a homepage; `None` if unknown.
    pub has_homepage: Option<bool>,
    /// Whether it is by somebody who runs the blog; `None` if unknown.
    pub is_by_staff: Option<bool>,
    /// Whether the body has a link.
    pub has_link: bool,
    /// Whether it is far from anything the classifier has learned.
    pub is_far: bool,
    /// Log-odds of relevance to the post alone, without the comments before, for a comment that
    /// somebody judged for its helpfulness.
    pub relevance_alone: Option<f64>,
}

impl JudgedComment {
    /// Score and truth for the measures; `None` without a label.
    pub fn scored(&self) -> Option<Judged> {
        self.label.map(|label| Judged {
            score: self.score,
            spam: label == Label::Spam,
        })
    }
}

/// A relevance pair as judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JudgedPair {
    /// Index of the thread among those given.
    pub thread: usize,
    /// Characters of the comment.
    pub chars: usize,
    /// Beside the other threads of the blog, as `--blog` gives them.
    pub beside_threads: Sides,
    /// Beside the posts of those threads alone, which is what the service stores.
    pub beside_posts: Sides,
    /// By the thread alone.
    pub alone: Sides,
}

/// Log-odds of relevance of one comment under two posts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sides {
    /// Under the post that it was written for.
    pub own: f64,
    /// Under another post of the same blog.
    pub other: f64,
}

/// Some threads, read, and the blogs they belong to.
struct Analysed<'t> {
    threads: Vec<&'t Thread>,
    posts: Vec<PostAnalysis>,
    comments: Vec<Vec<CommentAnalysis<'t>>>,
    sites: Vec<usize>,
}

impl<'t> Analysed<'t> {
    fn of(threads: &'t [Thread], which: &[usize]) -> Self {
        let threads: Vec<&Thread> = which.iter().map(|&thread| &threads[thread]).collect();
        let posts = threads
            .par_iter()
            .map(|thread| PostAnalysis::of(&thread.post))
            .collect();
        let comments = threads
            .par_iter()
            .map(|thread| thread.comments.iter().map(CommentAnalysis::of).collect())
            .collect();
        let mut names: BTreeMap<&str, usize> = threads
            .iter()
            .map(|thread| (thread.site.as_str(), 0))
            .collect();
        for (number, place) in names.values_mut().enumerate() {
            *place = number;
        }
        let sites = threads
            .iter()
            .map(|thread| names[thread.site.as_str()])
            .collect();
        Self {
            threads,
            posts,
            comments,
            sites,
        }
    }

    /// What tells the post of a thread from others: where nothing is known of it, the thread's place.
    fn post(&self, place: usize) -> (usize, Result<PostKey<'t>, usize>) {
        let post = post_key(self.threads[place]);
        (self.sites[place], post.ok_or(place))
    }

    fn read(&self) -> Read<'_, 't> {
        Read {
            threads: &self.threads,
            posts: &self.posts,
            comments: &self.comments,
            sites: &self.sites,
        }
    }
}

/// Judges some threads (`which`, indices into `threads`) by one classifier: all their comments, and
/// their relevance pairs, which the seed draws. Each thread is seen beside the others of its blog
/// among them that have another post.
pub fn judge(
    classifier: &Classifier<'_>,
    threads: &[Thread],
    which: &[usize],
    seed: u64,
) -> (Vec<JudgedComment>, Vec<JudgedPair>) {
    let analysed = Analysed::of(threads, which);
    let blogs = Blogs::of(analysed.read());
    (
        judge_comments(classifier, &analysed, which, &blogs),
        judge_pairs(classifier, &analysed, which, &blogs, seed),
    )
}

fn judge_comments(
    classifier: &Classifier<'_>,
    analysed: &Analysed<'_>,
    which: &[usize],
    blogs: &Blogs,
) -> Vec<JudgedComment> {
    let policy = Policy::new(classifier.thresholds);
    let to_even_odds = -log_odds(classifier.prior);
    // One post may come on several lines, none of which is another thread to the others.
    let mut lines: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for place in 0..which.len() {
        lines.entry(analysed.post(place)).or_default().push(place);
    }
    let judged: Vec<Vec<JudgedComment>> = (0..which.len())
        .into_par_iter()
        .map(|place| {
            let thread = analysed.threads[place];
            let mut judged = Vec::with_capacity(thread.comments.len());
            let elsewhere = blogs.without(&lines[&analysed.post(place)]);
            let elsewhere = elsewhere.as_ref();
            let alone = Context::of(analysed.posts[place].clone());
            let mut undecided = thread.clone();
            for comment in &mut undecided.comments {
                comment.label = None;
            }
            let mut unaided = Vec::with_capacity(thread.comments.len());
            let noting =
                |_, _: &Scene<'_>, assessment: Assessment| unaided.push(assessment.verdict);
            classifier.judge_thread_beside(elsewhere, &undecided, &policy, noting);
            let judging = |index: usize, scene: &Scene<'_>, assessment: Assessment| {
                let comment = &thread.comments[index];
                judged.push(JudgedComment {
                    thread: which[place],
                    comment: index,
                    score: assessment.spam + to_even_odds,
                    relevance: assessment.relevance,
                    verdict: assessment.verdict,
                    unaided: unaided[index],
                    label: comment.label,
                    kind: comment.kind,
                    words: scene.comment.tokens.words.len(),
                    script: main_script(scene.comment.text.as_str()),
                    has_homepage: match scene.comment.homepage {
                        Field::Known(_) => Some(true),
                        Field::Empty => Some(false),
                        Field::Unknown => None,
                    },
                    is_by_staff: comment.role.value().map(|&role| role == Role::Staff),
                    has_link: !scene.comment.links.is_empty(),
                    is_far: assessment.familiarity.is_far(),
                    relevance_alone: comment.relevance.is_some().then(|| {
                        let scene = Scene::new(scene.comment, &alone, &classifier.background);
                        f64::from(relevance(&classifier.relevance, &scene, elsewhere))
                    }),
                });
            };
            classifier.judge_thread_beside(elsewhere, thread, &policy, judging);
            judged
        })
        .collect();
    judged.into_iter().flatten().collect()
}

fn judge_pairs(
    classifier: &Classifier<'_>,
    analysed: &Analysed<'_>,
    which: &[usize],
    blogs: &Blogs,
    seed: u64,
) -> Vec<JudgedPair> {
    let background = |_| &classifier.background;
    // The same pairs each time: the draw knows nothing of the blogs.
    let pairs = |blogs: Option<&Blogs>| -> Vec<Pair> {
        let (least, most) = (LEAST_POSTS, usize::MAX);
        relevance_pairs(analysed.read(), blogs, background, least, most, seed)
    };
    let sides = |pair: &Pair, is_beside: bool| {
        let head = classifier.relevance.head(is_beside);
        Sides {
            own: head.log_odds(&pair.own),
            other: head.log_odds(&pair.other),
        }
    };
    // With so many posts, others are left beside the two that are compared.
    let beside_threads = pairs(Some(blogs));
    let beside_posts = pairs(Some(&Blogs::of_posts(analysed.read())));
    let alone = pairs(None);
    beside_threads
        .iter()
        .zip(&beside_posts)
        .zip(&alone)
        .map(|((threads, posts), alone)| JudgedPair {
            thread: which[threads.thread],
            chars: threads.chars,
            beside_threads: sides(threads, true),
            beside_posts: sides(posts, true),
            alone: sides(alone, false),
        })
        .collect()
}
