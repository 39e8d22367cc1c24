//! Connections that read while the writer writes. Each read sees what was committed when it began.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::failure::Failures;
use crate::storage::StoreError;

/// A fixed number of connections.
pub(super) struct Readers {
    idle: Arc<Mutex<Vec<Connection>>>,
    /// As many permits as there are idle connections.
    permits: Arc<Semaphore>,
    /// Permits of those who may read long lists, half of the connections: what a check needs finds
    /// one that is idle or soon will be.
    lists: Arc<Semaphore>,
    total: u32,
    failures: Failures,
}

impl Readers {
    pub(super) fn new(connections: Vec<Connection>, failures: Failures) -> Self {
        let total = connections.len();
        Self {
            idle: Arc::new(Mutex::new(connections)),
            permits: Arc::new(Semaphore::new(total)),
            lists: Arc::new(Semaphore::new((total / 2).max(1))),
            total: total as u32,
            failures,
        }
    }

    /// Runs `work` on an idle connection, away from the threads that must not block.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.failures.count(self.run(work).await)
    }

    /// [Reads](Self::read) what may take as long as a site has comments.
    pub(super) async fn list<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let turn = Arc::clone(&self.lists).acquire_owned().await;
        let turn = turn.map_err(|_| closed())?;
        let work = move |connection: &Connection| {
            let _turn = turn;
            work(connection)
        };
        self.read(work).await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        // The permit goes with the work, so that a caller who leaves does not free a connection that
        // is in use.
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_| closed())?;
        let idle = Arc::clone(&self.idle);
        let task = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let lock = || idle.lock().unwrap_or_else(PoisonError::into_inner);
            let connection = lock().pop().ok_or_else(closed)?;
            let result = work(&connection);
            lock().push(connection);
            result
        });
        task.await
            .map_err(|error| StoreError::Unavailable(error.to_string()))?
    }

    /// Waits for reads that have begun and closes the connections. Later reads fail.
    pub(super) async fn close(&self) {
        if let Ok(permits) = self.permits.acquire_many(self.total).await {
            self.permits.close();
            self.idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clear();
            drop(permits);
        }
    }
}

fn closed() -> StoreError {
    StoreError::Unavailable("it was closed".to_owned())
}
