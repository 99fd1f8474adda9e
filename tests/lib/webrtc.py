"""The browser's end without a browser.

CannedBrowser speaks SDP as Chromium does, but no ICE: for signalling.
GatewayPeer is a real WebRTC end made of a second Janus with its NoSIP plugin: what its browser
side receives comes out as plain RTP at a socket of the test, and the other way round.
"""

import hashlib
import os
import random

import paths
from janus import Janus
from patience import EVENT_S
from rtp import RtpSocket

AUDIO = ("m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126",
         ("rtpmap:111 opus/48000/2", "rtcp-fb:111 transport-cc",
          "fmtp:111 minptime=10;useinbandfec=1", "rtpmap:63 red/48000/2", "fmtp:63 111/111",
          "rtpmap:9 G722/8000", "rtpmap:0 PCMU/8000", "rtpmap:8 PCMA/8000", "rtpmap:13 CN/8000",
          "rtpmap:110 telephone-event/48000", "rtpmap:126 telephone-event/8000"))
VIDEO = ("m=video 9 UDP/TLS/RTP/SAVPF 96 97 103 104",
         ("rtpmap:96 VP8/90000", "rtcp-fb:96 goog-remb", "rtcp-fb:96 transport-cc",
          "rtcp-fb:96 ccm fir", "rtcp-fb:96 nack", "rtcp-fb:96 nack pli", "rtpmap:97 rtx/90000",
          "fmtp:97 apt=96", "rtpmap:103 H264/90000", "rtcp-fb:103 nack pli",
          "fmtp:103 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f",
          "rtpmap:104 rtx/90000", "fmtp:104 apt=103",
          "extmap:13 urn:3gpp:video-orientation"))
VP8_ONLY = ("m=video 9 UDP/TLS/RTP/SAVPF 96 97", VIDEO[1][:8])      # a browser without H.264
EXTENSIONS = ("extmap:14 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
              "extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
              "extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid")


class CannedBrowser:
    def __init__(self):
        self.ufrag, self.password = os.urandom(3).hex()[:4], os.urandom(12).hex()
        digest = hashlib.sha256(os.urandom(32)).hexdigest().upper()
        self.fingerprint = ":".join(digest[i:i + 2] for i in range(0, 64, 2))
        self.session_id, self.version = random.getrandbits(62), 2

    def _session(self, mids):
        return ["v=0", "o=- %d %d IN IP4 127.0.0.1" % (self.session_id, self.version), "s=-",
                "t=0 0", "a=group:BUNDLE " + " ".join(map(str, mids)), "a=extmap-allow-mixed",
                "a=msid-semantic: WMS stream"]

    def _transport(self, mid, setup):
        return ["a=ice-ufrag:" + self.ufrag, "a=ice-pwd:" + self.password, "a=ice-options:trickle",
                "a=fingerprint:sha-256 " + self.fingerprint, "a=setup:" + setup, "a=mid:%s" % mid]

    def _media(self, first, attributes, mid, setup, direction="sendrecv"):
        ssrc = random.getrandbits(31)
        lines = [first, "c=IN IP4 0.0.0.0", "a=rtcp:9 IN IP4 0.0.0.0"]
        lines += self._transport(mid, setup)
        lines += ["a=" + e for e in EXTENSIONS]
        lines += ["a=" + direction, "a=msid:stream track%s" % mid, "a=rtcp-mux", "a=rtcp-rsize"]
        lines += ["a=" + attribute for attribute in attributes]
        return lines + ["a=ssrc:%d cname:canned" % ssrc, "a=ssrc:%d msid:stream track%s" % (ssrc, mid)]

    def _data(self, mid, setup):
        return ["m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "c=IN IP4 0.0.0.0",
                *self._transport(mid, setup), "a=sctp-port:5000", "a=max-message-size:262144"]

    def offer(self, audio=True, video=False, data=False, extra=()):
        """-> jsep. extra: attribute lines of the audio part without "a=". video: True, or VP8_ONLY."""
        parts = []
        if audio:
            parts.append(lambda mid: self._media(AUDIO[0], AUDIO[1] + tuple(extra), mid, "actpass"))
        if video:
            parts.append(lambda mid: self._media(*(VIDEO if video is True else video), mid, "actpass"))
        if data:
            parts.append(lambda mid: self._data(mid, "actpass"))
        lines = self._session(range(len(parts)))
        for mid, part in enumerate(parts):
            lines += part(mid)
        return {"type": "offer", "sdp": "\r\n".join(lines) + "\r\n"}

    def answer(self, offer_sdp, video=False):
        """Takes the first audio part with all codecs offered in it, and video if told so; refuses what else
        there is."""
        from sip import Sdp
        offer = Sdp(offer_sdp)
        lines, taken = [], set()
        wanted = {"audio", "video"} if video else {"audio"}
        mids = []
        for media in offer.media:
            mid = (media.attributes("mid") or ["0"])[0]
            if media.kind in wanted - taken and media.port:
                taken.add(media.kind)
                mids.append(mid)
                attributes = ["%s:%s" % (name, value) for name in ("rtpmap", "fmtp")
                              for value in media.attributes(name)]
                first = "m=%s 9 %s %s" % (media.kind, media.proto, " ".join(media.formats))
                lines += self._media(first, attributes, mid, "active")
            else:
                lines += ["m=%s 0 %s %s" % (media.kind, media.proto, " ".join(media.formats)),
                          "c=IN IP4 0.0.0.0", "a=mid:" + mid, "a=inactive"]
        return {"type": "answer", "sdp": "\r\n".join(self._session(mids) + lines) + "\r\n"}


