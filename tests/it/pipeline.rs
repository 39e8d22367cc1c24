//! What holds for any comment in any thread: the sum, the places, and what is never read.

use ontopic::classifier::{Assessment, Classifier};
use ontopic::comment::{Comment, Field, Kind, Label, Post, Role, Thread};
use ontopic::dataset::parse_thread;
use ontopic::evaluation::judge;
use ontopic::explanation::{Contribution, NOT_RELEVANT, UNFAMILIAR, explain};
use ontopic::policy::{Policy, Thresholds, Verdict};
use ontopic::signals::{BRIEF_BY, CATALOGUE, N_SIGNALS, Weight, find};
use ontopic::training::TrainConfig;
use proptest::prelude::*;

use crate::starter::{self, bits, judged};

/// Pieces that single out a branch of some stage each.
const PIECES: &[&str] = &[
    "Thanks",
    "the foam",
    "measured",
    "I",
    "you?",
    "midsole",
    "@Anna",
    " ",
    " ",
    "\n",
    "\n\n",
    ". ",
    "! ",
    "…",
    "http://cheap-pills.com/buy",
    "www.example.org",
    "<a href=\"http://x.com\">",
    "</a>",
    "[url=http://x.com]",
    "[/url]",
    "<blockquote>",
    "<div>",
    "<!--",
    "&amp;lt;",
    "&#118;",
    "a@b.com",
    "v i a g r a",
    "frее",
    "𝐁𝐮𝐲",
    "\u{200b}",
    "\u{202e}",
    "\u{301}",
    "😀",
    "🇩🇪",
    "漢字",
    "カメラ",
    "Ünïcode",
    "السلام",
    "0800 123",
    "İ",
    "ß",
    "'s",
    ":-)",
    "`code`",
    "\0",
    "\u{feff}",
];

fn text() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec(prop::sample::select(PIECES), 0..24);
    prop_oneof![
        3 => pieces.prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
    ]
}

fn field<T: std::fmt::Debug + Clone + 'static>(
    known: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Field<T>> {
    prop_oneof![
        3 => known.prop_map(Field::Known),
        1 => Just(Field::Empty),
        1 => Just(Field::Unknown),
    ]
}

fn text_field() -> impl Strategy<Value = Field<String>> {
    prop_oneof![
        4 => text().prop_map(|text| Field::from(text.as_str())),
        1 => Just(Field::Unknown),
    ]
}

fn post() -> impl Strategy<Value = Post> {
    let tags = field(prop::collection::vec(text(), 1..3));
    (text_field(), text_field(), text_field(), text_field(), tags).prop_map(
        |(title, body, url, author, tags)| Post {
            id: "p".into(),
            title,
            body,
            url,
            author,
            tags,
        },
    )
}

fn label() -> impl Strategy<Value = Option<Label>> {
    prop::sample::select(&[None, Some(Label::Ham), Some(Label::Spam)][..])
}

fn comment() -> impl Strategy<Value = Comment> {
    let kinds = [Kind::Comment, Kind::Pingback, Kind::Trackback, Kind::Other];
    let roles = [Role::Visitor, Role::Member, Role::Staff];
    let who = (text_field(), text_field(), text_field());
    let what = (text(), text_field(), prop::sample::select(kinds.to_vec()));
    let parent = field(prop::sample::select(&["0", "1", "2", "none"][..]).prop_map(str::to_owned));
    let form = (
        field(any::<bool>()),
        field(0.0..1e6f64),
        field(prop::sample::select(roles.to_vec())),
        field(any::<bool>()),
    );
    (who, what, parent, form, label()).prop_map(|(who, what, parent, form, label)| Comment {
        author: who.0,
        author_url: who.1,
        author_email: who.2,
        body: what.0,
        html: what.1,
        kind: what.2,
        parent,
        honeypot: form.0,
        seconds_on_page: form.1,
        role: form.2,
        by_post_author: form.3,
        label,
        ..Comment::default()
    })
}

fn thread() -> impl Strategy<Value = Thread> {
    (post(), prop::collection::vec(comment(), 1..6)).prop_map(|(post, mut comments)| {
        for (index, comment) in comments.iter_mut().enumerate() {
            comment.id = index.to_string();
        }
        Thread {
            site: "s".into(),
            post,
            comments,
            ..Thread::default()
        }
    })
}

