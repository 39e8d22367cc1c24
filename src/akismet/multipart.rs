//! A multipart body to names and values.

use std::borrow::Cow;
use std::convert::Infallible;

use futures_util::FutureExt;
use futures_util::stream;
use multer::{Error, Multipart};

use super::form::{FormError, Raw};

/// Reads a multipart body. Parts without a name are dropped; so are files, which no client means to
/// send.
pub(super) fn parse(content_type: &str, body: &[u8]) -> Result<Raw<'static>, FormError> {
    let boundary = multer::parse_boundary(content_type).map_err(FormError::Multipart)?;
    let whole = stream::iter([Ok::<_, Infallible>(body.to_vec())]);
    let mut parts = Multipart::new(whole, boundary);
    let mut raw = Raw::default();
    while let Some(part) = now(parts.next_field())? {
        let name = part.name().map(|name| name.as_bytes().to_vec());
        let is_file = part.file_name().is_some();
        let value = now(part.bytes())?;
        if let Some(name) = name.filter(|_| !is_file) {
            raw.push(Cow::Owned(name), Cow::Owned(value.to_vec()));
        }
    }
    Ok(raw)
}

/// The whole body is there, so the parser never has to wait; if it would, the body ends early.
fn now<T>(step: impl Future<Output = Result<T, Error>>) -> Result<T, FormError> {
    step.now_or_never()
        .unwrap_or(Err(Error::IncompleteStream))
        .map_err(FormError::Multipart)
}
