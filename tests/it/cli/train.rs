//! `train`: a model of one's own.

use std::path::Path;

use super::{data, done, json_lines, mixed, ontopic, refused, stderr, stdout, with_model};
use crate::starter::{self, data_path, model_path, repository};

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
{"site":"a","comments":[]}
"#;
    std::fs::write(&data, lines).unwrap();
    let message = refused_training(&data, &folder.path().join("my.safetensors"));
    for expected in [
        "line 1: expected a thread as JSON: in `comments[0].label`: unknown variant `SPAM`",
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
    assert!(
        learned.contains("152 ham on 5 blogs, 0 near-duplicates left out, in "),
        "{learned}"
    );
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
