//! The hand-written threads of `datasets/starter.jsonl`, and a model trained on them once.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use ontopic::classifier::{Assessment, Classifier};
use ontopic::comment::Thread;
use ontopic::dataset::read_threads;
use ontopic::model_file::save;
use ontopic::training::{TrainConfig, Trained, train};

/// A path within the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The thread file.
pub(crate) fn data_path() -> PathBuf {
    repository("datasets/starter.jsonl")
}

/// Its threads.
pub(crate) fn threads() -> &'static [Thread] {
    static THREADS: OnceLock<Vec<Thread>> = OnceLock::new();
    THREADS.get_or_init(|| {
        let read = read_threads(&[data_path()]).expect("the starter data can be read");
        assert!(read.bad_lines.is_empty(), "{:?}", read.bad_lines);
        read.threads
    })
}

/// Trains without telling anybody.
pub(crate) fn train_quietly(threads: &[Thread], config: &TrainConfig) -> Trained {
    train(threads, config, &|_, _| {}).expect("the threads suffice to train on")
}

/// The settings of `ontopic train`.
pub(crate) fn config() -> TrainConfig {
    TrainConfig {
        seed: 1,
        ..TrainConfig::default()
    }
}

/// A model of the starter data.
pub(crate) fn trained() -> &'static Trained {
    static TRAINED: OnceLock<Trained> = OnceLock::new();
    TRAINED.get_or_init(|| train_quietly(threads(), &config()))
}

/// Its classifier.
pub(crate) fn classifier() -> &'static Classifier<'static> {
    &trained().classifier
}

/// The bytes of a model file.
pub(crate) fn bytes_of(trained: &Trained) -> Vec<u8> {
    let Trained {
        classifier,
        data_digest,
        seed,
        n_examples,
        ..
    } = trained;
    save(classifier, data_digest, *seed, *n_examples).expect("a small model fits")
}

/// The bytes of the starter model.
pub(crate) fn model_bytes() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| bytes_of(trained()))
}

/// The starter model as a file.
pub(crate) fn model_path() -> &'static Path {
    static MODEL: OnceLock<PathBuf> = OnceLock::new();
    MODEL.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let path = folder.join("starter.safetensors");
        let mut file = tempfile::NamedTempFile::new_in(folder).expect("the folder takes files");
        file.write_all(model_bytes()).expect("the disk has room");
        file.persist(&path).expect("a file can be renamed");
        path
    })
}

/// An assessment as bits: NaN equals NaN, and nothing is rounded.
pub(crate) type Bits = (Vec<u32>, u64, u64, &'static str);

/// The bits of an assessment.
pub(crate) fn bits(assessment: &Assessment) -> Bits {
    (
        assessment
            .values
            .iter()
            .map(|value| value.to_bits())
            .collect(),
        assessment.spam.to_bits(),
        assessment.relevance.to_bits(),
        assessment.verdict.name(),
    )
}

/// The assessments of a thread, as bits, by the classifier's own policy.
pub(crate) fn judged(classifier: &Classifier<'_>, thread: &Thread) -> Vec<Bits> {
    let mut all = Vec::new();
    classifier.judge_thread(thread, &classifier.policy(None), |index, _, assessment| {
        assert_eq!(index, all.len());
        all.push(bits(&assessment));
    });
    all
}
