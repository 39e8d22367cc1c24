//! A stream of text in some encoding, as UTF-8. What is none of its encoding becomes U+FFFD, and is
//! counted.

use std::io::{self, BufRead, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding};

/// What a piece of text that cannot be decoded is read as.
const REPLACEMENT: &str = "\u{fffd}";

/// Bytes that are decoded at once.
const BUFFER: usize = 1 << 13;

/// A text has another encoding than it says if more of its pieces than this cannot be decoded, and more
/// than can be without being ASCII. A few are the rule in old databases: a text that was cut in the
/// middle of a character, a paragraph that was pasted before they knew UTF-8.
const MOST_MENDED: u64 = 100;

/// Decodes a stream.
pub(super) struct Decoded<R> {
    input: R,
    decoder: Decoder,
    buffer: Box<[u8]>,
    /// What of the buffer is decoded and not yet read.
    from: usize,
    to: usize,
    is_done: bool,
    /// Bytes that were taken from the stream.
    n_taken: u64,
    n_mended: u64,
    first_mended: u64,
    /// Characters that could be decoded and are not ASCII.
    n_others: u64,
}

impl<R: BufRead> Decoded<R> {
    pub(super) fn new(input: R, encoding: &'static Encoding) -> Self {
        Self {
            input,
            decoder: encoding.new_decoder_without_bom_handling(),
            buffer: vec![0; BUFFER].into(),
            from: 0,
            to: 0,
            is_done: false,
            n_taken: 0,
            n_mended: 0,
            first_mended: 0,
            n_others: 0,
        }
    }

    pub(super) fn encoding(&self) -> &'static Encoding {
        self.decoder.encoding()
    }

    /// How many pieces were no text, and where in the stream the first is, in bytes from 0.
    pub(super) fn mended(&self) -> (u64, u64) {
        (self.n_mended, self.first_mended)
    }

    /// Whether what was decoded so far is in another encoding.
    pub(super) fn is_foreign(&self) -> bool {
        self.n_mended > MOST_MENDED.max(self.n_others)
    }

    fn decode_more(&mut self) -> io::Result<()> {
        let bytes = self.input.fill_buf()?;
        let is_last = bytes.is_empty();
        // There is room for a replacement behind what is decoded.
        let room = self.buffer.len() - REPLACEMENT.len();
        let (result, n_taken, n_decoded) = self.decoder.decode_to_utf8_without_replacement(
            bytes,
            &mut self.buffer[..room],
            is_last,
        );
        self.input.consume(n_taken);
        self.n_taken += n_taken as u64;
        (self.from, self.to) = (0, n_decoded);
        let begins_other = |byte: &&u8| **byte >= 0xc0;
        self.n_others += self.buffer[..n_decoded].iter().filter(begins_other).count() as u64;
        match result {
            DecoderResult::InputEmpty => self.is_done = is_last,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(length, behind) => {
                if self.n_mended == 0 {
                    self.first_mended = self.n_taken - u64::from(length) - u64::from(behind);
                }
                self.n_mended += 1;
                self.to += REPLACEMENT.len();
                self.buffer[n_decoded..self.to].copy_from_slice(REPLACEMENT.as_bytes());
            }
        }
        Ok(())
    }
}

impl<R: BufRead> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.fill_buf()?.read(buffer)?;
        self.consume(n);
        Ok(n)
    }
}

impl<R: BufRead> BufRead for Decoded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        // A part of a character gives nothing yet.
        while self.from == self.to && !self.is_done {
            self.decode_more()?;
        }
        Ok(&self.buffer[self.from..self.to])
    }

    fn consume(&mut self, n: usize) {
        self.from += n;
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use encoding_rs::{SHIFT_JIS, UTF_8, WINDOWS_1252};
    use proptest::prelude::*;

    use super::*;

    /// The text, how much of it was mended, and where first.
    fn decoded(bytes: &[u8], encoding: &'static Encoding, capacity: usize) -> (String, (u64, u64)) {
        let mut decoded = Decoded::new(BufReader::with_capacity(capacity, bytes), encoding);
        let mut text = String::new();
        decoded.read_to_string(&mut text).unwrap();
        (text, decoded.mended())
    }

    #[test]
    fn what_is_none_of_the_encoding_is_replaced_and_what_is_around_it_stays() {
        for (bytes, encoding, text, mended) in [
            (&b"caf\xe9!"[..], UTF_8, "caf\u{fffd}!", (1, 3)),
            (b"\xc3\xa9 \xe2\x80]]>", UTF_8, "é \u{fffd}]]>", (1, 3)),
            (b"a\xc3", UTF_8, "a\u{fffd}", (1, 1)),
            (b"\xff\xfea", UTF_8, "\u{fffd}\u{fffd}a", (2, 0)),
            (b"caf\xe9", WINDOWS_1252, "café", (0, 0)),
            (b"\x83\x4e <\x83<", SHIFT_JIS, "ク <\u{fffd}<", (1, 4)),
        ] {
            for capacity in 1..10 {
                let found = decoded(bytes, encoding, capacity);
                assert_eq!(found, (text.to_owned(), mended), "{capacity}");
            }
        }
    }

    #[test]
    fn a_text_is_foreign_if_most_that_is_not_ascii_had_to_be_mended() {
        let of = |n: usize, others: usize| {
            let bytes = [b"caf\xe9 ".repeat(n), "café ".repeat(others).into_bytes()].concat();
            let mut decoded = Decoded::new(&bytes[..], UTF_8);
            io::copy(&mut decoded, &mut io::sink()).unwrap();
            decoded.is_foreign()
        };
        assert!(!of(100, 0) && !of(3000, 3000));
        assert!(of(101, 0) && of(3001, 3000));
    }

    proptest! {
        #[test]
        fn bytes_become_what_std_makes_of_them(bytes: Vec<u8>, capacity in 1_usize..20) {
            let (text, (n_mended, first)) = decoded(&bytes, UTF_8, capacity);
            prop_assert_eq!(&text, &String::from_utf8_lossy(&bytes));
            let bad = bytes.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty());
            prop_assert_eq!(n_mended, bad.count() as u64);
            if let Err(error) = std::str::from_utf8(&bytes) {
                prop_assert_eq!(first, error.valid_up_to() as u64);
            }
        }
    }
}
