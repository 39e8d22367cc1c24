//! Takes a comment in its thread and gives an [`Assessment`]: the stages from analysis to log-odds in
//! one call. Training fills in the parts, serving reads them from a model file. While training, scenes
//! are made of parts that have not seen the blog, by the functions that [`Classifier::scene`] uses.

use crate::analysis::CommentAnalysis;
use crate::calibration::{log_odds, probability};
use crate::comment::{Comment, Label, Thread};
use crate::context::{Background, Context, Elsewhere};
use crate::familiarity::Familiarity;
use crate::features::relevance_features;
use crate::lexical::{Features, Field, LexicalModel, PhraseCounts, PhraseTable};
use crate::model::{AdditiveModel, RelevanceModel, SpamModel};
use crate::policy::{Policy, Thresholds, Verdict};
use crate::signals::{self, N_SIGNALS, Scene};

/// All trained parts.
#[derive(Debug, Clone)]
pub struct Classifier<'m> {
    /// How rare words are.
    pub background: Background<'m>,
    /// What texts are made of.
    pub lexical: LexicalModel<'m>,
    /// Phrases of several blogs.
    pub phrases: PhraseTable<'m>,
    /// The relevance head.
    pub relevance: RelevanceModel,
    /// The spam heads, calibrated.
    pub spam: SpamModel,
    /// The share of spam that the spam log-odds assume, in (0, 1).
    pub prior: f64,
    /// Where verdicts begin, at that prior.
    pub thresholds: Thresholds,
    /// Deciles of the log-odds of spam at that prior, over comments of blogs that the model had not
    /// seen, every blog weighing the same: what scores were like when the model was made.
    pub reference: [f64; N_DECILES],
}

/// Cut points between ten parts.
pub const N_DECILES: usize = 9;

/// What the classifier says of one comment.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    /// The value of every signal, NaN for unknown.
    pub values: [f32; N_SIGNALS],
    /// Log-odds of spam at the prior in use: the sum of the contributions.
    pub spam: f64,
    /// Log-odds of relevance at even odds, 0 where it is unknown. Beside the other threads of the
    /// blog, where they are known; the signal of that name, which the spam log-odds stand on, looks
    /// at the thread alone.
    pub relevance: f64,
    /// How much of it stands in the genuine texts that the model has learned from.
    pub familiarity: Familiarity,
    /// The verdict.
    pub verdict: Verdict,
}

impl Assessment {
    /// The probability of spam.
    pub fn spam_probability(&self) -> f64 {
        probability(self.spam)
    }

    /// Whether a comment that nobody has decided on belongs to the conversation, by which the next ones
    /// are judged. What the model takes for spam rather than not does not, though it may be published:
    /// its likes would have something in common with the thread.
    pub fn is_company(&self, policy: &Policy) -> bool {
        self.spam - policy.prior_shift < 0.0
    }

    /// The probability that the comment was written under this post, at even odds.
    pub fn relevance_probability(&self) -> f64 {
        probability(self.relevance)
    }
}

