//! Fits the lexical model: for each field on all blogs, and for each fold of blogs without it.

use std::collections::HashSet;

use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::Array1;
use rayon::prelude::*;

use super::TrainError;
use super::corpus::{Corpus, Example};
use super::ftrl::{Ftrl, FtrlParams};
use super::meanings;
use super::vocabulary::Vocabulary;
use crate::lexical::{Field, LexicalModel, N_FIELDS, Subwords, WeightTable};

/// Most features without a vector that get a place in the model file, the heaviest first.
pub(super) const MOST_WEIGHTS: usize = 600_000;

/// What the words of an invented comment weigh at most against those of one that was left on a blog, in
/// the vocabularies that learn from both. They have one of their own.
const INVENTED_WORDS: f64 = 0.05;

/// What the lexical stage gives.
#[derive(Debug)]
pub(super) struct Words {
    /// Fitted on all examples.
    pub model: LexicalModel<'static>,
    /// For each example and field, the score by a model that has not seen the example's fold; NaN
    /// where the field is empty or unknown.
    pub out_of_fold: Vec<[f32; N_FIELDS]>,
}

/// Settings of the learner. Chosen by how the fields alone rank the comments of blogs left out: with a
/// smaller rate, or with the λ₁ of the paper, too little is learned of rare words. The few weights of
/// a vector's numbers are kept small instead.
fn params(field: Field, seed: u64) -> FtrlParams {
    FtrlParams {
        alpha: 1.0,
        l2: if field.is_meaning() { 10.0 } else { 0.0 },
        epochs: 10,
        seed,
    }
}

/// Fits all fields. `folds` numbers the blogs; `done` is called after each of the
/// `N_FIELDS × (n_folds + 1)` fits.
///
/// A fold leaves out what resembles a comment of it, too, as [`Corpus::new`] does for comments that a
/// model is measured on: a template that runs through the blogs of several folds would else be scored
/// by a model that has learned it by heart, and the second stage trust the words more than it should
/// where a comment is new.
pub(super) fn fit(
    corpus: &Corpus<'_>,
    subwords: Subwords,
    folds: &[usize],
    n_folds: usize,
    seed: u64,
    done: &(dyn Fn() + Sync),
) -> Result<Words, TrainError> {
    let mut weights: Vec<(u64, f32)> = Vec::new();
    let mut of_meaning: Vec<(u64, f32)> = Vec::new();
    let mut intercepts = [0.0; N_FIELDS];
    let mut out_of_fold = vec![[f32::NAN; N_FIELDS]; corpus.examples.len()];
    let labels: Array1<bool> = corpus.examples.iter().map(|example| example.spam).collect();
    let left_out: HashSet<(usize, usize)> = corpus
        .examples
        .iter()
        .map(|example| (example.family, folds[example.site]))
        .collect();
    for field in Field::ALL {
        let vocabulary = if field.is_meaning() {
            meanings::rows(corpus, field)
        } else {
            Vocabulary::new(corpus, field, &subwords)
        };
        // The last fit leaves no fold out.
        let fits: Vec<Ftrl> = (0..=n_folds)
            .into_par_iter()
            .map(|fold| {
                let weights: Array1<f32> = corpus
                    .examples
                    .iter()
                    .enumerate()
                    .map(|(index, example)| {
                        let learned = !vocabulary.rows.is_empty(index)
                            && !left_out.contains(&(example.family, fold));
                        if learned {
                            importance(corpus, example, field)
                        } else {
                            0.0
                        }
                    })
                    .collect();
                let dataset =
                    DatasetBase::new(&vocabulary.rows, labels.clone()).with_weights(weights);
                let fitted = params(field, seed).fit(&dataset);
                done();
                fitted
            })
            .collect::<Result<_, _>>()?;
        for (index, example) in corpus.examples.iter().enumerate() {
            if !vocabulary.rows.is_empty(index) {
                let fit = &fits[folds[example.site]];
                out_of_fold[index][field as usize] = fit.log_odds(vocabulary.rows.row(index));
            }
        }
        let Some(all) = fits.last() else { continue };
        intercepts[field as usize] = all.intercept;
        if field.is_meaning() {
            of_meaning.extend(meanings::weights(field, &all.weights));
            continue;
        }
        let scaled = all.weights.iter().zip(&vocabulary.scales);
        let fitted = vocabulary
            .hashes
            .iter()
            .copied()
            .zip(scaled.map(|(weight, scale)| weight * scale));
        weights.extend(fitted.filter(|(_, weight)| *weight != 0.0));
    }
    weights.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
    weights.truncate(MOST_WEIGHTS);
    weights.extend(of_meaning);
    let model = LexicalModel {
        table: WeightTable::build(&weights),
        intercepts,
        subwords,
        casing: WeightTable::build(&[]),
    };
    Ok(Words { model, out_of_fold })
}

