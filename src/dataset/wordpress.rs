//! A WordPress export (WXR 1.0 to 1.2, `wp-admin/includes/export.php`): XML in, the lines of a thread
//! file out, one for each post.
//!
//! What was published is ham, and what is marked as spam is spam; what waits, or lies in the trash, is
//! undecided: people throw away much that is no spam. WordPress of today leaves spam out of its exports,
//! but for what lies in the trash after its owner told Akismet so.

use std::collections::{HashMap, HashSet};
use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};

use encoding_rs::{Encoding, UTF_8};
use memchr::memmem;
use quick_xml::Reader;
use quick_xml::errors::SyntaxError;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use serde::Serialize;

use super::decoded::Decoded;
use crate::json::{without_mark, without_middle};

/// Why an export cannot be read to its end.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// It is no XML.
    #[error("expected XML at byte {at}: {}", without_middle(.error.to_string()))]
    Xml {
        /// Where, from 0.
        at: u64,
        /// What is wrong there. It holds what its own sources say.
        error: quick_xml::Error,
    },
    /// It is in another encoding than the one that it declares, or than UTF-8.
    #[error(
        "expected {expected}, found mostly other bytes, the first at {at}: save it as UTF-8, or let its first \
         line name its encoding, such as `<?xml version=\"1.0\" encoding=\"windows-1252\"?>`"
    )]
    Encoding {
        /// The encoding that it declares, or UTF-8.
        expected: &'static str,
        /// Where, from 0.
        at: u64,
    },
    /// It is XML, but nothing that WordPress has exported.
    #[error("expected a WordPress export, with `<wp:wxr_version>` before its posts, found {}", without_middle(format!("`<{}>`", .0)))]
    Foreign(String),
    /// It is XML without anything that WordPress has exported, and without posts.
    #[error("expected a WordPress export, found XML without `<wp:wxr_version>`")]
    NoVersion,
    /// It ends too early.
    #[error("expected {}, found the end of the file: export it again", without_middle(format!("`</{}>`", .0)))]
    CutShort(String),
}

/// The posts of an export, one after the other, as lines of a thread file.
pub(super) struct Export {
    xml: Reader<Bounded>,
    /// The elements that are open, the outermost first.
    open: Vec<String>,
    /// The text of the innermost element so far.
    text: String,
    is_wordpress: bool,
    site: String,
    author: Author,
    /// Those who may write posts, by their login.
    authors: HashMap<String, Author>,
    /// The numbers of their accounts.
    staff: HashSet<String>,
    item: Item,
    comment: Comment,
    meta_key: String,
}

#[derive(Default)]
struct Author {
    id: String,
    login: String,
    name: String,
}

/// What is read of a post.
#[derive(Default)]
struct Item {
    post: Post,
    kind: String,
    status: String,
    login: String,
    comments: Vec<Comment>,
}

#[derive(Default)]
struct Comment {
    posted: String,
    posted_gmt: String,
    approved: String,
    /// Whether somebody told Akismet that it is spam.
    is_reported: bool,
    /// The number of the account behind it, 0 for none. Old exports do not have it.
    account: Option<String>,
    line: CommentLine,
}

#[derive(Serialize)]
struct Line<'a> {
    site: &'a str,
    post: &'a Post,
    comments: Vec<&'a CommentLine>,
}

#[derive(Default, Serialize)]
struct Post {
    id: String,
    title: String,
    body: String,
    url: String,
    author: String,
    tags: Vec<String>,
}

/// Where something may be unknown, a key that is left out says so.
#[derive(Default, Serialize)]
struct CommentLine {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<String>,
    kind: String,
    author: String,
    author_url: String,
    author_email: String,
    body: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    by_post_author: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    label: Option<&'static str>,
}

impl Export {
    /// Where XML begins in a file that begins so, in bytes; `None` if it is none. A byte order mark or a
    /// warning of PHP may stand before it.
    pub(super) fn begins_at(start: &[u8]) -> Option<usize> {
        let text = without_mark(start).trim_ascii_start();
        // Comments may quote XML.
        if text.starts_with(b"{") || text.starts_with(b"[") {
            return None;
        }
        let find = |what: &str| memmem::find(start, what.as_bytes());
        let is_xml = text.starts_with(b"<");
        let bare = || is_xml.then_some(start.len() - text.len());
        find("<?xml").or_else(|| find("<rss")).or_else(bare)
    }

