"""The post and the comments that all clients send: those of the repository's examples."""

import json
import re
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"

USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"

_html = (EXAMPLES / "post.html").read_text(encoding="utf-8")

POST = {
    "title": re.search("<title>(.*)</title>", _html)[1],
    "body": re.sub("<title>.*</title>", "", _html).strip(),
    "author": "Signe Halvorsen",
    "tags": ["running", "shoes"],
}


def _comment(of):
    return {
        "author": of["author"],
        "author_email": f"{re.sub('[^a-z]', '', of['author'].lower())}@reader.example",
        "author_url": of.get("author_url") or "",
        "body": of["body"],
    }


_thread = json.loads((EXAMPLES / "thread.json").read_text(encoding="utf-8"))

GENUINE = [_comment(of) for of in _thread["comments"] if not of.get("by_post_author")] + [
    _comment(json.loads((EXAMPLES / "poet.json").read_text(encoding="utf-8"))),
    _comment(
        {
            "author": "Rosalind",
            "body": "I bought mine in the morning, and on the evening run they pinched. "
            "The stairs would have told me. How many miles do you get out of the thin pair?",
        }
    ),
]

SPAM = _comment(json.loads((EXAMPLES / "spam.json").read_text(encoding="utf-8")))
