use super::homepage_given::shown_host;
use super::{Evidence, Scene, flag, signal};
use crate::comment::Field;
use crate::tokens::Link;

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
    "archiveofourown.org",
    "bandcamp.com",
    "bearblog.dev",
    "behance.net",
    "bitbucket.org",
    "blog.hu",
    "blogger.com",
    "bsky.app",
    "canalblog.com",
    "cnblogs.com",
    "cocolog-nifty.com",
    "codeberg.org",
    "codepen.io",
    "cohost.org",
    "csdn.net",
    "dev.to",
    "deviantart.com",
    "douban.com",
    "dreamwidth.org",
    "etsy.com",
    "exblog.jp",
    "facebook.com",
    "fc2.com",
    "flickr.com",
    "fosstodon.org",
    "free.fr",
    "github.com",
    "github.io",
    "gitlab.com",
    "gitlab.io",
    "goodreads.com",
    "gravatar.com",
    "hachyderm.io",
    "hashnode.dev",
    "hateblo.jp",
    "hatenablog.com",
    "hatenablog.jp",
    "huggingface.co",
    "instagram.com",
    "itch.io",
    "kaggle.com",
    "ko-fi.com",
    "last.fm",
    "letterboxd.com",
    "linkedin.com",
    "livejournal.com",
    "mastodon.online",
    "mastodon.social",
    "mastodon.xyz",
    "medium.com",
    "micro.blog",
    "mstdn.social",
    "myspace.com",
    "naver.com",
    "neocities.org",
    "note.com",
    "orcid.org",
    "over-blog.com",
    "patreon.com",
    "pinterest.com",
    "pixiv.net",
    "plus.google.com",
    "profiles.google.com",
    "qiita.com",
    "reddit.com",
    "researchgate.net",
    "seesaa.net",
    "soundcloud.com",
    "sourceforge.net",
    "stackoverflow.com",
    "strava.com",
    "substack.com",
    "threads.net",
    "tistory.com",
    "tumblr.com",
    "twitter.com",
    "typepad.com",
    "vimeo.com",
    "vk.com",
    "wattpad.com",
    "weibo.com",
    "wordpress.com",
    "write.as",
    "x.com",
    "xing.com",
    "youtube.com",
    "zenn.dev",
    "zhihu.com",
];

/// What stands before accounts in the paths of platforms.
const SHELVES: &[&str] = &[
    "c", "channel", "groups", "in", "out", "pages", "people", "photos", "profile", "pub", "shop",
    "u", "user", "users",
];

/// Hosts below platforms that are the platform itself, in another dress.
const DRESSES: &[&str] = &["blog", "mobile", "old", "touch", "web"];

fn observe(scene: &Scene<'_>) -> f32 {
    let Field::Known(homepage) = scene.homepage() else {
        return f32::NAN;
    };
    flag(is_platform(&homepage.host))
}

/// Whether a host is, or is part of, a platform.
pub(super) fn is_platform(host: &str) -> bool {
    platform(host).is_some()
}

/// The platform that a host is, or is part of.
fn platform(host: &str) -> Option<&str> {
    let mut rest = host;
    loop {
        if is_national(rest, "blogspot.") || PLATFORMS.binary_search(&rest).is_ok() {
            return Some(rest);
        }
        rest = rest.split_once('.')?.1;
    }
}

/// What stands for one of those who share a platform: `anna` of `anna.wordpress.com` and of
/// `github.com/anna`. None for a homepage that is on no platform, or a platform itself.
pub(super) fn account(homepage: &Link) -> Option<&str> {
    let platform = platform(&homepage.host)?;
    let below = homepage.host.strip_suffix(platform)?.trim_end_matches('.');
    // `m.` and `fr.`, and `fr-fr.`, are the platform for telephones and for a country.
    let is_country = below.len() == 5 && below.as_bytes()[2] == b'-';
    if below.len() > 2 && !is_country && !DRESSES.contains(&below) {
        return Some(below);
    }
    let parts = homepage.path.split('/');
    parts
        .map(|part| part.trim_start_matches(['@', '~']))
        .find(|part| !part.is_empty() && !SHELVES.contains(&&*part.to_ascii_lowercase()))
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
    fn an_account_stands_below_its_platform_or_in_the_path() {
        let check = |address: &str, expected: Option<&str>| {
            let homepage = crate::tokens::parse_link(address).unwrap();
            assert_eq!(account(&homepage), expected, "{address}");
        };
        check("https://anna.wordpress.com/about", Some("anna"));
        check("https://github.com/anna", Some("anna"));
        check(
            "https://fr.linkedin.com/in/anna-keller",
            Some("anna-keller"),
        );
        check("https://mastodon.social/@anna", Some("anna"));
        check("https://mobile.twitter.com/anna", Some("anna"));
        check("https://de-de.facebook.com/People/anna", Some("anna"));
        check("https://github.com", None);
        check("https://anna.example.com/anna", None);
    }

    #[test]
    fn platforms_are_known_by_whole_parts_of_the_host() {
        assert!(PLATFORMS.is_sorted());
        assert!(is_platform("anna.wordpress.com") && is_platform("anna.blogspot.co.uk"));
        assert!(!is_platform("notwordpress.com") && !is_platform("wordpress.com.example.net"));
        assert!(!is_platform("blogspot.example.com") && is_platform("blogspot.com"));
    }
}
