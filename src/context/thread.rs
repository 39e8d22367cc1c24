//! What stands around a comment: the post, and the comments before it that are no spam.

use std::collections::{HashMap, HashSet, VecDeque};

use xxhash_rust::xxh3::xxh3_64;

use super::recent::{Hashed, Recent, Short, short};
use crate::analysis::{BuildIdentity, CommentAnalysis, Language, Name, PostAnalysis, Term, Terms};
use crate::comment::{Field, Post};

fn word_hash(word: &str) -> Short {
    short(xxh3_64(word.as_bytes()))
}

/// How many of the earlier comments count as the conversation. Enough for the subjects at hand;
/// the cost per comment must not grow with the length of the thread.
pub const WINDOW: usize = 20;

/// Words of an earlier comment that are remembered: the rest of an essay says little more about
/// what a thread is about, and memory must be bounded.
const REMEMBERED_TERMS: usize = 400;

/// Comments whose names, shingles and terms (for answers) are remembered.
pub const REMEMBERED: usize = 100;

/// Shingles of a comment that are remembered to recognise a copy.
const REMEMBERED_SHINGLES: usize = 16;

/// Words of a quotation: shorter runs happen by chance.
const QUOTE: usize = 3;

/// In which parts of the post one word stands, and how often.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InPost {
    /// Whether in the title.
    pub title: bool,
    /// Whether in the body.
    pub body: bool,
    /// Whether among the tags.
    pub tags: bool,
    /// How often in title and body, 255 for more.
    pub times: u8,
}

impl InPost {
    /// Whether in title or body.
    pub fn text(self) -> bool {
        self.title || self.body
    }
}

type WordsAndStems = Box<[(Short, Short)]>;

/// The words of an earlier comment that is answered.
#[derive(Debug, Clone)]
pub struct Answered {
    /// Words and stems, sorted; their seeds keep them apart.
    hashes: Vec<Short>,
}

impl Answered {
    /// Whether a word, or another one with its stem (0 for none), stands there.
    pub fn says(&self, word: u64, stem: u64) -> bool {
        let has = |hash| self.hashes.binary_search(&short(hash)).is_ok();
        has(word) || (stem != 0 && has(stem))
    }
}

/// The running context of one thread. Comments are added in their order; what it holds is bounded
/// whatever the length of the thread.
#[derive(Debug, Clone)]
pub struct Context {
    /// The post, of whose body and tags the number of words is left; for the words themselves see the
    /// functions below.
    pub post: PostAnalysis,
    words_of_post: Hashed<InPost>,
    stems_of_post: Hashed<InPost>,
    pairs_of_post: HashSet<Short, BuildIdentity>,
    quotes_of_post: HashSet<Short, BuildIdentity>,
    parts_of_post: HashSet<Short, BuildIdentity>,
    /// Words of the title, with repetition.
    pub title_length: u32,
    /// Words of title and body, with repetition.
    pub post_length: u32,
    words_of_window: Recent,
    stems_of_window: Recent,
    pairs_of_window: Recent,
    quotes_of_window: Recent,
    /// Words of each comment of the window, with repetition.
    lengths_of_window: VecDeque<u32>,
    /// Their sum.
    pub(super) window_length: u32,
    /// Words of the names, the words that they begin with, and whole names.
    name_words: Recent,
    first_names: Recent,
    full_names: Recent,
    shingles: Recent,
    /// Comments that may be answered: a hash of the id, and the words with their stems.
    by_id: VecDeque<(u64, WordsAndStems)>,
    /// The languages of the last comments, as far as they are known.
    languages: VecDeque<Option<Language>>,
    n_earlier: usize,
}

impl Context {
    /// The context of the first comment under a post.
    pub fn new(post: &Post) -> Self {
        Self::of(PostAnalysis::of(post))
    }

