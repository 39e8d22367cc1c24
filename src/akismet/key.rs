//! Which key a request comes with.

use std::fmt;

use super::Fields;

/// A key as the request gave it, in lower case: part of a host name it comes in any case.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Key(String);

impl Key {
    /// The characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Keys stay out of logs.
impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Key(…)")
    }
}

/// How many characters a key has. WordPress refuses others without asking, and a host label of
/// another length is no key.
const KEY_LENGTH: usize = 12;

/// The key that a request is about. The first of these that is not empty wins:
///
/// 1. `key` in the body,
/// 2. `api_key` in the body,
/// 3. `key` in the query,
/// 4. `api_key` in the query,
/// 5. the first label of the host name, if it has 12 letters and digits and other labels follow.
///
/// `key` wins over `api_key` because WordPress asks about a *new* key in `key` while it still sends
/// the old one as `api_key`; where only one key is meant, both are the same.
pub fn find_key(body: &Fields, query: &Fields, host: Option<&str>) -> Option<Key> {
    let named = body
        .filled("key")
        .or_else(|| body.filled("api_key"))
        .or_else(|| query.filled("key"))
        .or_else(|| query.filled("api_key"));
    named
        .or_else(|| host.and_then(host_label))
        .map(|key| Key(key.to_lowercase()))
}

fn host_label(host: &str) -> Option<&str> {
    let (label, rest) = host.trim().split_once('.')?;
    let is_key = label.len() == KEY_LENGTH && label.bytes().all(|b| b.is_ascii_alphanumeric());
    (is_key && !rest.is_empty()).then_some(label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::akismet::parse_query;

    #[test]
    fn the_first_key_that_is_not_empty_wins() {
        let body_key = "111111111111";
        let cases = [
            (
                "key=111111111111&api_key=222222222222",
                "",
                "rest.akismet.com",
                Some(body_key),
            ),
            (
                "api_key=111111111111",
                "key=2",
                "abcdef123456.x.example",
                Some(body_key),
            ),
            ("key=&api_key=111111111111", "", "", Some(body_key)),
            ("key=+&blog=x", "key=111111111111", "", Some(body_key)),
            ("blog=x", "api_key=111111111111", "", Some(body_key)),
            (
                "blog=x",
                "",
                "ABCdef123456.rest.akismet.com",
                Some("abcdef123456"),
            ),
            (
                "blog=x",
                "",
                "abcdef123456.localhost:8080",
                Some("abcdef123456"),
            ),
            ("key=AbCdEf123456", "", "", Some("abcdef123456")),
            ("key=", "", "rest.akismet.com", None),
            ("", "", "127.0.0.1:8080", None),
            ("", "", "abcdef123456", None),
            ("", "", "abcdef12345-.x.example", None),
        ];
        for (body, query, host, expected) in cases {
            let (body, query) = (parse_query(body).unwrap(), parse_query(query).unwrap());
            let key = find_key(&body, &query, Some(host));
            assert_eq!(
                key.as_ref().map(Key::as_str),
                expected,
                "{body:?} {query:?} {host}"
            );
        }
        assert_eq!(find_key(&Fields::default(), &Fields::default(), None), None);
    }

    #[test]
    fn a_key_is_not_printed() {
        let body = parse_query("key=abcdef123456").unwrap();
        let key = find_key(&body, &Fields::default(), None).unwrap();
        assert!(!format!("{key:?}").contains("abcdef"));
    }
}
