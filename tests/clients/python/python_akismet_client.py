"""PyPI `python-akismet`: the key in front of the host name; it reads answers as JSON, has no
verify-key, and says is_test=False with every comment."""

import akismet

from steps import GIVEN, run


class Client(akismet.Akismet):
    protocol = "http"
    domain = f"localhost:{GIVEN['port']}"


def client(key):
    return Client(key, blog=GIVEN["blog"], application_user_agent="Example Blog/1.0", timeout=5)


def comment(of, **more):
    return {
        "user_ip": "192.0.2.17",
        "user_agent": GIVEN["user_agent"],
        "permalink": GIVEN["permalink"],
        "comment_type": "comment",
        "comment_author": of["author"],
        "comment_author_email": of["author_email"],
        "comment_author_url": of["author_url"],
        "comment_content": of["body"],
    } | more


def check(key, of, **more):
    status = client(key).check(**comment(of, **more))
    if status == akismet.SpamStatus.Unknown:
        raise ValueError("an answer that is neither true nor false")
    return status != akismet.SpamStatus.Ham


run(
    bad_key=lambda: check(GIVEN["bad_key"], GIVEN["genuine"]),
    genuine=lambda: check(GIVEN["key"], GIVEN["genuine"]),
    spam=lambda: check(GIVEN["key"], GIVEN["spam"]),
    test_value=lambda: check(
        GIVEN["key"], GIVEN["genuine"], comment_author="viagra-test-123", is_test=True
    ),
    submit_spam=lambda: client(GIVEN["key"]).submit_spam(**comment(GIVEN["genuine"])),
    submit_ham=lambda: client(GIVEN["key"]).submit_ham(**comment(GIVEN["spam"])),
)
