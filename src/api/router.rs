//! All routes, and what stands around them.

use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use tokio::sync::OwnedSemaphorePermit;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::decompression::RequestDecompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::admission::{admit, to_the_end};
use super::authentication::{OriginDecided, allow_listed, authenticate, is_preflight, preflight};
use super::body::{read, with_rest};
use super::docs::{Parts, page};
use super::problem::{Problem, WritesWaiting};
use super::state::ApiState;
use super::{
    akismet, check, entries, erasures, feedback, health, keys, metrics, posts, queue, sites,
    verdicts,
};
use crate::akismet::Endpoint;
use crate::telemetry::Refusal;

/// The routes of the native API, with their description.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::with_openapi(Parts::openapi())
        .routes(routes!(check::check))
        .routes(routes!(check::check_batch))
        .routes(routes!(posts::put_posts, posts::list_posts))
        .routes(routes!(
            posts::put_post,
            posts::get_post,
            posts::delete_post
        ))
        .routes(routes!(feedback::give_feedback, feedback::list_decisions))
        .routes(routes!(feedback::give_feedback_batch))
        .routes(routes!(feedback::take_back, feedback::get_decision))
        .routes(routes!(verdicts::get_verdict))
        .routes(routes!(verdicts::replay_verdict))
        .routes(routes!(queue::get_queue))
        .routes(routes!(sites::add_site, sites::list_sites))
        .routes(routes!(sites::get_site, sites::patch_site))
        .routes(routes!(keys::list_keys, keys::add_key))
        .routes(routes!(keys::rotate_key))
        .routes(routes!(keys::end_key))
        .routes(routes!(keys::list_tokens, keys::add_token))
        .routes(routes!(keys::rotate_token))
        .routes(routes!(keys::end_token))
        .routes(routes!(entries::list_entries, entries::add_entry))
        .routes(routes!(entries::remove_entry))
        .routes(routes!(erasures::erase))
}

/// Everything that is served.
pub fn router(state: ApiState) -> Router {
    let options = state.options.clone();
    let (api, description) = routes().split_for_parts();
    // One stack for all layers: each call of `Router::layer` costs every request a box of its own.
    let api = api.layer(
        ServiceBuilder::new()
            .layer(from_fn_with_state(state.clone(), enter))
            .layer(RequestDecompressionLayer::new()),
    );
    let mut all = Router::new()
        .merge(api)
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/1.1/{*rest}", any(akismet::akismet))
        .route("/1.2/{*rest}", any(akismet::akismet));
    if options.metrics {
        all = all.route("/metrics", get(metrics::metrics));
    }
    if options.docs {
        all = all.merge(page(description));
    }
    let timeout = options.timeout;
    all.fallback(no_route)
        .method_not_allowed_fallback(no_method)
        .layer(
            ServiceBuilder::new()
                .layer(SetResponseHeaderLayer::if_not_present(
                    header::X_CONTENT_TYPE_OPTIONS,
                    HeaderValue::from_static("nosniff"),
                ))
                .layer(from_fn_with_state(state.clone(), around))
                .layer(CatchPanicLayer::custom(panicked))
                .layer(TimeoutLayer::with_status_code(
                    StatusCode::REQUEST_TIMEOUT,
                    timeout,
                ))
                .layer(CompressionLayer::new()),
        )
        .with_state(state)
}

/// Serves a request of the native API if there is room and its key opens something.
async fn enter(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    match admit(&state, request.method(), request.uri().path()) {
        Ok(room) => {
            let work = |request| work(&state, room, request, next);
            authenticate(&state, request, work).await
        }
        Err(problem) => problem.into_response(),
    }
}

/// Works on a request to its end once its body is there. One that changes nothing ends with its
/// caller.
async fn work(
    state: &ApiState,
    room: OwnedSemaphorePermit,
    request: Request,
    next: Next,
) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let limit = state.options.limit_of(&parts.method, parts.uri.path());
    match read(body, limit).await {
        Ok(body) => {
            let request = Request::from_parts(parts, Body::from(body));
            to_the_end(room, next.run(request)).await
        }
        Err(why) => why.problem(limit).into_response(),
    }
}

async fn no_route() -> Problem {
    Problem::not_found("there is nothing at this path")
}

async fn no_method() -> Problem {
    Problem::method("this path takes other methods, which `allow` names")
}

/// Answers browsers that ask whether a page may call, and gives the answers of layers that know
/// nothing of problems, of pages or of Akismet's dialect, such as that of a timeout, what callers rely
/// on.
async fn around(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().clone();
    // The route and not the path, which may have an id of the blog in it.
    let route = request.extensions().get::<MatchedPath>().cloned();
    let has_problems = request.uri().path().starts_with("/v1/");
    if has_problems && is_preflight(&request) {
        return preflight(&state, request.headers().get(header::ORIGIN));
    }
    let origin = request.headers().get(header::ORIGIN).cloned();
    let is_akismet = Endpoint::from_path(request.uri().path()).is_some();
    let mut response = next.run(with_rest(request)).await;
    count_refusals(&state, &response);
    tracing::debug!(
        %method,
        route = route.as_ref().map_or("none", MatchedPath::as_str),
        status = response.status().as_u16(),
        ms = begun.elapsed().as_millis() as u64,
        "answered"
    );
    if is_akismet {
        akismet::name_answer(&state, &mut response);
    }
    if has_problems && response.extensions().get::<OriginDecided>().is_none() {
        allow_listed(&state, origin.as_ref(), &mut response);
    }
    if has_problems && !is_problem(&response) {
        as_problem(response)
    } else {
        response
    }
}

fn count_refusals(state: &ApiState, response: &Response) {
    match response.status() {
        StatusCode::FORBIDDEN => state.metrics.refused(Refusal::Key),
        StatusCode::PAYLOAD_TOO_LARGE => state.metrics.refused(Refusal::TooLarge),
        StatusCode::REQUEST_TIMEOUT => state.metrics.refused(Refusal::Timeout),
        _ => {}
    }
    if response.extensions().get::<WritesWaiting>().is_some() {
        state.metrics.refused(Refusal::WritesWaiting);
    }
}

fn as_problem(response: Response) -> Response {
    let problem = match response.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large("expected a smaller body"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            Problem::media_type("expected a content encoding that `accept-encoding` names")
        }
        StatusCode::REQUEST_TIMEOUT => Problem::timeout("the request took too long"),
        _ => return response,
    };
    let mut answer = problem.into_response();
    for name in [
        header::ACCEPT_ENCODING,
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        header::VARY,
    ] {
        if let Some(value) = response.headers().get(&name) {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    answer
}

/// The hook of panics has said on standard error what it was.
fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    Problem::internal("this request could not be served").into_response()
}

fn is_problem(response: &Response) -> bool {
    response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes() == super::problem::MEDIA_TYPE.as_bytes())
}
