"""The overload row: what comes of twice the work that a Janus can do, for those who come and for calls that stand."""

import collections
import statistics
import time

import built
import edge
import lab
import paths
from callers import Caller
from concurrent.futures import ThreadPoolExecutor
from core import Core
from generator import Generator
from janus import Janus
from report import Table, Target, median, spread
from sides import DOMAIN, both

CALLS_DOMAIN = "calls.example"
FAR_ENDS = {"ims": lab.NET + ".83", "sip": lab.NET + ".84"}     # of the work, apart from that of the calls that stand
PHONES = {"ims": 40000, "sip": 42000}
ICE_PORTS = {"ims": "28000-30999", "sip": "24000-27999"}
LOOPS = 5
# Who can be offered what: how much is under way at the same time when it is measured what can be done, and of how many users.
# janus.plugin.sip takes 0.1 s for each registration, so that there are too few to call.
WORK = {("ims", "registrations"): (60, 3000), ("ims", "calls"): (100, 2000), ("sip", "registrations"): (2, 120)}
OVERLOAD_LAG_MS = 250
AHEAD_S = 0.5       # the work begins before media are measured, and lasts longer
PHASES = ("calls alone", "at capacity", "at twice the capacity")

# seconds of a phase, calls that stand, how often whom, and how many users at most
Size = collections.namedtuple("Size", "seconds standing repeats users")
SIZES = {"tiny": Size(0.5, 2, {"ims": 1}, 30), "quick": Size(3, 10, {"ims": 1, "sip": 1}, 3000),
         "full": Size(3, 50, {"ims": 2, "sip": 1}, 3000)}


class Stage:
    """One side with calls that stand, and those who come."""

    def __init__(self, side, janus, core, echo, work, size):
        self.side, self.janus, self.work, self.size = side, janus, work, size
        far_end, (self.window, users) = FAR_ENDS[side.name], WORK[side.name, work]
        self.caller = Caller(side, janus, LOOPS, core, echo, PHONES[side.name], size.standing)
        self.caller.call_up_to(size.standing)
        self.load = Generator(built.path("offer_load"), janus.api_path, side.package, far_end, min(users, size.users))
        self._ask("attach")
        if side.name == "ims":
            self._ask("register", DOMAIN)
        else:
            self._ask("register", far_end, "sip:%s:5060;transport=udp" % far_end)
        if work == "registrations":
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
        for name in ("begun", "ok", "refused", "failed", "unheard"):
            done[name + "_s"] = done.get(name, 0) / done.get("s", 1)
        return {**done, "lost": 100 * (1 - media["received"] / media["sent"]), "rtp_p50": media["p50_us"] / 1000,
                "rtp_p99": media["p99_us"] / 1000, "rtp_late": media["late_p99_us"] / 1000,
                "load": done.get("cpu_s", 0) / done.get("s", 1)}

    def run(self):
        alone = self.phase()
        full = self.phase("fill", self.work, self.window)
        time.sleep(1)
        return dict(zip(PHASES, (alone, full, self.phase("offer", self.work, round(2 * full["ok_s"])))))

    def close(self):
        self.load.close()
        self.caller.close()


def measure(folder, size):
    what = SIZES[size]
    core = Core(edge.CORE, realm=CALLS_DOMAIN)
    far = Janus(folder + "/echo", [paths.janus_folder("plugins") + "/libjanus_echotest.so"], ws_port=0,
                rtp_ports="32000-35999", full_trickle=False, debug_level=3).start()
    echo, runs = far.client(), {}
    try:
        for turn in range(max(what.repeats.values())):
            for side in both(edge.CORE, CALLS_DOMAIN, FAR_ENDS["ims"], {"overload_lag_ms": OVERLOAD_LAG_MS}):
                for work in [work for name, work in WORK if name == side.name and turn < what.repeats.get(name, 0)]:
                    stage = Stage(side, side.janus(folder, LOOPS, ICE_PORTS[side.name]), core, echo, work, what)
                    try:
                        for phase, figures in stage.run().items():
                            runs.setdefault((work, side.name, phase), []).append(figures)
                    finally:
                        stage.close()
    finally:
        echo.close()
        far.stop(10)
        core.close()
    return table(runs, what)


COLUMNS = (("offered/s", "begun_s", 0), ("served/s", "ok_s", 0), ("refused/s", "refused_s", 0), ("failed/s", "failed_s", 1),
           ("never heard of/s", "unheard_s", 1), ("served after ms, median", "p50_ms", 0), ("99 %", "p99_ms", 0),
           ("refused after ms, 99 %", "refused_p99_ms", 0), ("standing calls: lost %", "lost", 2),
           ("round trip ms, median", "rtp_p50", 1), ("99 %", "rtp_p99", 1), ("RTP generator late ms, 99 %", "rtp_late", 1),
           ("generator's share of a core", "load", 2))


def table(runs, size):
    header = ["work", "plugin", "phase"] + [name for name, _, _ in COLUMNS]
    rows = [list(key) + [spread([{**{name: 0 for _, name, _ in COLUMNS}, **run} for run in done], name, digits)
                         for _, name, digits in COLUMNS] for key, done in runs.items()]
    return Table("Overload", ABOUT % (size.standing, WORK["ims", "registrations"][0], WORK["ims", "calls"][0], WORK["sip", "registrations"][0],
                                     OVERLOAD_LAG_MS, LOOPS), header, rows,
                 list(notes(runs)), targets=list(targets(runs)))


ABOUT = ("%d calls with media stand, and others come. Capacity: what is served while %d registrations, or %d calls, are always under way (of "
         "janus.plugin.sip %d registrations: it does one in 0.1 s); then "
         "twice as many are offered in each second, whatever becomes of them. Registrations: REGISTER to a far end that takes "
         "everybody, and its end. Calls: INVITE of the far end, answered by the page, ended after 50 ms; a set-up is without the 30 ms that the page "
         "takes to answer. `overload_lag_ms` %d, no other limits; %d static loops. The generators, the far ends and the Janus that echoes share "
         "the processors with what is measured, and work more for twice as much.")


def notes(runs):
    for (work, name, phase), done in runs.items():
        if phase == PHASES[2]:
            served = [run["ok_s"] for run in done]
            could = [run["ok_s"] for run in runs[work, name, PHASES[1]]]
            yield "%s, janus.plugin.%s: served at twice the capacity %.0f %% of what it can do." % (
                work.capitalize(), name, 100 * statistics.median(served) / statistics.median(could))


def targets(runs):
    for (work, name, phase), done in runs.items():
        if name != "ims" or phase != PHASES[2]:
            continue
        full, theirs = runs[work, name, PHASES[1]], runs.get((work, "sip", phase))
        share = 100 * median(done, "ok_s") / median(full, "ok_s")
        they = "-"
        if theirs:
            they = "%.0f" % (100 * median(theirs, "ok_s") / median(runs[work, "sip", PHASES[1]], "ok_s"))
        yield Target("%s served at twice the capacity, %% of it" % work, they, ">= 90", "%.0f" % share, share >= 90)
        yield Target("... loss of calls that stand, %", spread(theirs, "lost", 2) if theirs else "-", "<= 0.1",
                     spread(done, "lost", 2), median(done, "lost") <= 0.1)
