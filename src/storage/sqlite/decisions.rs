//! The log of decisions, and what stands by it.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::rows::{id, named, optional_label, site, verdict};
use super::versions::{follow, latest_with_words_of};
use super::{checks, counts};
use crate::comment::Label;
use crate::policy::Verdict;
use crate::storage::{DecisionKind, DecisionRecord, Id, SiteId, StoreError, Via};

/// Adds an entry to the log and sets what stands by it. Gives what the blog is to believe of the comment
/// from now on: what stands for the latest version. `None` if that has other words, or nobody was told
/// anything.
pub(super) fn add(
    connection: &Connection,
    new: &DecisionRecord,
) -> Result<Option<Verdict>, StoreError> {
    let about = checks::by_id(connection, new.site, new.verdict)?;
    let mut about = about.ok_or(StoreError::NotFound { what: "verdict" })?;
    let mut log = on_verdict(connection, new.site, new.verdict)?;
    if let Some(taken) = new.takes_back {
        if !log.iter().any(|entry| entry.id == taken) {
            return Err(StoreError::NotFound { what: "decision" });
        }
        if log.iter().any(|entry| entry.takes_back == Some(taken)) {
            return Err(StoreError::Exists {
                what: "entry that takes the decision back",
            });
        }
    }
    let label = match new.kind {
        DecisionKind::Label(label) => Some(label.name()),
        DecisionKind::TakenBack => None,
    };
    connection
        .prepare_cached(
            "INSERT INTO decisions (id, site, at, verdict, label, takes_back, reporter, via, outcome)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            new.id.0,
            new.site.0,
            new.at,
            new.verdict.0,
            label,
            new.takes_back.map(|taken| taken.0),
            new.reporter,
            new.via.name(),
            new.outcome.name(),
        ])?;
    log.push(new.clone());
    let decided = standing(&log);
    let before = std::mem::replace(&mut about.decided, decided);
    connection
        .prepare_cached(
            "UPDATE verdicts SET decided = ?2, in_conversation = ?3, queued = ?4 WHERE id = ?1",
        )?
        .execute(params![
            new.verdict.0,
            decided.map(Label::name),
            about.is_in_conversation(),
            about.is_queued(),
        ])?;
    let mut stands = Some(decided.map_or(about.judgement.outcome, Verdict::from));
    if about.superseded {
        if before != decided {
            follow(connection, new.site, new.verdict)?;
        }
        let latest = latest_with_words_of(connection, new.site, new.verdict)?;
        stands = latest.map(|it| it.decided.map_or(it.judgement.outcome, Verdict::from));
    }
    counts::change(
        connection,
        new.site,
        about.at,
        Some((about.answered, before)),
        Some((about.answered, decided)),
    )?;
    let is_told = decided.or(about.answered).is_some();
    Ok(stands.filter(|_| is_told))
}

/// The label that stands after all entries about one verdict, oldest first: the last that was not
/// taken back. An entry that does not say which decision it takes back takes the one that stands.
fn standing(log: &[DecisionRecord]) -> Option<Label> {
    let mut labels: Vec<(Id, Label)> = Vec::new();
    for entry in log {
        match (entry.kind, entry.takes_back) {
            (DecisionKind::Label(label), _) => labels.push((entry.id, label)),
            (DecisionKind::TakenBack, Some(taken)) => labels.retain(|(id, _)| *id != taken),
            (DecisionKind::TakenBack, None) => drop(labels.pop()),
        }
    }
    labels.last().map(|(_, label)| *label)
}

/// In the order of [`read`].
const COLUMNS: &str = "id, site, at, verdict, label, takes_back, reporter, via, outcome";

fn read(row: &Row<'_>) -> rusqlite::Result<DecisionRecord> {
    Ok(DecisionRecord {
        id: id(row, 0)?,
        site: site(row, 1)?,
        at: row.get(2)?,
        verdict: id(row, 3)?,
        kind: optional_label(row, 4)?.map_or(DecisionKind::TakenBack, DecisionKind::Label),
        takes_back: row.get::<_, Option<i64>>(5)?.map(Id),
        reporter: row.get(6)?,
        via: named(row, 7, Via::from_name)?,
        outcome: verdict(row, 8)?,
    })
}

pub(super) fn by_id(
    connection: &Connection,
    site: SiteId,
    id: Id,
) -> Result<Option<DecisionRecord>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM decisions WHERE id = ?1 AND site = ?2");
    Ok(connection
        .prepare_cached(&sql)?
        .query_row([id.0, site.0], read)
        .optional()?)
}

pub(super) fn after(
    connection: &Connection,
    site: SiteId,
    after: Option<Id>,
    limit: u32,
) -> Result<Vec<DecisionRecord>, StoreError> {
    let sql =
        format!("SELECT {COLUMNS} FROM decisions WHERE site = ?1 AND id > ?2 ORDER BY id LIMIT ?3");
    let mut statement = connection.prepare_cached(&sql)?;
    let after = after.map_or(0, |id| id.0);
    let log = statement.query_map(params![site.0, after, limit], read)?;
    Ok(log.collect::<Result<_, _>>()?)
}

pub(super) fn on_verdict(
    connection: &Connection,
    site: SiteId,
    verdict: Id,
) -> Result<Vec<DecisionRecord>, StoreError> {
    let sql =
        format!("SELECT {COLUMNS} FROM decisions WHERE verdict = ?1 AND site = ?2 ORDER BY id");
    let mut statement = connection.prepare_cached(&sql)?;
    let log = statement.query_map([verdict.0, site.0], read)?;
    Ok(log.collect::<Result<_, _>>()?)
}
