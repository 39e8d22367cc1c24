//! Verdicts: how they are found, and what waits or is shown.

use ontopic::comment::{Fingerprint, Kind, Label, Role};
use ontopic::policy::Verdict;
use ontopic::signals::N_SIGNALS;
use ontopic::storage::{
    CheckRecord, CommentText, Cursor, DecisionKind, DecisionRecord, Id, Person, QueueFilter,
    QueueOf, QueueOrder, SiteCounts, Sought, Store,
};

use super::{
    HOUR, add, check, conversation_of, decide, decision, found_by, ids, ids_from, of_words,
    queue_of, site, untold,
};

stories! {
    a_verdict_is_given_back_to_the_bit,
    a_fingerprint_finds_what_it_does_not_speak_against,
    a_comment_is_found_by_its_id_its_parent_and_its_person,
    the_conversation_is_what_may_be_shown,
    what_the_model_published_twice_vouches_for_nobody_until_somebody_decides,
    the_queue_holds_what_waits,
    what_was_called_spam_is_listed_until_somebody_decides,
    figures_are_of_what_was_answered,
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
    (judgement.thresholds.hold, judgement.thresholds.spam) = (f64::MIN, f64::INFINITY);
    judgement.prior_shift = -7.0;
    judgement.hold_below_relevance = Some(f64::MIN_POSITIVE / 2.0);
    judgement.verdict = Verdict::Spam;
    judgement.overrides = vec!["an entry, `quoted \"so\"`".to_owned()];
    judgement.entry = Some(Id(3));
    add(store, std::slice::from_ref(&full)).await;

    let found = store.check(site, Id(5)).await.unwrap().unwrap();
    let bits = |check: &CheckRecord| {
        let judgement = &check.judgement;
        let signals = judgement.values.as_ref().unwrap().map(f32::to_bits);
        let scores = [
            judgement.spam,
            judgement.relevance,
            judgement.thresholds.hold,
            judgement.thresholds.spam,
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

async fn what_the_model_published_twice_vouches_for_nobody_until_somebody_decides(
    store: &dyn Store,
) {
    let site = site(store, "slowmiles.example").await;
    let version = |id, verdict| {
        let mut version = check(site, id, verdict);
        version.comment = Some("twice".to_owned());
        version.text = check(site, 1, verdict).text;
        version.judgement.spam = 0.5;
        version
    };
    let mut again = version(2, Verdict::Hold);
    again.judgement.outcome = Verdict::Publish;
    again.judgement.overrides = vec!["published before".to_owned()];
    again.judgement.follows = Some(Id(1));
    assert!(!again.is_in_conversation());
    add(store, &[version(1, Verdict::Publish), again]).await;
    assert_eq!(conversation_of(store, site).await, [0; 0]);
    let ham = decision(site, 11, 1, DecisionKind::Label(Label::Ham));
    decide(store, &[ham]).await;
    assert_eq!(conversation_of(store, site).await, [2]);
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
            of: QueueOf::Held,
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

async fn what_was_called_spam_is_listed_until_somebody_decides(store: &dyn Store) {
    let site = site(store, "slowmiles.example").await;
    let spam = |id, log_odds| {
        let mut check = check(site, id, Verdict::Spam);
        check.judgement.spam = log_odds;
        check
    };
    let mut edited = spam(6, 5.0);
    edited.comment = Some("comment 2".to_owned());
    add(
        store,
        &[
            spam(1, 9.0),
            spam(2, 4.0),
            spam(3, 7.0),
            check(site, 4, Verdict::Hold),
            check(site, 5, Verdict::Publish),
            edited,
            spam(7, 8.0),
        ],
    )
    .await;
    let listed = async |order, after, limit| {
        let filter = QueueFilter {
            of: QueueOf::Spam,
            ..QueueFilter::default()
        };
        let page = store.queue(site, &filter, order, after, limit);
        ids(&page.await.unwrap())
    };
    assert_eq!(listed(QueueOrder::Newest, None, 9).await, [7, 6, 3, 1]);
    assert_eq!(listed(QueueOrder::Oldest, None, 9).await, [1, 3, 6, 7]);
    assert_eq!(listed(QueueOrder::Urgency, None, 2).await, [6, 3]);
    let after = Some(Cursor {
        id: Id(3),
        spam: 7.0,
    });
    assert_eq!(listed(QueueOrder::Urgency, after, 9).await, [7, 1]);
    assert_eq!(store.queue_lengths().await.unwrap(), [(site, 1)]);
    let label = |id, of, label| decision(site, id, of, DecisionKind::Label(label));
    decide(
        store,
        &[label(10, 1, Label::Ham), label(11, 3, Label::Spam)],
    )
    .await;
    let taken_back = DecisionRecord {
        takes_back: Some(Id(11)),
        ..decision(site, 12, 3, DecisionKind::TakenBack)
    };
    assert_eq!(listed(QueueOrder::Oldest, None, 9).await, [6, 7]);
    decide(store, &[taken_back]).await;
    assert_eq!(listed(QueueOrder::Oldest, None, 9).await, [3, 6, 7]);
    // Ever decided on, the one keeps its words.
    store.prune(100, 0, 99).await.unwrap();
    assert_eq!(listed(QueueOrder::Oldest, None, 9).await, [3]);
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
