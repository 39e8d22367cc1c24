//! The words of a text as subjects: distinct, accents folded, with a stem beside each.

use std::collections::HashMap;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_script::{Script, UnicodeScript};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use crate::text::Text;
use crate::tokens::{Shape, Tokens};

/// Seeds that keep words, stems and pairs apart. XXH3 adds the seed to short inputs: a small one would
/// give some stems the hash of another word.
const PAIR: u64 = 2;
const STEM: u64 = 0x9e37_79b9_7f4a_7c15;

/// Characters of a word that make its stem. Crude, and the same in every language: a stem must tie
/// `running` to `runner`, not be one.
const STEM_CHARS: usize = 5;

/// One distinct word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// Identifies the word, or the pair of neighbouring characters of Chinese.
    pub hash: u64,
    /// Identifies its stem; 0 if it has none.
    pub stem: u64,
    /// How often it stands in the text.
    pub count: u32,
    /// Index of its first word.
    pub word: u32,
}

/// The distinct words of a text and the pairs of neighbours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    /// In the order of their first appearance.
    pub distinct: Vec<Term>,
    /// Hashes of neighbouring words in the order of the text, with the terms that make the pair.
    pub pairs: Vec<(u64, u32, u32)>,
    /// Hashes of the parts of identifiers such as `parseThread` or `parse_thread`, sorted, each
    /// once.
    pub parts: Vec<u64>,
    /// Words counted with repetition.
    pub total: u32,
}

impl Terms {
    /// The terms of a text that has been cut into tokens.
    pub fn of(text: &Text, tokens: &Tokens) -> Self {
        let mut terms = Self::of_words(tokens, 0..tokens.words.len());
        for word in &tokens.words {
            let span = word.span.start as usize..word.span.end as usize;
            let bytes = &text.as_str().as_bytes()[span.clone()];
            if word.shape == Shape::Mixed || bytes.iter().any(|byte| matches!(byte, b'_' | b'.')) {
                push_parts(&mut terms.parts, &text.as_str()[span]);
            }
        }
        terms.parts.sort_unstable();
        terms.parts.dedup();
        terms
    }

    /// The terms of a range of words.
    pub fn of_words(tokens: &Tokens, range: Range<usize>) -> Self {
        let mut terms = Self::default();
        terms.distinct.reserve(range.len());
        terms.pairs.reserve(range.len());
        // By the hash of the word as it stands there, and by that of the term.
        let mut places: HashMap<u64, u32, BuildIdentity> =
            HashMap::with_capacity_and_hasher(range.len(), BuildIdentity::default());
        let mut previous: Option<(u64, u32)> = None;
        let words = &tokens.words;
        for index in range.clone() {
            let word = &words[index];
            if word.shape.is_fragment() {
                continue;
            }
            let hash = if word.shape == Shape::Ideograph {
                match words.get(index + 1) {
                    // Chinese does not space words: pairs of characters stand for them.
                    Some(next)
                        if range.contains(&(index + 1))
                            && next.shape == Shape::Ideograph
                            && next.span.start == word.span.end =>
                    {
                        pair(word.hash, next.hash)
                    }
                    _ => {
                        let follows = index > range.start && {
                            let before = &words[index - 1];
                            before.shape == Shape::Ideograph && before.span.end == word.span.start
                        };
                        if follows {
                            continue;
                        }
                        word.hash
                    }
                }
            } else {
                word.hash
            };
            let place = match places.get(&hash) {
                Some(&place) => place,
                None => {
                    let (folded, stem) = if word.shape.is_unspaced() {
                        (hash, 0)
                    } else {
                        folded(tokens.lower(word), hash)
                    };
                    let place = *places.entry(folded).or_insert_with(|| {
                        terms.distinct.push(Term {
                            hash: folded,
                            stem,
                            count: 0,
                            word: index as u32,
                        });
                        terms.distinct.len() as u32 - 1
                    });
                    if folded != hash {
                        places.insert(hash, place);
                    }
                    place
                }
            };
            let term = &mut terms.distinct[place as usize];
            term.count += 1;
            let hash = term.hash;
            terms.total += 1;
            if let Some((before, before_place)) = previous {
                terms.pairs.push((pair(before, hash), before_place, place));
            }
            previous = Some((hash, place));
        }
        terms
    }
}

/// Parts of an identifier: cut at `_` and `.`, and where a capital follows a small letter. A word
/// that is not cut has no parts, and neither have crumbs of less than three characters.
fn push_parts(parts: &mut Vec<u64>, word: &str) {
    let mut start = 0;
    let mut was_lower = false;
    let mut push = |part: &str| {
        if part.chars().nth(2).is_some() && part.len() < word.len() {
            parts.push(xxh3_64(part.to_lowercase().as_bytes()));
        }
    };
    for (at, character) in word.char_indices() {
        let separates = matches!(character, '_' | '.' | '\'' | '’' | ':');
        if separates || (was_lower && character.is_uppercase()) {
            push(&word[start..at]);
            start = if separates {
                at + character.len_utf8()
            } else {
                at
            };
        }
        was_lower = character.is_lowercase();
    }
    push(&word[start..]);
}

