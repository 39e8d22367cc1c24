//! Takes text as written and gives [`Text`]: the same words in one spelling, with a map back to
//! the bytes of the original.
//!
//! Order of steps: markup → Unicode → look-alikes → white space. They are repeated until nothing
//! changes (`&amp;lt;b&gt;` hides a tag three deep); ordinary text is done after one round, plain
//! ASCII without markup after one look.
//!
//! Invariants:
//! - total: every string gives a `Text`; of long ones the head and the tail are read;
//! - idempotent: normalising a normalised text changes nothing;
//! - aligned: each span of the result maps to a span of the original on character boundaries;
//! - linear: the work is bounded by the length of what is read.
//!
//! Not here: lower-casing (case is a signal) and splitting (see [`crate::tokens`]).
//! Unicode steps follow UAX #15 (NFKC) and UTS #39, section 4 (confusables).

use std::borrow::Cow;
use std::ops::Range;

mod alignment;
mod bbcode;
mod boundary;
mod elements;
mod entities;
mod hidden;
mod link;
mod lookalikes;
mod markup;
mod oddity;
mod script;
mod spaced_letters;
mod styled;
mod unicode;
mod whitespace;

pub use hidden::joins;
pub use link::{LinkMarkup, MAX_TARGET, MarkupLink};
pub use oddity::{Oddity, OddityKind};
pub use script::{ScriptGroup, main_script};

pub(crate) use boundary::{ascii_end, ceil_boundary, floor_boundary};

use alignment::{Alignment, Rewrite};
use oddity::Oddities;

/// Bytes read from the start of a text that is longer than head and tail together.
pub const MAX_HEAD: usize = 48 * 1024;

/// Bytes read from the end of such a text, where spam likes to hang its links.
pub const MAX_TAIL: usize = 16 * 1024;

/// Most markup links kept.
const MAX_LINKS: usize = 256;

/// Rounds in which markup is read. Only text made to defeat this program nests it deeper; from
/// then on the characters that markup starts with are dropped.
const MAX_MARKUP_ROUNDS: usize = 5;

/// Rounds altogether. Without markup two or three are enough (a property test watches that).
const MAX_ROUNDS: usize = 12;

/// A text in its normal spelling, and what was found on the way there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    text: String,
    alignment: Alignment,
    links: Vec<MarkupLink>,
    oddities: Oddities,
}

impl Text {
    /// The normal spelling: tags dropped (those of blocks and `<br>` become line breaks),
    /// references decoded, NFKC, invisible characters dropped, look-alikes folded, white space
    /// tidied. Case is kept.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The bytes of the original for a span of the normal spelling. Spans that are out of range or
    /// cut characters are first made to fit.
    pub fn original_span(&self, span: Range<usize>) -> Range<usize> {
        let start = floor_boundary(&self.text, span.start);
        let end = ceil_boundary(&self.text, span.end.max(start));
        self.alignment.span(start..end)
    }

    /// Links made with markup, in order; at most 256.
    pub fn markup_links(&self) -> &[MarkupLink] {
        &self.links
    }

    /// What is unusual about the spelling, in order; at most 256 places.
    pub fn oddities(&self) -> &[Oddity] {
        self.oddities.entries()
    }

    /// How many places are unusual in one way.
    pub fn oddity_count(&self, kind: OddityKind) -> usize {
        self.oddities.count(kind)
    }
}

/// Normalises a text.
pub fn normalize(original: &str) -> Text {
    let mut work = Work {
        text: Cow::Borrowed(original),
        alignment: Alignment::identity(original.len()),
        links: Vec::new(),
        oddities: Oddities::default(),
    };
    for round in 0..MAX_ROUNDS {
        if !work.round(round) {
            break;
        }
    }
    let Work {
        text,
        alignment,
        mut links,
        mut oddities,
    } = work;
    spaced_letters::spaced_letters(&text, |span| {
        oddities.push(OddityKind::SpacedLetters, alignment.span(span));
    });
    oddities.sort();
    links.sort_by_key(|link| (link.original.start, link.original.end));
    Text {
        text: text.into_owned(),
        alignment,
        links,
        oddities,
    }
}

/// A text on its way to the normal spelling.
struct Work<'a> {
    text: Cow<'a, str>,
    alignment: Alignment,
    links: Vec<MarkupLink>,
    oddities: Oddities,
}

