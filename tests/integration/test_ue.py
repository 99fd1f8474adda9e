"""Role ue: a user agent towards the lab's P-CSCF, and towards a plain registrar."""

import auth
import edge
from cases import case
from checks import check, equal, header, lacks
from lab import PCSCF
from sip import addr_of, audio_sdp, auth_params, params, uri_user

EDGE = {"general": {"reclaim_s": 0}, "network": {"role": "ue"},
        "networks_of": {"lab": {"entry_point": PCSCF, "core_addresses": []}}}

# What only a network may say, and what only its nodes put in.
OF_THE_NETWORK = ("P-Asserted-Identity", "P-Charging-Vector", "P-Visited-Network-ID", "Path",
                  "P-Access-Network-Info")


def check_what_we_said(w):
    """Nothing of the network's in anything we sent; no Record-Route of ours."""
    for message in w.capture.sip(frm=edge.ADDRESS, to=PCSCF):
        lacks(message, *OF_THE_NETWORK)
        check(edge.ADDRESS not in "".join(message.all("record-route")), "we record ourselves", message)


def registered(w):
    """-> a registered page, when nobody of the cases before is left: Kamailio's P-CSCF takes the users of one gateway for
    one (ims-lab/README.md, pitfall 21), and refuses what he asks while another one leaves."""
    edge.wait_objects(w.janus, {"registrations": 0})
    return w.registered()


@case("REQ-10")
def ue_registers(w):
    """to the P-CSCF, with what a UE says and nothing more"""
    page = registered(w)
    first, second = w.capture.requests("REGISTER", frm=edge.ADDRESS)
    for register in (first, second):
        equal(register.dst, (PCSCF, 5060), "sent to", register)
        lacks(register, *OF_THE_NETWORK, "Require", "Route")
        header(register, "Supported", "path")
        digest = auth_params(register.get("authorization"))
        equal(digest["username"], page.user.impi, "IMPI", register)
        check("integrity-protected" not in digest, "integrity-protected", register)
    equal(auth_params(first.get("authorization"))["nonce"], "", "nonce", first)
    equal(w.lab.state_of(page.user), "registered", "at the HSS")
    page.unregister()
    equal(w.lab.state_of(page.user), "not-registered", "at the HSS")


@case()
def ue_wrong_password(w):
    """a wrong password is refused by the core, and the page told"""
    page = w.page()
    page.user.password = "wrong"
    page.send("register", **page.account())
    equal(page.wait("registration_failed", "registered")["code"] in (401, 403), True, "refused")


@case("REQ-07")
def ue_that_vouches_for_itself(w):
    """a private identity that a core behind a careless P-CSCF would take for the word of a trusted node: refused"""
    page = w.page()
    number, sentence = page.refused("register", **page.account(authuser="x integrity-protected=auth-done"))
    equal(number, 444, "number", sentence)
    equal(w.capture.requests("REGISTER", frm=edge.ADDRESS), [], "REGISTERs")


@case("REQ-98")
def ue_calls_a_phone(w):
    """through the P-CSCF; hold, resume, hang-up; no message says what a UE may not"""
    page, phone = registered(w), w.baresip(answermode="auto")
    page.call(phone.user.impu)
    page.wait("accepted")
    invite = w.capture.requests("INVITE", frm=edge.ADDRESS)[0]
    equal(invite.dst, (PCSCF, 5060), "sent to", invite)
    header(invite, "Route", "^<sip:%s:5060;lr>" % PCSCF)
    for step, (ask, event) in enumerate((("hold", "holding"), ("unhold", "resuming")), 1):
        page.ask(ask, event)
        w.capture.wait_response("INVITE", 200, to=edge.ADDRESS,
                                match=lambda p, cseq=invite.cseq + step: p.cseq == cseq)
    page.hangup()
    phone.wait("CALL_CLOSED")
    check_what_we_said(w)


@case("REQ-104")
def ue_sends_and_gets_messages(w):
    """through the P-CSCF, both ways, without what a UE may not say"""
    page, phone = registered(w), w.phone()
    page.send("message", uri=phone.impu, content="to the phone")
    equal(page.wait("messagedelivery")["code"], 200, "code")
    equal(phone.wait("MESSAGE").body, "to the phone", "body")
    message = w.capture.requests("MESSAGE", frm=edge.ADDRESS)[0]
    equal(message.dst, (PCSCF, 5060), "sent to", message)
    header(message, "Route", "^<sip:%s:5060;lr>" % PCSCF)
    equal(phone.message(page.user.impu, "to the page").status, 200, "answer")
    equal(page.wait("message")["content"], "to the page", "content")
    check_what_we_said(w)


