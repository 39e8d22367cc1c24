//! Moves the log-odds of words so that zero is where they add nothing.
//!
//! What words speak for is learned at another share of spam than that of the second stage, whose curve
//! knows: a value that is above zero may speak for a comment. No score changes by the move, but then the
//! sign of a value says what it does: in the model of all comments that are not short with a homepage,
//! which have more words than these.

use crate::classifier::Classifier;
use crate::features::Axis;
use crate::model::{AdditiveModel, Curve};
use crate::signals::CATALOGUE;

/// Moves all lexical signals of a trained classifier.
pub(super) fn centre(classifier: &mut Classifier<'_>) {
    for (index, signal) in CATALOGUE.iter().enumerate() {
        let Some(field) = signal.field else {
            continue;
        };
        let Some(by) = crossing(&classifier.spam.other.curves[index]) else {
            continue;
        };
        let heads = classifier.spam.heads_mut().into_iter();
        let axes: Vec<&mut Axis> = heads.flat_map(|head| axes(head, index)).collect();
        let moved: Option<Vec<Axis>> = axes.iter().map(|axis| axis.shifted(by)).collect();
        if let Some(moved) = moved {
            classifier.lexical.intercepts[field as usize] -= by;
            for (axis, moved) in axes.into_iter().zip(moved) {
                *axis = moved;
            }
        }
    }
}

/// The axes on which a model has a signal: of its curve, and of the pairs that it is in.
fn axes(head: &mut AdditiveModel, index: usize) -> impl Iterator<Item = &mut Axis> {
    let of_pairs = head.surfaces.iter_mut().flat_map(move |surface| {
        let first = (surface.first == index).then_some(&mut surface.first_axis);
        let second = (surface.second == index).then_some(&mut surface.second_axis);
        first.into_iter().chain(second)
    });
    of_pairs.chain([&mut head.curves[index].axis])
}

/// The value from which a rising curve speaks for spam: where it adds exactly nothing, the middle of
/// that. `None` for one that speaks for the same everywhere.
fn crossing(curve: &Curve) -> Option<f32> {
    let edges = curve.axis.edges();
    let last_below = curve.values.iter().rposition(|value| *value < 0.0)?;
    let first_above = curve.values.iter().position(|value| *value > 0.0)?;
    let (low, high) = (
        edges.get(last_below)?,
        edges.get(first_above.checked_sub(1)?)?,
    );
    Some((low + high) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::read_threads;
    use crate::training::{TrainConfig, train};

    #[test]
    fn a_curve_crosses_zero_between_the_bins_of_both_signs() {
        let curve = |values: &[f64]| Curve {
            axis: Axis::new(vec![1.0, 2.0, 4.0]).unwrap(),
            values: values.to_vec(),
        };
        assert_eq!(crossing(&curve(&[-1.0, -0.5, 0.1, 2.0])), Some(2.0));
        assert_eq!(crossing(&curve(&[-1.0, 0.0, 0.0, 2.0])), Some(2.5));
        assert_eq!(crossing(&curve(&[0.0, 0.0, 0.0, 0.0])), None);
        assert_eq!(crossing(&curve(&[0.0, 0.5, 0.6, 2.0])), None);
    }

    #[test]
    fn no_score_changes_by_the_move() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/starter.jsonl");
        let threads = read_threads(&[path.into()]).unwrap().threads;
        let trained = train(&threads, &TrainConfig::default(), &|_, _| {}).unwrap();
        let mut before = trained.classifier;
        // Other curves cross zero elsewhere.
        for head in before.spam.heads_mut() {
            for (curve, signal) in head.curves.iter_mut().zip(CATALOGUE) {
                if signal.field.is_some() {
                    curve.values.iter_mut().for_each(|value| *value += 0.1);
                }
            }
        }
        let mut after = before.clone();
        centre(&mut after);
        assert_ne!(after.lexical.intercepts, before.lexical.intercepts);
        let scores = |classifier: &Classifier<'_>| {
            let policy = classifier.policy(None);
            let mut scores = Vec::new();
            for thread in &threads {
                classifier.judge_thread(thread, &policy, |_, _, found| scores.push(found.spam));
            }
            scores
        };
        assert_eq!(scores(&after), scores(&before));
    }
}
