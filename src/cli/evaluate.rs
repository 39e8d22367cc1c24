//! `ontopic evaluate`.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{anyhow, bail};
use clap::Args;

use super::files::{ModelBytes, read_files, report_troubles};
use super::progress::Progress;
use super::report::tables;
use super::signals::signal_name;
use super::table::{beginning, printable, table, thousands};
use crate::calibration::probability;
use crate::comment::Label;
use crate::dataset::Threads;
use crate::evaluation::{JudgedComment, SetReport, caught_at, judge, report, roc_auc};
use crate::model_file::Metadata;
use crate::policy::Verdict;
use crate::training::{
    Folds, JudgedAll, TrainConfig, TrainError, cross_validate, data_digest, groups,
};

/// The name of all sets taken as one.
const ALL_TOGETHER: &str = "all together";

/// Measures a model on labelled threads, or a way of training on blogs held out.
///
/// One set of figures per file, and one for all together, broken down by blog. Duplicates are
/// measured like all comments. The calibration error is that of the probabilities at each set's own
/// share of spam: how much spam a blog has is no matter of the model's, and is given with `--prior`.
/// Where nearly all comments are genuine, any model that ranks well has a small one; `at even odds`,
/// all spam weighs as much as all genuine comments.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ontopic evaluate --data my-blog.jsonl
  ontopic evaluate --data wordpress-export.xml --mistakes 20
  ontopic evaluate --model my.safetensors --data my-blog.jsonl --json
  ontopic evaluate --cross-validate site --data blogs/ --also-learn templates.jsonl
  ontopic evaluate --cross-validate site --folds each --data my-blogs.jsonl")]
