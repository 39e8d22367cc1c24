//! The figures of relevance pairs, all of them together and blog by blog.

use serde::Serialize;

use super::blogs::{by_site, clusters};
use super::judge::{JudgedPair, Sides};
use super::metrics::{Figure, Judged, RESAMPLES, roc_auc, with_bands};
use crate::comment::Thread;

/// Lengths of comments, in characters, from which relevance is reported.
const RELEVANCE_LENGTHS: [usize; 2] = [40, 200];

/// Pairs from which a blog's own figures of relevance go into their mean over blogs.
pub const MANY_PAIRS: usize = 20;

/// Relevance on comments of some length.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RelevanceFigures {
    /// Characters from which a comment counts.
    pub chars: usize,
    /// Pairs.
    pub n: usize,
    /// Area under the ROC curve, own posts against others.
    pub auc: Figure,
    /// Share of pairs in which the own post scores higher, ties half.
    pub right_in_pairs: f64,
    /// The same two where of the other threads of the blog only the posts are known.
    pub beside_posts: PairFigures,
    /// The same two where no other thread of the blog is known.
    pub alone: PairFigures,
    /// The blogs that have [`MANY_PAIRS`], by themselves.
    pub blogs: Vec<RelevanceOfBlog>,
    /// The first two as means over these blogs, each of the same weight; `None` without such a blog.
    pub mean_of_blogs: Option<MeanOfBlogs>,
}

/// How well pairs are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PairFigures {
    /// Area under the ROC curve, own posts against others.
    pub auc: f64,
    /// Share of pairs in which the own post scores higher, ties half.
    pub right_in_pairs: f64,
}

/// Relevance on one blog.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RelevanceOfBlog {
    /// The blog.
    pub site: String,
    /// Pairs.
    pub n: usize,
    /// Area under the ROC curve.
    pub auc: f64,
    /// Share of pairs in which the own post scores higher, ties half.
    pub right_in_pairs: f64,
}

/// Relevance where every blog counts the same, however many comments it has.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MeanOfBlogs {
    /// Blogs.
    pub n: usize,
    /// Area under the ROC curve.
    pub auc: f64,
    /// Share of pairs in which the own post scores higher, ties half.
    pub right_in_pairs: f64,
}

/// The figures for each length that has pairs.
pub(super) fn relevance(
    threads: &[Thread],
    pairs: &[&JudgedPair],
    seed: u64,
) -> Vec<RelevanceFigures> {
    RELEVANCE_LENGTHS
        .iter()
        .filter_map(|&chars| from_length(threads, pairs, chars, seed))
        .collect()
}

fn from_length(
    threads: &[Thread],
    pairs: &[&JudgedPair],
    chars: usize,
    seed: u64,
) -> Option<RelevanceFigures> {
    let long: Vec<&JudgedPair> = pairs
        .iter()
        .copied()
        .filter(|pair| pair.chars >= chars)
        .collect();
    let beside_threads = |pair: &JudgedPair| pair.beside_threads;
    let scores = own_against_other(&long, beside_threads);
    let of_sides: Vec<usize> = long.iter().flat_map(|pair| [pair.thread; 2]).collect();
    let clusters = clusters(threads, &of_sides);
    let (auc, _) = with_bands(&scores, &clusters, &[], RESAMPLES, seed)?;
    let blogs = relevance_of_blogs(threads, &long);
    Some(RelevanceFigures {
        chars,
        n: long.len(),
        auc,
        right_in_pairs: right_in_pairs(&long, beside_threads),
        beside_posts: pair_figures(&long, |pair| pair.beside_posts)?,
        alone: pair_figures(&long, |pair| pair.alone)?,
        mean_of_blogs: mean_of_blogs(&blogs),
        blogs,
    })
}

/// `None` without pairs.
fn pair_figures(
    pairs: &[&JudgedPair],
    sides: impl Fn(&JudgedPair) -> Sides,
) -> Option<PairFigures> {
    Some(PairFigures {
        auc: roc_auc(&own_against_other(pairs, &sides))?,
        right_in_pairs: right_in_pairs(pairs, &sides),
    })
}

