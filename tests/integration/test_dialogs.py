"""Calls at a scripted core: routes, races, early media, what only a script can do to us."""

import edge
from cases import case
from checks import check, contains, equal, header, lacks_text
from page import answer_of
from patience import attempts
from sip import addr_of, audio_sdp, params, uri_user

SDP = audio_sdp("127.0.1.85", 40000)
FAR = "sip:+4930999@scripted.example"


def dial(core, page, **fields):
    """The page calls; -> the INVITE at the core"""
    page.call(FAR, **fields)
    return core.expect("INVITE")


def ring(core, page, **options):
    """The core calls the page; -> transaction, event"""
    invite = core.terminate("INVITE", page.user.impu, body=SDP, **options)
    return invite, page.incoming()


def take(page, invite, event):
    """The page answers; -> dialog at the core"""
    page.accept(event)
    dialog = invite.dialog()
    page.until_up()
    return dialog


def up(w, **options):
    """An answered incoming call. -> core, page, dialog at the core"""
    core, page = w.scripted(**options)
    return core, page, take(page, *ring(core, page))


def through_proxies(w, incoming):
    """A call through two proxies that insist on their Route. -> page, proxies, far end, dialog"""
    core, page = w.scripted()
    first, second = w.proxies(82, 83)
    far = w.peer("127.0.1.85")
    if incoming:
        binding = core.registrations[page.user.impu]
        routes = ["<sip:127.0.1.83:5060;lr>", "<sip:127.0.1.82:5060;lr>", *binding.paths]
        invite = core.terminate("INVITE", page.user.impu, body=SDP, routes=routes)
        page.accept(page.incoming())
        dialog = invite.dialog()
        page.until_up()
        return page, (first, second), core, dialog
    second.onward = far.address
    core.service_route = ["<sip:orig@127.0.1.82:5060;lr>"]
    page.ask("register", "registered", **page.account(refresh=True))
    page.call(FAR)
    invite = far.expect("INVITE")
    dialog = invite.accept(SDP)
    page.wait("accepted")
    far.expect("ACK")
    return page, (first, second), far, dialog


def nothing_refused(proxies):
    for proxy in proxies:
        check(not proxy.refused, "%s refused" % proxy.route, *proxy.refused)


@case("REQ-80")
def route_of_an_outgoing_call(w):
    """ACK, re-INVITE and BYE follow the dialog's route set through two strict proxies"""
    page, proxies, far, dialog = through_proxies(w, incoming=False)
    page.send("hold")
    again = far.expect("INVITE")
    equal(again.ruri, far.contact, "Request-URI", again)
    again.reply(200, ["Contact: <%s>" % far.contact],
                audio_sdp(far.ip, 40000, direction="recvonly", version=2))
    far.expect("ACK")
    page.wait("holding")
    page.send("hangup")
    bye = far.expect("BYE")
    bye.reply(200)
    equal(bye.ruri, far.contact, "Request-URI", bye)
    page.wait("hangup")
    nothing_refused(proxies)
    for proxy in proxies:
        equal([m.method for m in proxy.passed], ["ACK", "INVITE", "ACK", "BYE"], "through " + proxy.route)


@case("REQ-80")
def far_end_changes_and_ends_an_outgoing_call(w):
    """requests of the callee come back along the route and are answered"""
    page, proxies, far, dialog = through_proxies(w, incoming=False)
    dialog.routes = [proxies[1].route, proxies[0].route]
    dialog.hop = proxies[1].address
    answer = dialog.request("INVITE", body=audio_sdp(far.ip, 40002, version=2)).final()
    equal(answer.status, 200, "re-INVITE", answer)
    dialog.ack()
    equal(dialog.bye().status, 200, "BYE")
    page.wait("hangup")
    nothing_refused(proxies)


@case("REQ-80")
def route_of_an_incoming_call(w):
    """BYE and re-INVITE of the page follow Record-Route in its order"""
    page, proxies, core, dialog = through_proxies(w, incoming=True)
    page.send("hold")
    again = core.expect("INVITE")
    again.reply(200, ["Contact: <%s>" % core.contact],
                audio_sdp(core.ip, 40000, direction="recvonly", version=2))
    core.expect("ACK")
    page.send("hangup")
    core.expect("BYE").reply(200)
    page.wait("hangup")
    nothing_refused(proxies)


