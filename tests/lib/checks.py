"""Checks that show what they looked at when they fail."""

import re


class Failed(AssertionError):
    pass


def shown(things):
    out = ""
    for thing in things:
        text = thing.text() if hasattr(thing, "text") and callable(thing.text) else str(thing)
        out += "\n" + "\n".join("      | " + line for line in text.rstrip().split("\n"))
    return out


def check(ok, what, *show):
    if not ok:
        raise Failed(what + shown(show))


def equal(got, want, what, *show):
    check(got == want, "%s: got %r, want %r" % (what, got, want), *show)


def header(message, name, pattern=None):
    """The header field must stand there, once a pattern is given: match it. -> its value"""
    value = message.get(name)
    check(value is not None, "no %s in" % name, message)
    check(pattern is None or re.search(pattern, value), "%s does not match %r in" % (name, pattern),
          message)
    return value


def lacks(message, *names):
    for name in names:
        check(message.get(name) is None, "%s must not be in" % name, message)


def contains(text, *parts):
    for part in parts:
        check(part in text, "%r is missing in" % part, text)


def lacks_text(text, *parts):
    for part in parts:
        check(part not in text, "%r must not be in" % part, text)
