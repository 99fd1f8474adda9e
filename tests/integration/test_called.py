"""We are called: reliable provisional answers, preconditions, early changes, early media, forked INVITEs."""

import re

import edge
from cases import case
from checks import check, contains, equal, header, lacks_text
from sip import audio_sdp

IP = edge.CORE
SDP = audio_sdp(IP, 40000)
RELIABLE, INSISTS = "Supported: 100rel", "Require: 100rel"
ALLOW = "Allow: INVITE, ACK, CANCEL, BYE, PRACK, UPDATE"


def qos(local):
    """What a handset says of its radio: "none", it is not ready, or "sendrecv"."""
    return "\r\n".join(("a=curr:qos local " + local, "a=curr:qos remote none", "a=des:qos mandatory local sendrecv",
                        "a=des:qos none remote sendrecv", ""))


def reserving(local="none", version=1, **options):
    """Its offer."""
    return audio_sdp(IP, 40000, version=version, **options) + qos(local)


def ring(w, *headers, sdp=SDP):
    """-> core, page, the INVITE's transaction"""
    core, page = w.scripted()
    return core, page, core.terminate("INVITE", page.user.impu, list(headers), sdp)


def reliable(invite, status):
    """The next reliable answer."""
    answer = invite.provisional(status)
    header(answer, "Require", "100rel")
    header(answer, "RSeq", r"^\d+$")
    return answer


def accept(page, event, invite, dialog):
    """-> the 200, acknowledged; the call is up"""
    page.accept(event)
    answer = invite.confirm(dialog)
    page.until_up()
    return answer


def ends(core, page):
    page.send("hangup")
    core.expect("BYE").reply(200)
    page.wait("hangup")


@case("REQ-90")
def unreliable_as_ever(w):
    """a caller who takes reliable answers, but does not insist, hears a plain 180 and the answer in the 200"""
    core, page, invite = ring(w, RELIABLE)
    event = page.incoming()
    ringing = invite.provisional(180)
    equal(ringing.get("require"), None, "Require", ringing)
    page.accept(event)
    dialog = invite.dialog()
    contains(dialog.answer.body, "m=audio")
    page.until_up()
    ends(core, page)


@case("REQ-90")
def reliable_ringing(w):
    """where the caller insists 180 is reliable: repeated until its PRACK, while the 200 need not wait"""
    core, page, invite = ring(w, INSISTS)
    event = page.incoming()
    ringing = reliable(invite, 180)
    invite.wait(lambda r: len([a for a in invite.responses if a.status == 180]) >= 3, "180 again")
    dialog, acknowledged = invite.prack(ringing)
    equal(acknowledged.status, 200, "PRACK", acknowledged)
    answer = accept(page, event, invite, dialog)
    contains(answer.body, "m=audio")
    ends(core, page)


@case("REQ-90")
def pracks_that_fit_nothing(w):
    """PRACK of another RSeq, and one of an answer that has its PRACK already: 481, and the call goes on"""
    core, page, invite = ring(w, INSISTS)
    event = page.incoming()
    ringing = reliable(invite, 180)
    dialog = invite.early(ringing)
    for rack in ("1 %s" % ringing.get("cseq"), "0 0 INVITE"):
        refused = dialog.request("PRACK", ["RAck: " + rack]).final()
        equal(refused.status, 481, "PRACK of %s" % rack, refused)
    _, acknowledged = invite.prack(ringing, dialog=dialog)
    equal(acknowledged.status, 200, "PRACK", acknowledged)
    _, again = invite.prack(ringing, dialog=dialog)
    equal(again.status, 481, "PRACK again", again)
    accept(page, event, invite, dialog)
    ends(core, page)


