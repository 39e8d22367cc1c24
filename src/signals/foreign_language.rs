use super::{Evidence, Scene, signal};
use crate::analysis::Language;

signal! {
    /// ## What it detects
    /// Which share of post and earlier comments is surely in another language than this comment, in
    /// [0, 1]; the post counts like five comments, and a share below one in twenty not at all. A
    /// comment in the language of the post is in no other one. Unknown without letters, or without
    /// anything to compare with.
    ///
    /// ## Why it matters
    /// A thread is held in one language, or two. Spam comes in any.
    ///
    /// ## Example
    /// A sentence in French under an English post with English comments → 1.
    ///
    /// ## When it is wrong
    /// Readers from abroad. A text with fewer than three everyday words of a language is too short to
    /// tell and counts as agreeing, and so do close relatives such as Indonesian and Malay.
    ///
    /// ## References
    /// Ingle, *A language identification table*, 1976, for telling languages by their short everyday
    /// words.
    "foreign_language", Rising
}

fn observe(scene: &Scene<'_>) -> f32 {
    let Some(language) = scene.comment.language else {
        return f32::NAN;
    };
    // Under a post whose language is not known, one comment in another language makes a long thread no
    // foreign place for all others.
    match scene.context.share_in_other_language(language) {
        share if share < 0.05 => 0.0,
        share => share,
    }
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let language = scene
        .comment
        .language
        .map_or("another language", Language::name);
    Evidence::new(match value {
        0.0 => {
            "is in the language of the post, or in that of nearly all earlier comments".to_owned()
        }
        1.0 => format!("is in {language}, unlike the post and every comment before"),
        _ => format!(
            "is in {language}, unlike {:.0} % of post and earlier comments",
            value * 100.0
        ),
    })
}
