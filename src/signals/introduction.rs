//! Names in which somebody comes first, and what she is behind it: `Rick, plumber`.

use super::{name_trade, name_words};
use crate::analysis::Name;
use crate::tokens::{Shape, Word};

/// Words that may come before what somebody is: longer names are read as a whole.
const MOST_NAMES: usize = 3;

/// Articles before what somebody is. Sorted by bytes. What is part of surnames (`de la`, `van der`)
/// is left out.
const ARTICLES: &[&str] = &["el", "il", "le", "the"];

/// What may stand before an article, as in `Ines from the bank`. Sorted by bytes.
const PLACES: &[&str] = &["at", "behind", "by", "from", "in", "on", "with"];

/// What joins the last of several partners: `Brook, Lowe and Finch`. Sorted by bytes.
const AND: &[&str] = &["and", "e", "en", "et", "och", "og", "und", "y"];

/// Forms of firms that a comma may stand before, as in `Brook, Inc`. Sorted by bytes.
const FORMS: &[&str] = &[
    "corp", "gmbh", "inc", "limited", "llc", "llp", "ltd", "pc", "plc", "pllc", "pty",
];

/// What people are something by, as in `broker by day`. Sorted by bytes.
const BY: &[&str] = &[
    "accident",
    "choice",
    "day",
    "night",
    "profession",
    "trade",
    "training",
];

/// Whether something stands in parentheses, and no trade before them.
pub(super) fn has_aside(name: &Name) -> bool {
    let aside = name.text.as_str().find('(');
    aside.is_some_and(|at| !name_trade::has_trade_before(name, at))
}

/// Whether a name comes first that has no trade, and then what somebody is, or what he does by day.
pub(super) fn is_introduced(name: &Name) -> bool {
    follows_comma(name) || follows_article(name) || is_something_by(name)
}

/// `Rick, plumber`, but neither `Brook, Lowe & Finch`, `Brook, Inc` nor `Aurora, CO Roofing`. What is no
/// trade has to begin small: `Stump Grinding, Decatur` says what is done, and where.
fn follows_comma(name: &Name) -> bool {
    let words = name_words::first_of(name);
    let mut pairs = words.windows(2).take(MOST_NAMES);
    let comma = pairs.position(|pair| name_words::between(name, pair).starts_with(','));
    comma.is_some_and(|at| {
        let behind = &words[at + 1..];
        let lower = name.tokens.lower(&behind[0]);
        let is_state = behind[0].shape == Shape::Upper && lower.len() == 2;
        let all_small = words.iter().all(|word| word.shape == Shape::Lower);
        let is_firm = name_trade::has_trade_before(name, behind[0].span.start as usize)
            || FORMS.binary_search(&lower).is_ok()
            || has_partners(name, &words[..words.len().min(at + 3)]);
        let is_description = if name_trade::n_trades(name) > 0 {
            !is_state && !all_small
        } else {
            behind[0].shape == Shape::Lower
        };
        !is_firm && is_description
    })
}

/// Whether words are the names of several: `Brook & Lowe`, `Brook, Lowe and`.
fn has_partners(name: &Name, words: &[Word]) -> bool {
    words.windows(2).any(|pair| {
        let is_and = AND.binary_search(&name.tokens.lower(&pair[1])).is_ok();
        name_words::between(name, pair).contains('&') || is_and && is_name(name, &pair[0])
    })
}

/// `Colin the locksmith`, `Ines from the bank`.
fn follows_article(name: &Name) -> bool {
    let words = name_words::first_of(name);
    let is = |word: &Word, list: &[&str]| {
        word.shape == Shape::Lower && list.binary_search(&name.tokens.lower(word)).is_ok()
    };
    match words {
        [first, article, _, ..] if is(article, ARTICLES) => is_name(name, first),
        [first, place, article, _, ..] if is(place, PLACES) && is(article, ARTICLES) => {
            is_name(name, first)
        }
        _ => false,
    }
}

/// `Broker by day`.
fn is_something_by(name: &Name) -> bool {
    let mut pairs = name_words::first_of(name).windows(2).skip(1);
    pairs.any(|pair| {
        name.tokens.lower(&pair[0]) == "by"
            && BY.binary_search(&name.tokens.lower(&pair[1])).is_ok()
    })
}

/// Whether a word may be somebody's name: with a capital, and no trade up to it.
fn is_name(name: &Name, word: &Word) -> bool {
    let end = word.span.end as usize;
    word.shape == Shape::Capitalised && !name_trade::has_trade_before(name, end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comment::Post;
    use crate::signals::shared_subject::tests::with_scene;

    fn look(author: &str, at: fn(&Name) -> bool) -> bool {
        with_scene(&Post::default(), &[], (author, "Hello"), |scene| {
            scene.person().value().is_some_and(at)
        })
    }

    #[test]
    fn the_lists_are_in_order() {
        let lists = [AND, ARTICLES, BY, FORMS, PLACES];
        assert!(lists.iter().all(|list| list.is_sorted()));
    }

    #[test]
    fn people_say_what_they_are_behind_their_name() {
        for name in [
            "Rick, ultrarunner and plumber",
            "Nils Ek, Electrician, Umeå",
            "Mo, half awake",
            "Colin the locksmith",
            "Jean le plombier",
            "Ines from the insurance office",
            "Jess @ the chippy",
            "Mortgage broker by day",
        ] {
            assert!(look(name, is_introduced), "{name}");
        }
        assert!(look("Gaz (plumber)", has_aside));
    }

    #[test]
    fn firms_have_their_trade_in_their_name() {
        for name in [
            "Roofing Contractors, Marlow County",
            "Brook & Lowe, Attorneys",
            "Brook, Lowe & Finch Attorneys",
            "Brook, Lowe and Finch Solicitors",
            "Brook, LLC",
            "Stump Grinding, Decatur",
            "Aurora, CO Roofing",
            "boise, id concrete contractor",
            "Best Roofer in the Valley",
            "Van der Merwe Attorneys",
            "beats by dre cheap",
            "Jo Keller",
            "by day",
            "",
            ",",
        ] {
            assert!(!look(name, is_introduced), "{name}");
        }
        for name in [
            "Plumber (Leeds)",
            "Keller & Sons (Leeds)",
            "北京旅游公司 (官方)",
        ] {
            assert!(!look(name, has_aside), "{name}");
        }
    }
}
