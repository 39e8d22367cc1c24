//! A sound model file with a few bytes changed, its checksum made right again where that is asked
//! for: it is refused, or it judges. Any bytes at all are tried too.
#![no_main]

use std::sync::OnceLock;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use ontopic::comment::Thread;
use ontopic::dataset::parse_thread;
use ontopic::model_file::{LoadError, load, save};
use ontopic::training::{TrainConfig, train};

#[derive(Debug, Arbitrary)]
enum Input {
    Bytes(Vec<u8>),
    Changed {
        changes: Vec<(u32, u8)>,
        length: Option<u32>,
        repair: bool,
    },
}

fn threads() -> Vec<Thread> {
    let text = include_str!("../../datasets/starter.jsonl");
    text.lines()
        .filter_map(|line| parse_thread(line.as_bytes()).ok())
        .collect()
}

fn model() -> &'static [u8] {
    static MODEL: OnceLock<Vec<u8>> = OnceLock::new();
    MODEL.get_or_init(|| {
        let trained = train(&threads(), &TrainConfig::default(), &|_, _| {});
        let trained = trained.expect("the starter data suffice");
        save(&trained.classifier, "fuzz", 0, [1, 1]).expect("it is small")
    })
}

/// Puts the checksum that was found in the place of the one that is stated, as somebody would who
/// means harm.
fn repair(bytes: &mut [u8]) {
    let Err(LoadError::Checksum { expected, found }) = load(bytes) else {
        return;
    };
    if expected.len() != found.len() || expected.is_empty() {
        return;
    }
    let at = bytes
        .windows(expected.len())
        .position(|window| window == expected.as_bytes());
    if let Some(at) = at {
        bytes[at..at + found.len()].copy_from_slice(found.as_bytes());
    }
}

fuzz_target!(|input: Input| {
    let bytes = match input {
        Input::Bytes(bytes) => bytes,
        Input::Changed {
            changes,
            length,
            repair: repaired,
        } => {
            let mut bytes = model().to_vec();
            for (at, byte) in changes {
                let at = at as usize % bytes.len();
                bytes[at] = byte;
            }
            if let Some(length) = length {
                bytes.truncate(length as usize);
            }
            if repaired {
                repair(&mut bytes);
            }
            bytes
        }
    };
    let Ok(loaded) = load(&bytes) else {
        return;
    };
    static THREAD: OnceLock<Vec<Thread>> = OnceLock::new();
    let classifier = &loaded.classifier;
    let policy = classifier.policy(None);
    let thread = &THREAD.get_or_init(threads)[0];
    classifier.judge_thread(thread, &policy, |_, scene, assessment| {
        assert!(
            (0.0..=1.0).contains(&assessment.spam_probability()),
            "{}",
            assessment.spam
        );
        ontopic::explanation::explain(classifier, scene, &assessment, &policy);
    });
});
