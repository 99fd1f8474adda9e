"""SIP that hurts: more in the manner of RFC 4475 (rfc4475.py has its own), and mutations of good messages."""

import re

from sip import audio_sdp

SDP = audio_sdp("127.0.1.85", 40000)


def message(start, rows, body="", length=None):
    rows = list(rows) + ["Content-Length: %s" % (len(body) if length is None else length)]
    return ("\r\n".join([start] + rows) + "\r\n\r\n" + body).encode("utf-8", "surrogateescape")


def base(core, number, method="INVITE", **change):
    """Header lines of a sound request; change: by name, None leaves it out."""
    rows = {"Via": "SIP/2.0/UDP %s:%d;branch=z9hG4bKtorture%d" % (core.ip, core.port, number),
            "Max-Forwards": "70", "From": "<sip:caller@scripted.example>;tag=t%d" % number,
            "To": "<sip:zoe@scripted.example>", "Call-ID": "torture-%d" % number,
            "CSeq": "1 " + method, "Contact": "<%s>" % core.contact}
    rows.update({name.replace("_", "-"): value for name, value in change.items()})
    return ["%s: %s" % row for row in rows.items() if row[1] is not None]


def good_invite(address, core):
    return message("INVITE sip:nobody@%s SIP/2.0" % address,
                   base(core, 0, Content_Type="application/sdp", Supported="timer, 100rel",
                        Record_Route="<sip:127.0.1.82;lr>, <sip:127.0.1.83;lr>"), SDP)


def torture(binding, core):
    """(name, bytes) of each"""
    uri, number = binding.contact, 0
    start = "INVITE %s SIP/2.0" % uri
    sdp = {"Content_Type": "application/sdp"}

    def case(name, first=start, body=SDP, length=None, method="INVITE", **change):
        nonlocal number
        number += 1
        return name, message(first, base(core, number, method, **{**sdp, **change}), body, length)

    yield case("short tortuous", Via="SIP  /   2.0\r\n /UDP\r\n    %s ;branch=z9hG4bKf1" % core.ip,
               Subject="\r\n  \t folded  \r\n  ")
    yield case("wide range of characters", Unknown="!interesting-Method0123456789_*+`.%indeed'~",
               To='"BEL:\\\x07 NUL:\\\x00 DEL:\\\x7f" <sip:1_unusual.URI~(to-be!sure)&isn\'t+it$/@x>')
    yield case("escapes in URI", To="<sip:%75se%72@scripted.example>;tag=%66")
    yield case("escaped NUL", To="<sip:null-%00-null@x>")
    yield case("percent without digits", Contact="<sip:%@127.0.1.81>")
    yield case("percent at the end", Contact="<sip:x@127.0.1.81;%>")
    yield case("long values", To='"' + "long" * 3000 + '" <sip:x@y>')
    yield case("many Vias", Via=", ".join("SIP/2.0/UDP h%d;branch=z9hG4bK%d" % (i, i) for i in range(400)))
    yield case("many Routes", Route=", ".join("<sip:h%d;lr>" % i for i in range(500)))
    yield case("many Record-Routes", Record_Route=", ".join("<sip:h%d;lr>" % i for i in range(500)))
    yield case("extra after Content-Length", body=SDP + "garbage after", length=len(SDP))
    yield case("Content-Length too large", length=99999)
    yield case("Content-Length negative", length="-999")
    yield case("Content-Length no number", length="many")
    yield case("Content-Length huge", length="9" * 40)
    yield case("separators in the request line", "INVITE <%s> SIP/2.0" % uri)
    yield case("spaces in the request line", "INVITE  %s  SIP/2.0 " % uri)
    yield case("spaces in the URI", "INVITE sip:a b@c SIP/2.0")
    yield case("headers in the URI", "INVITE %s?Route=%%3Csip:evil%%3E SIP/2.0" % uri)
    yield case("unknown scheme", "INVITE nobody:knows/this SIP/2.0")
    yield case("wrong version", "INVITE %s SIP/7.0" % uri)
    yield case("version of hell", "INVITE %s SIP/%s" % (uri, "9" * 500))
    yield case("no version", "INVITE " + uri)
    yield case("methods differ", CSeq="1 OPTIONS")
    yield case("CSeq too large", CSeq="36893488147419103232 INVITE")
    yield case("CSeq no number", CSeq="one INVITE")
    yield case("no CSeq", CSeq=None)
    yield case("no Via", Via=None)
    yield case("no From", From=None)
    yield case("no To", To=None)
    yield case("no Call-ID", Call_ID=None)
    yield case("no Contact", Contact=None)
    yield case("From without tag", From="<sip:x@y>")
    yield case("From unterminated", From='"x <sip:x@y>;tag=1')
    yield case("To is a star", To="*")
    yield case("Contact is a star", Contact="*")
    yield case("Contact with 500 URIs", Contact=", ".join("<sip:c%d@x>" % i for i in range(500)))
    yield case("Max-Forwards zero", Max_Forwards="0")
    yield case("Max-Forwards too large", Max_Forwards="300")
    yield case("Expires too large", Expires="1000000000000000000000")
    yield case("date out of time", Date="Fri, 01 Jan 2010 16:00:00 EST")
    yield case("Require unknown", Require="nothingSupportsThis, norThis")
    yield case("Proxy-Require unknown", Proxy_Require="noProxiesSupportThis")
    yield case("unknown content", body="<audio>\r\n</audio>", Content_Type="application/unknown")
    yield case("multipart", body="--b\r\nContent-Type: application/sdp\r\n\r\n" + SDP + "\r\n--b--",
               Content_Type="multipart/mixed;boundary=b")
    yield case("no body type", Content_Type=None)
    yield case("two bodies' worth of From", From="<sip:a@b>;tag=1\r\nFrom: <sip:c@d>;tag=2")
    yield case("two Call-IDs", Call_ID="a\r\nCall-ID: b")
    yield case("null in a header", Subject="a\0b")
    yield case("not UTF-8", Subject="\udcff\udcfe")
    yield case("session timer of zero", Session_Expires="0", Min_SE="0")
    yield case("session timer of hell", Session_Expires="99999999999999;refresher=uac")
    yield case("100rel required", Require="100rel")
    yield case("Replaces", Replaces="nothing;to-tag=1;from-tag=2", Require="replaces")
    yield case("charging vector of hell", P_Charging_Vector="icid-value=" + "x" * 9000)
    yield case("identity of hell", P_Asserted_Identity=", ".join(["<sip:x@y>"] * 500))
    yield case("Reason of hell", Reason=";;;=;" * 500)
    for method in ("ACK", "BYE", "CANCEL", "PRACK", "UPDATE", "INFO", "REFER", "NOTIFY", "MESSAGE",
                   "SUBSCRIBE", "PUBLISH", "REGISTER", "OPTIONS", "NEWMETHOD", "x" * 200):
        yield case(method + " out of the blue", "%s %s SIP/2.0" % (method, uri), method=method)
        yield case(method + " of no dialog", "%s %s SIP/2.0" % (method, uri), method=method,
                   To="<sip:zoe@x>;tag=none", RAck="1 1 INVITE", Event="reg")
    for status in ("200 OK", "100", "699 x", "999 x", "-1 x", "20000 x", "200", "abc OK",
                   "180 " + "x" * 9000):
        yield case("answer %.8s to nothing" % status, "SIP/2.0 " + status)
    yield "empty", b"\r\n\r\n"
    yield "keep-alive", b"\r\n"
    yield "one byte", b"\0"
    yield "stun", bytes.fromhex("000100002112a442") + b"x" * 12
    yield "line without end", b"INVITE " + b"x" * 60000
    yield "headers without end", start.encode() + b"\r\n" + b"X: y\r\n" * 9000
    yield "header without colon", start.encode() + b"\r\nno colon here\r\n\r\n"
    yield "only colons", start.encode() + b"\r\n" + b":\r\n" * 2000 + b"\r\n"
    yield "binary", bytes(range(256)) * 100


