use super::{Evidence, Scene, echo, name_words, shown, signal, word_places};
use crate::context::Match;

signal! {
    /// ## What it detects
    /// How much subject the comment shares with post and earlier comments: the logarithm `ln(1 + x)`
    /// of the summed rarity, in nats, of its content words that stand there. Words that no other text
    /// has, words of the author's own name and, in a mere echo of the title, words of the title do
    /// not count.
    ///
    /// ## Why it matters
    /// A share, as in `body_overlap`, is the same for one lucky word of two and for twenty of forty;
    /// the sum tells them apart. One rare word in common says more than five everyday ones.
    ///
    /// ## Example
    /// Under a post on trail shoes: `The lugs of my trail shoes wear off on granite` → about 3,
    /// `Nice article, thanks` → 0.
    ///
    /// ## When it is wrong
    /// Long comments collect words in common by chance; short genuine ones have none.
    ///
    /// ## References
    /// Spärck Jones, *A statistical interpretation of term specificity*, 1972, for the rarity.
    "shared_subject", Falling
}

fn observe(scene: &Scene<'_>) -> f32 {
    if !scene.context.has_body() && scene.conversation.n == 0 {
        return f32::NAN;
    }
    shared(scene).map(|word| word.rarity).sum::<f32>().ln_1p()
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    if value == 0.0 {
        return Evidence::new("takes up no subject of the post or of the comments before");
    }
    let shared: Vec<&Match> = shared(scene).collect();
    let places = word_places(scene, shared.iter().copied());
    let words = rarest(scene, &shared);
    Evidence::new(format!(
        "takes up what the post or the thread is about: {words}"
    ))
    .at(places)
}

fn shared<'a>(scene: &'a Scene<'_>) -> impl Iterator<Item = &'a Match> {
    let is_echo = echo::is_echo(scene);
    scene.words.iter().filter(move |word| {
        word.is_content()
            && word.is_known
            && word.is_around()
            && !(is_echo && word.is_in_title())
            && !name_words::is_own_name(scene, word.term.word as usize)
    })
}

/// The three rarest of some words, for reasons, with a sign that there are more.
pub(super) fn rarest(scene: &Scene<'_>, words: &[&Match]) -> String {
    const NAMED: usize = 3;
    let mut order: Vec<&Match> = words.to_vec();
    // Stable, so that words of equal rarity keep the order of the text.
    order.sort_by(|one, other| other.rarity.total_cmp(&one.rarity));
    let tokens = &scene.comment.tokens;
    let quoted = order.iter().take(NAMED).filter_map(|word| {
        let first = word.term.word as usize;
        let words = tokens.words.get(first..=scene.comment.end_of_term(first))?;
        let term: String = words.iter().map(|word| tokens.lower(word)).collect();
        Some(format!("`{}`", shown(&term)))
    });
    let list = quoted.collect::<Vec<_>>().join(", ");
    if words.len() > NAMED {
        list + ", …"
    } else {
        list
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::analysis::CommentAnalysis;
    use crate::comment::{Comment, Post};
    use crate::context::{Background, Context};
    use crate::tokens::tokenize;

    /// What a function says of a comment by `author`, where `common` lists the everyday words and
    /// every other word of `known` is rare.
    pub(in crate::signals) fn with_scene<T>(
        post: &Post,
        earlier: &[(&str, &str)],
        (author, body): (&str, &str),
        look: impl Fn(&Scene<'_>) -> T,
    ) -> T {
        const COMMON: &str = "the a of on my i is it and are for was you to in with";
        const KNOWN: &str = "trail shoes lugs granite gaiters sand wear soup salt kitchen editors";
        let hashes = |text: &str| -> Vec<u64> {
            tokenize(&crate::text::normalize(text))
                .words
                .iter()
                .map(|word| word.hash)
                .collect()
        };
        let common = hashes(COMMON).into_iter().map(|hash| (hash, 0.25, 4.0));
        let known = hashes(KNOWN).into_iter().map(|hash| (hash, 6.0, 10.0));
        let background = Background::build(&common.chain(known).collect::<Vec<_>>(), 7.0, 12.0);
        let mut context = Context::new(post);
        let comment = |(author, body): (&str, &str)| Comment {
            author: author.into(),
            body: body.to_owned(),
            ..Comment::default()
        };
        for &before in earlier {
            context.add(&CommentAnalysis::of(&comment(before)));
        }
        let comment = comment((author, body));
        look(&Scene::new(
            &CommentAnalysis::of(&comment),
            &context,
            &background,
        ))
    }

    pub(in crate::signals) fn post() -> Post {
        let body = "The lugs of trail shoes wear off on granite. ".repeat(4);
        Post {
            title: "Choosing trail shoes".into(),
            body: body.as_str().into(),
            author: "Anna Keller".into(),
            ..Post::default()
        }
    }

    #[test]
    fn rare_words_in_common_add_up() {
        let value = |comment| with_scene(&post(), &[], comment, observe);
        let one = value(("Jo", "it is granite for you"));
        let two = value(("Jo", "it is granite and lugs for you"));
        assert!((one - 7.0_f32.ln()).abs() < 0.01, "{one}");
        assert!(two > one);
        assert_eq!(value(("Jo", "my soup is in the kitchen")), 0.0);
        assert!(value(("Jo", "")) == 0.0);
    }

    #[test]
    fn own_names_and_echoes_of_the_title_do_not_count() {
        let value = |comment| with_scene(&post(), &[], comment, observe);
        assert_eq!(
            value(("Granite kitchen", "my granite is in the kitchen")),
            0.0
        );
        assert_eq!(value(("Jo", "Choosing trail shoes")), 0.0);
    }

    #[test]
    fn the_reason_names_the_words() {
        let reason = with_scene(&post(), &[], ("Jo", "I like granite and lugs"), |scene| {
            explain(scene, observe(scene)).reason
        });
        assert!(reason.ends_with("`granite`, `lugs`"), "{reason}");
    }

    #[test]
    fn nothing_around_is_unknown() {
        assert!(with_scene(&Post::default(), &[], ("Jo", "granite"), observe).is_nan());
    }
}
