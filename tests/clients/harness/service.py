"""`ontopic serve` with a data folder of its own on a free port, and the part of its native API that
the tests need."""

import json
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request

from .checks import CannotRun

START_SECONDS = 60


def free_port():
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Service:
    def __init__(self, binary, folder):
        self.binary = binary
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None
        folder.mkdir(parents=True)
        self.start()
        printed = (folder / "stdout").read_text()
        self.admin_token = self._printed(r"admin token\W+(\S+)", printed)
        self.key = self._printed(r"site key\W+([0-9a-z]{12})\b", printed)

    def _printed(self, pattern, text):
        found = re.search(pattern, text)
        if not found:
            raise CannotRun(f"expected `{pattern}` in what the first start prints, found: {text!r}")
        return found[1]

    def start(self):
        """Starts the server, for the first time or again, and waits until it is ready."""
        with open(self.folder / "stdout", "a") as out, open(self.folder / "stderr", "a") as log:
            self.process = subprocess.Popen(
                [self.binary, "serve", "--data-dir", self.folder / "data", "--listen", f"127.0.0.1:{self.port}"],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=log,
            )
        until = time.monotonic() + START_SECONDS
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise CannotRun(f"the server is not ready: {(self.folder / 'stderr').read_text()[-2000:]}")
            time.sleep(0.05)

    def _is_ready(self):
        try:
            return self.get("/readyz", raw=True) is not None
        except (OSError, urllib.error.URLError):
            return False

    def stop(self):
        """Ends the server as a service manager does."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def call(self, method, path, body=None, token=None, raw=False):
        """Calls the native API and gives the JSON of the answer; for an error status the number."""
        request = urllib.request.Request(self.url + path, method=method)
        request.add_header("Authorization", f"Bearer {token or self.admin_token if not raw else ''}")
        if body is not None:
            request.add_header("Content-Type", "application/json")
            request.data = json.dumps(body).encode()
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                text = answer.read().decode()
        except urllib.error.HTTPError as error:
            if raw or error.code >= 500:
                raise
            return error.code
        return text if raw or not text else json.loads(text)

    def get(self, path, **how):
        return self.call("GET", path, **how)

    def put_post(self, post_id, post):
        """Tells the server what a post is about."""
        return self.call("PUT", f"/v1/posts/{post_id}", post, token=self.key)

    def decisions(self):
        """The log of decisions."""
        items, cursor = [], ""
        while True:
            page = self.get(f"/v1/feedback?limit=100{cursor}", token=self.key)
            items += page["items"]
            if not page.get("next"):
                return items
            cursor = f"&after={page['next']}"

    def decide(self, verdict, label, reporter="tests"):
        """Decides at the server, as its owner."""
        return self.call(
            "POST", "/v1/feedback", {"verdict": verdict, "label": label, "reporter": reporter}, token=self.key
        )

    def register_callback(self, origin):
        """Lets the server call this origin with late corrections."""
        return self._change_settings({"akismet": {"callback_origins": [origin]}})

    def doubt(self, everything):
        """Makes the server unsure of every comment, or ends that."""
        return self._change_settings({"thresholds": {"hold": 1e-9, "spam": 1 - 1e-9} if everything else None})

    def _change_settings(self, settings):
        site = self.get("/v1/sites")["items"][0]["id"]
        return self.call("PATCH", f"/v1/sites/{site}", {"settings": settings})
