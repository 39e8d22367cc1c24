//! Who asks: the key of a request, and what it opens. Also says which pages may read the answer,
//! for that depends on the site.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::problem::Problem;
use super::state::ApiState;
use crate::moderation::SiteEntry;
use crate::storage::{Key, KeyRole, SiteId};
use crate::telemetry::Refusal;

/// With an admin token, names the site that a request is about.
pub(super) const SITE_HEADER: HeaderName = HeaderName::from_static("x-ontopic-site");

/// The caller of a request.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub(super) key: Key,
    /// The site, if the key or the header names one.
    pub(super) site: Option<Arc<SiteEntry>>,
}

impl Caller {
    /// The site, if the caller has at least this role in it.
    pub(super) fn site(&self, least: KeyRole) -> Result<&SiteEntry, Problem> {
        let Some(site) = &self.site else {
            return Err(Problem::forbidden(format!(
                "expected the key of a site, or the header `{SITE_HEADER}` beside an admin token"
            )));
        };
        self.role(least)?;
        Ok(site)
    }

    /// The site with this id, if the caller runs it or the service.
    pub(super) fn runs(&self, state: &ApiState, site: i64) -> Result<Arc<SiteEntry>, Problem> {
        self.role(KeyRole::Admin)?;
        let id = SiteId(site);
        if self.key.site.is_some_and(|own| own != id) {
            return Err(Problem::not_found("found no such site"));
        }
        let site = state.moderator.directory().site(id);
        site.ok_or_else(|| Problem::not_found("found no such site"))
    }

    /// Refuses callers that do not run the whole service.
    pub(super) fn runs_the_service(&self) -> Result<(), Problem> {
        self.role(KeyRole::Admin)?;
        if self.key.site.is_some() {
            return Err(Problem::forbidden("expected an admin token of the service"));
        }
        Ok(())
    }

    pub(super) fn role(&self, least: KeyRole) -> Result<(), Problem> {
        if self.key.role < least {
            return Err(Problem::forbidden(format!(
                "expected a key of the role `{}`, found one of the role `{}`",
                least.name(),
                self.key.role.name()
            )));
        }
        Ok(())
    }
}

impl FromRequestParts<ApiState> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Self>().cloned();
        caller.ok_or_else(|| Problem::unauthorized("expected a key in `Authorization: Bearer KEY`"))
    }
}

/// Finds out who asks, counts the request, and lets the site's own pages read the answer.
pub(super) async fn authenticate(state: &ApiState, mut request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let caller = match caller(state, request.headers()) {
        Ok(caller) => caller,
        Err(problem) => {
            state.metrics.refused(Refusal::Key);
            if let Some(ConnectInfo(address)) =
                request.extensions().get::<ConnectInfo<SocketAddr>>()
                && let Err(problem) = state.limits.count_failed(address.ip())
            {
                state.metrics.refused(Refusal::FailedKeys);
                return problem.into_response();
            }
            return problem.into_response();
        }
    };
    if let Err(problem) = state.limits.count(caller.key.id) {
        state.metrics.refused(Refusal::RateLimit);
        return problem.into_response();
    }
    let site = caller.site.clone();
    request.extensions_mut().insert(caller);
    let mut response = next.run(request).await;
    if let (Some(site), Some(origin)) = (site, origin)
        && is_listed(&site, &origin)
    {
        allow(response.headers_mut(), origin);
    }
    response
}

fn caller(state: &ApiState, headers: &HeaderMap) -> Result<Caller, Problem> {
    let expected = || Problem::unauthorized("expected a key in `Authorization: Bearer KEY`");
    let text = headers.get(header::AUTHORIZATION).ok_or_else(expected)?;
    let text = text.to_str().map_err(|_| expected())?;
    let (scheme, key) = text.split_once(' ').ok_or_else(expected)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(expected());
    }
    let moderator = &state.moderator;
    let directory = moderator.directory();
    let key = directory
        .key(&moderator.secret.key(key.trim()), moderator.now())
        .ok_or_else(|| Problem::unauthorized("this key opens nothing"))?
        .clone();
    let wanted = headers
        .get(SITE_HEADER)
        .map(|value| value.to_str().unwrap_or_default().parse::<i64>());
    let site = match (key.site, wanted) {
        (Some(site), _) => Some(site),
        (None, None) => None,
        (None, Some(Ok(site))) => Some(SiteId(site)),
        (None, Some(Err(_))) => {
            return Err(Problem::malformed(format!(
                "expected the number of a site in `{SITE_HEADER}`"
            )));
        }
    };
    let site = match site {
        None => None,
        Some(id) => Some(
            directory
                .site(id)
                .ok_or_else(|| Problem::not_found("found no such site"))?,
        ),
    };
    Ok(Caller { key, site })
}

fn is_listed(site: &SiteEntry, origin: &HeaderValue) -> bool {
    let listed = &site.settings.cors_origins;
    listed.iter().any(|one| one.as_bytes() == origin.as_bytes())
}

fn allow(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("retry-after"),
    );
}

/// Whether a browser asks whether a page may call the API.
pub(super) fn is_preflight(request: &Request) -> bool {
    let headers = request.headers();
    request.method() == Method::OPTIONS
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// Answers a browser. It asks before it sends a key, so any site that lists the origin will do.
pub(super) fn preflight(state: &ApiState, origin: Option<&HeaderValue>) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let sites = state.moderator.directory().sites();
    if let Some(origin) = origin
        && sites.iter().any(|site| is_listed(site, origin))
    {
        let headers = response.headers_mut();
        allow(headers, origin.clone());
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_METHODS,
            HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE"),
        );
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static("authorization, content-type, idempotency-key"),
        );
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from(600));
    }
    response
}
