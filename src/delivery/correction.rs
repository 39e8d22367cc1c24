//! What a blog is told when a decision changes a verdict that it was given.

use crate::akismet::{Correction, webhook_body};
use crate::comment::Label;
use crate::storage::CheckRecord;

/// The body of the call, in the blog's own names: it looks the comment up by all that it is told.
pub fn correction(check: &CheckRecord, guid: &str, label: Label) -> String {
    let parent = check.parent.as_deref().map(|parent| match parent {
        "" => "0",
        parent => parent,
    });
    webhook_body(&[Correction {
        guid: guid.to_owned(),
        label,
        post: check.fingerprint.as_ref().and_then(|it| it.post.clone()),
        parent: parent.map(str::to_owned),
        author_email: check
            .text
            .as_ref()
            .and_then(|text| text.author_email.clone()),
    }])
}
