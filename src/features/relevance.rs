//! The measures that the relevance head stands on: what a comment has in common with the post and
//! the comments before it, with which words, and whether its author is part of the conversation.
//!
//! For each distinct word `w` of the comment and each section `X` of the thread (title, post,
//! earlier comments, all of it), `m` says whether `w` stands in `X`. With the background's
//! probability `p` of `w` and `L` words in `X`, chance alone puts `w` there with probability
//! `q = 1 − e^(−pL)`, and a tenth of what is left over comes from the subject:
//! `r = q + 0.1 (1 − q)`. A shared word is worth `ln(r/q)`, a word that is not shared costs
//! `−ln((1 − r)/(1 − q))`. This is the language-model disagreement of Mishne, Carmel, Lempel (AIRWeb
//! 2005), by presence instead of frequency and corrected for the length of the thread.
//!
//! Where other threads of the blog are known, `q` is also what they show: a word that stands in all
//! of them is there by chance (see [`InOthers::share`]). One measure, `tf_idf`, looks at how often
//! instead of whether, and only then (see [`TfIdf`]).

use crate::analysis::{CommentAnalysis, Name};
use crate::comment::Field;
use crate::context::{Background, Conversation, Elsewhere, InOthers, LEAST_PROBABILITY, Match};

/// How many measures there are.
pub const N_RELEVANCE: usize = 20;

/// The place of `tf_idf` among them.
pub const TF_IDF: usize = N_RELEVANCE - 1;

/// One comment's measures, each in [0, 12].
pub type RelevanceFeatures = [f64; N_RELEVANCE];

/// The names of the measures, in their order. `_shared` and `_unshared` are `ln(1 + x)` of what the
/// words that the section has, or lacks, are worth in nats, `_covered` the share of the comment's rarity
/// that stands there, `_best` what its best word is worth; `reader_named` is 0 or 1, `took_part` in nats.
pub const RELEVANCE_NAMES: [&str; N_RELEVANCE] = [
    "post_shared",
    "post_unshared",
    "earlier_covered",
    "earlier_shared",
    "earlier_unshared",
    "all_covered",
    "all_shared",
    "all_unshared",
    "title_shared",
    "title_covered",
    "title_best",
    "pairs_shared",
    "reader_named",
    "reader_took_part",
    "author_took_part",
    "identifiers_shared",
    "stems_shared",
    "stem_best",
    "common_words_shared",
    "tf_idf",
];

/// Share of what chance leaves over that the subject explains.
const SUBJECT: f64 = 0.1;

/// How likely somebody who comments under one post has also commented among the first under another
/// of the blog, where nothing is known of the blog: 2.4 % of the genuine comments on the blogs
/// exported from WordPress, post authors left out.
const RETURNS: f64 = 0.03;

/// Most that a measure may be, so that no made-up comment can reach extremes. The measures are
/// logarithms of sums or single gains, so 12 is far beyond ordinary text.
const LARGEST: f64 = 12.0;

/// Least chance of a word to stand in a thread, so that no rare word decides by itself.
const LEAST_CHANCE: f64 = 1e-7;

/// The same of a stem, which several words share.
const LEAST_STEM_CHANCE: f64 = 1e-6;

/// Most of both, so that what stands everywhere is still worth something.
const MOST_CHANCE: f64 = 0.999;

/// Rarity below which a word is common, in nats: it stands in more than one text of 55.
const COMMON_BELOW: f64 = 4.0;

/// Rarity from which on a word, or each of two, says something of a subject, in nats.
const TELLING_FROM: f64 = 2.0;

/// Sums over the words of one section.
#[derive(Default)]
struct Section {
    length: f64,
    shared: f64,
    unshared: f64,
    covered: f64,
    best: f64,
}

impl Section {
    fn of(length: u32) -> Self {
        Self {
            length: f64::from(length),
            ..Self::default()
        }
    }

    fn add(&mut self, is_there: bool, word: WordChance) {
        if self.length == 0.0 {
            return;
        }
        if is_there {
            let chance = word.in_thread(chance(word.probability, self.length, LEAST_CHANCE));
            let gain = gain(chance);
            self.shared += gain;
            self.best = self.best.max(gain);
            self.covered += word.rarity;
        } else {
            self.unshared -= (1.0 - SUBJECT).ln();
        }
    }
}

/// How common a word of the comment is, in ordinary texts and on this blog.
#[derive(Clone, Copy)]
struct WordChance {
    probability: f64,
    rarity: f64,
    others: Option<InOthers>,
}

impl WordChance {
    fn of(word: &Match, elsewhere: Option<&Elsewhere>) -> Self {
        let others = elsewhere.map(|elsewhere| elsewhere.look_up(word.term.hash));
        Self {
            probability: f64::from(-word.surprise).exp().max(LEAST_PROBABILITY),
            rarity: others.map_or(f64::from(word.rarity), |others| rarity(word.rarity, others)),
            others,
        }
    }

