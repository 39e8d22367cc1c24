//! Decisions of the owner, and edits after them.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use super::{comment, example, ids, with_shoes};
use crate::service::TestService;

#[tokio::test]
async fn a_decision_stands_until_it_is_taken_back_and_the_log_keeps_both() {
    let service = with_shoes().await;
    let verdict = service
        .check("shoes", comment("poet.json", json!({"id": "c1"})))
        .await;
    let path = format!("/v1/verdicts/{}", verdict["id"].as_str().unwrap());
    assert_eq!(service.get(&path).await["decided"], Value::Null);
    let first = service.decide(&verdict["id"], "spam").await;
    assert_eq!(
        (&first["outcome"], &first["reporter"]),
        (&json!("publish"), &json!("owner"))
    );
    let by_comment = json!({"post": "shoes", "comment": "c1", "label": "ham"});
    let second = service.ask("POST /v1/feedback", by_comment).await.with(201);
    assert_eq!(service.get(&path).await["decided"], "ham");
    let take_back = format!("DELETE /v1/feedback/{}", second["id"].as_str().unwrap());
    let third = service.ask(&take_back, Value::Null).await.with(200);
    assert_eq!(third["takes_back"], second["id"]);
    assert_eq!(service.get(&path).await["decided"], "spam");
    service
        .ask(&take_back, Value::Null)
        .await
        .problem(409, "conflict");
    let log = service.get("/v1/feedback").await;
    assert_eq!(ids(&log), [&first["id"], &second["id"], &third["id"]]);

    // All or none.
    let unknown = json!({"verdict": "0000000000000001", "label": "ham"});
    let both = json!({"decisions": [{"verdict": verdict["id"], "label": "ham"}, unknown]});
    service
        .ask("POST /v1/feedback/batch", both)
        .await
        .problem(404, "not-found");
    assert_eq!(service.get("/v1/feedback").await, log);
}

#[tokio::test]
async fn many_small_edits_do_not_walk_a_comment_into_spam() {
    let service = with_shoes().await;
    let first = service
        .check("shoes", comment("poet.json", json!({"id": "c1"})))
        .await;
    assert_eq!(first["verdict"], "publish");
    let again = service
        .check("shoes", comment("poet.json", json!({"id": "c1"})))
        .await;
    assert_eq!(again["verdict"], "publish");
    let mut body = example("poet.json")["body"].as_str().unwrap().to_owned();
    body.push('\n');
    let mut last = Value::Null;
    for line in [
        "Cheap viagra online.",
        " Order cialis without prescription!",
        " Best price pills at https://pills.example/buy today.",
        " Casino bonus at https://casino.example/bonus!",
    ] {
        body.push_str(line);
        let edit = comment("poet.json", json!({"id": "c1", "body": body}));
        last = service.check("shoes", edit).await;
    }
    assert_eq!(last["verdict"], "hold", "{last}");
    let why = last["overrides"][0].as_str().unwrap();
    assert!(
        why.contains("added since the version that was published"),
        "{why}"
    );
    // The model alone would have let it through: the verse weighs more than the advertisement.
    let path = format!("/v1/verdicts/{}", last["id"].as_str().unwrap());
    assert_eq!(service.get(&path).await["model_verdict"], "publish");
}

#[tokio::test]
async fn what_an_owner_decided_stays_decided_when_the_comment_comes_again() {
    let service = with_shoes().await;
    let poem = |more: &str| {
        let body = format!("{}{more}", example("poet.json")["body"].as_str().unwrap());
        comment("poet.json", json!({"id": "c1", "body": body}))
    };
    let first = service.check("shoes", poem("")).await;
    assert_eq!(first["verdict"], "publish");
    service.decide(&first["id"], "spam").await;
    let again = service.check("shoes", poem("")).await;
    assert_eq!(again["verdict"], "spam");
    let why = again["overrides"][0].as_str().unwrap();
    assert!(why.contains("called the same words spam"), "{why}");
    let edited = service.check("shoes", poem("\nMy heels hurt.")).await;
    assert_eq!(edited["verdict"], "hold");
    assert_eq!(
        ids(&service.get("/v1/queue").await),
        [&edited["id"]],
        "{edited}"
    );
    service.decide(&edited["id"], "ham").await;
    let again = service.check("shoes", poem("\nMy heels hurt.")).await;
    assert_eq!(again["verdict"], "publish");
    let first_again = service.check("shoes", poem("")).await;
    assert_eq!(first_again["verdict"], "spam");
}

