//! The figures of an evaluation.

use std::collections::BTreeMap;

use serde::Serialize;

use super::blogs::{by_site, clusters};
use super::judge::{JudgedComment, JudgedPair};
use super::metrics::{
    Figure, Judged, RESAMPLES, at_least, at_most, caught_at, expected_calibration_error, median,
    roc_auc, with_bands,
};
use super::relevance::{RelevanceFigures, relevance};
use crate::calibration::{log_odds, probability};
use crate::comment::{Label, Thread};
use crate::policy::Verdict;

/// Shares of genuine comments blocked at which the spam caught is reported.
pub const BLOCKED: [f64; 4] = [0.001, 0.005, 0.01, 0.05];

/// By this comments are sliced where their blog says who runs it.
pub const WRITTEN_BY: &str = "written by";

/// The part of them that is written by others.
pub const READERS: &str = "readers";

/// Bins of the calibration error.
const BINS: usize = 15;

/// The spam caught at a share of genuine comments blocked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Caught {
    /// The share of genuine comments that may be blocked.
    pub blocked: f64,
    /// The share of spam caught.
    pub caught: Figure,
}

/// What the model's own thresholds do; `None` without comments of that label.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AtThresholds {
    /// Share of genuine comments held or called spam.
    pub ham_taken: Option<f64>,
    /// What that share is at most, with 95 % confidence, where comments come independently.
    pub ham_taken_at_most: Option<f64>,
    /// Share of genuine comments called spam.
    pub ham_called_spam: Option<f64>,
    /// Share of spam held or called spam.
    pub spam_taken: Option<f64>,
    /// What that share is at least, likewise.
    pub spam_taken_at_least: Option<f64>,
    /// Share of spam called spam.
    pub spam_called_spam: Option<f64>,
    /// Share of genuine comments held or called spam where the labels of the comments before are not
    /// known, as on a blog whose owner decides nothing.
    pub ham_taken_unaided: Option<f64>,
    /// Share of spam held or called spam, likewise.
    pub spam_taken_unaided: Option<f64>,
    /// Median log-odds of ham at even odds.
    pub ham_median: Option<f64>,
    /// Median log-odds of spam at even odds.
    pub spam_median: Option<f64>,
}

/// Threads that hold spam, each judged as a whole, as its readers see it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ThreadsWithSpam {
    /// Threads with at least one comment labelled spam.
    pub n: usize,
    /// Those in which all spam is held or called spam and every genuine comment is published.
    pub right: usize,
    /// Those in which all spam scores higher than every genuine comment, whatever the thresholds.
    pub ranked: usize,
}

/// A part of the comments by themselves.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Slice {
    /// What the comments are sliced by.
    pub by: &'static str,
    /// The part.
    pub part: String,
    /// Spam in it.
    pub n_spam: usize,
    /// Ham in it.
    pub n_ham: usize,
    /// Area under the ROC curve within the part.
    pub auc: Option<f64>,
    /// Spam caught where 1 % of the part's own genuine comments are blocked.
    pub caught_at_1: Option<f64>,
    /// What the model's own thresholds do in it.
    pub at_thresholds: AtThresholds,
}

/// What holding takes of one blog's genuine comments.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OfBlog {
    /// The blog.
    pub site: String,
    /// Its genuine comments.
    pub n_ham: usize,
    /// Share of them held or called spam; `None` without any.
    pub ham_taken: Option<f64>,
    /// Its spam.
    pub n_spam: usize,
    /// Share of it held or called spam; `None` without any.
    pub spam_taken: Option<f64>,
}

/// The figures of one set of threads.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SetReport {
    /// The name of the set.
    pub set: String,
    /// Threads.
    pub n_threads: usize,
    /// Spam.
    pub n_spam: usize,
    /// Ham.
    pub n_ham: usize,
    /// Comments without a label, which no other figure counts.
    pub n_undecided: usize,
    /// Area under the ROC curve; `None` without both classes.
    pub auc: Option<Figure>,
    /// Spam caught at shares of genuine blocked.
    pub caught: Vec<Caught>,
    /// What the model's own thresholds do.
    pub at_thresholds: AtThresholds,
    /// Threads with spam, each as a whole.
    pub threads_with_spam: ThreadsWithSpam,
    /// Expected calibration error, 15 bins of equal width, of the probabilities at the set's own share
    /// of spam, not at the model's: that share itself, which a blog has to state, is taken as known.
    /// Where nearly all comments are genuine, it is small for any model that ranks well.
    pub calibration_error: Option<f64>,
    /// The same at even odds, where spam and genuine comments weigh the same.
    pub balanced_calibration_error: Option<f64>,
    /// Relevance, where blogs have five posts or more.
    pub relevance: Vec<RelevanceFigures>,
    /// Mean average precision of Good answers among the first ten, each compared with the post alone,
    /// where the set has such labels.
    pub answers_map: Option<f64>,
    /// Parts by themselves.
    pub slices: Vec<Slice>,
    /// What the thresholds do on each blog.
    pub blogs: Vec<OfBlog>,
}

