"""Who relays RTP for telephones: a Janus with its calls, or two sockets for each."""

import time

import built
import edge
import paths
from core import Core
from generator import Generator
from janus import Janus
from sides import Meter
from sip import Sdp, audio_sdp

ANSWER_S = 0.05     # janus.plugin.sip 1.1.2 loses an answer that comes within a millisecond of the call
AT_ONCE = 25        # calls that are set up at the same time
WARM_S = 0.3
CALM_S = 2          # what setting up leaves to be done, such as SIP's timers
UP_S = 30           # ICE and DTLS of so many, with a machine that does other things


CALLS_DOMAIN = "calls.example"


class FarEnds:
    """What calls that are measured are between: a core that is scripted, and a second Janus that echoes."""

    def __init__(self, folder):
        self.core = Core(edge.CORE, realm=CALLS_DOMAIN)
        self.janus = Janus(folder + "/echo", [paths.janus_folder("plugins") + "/libjanus_echotest.so"], ws_port=0,
                           rtp_ports="32000-35999", full_trickle=False, debug_level=3).start()
        self.echo = self.janus.client()

    def close(self):
        self.echo.close()
        self.janus.stop(10)
        self.core.close()


class Relay:
    """What both have: telephones, who send to it, and a process that is measured. call_up_to(count): so many calls are
    up from now on."""

    def __init__(self, pid, load):
        self.pid, self.load, self.meter, self.idle_of = pid, load, Meter(pid, time.monotonic), None

    def run(self, calls, seconds):
        """50 packets/s each way in so many calls -> figures"""
        self.call_up_to(calls)
        if self.idle_of != calls:
            self.meter.idle(lambda: time.sleep(min(1, seconds)))
            self.idle_of = calls
        self.load.ask("run", min(WARM_S, seconds), calls)          # warm
        done, gross, net = self.meter.busy(lambda: self.load.ask("run", seconds, calls))
        relayed = done["sent"] + done["received"]
        if not done["received"]:
            raise AssertionError("%s: nothing came back" % self)
        return {**done, "gross_us": gross * 1e6 / relayed, "net_us": net * 1e6 / relayed,
                "lost": 100 * (1 - done["received"] / done["sent"])}


class Caller(Relay):
    """One side with its calls: telephone <-> Janus A <-> SRTP <-> Janus B, which echoes.

    loops: static event loops, of which the first is left to handles without calls; 0: one for each handle.
    echo: a client of Janus B; phones: the first port of its telephones, of which there are `most`."""

    def __init__(self, side, janus, loops, core, echo, phones, most):
        self.side, self.janus, self.loops, self.core, self.echo, self.phones = side, janus, loops, core, echo, phones
        self.client, self.handles = janus.client(), []
        super().__init__(janus.pid, Generator(built.path("rtp_load"), core.ip, phones, most))
        self.load.answer()

    def __repr__(self):
        return self.side.name

    def call_up_to(self, count):
        if len(self.handles) < count:
            while len(self.handles) < count:
                self._call(range(len(self.handles), min(count, len(self.handles) + AT_ONCE)))
            time.sleep(CALM_S)

    def _call(self, numbers):
        """Some at the same time."""
        handles = [self._registered(number) for number in numbers]
        invites = [self._invite(number) for number in numbers]
        answers = [self._echoed(handle.wait("incomingcall").jsep) for handle in handles]
        time.sleep(ANSWER_S)
        for handle, answer in zip(handles, answers):
            handle.send("accept", jsep=answer)
        for number, handle, invite in zip(numbers, handles, invites):
            self._up(number, handle, invite, invite.final())
        self.handles += handles

    def _up(self, number, handle, invite, final):
        """The call was answered: its media may come."""
        invite.dialog()
        handle.wait("core:webrtcup", timeout_s=UP_S)
        audio = Sdp(final.body).audio
        self.load.tell("to", number, audio.address, audio.port)

    def _registered(self, number):
        place = {"loop_index": 1 + number % (self.loops - 1)} if self.loops else {}
        handle = self.client.attach(self.side.package, **place)
        handle.send("register", **self.side.account(number))
        handle.wait("registered")
        return handle

    def _invite(self, number):
        return self.core.terminate("INVITE", self.side.account(number)["username"],
                                   body=audio_sdp(self.core.ip, self.phones + 2 * number))

    def _echoed(self, offer):
        """The echo's JSEP answer."""
        echo = self.echo.attach("janus.plugin.echotest")
        transaction = echo.post({"audio": True, "video": False}, offer)
        return echo.wait(transaction=transaction, match=lambda event: event.jsep).jsep

    def close(self):
        self.load.close()
        self.client.close()
        self.janus.stop(10)


class Floor(Relay):
    """Two sockets for each call, and a far end without SRTP that echoes."""

    def __init__(self, ip, first_port, phones, calls):
        self.relay = Generator(built.path("floor"), ip, first_port, calls, phones)
        self.relay.answer()
        super().__init__(self.relay.child.pid, Generator(built.path("rtp_load"), ip, phones, calls))
        self.load.answer()
        for number in range(calls):
            self.load.tell("to", number, ip, first_port + 4 * number)

    def __repr__(self):
        return "two sockets"

    def call_up_to(self, count):
        """All are."""

    def close(self):
        self.load.close()
        self.relay.close()
