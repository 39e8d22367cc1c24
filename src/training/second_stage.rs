//! The second stage: from signals to the additive models, calibrated and with thresholds.
//!
//! Every comment's signals are made by tables and scores without its blog; the models are fitted five
//! times without a fold of blogs, for calibration and thresholds, and once on everything. That of short
//! comments with a homepage does not learn from invented ones, though from copies of others under names
//! and with words that may be: what blogs show best, nobody should make up. Where these are few, one model does for both.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::background::Backgrounds;
use super::copies::Copy;
use super::corpus::{Corpus, Example};
use super::{FOLDS, HeldOutScore, TrainError, boost, casing, draw, templates};
use crate::analysis::CommentAnalysis;
use crate::calibration::{Affine, Scored};
use crate::classifier::{Classifier, N_DECILES, name_casing, relevance};
use crate::comment::{Field as Given, Label};
use crate::context::{Background, Context};
use crate::features::Axis;
use crate::lexical::{Field, N_FIELDS, PhraseCounts};
use crate::model::{AdditiveModel, Curve, RelevanceModel, SpamModel};
use crate::policy::{Budgets, Policy, Share, Thresholds, choose};
use crate::signals::{
    BRIEF_BY, CATALOGUE, N_SIGNALS, Scene, Trend, Weight, is_brief, observe, place_of,
};

/// Comments of one blog and label that the second stage learns from, at most. The weights of blogs
/// hardly grow beyond, and the work would.
pub(crate) const MOST_ROWS: usize = 3000;

/// So many comments of a label under posts are enough to do without the others.
const FEW_UNDER_POSTS: usize = 50;

/// Groups of blogs that have to agree on a step. Not where comments of blogs alone are learned from:
/// so few of these blogs have spam that groups differ by chance.
const GROUPS: usize = 16;

/// All that the second stage stands on.
pub(super) struct SecondStage<'a, 'c> {
    pub(super) corpus: &'a Corpus<'c>,
    pub(super) lexical: &'a [[f32; N_FIELDS]],
    pub(super) templates: &'a templates::Templates,
    pub(super) casing: &'a casing::Casing,
    pub(super) backgrounds: &'a Backgrounds,
    pub(super) relevance: RelevanceModel,
    pub(super) switched_off: &'a [bool; N_SIGNALS],
    pub(super) folds: &'a [usize],
    pub(super) seed: u64,
}

/// A fitted second stage.
pub(super) struct Fitted {
    pub(super) model: SpamModel,
    pub(super) thresholds: Thresholds,
    pub(super) held_out: Vec<HeldOutScore>,
}

impl Fitted {
    pub(super) fn install(&self, classifier: &mut Classifier<'_>) {
        classifier.spam = self.model.clone();
        classifier.thresholds = self.thresholds;
        classifier.reference = self.deciles();
    }

    /// Deciles of the held-out log-odds, every blog weighing the same; zeros where there are none.
    fn deciles(&self) -> [f64; N_DECILES] {
        let mut sizes: BTreeMap<usize, f64> = BTreeMap::new();
        for score in &self.held_out {
            *sizes.entry(score.site).or_default() += 1.0;
        }
        let mut scores: Vec<(f64, f64)> = self
            .held_out
            .iter()
            .map(|score| (score.log_odds, 1.0 / sizes[&score.site]))
            .collect();
        scores.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let total: f64 = scores.iter().map(|(_, weight)| weight).sum();
        let mut deciles = [0.0; N_DECILES];
        let (mut below, mut at) = (0.0, 0);
        for (number, decile) in deciles.iter_mut().enumerate() {
            let wanted = total * (number + 1) as f64 / (N_DECILES + 1) as f64;
            while at + 1 < scores.len() && below + scores[at].1 < wanted {
                below += scores[at].1;
                at += 1;
            }
            *decile = scores.get(at).map_or(0.0, |(score, _)| *score);
        }
        deciles
    }

