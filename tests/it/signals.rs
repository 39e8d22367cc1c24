//! Signals against their tables of cases in `tests/fixtures/signals/`, and against the starter
//! threads.

use std::collections::BTreeSet;
use std::fs;

use ontopic::analysis::CommentAnalysis;
use ontopic::classifier::name_casing;
use ontopic::comment::{Label, Thread};
use ontopic::context::{Background, Context};
use ontopic::dataset::parse_thread;
use ontopic::explanation::explain;
use ontopic::signals::{CATALOGUE, N_SIGNALS, Scene, Weight, find, observe};
use xxhash_rust::xxh3::xxh3_64;

use crate::starter;

/// How far a value may lie from that of a table that states no tolerance: tables have four digits.
const TOLERANCE: f64 = 1e-3;

/// Fewest cases of a table: three that fire and three near misses.
const LEAST_CASES: usize = 6;

/// Shows the last comment of a thread in its place, without any trained part.
fn with_last<T>(thread: &Thread, look: impl FnOnce(&Scene<'_>, [f32; N_SIGNALS]) -> T) -> T {
    let background = Background::build(&[], 5.0, 10.0);
    let mut context = Context::new(&thread.post);
    let (last, earlier) = thread.comments.split_last().expect("a case has a comment");
    for comment in earlier {
        if comment.label != Some(Label::Spam) {
            context.add(&CommentAnalysis::of(comment));
        }
    }
    let analysis = CommentAnalysis::of(last);
    let scene = Scene::new(&analysis, &context, &background);
    let values = observe(&scene);
    look(&scene, values)
}

/// A reason is a phrase, and its places can be cut out of the body.
fn check_evidence(scene: &Scene<'_>, values: &[f32; N_SIGNALS]) {
    let body = &scene.comment.comment.body;
    for (signal, &value) in CATALOGUE.iter().zip(values) {
        if value.is_nan() {
            continue;
        }
        let evidence = (signal.explain)(scene, value);
        let name = signal.name;
        assert!(!evidence.reason.is_empty(), "{name} has no reason");
        assert!(
            !evidence.reason.contains("NaN") && !evidence.reason.contains("inf "),
            "{name}: {}",
            evidence.reason
        );
        for place in evidence.places {
            assert!(
                body.get(place.clone())
                    .is_some_and(|piece| !piece.is_empty()),
                "{name}: {place:?} is no place in {body:?}"
            );
        }
    }
}

#[test]
fn signals_agree_with_their_tables() {
    let mut wrong = Vec::new();
    let mut n_cases = 0;
    let folder = starter::repository("tests/fixtures/signals");
    let entries = fs::read_dir(&folder).expect("the folder can be listed");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("the entry can be read").path())
        .collect();
    paths.sort();
    for path in paths {
        let name = path
            .file_stem()
            .expect("a file has a name")
            .to_string_lossy()
            .into_owned();
        let Some((index, _)) = find(&name) else {
            wrong.push(format!("{name}: no such signal"));
            continue;
        };
        let text = fs::read(&path).expect("the file can be read");
        let cases: Vec<serde_json::Value> =
            serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        if cases.len() < LEAST_CASES {
            wrong.push(format!("{name}: only {} cases", cases.len()));
        }
        let mut values = BTreeSet::new();
        for case in &cases {
            n_cases += 1;
            let why = case["why"].as_str().expect("a case says why");
            let thread = parse_thread(case["thread"].to_string().as_bytes())
                .unwrap_or_else(|error| panic!("{name}, {why}: {error}"));
            let expected = case["value"].as_f64();
            assert!(
                expected.is_some() || case["value"].is_null(),
                "{name}, {why}: a value is a number or null"
            );
            let tolerance = case
                .get("tolerance")
                .and_then(serde_json::Value::as_f64)
                .unwrap_or(TOLERANCE);
            let found = with_last(&thread, |scene, values| {
                check_evidence(scene, &values);
                f64::from(values[index])
            });
            values.insert(found.to_bits());
            let fits = match expected {
                Some(expected) => (found - expected).abs() <= tolerance,
                None => found.is_nan(),
            };
            if !fits {
                let expected = expected.map_or("unknown".to_owned(), |value| value.to_string());
                wrong.push(format!("{name}, {why}: expected {expected}, found {found}"));
            }
        }
        if values.len() < 2 {
            wrong.push(format!("{name}: all cases have the same value"));
        }
    }
    assert!(n_cases > 0, "there are no cases");
    assert!(
        wrong.is_empty(),
        "{} of {n_cases} cases:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Trained signals that the starter threads do not show, with the reason. Their tables of cases do.
const CONSTANT: &[(&str, &str)] = &[
    (
        "homepage_file",
        "every homepage is a front page or a folder",
    ),
    (
        "homepage_platform",
        "every homepage is on a reserved domain",
    ),
    ("homepage_query", "no homepage has a query"),
    (
        "invented_vocabulary",
        "learned: none of the threads is marked as invented",
    ),
    ("link_hosts", "no comment links to two hosts"),
    ("name_address", "no name holds an address"),
    ("returning_name", "nobody comes back under the same name"),
    (
        "template_phrases",
        "learned: no two comments are near-duplicates, so no phrase stands on several blogs",
    ),
];

#[test]
fn keywords_are_written_small_and_names_are_not() {
    let small = ["cheap", "roof", "repair", "shoes", "крыши"];
    let capital = ["keller", "anna", "анна"];
    let casing = |hash: u64| {
        let is_in = |words: &[&str]| words.iter().any(|word| xxh3_64(word.as_bytes()) == hash);
        f32::from(i8::from(is_in(&small)) - i8::from(is_in(&capital))) * 50.0
    };
    let cases = [
        ("cheap shoes", Some(1.0)),
        ("Roof Repair", Some(1.0)),
        // Two letters mean nobody, and an unseen word may be either.
        ("ROOF of Tarnbeck", Some(0.75)),
        ("крыши", Some(1.0)),
        ("Anna Keller", Some(0.0)),
        ("anna", Some(0.0)),
        ("Анна", Some(0.0)),
        ("Keller Repair", Some(0.5)),
        ("Jo", None),
        ("", None),
    ];
    for (name, expected) in cases {
        let line = serde_json::json!({
            "site": "a", "post": {}, "comments": [{"id": "1", "author": name, "body": "Hello"}]
        });
        let thread = parse_thread(line.to_string().as_bytes()).expect("a thread");
        let analysis = CommentAnalysis::of(&thread.comments[0]);
        let value = name_casing(&analysis, casing);
        match expected {
            Some(expected) => assert!((value - expected).abs() < 1e-6, "{name}: {value}"),
            None => assert!(value.is_nan(), "{name}: {value}"),
        }
    }
}

#[test]
fn every_trained_signal_varies_over_the_starter_threads() {
    let classifier = starter::classifier();
    let policy = classifier.policy(None);
    let mut seen: Vec<BTreeSet<u32>> = vec![BTreeSet::new(); N_SIGNALS];
    for thread in starter::threads() {
        classifier.judge_thread(thread, &policy, |_, _, assessment| {
            for (seen, value) in seen.iter_mut().zip(assessment.values) {
                if !value.is_nan() {
                    seen.insert(value.to_bits());
                }
            }
        });
    }
    let constant: BTreeSet<&str> = CATALOGUE
        .iter()
        .zip(&seen)
        .filter(|(signal, seen)| signal.weight == Weight::Trained && seen.len() < 2)
        .map(|(signal, _)| signal.name)
        .collect();
    let expected: BTreeSet<&str> = CONSTANT.iter().map(|(name, _)| *name).collect();
    assert_eq!(constant, expected, "signals with one value or none");
    for (name, reason) in CONSTANT {
        let table = starter::repository(&format!("tests/fixtures/signals/{name}.json"));
        let is_learned = reason.starts_with("learned: ");
        assert!(
            is_learned || table.is_file(),
            "{name} has no table of cases either"
        );
    }
}

#[test]
fn evidence_of_the_starter_threads_stands_in_their_bodies() {
    let classifier = starter::classifier();
    let policy = classifier.policy(None);
    for thread in starter::threads() {
        classifier.judge_thread(thread, &policy, |_, scene, assessment| {
            check_evidence(scene, &assessment.values);
            let all = explain(classifier, scene, &assessment, &policy);
            assert!(all.iter().all(|one| !one.reason.is_empty()));
        });
    }
}

/// Signals whose weights are written down with counts beside them.
const COUNTED: [&str; 6] = [
    "hidden_characters",
    "link_flood",
    "link_markup",
    "mixed_scripts",
    "spaced_letters",
    "styled_letters",
];

#[test]
fn fixed_weights_are_modest_and_their_documentation_says_so() {
    for signal in CATALOGUE {
        let Weight::Fixed { edges, values } = signal.weight else {
            continue;
        };
        let name = signal.name;
        assert_eq!(values.len(), edges.len() + 1, "{name}");
        assert!(values.iter().all(|value| value.abs() <= 5.0), "{name}");
        // Some are seen in collected comments, if on few blogs; the others in none.
        let says = if COUNTED.contains(&name) {
            "In all collected"
        } else {
            "unmeasured"
        };
        assert!(signal.doc.contains(says), "{name}");
    }
}
