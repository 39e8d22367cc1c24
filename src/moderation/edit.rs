//! Comments that come again: edits, and the same comment asked about twice.
//!
//! An edit is compared with the version that was approved, never with the edit before it, so that
//! many small edits add up instead of walking a comment into spam. What was added since then is
//! judged by itself as well: beside a long genuine text, a line of advertisement weighs little.

use std::collections::HashSet;

use crate::comment::{Comment, Field, Label};
use crate::policy::Verdict;
use crate::storage::{CheckRecord, CommentText, Id};

/// What an edit is compared with.
#[derive(Debug, Clone)]
pub(super) struct Edit {
    /// The approved version.
    pub(super) approved: CommentText,
    /// Whether the owner approved it; otherwise it was published.
    by_owner: bool,
    /// The verdict on the first version.
    pub(super) first: Id,
}

/// The version to compare with, given all versions of a comment, oldest first: the last one that
/// the owner called genuine, or else the first one that was published. `None` if there is none.
pub(super) fn versions_to_compare(versions: Vec<CheckRecord>) -> Option<Edit> {
    let first = versions.first()?.id;
    let by_owner = versions
        .iter()
        .rposition(|version| version.decided == Some(Label::Ham) && version.text.is_some());
    let published = || {
        versions.iter().position(|version| {
            let is_published = version.judgement.outcome == Verdict::Publish;
            is_published && version.decided.is_none() && version.text.is_some()
        })
    };
    let place = by_owner.or_else(published)?;
    let approved = versions.into_iter().nth(place)?.text?;
    Some(Edit {
        approved,
        by_owner: by_owner.is_some(),
        first,
    })
}

/// The lines and sentences of an edited comment that do not stand in the approved version, as a
/// comment of its own; `None` if nothing was added. Another name or homepage counts as added: then
/// the whole comment is looked at.
pub(super) fn added_part(approved: &CommentText, edited: &Comment) -> Option<Comment> {
    let same = |stored: &Option<String>, given: &Field<String>| match given.text() {
        None => true,
        Some(given) => stored.as_deref().unwrap_or_default().trim() == given.trim(),
    };
    if !same(&approved.author, &edited.author) || !same(&approved.author_url, &edited.author_url) {
        return Some(edited.clone());
    }
    let known: HashSet<String> = parts(&approved.body).map(normal).collect();
    let added: Vec<&str> = parts(&edited.body)
        .filter(|part| !known.contains(&normal(part)))
        .map(|part| part.trim_end_matches('\n'))
        .collect();
    if added.is_empty() {
        return None;
    }
    Some(Comment {
        body: added.join("\n"),
        html: Field::Unknown,
        ..edited.clone()
    })
}

/// Lines and sentences. A dot inside an address ends none, or an added link would be none.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut characters = rest.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            let ends = match character {
                '\n' => true,
                '.' | '!' | '?' => characters
                    .peek()
                    .is_none_or(|(_, next)| next.is_whitespace()),
                _ => characters.peek().is_none(),
            };
            if ends {
                let (part, after) = rest.split_at(at + character.len_utf8());
                rest = after;
                return Some(part);
            }
        }
        None
    })
    .filter(|part| part.chars().any(char::is_alphanumeric))
}

fn normal(part: &str) -> String {
    let words: Vec<String> = part
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.join(" ")
}

impl Edit {
    /// What becomes of an edit, given the verdict on the whole of it and on what was added; `None`
    /// if the verdict on the whole stands.
    pub(super) fn decide(
        &self,
        whole: Verdict,
        added: Option<Verdict>,
    ) -> Option<(Verdict, String)> {
        let by = if self.by_owner {
            "approved"
        } else {
            "published"
        };
        match added {
            None => (whole != Verdict::Publish).then(|| {
                let why = format!("nothing was added since the version that was {by}");
                (Verdict::Publish, why)
            }),
            // The owner has called the rest genuine.
            Some(Verdict::Publish) if self.by_owner && whole != Verdict::Publish => Some((
                Verdict::Publish,
                "the owner approved the version before, and what was added is fine".to_owned(),
            )),
            Some(added) if added > whole => Some((
                Verdict::Hold,
                format!("what was added since the version that was {by} looks like spam"),
            )),
            Some(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comment(body: &str) -> Comment {
        Comment {
            author: Field::from("Anna"),
            body: body.to_owned(),
            ..Comment::default()
        }
    }

    fn text(body: &str) -> CommentText {
        CommentText {
            author: Some("Anna".to_owned()),
            body: body.to_owned(),
            ..CommentText::default()
        }
    }

    #[test]
    fn what_was_added_is_found_whatever_the_case_and_the_spacing() {
        let approved = text("I ran in them. They last!");
        assert!(added_part(&approved, &comment("I  RAN in them.\nThey last")).is_none());
        let added = added_part(
            &approved,
            &comment("I ran in them. Cheap roofs at my site."),
        );
        assert_eq!(added.unwrap().body.trim(), "Cheap roofs at my site.");
        let link = "I ran in them. See https://roofs.example/now!\nGood.";
        let added = added_part(&approved, &comment(link)).unwrap();
        assert_eq!(added.body, " See https://roofs.example/now!\nGood.");
        let mut renamed = comment("I ran in them.");
        renamed.author = Field::from("Roof Repair");
        assert_eq!(added_part(&approved, &renamed).unwrap().body, renamed.body);
    }

    #[test]
    fn added_spam_is_held_and_what_the_owner_approved_stays() {
        let edit = |by_owner| Edit {
            approved: text("x"),
            by_owner,
            first: Id(1),
        };
        let outcome = |by_owner, whole, added| {
            edit(by_owner)
                .decide(whole, added)
                .map(|(verdict, _)| verdict)
        };
        use Verdict::{Hold, Publish, Spam};
        assert_eq!(outcome(false, Publish, Some(Spam)), Some(Hold));
        assert_eq!(outcome(true, Publish, Some(Spam)), Some(Hold));
        assert_eq!(outcome(true, Hold, Some(Publish)), Some(Publish));
        assert_eq!(outcome(false, Hold, Some(Publish)), None);
        assert_eq!(outcome(true, Spam, None), Some(Publish));
        assert_eq!(outcome(false, Publish, Some(Publish)), None);
        assert_eq!(outcome(false, Spam, Some(Spam)), None);
    }
}
