//! A comment that comes again, and what is decided on it.

use ontopic::comment::Label;
use ontopic::policy::Verdict;
use ontopic::storage::{CheckRecord, DecisionKind, DecisionRecord, Id, Person, Store};

use super::{add, check, conversation_of, decide, decision, ids, of_words, queue_of, site};

stories! {
    an_edit_takes_the_place_of_what_was_before,
    the_versions_to_compare_with_are_few,
    no_label_is_lost_when_a_comment_comes_again,
    the_latest_version_follows_a_decision_on_the_same_words,
    a_decision_on_an_earlier_version_stands_when_the_one_after_it_is_taken_back,
    what_a_blog_does_to_words_as_it_stores_them_makes_no_others_of_them,
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
    assert_eq!(store.erase(site, person).await.unwrap().verdicts, 1);
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
