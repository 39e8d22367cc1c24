//! The program as its users see it: output, messages, exit status and files.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Output, Stdio};

use assert_cmd::Command;
use flate2::Compression;
use flate2::write::GzEncoder;
use ontopic::explanation::{NOT_RELEVANT, UNFAMILIAR};
use ontopic::signals::CATALOGUE;
use serde_json::{Value, json};

use crate::starter::{self, data_path, model_path, repository};

fn ontopic(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ontopic"));
    command.args(arguments);
    command
}

/// A command that takes `--model`, with the starter model.
fn with_model(arguments: &[&str]) -> Command {
    let (name, rest) = arguments.split_first().expect("a command has a name");
    let mut command = ontopic(&[name, "--model"]);
    command.arg(model_path()).args(rest);
    command
}

fn data() -> Vec<u8> {
    std::fs::read(data_path()).expect("the starter data are there")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("output is UTF-8")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("messages are UTF-8")
}

/// The output of a command that must have done its work.
fn done(command: &mut Command) -> Output {
    let output = command.output().expect("the program starts");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    output
}

/// The messages of a command that must not have been able to run.
fn refused(command: &mut Command) -> String {
    let output = command.output().expect("the program starts");
    assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
    stderr(&output)
}

fn json_lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).expect("a line is JSON"))
        .collect()
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect()
}

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
    ] {
        let message = refused(with_model(&["score"]).write_stdin(input));
        assert!(
            message.contains("could not read `standard input`"),
            "{message}"
        );
        assert!(message.contains(expected), "{message}");
    }
}

/// Two good lines around three bad ones.
fn mixed() -> Vec<u8> {
    let good = r#"{"site":"s","post":{"id":1},"comments":[{"id":1,"body":"hello","label":"ham"}]}"#;
    let mut bytes = format!("{good}\n{{\"site\":\"s\"}}\n{{\n").into_bytes();
    bytes.extend(b"{\"site\":\"\xff\",\"comments\":[]}\n");
    bytes.extend(good.as_bytes());
    bytes
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

/// The messages of `ontopic train`, which must not have been able to run.
fn refused_training(data: &Path, out: &Path) -> String {
    let mut command = ontopic(&["train", "--data"]);
    refused(command.arg(data).arg("--out").arg(out))
}

#[test]
fn bad_lines_are_named_where_they_leave_too_little_to_learn_from() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("bad.jsonl");
    let lines = r#"{"site":"a","comments":[{"id":1,"body":"x","label":"SPAM"}]}
not json
"#;
    std::fs::write(&data, lines).unwrap();
    let message = refused_training(&data, &folder.path().join("my.safetensors"));
    for expected in [
        "line 1: expected a thread as JSON: unknown variant `SPAM`",
        "line 2: expected a thread as JSON",
        "2 bad lines passed over",
        "expected labelled comments of both kinds",
    ] {
        assert!(message.contains(expected), "{expected}: {message}");
    }
}

#[test]
fn a_model_that_could_not_be_written_is_told_before_the_work() {
    let folder = tempfile::tempdir().unwrap();
    // Whoever reads the data first complains of these.
    let data = folder.path().join("none.jsonl");
    // The card has room, and the file that becomes the model has none.
    let long = "m".repeat(250);
    for (out, expected) in [
        ("folder/", "expected a file to write to"),
        ("folder/.", "expected a file to write to"),
        (&long, "could not write"),
    ] {
        let message = refused_training(&data, &folder.path().join(out));
        assert!(message.contains(expected), "{out}: {message}");
    }
    let message = refused_training(&data, &folder.path().join("my.safetensors"));
    assert!(message.contains("none.jsonl"), "{message}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn notes_that_begin_like_a_card_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let notes = folder.path().join("notes.md");
    for text in ["# Model railways\n", "# Model ", "# Model 0123456789a\n"] {
        std::fs::write(&notes, text).unwrap();
        let out = folder.path().join("notes.safetensors");
        let message = refused_training(&data_path(), &out);
        assert!(
            message.contains("expected a model's card or nothing"),
            "{message}"
        );
        assert_eq!(std::fs::read_to_string(&notes).unwrap(), text);
    }
}

fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn train_writes_a_model_and_a_card_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("my.safetensors");
    let mut command = ontopic(&["train", "--data"]);
    let output = done(command.arg(data_path()).arg("--out").arg(&out));
    assert_eq!(stdout(&output), "");
    let messages = stderr(&output);
    let [wrote, learned] = messages.lines().collect::<Vec<_>>()[..] else {
        panic!("{messages}");
    };
    assert!(
        wrote.contains("my.safetensors") && wrote.contains("my.md"),
        "{wrote}"
    );
    assert!(learned.contains("152 ham on 5 blogs"), "{learned}");
    assert!(
        learned.contains("ROC AUC on blogs held out 0."),
        "{learned}"
    );
    assert_eq!(names_in(folder.path()), ["my.md", "my.safetensors"]);
    assert!(
        std::fs::read(&out).unwrap() == starter::model_bytes(),
        "the program trains another model than the library"
    );
    let card = std::fs::read_to_string(folder.path().join("my.md")).unwrap();
    for expected in [
        "# Model ",
        "ontopic train --data $DATA --out my.safetensors --seed 1",
        &starter::trained().data_digest,
        "## Thresholds",
        "Of 152 genuine comments even one is more than 0.1 %",
        "## On blogs held out",
    ] {
        assert!(card.contains(expected), "{expected}");
    }
}

