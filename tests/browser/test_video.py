"""Pictures: calls with them, and how well they come through."""

from cases import case
from checks import check, contains, equal
from desk import CORE, PHONE_VOICE, signed_in

EDGE = {"core": CORE}


def call_with_video(person, other):
    person.dial(other.user.impi, "video-call-button")


def until_sees(person):
    """The other side's picture is on the page, and goes on."""
    person.tab.until("remote-video", "e.checkVisibility() && e.videoWidth > 0 && !e.paused")
    frames = person.tab.get("remote-video", "e.getVideoPlaybackQuality().totalVideoFrames")
    person.tab.until("remote-video", "e.getVideoPlaybackQuality().totalVideoFrames > %d && e.checkVisibility() &&"
                     " !document.querySelector('[data-testid=no-picture]').checkVisibility()" % (frames + 5), what="a picture that goes on")


@case("REQ-114")
def call_with_pictures(w):
    """both see each other and themselves; the quality of both media is shown"""
    alice, bob = signed_in(w, "Alice", "Bob")
    call_with_video(alice, bob)
    bob.until("incoming")
    equal(bob.tab.text("call-state"), "is calling you with video", "what the callee reads")
    bob.tab.click("answer-video-button")
    for person in (alice, bob):
        person.until_talking()
        until_sees(person)
        person.tab.until("self-view", "e.checkVisibility() && e.videoWidth > 0")
    alice.look("pictures")
    alice.until_hears(bob.voice)
    alice.tab.click("quality-button")
    alice.tab.until("quality", "e.dataset.grade === 'good'")
    alice.tab.until("quality-details", "/opus · H264 \\d+×\\d+ \\d+\\/s · sending \\d+ kbit/.test(e.textContent)")
    alice.tab.until("quality-receiving", "parseInt(e.textContent) > 50")
    alice.tab.until_text("quality-loss", "0.0 %")
    alice.tab.until("quality", "e.querySelectorAll('polyline').length === 4 &&"
                    " e.querySelector('polyline').getAttribute('points').split(' ').length > 1")
    alice.look("quality")
    alice.hang_up()
    bob.until("ready")


@case("REQ-114")
def answered_without_a_camera(w):
    """the callee sees the caller, who reads that there is nothing to see; no camera is opened"""
    alice, bob = signed_in(w, "Alice", "Bob")
    call_with_video(alice, bob)
    bob.answer()
    for person in (alice, bob):
        person.until_talking()
    until_sees(bob)
    alice.tab.until("no-picture", "e.checkVisibility() && e.textContent.includes('No video from')")
    equal(bob.tab.visible("self-view"), False, "own picture of the callee")
    equal(bob.tab.run("() => window.captured.length"), 1, "devices that were opened")
    bob.look("watches")
    alice.look("is-watched")
    alice.until_hears(bob.voice)
    bob.hang_up()


def call_up(w):
    alice, bob = signed_in(w, "Alice", "Bob")
    alice.call(bob)
    bob.answer()
    for person in (alice, bob):
        person.until_talking()
    return alice, bob


@case("REQ-97", "REQ-114")
def camera_in_mid_call(w):
    """the other side is asked; then both see, then one stops, and is seen again"""
    alice, bob = call_up(w)
    alice.tab.click("camera-button")
    bob.tab.until_visible("question")
    contains(bob.tab.text("question"), "Alice would like to turn on video")
    equal(bob.tab.focused(), "watch-button", "focus")
    alice.look("asks")
    bob.look("is-asked")
    bob.tab.click("show-button")
    for person in (alice, bob):
        until_sees(person)
        person.tab.until("self-view", "e.checkVisibility() && e.videoWidth > 0")
        equal(person.error(), "", "error")
    alice.tab.click("camera-button")
    bob.tab.until("no-picture", "e.checkVisibility() && e.textContent.includes('No video from')")
    until_sees(alice)
    alice.tab.until_hidden("self-view")
    contains(bob.tab.text("live"), "No video from Alice")
    alice.tab.click("camera-button")
    until_sees(bob)
    equal(bob.tab.visible("question"), False, "asked again for what was agreed already")
    alice.until_hears(bob.voice)
    bob.until_hears(alice.voice)
    alice.hang_up()


@case("REQ-97")
def camera_only_watched(w):
    """the one who watches turns the own camera on later"""
    alice, bob = call_up(w)
    alice.tab.click("camera-button")
    bob.tab.until_visible("question")
    bob.tab.key("Enter")
    until_sees(bob)
    alice.tab.until("no-picture", "e.checkVisibility()")
    equal(bob.tab.visible("self-view"), False, "own picture of the one who watches")
    bob.tab.click("camera-button")
    for person in (alice, bob):
        until_sees(person)
    alice.hang_up()


@case("REQ-97")
def camera_refused(w):
    """the call goes on as it was, and the camera is off again"""
    alice, bob = call_up(w)
    alice.tab.click("camera-button")
    bob.tab.until_visible("question")
    bob.tab.click("refuse-button")
    contains(alice.until_error("change-refused"), "did not agree")
    for person in (alice, bob):
        person.tab.until("call", "!e.classList.contains('with-video')")
    alice.tab.until("camera-button", "e.ariaPressed === 'false' && !e.disabled")
    alice.until_hears(bob.voice)
    bob.until_hears(alice.voice)
    alice.hang_up()


@case("REQ-98")
def held_by_the_other_side(w):
    """both pages say who holds, and the pictures stop"""
    alice, bob = signed_in(w, "Alice", "Bob")
    call_with_video(alice, bob)
    bob.until("incoming")
    bob.tab.click("answer-video-button")
    for person in (alice, bob):
        person.until_talking()
        until_sees(person)
    alice.tab.click("hold-button")
    alice.until("on-hold")
    bob.until("held")
    contains(bob.tab.text("call-state"), "put you on hold")
    contains(bob.tab.text("live"), "Alice has put you on hold")
    for person in (alice, bob):
        person.tab.until("no-picture", "e.checkVisibility() && e.textContent.includes('paused')")
        person.look("hold")
    alice.tab.click("hold-button")
    for person in (alice, bob):
        person.until("in-call")
        until_sees(person)
    alice.hang_up()


@case("REQ-114")
def telephone_without_a_camera(w):
    """the call has sound, the page says why there is no picture, and the camera is let go"""
    bea = w.baresip(hz=PHONE_VOICE)
    alice, = signed_in(w, "Alice", friends={"Bea": bea.user})
    call_with_video(alice, bea)
    bea.wait("CALL_INCOMING")
    bea.accept()
    alice.until_talking()
    alice.tab.until_text("call-note", "The other side does not take video.")
    alice.tab.until_hidden("self-view")
    alice.look("no-video")
    alice.until_hears(PHONE_VOICE)
    alice.tab.click("camera-button")        # perhaps now?
    alice.tab.until("camera-button", "e.disabled || captured.length > 2")
    alice.tab.until("camera-button", "!e.disabled && e.ariaPressed === 'false'")
    alice.tab.until_text("call-note", "The other side does not take video.")
    alice.until_hears(PHONE_VOICE)
    alice.hang_up()
    bea.wait("CALL_CLOSED")
