"""Medians, tables, and docs/performance.md."""

import os
import platform
import statistics
import subprocess
import time

import paths

PACKAGES = ("janus", "libsofia-sip-ua0", "libnice10", "kamailio")


def spread(runs, key, digits):
    """median [lowest..highest] of one figure of some runs"""
    values = [run[key] for run in runs]
    shown = ["%.*f" % (digits, value) for value in (statistics.median(values), min(values), max(values))]
    return shown[0] if shown[1] == shown[2] else "%s [%s..%s]" % tuple(shown)


def shares(ours, theirs, key):
    """The ratio of two medians, with the lowest and highest of runs that were neighbours in time."""
    pairs = [a[key] / b[key] for a, b in zip(ours, theirs) if b[key] > 0]
    median = statistics.median(theirs_run[key] for theirs_run in theirs)
    if not pairs or median <= 0:
        return "not measurable"
    return "%.2f [%.2f..%.2f]" % (statistics.median(run[key] for run in ours) / median, min(pairs), max(pairs))


class Table:
    def __init__(self, title, text, header, rows, notes):
        self.title, self.about, self.header, self.rows, self.notes = title, text, header, rows, notes

    def text(self):
        lines = ["", "## " + self.title, "", self.about, "", "| " + " | ".join(self.header) + " |",
                 "|" + "---|" * len(self.header)]
        lines += ["| " + " | ".join(map(str, row)) + " |" for row in self.rows]
        return "\n".join(lines + [""] + ["* " + note for note in self.notes])


class Machine:
    """Where and when, and how busy it was with other things."""

    def __init__(self):
        self.start, self.load = time.strftime("%Y-%m-%d %H:%M"), [os.getloadavg()[0]]

    def end(self):
        self.load.append(os.getloadavg()[0])

    @staticmethod
    def _versions():
        shown = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${Version}, "] + list(PACKAGES), text=True,
                               capture_output=True, check=False)
        return shown.stdout.rstrip(", ")

    @staticmethod
    def _commit():
        shown = subprocess.run(["git", "-C", paths.TOP, "describe", "--always", "--dirty"], text=True,
                               capture_output=True, check=False)
        return shown.stdout.strip() or "a release"

    @staticmethod
    def _processor():
        with open("/proc/cpuinfo") as f:
            names = [line.partition(":")[2].strip() for line in f if line.startswith("model name")]
        return "%d x %s" % (len(names), names[0]) if names else platform.machine()

    def text(self):
        with open("/proc/meminfo") as f:
            memory_gb = int(f.readline().split()[1]) / 1e6
        return ("\nMeasured %s at %s on %s, %.0f GB, Linux %s; %s. Load average when it began %.1f, when it ended "
                "%.1f. Generator, registrar, echo and Janus share these processors." % (
                    self.start, self._commit(), self._processor(), memory_gb, platform.release(), self._versions(),
                    *self.load))


HEAD = """# Performance

What `./tests/bench/run --write` has measured: janus.plugin.ims beside janus.plugin.sip, the same work for the same far end in
turns, each figure as median [lowest..highest]. **Compare ratios, not figures**: those belong to one machine at one hour; and
ratios are rough when it did other things as well: see the load below. `net of idle` is less what the same process used
per second just before.
"""


def _path():
    return os.path.join(paths.TOP, "docs", "performance.md")


def write_some(tables, machine, size, names):
    """Tables of some rows in the place of those that are there, each with its own conditions."""
    with open(_path()) as f:
        text = f.read()
    for table in tables:
        table.notes.append("This table is of `./tests/bench/run %s`, size %s. %s" % (
            " ".join(names), size, machine.text().strip()))
        before, known, behind = text.partition("\n## %s\n" % table.title)
        if known:
            behind = behind[behind.index("\n## "):]
        else:
            before, conditions, behind = text.partition("\n## Conditions\n")
            behind = conditions + behind
        text = before.rstrip("\n") + "\n" + table.text() + "\n" + behind
    with open(_path(), "w") as f:
        f.write(text)


def write(tables, machine, size):
    with open(_path(), "w") as f:
        f.write(HEAD + "\n".join(table.text() for table in tables) + "\n\n## Conditions\n" + machine.text()
                + " Size of the bench: %s.\n" % size)