fn pair(first: u64, second: u64) -> u64 {
    let mut bytes = [0u8; 16];
    bytes[..8].copy_from_slice(&first.to_le_bytes());
    bytes[8..].copy_from_slice(&second.to_le_bytes());
    xxh3_64_with_seed(&bytes, PAIR)
}

/// The hash of a word without its accents, and of its stem.
fn folded(word: &str, hash: u64) -> (u64, u64) {
    if word.is_ascii() {
        let stem = word
            .get(..STEM_CHARS)
            .filter(|_| !word.bytes().all(|byte| byte.is_ascii_digit()))
            .map_or(0, |stem| xxh3_64_with_seed(stem.as_bytes(), STEM));
        return (hash, stem);
    }
    let plain = without_accents(word);
    let stem = plain
        .char_indices()
        .nth(STEM_CHARS - 1)
        .map_or(0, |(at, last)| {
            xxh3_64_with_seed(&plain.as_bytes()[..at + last.len_utf8()], STEM)
        });
    (xxh3_64(plain.as_bytes()), stem)
}

/// A word without the marks that some writers leave out: accents, and the vowel points of Hebrew and
/// Arabic. The vowel signs of Hindi and its kin are marks, too, but no word is itself without them.
fn without_accents(word: &str) -> String {
    let may_be_left_out = |character: char| {
        is_combining_mark(character)
            && matches!(
                character.script(),
                Script::Inherited | Script::Hebrew | Script::Arabic
            )
    };
    word.nfd()
        .filter(|&character| !may_be_left_out(character))
        .collect()
}

/// A hasher for keys that are hashes already.
#[derive(Debug, Clone, Copy, Default)]
pub struct Identity(u64);

/// Builds [`Identity`].
pub type BuildIdentity = std::hash::BuildHasherDefault<Identity>;

impl std::hash::Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64_with_seed(bytes, self.0);
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn write_u32(&mut self, hash: u32) {
        // Tables look at the highest bits and at the lowest.
        self.0 = u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::normalize;
    use crate::tokens::tokenize;

    fn terms(text: &str) -> Terms {
        let text = normalize(text);
        Terms::of(&text, &tokenize(&text))
    }

    #[test]
    fn words_count_once_with_their_number() {
        let terms = terms("Shoes, shoes and SHOES");
        assert_eq!(
            terms
                .distinct
                .iter()
                .map(|term| term.count)
                .collect::<Vec<_>>(),
            [3, 1]
        );
        assert_eq!(terms.total, 4);
    }

    #[test]
    fn accents_are_folded_and_stems_tie_forms_together() {
        assert_eq!(
            terms("café").distinct[0].hash,
            terms("cafe").distinct[0].hash
        );
        assert_eq!(
            terms("running").distinct[0].stem,
            terms("runni").distinct[0].stem
        );
        assert_eq!(terms("12345").distinct[0].stem, 0);
        assert_eq!(
            terms("größere").distinct[0].stem,
            terms("größe").distinct[0].stem
        );
    }

    #[test]
    fn identifiers_have_parts_and_words_have_none() {
        assert_eq!(terms("parseThread parse_thread").parts.len(), 2);
        assert!(terms("McX don't iPad").parts.len() <= 1);
        assert!(terms("plain words").parts.is_empty());
    }

    #[test]
    fn chinese_gives_pairs_of_characters() {
        assert_eq!(terms("登山鞋").distinct.len(), 2);
        assert_eq!(terms("鞋").distinct.len(), 1);
        assert_eq!(terms("我的登山鞋").distinct[2..], {
            let mut tail = terms("登山鞋").distinct;
            tail.iter_mut().for_each(|term| term.word += 2);
            tail
        });
    }

    #[test]
    fn what_is_no_word_by_itself_is_no_subject() {
        let hashes = |text: &str| -> Vec<u64> {
            let distinct = terms(text).distinct;
            distinct.iter().map(|term| term.hash).collect()
        };
        let japanese = hashes("猫がカメラを見ています");
        assert_eq!(japanese, hashes("猫 カメラ 見"), "without the grammar");
        assert_eq!(terms("แมวของฉันไม่ชอบตะกร้า"), Terms::default());
        // Ka and ga are different letters, and so are words that differ in a vowel.
        assert_ne!(hashes("カス"), hashes("ガス"));
        assert_ne!(hashes("है"), hashes("ही"));
        assert_eq!(hashes("שָׁלוֹם"), hashes("שלום"));
    }
}
