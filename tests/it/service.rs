//! A whole service in the test's own process: router, moderator, the model that ships, and a
//! database in a folder of its own.

use std::future::poll_fn;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request};
use http_body_util::BodyExt as _;
use ontopic::api::{ApiOptions, ApiState, router};
use ontopic::delivery::{correction, deliver};
use ontopic::moderation::{Moderator, Options, Secret};
use ontopic::registry::Models;
use ontopic::storage::{KeyRole, SiteId, SqliteOptions, SqliteStore};
use ontopic::telemetry::Metrics;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use crate::starter::repository;

/// Settings of tests: nothing is limited but what a test limits.
pub(crate) fn options() -> ApiOptions {
    ApiOptions {
        max_in_flight: 64,
        requests_per_second: None,
        burst: 1,
        failed_keys_per_minute: None,
        body_limit: 1 << 20,
        batch_limit: 8 << 20,
        timeout: Duration::from_secs(30),
        keyless_timeout: Duration::from_secs(10),
        docs: true,
        metrics: true,
        metrics_token: None,
    }
}

/// One request a second.
pub(crate) fn one_a_second() -> Option<NonZeroU32> {
    NonZeroU32::new(1)
}

/// The model that ships.
fn model() -> &'static [u8] {
    static MODEL: OnceLock<Vec<u8>> = OnceLock::new();
    MODEL.get_or_init(|| std::fs::read(repository("models/default.safetensors")).unwrap())
}

/// A clock that no two readings of are the same; it begins on 1 January 2026.
fn clock() -> i64 {
    static NOW: AtomicI64 = AtomicI64::new(1_767_225_600_000);
    NOW.fetch_add(1, Ordering::Relaxed)
}

/// A running service. Its folder goes with it.
pub(crate) struct TestService {
    pub(crate) moderator: Arc<Moderator>,
    metrics: Arc<Metrics>,
    state: ApiState,
    router: Router,
    /// Opens the service.
    pub(crate) admin: String,
    /// A moderator's key of the first site.
    pub(crate) key: String,
    /// The first site.
    pub(crate) site: SiteId,
    /// Where it keeps everything.
    pub(crate) folder: TempDir,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// A header, empty if it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The body, if the status is as expected.
    #[track_caller]
    pub(crate) fn with(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        if self.body.is_empty() {
            Value::Null
        } else {
            self.json()
        }
    }

    /// The problem, if it has the shape of RFC 9457, this status and this code.
    #[track_caller]
    pub(crate) fn problem(self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["status"], status);
        assert_eq!(problem["type"], format!("urn:ontopic:problem:{code}"));
        assert!(problem["title"].is_string() && problem["detail"].is_string());
        problem
    }
}

