//! What is answered, and how it reads in Akismet's dialect.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use crate::policy::Verdict;

use super::{FormError, Key, KeySitesQuery, SiteRow, Stats};

/// An answer, ready for HTTP. The length of the body goes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Names and values; values are visible ASCII and spaces.
    pub headers: Vec<(&'static str, String)>,
    /// The body, without a line break at its end.
    pub body: String,
}

/// A verdict on a comment.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// Whether the blog is to treat it as spam. What is held may be answered either way.
    pub spam: bool,
    /// Whether the blog may throw it away unseen. Means nothing where `spam` is not set.
    pub discard: bool,
    /// The verdict behind it.
    pub verdict: Verdict,
    /// Identifies the verdict, if it is stored.
    pub verdict_id: Option<String>,
    /// Probability of spam, from 0 to 1.
    pub spam_probability: f64,
    /// Probability that the comment was written under this post, from 0 to 1.
    pub relevance: f64,
    /// The strongest reasons, in words, the strongest first; empty where the caller may not see
    /// them.
    pub reasons: Vec<String>,
}

/// Why there is no proper answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Too many requests are being worked on.
    Overloaded,
    /// This key sends more requests than it may, or this address more wrong keys.
    TooFast {
        /// When to try again, in seconds.
        retry_after: u64,
    },
    /// What would have to be stored cannot be stored.
    Storage,
    /// The key is good, and not for this.
    Role,
    /// The request cannot be read.
    Malformed,
    /// The request is larger than what is read.
    TooLarge,
    /// The request takes too long to arrive.
    TooSlow,
}

impl From<&FormError> for Refusal {
    fn from(error: &FormError) -> Self {
        match error {
            FormError::BodyTooLong { .. } => Self::TooLarge,
            FormError::Json(_) | FormError::Multipart(_) => Self::Malformed,
        }
    }
}

impl Refusal {
    /// WordPress shows the first 50 bytes to the moderator, so there are no more.
    fn body(self) -> &'static str {
        match self {
            Self::Overloaded => "too many requests at once, try again soon",
            Self::TooFast { .. } => "too many requests, try again soon",
            Self::Storage => "the service cannot store anything now",
            Self::Role => "this key may check comments, and not decide",
            Self::Malformed => "the request could not be read",
            Self::TooLarge => "the request is too large",
            Self::TooSlow => "the request took too long to arrive",
        }
    }

    fn status(self) -> u16 {
        match self {
            Self::Overloaded | Self::Storage => 503,
            Self::TooFast { .. } => 429,
            Self::Role => 403,
            Self::Malformed => 400,
            Self::TooLarge => 413,
            Self::TooSlow => 408,
        }
    }

    fn retry_after(self) -> Option<u64> {
        match self {
            Self::Overloaded => Some(1),
            Self::TooFast { retry_after } => Some(retry_after),
            Self::Storage => Some(60),
            Self::Role | Self::Malformed | Self::TooLarge | Self::TooSlow => None,
        }
    }
}

/// What is answered.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// To `comment-check`: a verdict.
    Checked(Checked),
    /// To `verify-key`: the key is known.
    Valid,
    /// To anything that needs a key: it is missing or not known. The status is 200, because the
    /// clients that look at the body throw at any other.
    Invalid,
    /// To `submit-spam` and `submit-ham`.
    Thanks,
    /// To `get-subscription`: the account is in order.
    Subscription {
        /// A number for the account: that of the site.
        account: i64,
    },
    /// To `get-stats`.
    Stats(Stats),
    /// To `key-sites`.
    KeySites {
        /// What was asked for.
        query: KeySitesQuery,
        /// The key that was asked about.
        key: Key,
        /// All sites that use it.
        rows: Vec<SiteRow>,
    },
    /// To `usage-limit`: there is none.
    UsageLimit {
        /// Comments checked this month.
        calls: u64,
    },
    /// To `token`.
    Token {
        /// What the client is to hand on; letters and digits.
        token: String,
    },
    /// To `deactivate`.
    Deactivated,
    /// To `test`.
    Connected,
    /// To `compatible-plugins`: there is nothing to recommend.
    CompatiblePlugins,
    /// To anything: there is no proper answer.
    Refused {
        /// Why.
        refusal: Refusal,
        /// What is wrong, for whoever looks for it.
        detail: String,
    },
}

/// How many reasons are told.
const MOST_REASONS: usize = 5;

/// The longest header of reasons, in bytes. Node takes 16 KiB of headers in all, nginx 4 to 8 KiB by
/// default.
const REASONS_LIMIT: usize = 2_048;

/// The longest explanation of a refusal, in bytes.
const DETAIL_LIMIT: usize = 200;

