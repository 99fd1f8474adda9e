"""SRTP towards the core with keys in the session description (REQ-129): real phones, and a scripted one whose SRTP
is written from the RFC."""

import time

from cases import case
from checks import check, contains, equal, header, lacks_text
from rtp import frames, loudest, loudest_recorded, tone, ulaw, unulaw
from sip import audio_sdp
from srtp import Key, SrtpSocket, lines
from test_media import TONES, Connected, heard, only
from test_midcall import reoffer

SUITE = "AES_CM_128_HMAC_SHA1_80"


def secure_sdp(phone, key=None, proto="RTP/SAVP", tag=1, version=1, **options):
    sdp = audio_sdp(phone.ip, phone.port, version=version, **options).replace("RTP/AVP", proto)
    return sdp + (key or phone.ours).line(tag)


class Secured(Connected):
    """The same call with an encrypting phone. at: core and page of a call before. fields: of call or accept"""

    def __init__(self, w, incoming=True, proto="RTP/SAVP", at=None, janus=None, **fields):
        self.core, self.page = at or w.scripted(janus)
        self.fields, self.proto = fields, proto
        self.browser, self.phone = w.webrtc(), SrtpSocket("127.0.1.85")
        w.defer(self.phone.close)
        (self._incoming if incoming else self._outgoing)()
        self.browser.wait_up(self.page.handle)

    def _incoming(self):
        self.page.connection_gone()
        self.sdp = secure_sdp(self.phone, proto=self.proto, tag=7)
        invite = self.core.terminate("INVITE", self.page.user.impu, body=self.sdp)
        self.event = self.page.incoming()
        self.accepted = self.page.ask("accept", "accepted", jsep=self.browser.answer(self.event.jsep))
        self.dialog = invite.dialog()
        self.page.until_up()
        self.phone.theirs = lines(self.dialog.answer.body)[7]
        self._aim(self.dialog.answer)

    def _outgoing(self):
        self.page.call("sip:+4930999@scripted.example", jsep=self.browser.offer(), **self.fields)
        self.invite = self.core.expect("INVITE")
        tag, self.phone.theirs = offered(self.invite)
        self.dialog = self.invite.accept(secure_sdp(self.phone, proto=self.invite.sdp.audio.proto, tag=tag))
        self.accepted = self.page.wait("accepted")
        self.browser.take_answer(self.accepted.jsep)
        self._aim(self.invite)

    def both_hear(self):
        super().both_hear()
        equal(self.phone.refused, [], "packets that the phone cannot open")

    def over(self):
        """-> core and page, for the next"""
        self.page.ask("hangup", "hangingup")
        self.core.expect("BYE").reply(200)
        self.page.wait("hangup")
        return self.core, self.page


def offered(invite):
    """-> tag and key of the suite that the phone has"""
    return next((tag, key) for tag, key in lines(invite.body).items() if key.suite == SUITE)


# ---------------------------------------------------------------- phones
def hears_baresip(page, browser, phone):
    browser.rtp.play(frames(ulaw(tone(1000, 2))))
    only(heard(browser.rtp.wait(50)), 440, "browser")
    page.hangup()
    phone.wait("CALL_CLOSED")
    samples, rate = phone.heard()
    only(loudest_recorded(samples, TONES, rate), 1000, "baresip")


@case("REQ-129")
def baresip_insists_and_calls(w):
    """baresip with mandatory SRTP calls: each hears the other's tone only"""
    page, browser, phone = w.registered(), w.webrtc(), w.baresip(srtp="srtp-mand")
    phone.dial(page.user.impu)
    event = page.incoming()
    equal(event["srtp"], "sdes_mandatory", "srtp of incomingcall", event)
    lacks_text(event.jsep["sdp"], "crypto")
    accepted = page.ask("accept", "accepted", jsep=browser.answer(event.jsep))
    contains(accepted["ims"]["srtp"], "AES_")
    phone.wait("CALL_ESTABLISHED")
    browser.wait_up(page.handle)
    hears_baresip(page, browser, phone)


@case("REQ-129")
def baresip_insists_and_is_called(w):
    """a page that insists calls baresip that does: each hears the other's tone only"""
    page, browser, phone = w.registered(), w.webrtc(), w.baresip(srtp="srtp-mand")
    page.call(phone.user.impu, jsep=browser.offer(), srtp="sdes_mandatory")
    phone.answer()
    browser.take_answer(page.wait("accepted").jsep)
    phone.wait("CALL_ESTABLISHED")
    browser.wait_up(page.handle)
    hears_baresip(page, browser, phone)


