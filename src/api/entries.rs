//! What an owner lets through or blocks by name.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::{ObjectBuilder, OneOfBuilder, RefOr, Schema, SchemaFormat, Type};

use super::authentication::Caller;
use super::fields::Fields;
use super::json::{Body, Path, Query, answer};
use super::page::{Page, cut};
use super::problem::Problem;
use super::state::ApiState;
use super::wire::{id_text, parse_id, time_text};
use crate::comment::Label;
use crate::json::Named;
use crate::moderation::{is_address, is_blank, is_email, is_host};
use crate::storage::{EntryField, Id, ListEntry};

/// What an entry does.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Action {
    /// Publishes.
    Allow,
    /// Calls it spam. Where entries of both kinds fit, blocking wins.
    Block,
}

/// A new entry.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewEntry {
    name: String,
    action: Named<Action>,
    field: Named<EntryField>,
    value: String,
}

/// A new entry.
#[derive(ToSchema)]
#[schema(as = NewEntry)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes NewEntry")]
pub(super) enum NewEntrySchema {
    /// On a host.
    Host(OnHost),
    /// On a network address.
    Address(OnAddress),
    /// On a name.
    Author(OnAuthor),
    /// On an e-mail address.
    Email(OnEmail),
}

#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes NewEntry")]
pub(super) struct OnHost {
    /// What the owner calls it; it stands in the explanation.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S")]
    name: String,
    /// What it does.
    action: Action,
    /// What it compares.
    field: HostField,
    /// A host by itself, with everything below it, and no ending such as `com`. Upper case, `www.` and other than ASCII letters
    /// are brought into this form.
    #[schema(
        max_length = 250,
        pattern = "^(([a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?\\.)+[a-z]{1,63}|((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\\.){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9]))$"
    )]
    value: String,
}

/// The host of the homepage, and to block also of any link.
#[derive(ToSchema)]
#[serde(rename_all = "lowercase")]
#[expect(dead_code, reason = "describes NewEntry")]
pub(super) enum HostField {
    Host,
}

#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes NewEntry")]
pub(super) struct OnAddress {
    /// What the owner calls it; it stands in the explanation.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S")]
    name: String,
    /// What it does.
    action: Action,
    /// What it compares.
    field: AddressField,
    #[schema(schema_with = ip_address_schema)]
    value: String,
}

fn ip_address_schema() -> RefOr<Schema> {
    let text = |format: &str| {
        let text = ObjectBuilder::new().schema_type(Type::String);
        text.format(Some(SchemaFormat::Custom(format.to_owned())))
    };
    OneOfBuilder::new()
        .item(text("ipv4"))
        .item(text("ipv6"))
        .description(Some(
            "An IP address by itself; all ways of writing it are one. Stored as a digest.",
        ))
        .examples(["192.0.2.1", "2001:db8::1"])
        .into()
}

/// The network address.
#[derive(ToSchema)]
#[serde(rename_all = "lowercase")]
#[expect(dead_code, reason = "describes NewEntry")]
pub(super) enum AddressField {
    Address,
}

#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes NewEntry")]
pub(super) struct OnAuthor {
    /// What the owner calls it; it stands in the explanation.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S")]
    name: String,
    /// What it does.
    action: Action,
    /// What it compares.
    field: AuthorField,
    /// What is compared with it, as a whole and as it reads: case, white space, invisible characters
    /// and letters of other alphabets that stand in for Latin ones make no difference.
    #[schema(max_length = 1000, pattern = r"^[^*]*[^*\s][^*]*$")]
    value: String,
}

/// The author's name.
#[derive(ToSchema)]
#[serde(rename_all = "lowercase")]
#[expect(dead_code, reason = "describes NewEntry")]
pub(super) enum AuthorField {
    Author,
}

#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes NewEntry")]
pub(super) struct OnEmail {
    /// What the owner calls it; it stands in the explanation.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S")]
    name: String,
    /// What it does.
    action: Action,
    /// What it compares.
    field: EmailField,
    /// An e-mail address by itself, whose case makes no difference. Stored as a digest.
    #[schema(max_length = 1000, pattern = r"^[^@\s]+@[^@\s]+$")]
    value: String,
}

/// The e-mail address.
#[derive(ToSchema)]
#[serde(rename_all = "lowercase")]
#[expect(dead_code, reason = "describes NewEntry")]
pub(super) enum EmailField {
    Email,
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
    /// Where the next page begins, for `after`; null at the end.
    next: Option<String>,
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
            field: entry.field.name().to_owned(),
            value: entry.value.clone(),
            created: time_text(entry.created),
        }
    }
}

/// Lists the entries of a site, oldest first.
#[utoipa::path(get, path = "/v1/sites/{id}/entries", tag = "sites",
    params(("id" = i64, Path, minimum = 1), Page),
    responses((status = 200, body = Entries, description = "A page.")))]
pub(super) async fn list_entries(
    State(state): State<ApiState>,
    caller: Caller,
    Path(id): Path<i64>,
    Query(page): Query<Page>,
) -> Result<Response, Problem> {
    let site = caller.runs(&state, id)?;
    let (after, limit) = page.read()?;
    let (entries, next) = cut(site.entries(), |entry| entry.id, after, limit);
    let items = entries.into_iter().map(WireEntry::of).collect();
    let next = next.map(id_text);
    Ok(answer(StatusCode::OK, &Entries { items, next }))
}

/// Adds an entry.
#[utoipa::path(post, path = "/v1/sites/{id}/entries", tag = "sites", request_body = NewEntrySchema,
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
    let (Named(action), Named(field)) = (new.action, new.field);
    let mut fields = Fields::default();
    fields.text("name", &new.name, 200);
    fields.text("value", &new.value, 1000);
    let (holds, expected) = match field {
        EntryField::Author => (
            !new.value.contains('*'),
            "a name without `*`, as names are compared as a whole",
        ),
        EntryField::Host => (
            is_host(&new.value),
            "a host by itself, such as `shop.example` or `[2001:db8::1]`, and not all of an ending",
        ),
        EntryField::Address => (
            is_address(&new.value),
            "an IP address by itself, such as `192.0.2.1` or `2001:db8::1`",
        ),
        EntryField::Email => (
            // What is blank was told.
            is_blank(&new.value) || is_email(&new.value),
            "an e-mail address by itself, such as `ida@mail.example`",
        ),
    };
    fields.expect(holds, "value", expected, format!("`{}`", new.value));
    fields.done()?;
    let entry = state
        .moderator
        .add_entry(ListEntry {
            id: Id(0),
            site: site.site.id,
            label: match action {
                Action::Allow => Label::Ham,
                Action::Block => Label::Spam,
            },
            field,
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
