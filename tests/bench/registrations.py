"""The registrations row: first registrations with Digest, two REGISTERs each, through the Janus API."""

import json
import subprocess
import time

import built
import threads
from process import counters
from kamailio import ADDRESS, WORKERS, Registrar
from plot import Plot
from report import Table, Target, median, shares, spread
from sides import Meter, both, core, grown

WINDOW = 100        # registrations under way at the same time
LOOPS = 2

WANTED_RATE, WANTED_MS, WANTED_KB = 2000, 0.2, {"static": 8, "own": 20}

OF_OURS = ["%s_ms" % thread for thread in threads.OURS]
EXCHANGES, OUT_BYTES, BACK_BYTES = 20000, 900, 600      # two for each registration; of about that size

# How often each is measured, the idle while before, and with how many users and static event loops (0: a loop thread for
# each handle). janus.plugin.sip takes 0.1 s for each whatever the machine, and cannot hold 10,000 with the descriptors
# that a process has.
SIZES = {"tiny": (1, 0.1, {"ims": [(20, LOOPS)], "sip": [(5, LOOPS)], "core": [(20, LOOPS)]}),
         "quick": (2, 2, {"ims": [(100, LOOPS), (1000, LOOPS)], "sip": [(50, LOOPS)], "core": [(1000, LOOPS)]}),
         "full": (3, 2, {"ims": [(100, LOOPS), (1000, LOOPS), (5000, 0), (10000, LOOPS), (100000, LOOPS)],
                         "sip": [(100, LOOPS)], "core": [(1000, LOOPS), (5000, 0)]})}