    /// The chance that the word stands in a thread, by `ordinary`, the chance in ordinary texts, and
    /// by what other threads of the blog show. Bounded, so that a word of all threads is still worth
    /// something.
    fn in_thread(self, ordinary: f64) -> f64 {
        self.others.map_or(ordinary, |others| {
            others.share(ordinary).clamp(LEAST_CHANCE, MOST_CHANCE)
        })
    }
}

/// How rare a word or stem is on this blog, in nats, by how rare it is in ordinary texts and in how
/// many other threads it stands.
fn rarity(ordinary: f32, others: InOthers) -> f64 {
    -others.share((-f64::from(ordinary)).exp()).ln()
}

/// The chance that a word stands in a text of so many words, `q` above.
fn chance(probability: f64, length: f64, least: f64) -> f64 {
    (-(-probability * length).exp_m1()).clamp(least, MOST_CHANCE)
}

/// What it is worth, in nats, that something is there which is there by chance with `q = chance`.
fn gain(chance: f64) -> f64 {
    ((chance + SUBJECT * (1.0 - chance)) / chance).ln()
}

/// The product of a comment with its thread, each a vector of stems (of words, where they are too
/// short to have one) weighted by `(1 + ln tf) ln(1/p)`: Salton, Buckley, *Term-weighting approaches
/// in automatic text retrieval* (Information Processing & Management, 1988). The comment's vector has
/// length one; the thread's is divided by the root of its number of words instead, which needs no
/// look at words that are not shared.
///
/// It is taken beside other threads of the blog alone: by the background, the everyday words of a
/// language that it hardly knows would weigh most.
#[derive(Default)]
struct TfIdf {
    product: f64,
    squares: f64,
}

impl TfIdf {
    fn add(&mut self, word: &Match, background: &Background<'_>, elsewhere: &Elsewhere) {
        let (ordinary, others) = if word.term.stem == 0 {
            (word.rarity, elsewhere.look_up(word.term.hash))
        } else {
            let stem = word.term.stem;
            (background.rarity(stem), elsewhere.look_up(stem))
        };
        let rarity = rarity(ordinary, others);
        let weight = |count: u32| (1.0 + f64::from(count).ln()) * rarity;
        self.squares += weight(word.term.count).powi(2);
        let there = word.times_around();
        if there > 0 {
            self.product += weight(word.term.count) * weight(there);
        }
    }

    /// `length` is the number of words of the thread.
    fn of(&self, length: u32) -> f64 {
        if self.product == 0.0 {
            return 0.0;
        }
        self.product / self.squares.sqrt() / f64::from(length + 1).sqrt()
    }
}

