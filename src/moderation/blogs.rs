//! Blogs in memory: the words of the posts of those that were asked about lately, beside which a
//! comment is as relevant as what it shares with its own post is special there.

use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use tokio::sync::Mutex;

use super::Error;
use super::directory::SiteEntry;
use super::moderator::Moderator;
use super::threads::post_of;
use super::turns::Turns;
use crate::analysis::PostAnalysis;
use crate::context::{KnownThreads, ThreadWords};
use crate::storage::{SiteId, StoreError};

/// Posts of a blog whose words are counted, the first by their ids. On blogs held out, forty do as
/// much for relevance as all.
const MOST_POSTS: usize = 40;

/// Bytes of bodies after which no more posts are read.
const MOST_TEXT: usize = 1 << 20;

/// Memory that blogs may take, in bytes. What does not fit is counted again when it is asked for.
const MOST_BYTES: u64 = 16 << 20;

/// How long a count is good: posts come with the comments under them, and are counted later.
const GOOD_FOR: Duration = Duration::from_secs(600);

/// Posts that are read at once.
const PAGE: u32 = 8;

/// Blogs in memory, the least used dropped first.
#[derive(Debug)]
pub(super) struct Blogs {
    known: Cache<SiteId, Arc<KnownThreads>>,
    /// Held while a blog is read, so that all readers together hold one page of posts.
    reading: Mutex<()>,
}

impl Blogs {
    pub(super) fn new() -> Self {
        let weigher = |_: &SiteId, known: &Arc<KnownThreads>| {
            u32::try_from(known.bytes()).unwrap_or(u32::MAX)
        };
        let known = Cache::builder()
            .weigher(weigher)
            .max_capacity(MOST_BYTES)
            .time_to_live(GOOD_FOR)
            .build();
        Self {
            known,
            reading: Mutex::default(),
        }
    }

    /// Forgets a blog: its posts are counted again when it is asked for.
    pub(super) async fn forget(&self, site: SiteId) {
        // Whoever has read them as they were has counted them by then.
        let _turn = self.reading.lock().await;
        self.known.invalidate(&site);
    }
}

impl Moderator {
    /// The stored posts of a blog.
    pub(super) async fn known_posts(&self, site: &SiteEntry) -> Result<Arc<KnownThreads>, Error> {
        let id = site.site.id;
        if let Some(known) = self.blogs.known.get(&id) {
            return Ok(known);
        }
        let _turn = self.blogs.reading.lock().await;
        if let Some(known) = self.blogs.known.get(&id) {
            return Ok(known);
        }
        let known = match self.read_posts(id).await {
            Ok(known) => Arc::new(known),
            Err(_) if site.settings.answer_without_storage => return Ok(Arc::default()),
            Err(error) => return Err(error.into()),
        };
        self.blogs.known.insert(id, Arc::clone(&known));
        Ok(known)
    }

    async fn read_posts(&self, site: SiteId) -> Result<KnownThreads, StoreError> {
        let mut known = KnownThreads::default();
        let (mut n_posts, mut bytes) = (0, 0);
        let mut last: Option<String> = None;
        let mut turns = Turns::default();
        while n_posts < MOST_POSTS && bytes < MOST_TEXT {
            let page = self.store.posts(site, last.as_deref(), PAGE).await?;
            let is_last = page.len() < PAGE as usize;
            last = page.last().map(|post| post.id.clone());
            n_posts += page.len();
            for post in page.into_iter().map(post_of) {
                let body = post.body.text().map_or(0, str::len);
                let words = ThreadWords::of(&PostAnalysis::of(&post), std::iter::empty());
                known.add(post.id, words);
                bytes += body;
                turns.after(body).await;
            }
            if is_last {
                break;
            }
        }
        Ok(known)
    }
}
