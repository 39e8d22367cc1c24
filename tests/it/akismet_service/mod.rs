//! Akismet's dialect as a client meets it: recorded requests against the whole service.

mod answers;
mod corrections;
mod posts;
mod reports;
mod requests;
mod versions;

use axum::body::Body;
use axum::http::Request;
use ontopic::storage::Delivery;
use serde_json::json;

use crate::akismet::Recorded;
use crate::service::{Answer, TestService};

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

/// The verdict that an answer names.
fn verdict_of(answer: &Answer) -> String {
    answer.header("x-ontopic-verdict-id").to_owned()
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
