//! Verdicts that were given.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::answers::{WireCheck, WireDecision, WireReason};
use super::authentication::Caller;
use super::json::{Path, answer};
use super::problem::Problem;
use super::state::ApiState;
use super::wire::{WireVerdict, parse_id};
use crate::explanation::term_name;
use crate::storage::{CheckRecord, KeyRole};

/// A verdict with everything that is known of it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FullVerdict {
    #[serde(flatten)]
    check: WireCheck,
    /// All contributions, computed from the stored features with the model that gave the verdict;
    /// they sum to `score`. Null after the time for which features are kept, and where that model is
    /// not there any longer.
    contributions: Option<Vec<WireReason>>,
    /// The entries of the log about it, oldest first.
    decisions: Vec<WireDecision>,
}

/// A verdict computed again.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Replayed {
    /// The log-odds of spam.
    score: f64,
    /// What model and thresholds say.
    verdict: WireVerdict,
    /// Whether both are the same as before, the log-odds to the last bit.
    same: bool,
    /// The model.
    model: String,
}

async fn find(state: &ApiState, caller: &Caller, id: &str) -> Result<CheckRecord, Problem> {
    let site = caller.site(KeyRole::Moderator)?;
    let missing = || Problem::not_found("found no such verdict in this site");
    let id = parse_id(id).ok_or_else(missing)?;
    let found = state.moderator.store.check(site.site.id, id).await?;
    found.ok_or_else(missing)
}

/// Gives a verdict with its explanation.
#[utoipa::path(get, path = "/v1/verdicts/{id}", tag = "verdicts",
    params(("id" = String, Path, pattern = "^[0-7][0-9a-f]{15}$")),
    responses((status = 200, body = FullVerdict, description = "The verdict.")))]
pub(super) async fn get_verdict(
    State(state): State<ApiState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let record = find(&state, &caller, &id).await?;
    let moderator = &state.moderator;
    let contributions = moderator.contributions(&record).await;
    let contributions = contributions.map(|(model, terms)| {
        terms
            .into_iter()
            .enumerate()
            .map(|(index, term)| WireReason::number(term_name(&model.classifier, index), term))
            .collect()
    });
    let decisions = moderator.store.decisions_on(record.site, record.id).await?;
    let verdict = FullVerdict {
        check: WireCheck::of(&record),
        contributions,
        decisions: decisions.iter().map(WireDecision::of).collect(),
    };
    Ok(answer(StatusCode::OK, &verdict))
}

/// Computes a verdict again: same model, stored features, same bits.
#[utoipa::path(post, path = "/v1/verdicts/{id}/replay", tag = "verdicts",
    params(("id" = String, Path, pattern = "^[0-7][0-9a-f]{15}$")),
    responses((status = 200, body = Replayed, description = "The verdict, computed again.")))]
pub(super) async fn replay_verdict(
    State(state): State<ApiState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let record = find(&state, &caller, &id).await?;
    let replay = state.moderator.replay(&record).await?;
    let replayed = Replayed {
        score: replay.spam,
        verdict: replay.verdict.into(),
        same: replay.same,
        model: record.judgement.model,
    };
    Ok(answer(StatusCode::OK, &replayed))
}
