//! Posts and comments as JSON, and the words, ids and times that requests and answers share.

use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{AnyOfBuilder, SchemaType};
use utoipa::openapi::{AllOfBuilder, ObjectBuilder, Ref, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::fields::Fields;
use super::list::List;
use super::problem::Problem;
use crate::comment::{Comment, Field, Kind, Label, Post, Role, limits};
use crate::json::{Key, Named, Object, OwnId, object, object_or_null, present, text, value};
use crate::moderation::Submission;
use crate::policy::Verdict;
use crate::storage::{Id, PostRecord};

/// Most comments of a thread that a caller may give.
const MOST_THREAD: usize = 200;

/// The keys of a comment of which one at least says something; see [`Comment::has_content`].
const CONTENT: [&str; 5] = ["body", "html", "author", "author_url", "author_email"];

/// What a person decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum WireLabel {
    /// Genuine.
    Ham,
    /// Spam.
    Spam,
}

impl From<WireLabel> for Label {
    fn from(label: WireLabel) -> Self {
        match label {
            WireLabel::Ham => Self::Ham,
            WireLabel::Spam => Self::Spam,
        }
    }
}

impl From<Label> for WireLabel {
    fn from(label: Label) -> Self {
        match label {
            Label::Ham => Self::Ham,
            Label::Spam => Self::Spam,
        }
    }
}

/// What to do with a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum WireVerdict {
    /// Show it.
    Publish,
    /// Keep it for the owner to look at.
    Hold,
    /// Put it with the spam.
    Spam,
}

impl From<Verdict> for WireVerdict {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Publish => Self::Publish,
            Verdict::Hold => Self::Hold,
            Verdict::Spam => Self::Spam,
        }
    }
}

/// What the blog knows of the account behind a comment.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum WireRole {
    /// No account.
    Visitor,
    /// An ordinary account.
    Member,
    /// Somebody who runs the blog.
    Staff,
}

/// A post. A key that is left out is unknown; null was left empty.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WirePost {
    /// Identifies the post within the site. With it, what is stored under it counts where nothing is
    /// given, and what is given is remembered.
    #[schema(value_type = Option<WireId>)]
    id: Option<OwnId>,
    /// The title, as text or HTML.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 2000)]
    title: Key<String>,
    /// The body, as text or HTML.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 1000000)]
    body: Key<String>,
    /// Where the post stands.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 2000)]
    url: Key<String>,
    /// Who wrote it.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 500)]
    author: Key<String>,
    /// Its tags or categories.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Vec<Tag>>, max_items = 200)]
    tags: Key<List<String, { limits::TAGS }>>,
}

/// An id of the blog's own: text, or a whole number, which stands for its digits.
pub(super) struct WireId;

impl WireId {
    fn description() -> ObjectBuilder {
        ObjectBuilder::new()
            .schema_type(SchemaType::from_iter([Type::String, Type::Integer]))
            .max_length(Some(limits::ID))
            .minimum(Some(isize::MIN))
            .maximum(Some(isize::MAX))
            .description(Some(
                "An id of the blog's own: text, or a whole number, which stands for its digits.",
            ))
    }

    /// One that is not empty, nor blank.
    pub(super) fn filled() -> Schema {
        let filled = Self::description().min_length(Some(1));
        filled.pattern(Some(r"\S")).into()
    }
}

impl PartialSchema for WireId {
    fn schema() -> RefOr<Schema> {
        Self::description().into()
    }
}

impl ToSchema for WireId {}

fn own(id: Option<&OwnId>) -> Option<&str> {
    id.map(|OwnId(id)| id.as_str())
}

/// A tag or category.
#[derive(ToSchema)]
#[schema(value_type = String, max_length = 500)]
#[expect(dead_code, reason = "describes the tags of WirePost")]
pub(super) struct Tag(String);

