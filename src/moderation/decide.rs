//! What happens when an owner decides.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::directory::SiteEntry;
use super::moderator::Moderator;
use super::settings::origin_of;
use super::{Error, Submission};
use crate::comment::Label;
use crate::policy::Verdict;
use crate::storage::{
    AnswerTo, CheckRecord, CommentText, DecisionKind, DecisionRecord, Id, Message, NewDecision,
    StoreError, StoredAnswer, Via,
};

/// What a decision is about.
#[derive(Debug, Clone)]
pub enum Target {
    /// A verdict.
    Verdict(Id),
    /// The latest version of a comment that the blog knows by its own id.
    Comment {
        /// The post's id; empty if the blog gave none.
        post: String,
        /// The comment's id.
        comment: String,
    },
    /// A comment with all its words: the verdict that is [found](Moderator::find) on it, which keeps
    /// the blog's id of the comment from then on, or one that is made on the spot.
    Words(Box<Submission>),
}

/// One decision.
#[derive(Debug, Clone)]
pub struct Decision {
    /// What it is about.
    pub target: Target,
    /// What it says.
    pub label: Label,
    /// Who decided, as the blog names them.
    pub reporter: Option<String>,
    /// How it came in.
    pub via: Via,
}

/// A decision that is stored.
#[derive(Debug, Clone)]
pub struct Decided {
    /// The entry of the log.
    pub record: DecisionRecord,
    /// Whether the blog had asked about the comment, or only reported it.
    pub was_answered: bool,
}

/// A verdict that is decided on.
struct About {
    check: CheckRecord,
    /// Whether it was made on the spot.
    is_new: bool,
    /// The words that came with the decision.
    text: Option<CommentText>,
}

/// What a blog is told when a decision changes a verdict that it was given.
///
/// The names are those under which the blog may know the comment.
pub type Correction = fn(&CheckRecord, guids: &[String], label: Label) -> String;

impl Moderator {
    /// Stores decisions in one write, with the answer that `answer` makes of them.
    ///
    /// # Errors
    /// A verdict is not found, or storage cannot take the decisions. None of them is stored then; the
    /// blog's ids of comments that came with their words may be.
    pub async fn decide(
        &self,
        site: &SiteEntry,
        decisions: Vec<Decision>,
        answer: impl Fn(&[DecisionRecord]) -> Option<StoredAnswer> + Send + 'static,
    ) -> Result<Vec<Decided>, Error> {
        let (mut checks, mut new_checks, mut new) = (Vec::new(), Vec::new(), Vec::new());
        for (place, decision) in decisions.into_iter().enumerate() {
            let about = self.target(site, decision.target).await?;
            let About {
                check,
                is_new,
                text,
            } = about.ok_or(Error::NoVerdict(place))?;
            if is_new {
                new_checks.push(check.clone());
            }
            let kind = DecisionKind::Label(decision.label);
            let entry = self.entry(site, &check, kind, decision.reporter, decision.via);
            new.push(NewDecision {
                text,
                ..entry.await?
            });
            checks.push(check);
        }
        let written = self
            .store_decisions(site, &checks, new_checks, new, Box::new(answer))
            .await?;
        let all = written.into_iter().zip(checks);
        Ok(all
            .map(|(record, check)| Decided {
                record,
                was_answered: check.answered.is_some(),
            })
            .collect())
    }

    /// Takes a decision back: the one before it stands again, or none.
    ///
    /// # Errors
    /// The decision is not found, or was taken back already; or storage cannot take the entry.
    pub async fn take_back(
        &self,
        site: &SiteEntry,
        decision: Id,
        reporter: Option<String>,
    ) -> Result<DecisionRecord, Error> {
        let site_id = site.site.id;
        let found = self.store.decision(site_id, decision).await?;
        let found = found.ok_or(Error::NotFound("decision"))?;
        if found.kind == DecisionKind::TakenBack {
            let detail = "expected a decision, found an entry that takes one back";
            return Err(Error::Conflict(detail.into()));
        }
        let check = self.store.check(site_id, found.verdict).await?;
        let check = check.ok_or(Error::NotFound("verdict"))?;
        let new = self.entry(site, &check, DecisionKind::TakenBack, reporter, Via::Api);
        let mut new = new.await?;
        new.record.takes_back = Some(decision);
        let written = self
            .store_decisions(site, &[check], Vec::new(), vec![new], Box::new(|_| None))
            .await?;
        let entry = written.into_iter().next();
        entry.ok_or(Error::NotFound("decision"))
    }

    async fn entry(
        &self,
        site: &SiteEntry,
        check: &CheckRecord,
        kind: DecisionKind,
        reporter: Option<String>,
        via: Via,
    ) -> Result<NewDecision, StoreError> {
        // A blog that decided itself knows already.
        let message = match via {
            Via::Api => self.message(site, check).await?,
            Via::Akismet => None,
        };
        Ok(NewDecision {
            record: DecisionRecord {
                id: Id(0),
                site: site.site.id,
                at: self.now(),
                verdict: check.id,
                kind,
                takes_back: None,
                reporter,
                via,
                outcome: check.judgement.outcome,
            },
            text: None,
            message,
        })
    }

