//! Questions about comments.

use std::time::Instant;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::answers::CheckAnswer;
use super::authentication::Caller;
use super::fields::Fields;
use super::idempotency::{IdempotencyHeader, IdempotencyKey, first_answer};
use super::json::{Body, answer, parse};
use super::list::List;
use super::problem::Problem;
use super::state::ApiState;
use super::wire::CheckRequest;
use crate::moderation::Checked;
use crate::storage::KeyRole;

/// Most comments of a batch.
const MOST: usize = 1000;

/// Comments to judge.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BatchRequest {
    /// Each as in `POST /v1/check`, judged in their order: an entry sees those before it under the
    /// same post. An entry that is not as expected gets a problem and leaves the others alone.
    #[schema(value_type = Vec<serde_json::Value>, max_items = 1000)]
    checks: List<Question, MOST>,
}

/// An entry of a batch.
#[derive(Debug)]
struct Question(Result<CheckRequest, Problem>);

impl<'de> Deserialize<'de> for Question {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(input)?;
        Ok(Self(parse(raw.get().as_bytes())))
    }
}

/// One answer of a batch: either of the two.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BatchEntry {
    /// The answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<CheckAnswer>,
    /// What is not as expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
}

/// The answers of a batch.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BatchAnswer {
    /// In the order of the questions.
    answers: Vec<BatchEntry>,
}

/// Judges a comment.
///
/// Context is the post and the comments before it: those of `thread` if it is given, otherwise what
/// is stored under the post's `id`.
#[utoipa::path(post, path = "/v1/check", tag = "checks", request_body = CheckRequest,
    params(IdempotencyHeader),
    responses((status = 200, body = CheckAnswer, description = "The verdict.")))]
pub(super) async fn check(
    State(state): State<ApiState>,
    caller: Caller,
    key: IdempotencyKey,
    body: Body<CheckRequest>,
) -> Result<Response, Problem> {
    let begun = Instant::now();
    let site = caller.site(KeyRole::Checker)?;
    let kept = match key
        .before(&state, site, caller.key.role, "check", &body.bytes)
        .await?
    {
        Ok(response) => return Ok(response),
        Err(kept) => kept,
    };
    let submission = body.value.into_submission(may_write(&caller))?;
    let reasons = site.shows_reasons_to(caller.key.role);
    let of = |all: &[Checked]| all.first().map(|checked| CheckAnswer::of(checked, reasons));
    let now = state.moderator.now();
    let checked = state
        .moderator
        .check(site, vec![submission], |all| {
            kept.clone()
                .and_then(|kept| kept.keep(StatusCode::OK, &of(all), now))
        })
        .await;
    let checked = match checked {
        Ok(checked) => checked,
        Err(error) => return first_answer(&state, kept, error).await,
    };
    record(&state, &checked);
    state.metrics.took(begun.elapsed());
    Ok(answer(StatusCode::OK, &of(&checked)))
}

/// Judges up to 1,000 comments.
#[utoipa::path(post, path = "/v1/check/batch", tag = "checks", request_body = BatchRequest,
    params(IdempotencyHeader),
    responses((status = 200, body = BatchAnswer, description = "One answer for each entry.")))]
pub(super) async fn check_batch(
    State(state): State<ApiState>,
    caller: Caller,
    key: IdempotencyKey,
    body: Body<BatchRequest>,
) -> Result<Response, Problem> {
    let site = caller.site(KeyRole::Checker)?;
    let kept = match key
        .before(&state, site, caller.key.role, "check/batch", &body.bytes)
        .await?
    {
        Ok(response) => return Ok(response),
        Err(kept) => kept,
    };
    let checks = body.value.checks;
    let mut fields = Fields::default();
    checks.check("checks", "entries", &mut fields);
    fields.done()?;
    let (mut problems, mut submissions) = (Vec::new(), Vec::new());
    for Question(request) in checks.kept {
        match request.and_then(|it| it.into_submission(may_write(&caller))) {
            Ok(submission) => {
                submissions.push(submission);
                problems.push(None);
            }
            Err(problem) => problems.push(Some(problem)),
        }
    }
    let reasons = site.shows_reasons_to(caller.key.role);
    let of = |all: &[Checked]| {
        let mut judged = all.iter();
        let entry = |problem: &Option<Problem>| BatchEntry {
            answer: match problem {
                Some(_) => None,
                None => judged
                    .next()
                    .map(|checked| CheckAnswer::of(checked, reasons)),
            },
            problem: problem.clone(),
        };
        BatchAnswer {
            answers: problems.iter().map(entry).collect(),
        }
    };
    let now = state.moderator.now();
    let checked = state
        .moderator
        .check(site, submissions, |all| {
            kept.clone()
                .and_then(|kept| kept.keep(StatusCode::OK, &of(all), now))
        })
        .await;
    let checked = match checked {
        Ok(checked) => checked,
        Err(error) => return first_answer(&state, kept, error).await,
    };
    record(&state, &checked);
    Ok(answer(StatusCode::OK, &of(&checked)))
}

fn may_write(caller: &Caller) -> bool {
    caller.key.role >= KeyRole::Moderator
}

/// Counts what was answered.
fn record(state: &ApiState, checked: &[Checked]) {
    for one in checked {
        let judgement = &one.record.judgement;
        let own = judgement.own_log_odds();
        state
            .metrics
            .checked(judgement.outcome, own, one.post_known);
    }
}
