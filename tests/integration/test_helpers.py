"""Several calls of one registration: helpers, handles that share it (REQ-100)."""

import edge
from cases import case
from checks import contains, equal
from lab import SCSCF
from process import wait_until
from sip import audio_sdp, params

EDGE = {"limits": {"handle_failures_per_minute": 3},
        "general": {"reclaim_s": 60}}       # who comes back is in time, however late the machine
SDP = audio_sdp("127.0.1.85", 40000)


def family(w, helpers=1):
    """-> a scripted core, a page, its helpers"""
    core, page = w.scripted()
    return core, page, *[page.helper() for _ in range(helpers)]


def talk_to(core, page):
    """A call of the core that the page takes. -> its dialog"""
    invite = core.terminate("INVITE", page.user.impu, body=SDP)
    page.accept(page.incoming())
    return invite.dialog()


@case()
def two_calls_at_once(w):
    """master and helper talk to two telephones; each ends its own call"""
    page, one, two = w.registered(), w.phone(), w.phone()
    helper = page.helper()
    equal((helper.registered["helper"], helper.registered["register_sent"]), (True, False), "a helper's",
          helper.registered)
    equal(helper.registered["master_id"], page.registered["master_id"], "master_id", helper.registered)
    for caller, phone in ((page, one), (helper, two)):
        caller.call(phone.impu)
        equal(caller.wait("accepted")["username"], phone.impu, "username")
    equal(len(w.registers()), 2, "REGISTERs, which are the master's")
    invites = w.capture.requests("INVITE", frm=edge.ADDRESS, to=SCSCF)
    equal(len({addr for invite in invites for addr in invite.all("contact")}), 1, "Contacts of the calls")
    equal(page.hangup()["code"], 200, "code")
    one.wait("BYE")
    equal(helper.status()["call"]["state"], "up", "the helper's call")
    equal(helper.hangup()["code"], 200, "code")
    two.wait("BYE")


@case("REQ-100")
def second_caller_reaches_a_helper(w):
    """each caller rings at an idle handle, the master's first; the third one is too many: 486 and missed_call"""
    core, page, helper = family(w)
    talk_to(core, page)
    second = core.terminate("INVITE", page.user.impu, body=SDP)
    event = helper.incoming()
    third = core.terminate("INVITE", page.user.impu, body=SDP)
    equal(third.final().status, 486, "answer to the third")
    equal(page.wait("missed_call")["reason"], "busy", "reason")
    helper.accept(event)
    second.dialog()
    page.hangup()
    core.expect("BYE").reply(200)
    page.connection_gone()
    fourth = core.terminate("INVITE", page.user.impu, body=SDP)
    page.accept(page.incoming())
    fourth.dialog()
    equal(helper.names().count("incomingcall"), 1, "calls that rang at the helper")


@case()
def who_may_help(w):
    """a helper must know the number; it is nobody's master, and no handle is both"""
    core, page, helper = family(w)
    registers = len(w.capture.requests("REGISTER", to=core.ip))
    number = page.registered["master_id"]
    stranger = w.page(page.user, page.handle.client)
    equal(stranger.refused("register", type="helper")[0], 443, "without a number")
    equal(stranger.refused("register", type="helper", master_id="1")[0], 444, "no number")
    for wrong in (dict(master_id=number ^ 1), dict(master_id=number, username="sip:other@scripted.example"),
                  dict(master_id=1)):
        equal(stranger.refused("register", type="helper", **wrong)[0], 453, "error of %r" % wrong)
    code, sentence = stranger.refused("register", type="helper", master_id=number)
    equal(code, 465, "error of too many guesses")
    contains(sentence, "too many attempts")
    equal(page.refused("register", type="helper", master_id=number)[0], 445, "the master himself")
    equal(helper.refused("register", type="helper", master_id=number)[0], 453, "a helper again")
    for request, fields in (("register", page.account()), ("refresh_token", {"access_token": "geheim-x"}),
                            ("authenticate", {"response": "00"})):
        equal(helper.refused(request, **fields)[0], 453, "error of " + request)
    equal(len(w.capture.requests("REGISTER", to=core.ip)), registers, "REGISTERs")


