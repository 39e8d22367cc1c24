//! What happens when an owner decides.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::directory::SiteEntry;
use super::moderator::Moderator;
use super::settings::origin_of;
use super::{Error, Submission};
use crate::comment::Label;
use crate::policy::Verdict;
use crate::storage::{CheckRecord, DecisionKind, DecisionRecord, Delivery, Id, StoredAnswer};

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
    /// A comment with all its words, which is found by its fingerprint, or judged on the spot if no
    /// verdict is found.
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
    /// How it came in: `api` or `akismet`.
    pub via: &'static str,
}

/// A decision that is stored.
#[derive(Debug, Clone)]
pub struct Decided {
    /// The entry of the log.
    pub record: DecisionRecord,
    /// The verdict that it is about, as it stands now.
    pub check: CheckRecord,
}

/// What a blog is told when a decision changes a verdict that it was given.
pub type Correction = fn(&CheckRecord, guid: &str, label: Label) -> String;

impl Moderator {
    /// Stores decisions in one write, with the answer that `answer` makes of them.
    ///
    /// # Errors
    /// A verdict is not found; nothing is stored then. Or storage cannot take the decisions.
    pub async fn decide(
        &self,
        site: &SiteEntry,
        decisions: Vec<Decision>,
        answer: impl FnOnce(&[Decided]) -> Option<StoredAnswer> + Send,
    ) -> Result<Vec<Decided>, Error> {
        let (mut all, mut new_checks) = (Vec::new(), Vec::new());
        for decision in decisions {
            let (mut check, is_new) = self.target(site, decision.target).await?;
            let now = self.now();
            if is_new {
                new_checks.push(check.clone());
            }
            let record = DecisionRecord {
                id: self.ids.next(now),
                site: site.site.id,
                at: now,
                verdict: check.id,
                kind: DecisionKind::Label(decision.label),
                takes_back: None,
                reporter: decision.reporter,
                via: decision.via.to_owned(),
                outcome: check.judgement.outcome,
            };
            check.decided = Some(decision.label);
            all.push(Decided { record, check });
        }
        self.store_decisions(site, new_checks, &all, answer(&all))
            .await?;
        Ok(all)
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
        answer: impl FnOnce(&[Decided]) -> Option<StoredAnswer> + Send,
    ) -> Result<Decided, Error> {
        let site_id = site.site.id;
        let found = self.store.decision(site_id, decision).await?;
        let found = found.ok_or(Error::NotFound("decision"))?;
        if found.kind == DecisionKind::TakenBack {
            let detail = "expected a decision, found an entry that takes one back";
            return Err(Error::Conflict(detail.into()));
        }
        let log = self.store.decisions_on(site_id, found.verdict).await?;
        let check = self.store.check(site_id, found.verdict).await?;
        let mut check = check.ok_or(Error::NotFound("verdict"))?;
        check.decided = standing(&log, Some(decision));
        let now = self.now();
        let record = DecisionRecord {
            id: self.ids.next(now),
            site: site_id,
            at: now,
            verdict: found.verdict,
            kind: DecisionKind::TakenBack,
            takes_back: Some(decision),
            reporter,
            via: "api".to_owned(),
            outcome: check.judgement.outcome,
        };
        let decided = Decided { record, check };
        let all = std::slice::from_ref(&decided);
        self.store_decisions(site, Vec::new(), all, answer(all))
            .await?;
        Ok(decided)
    }

    async fn store_decisions(
        &self,
        site: &SiteEntry,
        new_checks: Vec<CheckRecord>,
        all: &[Decided],
        answer: Option<StoredAnswer>,
    ) -> Result<(), Error> {
        let records: Vec<DecisionRecord> =
            all.iter().map(|decided| decided.record.clone()).collect();
        // Of several decisions on one verdict, the last stands.
        let last: BTreeMap<Id, &Decided> = all.iter().map(|it| (it.check.id, it)).collect();
        let deliveries: Vec<Delivery> = last
            .into_values()
            .filter_map(|decided| self.delivery(site, decided))
            .collect();
        let delivers = !deliveries.is_empty();
        self.store
            .add_decisions(new_checks, records, deliveries, answer)
            .await?;
        for decided in all {
            // Who belongs to the conversation may have changed.
            self.threads.forget(site.site.id, &decided.check.post);
        }
        if delivers {
            self.deliveries.notify_one();
        }
        Ok(())
    }

    async fn target(&self, site: &SiteEntry, target: Target) -> Result<(CheckRecord, bool), Error> {
        let site_id = site.site.id;
        let found = match target {
            Target::Verdict(id) => self.store.check(site_id, id).await?,
            Target::Comment { post, comment } => {
                self.store.versions(site_id, &post, &comment).await?.pop()
            }
            Target::Words(submission) => {
                let by_fingerprint = match submission.fingerprint {
                    Some(fingerprint) => {
                        self.store
                            .check_by_fingerprint(site_id, fingerprint)
                            .await?
                    }
                    None => None,
                };
                match by_fingerprint {
                    Some(check) => Some(check),
                    None => {
                        let submission = Submission {
                            dry_run: true,
                            ..*submission
                        };
                        let mut checked = self.check(site, vec![submission], |_| None).await?;
                        let judged = checked.pop().ok_or(Error::NotFound("verdict"))?;
                        return Ok((Arc::unwrap_or_clone(judged.record), true));
                    }
                }
            }
        };
        Ok((found.ok_or(Error::NotFound("verdict"))?, false))
    }

    /// What the blog is to be told. A blog that decided itself knows already.
    fn delivery(&self, site: &SiteEntry, decided: &Decided) -> Option<Delivery> {
        if decided.record.via != "api" {
            return None;
        }
        let url = decided.check.callback.clone()?;
        let origin = origin_of(&url)?;
        if !site.settings.akismet.callback_origins.contains(&origin) {
            return None;
        }
        let label = decided.check.decided.unwrap_or({
            // Nothing stands: what was answered counts again.
            if decided.check.judgement.outcome == Verdict::Publish {
                Label::Ham
            } else {
                Label::Spam
            }
        });
        let guid = self.secret.guid(decided.check.id);
        let now = self.now();
        Some(Delivery {
            id: self.ids.next(now),
            site: site.site.id,
            verdict: decided.check.id,
            url,
            body: (self.options.correction)(&decided.check, &guid, label),
            attempts: 0,
            due: now,
        })
    }
}

/// The label that stands after the log of one verdict, without the decision `without`.
fn standing(log: &[DecisionRecord], without: Option<Id>) -> Option<Label> {
    let is_back = |decision: Id| {
        Some(decision) == without || log.iter().any(|entry| entry.takes_back == Some(decision))
    };
    log.iter().rev().find_map(|entry| match entry.kind {
        DecisionKind::Label(label) if !is_back(entry.id) => Some(label),
        _ => None,
    })
}
