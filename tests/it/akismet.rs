//! Requests that real clients sent, byte for byte, through everything that reads them.

use std::fs;

use ontopic::akismet::{
    BODY_LIMIT, CheckRequest, Endpoint, Fields, find_key, instant, is_slashed, parse_body,
    parse_query,
};
use ontopic::comment::{Field, Kind, Label, Role};
use serde_json::Value;

use crate::starter::repository;

/// A recorded request.
pub(crate) struct Recorded {
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) host: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) body: Vec<u8>,
}

pub(crate) fn recorded(file: &str) -> Recorded {
    let bytes = fs::read(repository("tests/fixtures/akismet").join(file)).unwrap();
    let (end, length) = [&b"\r\n\r\n"[..], b"\n\n"]
        .into_iter()
        .find_map(|blank| {
            let at = bytes.windows(blank.len()).position(|bytes| bytes == blank);
            at.map(|at| (at, blank.len()))
        })
        .expect("a blank line ends the head");
    let head = std::str::from_utf8(&bytes[..end]).unwrap();
    let target = head.split(' ').nth(1).unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let header = |wanted: &str| {
        head.lines().skip(1).find_map(|line| {
            let (name, value) = line.split_once(':')?;
            let is_it = name.eq_ignore_ascii_case(wanted);
            is_it.then(|| value.trim().to_owned())
        })
    };
    Recorded {
        path: path.to_owned(),
        query: query.to_owned(),
        host: header("host"),
        content_type: header("content-type"),
        body: bytes[end + length..].to_vec(),
    }
}

impl Recorded {
    fn fields(&self) -> Fields {
        parse_body(self.content_type.as_deref(), &self.body).unwrap()
    }

    fn request(&self, now: i64) -> CheckRequest {
        CheckRequest::read(&self.fields(), now)
    }
}

/// What has to come out of each of them.
pub(crate) fn expected() -> Vec<Value> {
    let file = repository("tests/fixtures/akismet/expected.jsonl");
    let text = fs::read_to_string(file).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Null is unknown, an empty text was left empty.
fn field(expected: &Value) -> Field<String> {
    match expected.as_str() {
        None => Field::Unknown,
        Some(text) => Field::from(text),
    }
}

fn label(expected: &Value) -> Option<Label> {
    match expected.as_str() {
        None => None,
        Some("spam") => Some(Label::Spam),
        Some("ham") => Some(Label::Ham),
        Some(other) => panic!("`{other}` is no label"),
    }
}

fn role(expected: &Value) -> Field<Role> {
    match expected.as_str().unwrap() {
        "unknown" => Field::Unknown,
        "empty" => Field::Empty,
        "visitor" => Field::Known(Role::Visitor),
        "member" => Field::Known(Role::Member),
        "staff" => Field::Known(Role::Staff),
        other => panic!("`{other}` is no role"),
    }
}

#[test]
fn every_recorded_request_has_its_expectation() {
    let mut files = Vec::new();
    let mut folders = vec![repository("tests/fixtures/akismet")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "http") {
                let relative = path.strip_prefix(repository("tests/fixtures/akismet"));
                files.push(relative.unwrap().to_string_lossy().into_owned());
            }
        }
    }
    files.sort();
    let mut known: Vec<String> = expected()
        .iter()
        .map(|case| case["file"].as_str().unwrap().to_owned())
        .collect();
    known.sort();
    assert_eq!(files, known);
}

