//! Fits the additive model by cyclic boosting over bins.
//!
//! Lou, Caruana, Gehrke, *Intelligible models for classification and regression*, KDD 2012, section
//! 3, and Nori et al., *InterpretML*, 2019, section 3: signal after signal, round after round, a
//! single split of one signal takes a small Newton step, so that signals which say the same share
//! the credit. A step goes as far as blogs agree on it: what a single one shows may be its own.
//! Pairs are boosted afterwards on what the curves leave.

mod surfaces;

use rayon::prelude::*;

use crate::calibration::probability;
use crate::features::{Axis, UNKNOWN};
use crate::model::{AdditiveModel, Curve};
use crate::random::SplitMix;
use crate::signals::Trend;

/// Settings of the learner.
#[derive(Debug, Clone)]
pub(super) struct BoostParams {
    /// Passes over all signals.
    pub rounds: usize,
    /// Share of a Newton step that is taken.
    pub rate: f64,
    /// Bins per signal.
    pub bins: usize,
    /// Weight added to the curvature of each side of a split.
    pub l2: f64,
    /// Least curvature on each side of a split: a quarter of that many examples on the fence.
    pub least_curvature: f64,
    /// Least gain of a split; less is left alone.
    pub least_gain: f64,
    /// Random groups of blogs that have to agree on the step of a curve; with one, none is asked.
    pub groups: usize,
    /// Share of labels taken to be wrong: a confident contradiction then stops pulling.
    pub noise: f64,
    /// Models over resampled blogs whose curves are averaged.
    pub bags: usize,
    /// Pairs of signals that get a surface, by index in the catalogue.
    pub pairs: Vec<(usize, usize)>,
    /// Passes over all pairs.
    pub pair_rounds: usize,
    /// Bins per signal of a pair.
    pub pair_bins: usize,
    /// Seed of the resampling.
    pub seed: u64,
}

/// What the learner sees: one row of signal values per example.
#[derive(Debug, Clone, Copy)]
pub(super) struct Examples<'a> {
    /// One value per example and signal, row by row; NaN is unknown.
    pub values: &'a [f32],
    /// Signals per row.
    pub n_signals: usize,
    /// Log-odds that each example has besides: what fixed weights settle is not learned again.
    pub fixed: &'a [f64],
    /// Whether each example is spam.
    pub spam: &'a [bool],
    /// Weight of each example.
    pub weights: &'a [f64],
    /// The blog of each example, numbered from 0.
    pub blogs: &'a [usize],
}

impl Examples<'_> {
    fn column(&self, signal: usize) -> impl Iterator<Item = f32> + '_ {
        self.values
            .iter()
            .skip(signal)
            .step_by(self.n_signals)
            .copied()
    }
}

/// Fits curves and surfaces. `trends` says for each signal which way it may count.
pub(super) fn fit(examples: Examples<'_>, trends: &[Trend], params: &BoostParams) -> AdditiveModel {
    let total: f64 = examples.weights.iter().sum();
    let scale = examples.spam.len() as f64 / total.max(f64::MIN_POSITIVE);
    let weights: Vec<f64> = examples
        .weights
        .iter()
        .map(|weight| weight * scale)
        .collect();
    let axes: Vec<Axis> = (0..examples.n_signals)
        .into_par_iter()
        .map(|signal| {
            let values = examples.column(signal).zip(weights.iter().copied());
            Axis::by_weight(values, params.bins)
        })
        .collect();
    let coarse: Vec<Axis> = (0..examples.n_signals)
        .map(|signal| {
            let paired = params
                .pairs
                .iter()
                .any(|&(a, b)| a == signal || b == signal);
            let values = examples.column(signal).zip(weights.iter().copied());
            if paired {
                Axis::by_weight(values, params.pair_bins)
            } else {
                Axis::default()
            }
        })
        .collect();
    let bin = |axes: &[Axis]| -> Vec<Vec<u8>> {
        (0..examples.n_signals)
            .map(|signal| {
                examples
                    .column(signal)
                    .map(|value| axes[signal].bin(value))
                    .collect()
            })
            .collect()
    };
    let data = Binned {
        columns: bin(&axes),
        coarse_columns: bin(&coarse),
        axes: &axes,
        coarse: &coarse,
        fixed: examples.fixed,
        spam: examples.spam,
    };
    let n_blogs = examples.blogs.iter().max().map_or(0, |blog| blog + 1);
    let mut random = SplitMix(params.seed);
    let seeds: Vec<u64> = (0..params.bags.max(1)).map(|_| random.bits()).collect();
    let bags: Vec<AdditiveModel> = (0..params.bags.max(1))
        .into_par_iter()
        .map(|bag| {
            let mut random = SplitMix(seeds[bag]);
            let mut weights = weights.clone();
            if params.bags > 1 {
                resample(&mut weights, examples.blogs, n_blogs, &mut random);
            }
            let groups = groups(examples.blogs, params.groups, &mut random);
            fit_one(&data, &groups, &weights, trends, params)
        })
        .collect();
    average(bags)
}