@case("REQ-80")
def new_contact_of_the_peer(w):
    """a re-INVITE with another Contact moves the target of our BYE"""
    core, page, dialog = up(w)
    core.contact = "sip:moved@127.0.1.81:5060;here=1"
    equal(dialog.request("INVITE", body=SDP).final().status, 200, "re-INVITE")
    dialog.ack()
    page.send("hangup")
    bye = core.expect("BYE")
    bye.reply(200)
    equal(bye.ruri, core.contact, "Request-URI", bye)


@case("REQ-02")
def forged_path(w):
    """a Path token that is not ours is refused with 403 or 404 and reaches nobody"""
    core, page = w.scripted()
    binding = core.registrations[page.user.impu]
    path, contact = addr_of(binding.paths[0]), binding.contact
    token = uri_user(path)
    for forged in (token[:-1] + ("A" if token[-1] != "A" else "B"), token[:-1], token + "A",
                   token.swapcase(), "x", page.user.name, "%41" * 8, "A" * 32, "A" * 3000):
        route = "<%s>" % path.replace(token, forged)
        final = core.terminate("INVITE", page.user.impu, body=SDP, routes=[route]).final()
        check(final.status in (403, 404), "answer to %.40s in Route" % forged, final)
    binding.contact = "sip:AAAA%s@127.0.1.21:5060" % uri_user(contact)[4:]
    final = core.terminate("INVITE", page.user.impu, body=SDP, routes=[]).final()
    check(final.status in (403, 404), "answer to a forged Request-URI", final)
    lacks_text(page.story(), "incomingcall")


@case("REQ-02", "REQ-142")
def path_of_another_user(w):
    """the token decides, not the Request-URI: nobody else's page rings"""
    core, one = w.scripted()
    two = w.registered(w.scripted_user("yan"))
    bindings = core.registrations
    invite = core.terminate("INVITE", one.user.impu, body=SDP, routes=bindings[two.user.impu].paths)
    said = invite.wait(lambda answer: answer.status >= 180, "180 or refusal")
    check(said.status in (180, 403, 404), "answer", said)
    if said.status == 180:
        two.incoming()
        two.ask("decline", "declining")
        invite.final()
    lacks_text(one.story(), "incomingcall")


@case("REQ-86")
def call_after_unregister(w):
    """the token is known, the user is gone: 480 or 430, or 404"""
    core, page = w.scripted()
    binding = core.registrations[page.user.impu]
    page.unregister()
    core.registrations[page.user.impu] = binding
    final = core.terminate("INVITE", page.user.impu, body=SDP).final()
    check(final.status in (480, 430, 404), "answer", final)


@case()
def early_media(w):
    """183 with a description: progress brings the answer, accepted does not bring it again"""
    core, page = w.scripted()
    invite = dial(core, page)
    invite.progress(SDP)
    progress = page.wait("progress")
    check(answer_of(progress).audio.port != 0, "no audio in the answer", progress)
    invite.accept(SDP)
    equal(page.wait("accepted").jsep, None, "JSEP of accepted")
    page.send("hangup")
    core.expect("BYE").reply(200)


@case()
def ringing_and_proceeding(w):
    """180 is ringing, 182 is proceeding with its code, each once per change"""
    core, page = w.scripted()
    invite = dial(core, page)
    invite.reply(182, ["Contact: <%s>" % core.contact])
    equal(page.wait("proceeding")["code"], 182, "code")
    invite.ringing()
    page.wait("ringing")
    invite.reply(486)
    equal(page.wait("hangup")["code"], 486, "code")


@case()
def failures_keep_their_code(w):
    """status and reason of the network reach the page"""
    core, page = w.scripted()
    for status in (302, 403, 404, 408, 480, 484, 486, 488, 500, 503, 600, 603, 604):
        dial(core, page).reply(status, reason="Because Of %d" % status)
        event = page.wait("hangup")
        equal((event["code"], event["reason"]), (status, "Because Of %d" % status), "end", event)
        core.expect("ACK")


@case()
def answer_crosses_cancel(w):
    """200 after CANCEL: ACK and BYE; the page has long been told"""
    core, page = w.scripted()
    invite = dial(core, page)
    invite.ringing()
    page.wait("ringing")
    page.hangup()
    core.expect("CANCEL").reply(200)
    invite.accept(SDP)
    core.expect("ACK")
    core.expect("BYE").reply(200)
    equal(page.names().count("hangup"), 1, "hangup events")