/// Assessments and explanations of a whole thread.
fn explained(
    classifier: &Classifier<'_>,
    thread: &Thread,
    policy: &Policy,
) -> Vec<(Assessment, Vec<Contribution>)> {
    let mut all = Vec::new();
    classifier.judge_thread(thread, policy, |_, scene, assessment| {
        let contributions = explain(classifier, scene, &assessment, policy);
        all.push((assessment, contributions));
    });
    all
}

fn check_explanation(comment: &Comment, assessment: &Assessment, all: &[Contribution]) {
    let sum: f64 = all.iter().map(|one| one.contribution).sum();
    assert!(
        (sum - assessment.spam).abs() <= 1e-9,
        "{sum} {}",
        assessment.spam
    );
    let logistic = 1.0 / (1.0 + (-assessment.spam).exp());
    assert!((assessment.spam_probability() - logistic).abs() <= 1e-12);
    for probability in [
        assessment.spam_probability(),
        assessment.relevance_probability(),
    ] {
        assert!((0.0..=1.0).contains(&probability), "{probability}");
    }
    assert_eq!(all[0].signal, "bias");
    for (one, signal) in all[1..].iter().zip(CATALOGUE) {
        assert_eq!(one.signal, signal.name);
    }
    for (one, value) in all[1..].iter().zip(assessment.values) {
        assert!(!value.is_infinite());
        if value.is_nan() {
            assert_eq!(
                one.contribution, 0.0,
                "{} is unknown and counts",
                one.signal
            );
        }
    }
    let is_far = assessment.familiarity.is_far();
    assert_eq!(
        all.last().is_some_and(|one| one.signal == UNFAMILIAR),
        is_far
    );
    for pair in &all[1 + N_SIGNALS..all.len() - usize::from(is_far)] {
        let (a, b) = pair.signal.split_once('+').expect("a pair has two names");
        assert!(find(a).is_some() && find(b).is_some(), "{}", pair.signal);
    }
    for one in all {
        assert!(one.contribution.is_finite());
        assert!(!one.reason.is_empty(), "{} has no reason", one.signal);
        for place in &one.places {
            assert!(
                comment.body.get(place.clone()).is_some(),
                "{}: {place:?} in {:?}",
                one.signal,
                comment.body
            );
        }
        if !one.tokens.is_empty() {
            let sum: f64 = one.tokens.iter().map(|token| token.contribution).sum();
            assert!((sum - one.contribution).abs() <= 1e-9, "{one:?}");
        }
    }
}

#[test]
fn a_comment_held_for_its_relevance_says_so() {
    let classifier = starter::classifier();
    let mut policy = classifier.policy(None);
    let thread = &starter::threads()[0];
    let judged = |policy: &Policy| explained(classifier, thread, policy);
    let is_told = |reasons: &[Contribution]| reasons.iter().any(|one| one.signal == NOT_RELEVANT);
    let without_limit = judged(&policy);
    assert!(without_limit.iter().all(|(_, reasons)| !is_told(reasons)));

    policy.hold_below_relevance = Some(f64::MAX);
    let is_published = |before: &Assessment| before.verdict == Verdict::Publish;
    assert!(without_limit.iter().any(|(before, _)| is_published(before)));
    for ((before, _), (after, reasons)) in without_limit.iter().zip(judged(&policy)) {
        let is_held_for_it = is_published(before);
        assert_eq!(is_told(&reasons), is_held_for_it);
        assert!(!is_held_for_it || after.verdict == Verdict::Hold);
        assert_eq!(before.spam, after.spam);
    }
}

