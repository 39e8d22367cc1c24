//! `ontopic serve` as its users meet it: what it prints, how it ends, what it refuses.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::starter::repository;

fn serve(folder: &Path, arguments: &[&str]) -> Command {
    serve_by(Command::new(PROGRAM), folder, arguments)
}

const PROGRAM: &str = env!("CARGO_BIN_EXE_ontopic");

/// The same by a command that takes what it is to run.
fn serve_by(mut command: Command, folder: &Path, arguments: &[&str]) -> Command {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("ONTOPIC_") {
            command.env_remove(name);
        }
    }
    command.current_dir(folder);
    command.args(["serve", "--data-dir", "data"]);
    command.args(["--listen", "127.0.0.1:0"]).args(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A running service. It ends with the test, whatever comes of it.
struct Running {
    process: Child,
    output: BufReader<std::process::ChildStdout>,
    log: BufReader<std::process::ChildStderr>,
    address: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

impl Running {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut process = serve(folder, arguments).spawn().unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let log = BufReader::new(process.stderr.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("address      ");
        let address = url.and_then(|url| url.split_once("://"));
        let (_, address) = address.unwrap_or_else(|| panic!("{line}"));
        let address = address.to_owned();
        Self {
            process,
            output,
            log,
            address,
        }
    }

    /// Waits for a line of the log that contains the words, and gives it.
    fn wait_for(&mut self, words: &str) -> String {
        let mut line = String::new();
        while !line.contains(words) {
            line.clear();
            assert_ne!(self.log.read_line(&mut line).unwrap(), 0, "no `{words}`");
        }
        line
    }

    /// The answer to a request, head and body.
    fn ask(&self, head: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let length = body.len();
        write!(
            stream,
            "{head}\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Ends it as a service manager does. Gives what else it printed, and its log.
    fn stop(mut self) -> (String, String) {
        let id = self.process.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(sent.success());
        let (mut printed, mut log) = (String::new(), String::new());
        self.output.read_to_string(&mut printed).unwrap();
        self.log.read_to_string(&mut log).unwrap();
        assert_eq!(self.process.wait().unwrap().code(), Some(0), "{log}");
        (printed, log)
    }
}

#[test]
#[cfg(unix)]
fn keys_are_printed_at_the_first_start_only_and_open_the_service_after_the_second() {
    let folder = tempfile::tempdir().unwrap();
    let first = Running::start(folder.path(), &[]);
    assert!(
        first
            .ask("GET /readyz HTTP/1.1", "")
            .starts_with("HTTP/1.1 200")
    );
    let (printed, log) = first.stop();
    let of = |name: &str| {
        let line = printed.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_else(|| panic!("{printed}"))
            .trim()
            .to_owned()
    };
    let (token, key) = (of("admin token"), of("site key"));
    assert_eq!((token.len(), key.len()), (32, 12));
    assert!(!log.contains(&token) && !log.contains(&key), "{log}");

    let second = Running::start(folder.path(), &[]);
    let check = format!(
        "POST /v1/check HTTP/1.1\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json"
    );
    let comment = r#"{"comment":{"body":"the oven has no steam","author":"Ida Quill"}}"#;
    let answer = second.ask(&check, comment);
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.contains("\"verdict\""),
        "{answer}"
    );
    let (printed, log) = second.stop();
    assert!(
        !printed.contains("token") && !printed.contains("site key"),
        "{printed}"
    );
    assert!(!log.contains("steam") && !log.contains("Quill"), "{log}");
}

#[test]
#[cfg(unix)]
fn slow_heads_and_long_ones_are_ended() {
    let folder = tempfile::tempdir().unwrap();
    let service = Running::start(
        folder.path(),
        &["--header-timeout-s", "1", "--request-timeout-s", "1"],
    );
    let mut slow = TcpStream::connect(&service.address).unwrap();
    slow.write_all(b"GET /healthz HTTP/1.1\r\nX: ").unwrap();
    let mut rest = Vec::new();
    slow.read_to_end(&mut rest).unwrap();
    assert_eq!(rest, b"");
    let many: String = (0..10_000).map(|n| format!("\r\nX-{n}: a")).collect();
    let long = format!("\r\nX: {}", "a".repeat(60_000));
    for headers in [many, long.repeat(2)] {
        let mut stream = TcpStream::connect(&service.address).unwrap();
        // It may hang up before all is sent, which is the point.
        drop(write!(
            stream,
            "GET /healthz HTTP/1.1\r\nHost: x{headers}\r\n\r\n"
        ));
        let mut answer = Vec::new();
        drop(stream.read_to_end(&mut answer));
        assert!(!answer.starts_with(b"HTTP/1.1 200"));
    }
    service.stop();
}

#[test]
#[cfg(unix)]
fn connections_on_which_nothing_is_asked_are_ended_before_and_after_they_speak() {
    let folder = tempfile::tempdir().unwrap();
    let limits = ["--header-timeout-s", "1", "--request-timeout-s", "1"];
    let service = Running::start(folder.path(), &limits);
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    let asked = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    let streams = [&b""[..], b"PRI", preface, asked].map(|begin| {
        let mut stream = TcpStream::connect(&service.address).unwrap();
        stream.write_all(begin).unwrap();
        // For a server that never ends it.
        let most = std::time::Duration::from_secs(60);
        stream.set_read_timeout(Some(most)).unwrap();
        stream
    });
    for mut stream in streams {
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
    }
    service.stop();
}

#[test]
#[cfg(unix)]
fn the_log_has_a_line_for_each_request_at_debug_without_what_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let service = Running::start(folder.path(), &["--log-level", "debug"]);
    service.ask("GET /v1/posts/about-ida-quill HTTP/1.1", "");
    let (_, log) = service.stop();
    let line = log.lines().find(|line| line.contains("answered"));
    let line = line.unwrap_or_else(|| panic!("{log}"));
    for part in ["GET", "/v1/posts/{id}", "401"] {
        assert!(line.contains(part), "{line}");
    }
    assert!(!log.contains("quill"), "{log}");
}

#[test]
#[cfg(unix)]
fn a_check_that_takes_too_long_is_answered_with_a_guid() {
    let folder = tempfile::tempdir().unwrap();
    let service = Running::start(folder.path(), &["--request-timeout-s", "1"]);
    let mut stream = TcpStream::connect(&service.address).unwrap();
    let head =
        "POST /1.1/comment-check HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 100";
    write!(stream, "{head}\r\n\r\nblog=").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(
        answer.to_lowercase().contains("\r\nx-akismet-guid: "),
        "{answer}"
    );
    service.stop();
}

#[test]
#[cfg(unix)]
fn who_writes_a_whole_body_that_is_too_large_reads_the_answer() {
    let folder = tempfile::tempdir().unwrap();
    let service = Running::start(folder.path(), &[]);
    // More than the buffers between both ends hold.
    let body = "a".repeat(24 << 20);
    let answer = service.ask("POST /1.1/comment-check HTTP/1.1", &body);
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    let answer = service.ask("POST /v1/check HTTP/1.1", &body);
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    service.stop();
}

#[test]
#[cfg(unix)]
fn who_takes_nothing_of_the_answers_is_cut_off() {
    const ASKED: usize = 60;
    let folder = tempfile::tempdir().unwrap();
    let service = Running::start(folder.path(), &["--request-timeout-s", "1"]);
    let ask = "GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n";
    let mut stream = TcpStream::connect(&service.address).unwrap();
    // The answers are more than the buffers between both ends hold.
    stream.write_all(ask.repeat(ASKED).as_bytes()).unwrap();
    // Writing to the other end fails once it has hung up. The limit is for a server that never does.
    let is_cut_off = (0..600).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        stream.write_all(b"G").is_err()
    });
    assert!(is_cut_off);
    service.stop();
}

