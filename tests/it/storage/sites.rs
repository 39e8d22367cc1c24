//! Sites, their keys and entries.

use ontopic::comment::Label;
use ontopic::policy::Verdict;
use ontopic::storage::{
    CheckRecord, DecisionKind, EntryField, Id, Key, KeyRole, ListEntry, PostRecord, PostWrite,
    Site, SiteCounts, SiteId, Store, StoreError,
};

use super::{
    HOUR, answer, check, conversation_of, decide, decision, found_by, ids_from, of_words, queue_of,
    shared, site, untold,
};

stories! {
    sites_keys_and_entries_are_given_back,
    sites_do_not_see_each_other,
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
        field: EntryField::Host,
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