@case()
def another_session_helps(w):
    """a helper may be in another session, over another connection"""
    core, page = w.scripted()
    helper = page.helper(w.client())
    talk_to(core, page)
    invite = core.terminate("INVITE", page.user.impu, body=SDP)
    helper.accept(helper.incoming())
    invite.dialog()
    helper.handle.client.close()
    core.expect("BYE").reply(200)
    equal(page.status()["call"]["state"], "up", "the master's call")


@case()
def helper_leaves(w):
    """unregister of a helper ends its call and its helping, and nothing else; then it may help anew"""
    core, page, helper = family(w)
    talk_to(core, page)
    invite = core.terminate("INVITE", page.user.impu, body=SDP)
    helper.accept(helper.incoming())
    invite.dialog()
    registers = len(w.capture.requests("REGISTER", to=core.ip))
    helper.unregister()
    core.expect("BYE").reply(200)
    helper.wait("hangup")
    equal(len(w.capture.requests("REGISTER", to=core.ip)), registers, "REGISTERs")
    equal(page.status()["call"]["state"], "up", "the master's call")
    equal(helper.refused("call", jsep=helper.browser.offer(), uri="sip:x@scripted.example")[0], 447, "call")
    equal(helper.ask("register", "registered", type="helper",
                     master_id=page.registered["master_id"])["helper"], True, "helper")


@case()
def master_unregisters(w):
    """the calls of all end before the network hears of it; helpers are told, and detached"""
    core, page, helper = family(w)
    talk_to(core, page)
    invite = core.terminate("INVITE", page.user.impu, body=SDP)
    helper.accept(helper.incoming())
    invite.dialog()
    for each in (page, helper):
        each.until_up()
    page.send("unregister")
    for _ in range(2):
        core.expect("BYE").reply(200)
    helper.wait("hangup")
    helper.wait("unregistered")
    helper.wait("core:detached")
    page.wait("unregistered")
    w.capture.wait_request("REGISTER", to=core.ip, match=lambda p: params(p.get("contact"))["expires"] == "0")
    seen = [p.method for p in w.capture.sip(to=core.ip) if not p.is_response and p.method in ("BYE", "REGISTER")]
    equal(seen[-3:], ["BYE", "BYE", "REGISTER"], "what the core saw, each once")


@case()
def master_is_parked(w):
    """a helper's calls outlive the master's handle: calls ring there, and it calls; who takes the registration back is
    master of the same number"""
    core, page, helper = family(w)
    talk_to(core, page)
    number = page.registered["master_id"]
    registers = len(w.capture.requests("REGISTER", to=core.ip))
    page.detach()
    core.expect("BYE").reply(200)
    invite = core.terminate("INVITE", page.user.impu, body=SDP)
    helper.accept(helper.incoming())
    invite.dialog()
    helper.hangup()
    core.expect("BYE").reply(200)
    helper.call("sip:x@scripted.example")
    core.expect("INVITE").accept(SDP)
    helper.wait("accepted")
    again = w.registered(page.user)
    equal(again.registered["master_id"], number, "master_id", again.registered)
    equal(len(w.capture.requests("REGISTER", to=core.ip)), registers + 1, "REGISTERs, one to take it back")
    equal(helper.status()["call"]["state"], "up", "the helper's call")
    again.unregister()
    core.expect("BYE").reply(200)
    helper.wait("core:detached")


@case()
def master_does_not_come_back(w):
    """after reclaim_s the helper's call ends, then the registration"""
    core, page = w.scripted(w.own_janus(general={"reclaim_s": 1}))
    helper = page.helper()
    helper.call("sip:x@scripted.example")
    core.expect("INVITE").accept(SDP)
    core.expect("ACK")
    helper.wait("accepted")
    page.detach()
    core.expect("BYE").reply(200)
    equal(helper.wait("hangup")["code"], 200, "code")
    helper.wait("unregistered")
    helper.wait("core:detached")
    wait_until(lambda: page.user.impu not in core.registrations, "deregistered")