@case("REQ-90")
def progress(w):
    """`progress`: 183 with the browser's answer, reliable; the 200 has to wait for its PRACK, and says nothing new"""
    core, page, invite = ring(w, RELIABLE)
    event = page.incoming()
    page.ask("progress", "progressing", jsep=page.browser.answer(event.sdp))
    described = reliable(invite, 183)
    contains(described.body, "m=audio")
    equal(page.refused("progress", jsep=page.browser.answer(event.sdp))[0], 447, "a second progress")
    page.accept(event)
    check(not any(r.status >= 200 for r in invite.responses), "no 200 before the PRACK", *invite.responses)
    dialog, acknowledged = invite.prack(described)
    equal(acknowledged.status, 200, "PRACK", acknowledged)
    answer = invite.confirm(dialog)
    equal(answer.body, "", "description in the 200", answer)
    page.until_up()
    ends(core, page)


@case("REQ-90")
def progress_for_old_phones(w):
    """a caller without 100rel: 183 with the answer, and the same again in the 200"""
    core, page, invite = ring(w)
    event = page.incoming()
    page.ask("progress", "progressing", jsep=page.browser.answer(event.sdp), headers={"X-Media": "early"})
    described = invite.provisional(183)
    header(described, "X-Media", "early")
    equal(described.get("require"), None, "Require", described)
    page.accept(event)
    dialog = invite.dialog()
    equal(dialog.answer.body, described.body, "description", dialog.answer)
    page.until_up()
    ends(core, page)


@case("REQ-90")
def cancelled_meanwhile(w):
    """CANCEL while the 200 waits for a PRACK: 487, and the page hears that it is over; hang-up: a refusal"""
    for by_caller in (True, False):
        core, page, invite = ring(w, RELIABLE)
        event = page.incoming()
        page.ask("progress", "progressing", jsep=page.browser.answer(event.sdp))
        reliable(invite, 183)
        page.accept(event)
        if by_caller:
            invite.cancel()
        else:
            page.send("hangup")
        final = invite.final()
        equal(final.status, 487 if by_caller else 480, "INVITE", final)
        page.wait("hangup")
        page.connection_gone()
        core.close()


@case("REQ-90")
def ringing_on_demand(w):
    """automatic_ringing false: no 180 before `send_ringing`, and one for each"""
    core = w.core()
    page = w.page(w.scripted_user())
    page.register(automatic_ringing=False)
    invite = core.terminate("INVITE", page.user.impu, body=SDP)
    event = page.incoming()
    check(not any(r.status == 180 for r in invite.responses), "no 180 yet", *invite.responses)
    for count in (1, 2):
        page.ask("send_ringing", "ringingsent")
        invite.wait(lambda r: len([a for a in invite.responses if a.status == 180]) == count, "180")
    page.accept(event)
    invite.dialog()
    page.until_up()
    equal(page.refused("send_ringing")[0], 447, "send_ringing in a call")
    equal(page.refused("progress", jsep=page.browser.answer(event.sdp))[0], 447, "progress in a call")
    ends(core, page)


@case("REQ-91")
def handset_reports_by_update(w):
    """not ready: 183 with our answer and a=conf, nobody rings; UPDATE says ready: it does, and the 200 says nothing new"""
    core, page, invite = ring(w, "Supported: 100rel, precondition", ALLOW, sdp=reserving())
    described = reliable(invite, 183)
    contains(described.body, "m=audio", "a=curr:qos local sendrecv", "a=curr:qos remote none",
             "a=des:qos mandatory local sendrecv", "a=conf:qos remote sendrecv")
    dialog, acknowledged = invite.prack(described)
    equal(acknowledged.status, 200, "PRACK", acknowledged)
    equal(page.status()["call"]["state"], "reserving", "state")
    lacks_text(page.story(), "incomingcall")
    update = dialog.request("UPDATE", body=reserving("sendrecv", 2)).final()
    equal(update.status, 200, "UPDATE", update)
    contains(update.body, "a=curr:qos local sendrecv", "a=curr:qos remote sendrecv")
    lacks_text(update.body, "a=conf")
    event = page.incoming()
    invite.provisional(180)
    lacks_text(event.sdp, "qos")
    answer = accept(page, event, invite, dialog)
    equal(answer.body, "", "description in the 200", answer)
    core.expect_nothing("INVITE", 0.3)
    ends(core, page)


