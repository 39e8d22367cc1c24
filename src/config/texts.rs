//! Values as they were given, and where.

use std::ops::Range;
use std::path::PathBuf;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::format::Format;
use super::{Place, Problem, SETTINGS, Setting};

/// A file of settings.
#[derive(Debug, Clone, Copy)]
pub struct SettingsFile<'a> {
    /// Its name, as problems give it.
    pub name: &'a str,
    /// What it says.
    pub text: &'a str,
}

/// Where settings come from, the strongest first.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sources<'a> {
    /// Flags without their dashes, and their values.
    pub flags: &'a [(String, String)],
    /// Variables of the environment; those that do not begin with `ONTOPIC_` are passed over.
    pub variables: &'a [(String, String)],
    /// The file, if there is one.
    pub file: Option<SettingsFile<'a>>,
}

/// A value as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Given {
    /// The value as a flag would give it; `Err` for one that a flag cannot give: as it stands in
    /// the file.
    text: Result<String, String>,
    place: Place,
}

/// The value of every setting that is in force, not yet read, and where it comes from.
#[derive(Debug, Clone)]
pub struct Texts(Vec<Given>);

impl Texts {
    /// Gathers the values in force, and what stands in the sources and is no setting.
    pub fn gather(sources: &Sources<'_>) -> (Self, Vec<Problem>) {
        let defaults = SETTINGS.iter().map(|setting| Given {
            text: Ok(setting.default.to_owned()),
            place: Place::Default,
        });
        let mut texts = Self(defaults.collect());
        let mut problems = Vec::new();
        // Weakest first, so that the stronger replaces what stands there.
        let mut from_file = Vec::new();
        if let Some(file) = &sources.file {
            texts.take_file(file, &mut from_file);
        }
        for (name, value) in sources.variables {
            let place = Place::Variable(name.clone());
            if let Some(at) = SETTINGS
                .iter()
                .position(|setting| setting.variable == *name)
            {
                texts.0[at] = Given {
                    text: Ok(value.clone()),
                    place,
                };
            } else if name.starts_with("ONTOPIC_") && !is_of_others(name) {
                problems.push(Problem::Unknown {
                    place,
                    expected: "the name of a setting".to_owned(),
                    found: name.clone(),
                });
            }
        }
        for (flag, value) in sources.flags {
            let place = Place::Flag(flag.clone());
            if let Some(at) = SETTINGS.iter().position(|setting| setting.flag == *flag) {
                texts.0[at] = Given {
                    text: Ok(value.clone()),
                    place,
                };
            } else {
                problems.push(Problem::Unknown {
                    place,
                    expected: "the name of a setting".to_owned(),
                    found: flag.clone(),
                });
            }
        }
        problems.extend(from_file);
        (texts, problems)
    }

    fn take_file(&mut self, file: &SettingsFile<'_>, problems: &mut Vec<Problem>) {
        let place = |span: Range<usize>| Place::File {
            name: file.name.to_owned(),
            line: line_of(file.text, span.start),
        };
        let table = match DeTable::parse(file.text) {
            Ok(table) => table,
            Err(error) => {
                problems.push(Problem::Syntax {
                    place: place(error.span().unwrap_or(0..0)),
                    message: error.message().replace('\n', ", "),
                });
                return;
            }
        };
        for (section, entries) in table.get_ref() {
            let known = SETTINGS
                .iter()
                .any(|setting| setting.section == section.get_ref());
            let entries = match entries.get_ref() {
                DeValue::Table(entries) if known => entries,
                _ => {
                    problems.push(Problem::Unknown {
                        place: place(section.span()),
                        expected: "one of the sections".to_owned(),
                        found: section.get_ref().to_string(),
                    });
                    continue;
                }
            };
            for (name, value) in entries {
                let found = SETTINGS.iter().position(|setting| {
                    setting.section == section.get_ref() && setting.name == name.get_ref()
                });
                match found {
                    Some(at) => {
                        self.0[at] = Given {
                            text: text_of(&SETTINGS[at], value, file.text),
                            place: place(value.span()),
                        };
                    }
                    None => problems.push(Problem::Unknown {
                        place: place(name.span()),
                        expected: format!("one of the keys of [{}]", section.get_ref()),
                        found: name.get_ref().to_string(),
                    }),
                }
            }
        }
        // The table gives its keys in no order that a reader of the file would know.
        problems.sort_by_key(|problem| match problem {
            Problem::Unknown {
                place: Place::File { line, .. },
                ..
            } => *line,
            _ => 0,
        });
    }

    /// Where the value of a setting comes from.
    pub(super) fn place(&self, key: &str) -> Place {
        let at = SETTINGS.iter().position(|setting| setting.key == key);
        at.map_or(Place::Default, |at| self.0[at].place.clone())
    }

    /// The data folder, in which the file of settings is looked for if none was named.
    pub fn data_dir(&self) -> PathBuf {
        let folder = self
            .iter()
            .find(|(setting, ..)| setting.key == "storage.data_dir");
        folder.map_or_else(PathBuf::new, |(_, text, _)| PathBuf::from(text))
    }

    /// Reads the value of a setting of the table.
    pub(super) fn read<F: Format>(
        &self,
        key: &str,
        format: &F,
        problems: &mut Vec<Problem>,
    ) -> Option<F::Value> {
        let at = SETTINGS.iter().position(|setting| setting.key == key)?;
        let Given { text, place } = &self.0[at];
        let value = text.as_ref().ok().and_then(|text| format.read(text));
        if value.is_none() {
            let (Ok(found) | Err(found)) = text;
            problems.push(Problem::Value {
                key: key.to_owned(),
                place: place.clone(),
                expected: format.expected(),
                found: if format.secret() {
                    "(hidden)".to_owned()
                } else {
                    found.clone()
                },
            });
        }
        value
    }

    /// Every setting with its value as a flag would give it and where it comes from.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'static Setting, &str, &Place)> {
        SETTINGS.iter().zip(&self.0).map(|(setting, given)| {
            let (Ok(text) | Err(text)) = &given.text;
            (setting, text.as_str(), &given.place)
        })
    }
}

/// Variables that begin like ours and are none: the name of the file, and what a cluster adds to the
/// environment for a service of the name `ontopic` (Kubernetes, "Accessing the Service").
fn is_of_others(name: &str) -> bool {
    name == "ONTOPIC_CONFIG"
        || name == "ONTOPIC_PORT"
        || name.starts_with("ONTOPIC_PORT_")
        || name.starts_with("ONTOPIC_SERVICE_")
}

/// The value of a file as a flag would give it.
fn text_of(
    setting: &Setting,
    value: &Spanned<DeValue<'_>>,
    source: &str,
) -> Result<String, String> {
    match value.get_ref() {
        DeValue::String(text) if setting.quoted => Ok(text.to_string()),
        DeValue::Boolean(switch) if !setting.quoted => Ok(switch.to_string()),
        // TOML lets numbers have underscores between their digits.
        DeValue::Integer(number) if !setting.quoted && number.radix() == 10 => {
            Ok(number.as_str().replace('_', ""))
        }
        _ => Err(source.get(value.span()).unwrap_or_default().to_owned()),
    }
}

/// The line of a byte, from 1.
fn line_of(text: &str, at: usize) -> usize {
    let before = text.as_bytes().get(..at).unwrap_or(text.as_bytes());
    before.iter().filter(|&&byte| byte == b'\n').count() + 1
}
