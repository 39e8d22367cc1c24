//! Storage in one SQLite file.
//!
//! One thread writes ([`Writer`]), another brings the log back into the file ([`Checkpoints`]), some
//! connections read ([`Readers`]); the log of SQLite (WAL) lets
//! them do so at the same time. The file is kept in order by SQLite alone: nothing is cached here.

mod answers;
mod backup;
mod checkpoints;
mod checks;
mod counts;
mod decisions;
mod deliveries;
mod failure;
mod file;
mod migrations;
mod new_file;
mod posts;
mod queue;
mod readers;
mod removal;
mod rows;
mod sites;
mod versions;
mod writer;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::Connection;

use checkpoints::Checkpoints;
use failure::Failures;
use readers::Readers;
use writer::Writer;

use super::{
    AnswerTo, CheckRecord, Cursor, DecisionRecord, Delivery, Erased, Id, Key, ListEntry,
    Milliseconds, NewDecision, NextId, Person, PostRecord, PostWrite, Pruned, QueueFilter,
    QueueOrder, Site, SiteCounts, SiteId, Sought, Store, StoreError, StoredAnswer,
};

/// How the file is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqliteOptions {
    /// Writes that may wait; more are refused with [`StoreError::Busy`]. At least 1.
    pub waiting_writes: usize,
    /// Connections that read. At least 1.
    pub readers: u32,
    /// Pages of 4 KiB that the file may have; a file that would grow beyond is like a full disk.
    pub most_pages: Option<u32>,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self {
            waiting_writes: 4_096,
            readers: 4,
            most_pages: None,
        }
    }
}

/// Storage in one SQLite file. Dropping it finishes what waits.
pub struct SqliteStore {
    // In this order: the last connection to be closed, which is the writer's, removes the log.
    readers: Readers,
    writer: Writer,
    failures: Failures,
}

impl SqliteStore {
    /// Opens the file, or makes it; blocks.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if it is torn or of another program, [`StoreError::Unavailable`] if it
    /// cannot be opened for writing or is of a newer version of this program.
    pub fn open(path: &Path, options: SqliteOptions) -> Result<Self, StoreError> {
        Self::over(file::open_writer(path, &options)?, path, &options)
    }

    /// Opens a file that is there and changes nothing in it, so that a service of another version
    /// goes on with it; blocks. Writes are refused. Where [`Self::is_current`] says no,
    /// [`Store::backup`] alone can be relied on.
    ///
    /// # Errors
    /// Those of [`Self::open`].
    pub fn open_unchanged(path: &Path, options: SqliteOptions) -> Result<Self, StoreError> {
        Self::over(file::open_unchanged(path)?, path, &options)
    }

    fn over(
        connection: Connection,
        path: &Path,
        options: &SqliteOptions,
    ) -> Result<Self, StoreError> {
        let checkpoints =
            Checkpoints::start(file::open_checkpoints(path)?, file::open_to_sync(path)?)?;
        let readers = (0..options.readers.max(1)).map(|_| file::open_reader(path));
        let failures = Failures::default();
        Ok(Self {
            readers: Readers::new(readers.collect::<Result<_, _>>()?, failures.clone()),
            writer: Writer::start(
                connection,
                checkpoints,
                options.waiting_writes.max(1),
                failures.clone(),
            )?,
            failures,
        })
    }

    /// Whether the tables are those of this version, and not of an older one.
    ///
    /// # Errors
    /// What reading gives.
    pub async fn is_current(&self) -> Result<bool, StoreError> {
        self.readers.read(migrations::is_current).await
    }
}

/// The largest id that was given out.
fn largest_id(connection: &Connection) -> Result<i64, StoreError> {
    let mut largest = 0;
    for table in ["keys", "entries", "verdicts", "decisions", "deliveries"] {
        let sql = format!("SELECT ifnull(max(id), 0) FROM {table}");
        largest = largest.max(connection.query_row(&sql, [], |row| row.get(0))?);
    }
    Ok(largest)
}

