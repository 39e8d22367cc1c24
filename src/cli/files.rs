//! Opening models, and writing files.

use std::fs::File;
use std::path::Path;

use anyhow::Context as _;
use memmap2::Mmap;

use super::table::{counted, printable};
use crate::atomic_file::{Readers, replace};
use crate::dataset::BadLine;
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

/// Reports lines that were passed over, and their number.
pub(super) fn report_bad_lines(bad_lines: &[BadLine]) {
    bad_lines.iter().for_each(report_bad_line);
    report_passed_over(bad_lines.len());
}

/// Reports one bad line. What is wrong may be quoted from it.
pub(super) fn report_bad_line(bad: &BadLine) {
    anstream::eprintln!("warning: {bad}: {}", printable(&bad.error.to_string()));
}

/// Says how many bad lines there were, if any.
pub(super) fn report_passed_over(n_bad: usize) {
    if n_bad > 0 {
        anstream::eprintln!("warning: {} passed over", counted(n_bad, "bad line"));
    }
}
