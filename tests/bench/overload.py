"""The overload row: what comes of twice the work that a Janus can do, for those who come and for calls that stand."""

import collections
import contextlib
import time

import built
import edge
import lab
from callers import CALLS_DOMAIN, Caller, FarEnds
from concurrent.futures import ThreadPoolExecutor
from generator import Generator
from report import Table, Target, median, spread
from sides import DOMAIN, both

FAR_ENDS = {"ims": lab.NET + ".83", "sip": lab.NET + ".84"}     # of the work, apart from that of the calls that stand
PHONES = {"ims": 40000, "sip": 42000}
ICE_PORTS = {"ims": "28000-30999", "sip": "24000-27999"}
LOOPS = 5
# Who can be offered what: how much is under way at the same time when it is measured what can be done, of how many users, and the
# key of its limit. janus.plugin.sip takes 0.1 s for the first registration of each, so that there are too few to call.
Work = collections.namedtuple("Work", "window users key")
WORK = {("ims", "registrations"): Work(60, 4000, "registrations_per_second"), ("ims", "calls"): Work(60, 2500, "calls_per_second"),
        ("sip", "registrations"): Work(60, 200, None)}
OVERLOAD_LAG_MS = 250
LIMIT = 0.6         # of what can be done: what is left is for media, and for those who share the processors
AHEAD_S = 0.5       # the work begins before media are measured, and lasts longer
ALONE, ALL, TWICE_ALL, LIMITED, TWICE_LIMITED = PHASES = (
    "none comes", "all it can do", "twice of that is offered", "up to its limit", "twice its limit is offered")

# seconds of a phase, calls that stand, what is offered to whom, and how many users there are at most
Size = collections.namedtuple("Size", "seconds standing work users")
SIZES = {"tiny": Size(0.5, 2, [("ims", "registrations")], 30), "quick": Size(2, 10, list(WORK), 4000),
         "full": Size(3, 20, list(WORK), 4000)}


class Stage:
    """One side with calls that stand, and those who come."""

    def __init__(self, side, janus, core, echo, work, size):
        self.side, self.janus, self.work, self.size = side, janus, work, size
        far_end, users = FAR_ENDS[side.name], min(WORK[side.name, work].users, size.users)
        self.caller = Caller(side, janus, LOOPS, core, echo, PHONES[side.name], size.standing)
        self.caller.call_up_to(size.standing)
        self.load = Generator(built.path("offer_load"), janus.api_path, side.package, far_end, users)
        self._ask("attach")
        self._ask("serve", *((DOMAIN,) if side.name == "ims" else (far_end, "sip:%s:5060;transport=udp" % far_end)))
        self._prepare()

    def _prepare(self):
        """Who is to be called is registered; so was once whose first registration takes longer than others."""
        if self.work == "calls" or self.side.name == "sip":
            self._ask("register")
        if self.work == "registrations" and self.side.name == "sip":
            self._ask("leave")

    def _ask(self, *words):
        done = self.load.ask(*words)
        if done["ok"] < done["begun"]:
            raise AssertionError("%s: %s: %r" % (self.side, words, done))

    def phase(self, *command):
        """-> figures of the work and of the calls that stand meanwhile"""
        seconds = self.size.seconds
        with ThreadPoolExecutor(1) as aside:
            work = aside.submit(self.load.ask, *command, seconds + 2 * AHEAD_S) if command else None
            time.sleep(AHEAD_S if work else 0)
            media = self.caller.load.ask("run", seconds, self.size.standing)
            done = work.result() if work else {}
        for name in ("begun", "short", "ok", "refused", "failed", "unheard"):
            done[name + "_s"] = done.get(name, 0) / done.get("s", 1)
        return {**done, "lost": 100 * (1 - media["received"] / media["sent"]), "rtp_p50": media["p50_us"] / 1000,
                "rtp_p99": media["p99_us"] / 1000, "rtp_late": media["late_p99_us"] / 1000,
                "load": done.get("cpu_s", 0) / done.get("s", 1)}

    def offer(self, rate):
        return self.phase("offer", self.work, max(round(rate), 1))

    def close(self):
        self.load.close()
        self.caller.close()


