"""The media row: G.711 relayed between a telephone and a WebRTC end that echoes it."""

import collections

import built
import edge
import kamailio
import perf
from callers import CALLS_DOMAIN, Caller, FarEnds, Floor
from generator import Generator
from report import Table, Target, median, ratio, shares, spread
from sides import DOMAIN, both

LATE_US = 500       # when the generator is late by more, round trips say nothing of the plugins
WINDOW = 100        # idle users that register at the same time
PHONES = {"ims": 40000, "sip": 42000, "floor": 44000}           # first ports of the telephones
FLOOR_PORT = 46000
ICE_PORTS = {"ims": "30000-30999", "sip": "31000-31999"}

# Of the core's loops. loops: static ones, the first of them for handles without calls, 0: one for each handle; cpu: what was
# wanted of janus.plugin.sip's CPU per packet.
Placement = collections.namedtuple("Placement", "loops cpu")
OWN, SIZED, CROWDED, BARE = Placement(0, 0.8), Placement(26, 0.7), Placement(3, 0.7), Placement(None, None)

# seconds of a run; calls: how often each is run, by placement, beside idle users (with IDLE_CALLS calls), on two sockets;
# and with how many calls the plugin's part is told.
Size = collections.namedtuple("Size", "seconds own sized crowded idle idle_calls bare profiled")
SIZES = {"tiny": Size(0.5, {2: 1}, {2: 1}, {}, {10: 1}, 2, {2: 1}, []),
         "quick": Size(2, {10: 2, 50: 2}, {50: 2}, {100: 2}, {10000: 2}, 50, {50: 1}, [50]),
         "full": Size(2, {10: 4, 50: 4, 100: 4, 200: 1, 500: 1}, {50: 4, 100: 4, 200: 2}, {100: 4}, {50000: 3}, 50,
                      {100: 1, 500: 1}, [10, 50, 100, 200])}
WANTED = {OWN: (2, 10, 50, 100), SIZED: (2, 50, 100, 200), CROWDED: (100,)}             # calls, 2: of tiny
P99, BATCHED_US, BESIDE_IDLE = 0.8, 2000, 1.1

# What was measured. idle: users; name: of the plugin or the two sockets, or BEFORE.
BEFORE = "ims, before they come"
Row = collections.namedtuple("Row", "placement calls idle name")


class Bench:
    """runs: {Row: what its runs said}; parts: {Row: the plugin's perf.Part}"""

    def __init__(self, folder, size):
        self.folder, self.size, self.runs, self.parts = folder, size, {}, {}
        self.far = FarEnds(folder)

    def close(self):
        self.far.close()

    def caller(self, side, loops, most):
        janus = side.janus(self.folder, loops, ICE_PORTS[side.name])
        return Caller(side, janus, loops, self.far.core, self.far.echo, PHONES[side.name], most)

    def run_in_turns(self, callers, placement, calls, repeats, idle=0, name=None):
        for _ in range(repeats):
            for caller in callers:
                row = Row(placement, calls, idle, name or str(caller))
                self.runs.setdefault(row, []).append(caller.run(calls, self.size.seconds))

    def profile(self, caller, placement, calls):
        if calls in self.size.profiled and calls in WANTED[placement]:
            part = perf.part_of_plugin(caller.pid, self.folder, self.size.seconds, lambda: caller.run(calls, self.size.seconds))
            if part:
                self.parts[Row(placement, calls, 0, str(caller))] = part

    def side_by_side(self, placement, plan):
        callers = [self.caller(side, placement.loops, max(plan)) for side in both(edge.CORE, CALLS_DOMAIN)]
        try:
            for calls, repeats in plan.items():
                self.run_in_turns(callers, placement, calls, repeats)
                self.profile(callers[0], placement, calls)
        finally:
            for caller in callers:
                caller.close()

    def beside_idle(self, idle, repeats):
        """The same calls before so many users come, and then. Of janus.plugin.sip they cannot register: 0.1 s each, 8
        descriptors each."""
        registrar = kamailio.Registrar(self.folder + "/registrar")
        side = both(edge.CORE, CALLS_DOMAIN, kamailio.ADDRESS)[0]
        calls = self.size.idle_calls
        caller = self.caller(side, SIZED.loops, calls)
        load = Generator(built.path("api_load"), caller.janus.api_path, side.package, DOMAIN)
        try:
            self.run_in_turns([caller], SIZED, calls, repeats, name=BEFORE)
            for told in (load.ask("attach", idle, 0), load.ask("register", WINDOW)):
                if told["failed"]:
                    raise AssertionError("of %d idle users %d did not register" % (idle, told["failed"]))
            self.run_in_turns([caller], SIZED, calls, repeats, idle)
        finally:
            load.close()
            caller.close()
            registrar.stop()

    def bare(self, calls, repeats):
        floor = Floor(edge.CORE, FLOOR_PORT, PHONES["floor"], calls)
        try:
            self.run_in_turns([floor], BARE, calls, repeats)
        finally:
            floor.close()


def measure(folder, size):
    bench = Bench(folder, SIZES[size])
    try:
        bench.side_by_side(OWN, bench.size.own)
        bench.side_by_side(SIZED, bench.size.sized)
        if bench.size.crowded:
            bench.side_by_side(CROWDED, bench.size.crowded)
        for idle, repeats in bench.size.idle.items():
            bench.beside_idle(idle, repeats)
        for calls, repeats in bench.size.bare.items():
            bench.bare(calls, repeats)
    finally:
        bench.close()
    return table(bench)


