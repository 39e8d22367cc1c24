//! What is kept, where and for how long.

use std::path::PathBuf;

use super::format::{Choice, Path, whole};
use super::section;

/// How addresses and e-mail addresses are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Personal {
    /// As digests, keyed by a secret of the installation.
    Hashed,
    /// As they are.
    Plain,
}

section! {
    /// What is kept, where and for how long.
    Storage, "storage", "" {
        /// Folder for everything that is kept; made if it is not there.
        data_dir: PathBuf = "ontopic-data", Path;
        /// Days that the words and the features of a comment are kept. Comments that somebody has
        /// decided on are kept until erased, in both versions if they were edited, even if the
        /// decision was taken back. Undecided ones leave the queue after this time.
        texts_days: u32 = "90", whole(0, 36_500);
        /// Hours that an answer is kept for a request that comes again with the same idempotency
        /// key. An erasure removes those about comments of its person at once.
        answers_hours: u32 = "24", whole(1, 8_760);
        /// Writes that may wait for the disk at once; more are refused with 503 and `Retry-After`.
        writes_waiting: usize = "4096", whole(1, 1_000_000);
        /// How network addresses and e-mail addresses are kept: as digests keyed by a secret of this
        /// installation, or as they are.
        personal: Personal = "hashed", Choice(&[
            ("hashed", Personal::Hashed),
            ("plain", Personal::Plain),
        ]);
    }
}
