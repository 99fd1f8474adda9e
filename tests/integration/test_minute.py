"""Real calls of a minute with a telephone, frames counted both ways: what one end sends the other gets."""

import edge
from cases import case
from checks import check
from rtp import frames, loudest_recorded, tone, ulaw
from sip import Sdp
from test_media import TONES, only, with_baresip
from test_video import H264

SECONDS, TALK_HZ = 60, 1000
OPUS_FRAME = bytes.fromhex("fcfffe")        # 20 ms of silence (RFC 6716)
SLICE = b"\x41" + bytes(600)                # a NAL unit of a picture
LOST_OF_100 = 1                             # what a loaded machine may lose on its way


PHONE_PORTS = range(52000, 53000)           # baresip's, whatever address its packets come from


def is_rtp(packet):
    return len(packet.payload) > 12 and packet.payload[0] >> 6 == 2 and not 72 <= packet.payload[1] & 0x7f <= 79


def rtp_between(w):
    """Numbers of RTP packets that the wire saw: from the telephone, and to it."""
    seen = [p for p in w.capture.udp() if is_rtp(p)]
    return (sum(p.src[1] in PHONE_PORTS and p.dst[0] == edge.ADDRESS for p in seen),
            sum(p.dst[1] in PHONE_PORTS and p.src[0] == edge.ADDRESS for p in seen))


def enough(got, sent, what):
    check(sent > 0 and abs(sent - got) * 100 <= LOST_OF_100 * sent,
          "%s: %d of %d frames" % (what, got, sent))


def talk(w, browser, payloads, pt):
    """A minute both ways, each frame counted where it was sent and where it came."""
    ear = browser.rtp
    w.capture.restart()
    ear.forget()
    ear.play(payloads, pt)
    from_phone, to_phone = rtp_between(w)
    enough(len(ear.received), from_phone, "to the browser")
    enough(to_phone, len(payloads), "to the telephone")
    print("     to the browser %d of %d, to the telephone %d of %d" % (
        len(ear.received), from_phone, to_phone, len(payloads)), flush=True)


def over(page, phone):
    page.hangup()
    phone.wait("CALL_CLOSED")


@case("REQ-122", timeout_s=300, long=True)
def opus(w):
    """Opus"""
    page, browser, phone = with_baresip(w, "opus", incoming=False, seconds=SECONDS + 20)
    talk(w, browser, [OPUS_FRAME] * (50 * SECONDS), 111)
    over(page, phone)


@case("REQ-122", timeout_s=300, long=True)
def g722(w):
    """G.722"""
    page, browser, phone = with_baresip(w, "g722", incoming=True, seconds=SECONDS + 20)
    talk(w, browser, [bytes([0xfa] * 160)] * (50 * SECONDS), 9)
    over(page, phone)


@case("REQ-122", "REQ-129", timeout_s=300, long=True)
def sdes(w):
    """SRTP with keys of SDES; the telephone's recording has the tone"""
    page, browser, phone = with_baresip(w, "g711", incoming=False, seconds=SECONDS + 20, srtp="srtp-mand",
                                        call={"srtp": "sdes_mandatory"})
    talk(w, browser, frames(ulaw(tone(TALK_HZ, SECONDS))), 0)
    over(page, phone)
    samples, rate = phone.heard()
    only(loudest_recorded(samples, TONES, rate), TALK_HZ, "baresip")


@case("REQ-124", timeout_s=300, long=True)
def video(w):
    """H.264"""
    page, phone = w.registered(), w.baresip(video=True, seconds=SECONDS + 20)
    phone.dial(page.user.impu)
    event = page.incoming()
    pt = next(int(f.split()[0]) for f in Sdp(event.sdp).video.attributes("fmtp") if "packetization-mode=1" in f)
    browser = w.webrtc(video={"pt": pt, "attributes": [H264 % (pt, "42e01f"), "rtcp-fb:%d nack pli" % pt]})
    page.ask("accept", "accepted", jsep=browser.answer(event.jsep))
    browser.wait_up(page.handle)
    browser.video.wait(1)
    w.capture.restart()
    browser.video.forget()
    browser.rtp.forget()
    browser.video.play([SLICE] * (15 * SECONDS), pt, period_s=1 / 15)
    from_phone, to_phone = rtp_between(w)
    enough(len(browser.video.received) + len(browser.rtp.received), from_phone, "to the browser")
    enough(to_phone, 15 * SECONDS, "to the telephone")
    over(page, phone)
