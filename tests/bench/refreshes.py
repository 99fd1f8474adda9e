"""The refreshes row: what registered users cost who do nothing but stay registered."""

import time

from kamailio import ADDRESS, Registrar
from process import cpu_s
from registrations import LOOPS, WINDOW
from report import Table, Target
from sides import both

EXPIRES_S = 60
WANTED_US = 5

# Idle while before, the window, and which are there at the same time: (plugin, users).
SIZES = {"tiny": (0.1, 1, [[("ims", 10), ("sip", 5)]]),
         "quick": (2, 31, [[("ims", 1000), ("sip", 50)]]),
         "full": (2, 40, [[("ims", 10000), ("sip", 200)], [("ims", 100000)]])}


class Users:
    def __init__(self, side, count, folder, idle_s):
        self.side, self.count = side, count
        self.janus = side.janus(folder, LOOPS)
        self.load = side.load(self.janus)
        cpu = cpu_s(self.janus.pid)
        time.sleep(idle_s)
        self.idle_share = (cpu_s(self.janus.pid) - cpu) / idle_s
        self.load.ask("attach", count)
        self.load.tell("register", WINDOW, EXPIRES_S)

    def registered(self):
        self.failed = self.load.answer()["failed"]

    def close(self):
        self.load.close()
        self.janus.stop(10)


def watched(users, registrar, window_s):
    """Of the users of all sides what that while took."""
    before, other, start = [cpu_s(one.janus.pid) for one in users], registrar.cpu_s(), time.monotonic()
    time.sleep(window_s)
    took = time.monotonic() - start
    rows = []
    for one, cpu in zip(users, before):
        share = (cpu_s(one.janus.pid) - cpu) / took
        rows.append({"name": one.side.name, "users": one.count, "failed": one.failed, "gross_us": 1e6 * share / one.count,
                     "net_us": 1e6 * (share - one.idle_share) / one.count, "janus": share,
                     "registrar": (registrar.cpu_s() - other) / took})
    return rows


def together(sides, members, idle_s, window_s, folder):
    registrar = Registrar(folder + "/registrar")
    users = []
    try:
        users += [Users(sides[name], count, folder, idle_s) for name, count in members]
        for one in users:
            one.registered()
        return watched(users, registrar, window_s)
    finally:
        for one in users:
            one.close()
        registrar.stop()


def measure(folder, size):
    idle_s, window_s, together_are = SIZES[size]
    sides = {side.name: side for side in both(ADDRESS)}
    runs = [run for members in together_are for run in together(sides, members, idle_s, window_s, folder)]
    header = ["plugin", "users", "failed", "CPU us per user and second, gross", "net of the empty process",
              "share of a core: Janus", "registrar"]
    rows = [[run["name"], run["users"], run["failed"], "%.1f" % run["gross_us"], "%.1f" % run["net_us"], "%.3f" % run["janus"],
             "%.2f" % run["registrar"]] for run in runs]
    return Table("Staying registered", "Users registered for %d s, each refreshed by its plugin about every %d s, watched "
                 "for %d s; those in the same window were there at the same time, in a Janus each with %d static event "
                 "loops." % (EXPIRES_S, EXPIRES_S / 2, window_s, LOOPS), header, rows, [], targets=targets(runs))


def targets(runs):
    theirs = ", ".join("%.0f" % run["net_us"] for run in runs if run["name"] == "sip")
    return [Target("idle and refresh of %d users, CPU us per user and second" % run["users"], theirs, "<= %g" % WANTED_US,
                   "%.1f" % run["net_us"], run["net_us"] <= WANTED_US and not run["failed"])
            for run in runs if run["name"] == "ims"]
