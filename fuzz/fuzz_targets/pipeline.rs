//! Any thread, judged and explained: contributions sum to the score, places cut the body, and the
//! same thread is judged the same way again.
#![no_main]

use std::sync::OnceLock;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use ontopic::classifier::Classifier;
use ontopic::comment::{Comment, Field, Kind, Label, Post, Thread};
use ontopic::dataset::parse_thread;
use ontopic::explanation::explain;
use ontopic::training::{TrainConfig, train};

type Given<'a> = Option<Option<&'a str>>;

#[derive(Debug, Arbitrary)]
struct FuzzPost<'a> {
    title: Given<'a>,
    body: Given<'a>,
    url: Given<'a>,
    author: Given<'a>,
    tag: Given<'a>,
}

#[derive(Debug, Arbitrary)]
struct FuzzComment<'a> {
    id: u8,
    parent: Option<u8>,
    kind: u8,
    author: Given<'a>,
    author_url: Given<'a>,
    author_email: Given<'a>,
    body: &'a str,
    html: Given<'a>,
    label: Option<bool>,
    honeypot: Option<bool>,
    seconds: Option<f64>,
}

fn field(given: Given<'_>) -> Field<String> {
    match given {
        Some(Some(text)) => Field::from(text),
        Some(None) => Field::Empty,
        None => Field::Unknown,
    }
}

fn thread(post: FuzzPost<'_>, comments: Vec<FuzzComment<'_>>) -> Thread {
    let kinds = [Kind::Comment, Kind::Pingback, Kind::Trackback, Kind::Other];
    Thread {
        site: "fuzz".into(),
        post: Post {
            id: "p".into(),
            title: field(post.title),
            body: field(post.body),
            url: field(post.url),
            author: field(post.author),
            tags: match field(post.tag) {
                Field::Known(tag) => Field::Known(vec![tag]),
                Field::Empty => Field::Empty,
                Field::Unknown => Field::Unknown,
            },
        },
        comments: comments
            .into_iter()
            .take(16)
            .map(|comment| Comment {
                id: comment.id.to_string(),
                parent: comment
                    .parent
                    .map_or(Field::Unknown, |id| Field::Known(id.to_string())),
                kind: kinds[usize::from(comment.kind % 4)],
                author: field(comment.author),
                author_url: field(comment.author_url),
                author_email: field(comment.author_email),
                body: comment.body.to_owned(),
                html: field(comment.html),
                label: comment
                    .label
                    .map(|spam| if spam { Label::Spam } else { Label::Ham }),
                honeypot: comment.honeypot.map_or(Field::Unknown, Field::Known),
                seconds_on_page: comment
                    .seconds
                    .filter(|seconds| seconds.is_finite() && *seconds >= 0.0)
                    .map_or(Field::Unknown, Field::Known),
                ..Comment::default()
            })
            .collect(),
        ..Thread::default()
    }
}

/// Trained on the starter threads.
fn classifier() -> &'static Classifier<'static> {
    static CLASSIFIER: OnceLock<Classifier<'static>> = OnceLock::new();
    CLASSIFIER.get_or_init(|| {
        let text = include_str!("../../datasets/starter.jsonl");
        let threads: Vec<Thread> = text
            .lines()
            .filter_map(|line| parse_thread(line.as_bytes()).ok())
            .collect();
        let trained = train(&threads, &TrainConfig::default(), &|_, _| {});
        trained.expect("the starter data suffice").classifier
    })
}

fuzz_target!(|input: (FuzzPost<'_>, Vec<FuzzComment<'_>>)| {
    let thread = thread(input.0, input.1);
    let classifier = classifier();
    let policy = classifier.policy(None);
    let mut scores = Vec::new();
    classifier.judge_thread(&thread, &policy, |index, scene, assessment| {
        let all = explain(classifier, scene, &assessment, &policy);
        let sum: f64 = all.iter().map(|one| one.contribution).sum();
        assert!((sum - assessment.spam).abs() <= 1e-9);
        assert!((0.0..=1.0).contains(&assessment.spam_probability()));
        assert!((0.0..=1.0).contains(&assessment.relevance_probability()));
        let body = &thread.comments[index].body;
        for one in &all {
            assert!(!one.reason.is_empty(), "{}", one.signal);
            for place in &one.places {
                assert!(
                    body.get(place.clone()).is_some(),
                    "{} {place:?}",
                    one.signal
                );
            }
            let tokens: f64 = one.tokens.iter().map(|token| token.contribution).sum();
            assert!(one.tokens.is_empty() || (tokens - one.contribution).abs() <= 1e-9);
        }
        scores.push(assessment.spam.to_bits());
    });
    let mut again = scores.iter();
    classifier.judge_thread(&thread, &policy, |_, _, assessment| {
        assert_eq!(again.next(), Some(&assessment.spam.to_bits()));
    });
});
