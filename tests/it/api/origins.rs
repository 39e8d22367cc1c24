//! Pages in a browser that call from another origin.

use axum::body::Body;
use ontopic::api::ApiOptions;
use ontopic::storage::Site;
use serde_json::json;

use crate::service::{TestService, one_a_second, options};

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
    const PAGE: [(&str, &str); 1] = [("origin", "https://blog.example")];
    const STRANGER: [(&str, &str); 1] = [("origin", "https://evil.example")];
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
        let patch = json!({"cors_origins": ["https://blog.example"]}).to_string();
        let settings = service.moderator.update_site(service.site, |entry| {
            let site = entry.site.clone();
            let settings = patch.clone();
            Ok::<_, ontopic::moderation::Error>(Site { settings, ..site })
        });
        settings.await.unwrap();
        let ask = async |headers: &[(&str, &str)]| {
            let empty = Body::empty();
            service
                .raw(&service.key, "GET /v1/queue", headers, empty)
                .await
        };
        ask(&PAGE).await;
        let refused = ask(&PAGE).await;
        assert_eq!(refused.status, status);
        assert_eq!(refused.header("access-control-allow-origin"), PAGE[0].1);
        assert_eq!(
            refused.header("access-control-expose-headers"),
            "retry-after"
        );
        assert_ne!(refused.header("retry-after"), "");
        let refused = ask(&STRANGER).await;
        assert_eq!(refused.header("access-control-allow-origin"), "");
    }
}
