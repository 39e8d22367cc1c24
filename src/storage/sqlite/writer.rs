//! The one thread that writes. It takes what waits, applies it in one transaction, and answers when
//! that is on disk: one sync serves all who waited.

use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::checkpoints::{Checkpoints, after_failure};
use super::failure::Failures;
use crate::storage::StoreError;

/// A group ends with the write that brings it to so many rows, so that the first of a group does not
/// wait long for the last. At 25 microseconds a row this is 25 milliseconds.
const GROUP_ROWS: usize = 1_000;

/// Least time from one commit to the next. A write that comes by itself is committed at once; under
/// load those that come within this time share a commit, whose sync costs as much processor time as
/// several of them.
const PACE: Duration = Duration::from_millis(2);

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
    /// Writes and keeps what came of it; again if the transaction was taken back. Then answers.
    apply: Apply,
}

type Apply = Box<dyn FnMut(Step<'_>) -> Result<(), StoreError> + Send>;

/// What a write is to do.
enum Step<'a> {
    /// To write.
    Apply(&'a Connection),
    /// To answer its caller: what it wrote is on disk, or why not.
    Answer(Result<(), StoreError>),
}

/// The way to the thread.
pub(super) struct Writer {
    tasks: mpsc::Sender<Task>,
    /// Until it is waited for.
    thread: Mutex<Option<JoinHandle<()>>>,
    failures: Failures,
}

impl Writer {
    /// Starts the thread. At most `capacity` writes wait.
    pub(super) fn start(
        connection: Connection,
        checkpoints: Checkpoints,
        capacity: usize,
        failures: Failures,
    ) -> Result<Self, StoreError> {
        let (tasks, waiting) = mpsc::channel(capacity);
        let thread = thread::Builder::new()
            .name("storage".to_owned())
            .spawn(move || run(&connection, checkpoints, waiting))
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Self {
            tasks,
            thread: Mutex::new(Some(thread)),
            failures,
        })
    }

    /// Has `work` done in a transaction, about `rows` rows, and returns when it is on disk. Work
    /// that fails leaves nothing behind. A caller who does not wait for the end does not stop it.
    /// `work` is called again if another write of the same transaction failed.
    ///
    /// # Errors
    /// What `work` gives; [`StoreError::Busy`] if too many writes wait; what the commit gives.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        rows: usize,
        work: impl Fn(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (sender, answer) = oneshot::channel();
        let mut sender = Some(sender);
        let mut written = Err(closed());
        let apply = move |step: Step<'_>| match step {
            Step::Apply(connection) => {
                written = work(connection);
                written.as_ref().map(|_| ()).map_err(StoreError::clone)
            }
            Step::Answer(result) => {
                let written = std::mem::replace(&mut written, Err(closed()));
                if let Some(sender) = sender.take() {
                    // The caller may have left.
                    drop(sender.send(result.and(written)));
                }
                Ok(())
            }
        };
        let task = Task::Write(Write {
            rows,
            apply: Box::new(apply),
        });
        let sent = self.tasks.try_send(task).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => StoreError::Busy,
            mpsc::error::TrySendError::Closed(_) => closed(),
        });
        self.result(sent, answer).await
    }

    /// Has `work` done outside of a transaction, after what waits, and waits for its turn itself where
    /// too many writes do.
    pub(super) async fn alone<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (sender, answer) = oneshot::channel();
        let task = Task::Alone(Box::new(move |connection| {
            drop(sender.send(work(connection)))
        }));
        let sent = self.tasks.send(task).await.map_err(|_| closed());
        self.result(sent, answer).await
    }

    /// What came of a task.
    async fn result<T>(
        &self,
        sent: Result<(), StoreError>,
        answer: oneshot::Receiver<Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let result = match sent {
            Ok(()) => answer.await.map_err(|_| closed()).flatten(),
            Err(error) => Err(error),
        };
        self.failures.count(result)
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

fn run_cached(connection: &Connection, sql: &str) -> Result<(), StoreError> {
    connection.prepare_cached(sql)?.execute([])?;
    Ok(())
}

fn run(connection: &Connection, mut checkpoints: Checkpoints, mut waiting: mpsc::Receiver<Task>) {
    let mut next = None;
    let mut committed = Instant::now();
    while let Some(task) = next.take().or_else(|| waiting.blocking_recv()) {
        match task {
            Task::Write(first) => {
                thread::sleep(PACE.saturating_sub(committed.elapsed()));
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
                committed = Instant::now();
                if commit(connection, &mut group) {
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

/// Applies a group in one transaction and answers. Gives whether storage takes writes: one that is
/// wrong by itself is told so, and says nothing of storage.
///
/// That a write itself fails is rare, so nothing is prepared for taking back one of many: the halves
/// of the group then get a transaction each.
fn commit(connection: &Connection, group: &mut [Write]) -> bool {
    let (result, takes_writes) = match transaction(connection, group) {
        Ok(()) => (Ok(()), true),
        Err(Failure::OfOne(_)) if group.len() > 1 => {
            let (first, rest) = group.split_at_mut(group.len() / 2);
            let first = commit(connection, first);
            return commit(connection, rest) && first;
        }
        Err(Failure::OfOne(error)) => (Err(error), true),
        Err(Failure::OfAll(error)) => (Err(error), false),
    };
    for write in group {
        // The answer has no result of its own.
        drop((write.apply)(Step::Answer(result.clone())));
    }
    takes_writes
}

/// Why a transaction was taken back.
enum Failure {
    /// One write could not be applied, and others may be.
    OfOne(StoreError),
    /// Nothing can be written.
    OfAll(StoreError),
}

fn transaction(connection: &Connection, group: &mut [Write]) -> Result<(), Failure> {
    run_cached(connection, "BEGIN IMMEDIATE").map_err(Failure::OfAll)?;
    let applied = group
        .iter_mut()
        .try_for_each(|write| (write.apply)(Step::Apply(connection)));
    let result = match applied {
        Ok(()) => run_cached(connection, "COMMIT").map_err(Failure::OfAll),
        // SQLite has taken the transaction back, as it does when the disk is full.
        Err(error) if connection.is_autocommit() => Err(Failure::OfAll(error)),
        Err(error) => Err(Failure::OfOne(error)),
    };
    if !connection.is_autocommit() {
        // If this fails as well, the next BEGIN will, and those writers are told.
        drop(run_cached(connection, "ROLLBACK"));
    }
    result
}
