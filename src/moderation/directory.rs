//! Sites, keys and entries in memory: what every request needs before anything else.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use subtle::ConstantTimeEq as _;

use super::{Secret, SiteSettings};
use crate::comment::{Comment, Label};
use crate::storage::{
    EntryField, Id, Key, KeyRole, ListEntry, Milliseconds, Site, SiteId, StoreError,
};
use crate::text::normalize;
use crate::tokens::{Link, parse_host};

/// The owner's entries by field and what is compared. Storage may hold several that compare the same
/// and differ in how they are written.
type Entries = HashMap<EntryField, HashMap<String, Vec<ListEntry>>>;

/// A site with what belongs to it.
#[derive(Debug, Clone)]
pub struct SiteEntry {
    /// The site.
    pub site: Site,
    /// Its settings, read; the defaults if they cannot be.
    pub settings: SiteSettings,
    /// Whether they cannot be read, as those that a later version of this program stored. They are
    /// kept for it: nothing is written over them.
    pub settings_unread: bool,
    entries: Arc<Entries>,
}

impl SiteEntry {
    fn new(site: Site, entries: Arc<Entries>) -> Self {
        let settings = serde_json::from_str(&site.settings).inspect_err(|error| {
            let site = site.id.0;
            tracing::error!(site, %error, "settings cannot be read; the defaults count");
        });
        Self {
            settings_unread: settings.is_err(),
            settings: settings.unwrap_or_default(),
            entries,
            site,
        }
    }

    /// With an entry more.
    pub(super) fn with_entry(&self, entry: ListEntry) -> Self {
        let mut changed = self.clone();
        add(Arc::make_mut(&mut changed.entries), entry);
        changed
    }

    /// Without an entry.
    pub(super) fn without_entry(&self, id: Id) -> Self {
        let mut changed = self.clone();
        let by_field = Arc::make_mut(&mut changed.entries).values_mut();
        by_field.for_each(|on_values| {
            on_values.retain(|_, entries| {
                entries.retain(|entry| entry.id != id);
                !entries.is_empty()
            });
        });
        changed
    }

    /// What was read; nothing where storage cannot be read and the site wants answers without it.
    pub(crate) fn found<T: Default>(&self, read: Result<T, StoreError>) -> Result<T, StoreError> {
        read.or_else(|error| {
            let goes_on = self.settings.answer_without_storage;
            goes_on.then(T::default).ok_or(error)
        })
    }

    /// Whether a caller of this role is told why a verdict is what it is.
    pub(crate) fn shows_reasons_to(&self, role: KeyRole) -> bool {
        role >= KeyRole::Moderator || self.settings.checker_sees_reasons
    }

    /// Its entries, by id.
    pub fn entries(&self) -> Vec<&ListEntry> {
        let on_values = self.entries.values().flat_map(HashMap::values);
        let mut entries: Vec<&ListEntry> = on_values.flatten().collect();
        entries.sort_by_key(|entry| entry.id);
        entries
    }

    /// How many entries it has.
    pub(super) fn n_entries(&self) -> usize {
        let on_values = self.entries.values().flat_map(HashMap::values);
        on_values.map(Vec::len).sum()
    }

    /// Whether an entry of either kind compares the same.
    pub(super) fn has_like(&self, entry: &ListEntry) -> bool {
        !self.entries_on(entry.field, &compared(entry)).is_empty()
    }

    fn entries_on(&self, field: EntryField, value: &str) -> &[ListEntry] {
        let on_value = self.entries.get(&field).and_then(|it| it.get(value));
        on_value.map_or(&[], Vec::as_slice)
    }

    /// The entry that decides on a comment. Blocking wins, for a name can be borrowed.
    pub(super) fn entry_for(
        &self,
        comment: &Comment,
        links: &[Link],
        homepage: Option<&Link>,
        address: Option<&str>,
        secret: &Secret,
    ) -> Option<&ListEntry> {
        if self.entries.values().all(HashMap::is_empty) {
            return None;
        }
        let mut found: Vec<&ListEntry> = Vec::new();
        let mut look = |field, value: &str| found.extend(self.entries_on(field, value));
        if let Some(author) = comment.author.value() {
            look(EntryField::Author, &as_read(author));
        }
        if let Some(email) = comment.author_email.value() {
            let field = EntryField::Email;
            look(field, &stored_value(field, email, secret));
        }
        if let Some(address) = address {
            let field = EntryField::Address;
            look(field, &stored_value(field, address, secret));
        }
        let mut looked_at: HashSet<&str> = HashSet::new();
        for link in links.iter().chain(homepage) {
            let mut host = Some(link.host.as_str());
            // What is above a host that was looked at was looked at with it.
            while let Some(at) = host.filter(|host| looked_at.insert(host)) {
                look(EntryField::Host, at);
                host = at.split_once('.').map(|(_, above)| above);
            }
        }
        // A link in the words is no reason to let a comment through: only the homepage is the
        // author's own.
        found.retain(|entry| {
            entry.label == Label::Spam
                || entry.field != EntryField::Host
                || homepage.is_some_and(|link| is_below(&link.host, &entry.value))
        });
        let is_block = |entry: &&&ListEntry| entry.label == Label::Spam;
        found.iter().find(is_block).or(found.first()).copied()
    }
}

fn add(entries: &mut Entries, entry: ListEntry) {
    let on_values = entries.entry(entry.field).or_default();
    on_values.entry(compared(&entry)).or_default().push(entry);
}

