//! What can befall a file.

use std::future::poll_fn;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::pin::Pin;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::task::Poll;
use std::time::Duration;
use std::{env, fs};

use ontopic::comment::Label;
use ontopic::policy::Verdict;
use ontopic::storage::{
    DecisionKind, Id, Person, QueueFilter, QueueOrder, SiteCounts, SiteId, SqliteOptions,
    SqliteStore, Store, StoreError,
};
use rusqlite::Connection;
use tempfile::TempDir;

use super::{
    HOUR, add, check, conversation_of, decide, decided, decision, file, ids, open, queue_of,
    shared, site, untold,
};

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
    old.execute_batch(include_str!("../../../src/storage/sqlite/schema.sql"))
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
    assert_eq!(store.erase(site, person).await.unwrap().verdicts, 1);
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
    let mut erasure = store.erase(site, person);
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
                "storage::file::what_was_acknowledged_survives_kill_9",
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
