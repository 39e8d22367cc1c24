//! A new file, which has its name once it is whole.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::file::unavailable;
use crate::atomic_file::sync_name;
use crate::storage::StoreError;

/// Makes a file that only its owner may read. `fill` writes it beside its place, and it gets its name
/// when it is on the disk, unless another file has that by then: whatever happens between, what
/// stands under the name is whole.
///
/// # Errors
/// [`StoreError::Exists`] if there is such a file, what `fill` gives, or what the system says; none is
/// left beside the place.
pub(super) fn make(
    path: &Path,
    fill: impl FnOnce(&Path) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    // What a link points at may be missing, and the name is taken all the same.
    if path.symlink_metadata().is_ok() {
        return Err(exists());
    }
    let beside = empty_beside(path).map_err(|error| unavailable(path, &error))?;
    let put = || {
        OpenOptions::new().write(true).open(&beside)?.sync_all()?;
        link(&beside, path)?;
        sync_name(path)
    };
    let made = fill(&beside).and_then(|()| {
        put().map_err(|error: io::Error| match error.kind() {
            io::ErrorKind::AlreadyExists => exists(),
            _ => unavailable(path, &error),
        })
    });
    // It has its name or is of no use; that it cannot be removed is not the news.
    drop(fs::remove_file(beside));
    made
}

fn exists() -> StoreError {
    StoreError::Exists { what: "file" }
}

/// An empty file beside a place. Its name is of chance, as another process may be making the same
/// file, perhaps in another container under the same number.
fn empty_beside(path: &Path) -> io::Result<PathBuf> {
    let mut chance = [0; 8];
    getrandom::fill(&mut chance).map_err(io::Error::other)?;
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{:016x}.partial", u64::from_ne_bytes(chance)));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&name)?;
    Ok(name.into())
}

/// Gives a file a name that no other has.
fn link(beside: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(beside, path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => move_to(beside, path),
        linked => linked,
    }
}

/// The same where the file system knows no hard links: an empty file keeps the name meanwhile.
fn move_to(beside: &Path, path: &Path) -> io::Result<()> {
    File::create_new(path)?;
    fs::rename(beside, path).inspect_err(|_| drop(fs::remove_file(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_there_keeps_its_name_in_either_way() {
        let ways: [fn(&Path, &Path) -> io::Result<()>; 2] = [link, move_to];
        for way in ways {
            let folder = tempfile::tempdir().unwrap();
            let [beside, path] = ["beside", "path"].map(|name| folder.path().join(name));
            fs::write(&beside, "new").unwrap();
            way(&beside, &path).unwrap();
            assert_eq!(fs::read(&path).unwrap(), b"new");
            fs::write(&beside, "newer").unwrap();
            fs::remove_file(&path).unwrap();
            fs::write(&path, "of somebody else").unwrap();
            let refused = way(&beside, &path).unwrap_err();
            assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
            assert_eq!(fs::read(&path).unwrap(), b"of somebody else");
        }
    }
}
