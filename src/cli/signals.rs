//! `ontopic signals`.

use std::process::ExitCode;

use anyhow::bail;
use clap::Args;

use crate::explanation::{NOT_RELEVANT, UNFAMILIAR};
use crate::signals::{CATALOGUE, Weight, find};

/// Lists the signals, or documents one.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ontopic signals
  ontopic signals coherence
  ontopic signals --markdown > docs/signals.md")]
pub(super) struct Signals {
    /// The signal to document, or the pair (`relevance+length`).
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// All documentation as one Markdown page.
    #[arg(long, conflicts_with = "name")]
    markdown: bool,
}

impl Signals {
    pub(super) fn run(&self) -> anyhow::Result<ExitCode> {
        use std::io::Write;
        let mut out = std::io::stdout().lock();
        match &self.name {
            Some(name) => {
                // A pair, as explanations name it, is documented by both its signals.
                for name in name.split('+') {
                    if let Some(notice) = notice(name) {
                        writeln!(out, "# {name}\n\n{notice}")?;
                        continue;
                    }
                    let Some((_, signal)) = find(name) else {
                        bail!(
                            "expected the name of a signal, found `{name}`\n\nhint: `ontopic signals` lists them"
                        );
                    };
                    writeln!(out, "# {name}\n\n{}", text(signal.doc))?;
                }
            }
            None if self.markdown => {
                writeln!(out, "# Signals\n\nWritten by `ontopic signals --markdown`.")?;
                for signal in CATALOGUE {
                    let doc = text(signal.doc)
                        .replace("\n## ", "\n### ")
                        .replacen("## ", "### ", 1);
                    writeln!(out, "\n## {}\n\n{}", signal.name, doc.trim_end())?;
                }
            }
            None => {
                for signal in CATALOGUE {
                    let fixed = if signal.weight == Weight::Trained {
                        ""
                    } else {
                        " (weight written down)"
                    };
                    writeln!(out, "{:<20} {}{fixed}", signal.name, summary(signal.doc))?;
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// What a name among the reasons means that is no signal's.
fn notice(name: &str) -> Option<&'static str> {
    match name {
        UNFAMILIAR => Some(
            "A notice and no signal: the model has read no genuine text like the comment, so that \
             spam begins later for it. It adds nothing to the sum.",
        ),
        NOT_RELEVANT => Some(
            "A notice and no signal: the comment is held for its relevance alone, as the owner has \
             asked. It adds nothing to the sum.",
        ),
        _ => None,
    }
}

/// The name of a signal, as an argument gives it.
pub(super) fn signal_name(name: &str) -> Result<String, String> {
    match find(name) {
        Some(_) => Ok(name.to_owned()),
        None => Err("expected the name of a signal, which `ontopic signals` lists".to_owned()),
    }
}

/// The documentation without the space that begins every line of a doc comment.
fn text(doc: &str) -> String {
    doc.lines()
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The first sentence under the first heading, up to a colon.
fn summary(doc: &str) -> String {
    let text = text(doc);
    let body: Vec<&str> = text
        .lines()
        .skip_while(|line| !line.starts_with("## "))
        .skip(1)
        .take_while(|line| !line.starts_with("## "))
        .collect();
    let body = body.join(" ");
    let end = [". ", ": "].iter().filter_map(|mark| body.find(mark)).min();
    body[..end.unwrap_or(body.len())]
        .trim()
        .trim_end_matches('.')
        .to_owned()
}