/// The starter model is small, so that even plain English is half unknown to it; what is in no
/// language of its own is far, and what it has learned from is not.
#[test]
fn a_comment_unlike_anything_learned_says_so_and_is_held_rather_than_called_spam() {
    let classifier = starter::classifier();
    let policy = classifier.policy(None);
    let judged = |body: &str| {
        let thread = Thread {
            comments: vec![Comment {
                body: body.to_owned(),
                ..Comment::default()
            }],
            ..starter::threads()[0].clone()
        };
        explained(classifier, &thread, &policy).remove(0)
    };
    let (assessment, reasons) = judged("ეს ფეხსაცმელი ძალიან მომწონს და ყოველდღე ვიცვამ");
    assert!(
        assessment.familiarity.is_far(),
        "{:?}",
        assessment.familiarity
    );
    let notice = reasons.last().unwrap();
    assert_eq!(
        (notice.signal.as_str(), notice.contribution),
        (UNFAMILIAR, 0.0)
    );
    assert!(notice.reason.contains("7 of its 7"), "{}", notice.reason);
    let far_from_spam = policy.thresholds(true).spam;
    assert!(far_from_spam > policy.thresholds(false).spam);
    assert_eq!(
        policy.decide(policy.thresholds.spam, 0.0, true),
        Verdict::Hold
    );

    let (assessment, _) = judged("I have to say that it is the one and the other for you");
    assert!(
        !assessment.familiarity.is_far(),
        "{:?}",
        assessment.familiarity
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn contributions_sum_to_the_score_of_any_comment(thread in thread()) {
        let classifier = starter::classifier();
        let policy = classifier.policy(None);
        let all = explained(classifier, &thread, &policy);
        prop_assert_eq!(all.len(), thread.comments.len());
        for (comment, (assessment, contributions)) in thread.comments.iter().zip(&all) {
            check_explanation(comment, assessment, contributions);
        }
    }

    #[test]
    fn the_prior_moves_the_bias_and_nothing_else(thread in thread(), prior in 0.0001..0.9999f64) {
        let classifier = starter::classifier();
        let shift = (prior / (1.0 - prior)).ln();
        let before = explained(classifier, &thread, &classifier.policy(None));
        let after = explained(classifier, &thread, &classifier.policy(Some(prior)));
        for ((a, before), (b, after)) in before.iter().zip(&after) {
            prop_assert!((b.spam - a.spam - shift).abs() <= 1e-9);
            prop_assert_eq!(a.relevance.to_bits(), b.relevance.to_bits());
            prop_assert_eq!(a.verdict, b.verdict);
            prop_assert!((after[0].contribution - before[0].contribution - shift).abs() <= 1e-9);
            prop_assert_eq!(&before[1..], &after[1..]);
        }
    }

    #[test]
    fn a_comments_own_label_is_never_read(thread in thread(), at in any::<prop::sample::Index>(), label in label()) {
        let classifier = starter::classifier();
        let at = at.index(thread.comments.len());
        let mut other = thread.clone();
        other.comments[at].label = label;
        let (before, after) = (judged(classifier, &thread), judged(classifier, &other));
        prop_assert_eq!(&before[..=at], &after[..=at]);
    }

    #[test]
    fn a_comment_labelled_spam_is_no_context(thread in thread(), spam in comment(), at in any::<prop::sample::Index>()) {
        let classifier = starter::classifier();
        let at = at.index(thread.comments.len() + 1);
        let mut with = thread.clone();
        with.comments.insert(at, Comment { label: Some(Label::Spam), id: "spam".into(), ..spam });
        let mut judged_with = judged(classifier, &with);
        judged_with.remove(at);
        prop_assert_eq!(judged_with, judged(classifier, &thread));
    }
}

/// A thread of the starter data as JSON, its comments changed.
fn starter_line(change: impl Fn(&mut serde_json::Map<String, serde_json::Value>)) -> Vec<u8> {
    let text = std::fs::read_to_string(starter::data_path()).expect("the starter data are there");
    let line = text.lines().next().expect("there is a first line");
    let mut thread: serde_json::Value = serde_json::from_str(line).expect("it is JSON");
    for comment in thread["comments"]
        .as_array_mut()
        .expect("comments are a list")
    {
        change(comment.as_object_mut().expect("a comment is an object"));
    }
    thread.to_string().into_bytes()
}

#[test]
fn the_time_of_posting_is_never_read() {
    let as_it_is = parse_thread(&starter_line(|_| ())).unwrap();
    let values = [
        serde_json::Value::Null,
        serde_json::json!("1970-01-01T00:00:00Z"),
        serde_json::json!(17),
        serde_json::json!({"no": ["date"]}),
    ];
    for value in values {
        let line = starter_line(|comment| {
            comment.insert("posted".into(), value.clone());
        });
        assert_eq!(parse_thread(&line).unwrap(), as_it_is, "{value}");
    }
    let line = starter_line(|comment| {
        comment.remove("posted");
    });
    assert_eq!(parse_thread(&line).unwrap(), as_it_is);
}

#[test]
fn a_missing_field_says_nothing_and_an_empty_one_may() {
    let classifier = starter::classifier();
    let field_signals = |key: &str| -> &[&str] {
        match key {
            "author" => &[
                "name_missing",
                "name_words",
                "name_length",
                "name_vocabulary",
            ],
            "author_url" => &["homepage_given", "homepage_vocabulary", "homepage_path"],
            "author_email" => &["email_local", "email_domain"],
            _ => &[],
        }
    };
    for key in ["author", "author_url", "author_email"] {
        let unknown = parse_thread(&starter_line(|comment| {
            comment.remove(key);
        }))
        .unwrap();
        let empty = parse_thread(&starter_line(|comment| {
            comment.insert(key.into(), serde_json::Value::Null);
        }))
        .unwrap();
        let blank = parse_thread(&starter_line(|comment| {
            comment.insert(key.into(), " ".into());
        }))
        .unwrap();
        assert_eq!(empty, blank, "{key}: null and blank are the same");
        // One comment that has the key tells that the others were asked.
        let line = starter_line(|comment| {
            if comment["id"] != "c1041" {
                comment.remove(key);
            } else {
                comment.insert(key.into(), "".into());
            }
        });
        assert_eq!(parse_thread(&line).unwrap(), empty, "{key}");
        let (of_unknown, of_empty) = (judged(classifier, &unknown), judged(classifier, &empty));
        for name in field_signals(key) {
            let (index, _) = find(name).expect("the signal exists");
            let nan = |all: &[starter::Bits]| {
                all.iter()
                    .filter(|(values, ..)| f32::from_bits(values[index]).is_nan())
                    .count()
            };
            assert_eq!(nan(&of_unknown), unknown.comments.len(), "{name}");
        }
        let known = match key {
            "author" => "name_missing",
            "author_url" => "homepage_given",
            // Whether an address was asked for says more of the blog than of who left it empty.
            _ => {
                assert_eq!(of_empty, of_unknown, "{key}");
                continue;
            }
        };
        let (index, _) = find(known).expect("the signal exists");
        // A notification names a page and not a person: its fields say something else.
        let of_people = of_empty.iter().zip(&empty.comments);
        for ((values, ..), comment) in of_people.filter(|(_, one)| one.kind == Kind::Comment) {
            let value = f32::from_bits(values[index]);
            assert!(
                !value.is_nan(),
                "{known} is unknown of an empty field of {}",
                comment.id
            );
        }
    }
}

#[test]
fn an_unlabelled_comment_is_context_unless_it_is_more_likely_spam() {
    let mut classifier = starter::classifier().clone();
    let mut thread = starter::threads()[0].clone();
    thread
        .comments
        .iter_mut()
        .for_each(|comment| comment.label = None);
    let alone: Vec<Thread> = thread
        .comments
        .iter()
        .map(|comment| Thread {
            comments: vec![comment.clone()],
            ..thread.clone()
        })
        .collect();
    let alone_by = |classifier: &Classifier<'_>| -> Vec<starter::Bits> {
        alone
            .iter()
            .flat_map(|thread| judged(classifier, thread))
            .collect()
    };
    let labelled = Thread {
        comments: thread
            .comments
            .iter()
            .map(|comment| Comment {
                label: Some(Label::Ham),
                ..comment.clone()
            })
            .collect(),
        ..thread.clone()
    };
    let mut biased = |bias: f64| {
        for head in classifier.spam.heads_mut() {
            head.bias += bias;
        }
        classifier.clone()
    };
    // Everything is more likely spam, be it published: every comment stands alone.
    let classifier = Classifier {
        thresholds: Thresholds {
            hold: f64::INFINITY,
            spam: f64::INFINITY,
        },
        ..biased(100.0)
    };
    assert_eq!(judged(&classifier, &thread), alone_by(&classifier));
    // Nothing is: the conversation is that of comments labelled genuine. Held ones are part of it.
    let classifier = Classifier {
        thresholds: Thresholds {
            hold: f64::NEG_INFINITY,
            spam: f64::INFINITY,
        },
        ..biased(-200.0)
    };
    let together = judged(&classifier, &thread);
    assert!(together.iter().all(|(.., verdict)| *verdict == "hold"));
    assert_eq!(together, judged(&classifier, &labelled));
    assert_ne!(together, alone_by(&classifier));
}