#[test]
fn every_recorded_request_is_read_as_it_was_meant() {
    for case in expected() {
        let file = case["file"].as_str().unwrap();
        let recorded = recorded(file);
        let endpoint = Endpoint::from_path(&recorded.path).unwrap_or_else(|| panic!("{file}"));
        assert_eq!(endpoint.path(), case["endpoint"], "{file}");
        let fields = recorded.fields();
        assert_eq!(fields.len() as u64, case["fields"], "{file}");
        let query = parse_query(&recorded.query).unwrap();
        let key = find_key(&fields, &query, recorded.host.as_deref());
        let key = key.as_ref().map(|key| key.as_str());
        assert_eq!(key, case["key"].as_str(), "{file}");
        if case.get("content").is_none() {
            continue;
        }
        let shown = case["shown"].as_i64();
        let now = shown.unwrap_or(1_800_000_000_000) + 9_500;
        let request = recorded.request(now);
        assert_eq!(request.content, case["content"], "{file}");
        assert_eq!(request.author, field(&case["author"]), "{file}");
        assert_eq!(request.author_email, field(&case["author_email"]), "{file}");
        assert_eq!(request.author_url, field(&case["author_url"]), "{file}");
        assert_eq!(request.parent, field(&case["parent"]), "{file}");
        assert_eq!(request.user_ip, field(&case["user_ip"]), "{file}");
        assert_eq!(request.blog.as_deref(), case["blog"].as_str(), "{file}");
        assert_eq!(
            request.permalink.as_deref(),
            case["permalink"].as_str(),
            "{file}"
        );
        assert_eq!(request.post.as_deref(), case["post"].as_str(), "{file}");
        assert_eq!(
            request.comment.as_deref(),
            case["comment"].as_str(),
            "{file}"
        );
        assert_eq!(
            request.kind,
            Kind::from_name(case["kind"].as_str().unwrap()),
            "{file}"
        );
        let tags = case["tags"].as_array().map(|tags| {
            let tags = tags.iter().map(|tag| tag.as_str().unwrap().to_owned());
            tags.collect::<Vec<_>>()
        });
        assert_eq!(
            request.tags,
            tags.map_or(Field::Unknown, Field::Known),
            "{file}"
        );
        assert_eq!(request.is_test, case["is_test"], "{file}");
        let honeypot = case["honeypot"].as_bool();
        assert_eq!(
            request.honeypot,
            honeypot.map_or(Field::Unknown, Field::Known),
            "{file}"
        );
        assert_eq!(request.role, role(&case["role"]), "{file}");
        assert_eq!(request.demanded, label(&case["demanded"]), "{file}");
        let written = case["written"].as_str();
        let written = written.map(|written| instant(written).unwrap());
        let seconds = shown.map(|shown| (written.unwrap_or(now) - shown) as f64 / 1000.0);
        assert_eq!(
            request.seconds_on_page,
            seconds.map_or(Field::Unknown, Field::Known),
            "{file}"
        );
        assert_eq!(
            request.callback.as_deref(),
            case["callback"].as_str(),
            "{file}"
        );
        assert_eq!(
            request.recheck_reason.as_deref(),
            case["recheck_reason"].as_str(),
            "{file}"
        );
        assert_eq!(
            request.reporter.as_deref(),
            case["reporter"].as_str(),
            "{file}"
        );

        let comment = request.to_comment();
        assert_eq!(comment.body, case["content"], "{file}");
        assert_eq!(
            comment.id,
            case["comment"].as_str().unwrap_or_default(),
            "{file}"
        );
        assert_eq!(comment.by_post_author, Field::Unknown, "{file}");
        assert_eq!(request.to_post().title, Field::Unknown, "{file}");
    }
}

#[test]
fn a_report_of_wordpress_finds_the_check_of_its_form() {
    let check = recorded("wordpress-7.1/001-comment-check.http").request(0);
    let content = |file: &str| {
        recorded(file)
            .fields()
            .get("comment_content")
            .map(str::to_owned)
    };
    assert!(is_slashed(
        content("wordpress-7.1/001-comment-check.http").as_deref()
    ));
    for file in [
        "wordpress-7.1/005-submit-spam.http",
        "wordpress-7.1/006-submit-ham.http",
    ] {
        let report = recorded(file).request(0);
        assert!(!is_slashed(content(file).as_deref()), "{file}");
        assert_eq!(report.content, check.content, "{file}");
        assert_eq!(report.fingerprint(), check.fingerprint(), "{file}");
    }
    // A second check of a stored comment has the fingerprint of the first.
    let first = recorded("wordpress-7.1/010-comment-check.http").request(0);
    let second = recorded("wordpress-7.1/037-comment-check.http").request(0);
    assert_eq!(second.recheck_reason.as_deref(), Some("recheck_queue"));
    assert_eq!(second.fingerprint(), first.fingerprint());
}

