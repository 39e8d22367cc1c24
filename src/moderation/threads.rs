//! Threads in memory: the running context of those that were asked about lately, and the verdicts that
//! are on their way into storage.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use moka::ops::compute::Op;
use moka::sync::Cache;
use xxhash_rust::xxh3::xxh3_64;

use crate::comment::{Comment, Field, Post};
use crate::context::{Context, REMEMBERED};
use crate::storage::{CheckRecord, CommentText, Id, PostRecord, SiteId};

/// Comments that a context is built from when a thread comes into memory: as many as one that was
/// never dropped remembers.
pub(super) const LOADED: u32 = REMEMBERED as u32;

/// Bytes of comments after which no older one goes into it: about what a thread remembers of as many
/// comments, each with its first 400 words. Of essays, one that was never dropped has seen more.
pub(super) const LOADED_BYTES: usize = 256 << 10;

/// Memory that threads may take, in bytes. What does not fit is built again when it is asked for.
const MOST_BYTES: u64 = 72 << 20;

/// What a thread takes before it is weighed.
const THREAD_BYTES: u32 = 4096;

/// Comments after which a thread is weighed again: it grows with them.
const WEIGHED_EVERY: usize = 8;

/// One thread in memory.
#[derive(Debug)]
pub(super) struct LiveThread {
    /// The running context.
    pub(super) context: Context,
    /// The post that it stands on.
    pub(super) post: PostDigest,
}

/// Tells threads apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    /// How often all threads had been forgotten: those of before are never found again.
    era: u64,
    site: SiteId,
    /// Digest of the post's id.
    post: u64,
}

/// A place for one thread.
#[derive(Debug)]
pub(super) struct Place {
    key: Key,
    /// Empty until somebody asks. The lock is held while one comment is judged and added, so that
    /// comments of one thread see each other in order.
    pub(super) thread: tokio::sync::Mutex<Option<LiveThread>>,
}

/// Verdicts that are being written, by site and digest of the post's id.
type InWriting = HashMap<(SiteId, u64), Vec<Arc<CheckRecord>>>;

/// Threads in memory, the least used dropped first.
#[derive(Debug)]
pub(super) struct Threads {
    /// With the bytes that they take. What puts in or removes one goes through `entry`, one after the
    /// other for each key.
    places: Cache<Key, (Arc<Place>, u32)>,
    era: AtomicU64,
    writing: Mutex<InWriting>,
}

impl Threads {
    pub(super) fn new() -> Self {
        let places = Cache::builder()
            .weigher(|_, (_, bytes): &(Arc<Place>, u32)| *bytes)
            .max_capacity(MOST_BYTES)
            .build();
        Self {
            places,
            era: AtomicU64::new(0),
            writing: Mutex::default(),
        }
    }

    fn key(&self, site: SiteId, post: &str) -> Key {
        Key {
            era: self.era.load(Ordering::SeqCst),
            site,
            post: xxh3_64(post.as_bytes()),
        }
    }

    /// The place of a thread.
    pub(super) fn place(&self, site: SiteId, post: &str) -> Arc<Place> {
        let key = self.key(site, post);
        let empty = || {
            let thread = tokio::sync::Mutex::default();
            (Arc::new(Place { key, thread }), THREAD_BYTES)
        };
        self.places.get_with(key, empty).0
    }

    /// Tells that a verdict of the thread is being written, which is part of it where it is in memory.
    pub(super) fn grew(&self, place: &Arc<Place>, thread: Option<&LiveThread>) {
        let era = self.era.load(Ordering::SeqCst);
        let now = Key { era, ..place.key };
        match (self.places.get(&now), thread) {
            // The thread was forgotten and may have been built again without the comment.
            (Some((held, _)), _) if !Arc::ptr_eq(&held, place) => self.remove(now),
            (_, Some(thread)) if thread.context.n_earlier().is_multiple_of(WEIGHED_EVERY) => {
                self.weigh(place, thread);
            }
            _ => {}
        }
    }

    /// Tells how large a thread is. One that was forgotten meanwhile stays so.
    pub(super) fn weigh(&self, place: &Arc<Place>, thread: &LiveThread) {
        let bytes = u32::try_from(thread.context.bytes()).unwrap_or(u32::MAX);
        self.places
            .entry(place.key)
            .and_compute_with(|held| match held {
                Some(held) if Arc::ptr_eq(&held.value().0, place) => {
                    Op::Put((Arc::clone(place), bytes))
                }
                _ => Op::Nop,
            });
    }

