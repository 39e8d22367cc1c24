//! `ontopic check`.

use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Args;

use super::blogs::{KnownBlogs, TOLD_APART};
use super::files::{ModelBytes, report_unknown_key};
use super::style;
use super::table::printable;
use super::wire::{Judgement, wire};
use crate::comment::{Comment, Field, Post, Thread};
use crate::dataset::{
    Lines, UnknownKeys, parse_comment, parse_post, parse_thread, parse_thread_noting,
};
use crate::explanation::{Contribution, explain, largest};
use crate::policy::Verdict;

/// Most bytes that are read of a comment or a post.
const MOST_BYTES: u64 = 16 << 20;

/// Reasons that are shown without `--explain`.
const REASONS: usize = 6;

/// Contributions smaller than this, in log-odds, are not shown without `--explain`.
const SMALL: f64 = 0.1;

/// Judges one comment under a post and says why.
///
/// The comment comes from `--body`, from a JSON file (`--comment`), or from standard input as text.
/// The post is a file of text, HTML or JSON. What you leave out is unknown, and says nothing; what
/// you give as an empty string was left empty, which may say something. A JSON comment is read like
/// one that stands in the thread: a key that others there have, and it lacks, was left empty.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ontopic check --post post.html --title \"Choosing trail shoes\" \\
      --author \"Anna\" --author-url \"\" --body \"Which size did you take?\"
  echo \"Great post, thanks for sharing!\" | ontopic check --post post.txt
  ontopic check --thread thread.json --comment comment.json --explain

A JSON comment and a JSON post have the keys of datasets/README.md. A thread is a line of that
format: its comments come before the one that is judged.")]
pub(super) struct Check {
    #[command(flatten)]
    judging: super::Judging,
    /// The one post: text, HTML (`.html`, `.htm`) or JSON (`.json`); no export or thread file.
    #[arg(long, value_name = "FILE", conflicts_with = "thread")]
    post: Option<PathBuf>,
    /// The post and the comments before, as JSON.
    #[arg(long, value_name = "FILE")]
    thread: Option<PathBuf>,
    /// The title of the post.
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// The comment as JSON; `-` for standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "body")]
    comment: Option<PathBuf>,
    /// What the comment says.
    #[arg(long, value_name = "TEXT")]
    body: Option<String>,
    /// The author's name.
    #[arg(long, value_name = "TEXT")]
    author: Option<String>,
    /// The author's homepage.
    #[arg(long, value_name = "URL")]
    author_url: Option<String>,
    /// The author's e-mail address.
    #[arg(long, value_name = "ADDRESS")]
    author_email: Option<String>,
    /// All contributions, with their words, instead of the largest.
    #[arg(long)]
    explain: bool,
    /// Print JSON; the default when the output is no terminal.
    #[arg(long, conflicts_with = "text")]
    json: bool,
    /// Print text even when the output is no terminal.
    #[arg(long)]
    text: bool,
}

