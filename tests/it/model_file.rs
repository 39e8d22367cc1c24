//! Model files: what is saved scores to the same bits, and what is damaged is refused; and folders
//! of them.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use ontopic::dataset::{parse_thread, read_threads};
use ontopic::explanation::explain;
use ontopic::model_file::{FORMAT, MAX_BYTES, load, save};
use ontopic::registry::{Models, Refreshed};
use ontopic::signals::{CATALOGUE, Trend};
use proptest::prelude::*;
use serde_json::json;

use crate::starter::{self, judged, model_bytes, repository};

/// Why bytes are refused, with causes; `None` if they are a model.
fn refusal(bytes: &[u8]) -> Option<String> {
    let mut error: &dyn std::error::Error = &load(bytes).err()?;
    let mut text = error.to_string();
    while let Some(source) = error.source() {
        text.push_str(&format!(": {source}"));
        error = source;
    }
    Some(text)
}

/// Length of the header, and the header.
fn header(bytes: &[u8]) -> (usize, String) {
    let length = u64::from_le_bytes(bytes[..8].try_into().expect("eight bytes")) as usize;
    let text = std::str::from_utf8(&bytes[8..8 + length]).expect("the header is UTF-8");
    (length, text.to_owned())
}

/// The same file with another header.
fn with_header(bytes: &[u8], change: impl FnOnce(String) -> String) -> Vec<u8> {
    let (length, text) = header(bytes);
    let mut text = change(text);
    while !text.len().is_multiple_of(8) {
        text.push(' ');
    }
    let mut changed = (text.len() as u64).to_le_bytes().to_vec();
    changed.extend(text.as_bytes());
    changed.extend(&bytes[8 + length..]);
    changed
}

#[test]
fn a_loaded_model_scores_to_the_same_bits() {
    let loaded = load(model_bytes()).unwrap();
    for thread in starter::threads() {
        assert_eq!(
            judged(&loaded.classifier, thread),
            judged(starter::classifier(), thread)
        );
    }
    let trained = starter::trained();
    let again = save(
        &loaded.classifier,
        &trained.data_digest,
        trained.seed,
        trained.n_examples,
    );
    assert!(again.unwrap() == model_bytes(), "it saves to other bytes");
    assert_eq!(loaded.metadata.data, trained.data_digest);
    assert_eq!(loaded.metadata.seed, trained.seed);
    assert_eq!(
        [loaded.metadata.n_spam, loaded.metadata.n_ham],
        trained.n_examples
    );
    assert!(model_bytes().len() <= MAX_BYTES);
}

#[test]
fn metadata_are_one_key() {
    let (_, text) = header(model_bytes());
    let header: serde_json::Value = serde_json::from_str(&text).unwrap();
    let metadata = header["__metadata__"].as_object().unwrap();
    assert_eq!(metadata.keys().collect::<Vec<_>>(), ["ontopic"]);
}

#[test]
fn a_torn_file_is_refused_wherever_it_ends() {
    let good = model_bytes();
    let cuts = (0..64).chain((64..good.len()).step_by(good.len() / 500));
    for cut in cuts.chain(good.len() - 9..good.len()) {
        let why = refusal(&good[..cut]).unwrap_or_else(|| panic!("{cut} bytes are a model"));
        assert!(
            why.contains("expected a whole safetensors file"),
            "{cut}: {why}"
        );
    }
    let mut longer = good.to_vec();
    longer.push(0);
    assert!(refusal(&longer).is_some(), "bytes hang behind");
}

#[test]
fn foreign_files_are_refused_by_what_they_lack() {
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR and so on";
    for bytes in [&b""[..], b"{}", b"\0\0\0\0\0\0\0\0", png, &[0xff; 4096]] {
        let why = refusal(bytes).unwrap();
        assert!(why.starts_with("not a model file: expected"), "{why}");
    }
    let other = with_header(b"\x02\0\0\0\0\0\0\0{}", |text| text);
    assert_eq!(
        refusal(&other).unwrap(),
        "not a model file: expected metadata with the label `ontopic`"
    );
    let label = "\\\"label\\\":\\\"ontopic\\\"";
    let other = with_header(model_bytes(), |text| {
        assert!(text.contains(label));
        text.replacen(label, "\\\"label\\\":\\\"offtopic\\\"", 1)
    });
    assert_eq!(
        refusal(&other).unwrap(),
        "not a model file: expected metadata with the label `ontopic`"
    );
}

