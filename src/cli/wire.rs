//! What the program writes as JSON.

use serde::Serialize;

use crate::classifier::Assessment;
use crate::explanation::Contribution;

/// One line of `ontopic score`.
#[derive(Debug, Serialize)]
pub(super) struct ScoreLine<'a> {
    pub(super) site: &'a str,
    pub(super) post: &'a str,
    pub(super) id: &'a str,
    #[serde(flatten)]
    pub(super) judgement: Judgement,
}

/// A judgement of one comment.
#[derive(Debug, Serialize)]
pub(super) struct Judgement {
    /// Probability of spam.
    spam: f64,
    /// Probability that the comment was written under this post, at even odds.
    relevance: f64,
    /// Calibrated log-odds of spam.
    score: f64,
    verdict: &'static str,
    /// The largest contributions, the heaviest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reasons: Option<Vec<WireContribution>>,
    /// All of them; they sum to the score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) contributions: Option<Vec<WireContribution>>,
}

#[derive(Debug, Serialize)]
pub(super) struct WireContribution {
    signal: String,
    contribution: f64,
    reason: String,
    /// Pairs of bytes in the body, the second exclusive.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    places: Vec<[usize; 2]>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tokens: Vec<WireToken>,
}

#[derive(Debug, Serialize)]
struct WireToken {
    text: String,
    contribution: f64,
}

impl Judgement {
    /// A judgement without its reasons.
    pub(super) fn new(assessment: &Assessment) -> Self {
        Self {
            spam: assessment.spam_probability(),
            relevance: assessment.relevance_probability(),
            score: assessment.spam,
            verdict: assessment.verdict.name(),
            reasons: None,
            contributions: None,
        }
    }
}

/// Contributions as they are written.
pub(super) fn wire(contributions: Vec<Contribution>) -> Vec<WireContribution> {
    let all = contributions.into_iter();
    all.map(WireContribution::from).collect()
}

impl From<Contribution> for WireContribution {
    fn from(from: Contribution) -> Self {
        let token = |share: crate::explanation::TokenShare| WireToken {
            text: share.text,
            contribution: share.contribution,
        };
        Self {
            signal: from.signal,
            contribution: from.contribution,
            reason: from.reason,
            places: from
                .places
                .iter()
                .map(|place| [place.start, place.end])
                .collect(),
            tokens: from.tokens.into_iter().map(token).collect(),
        }
    }
}
