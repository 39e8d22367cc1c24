//! Measures of a classifier: area under the ROC curve, spam caught at a share of genuine blocked,
//! expected calibration error, bands by the bootstrap, and bounds on shares.

use serde::Serialize;
use statrs::distribution::{Beta, ContinuousCDF as _};

use crate::policy::ROUNDING;
use crate::random::SplitMix;

/// How sure a bound on a share is.
pub const CONFIDENCE: f64 = 0.95;

/// Resamples of the bootstrap.
pub const RESAMPLES: usize = 200;

/// One judged comment: log-odds and truth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    /// Log-odds of spam.
    pub score: f64,
    /// Whether it is spam.
    pub spam: bool,
}

/// Area under the ROC curve: the probability that spam scores above ham, ties counting half (Hanley
/// and McNeil, *The meaning and use of the area under a ROC curve*, 1982). `None` without both
/// classes.
pub fn roc_auc(judged: &[Judged]) -> Option<f64> {
    let weights = vec![1.0; judged.len()];
    weighted_roc_auc(&ranked(judged), judged, &weights)
}

/// The share of spam that scores above a threshold which blocks at most `share` of the genuine
/// comments: `floor(share × n)` of `n` genuine comments may score at or above the spam caught, so
/// ties count against the classifier. `None` without both classes.
pub fn caught_at(judged: &[Judged], share: f64) -> Option<f64> {
    let has = |spam: bool| judged.iter().any(|judged| judged.spam == spam);
    let weights = vec![1.0; judged.len()];
    (has(true) && has(false)).then(|| weighted_caught_at(&ranked(judged), judged, &weights, share))
}

/// One-sided upper bound, at [`CONFIDENCE`], on the true share in [0, 1] when `taken` of `n` were taken.
/// Exact where comments are independent of each other (Clopper and Pearson, *The use of confidence or
/// fiducial limits illustrated in the case of the binomial*, Biometrika 1934). `None` for an `n` of 0.
pub(super) fn at_most(taken: usize, n: usize) -> Option<f64> {
    let left = n.checked_sub(taken)?;
    if left == 0 {
        return (n > 0).then_some(1.0);
    }
    let shares = Beta::new(taken as f64 + 1.0, left as f64).ok()?;
    Some(shares.inverse_cdf(CONFIDENCE))
}

/// The lower bound to [`at_most`].
pub(super) fn at_least(taken: usize, n: usize) -> Option<f64> {
    Some(1.0 - at_most(n.checked_sub(taken)?, n)?)
}

/// The value in the middle, of an even number the mean of the two in the middle; `None` without any.
pub(super) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = values.get(values.len() / 2)?;
    let lower = values.get((values.len() - 1) / 2)?;
    Some((lower + upper) / 2.0)
}

/// Mean gap between stated and observed share of spam over `n_bins` bins of equal width, weighted
/// by what the comments in them weigh (Naeini, Cooper, Hauskrecht, *Obtaining well calibrated
/// probabilities using Bayesian binning*, AAAI 2015). `examples` are (probability, is spam, weight);
/// there has to be a bin, and weights are positive.
pub fn expected_calibration_error(examples: &[(f64, bool, f64)], n_bins: usize) -> f64 {
    // Of each bin, what is stated beyond what is observed, summed over its comments.
    let mut gaps = vec![0.0; n_bins];
    let mut total = 0.0;
    for &(probability, spam, weight) in examples {
        let bin = ((probability * n_bins as f64) as usize).min(n_bins - 1);
        gaps[bin] += weight * (probability - f64::from(u8::from(spam)));
        total += weight;
    }
    if total == 0.0 {
        return 0.0;
    }
    gaps.iter().map(|gap: &f64| gap.abs()).sum::<f64>() / total
}

/// A figure with its band.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Figure {
    /// The figure on all comments.
    pub value: f64,
    /// The 5th and the 95th percentile of the resamples, of which 90 % lie between them. `None` for a
    /// single cluster, which cannot be resampled.
    pub band: Option<[f64; 2]>,
}

