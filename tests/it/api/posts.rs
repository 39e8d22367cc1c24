//! Posts, one by one and many at once.

use ontopic::storage::PostRecord;
use serde_json::{Value, json};

use super::{ids, with_shoes};
use crate::service::TestService;

#[tokio::test]
async fn posts_are_stored_one_by_one_and_thousands_at_once() {
    let service = with_shoes().await;
    let posts: Vec<Value> = (0..3000)
        .map(|n| json!({"id": format!("b{n:04}"), "title": "Bread", "body": null}))
        .collect();
    let written = service
        .ask("POST /v1/posts", json!({"posts": posts}))
        .await
        .with(200);
    assert_eq!(written["written"], 3000);
    let post = service.get("/v1/posts/b0007").await;
    assert_eq!(
        (&post["title"], &post["body"], &post["url"]),
        (&json!("Bread"), &json!(""), &Value::Null)
    );
    let first = service.get("/v1/posts?limit=2").await;
    assert_eq!(ids(&first), ["b0000", "b0001"]);
    let second = service
        .get(&format!(
            "/v1/posts?limit=2&after={}",
            first["next"].as_str().unwrap()
        ))
        .await;
    assert_eq!(ids(&second), ["b0002", "b0003"]);

    let torn = json!({"posts": [{"id": "new"}, {"title": "without an id"}]});
    service
        .ask("POST /v1/posts", torn)
        .await
        .problem(422, "invalid");
    service
        .ask("GET /v1/posts/new", Value::Null)
        .await
        .problem(404, "not-found");
    service
        .ask("DELETE /v1/posts/shoes", Value::Null)
        .await
        .with(204);
    service
        .ask("DELETE /v1/posts/shoes", Value::Null)
        .await
        .problem(404, "not-found");
}

#[tokio::test]
async fn a_page_of_long_posts_ends_early() {
    let service = TestService::start().await;
    let post = |id: &str| PostRecord {
        id: id.to_owned(),
        body: Some("x".repeat(1_000_000)),
        ..PostRecord::default()
    };
    let all: Vec<String> = (10..22).map(|number| number.to_string()).collect();
    let posts = all.iter().map(|id| post(id)).collect();
    let put = service.moderator.put_posts(service.site, posts);
    put.await.unwrap();
    let mut listed: Vec<String> = Vec::new();
    let mut path = "/v1/posts?limit=100".to_owned();
    loop {
        let page = service.ask(&format!("GET {path}"), Value::Null).await;
        assert!(page.body.len() < 8_000_000, "{}", page.body.len());
        let page = page.with(200);
        let ids = ids(&page).into_iter();
        listed.extend(ids.map(|id| id.as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else {
            break;
        };
        path = format!("/v1/posts?limit=100&after={next}");
    }
    assert_eq!(listed, all);
}

#[tokio::test]
async fn a_post_is_stored_under_one_id() {
    let service = TestService::start().await;
    let put = async |post: Value| service.ask("PUT /v1/posts/shoes", post).await;
    put(json!({"id": "other"})).await.problem(409, "conflict");
    for same in [json!("shoes"), json!(""), json!(null)] {
        put(json!({"id": same})).await.with(204);
    }
}

#[tokio::test]
async fn a_post_that_comes_twice_is_counted_once_and_a_blank_id_is_refused() {
    let service = TestService::start().await;
    let twice = json!({"posts": [{"id": "a"}, {"id": "b"}, {"id": "a"}]});
    let written = service.ask("POST /v1/posts", twice).await.with(200);
    assert_eq!(written["written"], 2);
    for (line, body) in [
        ("PUT /v1/posts/%20", json!({})),
        ("POST /v1/posts", json!({"posts": [{"id": " "}]})),
    ] {
        let problem = service.ask(line, body).await.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["found"], "` `", "{problem}");
    }
    let too_long = json!({"posts": [{"id": "a".repeat(501)}]});
    let problem = service.ask("POST /v1/posts", too_long).await;
    let errors = problem.problem(422, "invalid")["errors"].clone();
    assert_eq!(errors.as_array().unwrap().len(), 1, "{errors}");
}