impl Check {
    pub(super) fn run(&self) -> anyhow::Result<ExitCode> {
        let bytes = ModelBytes::open(self.judging.model.as_deref())?;
        let loaded = bytes.load()?;
        let classifier = &loaded.classifier;
        let policy = self.judging.policy(classifier);
        self.look_at_standard_input()?;
        let mut thread = self.thread()?;
        thread.comments.push(self.comment()?);
        if self.comment.is_some() {
            // Then it is one of the thread's, as in a thread file.
            thread.settle_missing();
        }
        let last = thread.comments.len() - 1;
        let as_json = self.json || (!self.text && !std::io::stdout().is_terminal());
        let mut found = None;
        let elsewhere = KnownBlogs::read(&self.judging.blog)?.beside(&thread);
        if !self.judging.blog.is_empty() && elsewhere.is_none() {
            anstream::eprintln!(
                "warning: expected other threads of the site `{}` in --blog, found none: the comment \
                 is judged without; {TOLD_APART}",
                printable(&thread.site)
            );
        }
        let elsewhere = elsewhere.as_ref();
        classifier.judge_thread_beside(elsewhere, &thread, &policy, |index, scene, assessment| {
            if index == last {
                let contributions = if self.explain {
                    explain(classifier, scene, &assessment, &policy)
                } else {
                    largest(classifier, scene, &assessment, &policy, REASONS, SMALL)
                };
                found = Some((assessment, contributions));
            }
        });
        let (assessment, contributions) = found.context("expected a comment to judge")?;
        let mut out = anstream::AutoStream::auto(std::io::stdout().lock());
        if as_json {
            let contributions = Some(wire(contributions));
            let mut judgement = Judgement::new(&assessment);
            if self.explain {
                judgement.contributions = contributions;
            } else {
                judgement.reasons = contributions;
            }
            serde_json::to_writer_pretty(&mut out, &judgement).map_err(io::Error::from)?;
            writeln!(out)?;
            return Ok(ExitCode::SUCCESS);
        }
        let colour = match assessment.verdict {
            Verdict::Publish => style::HAM,
            Verdict::Hold => style::UNSURE,
            Verdict::Spam => style::SPAM,
        };
        writeln!(
            out,
            "{colour}{}{}  spam {:.1} % (at {} % spam), relevance {:.0} %",
            assessment.verdict.name(),
            style::RESET,
            assessment.spam_probability() * 100.0,
            // As it was given: 0.07 is not 7.000000000000001 %.
            (self.judging.prior.unwrap_or(classifier.prior) * 100.0) as f32,
            assessment.relevance_probability() * 100.0,
        )?;
        let thresholds = policy.thresholds(assessment.familiarity.is_far());
        writeln!(
            out,
            "{}log-odds {:+.2}; held from {:+.2}{}, spam from {:+.2}{}",
            style::FAINT,
            assessment.spam,
            thresholds.hold + policy.prior_shift,
            self.judging
                .hold_below_relevance
                .map_or(String::new(), |limit| format!(
                    " or below a relevance of {:.0} %",
                    limit * 100.0
                )),
            thresholds.spam + policy.prior_shift,
            style::RESET,
        )?;
        writeln!(out)?;
        let n_terms = classifier
            .contributions(&assessment.values, &policy)
            .count();
        self.write_reasons(
            &mut out,
            &thread.comments[last].body,
            n_terms,
            contributions,
        )?;
        Ok(ExitCode::SUCCESS)
    }

    fn write_reasons(
        &self,
        out: &mut impl Write,
        body: &str,
        n_terms: usize,
        mut contributions: Vec<Contribution>,
    ) -> std::io::Result<()> {
        let n_notices = contributions.iter().filter(|one| one.is_notice()).count();
        if !self.explain {
            // What is no term says most.
            contributions.rotate_right(n_notices);
        }
        for one in &contributions {
            let colour = if one.contribution > 0.0 {
                style::SPAM
            } else {
                style::HAM
            };
            writeln!(
                out,
                "{colour}{:+.2}{}  {}  {}{}{}",
                one.contribution,
                style::RESET,
                printable(&one.reason),
                style::FAINT,
                one.signal,
                style::RESET
            )?;
            if self.explain {
                for place in one.places.iter().take(3) {
                    let words = body.get(place.clone()).unwrap_or_default();
                    let words: String = words.chars().take(60).collect();
                    writeln!(
                        out,
                        "         at {}-{}: {}",
                        place.start,
                        place.end,
                        printable(&words)
                    )?;
                }
                for token in &one.tokens {
                    writeln!(
                        out,
                        "         {:+.3} {}",
                        token.contribution,
                        printable(&token.text)
                    )?;
                }
            }
        }
        if !self.explain {
            writeln!(
                out,
                "{}the largest of {} contributions; --explain shows all, and they sum to the log-odds{}",
                style::FAINT,
                n_terms,
                style::RESET
            )?;
        }
        Ok(())
    }