    /// Forgets a thread: it is built again from storage when it is asked for.
    pub(super) fn forget(&self, site: SiteId, post: &str) {
        self.remove(self.key(site, post));
    }

    fn remove(&self, key: Key) {
        self.places.entry(key).and_compute_with(|_| Op::Remove);
    }

    /// Forgets all threads.
    pub(super) fn forget_all(&self) {
        self.era.fetch_add(1, Ordering::SeqCst);
        self.places.invalidate_all();
    }

    /// Begins to write verdicts of a site.
    pub(super) fn write(&self, site: SiteId) -> Writing<'_> {
        Writing {
            threads: self,
            site,
            records: Vec::new(),
            is_stored: false,
        }
    }

    /// The verdicts under a post that are being written.
    pub(super) fn writing(&self, site: SiteId, post: &str) -> Vec<Arc<CheckRecord>> {
        let key = (site, xxh3_64(post.as_bytes()));
        self.lock_writing().get(&key).cloned().unwrap_or_default()
    }

    fn lock_writing(&self) -> MutexGuard<'_, InWriting> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The verdicts of one call on their way into storage. From the moment that they are given their
/// threads have them. Unless they come to be stored, those threads are forgotten in the end, however
/// it comes about.
#[derive(Debug)]
pub(super) struct Writing<'a> {
    threads: &'a Threads,
    site: SiteId,
    records: Vec<Arc<CheckRecord>>,
    is_stored: bool,
}

impl Writing<'_> {
    /// Adds a verdict.
    pub(super) fn add(&mut self, record: &Arc<CheckRecord>) {
        let key = (self.site, xxh3_64(record.post.as_bytes()));
        let mut writing = self.threads.lock_writing();
        writing.entry(key).or_default().push(Arc::clone(record));
        self.records.push(Arc::clone(record));
    }

    /// The verdicts, in their order.
    pub(super) fn records(&self) -> &[Arc<CheckRecord>] {
        &self.records
    }

    /// Storage has them.
    pub(super) fn stored(mut self) {
        self.is_stored = true;
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        for record in &self.records {
            let key = (self.site, xxh3_64(record.post.as_bytes()));
            let mut writing = self.threads.lock_writing();
            if let Some(others) = writing.get_mut(&key) {
                others.retain(|other| other.id != record.id);
                if others.is_empty() {
                    writing.remove(&key);
                }
            }
        }
        // Only then: a thread that is built now is as storage has it.
        if !self.is_stored {
            for record in &self.records {
                self.threads.forget(self.site, &record.post);
            }
        }
    }
}

/// The conversation as it is when everything is written: the comments that storage gives, and those
/// on their way, up to the id `before`. Of a comment that comes again, the last version counts.
pub(super) fn conversation(
    stored: Vec<CheckRecord>,
    writing: &[Arc<CheckRecord>],
    before: Option<Id>,
) -> Vec<Arc<CheckRecord>> {
    let mut last: HashMap<&str, Id> = HashMap::new();
    for record in writing {
        if let Some(comment) = &record.comment {
            let id = last.entry(comment).or_insert(record.id);
            *id = record.id.max(*id);
        }
    }
    let published = writing.iter().filter(|record| {
        let is_before = before.is_none_or(|before| record.id < before);
        is_before && record.is_in_conversation()
    });
    let mut all = together(stored, published);
    all.retain(|record| {
        let comment = record.comment.as_deref();
        let last = comment.and_then(|comment| last.get(comment));
        last.is_none_or(|last| record.id >= *last)
    });
    let mut bytes = 0;
    let latest = all.iter().rev().take(LOADED as usize).take_while(|record| {
        let has_room = bytes < LOADED_BYTES;
        bytes += record.text.as_ref().map_or(0, CommentText::bytes);
        has_room
    });
    let n_latest = latest.count();
    all.drain(..all.len() - n_latest);
    all
}

/// Stored verdicts and those on their way, each once, oldest first.
pub(super) fn together<'a>(
    stored: Vec<CheckRecord>,
    writing: impl Iterator<Item = &'a Arc<CheckRecord>>,
) -> Vec<Arc<CheckRecord>> {
    let stored = stored.into_iter().map(Arc::new);
    let mut all: Vec<_> = stored.chain(writing.map(Arc::clone)).collect();
    all.sort_by_key(|record| record.id);
    all.dedup_by_key(|record| record.id);
    all
}

/// What a post says, field by field, without its words.
#[derive(Debug, Clone, Copy)]
pub(super) struct PostDigest {
    /// Whether it has a title or a body.
    pub(super) has_text: bool,
    /// `None` for what is unknown.
    fields: [Option<u64>; 5],
}

