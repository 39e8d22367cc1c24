use super::{Evidence, Scene, name_words, signal};

signal! {
    /// ## What it detects
    /// How many words the comment has left, up to 60 and as `ln(1 + n)`, without the words of the
    /// author's name, those of the post's title, the boilerplate of trackbacks (`read more here`),
    /// and addresses. Unknown for an empty comment.
    ///
    /// ## Why it matters
    /// Machines that have only a title and a keyword at hand make comments of both. What is left then
    /// is nothing.
    ///
    /// ## Example
    /// `Cheap Shoes: Choosing trail shoes. Read more here` by "Cheap Shoes" under that title → 0.
    ///
    /// ## When it is wrong
    /// Genuine pingbacks may consist of title and name. `Thanks!` leaves one word.
    ///
    /// ## References
    /// None; our own idea.
    "echo", Free
}

/// More words than this are a text in their own right.
const ENOUGH: u32 = 60;

/// Comments with fewer words left than this are echoes.
const FEW: u32 = 4;

fn observe(scene: &Scene<'_>) -> f32 {
    let comment = scene.comment;
    if comment.tokens.words.is_empty() && comment.tokens.urls.is_empty() {
        return f32::NAN;
    }
    (left(scene, ENOUGH) as f32).ln_1p()
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    if scene.comment.tokens.words.is_empty() {
        return Evidence::new("has no words beside its links");
    }
    if value == 0.0 {
        let parts = match (scene.comment.name.value(), &scene.context.post.title) {
            (Some(_), Some(_)) => "the name, the title of the post",
            (Some(_), None) => "the name",
            (None, Some(_)) => "the title of the post",
            (None, None) => {
                return Evidence::new("has nothing but phrases such as `read more here`");
            }
        };
        return Evidence::new(format!("says nothing beyond {parts} and `read more here`"));
    }
    match left(scene, ENOUGH) {
        ENOUGH => Evidence::new("has 60 words of its own or more"),
        n => Evidence::new(format!(
            "has {} of its own beside name, title and boilerplate",
            super::counted(n as usize, "word")
        )),
    }
}

/// Whether the comment says next to nothing of its own.
pub(super) fn is_echo(scene: &Scene<'_>) -> bool {
    left(scene, FEW) < FEW
}

/// Whether the comment has words and says nothing of its own: then what it shares with the title says
/// nothing either.
pub(super) fn is_mere(scene: &Scene<'_>) -> bool {
    !scene.words.is_empty() && left(scene, 1) == 0
}

/// How many words are left, as far as `limit`.
fn left(scene: &Scene<'_>, limit: u32) -> u32 {
    let tokens = &scene.comment.tokens;
    let mut left = 0;
    for word in &scene.words {
        let index = word.term.word as usize;
        let says_nothing = word.is_in_title()
            || name_words::is_own_name(scene, index)
            || tokens
                .words
                .get(index)
                .is_some_and(|word| is_boilerplate(tokens.lower(word)));
        if !says_nothing {
            left += word.term.count;
        }
        if left >= limit {
            return limit;
        }
    }
    left
}

/// Words of trackbacks and addresses that say nothing.
fn is_boilerplate(word: &str) -> bool {
    match word.len() {
        1 => word == "a",
        2 => matches!(word, "in" | "is" | "of" | "on" | "to"),
        3 => matches!(word, "and" | "com" | "php" | "the" | "via" | "www"),
        4 => matches!(
            word,
            "find" | "here" | "html" | "http" | "info" | "more" | "read" | "that" | "this"
        ),
        5 => matches!(word, "about" | "https" | "index" | "there" | "topic"),
        6 => word == "source",
        9 => word == "trackback",
        11 | 12 => matches!(word, "information" | "informations"),
        _ => false,
    }
}
