//! Short hashes, and which of them stood in the last few of a sequence.

use std::collections::HashMap;

use crate::analysis::BuildIdentity;

/// A hash as a context keeps it: half of the bits. A service holds hundreds of threads in memory;
/// that a word is taken for one of some thousand others happens once in a million times.
pub(super) type Short = u32;

pub(super) fn short(hash: u64) -> Short {
    (hash >> 32) as Short
}

/// A table by short hashes, which are spread evenly as they are.
pub(super) type Hashed<T> = HashMap<Short, T, BuildIdentity>;

/// Comments after which what is forgotten is swept out of memory: often enough that a table is hardly
/// larger than what it remembers, and seldom enough to cost little.
const SWEPT_AFTER: u32 = 10;

/// What stood in the last few of a sequence of items. Nothing is removed when an item is forgotten:
/// the number of the last item that had it says whether it still counts.
#[derive(Debug, Clone)]
pub(super) struct Recent {
    last: Hashed<u32>,
    /// How many items count.
    kept: u32,
    /// The number of the newest item; the first has 1.
    newest: u32,
}

impl Recent {
    /// The last `kept` items count.
    pub(super) fn new(kept: usize) -> Self {
        Self {
            last: HashMap::default(),
            kept: kept as u32,
            newest: 0,
        }
    }

    /// Whether no item that counts has anything.
    pub(super) fn is_empty(&self) -> bool {
        !self.last.values().any(|&last| self.counts(last))
    }

    /// Keys that there is room for.
    pub(super) fn capacity(&self) -> usize {
        self.last.capacity()
    }

    /// Begins the next item.
    pub(super) fn next(&mut self) {
        self.newest = self.newest.wrapping_add(1);
        if self.newest.is_multiple_of(SWEPT_AFTER) {
            self.sweep();
        }
    }

    /// Drops what no longer counts. A new table, because one in which much comes and goes would keep
    /// twice the room.
    fn sweep(&mut self) {
        let n_kept = self
            .last
            .values()
            .filter(|&&last| self.counts(last))
            .count();
        let mut kept = HashMap::with_capacity_and_hasher(n_kept, BuildIdentity::default());
        let last = std::mem::take(&mut self.last);
        kept.extend(last.into_iter().filter(|&(_, last)| self.counts(last)));
        self.last = kept;
    }

    /// Adds to the newest item.
    pub(super) fn extend(&mut self, keys: impl Iterator<Item = Short>) {
        self.last.extend(keys.map(|key| (key, self.newest)));
    }

    /// Whether one of the items that count has it.
    pub(super) fn contains(&self, key: Short) -> bool {
        self.last.get(&key).is_some_and(|&last| self.counts(last))
    }

    fn counts(&self, last: u32) -> bool {
        self.newest.wrapping_sub(last) < self.kept
    }
}