@case()
def cancel_waits_for_a_provisional_answer(w):
    """hang-up before any answer: the page is free at once, CANCEL comes after the 100"""
    core, page = w.scripted()
    invite = dial(core, page)
    page.hangup()
    core.expect_nothing("CANCEL", 0.4)
    invite.reply(100)
    core.expect("CANCEL").reply(200)
    invite.reply(487)
    core.expect("ACK")


@case()
def cancel_after_answer(w):
    """CANCEL of the caller that crosses our 200: the call stands"""
    core, page = w.scripted()
    invite, event = ring(core, page)
    page.accept(event)
    invite.final()
    invite.cancel().final()
    dialog = invite.dialog()
    page.until_up()
    equal(dialog.bye().status, 200, "BYE")
    page.wait("hangup")


@case()
def cancel_while_ringing(w):
    """CANCEL: 487 to the INVITE, hangup at the page"""
    core, page = w.scripted()
    invite, _ = ring(core, page)
    equal(invite.cancel().final().status, 200, "CANCEL")
    equal(invite.final().status, 487, "INVITE")
    equal(page.wait("hangup")["code"], 487, "code")


@case("REQ-96")
def surplus_answer(w):
    """a second 200 from another branch gets ACK and BYE; the first call stands"""
    core, page = w.scripted()
    invite = dial(core, page)
    first = invite.to_tag
    invite.accept(SDP)
    page.wait("accepted")
    core.expect("ACK")
    invite.to_tag = "other-branch"
    invite.accept(SDP)
    core.expect("ACK", match=lambda m: m.tag("to") == "other-branch")
    bye = core.expect("BYE")
    bye.reply(200)
    equal(bye.tag("to"), "other-branch", "To tag of the BYE", bye)
    equal(page.status()["call"]["state"], "up", "state")
    page.send("hangup")
    last = core.expect("BYE")
    last.reply(200)
    equal(last.tag("to"), first, "To tag of the last BYE", last)


@case("REQ-95")
def forked_early_dialogs(w):
    """two branches with early media, the second answers: one stable answer for the page"""
    core, page = w.scripted()
    invite = dial(core, page)
    invite.to_tag = "b1"
    invite.progress(audio_sdp("127.0.1.85", 41000))
    page.wait("progress")
    invite.to_tag = "b2"
    invite.progress(audio_sdp("127.0.1.86", 42000))
    invite.accept(audio_sdp("127.0.1.86", 42000))
    equal(page.wait("accepted").jsep, None, "JSEP of accepted")
    ack = core.expect("ACK")
    equal(ack.tag("to"), "b2", "To tag of the ACK", ack)
    page.send("hangup")
    core.expect("BYE").reply(200)
    equal(sum(1 for m in page.handle.received if m.get("jsep")), 1, "descriptions")


@case()
def repeated_answer(w):
    """a 200 that is repeated gets its ACK again"""
    core, page = w.scripted()
    invite = dial(core, page)
    invite.accept(SDP)
    core.expect("ACK")
    invite.accept(SDP)
    core.expect("ACK")
    page.wait("accepted")
    equal(page.names().count("accepted"), 1, "accepted events")
    page.send("hangup")
    core.expect("BYE").reply(200)


@case()
def nobody_answers_the_call(w):
    """a silent core: 408 after 64*T1, and nothing left behind"""
    janus = w.own_janus(sip={"sip_t1_ms": 50})
    core, page = w.scripted(janus)
    core.silent = True
    page.call(FAR)
    equal(page.wait("hangup")["code"], 408, "code")
    equal(page.status()["call"], None, "call")


@case()
def ack_never_comes(w):
    """our 200 is repeated, then the call is ended with BYE"""
    janus = w.own_janus(sip={"sip_t1_ms": 50})
    core, page = w.scripted(janus)
    invite, event = ring(core, page)
    page.accept(event)
    invite.final()
    core.expect("BYE").reply(200)
    page.wait("hangup")
    check(sum(r.status == 200 for r in invite.responses) > 2, "200 was not repeated")


@case()
def bye_is_never_answered(w):
    """the page does not wait for the far end"""
    janus = w.own_janus(sip={"sip_t1_ms": 50})
    core, page = w.scripted(janus)
    invite, event = ring(core, page)
    page.accept(event)
    invite.dialog()
    core.silent = True
    equal(page.hangup()["code"], 200, "code")
    core.silent = False
    page.call(FAR)
    core.expect("INVITE").reply(486)
    page.wait("hangup")