impl Work<'_> {
    /// Takes all steps once; tells whether anything changed.
    fn round(&mut self, round: usize) -> bool {
        let mut changed = self.apply(truncate(&self.text));

        if markup::may_have_markup(&self.text) {
            let stripped = if round < MAX_MARKUP_ROUNDS {
                self.strip_markup()
            } else {
                markup::strip_openers(&self.text)
            };
            changed |= self.apply(stripped);
        }
        if !self.text.is_ascii() {
            let (alignment, oddities) = (&self.alignment, &mut self.oddities);
            let folded = unicode::fold(&self.text, &mut |kind, span| {
                oddities.push(kind, alignment.span(span))
            });
            changed |= self.apply(folded);

            let (alignment, oddities) = (&self.alignment, &mut self.oddities);
            let folded = lookalikes::fold(&self.text, &mut |span| {
                // Words that cannot be folded would be found again in later rounds.
                if round == 0 {
                    oddities.push(OddityKind::MixedScript, alignment.span(span));
                }
            });
            changed |= self.apply(folded);
        }
        let tidied = whitespace::tidy(&self.text);
        changed | self.apply(tidied)
    }

    fn strip_markup(&mut self) -> Option<Rewrite> {
        let mut found = Vec::new();
        let stripped = markup::strip(&self.text, &mut found);
        let room = MAX_LINKS - self.links.len();
        self.links
            .extend(found.into_iter().take(room).map(|link| MarkupLink {
                target: link.target,
                kind: link.kind,
                original: self.alignment.span(link.span),
            }));
        stripped
    }

    fn apply(&mut self, rewrite: Option<Rewrite>) -> bool {
        let Some(rewrite) = rewrite else { return false };
        self.alignment = self.alignment.then(&rewrite.alignment);
        self.text = Cow::Owned(rewrite.text);
        true
    }
}

