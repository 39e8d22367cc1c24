//! Fits the surfaces of pairs of signals, by small Newton steps in every cell that follow the trends.

use super::{Binned, BoostParams, Sums, derivatives};
use crate::features::UNKNOWN;
use crate::model::Surface;
use crate::signals::Trend;

/// Fits a surface for each pair on what the scores leave, and adds it to them.
pub(super) fn fit(
    data: &Binned<'_>,
    weights: &[f64],
    trends: &[Trend],
    params: &BoostParams,
    scores: &mut [f64],
) -> Vec<Surface> {
    let mut surfaces: Vec<Surface> = params
        .pairs
        .iter()
        .map(|&(first, second)| {
            let (first_axis, second_axis) =
                (data.coarse[first].clone(), data.coarse[second].clone());
            let values = vec![0.0; first_axis.n_bins() * second_axis.n_bins()];
            Surface {
                first,
                second,
                first_axis,
                second_axis,
                values,
            }
        })
        .collect();
    let cell_of = |surface: &Surface, i: usize| {
        let row = data.coarse_columns[surface.first][i];
        let column = data.coarse_columns[surface.second][i];
        (row != UNKNOWN && column != UNKNOWN)
            .then(|| usize::from(row) * surface.second_axis.n_bins() + usize::from(column))
    };
    let cell_weights: Vec<Vec<f64>> = surfaces
        .iter()
        .map(|surface| {
            let mut sums = vec![0.0; surface.values.len()];
            for (i, weight) in weights.iter().enumerate() {
                if let Some(cell) = cell_of(surface, i) {
                    sums[cell] += weight;
                }
            }
            sums
        })
        .collect();
    let mut cells: Vec<Sums> = Vec::new();
    for _ in 0..params.pair_rounds {
        for (surface, cell_weights) in surfaces.iter_mut().zip(&cell_weights) {
            let columns = surface.second_axis.n_bins();
            cells.clear();
            cells.resize(surface.values.len(), Sums::default());
            for i in 0..scores.len() {
                if let Some(cell) = cell_of(surface, i) {
                    cells[cell] = cells[cell]
                        + derivatives(scores[i], data.spam[i], weights[i], params.noise);
                }
            }
            // A cell with few examples is shrunk towards zero more than a leaf is.
            let shrink = params.l2 + params.least_curvature;
            let mut steps: Vec<f64> = cells
                .iter()
                .map(|sums| params.rate * sums.step(shrink))
                .collect();
            let strengths: Vec<f64> = cells.iter().map(|sums| sums.curvature + shrink).collect();
            // The curves follow the trends already, so that their sum with the surface does, too.
            let trends = [trends[surface.first], trends[surface.second]];
            follow(&mut steps, &strengths, columns, trends);
            let known: f64 = cell_weights.iter().sum();
            let mean = cell_weights
                .iter()
                .zip(&steps)
                .map(|(weight, step)| weight * step)
                .sum::<f64>()
                / known.max(f64::MIN_POSITIVE);
            steps.iter_mut().for_each(|step| *step -= mean);
            for (i, score) in scores.iter_mut().enumerate() {
                if let Some(cell) = cell_of(surface, i) {
                    *score += steps[cell];
                }
            }
            for (value, step) in surface.values.iter_mut().zip(&steps) {
                *value += step;
            }
        }
    }
    surfaces
}

/// Bends the steps of a surface to the trends of its signals: columns and rows in turn become the
/// nearest monotone ones (pool adjacent violators; Barlow et al., *Statistical inference under order
/// restrictions*, 1972, section 1.2) until both hold. `strengths` weigh the cells.
fn follow(steps: &mut [f64], strengths: &[f64], columns: usize, trends: [Trend; 2]) {
    const TURNS: usize = 20;
    let rows = steps.len() / columns;
    for _ in 0..TURNS {
        let mut moved = false;
        for column in 0..columns {
            moved |= pool(
                steps,
                strengths,
                trends[0],
                (0..rows).map(|row| row * columns + column),
            );
        }
        for row in 0..rows {
            moved |= pool(
                steps,
                strengths,
                trends[1],
                row * columns..(row + 1) * columns,
            );
        }
        if !moved {
            break;
        }
    }
}

/// Makes the values at some places monotone; whether anything changed.
fn pool(
    values: &mut [f64],
    strengths: &[f64],
    trend: Trend,
    places: impl Iterator<Item = usize> + Clone,
) -> bool {
    let sign = match trend {
        Trend::Free => return false,
        Trend::Rising => 1.0,
        Trend::Falling => -1.0,
    };
    // Mean, strength and length of the blocks so far.
    let mut blocks: Vec<(f64, f64, usize)> = Vec::new();
    for place in places.clone() {
        let mut block = (sign * values[place], strengths[place], 1);
        while let Some(&(mean, strength, length)) = blocks.last()
            && mean > block.0
        {
            let both = strength + block.1;
            block = (
                (mean * strength + block.0 * block.1) / both,
                both,
                length + block.2,
            );
            blocks.pop();
        }
        blocks.push(block);
    }
    let moved = blocks.iter().any(|block| block.2 > 1);
    let means = blocks
        .iter()
        .flat_map(|&(mean, _, length)| std::iter::repeat_n(sign * mean, length));
    for (place, mean) in places.zip(means) {
        values[place] = mean;
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SplitMix;

    #[test]
    fn steps_of_a_surface_follow_both_trends() {
        let mut random = SplitMix(3);
        let mut draw = || random.bits() as f64 / u64::MAX as f64;
        let (rows, columns) = (4, 5);
        let mut steps: Vec<f64> = (0..rows * columns).map(|_| draw() - 0.5).collect();
        let strengths: Vec<f64> = steps.iter().map(|_| 0.1 + draw()).collect();
        let sum = |steps: &[f64]| -> f64 {
            let each = steps.iter().zip(&strengths);
            each.map(|(step, strength)| step * strength).sum()
        };
        let before = sum(&steps);
        follow(
            &mut steps,
            &strengths,
            columns,
            [Trend::Falling, Trend::Rising],
        );
        for row in 0..rows {
            for column in 0..columns {
                let at = steps[row * columns + column];
                assert!(row == 0 || at <= steps[(row - 1) * columns + column] + 1e-9);
                assert!(column == 0 || at >= steps[row * columns + column - 1] - 1e-9);
            }
        }
        assert!(
            (sum(&steps) - before).abs() < 1e-9,
            "pooling keeps the mean"
        );
        assert!(steps.iter().any(|&step| step != steps[0]));
    }
}