#[test]
fn training_that_fails_leaves_the_old_model_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("my.safetensors");
    std::fs::copy(model_path(), &out).unwrap();
    let file = folder.path().join("threads.jsonl");
    std::fs::write(&file, mixed()).unwrap();
    let mut command = ontopic(&["train", "--data"]);
    let message = refused(command.arg(&file).arg("--out").arg(&out));
    assert!(
        message.contains("expected labelled comments of both kinds"),
        "{message}"
    );
    assert!(!message.contains("hint: "), "{message}");
    assert_eq!(std::fs::read(&out).unwrap(), starter::model_bytes());
    assert_eq!(names_in(folder.path()), ["my.safetensors", "threads.jsonl"]);
}

#[test]
fn train_says_what_helps_the_threads_of_one_blog() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("threads.jsonl");
    let threads = json_lines(std::str::from_utf8(&data()).unwrap());
    let of_one_blog = threads.into_iter().map(|mut thread| {
        thread["site"] = "mine.example".into();
        format!("{thread}\n")
    });
    std::fs::write(&file, of_one_blog.collect::<String>()).unwrap();
    let message = refused_training(&file, &folder.path().join("my.safetensors"));
    assert!(
        message.contains("\nhint: ") && message.contains("`datasets/genres.jsonl`"),
        "{message}"
    );
}

#[test]
fn train_warns_where_labels_contradict_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("threads.jsonl");
    let threads = json_lines(std::str::from_utf8(&data()).unwrap());
    let mut text = String::new();
    for mut thread in threads {
        text += &format!("{thread}\n");
        for comment in thread["comments"].as_array_mut().unwrap() {
            let is_spam = comment["label"] == "spam";
            comment["label"] = if is_spam { "ham" } else { "spam" }.into();
        }
        text += &format!("{thread}\n");
    }
    std::fs::write(&file, text).unwrap();
    let mut command = ontopic(&["train", "--data"]);
    command.arg(&file).arg("--out");
    let output = done(command.arg(folder.path().join("my.safetensors")));
    let messages = stderr(&output);
    assert!(messages.contains("warning: the same words"), "{messages}");
    assert!(messages.contains("hardly tells spam"), "{messages}");
}

#[test]
fn train_replaces_models_and_their_cards_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::copy(data_path(), path("mine.jsonl")).unwrap();
    std::fs::write(path("notes.md"), "Of last year.").unwrap();
    std::fs::create_dir(path("folder")).unwrap();
    let train = |out: &str| {
        let mut command = ontopic(&["train", "--data"]);
        command.arg(path("mine.jsonl")).arg("--out").arg(path(out));
        command
    };
    let before = std::fs::read(path("mine.jsonl")).unwrap();
    for (out, expected) in [
        ("mine.jsonl", "expected a model or nothing"),
        ("folder", "expected a model or nothing"),
        ("notes.safetensors", "expected a model's card or nothing"),
        ("model.MD", "does not end in `.md`"),
        ("none/model.safetensors", "expected a folder to write to"),
    ] {
        let message = refused(&mut train(out));
        assert!(message.contains(expected), "{out}: {message}");
    }
    assert_eq!(std::fs::read(path("mine.jsonl")).unwrap(), before);
    assert_eq!(
        std::fs::read_to_string(path("notes.md")).unwrap(),
        "Of last year."
    );
    for _ in 0..2 {
        done(&mut train("model.safetensors"));
    }
}

