//! Everything that serving a request needs, in one place.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use arc_swap::ArcSwap;
use moka::sync::Cache;
use tokio::sync::Notify;

use super::blogs::Blogs;
use super::decide::Correction;
use super::secret::new_key;
use super::threads::{Threads, has_text, post_of};
use super::{Directory, Error, Ids, Secret, SiteEntry};
use crate::comment::place;
use crate::policy::{Policy, Verdict};
use crate::registry::{Model, Models};
use crate::storage::{
    CheckRecord, Erased, Id, Judgement, Key, KeyRole, ListEntry, Milliseconds, Person, PostRecord,
    PostWrite, Site, SiteId, Store, StoreError,
};

/// Characters of a site's key: Akismet's clients take no other length.
const SITE_KEY: usize = 12;

/// Characters of an admin token.
const ADMIN_TOKEN: usize = 32;

/// When a key ends that ends now: a time that has passed by every clock, so that one which is set back
/// does not open it again.
const ENDED: Milliseconds = 0;

/// Most entries of a site: they are held in memory.
const MOST_ENTRIES: usize = 10_000;

/// Names of posts that are kept in memory.
const POSTS_NAMED: u64 = 20_000;

/// What is decided at start.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Milliseconds since 1970-01-01 UTC.
    pub clock: fn() -> Milliseconds,
    /// Whether addresses and e-mail addresses are kept in the clear, beside their digests.
    pub keeps_addresses: bool,
    /// What a blog is told when a decision changes its verdict.
    pub correction: Correction,
}

/// Everything that serving a request needs.
pub struct Moderator {
    /// Storage.
    pub store: Arc<dyn Store>,
    /// The models.
    pub models: Arc<Models>,
    /// The secret of this installation.
    pub secret: Secret,
    /// Rings when something is to be delivered to a blog.
    pub deliveries: Notify,
    pub(super) ids: Arc<Ids>,
    pub(super) threads: Threads,
    pub(super) blogs: Blogs,
    pub(super) options: Options,
    directory: ArcSwap<Directory>,
    keys_seen: Mutex<HashMap<SiteId, String>>,
    /// Ids of stored posts by the [digest](Secret::post) of what callers call them, as they were at a
    /// change of posts: what strangers can make long is not kept.
    posts_named: Cache<(u64, SiteId, [u8; 32]), Option<String>>,
    /// How often posts have changed.
    post_changes: AtomicU64,
    /// Changes of the directory, one after the other.
    changes: tokio::sync::Mutex<()>,
}

/// A verdict computed again.
#[derive(Debug, Clone, PartialEq)]
pub struct Replay {
    /// Log-odds of spam.
    pub spam: f64,
    /// What model and thresholds say.
    pub verdict: Verdict,
    /// Whether the log-odds are the same to the last bit, and the verdict the same.
    pub same: bool,
}

impl Moderator {
    /// With everything that it stands on.
    ///
    /// # Errors
    /// Storage cannot be read.
    pub async fn new(
        store: Arc<dyn Store>,
        models: Arc<Models>,
        secret: Secret,
        options: Options,
    ) -> Result<Self, StoreError> {
        let ids = Arc::new(Ids::above(store.largest_id().await?));
        let (sites, entries) = (store.sites().await?, store.entries().await?);
        let keys = store.keys((options.clock)()).await?;
        let directory = Directory::new(sites, keys, entries);
        Ok(Self {
            store,
            models,
            secret,
            deliveries: Notify::new(),
            ids,
            threads: Threads::new(),
            blogs: Blogs::new(),
            options,
            directory: ArcSwap::from_pointee(directory),
            keys_seen: Mutex::default(),
            posts_named: Cache::new(POSTS_NAMED),
            post_changes: AtomicU64::new(0),
            changes: tokio::sync::Mutex::new(()),
        })
    }

    /// Milliseconds since 1970-01-01 UTC.
    pub fn now(&self) -> Milliseconds {
        (self.options.clock)()
    }

    /// An id for something that is not stored.
    pub fn next_id(&self) -> Id {
        self.ids.next(self.now())
    }