    async fn store_decisions(
        &self,
        site: &SiteEntry,
        checks: &[CheckRecord],
        new_checks: Vec<CheckRecord>,
        decisions: Vec<NewDecision>,
        answer: AnswerTo,
    ) -> Result<Vec<DecisionRecord>, Error> {
        let tells = decisions.iter().any(|new| new.message.is_some());
        let (ids, now) = (Arc::clone(&self.ids), self.now());
        let next_id = Box::new(move || ids.next(now));
        let written = self
            .store
            .add_decisions(new_checks, decisions, next_id, answer)
            .await?;
        for check in checks {
            // Who belongs to the conversation may have changed.
            self.threads.forget(site.site.id, &check.post);
        }
        if tells {
            self.deliveries.notify_one();
        }
        Ok(written)
    }

    /// What a decision is about.
    async fn target(&self, site: &SiteEntry, target: Target) -> Result<Option<About>, Error> {
        let site_id = site.site.id;
        let found = match target {
            Target::Verdict(id) => match self.store.check(site_id, id).await? {
                Some(check) => Some(self.latest_of(check).await?),
                None => None,
            },
            Target::Comment { post, comment } => {
                self.store.versions(site_id, &post, &comment).await?.pop()
            }
            Target::Words(submission) => {
                return self.reported(site, *submission).await.map(Some);
            }
        };
        Ok(found.map(|check| About {
            check,
            is_new: false,
            text: None,
        }))
    }

    /// The verdict on the latest version of a comment, where that says the same: who decides decides
    /// on words, whichever of the verdicts on them they know.
    async fn latest_of(&self, check: CheckRecord) -> Result<CheckRecord, StoreError> {
        let Some(comment) = check.id_of_versions().filter(|_| check.superseded) else {
            return Ok(check);
        };
        let versions = self.store.versions(check.site, &check.post, comment);
        let latest = versions.await?.pop();
        Ok(latest
            .filter(|latest| latest.has_words_of(&check))
            .unwrap_or(check))
    }

    /// The verdict on a comment that came with its words.
    async fn reported(&self, site: &SiteEntry, submission: Submission) -> Result<About, Error> {
        if let Some(check) = self.find(site, &submission).await? {
            let comment = &submission.comment;
            self.name(site, &check, &comment.id).await?;
            let text = self.text_of(comment, &submission.address);
            return Ok(About {
                check: self.latest_of(check).await?,
                is_new: false,
                text: Some(text).filter(|text| !text.body.is_empty()),
            });
        }
        let submission = Submission {
            dry_run: true,
            ..submission
        };
        let mut checked = self.check(site, vec![submission], |_| None).await?;
        let judged = checked.pop().ok_or(Error::NotFound("verdict"))?;
        let check = CheckRecord {
            answered: None,
            ..Arc::unwrap_or_clone(judged.record)
        };
        Ok(About {
            check,
            is_new: true,
            text: None,
        })
    }

    /// What the blog is to be told of a comment, whatever comes to stand for it. The blog looks for the
    /// comment as it last described it.
    ///
    /// Some blogs keep the name of the first answer on a comment and some that of the latest that they
    /// were given.
    async fn message(
        &self,
        site: &SiteEntry,
        check: &CheckRecord,
    ) -> Result<Option<Message>, StoreError> {
        let origins = &site.settings.akismet.callback_origins;
        let origin = check.callback.as_deref().and_then(origin_of);
        if let Some(origin) = origin.filter(|origin| !origins.contains(origin)) {
            let site = site.site.id.0;
            tracing::warn!(
                site,
                origin,
                "the blog is not told of a decision: it asks to be called at an origin that \
                 `akismet.callback_origins` of its site does not have"
            );
        }
        if origins.is_empty() {
            return Ok(None);
        }
        let versions = match check.id_of_versions() {
            Some(comment) => {
                let versions = self.store.versions(site.site.id, &check.post, comment);
                versions.await?
            }
            None => vec![check.clone()],
        };
        let address = |version: &CheckRecord| {
            let url = version.callback.clone()?;
            origins.contains(&origin_of(&url)?).then_some(url)
        };
        let asked = versions
            .iter()
            .rev()
            .find_map(|it| Some((it, address(it)?)));
        let (Some((asked, url)), Some(first), Some(latest)) =
            (asked, versions.first(), versions.last())
        else {
            return Ok(None);
        };
        let ids = BTreeSet::from([first.id, check.id, asked.id, latest.id]);
        let guids: Vec<String> = ids.into_iter().map(|id| self.secret.guid(id)).collect();
        let says = |label| (self.options.correction)(asked, &guids, label);
        Ok(Some(Message {
            verdict: latest.id,
            url,
            ham: says(Label::Ham),
            spam: says(Label::Spam),
            held: site.settings.akismet.answer(Verdict::Hold),
        }))
    }
}
