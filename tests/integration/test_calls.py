"""Calls between a page and telephones through a real IMS core."""

import threading

import edge
from cases import case
from checks import check, contains, equal, header, lacks, lacks_text
from lab import REALM, SCSCF
from page import Page, answer_of
from sip import addr_of, audio_sdp
from sipp import Sipp


def edge_requests(w, method):
    return w.capture.requests(method, frm=edge.ADDRESS)


def call_up(w, **options):
    """A page's call to a telephone that answers. -> page, phone"""
    page, phone = w.registered(), w.phone(**options)
    page.call(phone.impu)
    page.wait("accepted")
    return page, phone


def incoming(w, **options):
    """A telephone calls a page. -> page, phone, event, future of the phone's INVITE"""
    page, phone = w.registered(), w.phone(**options)
    invite = w.background(phone.invite, page.user.impu)
    return page, phone, page.incoming(), invite


@case("REQ-78", "REQ-80")
def call_to_a_phone(w):
    """calling, ringing, accepted with an answer, hang-up by the page"""
    rung = threading.Event()
    page, phone = w.registered(), w.phone(ring=rung)
    calling = page.call(phone.impu)
    page.wait("ringing")
    rung.set()
    accepted = page.wait("accepted")
    equal(accepted["username"], phone.impu, "username", accepted)
    equal(answer_of(accepted).audio.proto, "UDP/TLS/RTP/SAVPF", "profile")
    equal(accepted.call_id, calling["call_id"], "call_id", accepted)
    invite = edge_requests(w, "INVITE")[0]
    equal(invite.all("route"), ["<sip:orig@%s:5060;lr>" % SCSCF], "Route", invite)
    equal(invite.dst[0], SCSCF, "sent to", invite)
    w.capture.wait_request("ACK", frm=edge.ADDRESS)
    event = page.hangup()
    equal(event["code"], 200, "code", event)
    phone.wait("BYE")
    equal(page.names()[2:], ["calling", "ringing", "accepted", "hangingup", "hangup"], "events")


@case()
def phone_hangs_up(w):
    """the far end's BYE ends the call at the page, once"""
    page, phone = w.registered(), w.phone()
    dialog = w.background(phone.invite, page.user.impu)
    page.accept(page.incoming())
    equal(phone.in_dialog(dialog.result()[2], "BYE").status, 200, "BYE")
    equal(page.wait("hangup")["code"], 200, "code")
    equal(page.status()["call"], None, "call afterwards")
    equal(page.names().count("hangup"), 1, "hangup events")


@case()
def call_from_a_phone(w):
    """incomingcall names caller and callee; accept; hang-up by the page"""
    page, phone, event, invite = incoming(w)
    equal((event["username"], event["callee"]), (phone.impu, page.user.impu), "parties", event)
    check(event.call_id, "no call_id", event)
    equal(event.jsep["type"], "offer", "JSEP", event)
    w.capture.wait_response("INVITE", 180, to=phone.ip)     # which the 200 could overtake in the core
    page.accept(event)
    final, provisional, _ = invite.result()
    equal((final.status, provisional[-1]), (200, 180), "answers", final)
    equal(page.hangup()["code"], 200, "code")
    phone.wait("BYE")


@case()
def page_to_page(w):
    """two pages of one gateway, through the core"""
    one, two = w.registered(), w.registered()
    one.call(two.user.impu)
    two.accept(two.incoming())
    one.wait("accepted")
    two.hangup()
    equal(one.wait("hangup")["code"], 200, "code")


@case()
def decline(w):
    """decline: 486 unless the page says another code"""
    for code, want in ((None, 486), (603, 603), (480, 480)):
        page, _, _, invite = incoming(w)
        declining = page.ask("decline", "declining", **({"code": code} if code else {}))
        equal(declining["code"], want, "code", declining)
        page.wait("hangup")
        equal(invite.result()[0].status, want, "answer to the phone")


@case()
def decline_with_a_bad_code(w):
    """only 400 to 699"""
    page, _, _, invite = incoming(w)
    for code in (200, 399, 700, -1, "486", 1e9):
        equal(page.refused("decline", code=code)[0], 444, "error of %r" % code)
    page.ask("decline", "declining")
    equal(invite.result()[0].status, 486, "answer")


@case()
def busy_phone(w):
    """486 of the phone is the hangup's code"""
    page, phone = w.registered(), w.phone(answer=486)
    page.call(phone.impu)
    equal(page.wait("hangup")["code"], 486, "code")


