"""The SIP port under fire from an address of the core: what the torture RFCs hold, and mutations of the gateway's
own traffic. It answers as SIP wants, lives, serves, and is as before when it is over."""

import random
import socket
import threading
import time

import edge
from cases import case
from checks import check, equal
from process import counters, wait_counters
from rfc4475 import ALL, RINGS, SILENCE
from sip import audio_sdp
from test_bad_input import ping, still_works
from torture import bombs

SDP = audio_sdp("127.0.1.85", 40000)
TARGET = (edge.ADDRESS, edge.PORT)
T1_MS = 20          # a lost transaction is gone after 64 of them, an idle connection after 240

EDGE = {"sip": {"sip_t1_ms": T1_MS}, "debug_level": 3}


class Ear:
    """Keeps every answer that comes to a peer, by the branch of its first Via."""

    def __init__(self, peer):
        self.heard = {}
        self.peer, self.before = peer, peer.arrived
        peer.arrived = self.arrived

    def arrived(self, message, src):
        if message.is_response:
            self.heard.setdefault(message.branch, []).append(message.status)
        self.before(message, src)

    def close(self):
        self.peer.arrived = self.before


def final(statuses):
    """The last word on a request: its final status, 180 when it rings, None when nothing came."""
    done = [s for s in statuses if s >= 200]
    return done[0] if done else RINGS if RINGS in statuses else SILENCE


def decline(core, page):
    page.incoming()
    page.ask("decline", "declining")
    page.wait("hangup")
    page.connection_gone()


@case()
def messages_of_the_torture_rfcs(w):
    """each message of RFC 4475 and RFC 5118 gets the answer it may get, or none; calls among them ring"""
    core, page = w.scripted()
    ear, uri, wrong = Ear(core), core.registrations[page.user.impu].contact, []
    for number, one in enumerate(ALL):
        core.send(one.to(uri, core.address, number), TARGET)
        equal(ping(core), 200, "OPTIONS after " + one.name)     # answered after whatever came before
        got = final(ear.heard.get(one.branch(number), []))
        if got == RINGS:
            decline(core, page)
        if got not in one.may:
            wrong.append("%s: %s, may be %s" % (one.name, got, one.may))
    ear.close()
    equal(wrong, [], "answers")
    still_works(core, page)


def call_out(core, page):
    page.call("sip:+4930999@scripted.example")
    invite = core.expect("INVITE")
    invite.ringing()
    dialog = invite.accept(SDP)
    page.wait("accepted")
    core.expect("ACK")
    return dialog


def call_in(core, page):
    invite = core.terminate("INVITE", page.user.impu, body=SDP)
    page.accept(page.incoming())
    return invite.dialog()


def own_traffic(w, core, page):
    """What the core says to us in a registration and in calls both ways; the last call is still up."""
    core.challenges = True
    page.ask("register", "registered", **page.account(refresh=True))
    core.challenges = False
    core.terminate("INVITE", page.user.impu, body=SDP).cancel()
    page.incoming()
    page.wait("missed_call", "hangup")
    page.connection_gone()
    call_out(core, page).bye()
    page.wait("hangup")
    page.connection_gone()
    dialog = call_in(core, page)
    dialog.request("INVITE", body=SDP).dialog()
    dialog.request("UPDATE", body=SDP).final()
    dialog.request("INFO", body="Signal=5", body_type="application/dtmf-relay").final()
    ping(core)
    return [p.payload for p in w.capture.sip(to=edge.ADDRESS, frm=core.ip)], dialog


class Gun:
    """Fires from an address of the core until told to stop. tcp: over connections that it makes again and again."""

    def __init__(self, ip, messages, seed, tcp=False):
        self.ip, self.tcp, self.fired, self.running = ip, tcp, 0, True
        self.bombs = bombs(messages, random.Random(seed))
        self.thread = threading.Thread(target=self._fire, daemon=True)
        self.thread.start()

    def _socket(self):
        made = socket.socket(socket.AF_INET, socket.SOCK_STREAM if self.tcp else socket.SOCK_DGRAM)
        made.bind((self.ip, 0))
        made.settimeout(2)
        made.connect(TARGET)
        return made

    def _fire(self):
        while self.running:
            try:
                with self._socket() as barrel:
                    for bomb in self.bombs:
                        barrel.send(bomb)
                        self.fired += 1
                        if not self.running or self.tcp and self.fired % 20 == 0:
                            break
            except OSError:     # refused or closed: again
                continue

    def stop(self):
        self.running = False
        self.thread.join(5)


def decline_all(page, running):
    """Some of the bombs are calls that ring."""
    while running.is_set():
        try:
            page.wait("incomingcall", timeout_s=0.2)
        except AssertionError:
            continue
        page.post({"request": "decline"})
        page.post({"request": "hangup"})
        page.handle.close_connection()


def bombard(w, tcp, seconds):
    core, page = w.scripted()
    still_works(core, page)
    base, alive = counters(w.janus.pid), edge.objects(w.janus)
    messages, dialog = own_traffic(w, core, page)
    running = threading.Event()
    running.set()
    decliner = w.background(decline_all, page, running)
    gun = Gun(core.ip, messages, 4475, tcp)
    try:
        time.sleep(seconds)
    finally:
        gun.stop()
        running.clear()
    check(w.janus.alive(), "Janus died")
    decliner.result()
    print("     %d messages in %d s" % (gun.fired, seconds))
    equal(ping(core), 200, "OPTIONS")
    dialog.request("BYE")               # if a bomb has not ended it
    page.post({"request": "hangup"})
    page.handle.client.close()
    after = w.registered(w.scripted_user("after"))
    still_works(core, after)
    after.unregister()
    after.handle.client.close()
    edge.wait_objects(w.janus, {**alive, "sessions": 0, "registrations": 0})
    wait_counters(w.janus.pid, base)


@case()
def mutations_over_udp(w):
    """thousands of mutations of real traffic over UDP"""
    bombard(w, tcp=False, seconds=4)


@case()
def mutations_over_tcp(w):
    """the same over TCP connections, cut off at any byte"""
    bombard(w, tcp=True, seconds=3)


@case(timeout_s=400, long=True)
def mutations_for_minutes(w):
    """three minutes of it, over UDP and TCP"""
    bombard(w, tcp=False, seconds=120)
    bombard(w, tcp=True, seconds=60)
