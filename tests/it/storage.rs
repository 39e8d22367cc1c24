//! What every storage promises, as stories that take a `&dyn Store`; and what can befall a file.

use std::future::poll_fn;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::Poll;
use std::time::Duration;
use std::{env, fs};

use ontopic::comment::{Fingerprint, Kind, Label, Role};
use ontopic::policy::Verdict;
use ontopic::signals::N_SIGNALS;
use ontopic::storage::{
    CheckRecord, CommentText, Cursor, DecisionKind, DecisionRecord, Delivery, Erased, Id,
    Judgement, Key, KeyRole, ListEntry, Message, Milliseconds, NewDecision, NextId, Person,
    PostRecord, PostWrite, QueueFilter, QueueOrder, Site, SiteCounts, SiteId, Sought,
    SqliteOptions, SqliteStore, Store, StoreError, StoredAnswer,
};
use rusqlite::Connection;
use tempfile::TempDir;

const HOUR: Milliseconds = 3_600_000;

/// The stories, each on a store of its own.
macro_rules! stories {
    ($($story:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $story() {
                let folder = tempfile::tempdir().unwrap();
                let store = super::open(&folder).unwrap();
                super::$story(&store).await;
                ontopic::storage::Store::close(&store).await;
            })*
        }
    };
}

stories! {
    sites_keys_and_entries_are_given_back,
    posts_are_found_by_id_and_address,
    a_verdict_is_given_back_to_the_bit,
    a_fingerprint_finds_what_it_does_not_speak_against,
    a_comment_is_found_by_its_id_its_parent_and_its_person,
    an_edit_takes_the_place_of_what_was_before,
    the_versions_to_compare_with_are_few,
    no_label_is_lost_when_a_comment_comes_again,
    the_conversation_is_what_may_be_shown,
    the_queue_holds_what_waits,
    what_is_taken_back_gives_way_to_the_decision_before,
    figures_are_of_what_was_answered,
    decisions_get_their_ids_when_they_are_written,
    what_followed_from_a_decision_goes_with_it,
    the_latest_version_follows_a_decision_on_the_same_words,
    a_decision_on_an_earlier_version_stands_when_the_one_after_it_is_taken_back,
    what_a_blog_does_to_words_as_it_stores_them_makes_no_others_of_them,
    a_write_that_is_refused_leaves_nothing,
    writes_at_once_do_not_take_each_other_along,
    deliveries_are_due_until_they_are_settled,
    a_blog_is_told_what_stands,
    a_person_is_forgotten_everywhere,
    what_is_pruned_keeps_its_verdict_and_labels_keep_their_text,
    a_comment_that_was_decided_on_keeps_the_words_that_it_has_now,
    a_decision_brings_words_back_that_were_pruned,
    sites_do_not_see_each_other,
    a_backup_holds_what_was_written_before,
    nothing_is_written_after_closing,
}

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
            thresholds: (2.97, 3.28),
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
        via: "api".to_owned(),
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

async fn sites_keys_and_entries_are_given_back(store: &dyn Store) {
    assert_eq!(store.largest_id().await, Ok(0));
    let key = |id: i64, site, expires| Key {
        id: Id(id),
        site,
        role: KeyRole::Moderator,
        digest: [id as u8; 32],
        hint: "a1b2".to_owned(),
        created: 5,
        expires,
    };
    let new = Site {
        id: SiteId(0),
        name: "slowmiles.example".to_owned(),
        settings: r#"{"cors":[]}"#.to_owned(),
        created: 4,
    };
    let id = store
        .add_site(new.clone(), vec![key(10, None, None)])
        .await
        .unwrap();
    let again = store.add_site(new.clone(), vec![key(11, None, None)]).await;
    assert_eq!(again, Err(StoreError::Exists { what: "site" }));
    assert_eq!(store.sites().await.unwrap(), [Site { id, ..new.clone() }]);
    let renamed = Site {
        id,
        name: "other.example".to_owned(),
        ..new
    };
    store.update_site(renamed.clone()).await.unwrap();
    assert_eq!(store.sites().await.unwrap(), std::slice::from_ref(&renamed));
    let missing = Site {
        id: SiteId(99),
        name: "third.example".to_owned(),
        ..renamed
    };
    assert_eq!(
        store.update_site(missing).await,
        Err(StoreError::NotFound { what: "site" })
    );

    let first = key(10, Some(id), None);
    assert_eq!(store.keys(0).await.unwrap(), std::slice::from_ref(&first));
    let second = key(12, Some(id), None);
    store
        .add_key(second.clone(), vec![(Id(10), 100)])
        .await
        .unwrap();
    assert_eq!(
        store.keys(99).await.unwrap(),
        [
            Key {
                expires: Some(100),
                ..first
            },
            second.clone()
        ]
    );
    assert_eq!(store.keys(100).await.unwrap(), [second]);
    store
        .add_key(key(13, None, None), Vec::new())
        .await
        .unwrap();
    store.expire_key(Id(12), 50).await.unwrap();
    assert_eq!(store.keys(100).await.unwrap(), [key(13, None, None)]);
    assert_eq!(
        store.expire_key(Id(1), 50).await,
        Err(StoreError::NotFound { what: "key" })
    );

    let entry = ListEntry {
        id: Id(20),
        site: id,
        label: Label::Spam,
        field: "host".to_owned(),
        value: "roofs.example".to_owned(),
        name: "roofs".to_owned(),
        created: 6,
    };
    store.add_entry(entry.clone()).await.unwrap();
    assert_eq!(store.entries().await.unwrap(), [entry]);
    assert_eq!(store.largest_id().await, Ok(20));
    store.remove_entry(id, Id(20)).await.unwrap();
    assert_eq!(
        store.remove_entry(id, Id(20)).await,
        Err(StoreError::NotFound { what: "entry" })
    );
    store.probe().await.unwrap();
}

async fn posts_are_found_by_id_and_address(store: &dyn Store) {
    let site = site(store, "slowmiles.example").await;
    let post = |id: &str, updated| PostRecord {
        id: id.to_owned(),
        url: Some(format!("https://slowmiles.example/{id}")),
        title: Some(String::new()),
        body: None,
        author: Some("Marta".to_owned()),
        tags: Some(vec!["bread, \"and\" water".to_owned(), "ö".to_owned()]),
        updated,
    };
    let posts = vec![post("c", 1), post("", 1), post("b", 1)];
    assert_eq!(
        store.put_posts(site, posts, PostWrite::Replace).await,
        Ok(3)
    );
    assert_eq!(store.post(site, "c").await.unwrap(), Some(post("c", 1)));
    assert_eq!(
        store
            .put_posts(site, vec![post("c", 2), post("d", 2)], PostWrite::Keep)
            .await,
        Ok(1)
    );
    assert_eq!(store.post(site, "c").await.unwrap(), Some(post("c", 1)));
    let part = PostRecord {
        id: "c".to_owned(),
        author: Some(String::new()),
        body: Some("Flour.".to_owned()),
        updated: 3,
        ..PostRecord::default()
    };
    let merged = PostRecord {
        author: part.author.clone(),
        body: part.body.clone(),
        ..post("c", 3)
    };
    assert_eq!(
        store.put_posts(site, vec![part], PostWrite::Merge).await,
        Ok(1)
    );
    assert_eq!(store.post(site, "c").await.unwrap(), Some(merged));
    let bare = PostRecord {
        id: "c".to_owned(),
        updated: 3,
        ..PostRecord::default()
    };
    assert_eq!(
        store
            .put_posts(site, vec![bare.clone()], PostWrite::Replace)
            .await,
        Ok(1)
    );
    assert_eq!(store.post(site, "c").await.unwrap(), Some(bare));
    let at = |name: &str| format!("https://slowmiles.example/{name}");
    assert_eq!(
        store.post_by_url(site, &at("b")).await.unwrap(),
        Some(post("b", 1))
    );
    assert_eq!(store.post_by_url(site, &at("c")).await.unwrap(), None);
    assert_eq!(
        store
            .post_by_url(
                site,
                "http://SLOWMILES.example//b/?utm_source=letter#comments"
            )
            .await
            .unwrap(),
        Some(post("b", 1))
    );
    assert_eq!(store.post_by_url(site, &at("b?p=1")).await, Ok(None));
    let twin = PostRecord {
        id: "b with a slash".to_owned(),
        url: Some(at("b/")),
        updated: 9,
        ..PostRecord::default()
    };
    store
        .put_posts(site, vec![twin.clone()], PostWrite::Replace)
        .await
        .unwrap();
    for (url, expected) in [("b", post("b", 1)), ("b/", twin.clone()), ("b/#1", twin)] {
        assert_eq!(store.post_by_url(site, &at(url)).await, Ok(Some(expected)));
    }
    store.remove_post(site, "b with a slash").await.unwrap();

    let names = |posts: Vec<PostRecord>| posts.into_iter().map(|p| p.id).collect::<Vec<_>>();
    assert_eq!(
        names(store.posts(site, None, 3).await.unwrap()),
        ["", "b", "c"]
    );
    assert_eq!(names(store.posts(site, Some("c"), 3).await.unwrap()), ["d"]);
    assert_eq!(store.remove_post(site, "d").await, Ok(true));
    assert_eq!(store.remove_post(site, "d").await, Ok(false));
}

