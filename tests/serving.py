"""Starts and stops `ontopic serve` for the scripts beside this file; needs Python 3.9 and nothing else."""

import atexit
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent

SUBJECTS = [
    ("Rye bread without a starter", "The dough needs eighteen hours at room temperature, and no kneading at all."),
    ("Repairing the gate", "Both hinges were rusted through, so I turned new pins on the lathe and set them in lead."),
    ("A week of early trains", "The first one leaves at ten past four, and the bakery opens when it passes."),
    ("Bees in a hard winter", "Two hives of seven did not make it; the others had moved up to the last comb."),
]
WORDS = (
    "the bread was better with less water and a longer night my oven has no steam so a pan of ice has to do "
    "which flour did you take for this one we tried it on sunday with seeds and honey it stuck to the cloth "
    "thank you for the part about hinges mine broke last spring does lead hold in soft stone or should I drill "
    "the train at ten past four is always late in autumn leaves on the line bees need a dry roof more than warmth"
).split()


def program():
    """The program to run: `ONTOPIC`, or the release build, which is made if `ONTOPIC` is not given."""
    given = os.environ.get("ONTOPIC")
    if given:
        return given
    subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=REPOSITORY, check=True)
    target = os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target")
    return str(Path(target) / "release" / "ontopic")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def comment(random):
    """A comment that no other one is like."""
    words = random.choices(WORDS, k=random.randrange(5, 60))
    number = random.getrandbits(48)
    return {
        "author": "Reader %x" % (number & 0xFFFF),
        "author_email": "reader%x@mail.example" % number,
        "author_url": None,
        "address": "192.0.2.%d" % random.randrange(1, 255),
        "body": "%s %012x." % (" ".join(words).capitalize(), number),
    }


class Server:
    """A running `ontopic serve` with a data folder. A second one on the same folder takes over its keys."""

    def __init__(self, folder, *flags, keys=None, log=None, wait=30):
        self.folder, self.flags = Path(folder), flags
        self.port = free_port()
        self.log_path = Path(log or str(self.folder) + ".log")
        self.log = open(self.log_path, "ab")
        started = time.monotonic()
        self.process = subprocess.Popen(
            [program_once(), "serve", "--data-dir", str(folder), "--listen", "127.0.0.1:%d" % self.port, *flags],
            stdout=subprocess.PIPE, stderr=self.log, text=True,
        )
        # Whatever ends the script, no server outlives it.
        atexit.register(self.process.kill)
        self.printed = {}
        # A pipe that nobody empties would stop the server; the keys stand in its first lines.
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        while not self._ready():
            if self.process.poll() is not None:
                raise SystemExit("error: the server ended with %s; see %s" % (self.process.returncode, self.log_path))
            if time.monotonic() - started > wait:
                self.kill()
                raise SystemExit("error: the server is not ready after %s s; see %s" % (wait, self.log_path))
            time.sleep(0.01)
        self.seconds_to_ready = time.monotonic() - started
        self.keys = keys or self._keys()

    def _read(self):
        for line in self.process.stdout:
            for name in ("admin token", "site key"):
                if line.strip().startswith(name):
                    self.printed[name] = line.split()[-1]

    def _ready(self):
        try:
            return self.request("GET", "/readyz", key=None, timeout=1)[0] == 200
        except OSError:
            return False

    def _keys(self):
        until = time.monotonic() + 5
        while len(self.printed) < 2 and time.monotonic() < until:
            time.sleep(0.01)
        if len(self.printed) < 2:
            self.kill()
            raise SystemExit("error: expected an admin token and a site key on standard output at the first start")
        return self.printed["site key"], self.printed["admin token"]

    def client(self, timeout=30):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def request(self, method, path, body=None, key="site", client=None, timeout=30, headers=None):
        """Status, headers and the body, as JSON if it is any."""
        own = client or self.client(timeout)
        headers = dict(headers or {})
        if key is not None:
            headers["Authorization"] = "Bearer " + (self.keys[0] if key == "site" else key)
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body)
        try:
            own.request(method, path, data, headers)
            response = own.getresponse()
            raw = response.read()
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            if client is None:
                own.close()
        kind = response.headers.get("content-type", "")
        return response.status, response.headers, json.loads(raw) if "json" in kind else raw

    def expect(self, status, method, path, body=None, **options):
        found, _, answer = self.request(method, path, body, **options)
        if found != status:
            raise AssertionError("%s %s: expected %s, found %s: %s" % (method, path, status, found, answer))
        return answer

    def put_posts(self):
        for at, (title, body) in enumerate(SUBJECTS):
            found, _, answer = self.request("PUT", "/v1/posts/p%d" % at, {"title": title, "body": body, "tags": ["home"]})
            if found not in (200, 201, 204):
                raise AssertionError("a post: found %s: %s" % (found, answer))

    def kill(self):
        """As a power cut would, as far as a process can tell."""
        self._end(signal.SIGKILL)

    def stop(self, wait=30):
        """As a service manager would; gives the exit status."""
        return self._end(signal.SIGTERM, wait)

    def _end(self, how, wait=30):
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            status = self.process.wait(wait)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("the server did not end within %s s" % wait)
        self.reader.join(5)
        atexit.unregister(self.process.kill)
        self.process.stdout.close()
        self.log.close()
        return status


_program = None


def program_once():
    global _program
    if _program is None:
        _program = program()
    return _program


def say(text):
    print(text, flush=True)


def fail(text):
    print("error: " + text, file=sys.stderr, flush=True)
    raise SystemExit(1)
