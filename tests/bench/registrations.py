"""The registrations row: first registrations with Digest, two REGISTERs each, through the Janus API."""

import time

import built
from generator import Generator
from process import counters
from kamailio import ADDRESS, WORKERS, Registrar
from report import Table, shares, spread
from sides import Meter, both, grown

WINDOW = 100        # registrations under way at the same time
LOOPS = 2

# How often each is measured, the idle while before, and with how many users. janus.plugin.sip takes 0.1 s for each whatever the machine,
# and cannot hold 10,000 with the descriptors that a process has.
SIZES = {"tiny": (1, 0.1, {"ims": [20], "sip": [5]}), "quick": (2, 2, {"ims": [100, 1000], "sip": [50]}),
         "full": (3, 2, {"ims": [100, 1000, 10000], "sip": [100]})}


def one_run(side, users, idle_s, folder):
    registrar = Registrar(folder + "/registrar")
    janus = side.janus(folder, LOOPS)
    before = counters(janus.pid)
    load = Generator(built.path("api_load"), janus.api_path, side.package)
    try:
        if load.ask("attach", users)["failed"]:
            raise AssertionError("%s: not all of %d handles could be attached" % (side, users))
        meter = Meter(janus.pid, time.monotonic)
        meter.idle(lambda: time.sleep(idle_s))
        other = registrar.cpu_s()
        done, gross, net = meter.busy(lambda: load.ask("register", WINDOW, side.domain, *filter(None, [side.proxy])))
        return {**grown(janus.pid, before, users), "failed": done["failed"], "rate": done["ok"] / done["s"],
                "gross_ms": gross * 1000 / users, "net_ms": net * 1000 / users, "load": done["cpu_s"] / done["s"],
                "registrar": (registrar.cpu_s() - other) / done["s"], "janus": gross / done["s"]}
    finally:
        load.close()
        janus.stop(10)
        registrar.stop()


def measure(folder, size):
    repeats, idle_s, users = SIZES[size]
    runs = {}
    for _ in range(repeats):
        for side in both(ADDRESS):
            for count in users[side.name]:
                runs.setdefault((side.name, count), []).append(one_run(side, count, idle_s, folder))
    return table(runs, users)


def table(runs, users):
    header = ["plugin", "users", "failed", "registrations/s", "CPU ms each, gross", "net of idle", "KB per user",
              "threads", "descriptors", "UDP ports", "share of a core: Janus", "registrar", "generator"]
    rows = [[name, count, max(r["failed"] for r in done)]
            + [spread(done, key, digits) for key, digits in (
                ("rate", 0), ("gross_ms", 3), ("net_ms", 3), ("kb", 1), ("threads", 2), ("descriptors", 2), ("udp", 2),
                ("janus", 2), ("registrar", 2), ("load", 2))]
            for (name, count), done in runs.items()]
    theirs, first = ("sip", users["sip"][0]), ("ims", users["ims"][0])
    notes = ["Of janus.plugin.sip's CPU each registration takes here (net, %d users): %s."
             % (first[1], shares(runs[first], runs[theirs], "net_ms"))]
    if len(users["ims"]) > 1:
        last, before = [("ims", count) for count in users["ims"][:-3:-1]]
        notes.append("From %d to %d users the CPU of each (net) becomes %s of what it was."
                     % (before[1], last[1], shares(runs[last], runs[before], "net_ms")))
    return Table("Registrations", "First registrations with Digest (two REGISTERs each) over the UNIX socket API, one "
                 "session, %d static event loops, %d under way at the same time; registrar: Kamailio with %d workers on the same "
                 "processors. Memory, threads, descriptors and ports: after less before, by the number of users, with "
                 "Janus's own handle. janus.plugin.sip sends no keep-alives here, and janus.plugin.ims no "
                 "subscriptions (`reg_event = false`), so that both do the same." % (
                     LOOPS, WINDOW, WORKERS), header, rows, notes)
