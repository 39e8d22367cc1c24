//! Comments that come again: edits, and the same comment asked about twice.
//!
//! An edit is compared with the version that was decided on, never with the edit before it, so that
//! many small edits add up instead of walking a comment into spam. What was added since then is
//! judged by itself as well: beside a long genuine text, a line of advertisement weighs little. What
//! was taken away may have been what made the rest genuine: then the verdict on the whole counts.
//!
//! What the owner decided stays decided when the same words come again. Other words than those that
//! the owner called spam are nothing to publish unseen. What was published by an override alone is
//! no version to compare with: once the decision or the entry is gone, nothing speaks for it.

use std::collections::HashSet;
use std::sync::Arc;

use super::threads::comment_of;
use crate::analysis::CommentAnalysis;
use crate::comment::{Comment, Field, Fingerprint, Label, Saying, comparable, place};
use crate::policy::Verdict;
use crate::storage::{CheckRecord, Id};
use crate::tokens::Link;

/// An edit beside the version that it is compared with.
#[derive(Debug)]
pub(super) struct Edit {
    /// What the owner decided on that version; otherwise the model published it.
    pub(super) decided: Option<Label>,
    /// The verdict on that version.
    pub(super) version: Id,
    /// Whether the comment says what that version says.
    is_same: bool,
    /// Whether the comment has a link that it has not.
    has_more_links: bool,
    /// Whether the comment says all that it says, once and in the same order, whatever it says beside.
    keeps_all: bool,
    added: Added,
}

/// What an edit adds.
#[derive(Debug, PartialEq)]
enum Added {
    Nothing,
    /// These lines and sentences, as a comment of their own.
    Part(Box<Comment>),
    /// What no added words show, such as another name or homepage, or a link in the markup: then the
    /// whole comment is looked at.
    Whole,
}

/// An edit beside the version to compare it with, given those of a comment, oldest first: the last one
/// with the same words that the owner decided on, or else the last one that the owner decided on, or
/// else the first one that the model published. `None` if there is none.
///
/// Where the words of a decided version were removed after their time, the fingerprint tells whether they
/// are those of the comment.
pub(super) fn version_to_compare(
    versions: &[Arc<CheckRecord>],
    edited: &CommentAnalysis<'_>,
    fingerprint: Option<&Fingerprint>,
) -> Option<Edit> {
    if versions.is_empty() {
        return None;
    }
    let says = Saying::of(edited.comment);
    let is_same = |version: &&Arc<CheckRecord>| match &version.text {
        Some(text) => says.is_that_of(&text.saying()),
        None => true,
    };
    let is_known =
        |version: &CheckRecord| version.text.is_some() || version.has_digest_of(fingerprint);
    let mut decided = versions
        .iter()
        .rev()
        .filter(|version| version.decided.is_some() && is_known(version));
    let is_published = |version: &&Arc<CheckRecord>| {
        let judgement = &version.judgement;
        version.text.is_some() && [judgement.verdict, judgement.outcome] == [Verdict::Publish; 2]
    };
    let version = decided
        .clone()
        .find(is_same)
        .or_else(|| decided.next())
        .or_else(|| versions.iter().find(is_published))?;
    let before = match &version.text {
        Some(text) => comment_of(version, text),
        None => edited.comment.clone(),
    };
    Some(Edit::new(
        version.id,
        version.decided,
        &before,
        edited,
        &says,
    ))
}

/// Whether a comment that was stored by its blog reads as it did when it came: name, homepage and
/// visible words are the same, and every link was there. Blogs take markup away as they store.
pub(super) fn reads_the_same(before: &Comment, stored: &CommentAnalysis<'_>) -> bool {
    let first = CommentAnalysis::of(before);
    let name = |of: &CommentAnalysis<'_>| of.name.value().map(|it| it.text.as_str().to_owned());
    let homepage = |of: &CommentAnalysis<'_>| of.homepage.value().map(|it| place(&it.target));
    let is_same_name = stored.name.is_unknown() || name(&first) == name(stored);
    let is_same_homepage = stored.homepage.is_unknown() || homepage(&first) == homepage(stored);
    is_same_name
        && is_same_homepage
        && normal(first.text.as_str()) == normal(stored.text.as_str())
        && !has_more_links(&first, stored)
}

