"""The media row: G.711 relayed between a telephone and a WebRTC end that echoes it."""

import collections
import statistics

import built
import edge
import kamailio
import perf
from callers import CALLS_DOMAIN, Caller, FarEnds, Floor
from generator import Generator
from report import Table, shares, spread
from sides import DOMAIN, both

LATE_US = 500       # when the generator is late by more, round trips say nothing of the plugins
CALLS_PER_LOOP = 8
WINDOW = 100        # idle users that register at the same time
PHONES = {"ims": 40000, "sip": 42000, "floor": 44000}           # first ports of the telephones
FLOOR_PORT = 46000
ICE_PORTS = {"ims": "30000-30999", "sip": "31000-31999"}

# seconds of a run; calls: how often each is run; with one loop per handle, with static loops, beside idle users (with
# IDLE_CALLS calls), on two sockets; and with how many calls the plugin's part is told.
Size = collections.namedtuple("Size", "seconds own static idle idle_calls floor profiled")
SIZES = {"tiny": Size(0.5, {2: 1}, {2: 1}, {10: 1}, 2, {2: 1}, []),
         "quick": Size(2, {10: 2, 50: 2}, {50: 2}, {10000: 2}, 50, {50: 1}, [50]),
         "full": Size(3, {10: 3, 50: 3, 100: 3, 200: 2, 500: 1}, {50: 3, 100: 3, 200: 2}, {10000: 2, 50000: 3}, 50,
                      {10: 1, 100: 1, 200: 1, 500: 1}, [100])}

# What was measured: placement: "own" or "static"; idle: users; name: of the plugin or the floor.
Row = collections.namedtuple("Row", "placement calls idle name")


