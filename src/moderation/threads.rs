//! Threads in memory: the running context of those that were asked about lately.

use std::sync::Arc;

use moka::sync::Cache;
use tokio::sync::Mutex;
use xxhash_rust::xxh3::xxh3_64;

use crate::comment::{Comment, Field, Post};
use crate::context::{Context, REMEMBERED};
use crate::storage::{CheckRecord, CommentText, PostRecord, SiteId};

/// Comments that a context is built from when a thread comes into memory: as many as one that was
/// never dropped remembers.
pub(super) const LOADED: u32 = REMEMBERED as u32;

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

/// A place for one thread; empty until somebody asks. The lock is held while one comment is judged
/// and added, so that comments of one thread see each other in order.
pub(super) type Place = Arc<Mutex<Option<LiveThread>>>;

/// Threads in memory, the least used dropped first.
#[derive(Debug)]
pub(super) struct Threads {
    places: Cache<(SiteId, u64), (Place, u32)>,
}

impl Threads {
    pub(super) fn new() -> Self {
        let places = Cache::builder()
            .weigher(|_, (_, bytes): &(Place, u32)| *bytes)
            .max_capacity(MOST_BYTES)
            .build();
        Self { places }
    }

    /// The place of a thread.
    pub(super) fn place(&self, site: SiteId, post: &str) -> Place {
        let key = (site, xxh3_64(post.as_bytes()));
        self.places
            .get_with(key, || (Place::default(), THREAD_BYTES))
            .0
    }

    /// Tells how large a thread has become; to be called after each comment that is added.
    pub(super) fn grew(&self, site: SiteId, post: &str, place: &Place, thread: &LiveThread) {
        if thread.context.n_earlier().is_multiple_of(WEIGHED_EVERY) {
            self.weigh(site, post, place, thread);
        }
    }

    /// Tells how large a thread is. One that was forgotten meanwhile stays so.
    pub(super) fn weigh(&self, site: SiteId, post: &str, place: &Place, thread: &LiveThread) {
        let key = (site, xxh3_64(post.as_bytes()));
        let held = self.places.get(&key);
        if held.is_some_and(|(held, _)| Arc::ptr_eq(&held, place)) {
            let bytes = u32::try_from(thread.context.bytes()).unwrap_or(u32::MAX);
            self.places.insert(key, (Arc::clone(place), bytes));
        }
    }

    /// Forgets a thread: it is built again from storage when it is asked for.
    pub(super) fn forget(&self, site: SiteId, post: &str) {
        self.places.invalidate(&(site, xxh3_64(post.as_bytes())));
    }

    /// Forgets all threads.
    pub(super) fn forget_all(&self) {
        self.places.invalidate_all();
    }
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
