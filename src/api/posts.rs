//! Posts.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use super::authentication::Caller;
use super::fields::Fields;
use super::json::{Body, Path, Query, answer};
use super::list::List;
use super::page::{filled, limit, whole};
use super::problem::Problem;
use super::state::ApiState;
use super::wire::{WireId, WirePost, time_text};
use crate::comment::limits;
use crate::json::Object;
use crate::moderation::is_blank;
use crate::storage::{KeyRole, PostRecord};

/// Most posts of a backfill.
const MOST: usize = 5000;

/// Posts of a page that are read at once: each may have a million characters.
const AT_ONCE: u32 = 4;

/// A post that is stored. Null: unknown.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StoredPost {
    /// Identifies the post within the site.
    id: String,
    /// Where it stands.
    url: Option<String>,
    /// The title.
    title: Option<String>,
    /// The body.
    body: Option<String>,
    /// Who wrote it.
    author: Option<String>,
    /// Its tags.
    tags: Option<Vec<String>>,
    /// When it was last written, RFC 3339.
    updated: String,
}

impl From<PostRecord> for StoredPost {
    fn from(post: PostRecord) -> Self {
        Self {
            id: post.id,
            url: post.url,
            title: post.title,
            body: post.body,
            author: post.author,
            tags: post.tags,
            updated: time_text(post.updated),
        }
    }
}

/// Posts to store, each with its `id`. All are stored, or none.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Backfill {
    /// The posts.
    #[schema(value_type = Vec<BackfillPost>, max_items = 5000)]
    posts: List<Object<WirePost>, MOST>,
}

/// Describes the posts of [`Backfill`]: those of [`WirePost`] that have an id.
pub(super) struct BackfillPost;

impl PartialSchema for BackfillPost {
    fn schema() -> RefOr<Schema> {
        let mut schema = WirePost::schema();
        if let RefOr::T(Schema::Object(post)) = &mut schema {
            let id = WireId::filled().into();
            post.properties.insert("id".to_owned(), id);
            post.required.push("id".to_owned());
        }
        schema
    }
}

impl ToSchema for BackfillPost {}

/// What was stored.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Written {
    /// How many posts.
    written: u64,
}

/// A page of posts.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Posts {
    items: Vec<StoredPost>,
    /// Where the next page begins, for `after`; null at the end.
    next: Option<String>,
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PostsPage {
    /// What `next` of the page before says.
    #[param(max_length = 500)]
    after: Option<String>,
    /// How many at most, 1 to 100. A page of long posts has fewer.
    #[serde(default, deserialize_with = "whole")]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// Stores a post, or replaces it.
#[utoipa::path(put, path = "/v1/posts/{id}", tag = "posts", request_body = WirePost,
    params(("id" = String, Path, min_length = 1, max_length = 500, pattern = r"\S")),
    responses((status = 204, description = "Stored.")))]
pub(super) async fn put_post(
    State(state): State<ApiState>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body<WirePost>,
) -> Result<Response, Problem> {
    let site = caller.site(KeyRole::Moderator)?;
    let mut fields = Fields::default();
    fields.text("id", &id, limits::ID);
    body.value.check("post", &mut fields);
    fields.done()?;
    let given = body.value.id().filter(|given| !given.is_empty());
    if let Some(given) = given.filter(|given| *given != id) {
        return Err(Problem::conflict(format!(
            "expected the id of the path, or none, in the post, found `{given}`"
        )));
    }
    let post = body.value.into_record(id, state.moderator.now());
    state.moderator.put_posts(site.site.id, vec![post]).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Stores up to 5,000 posts, so that relevance works for posts that were there before.
#[utoipa::path(post, path = "/v1/posts", tag = "posts", request_body = Backfill,
    responses((status = 200, body = Written, description = "Stored.")))]
pub(super) async fn put_posts(
    State(state): State<ApiState>,
    caller: Caller,
    body: Body<Backfill>,
) -> Result<Response, Problem> {
    let site = caller.site(KeyRole::Moderator)?;
    let posts = body.value.posts;
    let mut fields = Fields::default();
    posts.check("posts", "posts", &mut fields);
    for (index, Object(post)) in posts.kept.iter().enumerate() {
        let at = format!("posts[{index}]");
        post.check(&at, &mut fields);
        let id = post.id().unwrap_or_default();
        let found = match id {
            "" => "none".to_owned(),
            id => format!("`{id}`"),
        };
        fields.expect(!is_blank(id), &format!("{at}.id"), "an id", found);
    }
    fields.done()?;
    let now = state.moderator.now();
    let posts = posts
        .kept
        .into_iter()
        .map(|Object(post)| {
            let id = post.id().unwrap_or_default().to_owned();
            post.into_record(id, now)
        })
        .collect();
    let written = state.moderator.put_posts(site.site.id, posts).await?;
    Ok(answer(StatusCode::OK, &Written { written }))
}

/// Gives a post.
#[utoipa::path(get, path = "/v1/posts/{id}", tag = "posts",
    params(("id" = String, Path, min_length = 1, max_length = 500)),
    responses((status = 200, body = StoredPost, description = "The post.")))]
pub(super) async fn get_post(
    State(state): State<ApiState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let site = caller.site(KeyRole::Moderator)?;
    let post = state.moderator.store.post(site.site.id, &id).await?;
    let post = post.ok_or_else(|| Problem::not_found("found no such post in this site"))?;
    Ok(answer(StatusCode::OK, &StoredPost::from(post)))
}

/// Lists posts by their ids.
#[utoipa::path(get, path = "/v1/posts", tag = "posts", params(PostsPage),
    responses((status = 200, body = Posts, description = "A page.")))]
pub(super) async fn list_posts(
    State(state): State<ApiState>,
    caller: Caller,
    Query(page): Query<PostsPage>,
) -> Result<Response, Problem> {
    let site = caller.site(KeyRole::Moderator)?;
    let mut fields = Fields::default();
    fields.length("after", page.after.as_deref(), limits::ID);
    fields.done()?;
    let limit = limit(page.limit, 100)?;
    let (store, site) = (&state.moderator.store, site.site.id);
    let read =
        |after: Option<String>, n| async move { store.posts(site, after.as_deref(), n).await };
    let bytes = |post: &PostRecord| post.body.as_ref().map_or(0, String::len);
    let next = |post: &PostRecord| post.id.clone();
    let (posts, next) = filled(limit, AT_ONCE, page.after, read, bytes, next).await?;
    let items = posts.into_iter().map(StoredPost::from).collect();
    Ok(answer(StatusCode::OK, &Posts { items, next }))
}

/// Removes a post. Verdicts under it stay.
#[utoipa::path(delete, path = "/v1/posts/{id}", tag = "posts",
    params(("id" = String, Path, min_length = 1, max_length = 500)),
    responses((status = 204, description = "Removed.")))]
pub(super) async fn delete_post(
    State(state): State<ApiState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let site = caller.site(KeyRole::Moderator)?;
    state.moderator.remove_post(site.site.id, &id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
