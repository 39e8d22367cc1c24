//! A copy of the database while it is in use.

use std::path::Path;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::new_file::make;
use crate::storage::StoreError;

/// Copies what was committed when it began. One step takes all pages, and so holds one snapshot:
/// with more steps, each write between two of them would begin the copy anew.
pub(super) fn backup(connection: &Connection, to: &Path) -> Result<(), StoreError> {
    make(to, |beside| {
        let mut target = Connection::open_with_flags(beside, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let step = Backup::new(connection, &mut target)?.step(-1)?;
        if step != StepResult::Done {
            return Err(StoreError::Busy);
        }
        target.close().map_err(|(_, error)| error)?;
        Ok(())
    })
}
