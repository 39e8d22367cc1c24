use super::{Evidence, Scene, Weight, signal};
use crate::context::{Answered, Match};

signal! {
    /// ## What it detects
    /// Which part of the comment's subject the comment that it answers shares: the rarity of the
    /// content words that stand there, over the rarity of all its content words, in [0, 1]. Unknown
    /// if it answers nobody, or a comment that is spam or long gone.
    ///
    /// ## Why it matters
    /// An answer takes up what it answers. Spam that is hung under somebody's comment to look like an
    /// answer does not.
    ///
    /// ## Example
    /// In answer to `Try gaiters against the sand`: `Which gaiters?` → 1, `Cheap loans today` → 0.
    ///
    /// ## When it is wrong
    /// `Thank you, that helped` shares nothing with what it answers. The weight is *unmeasured*: our
    /// labelled data do not say who answers whom, so it is fixed, and modest.
    ///
    /// ## References
    /// Wang et al., *Diversionary comments under political blog posts*, CIKM 2012, for the use of the
    /// reply hierarchy.
    "parent_overlap", Falling, Weight::Fixed { edges: &[0.02, 0.15], values: &[0.25, 0.0, -0.4] }
}

fn observe(scene: &Scene<'_>) -> f32 {
    let Some(answered) = answered(scene) else {
        return f32::NAN;
    };
    super::covered_rarity(scene, |word| says(&answered, word))
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let answered = answered(scene);
    super::overlap_evidence(scene, value, "the comment it answers", |word| {
        answered
            .as_ref()
            .is_some_and(|answered| says(answered, word))
    })
}

fn answered(scene: &Scene<'_>) -> Option<Answered> {
    let parent = scene.comment.comment.parent.value()?;
    scene.conversation.answered(parent)
}

fn says(answered: &Answered, word: &Match) -> bool {
    answered.says(word.term.hash, word.term.stem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::CommentAnalysis;
    use crate::comment::{Comment, Post};
    use crate::context::{Background, Context};

    #[test]
    fn an_answer_is_compared_with_what_it_answers() {
        let background = Background::build(&[], 7.0, 12.0);
        let mut context = Context::new(&Post::default());
        let comment = |id: &str, parent: &str, body: &str| Comment {
            id: id.to_owned(),
            parent: parent.into(),
            body: body.to_owned(),
            ..Comment::default()
        };
        context.add(&CommentAnalysis::of(&comment(
            "1",
            "",
            "Gaiters against sand",
        )));
        context.add(&CommentAnalysis::of(&comment("2", "", "Cheap loans")));
        let value = |parent, body| {
            let comment = comment("3", parent, body);
            observe(&Scene::new(
                &CommentAnalysis::of(&comment),
                &context,
                &background,
            ))
        };
        assert_eq!(value("1", "which gaiter"), 0.5);
        assert_eq!(value("1", "cheap loans"), 0.0);
        assert!(value("9", "which gaiter").is_nan());
        assert!(value("", "which gaiter").is_nan());
    }
}
