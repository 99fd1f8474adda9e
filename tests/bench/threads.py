"""Which threads of a process use its CPU."""

import collections
import glob

OURS = ("ims sip", "ims push")      # of janus.plugin.ims: the SIP thread, and the pool that hands events to Janus


def by_name(pid):
    """Seconds of CPU of the threads that are alive."""
    used = collections.Counter()
    for folder in glob.glob("/proc/%d/task/*" % pid):
        try:
            with open(folder + "/comm") as comm, open(folder + "/schedstat") as stat:
                used[comm.read().strip()] += int(stat.read().split()[0]) / 1e9
        except (FileNotFoundError, ProcessLookupError):     # ended meanwhile
            pass
    return used


def cpu_s(pid):
    """{"ims sip": seconds, "ims push": seconds, "others": seconds} of the threads that are alive"""
    used = by_name(pid)
    return {**{name: used[name] for name in OURS}, "others": sum(s for name, s in used.items() if name not in OURS)}


class Watch:
    """What threads whose names begin so use from now on; those of them that end meanwhile are not known."""

    def __init__(self, pid, names):
        self.pid, self.names = pid, names
        self.before = self._now()

    def _now(self):
        return sum(s for name, s in by_name(self.pid).items() if name.startswith(self.names))

    def used_s(self):
        return self._now() - self.before
