//! `score`: many comments in, a line for each out.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::{
    data, done, json_lines, keys, labelled, mixed, ontopic, refused, stderr, stdout, with_model,
};
use crate::starter::{self, data_path, model_path, repository};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory takes bytes");
    encoder.finish().expect("memory takes bytes")
}

#[test]
fn score_writes_one_line_per_comment_in_order() {
    let output = done(with_model(&["score"]).write_stdin(data()));
    let lines = json_lines(&stdout(&output));
    let ids: Vec<[&str; 3]> = starter::threads()
        .iter()
        .flat_map(|thread| {
            let of = |id| [thread.site.as_str(), thread.post.id.as_str(), id];
            thread
                .comments
                .iter()
                .map(move |comment| of(comment.id.as_str()))
        })
        .collect();
    let found: Vec<[&str; 3]> = lines
        .iter()
        .map(|line| ["site", "post", "id"].map(|key| line[key].as_str().expect("a string")))
        .collect();
    assert_eq!(found, ids);
    for line in &lines {
        let expected = [
            "id",
            "post",
            "relevance",
            "score",
            "site",
            "spam",
            "verdict",
        ];
        assert_eq!(keys(line), BTreeSet::from(expected));
        let (spam, score) = (
            line["spam"].as_f64().unwrap(),
            line["score"].as_f64().unwrap(),
        );
        assert!((spam - 1.0 / (1.0 + (-score).exp())).abs() < 1e-12);
        assert!((0.0..=1.0).contains(&line["relevance"].as_f64().unwrap()));
        let verdict = line["verdict"].as_str().unwrap();
        assert!(["publish", "hold", "spam"].contains(&verdict));
    }
    assert_eq!(stderr(&output), "");
}

#[test]
fn explanations_sum_to_the_score_in_the_output_too() {
    let output = done(with_model(&["score", "--explain"]).write_stdin(data()));
    let mut n_tokens = 0;
    for line in json_lines(&stdout(&output)) {
        let contributions = line["contributions"].as_array().unwrap();
        let number = |value: &Value| value["contribution"].as_f64().unwrap();
        let sum: f64 = contributions.iter().map(number).sum();
        assert!((sum - line["score"].as_f64().unwrap()).abs() <= 1e-9);
        assert_eq!(contributions[0]["signal"], "bias");
        let documented = BTreeSet::from(["contribution", "places", "reason", "signal", "tokens"]);
        for one in contributions {
            assert!(keys(one).is_subset(&documented), "{one}");
            if let Some(tokens) = one.get("tokens") {
                n_tokens += 1;
                let tokens = tokens.as_array().unwrap();
                assert!((tokens.iter().map(number).sum::<f64>() - number(one)).abs() <= 1e-9);
                assert_eq!(tokens.last().unwrap()["text"], "(rest)");
            }
        }
    }
    assert!(n_tokens > 0);
}

#[test]
fn any_number_of_threads_gives_the_same_output() {
    let output = |n: &str, explain: &str| {
        let mut command = with_model(&["score", "--threads", n]);
        if !explain.is_empty() {
            command.arg(explain);
        }
        done(command.write_stdin(data().repeat(3))).stdout
    };
    for explain in ["", "--explain"] {
        assert!(output("1", explain) == output("4", explain), "{explain}");
    }
}

#[test]
fn gzip_and_files_are_read_like_plain_input() {
    let plain = done(with_model(&["score"]).write_stdin(data())).stdout;
    assert!(done(with_model(&["score"]).write_stdin(gzip(&data()))).stdout == plain);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("threads.jsonl.gz");
    std::fs::write(&file, gzip(&data())).unwrap();
    assert!(done(with_model(&["score"]).arg(&file)).stdout == plain);
    assert!(done(with_model(&["score"]).arg(data_path())).stdout == plain);
    let torn = gzip(&data());
    let message = refused(with_model(&["score"]).write_stdin(&torn[..torn.len() / 2]));
    assert!(
        message.contains("could not read `standard input`"),
        "{message}"
    );
}

