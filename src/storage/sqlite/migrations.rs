//! Brings a database to the tables that this program reads, step by step and never back.

use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, TransactionBehavior};

use crate::comment::{place, words_digest};
use crate::storage::StoreError;

/// Each step, in the order in which they came. A step that was released is never changed.
pub(super) const STEPS: &[&str] = &[
    include_str!("schema.sql"),
    include_str!("unique_entries.sql"),
    include_str!("answered.sql"),
    include_str!("posts_by_place.sql"),
    include_str!("versions.sql"),
    include_str!("fingerprints.sql"),
    include_str!("by_entry.sql"),
    include_str!("company.sql"),
    include_str!("undecided_spam.sql"),
    include_str!("published_again.sql"),
];

/// Marks a file as ours: `OTPC` in `PRAGMA application_id`.
pub(super) const APPLICATION: i32 = 0x4f54_5043;

/// Takes those steps that the database has not seen, each in a transaction of its own, so that a
/// crash leaves a database that the next start takes further. Steps may call [`place`] and
/// [`words_digest`] by their names.
///
/// # Errors
/// [`StoreError::Damaged`] for a database of another program, [`StoreError::Unavailable`] for one
/// that a newer version wrote.
pub(super) fn migrate(connection: &mut Connection, steps: &[&str]) -> Result<(), StoreError> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("place", 1, flags, |arguments| {
        Ok(arguments.get::<Option<String>>(0)?.map(|url| place(&url)))
    })?;
    connection.create_scalar_function("words_digest", 2, flags, |arguments| {
        let (author, body): (String, String) = (arguments.get(0)?, arguments.get(1)?);
        Ok(words_digest(&author, &body))
    })?;
    loop {
        // Another process may be at it as well: what was read before the lock does not count.
        let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let version = version(&step, steps)?;
        let Some(sql) = steps.get(version) else {
            return Ok(());
        };
        step.execute_batch(sql)?;
        step.pragma_update(None, "application_id", APPLICATION)?;
        step.pragma_update(None, "user_version", version as i64 + 1)?;
        step.commit()?;
    }
}

/// Whether a database has the tables of today, and not older ones.
///
/// # Errors
/// Those of [`migrate`].
pub(super) fn is_current(connection: &Connection) -> Result<bool, StoreError> {
    Ok(version(connection, STEPS)? == STEPS.len())
}

/// How many of the steps a database has seen; 0 for a new one.
fn version(connection: &Connection, steps: &[&str]) -> Result<usize, StoreError> {
    let application: i32 = connection.pragma_query_value(None, "application_id", |r| r.get(0))?;
    let version: i64 = connection.pragma_query_value(None, "user_version", |r| r.get(0))?;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |r| r.get(0))?;
    let is_new = (application, version, tables) == (0, 0, 0);
    if !is_new && (application != APPLICATION || version < 1) {
        return Err(StoreError::Damaged(format!(
            "expected a database of this program (application id {APPLICATION:#x}), found one of \
             another (application id {application:#x}, {tables} tables and indexes)"
        )));
    }
    let version = usize::try_from(version).unwrap_or(usize::MAX);
    if version > steps.len() {
        return Err(StoreError::Unavailable(format!(
            "expected a database of format {} or lower, found {version}, which a newer version of \
             this program wrote",
            steps.len()
        )));
    }
    Ok(version)
}

