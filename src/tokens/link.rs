//! Links: where they lead, taken apart.

use std::ops::Range;

use url::{Host, Url};

use crate::text::{LinkMarkup, MAX_TARGET, floor_boundary};

/// A link with its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// As written, with scheme and host in lower case.
    pub target: String,
    /// The host in lower case (Punycode for others than ASCII) without `www.`.
    pub host: String,
    /// The part of the host that somebody registered, by the Public Suffix List; the host itself
    /// where the list has no answer, as for addresses in numbers.
    pub domain: String,
    /// The path, percent-encoded; at least `/`.
    pub path: String,
    /// How it was made a link; `None` for one that was just written down.
    pub markup: Option<LinkMarkup>,
    /// Where it is written in the normalised text. A link made with markup has none, unless its
    /// target is also its text.
    pub span: Option<Range<u32>>,
    /// Bytes of the original.
    pub original: Range<usize>,
}

/// Takes a link apart that somebody typed: a homepage, the target of a link. The scheme may be
/// missing. Gives `None` for what does not lead to another site: other schemes, relative targets,
/// hosts without a dot.
pub fn parse_link(raw: &str) -> Option<Link> {
    let raw = raw.trim();
    let raw = raw[..floor_boundary(raw, MAX_TARGET)].trim_end();
    let (has_scheme, rest) = strip_schemes(raw);
    if !has_scheme && (names_other_scheme(rest) || !rest.starts_with(|c: char| c.is_alphanumeric()))
    {
        return None;
    }
    let is_secure = raw
        .get(..6)
        .is_some_and(|start| start.eq_ignore_ascii_case("https:"));
    let url = Url::parse(&format!(
        "{}://{rest}",
        if is_secure { "https" } else { "http" }
    ))
    .ok()?;
    let (host, domain) = match url.host()? {
        Host::Domain(host) => {
            let host = plain_host(host);
            if host.len() > 253 || !host.contains('.') || host.split('.').any(str::is_empty) {
                return None;
            }
            // Without a scheme, only a known ending tells `example.com` from `well.then`.
            if !has_scheme && !psl::suffix(host.as_bytes()).is_some_and(|suffix| suffix.is_known())
            {
                return None;
            }
            (
                host.to_owned(),
                psl::domain_str(host).unwrap_or(host).to_owned(),
            )
        }
        Host::Ipv4(_) if !has_scheme && !rest.contains('.') => return None,
        Host::Ipv4(_) | Host::Ipv6(_) => {
            let host = url.host_str()?.to_owned();
            (host.clone(), host)
        }
    };
    Some(Link {
        target: lower_host(raw, rest),
        host,
        domain,
        path: url.path().to_owned(),
        markup: None,
        span: None,
        original: 0..0,
    })
}

/// Reads a host that somebody typed by itself, or the end of hosts, such as `example`. Gives it in
/// the form of [`Link::host`]; `None` for what can be neither.
pub fn parse_host(raw: &str) -> Option<String> {
    let raw = raw.trim();
    let host = match Host::parse(raw).ok()? {
        Host::Domain(host) => host,
        // `192.0.2` is rather meant to be the beginning of addresses than the address 192.0.0.2.
        Host::Ipv4(address) => return Some(address.to_string()).filter(|whole| whole == raw),
        Host::Ipv6(address) => return Some(format!("[{address}]")),
    };
    let host = plain_host(&host);
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(is_plain);
    (host.len() <= 253 && host.split('.').all(is_label)).then(|| host.to_owned())
}

/// The name of a host without `www.` and the root's full stop.
fn plain_host(host: &str) -> &str {
    let host = host.trim_end_matches('.');
    host.strip_prefix("www.")
        .filter(|rest| rest.contains('.'))
        .unwrap_or(host)
}

/// A host without an ending that nobody can register (RFC 2606, section 2). Such hosts stand in
/// examples and in threads that were invented.
pub fn without_reserved_ending(host: &str) -> &str {
    const RESERVED: [&str; 4] = ["example", "invalid", "localhost", "test"];
    match host.rsplit_once('.') {
        Some((rest, ending)) if RESERVED.contains(&ending) => rest,
        _ => host,
    }
}

/// Takes off `http://` and `https://`, also twice (`http://http://x.com`, left by forms that have
/// it filled in) and with slips of the pen (`http:/x.com`, `http//x.com`, `htp://x.com`,
/// `http:// x.com`).
fn strip_schemes(raw: &str) -> (bool, &str) {
    let mut rest = raw;
    let mut has_scheme = false;
    for _ in 0..3 {
        let Some(stripped) = strip_scheme(rest) else {
            break;
        };
        rest = stripped;
        has_scheme = true;
    }
    match rest.strip_prefix("//") {
        Some(rest) => (true, rest),
        None => (has_scheme, rest),
    }
}