ABOUT = (
    "160 bytes PCMU, 50 packets/s each way for %g s a run; generator, plugin, SRTP, a second Janus that echoes, and back. CPU: "
    "of the whole Janus of the plugin by relayed packet (one packet in one direction). Static loops: %d for the calls, which is "
    "8 for each with 200 of them, or %d for all; and one more, where the handles without calls are (`loop_index` 0). The echo "
    "returns at once what came at once, which flatters who passes packets on together. Two sockets: the least that relaying can "
    "cost, one thread that reads and sends, a far end that echoes without SRTP. The round trip has the second Janus, common to "
    "both, in it: the ratio of what the plugins add is farther from 1 than the ratio shown.")
FIGURES = (("gross_us", 1), ("net_us", 1), ("lost", 2), ("p50_us", 0), ("p99_us", 0), ("late_p99_us", 0), ("cpu_share", 2))


def table(bench):
    header = ["loops", "calls", "idle users beside", "who", "CPU us per packet, gross", "net of idle", "lost %",
              "round trip us, median", "99 %", "generator: late us, 99 %", "its share of a core"]
    rows = [[shown(row), row.calls, row.idle, row.name] + [spread(done, key, digits) for key, digits in FIGURES]
            for row, done in bench.runs.items()]
    about = ABOUT % (bench.size.seconds, SIZED.loops - 1, CROWDED.loops - 1)
    return Table("Media", about, header, rows, notes(bench.runs, bench.parts), targets=targets(bench.runs, bench.parts))


def shown(row):
    return {0: "one per handle", None: "no Janus"}.get(row.placement.loops, "%s static" % row.placement.loops)


def of_theirs(runs):
    """Rows that janus.plugin.sip has too."""
    for row, ours in runs.items():
        theirs = runs.get(row._replace(name="sip"))
        if row.name == "ims" and theirs:
            yield row, ours, theirs


def beside_idle(runs):
    for row, done in runs.items():
        alone = runs.get(row._replace(idle=0, name=BEFORE))
        if row.idle and alone:
            yield row, done, alone


def late(runs):
    return median(runs, "late_p99_us") > LATE_US


def notes(runs, parts):
    for row, ours, theirs in of_theirs(runs):
        yield "%d calls, loops: %s. Of janus.plugin.sip's: CPU per packet %s, round trip %s, its 99 %% %s." % (
            row.calls, shown(row), *(shares(ours, theirs, key) for key in ("gross_us", "p50_us", "p99_us")))
    for row, done, alone in beside_idle(runs):
        yield "%d calls beside %d idle users: CPU per packet %s of what it is without them." % (
            row.calls, row.idle, shares(done, alone, "gross_us"))
    for row, part in parts.items():
        gross = median(runs[row], "gross_us")
        yield ("%d calls, loops: %s: of its CPU %.0f %% is %s's (perf): %.1f us of %.1f, of which sending and receiving take "
               "%.1f." % (row.calls, shown(row), 100 * part.all, row.name, part.all * gross, gross, part.system_calls * gross))
    machines = ["%d calls, %s, loops: %s%s" % (row.calls, row.name, shown(row), ", beside idle users" if row.idle else "")
                for row, done in runs.items() if late(done)]
    if machines:
        yield "The generator itself was late (its column), the processors being busy, so that delays are the machine's: %s." % (
            "; ".join(machines))


def targets(runs, parts):
    compared = [found for found in of_theirs(runs) if found[0].calls in WANTED[found[0].placement]]
    return ([cpu_target(row, ours, theirs, parts.get(row)) for row, ours, theirs in compared]
            + [idle_target(*found) for found in beside_idle(runs)]
            + [delay_target(*found) for found in compared if found[0].placement is OWN]
            + [batched_target(*found) for found in compared if found[0].placement is CROWDED])


def cpu_target(row, ours, theirs, part):
    wanted = row.placement.cpu
    return Target("CPU us per relayed packet, %d calls, loops: %s" % (row.calls, shown(row)), spread(theirs, "gross_us", 1),
                  "<= %g of that" % wanted, "%s: %s" % (spread(ours, "gross_us", 1), shares(ours, theirs, "gross_us")),
                  ratio(ours, theirs, "gross_us") <= wanted, limit(ours, theirs, part) if part else "")


def limit(ours, theirs, part):
    """What is Janus's own with any plugin, by that run's profile."""
    reached = ratio(ours, theirs, "gross_us")
    return ("%.0f %% of it is Janus's own; with no instruction of the plugin it would be %.2f, without its sending and receiving "
            "either %.2f" % (100 * (1 - part.all), reached * (1 - part.all + part.system_calls), reached * (1 - part.all)))


def idle_target(row, done, alone):
    return Target("CPU us per relayed packet, %d calls beside %d idle users" % (row.calls, row.idle), "-",
                  "<= %g of that without them" % BESIDE_IDLE,
                  "%s: %s" % (spread(done, "gross_us", 1), shares(done, alone, "gross_us")),
                  ratio(done, alone, "gross_us") <= BESIDE_IDLE)


def whole_round_trip(row):
    return "round trip us, 99 %%, the second Janus included, %d calls, loops: %s" % (row.calls, shown(row))


def of_machine(*sides):
    return "the generator itself was late: the delay is the machine's" if any(map(late, sides)) else ""


def delay_target(row, ours, theirs):
    return Target(whole_round_trip(row), spread(theirs, "p99_us", 0), "<= %g of that" % P99,
                  "%s: %s" % (spread(ours, "p99_us", 0), shares(ours, theirs, "p99_us")), ratio(ours, theirs, "p99_us") <= P99,
                  of_machine(ours, theirs) or "its median: " + shares(ours, theirs, "p50_us"))


def batched_target(row, ours, theirs):
    return Target(whole_round_trip(row), spread(theirs, "p99_us", 0), "at most %d more" % BATCHED_US, spread(ours, "p99_us", 0),
                  median(ours, "p99_us") <= median(theirs, "p99_us") + BATCHED_US, of_machine(ours, theirs))
