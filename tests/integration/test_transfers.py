"""Transfers: REFER both ways, and INVITEs that take the place of calls (REQ-99, REQ-100)."""

import re
import urllib.parse

from cases import case
from checks import check, contains, equal, header
from sip import addr_of, audio_sdp

SDP = audio_sdp("127.0.1.85", 40000)
A, B = "sip:+4930111@scripted.example", "sip:+4930222@scripted.example"
FRAG = "message/sipfrag;version=2.0"


def calls(core, page, uri=A):
    """A call of the page to the core. -> the core's dialog"""
    calling = page.call(uri)
    dialog = core.expect("INVITE").accept(SDP)
    page.wait("accepted")
    core.expect("ACK")
    dialog.page_call_id = calling["call_id"]
    return dialog


def called(core, page, headers=()):
    """A call of the core to the page. -> the core's dialog"""
    invite = core.terminate("INVITE", page.user.impu, headers, SDP)
    page.accept(page.incoming())
    return invite.dialog()


def send_notify(dialog, line, state):
    return dialog.request("NOTIFY", ["Event: refer", "Subscription-State: " + state], line + "\r\n", FRAG)


def notify(dialog, line, state):
    return send_notify(dialog, line, state).final()


def replaces(dialog, more=""):
    """The core's dialog as the page's end is told of it."""
    tags = [re.search(";tag=([^;]+)", part).group(1) for part in (dialog.remote, dialog.local)]
    return "%s;to-tag=%s;from-tag=%s%s" % (dialog.call_id, *tags, more)


def refer(dialog, to, *headers):
    return dialog.request("REFER", ["Refer-To: " + to, *headers])


def notified(core, status, state):
    request = core.expect("NOTIFY")
    request.reply(200)
    equal(request.body.split()[1], str(status), "status in the sipfrag", request)
    header(request, "Subscription-State", "^" + state)
    header(request, "Event", "^refer")
    header(request, "Content-Type", "^message/sipfrag")
    return request


@case("REQ-99")
def blind_transfer(w):
    """transfer sends REFER; what the transferee says of its call comes as notify"""
    core, page = w.scripted()
    dialog = calls(core, page)
    page.ask("transfer", "transferring", uri=B)
    request = core.expect("REFER")
    header(request, "Refer-To", "^<%s>$" % re.escape(B))
    header(request, "Referred-By", "^<%s>$" % re.escape(page.user.impu))
    request.reply(202)
    for line, state in (("SIP/2.0 100 Trying", "active;expires=60"),
                        ("SIP/2.0 200 OK", "terminated;reason=noresource")):
        equal(notify(dialog, line, state).status, 200, "answer to NOTIFY")
        event = page.wait("notify")
        equal((event["notify"], event["content"].strip(), event["substate"]), ("refer", line, state.split(";")[0]),
              "notify", event)
    equal(notify(dialog, "SIP/2.0 200 OK", "active").status, 481, "a NOTIFY after the last")
    page.hangup()


@case("REQ-99")
def talkative_transferee(w):
    """NOTIFYs without end: more than the page should hear are refused, the last one is heard"""
    core, page = w.scripted()
    dialog = calls(core, page)
    page.ask("transfer", "transferring", uri=B)
    core.expect("REFER").reply(202)
    sent = [send_notify(dialog, "SIP/2.0 100 Trying", "active;expires=60") for _ in range(130)]
    answers = [one.final().status for one in sent]
    equal((answers[0], answers[119], answers[-1]), (200, 200, 480), "answers")
    equal(notify(dialog, "SIP/2.0 200 OK", "terminated;reason=noresource").status, 200, "the last")
    page.wait("notify", match=lambda event: event["substate"] == "terminated")
    page.hangup()


