//! What waits for its owner.

use rusqlite::{Connection, params};

use super::checks::{collect, select};
use super::rows::count;
use crate::storage::{CheckRecord, Cursor, QueueFilter, QueueOf, QueueOrder, SiteId, StoreError};

pub(super) fn page(
    connection: &Connection,
    site: SiteId,
    filter: &QueueFilter,
    order: QueueOrder,
    after: Option<Cursor>,
    limit: u32,
) -> Result<Vec<CheckRecord>, StoreError> {
    let statement = select(connection, &rows(filter.of, order, after.is_some()))?;
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

/// The rows of a page. Its first condition is that of the indexes, word for word, or none is used.
fn rows(of: QueueOf, order: QueueOrder, is_next: bool) -> String {
    let waits = match of {
        QueueOf::Held => "queued = 1",
        QueueOf::Spam => {
            "outcome = 'spam' AND decided IS NULL AND superseded = 0 AND body IS NOT NULL"
        }
    };
    let (beyond, order) = match order {
        QueueOrder::Newest => ("id < ?2 AND ?3 IS NOT NULL", "id DESC"),
        QueueOrder::Oldest => ("id > ?2 AND ?3 IS NOT NULL", "id"),
        QueueOrder::Urgency => ("(spam, id) > (?3, ?2)", "spam, id"),
    };
    let beyond = if is_next {
        beyond
    } else {
        "?2 IS NULL AND ?3 IS NULL"
    };
    format!(
        "WHERE site = ?1 AND {waits} AND {beyond}
         AND (?4 IS NULL OR instr(reasons, '\"signal\":\"' || ?4 || '\"') > 0)
         AND (?5 IS NULL OR post = ?5) AND (?6 IS NULL OR author = ?6)
         ORDER BY {order} LIMIT ?7"
    )
}

pub(super) fn lengths(connection: &Connection) -> Result<Vec<(SiteId, u64)>, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT site, count(*) FROM verdicts WHERE queued = 1 GROUP BY site")?;
    let lengths = statement.query_map([], |row| Ok((SiteId(row.get(0)?), count(row, 1)?)))?;
    Ok(lengths.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::super::migrations::{STEPS, migrate};
    use super::*;

    #[test]
    fn every_page_is_read_in_the_order_of_an_index() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, STEPS).unwrap();
        for (of, indexes) in [
            (QueueOf::Held, "verdicts_queued"),
            (QueueOf::Spam, "verdicts_undecided_spam"),
        ] {
            for order in [QueueOrder::Newest, QueueOrder::Oldest, QueueOrder::Urgency] {
                for is_next in [false, true] {
                    let rows = rows(of, order, is_next);
                    let sql = format!("EXPLAIN QUERY PLAN SELECT * FROM verdicts {rows}");
                    let mut statement = connection.prepare(&sql).unwrap();
                    // A plan needs no values.
                    let steps = statement.raw_query().mapped(|row| row.get(3));
                    let steps: Vec<String> = steps.map(Result::unwrap).collect();
                    // A sort would be a step of its own.
                    assert_eq!(steps.len(), 1, "{steps:?}");
                    assert!(steps[0].contains(indexes), "{steps:?}");
                }
            }
        }
    }
}
