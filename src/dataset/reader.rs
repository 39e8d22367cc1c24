//! Thread files: one thread a line, or an export of WordPress, plain or gzip'd.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;

use super::start::{foreign, start_of};
use super::unknown_keys::{UnknownKey, UnknownKeys};
use super::wire::{LineError, parse_thread_noting};
use super::wordpress::{Export, ExportError};
use crate::comment::Thread;
use crate::json::without_mark;

/// The longest line that is read, in bytes: some 100,000 comments of 2,000 bytes.
pub const MAX_LINE: usize = 256 << 20;

/// Reading stopped, or could not start.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file or stream cannot be read.
    #[error("could not read `{name}`")]
    Io {
        /// The file's path, or `standard input`.
        name: String,
        /// The reason.
        source: io::Error,
    },
    /// An export of WordPress cannot be read to its end.
    #[error("could not read `{name}`")]
    Export {
        /// The file's path, or `standard input`.
        name: String,
        /// The reason.
        source: ExportError,
    },
    /// By its first bytes it is something else.
    #[error(
        "could not read `{name}`: expected a thread file or an export of WordPress, found {found}"
    )]
    Foreign {
        /// The file's path, or `standard input`.
        name: String,
        /// What it is, and what to do about it.
        found: &'static str,
    },
    /// No line of a file is a thread.
    #[error("expected threads in `{name}`, found none in {}", counted_lines(*.n))]
    NoThreads {
        /// The file's path.
        name: String,
        /// How many lines it has, blank ones left aside.
        n: usize,
        /// What is wrong with the first of them.
        #[source]
        first: Box<BadLine>,
    },
    /// A folder holds no thread file.
    #[error(
        "expected thread files (`.jsonl`, `.jsonl.gz`) in `{0}`, found none; exports of WordPress are \
         given one by one"
    )]
    NoFiles(PathBuf),
}

fn counted_lines(n: usize) -> String {
    if n == 1 {
        "1 line".to_owned()
    } else {
        format!("{n} lines")
    }
}

/// A line that was passed over, with its place.
#[derive(Debug, thiserror::Error)]
#[error("{name}, line {line}")]
pub struct BadLine {
    /// The file's path, or `standard input`.
    pub name: String,
    /// The line's number, from 1.
    pub line: usize,
    /// What is wrong with it.
    #[source]
    pub error: LineError,
}

/// What of an export is no text in its encoding. Each such piece, a byte or a character that was cut, is
/// read as U+FFFD.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mended {
    /// The file's path, or `standard input`.
    pub name: String,
    /// How many pieces.
    pub n: u64,
    /// Where the first one is, in bytes from 0 of what is unpacked.
    pub first: u64,
}

/// Reads the lines of one stream, decompressing as needed; of an export, one line for each post.
pub struct Lines {
    name: String,
    input: Input,
    line: usize,
    limit: usize,
}

enum Input {
    Lines(Box<dyn BufRead + Send>),
    Export(Box<Export>),
}

impl std::fmt::Debug for Lines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lines")
            .field("name", &self.name)
            .field("line", &self.line)
            .finish()
    }
}

/// One line: its number from 1 and its bytes, or the reason why they are not there.
pub type NumberedLine = (usize, Result<Vec<u8>, LineError>);

impl Lines {
    /// Wraps a stream; `name` is what messages call it. Gzip and XML are told by their first bytes.
    ///
    /// # Errors
    /// The first bytes cannot be read.
    pub fn new(name: &str, mut input: impl Read + Send + 'static) -> Result<Self, ReadError> {
        let io_error = |source| ReadError::Io {
            name: name.to_owned(),
            source,
        };
        let mut start = start_of(&mut input).map_err(io_error)?;
        let mut rest: Box<dyn Read + Send> = Box::new(input);
        if start.starts_with(&[0x1f, 0x8b]) {
            let packed = BufReader::with_capacity(1 << 16, Cursor::new(start).chain(rest));
            let mut unpacked = MultiGzDecoder::new(packed);
            start = start_of(&mut unpacked).map_err(io_error)?;
            rest = Box::new(unpacked);
        }
        if let Some(found) = foreign(&start) {
            let name = name.to_owned();
            return Err(ReadError::Foreign { name, found });
        }
        let input = match Export::begins_at(&start) {
            Some(at) => Input::Export(Box::new(Export::new(start, at, rest, MAX_LINE))),
            None => {
                let whole = Cursor::new(start).chain(rest);
                Input::Lines(Box::new(BufReader::with_capacity(1 << 16, whole)))
            }
        };
        Ok(Self {
            name: name.to_owned(),
            input,
            line: 0,
            limit: MAX_LINE,
        })
    }