@case("REQ-129")
def linphone_insists(w):
    """linphone with mandatory SRTP is called: it hears the browser, the browser hears it"""
    page, browser, phone = w.registered(), w.webrtc(), w.linphone(srtp=True)
    page.call(phone.user.impu, jsep=browser.offer(), srtp="sdes_mandatory")
    phone.answer()
    accepted = page.wait("accepted")
    browser.take_answer(accepted.jsep)
    contains(accepted["ims"]["srtp"], "AES_CM_128")
    phone.until_talking()
    browser.wait_up(page.handle)
    browser.rtp.play(frames(ulaw(tone(1000, 2))))
    heard_tone = loudest(unulaw(b"".join(p.payload for p in browser.rtp.wait(50))), (*TONES, phone.hz))
    equal(max(heard_tone, key=heard_tone.get), phone.hz, "what the browser hears")
    page.hangup()
    phone.until_over()
    samples, rate = phone.heard()
    only(loudest_recorded(samples, TONES, rate), 1000, "linphone")


# ---------------------------------------------------------------- scripted
@case("REQ-129")
def keys_both_ways(w):
    """RTP/SAVP and RTP/AVP with keys, called and calling: tones pass, tags fit, RTCP is SRTCP"""
    at = None
    for proto, said in (("RTP/SAVP", "sdes_mandatory"), ("RTP/AVP", "sdes_optional")):
        call = Secured(w, proto=proto, at=at)
        equal(call.event["srtp"], said, "srtp of incomingcall", call.event)
        equal(call.accepted["ims"]["srtp"], SUITE, "suite of accepted", call.accepted)
        equal(call.dialog.answer.sdp.audio.proto, proto, "profile of the answer")
        call.both_hear()
        at = call.over()
    for srtp, proto in (("sdes_mandatory", "RTP/SAVP"), ("sdes_optional", "RTP/AVP")):
        call = Secured(w, incoming=False, at=at, srtp=srtp)
        equal(call.invite.sdp.audio.proto, proto, "profile of the offer")
        call.both_hear()
        at = call.over()
        opened = call.phone.theirs.unprotect_control(call.phone.wait_control())
        check(opened[1] in (200, 201) and b"\xca" in opened, "a report: " + opened.hex())


@case("REQ-129")
def profile_of_the_page(w):
    """srtp_profile: that suite alone is offered; a wrong one is refused in words"""
    core, page = w.scripted()
    page.call("sip:+4930999@scripted.example", srtp="sdes_optional", srtp_profile="AES_CM_128_HMAC_SHA1_32")
    invite = core.expect("INVITE")
    equal([key.suite for key in lines(invite.body).values()], ["AES_CM_128_HMAC_SHA1_32"], "suites", invite)
    equal(invite.body.count("a=crypto"), 1, "crypto lines", invite)
    invite.reply(486)
    page.wait("hangup")
    error = page.refused("call", uri="sip:+4930999@scripted.example", srtp="sdes_mandatory", srtp_profile="ROT13",
                         jsep=page.browser.offer())
    equal(error[0], 444, "code", error)
    contains(error[1], "AEAD_AES_256_GCM")


@case("REQ-129")
def no_way_down(w):
    """mandatory is answered without a key, or with one that does not fit: the call ends with 488, and nothing went
    out in the clear"""
    core, page = w.scripted()
    phone = SrtpSocket("127.0.1.85")
    w.defer(phone.close)
    for spoil in (lambda sdp: sdp.replace("RTP/SAVP", "RTP/AVP").partition("a=crypto")[0],
                  lambda sdp: sdp.partition("a=crypto")[0],
                  lambda sdp: sdp.replace("a=crypto:", "a=crypto:9"),
                  lambda sdp: sdp.replace("_80 ", "_32 ")):
        page.call("sip:+4930999@scripted.example", srtp="sdes_mandatory")
        invite = core.expect("INVITE")
        invite.accept(spoil(secure_sdp(phone, tag=offered(invite)[0])))
        event = page.wait("hangup")
        equal((event["code"], event["reason"]), (488, "SRTP is mandatory, and there is none"), "hang-up", event)
        core.expect("ACK")
        bye = core.expect("BYE")
        contains(header(bye, "Reason"), "cause=488")
        bye.reply(200)
        equal((phone.received, phone.refused), ([], []), "packets at the phone")


@case("REQ-129")
def network_insists(w):
    """srtp = "sdes_mandatory": each call is RTP/SAVP, plain RTP is refused with 488; a page cannot lower it"""
    janus = w.own_janus(networks_of={"scripted": {"srtp": "sdes_mandatory", "srtp_profiles": [SUITE]}})
    core, page = w.scripted(janus)
    final = core.terminate("INVITE", page.user.impu, body=audio_sdp("127.0.1.85", 40000)).final()
    equal(final.status, 488, "answer to plain RTP", final)
    page.call("sip:+4930999@scripted.example", srtp="sdes_optional")
    invite = core.expect("INVITE")
    equal((invite.sdp.audio.proto, len(lines(invite.body))), ("RTP/SAVP", 1), "offer", invite)
    invite.reply(486)
    page.wait("hangup")
    Secured(w, at=(core, page)).both_hear()