    /// Makes sure that no two things are to come from standard input, which can be read once.
    fn look_at_standard_input(&self) -> anyhow::Result<()> {
        let files = [&self.post, &self.thread, &self.comment].into_iter();
        let of_files = files.flatten().filter(|path| is_standard_input(path));
        let is_text = self.comment.is_none() && self.body.is_none();
        let n = of_files.count() + usize::from(is_text);
        if n > 1 {
            bail!(
                "expected one thing to read from standard input, found {n}: without --body and \
                 --comment, the comment is read from there"
            );
        }
        Ok(())
    }

    /// The post, and the comments before.
    fn thread(&self) -> anyhow::Result<Thread> {
        if !self.judging.blog.is_empty() && self.thread.is_none() {
            bail!("expected --thread beside --blog: its `site` says which blog the comment is on");
        }
        let mut thread = Thread::default();
        if let Some(path) = &self.thread {
            let text = read(path)?;
            let parsed = parse_thread_noting(text.as_bytes());
            thread = match parsed.map(|of_file| without_unknown_keys(path, of_file)) {
                Err(_) if begins_with_threads(&text, 1) => bail!(
                    "expected one thread as JSON in `{}`, found {MANY_THREADS}",
                    name(path)
                ),
                parsed => parsed
                    .with_context(|| format!("could not read the thread in `{}`", name(path)))?,
            };
        }
        if let Some(path) = &self.post {
            let text = read(path)?;
            let ending = path
                .extension()
                .unwrap_or_default()
                .to_string_lossy()
                .to_lowercase();
            thread.post = match ending.as_str() {
                "json" => parse_post(&text)
                    .map(|of_file| without_unknown_keys(path, of_file))
                    .with_context(|| format!("could not read the post in `{}`", name(path)))?,
                _ if begins_with_threads(&text, 1) => bail!(
                    "expected one post in `{}`, found {MANY_THREADS}",
                    name(path)
                ),
                "html" | "htm" => html_post(&text),
                _ => Post {
                    body: Field::from(text.as_str()),
                    ..Post::default()
                },
            };
        }
        if let Some(title) = &self.title {
            thread.post.title = Field::from(title.as_str());
        }
        Ok(thread)
    }

    /// The comment.
    fn comment(&self) -> anyhow::Result<Comment> {
        let mut comment = match (&self.comment, &self.body) {
            (Some(path), _) => {
                let text = read(path)?;
                parse_comment(&text)
                    .map(|of_file| without_unknown_keys(path, of_file))
                    .with_context(|| format!("could not read the comment in `{}`", name(path)))?
            }
            (None, Some(body)) => Comment {
                body: body.clone(),
                ..Comment::default()
            },
            (None, None) => Comment {
                body: read(Path::new(STANDARD_INPUT))?,
                ..Comment::default()
            },
        };
        let given = |given: &Option<String>, field: &mut Field<String>| {
            if let Some(value) = given {
                *field = Field::from(value.as_str());
            }
        };
        given(&self.author, &mut comment.author);
        given(&self.author_url, &mut comment.author_url);
        given(&self.author_email, &mut comment.author_email);
        if !comment.has_content() {
            bail!(
                "expected a comment to judge, found neither a body nor an author nor an address\n\n\
                 hint: `--body` gives it, or standard input"
            );
        }
        // Whoever asks about a comment does not know yet.
        comment.label = None;
        Ok(comment)
    }
}

/// What a file says, and a warning for each key that says nothing.
fn without_unknown_keys<T>(path: &Path, (read, unknown): (T, UnknownKeys)) -> T {
    for key in unknown.of_file(&name(path)) {
        report_unknown_key(&key);
    }
    read
}

/// Whether the first `n` lines are threads, or there are as many posts in an export.
fn begins_with_threads(text: &str, n: usize) -> bool {
    let Ok(mut lines) = Lines::new("", io::Cursor::new(text.to_owned())) else {
        return false;
    };
    let mut is_next_one = || match lines.next_line() {
        Ok(Some((_, Ok(bytes)))) => parse_thread(&bytes).is_ok(),
        _ => false,
    };
    (0..n).all(|_| is_next_one())
}

