//! What happens when a blog asks about a comment.

use std::cell::RefCell;
use std::sync::Arc;

use serde::Serialize;

use super::Error;
use super::directory::SiteEntry;
use super::edit::version_to_compare;
use super::moderator::Moderator;
use super::threads::{
    LOADED, LOADED_BYTES, LiveThread, PostDigest, Writing, comment_of, conversation, has_text,
    merged, post_of, record_of, together,
};
use super::turns::{Turns, bytes_of};
use crate::analysis::CommentAnalysis;
use crate::classifier::Assessment;
use crate::comment::{Comment, Field, Fingerprint, Label, Post};
use crate::context::{Context, Elsewhere};
use crate::explanation::{Contribution, explain, largest};
use crate::lexical::Features;
use crate::policy::{Policy, Verdict};
use crate::registry::Model;
use crate::storage::{
    CheckRecord, CommentText, Id, Judgement, Milliseconds, Person, PostRecord, PostWrite, Sought,
    StoreError, StoredAnswer,
};

/// Reasons that are kept with a verdict.
const REASONS: usize = 6;

/// Reasons that weigh less, in log-odds, are not kept.
const SMALL: f64 = 0.1;

/// An outcome that the caller's dialect demands, such as that of a test value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forced {
    /// What is answered.
    pub outcome: Verdict,
    /// Why, in words.
    pub reason: String,
}

/// A comment that is to be judged.
#[derive(Debug, Clone, Default)]
pub struct Submission {
    /// The post. What is stored under its `id` counts where nothing is given.
    pub post: Post,
    /// The comments before, if the caller gives them; otherwise those that are stored.
    pub thread: Option<Vec<Comment>>,
    /// The comment. Its label is not looked at.
    pub comment: Comment,
    /// The network address that it came from.
    pub address: Field<String>,
    /// The verdict that the caller says is on it.
    pub verdict: Option<Id>,
    /// By what a caller that knows no id finds the verdict again.
    pub fingerprint: Option<Fingerprint>,
    /// Where the blog wants to be told of a later decision.
    pub callback: Option<String>,
    /// An outcome that the dialect demands.
    pub forced: Option<Forced>,
    /// Whether all contributions are wanted, not only the largest.
    pub explain: bool,
    /// Whether the caller may teach the service a post that is stored already.
    pub may_write_posts: bool,
    /// Whether nothing is to be stored.
    pub dry_run: bool,
}

/// What was made of a comment.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The record, as it is stored.
    pub record: Arc<CheckRecord>,
    /// Whether it is stored.
    pub stored: bool,
    /// Whether a title or a body of the post was known, by which relevance could go.
    pub post_known: bool,
    /// The largest reasons, the heaviest first.
    pub reasons: Vec<Contribution>,
    /// All contributions, if they were asked for.
    pub contributions: Option<Vec<Contribution>>,
}

thread_local! {
    /// Scratch of the lexical model; large, and the same for every comment.
    static FEATURES: RefCell<Features> = RefCell::default();
}

