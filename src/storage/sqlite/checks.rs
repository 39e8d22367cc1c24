//! Verdicts: adding them, and finding them by what callers know.

use std::sync::OnceLock;

use rusqlite::{
    CachedStatement, Connection, OptionalExtension, Params, Row, ToSql, named_params, params,
    params_from_iter,
};
use xxhash_rust::xxh3::Xxh3;

use super::counts;
use super::deliveries::outdate;
use super::rows::{
    id, list, named, optional_label, optional_role, optional_signals, signals, site, texts, verdict,
};
use super::versions::follow_since;
use crate::comment::{Fingerprint, Kind, Label, Role};
use crate::policy::Thresholds;
use crate::storage::{CheckRecord, CommentText, Id, Judgement, SiteId, Sought, StoreError};

/// What the index of comments under a post stands on.
fn thread_key(site: SiteId, post: &str) -> i64 {
    let mut hasher = Xxh3::new();
    hasher.update(&site.0.to_le_bytes());
    hasher.update(post.as_bytes());
    hasher.digest().cast_signed()
}

/// Whether `other` is a version of the comment that `one` is a version of: see
/// [`CheckRecord::id_of_versions`].
pub(super) const SAME_COMMENT: &str = "other.thread = one.thread AND other.comment = one.comment
    AND other.site = one.site AND other.post = one.post AND one.post <> ''";

pub(super) fn add(connection: &Connection, check: &CheckRecord) -> Result<(), StoreError> {
    insert(connection, check)?;
    counts::change(
        connection,
        check.site,
        check.at,
        None,
        Some((check.answered, check.decided)),
    )
}

fn insert(connection: &Connection, check: &CheckRecord) -> Result<(), StoreError> {
    let thread = thread_key(check.site, &check.post);
    let comment = check.id_of_versions();
    let others = comment.map(|comment| supersede(connection, check, thread, comment));
    let others = others.transpose()?.unwrap_or_default();
    let superseded = others.later || check.superseded;
    let text = check.text.as_ref();
    let (fingerprint, judgement) = (check.fingerprint.as_ref(), &check.judgement);
    // Each value stands beside its column; values are bound by their places, for among so many a name
    // takes long to find.
    let columns: &[(&str, &dyn ToSql)] = named_params! {
        "id": check.id.0,
        "site": check.site.0,
        "at": check.at,
        "thread": thread,
        "post": check.post,
        "comment": check.comment,
        "parent": check.parent,
        "kind": check.kind.name(),
        "author": text.and_then(|text| text.author.as_ref()),
        "author_url": text.and_then(|text| text.author_url.as_ref()),
        "author_email": text.and_then(|text| text.author_email.as_ref()),
        "author_address": text.and_then(|text| text.address.as_ref()),
        "body": text.map(|text| &text.body),
        "html": text.and_then(|text| text.html.as_ref()),
        "by_post_author": text.and_then(|text| text.by_post_author),
        "honeypot": text.and_then(|text| text.honeypot),
        "seconds_on_page": text.and_then(|text| text.seconds_on_page),
        "role": text.and_then(|text| text.role).map(Role::name),
        "email": check.email,
        "address": check.address,
        "fingerprint": fingerprint.map(|it| it.words),
        "blog": fingerprint.and_then(|it| it.blog.as_ref()),
        "blog_post": fingerprint.and_then(|it| it.post.as_ref()),
        "page": fingerprint.and_then(|it| it.page.as_ref()),
        "callback": check.callback,
        "model": judgement.model,
        "signals": judgement.values.as_deref().map(signals),
        "spam": judgement.spam,
        "relevance": judgement.relevance,
        "hold_from": judgement.thresholds.hold,
        "spam_from": judgement.thresholds.spam,
        "prior_shift": judgement.prior_shift,
        "hold_below_relevance": judgement.hold_below_relevance,
        "verdict": judgement.verdict.name(),
        "outcome": judgement.outcome.name(),
        "overrides": list(&judgement.overrides),
        "reasons": judgement.reasons,
        "follows": judgement.follows.map(|version| version.0),
        "entry": judgement.entry.map(|entry| entry.0),
        "answered": check.answered.map(Label::name),
        "decided": check.decided.map(Label::name),
        "superseded": superseded,
        "in_conversation": !superseded && check.is_in_conversation(),
        "queued": !superseded && check.is_queued(),
    };
    static SQL: OnceLock<String> = OnceLock::new();
    let sql = SQL.get_or_init(|| {
        let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        let places = vec!["?"; names.len()].join(", ");
        format!(
            "INSERT INTO verdicts ({}) VALUES ({places})",
            names.join(", ")
        )
    });
    let values = columns.iter().map(|(_, value)| value);
    connection
        .prepare_cached(sql)?
        .execute(params_from_iter(values))?;
    if let Some(comment) = comment
        && others.earlier
        && !superseded
    {
        follow_since(connection, check, comment)?;
        // A blog that asked itself has its answer, which says what stands now.
        if fingerprint.is_some() {
            outdate(connection, check.id)?;
        }
    }
    Ok(())
}

