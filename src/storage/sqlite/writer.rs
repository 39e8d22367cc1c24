//! The one thread that writes. It takes what waits, applies it in one transaction, and answers when
//! that is on disk: one sync serves all who waited, and nobody waits for others to come.

use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::checkpoints::{Checkpoints, after_failure};
use crate::storage::StoreError;

/// A group ends with the write that brings it to so many rows, so that the first of a group does not
/// wait long for the last. At 25 microseconds a row this is 25 milliseconds.
const GROUP_ROWS: usize = 1_000;

/// What the thread is asked to do.
enum Task {
    /// A write, which shares a transaction with others.
    Write(Write),
    /// Work outside of a transaction, such as emptying the log.
    Alone(Box<dyn FnOnce(&Connection) + Send>),
    /// To end, after everything that came before.
    Close,
}

struct Write {
    /// About how many rows it writes.
    rows: usize,
    /// Writes, or is told why there is nothing to write to; gives what comes after the commit.
    apply: Apply,
}

type Apply = Box<dyn FnOnce(Result<&Connection, StoreError>) -> Applied + Send>;

struct Applied {
    /// Why it could not be applied.
    error: Option<StoreError>,
    /// Answers the caller, who is told if the commit failed.
    answer: Box<dyn FnOnce(Option<StoreError>) + Send>,
}

/// The way to the thread.
pub(super) struct Writer {
    tasks: mpsc::Sender<Task>,
    /// Until it is waited for.
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread. At most `capacity` writes wait.
    pub(super) fn start(
        connection: Connection,
        checkpoints: Checkpoints,
        capacity: usize,
    ) -> Result<Self, StoreError> {
        let (tasks, waiting) = mpsc::channel(capacity);
        let thread = thread::Builder::new()
            .name("storage".to_owned())
            .spawn(move || run(&connection, checkpoints, waiting))
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Self {
            tasks,
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Has `work` done in a transaction, about `rows` rows, and returns when it is on disk. Work
    /// that fails leaves nothing behind. A caller who does not wait for the end does not stop it.
    ///
    /// # Errors
    /// What `work` gives; [`StoreError::Busy`] if too many writes wait; what the commit gives.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        rows: usize,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (sender, answer) = oneshot::channel();
        let apply = move |connection: Result<&Connection, StoreError>| {
            let result = connection.and_then(|connection| savepoint(connection, work));
            Applied {
                error: result.as_ref().err().cloned(),
                // The caller may have left.
                answer: Box::new(move |failed| drop(sender.send(failed.map_or(result, Err)))),
            }
        };
        self.send(Task::Write(Write {
            rows,
            apply: Box::new(apply),
        }))?;
        answer.await.map_err(|_| closed())?
    }

    /// Has `work` done outside of a transaction, after what waits.
    pub(super) async fn alone<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (sender, answer) = oneshot::channel();
        self.send(Task::Alone(Box::new(move |connection| {
            drop(sender.send(work(connection)))
        })))?;
        answer.await.map_err(|_| closed())?
    }

    fn send(&self, task: Task) -> Result<(), StoreError> {
        self.tasks.try_send(task).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => StoreError::Busy,
            mpsc::error::TrySendError::Closed(_) => closed(),
        })
    }

    /// Returns when everything that was sent is done and the file is closed. Later writes fail.
    pub(super) async fn close(&self) {
        // An error says that it was closed before.
        drop(self.tasks.send(Task::Close).await);
        if let Some(thread) = self.take_thread() {
            drop(tokio::task::spawn_blocking(|| thread.join()).await);
        }
    }

    fn take_thread(&self) -> Option<JoinHandle<()>> {
        self.thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // The thread ends when the last sender is gone and nothing waits.
        drop(std::mem::replace(&mut self.tasks, mpsc::channel(1).0));
        if let Some(thread) = self.take_thread() {
            drop(thread.join());
        }
    }
}

fn closed() -> StoreError {
    StoreError::Unavailable("it was closed".to_owned())
}

/// Applies `work` so that an error takes back what it wrote, and nothing of others.
fn savepoint<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    run_cached(connection, "SAVEPOINT work")?;
    let result = work(connection);
    // After some errors SQLite has taken back the whole transaction, and the savepoint with it.
    if result.is_err() && !connection.is_autocommit() {
        run_cached(connection, "ROLLBACK TO work")?;
    }
    if !connection.is_autocommit() {
        run_cached(connection, "RELEASE work")?;
    }
    result
}

fn run_cached(connection: &Connection, sql: &str) -> Result<(), StoreError> {
    connection.prepare_cached(sql)?.execute([])?;
    Ok(())
}

fn run(connection: &Connection, mut checkpoints: Checkpoints, mut waiting: mpsc::Receiver<Task>) {
    let mut next = None;
    while let Some(task) = next.take().or_else(|| waiting.blocking_recv()) {
        match task {
            Task::Write(first) => {
                let mut rows = first.rows;
                let mut group = vec![first];
                while rows < GROUP_ROWS {
                    match waiting.try_recv() {
                        Ok(Task::Write(write)) => {
                            rows += write.rows;
                            group.push(write);
                        }
                        Ok(other) => {
                            next = Some(other);
                            break;
                        }
                        Err(_) => break,
                    }
                }
                if commit(connection, group) {
                    checkpoints.written(connection, rows);
                } else {
                    after_failure(connection);
                }
            }
            Task::Alone(work) => work(connection),
            Task::Close => waiting.close(),
        }
    }
}

/// Applies a group in one transaction and answers. Gives whether it was committed.
fn commit(connection: &Connection, group: Vec<Write>) -> bool {
    let mut failed = run_cached(connection, "BEGIN IMMEDIATE").err();
    let mut answers = Vec::with_capacity(group.len());
    for write in group {
        let applied = (write.apply)(failed.clone().map_or(Ok(connection), Err));
        if failed.is_none() && connection.is_autocommit() {
            // SQLite has taken the transaction back, as it does when the disk is full.
            failed = applied.error;
        }
        answers.push(applied.answer);
    }
    if failed.is_none() {
        failed = run_cached(connection, "COMMIT").err();
    }
    if !connection.is_autocommit() {
        // If this fails as well, the next BEGIN will, and those writers are told.
        drop(run_cached(connection, "ROLLBACK"));
    }
    let is_committed = failed.is_none();
    for answer in answers {
        answer(failed.clone());
    }
    is_committed
}
