//! Posts, which are found by their address.

use serde_json::{Value, json};

use super::{be_called_back, deliveries, form};
use crate::service::TestService;

#[tokio::test]
async fn comments_under_a_post_that_nobody_knows_are_one_thread_however_it_is_written() {
    let service = TestService::start().await;
    for url in [
        "https://blog.example/unknown/",
        "http://blog.example/unknown",
        "https://blog.example/unknown/?utm_source=letter#comments",
    ] {
        let fields = [("permalink", url), ("comment_content", "Which width?")];
        let checked = form(&service, "/1.1/comment-check", &fields).await;
        let verdict = checked.header("x-ontopic-verdict-id").to_owned();
        let stored = service.get(&format!("/v1/verdicts/{verdict}")).await;
        assert_eq!(stored["post"], "blog.example/unknown", "{url}");
    }
}

#[tokio::test]
async fn a_post_is_found_by_its_address_as_soon_as_a_check_has_brought_it() {
    let service = TestService::start().await;
    let url = "https://blog.example/saturn/";
    let post_asked_about = async |words: &str| {
        let fields = [("permalink", url), ("comment_content", words)];
        let checked = form(&service, "/1.1/comment-check", &fields).await;
        let verdict = checked.header("x-ontopic-verdict-id").to_owned();
        service.get(&format!("/v1/verdicts/{verdict}")).await["post"].clone()
    };
    assert_eq!(post_asked_about("Nice.").await, "blog.example/saturn");
    let post = json!({"id": "saturn", "url": url, "title": "Saturn"});
    let body = json!({"post": post, "comment": {"body": "Which eyepiece?"}});
    service.ask("POST /v1/check", body).await.with(200);
    assert_eq!(post_asked_about("Which telescope?").await, "saturn");
}

#[tokio::test]
async fn a_post_is_found_by_its_address_where_the_blogs_own_id_leads_to_no_words() {
    let service = TestService::start().await;
    be_called_back(&service).await;
    let url = "https://blog.example/eleven-pairs/";
    let asked_about = async |words: &str| {
        let fields = [
            ("permalink", url),
            ("comment_post_ID", "7"),
            ("comment_parent", "0"),
            ("comment_content", words),
            ("callback", "https://blog.example/hook"),
        ];
        let checked = form(&service, "/1.1/comment-check", &fields).await;
        let verdict = json!(checked.header("x-ontopic-verdict-id"));
        let path = format!("/v1/verdicts/{}", verdict.as_str().unwrap());
        (service.get(&path).await["post"].clone(), verdict)
    };
    assert_eq!(asked_about("Which shop?").await.0, "7");
    let post = json!({"url": url, "title": "Eleven pairs"});
    let put = service.ask("PUT /v1/posts/eleven-pairs", post.clone());
    put.await.with(204);
    let (post_asked_about, verdict) = asked_about("Which last?").await;
    assert_eq!(post_asked_about, "eleven-pairs");
    // The blog knows the post by its own id.
    service.decide(&verdict, "spam").await;
    let told: Value = serde_json::from_str(&deliveries(&service).await[0].body).unwrap();
    assert_eq!(told["comments"][0]["comment_post_ID"], "7");
    assert_eq!(told["comments"][0]["comment_parent"], "0");

    service.ask("PUT /v1/posts/7", post).await.with(204);
    assert_eq!(asked_about("Which width?").await.0, "7");
}

#[tokio::test]
async fn a_post_is_found_however_its_address_is_written() {
    let service = TestService::start().await;
    let post = json!({"url": "https://blog.example/elf-paare-%C3%BCber-land/", "title": "Pairs"});
    service.ask("PUT /v1/posts/pairs", post).await.with(204);
    for url in [
        "http://blog.example/elf-paare-über-land",
        "https://Blog.example//elf-paare-über-land/?utm_source=letter#comments",
    ] {
        let fields = [("permalink", url), ("comment_content", "Which width?")];
        let checked = form(&service, "/1.1/comment-check", &fields).await;
        let verdict = checked.header("x-ontopic-verdict-id").to_owned();
        let stored = service.get(&format!("/v1/verdicts/{verdict}")).await;
        assert_eq!(stored["post"], "pairs", "{url}");
    }
}
