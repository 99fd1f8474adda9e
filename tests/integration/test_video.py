"""Video: descriptions, packets and feedback between a WebRTC end (a second Janus) and the scripted core."""

import struct
import time

import edge
from cases import case
from checks import check, contains, equal, lacks_text
from page import answer_of
from rtp import RtpSocket, kinds
from sip import Sdp, audio_sdp, video_part
from webrtc import VP8_ONLY

FAR = "sip:+4930999@scripted.example"
CORE_CVO, BROWSER_CVO = 4, 13
CVO = "extmap:%d urn:3gpp:video-orientation"
CONTROL = "application/media_control+xml"
PLI, FIR = (206, 1), (206, 4)


def one_byte(*elements):
    """A header extension of one-byte elements (number, byte), RFC 8285."""
    data = b"".join(bytes((number << 4, value)) for number, value in elements)
    data += bytes(-len(data) % 4)
    return struct.pack("!HH", 0xbede, len(data) // 4) + data


def feedback(kind, about):
    """A report and PLI or FIR about that SSRC"""
    head = struct.pack("!BBHI", 0x80, 201, 1, 0x0a0b0c0d)
    if kind == PLI:
        return head + struct.pack("!BBHII", 0x81, 206, 2, 0x0a0b0c0d, about)
    return head + struct.pack("!BBHIIII", 0x84, 206, 4, 0x0a0b0c0d, 0, about, 7 << 24)


def has(kind):
    return lambda control: kind in kinds(control)


H264 = "fmtp:%d profile-level-id=%s;packetization-mode=1;level-asymmetry-allowed=1"


SPS, FU_A = 7, 28


def begins(packet):
    """The type of the NAL unit in it, if that begins there (RFC 6184 5)."""
    kind = packet.payload[0] & 31
    if kind != FU_A:
        return kind
    return packet.payload[1] & 31 if packet.payload[1] & 0x80 else None


class VideoCall:
    """An incoming call with video between the scripted core's phone and a browser."""

    def __init__(self, w, feedback=("rtcp-fb:* nack pli", "rtcp-fb:* ccm fir"), bandwidths=(), codec="H264",
                 level="42e01f", both=None):
        self.core, self.page = both or w.scripted()
        fmtp = lambda pt: [H264 % (pt, level)] if codec == "H264" else []
        self.browser = w.webrtc(video={
            "pt": 98, "codec": codec + "/90000",
            "attributes": fmtp(98) + ["rtcp-fb:98 nack", "rtcp-fb:98 nack pli", "rtcp-fb:98 ccm fir",
                                      "rtcp-fb:98 goog-remb", CVO % BROWSER_CVO]})
        self.phone, self.camera = RtpSocket("127.0.1.85"), RtpSocket("127.0.1.85")
        for socket in (self.phone, self.camera):
            w.defer(socket.close)
        part = video_part(self.camera.port, 98, codec + "/90000",
                          attributes=fmtp(98) + list(feedback) + [CVO % CORE_CVO])
        first, rest = part.split("\r\n", 1)
        self.sdp = audio_sdp(self.phone.ip, self.phone.port) + "\r\n".join(
            [first, *("b=" + b for b in bandwidths), rest])
        invite = self.core.terminate("INVITE", self.page.user.impu, body=self.sdp)
        event = self.page.incoming()
        self.offer, self.accepted = event.sdp, None
        self.accepted = self.page.ask("accept", "accepted", jsep=self.browser.answer(event.jsep))
        self.dialog = invite.dialog()
        self.answer = self.dialog.answer
        video = self.answer.sdp.video
        self.camera.remote = (video.address, video.port)
        self.browser.wait_up(self.page.handle)

    def show(self, source, sink, pt=98, frames=8, **fields):
        """Frames of two packets each; -> what came of them"""
        for i in range(frames):
            source.send(bytes((0x7c, 0x85, i)), pt, step=3600, **fields)
            source.send(bytes((0x7c, 0x45, i)), pt, step=0, marker=True, **fields)
            time.sleep(0.02)
        return sink.wait(2 * frames - 2)


@case("REQ-124", "REQ-116", "REQ-117", "REQ-115")
def video_in_the_answer_to_the_core(w):
    """the handset's number, words, feedback and orientation; b=AS, and its own b=RS and b=RR"""
    call = VideoCall(w, bandwidths=("AS:512", "RS:300", "RR:900"), level="42c00d")
    video = call.answer.sdp.video
    equal((video.proto, video.formats, video.address), ("RTP/AVPF", ["98"], edge.ADDRESS), "m-line",
          call.answer)
    equal([line for line in video.lines if line.startswith("b=")], ["b=AS:1500", "b=RS:300", "b=RR:900"],
          "bandwidth", call.answer)
    contains(call.answer.body, "a=fmtp:98 profile-level-id=42c0")
    contains(call.answer.body, "a=" + CVO % CORE_CVO)
    equal(sorted(video.attributes("rtcp-fb")), ["* ccm fir", "* nack pli"], "feedback", call.answer)
    lacks_text(call.answer.body, "goog", "transport-cc")
    contains(call.offer, "b=TIAS:486000")
    equal(call.accepted.get("ims"), None, "refused media", call.accepted)
    call.dialog.bye()


@case("REQ-114", "REQ-115", "REQ-124")
def pictures_and_orientation(w):
    """frames go both ways, markers and all; of the extensions the orientation, under the other side's number"""
    call = VideoCall(w)
    extension = one_byte((3, 77), (BROWSER_CVO, 9), (5, 1))
    packets = call.show(call.browser.video, call.camera, extension=extension)
    equal({p.extension for p in packets}, {one_byte((CORE_CVO, 9))}, "extensions at the core")
    equal([p.marker for p in packets[:4]], [p.payload[1] == 0x45 for p in packets[:4]], "markers")
    equal({(b.seq - a.seq) & 0xffff for a, b in zip(packets, packets[1:])}, {1}, "steps")
    equal({p.src for p in packets}, {call.camera.remote}, "source")
    packets = call.show(call.camera, call.browser.video, extension=one_byte((1, 1), (CORE_CVO, 3)))
    check(all(bytes((BROWSER_CVO << 4, 3)) in p.extension for p in packets), "orientation at the browser",
          packets[0].extension.hex())
    packets = call.show(call.browser.video, call.camera)
    call.camera.forget()
    packets = call.show(call.browser.video, call.camera)
    check(not any(p.has_extension for p in packets), "an extension that nobody sent", packets[0])
    call.dialog.bye()


@case("REQ-125")
def key_frames_for_the_core(w):
    """PLI and FIR of the phone, and its INFO, each ask the browser for a key frame; not when in a storm"""
    call = VideoCall(w)
    call.show(call.camera, call.browser.video)
    ours = call.show(call.browser.video, call.camera)[0].ssrc
    call.browser.video.forget()
    for ask in (lambda: call.camera.send_control(feedback(PLI, ours)),
                lambda: call.camera.send_control(feedback(FIR, ours)),
                lambda: call.dialog.request("INFO", body="<media_control><vc_primitive><to_encoder>"
                                            "<picture_fast_update/></to_encoder></vc_primitive>"
                                            "</media_control>", body_type=CONTROL).final()):
        call.browser.video.forget()
        ask()
        call.browser.video.wait_control(match=has(PLI))
    call.browser.video.forget()
    for _ in range(20):
        call.camera.send_control(feedback(PLI, ours))
    call.browser.video.wait_control(match=has(PLI))
    time.sleep(1.2)
    came = [c for c in call.browser.video.control if has(PLI)(c)]
    check(1 <= len(came) <= 3, "20 PLIs became %d" % len(came))
    call.dialog.bye()


@case("REQ-125")
def key_frames_for_the_browser(w):
    """the browser's PLI reaches the phone as PLI, FIR or INFO, whichever it knows"""
    both = w.scripted()
    for words, kind in ((("rtcp-fb:98 nack pli",), PLI), (("rtcp-fb:98 ccm fir",), FIR), ((), None)):
        call = VideoCall(w, feedback=words, both=both)
        # the source is new, so it is asked for one at once
        call.show(call.camera, call.browser.video)
        if kind:
            control = call.camera.wait_control(match=has(kind))
            equal(struct.unpack("!I", control[-4:] if kind == PLI else control[-8:-4])[0], call.camera.ssrc,
                  "whose key frame", control.hex())
            time.sleep(0.6)
            call.camera.forget()
            call.browser.video.send_control(feedback(PLI, call.camera.ssrc))
            call.camera.wait_control(match=has(kind))
        else:
            info = call.core.expect("INFO")
            equal(info.get("Content-Type"), CONTROL, "body", info)
            contains(info.body, "<picture_fast_update/>")
            info.reply(200)
            check(not any(k[0] == 206 for c in call.camera.control for k in kinds(c)), "feedback in RTCP")
        call.dialog.bye()
        call.page.wait("hangup")
        call.page.connection_gone()


@case("REQ-117")
def no_control_wanted(w):
    """b=RS:0 and b=RR:0: no RTCP for video, so the key frame is asked for by INFO"""
    call = VideoCall(w, bandwidths=("RS:0", "RR:0"))
    call.show(call.camera, call.browser.video)
    call.core.expect("INFO").reply(200)
    equal(call.camera.control, [], "RTCP")
    contains(call.answer.body, "b=RS:0\r\nb=RR:0\r\n")
    call.dialog.bye()


@case("REQ-124")
def phones_without_feedback(w):
    """we offer plain RTP that may become one with feedback; a phone takes either, or asks for it so itself"""
    core, page = w.scripted()
    for proto, more in (("RTP/AVP", ()), ("RTP/AVPF", ("acfg:1 t=1",))):
        page.call(FAR, jsep=page.browser.offer(video=True))
        invite = core.expect("INVITE")
        video = invite.sdp.video
        equal((video.proto, video.attributes("tcap"), video.attributes("pcfg")),
              ("RTP/AVP", ["1 RTP/AVPF"], ["1 t=1"]), "profiles", invite)
        dialog = invite.accept(audio_sdp("127.0.1.85", 40000) + video_part(
            40002, 103, proto=proto, attributes=(H264 % (103, "42e01f"), *more)))
        check(answer_of(page.wait("accepted")).video.port, "video is refused")
        dialog.bye()
        page.wait("hangup")
        page.connection_gone()
    invite = core.terminate("INVITE", page.user.impu, body=audio_sdp("127.0.1.85", 40000) + video_part(
        40002, proto="RTP/AVP", attributes=(H264 % (99, "42e01f"), "tcap:1 RTP/AVPF", "pcfg:1 t=1")))
    page.ask("accept", "accepted", jsep=page.browser.answer(page.incoming().sdp, video=True))
    video = invite.final().sdp.video
    equal((video.proto, video.attributes("acfg")), ("RTP/AVPF", ["1 t=1"]), "answer", invite.final())
    invite.dialog().bye()


@case("REQ-125")
def a_limit_for_the_browser(w):
    """it hears by REMB what the phone can take: b=AS, less than the network's"""
    call = VideoCall(w, bandwidths=("AS:400",))
    call.show(call.browser.video, call.camera)
    control = call.browser.video.wait_control(match=lambda c: b"REMB" in c)
    at = control.index(b"REMB") + 4
    exponent, mantissa = control[at + 1] >> 2, int.from_bytes(control[at + 1:at + 4], "big") & 0x3ffff
    equal(mantissa << exponent, 380000, "REMB")
    call.dialog.bye()


@case("REQ-124", "REQ-125")
def baresip_shows_a_picture(w):
    """H.264 of a real telephone: parameter sets and pictures reach the browser; it draws a new one when asked"""
    page, phone = w.registered(), w.baresip(video=True)
    phone.dial(page.user.impu)
    event = page.incoming()
    pt = next(int(f.split()[0]) for f in Sdp(event.sdp).video.attributes("fmtp") if "packetization-mode=1" in f)
    browser = w.webrtc(video={"pt": pt, "attributes": [H264 % (pt, "42e01f"), "rtcp-fb:%d nack pli" % pt]})
    page.ask("accept", "accepted", jsep=browser.answer(event.jsep))
    browser.wait_up(page.handle)
    browser.video.wait(1, match=lambda p: begins(p) == SPS)
    browser.video.wait(20)
    browser.video.forget()
    browser.video.send_control(feedback(PLI, 0))
    browser.video.wait(1, match=lambda p: begins(p) == SPS)
    phone.hangup()
    page.wait("hangup")


@case("REQ-124", "REQ-126", "REQ-127")
def refused_for_want_of_a_codec(w):
    """a browser without H.264 calls with video: port 0 towards the core, audio runs, the page hears why"""
    core, page = w.scripted()
    jsep = page.browser.offer(video=VP8_ONLY)
    page.call(FAR, jsep=jsep)
    invite = core.expect("INVITE")
    equal([(m.kind, bool(m.port)) for m in invite.sdp.media], [("audio", True), ("video", False)], "m-lines",
          invite)
    invite.accept(audio_sdp("127.0.1.85", 40000) + "m=video 0 RTP/AVPF 96\r\n")
    accepted = page.wait("accepted")
    equal(accepted["ims"], {"refused_media": [{"mline": 1, "media": "video", "reason": "no_common_codec"}]},
          "refused media", accepted)
    equal([bool(m.port) for m in answer_of(accepted).media], [True, False], "answer", accepted.sdp)
    page.hangup()


@case("REQ-124", "REQ-127")
def refused_by_either_side(w):
    """video that the phone, or the browser, does not want: port 0, audio runs, the page hears who"""
    core, page = w.scripted()
    page.call(FAR, jsep=page.browser.offer(video=True))
    invite = core.expect("INVITE")
    check(invite.sdp.video.port, "video is not offered", invite)
    invite.accept(audio_sdp("127.0.1.85", 40000) + "m=video 0 RTP/AVPF 103\r\n")
    accepted = page.wait("accepted")
    equal(accepted["ims"]["refused_media"][0]["reason"], "refused_by_peer", "reason", accepted)
    page.hangup()
    page.connection_gone()
    core.terminate("INVITE", page.user.impu, body=audio_sdp("127.0.1.85", 40000) + video_part(40002))
    event = page.incoming()
    accepted = page.ask("accept", "accepted", jsep=page.browser.answer(event.sdp))
    equal(accepted["ims"]["refused_media"],
          [{"mline": 1, "media": "video", "reason": "refused_by_browser"}], "refused media", accepted)


@case("REQ-126")
def vp8_where_allowed(w):
    """video_codecs = [ "H264", "VP8" ]: VP8 is offered behind H.264, taken, and its pictures pass"""
    janus = w.own_janus(networks_of={"scripted": {"video_codecs": ["H264", "VP8"], "video_kbps": 800}})
    core, page = w.scripted(janus)
    page.call(FAR, jsep=page.browser.offer(video=True))
    invite = core.expect("INVITE")
    video = invite.sdp.video
    equal((video.proto, video.formats), ("RTP/AVP", ["103", "96"]), "offer", invite)
    contains(invite.body, "b=AS:800")
    invite.reply(486)
    page.wait("hangup")
    page.connection_gone()
    call = VideoCall(w, codec="VP8", both=(core, page))
    call.show(call.browser.video, call.camera)
    call.show(call.camera, call.browser.video)
    call.dialog.bye()
