//! Any bytes as the JSON body of a request to the native API: an answer or a problem, never the
//! service's own failure.
#![no_main]

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt as _;
use libfuzzer_sys::fuzz_target;
use ontopic::akismet::webhook_body;
use ontopic::api::{ApiOptions, ApiState, router};
use ontopic::moderation::{Moderator, Options, Secret};
use ontopic::registry::Models;
use ontopic::storage::{KeyRole, SqliteOptions, SqliteStore};
use ontopic::telemetry::Metrics;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

/// Where a body is read; the first byte of an input chooses, `0` the first. A line with `sites` needs
/// the operator's key; the others, a moderator's.
const LINES: [&str; 12] = [
    "POST /v1/check",
    "POST /v1/check/batch",
    "PUT /v1/posts/any",
    "POST /v1/posts",
    "POST /v1/feedback",
    "POST /v1/feedback/batch",
    "POST /v1/erasures",
    "POST /v1/sites",
    "PATCH /v1/sites/1",
    "POST /v1/sites/1/keys",
    "POST /v1/sites/1/keys/1/rotate",
    "POST /v1/sites/1/entries",
];

struct Service {
    runtime: Runtime,
    router: Router,
    operator: String,
    moderator: String,
    _folder: TempDir,
}

impl Service {
    /// With the model that ships, and a database in a folder of its own.
    fn start() -> Self {
        let runtime = Runtime::new().expect("threads");
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("ontopic.db");
        let store = SqliteStore::open(&file, SqliteOptions::default()).expect("a database");
        let model = include_bytes!("../../models/default.safetensors");
        let models = Models::open(&folder.path().join("models"), model).expect("the default model");
        let (moderator, operator, key) = runtime.block_on(async {
            let options = Options {
                clock: || 1_800_000_000_000,
                keeps_addresses: true,
                correction: |_, _, _| webhook_body(&[]),
            };
            let secret = Secret::new(&[7; 32]);
            let moderator = Moderator::new(Arc::new(store), Arc::new(models), secret, options);
            let moderator = Arc::new(moderator.await.expect("an empty database"));
            let operator = moderator.add_key(None, KeyRole::Admin, None).await;
            let site = moderator.add_site("fuzz", "{}".to_owned()).await;
            (
                moderator,
                operator.expect("a key").1,
                site.expect("a site").1,
            )
        });
        let options = ApiOptions {
            max_in_flight: 8,
            requests_per_second: None,
            burst: 1,
            failed_keys_per_minute: None,
            body_limit: 1 << 20,
            batch_limit: 8 << 20,
            timeout: Duration::from_secs(30),
            keyless_timeout: Duration::from_secs(10),
            docs: false,
            metrics: false,
            metrics_token: None,
        };
        Self {
            runtime,
            router: router(ApiState::new(moderator, Arc::new(Metrics::new()), options)),
            operator,
            moderator: key,
            _folder: folder,
        }
    }
}

fuzz_target!(|input: (u8, &[u8])| {
    static SERVICE: OnceLock<Service> = OnceLock::new();
    let service = SERVICE.get_or_init(Service::start);
    let (line, body) = input;
    let line = LINES[usize::from(line) % LINES.len()];
    let (method, path) = line.split_once(' ').expect("a method and a path");
    let key = if path.starts_with("/v1/sites") {
        &service.operator
    } else {
        &service.moderator
    };
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {key}"))
        .header("content-type", "application/json")
        .body(Body::from(body.to_vec()))
        .expect("a request");
    let (parts, answer) = service.runtime.block_on(async {
        let response = service
            .router
            .clone()
            .oneshot(request)
            .await
            .expect("an answer");
        let (parts, body) = response.into_parts();
        (
            parts,
            body.collect().await.expect("a whole body").to_bytes(),
        )
    });
    let status = parts.status;
    assert!(!status.is_server_error(), "{line}: {status} {answer:?}");
    assert!(
        status.as_u16() != 401 && status.as_u16() != 403,
        "{line}: {status}"
    );
    if status.is_client_error() {
        assert_eq!(
            parts.headers["content-type"], "application/problem+json",
            "{line}"
        );
        let problem: serde_json::Value = serde_json::from_slice(&answer).expect("a problem");
        assert_eq!(problem["status"], status.as_u16());
    }
});
