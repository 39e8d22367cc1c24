//! Checks: what a verdict stands on, and what it says.

use ontopic::analysis::PostAnalysis;
use ontopic::context::{KnownThreads, ThreadWords};
use ontopic::dataset::parse_thread;
use serde_json::{Value, json};

use super::{example, shoes, with_shoes};
use crate::service::TestService;

#[tokio::test]
async fn a_stored_post_and_one_in_the_request_give_the_same_verdict() {
    let service = with_shoes().await;
    let inline = json!({
        "post": shoes(), "thread": [], "comment": example("poet.json"), "dry_run": true,
    });
    let inline = service.ask("POST /v1/check", inline).await.with(200);
    assert_eq!(inline["id"], Value::Null);
    let stored = service.check("shoes", example("poet.json")).await;
    assert_eq!(stored["verdict"], "publish");
    assert_eq!(stored["score"], inline["score"]);
    assert_eq!(stored["relevance"], inline["relevance"]);
    let path = format!("/v1/verdicts/{}", stored["id"].as_str().unwrap());
    assert_eq!(service.get(&path).await["score"], stored["score"]);
    // The dry run left nothing: the comments before are none.
    assert_eq!(service.get("/v1/queue").await["items"], json!([]));
}

#[tokio::test]
async fn a_check_adds_to_a_stored_post_and_takes_nothing_from_it() {
    let service = with_shoes().await;
    let post = json!({"id": "shoes", "title": "Twelve pairs", "tags": []});
    let body = json!({"post": post, "comment": example("poet.json")});
    service.ask("POST /v1/check", body).await.with(200);
    let stored = service.get("/v1/posts/shoes").await;
    assert_eq!(stored["title"], "Twelve pairs");
    assert_eq!(stored["body"], shoes()["body"]);
    assert_eq!(stored["tags"], json!([]));
}

#[tokio::test]
async fn words_of_a_post_that_a_check_leaves_empty_stay_as_they_are_stored() {
    let service = with_shoes().await;
    let check = async |post: Value, more: Value| {
        let mut body = json!({"post": post, "comment": ines()});
        body["post"]["id"] = "shoes".into();
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        service.ask("POST /v1/check", body).await.with(200)["relevance"].clone()
    };
    let dry = json!({"dry_run": true});
    let before = check(json!({}), dry.clone()).await;
    let posts = [
        json!({"title": null, "body": null, "url": null, "author": null}),
        json!({"title": "", "body": " "}),
        json!({"title": "Eleven pairs", "body": null}),
    ];
    for post in &posts {
        assert_eq!(check(post.clone(), dry.clone()).await, before, "{post}");
    }
    for post in &posts {
        check(post.clone(), json!({"thread": []})).await;
        check(post.clone(), json!({})).await;
        let stored = service.get("/v1/posts/shoes").await;
        for key in ["title", "body", "url", "author"] {
            assert_eq!(stored[key], shoes()[key], "{post}");
        }
    }
    // Who puts the post says all that it has.
    let put = json!({"title": "Eleven pairs", "body": null});
    service.ask("PUT /v1/posts/shoes", put).await.with(204);
    assert_eq!(service.get("/v1/posts/shoes").await["body"], "");
}

#[tokio::test]
async fn only_who_may_teach_a_post_changes_what_others_are_judged_under() {
    let service = with_shoes().await;
    let checker = service.another_key(1, "checker").await;
    let check = async |key: &str, text: Value, comment: Value, more: Value| {
        let mut body = json!({"post": text, "comment": comment});
        body["post"]["id"] = "shoes".into();
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        service.by(key, "POST /v1/check", body).await.with(200)["relevance"].clone()
    };
    let dry = || json!({"dry_run": true});
    let under = async |text| check(&service.key, text, ines(), dry()).await;
    let bread = || json!({"title": "Sourdough", "body": "Flour, water, salt and a starter."});
    let spam = || example("spam.json");

    let before = under(json!({})).await;
    assert_ne!(under(bread()).await, before);
    check(&checker, bread(), ines(), dry()).await;
    check(&checker, bread(), spam(), json!({})).await;
    assert_eq!(under(json!({})).await, before);
    assert_eq!(under(shoes()).await, before);

    // With a thread of its own as well as without.
    for (text, more) in [(bread(), json!({"thread": []})), (shoes(), json!({}))] {
        check(&service.key, text.clone(), spam(), more).await;
        assert_eq!(service.get("/v1/posts/shoes").await["title"], text["title"]);
        assert_eq!(under(json!({})).await, under(text.clone()).await);
        assert_eq!(under(json!({})).await == before, text == shoes());
    }
}

