//! Pages in a browser that call from another origin.

use std::time::Duration;

use axum::body::Body;
use futures_util::stream;
use ontopic::api::ApiOptions;
use ontopic::storage::Site;
use serde_json::json;

use crate::service::{TestService, one_a_second, options};

const PAGE: &str = "https://blog.example";
const STRANGER: &str = "https://evil.example";

/// Lists the page, without a request, for which there may be no room.
async fn list_blog(service: &TestService) {
    let settings = service.moderator.update_site(service.site, |entry| {
        let settings = json!({"cors_origins": [PAGE]}).to_string();
        let site = entry.site.clone();
        Ok::<_, ontopic::moderation::Error>(Site { settings, ..site })
    });
    settings.await.unwrap();
}

#[tokio::test]
async fn pages_of_listed_origins_may_call_and_others_may_not() {
    let service = TestService::start().await;
    service
        .set(json!({"cors_origins": ["https://blog.example"]}))
        .await;
    let (_, other) = service.another_site().await;
    let asks = async |origin: &str| {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "POST"),
        ];
        service
            .raw("", "OPTIONS /v1/check", &headers, Body::empty())
            .await
    };
    let allowed = asks("https://blog.example").await;
    assert_eq!(allowed.status, 204);
    assert_eq!(
        allowed.header("access-control-allow-origin"),
        "https://blog.example"
    );
    assert!(
        allowed
            .header("access-control-allow-headers")
            .contains("authorization")
    );
    assert_eq!(
        asks("https://evil.example")
            .await
            .header("access-control-allow-origin"),
        ""
    );
    for (key, origin, expected) in [
        (&service.key, "https://blog.example", "https://blog.example"),
        (&service.key, "https://evil.example", ""),
        (&other, "https://blog.example", ""),
    ] {
        let answer = service
            .raw(key, "GET /v1/queue", &[("origin", origin)], Body::empty())
            .await;
        assert_eq!(answer.header("access-control-allow-origin"), expected);
        assert_eq!(answer.status, 200);
    }
}

#[tokio::test]
async fn pages_of_listed_origins_read_when_to_try_again() {
    let limited = ApiOptions {
        requests_per_second: one_a_second(),
        ..options()
    };
    let overloaded = ApiOptions {
        max_in_flight: 0,
        ..options()
    };
    for (options, status) in [(limited, 429), (overloaded, 503)] {
        let service = TestService::with(options).await;
        list_blog(&service).await;
        let ask = async |origin| {
            let headers = [("origin", origin)];
            service
                .raw(&service.key, "GET /v1/queue", &headers, Body::empty())
                .await
        };
        ask(PAGE).await;
        let refused = ask(PAGE).await;
        assert_eq!(refused.status, status);
        assert_eq!(refused.header("access-control-allow-origin"), PAGE);
        assert_eq!(
            refused.header("access-control-expose-headers"),
            "retry-after"
        );
        assert_ne!(refused.header("retry-after"), "");
        let refused = ask(STRANGER).await;
        assert_eq!(refused.header("access-control-allow-origin"), "");
    }
}

#[tokio::test]
async fn pages_of_listed_origins_read_every_refusal() {
    let service = TestService::with(ApiOptions {
        timeout: Duration::from_millis(20),
        ..options()
    })
    .await;
    list_blog(&service).await;
    let never = || Body::from_stream(stream::pending::<Result<Vec<u8>, std::io::Error>>());
    for (line, encoding, status) in [
        ("GET /v1/nothing", "identity", 404),
        ("PUT /v1/check", "identity", 405),
        ("POST /v1/check", "identity", 408),
        ("POST /v1/check", "compress", 415),
    ] {
        for (origin, expected) in [(PAGE, PAGE), (STRANGER, "")] {
            let headers = [("origin", origin), ("content-encoding", encoding)];
            let body = match status {
                408 => never(),
                _ => Body::from("{}"),
            };
            let answer = service.raw(&service.key, line, &headers, body).await;
            assert_eq!(answer.status, status, "{answer:?}");
            assert_eq!(
                answer.header("access-control-allow-origin"),
                expected,
                "{line}"
            );
        }
    }
}
