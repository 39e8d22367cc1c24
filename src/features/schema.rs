//! What a model file must agree with: the signals, their order, and how they are computed.

use xxhash_rust::xxh3::Xxh3;

use super::RELEVANCE_NAMES;
use crate::lexical::Vectors;
use crate::signals::CATALOGUE;

/// Counts up whenever a stage before the model computes something else under the same name, so that
/// a model trained on the old meaning is refused.
const REVISION: u32 = 17;

/// A digest of the feature schema: 32 hexadecimal digits.
pub fn schema_digest() -> String {
    let mut digest = Xxh3::new();
    digest.update(&REVISION.to_le_bytes());
    digest.update(&Vectors::get().digest().to_le_bytes());
    let names = CATALOGUE
        .iter()
        .map(|signal| signal.name)
        .chain(RELEVANCE_NAMES);
    for name in names {
        digest.update(name.as_bytes());
        digest.update(b"\n");
    }
    format!("{:032x}", digest.digest128())
}
