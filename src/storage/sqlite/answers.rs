//! Answers that are given again when the same request comes again.

use rusqlite::{Connection, OptionalExtension, params};

use super::failure::taken;
use crate::storage::{SiteId, StoreError, StoredAnswer};

pub(super) fn add(connection: &Connection, answer: &StoredAnswer) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO answers (site, key, request, status, body, at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            answer.site.0,
            answer.key,
            answer.request,
            answer.status,
            answer.body,
            answer.at,
        ])
        .map_err(taken("answer"))?;
    Ok(())
}

pub(super) fn by_key(
    connection: &Connection,
    site: SiteId,
    key: &str,
) -> Result<Option<StoredAnswer>, StoreError> {
    let answer = connection
        .prepare_cached(
            "SELECT request, status, body, at FROM answers WHERE site = ?1 AND key = ?2",
        )?
        .query_row(params![site.0, key], |row| {
            Ok(StoredAnswer {
                site,
                key: key.to_owned(),
                request: row.get(0)?,
                status: row.get(1)?,
                body: row.get(2)?,
                at: row.get(3)?,
            })
        })
        .optional()?;
    Ok(answer)
}
