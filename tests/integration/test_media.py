"""Media with real WebRTC ends (a second Janus) and telephones: who hears whom."""

import time

import edge
from cases import case
from checks import check, contains, equal
from process import counters, wait_counters
from rtp import RtpSocket, frames, kinds, loudest, loudest_recorded, tone, ulaw, unulaw
from sip import audio_sdp

TONES = (440, 700, 1000)
TELEPHONE_EVENT = 101
BYE = 203       # of RTCP


def heard(packets, pt=0):
    return loudest(unulaw(b"".join(p.payload for p in packets if p.pt == pt)), TONES)


def only(levels, hz, who):
    """That tone, well above all others."""
    check(levels[hz] > 0.9 and all(v < 0.01 for f, v in levels.items() if f != hz),
          "%s hears %r, %d Hz wanted" % (who, levels, hz))


class Connected:
    """A call between a WebRTC end and the scripted core, with a socket at each end."""

    def __init__(self, w, incoming=True, phone_ip="127.0.1.85", janus=None, direction="sendrecv", **fields):
        """direction: of the phone; fields: of call or accept"""
        self.core, self.page = w.scripted(janus)
        self.fields = fields
        self.browser, self.phone = w.webrtc(), RtpSocket(phone_ip)
        w.defer(self.phone.close)
        self.sdp = audio_sdp(self.phone.ip, self.phone.port, direction=direction)
        (self._incoming if incoming else self._outgoing)()
        self.browser.wait_up(self.page.handle)

    def _incoming(self):
        invite = self.core.terminate("INVITE", self.page.user.impu, body=self.sdp)
        event = self.page.incoming()
        self.page.ask("accept", "accepted", jsep=self.browser.answer(event.jsep), **self.fields)
        self.dialog = invite.dialog()
        self.page.until_up()
        self._aim(self.dialog.answer)

    def _outgoing(self):
        self.page.call("sip:+4930999@scripted.example", jsep=self.browser.offer(), **self.fields)
        invite = self.core.expect("INVITE")
        self.dialog = invite.accept(self.sdp)
        self.browser.take_answer(self.page.wait("accepted").jsep)
        self._aim(invite)

    def both_hear(self, pt=0, **options):
        phone, browser = self.talk(pt=pt, **options)
        only(heard(phone, pt), 1000, "phone")
        only(heard(browser, pt), 440, "browser")

    def _aim(self, message):
        audio = message.sdp.audio
        self.phone.remote = (audio.address, audio.port)

    def talk(self, seconds=0.6, pt=0, want=0.8):
        """Each end plays its tone; -> what phone and browser heard, at least so much of it. pt: the codec's number
        at both ends; its bytes pass as they are, so that all tones may be G.711 of one kind."""
        self.phone.forget()
        self.browser.rtp.forget()
        at_phone = frames(ulaw(tone(440, seconds)))
        at_browser = frames(ulaw(tone(1000, seconds)))
        start = time.monotonic()
        for i, (a, b) in enumerate(zip(at_phone, at_browser)):
            time.sleep(max(0, start + i * 0.02 - time.monotonic()))
            self.phone.send(a, pt)
            self.browser.rtp.send(b, pt)
        want = int(len(at_phone) * want)
        return self.phone.wait(want), self.browser.rtp.wait(want)


@case("REQ-122")
def both_hear_each_other_incoming(w):
    """an incoming call: tones go both ways"""
    phone, browser = Connected(w).talk()
    only(heard(phone), 1000, "phone")
    only(heard(browser), 440, "browser")


@case("REQ-122")
def both_hear_each_other_outgoing(w):
    """an outgoing call: tones go both ways"""
    phone, browser = Connected(w, incoming=False).talk()
    only(heard(phone), 1000, "phone")
    only(heard(browser), 440, "browser")


@case("REQ-114")
def packets_to_the_core(w):
    """from the announced port, one SSRC, no header extension, steady sequence"""
    call = Connected(w)
    packets, _ = call.talk()
    equal({p.src for p in packets}, {call.phone.remote}, "source")
    equal(len({p.ssrc for p in packets}), 1, "SSRCs")
    check(not any(p.has_extension for p in packets), "header extensions", packets[0])
    steps = {(b.seq - a.seq) & 0xffff for a, b in zip(packets, packets[1:])}
    check(steps <= {1, 2}, "steps of the sequence: %r" % steps)


@case()
def strict_source(w):
    """after the first packet, RTP from elsewhere reaches nobody, to the right port or not"""
    call = Connected(w)
    call.talk(0.3)
    for ip in ("127.0.1.85", "127.0.1.86"):
        intruder = RtpSocket(ip, call.phone.remote)
        w.defer(intruder.close)
        call.browser.rtp.forget()
        intruder.play(frames(ulaw(tone(700, 0.3))), period_s=0.005)
        _, browser = call.talk(0.5)
        only(heard(browser), 440, "browser")
        equal(intruder.received, [], "packets to the intruder")


