//! Thresholds from budgets.

/// What the thresholds may cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Budgets {
    /// Most genuine comments that `hold` and `spam` take together, as a share of 1.
    pub hold: f64,
    /// Most genuine comments that `spam` takes, as a share of 1.
    pub spam: f64,
    /// Share of the larger blogs that must keep within a budget each by itself.
    pub blogs: f64,
    /// Genuine comments that make a blog a larger one: with fewer, one comment is more than half a
    /// per cent.
    pub larger: usize,
    /// Genuine comments from which on a blog is weighed by itself. Those with fewer, where one
    /// comment alone would be more than the budget, are taken together as one blog.
    pub alone: usize,
}

impl Default for Budgets {
    /// 1 % held, 0.1 % spam, and 1 % held on 90 % of the blogs with 200 or more; blogs with fewer than
    /// 100 are one.
    fn default() -> Self {
        Self {
            hold: 0.01,
            spam: 0.001,
            blogs: 0.9,
            larger: 200,
            alone: 100,
        }
    }
}

/// Whether so many genuine comments can show that a budget is kept: of fewer, even one is more.
pub fn can_measure(budget: f64, n_ham: usize) -> bool {
    n_ham as f64 * budget >= 1.0
}

/// What shares that are given in decimal may be off by once they are added or multiplied: twenty times
/// 1 % over twenty is more than 0.01 in binary, and meant to be 1 %.
pub const ROUNDING: f64 = 1e-9;

/// Log-odds that bound the thresholds where genuine comments are too few to measure a budget by. `hold`
/// is at most this far above even odds: otherwise a few comments that the model gets wrong would leave
/// nothing to hold. `spam` is at least this far above `hold`, so that a person sees most of what is
/// taken.
pub const UNMEASURED: f64 = 2.0;

/// Log-odds of spam from which a verdict applies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// From here on a comment is held.
    pub hold: f64,
    /// From here on it is spam.
    pub spam: f64,
}

/// What a threshold takes of the genuine comments of one blog.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// Genuine comments of the blog.
    pub n: usize,
    /// Those at or above the threshold.
    pub taken: usize,
}

impl Share {
    /// As a share of 1; 0 of nothing.
    pub fn value(self) -> f64 {
        if self.n == 0 {
            0.0
        } else {
            self.taken as f64 / self.n as f64
        }
    }
}

/// Chooses thresholds from the log-odds of genuine comments, one list per blog, each judged by a
/// model that has not seen the blog. Every blog weighs the same, the small ones together like one.
///
/// The smallest threshold is taken that keeps both the mean share over all blogs and, for `hold`,
/// the share of nine in ten larger blogs within the budget, but none below even odds: where few
/// genuine comments are known, or all of them look alike, the best of them says little of the next.
/// Where they are too few for a budget, the threshold is bound by [`UNMEASURED`].
pub fn choose(blogs: &[Vec<f64>], budgets: Budgets) -> Thresholds {
    let (mut blogs, small): (Vec<Vec<f64>>, Vec<Vec<f64>>) = blogs
        .iter()
        .cloned()
        .partition(|scores| scores.len() >= budgets.alone);
    let larger: Vec<usize> = (0..blogs.len())
        .filter(|&blog| blogs[blog].len() >= budgets.larger)
        .collect();
    blogs.push(small.concat());
    let blogs = blogs.as_slice();
    let n_within = (budgets.blogs * larger.len() as f64).ceil() as usize;
    let n_ham: usize = blogs.iter().map(Vec::len).sum();
    let most = if can_measure(budgets.hold, n_ham) {
        f64::INFINITY
    } else {
        UNMEASURED
    };
    let hold = smallest(blogs, budgets.hold, &larger, n_within).clamp(0.0, most);
    let least = if can_measure(budgets.spam, n_ham) {
        hold
    } else {
        hold + UNMEASURED
    };
    let spam = smallest(blogs, budgets.spam, &[], 0).max(least);
    Thresholds { hold, spam }
}

