//! What is stored.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::comment::{Fingerprint, Kind, Label, Role};
use crate::policy::{Thresholds, Verdict};
use crate::signals::N_SIGNALS;

/// Identifies a site. Positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SiteId(pub i64);

/// Identifies a verdict, a decision, a key or an entry: a number that rises with time and that is
/// given out once (see [`crate::moderation`]). Positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(pub i64);

/// Milliseconds since 1970-01-01 UTC.
pub type Milliseconds = i64;

/// A blog.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// Identifies it.
    pub id: SiteId,
    /// What its owner calls it; unique.
    pub name: String,
    /// Settings as JSON, which storage does not look into.
    pub settings: String,
    /// When it was made.
    pub created: Milliseconds,
}

/// What a key opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyRole {
    /// Asks for verdicts.
    Checker,
    /// Also decides, and sees the queue.
    Moderator,
    /// Also changes the site's settings, keys and entries.
    Admin,
}

impl KeyRole {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Checker => "checker",
            Self::Moderator => "moderator",
            Self::Admin => "admin",
        }
    }

    /// Reads [`KeyRole::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "checker" => Some(Self::Checker),
            "moderator" => Some(Self::Moderator),
            "admin" => Some(Self::Admin),
            _ => None,
        }
    }
}

/// A key of a site, or of the whole service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Identifies it.
    pub id: Id,
    /// The site that it opens; `None` for all sites and the service itself.
    pub site: Option<SiteId>,
    /// What it may do.
    pub role: KeyRole,
    /// Keyed digest of the key; the key itself is stored nowhere.
    pub digest: [u8; 32],
    /// The last four characters, so that an owner can tell keys apart.
    pub hint: String,
    /// When it was made.
    pub created: Milliseconds,
    /// From when on it opens nothing.
    pub expires: Option<Milliseconds>,
}

/// What an owner's entry compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryField {
    /// The author's name.
    Author,
    /// The host of the homepage, and to block also of any link.
    Host,
    /// The network address.
    Address,
    /// The e-mail address.
    Email,
}

impl EntryField {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::Host => "host",
            Self::Address => "address",
            Self::Email => "email",
        }
    }

    /// Reads [`EntryField::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Author, Self::Host, Self::Address, Self::Email]
            .into_iter()
            .find(|field| field.name() == name)
    }
}

/// What an owner wants done with everything from an author, a host or an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListEntry {
    /// Identifies it.
    pub id: Id,
    /// Whose it is.
    pub site: SiteId,
    /// Whether it lets through ([`Label::Ham`]) or blocks ([`Label::Spam`]).
    pub label: Label,
    /// What is compared.
    pub field: EntryField,
    /// What it is compared with, in the form in which it is stored (addresses as digests).
    pub value: String,
    /// What the owner calls the entry.
    pub name: String,
    /// When it was made.
    pub created: Milliseconds,
}

/// A post as its blog gave it. Unknown fields are `None`, fields left empty are empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PostRecord {
    /// Identifies the post within its site.
    pub id: String,
    /// Where it stands.
    pub url: Option<String>,
    /// The title.
    pub title: Option<String>,
    /// The body.
    pub body: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// Its tags.
    pub tags: Option<Vec<String>>,
    /// When it was last written.
    pub updated: Milliseconds,
}

/// What becomes of a stored post when it is given again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PostWrite {
    /// It is replaced.
    Replace,
    /// What is known of the new one replaces what is stored, field by field.
    Merge,
    /// It stays as it is.
    Keep,
}

/// A digest of an address or an e-mail address, keyed by the secret of this installation.
pub type PersonDigest = [u8; 16];

/// The words of a comment and what came with them, as the blog gave it. `None`: not known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CommentText {
    /// The name given; empty if left empty.
    pub author: Option<String>,
    /// The homepage given.
    pub author_url: Option<String>,
    /// The e-mail address, only where the service keeps them in the clear.
    pub author_email: Option<String>,
    /// The network address, only where the service keeps them in the clear.
    pub address: Option<String>,
    /// The words.
    pub body: String,
    /// The markup, where the blog gave it beside the body.
    pub html: Option<String>,
    /// Whether the author of the post wrote it.
    pub by_post_author: Option<bool>,
    /// Whether a field that people do not see was filled in.
    pub honeypot: Option<bool>,
    /// Seconds between the delivery of the page and the comment.
    pub seconds_on_page: Option<f64>,
    /// The account behind it.
    pub role: Option<Role>,
}

impl CommentText {
    /// How much there is to read.
    pub fn bytes(&self) -> usize {
        self.body.len() + self.html.as_ref().map_or(0, String::len)
    }
}

