//! Any text as an address, and as the text around one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ontopic::text::normalize;
use ontopic::tokens::{parse_link, tokenize};

fuzz_target!(|input: &str| {
    if let Some(link) = parse_link(input) {
        assert!(!link.host.is_empty());
        assert!(link.host.ends_with(&link.domain), "{link:?}");
        // A host names itself.
        let again = parse_link(&format!("http://{}/", link.host));
        assert_eq!(again.map(|again| again.host), Some(link.host));
    }
    let around = format!(
        "See http://{input} and <a href=\"{input}\">{input}</a> or [url={input}]this[/url] at www.{input}"
    );
    let tokens = tokenize(&normalize(&around));
    for link in &tokens.urls {
        let place = around.get(link.original.clone());
        assert!(place.is_some_and(|place| !place.is_empty()), "{link:?}");
    }
});