async fn a_verdict_is_given_back_to_the_bit(store: &dyn Store) {
    let site = site(store, "slowmiles.example").await;
    let mut full = check(site, 5, Verdict::Hold);
    full.parent = Some("comment 1".to_owned());
    full.kind = Kind::Trackback;
    full.text = Some(CommentText {
        author: Some(String::new()),
        author_url: Some("https://wendell.example/".to_owned()),
        author_email: Some("wendell@example.com".to_owned()),
        address: Some("192.0.2.7".to_owned()),
        body: "Zeros \0 and \u{202e} stay.".to_owned(),
        html: Some("<p>".to_owned()),
        by_post_author: Some(false),
        honeypot: Some(true),
        seconds_on_page: Some(0.1 + 0.2),
        role: Some(Role::Member),
    });
    full.answered = None;
    (full.email, full.address) = (Some([1; 16]), Some([2; 16]));
    let fingerprint = Fingerprint {
        words: -3,
        blog: Some("slowmiles.example".to_owned()),
        post: Some("7".to_owned()),
        page: Some("slowmiles.example/bread".to_owned()),
    };
    full.fingerprint = Some(fingerprint.clone());
    full.callback = Some("https://slowmiles.example/".to_owned());
    let mut values = [f32::from_bits(0x7fc0_1234); N_SIGNALS];
    (values[0], values[1], values[2]) = (-0.0, f32::MIN_POSITIVE / 2.0, f32::INFINITY);
    let judgement = &mut full.judgement;
    judgement.values = Some(Box::new(values));
    (judgement.spam, judgement.relevance) = (-0.0, 0.1 + 0.2);
    (judgement.thresholds, judgement.prior_shift) = ((f64::MIN, f64::INFINITY), -7.0);
    judgement.hold_below_relevance = Some(f64::MIN_POSITIVE / 2.0);
    judgement.verdict = Verdict::Spam;
    judgement.overrides = vec!["an entry, `quoted \"so\"`".to_owned()];
    judgement.entry = Some(Id(3));
    add(store, std::slice::from_ref(&full)).await;

    let found = store.check(site, Id(5)).await.unwrap().unwrap();
    let bits = |check: &CheckRecord| {
        let judgement = &check.judgement;
        let signals = judgement.values.as_ref().unwrap().map(f32::to_bits);
        let (hold, spam) = judgement.thresholds;
        let scores = [
            judgement.spam,
            judgement.relevance,
            hold,
            spam,
            judgement.prior_shift,
        ];
        (signals, scores.map(f64::to_bits))
    };
    assert_eq!(bits(&found), bits(&full));
    let without = |check: &CheckRecord| {
        let mut check = check.clone();
        check.judgement.values = None;
        check
    };
    assert_eq!(without(&found), without(&full));
    assert_eq!(found_by(store, site, fingerprint).await, Some(Id(5)));
    assert_eq!(found_by(store, site, of_words(3)).await, None);
    assert_eq!(store.check(site, Id(6)).await.unwrap(), None);
    assert_eq!(store.largest_id().await, Ok(5));

    let bare = CheckRecord {
        text: None,
        comment: None,
        ..check(site, 6, Verdict::Publish)
    };
    add(store, std::slice::from_ref(&bare)).await;
    assert_eq!(store.check(site, Id(6)).await.unwrap(), Some(bare));
}

async fn a_fingerprint_finds_what_it_does_not_speak_against(store: &dyn Store) {
    let site = site(store, "slowmiles.example").await;
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let of = |blog, post, page| Fingerprint {
        words: 1,
        blog: text(blog),
        post: text(post),
        page: text(page),
    };
    let wrote = |id, fingerprint, email| CheckRecord {
        fingerprint: Some(fingerprint),
        email: Some([email; 16]),
        ..check(site, id, Verdict::Publish)
    };
    let all = [
        wrote(1, of("a", "7", ""), 1),
        wrote(2, of("a", "8", "a/eight"), 2),
        wrote(3, of("a", "8", "a/eight"), 3),
        wrote(4, of("b", "", "b/nine"), 1),
    ];
    add(store, &all).await;
    for (fingerprint, expected) in [
        (of("a", "7", "a/seven"), Some(1)),
        (of("a", "8", "a/moved"), Some(3)),
        (of("", "", "a/eight"), Some(3)),
        (of("", "9", "b/nine"), Some(4)),
        (of("b", "9", ""), Some(4)),
        (of("b", "9", "b/other"), None),
        (of("c", "", ""), None),
        (of("", "", ""), Some(4)),
    ] {
        let found = found_by(store, site, fingerprint.clone()).await;
        assert_eq!(found, expected.map(Id), "{fingerprint:?}");
    }
}

async fn a_comment_is_found_by_its_id_its_parent_and_its_person(store: &dyn Store) {
    let site = site(store, "slowmiles.example").await;
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let person = |email: u8, address: u8| Person {
        email: Some([email; 16]).filter(|_| email > 0),
        address: Some([address; 16]).filter(|_| address > 0),
    };
    let wrote = |id, comment, parent, by: Person| CheckRecord {
        comment: text(comment),
        parent: text(parent),
        email: by.email,
        address: by.address,
        fingerprint: Some(of_words(1)),
        ..check(site, id, Verdict::Publish)
    };
    let all = [
        wrote(1, "5", "", person(1, 1)),
        wrote(2, "", "2", person(1, 1)),
        wrote(3, "", "3", person(1, 2)),
        wrote(4, "", "", person(2, 2)),
        wrote(5, "", "", person(0, 3)),
    ];
    add(store, &all).await;
    for (comment, parent, by, expected) in [
        ("5", "3", person(9, 9), Some(1)),
        ("6", "", person(1, 1), Some(2)),
        ("6", "3", person(1, 1), Some(3)),
        ("6", "9", person(2, 1), Some(4)),
        ("", "", person(1, 9), Some(3)),
        ("6", "", person(9, 1), None),
        ("6", "", person(9, 3), Some(5)),
        ("6", "", person(0, 2), Some(4)),
        ("6", "", person(0, 9), None),
        ("5", "", person(0, 0), Some(1)),
        ("", "", person(0, 0), Some(5)),
    ] {
        let sought = Sought {
            fingerprint: of_words(1),
            comment: text(comment),
            parent: text(parent),
            person: by,
        };
        let found = store.check_by_fingerprint(site, sought.clone()).await;
        let found = found.unwrap().map(|check| check.id);
        assert_eq!(found, expected.map(Id), "{sought:?}");
    }
}

async fn an_edit_takes_the_place_of_what_was_before(store: &dyn Store) {
    let site = site(store, "slowmiles.example").await;
    let version_of = |id, outcome| CheckRecord {
        comment: Some("edited".to_owned()),
        ..check(site, id, outcome)
    };
    let version = |id| version_of(id, Verdict::Hold);
    add(
        store,
        &[
            version_of(1, Verdict::Publish),
            check(site, 2, Verdict::Hold),
        ],
    )
    .await;
    assert_eq!(conversation_of(store, site).await, [1]);
    add(store, &[version(3)]).await;
    assert_eq!(queue_of(store, site).await, [2, 3]);
    assert_eq!(conversation_of(store, site).await, [0; 0]);
    // One that was judged before, and is written after.
    add(store, &[version(5)]).await;
    add(store, &[version(4)]).await;
    assert_eq!(queue_of(store, site).await, [2, 5]);
    for (id, superseded) in [(1, true), (3, true), (4, true), (5, false)] {
        let version = store.check(site, Id(id)).await.unwrap().unwrap();
        assert_eq!(version.superseded, superseded, "{id}");
    }
    // The same id under another post is another comment.
    add(
        store,
        &[CheckRecord {
            post: "water".to_owned(),
            ..version(6)
        }],
    )
    .await;
    assert_eq!(queue_of(store, site).await, [2, 5, 6]);
    // Without a post, there is no telling.
    let no_post = |id| CheckRecord {
        post: String::new(),
        email: Some([id as u8; 16]),
        ..version(id)
    };
    add(store, &[no_post(8), no_post(9)]).await;
    assert_eq!(queue_of(store, site).await, [2, 5, 6, 8, 9]);
    let latest = store.versions(site, "", "edited").await.unwrap();
    assert_eq!(ids(&latest), [9]);
    let person = Person {
        email: Some([8; 16]),
        address: None,
    };
    assert_eq!(store.erase(None, person).await.unwrap().verdicts, 1);
    assert_eq!(queue_of(store, site).await, [2, 5, 6, 9]);
    // What was superseded comes back by no decision.
    decide(
        store,
        &[decision(site, 7, 1, DecisionKind::Label(Label::Ham))],
    )
    .await;
    assert_eq!(conversation_of(store, site).await, [0; 0]);
}

async fn the_versions_to_compare_with_are_few(store: &dyn Store) {
    let site = site(store, "slowmiles.example").await;
    let version = |id, verdict, outcome| {
        let mut version = check(site, id, outcome);
        version.comment = Some("edited".to_owned());
        version.judgement.verdict = verdict;
        version
    };
    let versions = async || ids(&store.versions(site, "bread", "edited").await.unwrap());
    use Verdict::{Hold, Publish};
    let all = [
        (Hold, Hold),
        (Hold, Publish),
        (Publish, Hold),
        (Publish, Publish),
        (Publish, Publish),
        (Hold, Hold),
        (Hold, Hold),
    ];
    let all: Vec<CheckRecord> = (1..)
        .zip(all)
        .map(|(id, (verdict, outcome))| version(id, verdict, outcome))
        .collect();
    add(store, &all).await;
    assert_eq!(versions().await, [1, 4, 7]);
    let decided = |id, about| decision(site, id, about, DecisionKind::Label(Label::Ham));
    decide(store, &[decided(10, 4), decided(11, 6)]).await;
    assert_eq!(versions().await, [1, 4, 5, 6, 7]);
    assert_eq!(
        ids(&store.versions(site, "bread", "another").await.unwrap()),
        [0; 0]
    );
}

async fn no_label_is_lost_when_a_comment_comes_again(store: &dyn Store) {
    let site = site(store, "slowmiles.example").await;
    let version = |id, body: &str| {
        let mut version = check(site, id, Verdict::Hold);
        version.comment = Some("edited".to_owned());
        version.text.as_mut().unwrap().body = body.to_owned();
        version
    };
    let label = |id, verdict, label| decision(site, id, verdict, DecisionKind::Label(label));
    let given = async || {
        let (sender, receiver) = std::sync::mpsc::channel();
        let each = Box::new(move |record: CheckRecord| sender.send(record).unwrap());
        store.each_comment(site, each).await.unwrap();
        let all = receiver.iter();
        all.map(|record| (record.id.0, record.decided))
            .collect::<Vec<_>>()
    };
    add(store, &[version(1, "Roofs."), version(2, "Cheap roofs.")]).await;
    assert_eq!(given().await, [(2, None)]);
    decide(store, &[label(10, 2, Label::Spam)]).await;
    add(store, &[version(3, "Cheap roofs."), version(4, "Nice.")]).await;
    assert_eq!(given().await, [(2, Some(Label::Spam))]);
    decide(store, &[label(11, 4, Label::Ham)]).await;
    assert_eq!(
        given().await,
        [(2, Some(Label::Spam)), (4, Some(Label::Ham))]
    );
    // Of two decisions on the same words, the later version's counts.
    decide(store, &[label(12, 3, Label::Ham)]).await;
    assert_eq!(
        given().await,
        [(3, Some(Label::Ham)), (4, Some(Label::Ham))]
    );
}

