//! Takes messages that storage holds for blogs and delivers them: late corrections of verdicts.
//!
//! Invariants:
//! - calls go only to an origin that the site's settings name at that moment;
//! - the address is looked up once and the connection goes there: a name that changes its mind
//!   between the check and the call changes nothing;
//! - redirects are not followed, answers are read only as far as their status;
//! - a message stays in storage until it was delivered or given up, or until another decision on the
//!   same verdict: messages go out one after the other, so that the last one says what stands.
//!
//! Not here: what the message says (see [`crate::akismet`]).

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use crate::akismet::{WEBHOOK_HEADER, with_key};
use crate::moderation::{Moderator, origin_of};
use crate::storage::{Delivery, Milliseconds};

/// How long a call may take.
const TIMEOUT: Duration = Duration::from_secs(5);

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
    #[error("the key of the site has not been seen since the start")]
    Key,
    #[error("the name cannot be looked up")]
    Name(#[source] std::io::Error),
    #[error("the call failed")]
    Call(#[from] reqwest::Error),
    #[error("the blog answered {0}")]
    Status(u16),
}

/// Delivers what is due, for as long as the service runs.
pub async fn deliver(moderator: Arc<Moderator>) {
    loop {
        // Asked for one by one: while a blog keeps us waiting, a decision may outdate what follows.
        let due = moderator.store.due_deliveries(moderator.now(), &[], 1).await;
        let is_settled = match due.unwrap_or_default().first() {
            Some(delivery) => attempt(&moderator, delivery).await,
            None => false,
        };
        if !is_settled {
            // A ring that comes while nobody waits is kept.
            let _ = tokio::time::timeout(EVERY, moderator.deliveries.notified()).await;
        }
    }
}

/// Tries to deliver a message. Gives whether storage knows what came of it.
async fn attempt(moderator: &Moderator, delivery: &Delivery) -> bool {
    let failure = send(moderator, delivery).await.err();
    let again = failure
        .as_ref()
        .and_then(|failure| again(failure, delivery));
    if let Some(failure) = &failure {
        let host = Url::parse(&delivery.url).ok();
        let host = host.as_ref().and_then(Url::host_str).unwrap_or_default();
        tracing::warn!(
            site = delivery.site.0,
            host,
            gives_up = again.is_none(),
            "a correction was not delivered: {failure}"
        );
    }
    let again = again.map(|wait| moderator.now() + wait);
    let settled = moderator.store.settle_delivery(delivery.id, again).await;
    if let Err(error) = &settled {
        tracing::error!(%error, "a delivery could not be settled");
    }
    settled.is_ok()
}

/// How long to wait before the next try; `None` to give up.
fn again(failure: &Failure, delivery: &Delivery) -> Option<Milliseconds> {
    let is_last = delivery.attempts + 1 >= TRIES;
    match failure {
        Failure::Origin => None,
        _ if is_last => None,
        _ => Some(FIRST_WAIT << delivery.attempts),
    }
}

async fn send(moderator: &Moderator, delivery: &Delivery) -> Result<(), Failure> {
    let site = moderator.directory().site(delivery.site);
    let url = Url::parse(&delivery.url).map_err(|_| Failure::Origin)?;
    let origin = origin_of(&delivery.url).ok_or(Failure::Origin)?;
    let is_registered =
        site.is_some_and(|site| site.settings.akismet.callback_origins.contains(&origin));
    if !is_registered {
        return Err(Failure::Origin);
    }
    let key = moderator.key_seen(delivery.site).ok_or(Failure::Key)?;
    let (host, port) = match (url.host_str(), url.port_or_known_default()) {
        (Some(host), Some(port)) => (host, port),
        _ => return Err(Failure::Origin),
    };
    let name = host.trim_start_matches('[').trim_end_matches(']');
    let addresses: Vec<SocketAddr> = tokio::net::lookup_host((name, port))
        .await
        .map_err(Failure::Name)?
        .collect();
    let client = reqwest::Client::builder()
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
        .body(with_key(&delivery.body, &key))
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
                    again(&failure, &delivery)
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
}
