//! Takes messages that storage holds for blogs and delivers them: late corrections of verdicts.
//!
//! Invariants:
//! - calls go only to an origin that the site's settings name at that moment, and [never to an
//!   address](is_never_called) that is link-local or where clouds keep their credentials; any other is
//!   left to whoever may change the settings, because a blog may well run on the same machine or beside
//!   it;
//! - the address is looked up once and the connection goes there: a name that changes its mind
//!   between the check and the call changes nothing;
//! - redirects are not followed, answers are read only as far as their status;
//! - a message stays in storage until it was delivered or given up, or until another decision on its
//!   comment or another answer to its blog: those of a site go out one after the other, so that the last
//!   one says what stands;
//! - a try is counted before the call: where storage takes nothing, no blog is called again and again;
//! - a blog that keeps us waiting holds up no other;
//! - after a start, messages wait until their site has been heard of: its key is stored nowhere.
//!
//! Not here: how the message is written (see [`crate::akismet`]).

mod correction;

pub use correction::correction;

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use url::Url;

use crate::akismet::{WEBHOOK_HEADER, with_key};
use crate::moderation::{Moderator, is_never_called, origin_of};
use crate::storage::{Delivery, Milliseconds, SiteId, StoreError};
use crate::telemetry::{Delivered, Metrics};

/// How long a call may take, and as long the look-up of its name.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Sites that are called at once.
const AT_ONCE: usize = 32;

/// How often storage is looked through when nothing rings.
const EVERY: Duration = Duration::from_secs(5);

/// Tries until a message is given up. The waits between them double; the last try comes about
/// eleven hours after the first.
const TRIES: u32 = 12;

/// Wait after the first try, in milliseconds.
const FIRST_WAIT: Milliseconds = 20_000;

