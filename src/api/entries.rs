//! What an owner lets through or blocks by name.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::authentication::Caller;
use super::json::{Body, Path, answer};
use super::problem::Problem;
use super::state::ApiState;
use super::wire::{Fields, id_text, parse_id, time_text};
use crate::comment::Label;
use crate::storage::{Id, ListEntry};

/// Most entries of a site: they are held in memory.
const MOST: usize = 10_000;

/// What an entry does.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Action {
    /// Publishes.
    Allow,
    /// Calls it spam. Where entries of both kinds fit, blocking wins.
    Block,
}

/// What an entry compares.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum EntryField {
    /// The author's name, whatever the case.
    Author,
    /// The host of the homepage, and to block also of any link; with everything below it.
    Host,
    /// The network address.
    Address,
    /// The e-mail address, whatever the case.
    Email,
}

impl EntryField {
    fn name(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::Host => "host",
            Self::Address => "address",
            Self::Email => "email",
        }
    }
}

/// A new entry.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewEntry {
    /// What the owner calls it; it stands in the explanation.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// What it does.
    action: Action,
    /// What it compares.
    field: EntryField,
    /// What is compared with it. Addresses are stored as digests.
    #[schema(min_length = 1, max_length = 1000)]
    value: String,
}

/// An entry.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WireEntry {
    /// Identifies it.
    id: String,
    /// What the owner calls it.
    name: String,
    /// What it does.
    action: Action,
    /// What it compares: `author`, `host`, `address` or `email`.
    field: String,
    /// What is compared with it; a digest for addresses.
    value: String,
    /// When it was made, RFC 3339.
    created: String,
}

/// The entries of a site.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Entries {
    items: Vec<WireEntry>,
}

impl WireEntry {
    fn of(entry: &ListEntry) -> Self {
        Self {
            id: id_text(entry.id),
            name: entry.name.clone(),
            action: match entry.label {
                Label::Ham => Action::Allow,
                Label::Spam => Action::Block,
            },
            field: entry.field.clone(),
            value: entry.value.clone(),
            created: time_text(entry.created),
        }
    }
}

/// Lists the entries of a site.
#[utoipa::path(get, path = "/v1/sites/{id}/entries", tag = "sites",
    params(("id" = i64, Path, minimum = 1)),
    responses((status = 200, body = Entries, description = "The entries.")))]
pub(super) async fn list_entries(
    State(state): State<ApiState>,
    caller: Caller,
    Path(id): Path<i64>,
) -> Result<Response, Problem> {
    let site = caller.runs(&state, id)?;
    let items = site.entries().into_iter().map(WireEntry::of).collect();
    Ok(answer(StatusCode::OK, &Entries { items }))
}

/// Adds an entry.
#[utoipa::path(post, path = "/v1/sites/{id}/entries", tag = "sites", request_body = NewEntry,
    params(("id" = i64, Path, minimum = 1)),
    responses((status = 201, body = WireEntry, description = "Added.")))]
pub(super) async fn add_entry(
    State(state): State<ApiState>,
    caller: Caller,
    Path(id): Path<i64>,
    body: Body<NewEntry>,
) -> Result<Response, Problem> {
    let site = caller.runs(&state, id)?;
    let new = body.value;
    let mut fields = Fields::default();
    for (field, text, most) in [("name", &new.name, 200), ("value", &new.value, 1000)] {
        fields.length(field, Some(text), most);
        fields.expect(
            !text.is_empty(),
            field,
            "a text that is not empty",
            "an empty one".to_owned(),
        );
    }
    fields.done()?;
    if site.entries().len() >= MOST {
        return Err(Problem::conflict(format!(
            "expected at most {MOST} entries in a site"
        )));
    }
    let entry = state
        .moderator
        .add_entry(ListEntry {
            id: Id(0),
            site: site.site.id,
            label: match new.action {
                Action::Allow => Label::Ham,
                Action::Block => Label::Spam,
            },
            field: new.field.name().to_owned(),
            value: new.value,
            name: new.name,
            created: 0,
        })
        .await?;
    Ok(answer(StatusCode::CREATED, &WireEntry::of(&entry)))
}

/// Removes an entry.
#[utoipa::path(delete, path = "/v1/sites/{id}/entries/{entry}", tag = "sites",
    params(("id" = i64, Path, minimum = 1), ("entry" = String, Path, pattern = "^[0-7][0-9a-f]{15}$")),
    responses((status = 204, description = "Removed.")))]
pub(super) async fn remove_entry(
    State(state): State<ApiState>,
    caller: Caller,
    Path((id, entry)): Path<(i64, String)>,
) -> Result<Response, Problem> {
    let site = caller.runs(&state, id)?;
    let missing = || Problem::not_found("found no such entry of this site");
    let entry = parse_id(&entry).ok_or_else(missing)?;
    state.moderator.remove_entry(site.site.id, entry).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
