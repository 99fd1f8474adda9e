"""What crosses what: ends and answers, calls and calls, holds and holds; each of these once broke something."""

import itertools
import socket

from cases import case
from checks import check, contains, equal, lacks_text
from client import Unexpected
from patience import attempts
from process import halted_threads
from rtp import frames, tone, ulaw
from sip import audio_sdp, params
from test_called import qos
from test_dialogs import FAR, SDP, dial, ring, take, up
from test_media import Connected


@case()
def detach_in_mid_registration(w):
    """the handle ends before the 200 to its REGISTER, or to a challenge: Janus lives, and the user is deregistered"""
    core = w.core()
    for step in (lambda r: held.append(r), lambda r: core.challenge(r)):
        held = []
        core.script = [step]
        page = w.page(w.scripted_user("mid%d" % len(core.registers)))
        before = len(core.registers)
        page.send("register", **page.account())
        core.wait_register(before + 1)
        page.detach()
        for request in held:
            core.grant(request)
        left = (params(r.get("contact")).get("expires") == "0"
                for r in (core.wait_register(n) for n in itertools.count(before + 1)))
        check(any(left), "never deregistered")
    w.page(w.scripted_user("after")).register()


@case("REQ-08", "REQ-76")
def display_name_is_a_name(w):
    """a display name cannot break out of From: refused with line breaks, quoted otherwise"""
    core, page = w.scripted()
    page.unregister()
    for name in ("x\r\nP-Asserted-Identity: <sip:king@ims.example>\r\nX: y", "x\ny", "\x01"):
        number, text = page.refused("register", **page.account(display_name=name))
        equal(number, 444, "error", text)
        contains(text, "display_name")
    page.register(display_name='A "quoted\\ <sip:x@y>;tag=1, näme')
    invite = dial(core, page)
    contains(invite.get("from"), '"A \\"quoted\\\\ <sip:x@y>;tag=1, näme" <' + page.user.impu + ">")
    invite.reply(486)
    page.wait("hangup")


@case("REQ-96")
def bye_of_one_fork(w):
    """a BYE in an early dialog ends that fork only; the call that is answered later can be ended"""
    core, page = w.scripted()
    invite = dial(core, page)
    invite.ringing()
    page.wait("ringing")
    equal(invite.dialog().bye().status, 200, "BYE in the early dialog")
    invite.accept(SDP)
    page.wait("accepted")
    core.expect("ACK")
    page.send("hangup")
    core.expect("BYE").reply(200)
    equal(page.wait("hangup")["code"], 200, "code")


@case()
def called_right_after_a_call(w):
    """the next caller is heard although Janus is still closing the last PeerConnection; his call can be answered"""
    core, page = w.scripted()
    for _ in range(4):
        invite, event = ring(core, page)
        dialog = take(page, invite, event)
        equal(dialog.bye().status, 200, "BYE")
        page.wait("hangup")
    check(page.names().count("hangup") == 4, "hangup events: %s" % page.names())


@case()
def answers_to_the_call_before(w):
    """what our user says of a call that the caller has cancelled meets no next one that he has not heard of yet"""
    core, page = w.scripted()
    for request, fields in (("accept", {}), ("progress", {}), ("decline", {}), ("hangup", {}), ("send_ringing", {}),
                            ("decline", {"uri": FAR})):
        invite, event = ring(core, page)
        jsep = page.browser.answer(event.sdp) if request in ("accept", "progress") else None
        with halted_threads(w.last_janus.pid, "ims push"):      # who tells him
            invite.cancel()
            equal(invite.final().status, 487, "INVITE")
            invite = core.terminate("INVITE", page.user.impu, body=SDP)
            invite.provisional(180)
            asked = page.send(request, jsep=jsep, **fields)
        page.wait("hangup")
        contains(page.wait(447, transaction=asked)["error"], "there is no call")
        event = page.incoming()
        equal(page.status()["call"]["state"], "incoming", "state after " + request)
        dialog = take(page, invite, event)
        equal(dialog.bye().status, 200, "BYE")
        page.wait("hangup")


