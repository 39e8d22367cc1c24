"""What all clients do, one line of JSON per step on standard output: {"step", "answer"}. What the
answers should be is known to the caller."""

import json
import socket
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    GIVEN = json.load(file)
"""Server, keys, post and comments, as the caller has written them down."""

_getaddrinfo = socket.getaddrinfo


def _loopback(host, port, *args, **kwargs):
    """Leads `KEY.rest.akismet.com` and `KEY.localhost` to the server, whatever the port: for clients
    that have no setting for the host, or put the key in front of it."""
    name = host.decode() if isinstance(host, bytes) else host
    if name and name.endswith((".localhost", "rest.akismet.com")):
        host, port = "127.0.0.1", GIVEN["port"]
    return _getaddrinfo(host, port, *args, **kwargs)


socket.getaddrinfo = _loopback


def run(**steps):
    """Runs the steps in their order."""
    for step, act in steps.items():
        try:
            answer = act()
        except Exception as error:  # the answer of the client, whatever it throws
            answer = f"error: {type(error).__name__}: {' '.join(str(error).split())}"
        print(json.dumps({"step": step, "answer": answer}), flush=True)
