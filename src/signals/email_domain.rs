use super::homepage_platform::is_national;
use super::{Evidence, Scene, shown, signal};
use crate::comment::Field;

signal! {
    /// ## What it detects
    /// Whose e-mail address the author gave: 1 of a provider that is open to everybody, 2 of the
    /// same domain as the homepage, 0 of any other domain. Unknown without an address.
    ///
    /// ## Why it matters
    /// Somebody with mail at the domain of the homepage runs that site: a blogger, or a business
    /// that promotes itself. Odd domains are often bought for spam.
    ///
    /// ## Example
    /// `anna@gmail.com` → 1; `anna@annasmith.net` with the homepage `https://annasmith.net` → 2.
    ///
    /// ## When it is wrong
    /// The address is not verified; anybody may give any. Providers of many countries are missing
    /// from the list, and mail at work counts as another domain.
    ///
    /// ## References
    /// None; the list was written for this program.
    "email_domain", Free
}

/// Providers with one domain.
const PROVIDERS: &[&str] = &[
    "126.com",
    "163.com",
    "aol.com",
    "bk.ru",
    "fastmail.com",
    "free.fr",
    "gmail.com",
    "googlemail.com",
    "icloud.com",
    "inbox.ru",
    "laposte.net",
    "libero.it",
    "list.ru",
    "mac.com",
    "mail.com",
    "mail.ru",
    "me.com",
    "msn.com",
    "naver.com",
    "orange.fr",
    "pm.me",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "rambler.ru",
    "rediffmail.com",
    "rocketmail.com",
    "seznam.cz",
    "t-online.de",
    "uol.com.br",
    "wanadoo.fr",
    "web.de",
    "wp.pl",
    "ya.ru",
    "ymail.com",
];

/// Providers with a domain in many countries.
const FAMILIES: &[&str] = &["gmx.", "hotmail.", "live.", "outlook.", "yahoo.", "yandex."];

fn observe(scene: &Scene<'_>) -> f32 {
    let Some(domain) = domain(scene) else {
        return f32::NAN;
    };
    if is_provider(domain) {
        return 1.0;
    }
    let own = scene
        .comment
        .homepage
        .value()
        .is_some_and(|link| is_within(domain, &link.domain));
    if own { 2.0 } else { 0.0 }
}

fn domain<'a>(scene: &'a Scene<'_>) -> Option<&'a str> {
    let Field::Known(address) = &scene.comment.comment.author_email else {
        return None;
    };
    let (_, domain) = address.trim().rsplit_once('@')?;
    (!domain.is_empty()).then_some(domain)
}

fn is_provider(domain: &str) -> bool {
    PROVIDERS
        .iter()
        .any(|provider| domain.eq_ignore_ascii_case(provider))
        || FAMILIES
            .iter()
            .any(|family| is_national(&domain.to_ascii_lowercase(), family))
}

fn is_within(domain: &str, site: &str) -> bool {
    let Some(at) = domain.len().checked_sub(site.len()) else {
        return false;
    };
    domain
        .get(at..)
        .is_some_and(|end| end.eq_ignore_ascii_case(site))
        && (at == 0 || domain.as_bytes()[at - 1] == b'.')
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let domain = shown(domain(scene).unwrap_or_default());
    Evidence::new(match value {
        1.0 => format!("the e-mail address is one of a public provider, {domain}"),
        2.0 => format!("the e-mail address belongs to the site of the homepage, {domain}"),
        _ => {
            format!("the e-mail address is of {domain}, neither a public provider nor the homepage")
        }
    })
}
