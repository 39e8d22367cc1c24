use super::{Evidence, Scene, Weight, share, signal};

signal! {
    /// ## What it detects
    /// Which share of the lines ends in a word that rhymes with the last word of one of the three
    /// lines before or after it, in [0, 1]. Two words rhyme if they differ and their last letters,
    /// two of them at least and a vowel among them, are the same. A line ends at a line break or a
    /// slash; only the first 64 count. Unknown for fewer than four lines.
    ///
    /// ## Why it matters
    /// Who rhymes has taken pains for this one comment, however far it goes from the subject.
    ///
    /// ## Example
    /// `I came for the shoes, / I stayed for the news, / I welded a poem, / now where do I stow 'em?`
    /// → 0.5, four lines of a shopping list → 0.
    ///
    /// ## When it is wrong
    /// Rhymes are told by their letters, which misses half of the English ones (`blue`, `two`). Lists
    /// of words with the same ending, and spam that sings. The slashes of addresses and dates end
    /// lines too.
    ///
    /// The weight is *unmeasured*: collected comments have hardly any verse. Rhyme speaks for a
    /// comment with 1 log-odds, and cannot save what is plainly spam.
    ///
    /// ## References
    /// None; our own idea.
    "rhyme", Falling, Weight::Fixed { edges: &[VERSE], values: &[0.0, -1.0] }
}

/// Above this share a text is verse: more than half, so that one pair of rhymes in four lines is
/// none, and little enough for a limerick of which the ear hears more than the letters show.
const VERSE: f32 = 0.55;

/// Fewer lines rhyme by chance.
const LEAST_LINES: usize = 4;

/// Lines that are looked at, so that the work is bounded.
const MOST_LINES: usize = 64;

/// How many lines further the other rhyme may be: limericks come back after three.
const REACH: usize = 3;

fn observe(scene: &Scene<'_>) -> f32 {
    let ends = line_ends(scene);
    if ends.len() < LEAST_LINES {
        return f32::NAN;
    }
    share(rhyming(scene, &ends).count(), ends.len())
}

/// Index of the last word of each line.
fn line_ends(scene: &Scene<'_>) -> Vec<usize> {
    let text = scene.comment.text.as_str();
    let words = &scene.comment.tokens.words;
    let ends = words.iter().enumerate().filter(|(index, word)| {
        words.get(index + 1).is_none_or(|next| {
            text[word.span.end as usize..next.span.start as usize].contains(['\n', '/'])
        })
    });
    ends.map(|(index, _)| index).take(MOST_LINES).collect()
}

/// Those of the ends that rhyme.
fn rhyming<'a>(scene: &'a Scene<'_>, ends: &'a [usize]) -> impl Iterator<Item = usize> + 'a {
    let tokens = &scene.comment.tokens;
    let lower = |place: usize| tokens.lower(&tokens.words[ends[place]]);
    (0..ends.len())
        .filter(move |&place| {
            let near = place.saturating_sub(REACH)..ends.len().min(place + REACH + 1);
            near.into_iter()
                .any(|other| rhyme(lower(place), lower(other)))
        })
        .map(|place| ends[place])
}

/// Whether two lower-case words end alike without being the same.
fn rhyme(first: &str, second: &str) -> bool {
    if first == second {
        return false;
    }
    let pairs = first.chars().rev().zip(second.chars().rev());
    let (mut n, mut has_vowel) = (0, false);
    for (letter, _) in pairs.take_while(|(a, b)| a == b && a.is_alphabetic()) {
        n += 1;
        has_vowel |= "aeiouyäöüáàâãéèêëíìîïóòôõúùûаеёиоуыэюя".contains(letter);
    }
    n >= 2 && has_vowel
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    if value == 0.0 {
        return Evidence::new("has no rhymes");
    }
    let ends = line_ends(scene);
    let places = rhyming(scene, &ends).map(|word| scene.comment.place_of_words(word, word));
    let reason = if value > VERSE {
        "its lines rhyme".to_owned()
    } else {
        format!("{:.0} % of its lines end alike", value * 100.0)
    };
    Evidence::new(reason).at(places)
}
