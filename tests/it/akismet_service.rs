//! Akismet's dialect as a client meets it: recorded requests against the whole service.

use std::net::SocketAddr;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::http::Request;
use futures_util::{StreamExt as _, stream};
use ontopic::api::ApiOptions;
use ontopic::delivery::deliver;
use ontopic::storage::{CheckRecord, Delivery};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::akismet::{Recorded, expected, recorded};
use crate::service::{Answer, TestService, options};

/// `bytes` with one key in the place of another of the same length.
fn with_key(bytes: &[u8], old: &str, new: &str) -> Vec<u8> {
    assert_eq!(old.len(), new.len());
    let mut bytes = bytes.to_vec();
    let places: Vec<usize> = bytes
        .windows(old.len())
        .enumerate()
        .filter_map(|(at, window)| (window == old.as_bytes()).then_some(at))
        .collect();
    for at in places {
        bytes[at..at + new.len()].copy_from_slice(new.as_bytes());
    }
    bytes
}

/// Sends a recorded request with the key of the service in the place of the recorded one.
async fn replay(service: &TestService, recorded: &Recorded, old: Option<&str>) -> Answer {
    let change = |bytes: &[u8]| match old {
        Some(old) => with_key(bytes, old, &service.key),
        None => bytes.to_vec(),
    };
    let text = |text: &str| String::from_utf8(change(text.as_bytes())).unwrap();
    let target = format!("{}?{}", text(&recorded.path), text(&recorded.query));
    let mut request = Request::builder().method("POST").uri(target);
    if let Some(host) = &recorded.host {
        request = request.header("host", text(host));
    }
    if let Some(content_type) = &recorded.content_type {
        request = request.header("content-type", content_type);
    }
    let body = Body::from(change(&recorded.body));
    service.send(request.body(body).unwrap()).await
}

/// Sends a form under the key of the service.
async fn bare_form(service: &TestService, path: &str, fields: &[(&str, &str)]) -> Answer {
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.append_pair("api_key", &service.key)
        .extend_pairs(fields);
    let request = Request::post(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(body.finish()));
    service.send(request.unwrap()).await
}

/// The same, from the blog of the tests.
async fn form(service: &TestService, path: &str, fields: &[(&str, &str)]) -> Answer {
    let blog = [("blog", "https://blog.example/")];
    bare_form(service, path, &[&blog, fields].concat()).await
}

fn body(answer: &Answer) -> &str {
    std::str::from_utf8(&answer.body).unwrap()
}

#[tokio::test]
async fn every_recorded_request_gets_an_answer_that_its_client_understands() {
    let service = TestService::start().await;
    for case in expected() {
        let file = case["file"].as_str().unwrap();
        let old = case["key"].as_str();
        let answer = replay(&service, &recorded(file), old).await;
        assert_eq!(answer.status, 200, "{file}: {answer:?}");
        assert_eq!(answer.header("x-akismet-guid").len(), 36, "{file}");
        let endpoint = case["endpoint"].as_str().unwrap();
        let is_open = endpoint.ends_with("/test") || endpoint.ends_with("/compatible-plugins");
        if old.is_none() && !is_open {
            assert_eq!(body(&answer), "invalid", "{file}");
            continue;
        }
        match endpoint {
            "/1.1/comment-check" => {
                let said = match case["demanded"].as_str() {
                    Some("spam") => "true",
                    Some("ham") => "false",
                    _ if answer.header("x-ontopic-verdict") == "publish" => "false",
                    _ => "true",
                };
                assert_eq!(body(&answer), said, "{file}");
                assert_eq!(answer.header("x-akismet-debug-help"), "", "{file}");
            }
            "/1.1/verify-key" => assert_eq!(body(&answer), "valid", "{file}"),
            "/1.1/submit-spam" | "/1.1/submit-ham" => {
                let thanks = "Thanks for making the web a better place.";
                assert_eq!(body(&answer), thanks, "{file}");
            }
            "/1.1/get-subscription" => assert_eq!(answer.json()["status"], "active", "{file}"),
            "/1.1/get-stats" | "/1.2/usage-limit" => {
                assert!(answer.json().is_object(), "{file}");
            }
            _ => assert!(!answer.body.is_empty(), "{file}"),
        }
    }
}

#[tokio::test]
async fn a_key_that_nobody_knows_is_invalid_and_nothing_is_stored() {
    let service = TestService::start().await;
    let check = recorded("wordpress-7.1/001-comment-check.http");
    let answer = replay(&service, &check, None).await;
    assert_eq!((answer.status, body(&answer)), (200, "invalid"));
    assert_ne!(answer.header("x-akismet-debug-help"), "");
    let counts = service.moderator.store.counts(service.site, 0, i64::MAX);
    assert_eq!(counts.await.unwrap().checks, 0);
}

#[tokio::test]
async fn a_report_finds_its_check_and_becomes_a_decision() {
    let service = TestService::start().await;
    let key = Some("abcdef123456");
    let check = recorded("wordpress-7.1/001-comment-check.http");
    let checked = replay(&service, &check, key).await;
    let verdict = checked.header("x-ontopic-verdict-id").to_owned();
    let spam = recorded("wordpress-7.1/005-submit-spam.http");
    replay(&service, &spam, key).await;
    let log = service.get("/v1/feedback").await;
    let items = log["items"].as_array().unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["verdict"], verdict);
    assert_eq!(
        (&items[0]["label"], &items[0]["via"]),
        (&json!("spam"), &json!("akismet"))
    );
    let ham = recorded("wordpress-7.1/006-submit-ham.http");
    replay(&service, &ham, key).await;
    let stored = service.get(&format!("/v1/verdicts/{verdict}")).await;
    assert_eq!(stored["decided"], "ham");

    // A report about a comment that nobody asked about is judged on the spot.
    let fields = [
        ("comment_content", "never checked"),
        ("comment_author", "Ida"),
    ];
    form(&service, "/1.1/submit-spam", &fields).await;
    let log = service.get("/v1/feedback").await;
    let last = log["items"].as_array().unwrap().last().unwrap().clone();
    assert_ne!(last["verdict"], verdict);
    let path = format!("/v1/verdicts/{}", last["verdict"].as_str().unwrap());
    assert_eq!(service.get(&path).await["decided"], "spam");
}

