//! Takes a judged scene and gives the reasons: the terms of the sum that is the score, each with
//! words that a blogger understands and the places it stands on.
//!
//! Invariants:
//! - the contributions sum to the spam log-odds; nothing is left out and nothing is counted twice;
//! - tokens break one contribution down and add nothing to it.

use std::collections::HashMap;
use std::ops::Range;

use crate::calibration::{log_odds, probability};
use crate::classifier::{Assessment, Classifier, lexical_words};
use crate::lexical::Field;
use crate::policy::{FAR_SPAM_LATER, Policy, Verdict};
use crate::signals::{CATALOGUE, Evidence, RELEVANCE, Scene, find, is_brief};

/// The name of the notice that the model has read no genuine text like the comment. It adds nothing
/// to the sum; it moves a threshold (see [`Policy::thresholds`]).
pub const UNFAMILIAR: &str = "unfamiliar";

/// The name of the notice that a comment is held for its relevance alone, as the owner has asked. It
/// adds nothing to the sum (see [`Policy::hold_below_relevance`]).
pub const NOT_RELEVANT: &str = "hold_below_relevance";

/// The names of all notices.
const NOTICES: [&str; 2] = [UNFAMILIAR, NOT_RELEVANT];

/// Most words that a breakdown names; the others are in `(rest)`.
const MOST_TOKENS: usize = 12;

/// What takes the part of a contribution that no named word has.
pub const REST: &str = "(rest)";

/// Steepest slope that a breakdown takes a curve to have: beyond, the curve's shape and not the
/// words make the contribution.
const STEEPEST: f64 = 2.0;

/// The share of a word in a contribution.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenShare {
    /// The word, lower-cased, or [`REST`].
    pub text: String,
    /// Its share, in log-odds.
    pub contribution: f64,
}

/// One term of the sum.
#[derive(Debug, Clone, PartialEq)]
pub struct Contribution {
    /// `bias`, the name of a signal, `a+b` for a pair, or the name of a notice: [`UNFAMILIAR`],
    /// [`NOT_RELEVANT`].
    pub signal: String,
    /// What it adds to the spam log-odds.
    pub contribution: f64,
    /// The reason, in words.
    pub reason: String,
    /// Bytes of the original body that it stands on; may be empty.
    pub places: Vec<Range<usize>>,
    /// The words that share the contribution of a lexical signal, `(rest)` last; otherwise empty.
    pub tokens: Vec<TokenShare>,
}

impl Contribution {
    /// Something to know about the verdict that is no term of the sum.
    fn notice(name: &str, reason: String) -> Self {
        Self {
            signal: name.to_owned(),
            contribution: 0.0,
            reason,
            places: Vec::new(),
            tokens: Vec::new(),
        }
    }

    /// Whether it is such a notice.
    pub fn is_notice(&self) -> bool {
        NOTICES.contains(&self.signal.as_str())
    }
}

/// The names that reasons have: of signals, two of which with a plus between them name a pair, and of
/// notices.
pub fn reason_names() -> impl Iterator<Item = &'static str> {
    let signals = CATALOGUE.iter().map(|signal| signal.name);
    signals.chain(NOTICES)
}

/// Whether a reason may have this name.
pub fn is_reason(name: &str) -> bool {
    let is_signal = |name| find(name).is_some();
    let is_pair = |(one, other)| is_signal(one) && is_signal(other);
    NOTICES.contains(&name) || is_signal(name) || name.split_once('+').is_some_and(is_pair)
}

/// All terms in the order of the sum: bias, signals, pairs; and after them the notices, if the model
/// has read no genuine text like the comment, or if it is held for its relevance alone.
pub fn explain(
    classifier: &Classifier<'_>,
    scene: &Scene<'_>,
    assessment: &Assessment,
    policy: &Policy,
) -> Vec<Contribution> {
    let mut all: Vec<Contribution> = classifier
        .contributions(&assessment.values, policy)
        .enumerate()
        .map(|(index, contribution)| {
            let mut term = term(classifier, scene, assessment, policy, index, contribution);
            let value = |index: usize| assessment.values[index];
            if let Some(signal) = index.checked_sub(1)
                && let Some(field) = CATALOGUE.get(signal).and_then(|it| it.field)
                && !value(signal).is_nan()
            {
                term.tokens = tokens(classifier, scene, field, value(signal), contribution);
            }
            term
        })
        .collect();
    all.extend(notices(classifier, assessment, policy));
    all
}

fn notices(
    classifier: &Classifier<'_>,
    assessment: &Assessment,
    policy: &Policy,
) -> impl Iterator<Item = Contribution> {
    let familiarity = assessment.familiarity;
    let is_far = familiarity.is_far();
    let unfamiliar = is_far.then(|| {
        format!(
            "is far from the genuine texts that the model has learned from: they have none of {} of \
             its {} different words, so that spam begins {FAR_SPAM_LATER:.0} later for it",
            familiarity.n_unknown, familiarity.n_words,
        )
    });
    let percent = |log_odds: f64| probability(log_odds) * 100.0;
    let not_relevant = policy
        .hold_below_relevance
        .filter(|_| {
            let spam = classifier.head(&assessment.values).log_odds(&assessment.values);
            let is_held = assessment.verdict == Verdict::Hold;
            is_held && spam < policy.thresholds(is_far).hold
        })
        .map(|limit| {
            format!(
                "is held because it is {:.0} % likely to have been written for this post, and what is \
                 below {:.0} % is to be held",
                percent(assessment.relevance),
                percent(limit),
            )
        });
    let unfamiliar = unfamiliar.map(|reason| Contribution::notice(UNFAMILIAR, reason));
    let not_relevant = not_relevant.map(|reason| Contribution::notice(NOT_RELEVANT, reason));
    unfamiliar.into_iter().chain(not_relevant)
}