/// Why a message was not delivered.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("the origin is not registered for the site any longer")]
    Origin,
    #[error("the name cannot be looked up")]
    Name(#[source] io::Error),
    #[error("the name leads to an address that is link-local or of the credentials of a cloud")]
    Address,
    #[error("the call failed")]
    Call(#[source] reqwest::Error),
    #[error("the blog answered {0}")]
    Status(u16),
}

impl From<reqwest::Error> for Failure {
    /// Without the address, whose query may be a secret of the blog's.
    fn from(error: reqwest::Error) -> Self {
        Self::Call(error.without_url())
    }
}

/// Delivers what is due, for as long as the service runs, and counts what comes of it.
pub async fn deliver(moderator: Arc<Moderator>, metrics: Arc<Metrics>) {
    let mut calls = FuturesUnordered::new();
    let mut called: Vec<SiteId> = Vec::new();
    // Their messages wait, and no try is counted: a small blog may ask once a day.
    let mut without_key: Vec<SiteId> = Vec::new();
    loop {
        without_key.retain(|site| moderator.key_seen(*site).is_none());
        // Asked for one by one: while a blog keeps us waiting, a decision may outdate what follows.
        let due = if called.len() < AT_ONCE {
            let without = [&called[..], &without_key].concat();
            let due = moderator.store.due_deliveries(moderator.now(), &without, 1);
            due.await.unwrap_or_default().into_iter().next()
        } else {
            None
        };
        if let Some(delivery) = due {
            match moderator.key_seen(delivery.site) {
                Some(key) => {
                    called.push(delivery.site);
                    calls.push(attempt(&moderator, &metrics, delivery, key));
                }
                None => without_key.push(delivery.site),
            }
            continue;
        }
        tokio::select! {
            Some(site) = calls.next() => called.retain(|other| *other != site),
            // A ring that comes while nobody waits is kept.
            () = moderator.deliveries.notified() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Tries to deliver a message. Gives the site, which may be called again.
async fn attempt(
    moderator: &Moderator,
    metrics: &Metrics,
    delivery: Delivery,
    key: String,
) -> SiteId {
    if let Err(error) = try_once(moderator, metrics, &delivery, &key).await {
        tracing::error!(%error, "a delivery could not be settled");
        // It may be due still, and storage is not to be asked again and again.
        tokio::time::sleep(EVERY).await;
    }
    delivery.site
}

/// Counts a try, makes it, and removes the message if it was the last one.
async fn try_once(
    moderator: &Moderator,
    metrics: &Metrics,
    delivery: &Delivery,
    key: &str,
) -> Result<(), StoreError> {
    let again = moderator.now() + wait(delivery);
    let settle = |again| moderator.store.settle_delivery(delivery.id, again);
    settle(Some(again)).await?;
    let failure = send(moderator, delivery, key).await.err();
    let gives_up = |failure: &Failure| gives_up(failure, delivery);
    let is_over = failure.as_ref().is_none_or(gives_up);
    metrics.delivered(match (&failure, is_over) {
        (None, _) => Delivered::Delivered,
        (Some(_), false) => Delivered::Failed,
        (Some(_), true) => Delivered::GivenUp,
    });
    if let Some(failure) = &failure {
        let host = Url::parse(&delivery.url).ok();
        let host = host.as_ref().and_then(Url::host_str).unwrap_or_default();
        tracing::warn!(
            site = delivery.site.0,
            host,
            gives_up = is_over,
            "a correction was not delivered: {}",
            with_causes(failure)
        );
    }
    if is_over {
        settle(None).await?;
    }
    Ok(())
}

/// How long to wait after a try before the next one.
fn wait(delivery: &Delivery) -> Milliseconds {
    FIRST_WAIT << delivery.attempts.min(TRIES)
}

/// Whether there is no next try.
fn gives_up(failure: &Failure, delivery: &Delivery) -> bool {
    match failure {
        Failure::Origin | Failure::Address => true,
        Failure::Name(_) | Failure::Call(_) | Failure::Status(_) => delivery.attempts + 1 >= TRIES,
    }
}

/// An error with what it came of: what the library says last is why.
fn with_causes(error: &dyn Error) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        said += &format!(": {error}");
        cause = error.source();
    }
    said
}

async fn send(moderator: &Moderator, delivery: &Delivery, key: &str) -> Result<(), Failure> {
    let site = moderator.directory().site(delivery.site);
    let url = Url::parse(&delivery.url).map_err(|_| Failure::Origin)?;
    let origin = origin_of(&delivery.url).ok_or(Failure::Origin)?;
    let is_registered =
        site.is_some_and(|site| site.settings.akismet.callback_origins.contains(&origin));
    if !is_registered {
        return Err(Failure::Origin);
    }
    let (host, port) = match (url.host_str(), url.port_or_known_default()) {
        (Some(host), Some(port)) => (host, port),
        _ => return Err(Failure::Origin),
    };
    let name = host.trim_start_matches('[').trim_end_matches(']');
    let addresses: Vec<SocketAddr> =
        tokio::time::timeout(TIMEOUT, tokio::net::lookup_host((name, port)))
            .await
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
            .map_err(Failure::Name)?
            .collect();
    if addresses
        .iter()
        .any(|address| is_never_called(address.ip()))
    {
        return Err(Failure::Address);
    }
    let mut client = reqwest::Client::builder();
    if url.scheme() == "http" {
        // A client that looks for certificates cannot be made on a machine without any.
        client = client.tls_certs_only([]);
    }
    let client = client
        .redirect(reqwest::redirect::Policy::none())
        .resolve_to_addrs(host, &addresses)
        .no_proxy()
        .timeout(TIMEOUT)
        .user_agent(concat!("Ontopic/", env!("CARGO_PKG_VERSION")))
        .build()?;
    let (name, value) = WEBHOOK_HEADER;
    let response = client
        .post(url)
        .header(name, value)
        .header("content-type", "application/json")
        .body(with_key(&delivery.body, key))
        .send()
        .await?;
    if response.status().is_success() {
        Ok(())
    } else {
        Err(Failure::Status(response.status().as_u16()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::{Id, SiteId};

    #[test]
    fn waits_double_until_a_message_is_given_up() {
        let waits = |failure: Failure| -> Vec<Option<Milliseconds>> {
            (0..TRIES)
                .map(|attempts| {
                    let delivery = Delivery {
                        id: Id(1),
                        site: SiteId(1),
                        verdict: Id(2),
                        url: String::new(),
                        body: String::new(),
                        attempts,
                        due: 0,
                    };
                    (!gives_up(&failure, &delivery)).then(|| wait(&delivery))
                })
                .collect()
        };
        let status = waits(Failure::Status(500));
        assert_eq!(status[..3], [Some(20_000), Some(40_000), Some(80_000)]);
        assert_eq!(status[TRIES as usize - 1], None);
        let hours = status.iter().flatten().sum::<i64>() / 3_600_000;
        assert_eq!(hours, 11);
        assert_eq!(waits(Failure::Origin)[0], None);
    }

    #[tokio::test]
    async fn a_failure_does_not_tell_the_address_that_was_called() {
        // An error only says that a provider is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = closed.local_addr().unwrap();
        drop(closed);
        let client = reqwest::Client::builder().tls_certs_only([]).no_proxy();
        let call = client.build().unwrap();
        let call = call.post(format!("http://{address}/hook?token=secret"));
        let said = with_causes(&Failure::from(call.send().await.unwrap_err()));
        assert!(said.starts_with("the call failed: "), "{said}");
        assert!(!said.contains("secret"), "{said}");
    }
}