@case()
def offer_of_the_network_in_a_call(w):
    """re-INVITE: answered by the gateway; hold is mirrored; the page hears nothing"""
    core, page, dialog = up(w)
    for version, direction, want in ((2, "sendonly", "recvonly"), (3, "inactive", "inactive"),
                                     (4, "sendrecv", "sendrecv")):
        answer = dialog.request("INVITE", body=audio_sdp("127.0.1.85", 40010, direction=direction,
                                                         version=version)).final()
        equal((answer.status, answer.sdp.audio.direction), (200, want), "answer", answer)
        dialog.ack()
    dialog.bye()
    page.wait("hangup")
    lacks_text(page.story(), "updatingcall")


@case()
def requests_inside_and_outside(w):
    """OPTIONS 200, unknown methods 501 or 405, in-dialog requests of no dialog 481"""
    core, page, dialog = up(w)
    outside = ["Max-Forwards: 70", "From: <sip:core@x>;tag=1", "To: <sip:127.0.1.21>",
               "Contact: <%s>" % core.contact]
    target = (edge.ADDRESS, edge.PORT)
    options = core.request("OPTIONS", "sip:127.0.1.21", outside + ["Call-ID: o1", "CSeq: 1 OPTIONS"],
                           to=target).final()
    equal(options.status, 200, "OPTIONS", options)
    odd = core.request("FROBNICATE", "sip:127.0.1.21", outside
                       + ["Call-ID: o2", "CSeq: 1 FROBNICATE"], to=target).final()
    check(odd.status in (405, 501), "unknown method", odd)
    lost = core.request("BYE", "sip:127.0.1.21", [
        "Max-Forwards: 70", "From: <sip:core@x>;tag=1", "To: <sip:x@127.0.1.21>;tag=2",
        "Call-ID: o3", "CSeq: 9 BYE"], to=target).final()
    equal(lost.status, 481, "BYE of no dialog", lost)
    info = dialog.request("INFO", body="x", body_type="application/x-odd").final()
    check(info.status in (200, 405, 415, 469, 501), "INFO", info)
    dialog.bye()
    page.wait("hangup")


@case("REQ-84")
def icid_of_an_incoming_call(w):
    """our answers and requests repeat the icid that the core gave; the page never sees it"""
    core, page = w.scripted()
    invite, event = ring(core, page)
    page.accept(event)
    answer = invite.final()
    header(answer, "P-Charging-Vector", 'icid-value="?core-secret-icid"?')
    invite.dialog()
    page.send("hangup")
    bye = core.expect("BYE")
    bye.reply(200)
    header(bye, "P-Charging-Vector", 'icid-value="?core-secret-icid"?')
    page.wait("hangup")
    lacks_text(page.story(), "core-secret-icid", "core.example")


@case("REQ-12", "REQ-76", "REQ-77", "REQ-81")
def core_headers_stay_in_the_core(w):
    """trust-domain headers of an INVITE are in no event; a private caller stays unknown"""
    core, page = w.scripted()
    secret = ["P-Charging-Function-Addresses: ccf=192.0.2.50", "P-Access-Network-Info: secret-ani",
              "P-User-Database: <aaa://secret-db>", "P-Profile-Key: <sip:secret-key@x>",
              "P-Served-User: <sip:secret-served@x>", "History-Info: <sip:secret-hist@x>;index=1"]
    invite, _ = ring(core, page, headers=secret)
    page.ask("decline", "declining")
    invite.final()
    page.connection_gone()
    invite = core.terminate("INVITE", page.user.impu, body=SDP,
                            headers=["Privacy: id"], caller="sip:hidden@scripted.example")
    row = page.incoming()
    page.ask("decline", "declining")
    invite.final()
    lacks_text(page.story(), "192.0.2.50", "secret-", "icid", "127.0.1.8", "P-Asserted")
    check(row is not None, "no incomingcall")


@case("REQ-101")
def reasons_go_both_ways(w):
    """Reason of the network's BYE in the event; our release says why"""
    core, page, dialog = up(w)
    dialog.bye(['Reason: SIP;cause=480;text="Session timeout"'])
    event = page.wait("hangup")
    equal((event["reason_header_protocol"], str(event["reason_header_cause"])), ("SIP", "480"),
          "reason", event)
    core.close()
    core, page, dialog = up(w)
    page.detach()
    bye = core.expect("BYE")
    bye.reply(200)
    header(bye, "Reason")


