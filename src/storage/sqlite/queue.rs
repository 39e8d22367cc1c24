//! What waits for its owner.

use rusqlite::{Connection, params};

use super::checks::{collect, select};
use super::rows::count;
use crate::storage::{CheckRecord, Cursor, QueueFilter, QueueOrder, SiteId, StoreError};

pub(super) fn page(
    connection: &Connection,
    site: SiteId,
    filter: &QueueFilter,
    order: QueueOrder,
    after: Option<Cursor>,
    limit: u32,
) -> Result<Vec<CheckRecord>, StoreError> {
    let (beyond, order) = match order {
        QueueOrder::Newest => ("id < ?2 AND ?3 IS NOT NULL", "id DESC"),
        QueueOrder::Oldest => ("id > ?2 AND ?3 IS NOT NULL", "id"),
        QueueOrder::Urgency => ("(spam, id) > (?3, ?2)", "spam, id"),
    };
    let statement = select(
        connection,
        &format!(
            "WHERE site = ?1 AND queued = 1 AND {}
             AND (?4 IS NULL OR instr(reasons, '\"signal\":\"' || ?4 || '\"') > 0)
             AND (?5 IS NULL OR post = ?5) AND (?6 IS NULL OR author = ?6)
             ORDER BY {order} LIMIT ?7",
            if after.is_some() {
                beyond
            } else {
                "?2 IS NULL AND ?3 IS NULL"
            }
        ),
    )?;
    collect(
        statement,
        params![
            site.0,
            after.map(|cursor| cursor.id.0),
            after.map(|cursor| cursor.spam),
            filter.reason,
            filter.post,
            filter.author,
            limit,
        ],
    )
}

pub(super) fn lengths(connection: &Connection) -> Result<Vec<(SiteId, u64)>, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT site, count(*) FROM verdicts WHERE queued = 1 GROUP BY site")?;
    let lengths = statement.query_map([], |row| Ok((SiteId(row.get(0)?), count(row, 1)?)))?;
    Ok(lengths.collect::<Result<_, _>>()?)
}
