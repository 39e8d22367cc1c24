//! What a file is, by how it begins.

use std::io::{self, Read};

use serde::de::IgnoredAny;

use crate::json::without_mark;

/// Bytes of a file that tell what it is: an export may stand behind a warning of PHP.
const START: u64 = 1024;

/// Most control characters among them. Neither JSON nor XML may have any, and of random bytes a ninth
/// are some.
const MOST_CONTROLS: usize = 32;

/// The first bytes of an input: a complete line that can be a thread, or as many as tell what it is.
///
/// # Errors
/// They cannot be read.
pub(super) fn start_of(input: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    // A single read may give one byte: of a pipe, for one.
    let mut input = input.take(START);
    while !is_of_threads(&start) {
        let n_before = start.len();
        start.resize(START as usize, 0);
        let n_read = loop {
            match input.read(&mut start[n_before..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        start.truncate(n_before + n_read);
        if n_read == 0 {
            break;
        }
    }
    Ok(start)
}

/// Whether what begins so is a thread file, whatever follows: its first line is an object. Who sends one
/// line may wait for the answer before the next.
fn is_of_threads(start: &[u8]) -> bool {
    let first = without_mark(start).split(|&byte| byte == b'\n').next();
    let first = first.unwrap_or_default().trim_ascii();
    start.contains(&b'\n') && first.starts_with(b"{") && first.ends_with(b"}")
}

/// What begins so, if it is no text that can be read here, and what to do about it.
pub(super) fn foreign(start: &[u8]) -> Option<&'static str> {
    let is_utf16 = matches!(
        start,
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [b'<' | b'{', 0, ..] | [0, b'<' | b'{', ..]
    );
    let is_control = |byte: &&u8| byte.is_ascii_control() && !byte.is_ascii_whitespace();
    if start.starts_with(b"PK\x03\x04") {
        Some("a ZIP archive: unpack it")
    } else if is_utf16 {
        Some("UTF-16: save it as UTF-8")
    } else if start.iter().filter(is_control).count() > MOST_CONTROLS {
        Some("no text")
    } else {
        of_other_lines(start)
    }
}

/// What begins so, if by its first two lines it is a text that has its threads in another way.
fn of_other_lines(start: &[u8]) -> Option<&'static str> {
    let lines = without_mark(start).split(|&byte| byte == b'\n');
    let mut lines = lines
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty());
    let (first, second) = (lines.next()?, lines.next());
    let is_unfinished = || {
        let value = serde_json::from_slice::<IgnoredAny>(first);
        value.is_err_and(|error| error.is_eof())
    };
    // A single bad line between good ones is passed over.
    let is_before_a_thread = second.is_some_and(|second| second.starts_with(b"{"));
    match first {
        [b'[', ..] if is_unfinished() || second.is_none() => Some(
            "a list of JSON: each thread stands on a line, and `jq -c '.[]' FILE` puts it there",
        ),
        [b'{', ..] if second.is_some() && !is_before_a_thread && is_unfinished() => Some(
            "JSON over several lines: a thread stands on one, and `jq -c . FILE` puts it there",
        ),
        _ if second.is_some() && !is_before_a_thread && is_head_of_columns(first) => {
            Some("CSV, which is not read: datasets/README.md has the format of threads")
        }
        _ => None,
    }
}

/// Whether a line has the names of columns and nothing else.
fn is_head_of_columns(line: &[u8]) -> bool {
    let Ok(line) = std::str::from_utf8(line) else {
        return false;
    };
    let is_name = |cell: &str| {
        let name = cell.trim_matches(['"', ' ']);
        let is_of_names = |c: char| c.is_alphanumeric() || " _-.".contains(c);
        (1..=40).contains(&name.chars().count()) && name.chars().all(is_of_names)
    };
    [',', ';', '\t']
        .iter()
        .any(|&separator| line.contains(separator) && line.split(separator).all(is_name))
}
