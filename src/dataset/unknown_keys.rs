//! Keys of thread files that the format does not have: they say nothing here, whatever they were meant
//! to say.

use std::collections::BTreeMap;
use std::fmt;

use serde_ignored::Path;

use crate::json::without_middle;

/// The time of posting, as collected data have it. The format knows it and never reads it.
const NEVER_READ: [&str; 2] = ["posted", "published"];

/// Different keys that are kept of a file. Where the keys are data, there is a new one in every line.
const MOST_KEYS: usize = 20;

/// What has a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    Thread,
    Post,
    Comment,
}

impl Owner {
    /// The noun for so many.
    fn noun(self, n: usize) -> &'static str {
        match (self, n) {
            (Self::Thread, 1) => "thread",
            (Self::Thread, _) => "threads",
            (Self::Post, 1) => "post",
            (Self::Post, _) => "posts",
            (Self::Comment, 1) => "comment",
            (Self::Comment, _) => "comments",
        }
    }
}

/// A key of a file that the format does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct UnknownKey {
    /// The file's path, or `standard input`.
    name: String,
    owner: Owner,
    key: String,
    /// How many of them have it.
    n: usize,
    /// The line of the first, from 1, where lines are threads.
    line: Option<usize>,
}

impl fmt::Display for UnknownKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            owner,
            key,
            n,
            line,
        } = self;
        let key = without_middle(format!("`{key}`"));
        write!(f, "{name}: unknown key {key} in {n} {}", owner.noun(*n))?;
        match line {
            Some(line) => write!(f, ", first on line {line}"),
            None => Ok(()),
        }
    }
}

/// The keys of something that the format does not have, with the number of those that have each and the
/// line of the first: the first twenty different ones.
#[derive(Debug, Clone, Default)]
pub struct UnknownKeys(BTreeMap<(Owner, String), (usize, Option<usize>)>);

impl UnknownKeys {
    pub(super) fn note_in_thread(&mut self, path: &Path<'_>) {
        if let Path::Map { parent, key } = path {
            self.note(owner(parent), key);
        }
    }

    pub(super) fn note_in_post(&mut self, path: &Path<'_>) {
        if let Path::Map { key, .. } = path {
            self.note(Owner::Post, key);
        }
    }

    pub(super) fn note_in_comment(&mut self, path: &Path<'_>) {
        if let Path::Map { key, .. } = path {
            self.note(Owner::Comment, key);
        }
    }

    fn note(&mut self, owner: Owner, key: &str) {
        if !NEVER_READ.contains(&key) {
            self.add((owner, key.to_owned()), 1, None);
        }
    }

    fn add(&mut self, key: (Owner, String), n: usize, line: Option<usize>) {
        if self.0.len() < MOST_KEYS || self.0.contains_key(&key) {
            self.0.entry(key).or_insert((0, line)).0 += n;
        }
    }

    /// Adds those of a line of the same file.
    pub fn add_line(&mut self, line: usize, of_line: Self) {
        for (key, (n, _)) in of_line.0 {
            self.add(key, n, Some(line));
        }
    }

    /// All of them, as those of a file.
    pub fn of_file(self, name: &str) -> impl Iterator<Item = UnknownKey> {
        let keys = self.0.into_iter();
        keys.map(move |((owner, key), (n, line))| UnknownKey {
            name: name.to_owned(),
            owner,
            key,
            n,
            line,
        })
    }
}

/// What has the key that stands behind a path in a thread.
fn owner(path: &Path<'_>) -> Owner {
    match path {
        Path::Root => Owner::Thread,
        Path::Seq { .. } => Owner::Comment,
        Path::Map { .. } => Owner::Post,
        Path::Some { parent }
        | Path::NewtypeStruct { parent }
        | Path::NewtypeVariant { parent } => owner(parent),
    }
}
