//! A comment that is asked about again.

use serde_json::{Value, json};

use super::{body, form, verdict_of};
use crate::service::{Answer, TestService};

#[tokio::test]
async fn a_comment_that_was_edited_is_judged_anew_as_the_same_comment() {
    let service = TestService::start().await;
    let post = [("comment_post_ID", "7"), ("comment_author", "Ida")];
    let words = ("comment_content", "How long did you let it rise?");
    let first = form(
        &service,
        "/1.1/comment-check",
        &[&post[..], &[words]].concat(),
    )
    .await;
    let first = first.header("x-ontopic-verdict-id").to_owned();
    let recheck = async |words: &str| {
        let again = [
            ("comment_ID", "77"),
            ("comment_content", words),
            ("ontopic_verdict_id", &*first),
            ("recheck_reason", "edit"),
        ];
        let answer = form(
            &service,
            "/1.1/comment-check",
            &[&post[..], &again].concat(),
        )
        .await;
        (
            answer.header("x-ontopic-verdict-id").to_owned(),
            body(&answer).to_owned(),
        )
    };
    assert_eq!(
        recheck("How <b>long</b> did you let it rise?").await.0,
        first
    );
    // The id that the blog has given it meanwhile is kept.
    let decision = json!({"post": "7", "comment": "77", "label": "spam"});
    let decided = service.ask("POST /v1/feedback", decision).await.with(201);
    assert_eq!(decided["verdict"], first);
    assert_eq!(recheck(words.1).await, (first.clone(), "true".to_owned()));

    let (second, answer) = recheck("How long did you let it rise? Cheap roofs!").await;
    assert_ne!(second, first);
    assert_eq!(answer, "true", "the owner has called the rest spam");
    let stored = service.get(&format!("/v1/verdicts/{second}")).await;
    assert_eq!(
        (&stored["post"], &stored["comment"]),
        (&json!("7"), &json!("77"))
    );
    let stored = service.get(&format!("/v1/verdicts/{first}")).await;
    assert_eq!(stored["superseded"], true);
}

#[tokio::test]
async fn what_the_owner_decided_is_the_first_reason_and_none_contradicts_it() {
    let service = TestService::start().await;
    let entry = json!({"action": "block", "field": "author", "value": "Ida", "name": "Ida"});
    let line = "POST /v1/sites/1/entries";
    service.by(&service.admin, line, entry).await.with(201);
    let fields = [
        ("comment_author", "Ida"),
        ("comment_content", "How long did you let it rise?"),
    ];
    let reasons = |answer: &Answer| -> Vec<String> {
        let header = answer.header("x-ontopic-reasons");
        let decoded = percent_encoding::percent_decode_str(header).decode_utf8();
        serde_json::from_str(&decoded.unwrap()).unwrap()
    };
    let entry = "the owner's entry \"Ida\" on author blocks it";
    let checked = form(&service, "/1.1/comment-check", &fields).await;
    assert_eq!((body(&checked), &*reasons(&checked)[0]), ("true", entry));
    let recheck = async |decided: &str| {
        form(&service, decided, &fields).await;
        let again = [&fields[..], &[("recheck_reason", "retry")]].concat();
        form(&service, "/1.1/comment-check", &again).await
    };
    let genuine = recheck("/1.1/submit-ham").await;
    let why = reasons(&genuine);
    assert_eq!(
        (body(&genuine), &*why[0]),
        ("false", "the owner called it genuine")
    );
    assert!(
        why.len() > 1 && !why.iter().any(|one| one == entry),
        "{why:?}"
    );
    let spam = recheck("/1.1/submit-spam").await;
    let why = reasons(&spam);
    assert_eq!(body(&spam), "true");
    assert_eq!(why[..2], ["the owner called it spam", entry]);
}

#[tokio::test]
async fn words_that_come_back_bring_no_verdict_back_that_others_have_replaced() {
    let service = TestService::start().await;
    let check = async |words: &str, more: &[(&str, &str)]| {
        let fields = [
            ("comment_post_ID", "7"),
            ("comment_author", "Ida"),
            ("comment_content", words),
        ];
        let fields = [&fields[..], more].concat();
        let answer = form(&service, "/1.1/comment-check", &fields).await;
        let says = ["x-ontopic-verdict", "x-ontopic-verdict-id"];
        says.map(|name| answer.header(name).to_owned())
    };
    let (words, others) = ("How long did you let it rise?", "And which flour was it?");
    let again = [("comment_ID", "5"), ("recheck_reason", "edit")];
    let first = check(words, &[]).await;
    assert_eq!(first[0], "publish");
    assert_eq!(check(words, &again).await, first);
    let second = check(others, &again).await;
    service.decide(&json!(second[1]), "spam").await;
    let third = check(words, &again).await;
    assert_eq!(
        third[0], "hold",
        "the owner has called the version before spam"
    );
    let latest = service.get(&format!("/v1/verdicts/{}", third[1])).await;
    assert_eq!(
        (&latest["comment"], &latest["superseded"]),
        (&json!("5"), &json!(false))
    );
    assert_eq!(check(words, &again).await, third, "this one stands");
}

