use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::homepage_given::shown_host;
use super::homepage_host::label;
use super::homepage_platform::account;
use super::{Evidence, Scene, name_trade, shown, signal};
use crate::analysis::Name;

signal! {
    /// ## What it detects
    /// How alike the author's name and the name of the homepage are: twice the pairs of neighbouring
    /// characters that both have, over the pairs of each, in [0, 1]. On a platform that many people share
    /// (`homepage_platform`), an account is the homepage's name: what stands before the platform in the
    /// host, or else first in the path. Words of one or two letters are left out of the name, and letters
    /// with marks count as both ways in which hosts write them (`ö` as `o` and `oe`), whichever is more
    /// alike. Unknown if either is missing or has other letters than Latin ones, and where the name is
    /// that of a trade (`name_trade`).
    ///
    /// ## Why it matters
    /// People name their sites after themselves. So do firms, and if the author's name is a search
    /// phrase, the site is often named after the same phrase.
    ///
    /// ## Example
    /// `Anna Smith` with `https://annasmith.net` → 1, with `https://garden-tools.com` → 0;
    /// `Jörg Groß` with `https://joerg-gross.de` → 1.
    ///
    /// ## When it is wrong
    /// Blogs have names of their own; a likeness counts for or against a comment only together
    /// with what the name looks like. `jo` of `jo.wordpress.com` is taken for no account.
    ///
    /// ## References
    /// Dice, *Measures of the amount of ecologic association between species*, 1945.
    "homepage_name", Free
}

/// Characters of the name that are looked at; hosts have no longer parts.
const MOST: usize = 64;

fn observe(scene: &Scene<'_>) -> f32 {
    let (Some(name), Some(homepage)) = (scene.person().value(), scene.homepage().value()) else {
        return f32::NAN;
    };
    let host = account(homepage).unwrap_or_else(|| label(homepage));
    let is_firm = name_trade::n_trades(name) > 0;
    if is_firm || host.starts_with("xn--") || host.starts_with('[') {
        return f32::NAN;
    }
    let mut others = Letters::default();
    others.push(host);
    let likeness = |umlaut: &str| {
        let letters = letters_of(name, umlaut)?;
        let both = letters.length >= 2 && others.length >= 2;
        both.then(|| dice(letters.get(), others.get()))
    };
    // How hosts write marks, which they long could not have: `ö` is `o` or `oe`.
    let spellings = if name.text.as_str().is_ascii() {
        &[""][..]
    } else {
        &["", "e"]
    };
    let alike = spellings.iter().filter_map(|umlaut| likeness(umlaut));
    alike.reduce(f32::max).unwrap_or(f32::NAN)
}

/// The letters of a name, with `umlaut` for what a diaeresis or a stroke adds to a vowel; none where
/// they are not Latin.
fn letters_of(name: &Name, umlaut: &str) -> Option<Letters> {
    let mut letters = Letters::default();
    for word in name.tokens.words.iter().take(MOST) {
        let word = spelled(name.tokens.lower(word), umlaut)?;
        if word.len() > 2 {
            letters.push(&word);
        }
    }
    Some(letters)
}

/// A word in lower case in ASCII.
fn spelled<'a>(word: &'a str, umlaut: &str) -> Option<Cow<'a, str>> {
    if word.is_ascii() {
        return Some(Cow::Borrowed(word));
    }
    let mut spelled = String::new();
    for character in word.nfd() {
        match character {
            '\u{308}' => spelled.push_str(umlaut),
            'ø' => spelled.extend(["o", umlaut]),
            'ß' => spelled.push_str("ss"),
            'æ' => spelled.push_str("ae"),
            'œ' => spelled.push_str("oe"),
            'ł' => spelled.push('l'),
            'đ' => spelled.push('d'),
            'ı' => spelled.push('i'),
            _ if is_combining_mark(character) => {}
            _ if character.is_ascii() => spelled.push(character),
            _ => return None,
        }
    }
    Some(Cow::Owned(spelled))
}

/// Letters and digits as numbers below 36.
struct Letters {
    numbers: [u8; MOST],
    length: usize,
}

impl Default for Letters {
    fn default() -> Self {
        Self {
            numbers: [0; MOST],
            length: 0,
        }
    }
}

impl Letters {
    fn get(&self) -> &[u8] {
        &self.numbers[..self.length]
    }

    /// Appends those of a text.
    fn push(&mut self, text: &str) {
        for byte in text.bytes() {
            let number = match byte.to_ascii_lowercase() {
                byte @ b'a'..=b'z' => byte - b'a',
                byte @ b'0'..=b'9' => 26 + byte - b'0',
                _ => continue,
            };
            if self.length == MOST {
                return;
            }
            self.numbers[self.length] = number;
            self.length += 1;
        }
    }
}

fn dice(one: &[u8], other: &[u8]) -> f32 {
    let (one, other) = (pairs(one), pairs(other));
    let size = |set: &[u64; 21]| set.iter().map(|bits| bits.count_ones()).sum::<u32>();
    let shared: u32 = one
        .iter()
        .zip(&other)
        .map(|(one, other)| (one & other).count_ones())
        .sum();
    2.0 * shared as f32 / (size(&one) + size(&other)) as f32
}

/// The set of pairs, one bit for each of the 36 × 36 possible ones.
fn pairs(letters: &[u8]) -> [u64; 21] {
    let mut set = [0; 21];
    for pair in letters.windows(2) {
        let pair = usize::from(pair[0]) * 36 + usize::from(pair[1]);
        set[pair / 64] |= 1 << (pair % 64);
    }
    set
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let host = shown_host(scene);
    let homepage = match scene.homepage().value().and_then(account) {
        Some(account) => format!("the account {} on {host}", shown(account)),
        None => format!("the homepage, {host},"),
    };
    let bears = match value {
        value if value >= 0.6 => "bears the author's name",
        value if value >= 0.25 => "bears a part of the author's name",
        _ => "does not bear the author's name",
    };
    Evidence::new(format!("{homepage} {bears}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::CommentAnalysis;
    use crate::comment::{Comment, Field, Post};
    use crate::context::{Background, Context};

    #[test]
    fn a_reason_names_what_bears_the_name() {
        let check = |address: &str, expected: &str| {
            let comment = Comment {
                author: Field::Known("Anna Smith".to_owned()),
                author_url: Field::Known(address.to_owned()),
                body: "Hello".to_owned(),
                ..Comment::default()
            };
            let analysis = CommentAnalysis::of(&comment);
            let context = Context::new(&Post::default());
            let background = Background::build(&[], 5.0, 10.0);
            let scene = Scene::new(&analysis, &context, &background);
            assert_eq!(explain(&scene, observe(&scene)).reason, expected);
        };
        check(
            "https://annasmith.net",
            "the homepage, annasmith.net, bears the author's name",
        );
        check(
            "https://github.com/annasmith",
            "the account annasmith on github.com bears the author's name",
        );
    }
}
