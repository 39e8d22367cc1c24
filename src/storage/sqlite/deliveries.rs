//! Messages that are to be delivered.

use rusqlite::{Connection, params};

use super::checks::SAME_COMMENT;
use super::rows::{count, id, site};
use crate::comment::Label;
use crate::policy::Verdict;
use crate::storage::{DecisionRecord, Delivery, Id, Message, Milliseconds, SiteId, StoreError};

/// Puts what is to be told after a decision in the place of what waits about the comment, which says
/// what stood before.
pub(super) fn replace(
    connection: &Connection,
    decision: &DecisionRecord,
    told: Option<(&Message, Verdict)>,
    next_id: &dyn Fn() -> Id,
) -> Result<(), StoreError> {
    let Some((message, stands)) = told else {
        return outdate(connection, decision.verdict);
    };
    outdate(connection, message.verdict)?;
    let label = match stands {
        Verdict::Publish => Label::Ham,
        Verdict::Hold => message.held,
        Verdict::Spam => Label::Spam,
    };
    let body = match label {
        Label::Ham => &message.ham,
        Label::Spam => &message.spam,
    };
    connection
        .prepare_cached(
            "INSERT INTO deliveries (id, site, verdict, url, body, attempts, due)
             VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6)",
        )?
        .execute(params![
            next_id().0,
            decision.site.0,
            message.verdict.0,
            message.url,
            body,
            decision.at,
        ])?;
    Ok(())
}

/// Removes what waits about a verdict and about earlier versions of its comment.
pub(super) fn outdate(connection: &Connection, verdict: Id) -> Result<(), StoreError> {
    connection
        .prepare_cached(&format!(
            "DELETE FROM deliveries WHERE verdict = ?1 OR verdict IN (
                SELECT other.id FROM verdicts AS one JOIN verdicts AS other
                ON {SAME_COMMENT} AND other.id < one.id
                WHERE one.id = ?1)"
        ))?
        .execute([verdict.0])?;
    Ok(())
}

pub(super) fn due(
    connection: &Connection,
    now: Milliseconds,
    without: &[SiteId],
    limit: u32,
) -> Result<Vec<Delivery>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, site, verdict, url, body, attempts, due FROM deliveries
         WHERE due <= ?1 AND site NOT IN (SELECT value FROM json_each(?2))
         ORDER BY due, id LIMIT ?3",
    )?;
    let without: serde_json::Value = without.iter().map(|site| site.0).collect();
    let due = statement.query_map(params![now, without.to_string(), limit], |row| {
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

pub(super) fn waiting(connection: &Connection) -> Result<u64, StoreError> {
    let mut statement = connection.prepare_cached("SELECT count(*) FROM deliveries")?;
    Ok(statement.query_row([], |row| count(row, 0))?)
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
