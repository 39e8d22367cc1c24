//! The features of the lexical model: which words, word pairs, word pieces and character n-grams
//! stand in a text: words and pairs each once, pieces and n-grams once for each different word.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::subwords::Subwords;
use super::vectors::Vectors;

/// The texts, and ways to look at them, that have a lexical score of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// The comment's words, pairs of words and pieces of rare words.
    Words,
    /// The spelling of the comment, marks and addresses included. A score apart from the words: it
    /// knows a word that was never seen by its likes, and errs where words do not.
    Spelling,
    /// The author's name.
    Name,
    /// The author's homepage.
    Url,
    /// What the comment's words mean: pieces of words that have a vector.
    Meaning,
    /// What the words of the author's name mean.
    NameMeaning,
    /// What the words of the homepage's address mean.
    UrlMeaning,
    /// The comment's words again, as invented threads alone teach them. A score apart: there they are
    /// so many and so different that they would drown what the words of collected comments say.
    Invented,
}

/// How many fields there are.
pub const N_FIELDS: usize = 8;

impl Field {
    /// All of them, in the order of the model file.
    pub const ALL: [Self; N_FIELDS] = [
        Self::Words,
        Self::Spelling,
        Self::Name,
        Self::Url,
        Self::Meaning,
        Self::NameMeaning,
        Self::UrlMeaning,
        Self::Invented,
    ];

    /// Whether the field is scored by the vectors of pieces.
    pub fn is_meaning(self) -> bool {
        matches!(self, Self::Meaning | Self::NameMeaning | Self::UrlMeaning)
    }

    /// The feature of a piece that has a vector.
    pub fn meaning(self, piece: u32) -> u64 {
        xxh3_64_with_seed(&piece.to_le_bytes(), self.seed(PIECES))
    }

    /// Keeps the features of fields and kinds apart.
    fn seed(self, group: usize) -> u64 {
        spread((self as u64 + 1) * 16 + group as u64)
    }

    /// Shortest and longest character n-gram, in characters, the marks of the word's ends
    /// included; `None` for a field without n-grams.
    fn ngrams(self) -> Option<(usize, usize)> {
        match self {
            Self::Words | Self::Invented | Self::Meaning | Self::NameMeaning | Self::UrlMeaning => {
                None
            }
            Self::Spelling | Self::Url => Some((3, 5)),
            Self::Name => Some((2, 4)),
        }
    }
}

/// Kinds of features. Each kind is scaled to unit length by itself, so that the many n-grams do
/// not drown the few words.
const GROUPS: usize = 4;
const WORDS: usize = 0;
const PAIRS: usize = 1;
const PIECES: usize = 2;
const NGRAMS: usize = 3;

/// A seed for a small number. XXH3 adds the seed to short inputs, so that under neighbouring seeds
/// texts of up to eight bytes that differ in a letter have the same hash.
pub(super) fn spread(number: u64) -> u64 {
    number.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// One feature and the words that it stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feature {
    /// Identifies the feature among those of all fields and kinds.
    pub hash: u64,
    /// Index of the word it stands on.
    pub word: u32,
    /// Index of the second word of a pair, otherwise the same as `word`.
    pub second: u32,
}

/// The features of one text.
#[derive(Debug, Clone, Default)]
pub struct Features {
    features: Vec<Feature>,
    /// Where each group ends.
    ends: [usize; GROUPS],
    /// Work space: the hash of each word.
    hashes: Vec<u64>,
    /// Work space: the hash of each pair of neighbours.
    pairs: Vec<u64>,
    /// Work space: what is sorted.
    keys: Vec<u64>,
    /// Work space: indices of the distinct words, by hash.
    distinct: Vec<u32>,
    /// Work space: a word between its end marks, digits as `0`.
    padded: Vec<u8>,
    /// Work space: pieces that have a vector, with their words.
    pieces: Vec<(u32, u32)>,
}

impl Features {
    /// Calls `each` with every feature and its value: one over the root of the number of features
    /// of its kind, so that each kind counts the same whatever the length of the text.
    #[inline]
    pub fn for_each(&self, mut each: impl FnMut(Feature, f32)) {
        self.for_each_group(|group, value| {
            group.iter().for_each(|&feature| each(feature, value));
        });
    }

