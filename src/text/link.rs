//! Links that were made with markup.

use std::ops::Range;

/// Longest target kept, in bytes. Browsers and servers commonly refuse addresses beyond 2,000.
pub const MAX_TARGET: usize = 2_000;

/// The markup that makes text a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LinkMarkup {
    /// `<a href="…">`.
    Html,
    /// `[url=…]`, `[url]…[/url]` or `[link=…]`.
    BbCode,
    /// `[text](http…)`.
    Markdown,
}

/// A link made with markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkupLink {
    /// Where it leads: entities decoded, trimmed, at most [`MAX_TARGET`] bytes.
    pub target: String,
    /// How it was made.
    pub kind: LinkMarkup,
    /// Bytes of the original, from the opening tag through the closing one where there is one.
    pub original: Range<usize>,
}
