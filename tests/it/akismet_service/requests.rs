//! Requests of clients and of visitors: keys, bodies and what cannot be read.

use std::net::SocketAddr;
use std::task::Poll;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::http::Request;
use futures_util::{StreamExt as _, stream};
use ontopic::api::ApiOptions;
use serde_json::json;

use super::{body, form, replay};
use crate::akismet::{expected, recorded};
use crate::service::{TestService, options};

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