#[test]
fn a_file_from_the_future_is_refused_by_its_version() {
    let format = format!("\\\"format\\\":{FORMAT},");
    let future = with_header(model_bytes(), |text| {
        assert!(text.contains(&format));
        // A later version may well have lost keys that this one needs.
        let start = text.find(&format).expect("checked above");
        let end = text.find("}\"}").expect("metadata end");
        format!(
            "{}\\\"format\\\":{},\\\"new\\\":[1]{}",
            &text[..start],
            FORMAT + 1,
            &text[end..]
        )
    });
    let expected = format!(
        "model file has format version {}, this program reads {FORMAT}",
        FORMAT + 1
    );
    assert_eq!(refusal(&future).unwrap(), expected);
}

#[test]
fn a_changed_number_is_a_damaged_file() {
    let changed = with_header(model_bytes(), |text| {
        let at = text.find("\\\"hold\\\":").expect("thresholds are there") + "\\\"hold\\\":".len();
        let digit = text[at..]
            .find(|c: char| c.is_ascii_digit())
            .expect("a number")
            + at;
        let other = if &text[digit..=digit] == "7" {
            "8"
        } else {
            "7"
        };
        format!("{}{other}{}", &text[..digit], &text[digit + 1..])
    });
    let why = refusal(&changed).unwrap();
    assert!(
        why.starts_with("model file is damaged: expected checksum `") && why.contains("found `"),
        "{why}"
    );
}

/// A folder of models with the shipped one, and the path of another in it.
fn folder(id: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("active"), id).unwrap();
    let file = folder.path().join(format!("{id}.safetensors"));
    (folder, file)
}

fn shipped() -> &'static [u8] {
    fs::read(repository("models/default.safetensors"))
        .unwrap()
        .leak()
}

#[test]
fn curves_and_surfaces_of_the_default_model_obey_the_trends() {
    // Files hold 32 bits; what is equal in 64 may differ in the last of them.
    let goes_its_way = |trend: Trend, values: &mut dyn Iterator<Item = f64>| {
        let values: Vec<f64> = values.collect();
        values.windows(2).all(|pair| match trend {
            Trend::Free => true,
            Trend::Rising => pair[1] >= pair[0] - 1e-6,
            Trend::Falling => pair[1] <= pair[0] + 1e-6,
        })
    };
    let model = load(shipped()).unwrap().classifier.spam;
    assert_ne!(model.brief, model.other);
    for (signal, curve) in model
        .heads()
        .into_iter()
        .flat_map(|head| CATALOGUE.iter().zip(&head.curves))
    {
        let mut values = curve.values.iter().copied();
        assert!(goes_its_way(signal.trend, &mut values), "{}", signal.name);
    }
    assert!(!model.other.surfaces.is_empty());
    for surface in model.heads().into_iter().flat_map(|head| &head.surfaces) {
        let (first, second) = (CATALOGUE[surface.first], CATALOGUE[surface.second]);
        let columns = surface.second_axis.n_bins();
        let values = &surface.values;
        for column in 0..columns {
            let mut along = values.iter().copied().skip(column).step_by(columns);
            assert!(goes_its_way(first.trend, &mut along), "{}", first.name);
        }
        for row in values.chunks(columns) {
            let mut along = row.iter().copied();
            assert!(goes_its_way(second.trend, &mut along), "{}", second.name);
        }
    }
}

#[test]
fn words_of_which_nothing_is_known_say_nothing() {
    let classifier = load(shipped()).unwrap().classifier;
    let policy = classifier.policy(None);
    let says = |body: &str| {
        let line = json!({"site": "a", "comments": [{"author": "Jo", "body": body}]}).to_string();
        let mut says = f64::NAN;
        let thread = parse_thread(line.as_bytes()).unwrap();
        classifier.judge_thread(&thread, &policy, |_, scene, assessment| {
            let all = explain(&classifier, scene, &assessment, &policy);
            let of_words = all.iter().find(|term| term.signal == "body_vocabulary");
            says = of_words.unwrap().contribution;
        });
        says
    };
    // "A salary of a thousand lari a day, write to us."
    assert_eq!(says("ხელფასი დღეში ათასი ლარი მოგვწერეთ"), 0.0);
    assert!(says("cheap loans today") > 0.0);
}