const REPORT_KEYS: [&str; 11] = [
    "answers_map",
    "at_thresholds",
    "auc",
    "blogs",
    "calibration_error",
    "caught",
    "n_ham",
    "n_spam",
    "n_threads",
    "relevance",
    "slices",
];

fn check_report(report: &Value) {
    let mut expected = BTreeSet::from(REPORT_KEYS);
    expected.insert("set");
    assert!(keys(report).is_superset(&expected), "{:?}", keys(report));
    assert_eq!(
        report["n_spam"].as_u64().unwrap() + report["n_ham"].as_u64().unwrap(),
        250
    );
    let auc = &report["auc"];
    let [low, value, high] = ["/band/0", "/value", "/band/1"]
        .map(|place| auc.pointer(place).and_then(Value::as_f64).unwrap());
    assert!(low <= value && value <= high);
    let blocked: Vec<f64> = report["caught"]
        .as_array()
        .unwrap()
        .iter()
        .map(|caught| caught["blocked"].as_f64().unwrap())
        .collect();
    assert_eq!(blocked, [0.001, 0.005, 0.01, 0.05]);
    assert_eq!(report["threads_with_spam"]["n"], 25);
    let by: BTreeSet<&str> = report["slices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|slice| slice["by"].as_str().unwrap())
        .collect();
    assert!(by.len() >= 4, "length, script, kind and URL: {by:?}");
}

#[test]
fn evaluate_gives_figures_as_json_and_as_tables() {
    let output = done(with_model(&["evaluate", "--json", "--data"]).arg(data_path()));
    let reports: Vec<Value> = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(reports.len(), 1);
    assert_eq!(reports[0]["set"], "starter");
    check_report(&reports[0]);
    let table = stdout(&done(with_model(&["evaluate", "--data"]).arg(data_path())));
    assert!(
        table.contains("## Spam") && table.contains("ROC AUC"),
        "{table}"
    );
    assert!(table.contains("| starter"), "{table}");
    let at = |field: &str| reports[0]["at_thresholds"][field].as_f64().unwrap();
    assert!(at("ham_taken") < at("ham_taken_at_most") && at("ham_taken_at_most") < 1.0);
    assert!(at("spam_taken") > at("spam_taken_at_least") && at("spam_taken_at_least") > 0.0);
    let taken = format!("({:.1} %) would be held", at("ham_taken") * 100.0);
    let (_, short) = table.split_once("## In short").unwrap();
    assert!(
        short.contains("Of 152 comments labelled genuine") && short.contains(&taken),
        "{table}"
    );
    assert!(table.contains("threads all right"), "{table}");
}

/// A thread with one comment, as a line.
fn labelled(site: &str, post: &str, body: &str, label: Option<&str>) -> String {
    let comment = json!({"id": "1", "author": "Anna", "body": body, "label": label});
    json!({"site": site, "post": {"id": post}, "comments": [comment]}).to_string()
}

#[test]
fn evaluate_says_nothing_of_a_label_that_no_comment_has() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("genuine.jsonl");
    let line = labelled("walks.example", "p", "Which size?", Some("ham"));
    std::fs::write(&file, line).unwrap();
    let output = done(with_model(&["evaluate", "--json", "--data"]).arg(&file));
    let report = &serde_json::from_str::<Value>(&stdout(&output)).unwrap()[0];
    for of in [
        &report["at_thresholds"],
        &report["blogs"][0],
        &report["slices"][0]["at_thresholds"],
    ] {
        assert!(
            of["ham_taken"].is_f64() && of["spam_taken"].is_null(),
            "{of}"
        );
    }
    let text = stdout(&done(with_model(&["evaluate", "--data"]).arg(&file)));
    let blog = text
        .lines()
        .find(|line| line.starts_with("| walks.example"));
    let cells: Vec<&str> = blog.unwrap().split('|').map(str::trim).collect();
    assert_eq!(cells[4..6], ["0", "-"], "{text}");
    assert!(text.contains("Of 1 comment labelled genuine"), "{text}");
    assert!(text.contains("No comment is labelled spam"), "{text}");
}