/// Empties the log, which may still hold what was erased. Where somebody reads from it, the next
/// write after they have finished begins it anew.
fn empty_log(connection: &Connection) -> Result<(), StoreError> {
    Ok(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
}

#[async_trait]
impl Store for SqliteStore {
    async fn largest_id(&self) -> Result<i64, StoreError> {
        self.readers.read(largest_id).await
    }

    async fn add_site(&self, site: Site, keys: Vec<Key>) -> Result<SiteId, StoreError> {
        self.writer
            .write(1, move |c| sites::add(c, &site, &keys))
            .await
    }

    async fn update_site(&self, site: Site) -> Result<(), StoreError> {
        self.writer.write(1, move |c| sites::update(c, &site)).await
    }

    async fn sites(&self) -> Result<Vec<Site>, StoreError> {
        self.readers.read(sites::all).await
    }

    async fn add_key(&self, key: Key, retires: Vec<(Id, Milliseconds)>) -> Result<(), StoreError> {
        self.writer
            .write(1, move |c| sites::add_key(c, &key, &retires))
            .await
    }

    async fn expire_key(&self, key: Id, at: Milliseconds) -> Result<(), StoreError> {
        self.writer
            .write(1, move |c| sites::expire_key(c, key, at))
            .await
    }

    async fn keys(&self, now: Milliseconds) -> Result<Vec<Key>, StoreError> {
        self.readers.read(move |c| sites::keys(c, now)).await
    }

    async fn add_entry(&self, entry: ListEntry) -> Result<(), StoreError> {
        self.writer
            .write(1, move |c| sites::add_entry(c, &entry))
            .await
    }

    async fn remove_entry(&self, site: SiteId, entry: Id) -> Result<(), StoreError> {
        self.writer
            .write(1, move |c| sites::remove_entry(c, site, entry))
            .await
    }

    async fn entries(&self) -> Result<Vec<ListEntry>, StoreError> {
        self.readers.read(sites::entries).await
    }

    async fn put_posts(
        &self,
        site: SiteId,
        posts: Vec<PostRecord>,
        write: PostWrite,
    ) -> Result<u64, StoreError> {
        self.writer
            .write(posts.len(), move |c| posts::put(c, site, &posts, write))
            .await
    }

    async fn post(&self, site: SiteId, post: &str) -> Result<Option<PostRecord>, StoreError> {
        let post = post.to_owned();
        self.readers
            .read(move |c| posts::by_id(c, site, &post))
            .await
    }

    async fn post_by_url(&self, site: SiteId, url: &str) -> Result<Option<PostRecord>, StoreError> {
        let url = url.to_owned();
        self.readers
            .read(move |c| posts::by_url(c, site, &url))
            .await
    }

    async fn posts(
        &self,
        site: SiteId,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<PostRecord>, StoreError> {
        let after = after.map(str::to_owned);
        self.readers
            .read(move |c| posts::after(c, site, after.as_deref(), limit))
            .await
    }

    async fn remove_post(&self, site: SiteId, post: &str) -> Result<bool, StoreError> {
        let post = post.to_owned();
        self.writer
            .write(1, move |c| posts::remove(c, site, &post))
            .await
    }

    async fn add_checks(
        &self,
        site: SiteId,
        posts: Vec<(PostRecord, PostWrite)>,
        checks: Vec<Arc<CheckRecord>>,
        answer: Option<StoredAnswer>,
    ) -> Result<(), StoreError> {
        let rows = posts.len() + checks.len();
        let work = move |c: &Connection| {
            answer
                .iter()
                .try_for_each(|answer| answers::add(c, answer))?;
            for (post, write) in &posts {
                posts::put(c, site, std::slice::from_ref(post), *write)?;
            }
            checks.iter().try_for_each(|check| checks::add(c, check))
        };
        self.writer.write(rows, work).await
    }

    async fn conversation(
        &self,
        site: SiteId,
        post: &str,
        before: Option<Id>,
        limit: u32,
        bytes: usize,
    ) -> Result<Vec<CheckRecord>, StoreError> {
        let post = post.to_owned();
        self.readers
            .read(move |c| checks::conversation(c, site, &post, before, limit, bytes))
            .await
    }

    async fn check(&self, site: SiteId, id: Id) -> Result<Option<CheckRecord>, StoreError> {
        self.readers.read(move |c| checks::by_id(c, site, id)).await
    }

    async fn versions(
        &self,
        site: SiteId,
        post: &str,
        comment: &str,
    ) -> Result<Vec<CheckRecord>, StoreError> {
        let (post, comment) = (post.to_owned(), comment.to_owned());
        self.readers
            .read(move |c| checks::versions(c, site, &post, &comment))
            .await
    }

    async fn name_comment(
        &self,
        site: SiteId,
        verdict: Id,
        comment: &str,
    ) -> Result<(), StoreError> {
        let comment = comment.to_owned();
        self.writer
            .write(1, move |c| checks::name(c, site, verdict, &comment))
            .await
    }

    async fn check_by_fingerprint(
        &self,
        site: SiteId,
        sought: Sought,
    ) -> Result<Option<CheckRecord>, StoreError> {
        self.readers
            .read(move |c| checks::by_fingerprint(c, site, &sought))
            .await
    }

    async fn each_comment(
        &self,
        site: SiteId,
        each: Box<dyn FnMut(CheckRecord) + Send>,
    ) -> Result<(), StoreError> {
        self.readers
            .list(move |c| checks::each(c, site, each))
            .await
    }

    async fn queue(
        &self,
        site: SiteId,
        filter: &QueueFilter,
        order: QueueOrder,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Vec<CheckRecord>, StoreError> {
        let filter = filter.clone();
        self.readers
            .list(move |c| queue::page(c, site, &filter, order, after, limit))
            .await
    }

    async fn queue_lengths(&self) -> Result<Vec<(SiteId, u64)>, StoreError> {
        self.readers.list(queue::lengths).await
    }

    async fn add_decisions(
        &self,
        checks: Vec<CheckRecord>,
        decisions: Vec<NewDecision>,
        next_id: NextId,
        answer: AnswerTo,
    ) -> Result<Vec<DecisionRecord>, StoreError> {
        let rows = checks.len() + decisions.len();
        let work = move |c: &Connection| {
            checks.iter().try_for_each(|check| checks::add(c, check))?;
            let mut written = Vec::with_capacity(decisions.len());
            for decision in &decisions {
                let entry = DecisionRecord {
                    id: next_id(),
                    ..decision.record.clone()
                };
                if let Some(text) = &decision.text {
                    checks::bring_back(c, entry.site, entry.verdict, text)?;
                }
                let stands = decisions::add(c, &entry)?;
                let message = decision.message.as_ref();
                deliveries::replace(c, &entry, message.zip(stands), &next_id)?;
                written.push(entry);
            }
            answer(&written)
                .iter()
                .try_for_each(|answer| answers::add(c, answer))?;
            Ok(written)
        };
        self.writer.write(rows, work).await
    }

    async fn decision(&self, site: SiteId, id: Id) -> Result<Option<DecisionRecord>, StoreError> {
        self.readers
            .read(move |c| decisions::by_id(c, site, id))
            .await
    }

    async fn decisions(
        &self,
        site: SiteId,
        after: Option<Id>,
        limit: u32,
    ) -> Result<Vec<DecisionRecord>, StoreError> {
        self.readers
            .read(move |c| decisions::after(c, site, after, limit))
            .await
    }

    async fn decisions_on(
        &self,
        site: SiteId,
        verdict: Id,
    ) -> Result<Vec<DecisionRecord>, StoreError> {
        self.readers
            .read(move |c| decisions::on_verdict(c, site, verdict))
            .await
    }

    async fn answer(&self, site: SiteId, key: &str) -> Result<Option<StoredAnswer>, StoreError> {
        let key = key.to_owned();
        self.readers
            .read(move |c| answers::by_key(c, site, &key))
            .await
    }

    async fn due_deliveries(
        &self,
        now: Milliseconds,
        without: &[SiteId],
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        let without = without.to_vec();
        self.readers
            .read(move |c| deliveries::due(c, now, &without, limit))
            .await
    }

    async fn deliveries_waiting(&self) -> Result<u64, StoreError> {
        self.readers.list(deliveries::waiting).await
    }

    async fn settle_delivery(
        &self,
        id: Id,
        again_at: Option<Milliseconds>,
    ) -> Result<(), StoreError> {
        self.writer
            .write(1, move |c| deliveries::settle(c, id, again_at))
            .await
    }

    async fn counts(
        &self,
        site: SiteId,
        from: Milliseconds,
        to: Milliseconds,
    ) -> Result<SiteCounts, StoreError> {
        self.readers
            .read(move |c| counts::between(c, site, from, to))
            .await
    }

    async fn prune(
        &self,
        texts_before: Milliseconds,
        answers_before: Milliseconds,
        limit: u32,
    ) -> Result<Pruned, StoreError> {
        let work = move |c: &Connection| removal::prune(c, texts_before, answers_before, limit);
        self.writer.write(limit as usize, work).await
    }

    async fn erase(&self, site: SiteId, person: Person) -> Result<Erased, StoreError> {
        let erased = self
            .writer
            .write(1, move |c| removal::erase(c, site, &person))
            .await?;
        // What was written is no failure. The log begins anew by itself, only later.
        if let Err(error) = self.writer.alone(empty_log).await {
            tracing::warn!(%error, "the log may still hold what was erased");
        }
        Ok(erased)
    }

    async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        let to = to.to_owned();
        self.readers.read(move |c| backup::backup(c, &to)).await
    }

    async fn probe(&self) -> Result<(), StoreError> {
        self.writer.write(1, migrations::write_version).await
    }

    fn failures(&self) -> u64 {
        self.failures.total()
    }

    async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}