    /// Remembers the key with which a site asks to be called back: the call has to carry it, and it
    /// is stored nowhere. After a start, calls wait until the site has asked for anything with a key
    /// that may be its blog's.
    pub fn saw_key(&self, site: SiteId, key: &str) {
        let mut keys = self.keys_seen.lock().unwrap_or_else(|it| it.into_inner());
        if keys.get(&site).is_none_or(|known| known != key) {
            keys.insert(site, key.to_owned());
            self.deliveries.notify_one();
        }
    }

    /// The key that [`Moderator::saw_key`] remembers, if it still opens the site: the blog of one
    /// that was ended has another one by now.
    pub fn key_seen(&self, site: SiteId) -> Option<String> {
        let key = {
            let keys = self.keys_seen.lock().unwrap_or_else(|it| it.into_inner());
            keys.get(&site).cloned()?
        };
        let directory = self.directory();
        let known = directory.key(&self.secret.key(&key), self.now())?;
        (known.site == Some(site)).then_some(key)
    }

    /// The id of the post that a caller names by its own id, which may be empty, and by an address:
    /// its own id where the words of the post are stored under it, else the id of the post that is
    /// stored at the address. Where neither is, its own id, or else the [`place`], which is the same
    /// for all ways of writing the address.
    ///
    /// # Errors
    /// Storage cannot be read, and the site does not want answers without it.
    pub async fn post_named(&self, site: &SiteEntry, id: &str, url: &str) -> Result<String, Error> {
        // Before the read: what it finds is not for those who ask after a change.
        let changes = self.post_changes.load(Ordering::SeqCst);
        let key = (changes, site.site.id, self.secret.post(id, url));
        let found = match self.posts_named.get(&key) {
            Some(known) => known,
            None => match self.stored_under(site.site.id, id, url).await {
                Ok(found) => {
                    self.posts_named.insert(key, found.clone());
                    found
                }
                Err(_) if site.settings.answer_without_storage => None,
                Err(error) => return Err(error.into()),
            },
        };
        Ok(found.unwrap_or_else(|| match id {
            "" => place(url),
            id => id.to_owned(),
        }))
    }

    async fn stored_under(
        &self,
        site: SiteId,
        id: &str,
        url: &str,
    ) -> Result<Option<String>, StoreError> {
        if !id.is_empty() {
            let known = self.store.post(site, id).await?.map(post_of);
            if known.is_some_and(|post| has_text(&post)) {
                return Ok(Some(id.to_owned()));
            }
        }
        let found = self.store.post_by_url(site, url).await?.map(post_of);
        let found = found.filter(|post| id.is_empty() || has_text(post));
        Ok(found.map(|post| post.id))
    }

    /// Sites, keys and entries as they are now.
    pub fn directory(&self) -> Arc<Directory> {
        self.directory.load_full()
    }

    /// Takes up the keys as they are stored now.
    async fn reload_keys(&self) -> Result<(), StoreError> {
        let keys = self.store.keys(self.now()).await?;
        self.replace(self.directory().with_keys(keys));
        Ok(())
    }

    /// Puts a directory in the place of the one that it was made of, by who holds `changes`.
    fn replace(&self, directory: Directory) {
        self.directory.store(Arc::new(directory));
    }

    /// Adds a site with its first key, which is shown this once. The key is a moderator's: it
    /// checks and decides, and changes no settings.
    ///
    /// # Errors
    /// The name is taken, or storage cannot take it.
    pub async fn add_site(&self, name: &str, settings: String) -> Result<(SiteId, String), Error> {
        let _turn = self.changes.lock().await;
        let sites = self.directory().sites();
        if let Some(other) = sites.iter().find(|other| other.site.name == name) {
            let id = other.site.id.0;
            let what =
                format!("expected a name that no site has, found that site {id} has this name");
            return Err(Error::Conflict(what));
        }
        let mut site = Site {
            id: SiteId(0),
            name: name.to_owned(),
            settings,
            created: self.now(),
        };
        let (key, secret) = self.new_key(None, KeyRole::Moderator, SITE_KEY)?;
        site.id = self.store.add_site(site.clone(), vec![key]).await?;
        let id = site.id;
        self.replace(self.directory().with_site(site));
        self.reload_keys().await?;
        Ok((id, secret))
    }

