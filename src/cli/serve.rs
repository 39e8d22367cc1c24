//! `ontopic serve`.

use std::fs;
use std::io::Write as _;
use std::net::{IpAddr, TcpListener};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use axum_server::Handle;
use axum_server::accept::DefaultAcceptor;
use axum_server::tls_rustls::RustlsAcceptor;
use clap::Args;
use hyper_util::rt::TokioTimer;

use super::certificate::Certificate;
use super::data_folder::DataFolder;
use super::files::DEFAULT;
use super::settings::Flags;
use crate::api::{ApiOptions, ApiState, Bounded, Patience, router};
use crate::config::{Config, Personal, Secret};
use crate::delivery::{correction, deliver};
use crate::moderation::{Moderator, Options};
use crate::registry::{Models, Refreshed};
use crate::storage::{KeyRole, SqliteOptions};
use crate::telemetry::{Metrics, init_log};

/// How often the active model is looked up.
const MODEL_EVERY: Duration = Duration::from_secs(1);

/// How often counts are brought up to date.
const COUNTS_EVERY: Duration = Duration::from_secs(5);

/// How often old texts are removed.
const PRUNE_EVERY: Duration = Duration::from_secs(600);

/// Texts that are removed in one write.
const PRUNED: u32 = 1000;

/// How long requests in flight may take after the signal to stop.
const STOPPING: Duration = Duration::from_secs(30);

/// How long requests may take then that have lost their connections: to be stored.
const ENDING: Duration = Duration::from_secs(5);

const DAY: i64 = 24 * HOUR;
const HOUR: i64 = 3_600_000;

/// Serves the moderation endpoint.
///
/// The first start makes the data folder and prints an admin token and the key of a first site, once.
/// A start without any admin token prints a new one.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ontopic serve
  ontopic serve --data-dir /var/lib/ontopic --listen 127.0.0.1:9000
  ONTOPIC_LOG_FORMAT=json ontopic serve --config /etc/ontopic.toml")]
pub(super) struct Serve {
    #[command(flatten)]
    settings: Flags,
}

impl Serve {
    pub(super) fn run(&self) -> anyhow::Result<ExitCode> {
        let config = self.settings.load()?;
        init_log(config.log.format, config.log.level);
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        if config.server.workers > 0 {
            runtime.worker_threads(config.server.workers);
        }
        runtime.enable_all().build()?.block_on(serve(config))?;
        Ok(ExitCode::SUCCESS)
    }
}

async fn serve(config: Config) -> anyhow::Result<()> {
    #[cfg(unix)]
    outlive_full_files().context("could not handle SIGXFSZ")?;
    let folder = DataFolder::open_or_make(&config.storage.data_dir)?;
    let _lock = folder.lock()?;
    let secret = folder.secret()?;
    let store = folder.store(SqliteOptions {
        waiting_writes: config.storage.writes_waiting,
        ..SqliteOptions::default()
    })?;
    let models = Arc::new(match &config.model.file {
        None => Models::open(&folder.models(), DEFAULT)?,
        Some(file) => {
            let bytes = fs::read(file)
                .with_context(|| format!("could not read the model `{}`", file.display()))?;
            Models::fixed(&folder.models(), file, Vec::leak(bytes))?
        }
    });
    // An error only says that a provider is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let metrics = Arc::new(Metrics::new());
    let options = Options {
        clock: now,
        keeps_addresses: config.storage.personal == Personal::Plain,
        correction,
    };
    let moderator = Moderator::new(Arc::new(store), Arc::clone(&models), secret, options)
        .await
        .context("could not read the database")?;
    let moderator = Arc::new(moderator);
    let listener = TcpListener::bind(config.server.listen)
        .with_context(|| format!("could not listen on {}", config.server.listen))?;
    listener.set_nonblocking(true)?;
    let signals = Signals::listen()?;
    greet(&config, &listener, &moderator).await?;
    for exposed in exposed(&config, listener.local_addr()?.ip()) {
        tracing::warn!("{exposed}");
    }

    tell_model(&metrics, &models);
    tokio::spawn(watch_models(Arc::clone(&models), Arc::clone(&metrics)));
    tokio::spawn(prune(Arc::clone(&moderator), config.clone()));
    tokio::spawn(deliver(Arc::clone(&moderator), Arc::clone(&metrics)));
    let state = ApiState::new(
        Arc::clone(&moderator),
        Arc::clone(&metrics),
        ApiOptions {
            max_in_flight: config.server.max_in_flight,
            requests_per_second: config.limits.requests_per_second,
            burst: config.limits.burst,
            failed_keys_per_minute: config.limits.failed_keys_per_minute,
            body_limit: config.server.body_limit_bytes,
            batch_limit: config.server.batch_limit_bytes,
            timeout: Duration::from_secs(config.server.request_timeout_s),
            keyless_timeout: Duration::from_secs(config.server.header_timeout_s),
            docs: config.server.public_docs,
            metrics: config.metrics.enabled,
            metrics_token: config
                .metrics
                .token
                .as_ref()
                .map(Secret::expose)
                .map(str::to_owned),
        },
    );
    tokio::spawn(count(state.clone()));
    let handle = Handle::new();
    tokio::spawn(stop_on_signal(signals, handle.clone()));
    listen(&config, listener, handle, state.clone()).await?;
    let finished = tokio::time::timeout(ENDING, state.finished());
    if finished.await.is_err() {
        tracing::warn!("some requests were not worked on to their end");
    }
    moderator.store.close().await;
    tracing::info!("stopped");
    Ok(())
}

