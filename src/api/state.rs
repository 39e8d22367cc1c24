//! What every request shares.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::limits::Limits;
use crate::moderation::Moderator;
use crate::telemetry::Metrics;

/// What the API is told at start.
#[derive(Debug, Clone)]
pub struct ApiOptions {
    /// Requests that are served at once; more are refused.
    pub max_in_flight: usize,
    /// Requests a second under one key; `None` for as many as come.
    pub requests_per_second: Option<NonZeroU32>,
    /// Requests under one key that may come at once.
    pub burst: u32,
    /// Requests a minute with a wrong key from one address; `None` for as many as come.
    pub failed_keys_per_minute: Option<NonZeroU32>,
    /// Largest body, in bytes.
    pub body_limit: usize,
    /// Largest body with many comments or posts, in bytes.
    pub batch_limit: usize,
    /// How long a request may take.
    pub timeout: Duration,
    /// Whether `/docs` and `/openapi.json` are served.
    pub docs: bool,
    /// Whether `/metrics` is served.
    pub metrics: bool,
    /// The token that `/metrics` asks for; none if it is open.
    pub metrics_token: Option<String>,
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
    pub(super) in_flight: Arc<Semaphore>,
}

impl ApiState {
    /// With a moderator, something to count with, and options.
    pub fn new(moderator: Arc<Moderator>, metrics: Arc<Metrics>, options: ApiOptions) -> Self {
        Self(Arc::new(Shared {
            moderator,
            metrics,
            limits: Limits::new(&options),
            in_flight: Arc::new(Semaphore::new(options.max_in_flight)),
            options,
        }))
    }

    /// Brings the counts up to date that nobody counts along the way.
    pub async fn count(&self) {
        self.metrics.upkeep();
        match self.moderator.store.queue_lengths().await {
            Ok(lengths) => {
                let held = lengths.iter().map(|(_, length)| length).sum();
                self.metrics.set_queue_depth(held);
            }
            Err(_) => self.metrics.storage_failed(),
        }
        let free = self.in_flight.available_permits();
        self.metrics
            .set_in_flight(self.options.max_in_flight.saturating_sub(free));
        self.limits.forget_idle();
    }
}

impl std::ops::Deref for ApiState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
