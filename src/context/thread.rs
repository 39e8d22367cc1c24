//! What stands around a comment: the post, and the comments before it that are no spam.

use std::collections::{HashMap, HashSet, VecDeque};

use ahash::AHashMap;
use xxhash_rust::xxh3::xxh3_64;

use crate::analysis::{BuildIdentity, CommentAnalysis, Language, PostAnalysis, Terms};
use crate::comment::{Field, Post};

/// A hash as a context keeps it: half of the bits. A service holds hundreds of threads in memory;
/// that a word is taken for one of some thousand others happens once in a million times.
type Short = u32;

fn short(hash: u64) -> Short {
    (hash >> 32) as Short
}

fn word_hash(word: &str) -> Short {
    short(xxh3_64(word.as_bytes()))
}

fn name_hash(words: &[Short]) -> Short {
    let words: Vec<u64> = words.iter().map(|&word| u64::from(word)).collect();
    short(run_hash(&words))
}

type Hashed<T> = HashMap<Short, T, BuildIdentity>;

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

/// Where one word of the post stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InPost {
    /// How often in the title.
    pub title: u32,
    /// How often in the body.
    pub body: u32,
    /// How often among the tags.
    pub tags: u32,
}

impl InPost {
    /// How often in title and body.
    pub fn text(self) -> u32 {
        self.title + self.body
    }
}

/// How often one word stands in the earlier comments of the window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InEarlier {
    /// How often.
    pub count: u32,
    /// In how many comments.
    pub comments: u32,
}

/// An earlier comment, as far as it is remembered.
#[derive(Debug, Clone)]
struct Earlier {
    /// Word, stem or 0, how often.
    terms: Box<[(Short, Short, u32)]>,
    pairs: Box<[Short]>,
    quotes: Box<[Short]>,
    n_words: u32,
}

/// The running context of one thread. Comments are added in their order; what it holds is bounded
/// whatever the length of the thread.
#[derive(Debug, Clone)]
pub struct Context {
    /// The post.
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
    window: VecDeque<Earlier>,
    words_of_window: Hashed<InEarlier>,
    stems_of_window: Hashed<InEarlier>,
    pairs_of_window: Hashed<u32>,
    quotes_of_window: Hashed<u32>,
    /// Words of the window, with repetition.
    pub window_length: u32,
    /// Hashes of the words of each name.
    names: VecDeque<Box<[Short]>>,
    /// How many names hold a word, and how many begin with it.
    name_words: Hashed<(u16, u16)>,
    full_names: Hashed<u32>,
    shingles: Hashed<u32>,
    shingle_queue: VecDeque<Vec<Short>>,
    by_id: AHashMap<String, Vec<(u64, u64)>>,
    id_queue: VecDeque<String>,
    languages: HashMap<Language, u32>,
    n_earlier: usize,
}

impl Context {
    /// The context of the first comment under a post.
    pub fn new(post: &Post) -> Self {
        Self::of(PostAnalysis::of(post))
    }

