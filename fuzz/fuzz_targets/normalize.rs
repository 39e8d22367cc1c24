//! Any text: its normal spelling is normal, its spans cut the original, and so do its tokens.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ontopic::text::normalize;
use ontopic::tokens::tokenize;

fuzz_target!(|input: &str| {
    let text = normalize(input);
    assert_eq!(normalize(text.as_str()).as_str(), text.as_str());
    for at in 0..=text.as_str().len() {
        for span in [at..at + 1, 0..at, at..usize::MAX] {
            let original = text.original_span(span);
            assert!(input.get(original).is_some());
        }
    }
    for link in text.markup_links() {
        assert!(input.get(link.original.clone()).is_some());
    }
    for oddity in text.oddities() {
        assert!(input.get(oddity.original.clone()).is_some());
    }
    let tokens = tokenize(&text);
    let mut end = 0;
    for word in &tokens.words {
        let span = word.span.start as usize..word.span.end as usize;
        assert!(span.start >= end && span.start < span.end);
        assert!(text.as_str().get(span.clone()).is_some());
        assert!(!tokens.lower(word).is_empty());
        end = span.end;
    }
    let covered: usize = tokens.sentences.iter().map(ExactSizeIterator::len).sum();
    assert_eq!(covered, tokens.words.len());
});