class Bench:
    """runs: {(work, side, phase): figures of each time}"""

    def __init__(self, folder, size):
        self.folder, self.size, self.runs = folder, size, {}
        self.far = FarEnds(folder)

    def close(self):
        self.far.close()

    @contextlib.contextmanager
    def stage(self, name, work, limits):
        """note(phase, figures) on a fresh Janus of that side."""
        side = next(side for side in both(edge.CORE, CALLS_DOMAIN, FAR_ENDS["ims"], {"overload_lag_ms": OVERLOAD_LAG_MS, **limits})
                    if side.name == name)
        stage = Stage(side, side.janus(self.folder, LOOPS, ICE_PORTS[name]), self.far.core, self.far.echo, work, self.size)
        try:
            yield stage, lambda phase, figures: self.runs.setdefault((work, name, phase), []).append(figures) or figures
        finally:
            stage.close()

    def without_limits(self, name, work):
        """-> how much can be done in a second"""
        with self.stage(name, work, {}) as (stage, note):
            note(ALONE, stage.phase())
            could = note(ALL, stage.phase("fill", work, WORK[name, work].window))["ok_s"]
            note(TWICE_ALL, stage.offer(2 * could))
        return could

    def with_limit(self, name, work, limit):
        with self.stage(name, work, {WORK[name, work].key: limit}) as (stage, note):
            note(LIMITED, stage.offer(limit))
            note(TWICE_LIMITED, stage.offer(2 * limit))

    def run(self, name, work):
        could = self.without_limits(name, work)
        if WORK[name, work].key:
            self.with_limit(name, work, max(round(LIMIT * could), 1))


def measure(folder, size):
    bench = Bench(folder, SIZES[size])
    try:
        for name, work in bench.size.work:
            bench.run(name, work)
    finally:
        bench.close()
    return table(bench.runs, bench.size)


COLUMNS = (("offered/s", "begun_s", 0), ("not offered, no user being free/s", "short_s", 0), ("served/s", "ok_s", 0), ("refused/s", "refused_s", 0), ("failed/s", "failed_s", 1),
           ("never heard of/s", "unheard_s", 1), ("served after ms, median", "p50_ms", 0), ("99 %", "p99_ms", 0),
           ("refused after ms, 99 %", "refused_p99_ms", 0), ("standing calls: lost %", "lost", 2),
           ("round trip ms, median", "rtp_p50", 1), ("99 %", "rtp_p99", 1), ("RTP generator late ms, 99 %", "rtp_late", 1),
           ("generator's share of a core", "load", 2))


def table(runs, size):
    header = ["work", "plugin", "phase"] + [name for name, _, _ in COLUMNS]
    rows = [list(key) + [spread([{**{name: 0 for _, name, _ in COLUMNS}, **run} for run in done], name, digits)
                         for _, name, digits in COLUMNS] for key, done in runs.items()]
    return Table("Overload", ABOUT % (size.standing, 100 * LIMIT, OVERLOAD_LAG_MS, LOOPS), header, rows, list(notes(runs)),
                 targets=list(targets(runs)))


ABOUT = ("%d calls with media stand, and others come. All it can do: what is served while 60 pieces of work are always under way. Then "
         "twice as much is offered in each second, whatever becomes of it. The limit, in a Janus of its own: %d %% of all it can do "
         "(`registrations_per_second`, `calls_per_second`), which leaves the processors to media. Registrations: REGISTER to a far end that takes everybody, and its "
         "end. Calls: INVITE of the far end, answered by the page, ended after 50 ms; a set-up is without the 30 ms that the page takes to "
         "answer. `overload_lag_ms` %d in all; %d static loops. The generators, the far ends and the Janus that echoes share the "
         "processors with what is measured.")


def share(runs, work, name, phase, of):
    """Served in one phase, in % of another."""
    could = median(runs[work, name, of], "ok_s")
    return 100 * median(runs[work, name, phase], "ok_s") / could if could else 0


def notes(runs):
    for work, name in dict.fromkeys(key[:2] for key in runs):
        yield "%s, janus.plugin.%s: when twice is offered of all it can do, %.0f %% of that are served." % (
            work.capitalize(), name, share(runs, work, name, TWICE_ALL, ALL))


def targets(runs):
    for work in [work for work, name, phase in runs if name == "ims" and phase == TWICE_LIMITED]:
        twice, once = runs[work, "ims", TWICE_LIMITED], runs[work, "ims", LIMITED]
        served, they = share(runs, work, "ims", TWICE_LIMITED, LIMITED), (work, "sip", TWICE_ALL) in runs
        yield Target("%s at twice the limit: served, %% of it" % work,
                     "%.0f" % share(runs, work, "sip", TWICE_ALL, ALL) if they else "-", ">= 90", "%.0f" % served, served >= 90)
        yield Target("... loss of calls that stand, %", spread(runs[work, "sip", TWICE_ALL], "lost", 2) if they else "-",
                     "<= 0.1", spread(twice, "lost", 2), median(twice, "lost") <= 0.1)
        yield Target("... their round trip ms, 99 %%, %s without the overload" % spread(once, "rtp_p99", 1), "-",
                     "<= twice that", spread(twice, "rtp_p99", 1), median(twice, "rtp_p99") <= 2 * median(once, "rtp_p99"))
        yield Target("... refused after ms, 99 %", "-", "<= 500", spread(twice, "refused_p99_ms", 0),
                     median(twice, "refused_p99_ms") <= 500)