/// Puts an answer into Akismet's words. `guid` is the name of the answer, which WordPress finds
/// its comment by: that of the verdict, or one that no other answer has.
///
/// A verdict is `true` or `false` with status 200 and carries neither `X-akismet-debug-help` nor
/// `X-akismet-alert-code`, at which clients throw. Where there is no verdict, that is what they
/// should do: the body is then neither `true` nor `false`, current WordPress holds the comment, and
/// `X-akismet-error` makes older versions hold it too.
pub fn respond(guid: String, answer: &Answer) -> Response {
    let mut response = Response {
        status: 200,
        headers: vec![("X-akismet-guid", guid)],
        body: String::new(),
    };
    let plain = "text/plain; charset=utf-8";
    let json = "application/json";
    let (content_type, body) = match answer {
        Answer::Checked(checked) => {
            describe(checked, &mut response.headers);
            (plain, checked.spam.to_string())
        }
        Answer::Valid => (plain, "valid".to_owned()),
        Answer::Invalid => {
            let help = "this service does not know the key".to_owned();
            response.headers.push(("X-akismet-debug-help", help));
            (plain, "invalid".to_owned())
        }
        Answer::Thanks => (
            plain,
            "Thanks for making the web a better place.".to_owned(),
        ),
        Answer::Subscription { account } => (json, subscription(*account)),
        Answer::Stats(stats) => (json, stats.json().to_string()),
        Answer::KeySites { query, key, rows } => query.report(key, rows.clone()),
        Answer::UsageLimit { calls } => (json, usage(*calls)),
        Answer::Token { token } => (plain, token.clone()),
        Answer::Deactivated => (plain, "deactivated".to_owned()),
        Answer::Connected => (plain, "connected".to_owned()),
        Answer::CompatiblePlugins => (json, "[]".to_owned()),
        Answer::Refused { refusal, detail } => {
            response.status = refusal.status();
            let help = visible(detail);
            response
                .headers
                .push(("X-akismet-error", refusal.body().to_owned()));
            response.headers.push(("X-akismet-debug-help", help));
            if let Some(seconds) = refusal.retry_after() {
                response.headers.push(("Retry-After", seconds.to_string()));
            }
            (plain, refusal.body().to_owned())
        }
    };
    response
        .headers
        .push(("Content-Type", content_type.to_owned()));
    response.body = body;
    response
}

