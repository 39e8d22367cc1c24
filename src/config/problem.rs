//! What is wrong with settings.

use std::fmt;

/// Where a value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A flag, without its dashes.
    Flag(String),
    /// A variable of the environment.
    Variable(String),
    /// A line of the file.
    File {
        /// The file as it was named.
        name: String,
        /// The line, from 1.
        line: usize,
    },
    /// Nowhere: it is the default.
    Default,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "flag --{flag}"),
            Self::Variable(name) => write!(f, "variable {name}"),
            Self::File { name, line } => write!(f, "{name}:{line}"),
            Self::Default => f.write_str("the defaults"),
        }
    }
}

/// Something that is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The file is no TOML.
    #[error("{place}: {message}")]
    Syntax {
        /// Where.
        place: Place,
        /// What the parser says.
        message: String,
    },
    /// A name that no setting has.
    #[error("{place}: expected {expected}, found `{found}`")]
    Unknown {
        /// Where.
        place: Place,
        /// What could stand there.
        expected: String,
        /// What does.
        found: String,
    },
    /// A value that does not fit.
    #[error("`{key}` in {place}: expected {expected}, found `{found}`")]
    Value {
        /// The setting.
        key: String,
        /// Where.
        place: Place,
        /// What the value has to be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// A setting that needs another one.
    #[error("`{given}` in {place}: expected `{missing}` beside it, found none")]
    Missing {
        /// The setting that is there.
        given: &'static str,
        /// The one that is not.
        missing: &'static str,
        /// Where the first one stands.
        place: Place,
    },
}
