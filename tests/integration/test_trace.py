"""The SIP messages of one user, shown to him: all of them as they were, without secrets, the identities of others,
and the network's addresses."""

import contextlib
import re

import edge
from cases import case
from checks import check, contains, equal, lacks_text
from client import Event
from lab import REALM
from process import Late, wait_until

EDGE = {"general": {"allow_client_trace": True}}
ADDRESSES = re.compile(r"\d+\.\d+\.\d+\.\d+|fd00:")


def trace(page, enable=True):
    equal(page.ask("trace", "tracing", enable=enable)["enabled"], enable, "enabled")


def shown(page, call_id=None):
    """The `trace` events so far, of one Call-ID."""
    events = [Event(m) for m in list(page.handle.received) if "plugindata" in m]
    return [e for e in events if e.name == "trace" and call_id in (None, e["call_id"])]


def step(start):
    """"INVITE", "200" of a first line."""
    words = start.split()
    return words[1] if words[0] == "SIP/2.0" else words[0]


def steps(page, call_id):
    """Each message once, as a capture has them."""
    return ["%s %s" % (e["direction"], step(e["first"])) for e in shown(page, call_id) if not e.get("repeated")]


def on_the_wire(w, call_id):
    """The same as captured, each message once, in order."""
    def mine(p):
        return p.get("Call-ID") == call_id
    passed = w.capture.sip(frm=edge.ADDRESS, match=mine) + w.capture.sip(to=edge.ADDRESS, match=mine)
    return ["%s %s" % ("out" if packet.src[0] == edge.ADDRESS else "in", step(packet.message.start))
            for packet in sorted(passed, key=lambda p: p.at)]


def wait_shown(w, page, call_id, last):
    """Until the ladder is whole, as on the wire. -> its events"""
    def is_whole():
        seen = steps(page, call_id)
        return last in seen[-2:] and seen == on_the_wire(w, call_id)
    with contextlib.suppress(Late):
        wait_until(is_whole, "a trace that ends with %s" % last)
    equal(steps(page, call_id), on_the_wire(w, call_id), "messages of the call")
    return shown(page, call_id)


def whole(events):
    return "\n".join(e.result.get("text", "") for e in events)


@case("REQ-81")
def call_as_a_ladder(w):
    """registration and call, message by message, as on the wire but for what is masked"""
    page, phone = w.page(), w.phone(ring=0.1)
    trace(page)
    page.register()
    registers = shown(page)
    equal([step(e["first"]) for e in registers][:1], ["REGISTER"], "first message")
    equal(step(registers[-1]["first"]), "200", "last message")
    page.call(phone.impu)
    call_id = page.wait("accepted").call_id
    page.hangup()
    phone.wait("BYE")
    ladder = wait_shown(w, page, call_id, "in 200")
    equal([(e["from"], e["to"]) for e in ladder if e["direction"] == "out"][0], ("edge", "core"), "ends of the first")
    equal(ladder[0]["first"], "INVITE %s SIP/2.0" % phone.impu, "first line")
    everything = whole(shown(page))
    contains(everything, page.user.impu, phone.impu, "m=audio", "Via: SIP/2.0/UDP edge;branch=z9hG4bK", "CSeq: ")
    contains(whole(registers), "Authorization: Digest ***", "Path: <sip:edge;lr>")
    check(not ADDRESSES.search(everything), "no address in it", ADDRESSES.findall(everything))
    lacks_text(everything, page.user.password, "nonce=", "response=", "scscf", "icscf")
    equal([e["number"] for e in shown(page)], list(range(1, len(shown(page)) + 1)), "numbers")


@case("REQ-81")
def called_by_a_phone(w):
    """the INVITE that made it ring is there, too; it is declined"""
    page, phone = w.registered(), w.phone()
    trace(page)
    w.background(phone.invite, page.user.impu)
    call_id = page.incoming().call_id
    page.send("decline")
    page.wait("hangup")
    ladder = wait_shown(w, page, call_id, "in ACK")
    equal(steps(page, call_id)[0], "in INVITE", "first message")
    contains(whole(ladder), phone.impu)
    check(not ADDRESSES.search(whole(ladder)), "no address in it", ADDRESSES.findall(whole(ladder)))


@case("REQ-81", "REQ-142")
def each_side_its_own(w):
    """two users of one gateway call each other by one Call-ID: each sees his side, and no third one's"""
    caller, called, other = w.registered(), w.registered(), w.registered()
    for page in (caller, called, other):
        trace(page)
    call_id = caller.call(called.user.impu).call_id
    called.accept(called.incoming())
    caller.wait("accepted")
    called.until_up()
    caller.hangup()
    called.wait("hangup")
    wait_until(lambda: steps(caller, call_id)[-1] == "in 200" and "in BYE" in steps(called, call_id), "ends of both")
    equal(steps(caller, call_id)[0], "out INVITE", "the caller's first")
    equal(steps(called, call_id)[0], "in INVITE", "the called one's first")
    check("in BYE" not in steps(caller, call_id) and "out BYE" not in steps(called, call_id), "each his own",
          steps(caller, call_id), steps(called, call_id))
    equal(shown(other), [], "of somebody else")


@case()
def refused_call(w):
    """the ACK that the SIP library sends by itself has its place, without a text"""
    user = w.scripted_user()
    core, page = w.core(), w.registered(user)
    trace(page)
    call_id = page.call("sip:+4930999@scripted.example").call_id
    core.expect("INVITE").reply(486)
    page.wait("hangup")
    ladder = wait_shown(w, page, call_id, "out ACK")
    check("text" not in ladder[-1].result, "no text", ladder[-1])


@case("REQ-81", "REQ-73")
def secrets_and_others(w):
    """identities of others are pseudonyms, keys and unknown headers are not shown"""
    user = w.scripted_user()
    core, page = w.core(), w.registered(user)
    trace(page)
    page.call("sip:+4930999@scripted.example", headers={"X-Ticket": "geheim-ticket-771"})
    invite = core.expect("INVITE")
    invite.reply(180, headers=["History-Info: <sip:carol@scripted.example>;index=1",
                               'P-Asserted-Identity: "Carol" <sip:carol@scripted.example>',
                               "X-Core-Node: 10.9.8.7", "Server: node-17.core.example"])
    invite.reply(486, headers=['Warning: 399 node-17.core.example "busy"'])
    call_id = page.wait("hangup").call_id
    text = whole(wait_shown(w, page, call_id, "out ACK"))
    lacks_text(text, "carol", "Carol", "geheim", "10.9.8.7", "node-17", REALM + ":5060")
    contains(text, "X-Ticket: ***", "History-Info: <sip:user-", 'Warning: 399 core "busy"', "X-Core-Node: ***")


@case()
def off_unless_allowed(w):
    """nobody is shown anything who does not ask; it can be ended; the configuration may forbid it"""
    page, phone = w.registered(), w.phone()
    page.call(phone.impu)
    page.wait("accepted")
    trace(page)
    page.hangup()
    phone.wait("BYE")
    wait_until(lambda: shown(page), "a message")
    trace(page, False)
    before = len(shown(page))
    page.unregister()
    equal(len(shown(page)), before, "messages after the end")
    closed = w.own_janus(general={"allow_client_trace": False})
    equal(w.page(client=w.client(closed)).refused("trace", enable=True)[0], 468, "where it is not allowed")