@case()
def answered_too_late_for_the_browser(w):
    """who closes the connection while the answer to it is on its way can call again as soon as that call is over"""
    core, page = w.scripted()
    invite = dial(core, page)
    with halted_threads(w.last_janus.pid, "ims push"):      # who tells him
        invite.reliable(183, 1, SDP)
        core.expect("PRACK").reply(200)
        page.handle.close_connection()
    core.expect("CANCEL").reply(200)
    invite.reply(487)
    core.expect("ACK")
    page.wait("hangup")
    dial(core, page).reply(486)
    page.wait("hangup")


@case()
def called_while_dialling(w):
    """two who call each other: who has been called, and does not know it, is refused, and can take the call that came"""
    core, page = w.scripted()
    dialog = None
    for before in (None, "a call that has just ended"):
        with halted_threads(w.last_janus.pid, "ims push"):      # who tells him
            if dialog:
                equal(dialog.bye().status, 200, "BYE")
            invite = core.terminate("INVITE", page.user.impu, body=SDP)
            invite.provisional(180)
            asked = page.send("call", jsep=page.browser.offer(), uri=FAR)
        page.wait(447, transaction=asked)
        event = page.incoming()
        try:
            page.wait("core:hangup", timeout_s=1.2, match=lambda hangup: hangup.at > event.at)
            check(False, "the connection of the call that rings was closed", page.story())
        except Unexpected:
            pass
        dialog = take(page, invite, event)
    equal(dialog.bye().status, 200, "BYE")
    page.wait("hangup")


@case()
def requests_that_name_their_call(w):
    """with the call_id of the call before nothing that is said meets the one that rings, or runs"""
    core, page = w.scripted()
    invite, before = ring(core, page)
    invite.cancel()
    page.wait("hangup")
    invite, event = ring(core, page)
    over, now = before["call_id"], event["call_id"]

    def refused(request, jsep=None, **fields):
        equal(page.refused(request, jsep=jsep, call_id=over, **fields)[0], 454, request)

    jsep = page.browser.answer(event.sdp)
    for request in ("send_ringing", "decline", "hangup"):
        refused(request)
    refused("progress", jsep)
    refused("accept", jsep)
    page.ask("accept", "accepted", jsep=jsep, call_id=now)
    dialog = invite.dialog()
    page.until_up()
    for request in ("hold", "unhold", "hangup", "recording", "keyframe", "listforwarders"):
        refused(request, **({"action": "start", "audio": True} if request == "recording" else {}))
    refused("dtmf_info", digit="5")
    refused("info", type="text/plain", content="x")
    refused("transfer", uri=FAR)
    refused("message", content="for him who has hung up")
    refused("update", jsep)
    equal(page.status()["call"]["state"], "up", "state")
    page.send("hangup", call_id=now)
    core.expect("BYE").reply(200)
    page.wait("hangup")


@case("REQ-91")
def heard_by_the_next_caller(w):
    """whoever calls while Janus is still closing the last PeerConnection hears nothing of its microphone, although he has
    our address before it rings"""
    call = Connected(w)
    call.both_hear()
    with halted_threads(w.last_janus.pid, "ims push"):      # who asks Janus to close it
        equal(call.dialog.bye().status, 200, "BYE")
        invite = call.core.terminate("INVITE", call.page.user.impu, ["Supported: 100rel, precondition"],
                                     call.sdp + qos("none"))
        audio = invite.provisional(183).sdp.audio
        for frame in frames(ulaw(tone(1000, 0.4))):
            call.browser.rtp.send(frame, 0)
    call.page.wait("core:hangup")
    equal([p for p in call.phone.wait(0) if p.src[1] == audio.port], [], "heard before it rings")
    invite.cancel()
    equal(invite.final().status, 487, "INVITE")


