//! The latest version of a comment follows what is decided on those before it.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};

use super::checks::{by_id, versions};
use super::rows::list;
use crate::comment::Label;
use crate::storage::{CheckRecord, Id, SiteId, StoreError};

/// Lets the latest version follow what stands of another one.
pub(super) fn follow(connection: &Connection, site: SiteId, version: Id) -> Result<(), StoreError> {
    let Some((version, others, mut latest)) = with_latest(connection, site, version)? else {
        return Ok(());
    };
    if latest.id == version.id {
        return Ok(());
    }
    latest.follow(&version, &others);
    connection
        .prepare_cached(
            "UPDATE verdicts SET outcome = ?2, overrides = ?3, follows = ?4,
             in_conversation = ?5, queued = ?6 WHERE id = ?1",
        )?
        .execute(params![
            latest.id.0,
            latest.judgement.outcome.name(),
            list(&latest.judgement.overrides),
            latest.judgement.follows.map(|version| version.0),
            latest.is_in_conversation(),
            latest.is_queued(),
        ])?;
    Ok(())
}

/// The latest version of a comment, where it says what another one says.
pub(super) fn latest_with_words_of(
    connection: &Connection,
    site: SiteId,
    version: Id,
) -> Result<Option<CheckRecord>, StoreError> {
    let found = with_latest(connection, site, version)?;
    Ok(found.and_then(|(version, _, latest)| latest.has_words_of(&version).then_some(latest)))
}

/// A version, those before the latest, and the latest; `None` of a comment that has none.
fn with_latest(
    connection: &Connection,
    site: SiteId,
    version: Id,
) -> Result<Option<(CheckRecord, Vec<CheckRecord>, CheckRecord)>, StoreError> {
    let Some(version) = by_id(connection, site, version)? else {
        return Ok(None);
    };
    let Some(comment) = version.id_of_versions() else {
        return Ok(None);
    };
    let mut versions = versions(connection, site, &version.post, comment)?;
    let latest = versions.pop();
    Ok(latest.map(|latest| (version, versions, latest)))
}

/// Lets a version that has just become the latest follow what was decided since it was judged.
pub(super) fn follow_since(
    connection: &Connection,
    latest: &CheckRecord,
    comment: &str,
) -> Result<(), StoreError> {
    let decided = |version: CheckRecord| Some((version.id, version.decided?));
    let now: BTreeSet<(Id, Label)> = versions(connection, latest.site, &latest.post, comment)?
        .into_iter()
        .filter(|version| version.id != latest.id)
        .filter_map(decided)
        .collect();
    let before: BTreeSet<(Id, Label)> = latest.decided_before.iter().copied().collect();
    let changed: BTreeSet<Id> = now.symmetric_difference(&before).map(|it| it.0).collect();
    changed
        .into_iter()
        .try_for_each(|version| follow(connection, latest.site, version))
}
