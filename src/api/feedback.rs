//! Decisions of owners.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answers::WireDecision;
use super::authentication::Caller;
use super::fields::Fields;
use super::idempotency::{IdempotencyHeader, IdempotencyKey, first_answer};
use super::json::{Body, Path, Query, answer};
use super::list::List;
use super::page::Page;
use super::problem::Problem;
use super::state::ApiState;
use super::wire::{WireId, WireLabel, id_text, parse_id};
use crate::comment::{Label, limits};
use crate::json::{Named, Object, OwnId};
use crate::moderation::{Decided, Decision, Error, Target};
use crate::storage::{DecisionKind, DecisionRecord, Id, KeyRole, Via};

/// Most decisions of a request.
const MOST: usize = 1000;

/// A decision on a verdict, or on a comment by the blog's own id.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FeedbackRequest {
    verdict: Option<String>,
    post: Option<OwnId>,
    comment: Option<OwnId>,
    label: Named<WireLabel>,
    reporter: Option<String>,
}

/// A decision on a verdict, or on a comment by the blog's own id.
#[derive(ToSchema)]
#[schema(as = FeedbackRequest)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes FeedbackRequest")]
pub(super) enum FeedbackSchema {
    /// On a verdict.
    Verdict(OnVerdict),
    /// On the latest version of a comment.
    Comment(OnComment),
}

#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes FeedbackRequest")]
pub(super) struct OnVerdict {
    /// The verdict's id. Where the comment has come again since with the same words, the decision is
    /// on its latest version.
    #[schema(pattern = "^[0-7][0-9a-f]{15}$")]
    verdict: String,
    /// What was decided.
    label: WireLabel,
    /// Who decided, as the blog names them.
    #[schema(max_length = 200)]
    reporter: Option<String>,
}

#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes FeedbackRequest")]
pub(super) struct OnComment {
    /// The post's id, unless the comment was asked about without one.
    post: Option<WireId>,
    /// The blog's own id of the comment.
    #[schema(schema_with = WireId::filled)]
    comment: WireId,
    /// What was decided.
    label: WireLabel,
    /// Who decided, as the blog names them.
    #[schema(max_length = 200)]
    reporter: Option<String>,
}

/// Decisions, all stored or none.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FeedbackBatch {
    /// The decisions.
    #[schema(value_type = Vec<FeedbackSchema>, max_items = 1000)]
    decisions: List<Object<FeedbackRequest>, MOST>,
}

/// Entries of the log.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Decisions {
    items: Vec<WireDecision>,
    /// Where the next page begins, for `after`; null at the end.
    next: Option<String>,
}

impl Decisions {
    /// All of a request.
    fn of<'a>(all: impl Iterator<Item = &'a DecisionRecord>) -> Self {
        Self {
            items: all.map(WireDecision::of).collect(),
            next: None,
        }
    }
}

impl FeedbackRequest {
    fn into_decision(self, at: &str, fields: &mut Fields) -> Decision {
        let name = |field: &str| format!("{at}{field}");
        let post = self.post.map(String::from);
        let comment = self.comment.map(String::from);
        fields.length(&name("post"), post.as_deref(), limits::ID);
        fields.length(&name("comment"), comment.as_deref(), limits::ID);
        fields.length(
            &name("reporter"),
            self.reporter.as_deref(),
            limits::REPORTER,
        );
        let target = match (self.verdict, post, comment) {
            (Some(verdict), None, None) => {
                let id = parse_id(&verdict);
                fields.expect(
                    id.is_some(),
                    &name("verdict"),
                    "16 hexadecimal digits, the first below 8",
                    format!("`{verdict}`"),
                );
                Target::Verdict(id.unwrap_or(Id(0)))
            }
            (None, post, Some(comment)) if !comment.is_empty() => Target::Comment {
                post: post.unwrap_or_default(),
                comment,
            },
            (verdict, _, _) => {
                let found = if verdict.is_some() { "both" } else { "neither" };
                fields.expect(
                    false,
                    &name("verdict"),
                    "either `verdict`, or `comment` with its `post`",
                    found.to_owned(),
                );
                Target::Verdict(Id(0))
            }
        };
        Decision {
            target,
            label: Label::from(self.label.0),
            reporter: self.reporter,
            via: Via::Api,
        }
    }
}

/// That there is no verdict for the decision at `place`, which may lack what would have named it.
fn no_verdict(place: &str, names_no_post: bool) -> Problem {
    let hint = if names_no_post {
        ": a comment under a post is named with its `post`"
    } else {
        ""
    };
    Problem::not_found(format!("found no such verdict in this site{place}{hint}"))
}

fn names_no_post(decision: &Decision) -> bool {
    matches!(&decision.target, Target::Comment { post, .. } if post.is_empty())
}

/// Stores an owner's decision. It stands until another one is made or it is taken back.
#[utoipa::path(post, path = "/v1/feedback", tag = "feedback", request_body = FeedbackSchema,
    params(IdempotencyHeader),
    responses((status = 201, body = WireDecision, description = "Stored.")))]
