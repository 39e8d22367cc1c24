//! Lines that are read beside the judging, so that what has come is answered while more is awaited.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::dataset::{Lines, Mended, NumberedLine, ReadError};

/// Bytes of lines that wait to be judged side by side: enough to keep all threads busy, little enough
/// to stay within memory, where as many are being judged.
const MOST_BYTES: usize = 2 << 20;

/// Lines that wait at most.
const MOST_LINES: usize = 1024;

/// What became of the input: what of it was mended, or why it cannot be read any further.
pub(super) type End = Result<Option<Mended>, ReadError>;

/// The lines of an input.
pub(super) struct Incoming(Arc<Shared>);

#[derive(Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    /// Signalled when lines are added or taken.
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    lines: Vec<NumberedLine>,
    n_bytes: usize,
    end: Option<End>,
}

impl Shared {
    fn wait_while(&self, is_early: impl Fn(&Waiting) -> bool) -> MutexGuard<'_, Waiting> {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        self.changed
            .wait_while(waiting, |waiting| is_early(waiting))
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Incoming {
    /// Begins to read.
    pub(super) fn read(mut lines: Lines) -> Self {
        let shared = Arc::new(Shared::default());
        let of_reader = shared.clone();
        // It ends with the input, or with the program.
        std::thread::spawn(move || {
            loop {
                let next = lines.next_line();
                let mut waiting = of_reader.wait_while(|waiting| {
                    waiting.lines.len() >= MOST_LINES || waiting.n_bytes >= MOST_BYTES
                });
                match next {
                    Ok(Some((line, bytes))) => {
                        waiting.n_bytes += bytes.as_ref().map_or(0, Vec::len);
                        waiting.lines.push((line, bytes));
                    }
                    Ok(None) => waiting.end = Some(Ok(lines.mended())),
                    Err(error) => waiting.end = Some(Err(error)),
                }
                of_reader.changed.notify_one();
                if waiting.end.is_some() {
                    break;
                }
            }
        });
        Self(shared)
    }

    /// The lines that have come since, one at least; and the end, once there are no more.
    pub(super) fn take(&self) -> (Vec<NumberedLine>, Option<End>) {
        let mut waiting = self
            .0
            .wait_while(|waiting| waiting.lines.is_empty() && waiting.end.is_none());
        let Waiting { lines, end, .. } = std::mem::take(&mut *waiting);
        self.0.changed.notify_one();
        (lines, end)
    }
}
