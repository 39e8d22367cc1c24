//! Training: the same data give the same bytes, rows are those of serving, and what one author or
//! one campaign says gets no weight.

use std::collections::BTreeSet;

use ontopic::analysis::CommentAnalysis;
use ontopic::classifier::{Classifier, lexical_words};
use ontopic::comment::{Comment, Field as Given, Label, Post, Thread};
use ontopic::context::Background;
use ontopic::dataset::read_threads;
use ontopic::lexical::{Features, Field};
use ontopic::model::AdditiveModel;
use ontopic::policy::Policy;
use ontopic::signals::{CATALOGUE, N_SIGNALS, Weight};
use ontopic::training::{Corpus, Folds, TrainConfig, Trained, cross_validate, shingles_of};

use crate::starter::{self, bytes_of, model_bytes, train_quietly};

fn train_on(threads: &[Thread], n_threads: usize) -> Vec<u8> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(n_threads)
        .build();
    let pool = pool.expect("threads can be started");
    pool.install(|| bytes_of(&train_quietly(threads, &starter::config())))
}

#[test]
fn the_order_of_data_what_is_given_twice_and_the_number_of_cores_do_not_matter() {
    let mut shuffled = starter::threads().to_vec();
    shuffled.reverse();
    let half = shuffled.len() / 2;
    shuffled.rotate_left(half);
    assert_ne!(shuffled, starter::threads());
    assert!(train_on(&shuffled, 1) == model_bytes(), "one core");
    shuffled.extend(starter::threads()[2..9].to_vec());
    assert!(train_on(&shuffled, 2) == model_bytes(), "two cores");
}

#[test]
fn another_seed_or_a_changed_comment_gives_other_bytes() {
    let config = TrainConfig {
        seed: 2,
        ..TrainConfig::default()
    };
    let other = train_quietly(starter::threads(), &config);
    assert_eq!(other.data_digest, starter::trained().data_digest);
    assert!(bytes_of(&other) != model_bytes());
    let mut threads = starter::threads().to_vec();
    threads[3].comments[0].body.push_str(" Indeed.");
    let other = train_quietly(&threads, &starter::config());
    assert_ne!(other.data_digest, starter::trained().data_digest);
}

#[test]
fn the_time_of_posting_is_no_part_of_the_data() {
    let digest = &starter::trained().data_digest;
    let text = std::fs::read_to_string(starter::data_path()).unwrap();
    let threads: Vec<Thread> = text
        .lines()
        .map(|line| {
            let mut thread: serde_json::Value = serde_json::from_str(line).unwrap();
            for comment in thread["comments"].as_array_mut().unwrap() {
                comment.as_object_mut().unwrap().remove("posted");
            }
            ontopic::dataset::parse_thread(thread.to_string().as_bytes()).unwrap()
        })
        .collect();
    assert_eq!(&Corpus::new(&threads, &[]).digest, digest);
}

/// The signals of every example as serving sees them.
fn served(classifier: &Classifier<'_>, corpus: &Corpus<'_>) -> Vec<[f32; N_SIGNALS]> {
    let policy = classifier.policy(None);
    let of_threads: Vec<Vec<[f32; N_SIGNALS]>> = corpus
        .threads
        .iter()
        .map(|thread| {
            let mut rows = Vec::new();
            classifier.judge_thread(thread, &policy, |_, _, assessment| {
                rows.push(assessment.values)
            });
            rows
        })
        .collect();
    corpus
        .examples
        .iter()
        .map(|example| of_threads[example.thread][example.comment])
        .collect()
}

/// The starter threads, their spam without homepages and long names. Training makes up rows from spam
/// that has either; those are no comments that anybody serves.
fn without_made_up_rows() -> Vec<Thread> {
    let mut threads = starter::threads().to_vec();
    let comments = threads.iter_mut().flat_map(|thread| &mut thread.comments);
    for comment in comments.filter(|comment| comment.label == Some(Label::Spam)) {
        comment.author_url = Given::Empty;
        if let Given::Known(name) = &mut comment.author {
            *name = name.split_whitespace().next().unwrap_or("x").to_owned();
        }
    }
    threads
}