@case("REQ-91")
def handset_reports_by_prack(w):
    """... or the PRACK of the 183 says so; Require: precondition is no reason to refuse"""
    core, page, invite = ring(w, "Require: 100rel, precondition", ALLOW, sdp=reserving())
    described = reliable(invite, 183)
    lacks_text(page.story(), "incomingcall")
    dialog, acknowledged = invite.prack(described, body=reserving("sendrecv", 2))
    equal(acknowledged.status, 200, "PRACK", acknowledged)
    contains(acknowledged.body, "a=curr:qos remote sendrecv")
    event = page.incoming()
    invite.prack(reliable(invite, 180), dialog=dialog)
    accept(page, event, invite, dialog)
    ends(core, page)


@case("REQ-91")
def ready_from_the_start(w):
    """who has reserved already is told that we have, too, and it rings at once"""
    core, page, invite = ring(w, "Supported: 100rel, precondition", sdp=reserving("sendrecv"))
    event = page.incoming()
    page.accept(event)
    dialog = invite.dialog()
    contains(dialog.answer.body, "a=curr:qos local sendrecv", "a=curr:qos remote sendrecv")
    page.until_up()
    ends(core, page)


@case("REQ-91")
def impossible(w):
    """what is no quality of service, and what nobody could report without PRACK: 580, and nobody rings"""
    alien = audio_sdp(IP, 40000) + "a=curr:sec e2e none\r\na=des:sec mandatory e2e sendrecv\r\n"
    core, page = w.scripted()
    for headers, sdp in (([RELIABLE], alien), ([], reserving()),
                         ([RELIABLE], SDP + "a=des:qos mandatory\r\n")):
        final = core.terminate("INVITE", page.user.impu, headers, sdp).final()
        equal(final.status, 580, "INVITE", final)
        page.wait("missed_call")
    lacks_text(page.story(), "incomingcall")


@case("REQ-91")
def never_ready(w):
    """a caller that gives up before it is ready: 487, and the page never hears of the call"""
    core, page, invite = ring(w, "Supported: 100rel, precondition", sdp=reserving())
    invite.prack(reliable(invite, 183))
    equal(page.status()["call"]["state"], "reserving", "state")
    invite.cancel()
    equal(invite.final().status, 487, "INVITE")
    equal(page.status()["call"], None, "call")
    lacks_text(page.story(), "incomingcall", "hangup")


@case("REQ-91")
def busy_while_reserving(w):
    """while a first caller gets ready a second one hears 486, and nobody takes the first one's place"""
    core, page, invite = ring(w, "Supported: 100rel, precondition", sdp=reserving())
    dialog, _ = invite.prack(reliable(invite, 183))
    place = "Replaces: %s;to-tag=%s;from-tag=%s" % (
        dialog.call_id, *(re.search(";tag=([^;]+)", part).group(1) for part in (dialog.remote, dialog.local)))
    equal(core.terminate("INVITE", page.user.impu, [place], SDP).final().status, 481, "INVITE with Replaces")
    equal(core.terminate("INVITE", page.user.impu, body=SDP).final().status, 486, "second INVITE")
    page.wait("missed_call")
    invite.cancel()
    equal(invite.final().status, 487, "INVITE")


