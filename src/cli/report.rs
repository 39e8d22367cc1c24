//! The reports of `ontopic evaluate` as Markdown tables.

use super::table::{counted, percent, printable, table, thousands};
use crate::evaluation::{
    BLOCKED, CONFIDENCE, Figure, MANY_BLOGS, MANY_PAIRS, OfBlog, PairFigures, READERS, RESAMPLES,
    SetReport, WRITTEN_BY,
};
use crate::policy::Budgets;

/// Heads of columns: shares that are not published.
const HAM_TAKEN: &str = "ham held or called spam";
const SPAM_TAKEN: &str = "spam held or called spam";

/// A dash for what there is nothing to tell of.
fn or_dash<T>(value: Option<T>, show: impl FnOnce(T) -> String) -> String {
    value.map_or_else(|| "-".to_owned(), show)
}

fn figure(figure: &Figure) -> String {
    let band = or_dash(figure.band, |[low, high]| format!("{low:.3}-{high:.3}"));
    format!("{:.3} ({band})", figure.value)
}

/// Blogs are told from the report of everything, which is the last: the comments of one may lie in
/// several files.
fn of_everything(reports: &[SetReport]) -> impl Iterator<Item = &SetReport> {
    reports.last().into_iter()
}

/// The reports as Markdown tables.
pub(super) fn tables(reports: &[SetReport]) -> String {
    [
        in_short(reports),
        spam(reports),
        at_thresholds(reports),
        relevance(reports),
        answers(reports),
        parts(reports),
        blogs(reports),
    ]
    .join("")
}

fn signed(value: Option<f64>) -> String {
    or_dash(value, |value| format!("{value:+.2}"))
}

fn number(value: Option<f64>) -> String {
    or_dash(value, |value| format!("{value:.3}"))
}

fn share(value: Option<f64>) -> String {
    or_dash(value, percent)
}

/// What an owner wants to know first, of everything: how much is taken of either label, and how much it
/// may be of other comments.
fn in_short(reports: &[SetReport]) -> String {
    let Some(report) = reports.last() else {
        return String::new();
    };
    let at = report.at_thresholds;
    let sentence = |label: &str, n: usize, taken: Option<f64>, limit: Option<String>| {
        let Some((taken, limit)) = taken.zip(limit) else {
            return format!("No comment is labelled {label}: how many would be held is not known.");
        };
        format!(
            "Of {} labelled {label}, {} ({}) would be held or called spam; the true rate is {limit} ({:.0} % confidence).",
            counted(n, "comment"),
            thousands((taken * n as f64).round() as usize),
            percent(taken),
            CONFIDENCE * 100.0,
        )
    };
    // A limit is not made narrower by rounding.
    let at_most = |limit: f64| format!("at most {}", percent((limit * 1000.0).ceil() / 1000.0));
    let at_least = |limit: f64| format!("at least {}", percent((limit * 1000.0).floor() / 1000.0));
    let (ham_limit, spam_limit) = (at.ham_taken_at_most, at.spam_taken_at_least);
    // Whoever runs the blog is hardly ever held, and may write half of the comments.
    let readers = report
        .slices
        .iter()
        .find(|slice| slice.by == WRITTEN_BY && slice.part == READERS);
    let of_readers = readers
        .filter(|readers| readers.n_ham > 0 && readers.n_ham < report.n_ham)
        .map(|readers| {
            let at = readers.at_thresholds;
            let limit = at.ham_taken_at_most.map(at_most);
            let label = "genuine, leaving out those by people who run the blog";
            sentence(label, readers.n_ham, at.ham_taken, limit) + "\n"
        })
        .unwrap_or_default();
    let undecided = match report.n_undecided {
        0 => String::new(),
        n => format!(
            "\n{} without a label {} not counted: where labels are corrections of a filter, these are mostly \
             what it had wrong.",
            counted(n, "comment"),
            if n == 1 { "is" } else { "are" }
        ),
    };
    format!(
        "## In short\n\n{}\n{of_readers}{}{undecided}\n\nThe limits hold where comments come independently of each other.\n\n",
        sentence(
            "genuine",
            report.n_ham,
            at.ham_taken,
            ham_limit.map(at_most)
        ),
        sentence(
            "spam",
            report.n_spam,
            at.spam_taken,
            spam_limit.map(at_least)
        ),
    )
}

