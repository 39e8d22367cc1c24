//! Brings what stands in the log back into the file, while the writer goes on.
//!
//! Left to the writer this takes tens of milliseconds each time, in which every write waits. The log
//! begins anew only where nothing of it is missing in the file, which under load never comes about
//! from outside: the writer brings back the small rest itself.
//!
//! What was brought back is synced at once. Otherwise it stays in memory until the system writes a
//! great deal of it, and a commit that syncs the log at that time waits for all of it.

use std::fs::File;
use std::mem::ManuallyDrop;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;

use crate::storage::StoreError;

/// Pages after which the log is brought back, as far as rows and commits tell: about 2 MB of it.
const PAGES: usize = 500;

/// Pages that a commit writes whatever it holds: roots and inner pages of the indices. Under light
/// load they are most of the log.
const COMMIT_PAGES: usize = 4;

/// Pages of the log that are left to the writer: about a millisecond.
const REST: i64 = 250;

/// Pages at which the log is to begin anew: 32 MB.
const LONG: i64 = 8_000;

/// How often it is tried to come near the writer.
const PASSES: u32 = 4;

/// The thread, seen from the writer.
pub(super) struct Checkpoints {
    wake: Option<SyncSender<()>>,
    /// Set when the log is long and little is missing.
    finish: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    /// Pages written since the thread was woken, about.
    pages: usize,
}

impl Checkpoints {
    /// Starts the thread, on a connection of its own.
    pub(super) fn start(
        connection: Connection,
        file: ManuallyDrop<File>,
    ) -> Result<Self, StoreError> {
        let (wake, woken) = sync_channel(1);
        let finish = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&finish);
        let thread = thread::Builder::new()
            .name("checkpoints".to_owned())
            .spawn(move || run(&connection, &file, &woken, &seen))
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Self {
            wake: Some(wake),
            finish,
            thread: Some(thread),
            pages: 0,
        })
    }

    /// To be called by the writer after each commit, with the rows that were written.
    pub(super) fn written(&mut self, writer: &Connection, rows: usize) {
        self.pages += rows + COMMIT_PAGES;
        if self.pages >= PAGES
            && let Some(wake) = &self.wake
        {
            self.pages = 0;
            // A thread that is awake looks again anyway.
            let _ = wake.try_send(());
        }
        if self.finish.swap(false, Ordering::Relaxed) {
            // What fails now is tried again when the log has grown.
            drop(checkpoint(writer));
        }
    }
}

/// To be called by the writer when storage took no writes. On a full disk the log, which holds most
/// pages many times, may be what fills it: once it is in the file it begins anew in its place.
pub(super) fn after_failure(writer: &Connection) {
    // Where the file cannot take it either, the next failure tries again.
    drop(checkpoint(writer));
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.wake = None;
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

fn run(connection: &Connection, file: &File, woken: &Receiver<()>, finish: &AtomicBool) {
    while woken.recv().is_ok() {
        for _ in 0..PASSES {
            // A disk that fails here fails the writer as well, who has somebody to tell.
            let Ok((log, back)) = checkpoint(connection) else {
                break;
            };
            // For the time it takes alone: before the log begins anew SQLite syncs the file itself.
            drop(file.sync_data());
            if log - back <= REST {
                finish.store(log >= LONG, Ordering::Relaxed);
                break;
            }
        }
    }
}

/// Brings back what nobody reads any longer. Pages in the log, and how many of them are in the file.
pub(super) fn checkpoint(connection: &Connection) -> Result<(i64, i64), StoreError> {
    let mut statement = connection.prepare_cached("PRAGMA wal_checkpoint(PASSIVE)")?;
    Ok(statement.query_row([], |row| Ok((row.get(1)?, row.get(2)?)))?)
}
