//! Takes a comment in its thread and gives signals: one observation per file, each a number with a
//! name, a documented meaning and a reason in words.
//!
//! Invariants:
//! - a signal reads the [`Scene`] and nothing else: no clock, no files, no randomness;
//! - a signal that stands on something unknown is unknown itself (NaN) and contributes zero;
//! - the order of [`CATALOGUE`] is the order of every feature vector and of every explanation.
//!
//! Not here: what a signal is worth. Weights are learned ([`crate::training`]), but for the few that
//! labelled data hardly show, whose weights are written down and modest.

// In the order of the catalogue, which is the order of explanations.
// What the comment is about.
mod body_overlap;
mod coherence;
mod earlier_overlap;
mod familiar_words;
mod foreign_words;
mod parent_overlap;
mod relevance;
mod shared_subject;
mod tags_overlap;
mod title_overlap;
// Quotations and echoes.
mod echo;
mod quotes_earlier;
mod quotes_post;
mod thread_duplicate;
// The author's name.
mod introduction;
mod name_address;
mod name_case;
mod name_digits;
mod name_in_post;
mod name_in_text;
mod name_length;
mod name_missing;
mod name_rarity;
mod name_self;
mod name_small_words;
mod name_trade;
mod name_words;
mod returning_name;
// The author's homepage and e-mail.
mod email_domain;
mod email_local;
mod homepage_digits;
mod homepage_file;
mod homepage_given;
mod homepage_host;
mod homepage_hyphens;
mod homepage_name;
mod homepage_path;
mod homepage_platform;
mod homepage_query;
mod page_host;
mod page_hyphens;
mod page_path;
mod page_subject;
mod page_title_length;
mod page_title_words;
// Links.
mod link_density;
mod link_flood;
mod link_hosts;
mod link_known;
mod link_markup;
mod link_own;
mod links;
// Form.
mod compressibility;
mod ellipsis;
mod ending;
mod exclamations;
mod first_person;
mod length;
mod letter_case;
mod line_breaks;
mod questions;
mod repetition;
mod rhyme;
mod site_address;
mod smileys;
// Letters and language.
mod foreign_language;
mod foreign_script;
mod hidden_characters;
mod mixed_scripts;
mod spaced_letters;
mod styled_letters;
// Conversation.
mod addresses_author;
mod addresses_reader;
mod notification;
mod post_author;
// Words and phrases.
mod body_meaning;
mod body_spelling;
mod body_vocabulary;
mod common_phrases;
mod homepage_meaning;
mod homepage_vocabulary;
mod invented_vocabulary;
mod name_meaning;
mod name_vocabulary;
mod phrase_odds;
mod template_phrases;
// What the form saw.
mod haste;
mod honeypot;
mod role;

mod scene;
mod signal;
mod word_set;

pub use scene::Scene;
pub use signal::{Evidence, Signal, Trend, Weight};

use std::ops::Range;

use crate::analysis::CommentAnalysis;
use crate::context::Match;
use crate::tokens::Word;
use signal::signal;

/// How many signals there are.
pub const N_SIGNALS: usize = 88;

