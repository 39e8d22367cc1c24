//! What is removed: after its time, and on request of the person.

use std::collections::HashSet;

use rusqlite::{Connection, params};

use super::checks::SAME_COMMENT;
use super::rows::site;
use crate::storage::{Erased, Milliseconds, Person, Pruned, SiteId, StoreError};

/// The verdicts whose texts are removed. That `decided` is NULL follows from the rest, and leads to the
/// index.
fn old() -> String {
    format!(
        "verdicts AS one
         WHERE at < ?1 AND decided IS NULL AND (body IS NOT NULL OR signals IS NOT NULL)
         AND NOT EXISTS (SELECT 1 FROM decisions WHERE decisions.verdict = one.id)
         AND (superseded = 1 OR NOT EXISTS (
             SELECT 1 FROM verdicts AS other JOIN decisions ON decisions.verdict = other.id
             WHERE {SAME_COMMENT}))
         ORDER BY at LIMIT ?2"
    )
}

/// A verdict without the words, what came with them and what was seen in them. Reasons quote them.
const WITHOUT_WORDS: &str = "author = NULL, author_url = NULL, author_email = NULL,
    author_address = NULL, body = NULL, html = NULL, by_post_author = NULL, honeypot = NULL,
    seconds_on_page = NULL, role = NULL, signals = NULL, reasons = '[]',
    in_conversation = 0, queued = 0";

pub(super) fn prune(
    connection: &Connection,
    texts_before: Milliseconds,
    answers_before: Milliseconds,
    limit: u32,
) -> Result<Pruned, StoreError> {
    let old = old();
    let sql = format!(
        "UPDATE verdicts SET {WITHOUT_WORDS} WHERE id IN (SELECT id FROM {old}) RETURNING site, post"
    );
    let mut pruned = Pruned::default();
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![texts_before, limit])?;
    while let Some(row) = rows.next()? {
        pruned.removed += 1;
        pruned.posts.insert((site(row, 0)?, row.get(1)?));
    }
    let answers = connection
        .prepare_cached(
            "DELETE FROM answers WHERE number IN
             (SELECT number FROM answers WHERE at < ?1 ORDER BY at LIMIT ?2)",
        )?
        .execute(params![answers_before, limit])?;
    pruned.removed += answers as u64;
    Ok(pruned)
}

pub(super) fn erase(
    connection: &Connection,
    site: SiteId,
    person: &Person,
) -> Result<Erased, StoreError> {
    // Other versions of a comment are by the same person, even if one was sent without the address.
    connection.execute_batch("CREATE TEMP TABLE erased (id INTEGER PRIMARY KEY)")?;
    connection.execute(
        "INSERT INTO erased SELECT id FROM verdicts INDEXED BY verdicts_of_persons
         WHERE (email IS NOT NULL OR address IS NOT NULL)
         AND (email = ?1 OR address = ?2) AND site = ?3",
        params![person.email, person.address, site.0],
    )?;
    connection.execute(
        &format!(
            "INSERT OR IGNORE INTO erased SELECT other.id
             FROM erased JOIN verdicts AS one ON one.id = erased.id
             JOIN verdicts AS other ON {SAME_COMMENT}"
        ),
        [],
    )?;
    let run = |sql: &str| connection.execute(sql, []).map(|changed| changed as u64);
    let erased = Erased {
        verdicts: run(&format!(
            "UPDATE verdicts SET {WITHOUT_WORDS},
             email = NULL, address = NULL, fingerprint = NULL, blog = NULL, blog_post = NULL,
             page = NULL, callback = NULL, overrides = '[]', entry = NULL
             WHERE id IN (SELECT id FROM erased)"
        ))?,
        decisions: run("UPDATE decisions SET reporter = NULL
             WHERE verdict IN (SELECT id FROM erased)")?,
        deliveries: run("DELETE FROM deliveries WHERE verdict IN (SELECT id FROM erased)")?,
    };
    remove_answers(connection, site)?;
    connection.execute_batch("DROP TABLE erased")?;
    Ok(erased)
}

/// Removes the stored answers of a site that name one of the verdicts in `erased`, which may quote it. Those that
/// others were given stay: without them, a request that comes again would be taken for another one.
fn remove_answers(connection: &Connection, site: SiteId) -> rusqlite::Result<()> {
    let mut erased = connection.prepare("SELECT id FROM erased")?;
    let erased: HashSet<i64> = erased
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut answers = connection.prepare("SELECT number, body FROM answers WHERE site = ?1")?;
    let mut rows = answers.query([site.0])?;
    let mut remove = connection.prepare("DELETE FROM answers WHERE number = ?1")?;
    let mut numbers: Vec<i64> = Vec::new();
    while let Some(row) = rows.next()? {
        let body = row.get_ref(1)?.as_bytes()?;
        if ids_in(body).any(|id| erased.contains(&id)) {
            numbers.push(row.get(0)?);
        }
    }
    for number in numbers {
        remove.execute([number])?;
    }
    Ok(())
}

/// What may be an id in an answer: see [`StoredAnswer::body`](crate::storage::StoredAnswer::body).
fn ids_in(body: &[u8]) -> impl Iterator<Item = i64> {
    let strings = body.split(|&byte| byte == b'"');
    let ids = strings.filter(|string| string.len() == 16);
    ids.filter_map(|id| i64::from_str_radix(std::str::from_utf8(id).ok()?, 16).ok())
}