    pub(super) fn held(&self, sites: &[String]) -> Vec<(String, Share)> {
        let mut shares = vec![Share { n: 0, taken: 0 }; sites.len()];
        for score in self.held_out.iter().filter(|score| !score.spam) {
            shares[score.site].n += 1;
            shares[score.site].taken += usize::from(score.log_odds >= self.thresholds.hold);
        }
        sites
            .iter()
            .cloned()
            .zip(shares)
            .filter(|(_, share)| share.n > 0)
            .collect()
    }
}

impl SecondStage<'_, '_> {
    /// Fits out of fold, calibrates, chooses thresholds, and fits on everything. Comments without a
    /// label count as conversation where `is_conversation` says so.
    ///
    /// # Errors
    /// All spam or all genuine comments are on one blog, which can then not be held out.
    pub(super) fn fit(
        &self,
        is_conversation: impl Fn(usize, usize) -> bool + Sync,
    ) -> Result<Fitted, TrainError> {
        let under_posts = self.under_posts();
        self.look_at_folds(&under_posts)?;
        let (rows, copies) = self.rows(&under_posts, is_conversation);
        let examples: Vec<Example> = under_posts
            .iter()
            .map(|&index| self.corpus.examples[index])
            .collect();
        let fixed: Vec<f64> = rows.iter().map(fixed_sum).collect();
        let trends = CATALOGUE.map(|signal| signal.trend);

        let fit = |fold: Option<usize>, of_blogs_alone: bool| -> AdditiveModel {
            let learned: Vec<usize> = (0..examples.len())
                .filter(|&row| fold != Some(self.folds[examples[row].site]))
                .filter(|&row| !(of_blogs_alone && self.corpus.is_invented(&examples[row])))
                .collect();
            let mut learned: Vec<Row<'_>> = learned
                .into_iter()
                .map(|row| Row {
                    values: &rows[row],
                    fixed: fixed[row],
                    example: examples[row],
                })
                .collect();
            let copies = copies
                .iter()
                .filter(|copy| !copy.folds.iter().any(|&of| fold == Some(of)))
                .filter(|copy| !(of_blogs_alone && self.corpus.is_invented(&examples[copy.row])));
            learned.extend(copies.map(|copy| {
                let example = examples[copy.row];
                let weight = example.weight * copy.weight;
                Row {
                    values: &copy.values,
                    fixed: fixed_sum(&copy.values),
                    example: Example { weight, ..example },
                }
            }));
            let groups = if of_blogs_alone { 1 } else { GROUPS };
            boost_rows(&learned, &trends, self.switched_off, groups, self.seed)
        };
        let has_invented = examples
            .iter()
            .any(|example| self.corpus.is_invented(example));
        // Without the values that tell short comments with a homepage, none can be held out as such.
        let has_gate = BRIEF_BY.iter().all(|&place| !self.switched_off[place]);
        let blogs_show_enough = |fold: Option<usize>| {
            let of_blogs = examples
                .iter()
                .filter(|example| !self.corpus.is_invented(example))
                .filter(|example| fold != Some(self.folds[example.site]));
            let n = of_blogs.clone().count();
            let n_spam = of_blogs.filter(|example| example.spam).count();
            n_spam.min(n - n_spam) >= FEW_UNDER_POSTS
        };
        let fits: Vec<SpamModel> = (0..=FOLDS)
            .into_par_iter()
            .map(|fold| (fold < FOLDS).then_some(fold))
            .map(|fold| {
                let has_own = has_gate && has_invented && blogs_show_enough(fold);
                let (other, brief) =
                    rayon::join(|| fit(fold, false), || has_own.then(|| fit(fold, true)));
                SpamModel {
                    brief: brief.unwrap_or_else(|| other.clone()),
                    other,
                }
            })
            .collect();
        let scores: Vec<f64> = examples
            .iter()
            .zip(&rows)
            .map(|(example, values)| {
                let fitted = &fits[self.folds[example.site]];
                fitted.head(is_brief(values)).log_odds(values)
            })
            .collect();
        let calibrating: Vec<Scored> = (0..examples.len())
            .map(|row| Scored {
                score: scores[row],
                fixed: fixed[row],
                spam: examples[row].spam,
                weight: examples[row].weight,
            })
            .collect();
        let affine = Affine::fit(&calibrating);
        // What is promised and counted is of comments that there are.
        let held_out: Vec<HeldOutScore> = (0..examples.len())
            .filter(|&row| self.corpus.is_counted(&examples[row]))
            .map(|row| HeldOutScore {
                site: examples[row].site,
                log_odds: affine.log_odds(scores[row]) + fixed[row],
                spam: examples[row].spam,
            })
            .collect();
        let mut ham_by_site: Vec<Vec<f64>> = vec![Vec::new(); self.corpus.sites.len()];
        for score in held_out.iter().filter(|score| !score.spam) {
            ham_by_site[score.site].push(score.log_odds);
        }
        let thresholds = choose(&ham_by_site, Budgets::default());
        let all = fits.into_iter().next_back().unwrap_or_default();
        let finish = |head: AdditiveModel| {
            let mut head = head.rescaled(affine.slope, affine.offset);
            install_fixed(&mut head, self.switched_off);
            head
        };
        Ok(Fitted {
            model: SpamModel {
                brief: finish(all.brief),
                other: finish(all.other),
            },
            thresholds,
            held_out,
        })
    }