/// A request with bytes as JSON under a key, with more headers.
fn request(
    key: &str,
    line: &str,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> Request<Body> {
    let (method, path) = line.split_once(' ').unwrap();
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {key}"));
    if !headers.iter().any(|(name, _)| *name == "content-type") {
        request = request.header("content-type", "application/json");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body.into()).unwrap()
}

/// JSON as bytes; none for null.
fn bytes(body: Value) -> Vec<u8> {
    match body {
        Value::Null => Vec::new(),
        body => body.to_string().into_bytes(),
    }
}

/// What keeps everything in a folder.
async fn moderator_in(folder: &TempDir, storage: SqliteOptions) -> Arc<Moderator> {
    let file = folder.path().join("ontopic.db");
    let store = SqliteStore::open(&file, storage).unwrap();
    let models = Models::open(&folder.path().join("models"), model()).unwrap();
    let moderator = Moderator::new(
        Arc::new(store),
        Arc::new(models),
        Secret::new(&[7; 32]),
        Options {
            clock,
            keeps_addresses: false,
            correction,
        },
    );
    Arc::new(moderator.await.unwrap())
}

impl TestService {
    pub(crate) async fn start() -> Self {
        Self::with(options()).await
    }

    pub(crate) async fn with(options: ApiOptions) -> Self {
        Self::with_storage(options, SqliteOptions::default()).await
    }

    pub(crate) async fn with_storage(options: ApiOptions, storage: SqliteOptions) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let moderator = moderator_in(&folder, storage).await;
        let admin = moderator.add_key(None, KeyRole::Admin, None).await;
        let (site, key) = moderator.add_site("first", "{}".to_owned()).await.unwrap();
        let metrics = Arc::new(Metrics::new());
        let state = ApiState::new(Arc::clone(&moderator), Arc::clone(&metrics), options);
        Self {
            moderator,
            metrics,
            router: router(state.clone()),
            state,
            admin: admin.unwrap().1,
            key,
            site,
            folder,
        }
    }

    /// The service after a stop and a start: what was in memory only is gone.
    pub(crate) async fn restarted(self) -> Self {
        let moderator = moderator_in(&self.folder, SqliteOptions::default()).await;
        let metrics = Arc::new(Metrics::new());
        let state = ApiState::new(Arc::clone(&moderator), Arc::clone(&metrics), options());
        Self {
            moderator,
            metrics,
            router: router(state.clone()),
            state,
            ..self
        }
    }

    /// Sends a request as it is.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: body.collect().await.unwrap().to_bytes(),
        }
    }

    /// Sends JSON under a key, leaves at once, and waits until the request was worked on.
    pub(crate) async fn leave(&self, key: &str, line: &str, body: Value) {
        let request = request(key, line, &[], bytes(body));
        let mut answer = Box::pin(self.router.clone().oneshot(request));
        let first = poll_fn(|context| Poll::Ready(answer.as_mut().poll(context))).await;
        assert!(first.is_pending(), "it was answered at once");
        drop(answer);
        self.state.finished().await;
    }

    /// Delivers corrections until what is given is dropped.
    pub(crate) fn deliver(&self) -> JoinSet<()> {
        // An error only says that a provider is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let work = deliver(Arc::clone(&self.moderator), Arc::clone(&self.metrics));
        let mut tasks = JoinSet::new();
        tasks.spawn(work);
        tasks
    }

    /// The value of a series of `/metrics`.
    pub(crate) async fn counted(&self, series: &str) -> f64 {
        let page = Request::get("/metrics").body(Body::empty()).unwrap();
        let page = self.send(page).await;
        let page = std::str::from_utf8(&page.body).unwrap();
        let line = page
            .lines()
            .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no `{series}` in\n{page}"))
            .parse()
            .unwrap()
    }

    /// Sends bytes as JSON under a key, with more headers.
    pub(crate) async fn raw(
        &self,
        key: &str,
        line: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        self.send(request(key, line, headers, body)).await
    }

    /// Sends JSON under a key; null sends no body.
    pub(crate) async fn by(&self, key: &str, line: &str, body: Value) -> Answer {
        self.raw(key, line, &[], bytes(body)).await
    }

    /// Sends JSON under the key of the first site.
    pub(crate) async fn ask(&self, line: &str, body: Value) -> Answer {
        self.by(&self.key, line, body).await
    }

    /// What is stored at a path, for the first site.
    pub(crate) async fn get(&self, path: &str) -> Value {
        self.ask(&format!("GET {path}"), Value::Null)
            .await
            .with(200)
    }

    /// Judges a comment under a stored post.
    pub(crate) async fn check(&self, post: &str, comment: Value) -> Value {
        let body = json!({"post": {"id": post}, "comment": comment});
        self.ask("POST /v1/check", body).await.with(200)
    }

    /// Decides on a verdict.
    pub(crate) async fn decide(&self, verdict: &Value, label: &str) -> Value {
        let body = json!({"verdict": verdict, "label": label, "reporter": "owner"});
        self.ask("POST /v1/feedback", body).await.with(201)
    }

    /// Changes settings of the first site.
    pub(crate) async fn set(&self, settings: Value) {
        let body = json!({"settings": settings});
        self.by(&self.admin, "PATCH /v1/sites/1", body)
            .await
            .with(200);
    }

    /// Holds whatever comes.
    pub(crate) async fn hold_all(&self) {
        let thresholds = json!({"hold": 1e-9, "spam": 0.999_999_9});
        self.set(json!({"thresholds": thresholds})).await;
    }

    /// Another site with a moderator's key of it.
    pub(crate) async fn another_site(&self) -> (i64, String) {
        let made = self
            .by(&self.admin, "POST /v1/sites", json!({"name": "second"}))
            .await
            .with(201);
        (
            made["id"].as_i64().unwrap(),
            made["key"].as_str().unwrap().to_owned(),
        )
    }

    /// A key of a site with a role.
    pub(crate) async fn another_key(&self, site: i64, role: &str) -> String {
        let line = format!("POST /v1/sites/{site}/keys");
        let made = self.by(&self.admin, &line, json!({"role": role})).await;
        made.with(201)["key"].as_str().unwrap().to_owned()
    }
}