fn now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_millis() as i64)
}

/// Prints where the service is, and the keys that it makes because there are none: both at the first
/// start, and later an admin token where its owner has removed a lost one.
async fn greet(
    config: &Config,
    listener: &TcpListener,
    moderator: &Moderator,
) -> anyhow::Result<()> {
    let address = listener.local_addr()?;
    let scheme = if config.server.tls_cert.is_some() {
        "https"
    } else {
        "http"
    };
    let mut out = std::io::stdout().lock();
    writeln!(out, "address      {scheme}://{address}")?;
    if config.server.public_docs {
        writeln!(out, "docs         {scheme}://{address}/docs")?;
    }
    writeln!(out, "data         {}", config.storage.data_dir.display())?;
    drop(out);
    let directory = moderator.directory();
    let is_first = directory.sites().is_empty();
    let mut made = String::new();
    if is_first || directory.keys(None).is_empty() {
        let (_, token) = moderator
            .add_key(None, KeyRole::Admin, None)
            .await
            .context("could not store the admin token")?;
        made += &format!("admin token  {token}\n");
    }
    if is_first {
        let (_, key) = moderator
            .add_site("my blog", "{}".to_owned())
            .await
            .context("could not store the first site")?;
        made += &format!("site key     {key}\n");
    }
    let mut out = std::io::stdout().lock();
    if !made.is_empty() {
        write!(out, "\nWhat follows is shown this once; keep it:\n{made}")?;
    }
    out.flush()?;
    Ok(())
}

/// What others can read who reach an address that is not this machine's own.
fn exposed(config: &Config, address: IpAddr) -> Vec<&'static str> {
    let mut exposed = Vec::new();
    if address.to_canonical().is_loopback() {
        return exposed;
    }
    if config.server.tls_cert.is_none() {
        exposed.push(
            "keys and comments can be read on their way from other machines: expected \
             `server.tls_cert` and `server.tls_key`, or a reverse proxy in front of a loopback address",
        );
    }
    if config.metrics.enabled && config.metrics.token.is_none() {
        exposed.push("`/metrics` is open to other machines: expected `metrics.token`");
    }
    exposed
}

async fn listen(
    config: &Config,
    listener: TcpListener,
    handle: Handle<std::net::SocketAddr>,
    state: ApiState,
) -> anyhow::Result<()> {
    let app = router(state).into_make_service_with_connect_info::<std::net::SocketAddr>();
    let most = config.server.max_connections;
    let patience = Patience {
        head: Duration::from_secs(config.server.header_timeout_s),
        request: Duration::from_secs(config.server.request_timeout_s),
    };
    let bounded = Bounded::new(DefaultAcceptor::new(), most, patience);
    macro_rules! run {
        ($acceptor:expr) => {{
            let mut server = axum_server::from_tcp(listener)?
                .handle(handle)
                .acceptor($acceptor);
            server
                .http_builder()
                .http1()
                .timer(TokioTimer::new())
                .header_read_timeout(patience.head)
                .max_buf_size(64 << 10);
            server
                .http_builder()
                .http2()
                .timer(TokioTimer::new())
                .max_header_list_size(32 << 10)
                .max_concurrent_streams(128);
            server.serve(app).await?;
        }};
    }
    match (&config.server.tls_cert, &config.server.tls_key) {
        (Some(cert), Some(key)) => {
            let (tls, certificate) = Certificate::open(cert, key).await?;
            tokio::spawn(certificate.watch(tls.clone()));
            run!(RustlsAcceptor::new(tls).acceptor(bounded));
        }
        _ => run!(bounded),
    }
    Ok(())
}