@case()
def symmetric_rtp(w):
    """the phone sends from another port than it announced: we answer where it sends from"""
    call = Connected(w)
    behind_nat = RtpSocket("127.0.1.87", call.phone.remote)
    w.defer(behind_nat.close)
    behind_nat.play(frames(ulaw(tone(440, 0.2))))
    call.browser.rtp.wait(1)                # so it has come through
    call.browser.rtp.play(frames(ulaw(tone(1000, 0.6))))
    only(heard(behind_nat.wait(20)), 1000, "phone")


@case()
def odd_packets(w):
    """oversized, short, of wrong version or payload type: dropped, and the call goes on"""
    call = Connected(w)
    call.talk(0.2)
    call.browser.rtp.forget()
    good = call.phone.packet(b"\xd5" * 160)
    odd = [good + b"x" * size for size in (1400, 3000, 9000, 60000)]
    odd += [good[:n] for n in (0, 1, 8, 11)] + [b"\0" * 172, b"\xff" * 172, b"\x40" + good[1:]]
    odd += [b"\x8f" + good[1:20], b"\x90" + good[1:14], b"\x90" + good[1:12] + b"\0\0\xff\xff",
            b"\xa0" + good[1:] + b"\xff", bytes([good[0], 77]) + good[2:]]
    for data in odd * 5:
        call.phone.send_raw(data)
    call.phone.seq += 1
    call.talk(0.2, want=0.1)        # so much data has been read by now
    _, browser = call.talk(0.5)
    only(heard([p for p in browser if len(p.payload) == 160]), 440, "browser")
    check(all(len(p.payload) <= 1500 for p in browser), "an oversized packet reached the browser")


@case()
def odd_control_packets(w):
    """RTCP of any shape to the RTCP port does no harm"""
    call = Connected(w)
    call.talk(0.2)
    ip, port = call.phone.remote
    for data in (b"", b"\x80", b"\x81\xc9\0\xff" + b"x" * 20, b"\x80\xc8\0\6" + b"\0" * 24,
                 b"\xff" * 1400, b"\x81\xcb\0\1" + b"\0" * 4, b"\x9f\xca\0\1" + b"\0" * 4, b"y" * 60000):
        call.phone.rtcp.sendto(data, (ip, port + 1))
    _, browser = call.talk(0.3)
    only(heard(browser), 440, "browser")


@case("REQ-117")
def control_packets_to_the_core(w):
    """RTCP comes on its own port, with the SSRC of our RTP, and a BYE at the end"""
    call = Connected(w)
    packets, _ = call.talk(0.3)
    report = call.phone.wait_control()
    equal(report[1] in (200, 201), True, "first packet is a report: %r" % report[:8])
    equal(int.from_bytes(report[4:8], "big"), packets[0].ssrc, "SSRC")
    call.phone.forget()
    call.page.hangup()
    call.phone.wait_control(match=lambda data: (BYE, 1) in kinds(data))


@case("REQ-123")
def digits(w):
    """dtmf_info: telephone-events of the negotiated payload type, the right digit and duration"""
    call = Connected(w)
    call.talk(0.2)
    call.phone.forget()
    call.page.ask("dtmf_info", "dtmfsent", digit="5", duration=200)
    packets = call.phone.wait(5, match=lambda p: p.pt == TELEPHONE_EVENT)
    call.phone.wait(1, match=lambda p: p.pt == TELEPHONE_EVENT and p.payload[1] & 0x80)
    equal({p.payload[0] for p in packets}, {5}, "event")
    check(packets[0].marker, "marker of the first packet", packets[0])
    equal(len({p.timestamp for p in packets}), 1, "timestamps of one event")
    last = [p for p in call.phone.received if p.pt == TELEPHONE_EVENT][-1]
    duration = int.from_bytes(last.payload[2:4], "big")
    check(1400 <= duration <= 1800, "duration %d, 1600 wanted" % duration)
    page = call.page
    for digit in ("", "55", "x", 5, None, "é"):
        equal(page.refused("dtmf_info", digit=digit)[0], 444, "error of %r" % (digit,))
    for duration in (39, 6001, -1, "100"):
        equal(page.refused("dtmf_info", digit="1", duration=duration)[0], 444, "error of %r" % (duration,))


@case("REQ-98")
def hold_stops_the_music(w):
    """while we hold, the re-INVITE says so; afterwards both hear each other again"""
    call = Connected(w)
    call.talk(0.2)
    call.page.send("hold")
    again = call.core.expect("INVITE")
    check(again.sdp.audio.direction in ("sendonly", "inactive"), "direction", again)
    again.reply(200, ["Contact: <%s>" % call.core.contact],
                audio_sdp(call.phone.ip, call.phone.port, direction="recvonly", version=2))
    call.core.expect("ACK")
    call.page.wait("holding")
    equal(call.page.status()["call"]["held"], True, "held")
    call.page.send("unhold")
    again = call.core.expect("INVITE")
    equal(again.sdp.audio.direction, "sendrecv", "direction", again)
    again.reply(200, ["Contact: <%s>" % call.core.contact],
                audio_sdp(call.phone.ip, call.phone.port, version=3))
    call.core.expect("ACK")
    call.page.wait("resuming")
    phone, browser = call.talk()
    only(heard(phone), 1000, "phone")
    only(heard(browser), 440, "browser")


