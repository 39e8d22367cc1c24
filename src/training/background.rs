//! Learns how common words are, from the texts of all blogs, and without any one blog.

use std::collections::HashMap;

use rayon::prelude::*;

use super::corpus::Corpus;
use super::function_words::LANGUAGES;
use super::keep_most;
use crate::analysis::{BuildIdentity, CommentAnalysis, Terms};
use crate::comment::{Comment, Label};
use crate::context::{Background, LEAST_PROBABILITY};

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

/// What the texts of one blog, or of all, come to.
#[derive(Debug, Default)]
struct Texts {
    /// The words of the whole table, by rising hash.
    words: Vec<(u64, Counts)>,
    n_texts: f64,
    /// Occurrences of all words, in the table or not.
    n_words: f64,
}

/// Counts over all blogs, and those of each blog, so that a blog can be left out.
#[derive(Debug)]
pub(super) struct Backgrounds {
    all: Texts,
    of_site: Vec<Texts>,
    /// The share of texts that each function word stands in at least, by rising hash.
    floors: Vec<(u64, f64)>,
}

/// Counts the words of all posts and of all comments that are not labelled spam. Function words apart,
/// at most `most` are in the table, those of most texts.
pub(super) fn count(corpus: &Corpus<'_>, most: usize) -> Backgrounds {
    let mut threads_of: Vec<Vec<usize>> = vec![Vec::new(); corpus.sites.len()];
    for (thread, &site) in corpus.site_of_thread.iter().enumerate() {
        threads_of[site].push(thread);
    }
    let mut of_site: Vec<Texts> = threads_of
        .par_iter()
        .map(|threads| count_texts(corpus, threads))
        .collect();
    let mut sums = Table::default();
    let mut all = Texts::default();
    for texts in &of_site {
        all.n_texts += texts.n_texts;
        all.n_words += texts.n_words;
        for &(hash, counts) in &texts.words {
            let sum = sums.entry(hash).or_default();
            sum.texts += counts.texts;
            sum.occurrences += counts.occurrences;
        }
    }
    sums.retain(|_, counts| counts.texts >= LEAST);
    keep_most(&mut sums, most, |counts| counts.texts);
    // What stands in too few texts does so without any one blog, too.
    of_site.par_iter_mut().for_each(|texts| {
        texts.words.retain(|(hash, _)| sums.contains_key(hash));
        texts.words.shrink_to_fit();
    });
    all.words = by_hash(sums);
    Backgrounds {
        all,
        of_site,
        floors: by_hash(floors()),
    }
}

/// Counts the words of one blog.
fn count_texts(corpus: &Corpus<'_>, threads: &[usize]) -> Texts {
    let mut table = Table::default();
    let mut n_texts = 0.0;
    for &thread in threads {
        let post = &corpus.posts[thread];
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
    let mut words = by_hash(table);
    for (_, counts) in &mut words {
        counts.texts *= weight;
        counts.occurrences *= weight;
    }
    Texts {
        n_words: words.iter().map(|(_, counts)| counts.occurrences).sum(),
        words,
        n_texts: n_texts * weight,
    }
}

/// The entries of a table by rising hash.
fn by_hash<V>(table: HashMap<u64, V, BuildIdentity>) -> Vec<(u64, V)> {
    let mut entries: Vec<(u64, V)> = table.into_iter().collect();
    entries.sort_unstable_by_key(|(hash, _)| *hash);
    entries
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
        let words = Comment {
            body: words.to_owned(),
            ..Comment::default()
        };
        let terms = CommentAnalysis::of(&words).terms;
        for (rank, term) in terms.distinct.iter().enumerate() {
            let share = 0.6 / (1.0 + rank as f64 / 12.0);
            let floor: &mut f64 = floors.entry(term.hash).or_default();
            *floor = floor.max(share);
        }
    }
    floors
}