/// Examples cut into bins.
struct Binned<'a> {
    columns: Vec<Vec<u8>>,
    coarse_columns: Vec<Vec<u8>>,
    axes: &'a [Axis],
    coarse: &'a [Axis],
    fixed: &'a [f64],
    spam: &'a [bool],
}

/// The group of each example's blog. Blogs are dealt out in a random order, so that groups have as many
/// and neighbours in the data, which are often alike, are not in the same. Each bag deals anew, so that
/// nothing hangs on who happened to be together.
fn groups(blogs: &[usize], n_groups: usize, random: &mut SplitMix) -> Vec<usize> {
    let mut dealt: Vec<usize> = blogs.to_vec();
    dealt.sort_unstable();
    dealt.dedup();
    random.shuffle(&mut dealt);
    let mut group_of = vec![0; dealt.iter().max().map_or(0, |blog| blog + 1)];
    for (place, &blog) in dealt.iter().enumerate() {
        group_of[blog] = place % n_groups;
    }
    blogs.iter().map(|&blog| group_of[blog]).collect()
}

/// Poisson(1) counts of blogs, the bootstrap's limit (Oza, *Online bagging and boosting*, 2005),
/// softened so that no blog is lost: a blog without any would take all its kind of spam along.
fn resample(weights: &mut [f64], blogs: &[usize], n_blogs: usize, random: &mut SplitMix) {
    let factors: Vec<f64> = (0..n_blogs)
        .map(|_| {
            let uniform = (random.bits() >> 11) as f64 / (1u64 << 53) as f64;
            let mut count = 0.0;
            let (mut probability, mut cumulated) = ((-1.0f64).exp(), (-1.0f64).exp());
            while uniform > cumulated && count < 5.0 {
                count += 1.0;
                probability /= count;
                cumulated += probability;
            }
            0.5 + 0.5 * count
        })
        .collect();
    for (weight, &blog) in weights.iter_mut().zip(blogs) {
        *weight *= factors[blog];
    }
}

/// Bins of a signal at most, that of unknown values included.
const N_BINS: usize = UNKNOWN as usize + 1;

/// Gradient and curvature of the examples in a bin.
#[derive(Clone, Copy, Default)]
struct Sums {
    gradient: f64,
    curvature: f64,
}

impl std::ops::Add for Sums {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            gradient: self.gradient + other.gradient,
            curvature: self.curvature + other.curvature,
        }
    }
}

impl std::ops::Sub for Sums {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self {
            gradient: self.gradient - other.gradient,
            curvature: self.curvature - other.curvature,
        }
    }
}

impl Sums {
    fn gain(self, l2: f64) -> f64 {
        self.gradient * self.gradient / (self.curvature + l2)
    }

    fn step(self, l2: f64) -> f64 {
        -self.gradient / (self.curvature + l2)
    }
}