    /// Reads what begins so, XML from `at` on, and goes on with `rest`. A post with its comments has at
    /// most `limit` bytes.
    pub(super) fn new(
        mut start: Vec<u8>,
        at: usize,
        rest: Box<dyn Read + Send>,
        limit: usize,
    ) -> Self {
        // Blanks are no error, and places stay what they are.
        start[..at].fill(b' ');
        let encoding = declared_encoding(&start);
        let whole = BufReader::with_capacity(1 << 16, Cursor::new(start).chain(rest));
        let limit = limit as u64;
        let mut xml = Reader::from_reader(Bounded {
            input: Decoded::new(whole, encoding),
            limit,
            left: limit,
        });
        xml.config_mut().expand_empty_elements = true;
        // WordPress writes the addresses of homepages bare.
        xml.config_mut().allow_dangling_amp = true;
        Self {
            xml,
            open: Vec::new(),
            text: String::new(),
            is_wordpress: false,
            site: String::new(),
            author: Author::default(),
            authors: HashMap::new(),
            staff: HashSet::new(),
            item: Item::default(),
            comment: Comment::default(),
            meta_key: String::new(),
        }
    }

    /// The next post that is published or has comments; `None` at the end.
    pub(super) fn next_line(&mut self) -> Result<Option<Vec<u8>>, ExportError> {
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            let event = self.xml.read_event_into(&mut buffer);
            let event = event.map_err(|error| self.error(error))?;
            let input = &self.xml.get_ref().input;
            if input.is_foreign() {
                return Err(ExportError::Encoding {
                    expected: input.encoding().name(),
                    at: input.mended().1,
                });
            }
            match event {
                Event::Start(element) => {
                    let name = element.name().as_ref().to_owned();
                    self.begin(name)?;
                }
                Event::Text(text) => self.text.push_str(&text),
                Event::CData(text) => self.text.push_str(&text),
                Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                    Ok(Some(character)) => self.text.push(character),
                    _ => match resolve_predefined_entity(&reference) {
                        Some(text) => self.text.push_str(text),
                        // An entity of HTML, which means the same in the text of a comment.
                        None => self.text.extend(["&", &reference, ";"]),
                    },
                },
                Event::End(_) => {
                    let name = self.open.pop().unwrap_or_default();
                    self.end(&name);
                    if name == "item" && self.item.is_thread() {
                        return Ok(Some(self.line()));
                    }
                }
                Event::Eof => {
                    return match self.open.pop() {
                        Some(name) => Err(ExportError::CutShort(name)),
                        None if !self.is_wordpress => Err(ExportError::NoVersion),
                        None => Ok(None),
                    };
                }
                _ => {}
            }
        }
    }

    /// How many pieces of what was read so far were no text and are read as U+FFFD, and where the first
    /// is, in bytes from 0.
    pub(super) fn mended(&self) -> (u64, u64) {
        self.xml.get_ref().input.mended()
    }

    fn error(&self, error: quick_xml::Error) -> ExportError {
        let at = self.xml.error_position();
        match (error, self.open.last()) {
            // Nothing was left in which the end of a tag or a text could be.
            (quick_xml::Error::Syntax(error), Some(open))
                if error != SyntaxError::InvalidBangMarkup =>
            {
                ExportError::CutShort(open.clone())
            }
            (error, _) => ExportError::Xml { at, error },
        }
    }

    fn begin(&mut self, name: String) -> Result<(), ExportError> {
        self.text.clear();
        match name.as_str() {
            _ if self.open.is_empty() && name != "rss" => return Err(ExportError::Foreign(name)),
            "item" if !self.is_wordpress => return Err(ExportError::Foreign(name)),
            "item" => {
                self.item = Item::default();
                let bounded = self.xml.get_mut();
                bounded.left = bounded.limit;
            }
            "wp:author" => self.author = Author::default(),
            "wp:comment" => self.comment = Comment::default(),
            _ => {}
        }
        self.open.push(name);
        Ok(())
    }

    /// Takes the text of the element that has just ended.
    fn end(&mut self, name: &str) {
        let text = std::mem::take(&mut self.text);
        let parent = self.open.last().map_or("", String::as_str);
        let (author, item, comment) = (&mut self.author, &mut self.item, &mut self.comment);
        match (parent, name) {
            ("channel", "wp:wxr_version") => self.is_wordpress = true,
            ("channel", "link") if self.site.is_empty() => self.site = site(&text),
            ("channel", "wp:base_blog_url") => self.site = site(&text),
            ("channel", "wp:author") => {
                let author = std::mem::take(author);
                self.staff.insert(author.id.clone());
                self.authors.insert(author.login.clone(), author);
            }
            ("wp:author", "wp:author_id") => author.id = text,
            ("wp:author", "wp:author_login") => author.login = text,
            ("wp:author", "wp:author_display_name") => author.name = text,
            ("item", "title") => item.post.title = text,
            ("item", "link") => item.post.url = text,
            ("item", "dc:creator") => item.login = text,
            ("item", "content:encoded") => item.post.body = text,
            ("item", "category") => item.post.tags.push(text),
            ("item", "wp:post_id") => item.post.id = text,
            ("item", "wp:post_type") => item.kind = text,
            ("item", "wp:status") => item.status = text,
            ("item", "wp:comment") => {
                let comment = std::mem::take(comment);
                if comment.is_of_a_reader() {
                    item.comments.push(comment);
                }
            }
            ("wp:comment", "wp:comment_id") => comment.line.id = text,
            ("wp:comment", "wp:comment_parent") => {
                comment.line.parent = Some(text).filter(|parent| parent != "0");
            }
            ("wp:comment", "wp:comment_type") => comment.line.kind = text,
            ("wp:comment", "wp:comment_author") => comment.line.author = text,
            ("wp:comment", "wp:comment_author_url") => comment.line.author_url = text,
            ("wp:comment", "wp:comment_author_email") => comment.line.author_email = text,
            ("wp:comment", "wp:comment_content") => comment.line.body = text,
            ("wp:comment", "wp:comment_date") => comment.posted = text,
            ("wp:comment", "wp:comment_date_gmt") => comment.posted_gmt = text,
            ("wp:comment", "wp:comment_approved") => comment.approved = text,
            ("wp:comment", "wp:comment_user_id") => comment.account = Some(text),
            ("wp:commentmeta", "wp:meta_key") => self.meta_key = text,
            ("wp:commentmeta", "wp:meta_value") if self.meta_key == "akismet_user_result" => {
                comment.is_reported = text == "true";
            }
            _ => {}
        }
    }

    /// The post that has just ended as a line.
    fn line(&mut self) -> Vec<u8> {
        let mut item = std::mem::take(&mut self.item);
        let author = self.authors.get(&item.login);
        item.post.author = match author.filter(|author| !author.name.is_empty()) {
            Some(author) => author.name.clone(),
            None => item.login,
        };
        // The time orders comments, and nothing else may read it.
        item.comments
            .sort_by(|a, b| a.posted_at().cmp(b.posted_at()));
        for comment in &mut item.comments {
            comment.line.label = comment.label();
            let account = comment.account.as_deref();
            comment.line.role = account.map(|account| match account {
                "0" => "visitor",
                _ if self.staff.contains(account) => "staff",
                _ => "member",
            });
            comment.line.by_post_author = account
                .zip(author)
                .map(|(account, author)| account == author.id);
        }
        let line = Line {
            site: &self.site,
            post: &item.post,
            comments: item.comments.iter().map(|comment| &comment.line).collect(),
        };
        serde_json::to_vec(&line).expect("texts and lists can be written")
    }
}