async fn the_conversation_is_what_may_be_shown(store: &dyn Store) {
    let site = site(store, "slowmiles.example").await;
    let silent = CheckRecord {
        text: None,
        ..check(site, 4, Verdict::Publish)
    };
    let elsewhere = CheckRecord {
        post: "water".to_owned(),
        ..check(site, 5, Verdict::Publish)
    };
    let rest = [
        check(site, 1, Verdict::Publish),
        check(site, 2, Verdict::Hold),
    ];
    add(store, &rest).await;
    add(store, &[check(site, 3, Verdict::Spam), silent, elsewhere]).await;
    // Nobody has seen what is held, and nobody but the model wants what is more likely spam, at its own
    // prior.
    let odd = |id, shift: f64, overrides: Vec<String>| {
        let mut odd = check(site, id, Verdict::Publish);
        (odd.judgement.spam, odd.judgement.prior_shift) = (shift + 0.5, shift);
        odd.judgement.overrides = overrides;
        odd
    };
    add(store, &[odd(6, 0.0, vec![]), odd(7, -2.0, vec![])]).await;
    assert_eq!(conversation_of(store, site).await, [1]);
    add(store, &[odd(8, 0.0, vec!["the owner's entry".to_owned()])]).await;
    assert_eq!(conversation_of(store, site).await, [1, 8]);
    decide(
        store,
        &[decision(site, 9, 8, DecisionKind::Label(Label::Spam))],
    )
    .await;
    decide(
        store,
        &[decision(site, 10, 3, DecisionKind::Label(Label::Ham))],
    )
    .await;
    decide(
        store,
        &[decision(site, 11, 1, DecisionKind::Label(Label::Spam))],
    )
    .await;
    decide(
        store,
        &[decision(site, 12, 2, DecisionKind::Label(Label::Ham))],
    )
    .await;
    assert_eq!(conversation_of(store, site).await, [2, 3]);
    for (before, expected) in [(None, [3]), (Some(Id(3)), [2])] {
        let found = store.conversation(site, "bread", before, 1, usize::MAX);
        assert_eq!(ids(&found.await.unwrap()), expected);
    }
    // The latest comes however long it is, and no other beside it.
    let found = store.conversation(site, "bread", None, 100, 1).await;
    assert_eq!(ids(&found.unwrap()), [3]);
}

async fn the_queue_holds_what_waits(store: &dyn Store) {
    let site = site(store, "slowmiles.example").await;
    let held = |id, spam: f64, author: &str, post: &str, signal: &str| {
        let mut check = check(site, id, Verdict::Hold);
        check.judgement.spam = spam;
        check.judgement.reasons = format!(r#"[{{"signal":"{signal}"}}]"#);
        check.text.as_mut().unwrap().author = Some(author.to_owned());
        check.post = post.to_owned();
        check
    };
    add(
        store,
        &[
            held(1, 3.0, "Ada", "bread", "links"),
            held(2, 3.1, "Ben", "bread", "links_own"),
            held(3, 2.9, "Ada", "water", "relevance"),
            held(4, 3.0, "Ben", "water", "links"),
            check(site, 5, Verdict::Spam),
            check(site, 6, Verdict::Publish),
        ],
    )
    .await;
    assert_eq!(store.queue_lengths().await.unwrap(), [(site, 4)]);
    let pages = async |order| {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let filter = QueueFilter::default();
            let page = store.queue(site, &filter, order, after, 3).await.unwrap();
            let Some(last) = page.last() else {
                return found;
            };
            after = Some(Cursor {
                id: last.id,
                spam: last.judgement.spam,
            });
            found.extend(ids(&page));
        }
    };
    assert_eq!(pages(QueueOrder::Newest).await, [4, 3, 2, 1]);
    assert_eq!(pages(QueueOrder::Oldest).await, [1, 2, 3, 4]);
    assert_eq!(pages(QueueOrder::Urgency).await, [3, 1, 4, 2]);
    let only = async |reason: &str, post: &str, author: &str| {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let filter = QueueFilter {
            reason: given(reason),
            post: given(post),
            author: given(author),
        };
        ids(&store
            .queue(site, &filter, QueueOrder::Oldest, None, 9)
            .await
            .unwrap())
    };
    assert_eq!(only("links", "", "").await, [1, 4]);
    assert_eq!(only("", "water", "").await, [3, 4]);
    assert_eq!(only("", "", "Ada").await, [1, 3]);
    assert_eq!(only("links", "water", "Ben").await, [4]);
    assert_eq!(only("%", "", "").await, [0; 0]);
    decide(
        store,
        &[decision(site, 9, 4, DecisionKind::Label(Label::Spam))],
    )
    .await;
    assert_eq!(queue_of(store, site).await, [1, 2, 3]);
}

async fn what_is_taken_back_gives_way_to_the_decision_before(store: &dyn Store) {
    let site = site(store, "slowmiles.example").await;
    let published = CheckRecord {
        at: HOUR,
        ..check(site, 2, Verdict::Publish)
    };
    add(store, &[check(site, 1, Verdict::Hold), published]).await;
    let label = |id, label| decision(site, id, 1, DecisionKind::Label(label));
    let back = |id, taken: i64| DecisionRecord {
        takes_back: Some(Id(taken)),
        ..decision(site, id, 1, DecisionKind::TakenBack)
    };
    decide(store, &[label(10, Label::Ham), label(11, Label::Spam)]).await;
    assert_eq!(decided(store, site, 1).await, Some(Label::Spam));
    decide(store, &[back(12, 11)]).await;
    assert_eq!(decided(store, site, 1).await, Some(Label::Ham));
    let counted = SiteCounts {
        checks: 1,
        spam: 1,
        false_positives: 1,
        ..SiteCounts::default()
    };
    assert_eq!(store.counts(site, 0, HOUR).await, Ok(counted));
    assert_eq!(queue_of(store, site).await, [0; 0]);
    decide(store, &[back(13, 10)]).await;
    assert_eq!(decided(store, site, 1).await, None);
    assert_eq!(queue_of(store, site).await, [1]);
    let counted = SiteCounts {
        false_positives: 0,
        ..counted
    };
    assert_eq!(store.counts(site, 0, HOUR).await, Ok(counted));

    decide(
        store,
        &[decision(site, 14, 2, DecisionKind::Label(Label::Spam))],
    )
    .await;
    let both = SiteCounts {
        checks: 2,
        ham: 1,
        missed_spam: 1,
        ..counted
    };
    assert_eq!(store.counts(site, 0, 2 * HOUR).await, Ok(both));
    assert_eq!(
        store.counts(site, 2 * HOUR, 9 * HOUR).await,
        Ok(SiteCounts::default())
    );

    let log = store.decisions(site, None, 10).await.unwrap();
    assert_eq!(
        log.iter().map(|entry| entry.id.0).collect::<Vec<_>>(),
        [10, 11, 12, 13, 14]
    );
    assert_eq!(log[2], back(12, 11));
    assert_eq!(
        store.decisions(site, Some(Id(13)), 10).await.unwrap(),
        log[4..]
    );
    assert_eq!(store.decisions_on(site, Id(1)).await.unwrap(), log[..4]);
    assert_eq!(
        store.decision(site, Id(10)).await.unwrap(),
        Some(label(10, Label::Ham))
    );
}

async fn figures_are_of_what_was_answered(store: &dyn Store) {
    let site = site(store, "slowmiles.example").await;
    let held = |id, answered| CheckRecord {
        answered,
        ..check(site, id, Verdict::Hold)
    };
    let (ham, spam) = (Some(Label::Ham), Some(Label::Spam));
    add(store, &[held(1, spam), held(2, ham), held(3, ham)]).await;
    // Nobody asked about this one.
    let new = vec![untold(decision(
        site,
        10,
        4,
        DecisionKind::Label(Label::Spam),
    ))];
    let written = store.add_decisions(vec![held(4, None)], new, ids_from(10), Box::new(|_| None));
    written.await.unwrap();
    decide(
        store,
        &[
            decision(site, 11, 2, DecisionKind::Label(Label::Ham)),
            decision(site, 12, 3, DecisionKind::Label(Label::Spam)),
        ],
    )
    .await;
    let counted = SiteCounts {
        checks: 3,
        ham: 2,
        spam: 1,
        missed_spam: 1,
        false_positives: 0,
    };
    assert_eq!(store.counts(site, 0, HOUR).await, Ok(counted));
}

async fn decisions_get_their_ids_when_they_are_written(store: &dyn Store) {
    let site = site(store, "slowmiles.example").await;
    add(store, &[check(site, 1, Verdict::Hold)]).await;
    let record = |label| decision(site, 0, 1, DecisionKind::Label(label));
    let new = vec![
        untold(record(Label::Spam)),
        untold(record(Label::Ham)),
        untold(record(Label::Spam)),
    ];
    let kept = move |all: &[DecisionRecord]| {
        let body: Vec<u8> = all.iter().map(|entry| entry.id.0 as u8).collect();
        Some(StoredAnswer {
            body,
            ..answer(site, "k", 1)
        })
    };
    let written = store.add_decisions(Vec::new(), new, ids_from(20), Box::new(kept));
    let written = written.await.unwrap();
    let given: Vec<i64> = written.iter().map(|entry| entry.id.0).collect();
    assert_eq!(given, [20, 21, 22]);
    assert_eq!(store.decisions(site, None, 9).await, Ok(written));
    let kept = store.answer(site, "k").await.unwrap().unwrap();
    assert_eq!(kept.body, [20, 21, 22]);
}

