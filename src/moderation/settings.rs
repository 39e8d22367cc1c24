//! What an owner can set for a site.

use std::net::Ipv6Addr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Invalid;
use crate::calibration::log_odds;
use crate::classifier::Classifier;
use crate::comment::Label;
use crate::policy::{Policy, Thresholds, Verdict};

/// An origin such as `https://blog.example`, its host by name or by address.
// As long as `http://` and a name of 253 characters: a pattern bounds no name apart from the rest.
#[derive(ToSchema)]
#[schema(
    value_type = String,
    max_length = 260,
    pattern = "^https?://([a-z0-9-]{1,63}(\\.[a-z0-9-]{1,63})*\
        |\\[(([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}\
        |([0-9a-f]{1,4}:){1,7}:\
        |([0-9a-f]{1,4}:){1,6}(:[0-9a-f]{1,4})\
        |([0-9a-f]{1,4}:){1,5}(:[0-9a-f]{1,4}){1,2}\
        |([0-9a-f]{1,4}:){1,4}(:[0-9a-f]{1,4}){1,3}\
        |([0-9a-f]{1,4}:){1,3}(:[0-9a-f]{1,4}){1,4}\
        |([0-9a-f]{1,4}:){1,2}(:[0-9a-f]{1,4}){1,5}\
        |([0-9a-f]{1,4}:)(:[0-9a-f]{1,4}){1,6}\
        |:(:[0-9a-f]{1,4}){1,7}\
        |::\
        |::ffff:(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(\\.(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])){3})\\])\
        (:([1-5]?[0-9]{1,4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?$"
)]
#[expect(dead_code, reason = "describes the origins of settings")]
pub struct Origin(String);

/// Most characters of an origin, as it is described.
const LONGEST_ORIGIN: usize = 260;

/// Most origins that a list holds.
const MOST_ORIGINS: usize = 20;

/// Probabilities of spam from which verdicts begin, at the share of spam that the model was made for:
/// a `prior` of the site moves the probabilities that are shown and leaves verdicts as they are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SiteThresholds {
    /// A comment is held from this probability on, above 0 and below 1.
    #[schema(exclusive_minimum = 0.0, exclusive_maximum = 1.0)]
    pub hold: f64,
    /// It is spam from this probability on, above 0 and below 1. Where it lies below `hold`, `hold`
    /// counts.
    #[schema(exclusive_minimum = 0.0, exclusive_maximum = 1.0)]
    pub spam: f64,
}

/// What Akismet's dialect does for this site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AkismetSettings {
    /// Whether a held comment is answered with `true`, which puts it into the blog's spam folder,
    /// where the owner sees it; with Ontopic's plugin for WordPress it is pending. With `false` it is
    /// published.
    pub held_is_spam: bool,
    /// Whether the blog may throw blatant spam away unseen.
    pub discard_blatant: bool,
    /// Origins such as `https://blog.example` that may be called with late corrections.
    #[schema(value_type = Vec<Origin>, max_items = 20)]
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
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SiteSettings {
    /// Thresholds of this site; those of the model where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thresholds: Option<SiteThresholds>,
    /// The share of spam among this site's comments, above 0 and below 1. It moves the probabilities
    /// that are shown and no verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(exclusive_minimum = 0.0, exclusive_maximum = 1.0)]
    pub prior: Option<f64>,
    /// Comments with a relevance below this are held too, above 0 and below 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(exclusive_minimum = 0.0, exclusive_maximum = 1.0)]
    pub hold_below_relevance: Option<f64>,
    /// Whether callers with a checker's key see reasons.
    pub checker_sees_reasons: bool,
    /// Whether comments are judged while nothing can be stored; such answers say so.
    pub answer_without_storage: bool,
    /// Origins of pages whose scripts may call the API.
    #[schema(value_type = Vec<Origin>, max_items = 20)]
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

/// The origin of an address, in the form of settings; `None` if it has none.
pub fn origin_of(address: &str) -> Option<String> {
    let origin = url::Url::parse(address)
        .ok()?
        .origin()
        .ascii_serialization();
    canonical_origin(&origin)
}

/// `scheme://host[:port]` in lower case, without the port that the scheme implies; `None` if the
/// text is no such origin.
pub(super) fn canonical_origin(text: &str) -> Option<String> {
    let text = text.trim_end_matches('/').to_ascii_lowercase();
    if text.len() > LONGEST_ORIGIN {
        return None;
    }
    let (scheme, rest) = text.split_once("://")?;
    let implied = match scheme {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    // Colons stand in an address of IPv6 as well, which ends with a bracket.
    let (host, port) = match rest.rsplit_once(':').filter(|_| !rest.ends_with(']')) {
        Some((host, port)) => (host, Some(port.parse::<u16>().ok()?)),
        None => (rest, None),
    };
    let v6 = host.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    let v6 = v6.map(str::parse::<Ipv6Addr>).transpose().ok()?;
    let host = v6.map_or_else(|| host.to_owned(), |address| format!("[{address}]"));
    let is_label = |label: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        !label.is_empty() && label.len() <= 63 && label.bytes().all(plain)
    };
    if v6.is_none() && !host.split('.').all(is_label) {
        return None;
    }
    Some(match port.filter(|&port| port != implied) {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::Regex;
    use utoipa::PartialSchema as _;

    use super::*;

    fn described(key: &str) -> serde_json::Value {
        serde_json::to_value(Origin::schema()).unwrap()[key].clone()
    }

    #[test]
    fn origins_are_given_back_as_they_are_described() {
        let pattern = Regex::new(described("pattern").as_str().unwrap()).unwrap();
        let label = "a".repeat(63);
        let longest = format!("http://{label}.{label}.{label}.{}", "a".repeat(61));
        assert_eq!(described("maxLength"), LONGEST_ORIGIN);
        assert_eq!(longest.len(), LONGEST_ORIGIN);
        assert_eq!(canonical_origin(&format!("{longest}:8080")), None);
        for origin in [
            "https://blog.example",
            "http://localhost:60000",
            "http://[::]",
            "http://[::1]:8080",
            "http://[1:2:3:4:5:6:7:8]",
            "http://[1:2:3:4:5:6:0:8]",
            "https://[2001:db8::7]:1",
            "https://[2001:db8:0:0:1::]",
            "http://[::ffff:192.0.2.10]",
            &longest,
        ] {
            assert_eq!(canonical_origin(origin).as_deref(), Some(origin));
            assert!(pattern.is_match(origin), "{origin}");
        }
        assert!(!pattern.is_match("http://[1::2::3]") && !pattern.is_match("http://a:65536"));
    }

    proptest! {
        #[test]
        fn what_is_described_is_an_origin(
            origin in {
                // With few labels a name is never too long.
                let pattern = described("pattern").as_str().unwrap().replace(")*", "){0,2}");
                prop::string::string_regex(pattern.trim_matches(['^', '$'])).unwrap()
            },
        ) {
            prop_assert!(canonical_origin(&origin).is_some());
        }
    }

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
        ] {
            assert_eq!(canonical_origin(text).as_deref(), Some(origin));
            assert_eq!(
                origin_of(&format!("{text}/hook?a=b")).as_deref(),
                Some(origin)
            );
        }
        for bad in [
            "https://a.example/x",
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