fn spam(reports: &[SetReport]) -> String {
    let mut head = vec![
        "set".to_owned(),
        "spam".into(),
        "ham".into(),
        "ROC AUC".into(),
    ];
    head.extend(BLOCKED.map(|share| format!("caught at {} %", share * 100.0)));
    head.extend(["calibration error".into(), "at even odds".into()]);
    let rows = reports
        .iter()
        .map(|report| {
            let mut row = vec![
                report.set.clone(),
                report.n_spam.to_string(),
                report.n_ham.to_string(),
                or_dash(report.auc.as_ref(), figure),
            ];
            row.extend((0..BLOCKED.len()).map(|index| {
                let caught = report.caught.get(index);
                or_dash(caught, |caught| figure(&caught.caught))
            }));
            let errors = [report.calibration_error, report.balanced_calibration_error];
            row.extend(errors.map(number));
            row
        })
        .collect();
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    format!(
        "## Spam\n\nWith 90 % bands from {RESAMPLES} bootstrap draws of whole blogs, of \
         whole threads where a set has fewer than {MANY_BLOGS} blogs.\n\n{}",
        table(&head, rows, true)
    )
}

fn at_thresholds(reports: &[SetReport]) -> String {
    let rows = reports
        .iter()
        .map(|report| {
            let at = report.at_thresholds;
            let mut row = vec![report.set.clone()];
            row.extend(
                [
                    at.ham_taken,
                    at.ham_called_spam,
                    at.spam_taken,
                    at.spam_called_spam,
                ]
                .map(share),
            );
            let threads = report.threads_with_spam;
            row.extend([threads.right, threads.ranked].map(|part| {
                let n = (threads.n > 0).then_some(threads.n);
                or_dash(n, |n| format!("{part} of {n}"))
            }));
            row.extend([at.ham_median, at.spam_median].map(signed));
            row.extend([at.ham_taken_unaided, at.spam_taken_unaided].map(share));
            row
        })
        .collect();
    let head = [
        "set",
        HAM_TAKEN,
        "ham called spam",
        SPAM_TAKEN,
        "spam called spam",
        "threads all right",
        "in order",
        "median log-odds of ham",
        "of spam",
        "ham held or called spam unaided",
        "spam held or called spam unaided",
    ];
    format!(
        "\n\n## At the model's own thresholds\n\n{}\n\n\
         Comments are judged by those before that are no spam: by their labels, and unaided by the \
         model's own word alone, as on a blog whose owner decides nothing. \
         Of threads with spam, those are all right in which all spam is held or called spam and \
         every genuine comment is published, and in order where all spam scores above every genuine \
         comment.{}",
        table(&head, rows, true),
        budget_kept(reports)
    )
}

