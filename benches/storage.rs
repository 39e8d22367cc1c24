//! How many verdicts a second are on disk before they are answered, with how much memory, and how
//! long reads take beside it. `benches/README.md` says how to run this and what came out.
//!
//! Takes the number of verdicts and of tasks that wait: `cargo bench --bench storage -- 1000000 64`.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs};

use ontopic::comment::{Fingerprint, Kind, Label};
use ontopic::policy::{Thresholds, Verdict};
use ontopic::random::SplitMix;
use ontopic::signals::N_SIGNALS;
use ontopic::storage::{
    CheckRecord, CommentText, Id, Judgement, Site, SiteId, SqliteOptions, SqliteStore, Store,
};

/// Posts that comments are spread over.
const POSTS: u64 = 20_000;

#[tokio::main(worker_threads = 2)]
async fn main() {
    let mut numbers = env::args()
        .skip(1)
        .filter_map(|argument| argument.parse::<i64>().ok());
    let total = numbers.next().unwrap_or(200_000);
    let tasks = numbers.next().unwrap_or(64);
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("ontopic.db");
    let store = SqliteStore::open(&file, SqliteOptions::default()).expect("the file can be made");
    let store: Arc<dyn Store> = Arc::new(store);
    let site = Site {
        id: SiteId(0),
        name: "slowmiles.example".to_owned(),
        settings: "{}".to_owned(),
        created: 0,
    };
    let site = store
        .add_site(site, Vec::new())
        .await
        .expect("the site can be added");

    println!("{tasks} tasks, each adds one verdict after the other");
    println!("verdicts  a second    p50 ms    p99 ms    max ms    memory MB");
    let next = Arc::new(AtomicI64::new(0));
    for end in (1..=5).map(|fifth| total * fifth / 5) {
        let start = Instant::now();
        let running: Vec<_> = (0..tasks)
            .map(|_| tokio::spawn(write(Arc::clone(&store), site, Arc::clone(&next), end)))
            .collect();
        let mut times = Vec::new();
        for task in running {
            times.extend(task.await.expect("the task ends"));
        }
        next.store(end, Ordering::Relaxed);
        let rate = times.len() as f64 / start.elapsed().as_secs_f64();
        times.sort();
        let [p50, p99, max] = [0.5, 0.99, 1.0].map(|share| milliseconds(&times, share));
        let memory = memory();
        println!("{end:8}  {rate:8.0}  {p50:8.2}  {p99:8.2}  {max:8.2}  {memory:11.1}");
    }

    let mut random = SplitMix(1);
    for (name, limit) in [("a conversation of 20", 20), ("a verdict", 0)] {
        let mut times = Vec::new();
        for _ in 0..2_000 {
            let start = Instant::now();
            if limit > 0 {
                let post = format!("post-{}", random.below(POSTS as usize));
                store
                    .conversation(site, &post, None, limit, usize::MAX)
                    .await
                    .expect("it can be read");
            } else {
                let id = Id(1 + random.below(total as usize) as i64);
                store
                    .check(site, id)
                    .await
                    .expect("it can be read")
                    .expect("it is there");
            }
            times.push(start.elapsed());
        }
        times.sort();
        let [p50, p99] = [0.5, 0.99].map(|share| milliseconds(&times, share));
        println!("read {name}: p50 {p50:.3} ms, p99 {p99:.3} ms");
    }
    store.close().await;
    let size = fs::metadata(&file).expect("the file is there").len();
    println!("{} bytes a verdict in the file", size / total as u64);
}

/// Adds verdicts one after the other until `end` are there; how long each took.
async fn write(
    store: Arc<dyn Store>,
    site: SiteId,
    next: Arc<AtomicI64>,
    end: i64,
) -> Vec<Duration> {
    let mut times = Vec::new();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed) + 1;
        if number > end {
            return times;
        }
        let check = check(site, number);
        let start = Instant::now();
        store
            .add_checks(site, Vec::new(), vec![Arc::new(check)], None)
            .await
            .expect("the verdict is added");
        times.push(start.elapsed());
    }
}

/// A verdict on a comment of 300 bytes with e-mail and network address, of which one in ten is held.
fn check(site: SiteId, number: i64) -> CheckRecord {
    let mut random = SplitMix(number as u64);
    let outcome = match random.below(10) {
        0 => Verdict::Hold,
        1..=4 => Verdict::Spam,
        _ => Verdict::Publish,
    };
    let digest = |random: &mut SplitMix| Some((random.bits() as u128).to_le_bytes());
    CheckRecord {
        id: Id(number),
        site,
        at: number / 10,
        post: format!("post-{}", random.below(POSTS as usize)),
        comment: Some(format!("comment-{number}")),
        parent: None,
        kind: Kind::Comment,
        text: Some(CommentText {
            author: Some("Wendell".to_owned()),
            author_url: Some("https://wendell.example/".to_owned()),
            body: "words ".repeat(50),
            ..CommentText::default()
        }),
        email: digest(&mut random),
        address: digest(&mut random),
        fingerprint: Some(Fingerprint {
            words: random.bits() as i64,
            blog: Some("slowmiles.example".to_owned()),
            post: Some(number.to_string()),
            page: Some(format!("slowmiles.example/post-{number}")),
        }),
        callback: None,
        judgement: Judgement {
            model: "093cfeeb43c7".to_owned(),
            values: Some(Box::new([0.5; N_SIGNALS])),
            spam: 6.49 - number as f64 * 1e-6,
            relevance: -3.2,
            thresholds: Thresholds {
                hold: 2.97,
                spam: 3.28,
            },
            prior_shift: 0.0,
            hold_below_relevance: None,
            verdict: outcome,
            outcome,
            overrides: Vec::new(),
            follows: None,
            entry: None,
            reasons:
                r#"[{"signal":"relevance","log_odds":1.47,"text":"could stand under any post"}]"#
                    .repeat(3),
        },
        answered: Some(if outcome == Verdict::Publish {
            Label::Ham
        } else {
            Label::Spam
        }),
        decided: None,
        decided_before: Vec::new(),
        superseded: false,
    }
}

fn milliseconds(sorted: &[Duration], share: f64) -> f64 {
    let index = (sorted.len() as f64 * share) as usize;
    sorted[index.min(sorted.len() - 1)].as_secs_f64() * 1_000.0
}

/// Resident memory of this process in MB, where the system tells it.
fn memory() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
    kilobytes.map_or(f64::NAN, |kilobytes: f64| kilobytes / 1_000.0)
}
