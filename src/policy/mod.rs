//! Takes log-odds and gives verdicts, by thresholds that follow from stated budgets.
//!
//! Invariants:
//! - the verdict depends on the spam log-odds alone, unless the owner asks for more, or the model has
//!   learned nothing like the comment: then spam begins later;
//! - a threshold is a number of the model file, chosen on blogs that the model had not seen.
//!
//! Not here: what a comment scores (see [`crate::classifier`]) and how thresholds are stored.

mod thresholds;

pub use thresholds::{Budgets, ROUNDING, Share, Thresholds, UNMEASURED, can_measure, choose};

use crate::comment::Label;

/// What to do with a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Show it.
    Publish,
    /// Keep it for the owner to look at.
    Hold,
    /// Put it with the spam.
    Spam,
}

impl From<Label> for Verdict {
    /// What becomes of a comment of which somebody has said what it is.
    fn from(label: Label) -> Self {
        match label {
            Label::Ham => Self::Publish,
            Label::Spam => Self::Spam,
        }
    }
}

impl Verdict {
    /// The stable name used in files and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::Hold => "hold",
            Self::Spam => "spam",
        }
    }
}

/// How much later spam begins for a comment that is far from anything the model has learned, in
/// log-odds: what the model is sure of there is mostly a guess, and a person is to decide. Holding
/// begins where it always does, so that an unusual language costs a blog nothing of its budget.
pub const FAR_SPAM_LATER: f64 = 3.0;

/// How verdicts are reached.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Policy {
    /// Where holding and spam begin, at the model's own prior.
    pub thresholds: Thresholds,
    /// How far the prior in use lies from the model's, in log-odds. It moves the log-odds that are
    /// shown and no verdict: a budget of genuine comments does not depend on how much spam there is.
    pub prior_shift: f64,
    /// Log-odds of relevance below which a comment is held whatever its spam log-odds; an owner's
    /// opt-in.
    pub hold_below_relevance: Option<f64>,
}

impl Policy {
    /// The policy of a model as it ships.
    pub fn new(thresholds: Thresholds) -> Self {
        Self {
            thresholds,
            prior_shift: 0.0,
            hold_below_relevance: None,
        }
    }

    /// Where verdicts begin for a comment that is far from anything the model has learned, or is not.
    pub fn thresholds(&self, is_far: bool) -> Thresholds {
        let mut thresholds = self.thresholds;
        if is_far {
            thresholds.spam += FAR_SPAM_LATER;
        }
        thresholds
    }

    /// The verdict on spam log-odds, at the model's own prior whatever the one in use, and log-odds
    /// of relevance, for a comment that `is_far` from anything the model has learned or is not.
    /// Unknown relevance is NaN, and holds nothing: no limit is above it.
    pub fn decide(&self, spam: f64, relevance: f64, is_far: bool) -> Verdict {
        let thresholds = self.thresholds(is_far);
        if spam >= thresholds.spam {
            Verdict::Spam
        } else if spam >= thresholds.hold
            || self
                .hold_below_relevance
                .is_some_and(|limit| relevance < limit)
        {
            Verdict::Hold
        } else {
            Verdict::Publish
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prior_moves_no_verdict_and_relevance_holds_only_on_request() {
        let mut policy = Policy::new(Thresholds {
            hold: 1.0,
            spam: 3.0,
        });
        for shift in [0.0, -2.0] {
            policy.prior_shift = shift;
            assert_eq!(policy.decide(0.9, -9.0, false), Verdict::Publish);
            assert_eq!(policy.decide(1.0, 0.0, false), Verdict::Hold);
            assert_eq!(policy.decide(3.0, 0.0, false), Verdict::Spam);
        }
        policy.hold_below_relevance = Some(-1.0);
        assert_eq!(policy.decide(-9.0, -1.5, false), Verdict::Hold);
        policy.hold_below_relevance = Some(f64::INFINITY);
        assert_eq!(policy.decide(-9.0, f64::NAN, false), Verdict::Publish);
    }

    #[test]
    fn what_is_far_from_anything_learned_is_held_rather_than_called_spam() {
        let policy = Policy::new(Thresholds {
            hold: 1.0,
            spam: 3.0,
        });
        let verdicts = |spam| [false, true].map(|is_far| policy.decide(spam, 0.0, is_far));
        assert_eq!(verdicts(0.9), [Verdict::Publish; 2]);
        assert_eq!(verdicts(1.0), [Verdict::Hold; 2]);
        assert_eq!(verdicts(3.0), [Verdict::Spam, Verdict::Hold]);
        assert_eq!(verdicts(3.0 + FAR_SPAM_LATER), [Verdict::Spam; 2]);
    }
}
