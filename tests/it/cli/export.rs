//! `ontopic export`.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::sync::mpsc;
use std::time::Duration;

use serde_json::{Value, json};

use super::{done, ontopic, stdout};
use crate::service::TestService;

#[tokio::test]
async fn an_export_scores_as_it_was_served() {
    let service = TestService::start().await;
    let posts = json!({"posts": [
        {"id": "bread", "title": "Rye bread at home", "body": "A sourdough of rye and water.",
            "author": "Marta", "tags": []},
        {"id": "quiet", "title": "Nobody has answered yet"},
    ]});
    service.ask("POST /v1/posts", posts).await.with(200);
    let url = "https://roofs.example/";
    let served = [
        (
            "bread",
            json!({"id": "1", "author": "Ida", "author_url": url, "body": "Which flour?"}),
        ),
        (
            "bread",
            json!({"id": "2", "author": "Ben", "body": "How long does it rise at home?"}),
        ),
        (
            "bread",
            json!({"id": "3", "author": "Marta", "author_url": "", "by_post_author": true,
            "parent": "2", "role": "staff", "body": "Twelve hours, and rye likes it warm."}),
        ),
        (
            "bread",
            json!({"id": "4", "author": "Cheap Roofs", "author_url": url, "honeypot": true,
            "seconds_on_page": 0.7, "role": "visitor", "body": "Great post, thanks for sharing!"}),
        ),
        (
            "bread",
            json!({"id": "5", "author": null, "by_post_author": null, "honeypot": false,
            "html": "<p>Mine was <b>flat</b>.</p>", "body": "Mine was flat."}),
        ),
        (
            "bread",
            json!({"id": "6", "seconds_on_page": 312.25, "body": "Mine was flat, too."}),
        ),
        (
            "",
            json!({"id": "7", "author": "Ida", "author_url": url, "body": "A guest book?"}),
        ),
        (
            "",
            json!({"id": "8", "author": "Ben", "body": "Hello to all of you."}),
        ),
    ];
    let mut scores = BTreeMap::new();
    for (post, comment) in served {
        let id = comment["id"].as_str().unwrap().to_owned();
        scores.insert(
            id,
            service.check(post, comment).await["score"]
                .as_f64()
                .unwrap(),
        );
    }
    let folder = service.folder.path().to_str().unwrap();
    let export = stdout(&done(&mut ontopic(&["export", "--data-dir", folder])));
    let threads: Vec<Value> = export
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let quiet = threads
        .iter()
        .find(|thread| thread["post"]["id"] == "quiet");
    assert_eq!(quiet.unwrap()["comments"], json!([]));
    let renamed = ["export", "--data-dir", folder, "--as", "rye.example"];
    let renamed = stdout(&done(&mut ontopic(&renamed)));
    assert_ne!(threads[0]["site"], "rye.example");
    let site = format!("\"site\":{}", threads[0]["site"]);
    assert_eq!(renamed, export.replace(&site, "\"site\":\"rye.example\""));
    let scored = stdout(&done(ontopic(&["score"]).write_stdin(export)));
    let mut n_scored = 0;
    for line in scored.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let (id, score) = (
            line["id"].as_str().unwrap(),
            line["score"].as_f64().unwrap(),
        );
        assert!(
            (score - scores[id]).abs() < 1e-9,
            "{id}: {score}, served {}",
            scores[id]
        );
        n_scored += 1;
    }
    assert_eq!(n_scored, scores.len());
}

#[tokio::test]
async fn an_export_ends_when_its_reader_has_gone() {
    let service = TestService::start().await;
    // More than a pipe and what waits to be written hold together. Each comes without a post, so
    // each is a line.
    for number in 0..400 {
        let body = format!("{number} {}", "rye ".repeat(500));
        service.check("", json!({"body": body})).await;
    }
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_ontopic"))
        .args(["export", "--data-dir"])
        .arg(service.folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    reader.read_line(&mut line).unwrap();
    assert!(line.ends_with('\n'));
    drop(reader);
    let (sender, ended) = mpsc::channel();
    std::thread::spawn(move || sender.send(child.wait_with_output()));
    let output = ended.recv_timeout(Duration::from_secs(60));
    let output = output.expect("it ends").unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
