//! `ontopic train`.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context as _, anyhow, bail};
use clap::Args;

use super::files::{read_files, report_troubles, write_atomically};
use super::progress::Progress;
use super::signals::signal_name;
use super::table::{counted, percent, printable, table, thousands};
use crate::atomic_file::try_place;
use crate::comment::{Comment, Thread, words_digest};
use crate::evaluation::{Judged, caught_at, roc_auc};
use crate::model_file::{load, save};
use crate::policy::{Budgets, Share, UNMEASURED, can_measure};
use crate::training::{MOST_ROWS, TrainConfig, TrainError, Trained, train};

/// Learns a model from labelled threads.
///
/// Writes the model and, beside it, a card in Markdown. Near-duplicates are dropped, blogs and
/// template families weighted so that none dominates, and thresholds chosen on blogs held out. The
/// same data in any order, seed and version give the same bytes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ontopic train --data datasets/starter.jsonl --out starter.safetensors
  ontopic train --data my-blog.jsonl.gz other-blogs/ --out my.safetensors --seed 7

The format of threads is documented in datasets/README.md.")]
pub(super) struct Train {
    /// Thread files (`.jsonl`, plain or gzip'd) or exports of WordPress (`.xml`), one by one; a folder
    /// stands for the thread files in it.
    #[arg(long, required = true, num_args = 1.., value_name = "FILE_OR_FOLDER")]
    data: Vec<PathBuf>,
    /// The model file to write; the card goes beside it, ending in `.md`.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Seed of everything that is drawn.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A signal to switch off (may be repeated); `ontopic signals` lists them.
    #[arg(long, value_name = "SIGNAL", value_parser = signal_name)]
    without: Vec<String>,
    /// Stop at the first bad line or unknown key.
    #[arg(long)]
    strict: bool,
}

impl Train {
    pub(super) fn run(&self) -> anyhow::Result<ExitCode> {
        self.look_at_out()?;
        let started = Instant::now();
        let progress = Progress::new();
        progress.show("reading files", 0.0);
        let read = read_files(&self.data, self.strict)?;
        progress.aside(|| report_troubles(&read));
        let config = TrainConfig {
            seed: self.seed,
            without: self.without.clone(),
            held_out: Vec::new(),
        };
        let trained = train(&read.threads, &config, &|stage, share| {
            progress.show(stage, share)
        })
        .map_err(with_hint)?;
        progress.finish();
        let bytes = save(
            &trained.classifier,
            &trained.data_digest,
            trained.seed,
            trained.n_examples,
        )?;
        let id = load(&bytes)?.metadata.id().to_owned();
        write_atomically(&self.out, &bytes)?;
        let card = self.card_path();
        let judged = judged(&trained);
        write_atomically(
            &card,
            self.card(&trained, &judged, &read.threads, &id, bytes.len())
                .as_bytes(),
        )?;
        let [n_spam, n_ham] = trained.n_examples;
        anstream::eprintln!(
            "wrote `{}` (model {id}, {} bytes) and `{}`\n\
             learned from {n_spam} spam and {n_ham} ham on {}, {} left out, in {:.0} s; ROC AUC on blogs held out {}",
            self.out.display(),
            bytes.len(),
            card.display(),
            counted(trained.sites.len(), "blog"),
            counted(trained.n_duplicates, "near-duplicate"),
            started.elapsed().as_secs_f64(),
            figure(roc_auc(&judged)),
        );
        warn(&judged, &read.threads);
        Ok(ExitCode::SUCCESS)
    }