/// SIGTERM and SIGINT. Listened to before the first line is printed: who has read that line may
/// already ask to stop.
#[cfg(unix)]
struct Signals(tokio::signal::unix::Signal, tokio::signal::unix::Signal);

#[cfg(unix)]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let terminate = signal(SignalKind::terminate())?;
        Ok(Self(terminate, signal(SignalKind::interrupt())?))
    }

    async fn wait(&mut self) {
        tokio::select! {
            _ = self.0.recv() => {}
            _ = self.1.recv() => {}
        }
    }
}

/// Ctrl-C.
#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn wait(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Lets a write fail that would make a file larger than it may become (`ulimit -f`, `LimitFSIZE=`): the
/// signal, SIGXFSZ on Linux, the BSDs and macOS, would end the program without a word.
#[cfg(unix)]
fn outlive_full_files() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    // The handler stays when nobody listens any longer.
    signal(SignalKind::from_raw(25)).map(drop)
}

/// Lets what is in flight finish after a signal to stop.
async fn stop_on_signal(mut signals: Signals, handle: Handle<std::net::SocketAddr>) {
    signals.wait().await;
    tracing::info!("finishing what is in flight");
    handle.graceful_shutdown(Some(STOPPING));
}

fn tell_model(metrics: &Metrics, models: &Models) {
    let model = models.active();
    metrics.set_model(&model.id, Some(model.classifier.reference));
    tracing::info!(model = model.id, "this model judges");
}

/// Looks which model is to be active. A request goes on with the model that it began with.
async fn watch_models(models: Arc<Models>, metrics: Arc<Metrics>) {
    let mut trouble = String::new();
    loop {
        tokio::time::sleep(MODEL_EVERY).await;
        let refreshed = tokio::task::spawn_blocking({
            let models = Arc::clone(&models);
            move || models.refresh()
        });
        match refreshed.await {
            Ok(Ok(Refreshed::Changed)) => tell_model(&metrics, &models),
            Ok(Ok(Refreshed::Same)) => trouble.clear(),
            Ok(Ok(Refreshed::Ignored)) => {
                tracing::warn!("another model was activated; that of `model.file` goes on judging");
            }
            Ok(Err(error)) => {
                let error = format!("{:#}", anyhow::Error::from(error));
                tell_trouble(&mut trouble, error);
            }
            // The hook of panics has said what it was.
            Err(error) if error.is_panic() => {
                tell_trouble(&mut trouble, "looking for another one panicked".to_owned());
            }
            // The runtime ends.
            Err(_) => return,
        }
    }
}

/// Says why no other model judges, once for as long as it is the same.
fn tell_trouble(trouble: &mut String, error: String) {
    if *trouble != error {
        tracing::error!(error, "the model before goes on judging");
        *trouble = error;
    }
}

/// Removes texts and answers that are older than they are kept.
async fn prune(moderator: Arc<Moderator>, config: Config) {
    loop {
        let now = now();
        let texts = now - i64::from(config.storage.texts_days) * DAY;
        let answers = now - i64::from(config.storage.answers_hours) * HOUR;
        match moderator.prune(texts, answers, PRUNED).await {
            // There is more: on with it, after the others had a turn.
            Ok(removed) if removed >= u64::from(PRUNED) => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Ok(_) => tokio::time::sleep(PRUNE_EVERY).await,
            Err(error) => {
                tracing::warn!(%error, "old texts could not be removed");
                tokio::time::sleep(PRUNE_EVERY).await;
            }
        }
    }
}

/// Brings counts up to date.
async fn count(state: ApiState) {
    loop {
        tokio::time::sleep(COUNTS_EVERY).await;
        state.count().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_can_read_is_told_unless_nobody_else_reaches_it() {
        let mut config = Config::default();
        let n_exposed = |config: &Config, address: &str| {
            let address = address.parse().unwrap();
            exposed(config, address).len()
        };
        for (address, expected) in [
            ("127.0.0.1", 0),
            ("::1", 0),
            ("::ffff:127.0.0.1", 0),
            ("0.0.0.0", 2),
            ("::", 2),
            ("192.0.2.1", 2),
        ] {
            assert_eq!(n_exposed(&config, address), expected, "{address}");
        }
        config.metrics.enabled = false;
        assert_eq!(n_exposed(&config, "0.0.0.0"), 1);
        config.server.tls_cert = Some("chain.pem".into());
        assert_eq!(n_exposed(&config, "0.0.0.0"), 0);
    }
}
