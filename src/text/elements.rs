//! The names of HTML elements; only these make a tag.
//!
//! Comments hold `List<String>`, `<grin>` and `if a <b and`: taking whatever follows a `<` for a
//! tag would swallow text.

use std::ops::Range;

/// What a tag leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    /// Starts or ends a block: a line break.
    Block,
    /// Nothing.
    Inline,
    /// A link.
    Anchor,
    /// Nothing, and its contents are not text.
    Raw,
}

/// Longest name below.
const MAX_NAME: usize = 10;

/// The elements of the HTML standard and the obsolete ones it lists, sorted.
const ELEMENTS: &[(&str, Element)] = {
    use Element::{Anchor, Block, Inline, Raw};
    &[
        ("a", Anchor),
        ("abbr", Inline),
        ("acronym", Inline),
        ("address", Block),
        ("applet", Inline),
        ("area", Inline),
        ("article", Block),
        ("aside", Block),
        ("audio", Inline),
        ("b", Inline),
        ("base", Inline),
        ("basefont", Inline),
        ("bdi", Inline),
        ("bdo", Inline),
        ("big", Inline),
        ("blink", Inline),
        ("blockquote", Block),
        ("body", Block),
        ("br", Block),
        ("button", Inline),
        ("canvas", Inline),
        ("caption", Block),
        ("center", Block),
        ("cite", Inline),
        ("code", Inline),
        ("col", Inline),
        ("colgroup", Inline),
        ("data", Inline),
        ("datalist", Inline),
        ("dd", Block),
        ("del", Inline),
        ("details", Block),
        ("dfn", Inline),
        ("dialog", Block),
        ("dir", Block),
        ("div", Block),
        ("dl", Block),
        ("dt", Block),
        ("em", Inline),
        ("embed", Inline),
        ("fieldset", Block),
        ("figcaption", Block),
        ("figure", Block),
        ("font", Inline),
        ("footer", Block),
        ("form", Block),
        ("frame", Inline),
        ("frameset", Block),
        ("h1", Block),
        ("h2", Block),
        ("h3", Block),
        ("h4", Block),
        ("h5", Block),
        ("h6", Block),
        ("head", Block),
        ("header", Block),
        ("hgroup", Block),
        ("hr", Block),
        ("html", Block),
        ("i", Inline),
        ("iframe", Inline),
        ("img", Inline),
        ("input", Inline),
        ("ins", Inline),
        ("kbd", Inline),
        ("label", Inline),
        ("legend", Block),
        ("li", Block),
        ("link", Inline),
        ("main", Block),
        ("map", Inline),
        ("mark", Inline),
        ("marquee", Block),
        ("menu", Block),
        ("meta", Inline),
        ("meter", Inline),
        ("nav", Block),
        ("nobr", Inline),
        ("noembed", Inline),
        ("noframes", Inline),
        ("noscript", Inline),
        ("object", Inline),
        ("ol", Block),
        ("optgroup", Inline),
        ("option", Block),
        ("output", Inline),
        ("p", Block),
        ("param", Inline),
        ("picture", Inline),
        ("pre", Block),
        ("progress", Inline),
        ("q", Inline),
        ("rp", Inline),
        ("rt", Inline),
        ("ruby", Inline),
        ("s", Inline),
        ("samp", Inline),
        ("script", Raw),
        ("section", Block),
        ("select", Inline),
        ("small", Inline),
        ("source", Inline),
        ("span", Inline),
        ("strike", Inline),
        ("strong", Inline),
        ("style", Raw),
        ("sub", Inline),
        ("summary", Block),
        ("sup", Inline),
        ("svg", Inline),
        ("table", Block),
        ("tbody", Block),
        ("td", Block),
        ("template", Inline),
        ("textarea", Block),
        ("tfoot", Block),
        ("th", Block),
        ("thead", Block),
        ("time", Inline),
        ("title", Block),
        ("tr", Block),
        ("track", Inline),
        ("tt", Inline),
        ("u", Inline),
        ("ul", Block),
        ("var", Inline),
        ("video", Inline),
        ("wbr", Inline),
    ]
};

/// The element whose name starts at `at`, and where the name stands. The name must end with white
/// space, `/` or `>`.
pub(super) fn element_at(bytes: &[u8], at: usize) -> Option<(Element, Range<usize>)> {
    let rest = bytes.get(at..)?;
    let len = rest
        .iter()
        .take(MAX_NAME + 1)
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .count();
    if len == 0
        || len > MAX_NAME
        || !matches!(
            rest.get(len),
            Some(b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' | b'/' | b'>')
        )
    {
        return None;
    }
    let mut lower = [0; MAX_NAME];
    let name = &mut lower[..len];
    name.copy_from_slice(&rest[..len]);
    name.make_ascii_lowercase();
    let index = ELEMENTS
        .binary_search_by(|(known, _)| known.as_bytes().cmp(name))
        .ok()?;
    Some((ELEMENTS[index].1, at..at + len))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_names_fit() {
        assert!(ELEMENTS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(
            ELEMENTS.iter().map(|(name, _)| name.len()).max(),
            Some(MAX_NAME)
        );
    }

    #[test]
    fn names_end_where_html_says() {
        assert!(element_at(b"<DIV>", 1).is_some());
        assert!(element_at(b"<b", 1).is_none());
        assert!(element_at(b"<string>", 1).is_none());
        assert!(element_at(b"<h1/>", 1).is_some());
    }
}
