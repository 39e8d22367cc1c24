use std::sync::LazyLock;

use super::word_set::WordSet;
use super::{Evidence, Scene, introduction, name_trade, name_words, signal};
use crate::analysis::Name;

signal! {
    /// ## What it detects
    /// How many words of the author's name say who somebody is instead of what is on offer: somebody's
    /// aunt, a lurker, retired, confused; or in which somebody is speaking: `still`, `not`, `maybe`. An
    /// aside in parentheses counts like a word, and so does a name that stands before what somebody
    /// is, as in `Rick, plumber`, `Colin the locksmith` or `Ines from the bank`, unless a trade
    /// (`name_trade`) stands before either, or partners or the form of a firm behind a comma
    /// (`Brook, Lowe & Finch`, `Brook, LLC`). None count beside three trades, one more for every such
    /// word but the first, nor does a partner in a firm (`Keller & Daughter`). Where one counts, the
    /// name is no search phrase, and `name_trade`, `name_words`, `name_length`, `name_case` and
    /// `name_small_words`, which tell search phrases, are unknown. Unknown without a name.
    ///
    /// ## Why it matters
    /// Readers who keep their name to themselves sign with a description, in small letters and as many
    /// words as it takes, as search phrases are written. Nobody who sells calls himself a bore, nobody
    /// searches for parentheses, and a firm has its trade in its name where a plumber puts it behind.
    ///
    /// ## Example
    /// `grumpy uncle from Hull` → 2, `Rick, plumber` → 1, `best running shoes` → 0.
    ///
    /// ## When it is wrong
    /// Spam that signs with a self-description, or as a person with a trade (`Dana Cole, realtor`),
    /// which costs it the keyword. Languages that the list does not have, and trades by themselves:
    /// `plumber` may be either, so trades are not in it.
    ///
    /// ## References
    /// None; the list was written for this program.
    "name_self", Falling
}

/// One word a line, sorted by bytes. English, German, French, Spanish, Portuguese, Italian, Dutch. What is also a
/// given name, a surname or a ware is left out.
const WORDS: &str = include_str!("name_self.txt");

static SET: LazyLock<WordSet> = LazyLock::new(|| WordSet::of(WORDS.lines()));

fn observe(scene: &Scene<'_>) -> f32 {
    let name = scene.person().value();
    name.map_or(f32::NAN, |name| n_self(name) as f32)
}

/// Trades by which a name outnumbers the words that say who somebody is when it is that of a firm
/// after all: a roofer may have retired to a county, and a neighbour may run a drain service there.
const TOO_MANY_TRADES: usize = 2;

/// What says who somebody is: words, an aside, an introduction.
fn n_self(name: &Name) -> usize {
    let words = self_words(name).count();
    let found = words
        + usize::from(introduction::has_aside(name))
        + usize::from(introduction::is_introduced(name));
    // Firms write commas as well: only words outweigh further trades.
    let is_firm = name_trade::n_trades(name) >= words.max(1) + TOO_MANY_TRADES;
    if is_firm { 0 } else { found }
}

/// The words that say who somebody is, lower-cased. A daughter who has a share in a firm does not.
fn self_words(name: &Name) -> impl Iterator<Item = &str> {
    name_words::listed(name, &SET)
        .filter(|&word| name_trade::partners(name).all(|partner| partner != word))
}

/// Whether the name says who somebody is.
pub(super) fn says_who(name: &Name) -> bool {
    n_self(name) > 0
}

/// The name of the person, unless it says who somebody is: what is left may be a search phrase, and
/// its shape tells.
pub(super) fn possible_keyword<'a>(scene: &Scene<'a>) -> Option<&'a Name> {
    let name = scene.person().value()?;
    (!says_who(name)).then_some(name)
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let quoted = name_words::quoted(scene).unwrap_or_default();
    if value == 0.0 {
        return Evidence::new(format!("the name {quoted} does not say who somebody is"));
    }
    let name = scene.person().value();
    let found = name.and_then(|name| self_words(name).next());
    Evidence::new(match found {
        Some(word) => format!("the name {quoted} says who somebody is (`{word}`)"),
        None if name.is_some_and(introduction::has_aside) => {
            format!("the name {quoted} says who somebody is, as an aside")
        }
        None => format!("the name {quoted} says who somebody is, by how it is put"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comment::Post;
    use crate::signals::shared_subject::tests::with_scene;

    #[test]
    fn the_reason_names_what_was_found() {
        for (author, expected) in [
            ("retired welder", "(`retired`)"),
            ("Gaz (plumber)", "as an aside"),
            ("Rick, plumber", "by how it is put"),
            ("best running shoes", "does not say who somebody is"),
        ] {
            let look = |scene: &Scene<'_>| explain(scene, observe(scene)).reason;
            let reason = with_scene(&Post::default(), &[], (author, "Hello"), look);
            assert!(reason.ends_with(expected), "{author}: {reason}");
        }
    }

    #[test]
    fn the_list_is_in_order() {
        assert!(WORDS.lines().is_sorted());
    }
}