/// Whether a comment has a link that another version has not, be it in the markup alone.
fn has_more_links(before: &CommentAnalysis<'_>, comment: &CommentAnalysis<'_>) -> bool {
    let known: HashSet<&str> = before.links.iter().map(target).collect();
    let mut links = comment.links.iter().map(target);
    links.any(|target| !known.contains(target))
}

fn target(link: &Link) -> &str {
    &link.target
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
    .filter(|part| !part.trim().is_empty())
}

/// The words alone; what has none, such as a line of emoji, is as it is written.
fn normal(part: &str) -> String {
    let part = comparable(part);
    let words: Vec<String> = part
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    if words.is_empty() {
        part
    } else {
        words.join(" ")
    }
}

impl Edit {
    /// `says` is what the edited comment says.
    fn new(
        version: Id,
        decided: Option<Label>,
        before: &Comment,
        edited: &CommentAnalysis<'_>,
        says: &Saying,
    ) -> Self {
        let comment = edited.comment;
        let said = Saying::of(before);
        let has_more_links = has_more_links(&CommentAnalysis::of(before), edited);
        let before: Vec<String> = parts(&before.body).map(normal).collect();
        let known: HashSet<&String> = before.iter().collect();
        let (mut kept, mut new) = (Vec::new(), Vec::new());
        for part in parts(&comment.body) {
            let normal = normal(part);
            if known.contains(&normal) {
                kept.push(normal);
            } else {
                new.push(part.trim_end_matches('\n'));
            }
        }
        let added = if !says.is_signed_like(&said) || (new.is_empty() && has_more_links) {
            Added::Whole
        } else if new.is_empty() {
            Added::Nothing
        } else {
            let html = if has_more_links {
                comment.html.clone()
            } else {
                Field::Unknown
            };
            Added::Part(Box::new(Comment {
                body: new.join("\n"),
                html,
                ..comment.clone()
            }))
        };
        Self {
            decided,
            version,
            is_same: says.is_that_of(&said),
            has_more_links,
            keeps_all: kept == before,
            added,
        }
    }

    /// Whether the owner decided on the words of the comment. What they approved has no links that it
    /// had not.
    pub(super) fn is_decided_on(&self) -> bool {
        match self.decided {
            Some(Label::Ham) => self.is_same && !self.has_more_links,
            Some(Label::Spam) => self.is_same,
            None => false,
        }
    }

    /// What becomes of a comment that came again, given the verdict on the whole of it; `judge` gives
    /// that on a part. `None` if the verdict on the whole stands.
    pub(super) fn decide(
        &self,
        whole: Verdict,
        judge: impl FnOnce(&Comment) -> Verdict,
    ) -> Option<(Verdict, String)> {
        if self.decided == Some(Label::Spam) {
            return self.decide_on_refused(whole);
        }
        let added = match &self.added {
            Added::Nothing => None,
            Added::Part(part) => Some(judge(part)),
            Added::Whole => Some(whole),
        };
        self.decide_on_published(whole, added)
    }

    fn decide_on_refused(&self, whole: Verdict) -> Option<(Verdict, String)> {
        if self.is_same {
            let why = "the owner called the same words spam";
            (whole != Verdict::Spam).then(|| (Verdict::Spam, why.to_owned()))
        } else {
            let why = "the owner called the version before spam";
            (whole == Verdict::Publish).then(|| (Verdict::Hold, why.to_owned()))
        }
    }

