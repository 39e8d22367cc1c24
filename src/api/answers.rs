//! Verdicts and decisions as JSON.

use serde::Serialize;
use utoipa::ToSchema;

use super::wire::{WireLabel, WireVerdict, id_text, time_text};
use crate::calibration::probability;
use crate::explanation::Contribution;
use crate::moderation::Checked;
use crate::storage::{CheckRecord, DecisionKind, DecisionRecord};

/// The share of a word in a contribution.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct WireToken {
    /// The word, or `(rest)`.
    text: String,
    /// Its share, in log-odds.
    contribution: f64,
}

/// One term of the sum that is the score.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct WireReason {
    /// `bias`, the name of a signal, or `a+b` for a pair.
    signal: String,
    /// What it adds to the log-odds of spam.
    contribution: f64,
    /// The reason, in words.
    #[serde(skip_serializing_if = "String::is_empty")]
    reason: String,
    /// Pairs of bytes in the body that it stands on, the second exclusive.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    places: Vec<[usize; 2]>,
    /// The words that share the contribution.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tokens: Vec<WireToken>,
}

impl WireReason {
    pub(super) fn of(one: &Contribution) -> Self {
        Self {
            signal: one.signal.clone(),
            contribution: one.contribution,
            reason: one.reason.clone(),
            places: one.places.iter().map(|it| [it.start, it.end]).collect(),
            tokens: one
                .tokens
                .iter()
                .map(|token| WireToken {
                    text: token.text.clone(),
                    contribution: token.contribution,
                })
                .collect(),
        }
    }

    /// A term of which only the number is known.
    pub(super) fn number(signal: String, contribution: f64) -> Self {
        Self {
            signal,
            contribution,
            reason: String::new(),
            places: Vec::new(),
            tokens: Vec::new(),
        }
    }
}

/// The answer to a question about a comment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct CheckAnswer {
    /// What to do with the comment.
    verdict: WireVerdict,
    /// The probability of spam.
    spam: f64,
    /// The probability that the comment was written under this post, at even odds; beside the stored
    /// posts of the blog, whose common words count less. The signal `relevance` among the reasons, which
    /// is part of the score, goes by this thread alone and may say another.
    relevance: f64,
    /// Whether a title or a body of the post was known, from this request or an earlier one. If not,
    /// `relevance` goes by the comments before alone, and is 0.5 without them.
    post_known: bool,
    /// The log-odds of spam: the sum of all contributions.
    score: f64,
    /// Why the verdict is not the model's, if it is not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    overrides: Vec<String>,
    /// The largest reasons, the heaviest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    reasons: Option<Vec<WireReason>>,
    /// All contributions, if they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    contributions: Option<Vec<WireReason>>,
    /// The model.
    model: String,
    /// The verdict's id, for feedback; null if nothing was stored.
    id: Option<String>,
}

impl CheckAnswer {
    /// What a caller is told, with reasons or without.
    pub(super) fn of(checked: &Checked, reasons: bool) -> Self {
        let judgement = &checked.record.judgement;
        let wire = |all: &[Contribution]| all.iter().map(WireReason::of).collect();
        Self {
            verdict: judgement.outcome.into(),
            spam: probability(judgement.spam),
            relevance: probability(judgement.relevance),
            post_known: checked.post_known,
            score: judgement.spam,
            overrides: if reasons {
                judgement.overrides.clone()
            } else {
                Vec::new()
            },
            reasons: reasons.then(|| wire(&checked.reasons)),
            contributions: checked
                .contributions
                .as_deref()
                .filter(|_| reasons)
                .map(wire),
            model: judgement.model.clone(),
            id: checked.stored.then(|| id_text(checked.record.id)),
        }
    }
}

/// A verdict that is stored.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct WireCheck {
    /// Identifies the verdict.
    id: String,
    /// When it was given, RFC 3339.
    at: String,
    /// The post's id; empty if the blog gave none.
    post: String,
    /// The blog's own id of the comment.
    comment: Option<String>,
    /// `comment`, `pingback`, `trackback` or `other`.
    kind: &'static str,
    /// The name given; null if unknown or removed.
    author: Option<String>,
    /// The homepage given; null if unknown or removed.
    author_url: Option<String>,
    /// The words; null after the time for which they are kept.
    body: Option<String>,
    /// What counts where nobody has decided on it: what was answered, until a decision on an earlier
    /// version of the comment, such as one with the same words, is made, changed or taken back.
    verdict: WireVerdict,
    /// What the model and its thresholds say.
    model_verdict: WireVerdict,
    /// The probability of spam.
    spam: f64,
    /// The probability that the comment was written under this post, at even odds; beside the stored
    /// posts of the blog, whose common words count less. The signal `relevance` among the reasons, which
    /// is part of the score, goes by this thread alone and may say another.
    relevance: f64,
    /// The log-odds of spam.
    score: f64,
    /// Why the verdict is not the model's, if it is not.
    overrides: Vec<String>,
    /// The largest reasons, the heaviest first.
    #[schema(value_type = Vec<WireReason>)]
    reasons: serde_json::Value,
    /// The model.
    model: String,
    /// The decision that stands.
    decided: Option<WireLabel>,
    /// Whether an edit has taken its place.
    superseded: bool,
}

impl WireCheck {
    pub(super) fn of(record: &CheckRecord) -> Self {
        let judgement = &record.judgement;
        let text = record.text.as_ref();
        Self {
            id: id_text(record.id),
            at: time_text(record.at),
            post: record.post.clone(),
            comment: record.comment.clone(),
            kind: record.kind.name(),
            author: text.and_then(|text| text.author.clone()),
            author_url: text.and_then(|text| text.author_url.clone()),
            body: text.map(|text| text.body.clone()),
            verdict: judgement.outcome.into(),
            model_verdict: judgement.verdict.into(),
            spam: probability(judgement.spam),
            relevance: probability(judgement.relevance),
            score: judgement.spam,
            overrides: judgement.overrides.clone(),
            reasons: serde_json::from_str(&judgement.reasons)
                .unwrap_or_else(|_| serde_json::Value::Array(Vec::new())),
            model: judgement.model.clone(),
            decided: record.decided.map(WireLabel::from),
            superseded: record.superseded,
        }
    }
}

/// An entry of the log of decisions.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct WireDecision {
    /// Identifies the entry.
    id: String,
    /// When it was made, RFC 3339.
    at: String,
    /// The verdict that it is about.
    verdict: String,
    /// What was decided; null if a decision was taken back.
    label: Option<WireLabel>,
    /// The decision that was taken back.
    takes_back: Option<String>,
    /// Who decided.
    reporter: Option<String>,
    /// How it came in: `api` or `akismet`.
    via: String,
    /// The `verdict` on the comment at that time.
    outcome: WireVerdict,
}

impl WireDecision {
    pub(super) fn of(record: &DecisionRecord) -> Self {
        Self {
            id: id_text(record.id),
            at: time_text(record.at),
            verdict: id_text(record.verdict),
            label: match record.kind {
                DecisionKind::Label(label) => Some(label.into()),
                DecisionKind::TakenBack => None,
            },
            takes_back: record.takes_back.map(id_text),
            reporter: record.reporter.clone(),
            via: record.via.name().to_owned(),
            outcome: record.outcome.into(),
        }
    }
}
