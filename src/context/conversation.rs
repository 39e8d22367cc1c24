//! What was said before a comment, unless the comment only says it again.

use super::thread::{Answered, Context, WINDOW, covered};
use crate::analysis::CommentAnalysis;

/// A comment that has so much of its text from earlier comments is a copy. A copy with a word added is
/// one still; a quotation with an answer as long as a sentence is not.
const COPY: f32 = 0.9;

/// The comments before one comment. A copy of what is there already shares all its words with the thread,
/// and shows no interest in it by that: for a copy nothing is conversation, neither for nor against
/// it, so that a text is worth no more for being sent again.
#[derive(Debug)]
pub struct Conversation<'c> {
    /// The thread.
    pub context: &'c Context,
    /// The comments before that count, of the last [`WINDOW`]; 0 for a copy.
    pub n: usize,
    /// Their words, with repetition.
    pub length: u32,
    /// The share of the comment's runs of words that stand in earlier comments of the thread, in [0, 1];
    /// NaN for a comment too short to be told from another by chance.
    pub repeated: f32,
}

impl<'c> Conversation<'c> {
    /// What was said before this comment.
    pub fn before(comment: &CommentAnalysis<'_>, context: &'c Context) -> Self {
        let repeated = context.repeated_share(comment);
        let (n, length) = if repeated >= COPY {
            (0, 0)
        } else {
            (context.n_earlier().min(WINDOW), context.window_length)
        };
        Self {
            context,
            n,
            length,
            repeated,
        }
    }

    /// Whether a word stands there.
    pub fn has_word(&self, hash: u64) -> bool {
        self.n > 0 && self.context.word_in_window(hash)
    }

    /// Whether a stem stands there.
    pub fn has_stem(&self, stem: u64) -> bool {
        self.n > 0 && self.context.stem_in_window(stem)
    }

    /// Whether a pair of neighbouring words stands there.
    pub fn has_pair(&self, pair: u64) -> bool {
        self.n > 0 && self.context.pair_in_window(pair)
    }

    /// Words of the comment that stand in runs of three or more taken from there.
    pub fn quoted(&self, hashes: &[u64]) -> Vec<bool> {
        covered(hashes, |quote| {
            self.n > 0 && self.context.quote_in_window(quote)
        })
    }

    /// What an earlier comment said, by its id.
    pub fn answered(&self, id: &str) -> Option<Answered> {
        (self.n > 0).then(|| self.context.answered(id)).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comment::{Comment, Post};

    const LOANS: &str = "Bad credit is no problem, payday loans are paid out in an hour";

    #[test]
    fn what_is_said_again_has_no_conversation() {
        let comment = |id: &str, body: &str| Comment {
            id: id.to_owned(),
            body: body.to_owned(),
            ..Comment::default()
        };
        let mut context = Context::new(&Post::default());
        context.add(&CommentAnalysis::of(&comment("1", LOANS)));
        let before = |body: &str| {
            let comment = comment("2", body);
            let comment = CommentAnalysis::of(&comment);
            let before = Conversation::before(&comment, &context);
            let loans = comment.terms.distinct.iter();
            let has_words = loans.map(|term| before.has_word(term.hash));
            let quoted = before.quoted(&comment.sequence);
            (
                before.n,
                before.length,
                has_words.filter(|&has| has).count(),
                quoted.iter().filter(|&&is_quoted| is_quoted).count(),
                before.answered("1").is_some(),
            )
        };
        assert_eq!(before(LOANS), (0, 0, 0, 0, false));
        assert_eq!(before(&format!("{LOANS} now")), (0, 0, 0, 0, false));
        assert_eq!(before("payday loans?"), (1, 13, 2, 0, true));
        let answer = format!("> {LOANS}\nWho would lend anything to people like that, I ask you?");
        assert_eq!(before(&answer), (1, 13, 13, 13, true));
    }
}