#[test]
fn an_export_of_wordpress_is_read_like_a_thread_file() {
    let file = repository("examples/wordpress.xml");
    let output = done(with_model(&["score"]).arg(&file));
    let judged = json_lines(&stdout(&output));
    let ids: Vec<&str> = judged.iter().filter_map(|one| one["id"].as_str()).collect();
    assert_eq!(ids, ["11", "12", "13", "14"]);
    assert!(
        judged
            .iter()
            .all(|one| one["site"] == "kitchen.example/blog" && one["post"] == "7")
    );
    let packed = gzip(&std::fs::read(&file).unwrap());
    assert!(done(with_model(&["score"]).write_stdin(packed)).stdout == output.stdout);

    let output = done(with_model(&["evaluate", "--json", "--data"]).arg(&file));
    let report = &serde_json::from_str::<Value>(&stdout(&output)).unwrap()[0];
    assert_eq!(
        (&report["n_ham"], &report["n_spam"]),
        (&json!(2), &json!(1))
    );

    let torn = std::fs::read(&file).unwrap();
    for (input, expected) in [
        (&torn[..torn.len() - 7], "expected `</rss>`"),
        (b"<html></html>", "expected a WordPress export"),
        (
            b"<?xml version=\"1.0\"?><rss><channel><title>x</title></channel></rss>",
            "found XML without `<wp:wxr_version>`",
        ),
    ] {
        let message = refused(with_model(&["score"]).write_stdin(input));
        assert!(
            message.contains("could not read `standard input`"),
            "{message}"
        );
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn a_bad_byte_in_an_export_costs_a_character_and_is_told_once() {
    let export = std::fs::read(repository("examples/wordpress.xml")).unwrap();
    let at = memchr::memmem::find(&export, b"How wet").unwrap();
    let mut torn = export.clone();
    torn[at + 3] = 0xe9;
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [("blog.xml", torn.clone()), ("blog.xml.gz", gzip(&torn))] {
        let file = folder.path().join(name);
        std::fs::write(&file, bytes).unwrap();
        let expected = format!(
            "warning: {}: 1 piece of it could not be decoded and became \u{fffd}, the first at byte {}\n",
            file.display(),
            at + 3
        );
        for arguments in [&["score"][..], &["evaluate", "--data"]] {
            let output = done(with_model(arguments).arg(&file));
            assert_eq!(stderr(&output), expected, "{arguments:?}");
        }
        let output = done(with_model(&["score"]).arg(&file));
        assert_eq!(stdout(&output).lines().count(), 4);
    }
}

#[test]
fn threads_that_are_written_in_another_way_are_refused_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("comments.csv");
    std::fs::write(&csv, "id,author,body\n1,Ann,Hello\n2,Ben,Hi\n").unwrap();
    let pretty = repository("examples/thread.json");
    for (file, expected) in [
        (&csv, "found CSV"),
        (&pretty, "`jq -c . FILE` puts it there"),
    ] {
        for arguments in [&["score"][..], &["evaluate", "--data"]] {
            let message = refused(with_model(arguments).arg(file));
            assert!(message.contains(expected), "{message}");
            assert_eq!(message.trim().lines().count(), 1, "{message}");
        }
    }
}

#[test]
fn an_input_without_a_thread_is_an_error_and_an_empty_one_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bad.jsonl");
    std::fs::write(&file, "{}\n{}\n").unwrap();
    let message = refused(with_model(&["score"]).arg(&file));
    assert!(message.contains("expected threads in"), "{message}");
    assert!(message.contains("line 2: "), "{message}");
    let out = folder.path().join("m.safetensors");
    let mut train = ontopic(&["train", "--out"]);
    train.arg(&out).arg("--data").arg(data_path()).arg(&file);
    let mut evaluate = with_model(&["evaluate", "--data"]);
    for command in [&mut train, evaluate.arg(data_path()).arg(&file)] {
        let message = refused(command);
        let expected = format!(
            "expected threads in `{}`, found none in 2 lines",
            file.display()
        );
        assert!(message.contains(&expected), "{message}");
        assert!(message.contains("line 1: expected"), "{message}");
    }
    for empty in ["", "\n \n"] {
        let output = done(with_model(&["score"]).write_stdin(empty));
        assert_eq!((stdout(&output), stderr(&output)), Default::default());
        std::fs::write(&file, empty).unwrap();
        let message = refused(with_model(&["score"]).arg(&file));
        assert!(message.contains("expected threads in"), "{message}");
        let output = done(
            with_model(&["evaluate", "--data"])
                .arg(data_path())
                .arg(&file),
        );
        let expected = format!("warning: {}: read 0 threads\n", file.display());
        assert!(stderr(&output).contains(&expected), "{}", stderr(&output));
    }
}