#[tokio::test]
async fn a_report_brings_words_back_that_were_not_kept() {
    let service = TestService::start().await;
    let comment = [
        ("comment_post_ID", "7"),
        ("comment_author", "Ida"),
        ("comment_author_email", "ida@a.example"),
        ("comment_content", "How long did you let it rise?"),
    ];
    let checked = form(&service, "/1.1/comment-check", &comment).await;
    let verdict = checked.header("x-ontopic-verdict-id").to_owned();
    let line = format!("/v1/verdicts/{verdict}");
    let store = &service.moderator.store;
    store.prune(i64::MAX, 0, 9).await.unwrap();
    let with_id = [("comment_ID", "5"), ("ontopic_verdict_id", &*verdict)];
    for (report, more) in [("submit-ham", &[][..]), ("submit-spam", &with_id)] {
        let fields = [&comment[..], more].concat();
        form(&service, &format!("/1.1/{report}"), &fields).await;
        let texts = texts_of(&service).await;
        assert_eq!(texts, ["How long did you let it rise?"]);
    }
    assert_eq!(service.get(&line).await["decided"], "spam");

    // What was erased stays so, even where the blog names the verdict.
    let erased = json!({"email": "ida@a.example"});
    let erased = service.ask("POST /v1/erasures", erased);
    erased.await.with(200);
    let fields = [&comment[..], &with_id].concat();
    form(&service, "/1.1/submit-spam", &fields).await;
    assert_eq!(texts_of(&service).await, [""; 0]);
}

/// The words of the comments that there are to learn from.
async fn texts_of(service: &TestService) -> Vec<String> {
    let (sender, texts) = std::sync::mpsc::channel();
    let each = Box::new(move |check: CheckRecord| {
        let text = check.text.filter(|_| check.decided.is_some());
        sender.send(text.map(|text| text.body)).unwrap();
    });
    let store = &service.moderator.store;
    store.each_comment(service.site, each).await.unwrap();
    texts.into_iter().flatten().collect()
}

/// The verdicts that were decided on, oldest decision first.
async fn decided_on(service: &TestService) -> Vec<String> {
    let log = service.get("/v1/feedback").await;
    let items = log["items"].as_array().unwrap();
    let verdicts = items.iter().map(|it| it["verdict"].as_str().unwrap());
    verdicts.map(str::to_owned).collect()
}

#[tokio::test]
async fn comments_under_a_post_that_nobody_knows_are_one_thread_however_it_is_written() {
    let service = TestService::start().await;
    for url in [
        "https://blog.example/unknown/",
        "http://blog.example/unknown",
        "https://blog.example/unknown/?utm_source=letter#comments",
    ] {
        let fields = [("permalink", url), ("comment_content", "Which width?")];
        let checked = form(&service, "/1.1/comment-check", &fields).await;
        let verdict = checked.header("x-ontopic-verdict-id").to_owned();
        let stored = service.get(&format!("/v1/verdicts/{verdict}")).await;
        assert_eq!(stored["post"], "blog.example/unknown", "{url}");
    }
}

#[tokio::test]
async fn a_report_that_says_more_or_less_of_the_place_finds_its_check() {
    let service = TestService::start().await;
    let blog = ("blog", "https://blog.example/");
    let page = ("permalink", "https://blog.example/pairs/");
    let post = ("comment_post_ID", "7");
    for (number, (check, report)) in [
        (vec![blog, page], vec![blog, page, post]),
        (vec![blog, page, post], vec![blog, page]),
        (vec![page], vec![blog, page]),
        (vec![blog, post], vec![post]),
        (vec![blog, page], vec![blog]),
    ]
    .into_iter()
    .enumerate()
    {
        let words = format!("Pair {number} was mine, and it held.");
        let comment = [("comment_author", "Wil"), ("comment_content", &*words)];
        let (check, report) = (
            [&check, &comment[..]].concat(),
            [&report, &comment[..]].concat(),
        );
        let checked = bare_form(&service, "/1.1/comment-check", &check).await;
        let verdict = checked.header("x-ontopic-verdict-id").to_owned();
        bare_form(&service, "/1.1/submit-spam", &report).await;
        assert_eq!(
            decided_on(&service).await[number..],
            [verdict],
            "{report:?}"
        );
    }
}

#[tokio::test]
async fn of_two_with_the_same_name_and_words_the_report_finds_the_one_it_is_about() {
    let service = TestService::start().await;
    let anna = |email| {
        [
            ("comment_author", "Anna"),
            ("comment_author_email", email),
            ("comment_content", "Nice!"),
        ]
    };
    let first = form(&service, "/1.1/comment-check", &anna("anna@a.example")).await;
    form(&service, "/1.1/comment-check", &anna("anna@b.example")).await;
    form(&service, "/1.1/submit-spam", &anna("anna@a.example")).await;
    let verdict = first.header("x-ontopic-verdict-id");
    assert_eq!(decided_on(&service).await, [verdict]);
}

/// The verdict that an answer names.
fn verdict_of(answer: &Answer) -> String {
    answer.header("x-ontopic-verdict-id").to_owned()
}

