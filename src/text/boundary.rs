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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boundaries_are_found_on_both_sides() {
        assert_eq!((floor_boundary("aé", 2), ceil_boundary("aé", 2)), (1, 3));
        assert_eq!((floor_boundary("aé", 9), ceil_boundary("aé", 9)), (3, 3));
    }
}
