"""How many access tokens one core verifies: signatures checked, and those that are remembered."""

import json
import os
import subprocess
import sys

import built
import paths
import report

SIZES = {"full": (5, 1.0), "quick": (3, 0.3), "tiny": (1, 0.01)}       # runs, seconds of CPU for each row
MAKE = os.path.join(paths.TESTS, "unit", "token", "make_tokens.py")

TEXT = ("Access tokens (JWTs of 500 to 750 bytes) from text to grant, as the token thread does it: form, signature by librhonabwy, "
        "claims. Remembered: a token that was verified within five minutes, found by its SHA-256, which is what a refresh with "
        "the same token costs. Per second of CPU of one core.")


def table():
    """Tokens that a second library has signed; Debian's Python has it when another one does not."""
    for python in (sys.executable, "/usr/bin/python3"):
        made = subprocess.run([python, MAKE], capture_output=True, check=False)
        if made.returncode == 0:
            return made.stdout
    raise SystemExit("tokens: needs python3-cryptography")


def measure(_state, size):
    count, seconds = SIZES[size]
    tokens = table()
    runs = [json.loads(subprocess.run([built.path("token_load"), str(seconds)], input=tokens, capture_output=True,
                                      check=True).stdout) for _ in range(count)]
    per_ms = [{name: 1e6 / rate for name, rate in run.items()} for run in runs]
    rows = [[name, report.spread(runs, name, 0), report.spread(per_ms, name, 1)] for name in runs[0]]
    return report.Table("Access tokens", TEXT, ["token", "per second and core", "us of CPU each"], rows, [])