impl Moderator {
    /// Judges comments in their order and stores the verdicts in one write, with the answer that
    /// `answer` makes of them. A comment sees those before it in the same call.
    ///
    /// # Errors
    /// Storage cannot take the verdicts, and the site does not want answers without it; or the key
    /// of the answer is in use.
    pub async fn check(
        &self,
        site: &SiteEntry,
        submissions: Vec<Submission>,
        answer: impl FnOnce(&[Checked]) -> Option<StoredAnswer> + Send,
    ) -> Result<Vec<Checked>, Error> {
        let model = self.models.active();
        let policy = site.settings.policy(&model.classifier);
        let mut writing = self.threads.write(site.site.id);
        let mut all = Vec::with_capacity(submissions.len());
        let mut posts = Vec::new();
        let mut turns = Turns::default();
        for submission in submissions {
            let post = submission.post.body.text().map_or(0, str::len);
            let bytes = bytes_of(&submission.comment) + post;
            all.push(
                self.judge(site, &model, &policy, submission, &mut writing, &mut posts)
                    .await?,
            );
            turns.after(bytes).await;
        }
        let records = writing.records().to_vec();
        if records.is_empty() {
            return Ok(all);
        }
        let answer = answer(&all);
        let taught: Vec<String> = posts.iter().map(|(post, _)| post.id.clone()).collect();
        let written = self
            .store
            .add_checks(site.site.id, posts, records, answer)
            .await;
        match written {
            Ok(()) => {
                writing.stored();
                self.forget_posts(site.site.id, &taught);
            }
            Err(error) => {
                let is_twice = matches!(error, StoreError::Exists { .. });
                if is_twice || !site.settings.answer_without_storage {
                    return Err(error.into());
                }
                tracing::error!(%error, "a verdict was answered and not stored");
                for checked in &mut all {
                    checked.stored = false;
                }
            }
        }
        Ok(all)
    }

    /// Judges a comment after those before it. What is made of it is part of its thread from then on,
    /// and what its post says may come to `posts`, which are to be written.
    async fn judge(
        &self,
        site: &SiteEntry,
        model: &Model,
        policy: &Policy,
        submission: Submission,
        writing: &mut Writing<'_>,
        posts: &mut Vec<(PostRecord, PostWrite)>,
    ) -> Result<Checked, Error> {
        let given = &submission.post;
        let says = PostDigest::of(given);
        // Whether what is given becomes what is known of the post.
        let mut teach = |known: &PostDigest| {
            let write = if submission.may_write_posts {
                PostWrite::Merge
            } else {
                PostWrite::Keep
            };
            let may_teach = write == PostWrite::Merge || (says.has_text && !known.has_text);
            let teaches = may_teach && !submission.dry_run && !given.id.is_empty();
            if teaches && !known.holds(&says) {
                posts.push((record_of(given, self.now()), write));
            }
            teaches
        };
        let (site_id, now) = (site.site.id, self.now());
        // By its id, the post is told from the others.
        let elsewhere = if given.id.is_empty() {
            None
        } else {
            let known = self.known_posts(site).await?;
            known.beside(&given.id)
        };
        let analysis = CommentAnalysis::of(&submission.comment);
        let mut judge_in = |context: &Context, post_known, versions: &[Arc<CheckRecord>]| {
            let checked = self.judge_in(
                site,
                model,
                policy,
                &submission,
                &analysis,
                context,
                post_known,
                elsewhere.as_ref(),
                versions,
                now,
            );
            if checked.stored {
                writing.add(&checked.record);
            }
            checked
        };
        if let Some(thread) = &submission.thread {
            let versions = self.versions(site, &submission).await?;
            let stored = self.stored_post(site, &given.id).await?;
            teach(&PostDigest::of(&stored));
            let post = merged(stored, given);
            let mut context = Context::new(&post);
            let mut turns = Turns::default();
            for comment in thread {
                FEATURES.with_borrow_mut(|features| {
                    let classifier = &model.classifier;
                    classifier.extend(&mut context, comment, policy, features);
                });
                turns.after(bytes_of(comment)).await;
            }
            let checked = judge_in(&context, has_text(&post), &versions);
            if checked.stored {
                self.threads.forget(site_id, &given.id);
            }
            return Ok(checked);
        }
        if given.id.is_empty() {
            let versions = self.versions(site, &submission).await?;
            return Ok(judge_in(&Context::new(given), says.has_text, &versions));
        }
        let place = self.threads.place(site_id, &given.id);
        let live = place.thread.lock().await;
        let versions = self.versions(site, &submission).await?;
        // What a client that teaches nothing says beside a text, such as the address that a post
        // was called by, is no reason to build the thread again.
        let insists = says.has_text || submission.may_write_posts || submission.dry_run;
        let fits = |known: &PostDigest| !insists || known.holds(&says);
        let known = live.as_ref().map(|thread| thread.post);
        // The versions of a comment are no company for each other: one that comes again has a thread
        // of its own, and nobody else waits until that is loaded.
        let first = versions.first().map(|version| version.id);
        let mut live = first.is_none().then_some(live);
        // A thread for this comment alone: others are judged under the post as it is known.
        let mut own = None;
        if live.is_none() || !known.as_ref().is_some_and(fits) {
            let stored = self.stored_post(site, &given.id).await?;
            let known = known.unwrap_or_else(|| PostDigest::of(&stored));
            let post = if insists || !has_text(&stored) {
                merged(stored, given)
            } else {
                stored
            };
            let loaded = self.load(site, &post, first).await?;
            let is_for_all = fits(&known) || teach(&known);
            match &mut live {
                Some(live) if is_for_all => {
                    self.threads.weigh(&place, &loaded);
                    **live = Some(loaded);
                }
                Some(_) | None => own = Some(loaded),
            }
        }
        let thread = own.as_ref().or_else(|| live.as_ref()?.as_ref());
        let Some(thread) = thread else {
            return Err(Error::NotFound("thread"));
        };
        let checked = judge_in(&thread.context, thread.post.has_text, &versions);
        if checked.stored {
            let mut live = match live {
                Some(live) => live,
                None => place.thread.lock().await,
            };
            if first.is_some() {
                // It may hold another version. One that is built meanwhile, and goes as well, has
                // this one from what is being written.
                *live = None;
            } else if let Some(thread) = live.as_mut()
                && checked.record.is_in_conversation()
            {
                thread.context.add(&analysis);
            }
            self.threads.grew(&place, live.as_ref());
        }
        Ok(checked)
    }

