//! Takes a path and bytes; replaces the file whole: a reader sees the old one or the new one,
//! whatever happens between.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Whoever the system lets.
    Default,
    /// Its owner alone.
    Owner,
}

/// Makes sure that [`replace`] will find room: makes the file beside the place, and removes it.
///
/// # Errors
/// What the system says.
pub fn try_place(path: &Path) -> io::Result<()> {
    let beside = beside(path)?;
    File::create(&beside)?;
    fs::remove_file(beside)
}

/// Syncs the folder of a file: its name is safe when the folder is.
///
/// # Errors
/// What the system says.
pub fn sync_name(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(folder(path))?.sync_all()?;
    Ok(())
}

/// The folder of a file.
fn folder(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// Where a file is written before it takes its place.
fn beside(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let name = name.to_string_lossy();
    Ok(folder(path).join(format!(".{name}.{}", std::process::id())))
}

/// Writes a file beside its place, syncs it, renames it there and syncs the folder.
///
/// # Errors
/// What the system says. The file that was there stays, and none is left beside it.
pub fn replace(path: &Path, bytes: &[u8], readers: Readers) -> io::Result<()> {
    let beside = beside(path)?;
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    if readers == Readers::Owner {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    let write = || {
        let mut file = options.open(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)?;
        sync_name(path)
    };
    let outcome = write();
    if outcome.is_err() {
        // The half-written file helps nobody; that it cannot be removed is not the news.
        let _ = fs::remove_file(&beside);
    }
    outcome
}
