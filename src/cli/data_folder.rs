//! The folder in which an installation keeps everything.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;

use crate::atomic_file::{Readers, replace};
use crate::moderation::Secret;
use crate::storage::{SqliteOptions, SqliteStore, StoreError};

/// Which folder a command works on that is no service itself.
#[derive(Debug, Args)]
pub(super) struct DataDir {
    /// The data folder of the service.
    #[arg(
        long,
        value_name = "FOLDER",
        env = "ONTOPIC_DATA_DIR",
        default_value = "ontopic-data"
    )]
    data_dir: PathBuf,
}

impl DataDir {
    /// Opens the folder, which has to be there.
    pub(super) fn open(&self) -> anyhow::Result<DataFolder> {
        DataFolder::open(&self.data_dir)
    }
}

/// The folder of an installation.
#[derive(Debug, Clone)]
pub(super) struct DataFolder(PathBuf);

impl DataFolder {
    /// Opens the folder, or makes it so that only its owner can look into it.
    pub(super) fn open_or_make(path: &Path) -> anyhow::Result<Self> {
        if !path.is_dir() {
            let mut builder = fs::DirBuilder::new();
            builder.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder
                .create(path)
                .with_context(|| format!("could not make the data folder `{}`", path.display()))?;
        }
        Ok(Self(path.to_owned()))
    }

    /// Opens a folder that is there.
    fn open(path: &Path) -> anyhow::Result<Self> {
        let folder = Self(path.to_owned());
        if !folder.database().is_file() {
            bail!(
                "expected the data of a service in `{}`, found no `ontopic.db`\n\nhint: `ontopic serve` makes it; `--data-dir` names another folder",
                path.display()
            );
        }
        Ok(folder)
    }

    /// Makes sure that one process serves this folder. The lock ends with the process.
    pub(super) fn lock(&self) -> anyhow::Result<File> {
        let path = self.0.join("lock");
        let file =
            File::create(&path).with_context(|| format!("could not write `{}`", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(fs::TryLockError::WouldBlock) => bail!(
                "expected nobody else to serve `{}`, found another process that does",
                self.0.display()
            ),
            Err(fs::TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("could not lock `{}`", path.display()))
            }
        }
    }

    fn database(&self) -> PathBuf {
        self.0.join("ontopic.db")
    }

    /// Where models lie.
    pub(super) fn models(&self) -> PathBuf {
        self.0.join("models")
    }

    /// Opens the database, or makes it.
    pub(super) fn store(&self, options: SqliteOptions) -> anyhow::Result<SqliteStore> {
        self.store_by(SqliteStore::open, options)
    }

    /// Opens the database and changes nothing in it: a service of an older version may be using it.
    pub(super) fn store_unchanged(&self, options: SqliteOptions) -> anyhow::Result<SqliteStore> {
        self.store_by(SqliteStore::open_unchanged, options)
    }

    fn store_by(
        &self,
        open: fn(&Path, SqliteOptions) -> Result<SqliteStore, StoreError>,
        options: SqliteOptions,
    ) -> anyhow::Result<SqliteStore> {
        let path = self.database();
        // None is made empty, also where the first start breaks off.
        if fs::metadata(&path).is_ok_and(|file| file.len() == 0) {
            bail!(
                "expected the database of this installation in `{}`, found an empty file\n\n\
                 hint: restore it from your backups; remove the file to begin with nothing",
                path.display()
            );
        }
        open(&path, options).with_context(|| format!("could not open `{}`", path.display()))
    }

    /// The secret of the installation, made at the first start.
    pub(super) fn secret(&self) -> anyhow::Result<Secret> {
        let path = self.0.join("secret");
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                if self.database().is_file() {
                    bail!(
                        "expected `{}` beside the database, found none: without it, no key opens \
                         anything\n\nhint: restore it from where you keep your backups",
                        path.display()
                    );
                }
                make_secret(&path)?
            }
            Err(error) => {
                return Err(error).with_context(|| format!("could not read `{}`", path.display()));
            }
        };
        let bytes: [u8; 32] = bytes.as_slice().try_into().map_err(|_| {
            anyhow::anyhow!(
                "expected 32 bytes in `{}`, found {}",
                path.display(),
                bytes.len()
            )
        })?;
        Ok(Secret::new(&bytes))
    }
}

fn make_secret(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = vec![0; 32];
    getrandom::fill(&mut bytes).context("could not get randomness from the operating system")?;
    replace(path, &bytes, Readers::Owner)
        .with_context(|| format!("could not write `{}`", path.display()))?;
    Ok(bytes)
}
