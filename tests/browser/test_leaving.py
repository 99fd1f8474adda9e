"""A page that goes away in the middle of a call: the far end is told, the registration ends."""

import os
import signal

import edge
from cases import case
from desk import CORE, signed_in
from process import wait_until

EDGE = {"core": CORE}


def call_up(w):
    alice, bob = signed_in(w, "Alice", "Bob")
    alice.call(bob)
    bob.answer()
    alice.until_talking()
    bob.until_talking()
    return alice, bob


def over_and_deregistered(w, gone, far):
    """The far end's call is over; the network forgets the user who left, reclaim_s later."""
    far.until("ready")
    far.look("after")
    w.capture.wait_request("BYE", to=edge.ADDRESS)
    w.capture.wait_request("REGISTER", match=lambda m: gone.user.impu in m.get("to") and
                           "expires=0" in m.get("contact", ""))
    wait_until(lambda: w.lab.state_of(gone.user) == "not-registered", "deregistered at the HSS")


@case("REQ-102", "REQ-21")
def closed_tab(w):
    """the call is over at once; Janus waits for the page to come back, then the registration ends"""
    alice, bob = call_up(w)
    bob.tab.close()
    over_and_deregistered(w, bob, alice)


@case("REQ-102", "REQ-21")
def killed_browser(w):
    """nobody says goodbye: Janus waits for the page to come back, then ends the call"""
    alice, bob = call_up(w)
    os.kill(w.run.browser(bob.voice).pid, signal.SIGKILL)
    over_and_deregistered(w, bob, alice)
