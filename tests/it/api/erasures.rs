//! Erasure of a person.

use serde_json::{Value, json};

use crate::service::TestService;

#[tokio::test]
async fn an_erasure_gives_a_receipt_and_leaves_no_words() {
    let service = TestService::start().await;
    let words = json!({"body": "forget me", "author": "Me", "author_email": "Me@mail.example"});
    let verdict = service.check("p", words).await;
    service.decide(&verdict["id"], "ham").await;
    // Nobody says who.
    let decision = json!({"verdict": verdict["id"], "label": "spam"});
    service.ask("POST /v1/feedback", decision).await.with(201);
    let body = json!({"email": "me@mail.example"});
    let receipt = service
        .ask("POST /v1/erasures", body.clone())
        .await
        .with(200);
    assert_eq!(
        (&receipt["verdicts"], &receipt["decisions"]),
        (&json!(1), &json!(2))
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
async fn an_erasure_takes_the_answers_about_its_person_along_and_no_others() {
    let service = TestService::start().await;
    let send = async |line: &str, key: &str, body: Value| {
        let named = [("idempotency-key", key)];
        let answer = service.raw(&service.key, line, &named, body.to_string());
        answer.await.json()
    };
    let check = async |name: &str| {
        let comment = json!({"author_email": format!("{name}@a.example"), "body": name});
        send("POST /v1/check", name, json!({"comment": comment})).await
    };
    let (ida, ben) = (check("ida").await, check("ben").await);
    let decide = async |verdict: &Value| {
        let decision = json!({"verdict": verdict, "label": "ham"});
        let key = format!("on {verdict}").replace([' ', '"'], "-");
        send("POST /v1/feedback", &key, decision).await
    };
    let on_ida = decide(&ida["id"]).await;
    let on_ben = decide(&ben["id"]).await;
    let erased = service.ask("POST /v1/erasures", json!({"email": "ida@a.example"}));
    erased.await.with(200);
    assert_eq!(check("ben").await, ben);
    assert_eq!(decide(&ben["id"]).await, on_ben);
    assert_ne!(check("ida").await["id"], ida["id"]);
    assert_ne!(decide(&ida["id"]).await["id"], on_ida["id"]);
}

#[tokio::test]
async fn an_erasure_names_somebody() {
    let service = TestService::start().await;
    for body in [
        json!({}),
        json!({"email": null}),
        json!({"email": " ", "address": ""}),
    ] {
        let problem = service
            .ask("POST /v1/erasures", body)
            .await
            .problem(422, "invalid");
        assert_eq!(problem["errors"][0]["expected"], "`email` or `address`");
    }
}
