#!/usr/bin/env python3
"""Writes posts and requests for a load test: `texts.py posts N` or `texts.py checks N SEED`.

Words are drawn by the frequencies that Zipf found ("Human Behavior and the Principle of Least Effort", 1949): the word
of rank r with a weight of 1/r. Comments have 12 to 90 words, about 290 characters in the middle; no two are alike.
"""

import itertools
import json
import random
import sys
from pathlib import Path

WORDS = (Path(__file__).parent / "words.txt").read_text().split()
WEIGHTS = list(itertools.accumulate(1 / rank for rank in range(1, len(WORDS) + 1)))
NAMES = "Ada Benno Carla Dario Edith Femi Greta Hanno Ines Jonas Kaja Lev Mira Nils Olga Pavel".split()
# With `N_POSTS` of checks.lua: the threads that comments are spread over.
N_POSTS = 500


def text(numbers, n_words):
    words = numbers.choices(WORDS, cum_weights=WEIGHTS, k=n_words)
    for start in range(0, n_words, 12):
        words[start] = words[start].capitalize()
        words[min(start + 11, n_words - 1)] += "."
    return " ".join(words)


def posts(n_posts):
    numbers = random.Random(1)
    yield {"posts": [
        {"id": "p%d" % n, "title": text(numbers, 6), "body": text(numbers, 250), "tags": numbers.sample(WORDS[100:], 3)}
        for n in range(1, n_posts + 1)
    ]}


def checks(n_checks, seed):
    numbers = random.Random(seed)
    for n in range(n_checks):
        serial = "%s%07x" % (seed, n)
        yield {
            "post": {"id": "p%d" % numbers.randint(1, N_POSTS)},
            "comment": {
                "author": "%s %s" % (numbers.choice(NAMES), numbers.choice(WORDS)),
                "author_url": "https://%s.example/" % numbers.choice(WORDS) if numbers.random() < 0.3 else None,
                "author_email": "reader%s@mail.example" % serial,
                "address": "192.0.2.%d" % numbers.randint(1, 254),
                "body": "%s %s" % (text(numbers, numbers.randint(12, 90)), serial),
            },
        }


def main():
    if len(sys.argv) >= 3 and sys.argv[1] == "posts":
        made = posts(int(sys.argv[2]))
    elif len(sys.argv) == 4 and sys.argv[1] == "checks":
        made = checks(int(sys.argv[2]), sys.argv[3])
    else:
        sys.exit(__doc__)
    for one in made:
        print(json.dumps(one))


main()