@case("REQ-23", "REQ-24")
def ue_hears_of_its_end(w):
    """subscribes as its user, through the P-CSCF to the S-CSCF; RTR of the HSS ends the registration"""
    page = registered(w)
    subscribe = w.capture.wait_request("SUBSCRIBE", frm=edge.ADDRESS)
    equal((subscribe.dst, subscribe.ruri, addr_of(subscribe.get("from"))), ((PCSCF, 5060), page.user.impu, page.user.impu),
          "SUBSCRIBE", subscribe)
    w.capture.wait_request("NOTIFY", to=edge.ADDRESS)
    check_what_we_said(w)
    w.lab.hss("/rtr?impi=" + page.user.impi, "POST")
    equal(page.wait("unregistered")["ims"]["reason"], "terminated", "reason")


@case("REQ-106")
def ue_proves_its_subscriptions(w):
    """a challenge to SUBSCRIBE is answered, in the dialog too; a wrong password is refused as by the network"""
    core = registrar(w)
    page = w.page(w.scripted_user())
    page.ask("register", "registered", username=page.user.impu, secret=page.user.password)
    page.ask("subscribe", "subscribing", event="message-summary")
    cseqs = []
    for granted in (2, 3600):
        core.challenge(core.expect("SUBSCRIBE"), more=",stale=true")
        proved = core.expect("SUBSCRIBE")
        answer = auth_params(header(proved, "Authorization", "^Digest "))
        check(auth.fits(answer, page.user.password, "SUBSCRIBE"), "the answer is wrong", proved)
        proved.reply(200, ["Contact: <%s>" % core.contact, "Expires: %d" % granted])
        cseqs.append(proved.cseq)
    equal(cseqs[1], cseqs[0] + 2, "CSeq")
    equal(page.wait("subscribe_succeeded")["code"], 200, "code")


@case("REQ-86")
def ue_is_called(w):
    """a call finds its page by the user part of the Request-URI; the far end hangs up"""
    page, other, phone = registered(w), w.registered(), w.phone()
    dialog = w.background(phone.invite, page.user.impu)
    event = page.incoming()
    equal(event["username"], phone.impu, "caller", event)
    page.accept(event)
    invite = w.capture.requests("INVITE", to=edge.ADDRESS)[0]
    equal(invite.get("route"), None, "Route", invite)
    register, *_ = w.capture.requests("REGISTER", frm=edge.ADDRESS, match=lambda p: addr_of(p.get("to")) == page.user.impu)
    contact = addr_of(register.get("contact"))
    equal(uri_user(invite.ruri), uri_user(contact), "Request-URI", invite)
    equal(phone.in_dialog(dialog.result()[2], "BYE").status, 200, "BYE")
    equal(page.wait("hangup")["code"], 200, "code")
    check("incomingcall" not in other.names(), "the other page rang")
    check_what_we_said(w)


def registrar(w, **options):
    """A registrar and proxy that knows nothing of IMS."""
    core = w.core(challenges=True, **options)
    core.service_route, core.associated = [], lambda impu: []
    return core


@case()
def ue_at_a_plain_registrar(w):
    """no Authorization before the challenge; the user part is the user name; calls go there"""
    core = registrar(w)
    page = w.page(w.scripted_user())
    page.send("register", username=page.user.impu, secret=page.user.password)
    event = page.wait("registered", "registration_failed")
    equal(event.name, "registered", "event", event)
    first, second = core.registers
    equal(first.get("authorization"), None, "Authorization", first)
    equal(auth_params(second.get("authorization"))["username"], page.user.name, "user name", second)
    lacks(first, *OF_THE_NETWORK)
    page.call("sip:+4930999@scripted.example")
    invite = core.expect("INVITE")
    equal(invite.all("route"), ["<sip:%s:5060;lr>" % edge.CORE], "Route", invite)
    equal(addr_of(invite.get("from")), page.user.impu, "From", invite)
    invite.accept(audio_sdp("127.0.1.85", 40000))
    page.wait("accepted")
    page.hangup()
    core.expect("BYE").reply(200)


