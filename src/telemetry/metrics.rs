//! Counts for Prometheus.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use metrics::{
    Counter, Gauge, Histogram, Key, KeyName, Label as KeyLabel, Level, Metadata, Recorder, Unit,
};
use metrics_exporter_prometheus::{
    Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};

use super::Drift;
use super::memory::resident_bytes;
use crate::comment::Label;
use crate::policy::Verdict;

/// Upper ends of the bins of the latency, in seconds: 0.5 ms to 1 s, with 10 ms among them, which
/// is where the budget of a check lies.
const LATENCY_BUCKETS: [f64; 11] = [
    0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.3, 1.0,
];

/// Decisions are forgotten so that the latest this many make up 63 % of the agreement.
const DECISIONS: f64 = 200.0;

/// Why a request was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Too many requests are worked on.
    Overload,
    /// Too many writes wait for the disk.
    WritesWaiting,
    /// Too many requests of this key.
    RateLimit,
    /// No key, a wrong one, or one that may not do this.
    Key,
    /// Too many wrong keys from this network.
    FailedKeys,
    /// The body is too large.
    TooLarge,
    /// It took too long.
    Timeout,
}

impl Refusal {
    const ALL: [Self; 7] = [
        Self::Overload,
        Self::WritesWaiting,
        Self::RateLimit,
        Self::Key,
        Self::FailedKeys,
        Self::TooLarge,
        Self::Timeout,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Overload => "overload",
            Self::WritesWaiting => "writes_waiting",
            Self::RateLimit => "rate_limit",
            Self::Key => "key",
            Self::FailedKeys => "failed_keys",
            Self::TooLarge => "too_large",
            Self::Timeout => "timeout",
        }
    }
}

/// What came of a try to deliver a correction to a blog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivered {
    /// The blog took it.
    Delivered,
    /// It is tried again.
    Failed,
    /// It is not tried again.
    GivenUp,
}

impl Delivered {
    const ALL: [Self; 3] = [Self::Delivered, Self::Failed, Self::GivenUp];

    fn name(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::GivenUp => "given_up",
        }
    }
}

/// Everything that is counted. One per running service; nothing is global.
pub struct Metrics {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    checks: [Counter; 3],
    checks_without_post: Counter,
    latency: Histogram,
    feedback: [[Counter; 3]; 2],
    agreement: Gauge,
    drift: Gauge,
    queue: Gauge,
    in_flight: Gauge,
    memory: Gauge,
    refused: [Counter; Refusal::ALL.len()],
    deliveries: [Counter; Delivered::ALL.len()],
    deliveries_pending: Gauge,
    storage_errors: Counter,
    state: Mutex<State>,
}

/// What gauges are computed from.
struct State {
    model: Option<Gauge>,
    drift: Option<Drift>,
    /// Weights of decisions that agreed, and of all.
    agreed: f64,
    decided: f64,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// Nothing counted yet.
    pub fn new() -> Self {
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(
                Matcher::Full("ontopic_check_seconds".to_owned()),
                &LATENCY_BUCKETS,
            )
            .expect("there are buckets")
            .build_recorder();
        let verdicts = [Verdict::Publish, Verdict::Hold, Verdict::Spam];
        let checks = verdicts.map(|verdict| {
            counter(
                &recorder,
                "ontopic_checks_total",
                "Comments judged, by what was answered",
                &[("verdict", verdict.name())],
            )
        });
        let feedback = [Label::Ham, Label::Spam].map(|label| {
            ["true", "false", "held"].map(|agreed| {
                counter(
                    &recorder,
                    "ontopic_feedback_total",
                    "Decisions of people, and whether the answer had agreed or had left it to them",
                    &[("label", label.name()), ("agreed", agreed)],
                )
            })
        });
        let refused = Refusal::ALL.map(|reason| {
            counter(
                &recorder,
                "ontopic_refused_total",
                "Requests refused",
                &[("reason", reason.name())],
            )
        });
        let deliveries = Delivered::ALL.map(|outcome| {
            counter(
                &recorder,
                "ontopic_deliveries_total",
                "Tries to deliver a correction to a blog, by what came of them",
                &[("outcome", outcome.name())],
            )
        });
        let gauge = |name, help| gauge(&recorder, name, help, &[]);
        recorder.describe_histogram(
            KeyName::from_const_str("ontopic_check_seconds"),
            Some(Unit::Seconds),
            "Time for one verdict, from when its request was read to when its answer was known"
                .into(),
        );
        let latency =
            recorder.register_histogram(&Key::from_name("ontopic_check_seconds"), &METADATA);
        Self {
            checks,
            checks_without_post: counter(
                &recorder,
                "ontopic_checks_without_post_total",
                "Comments judged of whose post neither a title nor a body was known",
                &[],
            ),
            feedback,
            refused,
            deliveries,
            deliveries_pending: gauge(
                "ontopic_deliveries_pending",
                "Corrections that are still to be delivered to blogs",
            ),
            latency,
            agreement: gauge(
                "ontopic_agreement",
                "Share of the latest decisions that the answer had right, held ones left out; NaN before the first",
            ),
            drift: gauge(
                "ontopic_score_drift",
                "Population stability index of the latest scores against the model's reference; NaN \
                 before some 300 comments, and if the model has none",
            ),
            queue: gauge(
                "ontopic_queue_depth",
                "Comments held and not decided, of all sites",
            ),
            in_flight: gauge(
                "ontopic_in_flight",
                "Requests that are worked on; one with many comments or posts counts as several",
            ),
            memory: gauge("process_resident_memory_bytes", "Resident memory"),
            storage_errors: counter(
                &recorder,
                "ontopic_storage_errors_total",
                "Reads and writes that storage could not do",
                &[],
            ),
            handle: recorder.handle(),
            recorder,
            state: Mutex::new(State {
                model: None,
                drift: None,
                agreed: 0.0,
                decided: 0.0,
            }),
        }
    }

