"""Session descriptions: what the core gets of a browser's offer, what the browser gets back."""

import re

import edge
from cases import case
from checks import check, contains, equal, lacks_text
from page import answer_of
from sip import Sdp, audio_sdp
from webrtc import VP8_ONLY

WEBRTC_ONLY = ("a=group", "a=mid", "a=bundle-only", "a=rtcp-mux", "a=rtcp-rsize", "a=candidate",
               "a=ice-", "a=end-of-candidates", "a=fingerprint", "a=setup", "a=tls-id", "a=msid",
               "a=ssrc", "a=rid", "a=simulcast", "a=extmap", "SAVPF", "a=rtcp-fb", "transport-cc")
FAR = "sip:+4930999@scripted.example"
SDP = audio_sdp("127.0.1.85", 40000)


def offered(w, **offer):
    """-> INVITE at the core, page, the browser's offer"""
    core, page = w.scripted()
    jsep = page.browser.offer(**offer)
    page.call(FAR, jsep=jsep)
    return core.expect("INVITE"), page, Sdp(jsep["sdp"])


def finish(invite, page):
    invite.reply(486)
    page.wait("hangup")


@case("REQ-108", "REQ-109", "REQ-128")
def offer_to_the_core(w):
    """RTP/AVP, our address and even port, nothing of WebRTC, no address of the browser"""
    invite, page, _ = offered(w)
    lacks_text(invite.body, *WEBRTC_ONLY, ".local", "10.77.0", "0.0.0.0", "127.0.0.1")
    audio = invite.sdp.audio
    equal((audio.proto, audio.address), ("RTP/AVP", edge.ADDRESS), "profile and address", invite)
    check(20000 <= audio.port <= 21999 and audio.port % 2 == 0, "port", invite)
    contains(invite.sdp.session[1], "IN IP4 " + edge.ADDRESS)
    finish(invite, page)


@case("REQ-122", "REQ-123")
def codecs_to_the_core(w):
    """Opus, G.722, G.711 and telephone-event pass; red and comfort noise do not matter"""
    invite, page, _ = offered(w)
    codecs = invite.sdp.audio.codecs
    for name in ("opus/48000/2", "PCMU/8000", "PCMA/8000", "G722/8000", "telephone-event/8000"):
        check(name in codecs, name + " is not offered", invite)
    equal((codecs["PCMU/8000"], codecs["PCMA/8000"], codecs["G722/8000"]), (0, 8, 9), "payload types")
    finish(invite, page)


@case("REQ-124", "REQ-126", "REQ-127", "REQ-139")
def data_channel_and_vp8_are_refused(w):
    """every m-line of the offer is answered in its place, with port 0 where it is refused"""
    for offer in ({"data": True}, {"video": VP8_ONLY}, {"video": VP8_ONLY, "data": True}):
        invite, page, browser = offered(w, **offer)
        live = [m for m in invite.sdp.media if m.port]
        equal([m.kind for m in live], ["audio"], "live media towards the core", invite)
        lacks_text(invite.body, "VP8", "rtx")
        invite.accept(SDP if len(invite.sdp.media) == 1 else SDP + "".join(
            "m=%s 0 %s %s\r\n" % (m.kind, m.proto, " ".join(m.formats)) for m in invite.sdp.media[1:]))
        answer = answer_of(page.wait("accepted"))
        equal([m.kind for m in answer.media], [m.kind for m in browser.media], "m-lines", answer.text)
        equal([bool(m.port) for m in answer.media], [m.kind == "audio" for m in browser.media],
              "accepted", answer.text)
        page.send("hangup")
        page.wait("hangup")
        invite.peer.close()


@case("REQ-110")
def answer_to_the_browser(w):
    """UDP/TLS/RTP/SAVPF, rtcp-mux, fingerprint, setup and ICE; codecs of both sides"""
    invite, page, _ = offered(w)
    pt = invite.sdp.audio.codecs["telephone-event/8000"]
    invite.accept(audio_sdp("127.0.1.85", 40000, ((0, "PCMU/8000"), (pt, "telephone-event/8000"))))
    answer = answer_of(page.wait("accepted"))
    audio = answer.audio
    equal(audio.proto, "UDP/TLS/RTP/SAVPF", "profile")
    for name in ("rtcp-mux", "setup", "ice-ufrag", "ice-pwd", "mid"):
        check(audio.attributes(name), name + " is missing", answer.text)
    contains(answer.text, "a=fingerprint:sha-256")
    equal(set(audio.codecs), {"PCMU/8000", "telephone-event/8000"}, "codecs")
    lacks_text(answer.text, "127.0.1.")
    page.send("hangup")
    page.wait("hangup")


@case("REQ-110", "REQ-128")
def offer_to_the_browser(w):
    """an incoming call's offer: SAVPF and actpass, and nothing of the core"""
    core, page = w.scripted()
    core.terminate("INVITE", page.user.impu, body=SDP)
    event = page.incoming()
    audio = Sdp(event.sdp).audio
    equal((audio.proto, audio.attributes("setup")), ("UDP/TLS/RTP/SAVPF", ["actpass"]), "offer")
    lacks_text(event.sdp, "127.0.1.", "RTP/AVP ")
    equal(set(audio.codecs), {"PCMU/8000", "telephone-event/8000"}, "codecs")
    page.ask("decline", "declining")


