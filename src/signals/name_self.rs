use std::sync::LazyLock;

use super::word_set::WordSet;
use super::{Evidence, Scene, name_trade, name_words, signal};
use crate::analysis::Name;

signal! {
    /// ## What it detects
    /// How many words of the author's name say who somebody is instead of what is on offer: somebody's
    /// aunt, a lurker, retired, confused. An aside in parentheses counts like a word, unless the name
    /// has a trade (`name_trade`). Where there is one, the name is no search phrase, and `name_words`,
    /// `name_length`, `name_case` and `name_small_words`, which tell search phrases by their shape, are
    /// unknown. Unknown without a name.
    ///
    /// ## Why it matters
    /// Readers who keep their name to themselves sign with a description, in small letters and as many
    /// words as it takes, as search phrases are written. Nobody who sells calls himself a bore, and
    /// nobody searches for parentheses.
    ///
    /// ## Example
    /// `grumpy uncle from Hull` → 2, `best running shoes` → 0.
    ///
    /// ## When it is wrong
    /// Spam that signs with a self-description, which costs it the keyword. Languages that the list
    /// does not have, and trades: `plumber` may be either, so trades are not in it.
    ///
    /// ## References
    /// None; the list was written for this program.
    "name_self", Falling
}

/// Sorted by bytes. English, German, French, Spanish, Portuguese, Italian.
const WORDS: &[&str] = &[
    "abuela",
    "abuelo",
    "aka",
    "alguien",
    "alguém",
    "amateur",
    "angry",
    "annoyed",
    "anon",
    "anonimo",
    "anonyme",
    "anonymous",
    "anónimo",
    "anônimo",
    "aposentada",
    "aposentado",
    "apprentice",
    "aspiring",
    "aunt",
    "auntie",
    "avó",
    "avô",
    "awful",
    "baffled",
    "beekeeper",
    "beginner",
    "bewildered",
    "bloke",
    "bored",
    "bystander",
    "cantankerous",
    "chap",
    "citizen",
    "clueless",
    "commenter",
    "concerned",
    "confused",
    "cousin",
    "coward",
    "crabby",
    "cranky",
    "crotchety",
    "curieuse",
    "curieux",
    "curiosa",
    "curioso",
    "curious",
    "curmudgeon",
    "cynic",
    "cynical",
    "dad",
    "daddy",
    "daughter",
    "dichter",
    "dichterin",
    "disappointed",
    "disgruntled",
    "dork",
    "dreamer",
    "dude",
    "dummy",
    "ehemalige",
    "ehemaliger",
    "embarrassed",
    "enthusiast",
    "ex",
    "farmer",
    "father",
    "fella",
    "fellow",
    "fisherman",
    "fool",
    "former",
    "frustrated",
    "gal",
    "geezer",
    "gentleman",
    "grandad",
    "granddaughter",
    "grandfather",
    "grandma",
    "grandmother",
    "grandpa",
    "grandson",
    "granny",
    "grateful",
    "grouch",
    "grumpy",
    "guy",
    "hermit",
    "hobbyist",
    "hopeful",
    "hopeless",
    "human",
    "humble",
    "husband",
    "i'm",
    "idiot",
    "insomniac",
    "jaded",
    "jemand",
    "jubilada",
    "jubilado",
    "just",
    "knitter",
    "lad",
    "lady",
    "lass",
    "lazy",
    "lecteur",
    "lectrice",
    "leitor",
    "leitora",
    "leser",
    "leserin",
    "lettore",
    "lettrice",
    "librarian",
    "lifelong",
    "lonely",
    "longtime",
    "loser",
    "lousy",
    "luddite",
    "lurker",
    "mamie",
    "mediocre",
    "miner",
    "miserable",
    "mom",
    "monk",
    "moron",
    "mother",
    "mum",
    "mummy",
    "myself",
    "müde",
    "nachbar",
    "nachbarin",
    "neighbor",
    "neighbour",
    "nephew",
    "nerd",
    "neugierig",
    "neugierige",
    "neugieriger",
    "newbie",
    "niece",
    "niemand",
    "nobody",
    "nonna",
    "nonno",
    "noob",
    "nosy",
    "nun",
    "nurse",
    "occasional",
    "oma",
    "onkel",
    "opa",
    "optimist",
    "papi",
    "papy",
    "paranoid",
    "passerby",
    "pensioner",
    "pensionär",
    "person",
    "pessimist",
    "poet",
    "poeta",
    "poetess",
    "poetisa",
    "postman",
    "poète",
    "poétesse",
    "procrastinator",
    "proud",
    "puzzled",
    "qualcuno",
    "quelqu'un",
    "reader",
    "realist",
    "recovering",
    "redneck",
    "reluctant",
    "rentner",
    "rentnerin",
    "retired",
    "retiree",
    "retraité",
    "retraitée",
    "rookie",
    "sailor",
    "sceptic",
    "sceptical",
    "schweißer",
    "shy",
    "silly",
    "sister",
    "skeptic",
    "skeptical",
    "sleepless",
    "sleepy",
    "soldador",
    "soldier",
    "somebody",
    "someone",
    "soudeur",
    "stranger",
    "survivor",
    "tante",
    "taxpayer",
    "teacher",
    "terrible",
    "thankful",
    "tired",
    "tonton",
    "uncle",
    "unemployed",
    "unimpressed",
    "vecina",
    "vecino",
    "veteran",
    "vicar",
    "victim",
    "vizinha",
    "vizinho",
    "voisin",
    "voisine",
    "wannabe",
    "weary",
    "weirdo",
    "welder",
    "who",
    "whoever",
    "widow",
    "widower",
    "wife",
    "worried",
];

static SET: LazyLock<WordSet> = LazyLock::new(|| WordSet::of(WORDS));

fn observe(scene: &Scene<'_>) -> f32 {
    let name = scene.person().value();
    name.map_or(f32::NAN, |name| {
        (name_words::listed(name, &SET).count() + usize::from(has_aside(name))) as f32
    })
}

/// Whether a word of the name says who somebody is.
pub(super) fn says_who(name: &Name) -> bool {
    name_words::listed(name, &SET).next().is_some()
}

fn has_aside(name: &Name) -> bool {
    name.text.as_str().contains('(') && !name_trade::names_trade(name)
}

/// The name of the person, unless it says who somebody is: what is left may be a search phrase, and
/// its shape tells.
pub(super) fn possible_keyword<'a>(scene: &Scene<'a>) -> Option<&'a Name> {
    let name = scene.person().value()?;
    (!says_who(name) && !has_aside(name)).then_some(name)
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let quoted = name_words::quoted(scene).unwrap_or_default();
    if value == 0.0 {
        return Evidence::new(format!("the name {quoted} does not say who somebody is"));
    }
    let name = scene.person().value();
    let found = name.and_then(|name| name_words::listed(name, &SET).next());
    Evidence::new(match found {
        Some(word) => format!("the name {quoted} says who somebody is (`{word}`)"),
        None => format!("the name {quoted} has an aside in parentheses"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_order() {
        assert!(WORDS.is_sorted());
    }
}
