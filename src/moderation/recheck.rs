//! What happens when a blog asks again about a comment that has a verdict.

use super::check::Submission;
use super::directory::SiteEntry;
use super::edit::reads_the_same;
use super::moderator::Moderator;
use super::threads::comment_of;
use crate::analysis::CommentAnalysis;
use crate::policy::Verdict;
use crate::storage::{CheckRecord, StoreError};

impl Moderator {
    /// Whether the verdict that was `found` on a comment still stands as the blog asks again. Where it
    /// does not, the submission becomes another version of the same comment.
    ///
    /// The blog's id of the comment is kept, if it was not known.
    ///
    /// # Errors
    /// Storage cannot take the id, and the site does not want answers without it.
    pub async fn stands(
        &self,
        site: &SiteEntry,
        found: &CheckRecord,
        submission: &mut Submission,
    ) -> Result<bool, StoreError> {
        let id = &mut submission.comment.id;
        if !submission.dry_run {
            site.found(self.name(site, found, id).await)?;
        }
        if let Some(known) = &found.comment {
            id.clone_from(known);
        }
        submission.post.id.clone_from(&found.post);
        let analysis = CommentAnalysis::of(&submission.comment);
        let is_same = match &found.text {
            Some(text) => reads_the_same(&comment_of(found, text), &analysis),
            None => found.decided.is_some() && found.has_digest_of(submission.fingerprint.as_ref()),
        };
        let entry = site.entry_for(
            &submission.comment,
            &analysis.links,
            analysis.homepage.value(),
            submission.address.value().map(String::as_str),
            &self.secret,
        );
        let is_as_wanted = match entry {
            Some(entry) => Verdict::from(entry.label) == found.judgement.outcome,
            None => found.judgement.entry.is_none(),
        };
        // What the owner has said of these words goes before what they say of many. Undecided words
        // that come back are judged by what became of the comment since, and wait in its place.
        let stands = found.decided.is_some() || (is_as_wanted && !found.superseded);
        Ok(is_same && stands)
    }
}
