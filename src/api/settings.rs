//! Settings of a site as JSON, and changes to them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::json::{Key, object_or_null, present};
use crate::moderation::{AkismetSettings, SiteSettings, SiteThresholds};

/// An origin such as `https://blog.example`, its host by name or by address.
// As long as `http://` and a name of 253 characters: a pattern bounds no name apart from the rest.
#[derive(ToSchema)]
#[schema(
    value_type = String,
    max_length = 260,
    pattern = "^https?://(([a-z0-9_-]{1,63}\\.)*[a-z][a-z0-9_-]{0,62}\
        |(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(\\.(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])){3}\
        |\\[(([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}\
        |([0-9a-f]{1,4}:){1,7}:\
        |([0-9a-f]{1,4}:){1,6}(:[0-9a-f]{1,4})\
        |([0-9a-f]{1,4}:){1,5}(:[0-9a-f]{1,4}){1,2}\
        |([0-9a-f]{1,4}:){1,4}(:[0-9a-f]{1,4}){1,3}\
        |([0-9a-f]{1,4}:){1,3}(:[0-9a-f]{1,4}){1,4}\
        |([0-9a-f]{1,4}:){1,2}(:[0-9a-f]{1,4}){1,5}\
        |([0-9a-f]{1,4}:)(:[0-9a-f]{1,4}){1,6}\
        |:(:[0-9a-f]{1,4}){1,7}\
        |::)\\])\
        (:([1-5]?[0-9]{1,4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?$"
)]
#[expect(dead_code, reason = "describes the origins of settings")]
pub(super) struct Origin(String);

/// Probabilities of spam from which verdicts begin, at the share of spam that the model was made for:
/// a `prior` of the site moves the probabilities that are shown and leaves verdicts as they are.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WireThresholds {
    /// A comment is held from this probability on, above 0 and below 1.
    #[schema(exclusive_minimum = 0.0, exclusive_maximum = 1.0)]
    hold: f64,
    /// It is spam from this probability on, above 0 and below 1. Where it lies below `hold`, `hold`
    /// counts.
    #[schema(exclusive_minimum = 0.0, exclusive_maximum = 1.0)]
    spam: f64,
}

impl From<SiteThresholds> for WireThresholds {
    fn from(SiteThresholds { hold, spam }: SiteThresholds) -> Self {
        Self { hold, spam }
    }
}

impl From<WireThresholds> for SiteThresholds {
    fn from(WireThresholds { hold, spam }: WireThresholds) -> Self {
        Self { hold, spam }
    }
}

/// What Akismet's dialect does for a site.
#[derive(Debug, Serialize, ToSchema)]
struct WireAkismet {
    /// Whether a held comment is answered with `true`, which puts it into the blog's spam folder,
    /// where the owner sees it; with Ontopic's plugin for WordPress it is pending. With `false` it is
    /// published.
    held_is_spam: bool,
    /// Whether the blog may throw blatant spam away unseen.
    discard_blatant: bool,
    /// Origins such as `https://blog.example` that may be called with late corrections.
    #[schema(value_type = Vec<Origin>, max_items = 20)]
    callback_origins: Vec<String>,
}

/// What an owner can set for a site.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WireSettings {
    /// Thresholds of this site; those of the model where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    thresholds: Option<WireThresholds>,
    /// The share of spam among this site's comments, above 0 and below 1. It moves the probabilities
    /// that are shown and no verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(exclusive_minimum = 0.0, exclusive_maximum = 1.0)]
    prior: Option<f64>,
    /// Comments with a relevance below this are held too, above 0 and below 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(exclusive_minimum = 0.0, exclusive_maximum = 1.0)]
    hold_below_relevance: Option<f64>,
    /// Whether callers with a checker's key see reasons.
    checker_sees_reasons: bool,
    /// Whether comments are judged while nothing can be stored; such answers say so.
    answer_without_storage: bool,
    /// Origins of pages whose scripts may call the API.
    #[schema(value_type = Vec<Origin>, max_items = 20)]
    cors_origins: Vec<String>,
    /// Akismet's dialect.
    akismet: WireAkismet,
}

impl WireSettings {
    pub(super) fn of(settings: &SiteSettings) -> Self {
        let akismet = &settings.akismet;
        Self {
            thresholds: settings.thresholds.map(WireThresholds::from),
            prior: settings.prior,
            hold_below_relevance: settings.hold_below_relevance,
            checker_sees_reasons: settings.checker_sees_reasons,
            answer_without_storage: settings.answer_without_storage,
            cors_origins: settings.cors_origins.clone(),
            akismet: WireAkismet {
                held_is_spam: akismet.held_is_spam,
                discard_blatant: akismet.discard_blatant,
                callback_origins: akismet.callback_origins.clone(),
            },
        }
    }
}