impl PostDigest {
    pub(super) fn of(post: &Post) -> Self {
        let text = |field: &Field<String>| field.text().map(|text| xxh3_64(text.as_bytes()));
        let tags = (!post.tags.is_unknown()).then(|| {
            let mut digest = xxhash_rust::xxh3::Xxh3::new();
            for tag in post.tags.value().into_iter().flatten() {
                digest.update(tag.as_bytes());
                digest.update(b"\0");
            }
            digest.digest()
        });
        Self {
            has_text: has_text(post),
            fields: [
                text(&post.title),
                text(&post.body),
                text(&post.url),
                text(&post.author),
                tags,
            ],
        }
    }

    /// Whether this is what another post says, as far as that is known.
    pub(super) fn holds(&self, other: &Self) -> bool {
        let mut fields = self.fields.iter().zip(other.fields);
        fields.all(|(known, given)| given.is_none() || *known == given)
    }
}

/// Whether a post has a title or a body.
pub(super) fn has_text(post: &Post) -> bool {
    post.title.value().is_some() || post.body.value().is_some()
}

/// A post with what is known of another in the place of what it says.
pub(super) fn merged(mut post: Post, given: &Post) -> Post {
    fn replace<T: Clone>(known: &mut Field<T>, given: &Field<T>) {
        if !given.is_unknown() {
            known.clone_from(given);
        }
    }
    replace(&mut post.title, &given.title);
    replace(&mut post.body, &given.body);
    replace(&mut post.url, &given.url);
    replace(&mut post.author, &given.author);
    replace(&mut post.tags, &given.tags);
    post
}

/// A stored post, as the pipeline takes it.
pub(super) fn post_of(record: PostRecord) -> Post {
    Post {
        id: record.id,
        title: field(record.title),
        body: field(record.body),
        url: field(record.url),
        author: field(record.author),
        tags: match record.tags {
            None => Field::Unknown,
            Some(tags) if tags.is_empty() => Field::Empty,
            Some(tags) => Field::Known(tags),
        },
    }
}

/// A post as it is stored.
pub(super) fn record_of(post: &Post, updated: i64) -> PostRecord {
    PostRecord {
        id: post.id.clone(),
        url: post.url.text().map(str::to_owned),
        title: post.title.text().map(str::to_owned),
        body: post.body.text().map(str::to_owned),
        author: post.author.text().map(str::to_owned),
        tags: match &post.tags {
            Field::Unknown => None,
            Field::Empty => Some(Vec::new()),
            Field::Known(tags) => Some(tags.clone()),
        },
        updated,
    }
}

/// A stored comment, as the pipeline takes it.
pub(super) fn comment_of(record: &CheckRecord, text: &CommentText) -> Comment {
    Comment {
        id: record.comment.clone().unwrap_or_default(),
        parent: field(record.parent.clone()),
        kind: record.kind,
        author: field(text.author.clone()),
        author_url: field(text.author_url.clone()),
        author_email: field(text.author_email.clone()),
        body: text.body.clone(),
        html: field(text.html.clone()),
        by_post_author: text.by_post_author.map_or(Field::Unknown, Field::Known),
        honeypot: text.honeypot.map_or(Field::Unknown, Field::Known),
        seconds_on_page: text.seconds_on_page.map_or(Field::Unknown, Field::Known),
        role: text.role.map_or(Field::Unknown, Field::Known),
        ..Comment::default()
    }
}

fn field(stored: Option<String>) -> Field<String> {
    stored.map_or(Field::Unknown, |text| Field::from(text.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_was_forgotten_stays_so_however_it_grows() {
        let threads = Threads::new();
        let site = SiteId(1);
        let post = Post::default();
        let thread = LiveThread {
            context: Context::new(&post),
            post: PostDigest::of(&post),
        };
        let place = threads.place(site, "shoes");
        threads.weigh(&place, &thread);
        assert!(Arc::ptr_eq(&threads.place(site, "shoes"), &place));
        threads.forget(site, "shoes");
        threads.weigh(&place, &thread);
        let second = threads.place(site, "shoes");
        assert!(!Arc::ptr_eq(&second, &place));
        threads.forget_all();
        threads.weigh(&second, &thread);
        let third = threads.place(site, "shoes");
        assert!(!Arc::ptr_eq(&third, &second));
        // One that was built meanwhile lacks what the others add.
        threads.grew(&second, Some(&thread));
        assert!(!Arc::ptr_eq(&threads.place(site, "shoes"), &third));
    }
}
