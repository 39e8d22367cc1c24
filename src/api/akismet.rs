//! Akismet's dialect over HTTP. What its requests say and how its answers read is in
//! [`crate::akismet`]; here it is looked up, judged, stored and sent.

use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio::time::timeout;

use super::admission::{admit, overloaded, to_the_end};
use super::authentication;
use super::body::{NoBody, read};
use super::problem::Problem;
use super::state::ApiState;
use super::wire::{id_text, parse_id};
use crate::akismet::{
    Answer, BODY_LIMIT, CheckRequest, Checked, Counts, Endpoint, Fields, Interval, Key,
    KeySitesQuery, Keyed, Month, Refusal, SiteRow, Stats, find_key, parse_body, parse_query,
    respond,
};
use crate::calibration::probability;
use crate::comment::Label;
use crate::moderation::{self, Decision, Error, Forced, SiteEntry, Submission, Target};
use crate::policy::Verdict;
use crate::storage::{CheckRecord, Id, KeyRole, SiteCounts, StoreError, Via};

/// Log-odds above the threshold of spam from which spam is blatant: twenty times the odds.
const BLATANT: f64 = 3.0;

/// Who asks.
struct Caller {
    key: Key,
    id: Id,
    role: KeyRole,
    site: Arc<SiteEntry>,
}

/// Answers whatever a client of Akismet asks.
pub(super) async fn akismet(State(state): State<ApiState>, request: Request) -> Response {
    let moderator = Arc::clone(&state.moderator);
    let (id, answer) = match Endpoint::from_path(request.uri().path()) {
        None => refused(Refusal::Malformed, "there is nothing at this path"),
        Some(Endpoint::Test) => (None, Answer::Connected),
        Some(Endpoint::CompatiblePlugins) => (None, Answer::CompatiblePlugins),
        Some(Endpoint::Keyed(endpoint)) => {
            let (parts, body) = request.into_parts();
            // The key stands in the body: there is room in the service for bodies that have come.
            match whole(&state, &parts, body).await {
                Ok(body) => match admit(&state, &parts.method, parts.uri.path()) {
                    Ok(room) => to_the_end(room, serve(state, endpoint, parts, body)).await,
                    Err(_) => refused(Refusal::Overloaded, ""),
                },
                Err(answer) => answer,
            }
        }
    };
    let id = id.unwrap_or_else(|| moderator.next_id());
    let answer = respond(moderator.secret.guid(id), &answer);
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(&value),
        ) {
            response.headers_mut().insert(name, value);
        }
    }
    response.into_response()
}

/// Names an answer that was given in place of ours, such as that of a timeout: current WordPress holds
/// a comment whose answer has a name and is neither `true` nor `false`.
pub(super) fn name_answer(state: &ApiState, response: &mut Response) {
    const NAME: HeaderName = HeaderName::from_static("x-akismet-guid");
    if !response.headers().contains_key(NAME) {
        let guid = state.moderator.secret.guid(state.moderator.next_id());
        if let Ok(guid) = HeaderValue::try_from(guid) {
            response.headers_mut().insert(NAME, guid);
        }
    }
}

fn refused(refusal: Refusal, detail: impl Into<String>) -> (Option<Id>, Answer) {
    let detail = detail.into();
    (None, Answer::Refused { refusal, detail })
}

/// Reads a body whose caller may have no key, and takes less time for it than for one that has.
async fn whole(state: &ApiState, parts: &Parts, body: Body) -> Result<Bytes, (Option<Id>, Answer)> {
    let address = authentication::address_of(&parts.extensions);
    let Some(_place) = state.reading.take(address) else {
        overloaded(state);
        return Err(refused(Refusal::Overloaded, ""));
    };
    let limit = state.options.body_limit.min(BODY_LIMIT);
    match timeout(state.options.keyless_timeout, read(body, limit)).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(NoBody::TooLarge)) => {
            let detail = format!("expected at most {limit} bytes");
            Err(refused(Refusal::TooLarge, detail))
        }
        Ok(Err(NoBody::Torn)) => Err(refused(Refusal::Malformed, "expected a whole body")),
        Err(_) => Err(refused(Refusal::TooSlow, "")),
    }
}

