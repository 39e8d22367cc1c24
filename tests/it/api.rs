//! The native API: what it promises, and what strangers may try.

use std::io::Write as _;

use axum::body::Body;
use axum::http::Request;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use ontopic::analysis::PostAnalysis;
use ontopic::api::ApiOptions;
use ontopic::context::{KnownThreads, ThreadWords};
use ontopic::dataset::parse_thread;
use ontopic::storage::{KeyRole, PostRecord, Site};
use serde_json::{Value, json};

use crate::service::{TestService, one_a_second, options};
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

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn ids(page: &Value) -> Vec<&Value> {
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| &item["id"]).collect()
}

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
async fn a_list_that_is_too_long_is_told_its_length_whatever_is_in_it() {
    let service = TestService::start().await;
    // The last entry is none that could be read: what goes beyond is not looked at.
    for (line, begin, entry, most, field, entries) in [
        (
            "POST /v1/check",
            r#"{"comment":{},"thread":["#,
            "{}",
            200,
            "thread",
            "comments",
        ),
        (
            "PUT /v1/posts/p",
            r#"{"tags":["#,
            r#""a""#,
            200,
            "post.tags",
            "tags",
        ),
        (
            "POST /v1/check/batch",
            r#"{"checks":["#,
            r#"{"comment":{}}"#,
            1000,
            "checks",
            "entries",
        ),
        (
            "POST /v1/feedback/batch",
            r#"{"decisions":["#,
            r#"{"comment":"c","label":"ham"}"#,
            1000,
            "decisions",
            "entries",
        ),
        (
            "POST /v1/posts",
            r#"{"posts":["#,
            r#"{"id":"p","title":"Eleven pairs"}"#,
            5000,
            "posts",
            "posts",
        ),
    ] {
        let fitting = vec![entry; most].join(",");
        let body = format!("{begin}{fitting},7,[]]}}");
        let refused = service.raw(&service.key, line, &[], body).await;
        let errors = refused.problem(422, "invalid")["errors"].clone();
        let expected = format!("at most {most} {entries}");
        let found = (most + 2).to_string();
        let error = json!([{"field": field, "expected": expected, "found": found}]);
        assert_eq!(errors, error, "{line}");
    }
}

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
async fn the_queue_is_ordered_filtered_and_paged() {
    let service = TestService::start().await;
    service.hold_all().await;
    let mut held = Vec::new();
    for n in 0..5 {
        let author = if n < 3 { "Anna" } else { "Ben" };
        let comment =
            json!({"author": author, "author_url": null, "body": format!("words {n} of mine")});
        let verdict = service.check(&format!("p{}", n % 2), comment).await;
        assert_eq!(verdict["verdict"], "hold");
        held.push(verdict["id"].clone());
    }
    let queue = async |query: &str| service.get(&format!("/v1/queue?{query}")).await;
    assert_eq!(
        ids(&queue("order=oldest").await),
        held.iter().collect::<Vec<_>>()
    );
    assert_eq!(ids(&queue("").await), held.iter().rev().collect::<Vec<_>>());
    assert_eq!(ids(&queue("author=Ben").await).len(), 2);
    assert_eq!(ids(&queue("post=p0").await).len(), 3);
    assert_eq!(ids(&queue("reason=unfamiliar").await).len(), 0);
    assert_eq!(ids(&queue("reason=relevance%2Blength").await).len(), 0);
    let other = service.ask("GET /v1/queue?reason=no_such_signal", Value::Null);
    let detail = other.await.problem(422, "invalid")["detail"].clone();
    assert!(
        detail.as_str().unwrap().contains("link_density"),
        "{detail}"
    );
    let all = queue("").await;
    let reason = all["items"][0]["reasons"][0]["signal"].as_str().unwrap();
    let with_reason = queue(&format!("reason={reason}")).await;
    assert!(ids(&with_reason).contains(&held.last().unwrap()));

    let urgent = queue("order=urgency").await;
    let spam: Vec<f64> = urgent["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["spam"].as_f64().unwrap())
        .collect();
    assert!(spam.is_sorted(), "{spam:?}");
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = queue(&format!("order=urgency&limit=2{after}")).await;
        seen.extend(ids(&page).into_iter().cloned());
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(seen.iter().collect::<Vec<_>>(), ids(&urgent));
    let decisions: Vec<Value> = held[1..]
        .iter()
        .map(|id| json!({"verdict": id, "label": "ham"}))
        .collect();
    service
        .ask("POST /v1/feedback/batch", json!({"decisions": decisions}))
        .await
        .with(201);
    assert_eq!(ids(&queue("").await), [&held[0]]);
}

#[tokio::test]
async fn a_page_of_long_comments_ends_early_in_every_order() {
    let service = TestService::start().await;
    service.hold_all().await;
    for number in 0..30 {
        let words = format!("{number} {}", "x".repeat(99_000));
        let comment = json!({"id": number.to_string(), "body": words});
        assert_eq!(service.check("p", comment).await["verdict"], "hold");
    }
    for order in ["newest", "oldest", "urgency"] {
        let (mut pages, mut listed, mut after) = (0, Vec::new(), String::new());
        loop {
            let path = format!("GET /v1/queue?order={order}&limit=200{after}");
            let page = service.ask(&path, Value::Null).await;
            assert!(page.body.len() < 3_000_000, "{}", page.body.len());
            let page = page.with(200);
            pages += 1;
            listed.extend(ids(&page).into_iter().map(Value::to_string));
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        assert_eq!((pages, listed.len()), (2, 30), "{order}");
        listed.sort();
        listed.dedup();
        assert_eq!(listed.len(), 30, "{order}");
    }
}

#[tokio::test]
async fn an_owners_entry_overrides_the_model_and_says_so() {
    let service = with_shoes().await;
    let add = async |action: &str, field: &str, value: &str| {
        let entry = json!({"name": "regular", "action": action, "field": field, "value": value});
        service
            .by(&service.admin, "POST /v1/sites/1/entries", entry)
            .await
    };
    let name = example("spam.json")["author"].as_str().unwrap().to_owned();
    let entry = add("allow", "author", &name).await.with(201);
    let verdict = service.check("shoes", example("spam.json")).await;
    assert_eq!(verdict["verdict"], "publish");
    assert!(
        verdict["overrides"][0]
            .as_str()
            .unwrap()
            .contains("\"regular\"")
    );
    let path = format!("/v1/verdicts/{}", verdict["id"].as_str().unwrap());
    assert_eq!(service.get(&path).await["model_verdict"], "spam");
    add("block", "author", &name.to_uppercase())
        .await
        .problem(409, "conflict");
    let remove = format!(
        "DELETE /v1/sites/1/entries/{}",
        entry["id"].as_str().unwrap()
    );
    service
        .by(&service.admin, &remove, Value::Null)
        .await
        .with(204);
    service
        .by(&service.admin, &remove, Value::Null)
        .await
        .problem(404, "not-found");

    for (field, value, comment) in [
        (
            "host",
            "Bad.Example",
            json!({"body": "see https://a.bad.example/x"}),
        ),
        (
            "address",
            "192.0.2.77",
            json!({"body": "hi", "address": "::ffff:192.0.2.77"}),
        ),
        (
            "email",
            "X@y.example",
            json!({"body": "hi", "author_email": "x@Y.example"}),
        ),
    ] {
        assert_ne!(
            service.check("other", comment.clone()).await["verdict"],
            "spam",
            "{field}"
        );
        add("block", field, value).await.with(201);
        assert_eq!(
            service.check("other", comment).await["verdict"],
            "spam",
            "{field}"
        );
    }
}

#[tokio::test]
async fn a_checker_gets_verdicts_and_nothing_else() {
    let service = with_shoes().await;
    let verdict = service.check("shoes", example("spam.json")).await;
    let checker = service.another_key(1, "checker").await;
    let body = json!({"post": {"id": "shoes", "title": "Casino", "body": "casino"}, "comment": example("spam.json"), "explain": true});
    let told = service
        .by(&checker, "POST /v1/check", body.clone())
        .await
        .with(200);
    for key in ["reasons", "contributions", "overrides"] {
        assert_eq!(told.get(key), None, "{key}");
    }
    assert_eq!(
        service.get("/v1/posts/shoes").await["title"],
        "Eleven pairs"
    );
    let id = verdict["id"].as_str().unwrap();
    for (line, body) in [
        ("GET /v1/queue".to_owned(), Value::Null),
        (format!("GET /v1/verdicts/{id}"), Value::Null),
        (format!("POST /v1/verdicts/{id}/replay"), Value::Null),
        (
            "POST /v1/feedback".to_owned(),
            json!({"verdict": id, "label": "ham"}),
        ),
        ("GET /v1/feedback".to_owned(), Value::Null),
        ("GET /v1/posts/shoes".to_owned(), Value::Null),
        ("PUT /v1/posts/shoes".to_owned(), json!({})),
        (
            "POST /v1/erasures".to_owned(),
            json!({"email": "a@b.example"}),
        ),
        ("GET /v1/sites".to_owned(), Value::Null),
        ("GET /v1/sites/1".to_owned(), Value::Null),
        ("GET /v1/sites/1/keys".to_owned(), Value::Null),
        ("POST /v1/sites/1/keys".to_owned(), json!({"role": "admin"})),
    ] {
        service
            .by(&checker, &line, body.clone())
            .await
            .problem(403, "forbidden");
        if line.contains("/sites") {
            service.ask(&line, body).await.problem(403, "forbidden");
        }
    }
    service.set(json!({"checker_sees_reasons": true})).await;
    let told = service.by(&checker, "POST /v1/check", body).await.with(200);
    assert!(told["contributions"].as_array().unwrap().len() > 1);
}

#[tokio::test]
async fn nothing_of_a_site_is_visible_to_another() {
    let service = with_shoes().await;
    service.hold_all().await;
    let verdict = service
        .check(
            "shoes",
            json!({"id": "c1", "body": "hi", "address": "192.0.2.1"}),
        )
        .await;
    let decision = service.check("shoes", json!({"body": "ho"})).await;
    let decision = service.decide(&decision["id"], "ham").await;
    let entry = json!({"name": "n", "action": "block", "field": "author", "value": "Eve"});
    let entry = service
        .by(&service.admin, "POST /v1/sites/1/entries", entry)
        .await
        .with(201);
    let keys = service
        .by(&service.admin, "GET /v1/sites/1/keys", Value::Null)
        .await
        .with(200);
    let (site, _) = service.another_site().await;
    let other = service.another_key(site, "admin").await;
    let text = |value: &Value| value["id"].as_str().unwrap().to_owned();
    let (verdict, decision) = (text(&verdict), text(&decision));
    let (entry, key) = (text(&entry), text(&keys["items"][0]));
    for (line, body) in [
        (format!("GET /v1/verdicts/{verdict}"), Value::Null),
        (format!("POST /v1/verdicts/{verdict}/replay"), Value::Null),
        (
            "POST /v1/feedback".to_owned(),
            json!({"verdict": verdict, "label": "ham"}),
        ),
        (
            "POST /v1/feedback".to_owned(),
            json!({"post": "shoes", "comment": "c1", "label": "ham"}),
        ),
        (format!("GET /v1/feedback/{decision}"), Value::Null),
        (format!("DELETE /v1/feedback/{decision}"), Value::Null),
        ("GET /v1/posts/shoes".to_owned(), Value::Null),
        ("DELETE /v1/posts/shoes".to_owned(), Value::Null),
        ("GET /v1/sites/1".to_owned(), Value::Null),
        ("PATCH /v1/sites/1".to_owned(), json!({"name": "mine"})),
        ("GET /v1/sites/1/keys".to_owned(), Value::Null),
        ("GET /v1/sites/1/entries".to_owned(), Value::Null),
        (
            format!("DELETE /v1/sites/{site}/entries/{entry}"),
            Value::Null,
        ),
        (format!("DELETE /v1/sites/{site}/keys/{key}"), Value::Null),
        (
            format!("POST /v1/sites/{site}/keys/{key}/rotate"),
            json!({}),
        ),
    ] {
        service
            .by(&other, &line, body)
            .await
            .problem(404, "not-found");
    }
    for path in ["/v1/queue", "/v1/feedback", "/v1/posts"] {
        let headers = [("x-ontopic-site", "1")];
        let line = format!("GET {path}");
        let page = service.by(&other, &line, Value::Null).await;
        assert_eq!(page.with(200)["items"], json!([]), "{path}");
        let page = service.raw(&other, &line, &headers, Body::empty()).await;
        page.problem(403, "forbidden");
    }
    let sites = service
        .by(&other, "GET /v1/sites", Value::Null)
        .await
        .with(200);
    assert_eq!(ids(&sites), [&json!(site)]);
    service
        .by(&other, "POST /v1/sites", json!({"name": "third"}))
        .await
        .problem(403, "forbidden");
    let receipt = service
        .by(&other, "POST /v1/erasures", json!({"address": "192.0.2.1"}))
        .await;
    assert_eq!(receipt.with(200)["verdicts"], 0);
}

#[tokio::test]
async fn a_rotated_key_ends_and_its_successor_opens_the_same() {
    let service = TestService::start().await;
    let (site, old) = service.another_site().await;
    let keys = service
        .by(
            &service.admin,
            &format!("GET /v1/sites/{site}/keys"),
            Value::Null,
        )
        .await
        .with(200);
    let rotate = format!(
        "POST /v1/sites/{site}/keys/{}/rotate",
        keys["items"][0]["id"].as_str().unwrap()
    );
    let with_grace = service
        .by(&service.admin, &rotate, json!({"grace_seconds": 600.0}))
        .await
        .with(201);
    let new = with_grace["key"].as_str().unwrap();
    for key in [old.as_str(), new] {
        service
            .by(key, "GET /v1/queue", Value::Null)
            .await
            .with(200);
    }
    service
        .by(&service.admin, &rotate, json!({}))
        .await
        .with(201);
    service
        .by(&old, "GET /v1/queue", Value::Null)
        .await
        .problem(401, "unauthorized");
    service
        .by(new, "GET /v1/queue", Value::Null)
        .await
        .with(200);
}

#[tokio::test]
async fn an_erasure_gives_a_receipt_and_leaves_no_words() {
    let service = TestService::start().await;
    let words = json!({"body": "forget me", "author": "Me", "author_email": "Me@mail.example"});
    let verdict = service.check("p", words).await;
    service.decide(&verdict["id"], "ham").await;
    let body = json!({"email": "me@mail.example"});
    let receipt = service
        .ask("POST /v1/erasures", body.clone())
        .await
        .with(200);
    assert_eq!(
        (&receipt["verdicts"], &receipt["decisions"]),
        (&json!(1), &json!(1))
    );
    let path = format!("/v1/verdicts/{}", verdict["id"].as_str().unwrap());
    let left = service.get(&path).await;
    for key in ["body", "author", "author_url", "contributions"] {
        assert_eq!(left[key], Value::Null, "{key}");
    }
    let again = service.ask("POST /v1/erasures", body).await.with(200);
    assert_eq!(again["verdicts"], 0);
}

#[tokio::test]
async fn a_request_that_comes_twice_is_answered_once() {
    let service = TestService::start().await;
    let body = json!({"post": {"id": "p"}, "comment": {"body": "once"}}).to_string();
    let named = [("idempotency-key", "k1")];
    let send = || service.raw(&service.key, "POST /v1/check", &named, body.clone());
    let (first, second) = (send().await.with(200), send().await.with(200));
    assert_eq!(first, second);
    let other = service
        .raw(&service.key, "POST /v1/check", &named, r#"{"comment":{}}"#)
        .await;
    other.problem(409, "conflict");
    let (_, key) = service.another_site().await;
    service
        .raw(&key, "POST /v1/check", &named, r#"{"comment":{}}"#)
        .await
        .with(200);
    let blank = [("idempotency-key", "a b")];
    service
        .raw(&service.key, "POST /v1/check", &blank, body.clone())
        .await
        .problem(400, "malformed");

    let decision = json!({"verdict": first["id"], "label": "spam"}).to_string();
    for (line, status, body) in [
        ("POST /v1/check", 200, body.clone()),
        ("POST /v1/feedback", 201, decision),
    ] {
        let named = [("idempotency-key", line.trim_start_matches("POST "))];
        let at_once = (0..16).map(|_| service.raw(&service.key, line, &named, body.clone()));
        let mut ids = std::collections::BTreeSet::new();
        for answer in futures_util::future::join_all(at_once).await {
            ids.insert(answer.with(status)["id"].as_str().unwrap().to_owned());
        }
        assert_eq!(ids.len(), 1, "{line}: {ids:?}");
    }
    assert_eq!(
        service.get("/v1/feedback").await["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn whoever_asks_too_much_is_told_when_to_come_back() {
    let limited = TestService::with(ApiOptions {
        requests_per_second: one_a_second(),
        ..options()
    })
    .await;
    limited.ask("GET /v1/queue", Value::Null).await.with(200);
    let refused = limited.ask("GET /v1/queue", Value::Null).await;
    assert_ne!(refused.header("retry-after"), "");
    refused.problem(429, "too-many-requests");
    // Another key has a limit of its own.
    limited
        .by(&limited.admin, "GET /v1/sites", Value::Null)
        .await
        .with(200);

    let full = TestService::with(ApiOptions {
        max_in_flight: 0,
        ..options()
    })
    .await;
    let refused = full.ask("GET /v1/queue", Value::Null).await;
    assert_eq!(refused.header("retry-after"), "1");
    refused.problem(503, "overloaded");
}

#[tokio::test]
async fn problems_have_one_shape() {
    let service = TestService::start().await;
    service
        .by("nobody", "GET /v1/queue", Value::Null)
        .await
        .problem(401, "unauthorized");
    service
        .ask("GET /v1/nothing", Value::Null)
        .await
        .problem(404, "not-found");
    let wrong = service.ask("PUT /v1/check", json!({})).await;
    assert_eq!(wrong.header("allow"), "POST");
    wrong.problem(405, "method-not-allowed");
    let text = [("content-type", "text/plain")];
    service
        .raw(&service.key, "POST /v1/check", &text, "{}")
        .await
        .problem(415, "media-type");
    let bad = json!({"comment": {"body": "x".repeat(100_001), "author": "a".repeat(1001), "seconds_on_page": -1}});
    let problem = service
        .ask("POST /v1/check", bad)
        .await
        .problem(422, "invalid");
    assert_eq!(problem["errors"].as_array().unwrap().len(), 3, "{problem}");
    let unknown = service
        .ask("POST /v1/check", json!({"comment": {"nme": 1}}))
        .await
        .problem(422, "invalid");
    assert!(
        unknown["detail"].as_str().unwrap().contains("comment.nme"),
        "{unknown}"
    );
    // Without a body there is no telling what to wait for.
    let slow = TestService::with(ApiOptions {
        timeout: std::time::Duration::from_millis(20),
        ..options()
    })
    .await;
    let never = Body::from_stream(futures_util::stream::pending::<
        Result<Vec<u8>, std::io::Error>,
    >());
    slow.raw(&slow.key, "POST /v1/check", &[], never)
        .await
        .problem(408, "timeout");
}

#[tokio::test]
async fn bytes_of_any_kind_are_read_or_refused() {
    let service = TestService::start().await;
    let post = async |body: Vec<u8>| service.raw(&service.key, "POST /v1/check", &[], body).await;
    for bad in [
        &b"{"[..],
        b"",
        b"\xff",
        b"{\"comment\":{\"body\":\"\xff\xfe\"}}",
    ] {
        post(bad.to_vec()).await.problem(400, "malformed");
    }
    for bad in [
        "[null,null]",
        "null",
        "7",
        r#"{"comment":[]}"#,
        r#"{"post":[],"comment":{}}"#,
        r#"{"thread":[[]],"comment":{}}"#,
    ] {
        post(bad.as_bytes().to_vec()).await.problem(422, "invalid");
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for bad in [
        deep.clone(),
        format!(r#"{{"comment":{{"body":{deep}}}}}"#),
        format!(r#"{{"comment":{{"x":{deep}}}}}"#),
    ] {
        let refused = post(bad.into_bytes()).await;
        assert!([400, 422].contains(&refused.status), "{refused:?}");
    }
    let n = "a\0b";
    let body = json!({
        "post": {"id": n, "title": n, "body": n, "url": n, "author": n, "tags": [n]},
        "comment": {"id": n, "parent": n, "kind": n, "author": n, "author_url": n, "author_email": n,
            "body": n, "html": n},
    });
    let verdict = service.ask("POST /v1/check", body).await.with(200);
    let stored = service
        .get(&format!("/v1/verdicts/{}", verdict["id"].as_str().unwrap()))
        .await;
    assert_eq!(
        (&stored["post"], &stored["author"], &stored["body"]),
        (&json!(n), &json!(n), &json!(n))
    );
    let decision = json!({"post": n, "comment": n, "label": "ham", "reporter": n});
    service.ask("POST /v1/feedback", decision).await.with(201);
    for id in [
        "a%00b",
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e",
        "a%2Fb",
        "%F0%9F%98%80",
    ] {
        service
            .ask(&format!("PUT /v1/posts/{id}"), json!({"title": id}))
            .await
            .with(204);
        assert_eq!(service.get(&format!("/v1/posts/{id}")).await["title"], id);
    }
    service
        .ask("GET /v1/posts/%ff", Value::Null)
        .await
        .problem(404, "not-found");
}

#[tokio::test]
async fn half_a_character_keeps_no_comment_from_its_verdict() {
    let service = TestService::start().await;
    let check = r#"{"comment":{"author":"\ud83d\ude00","body":"hi \ud83d \\ude00"}}"#;
    let alone = service.raw(&service.key, "POST /v1/check", &[], check);
    let alone = alone.await.with(200);
    let batch = format!(r#"{{"checks":[{check}]}}"#);
    let batch = service.raw(&service.key, "POST /v1/check/batch", &[], batch);
    let batch = batch.await.with(200);
    for verdict in [&alone, &batch["answers"][0]["answer"]] {
        let path = format!("/v1/verdicts/{}", verdict["id"].as_str().unwrap());
        let stored = service.get(&path).await;
        assert_eq!(stored["author"], "😀");
        assert_eq!(stored["body"], "hi \u{fffd} \\ude00");
    }
}

#[tokio::test]
async fn bodies_are_compressed_both_ways_and_bounded_after_decompression() {
    let service = with_shoes().await;
    let zipped = [("content-encoding", "gzip")];
    let send =
        async |line: &str, body: Vec<u8>| service.raw(&service.key, line, &zipped, body).await;
    let fine = gzip(br#"{"comment":{"body":"hello"}}"#);
    send("POST /v1/check", fine.clone()).await.with(200);
    send("POST /v1/check", fine[..fine.len() - 9].to_vec())
        .await
        .problem(400, "malformed");
    let bomb = gzip(format!(r#"{{"comment":{{"body":"{}"}}}}"#, "x".repeat(64 << 20)).as_bytes());
    assert!(bomb.len() < 1 << 20);
    for line in ["POST /v1/check", "POST /v1/check/batch", "POST /v1/posts"] {
        send(line, bomb.clone()).await.problem(413, "too-large");
    }
    let plain = vec![b' '; 9 << 20];
    service
        .raw(&service.key, "POST /v1/posts", &[], plain)
        .await
        .problem(413, "too-large");
    let brotli = [("content-encoding", "br")];
    let refused = service
        .raw(&service.key, "POST /v1/check", &brotli, fine)
        .await;
    assert_eq!(refused.header("accept-encoding"), "gzip");
    refused.problem(415, "media-type");
    let accepts = [("accept-encoding", "gzip")];
    let answer = service
        .raw(&service.key, "GET /v1/posts/shoes", &accepts, Body::empty())
        .await;
    assert_eq!(answer.header("content-encoding"), "gzip");
    let post: Value = serde_json::from_reader(GzDecoder::new(&answer.body[..])).unwrap();
    assert_eq!(post["id"], "shoes");
}

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
async fn the_key_of_a_site_opens_no_other_that_the_header_names() {
    let service = TestService::start().await;
    let (other, _) = service.another_site().await;
    let ask = async |site: &str| {
        let headers = [("x-ontopic-site", site)];
        let body = r#"{"comment":{"body":"hello"}}"#;
        service
            .raw(&service.key, "POST /v1/check", &headers, body)
            .await
    };
    ask("1").await.with(200);
    for site in [other.to_string().as_str(), "9"] {
        ask(site).await.problem(403, "forbidden");
    }
    ask("first").await.problem(400, "malformed");
}

#[tokio::test]
async fn an_address_is_blocked_however_it_is_written_and_what_is_none_is_no_matter() {
    let service = TestService::start().await;
    for value in ["192.0.2.7", "2001:db8::1"] {
        let entry = json!({"name": "a", "action": "block", "field": "address", "value": value});
        let added = service.by(&service.admin, "POST /v1/sites/1/entries", entry);
        added.await.with(201);
    }
    let from = |address: &str| json!({"body": "Which heel?", "address": address});
    for address in ["192.0.2.7:80", "[2001:db8::1]", "[2001:DB8::1]:443"] {
        let verdict = service.check("p", from(address)).await;
        assert_eq!(verdict["verdict"], "spam", "{address}");
    }
    let none = service.check("p", from("")).await;
    assert_ne!(none["verdict"], "spam");
    let long = "192.0.2.7, ".repeat(100);
    for address in ["192.000.002.007", "192.0.2.x", "fe80::1%eth0", "x", &long] {
        let verdict = service.check("p", from(address)).await;
        assert_eq!(verdict["verdict"], none["verdict"], "{address}");
    }
    let null = json!({"body": "Which heel?", "address": null});
    service.check("p", null).await;
}

#[tokio::test]
async fn an_entry_that_can_match_no_address_is_refused() {
    let service = TestService::start().await;
    let add = async |value: &str| {
        let entry = json!({"name": "a", "action": "block", "field": "address", "value": value});
        service
            .by(&service.admin, "POST /v1/sites/1/entries", entry)
            .await
    };
    for value in ["10.0.0.0/8", "10.0.0", "blog.example", "10.0.0.1:80"] {
        let detail = add(value).await.problem(422, "invalid")["detail"].clone();
        assert!(
            detail.as_str().unwrap().contains("an IP address"),
            "{detail}"
        );
    }
    for value in ["192.0.2.1", "2001:DB8::1"] {
        add(value).await.with(201);
    }
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
async fn a_key_that_has_ended_has_no_successor() {
    let service = TestService::start().await;
    let keys = service
        .by(&service.admin, "GET /v1/sites/1/keys", Value::Null)
        .await
        .with(200);
    let key = format!(
        "/v1/sites/1/keys/{}",
        keys["items"][0]["id"].as_str().unwrap()
    );
    let rotate = format!("POST {key}/rotate");
    let grace = json!({"grace_seconds": 1});
    service.by(&service.admin, &rotate, grace).await.with(201);
    // The clock of tests goes on by being read.
    for _ in 0..1_000 {
        service.moderator.now();
    }
    let refused = service.by(&service.admin, &rotate, json!({})).await;
    refused.problem(409, "conflict");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_told_the_limit() {
    let small = ApiOptions {
        body_limit: 1_024,
        ..options()
    };
    let service = TestService::with(small).await;
    let body = json!({"comment": {"body": "a".repeat(2_000)}});
    let refused = service.ask("POST /v1/check", body).await;
    let detail = refused.problem(413, "too-large")["detail"].clone();
    assert!(detail.as_str().unwrap().contains("1024 bytes"), "{detail}");
}

#[tokio::test]
async fn keys_are_stored_as_digests() {
    let service = TestService::start().await;
    let keys = service.moderator.store.keys(0).await.unwrap();
    assert_eq!(keys.len(), 2);
    for key in keys {
        let secret = if key.role == KeyRole::Admin {
            &service.admin
        } else {
            &service.key
        };
        assert_eq!(key.digest, service.moderator.secret.key(secret));
        assert!(secret.ends_with(&key.hint) && key.hint.len() == 4);
    }
}

#[tokio::test]
async fn the_documentation_of_the_api_asks_no_other_host() {
    let service = TestService::start().await;
    let get = async |path: &str| {
        let request = Request::get(path).body(Body::empty()).unwrap();
        service.send(request).await
    };
    let home = get("/").await;
    assert_eq!(home.status, 307, "{home:?}");
    assert_eq!(home.header("location"), "/docs/");
    let page = get("/docs/").await;
    assert_eq!(page.status, 200, "{page:?}");
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'self';"), "{policy}");
    for source in policy
        .split(';')
        .flat_map(|one| one.split_whitespace().skip(1))
    {
        let stays_here = ["'self'", "'none'", "'unsafe-inline'", "data:"].contains(&source);
        assert!(stays_here, "{policy}");
    }
    // Without a word of its own, Swagger has the description judged by `validator.swagger.io`.
    let set = get("/docs/swagger-initializer.js").await;
    let set = String::from_utf8(set.body.to_vec()).unwrap();
    assert!(set.contains(r#""validatorUrl": "none""#), "{set}");
    assert!(set.contains(r#""url": "/openapi.json""#), "{set}");
}

#[test]
fn the_description_of_an_address_allows_every_way_of_writing_it() {
    let api = serde_json::to_value(ontopic::api::openapi()).unwrap();
    let schemas = &api["components"]["schemas"];
    let given = &schemas["WireComment"]["properties"]["address"];
    assert_eq!(given["type"], json!(["string", "null"]), "{given}");
    assert_eq!((given.get("pattern"), given.get("maxLength")), (None, None));
    let listed = &schemas["OnAddress"]["properties"]["value"];
    let formats = ["ipv4", "ipv6"].map(|it| json!({"type": "string", "format": it}));
    assert_eq!(listed["oneOf"], json!(formats), "{listed}");
}

#[test]
fn the_description_declares_the_key_and_the_header_that_names_a_site() {
    let api = serde_json::to_value(ontopic::api::openapi()).unwrap();
    let schemes = &api["components"]["securitySchemes"];
    assert_eq!(schemes["key"]["scheme"], "bearer", "{schemes}");
    let site = &schemes["site"];
    assert_eq!(
        (&site["type"], &site["in"]),
        (&json!("apiKey"), &json!("header"))
    );
    assert_eq!(site["name"], "x-ontopic-site");
    assert_eq!(
        api["security"],
        json!([{"key": []}, {"key": [], "site": []}])
    );
}

#[tokio::test]
async fn what_shows_nothing_is_no_value_of_an_entry_and_no_name() {
    let service = TestService::start().await;
    let refused = async |line: &str, body: Value| {
        let problem = service.by(&service.admin, line, body).await;
        let detail = problem.problem(422, "invalid")["detail"].to_string();
        assert!(detail.contains("more than white space"), "{detail}");
    };
    let invisible = "\u{200b}\u{2800} \u{3164}\u{ad}";
    for blank in ["", "   ", "\u{a0}\n", "\u{200b}", invisible] {
        for field in ["author", "email"] {
            let entry = json!({"name": "n", "action": "block", "field": field, "value": blank});
            refused("POST /v1/sites/1/entries", entry).await;
        }
        let entry = json!({"name": blank, "action": "block", "field": "author", "value": "Eve"});
        refused("POST /v1/sites/1/entries", entry).await;
        refused("POST /v1/sites", json!({"name": blank})).await;
        refused("PATCH /v1/sites/1", json!({"name": blank})).await;
    }
}

#[tokio::test]
async fn fields_are_bounded_in_characters_and_bodies_in_bytes_and_the_description_says_so() {
    let service = TestService::start().await;
    let escaped = r"\ud83c\udf5e".repeat(100_000);
    let body = format!(r#"{{"comment":{{"body":"{escaped}"}}}}"#);
    let refused = service.raw(&service.key, "POST /v1/check", &[], body).await;
    refused.problem(413, "too-large");
    let body = json!({"comment": {"body": "🍞".repeat(100_000)}});
    service.ask("POST /v1/check", body).await.with(200);
    let api = serde_json::to_value(ontopic::api::openapi()).unwrap();
    let said = api["info"]["description"].as_str().unwrap();
    assert!(
        said.contains("bytes") && said.contains("characters"),
        "{said}"
    );
}
