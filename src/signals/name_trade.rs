use std::sync::LazyLock;

use super::name_self::says_who;
use super::word_set::WordSet;
use super::{Evidence, Scene, name_words, signal};
use crate::analysis::Name;

signal! {
    /// ## What it detects
    /// How many words of the author's name are a trade, what it sells, or the form of a firm: `roofing`,
    /// `insurance`, `county`, `Ltd`. Unknown without a name, and where a word of it says who somebody
    /// is (`name_self`).
    ///
    /// ## Why it matters
    /// A firm that signs with what it does wants to be found, and the name becomes the text of a link.
    /// `name_vocabulary` learns such words from spam that was collected; a firm of a trade that was not
    /// among it looks like a person to it.
    ///
    /// ## Example
    /// `Roof Repair Tarnbeck County` → 3, `Jo Keller` → 0.
    ///
    /// ## When it is wrong
    /// Readers who sign with their business, and wags. Trades that are family names (`Mason`,
    /// `Painter`) are left out.
    ///
    /// ## References
    /// None; the list was written for this program.
    "name_trade", Rising
}

/// Sorted by bytes. English, German, French, Spanish, Portuguese.
const WORDS: &[&str] = &[
    "abogado",
    "abogados",
    "advogado",
    "advogados",
    "agency",
    "anwalt",
    "appliance",
    "appliances",
    "assurance",
    "assurances",
    "attorney",
    "attorneys",
    "autoankauf",
    "avocat",
    "barato",
    "baratos",
    "betting",
    "billig",
    "carpet",
    "carpets",
    "casino",
    "cerrajero",
    "cerrajeros",
    "cheap",
    "chiropractor",
    "cleaning",
    "clinic",
    "companies",
    "company",
    "concrete",
    "construction",
    "consultants",
    "consulting",
    "contractor",
    "contractors",
    "counseling",
    "county",
    "coupon",
    "coupons",
    "couvreur",
    "credit",
    "credito",
    "crédito",
    "deals",
    "demolition",
    "dentist",
    "dentista",
    "dentists",
    "discount",
    "discounts",
    "dispensary",
    "drainage",
    "dumpster",
    "dépannage",
    "détective",
    "electrician",
    "electricians",
    "embroidery",
    "empréstimo",
    "empréstimos",
    "entrümpelung",
    "escort",
    "escorts",
    "estate",
    "exterminator",
    "fencing",
    "financing",
    "firm",
    "flooring",
    "florist",
    "forex",
    "fumigation",
    "furniture",
    "gambling",
    "glazing",
    "granite",
    "gutter",
    "gutters",
    "günstig",
    "heating",
    "hire",
    "hosting",
    "hotel",
    "hotels",
    "hvac",
    "hypnosis",
    "immobilien",
    "inc",
    "injury",
    "installation",
    "insulation",
    "insurance",
    "interiors",
    "janitorial",
    "jewellery",
    "jewelry",
    "kredit",
    "landscaping",
    "laundry",
    "lawn",
    "lawyer",
    "lawyers",
    "limo",
    "limousine",
    "llc",
    "loan",
    "loans",
    "locksmith",
    "locksmiths",
    "ltd",
    "maintenance",
    "marketing",
    "masonry",
    "massage",
    "mortgage",
    "mortgages",
    "mover",
    "movers",
    "moving",
    "notary",
    "orthodontist",
    "outlet",
    "patio",
    "paving",
    "payday",
    "pest",
    "pharmacy",
    "photography",
    "physiotherapy",
    "plastering",
    "plombier",
    "plumber",
    "plumbers",
    "plumbing",
    "podiatrist",
    "prestamos",
    "printing",
    "préstamos",
    "prêt",
    "realtor",
    "realtors",
    "realty",
    "rehab",
    "reinigung",
    "reinigungsservice",
    "remodeling",
    "removals",
    "renovation",
    "renovations",
    "rental",
    "rentals",
    "repair",
    "repairs",
    "restoration",
    "roof",
    "roofer",
    "roofers",
    "roofing",
    "scaffolding",
    "schlüsseldienst",
    "seguro",
    "seguros",
    "seo",
    "serrurier",
    "service",
    "services",
    "servicing",
    "shipping",
    "shutters",
    "siding",
    "solicitor",
    "solicitors",
    "specialists",
    "storage",
    "supplier",
    "suppliers",
    "supplies",
    "surgeon",
    "surgery",
    "surveyors",
    "taxi",
    "taxis",
    "tiling",
    "towing",
    "translation",
    "treatment",
    "tuition",
    "tyres",
    "umzug",
    "upholstery",
    "versicherung",
    "versicherungen",
    "viagra",
    "voyance",
    "waterproofing",
    "wholesale",
];

static SET: LazyLock<WordSet> = LazyLock::new(|| WordSet::of(WORDS));

fn observe(scene: &Scene<'_>) -> f32 {
    named(scene).map_or(f32::NAN, |name| {
        name_words::listed(name, &SET).count() as f32
    })
}

/// The name, unless it says who somebody is: a retired roofer sells nothing.
fn named<'a>(scene: &Scene<'a>) -> Option<&'a Name> {
    let name = scene.person().value()?;
    (!says_who(name)).then_some(name)
}

/// Whether a word of the name is a trade.
pub(super) fn names_trade(name: &Name) -> bool {
    name_words::listed(name, &SET).next().is_some()
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let quoted = name_words::quoted(scene).unwrap_or_default();
    if value == 0.0 {
        return Evidence::new(format!("the name {quoted} names no trade"));
    }
    let found = named(scene).and_then(|name| name_words::listed(name, &SET).next());
    Evidence::new(format!(
        "the name {quoted} is that of a trade (`{}`)",
        found.unwrap_or_default()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_order() {
        assert!(WORDS.is_sorted());
    }
}