/// The figures of one set, of `n_threads` of the threads. `judged` and `pairs` are those of its threads.
pub fn report(
    set: &str,
    n_threads: usize,
    threads: &[Thread],
    judged: &[&JudgedComment],
    pairs: &[&JudgedPair],
    seed: u64,
) -> SetReport {
    let labelled: Vec<&JudgedComment> = judged
        .iter()
        .copied()
        .filter(|judged| judged.label.is_some())
        .collect();
    let scored = labelled.iter().filter_map(|judged| judged.scored());
    let scores: Vec<Judged> = scored.collect();
    let of_scores: Vec<usize> = labelled.iter().map(|judged| judged.thread).collect();
    let clusters = clusters(threads, &of_scores);
    let n_spam = scores.iter().filter(|judged| judged.spam).count();
    let n_ham = scores.len() - n_spam;
    let banded = with_bands(&scores, &clusters, &BLOCKED, RESAMPLES, seed);
    let (auc, caught) = match banded {
        Some((auc, caught)) => (
            Some(auc),
            BLOCKED
                .iter()
                .zip(caught)
                .map(|(&blocked, caught)| Caught { blocked, caught })
                .collect(),
        ),
        None => (None, Vec::new()),
    };
    // Of the probabilities at a log-odds prior, with `ham_weight` for each genuine comment.
    let calibration_error = |prior: f64, ham_weight: f64| {
        (n_spam > 0 && n_ham > 0).then(|| {
            let examples: Vec<(f64, bool, f64)> = scores
                .iter()
                .map(|judged| {
                    let weight = if judged.spam { 1.0 } else { ham_weight };
                    (probability(judged.score + prior), judged.spam, weight)
                })
                .collect();
            expected_calibration_error(&examples, BINS)
        })
    };
    let own_share = n_spam as f64 / scores.len() as f64;
    SetReport {
        set: set.to_owned(),
        n_threads,
        n_spam,
        n_ham,
        n_undecided: judged.len() - labelled.len(),
        auc,
        caught,
        at_thresholds: at_thresholds(&labelled),
        threads_with_spam: threads_with_spam(&labelled),
        calibration_error: calibration_error(log_odds(own_share), 1.0),
        balanced_calibration_error: calibration_error(0.0, n_spam as f64 / n_ham as f64),
        relevance: relevance(threads, pairs, seed),
        answers_map: answers_map(threads, judged),
        slices: slices(&labelled),
        blogs: blogs(threads, &labelled),
    }
}

fn is_spam(judged: &JudgedComment) -> bool {
    judged.label == Some(Label::Spam)
}

fn at_thresholds(labelled: &[&JudgedComment]) -> AtThresholds {
    let count = |spam: bool, is_taken: fn(&JudgedComment) -> bool| {
        let of_class = labelled.iter().filter(|judged| is_spam(judged) == spam);
        let (mut n, mut taken) = (0, 0);
        for judged in of_class {
            n += 1;
            taken += usize::from(is_taken(judged));
        }
        (taken, n)
    };
    let share = |(taken, n): (usize, usize)| (n > 0).then(|| taken as f64 / n as f64);
    let is_taken = |judged: &JudgedComment| judged.verdict >= Verdict::Hold;
    let is_called = |judged: &JudgedComment| judged.verdict == Verdict::Spam;
    let is_taken_unaided = |judged: &JudgedComment| judged.unaided >= Verdict::Hold;
    let (ham, spam) = (count(false, is_taken), count(true, is_taken));
    let median_score = |spam: bool| {
        let of_class = labelled.iter().filter(|judged| is_spam(judged) == spam);
        median(of_class.map(|judged| judged.score).collect())
    };
    AtThresholds {
        ham_median: median_score(false),
        spam_median: median_score(true),
        ham_taken: share(ham),
        ham_taken_at_most: at_most(ham.0, ham.1),
        ham_called_spam: share(count(false, is_called)),
        ham_taken_unaided: share(count(false, is_taken_unaided)),
        spam_taken_unaided: share(count(true, is_taken_unaided)),
        spam_taken: share(spam),
        spam_taken_at_least: at_least(spam.0, spam.1),
        spam_called_spam: share(count(true, is_called)),
    }
}

