//! How long each stage takes for a comment of 300 characters, and the whole pipeline for a comment
//! in a thread of 20. `benches/README.md` says how to run this and what came out.
//!
//! The model is `models/default.safetensors`, or one trained on the starter threads where there is
//! none.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use ontopic::analysis::{CommentAnalysis, PostAnalysis};
use ontopic::classifier::{Classifier, lexical_words};
use ontopic::comment::{Comment, Field as Given, Post, Thread};
use ontopic::context::Context;
use ontopic::dataset::read_threads;
use ontopic::explanation::explain;
use ontopic::lexical::{Features, Field};
use ontopic::model_file::load;
use ontopic::signals::observe;
use ontopic::text::normalize;
use ontopic::tokens::tokenize;
use ontopic::training::{TrainConfig, train};

fn main() {
    // Training is not what is measured.
    classifier();
    divan::main();
}

/// The comment that is judged: 300 characters.
const BODY: &str = "I had the same trouble with my second loaf, and in the end it was the water. Ours \
    comes out of the tap at nine degrees in winter, so the dough never got warm enough to rise. \
    Since I leave the jug on the radiator overnight, the crumb has been open and even. Did you \
    try it with half spelt, by the way?";

/// Sentences that the comments before are made of, three in each.
const SENTENCES: [&str; 20] = [
    "My grandmother kept hers in a stone jar behind the stove and fed it every Sunday before church.",
    "After three weeks of flat loaves I finally bought a thermometer, and it was the best ten euros I spent.",
    "You say twelve hours in the fridge, but does that still hold if the flour is freshly milled rye?",
    "The crust on mine stays pale however long I bake it; perhaps my oven lies about its temperature.",
    "I tried the steam trick with a tray of stones and nearly cracked the glass of the oven door.",
    "What you call strong flour is sold here as type 550, in case somebody from Austria is reading along.",
    "Thank you for the pictures of the failures, they helped me more than the ones of the finished bread.",
    "We are eight at the table, so I double everything and let it rise in the bathtub under a towel.",
    "Two of my loaves went to the neighbours and one to the dog, who did not complain about the crumb.",
    "If the starter smells of pear drops it is hungry, if it smells of feet it is too late for it.",
    "I weigh the salt now, because a teaspoon in my kitchen is not a teaspoon in yours, as we found out.",
    "The folding every half hour sounded tedious, yet it fits nicely between the chapters of a book.",
    "Has anybody compared a banneton with a plain bowl and a cloth? I cannot see any difference at all.",
    "At our altitude water boils early and dough rises early, so I cut the time by almost a quarter.",
    "The second day is when it tastes best, if there is any left by then, which is rare in this house.",
    "I froze half of the dough as you suggested and it came back to life, though it took a whole morning.",
    "My first attempt was a brick, the second a pancake, and the third one my children ate before lunch.",
    "Scoring with a razor blade scared me, so I use the small scissors from the sewing box instead.",
    "The hint about holding back some of the water until the end changed everything for my wet doughs.",
    "Could you write about gluten next time? I understand what to do, but I would like to know why.",
];

fn post() -> Post {
    let body = [
        "Every winter the same letters arrive: the bread that rose so well in August lies flat and \
         sour on the board. Most of you blame the starter, some blame the flour, and one of you \
         blamed the moon. I kept a diary this year, with the temperature of the kitchen, of the \
         water and of the dough, morning and evening, and it turned out that the culprit is the cold.",
        "A dough that starts at eighteen degrees needs twice as long as one at twenty-four, and \
         hardly anybody waits that long. So the recipe has to change with the season: warmer water, \
         a little more starter, a longer rest, and less water altogether, because cold flour takes \
         it up more slowly. I also moved the bowl from the windowsill to the shelf above the fridge.",
        "Below are the numbers for forty loaves, with pictures of the seven that failed. The crumb \
         tells you most: large holes below a dense floor mean that it did not rise long enough, an \
         even but tight crumb that the dough was too dry. What do your kitchens look like in January?",
    ];
    Post {
        id: "winter".into(),
        title: Given::Known("Why your bread fails in winter".into()),
        body: Given::Known(body.join("\n\n")),
        url: Given::Known("https://crumbs.example.org/2024/01/winter".into()),
        author: Given::Known("Judith Marlow".into()),
        tags: Given::Known(vec!["bread".into(), "sourdough".into(), "winter".into()]),
    }
}

fn comment() -> Comment {
    assert_eq!(BODY.chars().count(), 300);
    Comment {
        id: "judged".into(),
        author: Given::Known("Anna Weber".into()),
        author_url: Given::Known("https://annas-kitchen.example.net/about".into()),
        author_email: Given::Known("anna@example.net".into()),
        body: BODY.into(),
        ..Comment::default()
    }
}

/// Twenty comments of 300 characters, more or less.
fn thread() -> Thread {
    let sentence = |at: usize| SENTENCES[at % SENTENCES.len()];
    let comments = (0..20)
        .map(|number| Comment {
            id: number.to_string(),
            author: Given::Known(format!("Reader {number}")),
            author_url: if number % 3 == 0 {
                Given::Known(format!("https://reader{number}.example.com"))
            } else {
                Given::Empty
            },
            body: format!(
                "{} {} {}",
                sentence(number),
                sentence(7 * number + 3),
                sentence(number + 11)
            ),
            ..Comment::default()
        })
        .collect();
    Thread {
        site: "crumbs.example.org".into(),
        post: post(),
        comments,
        ..Thread::default()
    }
}