#[test]
fn evaluate_tells_readers_from_those_who_run_the_blog() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("genuine.jsonl");
    let line = |role: &str| {
        let comment = json!({"id": "1", "body": "Which size?", "label": "ham", "role": role});
        json!({"site": "s", "post": {"id": "p"}, "comments": [comment]}).to_string()
    };
    let short = |roles: &[&str]| {
        let lines: Vec<String> = roles.iter().map(|role| line(role)).collect();
        std::fs::write(&file, lines.join("\n")).unwrap();
        stdout(&done(with_model(&["evaluate", "--data"]).arg(&file)))
    };
    let text = short(&["staff", "staff", "visitor"]);
    assert!(!text.contains("without a label"), "{text}");
    let expected = "Of 1 comment labelled genuine, leaving out those by people who run the blog";
    assert!(text.contains("Of 3 comments labelled genuine"), "{text}");
    assert!(text.contains(expected), "{text}");
    for roles in [["visitor", "member"], ["staff", "staff"]] {
        assert!(!short(&roles).contains("who run the blog"));
    }
}

#[test]
fn evaluate_says_how_many_comments_nobody_has_decided_on() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("decisions.jsonl");
    let lines = [
        labelled("s", "p", "Which size?", Some("ham")),
        labelled("s", "q", "Mine are wet.", None),
    ];
    std::fs::write(&file, lines.join("\n")).unwrap();
    let text = stdout(&done(with_model(&["evaluate", "--data"]).arg(&file)));
    assert!(
        text.contains("1 comment without a label is not counted"),
        "{text}"
    );
    let output = done(with_model(&["evaluate", "--json", "--data"]).arg(&file));
    let report = &serde_json::from_str::<Value>(&stdout(&output)).unwrap()[0];
    assert_eq!(report["n_undecided"], 1);
}

#[test]
fn train_warns_where_thresholds_stand_on_next_to_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("few.jsonl");
    let lines: Vec<String> = json_lines(std::str::from_utf8(&data()).unwrap())
        .into_iter()
        .map(|mut thread| {
            let comments = thread["comments"].as_array_mut().unwrap();
            let mut n_ham = 0;
            comments.retain(|comment| {
                n_ham += usize::from(comment["label"] == "ham");
                comment["label"] == "spam" || n_ham <= 2
            });
            thread.to_string()
        })
        .collect();
    std::fs::write(&file, lines.join("\n")).unwrap();
    let out = folder.path().join("my.safetensors");
    let output = done(
        ontopic(&["train", "--data"])
            .arg(&file)
            .arg("--out")
            .arg(&out),
    );
    let messages = stderr(&output);
    assert!(messages.contains("too few to measure by"), "{messages}");
    let card = std::fs::read_to_string(out.with_extension("md")).unwrap();
    assert!(
        card.contains("the budget of `hold` cannot be measured"),
        "{card}"
    );
}

#[test]
fn evaluate_counts_what_lies_in_several_files_as_one_blog() {
    let folder = tempfile::tempdir().unwrap();
    let years: Vec<_> = ["2019", "2020"].map(|year| folder.path().join(year)).into();
    for year in &years {
        std::fs::create_dir(year).unwrap();
        let threads = data()
            .split(|&byte| byte == b'\n')
            .map(<[u8]>::to_vec)
            .collect::<Vec<_>>();
        let of_one_blog = threads.iter().filter(|line| !line.is_empty()).map(|line| {
            let mut thread: Value = serde_json::from_slice(line).unwrap();
            thread["site"] = "walks.example".into();
            thread.to_string()
        });
        let lines: Vec<String> = of_one_blog.collect();
        std::fs::write(year.join("blog.jsonl"), lines.join("\n")).unwrap();
    }
    let text = stdout(&done(with_model(&["evaluate", "--data"]).args(&years)));
    for set in ["2019/blog", "2020/blog", "all together"] {
        assert!(text.contains(&format!("| {set}")), "{set}: {text}");
    }
    let (_, blogs) = text.split_once("## Blogs").unwrap();
    let rows: Vec<&str> = blogs
        .lines()
        .filter(|line| line.contains("walks.example"))
        .collect();
    assert_eq!(rows.len(), 1, "{text}");
    assert!(rows[0].contains("304"), "{text}");
    assert!(
        text.contains("Of 1 blog with 200 genuine comments or more"),
        "{text}"
    );
}

