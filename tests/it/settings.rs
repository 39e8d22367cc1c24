//! Settings of the service as its users give them: flags, variables, files.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;

use assert_cmd::Command;

use crate::starter::repository;

/// `ontopic settings` in a folder of its own, without variables of whoever runs the tests.
fn settings(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ontopic"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("ONTOPIC_") {
            command.env_remove(name);
        }
    }
    command.current_dir(folder).arg("settings").args(arguments);
    command
}

fn printed(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{errors}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_page_of_settings_says_what_the_program_says() {
    let folder = tempfile::tempdir().unwrap();
    let page = fs::read_to_string(repository("docs/settings.md")).unwrap();
    assert_eq!(printed(&mut settings(folder.path(), &["--markdown"])), page);
}

#[test]
fn the_file_in_the_data_folder_is_read_unless_another_one_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    fs::write(data.join("ontopic.toml"), "[server]\nworkers = 3\n").unwrap();
    fs::write(folder.path().join("other.toml"), "[server]\nworkers = 4\n").unwrap();
    let ours = ["--data-dir", "data"];
    assert!(printed(&mut settings(folder.path(), &ours)).contains("\nworkers = 3\n"));
    let named = ["--data-dir", "data", "--config", "other.toml"];
    assert!(printed(&mut settings(folder.path(), &named)).contains("\nworkers = 4\n"));
    let mut by_variable = settings(folder.path(), &[]);
    by_variable.env("ONTOPIC_DATA_DIR", "data");
    assert!(printed(&mut by_variable).contains("\nworkers = 3\n"));
}

#[test]
fn what_is_printed_is_a_file_with_the_same_settings() {
    let folder = tempfile::tempdir().unwrap();
    let flags = ["--burst", "7", "--log-format", "json", "--texts-days", "0"];
    let first = printed(&mut settings(folder.path(), &flags));
    fs::write(folder.path().join("again.toml"), &first).unwrap();
    let again = printed(&mut settings(folder.path(), &["--config", "again.toml"]));
    assert_eq!(again, first);
    assert!(first.contains("\nburst = 7\n") && first.contains("\nformat = \"json\"\n"));
}

#[test]
fn all_problems_come_at_once_and_a_named_file_has_to_be_there() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("bad.toml"),
        "[server]\nlisten = 1\nlisen = 2\n",
    )
    .unwrap();
    let mut command = settings(folder.path(), &["--config", "bad.toml", "--burst", "0"]);
    let output = command.env("ONTOPIC_LOG_LEVEL", "loud").output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    for part in [
        "4 problems with the settings",
        "bad.toml:2",
        "bad.toml:3",
        "flag --burst",
        "variable ONTOPIC_LOG_LEVEL",
    ] {
        assert!(errors.contains(part), "no `{part}` in\n{errors}");
    }
    let mut command = settings(folder.path(), &["--config", "none.toml"]);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("could not read `none.toml`"));
}

#[test]
fn ready_tells_by_its_status_what_the_service_answers() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let answers = std::thread::spawn(move || {
        for line in ["200 OK", "503 Service Unavailable"] {
            let (mut connection, _) = listener.accept().unwrap();
            let mut head = [0; 4096];
            let n_bytes = connection.read(&mut head).unwrap();
            assert!(head[..n_bytes].starts_with(b"GET /readyz HTTP/1.1\r\n"));
            let answer =
                format!("HTTP/1.1 {line}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            connection.write_all(answer.as_bytes()).unwrap();
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let status = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ontopic"));
        command
            .current_dir(folder.path())
            .args(["ready", "--listen", &address]);
        command.output().unwrap().status.code()
    };
    assert_eq!(status(), Some(0));
    assert_eq!(status(), Some(1));
    answers.join().unwrap();
    assert_eq!(status(), Some(1), "nothing listens any more");
}

#[test]
fn what_another_program_answers_is_shown_in_part_and_obeyed_by_no_terminal() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let endless = std::thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        // An answer that comes before the question is a broken connection to who asks.
        assert_ne!(connection.read(&mut [0; 1024]).unwrap(), 0);
        let head = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 9999999\r\n\r\n";
        let answer = format!("{head}\x1b]0;renamed\x07{}", "x".repeat(5_000));
        connection.write_all(answer.as_bytes()).unwrap();
        // The rest never comes; the other end closes, with what it has not read.
        drop(connection.read_to_end(&mut Vec::new()));
    });
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_ontopic"));
    command.current_dir(folder.path());
    let output = command.args(["ready", "--listen", &address]).output();
    let output = output.unwrap();
    endless.join().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let shown = String::from_utf8(output.stderr).unwrap();
    assert!(shown.contains("]0;renamed"), "{shown}");
    assert!(
        !shown.contains(['\x1b', '\x07']) && shown.len() < 2_000,
        "{shown}"
    );
}
