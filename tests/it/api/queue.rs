//! The queue.

use serde_json::{Value, json};

use super::ids;
use crate::service::TestService;

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
    assert!(
        detail.as_str().unwrap().ends_with("found `no_such_signal`"),
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
async fn what_was_called_spam_is_listed_beside_what_is_held() {
    let service = TestService::start().await;
    let judge = async |name: &str| {
        let comment = json!({"author": name, "body": "Loans, pills and watches: call us today."});
        service.check("p", comment).await["id"].clone()
    };
    for (name, action) in [("Ada", "block"), ("Ben", "allow")] {
        let entry = json!({"name": name, "action": action, "field": "author", "value": name});
        let line = format!("POST /v1/sites/{}/entries", service.site.0);
        service.by(&service.admin, &line, entry).await.with(201);
    }
    let (spam, _) = (judge("Ada").await, judge("Ben").await);
    let queue = async |query: &str| service.get(&format!("/v1/queue?{query}")).await;
    for order in ["newest", "oldest", "urgency"] {
        let listed = queue(&format!("verdict=spam&order={order}")).await;
        assert_eq!(ids(&listed), [&spam], "{listed}");
        assert_eq!(listed["items"][0]["verdict"], "spam");
    }
    for query in ["", "verdict=hold", "verdict=spam&author=Ben"] {
        assert_eq!(ids(&queue(query).await).len(), 0, "{query}");
    }
    let other = service.ask("GET /v1/queue?verdict=publish", Value::Null);
    let detail = other.await.problem(422, "invalid")["detail"].clone();
    assert!(
        detail.as_str().unwrap().contains("`hold` or `spam`"),
        "{detail}"
    );
    service.decide(&spam, "ham").await;
    assert_eq!(ids(&queue("verdict=spam").await).len(), 0);
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
