//! Keys of a site, and admin tokens of the service.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::de::{Error as _, Unexpected};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::authentication::Caller;
use super::fields::Fields;
use super::json::{Body, Path, Query, answer};
use super::page::{Page, cut};
use super::problem::Problem;
use super::state::ApiState;
use super::wire::{id_text, parse_id, time_text};
use crate::json::Named;
use crate::storage::{Id, Key, KeyRole, SiteId};

/// Longest time for which a replaced key goes on working: a week.
const MOST_GRACE: u32 = 604_800;

/// What a key opens.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum WireKeyRole {
    /// Asks for verdicts.
    Checker,
    /// Also decides, and sees the queue.
    Moderator,
    /// Also changes the site's settings, keys and entries.
    Admin,
}

impl From<WireKeyRole> for KeyRole {
    fn from(role: WireKeyRole) -> Self {
        match role {
            WireKeyRole::Checker => Self::Checker,
            WireKeyRole::Moderator => Self::Moderator,
            WireKeyRole::Admin => Self::Admin,
        }
    }
}

impl From<KeyRole> for WireKeyRole {
    fn from(role: KeyRole) -> Self {
        match role {
            KeyRole::Checker => Self::Checker,
            KeyRole::Moderator => Self::Moderator,
            KeyRole::Admin => Self::Admin,
        }
    }
}

/// A key, without the key itself: that is stored nowhere.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WireKey {
    /// Identifies it.
    id: String,
    /// What it opens.
    role: WireKeyRole,
    /// Its last four characters.
    hint: String,
    /// When it was made, RFC 3339.
    created: String,
    /// From when on it opens nothing.
    expires: Option<String>,
}

/// A key that was made.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CreatedKey {
    #[serde(flatten)]
    of: WireKey,
    /// The key, shown this once.
    key: String,
}

/// A new key.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewKey {
    /// What it opens.
    #[schema(value_type = WireKeyRole)]
    role: Named<WireKeyRole>,
}

/// How to replace a key.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Rotation {
    /// Seconds for which the old key goes on working, at most a week; 0 if left out. A key that ends
    /// earlier anyway is not made to last.
    #[serde(default, deserialize_with = "whole")]
    #[schema(maximum = 604800)]
    grace_seconds: u32,
}

/// To JSON, 60.0 is as whole a number as 60.
fn whole<'de, D: Deserializer<'de>>(input: D) -> Result<u32, D::Error> {
    let number = f64::deserialize(input)?;
    if number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number) {
        Ok(number as u32)
    } else {
        let found = Unexpected::Float(number);
        Err(D::Error::invalid_value(found, &"a whole number"))
    }
}

/// A page of the keys.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Keys {
    items: Vec<WireKey>,
    /// Where the next page begins, for `after`; null at the end.
    next: Option<String>,
}

impl WireKey {
    fn of(key: &Key) -> Self {
        Self {
            id: id_text(key.id),
            role: key.role.into(),
            hint: key.hint.clone(),
            created: time_text(key.created),
            expires: key.expires.map(time_text),
        }
    }
}

/// Lists the keys of a site.
#[utoipa::path(get, path = "/v1/sites/{id}/keys", tag = "sites",
    params(("id" = i64, Path, minimum = 1), Page),
    responses((status = 200, body = Keys, description = "A page.")))]
pub(super) async fn list_keys(
    State(state): State<ApiState>,
    caller: Caller,
    Path(id): Path<i64>,
    Query(page): Query<Page>,
) -> Result<Response, Problem> {
    let site = caller.runs(&state, id)?;
    list(&state, Some(site.site.id), &page)
}

/// Makes a key.
#[utoipa::path(post, path = "/v1/sites/{id}/keys", tag = "sites", request_body = NewKey,
    params(("id" = i64, Path, minimum = 1)),
    responses((status = 201, body = CreatedKey, description = "Made.")))]
pub(super) async fn add_key(
    State(state): State<ApiState>,
    caller: Caller,
    Path(id): Path<i64>,
    body: Body<NewKey>,
) -> Result<Response, Problem> {
    let site = caller.runs(&state, id)?;
    let Named(role) = body.value.role;
    make(&state, Some(site.site.id), role.into(), None).await
}

/// Replaces a key by a new one of the same role. One that has ended already is not replaced.
#[utoipa::path(post, path = "/v1/sites/{id}/keys/{key_id}/rotate", tag = "sites",
    request_body = Rotation,
    params(("id" = i64, Path, minimum = 1), ("key_id" = String, Path, pattern = "^[0-7][0-9a-f]{15}$")),
    responses((status = 201, body = CreatedKey, description = "Made.")))]
pub(super) async fn rotate_key(
    State(state): State<ApiState>,
    caller: Caller,
    Path((id, key)): Path<(i64, String)>,
    body: Body<Rotation>,
) -> Result<Response, Problem> {
    let site = caller.runs(&state, id)?;
    rotate(&state, Some(site.site.id), &key, body.value).await
}

