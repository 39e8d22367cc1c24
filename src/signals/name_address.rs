use super::{Evidence, Scene, name_words, signal};

signal! {
    /// ## What it detects
    /// Whether the author's name holds the address of a site: 1 or 0. Unknown without a name.
    ///
    /// ## Why it matters
    /// The name is there to say who speaks. Who gives an address instead wants visitors.
    ///
    /// ## Example
    /// `cheap-shoes.com` → 1, `http://example.com` → 1, `J.R. Keller` → 0.
    ///
    /// ## When it is wrong
    /// Pingbacks and people who are known by their site (`Jo of example.org`).
    ///
    /// ## References
    /// RFC 3986 for addresses; which bare words count as one is told in the `tokens` stage.
    "name_address", Rising
}

fn observe(scene: &Scene<'_>) -> f32 {
    let name = scene.person().value();
    name.map_or(f32::NAN, |name| super::flag(!name.tokens.urls.is_empty()))
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let name = name_words::quoted(scene).unwrap_or_default();
    if value == 0.0 {
        return Evidence::new(format!("the name {name} is no address of a site"));
    }
    Evidence::new(format!(
        "the name {name} is, or holds, the address of a site"
    ))
}
