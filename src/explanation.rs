//! Takes a judged scene and gives the reasons: the terms of the sum that is the score, each with
//! words that a blogger understands and the places it stands on.
//!
//! Invariants:
//! - the contributions sum to the spam log-odds; nothing is left out and nothing is counted twice;
//! - tokens break one contribution down and add nothing to it.

use std::collections::HashMap;
use std::ops::Range;

use crate::calibration::probability;
use crate::classifier::{Assessment, Classifier, lexical_words};
use crate::lexical::Field;
use crate::policy::{FAR_SPAM_LATER, Policy};
use crate::signals::{CATALOGUE, Scene};

/// The name of the notice that the model has learned nothing like the comment. It adds nothing to
/// the sum; it moves a threshold (see [`Policy::thresholds`]).
pub const UNFAMILIAR: &str = "unfamiliar";

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
    /// `bias`, the name of a signal, `a+b` for a pair, or [`UNFAMILIAR`].
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

/// All terms in the order of the sum: bias, signals, pairs; and after them a notice if the model has
/// learned nothing like the comment.
pub fn explain(
    classifier: &Classifier<'_>,
    scene: &Scene<'_>,
    assessment: &Assessment,
    policy: &Policy,
) -> Vec<Contribution> {
    let values = &assessment.values;
    let prior = probability(crate::calibration::log_odds(classifier.prior) + policy.prior_shift);
    let mut terms = classifier.contributions(values, policy);
    let mut all = Vec::with_capacity(1 + CATALOGUE.len() + classifier.spam.surfaces.len());
    all.push(Contribution {
        signal: "bias".to_owned(),
        contribution: terms.next().unwrap_or(0.0),
        reason: format!(
            "where every comment starts, at a share of spam of {:.0} %",
            prior * 100.0
        ),
        places: Vec::new(),
        tokens: Vec::new(),
    });
    for ((signal, &value), contribution) in CATALOGUE.iter().zip(values).zip(&mut terms) {
        let evidence = if value.is_nan() {
            crate::signals::Evidence::new("does not apply or is not known, and says nothing")
        } else {
            (signal.explain)(scene, value)
        };
        let tokens = match lexical_field(signal.name) {
            Some(field) if !value.is_nan() => tokens(classifier, scene, field, value, contribution),
            _ => Vec::new(),
        };
        all.push(Contribution {
            signal: signal.name.to_owned(),
            contribution,
            reason: evidence.reason,
            places: evidence.places,
            tokens,
        });
    }
    for (surface, contribution) in classifier.spam.surfaces.iter().zip(&mut terms) {
        let (first, second) = (surface.first, surface.second);
        let reason = if values[first].is_nan() || values[second].is_nan() {
            "does not apply or is not known, and says nothing".to_owned()
        } else {
            let reason = |index: usize| (CATALOGUE[index].explain)(scene, values[index]).reason;
            format!("together: {}; {}", reason(first), reason(second))
        };
        all.push(Contribution {
            signal: format!("{}+{}", CATALOGUE[first].name, CATALOGUE[second].name),
            contribution,
            reason,
            places: Vec::new(),
            tokens: Vec::new(),
        });
    }
    let familiarity = assessment.familiarity;
    if familiarity.is_far() {
        all.push(Contribution {
            signal: UNFAMILIAR.to_owned(),
            contribution: 0.0,
            reason: format!(
                "is far from anything the model has learned: it has never met {} of its {} different \
                 words, and is held up to {FAR_SPAM_LATER:.0} beyond where spam begins",
                familiarity.n_unknown, familiarity.n_words,
            ),
            places: Vec::new(),
            tokens: Vec::new(),
        });
    }
    all
}

fn lexical_field(signal: &str) -> Option<Field> {
    match signal {
        "body_vocabulary" => Some(Field::Words),
        "body_spelling" => Some(Field::Spelling),
        "name_vocabulary" => Some(Field::Name),
        "homepage_vocabulary" => Some(Field::Url),
        _ => None,
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
