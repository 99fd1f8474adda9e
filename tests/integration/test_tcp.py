"""SIP over TCP: large requests, a network that wants nothing else, connections that end."""

import itertools

import edge
from cases import case
from checks import check, equal, header
from sip import addr_of, audio_sdp

EDGE = {"networks_of": {"lab": {"transport": "tcp"}}}
FAR = audio_sdp("127.0.1.85", 40000)
LARGE = {"X-Large-%d" % i: "x" * 250 for i in range(6)}     # more than 1300 bytes together


def transports(packets):
    return [p.transport for p in packets]


@case("REQ-107")
def large_requests_take_tcp(w):
    """REGISTER and INVITE over 1300 bytes: TCP in Via; small requests, and Contact, stay as they are"""
    core = w.core(tcp=True)
    core.contact = "sip:core@%s:5060" % core.ip     # names no transport
    page = w.page(w.scripted_user())
    page.register(headers=LARGE)
    page.call("sip:+4930999@scripted.example", headers=LARGE)
    invite = core.expect("INVITE")
    core.handlers["BYE"] = lambda request: request.reply(200)
    invite.accept(FAR)
    page.wait("accepted")
    page.hangup()
    register, sent = (w.capture.wait_request(m, frm=edge.ADDRESS) for m in ("REGISTER", "INVITE"))
    for packet in (register, sent):
        equal(packet.transport, "tcp", "transport", packet)
        header(packet, "Via", r"^SIP/2\.0/TCP %s(:5060)?;" % edge.ADDRESS)
        check("transport" not in addr_of(packet.get("contact")), "transport in Contact", packet)
    bye = w.capture.wait_request("BYE", frm=edge.ADDRESS)
    equal(bye.transport, "udp", "transport", bye)
    equal(len(core.connections), 1, "connections")


@case("REQ-107")
def large_request_without_tcp(w):
    """a core that refuses TCP gets it over UDP"""
    core = w.core()
    page = w.page(w.scripted_user())
    page.register(headers=LARGE)
    packet = w.capture.wait_request("REGISTER", frm=edge.ADDRESS)
    equal(packet.transport, "udp", "transport", packet)
    header(packet, "Via", r"^SIP/2\.0/UDP ")
    equal(len(core.registers), 1, "REGISTERs")


@case()
def large_request_of_a_udp_network(w):
    """transport = udp: a large request stays on UDP"""
    core = w.core(tcp=True)
    janus = w.own_janus(networks_of={"scripted": {"transport": "udp"}})
    w.page(w.scripted_user("huge"), w.client(janus)).register(headers=LARGE)
    packet = w.capture.wait_request("REGISTER", frm=edge.ADDRESS, match=lambda p: "huge" in p.get("to"))
    equal(packet.transport, "udp", "transport", packet)
    header(packet, "Via", r"^SIP/2\.0/UDP ")
    equal(len(core.registers), 1, "REGISTERs")


@case("REQ-01", "REQ-80")
def all_over_tcp(w):
    """transport = tcp: each message of a call through the real core says so and goes so"""
    page, phone = w.registered(), w.phone(ring=0.2)
    page.call(phone.impu)
    page.wait("accepted")
    page.hangup()
    phone.wait("BYE")
    sent = w.capture.sip(frm=edge.ADDRESS)
    equal(set(transports(sent)), {"tcp"}, "transports", [p.message.start for p in sent])
    register, invite = (w.capture.requests(m, frm=edge.ADDRESS)[0] for m in ("REGISTER", "INVITE"))
    for packet, name in ((register, "Contact"), (register, "Path"), (invite, "Contact"),
                         (invite, "Record-Route")):
        header(packet, name, r"@%s:5060;transport=tcp" % edge.ADDRESS)
    methods = [method for method, _ in itertools.groupby(p.method for p in sent if not p.is_response)]
    equal(methods, ["REGISTER", "SUBSCRIBE", "INVITE", "ACK", "BYE"], "requests")   # Kamailio may challenge twice


@case("REQ-104")
def messages_over_tcp(w):
    """a small MESSAGE takes the network's transport too"""
    page, phone = w.registered(), w.phone()
    page.send("message", uri=phone.impu, content="small")
    equal(page.wait("messagedelivery")["code"], 200, "code")
    equal(phone.wait("MESSAGE").body, "small", "body")
    equal(transports(w.capture.requests("MESSAGE", frm=edge.ADDRESS)), ["tcp"], "transport")


@case()
def called_over_tcp(w):
    """a call comes over TCP, is answered on its connection, and ended by either side"""
    page, phone = w.registered(), w.phone()
    first = w.background(phone.invite, page.user.impu)
    page.accept(page.incoming())
    first.result()
    page.hangup()
    phone.wait("BYE")
    page.connection_gone()
    second = w.background(phone.invite, page.user.impu)
    page.accept(page.incoming())
    equal(phone.in_dialog(second.result()[2], "BYE").status, 200, "BYE")
    page.wait("hangup")
    received = w.capture.sip(to=edge.ADDRESS)
    equal(set(transports(received)), {"tcp"}, "transports", [p.message.start for p in received])


@case("REQ-96")
def surplus_answer_over_tcp(w):
    """ACK and BYE of a second branch, which go through us, keep to TCP"""
    janus = w.own_janus(networks_of={"scripted": {"transport": "tcp"}})
    core, page = w.scripted(janus, tcp=True)
    core.contact = "sip:core@%s:5060" % core.ip     # names no transport
    page.call("sip:+4930999@scripted.example")
    invite = core.expect("INVITE")
    invite.accept(FAR)
    page.wait("accepted")
    core.expect("ACK")
    invite.to_tag = "other-branch"
    invite.accept(FAR)
    core.expect("ACK", match=lambda m: m.tag("to") == "other-branch")
    core.expect("BYE").reply(200)
    page.hangup()
    core.expect("BYE").reply(200)
    ended = w.capture.requests("BYE", to=core.ip)
    equal((len(ended), set(transports(ended))), (2, {"tcp"}), "BYEs", [p.message.start for p in ended])


@case("REQ-93", "REQ-98")
def changes_over_tcp(w):
    """refreshes, a hold that is refused and its end: over TCP an answer ends its transaction at once"""
    janus = w.own_janus(networks_of={"scripted": {"transport": "tcp", "session_expires_s": 4, "min_se_s": 1}})
    core, page = w.scripted(janus, tcp=True)
    timer = ["Contact: <%s>" % core.contact, "Session-Expires: 4;refresher=uac", "Allow: INVITE, ACK, CANCEL, BYE, UPDATE"]
    page.call("sip:+4930999@scripted.example")
    core.expect("INVITE").accept(FAR, timer[1:])
    page.wait("accepted")
    core.expect("ACK")
    core.expect("UPDATE").reply(422, ["Min-SE: 5"])
    core.expect("UPDATE").reply(200, timer)
    for ask, event, answer in (("hold", "holding", (488,)), ("unhold", "resuming", (200, timer, FAR))):
        page.ask(ask, event)
        core.expect("INVITE").reply(*answer)
        core.expect("ACK")
    equal(page.status()["call"]["state"], "up", "state")
    equal(set(transports(w.capture.sip(frm=edge.ADDRESS))), {"tcp"}, "transports")
    page.hangup()
    core.expect("BYE").reply(200)
