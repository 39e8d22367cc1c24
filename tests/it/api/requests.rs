//! Requests of any kind: their bounds, their shape, and what they are answered with.

use std::future::poll_fn;
use std::io::Write as _;
use std::task::Poll;

use axum::body::Body;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use futures_util::stream;
use ontopic::api::ApiOptions;
use serde_json::{Value, json};

use super::with_shoes;
use crate::service::{TestService, one_a_second, options};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn a_list_that_is_too_long_is_told_its_length_whatever_is_in_it() {
    let service = TestService::start().await;
    // The last entry is none that could be read: what goes beyond is not looked at.
    for (line, begin, entry, most, field, entries) in [
        (
            "POST /v1/check",
            r#"{"comment":{"body":"a"},"thread":["#,
            "{}",
            200,
            "thread",
            "comments",
        ),
        (
            "PUT /v1/posts/p",
            r#"{"tags":["#,
            r#""a""#,
            200,
            "post.tags",
            "tags",
        ),
        (
            "POST /v1/check/batch",
            r#"{"checks":["#,
            r#"{"comment":{}}"#,
            1000,
            "checks",
            "entries",
        ),
        (
            "POST /v1/feedback/batch",
            r#"{"decisions":["#,
            r#"{"comment":"c","label":"ham"}"#,
            1000,
            "decisions",
            "entries",
        ),
        (
            "POST /v1/posts",
            r#"{"posts":["#,
            r#"{"id":"p","title":"Eleven pairs"}"#,
            5000,
            "posts",
            "posts",
        ),
    ] {
        let fitting = vec![entry; most].join(",");
        let body = format!("{begin}{fitting},7,[]]}}");
        let refused = service.raw(&service.key, line, &[], body).await;
        let errors = refused.problem(422, "invalid")["errors"].clone();
        let expected = format!("at most {most} {entries}");
        let found = (most + 2).to_string();
        let error = json!([{"field": field, "expected": expected, "found": found}]);
        assert_eq!(errors, error, "{line}");
    }
}

