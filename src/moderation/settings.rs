//! What an owner can set for a site.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use super::Invalid;
use crate::calibration::log_odds;
use crate::classifier::Classifier;
use crate::comment::Label;
use crate::policy::{Policy, Thresholds, Verdict};

/// Most characters of an origin.
pub const LONGEST_ORIGIN: usize = 260;

/// Most origins that a list holds.
const MOST_ORIGINS: usize = 20;

/// Probabilities of spam from which verdicts begin, at the share of spam that the model was made for:
/// a `prior` of the site moves the probabilities that are shown and leaves verdicts as they are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteThresholds {
    /// A comment is held from this probability on, above 0 and below 1.
    pub hold: f64,
    /// It is spam from this probability on, above 0 and below 1. Where it lies below `hold`, `hold`
    /// counts.
    pub spam: f64,
}

/// What Akismet's dialect does for this site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AkismetSettings {
    /// Whether a held comment is answered with `true`, which puts it into the blog's spam folder,
    /// where the owner sees it; with Ontopic's plugin for WordPress it is pending. With `false` it is
    /// published.
    pub held_is_spam: bool,
    /// Whether the blog may throw blatant spam away unseen.
    pub discard_blatant: bool,
    /// Origins such as `https://blog.example` that may be called with late corrections.
    pub callback_origins: Vec<String>,
}

impl AkismetSettings {
    /// What the blog is told of an outcome, which knows spam and genuine only.
    pub fn answer(&self, outcome: Verdict) -> Label {
        match outcome {
            Verdict::Hold if !self.held_is_spam => Label::Ham,
            Verdict::Publish => Label::Ham,
            Verdict::Hold | Verdict::Spam => Label::Spam,
        }
    }
}

impl Default for AkismetSettings {
    fn default() -> Self {
        Self {
            held_is_spam: true,
            discard_blatant: false,
            callback_origins: Vec::new(),
        }
    }
}

/// What an owner can set for a site.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SiteSettings {
    /// Thresholds of this site; those of the model where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thresholds: Option<SiteThresholds>,
    /// The share of spam among this site's comments, above 0 and below 1. It moves the probabilities
    /// that are shown and no verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prior: Option<f64>,
    /// Comments with a relevance below this are held too, above 0 and below 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold_below_relevance: Option<f64>,
    /// Whether callers with a checker's key see reasons.
    pub checker_sees_reasons: bool,
    /// Whether comments are judged while nothing can be stored; such answers say so.
    pub answer_without_storage: bool,
    /// Origins of pages whose scripts may call the API.
    pub cors_origins: Vec<String>,
    /// Akismet's dialect.
    pub akismet: AkismetSettings,
}

impl SiteSettings {
    /// The problems of these settings, none if they can be used. Origins are brought into the form
    /// `scheme://host[:port]`.
    pub fn check(&mut self) -> Vec<Invalid> {
        let mut problems = Vec::new();
        let mut share = |field: &str, value: f64| {
            if !(value > 0.0 && value < 1.0) {
                problems.push(Invalid {
                    field: format!("settings.{field}"),
                    expected: "a number above 0 and below 1".to_owned(),
                    found: value.to_string(),
                });
            }
        };
        if let Some(thresholds) = self.thresholds {
            share("thresholds.hold", thresholds.hold);
            share("thresholds.spam", thresholds.spam);
        }
        if let Some(prior) = self.prior {
            share("prior", prior);
        }
        if let Some(relevance) = self.hold_below_relevance {
            share("hold_below_relevance", relevance);
        }
        for (field, origins) in [
            ("settings.cors_origins", &mut self.cors_origins),
            (
                "settings.akismet.callback_origins",
                &mut self.akismet.callback_origins,
            ),
        ] {
            if origins.len() > MOST_ORIGINS {
                problems.push(Invalid {
                    field: field.to_owned(),
                    expected: format!("at most {MOST_ORIGINS} origins"),
                    found: format!("{}", origins.len()),
                });
            }
            for origin in origins {
                match canonical_origin(origin) {
                    Some(canonical) => *origin = canonical,
                    None => problems.push(Invalid {
                        field: field.to_owned(),
                        expected: "an origin such as `https://blog.example`".to_owned(),
                        found: origin.clone(),
                    }),
                }
            }
        }
        let called = &self.akismet.callback_origins;
        let never = called.iter().filter(|origin| leads_nowhere(origin));
        problems.extend(never.map(|origin| {
            Invalid {
                field: "settings.akismet.callback_origins".to_owned(),
                expected:
                    "an origin that may be called, and no address that is link-local or of the \
                       credentials of a cloud"
                        .to_owned(),
                found: origin.clone(),
            }
        }));
        problems
    }

    /// How verdicts are reached for this site with a model.
    pub fn policy(&self, classifier: &Classifier<'_>) -> Policy {
        let mut policy = classifier.policy(self.prior);
        if let Some(thresholds) = self.thresholds {
            policy.thresholds = Thresholds {
                hold: log_odds(thresholds.hold),
                spam: log_odds(thresholds.spam.max(thresholds.hold)),
            };
        }
        policy.hold_below_relevance = self.hold_below_relevance.map(log_odds);
        policy
    }
}

/// The origin of an address of the web, in the form of settings; `None` if it has none.
pub fn origin_of(address: &str) -> Option<String> {
    origin(&Url::parse(address).ok()?)
}

