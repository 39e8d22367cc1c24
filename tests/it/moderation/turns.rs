//! What is long lets others have their turn.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use ontopic::comment::{Comment, Post};
use ontopic::moderation::Submission;
use serde_json::json;

use super::{ines, marta, post, publish_all, with_shoes};
use crate::service::TestService;

/// How often others may have had a turn while a comment was judged.
async fn turns(service: &TestService, submission: Submission) -> usize {
    let site = service.moderator.directory().site(service.site).unwrap();
    let mut check = pin!(service.moderator.check(&site, vec![submission], |_| None));
    let mut polls = 0;
    let checked = poll_fn(|context| {
        polls += 1;
        check.as_mut().poll(context)
    });
    checked.await.unwrap();
    polls
}

/// A comment of forty thousand characters.
fn long() -> String {
    "My old shoes hurt on the road after ten miles. ".repeat(850)
}

/// Publishes twenty long comments, of which seven come into memory again.
async fn with_long_thread() -> TestService {
    let service = with_shoes().await;
    publish_all(&service).await;
    let check = json!({"post": {"id": "shoes"}, "comment": {"body": long()}});
    let batch = json!({"checks": vec![check; 20]});
    let answers = service.ask("POST /v1/check/batch", batch).await.with(200);
    let mut answers = answers["answers"].as_array().unwrap().iter();
    assert!(answers.all(|it| it["answer"]["verdict"] == "publish"));
    service
}

#[tokio::test]
async fn others_get_a_turn_while_a_long_thread_comes_into_memory() {
    let service = with_long_thread().await;
    // It has to be built again.
    service.ask("PUT /v1/posts/shoes", post()).await.with(204);
    let submission = Submission {
        post: Post {
            id: "shoes".to_owned(),
            ..Post::default()
        },
        dry_run: true,
        ..Submission::default()
    };
    let turns = turns(&service, submission).await;
    assert!((8..20).contains(&turns), "{turns}");
}

#[tokio::test]
async fn nobody_waits_for_a_comment_that_comes_again_while_its_thread_is_loaded() {
    let service = with_long_thread().await;
    service.check("shoes", ines("1")).await;
    let again = || Submission {
        post: Post {
            id: "shoes".to_owned(),
            ..Post::default()
        },
        comment: Comment {
            id: "1".to_owned(),
            body: "My old shoes hurt.".to_owned(),
            ..Comment::default()
        },
        dry_run: true,
        ..Submission::default()
    };
    // The last seven turns are those of the seven comments.
    let mut polls = turns(&service, again()).await - 3;
    let site = service.moderator.directory().site(service.site).unwrap();
    let mut check = pin!(service.moderator.check(&site, vec![again()], |_| None));
    let part = poll_fn(|context| {
        if polls == 0 {
            return Poll::Ready(());
        }
        polls -= 1;
        check.as_mut().poll(context).map(|_| ())
    });
    part.await;
    let other = service.check("shoes", marta("2"));
    let other = tokio::time::timeout(Duration::from_secs(60), other).await;
    assert!(other.is_ok(), "it waits");
}

#[tokio::test]
async fn others_get_a_turn_while_a_thread_that_is_given_is_read() {
    let service = TestService::start().await;
    let comment = Comment {
        body: long(),
        ..Comment::default()
    };
    let submission = Submission {
        thread: Some(vec![comment; 20]),
        dry_run: true,
        ..Submission::default()
    };
    let turns = turns(&service, submission).await;
    assert!(turns > 20, "{turns}");
}
