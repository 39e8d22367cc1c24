//! What the service judges by.

use std::path::PathBuf;

use super::format::{Optional, Path};
use super::section;

section! {
    /// What the service judges by.
    Model, "model", "model-" {
        /// Model file to use in place of the active one.
        file: Option<PathBuf> = "", Optional(Path);
    }
}
