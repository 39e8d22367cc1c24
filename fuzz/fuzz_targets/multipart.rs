//! Any bytes as a multipart body, alone and between the boundaries of a sound one: fields, or a
//! reason, and no panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ontopic::akismet::{CheckRequest, FIELD_LIMIT, parse_body};

const CONTENT_TYPE: &str = "multipart/form-data; boundary=b";

fuzz_target!(|bytes: &[u8]| {
    let mut part =
        b"--b\r\nContent-Disposition: form-data; name=\"comment_content\"\r\n\r\n".to_vec();
    part.extend_from_slice(bytes);
    part.extend_from_slice(b"\r\n--b--\r\n");
    if !bytes.windows(3).any(|bytes| bytes == b"--b") {
        let fields = parse_body(Some(CONTENT_TYPE), &part).expect("the body is sound");
        let text = String::from_utf8_lossy(bytes);
        assert_eq!(fields.get("comment_content"), Some(text.as_ref()));
    }
    let mut header = b"--b\r\n".to_vec();
    header.extend_from_slice(bytes);
    header.extend_from_slice(b"\r\n--b--\r\n");
    for body in [bytes, &part, &header] {
        if let Ok(fields) = parse_body(Some(CONTENT_TYPE), body) {
            assert!(fields.len() <= 2 * FIELD_LIMIT);
            CheckRequest::read(&fields, 0).fingerprint();
        }
    }
    if let Ok(content_type) = std::str::from_utf8(bytes) {
        let content_type = format!("multipart/form-data; boundary={content_type}");
        let _ = parse_body(Some(&content_type), b"--b\r\n\r\n--b--");
    }
});