fn threads_with_spam(labelled: &[&JudgedComment]) -> ThreadsWithSpam {
    let mut of_thread: BTreeMap<usize, Vec<&JudgedComment>> = BTreeMap::new();
    for &judged in labelled {
        of_thread.entry(judged.thread).or_default().push(judged);
    }
    let mut counts = ThreadsWithSpam::default();
    for judged in of_thread.values() {
        let (spam, ham): (Vec<&JudgedComment>, Vec<_>) =
            judged.iter().partition(|judged| is_spam(judged));
        if spam.is_empty() {
            continue;
        }
        let is_right =
            |judged: &&JudgedComment| (judged.verdict >= Verdict::Hold) == is_spam(judged);
        let lowest = spam
            .iter()
            .map(|judged| judged.score)
            .min_by(f64::total_cmp);
        counts.n += 1;
        counts.right += usize::from(judged.iter().all(is_right));
        counts.ranked += usize::from(ham.iter().all(|judged| Some(judged.score) < lowest));
    }
    counts
}

/// Mean average precision of answers labelled `Good` among the first ten of each thread, ranked by
/// relevance to the post alone; `None` for threads without such labels.
fn answers_map(threads: &[Thread], judged: &[&JudgedComment]) -> Option<f64> {
    let mut of_thread: BTreeMap<usize, Vec<(f64, usize, bool)>> = BTreeMap::new();
    for judged in judged {
        let comment = &threads[judged.thread].comments[judged.comment];
        if let Some(label) = &comment.relevance
            && judged.comment < 10
        {
            let score = judged.relevance_alone.filter(|score| !score.is_nan());
            let candidate = (score.unwrap_or(0.0), judged.comment, label == "Good");
            of_thread.entry(judged.thread).or_default().push(candidate);
        }
    }
    let mut precisions = Vec::new();
    for candidates in of_thread.values_mut() {
        // Ties keep the order of posting.
        candidates.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let (mut good, mut sum) = (0.0, 0.0);
        for (rank, (_, _, is_good)) in candidates.iter().enumerate() {
            if *is_good {
                good += 1.0;
                sum += good / (rank + 1) as f64;
            }
        }
        if good > 0.0 {
            precisions.push(sum / good);
        }
    }
    let n = precisions.len() as f64;
    (n > 0.0).then(|| precisions.iter().sum::<f64>() / n)
}

