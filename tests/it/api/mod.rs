//! The native API: what it promises, and what strangers may try.

mod checks;
mod decisions;
mod description;
mod entries;
mod erasures;
mod keys;
mod origins;
mod posts;
mod queue;
mod requests;
mod sites;

use serde_json::{Value, json};

use crate::service::TestService;
use crate::starter::repository;

fn example(name: &str) -> Value {
    let text = std::fs::read_to_string(repository("examples").join(name)).unwrap();
    serde_json::from_str(&text).unwrap_or(Value::String(text))
}

fn shoes() -> Value {
    json!({"title": "Eleven pairs", "body": example("post.html"), "tags": ["running"]})
}

async fn with_shoes() -> TestService {
    let service = TestService::start().await;
    service.ask("PUT /v1/posts/shoes", shoes()).await.with(204);
    service
}

/// A comment with an id or another body.
fn comment(name: &str, more: Value) -> Value {
    let mut comment = example(name);
    for (key, value) in more.as_object().unwrap() {
        comment[key] = value.clone();
    }
    comment
}

fn ids(page: &Value) -> Vec<&Value> {
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| &item["id"]).collect()
}
