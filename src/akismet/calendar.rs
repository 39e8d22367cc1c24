//! Dates as clients write them, and months as Akismet counts in them.

use std::time::{Duration, UNIX_EPOCH};

use humantime::{format_rfc3339_seconds, parse_rfc3339_weak};

/// Milliseconds in a day.
pub(super) const DAY: i64 = 86_400_000;

/// Milliseconds in a minute.
const MINUTE: i64 = 60_000;

/// The last millisecond of the year 9999: years have four digits.
const LAST: i64 = 253_402_300_799_999;

/// Reads a moment as one of the spellings that clients use, in milliseconds since 1970-01-01 UTC:
/// `2026-11-21 17:44:20`, with `T`, without seconds, with fractions of a second, with `Z` or an offset
/// such as `+01:00`; or seconds since 1970 (milliseconds if there are more than eleven digits). Without
/// an offset it is UTC. `None` for anything else, such as a day that no month has, and for WordPress's
/// `0000-00-00 00:00:00`.
pub fn instant(text: &str) -> Option<i64> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let number: i64 = text.parse().ok()?;
        let unit = if text.len() > 11 { 1 } else { 1000 };
        return number.checked_mul(unit);
    }
    let (date, time) = text.split_once([' ', 'T', 't'])?;
    let (time, offset) = offset(time)?;
    let seconds = if time.len() == "17:44".len() {
        ":00"
    } else {
        ""
    };
    let moment = parse_rfc3339_weak(&format!("{date}T{time}{seconds}")).ok()?;
    let since = moment.duration_since(UNIX_EPOCH).ok()?;
    Some(i64::try_from(since.as_millis()).ok()? - offset * MINUTE)
}

/// The time before the offset, and the offset from UTC in minutes.
fn offset(time: &str) -> Option<(&str, i64)> {
    if let Some(time) = time.strip_suffix(['Z', 'z']) {
        return Some((time, 0));
    }
    let Some(at) = time.find(['+', '-']) else {
        return Some((time, 0));
    };
    let (time, offset) = time.split_at(at);
    let (sign, digits) = offset.split_at(1);
    let digits = digits.replace(':', "");
    let (hours, minutes) = digits.split_at_checked(2)?;
    let minutes = if minutes.is_empty() { "0" } else { minutes };
    let minutes = number(hours, 23)? * 60 + number(minutes, 59)?;
    Some((
        time.trim_end(),
        if sign == "-" { -minutes } else { minutes },
    ))
}

/// A number of digits alone, at most `limit`.
fn number(text: &str, limit: i64) -> Option<i64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = is_number.then(|| text.parse().ok())??;
    (number <= limit).then_some(number)
}

/// A month of the calendar, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month {
    /// Months since January of the year 0.
    count: i64,
}

impl Month {
    /// The month of a moment, in milliseconds since 1970-01-01 UTC, until the year 9999.
    pub fn of(instant: i64) -> Self {
        let day = day_name(instant);
        let (month, _) = day.rsplit_once('-').expect("a date has two dashes");
        Self::parse(month).expect("a date begins with its month")
    }

    /// Reads `2026-11`, from 1970 on.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.trim().split_once('-')?;
        let (year, month) = (number(year, 9999)?, number(month, 12)?);
        (year >= 1970 && month >= 1).then_some(Self {
            count: year * 12 + month - 1,
        })
    }

    /// `2026-11`.
    pub fn name(self) -> String {
        let (year, month) = (self.count.div_euclid(12), self.count.rem_euclid(12) + 1);
        format!("{year:04}-{month:02}")
    }

    /// From when to before when it lasts, in milliseconds since 1970-01-01 UTC. What lies before is
    /// empty.
    pub fn span(self) -> (i64, i64) {
        (self.start(), self.plus(1).start())
    }

    /// The month that many months later.
    pub fn plus(self, months: i64) -> Self {
        Self {
            count: self.count + months,
        }
    }

    fn start(self) -> i64 {
        // What cannot be read lies before 1970 or after 9999.
        let beyond = if self.count < 1970 * 12 { 0 } else { LAST + 1 };
        instant(&format!("{}-01 00:00", self.name())).unwrap_or(beyond)
    }
}

