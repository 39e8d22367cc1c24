//! Character boundaries beside a byte position. The standard library has both functions only from
//! Rust 1.91 on, which is later than this crate asks for.

/// The last boundary at or before `position`, which may lie beyond the end.
pub(crate) fn floor_boundary(text: &str, position: usize) -> usize {
    let mut boundary = position.min(text.len());
    while !text.is_char_boundary(boundary) {
        boundary -= 1;
    }
    boundary
}

/// The first boundary at or after `position`; the end if that lies beyond it.
pub(crate) fn ceil_boundary(text: &str, position: usize) -> usize {
    let mut boundary = position.min(text.len());
    while !text.is_char_boundary(boundary) {
        boundary += 1;
    }
    boundary
}

/// Where the run of ASCII that starts at `start` ends: the next byte of another character, or the
/// end. Most steps have nothing to do in such a run.
#[inline]
pub(crate) fn ascii_end(text: &str, start: usize) -> usize {
    let bytes = &text.as_bytes()[start..];
    let (chunks, _) = bytes.as_chunks::<8>();
    let is_ascii = |chunk: &&[u8; 8]| u64::from_ne_bytes(**chunk) & 0x8080_8080_8080_8080 == 0;
    let at = 8 * chunks.iter().take_while(is_ascii).count();
    let rest = bytes[at..].iter().position(|byte| !byte.is_ascii());
    rest.map_or(text.len(), |len| start + at + len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boundaries_are_found_on_both_sides() {
        assert_eq!((floor_boundary("aé", 2), ceil_boundary("aé", 2)), (1, 3));
        assert_eq!((floor_boundary("aé", 9), ceil_boundary("aé", 9)), (3, 3));
    }

    #[test]
    fn runs_of_ascii_end_at_the_next_other_character() {
        assert_eq!((ascii_end("", 0), ascii_end("abc", 1)), (0, 3));
        assert_eq!((ascii_end("é", 0), ascii_end("aéb", 0)), (0, 1));
        let text = format!("{}é{}", "a".repeat(21), "b".repeat(9));
        assert_eq!((ascii_end(&text, 3), ascii_end(&text, 23)), (21, 32));
    }
}