    /// Makes sure, before the work, that model and card will have a place and replace nothing else.
    fn look_at_out(&self) -> anyhow::Result<()> {
        let out = &self.out;
        if out
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("md"))
        {
            bail!(
                "expected a model file that does not end in `.md`, found `{}`: the card is written there",
                out.display()
            );
        }
        let name = out.file_name().unwrap_or_default();
        let all = out.as_os_str().as_encoded_bytes();
        if !all.ends_with(name.as_encoded_bytes()) {
            bail!(
                "expected a file to write to, found `{}`, which can only be a folder",
                out.display()
            );
        }
        let folder = out.parent().filter(|it| !it.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            bail!(
                "expected a folder to write to, found none at `{}`",
                folder.display()
            );
        }
        replaceable(out, "a model", is_model)?;
        let card = self.card_path();
        replaceable(&card, "a model's card", is_card)?;
        for path in [out, &card] {
            try_place(path).with_context(|| format!("could not write `{}`", path.display()))?;
        }
        Ok(())
    }

    /// Where the card is written: `my.md` beside `my.safetensors`, and `my.v2.md` beside `my.v2`.
    fn card_path(&self) -> PathBuf {
        match self.out.extension() {
            Some(ending) if ending != "safetensors" => {
                let mut path = self.out.clone().into_os_string();
                path.push(".md");
                path.into()
            }
            _ => self.out.with_extension("md"),
        }
    }

    /// The card: what the model learned from, and how it did on blogs held out.
    fn card(
        &self,
        trained: &Trained,
        judged: &[Judged],
        threads: &[Thread],
        id: &str,
        n_bytes: usize,
    ) -> String {
        let [n_spam, n_ham] = trained.n_examples;
        let without: String = self
            .without
            .iter()
            .map(|signal| format!(" --without {signal}"))
            .collect();
        let mut shares: Vec<Share> = trained.held.iter().map(|(_, share)| *share).collect();
        shares.sort_by_key(|share| (std::cmp::Reverse(share.n), share.taken));
        let held: Vec<Vec<String>> = shares
            .iter()
            .map(|share| {
                vec![
                    share.n.to_string(),
                    share.taken.to_string(),
                    percent(share.value()),
                ]
            })
            .collect();
        let n_labelled = threads
            .iter()
            .flat_map(|thread| &thread.comments)
            .filter(|comment| comment.label.is_some())
            .count();
        let thresholds = trained.classifier.thresholds;
        let budgets = Budgets::default();
        let n_held_ham: usize = shares.iter().map(|share| share.n).sum();
        let unmeasured: String = [
            (budgets.hold, "hold", "even odds or earlier"),
            (budgets.spam, "spam", "`hold` or later"),
        ]
        .into_iter()
        .filter(|&(budget, ..)| !can_measure(budget, n_held_ham))
        .map(|(budget, name, begins)| {
            format!(
                "\nOf {} even one is more than {} %, so that the budget of `{name}` cannot be measured: it begins {UNMEASURED:.0} beyond {begins}.",
                counted(n_held_ham, "genuine comment"),
                budget * 100.0
            )
        })
        .collect();
        format!(
            "{CARD}{id}\n\n\
             Made by `ontopic train --data $DATA --out {name} --seed {seed}{without}`, version {version}; {n_bytes} bytes.\n\n\
             ## Data\n\n\
             {threads} threads on {blogs} blogs, {n_labelled} labelled comments.\n\
             After {duplicates} near-duplicates were dropped, {n_spam} spam and {n_ham} ham were learned from.\n\
             Digest of the data: `{digest}`.\n\n\
             ## Thresholds\n\n\
             Log-odds at a share of spam of {prior:.0} %: hold from {hold:.3}, spam from {spam:.3}.\n\
             Chosen so that, where every blog counts equally and all with fewer than {alone} genuine comments together count as one, `hold` and `spam` together take at most {most_held} % and `spam` at most {most_spam} % of the genuine comments, and `hold` at most {most_held} % on nine in ten of the blogs with {larger} or more; neither begins below even odds.{unmeasured}\n\n\
             ## On blogs held out\n\n\
             Second stage in five folds of whole blogs, on what was learned from (at most {most_rows} comments a blog and label, no duplicates): ROC AUC {auc}; spam caught where 0.5 % of the genuine comments are blocked {half}, at 1 % {one}.\n\
             `ontopic evaluate --cross-validate site` measures all comments and leaves nothing of a blog in any stage.\n\n\
             What holding takes of the genuine comments of each blog, the largest first:\n\n{table}\n",
            name = self.out.file_name().unwrap_or_default().to_string_lossy(),
            seed = trained.seed,
            version = env!("CARGO_PKG_VERSION"),
            threads = trained.n_threads,
            blogs = trained.sites.len(),
            duplicates = trained.n_duplicates,
            digest = trained.data_digest,
            prior = trained.classifier.prior * 100.0,
            hold = thresholds.hold,
            spam = thresholds.spam,
            alone = budgets.alone,
            most_held = budgets.hold * 100.0,
            most_spam = budgets.spam * 100.0,
            larger = budgets.larger,
            most_rows = thousands(MOST_ROWS),
            auc = figure(roc_auc(judged)),
            half = figure(caught_at(judged, 0.005)),
            one = figure(caught_at(judged, 0.01)),
            table = table(&["genuine comments", "held", "share"], held, true),
        )
    }
}