#[test]
fn nothing_of_a_stranger_moves_the_terminal_or_breaks_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("threads.jsonl");
    let lines = [
        labelled("walks|\u{1b}[31m", "p\u{1b}[2J", "Which size?", Some("ham")),
        labelled("walks", "q", "Which size?", Some("\u{1b}[31m")),
    ];
    std::fs::write(&file, lines.join("\n")).unwrap();
    let output = done(with_model(&["evaluate", "--mistakes", "1", "--data"]).arg(&file));
    assert!(
        stdout(&output).contains("| walks\\|\u{fffd}[31m |"),
        "{}",
        stdout(&output)
    );
    assert!(
        stderr(&output).contains("unknown variant"),
        "{}",
        stderr(&output)
    );
    let strict = refused(with_model(&["score", "--strict"]).arg(&file));
    let passed_over = stderr(&done(with_model(&["score"]).arg(&file)));
    for text in [stdout(&output), stderr(&output), strict, passed_over] {
        assert!(!text.contains('\u{1b}'), "{text}");
    }
}

#[test]
fn cross_validation_judges_every_comment_by_a_model_without_its_blog() {
    let arguments = &["evaluate", "--cross-validate", "site", "--json", "--data"];
    let output = done(ontopic(arguments).arg(data_path()));
    let reports: Vec<Value> = serde_json::from_str(&stdout(&output)).unwrap();
    check_report(&reports[0]);
    let seen = done(with_model(&["evaluate", "--json", "--data"]).arg(data_path()));
    let seen: Vec<Value> = serde_json::from_str(&stdout(&seen)).unwrap();
    let auc = |reports: &[Value]| reports[0]["auc"]["value"].as_f64().unwrap();
    // What has been seen is judged better than what has not; otherwise something leaks.
    assert!(auc(&reports) < auc(&seen));
    assert!(auc(&reports) > 0.6);
}

#[test]
fn ablation_leaves_out_every_group_of_signals() {
    let arguments = [
        "evaluate",
        "--cross-validate",
        "site",
        "--folds",
        "2",
        "--ablate",
        "--data",
    ];
    let text = stdout(&done(ontopic(&arguments).arg(data_path())));
    let (_, table) = text.split_once("## Without a group of signals").unwrap();
    let mut n_worth_something = 0;
    for (title, _) in ontopic::training::groups() {
        let is_row = |line: &&str| line.split('|').any(|cell| cell.trim() == title);
        let row = table.lines().find(is_row).unwrap_or_default();
        assert!(row.contains(['+', '-']), "{title}: {table}");
        n_worth_something += usize::from(row.matches("+0.000").count() < 3);
    }
    assert!(n_worth_something > 2, "{table}");
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
fn signals_are_listed_and_documented() {
    let list = stdout(&done(&mut ontopic(&["signals"])));
    assert_eq!(list.lines().count(), CATALOGUE.len());
    for (line, signal) in list.lines().zip(CATALOGUE) {
        assert!(line.starts_with(signal.name), "{line}");
    }
    for signal in [CATALOGUE[0], CATALOGUE[40]] {
        let text = stdout(&done(ontopic(&["signals"]).arg(signal.name)));
        for heading in [
            "What it detects",
            "Why it matters",
            "Example",
            "When it is wrong",
            "References",
        ] {
            assert!(
                text.contains(&format!("\n## {heading}\n")),
                "{}: {heading}",
                signal.name
            );
        }
    }
    for name in [UNFAMILIAR, NOT_RELEVANT] {
        let text = stdout(&done(ontopic(&["signals"]).arg(name)));
        assert!(text.contains("A notice and no signal"), "{text}");
    }
    let message = refused(&mut ontopic(&["signals", "colour"]));
    assert!(
        message.contains("expected the name of a signal, found `colour`"),
        "{message}"
    );
    assert!(message.contains("hint: "), "{message}");
}

#[test]
fn a_comment_of_which_nothing_is_known_is_not_judged() {
    for arguments in [&["check"][..], &["check", "--body", " ", "--author", ""]] {
        let message = refused(with_model(arguments).write_stdin("\n"));
        assert!(message.contains("expected a comment to judge"), "{message}");
    }
    done(with_model(&["check", "--body", "", "--author", "Ann"]).write_stdin(""));
}

/// A thread and a comment as files.
fn check_files(folder: &Path) -> [String; 2] {
    let thread = json!({"site": "walks", "post": {"id": "p", "title": "Trail shoes",
        "body": "A trail shoe has to hold on wet rock and dry fast."},
        "comments": [{"id": "1", "author": "Mara", "by_post_author": true, "seconds_on_page": 40,
            "body": "Which pair held best on the rock?"}]});
    let comment = json!({"id": "2", "author": "cheap roof repair", "author_url": "http://roofs.example.com",
        "body": "Great post! Visit http://roofs.example.com", "label": "spam"});
    let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
    std::fs::write(path("thread.json"), thread.to_string()).unwrap();
    // Some editors begin a file with a byte order mark.
    std::fs::write(path("comment.json"), format!("\u{feff}{comment}")).unwrap();
    [path("thread.json"), path("comment.json")]
}

#[test]
fn check_judges_one_comment_as_score_does() {
    let folder = tempfile::tempdir().unwrap();
    let [thread, comment] = check_files(folder.path());
    let arguments = [
        "check",
        "--thread",
        &thread,
        "--comment",
        &comment,
        "--json",
    ];
    let judgement: Value =
        serde_json::from_slice(&done(&mut with_model(&arguments)).stdout).unwrap();
    let expected = ["contributions", "relevance", "score", "spam", "verdict"];
    assert_eq!(keys(&judgement), BTreeSet::from(expected));

    let mut line: Value = serde_json::from_slice(&std::fs::read(&thread).unwrap()).unwrap();
    let comment = std::fs::read_to_string(&comment).unwrap();
    let comment: Value = serde_json::from_str(comment.trim_start_matches('\u{feff}')).unwrap();
    line["comments"].as_array_mut().unwrap().push(comment);
    let scored = done(with_model(&["score"]).write_stdin(line.to_string()));
    let scored = json_lines(&stdout(&scored));
    assert_eq!(scored[1]["score"], judgement["score"]);
    assert_eq!(scored[1]["verdict"], judgement["verdict"]);
}

#[test]
fn what_the_flags_of_check_leave_out_is_unknown_whatever_others_gave() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("thread.json");
    let before = json!({"id": "1", "author": "Mara", "author_url": "http://mara.example", "body": "Which pair?"});
    let thread =
        json!({"site": "walks", "post": {"id": "p", "body": "Of shoes."}, "comments": [before]});
    std::fs::write(&file, thread.to_string()).unwrap();
    let homepage = |flags: &[&str]| {
        let mut command = with_model(&["check", "--json", "--body", "Mine is wet.", "--thread"]);
        let output = done(command.arg(&file).args(flags));
        let judgement: Value = serde_json::from_slice(&output.stdout).unwrap();
        let contributions = judgement["contributions"].as_array().unwrap();
        let signal = contributions
            .iter()
            .find(|one| one["signal"] == "homepage_given");
        signal.unwrap()["contribution"].as_f64().unwrap()
    };
    assert_eq!(homepage(&[]), 0.0);
    assert_ne!(homepage(&["--author-url", ""]), 0.0);
}