#[tokio::test]
async fn the_comment_of_another_person_is_another_however_alike_they_are() {
    let service = TestService::start().await;
    let ann = |post, email, address, more: &[(&'static str, &'static str)]| {
        let fields = [
            ("comment_post_ID", post),
            ("comment_author", "Ann"),
            ("comment_content", "Thanks, this helped me a lot!"),
            ("comment_author_email", email),
            ("user_ip", address),
        ];
        [&fields[..], more].concat()
    };
    let recheck = |id| [("comment_ID", id), ("recheck_reason", "recheck_queue")];
    let one = |more: &[_]| ann("7", "ann@a.example", "192.0.2.1", more);
    let other = |more: &[_]| ann("7", "ann@b.example", "192.0.2.2", more);
    let check = async |fields: Vec<(&str, &str)>| {
        let answer = form(&service, "/1.1/comment-check", &fields).await;
        (verdict_of(&answer), body(&answer).to_owned())
    };
    let published = check(one(&[])).await;
    assert_eq!(published.1, "false");
    // Before the blog has told the id, the person tells them apart.
    let second = check(other(&recheck("6"))).await.0;
    assert_ne!(second, published.0);
    assert_eq!(check(one(&recheck("5"))).await, published);
    form(&service, "/1.1/submit-spam", &other(&[("comment_ID", "6")])).await;
    assert_eq!(decided_on(&service).await, [second]);
    assert_eq!(check(one(&recheck("5"))).await, published);

    // Where nobody is asked for an e-mail address, the network address does.
    let here = check(ann("8", "", "192.0.2.1", &[])).await.0;
    let away = check(ann("8", "", "192.0.2.2", &recheck("6"))).await.0;
    assert_ne!(away, here);
    assert_eq!(
        check(ann("8", "", "192.0.2.1", &recheck("5"))).await.0,
        here
    );

    // The id tells more than either, and keeps a comment whose reader has moved.
    let moved = ann("7", "ann@c.example", "192.0.2.3", &recheck("5"));
    assert_eq!(check(moved).await, published);
    let alike = check(one(&recheck("9"))).await.0;
    assert_ne!(alike, published.0);
    let stored = service.get(&format!("/v1/verdicts/{}", published.0)).await;
    assert_eq!(stored["superseded"], false);
}

#[tokio::test]
async fn a_reader_who_says_the_same_twice_has_written_two_comments() {
    let service = TestService::start().await;
    let thanks = |more: &[(&'static str, &'static str)]| {
        let fields = [
            ("comment_post_ID", "7"),
            ("comment_author", "Ben"),
            ("comment_author_email", "ben@a.example"),
            ("comment_content", "Thanks"),
        ];
        [&fields[..], more].concat()
    };
    let mut verdicts = Vec::new();
    for parent in ["2", "3"] {
        let fields = thanks(&[("comment_parent", parent)]);
        verdicts.push(verdict_of(
            &form(&service, "/1.1/comment-check", &fields).await,
        ));
    }
    for (report, parent, id) in [("submit-ham", "2", "15"), ("submit-spam", "3", "16")] {
        let fields = thanks(&[("comment_parent", parent), ("comment_ID", id)]);
        form(&service, &format!("/1.1/{report}"), &fields).await;
    }
    assert_eq!(decided_on(&service).await, verdicts);
    // The report has told which comment it is: others are found by none of its words.
    let stored = service.get(&format!("/v1/verdicts/{}", verdicts[1])).await;
    assert_eq!(stored["comment"], "16");
    form(
        &service,
        "/1.1/submit-ham",
        &thanks(&[("comment_ID", "17")]),
    )
    .await;
    let last = decided_on(&service).await.pop().unwrap();
    assert!(!verdicts.contains(&last));
}

#[tokio::test]
async fn a_post_is_found_by_its_address_as_soon_as_a_check_has_brought_it() {
    let service = TestService::start().await;
    let url = "https://blog.example/saturn/";
    let post_asked_about = async |words: &str| {
        let fields = [("permalink", url), ("comment_content", words)];
        let checked = form(&service, "/1.1/comment-check", &fields).await;
        let verdict = checked.header("x-ontopic-verdict-id").to_owned();
        service.get(&format!("/v1/verdicts/{verdict}")).await["post"].clone()
    };
    assert_eq!(post_asked_about("Nice.").await, "blog.example/saturn");
    let post = json!({"id": "saturn", "url": url, "title": "Saturn"});
    let body = json!({"post": post, "comment": {"body": "Which eyepiece?"}});
    service.ask("POST /v1/check", body).await.with(200);
    assert_eq!(post_asked_about("Which telescope?").await, "saturn");
}

#[tokio::test]
async fn a_post_is_found_by_its_address_where_the_blogs_own_id_leads_to_no_words() {
    let service = TestService::start().await;
    be_called_back(&service).await;
    let url = "https://blog.example/eleven-pairs/";
    let asked_about = async |words: &str| {
        let fields = [
            ("permalink", url),
            ("comment_post_ID", "7"),
            ("comment_parent", "0"),
            ("comment_content", words),
            ("callback", "https://blog.example/hook"),
        ];
        let checked = form(&service, "/1.1/comment-check", &fields).await;
        let verdict = json!(checked.header("x-ontopic-verdict-id"));
        let path = format!("/v1/verdicts/{}", verdict.as_str().unwrap());
        (service.get(&path).await["post"].clone(), verdict)
    };
    assert_eq!(asked_about("Which shop?").await.0, "7");
    let post = json!({"url": url, "title": "Eleven pairs"});
    let put = service.ask("PUT /v1/posts/eleven-pairs", post.clone());
    put.await.with(204);
    let (post_asked_about, verdict) = asked_about("Which last?").await;
    assert_eq!(post_asked_about, "eleven-pairs");
    // The blog knows the post by its own id.
    service.decide(&verdict, "spam").await;
    let told: Value = serde_json::from_str(&deliveries(&service).await[0].body).unwrap();
    assert_eq!(told["comments"][0]["comment_post_ID"], "7");
    assert_eq!(told["comments"][0]["comment_parent"], "0");

    service.ask("PUT /v1/posts/7", post).await.with(204);
    assert_eq!(asked_about("Which width?").await.0, "7");
}