/// What the model and the policy made of a comment; enough to do it again.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// Short id of the model.
    pub model: String,
    /// The value of every signal; `None` after retention removed them.
    pub values: Option<Box<[f32; N_SIGNALS]>>,
    /// Log-odds of spam at the prior in use.
    pub spam: f64,
    /// Log-odds of relevance at even odds.
    pub relevance: f64,
    /// At the model's own prior.
    pub thresholds: Thresholds,
    /// How far the prior in use lies from the model's, in log-odds.
    pub prior_shift: f64,
    /// Log-odds of relevance below which a comment is held.
    pub hold_below_relevance: Option<f64>,
    /// What the model and its thresholds say.
    pub verdict: Verdict,
    /// What counts while nobody has decided on it: the verdict, unless an entry or an earlier version
    /// overrides it. What was answered, until another decision on an earlier version stands.
    pub outcome: Verdict,
    /// Why it was overridden, in words; empty if it was not.
    pub overrides: Vec<String>,
    /// The verdict on an earlier version that overrides this one. When another decision on it
    /// stands, or none any longer, the override goes.
    pub follows: Option<Id>,
    /// The owner's entry that overrides it. It may be gone by now.
    pub entry: Option<Id>,
    /// The largest reasons, as JSON that storage does not look into. Holds `"signal":"<name>"` for
    /// each signal named.
    pub reasons: String,
}

impl Judgement {
    /// Log-odds of spam at the model's own prior: what its thresholds are compared with.
    pub fn own_log_odds(&self) -> f64 {
        self.spam - self.prior_shift
    }
}

/// One comment, judged once. An edit is judged again and makes another record with the same
/// `comment`.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckRecord {
    /// Identifies the verdict.
    pub id: Id,
    /// Whose it is.
    pub site: SiteId,
    /// When it was judged.
    pub at: Milliseconds,
    /// The post's id within the site; empty if the blog gave none.
    pub post: String,
    /// The blog's own id of the comment, if it gave one.
    pub comment: Option<String>,
    /// The blog's id of the comment that it answers.
    pub parent: Option<String>,
    /// How it reached the blog.
    pub kind: Kind,
    /// The words; `None` after retention removed them.
    pub text: Option<CommentText>,
    /// Digest of the e-mail address.
    pub email: Option<PersonDigest>,
    /// Digest of the network address.
    pub address: Option<PersonDigest>,
    /// By what a caller that knows no id finds the check again.
    pub fingerprint: Option<Fingerprint>,
    /// Where the blog wants to be told of a later decision.
    pub callback: Option<String>,
    /// What was made of it.
    pub judgement: Judgement,
    /// What the blog was told. Of a held comment it is told either, by the site's settings at that
    /// time. `None` if nobody asked, and the comment was only reported.
    pub answered: Option<Label>,
    /// The decision that stands, if any.
    pub decided: Option<Label>,
    /// The decisions on earlier versions that it was judged by. What was decided since then counts
    /// when it comes to be stored; they themselves are not stored with it. Of a stored one, the
    /// decision that stands on the version that it follows.
    pub decided_before: Vec<(Id, Label)>,
    /// Whether a later version of the same comment has taken its place.
    pub superseded: bool,
}

impl CheckRecord {
    /// Whether the comment belongs to the conversation, by which the next ones are judged.
    pub fn is_in_conversation(&self) -> bool {
        let belongs = match self.decided {
            Some(label) => label == Label::Ham,
            None => self.is_company(),
        };
        belongs && self.text.is_some() && !self.superseded
    }

    /// Whether the comment belongs to the conversation while nobody has decided on it: it is published,
    /// and somebody wants it so or the model takes it for genuine rather than not (see
    /// [`crate::classifier::Assessment::is_company`]).
    fn is_company(&self) -> bool {
        let judgement = &self.judgement;
        let is_likely_genuine = judgement.own_log_odds() < 0.0;
        judgement.outcome == Verdict::Publish && (is_likely_genuine || self.is_wanted())
    }

    /// Whether somebody overrides the model. That it published an earlier version is nobody's wish.
    fn is_wanted(&self) -> bool {
        let is_decided = |follows| self.decided_before.iter().any(|(id, _)| *id == follows);
        let judgement = &self.judgement;
        !judgement.overrides.is_empty() && judgement.follows.is_none_or(is_decided)
    }

    /// Whether it waits for its owner. Without its words, nothing is left to decide on.
    pub fn is_queued(&self) -> bool {
        let waits = self.decided.is_none() && self.judgement.outcome == Verdict::Hold;
        waits && self.text.is_some() && !self.superseded
    }
}

/// What somebody decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecisionKind {
    /// It is genuine, or it is spam.
    Label(Label),
    /// The decision before does not stand any longer.
    TakenBack,
}

/// How a decision came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// By our own API, from which its blog is told.
    Api,
    /// In Akismet's dialect, by a blog that decided itself.
    Akismet,
}

