//! Changes of a site.

use serde_json::{Value, json};

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
    let store = &service.moderator.store;
    store.update_site(site.clone()).await.unwrap();
    // Whatever changes, the directory is read anew.
    service.another_site().await;
    for body in [
        json!({"name": "other"}),
        json!({"settings": {"prior": 0.5}}),
    ] {
        let patched = service.by(&service.admin, "PATCH /v1/sites/1", body).await;
        patched.problem(409, "conflict");
    }
    assert_eq!(store.sites().await.unwrap()[0], site);
}
