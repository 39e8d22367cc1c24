//! What a thread holds while verdicts are on their way.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use ontopic::storage::{PostRecord, SqliteOptions};
use serde_json::{Value, json};

use super::{
    after, by, check_and_meanwhile, dry, ines, ines_again, marta, post, publish_all, wait_for,
    with_shoes,
};
use crate::service::{TestService, options};

#[tokio::test]
async fn versions_of_one_batch_are_no_company_for_each_other() {
    let service = with_shoes().await;
    let first = dry(&service, &ines("1")).await;
    publish_all(&service).await;
    let checks: Vec<Value> = [ines("1"), ines("1"), marta("2"), ines("1")]
        .into_iter()
        .map(|comment| json!({"post": {"id": "shoes"}, "comment": comment}))
        .collect();
    let answers = service
        .ask("POST /v1/check/batch", json!({"checks": checks}))
        .await;
    let answers = answers.with(200);
    let score = |place: usize| &answers["answers"][place]["answer"]["score"];
    assert_eq!([score(0), score(1), score(3)], [&first; 3]);
    // Of the three the last is part of the thread.
    let thread = [marta("2"), ines("1")];
    let now = dry(&service, &ines_again()).await;
    assert_eq!(now, after(&service, &thread, &ines_again()).await);
}

#[tokio::test]
async fn an_old_comment_is_edited_in_the_thread_that_it_was_written_in() {
    let service = with_shoes().await;
    publish_all(&service).await;
    for comment in [marta("1"), by("Ben", "2", "Which track?"), ines("3")] {
        service.check("shoes", comment).await;
    }
    let edit = by("Ines", "3", "My old shoes hurt on the track, too.");
    let before = dry(&service, &edit).await;
    let thread = [marta("1"), by("Ben", "2", "Which track?")];
    assert_eq!(before, after(&service, &thread, &edit).await);
    let later: Vec<Value> = (0..120)
        .map(|n| {
            by(
                &format!("Reader {n}"),
                "",
                &format!("Pair number {n} hurt."),
            )
        })
        .map(|comment| json!({"post": {"id": "shoes"}, "comment": comment}))
        .collect();
    let later = json!({"checks": later});
    service.ask("POST /v1/check/batch", later).await.with(200);
    assert_eq!(dry(&service, &edit).await, before);
}

#[tokio::test]
async fn a_held_comment_vouches_for_nobody_until_it_is_decided_on() {
    let service = with_shoes().await;
    service.hold_all().await;
    let alone = after(&service, &[], &ines_again()).await;
    let together = after(&service, &[ines("1")], &ines_again()).await;
    assert_ne!(alone, together);
    let held = service.check("shoes", ines("1")).await;
    assert_eq!(held["verdict"], "hold");
    assert_eq!(dry(&service, &ines_again()).await, alone);
    service.decide(&held["id"], "ham").await;
    assert_eq!(dry(&service, &ines_again()).await, together);
}

#[tokio::test]
async fn what_the_model_published_twice_vouches_for_nobody() {
    let service = with_shoes().await;
    let body =
        "Cheap shoes, best price, buy now! <a href=\"https://shoes.example\">Cheap shoes</a>";
    let cheap = by("Ines", "1", body);
    assert!(dry(&service, &cheap).await.as_f64().unwrap() > 0.0);
    publish_all(&service).await;
    service.check("shoes", cheap.clone()).await;
    let alone = after(&service, &[], &ines_again()).await;
    let mut wanted = cheap.clone();
    wanted["label"] = json!("ham");
    let together = after(&service, &[wanted], &ines_again()).await;
    assert_ne!(alone, together);
    service.hold_all().await;
    let again = service.check("shoes", cheap).await;
    assert_eq!(again["verdict"], "publish");
    assert_eq!(dry(&service, &ines_again()).await, alone);
    service.decide(&again["id"], "ham").await;
    assert_eq!(dry(&service, &ines_again()).await, together);
}

#[tokio::test]
async fn a_thread_in_memory_forgets_what_is_removed_after_its_time() {
    let service = with_shoes().await;
    publish_all(&service).await;
    service.check("shoes", ines("1")).await;
    let later = service.moderator.now() + 1;
    let with_first = dry(&service, &ines_again()).await;
    assert_eq!(service.moderator.prune(later, 0, 9).await, Ok(1));
    let without = dry(&service, &ines_again()).await;
    assert_eq!(without, after(&service, &[], &ines_again()).await);
    assert_ne!(without, with_first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_is_broken_off_leaves_no_comment_in_the_thread() {
    let service = with_shoes().await;
    publish_all(&service).await;
    let alone = dry(&service, &ines_again()).await;
    let service = std::sync::Arc::new(service);
    let check = tokio::spawn({
        let service = std::sync::Arc::clone(&service);
        async move {
            check_and_meanwhile(&service, &ines("1"), || panic!("broken off")).await;
        }
    });
    assert!(check.await.unwrap_err().is_panic());
    assert_eq!(dry(&service, &ines_again()).await, alone);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_that_comes_during_an_edit_leaves_the_edited_words_in_the_thread() {
    let service = with_shoes().await;
    publish_all(&service).await;
    service.check("shoes", ines("1")).await;
    let edited = by("Ingrid", "1", "My old shoes never hurt at all.");
    check_and_meanwhile(&service, &edited, || {
        wait_for(service.check("shoes", marta("2")));
    })
    .await;
    let now = dry(&service, &ines_again()).await;
    let thread = [edited, marta("2")];
    assert_eq!(now, after(&service, &thread, &ines_again()).await);
    let thread = [ines("1"), marta("2")];
    assert_ne!(now, after(&service, &thread, &ines_again()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_that_is_loaded_has_the_comments_that_are_being_stored() {
    let service = with_shoes().await;
    publish_all(&service).await;
    check_and_meanwhile(&service, &ines("1"), || {
        wait_for(async {
            // The thread under it is built again.
            service.ask("PUT /v1/posts/shoes", post()).await.with(204);
            service.check("shoes", marta("2")).await;
        });
    })
    .await;
    let now = dry(&service, &ines_again()).await;
    let thread = [ines("1"), marta("2")];
    assert_eq!(now, after(&service, &thread, &ines_again()).await);
    assert_ne!(now, after(&service, &[marta("2")], &ines_again()).await);
}

#[tokio::test]
async fn an_address_is_that_of_the_post_that_stands_there_now() {
    let one = SqliteOptions {
        readers: 1,
        ..SqliteOptions::default()
    };
    let service = TestService::with_storage(options(), one).await;
    let (moderator, site) = (&service.moderator, service.site);
    let put = async |id: &str, url: &str| {
        let post = PostRecord {
            id: id.to_owned(),
            url: Some(url.to_owned()),
            ..PostRecord::default()
        };
        moderator.put_posts(site, vec![post]).await.unwrap();
    };
    let url = "https://slowmiles.example/shoes";
    put("old", url).await;
    let entry = moderator.directory().site(site).unwrap();
    let mut asked = pin!(moderator.post_named(&entry, "", url));
    // With one reader, the next read is done when this one is.
    let begun = poll_fn(|context| Poll::Ready(asked.as_mut().poll(context))).await;
    moderator.store.sites().await.unwrap();
    put("old", "https://slowmiles.example/old").await;
    put("new", url).await;
    if begun.is_pending() {
        asked.await.unwrap();
    }
    let now = moderator.post_named(&entry, "", url).await.unwrap();
    assert_eq!(now, "new");
}
