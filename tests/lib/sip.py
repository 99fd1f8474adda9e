"""SIP messages: the lab's parser, what is checked on them, and how they are written."""

import re
import socket
import uuid

import paths                                        # noqa: F401 (finds sipua)
from sipua import Msg, addr_of, auth_params, md5    # noqa: F401


class Message(Msg):
    """A message as it was on the wire."""

    def __init__(self, raw):
        super().__init__(raw)
        self.raw = raw

    def count(self, name):
        """How often a header field stands there."""
        return sum(n == name.lower() for n, _ in self.headers)

    @property
    def cseq(self):
        return int(self.get("cseq").split()[0])

    @property
    def sdp(self):
        return Sdp(self.body)

    def text(self):
        return self.raw.decode("utf-8", "replace").replace("\r\n", "\n")


class Sdp:
    """Looks at a session description, line by line."""

    def __init__(self, text):
        self.text = text
        self.lines = text.replace("\r\n", "\n").strip().split("\n")
        starts = [i for i, line in enumerate(self.lines) if line.startswith("m=")]
        ends = starts[1:] + [len(self.lines)]
        self.media = [SdpMedia(self, self.lines[a:b]) for a, b in zip(starts, ends)]
        self.session = self.lines[:starts[0]] if starts else self.lines

    def of_kind(self, kind):
        return [m for m in self.media if m.kind == kind]

    @property
    def audio(self):
        return self.of_kind("audio")[0]

    @property
    def video(self):
        return self.of_kind("video")[0]


class SdpMedia:
    def __init__(self, sdp, lines):
        self.sdp, self.lines = sdp, lines
        self.kind, port, self.proto, *self.formats = lines[0][2:].split()
        self.port = int(port.split("/")[0])

    @property
    def address(self):
        for line in self.lines + self.sdp.session:
            if line.startswith("c="):
                return line.split()[2]
        return None

    def attributes(self, name):
        return [line[2:].partition(":")[2] for line in self.lines
                if line[2:].partition(":")[0] == name and line.startswith("a=")]

    @property
    def codecs(self):
        """{"PCMU/8000": 0, ...}"""
        static = {"0": "PCMU/8000", "8": "PCMA/8000", "9": "G722/8000"}
        names = dict(value.split(" ", 1) for value in self.attributes("rtpmap"))
        return {names.get(f, static.get(f, f)): int(f) for f in self.formats if f.isdigit()}

    @property
    def direction(self):
        for line in self.lines:
            if line[2:] in ("sendrecv", "sendonly", "recvonly", "inactive"):
                return line[2:]
        return "sendrecv"


def params(value):
    """Parameters behind a name-addr or URI: {"lr": None, "tag": "x"}."""
    named = re.match(r'\s*(?:"(?:[^"\\]|\\.)*"|[^<"]*)\s*<[^>]*>(.*)', value)
    tail = named.group(1) if named else value.partition(";")[2]
    found = {}
    for name, quoted, plain in re.findall(r'([\w.+-]+)(?:=(?:"([^"]*)"|([^;,\s]*)))?', tail):
        found[name.lower()] = quoted or plain or None
    return found


def uri_user(uri):
    m = re.match(r"sips?:([^@;]*)@", uri)
    return m.group(1) if m else None


def uri_host_port(uri):
    """("127.0.1.21", 5060)"""
    m = re.match(r"sips?:(?:[^@]*@)?(?:\[([^]]+)\]|([\w.-]+)):?(\d*)", uri)
    return m.group(1) or m.group(2), int(m.group(3) or 5060)


def family(ip):
    return socket.AF_INET6 if ":" in ip else socket.AF_INET


def host_of(ip):
    """As URIs and Via write it."""
    return "[%s]" % ip if ":" in ip else ip


def branch():
    return "z9hG4bK" + uuid.uuid4().hex[:16]


def new_id():
    return uuid.uuid4().hex


def wire(text):
    """A message as bytes; its body may be any bytes."""
    return text.encode("utf-8", "surrogateescape")


def compose(start, headers, body=""):
    """start: first line. headers: list of "Name: value". body: text or bytes. Content-Length is added."""
    if isinstance(body, bytes):
        body = body.decode("utf-8", "surrogateescape")
    size = len(wire(body))
    return "\r\n".join([start] + list(headers) + ["Content-Length: %d" % size]) + "\r\n\r\n" + body


def video_part(port, pt=99, codec="H264/90000", proto="RTP/AVPF", attributes=()):
    """The m-line of video behind an audio_sdp."""
    lines = ["m=video %d %s %d" % (port, proto, pt), "a=rtpmap:%d %s" % (pt, codec)]
    return "\r\n".join(lines + ["a=" + a for a in attributes]) + "\r\n"


def audio_sdp(ip, port, codecs=((0, "PCMU/8000"), (101, "telephone-event/8000")),
              direction="sendrecv", version=1):
    """What a telephone offers or answers."""
    net = "IN IP%d %s" % (6 if ":" in ip else 4, ip)
    lines = ["v=0", "o=- 4711 %d %s" % (version, net), "s=-", "c=" + net, "t=0 0",
             "m=audio %d RTP/AVP %s" % (port, " ".join(str(pt) for pt, _ in codecs))]
    lines += ["a=rtpmap:%d %s" % codec for codec in codecs]
    lines += ["a=fmtp:%d 0-15" % pt for pt, name in codecs if name.startswith("telephone-event")]
    return "\r\n".join(lines + ["a=" + direction]) + "\r\n"
