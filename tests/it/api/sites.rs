//! Changes of a site.

use serde_json::{Value, json};

use super::ids;
use crate::service::TestService;

#[tokio::test]
async fn two_changes_of_a_site_at_once_both_count() {
    let service = TestService::start().await;
    let change = |settings: Value| {
        let body = json!({"settings": settings});
        service.by(&service.admin, "PATCH /v1/sites/1", body)
    };
    let (one, other) = tokio::join!(
        change(json!({"prior": 0.25})),
        change(json!({"checker_sees_reasons": true})),
    );
    one.with(200);
    let now = other.with(200);
    assert_eq!(now["settings"]["prior"], 0.25, "{now}");
    assert_eq!(now["settings"]["checker_sees_reasons"], true, "{now}");
}

#[tokio::test]
async fn settings_that_cannot_be_read_are_not_written_over() {
    let service = TestService::start().await;
    let mut site = service
        .moderator
        .directory()
        .site(service.site)
        .unwrap()
        .site
        .clone();
    site.settings = r#"{"prior":0.25,"of_later":1}"#.to_owned();
    let update = service.moderator.store.update_site(site.clone());
    update.await.unwrap();
    let service = service.restarted().await;
    for body in [
        json!({"name": "other"}),
        json!({"settings": {"prior": 0.5}}),
    ] {
        let patched = service.by(&service.admin, "PATCH /v1/sites/1", body).await;
        patched.problem(409, "conflict");
    }
    let sites = service.moderator.store.sites().await.unwrap();
    assert_eq!(sites[0], site);
}

#[tokio::test]
async fn sites_keys_and_entries_come_in_pages() {
    let service = TestService::start().await;
    for n in 0..4 {
        let entry = json!({
            "name": "a test", "action": "block", "field": "host", "value": format!("{n}.example"),
        });
        let lines = [
            ("POST /v1/sites", json!({"name": format!("site {n}")})),
            ("POST /v1/sites/1/keys", json!({"role": "checker"})),
            ("POST /v1/sites/1/entries", entry),
            ("POST /v1/keys", Value::Null),
        ];
        for (line, body) in lines {
            service.by(&service.admin, line, body).await.with(201);
        }
    }
    for list in [
        "/v1/sites",
        "/v1/sites/1/keys",
        "/v1/sites/1/entries",
        "/v1/keys",
    ] {
        let page = async |query: &str| {
            let line = format!("GET {list}{query}");
            service.by(&service.admin, &line, Value::Null).await
        };
        let whole = page("").await.with(200);
        assert_eq!(whole["next"], Value::Null, "{list}");
        assert!(ids(&whole).len() >= 4, "{list}");
        let (mut pages, mut query) = (Vec::new(), "?limit=3".to_owned());
        loop {
            let one = page(&query).await.with(200);
            assert!((1..=3).contains(&ids(&one).len()), "{list}");
            pages.extend(one["items"].as_array().unwrap().clone());
            let next = &one["next"];
            if next.is_null() {
                break;
            }
            query = format!(
                "?limit=3&after={}",
                next.as_str().map_or(next.to_string(), str::to_owned)
            );
        }
        assert_eq!(whole["items"], Value::Array(pages), "{list}");
        for (query, named) in [
            ("?limit=abc", "limit"),
            ("?limit=1001", "limit"),
            ("?after=x", "after"),
        ] {
            let problem = page(query).await.problem(422, "invalid");
            assert!(
                problem.to_string().contains(named),
                "{list}{query}: {problem}"
            );
        }
    }
}

#[tokio::test]
async fn a_name_that_is_taken_is_told_whose_it_is() {
    let service = TestService::start().await;
    let (other, _) = service.another_site().await;
    let taken = service.by(&service.admin, "POST /v1/sites", json!({"name": "second"}));
    let detail = taken.await.problem(409, "conflict")["detail"].clone();
    let said = format!("expected a name that no site has, found that site {other} has this name");
    assert_eq!(detail, said);
}
