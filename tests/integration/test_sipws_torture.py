"""The messages of RFC 4475, byte for byte, as frames of a client: what is sound is answered, what is not is answered with
what is wrong with it, and what cannot be answered hurts nobody."""

import os

import edge
import paths
import sipws
from cases import case
from checks import check, equal
from process import wait_until
from sip import Message

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