impl Item {
    /// Attachments, menus and drafts are no threads, unless somebody has commented on them.
    fn is_thread(&self) -> bool {
        let is_post = matches!(self.kind.as_str(), "post" | "page") && self.status == "publish";
        is_post || !self.comments.is_empty()
    }
}

impl Comment {
    /// Shops, forms and task lists keep their notes as comments, under kinds of their own.
    fn is_of_a_reader(&self) -> bool {
        let kind = self.line.kind.as_str();
        ["", "comment", "pingback", "trackback", "review"].contains(&kind)
    }

    fn label(&self) -> Option<&'static str> {
        match self.approved.as_str() {
            "1" => Some("ham"),
            "spam" => Some("spam"),
            _ => self.is_reported.then_some("spam"),
        }
    }

    /// When it was posted, in a form that sorts. Imported comments may have no time of Greenwich.
    fn posted_at(&self) -> &str {
        if self.posted_gmt.is_empty() || self.posted_gmt.starts_with("0000") {
            &self.posted
        } else {
            &self.posted_gmt
        }
    }
}

/// The encoding that an XML declaration names, or else UTF-8.
fn declared_encoding(start: &[u8]) -> &'static Encoding {
    let mut xml = Reader::from_reader(start.trim_ascii_start());
    let encoding = match xml.read_event_into(&mut Vec::new()) {
        Ok(Event::Decl(declaration)) => declaration.encoder(),
        _ => None,
    };
    // The declaration has been read byte by byte, so it cannot be what others say.
    encoding
        .filter(|it| it.is_ascii_compatible())
        .unwrap_or(UTF_8)
}

