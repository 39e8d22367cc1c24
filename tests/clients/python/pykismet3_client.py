"""PyPI `pykismet3`: the key in front of the host name, plain HTTP to port 80, no verify-key."""

import pykismet3

from steps import GIVEN, run


def client(key):
    return pykismet3.Akismet(api_key=key, blog_url=GIVEN["blog"], user_agent="Example Blog/1.0")


def comment(of, **more):
    return {
        "user_ip": "192.0.2.17",
        "user_agent": GIVEN["user_agent"],
        "referrer": GIVEN["permalink"],
        "permalink": GIVEN["permalink"],
        "content_type": "comment",
        "comment_author": of["author"],
        "comment_author_email": of["author_email"],
        "comment_author_url": of["author_url"],
        "comment_content": of["body"],
    } | more


run(
    bad_key=lambda: client(GIVEN["bad_key"]).check(comment(GIVEN["genuine"])),
    genuine=lambda: client(GIVEN["key"]).check(comment(GIVEN["genuine"])),
    spam=lambda: client(GIVEN["key"]).check(comment(GIVEN["spam"])),
    test_value=lambda: client(GIVEN["key"]).check(
        comment(GIVEN["genuine"], comment_author="viagra-test-123", is_test=1)
    ),
    submit_spam=lambda: client(GIVEN["key"]).submit_spam(comment(GIVEN["genuine"])),
    submit_ham=lambda: client(GIVEN["key"]).submit_ham(comment(GIVEN["spam"])),
)
