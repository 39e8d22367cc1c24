//! Fields to what a client says about a comment.

use crate::comment::{
    Comment, Field, Fingerprint, Kind, Label, Post, Role, ip_address, limits, place, words_digest,
};

use super::unslash::{is_slashed, strip};
use super::{Fields, instant};

/// What a client says about a comment, when it asks (`comment-check`) and when it reports
/// (`submit-spam`, `submit-ham`).
///
/// What a client does not send is unknown, and what it sends empty was left empty. Names and words
/// are without WordPress's slashes.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckRequest {
    /// The address of the blog's front page.
    pub blog: Option<String>,
    /// The blog's id of the post.
    pub post: Option<String>,
    /// Where the post stands.
    pub permalink: Option<String>,
    /// Tags and categories of the post.
    pub tags: Field<Vec<String>>,
    /// The blog's id of the comment, which a new one has not got yet.
    pub comment: Option<String>,
    /// The blog's id of the comment that it answers.
    pub parent: Field<String>,
    /// How it reached the blog.
    pub kind: Kind,
    /// The name given.
    pub author: Field<String>,
    /// The e-mail address given.
    pub author_email: Field<String>,
    /// The homepage given.
    pub author_url: Field<String>,
    /// The words.
    pub content: String,
    /// The account behind it.
    pub role: Field<Role>,
    /// The network address, in its shortest spelling where it is one.
    pub user_ip: Field<String>,
    /// Whether a field that people do not see was filled in.
    pub honeypot: Field<bool>,
    /// Seconds between the delivery of the page and the comment.
    pub seconds_on_page: Field<f64>,
    /// Whether nothing is to be learned from it.
    pub is_test: bool,
    /// What has to be answered whatever the comment says, because a value made for tests says so.
    pub demanded: Option<Label>,
    /// Where the blog wants to be told of a later correction.
    pub callback: Option<String>,
    /// Why the blog asks again.
    pub recheck_reason: Option<String>,
    /// The verdict that it asks or reports about, as our answer named it. No part of Akismet's dialect:
    /// our plugin sends it, as WordPress changes words that it stores beyond recognition.
    pub verdict_id: Option<String>,
    /// Who reports, as the blog names them.
    pub reporter: Option<String>,
}

/// Names that mean: answer that this is spam.
const SPAM_NAMES: [&str; 2] = ["viagra-test-123", "akismet-guaranteed-spam"];

/// The e-mail address that means the same.
const SPAM_EMAIL: &str = "akismet-guaranteed-spam@example.com";

/// The role that means: answer that this is genuine.
const HAM_ROLE: &str = "administrator";

/// Roles of people who run a blog or write for it: WordPress's own, and those that common plugins
/// add. Contributors are left out, because blogs give that role to people who sign themselves up.
const STAFF: [&str; 8] = [
    HAM_ROLE,
    "super_admin",
    "editor",
    "author",
    "moderator",
    "admin",
    "owner",
    "shop_manager",
];

/// What no page was delivered before: 2001-09-09, when clocks began to show 13 digits of
/// milliseconds. WordPress's form carries a number up to 250 in place of the time when a browser
/// runs no scripts.
const EARLIEST: i64 = 1_000_000_000_000;

/// Whether a text has at most so many characters.
fn fits(text: &str, most: usize) -> bool {
    // Bytes are at least as many, and cheaper to count.
    text.len() <= most || text.chars().count() <= most
}

/// The first three quarters and the last one of what has more than so many characters: the parts in
/// which [`normalize`](crate::text::normalize) reads what is too long.
fn shortened(text: String, most: usize) -> String {
    if fits(&text, most) {
        return text;
    }
    let n_tail = most / 4;
    let head = text.chars().take(most - n_tail);
    let tail = text.char_indices().rev().nth(n_tail - 1);
    head.chain(text[tail.map_or(0, |(at, _)| at)..].chars())
        .collect()
}

