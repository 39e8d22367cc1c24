//! What the service knows of posts while they change.

use std::pin::pin;

use futures_util::poll;
use ontopic::storage::{PostRecord, SqliteOptions};

use crate::service::{TestService, options};

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
    let mut asked = pin!(moderator.post_at(site, url));
    // With one reader, the next read is done when this one is.
    let begun = poll!(asked.as_mut());
    moderator.store.sites().await.unwrap();
    put("old", "https://slowmiles.example/old").await;
    put("new", url).await;
    if begun.is_pending() {
        asked.await.unwrap();
    }
    let now = moderator.post_at(site, url).await.unwrap();
    assert_eq!(now.as_deref(), Some("new"));
}
