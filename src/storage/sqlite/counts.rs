//! Sums per site and hour.

use rusqlite::{Connection, params};

use super::rows::count;
use crate::comment::Label;
use crate::storage::{Milliseconds, SiteCounts, SiteId, StoreError};

const HOUR: Milliseconds = 60 * 60 * 1_000;

/// The answer to a comment, if anybody asked, and the decision that stands.
type State = (Option<Label>, Option<Label>);

/// Counts a comment that was judged at `at` as `after`, and no longer as `before`.
pub(super) fn change(
    connection: &Connection,
    site: SiteId,
    at: Milliseconds,
    before: Option<State>,
    after: Option<State>,
) -> Result<(), StoreError> {
    let (before, after) = (
        before.map_or([0; 4], counted),
        after.map_or([0; 4], counted),
    );
    if before == after {
        return Ok(());
    }
    let [ham, spam, missed_spam, false_positives] =
        std::array::from_fn(|column| after[column] - before[column]);
    connection
        .prepare_cached(
            "INSERT INTO counts VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (site, hour) DO UPDATE SET
             ham = ham + excluded.ham, spam = spam + excluded.spam,
             missed_spam = missed_spam + excluded.missed_spam,
             false_positives = false_positives + excluded.false_positives",
        )?
        .execute(params![
            site.0,
            at.div_euclid(HOUR),
            ham,
            spam,
            missed_spam,
            false_positives,
        ])?;
    Ok(())
}

/// In the order of the columns.
fn counted(state: State) -> [i64; 4] {
    let (ham, spam) = (Some(Label::Ham), Some(Label::Spam));
    let is = |yes: bool| i64::from(yes);
    [
        is(state.0 == ham),
        is(state.0 == spam),
        is(state == (ham, spam)),
        is(state == (spam, ham)),
    ]
}

pub(super) fn between(
    connection: &Connection,
    site: SiteId,
    from: Milliseconds,
    to: Milliseconds,
) -> Result<SiteCounts, StoreError> {
    // The first hour that begins at the given time or later.
    let hour = |time: Milliseconds| time.div_euclid(HOUR) + i64::from(time.rem_euclid(HOUR) > 0);
    let counts = connection
        .prepare_cached(
            "SELECT ifnull(sum(ham), 0), ifnull(sum(spam), 0),
             ifnull(sum(missed_spam), 0), ifnull(sum(false_positives), 0)
             FROM counts WHERE site = ?1 AND hour >= ?2 AND hour < ?3",
        )?
        .query_row([site.0, hour(from), hour(to)], |row| {
            let (ham, spam) = (count(row, 0)?, count(row, 1)?);
            Ok(SiteCounts {
                checks: ham + spam,
                ham,
                spam,
                missed_spam: count(row, 2)?,
                false_positives: count(row, 3)?,
            })
        })?;
    Ok(counts)
}
