//! Settings of a site as JSON: what is left out stays as it is, null brings a setting back to its
//! default.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::json::{Key, object_or_null, present};
use crate::moderation::{AkismetSettings, Origin, SiteSettings, SiteThresholds};

/// Settings to change. Null brings a setting back to its default.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SettingsPatch {
    /// Thresholds of this site, both of them; those of the model where null.
    #[serde(default, deserialize_with = "thresholds")]
    #[schema(value_type = Option<SiteThresholds>)]
    thresholds: Key<SiteThresholds>,
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

fn thresholds<'de, D: serde::Deserializer<'de>>(input: D) -> Result<Key<SiteThresholds>, D::Error> {
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
            settings.thresholds = thresholds;
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
    use serde_json::json;

    use super::*;

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
