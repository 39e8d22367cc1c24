//! The sites that use a key, with what was counted for them in a month.

use std::cmp::Reverse;

use serde_json::{Map, Value, json};

use super::{Counts, Fields, Key, Month};

/// A site that uses a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteRow {
    /// Its name or address.
    pub site: String,
    /// What was counted.
    pub counts: Counts,
}

/// By which figure the sites are ordered, the largest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Total,
    Spam,
    Ham,
    MissedSpam,
    FalsePositives,
}

/// Which sites are wanted, of which month, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySitesQuery {
    /// The month.
    pub month: Month,
    filter: String,
    order: Order,
    limit: usize,
    offset: usize,
    csv: bool,
}

/// How many sites are listed where the client does not say, and at most.
const MOST_SITES: usize = 500;

impl KeySitesQuery {
    /// Reads the fields of a request that came at `now`, in milliseconds since 1970-01-01 UTC. What
    /// makes no sense is as if it had not been sent.
    pub fn read(fields: &Fields, now: i64) -> Self {
        let number = |name: &str| -> Option<usize> { fields.filled(name)?.parse().ok() };
        let month = fields.filled("month").and_then(Month::parse);
        Self {
            month: month.unwrap_or(Month::of(now)),
            filter: fields.filled("filter").unwrap_or_default().to_lowercase(),
            order: match fields.filled("order") {
                Some("spam") => Order::Spam,
                Some("ham") => Order::Ham,
                Some("missed_spam") => Order::MissedSpam,
                Some("false_positives") => Order::FalsePositives,
                _ => Order::Total,
            },
            limit: number("limit").unwrap_or(MOST_SITES).min(MOST_SITES),
            offset: number("offset").unwrap_or(0),
            csv: fields.filled("format") == Some("csv"),
        }
    }

    /// The content type and the body of the answer.
    pub(super) fn report(&self, key: &Key, mut rows: Vec<SiteRow>) -> (&'static str, String) {
        rows.retain(|row| row.site.to_lowercase().contains(&self.filter));
        rows.sort_by(|a, b| {
            let figure = |row: &SiteRow| {
                Reverse(match self.order {
                    Order::Total => row.counts.calls(),
                    Order::Spam => row.counts.spam,
                    Order::Ham => row.counts.ham,
                    Order::MissedSpam => row.counts.missed_spam,
                    Order::FalsePositives => row.counts.false_positives,
                })
            };
            (figure(a), &a.site).cmp(&(figure(b), &b.site))
        });
        let total = rows.len();
        let page: Vec<SiteRow> = rows
            .into_iter()
            .skip(self.offset)
            .take(self.limit)
            .collect();
        if self.csv {
            ("text/csv; charset=utf-8", self.csv(key, &page, total))
        } else {
            ("application/json", self.json(&page, total).to_string())
        }
    }

    /// Counters are strings, as with Akismet.
    fn json(&self, page: &[SiteRow], total: usize) -> Value {
        let sites = page.iter().map(|row| {
            let counts = row.counts;
            json!({
                "site": row.site,
                "api_calls": counts.calls().to_string(),
                "spam": counts.spam.to_string(),
                "ham": counts.ham.to_string(),
                "missed_spam": counts.missed_spam.to_string(),
                "false_positives": counts.false_positives.to_string(),
                "is_revoked": false,
            })
        });
        let mut answer = Map::new();
        answer.insert(self.month.name(), sites.collect());
        answer.insert("limit".to_owned(), self.limit.into());
        answer.insert("offset".to_owned(), self.offset.into());
        answer.insert("total".to_owned(), total.into());
        answer.into()
    }

    fn csv(&self, key: &Key, page: &[SiteRow], total: usize) -> String {
        let mut text = format!(
            "Active sites for {} during {} (limit:{}, offset: {}, total: {total})\n\
             Site,Total API Calls,Spam,Ham,Missed Spam,False Positives,Is Revoked\n",
            quoted(key.as_str()),
            self.month.name(),
            self.limit,
            self.offset
        );
        for row in page {
            let counts = row.counts;
            text.push_str(&format!(
                "{},{},{},{},{},{},false\n",
                quoted(&row.site),
                counts.calls(),
                counts.spam,
                counts.ham,
                counts.missed_spam,
                counts.false_positives
            ));
        }
        text
    }
}

/// A field of RFC 4180, section 2.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
