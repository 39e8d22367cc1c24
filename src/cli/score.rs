//! `ontopic score`.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::bail;
use clap::Args;
use rayon::prelude::*;

use super::blogs::{KnownBlogs, TOLD_APART};
use super::files::{BadLines, ModelBytes, report_mended};
use super::table::counted;
use super::wire::{Judgement, ScoreLine, wire};
use crate::classifier::Classifier;
use crate::comment::Thread;
use crate::context::Elsewhere;
use crate::dataset::{BadLine, Lines, parse_thread};
use crate::explanation::explain;
use crate::policy::Policy;

/// Bytes of lines that are read before they are judged side by side: enough to keep all threads
/// busy, little enough to answer soon and to stay within memory.
const BATCH_BYTES: usize = 4 << 20;

/// A line of more bytes than this is judged by itself.
const LARGE_LINE: usize = 1 << 20;

/// Lines of a batch at most.
const BATCH_LINES: usize = 1024;

/// Judges threads from standard input, one JSON line per comment.
///
/// Each line of input is judged alone, but for what `--blog` tells. Lines that are no threads are
/// reported and passed over; it is an error if no line is one.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ontopic score < threads.jsonl > scores.jsonl
  ontopic score --explain --model my.safetensors < threads.jsonl.gz
  ontopic score --blog my-blog.jsonl.gz < new-comments.jsonl
  ontopic score wordpress-export.xml
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
        let loaded = bytes.load()?;
        let policy = self.judging.policy(&loaded.classifier);
        let blogs = KnownBlogs::read(&self.judging.blog)?;
        let n_alone = AtomicUsize::new(0);
        let judge = |thread: &Thread, out: &mut dyn Write| {
            let elsewhere = blogs.beside(thread);
            if elsewhere.is_none() && !self.judging.blog.is_empty() {
                n_alone.fetch_add(1, Ordering::Relaxed);
            }
            self.judge(thread, elsewhere.as_ref(), &loaded.classifier, &policy, out)
        };
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(self.threads.map_or(0, usize::from))
            .build()?;
        let mut lines = match &self.input {
            Some(path) => Lines::open(path)?,
            None => Lines::new("standard input", std::io::stdin())?,
        };
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        let name = lines.name().to_owned();
        let mut bad_lines = BadLines::default();
        let mut report = |bad: BadLine| {
            if self.strict {
                return Err(anyhow::Error::new(bad));
            }
            bad_lines.report(&bad);
            Ok(())
        };
        let bad_line = |line, error| BadLine {
            name: name.clone(),
            line,
            error,
        };
        let mut n_judged = 0;
        let mut is_open = true;
        while is_open {
            let (mut batch, mut large) = (Vec::new(), None);
            let mut n_bytes = 0;
            while batch.len() < BATCH_LINES && n_bytes < BATCH_BYTES {
                match lines.next_line()? {
                    None => {
                        is_open = false;
                        break;
                    }
                    Some((line, Ok(bytes))) if bytes.len() > LARGE_LINE => {
                        large = Some((line, bytes));
                        break;
                    }
                    Some((line, bytes)) => {
                        n_bytes += bytes.as_ref().map_or(0, Vec::len);
                        batch.push((line, bytes));
                    }
                }
            }
            let judged: Vec<Result<Vec<u8>, BadLine>> = pool.install(|| {
                batch
                    .into_par_iter()
                    .map(|(line, bytes)| {
                        let mut text = Vec::new();
                        bytes
                            .and_then(|bytes| parse_thread(&bytes))
                            .map_err(|error| bad_line(line, error))
                            .and_then(|thread| {
                                judge(&thread, &mut text)
                                    .map_err(|error| bad_line(line, error.into()))
                            })
                            .map(|()| text)
                    })
                    .collect()
            });
            for result in judged {
                match result {
                    Ok(text) => {
                        n_judged += 1;
                        out.write_all(&text)?;
                    }
                    Err(bad) => report(bad)?,
                }
            }
            // What a large thread gives is written as it comes and never held.
            if let Some((line, bytes)) = large {
                match parse_thread(&bytes) {
                    Ok(thread) => {
                        drop(bytes);
                        n_judged += 1;
                        judge(&thread, &mut out).map_err(std::io::Error::from)?;
                    }
                    Err(error) => report(bad_line(line, error))?,
                }
            }
            out.flush()?;
        }
        let n_bad = bad_lines.finish();
        lines.mended().iter().for_each(report_mended);
        let n_alone = n_alone.into_inner();
        if n_alone > 0 {
            anstream::eprintln!(
                "warning: expected other threads of the same `site` in --blog, found none for {}: judged \
                 without; {TOLD_APART}",
                counted(n_alone, "thread")
            );
        }
        if n_judged == 0 && n_bad > 0 {
            bail!("expected threads in `{name}`, found none");
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Writes one line per comment.
    fn judge(
        &self,
        thread: &Thread,
        elsewhere: Option<&Elsewhere>,
        classifier: &Classifier<'_>,
        policy: &Policy,
        out: &mut dyn Write,
    ) -> Result<(), serde_json::Error> {
        let mut outcome = Ok(());
        classifier.judge_thread_beside(elsewhere, thread, policy, |index, scene, assessment| {
            if outcome.is_err() {
                return;
            }
            let mut judgement = Judgement::new(&assessment);
            if self.explain {
                let all = explain(classifier, scene, &assessment, policy);
                judgement.contributions = Some(wire(all));
            }
            let line = ScoreLine {
                site: &thread.site,
                post: &thread.post.id,
                id: &thread.comments[index].id,
                judgement,
            };
            outcome = serde_json::to_writer(&mut *out, &line)
                .and_then(|()| out.write_all(b"\n").map_err(serde_json::Error::io));
        });
        outcome
    }
}