/// A comment. A key that is left out is unknown; null was left empty.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WireComment {
    /// The blog's own id of the comment. The same id again under the same post is an edit; where the post
    /// has no id, it is another comment.
    #[schema(value_type = Option<WireId>)]
    id: Option<OwnId>,
    /// The `id` of the comment that it answers.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<WireId>)]
    parent: Key<OwnId>,
    /// `comment`, `pingback`, `trackback`; anything else is `other`. `comment` if left out.
    #[schema(max_length = 100)]
    kind: Option<String>,
    /// The name given.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 1000)]
    author: Key<String>,
    /// The homepage given.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 4000)]
    author_url: Key<String>,
    /// The e-mail address given.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 1000)]
    author_email: Key<String>,
    /// The IP address that it came from, perhaps with a port. Not looked at by the model; kept as a
    /// digest. What is none, such as one that was made anonymous, is taken as it is written, and as
    /// unknown if it has more than 100 characters.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, examples("192.0.2.1", "[2001:db8::1]:443"))]
    address: Key<String>,
    /// The words, as text or HTML.
    #[schema(max_length = 100000)]
    body: Option<String>,
    /// The markup, where the body is without link targets; the body itself where there is no other.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 200000)]
    html: Key<String>,
    /// Whether the author of the post wrote it.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<bool>)]
    by_post_author: Key<bool>,
    /// Whether a field that people do not see was filled in.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<bool>)]
    honeypot: Key<bool>,
    /// Seconds between the delivery of the page and the comment.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<f64>, minimum = 0)]
    seconds_on_page: Key<f64>,
    /// The account behind it.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<WireRole>)]
    role: Key<Named<WireRole>>,
    /// In a thread: what was decided. On the comment that is asked about it is not looked at.
    #[schema(value_type = Option<WireLabel>)]
    label: Option<Named<WireLabel>>,
}

/// A question about a comment.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CheckRequest {
    /// The post. For a title, body, address or author that is left out, null or empty, what is stored
    /// under its `id` counts: no check takes these from a stored post.
    #[serde(default, deserialize_with = "object_or_null")]
    post: Option<WirePost>,
    /// The comments before, oldest first; if left out, those that are stored under the post.
    #[schema(value_type = Option<Vec<WireComment>>, max_items = 200)]
    thread: Option<List<Object<WireComment>, MOST_THREAD>>,
    #[serde(deserialize_with = "object")]
    #[schema(schema_with = comment_schema)]
    comment: WireComment,
    /// Whether to give all contributions, with their words; they sum to `score`.
    #[serde(default)]
    explain: bool,
    /// Whether to store nothing.
    #[serde(default)]
    dry_run: bool,
}

/// A comment that says something.
fn comment_schema() -> Schema {
    let one_of = CONTENT.into_iter().fold(AnyOfBuilder::new(), |all, key| {
        let text = ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(r"\S"));
        all.item(ObjectBuilder::new().property(key, text).required(key))
    });
    AllOfBuilder::new()
        .item(Ref::from_schema_name("WireComment"))
        .item(one_of)
        .description(Some(format!(
            "The comment: one of `{}` at least.",
            CONTENT.join("`, `")
        )))
        .into()
}

impl WirePost {
    pub(super) fn check(&self, at: &str, fields: &mut Fields) {
        let name = |field: &str| format!("{at}.{field}");
        fields.length(&name("id"), own(self.id.as_ref()), limits::ID);
        fields.key(&name("title"), &self.title, limits::TITLE);
        fields.key(&name("body"), &self.body, limits::POST_BODY);
        fields.key(&name("url"), &self.url, limits::URL);
        fields.key(&name("author"), &self.author, limits::POST_AUTHOR);
        if let Some(Some(tags)) = &self.tags {
            tags.check(&name("tags"), "tags", fields);
            for tag in &tags.kept {
                fields.length(&name("tags"), Some(tag), limits::TAG);
            }
        }
    }

    pub(super) fn id(&self) -> Option<&str> {
        own(self.id.as_ref())
    }

    pub(super) fn into_post(self) -> Post {
        Post {
            id: self.id.map(String::from).unwrap_or_default(),
            title: text(self.title),
            body: text(self.body),
            url: text(self.url),
            author: text(self.author),
            tags: match self.tags {
                None => Field::Unknown,
                Some(None) => Field::Empty,
                Some(Some(tags)) if tags.kept.is_empty() => Field::Empty,
                Some(Some(tags)) => Field::Known(tags.kept),
            },
        }
    }

    pub(super) fn into_record(self, id: String, updated: i64) -> PostRecord {
        let stored = |key: Key<String>| key.map(Option::unwrap_or_default);
        PostRecord {
            id,
            url: stored(self.url),
            title: stored(self.title),
            body: stored(self.body),
            author: stored(self.author),
            tags: self
                .tags
                .map(|tags| tags.map_or_else(Vec::new, |tags| tags.kept)),
            updated,
        }
    }
}

