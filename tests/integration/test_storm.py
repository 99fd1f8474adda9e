"""Many pages that attach, register, call, are called and go at any moment, all at the same time.

What comes of a single request is not the point here: the process must live, nobody may be stuck, and
everything must come back. Under ThreadSanitizer this is what shows where two threads meet."""

import concurrent.futures
import contextlib
import dataclasses
import itertools
import random
import threading
import time

import edge
from cases import case
from checks import check
from client import Unexpected
from page import Page
from process import counters, wait_counters
from rtp import RtpSocket, frames, tone, ulaw
from sip import audio_sdp
from whims import Nothing, Provider

EDGE = {"general": {"reclaim_s": 0}, "sip": {"sip_t1_ms": 100}}
AT_ONCE = 6
TARGET = "sip:+4930999@scripted.example"
TOLERANCE_S = 5     # what may come or not, as somebody else may have gone
BROKEN = (Unexpected, OSError, KeyError)    # a connection that the storm itself has cut, a user who has gone


class FatefulCore:
    """Meets each INVITE and whatever follows with one of several fates, without a word to the test."""

    def __init__(self, core, sdp, rng):
        self.core, self.sdp, self.rng, self.invites = core, sdp, rng, {}
        core.handlers.update({"INVITE": self.invite, "CANCEL": self.cancel, "ACK": lambda request: None,
                              **{method: lambda request: request.reply(200)
                                 for method in ("BYE", "INFO", "MESSAGE", "UPDATE")}})

    def invite(self, request):
        if request.message.tag("to"):       # a hold, or its end
            request.reply(self.rng.choice((200, 491, 488)), ["Contact: <%s>" % self.core.contact], self.sdp)
            return
        self.invites[request.branch] = request
        self.rng.choice((self.busy, self.rings, self.answers, self.answers, self.answers_and_leaves,
                         self.speaks_early))(request)

    def cancel(self, request):
        request.reply(200)
        if request.branch in self.invites:
            self.invites[request.branch].reply(487)

    def busy(self, request):
        request.reply(486)

    def rings(self, request):
        request.ringing()

    def answers(self, request):
        request.accept(self.sdp)

    def answers_and_leaves(self, request):
        request.accept(self.sdp).request("BYE")

    def speaks_early(self, request):
        request.progress(self.sdp)
        request.accept(self.sdp)


class Wanderer:
    """One page after another; each does a few things, and goes somehow, perhaps in the middle of them."""

    def __init__(self, w, core, number):
        self.w, self.core, self.rng, self.number = w, core, random.Random(number), number

    def live(self, lives):
        for life in range(lives):
            with contextlib.suppress(*BROKEN):
                self.one_life(life)

    def one_life(self, life):
        client = self.w.janus.client()
        try:
            user = self.w.scripted_user("wanderer%d-%d" % (self.number, life))
            page = Page(client.attach(edge.PACKAGE), user)
            page.send("register", **page.account())
            if self.rng.random() < 0.9:
                page.wait("registered", timeout_s=20)
            for _ in range(self.rng.randrange(4)):
                self.rng.choice((self.calls, self.is_called))(page)
            self.rng.choice((page.detach, page.handle.session.destroy, client.close,
                             lambda: page.send("unregister")))()
        finally:
            client.close()

    def calls(self, page):
        page.post({"request": "call", "uri": TARGET}, page.browser.offer())
        for _ in range(self.rng.randrange(4)):
            page.post(self.rng.choice(({"request": "hold"}, {"request": "unhold"}, {"request": "status"},
                                       {"request": "dtmf_info", "digit": "1"}, {"request": "hangup"},
                                       {"request": "register", **page.account(refresh=True)})))
        self._end(page)

    def is_called(self, page):
        invite = self.core.terminate("INVITE", page.user.impu, body=self.sdp())
        event = page.wait("incomingcall", timeout_s=TOLERANCE_S)
        if self.rng.random() < 0.6:
            page.post({"request": "accept"}, page.browser.answer(event.sdp))
            with contextlib.suppress(AssertionError):
                dialog = invite.dialog(TOLERANCE_S)
                if self.rng.random() < 0.5:
                    dialog.request("BYE")
        else:
            page.post({"request": self.rng.choice(("decline", "hangup"))})
        self._end(page)

    def _end(self, page):
        if self.rng.random() < 0.7:
            page.post({"request": "hangup"})
            page.wait("hangup", timeout_s=1)    # unless it overtook the call
            page.handle.close_connection()
            page.wait("core:hangup", timeout_s=TOLERANCE_S)

    def sdp(self):
        return audio_sdp(self.core.ip, 41000)