    /// The context of the first comment under a post that has been read.
    pub fn of(post: PostAnalysis) -> Self {
        let parts = [&post.title, &post.body, &post.tags];
        let n_words = parts.map(|part| part.as_ref().map_or(0, |terms| terms.distinct.len()));
        let n_words = n_words.iter().sum();
        let with_room = || HashMap::with_capacity_and_hasher(n_words, BuildIdentity::default());
        let mut words_of_post: Hashed<InPost> = with_room();
        let mut stems_of_post: Hashed<InPost> = with_room();
        let mut pairs_of_post = HashSet::default();
        let mut parts_of_post = HashSet::default();
        let mut post_length = 0;
        type Part = fn(&mut InPost) -> &mut u32;
        let parts: [(&Option<Terms>, Part); 3] = [
            (&post.title, |places| &mut places.title),
            (&post.body, |places| &mut places.body),
            (&post.tags, |places| &mut places.tags),
        ];
        for (index, (terms, part)) in parts.into_iter().enumerate() {
            let Some(terms) = terms else { continue };
            for term in &terms.distinct {
                *part(words_of_post.entry(short(term.hash)).or_default()) += term.count;
                if term.stem != 0 {
                    *part(stems_of_post.entry(short(term.stem)).or_default()) += term.count;
                }
            }
            if index < 2 {
                post_length += terms.total;
                pairs_of_post.extend(terms.pairs.iter().map(|(hash, _, _)| short(*hash)));
                parts_of_post.extend(terms.parts.iter().map(|&part| short(part)));
            }
        }
        let quotes_of_post = quotes(&post.sequence).map(short).collect();
        Self {
            words_of_post,
            stems_of_post,
            pairs_of_post,
            quotes_of_post,
            parts_of_post,
            title_length: post.title.as_ref().map_or(0, |title| title.total),
            post_length,
            post,
            window: VecDeque::new(),
            words_of_window: HashMap::default(),
            stems_of_window: HashMap::default(),
            pairs_of_window: HashMap::default(),
            quotes_of_window: HashMap::default(),
            window_length: 0,
            names: VecDeque::new(),
            name_words: HashMap::default(),
            full_names: HashMap::default(),
            shingles: HashMap::default(),
            shingle_queue: VecDeque::new(),
            by_id: AHashMap::new(),
            id_queue: VecDeque::new(),
            languages: HashMap::new(),
            n_earlier: 0,
        }
    }

    /// Adds a comment that is no spam; it is then "earlier" for those that follow.
    pub fn add(&mut self, comment: &CommentAnalysis<'_>) {
        self.n_earlier += 1;
        self.add_to_window(comment);
        self.add_name(comment);
        self.add_shingles(comment);
        if let Some(language) = comment.language {
            *self.languages.entry(language).or_default() += 1;
        }
        if !comment.comment.id.is_empty() {
            let terms = comment.terms.distinct.iter().take(REMEMBERED_TERMS);
            let terms = terms.map(|term| (term.hash, term.stem)).collect();
            if self
                .by_id
                .insert(comment.comment.id.clone(), terms)
                .is_none()
            {
                self.id_queue.push_back(comment.comment.id.clone());
            }
            if self.id_queue.len() > REMEMBERED
                && let Some(oldest) = self.id_queue.pop_front()
            {
                self.by_id.remove(&oldest);
            }
        }
    }

    fn add_to_window(&mut self, comment: &CommentAnalysis<'_>) {
        let sequence = &comment.sequence;
        let sequence = &sequence[..sequence.len().min(2 * REMEMBERED_TERMS)];
        let terms = &comment.terms;
        let mut pairs: Vec<u64> = terms.pairs.iter().map(|(hash, _, _)| *hash).collect();
        if pairs.len() > 2 * REMEMBERED_TERMS {
            pairs.sort_unstable();
            pairs.dedup();
            pairs.truncate(2 * REMEMBERED_TERMS);
        }
        let earlier = Earlier {
            terms: terms
                .distinct
                .iter()
                .take(REMEMBERED_TERMS)
                .map(|term| (short(term.hash), short(term.stem), term.count))
                .collect(),
            pairs: pairs.into_iter().map(short).collect(),
            quotes: quotes(sequence).map(short).collect(),
            n_words: terms.total,
        };
        self.words_of_window.reserve(earlier.terms.len());
        self.stems_of_window.reserve(earlier.terms.len());
        self.pairs_of_window.reserve(earlier.pairs.len());
        self.quotes_of_window.reserve(earlier.quotes.len());
        self.window_length += earlier.n_words;
        for &(word, stem, count) in &*earlier.terms {
            let places = self.words_of_window.entry(word).or_default();
            places.count += count;
            places.comments += 1;
            if stem != 0 {
                let places = self.stems_of_window.entry(stem).or_default();
                places.count += count;
                places.comments += 1;
            }
        }
        for &pair in &*earlier.pairs {
            *self.pairs_of_window.entry(pair).or_default() += 1;
        }
        for &quote in &*earlier.quotes {
            *self.quotes_of_window.entry(quote).or_default() += 1;
        }
        self.window.push_back(earlier);
        if self.window.len() > WINDOW
            && let Some(oldest) = self.window.pop_front()
        {
            self.forget(&oldest);
        }
    }

