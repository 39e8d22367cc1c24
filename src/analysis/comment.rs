//! One comment, read.

use std::collections::HashSet;

use percent_encoding::percent_decode_str;

use super::{Language, Terms};
use crate::comment::{Comment, Field};
use crate::text::{LinkMarkup, Text, floor_boundary, normalize};
use crate::tokens::{Link, Shape, Tokens, parse_link, tokenize, without_reserved_ending};

/// Keeps a name of one word apart from the word.
const NAME: u64 = 0x6e61_6d65_6f66_6f6e;

/// An author's name, read.
#[derive(Debug, Clone)]
pub struct Name {
    /// The name in its normal spelling.
    pub text: Text,
    /// Its words.
    pub tokens: Tokens,
}

impl Name {
    /// Most bytes of a name that are read: names are remembered for the whole thread, and what is
    /// longer is none.
    const MOST_BYTES: usize = 256;

    fn of(name: &str) -> Self {
        let text = normalize(&name[..floor_boundary(name, Self::MOST_BYTES)]);
        let tokens = tokenize(&text);
        Self { text, tokens }
    }

    /// Identifies the name by its lower-cased words; `None` without words.
    pub fn key(&self) -> Option<u64> {
        let words = &self.tokens.words;
        let hashes = words.iter().map(|word| word.hash);
        (!words.is_empty()).then(|| hashes.fold(NAME, |key, hash| key.rotate_left(7) ^ hash))
    }

    /// The lower-cased words.
    pub fn words(&self) -> Vec<&str> {
        self.tokens
            .words
            .iter()
            .map(|word| self.tokens.lower(word))
            .collect()
    }
}

/// One comment with everything that can be read off it alone.
#[derive(Debug, Clone)]
pub struct CommentAnalysis<'a> {
    /// The comment as the caller gave it.
    pub comment: &'a Comment,
    /// The body in its normal spelling.
    pub text: Text,
    /// Words, links and sentences of the body.
    pub tokens: Tokens,
    /// Hashes of the lower-cased words in their order, for phrases and quotations.
    pub sequence: Vec<u64>,
    /// The words as subjects.
    pub terms: Terms,
    /// The author's name.
    pub name: Field<Name>,
    /// The author's homepage. Junk in the field counts as left empty.
    pub homepage: Field<Link>,
    /// Host and path of the homepage as they are read: decoded and lower-cased, without `.com` and the
    /// endings of examples. Empty without one.
    pub homepage_text: String,
    /// Links of the body, and those that only the separate markup shows.
    pub links: Vec<Link>,
    /// The language of the body, if it has letters.
    pub language: Option<Language>,
}

impl<'a> CommentAnalysis<'a> {
    /// Reads a comment.
    pub fn of(comment: &'a Comment) -> Self {
        let text = normalize(&comment.body);
        let tokens = tokenize(&text);
        let terms = Terms::of(&text, &tokens);
        let name = match &comment.author {
            // A name of invisible characters is none.
            Field::Known(name) => Some(Name::of(name))
                .filter(|name| !name.text.as_str().trim().is_empty())
                .map_or(Field::Empty, Field::Known),
            Field::Empty => Field::Empty,
            Field::Unknown => Field::Unknown,
        };
        let homepage = match &comment.author_url {
            Field::Known(url) => parse_homepage(url).map_or(Field::Empty, Field::Known),
            Field::Empty => Field::Empty,
            Field::Unknown => Field::Unknown,
        };
        let homepage_text = homepage.value().map_or_else(String::new, text_of_homepage);
        let mut links = tokens.urls.clone();
        if let Field::Known(html) = &comment.html {
            add_hidden_targets(&mut links, html);
        }
        let sequence: Vec<u64> = tokens.words.iter().map(|word| word.hash).collect();
        let language = Language::of(text.as_str(), &sequence);
        Self {
            comment,
            text,
            sequence,
            tokens,
            terms,
            name,
            homepage,
            homepage_text,
            links,
            language,
        }
    }

    /// The lower-cased words of the body.
    pub fn words(&self) -> Vec<&str> {
        self.tokens
            .words
            .iter()
            .map(|word| self.tokens.lower(word))
            .collect()
    }

    /// Whether it is written in a script in which no words can be told: there are
    /// [fragments](Shape::is_fragment) of words, and nothing else.
    pub fn is_unread(&self) -> bool {
        self.terms.total == 0 && !self.tokens.words.is_empty()
    }

