//! Columns to values and back, for what SQLite has no type for.

use rusqlite::Row;
use rusqlite::types::{FromSqlError, Type};

use crate::comment::{Label, Role};
use crate::policy::Verdict;
use crate::signals::N_SIGNALS;
use crate::storage::{Id, SiteId};

fn verdict_from_name(name: &str) -> Option<Verdict> {
    [Verdict::Publish, Verdict::Hold, Verdict::Spam]
        .into_iter()
        .find(|v| v.name() == name)
}

/// A column that has no value of the kind expected.
fn damaged(column: usize, kind: Type, found: &str) -> rusqlite::Error {
    let error = FromSqlError::Other(format!("found `{found}`").into());
    rusqlite::Error::FromSqlConversionFailure(column, kind, Box::new(error))
}

/// What a name in a column stands for.
pub(super) fn named<T>(
    row: &Row<'_>,
    column: usize,
    read: impl FnOnce(&str) -> Option<T>,
) -> rusqlite::Result<T> {
    let name = row.get_ref(column)?.as_str()?;
    read(name).ok_or_else(|| damaged(column, Type::Text, name))
}

pub(super) fn verdict(row: &Row<'_>, column: usize) -> rusqlite::Result<Verdict> {
    named(row, column, verdict_from_name)
}

pub(super) fn label(row: &Row<'_>, column: usize) -> rusqlite::Result<Label> {
    named(row, column, Label::from_name)
}

/// What a name in a column stands for, if there is one.
fn optional<T>(
    row: &Row<'_>,
    column: usize,
    read: impl FnOnce(&str) -> Option<T>,
) -> rusqlite::Result<Option<T>> {
    match row.get_ref(column)?.as_str_or_null()? {
        None => Ok(None),
        Some(_) => named(row, column, read).map(Some),
    }
}

pub(super) fn optional_label(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Label>> {
    optional(row, column, Label::from_name)
}

pub(super) fn optional_role(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Role>> {
    optional(row, column, Role::from_name)
}

pub(super) fn id(row: &Row<'_>, column: usize) -> rusqlite::Result<Id> {
    row.get(column).map(Id)
}

pub(super) fn site(row: &Row<'_>, column: usize) -> rusqlite::Result<SiteId> {
    row.get(column).map(SiteId)
}

/// A number that is never negative.
pub(super) fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, number))
}

/// A list of texts as JSON.
pub(super) fn list(texts: &[String]) -> String {
    serde_json::Value::from(texts).to_string()
}

/// Reads [`list`].
pub(super) fn texts(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<String>> {
    let json = row.get_ref(column)?.as_str()?;
    serde_json::from_str(json).map_err(|_| damaged(column, Type::Text, json))
}

/// All bits of all signals, NaN among them.
pub(super) fn signals(values: &[f32; N_SIGNALS]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

/// Reads [`signals`]. A model of before may have had fewer or more: its values are of no use.
pub(super) fn optional_signals(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<Box<[f32; N_SIGNALS]>>> {
    let Some(bytes) = row.get_ref(column)?.as_blob_or_null()? else {
        return Ok(None);
    };
    let (values, rest) = bytes.as_chunks::<4>();
    let values: Vec<f32> = values
        .iter()
        .map(|value| f32::from_le_bytes(*value))
        .collect();
    Ok(values.try_into().ok().filter(|_| rest.is_empty()))
}
