"""We call, and nobody has answered yet: what comes before the answer, at a scripted core."""

from cases import case
from checks import check, contains, equal, header, lacks_text
from page import answer_of
from sip import audio_sdp

FAR = "sip:+4930999@scripted.example"


def dial(w, **options):
    """A page calls. -> core, page, the INVITE there"""
    core, page = w.scripted(**options)
    page.call(FAR)
    return core, page, core.expect("INVITE")


def pracked(core, rseq, tag):
    """The PRACK of that answer, which gets its 200."""
    prack = core.expect("PRACK")
    equal(prack.get("rack"), "%d 1 INVITE" % rseq, "RAck", prack)
    equal(prack.tag("to"), tag, "dialog", prack)
    prack.reply(200)
    return prack


@case("REQ-89")
def reliable_answers_in_order(w):
    """each is PRACKed once, in its order and dialog; what is repeated, or comes too soon, is not heeded"""
    core, page, invite = dial(w)
    header(invite, "Supported", r"\b100rel\b")
    one, two = invite.fork("one"), invite.fork("two")
    one.reliable(183, 7001)
    first = pracked(core, 7001, "one")
    two.reliable(183, 41)
    equal(pracked(core, 41, "two").cseq, first.cseq, "CSeq of the first PRACK in each dialog", first)
    one.reliable(183, 7001)
    one.reliable(180, 7003)
    core.expect_nothing("PRACK", 0.3)
    lacks_text(" ".join(page.names()), "ringing", "events")
    one.reliable(180, 7002)
    equal(pracked(core, 7002, "one").cseq, first.cseq + 1, "CSeq", first)
    page.wait("ringing")
    one.reliable(180, 7003)
    pracked(core, 7003, "one")
    one.accept(audio_sdp(core.ip, 40000))
    check(page.wait("accepted").jsep, "no answer for the page")
    page.hangup()
