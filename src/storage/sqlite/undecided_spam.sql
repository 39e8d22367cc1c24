-- What was called spam and waits for nobody's decision, for its list: by time and by urgency.
CREATE INDEX verdicts_undecided_spam ON verdicts (site)
    WHERE outcome = 'spam' AND decided IS NULL AND superseded = 0 AND body IS NOT NULL;
CREATE INDEX verdicts_undecided_spam_by_spam ON verdicts (site, spam)
    WHERE outcome = 'spam' AND decided IS NULL AND superseded = 0 AND body IS NOT NULL;
