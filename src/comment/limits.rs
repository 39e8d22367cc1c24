//! How much is taken of what a blog says, in characters unless something else is said. What is longer is
//! refused by the native API, and left out or shortened in Akismet's dialect, where a comment is not to go
//! without its verdict for it.

/// Of a blog's id of a post or a comment, which is kept with every verdict and in memory.
pub const ID: usize = 500;
/// Of a post's title.
pub const TITLE: usize = 2_000;
/// Of a post's body.
pub const POST_BODY: usize = 1_000_000;
/// Of where a post stands, or a blog is called back.
pub const URL: usize = 2_000;
/// Of the name of a post's author.
pub const POST_AUTHOR: usize = 500;
/// Tags of a post.
pub const TAGS: usize = 200;
/// Of one of them.
pub const TAG: usize = 500;
/// Of the name of a comment's kind.
pub const KIND: usize = 100;
/// Of the name given with a comment.
pub const AUTHOR: usize = 1_000;
/// Of the homepage given.
pub const AUTHOR_URL: usize = 4_000;
/// Of the e-mail address given.
pub const AUTHOR_EMAIL: usize = 1_000;
/// Of a network address.
pub const ADDRESS: usize = 100;
/// Of a comment's words.
pub const BODY: usize = 100_000;
/// Of its markup.
pub const HTML: usize = 200_000;
/// Of who decided.
pub const REPORTER: usize = 200;
