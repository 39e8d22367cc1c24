//! Lines of the log.

use std::io::IsTerminal;

use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;

use crate::config::{Level, LogFormat};

/// Sends lines of the log to standard error from here on; a second call changes nothing.
pub fn init_log(format: LogFormat, level: Level) {
    let colours = std::io::stderr().is_terminal();
    let _ = tracing::subscriber::set_global_default(subscriber(
        format,
        level,
        colours,
        std::io::stderr,
    ));
}

/// Our own lines from `level` on. Other crates know nothing of what must not be written: they only
/// get to say what went wrong, for some write whole requests at lower levels.
fn subscriber<W>(
    format: LogFormat,
    level: Level,
    colours: bool,
    writer: W,
) -> Box<dyn Subscriber + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let level = match level {
        Level::Error => LevelFilter::ERROR,
        Level::Warn => LevelFilter::WARN,
        Level::Info => LevelFilter::INFO,
        Level::Debug => LevelFilter::DEBUG,
    };
    let targets = Targets::new()
        .with_target("ontopic", level)
        .with_default(level.min(LevelFilter::WARN));
    let registry = tracing_subscriber::registry().with(targets);
    let lines = tracing_subscriber::fmt::layer().with_writer(writer);
    match format {
        LogFormat::Text => Box::new(registry.with(lines.with_ansi(colours).with_target(false))),
        LogFormat::Json => Box::new(registry.with(lines.json().flatten_event(true))),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn written(format: LogFormat, level: Level) -> String {
        let page = Page::default();
        let writer = page.clone();
        let subscriber = subscriber(format, level, false, move || writer.clone());
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(target: "ontopic::api", status = 200, "answered");
            tracing::debug!(target: "ontopic::api", "looked at");
            tracing::debug!(target: "hyper::proto", "authorization: Bearer 123");
            tracing::info!(target: "reqwest", "a whole request");
            tracing::error!(target: "hyper::proto", "broken");
        });
        String::from_utf8(page.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn other_crates_only_say_what_went_wrong() {
        for level in [Level::Info, Level::Debug] {
            let text = written(LogFormat::Text, level);
            assert!(text.contains("answered") && text.contains("broken"));
            assert!(
                !text.contains("Bearer") && !text.contains("whole request"),
                "{text}"
            );
            assert_eq!(text.contains("looked at"), level == Level::Debug);
        }
        assert!(!written(LogFormat::Text, Level::Error).contains("answered"));
    }

    #[test]
    fn json_has_one_object_a_line() {
        let text = written(LogFormat::Json, Level::Info);
        let first: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        assert_eq!(first["message"], "answered");
        assert_eq!(first["status"], 200);
        assert_eq!(first["level"], "INFO");
    }
}
