//! What every storage can do.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;

use super::{
    CheckRecord, Cursor, DecisionRecord, Delivery, Erased, Id, Key, ListEntry, Milliseconds,
    NewDecision, Person, PostRecord, PostWrite, Pruned, QueueFilter, QueueOrder, Site, SiteCounts,
    SiteId, Sought, StoreError, StoredAnswer,
};

/// Gives out ids, each larger than those before.
pub type NextId = Box<dyn Fn() -> Id + Send>;

/// Makes the answer that is kept of the entries that were written.
pub type AnswerTo = Box<dyn Fn(&[DecisionRecord]) -> Option<StoredAnswer> + Send>;

/// Storage. Writes return when they are safe on disk.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// The largest id in use, so that the next one is larger; 0 when empty.
    async fn largest_id(&self) -> Result<i64, StoreError>;

    /// Adds a site with its first keys and gives it its id.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if the name is taken.
    async fn add_site(&self, site: Site, keys: Vec<Key>) -> Result<SiteId, StoreError>;
    /// Replaces name and settings.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such site, [`StoreError::Exists`] if another has the name.
    async fn update_site(&self, site: Site) -> Result<(), StoreError>;
    /// All sites, by id.
    async fn sites(&self) -> Result<Vec<Site>, StoreError>;
    /// Adds a key; `retires` expires others of the same site at the given time, or when they expire
    /// anyway if that is earlier.
    ///
    /// # Errors
    /// With nothing written: [`StoreError::NotFound`] if the site or one of those keys is not there,
    /// [`StoreError::Exists`] if the key is.
    async fn add_key(&self, key: Key, retires: Vec<(Id, Milliseconds)>) -> Result<(), StoreError>;
    /// Sets when a key expires.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such key.
    async fn expire_key(&self, key: Id, at: Milliseconds) -> Result<(), StoreError>;
    /// All keys that have not expired at `now`.
    async fn keys(&self, now: Milliseconds) -> Result<Vec<Key>, StoreError>;
    /// Adds an entry.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if the site has one of the same field and value.
    async fn add_entry(&self, entry: ListEntry) -> Result<(), StoreError>;
    /// Removes an entry.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if the site has no such entry.
    async fn remove_entry(&self, site: SiteId, entry: Id) -> Result<(), StoreError>;
    /// All entries of all sites, by id.
    async fn entries(&self) -> Result<Vec<ListEntry>, StoreError>;

    /// Adds posts by their ids; `write` says what becomes of those that are there. Gives how many
    /// were written, each id once.
    async fn put_posts(
        &self,
        site: SiteId,
        posts: Vec<PostRecord>,
        write: PostWrite,
    ) -> Result<u64, StoreError>;
    /// A post by its id.
    async fn post(&self, site: SiteId, post: &str) -> Result<Option<PostRecord>, StoreError>;
    /// A post by where it stands: at this very address, else at the same
    /// [`place`](crate::comment::place()), the latest.
    async fn post_by_url(&self, site: SiteId, url: &str) -> Result<Option<PostRecord>, StoreError>;
    /// Posts in the order of their ids (as text), those after `after`.
    async fn posts(
        &self,
        site: SiteId,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<PostRecord>, StoreError>;
    /// Removes a post; verdicts under it stay. Whether it was there.
    async fn remove_post(&self, site: SiteId, post: &str) -> Result<bool, StoreError>;

    /// Adds verdicts of a site, and the posts that came with them. An earlier record of the same
    /// [comment](CheckRecord::id_of_versions) is superseded; the new one [follows](CheckRecord::follow)
    /// what was decided on those before it since it was judged. A blog that asked itself is told nothing
    /// any longer that waits about those.
    ///
    /// # Errors
    /// With nothing written: [`StoreError::Exists`] if the key of `answer` is in use.
    async fn add_checks(
        &self,
        site: SiteId,
        posts: Vec<(PostRecord, PostWrite)>,
        checks: Vec<Arc<CheckRecord>>,
        answer: Option<StoredAnswer>,
    ) -> Result<(), StoreError>;

    /// The latest comments under a post that belong to the conversation, oldest first, at most
    /// `limit`: not superseded, with text, and decided ham, or undecided and
    /// [company](crate::classifier::Assessment::is_company). With `before` only those with a lower id. Once
    /// those that are given have so many `bytes`, no older one is.
    async fn conversation(
        &self,
        site: SiteId,
        post: &str,
        before: Option<Id>,
        limit: u32,
        bytes: usize,
    ) -> Result<Vec<CheckRecord>, StoreError>;
    /// A verdict.
    async fn check(&self, site: SiteId, id: Id) -> Result<Option<CheckRecord>, StoreError>;
    /// The versions of a comment that others are compared with, oldest first: the first and the latest,
    /// those that were decided on, and the first undecided one that the model published and that has
    /// its text. Without a post, where each [is a comment of its own](CheckRecord::id_of_versions),
    /// the latest.
    async fn versions(
        &self,
        site: SiteId,
        post: &str,
        comment: &str,
    ) -> Result<Vec<CheckRecord>, StoreError>;
    /// Keeps the blog's own id of a comment with a verdict that came without one, unless there is
    /// another verdict on a comment with this id.
    async fn name_comment(
        &self,
        site: SiteId,
        verdict: Id,
        comment: &str,
    ) -> Result<(), StoreError>;
    /// A verdict on the same name and words. What one side does not say tells nothing apart: of each
    /// line, the first that both sides say must match, and none if they say none.
    ///
    /// 1. The blog.
    /// 2. The blog's own id of the post; its page.
    /// 3. The blog's own id of the comment; the e-mail address; the network address.
    ///
    /// Of several, the first of these that tells them apart:
    ///
    /// 1. The one with the same id of the comment.
    /// 2. The one with the same parent.
    /// 3. The one with more of e-mail address and network address the same.
    /// 4. The latest.
    async fn check_by_fingerprint(
        &self,
        site: SiteId,
        sought: Sought,
    ) -> Result<Option<CheckRecord>, StoreError>;
    /// Gives every comment of a site that has its text to `each`, by post and then by time: the
    /// versions that were decided on, of those with the same words the last, or else the version
    /// that is not superseded.
    async fn each_comment(
        &self,
        site: SiteId,
        each: Box<dyn FnMut(CheckRecord) + Send>,
    ) -> Result<(), StoreError>;
    /// Comments that are held, or were called spam, and that are undecided, not superseded and have their
    /// text.
    async fn queue(
        &self,
        site: SiteId,
        filter: &QueueFilter,
        order: QueueOrder,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Vec<CheckRecord>, StoreError>;
    /// How many comments wait, per site with at least one.
    async fn queue_lengths(&self) -> Result<Vec<(SiteId, u64)>, StoreError>;

    /// Adds entries to the log of decisions, sets what stands for their verdicts, lets the latest
    /// versions of their comments [follow](CheckRecord::follow), and puts a message that says so in
    /// the place of those that still wait about them and about earlier versions. Words that a decision
    /// brings are kept with a verdict whose own were [pruned](Self::prune), unless its person was
    /// erased. `checks` are verdicts made on the spot for comments that had none.
    ///
    /// Entries get their ids from `next_id` when they are written, so that whoever reads the log
    /// after an id misses none that comes later; they are given back, and `answer` sees them. Both
    /// may be called again.
    ///
    /// # Errors
    /// With nothing written: [`StoreError::NotFound`] if a verdict is not there or of another site;
    /// [`StoreError::Exists`] if the key of `answer` is in use, or a decision that is to be taken
    /// back was taken back already.
    async fn add_decisions(
        &self,
        checks: Vec<CheckRecord>,
        decisions: Vec<NewDecision>,
        next_id: NextId,
        answer: AnswerTo,
    ) -> Result<Vec<DecisionRecord>, StoreError>;
    /// An entry of the log.
    async fn decision(&self, site: SiteId, id: Id) -> Result<Option<DecisionRecord>, StoreError>;
    /// The log after `after`, oldest first.
    async fn decisions(
        &self,
        site: SiteId,
        after: Option<Id>,
        limit: u32,
    ) -> Result<Vec<DecisionRecord>, StoreError>;
    /// The entries about one verdict, oldest first.
    async fn decisions_on(
        &self,
        site: SiteId,
        verdict: Id,
    ) -> Result<Vec<DecisionRecord>, StoreError>;

    /// An answer that was given for a request with this key.
    async fn answer(&self, site: SiteId, key: &str) -> Result<Option<StoredAnswer>, StoreError>;

    /// Deliveries that are due, of all sites but those in `without`, oldest first.
    async fn due_deliveries(
        &self,
        now: Milliseconds,
        without: &[SiteId],
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError>;
    /// How many deliveries wait, due or not.
    async fn deliveries_waiting(&self) -> Result<u64, StoreError>;
    /// Puts a delivery off, or with `None` removes it. One that is gone is no error.
    async fn settle_delivery(
        &self,
        id: Id,
        again_at: Option<Milliseconds>,
    ) -> Result<(), StoreError>;

    /// What was counted for a site in the hours (of UTC) that begin from `from` up to `to`.
    async fn counts(
        &self,
        site: SiteId,
        from: Milliseconds,
        to: Milliseconds,
    ) -> Result<SiteCounts, StoreError>;

    /// Removes texts and features of verdicts before `texts_before`, with the reasons, which quote the
    /// text, and stored answers before `answers_before`. What somebody has ever decided on stays, and
    /// so does the latest version of such a comment, which stands for it in the conversation. At most
    /// `limit` of each, so that writes are never held up for long.
    async fn prune(
        &self,
        texts_before: Milliseconds,
        answers_before: Milliseconds,
        limit: u32,
    ) -> Result<Pruned, StoreError>;
    /// Forgets a person in one site, with all versions of their comments and the stored
    /// answers about these.
    ///
    /// # Errors
    /// With nothing forgotten, those of any write.
    async fn erase(&self, site: SiteId, person: Person) -> Result<Erased, StoreError>;
    /// Writes a consistent copy to a new file while in use.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if the file is there.
    async fn backup(&self, to: &Path) -> Result<(), StoreError>;
    /// Whether writes work now.
    async fn probe(&self) -> Result<(), StoreError>;
    /// How many reads and writes could not be done since the start.
    fn failures(&self) -> u64;
    /// Finishes what is waiting and closes.
    async fn close(&self);
}
