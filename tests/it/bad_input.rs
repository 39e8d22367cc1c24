//! Input that nobody wrote in good faith: a verdict or a clear error, and little memory for much of it.
//!
//! How long it takes is not asserted, for no test is decided by timing; what takes far too long shows in
//! that the tests do not come to an end.

use assert_cmd::Command;
use ontopic::analysis::CommentAnalysis;
use ontopic::classifier::Assessment;
use ontopic::comment::{Comment, Field, Post, Thread};
use ontopic::context::Context;
use ontopic::explanation::explain;
use serde_json::json;

use crate::starter;

/// Judges and explains the comments of a thread; the sum must hold for each.
fn judge(thread: &Thread) -> Vec<Assessment> {
    let classifier = starter::classifier();
    let policy = classifier.policy(None);
    let mut all = Vec::new();
    classifier.judge_thread(thread, &policy, |index, scene, assessment| {
        let contributions = explain(classifier, scene, &assessment, &policy);
        let sum: f64 = contributions.iter().map(|one| one.contribution).sum();
        assert!((sum - assessment.spam).abs() <= 1e-9);
        assert!((0.0..=1.0).contains(&assessment.spam_probability()));
        let body = &thread.comments[index].body;
        for one in &contributions {
            assert!(
                one.reason.len() <= 1000,
                "{}: {} bytes",
                one.signal,
                one.reason.len()
            );
            assert!(
                one.places
                    .iter()
                    .all(|place| body.get(place.clone()).is_some())
            );
        }
        all.push(assessment);
    });
    assert_eq!(all.len(), thread.comments.len());
    all
}

fn post() -> Post {
    starter::threads()[0].post.clone()
}

/// A text everywhere where a stranger may write one.
fn everywhere(text: &str) -> Thread {
    let field = || Field::from(text);
    Thread {
        site: text.to_owned(),
        post: Post {
            id: text.to_owned(),
            title: field(),
            body: field(),
            url: field(),
            author: field(),
            tags: Field::Known(vec![text.to_owned()]),
        },
        comments: (0..2)
            .map(|_| Comment {
                id: text.to_owned(),
                author: field(),
                author_url: field(),
                author_email: field(),
                body: text.to_owned(),
                html: field(),
                parent: field(),
                ..Comment::default()
            })
            .collect(),
        ..Thread::default()
    }
}

#[test]
fn awkward_texts_are_judged() {
    let repeated = |piece: &str, n: usize| piece.repeat(n);
    let texts = [
        String::new(),
        " \n\t ".into(),
        repeated("😀", 500),
        repeated("👩‍👩‍👧‍👦🇩🇪", 100),
        repeated("\u{301}", 2_000),
        repeated("a\u{301}\u{302}\u{20dd}", 500),
        repeated("\u{202e}", 500),
        format!("\u{202e}{}\u{202c}", "olleh ereht ".repeat(50)),
        repeated("\u{200b}", 2_000),
        repeated("\0", 500),
        repeated("\u{fdfa}", 500),
        repeated("\u{e0041}", 500),
        repeated("漢", 5_000),
        repeated("!", 5_000),
        repeated("1", 5_000),
        repeated("http://a.b/", 500),
        repeated("@a ", 1_000),
        repeated("[url=", 1_000),
        repeated("<", 5_000),
        repeated("&amp;", 1_000),
        repeated("a.", 2_000),
        repeated("a b ", 2_000),
        "word".repeat(5_000),
    ];
    for text in &texts {
        judge(&everywhere(text));
        let alone = Thread {
            post: post(),
            comments: vec![Comment {
                body: text.clone(),
                ..Comment::default()
            }],
            ..Thread::default()
        };
        judge(&alone);
    }
}

