//! Takes labelled threads and gives a trained [`Classifier`], calibrated and with thresholds chosen on
//! blogs held out.
//!
//! [`train`] reads as the steps: corpus → subwords → lexical scores out of fold → background,
//! phrases, relevance → signals → additive model out of fold → calibration and thresholds → additive
//! model on everything.
//!
//! Invariants:
//! - the same data in any order, seed and version give the same classifier, whatever the threads:
//!   everything is sorted by what it says before anything is summed;
//! - the lexical scores, phrases and word rarity that a comment is scored with while training are made
//!   without its blog; word pieces, the few weights of the relevance heads, and which words three
//!   people say are not;
//! - features are made by the functions that serve.
//!
//! Not here: files (see [`crate::model_file`]) and figures (see [`crate::evaluation`]).

mod ablation;
mod background;
mod boost;
mod casing;
mod copies;
mod corpus;
mod cross_validate;
mod ftrl;
mod function_words;
mod meanings;
mod second_stage;
mod subjects;
mod templates;
mod vocabulary;
mod words;
mod zero;

use std::collections::HashMap;

pub use ablation::groups;
pub use corpus::{Corpus, Example, data_digest, shingles_of, spread};
pub use cross_validate::{Folds, JudgedAll, cross_validate};
pub use ftrl::FtrlError;
pub(crate) use second_stage::MOST_ROWS;

use second_stage::SecondStage;

use crate::analysis::BuildIdentity;
use crate::classifier::{Classifier, N_DECILES};
use crate::comment::Thread;
use crate::dataset::Shingles;
use crate::evaluation::{Blogs, Read, relevance_pairs};
use crate::lexical::{LexicalModel, N_FIELDS, SubwordError, Subwords, VOCABULARY};
use crate::model::{RelevanceModel, SpamModel};
use crate::policy::{Share, Thresholds};
use crate::random::SplitMix;
use crate::signals::{N_SIGNALS, find};

/// Folds of blogs: each part that learns from labels is fitted five times without a fifth of the
/// blogs, and once on everything.
const FOLDS: usize = 5;

/// Comments of one blog that the subword vocabulary is learned from, at most.
const MOST_LINES: usize = 500;

/// Phrases, ordinary words and words of known case in a model, at most; the default model has some
/// 50,000, 30,000 and 20,000. Beside the 4 MB of [`words::MOST_WEIGHTS`] their tables take 3.25 MB of the 8 MB
/// of a model file, and leave room for word pieces and curves.
const MOST_PHRASES: usize = 340_000;
const MOST_COMMON: usize = 160_000;
const MOST_CASED: usize = 40_000;

