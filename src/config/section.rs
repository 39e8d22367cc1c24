//! Sections and the table of all settings.

use std::sync::LazyLock;

use super::{Limits, Log, Metrics, Model, Server, Storage};

/// A setting, as flags, variables, files and documentation see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The section of the file.
    pub section: &'static str,
    /// The key within the section.
    pub name: &'static str,
    /// `section.name`.
    pub key: String,
    /// The flag without its dashes.
    pub flag: String,
    /// The variable of the environment.
    pub variable: String,
    /// What it does, as sentences on one line.
    pub doc: String,
    /// The default as a flag would give it; empty if there is none.
    pub default: &'static str,
    /// What a value has to be.
    pub expected: String,
    /// Whether a file has the value in quotes.
    pub quoted: bool,
    /// Whether the value must not be shown.
    pub secret: bool,
}

impl Setting {
    /// Puts the names together. `prefix` begins the flags of sections whose keys would not say what
    /// they are about by themselves, such as `log-` for `format`.
    pub(super) fn new<V>(
        section: &'static str,
        prefix: &'static str,
        name: &'static str,
        doc: &'static str,
        default: &'static str,
        format: &impl super::format::Format<Value = V>,
    ) -> Self {
        let flag = format!("{prefix}{}", name.replace('_', "-"));
        Self {
            section,
            name,
            key: format!("{section}.{name}"),
            variable: format!("ONTOPIC_{}", flag.replace('-', "_").to_ascii_uppercase()),
            flag,
            doc: doc.split_whitespace().collect::<Vec<_>>().join(" "),
            default,
            expected: format.expected(),
            quoted: format.quoted(),
            secret: format.secret(),
        }
    }
}

/// All settings, in the order of the file.
pub static SETTINGS: LazyLock<Vec<Setting>> = LazyLock::new(|| {
    [
        Server::settings(),
        Storage::settings(),
        Model::settings(),
        Limits::settings(),
        Log::settings(),
        Metrics::settings(),
    ]
    .concat()
});

/// Declares a section: its type, and its part of the table. Each setting has its documentation, its
/// default as a flag would give it, and the format of its values.
macro_rules! section {
    ($(#[doc = $about:literal])* $type:ident, $section:literal, $prefix:literal {
        $($(#[doc = $doc:literal])* $name:ident: $value:ty = $default:literal, $format:expr;)*
    }) => {
        $(#[doc = $about])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $type {
            $(
                $(#[doc = $doc])*
                #[doc = concat!(" Default: `", $default, "`.")]
                pub $name: $value,
            )*
        }

        impl $type {
            pub(super) fn settings() -> Vec<$crate::config::Setting> {
                vec![$($crate::config::Setting::new::<$value>(
                    $section,
                    $prefix,
                    stringify!($name),
                    concat!($($doc),*),
                    $default,
                    &$format,
                )),*]
            }

            /// `None` if a value does not fit, with the problem added.
            pub(super) fn read(
                texts: &$crate::config::Texts,
                problems: &mut Vec<$crate::config::Problem>,
            ) -> Option<Self> {
                $(let $name = texts.read(concat!($section, ".", stringify!($name)), &$format, problems);)*
                Some(Self { $($name: $name?),* })
            }
        }
    };
}
pub(super) use section;