    /// Whether something of both labels is left to learn from whichever fold is held out: without
    /// it, calibration and thresholds would stand on nothing.
    fn look_at_folds(&self, rows: &[usize]) -> Result<(), TrainError> {
        let examples = || rows.iter().map(|&row| &self.corpus.examples[row]);
        let mut counts = [[0; 2]; FOLDS];
        for example in examples() {
            counts[self.folds[example.site]][usize::from(example.spam)] += 1;
        }
        for spam in [true, false] {
            let all: usize = counts.iter().map(|fold| fold[usize::from(spam)]).sum();
            let is_all = |fold: usize| counts[fold][usize::from(spam)] == all;
            if let Some(example) = examples().find(|example| is_all(self.folds[example.site])) {
                return Err(TrainError::OneBlog {
                    site: self.corpus.sites[example.site].clone(),
                    missing: if spam { "spam" } else { "genuine comments" },
                });
            }
        }
        Ok(())
    }

    /// The examples that the second stage learns from. Comments under a bare title, or under no post
    /// at all, teach words and phrases, not what a thread is; they count only where next to nothing
    /// else is there of spam or of genuine comments.
    fn under_posts(&self) -> Vec<usize> {
        let examples = &self.corpus.examples;
        let drawn = draw(
            examples,
            |example| (example.site, example.spam),
            MOST_ROWS,
            self.seed,
        );
        let with_body: Vec<usize> = drawn
            .iter()
            .copied()
            .filter(|&index| self.corpus.posts[examples[index].thread].body.is_some())
            .collect();
        let count = |of: &[usize], spam: bool| {
            let kept = of.iter().map(|&index| &examples[index]);
            let is_real = |example: &&Example| !self.corpus.is_invented(example);
            kept.filter(|example| example.spam == spam)
                .filter(is_real)
                .count()
        };
        let enough =
            |spam: bool| count(&with_body, spam) >= count(&drawn, spam).clamp(1, FEW_UNDER_POSTS);
        if enough(true) && enough(false) {
            with_body
        } else {
            drawn
        }
    }

