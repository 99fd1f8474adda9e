"""Janus behind a socket of SIP: silent, without the plugin, its session or handle taken away, or gone itself; and many
sockets cut at once."""

import contextlib
import json
import os
import subprocess
import sys

import edge
import paths
import sipws
from cases import case
from checks import check, equal
from janus import Janus
from patience import EVENT_S, SETTLED_S
from process import counters, halted_threads, wait_counters, wait_until
from sip import audio_sdp
from webrtc import CannedBrowser

EDGE = {"sipws": {"limits": {"connections": 6000, "connections_per_address": 0, "reclaim_s": 1}}, "descriptors": 12000, "debug_level": 4,
        "core": {"event_loops": 2}}
AWAY = 1001
CALLED = "sip:+4930999@scripted.example"
SDP = audio_sdp(edge.CORE, 40000)


def client(w, user=None):
    """A user agent of the scripted network, whose core wants no proof."""
    user = user or w.scripted_user("yvonne")
    one = sipws.Client(edge.sipws_url(), user.impu, username=user.impi)
    w.defer(one.close)
    return one


def registered(w, **options):
    one = client(w, **options)
    one.register()
    return one


def sessions(janus):
    return set(janus.admin("list_sessions")["sessions"])


def handles(janus, session):
    return janus.admin("list_handles", session_id=session)["handles"]


def with_session(w, janus):
    """-> a registered client, his session"""
    before = sessions(janus)
    one = registered(w)
    session, = sessions(janus) - before
    return one, session


def refused(answer):
    """For a reason that passes."""
    equal(answer.status, 503, "status", answer)
    check(int(answer.get("retry-after")) > 0, "no Retry-After", answer)
    return answer


def ended(one, reason):
    """The socket, for that reason, or as its handle is gone: Janus tells of the two in any order."""
    code, told = one.wait_closed()
    equal(code, AWAY, "code of Close")
    check(told in (reason, "Janus has detached the handle"), "closed because: %s" % told)


def comes_back(one):
    """As both libraries do: a new socket, the same instance."""
    one.connect()
    one.register()


def call_to_core(one, core):
    """-> the client's dialog"""
    call = one.invite(CALLED, CannedBrowser().offer()["sdp"])
    core.expect("INVITE").accept(SDP)
    dialog = call.dialog()
    core.expect("ACK")
    equal(dialog.request("UPDATE").final().status, 200, "behind the client's ACK, which nothing else tells of")
    return dialog


def loops(janus):
    """-> how many handles each of Janus's loops was given"""
    return [loop["handles"] for loop in janus.admin("loops_info")["loops"]]


# ---------------------------------------------------------------- what Janus does

@case("REQ-144")
def janus_without_the_plugin(w):
    """a Janus that has no janus.plugin.ims answers 503 with Retry-After, each time, and keeps nothing"""
    w.run.end_janus()
    folder = w.folder("bare")
    janus = w.last_janus = Janus(
        folder, [paths.janus_folder("plugins") + "/libjanus_echotest.so"],
        {edge.TRANSPORT: edge.sipws_configuration(folder + ".sipws", EDGE["sipws"])},
        transports=[paths.built(edge.TRANSPORT_OBJECT)], sanitizer=w.run.sanitizer).start()
    w.defer(w._end_own, janus)
    one = client(w)
    for _ in range(3):
        answer = refused(one.register(want=None))
        check("janus" not in answer.text().lower(), "the client hears of our insides", answer)
    session, = sessions(janus)
    equal(handles(janus, session), [], "handles")
    one.close()
    wait_until(lambda: not sessions(janus), "session gone")
    wait_until(lambda: "No such plugin" in janus.process.output(), "Janus's word")


@case("REQ-144")
def wrong_secret_is_no_start(w):
    """an api_secret that is not Janus's stops the transport at the start, with the key's name and without the secret;
    the right one serves clients"""
    with contextlib.suppress(AssertionError):
        w.own_janus(core={"api_secret": "geheim-janus-4711"}, sipws={"janus": {"api_secret": "geheim-falsch-0815"}})
        raise RuntimeError("it has started")
    janus = w.own_janus(core={"api_secret": "geheim-janus-4711"}, sipws={"janus": {"api_secret": "geheim-janus-4711"}})
    w.core()
    registered(w)
    equal(len(sessions(janus)), 1, "sessions")