/// The scores of comments that a starter thread has not had, with names that the file does not list.
fn scores_under(classifier: &Classifier<'_>, names: &[&str], body: &str) -> Vec<f64> {
    let mut thread = starter::threads()[0].clone();
    let comment = |name: &&str| Comment {
        id: String::new(),
        author: Given::Known((*name).to_owned()),
        author_url: Given::Empty,
        body: body.to_owned(),
        ..thread.comments[0].clone()
    };
    thread.comments = names.iter().map(comment).collect();
    let mut scores = Vec::new();
    classifier.judge_thread(&thread, &classifier.policy(None), |_, _, assessment| {
        scores.push(assessment.spam)
    });
    scores
}

#[test]
fn names_that_stand_by_themselves_teach_what_readers_and_firms_sign_with() {
    let names = read_threads(&[starter::repository("datasets/names.jsonl")]).unwrap();
    assert!(names.bad_lines.is_empty(), "{:?}", names.bad_lines);
    let with_names = [starter::threads(), &names.threads].concat();
    let taught = train_quietly(&with_names, &starter::config());
    assert_eq!(
        taught.n_duplicates, 0,
        "no name of the file is lost as a copy"
    );
    let readers = [
        "night porter, feet up",
        "somebody's landlady",
        "too old for stairs",
    ];
    let firms = ["Guttering Repairs Wexley County", "Patio Builders Norwold"];
    let known = names.threads.iter().flat_map(|thread| &thread.comments);
    for comment in known {
        let name = comment.author.value().unwrap();
        assert!(!readers.contains(&name.as_str()) && !firms.contains(&name.as_str()));
    }
    let body = "I walked to work in mine for a year, and the left one gave up before I did.";
    let apart = |classifier: &Classifier<'_>| {
        let mean = |names: &[&str]| {
            let scores = scores_under(classifier, names, body);
            scores.iter().sum::<f64>() / scores.len() as f64
        };
        mean(&firms) - mean(&readers)
    };
    let (before, after) = (apart(starter::classifier()), apart(&taught.classifier));
    assert!(after > before + 1.0, "{before} before, {after} after");
}

#[test]
fn short_comments_with_a_homepage_are_weighed_by_what_blogs_show() {
    // Only what is invented has tags.
    let mut threads = starter::threads().to_vec();
    let site = threads[0].site.clone();
    for thread in &mut threads {
        thread.is_invented = thread.site == site;
        if !thread.is_invented {
            thread.post.tags = Given::Unknown;
        }
    }
    let spam = train_quietly(&threads, &starter::config()).classifier.spam;
    let tags = CATALOGUE.iter().position(|it| it.name == "tags_overlap");
    let n_edges = |head: &AdditiveModel| head.curves[tags.unwrap()].axis.edges().len();
    assert_eq!(n_edges(&spam.brief), 0);
    assert!(n_edges(&spam.other) > 0);

    // Where nothing is invented, or next to nothing is not, one model does for both.
    for thread in &mut threads {
        thread.is_invented = !thread.is_invented;
    }
    let few = train_quietly(&threads, &starter::config()).classifier.spam;
    for spam in [&few, &starter::classifier().spam] {
        assert_eq!(spam.brief, spam.other);
    }
}

