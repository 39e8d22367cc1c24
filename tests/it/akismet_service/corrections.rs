//! Late corrections, which go to the blog.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::{be_called_back, deliveries, form, verdict_of};
use crate::service::TestService;

#[tokio::test]
async fn a_correction_that_waits_gives_way_to_a_later_decision() {
    let service = TestService::start().await;
    be_called_back(&service).await;
    let comment = [
        ("comment_content", "How long did you let it rise?"),
        ("callback", "https://blog.example/hook"),
    ];
    let checked = form(&service, "/1.1/comment-check", &comment).await;
    let verdict = json!(checked.header("x-ontopic-verdict-id"));
    let waiting = async || {
        let due = deliveries(&service).await;
        due.into_iter().map(|it| it.body).collect::<Vec<String>>()
    };
    service.decide(&verdict, "spam").await;
    service.decide(&verdict, "ham").await;
    assert_eq!(waiting().await.len(), 1);
    assert!(waiting().await[0].contains(r#""result":"false""#));
    let both = ["ham", "spam"].map(|label| json!({"verdict": verdict, "label": label}));
    let batch = service.ask("POST /v1/feedback/batch", json!({"decisions": both}));
    batch.await.with(201);
    assert_eq!(waiting().await.len(), 1);
    assert!(waiting().await[0].contains(r#""result":"true""#));
    // The blog itself decides.
    form(&service, "/1.1/submit-ham", &comment).await;
    assert_eq!(waiting().await, [""; 0]);
}

#[tokio::test]
async fn comments_of_before_the_origin_was_registered_are_corrected() {
    let service = TestService::start().await;
    let long = format!("https://blog.example/{}", "a".repeat(2000));
    let mut verdicts = Vec::new();
    for (number, callback) in ["https://blog.example/hook", "blog.example/hook", &long]
        .into_iter()
        .enumerate()
    {
        let words = format!("How long did you let number {number} rise?");
        let fields = [("comment_content", &*words), ("callback", callback)];
        let checked = form(&service, "/1.1/comment-check", &fields).await;
        verdicts.push(json!(checked.header("x-ontopic-verdict-id")));
    }
    let waiting = async || {
        let due = deliveries(&service).await;
        due.into_iter().map(|it| it.url).collect::<Vec<String>>()
    };
    service.decide(&verdicts[0], "spam").await;
    assert_eq!(waiting().await, [""; 0]);
    assert_eq!(service.moderator.key_seen(service.site), None);
    be_called_back(&service).await;
    for verdict in &verdicts {
        service.decide(verdict, "ham").await;
    }
    assert_eq!(waiting().await, ["https://blog.example/hook"]);
}

#[tokio::test]
async fn a_blog_is_sent_no_key_but_its_own() {
    let service = TestService::start().await;
    be_called_back(&service).await;
    let checker = service.another_key(1, "checker").await;
    let admin = service.another_key(1, "admin").await;
    let blogs = service.another_key(1, "moderator").await;
    let ask = async |key: &str, path: &str| {
        let fields = [
            ("api_key", key),
            ("blog", "https://blog.example/"),
            ("comment_content", "How long did you let it rise?"),
            ("callback", "https://blog.example/hook"),
        ];
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(body));
        assert_eq!(service.send(request.unwrap()).await.status, 200);
        service.moderator.key_seen(service.site)
    };
    assert_eq!(ask(&admin, "/1.1/verify-key").await, None);
    assert_eq!(ask(&checker, "/1.1/verify-key").await, None);
    assert_eq!(ask(&admin, "/1.1/comment-check").await, None);
    let own = Some(service.key.clone());
    assert_eq!(ask(&service.key, "/1.1/verify-key").await, own);
    // That of a check which says where to call goes before that of any other request.
    let blogs_own = Some(blogs.clone());
    assert_eq!(ask(&blogs, "/1.1/comment-check").await, blogs_own);
    assert_eq!(ask(&service.key, "/1.1/verify-key").await, blogs_own);
    assert_eq!(ask(&admin, "/1.1/comment-check").await, blogs_own);
}

#[tokio::test]
async fn a_correction_names_every_answer_that_a_blog_may_know_the_comment_by() {
    let service = TestService::start().await;
    be_called_back(&service).await;
    let check = async |words: &str, more: &[(&str, &str)]| {
        let fields = [
            ("comment_post_ID", "7"),
            ("comment_ID", "77"),
            ("comment_content", words),
            ("callback", "https://blog.example/hook"),
        ];
        let fields = [&fields[..], more].concat();
        let answer = form(&service, "/1.1/comment-check", &fields).await;
        let [verdict, guid] =
            ["x-ontopic-verdict-id", "x-akismet-guid"].map(|name| answer.header(name).to_owned());
        (json!(verdict), guid)
    };
    let (first, first_guid) = check("How long did you let it rise?", &[]).await;
    let known = [
        ("ontopic_verdict_id", first.as_str().unwrap()),
        ("recheck_reason", "edit"),
    ];
    let (second, second_guid) = check("And which flour was it that you took?", &known).await;
    assert_ne!(first, second);
    let waiting = async || {
        let due = deliveries(&service).await;
        due.into_iter().map(|it| it.body).collect::<Vec<String>>()
    };
    service.decide(&first, "spam").await;
    assert_eq!(waiting().await, [""; 0], "those words are there no longer");
    service.decide(&second, "spam").await;
    let told: Value = serde_json::from_str(&waiting().await[0]).unwrap();
    let comments = told["comments"].as_array().unwrap();
    let named: Vec<_> = comments
        .iter()
        .map(|it| (&it["guid"], &it["result"]))
        .collect();
    let (guids, spam) = ([json!(first_guid), json!(second_guid)], json!("true"));
    assert_eq!(named, [(&guids[0], &spam), (&guids[1], &spam)]);
}

#[tokio::test]
async fn a_correction_describes_the_comment_as_it_is_now() {
    let service = TestService::start().await;
    be_called_back(&service).await;
    let mut verdicts = Vec::new();
    // WordPress looks for the parent as well, and gives answers to a comment that is removed to the one
    // above it.
    for parent in ["3", "2"] {
        let fields = [
            ("comment_post_ID", "7"),
            ("comment_ID", "77"),
            ("comment_parent", parent),
            ("comment_content", "How long did you let it rise?"),
            ("callback", "https://blog.example/hook"),
        ];
        let answer = form(&service, "/1.1/comment-check", &fields).await;
        verdicts.push(json!(verdict_of(&answer)));
    }
    service.decide(&verdicts[0], "spam").await;
    let due = deliveries(&service).await;
    let told: Value = serde_json::from_str(&due[0].body).unwrap();
    let comments = told["comments"].as_array().unwrap();
    let parents: Vec<_> = comments.iter().map(|it| &it["comment_parent"]).collect();
    assert_eq!(parents, ["2", "2"]);
}

#[tokio::test]
async fn a_decision_on_an_earlier_version_corrects_nothing_that_the_owner_decided_on_later() {
    let service = TestService::start().await;
    service.hold_all().await;
    be_called_back(&service).await;
    let fields = [
        ("comment_post_ID", "7"),
        ("comment_ID", "77"),
        ("comment_content", "How long did you let it rise?"),
        ("callback", "https://blog.example/hook"),
    ];
    let check = async || {
        json!(verdict_of(
            &form(&service, "/1.1/comment-check", &fields).await
        ))
    };
    let told = async || {
        let due = deliveries(&service).await;
        let bodies = due.into_iter().map(|it| it.body);
        let bodies = bodies.map(|body| serde_json::from_str::<Value>(&body).unwrap());
        bodies
            .map(|body| body["comments"][0]["result"].clone())
            .collect::<Vec<Value>>()
    };
    let first = check().await;
    let spam = service.decide(&first, "spam").await;
    let second = check().await;
    service.decide(&second, "ham").await;
    assert_eq!(told().await, ["false"]);
    // What was answered about the first, which is spam, stands for that one alone.
    let take_back = format!("DELETE /v1/feedback/{}", spam["id"].as_str().unwrap());
    service.ask(&take_back, Value::Null).await.with(200);
    assert_eq!(told().await, ["false"]);
}

#[tokio::test]
async fn an_answer_outdates_what_a_blog_was_to_be_told_before_it() {
    let service = TestService::start().await;
    service.hold_all().await;
    be_called_back(&service).await;
    let fields = |id, words| {
        [
            ("comment_post_ID", "7"),
            ("comment_ID", id),
            ("comment_content", words),
            ("callback", "https://blog.example/hook"),
        ]
    };
    let waiting = async || deliveries(&service).await.len();
    for (id, path) in [("5", "/1.1/comment-check"), ("6", "/1.1/submit-spam")] {
        let first = fields(id, "How long did you let it rise?");
        let first = form(&service, "/1.1/comment-check", &first).await;
        service.decide(&json!(verdict_of(&first)), "ham").await;
        assert_eq!(waiting().await, 1);
        form(&service, path, &fields(id, "Roofs are mended in a day.")).await;
        assert_eq!(waiting().await, 0, "{path}");
    }
}

#[tokio::test]
async fn a_blog_that_asked_to_be_told_is_told_of_versions_that_others_asked_about() {
    let service = TestService::start().await;
    be_called_back(&service).await;
    let fields = [
        ("comment_post_ID", "7"),
        ("comment_ID", "77"),
        ("comment_content", "How long did you let it rise?"),
        ("callback", "https://blog.example/hook"),
    ];
    let first = form(&service, "/1.1/comment-check", &fields).await;
    let again = json!({"id": "77", "body": "How long did you let it rise?"});
    let second = service.check("7", again).await;
    assert_ne!(second["id"], verdict_of(&first));
    for verdict in [&json!(verdict_of(&first)), &second["id"]] {
        service.decide(verdict, "spam").await;
        let due = deliveries(&service).await;
        assert_eq!(due.len(), 1);
        assert!(
            due[0].body.contains(r#""comment_post_ID":"7""#),
            "{}",
            due[0].body
        );
    }
}

/// The body of the first request that comes.
async fn received(listener: &TcpListener) -> Value {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut bytes = Vec::new();
    loop {
        let mut piece = [0; 4096];
        let n = stream.read(&mut piece).await.unwrap();
        assert_ne!(n, 0, "the request breaks off");
        bytes.extend_from_slice(&piece[..n]);
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n")
            && let Ok(body) = serde_json::from_str(body)
        {
            assert!(
                head.to_ascii_lowercase().contains("x-akismet-webhook: 1"),
                "{head}"
            );
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
            stream.write_all(answer).await.unwrap();
            return body;
        }
    }
}

#[tokio::test]
async fn a_late_correction_goes_to_a_registered_origin_and_nowhere_else() {
    let service = TestService::start().await;
    let listed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let other = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listed.local_addr().unwrap());
    service
        .set(json!({"akismet": {"callback_origins": [origin]}}))
        .await;
    let _delivery = service.deliver();
    let check = async |content: &str, to: &TcpListener| {
        let callback = format!(
            "http://{}/hook?rest_route=/akismet",
            to.local_addr().unwrap()
        );
        let fields = [
            ("comment_content", content),
            ("callback", callback.as_str()),
        ];
        let answer = form(&service, "/1.1/comment-check", &fields).await;
        (
            json!(answer.header("x-ontopic-verdict-id")),
            answer.header("x-akismet-guid").to_owned(),
        )
    };
    let (elsewhere, _) = check("Where did you find the hinges?", &other).await;
    service.decide(&elsewhere, "spam").await;
    let (verdict, guid) = check("How long did you let it rise?", &listed).await;
    service.decide(&verdict, "spam").await;
    let told = tokio::time::timeout(Duration::from_secs(20), received(&listed)).await;
    let told = told.expect("the correction comes");
    assert_eq!(told["key"], service.key);
    assert_eq!(told["comments"][0]["guid"], guid);
    assert_eq!(told["comments"][0]["result"], "true");
    // The decision on the other one was made before, and nobody called.
    let called = tokio::time::timeout(Duration::from_millis(200), other.accept()).await;
    assert!(called.is_err());
}

#[tokio::test]
async fn a_blog_that_does_not_answer_holds_up_no_other() {
    let service = TestService::start().await;
    let (other, other_key) = service.another_site().await;
    // One that takes calls and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let talking = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = |listener: &TcpListener| format!("http://{}", listener.local_addr().unwrap());
    for (site, listener) in [(1, &silent), (other, &talking)] {
        let settings = json!({"akismet": {"callback_origins": [origin(listener)]}});
        let line = format!("PATCH /v1/sites/{site}");
        let changed = service.by(&service.admin, &line, json!({"settings": settings}));
        changed.await.with(200);
    }
    let decide = async |key: &str, words: &str, to: &TcpListener| {
        let fields = form_urlencoded::Serializer::new(String::new())
            .append_pair("api_key", key)
            .append_pair("blog", "https://blog.example/")
            .append_pair("comment_content", words)
            .append_pair("callback", &format!("{}/hook", origin(to)))
            .finish();
        let request = Request::post("/1.1/comment-check")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(fields));
        let checked = service.send(request.unwrap()).await;
        let body = json!({"verdict": checked.header("x-ontopic-verdict-id"), "label": "spam"});
        service.by(key, "POST /v1/feedback", body).await.with(201);
    };
    for number in 0..20 {
        let words = format!("How long did you let it rise, and {number} more?");
        decide(&service.key, &words, &silent).await;
    }
    decide(&other_key, "Where did you find the hinges?", &talking).await;
    let _delivery = service.deliver();
    // One after the other, the silent blog alone would take more than a minute and a half.
    let told = tokio::time::timeout(Duration::from_secs(60), received(&talking)).await;
    assert_eq!(told.expect("the correction comes")["key"], other_key);
}

/// Registers a blog that listens, and has a comment of it checked; gives the id of the verdict.
async fn checked_for(service: &TestService, blog: &TcpListener) -> Value {
    let origin = format!("http://{}", blog.local_addr().unwrap());
    service
        .set(json!({"akismet": {"callback_origins": [origin]}}))
        .await;
    let callback = format!("{origin}/hook");
    let fields = [
        ("comment_content", "How long did you let it rise?"),
        ("callback", callback.as_str()),
    ];
    let checked = form(service, "/1.1/comment-check", &fields).await;
    json!(checked.header("x-ontopic-verdict-id"))
}

#[tokio::test]
async fn corrections_wait_for_the_key_of_their_site_after_a_start() {
    let service = TestService::start().await;
    let blog = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let verdict = checked_for(&service, &blog).await;
    let service = service.restarted().await;
    service.decide(&verdict, "spam").await;
    let _delivery = service.deliver();
    let called = tokio::time::timeout(Duration::from_millis(300), blog.accept()).await;
    assert!(called.is_err());
    let waiting = deliveries(&service).await;
    assert_eq!(waiting[0].attempts, 0);
    form(
        &service,
        "/1.1/verify-key",
        &[("key", service.key.as_str())],
    )
    .await;
    let told = tokio::time::timeout(Duration::from_secs(20), received(&blog)).await;
    assert_eq!(told.expect("the correction comes")["key"], service.key);
}

#[tokio::test]
async fn a_try_is_counted_before_the_blog_is_called() {
    let service = TestService::start().await;
    let blog = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let verdict = checked_for(&service, &blog).await;
    service.decide(&verdict, "spam").await;
    let before = deliveries(&service).await;
    let _delivery = service.deliver();
    let called = tokio::time::timeout(Duration::from_secs(20), blog.accept()).await;
    let _open = called.expect("the blog is called");
    let meanwhile = deliveries(&service).await;
    assert_eq!(meanwhile[0].attempts, 1);
    assert!(meanwhile[0].due >= before[0].due + 20_000);
}

#[tokio::test]
async fn what_comes_of_corrections_is_counted() {
    let service = TestService::start().await;
    let blog = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let verdict = checked_for(&service, &blog).await;
    service.decide(&verdict, "spam").await;
    let _delivery = service.deliver();
    let (mut call, _) = blog.accept().await.unwrap();
    let answer = b"HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n";
    call.write_all(answer).await.unwrap();
    let of = async |outcome: &str| {
        let series = format!("ontopic_deliveries_total{{outcome=\"{outcome}\"}}");
        service.counted(&series).await
    };
    while of("failed").await == 0.0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!([of("delivered").await, of("given_up").await], [0.0; 2]);
}