    fn forget(&mut self, oldest: &Earlier) {
        self.window_length -= oldest.n_words;
        for &(word, stem, count) in &*oldest.terms {
            subtract(&mut self.words_of_window, word, count);
            if stem != 0 {
                subtract(&mut self.stems_of_window, stem, count);
            }
        }
        for &pair in &*oldest.pairs {
            decrement(&mut self.pairs_of_window, pair);
        }
        for &quote in &*oldest.quotes {
            decrement(&mut self.quotes_of_window, quote);
        }
    }

    fn add_name(&mut self, comment: &CommentAnalysis<'_>) {
        let Field::Known(name) = &comment.name else {
            return;
        };
        let words: Box<[Short]> = name.words().into_iter().map(word_hash).collect();
        for (index, &word) in words.iter().enumerate() {
            let (any, first) = self.name_words.entry(word).or_default();
            *any += 1;
            *first += u16::from(index == 0);
        }
        *self.full_names.entry(name_hash(&words)).or_default() += 1;
        self.names.push_back(words);
        if self.names.len() > REMEMBERED
            && let Some(oldest) = self.names.pop_front()
        {
            self.forget_name(&oldest);
        }
    }

    fn forget_name(&mut self, name: &[Short]) {
        for (index, word) in name.iter().enumerate() {
            if let Some((any, first)) = self.name_words.get_mut(word) {
                *any -= 1;
                *first -= u16::from(index == 0);
                if *any == 0 {
                    self.name_words.remove(word);
                }
            }
        }
        decrement(&mut self.full_names, name_hash(name));
    }

    fn add_shingles(&mut self, comment: &CommentAnalysis<'_>) {
        let shingles = thread_shingles(comment);
        for &shingle in &shingles {
            *self.shingles.entry(shingle).or_default() += 1;
        }
        self.shingle_queue.push_back(shingles);
        if self.shingle_queue.len() > REMEMBERED
            && let Some(oldest) = self.shingle_queue.pop_front()
        {
            for shingle in oldest {
                decrement(&mut self.shingles, shingle);
            }
        }
    }