@case("REQ-144")
def janus_takes_nobody(w):
    """while Janus accepts no sessions a REGISTER is answered 503 with Retry-After; later it goes"""
    w.core()
    janus = w.janus
    one = client(w)
    janus.admin("accept_new_sessions", accept=False)
    try:
        refused(one.register(want=None))
    finally:
        janus.admin("accept_new_sessions", accept=True)
    one.register()


@case("REQ-144", long=True)
def janus_is_silent(w):
    """a Janus that does not answer: 503 after ten seconds, then the socket is closed; when it answers again the client
    comes back, and of what was asked before nothing stays"""
    w.core()
    janus, one = w.janus, client(w)
    before = sessions(janus)
    with halted_threads(janus.pid, "janus"):         # among them the one that serves requests
        refused(one.register(want=None))
        equal(one.wait_closed()[0], AWAY, "code of Close")
    comes_back(one)
    wait_until(lambda: len(sessions(janus) - before) == 1, "one session")


@case("REQ-144")
def session_is_claimed(w):
    """whoever claims the session of a socket ends it: calls end, the socket is closed with the reason, and the client
    registers anew over another"""
    core, janus = w.core(), w.janus
    one, session = with_session(w, janus)
    call_to_core(one, core)
    w.client().claim(session)
    one.expect("BYE")
    equal(one.wait_closed(), (AWAY, "The session was claimed by somebody else"), "Close")
    comes_back(one)
    janus.admin("destroy_session", session_id=session)
    core.expect("BYE").reply(200)


@case("REQ-144")
def session_is_destroyed(w):
    """the operator who destroys a session ends registration and calls, both ways; the client comes back"""
    core, janus = w.core(), w.janus
    one, session = with_session(w, janus)
    call_to_core(one, core)
    janus.admin("destroy_session", session_id=session)
    one.expect("BYE")
    ended(one, "Janus has ended the session")
    core.expect("BYE").reply(200)
    comes_back(one)


@case("REQ-144")
def session_times_out(w):
    """a session that Janus takes for dead ends the socket with that reason"""
    w.core()
    janus = w.own_janus()
    one, _ = with_session(w, janus)
    janus.admin("set_session_timeout", timeout=1)
    ended(one, "The session has timed out")
    janus.admin("set_session_timeout", timeout=0)
    comes_back(one)


@case("REQ-144")
def handle_is_detached(w):
    """the operator who detaches the handle of a call ends that call alone; he who detaches that of the registration
    ends all of the socket"""
    core, janus = w.core(), w.janus
    one, session = with_session(w, janus)
    master, = handles(janus, session)
    first = call_to_core(one, core)
    wait_until(lambda: len(handles(janus, session)) == 2, "a helper ahead")
    helper, = set(handles(janus, session)) - {master}
    call_to_core(one, core)
    janus.admin("detach_handle", session_id=session, handle_id=helper)
    one.expect("BYE").reply(200)
    core.expect("BYE").reply(200)
    equal(first.bye().status, 200, "BYE of the other call")
    core.expect("BYE").reply(200)
    janus.admin("detach_handle", session_id=session, handle_id=master)
    equal(one.wait_closed()[0], AWAY, "code of Close")
    comes_back(one)


# ---------------------------------------------------------------- what clients do

class Crowd:
    """crowd.py in a process of its own."""

    def __init__(self, w):
        program = [sys.executable, os.path.join(paths.LIB, "crowd.py"), edge.sipws_url(), "scripted.example"]
        self.child = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        w.defer(self.close)

    def all(self, count, *words):
        """Every one of so many does it."""
        self.child.stdin.write(" ".join(map(str, words)) + "\n")
        answer = json.loads(self.child.stdout.readline())
        equal(answer["ok"], count, "%s: %r" % (words, answer["why"]))

    def close(self):
        self.child.stdin.close()
        self.child.stdout.close()
        self.child.wait(EVENT_S)