    /// Opens a file.
    ///
    /// # Errors
    /// The file cannot be opened or read.
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        let name = path.display().to_string();
        let file = File::open(path).map_err(|source| ReadError::Io {
            name: name.clone(),
            source,
        })?;
        Self::new(&name, file)
    }

    /// What messages call this stream.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What of the stream so far was no text and is read as U+FFFD: of an export. Lines with such bytes
    /// are bad ones.
    pub fn mended(&self) -> Option<Mended> {
        let (n, first) = match &self.input {
            Input::Lines(_) => return None,
            Input::Export(export) => export.mended(),
        };
        let name = self.name.clone();
        (n > 0).then_some(Mended { name, n, first })
    }

    /// The next line that is not blank, with its number; `None` at the end.
    ///
    /// # Errors
    /// The stream cannot be read any further (a truncated gzip file, for one).
    pub fn next_line(&mut self) -> Result<Option<NumberedLine>, ReadError> {
        let input = match &mut self.input {
            Input::Lines(input) => input,
            Input::Export(export) => {
                let post = export.next_line().map_err(|source| ReadError::Export {
                    name: self.name.clone(),
                    source,
                })?;
                self.line += 1;
                return Ok(post.map(|line| (self.line, Ok(line))));
            }
        };
        let io_error = |source| ReadError::Io {
            name: self.name.clone(),
            source,
        };
        loop {
            let mut bytes = Vec::new();
            let limit = self.limit as u64 + 1;
            let read = input
                .take(limit)
                .read_until(b'\n', &mut bytes)
                .map_err(io_error)?;
            if read == 0 {
                return Ok(None);
            }
            self.line += 1;
            if bytes.last() == Some(&b'\n') {
                bytes.pop();
            } else if read as u64 == limit {
                skip_rest_of_line(input).map_err(io_error)?;
                return Ok(Some((
                    self.line,
                    Err(LineError::TooLong { limit: self.limit }),
                )));
            }
            if without_mark(&bytes).iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            return Ok(Some((self.line, Ok(bytes))));
        }
    }
}

fn skip_rest_of_line(input: &mut dyn BufRead) -> io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        if let Some(end) = memchr::memchr(b'\n', buffer) {
            input.consume(end + 1);
            return Ok(());
        }
        let all = buffer.len();
        input.consume(all);
    }
}

/// The thread files behind a list of files and folders: a folder stands for the `.jsonl` and
/// `.jsonl.gz` files in it, by name; a file for itself, whatever it is called. Each file once, also if it
/// is given beside its folder.
///
/// # Errors
/// A folder cannot be listed, or holds no thread file.
pub fn thread_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, ReadError> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let io_error = |source| ReadError::Io {
            name: path.display().to_string(),
            source,
        };
        let mut found = Vec::new();
        for entry in path.read_dir().map_err(io_error)? {
            let file = entry.map_err(io_error)?.path();
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let is_of_threads = name.ends_with(".jsonl") || name.ends_with(".jsonl.gz");
            if is_of_threads && !file.is_dir() {
                found.push(file);
            }
        }
        if found.is_empty() {
            return Err(ReadError::NoFiles(path.clone()));
        }
        found.sort();
        files.extend(found);
    }
    // What has no path of its own, such as a pipe, is told by the name given.
    let mut seen = HashSet::new();
    files.retain(|file| seen.insert(file.canonicalize().unwrap_or_else(|_| file.clone())));
    Ok(files)
}

/// Threads read from files, and what was passed over.
#[derive(Debug, Default)]
pub struct Threads {
    /// The threads, in the order of the files.
    pub threads: Vec<Thread>,
    /// For each thread, the index of its file.
    pub sources: Vec<usize>,
    /// The files' paths.
    pub files: Vec<PathBuf>,
    /// Lines that are no threads.
    pub bad_lines: Vec<BadLine>,
    /// Keys that the format does not have, by file.
    pub unknown_keys: Vec<UnknownKey>,
    /// Files with something that is no text.
    pub mended: Vec<Mended>,
}