/// What is no single thread or post, and what to do with it.
const MANY_THREADS: &str = "threads or an export of WordPress: `--thread` takes one thread, and \
     `ontopic score` judges many";

/// Stands for standard input.
const STANDARD_INPUT: &str = "-";

fn is_standard_input(path: &Path) -> bool {
    path == Path::new(STANDARD_INPUT)
}

/// What messages call a file, or standard input.
fn name(path: &Path) -> String {
    if is_standard_input(path) {
        "standard input".to_owned()
    } else {
        path.display().to_string()
    }
}

/// Reads a file, or standard input.
fn read(path: &Path) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    let name = name(path);
    let read = if is_standard_input(path) {
        std::io::stdin()
            .lock()
            .take(MOST_BYTES + 1)
            .read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes))
    };
    read.with_context(|| format!("could not read `{name}`"))?;
    if bytes.len() as u64 > MOST_BYTES {
        bail!("expected at most {MOST_BYTES} bytes in `{name}`, found more");
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        anyhow::anyhow!(
            "expected UTF-8 text in `{name}`, found another byte at {}",
            error.utf8_error().valid_up_to()
        )
    })?;
    // Some editors begin a file with a byte order mark.
    Ok(match text.strip_prefix('\u{feff}') {
        Some(text) => text.to_owned(),
        None => text,
    })
}

/// The title of an HTML page and what is not its title. A page without a title leaves the title
/// unknown.
fn html_post(html: &str) -> Post {
    let mut title = String::new();
    // Where the title begins and ends, tags included, and how many drawings are open: they have
    // titles of their own.
    let (mut start, mut end, mut drawings) = (None, None, 0_usize);
    let mut emitter = html5gum::DefaultEmitter::<usize>::new_with_span();
    // What stands in a script is no tag.
    emitter.naively_switch_states(true);
    for token in html5gum::Tokenizer::new_with_emitter(html, emitter).flatten() {
        match token {
            html5gum::Token::StartTag(tag) => match tag.name.as_slice() {
                b"svg" => drawings += usize::from(!tag.self_closing),
                b"title" if drawings == 0 => start = Some(tag.span.start),
                _ => {}
            },
            html5gum::Token::String(text) if start.is_some() => {
                title.push_str(&String::from_utf8_lossy(&text));
            }
            html5gum::Token::EndTag(tag) => match tag.name.as_slice() {
                b"svg" => drawings = drawings.saturating_sub(1),
                b"title" if start.is_some() => {
                    end = Some(tag.span.end);
                    break;
                }
                _ => {}
            },
            _ => {}
        }
    }
    let parts = start.zip(end);
    let parts = parts.and_then(|(start, end)| Some((html.get(..start)?, html.get(end..)?)));
    let (title, body) = match parts {
        Some((before, after)) => (Field::from(title), [before, after].concat()),
        None => (Field::Unknown, html.to_owned()),
    };
    Post {
        title,
        body: Field::from(body),
        ..Post::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_of_a_page_is_told_from_its_text() {
        let parts = |html: &str| {
            let post = html_post(html);
            let text = |field: &Field<String>| field.value().cloned();
            (text(&post.title), text(&post.body).unwrap())
        };
        let page = "<head><title>Shoes &amp; socks</title></head><p>Which?</p>";
        assert_eq!(
            parts(page),
            (
                Some("Shoes & socks".to_owned()),
                "<head></head><p>Which?</p>".to_owned()
            )
        );
        for html in [
            "<p>My toes hurt.</p><svg><title>Logo</title></svg>",
            "<script>let x = '<title>No</title>';</script><p>My toes hurt.</p>",
            "<p>My toes hurt.</p><title>cut off",
        ] {
            assert_eq!(parts(html), (None, html.to_owned()));
        }
    }
}