@case("REQ-99")
def transferee_refuses(w):
    """a REFER that is refused is told, and another one may follow; one at a time"""
    core, page = w.scripted()
    calls(core, page)
    page.ask("transfer", "transferring", uri=B)
    equal(page.refused("transfer", uri=B)[0], 447, "a second one meanwhile")
    core.expect("REFER").reply(603)
    equal(page.wait("transferfailed")["code"], 603, "code")
    page.ask("transfer", "transferring", uri="tel:+4930222")
    request = core.expect("REFER")
    header(request, "Refer-To", "^<tel:.4930222>$")
    request.reply(202, ["Refer-Sub: false"])
    page.hangup()
    core.expect("BYE").reply(200)
    equal(page.names()[-1], "hangup", "the last event")


@case("REQ-99")
def attended_transfer(w):
    """Replaces names the consultation call as its other party knows it"""
    core, page = w.scripted()
    helper = page.helper()
    calls(core, page)
    page.ask("hold", "holding")
    core.expect("INVITE").accept(SDP)
    second = calls(core, helper, B)
    equal(page.refused("transfer", uri=B, replace="nobody-s")[0], 454, "error")
    own = page.status()["call"]["call_id"]
    equal(page.refused("transfer", uri=B, replace=own)[0], 454, "error of the same call")
    page.ask("transfer", "transferring", uri=B, replace=second.page_call_id)
    request = core.expect("REFER")
    uri, _, query = addr_of(request.get("refer-to")).partition("?")
    equal(uri, B, "Refer-To", request)
    tags = [re.search(";tag=([^;]+)", part).group(1) for part in (second.local, second.remote)]
    equal(urllib.parse.unquote(query), "Replaces=%s;to-tag=%s;from-tag=%s" % (second.call_id, *tags), "Replaces",
          request)
    request.reply(202)
    equal(second.bye().status, 200, "BYE of the replaced call")
    helper.wait("hangup")
    page.hangup()


@case("REQ-99")
def page_is_transferred(w):
    """a REFER in the call: a helper follows it, with Replaces and Referred-By; the transferor hears how it goes"""
    core, page = w.scripted()
    helper = page.helper()
    dialog = called(core, page)
    wanted = "abc@x;to-tag=t1;from-tag=f1"
    final = refer(dialog, "<%s?Replaces=%s&x=y>" % (B, urllib.parse.quote(wanted)),
                  "Referred-By: <%s>" % A).final()
    equal(final.status, 202, "answer", final)
    notified(core, 100, "active")
    event = page.wait("transfer")
    equal((event["refer_to"], event["replaces"], event["referred_by"]), (B, "abc@x", "<%s>" % A), "transfer", event)
    helper.call(event["refer_to"], refer_id=event["refer_id"])
    invite = core.expect("INVITE")
    header(invite, "Replaces", "^%s$" % re.escape(wanted))
    header(invite, "Referred-By", "^<%s>$" % re.escape(A))
    for _ in range(3):
        invite.ringing()
        helper.wait("ringing")
    notified(core, 180, "active")
    invite.accept(SDP)
    helper.wait("accepted")
    last = notified(core, 200, "terminated;reason=noresource")
    equal(last.call_id, dialog.call_id, "Call-ID", last)
    equal(helper.refused("decline", refer_id=event["refer_id"])[0], 447, "a decline afterwards")
    dialog.bye()
    page.wait("hangup")
    equal(helper.status()["call"]["state"], "up", "the new call")


@case("REQ-99")
def declined_transfer(w):
    """decline with refer_id: the transferor is told 603, or another code"""
    core, page = w.scripted()
    dialog = called(core, page)
    for code in (None, 486):
        equal(refer(dialog, "<%s>" % B).final().status, 202, "answer")
        notified(core, 100, "active")
        number = page.wait("transfer")["refer_id"]
        fields = {"code": code} if code else {}
        equal(page.ask("decline", "declining", refer_id=number, **fields)["refer_id"], number, "refer_id")
        notified(core, code or 603, "terminated")
    equal(page.status()["call"]["state"], "up", "the call")


