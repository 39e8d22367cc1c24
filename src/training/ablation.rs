//! Groups of signals that are left out one at a time, to see what each is worth.

use crate::signals::CATALOGUE;

/// A group by its title and the beginnings of the names of its signals. A signal belongs to the first
/// group that fits.
const GROUPS: [(&str, &[&str]); 12] = [
    ("relevance", &["relevance"]),
    (
        "thread",
        &[
            "title_overlap",
            "body_overlap",
            "tags_overlap",
            "earlier_overlap",
            "parent_overlap",
            "shared_subject",
            "familiar_words",
            "foreign_words",
            "quotes_",
            "echo",
            "thread_duplicate",
            "returning_name",
            "name_in_post",
        ],
    ),
    (
        "words",
        &[
            "body_vocabulary",
            "invented_vocabulary",
            "body_spelling",
            "name_vocabulary",
            "homepage_vocabulary",
        ],
    ),
    (
        "meaning",
        &["body_meaning", "name_meaning", "homepage_meaning"],
    ),
    (
        "phrases",
        &["template_phrases", "phrase_odds", "common_phrases"],
    ),
    ("name", &["name_"]),
    ("homepage", &["homepage_"]),
    ("e-mail", &["email_"]),
    ("pingbacks", &["page_", "notification"]),
    ("links", &["link"]),
    (
        "who speaks",
        &["addresses_", "post_author", "first_person", "role"],
    ),
    (
        "form",
        &[
            "length",
            "line_breaks",
            "letter_case",
            "repetition",
            "rhyme",
            "compressibility",
            "coherence",
            "exclamations",
            "questions",
            "ending",
            "ellipsis",
            "site_address",
            "smileys",
            "honeypot",
            "haste",
            "mixed_scripts",
            "hidden_characters",
            "styled_letters",
            "spaced_letters",
            "foreign_",
        ],
    ),
];

/// The groups: titles, and the names of the signals in each.
pub fn groups() -> Vec<(&'static str, Vec<String>)> {
    let mut groups: Vec<(&'static str, Vec<String>)> = GROUPS
        .iter()
        .map(|&(title, _)| (title, Vec::new()))
        .collect();
    for signal in CATALOGUE {
        let belongs = |(_, starts): &(&str, &[&str])| {
            starts.iter().any(|start| signal.name.starts_with(start))
        };
        if let Some(group) = GROUPS.iter().position(belongs) {
            groups[group].1.push(signal.name.to_owned());
        }
    }
    groups.retain(|(_, signals)| !signals.is_empty());
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_signal_is_in_one_group() {
        let mut names: Vec<String> = groups().into_iter().flat_map(|(_, names)| names).collect();
        let mut all: Vec<String> = CATALOGUE.map(|signal| signal.name.to_owned()).to_vec();
        names.sort();
        all.sort();
        assert_eq!(names, all);
    }
}