impl CheckRequest {
    /// Reads the fields of a request that came at `now`, in milliseconds since 1970-01-01 UTC.
    pub fn read(fields: &Fields, now: i64) -> Self {
        let filled = |name: &str| fields.filled(name).map(str::to_owned);
        let id = |name: &str| {
            fields
                .filled(name)
                .filter(|id| *id != "0" && fits(id, limits::ID))
                .map(str::to_owned)
        };
        let address_of = |name: &str| filled(name).filter(|url| fits(url, limits::URL));
        let slashable = |name: &str| fields.get(name).unwrap_or_default();
        let [author, email, url, content] = [
            "comment_author",
            "comment_author_email",
            "comment_author_url",
            "comment_content",
        ];
        let slashed = is_slashed([author, email, url, content].map(slashable));
        let plain = |text: &str| {
            if slashed {
                strip(text)
            } else {
                text.to_owned()
            }
        };
        let plain_field = |name: &str, most: usize| match fields.get(name) {
            Some(text) => Field::from(shortened(plain(text), most).as_str()),
            None => Field::Unknown,
        };
        let author = plain_field(author, limits::AUTHOR);
        let author_email = plain_field(email, limits::AUTHOR_EMAIL);
        let written = fields.get("comment_date_gmt").and_then(instant);
        Self {
            blog: address_of("blog"),
            post: id("comment_post_ID"),
            permalink: address_of("permalink"),
            tags: tags(fields),
            comment: id("comment_ID"),
            parent: match fields.field("comment_parent") {
                Field::Known(parent) if parent.trim() == "0" => Field::Empty,
                Field::Known(parent) if !fits(&parent, limits::ID) => Field::Unknown,
                parent => parent,
            },
            kind: Kind::from_name(
                fields
                    .filled("comment_type")
                    .or_else(|| fields.filled("content_type"))
                    .unwrap_or_default(),
            ),
            demanded: demanded(fields, &author, &author_email),
            author,
            author_email,
            author_url: plain_field(url, limits::AUTHOR_URL),
            content: shortened(plain(slashable(content)), limits::BODY),
            role: role(fields),
            user_ip: address(fields),
            honeypot: honeypot(fields),
            seconds_on_page: seconds_on_page(fields, written.unwrap_or(now)),
            is_test: truth(fields, "is_test") == Some(true),
            callback: address_of("callback"),
            recheck_reason: filled("recheck_reason"),
            verdict_id: filled("ontopic_verdict_id"),
            reporter: filled("reporter").filter(|name| fits(name, limits::REPORTER)),
        }
    }

    /// The comment, for judging. A new comment has no id.
    pub fn to_comment(&self) -> Comment {
        Comment {
            id: self.comment.clone().unwrap_or_default(),
            parent: self.parent.clone(),
            kind: self.kind,
            author: self.author.clone(),
            author_url: self.author_url.clone(),
            author_email: self.author_email.clone(),
            body: self.content.clone(),
            honeypot: self.honeypot,
            seconds_on_page: self.seconds_on_page,
            role: self.role,
            ..Comment::default()
        }
    }

    /// By what a report finds its check. Reports carry nothing better; the name of the answer is not
    /// sent back.
    pub fn fingerprint(&self) -> Fingerprint {
        let author = self.author.text().unwrap_or_default();
        Fingerprint {
            words: words_digest(author, &self.content),
            blog: self.blog.as_deref().map(place),
            post: self.post.clone(),
            page: self.permalink.as_deref().map(place),
        }
    }

    /// What the request says about the post: no words of it but its tags.
    pub fn to_post(&self) -> Post {
        Post {
            id: self.post.clone().unwrap_or_default(),
            url: match &self.permalink {
                Some(url) => Field::Known(url.clone()),
                None => Field::Unknown,
            },
            tags: self.tags.clone(),
            ..Post::default()
        }
    }
}

fn tags(fields: &Fields) -> Field<Vec<String>> {
    let Some(tags) = fields.list("comment_context") else {
        return Field::Unknown;
    };
    let tags: Vec<String> = tags
        .into_iter()
        .map(str::trim)
        .filter(|tag| !tag.is_empty())
        .map(str::to_owned)
        .collect();
    if tags.is_empty() {
        Field::Empty
    } else {
        Field::Known(tags)
    }
}