@case("REQ-99")
def early_and_late_hang_up(w):
    """the transferor hangs up at once, and hears all the same; a new call that fails or is given up is told"""
    core, page = w.scripted()
    helper = page.helper()
    for end, status in ((lambda invite: invite.reply(486), 486), (lambda invite: helper.hangup(), 487)):
        dialog = called(core, page)
        equal(refer(dialog, "<%s>" % B).final().status, 202, "answer")
        notified(core, 100, "active")
        equal(dialog.bye().status, 200, "BYE")
        page.wait("hangup")
        helper.call(B, refer_id=page.wait("transfer")["refer_id"])
        invite = core.expect("INVITE")
        invite.ringing()
        notified(core, 180, "active")
        core.handlers["CANCEL"] = lambda request: request.reply(200)
        end(invite)
        notified(core, status, "terminated")
        if status == 487:
            invite.reply(487)
        page.connection_gone()
        helper.connection_gone()
    dialog = called(core, page)
    page.ask("transfer", "transferring", uri=B)
    core.expect("REFER").reply(202)
    page.hangup()
    core.expect("BYE").reply(200)
    equal(notify(dialog, "SIP/2.0 200 OK", "terminated").status, 200, "a NOTIFY after our BYE")
    contains(page.wait("notify")["content"], "200 OK")


@case("REQ-99")
def refer_outside_a_call(w):
    """a REFER outside calls is told, with Target-Dialog at the handle with that call; Refer-Sub: false silences"""
    core, page = w.scripted()
    helper = page.helper()
    refer_to = ["Refer-To: <%s>" % B, "X-Queue: sales"]
    page.ask("register", "registered", **page.account(refresh=True, incoming_header_prefixes=["X-"]))
    final = core.terminate("REFER", page.user.impu, refer_to).final()
    equal(final.status, 202, "answer", final)
    header(final, "Contact", "<sip:")
    first = notified(core, 100, "active")
    equal(first.call_id, final.call_id, "Call-ID", first)
    asked = page.wait("transfer")
    equal(asked.get("headers"), {"X-Queue": "sales"}, "headers", asked)
    equal(page.ask("decline", "declining", refer_id=asked["refer_id"]).name, "declining", "event")
    notified(core, 603, "terminated")
    called(core, page)
    invite = core.terminate("INVITE", page.user.impu, (), SDP)
    helper.accept(helper.incoming())
    dialog = invite.dialog()
    tags = [re.search(";tag=([^;]+)", part).group(1) for part in (dialog.local, dialog.remote)]
    target = "Target-Dialog: %s;local-tag=%s;remote-tag=%s" % (dialog.call_id, *tags)
    final = core.terminate("REFER", page.user.impu, [*refer_to, target, "Refer-Sub: false"]).final()
    equal(final.status, 202, "answer", final)
    header(final, "Refer-Sub", "^false")
    event = helper.wait("transfer")
    helper.ask("decline", "declining", refer_id=event["refer_id"])
    core.expect_nothing("NOTIFY", 0.2)


@case("REQ-99")
def bad_refers(w):
    """what is wrong with a REFER is said, and nobody is bothered"""
    core, page = w.scripted()
    dialog = called(core, page)
    for headers, status in (([], 400), (["Refer-To: <urn:service:sos>"], 403), (["Refer-To: <mailto:a@b>"], 400),
                            (["Refer-To: <%s;method=BYE>" % B], 403), (["Refer-To: <>"], 400),
                            (["Refer-To: <%s?Replaces=x>" % B], 400),
                            (["Refer-To: <%s?Replaces=a%%0d%%0aVia:%%20b>" % B, "Refer-To: <%s>" % A], 400)):
        final = dialog.request("REFER", headers).final()
        equal(final.status, status, "answer to %r" % headers, final)
        final = core.terminate("REFER", page.user.impu, headers).final()
        equal(final.status, status, "answer outside the call to %r" % headers, final)
    for event, state, status in (("dialog", "active", 489), ("refer", "active", 481)):
        final = dialog.request("NOTIFY", ["Event: " + event, "Subscription-State: " + state], "x", FRAG).final()
        equal(final.status, status, "answer to a NOTIFY of " + event, final)
    for _ in range(8):
        equal(refer(dialog, "<%s>" % B).final().status, 202, "answer")
    equal(refer(dialog, "<%s>" % B).final().status, 480, "answer to one too many")
    for _ in range(8):
        page.wait("transfer")
    page.status()
    equal(page.names().count("transfer"), 8, "transfers told")
    helper = page.helper()
    equal(helper.refused("call", jsep=page.browser.offer(), uri=B, refer_id=1)[0], 447, "a number that is none")


