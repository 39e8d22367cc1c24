//! Reports of spam and ham: the check that each of them is about.

use axum::body::Body;
use axum::http::Request;
use ontopic::storage::CheckRecord;
use serde_json::json;

use super::{bare_form, body, form, replay, verdict_of};
use crate::akismet::recorded;
use crate::service::TestService;

#[tokio::test]
async fn a_report_finds_its_check_and_becomes_a_decision() {
    let service = TestService::start().await;
    let key = Some("abcdef123456");
    let check = recorded("wordpress-7.1/001-comment-check.http");
    let checked = replay(&service, &check, key).await;
    let verdict = checked.header("x-ontopic-verdict-id").to_owned();
    let spam = recorded("wordpress-7.1/005-submit-spam.http");
    replay(&service, &spam, key).await;
    let log = service.get("/v1/feedback").await;
    let items = log["items"].as_array().unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["verdict"], verdict);
    assert_eq!(
        (&items[0]["label"], &items[0]["via"]),
        (&json!("spam"), &json!("akismet"))
    );
    let ham = recorded("wordpress-7.1/006-submit-ham.http");
    replay(&service, &ham, key).await;
    let stored = service.get(&format!("/v1/verdicts/{verdict}")).await;
    assert_eq!(stored["decided"], "ham");

    // A report about a comment that nobody asked about is judged on the spot.
    let fields = [
        ("comment_content", "never checked"),
        ("comment_author", "Ida"),
    ];
    form(&service, "/1.1/submit-spam", &fields).await;
    let log = service.get("/v1/feedback").await;
    let last = log["items"].as_array().unwrap().last().unwrap().clone();
    assert_ne!(last["verdict"], verdict);
    let path = format!("/v1/verdicts/{}", last["verdict"].as_str().unwrap());
    assert_eq!(service.get(&path).await["decided"], "spam");
}

#[tokio::test]
async fn a_report_brings_words_back_that_were_not_kept() {
    let service = TestService::start().await;
    let comment = [
        ("comment_post_ID", "7"),
        ("comment_author", "Ida"),
        ("comment_author_email", "ida@a.example"),
        ("comment_content", "How long did you let it rise?"),
    ];
    let checked = form(&service, "/1.1/comment-check", &comment).await;
    let verdict = checked.header("x-ontopic-verdict-id").to_owned();
    let line = format!("/v1/verdicts/{verdict}");
    let store = &service.moderator.store;
    store.prune(i64::MAX, 0, 9).await.unwrap();
    let with_id = [("comment_ID", "5"), ("ontopic_verdict_id", &*verdict)];
    for (report, more) in [("submit-ham", &[][..]), ("submit-spam", &with_id)] {
        let fields = [&comment[..], more].concat();
        form(&service, &format!("/1.1/{report}"), &fields).await;
        let texts = texts_of(&service).await;
        assert_eq!(texts, ["How long did you let it rise?"]);
    }
    assert_eq!(service.get(&line).await["decided"], "spam");

    // What was erased stays so, even where the blog names the verdict.
    let erased = json!({"email": "ida@a.example"});
    let erased = service.ask("POST /v1/erasures", erased);
    erased.await.with(200);
    let fields = [&comment[..], &with_id].concat();
    form(&service, "/1.1/submit-spam", &fields).await;
    assert_eq!(texts_of(&service).await, [""; 0]);
}

/// The words of the comments that there are to learn from.
async fn texts_of(service: &TestService) -> Vec<String> {
    let (sender, texts) = std::sync::mpsc::channel();
    let each = Box::new(move |check: CheckRecord| {
        let text = check.text.filter(|_| check.decided.is_some());
        sender.send(text.map(|text| text.body)).unwrap();
    });
    let store = &service.moderator.store;
    store.each_comment(service.site, each).await.unwrap();
    texts.into_iter().flatten().collect()
}

/// The verdicts that were decided on, oldest decision first.
async fn decided_on(service: &TestService) -> Vec<String> {
    let log = service.get("/v1/feedback").await;
    let items = log["items"].as_array().unwrap();
    let verdicts = items.iter().map(|it| it["verdict"].as_str().unwrap());
    verdicts.map(str::to_owned).collect()
}

