//! Comments that nobody wrote, to learn from beside those that somebody did: kinds that collected data
//! have hardly any of, made of comments that they have.

use super::corpus::Example;
use super::draw;
use super::second_stage::SecondStage;
use crate::analysis::CommentAnalysis;
use crate::comment::Field as Given;
use crate::context::{Background, Context};
use crate::random::SplitMix;
use crate::signals::N_SIGNALS;

/// Weight of a spam comment's copy without its homepage, against the comment itself. In the spam that
/// gets collected, nearly all has a homepage; a model that learns to wait for it lets the same spam
/// pass as soon as the field stays empty.
const WITHOUT_HOMEPAGE: f64 = 0.05;

/// Weight of a made-up comment, the harmless words of a genuine comment from another blog under the
/// name of a spam comment, against that spam comment. Collected spam has hardly any whose every word
/// is harmless, and it is the kind that only name and thread give away.
const HARMLESS: f64 = 0.1;

/// The same under the name of spam that stands by itself in the data: there are more kinds of firms
/// than have left comments.
const HARMLESS_OF_FIRM: f64 = 0.2;

/// Words that a name must have to lend itself to such a comment, and words that it must say.
const HARMLESS_NAME: usize = 3;
const HARMLESS_BODY: usize = 15;

/// Weight of a genuine comment's copy under a genuine name that stands by itself in the data, against
/// the comment. Readers who sign with a description of themselves are too few in collected comments
/// to be told from search phrases.
const RENAMED: f64 = 0.1;

/// Names of one blog and label that stand by themselves and are drawn from, at most; and of all blogs
/// and one label, at least: fewer are no list of names but comments that are a mere smiley.
const MOST_NAMES: usize = 500;
const LEAST_NAMES: usize = 50;

/// Examples that copies are made of.
pub(super) struct Material {
    /// Genuine comments of some length without a link.
    harmless: Vec<usize>,
    /// Names that stand by themselves, genuine ones and those of spam.
    names: [Vec<usize>; 2],
}

/// A comment that is made of a comment.
pub(super) struct Copy {
    /// The row of that comment.
    pub(super) row: usize,
    /// The folds of the blogs whose context, name and words it has.
    pub(super) folds: [usize; 3],
    /// Its weight against that comment.
    pub(super) weight: f64,
    pub(super) values: [f32; N_SIGNALS],
}

impl SecondStage<'_, '_> {
    /// What copies are made of; genuine comments are taken from the chosen examples.
    pub(super) fn material(&self, chosen: &[usize]) -> Material {
        let harmless = chosen.iter().copied();
        Material {
            harmless: harmless.filter(|&index| self.is_harmless(index)).collect(),
            names: [false, true].map(|spam| self.names(spam)),
        }
    }

    /// Whether an example is a genuine comment of some length without a link.
    fn is_harmless(&self, index: usize) -> bool {
        let example = &self.corpus.examples[index];
        let analysis = self.corpus.analysis(example);
        !example.spam
            && !analysis.comment.kind.is_notification()
            && analysis.links.is_empty()
            && analysis.tokens.words.len() >= HARMLESS_BODY
    }

    /// Names of some words that stand by themselves in the data: the body has no words, and nothing is
    /// known of a homepage.
    fn names(&self, spam: bool) -> Vec<usize> {
        let examples = &self.corpus.examples;
        let group = |example: &Example| (example.site, example.spam);
        let drawn = draw(examples, group, MOST_NAMES, self.seed);
        let names = drawn.into_iter().filter(|&index| {
            let analysis = self.corpus.analysis(&examples[index]);
            let n_words = analysis.name.value().map(|name| name.tokens.words.len());
            examples[index].spam == spam
                && analysis.homepage == Given::Unknown
                && analysis.tokens.words.is_empty()
                && n_words >= Some(if spam { HARMLESS_NAME } else { 1 })
        });
        let names: Vec<usize> = names.collect();
        if names.len() < LEAST_NAMES {
            return Vec::new();
        }
        names
    }

    /// The copies that are made of a comment that somebody wrote: of spam, what it would look like
    /// without its homepage, and with harmless words; of a genuine comment, what it would look like
    /// under another name.
    pub(super) fn copies(
        &self,
        index: usize,
        material: &Material,
        context: &Context,
        background: &Background<'_>,
    ) -> Vec<Copy> {
        let example = &self.corpus.examples[index];
        let analysis = self.corpus.analysis(example);
        let mut copies = Vec::new();
        if analysis.comment.kind.is_notification() {
            return copies;
        }
        // A blog that does not ask for a homepage has nobody who leaves it empty.
        let homepage = match analysis.homepage {
            Given::Known(_) | Given::Empty => Given::Empty,
            Given::Unknown => Given::Unknown,
        };
        let mut random = SplitMix(self.seed ^ (index as u64) << 20);
        let mut one_of =
            |indices: &[usize]| (!indices.is_empty()).then(|| indices[random.below(indices.len())]);
        let mut make = |name: usize, words: usize, weight: f64| {
            let named = &self.corpus.examples[name];
            let worded = &self.corpus.examples[words];
            let copy = CommentAnalysis {
                comment: analysis.comment,
                name: self.corpus.analysis(named).name.clone(),
                homepage: homepage.clone(),
                ..self.corpus.analysis(worded).clone()
            };
            copies.push(Copy {
                row: 0,
                folds: [example, named, worded].map(|example| self.folds[example.site]),
                weight,
                values: self.row([name, words], &copy, context, background),
            });
        };
        if !example.spam {
            // Whoever wrote the post goes by no other name.
            let is_by_author = analysis.comment.by_post_author == Given::Known(true);
            if let Some(name) = one_of(&material.names[0])
                && !is_by_author
            {
                make(name, index, RENAMED);
            }
            return copies;
        }
        if analysis.homepage.value().is_some() {
            make(index, index, WITHOUT_HOMEPAGE);
        }
        // The words of the blog itself would be at home here.
        let words = one_of(&material.harmless);
        let words = words.filter(|&words| self.corpus.examples[words].site != example.site);
        let own_name = analysis.name.value();
        let n_words = own_name.map_or(0, |name| name.tokens.words.len());
        let own_name = (n_words >= HARMLESS_NAME).then_some(index);
        if let Some(words) = words {
            if let Some(name) = own_name {
                make(name, words, HARMLESS);
            }
            if let Some(name) = one_of(&material.names[1]) {
                make(name, words, HARMLESS_OF_FIRM);
            }
        }
        copies
    }
}