#[test]
fn what_is_invented_teaches_and_nothing_is_promised_of_it() {
    let mut threads = starter::threads().to_vec();
    let site = threads[0].site.clone();
    for thread in threads.iter_mut().filter(|thread| thread.site == site) {
        thread.is_invented = true;
    }
    let trained = train_quietly(&threads, &starter::config());
    assert_eq!(trained.n_examples, starter::trained().n_examples);
    let counted = |trained: &Trained| {
        let sites = trained.held_out.iter().map(|score| score.site);
        let names: BTreeSet<String> = sites.map(|site| trained.sites[site].clone()).collect();
        names
    };
    let mut expected = counted(starter::trained());
    assert!(expected.remove(&site));
    assert_eq!(counted(&trained), expected);
    assert!(trained.held.iter().all(|(name, _)| *name != site));
    let others = starter::trained().held_out.iter();
    let others: Vec<_> = others
        .filter(|score| trained.sites[score.site] != site)
        .copied()
        .collect();
    assert_eq!(trained.held_out.len(), others.len());
    assert_ne!(trained.held_out, others, "it weighs less");

    // Words of theirs have weights by themselves, which nobody else teaches.
    let words_of = |classifier: &Classifier<'_>| -> usize {
        let chosen = threads.iter().filter(|thread| thread.is_invented);
        let comments = chosen.flat_map(|thread| &thread.comments);
        let analyses: Vec<CommentAnalysis<'_>> = comments.map(CommentAnalysis::of).collect();
        let words: BTreeSet<&str> = analyses.iter().flat_map(CommentAnalysis::words).collect();
        let known = |word: &&&str| has_weight(classifier, Field::Invented, &[**word]);
        words.iter().filter(known).count()
    };
    assert!(words_of(&trained.classifier) > 100);
    assert_eq!(words_of(starter::classifier()), 0);

    // The others keep their weights among each other.
    let real = threads.iter().filter(|thread| !thread.is_invented);
    let real: Vec<Thread> = real.cloned().collect();
    let (all, alone) = (Corpus::new(&threads, &[]), Corpus::new(&real, &[]));
    let kept = all.examples.iter().filter(|one| !all.is_invented(one));
    let ratios: Vec<f64> = kept
        .zip(&alone.examples)
        .map(|(beside, alone)| beside.weight / alone.weight)
        .collect();
    assert_eq!(ratios.len(), alone.examples.len());
    assert!(
        ratios
            .iter()
            .all(|ratio| (ratio / ratios[0] - 1.0).abs() < 1e-9)
    );

    // It counts for less, and for least where it has a homepage.
    let plain = Corpus::new(starter::threads(), &[]);
    for spam in [true, false] {
        let of_label = all.examples.iter().zip(&plain.examples);
        let of_label = of_label.filter(|(marked, _)| marked.spam == spam);
        let (mut with, mut without, mut kept) = (vec![], vec![], vec![]);
        for (marked, plain) in of_label {
            let is_given = matches!(all.analysis(marked).homepage, Given::Known(_));
            match (all.is_invented(marked), is_given) {
                (true, true) => &mut with,
                (true, false) => &mut without,
                (false, _) => &mut kept,
            }
            .push(marked.weight / plain.weight);
        }
        let least = |ratios: &[f64]| ratios.iter().copied().fold(f64::INFINITY, f64::min);
        let most = |ratios: &[f64]| ratios.iter().copied().fold(0.0, f64::max);
        assert!(!with.is_empty() && !without.is_empty() && !kept.is_empty());
        assert!(most(&with) < least(&without) / 5.0, "spam: {spam}");
        assert!(most(&without) < least(&kept) / 5.0, "spam: {spam}");
    }

    // Where there is nothing else, it counts like any other.
    let mut all = threads.clone();
    for thread in &mut all {
        thread.is_invented = true;
    }
    let trained = train_quietly(&all, &starter::config());
    assert_eq!(trained.held_out, starter::trained().held_out);

    // So it does beside names that stand by themselves, which are no comments.
    let names = read_threads(&[starter::repository("datasets/names.jsonl")]).unwrap();
    let trained = train_quietly(&[all, names.threads].concat(), &starter::config());
    assert_eq!(counted(&trained), counted(starter::trained()));

    // Comments under bare titles are not given up for it.
    for thread in threads.iter_mut().filter(|thread| !thread.is_invented) {
        thread.post.body = Given::Unknown;
    }
    let trained = train_quietly(&threads, &starter::config());
    assert_eq!(counted(&trained), expected);

    // Beside a queue of spam, it is all that thresholds can be set by.
    let mut others = threads.iter_mut().filter(|thread| !thread.is_invented);
    let second = others.next().expect("there are other blogs").site.clone();
    for thread in threads.iter_mut().filter(|thread| thread.site == second) {
        thread.is_invented = true;
    }
    for thread in threads.iter_mut().filter(|thread| !thread.is_invented) {
        for comment in &mut thread.comments {
            comment.label = comment.label.filter(|label| *label == Label::Spam);
        }
    }
    let trained = train_quietly(&threads, &starter::config());
    let held: BTreeSet<&String> = trained.held.iter().map(|(name, _)| name).collect();
    assert_eq!(held, BTreeSet::from([&site, &second]));
}

