//! Comments that come again, and what a thread holds while verdicts are on their way.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use ontopic::comment::{Comment, Field, Post};
use ontopic::moderation::{Checked, Submission};
use ontopic::storage::{PostRecord, SqliteOptions};
use serde_json::{Value, json};
use tokio::runtime::Handle;

use crate::service::{TestService, options};

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

#[tokio::test]
async fn a_held_comment_that_comes_again_is_judged_as_it_was() {
    let service = with_shoes().await;
    let first = dry(&service, &ines("1")).await;
    service.hold_all().await;
    let again = async || {
        let verdict = service.check("shoes", ines("1")).await;
        assert_eq!(verdict["verdict"], "hold");
        assert_eq!(verdict["overrides"], Value::Null);
        verdict["score"].clone()
    };
    assert_eq!(again().await, first);
    assert_eq!(again().await, first);
    // Whatever came after it.
    publish_all(&service).await;
    service.check("shoes", marta("2")).await;
    service.check("shoes", ines("3")).await;
    service.hold_all().await;
    assert_eq!(again().await, first);
}

#[tokio::test]
async fn without_a_post_the_same_id_is_another_comment() {
    let service = TestService::start().await;
    service.hold_all().await;
    let check = async |title: &str, comment: Value| {
        let body = json!({"post": {"title": title}, "thread": [], "comment": comment});
        service.ask("POST /v1/check", body).await.with(200)
    };
    let ines = check("Shoes", ines("1")).await;
    service.decide(&ines["id"], "spam").await;
    // Another page, on which ids begin anew.
    let marta = check("Track", marta("1")).await;
    let again = check("Track", by("Marta", "1", "Which track?")).await;
    assert_eq!(again["overrides"], Value::Null);
    let waiting = queue(&service).await;
    assert_eq!(waiting, [again["id"].clone(), marta["id"].clone()]);
    // What the blog calls by the id alone is the latest.
    let decision = json!({"comment": "1", "label": "ham"});
    let decision = service.ask("POST /v1/feedback", decision).await.with(201);
    assert_eq!(decision["verdict"], again["id"]);
    assert_eq!(queue(&service).await, [marta["id"].clone()]);
}

#[tokio::test]
async fn versions_of_one_batch_are_no_company_for_each_other() {
    let service = with_shoes().await;
    let first = dry(&service, &ines("1")).await;
    publish_all(&service).await;
    let checks: Vec<Value> = [ines("1"), ines("1"), marta("2"), ines("1")]
        .into_iter()
        .map(|comment| json!({"post": {"id": "shoes"}, "comment": comment}))
        .collect();
    let answers = service
        .ask("POST /v1/check/batch", json!({"checks": checks}))
        .await;
    let answers = answers.with(200);
    let score = |place: usize| &answers["answers"][place]["answer"]["score"];
    assert_eq!([score(0), score(1), score(3)], [&first; 3]);
    // Of the three the last is part of the thread.
    let thread = [marta("2"), ines("1")];
    let now = dry(&service, &ines_again()).await;
    assert_eq!(now, after(&service, &thread, &ines_again()).await);
}

/// The verdicts on what waits.
async fn queue(service: &TestService) -> Vec<Value> {
    let queue = service.get("/v1/queue").await;
    let items = queue["items"].as_array().unwrap();
    items.iter().map(|it| it["id"].clone()).collect()
}

#[tokio::test]
async fn a_decision_that_is_taken_back_publishes_no_longer() {
    let service = with_shoes().await;
    service.hold_all().await;
    let queue = async || queue(&service).await;
    let first = service.check("shoes", ines("1")).await;
    assert_eq!(first["verdict"], "hold");
    let decision = service.decide(&first["id"], "ham").await;
    let second = service.check("shoes", ines("1")).await;
    assert_eq!(second["verdict"], "publish");
    let why = second["overrides"][0].as_str().unwrap();
    assert!(why.contains("the version that was approved"), "{why}");
    assert_eq!(queue().await, [Value::Null; 0]);
    let take_back = format!("DELETE /v1/feedback/{}", decision["id"].as_str().unwrap());
    service.ask(&take_back, Value::Null).await.with(200);
    // The version that was published by it waits instead.
    assert_eq!(queue().await, [second["id"].clone()]);
    let path = format!("/v1/verdicts/{}", second["id"].as_str().unwrap());
    let stored = service.get(&path).await;
    assert_eq!(stored["verdict"], "hold");
    assert_eq!(stored["overrides"], json!([]));
    let third = service.check("shoes", ines("1")).await;
    assert_eq!(
        (&third["verdict"], &third["overrides"]),
        (&json!("hold"), &Value::Null)
    );
    assert_eq!(queue().await, [third["id"].clone()]);
}