@case("REQ-91", "REQ-95")
def browser_wants_less(w):
    """a browser whose answer is less than what was said for it: the caller gets an offer of what there is"""
    core, page, invite = ring(w, "Supported: 100rel, precondition", ALLOW,
                              sdp=reserving(codecs=((9, "G722/8000"), (0, "PCMU/8000"), (101, "telephone-event/8000"))))
    described = reliable(invite, 183)
    contains(described.body, "G722", "PCMU")
    dialog, _ = invite.prack(described, body=reserving("sendrecv", 2, codecs=(
        (9, "G722/8000"), (0, "PCMU/8000"), (101, "telephone-event/8000"))))
    event = page.incoming()
    jsep = page.browser.answer(event.sdp)
    jsep["sdp"] = jsep["sdp"].replace(" UDP/TLS/RTP/SAVPF 9 0", " UDP/TLS/RTP/SAVPF 0").replace("a=rtpmap:9 G722/8000\r\n", "")
    lacks_text(jsep["sdp"], "G722")
    page.ask("accept", "accepted", jsep=jsep)
    answer = invite.confirm(dialog)
    equal(answer.body, "", "description in the 200", answer)
    offer = core.expect("INVITE")
    contains(offer.body, "PCMU")
    lacks_text(offer.body, "G722")
    offer.reply(200, ["Contact: <%s>" % core.contact], audio_sdp(IP, 40000, version=3))
    core.expect("ACK")
    page.until_up()
    ends(core, page)


@case("REQ-92")
def early_changes(w):
    """UPDATE before the answer: 500 while the INVITE's offer is open; later answered, without the page"""
    core, page, invite = ring(w, RELIABLE, ALLOW)
    event = page.incoming()
    dialog = invite.early(invite.provisional(180))
    early = dialog.request("UPDATE", body=audio_sdp(IP, 40002, version=2)).final()
    equal(early.status, 500, "UPDATE before any answer", early)
    header(early, "Retry-After", r"^(\d|10)$")
    page.ask("progress", "progressing", jsep=page.browser.answer(event.sdp))
    _, acknowledged = invite.prack(reliable(invite, 183), dialog=dialog)
    equal(acknowledged.status, 200, "PRACK", acknowledged)
    moved = dialog.request("UPDATE", body=audio_sdp(IP, 40004, version=2)).final()
    equal(moved.status, 200, "UPDATE", moved)
    contains(moved.body, "m=audio")
    other = dialog.request("UPDATE", body=audio_sdp(IP, 40004, ((3, "GSM/8000"),), version=3)).final()
    check(other.status in (488, 504), "UPDATE that needs the page", other)
    equal(dialog.request("UPDATE", body="rubbish").final().status, 488, "UPDATE with rubbish")
    equal(dialog.request("INVITE", body=SDP).final().status, 500, "re-INVITE before the answer")
    accept(page, event, invite, dialog)
    ends(core, page)


@case("REQ-97", "REQ-90")
def offerless(w):
    """no offer, and PRACK: ours is in a reliable 183, the page is asked with what the caller answers"""
    core, page, invite = ring(w, RELIABLE, sdp="")
    offer = reliable(invite, 183)
    for codec in ("opus/48000/2", "G722/8000", "PCMU/8000", "PCMA/8000", "telephone-event"):
        contains(offer.body, codec)
    lacks_text(page.story(), "incomingcall")
    dialog, acknowledged = invite.prack(offer, body=SDP)
    equal(acknowledged.status, 200, "PRACK", acknowledged)
    event = page.incoming()
    contains(event.sdp, "PCMU")
    lacks_text(event.sdp, "opus")
    answer = accept(page, event, invite, dialog)
    equal(answer.body, "", "description in the 200", answer)
    core.expect_nothing("INVITE", 0.3)
    ends(core, page)


@case("REQ-97", "REQ-90")
def offerless_refused(w):
    """a PRACK with no answer, or with nothing in common: 488, and the page never hears of the call"""
    for body in ("", audio_sdp(IP, 40000, ((3, "GSM/8000"),)), "v=0\r\n"):
        core, page, invite = ring(w, INSISTS, sdp="")
        invite.prack(reliable(invite, 183), body=body)
        equal(invite.final().status, 488, "INVITE")
        lacks_text(page.story(), "incomingcall")
        core.close()


@case("REQ-92", "REQ-97")
def early_change_of_nothing(w):
    """UPDATE with an offer where the INVITE had none, before ours is there: 500, and the call goes on"""
    core, page, invite = ring(w, ALLOW, sdp="")
    page.incoming()
    dialog = invite.early(invite.provisional(180))
    equal(dialog.request("UPDATE", body=SDP).final().status, 500, "UPDATE")
    invite.cancel()
    equal(invite.final().status, 487, "INVITE")
    page.wait("hangup")


