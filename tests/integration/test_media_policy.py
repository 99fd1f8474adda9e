"""What a network says of media, and what far ends send besides speech: codecs and their order, payload formats,
sources, DSCP, keys."""

import socket
import struct
import time

from cases import case
from client import Event
from checks import check, contains, equal
from patience import EVENT_S
from rtp import RtpSocket, frames, tone, ulaw
from sip import Sdp, audio_sdp
from test_media import TELEPHONE_EVENT, Connected, heard, only

FAR = "sip:+4930999@scripted.example"
END = 0x80


def press(phone, event, durations, timestamp, end=True, pt=TELEPHONE_EVENT):
    """The packets of one key; its end three times."""
    packets = [(d, 0) for d in durations] + ([(durations[-1], END)] * 3 if end else [])
    for duration, flags in packets:
        phone.timestamp = timestamp - 160
        phone.send(struct.pack("!BBH", event, flags | 10, duration), pt)
        time.sleep(0.01)


@case()
def keys_of_the_far_end(w):
    """telephone-events of the core: a `dtmf` event for each press, once, whatever is repeated or lost"""
    call = Connected(w)
    call.talk(0.1)
    press(call.phone, 5, (160, 320, 800), 100000)
    event = call.page.wait("dtmf")
    equal((event["signal"], event["duration"], event["sender"]), ("5", 100, "sip:+4930123456@scripted.example"),
          "the key", event)
    equal(event.call_id, call.page.status()["call"]["call_id"], "call_id", event)
    press(call.phone, 5, (160, 400), 110000)
    equal(call.page.wait("dtmf")["duration"], 50, "the same key again")
    press(call.phone, 11, (160, 800), 120000, end=False)     # its end is lost
    press(call.phone, 12, (160, 320), 130000)
    equal([call.page.wait("dtmf")["signal"] for _ in range(2)], ["#", "A"], "a key without an end, and the next")
    call.both_hear()
    equal(sum(event.name == "dtmf" for event in map(Event, call.page.handle.received)), 4, "keys in all")


@case("REQ-123")
def keys_of_other_clocks(w):
    """the browser has telephone-event at 48000, the core at 8000 alone: keys pass both ways, durations in the clock
    of who hears them"""
    core, page = w.scripted()
    browser, phone = w.webrtc(codecs=((111, "opus/48000/2"), (0, "PCMU/8000"), (110, "telephone-event/48000"))), \
        RtpSocket("127.0.1.85")
    w.defer(phone.close)
    page.call(FAR, jsep=browser.offer())
    invite = core.expect("INVITE")
    codecs = invite.sdp.audio.codecs
    check("telephone-event/48000" in codecs, "an event at the clock of Opus", invite)
    eight = codecs["telephone-event/8000"]
    invite.accept(audio_sdp(phone.ip, phone.port, ((111, "opus/48000/2"), (eight, "telephone-event/8000"))))
    event = page.wait("accepted")
    contains(event.sdp, "telephone-event/48000")
    browser.take_answer(event.jsep)
    phone.remote = (invite.sdp.audio.address, invite.sdp.audio.port)
    browser.wait_up(page.handle)
    browser.rtp.send(b"opus", 111)
    press(browser.rtp, 3, (960, 4800), browser.rtp.timestamp + 960, pt=110)
    heard_there = phone.wait(4, match=lambda p: p.pt == eight)
    equal({struct.unpack("!BBH", p.payload)[2] for p in heard_there}, {160, 800}, "durations at the phone")
    phone.send(b"opus", 111)
    press(phone, 9, (160, 800), phone.timestamp + 960, pt=eight)
    heard_here = browser.rtp.wait(4, match=lambda p: p.pt == 110)
    equal({struct.unpack("!BBH", p.payload)[2] for p in heard_here}, {960, 4800}, "durations at the browser")
    equal((page.wait("dtmf")["signal"]), "9", "the key")


@case()
def baresip_presses_keys(w):
    """a real telephone's key"""
    page, browser, phone = w.registered(), w.webrtc(), w.baresip()
    page.call(phone.user.impu, jsep=browser.offer())
    phone.answer()
    browser.take_answer(page.wait("accepted").jsep)
    phone.wait("CALL_ESTABLISHED")
    browser.wait_up(page.handle)
    browser.rtp.wait(5)
    phone.press("7")
    equal(page.wait("dtmf")["signal"], "7", "the key")
    page.hangup()
    phone.wait("CALL_CLOSED")


def to_page(w, core, page, codecs, fmtp=""):
    """The core offers these codecs. -> INVITE, the page's event"""
    body = audio_sdp("127.0.1.85", 40000, codecs) + fmtp
    invite = core.terminate("INVITE", page.user.impu, body=body)
    return invite, page.incoming()