    fn decide_on_published(
        &self,
        whole: Verdict,
        added: Option<Verdict>,
    ) -> Option<(Verdict, String)> {
        let by_owner = self.decided.is_some();
        let by = if by_owner { "approved" } else { "published" };
        let overrides = |verdict, why: String| (verdict != whole).then_some((verdict, why));
        match added {
            None if self.keeps_all => {
                let why = format!("the words are those of the version that was {by}");
                overrides(Verdict::Publish, why)
            }
            Some(added) if added > whole => {
                let why = format!("what was added since the version that was {by} looks like spam");
                Some((Verdict::Hold, why))
            }
            // The owner has called the rest genuine.
            Some(Verdict::Publish) if by_owner && self.keeps_all => {
                let why = "the owner approved the version before, and what was added is fine";
                overrides(Verdict::Publish, why.to_owned())
            }
            None | Some(Verdict::Publish) if by_owner && whole == Verdict::Spam => {
                let why =
                    "the owner approved the version before, which said more or in another order";
                overrides(Verdict::Hold, why.to_owned())
            }
            None | Some(_) => None,
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

    fn edit(before: &Comment, decided: Option<Label>, edited: &Comment) -> Edit {
        let says = Saying::of(edited);
        Edit::new(Id(1), decided, before, &CommentAnalysis::of(edited), &says)
    }

    fn part(comment: Comment) -> Added {
        Added::Part(Box::new(comment))
    }

    #[test]
    fn what_was_added_is_found_whatever_the_case_and_the_spacing() {
        let approved = comment("I ran in them. They last!");
        let added = |body: &str| edit(&approved, None, &comment(body)).added;
        assert_eq!(added("I  RAN in them.\nThey last"), Added::Nothing);
        let roofs = "I ran in them. Cheap roofs at my site.";
        assert_eq!(added(roofs), part(comment(" Cheap roofs at my site.")));
        let link = "I ran in them. See https://roofs.example/now!\nGood.";
        let part_with_link = part(comment(" See https://roofs.example/now!\nGood."));
        assert_eq!(added(link), part_with_link);
        let signed = |author: &str, homepage: &str| Comment {
            author: Field::from(author),
            author_url: Field::from(homepage),
            ..comment("They last!")
        };
        let (new, stored) = (
            signed("Tom & Jerry", "https://tom.example"),
            signed("Tom &amp; Jerry ", "https://tom.example/"),
        );
        let as_stored = edit(&new, None, &stored);
        assert!(as_stored.is_same);
        assert_eq!(as_stored.added, Added::Nothing);
        let other = signed("Tom & Jerry", "https://tom.example/roofs");
        assert_eq!(edit(&new, None, &other).added, Added::Whole);
        let mut renamed = comment("I ran in them.");
        renamed.author = Field::from("Roof Repair");
        assert_eq!(edit(&approved, None, &renamed).added, Added::Whole);
    }

    #[test]
    fn links_that_only_the_markup_shows_and_words_without_letters_are_added_too() {
        let with = |body: &str, html: &str| Comment {
            html: Field::from(html),
            ..comment(body)
        };
        let shoes = r#"<a href="https://shoes.example/a">They</a> last."#;
        let roofs = r#"They <a href="https://roofs.example/a">last</a>."#;
        let before = with("They last.", shoes);
        let added = |edited: &Comment| edit(&before, None, edited).added;
        assert_eq!(added(&with("They last.", roofs)), Added::Whole);
        let both = added(&with("They last. Cheap roofs.", roofs));
        assert_eq!(both, part(with(" Cheap roofs.", roofs)));
        assert_eq!(added(&with("They  last", shoes)), Added::Nothing);
        assert_eq!(added(&comment("They last.")), Added::Nothing);

        let (shoe, roof) = (comment("👟👟"), comment("🏠🏠"));
        assert!(!edit(&shoe, None, &roof).is_same);
        assert_eq!(edit(&shoe, None, &roof).added, part(roof));
        assert_eq!(edit(&shoe, None, &shoe).added, Added::Nothing);
    }

    #[test]
    fn what_the_owner_approved_has_no_link_that_it_had_not() {
        let quoted = r#"<a title=" href=https://roofs.example/ ">They</a> last."#;
        let bare = "<a title=&quot; href=https://roofs.example/ &quot;>They</a> last.";
        let is_decided_on =
            |label| edit(&comment(quoted), Some(label), &comment(bare)).is_decided_on();
        assert!(!is_decided_on(Label::Ham));
        assert!(is_decided_on(Label::Spam));
    }

    #[test]
    fn what_a_blog_does_to_a_comment_as_it_stores_it_changes_nothing_to_read() {
        let link =
            |url: &str| format!("See <a href=\"{url}\">it's</a> A &amp; B. <img src='x.png'>");
        let mut before = comment(&link("https://shoes.example/?a=1&b=2"));
        before.author = Field::from("Zoë O'Hara");
        before.author_url = Field::from("https://zoe.example");
        let reads_the_same = |body: &str, author: &str, homepage: &str| {
            let stored = Comment {
                author: Field::from(author),
                author_url: Field::from(homepage),
                ..comment(body)
            };
            reads_the_same(&before, &CommentAnalysis::of(&stored))
        };
        let body = r#"See <a href="https://shoes.example/?a=1&amp;b=2" rel="nofollow ugc">it\'s</a> A &#038; B."#;
        let (author, homepage) = ("Zoë O&#039;Hara", "https://zoe.example/");
        assert!(reads_the_same(body, author, homepage));
        assert!(reads_the_same("See it's A & B.", author, homepage));
        assert!(!reads_the_same(
            &link("https://roofs.example/"),
            author,
            homepage
        ));
        assert!(!reads_the_same("See it's A & C.", author, homepage));
        assert!(!reads_the_same(body, "Roof Repair", homepage));
        assert!(!reads_the_same(body, author, "https://roofs.example/"));
    }

    #[test]
    fn added_spam_is_held_and_what_the_owner_approved_stays() {
        let outcome = |by_owner: bool, whole, added| {
            let decided = by_owner.then_some(Label::Ham);
            let edit = edit(&comment("x"), decided, &comment("x"));
            let decided = edit.decide_on_published(whole, added);
            decided.map(|(verdict, _)| verdict)
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

    #[test]
    fn what_was_left_of_a_comment_is_not_published_for_what_was_taken_away() {
        let (quoted, comments) = ("Cheap roofs.", ["Mailed to me:", "What nonsense!"]);
        let before = comment(&[comments[0], quoted, comments[1]].join("\n"));
        let outcome = |decided, body: &str, whole| {
            let edit = edit(&before, decided, &comment(body));
            let decided = edit.decide(whole, |_| Verdict::Publish);
            decided.map(|(verdict, _)| verdict)
        };
        use Verdict::{Hold, Publish, Spam};
        let more = format!("{quoted}\nGood morning.");
        let order = ["What nonsense!", "Mailed to me:", quoted].join("\n");
        let often = [&before.body, quoted, quoted].join("\n");
        for body in [quoted, &more, &order, &often] {
            assert_eq!(outcome(None, body, Spam), None, "{body}");
            assert_eq!(outcome(None, body, Hold), None, "{body}");
            let approved = Some(Label::Ham);
            assert_eq!(outcome(approved, body, Spam), Some(Hold), "{body}");
            assert_eq!(outcome(approved, body, Hold), None, "{body}");
            assert_eq!(outcome(approved, body, Publish), None, "{body}");
        }
        for decided in [None, Some(Label::Ham)] {
            assert_eq!(outcome(decided, &before.body, Spam), Some(Publish));
        }
    }

    #[test]
    fn what_the_owner_called_spam_is_published_in_no_other_words() {
        let refused = comment("Cheap roofs. Call now!");
        let outcome = |body, whole| {
            let edit = edit(&refused, Some(Label::Spam), &comment(body));
            let decided = edit.decide(whole, |_| Verdict::Publish);
            decided.map(|(verdict, _)| verdict)
        };
        use Verdict::{Hold, Publish, Spam};
        assert_eq!(outcome("cheap  roofs.\nCall now", Publish), Some(Spam));
        assert_eq!(outcome("Cheap roofs. Call now!", Spam), None);
        assert_eq!(outcome("Nice roofs.", Publish), Some(Hold));
        assert_eq!(outcome("Cheap roofs.", Publish), Some(Hold));
        assert_eq!(outcome("Nice roofs.", Spam), None);
    }
}
