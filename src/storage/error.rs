//! Why storage could not do what it was asked.

/// Why storage could not do what it was asked. Nothing of the failed call was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Nothing is stored under that name.
    #[error("found no {what}")]
    NotFound {
        /// What was looked for, such as `verdict`.
        what: &'static str,
    },
    /// It is there already, under this name or key.
    #[error("the {what} exists already")]
    Exists {
        /// What was to be added, such as `site`.
        what: &'static str,
    },
    /// The queue of writes is full: try again soon.
    #[error("too many writes are waiting")]
    Busy,
    /// The disk or the file cannot take more.
    #[error("the disk is full: {0}")]
    Full(String),
    /// The file cannot be read or written.
    #[error("storage is not available: {0}")]
    Unavailable(String),
    /// The file is torn or of another program.
    #[error("the database is damaged: {0}")]
    Damaged(String),
}
