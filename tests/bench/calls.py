"""The calls row: what signalling of calls costs, in both directions, beside what Janus itself takes for each; no media flow."""

import os
import time

import built
import edge
import lab
import paths
import perf
from generator import Generator
from janus import Janus
from plot import Plot
from process import counters
from report import Table, Target, median, shares, spread
from sides import Meter, both
from threads import Watch

WINDOW = 150
FAR_ENDS = {"ims": edge.CORE, "sip": lab.NET + ".82"}       # in the order of sides.both()
RTP_PORTS = {"core": "32000-32999", "ims": "30000-30999", "sip": "31000-31999"}
WANTED_MS = 0.4
# How the names begin of threads that do SIP, and of those that tell clients, where Janus does most of the work.
SIP_THREADS = {"ims": "ims sip", "sip": "sip "}
TELLERS = {"ims": "ims push"}
PUSH_EVENT = "janus_plugin_push_event"
LEAST_SHARE = 0.03      # of a library, to be named
MOST_PER_S = 417        # calls of 500 users

# How often each is measured, the idle while before, how many users are registered, and how many calls there are.
SIZES = {"tiny": (1, 0.1, 5, 5), "quick": (2, 2, 100, 500), "full": (3, 2, 500, 1500)}


class Ground:
    """Janus with EchoTest, which answers each offer: what a PeerConnection that comes and goes costs whatever plugin it is for."""

    name, package = "core", "janus.plugin.echotest"
    orders = {"alone": ("alone", 0), "asked once more": ("alone", 1)}       # directions, and what they are to the generator

    def __init__(self, folder, users):
        self.folder = folder
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
        watches = {key: Watch(self.janus.pid, names[self.name])
                   for key, names in (("sip_ms", SIP_THREADS), ("told_ms", TELLERS)) if self.name in names}
        done, gross, net = meter.busy(lambda: self.call(direction, calls))
        threads = {key: watch.used_s() * 1000 / calls for key, watch in watches.items()}
        now = counters(self.janus.pid)
        return {**done, **threads, "rate": done["ok"] / done["s"], "gross_ms": gross * 1000 / calls, "net_ms": net * 1000 / calls,
                "load": done["cpu_s"] / done["s"], "janus": gross / done["s"], "rss_mb": now.rss_kb / 1024,
                "kept_kb": (now.rss_kb - before.rss_kb) / calls}

    def call(self, direction, calls):
        what, *more = self.orders[direction]
        return self.load.ask(what, calls, WINDOW, *more)

    def close(self):
        self.load.close()
        self.janus.stop(10)


