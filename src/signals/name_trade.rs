use std::iter;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

use super::name_self::possible_keyword;
use super::word_set::WordSet;
use super::{Evidence, Scene, name_words, signal};
use crate::analysis::Name;
use crate::tokens::Word;

signal! {
    /// ## What it detects
    /// How many words of the author's name are a trade, what it sells, or the form of a firm: `roofing`,
    /// `insurance`, `county`, `Ltd`, `& Sons`. Unknown without a name, and where it says who somebody
    /// is (`name_self`).
    ///
    /// ## Why it matters
    /// A firm that signs with what it does wants to be found, and the name becomes the text of a link.
    /// `name_vocabulary` learns such words from spam that was collected; a firm of a trade that was not
    /// among it looks like a person to it.
    ///
    /// ## Example
    /// `Roof Repair Tarnbeck County` → 3, `Jo Keller` → 0.
    ///
    /// ## When it is wrong
    /// Readers who sign with their business, and wags. Trades that are family names (`Mason`,
    /// `Painter`) are left out.
    ///
    /// ## References
    /// None; the list was written for this program.
    "name_trade", Rising
}

/// One word a line, sorted by bytes. English, German, French, Spanish, Portuguese, Italian, Dutch, Polish,
/// Scandinavian, Russian, Turkish and Indonesian. Words that readers sign with as well are left out.
const WORDS: &str = include_str!("name_trade.txt");

/// The same in Chinese and Japanese, which do not space words.
const UNSPACED: &str = include_str!("name_trade_unspaced.txt");

/// Characters of a word of [`UNSPACED`].
const UNSPACED_CHARS: RangeInclusive<usize> = 2..=8;

/// Who joins a firm behind an ampersand. Sorted by bytes; in the languages of [`WORDS`].
const PARTNERS: &[&str] = &[
    "associates",
    "bros",
    "brothers",
    "cia",
    "cie",
    "co",
    "daughter",
    "daughters",
    "figli",
    "figlio",
    "filhos",
    "fils",
    "hijos",
    "partner",
    "partners",
    "sohn",
    "son",
    "sons",
    "söhne",
    "tochter",
    "töchter",
    "zn",
    "zonen",
    "zoon",
];

static SET: LazyLock<WordSet> = LazyLock::new(|| WordSet::of(WORDS.lines()));
static UNSPACED_SET: LazyLock<WordSet> = LazyLock::new(|| WordSet::of(UNSPACED.lines()));
static PARTNER_SET: LazyLock<WordSet> = LazyLock::new(|| WordSet::of(PARTNERS.iter().copied()));

fn observe(scene: &Scene<'_>) -> f32 {
    possible_keyword(scene).map_or(f32::NAN, |name| n_trades(name) as f32)
}

/// How many words of the name are a trade or the form of a firm.
pub(super) fn n_trades(name: &Name) -> usize {
    trades(name).count()
}

/// Whether a trade or the form of a firm stands among the words of the name before a place in it, in
/// bytes.
pub(super) fn has_trade_before(name: &Name, end: usize) -> bool {
    let is_before = |word: &&Word| word.span.end as usize <= end;
    let mut words = name_words::first_of(name).iter().take_while(is_before);
    let head = name_words::head(name);
    words.any(|word| SET.has(word.hash))
        || partner_words(name).take_while(is_before).next().is_some()
        || unspaced(&head[..end.min(head.len())]).next().is_some()
}

/// Those words, lower-cased.
fn trades(name: &Name) -> impl Iterator<Item = &str> {
    name_words::listed(name, &SET)
        .chain(partners(name))
        .chain(unspaced(name_words::head(name)))
}

/// The trades of a text in Chinese or Japanese, the longest at each place.
fn unspaced(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    iter::from_fn(move || {
        while let Some(first) = rest.chars().next() {
            let found = (!first.is_ascii())
                .then(|| longest_unspaced(rest))
                .flatten();
            rest = &rest[found.map_or(first.len_utf8(), str::len)..];
            if found.is_some() {
                return found;
            }
        }
        None
    })
}

/// The longest word of [`UNSPACED`] that a text begins with.
fn longest_unspaced(text: &str) -> Option<&str> {
    let ends = text
        .char_indices()
        .map(|(at, character)| at + character.len_utf8());
    let starts = ends
        .take(*UNSPACED_CHARS.end())
        .skip(UNSPACED_CHARS.start() - 1)
        .map(|end| &text[..end]);
    starts.filter(|start| UNSPACED_SET.has_word(start)).last()
}

/// The words of a name that are somebody's partners in a firm, lower-cased.
pub(super) fn partners(name: &Name) -> impl Iterator<Item = &str> {
    partner_words(name).map(|word| name.tokens.lower(word))
}

fn partner_words(name: &Name) -> impl Iterator<Item = &Word> {
    name_words::behind_ampersand(name).filter(|word| PARTNER_SET.has(word.hash))
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let quoted = name_words::quoted(scene).unwrap_or_default();
    if value == 0.0 {
        return Evidence::new(format!(
            "the name {quoted} has no word of the list of trades"
        ));
    }
    let found = possible_keyword(scene).and_then(|name| trades(name).next());
    Evidence::new(format!(
        "the name {quoted} is that of a trade (`{}`)",
        found.unwrap_or_default()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_order() {
        let lists = [WORDS, UNSPACED];
        assert!(lists.iter().all(|list| list.lines().is_sorted()) && PARTNERS.is_sorted());
        assert!(
            UNSPACED
                .lines()
                .all(|word| UNSPACED_CHARS.contains(&word.chars().count()))
        );
    }

    #[test]
    fn unspaced_names_are_searched() {
        let found = |name| unspaced(name).collect::<Vec<_>>();
        assert_eq!(found("北京旅游公司"), ["旅游", "公司"]);
        assert_eq!(found("阳光男孩"), Vec::<&str>::new());
    }
}
