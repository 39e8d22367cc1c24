//! Writes: whole or not at all.

use std::fs;

use ontopic::comment::Label;
use ontopic::policy::Verdict;
use ontopic::storage::{
    DecisionKind, DecisionRecord, Id, PostRecord, PostWrite, SiteId, Store, StoreError,
};

use super::{
    HOUR, add, answer, check, decision, file, ids_from, open, queue_of, shared, site, told, waiting,
};

stories! {
    a_write_that_is_refused_leaves_nothing,
    writes_at_once_do_not_take_each_other_along,
    a_backup_holds_what_was_written_before,
    nothing_is_written_after_closing,
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
