//! BBCode tags: `[b]…[/b]`, `[url=…]…[/url]`.

use std::ops::Range;

use super::link::MAX_TARGET;

/// What boards and comment forms understand. The second field tells whether the tag breaks lines.
const NAMES: &[(&str, bool)] = &[
    ("url", false),
    ("link", false),
    ("b", false),
    ("i", false),
    ("u", false),
    ("s", false),
    ("img", false),
    ("quote", true),
    ("code", true),
    ("color", false),
    ("size", false),
    ("font", false),
    ("center", true),
    ("left", true),
    ("right", true),
    ("list", true),
    ("*", true),
    ("li", true),
    ("email", false),
    ("spoiler", false),
    ("youtube", false),
    ("video", false),
    ("media", false),
    ("table", true),
    ("tr", true),
    ("td", true),
    ("sub", false),
    ("sup", false),
    ("strike", false),
    ("bold", false),
    ("italic", false),
    ("h1", true),
    ("h2", true),
    ("h3", true),
];

/// Names up to this index make links.
const N_LINK_NAMES: usize = 2;
/// Index of `[*]`, which has no closing tag of its own and stands inside this one.
const STAR: usize = 16;
const LIST: usize = 15;

/// Where each closing tag stands last.
#[derive(Debug)]
pub(super) struct Closings([usize; NAMES.len()]);

impl Closings {
    /// Reads the whole text once.
    pub(super) fn find(text: &str) -> Self {
        let mut last = [0; NAMES.len()];
        let bytes = text.as_bytes();
        for at in memchr::memmem::find_iter(bytes, b"[/") {
            if let Some((index, end)) = name_at(bytes, at + 2)
                && bytes.get(end) == Some(&b']')
            {
                last[index] = at;
            }
        }
        Self(last)
    }
}

/// A tag.
#[derive(Debug)]
pub(super) struct Tag<'a> {
    pub(super) span: Range<usize>,
    /// What stands behind the `=`.
    pub(super) value: &'a str,
    pub(super) is_link: bool,
    pub(super) is_closing: bool,
    pub(super) is_block: bool,
}

/// The tag at the `[` at `at`. An opening tag counts only if its closing tag comes later, for
/// `a[i]` is ordinary; `[url=…]` always does.
pub(super) fn tag_at<'a>(text: &'a str, at: usize, closings: &Closings) -> Option<Tag<'a>> {
    let bytes = text.as_bytes();
    if bytes.get(at) != Some(&b'[') {
        return None;
    }
    let is_closing = bytes.get(at + 1) == Some(&b'/');
    let (index, name_end) = name_at(bytes, at + 1 + usize::from(is_closing))?;
    let mut tag = Tag {
        span: at..name_end + 1,
        value: "",
        is_link: index < N_LINK_NAMES,
        is_closing,
        is_block: NAMES[index].1,
    };
    match bytes.get(name_end)? {
        b']' => {}
        b'=' if !is_closing => {
            let window = &bytes[name_end + 1..bytes.len().min(name_end + 1 + MAX_TARGET)];
            let len = window
                .iter()
                .position(|byte| matches!(byte, b']' | b'[' | b'\n'))?;
            if window[len] != b']' {
                return None;
            }
            tag.value = &text[name_end + 1..name_end + 1 + len];
            tag.span.end = name_end + len + 2;
            if tag.is_link {
                return (!tag.value.trim().is_empty()).then_some(tag);
            }
        }
        _ => return None,
    }
    let closing = if index == STAR { LIST } else { index };
    (is_closing || closings.0[closing] > at).then_some(tag)
}

/// Which name starts at `at`, and where it ends.
fn name_at(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let rest = bytes.get(at..)?;
    let len = match rest.first()? {
        b'*' => 1,
        _ => rest
            .iter()
            .take(8)
            .take_while(|byte| byte.is_ascii_alphanumeric())
            .count(),
    };
    let name = &rest[..len];
    let index = NAMES
        .iter()
        .position(|(known, _)| known.as_bytes().eq_ignore_ascii_case(name))?;
    Some((index, at + len))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_point_at_their_names() {
        assert_eq!(NAMES[STAR].0, "*");
        assert_eq!(NAMES[LIST].0, "list");
        assert_eq!(NAMES[N_LINK_NAMES - 1].0, "link");
    }
}
