"""Where and when the bench ran, and how busy the machine was with other things."""

import os
import platform
import subprocess
import time

import paths

PACKAGES = ("janus", "libsofia-sip-ua0", "libnice10", "libsrtp2-1", "libglib2.0-0", "kamailio")
MEASURED = ("plugin", "transports", "tests/bench")      # what was not committed of these makes a commit "dirty"


class Machine:
    def __init__(self):
        self.start, self.commit, self.load = time.strftime("%Y-%m-%d %H:%M"), self._commit(), [os.getloadavg()[0]]

    def end(self):
        self.load.append(os.getloadavg()[0])

    @staticmethod
    def _versions():
        shown = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${Version}, "] + list(PACKAGES), text=True,
                               capture_output=True, check=False)
        return shown.stdout.rstrip(", ")

    @staticmethod
    def _git(*words):
        return subprocess.run(["git", "-C", paths.TOP, *words], text=True, capture_output=True, check=False).stdout.strip()

    def _commit(self):
        name = self._git("rev-parse", "--short", "HEAD")
        return (name + ("-dirty" if self._git("status", "--porcelain", "--", *MEASURED) else "")) if name else "a release"

    @staticmethod
    def _processor():
        with open("/proc/cpuinfo") as f:
            names = [line.partition(":")[2].strip() for line in f if line.startswith("model name")]
        return "%d x %s" % (len(names), names[0]) if names else platform.machine()

    def text(self):
        with open("/proc/meminfo") as f:
            memory_gb = int(f.readline().split()[1]) / 1e6
        return ("Measured %s at %s on %s, %.0f GB, Linux %s; %s. Load average when it began %.1f, when it ended "
                "%.1f. Generator, registrar, far ends and Janus share these processors." % (
                    self.start, self.commit, self._processor(), memory_gb, platform.release(), self._versions(),
                    *self.load))