pub(super) async fn give_feedback(
    State(state): State<ApiState>,
    caller: Caller,
    key: IdempotencyKey,
    body: Body<FeedbackRequest>,
) -> Result<Response, Problem> {
    let site = caller.site(KeyRole::Moderator)?;
    let kept = match key
        .before(&state, site, caller.key.role, "feedback", &body.bytes)
        .await?
    {
        Ok(response) => return Ok(response),
        Err(kept) => kept,
    };
    let mut fields = Fields::default();
    let decision = body.value.into_decision("", &mut fields);
    fields.done()?;
    let names_no_post = names_no_post(&decision);
    let (kept_with, now) = (kept.clone(), state.moderator.now());
    let keep = move |all: &[DecisionRecord]| {
        let kept = kept_with.clone()?;
        let first = all.first().map(WireDecision::of);
        kept.keep(StatusCode::CREATED, &first, now)
    };
    let decided = match state.moderator.decide(site, vec![decision], keep).await {
        Ok(decided) => decided,
        Err(Error::NoVerdict(_)) => return Err(no_verdict("", names_no_post)),
        Err(error) => return first_answer(&state, kept, error).await,
    };
    record(&state, &decided);
    let first = decided.first().map(|one| WireDecision::of(&one.record));
    Ok(answer(StatusCode::CREATED, &first))
}

/// Stores up to 1,000 decisions.
#[utoipa::path(post, path = "/v1/feedback/batch", tag = "feedback", request_body = FeedbackBatch,
    params(IdempotencyHeader),
    responses((status = 201, body = Decisions, description = "Stored.")))]
pub(super) async fn give_feedback_batch(
    State(state): State<ApiState>,
    caller: Caller,
    key: IdempotencyKey,
    body: Body<FeedbackBatch>,
) -> Result<Response, Problem> {
    let site = caller.site(KeyRole::Moderator)?;
    let kept = match key
        .before(&state, site, caller.key.role, "feedback/batch", &body.bytes)
        .await?
    {
        Ok(response) => return Ok(response),
        Err(kept) => kept,
    };
    let mut fields = Fields::default();
    let decisions = body.value.decisions;
    decisions.check("decisions", "entries", &mut fields);
    let decisions: Vec<Decision> = decisions
        .kept
        .into_iter()
        .enumerate()
        .map(|(index, Object(one))| one.into_decision(&format!("decisions[{index}]."), &mut fields))
        .collect();
    fields.done()?;
    let name_no_post: Vec<bool> = decisions.iter().map(names_no_post).collect();
    let (kept_with, now) = (kept.clone(), state.moderator.now());
    let keep = move |all: &[DecisionRecord]| {
        let kept = kept_with.clone()?;
        kept.keep(StatusCode::CREATED, &Decisions::of(all.iter()), now)
    };
    let decided = match state.moderator.decide(site, decisions, keep).await {
        Ok(decided) => decided,
        Err(Error::NoVerdict(place)) => {
            let names_no_post = name_no_post.get(place).is_some_and(|it| *it);
            return Err(no_verdict(
                &format!(" for `decisions[{place}]`"),
                names_no_post,
            ));
        }
        Err(error) => return first_answer(&state, kept, error).await,
    };
    record(&state, &decided);
    let all = Decisions::of(decided.iter().map(|one| &one.record));
    Ok(answer(StatusCode::CREATED, &all))
}

/// Counts what was decided on answers.
fn record(state: &ApiState, decided: &[Decided]) {
    for one in decided.iter().filter(|one| one.was_answered) {
        if let DecisionKind::Label(label) = one.record.kind {
            state.metrics.decided(label, one.record.outcome);
        }
    }
}

/// Takes a decision back. The one before it stands again, or none.
#[utoipa::path(delete, path = "/v1/feedback/{id}", tag = "feedback",
    params(("id" = String, Path, pattern = "^[0-7][0-9a-f]{15}$")),
    responses((status = 200, body = WireDecision, description = "Taken back.")))]
pub(super) async fn take_back(
    State(state): State<ApiState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let site = caller.site(KeyRole::Moderator)?;
    let id = parse_id(&id).ok_or_else(|| Problem::not_found("found no such decision"))?;
    let entry = state.moderator.take_back(site, id, None).await?;
    Ok(answer(StatusCode::OK, &WireDecision::of(&entry)))
}

/// Gives an entry of the log.
#[utoipa::path(get, path = "/v1/feedback/{id}", tag = "feedback",
    params(("id" = String, Path, pattern = "^[0-7][0-9a-f]{15}$")),
    responses((status = 200, body = WireDecision, description = "The entry.")))]
pub(super) async fn get_decision(
    State(state): State<ApiState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let site = caller.site(KeyRole::Moderator)?;
    let missing = || Problem::not_found("found no such decision");
    let id = parse_id(&id).ok_or_else(missing)?;
    let found = state.moderator.store.decision(site.site.id, id).await?;
    Ok(answer(
        StatusCode::OK,
        &WireDecision::of(&found.ok_or_else(missing)?),
    ))
}

/// Lists the log, oldest first.
#[utoipa::path(get, path = "/v1/feedback", tag = "feedback", params(Page),
    responses((status = 200, body = Decisions, description = "A page.")))]
pub(super) async fn list_decisions(
    State(state): State<ApiState>,
    caller: Caller,
    Query(page): Query<Page>,
) -> Result<Response, Problem> {
    let site = caller.site(KeyRole::Moderator)?;
    let (after, limit) = page.read()?;
    let log = state
        .moderator
        .store
        .decisions(site.site.id, after, limit)
        .await?;
    let next = (log.len() == limit as usize)
        .then(|| log.last().map(|entry| id_text(entry.id)))
        .flatten();
    let items = log.iter().map(WireDecision::of).collect();
    Ok(answer(StatusCode::OK, &Decisions { items, next }))
}