/// Both sides of each pair, the own post as what is to be found.
fn own_against_other(pairs: &[&JudgedPair], sides: impl Fn(&JudgedPair) -> Sides) -> Vec<Judged> {
    let judged = |pair: &&JudgedPair| {
        let Sides { own, other } = sides(pair);
        [(own, true), (other, false)].map(|(score, spam)| Judged { score, spam })
    };
    pairs.iter().flat_map(judged).collect()
}

fn right_in_pairs(pairs: &[&JudgedPair], sides: impl Fn(&JudgedPair) -> Sides) -> f64 {
    let right = |pair: &&JudgedPair| {
        let Sides { own, other } = sides(pair);
        match own.total_cmp(&other) {
            std::cmp::Ordering::Greater => 1.0,
            std::cmp::Ordering::Equal => 0.5,
            std::cmp::Ordering::Less => 0.0,
        }
    };
    pairs.iter().map(right).sum::<f64>() / pairs.len() as f64
}

fn relevance_of_blogs(threads: &[Thread], pairs: &[&JudgedPair]) -> Vec<RelevanceOfBlog> {
    by_site(threads, pairs, |pair| pair.thread)
        .into_iter()
        .filter(|(_, pairs)| pairs.len() >= MANY_PAIRS)
        .filter_map(|(site, pairs)| {
            let figures = pair_figures(&pairs, |pair| pair.beside_threads)?;
            Some(RelevanceOfBlog {
                site: site.to_owned(),
                n: pairs.len(),
                auc: figures.auc,
                right_in_pairs: figures.right_in_pairs,
            })
        })
        .collect()
}

fn mean_of_blogs(blogs: &[RelevanceOfBlog]) -> Option<MeanOfBlogs> {
    let mean =
        |of: fn(&RelevanceOfBlog) -> f64| blogs.iter().map(of).sum::<f64>() / blogs.len() as f64;
    (!blogs.is_empty()).then(|| MeanOfBlogs {
        n: blogs.len(),
        auc: mean(|blog| blog.auc),
        right_in_pairs: mean(|blog| blog.right_in_pairs),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Threads of one blog each, with so many pairs, right or wrong.
    fn relevance_of(blogs: &[(&str, usize, bool)]) -> RelevanceFigures {
        let threads: Vec<Thread> = blogs
            .iter()
            .map(|(site, ..)| {
                let line = format!(r#"{{"site":"{site}","comments":[]}}"#);
                crate::dataset::parse_thread(line.as_bytes()).unwrap()
            })
            .collect();
        let pairs: Vec<JudgedPair> = blogs
            .iter()
            .enumerate()
            .flat_map(|(thread, &(_, n, right))| {
                let sides = |own| Sides { own, other: 0.0 };
                let pair = JudgedPair {
                    thread,
                    chars: 40,
                    beside_threads: sides(if right { 1.0 } else { -1.0 }),
                    beside_posts: sides(0.0),
                    alone: sides(-1.0),
                };
                std::iter::repeat_n(pair, n)
            })
            .collect();
        let pairs: Vec<&JudgedPair> = pairs.iter().collect();
        from_length(&threads, &pairs, 40, 1).unwrap()
    }

    #[test]
    fn a_large_blog_weighs_as_much_as_another_in_the_mean_of_blogs() {
        let figures = relevance_of(&[
            ("right", MANY_PAIRS, true),
            ("wrong", 3 * MANY_PAIRS, false),
            ("small", MANY_PAIRS - 1, false),
        ]);
        assert!(figures.right_in_pairs < 0.21);
        let of_all = |auc, right_in_pairs| PairFigures {
            auc,
            right_in_pairs,
        };
        assert_eq!(figures.beside_posts, of_all(0.5, 0.5));
        assert_eq!(figures.alone, of_all(0.0, 0.0));
        let mean = figures.mean_of_blogs.unwrap();
        assert_eq!((mean.n, mean.right_in_pairs, mean.auc), (2, 0.5, 0.5));
        let of_blogs = figures.blogs.iter();
        let of_blogs = of_blogs.map(|blog| (blog.site.as_str(), blog.n, blog.right_in_pairs));
        let expected = [("right", MANY_PAIRS, 1.0), ("wrong", 3 * MANY_PAIRS, 0.0)];
        assert!(of_blogs.eq(expected));
        assert!(
            relevance_of(&[("small", MANY_PAIRS - 1, true)])
                .mean_of_blogs
                .is_none()
        );
    }
}
