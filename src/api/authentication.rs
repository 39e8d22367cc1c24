//! Who asks: the key of a request, and what it opens. Also says which pages may read the answer,
//! for that depends on the site.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::problem::Problem;
use super::state::ApiState;
use crate::moderation::SiteEntry;
use crate::storage::{Key, KeyRole, SiteId};
use crate::telemetry::Refusal;

/// Names the site that a request is about: with an admin token any, otherwise that of the key.
pub(super) const SITE_HEADER: HeaderName = HeaderName::from_static("x-ontopic-site");

/// What a request without a key is told.
const EXPECTED: &str = "expected a key in `Authorization: Bearer KEY`";

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
        caller.ok_or_else(|| Problem::unauthorized(EXPECTED))
    }
}

/// That it was decided whether the page that asks may read the answer; travels beside it.
#[derive(Debug, Clone, Copy)]
pub(super) struct OriginDecided;

/// Finds out who asks, counts the request, and lets the site's own pages read the answer that `work`
/// gives.
pub(super) async fn authenticate<F: Future<Output = Response>>(
    state: &ApiState,
    mut request: Request,
    work: impl FnOnce(Request) -> F,
) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let caller = match caller(state, &request) {
        Ok(caller) => caller,
        Err(problem) => return problem.into_response(),
    };
    let site = caller.site.clone();
    request.extensions_mut().insert(caller);
    let mut response = work(request).await;
    if let (Some(site), Some(origin)) = (site, origin)
        && is_listed(&site, &origin)
    {
        allow(response.headers_mut(), origin);
    }
    response.extensions_mut().insert(OriginDecided);
    response
}

/// Lets the page of a listed origin read an answer that was given where nobody knew whose the request
/// is, such as when to try again.
pub(super) fn allow_listed(
    state: &ApiState,
    origin: Option<&HeaderValue>,
    response: &mut Response,
) {
    if let Some(origin) = origin.filter(|origin| is_listed_anywhere(state, origin)) {
        allow(response.headers_mut(), origin.clone());
    }
}

fn caller(state: &ApiState, request: &Request) -> Result<Caller, Problem> {
    let headers = request.headers();
    let key = bearer(headers).ok_or_else(|| {
        state.metrics.refused(Refusal::Key);
        Problem::unauthorized(EXPECTED)
    })?;
    let key = find_key(state, key, request.extensions())?;
    count(state, &key)?;
    let wanted = wanted_site(headers)?;
    if key.site.is_some() && wanted.is_some() && wanted != key.site {
        return Err(Problem::forbidden(format!(
            "expected the site of this key in `{SITE_HEADER}`, or no such header"
        )));
    }
    let site = key.site.or(wanted);
    let directory = state.moderator.directory();
    let find = |id| {
        let found = directory.site(id);
        found.ok_or_else(|| Problem::not_found("found no such site"))
    };
    let site = site.map(find).transpose()?;
    Ok(Caller { key, site })
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(key.trim())
}

/// The site that the header names.
fn wanted_site(headers: &HeaderMap) -> Result<Option<SiteId>, Problem> {
    let Some(value) = headers.get(SITE_HEADER) else {
        return Ok(None);
    };
    let number = value.to_str().ok().and_then(|text| text.parse().ok());
    let number = number.ok_or_else(|| {
        Problem::malformed(format!("expected the number of a site in `{SITE_HEADER}`"))
    })?;
    Ok(Some(SiteId(number)))
}

/// The key that a caller gave, in either dialect. One that opens nothing is counted for the address
/// that it comes from.
pub(super) fn find_key(state: &ApiState, key: &str, request: &Extensions) -> Result<Key, Problem> {
    let moderator = &state.moderator;
    let digest = moderator.secret.key(key);
    if let Some(key) = moderator.directory().key(&digest, moderator.now()) {
        return Ok(key.clone());
    }
    state.metrics.refused(Refusal::Key);
    if let Some(address) = address_of(request) {
        let counted = state.limits.count_failed(address);
        counted.inspect_err(|_| state.metrics.refused(Refusal::FailedKeys))?;
    }
    Err(Problem::unauthorized("this key opens nothing"))
}

/// The network address that a request comes from.
pub(super) fn address_of(request: &Extensions) -> Option<IpAddr> {
    let ConnectInfo(address) = request.get::<ConnectInfo<SocketAddr>>()?;
    Some(address.ip())
}

/// Counts a request under a key, in either dialect.
pub(super) fn count(state: &ApiState, key: &Key) -> Result<(), Problem> {
    let counted = state.limits.count(key.id);
    counted.inspect_err(|_| state.metrics.refused(Refusal::RateLimit))
}

fn is_listed(site: &SiteEntry, origin: &HeaderValue) -> bool {
    let listed = &site.settings.cors_origins;
    listed.iter().any(|one| one.as_bytes() == origin.as_bytes())
}

/// Whether any site lists the origin: as long as nothing is known of the site, any will do.
fn is_listed_anywhere(state: &ApiState, origin: &HeaderValue) -> bool {
    let directory = state.moderator.directory();
    let origin = origin.to_str();
    origin.is_ok_and(|origin| directory.is_cors_origin(origin))
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

/// Answers a browser, which asks before it sends a key.
pub(super) fn preflight(state: &ApiState, origin: Option<&HeaderValue>) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Some(origin) = origin.filter(|origin| is_listed_anywhere(state, origin)) {
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
