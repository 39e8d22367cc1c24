//! What the service counts for whoever runs it.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::service::TestService;

#[tokio::test]
async fn what_storage_cannot_do_is_counted_where_it_is_answered_around_too() {
    const FAILURES: &str = "ontopic_storage_errors_total";
    let service = TestService::start().await;
    service.set(json!({"answer_without_storage": true})).await;
    assert_eq!(service.counted(FAILURES).await, 0.0);
    service.moderator.store.close().await;
    let checked = service.check("p", json!({"body": "hello"})).await;
    assert_eq!(checked["id"], Value::Null);
    let around = service.counted(FAILURES).await;
    assert!(around >= 1.0, "{around}");
    let held = service.ask("GET /v1/queue", Value::Null).await;
    held.problem(503, "storage-unavailable");
    assert_eq!(service.counted(FAILURES).await, around + 1.0);
}

#[tokio::test]
async fn a_blog_whose_post_cannot_be_looked_up_is_answered_without_storage() {
    let service = TestService::start().await;
    service.set(json!({"answer_without_storage": true})).await;
    service.moderator.store.close().await;
    let form = format!(
        "api_key={}&permalink=https%3A%2F%2Fblog.example%2Fa&comment_content=hello",
        service.key
    );
    let request = Request::post("/1.1/comment-check").body(Body::from(form));
    let answer = service.send(request.unwrap()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(
        ["true", "false"]
            .map(str::as_bytes)
            .contains(&&*answer.body)
    );
}

#[tokio::test]
async fn a_key_that_may_not_do_this_is_counted_as_refused() {
    const KEYS: &str = "ontopic_refused_total{reason=\"key\"}";
    let service = TestService::start().await;
    let checker = service.another_key(1, "checker").await;
    let held = service.by(&checker, "GET /v1/queue", Value::Null).await;
    held.problem(403, "forbidden");
    assert_eq!(service.counted(KEYS).await, 1.0);
    let form = format!("api_key={checker}&comment_content=hello");
    let request = Request::post("/1.1/submit-spam").body(Body::from(form));
    assert_eq!(service.send(request.unwrap()).await.status, 403);
    assert_eq!(service.counted(KEYS).await, 2.0);
}

#[tokio::test]
async fn a_request_with_a_name_is_answered_without_storage_too() {
    let service = TestService::start().await;
    service.set(json!({"answer_without_storage": true})).await;
    service.moderator.store.close().await;
    let body = json!({"comment": {"body": "hello"}}).to_string();
    let name = [("idempotency-key", "once")];
    let answer = service
        .raw(&service.key, "POST /v1/check", &name, body)
        .await;
    assert_eq!(answer.with(200)["id"], Value::Null);
}
