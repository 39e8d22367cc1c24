//! A post and the comments under it.

use super::Field;

/// What a person decided about a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Label {
    /// Genuine.
    Ham,
    /// Spam; the positive class everywhere in this program.
    Spam,
}

impl Label {
    /// Reads [`Label::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Ham, Self::Spam]
            .into_iter()
            .find(|label| label.name() == name)
    }

    /// The stable name used in files, storage and figures.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ham => "ham",
            Self::Spam => "spam",
        }
    }
}

/// How a comment reached the blog.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Written into the form.
    #[default]
    Comment,
    /// Sent by the pingback protocol of another blog.
    Pingback,
    /// Sent by the trackback protocol of another blog.
    Trackback,
    /// Anything else the source names.
    Other,
}

impl Kind {
    /// Reads the names in use; anything unheard-of is [`Kind::Other`].
    pub fn from_name(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "comment" | "" => Self::Comment,
            "pingback" => Self::Pingback,
            "trackback" => Self::Trackback,
            _ => Self::Other,
        }
    }

    /// The stable name used in files and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Comment => "comment",
            Self::Pingback => "pingback",
            Self::Trackback => "trackback",
            Self::Other => "other",
        }
    }

    /// Whether a machine sent it on behalf of another page.
    pub fn is_notification(self) -> bool {
        matches!(self, Self::Pingback | Self::Trackback)
    }
}

/// What the blog knows of the account behind a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// No account.
    Visitor,
    /// An ordinary account.
    Member,
    /// Somebody who runs the blog.
    Staff,
}

impl Role {
    /// Reads [`Role::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Visitor, Self::Member, Self::Staff]
            .into_iter()
            .find(|role| role.name() == name)
    }

    /// The stable name used in files and storage.
    pub fn name(self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Member => "member",
            Self::Staff => "staff",
        }
    }
}

/// What stands above the comments.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Post {
    /// Identifies the post within its site.
    pub id: String,
    /// The title, as text or HTML.
    pub title: Field<String>,
    /// The body, as text or HTML.
    pub body: Field<String>,
    /// Where the post stands.
    pub url: Field<String>,
    /// Who wrote it.
    pub author: Field<String>,
    /// Its tags or categories.
    pub tags: Field<Vec<String>>,
}

/// One comment, as the form gave it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Comment {
    /// Identifies the comment within its thread.
    pub id: String,
    /// The `id` of the comment it answers.
    pub parent: Field<String>,
    /// How it reached the blog.
    pub kind: Kind,
    /// The name given.
    pub author: Field<String>,
    /// The homepage given.
    pub author_url: Field<String>,
    /// The e-mail address given; its domain and the digits in front of it are looked at.
    pub author_email: Field<String>,
    /// The words, as text or HTML. May be empty.
    pub body: String,
    /// The markup, where the source kept it beside a body without link targets; see
    /// [`Comment::with_html_as_body`].
    pub html: Field<String>,
    /// Whether the author of the post wrote it.
    pub by_post_author: Field<bool>,
    /// What a person decided, if anybody did. Read for the context of *later* comments and for
    /// learning, never for the verdict on the comment itself.
    pub label: Option<Label>,
    /// Whether a field that people do not see was filled in.
    pub honeypot: Field<bool>,
    /// Seconds between the delivery of the page and the comment.
    pub seconds_on_page: Field<f64>,
    /// The account behind it.
    pub role: Field<Role>,
    /// A judgement of relevance or helpfulness, where a data set has one. Only evaluation reads it.
    pub relevance: Option<String>,
}

impl Comment {
    /// The comment with its markup as the body where it has no other one: a body may be HTML, and of
    /// the markup beside a body only the targets of links are read.
    pub fn with_html_as_body(mut self) -> Self {
        if self.body.trim().is_empty()
            && let Field::Known(html) = &mut self.html
        {
            self.body = std::mem::take(html);
            self.html = Field::Unknown;
        }
        self
    }

    /// Whether there is anything to judge: words, or a name or an address of whoever wrote them.
    pub fn has_content(&self) -> bool {
        let fields = [&self.author, &self.author_url, &self.author_email];
        !self.body.trim().is_empty() || fields.iter().any(|field| field.value().is_some())
    }
}

/// A post with its comments, in the order in which they stand. "Before" means earlier in
/// `comments`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Thread {
    /// Identifies the blog.
    pub site: String,
    /// The post.
    pub post: Post,
    /// The comments, oldest first.
    pub comments: Vec<Comment>,
    /// Whether somebody made it up to learn from: it stood on no blog. Only training reads it.
    pub is_invented: bool,
    /// Whether a field that a comment lacks is unknown, even where other comments have it.
    pub missing_is_unknown: bool,
}

impl Thread {
    /// Tells what was left empty from what is unknown: a field that any comment has was there to be
    /// filled in, and those that lack it left it empty, unless the thread says otherwise.
    pub fn settle_missing(&mut self) {
        if self.missing_is_unknown {
            return;
        }
        fn settle<T>(comments: &mut [Comment], field: fn(&mut Comment) -> &mut Field<T>) {
            if comments
                .iter_mut()
                .all(|comment| field(comment).is_unknown())
            {
                return;
            }
            for field in comments.iter_mut().map(field) {
                if field.is_unknown() {
                    *field = Field::Empty;
                }
            }
        }
        let comments = &mut self.comments;
        settle(comments, |comment| &mut comment.author);
        settle(comments, |comment| &mut comment.author_url);
        settle(comments, |comment| &mut comment.author_email);
        settle(comments, |comment| &mut comment.html);
        settle(comments, |comment| &mut comment.by_post_author);
        settle(comments, |comment| &mut comment.honeypot);
        settle(comments, |comment| &mut comment.seconds_on_page);
        settle(comments, |comment| &mut comment.role);
    }
}
