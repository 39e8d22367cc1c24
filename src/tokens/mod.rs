//! Takes a [`Text`] and gives [`Tokens`]: its words, links, emoji and sentences.
//!
//! Invariants:
//! - total and deterministic; the work is linear in the length of the text;
//! - spans lie on character boundaries of the normalised text and increase;
//! - the bytes of addresses and mailboxes yield no words: `http://cheap-pills.com` says what it
//!   says through its [`Link`].
//!
//! Words follow UAX #29, links RFC 3986 as far as people do, domains the Public Suffix List.
//! Not here: stemming and stop words (see `analysis`) and any judgement.

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

use crate::text::{Text, floor_boundary};

mod addresses;
mod emoji;
mod link;
mod sentences;
mod shape;
mod words;

pub use link::{Link, parse_host, parse_link, without_reserved_ending};
pub use shape::Shape;
pub use words::Word;

/// Most links kept. Comments with more than a handful are spam anyway.
const MAX_LINKS: usize = 200;

/// Most bytes of a chunk. What has no spaces, such as Chinese or a long address, is cut.
const MAX_CHUNK: usize = 64;

/// What a text consists of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tokens {
    /// The words, in order.
    pub words: Vec<Word>,
    /// The links: at most 200, in the order of the original.
    pub urls: Vec<Link>,
    /// The emoji, in the normalised text, in order.
    pub emoji: Vec<Range<usize>>,
    /// The sentences, as ranges of word indices; none is empty, together they cover all words.
    pub sentences: Vec<Range<usize>>,
    /// The text, lower-cased.
    lower: String,
}

impl Tokens {
    /// The lower-cased form of one of these words; empty for a word of other tokens that does not
    /// fit.
    pub fn lower(&self, word: &Word) -> &str {
        self.lower
            .get(word.lower.start as usize..word.lower.end as usize)
            .unwrap_or_default()
    }

    /// The lower-cased text, cut at white space: words with the marks that stand on them, smileys and
    /// addresses, in pieces of at most 64 bytes.
    pub fn chunks(&self) -> Vec<&str> {
        let mut chunks = Vec::with_capacity(self.words.len());
        for mut rest in self.lower.split_whitespace() {
            while rest.len() > MAX_CHUNK {
                let (chunk, behind) = rest.split_at(floor_boundary(rest, MAX_CHUNK));
                chunks.push(chunk);
                rest = behind;
            }
            chunks.push(rest);
        }
        chunks
    }
}

/// Letter by letter: the final sigma rule would make one word two.
fn lower_case(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().flat_map(char::to_lowercase)
}

/// Splits a text.
pub fn tokenize(text: &Text) -> Tokens {
    let normal = text.as_str();
    let mut tokens = Tokens {
        emoji: emoji::emoji(normal),
        ..Tokens::default()
    };
    // ASCII is lower-cased at once and in its places, other text along with its words.
    let is_ascii = normal.is_ascii();
    if is_ascii {
        tokens.lower = normal.to_ascii_lowercase();
    }
    // English has a word in every six bytes, with the space.
    tokens.words.reserve(normal.len() / 6 + 1);

    let addresses = addresses::addresses(normal);
    let mut start = 0;
    for address in &addresses {
        tokens.add_words(normal, is_ascii, start..address.span.start);
        start = address.span.end;
    }
    tokens.add_words(normal, is_ascii, start..normal.len());
    if !is_ascii {
        let rest = &normal[tokens.end_of_words()..];
        tokens.lower.extend(lower_case(rest));
    }
    tokens.add_sentences(normal);
    tokens.add_links(text, &addresses);
    tokens
}

impl Tokens {
    /// Where the last word ends, in the normalised text.
    fn end_of_words(&self) -> usize {
        self.words.last().map_or(0, |word| word.span.end as usize)
    }