/// The context after all comments of the thread.
fn context() -> Context {
    let thread = thread();
    let mut context = Context::new(&thread.post);
    for comment in &thread.comments {
        context.add(&CommentAnalysis::of(comment));
    }
    context
}

fn classifier() -> &'static Classifier<'static> {
    static CLASSIFIER: OnceLock<Classifier<'static>> = OnceLock::new();
    CLASSIFIER.get_or_init(|| {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
        let default = fs::read(repository.join("models/default.safetensors")).unwrap_or_default();
        if let Ok(loaded) = load(default.leak()) {
            eprintln!(
                "model: models/default.safetensors, {}",
                loaded.metadata.id()
            );
            return loaded.classifier;
        }
        eprintln!("model: trained on datasets/starter.jsonl");
        let read = read_threads(&[repository.join("datasets/starter.jsonl")]);
        let threads = read.expect("the starter data can be read").threads;
        let config = TrainConfig {
            seed: 1,
            ..TrainConfig::default()
        };
        let trained = train(&threads, &config, &|_, _| {}).expect("the starter data suffice");
        trained.classifier
    })
}

#[divan::bench]
fn normalise(bencher: Bencher) {
    bencher.bench(|| normalize(black_box(BODY)));
}

#[divan::bench]
fn tokenise(bencher: Bencher) {
    let text = normalize(BODY);
    bencher.bench(|| tokenize(black_box(&text)));
}

/// Includes both stages above.
#[divan::bench]
fn analyse(bencher: Bencher) {
    let comment = comment();
    bencher.bench(|| CommentAnalysis::of(black_box(&comment)));
}

/// Once per thread.
#[divan::bench]
fn analyse_post(bencher: Bencher) {
    let post = post();
    bencher.bench(|| Context::of(PostAnalysis::of(black_box(&post))));
}

/// The window is full: as much is forgotten as is added.
#[divan::bench]
fn add_to_context(bencher: Bencher) {
    let comment = comment();
    let analysis = CommentAnalysis::of(&comment);
    let mut context = context();
    bencher.bench_local(|| context.add(black_box(&analysis)));
}

#[divan::bench]
fn lexical_score(bencher: Bencher) {
    let comment = comment();
    let analysis = CommentAnalysis::of(&comment);
    let mut features = Features::default();
    bencher.bench_local(|| {
        Field::ALL.map(|field| {
            let words = lexical_words(black_box(&analysis), field);
            classifier().lexical.score(field, &words, &mut features)
        })
    });
}

/// Everything between the analysis and the signals: overlap, lexical scores, phrases, relevance.
#[divan::bench]
fn scene(bencher: Bencher) {
    let (comment, context) = (comment(), context());
    let analysis = CommentAnalysis::of(&comment);
    let mut features = Features::default();
    bencher.bench_local(|| {
        classifier()
            .scene(black_box(&analysis), &context, &mut features)
            .relevance
    });
}

/// Quotations, which a scene looks up once, are warm here.
#[divan::bench]
fn signals(bencher: Bencher) {
    let (comment, context) = (comment(), context());
    let analysis = CommentAnalysis::of(&comment);
    let scene = classifier().scene(&analysis, &context, &mut Features::default());
    bencher.bench_local(|| observe(black_box(&scene)));
}

/// Signals, additive model and verdict.
#[divan::bench]
fn assess(bencher: Bencher) {
    let (comment, context) = (comment(), context());
    let analysis = CommentAnalysis::of(&comment);
    let scene = classifier().scene(&analysis, &context, &mut Features::default());
    let policy = classifier().policy(None);
    bencher.bench_local(|| classifier().assess(black_box(&scene), &policy, None));
}

#[divan::bench]
fn explain_all(bencher: Bencher) {
    let (comment, context) = (comment(), context());
    let analysis = CommentAnalysis::of(&comment);
    let scene = classifier().scene(&analysis, &context, &mut Features::default());
    let policy = classifier().policy(None);
    let assessment = classifier().assess(&scene, &policy, None);
    bencher.bench_local(|| explain(classifier(), black_box(&scene), &assessment, &policy));
}

/// From the comment as it came in to the verdict, and into the context of the next one.
#[divan::bench]
fn comment_in_thread_of_20(bencher: Bencher) {
    let (comment, mut context) = (comment(), context());
    let policy = classifier().policy(None);
    let mut features = Features::default();
    bencher.counter(ItemsCount::new(1usize)).bench_local(|| {
        let analysis = CommentAnalysis::of(black_box(&comment));
        let scene = classifier().scene(&analysis, &context, &mut features);
        let assessment = classifier().assess(&scene, &policy, None);
        drop(scene);
        context.add(&analysis);
        assessment
    });
}

/// The post and its twenty comments from nothing.
#[divan::bench]
fn thread_of_20(bencher: Bencher) {
    let thread = thread();
    let policy = classifier().policy(None);
    bencher
        .counter(ItemsCount::new(thread.comments.len()))
        .bench_local(|| {
            let mut sum = 0.0;
            classifier().judge_thread(black_box(&thread), &policy, |_, _, assessment| {
                sum += assessment.spam;
            });
            sum
        });
}
