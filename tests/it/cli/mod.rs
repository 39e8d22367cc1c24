//! The program as its users see it: output, messages, exit status and files.

mod check;
mod commands;
mod evaluate;
mod export;
mod score;
mod train;

use std::collections::BTreeSet;
use std::process::Output;

use assert_cmd::Command;
use serde_json::{Value, json};

use crate::starter::{data_path, model_path};

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

/// Two good lines around three bad ones.
fn mixed() -> Vec<u8> {
    let good = r#"{"site":"s","post":{"id":1},"comments":[{"id":1,"body":"hello","label":"ham"}]}"#;
    let mut bytes = format!("{good}\n{{\"site\":\"s\"}}\n{{\n").into_bytes();
    bytes.extend(b"{\"site\":\"\xff\",\"comments\":[]}\n");
    bytes.extend(good.as_bytes());
    bytes
}

/// A thread with one comment, as a line.
fn labelled(site: &str, post: &str, body: &str, label: Option<&str>) -> String {
    let comment = json!({"id": "1", "author": "Anna", "body": body, "label": label});
    json!({"site": site, "post": {"id": post}, "comments": [comment]}).to_string()
}
