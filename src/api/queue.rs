//! What waits for a decision.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::openapi::{Object, ObjectBuilder, Type};
use utoipa::{IntoParams, ToSchema};

use super::answers::WireCheck;
use super::authentication::Caller;
use super::fields::Fields;
use super::json::{Query, answer};
use super::page::{bad_cursor, filled, limit, whole};
use super::problem::Problem;
use super::state::ApiState;
use super::wire::{id_text, parse_id};
use crate::comment::limits;
use crate::explanation::{is_reason, reason_names};
use crate::json::without_middle;
use crate::storage::{CheckRecord, Cursor, KeyRole, QueueFilter, QueueOf, QueueOrder};

/// Comments of a page that are read at once: each may have 100,000 characters, and twice as
/// many of markup.
const AT_ONCE: u32 = 8;

/// The order of the queue.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Order {
    /// The newest first.
    #[default]
    Newest,
    /// The oldest first.
    Oldest,
    /// Most likely genuine first: somebody waits for their words to appear.
    Urgency,
}

/// What the queue is of.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Of {
    /// What is held.
    #[default]
    Hold,
    /// What was called spam.
    Spam,
}

/// Which comments.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct QueuePage {
    /// What is held, which waits for somebody, or what was called spam, where a genuine comment may be
    /// that nobody has seen.
    #[serde(default)]
    #[param(inline, required = false)]
    verdict: Of,
    /// The order.
    #[serde(default)]
    #[param(inline, required = false)]
    order: Order,
    /// Only with this signal among the reasons, such as `link_density`, or this pair
    /// (`relevance+length`) or notice (`unfamiliar`).
    #[param(schema_with = reason_schema)]
    reason: Option<String>,
    /// Only under this post.
    #[param(max_length = 500)]
    post: Option<String>,
    /// Only under this name, letter for letter: upper and lower case are told apart, as they are not in
    /// entries.
    #[param(max_length = 1000)]
    author: Option<String>,
    /// What `next` of the page before says.
    #[param(pattern = "^[0-7][0-9a-f]{15}(\\.[0-9a-f]{16})?$")]
    after: Option<String>,
    /// How many at most, 1 to 200. A page of long comments has fewer.
    #[serde(default, deserialize_with = "whole")]
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

fn names(between: &str) -> String {
    let names: Vec<&str> = reason_names().collect();
    names.join(between)
}

fn reason_schema() -> Object {
    let names = names("|");
    ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some(format!("^({names})$")))
        .build()
}

/// A page of the queue.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Queue {
    items: Vec<WireCheck>,
    /// Where the next page begins, for `after`; null at the end.
    next: Option<String>,
}

/// Lists comments that nobody has decided on: those that are held, or those that were called spam.
///
/// A comment is here for as long as its words are kept.
#[utoipa::path(get, path = "/v1/queue", tag = "queue", params(QueuePage),
    responses((status = 200, body = Queue, description = "A page.")))]
pub(super) async fn get_queue(
    State(state): State<ApiState>,
    caller: Caller,
    Query(page): Query<QueuePage>,
) -> Result<Response, Problem> {
    let site = caller.site(KeyRole::Moderator)?;
    let mut fields = Fields::default();
    if let Some(reason) = &page.reason {
        let expected = format!("one of {}", names(", "));
        fields.expect(
            is_reason(reason),
            "reason",
            &expected,
            without_middle(format!("`{reason}`")),
        );
    }
    fields.length("post", page.post.as_deref(), limits::ID);
    fields.length("author", page.author.as_deref(), limits::AUTHOR);
    fields.done()?;
    let limit = limit(page.limit, 200)?;
    let order = match page.order {
        Order::Newest => QueueOrder::Newest,
        Order::Oldest => QueueOrder::Oldest,
        Order::Urgency => QueueOrder::Urgency,
    };
    let after = page.after.as_deref().map(parse_cursor).transpose()?;
    let filter = QueueFilter {
        of: match page.verdict {
            Of::Hold => QueueOf::Held,
            Of::Spam => QueueOf::Spam,
        },
        reason: page.reason,
        post: page.post,
        author: page.author,
    };
    let (store, site, filter) = (&state.moderator.store, site.site.id, &filter);
    let read = |after, n| store.queue(site, filter, order, after, n);
    let bytes = |record: &CheckRecord| record.text.as_ref().map_or(0, |text| text.body.len());
    let (records, next) = filled(limit, AT_ONCE, after, read, bytes, cursor).await?;
    let items = records.iter().map(WireCheck::of).collect();
    let next = next.map(cursor_text);
    Ok(answer(StatusCode::OK, &Queue { items, next }))
}

fn cursor(record: &CheckRecord) -> Cursor {
    Cursor {
        id: record.id,
        spam: record.judgement.spam,
    }
}

fn cursor_text(cursor: Cursor) -> String {
    format!("{}.{:016x}", id_text(cursor.id), cursor.spam.to_bits())
}

fn parse_cursor(text: &str) -> Result<Cursor, Problem> {
    let (id, spam) = text.split_once('.').unwrap_or((text, "0000000000000000"));
    let bits = u64::from_str_radix(spam, 16).ok();
    match (parse_id(id), bits) {
        (Some(id), Some(bits)) if spam.len() == 16 => Ok(Cursor {
            id,
            spam: f64::from_bits(bits),
        }),
        _ => Err(bad_cursor(text)),
    }
}
