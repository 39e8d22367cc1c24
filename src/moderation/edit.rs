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
use crate::comment::{Comment, Field, Fingerprint, Label, folded, place};
use crate::policy::Verdict;
use crate::storage::{CheckRecord, Id};
use crate::tokens::Link;

/// What an edit is compared with.
#[derive(Debug, Clone)]
pub(super) struct Edit {
    /// The version before.
    before: Comment,
    /// What the owner decided on it; otherwise the model published it.
    pub(super) decided: Option<Label>,
    /// The verdict on it.
    pub(super) version: Id,
}

/// The version to compare with, given those of a comment, oldest first: the last one with the same
/// words that the owner decided on, or else the last one that the owner decided on, or else the
/// first one that the model published. `None` if there is none.
///
/// Where the words of a decided version were removed after their time, the fingerprint tells whether they
/// are those of the comment.
pub(super) fn version_to_compare(
    versions: &[Arc<CheckRecord>],
    comment: &Comment,
    fingerprint: Option<&Fingerprint>,
) -> Option<Edit> {
    let edit = |it: &Arc<CheckRecord>| Edit::of(it, comment, fingerprint);
    let edits: Vec<Edit> = versions.iter().filter_map(edit).collect();
    let is_decided = |edit: &&Edit| edit.decided.is_some();
    let is_same = |edit: &&Edit| edit.is_decided_on(comment);
    let mut latest = edits.iter().rev();
    latest
        .clone()
        .find(is_same)
        .or_else(|| latest.find(is_decided))
        .or_else(|| edits.first())
        .cloned()
}

/// Whether a comment says what another version says, whatever the case and the spacing.
fn has_same_words(before: &Comment, comment: &Comment) -> bool {
    has_same_signature(before, comment) && normal(&before.body) == normal(&comment.body)
}

/// Whether name and homepage are those of another version, as far as they are given, however a blog
/// writes them.
fn has_same_signature(before: &Comment, comment: &Comment) -> bool {
    let same = |before: &Field<String>, given: &Field<String>, plain: fn(&str) -> String| {
        let before = before.text().unwrap_or_default();
        let given = given.text();
        given.is_none_or(|given| plain(before) == plain(given))
    };
    same(&before.author, &comment.author, folded)
        && same(&before.author_url, &comment.author_url, place)
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
        && !has_more_links(before, stored.comment)
}

/// Whether a comment has a link that another version has not, be it in the markup alone.
fn has_more_links(before: &Comment, comment: &Comment) -> bool {
    let (before, comment) = (CommentAnalysis::of(before), CommentAnalysis::of(comment));
    let known: HashSet<&str> = before.links.iter().map(target).collect();
    let mut links = comment.links.iter().map(target);
    links.any(|target| !known.contains(target))
}

fn target(link: &Link) -> &str {
    &link.target
}

/// The lines and sentences of an edited comment that do not stand in the version before, as a
/// comment of its own; `None` if nothing was added. Another name or homepage counts as added, and so
/// does a link that no added words show: then the whole comment is looked at.
fn added_part(before: &Comment, edited: &Comment) -> Option<Comment> {
    if !has_same_signature(before, edited) {
        return Some(edited.clone());
    }
    let known: HashSet<String> = parts(&before.body).map(normal).collect();
    let added: Vec<&str> = parts(&edited.body)
        .filter(|part| !known.contains(&normal(part)))
        .map(|part| part.trim_end_matches('\n'))
        .collect();
    let has_more_links = has_more_links(before, edited);
    if added.is_empty() {
        return has_more_links.then(|| edited.clone());
    }
    let html = if has_more_links {
        edited.html.clone()
    } else {
        Field::Unknown
    };
    Some(Comment {
        body: added.join("\n"),
        html,
        ..edited.clone()
    })
}

