//! A copy of the database while it is in use.

use std::fs::{self, File, OpenOptions};
use std::path::Path;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::file::{create, unavailable};
use crate::storage::StoreError;

/// Copies what was committed when it began. One step takes all pages, and so holds one snapshot:
/// with more steps, each write between two of them would begin the copy anew.
pub(super) fn backup(connection: &Connection, to: &Path) -> Result<(), StoreError> {
    if to.exists() {
        return Err(StoreError::Exists { what: "file" });
    }
    let mut name = to.as_os_str().to_owned();
    name.push(".partial");
    let partial = Path::new(&name);
    let copied = copy(connection, partial, to);
    if copied.is_err() {
        // What is left of it is of no use; that it cannot be removed is no worse than the error.
        drop(fs::remove_file(partial));
    }
    copied
}

fn copy(connection: &Connection, partial: &Path, to: &Path) -> Result<(), StoreError> {
    drop(fs::remove_file(partial));
    create(partial)?;
    let mut target = Connection::open(partial)?;
    let step = Backup::new(connection, &mut target)?.step(-1)?;
    if step != StepResult::Done {
        return Err(StoreError::Busy);
    }
    target.close().map_err(|(_, error)| error)?;
    let sync = || {
        OpenOptions::new().write(true).open(partial)?.sync_all()?;
        fs::rename(partial, to)?;
        // The name is safe when the folder is.
        #[cfg(unix)]
        File::open(folder(to))?.sync_all()?;
        Ok(())
    };
    sync().map_err(|error| unavailable(to, &error))
}

/// The folder that a file lies in.
fn folder(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}
