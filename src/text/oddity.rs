//! What is unusual about how a comment is written.

use std::ops::Range;

/// Most entries kept; further ones are only counted.
const MAX_ENTRIES: usize = 256;

/// A way of writing that people hardly ever use by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OddityKind {
    /// Characters that show nothing: zero-width ones, soft hyphens, bidirectional controls, tag
    /// characters, stray variation selectors. Joiners where a script or an emoji needs them are
    /// ordinary.
    HiddenCharacter,
    /// Letters or digits from mathematical, circled, squared and similar alphabets.
    StyledLetters,
    /// A word with letters of Latin and of another alphabet that looks like it.
    MixedScript,
    /// More than two combining marks piled on one letter.
    StackedMarks,
    /// A word written `l i k e t h i s`.
    SpacedLetters,
}

impl OddityKind {
    /// How many kinds there are.
    pub const COUNT: usize = 5;
}

/// One place that is written unusually.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oddity {
    /// In which way.
    pub kind: OddityKind,
    /// Bytes of the original.
    pub original: Range<usize>,
}

/// Collects oddities: the first 256 with their places, the others as a count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Oddities {
    entries: Vec<Oddity>,
    counts: [usize; OddityKind::COUNT],
}

impl Oddities {
    /// Adds one.
    pub(super) fn push(&mut self, kind: OddityKind, original: Range<usize>) {
        self.counts[kind as usize] += 1;
        if self.entries.len() < MAX_ENTRIES {
            self.entries.push(Oddity { kind, original });
        }
    }

    /// Puts the entries in the order of the original.
    pub(super) fn sort(&mut self) {
        self.entries
            .sort_by_key(|oddity| (oddity.original.start, oddity.original.end, oddity.kind));
    }

    /// The entries.
    pub(super) fn entries(&self) -> &[Oddity] {
        &self.entries
    }

    /// How many of one kind were found.
    pub(super) fn count(&self, kind: OddityKind) -> usize {
        self.counts[kind as usize]
    }
}
