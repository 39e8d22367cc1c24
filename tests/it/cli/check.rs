//! `check`: one comment.

use std::collections::BTreeSet;
use std::path::Path;

use ontopic::signals::CATALOGUE;
use serde_json::{Value, json};

use super::{done, json_lines, keys, refused, stderr, stdout, with_model};
use crate::starter::{data_path, repository};

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
    let expected = ["reasons", "relevance", "score", "spam", "verdict"];
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
        let mut command = with_model(&["check", "--explain", "--body", "Mine is wet.", "--thread"]);
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
fn json_has_the_same_reasons_as_text_and_all_only_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let [thread, comment] = check_files(folder.path());
    let arguments = ["check", "--thread", &thread, "--comment", &comment];
    let output = |option: &str| stdout(&done(with_model(&arguments).arg(option)));
    let short: Value = serde_json::from_str(&output("--json")).unwrap();
    let text = output("--text");
    let reasons = short["reasons"].as_array().unwrap();
    assert!((1..=8).contains(&reasons.len()), "{short}");
    for reason in reasons {
        let line = format!("  {}", reason["signal"].as_str().unwrap());
        assert!(text.lines().any(|it| it.ends_with(&line)), "{line}: {text}");
    }
    let long: Value = serde_json::from_str(&output("--explain")).unwrap();
    assert!(long.get("reasons").is_none() && long["contributions"].as_array().unwrap().len() > 50);
}

#[test]
fn check_says_what_it_was_given_instead_of_one_thread_or_one_post() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let threads = data_path().to_string_lossy().into_owned();
    let export = std::fs::read(repository("examples/wordpress.xml")).unwrap();
    std::fs::write(path("w.html"), &export).unwrap();
    let of = |option: &str, file: &str| {
        let message = refused(&mut with_model(&[
            "check",
            "--body",
            "Which pair?",
            option,
            file,
        ]));
        assert_eq!(message.trim().lines().count(), 1, "{message}");
        message
    };
    for file in [&threads, "examples/wordpress.xml"] {
        let message = of("--thread", file);
        let expected = "expected one thread as JSON in";
        assert!(
            message.contains(expected) && message.contains("`ontopic score` judges many"),
            "{message}"
        );
    }
    for file in [&path("w.html"), &threads, "examples/wordpress.xml"] {
        let message = of("--post", file);
        assert!(message.contains("expected one post"), "{message}");
    }
    // A post may show how threads and exports look.
    let quoting =
        "This is a line:\n{\"site\": \"s\", \"comments\": []}\n<?xml version=\"1.0\"?><rss></rss>";
    std::fs::write(path("quoting.txt"), quoting).unwrap();
    std::fs::write(
        path("x.html"),
        format!("<?xml version=\"1.0\"?><html><p>{quoting}</p></html>"),
    )
    .unwrap();
    for file in ["quoting.txt", "x.html"] {
        done(&mut with_model(&[
            "check",
            "--body",
            "Which pair?",
            "--post",
            &path(file),
        ]));
    }
}

#[test]
fn check_warns_of_keys_that_say_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("comment.json");
    let comment = json!({"body": "Which pair?", "name": "Mara", "posted": "2026-01-01"});
    std::fs::write(&file, comment.to_string()).unwrap();
    let output = done(with_model(&["check", "--comment"]).arg(&file));
    let expected = format!(
        "warning: {}: unknown key `name` in 1 comment\n",
        file.display()
    );
    assert_eq!(stderr(&output), expected);
}

#[test]
fn check_says_at_what_share_of_spam_its_probability_is() {
    let text = |prior: &[&str]| {
        let mut command = with_model(&["check", "--text", "--body", "Which pair?"]);
        stdout(&done(command.args(prior)))
    };
    assert!(text(&[]).contains(" % (at 50 % spam), relevance"));
    assert!(text(&["--prior", "0.07"]).contains(" % (at 7 % spam), relevance"));
}

#[test]
fn words_with_joiners_are_shown_whole() {
    let said = "می\u{200c}خواهم این کفش\u{200c}ها را بخرم";
    let output = done(&mut with_model(&[
        "check",
        "--text",
        "--explain",
        "--body",
        said,
    ]));
    let text = stdout(&output);
    assert!(
        text.contains("کفش\u{200c}ها") && !text.contains('\u{fffd}'),
        "{text}"
    );
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
