#!/usr/bin/env python3
"""Makes a thread file of a block list, to learn from: a spam comment of every term.

    python3 datasets/blocklist.py blocklist.txt.gz > blocklist.jsonl
    ontopic train --data blogs/ blocklist.jsonl --out my.safetensors

The list has a term a line, as WordPress keeps it (Settings, Discussion, Disallowed Comment Keys); plain or gzip'd.
A term becomes the author's name and homepage, where such terms stand in spam. There is no text and no post, so
nothing but the vocabularies of names and homepages learns from it.
"""

import gzip
import json
import re
import sys

# Shorter terms stand in too many harmless words.
LEAST = 4

MARKS = ".,;:!?-+"


def homepage(term):
    """A web address in which the term stands where spammers have it: as the host, or as part of the path."""
    if not re.search(r"[./?=&]", term):
        return "http://" + re.sub(r"[^\w]+", "-", term).strip("-") + ".com"
    if "." in term.strip("/."):
        return "http://" + term.strip("/.@")
    return "http://x.com/" + term.strip("/")


def comments(terms):
    for number, term in enumerate(terms):
        # Comments with the same body would count as copies of one another, so each has other marks.
        body = "".join(MARKS[number >> 3 * place & 7] for place in range(6))
        yield {
            "id": str(number),
            "kind": "comment",
            "label": "spam",
            "author": re.sub(r"[^\w]+", " ", term).strip(),
            "author_url": homepage(term),
            "body": body,
        }


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    try:
        with open(sys.argv[1], "rb") as file:
            opened = gzip.open if file.read(2) == b"\x1f\x8b" else open
        with opened(sys.argv[1], "rt", encoding="utf-8") as lines:
            terms = [line.strip().strip("_") for line in lines]
    except (OSError, EOFError, UnicodeDecodeError) as error:
        print(f"error: expected a text file in UTF-8, plain or gzip'd, in `{sys.argv[1]}`: {error}", file=sys.stderr)
        sys.exit(2)
    terms = [term for term in terms if len(term) >= LEAST and sum(map(str.isalnum, term)) >= LEAST]
    thread = {"site": "blocklist", "post": {"id": "1"}, "comments": list(comments(terms))}
    print(json.dumps(thread, ensure_ascii=False))


if __name__ == "__main__":
    main()
