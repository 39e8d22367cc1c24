-- What the model alone wants published and takes for spam rather than not belongs to no conversation.
UPDATE verdicts SET in_conversation = 0
WHERE in_conversation = 1 AND decided IS NULL AND overrides = '[]' AND spam - prior_shift >= 0;
