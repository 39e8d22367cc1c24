//! What pieces of words mean, as short vectors that were made elsewhere from far more text than
//! labelled comments hold: by them a model knows that a dentist and a clinic are alike, and asks of a
//! word that no comment had what it knows of its neighbours.
//!
//! The vectors are part of the program (`models/vectors.py` makes them) and serve training alone. In
//! serving, a linear score of a sum of vectors is a sum of weights of pieces, and those stand in the
//! model file; only the pieces are needed to cut words.

use std::sync::LazyLock;

use ahash::AHashMap;
use safetensors::SafeTensors;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::features::spread;

/// Numbers of a vector.
pub const DIMENSIONS: usize = 64;

/// Longest word that is cut, in bytes.
const MAX_WORD: usize = 64;

/// Marks a piece that goes on with a word.
const CONTINUES: &str = "##";

/// The vectors of the program.
static VECTORS: LazyLock<Vectors> = LazyLock::new(|| {
    let bytes: &'static [u8] = include_bytes!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/models/vectors.safetensors"
    ));
    Vectors::from_bytes(bytes).expect("the vectors of the program are whole")
});

/// Pieces of words and a vector for each.
#[derive(Debug)]
pub struct Vectors {
    /// The place of each piece, by the hash of its letters.
    places: AHashMap<u64, u32>,
    /// Bytes of the longest piece.
    longest: usize,
    /// What one unit stands for, for each piece.
    steps: Vec<f32>,
    /// [`DIMENSIONS`] signed bytes for each piece.
    units: &'static [u8],
    /// Digest of the file.
    digest: u64,
}

impl Vectors {
    /// Those that are part of the program.
    pub fn get() -> &'static Self {
        &VECTORS
    }

    /// `None` unless there is a step and a vector for each piece.
    fn from_bytes(bytes: &'static [u8]) -> Option<Self> {
        let tensors = SafeTensors::deserialize(bytes).ok()?;
        let table = |name| tensors.tensor(name).ok().map(|tensor| tensor.data());
        let pieces = std::str::from_utf8(table("pieces")?).ok()?;
        let (steps, _) = table("steps")?.as_chunks();
        let units = table("vectors")?;
        let (mut places, mut longest) = (AHashMap::new(), 0);
        for (place, piece) in (0..).zip(pieces.split('\n')) {
            let (letters, is_first) = match piece.strip_prefix(CONTINUES) {
                Some(rest) => (rest, false),
                None => (piece, true),
            };
            longest = longest.max(letters.len());
            places.insert(key(letters, is_first), place);
        }
        let is_whole = steps.len() == places.len() && units.len() == steps.len() * DIMENSIONS;
        is_whole.then(|| Self {
            places,
            longest,
            steps: steps.iter().map(|&step| f32::from_le_bytes(step)).collect(),
            units,
            digest: xxh3_64(bytes),
        })
    }

    /// How many pieces there are.
    pub fn n_pieces(&self) -> u32 {
        self.steps.len() as u32
    }

    /// Tells these vectors from others: a model's weights belong to the pieces it was trained with.
    pub fn digest(&self) -> u64 {
        self.digest
    }

    /// The vector of a piece.
    pub fn of(&self, piece: u32) -> impl Iterator<Item = f32> + '_ {
        let place = piece as usize;
        let step = self.steps[place];
        self.units[place * DIMENSIONS..][..DIMENSIONS]
            .iter()
            .map(move |&unit| f32::from(unit as i8) * step)
    }

    /// Replaces `pieces` by those of lower-cased words, each once and by rising number, with the index
    /// of the first word that has it.
    pub fn cut(&self, words: &[&str], pieces: &mut Vec<(u32, u32)>) {
        pieces.clear();
        for (index, word) in (0..).zip(words) {
            if word.len() > MAX_WORD {
                continue;
            }
            if word.is_ascii() {
                self.cut_word(word, index, pieces);
            } else {
                let plain: String = word.nfd().filter(|&c| !is_combining_mark(c)).collect();
                self.cut_word(&plain, index, pieces);
            }
        }
        pieces.sort_unstable();
        pieces.dedup_by_key(|(piece, _)| *piece);
    }

    /// Longest match first, as in WordPiece (Wu et al., *Google's neural machine translation system*,
    /// 2016, section 4.1). What cannot be cut to its end has no pieces.
    fn cut_word(&self, word: &str, index: u32, pieces: &mut Vec<(u32, u32)>) {
        for part in word.split(|c: char| !c.is_alphanumeric()) {
            let before = pieces.len();
            let mut rest = part;
            while !rest.is_empty() {
                let is_first = rest.len() == part.len();
                let lengths = (1..=rest.len().min(self.longest)).rev();
                let known = lengths
                    .filter_map(|length| rest.get(..length))
                    .find_map(|head| Some((head, *self.places.get(&key(head, is_first))?)));
                let Some((head, piece)) = known else {
                    pieces.truncate(before);
                    break;
                };
                pieces.push((piece, index));
                rest = &rest[head.len()..];
            }
        }
    }
}

fn key(letters: &str, is_first: bool) -> u64 {
    let seed = if is_first { 0 } else { spread(1) };
    xxh3_64_with_seed(letters.as_bytes(), seed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(words: &[&str]) -> Vec<(u32, u32)> {
        let mut pieces = Vec::new();
        Vectors::get().cut(words, &mut pieces);
        pieces
    }

    fn likeness(first: &str, second: &str) -> f32 {
        let vector = |word| -> Vec<f32> {
            let pieces = pieces(&[word]);
            assert_eq!(pieces.len(), 1, "{word} is one piece");
            Vectors::get().of(pieces[0].0).collect()
        };
        let (first, second) = (vector(first), vector(second));
        let dot = |a: &[f32], b: &[f32]| -> f32 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
        dot(&first, &second) / (dot(&first, &first) * dot(&second, &second)).sqrt()
    }

    #[test]
    fn words_of_one_subject_are_alike() {
        for (near, far) in [("loan", "horse"), ("bank", "kitchen"), ("debt", "violin")] {
            let (near, far) = (likeness("mortgage", near), likeness("mortgage", far));
            assert!(near > far + 0.2, "{near} {far}");
        }
    }

    #[test]
    fn a_word_is_cut_to_its_end_or_not_at_all() {
        assert_eq!(pieces(&["mortgage"]).len(), 1);
        assert!(pieces(&["mortgageloans"]).len() > 1);
        assert_eq!(pieces(&["café"]), pieces(&["cafe"]));
        assert_eq!(pieces(&["ⴷⵣⵓ", "", &"a".repeat(65)]), []);
    }

    #[test]
    fn a_piece_counts_once_and_belongs_to_its_first_word() {
        let both = pieces(&["roof", "roof"]);
        assert_eq!(both, pieces(&["roof"]));
        assert_eq!(both[0].1, 0);
    }

    #[test]
    fn damaged_bytes_are_refused() {
        assert!(Vectors::from_bytes(b"no vectors").is_none());
    }
}
