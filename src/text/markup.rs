//! HTML tags, character references, BBCode tags and Markdown links.
//!
//! Tags are found here and not by an HTML parser, because comments are mostly text that merely
//! happens to hold `<` or `[`: only what has a known name, and an end, is a tag. The attributes of
//! links and the references are then read by html5gum, which knows the standard.

use std::ops::Range;

use html5gum::{Token, Tokenizer};
use memchr::{memchr, memchr2, memchr3, memmem};

use super::alignment::{Rewrite, Rewriter};
use super::bbcode::{self, Closings};
use super::boundary::floor_boundary;
use super::elements::{Element, element_at};
use super::entities;
use super::link::{LinkMarkup, MAX_TARGET};

/// Longest tag, in bytes: room for a target of [`MAX_TARGET`] with references in it.
const MAX_TAG: usize = 4_096;

/// A link as this step sees it: spans are those of its input.
#[derive(Debug)]
pub(super) struct FoundLink {
    pub(super) target: String,
    pub(super) kind: LinkMarkup,
    pub(super) span: Range<usize>,
}

/// Whether there is anything to look at.
pub(super) fn may_have_markup(text: &str) -> bool {
    memchr3(b'<', b'&', b'[', text.as_bytes()).is_some()
}

/// Drops markup and decodes references; links are added to `links`. `None` if nothing changed.
pub(super) fn strip(text: &str, links: &mut Vec<FoundLink>) -> Option<Rewrite> {
    let bytes = text.as_bytes();
    let mut at = memchr3(b'<', b'&', b'[', bytes)?;
    let mut reader = Reader {
        text,
        rewriter: Rewriter::new(text),
        closings: None,
        open_link: None,
        markdown_end: None,
        unclosed: [false; 3],
        links,
    };
    loop {
        at = reader.step(at);
        // The end of a Markdown link's text has no special first character of its own.
        let limit = reader
            .markdown_end
            .as_ref()
            .map_or(bytes.len(), |end| end.start);
        let next = bytes
            .get(at..limit)
            .and_then(|rest| memchr3(b'<', b'&', b'[', rest));
        match (next, reader.markdown_end.take()) {
            (Some(offset), end) => {
                reader.markdown_end = end;
                at += offset;
            }
            (None, Some(end)) if at <= end.start => {
                at = end.end;
                reader.rewriter.remove(end);
                match memchr3(b'<', b'&', b'[', &bytes[at..]) {
                    Some(offset) => at += offset,
                    None => break,
                }
            }
            // A tag swallowed the end of the link.
            (None, Some(_)) => match memchr3(b'<', b'&', b'[', &bytes[at..]) {
                Some(offset) => at += offset,
                None => break,
            },
            (None, None) => break,
        }
    }
    reader.rewriter.finish()
}

/// Takes out every character that markup could start with: what is left has none at all.
pub(super) fn strip_openers(text: &str) -> Option<Rewrite> {
    let mut rewriter = Rewriter::new(text);
    for at in memchr::memchr3_iter(b'<', b'&', b'[', text.as_bytes()) {
        rewriter.remove(at..at + 1);
    }
    rewriter.finish()
}

struct Reader<'a, 'l> {
    text: &'a str,
    rewriter: Rewriter<'a>,
    /// Made when the first `[` is met.
    closings: Option<Closings>,
    /// Index of the link whose closing tag has not come yet.
    open_link: Option<usize>,
    /// The `](target)` of the Markdown link being read.
    markdown_end: Option<Range<usize>>,
    /// Whether a search for the end of a comment, script or style has failed; it need not be
    /// repeated, which keeps the whole linear.
    unclosed: [bool; 3],
    links: &'l mut Vec<FoundLink>,
}

impl Reader<'_, '_> {
    /// Deals with the special character at `at`; gives where to go on.
    fn step(&mut self, at: usize) -> usize {
        let end = match self.text.as_bytes()[at] {
            b'<' => self.html(at),
            b'&' => entities::reference(&self.text[at..]).map(|(len, value)| {
                self.rewriter.replace(at..at + len, &value);
                at + len
            }),
            _ => self.bbcode(at).or_else(|| self.markdown(at)),
        };
        end.unwrap_or(at + 1)
    }