/// Derivatives of the noise-tolerant logistic loss `−ln(ε + (1 − 2ε) p)`, where `p` is the
/// probability of the label (Natarajan et al., *Learning with noisy labels*, NIPS 2013, for the
/// noise model; the curvature is that of the plain loss, which keeps the step bounded).
fn derivatives(score: f64, spam: bool, weight: f64, noise: f64) -> Sums {
    let p = probability(score);
    let (of_label, sign) = if spam { (p, -1.0) } else { (1.0 - p, 1.0) };
    let slope = p * (1.0 - p);
    let gradient = sign * (1.0 - 2.0 * noise) * slope / (noise + (1.0 - 2.0 * noise) * of_label);
    Sums {
        gradient: weight * gradient,
        curvature: weight * slope.max(1e-6),
    }
}

fn fit_one(
    data: &Binned<'_>,
    groups: &[usize],
    weights: &[f64],
    trends: &[Trend],
    params: &BoostParams,
) -> AdditiveModel {
    let sum = |class: bool| -> f64 {
        data.spam
            .iter()
            .zip(weights)
            .filter(|(spam, _)| **spam == class)
            .map(|(_, w)| w)
            .sum()
    };
    let mut bias = ((sum(true) + 1.0) / (sum(false) + 1.0)).ln();
    let mut scores: Vec<f64> = data.fixed.iter().map(|fixed| fixed + bias).collect();
    let mut state: Vec<Sums> = vec![Sums::default(); scores.len()];
    let mut curves: Vec<Curve> = data
        .axes
        .iter()
        .map(|axis| Curve {
            axis: axis.clone(),
            values: vec![0.0; axis.n_bins()],
        })
        .collect();
    let mut bins = vec![Sums::default(); N_BINS];
    let mut parts = vec![Sums::default(); bins.len() * params.groups];
    let bin_weights: Vec<[f64; N_BINS]> = data
        .columns
        .iter()
        .map(|column| {
            let mut sums = [0.0; N_BINS];
            for (&bin, weight) in column.iter().zip(weights) {
                sums[usize::from(bin)] += weight;
            }
            sums
        })
        .collect();
    let refresh = |state: &mut [Sums], scores: &[f64]| {
        for (i, sums) in state.iter_mut().enumerate() {
            *sums = derivatives(scores[i], data.spam[i], weights[i], params.noise);
        }
    };
    for _ in 0..params.rounds {
        // Derivatives are renewed once a round, not once a signal: the steps are small, and the
        // exponentials are most of the work.
        refresh(&mut state, &scores);
        let total = state.iter().fold(Sums::default(), |sum, &one| sum + one);
        let step = params.rate * total.step(params.l2);
        bias += step;
        scores.iter_mut().for_each(|score| *score += step);
        for (signal, curve) in curves.iter_mut().enumerate() {
            let n_bins = curve.axis.n_bins();
            if n_bins < 2 {
                continue;
            }
            let column = &data.columns[signal];
            bins.fill(Sums::default());
            parts.fill(Sums::default());
            for ((&bin, &sums), &group) in column.iter().zip(&state).zip(groups) {
                let bin = usize::from(bin);
                bins[bin] = bins[bin] + sums;
                let part = bin * params.groups + group;
                parts[part] = parts[part] + sums;
            }
            let mut steps = [0.0; N_BINS];
            split(&bins[..n_bins], &parts, params, trends[signal], &mut steps);
            // Each step has mean zero over those who know the signal, so that an unknown value,
            // which contributes zero, means "as usual"; the bias is fitted apart.
            let bin_weights = &bin_weights[signal][..n_bins];
            let known = bin_weights.iter().fold(0.0, |sum, weight| sum + weight);
            let mean = bin_weights
                .iter()
                .zip(&steps)
                .fold(0.0, |sum, (weight, step)| sum + weight * step)
                / known.max(f64::MIN_POSITIVE);
            for step in &mut steps[..n_bins] {
                *step = params.rate * (*step - mean);
            }
            for (value, step) in curve.values.iter_mut().zip(&steps) {
                *value += step;
            }
            for ((&bin, score), sums) in column.iter().zip(&mut scores).zip(&mut state) {
                let step = steps[usize::from(bin)];
                *score += step;
                // To first order, the gradient moves along with the score within the round.
                sums.gradient += sums.curvature * step;
            }
        }
    }
    let surfaces = surfaces::fit(data, weights, trends, params, &mut scores);
    AdditiveModel {
        bias,
        curves,
        surfaces,
    }
}

