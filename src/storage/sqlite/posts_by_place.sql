-- Posts are looked up by where they stand, however the address is written.

ALTER TABLE posts ADD COLUMN place TEXT;
UPDATE posts SET place = place(url) WHERE url IS NOT NULL;
DROP INDEX posts_by_url;
CREATE INDEX posts_by_place ON posts (site, place) WHERE place IS NOT NULL;
