//! Figures as Akismet's clients show them.

use serde_json::{Map, Value, json};

use super::Month;
use super::calendar::{DAY, day_name};

/// What was counted for a site in a span of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Comments answered with `true`.
    pub spam: u64,
    /// Comments answered with `false`.
    pub ham: u64,
    /// Answered with `false`, and a person said that it was spam.
    pub missed_spam: u64,
    /// Answered with `true`, and a person said that it was genuine.
    pub false_positives: u64,
}

impl Counts {
    /// How many comments were answered.
    pub fn calls(&self) -> u64 {
        self.spam + self.ham
    }

    /// The share of answers that nobody corrected, in percent with two decimals.
    fn accuracy(&self) -> String {
        let wrong = (self.missed_spam + self.false_positives).min(self.calls());
        let share = match self.calls() {
            0 => 1.0,
            calls => 1.0 - wrong as f64 / calls as f64,
        };
        format!("{:.2}", share * 100.0)
    }

    fn json(&self) -> Map<String, Value> {
        let entries = [
            ("spam", self.spam),
            ("ham", self.ham),
            ("missed_spam", self.missed_spam),
            ("false_positives", self.false_positives),
        ];
        entries
            .into_iter()
            .map(|(name, count)| (name.to_owned(), count.into()))
            .collect()
    }
}

/// Which span of time a client wants figures of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interval {
    /// The last 60 days, by days.
    SixtyDays,
    /// The last six months, by months.
    SixMonths,
    /// Everything, by months.
    All,
}

/// A part of an [`Interval`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// `2026-11`, or `2026-11-21`.
    pub name: String,
    /// Its beginning, in milliseconds since 1970-01-01 UTC.
    pub from: i64,
    /// Its end, which is no part of it.
    pub to: i64,
}

/// The most periods that are counted by themselves: ten years of months.
const MOST_PERIODS: i64 = 120;

impl Interval {
    /// Reads the field `from`; anything unheard-of is the last six months, as with Akismet.
    pub fn from_name(name: &str) -> Self {
        match name.trim() {
            "60-days" => Self::SixtyDays,
            "all" => Self::All,
            _ => Self::SixMonths,
        }
    }

    /// The periods up to the one of `now`, oldest first, for a site that was made at `since`; both
    /// in milliseconds since 1970-01-01 UTC. Of a very old site, the last ten years.
    pub fn periods(self, since: i64, now: i64) -> Vec<Period> {
        let this_month = Month::of(now);
        let months = |count: i64| -> Vec<Period> {
            (1 - count..=0)
                .map(|back| {
                    let month = this_month.plus(back);
                    let (from, to) = month.span();
                    Period {
                        name: month.name(),
                        from,
                        to,
                    }
                })
                .collect()
        };
        match self {
            Self::SixMonths => months(6),
            Self::All => {
                let mut periods = months(MOST_PERIODS);
                let last = periods.len().saturating_sub(1);
                let first = periods.iter().position(|period| period.to > since);
                periods.drain(..first.unwrap_or(last));
                periods
            }
            Self::SixtyDays => (-59..=0)
                .map(|back| {
                    let from = (now.div_euclid(DAY) + back) * DAY;
                    Period {
                        name: day_name(from),
                        from,
                        to: from + DAY,
                    }
                })
                .collect(),
        }
    }
}

/// The answer to `get-stats`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stats {
    /// The whole span.
    pub total: Counts,
    /// Its periods, by name.
    pub breakdown: Vec<(String, Counts)>,
}

impl Stats {
    /// Adds a period.
    pub fn add(&mut self, name: String, counts: Counts) {
        self.total.spam += counts.spam;
        self.total.ham += counts.ham;
        self.total.missed_spam += counts.missed_spam;
        self.total.false_positives += counts.false_positives;
        self.breakdown.push((name, counts));
    }

    /// The JSON that clients read. The time that moderators saved is not known here, so it is zero,
    /// and the plugin says nothing about it.
    pub(super) fn json(&self) -> Value {
        let breakdown: Map<String, Value> = self
            .breakdown
            .iter()
            .map(|(name, counts)| (name.clone(), counts.json().into()))
            .collect();
        let mut stats = self.total.json();
        stats.insert("accuracy".to_owned(), self.total.accuracy().into());
        stats.insert("time_saved".to_owned(), json!(0));
        stats.insert("breakdown".to_owned(), breakdown.into());
        stats.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_follow_each_other_up_to_now() {
        let now = 1_795_283_060_000; // 2026-11-21 17:44:20
        for interval in [Interval::SixtyDays, Interval::SixMonths, Interval::All] {
            let periods = interval.periods(now - 400 * DAY, now);
            for pair in periods.windows(2) {
                assert_eq!(pair[0].to, pair[1].from, "{interval:?}");
            }
            let last = periods.last().unwrap();
            assert!(last.from <= now && now < last.to, "{interval:?}");
        }
        let names = |interval: Interval, since| -> Vec<String> {
            let periods = interval.periods(since, now);
            periods.into_iter().map(|period| period.name).collect()
        };
        assert_eq!(
            names(Interval::SixMonths, now),
            [
                "2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11"
            ]
        );
        assert_eq!(names(Interval::All, now - 30 * DAY), ["2026-10", "2026-11"]);
        assert_eq!(names(Interval::All, now + 90 * DAY), ["2026-11"]);
        assert_eq!(names(Interval::All, 0).len(), 120);
        let days = names(Interval::SixtyDays, now);
        assert_eq!((days.len(), days[0].as_str()), (60, "2026-09-23"));
    }

    #[test]
    fn accuracy_is_the_share_that_nobody_corrected() {
        let counts = Counts {
            spam: 30,
            ham: 70,
            missed_spam: 2,
            false_positives: 1,
        };
        assert_eq!(counts.accuracy(), "97.00");
        assert_eq!(Counts::default().accuracy(), "100.00");
        let more_wrong_than_asked = Counts {
            false_positives: 9,
            spam: 1,
            ..Counts::default()
        };
        assert_eq!(more_wrong_than_asked.accuracy(), "0.00");
    }
}