class Speaker:
    """Real WebRTC ends in the middle of it, one after another: media on Janus's loops."""

    def __init__(self, w, core):
        self.w, self.core, self.numbers = w, core, itertools.count()
        self.phone = RtpSocket("127.0.1.85")
        w.defer(self.phone.close)

    def speak(self):
        browser = self.w.webrtc()
        page = self.w.registered(self.w.scripted_user("speaker%d" % next(self.numbers)))
        invite = self.core.terminate("INVITE", page.user.impu, body=audio_sdp(self.phone.ip, self.phone.port))
        event = page.incoming()
        page.ask("accept", "accepted", jsep=browser.answer(event.jsep))
        audio = invite.dialog().answer.sdp.audio
        self.phone.remote = (audio.address, audio.port)
        browser.wait_up(page.handle)
        for packet in frames(ulaw(tone(440, 0.4))):
            self.phone.send(packet)
            browser.rtp.send(packet)
            time.sleep(0.005)
        page.post({"request": "dtmf_info", "digit": "5"})
        page.detach()
        page.handle.client.close()
        browser.close()

    def speak_until(self, over):
        while not over.is_set():
            self.speak()


def storm(w, lives, timeout_s):
    core = w.core()
    FatefulCore(core, audio_sdp(core.ip, 41000), random.Random(1))
    speaker = Speaker(w, core)
    speaker.speak()                         # what is there once for all, GLib's own thread too
    nothing = dict.fromkeys(edge.objects(w.janus), 0)
    edge.wait_objects(w.janus, nothing)
    start, over = counters(w.janus.pid), threading.Event()
    w.defer(over.set)
    speaking = w.background(speaker.speak_until, over)
    wanderers = [Wanderer(w, core, n) for n in range(AT_ONCE)]
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for done in [pool.submit(one.live, lives) for one in wanderers]:
            done.result(timeout_s)
    over.set()
    speaking.result(60)
    check(w.janus.alive(), "Janus died")
    edge.wait_objects(w.janus, nothing)
    after = w.registered(w.scripted_user("after"))
    after.call(TARGET)
    after.hangup()
    after.handle.client.close()
    return start


def leaves_nothing(w, start):
    """What Janus itself loses apart."""
    lost = w.janus.agents_lost()
    if lost:
        print("     %d ICE agents lost by Janus" % lost)
    if not w.janus.by_web:      # whose connections Janus closes when it likes
        wait_counters(w.janus.pid, dataclasses.replace(start, descriptors=start.descriptors + lost))


@case()
def short_storm(w):
    """a few seconds of it"""
    leaves_nothing(w, storm(w, lives=6, timeout_s=120))


@case(timeout_s=900, long=True)
def long_storm(w):
    """some minutes of it"""
    leaves_nothing(w, storm(w, lives=120, timeout_s=800))


class TokenWanderer(Wanderer):
    """Registers with access tokens, renews and loses them, and goes somehow."""

    def __init__(self, w, core, number, provider):
        super().__init__(w, core, number)
        self.provider = provider

    def one_life(self, life):
        client = self.provider.janus.client()
        try:
            page = Page(client.attach(edge.PACKAGE), self.w.scripted_user("wanderer%d-%d" % (self.number, life)))
            self.registers(page)
            for _ in range(self.rng.randrange(1, 12)):
                self.rng.choice((self.registers, self.renews, self.renews, self.asks, self.waits))(page)
            self.rng.choice((page.detach, page.handle.session.destroy, client.close,
                             lambda: page.send("unregister")))()
        finally:
            client.close()

    def registers(self, page):
        page.post({"request": "register", "auth": "token", "network": "scripted",
                   "access_token": self.provider.token(page.user)})

    def renews(self, page):
        page.post({"request": "refresh_token", "access_token": self.provider.token(page.user)})

    def asks(self, page):
        page.post({"request": self.rng.choice(("status", "ice_servers", "unregister"))})

    def waits(self, page):
        with contextlib.suppress(Unexpected):
            page.wait("registered", "registration_failed", "token_refreshed", timeout_s=1)


@case(timeout_s=600, long=True)
def storm_of_tokens(w):
    """access tokens of an issuer that does as it likes, verified, renewed and revoked by many at once"""
    provider, core = Provider(w, random.Random(2), pool=False), w.core()
    janus = provider.janus = w.own_janus(
        turn={"urls": ["turn:127.0.0.1:3478"], "secret": "geheim-turn-of-storm"}, issuers={"waf": provider.configuration()},
        general={**EDGE["general"], "audit_log": w.folder("audit") + "/audit.log"}, limits={"handle_failures_per_minute": 0},
        networks_of={"scripted": {"token_issuers": ["waf"], "token_recheck_s": 1, "token_expiring_s": 1}})
    nothing, over = dict.fromkeys(edge.objects(janus), 0), threading.Event()
    w.defer(over.set)

    def does_as_it_likes():
        while not over.wait(0.1):
            with contextlib.suppress(Nothing):
                provider.act()
    liking = w.background(does_as_it_likes)
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for done in [pool.submit(TokenWanderer(w, core, n, provider).live, 60) for n in range(AT_ONCE)]:
            done.result(500)
    over.set()
    liking.result(60)
    check(janus.alive(), "Janus died", janus.process.tail())
    edge.wait_objects(janus, nothing)
    w.run.end(janus)