#[test]
fn the_reports_of_other_clients_find_their_checks_and_no_others() {
    for (check, reports, other) in [
        (
            "node/https/002-comment-check.http",
            [
                "node/https/004-submit-spam.http",
                "node/https/005-submit-ham.http",
            ],
            "node/https/003-comment-check.http",
        ),
        (
            "node/https/007-comment-check.http",
            [
                "node/https/008-submit-spam.http",
                "node/https/009-submit-ham.http",
            ],
            "node/https/002-comment-check.http",
        ),
        (
            "py-akismet/https/002-comment-check.http",
            [
                "py-akismet/https/004-submit-ham.http",
                "py-akismet/https/005-submit-spam.http",
            ],
            "py-akismet/https/003-comment-check.http",
        ),
        (
            "py-pykismet3/http/001-comment-check.http",
            [
                "py-pykismet3/http/002-submit-spam.http",
                "py-pykismet3/http/003-submit-ham.http",
            ],
            "py-pykismet3/http/004-comment-check.http",
        ),
    ] {
        let of = |file: &str| recorded(file).request(0).fingerprint();
        for report in reports {
            assert_eq!(of(report), of(check), "{report}");
        }
        assert_ne!(of(other), of(check), "{check}");
    }
}

#[test]
fn slashes_are_found_where_the_form_put_them_and_nowhere_else() {
    let mut slashed = 0;
    for case in expected() {
        let file = case["file"].as_str().unwrap();
        let fields = recorded(file).fields();
        let content = fields.get("comment_content").unwrap_or_default();
        if is_slashed([content]) {
            slashed += 1;
            let of_form = fields.get("POST_comment").or(fields.get("POST_content"));
            assert_eq!(of_form, Some(content), "{file}");
        } else if content.contains(['\'', '"']) {
            assert_eq!(fields.get("POST_comment"), None, "{file}");
        }
    }
    assert!(slashed >= 4, "only {slashed} of the requests are slashed");
}

#[test]
fn what_breaks_off_in_the_middle_is_read_or_refused() {
    for case in expected() {
        let recorded = recorded(case["file"].as_str().unwrap());
        for end in (0..recorded.body.len()).step_by(5) {
            let content_type = recorded.content_type.as_deref();
            if let Ok(fields) = parse_body(content_type, &recorded.body[..end]) {
                let request = CheckRequest::read(&fields, 0);
                request.fingerprint();
                assert!(request.content.len() <= end);
            }
        }
    }
}

#[test]
fn a_multipart_body_that_breaks_off_is_refused() {
    let recorded = recorded("php-tijs/http/002-comment-check.http");
    let content_type = recorded.content_type.as_deref();
    assert!(parse_body(content_type, &recorded.body).is_ok());
    let half = &recorded.body[..recorded.body.len() / 2];
    assert!(parse_body(content_type, half).is_err());
}

#[test]
fn bodies_at_the_limit_are_read_in_bounded_time() {
    let multipart = "multipart/form-data; boundary=b";
    let json = "application/json";
    let mut parts = String::new();
    for index in 0..999 {
        let head = "Content-Disposition: form-data; name=";
        parts.push_str(&format!(
            "--b\r\n{head}\"n{index}\"\r\n\r\n{}\r\n",
            "x".repeat(900)
        ));
    }
    parts.push_str("--b--\r\n");
    let fill = |unit: &str| unit.repeat(BODY_LIMIT / unit.len());
    let cases = [
        (None, fill("&"), true),
        (None, fill("%"), true),
        (None, format!("a={}", fill("%C3")), false),
        (None, format!("a={}", &fill("%C3")[8..]), true),
        (None, fill("a=b&"), true),
        (Some(multipart), parts, true),
        (Some(multipart), fill("--b\r\n"), false),
        (Some(multipart), fill("-"), false),
        (Some(json), fill("[").replacen('[', "{\"a\":", 1), false),
        (Some(json), fill("{\"a\":"), false),
    ];
    for (content_type, body, is_read) in cases {
        let read = parse_body(content_type, body.as_bytes());
        assert_eq!(read.is_ok(), is_read, "{content_type:?} {}…", &body[..12]);
    }
    let tags = format!("comment_content={}", "<".repeat(BODY_LIMIT - 16));
    let fields = parse_body(None, tags.as_bytes()).unwrap();
    CheckRequest::read(&fields, 0).fingerprint();
}
