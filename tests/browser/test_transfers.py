"""Transfers by the page: blind to a telephone, attended between three pages, refused."""

from cases import case
from checks import check, contains
from contrast import check_contrasts
from desk import PHONE_VOICE, TONES, signed_in


def talking(one, other):
    one.call(other)
    other.answer()
    one.until_talking()
    other.until_talking()


@case("REQ-99", long=True)
def blind_transfer_to_a_telephone(w):
    """Alice sends Bob to a telephone: he is asked, they talk, and Alice's call is over"""
    bea = w.baresip(hz=PHONE_VOICE)
    alice, bob = signed_in(w, "Alice", "Bob", friends={"Bea": bea.user})
    talking(alice, bob)
    alice.tab.click("transfer-button")
    alice.tab.until_visible("choose")
    alice.looks("transfer")
    check_contrasts(alice, "to whom", "#choose")
    alice.tab.type("Bea")
    alice.tab.click("choose-now")
    bob.tab.until_visible("referral")
    contains(bob.tab.text("referral"), "Alice would like to connect you with Bea")
    contains(alice.tab.text("call-state"), "Transferring to Bea")
    bob.looks("referral")
    check_contrasts(bob, "who asks", "#referral", 3)
    alice.looks("transferring")
    bob.tab.click("referral-follow")
    bea.wait("CALL_INCOMING")
    bea.accept()
    alice.until("ready")
    alice.tab.until_text("call-state", "Transferred")
    bob.tab.until_text("peer", "Bea")
    bob.until("in-call")
    bob.until_hears(PHONE_VOICE)
    bob.hang_up()
    bea.wait("CALL_CLOSED")


@case("REQ-99", "REQ-100")
def attended_transfer(w):
    """Alice asks Carol first, then connects Bob with her: they talk, and Alice is free"""
    alice, bob, carol = signed_in(w, "Alice", "Bob", "Carol")
    talking(alice, bob)
    alice.tab.click("transfer-button")
    alice.tab.type("Carol")
    alice.tab.click("choose-ask")
    carol.answer()
    carol.until_talking()
    alice.tab.until_text("peer", "Carol")
    alice.until("in-call")
    bob.until("held")
    alice.tab.click("other-connect")
    bob.tab.until_visible("referral")
    bob.tab.click("referral-follow")
    alice.until("ready")
    carol.tab.until_text("peer", "Bob")
    for person in (bob, carol):
        person.until("in-call")
        person.until_talking()
    bob.until_hears(TONES[2])
    carol.until_hears(TONES[1])
    carol.hang_up()
    bob.until("ready")


@case("REQ-99", long=True)
def transfer_refused(w):
    """Bob does not want to: Alice is told, and takes him back"""
    bea = w.baresip(hz=PHONE_VOICE)
    alice, bob = signed_in(w, "Alice", "Bob", friends={"Bea": bea.user})
    talking(alice, bob)
    alice.tab.click("transfer-button")
    alice.tab.type("Bea")
    alice.tab.click("choose-now")
    bob.tab.until_visible("referral")
    bob.tab.click("referral-refuse")
    alice.until_error("transfer-failed")
    alice.look("refused")
    alice.until("on-hold")
    alice.tab.click("hold-button")
    alice.until("in-call")
    bob.until_hears(alice.voice)
    check(not bob.tab.visible("referral"), "the question is still there")
    alice.hang_up()