/// `scheme://host[:port]` as browsers write it, without the port that the scheme implies; `None` if the
/// text is more than an origin, or none.
pub fn canonical_origin(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let parts = (url.username(), url.password(), url.path());
    let is_bare = parts == ("", None, "/") && url.query().is_none() && url.fragment().is_none();
    origin(&url).filter(|_| is_bare)
}

fn origin(url: &Url) -> Option<String> {
    let is_web = matches!(url.scheme(), "http" | "https");
    let origin = url.origin().ascii_serialization();
    (is_web && origin.len() <= LONGEST_ORIGIN).then_some(origin)
}

/// Whether the host of an origin is an address that [is never called](is_never_called).
fn leads_nowhere(origin: &str) -> bool {
    let url = Url::parse(origin).ok();
    match url.as_ref().and_then(Url::host) {
        Some(Host::Ipv4(address)) => is_never_called(address.into()),
        Some(Host::Ipv6(address)) => is_never_called(address.into()),
        Some(Host::Domain(_)) | None => false,
    }
}

/// Whether no blog can be at an address: it holds on one network segment only, or is where a cloud gives
/// a machine its credentials, as `fd00:ec2::254` (Amazon EC2, beside 169.254.169.254) and
/// 100.100.100.200 (Alibaba Cloud ECS) are. An address of IPv4 is the same inside one of IPv6, mapped
/// (RFC 4291, section 2.5.5.2) or translated (RFC 6052, section 2.1).
pub fn is_never_called(address: IpAddr) -> bool {
    let address = match address.to_canonical() {
        IpAddr::V6(address) => match address.segments() {
            [0x64, 0xff9b, 0, 0, 0, 0, ..] => Ipv4Addr::from_bits(address.to_bits() as u32).into(),
            _ => IpAddr::V6(address),
        },
        address => address,
    };
    match address {
        IpAddr::V4(address) => {
            address.is_link_local() || address == Ipv4Addr::new(100, 100, 100, 200)
        }
        IpAddr::V6(address) => {
            address.is_unicast_link_local()
                || address == Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_problems_are_told_at_once() {
        let mut settings: SiteSettings = serde_json::from_str(
            r#"{"thresholds":{"hold":0.9,"spam":0.5},"prior":1.5,"cors_origins":["blog.example"]}"#,
        )
        .unwrap();
        let fields: Vec<String> = settings.check().into_iter().map(|it| it.field).collect();
        assert_eq!(fields, ["settings.prior", "settings.cors_origins"]);
    }

    #[test]
    fn addresses_at_which_no_blog_can_be_are_told_from_others() {
        let told = |address: &str| is_never_called(address.parse().unwrap());
        for address in [
            "169.254.169.254",
            "::ffff:169.254.169.254",
            "64:ff9b::169.254.169.254",
            "fe80::1",
            "fd00:ec2::254",
            "100.100.100.200",
            "::ffff:100.100.100.200",
        ] {
            assert!(told(address), "{address}");
        }
        for address in [
            "127.0.0.1",
            "192.168.0.7",
            "203.0.113.9",
            "64:ff9b::203.0.113.9",
            "100.100.100.201",
            "::1",
            "fd00::1",
        ] {
            assert!(!told(address), "{address}");
        }
    }

    #[test]
    fn origins_that_are_never_called_are_refused() {
        for (origin, n_problems) in [
            ("http://169.254.169.254", 1),
            ("http://[::ffff:169.254.169.254]:80", 1),
            ("http://2852039166", 1),
            ("http://127.0.0.1:8080", 0),
            ("https://blog.example", 0),
        ] {
            let mut settings = SiteSettings::default();
            settings.akismet.callback_origins = vec![origin.to_owned()];
            assert_eq!(settings.check().len(), n_problems, "{origin}");
        }
    }

    #[test]
    fn origins_are_brought_into_one_form() {
        let mut settings = SiteSettings {
            cors_origins: vec!["HTTPS://Blog.Example:443/".to_owned()],
            ..SiteSettings::default()
        };
        assert!(settings.check().is_empty());
        assert_eq!(settings.cors_origins, ["https://blog.example"]);
        for (text, origin) in [
            ("http://[::1]:18290", "http://[::1]:18290"),
            ("http://[0:0::1]:80", "http://[::1]"),
            ("https://[2001:DB8::7]", "https://[2001:db8::7]"),
            ("http://[::ffff:192.0.2.10]", "http://[::ffff:c000:20a]"),
            ("https://1.2.3", "https://1.2.0.3"),
            ("http://bücher.example", "http://xn--bcher-kva.example"),
            ("http://blog_1:8080", "http://blog_1:8080"),
        ] {
            assert_eq!(canonical_origin(text).as_deref(), Some(origin));
            assert_eq!(
                origin_of(&format!("{text}/hook?a=b")).as_deref(),
                Some(origin)
            );
        }
        for bad in [
            "https://a.example/x",
            "https://a.example?x",
            "https://a.example#x",
            "https://:p@a.example",
            "ftp://a.example",
            "https://u@a.example",
            "http://[::1",
            "http://[::g]",
            "http://::1",
            "http://[a.example]",
            "http://[::1]x",
            "",
        ] {
            assert_eq!(canonical_origin(bad), None, "{bad}");
        }
    }
}