fn is_below(host: &str, parent: &str) -> bool {
    host.strip_suffix(parent)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// An entry's value as it is stored: addresses as digests, hosts as links have them, names as they are
/// written.
pub(super) fn stored_value(field: EntryField, value: &str, secret: &Secret) -> String {
    let hex = |bytes: [u8; 16]| format!("{:032x}", u128::from_be_bytes(bytes));
    match field {
        EntryField::Email => hex(secret.email(value)),
        EntryField::Address => hex(secret.address(value)),
        // Nothing matches an empty one.
        EntryField::Host => parse_host(value).unwrap_or_default(),
        EntryField::Author => value.trim().to_owned(),
    }
}

/// What an entry is found by: its value, of names what they are compared by.
fn compared(entry: &ListEntry) -> String {
    match entry.field {
        EntryField::Author => as_read(&entry.value),
        EntryField::Host | EntryField::Address | EntryField::Email => entry.value.clone(),
    }
}

/// A name as it reads: in its normal spelling, in lower case, with one space between words. What a
/// reader cannot tell apart is one name, so that nobody passes an entry by spelling.
fn as_read(name: &str) -> String {
    let lower = normalize(name).as_str().to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    words.join(" ")
}

/// Whether nothing of a text can be read: white space and invisible characters show nothing.
pub fn is_blank(text: &str) -> bool {
    as_read(text).is_empty()
}

/// Whether an entry of the field `host` can match anything, and not everything below a single label such
/// as `com`.
pub fn is_host(value: &str) -> bool {
    parse_host(value).is_some_and(|host| host.contains('.') || host.starts_with('['))
}

/// Whether an entry of the field `email` can match anything.
pub fn is_email(value: &str) -> bool {
    let parts: Vec<&str> = value.trim().split('@').collect();
    let has_words = |part: &&str| !part.is_empty() && !part.contains(char::is_whitespace);
    parts.len() == 2 && parts.iter().all(has_words)
}

/// Whether an entry of the field `address` can match anything.
pub fn is_address(value: &str) -> bool {
    value.trim().parse::<std::net::IpAddr>().is_ok()
}

/// All sites and keys at one moment.
#[derive(Debug, Default, Clone)]
pub struct Directory {
    sites: HashMap<SiteId, Arc<SiteEntry>>,
    keys: HashMap<[u8; 32], Key>,
    /// The origins whose pages may call, of all sites.
    cors_origins: HashSet<String>,
}

impl Directory {
    /// Puts together what storage gives.
    pub fn new(sites: Vec<Site>, keys: Vec<Key>, entries: Vec<ListEntry>) -> Self {
        let mut by_site: HashMap<SiteId, Entries> = HashMap::new();
        for entry in entries {
            add(by_site.entry(entry.site).or_default(), entry);
        }
        let sites = sites.into_iter().map(|site| {
            let entries = by_site.remove(&site.id).unwrap_or_default();
            (site.id, Arc::new(SiteEntry::new(site, Arc::new(entries))))
        });
        let sites = sites.collect();
        Self {
            cors_origins: cors_origins(&sites),
            sites,
            keys: by_digest(keys),
        }
    }

    /// With other keys. The sites are shared with this one.
    pub(super) fn with_keys(&self, keys: Vec<Key>) -> Self {
        Self {
            keys: by_digest(keys),
            ..self.clone()
        }
    }

    /// With a site that is new, or whose name and settings have changed. The entries are those that
    /// it has: they are many, and not read anew.
    pub(super) fn with_site(&self, site: Site) -> Self {
        let known = self.sites.get(&site.id);
        let entries = known.map(|known| Arc::clone(&known.entries));
        self.with(SiteEntry::new(site, entries.unwrap_or_default()))
    }

    /// With a site in the place of the one with its id. All others are shared with this one.
    pub(super) fn with(&self, site: SiteEntry) -> Self {
        let mut changed = self.clone();
        changed.sites.insert(site.site.id, Arc::new(site));
        changed.cors_origins = cors_origins(&changed.sites);
        changed
    }

    /// A site by its id.
    pub fn site(&self, id: SiteId) -> Option<Arc<SiteEntry>> {
        self.sites.get(&id).cloned()
    }

    /// All sites, by id.
    pub fn sites(&self) -> Vec<Arc<SiteEntry>> {
        let mut sites: Vec<_> = self.sites.values().cloned().collect();
        sites.sort_by_key(|entry| entry.site.id);
        sites
    }

    /// Whether pages of an origin may call any of the sites.
    pub fn is_cors_origin(&self, origin: &str) -> bool {
        self.cors_origins.contains(origin)
    }

    /// All keys of a site, or of the service, by id.
    pub fn keys(&self, site: Option<SiteId>) -> Vec<&Key> {
        let mut keys: Vec<_> = self.keys.values().filter(|key| key.site == site).collect();
        keys.sort_by_key(|key| key.id);
        keys
    }

    /// The key with this digest, if it opens anything at `now`.
    pub fn key(&self, digest: &[u8; 32], now: Milliseconds) -> Option<&Key> {
        // The map finds by the digest, keyed with a secret, so its timing tells nothing of the key;
        // the comparison of the whole digest is constant in time besides.
        let key = self.keys.get(digest)?;
        let same = bool::from(key.digest.ct_eq(digest));
        (same && key.expires.is_none_or(|expires| expires > now)).then_some(key)
    }
}

fn by_digest(keys: Vec<Key>) -> HashMap<[u8; 32], Key> {
    keys.into_iter().map(|key| (key.digest, key)).collect()
}

fn cors_origins(sites: &HashMap<SiteId, Arc<SiteEntry>>) -> HashSet<String> {
    let settings = sites.values().map(|entry| &entry.settings);
    settings
        .flat_map(|it| it.cors_origins.iter().cloned())
        .collect()
}