/// ROC AUC and the shares caught at `shares` of genuine blocked, each with a band from `resamples`
/// bootstrap draws of whole clusters (Efron and Tibshirani, *An introduction to the bootstrap*, 1993,
/// section 13.3, percentile method). `clusters` has for each comment the number, from 0 and without gaps,
/// of what it comes from together with others that it may depend on, such as its blog. `None` where a
/// class is missing.
pub fn with_bands(
    judged: &[Judged],
    clusters: &[usize],
    shares: &[f64],
    resamples: usize,
    seed: u64,
) -> Option<(Figure, Vec<Figure>)> {
    let auc = roc_auc(judged)?;
    let caught: Vec<f64> = shares
        .iter()
        .map(|&share| caught_at(judged, share))
        .collect::<Option<_>>()?;
    let order = ranked(judged);
    let n_clusters = clusters
        .iter()
        .map(|cluster| cluster + 1)
        .max()
        .unwrap_or(0);
    let mut random = SplitMix(seed);
    let mut draws: Vec<Vec<f64>> = vec![Vec::new(); shares.len() + 1];
    for _ in 0..resamples {
        let mut counts = vec![0.0; n_clusters];
        for _ in 0..n_clusters {
            counts[random.below(n_clusters)] += 1.0;
        }
        let weights: Vec<f64> = clusters.iter().map(|&cluster| counts[cluster]).collect();
        // A resample without one of the classes says nothing.
        let Some(auc) = weighted_roc_auc(&order, judged, &weights) else {
            continue;
        };
        draws[0].push(auc);
        for (draw, &share) in draws[1..].iter_mut().zip(shares) {
            draw.push(weighted_caught_at(&order, judged, &weights, share));
        }
    }
    let mut banded = std::iter::once(auc)
        .chain(caught)
        .zip(draws)
        .map(|(value, mut draws)| {
            draws.sort_by(f64::total_cmp);
            let at = |q: f64| draws[((draws.len() - 1) as f64 * q).round() as usize];
            let band = (n_clusters > 1 && !draws.is_empty()).then(|| [0.05, 0.95].map(at));
            Figure { value, band }
        });
    let auc = banded.next()?;
    Some((auc, banded.collect()))
}

/// Indices by falling score.
fn ranked(judged: &[Judged]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..judged.len() as u32).collect();
    order.sort_by(|&a, &b| {
        judged[b as usize]
            .score
            .total_cmp(&judged[a as usize].score)
            .then(a.cmp(&b))
    });
    order
}

/// Walks groups of equal score from the top: (weight of ham, weight of spam) of each.
fn groups<'a>(
    order: &'a [u32],
    judged: &'a [Judged],
    weights: &'a [f64],
) -> impl Iterator<Item = (f64, f64)> + 'a {
    let mut at = 0;
    std::iter::from_fn(move || {
        let first = *order.get(at)? as usize;
        let (mut ham, mut spam) = (0.0, 0.0);
        while let Some(&index) = order.get(at) {
            let index = index as usize;
            if judged[index].score != judged[first].score {
                break;
            }
            *if judged[index].spam {
                &mut spam
            } else {
                &mut ham
            } += weights[index];
            at += 1;
        }
        Some((ham, spam))
    })
}

fn weighted_roc_auc(order: &[u32], judged: &[Judged], weights: &[f64]) -> Option<f64> {
    let (mut ham_above, mut spam_all, mut area) = (0.0, 0.0, 0.0);
    for (ham, spam) in groups(order, judged, weights) {
        area += spam * (ham_above + ham / 2.0);
        ham_above += ham;
        spam_all += spam;
    }
    (ham_above > 0.0 && spam_all > 0.0).then(|| 1.0 - area / (spam_all * ham_above))
}

