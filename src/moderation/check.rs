//! What happens when a blog asks about a comment.

use std::cell::RefCell;
use std::sync::Arc;

use serde::Serialize;

use super::Error;
use super::directory::SiteEntry;
use super::edit::{Edit, version_to_compare};
use super::moderator::Moderator;
use super::threads::{
    LOADED, LiveThread, PostDigest, comment_of, has_text, merged, post_of, record_of,
};
use crate::analysis::CommentAnalysis;
use crate::classifier::Assessment;
use crate::comment::{Comment, Field, Label, Post};
use crate::context::{Context, Elsewhere};
use crate::explanation::{Contribution, explain, largest};
use crate::lexical::Features;
use crate::policy::{Policy, Verdict};
use crate::registry::Model;
use crate::storage::{
    CheckRecord, CommentText, Judgement, Milliseconds, PostRecord, PostWrite, SiteId, StoreError,
    StoredAnswer,
};

/// Reasons that are kept with a verdict.
const REASONS: usize = 6;

/// Reasons that weigh less, in log-odds, are not kept.
const SMALL: f64 = 0.1;

/// Comments that are judged before others get a turn.
const TURN: usize = 16;

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
    /// Digest by which a caller that knows no id finds the verdict again.
    pub fingerprint: Option<i64>,
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
        let mut all = Vec::with_capacity(submissions.len());
        let mut posts = Vec::new();
        for (index, submission) in submissions.into_iter().enumerate() {
            if index % TURN == TURN - 1 {
                tokio::task::yield_now().await;
            }
            all.push(
                self.judge(site, &model, &policy, submission, &mut posts)
                    .await?,
            );
        }
        let records: Vec<Arc<CheckRecord>> = all
            .iter()
            .filter(|checked| checked.stored)
            .map(|checked| Arc::clone(&checked.record))
            .collect();
        if records.is_empty() {
            return Ok(all);
        }
        let answer = answer(&all);
        let taught: Vec<String> = posts.iter().map(|(post, _)| post.id.clone()).collect();
        let written = self.write(site.site.id, posts, records, answer).await;
        match written {
            Ok(()) => self.forget_posts(site.site.id, &taught),
            Err(error) => {
                // The comments stand in contexts in memory, and not in storage.
                for checked in &all {
                    self.threads.forget(site.site.id, &checked.record.post);
                }
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

    async fn write(
        &self,
        site: SiteId,
        posts: Vec<(PostRecord, PostWrite)>,
        records: Vec<Arc<CheckRecord>>,
        answer: Option<StoredAnswer>,
    ) -> Result<(), StoreError> {
        let (merged, kept): (Vec<_>, Vec<_>) = posts
            .into_iter()
            .partition(|(_, write)| *write == PostWrite::Merge);
        let put = |posts: Vec<(PostRecord, PostWrite)>, write| async move {
            let posts: Vec<PostRecord> = posts.into_iter().map(|(post, _)| post).collect();
            if posts.is_empty() {
                return Ok(0);
            }
            self.store.put_posts(site, posts, write).await
        };
        // Asked for at once, they are committed together.
        tokio::try_join!(
            put(merged, PostWrite::Merge),
            put(kept, PostWrite::Keep),
            self.store.add_checks(records, answer)
        )?;
        Ok(())
    }

    async fn judge(
        &self,
        site: &SiteEntry,
        model: &Model,
        policy: &Policy,
        submission: Submission,
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
        let edit = self.edit_of(site, &submission).await?;
        // By its id, the post is told from the others.
        let elsewhere = if submission.post.id.is_empty() {
            None
        } else {
            let known = self.known_posts(site).await?;
            known.beside(&submission.post.id)
        };
        let analysis = CommentAnalysis::of(&submission.comment);
        let judge_in = |analysis: &CommentAnalysis<'_>, context: &Context, edit: Option<Edit>| {
            self.judge_in(
                site,
                model,
                policy,
                &submission,
                analysis,
                context,
                elsewhere.as_ref(),
                edit,
                now,
            )
        };
        let is_conversation = |checked: &Checked| checked.record.judgement.outcome != Verdict::Spam;
        if let Some(thread) = &submission.thread {
            let stored = self.stored_post(site, &given.id).await?;
            teach(&PostDigest::of(&stored));
            let post = merged(stored, given);
            let context = model.classifier.context_after(&post, thread, policy);
            return Ok(judge_in(&analysis, &context, edit));
        }
        if submission.post.id.is_empty() {
            let context = Context::new(&submission.post);
            return Ok(judge_in(&analysis, &context, edit));
        }
        if let Some(edit) = edit {
            let stored = self.stored_post(site, &given.id).await?;
            teach(&PostDigest::of(&stored));
            // The versions of a comment are no company for each other.
            let post = merged(stored, given);
            let thread = self.load(site, &post, Some(&edit)).await?;
            let context = &thread.context;
            let checked = judge_in(&analysis, context, Some(edit));
            if !submission.dry_run {
                self.threads.forget(site_id, &submission.post.id);
            }
            return Ok(checked);
        }
        let place = self.threads.place(site_id, &submission.post.id);
        let mut live = place.lock().await;
        // What a client that teaches nothing says beside a text, such as the address that a post
        // was called by, is no reason to build the thread again.
        let insists = says.has_text || submission.may_write_posts || submission.dry_run;
        let fits = |known: &PostDigest| !insists || known.holds(&says);
        // A thread for this comment alone: others are judged under the post as it is known.
        let mut own = None;
        if !live.as_ref().is_some_and(|thread| fits(&thread.post)) {
            let stored = self.stored_post(site, &given.id).await?;
            let known = live
                .as_ref()
                .map_or_else(|| PostDigest::of(&stored), |thread| thread.post);
            let post = if insists || !has_text(&stored) {
                merged(stored, given)
            } else {
                stored
            };
            let loaded = self.load(site, &post, None).await?;
            if fits(&known) || teach(&known) {
                self.threads.weigh(site_id, &given.id, &place, &loaded);
                *live = Some(loaded);
            } else {
                own = Some(loaded);
            }
        }
        let Some(thread) = own.as_ref().or(live.as_ref()) else {
            return Err(Error::NotFound("thread"));
        };
        let checked = judge_in(&analysis, &thread.context, None);
        if !submission.dry_run
            && is_conversation(&checked)
            && let Some(thread) = live.as_mut()
        {
            thread.context.add(&analysis);
            self.threads.grew(site_id, &given.id, &place, thread);
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
        let found = match self.store.post(site.site.id, id).await {
            Ok(found) => found,
            Err(_) if site.settings.answer_without_storage => None,
            Err(error) => return Err(error.into()),
        };
        Ok(found.map_or_else(unknown, post_of))
    }

    /// Builds the thread under a post from storage; without the versions of a comment, and up to it,
    /// if it is an edit.
    async fn load(
        &self,
        site: &SiteEntry,
        post: &Post,
        edit: Option<&Edit>,
    ) -> Result<LiveThread, Error> {
        let mut context = Context::new(post);
        let conversation = match self
            .store
            .conversation(site.site.id, &post.id, LOADED)
            .await
        {
            Ok(conversation) => conversation,
            Err(_) if site.settings.answer_without_storage => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        for record in &conversation {
            if edit.is_some_and(|edit| record.id >= edit.first) {
                break;
            }
            if let Some(text) = &record.text {
                context.add(&CommentAnalysis::of(&comment_of(record, text)));
            }
        }
        let post = PostDigest::of(post);
        Ok(LiveThread { context, post })
    }

    async fn edit_of(
        &self,
        site: &SiteEntry,
        submission: &Submission,
    ) -> Result<Option<Edit>, Error> {
        if submission.comment.id.is_empty() {
            return Ok(None);
        }
        let (site_id, post) = (site.site.id, &submission.post.id);
        match self
            .store
            .versions(site_id, post, &submission.comment.id)
            .await
        {
            Ok(versions) => Ok(version_to_compare(versions, &submission.comment)),
            Err(_) if site.settings.answer_without_storage => Ok(None),
            Err(error) => Err(error.into()),
        }
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
        elsewhere: Option<&Elsewhere>,
        edit: Option<Edit>,
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
        if let Some(edit) = &edit {
            let judge = |part: &Comment| {
                let analysis = CommentAnalysis::of(part);
                FEATURES.with_borrow_mut(|features| {
                    let scene = model.classifier.scene(&analysis, context, features);
                    model.classifier.assess(&scene, policy, elsewhere).verdict
                })
            };
            if let Some((decided, why)) = edit.decide(comment, outcome, judge) {
                outcome = decided;
                overrides.push(why);
            }
        }
        let homepage = analysis.homepage.value();
        let address = submission.address.value().map(String::as_str);
        if let Some(entry) =
            site.entry_for(comment, &analysis.links, homepage, address, &self.secret)
        {
            let (decided, does) = match entry.label {
                Label::Ham => (Verdict::Publish, "lets it through"),
                Label::Spam => (Verdict::Spam, "blocks it"),
            };
            outcome = decided;
            overrides.push(format!(
                "the owner's entry \"{}\" on {} {does}",
                entry.name, entry.field
            ));
        }
        if let Some(forced) = &submission.forced {
            outcome = forced.outcome;
            overrides.push(forced.reason.clone());
        }
        let record = CheckRecord {
            id: self.ids.next(now),
            site: site.site.id,
            at: now,
            post: submission.post.id.clone(),
            comment: some(&comment.id),
            parent: comment.parent.text().map(str::to_owned),
            kind: comment.kind,
            text: Some(self.text_of(comment, &submission.address)),
            email: comment
                .author_email
                .value()
                .map(|email| self.secret.email(email)),
            address: address.map(|address| self.secret.address(address)),
            fingerprint: submission.fingerprint,
            callback: submission.callback.clone(),
            judgement: judgement(&assessment, policy, model, outcome, overrides, &reasons),
            answered: Some(site.settings.akismet.answer(outcome)),
            decided: None,
            superseded: false,
        };
        Checked {
            record: Arc::new(record),
            stored: !submission.dry_run,
            reasons,
            contributions,
        }
    }

    fn text_of(&self, comment: &Comment, address: &Field<String>) -> CommentText {
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

fn judgement(
    assessment: &Assessment,
    policy: &Policy,
    model: &Model,
    outcome: Verdict,
    overrides: Vec<String>,
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
    let thresholds = policy.thresholds(assessment.familiarity.is_far());
    Judgement {
        model: model.id.clone(),
        values: Some(Box::new(assessment.values)),
        spam: assessment.spam,
        relevance: assessment.relevance,
        thresholds: (thresholds.hold, thresholds.spam),
        prior_shift: policy.prior_shift,
        hold_below_relevance: policy.hold_below_relevance,
        verdict: assessment.verdict,
        outcome,
        overrides,
        reasons: serde_json::to_string(&reasons).unwrap_or_default(),
    }
}
