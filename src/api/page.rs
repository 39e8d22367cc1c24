//! Pages of lists.

use super::fields::Fields;
use super::problem::Problem;
use super::wire::parse_id;
use crate::moderation::Invalid;
use crate::storage::{Id, StoreError};

/// Bytes of bodies with which a page ends.
const PAGE_BYTES: usize = 2 << 20;

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

/// The id of a cursor.
pub(super) fn cursor_id(text: Option<&str>) -> Result<Option<Id>, Problem> {
    text.map(|text| parse_id(text).ok_or_else(|| bad_cursor(text)))
        .transpose()
}

/// That a text is no cursor.
pub(super) fn bad_cursor(text: &str) -> Problem {
    Problem::with(vec![Invalid {
        field: "after".to_owned(),
        expected: "what `next` of the page before says".to_owned(),
        found: format!("`{text}`"),
    }])
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
