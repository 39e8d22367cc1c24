//! Posts.

use ontopic::storage::{PostRecord, PostWrite, Store};

use super::site;

stories! {
    posts_are_found_by_id_and_address,
}

async fn posts_are_found_by_id_and_address(store: &dyn Store) {
    let site = site(store, "slowmiles.example").await;
    let post = |id: &str, updated| PostRecord {
        id: id.to_owned(),
        url: Some(format!("https://slowmiles.example/{id}")),
        title: Some(String::new()),
        body: None,
        author: Some("Marta".to_owned()),
        tags: Some(vec!["bread, \"and\" water".to_owned(), "ö".to_owned()]),
        updated,
    };
    let posts = vec![post("c", 1), post("", 1), post("b", 1)];
    assert_eq!(
        store.put_posts(site, posts, PostWrite::Replace).await,
        Ok(3)
    );
    assert_eq!(store.post(site, "c").await.unwrap(), Some(post("c", 1)));
    assert_eq!(
        store
            .put_posts(site, vec![post("c", 2), post("d", 2)], PostWrite::Keep)
            .await,
        Ok(1)
    );
    assert_eq!(store.post(site, "c").await.unwrap(), Some(post("c", 1)));
    let part = PostRecord {
        id: "c".to_owned(),
        author: Some(String::new()),
        body: Some("Flour.".to_owned()),
        updated: 3,
        ..PostRecord::default()
    };
    let merged = PostRecord {
        author: part.author.clone(),
        body: part.body.clone(),
        ..post("c", 3)
    };
    assert_eq!(
        store.put_posts(site, vec![part], PostWrite::Merge).await,
        Ok(1)
    );
    assert_eq!(store.post(site, "c").await.unwrap(), Some(merged));
    let bare = PostRecord {
        id: "c".to_owned(),
        updated: 3,
        ..PostRecord::default()
    };
    assert_eq!(
        store
            .put_posts(site, vec![bare.clone()], PostWrite::Replace)
            .await,
        Ok(1)
    );
    assert_eq!(store.post(site, "c").await.unwrap(), Some(bare));
    let at = |name: &str| format!("https://slowmiles.example/{name}");
    assert_eq!(
        store.post_by_url(site, &at("b")).await.unwrap(),
        Some(post("b", 1))
    );
    assert_eq!(store.post_by_url(site, &at("c")).await.unwrap(), None);
    assert_eq!(
        store
            .post_by_url(
                site,
                "http://SLOWMILES.example//b/?utm_source=letter#comments"
            )
            .await
            .unwrap(),
        Some(post("b", 1))
    );
    assert_eq!(store.post_by_url(site, &at("b?p=1")).await, Ok(None));
    let twin = PostRecord {
        id: "b with a slash".to_owned(),
        url: Some(at("b/")),
        updated: 9,
        ..PostRecord::default()
    };
    store
        .put_posts(site, vec![twin.clone()], PostWrite::Replace)
        .await
        .unwrap();
    for (url, expected) in [("b", post("b", 1)), ("b/", twin.clone()), ("b/#1", twin)] {
        assert_eq!(store.post_by_url(site, &at(url)).await, Ok(Some(expected)));
    }
    store.remove_post(site, "b with a slash").await.unwrap();

    let names = |posts: Vec<PostRecord>| posts.into_iter().map(|p| p.id).collect::<Vec<_>>();
    assert_eq!(
        names(store.posts(site, None, 3).await.unwrap()),
        ["", "b", "c"]
    );
    assert_eq!(names(store.posts(site, Some("c"), 3).await.unwrap()), ["d"]);
    assert_eq!(store.remove_post(site, "d").await, Ok(true));
    assert_eq!(store.remove_post(site, "d").await, Ok(false));
}