    /// The signals of the chosen examples, each in its place in its thread, and those of the copies
    /// that are made of them.
    fn rows(
        &self,
        chosen: &[usize],
        is_conversation: impl Fn(usize, usize) -> bool + Sync,
    ) -> (Vec<[f32; N_SIGNALS]>, Vec<Copy>) {
        let mut of_thread: Vec<(usize, &[usize])> = Vec::new();
        let mut start = 0;
        while start < chosen.len() {
            let thread = self.corpus.examples[chosen[start]].thread;
            let in_thread = |&&index: &&usize| self.corpus.examples[index].thread == thread;
            let end = start + chosen[start..].iter().take_while(in_thread).count();
            of_thread.push((thread, &chosen[start..end]));
            start = end;
        }
        let material = self.material(chosen);
        let site = |&(thread, _): &(usize, &[usize])| self.corpus.site_of_thread[thread];
        let of_site = |of_thread: &[(usize, &[usize])]| -> Vec<Vec<([f32; N_SIGNALS], Vec<Copy>)>> {
            let background = self.backgrounds.without(site(&of_thread[0]));
            let observed = of_thread.par_iter().map(|&(thread, indices)| {
                let mut context = Context::of(self.corpus.posts[thread].clone());
                let mut wanted = indices.iter().copied().peekable();
                let mut rows = Vec::with_capacity(indices.len());
                for (place, analysis) in self.corpus.comments[thread].iter().enumerate() {
                    let Some(&index) = wanted.peek() else { break };
                    if self.corpus.examples[index].comment == place {
                        wanted.next();
                        let values = self.row([index; 2], analysis, &context, &background);
                        let copies = self.copies(index, &material, &context, &background);
                        rows.push((values, copies));
                    }
                    let keep = match analysis.comment.label {
                        Some(Label::Spam) => false,
                        Some(Label::Ham) => true,
                        None => is_conversation(thread, place),
                    };
                    if keep {
                        context.add(analysis);
                    }
                }
                rows
            });
            observed.collect()
        };
        let observed: Vec<Vec<([f32; N_SIGNALS], Vec<Copy>)>> = of_thread
            .par_chunk_by(|a, b| site(a) == site(b))
            .flat_map(of_site)
            .collect();
        let (mut rows, mut copies) = (Vec::new(), Vec::new());
        for (row, (values, of_row)) in observed.into_iter().flatten().enumerate() {
            rows.push(values);
            copies.extend(of_row.into_iter().map(|copy| Copy { row, ..copy }));
        }
        (rows, copies)
    }

    /// The signals of a comment with the name of one example and the body of another, mostly the same;
    /// `background` is that of the blog where it stands.
    pub(super) fn row(
        &self,
        [named, worded]: [usize; 2],
        analysis: &CommentAnalysis<'_>,
        context: &Context,
        background: &Background<'_>,
    ) -> [f32; N_SIGNALS] {
        let examples = &self.corpus.examples;
        let mut scene = Scene::new(analysis, context, background);
        scene.lexical = self.lexical[worded];
        for field in [Field::Name, Field::NameMeaning] {
            scene.lexical[field as usize] = self.lexical[named][field as usize];
        }
        for field in [Field::Url, Field::UrlMeaning] {
            scene.lexical[field as usize] = match analysis.homepage {
                Given::Known(_) => self.lexical[named][field as usize],
                Given::Empty | Given::Unknown => f32::NAN,
            };
        }
        let words = &self.corpus.analysis(&examples[worded]).sequence;
        scene.phrases = PhraseCounts::of(words, |phrase| {
            self.templates.blogs_without(phrase, examples[worded].site)
        });
        scene.name_casing = name_casing(analysis, |word| {
            self.casing.without(word, examples[named].site)
        });
        scene.relevance = relevance(&self.relevance, &scene, None);
        let mut values = observe(&scene);
        for (value, off) in values.iter_mut().zip(self.switched_off) {
            if *off {
                *value = f32::NAN;
            }
        }
        values
    }

    /// Comments without a label that the classifier keeps out of the conversation, sorted.
    pub(super) fn undecided_spam(&self, classifier: &Classifier<'_>) -> Vec<(usize, usize)> {
        let policy = Policy::new(classifier.thresholds);
        let threads: Vec<usize> = (0..self.corpus.threads.len())
            .filter(|&thread| {
                self.corpus.threads[thread]
                    .comments
                    .iter()
                    .any(|comment| comment.label.is_none())
            })
            .collect();
        let found: Vec<Vec<(usize, usize)>> = threads
            .par_iter()
            .map(|&thread| {
                let mut spam = Vec::new();
                let source = self.corpus.threads[thread];
                classifier.judge_thread(source, &policy, |index, _, assessment| {
                    let is_open = source.comments[index].label.is_none();
                    if is_open && !assessment.is_company(&policy) {
                        spam.push((thread, index));
                    }
                });
                spam
            })
            .collect();
        found.into_iter().flatten().collect()
    }
}

/// The sum of the fixed weights.
fn fixed_sum(values: &[f32; N_SIGNALS]) -> f64 {
    CATALOGUE
        .iter()
        .zip(values)
        .map(|(signal, &value)| fixed_curve(signal.weight).map_or(0.0, |curve| curve.at(value)))
        .sum()
}