/// Head and tail of a text that is too long, with a line break between them.
fn truncate(text: &str) -> Option<Rewrite> {
    if text.len() <= MAX_HEAD + MAX_TAIL {
        return None;
    }
    // The line break takes one byte, so that the result is not too long itself.
    let head_end = floor_boundary(text, MAX_HEAD - 1);
    let tail_start = ceil_boundary(text, text.len() - MAX_TAIL);
    // A piece of an address would be a word of its own.
    let head_end = text[..head_end]
        .rfind(char::is_whitespace)
        .filter(|at| head_end - at <= MAX_TARGET)
        .unwrap_or(head_end);
    let tail_start = text[tail_start..]
        .find(char::is_whitespace)
        .filter(|at| *at <= MAX_TARGET)
        .map_or(tail_start, |at| tail_start + at);
    let mut rewriter = alignment::Rewriter::new(text);
    rewriter.replace(head_end..tail_start, "\n");
    rewriter.finish()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(input: &str, expected: &str) {
        let text = normalize(input);
        assert_eq!(text.as_str(), expected, "{input:?}");
        check_invariants(input);
    }

    fn check_invariants(input: &str) {
        let text = normalize(input);
        let again = normalize(text.as_str());
        assert_eq!(
            again.as_str(),
            text.as_str(),
            "{input:?} is not normal after one call"
        );
        let whole = text.original_span(0..usize::MAX);
        assert!(input.get(whole).is_some());
        let step = 1 + text.as_str().len() / 300;
        let mut previous = 0;
        for at in (0..=text.as_str().len()).step_by(step) {
            for span in [at..at + 1, at..at, at..at + 7, 0..at] {
                let original = text.original_span(span.clone());
                assert!(
                    input.get(original.clone()).is_some(),
                    "{input:?} {span:?} → {original:?}"
                );
            }
            let start = text.original_span(at..at + 1).start;
            assert!(start >= previous, "{input:?}: spans run backwards");
            previous = start;
        }
        for link in text.markup_links() {
            assert!(input.get(link.original.clone()).is_some());
            assert!(link.target.len() <= MAX_TARGET);
        }
        for oddity in text.oddities() {
            assert!(
                input
                    .get(oddity.original.clone())
                    .is_some_and(|piece| !piece.is_empty()),
                "{input:?} {oddity:?}"
            );
        }
    }

    #[test]
    fn what_is_too_long_is_cut_between_words() {
        // With a space it takes 25 bytes, so that both cuts fall into a word.
        let word = "http://example.com/grip/";
        let words = format!("{word} ").repeat(9_000);
        let text = normalize(&words);
        assert!(text.as_str().split_whitespace().all(|same| same == word));
    }

    #[test]
    fn steps_work_together() {
        check("", "");
        check("Plain text, as is.", "Plain text, as is.");
        check("<p>Hi&nbsp;there,</p>\r\n<p>bye</p>", "Hi there,\n\nbye");
        check("&amp;lt;b&amp;gt;deep&lt;/b&gt;", "deep");
        check("f\u{200b}rее &#118;iagra", "free viagra");
        check("a&#8203;b", "ab");
        check("＜b＞x＜/b＞", "x");
    }

    #[test]
    fn spans_lead_back_to_the_original() {
        let input = "<p>Buy &amp; sell <b>ｇｏｌｄ</b></p>";
        let text = normalize(input);
        assert_eq!(text.as_str(), "Buy & sell gold");
        assert_eq!(&input[text.original_span(4..5)], "&amp;");
        assert_eq!(&input[text.original_span(11..15)], "ｇｏｌｄ");
        assert_eq!(&input[text.original_span(13..14)], "ｌ");
    }

    #[test]
    fn links_and_oddities_point_into_the_original() {
        let input = "x &lt;a href=\"http://x.com\"&gt;v i a g r a&lt;/a&gt; frее";
        let text = normalize(input);
        assert_eq!(text.as_str(), "x v i a g r a free");
        assert_eq!(text.markup_links()[0].target, "http://x.com");
        assert_eq!(
            &input[text.markup_links()[0].original.clone()],
            "&lt;a href=\"http://x.com\"&gt;v i a g r a&lt;/a&gt;"
        );
        assert_eq!(text.oddity_count(OddityKind::MixedScript), 1);
        assert_eq!(text.oddity_count(OddityKind::SpacedLetters), 1);
        assert_eq!(
            &input[text.oddities().last().expect("two").original.clone()],
            "frее"
        );
    }

    #[test]
    fn long_texts_lose_their_middle() {
        let long = format!("start {} end", "é".repeat(600_000));
        let text = normalize(&long);
        assert!(text.as_str().len() <= MAX_HEAD + MAX_TAIL);
        assert!(text.as_str().starts_with("start é") && text.as_str().ends_with("é end"));
        check_invariants(&long);
    }

    #[test]
    fn hostile_texts_keep_the_invariants() {
        for piece in [
            "<",
            "&",
            "[",
            "<a ",
            "<a href=\"",
            "<div>",
            "<a href='",
            "[url=",
            "[b]",
            "[/b]",
            "[a](http://",
            "&amp;",
            "&lt;",
            "&amp",
            "\u{301}",
            "\u{202e}",
            "\u{200d}",
            "😀",
            "a\u{20dd}\u{301}",
            "\u{fdfa}",
            "amp;",
            "&#x26;",
            "<!--",
            "<script>",
            "<style>",
            "\r",
            " ",
            "\0",
            "ᴀ",
            "🇩",
            "🅰",
            "𝐚",
            "а",
            "aа",
            "-->",
            "a ",
            "а b ",
            "\u{1100}",
            "\u{1161}",
            "\u{e0041}",
            "´",
            "’",
            "｡ﾞ",
            "<b><",
        ] {
            check_invariants(&piece.repeat(150_000 / piece.len()));
            check_invariants(&format!("&{}lt;b&gt;", piece.repeat(500)));
        }
    }

    const PIECES: &[&str] = &[
        "<b>",
        "</p>",
        "<a href=\"http://x.com\">",
        "</a>",
        "[url=http://x.com]",
        "[/url]",
        "[i]",
        "[/i]",
        "[x](http://y.com)",
        "&amp;",
        "&lt;",
        "&gt;",
        "amp;",
        "#8203;",
        "&#x200b;",
        "<",
        ">",
        "[",
        "]",
        "&",
        "(",
        ")",
        "/",
        "b",
        "lt;",
        " ",
        "\n",
        "\r\n",
        "\u{a0}",
        "\u{200b}",
        "\u{200d}",
        "\u{fe0f}",
        "\u{301}",
        "\u{302}",
        "\u{20dd}",
        "\u{345}",
        "\u{ad}",
        "\u{202e}",
        "а",
        "е",
        "a",
        "p",
        "ж",
        "µm",
        "é",
        "ï",
        "𝐚",
        "ⓑ",
        "ᴀ",
        "ɪ",
        "🇩",
        "🇪",
        "😀",
        "👩",
        "🅰",
        "🅱",
        "ガ",
        "\u{ff9e}",
        "ｶ",
        "漢",
        "\u{1100}",
        "\u{1161}",
        "\u{11a8}",
        "\u{ffc2}",
        "\u{3164}",
        "ﬁ",
        "´",
        "¨",
        "’",
        "＜",
        "＆",
        "［",
        "म",
        "\u{94d}",
        "ی",
        "\u{200c}",
        "1",
        "#",
        "\u{20e3}",
        "\u{e0041}",
        "🏴",
        "\u{338}",
        "=",
        "\"",
        "'",
        "\u{85}",
        "\0",
        "v i a g r a ",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn any_string_keeps_the_invariants(input in any::<String>()) {
            check_invariants(&input);
        }

        #[test]
        fn any_mixture_of_awkward_pieces_keeps_the_invariants(
            pieces in prop::collection::vec(prop::sample::select(PIECES), 0..24),
        ) {
            check_invariants(&pieces.concat());
        }
    }
}
