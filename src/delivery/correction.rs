//! What a blog is told when a decision changes a verdict that it was given.

use crate::akismet::{Correction, webhook_body};
use crate::comment::Label;
use crate::storage::CheckRecord;

/// The body of the call, in the blog's own names: it looks the comment up by all that it is told. Of the
/// names of answers it knows one, and says of any other that there is no such comment.
pub fn correction(check: &CheckRecord, guids: &[String], label: Label) -> String {
    let parent = check.parent.as_deref().map(|parent| match parent {
        "" => "0",
        parent => parent,
    });
    let text = check.text.as_ref();
    let all: Vec<Correction> = guids
        .iter()
        .map(|guid| Correction {
            guid: guid.clone(),
            label,
            post: check.fingerprint.as_ref().and_then(|it| it.post.clone()),
            parent: parent.map(str::to_owned),
            author_email: text.and_then(|text| text.author_email.clone()),
        })
        .collect();
    webhook_body(&all)
}