@case()
def ue_is_called_by_a_registrar(w):
    """Contact as Request-URI, no Route, nothing of the network's in the INVITE"""
    core = registrar(w)
    page = w.registered(w.scripted_user())
    invite = core.terminate("INVITE", page.user.impu, body=audio_sdp("127.0.1.85", 40000), routes=[])
    page.accept(page.incoming())
    final = invite.final()
    equal(final.status, 200, "answer", final)
    lacks(final, *OF_THE_NETWORK)
    check(not {"expires", "+sip.instance"} & set(params(final.get("contact"))), "of a registration", final)


@case("REQ-86", "REQ-143")
def ue_bad_request_uri(w):
    """a user part that is no flow of ours is refused, a stranger is not answered"""
    core = registrar(w)
    page = w.registered(w.scripted_user())
    core.registrations[page.user.impu].contact = "sip:somebody@%s:%d" % (edge.ADDRESS, edge.PORT)
    invite = core.terminate("INVITE", page.user.impu, body=audio_sdp("127.0.1.85", 40000), routes=[])
    equal(invite.final().status, 403, "answer")
    check("incomingcall" not in page.names(), "the page rang")


@case("REQ-74", "REQ-77")
def ue_prefers_an_identity(w):
    """identity as P-Preferred-Identity, which the P-CSCF asserts; with privacy it is told the P-CSCF alone"""
    # Kamailio's P-CSCF tells users apart by their address, so there may be no other one at ours.
    page, phone = w.registered(w.lab.user_of_many(), w.client(w.own_janus())), w.phone()
    identity = page.user.impus[1]
    for fields, sender in (({"identity": identity}, identity),
                           ({"identity": identity, "privacy": "id"}, "sip:anonymous@anonymous.invalid")):
        w.capture.restart()
        page.call(phone.impu, **fields)
        page.wait("accepted")
        invite = w.capture.wait_request("INVITE", frm=edge.ADDRESS)
        equal(invite.all("p-preferred-identity"), ["<%s>" % identity], "P-Preferred-Identity", invite)
        equal(invite.get("privacy"), fields.get("privacy"), "Privacy", invite)
        lacks(invite, *OF_THE_NETWORK)
        onward = w.capture.wait_request("INVITE", frm=PCSCF)
        equal(addr_of(onward.get("p-asserted-identity")), identity, "asserted by the P-CSCF", onward)
        equal(addr_of(phone.wait("INVITE").get("from")), sender, "From at the phone")
        page.hangup()
        phone.wait("BYE")


@case("REQ-86")
def ue_over_tcp(w):
    """the P-CSCF over TCP: calls both ways; it answers the OPTIONS that tell whether the connection lives"""
    janus = w.own_janus(network={"role": "ue", "transport": "tcp"}, sip={"keepalive_s": 1})
    page, phone = w.registered(client=w.client(janus)), w.phone()
    page.call(phone.impu)
    page.wait("accepted")
    page.hangup()
    phone.wait("BYE")
    page.connection_gone()
    dialog = w.background(phone.invite, page.user.impu)
    page.accept(page.incoming())
    equal(phone.in_dialog(dialog.result()[2], "BYE").status, 200, "BYE")
    page.wait("hangup")
    w.capture.wait(lambda: len(w.capture.responses("OPTIONS", 200, to=edge.ADDRESS)) >= 2, "OPTIONS")
    equal(len(w.capture.requests("REGISTER", frm=edge.ADDRESS, match=lambda p: page.user.impu in p.get("to"))), 2,
          "REGISTERs")
    for way, messages in (("we sent", w.capture.sip(frm=edge.ADDRESS)), ("came", w.capture.sip(to=edge.ADDRESS))):
        equal({p.transport for p in messages}, {"tcp"}, "transports of what " + way)


@case("REQ-99")
def ue_transfers(w):
    """a user agent sends baresip to a telephone, and is sent to one by baresip; no word of the network's"""
    page, telephone, phone = registered(w), w.baresip(), w.phone()
    helper = page.helper()
    page.call(telephone.user.impu)
    telephone.answer()
    page.wait("accepted")
    telephone.until_talking()
    telephone.command("transfer", phone.impu)
    event = page.wait("transfer")
    helper.call(event["refer_to"], refer_id=event["refer_id"])
    helper.wait("accepted")
    page.wait("hangup")
    telephone.until_over()
    page.connection_gone()
    page.call(telephone.user.impu)
    telephone.answer()
    page.wait("accepted")
    page.ask("transfer", "transferring", uri=phone.impu)
    page.wait("notify", match=lambda event: event["content"].startswith("SIP/2.0 200"))
    check_what_we_said(w)
