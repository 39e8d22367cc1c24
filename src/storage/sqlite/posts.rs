//! Posts as their blogs gave them.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::rows::{list, texts};
use crate::comment::place;
use crate::storage::{PostRecord, PostWrite, SiteId, StoreError};

pub(super) fn put(
    connection: &Connection,
    site: SiteId,
    posts: &[PostRecord],
    write: PostWrite,
) -> Result<u64, StoreError> {
    let conflict = match write {
        PostWrite::Replace => {
            "UPDATE SET url = excluded.url, place = excluded.place, title = excluded.title, body = excluded.body,
             author = excluded.author, tags = excluded.tags, updated = excluded.updated"
        }
        PostWrite::Merge => {
            "UPDATE SET url = coalesce(excluded.url, url), place = coalesce(excluded.place, place),
             title = coalesce(excluded.title, title), body = coalesce(excluded.body, body),
             author = coalesce(excluded.author, author), tags = coalesce(excluded.tags, tags),
             updated = excluded.updated"
        }
        PostWrite::Keep => "NOTHING",
    };
    let mut statement = connection.prepare_cached(&format!(
        "INSERT INTO posts (site, id, url, place, title, body, author, tags, updated)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (site, id) DO {conflict}"
    ))?;
    // One that comes twice is stored once.
    let mut written = BTreeSet::new();
    for post in posts {
        let changed = statement.execute(params![
            site.0,
            post.id,
            post.url,
            post.url.as_deref().map(place),
            post.title,
            post.body,
            post.author,
            post.tags.as_deref().map(list),
            post.updated,
        ])?;
        if changed > 0 {
            written.insert(&post.id);
        }
    }
    Ok(written.len() as u64)
}

const COLUMNS: &str = "id, url, title, body, author, tags, updated";

fn read(row: &Row<'_>) -> rusqlite::Result<PostRecord> {
    Ok(PostRecord {
        id: row.get(0)?,
        url: row.get(1)?,
        title: row.get(2)?,
        body: row.get(3)?,
        author: row.get(4)?,
        tags: match row.get_ref(5)?.as_str_or_null()? {
            None => None,
            Some(_) => Some(texts(row, 5)?),
        },
        updated: row.get(6)?,
    })
}

pub(super) fn by_id(
    connection: &Connection,
    site: SiteId,
    post: &str,
) -> Result<Option<PostRecord>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM posts WHERE site = ?1 AND id = ?2");
    Ok(connection
        .prepare_cached(&sql)?
        .query_row(params![site.0, post], read)
        .optional()?)
}

pub(super) fn by_url(
    connection: &Connection,
    site: SiteId,
    url: &str,
) -> Result<Option<PostRecord>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM posts WHERE site = ?1 AND place = ?2
         ORDER BY url = ?3 DESC, updated DESC, number DESC LIMIT 1"
    );
    Ok(connection
        .prepare_cached(&sql)?
        .query_row(params![site.0, place(url), url], read)
        .optional()?)
}

pub(super) fn after(
    connection: &Connection,
    site: SiteId,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<PostRecord>, StoreError> {
    // No text is less than the empty one, which may be an id itself.
    let (after, limit) = (after.map_or((">=", ""), |after| (">", after)), limit);
    let sql = format!(
        "SELECT {COLUMNS} FROM posts WHERE site = ?1 AND id {} ?2 ORDER BY id LIMIT ?3",
        after.0
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let posts = statement.query_map(params![site.0, after.1, limit], read)?;
    Ok(posts.collect::<Result<_, _>>()?)
}

pub(super) fn remove(
    connection: &Connection,
    site: SiteId,
    post: &str,
) -> Result<bool, StoreError> {
    let removed = connection
        .prepare_cached("DELETE FROM posts WHERE site = ?1 AND id = ?2")?
        .execute(params![site.0, post])?;
    Ok(removed > 0)
}
