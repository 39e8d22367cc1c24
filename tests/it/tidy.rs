//! The shape of the repository: which modules may use which, where the outside world is let in, and
//! that documentation names what exists.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use ontopic::signals::CATALOGUE;

use crate::starter::repository;

/// Each module of `src/` with the modules that it may use. A module may only use modules above it,
/// so that there are no cycles.
const EDGES: &[(&str, &[&str])] = &[
    ("random", &[]),
    ("atomic_file", &[]),
    ("slots", &[]),
    ("comment", &[]),
    ("json", &["comment"]),
    ("text", &[]),
    ("tokens", &["text"]),
    ("analysis", &["comment", "text", "tokens"]),
    ("context", &["slots", "comment", "analysis"]),
    ("lexical", &["slots"]),
    ("familiarity", &["analysis", "context"]),
    (
        "signals",
        &[
            "comment", "text", "tokens", "analysis", "context", "lexical",
        ],
    ),
    (
        "features",
        &["analysis", "comment", "context", "lexical", "signals"],
    ),
    ("model", &["features"]),
    ("calibration", &[]),
    ("policy", &["comment"]),
    ("config", &[]),
    ("telemetry", &["comment", "policy", "config"]),
    (
        "classifier",
        &[
            "comment",
            "analysis",
            "context",
            "lexical",
            "familiarity",
            "signals",
            "features",
            "model",
            "calibration",
            "policy",
        ],
    ),
    (
        "explanation",
        &["lexical", "signals", "calibration", "policy", "classifier"],
    ),
    (
        "model_file",
        &[
            "context",
            "lexical",
            "signals",
            "features",
            "model",
            "policy",
            "classifier",
        ],
    ),
    ("dataset", &["comment", "json"]),
    ("akismet", &["comment", "json", "policy"]),
    ("storage", &["atomic_file", "comment", "policy", "signals"]),
    ("registry", &["atomic_file", "classifier", "model_file"]),
    (
        "moderation",
        &[
            "comment",
            "text",
            "tokens",
            "analysis",
            "context",
            "lexical",
            "calibration",
            "policy",
            "classifier",
            "explanation",
            "storage",
            "registry",
        ],
    ),
    (
        "delivery",
        &["comment", "akismet", "storage", "moderation", "telemetry"],
    ),
    (
        "api",
        &[
            "comment",
            "json",
            "calibration",
            "policy",
            "explanation",
            "akismet",
            "storage",
            "moderation",
            "telemetry",
        ],
    ),
    (
        "evaluation",
        &[
            "random",
            "comment",
            "text",
            "analysis",
            "context",
            "signals",
            "features",
            "calibration",
            "policy",
            "classifier",
        ],
    ),
    (
        "training",
        &[
            "random",
            "comment",
            "tokens",
            "analysis",
            "context",
            "lexical",
            "signals",
            "features",
            "model",
            "calibration",
            "policy",
            "classifier",
            "dataset",
            "evaluation",
        ],
    ),
    (
        "cli",
        &[
            "comment",
            "text",
            "analysis",
            "context",
            "signals",
            "features",
            "calibration",
            "policy",
            "config",
            "classifier",
            "explanation",
            "model_file",
            "dataset",
            "evaluation",
            "training",
            "storage",
            "registry",
            "moderation",
            "delivery",
            "api",
            "telemetry",
            "atomic_file",
        ],
    ),
];

/// What reaches out of the program, and the modules that may.
const OUTSIDE: &[(&str, &[&str])] = &[
    (
        "std::fs",
        &[
            "atomic_file",
            "cli",
            "dataset",
            "registry",
            "storage",
            "telemetry",
        ],
    ),
    ("std::env", &["cli"]),
    (
        "std::net",
        &["api", "cli", "config", "delivery", "moderation"],
    ),
    ("std::process", &["atomic_file", "cli", "main"]),
    ("std::thread", &["cli", "storage"]),
    ("SystemTime", &["cli"]),
    ("Instant", &["api", "cli", "storage"]),
    ("stdin(", &["cli"]),
    ("stdout(", &["cli"]),
    ("stderr(", &["cli", "telemetry"]),
    ("print!(", &["cli"]),
    ("println!(", &["cli"]),
    ("RandomState", &[]),
    ("anyhow", &["cli"]),
    ("clap::", &["cli"]),
];

