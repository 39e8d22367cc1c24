use super::{Evidence, Scene, shared_subject, signal, word_places};
use crate::context::Match;

signal! {
    /// ## What it detects
    /// How many different content words the comment has that stand neither in the post nor in an
    /// earlier comment, as `ln(1 + n)`. Unknown without a body of at least 20 words.
    ///
    /// ## Why it matters
    /// Spam brings its own subject. A genuine comment brings some of its own too, but beside the
    /// subject at hand.
    ///
    /// ## Example
    /// Under a post on trail shoes: `We clean gutters and offer scholarship essays` → about ln 5.
    ///
    /// ## When it is wrong
    /// Long comments, stories and dissent bring many words of their own.
    ///
    /// ## References
    /// Wang et al., *Diversionary comments under political blog posts*, CIKM 2012, for the idea that
    /// what a comment brings in tells that it diverts.
    "foreign_words", Rising
}

fn observe(scene: &Scene<'_>) -> f32 {
    if !scene.context.has_body() || scene.words.is_empty() {
        return f32::NAN;
    }
    (foreign(scene).count() as f32).ln_1p()
}

fn explain(scene: &Scene<'_>, _: f32) -> Evidence {
    let foreign: Vec<&Match> = foreign(scene).collect();
    if foreign.is_empty() {
        return Evidence::new("brings up no subject that nobody spoke of");
    }
    let places = word_places(scene, foreign.iter().copied());
    let n = super::counted(foreign.len(), "subject");
    let words = shared_subject::rarest(scene, &foreign);
    Evidence::new(format!("brings up {n} that nobody spoke of: {words}")).at(places)
}

fn foreign<'a>(scene: &'a Scene<'_>) -> impl Iterator<Item = &'a Match> {
    scene
        .words
        .iter()
        .filter(|word| word.is_content() && !word.is_around())
}

#[cfg(test)]
mod tests {
    use super::super::shared_subject::tests::{post, with_scene};
    use super::*;
    use crate::comment::Post;

    #[test]
    fn subjects_of_ones_own_are_counted_and_named() {
        let check = |body, expected: f32, named: &str| {
            with_scene(&post(), &[("Jo", "Try gaiters")], ("Mia", body), |scene| {
                let value = observe(scene);
                assert_eq!(value, expected.ln(), "{body}");
                let reason = explain(scene, value).reason;
                assert!(reason.contains(named), "{reason}");
            });
        };
        check(
            "The soup is for you",
            2.0,
            "1 subject that nobody spoke of: `soup`",
        );
        check(
            "Soup and salt for the kitchen and the casino",
            5.0,
            "`casino`, `soup`, `salt`, …",
        );
        check("Gaiters and shoes and lugs for you", 1.0, "no subject");
        assert!(with_scene(&Post::default(), &[], ("Mia", "soup"), observe).is_nan());
    }
}