pub(super) struct Evaluate {
    /// The model to measure; the default model if left out.
    #[arg(long, value_name = "FILE", conflicts_with = "cross_validate")]
    model: Option<PathBuf>,
    /// Thread files or exports of WordPress (`.xml`), one by one; a folder stands for the thread files
    /// in it.
    #[arg(long, required = true, num_args = 1.., value_name = "FILE_OR_FOLDER")]
    data: Vec<PathBuf>,
    /// Train without a fold of whole blogs, measure on it, and so for every fold.
    #[arg(long, value_name = "WHAT")]
    cross_validate: Option<What>,
    /// How many folds, or `each` for every blog by itself.
    #[arg(long, default_value = "5", value_parser = folds, requires = "cross_validate")]
    folds: Folds,
    /// Thread files that are learned from and not measured.
    #[arg(long, num_args = 1.., value_name = "FILE_OR_FOLDER", requires = "cross_validate")]
    also_learn: Vec<PathBuf>,
    /// A signal to switch off in training (may be repeated).
    #[arg(long, value_name = "SIGNAL", value_parser = signal_name, requires = "cross_validate")]
    without: Vec<String>,
    /// Also leave groups of signals out, one at a time, to see what each is worth. Takes a few times
    /// as long.
    #[arg(long, requires = "cross_validate", conflicts_with = "json")]
    ablate: bool,
    /// Seed of training, of relevance pairs and of the bootstrap.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print JSON instead of tables.
    #[arg(long)]
    json: bool,
    /// Print the comments that are judged wrongly, the worst first, at most this many of each label:
    /// genuine comments that are held or called spam, and spam that is published.
    #[arg(long, value_name = "N", conflicts_with = "json")]
    mistakes: Option<usize>,
    /// Stop at the first bad line or unknown key.
    #[arg(long)]
    strict: bool,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum What {
    /// Whole blogs.
    Site,
}

fn folds(text: &str) -> Result<Folds, String> {
    match text {
        "each" => Ok(Folds::EachBlog),
        number => match number.parse() {
            Ok(n @ 2..=1000) => Ok(Folds::Number(n)),
            _ => Err("expected a number from 2 to 1000, or `each`".to_owned()),
        },
    }
}

impl Evaluate {
    pub(super) fn run(&self) -> anyhow::Result<ExitCode> {
        let read = self.read(&self.data)?;
        // Judgements of helpfulness are labels, too: they rank answers.
        let mut comments = read.threads.iter().flat_map(|thread| &thread.comments);
        if !comments.any(|comment| comment.label.is_some() || comment.relevance.is_some()) {
            let data: Vec<String> = self
                .data
                .iter()
                .map(|path| format!("`{}`", path.display()))
                .collect();
            bail!(
                "expected labelled comments in {}, found none",
                data.join(", ")
            );
        }
        let sets = sets(&read.files);
        let mut variants = self.judge(&read)?;
        let (judged, pairs) = variants.remove(0);
        let reports: Vec<SetReport> = sets
            .iter()
            .map(|set| {
                let has = |thread| set.has(&read, thread);
                let judged: Vec<_> = judged.iter().filter(|one| has(one.thread)).collect();
                let pairs: Vec<_> = pairs.iter().filter(|pair| has(pair.thread)).collect();
                let n_threads = (0..read.threads.len()).filter(|&it| has(it)).count();
                let threads = &read.threads;
                report(&set.name, n_threads, threads, &judged, &pairs, self.seed)
            })
            .collect();
        let mut out = std::io::stdout().lock();
        if self.json {
            serde_json::to_writer_pretty(&mut out, &reports).map_err(io::Error::from)?;
            writeln!(out)?;
        } else {
            writeln!(out, "{}", tables(&reports))?;
        }
        if self.ablate {
            writeln!(out, "{}", ablation(&read, &sets, &judged, &variants))?;
        }
        if let Some(n) = self.mistakes {
            writeln!(out, "{}", mistakes(&read, &judged, n))?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn read(&self, files: &[PathBuf]) -> anyhow::Result<Threads> {
        let read = read_files(files, self.strict)?;
        report_troubles(&read);
        Ok(read)
    }

    /// The judgements of the model or of the way of training, and then those without each group of
    /// signals.
    fn judge(&self, read: &Threads) -> anyhow::Result<Vec<JudgedAll>> {
        if self.cross_validate.is_none() {
            let bytes = ModelBytes::open(self.model.as_deref())?;
            let loaded = bytes.load()?;
            warn_of_seen(read, &loaded.metadata);
            let all: Vec<usize> = (0..read.threads.len()).collect();
            return Ok(vec![judge(
                &loaded.classifier,
                &read.threads,
                &all,
                self.seed,
            )]);
        }
        let also = if self.also_learn.is_empty() {
            Threads::default()
        } else {
            self.read(&self.also_learn)?
        };
        let config = TrainConfig {
            seed: self.seed,
            without: self.without.clone(),
            held_out: Vec::new(),
        };
        let mut variants = vec![Vec::new()];
        if self.ablate {
            variants.extend(groups().into_iter().map(|(_, signals)| signals));
        }
        let progress = Progress::new();
        let judged = cross_validate(
            &read.threads,
            &also.threads,
            self.folds,
            &config,
            &variants,
            &|stage, share| {
                progress.show(stage, share);
            },
        );
        progress.finish();
        judged.map_err(|error| {
            let threads = read.threads.iter().chain(&also.threads);
            let blogs: BTreeSet<&str> = threads.map(|thread| thread.site.as_str()).collect();
            with_blogs_missing(error, blogs.len())
        })
    }
}

/// Warns where a model has learned from a file, or from all of them, and from nothing else: its file has
/// a digest of all its data together.
fn warn_of_seen(read: &Threads, metadata: &Metadata) {
    let is_seen = |set: &Set| {
        let threads = read.threads.iter().enumerate();
        let of_set = threads.filter(|(index, _)| set.has(read, *index));
        data_digest(of_set.map(|(_, thread)| thread).collect()) == metadata.data
    };
    for set in sets(&read.files).iter().filter(|set| is_seen(set)) {
        anstream::eprintln!(
            "warning: {}: the model has learned from these very threads, so the figures say nothing of \
             others",
            printable(&set.name)
        );
    }
}

/// Fewer blogs than this leave less than training takes when one is held out.
const LEAST_BLOGS: usize = 3;

fn with_blogs_missing(error: TrainError, n_blogs: usize) -> anyhow::Error {
    match error {
        TrainError::Fold { .. } if n_blogs < LEAST_BLOGS => anyhow!(
            "expected {LEAST_BLOGS} blogs or more, found {n_blogs}: blogs are held out whole, and two with \
             comments of both kinds have to be left to learn from\n\n\
             hint: add others with `--data`, or with `--also-learn` to learn from them alone"
        ),
        error => error.into(),
    }
}

/// The threads of one file, or all.
struct Set {
    name: String,
    /// The file's place among those that were read; all of them without one.
    source: Option<usize>,
}

impl Set {
    fn has(&self, read: &Threads, thread: usize) -> bool {
        self.source
            .is_none_or(|source| read.sources[thread] == source)
    }
}

/// A set for each file, and after several all of them as one.
fn sets(files: &[PathBuf]) -> Vec<Set> {
    let names = set_names(files).into_iter().enumerate();
    let of_files = names.map(|(source, name)| Set {
        name,
        source: Some(source),
    });
    let all = (files.len() > 1).then(|| Set {
        name: ALL_TOGETHER.to_owned(),
        source: None,
    });
    of_files.chain(all).collect()
}

/// The names of sets: of each file as much of the end of its path, without the file's endings, as tells
/// it from the others; the whole path where nothing less does.
fn set_names(files: &[PathBuf]) -> Vec<String> {
    let end_of = |file: &Path, n_parts: usize| -> String {
        let parts: Vec<_> = file.iter().map(|part| part.to_string_lossy()).collect();
        let end = parts[parts.len().saturating_sub(n_parts)..].join("/");
        let end = end.trim_end_matches(".gz");
        let end = end.trim_end_matches(".jsonl").trim_end_matches(".xml");
        end.to_owned()
    };
    let is_of_one = |n_parts: usize, end: &str| {
        let same = files.iter().filter(|file| end_of(file, n_parts) == end);
        same.count() == 1
    };
    let name = |file: &PathBuf| {
        (1..=file.iter().count())
            .map(|n_parts| (n_parts, end_of(file, n_parts)))
            .find(|(n_parts, end)| is_of_one(*n_parts, end))
            .map_or_else(|| file.display().to_string(), |(_, end)| end)
    };
    files.iter().map(name).collect()
}

/// What is left without each group of signals, on the sets that have both spam and ham.
fn ablation(read: &Threads, sets: &[Set], all: &[JudgedComment], variants: &[JudgedAll]) -> String {
    let mut rows = Vec::new();
    for set in sets {
        let figures = |judged: &[JudgedComment]| {
            let scores: Vec<_> = judged
                .iter()
                .filter(|judged| set.has(read, judged.thread))
                .filter_map(JudgedComment::scored)
                .collect();
            let caught = |share| caught_at(&scores, share);
            Some([roc_auc(&scores)?, caught(0.005)?, caught(0.01)?])
        };
        let Some(whole) = figures(all) else { continue };
        let row = |title: &str, figures: [String; 3]| {
            let mut row = vec![set.name.clone(), title.to_owned()];
            row.extend(figures);
            row
        };
        rows.push(row("nothing", whole.map(|value| format!("{value:.3}"))));
        for ((title, _), (judged, _)) in groups().iter().zip(variants) {
            let Some(part) = figures(judged) else {
                continue;
            };
            let changes = [0, 1, 2].map(|index| format!("{:+.3}", part[index] - whole[index]));
            rows.push(row(title, changes));
        }
    }
    let head = [
        "set",
        "left out",
        "ROC AUC",
        "caught at 0.5 %",
        "caught at 1 %",
    ];
    format!(
        "\n## Without a group of signals\n\n{}",
        table(&head, rows, true)
    )
}

/// Characters of a comment that are shown of a mistake.
const SHOWN: usize = 60;

/// The comments that are judged wrongly, those furthest on the wrong side first, at most `n` of each
/// label.
fn mistakes(read: &Threads, judged: &[JudgedComment], n: usize) -> String {
    let mut text = String::new();
    for (label, title) in [
        (Label::Ham, "Genuine comments that are held or called spam"),
        (Label::Spam, "Spam that is published"),
    ] {
        let is_wrong = |judged: &&JudgedComment| {
            let is_published = judged.verdict == Verdict::Publish;
            judged.label == Some(label) && is_published == (label == Label::Spam)
        };
        let mut wrong: Vec<&JudgedComment> = judged.iter().filter(is_wrong).collect();
        wrong.sort_by(|a, b| a.score.total_cmp(&b.score));
        if label == Label::Ham {
            wrong.reverse();
        }
        text.push_str(&format!("\n## {title}\n\n"));
        if wrong.is_empty() {
            text.push_str("None.\n");
            continue;
        }
        let rows = wrong.iter().take(n).map(|judged| {
            let thread = &read.threads[judged.thread];
            let comment = &thread.comments[judged.comment];
            vec![
                beginning(&comment.body, SHOWN),
                comment.author.text().unwrap_or_default().to_owned(),
                judged.verdict.name().to_owned(),
                format!("{:+.2}", judged.score),
                format!("{:.0} %", probability(judged.relevance) * 100.0),
                thread.site.clone(),
                thread.post.id.clone(),
                comment.id.clone(),
            ]
        });
        let head = [
            "words",
            "author",
            "verdict",
            "log-odds",
            "relevance",
            "site",
            "post",
            "comment",
        ];
        text.push_str(&table(&head, rows.collect(), true));
        text.push('\n');
        if let Some(more) = wrong.len().checked_sub(n).filter(|more| *more > 0) {
            text.push_str(&format!("\nAnd {} more.\n", thousands(more)));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_named_by_as_much_of_its_path_as_tells_it_from_the_others() {
        let names = |paths: &[&str]| {
            let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
            set_names(&paths)
        };
        assert_eq!(names(&["blogs/mine.jsonl.gz"]), ["mine"]);
        assert_eq!(names(&["blogs/mine.xml"]), ["mine"]);
        assert_eq!(
            names(&["a/mine.jsonl", "b/mine.jsonl", "b/other.jsonl"]),
            ["a/mine", "b/mine", "other"]
        );
        assert_eq!(
            names(&["a/x/mine.jsonl", "b/x/mine.jsonl"]),
            ["a/x/mine", "b/x/mine"]
        );
        assert_eq!(
            names(&["mine.jsonl", "mine.jsonl.gz"]),
            ["mine.jsonl", "mine.jsonl.gz"]
        );
        assert_eq!(
            names(&["mine.jsonl", "a/mine.jsonl"]),
            ["mine.jsonl", "a/mine"]
        );
    }
}
