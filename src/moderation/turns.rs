//! Gives others a turn while many texts are read: the threads of the runtime are few, and health
//! checks and timeouts need them, too.

use crate::comment::Comment;

/// Bytes after which others get a turn; reading them takes some milliseconds.
const TURN: usize = 32 << 10;

/// What every text takes beside them: a short one has a name, links and a verdict, too.
const TEXT: usize = 2 << 10;

/// How much was read since the last turn of others.
#[derive(Debug, Default)]
pub(super) struct Turns {
    bytes: usize,
}

impl Turns {
    /// To be called when a text of so many bytes was read.
    pub(super) async fn after(&mut self, bytes: usize) {
        self.bytes += TEXT + bytes;
        if self.bytes >= TURN {
            self.bytes = 0;
            tokio::task::yield_now().await;
        }
    }
}

/// What takes time to read of a comment.
pub(super) fn bytes_of(comment: &Comment) -> usize {
    comment.body.len() + comment.html.text().map_or(0, str::len)
}