/// Reads all threads of all files.
///
/// # Errors
/// A file cannot be read, or has lines and none of them is a thread. A few bad lines are no error; they
/// are listed in the result.
pub fn read_threads(paths: &[PathBuf]) -> Result<Threads, ReadError> {
    let mut all = Threads {
        files: thread_files(paths)?,
        ..Threads::default()
    };
    for (source, path) in all.files.iter().enumerate() {
        let mut lines = Lines::open(path)?;
        let (n_threads, n_bad) = (all.threads.len(), all.bad_lines.len());
        let mut unknown = UnknownKeys::default();
        while let Some((line, bytes)) = lines.next_line()? {
            match bytes.and_then(|bytes| parse_thread_noting(&bytes)) {
                Ok((thread, of_line)) => {
                    unknown.add_line(line, of_line);
                    all.threads.push(thread);
                    all.sources.push(source);
                }
                Err(error) => {
                    all.bad_lines.push(BadLine {
                        name: lines.name().to_owned(),
                        line,
                        error,
                    });
                }
            }
        }
        if all.threads.len() == n_threads && all.bad_lines.len() > n_bad {
            return Err(ReadError::NoThreads {
                name: lines.name,
                n: all.bad_lines.len() - n_bad,
                first: Box::new(all.bad_lines.swap_remove(n_bad)),
            });
        }
        all.unknown_keys.extend(unknown.of_file(lines.name()));
        all.mended.extend(lines.mended());
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn numbers(input: &'static [u8], limit: usize) -> Vec<(usize, bool)> {
        let mut lines = Lines::new("test", Cursor::new(input)).unwrap();
        lines.limit = limit;
        let mut found = Vec::new();
        while let Some((line, bytes)) = lines.next_line().unwrap() {
            found.push((line, bytes.is_ok()));
        }
        found
    }

    #[test]
    fn blank_lines_count_but_are_not_given() {
        assert_eq!(numbers(b"a\n\n \r\nb", 100), [(1, true), (4, true)]);
        // Nor is one that has a byte order mark alone.
        assert_eq!(numbers(b"\xef\xbb\xbf \r\nb", 100), [(2, true)]);
    }

    #[test]
    fn a_file_is_read_once_however_often_it_is_given() {
        let folder = tempfile::tempdir().unwrap();
        let [one, two] = ["1.jsonl", "2.jsonl"].map(|name| folder.path().join(name));
        for file in [&one, &two] {
            File::create(file).unwrap();
        }
        let again = folder.path().join(".").join("1.jsonl");
        let given = [two.clone(), folder.path().into(), one.clone(), again];
        assert_eq!(thread_files(&given).unwrap(), [two, one]);
    }

    #[test]
    fn a_line_over_the_limit_is_passed_over_and_the_next_is_read() {
        assert_eq!(
            numbers(b"aaaa\nbbbbb\ncc\n", 4),
            [(1, true), (2, false), (3, true)]
        );
    }

    /// Gives one byte at a time, as a slow pipe may.
    struct Slow(Cursor<Vec<u8>>);

    impl Read for Slow {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let n = buffer.len().min(1);
            self.0.read(&mut buffer[..n])
        }
    }

    #[test]
    fn gzip_is_told_by_its_first_bytes_however_they_come() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(b"one\ntwo\n").unwrap();
        let packed = Cursor::new(packed.finish().unwrap());
        for lines in [
            Lines::new("test", packed.clone()),
            Lines::new("test", Slow(packed)),
            Lines::new("test", Slow(Cursor::new(b"one\ntwo\n".to_vec()))),
        ] {
            let mut lines = lines.unwrap();
            assert_eq!(lines.next_line().unwrap().unwrap().1.unwrap(), b"one");
            assert_eq!(lines.next_line().unwrap().unwrap().1.unwrap(), b"two");
            assert!(lines.next_line().unwrap().is_none());
        }
    }

    #[test]
    fn what_is_no_text_is_told_by_its_first_bytes_packed_or_not() {
        let utf16 = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
            "{\"site\"".encode_utf16().flat_map(order).collect()
        };
        for (bytes, expected) in [
            (b"PK\x03\x04\x14\0".to_vec(), "a ZIP archive: unpack it"),
            (b"\xff\xfe<\0".to_vec(), "UTF-16: save it as UTF-8"),
            (utf16(u16::to_le_bytes), "UTF-16: save it as UTF-8"),
            (utf16(u16::to_be_bytes), "UTF-16: save it as UTF-8"),
            ((0..=255).cycle().skip(1).take(1000).collect(), "no text"),
        ] {
            let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            packed.write_all(&bytes).unwrap();
            for bytes in [bytes, packed.finish().unwrap()] {
                let error = Lines::new("test", Cursor::new(bytes)).unwrap_err();
                assert!(error.to_string().contains(expected), "{error}");
            }
        }
        // One that is passed over is no reason to pass over the rest.
        assert_eq!(numbers(b"\0\x01\n{}", 100), [(1, true), (2, true)]);
    }

    #[test]
    fn threads_that_are_written_in_another_way_are_told_by_the_first_two_lines() {
        let pretty = "{\n  \"site\": \"s\",\n  \"comments\": []\n}";
        let long = format!("[{{\"site\": \"s\", \"comments\": [{}", "{},".repeat(1000));
        for (text, expected) in [
            (pretty, "`jq -c . FILE`"),
            (
                "\u{feff}\n{\"site\": \"s\",\n \"comments\": []}",
                "`jq -c . FILE`",
            ),
            ("[\n  {\n    \"site\": \"s\"", "`jq -c '.[]' FILE`"),
            (
                "[{\"site\": \"s\"},\n{\"site\": \"t\"}]",
                "`jq -c '.[]' FILE`",
            ),
            ("[{\"site\": \"s\"}]", "`jq -c '.[]' FILE`"),
            (&long, "`jq -c '.[]' FILE`"),
            ("id,author,Comment text\n1,Ann,\"Hello, you\"\n", "CSV"),
            ("\"id\";\"body\"\r\n7;hello", "CSV"),
            ("id\tbody\n7\thello", "CSV"),
        ] {
            let error = Lines::new("test", Cursor::new(text.as_bytes().to_vec())).unwrap_err();
            assert!(error.to_string().contains(expected), "{text}: {error}");
        }
        // A bad line stands between good ones.
        for text in [
            "{\"site\": \"s\",\n{\"site\": \"s\", \"comments\": []}",
            "Hello, you\n{\"site\": \"s\", \"comments\": []}",
            "[1]\n{\"site\": \"s\", \"comments\": []}",
            "id,body",
            "Warning: foo, in x.php on line 7\nfoo",
            "{",
        ] {
            assert!(Lines::new("test", Cursor::new(text)).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_file_without_a_thread_among_its_lines_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let [empty, good, bad] = ["empty", "good", "bad"].map(|name| folder.path().join(name));
        let thread = "{\"site\": \"s\", \"comments\": []}\n";
        std::fs::write(&empty, "\n").unwrap();
        std::fs::write(&good, format!("{{}}\n{thread}")).unwrap();
        std::fs::write(&bad, "{}\n\n[]\n{}").unwrap();
        let read = read_threads(&[empty, good.clone()]).unwrap();
        assert_eq!((read.threads.len(), read.bad_lines.len()), (1, 1));
        let error = read_threads(&[good, bad]).unwrap_err();
        assert!(
            error.to_string().contains("found none in 3 lines"),
            "{error}"
        );
        assert!(
            matches!(&error, ReadError::NoThreads { first, .. } if first.line == 1),
            "{error:?}"
        );
    }

    #[test]
    fn a_truncated_gzip_file_is_an_error_with_its_name() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(&[b'a'; 5000]).unwrap();
        let mut bytes = packed.finish().unwrap();
        bytes.truncate(bytes.len() - 4);
        let mut lines = Lines::new("torn.gz", Cursor::new(bytes)).unwrap();
        let mut result = lines.next_line();
        if result.is_ok() {
            result = lines.next_line();
        }
        assert_eq!(result.unwrap_err().to_string(), "could not read `torn.gz`");
    }
}