def one_run(side, users, loops, idle_s, folder):
    registrar = Registrar(folder + "/registrar")
    janus = side.janus(folder, loops)
    before = counters(janus.pid)
    load = side.load(janus)
    try:
        if load.ask("attach", users)["failed"]:
            raise AssertionError("%s: not all of %d handles could be attached" % (side, users))
        meter = Meter(janus.pid, time.monotonic)
        meter.idle(lambda: time.sleep(idle_s))
        other = registrar.cpu_s()
        by_thread = threads.cpu_s(janus.pid)
        done, gross, net = meter.busy(lambda: load.ask("register", WINDOW))
        by_thread = {name: cpu - by_thread[name] for name, cpu in threads.cpu_s(janus.pid).items()}
        return {**{name + "_ms": cpu * 1000 / users for name, cpu in by_thread.items()},
                **grown(janus.pid, before, users), "failed": done["failed"], "rate": done["ok"] / done["s"],
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
        for side in both(ADDRESS) + [core()]:
            for count, loops in users[side.name]:
                runs.setdefault((side.name, count, loops), []).append(one_run(side, count, loops, idle_s, folder))
    return table(runs, users, [exchange_ms() for _ in range(repeats)])


def exchange_ms():
    """CPU of a registration's two requests and answers in a program that does nothing else."""
    told = subprocess.check_output([built.path("exchange"), ADDRESS, *map(str, (EXCHANGES, WINDOW // 2, OUT_BYTES, BACK_BYTES))])
    return {"ms": 2 * json.loads(told)["cpu_us"] / 1000}


def flatness(runs, counts):
    """Of users in static loops: the CPU of each, by their number."""
    first, *more = [("ims", count, loops) for count, loops in counts if loops and count >= 1000]
    return ["From %d to %d users the CPU of each (net) becomes %s of what it was."
            % (first[1], one[1], shares(runs[one], runs[first], "net_ms")) for one in more]


def table(runs, users, exchanges):
    header = ["plugin", "users", "event loops", "failed", "registrations/s", "CPU ms each, gross", "net of idle",
              "of gross: SIP thread", "events to Janus", "other threads", "KB per user", "threads", "descriptors", "UDP ports", "share of a core: Janus", "registrar", "generator"]
    rows = [[name, count, loops or "one each", max(r["failed"] for r in done)]
            + ["-" if key in OF_OURS and name != "ims" else spread(done, key, digits) for key, digits in (
                ("rate", 0), ("gross_ms", 3), ("net_ms", 3), ("ims sip_ms", 3), ("ims push_ms", 3), ("others_ms", 3), ("kb", 1), ("threads", 2), ("descriptors", 2), ("udp", 2),
                ("janus", 2), ("registrar", 2), ("load", 2))]
            for (name, count, loops), done in runs.items()]
    theirs, first = ("sip", *users["sip"][0]), ("ims", *users["ims"][0])
    notes = ["Of janus.plugin.sip's CPU each registration takes here (net, %d users): %s."
             % (first[1], shares(runs[first], runs[theirs], "net_ms"))]
    if len(users["ims"]) > 2:
        notes += flatness(runs, users["ims"])
    notes += ["core: Janus without our plugin; each handle sends EchoTest a request that is answered with one event, which is "
              "what Janus itself takes of a registration, besides the second event.",
              "Two requests of %d bytes and their answers of %d over UDP take %s ms of a program that does nothing else."
              % (OUT_BYTES, BACK_BYTES, spread(exchanges, "ms", 3))]
    return Table("Registrations", "First registrations with Digest (two REGISTERs each) over the UNIX socket API, one "
                 "session, %d under way at the same time; registrar: Kamailio with %d workers on the same processors. "
                 "Memory, threads, descriptors and ports: after less before, by the number of users, with Janus's own "
                 "handle; a loop thread for each handle is Janus's. What a burst of registrations leaves behind for the "
                 "next one (about 10 MB) counts as the users', so a few look dear. janus.plugin.sip sends no "
                 "keep-alives here, and janus.plugin.ims no subscriptions (`reg_event = false`), so that both do the "
                 "same." % (WINDOW, WORKERS), header, rows, notes, plots(runs), targets(runs, exchanges))


def of_static_loops(runs, name):
    return {users: done for (side, users, loops), done in runs.items() if side == name and loops}


def plots(runs):
    """By the number of users, where there are several."""
    ours = of_static_loops(runs, "ims")
    if len(ours) < 2:
        return []
    series = {key: {name: {users: [run[key] for run in done] for users, done in of_static_loops(runs, name).items()}
                    for name in ("ims", "sip")} for key in ("net_ms", "kb")}
    return [Plot("registrations-cpu", "Registrations: CPU of the whole Janus", "users", "CPU each, net of idle, ms",
                 series["net_ms"], WANTED_MS, log_x=True, log_y=True),
            Plot("registrations-memory", "Registered users: memory, with static loops", "users", "KB per user",
                 series["kb"], WANTED_KB["static"], log_x=True, log_y=True)]


def of_core(runs, users, loops):
    """The runs of Janus alone that had about as many handles, in loops of the same kind."""
    alike = {count: done for (name, count, how), done in runs.items() if name == "core" and bool(how) == bool(loops)}
    return alike[min(alike, key=lambda count: abs(count - users))] if alike else None


def why_cpu(runs, users, exchanges):
    alone = of_core(runs, users, LOOPS)
    return alone and "Janus itself takes %s for a request and an event (EchoTest), and two REGISTERs and their answers over UDP " \
        "take %s of a program that does nothing else" % (spread(alone, "net_ms", 3), spread(exchanges, "ms", 3))


def why_kb(runs, users):
    alone = of_core(runs, users, 0)
    return alone and "Janus itself takes %s for a handle and its loop (EchoTest)" % spread(alone, "kb", 1)


def targets(runs, exchanges):
    ours = of_static_loops(runs, "ims")
    theirs = of_static_loops(runs, "sip").popitem()[1]
    many = {users: done for users, done in ours.items() if users >= 1000} or ours
    most, worst = max(ours), max(many, key=lambda users: median(many[users], "net_ms"))
    fastest = max(ours, key=lambda users: median(ours[users], "rate"))
    at_most = ours[most]
    held = {key: median(at_most, key) for key in ("threads", "descriptors", "udp")}
    made = [Target("registrations per second, of %d users" % fastest, spread(theirs, "rate", 0), ">= %d" % WANTED_RATE,
                   spread(ours[fastest], "rate", 0), median(ours[fastest], "rate") >= WANTED_RATE),
            Target("CPU per registration, net, ms, where it is highest (%d users)" % worst, spread(theirs, "net_ms", 2),
                   "<= %g" % WANTED_MS, spread(ours[worst], "net_ms", 3), median(ours[worst], "net_ms") <= WANTED_MS, why_cpu(runs, worst, exchanges)),
            Target("users in one process", "-", ">= 100000", most, most >= 100000 and not max(r["failed"] for r in at_most)),
            Target("KB per registered user, static loops, %d users" % most, spread(theirs, "kb", 1), "<= %g" % WANTED_KB["static"],
                   spread(at_most, "kb", 1), median(at_most, "kb") <= WANTED_KB["static"]),
            Target("threads, descriptors, UDP ports per user", "%.0f, %.0f, %.0f" % tuple(
                median(theirs, key) for key in held), "0, 0, 0", "%.0f, %.0f, %.0f" % tuple(held.values()),
                   max(held.values()) < 0.01)]
    for (name, users, loops), done in runs.items():
        if name == "ims" and not loops:
            made.append(Target("KB per registered user, a loop thread each, %d users" % users, "-", "<= %g" % WANTED_KB["own"],
                               spread(done, "kb", 1), median(done, "kb") <= WANTED_KB["own"],
                               why_kb(runs, users)))
    return made