const REASONS: [&str; 3] = [
    "line 2: expected a thread as JSON: missing field `comments` at column 12",
    "line 3: expected a thread as JSON: EOF while parsing",
    "line 4: expected UTF-8 text, found byte 0xff at byte 9",
];

#[test]
fn bad_lines_are_reported_counted_and_passed_over() {
    let output = done(with_model(&["score"]).write_stdin(mixed()));
    assert_eq!(stdout(&output).lines().count(), 2);
    let messages = stderr(&output);
    for reason in REASONS {
        assert!(
            messages.contains(&format!("standard input, {reason}")),
            "{messages}"
        );
    }
    assert!(messages.contains("3 bad lines passed over"), "{messages}");

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mixed.jsonl");
    std::fs::write(&file, mixed()).unwrap();
    for arguments in [&["score"][..], &["evaluate", "--data"]] {
        let messages = stderr(&done(with_model(arguments).arg(&file)));
        for reason in REASONS {
            let expected = format!("{}, {reason}", file.display());
            assert!(messages.contains(&expected), "{arguments:?}: {messages}");
        }
    }
}

#[test]
fn every_bad_line_is_reported_the_first_of_a_file_with_their_reasons() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bad.jsonl");
    let good = r#"{"site":"s","comments":[{"body":"x","label":"ham"}]}"#;
    let text = format!("{}{good}\n{{\n{good}\n{{\n", "{\n".repeat(25));
    std::fs::write(&file, text).unwrap();
    let name = file.display();
    for arguments in [&["score"][..], &["evaluate", "--data"]] {
        let output = with_model(arguments).arg(&file).output().unwrap();
        let messages = stderr(&output);
        for line in 1..=20 {
            let expected = format!("{name}, line {line}: expected");
            assert!(messages.contains(&expected), "{arguments:?}: {messages}");
        }
        let expected = format!("{name}: 7 bad lines more: 21 to 25, 27, 29\n");
        assert!(messages.contains(&expected), "{arguments:?}: {messages}");
        assert!(messages.contains("27 bad lines passed over"), "{messages}");
        assert_eq!(messages.lines().count(), 22, "{messages}");
    }
}

#[test]
fn a_file_that_is_no_text_is_refused_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wordpress.zip");
    std::fs::write(&file, b"PK\x03\x04\x14\0\n{\n").unwrap();
    for arguments in [&["score"][..], &["evaluate", "--data"]] {
        let message = refused(with_model(arguments).arg(&file));
        assert!(
            message.contains("found a ZIP archive: unpack it"),
            "{message}"
        );
        assert_eq!(message.trim().lines().count(), 1, "{message}");
    }
}

#[test]
fn unknown_keys_are_told_once_a_file_and_fatal_if_strict() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("threads.jsonl");
    let line = |comment: Value, more: Value| {
        let mut post = json!({"id": "1", "published": "2026-01-01"});
        post.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        json!({"site": "s", "post": post, "comments": [comment, {"body": "x", "label": "ham"}]})
    };
    let wrong = json!({"text": "Which size?", "posted": 7, "label": "ham"});
    let lines = [
        line(json!({"body": "Which size?", "label": "spam"}), json!({})),
        line(wrong.clone(), json!({"titel": "Shoes"})),
        line(wrong, json!({})),
    ];
    let text = lines.map(|line| line.to_string()).join("\n");
    std::fs::write(&file, &text).unwrap();
    let name = file.display();
    for arguments in [&["score"][..], &["evaluate", "--data"]] {
        let messages = stderr(&done(with_model(arguments).arg(&file)));
        let expected = format!(
            "warning: {name}: unknown key `titel` in 1 post, first on line 2\n\
             warning: {name}: unknown key `text` in 2 comments, first on line 2\n"
        );
        assert_eq!(messages, expected, "{arguments:?}");
        let message = refused(with_model(arguments).arg(&file).arg("--strict"));
        assert!(message.contains("unknown key `titel`"), "{message}");
    }
    std::fs::write(&file, text.lines().next().unwrap()).unwrap();
    let output = done(with_model(&["evaluate", "--strict", "--data"]).arg(&file));
    assert_eq!(stderr(&output), "");
}

