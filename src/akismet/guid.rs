//! The name of an answer by which a blog finds its comment again.

use xxhash_rust::xxh3::xxh3_128_with_seed;

/// The name of an answer: 32 hexadecimal digits.
///
/// A blog keeps it with the comment, and a later correction names the comment by it, so it must
/// never be given out twice: `id` is one that was given out once, `installation` a random number
/// that sets this installation apart from others that answer the same blog. The same two numbers
/// give the same name, so that it need not be stored.
pub fn guid(installation: u64, id: i64) -> String {
    format!(
        "{:032x}",
        xxh3_128_with_seed(&id.to_le_bytes(), installation)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_name_is_given_out_twice() {
        let names: BTreeSet<String> = (0..100)
            .flat_map(|installation| (0..100).map(move |id| guid(installation, id)))
            .collect();
        assert_eq!(names.len(), 10_000);
        assert!(names.iter().all(|name| name.len() == 32));
        assert_eq!(guid(7, 9), guid(7, 9));
    }
}
