//! `ontopic model`.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::data_folder::DataFolder;
use super::files::ModelBytes;
use super::table::table;
use crate::features::RELEVANCE_NAMES;
use crate::registry;
use crate::signals::CATALOGUE;

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

/// Lets a service judge by a model from now on. A running service takes it up within a second, and
/// drops no request.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ontopic model activate my.safetensors
  ontopic model activate --data-dir /var/lib/ontopic my.safetensors")]
struct Activate {
    /// The data folder of the service.
    #[arg(long, value_name = "FOLDER", default_value = "ontopic-data")]
    data_dir: PathBuf,
    /// The model file.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Lets a service judge by the model before again.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ontopic model rollback
  ontopic model rollback --data-dir /var/lib/ontopic")]
struct Rollback {
    /// The data folder of the service.
    #[arg(long, value_name = "FOLDER", default_value = "ontopic-data")]
    data_dir: PathBuf,
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
    /// Show the curve of this signal.
    #[arg(long, value_name = "SIGNAL")]
    curve: Option<String>,
}

impl Model {
    pub(super) fn run(&self) -> anyhow::Result<ExitCode> {
        match &self.command {
            ModelCommand::Show(show) => show.run(),
            ModelCommand::Activate(command) => {
                let folder = DataFolder::open(&command.data_dir)?.models();
                let id = registry::activate(&folder, &command.file)?;
                anstream::eprintln!("the model {id} judges from now on");
                Ok(ExitCode::SUCCESS)
            }
            ModelCommand::Rollback(command) => {
                let folder = DataFolder::open(&command.data_dir)?.models();
                match registry::roll_back(&folder)? {
                    Some(id) => anstream::eprintln!("the model {id} judges again"),
                    None => anstream::eprintln!("the model that ships judges again"),
                }
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

impl Show {
    fn run(&self) -> anyhow::Result<ExitCode> {
        let bytes = ModelBytes::open(self.file.as_deref())?;
        let loaded = bytes.load(self.file.as_deref())?;
        let (classifier, metadata) = (&loaded.classifier, &loaded.metadata);
        let mut out = std::io::stdout().lock();
        if let Some(name) = &self.curve {
            let Some((index, _)) = crate::signals::find(name) else {
                anyhow::bail!(
                    "expected the name of a signal, found `{name}`\n\nhint: `ontopic signals` lists them"
                );
            };
            let curve = &classifier.spam.curves[index];
            let mut rows = Vec::new();
            for (bin, value) in curve.values.iter().enumerate() {
                let edge = |bin: usize| {
                    curve
                        .axis
                        .edges()
                        .get(bin)
                        .map_or(String::new(), |edge| format!("{edge:.3}"))
                };
                let above = bin.checked_sub(1).map_or(String::new(), edge);
                rows.push(vec![above, edge(bin), format!("{value:+.3}")]);
            }
            writeln!(
                out,
                "{}",
                table(&["above", "up to", "log-odds"], rows, false)
            )?;
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
        let mut rows: Vec<(f64, Vec<String>)> = CATALOGUE
            .iter()
            .zip(&classifier.spam.curves)
            .map(|(signal, curve)| {
                let low = curve.values.iter().copied().fold(0.0, f64::min);
                let high = curve.values.iter().copied().fold(0.0, f64::max);
                let cells = vec![
                    signal.name.to_owned(),
                    format!("{low:+.2}"),
                    format!("{high:+.2}"),
                ];
                (high - low, cells)
            })
            .collect();
        rows.sort_by(|a, b| b.0.total_cmp(&a.0));
        let rows = rows.into_iter().map(|(_, cells)| cells).collect();
        writeln!(
            out,
            "\n{}",
            table(&["signal", "least", "most"], rows, false)
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