/// The certificate that a new connection is shown.
fn certificate_at(address: &str) -> Vec<u8> {
    // A second call finds it installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .tls_info(true)
        .tls_danger_accept_invalid_certs(true)
        .no_proxy()
        .build()
        .unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let url = format!("https://{address}/healthz");
    let answer = runtime.block_on(async { client.get(url).send().await.unwrap() });
    let tls = answer.extensions().get::<reqwest::tls::TlsInfo>().unwrap();
    tls.peer_certificate().unwrap().to_vec()
}

/// Both pairs were made by `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes
/// -days 36500 -subj /CN=first.example -keyout first.key.pem -out first.cert.pem`.
#[test]
#[cfg(unix)]
fn a_renewed_certificate_is_served_and_one_without_its_key_is_not() {
    use rustls::pki_types::{CertificateDer, pem::PemObject as _};

    let fixtures = repository("tests/fixtures/tls");
    let expected = |generation: &str| {
        let file = fixtures.join(format!("{generation}.cert.pem"));
        CertificateDer::from_pem_file(file).unwrap().to_vec()
    };
    let folder = tempfile::tempdir().unwrap();
    // In one step, so that no half of a file is found.
    let put = |generation: &str, part: &str| {
        let from = fixtures.join(format!("{generation}.{part}.pem"));
        let aside = folder.path().join("aside");
        std::fs::copy(from, &aside).unwrap();
        std::fs::rename(aside, folder.path().join(format!("{part}.pem"))).unwrap();
    };
    put("first", "cert");
    put("first", "key");
    let files = ["--tls-cert", "cert.pem", "--tls-key", "key.pem"];
    let complaint = "the certificate before goes on being served";
    let mut service = Running::start(folder.path(), &files);
    assert_eq!(certificate_at(&service.address), expected("first"));
    put("second", "cert");
    service.wait_for(complaint);
    // It looks again, and says nothing again.
    std::thread::sleep(std::time::Duration::from_secs(2));
    assert_eq!(certificate_at(&service.address), expected("first"));
    std::fs::remove_file(folder.path().join("key.pem")).unwrap();
    let told = service.wait_for(complaint);
    for part in ["cert.pem", "key.pem", "No such file"] {
        assert!(told.contains(part), "{told}");
    }
    assert_eq!(certificate_at(&service.address), expected("first"));
    put("second", "key");
    service.wait_for("the certificate was renewed");
    assert_eq!(certificate_at(&service.address), expected("second"));
    let (_, log) = service.stop();
    assert!(!log.contains(complaint), "{log}");
}