/// The step for each bin: that of the best single split which the trend allows, or none. `parts` has
/// for each bin what each group of blogs adds to it.
fn split(bins: &[Sums], parts: &[Sums], params: &BoostParams, trend: Trend, steps: &mut [f64]) {
    let total = bins.iter().fold(Sums::default(), |sum, &bin| sum + bin);
    let mut best: Option<(f64, usize, f64, f64)> = None;
    let mut left = Sums::default();
    let mut sides = vec![[Sums::default(); 2]; params.groups];
    let of_bin = |bin: usize| parts[bin * params.groups..].iter().copied();
    for bin in 0..bins.len() {
        for (side, part) in sides.iter_mut().zip(of_bin(bin)) {
            side[1] = side[1] + part;
        }
    }
    for cut in 1..bins.len() {
        left = left + bins[cut - 1];
        let right = total - left;
        for (side, part) in sides.iter_mut().zip(of_bin(cut - 1)) {
            *side = [side[0] + part, side[1] - part];
        }
        if left.curvature < params.least_curvature || right.curvature < params.least_curvature {
            continue;
        }
        let agreed_left = agreement(left, sides.iter().map(|sides| sides[0]));
        let agreed_right = agreement(right, sides.iter().map(|sides| sides[1]));
        let low = agreed_left * left.step(params.l2);
        let high = agreed_right * right.step(params.l2);
        let allowed = match trend {
            Trend::Free => true,
            Trend::Rising => low <= high,
            Trend::Falling => low >= high,
        };
        let gain = agreed_left * left.gain(params.l2) + agreed_right * right.gain(params.l2)
            - total.gain(params.l2);
        if allowed && gain > best.map_or(params.least_gain, |(gain, ..)| gain) {
            best = Some((gain, cut, low, high));
        }
    }
    if let Some((_, cut, low, high)) = best {
        steps[..cut].fill(low.clamp(-LONGEST_STEP, LONGEST_STEP));
        steps[cut..bins.len()].fill(high.clamp(-LONGEST_STEP, LONGEST_STEP));
    }
}

/// How much of a step the groups of blogs agree on, in [0, 1]; all of it where none are asked, and none
/// of it where a single one has anything to show.
///
/// What one blog or a few show may be theirs alone. The share is `1 − V/G²`, 0 where that is negative
/// (the positive part of James and Stein's estimator; Efron and Morris, *Stein's estimation rule and
/// its competitors*, JASA 1973), where `G` is the gradient and `V` its variance if whole groups are
/// drawn (Liang and Zeger, *Longitudinal data analysis using generalized linear models*, Biometrika
/// 1986, section 2: the squares of what the common step leaves of each group's gradient).
fn agreement(sums: Sums, groups: impl ExactSizeIterator<Item = Sums>) -> f64 {
    if groups.len() < 2 {
        return 1.0;
    }
    let common = sums.gradient / sums.curvature;
    let (mut n, mut left) = (0.0, 0.0);
    for group in groups.filter(|group| group.curvature > 0.0) {
        n += 1.0;
        left += (group.gradient - common * group.curvature).powi(2);
    }
    if n < 2.0 {
        return 0.0;
    }
    let variance = left * n / (n - 1.0);
    (1.0 - variance / (sums.gradient * sums.gradient).max(f64::MIN_POSITIVE)).max(0.0)
}