    /// Calls `each` with the features of every kind and the value that all of them have.
    #[inline]
    pub(super) fn for_each_group(&self, mut each: impl FnMut(&[Feature], f32)) {
        let mut start = 0;
        for end in self.ends {
            let group = &self.features[start..end];
            each(group, 1.0 / (group.len().max(1) as f32).sqrt());
            start = end;
        }
    }

    /// Replaces the contents by the features of `words`, which are lower-cased and in order.
    pub fn fill(&mut self, field: Field, words: &[&str], subwords: &Subwords) {
        if field.is_meaning() {
            self.fill_meaning(field, words);
            return;
        }
        let seed = |group: usize| field.seed(group);
        self.features.clear();
        let mut hashes = std::mem::take(&mut self.hashes);
        hashes.clear();
        for word in words {
            hashes.push(if word.bytes().any(|byte| byte.is_ascii_digit()) {
                self.pad(word);
                xxh3_64_with_seed(&self.padded, seed(WORDS))
            } else {
                xxh3_64_with_seed(word.as_bytes(), seed(WORDS))
            });
        }
        let mut distinct = std::mem::take(&mut self.distinct);
        distinct.clear();
        each_distinct(&hashes, &mut self.keys, |word| distinct.push(word));

        let has_words = field != Field::Spelling;
        if has_words {
            let words = distinct.iter().map(|&word| Feature {
                hash: hashes[word as usize],
                word,
                second: word,
            });
            self.features.extend(words);
        }
        self.ends[WORDS] = self.features.len();

        if has_words {
            let seed = seed(PAIRS);
            self.pairs.clear();
            self.pairs.extend(hashes.windows(2).map(|pair| {
                let mut bytes = [0u8; 16];
                bytes[..8].copy_from_slice(&pair[0].to_le_bytes());
                bytes[8..].copy_from_slice(&pair[1].to_le_bytes());
                xxh3_64_with_seed(&bytes, seed)
            }));
            let Self {
                features, pairs, ..
            } = self;
            each_distinct(pairs, &mut self.keys, |word| {
                features.push(Feature {
                    hash: pairs[word as usize],
                    word,
                    second: word + 1,
                });
            });
        }
        self.ends[PAIRS] = self.features.len();

        if matches!(field, Field::Words | Field::Invented) {
            for &word in &distinct {
                subwords.cut(words[word as usize], |piece| {
                    let hash = xxh3_64_with_seed(piece.as_bytes(), seed(PIECES));
                    self.features.push(Feature {
                        hash,
                        word,
                        second: word,
                    });
                });
            }
        }
        self.ends[PIECES] = self.features.len();

        if let Some((shortest, longest)) = field.ngrams() {
            for &word in &distinct {
                self.pad(words[word as usize]);
                self.push_ngrams(word, shortest, longest, seed(NGRAMS));
            }
        }
        self.ends[NGRAMS] = self.features.len();
        (self.hashes, self.distinct) = (hashes, distinct);
    }

    fn fill_meaning(&mut self, field: Field, words: &[&str]) {
        Vectors::get().cut(words, &mut self.pieces);
        self.features.clear();
        let features = self.pieces.iter().map(|&(piece, word)| Feature {
            hash: field.meaning(piece),
            word,
            second: word,
        });
        self.features.extend(features);
        self.ends = [0; GROUPS];
        self.ends[PIECES..].fill(self.features.len());
    }

    /// The word between end marks, every digit as `0`: a phone number is a shape, not an address
    /// to be learned by heart.
    fn pad(&mut self, word: &str) {
        self.padded.clear();
        self.padded.push(b'<');
        self.padded.extend(
            word.bytes()
                .map(|byte| if byte.is_ascii_digit() { b'0' } else { byte }),
        );
        self.padded.push(b'>');
    }