#[tokio::test]
async fn a_decision_that_is_taken_back_leaves_the_one_before_it_on_the_same_words() {
    let service = with_shoes().await;
    for (label, verdict) in [("spam", "spam"), ("ham", "publish")] {
        if label == "spam" {
            publish_all(&service).await;
        } else {
            service.hold_all().await;
        }
        let first = service.check("shoes", ines(label)).await;
        assert_ne!(first["verdict"], verdict);
        service.decide(&first["id"], label).await;
        let second = service.check("shoes", ines(label)).await;
        let decision = service.decide(&second["id"], label).await;
        let third = service.check("shoes", ines(label)).await;
        let take_back = format!("DELETE /v1/feedback/{}", decision["id"].as_str().unwrap());
        service.ask(&take_back, Value::Null).await.with(200);
        let path = format!("/v1/verdicts/{}", third["id"].as_str().unwrap());
        assert_eq!(service.get(&path).await["verdict"], verdict);
        assert_eq!(queue(&service).await, [Value::Null; 0]);
    }
}

#[tokio::test]
async fn what_a_decision_holds_waits_on_without_it_and_says_so() {
    let service = with_shoes().await;
    publish_all(&service).await;
    let more = by("Ines", "1", "My old shoes hurt. The track is kinder.");
    service.check("shoes", ines("1")).await;
    let edited = service.check("shoes", more).await;
    let decision = service.decide(&edited["id"], "spam").await;
    let again = service.check("shoes", ines("1")).await;
    assert_eq!(again["verdict"], "hold");
    let why = json!(["the owner called the version before spam"]);
    assert_eq!(again["overrides"], why);
    let take_back = format!("DELETE /v1/feedback/{}", decision["id"].as_str().unwrap());
    service.ask(&take_back, Value::Null).await.with(200);
    let path = format!("/v1/verdicts/{}", again["id"].as_str().unwrap());
    let stored = service.get(&path).await;
    assert_eq!(stored["verdict"], "hold");
    let why = json!(["the owner changed or took back the decision on an earlier version"]);
    assert_eq!(stored["overrides"], why);
}

#[tokio::test]
async fn what_the_model_holds_for_what_was_added_is_held_whatever_is_decided_before() {
    let service = with_shoes().await;
    publish_all(&service).await;
    let first = service.check("shoes", ines("1")).await;
    service.hold_all().await;
    let added = "Buy cheap viagra online at http://pills-shop.example/buy";
    let body = format!("{}\n{added}", ines("1")["body"].as_str().unwrap());
    let score = |of: &Value| of["score"].as_f64().unwrap();
    let (whole, part) = (
        dry(&service, &by("Ines", "", &body))
            .await
            .as_f64()
            .unwrap(),
        dry(&service, &by("Ines", "", added))
            .await
            .as_f64()
            .unwrap(),
    );
    assert!(score(&first) < whole && whole < part, "{whole} {part}");
    let odds = |score: f64| 1.0 / (1.0 + (-score).exp());
    let thresholds = json!({"hold": odds((whole + part) / 2.0), "spam": 0.999_999_999});
    service.set(json!({"thresholds": thresholds})).await;
    let edited = service.check("shoes", by("Ines", "1", &body)).await;
    assert_eq!(edited["verdict"], "hold", "{edited}");
    let decision = service.decide(&first["id"], "ham").await;
    let take_back = format!("DELETE /v1/feedback/{}", decision["id"].as_str().unwrap());
    service.ask(&take_back, Value::Null).await.with(200);
    let path = format!("/v1/verdicts/{}", edited["id"].as_str().unwrap());
    assert_eq!(service.get(&path).await["overrides"], edited["overrides"]);
}

#[tokio::test]
async fn what_the_owner_called_spam_stays_spam_under_a_name_as_the_blog_stores_it() {
    let service = with_shoes().await;
    publish_all(&service).await;
    let signed = |name: &str| by(name, "1", ines("1")["body"].as_str().unwrap());
    let first = service.check("shoes", signed("Tom & Jerry")).await;
    service.decide(&first["id"], "spam").await;
    let again = service.check("shoes", signed("Tom &amp; Jerry")).await;
    assert_eq!(again["verdict"], "spam", "{again}");
}

