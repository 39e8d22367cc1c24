//! Sites and their settings.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::authentication::Caller;
use super::fields::Fields;
use super::json::{Body, Path, Query, answer};
use super::page::{cut, limit, whole};
use super::problem::Problem;
use super::settings::{SettingsPatch, WireSettings};
use super::state::ApiState;
use super::wire::time_text;
use crate::json::{object, object_or_null};
use crate::moderation::{SiteEntry, SiteSettings};
use crate::storage::{KeyRole, Site, SiteId};

/// A site.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WireSite {
    /// Identifies it.
    id: i64,
    /// What its owner calls it.
    name: String,
    /// Its settings.
    settings: WireSettings,
    /// When it was made, RFC 3339.
    created: String,
}

/// A new site.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSite {
    /// What its owner calls it; no other site may have the name.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S")]
    name: String,
    /// Its settings, where they differ from the defaults.
    #[serde(default, deserialize_with = "object")]
    settings: SettingsPatch,
}

/// A site that was made, with its first key.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CreatedSite {
    #[serde(flatten)]
    site: WireSite,
    /// A moderator's key, shown this once.
    key: String,
}

/// What to change. What is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SitePatch {
    /// Another name.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S")]
    name: Option<String>,
    /// Settings to change.
    #[serde(default, deserialize_with = "object_or_null")]
    settings: Option<SettingsPatch>,
}

/// A page of the sites.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Sites {
    items: Vec<WireSite>,
    /// Where the next page begins, for `after`; null at the end.
    next: Option<i64>,
}

/// Which page of the sites.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SitesPage {
    /// What `next` of the page before says.
    #[serde(default, deserialize_with = "whole")]
    after: Option<i64>,
    /// How many at most, 1 to 1000; 50 if left out.
    #[serde(default, deserialize_with = "whole")]
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

impl WireSite {
    fn of(entry: &SiteEntry) -> Self {
        Self {
            id: entry.site.id.0,
            name: entry.site.name.clone(),
            settings: WireSettings::of(&entry.settings),
            created: time_text(entry.site.created),
        }
    }
}

fn check_name(name: &str) -> Result<(), Problem> {
    let mut fields = Fields::default();
    fields.text("name", name, 200);
    fields.done()
}

fn checked(mut settings: SiteSettings) -> Result<SiteSettings, Problem> {
    let problems = settings.check();
    if problems.is_empty() {
        Ok(settings)
    } else {
        Err(Problem::with(problems))
    }
}

fn text_of(settings: &SiteSettings) -> String {
    serde_json::to_string(settings).unwrap_or_default()
}

/// Makes a site.
#[utoipa::path(post, path = "/v1/sites", tag = "sites", request_body = NewSite,
    responses((status = 201, body = CreatedSite, description = "Made.")))]
pub(super) async fn add_site(
    State(state): State<ApiState>,
    caller: Caller,
    body: Body<NewSite>,
) -> Result<Response, Problem> {
    caller.runs_the_service()?;
    check_name(&body.value.name)?;
    let mut settings = SiteSettings::default();
    body.value.settings.apply(&mut settings);
    let settings = checked(settings)?;
    let (id, key) = state
        .moderator
        .add_site(&body.value.name, text_of(&settings))
        .await?;
    let site = state.moderator.directory().site(id);
    let site = site.ok_or_else(|| Problem::internal("the site is not there"))?;
    let created = CreatedSite {
        site: WireSite::of(&site),
        key,
    };
    Ok(answer(StatusCode::CREATED, &created))
}

/// Lists the sites that the key runs, by their ids.
#[utoipa::path(get, path = "/v1/sites", tag = "sites", params(SitesPage),
    responses((status = 200, body = Sites, description = "A page.")))]
pub(super) async fn list_sites(
    State(state): State<ApiState>,
    caller: Caller,
    Query(page): Query<SitesPage>,
) -> Result<Response, Problem> {
    caller.role(KeyRole::Admin)?;
    let limit = limit(page.limit, 1000)?;
    let own = caller.key.site;
    let mut sites = state.moderator.directory().sites();
    sites.retain(|entry| own.is_none_or(|own| own == entry.site.id));
    let (sites, next) = cut(sites, |entry| entry.site.id, page.after.map(SiteId), limit);
    let items = sites.iter().map(|entry| WireSite::of(entry)).collect();
    let next = next.map(|site| site.0);
    Ok(answer(StatusCode::OK, &Sites { items, next }))
}

/// Gives a site.
#[utoipa::path(get, path = "/v1/sites/{id}", tag = "sites",
    params(("id" = i64, Path, minimum = 1)),
    responses((status = 200, body = WireSite, description = "The site.")))]
pub(super) async fn get_site(
    State(state): State<ApiState>,
    caller: Caller,
    Path(id): Path<i64>,
) -> Result<Response, Problem> {
    let site = caller.runs(&state, id)?;
    Ok(answer(StatusCode::OK, &WireSite::of(&site)))
}

/// Changes name and settings of a site.
#[utoipa::path(patch, path = "/v1/sites/{id}", tag = "sites", request_body = SitePatch,
    params(("id" = i64, Path, minimum = 1)),
    responses((status = 200, body = WireSite, description = "The site as it is now.")))]
pub(super) async fn patch_site(
    State(state): State<ApiState>,
    caller: Caller,
    Path(id): Path<i64>,
    body: Body<SitePatch>,
) -> Result<Response, Problem> {
    let site = caller.runs(&state, id)?.site.id;
    let SitePatch {
        name,
        settings: patch,
    } = body.value;
    let change = |entry: &SiteEntry| {
        if entry.settings_unread {
            return Err(Problem::conflict(
                "the settings of this site are those of another version of this program, which \
                 would be lost",
            ));
        }
        let mut settings = entry.settings.clone();
        if let Some(patch) = patch {
            patch.apply(&mut settings);
        }
        let settings = checked(settings)?;
        let name = name.unwrap_or_else(|| entry.site.name.clone());
        check_name(&name)?;
        Ok(Site {
            name,
            settings: text_of(&settings),
            ..entry.site.clone()
        })
    };
    let site = state.moderator.update_site(site, change).await?;
    Ok(answer(StatusCode::OK, &WireSite::of(&site)))
}