@case("REQ-109", "REQ-108")
def answer_to_the_core(w):
    """our 200: RTP/AVP, our address, a subset of the offer in the core's payload types"""
    core, page = w.scripted()
    offer = audio_sdp("127.0.1.85", 40000, ((8, "PCMA/8000"), (96, "opus/48000/2"),
                                            (99, "telephone-event/8000")))
    invite = core.terminate("INVITE", page.user.impu, body=offer)
    page.accept(page.incoming())
    answer = invite.final()
    audio = answer.sdp.audio
    lacks_text(answer.body, *WEBRTC_ONLY, "10.77.0", "0.0.0.0")
    equal((audio.proto, audio.address), ("RTP/AVP", edge.ADDRESS), "profile and address", answer)
    for name, pt in audio.codecs.items():
        equal({"PCMA/8000": 8, "opus/48000/2": 96, "telephone-event/8000": 99}.get(name), pt,
              "payload type of " + name, answer)
    invite.dialog().bye()


@case("REQ-127")
def offer_of_the_core_with_more(w):
    """video, application and a second audio of the core's offer are answered with port 0, in order"""
    core, page = w.scripted()
    more = SDP + ("m=video 40010 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
                  "m=application 40020 UDP/BFCP *\r\nm=message 40030 TCP/MSRP *\r\n"
                  "m=image 40040 udptl t38\r\n")
    invite = core.terminate("INVITE", page.user.impu, body=more)
    page.accept(page.incoming())
    answer = invite.final()
    equal([(m.kind, bool(m.port)) for m in answer.sdp.media],
          [("audio", True), ("video", False), ("application", False), ("message", False),
           ("image", False)], "m-lines", answer)
    invite.dialog().bye()


@case()
def profiles_of_the_core(w):
    """RTP/AVPF with and without crypto lines: audio is never silently refused"""
    core, page = w.scripted()
    for proto in ("RTP/AVP", "RTP/AVPF"):
        invite = core.terminate("INVITE", page.user.impu, body=SDP.replace("RTP/AVP", proto))
        page.accept(page.incoming())
        answer = invite.final()
        equal((answer.status, answer.sdp.audio.proto, bool(answer.sdp.audio.port)), (200, proto, True),
              "answer", answer)
        invite.dialog().bye()
        page.wait("hangup")


@case()
def no_common_codec(w):
    """AMR only: 488 to the core, in words to the page of the caller"""
    core, page = w.scripted()
    amr = audio_sdp("127.0.1.85", 40000, ((97, "AMR/8000"), (98, "EVS/16000")))
    invite = core.terminate("INVITE", page.user.impu, body=amr)
    equal(invite.final().status, 488, "answer", invite.final())
    page.call(FAR)
    invite = core.expect("INVITE")
    invite.accept(amr)
    event = page.wait("hangup")
    check(event["code"] in (488, 463, 606), "code", event)
    core.expect("ACK")
    core.expect("BYE").reply(200)


@case()
def unusable_descriptions_of_the_core(w):
    """INVITEs that make no sense get 400, 415 or 488; the page hears nothing"""
    core, page = w.scripted()
    bodies = ["v=0\r\n", "garbage", "v=0\r\no=x\r\nm=audio\r\n", SDP.replace("40000", "99999"),
              SDP.replace("40000", "-1"), SDP.replace("IN IP4 127.0.1.85", "IN IP4 not-an-address"),
              SDP.replace("RTP/AVP 0 101", "RTP/AVP"), "m=audio 1 RTP/AVP 0\r\n" * 500,
              SDP + "a=x\r\n" * 10000, SDP + "a=" + "y" * 60000 + "\r\n", "\0" * 100,
              SDP.replace("m=audio", "m=audio" + "o" * 5000)]
    for body in bodies:
        final = core.terminate("INVITE", page.user.impu, body=body).final()
        check(400 <= final.status < 500, "answer to %.60r" % body, final)
    kind = core.terminate("INVITE", page.user.impu, body="<xml/>", body_type="application/xml")
    check(kind.final().status in (415, 488, 400), "answer to another type", kind.final())
    lacks_text(page.story(), "incomingcall")


@case()
def addresses_of_the_network_are_numeric(w):
    """c= with a name, a multicast or a zero address of the core never makes us send there"""
    core, page = w.scripted()
    for address in ("224.0.0.1", "255.255.255.255", "phone.example"):
        invite = core.terminate("INVITE", page.user.impu, body=SDP.replace("127.0.1.85", address))
        final = invite.wait(lambda r: r.status >= 180, "answer")
        if final.status < 200:
            page.ask("decline", "declining")
        w.capture.udp(to=address)
        equal(len(w.capture.udp(to=address)), 0, "packets to " + address)


@case("REQ-127")
def mlines_of_the_answer_stand_in_order(w):
    """data before audio in the browser's offer: the answer keeps that order"""
    core, page = w.scripted()
    offer = page.browser.offer(data=True)["sdp"]
    head, audio, data = re.split(r"(?m)^(?=m=)", offer)
    page.call(FAR, jsep={"type": "offer", "sdp": head + data + audio})
    invite = core.expect("INVITE")
    live = invite.sdp.of_kind("audio")[0]
    check(live.port, "audio is refused towards the core", invite)
    answer = "".join([SDP.split("m=")[0]] + [
        "m=" + SDP.split("m=")[1] if m.kind == "audio" else "m=%s 0 %s %s\r\n" % (
            m.kind, m.proto, " ".join(m.formats)) for m in invite.sdp.media])
    invite.accept(answer)
    first, second = answer_of(page.wait("accepted")).media
    equal((first.kind, second.kind, bool(second.port)), ("application", "audio", True), "m-lines")
    # Janus keeps its ICE in the first m-line, and makes 9 of its port 0.
    check(first.port == 0 or first.direction == "inactive", "the data channel is not refused",
          *first.lines)
    page.send("hangup")
    page.wait("hangup")
