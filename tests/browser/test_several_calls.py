"""Several calls of one page: somebody calls meanwhile, held calls beside the one that is talked in."""

import edge
from cases import case
from checks import check, contains, equal
from contrast import check_contrasts
from desk import PHONE_VOICE, signed_in


def busy_alice(w, **options):
    """Alice talks with a telephone; Bob is at his page."""
    bea = w.baresip(hz=PHONE_VOICE)
    alice, bob = signed_in(w, "Alice", "Bob", friends={"Bea": bea.user}, **options)
    alice.call(bea)
    bea.wait("CALL_INCOMING")
    bea.accept()
    alice.until_talking()
    return alice, bob, bea


def others(person):
    """[(key, state)] of the calls beside"""
    return person.tab.run("() => [...document.querySelectorAll('[data-testid=other-call]')].map(e => e.dataset.state)")


@case("REQ-100")
def call_waiting_held_and_answered(w):
    """a second caller is shown; hold and answer; each hears whom he should; back and forth; both hang up, one by a double click"""
    alice, bob, bea = busy_alice(w)
    bob.call(alice)
    alice.tab.until_visible("waiting")
    bob.until("ringing")
    equal(alice.tab.text("waiting-name"), "Bob", "who is calling")
    contains(alice.tab.text("live"), "Bob is calling meanwhile")
    alice.until("in-call")
    alice.tab.click("waiting-hold")
    bob.until_talking()
    alice.tab.until_text("peer", "Bob")
    alice.until_hears(bob.voice)
    bob.until_hears(alice.voice)
    equal(others(alice), ["up"], "calls beside")
    check("on hold" in alice.tab.text("others"), "not on hold: " + alice.tab.text("others"))

    alice.tab.click("other-turn")
    alice.tab.until_text("peer", "Bea")
    bob.until("held")
    alice.until_hears(PHONE_VOICE)
    alice.until("in-call")

    alice.tab.click("hangup-button")
    bea.wait("CALL_CLOSED")
    alice.tab.until_text("peer", "Bob")
    alice.tab.second_click("hangup-button")         # not meant for Bob
    alice.until("on-hold")
    alice.tab.click("hold-button")
    alice.until("in-call")
    alice.until_hears(bob.voice)
    bob.hang_up()
    alice.until("ready")


@case("REQ-100", long=True)
def call_waiting_declined_and_ended(w):
    """a second caller is declined; the next time the first call is ended for him"""
    alice, bob, bea = busy_alice(w)
    bob.call(alice)
    alice.tab.until_visible("waiting")
    alice.tab.click("waiting-decline")
    bob.until_error("busy")
    alice.tab.until_hidden("waiting")
    alice.until("in-call")
    bob.until("ready")
    bob.tab.until_visible("dial-input")

    bob.call(alice)
    alice.tab.until_visible("waiting")
    alice.tab.click("waiting-end")
    bea.wait("CALL_CLOSED")
    bob.until_talking()
    alice.tab.until_text("peer", "Bob")
    alice.until_hears(bob.voice)
    alice.hang_up()


@case("REQ-100", long=True)
def waiting_caller_gives_up(w):
    """who does not wait for long is a missed call, and the first call goes on"""
    alice, bob, bea = busy_alice(w)
    bob.call(alice)
    alice.tab.until_visible("waiting")
    bob.hang_up()
    alice.tab.until_hidden("waiting")
    alice.until("in-call")
    alice.tab.until("recents", "e.textContent.includes('Missed')")
    alice.until_hears(PHONE_VOICE)
    alice.hang_up()