    fn html(&mut self, at: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        match bytes.get(at + 1)? {
            b'!' if bytes[at..].starts_with(b"<!--") => {
                let end = at + 4 + self.find(0, at + 4, |rest| memmem::find(rest, b"-->"))? + 3;
                self.rewriter.remove(at..end);
                Some(end)
            }
            b'!' if bytes.get(at + 2..at + 9)?.eq_ignore_ascii_case(b"doctype") => {
                let end = tag_end(bytes, at + 9)?;
                self.rewriter.remove(at..end);
                Some(end)
            }
            b'/' => {
                let (element, name) = element_at(bytes, at + 2)?;
                let end = tag_end(bytes, name.end)?;
                if element == Element::Anchor {
                    self.close_link(end);
                }
                self.drop_tag(element, at..end);
                Some(end)
            }
            _ => {
                let (element, name) = element_at(bytes, at + 1)?;
                let mut end = tag_end(bytes, name.end)?;
                if element == Element::Anchor {
                    if let Some(target) = href(&self.text[at..end]) {
                        self.add_link(&target, LinkMarkup::Html, at..end);
                        self.open_link = Some(self.links.len() - 1);
                    }
                } else if element == Element::Raw {
                    let is_style = bytes[name.start + 1].eq_ignore_ascii_case(&b't');
                    let closing: &[u8] = if is_style { b"</style" } else { b"</script" };
                    let found = self.find(1 + usize::from(is_style), end, |rest| {
                        closing_tag(rest, closing)
                    });
                    end = found.map_or(end, |offset| end + offset);
                }
                self.drop_tag(element, at..end);
                Some(end)
            }
        }
    }

    fn drop_tag(&mut self, element: Element, range: Range<usize>) {
        self.rewriter
            .replace(range, if element == Element::Block { "\n" } else { "" });
    }

    fn bbcode(&mut self, at: usize) -> Option<usize> {
        let text = self.text;
        let closings = self.closings.get_or_insert_with(|| Closings::find(text));
        let tag = bbcode::tag_at(text, at, closings)?;
        let mut end = tag.span.end;
        if tag.is_link && tag.is_closing {
            self.close_link(end);
        } else if tag.is_link && !tag.value.is_empty() {
            self.add_link(tag.value, LinkMarkup::BbCode, at..end);
            self.open_link = Some(self.links.len() - 1);
        } else if tag.is_link {
            // `[url]target[/url]`: the target is the text as well, so it stays.
            let target_end =
                end + memchr(b'[', &text.as_bytes()[end..]).unwrap_or(text.len() - end);
            if let Some(closing) = bbcode::tag_at(text, target_end, closings)
                && closing.is_link
                && closing.is_closing
            {
                self.add_link(
                    &text[end..target_end],
                    LinkMarkup::BbCode,
                    at..closing.span.end,
                );
            }
        }
        end = end.max(at + 1);
        self.rewriter
            .replace(at..end, if tag.is_block { "\n" } else { "" });
        Some(end)
    }

    fn markdown(&mut self, at: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        if self.markdown_end.is_some() {
            return None;
        }
        let close = at + 1 + memchr2(b'[', b']', &bytes[at + 1..])?;
        if !bytes[close..].starts_with(b"](") {
            return None;
        }
        let target_at = close + 2;
        let window = &bytes[target_at..bytes.len().min(target_at + MAX_TARGET)];
        let starts_well = [&b"http://"[..], b"https://", b"www."].iter().any(|start| {
            window
                .get(..start.len())
                .is_some_and(|found| found.eq_ignore_ascii_case(start))
        });
        if !starts_well {
            return None;
        }
        let len = window
            .iter()
            .position(|byte| matches!(byte, b')' | b'\n'))?;
        if window[len] != b')' {
            return None;
        }
        let written = &self.text[target_at..target_at + len];
        // `[text](target "title")`
        let target = written.split_ascii_whitespace().next().unwrap_or_default();
        let end = target_at + len + 1;
        self.add_link(target, LinkMarkup::Markdown, at..end);
        self.rewriter.remove(at..at + 1);
        self.markdown_end = Some(close..end);
        Some(at + 1)
    }

    fn add_link(&mut self, written: &str, kind: LinkMarkup, span: Range<usize>) {
        let decoded = entities::decode(written);
        let trimmed = decoded
            .trim_matches(|c: char| c.is_whitespace() || c.is_control() || c == '"' || c == '\'');
        let target = trimmed[..floor_boundary(trimmed, MAX_TARGET)].to_owned();
        self.links.push(FoundLink { target, kind, span });
    }

    /// Lets the open link reach to `end`.
    fn close_link(&mut self, end: usize) {
        if let Some(link) = self
            .open_link
            .take()
            .and_then(|index| self.links.get_mut(index))
        {
            link.span.end = end;
        }
    }

    /// Searches from `start`, unless the same search has failed before.
    fn find(
        &mut self,
        which: usize,
        start: usize,
        search: impl Fn(&[u8]) -> Option<usize>,
    ) -> Option<usize> {
        if self.unclosed[which] {
            return None;
        }
        let found = search(&self.text.as_bytes()[start..]);
        self.unclosed[which] = found.is_none();
        found
    }
}