@case("REQ-100")
def busy_page(w):
    """a second caller gets 486, and the page a missed_call"""
    page, _ = call_up(w)
    other = w.phone()
    equal(other.invite(page.user.impu)[0].status, 486, "answer to the second caller")
    missed = page.wait("missed_call")
    equal((missed["caller"], missed["callee"]), (other.impu, page.user.impu), "parties", missed)
    equal(page.status()["call"]["state"], "up", "the first call")
    page.hangup()


@case()
def call_into_nothing(w):
    """480 not registered, 604 unknown, 404 another domain"""
    page = w.registered()
    for uri, codes in (("sip:bob@" + REALM, (480,)), ("sip:nobody@" + REALM, (404, 604)),
                       ("sip:x@elsewhere.example", (404,))):
        page.call(uri)
        event = page.wait("hangup")
        check(event["code"] in codes, "code of " + uri, event)


@case("REQ-87")
def call_to_a_number(w):
    """tel: and sip: numbers"""
    page, phone = w.registered(), w.phone(w.user("alice"))
    for uri in ("tel:+15550100", "sip:+15550100@" + REALM):
        page.call(uri)
        page.wait("accepted")
        page.hangup()
    equal(len(phone.calls), 2, "calls at the phone")


@case()
def caller_cancels(w):
    """hang-up while it rings: the page is free at once, the phone gets CANCEL"""
    page, phone = w.registered(), w.phone(answer=0)
    page.call(phone.impu)
    invite = phone.wait("INVITE")
    page.wait("ringing")
    equal(page.hangup()["code"], 487, "code")
    phone.wait("CANCEL")
    phone.reply(invite, 487, phone.proxy, "Request Terminated")
    w.capture.wait_request("ACK", frm=edge.ADDRESS)
    equal(page.status()["call"], None, "call")
    page.call("sip:bob@" + REALM)
    page.wait("hangup")


@case()
def phone_cancels(w):
    """CANCEL of the phone: hangup at the page with 487"""
    page, phone = w.registered(), w.phone()
    branch = {}
    real = phone.via

    def remember():
        made = real()
        branch.setdefault("line", made[1])
        return made
    phone.via = remember
    invite = w.background(lambda: phone._out_of_dialog(
        "INVITE", page.user.impu, ["Content-Type: application/sdp"],
        audio_sdp(phone.ip, 40000), call_id="cancel-me", tag="c1"))
    page.incoming()
    rows = ["CANCEL %s SIP/2.0" % page.user.impu, branch["line"], "Max-Forwards: 70",
            "Route: <sip:%s:%d;lr>" % phone.proxy, *("Route: " + r for r in phone.service_route),
            "From: <%s>;tag=c1" % phone.impu, "To: <%s>" % page.user.impu, "Call-ID: cancel-me",
            "CSeq: 1 CANCEL", "Content-Length: 0"]
    phone._send("\r\n".join(rows) + "\r\n\r\n")
    equal(page.wait("hangup")["code"], 487, "code")
    equal(invite.result().status, 487, "answer to the phone")
    check(page.refused("accept")[0] in (447, 448), "late accept")


@case()
def call_right_after_a_call(w):
    """the next call may start once Janus has closed the last PeerConnection, and is not ended with it"""
    page, phone = w.registered(), w.phone()
    for _ in range(5):
        page.call(phone.impu)
        page.wait("accepted")
        page.hangup()
    equal(page.names().count("accepted"), 5, "calls")


@case()
def called_right_after_a_call(w):
    """the same with calls that come in"""
    page, phone = w.registered(), w.phone()
    for _ in range(5):
        invite = w.background(phone.invite, page.user.impu)
        page.accept(page.incoming())
        equal(invite.result()[0].status, 200, "answer to the phone")
        equal(page.hangup()["code"], 200, "code")


@case()
def call_right_after_a_refused_one(w):
    """a refused call leaves nothing in the way of the next: its PeerConnection is closed for the page"""
    page, phone = w.registered(), w.phone()
    page.handle.refused("call", jsep=page.browser.offer(), uri="urn:service:sos")
    page.connection = True
    page.call(phone.impu)
    page.wait("accepted")
    page.hangup()


@case("REQ-85")
def call_without_registration(w):
    """refused in the API; nothing is sent"""
    page = w.page()
    number, text = page.refused("call", jsep=page.browser.offer(), uri="sip:bob@" + REALM)
    equal(number, 447, "error", text)
    equal(edge_requests(w, "INVITE"), [], "INVITEs")


