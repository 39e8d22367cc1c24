//! The map from positions in a rewritten string back to the string it was made from.

use std::ops::Range;

/// One piece of the rewritten string and the piece of the input it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Segment {
    /// Where the piece starts in the output; it ends where the next one starts.
    out: usize,
    /// What it stands for in the input.
    input: Range<usize>,
    /// Whether the piece was copied byte for byte, so that positions inside it can be mapped.
    exact: bool,
}

/// Maps spans of an output to spans of an input.
///
/// Stretches that were copied cost one segment whatever their length, so a comment with three
/// entities has a map of seven segments, and an untouched comment has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Alignment {
    /// In the order of both strings; `None` when the output is the input.
    segments: Option<Vec<Segment>>,
    /// Length of the output.
    len: usize,
}

impl Alignment {
    /// The map of an untouched string of `len` bytes.
    pub(super) fn identity(len: usize) -> Self {
        Self {
            segments: None,
            len,
        }
    }

    /// The piece of the input for a span of the output. The span must lie on character boundaries
    /// of the output for the result to lie on those of the input; it is clamped to the output.
    pub(super) fn span(&self, span: Range<usize>) -> Range<usize> {
        let start = span.start.min(self.len);
        let end = span.end.clamp(start, self.len);
        let Some(segments) = &self.segments else {
            return start..end;
        };
        if segments.is_empty() {
            return 0..0;
        }
        if start == end {
            let at = match segments.get(holding(segments, start)) {
                Some(segment) if start == self.len => segment.input.end,
                Some(segment) if segment.exact => segment.input.start + (start - segment.out),
                Some(segment) => segment.input.start,
                None => 0,
            };
            return at..at;
        }
        let first = &segments[holding(segments, start)];
        let last = &segments[holding(segments, end - 1)];
        let from = if first.exact {
            first.input.start + (start - first.out)
        } else {
            first.input.start
        };
        let to = if last.exact {
            last.input.start + (end - last.out)
        } else {
            last.input.end
        };
        from..to.max(from)
    }

    /// The map of a string that was rewritten by `self` and then by `next`.
    pub(super) fn then(&self, next: &Self) -> Self {
        let (Some(first), Some(second)) = (&self.segments, &next.segments) else {
            return if self.segments.is_none() {
                next.clone()
            } else {
                self.clone()
            };
        };
        let mut segments: Vec<Segment> = Vec::with_capacity(first.len() + second.len());
        for segment in second {
            if !segment.exact {
                let input = self.span(segment.input.clone());
                segments.push(Segment {
                    out: segment.out,
                    input,
                    exact: false,
                });
                continue;
            }
            let mut at = segment.input.start;
            let mut index = if first.is_empty() {
                0
            } else {
                holding(first, at)
            };
            while at < segment.input.end && index < first.len() {
                let source = &first[index];
                let source_end = first
                    .get(index + 1)
                    .map_or(self.len, |following| following.out);
                let end = source_end.min(segment.input.end);
                let out = segment.out + (at - segment.input.start);
                let input = if source.exact {
                    let start = source.input.start + (at - source.out);
                    start..start + (end - at)
                } else {
                    source.input.clone()
                };
                match segments.last_mut() {
                    Some(last) if last.exact && source.exact && last.input.end == input.start => {
                        last.input.end = input.end;
                    }
                    _ => segments.push(Segment {
                        out,
                        input,
                        exact: source.exact,
                    }),
                }
                at = end;
                index += 1;
            }
        }
        Self {
            segments: Some(segments),
            len: next.len,
        }
    }
}

/// Index of the segment that holds the byte at `position`; 0 when there is none before it.
fn holding(segments: &[Segment], position: usize) -> usize {
    segments
        .partition_point(|segment| segment.out <= position)
        .saturating_sub(1)
}