    /// The context of the first comment under a post that has been read.
    pub fn of(mut post: PostAnalysis) -> Self {
        let parts = [&post.title, &post.body, &post.tags];
        let n_words = parts.map(|part| part.as_ref().map_or(0, |terms| terms.distinct.len()));
        let n_words = n_words.iter().sum();
        let with_room = || HashMap::with_capacity_and_hasher(n_words, BuildIdentity::default());
        let mut words_of_post: Hashed<InPost> = with_room();
        let mut stems_of_post: Hashed<InPost> = with_room();
        let mut pairs_of_post = HashSet::default();
        let mut parts_of_post = HashSet::default();
        let mut post_length = 0;
        type Part = fn(&mut InPost) -> &mut bool;
        let parts: [(&Option<Terms>, Part); 3] = [
            (&post.title, |places| &mut places.title),
            (&post.body, |places| &mut places.body),
            (&post.tags, |places| &mut places.tags),
        ];
        for (index, (terms, part)) in parts.into_iter().enumerate() {
            let Some(terms) = terms else { continue };
            for term in &terms.distinct {
                let times = if index < 2 { term.count } else { 0 };
                let note = |places: &mut InPost| {
                    *part(places) = true;
                    places.times = places.times.saturating_add(times.min(255) as u8);
                };
                note(words_of_post.entry(short(term.hash)).or_default());
                if term.stem != 0 {
                    note(stems_of_post.entry(short(term.stem)).or_default());
                }
            }
            if index < 2 {
                post_length += terms.total;
                pairs_of_post.extend(terms.pairs.iter().map(|(hash, _, _)| short(*hash)));
                parts_of_post.extend(terms.parts.iter().map(|&part| short(part)));
            }
        }
        let quotes_of_post = quotes(&post.sequence).map(short).collect();
        // The tables hold them now.
        post.sequence = Vec::new();
        for terms in [&mut post.body, &mut post.tags].into_iter().flatten() {
            *terms = Terms {
                total: terms.total,
                ..Terms::default()
            };
        }
        Self {
            words_of_post,
            stems_of_post,
            pairs_of_post,
            quotes_of_post,
            parts_of_post,
            title_length: post.title.as_ref().map_or(0, |title| title.total),
            post_length,
            post,
            words_of_window: Recent::new(WINDOW),
            stems_of_window: Recent::new(WINDOW),
            pairs_of_window: Recent::new(WINDOW),
            quotes_of_window: Recent::new(WINDOW),
            lengths_of_window: VecDeque::new(),
            window_length: 0,
            name_words: Recent::new(REMEMBERED),
            first_names: Recent::new(REMEMBERED),
            full_names: Recent::new(REMEMBERED),
            shingles: Recent::new(REMEMBERED),
            by_id: VecDeque::new(),
            languages: VecDeque::new(),
            n_earlier: 0,
        }
    }

    /// Adds a comment that is no spam; it is then "earlier" for those that follow.
    pub fn add(&mut self, comment: &CommentAnalysis<'_>) {
        self.n_earlier += 1;
        self.add_to_window(comment);
        self.add_name(comment);
        self.add_shingles(comment);
        self.languages.push_back(comment.language);
        if self.languages.len() > REMEMBERED {
            self.languages.pop_front();
        }
        self.add_id(comment);
    }

    fn add_to_window(&mut self, comment: &CommentAnalysis<'_>) {
        let sequence = &comment.sequence;
        let sequence = &sequence[..sequence.len().min(2 * REMEMBERED_TERMS)];
        let terms = &comment.terms;
        self.quotes_of_window.next();
        self.quotes_of_window.extend(quotes(sequence).map(short));
        self.pairs_of_window.next();
        let pairs = terms.pairs.iter().map(|&(hash, _, _)| hash);
        if terms.pairs.len() > 2 * REMEMBERED_TERMS {
            let mut pairs: Vec<u64> = pairs.collect();
            pairs.sort_unstable();
            pairs.dedup();
            pairs.truncate(2 * REMEMBERED_TERMS);
            self.pairs_of_window.extend(pairs.into_iter().map(short));
        } else {
            self.pairs_of_window.extend(pairs.map(short));
        }
        let distinct = &terms.distinct[..terms.distinct.len().min(REMEMBERED_TERMS)];
        self.words_of_window.next();
        self.words_of_window
            .extend(distinct.iter().map(|term| short(term.hash)));
        self.stems_of_window.next();
        let stems = distinct.iter().map(|term| term.stem);
        self.stems_of_window
            .extend(stems.filter(|&stem| stem != 0).map(short));
        self.window_length += terms.total;
        self.lengths_of_window.push_back(terms.total);
        if self.lengths_of_window.len() > WINDOW
            && let Some(oldest) = self.lengths_of_window.pop_front()
        {
            self.window_length -= oldest;
        }
    }

    fn add_name(&mut self, comment: &CommentAnalysis<'_>) {
        self.name_words.next();
        self.first_names.next();
        self.full_names.next();
        let Field::Known(name) = &comment.name else {
            return;
        };
        let words: Vec<Short> = name.words().into_iter().map(word_hash).collect();
        self.name_words.extend(words.iter().copied());
        self.first_names.extend(words.first().copied().into_iter());
        // A name without words is a name all the same.
        let key = name.key().unwrap_or_default();
        self.full_names.extend(std::iter::once(short(key)));
    }

    fn add_shingles(&mut self, comment: &CommentAnalysis<'_>) {
        self.shingles.next();
        self.shingles.extend(thread_shingles(comment).into_iter());
    }

