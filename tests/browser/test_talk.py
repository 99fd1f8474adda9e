"""Calls between people at the page, and with telephones: who hears whom, who sees what."""

from cases import case
from checks import check
from desk import CORE, PHONE_VOICE, TONES, only, signed_in
from rtp import loudest_recorded

EDGE = {"core": CORE}


def talk(one, two):
    """Both are in a call with each other."""
    for person, other in ((one, two), (two, one)):
        person.until_talking()
        person.until_hears(other.voice)


@case("REQ-76", "REQ-122")
def alice_and_bob(w):
    """each calls the other: identity, timer, both hear each other and not themselves"""
    alice, bob = signed_in(w, "Alice", "Bob", users=("alice", "bob"))
    for caller, callee in ((alice, bob), (bob, alice)):
        caller.call(callee)
        caller.until("ringing")
        callee.sees_caller(caller.user)
        caller.look("ringing")
        callee.look("incoming")
        callee.answer()
        talk(caller, callee)
        for person in (alice, bob):
            person.until_timer_runs()
            person.look("in-call")
        caller.hang_up()
        callee.until("ready")
        callee.look("after")


def baresip_heard(phone, person):
    samples, rate = phone.heard()
    only(loudest_recorded(samples, TONES, rate), person.voice, "baresip")


@case("REQ-76", "REQ-122")
def page_calls_baresip(w):
    """G.711: both hear each other; the telephone hangs up"""
    bea = w.baresip(hz=PHONE_VOICE)
    alice, = signed_in(w, "Alice", friends={"Bea": bea.user})
    alice.call(bea)
    caller = bea.wait("CALL_INCOMING")
    check(alice.user.impu in caller["peeruri"], "caller at baresip", caller)
    bea.accept()
    alice.until_talking()
    alice.until_hears(PHONE_VOICE)
    alice.until_timer_runs()
    alice.look("in-call")
    bea.hangup()
    alice.until("ready")
    baresip_heard(bea, alice)


@case("REQ-76", "REQ-122")
def baresip_calls_page(w):
    """Opus: identity of the caller, both hear each other; the page hangs up"""
    bea = w.baresip(hz=PHONE_VOICE, codec="opus")
    alice, = signed_in(w, "Alice", friends={"Bea": bea.user})
    bea.dial(alice.user.impu)
    alice.sees_caller(bea.user)
    alice.look("incoming")
    alice.answer()
    bea.wait("CALL_ESTABLISHED")
    alice.until_talking()
    alice.until_hears(PHONE_VOICE)
    alice.until_timer_runs()
    alice.hang_up()
    bea.wait("CALL_CLOSED")
    baresip_heard(bea, alice)
