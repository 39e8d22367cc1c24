//! Sites, their keys, and their entries.

use rusqlite::{Connection, Row, params};

use super::failure::taken;
use super::rows::{id, label, named, site};
use crate::storage::{
    EntryField, Id, Key, KeyRole, ListEntry, Milliseconds, Site, SiteId, StoreError,
};

pub(super) fn add(connection: &Connection, new: &Site, keys: &[Key]) -> Result<SiteId, StoreError> {
    connection
        .prepare_cached("INSERT INTO sites (name, settings, created) VALUES (?1, ?2, ?3)")?
        .execute(params![new.name, new.settings, new.created])
        .map_err(taken("site"))?;
    let site = SiteId(connection.last_insert_rowid());
    for key in keys {
        insert_key(connection, key, Some(site))?;
    }
    Ok(site)
}

pub(super) fn update(connection: &Connection, site: &Site) -> Result<(), StoreError> {
    let updated = connection
        .prepare_cached("UPDATE sites SET name = ?2, settings = ?3 WHERE id = ?1")?
        .execute(params![site.id.0, site.name, site.settings])
        .map_err(taken("site"))?;
    found(updated, "site")
}

pub(super) fn all(connection: &Connection) -> Result<Vec<Site>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT id, name, settings, created FROM sites ORDER BY id")?;
    let sites = statement.query_map([], |row| {
        Ok(Site {
            id: site(row, 0)?,
            name: row.get(1)?,
            settings: row.get(2)?,
            created: row.get(3)?,
        })
    })?;
    Ok(sites.collect::<Result<_, _>>()?)
}

pub(super) fn add_key(
    connection: &Connection,
    key: &Key,
    retires: &[(Id, Milliseconds)],
) -> Result<(), StoreError> {
    insert_key(connection, key, key.site)?;
    for (retired, at) in retires {
        // An end that was promised is not put off.
        let updated = connection
            .prepare_cached(
                "UPDATE keys SET expires = min(ifnull(expires, ?3), ?3)
                 WHERE id = ?1 AND site IS ?2",
            )?
            .execute(params![retired.0, key.site.map(|site| site.0), at])?;
        found(updated, "key")?;
    }
    Ok(())
}

fn insert_key(connection: &Connection, key: &Key, site: Option<SiteId>) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO keys (id, site, role, digest, hint, created, expires)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            key.id.0,
            site.map(|site| site.0),
            key.role.name(),
            key.digest,
            key.hint,
            key.created,
            key.expires,
        ])
        .map_err(taken("key"))?;
    Ok(())
}

pub(super) fn expire_key(
    connection: &Connection,
    key: Id,
    at: Milliseconds,
) -> Result<(), StoreError> {
    let updated = connection
        .prepare_cached("UPDATE keys SET expires = ?2 WHERE id = ?1")?
        .execute(params![key.0, at])?;
    found(updated, "key")
}

pub(super) fn keys(connection: &Connection, now: Milliseconds) -> Result<Vec<Key>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, site, role, digest, hint, created, expires FROM keys
         WHERE expires IS NULL OR expires > ?1 ORDER BY id",
    )?;
    let keys = statement.query_map([now], |row| {
        Ok(Key {
            id: id(row, 0)?,
            site: row.get::<_, Option<i64>>(1)?.map(SiteId),
            role: named(row, 2, KeyRole::from_name)?,
            digest: row.get(3)?,
            hint: row.get(4)?,
            created: row.get(5)?,
            expires: row.get(6)?,
        })
    })?;
    Ok(keys.collect::<Result<_, _>>()?)
}

pub(super) fn add_entry(connection: &Connection, entry: &ListEntry) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO entries (id, site, label, field, value, name, created)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            entry.id.0,
            entry.site.0,
            entry.label.name(),
            entry.field.name(),
            entry.value,
            entry.name,
            entry.created,
        ])
        .map_err(taken("entry on the same value"))?;
    Ok(())
}

pub(super) fn remove_entry(
    connection: &Connection,
    site: SiteId,
    entry: Id,
) -> Result<(), StoreError> {
    let removed = connection
        .prepare_cached("DELETE FROM entries WHERE id = ?1 AND site = ?2")?
        .execute([entry.0, site.0])?;
    found(removed, "entry")
}

pub(super) fn entries(connection: &Connection) -> Result<Vec<ListEntry>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, site, label, field, value, name, created FROM entries ORDER BY id",
    )?;
    let read = |row: &Row<'_>| {
        Ok(ListEntry {
            id: id(row, 0)?,
            site: site(row, 1)?,
            label: label(row, 2)?,
            field: named(row, 3, EntryField::from_name)?,
            value: row.get(4)?,
            name: row.get(5)?,
            created: row.get(6)?,
        })
    };
    Ok(statement.query_map([], read)?.collect::<Result<_, _>>()?)
}

/// Says that nothing was there to be changed.
fn found(changed: usize, what: &'static str) -> Result<(), StoreError> {
    if changed == 0 {
        Err(StoreError::NotFound { what })
    } else {
        Ok(())
    }
}