    fn add_id(&mut self, comment: &CommentAnalysis<'_>) {
        let id = &comment.comment.id;
        if id.is_empty() {
            return;
        }
        let id = xxh3_64(id.as_bytes());
        let terms = comment.terms.distinct.iter().take(REMEMBERED_TERMS);
        let terms = terms.map(|term| (short(term.hash), short(term.stem)));
        let terms = terms.collect();
        // Of equal ids the last one is answered.
        match self.by_id.iter_mut().find(|(known, _)| *known == id) {
            Some((_, known)) => *known = terms,
            None => self.by_id.push_back((id, terms)),
        }
        if self.by_id.len() > REMEMBERED {
            self.by_id.pop_front();
        }
    }

    /// About how many bytes it takes.
    pub fn bytes(&self) -> usize {
        fn table<T>(capacity: usize) -> usize {
            // One byte of control for each slot, and an eighth of the slots empty.
            capacity * 8 / 7 * (size_of::<T>() + 1)
        }
        let post = &self.post;
        let title = post.title.as_ref().map_or(0, |title| {
            size_of_val(&title.distinct[..])
                + size_of_val(&title.pairs[..])
                + size_of_val(&title.parts[..])
        });
        let recent = |recent: &Recent| table::<(Short, u32)>(recent.capacity());
        let ids = self.by_id.iter();
        let ids = ids.map(|(_, terms)| size_of_val(&**terms) + 32);
        size_of::<Self>()
            + title
            + table::<(Short, InPost)>(self.words_of_post.capacity())
            + table::<(Short, InPost)>(self.stems_of_post.capacity())
            + table::<Short>(self.pairs_of_post.capacity())
            + table::<Short>(self.quotes_of_post.capacity())
            + table::<Short>(self.parts_of_post.capacity())
            + recent(&self.words_of_window)
            + recent(&self.stems_of_window)
            + recent(&self.pairs_of_window)
            + recent(&self.quotes_of_window)
            + recent(&self.shingles)
            + recent(&self.name_words)
            + recent(&self.first_names)
            + recent(&self.full_names)
            + self.languages.capacity() * size_of::<Option<Language>>()
            + ids.sum::<usize>()
    }

    /// How many comments came before.
    pub fn n_earlier(&self) -> usize {
        self.n_earlier
    }

    /// Whether the post has a body of some length to compare with: a line or two say too little.
    pub fn has_body(&self) -> bool {
        self.post.body.as_ref().is_some_and(|body| body.total >= 20)
    }

    /// Where a word stands in the post.
    pub fn word_in_post(&self, hash: u64) -> InPost {
        self.words_of_post
            .get(&short(hash))
            .copied()
            .unwrap_or_default()
    }

    /// Where a stem stands in the post.
    pub fn stem_in_post(&self, stem: u64) -> InPost {
        self.stems_of_post
            .get(&short(stem))
            .copied()
            .unwrap_or_default()
    }

    /// Whether a word of a name or title, or its stem, stands in title or body of the post.
    pub fn term_in_post(&self, term: &Term) -> bool {
        self.word_in_post(term.hash).text()
            || (term.stem != 0 && self.stem_in_post(term.stem).text())
    }

    /// Whether a word stands in the window.
    pub(super) fn word_in_window(&self, hash: u64) -> bool {
        self.words_of_window.contains(short(hash))
    }

    /// Whether a stem stands in the window.
    pub(super) fn stem_in_window(&self, stem: u64) -> bool {
        self.stems_of_window.contains(short(stem))
    }

    /// Whether a pair of neighbouring words stands in title or body.
    pub fn pair_in_post(&self, pair: u64) -> bool {
        self.pairs_of_post.contains(&short(pair))
    }

    /// Whether a word is part of an identifier in title or body.
    pub fn is_part_in_post(&self, hash: u64) -> bool {
        self.parts_of_post.contains(&short(hash))
    }

    /// Whether a pair of neighbouring words stands in the window.
    pub(super) fn pair_in_window(&self, pair: u64) -> bool {
        self.pairs_of_window.contains(short(pair))
    }

    /// Words of the comment that stand in runs of three or more taken from the post.
    pub fn quoted_from_post(&self, hashes: &[u64]) -> Vec<bool> {
        covered(hashes, |quote| self.quotes_of_post.contains(&short(quote)))
    }

    /// Whether a run of three words stands in the window.
    pub(super) fn quote_in_window(&self, quote: u64) -> bool {
        self.quotes_of_window.contains(short(quote))
    }

    /// Whether somebody who commented before has this word in the name.
    pub fn is_name_word(&self, word: &str) -> bool {
        self.name_words.contains(word_hash(word))
    }