    /// Counts a comment that was judged, with its log-odds of spam at the model's own prior, and whether
    /// a title or a body of its post was known.
    pub fn checked(&self, outcome: Verdict, spam_log_odds: f64, post_known: bool) {
        self.checks[outcome as usize].increment(1);
        if !post_known {
            self.checks_without_post.increment(1);
        }
        if let Some(drift) = &mut self.state().drift {
            drift.add(spam_log_odds);
        }
    }

    /// Counts the time of a request for one verdict.
    pub fn took(&self, time: Duration) {
        self.latency.record(time.as_secs_f64());
    }

    /// Counts a decision on a comment for which `outcome` was answered. A comment that was held was
    /// left to people, who cannot disagree with that: it does not count for the agreement.
    pub fn decided(&self, label: Label, outcome: Verdict) {
        let agreed = match (label, outcome) {
            (Label::Ham, Verdict::Publish) | (Label::Spam, Verdict::Spam) => Some(true),
            (Label::Ham, Verdict::Spam) | (Label::Spam, Verdict::Publish) => Some(false),
            (Label::Ham | Label::Spam, Verdict::Hold) => None,
        };
        let column = match agreed {
            Some(true) => 0,
            Some(false) => 1,
            None => 2,
        };
        self.feedback[label as usize][column].increment(1);
        if let Some(agreed) = agreed {
            let mut state = self.state();
            let keep = (-1.0 / DECISIONS).exp();
            state.agreed = state.agreed * keep + f64::from(u8::from(agreed));
            state.decided = state.decided * keep + 1.0;
        }
    }

    /// Counts a request that was refused.
    pub fn refused(&self, reason: Refusal) {
        self.refused[reason as usize].increment(1);
    }

    /// Counts a try to deliver a correction.
    pub fn delivered(&self, outcome: Delivered) {
        self.deliveries[outcome as usize].increment(1);
    }

    /// Says how many corrections are still to be delivered.
    pub fn set_deliveries_pending(&self, n_messages: u64) {
        self.deliveries_pending.set(n_messages as f64);
    }

    /// Says how many reads and writes storage could not do since the start.
    pub fn set_storage_errors(&self, total: u64) {
        self.storage_errors.absolute(total);
    }

    /// Says which model judges from now on. `deciles` are the log-odds of spam at its own prior that
    /// cut the scores of its reference into ten equal parts. Drift begins anew.
    pub fn set_model(&self, id: &str, deciles: Option<[f64; 9]>) {
        let mut state = self.state();
        let now = gauge(
            &self.recorder,
            "ontopic_model_info",
            "1 for the model that judges",
            &[("id", id)],
        );
        if let Some(before) = state.model.replace(now.clone()) {
            before.set(0.0);
        }
        now.set(1.0);
        state.drift = deciles.map(Drift::new);
    }

    /// Says how many comments of all sites are held and not decided.
    pub fn set_queue_depth(&self, n_comments: u64) {
        self.queue.set(n_comments as f64);
    }

    /// Says how many requests are worked on.
    pub fn set_in_flight(&self, n_requests: usize) {
        self.in_flight.set(n_requests as f64);
    }

    /// Moves what was recorded into its bins. To be called every few seconds: until then, every
    /// latency takes eight bytes.
    pub fn upkeep(&self) {
        self.handle.run_upkeep();
    }

    /// Everything in the text format of Prometheus, version 0.0.4
    /// (`text/plain; version=0.0.4`).
    pub fn render(&self) -> String {
        {
            let state = self.state();
            self.agreement.set(state.agreed / state.decided);
            self.drift
                .set(state.drift.as_ref().map_or(f64::NAN, Drift::index));
        }
        if let Some(bytes) = resident_bytes() {
            self.memory.set(bytes as f64);
        }
        self.handle.render()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Sums that a panic left half-way are still sums.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

static METADATA: Metadata<'static> = Metadata::new("ontopic", Level::INFO, None);

fn key(name: &'static str, labels: &[(&'static str, &str)]) -> Key {
    let labels: Vec<KeyLabel> = labels
        .iter()
        .map(|(name, value)| KeyLabel::new(*name, (*value).to_owned()))
        .collect();
    Key::from_parts(name, labels)
}