    fn add_words(&mut self, text: &str, is_ascii: bool, range: Range<usize>) {
        let mut lowered = self.end_of_words();
        let Self { words, lower, .. } = self;
        words::words_in(text, range, &mut |span| {
            let word = &text[span.clone()];
            let in_lower = if is_ascii {
                span.clone()
            } else {
                lower.extend(lower_case(&text[lowered..span.start]));
                let start = lower.len();
                lower.extend(lower_case(word));
                lowered = span.end;
                start..lower.len()
            };
            let previous_end = words
                .last()
                .map_or(span.start, |previous| previous.span.end as usize);
            let gap = &text.as_bytes()[previous_end..span.start];
            words.push(Word {
                break_before: gap.contains(&b'\n'),
                hash: xxh3_64(&lower.as_bytes()[in_lower.clone()]),
                shape: Shape::of(word),
                lower: narrow(in_lower),
                span: narrow(span),
            });
        });
    }

    fn add_sentences(&mut self, text: &str) {
        let mut start = 0;
        for (index, pair) in self.words.windows(2).enumerate() {
            let span = |word: &Word| word.span.start as usize..word.span.end as usize;
            let (before, after) = (span(&pair[0]), span(&pair[1]));
            if after.start - before.end == 1 && text.as_bytes()[before.end] == b' ' {
                continue;
            }
            if sentences::ends_in(&text[before.end..after.start], &text[before]) {
                self.sentences.push(start..index + 1);
                start = index + 1;
            }
        }
        if start < self.words.len() {
            self.sentences.push(start..self.words.len());
        }
    }

    fn add_links(&mut self, text: &Text, addresses: &[addresses::Address]) {
        let markup = text.markup_links().iter().filter_map(|link| {
            Some(Link {
                markup: Some(link.kind),
                original: link.original.clone(),
                ..parse_link(&link.target)?
            })
        });
        self.urls.extend(markup.take(MAX_LINKS));
        let n_markup = self.urls.len();
        for address in addresses.iter().filter(|address| !address.is_email) {
            if self.urls.len() >= MAX_LINKS {
                break;
            }
            let span = narrow(address.span.clone());
            let Some(mut parsed) = parse_link(&text.as_str()[address.span.clone()]) else {
                continue;
            };
            let original = text.original_span(address.span.clone());
            // `<a href="http://x.com">http://x.com</a>` is one link.
            let same = self.urls[..n_markup].iter_mut().find(|link| {
                link.original.start <= original.start
                    && original.end <= link.original.end
                    && link.host == parsed.host
            });
            if let Some(link) = same {
                link.span.get_or_insert(span);
                continue;
            }
            parsed.span = Some(span);
            parsed.original = original;
            self.urls.push(parsed);
        }
        self.urls
            .sort_by_key(|link| (link.original.start, link.original.end));
    }
}