fn ines() -> Value {
    json!({"author": "Ines", "body": "I run in old shoes on the road."})
}

/// The relevance of her comment as the pipeline gives it beside these posts.
fn relevance_beside(service: &TestService, others: &[Value]) -> f64 {
    let thread_of = |post: Value, comments: Vec<Value>| {
        let line = json!({"site": "s", "post": post, "comments": comments});
        parse_thread(line.to_string().as_bytes()).unwrap()
    };
    let mut known = KnownThreads::default();
    for post in others {
        let post = thread_of(post.clone(), Vec::new()).post;
        let words = ThreadWords::of(&PostAnalysis::of(&post), std::iter::empty());
        known.add(post.id, words);
    }
    let (mut post, mut comment) = (shoes(), ines());
    (post["id"], comment["id"]) = ("shoes".into(), "1".into());
    let classifier = &service.moderator.models.active().classifier;
    let mut relevance = None;
    classifier.judge_thread_beside(
        known.beside("shoes").as_ref(),
        &thread_of(post, vec![comment]),
        &classifier.policy(None),
        |_, _, assessment| relevance = Some(assessment.relevance_probability()),
    );
    relevance.unwrap()
}

#[tokio::test]
async fn what_every_post_of_a_blog_says_counts_less_for_relevance_and_nothing_for_spam() {
    let service = with_shoes().await;
    let check = async || {
        let dry = json!({"post": {"id": "shoes"}, "comment": ines(), "dry_run": true});
        service.ask("POST /v1/check", dry).await.with(200)
    };
    let relevance = |checked: &Value| checked["relevance"].as_f64().unwrap();
    let alone = check().await;
    let body = "Running shoes again: what I run in on the road, and which shoes are too old.";
    let posts: Vec<Value> = (0..12)
        .map(|n| json!({"id": format!("other {n}"), "title": "Shoes", "body": body}))
        .collect();
    let others = json!({"posts": posts.clone()});
    service.ask("POST /v1/posts", others).await.with(200);
    let beside = check().await;
    assert!(
        relevance(&beside) < 0.9 * relevance(&alone),
        "{beside} {alone}"
    );
    assert_eq!(beside["score"], alone["score"]);
    assert_eq!(relevance(&beside), relevance_beside(&service, &posts));
    for n in 0..12 {
        let path = format!("DELETE /v1/posts/other%20{n}");
        service.ask(&path, Value::Null).await.with(204);
    }
    assert_eq!(relevance(&check().await), relevance(&alone));
}

#[tokio::test]
async fn a_verdict_is_explained_and_computed_again_to_the_bit_until_it_is_pruned() {
    let service = with_shoes().await;
    let body = json!({
        "post": {"id": "shoes"}, "comment": example("spam.json"), "explain": true,
    });
    let verdict = service.ask("POST /v1/check", body).await.with(200);
    assert_eq!(verdict["verdict"], "spam");
    let terms = |value: &Value| -> Vec<f64> {
        let all = value["contributions"].as_array().unwrap();
        let one = |term: &Value| term["contribution"].as_f64().unwrap();
        all.iter().map(one).collect()
    };
    let score = verdict["score"].as_f64().unwrap();
    assert!((terms(&verdict).iter().sum::<f64>() - score).abs() < 1e-9);
    let path = format!("/v1/verdicts/{}", verdict["id"].as_str().unwrap());
    let stored = service.get(&path).await;
    assert_eq!(terms(&stored), terms(&verdict));
    assert_eq!(stored["body"], example("spam.json")["body"]);
    let replay = format!("POST {path}/replay");
    let again = service.ask(&replay, Value::Null).await.with(200);
    assert_eq!(
        (&again["same"], &again["score"]),
        (&json!(true), &verdict["score"])
    );

    let later = service.moderator.now() + 1;
    service
        .moderator
        .store
        .prune(later, later, 100)
        .await
        .unwrap();
    let stored = service.get(&path).await;
    assert_eq!(stored["score"], verdict["score"]);
    assert_eq!(
        (&stored["body"], &stored["contributions"]),
        (&Value::Null, &Value::Null)
    );
    service.ask(&replay, Value::Null).await.problem(410, "gone");
}