#[tokio::test]
async fn a_post_is_found_however_its_address_is_written() {
    let service = TestService::start().await;
    let post = json!({"url": "https://blog.example/elf-paare-%C3%BCber-land/", "title": "Pairs"});
    service.ask("PUT /v1/posts/pairs", post).await.with(204);
    for url in [
        "http://blog.example/elf-paare-über-land",
        "https://Blog.example//elf-paare-über-land/?utm_source=letter#comments",
    ] {
        let fields = [("permalink", url), ("comment_content", "Which width?")];
        let checked = form(&service, "/1.1/comment-check", &fields).await;
        let verdict = checked.header("x-ontopic-verdict-id").to_owned();
        let stored = service.get(&format!("/v1/verdicts/{verdict}")).await;
        assert_eq!(stored["post"], "pairs", "{url}");
    }
}

#[tokio::test]
async fn a_report_that_names_its_verdict_finds_it_whatever_became_of_the_words() {
    let service = TestService::start().await;
    let words = "Mine: <img src=\"a.png\"> a wide last.";
    let checked = form(
        &service,
        "/1.1/comment-check",
        &[("comment_content", words)],
    )
    .await;
    let verdict = checked.header("x-ontopic-verdict-id").to_owned();
    let stored_as = [
        ("comment_content", "Mine:  a wide last."),
        ("ontopic_verdict_id", &verdict),
    ];
    form(&service, "/1.1/submit-spam", &stored_as).await;
    let log = service.get("/v1/feedback").await;
    assert_eq!(log["items"][0]["verdict"], verdict);

    let again = [stored_as[0], stored_as[1], ("recheck_reason", "retry")];
    let rechecked = form(&service, "/1.1/comment-check", &again).await;
    assert_eq!(body(&rechecked), "true");
    assert_eq!(rechecked.header("x-ontopic-verdict-id"), verdict);
    assert_ne!(rechecked.header("x-ontopic-reasons"), "");

    let tested = [&again[..], &[("is_test", "1")]].concat();
    let tested = form(&service, "/1.1/comment-check", &tested).await;
    let names = [checked, rechecked, tested].map(|it| it.header("x-akismet-guid").to_owned());
    assert_eq!(names[0], names[1]);
    assert_ne!(names[0], names[2]);

    // One that is not there is no obstacle: the words are all there is.
    let unknown = [stored_as[0], ("ontopic_verdict_id", "00000000000000ff")];
    let thanked = form(&service, "/1.1/submit-ham", &unknown).await;
    assert!(body(&thanked).starts_with("Thanks"));
}

#[tokio::test]
async fn a_comment_that_was_edited_is_judged_anew_as_the_same_comment() {
    let service = TestService::start().await;
    let post = [("comment_post_ID", "7"), ("comment_author", "Ida")];
    let words = ("comment_content", "How long did you let it rise?");
    let first = form(
        &service,
        "/1.1/comment-check",
        &[&post[..], &[words]].concat(),
    )
    .await;
    let first = first.header("x-ontopic-verdict-id").to_owned();
    let recheck = async |words: &str| {
        let again = [
            ("comment_ID", "77"),
            ("comment_content", words),
            ("ontopic_verdict_id", &*first),
            ("recheck_reason", "edit"),
        ];
        let answer = form(
            &service,
            "/1.1/comment-check",
            &[&post[..], &again].concat(),
        )
        .await;
        (
            answer.header("x-ontopic-verdict-id").to_owned(),
            body(&answer).to_owned(),
        )
    };
    assert_eq!(
        recheck("How <b>long</b> did you let it rise?").await.0,
        first
    );
    // The id that the blog has given it meanwhile is kept.
    let decision = json!({"post": "7", "comment": "77", "label": "spam"});
    let decided = service.ask("POST /v1/feedback", decision).await.with(201);
    assert_eq!(decided["verdict"], first);
    assert_eq!(recheck(words.1).await, (first.clone(), "true".to_owned()));

    let (second, answer) = recheck("How long did you let it rise? Cheap roofs!").await;
    assert_ne!(second, first);
    assert_eq!(answer, "true", "the owner has called the rest spam");
    let stored = service.get(&format!("/v1/verdicts/{second}")).await;
    assert_eq!(
        (&stored["post"], &stored["comment"]),
        (&json!("7"), &json!("77"))
    );
    let stored = service.get(&format!("/v1/verdicts/{first}")).await;
    assert_eq!(stored["superseded"], true);
}