#[tokio::test]
async fn a_batch_of_decisions_says_which_one_is_on_nothing() {
    let service = TestService::start().await;
    let held = service.check("shoes", json!({"body": "hello"})).await;
    let decision = |id: &Value| json!({"verdict": id, "label": "ham"});
    let decisions = [decision(&held["id"]), decision(&json!("0000000000000001"))];
    let body = json!({"decisions": decisions});
    let problem = service.ask("POST /v1/feedback/batch", body).await;
    let detail = problem.problem(404, "not-found")["detail"].clone();
    assert!(
        detail.as_str().unwrap().contains("`decisions[1]`"),
        "{detail}"
    );
    let one = service.ask("POST /v1/feedback", decisions[1].clone()).await;
    let detail = one.problem(404, "not-found")["detail"].clone();
    assert!(!detail.as_str().unwrap().contains("decisions"), "{detail}");
}

#[tokio::test]
async fn a_decision_is_taken_back_once_however_many_ask_at_once() {
    let service = TestService::start().await;
    let checked = service
        .check("p", json!({"body": "Which flour did you take?"}))
        .await;
    let decision = service.decide(&checked["id"], "spam").await;
    let line = format!("DELETE /v1/feedback/{}", decision["id"].as_str().unwrap());
    let at_once = (0..16).map(|_| service.ask(&line, Value::Null));
    let answers = futures_util::future::join_all(at_once).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200);
    assert!(
        statuses[1..].iter().all(|&status| status == 409),
        "{statuses:?}"
    );
    let log = service.get("/v1/feedback").await;
    assert_eq!(log["items"].as_array().unwrap().len(), 2);
    let entry = format!(
        "DELETE /v1/feedback/{}",
        log["items"][1]["id"].as_str().unwrap()
    );
    service
        .ask(&entry, Value::Null)
        .await
        .problem(409, "conflict");
}

#[tokio::test]
async fn what_a_blog_is_told_stands_however_decisions_cross_each_other() {
    let service = TestService::start().await;
    let origins = json!({"akismet": {"callback_origins": ["https://blog.example"]}});
    service.set(origins).await;
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("api_key", &service.key)
        .append_pair("blog", "https://blog.example/")
        .append_pair("comment_content", "How long did you let it rise?")
        .append_pair("callback", "https://blog.example/hook")
        .finish();
    let request = Request::post("/1.1/comment-check")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(form));
    let checked = service.send(request.unwrap()).await;
    let verdict = json!(checked.header("x-ontopic-verdict-id"));
    for _ in 0..3 {
        // A large batch is begun before and, as a rule, stored after a single click.
        let spam = json!({"verdict": verdict, "label": "spam"});
        let batch = json!({"decisions": vec![spam; 200]});
        let seen = service.get("/v1/feedback?limit=1000").await;
        let (batch, _) = tokio::join!(
            service.ask("POST /v1/feedback/batch", batch),
            service.decide(&verdict, "ham")
        );
        batch.with(201);
        let path = format!("/v1/verdicts/{}", verdict.as_str().unwrap());
        let stands = service.get(&path).await["decided"].clone();
        let log = service.get("/v1/feedback?limit=1000").await;
        let log = log["items"].as_array().unwrap();
        assert_eq!(log.last().unwrap()["label"], stands, "the last one stands");
        let seen = seen["items"].as_array().unwrap();
        assert_eq!(&log[..seen.len()], seen, "the log grows at its end");
        let store = &service.moderator.store;
        let waiting = store.due_deliveries(i64::MAX, &[], 9).await.unwrap();
        assert_eq!(waiting.len(), 1);
        let told = format!(r#""result":"{}""#, stands == "spam");
        assert!(
            waiting[0].body.contains(&told),
            "{stands}: {}",
            waiting[0].body
        );
    }
}
