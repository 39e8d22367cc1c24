//! Takes flags, variables of the environment and the text of a file, and gives the checked settings
//! of the service.
//!
//! Invariants:
//! - a flag wins over a variable, a variable over the file, the file over the default;
//! - what is not known is refused, and all problems are found at once, each with its place;
//! - every setting stands in one table, from which flags, variables, documentation and the printed
//!   file follow;
//! - secrets are never printed.
//!
//! Not here: reading the environment and the file (see [`crate::cli`]); how comments are judged on a
//! site, which is a setting of that site.

mod format;
mod limits;
mod log;
mod metrics;
mod model;
mod page;
mod problem;
mod secret;
mod section;
mod server;
mod storage;
mod texts;

pub use limits::Limits;
pub use log::{Level, Log, LogFormat};
pub use metrics::Metrics;
pub use model::Model;
pub use page::{markdown, toml};
pub use problem::{Place, Problem};
pub use secret::Secret;
pub use section::{SETTINGS, Setting};
pub use server::Server;
pub use storage::{Personal, Storage};
pub use texts::{SettingsFile, Sources, Texts};

use section::section;

/// The settings of the service, one field per section.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Where and how it listens.
    pub server: Server,
    /// What is kept, where and for how long.
    pub storage: Storage,
    /// What it judges by.
    pub model: Model,
    /// What one caller may ask for.
    pub limits: Limits,
    /// What it writes down about itself.
    pub log: Log,
    /// What it counts.
    pub metrics: Metrics,
}

