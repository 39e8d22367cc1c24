//! Why a request could not be served.

use crate::storage::StoreError;

/// A field that is not as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// Where it stands, such as `comment.author_url`.
    pub field: String,
    /// What was expected.
    pub expected: String,
    /// What was found.
    pub found: String,
}

/// Why a request could not be served. Nothing was changed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// Fields that are not as expected.
    #[error("{} field(s) are not as expected", .0.len())]
    Invalid(Vec<Invalid>),
    /// There is no such thing in this site.
    #[error("found no {0}")]
    NotFound(&'static str),
    /// It was there and has been removed after the time for which it is kept.
    #[error("the {0} was removed after the time for which it is kept")]
    Gone(&'static str),
    /// Something else is there already.
    #[error("{0}")]
    Conflict(String),
    /// Storage.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound { what } => Self::NotFound(what),
            StoreError::Exists { what } => Self::Conflict(format!("the {what} exists already")),
            error => Self::Store(error),
        }
    }
}