    /// A post as it is stored; nothing is known of one that is not, or that has no id.
    async fn stored_post(&self, site: &SiteEntry, id: &str) -> Result<Post, Error> {
        let unknown = || Post {
            id: id.to_owned(),
            ..Post::default()
        };
        if id.is_empty() {
            return Ok(unknown());
        }
        let found = site.found(self.store.post(site.site.id, id).await)?;
        Ok(found.map_or_else(unknown, post_of))
    }

    /// Builds the thread under a post, with what is being written; for a comment that comes again, up
    /// to its `first` version.
    async fn load(
        &self,
        site: &SiteEntry,
        post: &Post,
        first: Option<Id>,
    ) -> Result<LiveThread, Error> {
        let site_id = site.site.id;
        // First: what is committed meanwhile is then found twice rather than not at all.
        let writing = self.threads.writing(site_id, &post.id);
        let stored = self
            .store
            .conversation(site_id, &post.id, first, LOADED, LOADED_BYTES)
            .await;
        let stored = site.found(stored)?;
        let mut context = Context::new(post);
        let mut turns = Turns::default();
        for record in conversation(stored, &writing, first) {
            if let Some(text) = &record.text {
                let comment = comment_of(&record, text);
                context.add(&CommentAnalysis::of(&comment));
                turns.after(bytes_of(&comment)).await;
            }
        }
        let post = PostDigest::of(post);
        Ok(LiveThread { context, post })
    }