#[tokio::test]
async fn an_entry_that_is_removed_publishes_no_longer() {
    let service = with_shoes().await;
    service.hold_all().await;
    let entry = json!({"name": "regular", "action": "allow", "field": "author", "value": "Ines"});
    let entry = service
        .by(&service.admin, "POST /v1/sites/1/entries", entry)
        .await
        .with(201);
    assert_eq!(
        service.check("shoes", ines("1")).await["verdict"],
        "publish"
    );
    let entry = entry["id"].as_str().unwrap();
    let remove = format!("DELETE /v1/sites/1/entries/{entry}");
    let removed = service.by(&service.admin, &remove, Value::Null).await;
    removed.with(204);
    let again = service.check("shoes", ines("1")).await;
    assert_eq!(
        (&again["verdict"], &again["overrides"]),
        (&json!("hold"), &Value::Null)
    );
}

#[tokio::test]
async fn a_link_that_an_edit_adds_meets_the_entry_that_blocks_its_host() {
    let service = with_shoes().await;
    let entry = json!({
        "name": "roofs", "action": "block", "field": "host", "value": "roofs.example",
    });
    let line = "POST /v1/sites/1/entries";
    service.by(&service.admin, line, entry).await.with(201);
    publish_all(&service).await;
    let said = "My old shoes hurt. See https://nice.example/roofs/example";
    let html = json!(format!("<p>{said}</p>"));
    let with = |id: &str, body: &str, html: &Value| {
        let mut comment = by("Ines", id, body);
        comment["html"] = html.clone();
        comment
    };
    let moved = "My old shoes hurt. See https://nice.example.roofs.example";
    let hidden = json!(format!(
        r#"<p>{said}<a href="https://roofs.example/">.</a></p>"#
    ));
    for (id, edited) in [
        ("1", with("1", moved, &html)),
        ("2", with("2", said, &hidden)),
    ] {
        let first = service.check("shoes", with(id, said, &html)).await;
        service.decide(&first["id"], "ham").await;
        let again = service.check("shoes", with(id, said, &html)).await;
        assert_eq!(again["verdict"], "publish", "{again}");
        let edited = service.check("shoes", edited).await;
        assert_eq!(edited["verdict"], "spam", "{edited}");
    }
}

