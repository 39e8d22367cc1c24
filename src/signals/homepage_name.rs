use super::homepage_given::shown_host;
use super::homepage_host::label;
use super::{Evidence, Scene, signal};

signal! {
    /// ## What it detects
    /// How alike the author's name and the name of the homepage are: twice the pairs of neighbouring
    /// characters that both have, over the pairs of each, in [0, 1]. Words of one or two letters
    /// are left out of the name. Unknown if either is missing or is not ASCII.
    ///
    /// ## Why it matters
    /// People name their sites after themselves. If the author's name is a search phrase, the
    /// site is often named after the same phrase.
    ///
    /// ## Example
    /// `Anna Smith` with `https://annasmith.net` → 1, with `https://garden-tools.com` → 0.
    ///
    /// ## When it is wrong
    /// Blogs have names of their own; a likeness counts for or against a comment only together
    /// with what the name looks like.
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
    let host = label(homepage);
    if host.starts_with("xn--") || host.starts_with('[') {
        return f32::NAN;
    }
    let mut letters = [0; MOST];
    let mut length = 0;
    for word in name.tokens.words.iter().take(MOST) {
        let word = name.tokens.lower(word);
        if !word.is_ascii() {
            return f32::NAN;
        }
        if word.len() > 2 {
            push(&mut letters, &mut length, word);
        }
    }
    let mut others = [0; MOST];
    let mut other_length = 0;
    push(&mut others, &mut other_length, host);
    if length < 2 || other_length < 2 {
        return f32::NAN;
    }
    dice(&letters[..length], &others[..other_length])
}

/// Appends the letters and digits of `text` as numbers below 36.
fn push(letters: &mut [u8; MOST], length: &mut usize, text: &str) {
    for byte in text.bytes() {
        let letter = match byte.to_ascii_lowercase() {
            byte @ b'a'..=b'z' => byte - b'a',
            byte @ b'0'..=b'9' => 26 + byte - b'0',
            _ => continue,
        };
        if *length == MOST {
            return;
        }
        letters[*length] = letter;
        *length += 1;
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
    let bears = match value {
        value if value >= 0.6 => "bears the author's name",
        value if value >= 0.25 => "bears a part of the author's name",
        _ => "does not bear the author's name",
    };
    Evidence::new(format!("the homepage, {host}, {bears}"))
}
