use super::{Evidence, Scene, counted, signal};

signal! {
    /// ## What it detects
    /// How varied the words are: distinct words over the square root of all words (Guiraud's
    /// index). Unknown without words.
    ///
    /// ## Why it matters
    /// Lists of search phrases and texts blown up by a program repeat themselves; so do short calls
    /// to buy. People who tell something use new words.
    ///
    /// ## Example
    /// `shoes shoes shoes shoes` → 0.5, `my old shoes leak` → 2.
    ///
    /// ## When it is wrong
    /// The root makes texts of different length comparable, not equal: long comments have higher
    /// values. See `length`.
    ///
    /// ## References
    /// Guiraud, *Les caractères statistiques du vocabulaire*, 1954.
    "repetition", Free
}

fn observe(scene: &Scene<'_>) -> f32 {
    let terms = &scene.comment.terms;
    if terms.total == 0 {
        return f32::NAN;
    }
    terms.distinct.len() as f32 / (terms.total as f32).sqrt()
}

fn explain(scene: &Scene<'_>, _value: f32) -> Evidence {
    let (distinct, total) = (
        scene.comment.terms.distinct.len(),
        scene.comment.terms.total,
    );
    Evidence::new(if distinct == total as usize {
        "uses no word twice".to_owned()
    } else {
        format!("has {} among {total}", counted(distinct, "different word"))
    })
}