#[tokio::test]
async fn a_report_that_says_more_or_less_of_the_place_finds_its_check() {
    let service = TestService::start().await;
    let blog = ("blog", "https://blog.example/");
    let page = ("permalink", "https://blog.example/pairs/");
    let post = ("comment_post_ID", "7");
    for (number, (check, report)) in [
        (vec![blog, page], vec![blog, page, post]),
        (vec![blog, page, post], vec![blog, page]),
        (vec![page], vec![blog, page]),
        (vec![blog, post], vec![post]),
        (vec![blog, page], vec![blog]),
    ]
    .into_iter()
    .enumerate()
    {
        let words = format!("Pair {number} was mine, and it held.");
        let comment = [("comment_author", "Wil"), ("comment_content", &*words)];
        let (check, report) = (
            [&check, &comment[..]].concat(),
            [&report, &comment[..]].concat(),
        );
        let checked = bare_form(&service, "/1.1/comment-check", &check).await;
        let verdict = checked.header("x-ontopic-verdict-id").to_owned();
        bare_form(&service, "/1.1/submit-spam", &report).await;
        assert_eq!(
            decided_on(&service).await[number..],
            [verdict],
            "{report:?}"
        );
    }
}

#[tokio::test]
async fn of_two_with_the_same_name_and_words_the_report_finds_the_one_it_is_about() {
    let service = TestService::start().await;
    let anna = |email| {
        [
            ("comment_author", "Anna"),
            ("comment_author_email", email),
            ("comment_content", "Nice!"),
        ]
    };
    let first = form(&service, "/1.1/comment-check", &anna("anna@a.example")).await;
    form(&service, "/1.1/comment-check", &anna("anna@b.example")).await;
    form(&service, "/1.1/submit-spam", &anna("anna@a.example")).await;
    let verdict = first.header("x-ontopic-verdict-id");
    assert_eq!(decided_on(&service).await, [verdict]);
}

#[tokio::test]
async fn the_comment_of_another_person_is_another_however_alike_they_are() {
    let service = TestService::start().await;
    let ann = |post, email, address, more: &[(&'static str, &'static str)]| {
        let fields = [
            ("comment_post_ID", post),
            ("comment_author", "Ann"),
            ("comment_content", "Thanks, this helped me a lot!"),
            ("comment_author_email", email),
            ("user_ip", address),
        ];
        [&fields[..], more].concat()
    };
    let recheck = |id| [("comment_ID", id), ("recheck_reason", "recheck_queue")];
    let one = |more: &[_]| ann("7", "ann@a.example", "192.0.2.1", more);
    let other = |more: &[_]| ann("7", "ann@b.example", "192.0.2.2", more);
    let check = async |fields: Vec<(&str, &str)>| {
        let answer = form(&service, "/1.1/comment-check", &fields).await;
        (verdict_of(&answer), body(&answer).to_owned())
    };
    let published = check(one(&[])).await;
    assert_eq!(published.1, "false");
    // Before the blog has told the id, the person tells them apart.
    let second = check(other(&recheck("6"))).await.0;
    assert_ne!(second, published.0);
    assert_eq!(check(one(&recheck("5"))).await, published);
    form(&service, "/1.1/submit-spam", &other(&[("comment_ID", "6")])).await;
    assert_eq!(decided_on(&service).await, [second]);
    assert_eq!(check(one(&recheck("5"))).await, published);

    // Where nobody is asked for an e-mail address, the network address does.
    let here = check(ann("8", "", "192.0.2.1", &[])).await.0;
    let away = check(ann("8", "", "192.0.2.2", &recheck("6"))).await.0;
    assert_ne!(away, here);
    assert_eq!(
        check(ann("8", "", "192.0.2.1", &recheck("5"))).await.0,
        here
    );

    // The id tells more than either, and keeps a comment whose reader has moved.
    let moved = ann("7", "ann@c.example", "192.0.2.3", &recheck("5"));
    assert_eq!(check(moved).await, published);
    let alike = check(one(&recheck("9"))).await.0;
    assert_ne!(alike, published.0);
    let stored = service.get(&format!("/v1/verdicts/{}", published.0)).await;
    assert_eq!(stored["superseded"], false);
}

