"""What was expected and what was found, a line each."""

import time


class CannotRun(Exception):
    """Something is missing, so that nothing can be said about the server."""


class Checks:
    def __init__(self):
        self.n_failed = 0
        self.n_passed = 0

    def step(self, title):
        """Begins a group of checks."""
        print(f"\n== {title}", flush=True)

    def equal(self, what, found, expected):
        """Counts and prints whether two values are equal."""
        return self.true(what, found == expected, f"expected {expected!r}, found {found!r}")

    def contains(self, what, text, part):
        """Counts and prints whether a text has a part in it."""
        return self.true(what, part in text, f"expected {part!r} in {text[:2000]!r}")

    def true(self, what, holds, otherwise=""):
        """Counts and prints whether something holds."""
        if holds:
            self.n_passed += 1
            print(f"ok    {what}", flush=True)
        else:
            self.n_failed += 1
            print(f"FAIL  {what}: {otherwise}" if otherwise else f"FAIL  {what}", flush=True)
        return holds

    def summary(self):
        """Prints the sum and gives the exit status."""
        print(f"\n{self.n_passed} as expected, {self.n_failed} not", flush=True)
        return 1 if self.n_failed else 0


def eventually(found, expected, seconds=10):
    """Asks until the answer is as expected or time is up, and gives the last answer."""
    until = time.monotonic() + seconds
    while (answer := found()) != expected and time.monotonic() < until:
        time.sleep(0.1)
    return answer