@case("REQ-99", "REQ-100")
def invite_with_replaces(w):
    """it rings at another handle; accepting it ends the call whose place it takes"""
    core, page = w.scripted()
    helper = page.helper()
    first = called(core, page)
    invite = core.terminate("INVITE", page.user.impu, ["Replaces: " + replaces(first), "Referred-By: <%s>" % A], SDP)
    event = helper.incoming()
    equal((event["replaces"], event["referred_by"]), (first.call_id, "<%s>" % A), "call", event)
    equal(page.status()["call"]["call_id"], event["replaces"], "call_id at the other handle")
    equal(page.status()["call"]["state"], "up", "the call to be replaced")
    helper.accept(event)
    invite.dialog()
    core.expect("BYE", match=lambda bye: bye.call_id == first.call_id).reply(200)
    equal(page.wait("hangup")["code"], 200, "code")


@case("REQ-99")
def replaces_that_do_not_fit(w):
    """RFC 3891 3: 400 malformed, 481 no such call, 486 early-only, 603 one that is over; a busy user misses it"""
    core, page = w.scripted()
    helper = page.helper()

    def answer(value):
        return core.terminate("INVITE", page.user.impu, ["Replaces: " + value], SDP).final().status

    first = called(core, page)
    good = replaces(first)
    for value, status in (("x", 400), (good + "\r\nReplaces: " + good, 400), (first.call_id, 400), ("nobody;to-tag=a;from-tag=b", 481),
                          (good.replace("to-tag=", "to-tag=z"), 481), (good.replace("from-tag=", "from-tag=z"), 481),
                          (replaces(first, ";early-only"), 486)):
        equal(answer(value), status, "answer to " + value)
    ringing = core.terminate("INVITE", page.user.impu, (), SDP)
    helper.incoming()
    tag = re.search(";tag=([^;]+)", ringing.provisional(180).get("to")).group(1)
    from_tag = re.search(";tag=([^;]+)", ringing.text).group(1)
    call_id = re.search("Call-ID: *(\\S+)", ringing.text, re.I).group(1)
    equal(answer("%s;to-tag=%s;from-tag=%s" % (call_id, tag, from_tag.split()[0])), 481, "one that rings")
    equal(answer(good), 486, "all are busy")
    page.wait("missed_call")
    first.bye()
    page.wait("hangup")
    equal(answer(good), 603, "one that is over")


@case("REQ-99")
def early_call_is_replaced(w):
    """a call of ours that still rings may be replaced (call pick-up): it is cancelled"""
    core, page = w.scripted()
    helper = page.helper()
    page.call(B)
    invite = core.expect("INVITE")
    invite.ringing()
    page.wait("ringing")
    early = invite.dialog()
    pickup = core.terminate("INVITE", page.user.impu, ["Replaces: " + replaces(early, ";early-only")], SDP)
    event = helper.incoming()
    equal(event["replaces"], early.call_id, "replaces", event)
    helper.accept(event)
    pickup.dialog()
    core.expect("CANCEL").reply(200)
    invite.reply(487)
    equal(page.wait("hangup")["code"], 487, "code")


