"""The messages of RFC 4475 and RFC 5118, byte for byte, as frames of a client: what is sound is answered, what is not is
answered with what is wrong with it, and what cannot be answered hurts nobody. And the session that RFC 7118 shows."""

import os

import edge
import paths
import sipws
from cases import case
from checks import check, equal
from process import wait_until
from sip import Message, audio_sdp, params
from webrtc import CannedBrowser

EDGE = {"sipws": {"limits": {"connections_per_address": 0}}}
FOLDER = os.path.join(paths.TOP, "tests", "unit", "transports", "sip")


def verdicts():
    """(name, bytes, what the unit tests hold them for: "" sound, "400 reason", "no message, ...")"""
    with open(os.path.join(FOLDER, "torture.golden"), encoding="utf-8") as golden:
        lines = [line.rstrip("\n") for line in golden if not line.startswith("\t")]
    for line in lines:
        name, _, verdict = line.partition(":")
        with open(os.path.join(FOLDER, "torture", name + ".sip"), "rb") as file:
            yield name, file.read(), verdict.strip()


def final(one, sent):
    """-> the answer to it, None as long as there is none"""
    found = [m for m in map(Message, one.messages) if m.call_id == sent.call_id and m.is_response and m.status >= 200]
    return found[0] if found else None


@case("REQ-144", "REQ-150", "REQ-153")
def torture(w):
    """each has its answer, by its own words, and the socket's next request is served"""
    assert w.janus
    for name, data, verdict in verdicts():
        one = sipws.Client(edge.sipws_url(), "sip:alice@ims.example")
        sent = Message(data)
        one.flow.frame(sipws.BINARY, data)
        if not sent.is_response and not verdict.startswith("no message"):
            wait_until(lambda: final(one, sent), "answer to " + name)
            answer = final(one, sent)
            if verdict:
                equal("%d %s" % (answer.status, answer.reason), verdict, name, answer)
            check(answer.get("via") and answer.get("cseq"), "headers that every answer has", answer)
        if not verdict.startswith("no message"):
            equal(one.ask("OPTIONS", "sip:ims.example").final().status, 200, "OPTIONS after " + name)
        one.close()
    other = sipws.Client(edge.sipws_url(), "sip:alice@ims.example")
    w.defer(other.close)
    equal(other.ask("OPTIONS", "sip:ims.example").final().status, 200, "OPTIONS")


# ---------------------------------------------------------------- RFC 7118 8
REGISTER = """REGISTER sip:proxy.example.com SIP/2.0
Via: SIP/2.0/WSS df7jal23ls0d.invalid;branch=z9hG4bKasudf
From: sip:alice@example.com;tag=65bnmj.34asd
To: sip:alice@example.com
Call-ID: aiuy7k9njasd
CSeq: 1 REGISTER
Max-Forwards: 70
Supported: path, outbound, gruu
Contact: <sip:alice@df7jal23ls0d.invalid;transport=ws>
  ;reg-id=1
  ;+sip.instance="<urn:uuid:f81-7dec-14a06cf1>"

"""
INVITE = """INVITE sip:bob@example.com SIP/2.0
Via: SIP/2.0/WSS df7jal23ls0d.invalid;branch=z9hG4bK56sdasks
From: sip:alice@example.com;tag=asdyka899
To: sip:bob@example.com
Call-ID: asidkj3ss
CSeq: 1 INVITE
Max-Forwards: 70
Supported: path, outbound, gruu
Route: <sip:proxy.example.com:443;transport=ws;lr>
Contact: <sip:alice@example.com;gr=urn:uuid:f81-7dec-14a06cf1;ob>
Content-Type: application/sdp

"""
ACK = """ACK sip:bob@203.0.113.22:5060;transport=udp SIP/2.0
Via: SIP/2.0/WSS df7jal23ls0d.invalid;branch=z9hG4bKhgqqp090
Route: <sip:h7kjh12s@proxy.example.com:443;transport=ws;lr>,
 <sip:proxy.example.com;transport=udp;lr>,
From: sip:alice@example.com;tag=asdyka899
To: sip:bob@example.com;tag=%s
Call-ID: asidkj3ss
CSeq: 1 ACK
Max-Forwards: 70

"""


def lines(text):
    return text.replace("\n", "\r\n")


@case("REQ-140", "REQ-151", "REQ-156")
def session_of_rfc_7118(w):
    """its handshake, REGISTER, INVITE and ACK, as they stand there but for line breaks in URIs and the far end's tag; the BYE comes from the network"""
    core = w.core()
    core.mine = "alice@example.com"
    w.own_janus(networks_of={"scripted": {"domain": "example.com"}}, sipws={"general": {"origins": ["https://www.example.com"]}})
    alice = sipws.Client(edge.sipws_url(secure=True), "sip:alice@example.com", origin="https://www.example.com")
    w.defer(alice.close)
    equal(alice.flow.headers["sec-websocket-protocol"], "sip", "subprotocol")
    granted = alice.answers(lines(REGISTER))
    equal((granted.status, granted.get("via")), (200, "SIP/2.0/WSS df7jal23ls0d.invalid;branch=z9hG4bKasudf"), "REGISTER", granted)
    asked = alice.begin(lines(INVITE) + CannedBrowser().offer()["sdp"])
    far = core.expect("INVITE").accept(audio_sdp(edge.CORE, 40000))
    accepted = asked.final()
    equal(accepted.status, 200, "INVITE", accepted)
    alice.say(lines(ACK % params(accepted.get("to"))["tag"]))
    core.expect("ACK")
    ended = far.request("BYE")
    bye = alice.expect("BYE")
    equal(bye.call_id, "asidkj3ss", "Call-ID", bye)
    bye.reply(200)
    equal(ended.final().status, 200, "BYE")
