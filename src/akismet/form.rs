//! A body, or the query of an address, to fields.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};
use percent_encoding::percent_decode;

use super::fields::has_room;
use super::{Fields, json, multipart};

/// The longest body that is read, in bytes. Comment forms send a few thousand, contact forms with
/// all of PHP's server variables ten times as many.
pub const BODY_LIMIT: usize = 1 << 20;

/// The number of fields from which on only those are kept that the dialect knows by name, and at
/// most as many again. PHP reads as many by default (`max_input_vars`).
///
/// Clients send the headers of the visitor's request as fields: to refuse what has too many of them,
/// or one with too long a name, would let visitors choose that there is no verdict.
pub const FIELD_LIMIT: usize = 1_000;

/// The longest name of a field, in bytes. Fields with longer names are dropped.
pub const NAME_LIMIT: usize = 256;

/// Why a body holds no fields.
#[derive(Debug, thiserror::Error)]
pub enum FormError {
    /// The body is longer than [`BODY_LIMIT`].
    #[error("expected a body of at most {limit} bytes, found {found}")]
    BodyTooLong {
        /// The limit, in bytes.
        limit: usize,
        /// The length, in bytes.
        found: usize,
    },
    /// The content type says JSON and the body is no JSON object.
    #[error("expected a JSON object: {0}")]
    Json(serde_json::Error),
    /// The content type says multipart and the body is not, or ends early.
    #[error("expected multipart/form-data: {0}")]
    Multipart(multer::Error),
}

/// Reads a body by its content type: JSON, multipart, and anything else as urlencoded, which is what
/// clients without a content type send.
///
/// The charset is found for each value, because one that lies says nothing of the others, and the
/// header of a visitor may be in any: UTF-8 where the value is sound UTF-8, else the charset of the
/// content type, else that of the field `blog_charset`. What is sound UTF-8 is hardly ever anything
/// else in a charset of single bytes, whatever was declared; in one of several bytes it may be, so
/// that such a declaration comes first.
///
/// # Errors
/// Too much of something, or not what the content type says.
pub fn parse_body(content_type: Option<&str>, body: &[u8]) -> Result<Fields, FormError> {
    if body.len() > BODY_LIMIT {
        return Err(FormError::BodyTooLong {
            limit: BODY_LIMIT,
            found: body.len(),
        });
    }
    let content_type = content_type.unwrap_or_default();
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    let kind = kind.to_ascii_lowercase();
    let charset = charset(content_type);
    if kind == "application/json" || kind == "text/json" || kind.ends_with("+json") {
        let (text, _, _) = charset.unwrap_or(UTF_8).decode(body);
        json::parse(&text)
    } else if kind == "multipart/form-data" {
        Ok(decode(&multipart::parse(content_type, body)?, charset))
    } else {
        Ok(decode(&split(body), charset))
    }
}

/// Reads the query of an address, what stands behind its `?`.
///
/// # Errors
/// Too much of something.
pub fn parse_query(query: &str) -> Result<Fields, FormError> {
    parse_body(None, query.as_bytes())
}

type Bytes<'a> = Cow<'a, [u8]>;

/// Names and values as bytes of a charset that is not known yet.
#[derive(Default)]
pub(super) struct Raw<'a>(Vec<(Bytes<'a>, Bytes<'a>)>);

impl<'a> Raw<'a> {
    /// Adds a field with a name, if there is room for it.
    pub(super) fn push(&mut self, name: Bytes<'a>, value: Bytes<'a>) {
        if !name.is_empty() && has_room(self.0.len(), &name) {
            self.0.push((name, value));
        }
    }
}

/// Splits an urlencoded body. As in PHP, a field without `=` is empty, one without a name is
/// dropped, and a percent sign that is followed by no two hexadecimal digits stands for itself.
fn split(body: &[u8]) -> Raw<'_> {
    let mut raw = Raw::default();
    for piece in body.split(|byte| *byte == b'&') {
        let equals = memchr::memchr(b'=', piece).unwrap_or(piece.len());
        let (name, value) = piece.split_at(equals);
        raw.push(unescape(name), unescape(value.get(1..).unwrap_or_default()));
    }
    raw
}

fn unescape(text: &[u8]) -> Bytes<'_> {
    if memchr::memchr2(b'+', b'%', text).is_none() {
        return Cow::Borrowed(text);
    }
    let spaced: Vec<u8> = text
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    Cow::Owned(percent_decode(&spaced).collect())
}