#[test]
fn what_has_come_is_answered_while_more_is_awaited() {
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_ontopic"))
        .args(["score", "--model", model_path().to_str().unwrap()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    for post in ["1", "2"] {
        writeln!(input, "{}", labelled("s", post, "Which size?", None)).unwrap();
        let answer: Value = serde_json::from_str(&answers.next().unwrap().unwrap()).unwrap();
        assert_eq!(answer["post"], post);
    }
    drop(input);
    assert!(answers.next().is_none() && child.wait().unwrap().success());
}

#[test]
fn score_is_read_by_people_with_text_and_shows_the_verdicts_asked_for() {
    let comment =
        |author: Value, body: &str| json!({"author": author, "author_url": null, "body": body});
    let spam: Value =
        serde_json::from_slice(&std::fs::read(repository("examples/spam.json")).unwrap()).unwrap();
    let said = spam["body"].as_str().unwrap();
    let comments = [
        comment(json!("Mara"), "Which size?\nMine is \u{1b}[2J wet."),
        comment(json!(null), "Thanks!"),
        comment(
            json!("Roof Repair\u{202e} Tarnbeck County and all around"),
            said,
        ),
    ];
    let line = json!({"site": "s", "post": {"id": "p"}, "comments": comments}).to_string();
    let text = |more: &[&str]| {
        let mut command = ontopic(&["score", "--text"]);
        stdout(&done(command.args(more).write_stdin(line.as_str())))
    };
    let all = text(&[]);
    let lines: Vec<&str> = all.lines().collect();
    let [mara, nobody, roof] = lines[..] else {
        panic!("{all}")
    };
    assert!(
        mara.starts_with("publish  spam ") && mara.contains(" %  Mara   "),
        "{mara}"
    );
    assert!(
        mara.contains("  Which size? Mine is \u{fffd}[2J wet.  ("),
        "{mara}"
    );
    assert!(
        nobody.contains(" %  -   ") && nobody.contains("  Thanks!  ("),
        "{nobody}"
    );
    assert!(
        roof.contains("  Roof Repair\u{fffd} Tarnbeck Co…  "),
        "{roof}"
    );
    assert!(roof.contains("…  (the name `Roof Repair"), "{roof}");
    assert_eq!(text(&["--verdict", "hold,spam"]), format!("{roof}\n"));
    let mut command = ontopic(&["score", "--verdict", "publish"]);
    let published = stdout(&done(command.write_stdin(line.as_str())));
    assert_eq!(json_lines(&published).len(), 2);
    let message = refused(&mut ontopic(&["score", "--verdict", "ham"]));
    assert!(
        message.contains("expected `publish`, `hold` or `spam`"),
        "{message}"
    );
}

#[test]
fn strict_makes_a_bad_line_fatal() {
    let message = refused(with_model(&["score", "--strict"]).write_stdin(mixed()));
    assert!(message.contains(REASONS[0]), "{message}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mixed.jsonl");
    std::fs::write(&file, mixed()).unwrap();
    let message = refused(with_model(&["evaluate", "--strict", "--data"]).arg(&file));
    assert!(message.contains(REASONS[0]), "{message}");
    let out = folder.path().join("m.safetensors");
    let mut command = ontopic(&["evaluate", "--strict", "--cross-validate", "site", "--data"]);
    let message = refused(command.arg(data_path()).arg("--also-learn").arg(&file));
    assert!(message.contains(REASONS[0]), "{message}");
    let mut command = ontopic(&["train", "--strict", "--data"]);
    let message = refused(command.arg(&file).arg("--out").arg(&out));
    assert!(message.contains(REASONS[0]), "{message}");
    assert!(!out.exists());
}

#[test]
fn what_all_posts_of_a_blog_have_in_common_counts_less() {
    let post = |id: usize| {
        serde_json::json!({"id": id, "title": "Bread", "body": format!(
            "Notes on sourdough, flour and the oven, number {id}: {}.",
            ["rye", "spelt", "steam", "scoring", "proofing", "salt"][id % 6]
        )})
    };
    let blog: Vec<String> = (0..12)
        .map(|id| serde_json::json!({"site": "crumb.example", "post": post(id), "comments": []}))
        .map(|thread| thread.to_string())
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("blog.jsonl");
    std::fs::write(&path, blog.join("\n")).unwrap();
    let relevance = |site: &str, body: &str, beside: bool| {
        let comment = serde_json::json!({"id": "1", "author": "Ada", "body": body});
        let thread = serde_json::json!({"site": site, "post": post(0), "comments": [comment]});
        let input = folder.path().join("thread.jsonl");
        std::fs::write(&input, thread.to_string()).unwrap();
        let mut command = with_model(&["score"]);
        if beside {
            command.arg("--blog").arg(&path);
        }
        let line: Value = serde_json::from_str(&stdout(&done(command.arg(&input)))).unwrap();
        line["relevance"].as_f64().unwrap()
    };
    let common = "My sourdough likes a hot oven and strong flour";
    let loses =
        |body| relevance("crumb.example", body, false) - relevance("crumb.example", body, true);
    assert!(loses(common) > 0.0, "{}", loses(common));
    assert_eq!(
        relevance("other.example", common, true),
        relevance("other.example", common, false),
        "of another blog nothing is known"
    );
}

#[test]
fn threads_that_are_judged_without_their_blog_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let thread = |post: &str| labelled("crumb.example", post, "Which flour?", None);
    std::fs::write(path("named.jsonl"), [thread("p"), thread("q")].join("\n")).unwrap();
    std::fs::write(path("nameless.jsonl"), [thread(""), thread("")].join("\n")).unwrap();
    let messages = |name: &str| {
        let mut command = with_model(&["score", "--blog"]);
        stderr(&done(command.arg(path(name)).arg(path(name))))
    };
    assert_eq!(messages("named.jsonl"), "");
    let expected = "found none for 2 threads";
    assert!(messages("nameless.jsonl").contains(expected));
}

#[test]
fn a_comment_of_which_nothing_is_known_is_not_judged() {
    for arguments in [&["check"][..], &["check", "--body", " ", "--author", ""]] {
        let message = refused(with_model(arguments).write_stdin("\n"));
        assert!(message.contains("expected a comment to judge"), "{message}");
    }
    done(with_model(&["check", "--body", "", "--author", "Ann"]).write_stdin(""));
}

#[test]
fn the_prior_moves_scores_and_no_verdict() {
    let plain = json_lines(&stdout(&done(with_model(&["score"]).write_stdin(data()))));
    let mut command = with_model(&["score", "--prior", "0.05"]);
    let moved = json_lines(&stdout(&done(command.write_stdin(data()))));
    let shift = (0.05f64 / 0.95).ln();
    for (a, b) in plain.iter().zip(&moved) {
        let score = |line: &Value| line["score"].as_f64().unwrap();
        assert!((score(b) - score(a) - shift).abs() < 1e-9);
        assert_eq!(
            (&a["verdict"], &a["relevance"]),
            (&b["verdict"], &b["relevance"])
        );
    }
}

#[test]
fn the_default_model_tells_the_examples_apart() {
    let check = |comment: &str| -> Value {
        let mut command = ontopic(&["check", "--json", "--thread"]);
        command.arg(starter::repository("examples/thread.json"));
        command.arg("--comment").arg(starter::repository(comment));
        serde_json::from_slice(&done(&mut command).stdout).unwrap()
    };
    let (spam, poet) = (check("examples/spam.json"), check("examples/poet.json"));
    assert_ne!(spam["verdict"], "publish");
    assert_eq!(poet["verdict"], "publish");
    assert!(spam["score"].as_f64().unwrap() > poet["score"].as_f64().unwrap());
}