    /// The versions of a comment that the blog has asked about before, oldest first: those that are
    /// being written, and of the stored ones those that count.
    async fn versions(
        &self,
        site: &SiteEntry,
        submission: &Submission,
    ) -> Result<Vec<Arc<CheckRecord>>, Error> {
        let (post, comment) = (&submission.post.id, &submission.comment.id);
        // See `CheckRecord::id_of_versions`.
        if post.is_empty() || comment.is_empty() {
            return Ok(Vec::new());
        }
        // In this order, as above.
        let writing = self.threads.writing(site.site.id, post);
        let stored = self.store.versions(site.site.id, post, comment).await;
        let is_version = |record: &&Arc<CheckRecord>| record.comment.as_ref() == Some(comment);
        let writing = writing.iter().filter(is_version);
        Ok(together(site.found(stored)?, writing))
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "everything that a verdict stands on"
    )]
    fn judge_in(
        &self,
        site: &SiteEntry,
        model: &Model,
        policy: &Policy,
        submission: &Submission,
        analysis: &CommentAnalysis<'_>,
        context: &Context,
        post_known: bool,
        elsewhere: Option<&Elsewhere>,
        versions: &[Arc<CheckRecord>],
        now: Milliseconds,
    ) -> Checked {
        let comment = &submission.comment;
        let (assessment, reasons, contributions) = FEATURES.with_borrow_mut(|features| {
            let scene = model.classifier.scene(analysis, context, features);
            let assessment = model.classifier.assess(&scene, policy, elsewhere);
            let classifier = &model.classifier;
            let reasons = largest(classifier, &scene, &assessment, policy, REASONS, SMALL);
            let contributions = submission
                .explain
                .then(|| explain(classifier, &scene, &assessment, policy));
            (assessment, reasons, contributions)
        });
        let mut outcome = assessment.verdict;
        let mut overrides = Vec::new();
        let (mut follows, mut by_entry) = (None, None);
        let edit = version_to_compare(versions, analysis, submission.fingerprint.as_ref());
        if let Some(edit) = &edit {
            let judge = |part: &Comment| {
                let analysis = CommentAnalysis::of(part);
                FEATURES.with_borrow_mut(|features| {
                    let scene = model.classifier.scene(&analysis, context, features);
                    model.classifier.assess(&scene, policy, elsewhere).verdict
                })
            };
            if let Some((decided, why)) = edit.decide(outcome, judge) {
                outcome = decided;
                overrides.push(why);
                // What the model says of added words holds them whatever comes to be decided on
                // those before.
                let is_model_hold = edit.decided.is_none() && decided == Verdict::Hold;
                follows = (!is_model_hold).then_some(edit.version);
            }
        }
        let homepage = analysis.homepage.value();
        let address = submission.address.value().map(String::as_str);
        // What the owner has said of these words goes before what they say of many.
        if !edit.is_some_and(|edit| edit.is_decided_on())
            && let Some(entry) =
                site.entry_for(comment, &analysis.links, homepage, address, &self.secret)
        {
            let does = match entry.label {
                Label::Ham => "lets it through",
                Label::Spam => "blocks it",
            };
            outcome = entry.label.into();
            (follows, by_entry) = (None, Some(entry.id));
            overrides.push(format!(
                "the owner's entry \"{}\" on {} {does}",
                entry.name,
                entry.field.name()
            ));
        }
        if let Some(forced) = &submission.forced {
            outcome = forced.outcome;
            (follows, by_entry) = (None, None);
            overrides.push(forced.reason.clone());
        }
        let person = self.person(submission);
        let record = CheckRecord {
            id: self.ids.next(now),
            site: site.site.id,
            at: now,
            post: submission.post.id.clone(),
            comment: some(&comment.id),
            parent: comment.parent.text().map(str::to_owned),
            kind: comment.kind,
            text: Some(self.text_of(comment, &submission.address)),
            email: person.email,
            address: person.address,
            fingerprint: submission.fingerprint.clone(),
            callback: submission.callback.clone(),
            judgement: Judgement {
                outcome,
                overrides,
                follows,
                entry: by_entry,
                ..judgement(&assessment, policy, model, &reasons)
            },
            answered: Some(site.settings.akismet.answer(outcome)),
            decided: None,
            decided_before: versions
                .iter()
                .filter_map(|it| Some((it.id, it.decided?)))
                .collect(),
            superseded: false,
        };
        Checked {
            record: Arc::new(record),
            stored: !submission.dry_run,
            post_known,
            reasons,
            contributions,
        }
    }

    /// The verdict that the caller says is on a comment, or else the one that its words tell.
    ///
    /// # Errors
    /// Storage cannot be read.
    pub async fn find(
        &self,
        site: &SiteEntry,
        submission: &Submission,
    ) -> Result<Option<CheckRecord>, StoreError> {
        let site = site.site.id;
        if let Some(id) = submission.verdict
            && let Some(known) = self.store.check(site, id).await?
        {
            return Ok(Some(known));
        }
        let Some(fingerprint) = submission.fingerprint.clone() else {
            return Ok(None);
        };
        let comment = &submission.comment;
        let sought = Sought {
            fingerprint,
            comment: some(&comment.id),
            parent: comment.parent.text().map(str::to_owned),
            person: self.person(submission),
        };
        self.store.check_by_fingerprint(site, sought).await
    }

    /// Keeps the blog's id of a comment with the verdict that was found on it, if it was not known: a
    /// new comment has none yet.
    pub(super) async fn name(
        &self,
        site: &SiteEntry,
        found: &CheckRecord,
        comment: &str,
    ) -> Result<(), StoreError> {
        if found.comment.is_some() || comment.is_empty() {
            return Ok(());
        }
        let named = self.store.name_comment(site.site.id, found.id, comment);
        named.await
    }

    /// Who a comment is by.
    fn person(&self, submission: &Submission) -> Person {
        let (email, address) = (&submission.comment.author_email, &submission.address);
        Person {
            email: email.value().map(|email| self.secret.email(email)),
            address: address.value().map(|address| self.secret.address(address)),
        }
    }

    pub(super) fn text_of(&self, comment: &Comment, address: &Field<String>) -> CommentText {
        let plain = |field: &Field<String>| {
            let text = field.text().filter(|_| self.options.keeps_addresses);
            text.map(str::to_owned)
        };
        CommentText {
            author: comment.author.text().map(str::to_owned),
            author_url: comment.author_url.text().map(str::to_owned),
            author_email: plain(&comment.author_email),
            address: plain(address),
            body: comment.body.clone(),
            html: comment.html.text().map(str::to_owned),
            by_post_author: said(&comment.by_post_author),
            honeypot: said(&comment.honeypot),
            seconds_on_page: comment.seconds_on_page.value().copied(),
            role: comment.role.value().copied(),
        }
    }
}