#[tokio::test]
async fn what_the_owner_decided_is_the_first_reason_and_none_contradicts_it() {
    let service = TestService::start().await;
    let entry = json!({"action": "block", "field": "author", "value": "Ida", "name": "Ida"});
    let line = "POST /v1/sites/1/entries";
    service.by(&service.admin, line, entry).await.with(201);
    let fields = [
        ("comment_author", "Ida"),
        ("comment_content", "How long did you let it rise?"),
    ];
    let reasons = |answer: &Answer| -> Vec<String> {
        let header = answer.header("x-ontopic-reasons");
        let decoded = percent_encoding::percent_decode_str(header).decode_utf8();
        serde_json::from_str(&decoded.unwrap()).unwrap()
    };
    let entry = "the owner's entry \"Ida\" on author blocks it";
    let checked = form(&service, "/1.1/comment-check", &fields).await;
    assert_eq!((body(&checked), &*reasons(&checked)[0]), ("true", entry));
    let recheck = async |decided: &str| {
        form(&service, decided, &fields).await;
        let again = [&fields[..], &[("recheck_reason", "retry")]].concat();
        form(&service, "/1.1/comment-check", &again).await
    };
    let genuine = recheck("/1.1/submit-ham").await;
    let why = reasons(&genuine);
    assert_eq!(
        (body(&genuine), &*why[0]),
        ("false", "the owner called it genuine")
    );
    assert!(
        why.len() > 1 && !why.iter().any(|one| one == entry),
        "{why:?}"
    );
    let spam = recheck("/1.1/submit-spam").await;
    let why = reasons(&spam);
    assert_eq!(body(&spam), "true");
    assert_eq!(why[..2], ["the owner called it spam", entry]);
}

#[tokio::test]
async fn words_that_come_back_bring_no_verdict_back_that_others_have_replaced() {
    let service = TestService::start().await;
    let check = async |words: &str, more: &[(&str, &str)]| {
        let fields = [
            ("comment_post_ID", "7"),
            ("comment_author", "Ida"),
            ("comment_content", words),
        ];
        let fields = [&fields[..], more].concat();
        let answer = form(&service, "/1.1/comment-check", &fields).await;
        let says = ["x-ontopic-verdict", "x-ontopic-verdict-id"];
        says.map(|name| answer.header(name).to_owned())
    };
    let (words, others) = ("How long did you let it rise?", "And which flour was it?");
    let again = [("comment_ID", "5"), ("recheck_reason", "edit")];
    let first = check(words, &[]).await;
    assert_eq!(first[0], "publish");
    assert_eq!(check(words, &again).await, first);
    let second = check(others, &again).await;
    service.decide(&json!(second[1]), "spam").await;
    let third = check(words, &again).await;
    assert_eq!(
        third[0], "hold",
        "the owner has called the version before spam"
    );
    let latest = service.get(&format!("/v1/verdicts/{}", third[1])).await;
    assert_eq!(
        (&latest["comment"], &latest["superseded"]),
        (&json!("5"), &json!(false))
    );
    assert_eq!(check(words, &again).await, third, "this one stands");
}

#[tokio::test]
async fn an_entry_of_the_owner_counts_for_a_comment_that_is_asked_about_again() {
    let service = TestService::start().await;
    let fields = [
        ("comment_author", "Ida"),
        ("comment_content", "How long did you let it rise?"),
        ("recheck_reason", "retry"),
    ];
    let before = form(&service, "/1.1/comment-check", &fields).await;
    for (kind, expected) in [("block", "true"), ("allow", "false")] {
        let entry = json!({"action": kind, "field": "author", "value": "Ida", "name": kind});
        let line = "POST /v1/sites/1/entries";
        let added = service.by(&service.admin, line, entry).await.with(201);
        let answer = form(&service, "/1.1/comment-check", &fields).await;
        assert_eq!(body(&answer), expected, "{kind}, before: {before:?}");
        let line = format!("DELETE {line}/{}", added["id"].as_str().unwrap()).replace("POST ", "");
        service.by(&service.admin, &line, Value::Null).await;
    }
}

#[tokio::test]
async fn an_entry_counts_for_no_words_that_the_owner_has_decided_on() {
    let service = TestService::start().await;
    let fields = [
        ("comment_post_ID", "7"),
        ("comment_author", "Ida"),
        ("comment_content", "How long did you let it rise?"),
    ];
    let again = [("comment_ID", "5"), ("recheck_reason", "retry")];
    let again = [&fields[..], &again].concat();
    let first = form(&service, "/1.1/comment-check", &fields).await;
    let entry = json!({"action": "block", "field": "author", "value": "Ida", "name": "Ida"});
    let line = "POST /v1/sites/1/entries";
    service.by(&service.admin, line, entry).await.with(201);
    let second = form(&service, "/1.1/comment-check", &again).await;
    assert_eq!(body(&second), "true");
    // Whichever of the two it is.
    service.decide(&json!(verdict_of(&first)), "ham").await;
    let third = form(&service, "/1.1/comment-check", &again).await;
    assert_eq!(
        (body(&third), verdict_of(&third)),
        ("false", verdict_of(&second))
    );
}

#[tokio::test]
async fn an_entry_that_is_removed_counts_no_longer_for_a_comment_that_is_asked_about_again() {
    let service = TestService::start().await;
    service.hold_all().await;
    service.set(json!({"checker_sees_reasons": true})).await;
    for (kind, id, said) in [("block", "5", "spam"), ("allow", "6", "publish")] {
        let fields = [
            ("comment_post_ID", "7"),
            ("comment_author", kind),
            ("comment_content", "How long did you let it rise?"),
        ];
        let again = [("comment_ID", id), ("recheck_reason", "retry")];
        let entry = json!({"action": kind, "field": "author", "value": kind, "name": kind});
        let line = "POST /v1/sites/1/entries";
        let added = service.by(&service.admin, line, entry).await.with(201);
        let ask = async |fields: &[(&str, &str)]| {
            let answer = form(&service, "/1.1/comment-check", fields).await;
            let says = ["x-ontopic-verdict", "x-ontopic-verdict-id"];
            says.map(|name| answer.header(name).to_owned())
        };
        let first = ask(&fields).await;
        assert_eq!(first[0], said);
        assert_eq!(ask(&[&fields[..], &again].concat()).await, first);
        let line = format!(
            "DELETE /v1/sites/1/entries/{}",
            added["id"].as_str().unwrap()
        );
        service
            .by(&service.admin, &line, Value::Null)
            .await
            .with(204);
        let [verdict, id] = ask(&[&fields[..], &again].concat()).await;
        assert_eq!(verdict, "hold");
        let stored = service.get(&format!("/v1/verdicts/{id}")).await;
        assert_eq!(stored["overrides"], json!([]));
        assert_eq!(stored["comment"], again[0].1);
        // This one stands.
        assert_eq!(ask(&[&fields[..], &again].concat()).await, [verdict, id]);
    }
}