#[tokio::test]
async fn an_entry_of_the_owner_counts_for_a_comment_that_is_asked_about_again() {
    let service = TestService::start().await;
    let fields = [
        ("comment_author", "Ida"),
        ("comment_content", "How long did you let it rise?"),
        ("recheck_reason", "retry"),
    ];
    let before = form(&service, "/1.1/comment-check", &fields).await;
    for (kind, expected) in [("block", "true"), ("allow", "false")] {
        let entry = json!({"action": kind, "field": "author", "value": "Ida", "name": kind});
        let line = "POST /v1/sites/1/entries";
        let added = service.by(&service.admin, line, entry).await.with(201);
        let answer = form(&service, "/1.1/comment-check", &fields).await;
        assert_eq!(body(&answer), expected, "{kind}, before: {before:?}");
        let line = format!("DELETE {line}/{}", added["id"].as_str().unwrap()).replace("POST ", "");
        service.by(&service.admin, &line, Value::Null).await;
    }
}

#[tokio::test]
async fn an_entry_counts_for_no_words_that_the_owner_has_decided_on() {
    let service = TestService::start().await;
    let fields = [
        ("comment_post_ID", "7"),
        ("comment_author", "Ida"),
        ("comment_content", "How long did you let it rise?"),
    ];
    let again = [("comment_ID", "5"), ("recheck_reason", "retry")];
    let again = [&fields[..], &again].concat();
    let first = form(&service, "/1.1/comment-check", &fields).await;
    let entry = json!({"action": "block", "field": "author", "value": "Ida", "name": "Ida"});
    let line = "POST /v1/sites/1/entries";
    service.by(&service.admin, line, entry).await.with(201);
    let second = form(&service, "/1.1/comment-check", &again).await;
    assert_eq!(body(&second), "true");
    // Whichever of the two it is.
    service.decide(&json!(verdict_of(&first)), "ham").await;
    let third = form(&service, "/1.1/comment-check", &again).await;
    assert_eq!(
        (body(&third), verdict_of(&third)),
        ("false", verdict_of(&second))
    );
}

#[tokio::test]
async fn an_entry_that_is_removed_counts_no_longer_for_a_comment_that_is_asked_about_again() {
    let service = TestService::start().await;
    service.hold_all().await;
    service.set(json!({"checker_sees_reasons": true})).await;
    for (kind, id, said) in [("block", "5", "spam"), ("allow", "6", "publish")] {
        let fields = [
            ("comment_post_ID", "7"),
            ("comment_author", kind),
            ("comment_content", "How long did you let it rise?"),
        ];
        let again = [("comment_ID", id), ("recheck_reason", "retry")];
        let entry = json!({"action": kind, "field": "author", "value": kind, "name": kind});
        let line = "POST /v1/sites/1/entries";
        let added = service.by(&service.admin, line, entry).await.with(201);
        let ask = async |fields: &[(&str, &str)]| {
            let answer = form(&service, "/1.1/comment-check", fields).await;
            let says = ["x-ontopic-verdict", "x-ontopic-verdict-id"];
            says.map(|name| answer.header(name).to_owned())
        };
        let first = ask(&fields).await;
        assert_eq!(first[0], said);
        assert_eq!(ask(&[&fields[..], &again].concat()).await, first);
        let line = format!(
            "DELETE /v1/sites/1/entries/{}",
            added["id"].as_str().unwrap()
        );
        service
            .by(&service.admin, &line, Value::Null)
            .await
            .with(204);
        let [verdict, id] = ask(&[&fields[..], &again].concat()).await;
        assert_eq!(verdict, "hold");
        let stored = service.get(&format!("/v1/verdicts/{id}")).await;
        assert_eq!(stored["overrides"], json!([]));
        assert_eq!(stored["comment"], again[0].1);
        // This one stands.
        assert_eq!(ask(&[&fields[..], &again].concat()).await, [verdict, id]);
    }
}

#[tokio::test]
async fn what_a_client_demanded_stands_when_it_asks_again_without_a_word_of_it() {
    let service = TestService::start().await;
    service.hold_all().await;
    let fields = [
        ("comment_post_ID", "7"),
        ("comment_author", "Ida"),
        ("comment_content", "How long did you let it rise?"),
    ];
    let ask = async |more| {
        let answer = form(&service, "/1.1/comment-check", &[fields, more].concat()).await;
        (verdict_of(&answer), body(&answer).to_owned())
    };
    // WordPress names no role when it asks again.
    let by_owner = ask([("user_role", "administrator"); 3]).await;
    assert_eq!(by_owner.1, "false");
    let again = [
        ("comment_ID", "5"),
        ("recheck_reason", "retry"),
        ("user_role", ""),
    ];
    assert_eq!(ask(again).await, by_owner);
}

#[tokio::test]
async fn a_decision_made_after_the_words_are_gone_counts_when_the_blog_asks_again() {
    let service = TestService::start().await;
    service.hold_all().await;
    for (id, label, expected) in [("5", "ham", "false"), ("6", "spam", "true")] {
        let fields = [
            ("comment_post_ID", "7"),
            ("comment_ID", id),
            ("comment_author", "Ida"),
            ("comment_content", "How long did you let it rise?"),
        ];
        let first = form(&service, "/1.1/comment-check", &fields).await;
        let store = &service.moderator.store;
        store.prune(i64::MAX, 0, 9).await.unwrap();
        service.decide(&json!(verdict_of(&first)), label).await;
        for more in [&[("recheck_reason", "retry")][..], &[]] {
            let again = [&fields[..], more].concat();
            let answer = form(&service, "/1.1/comment-check", &again).await;
            assert_eq!(body(&answer), expected, "{label}, {more:?}");
        }
        let mut other = fields;
        other[3].1 = "How long did you let it rest?";
        let answer = form(&service, "/1.1/comment-check", &other).await;
        assert_eq!(answer.header("x-ontopic-verdict"), "hold");
    }
}