/// What a field says; left empty, it says no.
fn said(field: &Field<bool>) -> Option<bool> {
    match field {
        Field::Known(said) => Some(*said),
        Field::Empty => Some(false),
        Field::Unknown => None,
    }
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// A reason as it is stored beside a verdict.
#[derive(Serialize)]
struct StoredReason<'a> {
    signal: &'a str,
    contribution: f64,
    reason: &'a str,
    places: Vec<[usize; 2]>,
}

/// What model and policy say, which is the outcome unless something overrides it.
fn judgement(
    assessment: &Assessment,
    policy: &Policy,
    model: &Model,
    reasons: &[Contribution],
) -> Judgement {
    let reasons: Vec<StoredReason<'_>> = reasons
        .iter()
        .map(|one| StoredReason {
            signal: &one.signal,
            contribution: one.contribution,
            reason: &one.reason,
            places: one.places.iter().map(|it| [it.start, it.end]).collect(),
        })
        .collect();
    Judgement {
        model: model.id.clone(),
        values: Some(Box::new(assessment.values)),
        spam: assessment.spam,
        relevance: assessment.relevance,
        thresholds: policy.thresholds(assessment.familiarity.is_far()),
        prior_shift: policy.prior_shift,
        hold_below_relevance: policy.hold_below_relevance,
        verdict: assessment.verdict,
        outcome: assessment.verdict,
        overrides: Vec::new(),
        follows: None,
        entry: None,
        reasons: serde_json::to_string(&reasons).unwrap_or_default(),
    }
}
