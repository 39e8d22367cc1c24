//! A body, or the query of an address, to fields.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};
use percent_encoding::percent_decode;

use super::{Fields, json, multipart};

/// The longest body that is read, in bytes. Comment forms send a few thousand, contact forms with
/// all of PHP's server variables ten times as many.
pub const BODY_LIMIT: usize = 1 << 20;

/// The largest number of fields. PHP reads as many by default (`max_input_vars`), so that no client
/// in PHP ever received more.
pub const FIELD_LIMIT: usize = 1_000;

/// The longest name of a field, in bytes.
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
    /// There are more fields than [`FIELD_LIMIT`].
    #[error("expected at most {limit} fields, found more")]
    TooManyFields {
        /// The limit.
        limit: usize,
    },
    /// A name is longer than [`NAME_LIMIT`].
    #[error("expected names of at most {limit} bytes, found one of {found}")]
    NameTooLong {
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
/// The charset is the one that the content type names. If it names none, it is UTF-8 where all
/// values are sound UTF-8; where they are not, it is the one that the field `blog_charset` names.
/// This order is what clients do: most send UTF-8 and put the blog's setting beside it.
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
        decode(multipart::parse(content_type, body)?, charset)
    } else {
        decode(split(body)?, charset)
    }
}

/// Reads the query of an address, what stands behind its `?`.
///
/// # Errors
/// Too much of something.
pub fn parse_query(query: &str) -> Result<Fields, FormError> {
    parse_body(None, query.as_bytes())
}

/// Names and values as bytes of a charset that is not known yet.
pub(super) type Raw<'a> = Vec<(Cow<'a, [u8]>, Cow<'a, [u8]>)>;

/// Splits an urlencoded body. As in PHP, a field without `=` is empty, one without a name is
/// dropped, and a percent sign that is followed by no two hexadecimal digits stands for itself.
fn split(body: &[u8]) -> Result<Raw<'_>, FormError> {
    let mut raw = Raw::new();
    for piece in body.split(|byte| *byte == b'&') {
        let equals = memchr::memchr(b'=', piece).unwrap_or(piece.len());
        let (name, value) = piece.split_at(equals);
        if name.is_empty() {
            continue;
        }
        if raw.len() == FIELD_LIMIT {
            return Err(FormError::TooManyFields { limit: FIELD_LIMIT });
        }
        raw.push((unescape(name), unescape(value.get(1..).unwrap_or_default())));
    }
    Ok(raw)
}

fn unescape(text: &[u8]) -> Cow<'_, [u8]> {
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
/// (<https://encoding.spec.whatwg.org/#get-an-output-encoding>).
fn encoding(label: &[u8]) -> Option<&'static Encoding> {
    Encoding::for_label_no_replacement(label).map(Encoding::output_encoding)
}

/// Bytes to text. What the charset does not allow becomes U+FFFD.
fn decode(raw: Raw<'_>, declared: Option<&'static Encoding>) -> Result<Fields, FormError> {
    let is_utf8 = |bytes: &[u8]| std::str::from_utf8(bytes).is_ok();
    let encoding = declared.unwrap_or_else(|| {
        if raw.iter().all(|(_, value)| is_utf8(value)) {
            return UTF_8;
        }
        let mut last_first = raw.iter().rev();
        let blog = last_first.find(|(name, _)| name.as_ref() == b"blog_charset");
        blog.and_then(|(_, label)| encoding(label)).unwrap_or(UTF_8)
    });
    let text = |bytes: &[u8]| encoding.decode_without_bom_handling(bytes).0.into_owned();
    let mut fields = Fields::default();
    for (name, value) in &raw {
        fields.push(text(name), text(value))?;
    }
    Ok(fields)
}
