//! Rows over vectors instead of features: what is learned of a word then holds for all that mean
//! the like, and what comes out are weights of pieces all the same.
//!
//! The log-odds of a text with the pieces `p` are linear in the sum of their vectors `v`, so
//! `u · Σ v(p) / √n = Σ (u · v(p)) / √n`, and `u · v(p)` is the weight of the piece.

use rayon::prelude::*;

use super::corpus::Corpus;
use super::ftrl::SparseRows;
use super::vocabulary::Vocabulary;
use crate::classifier::lexical_words;
use crate::lexical::{DIMENSIONS, Field, Vectors};

/// Every example as the sum of the vectors of its pieces, over the root of their number.
pub(super) fn rows(corpus: &Corpus<'_>, field: Field) -> Vocabulary {
    let vectors = Vectors::get();
    let sums: Vec<Option<[f32; DIMENSIONS]>> = corpus
        .examples
        .par_iter()
        .map_init(Vec::new, |pieces, example| {
            vectors.cut(&lexical_words(corpus.analysis(example), field), pieces);
            let value = 1.0 / (pieces.len() as f32).sqrt();
            let mut sum = [0.0; DIMENSIONS];
            for &(piece, _) in pieces.iter() {
                for (sum, number) in sum.iter_mut().zip(vectors.of(piece)) {
                    *sum += number * value;
                }
            }
            (!pieces.is_empty()).then_some(sum)
        })
        .collect();
    let mut rows = SparseRows::new(DIMENSIONS);
    for sum in &sums {
        rows.push((0..).zip(sum.iter().flatten().copied()));
    }
    Vocabulary {
        hashes: Vec::new(),
        scales: Vec::new(),
        rows,
    }
}

/// The weight of every piece, by its feature, where each number of a vector has a weight.
pub(super) fn weights(field: Field, of_numbers: &[f32]) -> impl Iterator<Item = (u64, f32)> {
    let vectors = Vectors::get();
    (0..vectors.n_pieces()).map(move |piece| {
        let numbers = vectors.of(piece).zip(of_numbers);
        let weight = numbers.map(|(number, weight)| number * weight).sum();
        (field.meaning(piece), weight)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::parse_thread;
    use crate::lexical::{Features, LexicalModel, N_FIELDS, Subwords, WeightTable};

    #[test]
    fn a_row_and_the_weights_of_its_pieces_give_the_same_log_odds() {
        let thread = parse_thread(
            br#"{"site": "a", "post": {"title": "Shoes"}, "comments": [{"id": "1", "label": "spam",
                "author": "Roof Repair", "author_url": "http://goodroofs.example",
                "body": "Mortgage rates, and roofs that leak."}]}"#,
        )
        .unwrap();
        let threads = [thread];
        let corpus = Corpus::new(&threads, &[]);
        let of_numbers: Vec<f32> = (0..DIMENSIONS).map(|i| (i as f32).sin()).collect();
        for field in [Field::Meaning, Field::NameMeaning, Field::UrlMeaning] {
            let row = rows(&corpus, field).rows;
            let by_row: f32 = row
                .row(0)
                .map(|(column, value)| of_numbers[column] * value)
                .sum();
            let pieces: Vec<(u64, f32)> = weights(field, &of_numbers).collect();
            let model = LexicalModel {
                table: WeightTable::build(&pieces),
                intercepts: [0.0; N_FIELDS],
                subwords: Subwords::from_pieces(vec![String::new()]).unwrap(),
                casing: WeightTable::build(&[]),
            };
            let words = lexical_words(corpus.analysis(&corpus.examples[0]), field);
            let mut features = Features::default();
            let by_pieces = model.score(field, &words, &mut features).unwrap();
            let by_words: f32 = model.word_shares(field, &words).iter().sum();
            assert!((by_row - by_pieces).abs() < 1e-3, "{by_row} {by_pieces}");
            assert!((by_words - by_pieces).abs() < 1e-3, "{by_words}");
        }
    }
}
