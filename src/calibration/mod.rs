//! Takes scores with labels and gives the affine map that turns scores into log-odds, and
//! probabilities of log-odds.
//!
//! Platt, *Probabilistic outputs for support vector machines*, 1999, section 2, with the Newton
//! method and the careful logarithms of Lin, Lin, Weng, *A note on Platt's probabilistic outputs*,
//! 2007; here with weights, which linfa's version does not take. The tests hold it against
//! linfa-logistic on one feature.

/// `log-odds = slope × score + offset`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Affine {
    /// Above 0.
    pub slope: f64,
    /// Log-odds at score 0.
    pub offset: f64,
}

/// A score with its label.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// What the map is fitted for.
    pub score: f64,
    /// Log-odds that come on top of the map's and are no part of it.
    pub fixed: f64,
    /// Whether the comment is spam.
    pub spam: bool,
    /// Its weight, above 0.
    pub weight: f64,
}

/// How strongly the slope is drawn to 1: `TOWARDS_ONE × (slope − 1)²` beside the mean loss of each
/// class. The scores are log-odds already, and the few dozen blogs of a training set tell their
/// scale too poorly to change it much: what is fitted without the prior follows the folds.
const TOWARDS_ONE: f64 = 1.0;

impl Affine {
    /// The log-odds of a score.
    pub fn log_odds(self, score: f64) -> f64 {
        self.slope * score + self.offset
    }

    /// Fits on scores with labels by maximum likelihood, with a prior that draws the slope towards
    /// one. The classes are weighted to equal sums, so that the log-odds hold at even odds.
    /// Falls back to the identity where either class is missing; the slope is at least 0.05, so that
    /// no score is turned round.
    pub fn fit(examples: &[Scored]) -> Self {
        Self::fit_drawn(examples, TOWARDS_ONE)
    }

    fn fit_drawn(examples: &[Scored], towards_one: f64) -> Self {
        let sum = |class: bool| -> f64 {
            examples
                .iter()
                .filter(|scored| scored.spam == class)
                .map(|scored| scored.weight)
                .sum()
        };
        let (spam, ham) = (sum(true), sum(false));
        if !(spam > 0.0 && ham > 0.0) {
            return Self {
                slope: 1.0,
                offset: 0.0,
            };
        }
        // The targets are drawn in, half as much as Platt does, for the same reason.
        let n = |class: bool| {
            examples
                .iter()
                .filter(|scored| scored.spam == class)
                .count() as f64
        };
        let (spam_target, ham_target) = (1.0 - 0.5 / (n(true) + 1.0), 0.5 / (n(false) + 1.0));
        let terms = |affine: Self| {
            let drawn = affine.slope - 1.0;
            let mut loss = towards_one * drawn * drawn;
            let mut gradient = [2.0 * towards_one * drawn, 0.0];
            let mut hessian = [2.0 * towards_one + 1e-12, 0.0, 1e-12];
            for scored in examples {
                let (score, weight) = (scored.score, scored.weight);
                let (weight, target) = if scored.spam {
                    (weight / spam, spam_target)
                } else {
                    (weight / ham, ham_target)
                };
                let z = affine.log_odds(score) + scored.fixed;
                let p = probability(z);
                loss += weight * (softplus(z) - target * z);
                gradient[0] += weight * (p - target) * score;
                gradient[1] += weight * (p - target);
                let curvature = weight * p * (1.0 - p);
                hessian[0] += curvature * score * score;
                hessian[1] += curvature * score;
                hessian[2] += curvature;
            }
            (loss, gradient, hessian)
        };
        let mut affine = Self {
            slope: 1.0,
            offset: 0.0,
        };
        let (mut loss, mut gradient, mut hessian) = terms(affine);
        for _ in 0..100 {
            let determinant = hessian[0] * hessian[2] - hessian[1] * hessian[1];
            if determinant.abs() < 1e-24 {
                break;
            }
            let d_slope = (hessian[2] * gradient[0] - hessian[1] * gradient[1]) / determinant;
            let d_offset = (hessian[0] * gradient[1] - hessian[1] * gradient[0]) / determinant;
            let mut step = 1.0;
            let improved = loop {
                let tried = Self {
                    slope: affine.slope - step * d_slope,
                    offset: affine.offset - step * d_offset,
                };
                let (new_loss, new_gradient, new_hessian) = terms(tried);
                if new_loss < loss {
                    affine = tried;
                    let gain = loss - new_loss;
                    (loss, gradient, hessian) = (new_loss, new_gradient, new_hessian);
                    break gain > 1e-13;
                }
                step /= 2.0;
                if step < 1e-10 {
                    break false;
                }
            };
            if !improved {
                break;
            }
        }
        Self {
            slope: affine.slope.max(0.05),
            offset: affine.offset,
        }
    }
}

