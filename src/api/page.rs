//! Pages of lists.

use std::str::FromStr;

use serde::de::{Error as _, Unexpected};
use serde::{Deserialize, Deserializer};
use utoipa::IntoParams;

use super::fields::Fields;
use super::problem::Problem;
use super::wire::parse_id;
use crate::moderation::Invalid;
use crate::storage::{Id, StoreError};

/// Bytes of bodies with which a page ends.
const PAGE_BYTES: usize = 2 << 20;

/// Which page of a list whose entries have ids.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Page {
    /// What `next` of the page before says.
    #[param(pattern = "^[0-7][0-9a-f]{15}$")]
    after: Option<String>,
    /// How many at most, 1 to 1000; 50 if left out.
    #[serde(default, deserialize_with = "whole")]
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

impl Page {
    /// The id after which the page begins, and how many entries it has.
    pub(super) fn read(&self) -> Result<(Option<Id>, u32), Problem> {
        let limit = limit(self.limit, 1000)?;
        let after = self.after.as_deref();
        let after = after.map(|text| parse_id(text).ok_or_else(|| bad_cursor(text)));
        Ok((after.transpose()?, limit))
    }
}

/// A whole number of a query, which comes as text.
pub(super) fn whole<'de, T: FromStr, D: Deserializer<'de>>(
    input: D,
) -> Result<Option<T>, D::Error> {
    let text = String::deserialize(input)?;
    let number = text.parse().map(Some);
    number.map_err(|_| D::Error::invalid_value(Unexpected::Str(&text), &"a whole number"))
}

/// How many entries a page has.
pub(super) fn limit(wanted: Option<u32>, most: u32) -> Result<u32, Problem> {
    let limit = wanted.unwrap_or(most.min(50));
    let mut fields = Fields::default();
    fields.expect(
        (1..=most).contains(&limit),
        "limit",
        &format!("a number from 1 to {most}"),
        limit.to_string(),
    );
    fields.done()?;
    Ok(limit)
}

/// That a text is no cursor.
pub(super) fn bad_cursor(text: &str) -> Problem {
    Problem::with(vec![Invalid {
        field: "after".to_owned(),
        expected: "what `next` of the page before says".to_owned(),
        found: format!("`{text}`"),
    }])
}

/// A page of a list in memory, whose entries are in the order of their ids, with the id after which
/// the next page begins, if there is one.
pub(super) fn cut<T, I: Ord>(
    all: Vec<T>,
    id: impl Fn(&T) -> I,
    after: Option<I>,
    limit: u32,
) -> (Vec<T>, Option<I>) {
    let first = after.map_or(0, |after| all.partition_point(|entry| id(entry) <= after));
    let n = all.len();
    let page: Vec<T> = all.into_iter().skip(first).take(limit as usize).collect();
    let is_last = first + page.len() == n;
    let next = page.last().filter(|_| !is_last).map(id);
    (page, next)
}

/// Reads a page of `limit` entries, or of fewer once they have so many `bytes`, by `at_once` entries.
/// Gives them with the place after which the next page begins, if there is one.
pub(super) async fn filled<T, C: Clone, F>(
    limit: u32,
    at_once: u32,
    mut after: Option<C>,
    read: impl Fn(Option<C>, u32) -> F,
    bytes: impl Fn(&T) -> usize,
    place: impl Fn(&T) -> C,
) -> Result<(Vec<T>, Option<C>), Problem>
where
    F: Future<Output = Result<Vec<T>, StoreError>>,
{
    let (mut all, mut n_bytes): (Vec<T>, _) = (Vec::new(), 0);
    loop {
        let wanted = at_once.min(limit - all.len() as u32);
        let some = read(after.clone(), wanted).await?;
        let is_last = some.len() < wanted as usize;
        n_bytes += some.iter().map(&bytes).sum::<usize>();
        all.extend(some);
        if is_last {
            return Ok((all, None));
        }
        after = all.last().map(&place);
        if all.len() >= limit as usize || n_bytes >= PAGE_BYTES {
            return Ok((all, after));
        }
    }
}