async fn what_followed_from_a_decision_goes_with_it(store: &dyn Store) {
    let site = site(store, "slowmiles.example").await;
    let version = |id, verdict, outcome, follows: i64| {
        let mut version = check(site, id, outcome);
        version.comment = Some("edited".to_owned());
        version.judgement.verdict = verdict;
        version.judgement.overrides = vec!["decided before".to_owned()];
        version.judgement.follows = Some(Id(follows));
        version
    };
    let (hold, publish) = (Verdict::Hold, Verdict::Publish);
    let first = CheckRecord {
        comment: Some("edited".to_owned()),
        ..check(site, 1, hold)
    };
    let label = |id, about, label| decision(site, id, about, DecisionKind::Label(label));
    add(store, &[first]).await;
    decide(store, &[label(10, 1, Label::Ham)]).await;
    add(
        store,
        &[version(2, hold, publish, 1), version(3, hold, publish, 1)],
    )
    .await;
    decide(store, &[label(11, 1, Label::Ham)]).await;
    assert_eq!(conversation_of(store, site).await, [3]);
    assert_eq!(queue_of(store, site).await, [0; 0]);
    // Another decision, or none.
    decide(store, &[label(12, 1, Label::Spam)]).await;
    assert_eq!(conversation_of(store, site).await, [0; 0]);
    assert_eq!(queue_of(store, site).await, [3]);
    let judgement = store.check(site, Id(3)).await.unwrap().unwrap().judgement;
    assert_eq!((judgement.outcome, judgement.follows), (hold, None));
    assert_eq!(judgement.overrides, [""; 0]);
    let counts = store.counts(site, 0, HOUR).await.unwrap();
    assert_eq!((counts.ham, counts.spam, counts.checks), (2, 1, 3));
    // What is held for a decision waits on without it.
    add(store, &[version(4, publish, hold, 1)]).await;
    let back = DecisionRecord {
        takes_back: Some(Id(12)),
        ..decision(site, 13, 1, DecisionKind::TakenBack)
    };
    decide(store, &[back]).await;
    assert_eq!(queue_of(store, site).await, [4]);
    let judgement = store.check(site, Id(4)).await.unwrap().unwrap().judgement;
    assert_eq!((judgement.outcome, judgement.follows), (hold, None));
    assert_eq!(
        judgement.overrides,
        ["the owner changed or took back the decision on an earlier version"]
    );
}

async fn the_latest_version_follows_a_decision_on_the_same_words(store: &dyn Store) {
    let site = site(store, "slowmiles.example").await;
    let (hold, publish) = (Verdict::Hold, Verdict::Publish);
    let version = |id, outcome| CheckRecord {
        comment: Some("again".to_owned()),
        text: check(site, 1, outcome).text,
        ..check(site, id, outcome)
    };
    let label = |id, about, label| decision(site, id, about, DecisionKind::Label(label));
    let back = |id, about, decision_id| DecisionRecord {
        takes_back: Some(Id(decision_id)),
        ..decision(site, id, about, DecisionKind::TakenBack)
    };
    let shown = async || {
        (
            conversation_of(store, site).await,
            queue_of(store, site).await,
        )
    };
    add(store, &[version(1, hold), version(2, hold)]).await;
    assert_eq!(shown().await, (vec![], vec![2]));
    decide(store, &[label(11, 1, Label::Ham)]).await;
    assert_eq!(shown().await, (vec![2], vec![]));
    decide(store, &[label(12, 1, Label::Spam)]).await;
    assert_eq!(shown().await, (vec![], vec![]));
    decide(store, &[back(13, 1, 12), back(14, 1, 11)]).await;
    assert_eq!(shown().await, (vec![], vec![2]));

    // Judged before the decision and stored after it, and the other way round.
    decide(store, &[label(15, 1, Label::Ham)]).await;
    add(store, &[version(3, hold)]).await;
    assert_eq!(shown().await, (vec![3], vec![]));
    let mut late = version(4, publish);
    late.judgement.verdict = hold;
    late.judgement.overrides = vec!["decided before".to_owned()];
    late.judgement.follows = Some(Id(1));
    late.decided_before = vec![(Id(1), Label::Ham)];
    decide(store, &[back(16, 1, 15)]).await;
    add(store, &[late]).await;
    assert_eq!(shown().await, (vec![], vec![4]));
    let judgement = store.check(site, Id(4)).await.unwrap().unwrap().judgement;
    assert_eq!((judgement.outcome, judgement.follows), (hold, None));

    // What an entry did about them is not known after a decision that was taken back.
    let mut blocked = version(5, Verdict::Spam);
    blocked.judgement.verdict = publish;
    blocked.judgement.overrides = vec!["an entry blocks it".to_owned()];
    add(store, &[blocked]).await;
    decide(store, &[label(17, 1, Label::Ham)]).await;
    assert_eq!(shown().await, (vec![5], vec![]));
    decide(store, &[back(18, 1, 17)]).await;
    assert_eq!(shown().await, (vec![], vec![5]));
    let judgement = store.check(site, Id(5)).await.unwrap().unwrap().judgement;
    assert_eq!(
        judgement.overrides,
        ["the owner changed or took back the decision on an earlier version"]
    );

    // Other words are another comment.
    let other = check(site, 6, hold).text;
    let other = CheckRecord {
        text: other,
        ..version(6, hold)
    };
    add(store, &[other]).await;
    decide(store, &[label(19, 1, Label::Ham)]).await;
    assert_eq!(shown().await, (vec![], vec![6]));
}

async fn a_decision_on_an_earlier_version_stands_when_the_one_after_it_is_taken_back(
    store: &dyn Store,
) {
    let site = site(store, "slowmiles.example").await;
    for (first, label) in [(0, Label::Spam), (100, Label::Ham)] {
        let model = match label {
            Label::Spam => Verdict::Publish,
            Label::Ham => Verdict::Hold,
        };
        let version = |id: i64, follows: Option<i64>| {
            let mut version = CheckRecord {
                comment: Some(format!("{label:?}")),
                text: check(site, 1, model).text,
                ..check(site, first + id, model)
            };
            if let Some(follows) = follows {
                version.judgement.outcome = label.into();
                version.judgement.overrides = vec!["decided before".to_owned()];
                version.judgement.follows = Some(Id(first + follows));
                version.decided_before = (1..=follows).map(|id| (Id(first + id), label)).collect();
            }
            version
        };
        let decide_on = async |id, about| {
            let entry = decision(site, first + id, first + about, DecisionKind::Label(label));
            decide(store, &[entry]).await;
        };
        let take_back = async |id, about, taken: i64| {
            let entry = DecisionRecord {
                takes_back: Some(Id(first + taken)),
                ..decision(site, first + id, first + about, DecisionKind::TakenBack)
            };
            decide(store, &[entry]).await;
        };
        let latest = async || {
            let latest = store.check(site, Id(first + 3)).await.unwrap().unwrap();
            (latest.judgement.outcome, latest.judgement.follows)
        };
        add(store, &[version(1, None)]).await;
        decide_on(11, 1).await;
        add(store, &[version(2, Some(1))]).await;
        decide_on(12, 2).await;
        add(store, &[version(3, Some(2))]).await;
        take_back(13, 2, 12).await;
        assert_eq!(latest().await, (label.into(), Some(Id(first + 1))));
        take_back(14, 1, 11).await;
        assert_eq!(latest().await, (model, None));
    }
}

async fn what_a_blog_does_to_words_as_it_stores_them_makes_no_others_of_them(store: &dyn Store) {
    let site = site(store, "slowmiles.example").await;
    let version = |id, comment: &str, body: &str| {
        let mut version = check(site, id, Verdict::Hold);
        version.comment = Some(comment.to_owned());
        version.text.as_mut().unwrap().body = body.to_owned();
        version
    };
    let label = |id, verdict, label| decision(site, id, verdict, DecisionKind::Label(label));
    let outcome = async |id| {
        let check = store.check(site, Id(id)).await.unwrap().unwrap();
        check.judgement.outcome
    };
    let link = r#"<a href="https://roofs.example">Roofs</a>"#;
    let stored = r#"<a href="https://roofs.example" rel="nofollow ugc">Roofs</a>"#;
    let other = r#"<a href="https://roofs.example/2">Roofs</a>"#;
    let pruned = |id| CheckRecord {
        text: None,
        fingerprint: Some(of_words(5)),
        ..version(id, "pruned", "")
    };
    let versions = [
        version(1, "spaced", "They last."),
        version(2, "spaced", "they  last. "),
        version(3, "linked", link),
        version(4, "linked", stored),
        version(5, "edited", link),
        version(6, "edited", other),
        pruned(7),
        pruned(8),
    ];
    add(store, &versions).await;
    let (ham, spam) = (Label::Ham, Label::Spam);
    let decisions = [
        label(11, 1, ham),
        label(12, 3, spam),
        label(13, 5, ham),
        label(14, 7, ham),
    ];
    decide(store, &decisions).await;
    assert_eq!(outcome(2).await, Verdict::Publish);
    assert_eq!(outcome(4).await, Verdict::Spam);
    assert_eq!(outcome(6).await, Verdict::Hold);
    assert_eq!(outcome(8).await, Verdict::Publish);
    // Of two decisions on the same words, one is given.
    decide(store, &[label(15, 4, ham)]).await;
    let (sender, receiver) = std::sync::mpsc::channel();
    let each = Box::new(move |record: CheckRecord| sender.send(record.id.0).unwrap());
    store.each_comment(site, each).await.unwrap();
    assert_eq!(receiver.iter().collect::<Vec<_>>(), [1, 4, 5]);
}