/// The logistic function: the probability of log-odds, in [0, 1].
pub fn probability(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// The log-odds of a probability in (0, 1).
pub fn log_odds(probability: f64) -> f64 {
    (probability / (1.0 - probability)).ln()
}

/// `ln(1 + eᶻ)` without overflow.
fn softplus(z: f64) -> f64 {
    z.max(0.0) + (-z.abs()).exp().ln_1p()
}

#[cfg(test)]
mod tests {
    use linfa::traits::Fit;
    use ndarray::{Array1, Array2};

    use super::*;

    fn scored(score: f64, spam: bool) -> Scored {
        Scored {
            score,
            fixed: 0.0,
            spam,
            weight: 1.0,
        }
    }

    /// 4,000 scores with labels drawn at log-odds `2 score − 1`.
    fn draws() -> Vec<Scored> {
        let mut random = crate::random::SplitMix(7);
        let mut uniform = || (random.bits() >> 11) as f64 / (1u64 << 53) as f64;
        (0..4000)
            .map(|_| {
                let score = uniform() * 6.0 - 3.0;
                scored(score, uniform() < probability(2.0 * score - 1.0))
            })
            .collect()
    }

    #[test]
    fn agrees_with_linfa_logistic() {
        let examples = draws();
        let spam = examples.iter().filter(|scored| scored.spam).count() as f64;
        // Ours weighs the classes evenly; with these weights it sees the draws as they are.
        let scores =
            Array2::from_shape_vec((4000, 1), examples.iter().map(|e| e.score).collect()).unwrap();
        let labels: Array1<bool> = examples.iter().map(|e| e.spam).collect();
        let theirs = linfa_logistic::LogisticRegression::default()
            .alpha(0.0)
            .fit(&linfa::Dataset::new(scores, labels))
            .unwrap();
        let ours = Affine::fit_drawn(&examples, 0.0);
        let sign = if theirs.labels().pos.class { 1.0 } else { -1.0 };
        let slope = sign * theirs.params()[0];
        let at_even_odds = sign * theirs.intercept() - log_odds(spam / 4000.0);
        assert!((ours.slope - slope).abs() < 0.1, "{ours:?} {slope}");
        assert!(
            (ours.offset - at_even_odds).abs() < 0.15,
            "{ours:?} {at_even_odds}"
        );
    }

    #[test]
    fn the_prior_draws_the_slope_to_one_and_leaves_the_offset() {
        let examples = draws();
        let (free, drawn) = (Affine::fit_drawn(&examples, 0.0), Affine::fit(&examples));
        assert!(
            1.0 < drawn.slope && drawn.slope < free.slope - 0.5,
            "{drawn:?} {free:?}"
        );
        let at_zero = |affine: Affine| -affine.offset / affine.slope;
        assert!((at_zero(drawn) - at_zero(free)).abs() < 0.1);
    }

    #[test]
    fn fixed_log_odds_are_no_part_of_the_map() {
        let plain = draws();
        let shifted: Vec<Scored> = plain
            .iter()
            .map(|one| Scored { fixed: 3.0, ..*one })
            .collect();
        let (plain, shifted) = (Affine::fit(&plain), Affine::fit(&shifted));
        assert!((plain.offset - 3.0 - shifted.offset).abs() < 1e-3);
        assert!((plain.slope - shifted.slope).abs() < 1e-3);
    }

    #[test]
    fn perfect_separation_and_missing_classes_stay_finite() {
        let separated: Vec<_> = (0..10).map(|i| scored(f64::from(i), i >= 5)).collect();
        let affine = Affine::fit(&separated);
        assert!(affine.slope.is_finite() && affine.offset.is_finite() && affine.slope > 0.0);
        assert_eq!(
            Affine::fit(&separated[..5]),
            Affine {
                slope: 1.0,
                offset: 0.0
            }
        );
    }

    #[test]
    fn probability_and_log_odds_undo_each_other() {
        for z in [-30.0, -1.0, 0.0, 0.5, 12.0] {
            assert!((log_odds(probability(z)) - z).abs() < 1e-3);
        }
        assert_eq!(probability(f64::NEG_INFINITY), 0.0);
    }
}
