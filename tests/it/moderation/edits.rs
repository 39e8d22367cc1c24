//! Comments that come again, and what their owner decided on them.

use serde_json::{Value, json};

use super::{
    after, by, check_and_meanwhile, dry, ines, ines_again, marta, post, publish_all, queue,
    wait_for, with_shoes,
};
use crate::service::TestService;

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