@case()
def call_id_of_the_page(w):
    """call_id is taken for the call; nonsense is refused"""
    core, page = w.scripted()
    invite = dial(core, page, call_id="page-chose-this")
    equal(page.status()["call"]["call_id"], "page-chose-this", "call_id")
    invite.reply(486)
    page.wait("hangup")
    for call_id in ("a\r\nX: y", "a b", 5, "x" * 2000):
        equal(page.refused("call", jsep=page.browser.offer(), uri=FAR, call_id=call_id)[0], 444,
              "error of %.20r" % (call_id,))


def calls_at_once(page):
    """Calls without waiting for Janus to close the PeerConnection before; again where that is told."""
    for _ in attempts():
        event = page.with_offer(lambda: page.handle.ask("call", "calling", 447, jsep=page.browser.offer(), uri=FAR))
        if event.name == "calling":
            return
        contains(event.data["error"], "the PeerConnection of the call before is still being closed")
        page.wait("core:hangup")
    raise AssertionError("it is never closed")


@case()
def calls_again_at_once(w):
    """Janus closes a PeerConnection up to a second after its call: who calls meanwhile is told, or his call stands"""
    core, page = w.scripted()
    for number in range(3):
        calls_at_once(page)
        core.expect("INVITE").accept(SDP)
        page.wait("accepted")
        core.expect("ACK")
        core.expect_nothing("BYE", 1.2 if number else 0)
        page.post({"request": "hangup"})
        core.expect("BYE").reply(200)


@case()
def two_calls_in_a_row(w):
    """a new call right after the end of one is a new call"""
    core, page = w.scripted()
    ids = set()
    for _ in range(5):
        invite = dial(core, page)
        ids.add(invite.call_id)
        invite.reply(486)
        page.wait("hangup")
        page.connection_gone()
        incoming, _ = ring(core, page)
        page.ask("decline", "declining")
        equal(incoming.final().status, 486, "answer")
        page.wait("hangup")
    equal(len(ids), 5, "Call-IDs")


@case()
def ring_timeout(w):
    """nobody answers: after ring_timeout_s the page's caller gets a final answer, whom it calls a CANCEL"""
    janus = w.own_janus(general={"ring_timeout_s": 10})
    core, page = w.scripted(janus)
    caller = w.registered(w.scripted_user("caller"), client=w.client(janus))
    out = dial(core, caller)
    out.ringing()
    invite, _ = ring(core, page)
    core.expect("CANCEL").reply(200)
    out.reply(487)
    equal(caller.wait("hangup")["code"], 408, "code of the page that calls")
    final = invite.final()
    check(final.status in (480, 408), "answer", final)
    page.wait("hangup")


@case("REQ-87")
def targets_stay_as_they_are(w):
    """tel, user=phone and phone-context reach the core unchanged"""
    core, page = w.scripted()
    for uri in ("tel:+4930999", "sip:+4930999@scripted.example;user=phone",
                "tel:7042;phone-context=scripted.example"):
        page.call(uri)
        invite = core.expect("INVITE")
        equal(invite.ruri, uri, "Request-URI", invite)
        equal(addr_of(invite.get("to")), uri, "To", invite)
        invite.reply(486)
        page.wait("hangup")


@case()
def no_reason_in_an_answer(w):
    """Reason is the network's to give: refused in what answers a call (24.229 4.4), sent in what ends one"""
    reason = {"Reason": "SIP;cause=600"}
    core, page = w.scripted()
    invite, event = ring(core, page)
    for request in ("decline", "hangup"):
        number, text = page.refused(request, headers=reason)
        equal(number, 444, request)
        check("'Reason'" in text, "sentence %r" % text)
    page.accept(event)
    invite.dialog()
    page.until_up()
    page.send("hangup", headers=reason)
    bye = core.expect("BYE")
    bye.reply(200)
    contains(bye.text(), "Reason: SIP;cause=600")


@case()
def contact_of_a_call(w):
    """Contact and Via show our address, with no trace of the browser or of who else is there"""
    core, page = w.scripted()
    invite = dial(core, page)
    contact = addr_of(header(invite, "Contact"))
    contains(contact, "@127.0.1.21:5060")
    lacks_text(contact, page.user.name)
    contains(header(invite, "Via"), "127.0.1.21")
    check("rport" not in params(invite.get("contact")), "Contact", invite)
    invite.reply(486)
    page.wait("hangup")