/// Unaided is what is judged without the labels of the comments before.
#[test]
fn an_evaluation_judges_with_labels_and_without() {
    let mut classifier = starter::classifier().clone();
    let judge = |classifier: &Classifier<'_>, threads: &[Thread]| {
        let all: Vec<usize> = (0..threads.len()).collect();
        judge(classifier, threads, &all, 1).0
    };
    let labelled = |label: Option<Label>| -> Vec<Thread> {
        let mut threads = starter::threads().to_vec();
        let comments = threads.iter_mut().flat_map(|thread| &mut thread.comments);
        comments.for_each(|comment| comment.label = label);
        threads
    };
    // Nothing is conversation where all is labelled spam.
    let (alone, together) = (labelled(Some(Label::Spam)), labelled(None));
    let scores = |of: &[Thread]| -> Vec<f64> {
        let judged = judge(&classifier, of);
        judged.iter().map(|judged| judged.score).collect()
    };
    let both = scores(&alone).into_iter().zip(scores(&together));
    let (place, (one, other)) = both
        .enumerate()
        .max_by(|(_, a), (_, b)| (a.0 - a.1).abs().total_cmp(&(b.0 - b.1).abs()))
        .unwrap();
    classifier.thresholds.hold = f64::midpoint(one, other);
    classifier.thresholds.spam = f64::INFINITY;
    let (alone, together) = (judge(&classifier, &alone), judge(&classifier, &together));
    for (aided, unaided) in alone.iter().zip(&together) {
        assert_eq!(aided.unaided, unaided.verdict);
    }
    assert_ne!(alone[place].verdict, alone[place].unaided);
}

