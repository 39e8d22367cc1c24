//! Any bytes as an urlencoded or a JSON body, in any charset: a request with bounded fields, or a
//! reason, and no panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ontopic::akismet::{
    BODY_LIMIT, CheckRequest, FIELD_LIMIT, Fields, KeySitesQuery, NAME_LIMIT, find_key, parse_body,
};

fuzz_target!(|input: (Option<&str>, &[u8])| {
    let (charset, body) = input;
    let charset = charset.unwrap_or("utf-8");
    let urlencoded = format!("application/x-www-form-urlencoded; charset={charset}");
    let json = format!("application/json; charset={charset}");
    for content_type in [
        Some(urlencoded.as_str()),
        Some(json.as_str()),
        charset.get(1..),
        None,
    ] {
        let Ok(fields) = parse_body(content_type, body) else {
            continue;
        };
        assert!(body.len() <= BODY_LIMIT && fields.len() <= 2 * FIELD_LIMIT);
        for (name, _) in fields.iter() {
            assert!(name.len() <= NAME_LIMIT);
            assert!(fields.get(name).is_some());
        }
        let request = CheckRequest::read(&fields, 1_800_000_000_000);
        assert!(
            request
                .seconds_on_page
                .value()
                .is_none_or(|seconds| *seconds >= 0.0)
        );
        request.fingerprint();
        let comment = request.to_comment();
        assert!(
            comment
                .author
                .value()
                .is_none_or(|name| !name.trim().is_empty())
        );
        find_key(&fields, &Fields::default(), charset.get(..));
        KeySitesQuery::read(&fields, 0);
    }
});