/// All files below a folder with the given ending, sorted.
fn files_below(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder can be listed") {
        let path = entry.expect("the entry can be read").path();
        if path.is_dir() {
            files.extend(files_below(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The lines of a source file that are neither comments nor tests, with their numbers. A test item
/// ends with the first line that closes a brace at its own indentation.
fn code_lines(source: &str) -> Vec<(usize, &str)> {
    let mut kept = Vec::new();
    let mut lines = source.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let code = line.trim_start();
        if code.starts_with("//") {
            continue;
        }
        if !code.starts_with("#[cfg(test)]") {
            kept.push((number + 1, line));
            continue;
        }
        let indentation = &line[..line.len() - code.len()];
        let (open, close) = ("{", format!("{indentation}}}"));
        let mut inside = false;
        for (_, line) in lines.by_ref() {
            inside |= line.trim_end().ends_with(open);
            if inside && line.trim_end() == close || !inside && line.trim_end().ends_with(';') {
                break;
            }
        }
    }
    kept
}

/// The module of `src/` that a file belongs to.
fn module_of(path: &Path) -> String {
    let source = repository("src");
    let relative = path.strip_prefix(&source).expect("the file lies in src");
    let first = relative.components().next().expect("a file has a name");
    let name = first.as_os_str().to_string_lossy();
    name.trim_end_matches(".rs").to_owned()
}

/// The modules that stand behind `crate::` in a line.
fn mentioned(line: &str) -> Vec<String> {
    let name = |text: &str| -> String {
        text.chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
            .collect()
    };
    let mut found = Vec::new();
    for (at, _) in line.match_indices("crate::") {
        let rest = &line[at + "crate::".len()..];
        assert!(
            !rest.starts_with('{'),
            "expected one `use` per module, found `{line}`"
        );
        found.push(name(rest));
    }
    found
}

#[test]
fn modules_use_what_the_table_allows_and_nothing_else() {
    let mut wrong = Vec::new();
    let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
    for path in files_below(&repository("src"), ".rs") {
        let module = module_of(&path);
        if module == "lib" || module == "main" {
            continue;
        }
        let Some((_, allowed)) = EDGES.iter().find(|(name, _)| *name == module) else {
            wrong.push(format!("`{module}` is not in the table of edges"));
            continue;
        };
        let source = read(&path);
        for (number, line) in code_lines(&source) {
            for used in mentioned(line) {
                if used != module && !allowed.contains(&used.as_str()) {
                    let place = path.display();
                    wrong.push(format!("{place}:{number}: `{module}` uses `{used}`"));
                }
                seen.insert((module.clone(), used));
            }
        }
    }
    for (module, allowed) in EDGES {
        for used in *allowed {
            if !seen.contains(&((*module).to_owned(), (*used).to_owned())) {
                wrong.push(format!("`{module}` may use `{used}`, and does not"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_map_shows_the_edges_of_the_table() {
    let text = read(&repository("ARCHITECTURE.md"));
    let map = text.split_once("a test keeps it that way:\n\n```text\n");
    let map = map.and_then(|(_, map)| map.split_once("```"));
    let (map, _) = map.expect("the map stands where it stood");
    let mut shown: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut modules = Vec::new();
    for line in map.lines() {
        let (names, used) = line.split_once("  ").expect("names, and what they use");
        // A line without names goes on with the one above it.
        if !names.is_empty() {
            modules = names.split(", ").collect();
        }
        for module in &modules {
            let used = used.trim().trim_end_matches(',').split(", ");
            let used = used.filter(|used| *used != "nothing");
            shown.entry(module).or_default().extend(used);
        }
    }
    let allowed = EDGES
        .iter()
        .map(|(module, allowed)| (*module, allowed.iter().copied().collect()));
    assert_eq!(shown, allowed.collect());
}

#[test]
fn the_table_of_edges_has_no_cycle_and_no_strangers() {
    for (index, (module, allowed)) in EDGES.iter().enumerate() {
        let folder = repository("src").join(module);
        assert!(
            folder.is_dir() || folder.with_extension("rs").is_file(),
            "`{module}` does not exist"
        );
        for used in *allowed {
            let above = EDGES[..index].iter().any(|(name, _)| name == used);
            assert!(above, "`{module}` uses `{used}`, which is not above it");
        }
    }
}

#[test]
fn only_the_edges_reach_the_outside_world() {
    let mut wrong = Vec::new();
    for path in files_below(&repository("src"), ".rs") {
        let module = module_of(&path);
        let source = read(&path);
        for (number, line) in code_lines(&source) {
            for (pattern, allowed) in OUTSIDE {
                if line.contains(pattern) && !allowed.contains(&module.as_str()) {
                    wrong.push(format!("{}:{number}: `{pattern}`", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_folder_says_what_it_takes() {
    for entry in fs::read_dir(repository("src")).expect("src can be listed") {
        let path = entry.expect("the entry can be read").path();
        let file = if path.is_dir() {
            path.join("mod.rs")
        } else {
            path
        };
        let name = file
            .file_name()
            .expect("a file has a name")
            .to_string_lossy();
        if name == "lib.rs" || name == "main.rs" {
            continue;
        }
        let source = read(&file);
        assert!(
            source.starts_with("//! Takes "),
            "{}: expected `//! Takes …` at the top",
            file.display()
        );
    }
}

const HEADINGS: [&str; 5] = [
    "What it detects",
    "Why it matters",
    "Example",
    "When it is wrong",
    "References",
];

#[test]
fn every_signal_has_a_file_and_five_headings() {
    let folder = repository("src/signals");
    let mut names = BTreeSet::new();
    for signal in CATALOGUE {
        let name = signal.name;
        assert!(names.insert(name), "`{name}` is in the catalogue twice");
        let source = read(&folder.join(format!("{name}.rs")));
        let own_name = format!("    \"{name}\", ");
        assert!(
            source.contains(&own_name),
            "{name}.rs declares another signal"
        );
        let mut found = Vec::new();
        for line in signal.doc.lines().map(str::trim) {
            if let Some(heading) = line.strip_prefix("## ") {
                found.push((heading, 0));
            } else if let Some((_, length)) = found.last_mut() {
                *length += line.len();
            } else {
                assert!(line.is_empty(), "{name}: text above the first heading");
            }
        }
        let headings: Vec<&str> = found.iter().map(|(heading, _)| *heading).collect();
        assert_eq!(headings, HEADINGS, "{name}");
        for (heading, length) in found {
            assert!(length > 0, "{name}: nothing under `{heading}`");
        }
    }
    for path in files_below(&folder, ".rs") {
        let stem = path
            .file_stem()
            .expect("a file has a name")
            .to_string_lossy();
        let is_machinery =
            ["introduction", "mod", "scene", "signal", "word_set"].contains(&stem.as_ref());
        assert!(
            is_machinery || names.contains(stem.as_ref()),
            "{stem}.rs holds no signal of the catalogue"
        );
    }
}

/// Folders that stand at the top of the repository.
const FOLDERS: [&str; 11] = [
    "src",
    "tests",
    "benches",
    "fuzz",
    "datasets",
    "models",
    "docs",
    "examples",
    "packaging",
    "integrations",
    ".ci",
];

/// Paths that a Markdown text mentions: targets of links, and code that begins like one of ours.
fn paths_in(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for piece in text.split("](").skip(1) {
        let target = piece.split(')').next().unwrap_or_default();
        let target = target.split('#').next().unwrap_or_default();
        if !target.is_empty() && !target.contains(':') {
            found.push(target.to_owned());
        }
    }
    for piece in text.split('`').skip(1).step_by(2) {
        let is_path = piece
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
        let top = piece.split('/').next().unwrap_or_default();
        let at_top = piece.ends_with(".md") && !piece.contains('/');
        let in_folder = piece.contains('/') && FOLDERS.contains(&top);
        if is_path && (in_folder || at_top) {
            found.push(piece.to_owned());
        }
    }
    found
}

#[test]
fn documentation_mentions_only_paths_that_exist() {
    let mut missing = Vec::new();
    let documents = [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "datasets/README.md",
        "benches/README.md",
        "models/README.md",
        "models/default.md",
        "docs/running.md",
        "docs/settings.md",
        "docs/signals.md",
        "fuzz/README.md",
        "docs/connect/README.md",
        "docs/connect/akismet-clients.md",
        "docs/connect/static-site.md",
        "docs/connect/waline.md",
        "docs/connect/wordpress.md",
        "tests/clients/README.md",
    ];
    for document in documents {
        let file = repository(document);
        let text = read(&file);
        let beside = file.parent().expect("a file lies in a folder");
        for path in paths_in(&text) {
            if !repository(&path).exists() && !beside.join(&path).exists() {
                missing.push(format!("{document}: `{path}`"));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn the_image_is_built_from_what_docker_is_shown() {
    let read = |name: &str| read(&repository(name));
    let shown = read("packaging/Dockerfile.dockerignore");
    let shown: BTreeSet<&str> = shown
        .lines()
        .filter_map(|line| line.strip_prefix('!'))
        .collect();
    let dockerfile = read("packaging/Dockerfile");
    let copied: BTreeSet<&str> = dockerfile
        .lines()
        .filter_map(|line| line.strip_prefix("COPY "))
        .filter(|sources| !sources.starts_with("--from="))
        .flat_map(|line| {
            line.rsplit_once(' ')
                .map_or("", |(sources, _)| sources)
                .split(' ')
        })
        .collect();
    assert_eq!(copied, shown);
    for source in copied {
        assert!(repository(source).exists(), "{source}");
    }
}