/// Writes the version that is there: a write that goes to the disk like any other and changes
/// nothing.
pub(super) fn write_version(connection: &Connection) -> Result<(), StoreError> {
    Ok(connection.pragma_update(None, "user_version", version(connection, STEPS)? as i64)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &[&str] = &[
        "CREATE TABLE a (x)",
        "ALTER TABLE a ADD COLUMN y; INSERT INTO a VALUES (1, 2)",
    ];

    fn count(connection: &Connection, sql: &str) -> i64 {
        connection.query_row(sql, [], |r| r.get(0)).unwrap()
    }

    #[test]
    fn a_database_of_before_takes_only_the_steps_that_it_lacks() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, &TWO[..1]).unwrap();
        connection.execute("INSERT INTO a VALUES (7)", []).unwrap();
        migrate(&mut connection, TWO).unwrap();
        migrate(&mut connection, TWO).unwrap();
        assert_eq!(count(&connection, "SELECT count(*) FROM a"), 2);
        assert_eq!(
            count(
                &connection,
                "SELECT count(*) FROM a WHERE x = 7 AND y IS NULL"
            ),
            1
        );
    }

    #[test]
    fn posts_of_before_are_found_by_their_place() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, &STEPS[..1]).unwrap();
        connection
            .execute_batch(
                "INSERT INTO sites VALUES (1, 'a', '{}', 0);
                 INSERT INTO posts (site, id, url, updated) VALUES (1, 'a', 'https://a.example/b/', 0);
                 INSERT INTO posts (site, id, updated) VALUES (1, 'b', 0)",
            )
            .unwrap();
        migrate(&mut connection, STEPS).unwrap();
        let at = |place: &str| format!("SELECT count(*) FROM posts WHERE place {place}");
        assert_eq!(count(&connection, &at("= 'a.example/b'")), 1);
        assert_eq!(count(&connection, &at("IS NULL")), 1);
    }

    #[test]
    fn comments_of_before_are_found_by_words_and_place() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, &STEPS[..5]).unwrap();
        connection
            .execute_batch(
                "INSERT INTO sites VALUES (1, 'a', '{}', 0);
                 INSERT INTO posts (site, id, place, updated) VALUES (1, '7', 'a.example/b', 0);
                 CREATE TEMP TABLE old (id, post, author, body, fingerprint);
                 INSERT INTO old VALUES (1, '7', 'Ida', 'b', 5), (2, 'http://a.example/c/', NULL, 'b', 5),
                     (3, '7', NULL, NULL, 5), (4, '7', 'Ida', 'b', NULL);
                 INSERT INTO verdicts (id, site, at, thread, post, kind, author, body, fingerprint,
                     model, spam, relevance, hold_from, spam_from, prior_shift, verdict, outcome,
                     overrides, reasons, superseded, in_conversation, queued)
                 SELECT id, 1, 0, 0, post, 'comment', author, body, fingerprint,
                     '', 0, 0, 0, 0, 0, 'hold', 'hold', '[]', '[]', 0, 0, 0 FROM old",
            )
            .unwrap();
        migrate(&mut connection, STEPS).unwrap();
        let mut statement = connection
            .prepare("SELECT fingerprint, blog_post, page FROM verdicts ORDER BY id")
            .unwrap();
        let found = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .unwrap();
        let found: Vec<(Option<i64>, Option<String>, Option<String>)> =
            found.map(Result::unwrap).collect();
        let text = |text: &str| Some(text.to_owned());
        let (seven, b, c) = (text("7"), text("a.example/b"), text("a.example/c"));
        assert_eq!(
            found,
            [
                (Some(words_digest("Ida", "b")), seven.clone(), b.clone()),
                (Some(words_digest("", "b")), None, c),
                (None, seven, b),
                (None, None, None),
            ]
        );
    }

    #[test]
    fn what_the_model_alone_takes_for_spam_leaves_the_conversation_of_before() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, &STEPS[..7]).unwrap();
        connection
            .execute_batch(
                "INSERT INTO sites VALUES (1, 'a', '{}', 0);
                 CREATE TEMP TABLE old (id, spam, prior_shift, decided, overrides);
                 INSERT INTO old VALUES (1, -0.5, 0.0, NULL, '[]'), (2, 0.0, 0.0, NULL, '[]'),
                     (3, 0.5, 1.0, NULL, '[]'), (4, 0.5, 0.0, 'ham', '[]'),
                     (5, 0.5, 0.0, NULL, '[\"the owner''s entry\"]');
                 INSERT INTO verdicts (id, site, at, thread, post, kind, body, model, spam,
                     relevance, hold_from, spam_from, prior_shift, verdict, outcome, overrides,
                     reasons, decided, superseded, in_conversation, queued)
                 SELECT id, 1, 0, 0, 'p', 'comment', 'b', '', spam, 0, 0, 0, prior_shift,
                     'publish', 'publish', overrides, '[]', decided, 0, 1, 0 FROM old",
            )
            .unwrap();
        migrate(&mut connection, STEPS).unwrap();
        let sum = "SELECT sum(id) FROM verdicts WHERE in_conversation = 1";
        assert_eq!(count(&connection, sum), 1 + 3 + 4 + 5);
    }

    #[test]
    fn what_the_model_alone_published_twice_leaves_the_conversation_of_before() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, &STEPS[..9]).unwrap();
        connection
            .execute_batch(
                "INSERT INTO sites VALUES (1, 'a', '{}', 0);
                 CREATE TEMP TABLE old (id, spam, decided, follows);
                 INSERT INTO old VALUES (1, 0.5, 'ham', NULL), (2, 0.5, NULL, 1), (3, -0.5, NULL, NULL),
                     (4, 0.5, NULL, 3), (5, -0.5, NULL, 3), (6, 0.5, NULL, NULL);
                 INSERT INTO verdicts (id, site, at, thread, post, kind, body, model, spam,
                     relevance, hold_from, spam_from, prior_shift, verdict, outcome, overrides,
                     reasons, decided, follows, superseded, in_conversation, queued)
                 SELECT id, 1, 0, 0, 'p', 'comment', 'b', '', spam, 0, 0, 0, 0, 'hold', 'publish',
                     '[\"an override\"]', '[]', decided, follows, 0, 1, 0 FROM old",
            )
            .unwrap();
        migrate(&mut connection, STEPS).unwrap();
        let sum = "SELECT sum(id) FROM verdicts WHERE in_conversation = 1";
        assert_eq!(count(&connection, sum), 1 + 2 + 3 + 5 + 6);
    }

    #[test]
    fn a_step_that_fails_leaves_the_database_as_it_was() {
        let mut connection = Connection::open_in_memory().unwrap();
        let broken = [
            TWO[0],
            "INSERT INTO a VALUES (1); INSERT INTO missing VALUES (1)",
        ];
        assert!(migrate(&mut connection, &broken).is_err());
        assert_eq!(count(&connection, "SELECT count(*) FROM a"), 0);
        migrate(&mut connection, TWO).unwrap();
        assert_eq!(count(&connection, "SELECT count(*) FROM a"), 1);
    }

    #[test]
    fn a_database_of_a_newer_version_is_left_alone() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, TWO).unwrap();
        let error = migrate(&mut connection, &TWO[..1]).unwrap_err();
        assert!(
            matches!(&error, StoreError::Unavailable(text) if text.contains("format 1 or lower, found 2"))
        );
    }

    #[test]
    fn of_entries_that_were_stored_twice_the_last_stays() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, &STEPS[..1]).unwrap();
        connection
            .execute_batch(
                "INSERT INTO sites VALUES (1, 'a', '{}', 0), (2, 'b', '{}', 0);
                 INSERT INTO entries VALUES
                     (1, 1, 'ham', 'author', 'ida', 'first', 0),
                     (2, 1, 'spam', 'author', 'ida', 'second', 0),
                     (3, 2, 'ham', 'author', 'ida', 'of another site', 0),
                     (4, 1, 'ham', 'host', 'ida', 'on another field', 0);",
            )
            .unwrap();
        migrate(&mut connection, &STEPS[..2]).unwrap();
        assert_eq!(count(&connection, "SELECT sum(id) FROM entries"), 2 + 3 + 4);
        let again = "INSERT INTO entries VALUES (5, 1, 'ham', 'author', 'ida', 'third', 0)";
        assert!(connection.execute(again, []).is_err());
    }

    #[test]
    fn a_database_of_another_program_is_left_alone() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE notes (x)").unwrap();
        let error = migrate(&mut connection, STEPS).unwrap_err();
        assert!(matches!(error, StoreError::Damaged(_)));
        assert_eq!(count(&connection, "SELECT count(*) FROM sqlite_schema"), 1);
    }
}