def answer_all(core):
    """The core takes every user, every call and its end."""
    core.mine = ""
    core.handlers["INVITE"] = lambda invite: invite.accept(SDP)
    core.handlers["BYE"] = lambda bye: bye.reply(200)
    core.handlers["ACK"] = lambda ack: None


def waits(janus):
    return edge.sipws_query(janus, "counters")["counters"]["cut_in_calls"]


def cut_at_once(w, count, calls):
    """So many of them have a call. Another user's call goes on."""
    core, janus = w.core(), w.janus
    one, _ = with_session(w, janus)
    dialog = call_to_core(one, core)
    answer_all(core)
    crowd = Crowd(w)
    crowd.all(1, "connect", 1)
    crowd.all(1, "register", 1)
    crowd.all(1, "begin", 1, CALLED)            # what is there once for all
    crowd.all(1, "cut")
    wait_until(lambda: len(sessions(janus)) == 1, "the first gone")
    alive, quiet = edge.objects(janus), counters(janus.pid)
    crowd.all(count, "connect", count)
    crowd.all(count, "register", 50)
    crowd.all(calls, "begin", calls, CALLED)
    equal(len(sessions(janus)), 1 + count, "sessions")
    waited = waits(janus)
    crowd.all(count, "cut")
    wait_until(lambda: len(sessions(janus)) == 1, "sessions gone", timeout_s=SETTLED_S)
    equal(waits(janus) - waited, calls, "those with calls waited for their clients, and no others")
    edge.wait_objects(janus, alive)
    wait_counters(janus.pid, quiet)
    check(not one.flow.ended.is_set(), "the socket of the other user is closed")
    equal(dialog.request("UPDATE").final().status, 200, "UPDATE of the other user's call")
    equal(dialog.bye().status, 200, "its BYE")


@case("REQ-144")
def hundreds_cut_at_once(w):
    """300 sockets cut at once, ten calls among them: no session, handle, call, descriptor or thread is left of them, and
    the call of another user goes on"""
    cut_at_once(w, 300, 10)


@case("REQ-144", long=True, timeout_s=600)
def thousands_cut_at_once(w):
    """the same with 5,000 sockets and 200 calls"""
    cut_at_once(w, 5000, 200)


@case("REQ-144")
def janus_ends_with_sockets_open(w):
    """a Janus that is ended while clients are registered and call ends in time and without a crash; each socket is
    closed"""
    core = w.core()
    janus = w.own_janus()
    one = registered(w)
    call_to_core(one, core)
    others = [registered(w, user=w.scripted_user("xaver%d" % n)) for n in range(5)]
    equal(w.run.wrong_with(janus, janus.stop()), [], "at its end")
    for other in [one, *others]:
        other.wait_closed()


@case()
def calls_leave_the_loop_of_idle_handles(w):
    """where Janus has several loops and lets clients choose, registrations are on the first; a call, either way, has a handle
    on another one, and no longer than it lasts"""
    core = w.core()
    janus = w.own_janus(core={"event_loops": 3, "allow_loop_indication": True}, sipws={})
    one, session = with_session(w, janus)
    equal(loops(janus), [1, 0, 0], "handles of each loop")
    dialog = call_to_core(one, core)
    equal(loops(janus), [1, 1, 0], "... in a call")
    equal(len(handles(janus, session)), 2, "handles")
    asked = core.terminate("INVITE", one.impu, body=SDP)
    invite = one.expect("INVITE")
    equal(loops(janus), [1, 1, 1], "... when another one comes")
    invite.reply(603)
    equal(asked.final().status, 603, "answer")
    dialog.request("BYE").final()
    core.expect("BYE").reply(200)
    wait_until(lambda: len(handles(janus, session)) == 1, "its calls' handles are gone")


@case()
def registrations_have_the_loop_that_the_operator_names(w):
    """event_loop: it is another one than the first"""
    w.core()
    janus = w.own_janus(core={"event_loops": 3, "allow_loop_indication": True}, sipws={"janus": {"event_loop": 2}})
    with_session(w, janus)
    equal(loops(janus), [0, 1, 0], "handles of each loop")
