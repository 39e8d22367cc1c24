//! `ontopic model`.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use clap::{Args, Subcommand};

use super::data_folder::DataDir;
use super::files::ModelBytes;
use super::table::{table, thousands};
use crate::classifier::Classifier;
use crate::explanation::term_name;
use crate::features::{Axis, RELEVANCE_NAMES};
use crate::model_file::Metadata;
use crate::policy::{Budgets, can_measure};
use crate::registry;
use crate::signals::{CATALOGUE, find};

/// What the commands that change the active model cannot see.
const UNLESS: &str =
    ": a running service takes it up within two seconds, unless `model.file` names another one";

/// Looks into a model file, and says which model a service judges by.
#[derive(Debug, Args)]
pub(super) struct Model {
    #[command(subcommand)]
    command: ModelCommand,
}

#[derive(Debug, Subcommand)]
enum ModelCommand {
    Show(Show),
    Activate(Activate),
    Rollback(Rollback),
}

/// Lets a service judge by a model from now on. A running service takes it up within two seconds, and
/// drops no request; one that was started with `--model-file` goes on with that file.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ontopic model activate my.safetensors
  ontopic model activate --data-dir /var/lib/ontopic my.safetensors")]
struct Activate {
    #[command(flatten)]
    data_dir: DataDir,
    /// The model file.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Lets a service judge by the model before again, as `activate` does by another one.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ontopic model rollback
  ontopic model rollback --data-dir /var/lib/ontopic")]
struct Rollback {
    #[command(flatten)]
    data_dir: DataDir,
}

/// Shows where a model comes from, its thresholds, and what each signal can contribute.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ontopic model show
  ontopic model show my.safetensors --curve coherence")]
struct Show {
    /// The model file; the default model if left out.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// The same, as other commands take it.
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    model: Option<PathBuf>,
    /// Show the curves of this signal, or the surfaces of a pair (`relevance+length`).
    #[arg(long, value_name = "SIGNAL")]
    curve: Option<String>,
}

impl Model {
    pub(super) fn run(&self) -> anyhow::Result<ExitCode> {
        match &self.command {
            ModelCommand::Show(show) => show.run(),
            ModelCommand::Activate(command) => {
                let folder = command.data_dir.open()?.models();
                let id = registry::activate(&folder, &command.file)?;
                anstream::eprintln!("the model {id} is active{UNLESS}");
                let bytes = ModelBytes::open(Some(&command.file))?;
                introduce(&bytes.load()?.metadata);
                Ok(ExitCode::SUCCESS)
            }
            ModelCommand::Rollback(command) => {
                let folder = command.data_dir.open()?.models();
                match registry::roll_back(&folder)? {
                    Some(id) => anstream::eprintln!("the model {id} is active again{UNLESS}"),
                    None => anstream::eprintln!("the model that ships is active again{UNLESS}"),
                }
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

/// Comments of spam that a model should have learned from, at least.
const LEAST_SPAM: usize = 100;

/// Says what a model stands on, and warns where that is little.
fn introduce(metadata: &Metadata) {
    let [n_spam, n_ham] = [metadata.n_spam, metadata.n_ham];
    anstream::eprintln!(
        "it has learned from {} spam and {} ham; hold from {:+.2} log-odds, spam from {:+.2}",
        thousands(n_spam),
        thousands(n_ham),
        metadata.hold,
        metadata.spam
    );
    let budget = Budgets::default().spam;
    if n_spam < LEAST_SPAM || !can_measure(budget, n_ham) {
        anstream::eprintln!(
            "warning: expected a model of at least {} spam and {} genuine comments, found fewer: its \
             verdicts are hardly to be trusted; `ontopic model rollback` takes it back",
            thousands(LEAST_SPAM),
            thousands((1.0 / budget).ceil() as usize)
        );
    }
}

impl Show {
    fn run(&self) -> anyhow::Result<ExitCode> {
        let file = self.file.as_deref().or(self.model.as_deref());
        let bytes = ModelBytes::open(file)?;
        let loaded = bytes.load()?;
        let (classifier, metadata) = (&loaded.classifier, &loaded.metadata);
        let mut out = std::io::stdout().lock();
        if let Some(name) = &self.curve {
            writeln!(out, "{}", shapes(classifier, name)?)?;
            return Ok(ExitCode::SUCCESS);
        }
        writeln!(out, "model       {}", metadata.id())?;
        writeln!(
            out,
            "trained by  ontopic {}, seed {}",
            metadata.trained_by, metadata.seed
        )?;
        writeln!(
            out,
            "learned     {} spam, {} ham",
            metadata.n_spam, metadata.n_ham
        )?;
        writeln!(out, "data        {}", metadata.data)?;
        writeln!(out, "schema      {}", metadata.schema)?;
        writeln!(out, "prior       {} of comments are spam", metadata.prior)?;
        writeln!(out, "hold from   {:.3} log-odds", metadata.hold)?;
        writeln!(out, "spam from   {:.3} log-odds", metadata.spam)?;
        writeln!(
            out,
            "features    {} lexical weights",
            classifier.lexical.table.len()
        )?;
        let [brief, other] = classifier.spam.heads().map(|head| {
            let curves = head.curves.iter().map(|curve| &curve.values);
            let surfaces = head.surfaces.iter().map(|surface| &surface.values);
            curves.chain(surfaces).map(|values| {
                let low = values.iter().copied().fold(0.0, f64::min);
                let high = values.iter().copied().fold(0.0, f64::max);
                [low, high]
            })
        });
        let mut rows: Vec<(f64, Vec<String>)> = other
            .zip(brief)
            .enumerate()
            .map(|(term, (other, brief))| {
                // The bias comes before them.
                let mut cells = vec![term_name(classifier, term + 1)];
                cells.extend(
                    [other, brief]
                        .concat()
                        .iter()
                        .map(|end| format!("{end:+.2}")),
                );
                (other[1] - other[0], cells)
            })
            .collect();
        rows.sort_by(|a, b| b.0.total_cmp(&a.0));
        let rows = rows.into_iter().map(|(_, cells)| cells).collect();
        writeln!(
            out,
            "\n{}",
            table(
                &["signal or pair", "least", "most", "short: least", "most"],
                rows,
                false
            )
        )?;
        let (alone, beside) = (&classifier.relevance.alone, &classifier.relevance.beside);
        let rows = RELEVANCE_NAMES
            .iter()
            .zip(alone.weights.iter().zip(beside.weights))
            .map(|(name, (alone, beside))| {
                vec![
                    (*name).to_owned(),
                    format!("{alone:+.3}"),
                    format!("{beside:+.3}"),
                ]
            })
            .collect();
        let header = &["relevance", "weight", "weight beside other threads"];
        writeln!(out, "\n{}", table(header, rows, false))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The curves of a signal, or the surfaces of a pair, of both additive models.
fn shapes(classifier: &Classifier<'_>, name: &str) -> anyhow::Result<String> {
    Ok(format!(
        "{}\n\nFor short comments with a homepage:\n\n{}",
        shape(classifier, false, name)?,
        shape(classifier, true, name)?,
    ))
}

/// The curve of a signal, or the surface of a pair, of one of them.
fn shape(classifier: &Classifier<'_>, is_brief: bool, name: &str) -> anyhow::Result<String> {
    let head = classifier.spam.head(is_brief);
    if let Some((index, _)) = find(name) {
        let curve = &head.curves[index];
        let rows = curve.values.iter().enumerate().map(|(bin, value)| {
            let [above, up_to] = ends(&curve.axis, bin);
            vec![above, up_to, format!("{value:+.3}")]
        });
        return Ok(table(
            &["above", "up to", "log-odds"],
            rows.collect(),
            false,
        ));
    }
    // Bias and curves come before the surfaces.
    let mut surfaces = (1 + CATALOGUE.len()..).zip(&head.surfaces);
    let pair = surfaces.find(|(term, _)| term_name(classifier, *term) == name);
    let Some((_, surface)) = pair else {
        bail!(
            "expected the name of a signal, or of a pair in the model, found `{name}`\n\n\
             hint: `ontopic model show` lists them"
        );
    };
    let columns = surface.second_axis.n_bins();
    let rows = surface.values.iter().enumerate().map(|(cell, value)| {
        let first = ends(&surface.first_axis, cell / columns);
        let second = ends(&surface.second_axis, cell % columns);
        let mut row = [first, second].concat();
        row.push(format!("{value:+.3}"));
        row
    });
    let [first, second] = [surface.first, surface.second].map(|index| CATALOGUE[index].name);
    let head = [
        &format!("{first} above"),
        "up to",
        &format!("{second} above"),
        "up to",
        "log-odds",
    ];
    Ok(table(&head, rows.collect(), false))
}

/// Above which value a bin begins and up to which it goes; empty where it has no end.
fn ends(axis: &Axis, bin: usize) -> [String; 2] {
    let edge = |bin: usize| axis.edges().get(bin).map(|edge| format!("{edge:.3}"));
    [bin.checked_sub(1).and_then(edge), edge(bin)].map(Option::unwrap_or_default)
}
