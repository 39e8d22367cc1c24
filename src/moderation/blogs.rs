//! Blogs in memory: the words of the posts of those that were asked about lately, beside which a
//! comment is as relevant as what it shares with its own post is special there.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use moka::sync::Cache;
use tokio::sync::{OnceCell, Semaphore};

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

/// Memory that blogs may take, in bytes: about 120 with forty posts of 700 words. What does not fit is
/// counted again when it is asked for.
const MOST_BYTES: u64 = 64 << 20;

/// Blogs that are counted at once, each with one page of posts in memory.
const AT_ONCE: usize = 4;

/// How long a count is good: posts come with the comments under them, and are counted later.
const GOOD_FOR: Duration = Duration::from_secs(600);

/// Posts that are read at once.
const PAGE: u32 = 8;

/// A count that is on its way: who asks meanwhile waits for it.
type Counting = Arc<OnceCell<Arc<KnownThreads>>>;

/// Blogs in memory, the least used dropped first.
#[derive(Debug)]
pub(super) struct Blogs {
    /// Changed under the lock of `counting` only.
    known: Cache<SiteId, Arc<KnownThreads>>,
    counting: Mutex<HashMap<SiteId, Counting>>,
    at_once: Semaphore,
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
            counting: Mutex::default(),
            at_once: Semaphore::new(AT_ONCE),
        }
    }

    fn counting(&self) -> MutexGuard<'_, HashMap<SiteId, Counting>> {
        self.counting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets a blog: its posts are counted again when it is asked for. A count that is on its way
    /// is for those who have asked.
    pub(super) fn forget(&self, site: SiteId) {
        let mut counting = self.counting();
        counting.remove(&site);
        self.known.invalidate(&site);
    }

    /// What is known of a blog, or the count that is to tell it.
    fn find(&self, site: SiteId) -> Result<Arc<KnownThreads>, Counting> {
        let mut counting = self.counting();
        match self.known.get(&site) {
            Some(known) => Ok(known),
            None => Err(Arc::clone(counting.entry(site).or_default())),
        }
    }

    /// Keeps what was counted, unless the blog was forgotten meanwhile.
    fn keep(&self, site: SiteId, count: &Counting, known: &Arc<KnownThreads>) {
        let mut counting = self.counting();
        if counting.get(&site).is_some_and(|it| Arc::ptr_eq(it, count)) {
            counting.remove(&site);
            self.known.insert(site, Arc::clone(known));
        }
    }
}

impl Moderator {
    /// The stored posts of a blog.
    pub(super) async fn known_posts(&self, site: &SiteEntry) -> Result<Arc<KnownThreads>, Error> {
        let id = site.site.id;
        let count = match self.blogs.find(id) {
            Ok(known) => return Ok(known),
            Err(count) => count,
        };
        // Where the first who asks leaves, or cannot read, the next one counts.
        let counted = count.get_or_try_init(async || {
            let _turn = self.blogs.at_once.acquire().await;
            self.read_posts(id).await.map(Arc::new)
        });
        match counted.await {
            Ok(known) => {
                self.blogs.keep(id, &count, known);
                Ok(Arc::clone(known))
            }
            Err(_) if site.settings.answer_without_storage => Ok(Arc::default()),
            Err(error) => Err(error.into()),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_shared_until_its_blog_changes() {
        let (blogs, site) = (Blogs::new(), SiteId(1));
        let before = blogs.find(site).unwrap_err();
        assert!(Arc::ptr_eq(&blogs.find(site).unwrap_err(), &before));
        let other = blogs.find(SiteId(2)).unwrap_err();
        assert!(!Arc::ptr_eq(&other, &before));
        blogs.forget(site);
        let after = blogs.find(site).unwrap_err();
        assert!(!Arc::ptr_eq(&after, &before));
        let known = Arc::default();
        blogs.keep(site, &before, &known);
        assert!(blogs.find(site).is_err(), "as it was before the change");
        blogs.keep(site, &after, &known);
        let found = blogs.find(site).unwrap();
        assert!(Arc::ptr_eq(&found, &known));
        blogs.forget(site);
        assert!(blogs.find(site).is_err());
    }
}
