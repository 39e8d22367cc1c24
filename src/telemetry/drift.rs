//! How far the scores of now lie from those that the model was measured on.

/// Scores are forgotten so that the latest this many make up 63 % of what counts.
/// Few enough to notice a wave of spam, and enough that chance alone gives an index of about 0.002.
const WINDOW: f64 = 2000.0;

/// Scores from which on there is an index: by chance alone that of fewer is easily above 0.03, and that
/// of a handful above 0.25. Counted as they fade, which makes about 325 scores of it.
const FEWEST: f64 = 300.0;

/// Bins between nine cut points.
const N_BINS: usize = 10;

/// Added to each bin, so that an empty one gives no infinite index (Jeffreys' prior).
const PRIOR: f64 = 0.5;

/// Population stability index of scores against deciles: with `p` the shares of now in the ten bins
/// and `q = 1/10` those of the reference,
///
/// ```text
/// PSI = sum over bins of (p - q) ln(p / q)
/// ```
///
/// which is the divergence of Jeffreys, "An invariant form for the prior probability in estimation
/// problems" (1946), under the name that credit scoring gave it: Siddiqi, "Credit Risk Scorecards"
/// (2006), chapter 9, whose rule of thumb is that below 0.1 nothing has changed and that from 0.25
/// on something has. By chance alone it is about `9 / n` for `n` scores (Yurdakul, "Statistical
/// Properties of Population Stability Index", 2018).
///
/// Old scores fade exponentially: a score that came `k` scores ago weighs `exp(-k / 2000)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Drift {
    deciles: [f64; N_BINS - 1],
    counts: [f64; N_BINS],
}

impl Drift {
    /// Nothing seen yet; `deciles` are the log-odds that cut the reference into ten equal parts,
    /// rising.
    pub fn new(deciles: [f64; N_BINS - 1]) -> Self {
        Self {
            deciles,
            counts: [0.0; N_BINS],
        }
    }

    /// Adds a score: log-odds of spam at the prior of the reference.
    pub fn add(&mut self, log_odds: f64) {
        let bin = self.deciles.partition_point(|&cut| cut <= log_odds);
        let keep = (-1.0 / WINDOW).exp();
        for count in &mut self.counts {
            *count *= keep;
        }
        self.counts[bin] += 1.0;
    }

    /// The index: 0 for no change, NaN while too few scores were seen to tell.
    pub fn index(&self) -> f64 {
        let n_scores = self.counts.iter().sum::<f64>();
        if n_scores < FEWEST {
            return f64::NAN;
        }
        let n_bins = N_BINS as f64;
        let total = n_scores + PRIOR * n_bins;
        let expected = 1.0 / n_bins;
        self.counts
            .iter()
            .map(|count| {
                let share = (count + PRIOR) / total;
                (share - expected) * (share / expected).ln()
            })
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SplitMix;

    const DECILES: [f64; 9] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

    fn after(n: usize, score: impl Fn(f64) -> f64) -> f64 {
        let mut random = SplitMix(11);
        let mut drift = Drift::new(DECILES);
        for _ in 0..n {
            let uniform = (random.bits() >> 11) as f64 / (1u64 << 53) as f64;
            drift.add(score(uniform));
        }
        drift.index()
    }

    #[test]
    fn the_reference_itself_has_hardly_any_drift() {
        let index = after(20_000, |u| u);
        assert!(index > 0.0 && index < 0.01, "{index}");
    }

    #[test]
    fn few_scores_tell_nothing() {
        assert!(after(0, |u| u).is_nan());
        assert!(after(300, |u| u).is_nan());
        assert!(after(400, |u| u) < 0.1);
    }

    #[test]
    fn a_shift_is_seen_and_agrees_with_the_formula() {
        // Half of the scores fall into the two highest bins, the rest as before: shares of 0.05
        // eight times and of 0.3 twice.
        let index = after(20_000, |u| {
            if u < 0.5 {
                u * 2.0
            } else {
                0.8 + (u - 0.5) * 0.4
            }
        });
        let exact = 8.0 * (0.05f64 - 0.1) * 0.5f64.ln() + 2.0 * (0.3f64 - 0.1) * 3.0f64.ln();
        assert!((index - exact).abs() < 0.1, "{index} {exact}");
        assert!(index > 0.25);
    }

    #[test]
    fn what_is_past_fades() {
        let mut drift = Drift::new(DECILES);
        for _ in 0..20_000 {
            drift.add(0.95);
        }
        let before = drift.index();
        for i in 0..20_000 {
            drift.add(f64::from(i % 10) / 10.0 + 0.05);
        }
        assert!(before > 1.0 && drift.index() < 0.01);
    }

    #[test]
    fn scores_at_and_beyond_the_cuts_and_no_numbers_are_counted() {
        let mut drift = Drift::new(DECILES);
        let scores = [f64::NEG_INFINITY, 0.1, 0.9, f64::INFINITY, f64::NAN];
        for score in scores {
            drift.add(score);
        }
        assert!((drift.counts.iter().sum::<f64>() - 5.0).abs() < 0.01);
        for score in scores.repeat(100) {
            drift.add(score);
        }
        assert!(drift.index().is_finite());
    }
}