def mutations(good, count, rng):
    """Bytes flipped, cut out, repeated, replaced by what parsers stumble over."""
    snippets = [b"\r\n", b"\0", b"\xff", b"%", b";", b"\"", b"<", b">", b",", b"=", b":", b"@",
                b" ", b"9" * 30, b"-1", b"SIP/2.0", b"tag=", b"\r\n\r\n", b"A" * 300]
    for _ in range(count):
        data = bytearray(good)
        for _ in range(rng.randint(1, 6)):
            at = rng.randrange(len(data))
            kind = rng.randrange(5)
            if kind == 0:
                data[at] = rng.randrange(256)
            elif kind == 1:
                del data[at:at + rng.randint(1, 20)]
            elif kind == 2:
                data[at:at] = rng.choice(snippets)
            elif kind == 3:
                piece = data[at:at + rng.randint(1, 60)]
                data[at:at] = piece * rng.randint(1, 5)
            else:
                other = rng.randrange(len(data))
                data[at], data[other] = data[other], data[at]
            if not data:
                data = bytearray(b"x")
        yield bytes(data[:65000])


def renewed(data, rng):
    """The same message as a new one: nta answers what it knows already by itself, and looks no further."""
    data = re.sub(rb"z9hG4bK[\w.-]*", b"z9hG4bK%016x" % rng.getrandbits(64), data, count=1)
    if rng.random() < 0.5:
        data = re.sub(rb"(?i)(call-id: *)[^\r\n]*", b"\\g<1>%016x" % rng.getrandbits(64), data, count=1)
    return data


def bombs(messages, rng):
    """Mutations of these, without end."""
    while True:
        yield from mutations(renewed(rng.choice(messages), rng), 1, rng)