#[test]
fn log_odds_of_words_speak_for_what_their_sign_says() {
    let spam = &starter::classifier().spam;
    let curves = CATALOGUE.iter().zip(&spam.other.curves);
    let mut n_taught = 0;
    for (signal, curve) in curves.filter(|(signal, _)| signal.field.is_some()) {
        let [below, above] = [-1e-4, 1e-4].map(|value| curve.at(value));
        assert!(below <= 0.0 && above >= 0.0, "{}", signal.name);
        n_taught += usize::from(curve.values.iter().any(|value| *value != 0.0));
    }
    assert!(n_taught > 3, "{n_taught}");
}

/// Training cuts each axis half-way between neighbouring values of its rows. An edge that does not
/// lie half-way between two values of serving therefore gives away a row that differs. Signals on
/// trained parts differ by design (training leaves the comment's own blog out of them) and are told
/// by a classifier without any.
#[test]
fn rows_of_training_are_those_of_serving() {
    let threads = without_made_up_rows();
    let trained = train_quietly(&threads, &starter::config());
    let classifier = &trained.classifier;
    let corpus = Corpus::new(&threads, &[]);
    assert_eq!(corpus.n_duplicates, 0, "no starter comment repeats another");
    let rows = served(classifier, &corpus);
    let mut untrained = classifier.clone();
    untrained.background = Background::build(&[], 1.0, 1.0);
    untrained.lexical.table = ontopic::lexical::WeightTable::build(&[]);
    untrained.lexical.casing = ontopic::lexical::WeightTable::build(&[]);
    untrained.lexical.intercepts = Default::default();
    untrained.phrases = ontopic::lexical::PhraseTable::build(&[]);
    for head in [
        &mut untrained.relevance.alone,
        &mut untrained.relevance.beside,
    ] {
        head.weights = Default::default();
        head.intercept = 0.0;
    }
    let without = served(&untrained, &corpus);
    let mut n_edges = 0;
    let mut n_signals = 0;
    for (index, signal) in CATALOGUE.iter().enumerate() {
        let bits = |rows: &[[f32; N_SIGNALS]]| -> Vec<u32> {
            rows.iter().map(|row| row[index].to_bits()).collect()
        };
        if signal.weight != Weight::Trained || bits(&rows) != bits(&without) {
            continue;
        }
        n_signals += 1;
        let mut values: Vec<f32> = rows
            .iter()
            .map(|row| row[index])
            .filter(|value| !value.is_nan())
            .collect();
        values.sort_by(f32::total_cmp);
        values.dedup();
        let middles: BTreeSet<u32> = values
            .windows(2)
            .map(|pair| (pair[0] + (pair[1] - pair[0]) / 2.0).to_bits())
            .collect();
        for edge in classifier.spam.other.curves[index].axis.edges() {
            n_edges += 1;
            assert!(
                middles.contains(&edge.to_bits()),
                "{}: training cut at {edge}, which lies between no two values of serving",
                signal.name
            );
        }
    }
    assert!(
        n_signals > CATALOGUE.len() / 2,
        "{n_signals} signals compared"
    );
    assert!(
        n_edges > 2 * n_signals,
        "{n_edges} edges of {n_signals} signals"
    );
}

/// Subjects to fill comments with, so that they are no near-duplicates of each other.
const SUBJECTS: [&str; 12] = [
    "bread", "rivers", "engines", "chess", "gardens", "violins", "maps", "winter", "paper", "bees",
    "harbours", "clocks",
];

/// A comment like no other, by its number.
fn filler(number: usize) -> String {
    let subject = |k: usize| SUBJECTS[(number / 12usize.pow(k as u32) + 5 * k) % 12];
    let words: Vec<&str> = (0..3).map(subject).collect();
    format!(
        "{} number {number} and then {} before {} in row {}",
        words[0],
        words[1],
        words[2],
        number * 7 + 3
    )
}

