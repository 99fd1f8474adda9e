#!/usr/bin/python3
"""Holds the links of all pages (*.md): the file is there, and its heading; README.md leads to each page of docs/.
Prints every offence; exit status 1 when there is one."""

import glob
import os
import re
import sys

LINK = re.compile(r"\]\((?![a-z]+:)([^)#\s]*)#?([^)\s]*)\)")


def pages():
    skipped = {"node_modules", "build", ".git"}
    for folder, folders, files in os.walk("."):
        folders[:] = [name for name in folders if name not in skipped]
        yield from (os.path.normpath(os.path.join(folder, name)) for name in files if name.endswith(".md"))


def text_of(page):
    with open(page, encoding="utf-8") as f:
        return f.read()


def anchors(page):
    """Of its headings, as they are made on the web."""
    titles = re.findall(r"^#+ +(.*?)\s*$", text_of(page), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def offences():
    leads = set()
    for page in pages():
        for file, heading in LINK.findall(text_of(page)):
            target = os.path.normpath(os.path.join(os.path.dirname(page), file)) if file else page
            if page == "README.md":
                leads.add(target)
            if not os.path.exists(target):
                yield "%s: there is no %s" % (page, target)
            elif heading and heading not in anchors(target):
                yield "%s: %s has no heading %s" % (page, target, heading)
    yield from ("README.md does not lead to " + page for page in glob.glob("docs/*.md") if page not in leads)


if __name__ == "__main__":
    os.chdir(os.environ.get("srcdir") or os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
    found = sorted(offences())
    print("\n".join(found))
    sys.exit(bool(found))