/// Why no model came about.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// One of the classes is missing.
    #[error(
        "expected labelled comments of both kinds on at least two blogs, found {} spam and {} ham{} on {blogs} blog{}",
        .spam + .copies[0],
        .ham + .copies[1],
        if *.copies == [0, 0] {
            String::new()
        } else {
            format!(" ({spam} and {ham} without near-duplicates)")
        },
        if *.blogs == 1 { "" } else { "s" }
    )]
    TooLittle {
        /// Spam found, without near-duplicates.
        spam: usize,
        /// Ham found, likewise.
        ham: usize,
        /// Near-duplicates among spam and ham.
        copies: [usize; 2],
        /// Blogs found.
        blogs: usize,
    },
    /// Everything of a label is on one blog, which can then not be held out.
    #[error(
        "expected {missing} beside what is on `{site}`, to hold that out, found none: add threads of other blogs"
    )]
    OneBlog {
        /// The blog, or one of those that are held out together.
        site: String,
        /// What there is nowhere else.
        missing: &'static str,
    },
    /// A fold of cross-validation, in which its blogs and what resembles their comments are left out.
    #[error("without fold {fold} of {n_folds}, and without what resembles its comments")]
    Fold {
        /// The fold, from 1.
        fold: usize,
        /// How many there are.
        n_folds: usize,
        /// What went wrong there.
        source: Box<TrainError>,
    },
    /// The subword vocabulary.
    #[error(transparent)]
    Subwords(#[from] SubwordError),
    /// The lexical model.
    #[error("could not fit the lexical model")]
    Lexical(#[from] FtrlError),
    /// The relevance head.
    #[error("could not fit the relevance head")]
    Relevance(#[source] linfa_logistic::error::Error),
    /// A signal that is to be switched off does not exist.
    #[error("expected the name of a signal, found `{0}`")]
    NoSuchSignal(String),
}

/// What training is told.
#[derive(Debug, Clone, Default)]
pub struct TrainConfig {
    /// Seed of everything that is drawn.
    pub seed: u64,
    /// Names of signals that are switched off.
    pub without: Vec<String>,
    /// Words of the comments that the model will be measured on; their near-duplicates are not
    /// learned from.
    pub held_out: Vec<Shingles>,
}

/// One comment of the second stage with its score by a model that has not seen its blog.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeldOutScore {
    /// Index of the blog.
    pub site: usize,
    /// Calibrated log-odds of spam at the model's prior.
    pub log_odds: f64,
    /// The label.
    pub spam: bool,
}

/// A classifier and where it comes from.
#[derive(Debug)]
pub struct Trained {
    /// The classifier.
    pub classifier: Classifier<'static>,
    /// Digest of the training data.
    pub data_digest: String,
    /// The seed.
    pub seed: u64,
    /// The blogs, by name.
    pub sites: Vec<String>,
    /// Threads read.
    pub n_threads: usize,
    /// Spam and ham learned from, after duplicates were dropped.
    pub n_examples: [usize; 2],
    /// Labelled comments that repeat another one.
    pub n_duplicates: usize,
    /// The second stage's scores on blogs held out.
    pub held_out: Vec<HeldOutScore>,
    /// What the `hold` threshold takes of the genuine comments of each blog, held out.
    pub held: Vec<(String, Share)>,
}

/// The stages that a listener hears of, with a share of the whole work done, in [0, 1].
pub type Progress<'a> = &'a (dyn Fn(&str, f64) + Sync);

/// Trains a classifier.
///
/// # Errors
/// There is too little to learn from, or a learner fails.
pub fn train(
    threads: &[Thread],
    config: &TrainConfig,
    progress: Progress<'_>,
) -> Result<Trained, TrainError> {
    let mut trained = train_variants(threads, config, &[Vec::new()], progress)?;
    Ok(trained.pop().expect("there is one variant"))
}

/// Trains a classifier for each list of signals that are switched off, besides those that the
/// configuration names. All stand on the same first stage, which knows no signals.
///
/// # Errors
/// There is too little to learn from, or a learner fails.
pub fn train_variants(
    threads: &[Thread],
    config: &TrainConfig,
    variants: &[Vec<String>],
    progress: Progress<'_>,
) -> Result<Vec<Trained>, TrainError> {
    let switched_off = variants
        .iter()
        .map(|variant| switches(config.without.iter().chain(variant)))
        .collect::<Result<Vec<_>, _>>()?;

    progress("reading comments", 0.0);
    let corpus = Corpus::new(threads, &config.held_out);
    let n_spam = corpus
        .examples
        .iter()
        .filter(|example| example.spam)
        .count();
    let n_ham = corpus.examples.len() - n_spam;
    if n_spam == 0 || n_ham == 0 || corpus.sites.len() < 2 {
        return Err(TrainError::TooLittle {
            spam: n_spam,
            ham: n_ham,
            copies: [true, false].map(|spam| {
                let copies = corpus.copies.iter();
                copies.filter(|copy| copy.spam == spam).count()
            }),
            blogs: corpus.sites.len(),
        });
    }
    let folds = corpus.folds(FOLDS);

    progress("learning word pieces", 0.08);
    let subwords = learn_subwords(&corpus, config.seed)?;

    progress("learning words", 0.12);
    let lexical_done = std::sync::atomic::AtomicUsize::new(0);
    let words = words::fit(&corpus, subwords, &folds, FOLDS, config.seed, &|| {
        let n = 1 + lexical_done.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        progress(
            "learning words",
            0.12 + 0.4 * n as f64 / (N_FIELDS * (FOLDS + 1)) as f64,
        );
    })?;

    progress("counting phrases", 0.52);
    let templates = templates::count(&corpus, MOST_PHRASES);
    let casing = casing::count(&corpus, MOST_CASED);
    let backgrounds = background::count(&corpus, MOST_COMMON);

    progress("learning relevance", 0.6);
    let read = Read {
        threads: &corpus.threads,
        posts: &corpus.posts,
        comments: &corpus.comments,
        sites: &corpus.site_of_thread,
    };
    let blogs = Blogs::of(read);
    let [beside, alone] = [Some(&blogs), None].map(|blogs| {
        let without = |site| backgrounds.without(site);
        let most = subjects::MOST_PER_BLOG;
        relevance_pairs(read, blogs, without, 2, most, config.seed)
    });
    let relevance = RelevanceModel {
        // What other threads of the blog teach holds without them, too.
        alone: subjects::fit(&[subjects::without_tf_idf(&beside), alone].concat())?,
        beside: subjects::fit(&beside)?,
    };

    let first_stage = Classifier {
        background: backgrounds.of_all(),
        lexical: LexicalModel {
            casing: casing.table(),
            ..words.model
        },
        phrases: templates.table(),
        relevance,
        spam: SpamModel::default(),
        prior: 0.5,
        thresholds: Thresholds {
            hold: 0.0,
            spam: 0.0,
        },
        reference: [0.0; N_DECILES],
    };
    let mut trained = Vec::with_capacity(variants.len());
    for (number, switched_off) in switched_off.iter().enumerate() {
        let done = |share: f64| 0.7 + 0.3 * (number as f64 + share) / variants.len() as f64;
        let stage = SecondStage {
            corpus: &corpus,
            lexical: &words.out_of_fold,
            templates: &templates,
            casing: &casing,
            backgrounds: &backgrounds,
            relevance: first_stage.relevance.clone(),
            switched_off,
            folds: &folds,
            seed: config.seed,
        };
        progress("weighing signals", done(0.0));
        let mut classifier = first_stage.clone();
        let mut fitted = stage.fit(|_, _| true)?;
        fitted.install(&mut classifier);
        let undecided = stage.undecided_spam(&classifier);
        if !undecided.is_empty() {
            // Now there are verdicts on the comments without a label: those that are spam are no
            // conversation, in training as in scoring.
            progress("weighing signals again", done(0.5));
            let is_spam = |thread, comment| undecided.binary_search(&(thread, comment)).is_ok();
            fitted = stage.fit(|thread, comment| !is_spam(thread, comment))?;
            fitted.install(&mut classifier);
        }
        let held = fitted.held(&corpus.sites);
        zero::centre(&mut classifier);
        trained.push(Trained {
            classifier,
            data_digest: corpus.digest.clone(),
            seed: config.seed,
            sites: corpus.sites.clone(),
            n_threads: corpus.threads.len(),
            n_examples: [n_spam, n_ham],
            n_duplicates: corpus.n_duplicates,
            held_out: fitted.held_out,
            held,
        });
    }
    progress("done", 1.0);
    Ok(trained)
}

/// Which signals are switched off.
fn switches<'a>(names: impl Iterator<Item = &'a String>) -> Result<[bool; N_SIGNALS], TrainError> {
    let mut switched_off = [false; N_SIGNALS];
    for name in names {
        let (index, _) = find(name).ok_or_else(|| TrainError::NoSuchSignal(name.clone()))?;
        switched_off[index] = true;
    }
    Ok(switched_off)
}

