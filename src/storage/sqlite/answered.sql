-- What came with a comment beside its words. Of comments of before it is unknown.
ALTER TABLE verdicts ADD COLUMN by_post_author INTEGER;
ALTER TABLE verdicts ADD COLUMN honeypot INTEGER;
ALTER TABLE verdicts ADD COLUMN seconds_on_page REAL;
ALTER TABLE verdicts ADD COLUMN role TEXT;

-- What the blog was told, as a label; NULL if nobody asked, and the comment was only reported. Of
-- held comments of before, the settings that stand tell it.
ALTER TABLE verdicts ADD COLUMN answered TEXT;
UPDATE verdicts SET answered = CASE outcome
    WHEN 'publish' THEN 'ham'
    WHEN 'spam' THEN 'spam'
    ELSE iif((
        SELECT settings ->> '$.akismet.held_is_spam' FROM sites
        WHERE sites.id = verdicts.site AND json_valid(settings)
    ) = 0, 'ham', 'spam')
END;

-- Figures by what was answered, in the place of those by outcome.
DROP TABLE counts;
CREATE TABLE counts (
    site INTEGER NOT NULL REFERENCES sites (id),
    hour INTEGER NOT NULL, -- since 1970-01-01 UTC
    ham INTEGER NOT NULL,
    spam INTEGER NOT NULL,
    missed_spam INTEGER NOT NULL,
    false_positives INTEGER NOT NULL,
    PRIMARY KEY (site, hour)
) STRICT, WITHOUT ROWID;
INSERT INTO counts
    SELECT site, at / 3600000, sum(answered = 'ham'), sum(answered = 'spam'),
        sum(answered = 'ham' AND decided IS 'spam'), sum(answered = 'spam' AND decided IS 'ham')
    FROM verdicts GROUP BY site, at / 3600000;

-- Without its words, nothing is left to decide on.
UPDATE verdicts SET queued = 0 WHERE queued = 1 AND body IS NULL;
