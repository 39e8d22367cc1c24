//! `ontopic backup`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;

use super::data_folder::DataDir;
use crate::storage::{SqliteOptions, Store as _};

/// Copies the database of a service while it is in use, also one of an older version.
///
/// Keep the file `secret` of the data folder beside your backups: without it, no key of the copy
/// opens anything.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ontopic backup ontopic-2026-11-21.db
  ontopic backup --data-dir /var/lib/ontopic /backup/ontopic.db")]
pub(super) struct Backup {
    #[command(flatten)]
    data_dir: DataDir,
    /// The file to write; it must not be there.
    #[arg(value_name = "FILE")]
    to: PathBuf,
}

impl Backup {
    pub(super) fn run(&self) -> anyhow::Result<ExitCode> {
        let store = self.data_dir.open()?.store_unchanged(SqliteOptions {
            readers: 1,
            ..SqliteOptions::default()
        })?;
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        runtime
            .block_on(store.backup(&self.to))
            .with_context(|| format!("could not write `{}`", self.to.display()))?;
        anstream::eprintln!("wrote {}", self.to.display());
        Ok(ExitCode::SUCCESS)
    }
}
