//! What is answered, and the figures of it.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use super::{body, deliveries, form};
use crate::service::TestService;

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