/// Normalised texts and what is made of them are far shorter than 4 GiB (see
/// [`crate::text::MAX_HEAD`]).
fn narrow(range: Range<usize>) -> Range<u32> {
    let narrow = |position| u32::try_from(position).unwrap_or(u32::MAX);
    narrow(range.start)..narrow(range.end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::{LinkMarkup, normalize};

    fn tokens_of(input: &str) -> Tokens {
        check_invariants(input);
        tokenize(&normalize(input))
    }

    fn check(input: &str, expected: &[&str]) {
        let tokens = tokens_of(input);
        let words: Vec<_> = tokens.words.iter().map(|word| tokens.lower(word)).collect();
        assert_eq!(words, expected, "{input}");
    }

    #[test]
    fn chunks_keep_marks_and_addresses() {
        let chunks = |input: &str| tokens_of(input).chunks().join("|");
        assert_eq!(
            chunks("Buy NOW!!! http://x.com/A :-)"),
            "buy|now!!!|http://x.com/a|:-)"
        );
        assert_eq!(chunks("  ЁЛКА, да\nÉté "), "ёлка,|да|été");
        assert_eq!(chunks(&"字".repeat(43)).matches('|').count(), 2);
        assert_eq!(chunks(" "), "");
    }

    fn check_invariants(input: &str) {
        let text = normalize(input);
        let tokens = tokenize(&text);
        let mut previous = 0;
        for word in &tokens.words {
            let span = word.span.start as usize..word.span.end as usize;
            assert!(span.start >= previous && span.end > span.start, "{input:?}");
            let written = text.as_str().get(span.clone()).expect("a word");
            let lower: String = written.chars().flat_map(char::to_lowercase).collect();
            assert_eq!(tokens.lower(word), lower);
            assert!(
                input
                    .get(text.original_span(span.clone()))
                    .is_some_and(|piece| !piece.is_empty()),
                "{input:?}"
            );
            previous = span.end;
        }
        let lower: String = text.as_str().chars().flat_map(char::to_lowercase).collect();
        let chunks = tokens.chunks();
        assert_eq!(
            chunks.concat(),
            lower.split_whitespace().collect::<String>()
        );
        assert!(
            chunks
                .iter()
                .all(|chunk| !chunk.is_empty() && chunk.len() <= MAX_CHUNK)
        );
        let covered: Vec<usize> = tokens.sentences.iter().cloned().flatten().collect();
        assert_eq!(covered, (0..tokens.words.len()).collect::<Vec<_>>());
        for link in &tokens.urls {
            assert!(
                input
                    .get(link.original.clone())
                    .is_some_and(|piece| !piece.is_empty())
            );
        }
        for span in &tokens.emoji {
            assert!(text.as_str().get(span.clone()).is_some());
        }
        assert!(tokens.urls.len() <= MAX_LINKS);
        assert_eq!(tokens, tokenize(&text));
    }

    #[test]
    fn words_are_lower_cased_and_addresses_yield_none() {
        check(
            "Visit http://Cheap-Pills.com/now TODAY, Ölçü!",
            &["visit", "today", "ölçü"],
        );
        check("mail me@example.com please", &["mail", "please"]);
        check("", &[]);
    }

    #[test]
    fn line_breaks_are_seen() {
        let tokens = tokens_of("one two\nthree\n\nfour");
        let breaks: Vec<_> = tokens.words.iter().map(|word| word.break_before).collect();
        assert_eq!(breaks, [false, false, true, true]);
    }

    #[test]
    fn sentences_are_ranges_of_words() {
        let tokens = tokens_of("Hi there. Is this\nit? Yes\n\nbye http://x.com/a.b good");
        assert_eq!(tokens.sentences, [0..2, 2..5, 5..6, 6..8]);
    }

    #[test]
    fn links_come_from_text_and_markup() {
        let tokens = tokens_of(
            "www.a.com <a href='http://b.com/x'>B</a> [url]http://c.com[/url] <a href=\"/about\">me</a> https://d.com",
        );
        let found: Vec<_> = tokens
            .urls
            .iter()
            .map(|link| (link.domain.as_str(), link.markup, link.span.is_some()))
            .collect();
        assert_eq!(
            found,
            [
                ("a.com", None, true),
                ("b.com", Some(LinkMarkup::Html), false),
                ("c.com", Some(LinkMarkup::BbCode), true),
                ("d.com", None, true),
            ]
        );
    }

    #[test]
    fn links_are_bounded() {
        for one in ["http://x.com ", "<a href='http://x.com'>x</a> "] {
            assert_eq!(tokens_of(&one.repeat(1_000)).urls.len(), MAX_LINKS);
        }
    }

    #[test]
    fn hostile_texts_keep_the_invariants() {
        for piece in [
            "@",
            "@a",
            "a@b.c ",
            "a.",
            "http://",
            "://",
            "http://a@",
            "www.",
            "a@",
            "😀",
            "\u{301}a",
            "漢",
            ".\n",
            "a:",
            "[",
            "x.com/(",
            "é.com ",
            "a.b_",
            "1_1.",
            "www.b:",
        ] {
            check_invariants(&piece.repeat(150_000 / piece.len()));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn any_string_keeps_the_invariants(input in any::<String>()) {
            check_invariants(&input);
        }

        #[test]
        fn any_mixture_of_awkward_pieces_keeps_the_invariants(
            pieces in prop::collection::vec(
                prop::sample::select(&[
                    "http://", "www.", "x.com", "é.рф", "/a", "@", "@bob", ".", " ", "\n", "<a href=http://y.com>", "</a>", "?", "word",
                    "Word", "'", "_", "3", ",", "😀", "\u{200d}", "🇩", "漢", "カ", "ß", "İ", "Σ", "\u{301}", "。", "[url]", "[/url]", "&amp;",
                ][..]),
                0..16,
            ),
        ) {
            check_invariants(&pieces.concat());
        }
    }
}
