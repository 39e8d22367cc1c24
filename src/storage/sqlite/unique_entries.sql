-- One entry of a site on one value. Of those that were stored twice, the last counted.
DELETE FROM entries WHERE EXISTS (
    SELECT 1 FROM entries AS later
    WHERE later.site = entries.site AND later.field = entries.field
    AND later.value = entries.value AND later.id > entries.id
);
CREATE UNIQUE INDEX entries_by_value ON entries (site, field, value);
