//! The documentation and the OpenAPI description.

use axum::body::Body;
use axum::http::Request;
use ontopic::comment::limits;
use serde_json::json;

use crate::service::TestService;

#[tokio::test]
async fn the_documentation_of_the_api_asks_no_other_host() {
    let service = TestService::start().await;
    let get = async |path: &str| {
        let request = Request::get(path).body(Body::empty()).unwrap();
        service.send(request).await
    };
    let home = get("/").await;
    assert_eq!(home.status, 307, "{home:?}");
    assert_eq!(home.header("location"), "/docs/");
    let page = get("/docs/").await;
    assert_eq!(page.status, 200, "{page:?}");
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'self';"), "{policy}");
    for source in policy
        .split(';')
        .flat_map(|one| one.split_whitespace().skip(1))
    {
        let stays_here = ["'self'", "'none'", "'unsafe-inline'", "data:"].contains(&source);
        assert!(stays_here, "{policy}");
    }
    // Without a word of its own, Swagger has the description judged by `validator.swagger.io`.
    let set = get("/docs/swagger-initializer.js").await;
    let set = String::from_utf8(set.body.to_vec()).unwrap();
    assert!(set.contains(r#""validatorUrl": "none""#), "{set}");
    assert!(set.contains(r#""url": "/openapi.json""#), "{set}");
}

#[test]
fn the_description_of_an_address_allows_every_way_of_writing_it() {
    let api = serde_json::to_value(ontopic::api::openapi()).unwrap();
    let schemas = &api["components"]["schemas"];
    let given = &schemas["WireComment"]["properties"]["address"];
    assert_eq!(given["type"], json!(["string", "null"]), "{given}");
    assert_eq!((given.get("pattern"), given.get("maxLength")), (None, None));
    let listed = &schemas["OnAddress"]["properties"]["value"];
    let formats = ["ipv4", "ipv6"].map(|it| json!({"type": "string", "format": it}));
    assert_eq!(listed["oneOf"], json!(formats), "{listed}");
}

#[test]
fn the_description_has_the_limits_that_are_kept() {
    let api = serde_json::to_value(ontopic::api::openapi()).unwrap();
    let schemas = &api["components"]["schemas"];
    for (schema, key, limit) in [
        ("WirePost", "title", limits::TITLE),
        ("WirePost", "body", limits::POST_BODY),
        ("WirePost", "url", limits::URL),
        ("WirePost", "author", limits::POST_AUTHOR),
        ("WireComment", "kind", limits::KIND),
        ("WireComment", "author", limits::AUTHOR),
        ("WireComment", "author_url", limits::AUTHOR_URL),
        ("WireComment", "author_email", limits::AUTHOR_EMAIL),
        ("WireComment", "body", limits::BODY),
        ("WireComment", "html", limits::HTML),
        ("BackfillPost", "id", limits::ID),
        ("BackfillPost", "body", limits::POST_BODY),
        ("OnVerdict", "reporter", limits::REPORTER),
        ("OnComment", "comment", limits::ID),
        ("OnComment", "reporter", limits::REPORTER),
        ("ByEmail", "email", limits::AUTHOR_EMAIL),
        ("ByEmail", "address", limits::ADDRESS),
        ("ByAddress", "address", limits::ADDRESS),
    ] {
        let described = &schemas[schema]["properties"][key];
        assert_eq!(described["maxLength"], limit, "{schema}.{key}: {described}");
    }
    assert_eq!(schemas["Tag"]["maxLength"], limits::TAG);
    assert_eq!(
        schemas["WirePost"]["properties"]["tags"]["maxItems"],
        limits::TAGS
    );
    let id = &schemas["WireId"];
    assert_eq!(id["maxLength"], limits::ID);
    assert_eq!(id["type"], json!(["string", "integer"]), "{id}");
    for (path, name, limit) in [
        ("/v1/posts/{id}", "id", limits::ID),
        ("/v1/posts", "after", limits::ID),
        ("/v1/queue", "post", limits::ID),
        ("/v1/queue", "author", limits::AUTHOR),
    ] {
        let parameters = api["paths"][path]["get"]["parameters"].as_array().unwrap();
        let one = parameters.iter().find(|it| it["name"] == name).unwrap();
        assert_eq!(one["schema"]["maxLength"], limit, "{path}: {one}");
    }
    // Posts of a backfill are those of a check, with an id.
    let posts = &schemas["BackfillPost"];
    assert_eq!(posts["required"], json!(["id"]));
    assert_eq!(
        posts["properties"]["title"],
        schemas["WirePost"]["properties"]["title"]
    );
}

#[test]
fn the_description_declares_the_key_and_the_header_that_names_a_site() {
    let api = serde_json::to_value(ontopic::api::openapi()).unwrap();
    let schemes = &api["components"]["securitySchemes"];
    assert_eq!(schemes["key"]["scheme"], "bearer", "{schemes}");
    let site = &schemes["site"];
    assert_eq!(
        (&site["type"], &site["in"]),
        (&json!("apiKey"), &json!("header"))
    );
    assert_eq!(site["name"], "x-ontopic-site");
    assert_eq!(
        api["security"],
        json!([{"key": []}, {"key": [], "site": []}])
    );
}

#[tokio::test]
async fn fields_are_bounded_in_characters_and_bodies_in_bytes_and_the_description_says_so() {
    let service = TestService::start().await;
    let escaped = r"\ud83c\udf5e".repeat(100_000);
    let body = format!(r#"{{"comment":{{"body":"{escaped}"}}}}"#);
    let refused = service.raw(&service.key, "POST /v1/check", &[], body).await;
    refused.problem(413, "too-large");
    let body = json!({"comment": {"body": "🍞".repeat(100_000)}});
    service.ask("POST /v1/check", body).await.with(200);
    let api = serde_json::to_value(ontopic::api::openapi()).unwrap();
    let said = api["info"]["description"].as_str().unwrap();
    assert!(
        said.contains("bytes") && said.contains("characters"),
        "{said}"
    );
}

#[test]
fn the_description_says_what_the_name_of_a_request_is_for() {
    let api = serde_json::to_value(ontopic::api::openapi()).unwrap();
    for path in [
        "/v1/check",
        "/v1/check/batch",
        "/v1/feedback",
        "/v1/feedback/batch",
    ] {
        let header = &api["paths"][path]["post"]["parameters"][0];
        let described = (&header["name"], &header["in"], &header["required"]);
        assert_eq!(
            described,
            (&json!("idempotency-key"), &json!("header"), &json!(false))
        );
        let said = header["description"].as_str().unwrap();
        assert!(said.contains("409"), "{path}: {said}");
    }
}
