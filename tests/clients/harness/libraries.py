"""The six libraries of npm and PyPI: each verifies the key, has comments checked, reports mistakes,
and is refused with a wrong key. Every library has a post of its own, so that no comment looks like a
copy of another."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from . import texts
from .checks import CannotRun
from .service import Service

HERE = Path(__file__).resolve().parents[1]

THANKS = "Thanks for making the web a better place."

NPM = ["akismet-api", "akismet", "cedx-akismet"]
PYPI = ["akismet", "pykismet3", "python-akismet"]

INSTALL_SECONDS = 300
CLIENT_SECONDS = 60


def run(binary, folder, only, checks):
    """Installs and runs the libraries of the registries in `only`."""
    clients = []
    if "npm" in only:
        clients += [(f"npm {name}", command) for name, command in install_npm(folder / "npm", checks)]
    if "pypi" in only:
        clients += [(f"PyPI {name}", command) for name, command in install_pypi(folder / "pypi", checks)]
    service = Service(binary, folder / "service")
    try:
        for number, (name, command) in enumerate(clients):
            run_client(name, command, number, service, folder, checks)
    finally:
        service.stop()


def command(line, **how):
    """Runs a command to its end, quietly unless it fails."""
    if not shutil.which(line[0]):
        raise CannotRun(f"`{line[0]}` is not installed")
    done = subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=INSTALL_SECONDS, **how)
    if done.returncode:
        raise CannotRun(f"`{' '.join(map(str, line))}` failed: {(done.stdout + done.stderr)[-2000:]}")


def install_npm(folder, checks):
    checks.step("npm: what package-lock.json says")
    shutil.copytree(HERE / "node", folder, ignore=shutil.ignore_patterns("node_modules"))
    command(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=folder)
    return [(name, ["node", "--require", folder / "loopback.cjs", folder / f"{name}.js"]) for name in NPM]


def install_pypi(folder, checks):
    checks.step("PyPI: what requirements.txt says")
    command([sys.executable, "-m", "venv", folder / "venv"])
    pip = [folder / "venv/bin/python", "-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check"]
    command([*pip, "--requirement", HERE / "python/requirements.txt"])
    apart = folder / "python-akismet"
    command([*pip, "--target", apart, "--requirement", HERE / "python/requirements-python-akismet.txt"])
    return [
        (
            name,
            # -B: nothing is written beside the scripts.
            ["env", f"PYTHONPATH={apart if name == 'python-akismet' else ''}"]
            + [folder / "venv/bin/python", "-B", "-W", "ignore", HERE / f"python/{name.replace('-', '_')}_client.py"],
        )
        for name in PYPI
    ]


def run_client(name, line, number, service, folder, checks):
    checks.step(name)
    blog = "http://slowmiles.example"
    given = {
        "port": service.port,
        "key": service.key,
        "bad_key": "0" * 12,
        "blog": blog,
        "permalink": f"{blog}/eleven-pairs-{number}/",
        "tags": texts.POST["tags"],
        "user_agent": texts.USER_AGENT,
        "genuine": texts.GENUINE[0],
        "spam": texts.SPAM,
    }
    service.put_post(f"eleven-pairs-{number}", texts.POST | {"url": given["permalink"]})
    before = {decision["id"] for decision in service.decisions()}

    path = folder / f"given-{number}.json"
    path.write_text(json.dumps(given))
    done = subprocess.run(
        [*line, path], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=CLIENT_SECONDS, env=os.environ
    )
    answers = {}
    for answer in done.stdout.splitlines():
        answer = json.loads(answer)
        answers[answer["step"]] = answer["answer"]
    if not checks.true("runs to its end", done.returncode == 0, (done.stdout + done.stderr)[-2000:]):
        return

    if name not in ("PyPI pykismet3", "PyPI python-akismet"):
        checks.equal("the key is valid", answers["verify"], True)
        checks.equal("another key is not", answers["bad_key"], False)
    else:
        # These two cannot verify a key; with a wrong one they have no verdict.
        checks.contains("with another key there is no verdict", str(answers["bad_key"]), "AkismetServerError")
    checks.equal("a genuine comment is none", answers["genuine"], False)
    checks.equal("spam is spam", answers["spam"], True)
    checks.equal("the name viagra-test-123 is spam", answers["test_value"], True)
    for step in ("submit_spam", "submit_ham"):
        # Some clients give the server's sentence, some True, some nothing.
        checks.true(f"{step} is accepted", answers[step] in (THANKS, True, None), repr(answers[step]))

    made = {d["label"]: d for d in service.decisions() if d["id"] not in before}
    if checks.equal("both decisions are in the log", sorted(made), ["ham", "spam"]):
        # Ids rise with time. The genuine comment was checked before the spam, and both before anything
        # was reported; a report that found no verdict would have made one, with a higher id.
        ids = [made["spam"]["verdict"], made["ham"]["verdict"], made["spam"]["id"], made["ham"]["id"]]
        checks.equal("with the verdicts that they are about", ids, sorted(ids))