/// What follows a scheme and its marks.
fn strip_scheme(text: &str) -> Option<&str> {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (scheme, after) = text.split_at(letters);
    let behind = after
        .trim_start_matches([':', ';'])
        .trim_start_matches(['/', '\\']);
    let marks = &after[..after.len() - behind.len()];
    let is_scheme = match scheme.to_ascii_lowercase().as_str() {
        "https" | "http" | "ftp" => marks.contains(['/', ':']),
        slip => {
            (3..=7).contains(&letters)
                && slip.bytes().all(|letter| b"htps".contains(&letter))
                && marks.contains(['/', '\\'])
                && marks.len() > 2
        }
    };
    is_scheme.then(|| behind.trim_start())
}

/// Whether it starts like `javascript:` or `mailto:`, and not like `example.com:8080`.
fn names_other_scheme(text: &str) -> bool {
    let end = text
        .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '+' | '-' | '.'))
        .unwrap_or(text.len());
    text[end..].starts_with(':') && !text[end + 1..].starts_with(|c: char| c.is_ascii_digit())
}

/// `raw`, whose host starts at its suffix `rest`, with everything up to the path in lower case.
fn lower_host(raw: &str, rest: &str) -> String {
    let host_at = raw.len() - rest.len();
    let end = host_at + rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let mut target = raw[..end].to_lowercase();
    target.push_str(&raw[end..]);
    target
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(raw: &str, expected: Option<(&str, &str, &str)>) {
        let link = parse_link(raw);
        let found = link
            .as_ref()
            .map(|link| (link.host.as_str(), link.domain.as_str(), link.path.as_str()));
        assert_eq!(found, expected, "{raw}");
    }

    #[test]
    fn a_host_by_itself_reads_as_in_a_link() {
        for raw in [
            "bücher.example",
            " WWW.Example.com. ",
            "www.com",
            "192.0.2.1",
            "[2001:db8::1]",
            "a_b.example",
        ] {
            let link = parse_link(&format!("http://{}/", raw.trim())).unwrap();
            assert_eq!(parse_host(raw), Some(link.host), "{raw}");
        }
        assert_eq!(parse_host("Example"), Some("example".to_owned()));
        for raw in [
            "",
            " ",
            ".",
            ".x.example",
            "https://x.example/path",
            "x.example/path",
            "*.x.example",
            "x.example:8080",
            "a@x.example",
            "192.0.2.0/24",
            "192.0.2",
            "2001:db8::1",
        ] {
            assert_eq!(parse_host(raw), None, "{raw}");
        }
    }

    #[test]
    fn parts_are_found() {
        check(
            "http://www.Example.co.uk/a?b#c",
            Some(("example.co.uk", "example.co.uk", "/a")),
        );
        check(
            "https://blog.example.com",
            Some(("blog.example.com", "example.com", "/")),
        );
        check("foo.com", Some(("foo.com", "foo.com", "/")));
        check("foo.com:8080/x", Some(("foo.com", "foo.com", "/x")));
        check(" //foo.com/x ", Some(("foo.com", "foo.com", "/x")));
        check("http://1.2.3.4/x", Some(("1.2.3.4", "1.2.3.4", "/x")));
        check(
            "http://münchen.de",
            Some(("xn--mnchen-3ya.de", "xn--mnchen-3ya.de", "/")),
        );
        check(
            "http://me.blogspot.com",
            Some(("me.blogspot.com", "me.blogspot.com", "/")),
        );
    }

    #[test]
    fn slips_of_the_pen_are_forgiven() {
        for raw in [
            "http://http://foo.com",
            "http:/foo.com",
            "http//foo.com",
            "http:foo.com",
            "htp://foo.com",
            "hhtps://foo.com",
            "https:// foo.com",
            "HTTP://FOO.COM",
        ] {
            check(raw, Some(("foo.com", "foo.com", "/")));
        }
    }

    #[test]
    fn junk_is_no_link() {
        for raw in [
            "",
            " ",
            "http://",
            "https://x",
            "javascript:alert(1)",
            "mailto:a@b.com",
            "data:text/html,x",
            "/about",
            "#top",
            "n/a",
            "none",
            "http",
            "well.then",
            "my site",
            "http://foo bar.com",
            "127",
            "http://..",
            "://",
            "?",
            "http://[",
        ] {
            check(raw, None);
        }
    }

    #[test]
    fn the_target_is_as_written_but_for_the_host() {
        let link = parse_link("HTTP://Foo.COM/Path?Q").expect("a link");
        assert_eq!(link.target, "http://foo.com/Path?Q");
    }

    proptest! {
        #[test]
        fn any_string_is_a_link_or_not(raw in any::<String>()) {
            parse_link(&raw);
            parse_link(&format!("http://{raw}"));
        }
    }
}
