//! Entries of the owner.

use std::sync::Arc;

use futures_util::{StreamExt as _, stream};
use ontopic::comment::Label;
use ontopic::storage::{EntryField, Id, ListEntry, SiteId};
use serde_json::{Value, json};

use super::{example, with_shoes};
use crate::service::TestService;

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
async fn a_site_has_ten_thousand_entries_at_most_however_many_are_added_at_once() {
    let service = TestService::start().await;
    let store = &service.moderator.store;
    let stored = (1..10_000).map(|number| {
        store.add_entry(ListEntry {
            id: Id(number),
            site: service.site,
            label: Label::Spam,
            field: EntryField::Author,
            value: format!("Reader {number}"),
            name: "readers".to_owned(),
            created: 0,
        })
    });
    // A few hundred writes may wait at once.
    let mut stored = stream::iter(stored).buffer_unordered(100);
    while let Some(added) = stored.next().await {
        added.unwrap();
    }
    drop(stored);
    let service = service.restarted().await;
    let add = |value: &str| {
        let entry = json!({"name": "n", "action": "block", "field": "author", "value": value});
        service.by(&service.admin, "POST /v1/sites/1/entries", entry)
    };
    let (one, other) = tokio::join!(add("Eve"), add("Mallory"));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
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
async fn a_host_is_compared_as_links_have_it_and_refused_where_nothing_can_match() {
    let service = TestService::start().await;
    let add = |value: &str| {
        let entry = json!({"name": "books", "action": "block", "field": "host", "value": value});
        service.by(&service.admin, "POST /v1/sites/1/entries", entry)
    };
    let entry = add("Bücher.example").await.with(201);
    assert_eq!(entry["value"], "xn--bcher-kva.example");
    for homepage in [
        "https://bücher.example/",
        "https://shop.xn--bcher-kva.example/x",
    ] {
        let comment = json!({"body": "hi", "author_url": homepage});
        assert_eq!(
            service.check("p", comment).await["verdict"],
            "spam",
            "{homepage}"
        );
    }
    for value in [
        "https://x.example/path",
        "*.x.example",
        "x.example:8080",
        " ",
        "192.0.2.0/24",
    ] {
        add(value).await.problem(422, "invalid");
    }
}

#[tokio::test]
async fn values_that_can_never_be_meant_are_refused() {
    let service = TestService::start().await;
    let add = |field: &str, value: &str| {
        let entry = json!({"name": "n", "action": "block", "field": field, "value": value});
        service.by(&service.admin, "POST /v1/sites/1/entries", entry)
    };
    for (field, value, expected) in [
        ("host", "com", "a host by itself"),
        ("host", "www.", "a host by itself"),
        ("author", "Casino*", "names are compared as a whole"),
        ("email", "ida.example", "an e-mail address by itself"),
        ("email", "@mail.example", "an e-mail address by itself"),
        ("email", "ida@", "an e-mail address by itself"),
        (
            "email",
            "Ida <ida@mail.example>",
            "an e-mail address by itself",
        ),
    ] {
        let problem = add(field, value).await.problem(422, "invalid");
        let detail = problem["detail"].as_str().unwrap();
        let found = format!("found `{value}`");
        assert!(
            detail.contains(expected) && detail.ends_with(&found),
            "{detail}"
        );
    }
    for (field, value) in [
        ("host", "shop.example"),
        ("host", "[2001:db8::1]"),
        ("email", " Ida@mail.example"),
    ] {
        add(field, value).await.with(201);
    }
}

#[tokio::test]
async fn a_name_is_compared_as_it_reads_and_shown_as_it_was_written() {
    let service = TestService::start().await;
    let add = async |action: &str, value: &str| {
        let entry = json!({"name": "lender", "action": action, "field": "author", "value": value});
        service
            .by(&service.admin, "POST /v1/sites/1/entries", entry)
            .await
    };
    let entry = add("block", "Loan  Shark").await.with(201);
    assert_eq!(entry["value"], "Loan  Shark");
    let entries = service.by(&service.admin, "GET /v1/sites/1/entries", Value::Null);
    assert_eq!(entries.await.with(200)["items"], json!([entry]));
    for name in [
        "loan shark",
        " LOAN   SHARK",
        "Loan\u{a0}Shark",
        "Lo\u{200b}an Shark\u{200b}",
        "Ｌｏａｎ　Ｓｈａｒｋ",
        "L\u{43e}an Sh\u{430}rk",
        "<b>Loan</b> Shark",
    ] {
        let verdict = service.check("p", json!({"body": "hello", "author": name}));
        assert_eq!(verdict.await["verdict"], "spam", "{name:?}");
        add("allow", name).await.problem(409, "conflict");
    }
    let verdict = service.check("p", json!({"body": "hello", "author": "Joan Shark"}));
    assert_eq!(verdict.await["overrides"], Value::Null);
}

#[tokio::test]
async fn a_change_in_one_site_leaves_the_others_alone() {
    let service = TestService::start().await;
    let (other, _) = service.another_site().await;
    let site = || service.moderator.directory().site(SiteId(other)).unwrap();
    let before = site();
    let entry = json!({"name": "n", "action": "block", "field": "author", "value": "Roofs"});
    let entries = "POST /v1/sites/1/entries";
    let made = service.by(&service.admin, entries, entry).await.with(201);
    service
        .set(json!({"cors_origins": ["https://blog.example"]}))
        .await;
    service.another_key(1, "checker").await;
    assert!(Arc::ptr_eq(&before, &site()));
    // What has not changed of the one that has stays with it.
    let roofs = json!({"author": "roofs", "body": "hello"});
    assert_eq!(service.check("p", roofs.clone()).await["verdict"], "spam");
    let entry = format!("DELETE {}/{}", &entries[5..], made["id"].as_str().unwrap());
    service
        .by(&service.admin, &entry, Value::Null)
        .await
        .with(204);
    assert_ne!(service.check("p", roofs).await["verdict"], "spam");
}