/// The other versions of a comment.
#[derive(Default)]
struct Versions {
    /// Whether an earlier one is there, whose place it takes.
    earlier: bool,
    /// Whether a later one is there.
    later: bool,
}

/// Lets a new version of a comment take the place of those before.
fn supersede(
    connection: &Connection,
    check: &CheckRecord,
    thread: i64,
    comment: &str,
) -> Result<Versions, StoreError> {
    let superseded = connection
        .prepare_cached(
            "UPDATE verdicts SET superseded = 1, in_conversation = 0, queued = 0
             WHERE thread = ?1 AND comment = ?2 AND id < ?3 AND superseded = 0
             AND site = ?4 AND post = ?5",
        )?
        .execute(params![
            thread,
            comment,
            check.id.0,
            check.site.0,
            check.post
        ])?;
    let later = connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM verdicts
             WHERE thread = ?1 AND comment = ?2 AND id > ?3 AND site = ?4 AND post = ?5)",
        )?
        .query_row(
            params![thread, comment, check.id.0, check.site.0, check.post],
            |row| row.get(0),
        )?;
    Ok(Versions {
        earlier: superseded > 0,
        later,
    })
}

/// In the order of [`read`]. The last one is what is decided on the version that is followed; its table
/// is renamed, because that around it has other names as well.
const COLUMNS: &str = "id, site, at, post, comment, parent, kind, author, author_url, author_email,
    author_address, body, html, email, address, fingerprint, callback, model, signals, spam,
    relevance, hold_from, spam_from, prior_shift, hold_below_relevance, verdict, outcome, overrides,
    reasons, follows, decided, superseded, by_post_author, honeypot, seconds_on_page, role, answered,
    blog, blog_post, page, entry,
    (SELECT label FROM (SELECT id AS version, decided AS label FROM verdicts) WHERE version = follows)";

fn read(row: &Row<'_>) -> rusqlite::Result<CheckRecord> {
    let text = match row.get::<_, Option<String>>(11)? {
        None => None,
        Some(body) => Some(CommentText {
            author: row.get(7)?,
            author_url: row.get(8)?,
            author_email: row.get(9)?,
            address: row.get(10)?,
            body,
            html: row.get(12)?,
            by_post_author: row.get(32)?,
            honeypot: row.get(33)?,
            seconds_on_page: row.get(34)?,
            role: optional_role(row, 35)?,
        }),
    };
    let fingerprint = match row.get(15)? {
        None => None,
        Some(words) => Some(Fingerprint {
            words,
            blog: row.get(37)?,
            post: row.get(38)?,
            page: row.get(39)?,
        }),
    };
    let follows = row.get::<_, Option<i64>>(29)?.map(Id);
    let followed = follows.zip(optional_label(row, 41)?);
    Ok(CheckRecord {
        id: id(row, 0)?,
        site: site(row, 1)?,
        at: row.get(2)?,
        post: row.get(3)?,
        comment: row.get(4)?,
        parent: row.get(5)?,
        kind: named(row, 6, |name| Some(Kind::from_name(name)))?,
        text,
        email: row.get(13)?,
        address: row.get(14)?,
        fingerprint,
        callback: row.get(16)?,
        judgement: Judgement {
            model: row.get(17)?,
            values: optional_signals(row, 18)?,
            spam: row.get(19)?,
            relevance: row.get(20)?,
            thresholds: Thresholds {
                hold: row.get(21)?,
                spam: row.get(22)?,
            },
            prior_shift: row.get(23)?,
            hold_below_relevance: row.get(24)?,
            verdict: verdict(row, 25)?,
            outcome: verdict(row, 26)?,
            overrides: texts(row, 27)?,
            reasons: row.get(28)?,
            follows,
            entry: row.get::<_, Option<i64>>(40)?.map(Id),
        },
        answered: optional_label(row, 36)?,
        decided: optional_label(row, 30)?,
        decided_before: followed.into_iter().collect(),
        superseded: row.get(31)?,
    })
}