/// Five blogs with four posts each; `change` may alter a comment by its number and label.
fn small_blogs(change: impl Fn(usize, bool, &mut Comment)) -> Vec<Thread> {
    let mut threads = Vec::new();
    let mut number = 0;
    for blog in 0..5 {
        for post in 0..4 {
            let subject = SUBJECTS[(blog * 4 + post) % 12];
            let mut thread = Thread {
                site: format!("blog{blog}.example"),
                post: Post {
                    id: format!("post{post}"),
                    title: Given::Known(format!("About {subject}")),
                    body: Given::Known(format!(
                        "{} and much about {subject}",
                        filler(900 + number)
                    )),
                    ..Post::default()
                },
                ..Thread::default()
            };
            for index in 0..8 {
                let spam = index % 2 == 1;
                let mut comment = Comment {
                    id: number.to_string(),
                    author: Given::Known(format!("Author {number}")),
                    body: filler(number),
                    label: Some(if spam { Label::Spam } else { Label::Ham }),
                    ..Comment::default()
                };
                change(number, spam, &mut comment);
                thread.comments.push(comment);
                number += 1;
            }
            threads.push(thread);
        }
    }
    threads
}

/// Whether any feature of a text has a weight.
fn has_weight(classifier: &Classifier<'_>, field: Field, words: &[&str]) -> bool {
    let mut features = Features::default();
    features.fill(field, words, &classifier.lexical.subwords);
    let mut found = false;
    features.for_each(|feature, _| found |= classifier.lexical.table.weight(feature.hash) != 0.0);
    found
}

/// Invented words in scripts of their own, so that they share no pieces with other words.
const BY_MANY: &str = "ⴷⵣⵓⵔⵜ";
const BY_ONE_AUTHOR: &str = "ꮳꮃꭹꮝꭲ";
const BY_ONE_CAMPAIGN: &str = "ღვაწლი";

#[test]
fn a_word_of_one_author_or_one_campaign_has_no_weight() {
    let campaign = "only today we give away the whole of our stock to whoever writes first";
    let threads = small_blogs(|number, spam, comment| {
        if !spam {
            return;
        }
        // Each in two fifths of the spam, on every blog.
        match number / 2 % 5 {
            0 | 1 => comment.body.push_str(&format!(" {BY_MANY}")),
            2 | 3 => {
                comment.author = Given::Known("Ines Tervo".into());
                comment.body.push_str(&format!(" {BY_ONE_AUTHOR}"));
            }
            // A text of many words with a tail that differs: near-duplicates by several authors.
            _ => comment.body = format!("{campaign} {BY_ONE_CAMPAIGN} {}", SUBJECTS[number % 12]),
        }
    });
    let trained = train_quietly(&threads, &starter::config());
    let classifier = &trained.classifier;
    assert!(trained.n_duplicates > 0, "the campaign repeats itself");
    for field in [Field::Words, Field::Spelling] {
        assert!(
            has_weight(classifier, field, &[BY_MANY]),
            "{field:?}: a word of many authors can be learned"
        );
        for word in [BY_ONE_AUTHOR, BY_ONE_CAMPAIGN] {
            assert!(
                !has_weight(classifier, field, &[word]),
                "{field:?}: {word} has a weight"
            );
            let shares = classifier.lexical.word_shares(field, &[word]);
            assert_eq!(shares, [0.0], "{field:?} {word}");
        }
    }
    let pair = ["ines", "tervo"];
    let mut features = Features::default();
    features.fill(Field::Name, &pair, &classifier.lexical.subwords);
    let mut words = Vec::new();
    // The first two features are the two words; a piece of a name may stand in other names.
    features.for_each(|feature, _| words.push(classifier.lexical.table.weight(feature.hash)));
    assert_eq!(words[..2], [0.0, 0.0], "a name is memorised");
}

