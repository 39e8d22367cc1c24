//! The log of decisions.

use ontopic::comment::Label;
use ontopic::policy::Verdict;
use ontopic::storage::{
    CheckRecord, DecisionKind, DecisionRecord, Id, SiteCounts, Store, StoredAnswer,
};

use super::{
    HOUR, add, answer, check, conversation_of, decide, decided, decision, ids_from, queue_of, site,
    untold,
};

stories! {
    what_is_taken_back_gives_way_to_the_decision_before,
    decisions_get_their_ids_when_they_are_written,
    what_followed_from_a_decision_goes_with_it,
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