/// A value made for tests. Spam wins where both are there: nobody is called that by accident, while
/// an administrator may well be the one who tests.
fn demanded(fields: &Fields, author: &Field<String>, email: &Field<String>) -> Option<Label> {
    let is_spam_name = author
        .value()
        .is_some_and(|name| SPAM_NAMES.contains(&name.trim()));
    let is_spam_email = email
        .value()
        .is_some_and(|email| email.trim().eq_ignore_ascii_case(SPAM_EMAIL));
    if is_spam_name || is_spam_email {
        return Some(Label::Spam);
    }
    roles(fields)
        .any(|role| role == HAM_ROLE)
        .then_some(Label::Ham)
}

/// The roles of the account; WordPress separates several by commas.
fn roles(fields: &Fields) -> impl Iterator<Item = String> {
    let all = fields.get("user_role").unwrap_or_default();
    all.split(',')
        .map(|role| role.trim().to_ascii_lowercase())
        .filter(|role| !role.is_empty())
}

/// WordPress names the role of those who are signed in only, and sends the number 0 as the account
/// of everybody else.
fn role(fields: &Fields) -> Field<Role> {
    let mut roles = roles(fields).peekable();
    if roles.peek().is_some() {
        let is_staff = roles.any(|role| STAFF.contains(&role.as_str()));
        return Field::Known(if is_staff { Role::Staff } else { Role::Member });
    }
    match fields
        .filled("user_id")
        .or_else(|| fields.filled("user_ID"))
    {
        Some("0") => Field::Known(Role::Visitor),
        Some(_) => Field::Known(Role::Member),
        None => match fields.get("user_role") {
            Some(_) => Field::Empty,
            None => Field::Unknown,
        },
    }
}

/// Addresses in one form. What is none, such as one that was made anonymous, stays as it is: a report
/// finds its check by it.
fn address(fields: &Fields) -> Field<String> {
    match fields.field("user_ip") {
        Field::Known(text) => match ip_address(&text) {
            Some(address) => Field::Known(address.to_string()),
            None if !fits(&text, limits::ADDRESS) => Field::Unknown,
            None => Field::Known(text.trim().to_owned()),
        },
        other => other,
    }
}

/// The field of WordPress's form, and the one that the client names, which WordPress sends with
/// `POST_` before its name. One that is filled in says it, whatever the others say; fields that did
/// not come say nothing.
fn honeypot(fields: &Fields) -> Field<bool> {
    let named = fields.filled("honeypot_field_name");
    let of_form = named.map(|name| format!("POST_{name}"));
    let names = [named, of_form.as_deref(), Some("POST_ak_hp_textarea")];
    let values = names.iter().flatten().filter_map(|name| fields.get(name));
    let is_filled = values.map(|value| !value.trim().is_empty());
    is_filled
        .reduce(|one, other| one || other)
        .map_or(Field::Unknown, Field::Known)
}

/// WordPress's form says when the browser showed the page (`ak_js`) and when it sent the form
/// (`ak_bfs`), both by the visitor's own clock. Without the second the comment's own time or that of
/// the request takes its place; clocks differ, so what would be negative is unknown.
fn seconds_on_page(fields: &Fields, written: i64) -> Field<f64> {
    let milliseconds = |name: &str| -> Option<i64> {
        let time = fields.filled(name)?.parse().ok()?;
        (time >= EARLIEST).then_some(time)
    };
    let Some(shown) = milliseconds("POST_ak_js").or_else(|| milliseconds("ak_js")) else {
        return Field::Unknown;
    };
    let sent = milliseconds("POST_ak_bfs").or_else(|| milliseconds("ak_bfs"));
    match sent.unwrap_or(written).checked_sub(shown) {
        Some(elapsed) if elapsed >= 0 => Field::Known(elapsed as f64 / 1000.0),
        _ => Field::Unknown,
    }
}

