//! Pieces of rare words: a vocabulary learned by byte-pair encoding, matched longest first.

use ahash::AHashSet;
use tokenizers::Trainer;
use tokenizers::models::bpe::{BPE, BpeTrainer};
use xxhash_rust::xxh3::xxh3_64;

/// Longest word that is cut into pieces, in characters; no word has more pieces.
const MAX_WORD: usize = 40;

/// Longest piece, in bytes: that of a word which is cut.
const MAX_PIECE: usize = 4 * MAX_WORD;

/// Pieces in the vocabulary.
pub const VOCABULARY: usize = 8000;

/// A vocabulary of word pieces and the algorithm that cuts words by it.
///
/// Learned as byte-pair encoding (Sennrich, Haddow, Birch, *Neural machine translation of rare
/// words with subword units*, ACL 2016), applied longest match first as in WordPiece: the
/// vocabulary alone then says how a word is cut, and nothing else needs to be stored.
#[derive(Debug, Clone)]
pub struct Subwords {
    pieces: Vec<String>,
    /// Hashes of all pieces.
    known: AHashSet<u64>,
    /// Bytes of the longest piece.
    longest: usize,
}

/// The vocabulary cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("expected a vocabulary of word pieces: {0}")]
pub struct SubwordError(String);

impl Subwords {
    /// From the pieces in their order.
    ///
    /// # Errors
    /// A piece stands there twice.
    pub fn from_pieces(pieces: Vec<String>) -> Result<Self, SubwordError> {
        let mut known = AHashSet::with_capacity(pieces.len());
        for piece in &pieces {
            if !known.insert(xxh3_64(piece.as_bytes())) {
                return Err(SubwordError(format!("found `{piece}` twice")));
            }
        }
        Ok(Self {
            longest: pieces.iter().map(String::len).max().unwrap_or_default(),
            pieces,
            known,
        })
    }

    /// Learns a vocabulary from texts, each a list of lower-cased words.
    ///
    /// # Errors
    /// The trainer fails.
    pub fn train<'a, I>(texts: I, vocabulary: usize) -> Result<Self, SubwordError>
    where
        I: Iterator<Item = Vec<&'a str>>,
    {
        let error = |error: tokenizers::Error| SubwordError(error.to_string());
        let lines: Vec<String> = texts.map(|words| words.join(" ")).collect();
        let mut trainer = BpeTrainer::builder()
            .show_progress(false)
            .vocab_size(vocabulary)
            .min_frequency(3)
            .max_token_length(Some(MAX_PIECE))
            .build();
        trainer
            .feed(lines.iter(), |line| {
                Ok(line.split(' ').map(str::to_owned).collect())
            })
            .map_err(error)?;
        let mut model = BPE::default();
        trainer.train(&mut model).map_err(error)?;
        // The unknown token comes first and is the empty string, which no word contains.
        let mut pieces: Vec<(u32, String)> = model
            .get_vocab()
            .into_iter()
            .map(|(piece, id)| (id, piece))
            .collect();
        pieces.sort_unstable();
        let pieces =
            std::iter::once(String::new()).chain(pieces.into_iter().map(|(_, piece)| piece));
        Self::from_pieces(pieces.collect())
    }

    /// The pieces in their order; the first is the empty string.
    pub fn pieces(&self) -> &[String] {
        &self.pieces
    }

    /// Calls `each` with every piece of a word that is not itself a piece. Words of the vocabulary
    /// have a feature of their own already, and a word with a character that no piece covers has
    /// no pieces.
    pub fn cut(&self, word: &str, mut each: impl FnMut(&str)) {
        if self.is_piece(word) || word.chars().count() > MAX_WORD {
            return;
        }
        let mut found = [""; MAX_WORD];
        let mut n_found = 0;
        let mut rest = word;
        while !rest.is_empty() {
            let lengths = (1..=rest.len().min(self.longest)).rev();
            let mut heads = lengths.filter_map(|len| rest.get(..len));
            let Some(piece) = heads.find(|&head| self.is_piece(head)) else {
                return;
            };
            found[n_found] = piece;
            n_found += 1;
            rest = &rest[piece.len()..];
        }
        found[..n_found].iter().for_each(|piece| each(piece));
    }

    fn is_piece(&self, text: &str) -> bool {
        self.known.contains(&xxh3_64(text.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: [&str; 3] = [
        "running runner runs",
        "gunning gunner guns",
        "run gun running gunning",
    ];

    fn train() -> Subwords {
        let texts = || {
            TEXTS
                .iter()
                .cycle()
                .take(30)
                .map(|text| text.split(' ').collect())
        };
        Subwords::train(texts(), 40).unwrap()
    }

    #[test]
    fn a_rare_word_is_cut_and_the_pieces_make_up_the_word() {
        let subwords = train();
        let mut pieces = Vec::new();
        subwords.cut("runninggun", |piece| pieces.push(piece.to_owned()));
        assert!(pieces.len() > 1);
        assert_eq!(pieces.concat(), "runninggun");
    }

    #[test]
    fn a_word_of_the_vocabulary_and_a_strange_one_are_left_alone() {
        let subwords = train();
        for word in ["running", "日本", ""] {
            subwords.cut(word, |piece| panic!("`{word}` was cut: `{piece}`"));
        }
    }

    #[test]
    fn training_twice_gives_the_same_pieces() {
        assert_eq!(train().pieces(), train().pieces());
    }

    #[test]
    fn no_piece_is_longer_than_a_word_that_is_cut() {
        // Letters that follow each other in no order: the whole word would become a piece.
        let letter = |i: u32| {
            char::from(b'a' + (i.wrapping_mul(i).wrapping_mul(2654435761) >> 27) as u8 % 26)
        };
        let word: String = (0..1000).map(letter).collect();
        let texts = std::iter::repeat_n(vec![word.as_str()], 5);
        let subwords = Subwords::train(texts, VOCABULARY).unwrap();
        assert!(subwords.pieces().len() > 500);
        assert!(subwords.longest > MAX_WORD && subwords.longest <= MAX_PIECE);
    }
}
