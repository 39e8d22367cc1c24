//! SQLite.
/// Options.
#[derive(Debug, Clone)]
pub struct SqliteOptions;
/// Store.
#[derive(Debug)]
pub struct SqliteStore;