/// Where the tag ends whose attributes start at `start`: after the `>` outside quotes. A `<`
/// outside quotes means that this is no tag.
fn tag_end(bytes: &[u8], start: usize) -> Option<usize> {
    let limit = bytes.len().min(start + MAX_TAG);
    let mut at = start;
    while at < limit {
        match bytes[at] {
            b'>' => return Some(at + 1),
            b'<' => return None,
            b'=' => {
                at += 1;
                while at < limit && bytes[at].is_ascii_whitespace() {
                    at += 1;
                }
                if let Some(&quote @ (b'"' | b'\'')) = bytes[..limit].get(at) {
                    // An open quote that never closes is a slip of the pen: it is passed over.
                    at += 1 + memchr(quote, &bytes[at + 1..limit]).map_or(0, |len| len + 1);
                }
            }
            _ => at += 1,
        }
    }
    None
}

/// The `href` of an `<a …>`, decoded.
fn href(tag: &str) -> Option<String> {
    for token in Tokenizer::new(tag) {
        let Ok(Token::StartTag(tag)) = token else {
            continue;
        };
        let value = tag.attributes.get(b"href".as_slice())?;
        let value = String::from_utf8_lossy(value);
        let value = value.trim();
        return (!value.is_empty() && !value.starts_with('#')).then(|| value.to_owned());
    }
    None
}

/// Where the first closing tag that starts with `opening` ends.
fn closing_tag(bytes: &[u8], opening: &[u8]) -> Option<usize> {
    let is_there = |found: &[u8]| found.eq_ignore_ascii_case(opening);
    let at = memchr::memchr_iter(b'<', bytes)
        .find(|&at| bytes.get(at..at + opening.len()).is_some_and(is_there))?;
    tag_end(bytes, at + opening.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: &str, expected_links: &[&str]) {
        let mut links = Vec::new();
        let stripped = strip(input, &mut links).map_or_else(|| input.to_owned(), |made| made.text);
        assert_eq!(stripped, expected, "{input}");
        let targets: Vec<_> = links.iter().map(|link| link.target.as_str()).collect();
        assert_eq!(targets, expected_links, "{input}");
    }

    #[test]
    fn an_unfinished_closing_tag_closes_nothing() {
        let text = format!("{}{}</style", "<style>".repeat(3), "x".repeat(9));
        check(&text, "xxxxxxxxx</style", &[]);
        check("<style>a</style ></style>b", "b", &[]);
    }

    #[test]
    fn html_is_dropped() {
        check(
            "<p>one</p><P CLASS=x>two<br/>three",
            "\none\n\ntwo\nthree",
            &[],
        );
        check(
            "a<!-- hidden -->b<script>x<y</script >c<STYLE>p{}</STYLE>d",
            "abcd",
            &[],
        );
        check("<img alt=\"a>b\" src=x>z", "z", &[]);
        check("<!DOCTYPE html>x", "x", &[]);
    }

    #[test]
    fn text_with_angle_brackets_stays() {
        check(
            "List<String> x = a < b && c > d; <3 <- <grin>",
            "List<String> x = a < b && c > d; <3 <- <grin>",
            &[],
        );
        check("i <b and that", "i <b and that", &[]);
        check("<!-- open", "<!-- open", &[]);
        check("<script>open", "open", &[]);
        check("<", "<", &[]);
    }

    #[test]
    fn links_are_recorded() {
        check(
            "<a href=\"http://x.com/?a=1&amp;b=2\" rel=nofollow>X</a>!",
            "X!",
            &["http://x.com/?a=1&b=2"],
        );
        check("<A HREF = ' http://x.com '>X", "X", &["http://x.com"]);
        check("<a name=top>X</a><a href=#top>Y</a>", "XY", &[]);
        check(
            "[url=http://x.com]X[/url] [URL]http://y.com[/URL]",
            "X http://y.com",
            &["http://x.com", "http://y.com"],
        );
        check("[link=\"http://x.com\"]X[/link]", "X", &["http://x.com"]);
        check(
            "see [the <b>site</b>](https://x.com/a \"title\") now",
            "see the site now",
            &["https://x.com/a"],
        );
        check(
            "[a](relative) [b] (http://x.com)",
            "[a](relative) [b] (http://x.com)",
            &[],
        );
    }

    #[test]
    fn bbcode_is_dropped_where_it_is_closed() {
        check(
            "[b]bold[/b] a[i] = b[i]; [quote=me]x[/quote]y",
            "bold a[i] = b[i]; \nx\ny",
            &[],
        );
        check(
            "[color=red]x[/color] [1] [citation needed]",
            "x [1] [citation needed]",
            &[],
        );
    }

    #[test]
    fn a_link_reaches_to_its_closing_tag() {
        let mut links = Vec::new();
        let text = "x <a href=\"http://x.com\">y</a> z";
        strip(text, &mut links);
        assert_eq!(
            &text[links[0].span.clone()],
            "<a href=\"http://x.com\">y</a>"
        );
    }
}