impl WireComment {
    fn check(&self, at: &str, fields: &mut Fields) {
        let name = |field: &str| format!("{at}.{field}");
        fields.length(&name("id"), own(self.id.as_ref()), limits::ID);
        let parent = self.parent.as_ref().and_then(Option::as_ref);
        fields.length(&name("parent"), own(parent), limits::ID);
        fields.length(&name("kind"), self.kind.as_deref(), limits::KIND);
        fields.key(&name("author"), &self.author, limits::AUTHOR);
        fields.key(&name("author_url"), &self.author_url, limits::AUTHOR_URL);
        fields.key(
            &name("author_email"),
            &self.author_email,
            limits::AUTHOR_EMAIL,
        );
        fields.length(&name("body"), self.body.as_deref(), limits::BODY);
        fields.key(&name("html"), &self.html, limits::HTML);
        if let Some(Some(seconds)) = self.seconds_on_page {
            fields.expect(
                seconds >= 0.0,
                &name("seconds_on_page"),
                "a number of at least 0",
                seconds.to_string(),
            );
        }
    }

    fn into_comment(self) -> Comment {
        Comment {
            id: self.id.map(String::from).unwrap_or_default(),
            parent: text(self.parent),
            kind: self.kind.as_deref().map_or(Kind::Comment, Kind::from_name),
            author: text(self.author),
            author_url: text(self.author_url),
            author_email: text(self.author_email),
            body: self.body.unwrap_or_default(),
            html: text(self.html),
            by_post_author: value(self.by_post_author),
            label: self.label.map(|Named(label)| label.into()),
            honeypot: value(self.honeypot),
            seconds_on_page: value(self.seconds_on_page),
            role: match value(self.role) {
                Field::Known(Named(WireRole::Visitor)) => Field::Known(Role::Visitor),
                Field::Known(Named(WireRole::Member)) => Field::Known(Role::Member),
                Field::Known(Named(WireRole::Staff)) => Field::Known(Role::Staff),
                Field::Empty => Field::Empty,
                Field::Unknown => Field::Unknown,
            },
            relevance: None,
        }
        .with_html_as_body()
    }
}

impl CheckRequest {
    /// As the moderator takes it.
    pub(super) fn into_submission(self, may_write_posts: bool) -> Result<Submission, Problem> {
        let mut fields = Fields::default();
        let post = self.post.unwrap_or_default();
        post.check("post", &mut fields);
        self.comment.check("comment", &mut fields);
        if let Some(thread) = &self.thread {
            thread.check("thread", "comments", &mut fields);
            for (index, Object(comment)) in thread.kept.iter().enumerate() {
                comment.check(&format!("thread[{index}]"), &mut fields);
            }
        }
        // Headers of a request may say anything: none keeps a comment from its verdict.
        let address = self.comment.address.clone().filter(|given| {
            let text = given.as_deref().unwrap_or_default();
            text.chars().count() <= limits::ADDRESS
        });
        let mut comment = self.comment.into_comment();
        comment.label = None;
        fields.expect(
            comment.has_content(),
            "comment",
            &format!("one of `{}` at least", CONTENT.join("`, `")),
            "nothing to judge".to_owned(),
        );
        fields.done()?;
        let mut post = post.into_post();
        // Many callers write null for what they do not know.
        for field in [
            &mut post.title,
            &mut post.body,
            &mut post.url,
            &mut post.author,
        ] {
            if field.value().is_none() {
                *field = Field::Unknown;
            }
        }
        let thread = self.thread.map(|thread| {
            let comments = thread.kept.into_iter();
            comments.map(|Object(it)| it.into_comment()).collect()
        });
        Ok(Submission {
            post,
            thread,
            comment,
            address: text(address),
            explain: self.explain,
            may_write_posts,
            dry_run: self.dry_run,
            ..Submission::default()
        })
    }
}

/// An id as text: 16 hexadecimal digits, the first below 8.
pub(super) fn id_text(id: Id) -> String {
    format!("{:016x}", id.0)
}

/// Reads [`id_text`].
pub(super) fn parse_id(text: &str) -> Option<Id> {
    let plain = text.len() == 16
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    let number = plain.then(|| i64::from_str_radix(text, 16).ok())??;
    Some(Id(number))
}

/// Milliseconds since 1970 as RFC 3339, in UTC.
pub(super) fn time_text(milliseconds: i64) -> String {
    let time = std::time::UNIX_EPOCH + std::time::Duration::from_millis(milliseconds.max(0) as u64);
    humantime::format_rfc3339_millis(time).to_string()
}