class Exchange(Ground):
    """One side with its registered users, and the far end that calls them and is called."""

    orders = {direction: (direction,) for direction in ("incoming", "outgoing")}

    def __init__(self, side, far_end, folder, users):
        self.folder = folder
        self.name, self.package = side.name, side.package
        self.janus = side.janus(folder, loops=0, rtp_ports=RTP_PORTS[side.name])
        self._attach(far_end, users)
        failed = self.load.ask("register", side.domain, *filter(None, [side.proxy]))["failed"]
        if failed:
            raise AssertionError("%s: %d of %d users are not registered" % (side, failed, users))

    def profile(self, direction, calls):
        """The profiler takes CPU, too, so that only shares are told."""
        seconds = max(1, calls // MOST_PER_S - 1)
        return perf.profile(self.janus.pid, self.folder, seconds, lambda: self.call(direction, calls))


def measure(folder, size):
    repeats, idle_s, users, calls = SIZES[size]
    runs, ends = {}, []
    try:
        ends.append(Ground(folder, users))
        for n, far_end in enumerate(FAR_ENDS.values()):
            ends.append(Exchange(both(far_end)[n], far_end, folder, users))
        for _ in range(repeats):
            for end in sorted(ends, key=lambda end: end.name):
                for direction in end.orders:
                    runs.setdefault((end.name, direction), []).append(end.run(direction, calls, idle_s))
        ours = next(end for end in ends if end.name == "ims")
        profiles = {direction: ours.profile(direction, calls) for direction in ours.orders}
    finally:
        for end in ends:
            end.close()
    return table(runs, profiles, users, calls)


ABOUT = ("%d registered users; %d calls a run, evenly one after the other, so that each user has one in 1.2 s, which is what bounds the rate; "
         "up to %d at the same time, each hung up by its far end 50 ms after the ACK. A user answers 30 ms after he was rung, as janus.plugin.sip loses an "
         "earlier answer; the set-up is without these. Descriptions are a browser's, without candidates, and no media flow: what ICE "
         "checks and DTLS cost comes on top. INVITEs go by UDP, however long. One loop thread per handle. Memory kept is that right after a run: a "
         "finished SIP transaction is kept for 32 s (RFC 3261 17.2). core: the same offers to EchoTest, without any SIP: what "
         "Janus takes for a PeerConnection that comes and goes; asked once more: with one more request in each call.")
COLUMNS = (("calls/s", "rate", 0), ("CPU ms per call, gross", "gross_ms", 2), ("net of idle", "net_ms", 2),
           ("of it in threads of SIP", "sip_ms", 2), ("in threads that tell clients", "told_ms", 2),
           ("set-up ms, median", "p50_ms", 1), ("99 %", "p99_ms", 1), ("memory kept, KB per call", "kept_kb", 1),
           ("share of a core: Janus", "janus", 2), ("generator", "load", 2))


def table(runs, profiles, users, calls):
    header = ["plugin", "direction", "failed"] + [name for name, _, _ in COLUMNS] + ["MB after each run"]
    rows = [[name, direction, max(run["failed"] for run in done)]
            + [spread(done, key, digits) if key in done[0] else "-" for _, key, digits in COLUMNS]
            + [", ".join("%.0f" % run["rss_mb"] for run in done)] for (name, direction), done in runs.items()]
    series = {"janus.plugin." + name: {direction: [run["net_ms"] for run in runs[name, direction]]
                                       for direction in Exchange.orders} for name in FAR_ENDS}
    series["Janus alone (EchoTest)"] = {direction: [run["net_ms"] for run in runs["core", "alone"]]
                                        for direction in Exchange.orders}
    return Table("Calls", ABOUT % (users, calls, WINDOW), header, rows, notes(runs) + places(profiles),
                 [Plot("calls", "Signalling: CPU of the whole Janus per call", "direction", "CPU per call, net of idle, ms", series,
                       WANTED_MS)], targets(runs))


def notes(runs):
    told = ["Of janus.plugin.sip's: CPU of an %s call %s, its set-up %s." % (
        direction, *(shares(runs["ims", direction], runs["sip", direction], key) for key in ("net_ms", "p50_ms")))
        for direction in Exchange.orders]
    return told + ["EchoTest asked once more has as many messages to its client as a call: %s ms instead of %s." % tuple(
        spread(runs["core", direction], "net_ms", 2) for direction in ("asked once more", "alone"))]


def places(profiles):
    told = []
    for direction, profile in profiles.items():
        below = profile and profile.share_below(TELLERS["ims"], PUSH_EVENT)
        if below is not None:
            named = ["%s %.0f %%" % (name, 100 * share) for name, share in profile.libraries_of(SIP_THREADS["ims"])
                     if share >= LEAST_SHARE]
            told.append("Of an %s call's CPU: in our SIP thread %s; of the threads that tell clients Janus has %.0f %% (below `%s`)." % (
                direction, ", ".join(named), 100 * below, PUSH_EVENT))
    return told


def targets(runs):
    """The whole process, as it was asked for, and what the plugin adds to what Janus takes for any plugin."""
    core, asked, made = runs["core", "alone"], runs["core", "asked once more"], []
    for direction in Exchange.orders:
        ours, theirs = runs["ims", direction], runs["sip", direction]
        made += [Target("signalling CPU per %s call, whole process, ms" % direction, spread(theirs, "net_ms", 2), "<= %g" % WANTED_MS,
                        spread(ours, "net_ms", 2), median(ours, "net_ms") <= WANTED_MS,
                        "Janus itself takes %s for a PeerConnection that comes and goes with EchoTest" % spread(core, "net_ms", 2)),
                 Target("of it in threads that do SIP, ms", spread(theirs, "sip_ms", 2), "<= %g" % WANTED_MS,
                        spread(ours, "sip_ms", 2), median(ours, "sip_ms") <= WANTED_MS),
                 Target("what the plugin adds to Janus's own, ms", "%.2f" % added(theirs, core), "<= %g" % WANTED_MS,
                        "%.2f" % added(ours, core), added(ours, core) <= WANTED_MS,
                        "with as many messages to its client as a call Janus itself takes more: to that it adds %.2f" % added(ours, asked))]
    return made


def added(runs, core):
    return median(runs, "net_ms") - median(core, "net_ms")