/// Settings to change. What is left out stays as it is, and null brings a setting back to its default.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SettingsPatch {
    /// Thresholds of this site, both of them; those of the model where null.
    #[serde(default, deserialize_with = "thresholds")]
    #[schema(value_type = Option<WireThresholds>)]
    thresholds: Key<WireThresholds>,
    /// The share of spam among this site's comments, above 0 and below 1.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<f64>, exclusive_minimum = 0.0, exclusive_maximum = 1.0)]
    prior: Key<f64>,
    /// Comments with a relevance below this are held too, above 0 and below 1.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<f64>, exclusive_minimum = 0.0, exclusive_maximum = 1.0)]
    hold_below_relevance: Key<f64>,
    /// Whether callers with a checker's key see reasons.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<bool>)]
    checker_sees_reasons: Key<bool>,
    /// Whether comments are judged while nothing can be stored.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<bool>)]
    answer_without_storage: Key<bool>,
    /// Origins of pages whose scripts may call the API.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Vec<Origin>>, max_items = 20)]
    cors_origins: Key<Vec<String>>,
    /// Akismet's dialect.
    #[serde(default, deserialize_with = "akismet")]
    #[schema(value_type = Option<AkismetPatch>)]
    akismet: Key<AkismetPatch>,
}

/// Settings of Akismet's dialect to change. Null brings a setting back to its default.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AkismetPatch {
    /// Whether a held comment is answered with `true`.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<bool>)]
    held_is_spam: Key<bool>,
    /// Whether the blog may throw blatant spam away unseen.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<bool>)]
    discard_blatant: Key<bool>,
    /// Origins that may be called with late corrections.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Vec<Origin>>, max_items = 20)]
    callback_origins: Key<Vec<String>>,
}

fn thresholds<'de, D: serde::Deserializer<'de>>(input: D) -> Result<Key<WireThresholds>, D::Error> {
    object_or_null(input).map(Some)
}

fn akismet<'de, D: serde::Deserializer<'de>>(input: D) -> Result<Key<AkismetPatch>, D::Error> {
    object_or_null(input).map(Some)
}

fn set<T: Default>(setting: &mut T, key: Key<T>) {
    if let Some(value) = key {
        *setting = value.unwrap_or_default();
    }
}

impl SettingsPatch {
    pub(super) fn apply(self, settings: &mut SiteSettings) {
        if let Some(thresholds) = self.thresholds {
            settings.thresholds = thresholds.map(SiteThresholds::from);
        }
        if let Some(prior) = self.prior {
            settings.prior = prior;
        }
        if let Some(relevance) = self.hold_below_relevance {
            settings.hold_below_relevance = relevance;
        }
        set(
            &mut settings.checker_sees_reasons,
            self.checker_sees_reasons,
        );
        set(
            &mut settings.answer_without_storage,
            self.answer_without_storage,
        );
        set(&mut settings.cors_origins, self.cors_origins);
        match self.akismet {
            None => {}
            Some(None) => settings.akismet = AkismetSettings::default(),
            Some(Some(patch)) => patch.apply(&mut settings.akismet),
        }
    }
}

impl AkismetPatch {
    fn apply(self, settings: &mut AkismetSettings) {
        let default = AkismetSettings::default();
        if let Some(held_is_spam) = self.held_is_spam {
            settings.held_is_spam = held_is_spam.unwrap_or(default.held_is_spam);
        }
        set(&mut settings.discard_blatant, self.discard_blatant);
        set(&mut settings.callback_origins, self.callback_origins);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::Regex;
    use serde_json::json;
    use utoipa::PartialSchema as _;

    use super::*;
    use crate::moderation::{LONGEST_ORIGIN, canonical_origin};

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
            "http://192.0.2.10",
            "http://blog_1",
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
    fn a_patch_changes_what_it_names_and_null_brings_defaults_back() {
        let mut settings = SiteSettings {
            prior: Some(0.2),
            hold_below_relevance: Some(0.1),
            checker_sees_reasons: true,
            ..SiteSettings::default()
        };
        settings.akismet.held_is_spam = false;
        settings.akismet.discard_blatant = true;
        let patch = json!({
            "prior": null,
            "checker_sees_reasons": null,
            "cors_origins": ["https://blog.example"],
            "akismet": {"held_is_spam": null},
        });
        let patch: SettingsPatch = serde_json::from_value(patch).unwrap();
        patch.apply(&mut settings);
        assert_eq!(settings.prior, None);
        assert_eq!(settings.hold_below_relevance, Some(0.1));
        assert!(!settings.checker_sees_reasons);
        assert_eq!(settings.cors_origins, ["https://blog.example"]);
        assert!(settings.akismet.held_is_spam && settings.akismet.discard_blatant);
    }
}