/// The measures of a comment in its thread, beside the other threads of its blog if `elsewhere` knows
/// them; `None` where there is neither a post nor a comment before it, and of an unread comment.
pub fn relevance_features(
    comment: &CommentAnalysis<'_>,
    conversation: &Conversation<'_>,
    words: &[Match],
    background: &Background<'_>,
    elsewhere: Option<&Elsewhere>,
) -> Option<RelevanceFeatures> {
    let context = conversation.context;
    let length = context.post_length + conversation.length;
    if comment.is_unread() || length == 0 {
        return None;
    }
    let mut title = Section::of(context.title_length);
    let mut post = Section::of(context.post_length);
    let mut earlier = Section::of(conversation.length);
    let mut tf_idf = TfIdf::default();
    let mut all = Section::of(length);
    let (mut rarity_sum, mut common, mut common_shared) = (0.0, 0u32, 0u32);
    let (mut stems, mut best_stem, mut identifiers) = (0.0, 0.0f64, 0.0);
    for word in words {
        let chance_of = WordChance::of(word, elsewhere);
        let ordinary = f64::from(word.rarity);
        let in_post = word.post.text();
        let in_earlier = word.earlier;
        title.add(word.post.title, chance_of);
        post.add(in_post, chance_of);
        earlier.add(in_earlier, chance_of);
        all.add(in_post || in_earlier, chance_of);
        rarity_sum += chance_of.rarity;
        if ordinary < COMMON_BELOW {
            common += 1;
            common_shared += u32::from(in_post || in_earlier);
        }
        if !in_post && word.stem_in_post.text() {
            let stem = background.look_up(word.term.stem);
            let chance = chance(
                f64::from(-stem.surprise).exp(),
                post.length,
                LEAST_STEM_CHANCE,
            );
            let gain = gain(chance);
            stems += gain;
            best_stem = best_stem.max(gain);
        }
        if context.is_part_in_post(word.term.hash) {
            identifiers += (ordinary - TELLING_FROM).max(0.0);
        }
        if let Some(elsewhere) = elsewhere {
            tf_idf.add(word, background, elsewhere);
        }
    }
    for &part in &comment.terms.parts {
        if context.is_part_in_post(part) {
            identifiers += (f64::from(background.rarity(part)) - TELLING_FROM).max(0.0);
        }
    }
    // Each once.
    let known = |pair: u64| context.pair_in_post(pair) || conversation.has_pair(pair);
    let pairs = comment.terms.pairs.iter();
    let mut shared: Vec<_> = pairs.filter(|(pair, _, _)| known(*pair)).collect();
    shared.sort_unstable();
    shared.dedup_by_key(|(pair, _, _)| *pair);
    let mut pairs = 0.0;
    for &(_, first, second) in shared {
        let rarity = |index: u32| words.get(index as usize).map_or(0.0, |word| word.rarity);
        pairs += f64::from((rarity(first) + rarity(second) - 2.0 * TELLING_FROM as f32).max(0.0));
    }
    let names_a_reader = context.has_names()
        && comment.tokens.words.iter().any(|word| {
            let lower = comment.tokens.lower(word);
            lower.chars().nth(2).is_some() && context.is_first_name(lower)
        });
    let name = comment.name.value();
    let name = name.filter(|_| !comment.comment.kind.is_notification());
    let took_part = name.filter(|name| context.has_name(name));
    // A name is shared as a word is: it says less, the more threads of the blog it stands in.
    let took_part = took_part.and_then(Name::key).map_or(0.0, |key| {
        let others = elsewhere.map(|elsewhere| elsewhere.look_up(key));
        let chance = others
            .map_or(RETURNS, |others| others.share(RETURNS))
            .min(MOST_CHANCE);
        gain(chance)
    });
    // Who wrote the post answers under all posts of the blog, so that it matters whether it is known
    // to be somebody else.
    let (as_reader, as_anybody) = match comment.comment.by_post_author {
        Field::Known(true) => (0.0, 0.0),
        Field::Known(false) | Field::Empty => (took_part, 0.0),
        Field::Unknown => (0.0, took_part),
    };
    let covered = |section: &Section| section.covered / f64::max(rarity_sum, 0.1);
    let features = [
        post.shared.ln_1p(),
        post.unshared.ln_1p(),
        covered(&earlier),
        earlier.shared.ln_1p(),
        earlier.unshared.ln_1p(),
        covered(&all),
        all.shared.ln_1p(),
        all.unshared.ln_1p(),
        title.shared.ln_1p(),
        covered(&title),
        title.best,
        f64::ln_1p(pairs),
        f64::from(u8::from(names_a_reader)),
        as_reader,
        as_anybody,
        f64::ln_1p(identifiers),
        f64::ln_1p(stems),
        best_stem,
        if common == 0 {
            0.0
        } else {
            f64::from(common_shared) / f64::from(common)
        },
        tf_idf.of(length).sqrt(),
    ];
    Some(features.map(|feature| feature.clamp(0.0, LARGEST)))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::analysis::PostAnalysis;
    use crate::comment::{Comment, Post};
    use crate::context::{Blog, Context, ThreadWords, overlap};

    /// `tf_idf` of a comment under the first of some posts, beside the others if there are any.
    fn tf_idf(comment: &str, posts: &[&str]) -> f64 {
        let posts: Vec<PostAnalysis> = posts
            .iter()
            .map(|body| {
                PostAnalysis::of(&Post {
                    body: Field::Known((*body).to_owned()),
                    ..Post::default()
                })
            })
            .collect();
        let words = posts
            .iter()
            .map(|post| Arc::new(ThreadWords::of(post, std::iter::empty())));
        let words: Vec<Arc<ThreadWords>> = words.collect();
        let mut blog = Blog::default();
        for thread in &words {
            blog.add(thread);
        }
        let elsewhere = Elsewhere::new(Arc::new(blog), vec![words[0].clone()]);
        let comment = Comment {
            body: comment.to_owned(),
            ..Comment::default()
        };
        let comment = CommentAnalysis::of(&comment);
        let context = Context::of(posts[0].clone());
        let background = Background::build(&[], 5.0, 8.0);
        let conversation = Conversation::before(&comment, &context);
        let matches = overlap(&comment, &conversation, &background);
        let measures = relevance_features(
            &comment,
            &conversation,
            &matches,
            &background,
            elsewhere.as_ref(),
        );
        measures.expect("there is a post")[TF_IDF]
    }

    #[test]
    fn tf_idf_counts_how_often_and_how_special_on_the_blog() {
        let comment = "heather and rain";
        let once = tf_idf(comment, &["heather on a hill again", "sea and sand"]);
        let often = tf_idf(comment, &["heather on heather heather", "sea and sand"]);
        assert!(0.0 < once && once < often, "{once}, {often}");
        let everywhere = tf_idf(comment, &["heather on a hill again", "heather and sand"]);
        assert!(0.0 < everywhere && everywhere < once, "{everywhere}");
        let inflected = tf_idf("heathers", &["heather on a hill again", "sea and sand"]);
        assert!(inflected > 0.0, "by the stem");
        let alone = tf_idf(comment, &["heather on a hill again"]);
        assert_eq!(alone, 0.0, "nothing is known of the blog");
        assert_eq!(RELEVANCE_NAMES[TF_IDF], "tf_idf");
    }
}
