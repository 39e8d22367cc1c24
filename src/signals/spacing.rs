use std::ops::Range;

use super::{Evidence, Scene, counted, signal};

signal! {
    /// ## What it detects
    /// Slips around punctuation, at most 6: a space before a mark (`well , yes`), none after it
    /// (`well,yes`, `end.Next`), and doubled marks (`,,`, two full stops). Unknown without words.
    ///
    /// ## Why it matters
    /// Texts put together from pieces, translated by machine or varied word by word have such seams
    /// in numbers.
    ///
    /// ## Example
    /// `Nice post ,thanks..` → 2, `Nice post, thanks...` → 0.
    ///
    /// ## When it is wrong
    /// Hasty typing. French puts a space before `!`, `?`, `:` and `;`, so that before these none is
    /// counted. Addresses and file names are left alone.
    ///
    /// ## References
    /// None; found by comparing genuine and spam comments.
    "spacing", Free
}

/// Further slips say no more.
const MOST: usize = 6;

/// Longer gaps between words hold rulers, tables or addresses.
const LONGEST: usize = 8;

fn observe(scene: &Scene<'_>) -> f32 {
    if scene.comment.tokens.words.is_empty() {
        return f32::NAN;
    }
    slips(scene).take(MOST).count() as f32
}

/// Where the slips are, in the normalised text.
fn slips<'a>(scene: &'a Scene<'_>) -> impl Iterator<Item = Range<usize>> + 'a {
    let text = scene.comment.text.as_str();
    let words = &scene.comment.tokens.words;
    words.iter().enumerate().flat_map(move |(index, word)| {
        let (start, end) = (word.span.start as usize, word.span.end as usize);
        let next = words.get(index + 1).map_or(text.len(), |next| next.span.start as usize);
        let inside = missing_space(&text.as_bytes()[start..end]);
        let inside = inside.map(|at| start + at..start + at + 1);
        let gap = &text.as_bytes()[end..next];
        let is_plain = gap == b" " || gap.is_empty() || gap.len() > LONGEST;
        let is_slip = !is_plain
            && is_slip(
                text[..end].ends_with(char::is_alphabetic),
                gap,
                text[next..].chars().next(),
            );
        let between = is_slip.then_some(end..next);
        inside.into_iter().chain(between)
    })
}

/// The full stop in `end.Next`, which the rules for words take for a part of the word.
fn missing_space(word: &[u8]) -> Option<usize> {
    let at = memchr::memchr(b'.', word).filter(|&at| at >= 2)?;
    let is_seam = word[at - 1].is_ascii_lowercase()
        && word[at - 2].is_ascii_alphabetic()
        && word.get(at + 1).is_some_and(u8::is_ascii_uppercase)
        && word.get(at + 2).is_some_and(u8::is_ascii_lowercase);
    is_seam.then_some(at)
}

/// Whether the text between a word and what follows has a slip.
fn is_slip(after_letter: bool, gap: &[u8], next: Option<char>) -> bool {
    let is_seam = match gap {
        [b',' | b'!' | b'?'] => after_letter && next.is_some_and(char::is_alphabetic),
        [b' ', b',', ..] => true,
        // `uses .net` and `. . .` are no slips.
        [b' ', b'.'] => next.is_none(),
        [b' ', b'.', b' ' | b'\n', rest @ ..] => !rest.contains(&b'.'),
        _ => false,
    };
    is_seam || gap.windows(2).any(|pair| pair == b",,") || has_two_stops(gap)
}

/// Exactly two full stops in a row: three are an ellipsis.
fn has_two_stops(gap: &[u8]) -> bool {
    let mut length = 0;
    for &byte in gap {
        if byte == b'.' {
            length += 1;
        } else if length == 2 {
            return true;
        } else {
            length = 0;
        }
    }
    length == 2
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let reason = match value as usize {
        0 => "has no slips around its punctuation".to_owned(),
        MOST => format!("has {MOST} or more slips around its punctuation"),
        n => format!("has {} around its punctuation", counted(n, "slip")),
    };
    Evidence::new(reason).at(slips(scene).map(|place| scene.comment.text.original_span(place)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_told_from_ordinary_marks() {
        let check = |gap: &str| is_slip(true, gap.as_bytes(), Some('a'));
        for gap in [",", "!", "?", " , ", " ,", " . ", ",, ", "..", ".. "] {
            assert!(check(gap), "{gap:?}");
        }
        for gap in [", ", ". ", "...", " ...", "-", "/", "\n", " ! ", "?!", ".", " .", " . . . "] {
            assert!(!check(gap), "{gap:?}");
        }
        assert!(!is_slip(false, b",", Some('5')) && is_slip(true, b" .", None));
        assert_eq!(missing_space(b"end.Next"), Some(3));
        for word in ["node.js", "e.g", "U.S.A", "Ph.D", "main.rs", "end"] {
            assert_eq!(missing_space(word.as_bytes()), None, "{word}");
        }
    }
}
