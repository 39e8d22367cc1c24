use super::homepage_given::shown;
use super::homepage_host::label;
use super::{Evidence, Scene, counted, name_trade, signal};

signal! {
    /// ## What it detects
    /// How many words in the name of the author's homepage are a trade or what it sells, by the list
    /// of `name_trade`: between hyphens any of them, inside longer words those of six letters and
    /// more. Unknown without a homepage.
    ///
    /// ## Why it matters
    /// A firm whose owner signs with his own name still has its trade in its address. Long names of
    /// blogs have none.
    ///
    /// ## Example
    /// `http://keller-stairlifts.example` → 1, `http://bestplumbingandheating.example` → 2,
    /// `http://the-slow-road-home.example` → 0.
    ///
    /// ## When it is wrong
    /// Readers who link to the shop they own.
    ///
    /// ## References
    /// None; the list was written for this program.
    "homepage_trade", Rising
}

fn observe(scene: &Scene<'_>) -> f32 {
    scene.homepage().value().map_or(f32::NAN, |homepage| {
        name_trade::in_host(label(homepage)).count() as f32
    })
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let name = scene.homepage().value().map_or("", label);
    let Some(trade) = name_trade::in_host(name).next() else {
        return Evidence::new(format!(
            "the name of the homepage, {}, has no trade",
            shown(name)
        ));
    };
    let trades = counted(value as usize, "trade");
    Evidence::new(format!(
        "the name of the homepage, {}, has {trades} (`{trade}`)",
        shown(name)
    ))
}