/// Ends a key now.
#[utoipa::path(delete, path = "/v1/sites/{id}/keys/{key_id}", tag = "sites",
    params(("id" = i64, Path, minimum = 1), ("key_id" = String, Path, pattern = "^[0-7][0-9a-f]{15}$")),
    responses((status = 204, description = "It opens nothing from now on.")))]
pub(super) async fn end_key(
    State(state): State<ApiState>,
    caller: Caller,
    Path((id, key)): Path<(i64, String)>,
) -> Result<Response, Problem> {
    let site = caller.runs(&state, id)?;
    end(&state, Some(site.site.id), &key).await
}

/// Lists the admin tokens of the service.
#[utoipa::path(get, path = "/v1/keys", tag = "service", params(Page),
    responses((status = 200, body = Keys, description = "A page.")))]
pub(super) async fn list_tokens(
    State(state): State<ApiState>,
    caller: Caller,
    Query(page): Query<Page>,
) -> Result<Response, Problem> {
    caller.runs_the_service()?;
    list(&state, None, &page)
}

/// Makes an admin token of the service.
#[utoipa::path(post, path = "/v1/keys", tag = "service",
    responses((status = 201, body = CreatedKey, description = "Made.")))]
pub(super) async fn add_token(
    State(state): State<ApiState>,
    caller: Caller,
) -> Result<Response, Problem> {
    caller.runs_the_service()?;
    make(&state, None, KeyRole::Admin, None).await
}

/// Replaces an admin token of the service by a new one.
#[utoipa::path(post, path = "/v1/keys/{key_id}/rotate", tag = "service",
    request_body = Rotation,
    params(("key_id" = String, Path, pattern = "^[0-7][0-9a-f]{15}$")),
    responses((status = 201, body = CreatedKey, description = "Made.")))]
pub(super) async fn rotate_token(
    State(state): State<ApiState>,
    caller: Caller,
    Path(key): Path<String>,
    body: Body<Rotation>,
) -> Result<Response, Problem> {
    caller.runs_the_service()?;
    rotate(&state, None, &key, body.value).await
}

/// Ends an admin token of the service now. Another one has to stay.
#[utoipa::path(delete, path = "/v1/keys/{key_id}", tag = "service",
    params(("key_id" = String, Path, pattern = "^[0-7][0-9a-f]{15}$")),
    responses((status = 204, description = "It opens nothing from now on.")))]
pub(super) async fn end_token(
    State(state): State<ApiState>,
    caller: Caller,
    Path(key): Path<String>,
) -> Result<Response, Problem> {
    caller.runs_the_service()?;
    end(&state, None, &key).await
}

fn list(state: &ApiState, site: Option<SiteId>, page: &Page) -> Result<Response, Problem> {
    let (after, limit) = page.read()?;
    let directory = state.moderator.directory();
    let (keys, next) = cut(directory.keys(site), |key| key.id, after, limit);
    let items = keys.into_iter().map(WireKey::of).collect();
    let next = next.map(id_text);
    Ok(answer(StatusCode::OK, &Keys { items, next }))
}

async fn rotate(
    state: &ApiState,
    site: Option<SiteId>,
    key: &str,
    rotation: Rotation,
) -> Result<Response, Problem> {
    let grace = rotation.grace_seconds;
    let mut fields = Fields::default();
    fields.expect(
        grace <= MOST_GRACE,
        "grace_seconds",
        &format!("at most {MOST_GRACE}"),
        grace.to_string(),
    );
    fields.done()?;
    let old = find(state, site, key)?;
    let now = state.moderator.now();
    if old.expires.is_some_and(|expires| expires <= now) {
        let what = "expected a key that opens something, found one that has ended";
        return Err(Problem::conflict(what));
    }
    let ends = now + i64::from(grace) * 1000;
    make(state, site, old.role, Some((old.id, ends))).await
}

async fn end(state: &ApiState, site: Option<SiteId>, key: &str) -> Result<Response, Problem> {
    let key = find(state, site, key)?;
    state.moderator.end_key(key.id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn find(state: &ApiState, site: Option<SiteId>, key: &str) -> Result<Key, Problem> {
    let directory = state.moderator.directory();
    parse_id(key)
        .and_then(|id| {
            let keys = directory.keys(site);
            keys.into_iter().find(|key| key.id == id).cloned()
        })
        .ok_or_else(|| Problem::not_found("found no such key"))
}

async fn make(
    state: &ApiState,
    site: Option<SiteId>,
    role: KeyRole,
    replaces: Option<(Id, i64)>,
) -> Result<Response, Problem> {
    let (key, secret) = state.moderator.add_key(site, role, replaces).await?;
    let created = CreatedKey {
        of: WireKey::of(&key),
        key: secret,
    };
    Ok(answer(StatusCode::CREATED, &created))
}