#[tokio::test]
async fn a_request_that_comes_twice_is_answered_once() {
    let service = TestService::start().await;
    let body = json!({"post": {"id": "p"}, "comment": {"body": "once"}}).to_string();
    let named = [("idempotency-key", "k1")];
    let send = || service.raw(&service.key, "POST /v1/check", &named, body.clone());
    let (first, second) = (send().await.with(200), send().await.with(200));
    assert_eq!(first, second);
    let other = service
        .raw(
            &service.key,
            "POST /v1/check",
            &named,
            r#"{"comment":{"body":"twice"}}"#,
        )
        .await;
    other.problem(409, "conflict");
    let (_, key) = service.another_site().await;
    service
        .raw(
            &key,
            "POST /v1/check",
            &named,
            r#"{"comment":{"body":"twice"}}"#,
        )
        .await
        .with(200);
    let blank = [("idempotency-key", "a b")];
    service
        .raw(&service.key, "POST /v1/check", &blank, body.clone())
        .await
        .problem(400, "malformed");

    let decision = json!({"verdict": first["id"], "label": "spam"}).to_string();
    for (line, status, body) in [
        ("POST /v1/check", 200, body.clone()),
        ("POST /v1/feedback", 201, decision),
    ] {
        let named = [("idempotency-key", line.trim_start_matches("POST "))];
        let at_once = (0..16).map(|_| service.raw(&service.key, line, &named, body.clone()));
        let mut ids = std::collections::BTreeSet::new();
        for answer in futures_util::future::join_all(at_once).await {
            ids.insert(answer.with(status)["id"].as_str().unwrap().to_owned());
        }
        assert_eq!(ids.len(), 1, "{line}: {ids:?}");
    }
    assert_eq!(
        service.get("/v1/feedback").await["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn whoever_asks_too_much_is_told_when_to_come_back() {
    let limited = TestService::with(ApiOptions {
        requests_per_second: one_a_second(),
        ..options()
    })
    .await;
    limited.ask("GET /v1/queue", Value::Null).await.with(200);
    let refused = limited.ask("GET /v1/queue", Value::Null).await;
    assert_ne!(refused.header("retry-after"), "");
    let problem = refused.problem(429, "too-many-requests");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("at most 1 requests a second"), "{detail}");
    // Another key has a limit of its own.
    limited
        .by(&limited.admin, "GET /v1/sites", Value::Null)
        .await
        .with(200);

    let full = TestService::with(ApiOptions {
        max_in_flight: 0,
        ..options()
    })
    .await;
    let refused = full.ask("GET /v1/queue", Value::Null).await;
    assert_eq!(refused.header("retry-after"), "1");
    refused.problem(503, "overloaded");
}

#[tokio::test]
async fn a_batch_takes_the_places_that_its_body_may_fill() {
    let service = TestService::with(ApiOptions {
        max_in_flight: 2,
        body_limit: 1000,
        batch_limit: 2000,
        ..options()
    })
    .await;
    let never = || stream::pending::<Result<Vec<u8>, std::io::Error>>();
    let slow = |line| {
        let body = Body::from_stream(never());
        Box::pin(service.raw(&service.key, line, &[], body))
    };
    let check = json!({"comment": {"body": "hello"}});
    let status = async || service.ask("POST /v1/check", check.clone()).await.status;
    for (line, expected) in [
        ("POST /v1/check", 200),
        ("POST /v1/check/batch", 503),
        ("POST /v1/feedback/batch", 503),
        ("POST /v1/posts", 503),
        ("PUT /v1/posts/batch", 200),
    ] {
        let mut waiting = slow(line);
        let first = poll_fn(|it| Poll::Ready(waiting.as_mut().poll(it).is_pending()));
        assert!(first.await);
        assert_eq!(status().await, expected, "{line}");
    }
    // A post whose id is so written is no batch.
    let long = json!({"body": "a".repeat(1500)});
    let refused = service.ask("PUT /v1/posts/batch", long).await;
    refused.problem(413, "too-large");
}

#[tokio::test]
async fn problems_have_one_shape() {
    let service = TestService::start().await;
    service
        .by("nobody", "GET /v1/queue", Value::Null)
        .await
        .problem(401, "unauthorized");
    service
        .ask("GET /v1/nothing", Value::Null)
        .await
        .problem(404, "not-found");
    let wrong = service.ask("PUT /v1/check", json!({})).await;
    assert_eq!(wrong.header("allow"), "POST");
    wrong.problem(405, "method-not-allowed");
    let text = [("content-type", "text/plain")];
    service
        .raw(&service.key, "POST /v1/check", &text, "{}")
        .await
        .problem(415, "media-type");
    let bad = json!({"comment": {"body": "x".repeat(100_001), "author": "a".repeat(1001), "seconds_on_page": -1}});
    let problem = service
        .ask("POST /v1/check", bad)
        .await
        .problem(422, "invalid");
    assert_eq!(problem["errors"].as_array().unwrap().len(), 3, "{problem}");
    let unknown = service
        .ask("POST /v1/check", json!({"comment": {"nme": 1}}))
        .await
        .problem(422, "invalid");
    assert!(
        unknown["detail"].as_str().unwrap().contains("comment.nme"),
        "{unknown}"
    );
    // Without a body there is no telling what to wait for.
    let slow = TestService::with(ApiOptions {
        timeout: std::time::Duration::from_millis(20),
        ..options()
    })
    .await;
    let never = Body::from_stream(stream::pending::<Result<Vec<u8>, std::io::Error>>());
    slow.raw(&slow.key, "POST /v1/check", &[], never)
        .await
        .problem(408, "timeout");
}

#[tokio::test]
async fn bytes_of_any_kind_are_read_or_refused() {
    let service = TestService::start().await;
    let post = async |body: Vec<u8>| service.raw(&service.key, "POST /v1/check", &[], body).await;
    for bad in [
        &b"{"[..],
        b"",
        b"\xff",
        b"{\"comment\":{\"body\":\"\xff\xfe\"}}",
    ] {
        post(bad.to_vec()).await.problem(400, "malformed");
    }
    for empty in ["", " \n", "\u{feff}"] {
        let problem = post(empty.into()).await.problem(400, "malformed");
        let expected = "the body is no JSON: expected an object, found an empty text";
        assert_eq!(problem["detail"], expected);
    }
    let marked = "\u{feff}{\"comment\":{\"body\":\"hello\"}}";
    post(marked.into()).await.with(200);
    for bad in [
        "[null,null]",
        "null",
        "7",
        r#"{"comment":[]}"#,
        r#"{"post":[],"comment":{}}"#,
        r#"{"thread":[[]],"comment":{}}"#,
    ] {
        post(bad.as_bytes().to_vec()).await.problem(422, "invalid");
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for bad in [
        deep.clone(),
        format!(r#"{{"comment":{{"body":{deep}}}}}"#),
        format!(r#"{{"comment":{{"x":{deep}}}}}"#),
    ] {
        let refused = post(bad.into_bytes()).await;
        assert!([400, 422].contains(&refused.status), "{refused:?}");
    }
    let n = "a\0b";
    let body = json!({
        "post": {"id": n, "title": n, "body": n, "url": n, "author": n, "tags": [n]},
        "comment": {"id": n, "parent": n, "kind": n, "author": n, "author_url": n, "author_email": n,
            "body": n, "html": n},
    });
    let verdict = service.ask("POST /v1/check", body).await.with(200);
    let stored = service
        .get(&format!("/v1/verdicts/{}", verdict["id"].as_str().unwrap()))
        .await;
    assert_eq!(
        (&stored["post"], &stored["author"], &stored["body"]),
        (&json!(n), &json!(n), &json!(n))
    );
    let decision = json!({"post": n, "comment": n, "label": "ham", "reporter": n});
    service.ask("POST /v1/feedback", decision).await.with(201);
    for id in [
        "a%00b",
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e",
        "a%2Fb",
        "%F0%9F%98%80",
    ] {
        service
            .ask(&format!("PUT /v1/posts/{id}"), json!({"title": id}))
            .await
            .with(204);
        assert_eq!(service.get(&format!("/v1/posts/{id}")).await["title"], id);
    }
    service
        .ask("GET /v1/posts/%ff", Value::Null)
        .await
        .problem(404, "not-found");
}

#[tokio::test]
async fn an_id_of_the_blogs_may_be_a_number_and_is_given_back_as_text() {
    let service = TestService::start().await;
    let posts = json!({"posts": [{"id": 12, "title": "Eleven pairs"}, {"id": "13"}]});
    let written = service.ask("POST /v1/posts", posts).await.with(200);
    assert_eq!(written["written"], 2);
    assert_eq!(service.get("/v1/posts/12").await["id"], "12");
    let put = json!({"id": 12, "title": "Twelve pairs"});
    service.ask("PUT /v1/posts/12", put).await.with(204);
    let before = json!({"id": 6, "body": "Which pair?"});
    let check = json!({
        "post": {"id": 12}, "thread": [before], "comment": {"id": 7, "parent": 6, "body": "The old."},
    });
    let verdict = service.ask("POST /v1/check", check).await.with(200);
    assert_eq!(verdict["post_known"], true);
    let path = format!("/v1/verdicts/{}", verdict["id"].as_str().unwrap());
    let stored = service.get(&path).await;
    assert_eq!(
        (&stored["post"], &stored["comment"]),
        (&json!("12"), &json!("7"))
    );
    let decisions = [
        json!({"post": 12, "comment": 7, "label": "ham"}),
        json!({"post": "12", "comment": "7", "label": "spam"}),
    ];
    for decision in decisions {
        let decided = service.ask("POST /v1/feedback", decision).await.with(201);
        assert_eq!(decided["verdict"], verdict["id"]);
    }
    for id in [json!(1.5), json!(true), json!([1])] {
        let check = json!({"post": {"id": id}, "comment": {"body": "The old."}});
        let detail = service
            .ask("POST /v1/check", check)
            .await
            .problem(422, "invalid")["detail"]
            .to_string();
        assert!(
            detail.contains("in `post.id`: expected an id as text"),
            "{detail}"
        );
    }
}

#[tokio::test]
async fn a_problem_says_where_and_in_plain_words() {
    let service = with_shoes().await;
    for (line, body, expected) in [
        (
            "POST /v1/check",
            json!({}),
            "missing field `comment` at column 2",
        ),
        (
            "POST /v1/check",
            json!({"comment": {"autor": "Mara"}}),
            "in `comment.autor`: unknown field `autor`, expected one of",
        ),
        (
            "POST /v1/check",
            json!({"comment": {"body": "a", "seconds_on_page": "12"}}),
            "in `comment.seconds_on_page`: expected a number, found text \"12\"",
        ),
        (
            "POST /v1/check",
            json!({"comment": {"body": "a", "role": 1}}),
            "in `comment.role`: expected text, found number `1`",
        ),
        (
            "PUT /v1/posts/shoes",
            json!({"tags": "a,b"}),
            "in `tags`: expected a list, found text \"a,b\"",
        ),
        (
            "POST /v1/feedback",
            json!({"verdict": "0000000000000001", "label": 1}),
            "in `label`: expected text, found number `1`",
        ),
        (
            "POST /v1/feedback",
            json!({"verdict": "0000000000000001", "comment": "1", "label": "ham"}),
            "expected either `verdict`, or `comment` with its `post` in `verdict`, found both",
        ),
        (
            "POST /v1/feedback",
            json!({"post": "shoes", "label": "ham"}),
            "found neither",
        ),
        (
            "GET /v1/queue?order=date",
            Value::Null,
            "in `order`: unknown variant `date`, expected one of `newest`, `oldest`, `urgency`",
        ),
    ] {
        let problem = service.ask(line, body).await.problem(422, "invalid");
        let detail = problem["detail"].as_str().unwrap();
        let begins = detail.starts_with(expected) || expected == "found neither";
        assert!(begins && detail.contains(expected), "{line}: {detail}");
    }
}

#[tokio::test]
async fn a_decision_on_a_comment_without_its_post_says_what_may_be_missing() {
    let service = with_shoes().await;
    service
        .check("shoes", json!({"id": "7", "body": "The old."}))
        .await;
    let decision = |post: Value| json!({"post": post, "comment": "7", "label": "ham"});
    let batch = |post: Value| json!({"decisions": [decision(post)]});
    let hint = "a comment under a post is named with its `post`";
    for (line, body, hints) in [
        ("POST /v1/feedback", decision(Value::Null), true),
        ("POST /v1/feedback", decision(json!("socks")), false),
        ("POST /v1/feedback/batch", batch(Value::Null), true),
        ("POST /v1/feedback/batch", batch(json!("socks")), false),
    ] {
        let problem = service.ask(line, body).await.problem(404, "not-found");
        let detail = problem["detail"].as_str().unwrap();
        assert_eq!(detail.contains(hint), hints, "{detail}");
    }
    // It may have none.
    service
        .check("", json!({"id": "7", "body": "The new."}))
        .await;
    let decided = service
        .ask("POST /v1/feedback", decision(Value::Null))
        .await;
    decided.with(201);
}

#[tokio::test]
async fn half_a_character_keeps_no_comment_from_its_verdict() {
    let service = TestService::start().await;
    let check = r#"{"comment":{"author":"\ud83d\ude00","body":"hi \ud83d \\ude00"}}"#;
    let alone = service.raw(&service.key, "POST /v1/check", &[], check);
    let alone = alone.await.with(200);
    let batch = format!(r#"{{"checks":[{check}]}}"#);
    let batch = service.raw(&service.key, "POST /v1/check/batch", &[], batch);
    let batch = batch.await.with(200);
    for verdict in [&alone, &batch["answers"][0]["answer"]] {
        let path = format!("/v1/verdicts/{}", verdict["id"].as_str().unwrap());
        let stored = service.get(&path).await;
        assert_eq!(stored["author"], "😀");
        assert_eq!(stored["body"], "hi \u{fffd} \\ude00");
    }
}

#[tokio::test]
async fn bodies_are_compressed_both_ways_and_bounded_after_decompression() {
    let service = with_shoes().await;
    let zipped = [("content-encoding", "gzip")];
    let send =
        async |line: &str, body: Vec<u8>| service.raw(&service.key, line, &zipped, body).await;
    let fine = gzip(br#"{"comment":{"body":"hello"}}"#);
    send("POST /v1/check", fine.clone()).await.with(200);
    send("POST /v1/check", fine[..fine.len() - 9].to_vec())
        .await
        .problem(400, "malformed");
    let bomb = gzip(format!(r#"{{"comment":{{"body":"{}"}}}}"#, "x".repeat(64 << 20)).as_bytes());
    assert!(bomb.len() < 1 << 20);
    for line in ["POST /v1/check", "POST /v1/check/batch", "POST /v1/posts"] {
        send(line, bomb.clone()).await.problem(413, "too-large");
    }
    let plain = vec![b' '; 9 << 20];
    service
        .raw(&service.key, "POST /v1/posts", &[], plain)
        .await
        .problem(413, "too-large");
    let brotli = [("content-encoding", "br")];
    let refused = service
        .raw(&service.key, "POST /v1/check", &brotli, fine)
        .await;
    assert_eq!(refused.header("accept-encoding"), "gzip");
    refused.problem(415, "media-type");
    let accepts = [("accept-encoding", "gzip")];
    let answer = service
        .raw(&service.key, "GET /v1/posts/shoes", &accepts, Body::empty())
        .await;
    assert_eq!(answer.header("content-encoding"), "gzip");
    let post: Value = serde_json::from_reader(GzDecoder::new(&answer.body[..])).unwrap();
    assert_eq!(post["id"], "shoes");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_told_the_limit() {
    let small = ApiOptions {
        body_limit: 1_024,
        ..options()
    };
    let service = TestService::with(small).await;
    let body = json!({"comment": {"body": "a".repeat(2_000)}});
    let refused = service.ask("POST /v1/check", body).await;
    let detail = refused.problem(413, "too-large")["detail"].clone();
    assert!(detail.as_str().unwrap().contains("1024 bytes"), "{detail}");
}

#[tokio::test]
async fn a_kept_answer_is_given_again_to_callers_of_the_same_role_only() {
    let service = TestService::start().await;
    let checker = service.another_key(1, "checker").await;
    let named = [("idempotency-key", "k")];
    let body = json!({"comment": {"body": "Which flour did you take?"}}).to_string();
    let send = |key| service.raw(key, "POST /v1/check", &named, body.clone());
    let first = send(&service.key).await.with(200);
    assert!(first["reasons"].is_array());
    send(&checker).await.problem(409, "conflict");
    let other = service.another_key(1, "moderator").await;
    assert_eq!(send(&other).await.with(200), first);
}

#[tokio::test]
async fn what_a_caller_asked_for_who_left_is_done_and_known() {
    let service = TestService::start().await;
    let ended = service.another_key(1, "checker").await;
    let keys = service.by(&service.admin, "GET /v1/sites/1/keys", Value::Null);
    let keys = keys.await.with(200);
    let last = keys["items"].as_array().unwrap().last().unwrap();
    let end = format!("DELETE /v1/sites/1/keys/{}", last["id"].as_str().unwrap());
    service.leave(&service.admin, &end, Value::Null).await;
    let body = json!({"comment": {"body": "hello"}});
    let checked = service.by(&ended, "POST /v1/check", body).await;
    checked.problem(401, "unauthorized");

    let entry = json!({"name": "n", "action": "block", "field": "author", "value": "Eve"});
    let add = "POST /v1/sites/1/entries";
    service.leave(&service.admin, add, entry.clone()).await;
    let blocked = service.check("p", json!({"body": "hello", "author": "Eve"}));
    assert_eq!(blocked.await["verdict"], "spam");
    let again = service.by(&service.admin, add, entry).await;
    again.problem(409, "conflict");
}