fn slices(labelled: &[&JudgedComment]) -> Vec<Slice> {
    type Part = fn(&JudgedComment) -> Option<(usize, String)>;
    let by: [(&'static str, Part); 7] = [
        ("words", |judged| {
            Some(match judged.words {
                0..=4 => (0, "under 5".to_owned()),
                5..=15 => (1, "5 to 15".to_owned()),
                16..=50 => (2, "16 to 50".to_owned()),
                _ => (3, "over 50".to_owned()),
            })
        }),
        ("script", |judged| {
            Some((judged.script as usize, format!("{:?}", judged.script)))
        }),
        ("kind", |judged| {
            Some((judged.kind as usize, judged.kind.name().to_owned()))
        }),
        ("homepage", |judged| {
            judged.has_homepage.map(|has| {
                (
                    usize::from(has),
                    if has { "given" } else { "none" }.to_owned(),
                )
            })
        }),
        (WRITTEN_BY, |judged| {
            judged.is_by_staff.map(|is_staff| {
                let part = if is_staff { "staff" } else { READERS };
                (usize::from(is_staff), part.to_owned())
            })
        }),
        ("link", |judged| {
            let part = if judged.has_link {
                "in the body"
            } else {
                "none"
            };
            Some((usize::from(judged.has_link), part.to_owned()))
        }),
        ("language, script, trade", |judged| {
            let part = if judged.is_far {
                "new to the model"
            } else {
                "known to the model"
            };
            Some((usize::from(judged.is_far), part.to_owned()))
        }),
    ];
    let mut slices = Vec::new();
    for (by, part) in by {
        let mut parts: BTreeMap<(usize, String), Vec<&JudgedComment>> = BTreeMap::new();
        for judged in labelled {
            if let Some(part) = part(judged) {
                parts.entry(part).or_default().push(judged);
            }
        }
        for ((_, part), judged) in parts {
            let scored = judged.iter().filter_map(|judged| judged.scored());
            let scores: Vec<Judged> = scored.collect();
            let n_spam = scores.iter().filter(|judged| judged.spam).count();
            slices.push(Slice {
                by,
                part,
                n_spam,
                n_ham: scores.len() - n_spam,
                auc: roc_auc(&scores),
                caught_at_1: caught_at(&scores, 0.01),
                at_thresholds: at_thresholds(&judged),
            });
        }
    }
    slices
}

fn blogs(threads: &[Thread], labelled: &[&JudgedComment]) -> Vec<OfBlog> {
    by_site(threads, labelled, |judged| judged.thread)
        .into_iter()
        .map(|(site, judged)| {
            let taken = at_thresholds(&judged);
            let n_spam = judged.iter().filter(|judged| is_spam(judged)).count();
            OfBlog {
                site: site.to_owned(),
                n_ham: judged.len() - n_spam,
                ham_taken: taken.ham_taken,
                n_spam,
                spam_taken: taken.spam_taken,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comment::Kind;
    use crate::text::ScriptGroup;

    fn judged(thread: usize, score: f64, label: Label) -> JudgedComment {
        JudgedComment {
            thread,
            comment: 0,
            score,
            relevance: 0.0,
            verdict: if score >= 3.0 {
                Verdict::Hold
            } else {
                Verdict::Publish
            },
            unaided: Verdict::Publish,
            label: Some(label),
            kind: Kind::Comment,
            words: 1,
            script: ScriptGroup::Latin,
            has_homepage: None,
            is_by_staff: None,
            has_link: false,
            is_far: false,
            relevance_alone: None,
        }
    }

    #[test]
    fn a_thread_is_right_as_a_whole_or_not_at_all() {
        use Label::{Ham, Spam};
        let judged = [
            judged(0, -2.0, Ham),
            judged(0, 4.0, Spam),
            // Held beside spam that is held, but below it.
            judged(1, 3.5, Ham),
            judged(1, 4.0, Spam),
            // Two of spam, one of which passes below a genuine comment.
            judged(2, 1.0, Ham),
            judged(2, 0.0, Spam),
            judged(2, 4.0, Spam),
            // A tie is no order.
            judged(3, 1.0, Ham),
            judged(3, 1.0, Spam),
            // No spam, so not counted.
            judged(4, 9.0, Ham),
            judged(5, 9.0, Spam),
        ];
        let judged: Vec<&JudgedComment> = judged.iter().collect();
        assert_eq!(
            threads_with_spam(&judged),
            ThreadsWithSpam {
                n: 5,
                right: 2,
                ranked: 3
            }
        );
    }

    #[test]
    fn blogs_without_labels_have_no_part_in_the_bands() {
        let line = |site: usize| {
            let line = format!(r#"{{"site":"s{site}","comments":[{{"body":"x"}}]}}"#);
            crate::dataset::parse_thread(line.as_bytes()).unwrap()
        };
        let band = |n_unlabelled: usize| {
            let labelled = (0..20).map(|_| line(0));
            let threads: Vec<Thread> = labelled.chain((1..=n_unlabelled).map(line)).collect();
            let judged: Vec<JudgedComment> = (0..threads.len())
                .flat_map(|thread| {
                    let score = (thread * 7 % 20) as f64;
                    let mut pair = [
                        judged(thread, score, Label::Spam),
                        judged(thread, 10.0, Label::Ham),
                    ];
                    if thread >= 20 {
                        pair.iter_mut().for_each(|judged| judged.label = None);
                    }
                    pair
                })
                .collect();
            let judged: Vec<&JudgedComment> = judged.iter().collect();
            report("", threads.len(), &threads, &judged, &[], 1).auc
        };
        let [low, high] = band(0).unwrap().band.unwrap();
        assert!(low < high);
        assert_eq!(band(10), band(0));
    }

    #[test]
    fn nothing_is_said_of_a_label_that_no_comment_has() {
        let judged = judged(0, 4.0, Label::Spam);
        let at = at_thresholds(&[&judged]);
        assert_eq!((at.ham_taken, at.ham_called_spam), (None, None));
        assert_eq!((at.spam_taken, at.spam_called_spam), (Some(1.0), Some(0.0)));
        assert_eq!((at.ham_median, at.spam_median), (None, Some(4.0)));
    }
}
