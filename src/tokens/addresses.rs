//! Finds addresses of sites and mailboxes that are just written down.

use std::iter;
use std::ops::Range;

use linkify::{LinkFinder, LinkKind};
use memchr::memchr3_iter;

use crate::text::floor_boundary;

/// Endings by which an address without scheme, `www.` and path is told from a missing space
/// (`end.Next`) and from file names (`readme.md`, `main.rs`). The commonest of the web, and those
/// that spam is fond of.
const BARE_ENDINGS: &[&str] = &[
    "com", "net", "org", "info", "biz", "co", "io", "ru", "xyz", "online", "site", "shop", "club",
    "top", "cn", "de", "uk", "us", "eu", "in", "fr", "nl", "pl", "it", "es", "br", "jp", "au",
    "ca", "edu", "gov", "store", "website", "space", "live", "vip", "app", "dev",
];

/// Longest piece of text that is searched at once, in bytes.
const MAX_PIECE: usize = 4096;

/// An address in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) span: Range<usize>,
    pub(super) is_email: bool,
}

/// The addresses in `text`, in order.
pub(super) fn addresses(text: &str) -> Vec<Address> {
    if !may_have_addresses(text.as_bytes()) {
        return Vec::new();
    }
    let mut finder = LinkFinder::new();
    finder.url_must_have_scheme(false);
    let in_piece = |piece: Range<usize>| {
        let links = finder.links(&text[piece.clone()]);
        links.filter_map(move |link| {
            let is_email = *link.kind() == LinkKind::Email;
            (is_email || is_site(link.as_str())).then(|| Address {
                span: piece.start + link.start()..piece.start + link.end(),
                is_email,
            })
        })
    };
    pieces(text).flat_map(in_piece).collect()
}

/// The text in pieces that end at white space, where it has any. linkify may read on from each dot to
/// where no address can go on, so that without an end the work would grow with the square.
fn pieces(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    iter::from_fn(move || {
        let rest = &text[start..];
        let len = if rest.len() <= MAX_PIECE {
            rest.len()
        } else {
            let longest = &rest[..floor_boundary(rest, MAX_PIECE)];
            let space = longest.rfind(char::is_whitespace);
            space.filter(|&at| at > 0).unwrap_or(longest.len())
        };
        let piece = start..start + len;
        start = piece.end;
        (!piece.is_empty()).then_some(piece)
    })
}

/// Whether there is an `@`, a `://` or a dot inside a word of letters.
fn may_have_addresses(bytes: &[u8]) -> bool {
    memchr3_iter(b'@', b':', b'.', bytes).any(|at| match bytes[at] {
        b'@' => true,
        b':' => bytes[at..].starts_with(b"://"),
        _ => {
            at > 0 && is_letter(bytes[at - 1]) && bytes.get(at + 1).copied().is_some_and(is_letter)
        }
    })
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

/// Whether what linkify takes for an address is one of a site.
fn is_site(found: &str) -> bool {
    if let Some(at) = found.find("://") {
        return matches!(
            found[..at].to_ascii_lowercase().as_str(),
            "http" | "https" | "ftp"
        );
    }
    if found
        .get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("www."))
    {
        return true;
    }
    let (host, rest) = found.split_at(found.find(['/', ':', '?', '#']).unwrap_or(found.len()));
    let Some((_, ending)) = host.rsplit_once('.') else {
        return false;
    };
    BARE_ENDINGS.contains(&ending)
        || (ending.eq_ignore_ascii_case("com")
            && ending.bytes().all(|byte| byte.is_ascii_uppercase()))
        || (rest.len() > 1 && rest.starts_with('/') && has_known_ending(host))
}

/// Whether a host ends like those of the web, in small letters. With a path behind it this is enough,
/// and short addresses (`t.me/name`) are written so.
fn has_known_ending(host: &str) -> bool {
    psl::suffix(host.as_bytes()).is_some_and(|suffix| suffix.is_known())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: &[&str]) {
        let found: Vec<_> = addresses(input)
            .into_iter()
            .map(|address| &input[address.span])
            .collect();
        assert_eq!(found, expected, "{input}");
    }

    #[test]
    fn addresses_are_found() {
        check(
            "see http://x.com/a?b=1. Or (https://y.org/z)!",
            &["http://x.com/a?b=1", "https://y.org/z"],
        );
        check(
            "www.example.museum and example.com/path, EXAMPLE.COM",
            &["www.example.museum", "example.com/path", "EXAMPLE.COM"],
        );
        check(
            "short ones: t.me/name, Bit.ly/1x or 9nl.me/m.",
            &["t.me/name", "Bit.ly/1x", "9nl.me/m"],
        );
        check("write to me@example.com", &["me@example.com"]);
    }

    #[test]
    fn pieces_end_at_spaces_and_are_the_whole() {
        let long = format!(
            "{} http://x.com/a {}",
            "word ".repeat(1_200),
            "é".repeat(5_000)
        );
        let cut: Vec<_> = pieces(&long).collect();
        assert!(cut.len() > 2 && cut.iter().all(|piece| piece.len() <= MAX_PIECE));
        let whole: String = cut.iter().map(|piece| &long[piece.clone()]).collect();
        assert_eq!(whole, long);
        check(&long, &["http://x.com/a"]);
        assert_eq!(pieces("").count(), 0);
    }

    #[test]
    fn ordinary_text_has_none() {
        check(
            "The end.Next one. e.g. this; 3.5 node.js main.rs readme.md a:b",
            &[],
        );
        check(
            "node.js/express System.Web/Mvc 1.5/2.0 bit.ly / bit.ly/",
            &[],
        );
        check("irc://host @name", &[]);
    }
}
