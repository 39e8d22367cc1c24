-- Times are milliseconds since 1970-01-01 UTC. Names of roles, kinds, labels and verdicts are those
-- that the program uses everywhere.

CREATE TABLE sites (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    settings TEXT NOT NULL,
    created INTEGER NOT NULL
) STRICT;

CREATE TABLE keys (
    id INTEGER PRIMARY KEY,
    site INTEGER REFERENCES sites (id),
    role TEXT NOT NULL,
    digest BLOB NOT NULL UNIQUE,
    hint TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER
) STRICT;

CREATE TABLE entries (
    id INTEGER PRIMARY KEY,
    site INTEGER NOT NULL REFERENCES sites (id),
    label TEXT NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    name TEXT NOT NULL,
    created INTEGER NOT NULL
) STRICT;

CREATE TABLE posts (
    number INTEGER PRIMARY KEY,
    site INTEGER NOT NULL REFERENCES sites (id),
    id TEXT NOT NULL,
    url TEXT,
    title TEXT,
    body TEXT,
    author TEXT,
    tags TEXT, -- a JSON list
    updated INTEGER NOT NULL,
    UNIQUE (site, id)
) STRICT;
CREATE INDEX posts_by_url ON posts (site, url) WHERE url IS NOT NULL;

-- Ids rise with time, so that new rows are appended; the post need not be known.
CREATE TABLE verdicts (
    id INTEGER PRIMARY KEY,
    site INTEGER NOT NULL REFERENCES sites (id),
    at INTEGER NOT NULL,
    thread INTEGER NOT NULL, -- a hash of site and post, which stand beside it for the rare collision
    post TEXT NOT NULL,
    comment TEXT,
    parent TEXT,
    kind TEXT NOT NULL,
    -- The words; a body that is NULL says that they are not known any longer.
    author TEXT,
    author_url TEXT,
    author_email TEXT,
    author_address TEXT,
    body TEXT,
    html TEXT,
    -- Digests.
    email BLOB,
    address BLOB,
    fingerprint INTEGER,
    callback TEXT,
    model TEXT NOT NULL,
    signals BLOB, -- f32, little-endian
    -- ANY, because REAL would make 0.0 of -0.0, and a replay gives the same bits.
    spam ANY NOT NULL,
    relevance ANY NOT NULL,
    hold_from ANY NOT NULL,
    spam_from ANY NOT NULL,
    prior_shift ANY NOT NULL,
    hold_below_relevance ANY,
    verdict TEXT NOT NULL,
    outcome TEXT NOT NULL,
    overrides TEXT NOT NULL, -- a JSON list
    reasons TEXT NOT NULL,
    -- What stands. The last two follow from the columns above and are kept by the program, for the
    -- indexes below.
    decided TEXT,
    superseded INTEGER NOT NULL,
    in_conversation INTEGER NOT NULL,
    queued INTEGER NOT NULL
) STRICT;
CREATE INDEX verdicts_in_conversation ON verdicts (thread) WHERE in_conversation = 1;
CREATE INDEX verdicts_by_comment ON verdicts (thread, comment) WHERE comment IS NOT NULL;
CREATE INDEX verdicts_queued ON verdicts (site) WHERE queued = 1;
CREATE INDEX verdicts_queued_by_spam ON verdicts (site, spam) WHERE queued = 1;
CREATE INDEX verdicts_by_fingerprint ON verdicts (site, fingerprint) WHERE fingerprint IS NOT NULL;
-- By time, so that a new row is appended: an index by digest would write two pages at random places
-- for every verdict. A person is found by reading it all, which is seldom done.
CREATE INDEX verdicts_of_persons ON verdicts (at, site, email, address)
    WHERE email IS NOT NULL OR address IS NOT NULL;
CREATE INDEX verdicts_to_prune ON verdicts (at)
    WHERE decided IS NULL AND (body IS NOT NULL OR signals IS NOT NULL);

-- Sums by the hour in which the comment was judged, so that a year of a busy site is counted at once.
CREATE TABLE counts (
    site INTEGER NOT NULL REFERENCES sites (id),
    hour INTEGER NOT NULL, -- since 1970-01-01 UTC
    published INTEGER NOT NULL,
    held INTEGER NOT NULL,
    spam INTEGER NOT NULL,
    missed_spam INTEGER NOT NULL,
    false_positives INTEGER NOT NULL,
    PRIMARY KEY (site, hour)
) STRICT, WITHOUT ROWID;

CREATE TABLE decisions (
    id INTEGER PRIMARY KEY,
    site INTEGER NOT NULL REFERENCES sites (id),
    at INTEGER NOT NULL,
    verdict INTEGER NOT NULL REFERENCES verdicts (id),
    label TEXT, -- NULL takes a decision back
    takes_back INTEGER REFERENCES decisions (id),
    reporter TEXT,
    via TEXT NOT NULL,
    outcome TEXT NOT NULL
) STRICT;
CREATE INDEX decisions_of_site ON decisions (site);
CREATE INDEX decisions_on_verdict ON decisions (verdict);

CREATE TRIGGER decisions_are_not_removed BEFORE DELETE ON decisions BEGIN
    SELECT RAISE(ABORT, 'decisions are not removed');
END;
CREATE TRIGGER decisions_are_not_changed
BEFORE UPDATE OF id, site, at, verdict, label, takes_back, via, outcome ON decisions BEGIN
    SELECT RAISE(ABORT, 'decisions are not changed');
END;
CREATE TRIGGER reporters_are_only_forgotten
BEFORE UPDATE OF reporter ON decisions WHEN new.reporter IS NOT NULL BEGIN
    SELECT RAISE(ABORT, 'decisions are not changed');
END;

CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY,
    site INTEGER NOT NULL REFERENCES sites (id),
    verdict INTEGER NOT NULL REFERENCES verdicts (id),
    url TEXT NOT NULL,
    body TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    due INTEGER NOT NULL
) STRICT;
CREATE INDEX deliveries_by_due ON deliveries (due);
CREATE INDEX deliveries_on_verdict ON deliveries (verdict);

CREATE TABLE answers (
    number INTEGER PRIMARY KEY,
    site INTEGER NOT NULL REFERENCES sites (id),
    key TEXT NOT NULL,
    request BLOB NOT NULL,
    status INTEGER NOT NULL,
    body BLOB NOT NULL,
    at INTEGER NOT NULL,
    UNIQUE (site, key)
) STRICT;
CREATE INDEX answers_by_time ON answers (at);