async fn a_write_that_is_refused_leaves_nothing(store: &dyn Store) {
    let site = site(store, "slowmiles.example").await;
    let checks = vec![check(site, 1, Verdict::Hold)];
    store
        .add_checks(
            site,
            Vec::new(),
            shared(checks.clone()),
            Some(answer(site, "k", 1)),
        )
        .await
        .unwrap();
    assert_eq!(
        store.answer(site, "k").await.unwrap(),
        Some(answer(site, "k", 1))
    );
    assert_eq!(store.answer(site, "l").await.unwrap(), None);

    let post = PostRecord {
        id: "bread".to_owned(),
        ..PostRecord::default()
    };
    let second = vec![check(site, 2, Verdict::Hold)];
    let again = store
        .add_checks(
            site,
            vec![(post.clone(), PostWrite::Merge)],
            shared(second.clone()),
            Some(answer(site, "k", 2)),
        )
        .await;
    assert_eq!(again, Err(StoreError::Exists { what: "answer" }));
    let nobody = vec![
        check(site, 3, Verdict::Hold),
        check(SiteId(99), 4, Verdict::Hold),
    ];
    let refused = store
        .add_checks(
            site,
            vec![(post, PostWrite::Keep)],
            shared(nobody),
            Some(answer(site, "m", 2)),
        )
        .await;
    assert_eq!(refused, Err(StoreError::NotFound { what: "site" }));
    assert_eq!(store.post(site, "bread").await.unwrap(), None);
    let decisions = vec![
        told(decision(site, 10, 1, DecisionKind::Label(Label::Ham))),
        told(decision(site, 11, 99, DecisionKind::Label(Label::Ham))),
    ];
    let kept = move |_: &[DecisionRecord]| Some(answer(site, "n", 2));
    let refused = store
        .add_decisions(second, decisions, ids_from(10), Box::new(kept))
        .await;
    assert_eq!(refused, Err(StoreError::NotFound { what: "verdict" }));

    assert_eq!(queue_of(store, site).await, [1]);
    assert_eq!(store.answer(site, "m").await.unwrap(), None);
    assert_eq!(store.answer(site, "n").await.unwrap(), None);
    assert_eq!(store.decisions(site, None, 10).await.unwrap(), []);
    assert_eq!(waiting(store).await, []);
    assert_eq!(store.counts(site, 0, HOUR).await.unwrap().checks, 1);
    assert_eq!(store.largest_id().await, Ok(1));
}

/// Writes that come at once share a transaction; what is wrong with some of them is their own.
async fn writes_at_once_do_not_take_each_other_along(store: &dyn Store) {
    let site = site(store, "slowmiles.example").await;
    let one = |id: i64, key: &str| {
        let verdict = shared(vec![check(site, id, Verdict::Hold)]);
        store.add_checks(site, Vec::new(), verdict, Some(answer(site, key, 1)))
    };
    let stranger = |id: i64| {
        let verdict = shared(vec![check(SiteId(999), id, Verdict::Hold)]);
        store.add_checks(SiteId(999), Vec::new(), verdict, None)
    };
    one(1, "taken").await.unwrap();
    let mut stored = vec![1];
    for round in 1..=20 {
        let id = |number: i64| round * 10 + number;
        let key = |number: i64| format!("key {}", id(number));
        let (key_1, key_3, key_6) = (key(1), key(3), key(6));
        let (first, second, third, fourth, fifth, sixth) = tokio::join!(
            one(id(1), &key_1),
            one(id(2), "taken"),
            one(id(3), &key_3),
            stranger(id(4)),
            one(id(5), &key_3),
            one(id(6), &key_6),
        );
        assert_eq!((first, third, sixth), (Ok(()), Ok(()), Ok(())));
        assert!(
            matches!(second, Err(StoreError::Exists { .. })),
            "{second:?}"
        );
        assert_eq!(fourth, Err(StoreError::NotFound { what: "site" }));
        assert!(matches!(fifth, Err(StoreError::Exists { .. })), "{fifth:?}");
        stored.extend([id(1), id(3), id(6)]);
    }
    assert_eq!(queue_of(store, site).await, stored);
}

async fn deliveries_are_due_until_they_are_settled(store: &dyn Store) {
    let (here, there) = (
        site(store, "slowmiles.example").await,
        site(store, "other.example").await,
    );
    let checks = vec![
        check(here, 1, Verdict::Hold),
        check(here, 2, Verdict::Hold),
        check(there, 3, Verdict::Hold),
    ];
    let at = |site, at, verdict, label| {
        told(DecisionRecord {
            at,
            ..decision(site, 0, verdict, DecisionKind::Label(label))
        })
    };
    let decisions = vec![
        at(here, 5, 1, Label::Ham),
        at(here, 3, 2, Label::Spam),
        at(there, 9, 3, Label::Ham),
    ];
    store
        .add_decisions(checks, decisions, ids_from(10), Box::new(|_| None))
        .await
        .unwrap();
    assert_eq!(decided(store, here, 1).await, Some(Label::Ham));
    let all = waiting(store).await;
    let told = |delivery: &Delivery| (delivery.verdict.0, delivery.due, delivery.body.clone());
    assert_eq!(
        all.iter().map(told).collect::<Vec<_>>(),
        [
            (2, 3, "spam".to_owned()),
            (1, 5, "ham".to_owned()),
            (3, 9, "ham".to_owned())
        ]
    );
    let due = async |now, without: &[SiteId]| store.due_deliveries(now, without, 9).await.unwrap();
    assert_eq!(due(5, &[]).await, all[..2]);
    assert_eq!(due(9, &[here]).await, all[2..]);
    assert_eq!(due(9, &[here, there]).await, []);
    store.settle_delivery(all[0].id, Some(20)).await.unwrap();
    store.settle_delivery(all[1].id, None).await.unwrap();
    assert_eq!(due(19, &[]).await, all[2..]);
    let again = due(20, &[]).await;
    assert_eq!(
        again[1],
        Delivery {
            attempts: 1,
            due: 20,
            ..all[0].clone()
        }
    );
    store.settle_delivery(all[1].id, None).await.unwrap();
}

async fn a_blog_is_told_what_stands(store: &dyn Store) {
    let site = site(store, "slowmiles.example").await;
    let held = |id, answered| CheckRecord {
        answered,
        ..check(site, id, Verdict::Hold)
    };
    add(store, &[held(1, Some(Label::Spam)), held(2, None)]).await;
    let bodies = async || {
        let waiting = waiting(store).await;
        let bodies = waiting.into_iter().map(|delivery| delivery.body);
        bodies.collect::<Vec<String>>()
    };
    let decide = async |decisions: Vec<NewDecision>| {
        let first = ids_from(store.largest_id().await.unwrap() + 1);
        store
            .add_decisions(Vec::new(), decisions, first, Box::new(|_| None))
            .await
            .unwrap()
    };
    let label = |verdict, label| decision(site, 0, verdict, DecisionKind::Label(label));
    let back = |entry: &DecisionRecord| DecisionRecord {
        takes_back: Some(entry.id),
        ..decision(site, 0, entry.verdict.0, DecisionKind::TakenBack)
    };
    let both = decide(vec![
        told(label(1, Label::Spam)),
        told(label(1, Label::Ham)),
    ]);
    let both = both.await;
    assert_eq!(bodies().await, ["ham"]);
    decide(vec![told(back(&both[1]))]).await;
    assert_eq!(bodies().await, ["spam"]);
    // Nothing stands: it is held again, which was told otherwise once.
    decide(vec![told(back(&both[0]))]).await;
    assert_eq!(bodies().await, ["ham"]);
    // The blog itself decides.
    decide(vec![untold(label(1, Label::Spam))]).await;
    assert_eq!(bodies().await, [""; 0]);
    // Nobody asked about this one, so that there is no answer to go back to.
    let reported = decide(vec![told(label(2, Label::Spam))]).await;
    assert_eq!(bodies().await, ["spam"]);
    decide(vec![told(back(&reported[0]))]).await;
    assert_eq!(bodies().await, [""; 0]);
    // What is decided on a later version of a comment outdates what waits about those before it, and
    // nothing else.
    let version = |id, comment: &str| CheckRecord {
        comment: Some(comment.to_owned()),
        ..held(id, Some(Label::Ham))
    };
    let first = store.largest_id().await.unwrap() + 1;
    let versions = [
        version(first, "5"),
        version(first + 1, "6"),
        version(first + 2, "5"),
    ];
    add(store, &versions).await;
    decide(vec![
        told(label(first, Label::Spam)),
        told(label(first + 1, Label::Spam)),
    ])
    .await;
    decide(vec![told(label(first + 2, Label::Ham))]).await;
    assert_eq!(bodies().await, ["spam", "ham"]);
    decide(vec![untold(label(first, Label::Spam))]).await;
    assert_eq!(bodies().await, ["spam", "ham"]);
}

