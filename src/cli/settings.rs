//! Settings of the service from flags, the environment and a file; and `ontopic settings`.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use crate::config::{Config, Problem, SETTINGS, SettingsFile, Sources, Texts, markdown, toml};

/// Where the file is looked for in the data folder.
const FILE: &str = "ontopic.toml";

/// Shows the settings of `ontopic serve` that are in force, as a file with comments.
///
/// What is at its default stands in a comment. The output is a file of settings by itself.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ontopic settings > ontopic-data/ontopic.toml
  ontopic settings --config ontopic.toml --listen [::1]:8081")]
pub(super) struct Settings {
    #[command(flatten)]
    flags: Flags,
    /// The documentation of all settings as a Markdown page.
    #[arg(long)]
    markdown: bool,
}

impl Settings {
    pub(super) fn run(&self) -> anyhow::Result<ExitCode> {
        let page = if self.markdown {
            markdown()
        } else {
            self.flags.load()?;
            self.flags
                .with_sources(|sources| toml(&Texts::gather(sources).0))?
        };
        std::io::stdout().lock().write_all(page.as_bytes())?;
        Ok(ExitCode::SUCCESS)
    }
}

/// A flag for every setting, and `--config`.
#[derive(Debug, Clone, Default)]
pub(super) struct Flags {
    config: Option<PathBuf>,
    given: Vec<(String, String)>,
}

impl Flags {
    /// The settings in force.
    pub(super) fn load(&self) -> anyhow::Result<Config> {
        match self.with_sources(Config::load)? {
            Ok(config) => Ok(config),
            Err(problems) => bail!("{}", list(&problems)),
        }
    }

    fn with_sources<T>(&self, read: impl FnOnce(&Sources<'_>) -> T) -> anyhow::Result<T> {
        let variables: Vec<(String, String)> = std::env::vars_os()
            .filter_map(|(name, value)| {
                let name = name.into_string().ok()?;
                let ours = name.starts_with("ONTOPIC_");
                ours.then(|| (name, value.to_string_lossy().into_owned()))
            })
            .collect();
        let without_file = Sources {
            flags: &self.given,
            variables: &variables,
            file: None,
        };
        let named = self.config.clone().or_else(|| {
            let (_, value) = variables
                .iter()
                .find(|(name, _)| name == "ONTOPIC_CONFIG")?;
            (!value.is_empty()).then(|| PathBuf::from(value))
        });
        let (path, text) = match named {
            Some(path) => {
                let text = read_text(&path)
                    .with_context(|| format!("could not read `{}`", path.display()))?;
                (path, Some(text))
            }
            None => {
                let path = Texts::gather(&without_file).0.data_dir().join(FILE);
                match read_text(&path) {
                    Ok(text) => (path, Some(text)),
                    Err(error) if error.kind() == ErrorKind::NotFound => (path, None),
                    Err(error) => {
                        let context = format!("could not read `{}`", path.display());
                        return Err(error).context(context);
                    }
                }
            }
        };
        let name = path.display().to_string();
        let file = text
            .as_deref()
            .map(|text| SettingsFile { name: &name, text });
        Ok(read(&Sources {
            file,
            ..without_file
        }))
    }
}

fn read_text(path: &Path) -> std::io::Result<String> {
    fs::read_to_string(path)
}

fn list(problems: &[Problem]) -> String {
    let n_problems = super::table::counted(problems.len(), "problem");
    let mut text = format!("{n_problems} with the settings");
    for problem in problems {
        text.push_str("\n  ");
        text.push_str(&problem.to_string());
    }
    text + "\n\nhint: `ontopic settings --markdown` documents them"
}

impl Args for Flags {
    fn augment_args(command: Command) -> Command {
        let config = Arg::new("config")
            .long("config")
            .value_name("FILE")
            .value_parser(clap::value_parser!(PathBuf))
            .help("File of settings; `ontopic.toml` in the data folder if left out");
        let flags = SETTINGS.iter().map(|setting| {
            let name = if setting.quoted { "TEXT" } else { "VALUE" };
            let default = if setting.default.is_empty() {
                String::new()
            } else {
                format!(" [default: {}]", setting.default)
            };
            Arg::new(setting.flag.as_str())
                .long(setting.flag.as_str())
                .value_name(name)
                .help(format!("{}{default}", setting.doc.trim_end_matches('.')))
        });
        command.arg(config).args(flags)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut flags = Self::default();
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.config = matches.get_one::<PathBuf>("config").cloned();
        self.given = SETTINGS
            .iter()
            .filter_map(|setting| {
                let value = matches.get_one::<String>(&setting.flag)?;
                Some((setting.flag.clone(), value.clone()))
            })
            .collect();
        Ok(())
    }
}