#[test]
fn all_problems_of_the_settings_are_told_at_once_and_nothing_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bad.toml");
    std::fs::write(&file, "[server]\nworker = 3\nmax_in_flight = 0\n").unwrap();
    let output = serve(folder.path(), &["--config", "bad.toml"])
        .output()
        .unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{errors}");
    for key in ["`worker`", "`server.max_in_flight`"] {
        assert!(errors.contains(key), "{errors}");
    }
    assert!(!folder.path().join("data").exists());
}

#[test]
#[cfg(unix)]
fn one_process_serves_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let first = Running::start(folder.path(), &[]);
    let output = serve(folder.path(), &[]).output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{errors}");
    assert!(errors.contains("another process"), "{errors}");
    first.stop();
}

#[test]
fn an_empty_file_is_not_taken_for_the_database_of_an_installation() {
    let folder = tempfile::tempdir().unwrap();
    Running::start(folder.path(), &[]).stop();
    let database = folder.path().join("data/ontopic.db");
    std::fs::write(&database, b"").unwrap();
    let output = serve(folder.path(), &[]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("found an empty file"), "{message}");
    assert_eq!(std::fs::metadata(&database).unwrap().len(), 0);
    std::fs::remove_file(&database).unwrap();
    Running::start(folder.path(), &[]).stop();
}

#[test]
#[cfg(unix)]
fn a_first_start_that_can_write_nothing_or_is_killed_leaves_the_next_one_free() {
    // No file may grow: a write fails, or kills where the signal for it is not ignored.
    for limit in ["trap '' XFSZ; ulimit -f 0", "ulimit -c 0; ulimit -f 0"] {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        std::fs::write(data.join("secret"), [7; 32]).unwrap();
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("{limit}; exec \"$0\" \"$@\""), PROGRAM]);
        let output = serve_by(shell, folder.path(), &[]).output().unwrap();
        assert!(!output.status.success(), "{output:?}");
        assert!(!data.join("ontopic.db").exists(), "{limit}");
        let (printed, _) = Running::start(folder.path(), &[]).stop();
        assert!(printed.contains("admin token"), "{printed}");
    }
}

#[test]
#[cfg(unix)]
fn a_start_without_any_admin_token_prints_a_new_one_that_opens_the_service() {
    let folder = tempfile::tempdir().unwrap();
    let (printed, _) = Running::start(folder.path(), &[]).stop();
    assert!(printed.contains("site key     "), "{printed}");
    let database = rusqlite::Connection::open(folder.path().join("data/ontopic.db")).unwrap();
    let removed = database.execute("DELETE FROM keys WHERE site IS NULL", []);
    assert_eq!(removed, Ok(1));
    drop(database);

    let (printed, _) = Running::start(folder.path(), &[]).stop();
    let token = printed
        .lines()
        .find_map(|line| line.strip_prefix("admin token  "));
    let token = token.unwrap_or_else(|| panic!("{printed}"));
    assert!(!printed.contains("site key"), "{printed}");
    let service = Running::start(folder.path(), &[]);
    let ask = format!("GET /v1/sites HTTP/1.1\r\nAuthorization: Bearer {token}");
    let answer = service.ask(&ask, "");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let (printed, _) = service.stop();
    assert!(!printed.contains("admin token"), "{printed}");
}
