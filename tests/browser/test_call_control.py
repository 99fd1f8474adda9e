"""What people do with a call: decline, cancel, mute, hold, keys, and a second caller."""

import edge
from cases import case
from checks import check, contains, equal
from desk import CORE, PHONE_VOICE, signed_in

EDGE = {"core": CORE}


def call_up(w, **options):
    """Alice calls Bob, who answers."""
    alice, bob = signed_in(w, "Alice", "Bob", **options)
    alice.call(bob)
    bob.answer()
    alice.until_talking()
    bob.until_talking()
    return alice, bob


@case()
def decline(w):
    """the caller is told, the callee's page is free at once"""
    alice, bob = signed_in(w, "Alice", "Bob")
    alice.call(bob)
    bob.until("incoming")
    bob.tab.second_click("decline-button")      # meant for a call before this one
    bob.tab.click("decline-button")
    contains(alice.until_error("busy"), "Bob", "busy")
    alice.look("declined")
    alice.until("ready")
    bob.until("ready")
    equal(bob.error(), "", "error at the one who declined")


@case()
def caller_cancels(w):
    """it stops ringing, and the call is in the callee's list as missed"""
    alice, bob = signed_in(w, "Alice", "Bob")
    alice.call(bob)
    bob.until("incoming")
    alice.until("ringing")
    alice.hang_up()
    bob.until("ready")
    bob.tab.until_hidden("incoming")
    equal((alice.error(), bob.error()), ("", ""), "errors")
    bob.tab.until("recents", "e.textContent.includes('Missed')")
    bob.look("missed")


@case("REQ-122")
def mute(w):
    """the far end hears nothing while the microphone is off, and everything before and after"""
    alice, bob = call_up(w)
    bob.until_hears(alice.voice)
    alice.tab.click("mute-button")
    alice.tab.until("mute-button", "e.ariaPressed === 'true'")
    bob.until_silence()
    alice.look("muted")
    alice.until_hears(bob.voice)
    alice.tab.click("mute-button")
    alice.tab.until("mute-button", "e.ariaPressed === 'false'")
    bob.until_hears(alice.voice)


@case("REQ-98")
def hold(w):
    """neither hears the other on hold, both do before and after"""
    alice, bob = call_up(w)
    bob.until_hears(alice.voice)
    alice.tab.click("hold-button")
    alice.until("on-hold")
    for person in (alice, bob):
        person.until_silence()
        person.look("on-hold")
    alice.tab.click("hold-button")
    alice.until("in-call")
    alice.until_hears(bob.voice)
    bob.until_hears(alice.voice)


@case("REQ-98")
def hold_a_telephone(w):
    """the telephone gets a re-INVITE for each"""
    bea = w.baresip(hz=PHONE_VOICE)
    alice, = signed_in(w, "Alice", friends={"Bea": bea.user})
    alice.call(bea)
    bea.wait("CALL_INCOMING")
    bea.accept()
    alice.until_talking()
    alice.until_hears(PHONE_VOICE)
    for count, state, directions in ((2, "on-hold", ("sendonly", "inactive")),
                                     (3, "in-call", ("sendrecv",))):
        alice.tab.click("hold-button")
        alice.until(state)
        invite = w.capture.wait_request("INVITE", to=bea.ip, count=count)
        check(invite.sdp.audio.direction in directions, "direction for " + state, invite)
        if state == "on-hold":
            alice.until_silence()
    alice.until_hears(PHONE_VOICE)
    alice.hang_up()
    bea.wait("CALL_CLOSED")


def telephone_events(w, phone):
    """[(digit, duration)] of the events of RFC 4733 that the edge sends, in order."""
    answer = w.capture.wait_response("INVITE", 200, frm=phone.ip)
    payload_type = answer.sdp.audio.codecs["telephone-event/8000"]
    ends = {}
    for packet in w.capture.udp(frm=edge.ADDRESS):
        data = packet.payload
        if len(data) == 16 and data[1] & 0x7f == payload_type and data[13] & 0x80:
            ends[data[4:8]] = "0123456789*#"[data[12]], int.from_bytes(data[14:], "big")
    return list(ends.values())


@case("REQ-123")
def keys_reach_a_telephone(w):
    """by mouse and by keyboard, as telephone-event"""
    bea = w.baresip(hz=PHONE_VOICE)
    alice, = signed_in(w, "Alice", friends={"Bea": bea.user})
    alice.call(bea)
    bea.wait("CALL_INCOMING")
    bea.accept()
    alice.until_talking()
    alice.tab.click("keypad-button")
    for name, digit in (("key-1", "1"), ("key-star", "*"), ("key-hash", "#")):
        alice.tab.click(name)
        equal(bea.wait("CALL_DTMF_START")["param"], digit, "digit at the telephone")
    alice.tab.key("7")
    equal(bea.wait("CALL_DTMF_START")["param"], "7", "digit at the telephone")
    alice.tab.until_text("digits", "1*#7")
    alice.look("keypad")
    bea.wait("CALL_DTMF_END")
    w.capture.wait(lambda: len(telephone_events(w, bea)) == 4, "end of the last event")
    equal(telephone_events(w, bea), [(digit, 8 * 160) for digit in "1*#7"], "events, 160 ms each")
    alice.until_hears(PHONE_VOICE)
    alice.tab.click("hangup-button")
    bea.wait("CALL_CLOSED")