#[test]
fn a_score_on_the_threshold_keeps_its_verdict_at_any_prior() {
    let mut classifier = starter::classifier().clone();
    let mut wrong = Vec::new();
    for thread in &starter::threads()[..3] {
        let Some((assessment, _)) = explained(&classifier, thread, &classifier.policy(None)).pop()
        else {
            continue;
        };
        classifier.thresholds.hold = assessment.spam;
        classifier.thresholds.spam = assessment.spam;
        for prior in [
            0.001, 0.01, 0.03, 0.1, 0.2, 0.3, 0.37, 0.6, 0.7, 0.9, 0.95, 0.99,
        ] {
            let policy = classifier.policy(Some(prior));
            let moved = explained(&classifier, thread, &policy)
                .pop()
                .map(|(moved, _)| moved.verdict);
            // What is unlike anything learned is held where the rest is spam.
            let is_far = assessment.familiarity.is_far();
            let expected = if is_far { Verdict::Hold } else { Verdict::Spam };
            if moved != Some(expected) {
                wrong.push((assessment.spam, prior));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "(score, prior) with another verdict: {wrong:?}"
    );
}

#[test]
fn relevance_alone_holds_only_on_request() {
    let classifier = starter::classifier();
    let mut policy = classifier.policy(None);
    policy.hold_below_relevance = Some(f64::INFINITY);
    for thread in starter::threads() {
        let strict = explained(classifier, thread, &policy);
        for (assessment, _) in &strict {
            assert_ne!(assessment.verdict, Verdict::Publish);
        }
        let plain = judged(classifier, thread);
        for ((assessment, _), plain) in strict.iter().zip(&plain) {
            assert_eq!(bits(assessment).1, plain.1);
            assert_eq!(assessment.verdict == Verdict::Spam, plain.3 == "spam");
        }
    }
}

#[test]
fn a_comment_of_which_no_post_is_known_is_not_held_for_its_relevance() {
    let classifier = starter::classifier();
    let mut policy = classifier.policy(None);
    policy.hold_below_relevance = Some(f64::INFINITY);
    let comment = |body: &str| Comment {
        body: body.to_owned(),
        ..Comment::default()
    };
    let thread = Thread {
        comments: ["Which flour did you take?", "Rye, and it was flat."]
            .map(comment)
            .into(),
        ..Thread::default()
    };
    let judged = explained(classifier, &thread, &policy);
    let is_told = |reasons: &[Contribution]| reasons.iter().any(|one| one.signal == NOT_RELEVANT);
    let held = judged.iter().map(|(assessment, reasons)| {
        let is_held = assessment.verdict == Verdict::Hold;
        (is_held, is_told(reasons), assessment.relevance == 0.0)
    });
    // The second one has company to be relevant to.
    assert!(held.eq([(false, false, true), (true, true, false)]));
}

#[test]
fn lines_of_one_post_are_not_set_beside_each_other() {
    let classifier = starter::classifier();
    let [first, other, ..] = starter::threads() else {
        panic!("the starter data have several threads")
    };
    let half = first.comments.len() / 2;
    let line = |comments: &[Comment]| Thread {
        comments: comments.to_vec(),
        ..first.clone()
    };
    let threads = [
        line(&first.comments[..half]),
        line(&first.comments[half..]),
        other.clone(),
    ];
    assert_eq!(threads[0].site, threads[2].site);
    let relevance = |which: &[usize]| -> Vec<f64> {
        let (judged, _) = judge(classifier, &threads, which, 1);
        let of_first = judged.iter().filter(|judged| judged.thread == 0);
        of_first.map(|judged| judged.relevance).collect()
    };
    assert_eq!(relevance(&[0, 1, 2]), relevance(&[0, 2]));
    assert_ne!(relevance(&[0, 1, 2]), relevance(&[0, 1]));
}

#[test]
fn every_signal_can_be_switched_off() {
    let mut still_on = Vec::new();
    for half in 0..2 {
        let without: Vec<String> = CATALOGUE
            .iter()
            .enumerate()
            .filter(|(index, _)| index % 2 == half)
            .map(|(_, signal)| signal.name.to_owned())
            .collect();
        let config = TrainConfig {
            without: without.clone(),
            ..starter::config()
        };
        let classifier = starter::train_quietly(starter::threads(), &config).classifier;
        for name in &without {
            let (index, _) = find(name).expect("the signal exists");
            for head in classifier.spam.heads() {
                let curve = &head.curves[index];
                let mut surfaces = head.surfaces.iter();
                let in_pair =
                    surfaces.any(|surface| surface.first == index || surface.second == index);
                if in_pair || curve.values.iter().any(|value| *value != 0.0) {
                    still_on.push(name.clone());
                }
            }
        }
        let on = CATALOGUE
            .iter()
            .zip(&classifier.spam.other.curves)
            .any(|(signal, curve)| {
                signal.weight == Weight::Trained && curve.values.iter().any(|value| *value != 0.0)
            });
        assert!(on, "nothing was learned from the other half");
    }
    assert!(
        still_on.is_empty(),
        "switched off and still counting: {still_on:?}"
    );
}

/// What tells short comments with a homepage is not known while training, so that no model of their own
/// could be held against anything.
#[test]
fn without_what_tells_short_comments_there_is_one_model() {
    let everyday = include_str!("../../datasets/everyday.jsonl");
    let invented = everyday.lines().take(30);
    let invented = invented.map(|line| parse_thread(line.as_bytes()).unwrap());
    let threads: Vec<Thread> = starter::threads().iter().cloned().chain(invented).collect();
    let spam = |without: &[&str]| {
        let config = TrainConfig {
            without: without.iter().map(|&name| name.to_owned()).collect(),
            ..starter::config()
        };
        starter::train_quietly(&threads, &config).classifier.spam
    };
    let both = spam(&[]);
    assert_ne!(both.brief, both.other);
    for name in BRIEF_BY.map(|place| CATALOGUE[place].name) {
        let spam = spam(&[name]);
        assert_eq!(spam.brief, spam.other, "{name}");
    }
}

#[test]
fn a_signal_that_does_not_exist_cannot_be_switched_off() {
    let config = TrainConfig {
        without: vec!["colour".into()],
        ..starter::config()
    };
    let error = ontopic::training::train(starter::threads(), &config, &|_, _| {}).unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected the name of a signal, found `colour`"
    );
}

#[test]
fn each_line_is_judged_alone() {
    let classifier = starter::classifier();
    let first: Vec<_> = starter::threads()
        .iter()
        .map(|thread| judged(classifier, thread))
        .collect();
    let again: Vec<_> = starter::threads()
        .iter()
        .rev()
        .map(|thread| judged(classifier, thread))
        .collect();
    assert!(first.iter().eq(again.iter().rev()));
}
