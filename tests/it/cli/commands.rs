//! What all commands have in common, and the small ones.

use std::io::Read;
use std::path::Path;
use std::process::Stdio;

use ontopic::explanation::{NOT_RELEVANT, UNFAMILIAR};
use ontopic::signals::CATALOGUE;

use super::{done, ontopic, refused, stderr, stdout, with_model};
use crate::starter::{self, data_path, model_path};

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
    let tables = include_str!("../../../src/storage/sqlite/schema.sql");
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
fn activating_a_model_says_what_it_stands_on_and_warns_of_a_toy() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ontopic.db"), "").unwrap();
    let activated = |file: &Path| {
        let mut command = ontopic(&["model", "activate", "--data-dir"]);
        stderr(&done(command.arg(folder.path()).arg(file)))
    };
    let toy = activated(model_path());
    for expected in [
        "has learned from 98 spam and 152 ham; hold from +",
        "warning: expected a model of at least 100 spam and 1,000 genuine comments",
    ] {
        assert!(toy.contains(expected), "{toy}");
    }
    let shipped = activated(&starter::repository("models/default.safetensors"));
    assert!(shipped.contains("has learned from"), "{shipped}");
    assert!(!shipped.contains("warning"), "{shipped}");
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
    for name in ["other.json", "third.json"] {
        std::fs::write(path(name), r#"{"site": "walks", "comments": []}"#).unwrap();
    }
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
                "in `body`: expected text",
                "at column 10",
            ],
        ),
        (
            &["check", "--comment", &path("other.json")],
            &["could not read the comment", "missing field `body`"],
        ),
        (
            &["check", "--comment", "-"],
            &[
                "could not read the comment in `standard input`: expected an object, found an empty text",
            ],
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
            &[
                "evaluate",
                "--data",
                &path("third.json"),
                &path("other.json"),
            ],
            &[
                "expected labelled comments in",
                "third.json`, `",
                "found none",
            ],
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
    leave_after(0, &["evaluate", "--json", "--data", data]);
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

// With the model that ships.

#[test]
fn the_default_model_can_be_shown() {
    let text = stdout(&done(&mut ontopic(&["model", "show"])));
    let named = done(&mut ontopic(&[
        "model",
        "show",
        "--model",
        "models/default.safetensors",
    ]));
    assert_eq!(stdout(&named), text);
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