    /// Whether somebody who commented before begins their name with this word.
    pub fn is_first_name(&self, word: &str) -> bool {
        self.first_names.contains(word_hash(word))
    }

    /// Whether anybody named themselves before.
    pub fn has_names(&self) -> bool {
        !self.full_names.is_empty()
    }

    /// Whether somebody commented before under exactly this name (lower-cased words).
    pub fn has_name(&self, name: &Name) -> bool {
        name.key()
            .is_some_and(|key| self.full_names.contains(short(key)))
    }

    /// The share of the comment's shingles that stand in earlier comments of the thread, NaN for a
    /// comment too short to be told from another by chance.
    pub(super) fn repeated_share(&self, comment: &CommentAnalysis<'_>) -> f32 {
        let shingles = thread_shingles(comment);
        if shingles.len() < 3 {
            return f32::NAN;
        }
        let known = shingles
            .iter()
            .filter(|&&shingle| self.shingles.contains(shingle))
            .count();
        known as f32 / shingles.len() as f32
    }

    /// What an earlier comment said, by its id.
    pub(super) fn answered(&self, id: &str) -> Option<Answered> {
        let id = xxh3_64(id.as_bytes());
        let (_, terms) = self.by_id.iter().find(|(known, _)| *known == id)?;
        let mut hashes: Vec<Short> = terms
            .iter()
            .flat_map(|&(word, stem)| [word, stem])
            .collect();
        hashes.sort_unstable();
        Some(Answered { hashes })
    }

    /// The share of post and earlier comments that are surely in another language than this one,
    /// none for the post's own; NaN if there is nothing to compare with.
    pub fn share_in_other_language(&self, language: Language) -> f32 {
        let (mut other, mut all) = (0, 0);
        for &known in self.languages.iter().flatten() {
            all += 1;
            other += u32::from(language.differs_from(known));
        }
        // The post speaks for its readers: it counts like a few of them, and nobody is a stranger in
        // its language because another reader came from abroad.
        if let Some(post) = self.post.language {
            if !language.differs_from(post) {
                return 0.0;
            }
            all += 5;
            other += 5;
        }
        if all == 0 {
            f32::NAN
        } else {
            other as f32 / all as f32
        }
    }
}

/// Hashes of all runs of [`QUOTE`] words.
fn quotes(words: &[u64]) -> impl Iterator<Item = u64> + '_ {
    words.windows(QUOTE).map(run_hash)
}

/// Mixes the hashes of a run of words; the order counts.
pub(super) fn run_hash(run: &[u64]) -> u64 {
    run.iter().fold(run.len() as u64, |mixed, &word| {
        (mixed.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    })
}

pub(super) fn covered(hashes: &[u64], known: impl Fn(u64) -> bool) -> Vec<bool> {
    let mut covered = vec![false; hashes.len()];
    for (start, quote) in quotes(hashes).enumerate() {
        if known(quote) {
            covered[start..start + QUOTE].fill(true);
        }
    }
    covered
}

/// Shingles of three words, the smallest hashes first, so that a long comment and its copy keep the
/// same ones.
fn thread_shingles(comment: &CommentAnalysis<'_>) -> Vec<Short> {
    let mut shingles: Vec<Short> = quotes(&comment.sequence).map(short).collect();
    shingles.sort_unstable();
    shingles.dedup();
    shingles.truncate(REMEMBERED_SHINGLES);
    shingles
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::parse_thread;

    #[test]
    fn a_long_thread_is_the_same_after_it_was_loaded_again() {
        let german =
            r#"{"author":"Jan","body":"Das ist eine sehr gute Frage und ich weiß es auch nicht"}"#;
        let english = r#"{"body":"That is a very good question and I do not know it either"}"#;
        let earlier = [vec![german; 60], vec![english; REMEMBERED]].concat();
        let line = format!(r#"{{"site":"s","comments":[{}]}}"#, earlier.join(","));
        let thread = parse_thread(line.as_bytes()).unwrap();
        let comments: Vec<_> = thread.comments.iter().map(CommentAnalysis::of).collect();
        let after = |comments: &[CommentAnalysis<'_>]| {
            let mut context = Context::new(&thread.post);
            comments.iter().for_each(|comment| context.add(comment));
            let language = comments.last().unwrap().language.unwrap();
            (
                context.share_in_other_language(language),
                context.is_name_word("jan"),
            )
        };
        assert_eq!(after(&comments), (0.0, false));
        assert_eq!(after(&comments[60..]), (0.0, false));
        assert!(after(&comments[..159]).1, "it has not been forgotten yet");
    }
}