#[tokio::test]
async fn a_reader_who_says_the_same_twice_has_written_two_comments() {
    let service = TestService::start().await;
    let thanks = |more: &[(&'static str, &'static str)]| {
        let fields = [
            ("comment_post_ID", "7"),
            ("comment_author", "Ben"),
            ("comment_author_email", "ben@a.example"),
            ("comment_content", "Thanks"),
        ];
        [&fields[..], more].concat()
    };
    let mut verdicts = Vec::new();
    for parent in ["2", "3"] {
        let fields = thanks(&[("comment_parent", parent)]);
        verdicts.push(verdict_of(
            &form(&service, "/1.1/comment-check", &fields).await,
        ));
    }
    for (report, parent, id) in [("submit-ham", "2", "15"), ("submit-spam", "3", "16")] {
        let fields = thanks(&[("comment_parent", parent), ("comment_ID", id)]);
        form(&service, &format!("/1.1/{report}"), &fields).await;
    }
    assert_eq!(decided_on(&service).await, verdicts);
    // The report has told which comment it is: others are found by none of its words.
    let stored = service.get(&format!("/v1/verdicts/{}", verdicts[1])).await;
    assert_eq!(stored["comment"], "16");
    form(
        &service,
        "/1.1/submit-ham",
        &thanks(&[("comment_ID", "17")]),
    )
    .await;
    let last = decided_on(&service).await.pop().unwrap();
    assert!(!verdicts.contains(&last));
}

#[tokio::test]
async fn a_report_that_names_its_verdict_finds_it_whatever_became_of_the_words() {
    let service = TestService::start().await;
    let words = "Mine: <img src=\"a.png\"> a wide last.";
    let checked = form(
        &service,
        "/1.1/comment-check",
        &[("comment_content", words)],
    )
    .await;
    let verdict = checked.header("x-ontopic-verdict-id").to_owned();
    let stored_as = [
        ("comment_content", "Mine:  a wide last."),
        ("ontopic_verdict_id", &verdict),
    ];
    form(&service, "/1.1/submit-spam", &stored_as).await;
    let log = service.get("/v1/feedback").await;
    assert_eq!(log["items"][0]["verdict"], verdict);

    let again = [stored_as[0], stored_as[1], ("recheck_reason", "retry")];
    let rechecked = form(&service, "/1.1/comment-check", &again).await;
    assert_eq!(body(&rechecked), "true");
    assert_eq!(rechecked.header("x-ontopic-verdict-id"), verdict);
    assert_ne!(rechecked.header("x-ontopic-reasons"), "");

    let tested = [&again[..], &[("is_test", "1")]].concat();
    let tested = form(&service, "/1.1/comment-check", &tested).await;
    let names = [checked, rechecked, tested].map(|it| it.header("x-akismet-guid").to_owned());
    assert_eq!(names[0], names[1]);
    assert_ne!(names[0], names[2]);

    // One that is not there is no obstacle: the words are all there is.
    let unknown = [stored_as[0], ("ontopic_verdict_id", "00000000000000ff")];
    let thanked = form(&service, "/1.1/submit-ham", &unknown).await;
    assert!(body(&thanked).starts_with("Thanks"));
}

#[tokio::test]
async fn a_key_that_may_not_decide_is_told_so() {
    let service = TestService::start().await;
    let checker = service.another_key(1, "checker").await;
    let fields = form_urlencoded::Serializer::new(String::new())
        .append_pair("api_key", &checker)
        .append_pair("comment_content", "How long did you let it rise?")
        .finish();
    for path in ["/1.1/submit-spam", "/1.1/submit-ham"] {
        let request = Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(fields.clone()));
        let answer = service.send(request.unwrap()).await;
        let said = "this key may check comments, and not decide";
        assert_eq!((answer.status, body(&answer)), (403, said));
    }
}
