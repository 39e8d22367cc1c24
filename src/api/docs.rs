//! The description of the API, OpenAPI 3.1, and the page that shows it.

use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Redirect;
use axum::routing::get;
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::OpenApi;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{ContentBuilder, HeaderBuilder, Ref, Response, ResponseBuilder};
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::authentication::SITE_HEADER;
use super::problem::{MEDIA_TYPE, Problem};
use super::state::ApiState;

/// What the page may load and ask: this service, the images that its style sheet has in itself, and the
/// styles that its script writes into the page.
const CONTENT_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'",
);

/// The parts that stand in no route.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Ontopic",
        description = "Tells genuine blog comments from off-topic spam.\n\n\
            Requests carry a key as `Authorization: Bearer KEY`. With an admin token of the service, \
            the header `X-Ontopic-Site` names the site; beside the key of a site it may name no other. \
            Lists are given in pages: `next` of one page is `after` of the next. Fields are bounded in \
            characters, as stands beside them, and a body as a whole in bytes besides (settings `server.body_limit_bytes` and, where many \
            comments or posts come at once, `server.batch_limit_bytes`): JSON may write a character \
            as 12. Every problem has the shape of RFC 9457 with a stable `code`."
    ),
    components(schemas(Problem)),
    tags(
        (name = "checks", description = "Judging comments"),
        (name = "posts", description = "What comments are about"),
        (name = "verdicts", description = "Verdicts that were given"),
        (name = "feedback", description = "What owners decided"),
        (name = "queue", description = "What waits for the owner"),
        (name = "sites", description = "Sites, keys, entries, erasure"),
        (name = "service", description = "Admin tokens"),
    )
)]
pub(super) struct Parts;

/// The description of the API.
pub fn openapi() -> utoipa::openapi::OpenApi {
    complete(super::router::routes().split_for_parts().1)
}

/// `/docs`, and `/openapi.json`, which it reads. Who opens the address that `serve` prints is sent there.
pub(super) fn page(description: utoipa::openapi::OpenApi) -> Router<ApiState> {
    let docs = SwaggerUi::new("/docs")
        .url("/openapi.json", complete(description))
        // Else the page of a service with a public name has its description judged elsewhere.
        .config(Config::default().validator_url("none"));
    let home = get(async || Redirect::temporary("/docs/"));
    Router::from(docs)
        .route("/", home)
        .layer(SetResponseHeaderLayer::overriding(
            header::CONTENT_SECURITY_POLICY,
            CONTENT_POLICY,
        ))
}

/// Adds what all operations have in common: the key, the header that names a site, and the problems
/// that may come instead of an answer.
fn complete(mut api: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    let key = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    // A scheme, though the header is no secret: the page asks for it once, beside the key, where it
    // would ask for a parameter at every operation.
    let site = ApiKeyValue::with_description(
        SITE_HEADER.as_str(),
        "With an admin token of the service: the number of the site that requests are about, such as \
         `1`. The key of a site opens that site without it.",
    );
    let components = api.components.get_or_insert_with(Default::default);
    components.add_security_scheme("key", SecurityScheme::Http(key));
    components.add_security_scheme("site", SecurityScheme::ApiKey(ApiKey::Header(site)));
    let with_key = SecurityRequirement::new("key", [""; 0]);
    let with_both = with_key.clone().add("site", [""; 0]);
    api.security = Some(vec![with_key, with_both]);
    let problems = problems();
    for item in api.paths.paths.values_mut() {
        let operations = [
            &mut item.get,
            &mut item.put,
            &mut item.post,
            &mut item.delete,
            &mut item.patch,
        ];
        for operation in operations.into_iter().flatten() {
            for (status, response) in &problems {
                let responses = &mut operation.responses.responses;
                let known = responses.entry(status.clone());
                known.or_insert_with(|| response.clone().into());
            }
        }
    }
    api
}

/// The problems that may come with each status.
fn problems() -> Vec<(String, Response)> {
    let of_one_status = |kinds: &[(StatusCode, &str, &str)]| {
        let status = kinds[0].0;
        let lines: Vec<String> = kinds
            .iter()
            .map(|(_, code, title)| format!("`{code}`: {title}."))
            .collect();
        let content = ContentBuilder::new()
            .schema(Some(Ref::from_schema_name("Problem")))
            .build();
        let mut response = ResponseBuilder::new()
            .description(lines.join(" "))
            .content(MEDIA_TYPE, content);
        if matches!(status.as_u16(), 429 | 503 | 507) {
            let header = HeaderBuilder::new()
                .description(Some("Seconds until it is worth trying again."))
                .build();
            response = response.header("Retry-After", header);
        }
        (status.as_str().to_owned(), response.build())
    };
    let by_status = Problem::KINDS.chunk_by(|one, other| one.0 == other.0);
    by_status.map(of_one_status).collect()
}
