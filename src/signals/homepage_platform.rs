use super::homepage_given::shown_host;
use super::{Evidence, Scene, flag, signal};
use crate::comment::Field;

signal! {
    /// ## What it detects
    /// Whether the author's homepage is a blog or a profile on a platform that many people share.
    /// Unknown without a homepage.
    ///
    /// ## Why it matters
    /// A shared blog or profile is where people live on the web. Spam that wants to be found by
    /// search engines gives the site that it sells.
    ///
    /// ## Example
    /// `https://anna.wordpress.com` → 1, `https://github.com/anna` → 1, `https://example.com` → 0.
    ///
    /// ## When it is wrong
    /// Spam uses free accounts too, which is why platforms for quickly made shops and landing pages
    /// are not in the list. Platforms of many countries are missing.
    ///
    /// ## References
    /// None; the list was written for this program.
    "homepage_platform", Falling
}

/// Sorted.
const PLATFORMS: &[&str] = &[
    "about.me",
    "academia.edu",
    "ameblo.jp",
    "behance.net",
    "blogger.com",
    "bsky.app",
    "canalblog.com",
    "codeberg.org",
    "dev.to",
    "deviantart.com",
    "dreamwidth.org",
    "facebook.com",
    "flickr.com",
    "github.com",
    "github.io",
    "gitlab.com",
    "gitlab.io",
    "goodreads.com",
    "gravatar.com",
    "hatenablog.com",
    "instagram.com",
    "linkedin.com",
    "livejournal.com",
    "mastodon.social",
    "medium.com",
    "myspace.com",
    "naver.com",
    "note.com",
    "orcid.org",
    "over-blog.com",
    "pinterest.com",
    "plus.google.com",
    "profiles.google.com",
    "reddit.com",
    "researchgate.net",
    "soundcloud.com",
    "stackoverflow.com",
    "substack.com",
    "tistory.com",
    "tumblr.com",
    "twitter.com",
    "typepad.com",
    "vimeo.com",
    "vk.com",
    "wordpress.com",
    "x.com",
    "xing.com",
    "youtube.com",
];

fn observe(scene: &Scene<'_>) -> f32 {
    let Field::Known(homepage) = scene.homepage() else {
        return f32::NAN;
    };
    flag(is_platform(&homepage.host))
}

/// Whether a host is, or is part of, a platform.
pub(super) fn is_platform(host: &str) -> bool {
    let mut rest = host;
    loop {
        if is_national(rest, "blogspot.") || PLATFORMS.binary_search(&rest).is_ok() {
            return true;
        }
        match rest.split_once('.') {
            Some((_, suffix)) => rest = suffix,
            None => return false,
        }
    }
}

/// Whether a domain is that of a family in some country: its name, with its dot, and a public suffix.
pub(super) fn is_national(domain: &str, family: &str) -> bool {
    let suffix = domain.strip_prefix(family);
    suffix.is_some_and(|suffix| {
        psl::suffix(suffix.as_bytes()).is_some_and(|known| known.is_known() && known == suffix)
    })
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let host = shown_host(scene);
    Evidence::new(if value > 0.0 {
        format!("the homepage is a blog or profile on a shared platform, {host}")
    } else {
        format!("the homepage, {host}, is a site of its own")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms_are_known_by_whole_parts_of_the_host() {
        assert!(PLATFORMS.is_sorted());
        assert!(is_platform("anna.wordpress.com") && is_platform("anna.blogspot.co.uk"));
        assert!(!is_platform("notwordpress.com") && !is_platform("wordpress.com.example.net"));
        assert!(!is_platform("blogspot.example.com") && is_platform("blogspot.com"));
    }
}