async fn serve(
    state: ApiState,
    endpoint: Keyed,
    parts: Parts,
    body: Bytes,
) -> (Option<Id>, Answer) {
    let state = &state;
    let text = |name| {
        let value: Option<&HeaderValue> = parts.headers.get(name);
        value.and_then(|value| value.to_str().ok())
    };
    let parsed = parse_body(text(header::CONTENT_TYPE), &body)
        .and_then(|fields| Ok((fields, parse_query(parts.uri.query().unwrap_or_default())?)));
    let (fields, query) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => return refused(Refusal::from(&error), error.to_string()),
    };
    let host = parts.uri.host().or(text(header::HOST));
    let caller = match caller(state, &fields, &query, host, &parts.extensions) {
        Ok(caller) => caller,
        Err(answer) => return (None, answer),
    };
    // Figures are asked for with GET and with POST, and with a part in either.
    let fields = query.then(fields);
    let answered = answer(state, endpoint, &caller, &fields).await;
    // Not before: what waits for the key may be outdated by the answer.
    remember_key(state, endpoint, &caller, &fields);
    match answered {
        Ok(answer) => answer,
        Err(error) => {
            let refusal = match &error {
                Error::Store(StoreError::Busy) => Refusal::Overloaded,
                Error::Store(_) => Refusal::Storage,
                _ => Refusal::Malformed,
            };
            match &error {
                Error::Store(StoreError::Busy) => {
                    state
                        .metrics
                        .refused(crate::telemetry::Refusal::WritesWaiting);
                }
                Error::Store(error) => tracing::error!(%error, "storage"),
                _ => {}
            }
            refused(refusal, "")
        }
    }
}

/// Remembers the key with which a blog is called back: that of a check or a report which says where to
/// call, or else that of any request which may be the blog's. Whoever else asks may have another key of
/// the site, which is not the blog's to know.
fn remember_key(state: &ApiState, endpoint: Keyed, caller: &Caller, fields: &Fields) {
    use Keyed::{CommentCheck, SubmitHam, SubmitSpam};

    let (site, moderator) = (&caller.site, &state.moderator);
    let origins = &site.settings.akismet.callback_origins;
    let says_where = || {
        let origin = fields.filled("callback").and_then(moderation::origin_of);
        matches!(endpoint, CommentCheck | SubmitSpam | SubmitHam)
            && origin.is_some_and(|origin| origins.contains(&origin))
    };
    let is_the_blogs = match caller.role {
        KeyRole::Admin => false,
        KeyRole::Moderator if moderator.key_seen(site.site.id).is_none() => !origins.is_empty(),
        KeyRole::Moderator | KeyRole::Checker => says_where(),
    };
    if is_the_blogs {
        moderator.saw_key(site.site.id, caller.key.as_str());
    }
}

fn caller(
    state: &ApiState,
    body: &Fields,
    query: &Fields,
    host: Option<&str>,
    request: &Extensions,
) -> Result<Caller, Answer> {
    let invalid = || {
        state.metrics.refused(crate::telemetry::Refusal::Key);
        Answer::Invalid
    };
    let key = find_key(body, query, host).ok_or_else(invalid)?;
    let found = authentication::find_key(state, key.as_str(), request).map_err(turned_away)?;
    let site = found
        .site
        .and_then(|id| state.moderator.directory().site(id));
    let site = site.ok_or_else(invalid)?;
    authentication::count(state, &found).map_err(turned_away)?;
    Ok(Caller {
        id: found.id,
        role: found.role,
        site,
        key,
    })
}

