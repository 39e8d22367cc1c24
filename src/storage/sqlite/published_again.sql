-- Nor does what the model published again because it had published an earlier version.
UPDATE verdicts SET in_conversation = 0
WHERE in_conversation = 1 AND decided IS NULL AND spam - prior_shift >= 0 AND follows IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM verdicts AS version
        WHERE version.id = verdicts.follows AND version.decided IS NOT NULL);
