//! One post, read.

use super::language::head_of;
use super::{Language, Terms};
use crate::comment::{Field, Post};
use crate::text::normalize;
use crate::tokens::tokenize;

/// A post with everything that can be read off it alone.
#[derive(Debug, Clone, Default)]
pub struct PostAnalysis {
    /// The title's words; `None` if unknown or empty.
    pub title: Option<Terms>,
    /// The body's words; `None` if unknown or empty.
    pub body: Option<Terms>,
    /// The tags' words; `None` if unknown or empty.
    pub tags: Option<Terms>,
    /// Hashes of the lower-cased words of title and body in their order, for quotations.
    pub sequence: Vec<u64>,
    /// Hashes of the lower-cased words of the title in their order.
    pub title_words: Vec<u64>,
    /// The author's name, lower-cased words; empty if unknown.
    pub author: Vec<String>,
    /// Hosts that the post links to, and its own.
    pub hosts: Vec<String>,
    /// The language of the text, if it has letters.
    pub language: Option<Language>,
}

impl PostAnalysis {
    /// Reads a post.
    pub fn of(post: &Post) -> Self {
        let mut analysis = Self::default();
        // The language is told by how the post begins.
        let mut head = String::new();
        if let Field::Known(title) = &post.title {
            let normal = normalize(title);
            let tokens = tokenize(&normal);
            analysis.title_words = tokens.words.iter().map(|word| word.hash).collect();
            analysis.sequence.extend(&analysis.title_words);
            analysis.title = some(Terms::of(&normal, &tokens));
            head.push_str(head_of(normal.as_str()));
            head.push('\n');
        }
        if let Field::Known(body) = &post.body {
            let normal = normalize(body);
            let tokens = tokenize(&normal);
            analysis
                .sequence
                .extend(tokens.words.iter().map(|word| word.hash));
            analysis
                .hosts
                .extend(tokens.urls.iter().map(|link| link.host.clone()));
            analysis.body = some(Terms::of(&normal, &tokens));
            head.push_str(head_of(normal.as_str()));
        }
        if let Field::Known(tags) = &post.tags {
            let normal = normalize(&tags.join(" , "));
            analysis.tags = some(Terms::of(&normal, &tokenize(&normal)));
        }
        if let Field::Known(author) = &post.author {
            let tokens = tokenize(&normalize(author));
            analysis.author = tokens
                .words
                .iter()
                .map(|word| tokens.lower(word).to_owned())
                .collect();
        }
        if let Field::Known(url) = &post.url
            && let Some(link) = crate::tokens::parse_link(url)
        {
            analysis.hosts.push(link.host);
        }
        analysis.language = Language::of(&head, &analysis.sequence);
        analysis
    }
}

/// A text without words says as little as no text.
fn some(terms: Terms) -> Option<Terms> {
    (!terms.distinct.is_empty()).then_some(terms)
}