/// All signals, in the order of feature vectors.
pub const CATALOGUE: [&Signal; N_SIGNALS] = [
    &relevance::SIGNAL,
    &title_overlap::SIGNAL,
    &body_overlap::SIGNAL,
    &tags_overlap::SIGNAL,
    &earlier_overlap::SIGNAL,
    &parent_overlap::SIGNAL,
    &shared_subject::SIGNAL,
    &familiar_words::SIGNAL,
    &foreign_words::SIGNAL,
    &coherence::SIGNAL,
    &quotes_post::SIGNAL,
    &quotes_earlier::SIGNAL,
    &echo::SIGNAL,
    &thread_duplicate::SIGNAL,
    &name_missing::SIGNAL,
    &name_trade::SIGNAL,
    &name_words::SIGNAL,
    &name_length::SIGNAL,
    &name_case::SIGNAL,
    &name_digits::SIGNAL,
    &name_rarity::SIGNAL,
    &name_self::SIGNAL,
    &name_small_words::SIGNAL,
    &name_address::SIGNAL,
    &name_in_text::SIGNAL,
    &name_in_post::SIGNAL,
    &returning_name::SIGNAL,
    &homepage_given::SIGNAL,
    &homepage_path::SIGNAL,
    &homepage_host::SIGNAL,
    &homepage_file::SIGNAL,
    &homepage_hyphens::SIGNAL,
    &homepage_digits::SIGNAL,
    &homepage_name::SIGNAL,
    &homepage_platform::SIGNAL,
    &homepage_query::SIGNAL,
    &page_title_words::SIGNAL,
    &page_title_length::SIGNAL,
    &page_path::SIGNAL,
    &page_subject::SIGNAL,
    &page_host::SIGNAL,
    &page_hyphens::SIGNAL,
    &email_local::SIGNAL,
    &email_domain::SIGNAL,
    &links::SIGNAL,
    &link_hosts::SIGNAL,
    &link_density::SIGNAL,
    &link_flood::SIGNAL,
    &link_markup::SIGNAL,
    &link_own::SIGNAL,
    &link_known::SIGNAL,
    &length::SIGNAL,
    &line_breaks::SIGNAL,
    &letter_case::SIGNAL,
    &repetition::SIGNAL,
    &rhyme::SIGNAL,
    &compressibility::SIGNAL,
    &exclamations::SIGNAL,
    &questions::SIGNAL,
    &ending::SIGNAL,
    &ellipsis::SIGNAL,
    &first_person::SIGNAL,
    &site_address::SIGNAL,
    &smileys::SIGNAL,
    &mixed_scripts::SIGNAL,
    &hidden_characters::SIGNAL,
    &styled_letters::SIGNAL,
    &spaced_letters::SIGNAL,
    &foreign_script::SIGNAL,
    &foreign_language::SIGNAL,
    &addresses_reader::SIGNAL,
    &addresses_author::SIGNAL,
    &post_author::SIGNAL,
    &notification::SIGNAL,
    &body_vocabulary::SIGNAL,
    &invented_vocabulary::SIGNAL,
    &body_spelling::SIGNAL,
    &name_vocabulary::SIGNAL,
    &homepage_vocabulary::SIGNAL,
    &body_meaning::SIGNAL,
    &name_meaning::SIGNAL,
    &homepage_meaning::SIGNAL,
    &template_phrases::SIGNAL,
    &phrase_odds::SIGNAL,
    &common_phrases::SIGNAL,
    &honeypot::SIGNAL,
    &haste::SIGNAL,
    &role::SIGNAL,
];

/// The value of every signal, NaN for unknown ones.
pub fn observe(scene: &Scene<'_>) -> [f32; N_SIGNALS] {
    CATALOGUE.map(|signal| {
        let value = (signal.observe)(scene);
        // An infinite value would be a mistake of ours; it says nothing rather than something wrong.
        if value.is_finite() { value } else { f32::NAN }
    })
}

/// The signal of that name with its index in the catalogue.
pub fn find(name: &str) -> Option<(usize, &'static Signal)> {
    CATALOGUE
        .iter()
        .copied()
        .enumerate()
        .find(|(_, signal)| signal.name == name)
}

/// The place of a signal in the catalogue; a name that is not there does not compile.
pub const fn place_of(name: &str) -> usize {
    let mut place = 0;
    while place < N_SIGNALS {
        if is_same(CATALOGUE[place].name.as_bytes(), name.as_bytes()) {
            return place;
        }
        place += 1;
    }
    panic!("no such signal")
}