fn learn_subwords(corpus: &Corpus<'_>, seed: u64) -> Result<Subwords, SubwordError> {
    let chosen = draw(
        &corpus.examples,
        |example| (example.site, false),
        MOST_LINES,
        seed,
    );
    let lines = chosen
        .iter()
        .map(|&index| corpus.analysis(&corpus.examples[index]).words());
    Subwords::train(lines, VOCABULARY)
}

/// Leaves at most `most` entries of a table: those that rank highest, and of equals those of the
/// highest hash.
fn keep_most<V>(table: &mut HashMap<u64, V, BuildIdentity>, most: usize, rank: impl Fn(&V) -> f64) {
    let Some(n_dropped) = table.len().checked_sub(most).filter(|&n| n > 0) else {
        return;
    };
    let order = |a: &(f64, u64), b: &(f64, u64)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
    let mut ranks: Vec<(f64, u64)> = table
        .iter()
        .map(|(&hash, value)| (rank(value), hash))
        .collect();
    let (_, &mut last, _) = ranks.select_nth_unstable_by(n_dropped - 1, order);
    table.retain(|&hash, value| order(&(rank(value), hash), &last).is_gt());
}

/// At most `most` examples of each group, drawn by the seed; indices in their order.
fn draw<K: Ord>(
    examples: &[Example],
    group: impl Fn(&Example) -> K,
    most: usize,
    seed: u64,
) -> Vec<usize> {
    let mut random = SplitMix(seed);
    let mut keyed: Vec<(K, u64, usize)> = examples
        .iter()
        .enumerate()
        .map(|(index, example)| (group(example), random.bits(), index))
        .collect();
    keyed.sort_unstable();
    let mut chosen = Vec::new();
    let mut in_group = 0;
    for (place, (key, _, index)) in keyed.iter().enumerate() {
        let is_new = place == 0 || keyed[place - 1].0 != *key;
        in_group = if is_new { 1 } else { in_group + 1 };
        if in_group <= most {
            chosen.push(*index);
        }
    }
    chosen.sort_unstable();
    chosen
}

