//! What every storage promises, as stories that take a `&dyn Store`; and what can befall a file.

/// Stories as tests, each on a store of its own.
macro_rules! stories {
    ($($story:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $story() {
                let folder = tempfile::tempdir().unwrap();
                let store = crate::storage::open(&folder).unwrap();
                super::$story(&store).await;
                ontopic::storage::Store::close(&store).await;
            })*
        }
    };
}

mod decisions;
mod deliveries;
mod file;
mod posts;
mod removal;
mod sites;
mod verdicts;
mod versions;
mod writes;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use ontopic::comment::{Fingerprint, Kind, Label};
use ontopic::policy::{Thresholds, Verdict};
use ontopic::signals::N_SIGNALS;
use ontopic::storage::{
    CheckRecord, CommentText, DecisionKind, DecisionRecord, Delivery, Id, Judgement, Message,
    Milliseconds, NewDecision, NextId, QueueFilter, QueueOrder, Site, SiteId, Sought,
    SqliteOptions, SqliteStore, Store, StoreError, StoredAnswer, Via,
};
use tempfile::TempDir;

const HOUR: Milliseconds = 3_600_000;

fn file(folder: &TempDir) -> PathBuf {
    folder.path().join("ontopic.db")
}

fn open(folder: &TempDir) -> Result<SqliteStore, StoreError> {
    SqliteStore::open(&file(folder), SqliteOptions::default())
}

async fn site(store: &dyn Store, name: &str) -> SiteId {
    let site = Site {
        id: SiteId(0),
        name: name.to_owned(),
        settings: "{}".to_owned(),
        created: 1,
    };
    store.add_site(site, Vec::new()).await.unwrap()
}

/// A fingerprint that says nothing of the place.
fn of_words(words: i64) -> Fingerprint {
    Fingerprint {
        words,
        ..Fingerprint::default()
    }
}

async fn found_by(store: &dyn Store, site: SiteId, fingerprint: Fingerprint) -> Option<Id> {
    let sought = Sought {
        fingerprint,
        ..Sought::default()
    };
    let found = store.check_by_fingerprint(site, sought);
    found.await.unwrap().map(|check| check.id)
}

/// A verdict on a comment under the post `bread`, judged in the first hour of all.
fn check(site: SiteId, id: i64, outcome: Verdict) -> CheckRecord {
    CheckRecord {
        id: Id(id),
        site,
        at: id,
        post: "bread".to_owned(),
        comment: Some(format!("comment {id}")),
        parent: None,
        kind: Kind::Comment,
        text: Some(CommentText {
            author: Some("Wendell".to_owned()),
            body: format!("Body number {id}."),
            ..CommentText::default()
        }),
        email: None,
        address: None,
        fingerprint: None,
        callback: None,
        judgement: Judgement {
            model: "093cfeeb43c7".to_owned(),
            values: Some(Box::new([0.5; N_SIGNALS])),
            // What is published is likely genuine.
            spam: if outcome == Verdict::Publish { -id } else { id } as f64,
            relevance: -1.25,
            thresholds: Thresholds {
                hold: 2.97,
                spam: 3.28,
            },
            prior_shift: 0.0,
            hold_below_relevance: None,
            verdict: outcome,
            outcome,
            overrides: Vec::new(),
            follows: None,
            entry: None,
            reasons: r#"[{"signal":"relevance"}]"#.to_owned(),
        },
        answered: Some(if outcome == Verdict::Publish {
            Label::Ham
        } else {
            Label::Spam
        }),
        decided: None,
        decided_before: Vec::new(),
        superseded: false,
    }
}

fn decision(site: SiteId, id: i64, verdict: i64, kind: DecisionKind) -> DecisionRecord {
    DecisionRecord {
        id: Id(id),
        site,
        at: id,
        verdict: Id(verdict),
        kind,
        takes_back: None,
        reporter: Some("Marta".to_owned()),
        via: Via::Api,
        outcome: Verdict::Hold,
    }
}

/// A decision that the blog is told of.
fn told(record: DecisionRecord) -> NewDecision {
    let message = Message {
        verdict: record.verdict,
        url: "https://slowmiles.example/told".to_owned(),
        ham: "ham".to_owned(),
        spam: "spam".to_owned(),
        held: Label::Ham,
    };
    NewDecision {
        record,
        text: None,
        message: Some(message),
    }
}

/// A decision that nobody is told of.
fn untold(record: DecisionRecord) -> NewDecision {
    NewDecision {
        record,
        text: None,
        message: None,
    }
}

/// Ids from `first` on.
fn ids_from(first: i64) -> NextId {
    let next = AtomicI64::new(first);
    Box::new(move || Id(next.fetch_add(1, Ordering::Relaxed)))
}

fn answer(site: SiteId, key: &str, at: Milliseconds) -> StoredAnswer {
    StoredAnswer {
        site,
        key: key.to_owned(),
        request: [7; 32],
        status: 201,
        body: b"answered".to_vec(),
        at,
    }
}

fn shared(checks: Vec<CheckRecord>) -> Vec<Arc<CheckRecord>> {
    checks.into_iter().map(Arc::new).collect()
}

async fn add(store: &dyn Store, checks: &[CheckRecord]) {
    store
        .add_checks(checks[0].site, Vec::new(), shared(checks.to_vec()), None)
        .await
        .unwrap();
}

/// Adds decisions whose ids follow each other.
async fn decide(store: &dyn Store, decisions: &[DecisionRecord]) {
    let ids = ids_from(decisions[0].id.0);
    let new = decisions.iter().cloned().map(untold).collect();
    let written = store.add_decisions(Vec::new(), new, ids, Box::new(|_| None));
    assert_eq!(written.await.unwrap(), decisions);
}

async fn waiting(store: &dyn Store) -> Vec<Delivery> {
    store.due_deliveries(i64::MAX, &[], 99).await.unwrap()
}

async fn queue_of(store: &dyn Store, site: SiteId) -> Vec<i64> {
    let filter = QueueFilter::default();
    ids(&store
        .queue(site, &filter, QueueOrder::Oldest, None, 100)
        .await
        .unwrap())
}

async fn conversation_of(store: &dyn Store, site: SiteId) -> Vec<i64> {
    let all = store.conversation(site, "bread", None, 100, usize::MAX);
    ids(&all.await.unwrap())
}

async fn decided(store: &dyn Store, site: SiteId, id: i64) -> Option<Label> {
    store.check(site, Id(id)).await.unwrap().unwrap().decided
}

fn ids(checks: &[CheckRecord]) -> Vec<i64> {
    checks.iter().map(|check| check.id.0).collect()
}