const fn is_same(one: &[u8], other: &[u8]) -> bool {
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

/// The place of `relevance`.
pub const RELEVANCE: usize = place_of("relevance");

/// Words from which a comment is not short.
const BRIEF_BELOW: f32 = 16.0;

/// The places of the signals by which short comments with a homepage are told.
pub const BRIEF_BY: [usize; 2] = [place_of("homepage_given"), place_of("length")];

/// Whether values of signals, in the order of the catalogue, are those of a short comment with a
/// homepage: its name and its homepage tell more than what it says.
pub fn is_brief(values: &[f32; N_SIGNALS]) -> bool {
    let [homepage_given, length] = BRIEF_BY.map(|place| values[place]);
    homepage_given > 0.0 && length < BRIEF_BELOW.ln_1p()
}

/// The words of the author's name that are long enough to mean somebody, the first sixteen looked at.
pub fn telling_name_words<'a>(comment: &'a CommentAnalysis<'_>) -> impl Iterator<Item = &'a Word> {
    comment.name.value().into_iter().flat_map(|name| {
        name_words::first_of(name)
            .iter()
            .filter(|word| name_words::is_telling(name, word))
    })
}

/// Where the addresses of a body stand.
struct Addresses(Vec<Range<u32>>);

impl Addresses {
    fn of(scene: &Scene<'_>) -> Self {
        let links = &scene.comment.tokens.urls;
        let mut spans: Vec<_> = links.iter().filter_map(|link| link.span.clone()).collect();
        spans.sort_unstable_by_key(|span| span.start);
        Self(spans)
    }

    /// Whether a byte of the normalised text is part of one.
    fn cover(&self, at: usize) -> bool {
        let before = self.0.partition_point(|span| span.start as usize <= at);
        let last = before.checked_sub(1).and_then(|last| self.0.get(last));
        last.is_some_and(|span| at < span.end as usize)
    }
}

/// Yes is 1, no is 0.
fn flag(yes: bool) -> f32 {
    f32::from(u8::from(yes))
}

/// `part` of `whole`; NaN of nothing.
fn share(part: usize, whole: usize) -> f32 {
    if whole == 0 {
        f32::NAN
    } else {
        part as f32 / whole as f32
    }
}

/// The start of a text that a stranger wrote, short enough for a reason.
fn shown(text: &str) -> String {
    const MOST: usize = 40;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A number of things with its noun, for reasons: `1 link`, `3 links`.
fn counted(n: usize, noun: &str) -> String {
    if n == 1 {
        format!("1 {noun}")
    } else {
        format!("{n} {noun}s")
    }
}

/// The share of the comment's content words, by rarity, for which `is_there` holds; NaN for a
/// comment without content words.
fn covered_rarity(scene: &Scene<'_>, is_there: impl Fn(&Match) -> bool) -> f32 {
    let (mut there, mut all) = (0.0, 0.0);
    for word in scene.words.iter().filter(|word| word.is_content()) {
        all += word.rarity;
        if is_there(word) {
            there += word.rarity;
        }
    }
    if all == 0.0 { f32::NAN } else { there / all }
}

/// Where words first stand in the body.
fn word_places<'a>(
    scene: &'a Scene<'_>,
    words: impl IntoIterator<Item = &'a Match>,
) -> impl Iterator<Item = Range<usize>> {
    words
        .into_iter()
        .map(|word| scene.comment.place_of_term(word.term.word as usize))
}

/// The reason for an overlap with `what`, and the places of the shared words.
fn overlap_evidence(
    scene: &Scene<'_>,
    value: f32,
    what: &str,
    is_there: impl Fn(&Match) -> bool,
) -> Evidence {
    if value == 0.0 {
        return Evidence::new(format!("shares no subject with {what}"));
    }
    let shared = scene
        .words
        .iter()
        .filter(|word| word.is_content() && is_there(word));
    let places = word_places(scene, shared);
    Evidence::new(format!(
        "shares {:.0} % of its subject with {what}",
        value * 100.0
    ))
    .at(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brief_is_a_short_comment_whose_homepage_is_known() {
        let is_brief = |n_words: f32, homepage_given: f32| {
            let mut values = [f32::NAN; N_SIGNALS];
            values[place_of("length")] = n_words.ln_1p();
            values[place_of("homepage_given")] = homepage_given;
            is_brief(&values)
        };
        assert!(is_brief(0.0, 1.0) && is_brief(15.0, 1.0));
        assert!(!is_brief(16.0, 1.0) && !is_brief(3.0, 0.0) && !is_brief(3.0, f32::NAN));
        assert!(!super::is_brief(&[f32::NAN; N_SIGNALS]));
    }
}
