//! What the service counts.

use super::Secret;
use super::format::{Optional, Switch, Token};
use super::section;

section! {
    /// What the service counts.
    Metrics, "metrics", "metrics-" {
        /// Whether `/metrics` is there.
        enabled: bool = "true", Switch;
        /// Bearer token that `/metrics` asks for. Without one, everybody who reaches the port sees
        /// how many comments there are.
        token: Option<Secret> = "", Optional(Token);
    }
}