@case("REQ-76", "REQ-75")
def identity_is_asserted(w):
    """the default IMPU is asserted; nothing a client says about itself gets through"""
    page, phone = w.registered(), w.phone(w.user("alice"))
    page.call(phone.impu, headers={"X-Good": "yes"})
    invite = phone.wait("INVITE")
    equal(addr_of(header(invite, "P-Asserted-Identity")), page.user.impu, "identity", invite)
    header(invite, "X-Good", "yes")
    sent = edge_requests(w, "INVITE")[0]
    equal([addr_of(v) for v in sent.all("p-asserted-identity")], [page.user.impu], "asserted", sent)
    equal(addr_of(sent.get("from")), page.user.impu, "From", sent)
    lacks(sent, "P-Preferred-Identity", "Authorization", "P-Visited-Network-ID")
    page.wait("accepted")
    page.hangup()


@case("REQ-08", "REQ-76")
def headers_of_a_caller(w):
    """edge-owned and broken headers in call: 444 by name, and nothing is sent"""
    page = w.registered()
    for name in ("P-Asserted-Identity", "P-Preferred-Identity", "P-Charging-Vector", "Route",
                 "Record-Route", "Via", "Path", "From", "to", "CONTACT", "Privacy", "Max-Forwards",
                 "Content-Type", "Content-Length", "Proxy-Authorization"):
        number, text = page.refused("call", jsep=page.browser.offer(), uri="sip:bob@" + REALM,
                                    headers={name: "<sip:evil@evil.example>"})
        equal(number, 444, "error of " + name, text)
    for value in ("x\r\nP-Asserted-Identity: <sip:evil@evil.example>", "x\ny", 7, None, ["x"], {"x": "y"}):
        equal(page.refused("call", jsep=page.browser.offer(), uri="sip:bob@" + REALM,
                           headers={"X-A": value})[0], 444, "error of %r" % (value,))
    equal(edge_requests(w, "INVITE"), [], "INVITEs")


@case("REQ-84")
def charging_vector_of_a_call(w):
    """a new icid per call, the same one in its later requests; none at the page"""
    page, phone = w.registered(), w.phone()
    vectors = {}
    for _ in range(2):
        vectors[page.call(phone.impu).call_id] = set()
        page.wait("accepted")
        page.hangup()
    w.capture.wait_request("BYE", frm=edge.ADDRESS, count=2, match=lambda p: p.call_id in vectors)
    for packet in edge_requests(w, "INVITE") + edge_requests(w, "BYE"):
        if packet.call_id not in vectors:       # of the case before
            continue
        value = header(packet, "P-Charging-Vector", r'icid-value="[^"]+"')
        vectors[packet.call_id].add(value.split('icid-value="')[1].split('"')[0])
    equal([len(v) for v in vectors.values()], [1, 1], "icid values of each call", vectors)
    equal(len(set().union(*vectors.values())), 2, "icid values of both", vectors)
    lacks_text(page.story(), "icid", *set().union(*vectors.values()))


@case("REQ-81")
def page_sees_nothing_of_the_core(w):
    """events of a call hold no address, Via, route or charging value of the core"""
    page, _, event, invite = incoming(w)
    page.accept(event)
    invite.result()
    page.hangup()
    page.call("sip:nobody@" + REALM)
    page.wait("hangup")
    lacks_text(page.story(), "127.0.1.", "Record-Route", "icid", "orig-ioi", "SIP/2.0/UDP",
               "P-Asserted", "P-Charging", ";lr")


@case("REQ-103")
def emergency_is_refused(w):
    """464 with the advice to use a telephone, before anything is sent"""
    page = w.registered()
    for uri in ("urn:service:sos", "urn:service:sos.police", "URN:SERVICE:SOS", "tel:112",
                "tel:911", "tel:1-1-2", "sip:112@" + REALM, "sip:911@" + REALM + ";user=phone",
                "sip:110@" + REALM, "sip:112;phone-context=+49@" + REALM, "sips:112@" + REALM,
                "sip:%31%31%32@" + REALM):
        number, text = page.refused("call", jsep=page.browser.offer(), uri=uri)
        equal(number, 464, "error of " + uri, text)
        check("phone" in text.lower(), "the sentence gives no advice", text)
    equal(edge_requests(w, "INVITE"), [], "INVITEs")
    stranger = w.page()
    equal(stranger.refused("call", jsep=stranger.browser.offer(), uri="urn:service:sos")[0], 464,
          "error for who has not registered")


@case()
def bad_addresses(w):
    """446 for what cannot be called; nothing is sent"""
    page = w.registered()
    for uri in ("", "bob", "http://x", "sip:", "sip:a b@x", "sip:x@y\r\nVia: z", "tel:", "sip:x@y?Route=z",
                "mailto:x@y", "sip:x@", "sip:" + "x" * 3000 + "@y", "urn:service:pizza", "sip:@x"):
        number, text = page.refused("call", jsep=page.browser.offer(), uri=uri)
        check(number in (444, 446), "error of %.50r: %s %s" % (uri, number, text))
    equal(edge_requests(w, "INVITE"), [], "INVITEs")