@case()
def hold_that_the_peer_refuses(w):
    """488 to a hold: the call stays, and is held here; the peer's glare (491) is tried again"""
    core, page, dialog = up(w)
    page.ask("hold", "holding")
    core.expect("INVITE").reply(488)
    core.expect("ACK")
    check(page.status()["call"]["held"], "not held after 488")
    page.ask("unhold", "resuming")
    core.expect("INVITE").reply(491)
    core.expect("ACK")
    again = core.expect("INVITE")
    contains(again.body, "a=sendrecv")
    again.reply(200, ["Contact: <%s>" % core.contact], SDP)
    core.expect("ACK")
    check(not page.status()["call"]["held"], "held after resuming")
    page.send("hangup")
    core.expect("BYE").reply(200)


@case("REQ-81")
def clients_see_no_core_address(w):
    """a network whose route or description cannot be used: the page hears so without an address of the core"""
    core, page = w.scripted()
    invite = dial(core, page)
    invite.accept(audio_sdp("224.0.0.7", 40000))
    core.expect("ACK")
    core.expect("BYE").reply(200)
    page.wait("hangup")
    core.terminate("INVITE", page.user.impu, body=audio_sdp("239.1.2.3", 40000))
    page.wait("missed_call")
    core.service_route = ["<sip:orig@scscf7.inner.example;lr>"]
    page.ask("register", "registered", **page.account(refresh=True))
    check(page.fails_to_call(FAR) in (449, 503), "a route that leads nowhere")
    lacks_text(page.story(), "224.0.0.7", "239.1.2.3", "scscf7")


@case("REQ-21")
def call_ends_before_its_registration(w):
    """unregister in a call: BYE goes out before the REGISTER with expires=0"""
    core, page, dialog = up(w)
    count = len(core.registers)
    page.send("unregister")
    bye = core.expect("BYE")
    bye.reply(200)
    core.wait_register(count + 1)
    page.wait("unregistered")
    order = [m.method for m in w.capture.sip(to=core.ip) if m.method in ("BYE", "REGISTER")]
    equal(order[-2:], ["BYE", "REGISTER"], "order")


@case("REQ-87")
def refresh_of_a_session(w):
    """UPDATE without a description: 200 with our Contact, and the peer's new target counts"""
    core, page, dialog = up(w)
    core.contact = "sip:moved@%s:5060" % core.ip
    answer = dialog.request("UPDATE").final()
    equal(answer.status, 200, "UPDATE")
    check(answer.get("contact"), "no Contact in the answer")
    page.send("hangup")
    bye = core.expect("BYE")
    bye.reply(200)
    contains(bye.ruri, "moved@")


@case("REQ-87")
def target_that_leads_nowhere(w):
    """the peer moves to where nothing can be sent: its ACK and BYE go where the call went so far"""
    core, page, dialog = up(w)
    kept, core.contact = core.contact, "sip:moved@nowhere.invalid"
    equal(dialog.request("UPDATE").final().status, 200, "UPDATE")
    page.send("hold")
    core.expect("INVITE").reply(200, ["Contact: <tel:+4930999>"], audio_sdp(core.ip, 40000, direction="recvonly"))
    core.expect("ACK")
    page.wait("holding")
    core.contact = kept
    page.send("hangup")
    core.expect("BYE").reply(200)
    page.wait("hangup")


@case()
def hang_up_before_the_way_is_known(w):
    """an INVITE too large for UDP tries TCP, where nobody listens, and goes by UDP after all: so does its CANCEL"""
    core, page = w.scripted()
    with socket.create_server((core.ip, core.port), backlog=0) as mute, socket.create_connection(mute.getsockname()):
        for again in attempts():        # UDP may come so soon that the way is known already
            page.call(FAR, headers={"X-Large": "x" * 1300})
            page.send("hangup")
            invite = core.expect("INVITE")
            invite.ringing()
            core.expect("CANCEL").reply(200)
            invite.reply(487)
            core.expect("ACK")
            if page.wait("hangup").at < invite.at:
                return
            check(again, "the way was always known")
