"""PyPI `akismet`: the key in the body, over httpx, with its own limit of one second per request."""

import akismet
import httpx

from steps import GIVEN, run


class ToServer(httpx.HTTPTransport):
    """Sends what is meant for Akismet to the server; the client has no setting for its address."""

    def handle_request(self, request):
        request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=GIVEN["port"])
        return super().handle_request(request)


def client(key):
    http = httpx.Client(
        headers={"User-Agent": akismet.USER_AGENT}, timeout=1.0, transport=ToServer()
    )
    return akismet.SyncClient(config=akismet.Config(key=key, url=GIVEN["blog"]), http_client=http)


def comment(of, **more):
    return {
        "user_ip": "192.0.2.17",
        "user_agent": GIVEN["user_agent"],
        "referrer": GIVEN["permalink"],
        "permalink": GIVEN["permalink"],
        "comment_type": "comment",
        "comment_author": of["author"],
        "comment_author_email": of["author_email"],
        "comment_author_url": of["author_url"],
        "comment_content": of["body"],
    } | more


def check(of, **more):
    result = client(GIVEN["key"]).comment_check(**comment(of, **more))
    return result != akismet.CheckResponse.HAM


run(
    verify=lambda: client(GIVEN["key"]).verify_key(),
    bad_key=lambda: client(GIVEN["bad_key"]).verify_key(),
    genuine=lambda: check(GIVEN["genuine"]),
    spam=lambda: check(GIVEN["spam"]),
    test_value=lambda: check(GIVEN["genuine"], comment_author="viagra-test-123", is_test=True),
    submit_spam=lambda: client(GIVEN["key"]).submit_spam(**comment(GIVEN["genuine"])),
    submit_ham=lambda: client(GIVEN["key"]).submit_ham(**comment(GIVEN["spam"])),
)