#[cfg(test)]
mod tests {
    use xxhash_rust::xxh3::xxh3_64;

    use super::*;
    use crate::context::Background;
    use crate::lexical::{Field, PhraseTable, Vectors, WeightTable};
    use crate::model_file::MAX_BYTES;

    #[test]
    fn the_largest_tables_fit_the_model_file() {
        let hashes = |n: usize| (0..n).map(|i| xxh3_64(&i.to_le_bytes()));
        let phrases: Vec<(u64, u8, u8)> = hashes(MOST_PHRASES).map(|hash| (hash, 1, 1)).collect();
        let function_words = function_words::LANGUAGES.iter();
        let n_function_words: usize = function_words
            .map(|(_, words)| words.split_whitespace().count())
            .sum();
        let common: Vec<(u64, f32, f32)> = hashes(MOST_COMMON + n_function_words)
            .map(|hash| (hash, 1.0, 1.0))
            .collect();
        let weights = |n: usize| -> Vec<(u64, f32)> { hashes(n).map(|hash| (hash, 1.0)).collect() };
        let meanings = Field::ALL.iter().filter(|field| field.is_meaning());
        let n_meanings = meanings.count() * Vectors::get().n_pieces() as usize;
        let tables = PhraseTable::build(&phrases).as_bytes().len()
            + Background::build(&common, 9.0, 9.0).as_bytes().len()
            + WeightTable::build(&weights(MOST_CASED)).as_bytes().len()
            + WeightTable::build(&weights(words::MOST_WEIGHTS + n_meanings))
                .as_bytes()
                .len();
        let rest = VOCABULARY * 90;
        assert!(tables + rest <= MAX_BYTES, "{tables} bytes of tables");
    }

    #[test]
    fn what_ranks_highest_is_kept_and_of_equals_what_has_the_highest_hash() {
        let kept = |most: usize| {
            let mut table: HashMap<u64, u32, BuildIdentity> = HashMap::default();
            table.extend([(1, 5), (2, 7), (3, 5), (4, 1)]);
            keep_most(&mut table, most, |&count| count.into());
            let mut kept: Vec<u64> = table.into_keys().collect();
            kept.sort_unstable();
            kept
        };
        assert_eq!(kept(9), [1, 2, 3, 4]);
        assert_eq!(kept(4), [1, 2, 3, 4]);
        assert_eq!(kept(2), [2, 3]);
        assert!(kept(0).is_empty());
    }
}
