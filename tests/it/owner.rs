//! What an owner does beside judging: keys, entries, decisions that cross each other, the export.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::mpsc;
use std::time::Duration;

use assert_cmd::Command;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::http::request::Builder;
use ontopic::api::ApiOptions;
use serde_json::{Value, json};

use crate::service::{TestService, one_a_second, options};

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
async fn a_kept_answer_is_given_again_to_callers_of_the_same_role_only() {
    let service = TestService::start().await;
    let checker = service.another_key(1, "checker").await;
    let named = [("idempotency-key", "k")];
    let body = json!({"comment": {"body": "Which flour did you take?"}}).to_string();
    let send = |key| service.raw(key, "POST /v1/check", &named, body.clone());
    let first = send(&service.key).await.with(200);
    assert!(first["reasons"].is_array());
    send(&checker).await.problem(409, "conflict");
    let other = service.another_key(1, "moderator").await;
    assert_eq!(send(&other).await.with(200), first);
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
async fn a_decision_is_taken_back_once_however_many_ask_at_once() {
    let service = TestService::start().await;
    let checked = service
        .check("p", json!({"body": "Which flour did you take?"}))
        .await;
    let decision = service.decide(&checked["id"], "spam").await;
    let line = format!("DELETE /v1/feedback/{}", decision["id"].as_str().unwrap());
    let at_once = (0..16).map(|_| service.ask(&line, Value::Null));
    let answers = futures_util::future::join_all(at_once).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200);
    assert!(
        statuses[1..].iter().all(|&status| status == 409),
        "{statuses:?}"
    );
    let log = service.get("/v1/feedback").await;
    assert_eq!(log["items"].as_array().unwrap().len(), 2);
    let entry = format!(
        "DELETE /v1/feedback/{}",
        log["items"][1]["id"].as_str().unwrap()
    );
    service
        .ask(&entry, Value::Null)
        .await
        .problem(409, "conflict");
}

#[tokio::test]
async fn what_a_blog_is_told_stands_however_decisions_cross_each_other() {
    let service = TestService::start().await;
    let origins = json!({"akismet": {"callback_origins": ["https://blog.example"]}});
    service.set(origins).await;
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("api_key", &service.key)
        .append_pair("blog", "https://blog.example/")
        .append_pair("comment_content", "How long did you let it rise?")
        .append_pair("callback", "https://blog.example/hook")
        .finish();
    let request = Request::post("/1.1/comment-check")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(form));
    let checked = service.send(request.unwrap()).await;
    let verdict = json!(checked.header("x-ontopic-verdict-id"));
    for _ in 0..3 {
        // A large batch is begun before and, as a rule, stored after a single click.
        let spam = json!({"verdict": verdict, "label": "spam"});
        let batch = json!({"decisions": vec![spam; 200]});
        let seen = service.get("/v1/feedback?limit=1000").await;
        let (batch, _) = tokio::join!(
            service.ask("POST /v1/feedback/batch", batch),
            service.decide(&verdict, "ham")
        );
        batch.with(201);
        let path = format!("/v1/verdicts/{}", verdict.as_str().unwrap());
        let stands = service.get(&path).await["decided"].clone();
        let log = service.get("/v1/feedback?limit=1000").await;
        let log = log["items"].as_array().unwrap();
        assert_eq!(log.last().unwrap()["label"], stands, "the last one stands");
        let seen = seen["items"].as_array().unwrap();
        assert_eq!(&log[..seen.len()], seen, "the log grows at its end");
        let store = &service.moderator.store;
        let waiting = store.due_deliveries(i64::MAX, &[], 9).await.unwrap();
        assert_eq!(waiting.len(), 1);
        let told = format!(r#""result":"{}""#, stands == "spam");
        assert!(
            waiting[0].body.contains(&told),
            "{stands}: {}",
            waiting[0].body
        );
    }
}

