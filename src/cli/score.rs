//! `ontopic score`.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use rayon::prelude::*;

use super::files::ModelBytes;
use super::wire::{Judgement, ScoreLine};
use crate::classifier::Classifier;
use crate::dataset::{BadLine, LineError, Lines, parse_thread};
use crate::explanation::explain;
use crate::policy::Policy;

/// Bytes of lines that are read before they are judged side by side: enough to keep all threads
/// busy, little enough to answer soon and to stay within memory.
const BATCH_BYTES: usize = 4 << 20;

/// Lines of a batch at most.
const BATCH_LINES: usize = 1024;

/// Judges threads from standard input, one JSON line per comment.
///
/// Each line of input is judged alone. Lines that are no threads are reported and passed over.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ontopic score < threads.jsonl > scores.jsonl
  ontopic score --explain --model my.safetensors < threads.jsonl.gz
  ontopic score < threads.jsonl | grep '\"verdict\":\"hold\"'

The format of threads is documented in datasets/README.md.")]
pub(super) struct Score {
    #[command(flatten)]
    judging: super::Judging,
    /// Threads that work side by side; the output does not depend on it. Default: one per core.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Add the contributions of all signals to every line.
    #[arg(long)]
    explain: bool,
    /// Stop at the first bad line.
    #[arg(long)]
    strict: bool,
    /// Read this file instead of standard input.
    #[arg(value_name = "FILE")]
    input: Option<PathBuf>,
}

impl Score {
    pub(super) fn run(&self) -> anyhow::Result<ExitCode> {
        let bytes = ModelBytes::open(self.judging.model.as_deref())?;
        let loaded = bytes.load(self.judging.model.as_deref())?;
        let policy = self.judging.policy(&loaded.classifier);
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(self.threads.map_or(0, usize::from))
            .build()?;
        let mut lines = match &self.input {
            Some(path) => Lines::open(path)?,
            None => Lines::new("standard input", std::io::stdin())?,
        };
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        let name = lines.name().to_owned();
        let mut n_bad = 0;
        loop {
            let mut batch = Vec::new();
            let mut n_bytes = 0;
            while batch.len() < BATCH_LINES && n_bytes < BATCH_BYTES {
                let Some((line, bytes)) = lines.next_line()? else {
                    break;
                };
                n_bytes += bytes.as_ref().map_or(0, Vec::len);
                batch.push((line, bytes));
            }
            if batch.is_empty() {
                break;
            }
            let judged: Vec<Result<Vec<u8>, BadLine>> = pool.install(|| {
                batch
                    .into_par_iter()
                    .map(|(line, bytes)| {
                        self.judge_line(bytes, &loaded.classifier, &policy)
                            .map_err(|error| BadLine {
                                name: name.clone(),
                                line,
                                error,
                            })
                    })
                    .collect()
            });
            for result in judged {
                match result {
                    Ok(text) => out.write_all(&text)?,
                    Err(bad) if self.strict => {
                        out.flush()?;
                        return Err(bad.into());
                    }
                    Err(bad) => {
                        n_bad += 1;
                        if n_bad <= 10 {
                            anstream::eprintln!("warning: {bad}: {}", bad.error);
                        }
                    }
                }
            }
            out.flush()?;
        }
        if n_bad > 0 {
            anstream::eprintln!(
                "warning: {} passed over",
                super::table::counted(n_bad, "bad line")
            );
        }
        Ok(ExitCode::SUCCESS)
    }

    fn judge_line(
        &self,
        bytes: Result<Vec<u8>, LineError>,
        classifier: &Classifier<'_>,
        policy: &Policy,
    ) -> Result<Vec<u8>, LineError> {
        let thread = parse_thread(&bytes?)?;
        let mut text = Vec::new();
        let mut failure = None;
        classifier.judge_thread(&thread, policy, |index, scene, assessment| {
            let contributions = self
                .explain
                .then(|| explain(classifier, scene, &assessment, policy));
            let line = ScoreLine {
                site: &thread.site,
                post: &thread.post.id,
                id: &thread.comments[index].id,
                judgement: Judgement::new(&assessment, contributions),
            };
            if let Err(error) = serde_json::to_writer(&mut text, &line) {
                failure = Some(error);
            }
            text.push(b'\n');
        });
        match failure {
            Some(error) => Err(error.into()),
            None => Ok(text),
        }
    }
}
