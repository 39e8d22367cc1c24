//! `evaluate`: how a model does.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{data, done, keys, labelled, ontopic, refused, stderr, stdout, with_model};
use crate::starter::{self, data_path};

const REPORT_KEYS: [&str; 12] = [
    "answers_map",
    "at_thresholds",
    "auc",
    "balanced_calibration_error",
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
        json!({"site": "s", "post": {"id": "r"}, "comments": []}).to_string(),
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
    assert_eq!(report["n_threads"], 3);
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
    let output = done(with_model(&["evaluate", "--data"]).arg(&file));
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
fn mistakes_are_shown_with_their_words_and_nothing_else_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("threads.jsonl");
    let thread = |post: &str, comment: Value| {
        let body = "A trail shoe has to hold on wet rock and dry fast.";
        json!({"site": "walks|", "post": {"id": post, "body": body}, "comments": [comment]})
    };
    let spam = "Great post!\n\u{202e}Cheap roof | repair \u{1b}[2J at http://roofs.example.com today and tomorrow";
    let fine = "Which size did you take for wet rock?";
    let author = "cheap\u{1b} roof repair";
    let lines = [
        thread(
            "1",
            json!({"id": "a", "author": author, "body": spam, "label": "ham"}),
        ),
        thread(
            "2",
            json!({"id": "b", "author": "Mara", "body": fine, "label": "ham"}),
        ),
        thread(
            "3",
            json!({"id": "c", "author": "Mara", "body": fine, "label": "spam"}),
        ),
        thread(
            "4",
            json!({"id": "d", "author": author, "body": spam, "label": "spam"}),
        ),
        thread("5", json!({"id": "e", "author": author, "body": spam})),
    ];
    let mut text = lines.map(|line| line.to_string()).join("\n");
    let listed = |text: &str, n: &str| {
        std::fs::write(&file, text).unwrap();
        let output = done(ontopic(&["evaluate", "--mistakes", n, "--data"]).arg(&file));
        let text = stdout(&output);
        let (_, list) = text.split_once("## Genuine comments that are").unwrap();
        list.to_owned()
    };
    let list = listed(&text, "20");
    let rows: Vec<&str> = list.lines().filter(|line| line.contains("walks")).collect();
    assert_eq!(rows.len(), 2, "{list}");
    let cells = |row: &str| -> Vec<String> {
        let row = row.replace("\\|", "/");
        row.split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    let [ham, spam] = [cells(rows[0]), cells(rows[1])];
    assert_eq!(
        (ham[1].as_str(), ham[2].as_str()),
        (
            "Great post! \u{fffd}Cheap roof / repair \u{fffd}[2J at http://roofs.exampl…",
            "cheap\u{fffd} roof repair"
        )
    );
    assert!(ham[3] == "hold" || ham[3] == "spam", "{list}");
    assert!(ham[5].ends_with(" %"), "{list}");
    assert_eq!(ham[6..9], ["walks/", "1", "a"]);
    assert_eq!(spam[1..4], [fine, "Mara", "publish"]);
    assert_eq!(spam[6..9], ["walks/", "3", "c"]);
    assert!(!list.contains(" more."), "{list}");
    text = format!("{text}\n{}", text.replace("walks", "ways"));
    assert!(listed(&text, "1").contains("\nAnd 1 more.\n"));
    let right = thread(
        "2",
        json!({"id": "b", "author": "Mara", "body": fine, "label": "ham"}),
    );
    assert_eq!(listed(&right.to_string(), "1").matches("None.").count(), 2);
}

#[test]
fn evaluate_warns_of_what_the_model_has_learned_from() {
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other.jsonl");
    std::fs::write(&other, labelled("s", "p", "Which size?", Some("ham"))).unwrap();
    let messages =
        |files: &[&std::path::Path]| stderr(&done(with_model(&["evaluate", "--data"]).args(files)));
    let warning = "warning: starter: the model has learned from these very threads";
    assert!(messages(&[data_path().as_path()]).starts_with(warning));
    let beside = messages(&[data_path().as_path(), other.as_path()]);
    assert!(
        beside.starts_with(warning) && beside.lines().count() == 1,
        "{beside}"
    );
    assert_eq!(messages(&[other.as_path()]), "");
    let output = done(ontopic(&["evaluate", "--data"]).arg(data_path()));
    assert_eq!(stderr(&output), "");
}

#[test]
fn cross_validation_says_how_many_blogs_it_takes() {
    let folder = tempfile::tempdir().unwrap();
    let [one, two] = ["one.jsonl", "two.jsonl"].map(|name| folder.path().join(name));
    let of_blogs = |n: usize| {
        let sites: BTreeSet<&str> = starter::threads()
            .iter()
            .map(|it| it.site.as_str())
            .collect();
        let sites: Vec<&str> = sites.into_iter().take(n).collect();
        let lines = String::from_utf8(data()).unwrap();
        let is_of = |line: &&str| {
            let thread: Value = serde_json::from_str(line).unwrap();
            sites.contains(&thread["site"].as_str().unwrap())
        };
        lines.lines().filter(is_of).collect::<Vec<_>>().join("\n")
    };
    std::fs::write(&one, of_blogs(1)).unwrap();
    std::fs::write(&two, of_blogs(2)).unwrap();
    for (data, also, n) in [(&one, None, 1), (&two, None, 2), (&one, Some(&two), 2)] {
        let mut command = ontopic(&["evaluate", "--cross-validate", "site", "--data"]);
        command.arg(data);
        if let Some(also) = also {
            command.arg("--also-learn").arg(also);
        }
        let message = refused(&mut command);
        let expected = format!("expected 3 blogs or more, found {n}");
        assert!(message.contains(&expected), "{message}");
        assert!(message.contains("hint: "), "{message}");
    }
}

#[test]
fn cross_validation_gives_figures_below_those_of_what_was_seen() {
    let arguments = &["evaluate", "--cross-validate", "site", "--json", "--data"];
    let output = done(ontopic(arguments).arg(data_path()));
    let reports: Vec<Value> = serde_json::from_str(&stdout(&output)).unwrap();
    check_report(&reports[0]);
    let seen = done(with_model(&["evaluate", "--json", "--data"]).arg(data_path()));
    let seen: Vec<Value> = serde_json::from_str(&stdout(&seen)).unwrap();
    let auc = |reports: &[Value]| reports[0]["auc"]["value"].as_f64().unwrap();
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
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [_, _, _, figures @ .., _] = &cells[..] else {
            panic!("{title}: {table}")
        };
        let is_change = |cell: &&str| cell.starts_with(['+', '-']) && cell.parse::<f64>().is_ok();
        assert!(
            figures.len() == 3 && figures.iter().all(is_change),
            "{title}: {table}"
        );
        n_worth_something += usize::from(row.matches("+0.000").count() < 3);
    }
    assert!(n_worth_something > 2, "{table}");
}

#[test]
fn the_default_model_judges_the_starter_threads() {
    let output = done(ontopic(&["evaluate", "--json", "--data"]).arg(data_path()));
    let reports: Vec<Value> = serde_json::from_str(&stdout(&output)).unwrap();
    check_report(&reports[0]);
    // Far below what it does: a floor under which something is broken.
    assert!(reports[0]["auc"]["value"].as_f64().unwrap() > 0.7);
}