/// How much an example counts for a field: the vocabulary of invented threads learns from nothing else,
/// and the others hardly from these.
fn importance(corpus: &Corpus<'_>, example: &Example, field: Field) -> f32 {
    let weight = match (field, corpus.discount(example)) {
        (Field::Invented, Some(discount)) => example.weight / discount,
        (Field::Invented, None) => 0.0,
        (_, Some(discount)) => example.weight / discount * discount.min(INVENTED_WORDS),
        (_, None) => example.weight,
    };
    weight as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comment::Thread;
    use crate::dataset::parse_thread;

    #[test]
    fn words_of_invented_threads_count_in_full_in_their_own_vocabulary_alone() {
        let thread = |site: &str, invented: bool| -> Thread {
            let line = format!(
                r#"{{"site":"{site}","invented":{invented},"post":{{"id":"1","title":"Bread"}},"comments":[
                {{"id":"1","author_url":"","body":"{site} gutters","label":"spam"}},
                {{"id":"2","author_url":"","body":"{site} rye","label":"ham"}},
                {{"id":"3","author_url":"http://{site}.example","body":"{site} spelt","label":"ham"}}]}}"#
            );
            parse_thread(line.replace('\n', "").as_bytes()).unwrap()
        };
        let threads = [thread("left", false), thread("made", true)];
        let corpus = Corpus::new(&threads, &[]);
        let [left, _, _, spam, ham, linked] = corpus.examples[..] else {
            panic!("expected six kept, found {:?}", corpus.examples)
        };
        let weight = |one: Example, field| f64::from(importance(&corpus, &one, field));
        let share = |one: Example| weight(one, Field::Words) / weight(one, Field::Invented);
        assert_eq!(weight(left, Field::Words), f64::from(left.weight as f32));
        assert_eq!(weight(left, Field::Invented), 0.0);
        for one in [spam, ham] {
            assert!((share(one) - INVENTED_WORDS).abs() < 1e-6);
            assert!(weight(one, Field::Words) < one.weight / 2.0);
        }
        // One with a homepage weighs less than that already.
        assert!(share(linked) < INVENTED_WORDS / 2.0);
        assert_eq!(weight(linked, Field::Name), f64::from(linked.weight as f32));
    }

    #[test]
    fn a_template_of_another_fold_is_not_known_by_heart() {
        let thread = |site: &str, label: &str, bodies: &[String]| -> Thread {
            let of_body = |(id, body): (usize, &String)| {
                format!(r#"{{"id":"{id}","body":"{body}","label":"{label}"}}"#)
            };
            let comments: Vec<String> = bodies.iter().enumerate().map(of_body).collect();
            let line = format!(
                r#"{{"site":"{site}","post":{{"id":"1"}},"comments":[{}]}}"#,
                comments.join(",")
            );
            parse_thread(line.as_bytes()).unwrap()
        };
        let template = |own: &str| {
            format!(
                "gutters sparkle whenever our cheerful crew arrives early beside your quiet porch {own}"
            )
        };
        // Of the same words, for a word counts from three families on, but no copies.
        let ham = [
            "porch quiet your beside early arrives crew cheerful our whenever sparkle gutters",
            "crew porch gutters early cheerful quiet sparkle your whenever beside our arrives",
        ];
        let threads = [
            thread(
                "a",
                "spam",
                &[template("where grandmother planted lilac hedges")],
            ),
            thread(
                "b",
                "spam",
                &[template("because scholarships close this evening")],
            ),
            // Some spam is left where neither copy is.
            thread("c", "spam", &["lenders publish monthly figures".to_owned()]),
            thread("d", "ham", &ham.map(str::to_owned)),
        ];
        let corpus = Corpus::new(&threads, &[]);
        let [a, b, _, d, _] = corpus.examples[..] else {
            panic!("expected five kept, found {:?}", corpus.examples)
        };
        assert!(a.family == b.family && a.family != d.family);

        let lines = corpus
            .examples
            .iter()
            .map(|one| corpus.analysis(one).words());
        let subwords = Subwords::train(lines, 400).unwrap();
        let words = fit(&corpus, subwords, &[0, 1, 2, 3], 4, 1, &|| ()).unwrap();
        // The folds of both copies learn from the same comments, of which none is a copy.
        let score = |index: usize| words.out_of_fold[index][Field::Words as usize];
        assert_eq!(score(0), score(1));
    }
}
