-- The version whose decision made the outcome another than the verdict.
ALTER TABLE verdicts ADD COLUMN follows INTEGER;

-- What is held belongs to no conversation until somebody has decided on it.
UPDATE verdicts SET in_conversation = 0
WHERE in_conversation = 1 AND outcome = 'hold' AND decided IS NULL;

-- What tells the versions of a comment that count from the others: behind a long text, a column of
-- the row itself takes as long to read as the text.
DROP INDEX verdicts_by_comment;
CREATE INDEX verdicts_by_comment ON verdicts (thread, comment, superseded, decided, verdict, outcome)
    WHERE comment IS NOT NULL;