    fn push_ngrams(&mut self, word: u32, shortest: usize, longest: usize, seed: u64) {
        let Self {
            features, padded, ..
        } = self;
        let feature = |bytes: &[u8]| Feature {
            hash: xxh3_64_with_seed(bytes, seed),
            word,
            second: word,
        };
        if padded.is_ascii() {
            for length in shortest..=longest {
                // Hashing is faster where the compiler knows the length.
                let grams = padded.windows(length);
                match length {
                    3 => features.extend(grams.map(|gram| feature(&gram[..3]))),
                    4 => features.extend(grams.map(|gram| feature(&gram[..4]))),
                    5 => features.extend(grams.map(|gram| feature(&gram[..5]))),
                    _ => features.extend(grams.map(feature)),
                }
            }
            return;
        }
        let is_start = |byte: &u8| byte & 0xc0 != 0x80;
        let mut starts: Vec<usize> = (0..padded.len())
            .filter(|&at| is_start(&padded[at]))
            .collect();
        starts.push(padded.len());
        for length in shortest..=longest {
            let windows = starts.windows(length + 1);
            features.extend(windows.map(|window| feature(&padded[window[0]..window[length]])));
        }
    }
}

/// Calls `each` with the index of every hash, the first index of equal ones, in the order of the
/// hashes. `keys` is work space.
///
/// One number made of a hash and its index is sorted several times faster than a pair of both, and
/// the top 48 bits of the hashes are enough to sort by. Texts have fewer words than indices fit into
/// the rest.
fn each_distinct(hashes: &[u64], keys: &mut Vec<u64>, mut each: impl FnMut(u32)) {
    const INDEX: u64 = (1 << 16) - 1;
    keys.clear();
    let indexed = hashes.iter().zip(0..=INDEX);
    keys.extend(indexed.map(|(hash, index)| (hash & !INDEX) | index));
    keys.sort_unstable();
    let mut last = None;
    for key in keys {
        let index = *key & INDEX;
        let hash = hashes[index as usize];
        if last.replace(hash) != Some(hash) {
            each(index as u32);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(field: Field, text: &str) -> Vec<u64> {
        let subwords = Subwords::from_pieces(vec![String::new()]).unwrap();
        let words: Vec<&str> = text.split_whitespace().collect();
        let mut features = Features::default();
        features.fill(field, &words, &subwords);
        let mut hashes = Vec::new();
        features.for_each(|feature, _| hashes.push(feature.hash));
        hashes
    }

    #[test]
    fn each_word_and_pair_counts_once() {
        assert_eq!(hashes(Field::Words, "ab cd ab cd").len(), 2 + 2);
        // Of `<ab>` and `<cd>` two 3-grams and one 4-gram each.
        assert_eq!(hashes(Field::Spelling, "ab cd ab cd").len(), 6);
    }

    #[test]
    fn fields_do_not_share_features() {
        let body = hashes(Field::Words, "roof repair");
        assert!(
            hashes(Field::Url, "roof repair")
                .iter()
                .all(|hash| !body.contains(hash))
        );
    }

    #[test]
    fn short_ngrams_of_two_fields_or_kinds_do_not_meet() {
        let mut seen = std::collections::HashSet::new();
        let seeds: Vec<u64> = (0..128).map(spread).collect();
        for first in b'a'..=b'z' {
            for second in b'a'..=b'z' {
                for &seed in &seeds {
                    assert!(seen.insert(xxh3_64_with_seed(&[b'<', first, second], seed)));
                }
            }
        }
    }

    #[test]
    fn digits_are_a_shape() {
        assert_eq!(hashes(Field::Words, "0800"), hashes(Field::Words, "1234"));
        assert_ne!(hashes(Field::Words, "0800"), hashes(Field::Words, "123"));
    }

    #[test]
    fn each_kind_has_unit_length() {
        let subwords = Subwords::from_pieces(vec![String::new()]).unwrap();
        let mut features = Features::default();
        features.fill(Field::Url, &["größe", "日", "本"], &subwords);
        let mut square = 0.0;
        features.for_each(|_, value| square += value * value);
        assert!(
            (square - 3.0).abs() < 1e-5,
            "words, pairs and n-grams: {square}"
        );
    }
}
