use super::name_self::possible_keyword;
use super::word_set::WordSet;
use super::{Evidence, Scene, shown, signal};
use crate::analysis::{Name, Term};
use crate::tokens::{Shape, Word};

signal! {
    /// ## What it detects
    /// How many words the author's name has. Unspaced scripts count as one word as far as they run,
    /// and so do capitalised words with hyphens between them; an address counts as none, and so do
    /// initials, titles, and small words of names before a capital (`de la`, `from`). Unknown without a
    /// name, and where it says who somebody is (`name_self`).
    ///
    /// ## Why it matters
    /// People have one to three names. Spam writes what it sells there, since the name becomes the
    /// text of a link.
    ///
    /// ## Example
    /// `Jo Keller`, `Dr. J. R. Keller` and `Jo de Keller` → 2, 1 and 2, `best running shoes for flat feet` → 6.
    ///
    /// ## When it is wrong
    /// Full Spanish names are long. Pingbacks, which have the title of a page as their name, are
    /// looked at by `page_title_words`.
    ///
    /// ## References
    /// None; our own idea.
    "name_words", Rising
}

fn observe(scene: &Scene<'_>) -> f32 {
    possible_keyword(scene).map_or(f32::NAN, n_words)
}

/// How many words a name has, runs of an unspaced script and double names as one, titles, initials and
/// small words as none.
pub(super) fn n_words(name: &Name) -> f32 {
    let words = &name.tokens.words;
    let is_joined = |pair: &&[Word]| {
        let mut shapes = pair.iter().map(|word| word.shape);
        match between(name, pair) {
            "" => shapes.all(Shape::is_unspaced),
            "-" => shapes.all(|shape| shape == Shape::Capitalised),
            _ => false,
        }
    };
    let n_joined = words.windows(2).filter(is_joined).count();
    let n_small = (0..words.len())
        .filter(|&index| is_small(name, index))
        .count();
    // A name that is nothing else has a word all the same.
    words
        .len()
        .saturating_sub(n_joined + n_small)
        .max(words.len().min(1)) as f32
}

/// Titles that are written out or lack their full stop. Sorted by bytes.
const TITLES: &[&str] = &[
    "doña",
    "dr",
    "dra",
    "frau",
    "herr",
    "madame",
    "miss",
    "mlle",
    "mme",
    "monsieur",
    "mr",
    "mrs",
    "ms",
    "prof",
    "professor",
    "señor",
    "señora",
    "signor",
    "signora",
    "sir",
];

/// What stands in names in small letters. Sorted by bytes.
const PARTICLES: &[&str] = &[
    "af", "al", "aus", "av", "bin", "da", "de", "del", "della", "den", "der", "di", "do", "dos",
    "du", "e", "el", "from", "ibn", "la", "le", "of", "ten", "ter", "van", "vom", "von", "y", "zu",
    "zum", "zur",
];

/// Whether a word is a title, lower-cased and without a full stop.
pub(super) fn is_title(word: &str) -> bool {
    TITLES.binary_search(&word).is_ok()
}

/// Whether a word of a name, by its index, counts for none: a title, an initial, or a small word
/// before a capital.
fn is_small(name: &Name, index: usize) -> bool {
    let words = &name.tokens.words;
    let word = &words[index];
    let lower = name.tokens.lower(word);
    let is_particle =
        |word: &Word| word.shape == Shape::Lower && PARTICLES.contains(&name.tokens.lower(word));
    let before_capital = || {
        let next = words[index..].iter().find(|word| !is_particle(word));
        next.is_some_and(|next| next.shape == Shape::Capitalised)
    };
    is_abbreviated(name, word) || is_title(lower) || is_particle(word) && before_capital()
}

/// Whether a word of a name is a title that is cut short, or an initial: `Dr.`, `J`.
fn is_abbreviated(name: &Name, word: &Word) -> bool {
    const MOST_CHARS: usize = 4;
    let (start, end) = (word.span.start as usize, word.span.end as usize);
    let text = name.text.as_str();
    let n_chars = text[start..end].chars().count();
    let mut behind = text[end..].chars();
    let is_cut = behind.next() == Some('.') && behind.next().is_none_or(char::is_whitespace);
    !word.shape.is_unspaced() && (n_chars == 1 || n_chars <= MOST_CHARS && is_cut)
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let name = quoted(scene).unwrap_or_default();
    if value == 0.0 {
        return Evidence::new(format!("the name {name} has no words"));
    }
    let n_words = value as usize;
    let is_all = |name: &Name| name.tokens.words.len() == n_words;
    let has = if scene.person().value().is_some_and(is_all) {
        "has"
    } else {
        "counts as"
    };
    let words = super::counted(n_words, "word");
    Evidence::new(format!("the name {name} {has} {words}"))
}