fn fixed_curve(weight: Weight) -> Option<Curve> {
    match weight {
        Weight::Trained => None,
        Weight::Fixed { edges, values } => Axis::new(edges.to_vec()).map(|axis| Curve {
            axis,
            values: values.to_vec(),
        }),
    }
}

fn install_fixed(model: &mut AdditiveModel, switched_off: &[bool; N_SIGNALS]) {
    for ((curve, signal), off) in model.curves.iter_mut().zip(CATALOGUE).zip(switched_off) {
        if let Some(fixed) = fixed_curve(signal.weight).filter(|_| !off) {
            *curve = fixed;
        }
    }
}

/// Signals that say more together: an unrelated text, words that stand in spam, or many words mean
/// something else from somebody who left no homepage, and so does a name that looks like a search
/// phrase; what a short comment has in common with its thread is chance; a wordy name above an
/// unrelated text is a search phrase, and a trade above one an advertisement; a homepage named like
/// its author is a person's where the name is one. In the order of the catalogue.
const PAIRS: [(usize, usize); 11] = [
    (place_of("relevance"), place_of("homepage_given")),
    (place_of("relevance"), place_of("length")),
    (place_of("relevance"), place_of("name_words")),
    (place_of("relevance"), place_of("body_vocabulary")),
    (place_of("homepage_given"), place_of("length")),
    (place_of("homepage_given"), place_of("body_vocabulary")),
    (place_of("name_words"), place_of("homepage_given")),
    (place_of("homepage_given"), place_of("name_vocabulary")),
    (place_of("name_small_words"), place_of("homepage_given")),
    (place_of("name_small_words"), place_of("homepage_name")),
    (place_of("relevance"), place_of("name_trade")),
];

/// The pairs without those of a signal that is switched off.
fn pairs(switched_off: &[bool; N_SIGNALS]) -> Vec<(usize, usize)> {
    let mut pairs = PAIRS.to_vec();
    pairs.retain(|&(first, second)| !switched_off[first] && !switched_off[second]);
    pairs
}

/// What the second stage learns from one comment.
struct Row<'a> {
    values: &'a [f32; N_SIGNALS],
    /// The sum of its fixed weights.
    fixed: f64,
    example: Example,
}

fn boost_rows(
    rows: &[Row<'_>],
    trends: &[Trend],
    switched_off: &[bool; N_SIGNALS],
    groups: usize,
    seed: u64,
) -> AdditiveModel {
    let trained = CATALOGUE.map(|signal| signal.weight == Weight::Trained);
    let values: Vec<f32> = rows
        .iter()
        .flat_map(|row| {
            let value = |signal: usize| {
                if trained[signal] {
                    row.values[signal]
                } else {
                    f32::NAN
                }
            };
            (0..N_SIGNALS).map(value).collect::<Vec<_>>()
        })
        .collect();
    let fixed: Vec<f64> = rows.iter().map(|row| row.fixed).collect();
    let spam: Vec<bool> = rows.iter().map(|row| row.example.spam).collect();
    let weights: Vec<f64> = rows.iter().map(|row| row.example.weight).collect();
    let blogs: Vec<usize> = rows.iter().map(|row| row.example.site).collect();
    boost::fit(
        boost::Examples {
            values: &values,
            n_signals: N_SIGNALS,
            fixed: &fixed,
            spam: &spam,
            weights: &weights,
            blogs: &blogs,
        },
        trends,
        &boost::BoostParams {
            rounds: 60,
            rate: 0.04,
            bins: 16,
            least_curvature: 4.0,
            // Where groups are asked, they tell chance from more.
            least_gain: if groups > 1 { 0.0 } else { 6.0 },
            groups,
            l2: 1.0,
            noise: 0.005,
            bags: 5,
            pairs: pairs(switched_off),
            pair_rounds: 20,
            pair_bins: 5,
            seed,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_of_signals_in_the_order_of_the_catalogue() {
        let pairs = pairs(&[false; N_SIGNALS]);
        assert_eq!(pairs.len(), PAIRS.len());
        assert!(pairs.iter().all(|(first, second)| first < second));
    }
}
