use super::{Evidence, Scene, flag, signal};
use crate::analysis::Language;

signal! {
    /// ## What it detects
    /// Whether the comment is written in other letters than the post: 1 if so, 0 if not. Chinese
    /// characters and Kana count as one. Unknown if either has no letters.
    ///
    /// ## Why it matters
    /// Who reads a post can mostly write in its letters. Spam is sent out without regard to them.
    ///
    /// ## Example
    /// `Отличный пост` under an English post → 1.
    ///
    /// ## When it is wrong
    /// Readers who write Russian, Greek or Hindi in Latin letters; blogs with readers of several
    /// languages; names or code as the whole comment.
    ///
    /// ## References
    /// UAX #24 (scripts).
    "foreign_script", Rising
}

fn observe(scene: &Scene<'_>) -> f32 {
    match (scene.comment.language, scene.context.post.language) {
        (Some(own), Some(of_post)) => flag(own.letters().differs_from(of_post.letters())),
        _ => f32::NAN,
    }
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let language = scene
        .comment
        .language
        .map_or("another language", Language::name);
    Evidence::new(if value > 0.0 {
        format!("is in {language}, in other letters than the post")
    } else {
        "is written in the letters of the post".to_owned()
    })
}