/// The headers of a verdict. Every client ignores headers that it does not know.
fn describe(checked: &Checked, headers: &mut Vec<(&'static str, String)>) {
    if checked.spam && checked.discard {
        headers.push(("X-akismet-pro-tip", "discard".to_owned()));
    }
    let (spam, relevance) = (checked.spam_probability, checked.relevance);
    headers.extend([
        ("X-ontopic-verdict", checked.verdict.name().to_owned()),
        ("X-ontopic-spam", format!("{spam:.3}")),
        ("X-ontopic-relevance", format!("{relevance:.3}")),
    ]);
    if let Some(id) = &checked.verdict_id {
        headers.push(("X-ontopic-verdict-id", id.clone()));
    }
    if let Some(reasons) = reasons(&checked.reasons) {
        headers.push(("X-ontopic-reasons", reasons));
    }
}

/// A JSON array of strings, percent-encoded: as many of the first reasons as fit.
fn reasons(reasons: &[String]) -> Option<String> {
    (1..=reasons.len().min(MOST_REASONS))
        .rev()
        .map(|count| json!(reasons[..count]).to_string())
        .map(|array| utf8_percent_encode(&array, NON_ALPHANUMERIC).to_string())
        .find(|encoded| encoded.len() <= REASONS_LIMIT)
}

/// WordPress stores a key only if the status is `active`; it shows the name as the kind of
/// subscription. There are no bills, and no limit that could be reached.
fn subscription(account: i64) -> String {
    json!({
        "account_id": account,
        "account_name": "Ontopic",
        "account_type": "ontopic",
        "status": "active",
        "next_billing_date": false,
        "limit_reached": false,
    })
    .to_string()
}

fn usage(calls: u64) -> String {
    json!({"limit": "none", "usage": calls, "percentage": "0.00", "throttled": false}).to_string()
}

/// What may stand in a header.
fn visible(text: &str) -> String {
    text.chars()
        .take(DETAIL_LIMIT)
        .map(|c| match c {
            ' '..='~' => c,
            _ => '?',
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::akismet::{Counts, Fields, find_key, parse_query};
    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;

    fn checked() -> Checked {
        Checked {
            spam: true,
            discard: false,
            verdict: Verdict::Hold,
            verdict_id: Some("71".to_owned()),
            spam_probability: 0.9728,
            relevance: 0.12,
            reasons: vec!["fits any post".to_owned(), "« 4 words »".to_owned()],
        }
    }

    fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
        let found = response.headers.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.as_str())
    }

    fn refusals() -> [Refusal; 7] {
        [
            Refusal::Overloaded,
            Refusal::TooFast { retry_after: 7 },
            Refusal::Storage,
            Refusal::Role,
            Refusal::Malformed,
            Refusal::TooLarge,
            Refusal::TooSlow,
        ]
    }

    #[test]
    fn a_verdict_is_true_or_false_and_says_why() {
        let response = respond("g".to_owned(), &Answer::Checked(checked()));
        assert_eq!((response.status, response.body.as_str()), (200, "true"));
        assert_eq!(header(&response, "X-ontopic-verdict"), Some("hold"));
        assert_eq!(header(&response, "X-ontopic-verdict-id"), Some("71"));
        assert_eq!(header(&response, "X-ontopic-spam"), Some("0.973"));
        assert_eq!(header(&response, "X-ontopic-relevance"), Some("0.120"));
        let reasons = header(&response, "X-ontopic-reasons").unwrap();
        assert!(reasons.bytes().all(|byte| byte.is_ascii_graphic()));
        assert_eq!(
            percent_decode_str(reasons).decode_utf8().unwrap(),
            r#"["fits any post","« 4 words »"]"#
        );
        for name in [
            "X-akismet-debug-help",
            "X-akismet-alert-code",
            "X-akismet-pro-tip",
            "X-akismet-error",
        ] {
            assert_eq!(header(&response, name), None, "{name}");
        }
        let ham = Checked {
            spam: false,
            discard: true,
            reasons: Vec::new(),
            ..checked()
        };
        let response = respond("g".to_owned(), &Answer::Checked(ham));
        assert_eq!(response.body, "false");
        assert_eq!(header(&response, "X-akismet-pro-tip"), None);
        assert_eq!(header(&response, "X-ontopic-reasons"), None);
        let blatant = Checked {
            discard: true,
            ..checked()
        };
        let response = respond("g".to_owned(), &Answer::Checked(blatant));
        assert_eq!(header(&response, "X-akismet-pro-tip"), Some("discard"));
    }

    #[test]
    fn as_many_reasons_are_told_as_fit() {
        let told = |reasons: &[String]| -> Vec<String> {
            let encoded = super::reasons(reasons).unwrap_or_default();
            let decoded = percent_decode_str(&encoded).decode_utf8().unwrap();
            serde_json::from_str(&decoded).unwrap_or_default()
        };
        let short: Vec<String> = (0..9).map(|n| format!("reason {n}")).collect();
        assert_eq!(told(&short), short[..5]);
        let long: Vec<String> = (0..5).map(|_| "é".repeat(150)).collect();
        assert_eq!(told(&long), long[..2]);
        assert_eq!(super::reasons(&["é".repeat(1000)]), None);
    }

    #[test]
    fn no_verdict_is_neither_true_nor_false_and_says_so_to_every_client() {
        for refusal in refusals() {
            let detail = "línea\r\nX-evil: 1".to_owned();
            let response = respond("g".to_owned(), &Answer::Refused { refusal, detail });
            assert!(!["true", "false", "valid", "invalid"].contains(&response.body.as_str()));
            assert!((1..=50).contains(&response.body.len()), "{refusal:?}");
            assert!(response.status >= 400, "{refusal:?}");
            assert!(header(&response, "X-akismet-error").is_some());
            let help = header(&response, "X-akismet-debug-help");
            assert_eq!(help, Some("l?nea??X-evil: 1"));
            let waits = matches!(response.status, 429 | 503);
            assert_eq!(
                header(&response, "Retry-After").is_some(),
                waits,
                "{refusal:?}"
            );
        }
        let response = respond("g".to_owned(), &Answer::Invalid);
        assert_eq!((response.status, response.body.as_str()), (200, "invalid"));
        assert!(header(&response, "X-akismet-debug-help").is_some());
    }

    #[test]
    fn what_is_too_large_says_so() {
        let body = vec![b'a'; crate::akismet::BODY_LIMIT + 1];
        let error = crate::akismet::parse_body(None, &body).unwrap_err();
        assert_eq!(Refusal::from(&error), Refusal::TooLarge);
        let error = crate::akismet::parse_body(Some("application/json"), b"[]").unwrap_err();
        assert_eq!(Refusal::from(&error), Refusal::Malformed);
    }

    #[test]
    fn plain_answers_are_what_clients_compare_with() {
        let cases = [
            (Answer::Valid, "valid"),
            (Answer::Thanks, "Thanks for making the web a better place."),
            (Answer::Deactivated, "deactivated"),
            (Answer::Connected, "connected"),
            (Answer::CompatiblePlugins, "[]"),
            (
                Answer::Token {
                    token: "t0ken".to_owned(),
                },
                "t0ken",
            ),
        ];
        for (answer, expected) in cases {
            let response = respond("name".to_owned(), &answer);
            assert_eq!((response.status, response.body.as_str()), (200, expected));
            assert_eq!(header(&response, "X-akismet-guid"), Some("name"));
        }
    }

    #[test]
    fn figures_are_what_clients_parse() {
        let body = |answer: &Answer| -> serde_json::Value {
            let response = respond("g".to_owned(), answer);
            assert_eq!(header(&response, "Content-Type"), Some("application/json"));
            serde_json::from_str(&response.body).unwrap()
        };
        let subscription = body(&Answer::Subscription { account: 3 });
        assert_eq!(subscription["status"], "active");
        assert_eq!(subscription["account_id"], 3);
        assert_eq!(subscription["limit_reached"], false);
        assert_eq!(subscription["next_billing_date"], false);
        assert_eq!(
            body(&Answer::UsageLimit { calls: 7463 }),
            json!({"limit": "none", "usage": 7463, "percentage": "0.00", "throttled": false})
        );
        let counts = Counts {
            spam: 3,
            ham: 7,
            missed_spam: 1,
            false_positives: 0,
        };
        let stats = Stats {
            total: counts,
            breakdown: vec![("2026-11".to_owned(), counts)],
        };
        assert_eq!(
            body(&Answer::Stats(stats)),
            json!({
                "spam": 3, "ham": 7, "missed_spam": 1, "false_positives": 0,
                "accuracy": "90.00", "time_saved": 0,
                "breakdown": {"2026-11": {"spam": 3, "ham": 7, "missed_spam": 1, "false_positives": 0}},
            })
        );
        assert_eq!(
            body(&Answer::Stats(Stats::default()))["breakdown"],
            json!({})
        );
    }

    fn key_sites(query: &str) -> Response {
        let fields = parse_query(query).unwrap();
        let key = find_key(&Fields::default(), &fields, None).unwrap();
        let row = |site: &str, spam, ham| SiteRow {
            site: site.to_owned(),
            counts: Counts {
                spam,
                ham,
                ..Counts::default()
            },
        };
        let rows = vec![
            row("b.example", 1, 2),
            row("a.example", 9, 0),
            row("c, \"the\" blog", 0, 5),
        ];
        let query = KeySitesQuery::read(&fields, 1_795_283_060_000);
        respond("g".to_owned(), &Answer::KeySites { query, key, rows })
    }

    #[test]
    fn sites_are_filtered_ordered_and_cut() {
        let json = |query: &str| -> serde_json::Value {
            serde_json::from_str(&key_sites(query).body).unwrap()
        };
        let all = json("api_key=abcdef123456");
        assert_eq!(all["2026-11"][0]["site"], "a.example");
        assert_eq!(all["2026-11"][0]["api_calls"], "9");
        assert_eq!(all["2026-11"][0]["is_revoked"], false);
        assert_eq!(
            (&all["limit"], &all["offset"], &all["total"]),
            (&json!(500), &json!(0), &json!(3))
        );
        let by_ham = json("api_key=abcdef123456&order=ham&limit=1&offset=1&month=2022-09");
        assert_eq!(by_ham["2022-09"].as_array().unwrap().len(), 1);
        assert_eq!(by_ham["2022-09"][0]["site"], "b.example");
        assert_eq!(by_ham["total"], 3);
        let filtered = json("api_key=abcdef123456&filter=EXAMPLE&limit=x&month=soon");
        assert_eq!(
            (filtered["total"].as_u64(), filtered["limit"].as_u64()),
            (Some(2), Some(500))
        );
    }

    #[test]
    fn sites_come_as_csv_on_request() {
        let response = key_sites("api_key=abcdef123456&format=csv");
        assert_eq!(
            header(&response, "Content-Type"),
            Some("text/csv; charset=utf-8")
        );
        assert_eq!(
            response.body,
            "Active sites for abcdef123456 during 2026-11 (limit:500, offset: 0, total: 3)\n\
             Site,Total API Calls,Spam,Ham,Missed Spam,False Positives,Is Revoked\n\
             a.example,9,9,0,0,0,false\n\
             \"c, \"\"the\"\" blog\",5,0,5,0,0,false\n\
             b.example,3,1,2,0,0,false\n"
        );
    }

    proptest! {
        #[test]
        fn headers_can_be_sent_whatever_the_reasons_are(
            reasons in prop::collection::vec(any::<String>(), 0..8),
            detail in any::<String>(),
        ) {
            let checked = Checked { reasons, ..checked() };
            let refused = Answer::Refused { refusal: Refusal::Malformed, detail };
            for answer in [Answer::Checked(checked), refused] {
                let response = respond("g".to_owned(), &answer);
                let length: usize = response.headers.iter().map(|(_, value)| value.len()).sum();
                prop_assert!(length < 3_000);
                for (name, value) in response.headers {
                    prop_assert!(value.chars().all(|c| (' '..='~').contains(&c)), "{name}: {value}");
                }
            }
        }
    }
}
