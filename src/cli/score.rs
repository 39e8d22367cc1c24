//! `ontopic score`.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::bail;
use clap::Args;
use rayon::prelude::*;

use super::blogs::{KnownBlogs, TOLD_APART};
use super::files::{BadLines, ModelBytes, report_mended, report_unknown_key};
use super::incoming::Incoming;
use super::table::{beginning, counted, printable};
use super::wire::{Judgement, ScoreLine, wire};
use crate::classifier::{Assessment, Classifier};
use crate::comment::{Comment, Thread};
use crate::context::Elsewhere;
use crate::dataset::{BadLine, Lines, NumberedLine, UnknownKeys, parse_thread_noting};
use crate::explanation::{explain, largest};
use crate::policy::{Policy, Verdict};
use crate::signals::Scene;

/// A line of more bytes than this is judged by itself.
const LARGE_LINE: usize = 1 << 20;

fn is_large((_, bytes): &NumberedLine) -> bool {
    bytes.as_ref().is_ok_and(|bytes| bytes.len() > LARGE_LINE)
}

/// Characters of a name that are shown.
const SHOWN_NAME: usize = 24;

/// Reasons among which one that speaks for the verdict is looked for.
const REASONS: usize = 6;

/// Characters of a comment that are shown.
const SHOWN_WORDS: usize = 60;

/// Judges threads from standard input, one JSON line per comment.
///
/// Each line of input is judged alone, but for what `--blog` tells, and answered while more is awaited.
/// Lines that are no threads are reported and passed over; it is an error if no line is one.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ontopic score < threads.jsonl > scores.jsonl
  ontopic score --explain --model my.safetensors < threads.jsonl.gz
  ontopic score --blog my-blog.jsonl.gz < new-comments.jsonl
  ontopic score --text wordpress-export.xml
  ontopic score --text --verdict hold,spam < threads.jsonl

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
    /// Print a line to read for each comment: verdict, probability of spam, author, first words, and
    /// what weighs most of what speaks for the verdict.
    #[arg(long, conflicts_with = "explain")]
    text: bool,
    /// Print only comments with one of these verdicts.
    #[arg(long, value_name = "VERDICT", value_delimiter = ',', value_parser = verdict)]
    verdict: Vec<Verdict>,
    /// Stop at the first bad line or unknown key.
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
        let lines = match &self.input {
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
        let mut unknown = UnknownKeys::default();
        let mut note = |line, of_line: UnknownKeys| {
            unknown.add_line(line, of_line);
            if self.strict
                && let Some(key) = unknown.clone().of_file(&name).next()
            {
                return Err(anyhow::Error::new(key));
            }
            Ok(())
        };
        let mut n_judged = 0;
        let incoming = Incoming::read(lines);
        let mended = loop {
            let (lines, end) = incoming.take();
            let mut lines = lines.into_iter().peekable();
            while lines.peek().is_some() {
                let batch: Vec<NumberedLine> =
                    std::iter::from_fn(|| lines.next_if(|line| !is_large(line))).collect();
                let judged: Vec<Result<_, BadLine>> = pool.install(|| {
                    batch
                        .into_par_iter()
                        .map(|(line, bytes)| {
                            let mut text = Vec::new();
                            bytes
                                .and_then(|bytes| parse_thread_noting(&bytes))
                                .map_err(|error| bad_line(line, error))
                                .and_then(|(thread, of_line)| {
                                    judge(&thread, &mut text)
                                        .map_err(|error| bad_line(line, error.into()))?;
                                    Ok((line, of_line, text))
                                })
                        })
                        .collect()
                });
                for result in judged {
                    match result {
                        Ok((line, of_line, text)) => {
                            note(line, of_line)?;
                            n_judged += 1;
                            out.write_all(&text)?;
                        }
                        Err(bad) => report(bad)?,
                    }
                }
                // What a large thread gives is written as it comes and never held.
                if let Some((line, bytes)) = lines.next_if(is_large) {
                    match bytes.and_then(|bytes| parse_thread_noting(&bytes)) {
                        Ok((thread, of_line)) => {
                            note(line, of_line)?;
                            n_judged += 1;
                            judge(&thread, &mut out).map_err(std::io::Error::from)?;
                        }
                        Err(error) => report(bad_line(line, error))?,
                    }
                }
                out.flush()?;
            }
            if let Some(end) = end {
                break end?;
            }
        };
        let n_bad = bad_lines.finish();
        for key in unknown.of_file(&name) {
            report_unknown_key(&key);
        }
        mended.iter().for_each(report_mended);
        let n_alone = n_alone.into_inner();
        if n_alone > 0 {
            anstream::eprintln!(
                "warning: expected other threads of the same `site` in --blog, found none for {}: judged \
                 without; {TOLD_APART}",
                counted(n_alone, "thread")
            );
        }
        // Of standard input, nothing may be all that there is to judge.
        if n_judged == 0 && (n_bad > 0 || self.input.is_some()) {
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
            let is_asked_for =
                self.verdict.is_empty() || self.verdict.contains(&assessment.verdict);
            if outcome.is_err() || !is_asked_for {
                return;
            }
            let comment = &thread.comments[index];
            if self.text {
                let line = line_to_read(classifier, scene, &assessment, policy, comment);
                outcome = writeln!(out, "{line}").map_err(serde_json::Error::io);
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
                id: &comment.id,
                judgement,
            };
            outcome = serde_json::to_writer(&mut *out, &line)
                .and_then(|()| out.write_all(b"\n").map_err(serde_json::Error::io));
        });
        outcome
    }
}

/// What a person reads of a judged comment.
fn line_to_read(
    classifier: &Classifier<'_>,
    scene: &Scene<'_>,
    assessment: &Assessment,
    policy: &Policy,
    comment: &Comment,
) -> String {
    let author = comment.author.text().filter(|author| !author.is_empty());
    let reasons = largest(classifier, scene, assessment, policy, REASONS, 0.0);
    let is_taken = assessment.verdict > Verdict::Publish;
    let mut for_it = reasons
        .iter()
        .filter(|one| (one.contribution > 0.0) == is_taken);
    let line = format!(
        "{:<7}  spam {:>5.1} %  {:<width$}  {}  ({})",
        assessment.verdict.name(),
        assessment.spam_probability() * 100.0,
        beginning(author.unwrap_or("-"), SHOWN_NAME),
        beginning(&comment.body, SHOWN_WORDS),
        for_it.next().map_or("", |one| &one.reason),
        // Of what is cut off, the sign for it is one more.
        width = SHOWN_NAME + 1,
    );
    printable(&line)
}

/// Reads [`Verdict::name`].
fn verdict(name: &str) -> Result<Verdict, String> {
    let all = [Verdict::Publish, Verdict::Hold, Verdict::Spam];
    let named = all.into_iter().find(|verdict| verdict.name() == name);
    named.ok_or_else(|| "expected `publish`, `hold` or `spam`".to_owned())
}