#[test]
fn words_lean_in_the_reasons_to_where_they_count() {
    let classifier = load(shipped()).unwrap().classifier;
    let policy = classifier.policy(None);
    let mut n_crossed = 0;
    let read = read_threads(&[repository("datasets")]).unwrap();
    for thread in &read.threads {
        classifier.judge_thread(thread, &policy, |_, scene, assessment| {
            let all = explain(&classifier, scene, &assessment, &policy);
            let of_signals = CATALOGUE.iter().zip(&all[1..]).zip(assessment.values);
            for ((signal, term), value) in of_signals {
                if signal.field.is_none() || value.is_nan() {
                    continue;
                }
                let says = |words: &str| term.reason.contains(words);
                let spam = says("made of words that stand in spam") || says("more words of spam");
                let ham = says("people use in genuine") || says("more words of genuine");
                let what = format!("{} {} {}", term.signal, term.contribution, term.reason);
                assert!(!(spam && term.contribution < 0.0), "{what}");
                assert!(!(ham && term.contribution > 0.0), "{what}");
                n_crossed +=
                    usize::from(value.abs() >= 0.5 && f64::from(value) * term.contribution < 0.0);
            }
        });
    }
    assert!(
        n_crossed > 0,
        "curves of short comments cross zero elsewhere"
    );
}

#[test]
fn a_file_that_cannot_be_loaded_is_read_again_when_it_was_changed() {
    let id = load(model_bytes()).unwrap().metadata.id().to_owned();
    let (folder, path) = folder(&id);
    fs::remove_file(folder.path().join("active")).unwrap();
    let models = Models::open(folder.path(), shipped()).unwrap();
    fs::write(folder.path().join("active"), &id).unwrap();
    let mut torn = model_bytes().to_vec();
    let last = torn.len() - 1;
    torn[last] ^= 1;
    fs::write(&path, &torn).unwrap();
    let written = fs::metadata(&path).unwrap().modified().unwrap();
    let first = models.refresh().unwrap_err().to_string();

    // The same time and length: it is not looked into again.
    fs::write(&path, model_bytes()).unwrap();
    let file = fs::File::options().write(true).open(&path).unwrap();
    file.set_modified(written).unwrap();
    assert_eq!(models.refresh().unwrap_err().to_string(), first);
    assert!(models.by_id(&id).is_none());

    file.set_modified(written + Duration::from_secs(1)).unwrap();
    assert_eq!(models.refresh().unwrap(), Refreshed::Changed);
    assert_eq!(models.active().id, id);
    assert_eq!(models.refresh().unwrap(), Refreshed::Same);
}

#[test]
fn a_file_of_another_model_than_its_name_says_is_refused() {
    let (folder, path) = folder("0123456789ab");
    fs::write(path, model_bytes()).unwrap();
    let error = Models::open(folder.path(), shipped())
        .unwrap_err()
        .to_string();
    let found = load(model_bytes()).unwrap().metadata.id().to_owned();
    assert!(
        error.starts_with("expected the model `0123456789ab` in `")
            && error.ends_with(&format!("found `{found}`")),
        "{error}"
    );
}

#[test]
fn a_fixed_model_that_is_none_is_called_by_its_file() {
    let (folder, path) = folder("0123456789ab");
    let error = Models::fixed(folder.path(), &path, b"no model").unwrap_err();
    let name = path.display().to_string();
    assert!(error.to_string().contains(&name), "{error}");
}

#[test]
fn a_fixed_model_stays_and_each_activation_is_told_once() {
    let (folder, _) = folder("0123456789ab");
    let file = folder.path().join("mine.safetensors");
    let models = Models::fixed(folder.path(), &file, shipped()).unwrap();
    let before = models.active().id.clone();
    assert_eq!(models.refresh().unwrap(), Refreshed::Same);
    fs::write(folder.path().join("active"), "0123456789ac").unwrap();
    assert_eq!(models.refresh().unwrap(), Refreshed::Ignored);
    assert_eq!(models.refresh().unwrap(), Refreshed::Same);
    assert_eq!(models.active().id, before);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_flipped_bit_is_noticed(at in any::<prop::sample::Index>(), bit in 0..8u8) {
        let mut bytes = model_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        // White space that pads the header means nothing, whichever it is.
        let (length, text) = header(model_bytes());
        let padding = text.trim_end().len() + 8..8 + length;
        prop_assert!(refusal(&bytes).is_some() || padding.contains(&at), "byte {at}, bit {bit}");
    }

    #[test]
    fn a_changed_header_is_an_error_and_no_panic(at in any::<prop::sample::Index>(), piece in "[0-9\\[\\]{}:,\"a-z.-]{0,6}") {
        let bytes = with_header(model_bytes(), |mut text| {
            let at = at.index(text.len());
            let end = (at + 3).min(text.len());
            text.replace_range(at..end, &piece);
            text
        });
        let (_, before) = header(model_bytes());
        if header(&bytes).1.trim_end() != before.trim_end() {
            prop_assert!(refusal(&bytes).is_some());
        }
    }
}