@case("REQ-121", "REQ-122")
def codecs_of_the_network(w):
    """codecs = [...]: those and no others, in that order, to the core and to the browser; AMR between ends that have
    one payload format"""
    janus = w.own_janus(networks_of={"scripted": {"codecs": ["AMR-WB", "PCMA", "PCMU"]}})
    core, page = w.scripted(janus)
    page.call(FAR)
    invite = core.expect("INVITE")
    equal([name for name in invite.sdp.audio.codecs if "PCM" in name or "opus" in name or "G7" in name], ["PCMA/8000", "PCMU/8000"],
          "codecs to the core", invite)
    invite.reply(486)
    page.wait("hangup")
    offer = ((0, "PCMU/8000"), (96, "opus/48000/2"), (98, "AMR-WB/16000"), (99, "AMR-WB/16000"), (8, "PCMA/8000"))
    fmtp = "a=fmtp:98 octet-align=1; mode-set=0,1,2; max-red=220\r\na=ptime:20\r\na=maxptime:80\r\n"
    invite, event = to_page(w, core, page, offer, fmtp)
    shown = Sdp(event.sdp).audio
    equal(list(shown.codecs), ["AMR-WB/16000", "PCMA/8000", "PCMU/8000"], "codecs to the browser", event)
    contains(event.sdp, "octet-align=1; mode-set=0,1,2; max-red=220")
    contains(event.sdp, "a=maxptime:80")
    page.ask("decline", "declining")
    equal(invite.final().status, 486, "answer")


@case("REQ-121")
def handset_without_codecs_of_browsers(w):
    """nothing of EVS and AMR is shown to a browser unless the network's codecs say so: 488, no ringing"""
    core, page = w.scripted()
    body = audio_sdp("127.0.1.85", 40000, ((96, "EVS/16000"), (104, "AMR-WB/16000"), (102, "AMR/8000")))
    equal(core.terminate("INVITE", page.user.impu, body=body).final().status, 488, "answer")


@case()
def source_of_the_network(w):
    """rtp_source = "strict": RTP from another port than the signalled one is nobody's, and an alarm; from the
    signalled one it passes"""
    janus = w.own_janus(networks_of={"scripted": {"rtp_source": "strict"}})
    call = Connected(w, janus=janus)
    behind_nat = RtpSocket("127.0.1.87", call.phone.remote)
    w.defer(behind_nat.close)
    behind_nat.play(frames(ulaw(tone(700, 0.2))))
    call.browser.rtp.play(frames(ulaw(tone(1000, 0.2))))
    equal(behind_nat.received, [], "packets to who is elsewhere")
    call.both_hear()
    janus.logged("RTP from 127.0.1.87:")


@case()
def dscp_of_the_network(w):
    """dscp of a network is on its packets"""
    janus = w.own_janus(networks_of={"scripted": {"dscp": 34}})
    call = Connected(w, janus=janus)
    call.phone.rtp.setsockopt(socket.IPPROTO_IP, socket.IP_RECVTOS, 1)
    marks = []
    call.phone.running = False
    time.sleep(0.3)
    call.browser.rtp.play(frames(ulaw(tone(1000, 0.1))))
    call.phone.rtp.settimeout(EVENT_S)
    for level, kind, value in call.phone.rtp.recvmsg(2000, 100)[1]:
        marks += [value[0] >> 2] if (level, kind) == (socket.IPPROTO_IP, socket.IP_TOS) else []
    check(marks == [34], "DSCP", marks)


def report(ssrc, about, lost, fraction=0, jitter=80, highest=1000):
    """RTCP: a receiver report of the phone about our stream"""
    return (struct.pack("!BBHI", 0x81, 201, 7, ssrc) +
            struct.pack("!IIIIII", about, fraction << 24 | lost, highest, jitter, 0, 0) +
            struct.pack("!BBHI", 0x81, 202, 2, ssrc) + b"\x01\x01x\0")


@case()
def quality_of_a_call(w):
    """`quality` while it runs and at its end, before `hangup`: what was lost and how it sounds, each way; event handlers
    hear it too"""
    janus = w.own_janus(networks_of={"scripted": {"quality_s": 1}})
    call = Connected(w, janus=janus)
    good, _ = call.talk(0.5)
    stream = {}
    while "from_peer" not in stream:        # the first second may end before the first packet
        event = call.page.wait("quality")
        stream, = event["media"]
    equal((event["final"], stream["media"], stream["codec"], "to_peer" in stream), (False, "audio", "PCMU", False),
          "while it runs", event)
    check(stream["from_peer"]["packets"] > 0 and stream["from_peer"]["loss"] == 0, "losses", event)
    check(stream["from_peer"]["mos"] > 4, "how it sounds", event)
    call.page.forget()
    call.page.wait("quality")               # all that follows is of one of its seconds
    for i, payload in enumerate(frames(ulaw(tone(440, 0.5)))):
        call.phone.send(payload)
        call.phone.seq += i % 2         # a third is lost on the way
    call.phone.send_control(report(call.phone.ssrc, good[0].ssrc, 5))
    while "from_peer" not in stream or stream["from_peer"]["loss"] < 10:
        event = call.page.wait("quality")
        stream, = event["media"]
    check(10 < stream["from_peer"]["loss"] < 40 and stream["from_peer"]["mos"] < 3.8, "losses", event)
    call.page.ask("hangup", "hangingup")
    event = call.page.wait("quality")
    while not event["final"]:
        event = call.page.wait("quality")
    stream, = event["media"]
    equal((stream["to_peer"]["lost"], stream["to_peer"]["jitter_ms"]), (5, 10), "what the phone reported", event)
    check(stream["from_peer"]["lost"] >= 10 and stream["from_peer"]["packets"] >= 40, "totals", event)
    call.page.wait("hangup")