@case("REQ-100")
def call_waiting(w):
    """while the user talks, a caller's 180 says that he waits, and the page knows; else not"""
    core, page = w.scripted()
    helper = page.helper()
    called(core, page)
    first = w.capture.wait(lambda: w.capture.responses("INVITE", 180, to=core.address), "180")[0]
    check(not first.get("alert-info"), "Alert-Info in the first", first)
    second = core.terminate("INVITE", page.user.impu, (), SDP)
    event = helper.incoming()
    equal(event["ims"]["call_waiting"], True, "call_waiting", event)
    header(second.provisional(180), "Alert-Info", "^<urn:alert:service:call-waiting>$")
    helper.ask("decline", "declining", code=480)
    helper.wait("hangup")
    equal(second.final().status, 480, "answer")
    check(not second.final().get("alert-info"), "Alert-Info in the answer", second.final())
    page.hangup()
    core.expect("BYE").reply(200)
    core.terminate("INVITE", page.user.impu, ["Alert-Info: <urn:alert:service:call-waiting>"], SDP)
    event = page.incoming()
    equal(event["ims"]["call_waiting"], True, "call_waiting that the network says", event)


@case("REQ-100")
def swap(w):
    """hold on one handle, talk on the other, and back"""
    core, page = w.scripted()
    helper = page.helper()
    calls(core, page)
    calls(core, helper, B)
    for held, other in ((page, helper), (helper, page)):
        held.ask("hold", "holding")
        invite = core.expect("INVITE")
        contains(invite.body, "a=sendonly")
        invite.accept(SDP.replace("a=sendrecv", "a=recvonly"))
        core.expect("ACK")
        if other.status()["call"]["held"]:
            other.ask("unhold", "resuming")
            invite = core.expect("INVITE")
            contains(invite.body, "a=sendrecv")
            invite.accept(SDP)
            core.expect("ACK")
        equal((held.status()["call"]["held"], other.status()["call"]["held"]), (True, False), "held")


@case("REQ-99")
def conference(w):
    """the page knows the factory, hears that the other end is a conference, and sends another call into it"""
    factory, focus = "sip:conference@scripted.example", "sip:conf-7@127.0.1.81:5060"
    client = w.client(w.own_janus(networks_of={"scripted": {"conference_factory": factory}}))
    core = w.core()
    page = w.registered(w.scripted_user(), client)
    equal(page.registered["ims"]["conference_factory"], factory, "conference_factory", page.registered)
    helper = page.helper()
    equal(helper.registered["ims"]["conference_factory"], factory, "conference_factory of a helper")
    page.call(factory)
    invite = core.expect("INVITE")
    equal(invite.ruri, factory, "Request-URI", invite)
    invite.reply(200, ["Contact: <%s>;isfocus;audio" % focus], SDP)
    accepted = page.wait("accepted")
    equal((accepted["isfocus"], accepted["ims"]["conference"]), (True, focus), "conference", accepted)
    core.expect("ACK")
    second = calls(core, helper, B)
    page.ask("transfer", "transferring", uri=B, replace=second.page_call_id)
    request = core.expect("REFER")
    equal(request.ruri, focus, "Request-URI", request)
    contains(request.get("refer-to"), urllib.parse.quote(second.call_id))
    request.reply(202)
    second.bye()
    equal(helper.wait("hangup")["code"], 200, "code")


@case("REQ-97", "REQ-98")
def third_party_control(w):
    """a controller connects our user with somebody else: offerless INVITE, then re-INVITEs, without and with an offer,
    that move the media"""
    core, page = w.scripted()
    invite = core.terminate("INVITE", page.user.impu)
    event = page.incoming()
    check(event.jsep is None, "a JSEP came with an offerless INVITE", event)
    page.ask("accept", "accepting", jsep=page.browser.offer())
    contains(invite.final().body, "m=audio ")
    dialog = invite.dialog(body=SDP)
    page.wait("accepted")
    for port in (40010, 40020):
        moved = audio_sdp("127.0.1.86", port)
        offerless = dialog.request("INVITE")
        contains(offerless.final().body, "m=audio ")
        dialog.ack(body=moved)
        offered = dialog.request("INVITE", body=audio_sdp("127.0.1.87", port + 2))
        contains(offered.final().body, "m=audio ")
        dialog.ack()
    equal(page.status()["call"]["state"], "up", "the call")
    equal([name for name in page.names() if name.startswith("updat")], [], "what the page heard of it")
    dialog.bye()
    page.wait("hangup")
