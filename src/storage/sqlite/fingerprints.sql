-- A comment is found by its name and words, and by what both sides say of where it stands: the blog,
-- the blog's own id of the post, its page. Of comments of before, the words tell the digest, and the
-- post what is known of the place.
ALTER TABLE verdicts ADD COLUMN blog TEXT;
ALTER TABLE verdicts ADD COLUMN blog_post TEXT;
ALTER TABLE verdicts ADD COLUMN page TEXT;
UPDATE verdicts SET
    fingerprint = iif(body IS NULL, NULL, words_digest(coalesce(author, ''), body)),
    blog_post = iif(instr(post, '://'), NULL, nullif(post, '')),
    page = coalesce(
        (SELECT place FROM posts WHERE posts.site = verdicts.site AND posts.id = verdicts.post),
        iif(instr(post, '://'), place(post), NULL)
    )
WHERE fingerprint IS NOT NULL;
