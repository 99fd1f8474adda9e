"""Session timers: who gives the signs of life of a call, how, and what comes of none (RFC 4028)."""

from cases import case
from checks import check, contains, equal, header, lacks_text
from page import answer_of
from sip import audio_sdp

SDP = audio_sdp("127.0.1.81", 40000)
FAR = "sip:+4930999@scripted.example"
# Seconds that only a laboratory may ask for. Who refreshes does so after half of them, and has a sixth of them for it.
EDGE = {"network": {"session_expires_s": 4, "min_se_s": 1}}
ALLOW = "Allow: INVITE, ACK, CANCEL, BYE, UPDATE"
NO_UPDATE = "Allow: INVITE, ACK, CANCEL, BYE"


def call_out(w, *headers, sdp=SDP):
    """The page calls, the core answers with these headers. -> core, page, dialog"""
    core, page = w.scripted()
    page.call(FAR)
    invite = core.expect("INVITE")
    dialog = invite.accept(sdp, headers)
    core.expect("ACK")
    page.wait("accepted")
    return core, page, dialog, invite


def call_in(core, page, *headers):
    """The core calls with these headers, the page answers. -> the dialog"""
    invite = core.terminate("INVITE", page.user.impu, list(headers), SDP)
    page.accept(page.incoming())
    dialog = invite.dialog()
    page.until_up()
    return dialog


def ends(core, page):
    page.send("hangup")
    core.expect("BYE").reply(200)
    page.wait("hangup")


@case("REQ-93")
def asks(w):
    """our INVITE asks for a session timer; a peer without one has none, and nobody minds"""
    core, page, _dialog, invite = call_out(w)
    header(invite, "Session-Expires", "^4$")
    header(invite, "Min-SE", "^1$")
    header(invite, "Supported", "timer")
    core.expect_nothing("UPDATE", 2.2)
    ends(core, page)


@case("REQ-93")
def refreshes_by_update(w):
    """as the refresher of its own call the gateway sends UPDATE without a body, again and again"""
    core, page, _dialog, _invite = call_out(w, "Session-Expires: 4;refresher=uac", "Require: timer", ALLOW)
    for _ in range(2):
        update = core.expect("UPDATE")
        equal(update.body, "", "body", update)
        header(update, "Session-Expires", "^4;refresher=uac$")
        header(update, "Contact", "sip:")
        update.reply(200, ["Contact: <%s>" % core.contact, "Session-Expires: 4;refresher=uac", ALLOW])
    equal(page.status()["call"]["state"], "up", "state")
    ends(core, page)
    lacks_text(page.story(), "update")


@case("REQ-93")
def refreshes_by_invite(w):
    """for a peer without UPDATE it is a re-INVITE with the description as it was, version and all"""
    core, page, _dialog, invite = call_out(w, "Session-Expires: 4;refresher=uac", NO_UPDATE)
    again = core.expect("INVITE")
    equal(again.body, invite.body, "description", again)
    header(again, "Session-Expires", "^4;refresher=uac$")
    again.reply(200, ["Contact: <%s>" % core.contact, "Session-Expires: 4;refresher=uac", NO_UPDATE], SDP)
    core.expect("ACK")
    core.expect("INVITE").reply(200, ["Contact: <%s>" % core.contact], SDP)
    core.expect("ACK")
    ends(core, page)


@case("REQ-93")
def falls_back(w):
    """who refuses the UPDATE that it allows gets a re-INVITE at once"""
    core, page, _dialog, invite = call_out(w, "Session-Expires: 4;refresher=uac", ALLOW)
    core.expect("UPDATE").reply(501)
    again = core.expect("INVITE")
    equal(again.body, invite.body, "description", again)
    again.reply(200, ["Contact: <%s>" % core.contact, "Session-Expires: 4;refresher=uac"], SDP)
    core.expect("ACK")
    core.expect("INVITE").reply(200, ["Contact: <%s>" % core.contact], SDP)
    core.expect("ACK")
    ends(core, page)


@case("REQ-93")
def refreshes_a_call_that_came(w):
    """the caller leaves it to us, or knows no timer at all: the gateway refreshes"""
    core, page = w.scripted()
    again, over = ["Session-Expires: 4;refresher=uac"], []
    for headers, answers in ((["Supported: timer", "Session-Expires: 4;refresher=uas", ALLOW], (again, over)),
                             ([ALLOW], (over,))):
        dialog = call_in(core, page, *headers)
        header(dialog.answer, "Session-Expires", "^4;refresher=uas$")
        equal(dialog.answer.get("require"), None, "Require", dialog.answer)
        for answer in answers:
            core.expect("UPDATE").reply(200, answer)
        core.expect_nothing("UPDATE", 2.2)
        ends(core, page)


@case("REQ-93")
def is_refreshed(w):
    """a caller that refreshes keeps the call, by UPDATE and by re-INVITE with its old description"""
    core, page = w.scripted()
    dialog = call_in(core, page, "Supported: timer", "Session-Expires: 3;refresher=uac", ALLOW)
    header(dialog.answer, "Session-Expires", "^3;refresher=uac$")
    header(dialog.answer, "Require", "timer")
    for method, body in (("UPDATE", ""), ("INVITE", SDP), ("UPDATE", "")):
        core.expect_nothing("BYE", 0.9)
        answer = dialog.request(method, ["Supported: timer", "Session-Expires: 3;refresher=uac"], body).final()
        equal(answer.status, 200, method, answer)
        header(answer, "Session-Expires", "^3;refresher=uac$")
        if method == "INVITE":
            dialog.ack()
            contains(answer.body, "m=audio")
    equal(page.status()["call"]["state"], "up", "state")
    ends(core, page)