/// The name of a blog: its address without scheme.
fn site(url: &str) -> String {
    let name = url.split_once("://").map_or(url, |(_, rest)| rest);
    name.trim().trim_end_matches('/').to_owned()
}

type Whole = BufReader<Chain<Cursor<Vec<u8>>, Box<dyn Read + Send>>>;

/// A stream of which so much may be read before the next post must begin: a few bytes of gzip unpack to
/// very many.
struct Bounded {
    input: Decoded<Whole>,
    limit: u64,
    left: u64,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.fill_buf()?.read(buffer)?;
        self.consume(n);
        Ok(n)
    }
}

impl BufRead for Bounded {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            let limit = self.limit;
            return Err(io::Error::other(format!(
                "expected a post with its comments of at most {limit} bytes, found a longer one"
            )));
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX);
        let bytes = self.input.fill_buf()?;
        Ok(&bytes[..bytes.len().min(most)])
    }

    fn consume(&mut self, n: usize) {
        self.left = self.left.saturating_sub(n as u64);
        self.input.consume(n);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn export(xml: impl Into<Vec<u8>>, limit: usize) -> Result<Vec<Value>, ExportError> {
        let start = xml.into();
        let at = Export::begins_at(&start).unwrap();
        let mut export = Export::new(start, at, Box::new(io::empty()), limit);
        let mut lines = Vec::new();
        while let Some(line) = export.next_line()? {
            lines.push(serde_json::from_slice(&line).unwrap());
        }
        Ok(lines)
    }

    /// An export whose only author is Ines, number 1, with these items.
    fn channel(items: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?><rss><channel><link>http://a.example/</link>\
            <wp:wxr_version>1.2</wp:wxr_version><wp:author><wp:author_id>1</wp:author_id>\
            <wp:author_login>ines</wp:author_login></wp:author>{items}</channel></rss>"
        )
    }

    fn item(fields: &str) -> String {
        format!("<item><dc:creator>ines</dc:creator><wp:post_id>7</wp:post_id>{fields}</item>")
    }

    fn comments(of: &[&str]) -> Vec<Value> {
        let comments: Vec<String> = of
            .iter()
            .map(|fields| format!("<wp:comment>{fields}</wp:comment>"))
            .collect();
        let lines = export(channel(&item(&comments.concat())), 10_000).unwrap();
        lines[0]["comments"].as_array().unwrap().clone()
    }

    #[test]
    fn text_is_the_same_in_all_forms_that_xml_has_for_it() {
        let text = "<wp:comment_content>a &lt;b&gt; &#228; &nbsp;&amp;<![CDATA[ <i>c</i> ]]]]><![CDATA[> d]]></wp:comment_content>";
        assert_eq!(
            comments(&[text])[0]["body"],
            "a <b> ä &nbsp;& <i>c</i> ]]> d"
        );
    }

    #[test]
    fn what_stands_before_an_export_is_no_trouble() {
        let whole = channel(&item("<wp:comment/>"));
        let bare = whole.strip_prefix("<?xml version=\"1.0\"?>").unwrap();
        for before in [
            "",
            " \r\n",
            "\u{feff}\r\n",
            "Warning: foo in x.php\n",
            "<b>Notice</b>: foo\n",
        ] {
            for xml in [&whole, bare] {
                assert_eq!(export(format!("{before}{xml}"), 10_000).unwrap().len(), 1);
            }
        }
        let quoting = format!("{{\"body\": \"{bare}\"}}");
        assert_eq!(Export::begins_at(quoting.as_bytes()), None);
    }

    #[test]
    fn an_export_is_read_in_the_encoding_that_it_declares() {
        let of = |encoding: &str| {
            let declaration = format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?>");
            let whole = channel(&item("<wp:comment/><title>Brot f\u{fc}r alle</title>"));
            whole.replace("<?xml version=\"1.0\"?>", &declaration)
        };
        let latin = |text: String| -> Vec<u8> { text.chars().map(|c| c as u8).collect() };
        for xml in [
            of("UTF-8").into_bytes(),
            of("nonsense").into_bytes(),
            of("UTF-16").into_bytes(),
            latin(of("ISO-8859-1")),
            latin(of("windows-1252")),
        ] {
            let lines = export(xml, 10_000).unwrap();
            assert_eq!(lines[0]["post"]["title"], "Brot f\u{fc}r alle");
        }
        let foreign = of("UTF-8").replace("f\u{fc}r", &"f\u{fc}r ".repeat(101));
        let error = export(latin(foreign), 10_000).unwrap_err().to_string();
        assert!(
            error.contains("expected UTF-8") && error.contains("save it as UTF-8"),
            "{error}"
        );
    }

    #[test]
    fn a_bad_byte_costs_its_character_and_nothing_else() {
        let whole = channel(&item(
            "<wp:comment><wp:comment_content><![CDATA[the caf? is good]]></wp:comment_content></wp:comment>\
             <wp:comment><wp:comment_content><![CDATA[cut in half ??]]></wp:comment_content></wp:comment>",
        ));
        let mut xml = whole.into_bytes();
        let marks = memmem::find_iter(&xml, "?").skip(2);
        let marks: Vec<usize> = marks.collect();
        for (at, byte) in marks.iter().zip([0xe9, 0xe2, 0x80]) {
            xml[*at] = byte;
        }
        let at = Export::begins_at(&xml).unwrap();
        let mut export = Export::new(xml, at, Box::new(io::empty()), 10_000);
        let line = export.next_line().unwrap().unwrap();
        let line: Value = serde_json::from_slice(&line).unwrap();
        let body = |n: usize| line["comments"][n]["body"].as_str().unwrap();
        assert_eq!(body(0), "the caf\u{fffd} is good");
        assert_eq!(body(1), "cut in half \u{fffd}");
        assert!(export.next_line().unwrap().is_none());
        assert_eq!(export.mended(), (2, marks[0] as u64));
    }

    #[test]
    fn published_is_ham_and_what_was_thrown_away_is_undecided() {
        let labels = [
            ("1", "", Some("ham")),
            ("spam", "", Some("spam")),
            ("0", "", None),
            ("trash", "", None),
            ("trash", "false", None),
            ("trash", "true", Some("spam")),
            // Whatever was said before, it stands there now.
            ("1", "true", Some("ham")),
        ];
        for (approved, reported, label) in labels {
            let found = comments(&[&format!(
                "<wp:comment_approved>{approved}</wp:comment_approved><wp:commentmeta>\
                <wp:meta_key>akismet_user_result</wp:meta_key><wp:meta_value>{reported}</wp:meta_value>\
                </wp:commentmeta><wp:commentmeta><wp:meta_key>akismet_history</wp:meta_key>\
                <wp:meta_value>true</wp:meta_value></wp:commentmeta>"
            )]);
            assert_eq!(found[0]["label"].as_str(), label, "{approved} {reported}");
        }
    }

    #[test]
    fn notes_of_programs_are_no_comments() {
        let kinds = [
            "",
            "comment",
            "order_note",
            "pingback",
            "action_log",
            "review",
        ];
        let all = kinds.map(|kind| format!("<wp:comment_type>{kind}</wp:comment_type>"));
        let found = comments(&all.each_ref().map(String::as_str));
        let kept: Vec<&str> = found
            .iter()
            .filter_map(|one| one["kind"].as_str())
            .collect();
        assert_eq!(kept, ["", "comment", "pingback", "review"]);
        let order = format!("<wp:comment>{}</wp:comment>", all[2]);
        assert_eq!(export(channel(&item(&order)), 10_000).unwrap().len(), 0);
    }

    #[test]
    fn an_address_that_wordpress_wrote_bare_is_read() {
        let url = "<wp:comment_author_url>http://a.example/?id=12&hl=en&</wp:comment_author_url>";
        assert_eq!(
            comments(&[url])[0]["author_url"],
            "http://a.example/?id=12&hl=en&"
        );
    }

    #[test]
    fn comments_stand_in_the_order_of_their_time() {
        let comment = |id: &str, gmt: &str, local: &str| {
            format!(
                "<wp:comment_id>{id}</wp:comment_id><wp:comment_date>{local}</wp:comment_date>\
                <wp:comment_date_gmt>{gmt}</wp:comment_date_gmt>"
            )
        };
        let all = [
            comment("1", "2024-03-02 09:00:00", "2024-03-02 11:00:00"),
            comment("2", "2024-03-01 23:00:00", "2024-03-02 01:00:00"),
            comment("3", "0000-00-00 00:00:00", "2024-03-02 00:30:00"),
        ];
        let found = comments(&all.each_ref().map(String::as_str));
        let order: Vec<&str> = found.iter().filter_map(|one| one["id"].as_str()).collect();
        assert_eq!(order, ["2", "3", "1"]);
    }

    #[test]
    fn accounts_say_who_runs_the_blog_and_their_absence_says_nothing() {
        let of = |account: &str| {
            let account = format!("<wp:comment_user_id>{account}</wp:comment_user_id>");
            comments(&[&account])[0].clone()
        };
        for (account, role, by_post_author) in [
            ("0", "visitor", false),
            ("1", "staff", true),
            ("5", "member", false),
        ] {
            assert_eq!(of(account)["role"], role);
            assert_eq!(of(account)["by_post_author"], by_post_author);
        }
        let unknown = comments(&["<wp:comment_id>1</wp:comment_id>"])[0].clone();
        assert!(unknown.get("role").is_none() && unknown.get("by_post_author").is_none());
    }

    #[test]
    fn a_published_post_is_a_thread_and_an_attachment_is_none() {
        let kinds = [
            ("post", "publish", 1),
            ("page", "publish", 1),
            ("post", "draft", 0),
            ("attachment", "inherit", 0),
        ];
        for (kind, status, n) in kinds {
            let item = item(&format!(
                "<wp:post_type>{kind}</wp:post_type><wp:status>{status}</wp:status>"
            ));
            let lines = export(channel(&item), 10_000).unwrap();
            assert_eq!(lines.len(), n, "{kind}, {status}");
            assert!(lines.iter().all(|line| line["site"] == "a.example"));
        }
    }

    #[test]
    fn what_is_no_whole_export_is_told_from_one() {
        let whole = channel(&item("<wp:comment/>"));
        let torn = &whole[..whole.len() - 4];
        let in_a_text = &format!("{}<item><title><![CDATA[a", &whole[..whole.len() - 16]);
        let lying = whole.replace("</item>", "</items>");
        let feed = "<rss><channel><item></item></channel></rss>";
        for (xml, expected) in [
            ("<html></html>", "found `<html>`"),
            (feed, "found `<item>`"),
            (torn, "expected `</rss>`, found the end of the file"),
            (in_a_text, "expected `</title>`, found the end of the file"),
            (&whole[..whole.len() - 6], "expected `</rss>`"),
            (&lying, "expected XML at byte"),
        ] {
            let error = export(xml, 10_000).unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_in_few_words() {
        let long = "a".repeat(5000);
        let name = format!("<{long}></{long}>");
        let other = channel(&format!("<{long}></b>"));
        let open = format!("<rss><{long}>");
        for xml in [name, other, open] {
            let message = export(xml, 50_000).unwrap_err().to_string();
            assert!(message.len() < 500 && message.contains(" … "), "{message}");
        }
    }

    #[test]
    fn a_post_may_be_as_long_as_the_limit_and_its_successor_again() {
        let long = item(&format!("<wp:comment/><title>{}</title>", "a".repeat(900)));
        assert_eq!(export(channel(&long.repeat(3)), 1200).unwrap().len(), 3);
        let error = export(channel(&long.repeat(3)), 900).unwrap_err();
        let reason = error.to_string();
        assert!(reason.contains("at most 900 bytes"), "{reason}");
    }
}