impl Classifier<'_> {
    /// The policy as the model file states it, with the prior moved if `prior` is given.
    pub fn policy(&self, prior: Option<f64>) -> Policy {
        let mut policy = Policy::new(self.thresholds);
        if let Some(prior) = prior {
            policy.prior_shift = log_odds(prior) - log_odds(self.prior);
        }
        policy
    }

    /// The comment in its place, with the scores of the trained parts.
    pub fn scene<'a>(
        &'a self,
        comment: &'a CommentAnalysis<'a>,
        context: &'a Context,
        features: &mut Features,
    ) -> Scene<'a> {
        let mut scene = Scene::new(comment, context, &self.background);
        scene.lexical = Field::ALL.map(|field| {
            let words = lexical_words(comment, field);
            self.lexical
                .score(field, &words, features)
                .unwrap_or(f32::NAN)
        });
        scene.phrases = PhraseCounts::of(&comment.sequence, |phrase| self.phrases.blogs(phrase));
        scene.name_casing = name_casing(comment, |hash| self.lexical.casing.weight(hash));
        scene.relevance = relevance(&self.relevance, &scene, None);
        scene
    }

    /// Judges a scene, whose blog has other threads if `elsewhere` knows them.
    pub fn assess(
        &self,
        scene: &Scene<'_>,
        policy: &Policy,
        elsewhere: Option<&Elsewhere>,
    ) -> Assessment {
        let values = signals::observe(scene);
        let spam = self.contributions(&values, policy).sum();
        let relevance = match elsewhere {
            Some(_) => relevance(&self.relevance, scene, elsewhere),
            None => scene.relevance,
        };
        let relevance = if relevance.is_nan() {
            0.0
        } else {
            f64::from(relevance)
        };
        let familiarity = Familiarity::of(scene.comment, &scene.words);
        Assessment {
            values,
            spam,
            relevance,
            familiarity,
            verdict: self.decide(&values, relevance, policy, familiarity.is_far()),
        }
    }

    /// The verdict on the values of the signals and the relevance of an [`Assessment`].
    pub fn decide(
        &self,
        values: &[f32; N_SIGNALS],
        relevance: f64,
        policy: &Policy,
        is_far: bool,
    ) -> Verdict {
        // What is unknown is at even odds in an assessment, and NaN among the values.
        let is_unknown = values[signals::RELEVANCE].is_nan();
        let relevance = if is_unknown { f64::NAN } else { relevance };
        policy.decide(self.head(values).log_odds(values), relevance, is_far)
    }

    /// The additive model of a comment with these signals.
    pub fn head(&self, values: &[f32; N_SIGNALS]) -> &AdditiveModel {
        self.spam.head(signals::is_brief(values))
    }

    /// The terms whose sum is the spam log-odds, in a fixed order: bias, signals, pairs.
    pub fn contributions<'a>(
        &'a self,
        values: &'a [f32; N_SIGNALS],
        policy: &Policy,
    ) -> impl Iterator<Item = f64> + 'a {
        let shift = policy.prior_shift;
        self.head(values)
            .contributions(values)
            .enumerate()
            .map(move |(index, term)| if index == 0 { term + shift } else { term })
    }

    /// Judges the comments of a thread in their order, calling `each` with every comment, its scene
    /// and its assessment.
    ///
    /// Of the comments before, those labelled spam are left out of the context, and those without
    /// a label that are no [company](Assessment::is_company). A comment's own label has no part in its
    /// assessment.
    pub fn judge_thread(
        &self,
        thread: &Thread,
        policy: &Policy,
        each: impl FnMut(usize, &Scene<'_>, Assessment),
    ) {
        self.judge_thread_beside(None, thread, policy, each);
    }

    /// Judges the comments of a thread beside the other threads of its blog, if they are known.
    /// Otherwise like [`Classifier::judge_thread`].
    pub fn judge_thread_beside(
        &self,
        elsewhere: Option<&Elsewhere>,
        thread: &Thread,
        policy: &Policy,
        mut each: impl FnMut(usize, &Scene<'_>, Assessment),
    ) {
        let mut context = Context::new(&thread.post);
        let Some((_, before)) = thread.comments.split_last() else {
            return;
        };
        let mut features = Features::default();
        self.follow(
            &mut context,
            before,
            policy,
            elsewhere,
            &mut features,
            &mut each,
        );
        // Nobody comes after the last one, so it is not added.
        let last = before.len();
        let analysis = CommentAnalysis::of(&thread.comments[last]);
        let scene = self.scene(&analysis, &context, &mut features);
        each(last, &scene, self.assess(&scene, policy, elsewhere));
    }

    /// Judges a comment like those of [`Classifier::judge_thread`] and adds it to the context, unless
    /// it is spam.
    pub fn extend(
        &self,
        context: &mut Context,
        comment: &Comment,
        policy: &Policy,
        features: &mut Features,
    ) {
        let comments = std::slice::from_ref(comment);
        let each = &mut |_, _: &Scene<'_>, _| {};
        self.follow(context, comments, policy, None, features, each);
    }

    /// Judges comments in their order and adds those that are no spam to the context.
    fn follow(
        &self,
        context: &mut Context,
        comments: &[Comment],
        policy: &Policy,
        elsewhere: Option<&Elsewhere>,
        features: &mut Features,
        each: &mut impl FnMut(usize, &Scene<'_>, Assessment),
    ) {
        for (index, comment) in comments.iter().enumerate() {
            let analysis = CommentAnalysis::of(comment);
            let scene = self.scene(&analysis, context, features);
            let assessment = self.assess(&scene, policy, elsewhere);
            let is_conversation = match comment.label {
                Some(Label::Spam) => false,
                Some(Label::Ham) => true,
                None => assessment.is_company(policy),
            };
            each(index, &scene, assessment);
            drop(scene);
            if is_conversation {
                context.add(&analysis);
            }
        }
    }
}

/// The relevance of a scene in log-odds, beside the other threads of its blog if `elsewhere` knows
/// them; NaN where there is neither a post nor a conversation.
pub fn relevance(model: &RelevanceModel, scene: &Scene<'_>, elsewhere: Option<&Elsewhere>) -> f32 {
    let Scene {
        comment,
        conversation,
        words,
        background,
        ..
    } = scene;
    relevance_features(comment, conversation, words, background, elsewhere)
        .map_or(f32::NAN, |features| {
            model.head(elsewhere.is_some()).log_odds(&features) as f32
        })
}

/// How often people write the words of the author's name small, in [0, 1]; NaN without a telling
/// word. `casing` gives a word's log-odds of being written small.
pub fn name_casing(comment: &CommentAnalysis<'_>, casing: impl Fn(u64) -> f32) -> f32 {
    let words = signals::telling_name_words(comment);
    let (sum, n) = words.fold((0.0, 0), |(sum, n), word| {
        (sum + probability(f64::from(casing(word.hash))), n + 1)
    });
    if n == 0 {
        f32::NAN
    } else {
        (sum / f64::from(n)) as f32
    }
}

/// The words that the lexical model of a field looks at; none where the field is empty or unknown.
pub fn lexical_words<'a>(comment: &'a CommentAnalysis<'_>, field: Field) -> Vec<&'a str> {
    match field {
        Field::Words | Field::Invented | Field::Meaning => comment.words(),
        Field::Spelling => comment.tokens.chunks(),
        Field::Name | Field::NameMeaning => comment
            .name
            .value()
            .map(|name| name.words())
            .unwrap_or_default(),
        Field::Url | Field::UrlMeaning => comment
            .homepage_text
            .split(|c: char| !c.is_alphanumeric())
            .filter(|part| !part.is_empty())
            .take(64)
            .collect(),
    }
}
