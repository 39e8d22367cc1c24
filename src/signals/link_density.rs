use super::{Evidence, Scene, counted, signal};

signal! {
    /// ## What it detects
    /// Links per word, at most 1. A comment of nothing but links has 1; an empty one is unknown.
    ///
    /// ## Why it matters
    /// People say why they link. An address with a word or two before it is an advertisement.
    ///
    /// ## Example
    /// `Cheap shoes http://example.com` → 0.5; the same link in an answer of fifty words → 0.02.
    ///
    /// ## When it is wrong
    /// A bare address in answer to a question of another reader. The words of addresses are no
    /// words here.
    ///
    /// ## References
    /// None; found by comparing links of genuine and of spam comments.
    "link_density", Rising
}

fn observe(scene: &Scene<'_>) -> f32 {
    match (scene.comment.links.len(), scene.comment.tokens.words.len()) {
        (0, 0) => f32::NAN,
        (_, 0) => 1.0,
        (links, words) => (links as f32 / words as f32).min(1.0),
    }
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    if value == 0.0 {
        return Evidence::new("has words and no links");
    }
    let links = counted(scene.comment.links.len(), "link");
    Evidence::new(match scene.comment.tokens.words.len() {
        0 => format!("consists of {links} and no words"),
        words => format!("has {links} in {}", counted(words, "word")),
    })
}