async fn a_person_is_forgotten_everywhere(store: &dyn Store) {
    let (here, there) = (
        site(store, "slowmiles.example").await,
        site(store, "other.example").await,
    );
    let person = Person {
        email: Some([1; 16]),
        address: None,
    };
    let mut mail = check(here, 1, Verdict::Hold);
    (mail.email, mail.fingerprint) = (Some([1; 16]), Some(of_words(5)));
    mail.callback = Some("https://slowmiles.example/told".to_owned());
    mail.judgement.overrides = vec!["the entry `wendell`".to_owned()];
    mail.judgement.entry = Some(Id(9));
    // The same comment, sent again without the address.
    let edit = CheckRecord {
        comment: mail.comment.clone(),
        ..check(here, 2, Verdict::Hold)
    };
    let stranger = CheckRecord {
        email: Some([3; 16]),
        ..check(here, 3, Verdict::Publish)
    };
    let elsewhere = CheckRecord {
        email: Some([1; 16]),
        ..check(there, 4, Verdict::Hold)
    };
    store
        .add_checks(
            here,
            Vec::new(),
            shared(vec![mail]),
            Some(StoredAnswer {
                body: br#"{"answers":[{"id":"0000000000000001"},{"id":"0000000000000003"}]}"#
                    .into(),
                ..answer(here, "k", 1)
            }),
        )
        .await
        .unwrap();
    store
        .add_checks(
            there,
            Vec::new(),
            shared(vec![elsewhere.clone()]),
            Some(answer(there, "k", 1)),
        )
        .await
        .unwrap();
    let others = StoredAnswer {
        body: br#"{"id":"0000000000000003","reasons":["0000000000000011"]}"#.into(),
        ..answer(here, "other", 1)
    };
    store
        .add_checks(
            here,
            Vec::new(),
            shared(vec![stranger.clone()]),
            Some(others.clone()),
        )
        .await
        .unwrap();
    let decisions = vec![
        told(decision(here, 10, 1, DecisionKind::Label(Label::Spam))),
        told(decision(here, 11, 3, DecisionKind::Label(Label::Ham))),
    ];
    store
        .add_decisions(Vec::new(), decisions, ids_from(10), Box::new(|_| None))
        .await
        .unwrap();
    add(store, &[edit]).await;
    assert_eq!(queue_of(store, here).await, [2]);

    let erased = store.erase(Some(here), person.clone()).await.unwrap();
    assert_eq!(
        erased,
        Erased {
            verdicts: 2,
            decisions: 1,
            deliveries: 1
        }
    );
    let forgotten = store.check(here, Id(1)).await.unwrap().unwrap();
    assert_eq!(
        (forgotten.text, forgotten.email, forgotten.fingerprint),
        (None, None, None)
    );
    assert_eq!(
        (forgotten.callback, forgotten.decided),
        (None, Some(Label::Spam))
    );
    let judgement = forgotten.judgement;
    assert_eq!((judgement.values, judgement.overrides), (None, Vec::new()));
    assert_eq!((judgement.entry, &*judgement.reasons), (None, "[]"));
    assert_eq!(store.check(here, Id(2)).await.unwrap().unwrap().text, None);
    let left = CheckRecord {
        decided: Some(Label::Ham),
        ..stranger
    };
    assert_eq!(store.check(here, Id(3)).await.unwrap(), Some(left));
    assert_eq!(store.check(there, Id(4)).await.unwrap(), Some(elsewhere));
    assert_eq!(conversation_of(store, here).await, [3]);
    assert_eq!(
        queue_of(store, here).await,
        [0; 0],
        "nothing is left to decide on"
    );
    let log = store.decisions(here, None, 9).await.unwrap();
    assert_eq!(log[0].reporter, None);
    assert_eq!(log[0].kind, DecisionKind::Label(Label::Spam));
    let told = waiting(store).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].verdict, Id(3));
    assert_eq!(store.answer(here, "k").await.unwrap(), None);
    assert_eq!(store.answer(here, "other").await.unwrap(), Some(others));
    assert!(store.answer(there, "k").await.unwrap().is_some());

    let erased = store.erase(None, person.clone()).await.unwrap();
    assert_eq!(
        erased,
        Erased {
            verdicts: 1,
            ..Erased::default()
        }
    );
    assert_eq!(store.erase(None, person).await, Ok(Erased::default()));
    assert_eq!(
        store.erase(None, Person::default()).await,
        Ok(Erased::default())
    );
}

async fn what_is_pruned_keeps_its_verdict_and_labels_keep_their_text(store: &dyn Store) {
    let site = site(store, "slowmiles.example").await;
    let outcome = |id| match id {
        3 | 5 => Verdict::Hold,
        _ => Verdict::Publish,
    };
    let checks: Vec<_> = (1..=5).map(|id| check(site, id, outcome(id))).collect();
    store
        .add_checks(
            site,
            Vec::new(),
            shared(checks.clone()),
            Some(answer(site, "old", 1)),
        )
        .await
        .unwrap();
    store
        .add_checks(
            site,
            Vec::new(),
            shared(Vec::new()),
            Some(answer(site, "new", 9)),
        )
        .await
        .unwrap();
    decide(
        store,
        &[decision(site, 10, 2, DecisionKind::Label(Label::Ham))],
    )
    .await;
    assert_eq!(store.prune(5, 5, 2).await, Ok(3));
    assert_eq!(store.prune(5, 5, 2).await, Ok(1));
    assert_eq!(store.prune(5, 5, 2).await, Ok(0));
    assert_eq!(conversation_of(store, site).await, [2]);
    assert_eq!(queue_of(store, site).await, [5]);
    let pruned = store.check(site, Id(1)).await.unwrap().unwrap();
    assert_eq!((&pruned.text, &pruned.judgement.values), (&None, &None));
    assert_eq!(pruned.judgement.spam, -1.0);
    assert_eq!(
        store.check(site, Id(5)).await.unwrap().as_ref(),
        Some(&checks[4])
    );
    assert_eq!(store.answer(site, "old").await.unwrap(), None);
    assert!(store.answer(site, "new").await.unwrap().is_some());
    // Also where the label was taken back: whoever did it goes on to decide.
    let back = decision(site, 11, 2, DecisionKind::TakenBack);
    decide(
        store,
        &[DecisionRecord {
            takes_back: Some(Id(10)),
            ..back
        }],
    )
    .await;
    assert_eq!(store.prune(5, 5, 2).await, Ok(0));
    assert_eq!(conversation_of(store, site).await, [2]);
}

async fn a_comment_that_was_decided_on_keeps_the_words_that_it_has_now(store: &dyn Store) {
    let site = site(store, "slowmiles.example").await;
    let version = |id, comment: &str| CheckRecord {
        comment: Some(comment.to_owned()),
        ..check(site, id, Verdict::Publish)
    };
    let label = |id, about| decision(site, id, about, DecisionKind::Label(Label::Ham));
    add(store, &[version(1, "edited"), version(2, "other")]).await;
    add(store, &[check(site, 3, Verdict::Publish)]).await;
    decide(store, &[label(10, 1)]).await;
    add(store, &[version(4, "edited"), version(5, "edited")]).await;
    // The version between says nothing that counts.
    let posts = vec![(site, "bread".to_owned())];
    assert_eq!(store.posts_to_prune(9, 9).await, Ok(posts));
    assert_eq!(store.prune(9, 0, 9).await, Ok(3));
    assert_eq!(store.posts_to_prune(9, 9).await, Ok(Vec::new()));
    assert_eq!(conversation_of(store, site).await, [5]);
    let text = async |id| store.check(site, Id(id)).await.unwrap().unwrap().text;
    assert_eq!((text(1).await.is_some(), text(4).await), (true, None));
    // Later versions take its place in turn.
    add(store, &[version(6, "edited")]).await;
    assert_eq!(store.prune(9, 0, 9).await, Ok(1));
    assert_eq!(conversation_of(store, site).await, [6]);
}

async fn a_decision_brings_words_back_that_were_pruned(store: &dyn Store) {
    let site = site(store, "slowmiles.example").await;
    let erased = Person {
        email: Some([3; 16]),
        address: None,
    };
    let checks = [1, 2, 3].map(|id| CheckRecord {
        fingerprint: Some(of_words(id)),
        email: Some([u8::try_from(id).unwrap(); 16]),
        ..check(site, id, Verdict::Hold)
    });
    add(store, &checks).await;
    assert_eq!(store.prune(2, 0, 9).await, Ok(1));
    store.erase(Some(site), erased).await.unwrap();
    let text = CommentText {
        author: Some("Wendell".to_owned()),
        author_url: Some("https://wendell.example/".to_owned()),
        body: "Body as it was reported.".to_owned(),
        role: Some(Role::Member),
        ..CommentText::default()
    };
    let with_words = |id| {
        let label = decision(site, 10 + id, id, DecisionKind::Label(Label::Ham));
        NewDecision {
            text: Some(text.clone()),
            ..untold(label)
        }
    };
    let new = (1..=3).map(with_words).collect();
    let written = store.add_decisions(Vec::new(), new, ids_from(11), Box::new(|_| None));
    written.await.unwrap();
    let mut texts = Vec::new();
    for id in 1..=3 {
        texts.push(store.check(site, Id(id)).await.unwrap().unwrap().text);
    }
    assert_eq!(texts, [Some(text), checks[1].text.clone(), None]);
    assert_eq!(conversation_of(store, site).await, [1, 2]);
}

async fn sites_do_not_see_each_other(store: &dyn Store) {
    let (here, there) = (
        site(store, "slowmiles.example").await,
        site(store, "other.example").await,
    );
    let held = CheckRecord {
        fingerprint: Some(of_words(5)),
        ..check(here, 1, Verdict::Hold)
    };
    let post = PostRecord {
        id: "bread".to_owned(),
        url: Some("https://slowmiles.example/bread".to_owned()),
        ..PostRecord::default()
    };
    store
        .put_posts(here, vec![post], PostWrite::Replace)
        .await
        .unwrap();
    store
        .add_checks(
            here,
            Vec::new(),
            shared(vec![held]),
            Some(answer(here, "k", 1)),
        )
        .await
        .unwrap();
    decide(
        store,
        &[decision(here, 10, 1, DecisionKind::Label(Label::Ham))],
    )
    .await;
    assert_eq!(store.post(there, "bread").await, Ok(None));
    assert_eq!(
        store
            .post_by_url(there, "https://slowmiles.example/bread")
            .await,
        Ok(None)
    );
    assert_eq!(store.posts(there, None, 9).await, Ok(Vec::new()));
    assert_eq!(store.remove_post(there, "bread").await, Ok(false));
    assert_eq!(store.check(there, Id(1)).await, Ok(None));
    assert_eq!(found_by(store, there, of_words(5)).await, None);
    assert_eq!(
        store.versions(there, "bread", "comment 1").await,
        Ok(Vec::new())
    );
    assert_eq!(conversation_of(store, there).await, [0; 0]);
    assert_eq!(queue_of(store, there).await, [0; 0]);
    assert_eq!(store.answer(there, "k").await, Ok(None));
    assert_eq!(store.decision(there, Id(10)).await, Ok(None));
    assert_eq!(store.decisions(there, None, 9).await, Ok(Vec::new()));
    assert_eq!(store.decisions_on(there, Id(1)).await, Ok(Vec::new()));
    assert_eq!(
        store.counts(there, 0, HOUR).await,
        Ok(SiteCounts::default())
    );
    let foreign = untold(decision(there, 11, 1, DecisionKind::Label(Label::Spam)));
    let refused = store
        .add_decisions(Vec::new(), vec![foreign], ids_from(11), Box::new(|_| None))
        .await;
    assert_eq!(refused, Err(StoreError::NotFound { what: "verdict" }));
}

