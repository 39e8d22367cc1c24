//! What every request shares.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::limits::Limits;
use crate::moderation::Moderator;

/// What the API is told at start.
#[derive(Debug, Clone)]
pub struct ApiOptions {
    /// Requests that are served at once; more are refused.
    pub max_in_flight: usize,
    /// Requests a second under one key.
    pub requests_per_second: u32,
    /// Requests under one key that may come at once.
    pub burst: u32,
    /// Largest body, in bytes.
    pub body_limit: usize,
    /// Seconds until a request is given up.
    pub timeout_seconds: u64,
    /// Whether `/docs` and `/openapi.json` are served.
    pub docs: bool,
    /// Whether `/metrics` is served, and the token that it asks for.
    pub metrics: bool,
    /// The token that `/metrics` asks for; none if it is open.
    pub metrics_token: Option<String>,
}

/// What every request shares.
#[derive(Debug, Clone)]
pub struct ApiState(pub(super) Arc<Shared>);

/// What stands behind [`ApiState`].
#[derive(Debug)]
pub struct Shared {
    pub(super) moderator: Arc<Moderator>,
    pub(super) options: ApiOptions,
    pub(super) limits: Limits,
    pub(super) in_flight: Arc<Semaphore>,
}

impl ApiState {
    /// With a moderator and options.
    pub fn new(moderator: Arc<Moderator>, options: ApiOptions) -> Self {
        Self(Arc::new(Shared {
            moderator,
            limits: Limits::new(options.requests_per_second, options.burst),
            in_flight: Arc::new(Semaphore::new(options.max_in_flight)),
            options,
        }))
    }
}

impl std::ops::Deref for ApiState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
