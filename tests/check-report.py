#!/usr/bin/python3
"""Holds docs/performance.md's writer to what it promises: rows replace their own sections, targets and pictures, and no others."""

import os
import sys
import tempfile
import xml.etree.ElementTree as xml

TESTS = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path[:0] = [os.path.join(TESTS, "lib"), os.path.join(TESTS, "bench")]
from checks import check, equal                                         # noqa: E402
from plot import Plot                                                   # noqa: E402
from report import Document, Table, Target, shares, spread              # noqa: E402


def table(title, figure, met=True, plots=()):
    return Table(title, "About.", ["plugin", "x"], [["ims", figure]], ["A note."], plots,
                 [Target("x of " + title, "9", "<= 1", str(figure), met, "the core's")])


def written(folder, *tables, read=False):
    document = Document(folder)
    for one in tables:
        (document.read() if read else document).put(one)
        read = False
    document.write()
    with open(folder + "/performance.md") as f:
        return f.read()


def sections_and_targets(folder):
    text = written(folder, table("One, net", 1), table("Two", 2, met=False))
    check(text.index("## Targets") < text.index("## One, net") < text.index("## Two"), text)
    check("| x of One, net | 9 | <= 1 | 1 | met | [One, net](#one-net) |" in text, text)
    check("**not met**: the core's" in text, text)
    again = written(folder, table("One, net", 7), read=True)
    equal(again, text.replace("| 1 | met |", "| 7 | met |").replace("| ims | 1 |", "| ims | 7 |"), "one row anew")
    more = written(folder, table("Three", 3), read=True)
    equal(more.count("## Three"), 1, "sections of Three")
    check(more.index("x of Two |") < more.index("x of Three |"), more)


def pictures(folder):
    plots = [Plot("lines", "Lines & <others>", "users", "ms", {"ims": {100: [1, 2, 3], 10000: [2, 2, 2]}, "sip": {100: [9, 9.5, 10]}},
                  wanted=0.4, log_x=True, log_y=True),
             Plot("places", "Places", "", "us", {"ims": {"in": [0.0], "out": [-1, 4]}})]
    text = written(folder, table("One", 1, plots=plots))
    check("![Lines & <others>](performance/lines.svg)" in text, text)
    for plot in plots:
        root = xml.parse("%s/performance/%s.svg" % (folder, plot.name)).getroot()
        circles = [e for e in root.iter() if e.tag.endswith("circle")]
        for circle in circles:
            check(0 < float(circle.get("cx")) < 640 and 0 < float(circle.get("cy")) < 360, xml.tostring(circle, "unicode"))
        equal(len(circles), len(plot.series) + sum(map(len, plot.series.values())), "keys and points")
    written(folder, table("One", 1, plots=plots[1:]), read=True)
    equal(os.listdir(folder + "/performance"), ["places.svg"], "pictures that are shown")


def figures():
    runs = [{"x": 3.0}, {"x": 1.0}, {"x": 2.0}]
    equal(spread(runs, "x", 1), "2.0 [1.0..3.0]", "spread")
    equal(spread(runs[:1], "x", 0), "3", "of one run")
    equal(shares(runs, [{"x": 1.0}, {"x": 4.0}, {"x": 0.0}], "x"), "2.00 [0.25..3.00]", "shares")
    equal(shares(runs, [{"x": 0.0}], "x"), "not measurable", "nothing to compare with")


def main():
    figures()
    for part in (sections_and_targets, pictures):
        with tempfile.TemporaryDirectory() as folder:
            part(folder)


if __name__ == "__main__":
    main()
