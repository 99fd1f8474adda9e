"""The network between a browser and Janus loses packets, is slow, and is cut."""

import time

import edge
from cases import case
from checks import check
from desk import CORE, PHONE_VOICE, at_the_page, signed_in

EDGE = {"core": CORE}


def at_the_end_of_a_link(w):
    """-> host, Alice behind its link "access", and a telephone that answers by itself"""
    host = w.janus_apart()
    phone = w.baresip(hz=PHONE_VOICE, seconds=200, answermode="auto")
    alice, = signed_in(w, "Alice")
    return host, alice, phone


def call_up(alice, phone):
    alice.call(phone)
    alice.until_talking()
    alice.until_hears(PHONE_VOICE)


@case("REQ-102")
def short_cut_of_the_browser_in_a_call(w):
    """three seconds: the call is up all the time, and sound is back"""
    host, alice, phone = at_the_end_of_a_link(w)
    call_up(alice, phone)
    host.access.cut()
    time.sleep(3)
    host.access.mend()
    check(host.access.lost > 100, "the cut hit nothing")
    alice.until_hears(PHONE_VOICE)
    alice.until("in-call")
    alice.hang_up()
    phone.until_over()


@case("REQ-102", "REQ-113", long=True)
def long_cut_of_the_browser_in_a_call(w):
    """forty seconds: the page says so all the time; back again it ends the call, and the far end is told"""
    host, alice, phone = at_the_end_of_a_link(w)
    base = edge.objects(w.janus)
    call_up(alice, phone)
    host.access.cut()
    alice.until("reconnecting")
    alice.look("cut")
    time.sleep(20)
    host.access.mend()
    phone.wait("CALL_CLOSED")
    alice.until_error("call-lost")
    alice.until("ready")
    call_up(alice, phone)
    alice.hang_up()
    phone.until_over()
    edge.wait_objects(w.janus, {**base, "calls": 0})


@case("REQ-102", long=True)
def browser_that_stays_away(w):
    """the link is cut for good: Janus gives the page up, the far end is told, and nothing is left"""
    host, alice, phone = at_the_end_of_a_link(w)
    call_up(alice, phone)
    host.access.cut()
    phone.wait("CALL_CLOSED", 100)
    edge.wait_objects(w.janus, {"calls": 0, "registrations": 0, "handles": 0})
    host.access.mend()
    alice.until("ready", 40)


@case(long=True)
def short_cut_while_signing_in_and_ringing(w):
    """three seconds each: it takes so much longer"""
    host = w.janus_apart()
    phone = w.baresip(hz=PHONE_VOICE, seconds=200)
    alice, = at_the_page(w, "Alice")
    host.access.cut()
    alice.tab.click(alice.chip)
    time.sleep(3)
    host.access.mend()
    check(alice.signed_in(), "not signed in: " + alice.tab.text("error"))
    phone.dial(alice.user.impu)
    alice.until("incoming")
    host.access.cut()
    time.sleep(3)
    host.access.mend()
    alice.answer()
    alice.until_talking()
    alice.until_hears(PHONE_VOICE)
    alice.hang_up()
    phone.until_over()


@case(long=True)
def five_per_cent_lost_and_late_to_the_browser(w):
    """and 200 ms, give or take 50: signing in, calling and hearing work"""
    host = w.janus_apart()
    host.access.lose(0.05)
    host.access.delay(0.2, 0.05)
    phone = w.baresip(hz=PHONE_VOICE, seconds=200, answermode="auto")
    alice, = signed_in(w, "Alice")
    call_up(alice, phone)
    alice.hang_up()
    phone.until_over()
    check(host.access.lost > 10, "nothing was lost")