/// A rewritten string with its map.
#[derive(Debug)]
pub(super) struct Rewrite {
    /// The new string.
    pub(super) text: String,
    /// From the new string to the old one.
    pub(super) alignment: Alignment,
}

/// Writes a [`Rewrite`]: replacements are announced from left to right, what lies between them is
/// copied. Nothing is allocated before the first replacement that changes something.
pub(super) struct Rewriter<'a> {
    input: &'a str,
    text: String,
    segments: Vec<Segment>,
    /// How much of the input is dealt with.
    done: usize,
    changed: bool,
}

impl<'a> Rewriter<'a> {
    /// Starts on `input`.
    pub(super) fn new(input: &'a str) -> Self {
        Self {
            input,
            text: String::new(),
            segments: Vec::new(),
            done: 0,
            changed: false,
        }
    }

    /// Puts `replacement` where `range` of the input was. Ranges lie on character boundaries;
    /// one that starts before the end of its predecessor is cut short.
    pub(super) fn replace(&mut self, range: Range<usize>, replacement: &str) {
        let start = range.start.max(self.done);
        let end = range.end.max(start);
        if &self.input[start..end] == replacement {
            return;
        }
        if !self.changed {
            self.text.reserve(self.input.len());
            self.changed = true;
        }
        self.copy_to(start);
        if !replacement.is_empty() {
            self.segments.push(Segment {
                out: self.text.len(),
                input: start..end,
                exact: false,
            });
            self.text.push_str(replacement);
        }
        self.done = end;
    }

    /// Leaves `range` of the input out.
    pub(super) fn remove(&mut self, range: Range<usize>) {
        self.replace(range, "");
    }

    /// The result, or `None` if nothing was changed.
    pub(super) fn finish(mut self) -> Option<Rewrite> {
        if !self.changed {
            return None;
        }
        self.copy_to(self.input.len());
        let len = self.text.len();
        Some(Rewrite {
            text: self.text,
            alignment: Alignment {
                segments: Some(self.segments),
                len,
            },
        })
    }

    fn copy_to(&mut self, end: usize) {
        if end > self.done {
            self.segments.push(Segment {
                out: self.text.len(),
                input: self.done..end,
                exact: true,
            });
            self.text.push_str(&self.input[self.done..end]);
            self.done = end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewrite(input: &str, changes: &[(Range<usize>, &str)]) -> Rewrite {
        let mut rewriter = Rewriter::new(input);
        for (range, replacement) in changes {
            rewriter.replace(range.clone(), replacement);
        }
        rewriter.finish().expect("something changed")
    }

    #[test]
    fn positions_in_copied_stretches_are_exact() {
        let made = rewrite("a&amp;b", &[(1..6, "&")]);
        assert_eq!(made.text, "a&b");
        assert_eq!(made.alignment.span(0..1), 0..1);
        assert_eq!(made.alignment.span(1..2), 1..6);
        assert_eq!(made.alignment.span(2..3), 6..7);
        assert_eq!(made.alignment.span(0..9), 0..7);
        assert_eq!(made.alignment.span(3..3), 7..7);
    }

    #[test]
    fn two_rewrites_in_a_row_map_to_the_first_input() {
        let first = rewrite("<b>a&amp;bc</b>", &[(0..3, ""), (4..9, "&"), (11..15, "")]);
        assert_eq!(first.text, "a&bc");
        let second = rewrite(&first.text, &[(2..3, "BB")]);
        let both = first.alignment.then(&second.alignment);
        assert_eq!(second.text, "a&BBc");
        assert_eq!(both.span(0..1), 3..4);
        assert_eq!(both.span(1..2), 4..9);
        assert_eq!(both.span(2..4), 9..10);
        assert_eq!(both.span(4..5), 10..11);
    }

    #[test]
    fn a_replacement_by_itself_is_no_change() {
        let mut rewriter = Rewriter::new("abc");
        rewriter.replace(1..2, "b");
        assert!(rewriter.finish().is_none());
    }
}
