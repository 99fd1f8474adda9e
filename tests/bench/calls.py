"""The calls row: what signalling of calls costs, in both directions, beside what Janus itself takes for each; no media flow."""

import os
import time

import built
import edge
import lab
import paths
from generator import Generator
from janus import Janus
from plot import Plot
from process import counters
from report import Table, Target, median, shares, spread
from sides import Meter, both

WINDOW = 150
FAR_ENDS = {"ims": edge.CORE, "sip": lab.NET + ".82"}       # in the order of sides.both()
RTP_PORTS = {"core": "32000-32999", "ims": "30000-30999", "sip": "31000-31999"}
WANTED_MS = 0.4

# How often each is measured, the idle while before, how many users are registered, and how many calls there are.
SIZES = {"tiny": (1, 0.1, 5, 5), "quick": (2, 2, 100, 500), "full": (3, 2, 500, 1500)}


class Ground:
    """Janus with EchoTest, which answers each offer: what a PeerConnection that comes and goes costs whatever plugin it is for."""

    name, directions, package = "core", ["alone"], "janus.plugin.echotest"

    def __init__(self, folder, users):
        self.janus = Janus(os.path.join(folder, "alone"), [paths.janus_folder("plugins") + "/libjanus_echotest.so"], ws_port=0,
                           rtp_ports=RTP_PORTS["core"], full_trickle=False, debug_level=3).start()
        self._attach(lab.NET + ".83", users)

    def _attach(self, far_end, users):
        self.load = Generator(built.path("call_load"), self.janus.api_path, self.package, far_end, users)
        if self.load.ask("attach")["failed"]:
            raise AssertionError("%s: not all of %d handles could be attached" % (self.name, users))

    def run(self, direction, calls, idle_s):
        meter = Meter(self.janus.pid, time.monotonic)
        meter.idle(lambda: time.sleep(idle_s))
        before = counters(self.janus.pid)
        done, gross, net = meter.busy(lambda: self.load.ask(direction, calls, WINDOW))
        now = counters(self.janus.pid)
        return {**done, "rate": done["ok"] / done["s"], "gross_ms": gross * 1000 / calls, "net_ms": net * 1000 / calls,
                "load": done["cpu_s"] / done["s"], "janus": gross / done["s"], "rss_mb": now.rss_kb / 1024,
                "kept_kb": (now.rss_kb - before.rss_kb) / calls}

    def close(self):
        self.load.close()
        self.janus.stop(10)


class Exchange(Ground):
    """One side with its registered users, and the far end that calls them and is called."""

    directions = ["incoming", "outgoing"]

    def __init__(self, side, far_end, folder, users):
        self.name, self.package = side.name, side.package
        self.janus = side.janus(folder, loops=0, rtp_ports=RTP_PORTS[side.name])
        self._attach(far_end, users)
        failed = self.load.ask("register", side.domain, *filter(None, [side.proxy]))["failed"]
        if failed:
            raise AssertionError("%s: %d of %d users are not registered" % (side, failed, users))


def measure(folder, size):
    repeats, idle_s, users, calls = SIZES[size]
    runs, ends = {}, []
    try:
        ends.append(Ground(folder, users))
        for n, far_end in enumerate(FAR_ENDS.values()):
            ends.append(Exchange(both(far_end)[n], far_end, folder, users))
        for _ in range(repeats):
            for end in sorted(ends, key=lambda end: end.name):
                for direction in end.directions:
                    runs.setdefault((end.name, direction), []).append(end.run(direction, calls, idle_s))
    finally:
        for end in ends:
            end.close()
    return table(runs, users, calls)


ABOUT = ("%d registered users; %d calls a run, evenly one after the other, so that each user has one in 1.2 s, which is what bounds the rate; "
         "up to %d at the same time, each hung up by its far end 50 ms after the ACK. A user answers 30 ms after he was rung, as janus.plugin.sip loses an "
         "earlier answer; the set-up is without these. Descriptions are a browser's, without candidates, and no media flow: what ICE "
         "checks and DTLS cost comes on top. One loop thread per handle. core: the same offers to EchoTest, without any SIP: what Janus "
         "takes for a PeerConnection that comes and goes.")
COLUMNS = (("calls/s", "rate", 0), ("CPU ms per call, gross", "gross_ms", 2), ("net of idle", "net_ms", 2),
           ("set-up ms, median", "p50_ms", 1), ("99 %", "p99_ms", 1), ("memory kept, KB per call", "kept_kb", 1),
           ("share of a core: Janus", "janus", 2), ("generator", "load", 2))


def table(runs, users, calls):
    header = ["plugin", "direction", "failed"] + [name for name, _, _ in COLUMNS] + ["MB after each run"]
    rows = [[name, direction, max(run["failed"] for run in done)] + [spread(done, key, digits) for _, key, digits in COLUMNS]
            + [", ".join("%.0f" % run["rss_mb"] for run in done)] for (name, direction), done in runs.items()]
    series = {"janus.plugin." + name: {direction: [run["net_ms"] for run in runs[name, direction]]
                                       for direction in Exchange.directions} for name in FAR_ENDS}
    series["Janus alone (EchoTest)"] = {direction: [run["net_ms"] for run in runs["core", "alone"]]
                                        for direction in Exchange.directions}
    return Table("Calls", ABOUT % (users, calls, WINDOW), header, rows, notes(runs),
                 [Plot("calls", "Signalling: CPU of the whole Janus per call", "direction", "CPU per call, net of idle, ms", series,
                       WANTED_MS)], targets(runs))


def notes(runs):
    return ["Of janus.plugin.sip's: CPU of an %s call %s, its set-up %s." % (
        direction, *(shares(runs["ims", direction], runs["sip", direction], key) for key in ("net_ms", "p50_ms")))
        for direction in Exchange.directions]


def targets(runs):
    """The whole process, as it was asked for, and what the plugin adds to what Janus takes for any plugin."""
    core, made = runs["core", "alone"], []
    for direction in Exchange.directions:
        ours, theirs = runs["ims", direction], runs["sip", direction]
        made += [Target("signalling CPU per %s call, whole process, ms" % direction, spread(theirs, "net_ms", 2), "<= %g" % WANTED_MS,
                        spread(ours, "net_ms", 2), median(ours, "net_ms") <= WANTED_MS,
                        "Janus itself takes %s for a PeerConnection that comes and goes with EchoTest" % spread(core, "net_ms", 2)),
                 Target("of it what the plugin adds to Janus's own, ms", "%.2f" % added(theirs, core), "<= %g" % WANTED_MS,
                        "%.2f" % added(ours, core), added(ours, core) <= WANTED_MS)]
    return made


def added(runs, core):
    return median(runs, "net_ms") - median(core, "net_ms")