/// A truth value by what it says: clients send `is_test=False`.
fn truth(fields: &Fields, name: &str) -> Option<bool> {
    match fields.filled(name)?.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::akismet::parse_query;

    const NOW: i64 = 1_795_283_060_000;

    fn read(query: &str) -> CheckRequest {
        CheckRequest::read(&parse_query(query).unwrap(), NOW)
    }

    #[test]
    fn nothing_sent_is_nothing_known() {
        let request = read("");
        assert_eq!(request.to_comment(), Comment::default());
        assert_eq!(request.to_post(), Post::default());
        assert_eq!(request.demanded, None);
        assert!(!request.is_test);
    }

    #[test]
    fn ids_and_addresses_that_are_too_long_are_left_out() {
        let of_lengths = |id: usize, address: usize| {
            let (id, address) = ("é".repeat(id), "é".repeat(address));
            read(&format!(
                "comment_post_ID={id}&comment_ID={id}&comment_parent={id}&blog={address}\
                 &permalink={address}&callback={address}&comment_content=Good+morning"
            ))
        };
        let whole = of_lengths(500, 2000);
        assert!(whole.post.is_some() && whole.comment.is_some() && whole.parent.text().is_some());
        assert!(whole.blog.is_some() && whole.permalink.is_some() && whole.callback.is_some());
        assert_eq!(of_lengths(501, 2001), read("comment_content=Good+morning"));
    }

    #[test]
    fn what_is_judged_is_shortened_and_keeps_its_end() {
        let of_length = |length: usize| {
            let text = "é".repeat(length - 1);
            read(&format!(
                "comment_author={text}a&comment_author_email={text}b&comment_author_url={text}c\
                 &comment_content={text}d&reporter={text}e"
            ))
        };
        let long = of_length(100_001);
        let author = long.author.text().unwrap();
        assert_eq!(
            (author.chars().count(), author.ends_with("éa")),
            (1000, true)
        );
        assert_eq!(long.author_email.text().unwrap().chars().count(), 1000);
        assert_eq!(long.author_url.text().unwrap().chars().count(), 4000);
        assert!(long.content.chars().count() == 100_000 && long.content.ends_with("éd"));
        assert_eq!(
            (long.reporter, of_length(200).reporter.is_some()),
            (None, true)
        );
        assert_eq!(
            of_length(1000).author.text(),
            Some(&*("é".repeat(999) + "a"))
        );
    }

    #[test]
    fn the_kind_has_two_names() {
        let cases = [
            ("comment_type=pingback", Kind::Pingback),
            ("comment_type=trackback", Kind::Trackback),
            ("content_type=forum-post", Kind::Other),
            ("comment_type=&content_type=pingback", Kind::Pingback),
            ("comment_type=comment&content_type=pingback", Kind::Comment),
            ("comment_type", Kind::Comment),
        ];
        for (query, expected) in cases {
            assert_eq!(read(query).kind, expected, "{query}");
        }
    }

    #[test]
    fn roles_say_who_runs_the_blog() {
        let cases = [
            ("user_role=administrator", Field::Known(Role::Staff)),
            ("user_role=subscriber,Editor", Field::Known(Role::Staff)),
            ("user_role=contributor", Field::Known(Role::Member)),
            ("user_role&user_id=0", Field::Known(Role::Visitor)),
            ("user_ID=0", Field::Known(Role::Visitor)),
            ("user_role&user_id=12", Field::Known(Role::Member)),
            ("user_role", Field::Empty),
            ("", Field::Unknown),
        ];
        for (query, expected) in cases {
            assert_eq!(read(query).role, expected, "{query}");
        }
    }

    #[test]
    fn values_made_for_tests_demand_an_answer() {
        let cases = [
            ("comment_author=viagra-test-123", Some(Label::Spam)),
            ("comment_author=akismet-guaranteed-spam", Some(Label::Spam)),
            (
                "comment_author_email=Akismet-Guaranteed-Spam@Example.com",
                Some(Label::Spam),
            ),
            ("user_role=administrator", Some(Label::Ham)),
            ("user_role=author,administrator", Some(Label::Ham)),
            (
                "user_role=administrator&comment_author=viagra-test-123",
                Some(Label::Spam),
            ),
            ("comment_content=viagra-test-123", None),
            ("comment_author=viagra-test-1234&user_role=editor", None),
        ];
        for (query, expected) in cases {
            assert_eq!(read(query).demanded, expected, "{query}");
        }
    }

    #[test]
    fn a_test_is_told_by_the_value() {
        for (value, expected) in [
            ("1", true),
            ("true", true),
            ("True", true),
            ("False", false),
            ("0", false),
            ("", false),
        ] {
            assert_eq!(
                read(&format!("is_test={value}")).is_test,
                expected,
                "{value}"
            );
        }
    }

    #[test]
    fn hidden_fields_count_where_the_form_has_them() {
        let cases = [
            ("POST_ak_hp_textarea", Field::Known(false)),
            ("POST_ak_hp_textarea=buy", Field::Known(true)),
            ("honeypot_field_name=hp&hp=x", Field::Known(true)),
            ("honeypot_field_name=hp&hp=", Field::Known(false)),
            ("honeypot_field_name=hp&POST_hp=x", Field::Known(true)),
            ("honeypot_field_name=hp&POST_hp", Field::Known(false)),
            (
                "honeypot_field_name=hp&hp=&POST_ak_hp_textarea=x",
                Field::Known(true),
            ),
            ("honeypot_field_name=hp", Field::Unknown),
            ("honeypot_field_name&hp=x", Field::Unknown),
            ("", Field::Unknown),
        ];
        for (query, expected) in cases {
            assert_eq!(read(query).honeypot, expected, "{query}");
        }
    }

    #[test]
    fn time_on_the_page_is_known_where_two_clocks_agree() {
        let shown = NOW - 4_200;
        let cases = [
            (format!("POST_ak_js={shown}"), Field::Known(4.2)),
            (format!("ak_js={shown}"), Field::Known(4.2)),
            // Both times by the visitor's clock, which is an hour fast.
            (
                format!(
                    "POST_ak_js={}&POST_ak_bfs={}",
                    NOW + 3_600_000,
                    NOW + 3_601_500
                ),
                Field::Known(1.5),
            ),
            (format!("POST_ak_js={}", NOW + 1), Field::Unknown),
            // No script ran.
            ("POST_ak_js=117".to_owned(), Field::Unknown),
            ("POST_ak_js=soon".to_owned(), Field::Unknown),
            // A report comes later than the comment.
            (
                format!(
                    "POST_ak_js={}&comment_date_gmt=2026-11-20+17:44:20",
                    NOW - 86_400_000 - 9_000
                ),
                Field::Known(9.0),
            ),
        ];
        for (query, expected) in cases {
            assert_eq!(read(&query).seconds_on_page, expected, "{query}");
        }
    }

    #[test]
    fn addresses_are_brought_into_one_spelling() {
        let cases = [
            ("192.0.2.7", Field::Known("192.0.2.7".to_owned())),
            ("::ffff:192.0.2.7", Field::Known("192.0.2.7".to_owned())),
            ("2001:0DB8:0:0::1", Field::Known("2001:db8::1".to_owned())),
            ("192.0.2.7:80", Field::Known("192.0.2.7".to_owned())),
            ("[2001:db8::1]", Field::Known("2001:db8::1".to_owned())),
            ("192.0.2.x", Field::Known("192.0.2.x".to_owned())),
            ("", Field::Empty),
        ];
        for (address, expected) in cases {
            assert_eq!(
                read(&format!("user_ip={address}")).user_ip,
                expected,
                "{address}"
            );
        }
    }

    #[test]
    fn names_and_words_lose_their_slashes_together() {
        let request = read(r"comment_author=O\'Brien&comment_content=plain");
        assert_eq!(request.author, Field::Known("O'Brien".to_owned()));
        let request = read(r#"comment_author=O'Brien&comment_content=say+\"no\""#);
        assert_eq!(request.content, r#"say \"no\""#);
    }

    #[test]
    fn ids_of_nothing_are_none() {
        let request = read("comment_parent=0&comment_post_ID=0&comment_ID=");
        assert_eq!(request.parent, Field::Empty);
        assert_eq!((request.post, request.comment), (None, None));
        let request =
            read("comment_parent=12&comment_post_ID=7&comment_ID=13&comment_context=a&permalink=u");
        assert_eq!(request.parent, Field::Known("12".to_owned()));
        let post = request.to_post();
        assert_eq!(
            (post.id.as_str(), request.to_comment().id.as_str()),
            ("7", "13")
        );
        assert_eq!(post.url, Field::Known("u".to_owned()));
        assert_eq!(post.tags, Field::Known(vec!["a".to_owned()]));
        assert_eq!(read("comment_context").tags, Field::Empty);
    }
}