#[test]
fn near_duplicates_are_dropped_and_copies_with_another_label_stay() {
    let plain = small_blogs(|_, _, _| ());
    let all: usize = plain.iter().map(|thread| thread.comments.len()).sum();
    let corpus = Corpus::new(&plain, &[]);
    assert_eq!((corpus.examples.len(), corpus.n_duplicates), (all, 0));

    let text = "a long and winding letter about nothing in particular that goes on for a good \
                while and mentions the sea, the hills, the weather and a very old bicycle";
    let copied = small_blogs(|number, spam, comment| {
        if spam && number / 2 < 5 {
            // One word at the end differs.
            comment.body = format!("{text} {}", SUBJECTS[number % 12]);
        }
        if number == 40 {
            comment.body = text.to_owned();
        }
    });
    let corpus = Corpus::new(&copied, &[]);
    assert_eq!(corpus.n_duplicates, 4, "one of five stays");
    let kept: Vec<bool> = corpus
        .examples
        .iter()
        .filter(|example| {
            corpus
                .analysis(example)
                .comment
                .body
                .starts_with("a long and winding")
        })
        .map(|example| example.spam)
        .collect();
    assert_eq!(kept.len(), 2);
    assert_ne!(kept[0], kept[1], "one spam, one genuine");
}

#[test]
fn exact_copies_without_words_are_dropped_too() {
    let copied = small_blogs(|number, spam, comment| {
        if spam && number / 2 < 5 {
            comment.body = "http://example.com/cheap-pills".into();
        }
    });
    assert_eq!(Corpus::new(&copied, &[]).n_duplicates, 4);
}

#[test]
fn what_resembles_a_held_out_comment_is_not_learned_from() {
    let threads = small_blogs(|_, _, _| ());
    let corpus = Corpus::new(&threads, &[]);
    let held_out = corpus.examples[7];
    let shingles = shingles_of(corpus.analysis(&held_out));
    let body = corpus.analysis(&held_out).comment.body.clone();
    let without = Corpus::new(&threads, &[shingles]);
    assert!(without.examples.len() < corpus.examples.len());
    let bodies: Vec<&str> = without
        .examples
        .iter()
        .map(|example| without.analysis(example).comment.body.as_str())
        .collect();
    assert!(!bodies.contains(&body.as_str()));
}

#[test]
fn no_blog_and_no_class_dominates() {
    let corpus = Corpus::new(starter::threads(), &[]);
    let total: f64 = corpus.examples.iter().map(|example| example.weight).sum();
    let n = corpus.examples.len() as f64;
    assert!((total / n - 1.0).abs() < 1e-9, "weights are 1 on average");
    for site in 0..corpus.sites.len() {
        let of_site = corpus
            .examples
            .iter()
            .filter(|example| example.site == site);
        let share = of_site.map(|example| example.weight).sum::<f64>() / total;
        assert!(
            share < 0.5,
            "{} has {share} of the weight",
            corpus.sites[site]
        );
    }
}

#[test]
fn a_lexical_score_of_a_text_without_words_is_unknown() {
    let classifier = starter::classifier();
    let comment = Comment::default();
    let analysis = CommentAnalysis::of(&comment);
    for field in Field::ALL {
        let words = lexical_words(&analysis, field);
        let score = classifier
            .lexical
            .score(field, &words, &mut Features::default());
        assert_eq!(score, None, "{field:?}");
    }
}

#[test]
fn cross_validation_learns_nothing_from_the_labels_of_a_blog_that_it_judges() {
    let scores = |threads: &[Thread]| -> Vec<(String, f64)> {
        let all = [Vec::new()];
        let config = starter::config();
        let judged = cross_validate(threads, &[], Folds::Number(2), &config, &all, &|_, _| {});
        // Labels say what is conversation for the comments after theirs; before the first there is none.
        let judged = judged.unwrap().remove(0).0.into_iter();
        judged
            .filter(|judged| judged.comment == 0)
            .map(|judged| (threads[judged.thread].site.clone(), judged.score))
            .collect()
    };
    let mut turned = starter::threads().to_vec();
    let site = turned[0].site.clone();
    let of_site = turned.iter_mut().filter(|thread| thread.site == site);
    for comment in of_site.flat_map(|thread| &mut thread.comments) {
        comment.label = comment.label.map(|label| match label {
            Label::Ham => Label::Spam,
            Label::Spam => Label::Ham,
        });
    }
    let (before, after) = (scores(starter::threads()), scores(&turned));
    let of = |scores: &[(String, f64)], own: bool| -> Vec<f64> {
        let of_site = scores.iter().filter(|(of, _)| (*of == site) == own);
        of_site.map(|(_, score)| *score).collect()
    };
    assert_eq!(of(&before, true), of(&after, true));
    assert_ne!(
        of(&before, false),
        of(&after, false),
        "others learn from it"
    );
}

