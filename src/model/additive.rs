//! A generalised additive model with pairs: log-odds as a sum of one curve per signal, a few
//! surfaces over two signals, and a bias.
//!
//! Lou, Caruana, Gehrke, Hooker, *Accurate intelligible models with pairwise interactions*, KDD
//! 2013, section 2 (GA2M). The sum is the score, so its terms are the explanation.

use crate::features::Axis;

/// What one signal adds to the log-odds, as a step function of its value.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Curve {
    /// The bins.
    pub axis: Axis,
    /// Log-odds per bin, as many as the axis has bins.
    pub values: Vec<f64>,
}

impl Curve {
    /// The contribution of a value; an unknown one (NaN) contributes exactly zero.
    #[inline]
    pub fn at(&self, value: f32) -> f64 {
        self.values
            .get(usize::from(self.axis.bin(value)))
            .copied()
            .unwrap_or(0.0)
    }
}

/// What two signals add together beyond what each adds alone.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Surface {
    /// Index of the first signal.
    pub first: usize,
    /// Index of the second signal, greater than `first`.
    pub second: usize,
    /// The bins of the first signal.
    pub first_axis: Axis,
    /// The bins of the second signal.
    pub second_axis: Axis,
    /// Log-odds, row by row: one row per bin of the first signal.
    pub values: Vec<f64>,
}

impl Surface {
    /// The contribution of two values; zero if either is unknown (NaN).
    #[inline]
    pub fn at(&self, first: f32, second: f32) -> f64 {
        if first.is_nan() || second.is_nan() {
            return 0.0;
        }
        let row = usize::from(self.first_axis.bin(first));
        let column = usize::from(self.second_axis.bin(second));
        self.values
            .get(row * self.second_axis.n_bins() + column)
            .copied()
            .unwrap_or(0.0)
    }
}

/// The whole model. Its log-odds are calibrated: calibration is affine and folded into the values.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AdditiveModel {
    /// The log-odds of a comment about which nothing is known.
    pub bias: f64,
    /// One curve per signal, in the order of the catalogue.
    pub curves: Vec<Curve>,
    /// The pairs.
    pub surfaces: Vec<Surface>,
}

impl AdditiveModel {
    /// The contributions in a fixed order: bias, signals, pairs. `values` holds one value per
    /// signal, NaN for unknown.
    pub fn contributions<'a>(&'a self, values: &'a [f32]) -> impl Iterator<Item = f64> + 'a {
        let curves = self
            .curves
            .iter()
            .zip(values)
            .map(|(curve, &value)| curve.at(value));
        let surfaces = self.surfaces.iter().map(|surface| {
            match (values.get(surface.first), values.get(surface.second)) {
                (Some(&first), Some(&second)) => surface.at(first, second),
                _ => 0.0,
            }
        });
        std::iter::once(self.bias).chain(curves).chain(surfaces)
    }

    /// The log-odds of spam: the sum of the contributions, in their order.
    pub fn log_odds(&self, values: &[f32]) -> f64 {
        self.contributions(values).sum()
    }

    /// The same model on another affine scale: every contribution times `slope`, the bias plus
    /// `offset` on top.
    pub fn rescaled(mut self, slope: f64, offset: f64) -> Self {
        self.bias = self.bias * slope + offset;
        let curves = self
            .curves
            .iter_mut()
            .flat_map(|curve| curve.values.iter_mut());
        let surfaces = self
            .surfaces
            .iter_mut()
            .flat_map(|surface| surface.values.iter_mut());
        curves.chain(surfaces).for_each(|value| *value *= slope);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> AdditiveModel {
        let axis = |edges: &[f32]| Axis::new(edges.to_vec()).unwrap();
        AdditiveModel {
            bias: -1.0,
            curves: vec![
                Curve {
                    axis: axis(&[0.5]),
                    values: vec![-0.25, 2.0],
                },
                Curve {
                    axis: axis(&[]),
                    values: vec![0.5],
                },
            ],
            surfaces: vec![Surface {
                first: 0,
                second: 1,
                first_axis: axis(&[0.5]),
                second_axis: axis(&[10.0]),
                values: vec![0.0, 0.0, 0.0, 4.0],
            }],
        }
    }

    #[test]
    fn the_score_is_the_sum_and_unknown_says_nothing() {
        for (values, expected) in [
            ([1.0, 11.0], -1.0 + 2.0 + 0.5 + 4.0),
            ([0.0, 11.0], -1.0 - 0.25 + 0.5),
            ([1.0, f32::NAN], -1.0 + 2.0),
            ([f32::NAN, f32::NAN], -1.0),
        ] {
            assert_eq!(model().log_odds(&values), expected);
            assert_eq!(
                model().rescaled(2.0, 0.5).log_odds(&values),
                2.0 * expected + 0.5
            );
        }
    }
}
