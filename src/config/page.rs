//! Settings as a file with comments, and as a page.

use std::fmt::Write as _;

use super::{Place, SETTINGS, Setting, Texts};

/// The settings in force as a file that gives the same settings, with what they do as comments. A
/// setting at its default is a comment too; a secret is left out.
pub fn toml(texts: &Texts) -> String {
    let mut out = String::new();
    let mut section = "";
    for (setting, text, place) in texts.iter() {
        if setting.section != section {
            let space = if section.is_empty() { "" } else { "\n" };
            section = setting.section;
            let _ = writeln!(out, "{space}[{section}]");
        }
        let _ = writeln!(out, "# {} ({})", setting.doc, setting.expected);
        let mark = match place {
            Place::Default => "# ",
            Place::Flag(_) | Place::Variable(_) | Place::File { .. } => "",
        };
        if setting.secret && !text.is_empty() {
            let _ = writeln!(out, "# {} = (hidden), from {place}", setting.name);
        } else {
            let _ = writeln!(out, "{mark}{} = {}", setting.name, literal(setting, text));
        }
    }
    out
}

/// All settings as a page of Markdown.
pub fn markdown() -> String {
    let mut out = String::from(
        "# Settings\n\n\
         Written by `ontopic settings --markdown`.\n\n\
         A flag wins over a variable of the environment, a variable over the file, the file over \
         the default.\n\
         The file is the one that `--config` or `ONTOPIC_CONFIG` names, otherwise `ontopic.toml` in \
         the data folder, if there is one.\n\
         An empty value is the same as none where a setting may be left out.\n\
         A name that no setting has is refused, and all problems are reported at once.\n\n\
         ```sh\n\
         ontopic settings                     # what is in force, as a file with comments\n\
         ontopic settings --listen [::1]:8081 # the same with a flag of `ontopic serve`\n\
         ```\n",
    );
    let mut section = "";
    for setting in SETTINGS.iter() {
        if setting.section != section {
            section = setting.section;
            let _ = writeln!(out, "\n## [{section}]");
        }
        let default = if setting.default.is_empty() {
            "none".to_owned()
        } else {
            format!("`{}`", literal(setting, setting.default))
        };
        let _ = writeln!(
            out,
            "\n### {}\n\n{}\n\n- value: {}\n- default: {default}\n- flag: `--{}`\n- variable: `{}`",
            setting.name,
            setting.doc.replace(". ", ".\n"),
            setting.expected,
            setting.flag,
            setting.variable,
        );
    }
    out
}

/// A value as it stands in a file.
fn literal(setting: &Setting, text: &str) -> String {
    if setting.quoted {
        toml::Value::String(text.to_owned()).to_string()
    } else {
        text.to_owned()
    }
}