def gateway(folder):
    """The second Janus, for any number of GatewayPeers."""
    return Janus(folder, [paths.janus_folder("plugins") + "/libjanus_nosip.so"],
                 {"janus.plugin.nosip": {"general": {"local_ip": "127.0.0.1",
                                                     "rtp_port_range": "40000-44999"}}},
                 ws_port=0, rtp_ports="32000-33999", full_trickle=False)


class GatewayPeer:
    """One call's WebRTC end. `rtp` is the socket where its microphone and loudspeaker are."""

    def __init__(self, janus, ip="127.0.2.32", codecs=((0, "PCMU/8000"), (101, "telephone-event/8000")),
                 video=None):
        """video: what sip.video_part takes, for a camera and a screen at the socket `video`."""
        self.client = janus.client()
        self.handle = self.client.attach("janus.plugin.nosip")
        self.rtp, self.codecs = RtpSocket(ip), codecs
        self.video, self.video_part = RtpSocket(ip) if video else None, video

    def _plain(self):
        from sip import audio_sdp, video_part
        plain = audio_sdp(self.rtp.ip, self.rtp.port, self.codecs)
        return plain + video_part(self.video.port, **self.video_part) if self.video else plain

    def _ask(self, request, jsep=None, **fields):
        event = self.handle.ask(request, jsep=jsep, **fields)
        if "error_code" in event.data:
            raise AssertionError("NoSIP: %r" % event)
        return event

    def _relay_to(self, plain_sdp):
        from sip import Sdp
        plain = Sdp(plain_sdp)
        self.rtp.remote = (plain.audio.address, plain.audio.port)
        if self.video and plain.of_kind("video"):
            self.video.remote = (plain.video.address, plain.video.port)

    def offer(self):
        """-> jsep for a call"""
        return self._ask("process", type="offer", sdp=self._plain()).jsep

    def take_answer(self, jsep):
        self._relay_to(self._ask("generate", jsep=jsep)["sdp"])

    def answer(self, jsep):
        """Offer of an incoming call -> jsep for accept"""
        self._relay_to(self._ask("generate", jsep=jsep)["sdp"])
        return self._ask("process", type="answer", sdp=self._plain()).jsep

    def reoffer(self, codecs):
        """-> jsep that changes the call: these codecs from now on"""
        self.codecs = codecs
        return self._ask("process", type="offer", sdp=self._plain(), update=True).jsep

    def reanswer(self, jsep, codecs):
        """Offer of a change of the other party -> jsep that takes it with these codecs"""
        self.codecs = codecs
        self._relay_to(self._ask("generate", jsep=jsep)["sdp"])
        return self._ask("process", type="answer", sdp=self._plain(), update=True).jsep

    def wait_up(self, other, timeout_s=EVENT_S):
        """Until ICE and DTLS are done with the handle at the other end."""
        while True:
            event = other.wait("core:trickle", timeout_s=timeout_s)
            if event.message["candidate"].get("completed"):
                break
            self.handle.trickle(event.message["candidate"])
        self.handle.wait("core:webrtcup", timeout_s=timeout_s)
        other.wait("core:webrtcup", timeout_s=timeout_s)

    def close(self):
        self.rtp.close()
        if self.video:
            self.video.close()
        self.client.close()