/// Whether an edited comment says all that the version before says, once and in the same order,
/// whatever it says beside.
fn keeps_all(before: &Comment, edited: &Comment) -> bool {
    let before: Vec<String> = parts(&before.body).map(normal).collect();
    let known: HashSet<&String> = before.iter().collect();
    let kept = parts(&edited.body).map(normal);
    kept.filter(|part| known.contains(part))
        .eq(before.iter().cloned())
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
    let part = folded(part);
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
    /// A version as one to compare with, if it is one.
    fn of(
        version: &CheckRecord,
        comment: &Comment,
        fingerprint: Option<&Fingerprint>,
    ) -> Option<Self> {
        let judgement = &version.judgement;
        let is_decided = version.decided.is_some();
        let is_published = [judgement.verdict, judgement.outcome] == [Verdict::Publish; 2];
        let before = match &version.text {
            Some(text) if is_decided || is_published => comment_of(version, text),
            None if is_decided && version.has_digest_of(fingerprint) => comment.clone(),
            Some(_) | None => return None,
        };
        Some(Self {
            before,
            decided: version.decided,
            version: version.id,
        })
    }

    /// Whether the owner decided on the words of a comment.
    pub(super) fn is_decided_on(&self, comment: &Comment) -> bool {
        self.decided.is_some() && has_same_words(&self.before, comment)
    }

    /// What becomes of a comment that came again, given the verdict on the whole of it; `judge` gives
    /// that on a part. `None` if the verdict on the whole stands.
    pub(super) fn decide(
        &self,
        comment: &Comment,
        whole: Verdict,
        judge: impl FnOnce(&Comment) -> Verdict,
    ) -> Option<(Verdict, String)> {
        if self.decided == Some(Label::Spam) {
            return self.decide_on_refused(comment, whole);
        }
        let added = added_part(&self.before, comment).as_ref().map(judge);
        self.decide_on_published(whole, added, keeps_all(&self.before, comment))
    }

    fn decide_on_refused(&self, comment: &Comment, whole: Verdict) -> Option<(Verdict, String)> {
        if has_same_words(&self.before, comment) {
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
        keeps_all: bool,
    ) -> Option<(Verdict, String)> {
        let by_owner = self.decided.is_some();
        let by = if by_owner { "approved" } else { "published" };
        let overrides = |verdict, why: String| (verdict != whole).then_some((verdict, why));
        match added {
            None if keeps_all => {
                let why = format!("the words are those of the version that was {by}");
                overrides(Verdict::Publish, why)
            }
            Some(added) if added > whole => {
                let why = format!("what was added since the version that was {by} looks like spam");
                Some((Verdict::Hold, why))
            }
            // The owner has called the rest genuine.
            Some(Verdict::Publish) if by_owner && keeps_all => {
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

    #[test]
    fn what_was_added_is_found_whatever_the_case_and_the_spacing() {
        let approved = comment("I ran in them. They last!");
        assert!(added_part(&approved, &comment("I  RAN in them.\nThey last")).is_none());
        let added = added_part(
            &approved,
            &comment("I ran in them. Cheap roofs at my site."),
        );
        assert_eq!(added.unwrap().body.trim(), "Cheap roofs at my site.");
        let link = "I ran in them. See https://roofs.example/now!\nGood.";
        let added = added_part(&approved, &comment(link)).unwrap();
        assert_eq!(added.body, " See https://roofs.example/now!\nGood.");
        let signed = |author: &str, homepage: &str| Comment {
            author: Field::from(author),
            author_url: Field::from(homepage),
            ..comment("They last!")
        };
        let (new, stored) = (
            signed("Tom & Jerry", "https://tom.example"),
            signed("Tom &amp; Jerry ", "https://tom.example/"),
        );
        assert!(has_same_words(&new, &stored));
        assert_eq!(added_part(&new, &stored), None);
        let other = signed("Tom & Jerry", "https://tom.example/roofs");
        assert_eq!(added_part(&new, &other), Some(other));
        let mut renamed = comment("I ran in them.");
        renamed.author = Field::from("Roof Repair");
        assert_eq!(added_part(&approved, &renamed).unwrap().body, renamed.body);
    }

    #[test]
    fn links_that_only_the_markup_shows_and_words_without_letters_are_added_too() {
        let with = |body: &str, html: &str| Comment {
            html: Field::from(html),
            ..comment(body)
        };
        let shoes = r#"<a href="https://shoes.example/a">They</a> last."#;
        let roofs = r#"They <a href="https://roofs.example/a">last</a>."#;
        let added = added_part(&with("They last.", shoes), &with("They last.", roofs));
        assert_eq!(added, Some(with("They last.", roofs)));
        let both = with("They last. Cheap roofs.", roofs);
        let added = added_part(&with("They last.", shoes), &both).unwrap();
        assert_eq!(added, with(" Cheap roofs.", roofs));
        let none = added_part(&with("They last.", shoes), &with("They  last", shoes));
        assert_eq!(none, None);
        assert_eq!(
            added_part(&with("They last.", shoes), &comment("They last.")),
            None
        );

        let (shoe, roof) = (comment("👟👟"), comment("🏠🏠"));
        assert!(!has_same_words(&shoe, &roof));
        assert_eq!(added_part(&shoe, &roof), Some(roof));
        assert_eq!(added_part(&shoe, &shoe), None);
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
        let edit = |by_owner: bool| Edit {
            before: comment("x"),
            decided: by_owner.then_some(Label::Ham),
            version: Id(1),
        };
        let outcome = |by_owner, whole, added| {
            edit(by_owner)
                .decide_on_published(whole, added, true)
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

    #[test]
    fn what_was_left_of_a_comment_is_not_published_for_what_was_taken_away() {
        let (quoted, comments) = ("Cheap roofs.", ["Mailed to me:", "What nonsense!"]);
        let before = comment(&[comments[0], quoted, comments[1]].join("\n"));
        let outcome = |decided, body: &str, whole| {
            let edit = Edit {
                before: before.clone(),
                decided,
                version: Id(1),
            };
            let decided = edit.decide(&comment(body), whole, |_| Verdict::Publish);
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
        let refused = Edit {
            before: comment("Cheap roofs. Call now!"),
            decided: Some(Label::Spam),
            version: Id(1),
        };
        let outcome = |body, whole| {
            let decided = refused.decide(&comment(body), whole, |_| Verdict::Publish);
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