#[tokio::test]
async fn a_bad_entry_of_a_batch_leaves_the_others_alone() {
    let service = with_shoes().await;
    let fine = |body: &str| json!({"post": {"id": "shoes"}, "comment": {"body": body}});
    let checks = json!([
        fine("one"), {"bad": 1}, 5, [1], fine(&"z".repeat(100_001)), {"post": [], "comment": {}}, fine("two"),
    ]);
    let answers = service
        .ask("POST /v1/check/batch", json!({"checks": checks}))
        .await;
    let answers = answers.with(200);
    let answers = answers["answers"].as_array().unwrap();
    let judged: Vec<bool> = answers
        .iter()
        .map(|it| it.get("answer").is_some())
        .collect();
    assert_eq!(judged, [true, false, false, false, false, false, true]);
    assert_eq!(answers[4]["problem"]["errors"][0]["field"], "comment.body");
    assert!(answers[0]["answer"]["id"].as_str() < answers[6]["answer"]["id"].as_str());
}

#[tokio::test]
async fn an_answer_says_whether_the_post_was_known_and_it_is_counted() {
    let service = with_shoes().await;
    let known = async |check: Value| {
        let mut body = json!({"comment": ines()});
        for (key, value) in check.as_object().unwrap() {
            body[key] = value.clone();
        }
        let checked = service.ask("POST /v1/check", body).await.with(200);
        checked["post_known"].clone()
    };
    for (post, expected) in [
        (json!({"id": "shoes"}), true),
        (json!({"id": "nope"}), false),
        // Not by the comment that is there now.
        (json!({"id": "nope"}), false),
        (
            json!({"id": "nope", "url": "https://mara.example/", "tags": ["shoes"]}),
            false,
        ),
        (json!({"id": "new", "title": "Twelve pairs"}), true),
        (json!({"id": "new"}), true),
        (json!({"title": "Twelve pairs"}), true),
        (Value::Null, false),
    ] {
        assert_eq!(known(json!({"post": post})).await, expected, "{post}");
    }
    assert_eq!(known(json!({})).await, false);
    for (post, expected) in [("shoes", true), ("nope", false)] {
        let given = json!({"post": {"id": post}, "thread": [ines()]});
        assert_eq!(known(given).await, expected, "{post}");
    }
    let counted = service.counted("ontopic_checks_without_post_total").await;
    assert_eq!(counted, 6.0);
}

#[tokio::test]
async fn a_comment_that_says_nothing_is_refused() {
    let service = TestService::start().await;
    let expected = "one of `body`, `html`, `author`, `author_url`, `author_email` at least";
    let error = json!([{"field": "comment", "expected": expected, "found": "nothing to judge"}]);
    for comment in [
        json!({}),
        json!({"id": "1", "address": "192.0.2.1", "label": "ham", "role": "visitor"}),
        json!({"body": " ", "author": "", "author_url": null, "author_email": null, "html": "\n"}),
    ] {
        let check = json!({"post": {"id": "shoes"}, "comment": comment});
        let refused = service.ask("POST /v1/check", check.clone()).await;
        assert_eq!(refused.problem(422, "invalid")["errors"], error);
        let batch = service.ask("POST /v1/check/batch", json!({"checks": [check]}));
        let batch = batch.await.with(200);
        assert_eq!(batch["answers"][0]["problem"]["errors"], error, "{batch}");
    }
    for key in ["body", "html", "author", "author_url", "author_email"] {
        let check = json!({"comment": {key: "mara.example"}});
        service.ask("POST /v1/check", check).await.with(200);
    }
}

#[tokio::test]
async fn words_that_stand_in_the_markup_alone_are_judged() {
    let service = TestService::start().await;
    let spam = example("spam.json");
    let said = async |comment: Value| {
        let check = json!({"comment": comment, "dry_run": true});
        service.ask("POST /v1/check", check).await.with(200)["score"].clone()
    };
    let score = said(json!({"body": spam["body"]})).await;
    assert_eq!(said(json!({"html": spam["body"]})).await, score);
    let beside = json!({"html": spam["body"], "body": "Which size?"});
    assert_ne!(said(beside).await, score);
}

#[tokio::test]
async fn what_is_null_was_left_empty() {
    let service = TestService::start().await;
    let body = json!({"post": null, "comment": {"author": "Ines", "body": null}});
    let null = service.ask("POST /v1/check", body).await.with(200);
    let empty = service
        .check("", json!({"author": "Ines", "body": ""}))
        .await;
    assert_eq!(null["score"], empty["score"]);
}
