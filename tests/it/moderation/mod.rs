//! Comments as they come, come again and are decided on, in threads that are held in memory.

mod edits;
mod threads;
mod turns;

use ontopic::comment::{Comment, Field, Post};
use ontopic::moderation::{Checked, Submission};
use serde_json::{Value, json};
use tokio::runtime::Handle;

use crate::service::TestService;

fn post() -> Value {
    let body = "I have worn eleven pairs of running shoes on the road and on the track, and write \
                down how many miles each of them lasted and where it began to hurt.";
    json!({"title": "Eleven pairs", "body": body})
}

async fn with_shoes() -> TestService {
    let service = TestService::start().await;
    service.ask("PUT /v1/posts/shoes", post()).await.with(204);
    service
}

fn by(author: &str, id: &str, body: &str) -> Value {
    json!({"id": id, "author": author, "author_url": null, "body": body})
}

fn ines(id: &str) -> Value {
    by("Ines", id, "My old shoes hurt on the road after ten miles.")
}

fn marta(id: &str) -> Value {
    by(
        "Marta",
        id,
        "The track is kinder to my heels than the road.",
    )
}

fn ines_again() -> Value {
    by("Ines", "", "What did you do about the heels, Marta?")
}

/// What a comment would get now.
async fn dry(service: &TestService, comment: &Value) -> Value {
    let body = json!({"post": {"id": "shoes"}, "comment": comment, "dry_run": true});
    service.ask("POST /v1/check", body).await.with(200)["score"].clone()
}

/// What a comment would get after these.
async fn after(service: &TestService, thread: &[Value], comment: &Value) -> Value {
    let body = json!({
        "post": {"id": "shoes"}, "thread": thread, "comment": comment, "dry_run": true,
    });
    service.ask("POST /v1/check", body).await.with(200)["score"].clone()
}

/// Publishes whatever comes.
async fn publish_all(service: &TestService) {
    let thresholds = json!({"hold": 0.999_999_8, "spam": 0.999_999_9});
    service.set(json!({"thresholds": thresholds})).await;
}

/// Checks a comment, and does something when it is judged and not yet stored.
async fn check_and_meanwhile(
    service: &TestService,
    comment: &Value,
    meanwhile: impl FnOnce() + Send,
) -> Vec<Checked> {
    let text = |key: &str| comment[key].as_str().unwrap().to_owned();
    let submission = Submission {
        post: Post {
            id: "shoes".to_owned(),
            ..Post::default()
        },
        comment: Comment {
            id: text("id"),
            author: Field::Known(text("author")),
            author_url: Field::Empty,
            body: text("body"),
            ..Comment::default()
        },
        ..Submission::default()
    };
    let site = service.moderator.directory().site(service.site).unwrap();
    let answer = |_: &[Checked]| {
        meanwhile();
        None
    };
    let checked = service.moderator.check(&site, vec![submission], answer);
    checked.await.unwrap()
}

fn wait_for<T>(future: impl Future<Output = T>) -> T {
    tokio::task::block_in_place(|| Handle::current().block_on(future))
}

/// The verdicts on what waits.
async fn queue(service: &TestService) -> Vec<Value> {
    let queue = service.get("/v1/queue").await;
    let items = queue["items"].as_array().unwrap();
    items.iter().map(|it| it["id"].clone()).collect()
}
