use std::collections::HashMap;

use super::{Evidence, Scene, signal};
use crate::analysis::BuildIdentity;
use crate::tokens::{Shape, Word};

signal! {
    /// ## What it detects
    /// How much neighbouring sentences of the comment have in common: the content words (or stems)
    /// that both have, over those of the poorer one, as a mean over all neighbours, in [0, 1].
    /// Unknown for fewer than two sentences with content words; sentences below four words do not
    /// count.
    ///
    /// ## Why it matters
    /// A text about something keeps coming back to it. Spam that is put together from stock sentences
    /// changes the subject with every full stop.
    ///
    /// ## Example
    /// `My new shoes leak. Which shoes do not leak?` → 1, `Great site you have. Visit my casino now.` → 0.
    ///
    /// ## When it is wrong
    /// Good style avoids repetition, and pronouns stand for words; 0 is common in genuine comments.
    /// Advertising that repeats its keyword is coherent.
    ///
    /// ## References
    /// None; the idea is that of lexical cohesion between neighbouring sentences.
    "coherence", Falling
}

/// Shorter sentences are exclamations (`Great post!`).
const SHORT: usize = 4;

fn observe(scene: &Scene<'_>) -> f32 {
    let tokens = &scene.comment.tokens;
    if tokens.sentences.len() < 2 {
        return f32::NAN;
    }
    // Each content word by its first spelling, to the first word of the same stem.
    let mut groups: HashMap<u64, usize, BuildIdentity> =
        HashMap::with_capacity_and_hasher(2 * scene.words.len(), BuildIdentity::default());
    for (index, found) in scene
        .words
        .iter()
        .enumerate()
        .filter(|(_, word)| word.is_content())
    {
        let group = match found.term.stem {
            0 => index,
            stem => *groups.entry(stem).or_insert(index),
        };
        groups.insert(spelling(&tokens.words, found.term.word as usize), group);
    }
    // For each group, the last sentence that had it; sentences count from 1.
    let mut last_seen = vec![0; scene.words.len()];
    let (mut number, mut previous_size) = (0, 0);
    let mut sum = 0.0;
    for sentence in tokens
        .sentences
        .iter()
        .filter(|sentence| sentence.len() >= SHORT)
    {
        let (mut size, mut shared) = (0_u32, 0_u32);
        for index in sentence.clone() {
            let Some(&group) = groups.get(&spelling(&tokens.words, index)) else {
                continue;
            };
            if last_seen[group] == number + 1 {
                continue;
            }
            size += 1;
            shared += u32::from(number > 0 && last_seen[group] == number);
            last_seen[group] = number + 1;
        }
        if size == 0 {
            continue;
        }
        if number > 0 {
            sum += shared as f32 / size.min(previous_size) as f32;
        }
        number += 1;
        previous_size = size;
    }
    if number < 2 {
        f32::NAN
    } else {
        sum / (number - 1) as f32
    }
}

fn explain(_: &Scene<'_>, value: f32) -> Evidence {
    if value == 0.0 {
        return Evidence::new("neighbouring sentences share no word of their subject");
    }
    Evidence::new(format!(
        "neighbouring sentences share {:.0} % of their subject on average",
        value * 100.0
    ))
}

/// Identifies a word as it is written; of Chinese, a pair of neighbouring characters.
fn spelling(words: &[Word], index: usize) -> u64 {
    let word = &words[index];
    match words.get(index + 1) {
        Some(next) if word.shape == Shape::Ideograph && next.shape == Shape::Ideograph => {
            word.hash.rotate_left(17) ^ next.hash
        }
        _ => word.hash,
    }
}

#[cfg(test)]
mod tests {
    use super::super::shared_subject::tests::with_scene;
    use super::*;
    use crate::comment::Post;

    fn check(body: &str, expected: f32) {
        let value = with_scene(&Post::default(), &[], ("Jo", body), observe);
        let is_same = value == expected || (value.is_nan() && expected.is_nan());
        assert!(is_same, "{body}: {value}");
    }

    #[test]
    fn neighbours_share_words_or_stems() {
        check("My shoes are in the sand. The sand is in my shoes.", 1.0);
        check(
            "It is the kitchen and the sand. The kitchens are on it and wet.",
            0.5,
        );
        check("My shoes are in the sand. The soup is for you.", 0.0);
        check(
            "My shoes and shoes are it. And shoes and lugs and sand.",
            1.0,
        );
        check(
            "The soup is on it. It is the soup and sand. The sand is on it.",
            1.0,
        );
        check("我喜欢登山鞋。登山鞋很好。", 0.5);
    }

    #[test]
    fn one_sentence_is_unknown() {
        check("My shoes are in the sand", f32::NAN);
        check("My shoes are in the sand. Great shoes! Yes.", f32::NAN);
        check("My shoes are in the sand. It is on you and it.", f32::NAN);
        check("", f32::NAN);
    }
}