async fn a_backup_holds_what_was_written_before(store: &dyn Store) {
    let site = site(store, "slowmiles.example").await;
    add(store, &[check(site, 1, Verdict::Hold)]).await;
    let folder = tempfile::tempdir().unwrap();
    let copy = file(&folder);
    let foreign = folder.path().join("ontopic.db.partial");
    fs::write(&foreign, "of somebody else").unwrap();
    let (one, other, ()) = tokio::join!(store.backup(&copy), store.backup(&copy), async {
        for id in 2..50 {
            add(store, &[check(site, id, Verdict::Hold)]).await;
        }
    });
    let exists = Err(StoreError::Exists { what: "file" });
    assert!(
        [(Ok(()), exists.clone()), (exists.clone(), Ok(()))]
            .contains(&(one.clone(), other.clone())),
        "{one:?} {other:?}"
    );
    assert_eq!(store.backup(&copy).await, exists);
    assert_eq!(fs::read(&foreign).unwrap(), b"of somebody else");
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 2, "{left:?}");
    let copy = open(&folder).unwrap();
    let found = queue_of(&copy, site).await;
    assert_eq!(found, (1..=found.len() as i64).collect::<Vec<_>>());
    assert!(!found.is_empty());
}

async fn nothing_is_written_after_closing(store: &dyn Store) {
    let site = site(store, "slowmiles.example").await;
    store.close().await;
    store.close().await;
    let late = store
        .add_checks(
            site,
            Vec::new(),
            shared(vec![check(site, 1, Verdict::Hold)]),
            None,
        )
        .await;
    assert!(matches!(late, Err(StoreError::Unavailable(_))), "{late:?}");
    let late = store.check(site, Id(1)).await;
    assert!(matches!(late, Err(StoreError::Unavailable(_))), "{late:?}");
}

/// The error of opening a file that was made to be refused.
fn refused(folder: &TempDir) -> StoreError {
    match open(folder) {
        Ok(_) => panic!("expected an error"),
        Err(error) => error,
    }
}

/// A file with so many verdicts, closed.
async fn filled(folder: &TempDir, verdicts: i64) -> SiteId {
    let store = open(folder).unwrap();
    let site = site(&store, "slowmiles.example").await;
    let checks: Vec<_> = (1..=verdicts)
        .map(|id| check(site, id, Verdict::Hold))
        .collect();
    add(&store, &checks).await;
    store.close().await;
    site
}

#[tokio::test]
async fn a_file_that_is_opened_again_has_everything() {
    let folder = tempfile::tempdir().unwrap();
    let site = filled(&folder, 3).await;
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "the log is written back: {left:?}");
    assert_eq!(queue_of(&open(&folder).unwrap(), site).await, [1, 2, 3]);
}

#[test]
fn a_file_of_something_else_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(file(&folder), "My diary, in plain words.").unwrap();
    let error = refused(&folder);
    assert!(matches!(&error, StoreError::Damaged(text) if text.contains("SQLite format 3")));
    assert_eq!(
        fs::read(file(&folder)).unwrap(),
        b"My diary, in plain words."
    );

    fs::remove_file(file(&folder)).unwrap();
    let foreign = Connection::open(file(&folder)).unwrap();
    foreign.execute_batch("CREATE TABLE notes (x)").unwrap();
    let error = refused(&folder);
    assert!(matches!(&error, StoreError::Damaged(text) if text.contains("of another")));
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    filled(&folder, 1).await;
    let newer = Connection::open(file(&folder)).unwrap();
    newer.pragma_update(None, "user_version", 1_000).unwrap();
    drop(newer);
    let error = refused(&folder);
    assert!(matches!(&error, StoreError::Unavailable(text) if text.contains("found 1000")));
}

#[tokio::test]
async fn a_file_of_before_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let old = Connection::open(file(&folder)).unwrap();
    old.execute_batch(include_str!("../../src/storage/sqlite/schema.sql"))
        .unwrap();
    old.execute_batch(
        r#"PRAGMA application_id = 0x4f545043;
        PRAGMA user_version = 1;
        INSERT INTO sites VALUES (1, 'slowmiles.example', '{}', 1),
            (2, 'other.example', '{"akismet":{"held_is_spam":false}}', 1);"#,
    )
    .unwrap();
    for (id, site, outcome, decided, body) in [
        (1, 1, "publish", Some("spam"), Some("a")),
        (2, 1, "hold", Some("ham"), Some("b")),
        (3, 1, "hold", None, Some("c")),
        (4, 1, "hold", None, None),
        (5, 2, "hold", Some("ham"), Some("e")),
        (6, 2, "hold", None, Some("f")),
    ] {
        old.execute(
            "INSERT INTO verdicts (id, site, at, thread, post, kind, body, model, spam, relevance,
             hold_from, spam_from, prior_shift, verdict, outcome, overrides, reasons, decided,
             superseded, in_conversation, queued)
             VALUES (?1, ?2, ?1, 0, 'bread', 'comment', ?5, 'm', 1.0, 1.0, 1.0, 1.0, 0.0, ?3, ?3,
             '[]', '[]', ?4, 0, 0, ?4 IS NULL)",
            (id, site, outcome, decided, body),
        )
        .unwrap();
    }
    drop(old);
    let store = open(&folder).unwrap();
    let counted = SiteCounts {
        checks: 4,
        ham: 1,
        spam: 3,
        missed_spam: 1,
        false_positives: 1,
    };
    assert_eq!(store.counts(SiteId(1), 0, HOUR).await, Ok(counted));
    let counted = SiteCounts {
        checks: 2,
        ham: 2,
        ..SiteCounts::default()
    };
    assert_eq!(store.counts(SiteId(2), 0, HOUR).await, Ok(counted));
    let old = store.check(SiteId(2), Id(6)).await.unwrap().unwrap();
    assert_eq!(old.answered, Some(Label::Ham));
    assert_eq!(old.text.unwrap().honeypot, None);
    assert_eq!(queue_of(&store, SiteId(1)).await, [3]);
}

#[tokio::test]
async fn a_file_that_is_opened_unchanged_takes_no_writes_and_is_left_without_a_log() {
    let folder = tempfile::tempdir().unwrap();
    let site = filled(&folder, 3).await;
    let before = fs::read(file(&folder)).unwrap();
    let store = SqliteStore::open_unchanged(&file(&folder), SqliteOptions::default()).unwrap();
    assert_eq!(store.is_current().await, Ok(true));
    assert_eq!(queue_of(&store, site).await, [1, 2, 3]);
    let checks = shared(vec![check(site, 4, Verdict::Hold)]);
    let refused = store.add_checks(site, Vec::new(), checks, None).await;
    assert!(
        matches!(refused, Err(StoreError::Unavailable(_))),
        "{refused:?}"
    );
    store.close().await;
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(fs::read(file(&folder)).unwrap(), before);
}

#[tokio::test]
async fn a_torn_file_is_refused() {
    for share in [2, 3, 10] {
        let folder = tempfile::tempdir().unwrap();
        filled(&folder, 500).await;
        let torn = fs::OpenOptions::new()
            .write(true)
            .open(file(&folder))
            .unwrap();
        torn.set_len(torn.metadata().unwrap().len() / share)
            .unwrap();
        let unchanged = SqliteStore::open_unchanged(&file(&folder), SqliteOptions::default());
        for error in [unchanged.err().unwrap(), refused(&folder)] {
            assert!(matches!(&error, StoreError::Damaged(text) if text.contains("ontopic.db")));
        }
    }
}

#[tokio::test]
async fn a_log_without_its_file_is_refused_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    filled(&folder, 3).await;
    let log = folder.path().join("ontopic.db-wal");
    fs::write(&log, [7; 4_096]).unwrap();
    for is_there in [true, false] {
        if is_there {
            fs::write(file(&folder), b"").unwrap();
        } else {
            fs::remove_file(file(&folder)).unwrap();
        }
        let error = refused(&folder);
        assert!(matches!(error, StoreError::Damaged(_)), "{error}");
        assert_eq!(fs::read(&log).unwrap(), [7; 4_096]);
        assert_eq!(file(&folder).exists(), is_there);
    }
}

#[tokio::test]
async fn damage_inside_is_told_by_the_read_that_meets_it() {
    let folder = tempfile::tempdir().unwrap();
    let site = filled(&folder, 500).await;
    let mut bytes = fs::read(file(&folder)).unwrap();
    let middle = bytes.len() / 2 / 4_096 * 4_096;
    bytes[middle..].fill(0xa5);
    fs::write(file(&folder), bytes).unwrap();
    let found = match open(&folder) {
        Err(error) => Err(error),
        Ok(store) => {
            let filter = QueueFilter::default();
            store
                .queue(site, &filter, QueueOrder::Newest, None, 500)
                .await
        }
    };
    assert!(matches!(found, Err(StoreError::Damaged(_))), "{found:?}");
}

#[test]
fn a_place_that_cannot_be_written_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("missing/ontopic.db");
    let error = SqliteStore::open(&nowhere, SqliteOptions::default()).err();
    assert!(matches!(&error, Some(StoreError::Unavailable(text)) if text.contains("missing")));
    let error = SqliteStore::open(folder.path(), SqliteOptions::default()).err();
    assert!(matches!(error, Some(StoreError::Unavailable(_))));
}

