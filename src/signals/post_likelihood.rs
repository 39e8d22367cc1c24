use super::{Evidence, Scene, signal};
use crate::context::Match;

signal! {
    /// ## What it detects
    /// How much likelier the post makes the comment's content words than ordinary texts do: the sum
    /// of `ln(p(word | post) / p(word))` over the words for which it is above 0, as `ln(1 + x)`.
    /// `p(word | post) = (count + μ p(word)) / (length + μ)`, words of the title counting three
    /// times. Unknown without a body of at least 20 words.
    ///
    /// ## Why it matters
    /// Unlike `body_overlap` it sees how often the post uses a word: what it says twenty times is its
    /// subject, what it says once may be an aside.
    ///
    /// ## Example
    /// Under a post on trail shoes: `The lugs of my trail shoes wear off` → about 3, `Nice article`
    /// → 0.
    ///
    /// ## When it is wrong
    /// It grows with the comment, and spam may quote the post.
    ///
    /// ## References
    /// Zhai, Lafferty, *A study of smoothing methods for language models*, SIGIR 2001; Mishne, Carmel,
    /// Lempel, *Blocking blog spam with language model disagreement*, AIRWeb 2005.
    "post_likelihood", Falling
}

/// Words of ordinary text that the post is mixed with; of the order of the length of a post.
const MU: f32 = 200.0;

fn observe(scene: &Scene<'_>) -> f32 {
    if !scene.context.has_body() {
        return f32::NAN;
    }
    gains(scene).map(|(_, gain)| gain).sum::<f32>().ln_1p()
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    if value == 0.0 {
        return Evidence::new("uses no word that the post makes likely");
    }
    let best = gains(scene).max_by(|(_, one), (_, other)| one.total_cmp(other));
    let Some((word, _)) = best else {
        return Evidence::new("uses words that the post makes likely");
    };
    let words = super::shared_subject::rarest(scene, &[word]);
    let places = gains(scene).map(|(word, _)| {
        let word = word.term.word as usize;
        scene.comment.place_of_words(word, word)
    });
    Evidence::new(format!(
        "uses words that this post makes likely, above all {words}"
    ))
    .at(places)
}

/// The content words that the post makes likelier, and by how much, in nats.
fn gains<'a>(scene: &'a Scene<'_>) -> impl Iterator<Item = (&'a Match, f32)> {
    let length = scene.context.post_length as f32;
    scene.words.iter().filter_map(move |word| {
        let places = if word.term.stem == 0 {
            word.post
        } else {
            word.stem_in_post
        };
        let count = places.title * 3 + places.body;
        if count == 0 || !word.is_content() {
            return None;
        }
        let ordinary = (-word.surprise).exp();
        let gain = (((count as f32 + MU * ordinary) / (length + MU)) / ordinary).ln();
        (gain > 0.0).then_some((word, gain))
    })
}

#[cfg(test)]
mod tests {
    use super::super::shared_subject::tests::{post, with_scene};
    use super::*;

    #[test]
    fn words_count_by_how_often_the_post_has_them() {
        let value = |body| with_scene(&post(), &[], ("Mia", body), observe);
        // `shoes`: once in the title, four times in the body; `granite`: four times in the body.
        let ordinary = (-10.0_f32).exp();
        let gain = |count: f32| {
            let length = 3.0 + 4.0 * 9.0;
            ((count + MU * ordinary) / (length + MU) / ordinary).ln()
        };
        assert!((value("the shoes") - gain(7.0).ln_1p()).abs() < 0.01);
        assert!((value("the granite") - gain(4.0).ln_1p()).abs() < 0.01);
        assert_eq!(value("it is for you"), 0.0);
        assert_eq!(value("soup"), 0.0);
    }
}