/// Words of a name that are looked at where they are compared with a text: what follows is no name,
/// and the work must not grow with both.
const MOST_WORDS: usize = 16;

/// The first words of the name; none for a name that is unknown or was left empty.
pub(super) fn first_words<'a>(scene: &Scene<'a>) -> &'a [Word] {
    scene.comment.name.value().map_or(&[][..], first_of)
}

/// The first words of a name.
pub(super) fn first_of(name: &Name) -> &[Word] {
    let words = &name.tokens.words;
    &words[..words.len().min(MOST_WORDS)]
}

/// The text of those words.
pub(super) fn head(name: &Name) -> &str {
    let end = first_of(name)
        .last()
        .map_or(0, |word| word.span.end as usize);
    &name.text.as_str()[..end]
}

/// Those of the first words of a name that a list has, lower-cased.
pub(super) fn listed<'a>(name: &'a Name, list: &'a WordSet) -> impl Iterator<Item = &'a str> {
    first_of(name)
        .iter()
        .filter(|word| list.has(word.hash))
        .map(|word| name.tokens.lower(word))
}

/// The first words of a name that stand behind an ampersand, as in `Keller & Sons`.
pub(super) fn behind_ampersand(name: &Name) -> impl Iterator<Item = &Word> {
    let pairs = first_of(name).windows(2);
    pairs
        .filter(|pair| between(name, pair).contains('&'))
        .map(|pair| &pair[1])
}

/// What stands between two neighbouring words of a name.
pub(super) fn between<'a>(name: &'a Name, pair: &[Word]) -> &'a str {
    &name.text.as_str()[pair[0].span.end as usize..pair[1].span.start as usize]
}

/// Whether the term of the body that begins with a word, by its index, is one of the author's name.
pub(super) fn is_own_name(scene: &Scene<'_>, index: usize) -> bool {
    let end = scene.comment.end_of_term(index);
    let words = scene.comment.tokens.words.get(index..=end);
    words.is_some_and(|words| {
        let same = |(own, word): (&Word, &Word)| own.hash == word.hash;
        let mut own = first_words(scene).windows(words.len());
        own.any(|own| own.iter().zip(words).all(same))
    })
}

/// Whether a word of the name is long enough to mean somebody: `de`, `J` and `Ян` are not. A
/// character of Chinese is, as the first of a pair, and a word in Katakana.
pub(super) fn is_telling(name: &Name, word: &Word) -> bool {
    matches!(word.shape, Shape::Ideograph | Shape::Katakana)
        || name.tokens.lower(word).chars().nth(2).is_some()
}

/// Words commoner than this, in nats, say too little to be a name: one text in twenty has them.
pub(super) const EVERYDAY: f32 = 3.0;

/// Whether a word of the name is long enough to mean somebody, and no everyday word such as `the`.
pub(super) fn is_special(scene: &Scene<'_>, name: &Name, term: &Term) -> bool {
    is_telling(name, &name.tokens.words[term.word as usize])
        && scene.background.rarity(term.hash) >= EVERYDAY
}

/// The name for a reason.
pub(super) fn quoted(scene: &Scene<'_>) -> Option<String> {
    let name = scene.person().value()?;
    Some(format!("`{}`", shown(name.text.as_str().trim())))
}

#[cfg(test)]
mod tests {
    use super::super::shared_subject::tests::with_scene;
    use super::*;
    use crate::comment::Post;

    #[test]
    fn a_reason_does_not_miscount() {
        let reason = |author| {
            let look = |scene: &Scene<'_>| explain(scene, observe(scene)).reason;
            with_scene(&Post::default(), &[], (author, "Hello"), look)
        };
        assert_eq!(reason("Jo Keller"), "the name `Jo Keller` has 2 words");
        assert_eq!(
            reason("Jo de Wit"),
            "the name `Jo de Wit` counts as 2 words"
        );
    }

    #[test]
    fn the_lists_are_in_order() {
        assert!(TITLES.is_sorted() && PARTICLES.is_sorted());
    }
}