@case("REQ-92")
def glare_with_our_offer(w):
    """UPDATE with an offer while ours in the 183 is unanswered: 491"""
    core, page, invite = ring(w, RELIABLE, ALLOW, sdp="")
    offer = reliable(invite, 183)
    dialog = invite.early(offer)
    glare = dialog.request("UPDATE", body=SDP).final()
    equal(glare.status, 491, "UPDATE", glare)
    invite.prack(offer, body=SDP, dialog=dialog)
    event = page.incoming()
    accept(page, event, invite, dialog)
    ends(core, page)


def two_devices(w):
    """One user at two pages: the core has two contacts of his. -> both, a telephone"""
    user = w.user()
    return w.registered(user), w.registered(user), w.baresip()


@case("REQ-29", "REQ-101")
def rings_twice(w):
    """an INVITE that the core forks to two contacts of one user: both ring, one answers, the other hears why"""
    one, other, phone = two_devices(w)
    phone.dial(one.user.impu)
    events = [one.incoming(), other.incoming()]
    equal(events[0]["call_id"], events[1]["call_id"], "Call-ID")
    other.accept(events[1])
    phone.until_talking()
    over = one.wait("hangup")
    equal((over["code"], over["reason_header_protocol"], over["reason_header_cause"], over["reason_header"]),
          (487, "SIP", "200", "Call completed elsewhere"), "hangup of the other device")
    one.connection_gone()
    equal(one.status()["call"], None, "call")
    other.until_up()
    phone.hangup()
    other.wait("hangup")


@case("REQ-29")
def one_declines(w):
    """486 of one device leaves the other one ringing"""
    one, other, phone = two_devices(w)
    phone.dial(one.user.impu)
    one.incoming()
    event = other.incoming()
    one.ask("decline", "hangup")
    other.accept(event)
    phone.until_talking()
    other.hangup()
    phone.until_over()


@case("REQ-90")
def linphone_calls(w):
    """a telephone that knows PRACK, and its call with early media of the page"""
    page, phone = w.registered(), w.linphone(sip="100rel_support_level=1")
    phone.dial(page.user.impu)
    event = page.incoming()
    page.ask("progress", "progressing", jsep=page.browser.answer(event.sdp))
    w.capture.wait_request("PRACK", to=edge.ADDRESS)
    page.accept(event)
    phone.until_talking()
    page.until_up()
    page.hangup()
    phone.until_over()


@case()
def deflected(w):
    """decline with a URI: 302 with it in Contact, and nothing of ours; who cannot be called is refused, and it rings on"""
    core, page, invite = ring(w)
    page.incoming()
    for wrong, code in (("sip:", 446), ("http://x", 446), ("112", 464)):
        equal(page.refused("decline", uri=wrong)[0], code, "error of " + wrong)
    equal(page.ask("decline", "declining", uri="sip:carol@scripted.example;x=%41")["code"], 302, "code")
    answer = invite.final()
    equal((answer.status, answer.all("contact")), (302, ["<sip:carol@scripted.example;x=A>"]), "answer", answer)
    equal(page.wait("hangup")["code"], 302, "code of the hangup")
    page.connection_gone()
    core.terminate("INVITE", page.user.impu, [], SDP)
    page.accept(page.incoming())
    equal(page.refused("decline", uri="sip:carol@scripted.example")[0], 447, "error when nothing rings")


@case("REQ-90")
def nobody_acknowledges(w):
    """no PRACK for 64*T1: the INVITE is refused with 5xx, and the page hears that it is over"""
    core, page = w.scripted(w.own_janus(sip={"sip_t1_ms": 50}))
    invite = core.terminate("INVITE", page.user.impu, [INSISTS], SDP)
    page.incoming()
    final = invite.final()
    check(500 <= final.status < 600, "a refusal of the server", final)
    equal(page.wait("hangup")["code"], 408, "code")