#[tokio::test]
async fn what_a_client_demanded_stands_when_it_asks_again_without_a_word_of_it() {
    let service = TestService::start().await;
    service.hold_all().await;
    let fields = [
        ("comment_post_ID", "7"),
        ("comment_author", "Ida"),
        ("comment_content", "How long did you let it rise?"),
    ];
    let ask = async |more| {
        let answer = form(&service, "/1.1/comment-check", &[fields, more].concat()).await;
        (verdict_of(&answer), body(&answer).to_owned())
    };
    // WordPress names no role when it asks again.
    let by_owner = ask([("user_role", "administrator"); 3]).await;
    assert_eq!(by_owner.1, "false");
    let again = [
        ("comment_ID", "5"),
        ("recheck_reason", "retry"),
        ("user_role", ""),
    ];
    assert_eq!(ask(again).await, by_owner);
}

#[tokio::test]
async fn values_made_for_tests_are_answered_and_leave_nothing() {
    let service = TestService::start().await;
    let of = async |name: &str, value: &str| {
        let fields = [
            (name, value),
            ("is_test", "1"),
            (
                "comment_content",
                "Thank you, the part about hinges helped.",
            ),
        ];
        let answer = form(&service, "/1.1/comment-check", &fields).await;
        assert_eq!(answer.header("x-ontopic-verdict-id"), "", "none is there");
        body(&answer).to_owned()
    };
    assert_eq!(of("comment_author", "viagra-test-123").await, "true");
    assert_eq!(
        of(
            "comment_author_email",
            "akismet-guaranteed-spam@example.com"
        )
        .await,
        "true"
    );
    assert_eq!(of("user_role", "administrator").await, "false");
    let counts = service.moderator.store.counts(service.site, 0, i64::MAX);
    assert_eq!(counts.await.unwrap().checks, 0);
    form(
        &service,
        "/1.1/submit-spam",
        &[("is_test", "1"), ("comment_content", "x")],
    )
    .await;
    assert_eq!(service.get("/v1/feedback").await["items"], json!([]));
}