/// The charset that a content type names, if it is one that forms are sent in.
fn charset(content_type: &str) -> Option<&'static Encoding> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let is_charset = name.trim().eq_ignore_ascii_case("charset");
        is_charset.then(|| encoding(value.trim().trim_matches('"').as_bytes()))?
    })
}

/// Forms are never sent as UTF-16: the standard has browsers send UTF-8 instead
/// (<https://encoding.spec.whatwg.org/#get-an-output-encoding>). Labels are taken with and without
/// hyphens: the standard knows `latin1` and no `latin-1`.
fn encoding(label: &[u8]) -> Option<&'static Encoding> {
    let bare: Vec<u8> = label.iter().copied().filter(|byte| *byte != b'-').collect();
    Encoding::for_label_no_replacement(label)
        .or_else(|| Encoding::for_label_no_replacement(&bare))
        .map(Encoding::output_encoding)
}

/// Bytes to text. What no charset allows becomes U+FFFD.
fn decode(Raw(raw): &Raw<'_>, declared: Option<&'static Encoding>) -> Fields {
    let mut last_first = raw.iter().rev();
    let blog = last_first.find(|(name, _)| name.as_ref() == b"blog_charset");
    let blog = blog.and_then(|(_, label)| encoding(label));
    let of_many_bytes = declared.filter(|charset| !charset.is_single_byte());
    let order = [of_many_bytes, Some(UTF_8), declared, blog];
    let text = |bytes: &[u8]| {
        let mut charsets = order.iter().flatten();
        let sound = charsets
            .find_map(|charset| charset.decode_without_bom_handling_and_without_replacement(bytes));
        let last = declared.unwrap_or(UTF_8);
        let text = sound.unwrap_or_else(|| last.decode_without_bom_handling(bytes).0);
        text.into_owned()
    };
    let mut fields = Fields::default();
    for (name, value) in raw {
        fields.push(text(name), text(value));
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn pairs(content_type: &str, body: &[u8]) -> Vec<(String, String)> {
        let fields = parse_body(Some(content_type), body).unwrap();
        fields
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    fn check(content_type: &str, body: &[u8], expected: &[(&str, &str)]) {
        let found = pairs(content_type, body);
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(found, expected, "{content_type}: {}", body.escape_ascii());
    }

    #[test]
    fn urlencoded_bodies_are_read_as_php_reads_them() {
        let form = "application/x-www-form-urlencoded";
        check(
            form,
            b"a=1&b=x+y%20z&c&d=",
            &[("a", "1"), ("b", "x y z"), ("c", ""), ("d", "")],
        );
        check(
            form,
            b"u=http://x.example/?a=b",
            &[("u", "http://x.example/?a=b")],
        );
        check(
            form,
            b"p=100%&q=%zz&r=%2",
            &[("p", "100%"), ("q", "%zz"), ("r", "%2")],
        );
        check(form, b"&&=lost&a=1&", &[("a", "1")]);
        check(form, b"l%5B0%5D=x&l[1]=y", &[("l[0]", "x"), ("l[1]", "y")]);
        check(form, b"", &[]);
        check("text/plain", b"a=1", &[("a", "1")]);
        let fields = parse_body(None, b"a=1&a=2").unwrap();
        assert_eq!(fields.get("a"), Some("2"));
    }

    #[test]
    fn charsets_are_obeyed_in_their_order() {
        let form = "application/x-www-form-urlencoded";
        let latin = "application/x-www-form-urlencoded; charset=ISO-8859-1";
        let utf8 = "application/x-www-form-urlencoded;charset=\"UTF-8\"";
        check(latin, b"a=Zo%EB", &[("a", "Zoë")]);
        check(latin, b"n\xEBe=Zo\xEB", &[("nëe", "Zoë")]);
        check("x; charset=Shift_JIS", b"a=%93%FA%96%7B", &[("a", "日本")]);
        check("x; charset=koi8-r", b"a=%C4%C1", &[("a", "да")]);
        check(
            utf8,
            b"a=Zo%C3%AB&blog_charset=ISO-8859-1",
            &[("a", "Zoë"), ("blog_charset", "ISO-8859-1")],
        );
        // The blog says Latin-1, the client sends UTF-8 all the same.
        check(
            form,
            b"a=Zo%C3%AB&blog_charset=ISO-8859-1",
            &[("a", "Zoë"), ("blog_charset", "ISO-8859-1")],
        );
        check(
            form,
            b"a=Zo%EB&blog_charset=ISO-8859-1",
            &[("a", "Zoë"), ("blog_charset", "ISO-8859-1")],
        );
        check(
            form,
            b"a=Zo%EB&blog_charset=martian",
            &[("a", "Zo\u{fffd}"), ("blog_charset", "martian")],
        );
        // The content type says UTF-8, the client sends the blog's charset all the same.
        check(
            utf8,
            b"a=tr%E8s&blog_charset=latin-1",
            &[("a", "très"), ("blog_charset", "latin-1")],
        );
        check(latin, b"a=Zo%C3%AB", &[("a", "Zoë")]);
        // One value tells nothing of another.
        check(
            form,
            b"a=Zo%C3%AB&HTTP_REFERER=%EB&blog_charset=ISO-8859-1",
            &[
                ("a", "Zoë"),
                ("HTTP_REFERER", "ë"),
                ("blog_charset", "ISO-8859-1"),
            ],
        );
        // Two bytes of UTF-8 by chance.
        check("x; charset=gbk", b"a=%C4%A3", &[("a", "模")]);
        check(
            "x; charset=gbk",
            b"a=%FF&b=%C4",
            &[("a", "\u{fffd}"), ("b", "\u{fffd}")],
        );
        check("x; charset=utf-16", b"a=%C3%AB", &[("a", "ë")]);
        check("x; charset=martian", b"a=%C3%AB", &[("a", "ë")]);
    }

    #[test]
    fn json_becomes_the_fields_that_a_form_would_have() {
        let body = br#"{"a":"x","b":7,"c":1.5,"d":false,"e":null,"f":["x",{"g":"y"}],"h":[]}"#;
        let expected = [
            ("a", "x"),
            ("b", "7"),
            ("c", "1.5"),
            ("d", "false"),
            ("e", ""),
            ("f[0]", "x"),
            ("f[1][g]", "y"),
            ("h", ""),
        ];
        check("application/json; charset=utf-8", body, &expected);
        check("Application/JSON", b"{}", &[]);
        // In the order in which they came, with every number as JSON writes it.
        let body = br#"{"z":{"y":{},"x":[[],{"w":-1}]},"a":1e21,"z":0.0,"b":18446744073709551615}"#;
        let large = Value::from(1e21).to_string();
        let expected = [
            ("z[x][0]", ""),
            ("z[x][1][w]", "-1"),
            ("a", &*large),
            ("z", "0.0"),
            ("b", "18446744073709551615"),
        ];
        check("application/json", body, &expected);
        let half = br#"{"a":"hi \ud83d there"}"#;
        check("application/json", half, &[("a", "hi \u{fffd} there")]);
        for (content_type, body) in [
            ("application/json", &b"[]"[..]),
            ("application/json", b"a=1"),
            ("application/json", b""),
        ] {
            let error = parse_body(Some(content_type), body).unwrap_err();
            assert!(matches!(error, FormError::Json(_)), "{error}");
        }
    }

    #[test]
    fn multipart_parts_are_read_and_files_are_not() {
        let part = |head: &str, body: &str| format!("--b\r\n{head}\r\n\r\n{body}\r\n");
        let disposition = "Content-Disposition: form-data";
        let body = [
            part(&format!("{disposition}; name=\"a\""), "Zo\u{eb}\r\n--c"),
            part(
                &format!("{disposition}; name=\"f\"; filename=\"x.png\""),
                "…",
            ),
            part(&format!("{disposition}; name=\"\""), "lost"),
            part(
                &format!("{disposition}; name=e\r\nContent-Type: text/plain"),
                "",
            ),
            "--b--\r\n".to_owned(),
        ]
        .concat();
        let content_type = "multipart/form-data; boundary=b";
        check(
            content_type,
            body.as_bytes(),
            &[("a", "Zoë\r\n--c"), ("e", "")],
        );
        let latin = [
            b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\n\xEB\r\n".as_slice(),
            b"--b\r\nContent-Disposition: form-data; name=blog_charset\r\n\r\nlatin1\r\n--b--",
        ]
        .concat();
        check(
            content_type,
            &latin,
            &[("a", "ë"), ("blog_charset", "latin1")],
        );
        for (content_type, body) in [
            (
                content_type,
                &b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx"[..],
            ),
            (content_type, b"a=1"),
            (content_type, b""),
            ("multipart/form-data", b"--b--"),
        ] {
            let error = parse_body(Some(content_type), body).unwrap_err();
            assert!(matches!(error, FormError::Multipart(_)), "{error}");
        }
    }

    #[test]
    fn of_too_many_fields_those_are_kept_that_are_known() {
        type Body = fn(usize, &str) -> String;
        fn part(name: &str) -> String {
            format!("--b\r\nContent-Disposition: form-data; name={name}\r\n\r\n1\r\n")
        }
        let known = "comment_content";
        let urlencoded = |count: usize, name: &str| format!("{}{name}=1", "a=1&".repeat(count));
        let json = |count: usize, name: &str| {
            format!("{{\"a\":[{}0],\"{name}\":1}}", "0,".repeat(count - 1))
        };
        let parts =
            |count: usize, name: &str| format!("{}{}--b--", part("a").repeat(count), part(name));
        let kinds: [(&str, Body); 3] = [
            ("", urlencoded),
            ("application/json", json),
            ("multipart/form-data; boundary=b", parts),
        ];
        for (content_type, body) in kinds {
            let read = |count: usize, name: &str| {
                parse_body(Some(content_type), body(count, name).as_bytes()).unwrap()
            };
            let long = "n".repeat(NAME_LIMIT + 1);
            assert_eq!(read(3, &long).len(), 3, "{content_type}");
            assert_eq!(read(3, &long[1..]).len(), 4, "{content_type}");
            assert_eq!(read(FIELD_LIMIT, "n").get("n"), None, "{content_type}");
            let kept = read(FIELD_LIMIT + 9, known);
            assert_eq!(kept.get(known), Some("1"), "{content_type}");
            assert_eq!(kept.len(), FIELD_LIMIT + 1, "{content_type}");
        }
        let many = format!("{known}=1&").repeat(3 * FIELD_LIMIT);
        assert_eq!(parse_query(&many).unwrap().len(), 2 * FIELD_LIMIT);
    }

    #[test]
    fn a_body_that_is_too_long_is_refused() {
        let error = parse_query(&"a".repeat(BODY_LIMIT + 1)).unwrap_err();
        let expected = "expected a body of at most 1048576 bytes, found 1048577";
        assert_eq!(error.to_string(), expected);
    }

    proptest! {
        #[test]
        fn what_was_encoded_comes_back(
            pairs in prop::collection::vec(("\\PC{1,20}", any::<String>()), 0..20)
        ) {
            let body = form_urlencoded::Serializer::new(String::new())
                .extend_pairs(&pairs)
                .finish();
            prop_assert_eq!(super::tests::pairs("", body.as_bytes()), pairs);
        }

        #[test]
        fn what_was_written_as_json_comes_back(
            object in prop::collection::btree_map("\\PC{1,20}", any::<String>(), 0..20)
        ) {
            let body = serde_json::to_vec(&object).unwrap();
            let pairs: Vec<(String, String)> = object.into_iter().collect();
            prop_assert_eq!(super::tests::pairs("application/json", &body), pairs);
        }

        #[test]
        fn what_was_written_as_parts_comes_back(
            pairs in prop::collection::vec(("[a-z_\\[\\]0-9]{1,20}", any::<String>()), 0..20)
        ) {
            let mut body = String::new();
            for (name, value) in &pairs {
                body.push_str(&format!(
                    "--==b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
                ));
            }
            body.push_str("--==b--\r\n");
            prop_assume!(!pairs.iter().any(|(_, value)| value.contains("--==b")));
            let content_type = "multipart/form-data; boundary=\"==b\"";
            prop_assert_eq!(super::tests::pairs(content_type, body.as_bytes()), pairs);
        }

        #[test]
        fn any_bytes_are_read_or_refused(
            kind in prop::sample::select(vec![
                "", "application/json", "multipart/form-data; boundary=b", "x; charset=gbk",
                "x; charset=iso-2022-jp", "multipart/form-data; boundary=\"",
            ]),
            body in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            if let Ok(fields) = parse_body(Some(kind), &body) {
                prop_assert!(fields.len() <= body.len());
            }
        }
    }
}