    /// Replaces name and settings of a site by what `change` makes of them, which are those that the
    /// change before left. Gives the site as it is then.
    ///
    /// # Errors
    /// What `change` gives; the name is taken; or storage cannot take it.
    pub async fn update_site<E: From<Error>>(
        &self,
        site: SiteId,
        change: impl FnOnce(&SiteEntry) -> Result<Site, E>,
    ) -> Result<Arc<SiteEntry>, E> {
        let _turn = self.changes.lock().await;
        let find = || {
            let found = self.directory().site(site);
            found.ok_or(Error::NotFound("site"))
        };
        let changed = change(&*find()?)?;
        let update = self.store.update_site(changed.clone());
        update.await.map_err(Error::from)?;
        self.replace(self.directory().with_site(changed));
        Ok(find()?)
    }

    /// Adds a key to a site, or an admin token to the service. The key is shown this once. With
    /// `replaces`, that key ends at the given time.
    ///
    /// # Errors
    /// Storage cannot take it.
    pub async fn add_key(
        &self,
        site: Option<SiteId>,
        role: KeyRole,
        replaces: Option<(Id, Milliseconds)>,
    ) -> Result<(Key, String), Error> {
        let _turn = self.changes.lock().await;
        let length = if site.is_some() {
            SITE_KEY
        } else {
            ADMIN_TOKEN
        };
        let (key, secret) = self.new_key(site, role, length)?;
        let retires = replaces.map(|(key, at)| (key, if at > self.now() { at } else { ENDED }));
        self.store
            .add_key(key.clone(), retires.into_iter().collect())
            .await?;
        self.reload_keys().await?;
        Ok((key, secret))
    }

    /// Ends a key now.
    ///
    /// # Errors
    /// It is the last admin token of the service, without which nobody could make another one; or
    /// storage cannot take it.
    pub async fn end_key(&self, key: Id) -> Result<(), Error> {
        let _turn = self.changes.lock().await;
        let directory = self.directory();
        let tokens = directory.keys(None);
        let stays = |other: &&Key| other.id != key && other.expires.is_none();
        if tokens.iter().any(|token| token.id == key) && !tokens.iter().any(stays) {
            let what = "expected another admin token of the service, found none that stays";
            return Err(Error::Conflict(what.to_owned()));
        }
        self.store.expire_key(key, ENDED).await?;
        self.reload_keys().await?;
        Ok(())
    }

    fn new_key(
        &self,
        site: Option<SiteId>,
        role: KeyRole,
        length: usize,
    ) -> Result<(Key, String), Error> {
        let secret = new_key(length)
            .map_err(|error| Error::Store(StoreError::Unavailable(error.to_string())))?;
        let now = self.now();
        let key = Key {
            id: self.ids.next(now),
            site,
            role,
            digest: self.secret.key(&secret),
            hint: secret[secret.len() - 4..].to_owned(),
            created: now,
            expires: None,
        };
        Ok((key, secret))
    }

    /// Adds an entry. Its value is brought into the form in which it is stored.
    ///
    /// # Errors
    /// An entry of either kind that compares the same exists, the site has 10,000 already, or storage
    /// cannot take it.
    pub async fn add_entry(&self, mut entry: ListEntry) -> Result<ListEntry, Error> {
        let _turn = self.changes.lock().await;
        entry.id = self.ids.next(self.now());
        entry.created = self.now();
        entry.value = super::directory::stored_value(entry.field, &entry.value, &self.secret);
        let directory = self.directory();
        let site = directory.site(entry.site).ok_or(Error::NotFound("site"))?;
        if site.has_like(&entry) {
            let what = "entry on the same value";
            return Err(StoreError::Exists { what }.into());
        }
        if site.n_entries() >= MOST_ENTRIES {
            let what = format!("expected at most {MOST_ENTRIES} entries in a site");
            return Err(Error::Conflict(what));
        }
        self.store.add_entry(entry.clone()).await?;
        self.replace(directory.with(site.with_entry(entry.clone())));
        Ok(entry)
    }

    /// Removes an entry.
    ///
    /// # Errors
    /// It is not there, or storage cannot be reached.
    pub async fn remove_entry(&self, site: SiteId, entry: Id) -> Result<(), Error> {
        let _turn = self.changes.lock().await;
        self.store.remove_entry(site, entry).await?;
        let directory = self.directory();
        if let Some(site) = directory.site(site) {
            self.replace(directory.with(site.without_entry(entry)));
        }
        Ok(())
    }

