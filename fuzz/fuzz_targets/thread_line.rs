//! Any bytes as one line of a thread file, and as a file: threads or reasons, and no panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ontopic::dataset::{Lines, parse_thread};

fuzz_target!(|bytes: &[u8]| {
    match parse_thread(bytes) {
        Ok(thread) => {
            for comment in &thread.comments {
                for field in [&comment.author, &comment.author_url, &comment.parent] {
                    assert!(field.value().is_none_or(|text| !text.trim().is_empty()));
                }
                let seconds = comment.seconds_on_page.value();
                assert!(seconds.is_none_or(|seconds| *seconds >= 0.0));
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    let Ok(mut lines) = Lines::new("fuzz", std::io::Cursor::new(bytes.to_vec())) else {
        return;
    };
    let mut previous = 0;
    // A few bytes of gzip can unpack to very many.
    for _ in 0..64 {
        let Ok(Some((number, _))) = lines.next_line() else {
            break;
        };
        assert!(number > previous);
        previous = number;
    }
});
