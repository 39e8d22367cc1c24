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

/// Why a request could not be served. No verdict and no decision of it was stored. What may stay of
/// it is the blog's id of a comment with the verdict on it, and a change of keys, or a new site with its
/// key, that could not be read back.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// There is no such thing in this site.
    #[error("found no {0}")]
    NotFound(&'static str),
    /// Of several decisions, the one at this place is on a verdict that is not in this site.
    #[error("found no verdict for decision {0}")]
    NoVerdict(usize),
    /// The verdict is there and this of it is not any longer: features after the time for which they
    /// are kept, a model that is neither active nor in the folder of models.
    #[error("expected the {0} of this verdict, which the service does not have any longer")]
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