/// Prepares a query for verdicts; `rest` comes after `FROM verdicts`.
pub(super) fn select<'a>(
    connection: &'a Connection,
    rest: &str,
) -> Result<CachedStatement<'a>, StoreError> {
    Ok(connection.prepare_cached(&format!("SELECT {COLUMNS} FROM verdicts {rest}"))?)
}

pub(super) fn collect(
    mut statement: CachedStatement<'_>,
    params: impl Params,
) -> Result<Vec<CheckRecord>, StoreError> {
    Ok(statement
        .query_map(params, read)?
        .collect::<Result<_, _>>()?)
}

pub(super) fn conversation(
    connection: &Connection,
    site: SiteId,
    post: &str,
    before: Option<Id>,
    limit: u32,
    bytes: usize,
) -> Result<Vec<CheckRecord>, StoreError> {
    let mut statement = select(
        connection,
        "WHERE thread = ?1 AND in_conversation = 1 AND id < ?2 AND site = ?3 AND post = ?4
         ORDER BY id DESC LIMIT ?5",
    )?;
    let before = before.map_or(i64::MAX, |before| before.0);
    let mut rows = statement.query(params![thread_key(site, post), before, site.0, post, limit])?;
    let (mut found, mut sum) = (Vec::new(), 0);
    while sum < bytes
        && let Some(row) = rows.next()?
    {
        let record = read(row)?;
        sum += record.text.as_ref().map_or(0, CommentText::bytes);
        found.push(record);
    }
    found.reverse();
    Ok(found)
}

pub(super) fn by_id(
    connection: &Connection,
    site: SiteId,
    id: Id,
) -> Result<Option<CheckRecord>, StoreError> {
    let mut statement = select(connection, "WHERE id = ?1 AND site = ?2")?;
    Ok(statement.query_row([id.0, site.0], read).optional()?)
}

pub(super) fn each(
    connection: &Connection,
    site: SiteId,
    mut each: impl FnMut(CheckRecord),
) -> Result<(), StoreError> {
    // A version that was decided on stands for the undecided ones after it.
    let mut statement = select(
        connection,
        &format!(
            "AS one WHERE site = ?1 AND (superseded = 0 OR decided IS NOT NULL)
             AND body IS NOT NULL AND (decided IS NOT NULL OR NOT EXISTS (
                SELECT 1 FROM verdicts AS other WHERE {SAME_COMMENT} AND other.id < one.id
                AND other.decided IS NOT NULL AND other.body IS NOT NULL))
             ORDER BY post, id"
        ),
    )?;
    for record in statement.query_map([site.0], read)? {
        let record = record?;
        if !(record.superseded && is_decided_again(connection, &record)?) {
            each(record);
        }
    }
    Ok(())
}

/// Whether a later version of a comment with the same words was decided on.
fn is_decided_again(connection: &Connection, record: &CheckRecord) -> Result<bool, StoreError> {
    let Some(comment) = record.id_of_versions() else {
        return Ok(false);
    };
    let versions = versions(connection, record.site, &record.post, comment)?;
    let mut later = versions.iter().filter(|version| version.id > record.id);
    Ok(later.any(|version| {
        version.decided.is_some() && version.text.is_some() && version.has_words_of(record)
    }))
}