def loops_for(calls):
    """The first is for handles without calls."""
    return 1 + -(-calls // CALLS_PER_LOOP)


class Bench:
    """runs: {Row: what its runs said}; parts: {(placement, calls, name): the plugin's share}"""

    def __init__(self, folder, size):
        self.folder, self.size, self.runs, self.parts = folder, size, {}, {}
        self.far = FarEnds(folder)

    def close(self):
        self.far.close()

    def caller(self, side, loops, most):
        janus = side.janus(self.folder, loops, ICE_PORTS[side.name])
        return Caller(side, janus, loops, self.far.core, self.far.echo, PHONES[side.name], most)

    def run_in_turns(self, callers, placement, calls, repeats, idle=0):
        for _ in range(repeats):
            for caller in callers:
                row = Row(placement, calls, idle, str(caller))
                self.runs.setdefault(row, []).append(caller.run(calls, self.size.seconds))

    def profile(self, callers, placement, calls):
        if calls in self.size.profiled:
            for caller in callers:
                share, _ = perf.share_of_plugin(caller.pid, self.folder, self.size.seconds,
                                                lambda caller=caller: caller.run(calls, self.size.seconds))
                self.parts[placement, calls, str(caller)] = share

    def own_loops(self):
        callers = [self.caller(side, 0, max(self.size.own)) for side in both(edge.CORE, CALLS_DOMAIN)]
        try:
            for calls, repeats in self.size.own.items():
                self.run_in_turns(callers, "own", calls, repeats)
                self.profile(callers, "own", calls)
        finally:
            for caller in callers:
                caller.close()

    def static_loops(self, calls, repeats):
        callers = [self.caller(side, loops_for(calls), calls) for side in both(edge.CORE, CALLS_DOMAIN)]
        try:
            self.run_in_turns(callers, "static", calls, repeats)
            self.profile(callers, "static", calls)
        finally:
            for caller in callers:
                caller.close()

    def beside_idle(self, idle, repeats):
        """Of janus.plugin.sip so many cannot register: 0.1 s each, 8 descriptors each."""
        registrar = kamailio.Registrar(self.folder + "/registrar")
        side = both(edge.CORE, CALLS_DOMAIN, kamailio.ADDRESS)[0]
        calls = self.size.idle_calls
        caller = self.caller(side, loops_for(calls), calls)
        load = Generator(built.path("api_load"), caller.janus.api_path, side.package, DOMAIN)
        try:
            for told in (load.ask("attach", idle, 0), load.ask("register", WINDOW)):
                if told["failed"]:
                    raise AssertionError("of %d idle users %d did not register" % (idle, told["failed"]))
            self.run_in_turns([caller], "static", calls, repeats, idle)
        finally:
            load.close()
            caller.close()
            registrar.stop()

    def floor(self, calls, repeats):
        floor = Floor(edge.CORE, FLOOR_PORT, PHONES["floor"], calls)
        try:
            self.run_in_turns([floor], "none", calls, repeats)
        finally:
            floor.close()


def measure(folder, size):
    bench = Bench(folder, SIZES[size])
    try:
        bench.own_loops()
        for calls, repeats in bench.size.static.items():
            bench.static_loops(calls, repeats)
        for idle, repeats in bench.size.idle.items():
            bench.beside_idle(idle, repeats)
        for calls, repeats in bench.size.floor.items():
            bench.floor(calls, repeats)
    finally:
        bench.close()
    return table(bench)


PLACEMENTS = {"own": "one per handle", "static": "%d static", "none": "no Janus"}
FIGURES = (("gross_us", 1), ("net_us", 1), ("lost", 2), ("p50_us", 0), ("p99_us", 0), ("late_p99_us", 0), ("cpu_share", 2))


def table(bench):
    header = ["loops", "calls", "idle users beside", "who", "CPU us per packet, gross", "net of idle", "lost %",
              "round trip us, median", "99 %", "generator: late us, 99 %", "its share of a core"]
    rows = [[shown(row), row.calls, row.idle, row.name] + [spread(done, key, digits) for key, digits in FIGURES]
            for row, done in bench.runs.items()]
    return Table("Media", "160 bytes PCMU, 50 packets/s each way for %g s a run; generator, plugin, SRTP, a second Janus that "
                 "echoes, and back. CPU: of the whole Janus of the plugin by relayed packet (one packet in one direction). "
                 "Static loops: %d calls on each, and one more, where the handles without calls are (`loop_index` 0). Two "
                 "sockets: the least that relaying can cost, one thread that reads and sends, a far end that echoes without "
                 "SRTP. The round trip has the second Janus, common to both, in it: the ratio of what the plugins add is "
                 "farther from 1 than the ratio shown." % (bench.size.seconds, CALLS_PER_LOOP), header, rows,
                 list(notes(bench.runs, bench.parts)))


def shown(row):
    text = PLACEMENTS[row.placement]
    return text % loops_for(row.calls) if "%d" in text else text


def notes(runs, parts):
    for row in runs:
        theirs = row._replace(name="sip")
        if row.name == "ims" and theirs in runs:
            yield "%d calls, loops: %s. Of janus.plugin.sip's: CPU per packet %s, round trip %s, its 99 %% %s." % (
                row.calls, shown(row), *(shares(runs[row], runs[theirs], key) for key in ("gross_us", "p50_us", "p99_us")))
    for row in runs:
        alone = row._replace(idle=0)
        if row.idle and alone in runs:
            yield "%d calls beside %d idle users: CPU per packet %s of what it is without them." % (
                row.calls, row.idle, shares(runs[row], runs[alone], "gross_us"))
    for (placement, calls, name), share in parts.items():
        if share is not None:
            gross = statistics.median(run["gross_us"] for run in runs[Row(placement, calls, 0, name)])
            yield ("%d calls, loops: %s: of its CPU %.0f %% is %s's, its system calls and threads included (perf): %.1f us "
                   "of %.1f." % (calls, shown(Row(placement, calls, 0, name)), 100 * share, name, share * gross, gross))
    for row, done in runs.items():
        if statistics.median(run["late_p99_us"] for run in done) > LATE_US:
            yield "%d calls, %s, loops: %s: the generator itself was late (its column), the processors being busy: these " \
                "delays are the machine's." % (row.calls, row.name, shown(row))
