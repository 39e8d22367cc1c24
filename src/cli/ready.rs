//! `ontopic ready`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;

use super::settings::Flags;
use super::table::printable;

/// Longest wait for an answer: a service that takes longer is not ready.
const WAIT: Duration = Duration::from_secs(4);

/// Bytes that are shown of an answer, which may be of another program.
const SHOWN: usize = 1_000;

/// Asks the service on this machine whether it is ready; the exit status is 0 if it is and 1 if not.
///
/// Takes the settings of `ontopic serve`, of which it uses the address.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ontopic ready
  ontopic ready --listen 127.0.0.1:8081")]
pub(super) struct Ready {
    #[command(flatten)]
    flags: Flags,
}

impl Ready {
    pub(super) fn run(&self) -> anyhow::Result<ExitCode> {
        let server = self.flags.load()?.server;
        let scheme = if server.tls_cert.is_some() {
            "https"
        } else {
            "http"
        };
        let url = format!("{scheme}://{}/readyz", reachable(server.listen));
        // A second call finds it installed, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .timeout(WAIT)
            .no_proxy()
            // The certificate is for the name of the service and not for an address of this
            // machine, and nothing secret is sent.
            .tls_danger_accept_invalid_certs(true)
            .build()
            .context("could not make a client")?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let outcome = runtime.block_on(async {
            let mut answer = client.get(&url).send().await?;
            let mut body = Vec::new();
            while body.len() < SHOWN
                && let Some(chunk) = answer.chunk().await?
            {
                body.extend_from_slice(&chunk);
            }
            body.truncate(SHOWN);
            Ok::<_, reqwest::Error>((answer.status(), body))
        });
        match outcome {
            Ok((status, _)) if status.is_success() => Ok(ExitCode::SUCCESS),
            Ok((status, body)) => {
                let body = printable(&String::from_utf8_lossy(&body));
                anstream::eprintln!("{url} answers {status}: {body}");
                Ok(ExitCode::from(1))
            }
            Err(error) => {
                anstream::eprintln!("{:#}", anyhow::Error::from(error));
                Ok(ExitCode::from(1))
            }
        }
    }
}

/// An address that connects to what listens at `listen`: a service that listens everywhere is asked
/// on the loopback.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let address = match listen.ip() {
        IpAddr::V4(address) if address.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(address) if address.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        address @ (IpAddr::V4(_) | IpAddr::V6(_)) => address,
    };
    SocketAddr::new(address, listen.port())
}
