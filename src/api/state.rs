//! What every request shares.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Method;
use tokio::sync::Semaphore;

use super::health::Readiness;
use super::limits::Limits;
use super::places::Places;
use crate::moderation::Moderator;
use crate::telemetry::Metrics;

/// What the API is told at start.
#[derive(Debug, Clone)]
pub struct ApiOptions {
    /// Requests that are served at once; more are refused. One with many comments or posts counts as
    /// several.
    pub max_in_flight: usize,
    /// Requests a second under one key; `None` for as many as come.
    pub requests_per_second: Option<NonZeroU32>,
    /// Requests under one key that may come at once.
    pub burst: u32,
    /// Requests a minute with a wrong key from one network; `None` for as many as come.
    pub failed_keys_per_minute: Option<NonZeroU32>,
    /// Largest body, in bytes.
    pub body_limit: usize,
    /// Largest body with many comments or posts, in bytes.
    pub batch_limit: usize,
    /// How long a request may take.
    pub timeout: Duration,
    /// How long the body of a request may take whose key stands in it.
    pub keyless_timeout: Duration,
    /// Whether `/docs` and `/openapi.json` are served.
    pub docs: bool,
    /// Whether `/metrics` is served.
    pub metrics: bool,
    /// The token that `/metrics` asks for; none if it is open.
    pub metrics_token: Option<String>,
}

/// Where lists of comments and posts are sent.
const BATCHES: [&str; 3] = ["/v1/check/batch", "/v1/feedback/batch", "/v1/posts"];

impl ApiOptions {
    /// Largest body of a request: only lists of comments and posts may be long.
    pub(super) fn limit_of(&self, method: &Method, path: &str) -> usize {
        if method == Method::POST && BATCHES.contains(&path) {
            self.batch_limit
        } else {
            self.body_limit
        }
    }

    /// How many places a request takes: one that may have a longer body takes as many as its body may
    /// be longer, so that places bound memory as well, but never more than there are.
    pub(super) fn places_of(&self, method: &Method, path: &str) -> u32 {
        let places = self.limit_of(method, path) / self.body_limit.max(1);
        let places = places.min(self.max_in_flight).max(1);
        u32::try_from(places).unwrap_or(u32::MAX)
    }
}

/// What every request shares.
#[derive(Debug, Clone)]
pub struct ApiState(Arc<Shared>);

/// What stands behind [`ApiState`].
#[derive(Debug)]
pub struct Shared {
    pub(super) moderator: Arc<Moderator>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) options: ApiOptions,
    pub(super) limits: Limits,
    pub(super) readiness: Readiness,
    pub(super) in_flight: Arc<Semaphore>,
    /// Bodies that are being read before it is known whether their key is good. They have room of
    /// their own, so that whoever has no key takes none from those who have one.
    pub(super) reading: Places,
}

impl ApiState {
    /// With a moderator, something to count with, and options.
    pub fn new(moderator: Arc<Moderator>, metrics: Arc<Metrics>, options: ApiOptions) -> Self {
        Self(Arc::new(Shared {
            moderator,
            metrics,
            limits: Limits::new(&options),
            readiness: Readiness::default(),
            in_flight: Arc::new(Semaphore::new(options.max_in_flight)),
            reading: Places::new(options.max_in_flight),
            options,
        }))
    }

    /// Returns when nothing is worked on, also for callers who have left.
    pub async fn finished(&self) {
        let all = u32::try_from(self.options.max_in_flight).unwrap_or(u32::MAX);
        // An error would say that the semaphore was closed, which it never is.
        drop(self.in_flight.acquire_many(all).await);
    }

    /// Brings the counts up to date that nobody counts along the way.
    pub async fn count(&self) {
        self.metrics.upkeep();
        if let Ok(lengths) = self.moderator.store.queue_lengths().await {
            let held = lengths.iter().map(|(_, length)| length).sum();
            self.metrics.set_queue_depth(held);
        }
        if let Ok(waiting) = self.moderator.store.deliveries_waiting().await {
            self.metrics.set_deliveries_pending(waiting);
        }
        let free = self.in_flight.available_permits();
        self.metrics
            .set_in_flight(self.options.max_in_flight.saturating_sub(free));
        self.limits.forget_idle();
    }

    /// Brings the count of what storage could not do up to date.
    pub(super) fn count_failures(&self) {
        let failures = self.moderator.store.failures();
        self.metrics.set_storage_errors(failures);
    }
}

impl std::ops::Deref for ApiState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
