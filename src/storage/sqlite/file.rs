//! The file: how it is opened, and whether it can be ours.

use std::fs::{self, File};
use std::io::{self, Read};
use std::mem::ManuallyDrop;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::SqliteOptions;
use super::checkpoints::checkpoint;
use super::migrations::{STEPS, is_current, migrate};
use super::new_file::make;
use super::rows::count;
use crate::storage::StoreError;

/// How long to wait for another process that holds the file, such as a shell on it.
const PATIENCE: Duration = Duration::from_secs(2);

/// The log is cut to so many pages (of 4 KiB) where a long read has let it grow.
const LOG_PAGES: u32 = 16_000;

/// Pages that the writer keeps in memory, in KiB.
const WRITER_CACHE: u32 = 8 * 1_024;

/// Pages that each reader keeps in memory, in KiB.
const READER_CACHE: u32 = 1_024;

/// Statements that a connection keeps prepared; more than there are.
const STATEMENTS: usize = 64;

/// Opens the file for writing, makes it if there is none, and brings it to the tables of today.
pub(super) fn open_writer(path: &Path, options: &SqliteOptions) -> Result<Connection, StoreError> {
    check_log(path)?;
    if !path.exists() {
        let fill = |beside: &Path| tables(beside).map_err(|error| at(path, error));
        match make(path, fill) {
            // Another process was first.
            Err(StoreError::Exists { .. }) => {}
            made => made?,
        }
    }
    check_header(path)?;
    let open = || {
        let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE, WRITER_CACHE)?;
        if connection.is_readonly("main")? {
            return Err(StoreError::Unavailable(
                "expected a file that can be written".to_owned(),
            ));
        }
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        // Another thread does it (see `Checkpoints`).
        connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        connection.pragma_update(None, "journal_size_limit", i64::from(LOG_PAGES) * 4_096)?;
        connection.pragma_update(None, "secure_delete", "on")?;
        if let Some(pages) = options.most_pages {
            connection.pragma_update(None, "max_page_count", pages)?;
        }
        migrate(&mut connection, STEPS)?;
        check_length(path, &connection)?;
        Ok(connection)
    };
    open().map_err(|error| at(path, error))
}

/// Opens a file that is there and changes nothing in it, whichever version of this program made its
/// tables.
pub(super) fn open_unchanged(path: &Path) -> Result<Connection, StoreError> {
    check_log(path)?;
    check_header(path)?;
    let open = || {
        // The last one to close it brings back the log, which takes the right to write.
        let access = OpenFlags::SQLITE_OPEN_READ_WRITE;
        let connection = connect(path, access, WRITER_CACHE)?;
        connection.pragma_update(None, "query_only", "on")?;
        is_current(&connection)?;
        check_length(path, &connection)?;
        Ok(connection)
    };
    open().map_err(|error| at(path, error))
}

/// Opens the file for bringing back the log.
pub(super) fn open_checkpoints(path: &Path) -> Result<Connection, StoreError> {
    // It copies pages past its cache.
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE, READER_CACHE)
        .map_err(|error| at(path, error))?;
    connection.pragma_update(None, "synchronous", "full")?;
    Ok(connection)
}

/// Opens the file for syncing it. It is never closed: closing any descriptor of a file drops the
/// locks that SQLite holds on it.
pub(super) fn open_to_sync(path: &Path) -> Result<ManuallyDrop<File>, StoreError> {
    let file = File::open(path).map_err(|error| unavailable(path, &error))?;
    Ok(ManuallyDrop::new(file))
}

/// Opens the file for reading.
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY, READER_CACHE).map_err(|error| at(path, error))
}

fn connect(path: &Path, access: OpenFlags, cache: u32) -> Result<Connection, StoreError> {
    // Each connection is used by one thread at a time, so it needs no lock of its own.
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "foreign_keys", "on")?;
    connection.pragma_update(None, "trusted_schema", "off")?;
    // A negative size is in KiB.
    connection.pragma_update(None, "cache_size", -i64::from(cache))?;
    connection.pragma_update(None, "temp_store", "memory")?;
    Ok(connection)
}

/// Makes the tables in an empty file. What is lost with it is nothing yet, so it needs neither journal
/// nor syncs.
fn tables(path: &Path) -> Result<(), StoreError> {
    let access = OpenFlags::SQLITE_OPEN_READ_WRITE;
    let mut connection = connect(path, access, WRITER_CACHE)?;
    connection.pragma_update(None, "page_size", 4_096)?;
    connection.pragma_update(None, "journal_mode", "memory")?;
    connection.pragma_update(None, "synchronous", "off")?;
    migrate(&mut connection, STEPS)?;
    connection.close().map_err(|(_, error)| error)?;
    Ok(())
}

/// Refuses a log whose file is missing or empty: SQLite would take it for a new one and throw the log
/// away, with the writes that it holds.
fn check_log(path: &Path) -> Result<(), StoreError> {
    let length = |path: &Path| fs::metadata(path).map_or(0, |file| file.len());
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let log = Path::new(&log);
    if length(path) == 0 && length(log) > 0 {
        return Err(StoreError::Damaged(format!(
            "expected the database beside its log {}, found none or an empty file, at {}",
            log.display(),
            path.display()
        )));
    }
    Ok(())
}

/// Refuses what does not begin like a database.
fn check_header(path: &Path) -> Result<(), StoreError> {
    const MAGIC: &[u8; 16] = b"SQLite format 3\0";
    let mut header = [0; 16];
    let mut file = File::open(path).map_err(|error| unavailable(path, &error))?;
    match file.read_exact(&mut header) {
        Ok(()) if header == *MAGIC => Ok(()),
        Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => {
            Err(unavailable(path, &error))
        }
        Ok(()) | Err(_) => Err(StoreError::Damaged(format!(
            "expected `SQLite format 3` at the beginning, found something else, in {}",
            path.display()
        ))),
    }
}

/// Refuses a file that is shorter than its header says: it was torn while it was copied or by its
/// disk. Reading all of it would take a minute per few gigabytes.
fn check_length(path: &Path, connection: &Connection) -> Result<(), StoreError> {
    let number = |name| connection.pragma_query_value(None, name, |row| count(row, 0));
    let version = number("data_version")?;
    // After a crash the rest of the file may still be in the log. Below zero, a running service is
    // just bringing it back.
    let (log, back) = checkpoint(connection)?;
    if log != back || log < 0 {
        return Ok(());
    }
    let expected = number("page_count")? * number("page_size")?;
    let found = fs::metadata(path)
        .map_err(|error| unavailable(path, &error))?
        .len();
    // What a running service has written since is in its log.
    if found < expected && number("data_version")? == version {
        return Err(StoreError::Damaged(format!(
            "expected {expected} bytes, found {found}"
        )));
    }
    Ok(())
}

pub(super) fn unavailable(path: &Path, error: &io::Error) -> StoreError {
    StoreError::Unavailable(format!("{error}, at {}", path.display()))
}

/// Adds where it happened.
fn at(path: &Path, error: StoreError) -> StoreError {
    let place = |text| format!("{text}, in {}", path.display());
    match error {
        StoreError::Full(text) => StoreError::Full(place(text)),
        StoreError::Unavailable(text) => StoreError::Unavailable(place(text)),
        StoreError::Damaged(text) => StoreError::Damaged(place(text)),
        StoreError::NotFound { .. } | StoreError::Exists { .. } | StoreError::Busy => error,
    }
}
