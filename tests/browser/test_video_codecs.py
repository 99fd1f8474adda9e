"""Pictures between ends that do not know the same codecs. Firefox has no H.264 here (Debian's does not bring it)."""

import edge
from cases import case
from checks import contains, equal
from desk import CORE, PHONE_VOICE, signed_in
from test_video import call_with_video, until_sees

EDGE = {"core": CORE}


def hear_each_other(alice, bob):
    for person in (alice, bob):
        person.until_talking()
    alice.until_hears(bob.voice)
    bob.until_hears(alice.voice)


@case("REQ-124", "REQ-126")
def firefox_has_no_h264(w):
    """its video is refused, both hear each other, and its page says why there is no picture"""
    alice, bob = signed_in(w, "Alice", "Bob", browsers=("firefox",))
    call_with_video(alice, bob)
    bob.answer()
    hear_each_other(alice, bob)
    alice.tab.until("call-note", "e.checkVisibility() && e.textContent.length > 0")
    contains(alice.tab.text("call-note"), "codec")
    alice.look("no-codec")
    offer = w.capture.wait_request("INVITE", frm=edge.ADDRESS)
    equal([m.kind for m in offer.sdp.media if m.port], ["audio"], "media offered to the core", offer)
    alice.hang_up()
    bob.until("ready")


@case("REQ-124", long=True)
def firefox_is_called_with_h264(w):
    """it refuses the picture by itself; the caller reads that, and both hear each other"""
    alice, bob = signed_in(w, "Alice", "Bob", browsers=("chromium", "firefox"))
    call_with_video(alice, bob)
    bob.answer()
    hear_each_other(alice, bob)
    alice.tab.until("call-note", "e.checkVisibility() && e.textContent.length > 0")
    alice.hang_up()
    bob.until("ready")


@case("REQ-124", "REQ-125")
def picture_of_a_telephone(w):
    """baresip calls and is called with H.264: its picture is seen, also after a hold"""
    alice, = signed_in(w, "Alice")
    phone = w.baresip(hz=PHONE_VOICE, video=True)
    phone.dial(alice.user.impu)
    alice.until("incoming")
    alice.tab.click("answer-video-button")
    alice.until_talking()
    until_sees(alice)
    alice.until_hears(PHONE_VOICE)
    alice.tab.click("hold-button")
    alice.until("on-hold")
    alice.tab.click("hold-button")
    alice.until("in-call")
    until_sees(alice)
    alice.hang_up()
    phone.until_over()
    alice.until("ready")
    call_with_video(alice, phone)
    phone.answer()
    alice.until_talking()
    until_sees(alice)
    alice.hang_up()
    phone.until_over()
