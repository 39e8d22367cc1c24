//! Messages that are to be delivered.

use rusqlite::{Connection, params};

use super::rows::{id, site};
use crate::storage::{Delivery, Id, Milliseconds, StoreError};

pub(super) fn add(connection: &Connection, delivery: &Delivery) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO deliveries (id, site, verdict, url, body, attempts, due)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            delivery.id.0,
            delivery.site.0,
            delivery.verdict.0,
            delivery.url,
            delivery.body,
            delivery.attempts,
            delivery.due,
        ])?;
    Ok(())
}

/// Removes what waits about a verdict: it says what stood before.
pub(super) fn outdate(connection: &Connection, verdict: Id) -> Result<(), StoreError> {
    connection
        .prepare_cached("DELETE FROM deliveries WHERE verdict = ?1")?
        .execute([verdict.0])?;
    Ok(())
}

pub(super) fn due(
    connection: &Connection,
    now: Milliseconds,
    limit: u32,
) -> Result<Vec<Delivery>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, site, verdict, url, body, attempts, due FROM deliveries
         WHERE due <= ?1 ORDER BY due, id LIMIT ?2",
    )?;
    let due = statement.query_map(params![now, limit], |row| {
        Ok(Delivery {
            id: id(row, 0)?,
            site: site(row, 1)?,
            verdict: id(row, 2)?,
            url: row.get(3)?,
            body: row.get(4)?,
            attempts: row.get(5)?,
            due: row.get(6)?,
        })
    })?;
    Ok(due.collect::<Result<_, _>>()?)
}

pub(super) fn settle(
    connection: &Connection,
    delivery: Id,
    again_at: Option<Milliseconds>,
) -> Result<(), StoreError> {
    // It may be gone, if while it was on its way somebody decided anew, or the person that it was
    // about was erased.
    match again_at {
        Some(due) => connection
            .prepare_cached(
                "UPDATE deliveries SET attempts = attempts + 1, due = ?2 WHERE id = ?1",
            )?
            .execute([delivery.0, due])?,
        None => connection
            .prepare_cached("DELETE FROM deliveries WHERE id = ?1")?
            .execute([delivery.0])?,
    };
    Ok(())
}