/// A ROC AUC on blogs held out below which a model is hardly worth using: a coin has 0.5.
const POOR: f64 = 0.7;

/// Warns of what makes a poor model.
fn warn(judged: &[Judged], threads: &[Thread]) {
    let n_ham = judged.iter().filter(|judged| !judged.spam).count();
    if !can_measure(Budgets::default().hold, n_ham) {
        anstream::eprintln!(
            "warning: {} of blogs {} too few to measure by: neither thresholds nor figures are to be \
             trusted; give threads of more blogs",
            counted(n_ham, "genuine comment"),
            if n_ham == 1 { "is" } else { "are" },
        );
    } else if roc_auc(judged).is_some_and(|auc| auc < POOR) {
        anstream::eprintln!(
            "warning: on blogs held out the model hardly tells spam from genuine comments: give more \
             threads, or look at their labels"
        );
    }
    let contradicted = contradicted(threads);
    if let [(thread, comment), ..] = contradicted[..] {
        anstream::eprintln!(
            "warning: the same words under the same name are spam and ham {}, such as those of comment \
             `{}` under post `{}` of `{}`",
            counted(contradicted.len(), "time"),
            printable(&comment.id),
            printable(&thread.post.id),
            printable(&thread.site),
        );
    }
}

/// Comments with the name and the words of one before that has the other label.
fn contradicted(threads: &[Thread]) -> Vec<(&Thread, &Comment)> {
    let mut labels = HashMap::new();
    let mut contradicted = Vec::new();
    for thread in threads {
        for comment in &thread.comments {
            let Some(label) = comment.label else { continue };
            let author = comment.author.value().map_or("", String::as_str);
            let words = words_digest(author, &comment.body);
            if *labels.entry(words).or_insert(label) != label {
                contradicted.push((thread, comment));
            }
        }
    }
    contradicted
}

/// What was judged on blogs held out.
fn judged(trained: &Trained) -> Vec<Judged> {
    let held_out = trained.held_out.iter();
    held_out
        .map(|score| Judged {
            score: score.log_odds,
            spam: score.spam,
        })
        .collect()
}

fn figure(value: Option<f64>) -> String {
    value.map_or("-".to_owned(), |value| format!("{value:.3}"))
}

/// What to do where both kinds of comments are there, but on too few blogs. Without any of a kind it is
/// the labels that are missing.
fn with_hint(error: TrainError) -> anyhow::Error {
    match error {
        TrainError::OneBlog { .. } => {}
        TrainError::TooLittle { spam, ham, .. } if spam > 0 && ham > 0 => {}
        _ => return error.into(),
    }
    anyhow!(
        "{error}\n\n\
         hint: beside threads of one blog, give those that were written to be learned from: \
         `datasets/everyday.jsonl`, `datasets/genres.jsonl` and `datasets/names.jsonl`"
    )
}

/// What every card begins with.
const CARD: &str = "# Model ";

/// Fails where something other than `what` stands that would be lost.
fn replaceable(path: &Path, what: &str, is_it: impl Fn(&[u8]) -> bool) -> anyhow::Result<()> {
    let Ok(metadata) = std::fs::metadata(path) else {
        return Ok(());
    };
    let mut start = Vec::new();
    if metadata.is_file() {
        let file =
            File::open(path).with_context(|| format!("could not open `{}`", path.display()))?;
        file.take(64)
            .read_to_end(&mut start)
            .with_context(|| format!("could not read `{}`", path.display()))?;
    }
    if !metadata.is_file() || !is_it(&start) {
        bail!(
            "expected {what} or nothing at `{}`, found something else: it would be lost",
            path.display()
        );
    }
    Ok(())
}

/// Whether a file begins as cards do: the name of a model, twelve hexadecimal digits, is the title.
fn is_card(start: &[u8]) -> bool {
    let title = start.strip_prefix(CARD.as_bytes()).unwrap_or_default();
    let name = title.get(..12).unwrap_or_default();
    name.len() == 12 && name.iter().all(u8::is_ascii_hexdigit)
}

/// Whether a file begins as model files of all formats do: the length of the header in eight bytes,
/// then the header.
fn is_model(start: &[u8]) -> bool {
    let header = start.get(8..).unwrap_or_default();
    header.starts_with(br#"{"__metadata__":{"ontopic":"#)
}