/// The output of the program.
fn ontopic(arguments: &[&str], input: Vec<u8>) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ontopic"));
    let output = command.args(arguments).write_stdin(input).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn an_export_scores_as_it_was_served() {
    let service = TestService::start().await;
    let posts = json!({"posts": [
        {"id": "bread", "title": "Rye bread at home", "body": "A sourdough of rye and water.",
            "author": "Marta", "tags": []},
        {"id": "quiet", "title": "Nobody has answered yet"},
    ]});
    service.ask("POST /v1/posts", posts).await.with(200);
    let url = "https://roofs.example/";
    let served = [
        (
            "bread",
            json!({"id": "1", "author": "Ida", "author_url": url, "body": "Which flour?"}),
        ),
        (
            "bread",
            json!({"id": "2", "author": "Ben", "body": "How long does it rise at home?"}),
        ),
        (
            "bread",
            json!({"id": "3", "author": "Marta", "author_url": "", "by_post_author": true,
            "parent": "2", "role": "staff", "body": "Twelve hours, and rye likes it warm."}),
        ),
        (
            "bread",
            json!({"id": "4", "author": "Cheap Roofs", "author_url": url, "honeypot": true,
            "seconds_on_page": 0.7, "role": "visitor", "body": "Great post, thanks for sharing!"}),
        ),
        (
            "bread",
            json!({"id": "5", "author": null, "by_post_author": null, "honeypot": false,
            "html": "<p>Mine was <b>flat</b>.</p>", "body": "Mine was flat."}),
        ),
        (
            "bread",
            json!({"id": "6", "seconds_on_page": 312.25, "body": "Mine was flat, too."}),
        ),
        (
            "",
            json!({"id": "7", "author": "Ida", "author_url": url, "body": "A guest book?"}),
        ),
        (
            "",
            json!({"id": "8", "author": "Ben", "body": "Hello to all of you."}),
        ),
    ];
    let mut scores = BTreeMap::new();
    for (post, comment) in served {
        let id = comment["id"].as_str().unwrap().to_owned();
        scores.insert(
            id,
            service.check(post, comment).await["score"]
                .as_f64()
                .unwrap(),
        );
    }
    let folder = service.folder.path().to_str().unwrap();
    let export = ontopic(&["export", "--data-dir", folder], Vec::new());
    let threads: Vec<Value> = export
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let quiet = threads
        .iter()
        .find(|thread| thread["post"]["id"] == "quiet");
    assert_eq!(quiet.unwrap()["comments"], json!([]));
    let scored = ontopic(&["score"], export.into_bytes());
    let mut n_scored = 0;
    for line in scored.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let (id, score) = (
            line["id"].as_str().unwrap(),
            line["score"].as_f64().unwrap(),
        );
        assert!(
            (score - scores[id]).abs() < 1e-9,
            "{id}: {score}, served {}",
            scores[id]
        );
        n_scored += 1;
    }
    assert_eq!(n_scored, scores.len());
}

#[tokio::test]
async fn an_export_ends_when_its_reader_has_gone() {
    let service = TestService::start().await;
    // More than a pipe and what waits to be written hold together. Each comes without a post, so
    // each is a line.
    for number in 0..400 {
        let body = format!("{number} {}", "rye ".repeat(500));
        service.check("", json!({"body": body})).await;
    }
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_ontopic"))
        .args(["export", "--data-dir"])
        .arg(service.folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    reader.read_line(&mut line).unwrap();
    assert!(line.ends_with('\n'));
    drop(reader);
    let (sender, ended) = mpsc::channel();
    std::thread::spawn(move || sender.send(child.wait_with_output()));
    let output = ended.recv_timeout(Duration::from_secs(60));
    let output = output.expect("it ends").unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[tokio::test]
async fn only_wrong_keys_are_counted_in_either_dialect() {
    let limited = ApiOptions {
        failed_keys_per_minute: one_a_second(),
        ..options()
    };
    let service = TestService::with(limited).await;
    let send = async |address: [u8; 4], request: Builder, body: &str| {
        let mut request = request.body(Body::from(body.to_owned())).unwrap();
        let address = SocketAddr::from((address, 4000));
        request.extensions_mut().insert(ConnectInfo(address));
        service.send(request).await
    };
    let native = |key: &str, site: &str| {
        Request::get("/v1/queue")
            .header("authorization", format!("Bearer {key}"))
            .header("x-ontopic-site", site)
    };
    let (here, there) = ([192, 0, 2, 1], [192, 0, 2, 2]);
    for site in ["99", "x", "1"] {
        for _ in 0..3 {
            let status = send(here, native(&service.admin, site), "").await.status;
            assert_ne!(status, 429, "{site}");
        }
    }
    let no_key = Request::get("/v1/queue");
    assert_eq!(send(here, no_key, "").await.status, 401);
    assert_eq!(send(here, native("wrong", "1"), "").await.status, 401);
    assert_eq!(send(here, native("wrong", "1"), "").await.status, 429);

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
async fn what_a_caller_asked_for_who_left_is_done_and_known() {
    let service = TestService::start().await;
    let ended = service.another_key(1, "checker").await;
    let keys = service.by(&service.admin, "GET /v1/sites/1/keys", Value::Null);
    let keys = keys.await.with(200);
    let last = keys["items"].as_array().unwrap().last().unwrap();
    let end = format!("DELETE /v1/sites/1/keys/{}", last["id"].as_str().unwrap());
    service.leave(&service.admin, &end, Value::Null).await;
    let body = json!({"comment": {"body": "hello"}});
    let checked = service.by(&ended, "POST /v1/check", body).await;
    checked.problem(401, "unauthorized");

    let entry = json!({"name": "n", "action": "block", "field": "author", "value": "Eve"});
    let add = "POST /v1/sites/1/entries";
    service.leave(&service.admin, add, entry.clone()).await;
    let blocked = service.check("p", json!({"body": "hello", "author": "Eve"}));
    assert_eq!(blocked.await["verdict"], "spam");
    let again = service.by(&service.admin, add, entry).await;
    again.problem(409, "conflict");
}

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