/// The terms that weigh most, the heaviest first, without bias and tokens: at most `most`, each of
/// at least `least` log-odds either way. Notices come last.
pub fn largest(
    classifier: &Classifier<'_>,
    scene: &Scene<'_>,
    assessment: &Assessment,
    policy: &Policy,
    most: usize,
    least: f64,
) -> Vec<Contribution> {
    let mut terms: Vec<(usize, f64)> = classifier
        .contributions(&assessment.values, policy)
        .enumerate()
        .skip(1)
        .filter(|(_, contribution)| contribution.abs() >= least)
        .collect();
    terms.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
    terms.truncate(most);
    terms
        .into_iter()
        .map(|(index, contribution)| {
            term(classifier, scene, assessment, policy, index, contribution)
        })
        .chain(notices(classifier, assessment, policy))
        .collect()
}

/// The name of a term by its place in the sum: `bias`, a signal, or two signals of a pair.
pub fn term_name(classifier: &Classifier<'_>, index: usize) -> String {
    let Some(signal) = index.checked_sub(1) else {
        return "bias".to_owned();
    };
    match CATALOGUE.get(signal) {
        Some(signal) => signal.name.to_owned(),
        None => {
            let surface = &classifier.spam.other.surfaces[signal - CATALOGUE.len()];
            let name = |index: usize| CATALOGUE[index].name;
            format!("{}+{}", name(surface.first), name(surface.second))
        }
    }
}

/// One term without tokens, by its place in the sum.
fn term(
    classifier: &Classifier<'_>,
    scene: &Scene<'_>,
    assessment: &Assessment,
    policy: &Policy,
    index: usize,
    contribution: f64,
) -> Contribution {
    let evidence = |signal: usize| {
        let mut value = assessment.values[signal];
        if value.is_nan() {
            Evidence::new("does not apply or is not known, and says nothing")
        } else {
            let is_of_words = CATALOGUE[signal].field.is_some();
            let is_alone = index == signal + 1;
            if is_of_words && is_alone && f64::from(value) * contribution < 0.0 {
                // Words have their zero where they add nothing to ordinary comments. Short ones with
                // a homepage may have theirs elsewhere; between the two, words do not lean.
                value = 0.0;
            }
            let mut evidence = (CATALOGUE[signal].explain)(scene, value);
            if signal == RELEVANCE && f64::from(scene.relevance) != assessment.relevance {
                // The answer has another number, by the other threads of the blog.
                evidence.reason.push_str(", by this thread alone");
            }
            evidence
        }
    };
    let evidence = match index.checked_sub(1) {
        None => {
            let prior = log_odds(classifier.prior) + policy.prior_shift;
            Evidence::new(format!(
                "where every {} starts, at a share of spam of {:.0} %",
                if is_brief(&assessment.values) {
                    "short comment with a homepage"
                } else {
                    "comment"
                },
                probability(prior) * 100.0
            ))
        }
        Some(signal) if signal < CATALOGUE.len() => evidence(signal),
        Some(pair) => {
            let surface = &classifier.spam.other.surfaces[pair - CATALOGUE.len()];
            let known = |signal: usize| !assessment.values[signal].is_nan();
            if known(surface.first) && known(surface.second) {
                let reason = |signal: usize| evidence(signal).reason;
                Evidence::new(format!(
                    "together: {}; {}",
                    reason(surface.first),
                    reason(surface.second)
                ))
            } else {
                evidence(if known(surface.first) {
                    surface.second
                } else {
                    surface.first
                })
            }
        }
    };
    Contribution {
        signal: term_name(classifier, index),
        contribution,
        reason: evidence.reason,
        places: evidence.places,
        tokens: Vec::new(),
    }
}

/// Shares a contribution out among the words that the lexical score stands on.
///
/// The score `s` is a sum over words; the curve makes the contribution `c` of it. Each word gets its
/// part of the score times the slope `c / s`, so long as curve and score point the same way and the
/// slope is not steep; what the words then do not take is the rest.
fn tokens(
    classifier: &Classifier<'_>,
    scene: &Scene<'_>,
    field: Field,
    score: f32,
    contribution: f64,
) -> Vec<TokenShare> {
    let words = lexical_words(scene.comment, field);
    let mut of_word: HashMap<&str, usize> = HashMap::new();
    let mut shares: Vec<TokenShare> = Vec::new();
    let slope = (contribution / f64::from(score)).clamp(0.0, STEEPEST);
    let slope = if slope.is_finite() { slope } else { 0.0 };
    for (word, share) in words
        .iter()
        .zip(classifier.lexical.word_shares(field, &words))
    {
        let place = *of_word.entry(word).or_insert_with(|| {
            shares.push(TokenShare {
                text: (*word).to_owned(),
                contribution: 0.0,
            });
            shares.len() - 1
        });
        shares[place].contribution += slope * f64::from(share);
    }
    shares.retain(|share| share.contribution != 0.0);
    shares.sort_by(|a, b| {
        b.contribution
            .abs()
            .total_cmp(&a.contribution.abs())
            .then(a.text.cmp(&b.text))
    });
    shares.truncate(MOST_TOKENS);
    let named: f64 = shares.iter().map(|share| share.contribution).sum();
    shares.push(TokenShare {
        text: REST.to_owned(),
        contribution: contribution - named,
    });
    shares
}
