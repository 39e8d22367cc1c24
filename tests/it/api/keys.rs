//! Keys: what each may do, and for which site.

use std::net::{IpAddr, SocketAddr};

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::http::request::Builder;
use ontopic::api::ApiOptions;
use ontopic::storage::KeyRole;
use serde_json::{Value, json};

use super::{example, ids, with_shoes};
use crate::service::{TestService, one_a_second, options};

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
async fn a_key_that_is_being_replaced_does_not_end_later_than_was_said() {
    let service = TestService::start().await;
    let made = service
        .by(
            &service.admin,
            "POST /v1/sites/1/keys",
            json!({"role": "moderator"}),
        )
        .await
        .with(201);
    let id = made["id"].as_str().unwrap();
    let mut ends = Vec::new();
    for grace in [60, 604_800, 1] {
        let line = format!("POST /v1/sites/1/keys/{id}/rotate");
        let body = json!({"grace_seconds": grace});
        service.by(&service.admin, &line, body).await.with(201);
        let keys = service.by(&service.admin, "GET /v1/sites/1/keys", Value::Null);
        let keys = keys.await.with(200);
        let old = keys["items"].as_array().unwrap().iter();
        let old = old.clone().find(|key| key["id"] == id).unwrap();
        ends.push(old["expires"].as_str().unwrap().to_owned());
    }
    assert_eq!(ends[0], ends[1]);
    assert!(ends[2] < ends[1], "{ends:?}");
}

#[tokio::test]
async fn only_wrong_keys_are_counted_in_either_dialect() {
    let limited = ApiOptions {
        failed_keys_per_minute: one_a_second(),
        ..options()
    };
    let service = TestService::with(limited).await;
    let send = async |address: &str, request: Builder, body: &str| {
        let mut request = request.body(Body::from(body.to_owned())).unwrap();
        let address: SocketAddr = (address.parse::<IpAddr>().unwrap(), 4000).into();
        request.extensions_mut().insert(ConnectInfo(address));
        service.send(request).await
    };
    let native = |key: &str, site: &str| {
        Request::get("/v1/queue")
            .header("authorization", format!("Bearer {key}"))
            .header("x-ontopic-site", site)
    };
    let (here, there) = ("192.0.2.1", "192.0.2.2");
    for site in ["99", "x", "1"] {
        for _ in 0..3 {
            let status = send(here, native(&service.admin, site), "").await.status;
            assert_ne!(status, 429, "{site}");
        }
    }
    let no_key = Request::get("/v1/queue");
    assert_eq!(send(here, no_key, "").await.status, 401);
    assert_eq!(send(here, native("wrong", "1"), "").await.status, 401);
    let refused = send(here, native("wrong", "1"), "").await;
    let detail = &refused.problem(429, "too-many-requests")["detail"];
    assert!(detail.as_str().unwrap().contains("failed_keys_per_minute"));
    // Who has an address of IPv6 has all of its network.
    for (address, status) in [
        ("2001:db8::1", 401),
        ("2001:db8::2", 429),
        ("2001:db8:0:1::1", 401),
    ] {
        let answer = send(address, native("wrong", "1"), "").await;
        assert_eq!(answer.status, status, "{address}");
    }

    let akismet = || {
        Request::post("/1.1/verify-key").header("content-type", "application/x-www-form-urlencoded")
    };
    let (wrong, good) = ("key=wrong", format!("key={}", service.key));
    assert_eq!(&send(there, akismet(), wrong).await.body[..], b"invalid");
    let refused = send(there, akismet(), wrong).await;
    assert_eq!(refused.status, 429);
    assert_ne!(refused.header("retry-after"), "");
    assert_eq!(&send(there, akismet(), &good).await.body[..], b"valid");
}

#[tokio::test]
async fn admin_tokens_are_made_replaced_and_ended_but_for_the_last() {
    let service = TestService::start().await;
    let tokens = async |token: &str| {
        let listed = service.by(token, "GET /v1/keys", Value::Null).await;
        listed.with(200)["items"].as_array().unwrap().clone()
    };
    let first = tokens(&service.admin).await;
    assert_eq!(first.len(), 1);
    assert_eq!(first[0]["role"], "admin");
    let id = first[0]["id"].as_str().unwrap();
    let end = format!("DELETE /v1/keys/{id}");
    let ended = service.by(&service.admin, &end, Value::Null).await;
    ended.problem(409, "conflict");

    let rotate = format!("POST /v1/keys/{id}/rotate");
    let second = service
        .by(&service.admin, &rotate, json!({}))
        .await
        .with(201);
    let second = second["key"].as_str().unwrap();
    assert_eq!(second.len(), 32);
    let gone = service
        .by(&service.admin, "GET /v1/keys", Value::Null)
        .await;
    gone.problem(401, "unauthorized");

    let third = service
        .by(second, "POST /v1/keys", Value::Null)
        .await
        .with(201);
    let end = format!(
        "DELETE /v1/keys/{}",
        tokens(second).await[0]["id"].as_str().unwrap()
    );
    let third = third["key"].as_str().unwrap();
    service.by(third, &end, Value::Null).await.with(204);
    assert_eq!(tokens(third).await.len(), 1);

    // Whoever runs a site does not run the service.
    let own = service
        .by(third, "POST /v1/sites/1/keys", json!({"role": "admin"}))
        .await
        .with(201);
    let own = own["key"].as_str().unwrap();
    for line in ["GET /v1/keys", "POST /v1/keys"] {
        service
            .by(own, line, Value::Null)
            .await
            .problem(403, "forbidden");
    }
}

#[tokio::test]
async fn a_key_that_was_ended_is_not_sent_to_its_blog() {
    let service = TestService::start().await;
    let moderator = &service.moderator;
    moderator.saw_key(service.site, &service.key);
    assert_eq!(
        moderator.key_seen(service.site).as_deref(),
        Some(&*service.key)
    );
    let id = moderator.directory().keys(Some(service.site))[0].id;
    moderator.end_key(id).await.unwrap();
    assert_eq!(moderator.key_seen(service.site), None);
}

#[tokio::test]
async fn a_key_that_was_ended_stays_so_when_the_clock_goes_back() {
    let service = TestService::start().await;
    let made = service
        .by(
            &service.admin,
            "POST /v1/sites/1/keys",
            json!({"role": "checker"}),
        )
        .await
        .with(201);
    let line = format!(
        "POST /v1/sites/1/keys/{}/rotate",
        made["id"].as_str().unwrap()
    );
    let successor = service.by(&service.admin, &line, json!({})).await.with(201);
    let moderator = &service.moderator;
    let first = moderator.directory().keys(Some(service.site))[0].id;
    moderator.end_key(first).await.unwrap();
    let keys = moderator.store.keys(0).await.unwrap();
    let open: Vec<&str> = keys
        .iter()
        .filter(|key| key.site.is_some())
        .map(|key| key.hint.as_str())
        .collect();
    assert_eq!(open, [successor["hint"].as_str().unwrap()]);
}
