//! The certificate that `ontopic serve` shows, and its renewal.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use axum_server::tls_rustls::RustlsConfig;

/// How often the files are read. Both are small, and their times would not tell every renewal: some
/// keep those of the files that they copy.
const EVERY: Duration = Duration::from_secs(1);

/// Certificate chain and key, in PEM.
type Pair = (Vec<u8>, Vec<u8>);

/// The files of a certificate and its key.
#[derive(Debug)]
pub(super) struct Certificate {
    cert: PathBuf,
    key: PathBuf,
    /// What was found at the last look.
    found: Result<Pair, String>,
}

impl Certificate {
    /// Reads the files for the first time. Gives what serves them, too.
    pub(super) async fn open(cert: &Path, key: &Path) -> anyhow::Result<(RustlsConfig, Self)> {
        let what = || {
            let (cert, key) = (cert.display(), key.display());
            format!("could not read the certificate `{cert}` and its key `{key}`")
        };
        let (chain, private) = read(cert, key).await.with_context(what)?;
        let tls = RustlsConfig::from_pem(chain.clone(), private.clone());
        let tls = tls.await.with_context(what)?;
        let certificate = Self {
            cert: cert.to_owned(),
            key: key.to_owned(),
            found: Ok((chain, private)),
        };
        Ok((tls, certificate))
    }

    /// Serves what the files hold whenever that changes. A connection goes on with the certificate that
    /// it began with. The one before stays where the two do not belong together, as between the
    /// writing of the one and the other.
    pub(super) async fn watch(mut self, tls: RustlsConfig) {
        loop {
            tokio::time::sleep(EVERY).await;
            let found = read(&self.cert, &self.key).await;
            let found = found.map_err(|error| error.to_string());
            if found == self.found {
                continue;
            }
            self.found = found.clone();
            let served = match found {
                Ok((chain, private)) => {
                    let served = tls.reload_from_pem(chain, private).await;
                    served.map_err(|error| error.to_string())
                }
                Err(error) => Err(error),
            };
            match served {
                Ok(()) => tracing::info!("the certificate was renewed"),
                Err(error) => {
                    let (cert, key) = (self.cert.display(), self.key.display());
                    tracing::error!(%cert, %key, error, "the certificate before goes on being served");
                }
            }
        }
    }
}

async fn read(cert: &Path, key: &Path) -> std::io::Result<Pair> {
    Ok((tokio::fs::read(cert).await?, tokio::fs::read(key).await?))
}
