"""The media row: G.711 relayed between a telephone and a WebRTC end that echoes it."""

import statistics
import time

import built
import edge
import paths
from core import Core
from generator import Generator
from janus import Janus
from report import Table, shares, spread
from sides import DOMAIN, Meter, both
from sip import Sdp, audio_sdp

ANSWER_S = 0.05     # janus.plugin.sip 1.1.2 loses an answer that comes within a millisecond of the call
LATE_US = 500       # when the generator is late by more, round trips say nothing of the plugins
FIRST_PORT = {"ims": 40000, "sip": 42000}       # of the telephones

SIZES = {"tiny": (1, 0.5, [2]), "quick": (2, 3, [10, 50]), "full": (5, 5, [10, 50])}


class Caller:
    """One side with its calls: telephone <-> Janus A <-> SRTP <-> Janus B, which echoes."""

    def __init__(self, side, folder, core, echo, calls):
        self.side, self.core, self.echo, self.up = side, core, echo, 0
        ports = {"ims": "30000-30999", "sip": "31000-31999"}[side.name]
        self.janus = side.janus(folder, loops=0, rtp_ports=ports)
        self.client = self.janus.client()
        self.load = Generator(built.path("rtp_load"), core.ip, FIRST_PORT[side.name], calls)
        self.load.answer()

    def call_up_to(self, count):
        while self.up < count:
            self._call(self.up)
            self.up += 1

    def _call(self, number):
        handle, port = self.client.attach(self.side.package), FIRST_PORT[self.side.name] + 2 * number
        account = self.side.account(number)
        handle.send("register", **account)
        handle.wait("registered")
        invite = self.core.terminate("INVITE", account["username"], body=audio_sdp(self.core.ip, port))
        offer = handle.wait("incomingcall").jsep
        answer = self._echoed(offer)
        time.sleep(ANSWER_S)
        handle.send("accept", jsep=answer)
        final = invite.final()
        invite.dialog()
        handle.wait("core:webrtcup", timeout_s=10)
        audio = Sdp(final.body).audio
        self.load.tell("to", number, audio.address, audio.port)

    def _echoed(self, offer):
        """The echo's JSEP answer."""
        echo = self.echo.attach("janus.plugin.echotest")
        transaction = echo.post({"audio": True, "video": False}, offer)
        return echo.wait(transaction=transaction, match=lambda event: event.jsep).jsep

    def run(self, seconds):
        meter = Meter(self.janus.pid, time.monotonic)
        meter.idle(lambda: time.sleep(min(2, seconds)))
        self.load.ask("run", min(1, seconds), self.up)          # warm
        done, gross, net = meter.busy(lambda: self.load.ask("run", seconds, self.up))
        relayed = done["sent"] + done["received"]
        if not done["received"]:
            raise AssertionError("%s: nothing came back" % self.side)
        return {**done, "gross_us": gross * 1e6 / relayed, "net_us": net * 1e6 / relayed,
                "lost": 100 * (1 - done["received"] / done["sent"])}

    def close(self):
        self.load.close()
        self.client.close()
        self.janus.stop(10)


def measure(folder, size):
    repeats, seconds, counts = SIZES[size]
    core = Core(edge.CORE, realm=DOMAIN)
    far = Janus(folder + "/echo", [paths.janus_folder("plugins") + "/libjanus_echotest.so"], ws_port=0,
                rtp_ports="32000-35999", full_trickle=False, debug_level=3).start()
    callers, runs = [], {}
    try:
        echo = far.client()
        callers = [Caller(side, folder, core, echo, counts[-1]) for side in both(edge.CORE)]
        for count in counts:
            for caller in callers:
                caller.call_up_to(count)
            for _ in range(repeats):
                for caller in callers:
                    runs.setdefault((caller.side.name, count), []).append(caller.run(seconds))
    finally:
        for caller in callers:
            caller.close()
        far.stop(10)
        core.close()
    return table(runs, counts, seconds)


def table(runs, counts, seconds):
    header = ["plugin", "calls", "CPU us per packet, gross", "net of idle", "lost %", "round trip us, median", "99 %",
              "generator: late us, 99 %", "its share of a core"]
    rows = [[name, count] + [spread(done, key, digits) for key, digits in (
        ("gross_us", 1), ("net_us", 1), ("lost", 2), ("p50_us", 0), ("p99_us", 0), ("late_p99_us", 0), ("cpu_share", 2))]
        for (name, count), done in sorted(runs.items(), key=lambda item: item[0][1])]
    notes = ["At %d calls, of janus.plugin.sip's: CPU per packet %s, round trip %s, its 99 %% %s." % (
        count, *(shares(runs["ims", count], runs["sip", count], key) for key in ("gross_us", "p50_us", "p99_us")))
        for count in counts]
    notes += ["At %d calls the generator itself was late (its column): these delays are the machine's." % count
              for count in counts if statistics.median(
                  run["late_p99_us"] for name in ("ims", "sip") for run in runs[name, count]) > LATE_US]
    return Table("Media", "160 bytes PCMU, 50 packets/s each way for %g s a run; generator, plugin, SRTP, a second Janus that "
                 "echoes, and back. CPU: of the whole Janus of the plugin, one loop thread per handle, by relayed packet (one "
                 "packet in one direction)." % seconds, header, rows, notes)
