//! The secret of an installation and the digests keyed with it.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::comment::ip_address;
use crate::storage::{Id, PersonDigest};

/// Characters of keys: no two look alike, and case does not count, for keys travel in host names.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// Keys the digests under which keys of sites and addresses of people are stored. It lies beside
/// the database; whoever has the database alone can neither read nor guess them.
#[derive(Clone)]
pub struct Secret(Hmac<Sha256>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secret(..)")
    }
}

impl Secret {
    /// From its 32 bytes.
    pub fn new(bytes: &[u8; 32]) -> Self {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
        Self(Hmac::new_from_slice(bytes).expect("HMAC takes keys of any length"))
    }

    fn digest(&self, purpose: &[u8], text: &[u8]) -> [u8; 32] {
        let mut mac = self.0.clone();
        mac.update(purpose);
        mac.update(b"\0");
        mac.update(text);
        mac.finalize().into_bytes().into()
    }

    /// The digest of a key; case does not count.
    pub fn key(&self, key: &str) -> [u8; 32] {
        self.digest(b"key", key.to_ascii_lowercase().as_bytes())
    }

    /// The digest of an e-mail address; case and white space around it do not count.
    pub fn email(&self, address: &str) -> PersonDigest {
        self.person(b"email", &address.trim().to_lowercase())
    }

    /// The digest of a network address, in its canonical form where it is one.
    pub fn address(&self, address: &str) -> PersonDigest {
        let canonical = ip_address(address).map_or_else(
            || address.trim().to_lowercase(),
            |address| address.to_string(),
        );
        self.person(b"address", &canonical)
    }

    /// The digest of a post as a caller names it, by an id and an address.
    pub(super) fn post(&self, id: &str, url: &str) -> [u8; 32] {
        // With the length, no two pairs make one text.
        self.digest(b"post", format!("{}\0{id}{url}", id.len()).as_bytes())
    }

    fn person(&self, purpose: &[u8], text: &str) -> PersonDigest {
        let mut short = PersonDigest::default();
        short.copy_from_slice(&self.digest(purpose, text.as_bytes())[..16]);
        short
    }

    /// A name for a verdict that no other installation gives out: 36 characters in the form of a
    /// UUID of version 8 (RFC 9562, section 5.8).
    pub fn guid(&self, id: Id) -> String {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&self.digest(b"guid", &id.0.to_be_bytes())[..16]);
        bytes[6] = bytes[6] & 0x0f | 0x80;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let number = u128::from_be_bytes(bytes);
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            number >> 96,
            number >> 80 & 0xffff,
            number >> 64 & 0xffff,
            number >> 48 & 0xffff,
            number & 0xffff_ffff_ffff
        )
    }
}

/// A new key of so many characters, five bits each, from the operating system's randomness.
///
/// # Errors
/// The operating system gives no randomness.
pub(super) fn new_key(characters: usize) -> Result<String, getrandom::Error> {
    let mut bytes = vec![0; characters];
    getrandom::fill(&mut bytes)?;
    Ok(bytes
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_differ_by_purpose_and_secret_and_not_by_spelling() {
        let (a, b) = (Secret::new(&[1; 32]), Secret::new(&[2; 32]));
        assert_ne!(a.email("x@example.com"), a.address("x@example.com"));
        assert_ne!(a.email("x@example.com"), b.email("x@example.com"));
        assert_eq!(a.email(" X@Example.com"), a.email("x@example.com"));
        assert_eq!(a.address("::ffff:192.0.2.1"), a.address("192.0.2.1"));
        assert_eq!(a.key("ABC"), a.key("abc"));
        let guid = a.guid(Id(7));
        assert_eq!((guid.len(), &guid[14..15]), (36, "8"), "{guid}");
        assert_ne!(guid, a.guid(Id(8)));
    }

    #[test]
    fn keys_are_of_the_alphabet_and_differ() {
        let keys = [new_key(12).unwrap(), new_key(12).unwrap()];
        assert_ne!(keys[0], keys[1]);
        assert!(keys[0].bytes().all(|byte| ALPHABET.contains(&byte)));
        assert_eq!(keys[0].len(), 12);
    }
}