@case()
def registration_is_lost(w):
    """a network that refuses the refresh ends the calls of helpers, too"""
    core, page, helper = family(w)
    helper.call("sip:x@scripted.example")
    core.expect("INVITE").accept(SDP)
    helper.wait("accepted")
    core.script.append(403)
    page.send("register", refresh=True, **page.account())
    core.expect("BYE").reply(200)
    helper.wait("hangup")
    helper.wait("unregistered")
    equal(page.wait("registration_failed")["code"], 403, "code")


def sparing(w):
    """-> a scripted core, a page whose own handle is to have no calls"""
    core = w.core()
    return core, w.registered(w.scripted_user(), w.client(), calls_on_helpers=True)


@case("REQ-100")
def call_waits_for_a_helper(w):
    """calls_on_helpers: each call rings at the helper that its master is asked for, a later one at one that is idle"""
    core, page = sparing(w)
    invite = core.terminate("INVITE", page.user.impu, body=SDP)
    contains(invite.text, "Call-ID: " + page.wait("helper_wanted")["call_id"])
    helper = page.helper()
    helper.accept(helper.incoming())
    invite.dialog()
    second = core.terminate("INVITE", page.user.impu, body=SDP)
    page.wait("helper_wanted")
    other = page.helper()
    equal(other.incoming()["ims"]["call_waiting"], True, "call_waiting")
    other.ask("decline", "hangup")
    equal(second.final().status, 486, "answer")
    other.connection_gone()
    third = core.terminate("INVITE", page.user.impu, body=SDP)
    equal(other.incoming()["ims"]["call_waiting"], True, "call_waiting")
    third.cancel()
    equal(third.final().status, 487, "answer")
    equal([name for name in page.names() if "call" in name], [], "what the master heard of calls")


@case("REQ-100")
def call_waits_while_there_may_be_more(w):
    """max_calls: one that finds no idle handle waits for a helper that its master is asked for, or for a call to end; one more
    than the user may have is refused at once"""
    core = w.core()
    page = w.registered(w.scripted_user(), w.client(), max_calls=2)
    talk_to(core, page)
    second = core.terminate("INVITE", page.user.impu, body=SDP)
    contains(second.text, "Call-ID: " + page.wait("helper_wanted")["call_id"])
    third = core.terminate("INVITE", page.user.impu, body=SDP)
    equal(third.final().status, 486, "answer to the third")
    equal(page.wait("missed_call")["reason"], "busy", "reason")
    helper = page.helper()
    helper.accept(helper.incoming())
    dialog = second.dialog()
    page.hangup()
    core.expect("BYE").reply(200)
    page.connection_gone()
    talk_to(core, page)
    equal(dialog.bye().status, 200, "BYE")
    helper.wait("hangup")
    helper.unregister()
    last = core.terminate("INVITE", page.user.impu, body=SDP)
    page.wait("helper_wanted")
    page.hangup()
    core.expect("BYE").reply(200)
    page.accept(page.incoming())
    last.dialog()


@case("REQ-100")
def no_helper_comes(w):
    """calls_on_helpers: the call rings at its master after all; one that is cancelled was missed, one whose registration ends is
    refused"""
    core, page = sparing(w)
    invite = core.terminate("INVITE", page.user.impu, body=SDP)
    page.wait("helper_wanted")
    page.accept(page.incoming())
    invite.dialog()
    second = core.terminate("INVITE", page.user.impu, body=SDP)
    page.wait("helper_wanted")
    second.cancel()
    equal(second.final().status, 487, "answer to the one that is cancelled")
    equal(page.wait("missed_call")["reason"], "cancelled", "reason")
    third = core.terminate("INVITE", page.user.impu, body=SDP)
    page.wait("helper_wanted")
    page.unregister()
    equal(third.final().status, 480, "answer when the registration ends")
