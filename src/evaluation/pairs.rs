//! Relevance pairs: a genuine comment under its own post, and the same comment under another post of
//! its blog. They train the relevance head and measure it.

use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::blogs::Blogs;
use crate::analysis::{CommentAnalysis, PostAnalysis};
use crate::comment::{Comment, Field, Label, Thread};
use crate::context::{Background, Context, Conversation, WINDOW, overlap};
use crate::features::{RelevanceFeatures, relevance_features};
use crate::random::SplitMix;

/// A body of more characters than this makes a post that a comment can be told to belong to.
const LEAST_BODY: usize = 200;

/// One comment, measured twice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// Index of the comment's thread.
    pub thread: usize,
    /// Characters of the comment.
    pub chars: usize,
    /// Under its own post.
    pub own: RelevanceFeatures,
    /// Under another post of the same blog.
    pub other: RelevanceFeatures,
}

/// Threads that have been read, in any order.
#[derive(Clone, Copy)]
pub struct Read<'a, 't> {
    /// The threads.
    pub threads: &'a [&'t Thread],
    /// Their posts.
    pub posts: &'a [PostAnalysis],
    /// Their comments.
    pub comments: &'a [Vec<CommentAnalysis<'t>>],
    /// The blog of each thread.
    pub sites: &'a [usize],
}

/// Makes a pair of every genuine comment that is no pingback or trackback, from blogs with at least
/// `least_posts` posts of more than 200 characters. The other post is drawn by the seed; both sides
/// see equally many earlier comments, at most 20: the last before the comment here, the first of
/// the thread there. Of each blog at most `most` comments are taken, drawn by the seed.
///
/// With `blogs`, both sides know the other threads of the blog: those that are neither the comment's
/// own nor the one it is set under, so that nothing tells the two apart. The background of a blog is
/// asked for once as long as its threads follow each other, so that it may be made then.
pub fn relevance_pairs<'b, B: Borrow<Background<'b>> + Sync>(
    read: Read<'_, '_>,
    blogs: Option<&Blogs>,
    background: impl Fn(usize) -> B + Sync,
    least_posts: usize,
    most: usize,
    seed: u64,
) -> Vec<Pair> {
    let n_sites = read.sites.iter().map(|site| site + 1).max().unwrap_or(0);
    // The threads of each post: one may come on several lines, and not all of them say what it says.
    let mut posts_of: Vec<BTreeMap<PostKey<'_>, Vec<usize>>> = vec![BTreeMap::new(); n_sites];
    for (thread, &site) in read.sites.iter().enumerate() {
        if let Some(post) = post_key(read.threads[thread]) {
            posts_of[site].entry(post).or_default().push(thread);
        }
    }
    let with_bodies = |lines: Vec<usize>| -> Option<PostLines> {
        let with_body = lines.iter().copied();
        let with_body: Vec<usize> = with_body
            .filter(|&thread| has_body(read.threads[thread]))
            .collect();
        (!with_body.is_empty()).then_some(PostLines { lines, with_body })
    };
    let posts_of: Vec<Vec<PostLines>> = posts_of
        .into_iter()
        .map(|posts| posts.into_values().filter_map(with_bodies).collect())
        .collect();
    let mut drawn: Vec<(usize, usize, u64)> = Vec::new();
    for posts in posts_of
        .iter()
        .filter(|posts| posts.len() >= least_posts.max(2))
    {
        let mut of_site: Vec<(usize, usize, u64)> = Vec::new();
        for &thread in posts.iter().flat_map(|post| &post.with_body) {
            for (index, comment) in read.threads[thread].comments.iter().enumerate() {
                let is_genuine = comment.label == Some(Label::Ham);
                if is_genuine && !comment.kind.is_notification() {
                    of_site.push((
                        thread,
                        index,
                        key(read.threads[thread], comment, index, seed),
                    ));
                }
            }
        }
        of_site.sort_by_key(|&(thread, index, key)| (key, thread, index));
        of_site.truncate(most);
        drawn.extend(of_site);
    }
    drawn.sort_unstable();
    let of_site = |drawn: &[(usize, usize, u64)]| -> Vec<Pair> {
        let site = read.sites[drawn[0].0];
        let background = background(site);
        let posts = &posts_of[site];
        let places: HashMap<usize, usize> = (0..posts.len())
            .flat_map(|place| {
                posts[place]
                    .lines
                    .iter()
                    .map(move |&thread| (thread, place))
            })
            .collect();
        let pairs = drawn.par_iter().filter_map(|&(thread, index, key)| {
            let &own_place = places.get(&thread)?;
            let mut other_place = SplitMix(key).below(posts.len() - 1);
            other_place += usize::from(other_place >= own_place);
            let other = posts[other_place].with_body[0];
            let n_there = read.threads[other].comments.len();
            let there = conversation(read.threads[other], 0..n_there);
            let mut here = conversation(read.threads[thread], (0..index).rev());
            let n = here.len().min(there.len());
            here.truncate(n);
            here.reverse();
            let comment = &read.comments[thread][index];
            let elsewhere = match blogs {
                Some(blogs) => {
                    let both = [own_place, other_place].map(|place| &posts[place].lines[..]);
                    // A blog of two posts has no third to set them beside.
                    Some(blogs.without(&both.concat())?)
                }
                None => None,
            };
            let measure = |thread: usize, earlier: &[usize]| {
                let mut context = Context::of(read.posts[thread].clone());
                for &before in earlier {
                    context.add(&read.comments[thread][before]);
                }
                let background = background.borrow();
                let before = Conversation::before(comment, &context);
                let words = overlap(comment, &before, background);
                relevance_features(comment, &before, &words, background, elsewhere.as_ref())
            };
            Some(Pair {
                thread,
                chars: comment.comment.body.trim().chars().count(),
                own: measure(thread, &here)?,
                other: measure(other, &there[..n])?,
            })
        });
        pairs.collect()
    };
    drawn
        .par_chunk_by(|a, b| read.sites[a.0] == read.sites[b.0])
        .flat_map(of_site)
        .collect()
}

/// What tells a post from others of its blog, in an order that does not depend on files.
pub(super) type PostKey<'t> = (&'t str, Option<&'t String>, Option<&'t String>);

/// The id where there is one, else the text; `None` without either.
pub(super) fn post_key(thread: &Thread) -> Option<PostKey<'_>> {
    let post = &thread.post;
    if !post.id.is_empty() {
        return Some((&post.id, None, None));
    }
    let (title, body) = (post.title.value(), post.body.value());
    (title.is_some() || body.is_some()).then_some(("", title, body))
}

/// The threads of one post, and those of them that say what it says.
struct PostLines {
    lines: Vec<usize>,
    with_body: Vec<usize>,
}

fn has_body(thread: &Thread) -> bool {
    match &thread.post.body {
        Field::Known(body) => body.chars().nth(LEAST_BODY).is_some(),
        Field::Empty | Field::Unknown => false,
    }
}

/// The first of these comments that are not labelled spam, as many as are remembered.
fn conversation(thread: &Thread, places: impl Iterator<Item = usize>) -> Vec<usize> {
    let is_shown = |&place: &usize| thread.comments[place].label != Some(Label::Spam);
    places.filter(is_shown).take(WINDOW).collect()
}

/// The draw depends on what the comment is, not on where its thread stands in a file.
fn key(thread: &Thread, comment: &Comment, index: usize, seed: u64) -> u64 {
    let name = format!(
        "{}\0{}\0{}\0{index}",
        thread.site, thread.post.id, comment.id
    );
    xxh3_64_with_seed(name.as_bytes(), seed)
}