/// Longest Newton step, in log-odds before the rate: where almost nothing is left to learn, the
/// curvature vanishes before the gradient does.
const LONGEST_STEP: f64 = 2.0;

fn average(bags: Vec<AdditiveModel>) -> AdditiveModel {
    let share = 1.0 / bags.len() as f64;
    let mut bags = bags.into_iter();
    let Some(first) = bags.next() else {
        return AdditiveModel::default();
    };
    let mut sum = first;
    for bag in bags {
        sum.bias += bag.bias;
        let add = |into: &mut Vec<f64>, from: Vec<f64>| {
            into.iter_mut()
                .zip(from)
                .for_each(|(into, from)| *into += from);
        };
        for (into, from) in sum.curves.iter_mut().zip(bag.curves) {
            add(&mut into.values, from.values);
        }
        for (into, from) in sum.surfaces.iter_mut().zip(bag.surfaces) {
            add(&mut into.values, from.values);
        }
    }
    let bias = sum.bias * share;
    let mut sum = sum.rescaled(share, 0.0);
    sum.bias = bias;
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_agree_on_what_all_show_and_not_on_what_one_does() {
        let part = |gradient| Sums {
            gradient,
            curvature: 1.0,
        };
        let agreed = |gradients: [f64; 4]| {
            let parts = gradients.map(part);
            let all = parts.iter().fold(Sums::default(), |sum, &one| sum + one);
            agreement(all, parts.into_iter())
        };
        assert_eq!(agreed([2.0; 4]), 1.0);
        let nearly = agreed([2.0, 2.5, 1.5, 2.0]);
        assert!((0.9..1.0).contains(&nearly), "{nearly}");
        assert_eq!(agreed([8.0, 0.0, 0.0, 0.0]), 0.0);
        assert_eq!(agreed([3.0, -3.0, 2.0, -1.0]), 0.0);
        assert_eq!(agreed([0.0; 4]), 1.0, "nothing to disagree on");
        let alone = [part(8.0), Sums::default(), Sums::default()];
        assert_eq!(agreement(alone[0], alone.into_iter()), 0.0);
    }

    #[test]
    fn blogs_are_dealt_out_evenly() {
        let groups = groups(&[5, 5, 0, 9, 9, 3], 2, &mut SplitMix(1));
        assert_eq!((groups[0], groups[3]), (groups[1], groups[4]));
        let of_blog = [groups[0], groups[2], groups[3], groups[5]];
        assert_eq!(of_blog.iter().sum::<usize>(), 2, "{of_blog:?}");
    }

    #[test]
    fn a_split_that_one_group_shows_is_left_alone_where_groups_are_asked() {
        let steps = |gradients: [f64; 4], groups: usize| {
            let part = |gradient| Sums {
                gradient,
                curvature: 1.0,
            };
            // The second bin shows the contrary of the first.
            let bins = [1.0, -1.0].map(|sign| gradients.map(|gradient| part(sign * gradient)));
            let sums = bins.map(|parts| parts.iter().fold(Sums::default(), |sum, &one| sum + one));
            let params = BoostParams {
                rounds: 1,
                rate: 1.0,
                bins: 2,
                l2: 1.0,
                least_curvature: 1.0,
                least_gain: 0.0,
                groups,
                noise: 0.0,
                bags: 1,
                pairs: vec![],
                pair_rounds: 0,
                pair_bins: 2,
                seed: 1,
            };
            let mut steps = [0.0; 2];
            split(&sums, &bins.concat(), &params, Trend::Free, &mut steps);
            steps
        };
        assert_eq!(steps([8.0, 0.0, 0.0, 0.0], 4), [0.0; 2]);
        let unasked = steps([8.0, 0.0, 0.0, 0.0], 1);
        assert_eq!(unasked, [-1.6, 1.6]);
        assert_eq!(steps([2.0; 4], 4), unasked, "all groups agree");
    }
}
