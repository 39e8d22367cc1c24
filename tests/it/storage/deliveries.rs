//! What blogs are told of late decisions.

use ontopic::comment::Label;
use ontopic::policy::Verdict;
use ontopic::storage::{
    CheckRecord, DecisionKind, DecisionRecord, Delivery, NewDecision, SiteId, Store,
};

use super::{add, check, decided, decision, ids_from, site, told, untold, waiting};

stories! {
    deliveries_are_due_until_they_are_settled,
    a_blog_is_told_what_stands,
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
    assert_eq!(store.deliveries_waiting().await, Ok(3));
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
