//! Takes arguments and gives output: one file per command, and the only place that prints and maps
//! models.
//!
//! Data go to standard output, everything else to standard error. Colour only on a terminal.

mod backup;
mod blogs;
mod certificate;
mod check;
mod data_folder;
mod evaluate;
mod export;
mod files;
mod incoming;
mod model;
mod progress;
mod ready;
mod report;
mod score;
mod serve;
mod settings;
mod signals;
mod table;
mod train;
mod wire;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Tells genuine blog comments from off-topic spam, on your own machine.
#[derive(Debug, Parser)]
#[command(name = "ontopic", version, about, max_term_width = 100, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  ontopic check --post post.html --author \"Anna\" --body \"Which size did you take?\"
  ontopic score --explain < threads.jsonl > scores.jsonl
  ontopic train --data my-threads.jsonl --out my-model.safetensors
  ontopic evaluate --data my-threads.jsonl
  ontopic signals coherence";

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Check),
    Score(score::Score),
    Serve(serve::Serve),
    Backup(backup::Backup),
    Export(export::Export),
    Train(train::Train),
    Evaluate(evaluate::Evaluate),
    Model(model::Model),
    Ready(ready::Ready),
    Settings(settings::Settings),
    Signals(signals::Signals),
}

/// Runs the program with the arguments of the process.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match &arguments.command {
        Command::Check(command) => command.run(),
        Command::Score(command) => command.run(),
        Command::Serve(command) => command.run(),
        Command::Backup(command) => command.run(),
        Command::Export(command) => command.run(),
        Command::Train(command) => command.run(),
        Command::Evaluate(command) => command.run(),
        Command::Model(command) => command.run(),
        Command::Ready(command) => command.run(),
        Command::Settings(command) => command.run(),
        Command::Signals(command) => command.run(),
    };
    match outcome {
        Ok(code) => code,
        // The reader of a pipe has seen enough.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // It may quote what strangers wrote.
            let message = format!("{error:#}");
            let lines: Vec<String> = message.lines().map(table::printable).collect();
            let message = lines.join("\n");
            anstream::eprintln!("{}error:{} {message}", style::ERROR, style::RESET);
            ExitCode::from(2)
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    })
}

/// Colours, which anstream drops where they are not wanted.
mod style {
    use anstyle::{AnsiColor, Reset, Style};

    pub(super) const ERROR: Style = AnsiColor::Red.on_default().bold();
    pub(super) const HAM: Style = AnsiColor::Green.on_default().bold();
    pub(super) const UNSURE: Style = AnsiColor::Yellow.on_default().bold();
    pub(super) const SPAM: Style = AnsiColor::Red.on_default().bold();
    pub(super) const FAINT: Style = Style::new().dimmed();
    pub(super) const RESET: Reset = Reset;
}

/// How comments are judged: options that `check` and `score` share.
#[derive(Debug, clap::Args)]
struct Judging {
    /// The model file; the default model if left out.
    #[arg(long, value_name = "FILE")]
    model: Option<std::path::PathBuf>,
    /// Other threads of the same blogs (`site`), as files or folders of thread files, told apart by the
    /// `id` of their posts: what all of a blog's posts have in common then counts less for relevance.
    /// They are not judged.
    #[arg(long, value_name = "FILE_OR_FOLDER")]
    blog: Vec<std::path::PathBuf>,
    /// The share of spam among your comments, in (0, 1); moves the probability of spam and no verdict.
    /// Default: that of the model, 0.5 for all that `train` makes.
    #[arg(long, value_name = "SHARE", value_parser = open_share)]
    prior: Option<f64>,
    /// Also hold comments whose relevance is below this, in (0, 1). Off by default: thanks and
    /// jokes are hardly relevant, and genuine.
    #[arg(long, value_name = "SHARE", value_parser = open_share)]
    hold_below_relevance: Option<f64>,
}

impl Judging {
    fn policy(&self, classifier: &crate::classifier::Classifier<'_>) -> crate::policy::Policy {
        let mut policy = classifier.policy(self.prior);
        policy.hold_below_relevance = self.hold_below_relevance.map(crate::calibration::log_odds);
        policy
    }
}

/// A share strictly between 0 and 1.
fn open_share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(share) if share > 0.0 && share < 1.0 => Ok(share),
        _ => Err("expected a number between 0 and 1".to_owned()),
    }
}