#[test]
fn check_takes_a_comment_without_words() {
    let mut command = with_model(&["check", "--json", "--comment", "-"]);
    done(command.write_stdin(r#"{"author": "Anna", "body": null}"#));
}

#[test]
fn check_prints_text_on_request_and_json_into_a_pipe() {
    let folder = tempfile::tempdir().unwrap();
    let [thread, comment] = check_files(folder.path());
    let mut arguments = vec!["check", "--thread", &thread, "--comment", &comment];
    let piped = done(&mut with_model(&arguments));
    assert!(serde_json::from_slice::<Value>(&piped.stdout).is_ok());
    arguments.push("--text");
    let short = stdout(&done(&mut with_model(&arguments)));
    let verdict = short.split_whitespace().next().unwrap();
    assert!(["publish", "hold", "spam"].contains(&verdict), "{short}");
    assert!(
        short.contains("relevance") && !short.contains('\u{1b}'),
        "{short}"
    );
    arguments.push("--explain");
    let long = stdout(&done(&mut with_model(&arguments)));
    for signal in CATALOGUE {
        assert!(
            long.contains(&format!("  {}", signal.name)),
            "{}",
            signal.name
        );
    }
}

#[test]
fn check_takes_flags_standard_input_text_html_and_json_posts() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let body = "A trail shoe has to hold on wet rock and dry fast.";
    std::fs::write(path("post.txt"), body).unwrap();
    std::fs::write(path("post.html"), format!("<p>{body}</p>")).unwrap();
    std::fs::write(path("post.json"), json!({"body": body}).to_string()).unwrap();
    let scores: Vec<Value> = ["post.txt", "post.html", "post.json"]
        .iter()
        .map(|post| {
            let post = path(post);
            let arguments = [
                "check", "--post", &post, "--title", "Shoes", "--author", "Anna",
            ];
            let mut command = with_model(&arguments);
            let output = done(command.write_stdin("Which size did you take for wet rock?"));
            serde_json::from_slice::<Value>(&output.stdout).unwrap()["score"].clone()
        })
        .collect();
    assert_eq!(scores[0], scores[1]);
    assert_eq!(scores[0], scores[2]);
    let alone = ["check", "--body", "Nobody knows what this is about."];
    assert!(serde_json::from_slice::<Value>(&done(&mut with_model(&alone)).stdout).is_ok());
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
fn all_commands_find_the_data_folder_by_its_variable() {
    let commands: [&[&str]; 4] = [
        &["backup", "copy.db"],
        &["export"],
        &["model", "activate", "my.safetensors"],
        &["model", "rollback"],
    ];
    for command in commands {
        let message = refused(ontopic(command).env("ONTOPIC_DATA_DIR", "elsewhere"));
        assert!(message.contains("in `elsewhere`"), "{message}");
        let mut flagged = ontopic(command);
        flagged.args(["--data-dir", "there"]);
        let message = refused(flagged.env("ONTOPIC_DATA_DIR", "elsewhere"));
        assert!(message.contains("in `there`"), "{message}");
    }
}

#[test]
fn a_database_of_an_older_version_is_copied_as_it_is_and_not_exported() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let old = rusqlite::Connection::open(path("ontopic.db")).unwrap();
    let marks =
        "PRAGMA journal_mode = wal; PRAGMA application_id = 0x4f545043; PRAGMA user_version = 1;";
    let tables = include_str!("../../src/storage/sqlite/schema.sql");
    let site = "INSERT INTO sites VALUES (1, 'slowmiles.example', '{}', 1)";
    for sql in [marks, tables, site] {
        old.execute_batch(sql).unwrap();
    }
    let in_folder = |arguments: &[&str]| {
        let mut command = ontopic(arguments);
        command.arg("--data-dir").arg(folder.path());
        command
    };
    done(in_folder(&["backup"]).arg(path("copy.db")));
    let message = refused(&mut in_folder(&["export"]));
    assert!(
        message.contains("older version") && message.contains("hint: "),
        "{message}"
    );
    let copy = rusqlite::Connection::open(path("copy.db")).unwrap();
    for database in [&old, &copy] {
        let version = database.pragma_query_value(None, "user_version", |row| row.get(0));
        assert_eq!(version, Ok(1));
        let name = database.query_row("SELECT name FROM sites", [], |row| row.get(0));
        assert_eq!(name, Ok("slowmiles.example".to_owned()));
    }
}

#[test]
fn errors_say_what_was_expected_and_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    std::fs::write(path("foreign"), "no model at all").unwrap();
    std::fs::write(path("empty"), "").unwrap();
    let good = starter::model_bytes();
    std::fs::write(path("torn"), &good[..good.len() - 1]).unwrap();
    std::fs::write(path("bad.json"), "{\"body\": 7}").unwrap();
    std::fs::write(path("other.json"), r#"{"site": "walks", "comments": []}"#).unwrap();
    let cases: &[(&[&str], &[&str])] = &[
        (
            &["score", "--model", &path("absent")],
            &["could not open", "absent"],
        ),
        (
            &["score", "--model", &path("foreign")],
            &[
                "could not load",
                "foreign",
                "expected a whole safetensors file",
            ],
        ),
        (
            &["score", "--model", &path("empty")],
            &["empty", "expected a whole safetensors file"],
        ),
        (
            &["score", "--model", &path("torn")],
            &["torn", "expected a whole safetensors file"],
        ),
        (
            &["model", "show", &path("foreign")],
            &["foreign", "not a model file"],
        ),
        (
            &["score", "--prior", "1"],
            &["expected a number between 0 and 1"],
        ),
        (
            &["score", "--prior", "NaN"],
            &["expected a number between 0 and 1"],
        ),
        (
            &["evaluate", "--data", &path("absent.jsonl")],
            &["could not read", "absent.jsonl"],
        ),
        (
            &["train", "--data", &path(""), "--out", &path("out")],
            &["expected thread files", "found none"],
        ),
        (
            &[
                "train",
                "--data",
                &path("empty"),
                "--without",
                "colour",
                "--out",
                &path("out"),
            ],
            &["colour", "--without", "expected the name of a signal"],
        ),
        (
            &["check", "--body", "x", "--post", &path("absent.txt")],
            &["could not read", "absent.txt"],
        ),
        (
            &["check", "--comment", &path("bad.json")],
            &[
                "could not read the comment",
                "bad.json",
                "expected a string",
                "line 1 column 10",
            ],
        ),
        (
            &["check", "--comment", &path("other.json")],
            &["could not read the comment", "missing field `body`"],
        ),
        (
            &["check", "--comment", "-"],
            &["could not read the comment in `standard input`"],
        ),
        (
            &["check", "--thread", "-", "--comment", "-"],
            &["expected one thing to read from standard input, found 2"],
        ),
        (
            &["check", "--post", "-"],
            &["expected one thing to read from standard input, found 2"],
        ),
        (
            &["evaluate", "--data", &path("empty"), &path("other.json")],
            &["expected labelled comments in", "empty`, `", "found none"],
        ),
        (
            &["check", "--body", "x", "--post", &path("other.json")],
            &["could not read the post", "`title` and `body`"],
        ),
        (
            &["check", "--body", "x", "--blog", &path("empty")],
            &["expected --thread beside --blog"],
        ),
        (
            &["evaluate", "--json", "--mistakes", "3", "--data", "x"],
            &["cannot be used with"],
        ),
    ];
    for (arguments, expected) in cases {
        let mut command = if arguments[0] == "check" {
            with_model(arguments)
        } else {
            ontopic(arguments)
        };
        let message = refused(command.write_stdin(""));
        assert!(message.starts_with("error: "), "{message}");
        for part in *expected {
            assert!(
                message.contains(part),
                "{arguments:?}: `{part}` is not in: {message}"
            );
        }
    }
}

#[test]
fn a_reader_who_goes_away_is_no_error() {
    let leave_after = |bytes: usize, args: &[&str]| {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_ontopic"))
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut read = vec![0; bytes];
        child.stdout.take().unwrap().read_exact(&mut read).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        assert_eq!(stderr(&output), "", "{args:?}");
    };
    let (model, data) = (model_path(), data_path());
    let (model, data) = (model.to_str().unwrap(), data.to_str().unwrap());
    leave_after(16, &["score", "--explain", "--model", model, data]);
    leave_after(0, &["evaluate", "--json", "--model", model, "--data", data]);
    let (thread, comment) = ("examples/thread.json", "examples/spam.json");
    leave_after(
        0,
        &[
            "check",
            "--json",
            "--model",
            model,
            "--thread",
            thread,
            "--comment",
            comment,
        ],
    );
}

#[test]
fn a_block_list_becomes_a_thread_file() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list.txt");
    std::fs::write(&list, "cheap roofs\nroofs.example/sale\nabc\n\n").unwrap();
    let output = std::process::Command::new("python3")
        .arg(repository("datasets/blocklist.py"))
        .arg(&list)
        .output()
        .expect("python3 is on the machine");
    assert!(output.status.success(), "{}", stderr(&output));
    let threads = folder.path().join("list.jsonl");
    std::fs::write(&threads, &output.stdout).unwrap();
    let scored = stdout(&done(with_model(&["score"]).arg(&threads)));
    // A term of three letters is left out.
    assert_eq!(scored.lines().count(), 2, "{scored}");
    let text = String::from_utf8(output.stdout).unwrap();
    for expected in [
        "cheap-roofs.com",
        "http://roofs.example/sale",
        "\"roofs example sale\"",
    ] {
        assert!(text.contains(expected), "{expected} is not in {text}");
    }
}

// With the model that ships.

#[test]
fn the_default_model_can_be_shown() {
    let text = stdout(&done(&mut ontopic(&["model", "show"])));
    let pair = "relevance+length";
    for expected in [
        "model ",
        "prior ",
        "hold from",
        "spam from",
        "coherence",
        pair,
    ] {
        assert!(text.contains(expected), "{expected} is not in: {text}");
    }
    for command in [&["model", "show", "--curve", pair][..], &["signals", pair]] {
        let text = stdout(&done(&mut ontopic(command)));
        assert!(
            text.contains("relevance") && text.contains("length"),
            "{text}"
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

#[test]
fn the_default_model_judges_the_starter_threads() {
    let output = done(ontopic(&["evaluate", "--json", "--data"]).arg(data_path()));
    let reports: Vec<Value> = serde_json::from_str(&stdout(&output)).unwrap();
    check_report(&reports[0]);
    // Far below what it does: a floor under which something is broken.
    assert!(reports[0]["auc"]["value"].as_f64().unwrap() > 0.7);
}