    /// Adds or replaces posts. Gives how many.
    ///
    /// # Errors
    /// Storage cannot take them.
    pub async fn put_posts(&self, site: SiteId, posts: Vec<PostRecord>) -> Result<u64, Error> {
        let ids: Vec<String> = posts.iter().map(|post| post.id.clone()).collect();
        let written = self
            .store
            .put_posts(site, posts, PostWrite::Replace)
            .await?;
        self.forget_posts(site, &ids);
        self.blogs.forget(site);
        Ok(written)
    }

    /// Lets go of what is in memory about posts that have changed in storage.
    pub(super) fn forget_posts(&self, site: SiteId, ids: &[String]) {
        for id in ids {
            self.threads.forget(site, id);
        }
        if !ids.is_empty() {
            self.post_changes.fetch_add(1, Ordering::SeqCst);
            self.posts_named.invalidate_all();
        }
    }

    /// Removes a post.
    ///
    /// # Errors
    /// It is not there, or storage cannot be reached.
    pub async fn remove_post(&self, site: SiteId, post: &str) -> Result<(), Error> {
        let was_there = self.store.remove_post(site, post).await?;
        self.forget_posts(site, &[post.to_owned()]);
        self.blogs.forget(site);
        if was_there {
            Ok(())
        } else {
            Err(Error::NotFound("post"))
        }
    }

    /// Removes what is older than it is kept, at most `limit` texts and answers, from storage and from
    /// the threads in memory, which else would know the words until the next start. Gives how many.
    ///
    /// # Errors
    /// Storage cannot be reached.
    pub async fn prune(
        &self,
        texts_before: Milliseconds,
        answers_before: Milliseconds,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let prune = self.store.prune(texts_before, answers_before, limit);
        let pruned = prune.await?;
        for (site, post) in &pruned.posts {
            self.threads.forget(*site, post);
        }
        Ok(pruned.removed)
    }

    /// Forgets a person in one site.
    ///
    /// # Errors
    /// Storage cannot be reached.
    pub async fn erase(&self, site: SiteId, person: Person) -> Result<Erased, Error> {
        let erased = self.store.erase(site, person).await;
        // Whatever is said of it: a failure may come after the words are gone.
        self.threads.forget_all();
        Ok(erased?)
    }

    /// The terms of a verdict, in the order of the sum, from its stored features with the model that
    /// gave it; `None` if either is not there any longer.
    pub async fn contributions(&self, check: &CheckRecord) -> Option<(Arc<Model>, Vec<f64>)> {
        let values = check.judgement.values.as_ref()?;
        let model = self.model(&check.judgement.model).await?;
        let policy = policy_of(&check.judgement);
        let terms = model.classifier.contributions(values, &policy).collect();
        Some((model, terms))
    }

    /// The model that gave a verdict. Reading one from the folder takes a while.
    async fn model(&self, id: &str) -> Option<Arc<Model>> {
        if let Some(model) = self.models.in_memory(id) {
            return Some(model);
        }
        let (models, id) = (Arc::clone(&self.models), id.to_owned());
        let read = tokio::task::spawn_blocking(move || models.by_id(&id));
        read.await.ok().flatten()
    }

    /// Computes a verdict again from its stored features with the model that gave it.
    ///
    /// # Errors
    /// [`Error::Gone`] after retention has removed the features, or if the model is not there any
    /// longer.
    pub async fn replay(&self, check: &CheckRecord) -> Result<Replay, Error> {
        let judgement = &check.judgement;
        let values = judgement.values.as_ref().ok_or(Error::Gone("features"))?;
        let model = self.model(&judgement.model).await;
        let model = model.ok_or(Error::Gone("model"))?;
        let policy = policy_of(judgement);
        let spam: f64 = model.classifier.contributions(values, &policy).sum();
        let verdict = model
            .classifier
            .decide(values, judgement.relevance, &policy, false);
        Ok(Replay {
            spam,
            verdict,
            same: spam.to_bits() == judgement.spam.to_bits() && verdict == judgement.verdict,
        })
    }
}

/// The policy under which a verdict was given.
fn policy_of(judgement: &Judgement) -> Policy {
    Policy {
        prior_shift: judgement.prior_shift,
        hold_below_relevance: judgement.hold_below_relevance,
        ..Policy::new(judgement.thresholds)
    }
}

impl std::fmt::Debug for Moderator {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Moderator").finish_non_exhaustive()
    }
}
