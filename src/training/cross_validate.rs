//! Judges every blog by a model that has not seen it.

use std::collections::BTreeMap;

use super::{Progress, TrainConfig, TrainError, shingles_of, spread, train_variants};
use crate::analysis::CommentAnalysis;
use crate::comment::Thread;
use crate::evaluation::{JudgedComment, JudgedPair, judge};

/// How blogs are held out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folds {
    /// So many folds of whole blogs, of about the same size.
    Number(usize),
    /// Each blog by itself.
    EachBlog,
}

/// Comments and relevance pairs, judged.
pub type JudgedAll = (Vec<JudgedComment>, Vec<JudgedPair>);

/// Trains once per fold, without the fold's blogs and without near-duplicates of their comments, and
/// judges the fold. `threads` are measured; `also_learned` are only learned from. Gives one judgement
/// for each list of signals that are switched off besides those of the configuration.
///
/// # Errors
/// A fold cannot be trained.
pub fn cross_validate(
    threads: &[Thread],
    also_learned: &[Thread],
    folds: Folds,
    config: &TrainConfig,
    variants: &[Vec<String>],
    progress: Progress<'_>,
) -> Result<Vec<JudgedAll>, TrainError> {
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for thread in threads {
        let labelled = thread
            .comments
            .iter()
            .filter(|comment| comment.label.is_some())
            .count();
        *sizes.entry(&thread.site).or_default() += labelled;
    }
    let sites: Vec<&str> = sizes.keys().copied().collect();
    let sizes: Vec<usize> = sizes.values().copied().collect();
    let (fold_of_site, n_folds) = match folds {
        Folds::Number(n) => (spread(&sizes, n), n),
        Folds::EachBlog => ((0..sites.len()).collect(), sites.len()),
    };
    let fold_of = |thread: &Thread| {
        sites
            .binary_search(&thread.site.as_str())
            .map(|site| fold_of_site[site])
            .ok()
    };
    let mut judged: Vec<JudgedAll> = vec![JudgedAll::default(); variants.len()];
    for fold in 0..n_folds {
        let measured: Vec<usize> = (0..threads.len())
            .filter(|&thread| fold_of(&threads[thread]) == Some(fold))
            .collect();
        if measured.is_empty() {
            continue;
        }
        // A blog of the fold is not learned from, in whichever list its threads stand.
        let learned: Vec<Thread> = threads
            .iter()
            .chain(also_learned)
            .filter(|thread| fold_of(thread) != Some(fold))
            .cloned()
            .collect();
        let mut config = config.clone();
        for &thread in &measured {
            for comment in threads[thread]
                .comments
                .iter()
                .filter(|c| c.label.is_some())
            {
                config
                    .held_out
                    .push(shingles_of(&CommentAnalysis::of(comment)));
            }
        }
        let trained = train_variants(&learned, &config, variants, &|stage, share| {
            let stage = format!("fold {} of {n_folds}: {stage}", fold + 1);
            progress(&stage, (fold as f64 + share) / n_folds as f64);
        })
        .map_err(|error| TrainError::Fold {
            fold: fold + 1,
            n_folds,
            source: Box::new(error),
        })?;
        for (judged, trained) in judged.iter_mut().zip(trained) {
            let (comments, pairs) = judge(&trained.classifier, threads, &measured, config.seed);
            judged.0.extend(comments);
            judged.1.extend(pairs);
        }
    }
    for (comments, _) in &mut judged {
        comments.sort_by_key(|judged| (judged.thread, judged.comment));
    }
    Ok(judged)
}