impl Via {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Akismet => "akismet",
        }
    }

    /// Reads [`Via::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Api, Self::Akismet]
            .into_iter()
            .find(|via| via.name() == name)
    }
}

/// An entry of the log of decisions.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionRecord {
    /// Identifies the entry. Storage gives it when the entry is written, so that the order of ids is
    /// that in which entries came to stand.
    pub id: Id,
    /// Whose it is.
    pub site: SiteId,
    /// When it was made.
    pub at: Milliseconds,
    /// The verdict that it is about.
    pub verdict: Id,
    /// What was decided.
    pub kind: DecisionKind,
    /// The decision that is taken back.
    pub takes_back: Option<Id>,
    /// Who decided, as the blog names them.
    pub reporter: Option<String>,
    /// How it came in.
    pub via: Via,
    /// The outcome of the verdict at that time.
    pub outcome: Verdict,
}

/// A decision that is to be stored.
#[derive(Debug, Clone, PartialEq)]
pub struct NewDecision {
    /// The entry; its id is not looked at.
    pub record: DecisionRecord,
    /// The words that it is about, if they came with it: a label without words teaches nothing.
    pub text: Option<CommentText>,
    /// What the blog is to be told of it.
    pub message: Option<Message>,
}

/// What a blog is told of a comment: which of the two shows when a decision is written, because of
/// several at once the last one stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The verdict on the latest version of the comment.
    pub verdict: Id,
    /// Where it goes.
    pub url: String,
    /// What it says if the comment is genuine.
    pub ham: String,
    /// What it says if the comment is spam.
    pub spam: String,
    /// As which of the two it says that the comment is held.
    pub held: Label,
}

/// A message that is to be delivered to a blog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Identifies it.
    pub id: Id,
    /// Whose it is.
    pub site: SiteId,
    /// The verdict that it tells of; with its person it is erased.
    pub verdict: Id,
    /// Where it goes.
    pub url: String,
    /// What it says.
    pub body: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is due.
    pub due: Milliseconds,
}

/// An answer that is given again when the same request comes again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    /// Whose request it was.
    pub site: SiteId,
    /// The key that the caller gave.
    pub key: String,
    /// Digest of the request, so that another request under the same key is refused.
    pub request: [u8; 32],
    /// Status of the answer.
    pub status: u16,
    /// Body of the answer. Each verdict that it is about is named by its id, as a string of 16
    /// hexadecimal digits, and takes it along when it is erased.
    pub body: Vec<u8>,
    /// When it was given.
    pub at: Milliseconds,
}

/// The order of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum QueueOrder {
    /// The newest first.
    #[default]
    Newest,
    /// The oldest first.
    Oldest,
    /// Most likely genuine first: somebody waits for their words to appear.
    Urgency,
}

/// What the queue is of. Without a decision, and without an edit in its place, in either case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum QueueOf {
    /// What is held: it waits for its owner.
    #[default]
    Held,
    /// What was called spam: nobody need decide on it, and whoever was taken for a spammer is there.
    Spam,
}

/// Which comments of the queue are wanted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct QueueFilter {
    /// What was made of them.
    pub of: QueueOf,
    /// Only with this signal among the stored reasons.
    pub reason: Option<String>,
    /// Only under this post.
    pub post: Option<String>,
    /// Only under this name.
    pub author: Option<String>,
}

/// A place in a list: what comes after it is the next page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cursor {
    /// The last id of the page before.
    pub id: Id,
    /// Its log-odds of spam, for lists by urgency.
    pub spam: f64,
}

/// What was counted for a site in a span of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SiteCounts {
    /// Comments asked about.
    pub checks: u64,
    /// Answered as genuine.
    pub ham: u64,
    /// Answered as spam.
    pub spam: u64,
    /// Answered as genuine, and a person decided that it is spam.
    pub missed_spam: u64,
    /// Answered as spam, and a person decided that it is genuine.
    pub false_positives: u64,
}

/// Who is to be forgotten.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// Digest of the e-mail address.
    pub email: Option<PersonDigest>,
    /// Digest of the network address.
    pub address: Option<PersonDigest>,
}

/// What a caller knows of a comment whose verdict it looks for without an id of ours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sought {
    /// Its name and words, and where it stands.
    pub fingerprint: Fingerprint,
    /// The blog's own id of the comment.
    pub comment: Option<String>,
    /// The blog's id of the comment that it answers.
    pub parent: Option<String>,
    /// Who wrote it.
    pub person: Person,
}

/// What was removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Erased {
    /// Verdicts without text, names, digests and features from now on.
    pub verdicts: u64,
    /// Decisions on them, which keep their label; who made them is forgotten.
    pub decisions: u64,
    /// Deliveries that were removed.
    pub deliveries: u64,
}

/// What was removed after its time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Texts and answers.
    pub removed: u64,
    /// The posts under which the texts were.
    pub posts: BTreeSet<(SiteId, String)>,
}