#[tokio::test]
async fn a_full_disk_refuses_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let options = SqliteOptions {
        most_pages: Some(150),
        ..SqliteOptions::default()
    };
    let store = SqliteStore::open(&file(&folder), options).unwrap();
    let site = site(&store, "slowmiles.example").await;
    let mut last = 0;
    let error = loop {
        let next = check(site, last + 1, Verdict::Publish);
        match store
            .add_checks(site, Vec::new(), shared(vec![next]), None)
            .await
        {
            Ok(()) => last += 1,
            Err(error) => break error,
        }
        assert!(last < 10_000);
    };
    assert!(matches!(error, StoreError::Full(_)), "{error}");
    let all: Vec<i64> = (1..=last).collect();
    assert_eq!(
        ids(&store
            .conversation(site, "bread", None, 10_000, usize::MAX)
            .await
            .unwrap()),
        all
    );
    assert_eq!(
        store.counts(site, 0, HOUR).await.unwrap().checks,
        last as u64
    );
    // Room again.
    store.prune(last, 0, 10_000).await.unwrap();
    add(&store, &[check(site, last + 1, Verdict::Publish)]).await;
    store.close().await;
    let again = open(&folder).unwrap();
    assert_eq!(conversation_of(&again, site).await, [last, last + 1]);
}

#[tokio::test]
async fn more_writes_than_may_wait_are_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let options = SqliteOptions {
        waiting_writes: 4,
        ..SqliteOptions::default()
    };
    let store = Arc::new(SqliteStore::open(&file(&folder), options).unwrap());
    let site = site(&*store, "slowmiles.example").await;
    let writes: Vec<_> = (1..=200)
        .map(|id| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                store
                    .add_checks(
                        site,
                        Vec::new(),
                        shared(vec![check(site, id, Verdict::Hold)]),
                        None,
                    )
                    .await
            })
        })
        .collect();
    let (mut taken, mut busy) = (Vec::new(), 0);
    for (id, write) in (1..).zip(writes) {
        match write.await.unwrap() {
            Ok(()) => taken.push(id),
            Err(StoreError::Busy) => busy += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert!(
        busy > 0 && !taken.is_empty(),
        "{busy} refused, {} taken",
        taken.len()
    );
    let found = store
        .queue(site, &QueueFilter::default(), QueueOrder::Oldest, None, 999)
        .await;
    assert_eq!(ids(&found.unwrap()), taken);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_see_whole_writes_while_others_write() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(open(&folder).unwrap());
    let site = site(&*store, "slowmiles.example").await;
    let writer = tokio::spawn({
        let store = Arc::clone(&store);
        async move {
            for id in 1..200 {
                let pair = [2 * id, 2 * id + 1].map(|id| check(site, id, Verdict::Publish));
                store
                    .add_checks(site, Vec::new(), shared(pair.to_vec()), None)
                    .await
                    .unwrap();
            }
        }
    });
    let mut before = 0;
    loop {
        let done = writer.is_finished();
        let found = conversation_of(&*store, site).await.len();
        assert!(
            found % 2 == 0 && found >= before.min(100),
            "{found} after {before}"
        );
        before = found;
        if done {
            break;
        }
    }
    writer.await.unwrap();
    assert_eq!(before, 100);
}

#[tokio::test]
async fn whoever_reads_long_lists_leaves_a_connection_to_others() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(open(&folder).unwrap());
    let site = site(&*store, "slowmiles.example").await;
    add(&*store, &[check(site, 1, Verdict::Hold)]).await;
    let (begun, mut begins) = tokio::sync::mpsc::unbounded_channel();
    let (end, ends) = mpsc::channel::<()>();
    let ends = Arc::new(Mutex::new(ends));
    let lists: Vec<_> = (0..SqliteOptions::default().readers)
        .map(|_| {
            let (store, begun, ends) = (Arc::clone(&store), begun.clone(), Arc::clone(&ends));
            tokio::spawn(async move {
                let each = Box::new(move |_| {
                    begun.send(()).unwrap();
                    // Until the other end is gone.
                    ends.lock().unwrap().recv().unwrap_err();
                });
                store.each_comment(site, each).await
            })
        })
        .collect();
    begins.recv().await.unwrap();
    begins.recv().await.unwrap();
    let read = tokio::time::timeout(Duration::from_secs(60), store.check(site, Id(1)));
    let is_read = matches!(read.await, Ok(Ok(Some(_))));
    drop(end);
    for list in lists {
        list.await.unwrap().unwrap();
    }
    assert!(is_read, "all connections read lists");
}

#[tokio::test]
async fn the_log_of_decisions_cannot_be_changed() {
    let folder = tempfile::tempdir().unwrap();
    let site = filled(&folder, 1).await;
    let store = open(&folder).unwrap();
    decide(
        &store,
        &[decision(site, 10, 1, DecisionKind::Label(Label::Ham))],
    )
    .await;
    let connection = Connection::open(file(&folder)).unwrap();
    for sql in [
        "DELETE FROM decisions",
        "UPDATE decisions SET label = 'spam'",
        "UPDATE decisions SET verdict = 2",
        "UPDATE decisions SET reporter = 'another'",
    ] {
        let error = connection.execute(sql, []).unwrap_err().to_string();
        assert!(error.contains("decisions are not"), "{sql}: {error}");
    }
}

#[tokio::test]
async fn what_was_erased_is_in_none_of_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).unwrap();
    let site = site(&store, "slowmiles.example").await;
    let mut checks: Vec<_> = (1..=50).map(|id| check(site, id, Verdict::Hold)).collect();
    checks[20].email = Some([1; 16]);
    checks[20].text.as_mut().unwrap().body = "A very private word: zwetschgenknödel.".to_owned();
    add(&store, &checks).await;
    let holds_it = || {
        fs::read_dir(folder.path()).unwrap().any(|entry| {
            let bytes = fs::read(entry.unwrap().path()).unwrap();
            bytes
                .windows(17)
                .any(|piece| piece == "zwetschgenknödel".as_bytes())
        })
    };
    assert!(holds_it());
    let person = Person {
        email: Some([1; 16]),
        address: None,
    };
    assert_eq!(store.erase(None, person).await.unwrap().verdicts, 1);
    assert!(!holds_it());
}

/// Goes on with something; whether it is to be waited for.
async fn waits(future: &mut (impl Future + Unpin)) -> bool {
    poll_fn(|context| Poll::Ready(Pin::new(&mut *future).poll(context).is_pending())).await
}

#[tokio::test]
async fn an_erasure_that_is_written_does_not_fail_because_writes_wait() {
    let folder = tempfile::tempdir().unwrap();
    let options = SqliteOptions {
        waiting_writes: 1,
        ..SqliteOptions::default()
    };
    let store = SqliteStore::open(&file(&folder), options).unwrap();
    let site = site(&store, "slowmiles.example").await;
    let mut private = check(site, 1, Verdict::Hold);
    private.email = Some([1; 16]);
    add(&store, &[private]).await;
    let person = Person {
        email: Some([1; 16]),
        address: None,
    };
    let mut erasure = store.erase(None, person);
    assert!(waits(&mut erasure).await);
    let has_text = async || {
        let check = store.check(site, Id(1)).await.unwrap();
        check.unwrap().text.is_some()
    };
    while has_text().await {}
    // One write keeps the writer, another one takes all the room.
    let (begun, has_begun) = mpsc::channel();
    let (end, may_end) = mpsc::channel::<()>();
    let next_id = Box::new(move || {
        begun.send(()).unwrap();
        let _ = may_end.recv();
        Id(2)
    });
    let spam = untold(decision(site, 2, 1, DecisionKind::Label(Label::Spam)));
    let mut decisions = store.add_decisions(Vec::new(), vec![spam], next_id, Box::new(|_| None));
    assert!(waits(&mut decisions).await);
    has_begun.recv().unwrap();
    let mut probe = store.probe();
    assert!(waits(&mut probe).await);
    assert!(waits(&mut erasure).await, "it waits for its turn");
    drop(end);
    assert_eq!(erasure.await.unwrap().verdicts, 1);
    decisions.await.unwrap();
    probe.await.unwrap();
}

/// Set for a child, to the file that it writes to.
const CHILD: &str = "ONTOPIC_TEST_STORAGE";

/// Writes until it is killed; says each id once it was acknowledged.
async fn write_and_tell(path: &Path) {
    let store = Arc::new(SqliteStore::open(path, SqliteOptions::default()).unwrap());
    let site = match store.sites().await.unwrap().first() {
        Some(site) => site.id,
        None => site(&*store, "slowmiles.example").await,
    };
    let first = store.largest_id().await.unwrap() + 1;
    let tasks: Vec<_> = (0..8)
        .map(|task| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                for id in (first + 2 * task..).step_by(16) {
                    let checks = vec![check(site, id, Verdict::Hold)];
                    let label = decision(site, id + 1, id, DecisionKind::Label(Label::Ham));
                    store
                        .add_checks(site, Vec::new(), shared(checks), None)
                        .await
                        .unwrap();
                    println!("acknowledged {id}");
                    decide(&*store, &[label]).await;
                    println!("acknowledged {}", id + 1);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_kill_9() {
    if let Some(path) = env::var_os(CHILD) {
        write_and_tell(Path::new(&path)).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged = Vec::new();
    for round in 1..=5 {
        let mut child = Command::new(env::current_exe().unwrap())
            .args([
                "--exact",
                "storage::what_was_acknowledged_survives_kill_9",
                "--nocapture",
            ])
            .env(CHILD, file(&folder))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let enough = acknowledged.len() + 40 * round;
        let tell = |line: String| line.strip_prefix("acknowledged ")?.parse::<i64>().ok();
        while acknowledged.len() < enough {
            let line = lines.next().expect("the child goes on").unwrap();
            acknowledged.extend(tell(line));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        acknowledged.extend(lines.map_while(Result::ok).filter_map(tell));

        let store = open(&folder).unwrap();
        let site = store.sites().await.unwrap()[0].id;
        for id in &acknowledged {
            let verdict = store.check(site, Id(*id)).await.unwrap();
            let decision = store.decision(site, Id(*id)).await.unwrap();
            assert!(verdict.is_some() || decision.is_some(), "{id} was lost");
            if let Some(decision) = decision {
                assert_eq!(
                    decided(&store, site, decision.verdict.0).await,
                    Some(Label::Ham)
                );
            }
        }
        store.close().await;
    }
}