#[test]
fn a_megabyte_is_read_in_part() {
    for piece in [
        "word and another ",
        "é",
        "<b>",
        "http://x.com/y ",
        "漢字 ",
        "a\n",
    ] {
        let body = piece.repeat((1 << 20) / piece.len());
        let thread = Thread {
            post: post(),
            comments: vec![Comment {
                body,
                ..Comment::default()
            }],
            ..Thread::default()
        };
        judge(&thread);
    }
}

#[test]
fn deeply_nested_markup_is_judged() {
    for (open, close) in [
        ("<div>", "</div>"),
        ("<blockquote><p>", "</p></blockquote>"),
        ("[quote]", "[/quote]"),
        ("<a href=\"http://x.com\">", "</a>"),
        ("<b", ">"),
        ("&lt;", "&gt;"),
    ] {
        let body = format!("{}hello{}", open.repeat(20_000), close.repeat(20_000));
        judge(&everywhere(&body));
    }
}

#[test]
fn no_post_a_post_without_text_and_no_comments_are_fine() {
    let comment = Comment {
        body: "What a fine day for a walk.".into(),
        ..Comment::default()
    };
    let comments = vec![comment.clone(), comment];
    let no_post = Thread {
        comments: comments.clone(),
        ..Thread::default()
    };
    let no_text = Thread {
        post: Post {
            body: Field::Empty,
            title: Field::Empty,
            tags: Field::Empty,
            ..Post::default()
        },
        comments,
        ..Thread::default()
    };
    assert_eq!(judge(&no_post).len(), 2);
    assert_eq!(judge(&no_text).len(), 2);
    assert!(judge(&Thread::default()).is_empty());
    for line in [
        r#"{"site":"s","comments":[{"body":"x"}]}"#,
        r#"{"site":"s","post":null,"comments":[{"body":"x"}]}"#,
        r#"{"site":"s","post":{},"comments":[{}]}"#,
        r#"{"site":"s","post":{"body":null,"tags":[""]},"comments":[{"body":null,"author":null}]}"#,
    ] {
        let thread = ontopic::dataset::parse_thread(line.as_bytes()).unwrap();
        assert_eq!(judge(&thread).len(), 1, "{line}");
    }
}

/// What a context holds, as the length of its `Debug` form: every element shows in it.
fn held(context: &Context) -> usize {
    struct Count(usize);
    impl std::fmt::Write for Count {
        fn write_str(&mut self, text: &str) -> std::fmt::Result {
            self.0 += text.len();
            Ok(())
        }
    }
    let mut count = Count(0);
    std::fmt::write(&mut count, format_args!("{context:?}")).expect("counting never fails");
    count.0
}

fn short_comment(number: usize) -> Comment {
    let word = |k: usize| format!("w{}", number.wrapping_mul(7919 + k) % 100_003);
    Comment {
        id: number.to_string(),
        author: Field::Known(format!("{} {}", word(1), word(2))),
        body: format!("{} {} {} {}", word(3), word(4), word(5), word(6)),
        ..Comment::default()
    }
}

#[test]
fn a_context_is_bounded_whatever_the_length_of_the_thread() {
    let mut context = Context::new(&post());
    let mut sizes = Vec::new();
    for number in 0..12_000 {
        context.add(&CommentAnalysis::of(&short_comment(number)));
        if number % 4_000 == 3_999 {
            sizes.push(held(&context));
        }
    }
    assert!(sizes[2] < sizes[0] + sizes[0] / 10, "{sizes:?}");
}

#[test]
fn a_context_is_bounded_whatever_the_length_of_names() {
    let size = |n_words: usize| {
        let mut context = Context::new(&post());
        for number in 0..50 {
            let mut comment = short_comment(number);
            comment.author = Field::Known((0..n_words).map(|k| format!("n{k} ")).collect());
            context.add(&CommentAnalysis::of(&comment));
        }
        held(&context)
    };
    let (short, long) = (size(100), size(10_000));
    assert!(long < 4 * short, "{short} and {long}");
}

