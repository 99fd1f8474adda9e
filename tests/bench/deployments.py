"""The deployments row: a gateway with 100, 10,000 and 100,000 registered users and some calls, with the settings that
docs/large-deployments.md recommends and with those that suggest themselves."""

import collections
import statistics
import time

import built
import edge
import kamailio
from callers import ANSWER_S, CALLS_DOMAIN, Caller, FarEnds
from generator import Generator
from process import counters
from report import Table
from sides import DOMAIN, both

WINDOW = 100            # users that register at the same time
PHONES = 40000          # first port of the telephones

# name: of the settings; loops: event_loops; parked: users' handles are on loop 0, those of calls on the others.
Settings = collections.namedtuple("Settings", "name loops parked")
DEFAULT = Settings("as installed: a loop for each handle", 0, False)
SPREAD = Settings("2 static loops, Janus's own placement", 2, False)
PARKED = Settings("8 static loops, users on loop 0", 8, True)

# seconds of a run with media, calls, and which users with which settings.
SIZES = {"tiny": (0.5, 2, [(20, PARKED)]),
         "quick": (2, 20, [(100, DEFAULT), (2000, DEFAULT), (2000, SPREAD), (2000, PARKED)]),
         "full": (5, 50, [(100, DEFAULT), (10000, DEFAULT), (10000, SPREAD), (10000, PARKED), (100000, PARKED)])}
SET_UPS = 10            # calls one after the other whose set-up is told


class TimedCaller(Caller):
    """Tells how long the gateway takes to ring a user, and to bring his answer to the network."""

    def set_up_ms(self, number):
        handle = self._registered(number)
        start = time.monotonic()
        invite = self._invite(number)
        offer = handle.wait("incomingcall").jsep
        rung = time.monotonic() - start
        answer = self._echoed(offer)
        time.sleep(ANSWER_S)
        start = time.monotonic()
        handle.send("accept", jsep=answer)
        final = invite.final()
        answered = time.monotonic() - start
        self._up(number, handle, invite, final)
        self.handles.append(handle)
        return (rung + answered) * 1000


class Deployment:
    """One gateway; its registrar; a core that calls some users; and a Janus whose EchoTest is their browsers."""

    def __init__(self, folder, users, settings, calls):
        self.users, self.settings = users, settings
        self.registrar = kamailio.Registrar(folder + "/registrar")
        self.far = FarEnds(folder)
        side = both(edge.CORE, CALLS_DOMAIN, kamailio.ADDRESS)[0]
        self.janus = side.janus(folder, settings.loops, "30000-30999")
        self.before = counters(self.janus.pid)
        self.caller = TimedCaller(side, self.janus, settings.loops if settings.parked else 0, self.far.core, self.far.echo, PHONES,
                                  calls + SET_UPS)
        self.load = Generator(built.path("api_load"), self.janus.api_path, side.package, DOMAIN)

    def register(self):
        """-> figures of the users alone"""
        attach = self.load.ask("attach", self.users, *([0] if self.settings.parked else []))
        done = self.load.ask("register", WINDOW)
        now = counters(self.janus.pid)
        return {"failed": attach["failed"] + done["failed"], "attach_s": attach["s"], "rate": done["ok"] / done["s"],
                "kb": (now.rss_kb - self.before.rss_kb) / self.users, "mb": now.rss_kb / 1024, "threads": now.threads,
                "descriptors": now.descriptors}

    def call(self, calls, seconds):
        """-> figures of calls beside them"""
        set_ups = [self.caller.set_up_ms(number) for number in range(min(SET_UPS, calls))]
        done = self.caller.run(calls, seconds)
        return {**done, "set_up_ms": statistics.median(set_ups), "set_up_most_ms": max(set_ups),
                "idle": self.caller.meter.idle_share}

    def close(self):
        self.load.close()
        self.caller.close()
        self.far.close()
        self.registrar.stop()


def measure(folder, size):
    seconds, calls, deployments = SIZES[size]
    runs = {}
    for users, settings in deployments:
        deployment = Deployment(folder, users, settings, calls)
        try:
            runs[users, settings.name] = {**deployment.register(), **deployment.call(calls, seconds)}
        finally:
            deployment.close()
    return table(runs, calls, seconds)


COLUMNS = (("failed", "failed", 0), ("s to attach", "attach_s", 1), ("registrations/s", "rate", 0), ("MB", "mb", 0),
           ("KB per user", "kb", 1), ("threads", "threads", 0), ("descriptors", "descriptors", 0),
           ("set-up ms, median", "set_up_ms", 1), ("longest", "set_up_most_ms", 1), ("calls up, silent: share of a core", "idle", 2),
           ("CPU us per packet, gross", "gross_us", 1), ("lost %", "lost", 2), ("round trip us, median", "p50_us", 0),
           ("99 %", "p99_us", 0), ("generator: late us, 99 %", "late_p99_us", 0))


def table(runs, calls, seconds):
    header = ["users", "settings"] + [name for name, _, _ in COLUMNS]
    rows = [["{:,}".format(users), name] + ["%.*f" % (digits, done[key]) for _, key, digits in COLUMNS]
            for (users, name), done in runs.items()]
    return Table("Deployments", "So many users register; then others are called, %d one after the other, whose set-up is told (the time until "
                 "a user is rung, and from his answer to the 200), and in all %d calls with media, as in the section above, for %g s. Memory, "
                 "threads and descriptors: of the whole process with its users, before the calls. One run each. What the settings are, and "
                 "what a system needs besides: docs/large-deployments.md." % (min(SET_UPS, calls), calls, seconds), header, rows, [])