/// Relevance of each set; nothing without pairs.
fn relevance(reports: &[SetReport]) -> String {
    let rows: Vec<Vec<String>> = reports
        .iter()
        .flat_map(|report| {
            report
                .relevance
                .iter()
                .map(move |figures| (report, figures))
        })
        .map(|(report, figures)| {
            vec![
                report.set.clone(),
                figures.chars.to_string(),
                figures.n.to_string(),
                figure(&figures.auc),
                format!("{:.3}", figures.right_in_pairs),
                both(figures.beside_posts),
                both(figures.alone),
                or_dash(figures.mean_of_blogs, |mean| {
                    format!("{:.3}, {:.3} ({})", mean.auc, mean.right_in_pairs, mean.n)
                }),
            ]
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let head = [
        "set",
        "characters from",
        "comments",
        "ROC AUC",
        "right in pairs",
        "beside posts alone",
        "thread alone",
        "mean of blogs",
    ];
    format!(
        "\n\n## Relevance: own post against another of the same blog\n\n{}\n\n\
         Beside the other threads of the blog, as `--blog` gives them; then both figures beside \
         the posts of these alone, and by the comment's own thread alone. The mean, of the first \
         two, is over the blogs (their number in parentheses) with {MANY_PAIRS} such comments or \
         more.{}",
        table(&head, rows, true),
        relevance_of_blogs(reports)
    )
}

fn both(figures: PairFigures) -> String {
    format!("{:.3}, {:.3}", figures.auc, figures.right_in_pairs)
}

/// How answers are ranked in each set that has some labelled.
fn answers(reports: &[SetReport]) -> String {
    let of_set = |report: &SetReport| {
        let map = report.answers_map?;
        Some(format!(
            "\n\nMean average precision of Good answers in {}: {map:.3}.",
            printable(&report.set)
        ))
    };
    reports.iter().filter_map(of_set).collect()
}

fn parts(reports: &[SetReport]) -> String {
    let rows = reports
        .iter()
        .flat_map(|report| report.slices.iter().map(move |slice| (report, slice)))
        .map(|(report, slice)| {
            vec![
                report.set.clone(),
                format!("{}: {}", slice.by, slice.part),
                slice.n_spam.to_string(),
                slice.n_ham.to_string(),
                number(slice.auc),
                number(slice.caught_at_1),
                share(slice.at_thresholds.ham_taken),
                share(slice.at_thresholds.spam_taken),
            ]
        })
        .collect();
    let head = [
        "set",
        "part",
        "spam",
        "ham",
        "ROC AUC",
        "caught at 1 %",
        HAM_TAKEN,
        SPAM_TAKEN,
    ];
    format!("\n\n## Parts\n\n{}", table(&head, rows, true))
}

fn blogs(reports: &[SetReport]) -> String {
    let rows = of_everything(reports)
        .flat_map(|report| &report.blogs)
        .map(|blog| {
            vec![
                blog.site.clone(),
                blog.n_ham.to_string(),
                share(blog.ham_taken),
                blog.n_spam.to_string(),
                share(blog.spam_taken),
            ]
        })
        .collect();
    let head = ["blog", "ham", HAM_TAKEN, "spam", SPAM_TAKEN];
    format!("\n\n## Blogs\n\n{}", table(&head, rows, true))
}

/// Relevance on each blog with enough pairs; nothing without such a blog.
fn relevance_of_blogs(reports: &[SetReport]) -> String {
    let rows: Vec<Vec<String>> = of_everything(reports)
        .flat_map(|report| &report.relevance)
        .flat_map(|figures| figures.blogs.iter().map(move |blog| (figures.chars, blog)))
        .map(|(chars, blog)| {
            vec![
                blog.site.clone(),
                chars.to_string(),
                blog.n.to_string(),
                format!("{:.3}", blog.auc),
                format!("{:.3}", blog.right_in_pairs),
            ]
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let head = [
        "blog",
        "characters from",
        "comments",
        "ROC AUC",
        "right in pairs",
    ];
    format!("\n\n{}", table(&head, rows, true))
}

/// On how many of the larger blogs the budget for holding is kept; nothing without such a blog.
fn budget_kept(reports: &[SetReport]) -> String {
    let budgets = Budgets::default();
    let larger: Vec<&OfBlog> = of_everything(reports)
        .flat_map(|report| &report.blogs)
        .filter(|blog| blog.n_ham >= budgets.larger)
        .collect();
    if larger.is_empty() {
        return String::new();
    }
    let kept = larger
        .iter()
        .filter(|blog| blog.ham_taken.is_some_and(|taken| taken <= budgets.hold))
        .count();
    let have = if kept == 1 { "has" } else { "have" };
    format!(
        "\n\nOf {} with {} genuine comments or more, {kept} {have} at most {:.0} % of them held or called spam.",
        counted(larger.len(), "blog"),
        budgets.larger,
        budgets.hold * 100.0,
    )
}
