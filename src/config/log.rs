//! What the service writes down about itself.

use super::format::Choice;
use super::section;

/// How lines of the log look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Which lines of the log are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// What went wrong.
    Error,
    /// What may go wrong.
    Warn,
    /// What happened.
    Info,
    /// Every request: its method, the route, the status and the time.
    Debug,
}

section! {
    /// What the service writes down about itself, on standard error.
    Log, "log", "log-" {
        /// Lines for people, or one JSON object a line.
        format: LogFormat = "text", Choice(&[
            ("text", LogFormat::Text),
            ("json", LogFormat::Json),
        ]);
        /// From which level on lines are written; `debug` has one for every request. No level has
        /// words, names, addresses or keys in it.
        level: Level = "info", Choice(&[
            ("error", Level::Error),
            ("warn", Level::Warn),
            ("info", Level::Info),
            ("debug", Level::Debug),
        ]);
    }
}