impl Backgrounds {
    /// The table over all blogs.
    pub(super) fn of_all(&self) -> Background<'static> {
        self.table(&Texts::default())
    }

    /// The table over all blogs but one. It is made anew each time: thousands of blogs have thousands
    /// of tables, which are too large to be kept.
    pub(super) fn without(&self, site: usize) -> Background<'static> {
        self.table(&self.of_site[site])
    }

    fn table(&self, left_out: &Texts) -> Background<'static> {
        let n_texts = (self.all.n_texts - left_out.n_texts).max(1.0);
        let n_words = (self.all.n_words - left_out.n_words).max(0.0);
        let mut left_out = left_out.words.iter().copied().peekable();
        let mut own = |hash: u64| {
            let found = left_out.next_if(|(own, _)| *own == hash);
            found.map_or(Counts::default(), |(_, counts)| counts)
        };
        let mut counted: Vec<(u64, Counts)> = Vec::with_capacity(self.all.words.len());
        for &(hash, counts) in &self.all.words {
            let own = own(hash);
            let texts = counts.texts - own.texts;
            let occurrences = (counts.occurrences - own.occurrences).max(0.0);
            if texts >= LEAST {
                counted.push((hash, Counts { texts, occurrences }));
            }
        }
        let n_counted = counted.len();
        for &(hash, floor) in &self.floors {
            let least = Counts {
                texts: LANGUAGE_SHARE * floor * n_texts,
                occurrences: 0.02 * floor * n_words,
            };
            match counted[..n_counted].binary_search_by_key(&hash, |(hash, _)| *hash) {
                Ok(at) => {
                    let counts = &mut counted[at].1;
                    counts.texts = counts.texts.max(least.texts);
                    counts.occurrences = counts.occurrences.max(least.occurrences);
                }
                Err(_) => counted.push((hash, least)),
            }
        }
        let rarity = |texts: f64| (((n_texts + 1.0) / (texts + 0.5)).ln().max(0.0)) as f32;
        let surprise = |share: f64| -(share.max(LEAST_PROBABILITY).ln()) as f32;
        let words: Vec<(u64, f32, f32)> = counted
            .into_iter()
            .map(|(hash, counts)| {
                // A stem has texts and no occurrences of its own.
                let share = if counts.occurrences > 0.0 {
                    (counts.occurrences + 0.5) / (n_words + UNSEEN_WORDS)
                } else {
                    (counts.texts + 0.5) / ((n_texts + 1.0) * WORDS_PER_TEXT)
                };
                (hash, rarity(counts.texts), surprise(share))
            })
            .collect();
        Background::build(&words, rarity(0.0), surprise(0.0))
    }
}

#[cfg(test)]
mod tests {
    use xxhash_rust::xxh3::xxh3_64;

    use super::*;
    use crate::comment::Thread;
    use crate::dataset::parse_thread;

    fn thread(site: &str, post: &str, comment: &str) -> Thread {
        let line = format!(
            r#"{{"site":"{site}","post":{{"id":"1","body":"{post}"}},"comments":[{{"id":"1","label":"ham","body":"{comment}"}}]}}"#
        );
        parse_thread(line.as_bytes()).unwrap()
    }

    fn threads() -> [Thread; 4] {
        [
            thread("a", "gubel marno tesk", "gubel tesk"),
            thread("b", "gubel marno", "gubel tesk vilpo"),
            thread("c", "gubel marno vilpo", "gubel"),
            thread("d", "gubel vilpo", "gubel tesk gubel"),
        ]
    }

    fn hash(word: &str) -> u64 {
        xxh3_64(word.as_bytes())
    }

    #[test]
    fn a_blog_that_is_left_out_leaves_what_the_others_teach() {
        let threads = threads();
        let counted = count(&Corpus::new(&threads, &[]), usize::MAX);
        assert!(counted.of_all().look_up(hash("marno")).is_known);
        for site in 0..threads.len() {
            let mut others = threads.to_vec();
            others.remove(site);
            let expected = count(&Corpus::new(&others, &[]), usize::MAX).of_all();
            assert_eq!(counted.without(site), expected);
        }
        assert!(!counted.without(0).look_up(hash("marno")).is_known);
    }

    #[test]
    fn of_too_many_words_those_of_most_texts_are_kept() {
        let threads = threads();
        let corpus = Corpus::new(&threads, &[]);
        let [all, few] = [usize::MAX, 2].map(|most| count(&corpus, most));
        // Each word stands there as itself and as its stem.
        assert!(few.all.words.len() == 2 && all.all.words.len() > 2);
        let known = |counted: &Backgrounds, word| counted.of_all().look_up(hash(word)).is_known;
        for word in ["gubel", "marno"] {
            assert!(known(&all, word), "{word}");
        }
        assert!(known(&few, "gubel") && !known(&few, "marno"));
        assert!(known(&few, "the"), "function words have a place besides");
        let occurrences = |counted: &Backgrounds| counted.all.n_words;
        assert_eq!(occurrences(&few), occurrences(&all));
    }
}