@case("REQ-93", "REQ-101")
def no_sign(w):
    """a refresher that gives no sign any more: BYE with a Reason, and the page hears 408"""
    core, page = w.scripted()
    invite = core.terminate("INVITE", page.user.impu, ["Supported: timer", "Session-Expires: 1;refresher=uac", ALLOW], SDP)
    page.accept(page.incoming())
    invite.dialog()
    bye = core.expect("BYE")
    header(bye, "Reason", "SIP;cause=408")
    bye.reply(200)
    equal(page.wait("hangup")["code"], 408, "code")


@case("REQ-93")
def nobody_there(w):
    """a refresh that is answered 481 ends the call; one that gets 500 is tried once more"""
    core, page, _dialog, _invite = call_out(w, "Session-Expires: 6;refresher=uac", ALLOW)
    core.expect("UPDATE").reply(500)    # a twelfth of the interval later it is asked again, if it had said that by then
    core.expect("UPDATE").reply(481)
    core.expect("BYE").reply(481)
    equal(page.wait("hangup")["code"], 481, "code")


@case("REQ-93")
def too_brief_for_the_peer(w):
    """422 to our INVITE, re-INVITE and UPDATE: sent again with what the peer wants"""
    core, page = w.scripted()
    page.call(FAR)
    first = core.expect("INVITE")
    first.reply(422, ["Min-SE: 5"])
    core.expect("ACK")
    invite = core.expect("INVITE")
    header(invite, "Session-Expires", "^5$")
    header(invite, "Min-SE", "^5$")
    equal((invite.call_id, invite.cseq), (first.call_id, first.cseq + 1), "Call-ID, CSeq", invite)
    invite.accept(SDP, ["Session-Expires: 5;refresher=uac", ALLOW])
    core.expect("ACK")
    page.wait("accepted")
    core.expect("UPDATE").reply(422, ["Min-SE: 6"])
    update = core.expect("UPDATE")
    header(update, "Session-Expires", "^6;refresher=uac$")
    update.reply(200, ["Session-Expires: 6;refresher=uac"])
    page.send("hold")
    core.expect("INVITE").reply(422, ["Min-SE: 7"])
    core.expect("ACK")
    again = core.expect("INVITE")
    header(again, "Session-Expires", "^7;refresher=uac$")
    contains(again.body, "a=sendonly")
    again.reply(200, ["Contact: <%s>" % core.contact], audio_sdp(core.ip, 40000, direction="recvonly", version=2))
    core.expect("ACK")
    ends(core, page)


@case("REQ-93")
def too_brief_but_cancelled(w):
    """422 that crosses our CANCEL: nobody is called again"""
    core, page = w.scripted()
    page.call(FAR)
    invite = core.expect("INVITE")
    invite.ringing()
    page.wait("ringing")
    page.hangup()
    core.expect("CANCEL").reply(200)
    invite.reply(422, ["Min-SE: 7"])
    core.expect("ACK")
    core.expect_nothing("INVITE", 0.3)


@case("REQ-93")
def never_enough(w):
    """who answers 422 to whatever we ask for is left alone: the call fails"""
    core, page = w.scripted()
    page.call(FAR)
    for least in (10, 20, 30):
        core.expect("INVITE").reply(422, ["Min-SE: %d" % least])
        core.expect("ACK")
    core.expect("INVITE").reply(422, ["Min-SE: 40"])
    equal(page.wait("hangup")["code"], 422, "code")


@case("REQ-93")
def too_brief_for_us(w):
    """90 s are the least outside of a laboratory: INVITE, re-INVITE and UPDATE below get 422 and Min-SE"""
    core, page = w.scripted(janus=w.own_janus(network={"session_expires_s": 1800, "min_se_s": 90}))
    brief = ["Supported: timer", "Session-Expires: 89", ALLOW]
    refusal = core.terminate("INVITE", page.user.impu, brief, SDP).final()
    equal(refusal.status, 422, "INVITE", refusal)
    header(refusal, "Min-SE", "^90$")
    lacks_text(page.story(), "incomingcall")
    dialog = call_in(core, page, "Supported: timer", "Session-Expires: 90", ALLOW)
    for method, body in (("INVITE", SDP), ("UPDATE", ""), ("UPDATE", SDP)):
        refusal = dialog.request(method, brief, body).final()
        equal(refusal.status, 422, method, refusal)
        header(refusal, "Min-SE", "^90$")
    equal(page.status()["call"]["state"], "up", "state")
    ends(core, page)


@case("REQ-93")
def rubbish(w):
    """a timer of no time, of ages, or of nobody: the call lives"""
    core, page = w.scripted()
    for value in ("0", "99999999999999999999", "90;refresher=nobody", "90;refresher"):
        page.call(FAR)
        core.expect("INVITE").accept(SDP, ["Session-Expires: " + value, ALLOW])
        core.expect("ACK")
        page.wait("accepted")
        ends(core, page)


@case("REQ-92", "REQ-93", long=True)
def beside_a_change(w):
    """a refresh that meets the peer's own change (491) is tried again, as a change of ours"""
    core, page = w.scripted(janus=w.own_janus(network={"session_expires_s": 12, "min_se_s": 1}))
    dialog = call_in(core, page, "Supported: timer", "Session-Expires: 12;refresher=uas", NO_UPDATE)
    again = core.expect("INVITE")
    equal(again.body, dialog.answer.body, "description", again)
    again.reply(491)
    changed = core.expect("INVITE")
    equal(version_of(changed), version_of(again) + 1, "version", changed)
    changed.reply(200, ["Contact: <%s>" % core.contact], SDP)
    core.expect("ACK")
    ends(core, page)


def version_of(message):
    return int(message.body.split("o=")[1].split()[2])
