//! Where and how the service listens.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::format::{Address, Optional, Path, Switch, whole};
use super::section;

section! {
    /// Where and how the service listens.
    Server, "server", "" {
        /// Where it listens. Everybody who reaches the port can try keys: without TLS, keep it on
        /// the loopback and put a reverse proxy in front.
        listen: SocketAddr = "127.0.0.1:8080", Address;
        /// Threads that serve; 0 is one per core.
        workers: usize = "0", whole(0, 1024);
        /// Requests that are worked on at once; more are refused with 503 and `Retry-After` before
        /// anything slows down. One with many comments or posts counts as many times as
        /// `batch_limit_bytes` is `body_limit_bytes`, 32 times by default.
        max_in_flight: usize = "512", whole(1, 1_000_000);
        /// Connections that are open at once; more are closed as they come.
        max_connections: usize = "4096", whole(1, 1_000_000);
        /// Bytes of a body, packed or not; fields are bounded in characters besides, which JSON may
        /// write as 12 bytes each. In Akismet's dialect it is never more than 1048576.
        body_limit_bytes: usize = "1048576", whole(1024, 1 << 30);
        /// Bytes of a body with many comments or posts, packed or not.
        batch_limit_bytes: usize = "33554432", whole(1024, 1 << 30);
        /// Seconds from the head of a request to its answer, and how long a caller may stall while
        /// receiving it.
        request_timeout_s: u64 = "30", whole(1, 3600);
        /// Seconds that a caller may take to send the head of a request; in Akismet's dialect, where
        /// the key stands in the body, also the body.
        header_timeout_s: u64 = "10", whole(1, 3600);
        /// Certificate chain for TLS, in PEM. Together with `tls_key`; without both, plain HTTP.
        tls_cert: Option<PathBuf> = "", Optional(Path);
        /// Private key for TLS, in PEM.
        tls_key: Option<PathBuf> = "", Optional(Path);
        /// Whether the API documentation is served, to anyone, without a key.
        public_docs: bool = "true", Switch;
    }
}