@case("REQ-100", long=True)
def calling_somebody_else(w):
    """a consultation: the first party is held and hears nothing, and is there again afterwards"""
    alice, bob, bea = busy_alice(w)
    alice.tab.click("add-button")
    alice.tab.until_visible("choose")
    alice.looks("add")
    alice.tab.type("bo")
    alice.tab.key("Enter")                          # no such name, and no domain: an address of the network
    alice.tab.until_hidden("choose")
    alice.tab.until_text("peer", "bo")
    alice.tab.until("others", "e.textContent.includes('Bea')")
    alice.tab.until_text("peer", "Bea")             # nobody has this number: back to who is held
    alice.until("on-hold")
    alice.tab.click("hold-button")
    alice.until("in-call")

    alice.tab.click("add-button")
    alice.tab.type("Bob")
    alice.tab.key("Enter")
    bob.answer()
    bob.until_talking()
    alice.tab.until_text("peer", "Bob")
    alice.until_hears(bob.voice)
    bob.hang_up()
    alice.tab.until_text("peer", "Bea")
    alice.until("on-hold")
    alice.tab.click("hold-button")
    alice.until_hears(PHONE_VOICE)
    alice.hang_up()


@case("REQ-100", long=True)
def one_line_is_always_free(w):
    """three calls at once: the third caller is shown, too"""
    alice, bob, bea = busy_alice(w)
    bob.call(alice)
    alice.tab.until_visible("waiting")
    alice.looks("waiting")
    check_contrasts(alice, "a waiting call", "#waiting", 4)
    alice.tab.click("waiting-hold")
    alice.tab.until_text("peer", "Bob")
    alice.until("in-call")
    alice.looks("two-calls")
    cal = w.baresip(ip=edge.lab.NET + ".34", hz=PHONE_VOICE)
    cal.dial(alice.user.impu)
    alice.tab.until_visible("waiting")
    alice.tab.click("waiting-hold")
    cal.wait("CALL_ESTABLISHED")
    alice.tab.until("others", "e.children.length === 2")
    alice.looks("three-calls")
    alice.until_hears(PHONE_VOICE)
    alice.tab.click("hangup-button")
    cal.wait("CALL_CLOSED")
    alice.tab.until("others", "e.children.length === 1")
    alice.tab.click("sign-out")
    bob.until("ready")
    bea.wait("CALL_CLOSED")


@case("REQ-100", long=True)
def call_waiting_in_firefox(w):
    """the same in Firefox: held and answered, back again"""
    alice, bob, bea = busy_alice(w, browsers=("firefox",))
    bob.call(alice)
    alice.tab.until_visible("waiting")
    alice.tab.click("waiting-hold")
    bob.until_talking()
    alice.tab.until_text("peer", "Bob")
    alice.until_hears(bob.voice)
    alice.tab.click("other-turn")
    alice.tab.until_text("peer", "Bea")
    alice.until_hears(PHONE_VOICE)
    alice.tab.click("hangup-button")
    alice.tab.until_text("peer", "Bob")
    alice.hang_up()


@case("REQ-100", long=True)
def call_waiting_beside_a_picture(w):
    """somebody calls during a video call: it is shown above the picture; held, the picture is paused, and is back afterwards"""
    bea = w.baresip(hz=PHONE_VOICE)
    alice, bob = signed_in(w, "Alice", "Bob", friends={"Bea": bea.user})
    alice.dial(bob.user.impi, "video-call-button")
    bob.until("incoming")
    bob.tab.click("answer-video-button")
    alice.until_talking()
    alice.tab.until_visible("remote-video")
    bea.dial(alice.user.impu)
    alice.tab.until_visible("waiting")
    alice.looks("waiting-video")
    alice.tab.click("waiting-hold")
    alice.tab.until_text("peer", "Bea")
    alice.until("in-call")
    alice.until_hears(PHONE_VOICE)
    bob.until("held")
    bob.looks("held-video")
    alice.looks("talking")
    alice.tab.click("other-turn")
    alice.tab.until_text("peer", "Bob")
    alice.tab.until_visible("remote-video")
    alice.until_hears(bob.voice)
    alice.looks("back-video")
    alice.tab.click("other-hangup")
    bea.wait("CALL_CLOSED")
    alice.hang_up()
