//! Where a signal's value falls on its axis.

/// The bin of an unknown value.
pub const UNKNOWN: u8 = u8::MAX;

/// Most bins that an axis can have.
pub const MAX_BINS: usize = 64;

/// An axis cut into bins: bin `i` holds the values above `edges[i - 1]` and up to `edges[i]`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Axis {
    edges: Vec<f32>,
}

impl Axis {
    /// With the given edges. `None` unless they are finite, strictly rising and fewer than
    /// [`MAX_BINS`].
    pub fn new(edges: Vec<f32>) -> Option<Self> {
        let rising = edges.windows(2).all(|pair| pair[0] < pair[1]);
        let finite = edges.iter().all(|edge| edge.is_finite());
        (rising && finite && edges.len() < MAX_BINS).then_some(Self { edges })
    }

    /// Cuts an axis so that about the same weight falls into each of at most `n_bins` bins.
    /// `values` are `(value, weight)`; unknown ones (NaN) are passed over. Edges lie half-way
    /// between neighbouring values, so that a value is never on an edge.
    pub fn by_weight(values: impl Iterator<Item = (f32, f64)>, n_bins: usize) -> Self {
        let mut values: Vec<(f32, f64)> = values
            .filter(|(value, weight)| value.is_finite() && *weight > 0.0)
            .collect();
        values.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let total: f64 = values.iter().map(|(_, weight)| weight).sum();
        let n_bins = n_bins.clamp(1, MAX_BINS);
        let (mut edges, mut in_bin, mut left) = (Vec::new(), 0.0, total);
        for pair in values.windows(2) {
            in_bin += pair[0].1;
            // What is left is shared by the bins that are left, so that a value which fills
            // several bins by itself does not starve the others.
            let wanted = left / (n_bins - edges.len()) as f64;
            if pair[0].0 < pair[1].0 && in_bin >= wanted && edges.len() + 1 < n_bins {
                let middle = pair[0].0 + (pair[1].0 - pair[0].0) / 2.0;
                edges.push(if middle < pair[1].0 {
                    middle
                } else {
                    pair[0].0
                });
                left -= in_bin;
                in_bin = 0.0;
            }
        }
        Self { edges }
    }

    /// The same axis for values that are less by `by`. `None` where edges would fall together.
    pub fn shifted(&self, by: f32) -> Option<Self> {
        Self::new(self.edges.iter().map(|edge| edge - by).collect())
    }

    /// The bin of a value, [`UNKNOWN`] for NaN.
    #[inline]
    pub fn bin(&self, value: f32) -> u8 {
        if value.is_nan() {
            return UNKNOWN;
        }
        self.edges.partition_point(|&edge| edge < value) as u8
    }

    /// Number of bins, 1 or more.
    pub fn n_bins(&self) -> usize {
        self.edges.len() + 1
    }

    /// The edges, rising.
    pub fn edges(&self) -> &[f32] {
        &self.edges
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_weights_give_equal_bins() {
        let axis = Axis::by_weight((0..100).map(|i| (i as f32, 1.0)), 4);
        assert_eq!(axis.edges(), [24.5, 49.5, 74.5]);
        assert_eq!(
            [0.0, 24.5, 24.6, 99.0, 1e9].map(|value| axis.bin(value)),
            [0, 0, 1, 3, 3]
        );
        assert_eq!(axis.bin(f32::NAN), UNKNOWN);
    }

    #[test]
    fn a_value_that_most_comments_have_keeps_a_bin_to_itself() {
        let values = (0..1000).map(|i| (if i < 900 { 0.0 } else { i as f32 }, 1.0));
        let axis = Axis::by_weight(values, 8);
        assert!(axis.edges()[0] > 0.0 && axis.edges()[0] < 900.0, "{axis:?}");
    }

    #[test]
    fn one_value_is_one_bin() {
        assert_eq!(Axis::by_weight((0..9).map(|_| (3.0, 1.0)), 8).n_bins(), 1);
    }

    #[test]
    fn edges_out_of_order_are_refused() {
        assert!(Axis::new(vec![1.0, 1.0]).is_none());
        assert!(Axis::new(vec![f32::NAN]).is_none());
    }
}