    /// About how many bytes it takes.
    pub fn bytes(&self) -> usize {
        fn table<T>(capacity: usize) -> usize {
            // One byte of control for each slot, and an eighth of the slots empty.
            capacity * 8 / 7 * (size_of::<T>() + 1)
        }
        let post = &self.post;
        let terms = [&post.title, &post.body, &post.tags].map(|terms| {
            terms.as_ref().map_or(0, |terms| {
                size_of_val(&terms.distinct[..])
                    + size_of_val(&terms.pairs[..])
                    + size_of_val(&terms.parts[..])
            })
        });
        let window = self.window.iter().map(|earlier| {
            size_of_val(&*earlier.terms)
                + size_of_val(&*earlier.pairs)
                + size_of_val(&*earlier.quotes)
        });
        let shingles = self
            .shingle_queue
            .iter()
            .map(|shingles| size_of_val(&shingles[..]));
        let names = self.names.iter().map(|name| size_of_val(&name[..]) + 40);
        let ids = self
            .by_id
            .values()
            .map(|terms| size_of_val(&terms[..]) + 120);
        size_of::<Self>()
            + terms.iter().sum::<usize>()
            + size_of_val(&post.sequence[..])
            + table::<(Short, InPost)>(self.words_of_post.capacity())
            + table::<(Short, InPost)>(self.stems_of_post.capacity())
            + table::<Short>(self.pairs_of_post.capacity())
            + table::<Short>(self.quotes_of_post.capacity())
            + table::<Short>(self.parts_of_post.capacity())
            + table::<(Short, InEarlier)>(self.words_of_window.capacity())
            + table::<(Short, InEarlier)>(self.stems_of_window.capacity())
            + table::<(Short, u32)>(self.pairs_of_window.capacity())
            + table::<(Short, u32)>(self.quotes_of_window.capacity())
            + table::<(Short, u32)>(self.shingles.capacity())
            + table::<(Short, (u16, u16))>(self.name_words.capacity())
            + table::<(Short, u32)>(self.full_names.capacity())
            + window.sum::<usize>()
            + shingles.sum::<usize>()
            + names.sum::<usize>()
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

    /// How often a word stands in the window.
    pub fn word_in_window(&self, hash: u64) -> InEarlier {
        self.words_of_window
            .get(&short(hash))
            .copied()
            .unwrap_or_default()
    }

    /// How often a stem stands in the window.
    pub fn stem_in_window(&self, stem: u64) -> InEarlier {
        self.stems_of_window
            .get(&short(stem))
            .copied()
            .unwrap_or_default()
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
    pub fn pair_in_window(&self, pair: u64) -> bool {
        self.pairs_of_window.contains_key(&short(pair))
    }

    /// Words of the comment that stand in runs of three or more taken from the post.
    pub fn quoted_from_post(&self, hashes: &[u64]) -> Vec<bool> {
        covered(hashes, |quote| self.quotes_of_post.contains(&short(quote)))
    }

    /// Words of the comment that stand in runs of three or more taken from the window.
    pub fn quoted_from_window(&self, hashes: &[u64]) -> Vec<bool> {
        covered(hashes, |quote| {
            self.quotes_of_window.contains_key(&short(quote))
        })
    }

    /// Whether somebody who commented before has this word in the name.
    pub fn is_name_word(&self, word: &str) -> bool {
        self.name_words.contains_key(&word_hash(word))
    }

    /// Whether somebody who commented before begins their name with this word.
    pub fn is_first_name(&self, word: &str) -> bool {
        self.name_words
            .get(&word_hash(word))
            .is_some_and(|&(_, first)| first > 0)
    }

    /// Whether anybody named themselves before.
    pub fn has_names(&self) -> bool {
        !self.names.is_empty()
    }

    /// Whether somebody commented before under exactly this name (lower-cased words).
    pub fn has_name(&self, words: &[&str]) -> bool {
        let name: Vec<Short> = words.iter().map(|word| word_hash(word)).collect();
        !name.is_empty() && self.full_names.contains_key(&name_hash(&name))
    }

    /// The share of the comment's shingles that stand in earlier comments of the thread, NaN for a
    /// comment too short to be told from another by chance.
    pub fn repeated_share(&self, comment: &CommentAnalysis<'_>) -> f32 {
        let shingles = thread_shingles(comment);
        if shingles.len() < 3 {
            return f32::NAN;
        }
        let known = shingles
            .iter()
            .filter(|shingle| self.shingles.contains_key(shingle))
            .count();
        known as f32 / shingles.len() as f32
    }

    /// The words and stems of an earlier comment by its id.
    pub fn terms_of(&self, id: &str) -> Option<&[(u64, u64)]> {
        self.by_id.get(id).map(Vec::as_slice)
    }

    /// The share of post and earlier comments that are surely in another language than this one;
    /// NaN if there is nothing to compare with.
    pub fn share_in_other_language(&self, language: Language) -> f32 {
        let (mut other, mut all) = (0, 0);
        // The sum of small integers does not depend on their order.
        #[expect(
            clippy::iter_over_hash_type,
            reason = "integer sums are the same in any order"
        )]
        for (&known, &count) in &self.languages {
            all += count;
            if language.differs_from(known) {
                other += count;
            }
        }
        // The post speaks for its readers: it counts like a few of them.
        if let Some(post) = self.post.language {
            all += 5;
            if language.differs_from(post) {
                other += 5;
            }
        }
        if all == 0 {
            f32::NAN
        } else {
            other as f32 / all as f32
        }
    }
}

fn subtract(counts: &mut Hashed<InEarlier>, key: Short, count: u32) {
    if let Some(places) = counts.get_mut(&key) {
        places.count -= count;
        places.comments -= 1;
        if places.comments == 0 {
            counts.remove(&key);
        }
    }
}

fn decrement(counts: &mut Hashed<u32>, key: Short) {
    if let Some(count) = counts.get_mut(&key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(&key);
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

fn covered(hashes: &[u64], known: impl Fn(u64) -> bool) -> Vec<bool> {
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