    /// The last word of a term that begins with the word of that index: its neighbour where a pair of
    /// characters stands for a word.
    pub fn end_of_term(&self, first: usize) -> usize {
        let is_pair = self.tokens.words.get(first..first + 2).is_some_and(|pair| {
            pair.iter().all(|word| word.shape == Shape::Ideograph)
                && pair[0].span.end == pair[1].span.start
        });
        first + usize::from(is_pair)
    }

    /// Bytes of the original body that the term which begins with that word takes up.
    pub fn place_of_term(&self, first: usize) -> std::ops::Range<usize> {
        self.place_of_words(first, self.end_of_term(first))
    }

    /// Bytes of the original body that the words from `first` through `last` take up.
    pub fn place_of_words(&self, first: usize, last: usize) -> std::ops::Range<usize> {
        let words = &self.tokens.words;
        match (words.get(first), words.get(last)) {
            (Some(first), Some(last)) => self
                .text
                .original_span(first.span.start as usize..last.span.end as usize),
            _ => 0..0,
        }
    }
}

/// Adds the links whose targets the body has lost. Those that the body still shows are not counted
/// twice.
fn add_hidden_targets(links: &mut Vec<Link>, html: &str) {
    let page = |link: &Link| {
        let query = link.target.split_once('?');
        let query = query.map(|(_, query)| query.to_owned());
        (link.host.clone(), link.path.clone(), query)
    };
    // Hundreds of links fit into a comment.
    let mut shown: HashSet<_> = links.iter().map(page).collect();
    for link in normalize(html).markup_links() {
        let Some(mut parsed) = parse_link(&link.target) else {
            continue;
        };
        if shown.insert(page(&parsed)) {
            parsed.markup = Some(LinkMarkup::Html);
            links.push(parsed);
        }
    }
}

/// Host and path as they are read. The ending that every other host has says no more of one than those
/// of examples do: what collected spam has of it would only tell when it was collected.
fn text_of_homepage(link: &Link) -> String {
    let host = without_reserved_ending(&link.host);
    let host = host.strip_suffix(".com").unwrap_or(host);
    let path = percent_decode_str(&link.path).decode_utf8_lossy();
    host.to_owned() + &path.to_lowercase()
}

/// Takes a homepage apart. Of hosts without a scheme it takes the reserved ones of examples, too, which
/// in a body are rather something else, such as the name of a test.
fn parse_homepage(raw: &str) -> Option<Link> {
    let of_example = || {
        parse_link(&format!("http://{}", raw.trim()))
            .filter(|link| without_reserved_ending(&link.host) != link.host)
    };
    parse_link(raw).or_else(of_example)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(url: &str) -> String {
        let comment = Comment {
            author_url: url.into(),
            ..Comment::default()
        };
        CommentAnalysis::of(&comment).homepage_text
    }

    #[test]
    fn a_name_that_nobody_sees_is_none() {
        for author in ["\u{200b}", "\u{ad}\u{200b} "] {
            let comment = Comment {
                author: author.into(),
                ..Comment::default()
            };
            assert!(CommentAnalysis::of(&comment).name.is_empty(), "{author:?}");
        }
    }

    #[test]
    fn a_homepage_reads_the_same_in_capitals_and_decoded() {
        assert_eq!(
            text("http://Example.org/Buy-CHEAP"),
            "example.org/buy-cheap"
        );
        assert_eq!(
            text("http://example.org/%D0%94%D0%BE%D0%BC"),
            "example.org/дом"
        );
        assert_eq!(text(""), "");
    }

    #[test]
    fn endings_that_say_nothing_are_left_out_of_the_homepage() {
        for ending in ["com", "example", "test"] {
            let url = format!("http://shoes.{ending}/");
            assert_eq!(text(&url), "shoes/", "{url}");
        }
        assert_eq!(text("shoes.xyz"), "shoes.xyz/");
        assert_eq!(text("shoes.example"), "shoes/", "without a scheme");
    }

    #[test]
    fn hidden_links_to_one_page_with_different_queries_are_different() {
        let html: String = (0..40)
            .map(|n| format!(r#"<a href="http://example.com/?p={n}">x</a> "#))
            .collect();
        let comment = Comment {
            body: "see http://example.com/?p=7".into(),
            html: html.as_str().into(),
            ..Comment::default()
        };
        assert_eq!(CommentAnalysis::of(&comment).links.len(), 40);
    }
}