pub(super) fn versions(
    connection: &Connection,
    site: SiteId,
    post: &str,
    comment: &str,
) -> Result<Vec<CheckRecord>, StoreError> {
    const OF_COMMENT: &str = "thread = ?1 AND comment = ?2 AND site = ?3 AND post = ?4";
    let rest = if post.is_empty() {
        // Each is a comment of its own.
        format!("WHERE {OF_COMMENT} ORDER BY id DESC LIMIT 1")
    } else {
        format!(
            "WHERE {OF_COMMENT} AND (superseded = 0 OR decided IS NOT NULL
             OR id = (SELECT min(id) FROM verdicts WHERE {OF_COMMENT})
             OR id = (SELECT min(id) FROM verdicts WHERE {OF_COMMENT} AND decided IS NULL
                AND verdict = 'publish' AND outcome = 'publish' AND body IS NOT NULL))
             ORDER BY id"
        )
    };
    let statement = select(connection, &rest)?;
    collect(
        statement,
        params![thread_key(site, post), comment, site.0, post],
    )
}

pub(super) fn name(
    connection: &Connection,
    site: SiteId,
    verdict: Id,
    comment: &str,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "UPDATE verdicts SET comment = ?3 WHERE id = ?1 AND site = ?2 AND comment IS NULL
             AND NOT EXISTS (SELECT 1 FROM verdicts AS other WHERE other.thread = verdicts.thread
                AND other.comment = ?3 AND other.site = ?2 AND other.post = verdicts.post)",
        )?
        .execute(params![verdict.0, site.0, comment])?;
    Ok(())
}

/// Gives a verdict words in the place of those that were pruned. Where the fingerprint is gone as
/// well, the person was erased.
pub(super) fn bring_back(
    connection: &Connection,
    site: SiteId,
    verdict: Id,
    text: &CommentText,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "UPDATE verdicts SET author = ?3, author_url = ?4, author_email = ?5,
             author_address = ?6, body = ?7, html = ?8, by_post_author = ?9, honeypot = ?10,
             seconds_on_page = ?11, role = ?12
             WHERE id = ?1 AND site = ?2 AND body IS NULL AND fingerprint IS NOT NULL",
        )?
        .execute(params![
            verdict.0,
            site.0,
            text.author,
            text.author_url,
            text.author_email,
            text.address,
            text.body,
            text.html,
            text.by_post_author,
            text.honeypot,
            text.seconds_on_page,
            text.role.map(Role::name),
        ])?;
    Ok(())
}

/// Verdicts on the same name and words that are looked at, the latest first: some spam comes by the
/// tens of thousands.
const COPIES: u32 = 1000;

pub(super) fn by_fingerprint(
    connection: &Connection,
    site: SiteId,
    sought: &Sought,
) -> Result<Option<CheckRecord>, StoreError> {
    let Sought {
        fingerprint,
        comment,
        parent,
        person,
    } = sought;
    // What one side does not say (NULL) tells nothing apart. The blog's id names a post better than
    // its page, which may move, and a comment better than its reader, who may move as well. Of the
    // parent the blog may think again: when a comment is removed, its answers go to the one above.
    let sql = format!(
        "SELECT {COLUMNS} FROM
         (SELECT * FROM verdicts WHERE site = ?1 AND fingerprint = ?2 ORDER BY id DESC LIMIT ?10)
         WHERE coalesce(blog = ?3, 1) AND coalesce(blog_post = ?4, page = ?5, 1)
         AND coalesce(comment = ?6, email = ?8, address = ?9, 1)
         ORDER BY coalesce(comment = ?6, 0) DESC, coalesce(parent = ?7, 0) DESC,
         coalesce(email = ?8, 0) + coalesce(address = ?9, 0) DESC, id DESC LIMIT 1"
    );
    Ok(connection
        .prepare_cached(&sql)?
        .query_row(
            params![
                site.0,
                fingerprint.words,
                fingerprint.blog,
                fingerprint.post,
                fingerprint.page,
                comment,
                parent,
                person.email,
                person.address,
                COPIES,
            ],
            read,
        )
        .optional()?)
}
