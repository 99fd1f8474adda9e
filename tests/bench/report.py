"""Medians, tables, targets, and docs/performance.md."""

import glob
import os
import re
import statistics

import paths


def spread(runs, key, digits):
    """median [lowest..highest] of one figure of some runs"""
    values = [run[key] for run in runs]
    shown = ["%.*f" % (digits, value) for value in (statistics.median(values), min(values), max(values))]
    return shown[0] if shown[1] == shown[2] else "%s [%s..%s]" % tuple(shown)


def median(runs, key):
    return statistics.median(run[key] for run in runs)


def ratio(ours, theirs, key):
    """Of two medians; None where there is none."""
    return median(ours, key) / median(theirs, key) if median(theirs, key) > 0 else None


def shares(ours, theirs, key):
    """The ratio of two medians, with the lowest and highest of runs that were neighbours in time."""
    pairs = [a[key] / b[key] for a, b in zip(ours, theirs) if b[key] > 0]
    of_medians = ratio(ours, theirs, key)
    if not pairs or of_medians is None:
        return "not measurable"
    return "%.2f [%.2f..%.2f]" % (of_medians, min(pairs), max(pairs))


class Target:
    """A number that was to be reached.

    what      is measured
    theirs    janus.plugin.sip's figure in this run, text; "-": it cannot do the work, or was not asked to
    wanted    the target, text
    ours      what was reached, text
    met       whether that is the target
    why       it is not met: the limit that forbids it, and the evidence"""

    def __init__(self, what, theirs, wanted, ours, met, why=""):
        self.what, self.theirs, self.wanted, self.ours, self.met, self.why = what, theirs, wanted, ours, met, why

    def cells(self):
        verdict = "met" if self.met else "**not met**" + (": " + self.why if self.why else "")
        return [self.what, self.theirs, self.wanted, self.ours, verdict]


class Table:
    """What a row of the bench has measured: a section of docs/performance.md.

    title, about   its heading, unlike those of others, and what was done
    header, rows   cells, anything that can be printed
    notes          sentences below it
    plots          pictures (plot.Plot)
    targets        what it says of the numbers that were to be reached"""

    def __init__(self, title, about, header, rows, notes, plots=(), targets=()):
        self.title, self.about, self.header, self.rows, self.notes = title, about, header, rows, list(notes)
        self.plots, self.targets = list(plots), list(targets)

    def text(self):
        lines = ["## " + self.title, "", self.about, "", *_grid(self.header, self.rows)]
        lines += [""] + ["* " + note for note in self.notes] if self.notes else []
        return "\n".join(lines + [line for plot in self.plots for line in ("", plot.markdown())]) + "\n"

    def target_lines(self):
        """The last cell says which row measured it: that is how a later run finds what it replaces."""
        link = "[%s](#%s)" % (self.title, _anchor(self.title))
        return [_line(target.cells() + [link]) for target in self.targets]


def _line(cells):
    return "| " + " | ".join(map(str, cells)) + " |"


def _grid(header, rows):
    return [_line(header), "|" + "---|" * len(header), *map(_line, rows)]


def _anchor(title):
    """As those who show Markdown make it."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


HEAD = """# Performance

What `./tests/bench/run --write` has measured: janus.plugin.ims beside janus.plugin.sip, the same work for the same far end in
turns, each figure as median [lowest..highest]. **Compare ratios, not figures**: those belong to one machine at one hour; and
ratios are rough when it did other things as well: see the load below. `net of idle` is less what the same process used
per second just before. In the pictures a point is the median, its whisker reaches from the lowest to the highest run.
"""
TARGETS, CONDITIONS = "Targets", "Conditions"
TARGET_HEADER = ["what", "janus.plugin.sip", "target", "janus.plugin.ims", "", "measured in"]


class Document:
    """docs/performance.md: what is before the first section, and the sections in their order."""

    def __init__(self, folder=None):
        self.folder = folder or os.path.join(paths.TOP, "docs")
        self.path, self.pictures = self.folder + "/performance.md", self.folder + "/performance"
        self.sections = {}

    def read(self):
        with open(self.path) as f:
            parts = re.split(r"(?m)^## (.*)\n", f.read())
        self.sections = dict(zip(parts[1::2], parts[2::2]))
        return self

    def put(self, table):
        """In the place of what it said before, else as the last one."""
        self._put_targets(table)
        self.sections[table.title] = table.text().partition("\n")[2]
        os.makedirs(self.pictures, exist_ok=True)
        for plot in table.plots:
            with open("%s/%s.svg" % (self.pictures, plot.name), "w") as f:
                f.write(plot.svg())

    def _put_targets(self, table):
        old = [line for line in self.sections.get(TARGETS, "").splitlines() if line.startswith("| ")][1:]
        mine = "(#%s) |" % _anchor(table.title)
        place = next((n for n, line in enumerate(old) if line.endswith(mine)), len(old))
        kept = [line for line in old if not line.endswith(mine)]
        lines = kept[:place] + table.target_lines() + kept[place:]
        if lines:
            self.sections[TARGETS] = "\n".join(["", *_grid(TARGET_HEADER, []), *lines, ""])

    def write(self):
        """With the targets first and the conditions last; pictures that it does not show are no more."""
        middle = [title for title in self.sections if title not in (TARGETS, CONDITIONS)]
        order = [title for title in (TARGETS, *middle, CONDITIONS) if title in self.sections]
        text = "\n".join([HEAD] + ["## %s\n%s\n" % (title, self.sections[title].rstrip("\n")) for title in order])
        with open(self.path, "w") as f:
            f.write(text)
        for picture in glob.glob(self.pictures + "/*.svg"):
            if "(performance/%s)" % os.path.basename(picture) not in text:
                os.unlink(picture)


def write(tables, machine, size):
    """All rows: a document of this run alone."""
    document = Document()
    for table in tables:
        document.put(table)
    document.sections[CONDITIONS] = "\n%s Size of the bench: %s." % (machine.text(), size)
    document.write()


def write_some(tables, machine, size, names):
    """Tables of some rows in the place of those that are there, each with its own conditions."""
    document = Document().read()
    for table in tables:
        table.notes.append("This table is of `./tests/bench/run %s`, size %s. %s" % (" ".join(names), size, machine.text()))
        document.put(table)
    document.write()