fn weighted_caught_at(order: &[u32], judged: &[Judged], weights: &[f64], share: f64) -> f64 {
    let total = |class: bool| -> f64 {
        judged
            .iter()
            .zip(weights)
            .filter(|(j, _)| j.spam == class)
            .map(|(_, w)| w)
            .sum()
    };
    // floor(0.07 × 100) is meant to be 7.
    let allowed = (share * total(false) + ROUNDING).floor();
    let (mut ham_above, mut caught) = (0.0, 0.0);
    for (ham, spam) in groups(order, judged, weights) {
        ham_above += ham;
        if ham_above > allowed {
            break;
        }
        caught += spam;
    }
    caught / total(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(scores: &[(f64, bool)]) -> Vec<Judged> {
        let judged = |&(score, spam)| Judged { score, spam };
        scores.iter().map(judged).collect()
    }

    #[test]
    fn bounds_are_those_of_the_binomial() {
        for (taken, n) in [
            (0, 1),
            (0, 299),
            (3, 10),
            (9, 10),
            (12, 40_000),
            (39_000, 40_000),
        ] {
            let bound = at_most(taken, n).unwrap();
            // The probability of so few, by the terms of the distribution.
            let mut term = n as f64 * (-bound).ln_1p();
            let mut so_few = term.exp();
            for k in 1..=taken {
                term += ((n - k + 1) as f64 / k as f64).ln() + (bound / (1.0 - bound)).ln();
                so_few += term.exp();
            }
            assert!((so_few - 0.05).abs() < 1e-6, "{taken} of {n}: {so_few}");
            let opposite = at_least(n - taken, n).unwrap();
            assert!((opposite - (1.0 - bound)).abs() < 1e-12);
        }
        assert_eq!((at_most(5, 5), at_least(0, 5)), (Some(1.0), Some(0.0)));
        assert_eq!((at_most(0, 0), at_least(0, 0)), (None, None));
    }

    #[test]
    fn area_under_the_curve_counts_pairs_and_half_ties() {
        // Spam 3, 2, 1 against ham 2, 0: of six pairs four are right and one is a tie.
        let scores = judged(&[
            (3.0, true),
            (2.0, true),
            (1.0, true),
            (2.0, false),
            (0.0, false),
        ]);
        assert!((roc_auc(&scores).unwrap() - 4.5 / 6.0).abs() < 1e-12);
        assert_eq!(roc_auc(&scores[..3]), None);
    }

    #[test]
    fn ties_with_genuine_comments_are_not_caught() {
        let scores = judged(&[
            (3.0, true),
            (2.0, true),
            (2.0, false),
            (1.0, true),
            (0.0, false),
        ]);
        assert_eq!(caught_at(&scores, 0.0), Some(1.0 / 3.0));
        assert_eq!(caught_at(&scores, 0.49), Some(1.0 / 3.0));
        assert_eq!(caught_at(&scores, 0.5), Some(1.0));
        assert_eq!(caught_at(&scores, 1.0), Some(1.0));
    }

    #[test]
    fn the_median_stands_between_the_two_in_the_middle() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![3.0, 9.0, 1.0]), Some(3.0));
        assert_eq!(median(vec![9.0, 1.0, 3.0, 4.0]), Some(3.5));
    }

    #[test]
    fn calibration_error_is_the_mean_gap() {
        let examples = [(0.05, false), (0.05, true), (0.95, true), (0.95, true)];
        let of = |ham: f64| {
            let weighted =
                examples.map(|(stated, spam)| (stated, spam, if spam { 1.0 } else { ham }));
            expected_calibration_error(&weighted, 15)
        };
        assert!((of(1.0) - (0.5 * 0.45 + 0.5 * 0.05)).abs() < 1e-12);
        // Three times .05 too much and once .95 too little, then twice .05 too little.
        assert!((of(3.0) - ((0.95 - 0.15) + 0.1) / 6.0).abs() < 1e-12);
        assert_eq!(expected_calibration_error(&[], 15), 0.0);
    }

    #[test]
    fn the_band_holds_the_figure() {
        let scores: Vec<(f64, bool)> = (0..200)
            .map(|i| (f64::from(i * 7919 % 200), i * 7919 % 200 + i % 60 > 120))
            .collect();
        let scores = judged(&scores);
        let each: Vec<usize> = (0..scores.len()).collect();
        let (auc, caught) = with_bands(&scores, &each, &[0.05], 200, 1).unwrap();
        for banded in [auc, caught[0]] {
            let [low, high] = banded.band.unwrap();
            assert!(low <= banded.value && banded.value <= high, "{banded:?}");
            assert!(low < high);
        }
    }

    #[test]
    fn one_cluster_has_no_band() {
        let scores = judged(&[(1.0, true), (0.0, false)]);
        let (auc, _) = with_bands(&scores, &[0, 0], &[], 200, 1).unwrap();
        assert_eq!((auc.value, auc.band), (1.0, None));
    }
}
