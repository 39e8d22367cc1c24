-- The owner's entry that decided the outcome. Of comments of before it is unknown.
ALTER TABLE verdicts ADD COLUMN entry INTEGER;
