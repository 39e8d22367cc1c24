//! Erasure and retention.

use std::collections::BTreeSet;

use ontopic::comment::{Label, Role};
use ontopic::policy::Verdict;
use ontopic::storage::{
    CheckRecord, CommentText, DecisionKind, DecisionRecord, Erased, Id, NewDecision, Person,
    Pruned, Store, StoredAnswer,
};

use super::{
    add, answer, check, conversation_of, decide, decision, ids_from, of_words, queue_of, shared,
    site, told, untold, waiting,
};

stories! {
    a_person_is_forgotten_everywhere,
    what_is_pruned_keeps_its_verdict_and_labels_keep_their_text,
    a_comment_that_was_decided_on_keeps_the_words_that_it_has_now,
    a_decision_brings_words_back_that_were_pruned,
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

    let erased = store.erase(here, person.clone()).await.unwrap();
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

    let erased = store.erase(there, person.clone()).await.unwrap();
    assert_eq!(
        erased,
        Erased {
            verdicts: 1,
            ..Erased::default()
        }
    );
    assert_eq!(store.erase(there, person).await, Ok(Erased::default()));
    assert_eq!(
        store.erase(there, Person::default()).await,
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
    assert_eq!(store.prune(5, 5, 2).await.unwrap().removed, 3);
    assert_eq!(store.prune(5, 5, 2).await.unwrap().removed, 1);
    assert_eq!(store.prune(5, 5, 2).await.unwrap().removed, 0);
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
    assert_eq!(store.prune(5, 5, 2).await.unwrap().removed, 0);
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
    let pruned = store.prune(9, 0, 9).await.unwrap();
    assert_eq!(pruned.removed, 3);
    assert_eq!(pruned.posts, BTreeSet::from([(site, "bread".to_owned())]));
    assert_eq!(store.prune(9, 0, 9).await, Ok(Pruned::default()));
    assert_eq!(conversation_of(store, site).await, [5]);
    let text = async |id| store.check(site, Id(id)).await.unwrap().unwrap().text;
    assert_eq!((text(1).await.is_some(), text(4).await), (true, None));
    // Later versions take its place in turn.
    add(store, &[version(6, "edited")]).await;
    assert_eq!(store.prune(9, 0, 9).await.unwrap().removed, 1);
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
    assert_eq!(store.prune(2, 0, 9).await.unwrap().removed, 1);
    store.erase(site, erased).await.unwrap();
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