@case("REQ-129")
def unusable_keys(w):
    """RTP/SAVP with no key that can be used: 488, the page hears no ringing; a better line is taken where there is
    one, 3ge2ae is no matter"""
    core, page = w.scripted()
    phone = SrtpSocket("127.0.1.85")
    w.defer(phone.close)
    good = phone.ours.line(3)
    bad = [good.replace("inline:", "inline:!"), good.replace("\r\n", "|2^20|1:4\r\n"),
           good.replace("\r\n", " UNENCRYPTED_SRTP\r\n"), good.replace(SUITE, "F8_128_HMAC_SHA1_80"),
           good.replace("\r\n", "A" * 3000 + "\r\n"), "a=crypto:\r\n", ""]
    for line in bad:
        body = secure_sdp(phone).partition("a=crypto")[0] + line
        final = core.terminate("INVITE", page.user.impu, body=body).final()
        equal(final.status, 488, "answer to %.60r" % line, final)
    lacks_text(page.story(), "incomingcall")
    body = secure_sdp(phone).partition("a=crypto")[0] + "a=3ge2ae:applied\r\n" + "".join(bad) + good
    invite = core.terminate("INVITE", page.user.impu, body=body)
    event = page.incoming()
    page.accept(event)
    final = invite.final()
    equal((final.status, list(lines(final.body))), (200, [3]), "answer", final)
    lacks_text(final.body, "3ge2ae")
    invite.dialog().bye()
    page.wait("hangup")


@case("REQ-129")
def page_insists_too_late(w):
    """accept with sdes_mandatory where the caller has no keys: error 452, the call rings on"""
    core, page = w.scripted()
    invite = core.terminate("INVITE", page.user.impu, body=audio_sdp("127.0.1.85", 40000))
    event = page.incoming()
    check("srtp" not in event.result, "srtp of a plain call", event)
    error = page.refused("accept", srtp="sdes_mandatory", jsep=page.browser.answer(event.sdp))
    equal(error[0], 452, "code", error)
    contains(error[1], "offers none")
    page.accept(event)
    equal(invite.final().status, 200, "answer")
    invite.dialog().bye()
    page.wait("hangup")


@case("REQ-129")
def new_keys_in_the_call(w):
    """the phone changes its key by re-INVITE and UPDATE: no packet of either key is lost, ours stays; a hold keeps both"""
    call = Secured(w)
    call.both_hear()
    before = lines(call.dialog.answer.body)[7].master
    for version, method in ((2, "INVITE"), (3, "UPDATE")):
        old = call.phone.ours
        call.phone.rekey()
        answer = reoffer(call.dialog, secure_sdp(call.phone, tag=version, version=version), method)
        equal(answer.status, 200, "answer", answer)
        equal(lines(answer.body)[version].master, before, "our key", answer)
        late = [old.protect(call.phone.packet(payload)) for payload in frames(ulaw(tone(440, 0.2)))]
        call.browser.rtp.forget()
        for packet in late:
            call.phone.send_raw(packet)
            time.sleep(0.005)
        call.browser.rtp.wait(len(late))
        call.both_hear()
    call.page.ask("hold", "holding")
    again = call.core.expect("INVITE")
    equal([(tag, key.master) for tag, key in lines(again.body).items()], [(tag_of(again), before)],
          "crypto lines of the hold", again)
    again.reply(200, ["Contact: <%s>" % call.core.contact],
                secure_sdp(call.phone, tag=tag_of(again), version=4, direction="recvonly"))
    call.core.expect("ACK")


def tag_of(message):
    return next(iter(lines(message.body)))


@case("REQ-129")
def forgeries(w):
    """plain, forged and replayed packets reach nobody, and do not move where we send to"""
    call = Secured(w)
    call.both_hear()
    call.browser.rtp.forget()
    packet = call.phone.packet(frames(ulaw(tone(700, 0.1)))[0])
    stranger = Key()
    for data in (packet, stranger.protect(packet)):
        for _ in range(10):
            call.phone.send_raw(data)
    sealed = call.phone.ours.protect(packet)
    for _ in range(10):
        call.phone.send_raw(sealed)
    intruder = SrtpSocket("127.0.1.86", call.phone.remote)
    w.defer(intruder.close)
    intruder.play(frames(ulaw(tone(700, 0.2))), period_s=0.005)
    packets = call.browser.rtp.wait(1, match=lambda p: p.payload == packet[12:])
    call.both_hear()
    equal(len(packets), 1, "packets of those ten that are one")
    equal(intruder.received + intruder.refused, [], "packets to the intruder")


@case("REQ-129")
def keys_stay_here(w):
    """no key in an event, at event handlers, in Admin data or in the log"""
    call = Secured(w)
    call.both_hear()
    for key in (call.phone.ours, call.phone.theirs):
        lacks_text(call.page.story(), key.inline)
    call.page.hangup()
