//! What a decision on one version of a comment means for the latest one, which nobody may have
//! decided on: a blog asks about the same words again, or while their owner decides.

use super::{CheckRecord, CommentText};
use crate::comment::{Fingerprint, Label, Saying};
use crate::policy::Verdict;

impl CheckRecord {
    /// The blog's own id of the comment, by which its other versions are found. Without a post there
    /// are none: the ids may begin anew on every page, and the next reader's comment is no edit.
    pub fn id_of_versions(&self) -> Option<&str> {
        self.comment.as_deref().filter(|_| !self.post.is_empty())
    }

    /// Lets this, the latest version of a comment, follow what stands of the earlier `version`:
    ///
    /// - Where `version` was decided on and says the same, the decision is one on this version as well.
    /// - Where an override came from a decision on `version` that does not stand any longer, it goes.
    ///   Then the last of `versions` counts that was decided on and says the same.
    /// - Where an override went and there is none that counts, the verdict stands again, unless this
    ///   version is held for a decision or was overridden before as well: what would have become of it
    ///   is not known any longer, and it waits.
    pub fn follow(&mut self, version: &Self, versions: &[Self]) {
        let decided = version.decided.map(Verdict::from);
        let judgement = &mut self.judgement;
        let goes = judgement.follows == Some(version.id) && decided != Some(judgement.outcome);
        if goes {
            judgement.overrides.pop();
            judgement.follows = None;
            if judgement.outcome == Verdict::Hold || !judgement.overrides.is_empty() {
                let why = "the owner changed or took back the decision on an earlier version";
                judgement.overrides = vec![why.to_owned()];
                judgement.outcome = Verdict::Hold;
            } else {
                judgement.outcome = judgement.verdict;
            }
        }
        let is_decided = |other: &&Self| {
            other.id != self.id && other.decided.is_some() && self.has_words_of(other)
        };
        let others = versions.iter().rev().filter(|_| goes);
        let Some(counts) = std::iter::once(version).chain(others).find(is_decided) else {
            return;
        };
        let judgement = &mut self.judgement;
        let differs = |label: &Label| Verdict::from(*label) != judgement.outcome;
        if let Some(decided) = counts.decided.filter(differs) {
            let why = "the owner decided on an earlier version with the same words";
            judgement.overrides.push(why.to_owned());
            judgement.follows = Some(counts.id);
            judgement.outcome = decided.into();
            self.decided_before = vec![(counts.id, decided)];
        }
    }

    /// Whether it says what another version says, as far as it is known. Where words were removed
    /// after their time, the digest of name and words tells.
    pub fn has_words_of(&self, version: &Self) -> bool {
        if let (Some(own), Some(text)) = (&self.text, &version.text) {
            return own.saying().is_that_of(&text.saying());
        }
        self.has_digest_of(version.fingerprint.as_ref())
    }

    /// Whether name and words have the digest of a fingerprint; not so where either is not known.
    pub fn has_digest_of(&self, fingerprint: Option<&Fingerprint>) -> bool {
        let own = self.fingerprint.as_ref();
        own.zip(fingerprint)
            .is_some_and(|(own, other)| own.words == other.words)
    }
}

impl CommentText {
    /// What it says.
    pub fn saying(&self) -> Saying {
        Saying::new(
            self.author.as_deref(),
            self.author_url.as_deref(),
            &self.body,
            self.html.as_deref(),
        )
    }
}
