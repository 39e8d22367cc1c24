//! Judges labelled threads, by one classifier or by cross-validation over whole blogs.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::pairs::{Pair, Read, relevance_pairs};
use crate::analysis::{CommentAnalysis, PostAnalysis};
use crate::calibration::log_odds;
use crate::classifier::Classifier;
use crate::comment::{Field, Kind, Label, Thread};
use crate::policy::{Policy, Verdict};
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
}

/// A relevance pair as judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JudgedPair {
    /// Index of the thread among those given.
    pub thread: usize,
    /// Characters of the comment.
    pub chars: usize,
    /// Log-odds of relevance under the comment's own post.
    pub own: f64,
    /// Log-odds of relevance under the other post.
    pub other: f64,
}

/// Judges all comments of some threads (`which`, indices into `threads`) by one classifier.
pub fn judge(
    classifier: &Classifier<'_>,
    threads: &[Thread],
    which: &[usize],
) -> Vec<JudgedComment> {
    let policy = Policy::new(classifier.thresholds);
    let to_even_odds = -log_odds(classifier.prior);
    let judged: Vec<Vec<JudgedComment>> = which
        .par_iter()
        .map(|&thread| {
            let mut judged = Vec::with_capacity(threads[thread].comments.len());
            classifier.judge_thread(&threads[thread], &policy, |index, scene, assessment| {
                let comment = &threads[thread].comments[index];
                judged.push(JudgedComment {
                    thread,
                    comment: index,
                    score: assessment.spam + to_even_odds,
                    relevance: assessment.relevance,
                    verdict: assessment.verdict,
                    label: comment.label,
                    kind: comment.kind,
                    words: scene.comment.tokens.words.len(),
                    script: main_script(scene.comment.text.as_str()),
                    has_homepage: match scene.comment.homepage {
                        Field::Known(_) => Some(true),
                        Field::Empty => Some(false),
                        Field::Unknown => None,
                    },
                });
            });
            judged
        })
        .collect();
    judged.into_iter().flatten().collect()
}

/// Judges the relevance pairs of some threads (`which`, indices into `threads`).
pub fn judge_pairs(
    classifier: &Classifier<'_>,
    threads: &[Thread],
    which: &[usize],
    seed: u64,
) -> Vec<JudgedPair> {
    let chosen: Vec<&Thread> = which.iter().map(|&thread| &threads[thread]).collect();
    let posts: Vec<PostAnalysis> = chosen
        .par_iter()
        .map(|thread| PostAnalysis::of(&thread.post))
        .collect();
    let comments: Vec<Vec<CommentAnalysis<'_>>> = chosen
        .par_iter()
        .map(|thread| thread.comments.iter().map(CommentAnalysis::of).collect())
        .collect();
    let mut names: BTreeMap<&str, usize> = chosen
        .iter()
        .map(|thread| (thread.site.as_str(), 0))
        .collect();
    for (number, place) in names.values_mut().enumerate() {
        *place = number;
    }
    let sites: Vec<usize> = chosen
        .iter()
        .map(|thread| names[thread.site.as_str()])
        .collect();
    let read = Read {
        threads: &chosen,
        posts: &posts,
        comments: &comments,
        sites: &sites,
    };
    let background = &classifier.background;
    let pairs: Vec<Pair> = relevance_pairs(read, |_| background, LEAST_POSTS, usize::MAX, seed);
    pairs
        .into_iter()
        .map(|pair| JudgedPair {
            thread: which[pair.thread],
            chars: pair.chars,
            own: classifier.relevance.log_odds(&pair.own),
            other: classifier.relevance.log_odds(&pair.other),
        })
        .collect()
}