/// The answer to whoever has no key that is good, or is to wait.
fn turned_away(problem: Problem) -> Answer {
    match problem.retry_after() {
        Some(retry_after) => Answer::Refused {
            refusal: Refusal::TooFast { retry_after },
            detail: problem.detail().to_owned(),
        },
        None => Answer::Invalid,
    }
}

async fn answer(
    state: &ApiState,
    endpoint: Keyed,
    caller: &Caller,
    fields: &Fields,
) -> Result<(Option<Id>, Answer), Error> {
    let moderator = &state.moderator;
    let site = &caller.site.site;
    let answer = match endpoint {
        Keyed::VerifyKey => Answer::Valid,
        Keyed::CommentCheck => return check(state, caller, fields).await,
        Keyed::SubmitSpam => submit(state, caller, fields, Label::Spam).await?,
        Keyed::SubmitHam => submit(state, caller, fields, Label::Ham).await?,
        Keyed::GetSubscription => Answer::Subscription { account: site.id.0 },
        Keyed::GetStats => {
            let interval = Interval::from_name(fields.get("from").unwrap_or_default());
            let mut stats = Stats::default();
            for period in interval.periods(site.created, moderator.now()) {
                let counts = moderator
                    .store
                    .counts(site.id, period.from, period.to)
                    .await?;
                stats.add(period.name, counts_of(counts));
            }
            Answer::Stats(stats)
        }
        Keyed::KeySites => {
            let query = KeySitesQuery::read(fields, moderator.now());
            let (from, to) = query.month.span();
            let counts = moderator.store.counts(site.id, from, to).await?;
            Answer::KeySites {
                key: caller.key.clone(),
                rows: vec![SiteRow {
                    site: site.name.clone(),
                    counts: counts_of(counts),
                }],
                query,
            }
        }
        Keyed::UsageLimit => {
            let (from, to) = Month::of(moderator.now()).span();
            let calls = moderator.store.counts(site.id, from, to).await?.checks;
            Answer::UsageLimit { calls }
        }
        Keyed::Token => Answer::Token {
            token: moderator.secret.guid(caller.id).replace('-', ""),
        },
        Keyed::Deactivate => Answer::Deactivated,
    };
    Ok((None, answer))
}

/// What was answered, as a client saw it.
fn counts_of(counts: SiteCounts) -> Counts {
    Counts {
        spam: counts.spam,
        ham: counts.ham,
        missed_spam: counts.missed_spam,
        false_positives: counts.false_positives,
    }
}

async fn submission(
    state: &ApiState,
    caller: &Caller,
    request: &CheckRequest,
) -> Result<Submission, Error> {
    let moderator = &state.moderator;
    let mut post = request.to_post();
    if let Some(url) = &request.permalink {
        post.id = moderator.post_named(&caller.site, &post.id, url).await?;
    }
    let forced = request.demanded.map(|label| Forced {
        outcome: label.into(),
        reason: match label {
            Label::Ham => "it is by somebody who runs the blog",
            Label::Spam => "the name or the e-mail address is one made for tests",
        }
        .to_owned(),
    });
    // The origin may be registered later: it counts when the blog is called.
    let is_address = |url: &String| moderation::origin_of(url).is_some();
    Ok(Submission {
        post,
        comment: request.to_comment(),
        address: request.user_ip.clone(),
        verdict: request.verdict_id.as_deref().and_then(parse_id),
        fingerprint: Some(request.fingerprint()),
        callback: request.callback.clone().filter(is_address),
        forced,
        dry_run: request.is_test,
        ..Submission::default()
    })
}

