//! Pieces of rare words: a vocabulary learned by byte-pair encoding, matched longest first.

use tokenizers::models::bpe::{BPE, BpeTrainer};
use tokenizers::models::wordpiece::WordPiece;
use tokenizers::{Model, Trainer};

/// Longest word that is cut into pieces, in characters.
const MAX_WORD: usize = 40;

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
    model: WordPiece,
}

/// The vocabulary cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("expected a vocabulary of word pieces: {0}")]
pub struct SubwordError(String);

impl Subwords {
    /// From the pieces in their order.
    ///
    /// # Errors
    /// The tokenizer does not accept the vocabulary.
    pub fn from_pieces(pieces: Vec<String>) -> Result<Self, SubwordError> {
        let vocabulary: std::collections::HashMap<String, u32> = pieces
            .iter()
            .enumerate()
            .map(|(id, piece)| (piece.clone(), id as u32))
            .collect();
        let model = WordPiece::builder()
            .vocab(vocabulary.into_iter().collect::<ahash::AHashMap<_, _>>())
            .unk_token(String::new())
            .continuing_subword_prefix(String::new())
            .max_input_chars_per_word(MAX_WORD)
            .build()
            .map_err(|error| SubwordError(error.to_string()))?;
        Ok(Self { pieces, model })
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
        if self.model.token_to_id(word).is_some() {
            return;
        }
        if let Ok(tokens) = self.model.tokenize(word)
            && tokens.len() > 1
        {
            for token in &tokens {
                each(&token.value);
            }
        }
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
}