#[test]
fn too_little_to_learn_from_is_an_error_with_numbers() {
    let one_class = small_blogs(|_, _, comment| comment.label = Some(Label::Ham));
    let error = ontopic::training::train(&one_class, &starter::config(), &|_, _| {}).unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected labelled comments of both kinds on at least two blogs, found 0 spam and 160 ham on 5 blogs"
    );
    let mut copied = one_class.clone();
    copied[0].comments[1] = copied[0].comments[0].clone();
    let error = ontopic::training::train(&copied, &starter::config(), &|_, _| {}).unwrap_err();
    let expected = "found 0 spam and 160 ham (0 and 159 without near-duplicates) on 5 blogs";
    assert!(error.to_string().ends_with(expected), "{error}");
    let mut one_blog = starter::threads().to_vec();
    for thread in &mut one_blog {
        thread.site = "walks.example".into();
    }
    let error = ontopic::training::train(&one_blog, &starter::config(), &|_, _| {}).unwrap_err();
    assert!(error.to_string().ends_with("ham on 1 blog"), "{error}");
    let error = ontopic::training::train(&[], &starter::config(), &|_, _| {}).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("found 0 spam and 0 ham on 0 blogs")
    );
}

#[test]
fn what_only_one_blog_has_cannot_be_held_out() {
    let only_there = small_blogs(|number, spam, comment| {
        if spam && number >= 32 {
            comment.label = Some(Label::Ham);
        }
    });
    let error = ontopic::training::train(&only_there, &starter::config(), &|_, _| {}).unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected spam beside what is on `blog0.example`, to hold that out, found none: add threads of other blogs"
    );
}

#[test]
fn what_goes_along_with_a_fixed_weight_is_learned_from_all_the_same() {
    let with_trap = small_blogs(|_, spam, comment| {
        comment.honeypot = Given::Known(spam);
        if spam {
            comment.author_url = Given::Known(format!("http://shop{}.example", comment.id));
        } else {
            comment.author_url = Given::Empty;
        }
    });
    let trained = ontopic::training::train(&with_trap, &starter::config(), &|_, _| {}).unwrap();
    let scores = |url: &str| {
        let mut thread = with_trap[0].clone();
        for comment in &mut thread.comments {
            comment.honeypot = Given::Unknown;
            comment.author_url = url.into();
        }
        let mut scores = Vec::new();
        let classifier = &trained.classifier;
        classifier.judge_thread(
            &thread,
            &Policy::new(classifier.thresholds),
            |_, _, judged| {
                scores.push(judged.spam);
            },
        );
        scores
    };
    let (shop, none) = (scores("http://shop.example"), scores(""));
    assert!(shop.iter().zip(&none).all(|(shop, none)| shop > none));
}

#[test]
fn one_spam_under_a_post_does_not_outweigh_all_others() {
    let mut threads = small_blogs(|_, _, _| {});
    for thread in &mut threads {
        thread.post.body = Given::Unknown;
    }
    let mut full = small_blogs(|_, _, _| {}).swap_remove(0);
    full.site = "other.example".into();
    full.comments.truncate(2);
    full.comments[0].body = "Nothing like it was said before on any of these".into();
    full.comments[1].body = "Buy what nobody sold to you in these threads so far".into();
    threads.push(full);
    let trained = ontopic::training::train(&threads, &starter::config(), &|_, _| {}).unwrap();
    assert!(trained.held_out.len() > 100, "{}", trained.held_out.len());
}