async fn check(
    state: &ApiState,
    caller: &Caller,
    fields: &Fields,
) -> Result<(Option<Id>, Answer), Error> {
    let begun = Instant::now();
    let moderator = &state.moderator;
    let site = &*caller.site;
    let request = CheckRequest::read(fields, moderator.now());
    let mut submission = submission(state, caller, &request).await?;
    if request.recheck_reason.is_some() {
        // The blog asks again about a comment that is stored: it would be its own company.
        if let Ok(Some(record)) = moderator.find(site, &submission).await
            && moderator.stands(site, &record, &mut submission).await?
        {
            let checked = describe(caller, &record, true);
            // A test must not take the name of an answer that a comment is known by.
            let id = (!request.is_test).then_some(record.id);
            return Ok((id, Answer::Checked(checked)));
        }
    }
    let checked = moderator.check(site, vec![submission], |_| None).await?;
    let Some(one) = checked.first() else {
        return Err(Error::NotFound("verdict"));
    };
    let judgement = &one.record.judgement;
    state
        .metrics
        .checked(judgement.outcome, judgement.own_log_odds(), one.post_known);
    state.metrics.took(begun.elapsed());
    let answer = describe(caller, &one.record, one.stored);
    Ok((Some(one.record.id), Answer::Checked(answer)))
}

/// A reason as it is stored beside a verdict.
#[derive(Deserialize)]
struct Reason {
    contribution: f64,
    reason: String,
}

/// What a client is told of a verdict, new or stored.
fn describe(caller: &Caller, record: &CheckRecord, stored: bool) -> Checked {
    let (settings, judgement) = (&caller.site.settings, &record.judgement);
    let outcome = record.decided.map_or(judgement.outcome, Verdict::from);
    Checked {
        spam: settings.akismet.answer(outcome) == Label::Spam,
        discard: settings.akismet.discard_blatant
            && outcome == Verdict::Spam
            && judgement.verdict == Verdict::Spam
            && judgement.own_log_odds() >= judgement.thresholds.spam + BLATANT,
        verdict: outcome,
        verdict_id: stored.then(|| id_text(record.id)),
        spam_probability: probability(judgement.spam),
        relevance: probability(judgement.relevance),
        reasons: if caller.site.shows_reasons_to(caller.role) {
            reasons(record, outcome)
        } else {
            Vec::new()
        },
    }
}

/// There is no room to say which way a reason points: only those that speak for the answer, what the
/// owner decided first.
fn reasons(record: &CheckRecord, outcome: Verdict) -> Vec<String> {
    let judgement = &record.judgement;
    let by_owner = record.decided.map(|label| match label {
        Label::Ham => "the owner called it genuine".to_owned(),
        Label::Spam => "the owner called it spam".to_owned(),
    });
    let overrides = judgement.overrides.iter().cloned();
    let overrides = overrides.filter(|_| judgement.outcome == outcome);
    let speaks_for = |reason: &Reason| match outcome {
        Verdict::Publish => reason.contribution < 0.0,
        Verdict::Hold | Verdict::Spam => reason.contribution >= 0.0,
    };
    let stored: Vec<Reason> = serde_json::from_str(&judgement.reasons).unwrap_or_default();
    let stored = stored.into_iter().filter(speaks_for).map(|it| it.reason);
    by_owner
        .into_iter()
        .chain(overrides)
        .chain(stored)
        .collect()
}

/// A report becomes a decision.
async fn submit(
    state: &ApiState,
    caller: &Caller,
    fields: &Fields,
    label: Label,
) -> Result<Answer, Error> {
    if caller.role < KeyRole::Moderator {
        return Ok(Answer::Refused {
            refusal: Refusal::Role,
            detail: "expected a key of the role `moderator`".to_owned(),
        });
    }
    let request = CheckRequest::read(fields, state.moderator.now());
    if request.is_test {
        return Ok(Answer::Thanks);
    }
    let mut submission = submission(state, caller, &request).await?;
    submission.forced = None;
    let decision = Decision {
        target: Target::Words(Box::new(submission)),
        label,
        reporter: request.reporter,
        via: Via::Akismet,
    };
    let decided = state
        .moderator
        .decide(&caller.site, vec![decision], |_| None)
        .await?;
    for one in decided.iter().filter(|one| one.was_answered) {
        state.metrics.decided(label, one.record.outcome);
    }
    Ok(Answer::Thanks)
}
