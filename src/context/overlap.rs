//! Which words of a comment stand around it, computed once for all signals that ask.

use super::{Background, Conversation, InPost};
use crate::analysis::{CommentAnalysis, Term};

/// One distinct word of the comment and where else it stands.
#[derive(Debug, Clone, Copy)]
pub struct Match {
    /// The word.
    pub term: Term,
    /// How rare it is in ordinary texts, in nats.
    pub rarity: f32,
    /// The surprise at meeting it in running text, in nats.
    pub surprise: f32,
    /// Whether the background knows the word at all.
    pub is_known: bool,
    /// Where the word stands in the post.
    pub post: InPost,
    /// Where its stem stands in the post.
    pub stem_in_post: InPost,
    /// Whether the word stands in an earlier comment of the window.
    pub earlier: bool,
    /// Whether its stem stands there.
    pub stem_in_earlier: bool,
}

/// Words rarer than this, in nats, have a subject; commoner ones are the mortar of any text. A word
/// of three texts in a hundred is at the limit.
pub const CONTENT: f32 = 3.5;

impl Match {
    /// Whether the word carries a subject.
    pub fn is_content(&self) -> bool {
        self.rarity >= CONTENT
    }

    /// Whether the word or its stem stands in title, body or tags.
    pub fn is_in_post(&self) -> bool {
        self.post != InPost::default() || self.stem_in_post != InPost::default()
    }

    /// Whether the word or its stem stands in the title.
    pub fn is_in_title(&self) -> bool {
        self.post.title || self.stem_in_post.title
    }

    /// Whether the word or its stem stands in the body of the post.
    pub fn is_in_body(&self) -> bool {
        self.post.body || self.stem_in_post.body
    }

    /// Whether the word or its stem stands among the tags.
    pub fn is_in_tags(&self) -> bool {
        self.post.tags || self.stem_in_post.tags
    }

    /// Whether the word or its stem stands in an earlier comment of the window.
    pub fn is_in_earlier(&self) -> bool {
        self.earlier || self.stem_in_earlier
    }

    /// How often the stem, or the word if it has none, stands in title and body; once more if it stands
    /// in an earlier comment of the window.
    pub fn times_around(&self) -> u32 {
        let (post, earlier) = if self.term.stem == 0 {
            (self.post, self.earlier)
        } else {
            (self.stem_in_post, self.stem_in_earlier)
        };
        u32::from(post.times) + u32::from(earlier)
    }

    /// Whether the word or its stem stands in the post or in an earlier comment.
    pub fn is_around(&self) -> bool {
        self.is_in_post() || self.is_in_earlier()
    }
}

/// Looks every distinct word of a comment up in the post and in the conversation before it.
pub fn overlap(
    comment: &CommentAnalysis<'_>,
    conversation: &Conversation<'_>,
    background: &Background<'_>,
) -> Vec<Match> {
    let context = conversation.context;
    let look_up = |term: &Term| {
        let stem = (term.stem != 0).then_some(term.stem);
        let commonness = background.look_up(term.hash);
        Match {
            term: *term,
            rarity: commonness.rarity,
            surprise: commonness.surprise,
            is_known: commonness.is_known,
            post: context.word_in_post(term.hash),
            stem_in_post: stem
                .map(|stem| context.stem_in_post(stem))
                .unwrap_or_default(),
            earlier: conversation.has_word(term.hash),
            stem_in_earlier: stem.is_some_and(|stem| conversation.has_stem(stem)),
        }
    };
    comment.terms.distinct.iter().map(look_up).collect()
}