fn counter(
    recorder: &PrometheusRecorder,
    name: &'static str,
    help: &'static str,
    labels: &[(&'static str, &str)],
) -> Counter {
    recorder.describe_counter(KeyName::from_const_str(name), None, help.into());
    recorder.register_counter(&key(name, labels), &METADATA)
}

fn gauge(
    recorder: &PrometheusRecorder,
    name: &'static str,
    help: &'static str,
    labels: &[(&'static str, &str)],
) -> Gauge {
    recorder.describe_gauge(KeyName::from_const_str(name), None, help.into());
    recorder.register_gauge(&key(name, labels), &METADATA)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value of a series.
    fn value(text: &str, series: &str) -> f64 {
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no `{series}` in\n{text}"))
            .parse()
            .unwrap()
    }

    #[test]
    fn every_series_is_there_before_anything_happened() {
        let text = Metrics::new().render();
        for series in [
            "ontopic_checks_total{verdict=\"hold\"}",
            "ontopic_feedback_total{label=\"ham\",agreed=\"false\"}",
            "ontopic_refused_total{reason=\"overload\"}",
            "ontopic_deliveries_total{outcome=\"given_up\"}",
            "ontopic_storage_errors_total",
        ] {
            assert_eq!(value(&text, series), 0.0);
        }
        assert!(value(&text, "ontopic_agreement").is_nan());
        assert!(value(&text, "ontopic_score_drift").is_nan());
        assert!(text.contains("# HELP ontopic_checks_total Comments judged"));
    }

    #[test]
    fn what_is_recorded_is_shown() {
        let metrics = Metrics::new();
        metrics.set_model(
            "0123456789ab",
            Some([-4.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0]),
        );
        for (verdict, n) in [
            (Verdict::Publish, 3),
            (Verdict::Hold, 2),
            (Verdict::Spam, 1),
        ] {
            for _ in 0..n {
                metrics.checked(verdict, 5.0, verdict != Verdict::Hold);
                metrics.took(Duration::from_micros(1500));
            }
        }
        metrics.refused(Refusal::Timeout);
        metrics.set_queue_depth(17);
        metrics.upkeep();
        let text = metrics.render();
        for (verdict, n) in [("publish", 3.0), ("hold", 2.0), ("spam", 1.0)] {
            let series = format!("ontopic_checks_total{{verdict=\"{verdict}\"}}");
            assert_eq!(value(&text, &series), n);
        }
        assert_eq!(value(&text, "ontopic_checks_without_post_total"), 2.0);
        assert_eq!(
            value(&text, "ontopic_check_seconds_bucket{le=\"0.001\"}"),
            0.0
        );
        assert_eq!(
            value(&text, "ontopic_check_seconds_bucket{le=\"0.002\"}"),
            6.0
        );
        assert_eq!(value(&text, "ontopic_check_seconds_count"), 6.0);
        assert_eq!(
            value(&text, "ontopic_refused_total{reason=\"timeout\"}"),
            1.0
        );
        assert_eq!(value(&text, "ontopic_queue_depth"), 17.0);
        assert!(value(&text, "ontopic_score_drift").is_nan(), "too few");
        for _ in 0..400 {
            metrics.checked(Verdict::Spam, 5.0, true);
        }
        assert!(value(&metrics.render(), "ontopic_score_drift") > 0.5);
        assert_eq!(value(&text, "ontopic_model_info{id=\"0123456789ab\"}"), 1.0);
        metrics.set_model("ba9876543210", None);
        let text = metrics.render();
        assert_eq!(value(&text, "ontopic_model_info{id=\"0123456789ab\"}"), 0.0);
        assert_eq!(value(&text, "ontopic_model_info{id=\"ba9876543210\"}"), 1.0);
    }

    #[test]
    fn agreement_is_the_share_of_decisions_that_the_answer_had_right() {
        let metrics = Metrics::new();
        for (label, outcome) in [
            (Label::Spam, Verdict::Spam),
            (Label::Ham, Verdict::Publish),
            (Label::Ham, Verdict::Hold),
            (Label::Ham, Verdict::Spam),
            (Label::Spam, Verdict::Publish),
        ] {
            metrics.decided(label, outcome);
        }
        let text = metrics.render();
        assert!((value(&text, "ontopic_agreement") - 0.5).abs() < 0.01);
        for (label, agreed, n) in [
            ("ham", "true", 1.0),
            ("ham", "false", 1.0),
            ("ham", "held", 1.0),
            ("spam", "held", 0.0),
        ] {
            let series = format!("ontopic_feedback_total{{label=\"{label}\",agreed=\"{agreed}\"}}");
            assert_eq!(value(&text, &series), n, "{series}");
        }
    }

    #[test]
    fn two_services_count_apart() {
        let (one, other) = (Metrics::new(), Metrics::new());
        one.set_storage_errors(1);
        assert_eq!(value(&one.render(), "ontopic_storage_errors_total"), 1.0);
        assert_eq!(value(&other.render(), "ontopic_storage_errors_total"), 0.0);
    }
}