/// The program with the starter model in little memory, where the system can say so.
fn in_little_memory(arguments: &str) -> Command {
    let mut command = if cfg!(target_os = "linux") {
        let mut command = Command::new("sh");
        // Address space, in KiB: the program, its threads' stacks and 100,000 comments.
        let line =
            format!("ulimit -v 500000 && exec \"$0\" score --threads 1 --model \"$1\" {arguments}");
        command
            .args(["-c", &line])
            .arg(env!("CARGO_BIN_EXE_ontopic"));
        command
    } else {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ontopic"));
        command.args(["score", "--model"]);
        command
    };
    command.arg(starter::model_path());
    command
}

fn long_thread(n: usize) -> String {
    let comments: Vec<serde_json::Value> = (0..n)
        .map(|number| {
            let comment = short_comment(number);
            json!({"id": comment.id, "author": comment.author.text(), "body": comment.body})
        })
        .collect();
    json!({"site": "s", "post": {"id": "p", "title": "On bread"}, "comments": comments}).to_string()
}

/// Judges a thread of `n` comments within the bound and expects a line for each.
fn judges_all_in_little_memory(option: &str, n: usize) {
    let output = in_little_memory(option)
        .write_stdin(long_thread(n))
        .output()
        .unwrap();
    let messages = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{messages}");
    assert_eq!(
        output.stdout.iter().filter(|&&byte| byte == b'\n').count(),
        n
    );
}

#[test]
fn a_thread_of_100_000_comments_is_judged_in_little_memory() {
    judges_all_in_little_memory("", 100_000);
}

#[test]
fn explanations_of_a_long_thread_take_little_memory_too() {
    judges_all_in_little_memory("--explain", 60_000);
}

#[test]
fn lines_that_are_no_threads_are_errors_with_reasons() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let ignored = format!("{{\"site\":\"s\",\"x\":{deep},\"comments\":[]}}");
    assert!(ontopic::dataset::parse_thread(ignored.as_bytes()).is_ok());
    let nested = format!("{{\"site\":\"s\",\"comments\":[{{\"relevance\":{deep}}}]}}");
    let cases: &[(&[u8], &str)] = &[
        (
            b"\xff\xfe",
            "expected UTF-8 text, found byte 0xff at byte 0",
        ),
        (
            b"{\"site\":\"\xc3",
            "expected UTF-8 text, found byte 0xc3 at byte 9",
        ),
        (b"[]", "expected a thread as JSON"),
        (b"null", "expected a thread as JSON"),
        (b"{\"site\":1,\"comments\":[]}", "expected text"),
        (b"{\"site\":\"s\",\"comments\":{}}", "expected a list"),
        (
            b"{\"site\":\"s\",\"comments\":[[]]}",
            "expected a thread as JSON",
        ),
        (
            b"{\"site\":\"s\",\"comments\":[{\"body\":1}]}",
            "in `comments[0].body`: expected text",
        ),
        (
            b"{\"site\":\"s\",\"comments\":[{\"body\":\"\\ud800\"}]}",
            "hex escape",
        ),
        (nested.as_bytes(), "recursion limit"),
    ];
    for (line, expected) in cases {
        let shown = String::from_utf8_lossy(&line[..line.len().min(60)]);
        let error = ontopic::dataset::parse_thread(line)
            .err()
            .unwrap_or_else(|| panic!("{shown} is a thread"));
        assert!(error.to_string().contains(expected), "{shown}: {error}");
    }
}

#[test]
fn a_file_that_starts_with_a_byte_order_mark_is_read() {
    let line = "\u{feff}{\"site\":\"s\",\"comments\":[{\"body\":\"x\"}]}\n";
    let mut lines = ontopic::dataset::Lines::new("test", line.as_bytes()).unwrap();
    let (_, bytes) = lines.next_line().unwrap().expect("a line");
    assert!(ontopic::dataset::parse_thread(&bytes.unwrap()).is_ok());
}