impl Config {
    /// Reads and checks all settings.
    ///
    /// # Errors
    /// Every problem that was found: unknown keys, values that do not fit, settings that do not go
    /// together.
    pub fn load(sources: &Sources<'_>) -> Result<Self, Vec<Problem>> {
        let (texts, mut problems) = Texts::gather(sources);
        let server = Server::read(&texts, &mut problems);
        let storage = Storage::read(&texts, &mut problems);
        let model = Model::read(&texts, &mut problems);
        let limits = Limits::read(&texts, &mut problems);
        let log = Log::read(&texts, &mut problems);
        let metrics = Metrics::read(&texts, &mut problems);
        if let Some(server) = &server {
            let (given, missing) = match (&server.tls_cert, &server.tls_key) {
                (Some(_), None) => ("server.tls_cert", Some("server.tls_key")),
                (None, Some(_)) => ("server.tls_key", Some("server.tls_cert")),
                (Some(_), Some(_)) | (None, None) => ("", None),
            };
            if let Some(missing) = missing {
                let place = texts.place(given);
                problems.push(Problem::Missing {
                    given,
                    missing,
                    place,
                });
            }
        }
        match (server, storage, model, limits, log, metrics) {
            (Some(server), Some(storage), Some(model), Some(limits), Some(log), Some(metrics))
                if problems.is_empty() =>
            {
                Ok(Self {
                    server,
                    storage,
                    model,
                    limits,
                    log,
                    metrics,
                })
            }
            _ => Err(problems),
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::load(&Sources::default()).expect("the defaults fit, which a test shows")
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn load(
        flags: &[(&str, &str)],
        variables: &[(&str, &str)],
        file: Option<&str>,
    ) -> Result<Config, Vec<String>> {
        let owned = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect()
        };
        let (flags, variables) = (owned(flags), owned(variables));
        Config::load(&Sources {
            flags: &flags,
            variables: &variables,
            file: file.map(|text| SettingsFile {
                name: "ontopic.toml",
                text,
            }),
        })
        .map_err(|problems| problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn the_defaults_are_what_the_documentation_says() {
        let config = Config::default();
        assert_eq!(config.server.listen, "127.0.0.1:8080".parse().unwrap());
        assert_eq!(config.storage.data_dir, Path::new("ontopic-data"));
        assert_eq!(config.storage.texts_days, 90);
        assert_eq!(config.storage.personal, Personal::Hashed);
        assert_eq!(config.model.file, None);
        assert_eq!(config.log.format, LogFormat::Text);
        assert!(config.metrics.enabled);
    }

    #[test]
    fn flag_then_variable_then_file_then_default() {
        let file = "[server]\nlisten = \"127.0.0.1:1\"\nworkers = 1\nheader_timeout_s = 1\n";
        let variables = [
            ("ONTOPIC_LISTEN", "127.0.0.1:2"),
            ("ONTOPIC_WORKERS", "2"),
            ("HOME", "ignored"),
        ];
        let config = load(&[("listen", "127.0.0.1:3")], &variables, Some(file)).unwrap();
        assert_eq!(config.server.listen.port(), 3);
        assert_eq!(config.server.workers, 2);
        assert_eq!(config.server.header_timeout_s, 1);
        assert_eq!(
            config.server.request_timeout_s,
            Config::default().server.request_timeout_s
        );
    }

    #[test]
    fn an_empty_value_unsets_what_the_file_sets() {
        let file = "[model]\nfile = \"a.safetensors\"\n";
        assert!(load(&[], &[], Some(file)).unwrap().model.file.is_some());
        let config = load(&[], &[("ONTOPIC_MODEL_FILE", "")], Some(file)).unwrap();
        assert_eq!(config.model.file, None);
    }

    #[test]
    fn all_problems_are_reported_at_once_with_their_places() {
        let file = "[server]\nlisten = 8080\nlisen = \"x\"\n\n[storage]\ntexts_days = \"90\"\n\n[sever]\na = 1\n";
        let problems = load(
            &[("workers", "many")],
            &[("ONTOPIC_LOG_LEVEL", "loud"), ("ONTOPIC_LISEN", "x")],
            Some(file),
        )
        .unwrap_err();
        let expected = [
            "variable ONTOPIC_LISEN: expected the name of a setting, found `ONTOPIC_LISEN`",
            "ontopic.toml:3: expected one of the keys of [server], found `lisen`",
            "ontopic.toml:8: expected one of the sections, found `sever`",
            "`server.listen` in ontopic.toml:2: expected an address with its port, such as \
             \"127.0.0.1:8080\", found `8080`",
            "`server.workers` in flag --workers: expected a whole number from 0 to 1024, found `many`",
            "`storage.texts_days` in ontopic.toml:6: expected a whole number from 0 to 36500, found \
             `\"90\"`",
            "`log.level` in variable ONTOPIC_LOG_LEVEL: expected \"error\", \"warn\", \"info\" or \
             \"debug\", found `loud`",
        ];
        assert_eq!(problems, expected);
    }

    #[test]
    fn a_file_that_is_no_toml_is_refused_with_the_line() {
        let problems = load(&[], &[], Some("[server]\nlisten = \n")).unwrap_err();
        assert!(
            problems[0].starts_with("ontopic.toml:2: "),
            "found {problems:?}"
        );
    }

    #[test]
    fn a_certificate_needs_its_key() {
        let problems = load(&[("tls-cert", "cert.pem")], &[], None).unwrap_err();
        assert_eq!(
            problems,
            [
                "`server.tls_cert` in flag --tls-cert: expected `server.tls_key` beside it, found none"
            ]
        );
        assert!(load(&[("tls-cert", "a"), ("tls-key", "b")], &[], None).is_ok());
    }

    #[test]
    fn names_that_a_cluster_adds_are_no_settings() {
        let variables = [
            ("ONTOPIC_SERVICE_HOST", "10.0.0.1"),
            ("ONTOPIC_PORT_8080_TCP", "tcp://10.0.0.1:8080"),
            ("ONTOPIC_PORT", "tcp://10.0.0.1:8080"),
            ("ONTOPIC_CONFIG", "elsewhere.toml"),
        ];
        assert_eq!(load(&[], &variables, None), Ok(Config::default()));
    }

    #[test]
    fn zero_is_no_limit() {
        let config = load(&[("requests-per-second", "0")], &[], None).unwrap();
        assert_eq!(config.limits.requests_per_second, None);
    }

    #[test]
    fn secrets_are_not_printed() {
        let flags = [(
            "metrics-token".to_owned(),
            "hunter2hunter2hunter2".to_owned(),
        )];
        let sources = Sources {
            flags: &flags,
            ..Sources::default()
        };
        let config = Config::load(&sources).unwrap();
        assert_eq!(
            config.metrics.token.as_ref().map(Secret::expose),
            Some("hunter2hunter2hunter2")
        );
        let printed = toml(&Texts::gather(&sources).0);
        assert!(!format!("{config:?}{printed}").contains("hunter2"));
        let short = load(&[("metrics-token", "hunter2")], &[], None).unwrap_err();
        assert!(!short[0].contains("hunter2"), "found {short:?}");
    }

    #[test]
    fn the_printed_file_reads_back_to_the_same_settings() {
        let flags = [
            ("data-dir".to_owned(), "with \"quotes\"".to_owned()),
            ("personal".to_owned(), "plain".to_owned()),
            ("burst".to_owned(), "7".to_owned()),
        ];
        let sources = Sources {
            flags: &flags,
            ..Sources::default()
        };
        let printed = toml(&Texts::gather(&sources).0);
        let again = load(&[], &[], Some(&printed)).unwrap();
        assert_eq!(again, Config::load(&sources).unwrap());
    }

    #[test]
    fn flags_are_unique_and_documented() {
        let mut flags: Vec<&str> = SETTINGS.iter().map(|setting| &*setting.flag).collect();
        flags.sort_unstable();
        let n_settings = flags.len();
        flags.dedup();
        assert_eq!(flags.len(), n_settings);
        assert!(SETTINGS.iter().all(|setting| !setting.doc.is_empty()));
    }
}
