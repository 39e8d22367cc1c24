//! A comment in its place, with all that signals look at.

use std::cell::OnceCell;

use crate::analysis::{CommentAnalysis, Name};
use crate::comment::Field;
use crate::context::{Background, Context, Conversation, Match, overlap};
use crate::lexical::{N_FIELDS, PhraseCounts};
use crate::tokens::Link;

/// What the earlier stages say of one comment. Signals read it and nothing else.
#[derive(Debug)]
pub struct Scene<'a> {
    /// The comment.
    pub comment: &'a CommentAnalysis<'a>,
    /// What stands around it.
    pub context: &'a Context,
    /// What was said before it.
    pub conversation: Conversation<'a>,
    /// How rare words are.
    pub background: &'a Background<'a>,
    /// The distinct words and where else they stand.
    pub words: Vec<Match>,
    /// Log-odds of spam by each lexical field, in the order of [`crate::lexical::Field::ALL`]; NaN where
    /// there is none. Out of fold while training.
    pub lexical: [f32; N_FIELDS],
    /// The phrases that stand in comments of other blogs.
    pub phrases: PhraseCounts,
    /// How often people write the words of the author's name small, in [0, 1] as a mean over those
    /// of more than two letters; NaN without such a word.
    pub name_casing: f32,
    /// Log-odds that the comment was written under this post; NaN where neither a post nor an earlier comment is known.
    pub relevance: f32,
    quoted_from_post: OnceCell<Vec<bool>>,
    quoted_from_earlier: OnceCell<Vec<bool>>,
}

impl<'a> Scene<'a> {
    /// Looks the comment's words up in its context. The scores of trained parts are unknown until
    /// the caller sets them.
    pub fn new(
        comment: &'a CommentAnalysis<'a>,
        context: &'a Context,
        background: &'a Background<'a>,
    ) -> Self {
        let conversation = Conversation::before(comment, context);
        Self {
            comment,
            context,
            background,
            words: overlap(comment, &conversation, background),
            conversation,
            lexical: [f32::NAN; N_FIELDS],
            phrases: PhraseCounts::default(),
            name_casing: f32::NAN,
            relevance: f32::NAN,
            quoted_from_post: OnceCell::new(),
            quoted_from_earlier: OnceCell::new(),
        }
    }

    /// The name of the person who wrote the comment. Unknown for pingbacks and trackbacks: their
    /// name field holds the title of a page, which is long, capitalised and wordy in all innocence.
    pub fn person(&self) -> &'a Field<Name> {
        const UNKNOWN: &Field<Name> = &Field::Unknown;
        if self.comment.comment.kind.is_notification() {
            UNKNOWN
        } else {
            &self.comment.name
        }
    }

    /// The homepage of the person who wrote the comment. Unknown for pingbacks and trackbacks: their
    /// address is that of one page.
    pub fn homepage(&self) -> &'a Field<Link> {
        const UNKNOWN: &Field<Link> = &Field::Unknown;
        if self.comment.comment.kind.is_notification() {
            UNKNOWN
        } else {
            &self.comment.homepage
        }
    }

    /// The title of the page that sent a pingback or trackback.
    pub fn page_title(&self) -> Option<&'a Name> {
        let is_notification = self.comment.comment.kind.is_notification();
        self.comment.name.value().filter(|_| is_notification)
    }

    /// The address of the page that sent a pingback or trackback.
    pub fn page(&self) -> Option<&'a Link> {
        let is_notification = self.comment.comment.kind.is_notification();
        self.comment.homepage.value().filter(|_| is_notification)
    }

    /// For each word of the body, whether it stands in a run of words taken from the post.
    pub fn quoted_from_post(&self) -> &[bool] {
        self.quoted_from_post
            .get_or_init(|| self.context.quoted_from_post(&self.comment.sequence))
    }

    /// For each word of the body, whether it stands in a run of words taken from an earlier
    /// comment of the window.
    pub fn quoted_from_earlier(&self) -> &[bool] {
        self.quoted_from_earlier
            .get_or_init(|| self.conversation.quoted(&self.comment.sequence))
    }
}
