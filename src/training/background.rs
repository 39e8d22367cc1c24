//! Learns how common words are, from the texts of all blogs, and without any one blog.

use std::collections::HashMap;

use rayon::prelude::*;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use xxhash_rust::xxh3::xxh3_64;

use super::corpus::Corpus;
use super::function_words::LANGUAGES;
use crate::analysis::{BuildIdentity, Terms};
use crate::comment::Label;
use crate::context::Background;

/// Texts of one blog count like at most this many: one large blog must not say what is ordinary.
const MOST_TEXTS: f64 = 1500.0;

/// Texts that a word must stand in to be in the table.
const LEAST: f64 = 2.5;

/// Added to the words counted when a share is taken: a vocabulary of that many unseen words.
const UNSEEN_WORDS: f64 = 50_000.0;

/// Words in a comment, roughly: turns a share of texts into a share of words for stems.
const WORDS_PER_TEXT: f64 = 60.0;

/// Share of ordinary texts that are in any one language other than English, and so the share of
/// texts that its function words are taken to stand in at least.
const LANGUAGE_SHARE: f64 = 0.3;

/// Weighted texts and occurrences of a word.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    texts: f64,
    occurrences: f64,
}

type Table = HashMap<u64, Counts, BuildIdentity>;

/// Counts over all blogs, and those of each blog, so that a blog can be left out.
#[derive(Debug)]
pub(super) struct Counted {
    /// Every word of the whole table with its counts, by rising hash.
    all: Vec<(u64, Counts)>,
    n_texts: f64,
    of_site: Vec<(Table, f64)>,
    floors: HashMap<u64, f64, BuildIdentity>,
}

/// Counts the words of all posts and of all comments that are not labelled spam.
pub(super) fn count(corpus: &Corpus<'_>) -> Counted {
    let of_site: Vec<(Table, f64)> = (0..corpus.sites.len())
        .into_par_iter()
        .map(|site| {
            let mut table = Table::default();
            let mut n_texts = 0.0;
            for (thread, post) in corpus.posts.iter().enumerate() {
                if corpus.site_of_thread[thread] != site {
                    continue;
                }
                let parts: Vec<&Terms> = post.title.iter().chain(post.body.iter()).collect();
                if !parts.is_empty() {
                    n_texts += 1.0;
                    add(&mut table, &parts);
                }
                for comment in &corpus.comments[thread] {
                    let is_text = !comment.terms.distinct.is_empty();
                    let is_ordinary = comment.comment.label != Some(Label::Spam)
                        && !comment.comment.kind.is_notification();
                    if is_text && is_ordinary {
                        n_texts += 1.0;
                        add(&mut table, &[&comment.terms]);
                    }
                }
            }
            let weight = (MOST_TEXTS / f64::max(n_texts, 1.0)).min(1.0);
            // Every entry is scaled by itself.
            table.par_iter_mut().for_each(|(_, counts)| {
                counts.texts *= weight;
                counts.occurrences *= weight;
            });
            (table, n_texts * weight)
        })
        .collect();
    let mut sums = Table::default();
    let mut n_texts = 0.0;
    for (table, texts) in &of_site {
        n_texts += texts;
        let mut entries: Vec<(u64, Counts)> = table
            .iter()
            .map(|(&hash, &counts)| (hash, counts))
            .collect();
        entries.sort_unstable_by_key(|(hash, _)| *hash);
        for (hash, counts) in entries {
            let sum = sums.entry(hash).or_default();
            sum.texts += counts.texts;
            sum.occurrences += counts.occurrences;
        }
    }
    let mut all: Vec<(u64, Counts)> = sums.into_iter().collect();
    all.sort_unstable_by_key(|(hash, _)| *hash);
    Counted {
        all,
        n_texts,
        of_site,
        floors: floors(),
    }
}

fn add(table: &mut Table, parts: &[&Terms]) {
    let mut stems: Vec<u64> = Vec::new();
    let mut words: Vec<u64> = Vec::new();
    for term in parts.iter().flat_map(|terms| &terms.distinct) {
        table.entry(term.hash).or_default().occurrences += f64::from(term.count);
        words.push(term.hash);
        if term.stem != 0 {
            stems.push(term.stem);
        }
    }
    for mut hashes in [words, stems] {
        hashes.sort_unstable();
        hashes.dedup();
        for hash in hashes {
            table.entry(hash).or_default().texts += 1.0;
        }
    }
}

/// The share of texts that each function word stands in at least, by its rank in its language.
fn floors() -> HashMap<u64, f64, BuildIdentity> {
    let mut floors = HashMap::default();
    for (_, words) in LANGUAGES {
        for (rank, word) in words.split_whitespace().enumerate() {
            let plain: String = word
                .nfd()
                .filter(|&character| !is_combining_mark(character))
                .collect();
            let share = 0.6 / (1.0 + rank as f64 / 12.0);
            let floor: &mut f64 = floors.entry(xxh3_64(plain.as_bytes())).or_default();
            *floor = floor.max(share);
        }
    }
    floors
}

impl Counted {
    /// The table over all blogs, or over all but one.
    pub(super) fn background(&self, without: Option<usize>) -> Background<'static> {
        let none = (Table::default(), 0.0);
        let (left_out, texts_left_out) = without.map_or(&none, |site| &self.of_site[site]);
        let n_texts = (self.n_texts - texts_left_out).max(1.0);
        let mut counted: HashMap<u64, Counts, BuildIdentity> = HashMap::default();
        let mut n_words = 0.0;
        let mut order: Vec<u64> = Vec::new();
        for &(hash, counts) in &self.all {
            let own = left_out.get(&hash).copied().unwrap_or_default();
            let texts = counts.texts - own.texts;
            let occurrences = (counts.occurrences - own.occurrences).max(0.0);
            n_words += occurrences;
            if texts >= LEAST {
                counted.insert(hash, Counts { texts, occurrences });
                order.push(hash);
            }
        }
        let mut extra: Vec<(u64, f64)> = self
            .floors
            .iter()
            .map(|(&hash, &floor)| (hash, floor))
            .collect();
        extra.sort_unstable_by_key(|(hash, _)| *hash);
        for (hash, floor) in extra {
            let counts = counted.entry(hash).or_insert_with(|| {
                order.push(hash);
                Counts::default()
            });
            counts.texts = counts.texts.max(LANGUAGE_SHARE * floor * n_texts);
            counts.occurrences = counts.occurrences.max(0.02 * floor * n_words);
        }
        let rarity = |texts: f64| (((n_texts + 1.0) / (texts + 0.5)).ln().max(0.0)) as f32;
        let surprise = |share: f64| -(share.max(1.5e-5).ln()) as f32;
        let words: Vec<(u64, f32, f32)> = order
            .iter()
            .map(|hash| {
                let counts = counted[hash];
                // A stem has texts and no occurrences of its own.
                let share = if counts.occurrences > 0.0 {
                    (counts.occurrences + 0.5) / (n_words + UNSEEN_WORDS)
                } else {
                    (counts.texts + 0.5) / ((n_texts + 1.0) * WORDS_PER_TEXT)
                };
                (*hash, rarity(counts.texts), surprise(share))
            })
            .collect();
        Background::build(&words, rarity(0.0), surprise(0.0))
    }
}
