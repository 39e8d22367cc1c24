//! Errors of SQLite as errors of storage.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::ErrorCode;
use rusqlite::ffi;

use crate::storage::StoreError;

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let code = error
            .sqlite_error()
            .map(|error| (error.code, error.extended_code));
        let text = error.to_string();
        match code {
            Some((ErrorCode::DiskFull, _)) => Self::Full(text),
            Some((ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase, _)) => Self::Damaged(text),
            Some((ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _)) => Self::Busy,
            // The only parents that callers name without a look-up before are sites.
            Some((_, ffi::SQLITE_CONSTRAINT_FOREIGNKEY)) => Self::NotFound { what: "site" },
            Some((_, ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID)) => {
                Self::Exists { what: "id" }
            }
            Some(_) => Self::Unavailable(text),
            None => match error {
                rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::Utf8Error(..) => Self::Damaged(text),
                _ => Self::Unavailable(text),
            },
        }
    }
}

/// How many reads and writes could not be done, whatever their callers make of it. One that asks for
/// what is not there, or comes when too many wait, is none of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Failures(Arc<AtomicU64>);

impl Failures {
    /// Counts what came of a read or a write.
    pub(super) fn count<T>(&self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        match &result {
            Err(StoreError::Full(_) | StoreError::Unavailable(_) | StoreError::Damaged(_)) => {
                self.0.fetch_add(1, Ordering::Relaxed);
            }
            Err(StoreError::NotFound { .. } | StoreError::Exists { .. } | StoreError::Busy)
            | Ok(_) => {}
        }
        result
    }

    pub(super) fn total(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Says what exists already where a unique column refuses a row.
pub(super) fn taken(what: &'static str) -> impl Fn(rusqlite::Error) -> StoreError {
    move |error| match error.sqlite_error().map(|error| error.extended_code) {
        Some(ffi::SQLITE_CONSTRAINT_UNIQUE) => StoreError::Exists { what },
        _ => error.into(),
    }
}