/// The smallest threshold that keeps the mean share over all blogs within the budget, and that of so
/// many of the larger blogs.
fn smallest(blogs: &[Vec<f64>], budget: f64, larger: &[usize], n_within: usize) -> f64 {
    let n_blogs = blogs.iter().filter(|scores| !scores.is_empty()).count();
    let mut scores: Vec<(f64, usize)> = blogs
        .iter()
        .enumerate()
        .flat_map(|(blog, scores)| scores.iter().map(move |&score| (score, blog)))
        .collect();
    scores.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut taken = vec![0usize; blogs.len()];
    let within = |taken: &[usize]| {
        let share = |blog: usize| taken[blog] as f64 / blogs[blog].len().max(1) as f64;
        let mean = (0..blogs.len()).map(share).sum::<f64>() / n_blogs as f64;
        let within = larger.iter().filter(|&&blog| share(blog) <= budget);
        mean <= budget + ROUNDING && within.count() >= n_within
    };
    // Walk down from the top until the next group of equal scores would break a budget.
    let mut at = 0;
    while at < scores.len() {
        let score = scores[at].0;
        let mut end = at;
        while end < scores.len() && scores[end].0 == score {
            taken[scores[end].1] += 1;
            end += 1;
        }
        if !within(&taken) {
            // Just above the comment that may not be taken, half-way to the one above it.
            return match at.checked_sub(1) {
                Some(above) => (score + scores[above].0) / 2.0,
                None => score + 1.0,
            };
        }
        at = end;
    }
    // Nothing genuine is known that a threshold could take.
    scores.last().map_or(0.0, |(score, _)| *score)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(blogs: &[Vec<f64>], threshold: f64) -> Vec<Share> {
        let share = |scores: &Vec<f64>| Share {
            n: scores.len(),
            taken: scores.iter().filter(|&&score| score >= threshold).count(),
        };
        blogs.iter().map(share).collect()
    }

    #[test]
    fn every_blog_weighs_the_same() {
        // Of the smaller blog three comments are 3 %, and 1.5 % of the mean: two are all there is.
        let large: Vec<f64> = (0..1000).map(|i| f64::from(i) / 1000.0).collect();
        let small: Vec<f64> = (0..100).map(f64::from).collect();
        let blogs = [large, small];
        let thresholds = choose(&blogs, Budgets::default());
        let shares = taken(&blogs, thresholds.hold);
        assert_eq!((shares[0].taken, shares[1].taken), (0, 2));
        assert!(thresholds.spam >= thresholds.hold);
    }

    #[test]
    fn blogs_with_a_handful_of_comments_are_one() {
        // Each alone, one comment held of two would be half of the blog.
        let large: Vec<f64> = vec![0.0; 1000];
        let mut blogs: Vec<Vec<f64>> = (0..100).map(|_| vec![0.0, 0.0]).collect();
        blogs[0][0] = 5.0;
        blogs.push(large);
        let shares = taken(&blogs, choose(&blogs, Budgets::default()).hold);
        assert_eq!(shares.iter().map(|share| share.taken).sum::<usize>(), 1);
    }

    #[test]
    fn the_budget_is_used_up_and_not_more() {
        let blogs: Vec<Vec<f64>> = (0..4)
            .map(|b| (0..300).map(|i| f64::from(i * 4 + b)).collect())
            .collect();
        let thresholds = choose(&blogs, Budgets::default());
        let shares = taken(&blogs, thresholds.hold);
        assert_eq!(shares.iter().map(|share| share.taken).sum::<usize>(), 12);
        assert!(shares.iter().all(|share| share.value() <= 0.01));
        assert_eq!(
            taken(&blogs, thresholds.spam)
                .iter()
                .map(|s| s.taken)
                .sum::<usize>(),
            1
        );
    }

    #[test]
    fn a_budget_that_all_blogs_use_up_is_kept() {
        let blog = |_| (0..100).map(|i| if i == 0 { 5.0 } else { 0.0 }).collect();
        let blogs: Vec<Vec<f64>> = (0..20).map(blog).collect();
        let shares = taken(&blogs, choose(&blogs, Budgets::default()).hold);
        assert!(shares.iter().all(|share| share.taken == 1), "{shares:?}");
    }

    #[test]
    fn one_bad_blog_in_ten_is_borne_and_a_second_is_not() {
        let calm = || -> Vec<f64> { vec![0.0; 1000] };
        let bad = || -> Vec<f64> { (0..1000).map(|i| if i < 20 { 5.0 } else { 0.0 }).collect() };
        let mut blogs: Vec<Vec<f64>> = (0..10).map(|_| calm()).collect();
        blogs[0] = bad();
        assert!(choose(&blogs, Budgets::default()).hold < 5.0);
        blogs[1] = bad();
        assert!(choose(&blogs, Budgets::default()).hold > 5.0);
    }

    #[test]
    fn small_blogs_together_are_none_of_the_larger_ones() {
        let bad = || -> Vec<f64> { (0..1000).map(|i| if i < 20 { 5.0 } else { 0.0 }).collect() };
        let mut blogs: Vec<Vec<f64>> = (0..17).map(|_| vec![0.0; 1000]).collect();
        blogs.extend([bad(), bad()]);
        blogs.extend((0..20).map(|_| vec![0.0; 10]));
        assert!(choose(&blogs, Budgets::default()).hold > 5.0, "17 of 19");
    }

    #[test]
    fn what_is_more_likely_genuine_than_spam_is_published() {
        let alike: Vec<f64> = vec![-6.0; 1000];
        let thresholds = choose(&[alike], Budgets::default());
        assert_eq!((thresholds.hold, thresholds.spam), (0.0, 0.0));
    }

    #[test]
    fn where_the_budget_of_spam_cannot_be_measured_something_is_held() {
        let alike: Vec<f64> = vec![-6.0; 300];
        let thresholds = choose(&[alike], Budgets::default());
        assert_eq!((thresholds.hold, thresholds.spam), (0.0, UNMEASURED));
    }

    #[test]
    fn a_few_that_the_model_has_wrong_do_not_switch_it_off() {
        let wrong = |n: usize| choose(&[vec![8.0; n]], Budgets::default());
        assert_eq!((wrong(3).hold, wrong(3).spam), (UNMEASURED, 9.0));
        assert_eq!(wrong(100).hold, 9.0, "measured");
    }

    #[test]
    fn no_genuine_comment_at_all_is_no_trouble() {
        assert!(choose(&[], Budgets::default()).hold.is_finite());
        assert!(choose(&[vec![]], Budgets::default()).spam.is_finite());
    }
}
