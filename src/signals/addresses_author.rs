use super::{Evidence, Scene, addresses_reader, signal};

signal! {
    /// ## What it detects
    /// Whether the comment speaks to the author of the post: 1 if a word of that name stands in it
    /// with a capital, after `@`, or among the first four words; at the start of a sentence, only with
    /// a mark behind it. Everyday words, titles and words of up to two letters do not count, nor do words
    /// of the commenter's own name, nor a word without `@` before another capital (`Anna Karenina`) that
    /// is not in that name and no everyday word. Unknown if the name of the post's author is.
    ///
    /// ## Why it matters
    /// Readers know whose blog they read, and say `Hi Anna`. Most spam does not look.
    ///
    /// ## Example
    /// Under a post by `Anna Keller`: `Thanks Anna!` → 1, `Hello admin` → 0.
    ///
    /// ## When it is wrong
    /// Some machines fill in the author's name. Letters from agencies greet by name too.
    ///
    /// ## References
    /// None; our own idea.
    "addresses_author", Falling
}

/// Words of the author's name that are looked at; what follows is a list of co-authors at best.
const MOST_WORDS: usize = 8;

fn observe(scene: &Scene<'_>) -> f32 {
    if scene.context.post.author.is_empty() || scene.comment.tokens.words.is_empty() {
        return f32::NAN;
    }
    super::flag(addressed(scene).is_some())
}

fn explain(scene: &Scene<'_>, _: f32) -> Evidence {
    match addressed(scene) {
        Some(index) => addresses_reader::addressed_evidence(scene, index, "who wrote the post"),
        None => Evidence::new("does not speak to the author of the post by name"),
    }
}

fn addressed(scene: &Scene<'_>) -> Option<usize> {
    let author = scene.context.post.author.iter().take(MOST_WORDS);
    addresses_reader::addressed(scene, |word| author.clone().any(|name| name == word))
}

#[cfg(test)]
mod tests {
    use super::super::shared_subject::tests::{post, with_scene};
    use super::*;
    use crate::comment::Post;

    #[test]
    fn the_author_is_spoken_to_by_others() {
        let value = |author, body| with_scene(&post(), &[], (author, body), observe);
        assert_eq!(value("Jo", "Thanks a lot for it, Anna!"), 1.0);
        assert_eq!(value("Jo", "Hello admin, it is on my list"), 0.0);
        assert_eq!(value("Anna Keller", "You are welcome. Anna"), 0.0);
        assert!(value("Jo", "").is_nan());
        assert!(with_scene(&Post::default(), &[], ("Jo", "Hi Anna"), observe).is_nan());
    }
}
