"""The tables that docs/api.md is made from: what requests take, and what events may hold."""

import functools
import json
import os
import subprocess

import paths


@functools.lru_cache(None)
def tables():
    program = paths.built("ims-api-manual")
    done = subprocess.run([program, "--json"], capture_output=True, check=True,
                          env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
    return json.loads(done.stdout)


def requests():
    """{"call": {"jsep": "offer", "example": {...}, "fields": {"uri": {"type", "required", "min", "max",
    "allowed"}, ...}}, ...}"""
    return tables()["requests"]


def members(result, prefix=""):
    """Names as the manual has them: "ims.expires"."""
    for name, value in result.items():
        if isinstance(value, dict) and name != "headers":       # which have whatever names the network gives them
            yield from members(value, prefix + name + ".")
        else:
            yield prefix + name


def undocumented(data, jsep):
    """What an event (its `data`, and its JSEP) holds that the manual does not say; None: nothing."""
    if "error_code" in data:
        odd = set(members(data)) - {"sip", "error_code", "error", "call_id", "ims.retry_after"}
        return "an error with %s" % sorted(odd) if odd else None
    result = dict(data.get("result", {}))
    name = result.pop("event", None)
    row = tables()["events"].get(name)
    if row is None:
        return "an event '%s'" % name
    odd = set(members(result)) - set(row["fields"])
    if odd:
        return "%s with %s" % (name, ", ".join(sorted(odd)))
    if jsep and jsep["type"] != row["jsep"]:
        return "%s with a JSEP %s" % (name, jsep["type"])
    return None