@case()
def media_after_an_answer_from_elsewhere(w):
    """a re-INVITE of the core with another address: media follows"""
    call = Connected(w)
    call.talk(0.2)
    moved = RtpSocket("127.0.1.88", call.phone.remote)
    w.defer(moved.close)
    answer = call.dialog.request("INVITE", body=audio_sdp(moved.ip, moved.port, version=2)).final()
    equal(answer.status, 200, "re-INVITE", answer)
    call.dialog.ack()
    audio = answer.sdp.audio
    moved.remote = (audio.address, audio.port)
    call.browser.rtp.forget()
    moved.play(frames(ulaw(tone(440, 0.2))))
    call.browser.rtp.wait(1)
    call.browser.rtp.play(frames(ulaw(tone(1000, 0.5))))
    only(heard(moved.wait(15)), 1000, "phone at its new address")


@case()
def early_media_is_heard(w):
    """183 with a description: the browser hears the announcement before the answer"""
    core, page = w.scripted()
    browser, phone = w.webrtc(), RtpSocket("127.0.1.85")
    w.defer(phone.close)
    page.call("sip:+4930999@scripted.example", jsep=browser.offer())
    invite = core.expect("INVITE")
    invite.progress(audio_sdp(phone.ip, phone.port))
    browser.take_answer(page.wait("progress").jsep)
    browser.wait_up(page.handle)
    phone.remote = (invite.sdp.audio.address, invite.sdp.audio.port)
    phone.play(frames(ulaw(tone(440, 0.6))))
    only(heard(browser.rtp.wait(20)), 440, "browser")
    invite.reply(486)
    page.wait("hangup")


@case()
def ports_come_back(w):
    """20 calls, some failed: no RTP port stays open"""
    core, page = w.scripted()
    start = None
    for i in range(11):
        page.connection_gone()
        invite = core.terminate("INVITE", page.user.impu,
                                body=audio_sdp("127.0.1.85", 40000))
        event = page.incoming()
        if i % 2:
            page.accept(event)
            invite.dialog().bye()
        else:
            page.ask("decline", "declining")
        page.wait("hangup")
        page.call("sip:+4930999@scripted.example")
        core.expect("INVITE").reply(486 if i % 3 else 500)
        page.wait("hangup")
        if start is None:       # the first call starts what is there once for all
            page.connection_gone()
            start = counters(w.janus.pid)
    wait_counters(w.janus.pid, start)


def with_baresip(w, codec, incoming, call=None, **options):
    """call: fields of the request; options: see Baresip"""
    page, browser = w.registered(), w.webrtc(codecs={
        "g711": ((0, "PCMU/8000"),), "g722": ((9, "G722/8000"),),
        "opus": ((111, "opus/48000/2"),)}[codec])
    phone = w.baresip(codec=codec, hz=440, **options)
    if incoming:
        phone.dial(page.user.impu)
        event = page.incoming()
        page.ask("accept", "accepted", jsep=browser.answer(event.jsep))
    else:
        page.call(phone.user.impu, jsep=browser.offer(), **(call or {}))
        phone.wait("CALL_INCOMING")
        phone.accept()
        browser.take_answer(page.wait("accepted").jsep)
    phone.wait("CALL_ESTABLISHED")
    browser.wait_up(page.handle)
    return page, browser, phone


@case()
def baresip_called_in_g711(w):
    """a page calls baresip through the IMS core: each hears the other's tone only"""
    page, browser, phone = with_baresip(w, "g711", incoming=False)
    browser.rtp.play(frames(ulaw(tone(1000, 2))))
    only(heard(browser.rtp.wait(50)), 440, "browser")
    page.hangup()
    phone.wait("CALL_CLOSED")
    samples, rate = phone.heard()
    only(loudest_recorded(samples, TONES, rate), 1000, "baresip")


@case()
def baresip_calls_in_g711(w):
    """baresip calls a page and hangs up"""
    page, browser, phone = with_baresip(w, "g711", incoming=True)
    browser.rtp.play(frames(ulaw(tone(1000, 2))))
    only(heard(browser.rtp.wait(50)), 440, "browser")
    phone.hangup()
    page.wait("hangup")
    samples, rate = phone.heard()
    only(loudest_recorded(samples, TONES, rate), 1000, "baresip")


@case("REQ-122")
def baresip_in_other_codecs(w):
    """G.722 and Opus pass untouched: packets of the negotiated type arrive at the browser"""
    for codec, name in (("g722", "G.722"), ("opus", "Opus")):
        page, browser, phone = with_baresip(w, codec, incoming=True)
        packets = browser.rtp.wait(40)
        sent = {p.payload[12:] for p in w.capture.udp(to=edge.ADDRESS)}
        check(all(p.payload in sent for p in packets), name + " was changed on its way", packets[0])
        page.hangup()
        phone.wait("CALL_CLOSED")
        phone.stop()
