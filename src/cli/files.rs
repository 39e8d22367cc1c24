//! Opening models, and writing files.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use memmap2::Mmap;

use super::table::{counted, printable};
use crate::atomic_file::{Readers, replace};
use crate::dataset::{BadLine, Mended, Threads, UnknownKey, read_threads};
use crate::model_file::{Loaded, load};

/// The model that ships with the program.
pub(super) static DEFAULT: &[u8] = include_bytes!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/models/default.safetensors"
));

/// The bytes of a model: part of the program, or mapped from a file.
pub(super) enum ModelBytes {
    Default,
    Mapped {
        /// What messages call the file.
        name: String,
        map: Mmap,
    },
}

impl ModelBytes {
    /// The bytes of `path`, or of the default model.
    pub(super) fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = path else {
            return Ok(Self::Default);
        };
        let name = format!("`{}`", path.display());
        let file = File::open(path).with_context(|| format!("could not open {name}"))?;
        #[expect(
            unsafe_code,
            reason = "a map is only sound while nobody changes the file; models are \
                 replaced by renaming, and a model is copied nowhere else"
        )]
        let map = unsafe { Mmap::map(&file) };
        let map = map.with_context(|| format!("could not read {name}"))?;
        Ok(Self::Mapped { name, map })
    }

    /// Reads the model.
    pub(super) fn load(&self) -> anyhow::Result<Loaded<'_>> {
        let (name, bytes): (&str, &[u8]) = match self {
            Self::Default => ("the default model", DEFAULT),
            Self::Mapped { name, map } => (name, map),
        };
        load(bytes).with_context(|| format!("could not load {name}"))
    }
}

/// Replaces a file whole.
pub(super) fn write_atomically(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    replace(path, bytes, Readers::Default)
        .with_context(|| format!("could not write `{}`", path.display()))
}

/// Bad lines of a file that are reported with their reasons. Of more, the numbers are what is needed to
/// mend them; a file that is none of threads may have a million.
const REASONS: usize = 20;

/// Stretches of such lines that are named.
const STRETCHES: usize = 100;

/// Reads thread files. A bad line or an unknown key is an error if `strict`.
pub(super) fn read_files(paths: &[PathBuf], strict: bool) -> anyhow::Result<Threads> {
    let mut read = read_threads(paths)?;
    if strict && !read.bad_lines.is_empty() {
        return Err(anyhow::Error::new(read.bad_lines.swap_remove(0)));
    }
    if strict && !read.unknown_keys.is_empty() {
        return Err(anyhow::Error::new(read.unknown_keys.swap_remove(0)));
    }
    Ok(read)
}

/// Reports what was not read as it stands: lines that were passed over, keys that say nothing, and what
/// is no text.
pub(super) fn report_troubles(read: &Threads) {
    for (source, file) in read.files.iter().enumerate() {
        if !read.sources.contains(&source) {
            anstream::eprintln!("warning: {}: read 0 threads", file.display());
        }
    }
    let mut reports = BadLines::default();
    read.bad_lines.iter().for_each(|bad| reports.report(bad));
    reports.finish();
    read.unknown_keys.iter().for_each(report_unknown_key);
    read.mended.iter().for_each(report_mended);
}

/// Reports a key that the format does not have.
pub(super) fn report_unknown_key(key: &UnknownKey) {
    anstream::eprintln!("warning: {}", printable(&key.to_string()));
}

/// Reports what of a file is read as U+FFFD.
pub(super) fn report_mended(mended: &Mended) {
    anstream::eprintln!(
        "warning: {}: {} of it could not be decoded and became \u{fffd}, the first at byte {}",
        mended.name,
        counted(mended.n as usize, "piece"),
        mended.first
    );
}

/// Reports bad lines as they come, those of a file one after the other.
#[derive(Default)]
pub(super) struct BadLines {
    n: usize,
    /// The file that the lines are of.
    name: String,
    n_of_file: usize,
    /// First and last lines of the stretches that are still to be told.
    more: Vec<[usize; 2]>,
}

impl BadLines {
    /// Reports one bad line. What is wrong may be quoted from it.
    pub(super) fn report(&mut self, bad: &BadLine) {
        if bad.name != self.name {
            self.tell_more();
            self.name.clone_from(&bad.name);
            self.n_of_file = 0;
        }
        self.n += 1;
        self.n_of_file += 1;
        if self.n_of_file <= REASONS {
            anstream::eprintln!("warning: {bad}: {}", printable(&bad.error.to_string()));
            return;
        }
        match self.more.last_mut() {
            Some([_, last]) if *last + 1 == bad.line => *last = bad.line,
            _ => self.more.push([bad.line; 2]),
        }
    }

    fn tell_more(&mut self) {
        let more = std::mem::take(&mut self.more);
        if more.is_empty() {
            return;
        }
        let mut named: Vec<String> = more.iter().take(STRETCHES).map(stretch).collect();
        if more.len() > STRETCHES {
            named.push("…".to_owned());
        }
        anstream::eprintln!(
            "warning: {}: {} more: {}",
            self.name,
            counted(self.n_of_file - REASONS, "bad line"),
            named.join(", ")
        );
    }

    /// Says how many bad lines there were, if any, and gives their number.
    pub(super) fn finish(mut self) -> usize {
        self.tell_more();
        if self.n > 0 {
            anstream::eprintln!("warning: {} passed over", counted(self.n, "bad line"));
        }
        self.n
    }
}

fn stretch([first, last]: &[usize; 2]) -> String {
    if first == last {
        first.to_string()
    } else {
        format!("{first} to {last}")
    }
}
