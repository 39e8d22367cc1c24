use std::cell::RefCell;

use super::{Evidence, Scene, share, signal};

signal! {
    /// ## What it detects
    /// How much of the text repeats earlier pieces of it: the share of runs of four bytes that stood
    /// in it before, in [0, 1]. The first 4 KiB are read, ASCII letters without their case. Unknown
    /// below 40 bytes.
    ///
    /// ## Why it matters
    /// Keyword lists, repeated addresses and one sentence pasted ten times fold up small. So does
    /// nothing that people write, but for very long comments.
    ///
    /// ## Example
    /// `cheap shoes, cheap boots, cheap socks, cheap hats` → 0.35; ordinary English of that length
    /// stays below 0.1.
    ///
    /// ## When it is wrong
    /// Tables, lyrics and laughter (`hahahaha`). Longer texts repeat more; see `length`.
    ///
    /// ## References
    /// Ziv, Lempel, *A universal algorithm for sequential data compression*, 1977, of which this is
    /// an estimate: a compressor finds its matches by the same kind of table. Ntoulas et al.,
    /// *Detecting spam web pages through content analysis*, 2006, use the ratio for pages.
    "compressibility", Free
}

/// Bytes that are read. The table has a place for each.
const READ: usize = 4096;

/// Shorter texts have too little to repeat.
const SHORTEST: usize = 40;

fn observe(scene: &Scene<'_>) -> f32 {
    let bytes = scene.comment.text.as_str().as_bytes();
    let bytes = &bytes[..bytes.len().min(READ)];
    if bytes.len() < SHORTEST {
        return f32::NAN;
    }
    LAST.with_borrow_mut(|last| {
        let mut seen = 0;
        for run in runs(bytes) {
            let place = &mut last[place(run)];
            seen += usize::from(*place == run);
            *place = run;
        }
        runs(bytes).for_each(|run| last[place(run)] = 0);
        share(seen, bytes.len() - 3)
    })
}

thread_local! {
    /// The last run with each hash, as in a compressor; 0 cannot be a run, texts have no NUL. All
    /// zero between comments: clearing what was used is faster than a new table.
    static LAST: RefCell<[u32; READ]> = const { RefCell::new([0; READ]) };
}

/// The runs of four bytes.
fn runs(bytes: &[u8]) -> impl Iterator<Item = u32> {
    let mut run = 0_u32;
    let runs = bytes.iter().map(move |byte| {
        run = (run << 8) | u32::from(byte.to_ascii_lowercase());
        run
    });
    runs.skip(3)
}

/// The top 12 bits of a multiplicative hash (Knuth).
fn place(run: u32) -> usize {
    (run.wrapping_mul(0x9e37_79b1) >> 20) as usize
}

fn explain(_scene: &Scene<'_>, value: f32) -> Evidence {
    Evidence::new(match value {
        0.0 => "repeats nothing of what it said before".to_owned(),
        value if value < 0.005 => "repeats hardly anything of what it said before".to_owned(),
        value => format!(
            "{:.0} % of the text repeats earlier pieces of it",
            value * 100.0
        ),
    })
}
