use super::{Evidence, Scene, counted, signal};

signal! {
    /// ## What it detects
    /// Line breaks in the middle of sentences, as ln(1 + n): the line before ends in a lower-case
    /// letter, the next one starts with one, and no empty line lies between. After a comma a line may
    /// end: verse does.
    ///
    /// ## Why it matters
    /// Texts that are filled in from a list of templates keep the line breaks of the list. A browser
    /// breaks lines by itself, and people let it.
    ///
    /// ## Example
    /// `I enjoyed<break>reading this, it is<break>very well written` → ln 3 ≈ 1.1.
    ///
    /// ## When it is wrong
    /// Verse without punctuation, quotations from mail or code, and people who press Enter at the edge of the box.
    /// Scripts without case never count.
    ///
    /// ## References
    /// None; found by comparing genuine and spam comments.
    "line_breaks", Rising
}

fn observe(scene: &Scene<'_>) -> f32 {
    if scene.comment.tokens.words.is_empty() {
        return f32::NAN;
    }
    (broken(scene).count() as f32).ln_1p()
}

/// Index of each word in front of which a sentence is broken.
fn broken<'a>(scene: &'a Scene<'_>) -> impl Iterator<Item = usize> + 'a {
    let text = scene.comment.text.as_str();
    let pairs = scene.comment.tokens.words.windows(2).enumerate();
    pairs
        .filter(|(_, pair)| pair[1].break_before)
        .filter_map(move |(index, pair)| {
            let (start, end) = (pair[0].span.end as usize, pair[1].span.start as usize);
            let before = text[..start].chars().next_back()?;
            let after = text[end..].chars().next()?;
            let (left, right) = text[start..end].split_once('\n')?;
            let goes_on = left.bytes().all(|byte| byte == b' ') && before.is_lowercase();
            let is_single = right.bytes().all(|byte| byte == b' ');
            (goes_on && is_single && after.is_lowercase()).then_some(index + 1)
        })
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    if value == 0.0 {
        return Evidence::new("has no line breaks in the middle of sentences");
    }
    let breaks = counted(broken(scene).count(), "line break");
    let places = broken(scene).map(|word| scene.comment.place_of_words(word - 1, word));
    Evidence::new(format!("has {breaks} in the middle of sentences")).at(places)
}
