"""A Janus with event loops that clients may choose from: registrations are on one of them, calls on the others."""

from cases import case
from checks import equal
from desk import CORE_OF_RETURNING, PHONE_VOICE, signed_in
from process import wait_until

EDGE = {"core": {**CORE_OF_RETURNING, "event_loops": 3, "allow_loop_indication": True}}


def loops(w):
    """-> how many handles each of Janus's loops has"""
    return [loop["handles"] for loop in w.janus.admin("loops_info")["loops"]]


def until_idle(w, registered):
    wait_until(lambda: loops(w) == [registered, 0, 0], "handles where nobody calls")


@case("REQ-100")
def calls_leave_the_loop_of_registrations(w):
    """nobody who is idle has a handle elsewhere; calls, either way and several at once, have theirs, no longer than they last"""
    bea = w.baresip(hz=PHONE_VOICE)
    alice, bob = signed_in(w, "Alice", "Bob")
    equal(loops(w), [2, 0, 0], "handles of each loop")
    alice.call(bob)
    bob.answer()
    for person, other in ((alice, bob), (bob, alice)):
        person.until_talking()
        person.until_hears(other.voice)
    equal(loops(w), [2, 1, 1], "... in a call")
    bea.dial(alice.user.impu)
    alice.tab.until_visible("waiting")
    equal(sum(loops(w)[1:]), 3, "handles on other loops when another call comes")
    alice.tab.click("waiting-decline")
    bea.wait("CALL_CLOSED")
    alice.hang_up()
    bob.until("ready")
    until_idle(w, 2)


@case(long=True)
def loaded_again_while_it_rings(w):
    """the next page takes over the handle that the call rings at, and lets go of it after the call"""
    alice, bob = signed_in(w, "Alice", "Bob")
    alice.call(bob)
    bob.until("incoming")
    bob.tab.reload()
    bob.answer()
    bob.until_talking()
    bob.until_hears(alice.voice)
    equal(loops(w), [2, 1, 1], "handles of each loop")
    bob.hang_up()
    alice.until("ready")
    until_idle(w, 2)