#[tokio::test]
async fn what_is_held_is_answered_as_the_owner_wants() {
    let service = TestService::start().await;
    service.hold_all().await;
    let fields = [("comment_content", "Which flour did you take for this one?")];
    let held = form(&service, "/1.1/comment-check", &fields).await;
    assert_eq!(
        (body(&held), held.header("x-ontopic-verdict")),
        ("true", "hold")
    );
    service
        .set(json!({"akismet": {"held_is_spam": false}}))
        .await;
    let fields = [("comment_content", "And how long in the oven?")];
    let held = form(&service, "/1.1/comment-check", &fields).await;
    assert_eq!(
        (body(&held), held.header("x-ontopic-verdict")),
        ("false", "hold")
    );
    assert_eq!(
        service.get("/v1/queue").await["items"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

/// The figures that the dashboard of a client shows, of all time.
async fn figures(service: &TestService) -> [u64; 4] {
    let stats = form(service, "/1.1/get-stats", &[("from", "all")]).await;
    let stats = stats.json();
    ["spam", "ham", "missed_spam", "false_positives"].map(|name| {
        let text = stats[name].as_u64().map(|number| number.to_string());
        let text = text.or_else(|| stats[name].as_str().map(str::to_owned));
        text.unwrap().parse().unwrap()
    })
}

#[tokio::test]
async fn what_was_answered_to_the_held_is_what_counts() {
    let service = TestService::start().await;
    service.hold_all().await;
    let origins = json!(["https://blog.example"]);
    let published = json!({"held_is_spam": false, "callback_origins": origins});
    service.set(json!({"akismet": published})).await;
    let held = async |words: &str| {
        let fields = [
            ("comment_content", words),
            ("callback", "https://blog.example/hook"),
        ];
        let answer = form(&service, "/1.1/comment-check", &fields).await;
        let verdict = json!(answer.header("x-ontopic-verdict-id"));
        (body(&answer).to_owned(), verdict)
    };
    let (answer, genuine) = held("Which flour did you take for this one?").await;
    assert_eq!(answer, "false");
    let (_, missed) = held("And how long in the oven?").await;
    let decision = service.decide(&genuine, "ham").await;
    service.decide(&missed, "spam").await;
    service
        .set(json!({"akismet": {"held_is_spam": true}}))
        .await;
    // What was answered stays answered, whatever is set later.
    assert_eq!(figures(&service).await, [0, 2, 1, 0]);
    let line = format!("DELETE /v1/feedback/{}", decision["id"].as_str().unwrap());
    service.ask(&line, Value::Null).await.with(200);
    let waiting = deliveries(&service).await;
    let back = waiting.last().unwrap();
    // What is held again is told as it would be answered now.
    assert!(back.body.contains(r#""result":"true""#), "{}", back.body);
    let (answer, caught) = held("Cheap roofs in Tarnbeck.").await;
    assert_eq!(answer, "true");
    service.decide(&caught, "ham").await;
    assert_eq!(figures(&service).await, [1, 2, 1, 1]);
}

#[tokio::test]
async fn a_report_about_what_nobody_asked_is_no_answer_of_ours() {
    let service = TestService::start().await;
    let fields = [
        ("comment_content", "never checked"),
        ("comment_author", "Ida"),
    ];
    form(&service, "/1.1/submit-spam", &fields).await;
    assert_eq!(
        service.get("/v1/feedback").await["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(figures(&service).await, [0; 4]);
    let usage = form(&service, "/1.2/usage-limit", &[]).await.json();
    assert_eq!(usage["usage"], 0);
    let metrics = service.send(Request::get("/metrics").body(Body::empty()).unwrap());
    let metrics = metrics.await;
    let counted: Vec<&str> = body(&metrics)
        .lines()
        .filter(|line| line.starts_with("ontopic_feedback_total{"))
        .collect();
    assert!(!counted.is_empty());
    assert!(
        counted.iter().all(|line| line.ends_with(" 0")),
        "{counted:?}"
    );
}

#[tokio::test]
async fn figures_are_asked_for_in_the_query_with_the_key_in_the_body() {
    let service = TestService::start().await;
    let path = "/1.2/key-sites?month=2022-09&format=csv&limit=7";
    let answer = form(&service, path, &[("limit", "10")]).await;
    let begin = format!("Active sites for {} during 2022-09 (limit:10,", service.key);
    assert!(body(&answer).starts_with(&begin), "{}", body(&answer));
}

#[tokio::test]
async fn no_header_of_a_visitor_keeps_a_comment_from_its_verdict() {
    let service = TestService::start().await;
    let long = format!("HTTP_{}", "X".repeat(300));
    let names: Vec<String> = (0..1200).map(|number| format!("HTTP_X_{number}")).collect();
    let mut fields: Vec<(&str, &str)> = names.iter().map(|name| (&**name, "1")).collect();
    fields.push((&long, "1"));
    fields.push(("comment_author", "viagra-test-123"));
    let answer = form(&service, "/1.1/comment-check", &fields).await;
    assert_eq!((answer.status, body(&answer)), (200, "true"));
}

#[tokio::test]
async fn what_cannot_be_read_or_served_is_neither_true_nor_false() {
    let service = TestService::start().await;
    let send = async |service: &TestService, content_type: &str, body: Vec<u8>| {
        let request = Request::post("/1.1/comment-check")
            .header("content-type", content_type)
            .body(Body::from(body));
        service.send(request.unwrap()).await
    };
    let multipart = "multipart/form-data; boundary=b";
    for (content_type, bytes, status) in [
        ("application/json", b"{".to_vec(), 400),
        (multipart, b"--b\r\nContent-Dis".to_vec(), 400),
        (
            "application/x-www-form-urlencoded",
            vec![b'a'; 8 << 20],
            413,
        ),
    ] {
        let answer = send(&service, content_type, bytes).await;
        assert_eq!(answer.status, status, "{content_type}");
        assert!(!["true", "false"].contains(&body(&answer)));
        assert_eq!(answer.header("x-akismet-guid").len(), 36);
        assert_ne!(answer.header("x-akismet-error"), "");
    }
    let full = TestService::with(ApiOptions {
        max_in_flight: 0,
        ..options()
    })
    .await;
    let answer = form(&full, "/1.1/comment-check", &[("comment_content", "x")]).await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, "1"));
}

/// A body that begins and goes no further; then it is as `end` says.
fn unfinished(end: impl Future<Output = std::io::Error> + Send + 'static) -> Body {
    let begin = stream::once(async { Ok(Bytes::from_static(b"blog=")) });
    Body::from_stream(begin.chain(stream::once(async { Err(end.await) })))
}

#[tokio::test]
async fn a_body_that_breaks_off_is_not_too_large() {
    let service = TestService::start().await;
    let torn = unfinished(async { std::io::ErrorKind::ConnectionReset.into() });
    let request = Request::post("/1.1/comment-check").body(torn).unwrap();
    assert_eq!(service.send(request).await.status, 400);
    let too_large = "ontopic_refused_total{reason=\"too_large\"}";
    assert_eq!(service.counted(too_large).await, 0.0);
}

#[tokio::test]
async fn bodies_are_bounded_as_the_service_is_told() {
    let options = ApiOptions {
        body_limit: 2048,
        ..options()
    };
    let service = TestService::with(options).await;
    let words = "a".repeat(2048);
    let answer = form(
        &service,
        "/1.1/comment-check",
        &[("comment_content", &words)],
    )
    .await;
    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn bodies_that_do_not_come_take_no_room_from_others_and_are_ended() {
    let one = ApiOptions {
        max_in_flight: 1,
        keyless_timeout: Duration::from_millis(1),
        ..options()
    };
    let service = TestService::with(one).await;
    let request = || {
        let body = unfinished(std::future::pending());
        Request::post("/1.1/comment-check").body(body).unwrap()
    };
    let mut slow = Box::pin(service.send(request()));
    let first = std::future::poll_fn(|it| Poll::Ready(slow.as_mut().poll(it).is_pending())).await;
    assert!(first);
    service.check("p", json!({"body": "hello"})).await;
    // There is as much room for bodies, and no more.
    assert_eq!(service.send(request()).await.status, 503);
    let answer = slow.await;
    assert_eq!(answer.status, 408, "{answer:?}");
    assert_eq!(answer.header("x-akismet-guid").len(), 36);
    let hello = [("comment_content", "hello")];
    assert_eq!(
        form(&service, "/1.1/comment-check", &hello).await.status,
        200
    );
}

#[tokio::test]
async fn bodies_that_do_not_come_from_one_address_leave_room_for_others() {
    let few = ApiOptions {
        max_in_flight: 4,
        ..options()
    };
    let service = TestService::with(few).await;
    let from = |address: [u8; 4], path: &str, body: Body| {
        let mut request = Request::post(path).body(body).unwrap();
        let address = SocketAddr::from((address, 4000));
        request.extensions_mut().insert(ConnectInfo(address));
        service.send(request)
    };
    let (here, there) = ([192, 0, 2, 1], [192, 0, 2, 2]);
    let never = || unfinished(std::future::pending());
    let check = "/1.1/comment-check";
    let mut waiting: Vec<_> = (0..2)
        .map(|_| Box::pin(from(here, check, never())))
        .collect();
    for one in &mut waiting {
        let first = std::future::poll_fn(|it| Poll::Ready(one.as_mut().poll(it).is_pending()));
        assert!(first.await);
    }
    assert_eq!(from(here, check, never()).await.status, 503);
    let hello = format!("api_key={}&comment_content=hello", service.key);
    let other = from(there, check, Body::from(hello)).await;
    assert!(["true", "false"].contains(&body(&other)), "{other:?}");
    // What takes no key waits for no body.
    for (path, said) in [
        ("/1.1/test", "connected"),
        ("/1.2/compatible-plugins", "[]"),
    ] {
        assert_eq!(body(&from(here, path, never()).await), said);
    }
}

#[tokio::test]
async fn half_a_character_keeps_no_comment_from_its_verdict() {
    let service = TestService::start().await;
    let key = &service.key;
    let json = format!(r#"{{"api_key":"{key}","comment_content":"hi \ud83d there"}}"#);
    let request = Request::post("/1.1/comment-check")
        .header("content-type", "application/json")
        .body(Body::from(json));
    let answer = service.send(request.unwrap()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let path = format!("/v1/verdicts/{}", answer.header("x-ontopic-verdict-id"));
    assert_eq!(service.get(&path).await["body"], "hi \u{fffd} there");
}

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
async fn a_key_that_may_not_decide_is_told_so() {
    let service = TestService::start().await;
    let checker = service.another_key(1, "checker").await;
    let fields = form_urlencoded::Serializer::new(String::new())
        .append_pair("api_key", &checker)
        .append_pair("comment_content", "How long did you let it rise?")
        .finish();
    for path in ["/1.1/submit-spam", "/1.1/submit-ham"] {
        let request = Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(fields.clone()));
        let answer = service.send(request.unwrap()).await;
        let said = "this key may check comments, and not decide";
        assert_eq!((answer.status, body(&answer)), (403, said));
    }
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
async fn a_decision_made_after_the_words_are_gone_counts_when_the_blog_asks_again() {
    let service = TestService::start().await;
    service.hold_all().await;
    for (id, label, expected) in [("5", "ham", "false"), ("6", "spam", "true")] {
        let fields = [
            ("comment_post_ID", "7"),
            ("comment_ID", id),
            ("comment_author", "Ida"),
            ("comment_content", "How long did you let it rise?"),
        ];
        let first = form(&service, "/1.1/comment-check", &fields).await;
        let store = &service.moderator.store;
        store.prune(i64::MAX, 0, 9).await.unwrap();
        service.decide(&json!(verdict_of(&first)), label).await;
        for more in [&[("recheck_reason", "retry")][..], &[]] {
            let again = [&fields[..], more].concat();
            let answer = form(&service, "/1.1/comment-check", &again).await;
            assert_eq!(body(&answer), expected, "{label}, {more:?}");
        }
        let mut other = fields;
        other[3].1 = "How long did you let it rest?";
        let answer = form(&service, "/1.1/comment-check", &other).await;
        assert_eq!(answer.header("x-ontopic-verdict"), "hold");
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

/// Registers the blog's origin, so that it is told of corrections.
async fn be_called_back(service: &TestService) {
    let origins = json!(["https://blog.example"]);
    let akismet = json!({"akismet": {"callback_origins": origins}});
    service.set(akismet).await;
}

/// What the blog is still to be told.
async fn deliveries(service: &TestService) -> Vec<Delivery> {
    let store = &service.moderator.store;
    store.due_deliveries(i64::MAX, &[], 9).await.unwrap()
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
    // An error only says that a provider is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let delivery = tokio::spawn(deliver(Arc::clone(&service.moderator)));
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
    delivery.abort();
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
    // An error only says that a provider is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let delivery = tokio::spawn(deliver(Arc::clone(&service.moderator)));
    // One after the other, the silent blog alone would take more than a minute and a half.
    let told = tokio::time::timeout(Duration::from_secs(60), received(&talking)).await;
    assert_eq!(told.expect("the correction comes")["key"], other_key);
    delivery.abort();
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
    // An error only says that a provider is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let delivery = tokio::spawn(deliver(Arc::clone(&service.moderator)));
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
    delivery.abort();
}

#[tokio::test]
async fn a_try_is_counted_before_the_blog_is_called() {
    let service = TestService::start().await;
    let blog = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let verdict = checked_for(&service, &blog).await;
    service.decide(&verdict, "spam").await;
    let before = deliveries(&service).await;
    // An error only says that a provider is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let delivery = tokio::spawn(deliver(Arc::clone(&service.moderator)));
    let called = tokio::time::timeout(Duration::from_secs(20), blog.accept()).await;
    let _open = called.expect("the blog is called");
    let meanwhile = deliveries(&service).await;
    assert_eq!(meanwhile[0].attempts, 1);
    assert!(meanwhile[0].due >= before[0].due + 20_000);
    delivery.abort();
}