#[tokio::test]
async fn links_that_an_edit_hides_in_its_markup_are_looked_at() {
    let service = with_shoes().await;
    let mut linked = ines("1");
    let links = linked["body"].as_str().unwrap().split(' ').enumerate();
    let links =
        links.map(|(n, word)| format!(r#"<a href="https://casino{n}.example/bonus">{word}</a>"#));
    linked["html"] = links.collect::<Vec<_>>().join(" ").into();
    let (plain, with_links) = (
        dry(&service, &ines("1")).await.as_f64().unwrap(),
        dry(&service, &linked).await.as_f64().unwrap(),
    );
    assert!(plain < with_links, "{plain} {with_links}");
    // Between the two.
    let hold = 1.0 / (1.0 + (-(plain + with_links) / 2.0).exp());
    let thresholds = json!({"hold": hold, "spam": 0.999_999_999});
    service.set(json!({"thresholds": thresholds})).await;
    assert_eq!(
        service.check("shoes", ines("1")).await["verdict"],
        "publish"
    );
    let edited = service.check("shoes", linked).await;
    assert_eq!(edited["verdict"], "hold", "{edited}");
    assert_eq!(edited["score"], with_links);
}

#[tokio::test]
async fn an_old_comment_is_edited_in_the_thread_that_it_was_written_in() {
    let service = with_shoes().await;
    publish_all(&service).await;
    for comment in [marta("1"), by("Ben", "2", "Which track?"), ines("3")] {
        service.check("shoes", comment).await;
    }
    let edit = by("Ines", "3", "My old shoes hurt on the track, too.");
    let before = dry(&service, &edit).await;
    let thread = [marta("1"), by("Ben", "2", "Which track?")];
    assert_eq!(before, after(&service, &thread, &edit).await);
    let later: Vec<Value> = (0..120)
        .map(|n| {
            by(
                &format!("Reader {n}"),
                "",
                &format!("Pair number {n} hurt."),
            )
        })
        .map(|comment| json!({"post": {"id": "shoes"}, "comment": comment}))
        .collect();
    let later = json!({"checks": later});
    service.ask("POST /v1/check/batch", later).await.with(200);
    assert_eq!(dry(&service, &edit).await, before);
}

#[tokio::test]
async fn a_held_comment_vouches_for_nobody_until_it_is_decided_on() {
    let service = with_shoes().await;
    service.hold_all().await;
    let alone = after(&service, &[], &ines_again()).await;
    let together = after(&service, &[ines("1")], &ines_again()).await;
    assert_ne!(alone, together);
    let held = service.check("shoes", ines("1")).await;
    assert_eq!(held["verdict"], "hold");
    assert_eq!(dry(&service, &ines_again()).await, alone);
    service.decide(&held["id"], "ham").await;
    assert_eq!(dry(&service, &ines_again()).await, together);
}

#[tokio::test]
async fn a_thread_in_memory_forgets_what_is_removed_after_its_time() {
    let service = with_shoes().await;
    publish_all(&service).await;
    service.check("shoes", ines("1")).await;
    let later = service.moderator.now() + 1;
    let with_first = dry(&service, &ines_again()).await;
    assert_eq!(service.moderator.prune(later, 0, 9).await, Ok(1));
    let without = dry(&service, &ines_again()).await;
    assert_eq!(without, after(&service, &[], &ines_again()).await);
    assert_ne!(without, with_first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_is_broken_off_leaves_no_comment_in_the_thread() {
    let service = with_shoes().await;
    publish_all(&service).await;
    let alone = dry(&service, &ines_again()).await;
    let service = std::sync::Arc::new(service);
    let check = tokio::spawn({
        let service = std::sync::Arc::clone(&service);
        async move {
            check_and_meanwhile(&service, &ines("1"), || panic!("broken off")).await;
        }
    });
    assert!(check.await.unwrap_err().is_panic());
    assert_eq!(dry(&service, &ines_again()).await, alone);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_that_comes_during_an_edit_leaves_the_edited_words_in_the_thread() {
    let service = with_shoes().await;
    publish_all(&service).await;
    service.check("shoes", ines("1")).await;
    let edited = by("Ingrid", "1", "My old shoes never hurt at all.");
    check_and_meanwhile(&service, &edited, || {
        wait_for(service.check("shoes", marta("2")));
    })
    .await;
    let now = dry(&service, &ines_again()).await;
    let thread = [edited, marta("2")];
    assert_eq!(now, after(&service, &thread, &ines_again()).await);
    let thread = [ines("1"), marta("2")];
    assert_ne!(now, after(&service, &thread, &ines_again()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_that_is_loaded_has_the_comments_that_are_being_stored() {
    let service = with_shoes().await;
    publish_all(&service).await;
    check_and_meanwhile(&service, &ines("1"), || {
        wait_for(async {
            // The thread under it is built again.
            service.ask("PUT /v1/posts/shoes", post()).await.with(204);
            service.check("shoes", marta("2")).await;
        });
    })
    .await;
    let now = dry(&service, &ines_again()).await;
    let thread = [ines("1"), marta("2")];
    assert_eq!(now, after(&service, &thread, &ines_again()).await);
    assert_ne!(now, after(&service, &[marta("2")], &ines_again()).await);
}

#[tokio::test]
async fn an_address_is_that_of_the_post_that_stands_there_now() {
    let one = SqliteOptions {
        readers: 1,
        ..SqliteOptions::default()
    };
    let service = TestService::with_storage(options(), one).await;
    let (moderator, site) = (&service.moderator, service.site);
    let put = async |id: &str, url: &str| {
        let post = PostRecord {
            id: id.to_owned(),
            url: Some(url.to_owned()),
            ..PostRecord::default()
        };
        moderator.put_posts(site, vec![post]).await.unwrap();
    };
    let url = "https://slowmiles.example/shoes";
    put("old", url).await;
    let entry = moderator.directory().site(site).unwrap();
    let mut asked = pin!(moderator.post_named(&entry, "", url));
    // With one reader, the next read is done when this one is.
    let begun = poll_fn(|context| Poll::Ready(asked.as_mut().poll(context))).await;
    moderator.store.sites().await.unwrap();
    put("old", "https://slowmiles.example/old").await;
    put("new", url).await;
    if begun.is_pending() {
        asked.await.unwrap();
    }
    let now = moderator.post_named(&entry, "", url).await.unwrap();
    assert_eq!(now, "new");
}

#[tokio::test]
async fn an_advertisement_is_not_published_for_the_words_that_stood_around_it() {
    let service = TestService::start().await;
    service.ask("PUT /v1/posts/shoes", post()).await.with(204);
    let genuine = "I ran in the second pair all winter. My heel slips on wet rock, but the sole of \
                   the fourth pair held when we crossed the stream below the ridge. Did you try \
                   them with thicker socks? The laces of mine broke in March.";
    let advertisement =
        "Buy cheap viagra online without prescription at http://pills-shop.example/buy";
    let around = format!("{genuine}\n{advertisement}");
    let alone = service.check("shoes", by("Anna", "1", advertisement)).await;
    assert_ne!(alone["verdict"], "publish");
    // Approved, or published by the model.
    let first = service.check("shoes", by("Anna", "2", &around)).await;
    service.decide(&first["id"], "ham").await;
    publish_all(&service).await;
    let published = service.check("shoes", by("Anna", "3", &around)).await;
    assert_eq!(published["verdict"], "publish");
    service.set(json!({"thresholds": null})).await;
    for comment in ["2", "3"] {
        let cut = service
            .check("shoes", by("Anna", comment, advertisement))
            .await;
        assert_ne!(cut["verdict"], "publish", "{cut}");
        let again = service.check("shoes", by("Anna", comment, &around)).await;
        assert_eq!(again["verdict"], "publish", "{again}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_counts_for_words_that_come_again_before_after_or_meanwhile() {
    let service = with_shoes().await;
    service.hold_all().await;
    let first = service.check("shoes", ines("1")).await;
    let second = service.check("shoes", ines("1")).await;
    assert_eq!(queue(&service).await, [second["id"].clone()]);
    let decision = service.decide(&first["id"], "ham").await;
    assert_eq!(queue(&service).await, [Value::Null; 0]);
    let take_back = format!("DELETE /v1/feedback/{}", decision["id"].as_str().unwrap());
    check_and_meanwhile(&service, &ines("1"), || {
        wait_for(service.ask(&take_back, Value::Null)).with(200);
    })
    .await;
    assert_eq!(queue(&service).await.len(), 1);
    check_and_meanwhile(&service, &ines("1"), || {
        wait_for(service.decide(&first["id"], "ham"));
    })
    .await;
    assert_eq!(queue(&service).await, [Value::Null; 0]);
    // The thread has it.
    let now = dry(&service, &ines_again()).await;
    assert_eq!(now, after(&service, &[ines("1")], &ines_again()).await);

    // One that was published.
    publish_all(&service).await;
    let first = service.check("shoes", marta("2")).await;
    let second = service.check("shoes", marta("2")).await;
    assert_eq!(second["verdict"], "publish");
    service.decide(&first["id"], "spam").await;
    let path = format!("/v1/verdicts/{}", second["id"].as_str().unwrap());
    assert_eq!(service.get(&path).await["decided"], "spam");
    let now = dry(&service, &ines_again()).await;
    assert_eq!(now, after(&service, &[ines("1")], &ines_again()).await);

    // However they are spaced and punctuated.
    let written = ["Cheap roofs. Call now!", "cheap  roofs.\nCall now"];
    for (id, is_decided_before) in [("3", true), ("4", false)] {
        let first = service.check("shoes", by("Ben", id, written[0])).await;
        if is_decided_before {
            service.decide(&first["id"], "spam").await;
        }
        let second = service.check("shoes", by("Ben", id, written[1])).await;
        if !is_decided_before {
            assert_eq!(second["verdict"], "publish");
            service.decide(&first["id"], "spam").await;
        }
        let path = format!("/v1/verdicts/{}", second["id"].as_str().unwrap());
        let stored = service.get(&path).await;
        let stands = [&stored["verdict"], &stored["decided"]];
        assert!(stands.contains(&&json!("spam")), "{stored}");
    }

    // A link that was added is no part of what was approved.
    service.hold_all().await;
    let first = service.check("shoes", ines("5")).await;
    let mut linked = ines("5");
    linked["html"] = r#"My <a href="https://roofs.example/">old shoes</a> hurt."#.into();
    let second = service.check("shoes", linked).await;
    service.decide(&first["id"], "ham").await;
    assert_eq!(queue(&service).await, [second["id"].clone()]);
}

#[tokio::test]
async fn the_last_decision_on_words_stands_whichever_verdict_it_names() {
    let service = with_shoes().await;
    service.hold_all().await;
    let first = service.check("shoes", ines("1")).await;
    let second = service.check("shoes", ines("1")).await;
    service.decide(&second["id"], "ham").await;
    let last = service.decide(&first["id"], "spam").await;
    assert_eq!(last["verdict"], second["id"]);
    let third = service.check("shoes", ines("1")).await;
    assert_eq!(third["verdict"], "spam");
    // Both were on the second.
    let take_back = format!("DELETE /v1/feedback/{}", last["id"].as_str().unwrap());
    service.ask(&take_back, Value::Null).await.with(200);
    let fourth = service.check("shoes", ines("1")).await;
    assert_eq!(fourth["verdict"], "publish");
}

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