@case()
def wrong_moments(w):
    """requests that do not fit the state: 447"""
    page = w.registered()
    for request in ("accept", "decline", "hangup", "hold", "unhold"):
        number, text = page.refused(request)
        check(number == 447 or request == "accept", "error of %s: %s %s" % (
            request, number, text))
    check(page.refused("dtmf_info", digit="1")[0] == 447, "error of dtmf_info")
    phone = w.phone(answer=0)
    page.call(phone.impu)
    # As an offer would be a renegotiation for Janus, the second call has none.
    check(page.refused("call", uri=phone.impu)[0] in (447, 448), "second call")
    check(page.refused("accept")[0] in (447, 448), "accept of an outgoing call")
    page.hangup()


@case()
def call_needs_a_description(w):
    """448 without one, 463 or so without audio and video"""
    page = w.registered()
    uri = "sip:bob@" + REALM
    equal(page.refused("call", uri=uri)[0], 448, "no JSEP")
    data = page.browser.offer(audio=False, data=True)
    number, text = page.refused("call", jsep=data, uri=uri)
    check(number in (462, 463, 468), "data only: %s %s" % (number, text))
    equal(edge_requests(w, "INVITE"), [], "INVITEs")


@case()
def status_of_a_call(w):
    """state, direction and peer; an unanswered incoming call's offer is repeated"""
    page, phone, event, invite = incoming(w)
    status = page.status()
    equal((status["call"]["state"], status["call"]["direction"], status["call"]["peer"]),
          ("incoming", "in", phone.impu), "call", status)
    def without_version(sdp):
        return [line for line in sdp.split("\r\n") if not line.startswith("o=")]
    equal(without_version(status.sdp), without_version(event.sdp), "repeated offer")
    page.accept(event)
    invite.result()
    status = page.status()
    equal((status["call"]["state"], status["call"]["held"]), ("up", False), "call", status)
    equal(status.jsep, None, "offer of an answered call")
    page.hangup()


@case()
def unregister_ends_the_call(w):
    """BYE first, then the deregistration"""
    page, phone = call_up(w)
    page.unregister()
    phone.wait("BYE")
    equal(page.names().count("hangup"), 1, "hangup events")
    equal(w.lab.state_of(page.user), "not-registered", "HSS")


@case("REQ-101")
def reason_of_the_network(w):
    """Reason of the far end's BYE is in the hangup event"""
    page, phone = w.registered(), w.phone()
    dialog = w.background(phone.invite, page.user.impu)
    page.accept(page.incoming())
    phone.in_dialog(dialog.result()[2], "BYE", extra=['Reason: Q.850;cause=16;text="Terminated"'])
    event = page.wait("hangup")
    equal((event.get("reason_header_protocol"), str(event.get("reason_header_cause"))),
          ("Q.850", "16"), "reason", event)
    contains(str(event.get("reason_header")), "Terminated")


@case()
def twenty_calls_of_sipp(w):
    """sipp calls five pages in turn, one call after the other; each rings, answers and is hung up"""
    pages = [w.registered() for _ in range(5)]
    caller = w.user()
    w.sipp("register.xml", [Sipp.credentials(caller)]).wait()

    def serve(page):
        for _ in range(4):
            event = page.incoming()
            w.capture.wait_response("INVITE", 180, to="127.0.1.51", match=lambda m: m.call_id == event.call_id)
            page.accept(event)          # sipp takes no 180 after a 200
            equal(page.wait("hangup")["code"], 200, "code")
    served = [w.background(serve, page) for page in pages]
    w.sipp("caller.xml", ["%s;%s" % (caller.name, p.user.name) for p in pages], calls=20, at_a_time=1).wait()
    for page in served:
        page.result()
    w.sipp("register.xml", [Sipp.credentials(caller)], expires=0).wait()


@case()
def page_loses_its_connection(w):
    """Janus keeps the session for a while: who claims it finds registration and ringing call"""
    janus = w.own_janus(core={"session_timeout": 60, "reclaim_session_timeout": 60})
    page, phone = w.registered(client=w.client(janus)), w.phone()
    page.handle.client.close()
    invite = w.background(phone.invite, page.user.impu)
    w.capture.wait_response("INVITE", 180, frm=edge.ADDRESS)
    session = w.client(janus).claim(page.handle.session.number)
    again = Page(session.adopt(page.handle.number), page.user)
    status = again.status()
    equal((status["registration"]["state"], status["call"]["state"]), ("registered", "incoming"),
          "status", status)
    again.accept(status)
    equal(invite.result()[0].status, 200, "answer to the phone")
    equal(again.hangup()["code"], 200, "code")
