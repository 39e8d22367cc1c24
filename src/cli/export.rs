//! `ontopic export`.

use std::collections::HashSet;
use std::io::{BufWriter, Write as _};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;

use super::data_folder::DataDir;
use super::table::counted;
use crate::comment::Label;
use crate::storage::{CheckRecord, PostRecord, Site, SqliteOptions, SqliteStore, Store as _};

/// Comments that wait to be written.
const WAITING: usize = 256;

/// Posts that are read at once: each may have a million characters.
const POSTS: u32 = 8;

/// Writes the posts and comments of a site as threads, one JSON object a line.
///
/// What somebody decided is the label of a comment; a comment that nobody decided on has none. Posts
/// without comments are threads, too, and so is each comment that came without a post. The output is
/// what `train`, `score` and `evaluate` read. E-mail addresses are part of it where the service keeps
/// them as they are (`storage.personal`).
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ontopic export > threads.jsonl
  ontopic export --as slowmiles.example > threads.jsonl
  ontopic export --data-dir /var/lib/ontopic --site \"my blog\" | gzip > threads.jsonl.gz")]
pub(super) struct Export {
    #[command(flatten)]
    data_dir: DataDir,
    /// The site, by its name or its number; may be left out where there is one only.
    #[arg(long, value_name = "SITE")]
    site: Option<String>,
    /// Write this as the `site` of the threads instead of the site's name: what other files call the
    /// same blog. An export of WordPress calls it by its address, such as `slowmiles.example`.
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    r#as: Option<String>,
}

impl Export {
    pub(super) fn run(&self) -> anyhow::Result<ExitCode> {
        let store = self.data_dir.open()?.store_unchanged(SqliteOptions {
            readers: 2,
            ..SqliteOptions::default()
        })?;
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let n_comments = runtime.block_on(self.export(&store))?;
        anstream::eprintln!("wrote {}", counted(n_comments, "comment"));
        Ok(ExitCode::SUCCESS)
    }

    async fn export(&self, store: &SqliteStore) -> anyhow::Result<usize> {
        if !store.is_current().await? {
            bail!(
                "expected a database of this version of the program, found one of an older version\n\n\
                 hint: export with the version that serves it, or start `ontopic serve` of this one, \
                 which brings it to the new form"
            );
        }
        let site = self.find(store.sites().await?)?;
        let name = self.r#as.as_deref().unwrap_or(&site.name);
        let (sender, mut receiver) = mpsc::channel(WAITING);
        // A reader that is gone has closed the pipe: what is read then goes nowhere.
        let each = Box::new(move |record| drop(sender.blocking_send(record)));
        let mut out = BufWriter::new(std::io::stdout().lock());
        let reading = store.each_comment(site.id, each);
        // It owns the receiver, so that nobody waits for it once writing has failed.
        let writing = async move {
            let mut n_comments = 0;
            let mut thread: Vec<CheckRecord> = Vec::new();
            let mut commented = HashSet::new();
            loop {
                let record = receiver.recv().await;
                // Comments without a post are no company for each other.
                let is_same = |record: &CheckRecord| {
                    let first = thread.first();
                    first.is_none_or(|first| first.post == record.post && !record.post.is_empty())
                };
                if !record.as_ref().is_some_and(is_same) && !thread.is_empty() {
                    let post = store.post(site.id, &thread[0].post).await?;
                    n_comments += thread.len();
                    let post = post.unwrap_or_else(|| PostRecord {
                        id: thread[0].post.clone(),
                        ..PostRecord::default()
                    });
                    writeln!(out, "{}", line(name, &post, &thread))?;
                    commented.insert(post.id);
                    thread.clear();
                }
                match record {
                    Some(record) => thread.push(record),
                    None => break,
                }
            }
            let mut after = None;
            loop {
                let posts = store.posts(site.id, after.as_deref(), POSTS).await?;
                let Some(last) = posts.last() else {
                    break;
                };
                after = Some(last.id.clone());
                for post in posts.iter().filter(|post| !commented.contains(&post.id)) {
                    writeln!(out, "{}", line(name, post, &[]))?;
                }
            }
            out.flush()?;
            anyhow::Ok(n_comments)
        };
        let (read, written) = tokio::join!(reading, writing);
        let n_comments = written?;
        read.context("could not read the comments")?;
        Ok(n_comments)
    }

    fn find(&self, sites: Vec<Site>) -> anyhow::Result<Site> {
        let names: Vec<String> = sites
            .iter()
            .map(|site| format!("`{}`", site.name))
            .collect();
        let is_wanted = |site: &Site| {
            self.site
                .as_ref()
                .is_none_or(|wanted| site.name == *wanted || site.id.0.to_string() == *wanted)
        };
        let mut fitting = sites.into_iter().filter(is_wanted);
        match (fitting.next(), fitting.next()) {
            (Some(site), None) => Ok(site),
            (Some(_), Some(_)) => bail!("expected `--site` with one of {}", names.join(", ")),
            (None, _) => bail!(
                "expected one of {} in `--site`, found `{}`",
                names.join(", "),
                self.site.as_deref().unwrap_or_default()
            ),
        }
    }
}

/// A thread as a line of a data set.
fn line(site: &str, post: &PostRecord, comments: &[CheckRecord]) -> Value {
    let text = |text: &Option<String>| text.clone().map(Value::from);
    let post = known([
        ("id", Some(json!(post.id))),
        ("title", text(&post.title)),
        ("body", text(&post.body)),
        ("url", text(&post.url)),
        ("author", text(&post.author)),
        ("tags", post.tags.clone().map(Value::from)),
    ]);
    let comments: Vec<Value> = comments.iter().map(comment).collect();
    json!({"site": site, "missing": "unknown", "post": post, "comments": comments})
}

fn comment(record: &CheckRecord) -> Value {
    let text = record.text.clone().unwrap_or_default();
    let id = record
        .comment
        .clone()
        .unwrap_or_else(|| format!("{:016x}", record.id.0));
    let label = record.decided.map(Label::name);
    known([
        ("id", Some(json!(id))),
        ("parent", record.parent.clone().map(Value::from)),
        ("kind", Some(json!(record.kind.name()))),
        ("author", text.author.map(Value::from)),
        ("author_url", text.author_url.map(Value::from)),
        ("author_email", text.author_email.map(Value::from)),
        ("body", Some(json!(text.body))),
        ("html", text.html.map(Value::from)),
        ("by_post_author", text.by_post_author.map(Value::from)),
        ("honeypot", text.honeypot.map(Value::from)),
        ("seconds_on_page", text.seconds_on_page.map(Value::from)),
        ("role", text.role.map(|role| Value::from(role.name()))),
        ("label", label.map(Value::from)),
    ])
}

/// An object of what is known.
fn known<const N: usize>(entries: [(&str, Option<Value>); N]) -> Value {
    let known = entries
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(known.collect::<Map<_, _>>())
}
