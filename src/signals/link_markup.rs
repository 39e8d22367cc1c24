use super::{Evidence, Scene, Weight, signal};
use crate::text::LinkMarkup;

signal! {
    /// ## What it detects
    /// With which markup links are made: 0 none, 1 HTML or Markdown, 2 BBCode (`[url=…]`), 3 more
    /// than one of the three in the same comment.
    ///
    /// ## Why it matters
    /// BBCode belongs to forums; in a blog it shows a program that does not know where it is. One
    /// that tries several kinds at once knows that it does not know.
    ///
    /// ## Example
    /// `[url=http://example.com]x[/url]` → 2, with `<a href="http://example.com">x</a>` beside it
    /// → 3, a bare `http://example.com` → 0.
    ///
    /// ## When it is wrong
    /// Blogs whose form offers BBCode, and readers who come from forums.
    ///
    /// The weights are written down: few blogs get such comments, but those that do get many, and
    /// what is learned there rests on their words. In all collected comments together, no genuine
    /// comment of 72,651 has BBCode, alone or beside other markup, and 146 of spam do; 2.5 log-odds,
    /// and 3 for several kinds at once. HTML alone counts nothing beyond the links that it makes.
    ///
    /// ## References
    /// None; found by comparing links of genuine and of spam comments.
    "link_markup", Rising, Weight::Fixed { edges: &[1.5, 2.5], values: &[0.0, 2.5, 3.0] }
}

fn observe(scene: &Scene<'_>) -> f32 {
    let (mut html, mut bbcode, mut markdown) = (false, false, false);
    for link in &scene.comment.links {
        match link.markup {
            Some(LinkMarkup::Html) => html = true,
            Some(LinkMarkup::BbCode) => bbcode = true,
            Some(LinkMarkup::Markdown) => markdown = true,
            None => {}
        }
    }
    match (html, bbcode, markdown) {
        (false, false, false) => 0.0,
        (true, false, false) | (false, false, true) => 1.0,
        (false, true, false) => 2.0,
        _ => 3.0,
    }
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let reason = match value {
        3.0 => "makes its links with two kinds of markup at once",
        2.0 => "makes its links with the markup of forums, `[url]`",
        1.0 => "makes its links with HTML or Markdown",
        _ => "has no links made with markup",
    };
    let links = scene
        .comment
        .links
        .iter()
        .filter(|link| link.markup.is_some());
    let places = links.map(|link| link.original.clone());
    Evidence::new(reason).at(places)
}