/// The day of a moment, from 1970 to 9999, as `2026-11-21`.
pub(super) fn day_name(instant: i64) -> String {
    let since = Duration::from_millis(instant.clamp(0, LAST).unsigned_abs());
    let mut text = format_rfc3339_seconds(UNIX_EPOCH + since).to_string();
    text.truncate("2026-11-21".len());
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn moments_are_read_in_every_spelling_that_clients_use() {
        // `date -u -d '2026-11-21 17:44:20' +%s`
        let expected = 1_795_283_060_000;
        let cases = [
            ("2026-11-21 17:44:20", expected),
            ("2026-11-21T17:44:20", expected),
            ("2026-11-21T17:44:20Z", expected),
            ("2026-11-21T17:44:20.000Z", expected),
            ("2026-11-21T17:44:20.5Z", expected + 500),
            ("2026-11-21T17:44:20.123456+00:00", expected + 123),
            ("2026-11-21T18:44:20+01:00", expected),
            ("2026-11-21T14:14:20-0330", expected),
            ("2026-11-21 17:44", expected - 20_000),
            ("1795283060", expected),
            ("1795283060000", expected),
            ("1970-01-01 00:00:00", 0),
            ("2000-02-29 00:00:00", 951_782_400_000),
            ("1970-01-01 00:30:00+01:00", -1_800_000),
        ];
        for (text, expected) in cases {
            assert_eq!(instant(text), Some(expected), "{text}");
        }
        for text in [
            "",
            "yesterday",
            "0000-00-00 00:00:00",
            "2026-13-01 00:00:00",
            "2026-02-31 00:00:00",
            "2026-02-29 00:00:00",
            "2026-11-00 00:00:00",
            "2026-11-21",
            "2026-11-21 25:00:00",
            "2026-11-21 17:44:20+é",
            "2026-11-21 17:44:20.xZ",
            "99999999999999999999",
            "+2026-11-21 17:44:20",
        ] {
            assert_eq!(instant(text), None, "{text}");
        }
    }

    #[test]
    fn months_have_names_and_lengths() {
        let month = Month::of(1_795_283_060_000);
        assert_eq!(month.name(), "2026-11");
        assert_eq!(Month::parse("2026-11"), Some(month));
        assert_eq!(month.plus(2).name(), "2027-01");
        let lengths: Vec<i64> = (0..12)
            .map(|n| Month::parse("2024-01").unwrap().plus(n).span())
            .map(|(from, to)| (to - from) / DAY)
            .collect();
        assert_eq!(lengths, [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]);
        for text in ["2026-13", "2026-0", "1969-12", "2026", "-1-1", ""] {
            assert_eq!(Month::parse(text), None, "{text}");
        }
        assert_eq!(day_name(1_795_283_060_000), "2026-11-21");
        assert_eq!(Month::of(-1).span().0, 0);
        assert_eq!(Month::of(0).plus(-1).span(), (0, 0));
        assert_eq!(Month::of(i64::MAX).name(), "9999-12");
        assert_eq!(Month::of(i64::MAX).span().1, LAST + 1);
    }

    proptest! {
        #[test]
        fn every_moment_lies_in_its_month(instant in 0..253_402_300_800_000_i64) {
            let month = Month::of(instant);
            let (from, to) = month.span();
            prop_assert!(from <= instant && instant < to);
            prop_assert_eq!(Month::parse(&month.name()), Some(month));
            prop_assert_eq!(super::instant(&format!("{} 00:00", day_name(instant))), Some(instant - instant % DAY));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[0-9TZ: .+-]{0,32}|\\PC{0,24}") {
            let _ = super::instant(&text);
            let _ = Month::parse(&text);
        }
    }
}
