"""What the network's rules do to a call: extensions, methods and bodies that we do not know, headers that
cross the edge or stay behind it, what is said beside the call."""

import edge
from cases import case
from checks import check, equal, header, lacks, lacks_text
from sip import audio_sdp, new_id

EDGE = {"network": {"headers_to_client": ["Alert-Info", "History-Info", "Warning"],
                    "headers_from_client": ["History-Info"]},
        "networks_of": {"scripted": {"e_cscf": "127.0.1.86", "follow_redirects": True}}}

SDP = audio_sdp("127.0.1.85", 40000)
FAR = "sip:+4930999@scripted.example"


def ring(core, page, **options):
    """The core calls the page; -> transaction, event"""
    invite = core.terminate("INVITE", page.user.impu, body=SDP, **options)
    return invite, page.incoming()


def up(w):
    """An answered incoming call. -> core, page, dialog at the core"""
    core, page = w.scripted()
    invite, event = ring(core, page)
    page.accept(event)
    dialog = invite.dialog()
    page.until_up()
    return core, page, dialog


def asks_for(page, *prefixes):
    """Events show the page these headers from now on."""
    page.ask("register", "registered", **page.account(refresh=True, incoming_header_prefixes=list(prefixes)))


def outside(core, method, *headers, body="", ruri="sip:127.0.1.21"):
    """A request of the core to nobody in particular. -> its final answer"""
    rows = ["Max-Forwards: 70", "From: <sip:core@scripted.example>;tag=" + new_id()[:8], "To: <%s>" % ruri,
            "Call-ID: " + new_id(), "CSeq: 1 " + method, "Contact: <%s>" % core.contact, *headers]
    return core.request(method, ruri, rows, body, (edge.ADDRESS, edge.PORT)).final()


def refused_for(answer, *tags):
    equal(answer.status, 420, "answer", answer)
    equal([tag.strip() for tag in ",".join(answer.all("unsupported")).split(",")], list(tags), "Unsupported", answer)


# ------------------------------------------------------------------ extensions
@case("REQ-106")
def extension_that_nobody_knows(w):
    """Require in an INVITE, a MESSAGE, an OPTIONS: 420 names just what is not known, and nobody hears of it"""
    core, page = w.scripted()
    for method, body in (("INVITE", SDP), ("MESSAGE", "hello")):
        answer = core.terminate(method, page.user.impu, body=body, headers=["Require: gruu, frob, nicate"]).final()
        refused_for(answer, "frob", "nicate")
    refused_for(outside(core, "OPTIONS", "Require: frob"), "frob")
    invite, _ = ring(core, page, headers=["Require: gruu"])
    page.ask("decline", "declining")
    invite.final()
    lacks_text(page.story(), "hello")


@case("REQ-106")
def extension_inside_a_call(w):
    """Require in re-INVITE, UPDATE, MESSAGE and INFO: 420, and the call goes on; in BYE as well"""
    core, page, dialog = up(w)
    for method, body in (("INVITE", SDP), ("UPDATE", SDP), ("MESSAGE", "x"), ("INFO", "x"), ("BYE", "")):
        refused_for(dialog.request(method, ["Require: frob"], body=body).final(), "frob")
    equal(page.status()["call"]["state"], "up", "state")
    dialog.bye()
    page.wait("hangup")


@case("REQ-106")
def extension_for_proxies(w):
    """Proxy-Require: an edge is the last proxy, and knows privacy"""
    core, page = w.scripted()
    answer = core.terminate("INVITE", page.user.impu, body=SDP,
                            headers=["Require: frob", "Proxy-Require: privacy, nicate"]).final()
    refused_for(answer, "frob", "nicate")
    invite, event = ring(core, page, headers=["Privacy: id", "Proxy-Require: privacy"])
    equal(event["username"], "sip:anonymous@anonymous.invalid", "caller", event)
    page.ask("decline", "declining")
    invite.final()


@case("REQ-106")
def methods_and_bodies(w):
    """405 with Allow, 501, 415 with Accept or Accept-Encoding, 469 with Recv-Info; OPTIONS says what an INVITE may"""
    core, page, dialog = up(w)
    for ask in (lambda *given: outside(core, *given), lambda method, *rows: dialog.request(method, rows).final()):
        options = ask("OPTIONS")
        equal(options.status, 200, "OPTIONS", options)
        header(options, "Allow", "INVITE.*BYE")
        header(options, "Accept", "application/sdp")
        header(options, "Supported")
        for method, status in (("PUBLISH", 405), ("FROBNICATE", 501)):
            answer = ask(method)
            equal(answer.status, status, method, answer)
            header(answer, "Allow", "INVITE")
    info = dialog.request("INFO", ["Info-Package: frob"], body="x", body_type="text/plain").final()
    equal(info.status, 469, "INFO of a package", info)
    check(info.get("recv-info") == "", "Recv-Info is not there, or names a package", info)
    odd = dialog.request("INVITE", body="hello", body_type="text/plain").final()
    equal(odd.status, 415, "re-INVITE with another body", odd)
    header(odd, "Accept", "application/sdp")
    for method in ("INVITE", "INFO", "MESSAGE"):
        packed = dialog.request(method, ["Content-Encoding: gzip"], body="x").final()
        equal(packed.status, 415, "packed " + method, packed)
        header(packed, "Accept-Encoding", "identity")
    dialog.bye()
    page.wait("hangup")
    odd = core.terminate("INVITE", page.user.impu, body="hello", body_type="text/plain").final()
    equal(odd.status, 415, "INVITE with another body", odd)
    header(odd, "Accept", "application/sdp")


# --------------------------------------------------------------------- headers
@case("REQ-101", "REQ-81")
def headers_that_the_page_asks_for(w):
    """by their beginnings, in each event of a call; of those about a call only what the operator lets through"""
    core, page = w.scripted()
    sent = ["X-Ticket: 4711", "X-Ticket: 4712", "Alert-Info: <urn:alert:service:call-waiting>",
            "History-Info: <sip:first@scripted.example>;index=1", "Call-Info: <https://icons.example/a>",
            "P-Charging-Function-Addresses: ccf=192.0.2.50", "Subject: Lunch"]
    invite, event = ring(core, page, headers=sent)
    check("headers" not in event.data["result"], "headers without being asked", event)
    page.ask("decline", "hangup")
    invite.final()
    asks_for(page, "x-", "Alert", "History", "Call-", "P-", "Via", "Contact", "Reason")
    invite, event = ring(core, page, headers=sent)
    equal(event["headers"], {"X-Ticket": "4711, 4712", "Alert-Info": "<urn:alert:service:call-waiting>",
                             "History-Info": "<sip:first@scripted.example>;index=1"}, "headers", event)
    page.accept(event)
    dialog = invite.dialog()
    page.until_up()
    dialog.request("MESSAGE", ["X-Kind: note"], body="hi", body_type="text/plain").final()
    equal(page.wait("message")["headers"], {"X-Kind": "note"}, "headers of a message")
    dialog.bye(["X-Why: lunch", 'Reason: Q.850;cause=16;text="secret reason"'])
    event = page.wait("hangup")
    equal(event["headers"], {"X-Why": "lunch"}, "headers of hangup", event)
    check("reason_header" not in event.data["result"], "a Reason that the operator holds back", event)
    lacks_text(page.story(), "192.0.2.50", "secret reason", "icons.example")


@case("REQ-101")
def headers_of_answers(w):
    """of 180, 183, 200 and of a refusal, Warning among them where the operator lets it through"""
    core, page = w.scripted()
    asks_for(page, "X-", "Warning")
    page.call(FAR)
    invite = core.expect("INVITE")
    invite.reply(180, ["Contact: <%s>" % core.contact, "X-State: rings"])
    equal(page.wait("ringing")["headers"], {"X-State": "rings"}, "headers of ringing")
    invite.progress(SDP, ["X-State: early"])
    equal(page.wait("progress")["headers"], {"X-State": "early"}, "headers of progress")
    invite.accept(SDP, ["X-State: up"])
    core.expect("ACK")
    equal(page.wait("accepted")["headers"], {"X-State": "up"}, "headers of accepted")
    page.send("hangup")
    core.expect("BYE").reply(200)
    check("headers" not in page.wait("hangup").data["result"], "headers of what the page did itself")
    page.call(FAR)
    core.expect("INVITE").reply(488, ['Warning: 304 192.0.2.1 "Media type not available"'])
    event = page.wait("hangup")
    equal(event["headers"], {"Warning": '304 192.0.2.1 "Media type not available"'}, "headers of hangup", event)


@case("REQ-17")
def warnings_of_refusals(w):
    """Warning of a refused call, message, subscription and registration: code and text, not whose they are; and only where the operator
    lets it through"""
    warned = ['Warning: 370 scscf.secret.example "Insufficient \\"bandwidth\\"", 399 192.0.2.99:5060 "Call again, later"']
    said = ['370 Insufficient "bandwidth"', "399 Call again, later"]
    core, page = w.scripted()
    page.call(FAR)
    core.expect("INVITE").reply(488, warned)
    equal(page.wait("hangup")["ims"]["warnings"], said, "of a call")
    page.send("message", uri=FAR, content="x")
    core.expect("MESSAGE").reply(488, warned)
    equal(page.wait("messagedelivery")["ims"]["warnings"], said, "of a message")
    page.send("subscribe", event="presence", to=FAR)
    core.expect("SUBSCRIBE").reply(489, warned)
    equal(page.wait("subscribe_failed")["ims"]["warnings"], said, "of a subscription")
    core.script = [lambda request: request.reply(403, warned)]
    equal(page.ask("register", "registration_failed", refresh=True)["ims"]["warnings"], said, "of a registration")
    lacks_text(page.story(), "secret.example", "192.0.2.99")
    page.register()
    page.call(FAR)
    core.expect("INVITE").reply(488)
    check("ims" not in page.wait("hangup").result, "warnings without a Warning", page)
    private = w.registered(w.scripted_user(), w.client(w.own_janus(network={"headers_to_client": []})))
    private.call(FAR)
    core.expect("INVITE").reply(488, warned)
    check("ims" not in private.wait("hangup").result, "a Warning that is not to be seen", private)


@case("REQ-101", "REQ-76")
def headers_of_the_page(w):
    """those about a call go out where the operator says so, else 444 names them; Geolocation never in such a call"""
    core, page = w.scripted()
    for name in ("Alert-Info", "Call-Info", "warning", "REASON", "Geolocation", "geolocation-routing"):
        number, text = page.refused("call", jsep=page.browser.offer(), uri=FAR, headers={name: "<sip:x@y.example>"})
        equal(number, 444, "error of " + name, text)
        check(name in text, "the sentence does not name it", text)
    page.call(FAR, headers={"History-Info": "<sip:me@scripted.example>;index=1", "X-Mine": "yes"})
    invite = core.expect("INVITE")
    header(invite, "History-Info", "sip:me@scripted")
    header(invite, "X-Mine", "yes")
    lacks(invite, "alert-info", "call-info", "warning", "geolocation")
    invite.reply(486)
    page.wait("hangup")


# ------------------------------------------------------------ beside the call
@case("REQ-105", "REQ-106")
def info_both_ways(w):
    """any type, text or bytes, with headers; none outside a call"""
    core, page, dialog = up(w)
    page.ask("info", "infosent", type="application/vnd.example+json", content='{"a": "\u00e4"}',
             headers={"X-Mine": "yes"})
    info = core.expect("INFO")
    info.reply(200)
    header(info, "Content-Type", "application/vnd.example\\+json")
    header(info, "X-Mine", "yes")
    equal(info.body, '{"a": "\u00e4"}', "body", info)
    page.ask("info", "infosent", type="application/octet-stream", content="AAEC", encoding="base64")
    info = core.expect("INFO")
    info.reply(500)
    header(info, "Content-Length", "^3$")
    equal(dialog.request("INFO", body="h\u00e9", body_type="application/x-odd;a=1").final().status, 200, "INFO")
    event = page.wait("info")
    equal((event["type"], event["content"], event["encoding"], event.call_id),
          ("application/x-odd;a=1", "h\u00e9", "utf-8", dialog.call_id), "event", event)
    equal(event["sender"], "sip:+4930123456@scripted.example", "sender", event)
    equal(dialog.request("INFO").final().status, 200, "empty INFO")
    for fields in ({"type": "no type", "content": "x"}, {"type": "a/b\r\nX: y", "content": "x"},
                   {"type": "a/b", "content": "%", "encoding": "base64"}):
        number, sentence = page.refused("info", **fields)
        equal((number, sentence.partition(":")[0]), (444, "info"), "error of %r" % fields, sentence)
    dialog.bye()
    page.wait("hangup")
    equal(page.refused("info", type="a/b", content="x")[0], 447, "INFO without a call")
    equal(page.names().count("info"), 1, "info events")


@case("REQ-105")
def keys_in_info(w):
    """application/dtmf-relay and application/dtmf become dtmf events, beside info"""
    core, page, dialog = up(w)
    for body, body_type, signal, duration in (
            ("Signal=5\r\nDuration=160\r\n", "application/dtmf-relay", "5", 160),
            ("Signal= *\r\n", "application/dtmf-relay", "*", None), ("11", "application/dtmf", "#", None)):
        equal(dialog.request("INFO", body=body, body_type=body_type).final().status, 200, "INFO")
        page.wait("info")
        event = page.wait("dtmf")
        equal((event["signal"], event.data["result"].get("duration"), event.call_id),
              (signal, duration, dialog.call_id), "key", event)
    equal(dialog.request("INFO", body="Signal=nonsense", body_type="application/dtmf-relay").final().status, 200,
          "INFO")
    page.wait("info")
    dialog.bye()
    page.wait("hangup")
    equal(page.names().count("dtmf"), 3, "dtmf events")


# ------------------------------------------------------------- somewhere else
@case("REQ-103")
def another_service(w):
    """380: the page hears that it is an emergency, and what the network says of it"""
    core, page = w.scripted()
    xml = ('<?xml version="1.0"?><ims-3gpp version="1"><alternative-service><type>emergency</type>'
           '<reason>Use your telephone</reason><action>emergency-registration</action>'
           '</alternative-service></ims-3gpp>')
    page.call(FAR)
    core.expect("INVITE").reply(380, ["Contact: <urn:service:sos>"], xml, "Alternative Service",
                                body_type="application/3gpp-ims+xml")
    event = page.wait("hangup")
    equal((event["code"], event["ims"]), (380, {"alternative_service": {
        "type": "emergency", "reason": "Use your telephone", "action": "emergency-registration"}}), "hangup", event)
    for body in ("<ims-3gpp>", "<!DOCTYPE a [<!ENTITY b 'emergency'>]><ims-3gpp><alternative-service><type>&b;</type>"
                 "</alternative-service></ims-3gpp>", "\0\xff", "<a>" * 20000):
        page.call(FAR)
        core.expect("INVITE").reply(380, [], body, body_type="application/3gpp-ims+xml")
        event = page.wait("hangup")
        equal((event["code"], event.data["result"].get("ims")), (380, None), "hangup after %.20r" % body, event)
    lacks_text(page.story(), "urn:service:sos")


@case("REQ-106")
def refusals_that_say_more(w):
    """420 and 421 name their extensions, Retry-After its seconds; an answer that requires what nobody offered serves"""
    core, page = w.scripted()
    for status, rows, told in ((421, ["Require: sec-agree, frob"], {"extensions": ["sec-agree", "frob"]}),
                               (420, ["Unsupported: frob"], {"extensions": ["frob"]}),
                               (486, ["Retry-After: 120 (lunch)"], {"retry_after": 120}),
                               (480, ["Require: frob"], None)):
        page.call(FAR)
        core.expect("INVITE").reply(status, rows)
        event = page.wait("hangup")
        equal((event["code"], event.data["result"].get("ims")), (status, told), "hangup", event)
    page.call(FAR)
    core.expect("INVITE").accept(SDP, ["Require: frob"])
    core.expect("ACK")
    page.wait("accepted")
    page.send("hangup")
    core.expect("BYE").reply(200)


@case("REQ-78")
def redirected_within_the_network(w):
    """302 to a user of the domain is followed by the same route, once; a Contact elsewhere is not, nor ever shown"""
    core, page = w.scripted()
    page.call(FAR, headers={"X-Mine": "yes"})
    first = core.expect("INVITE")
    first.reply(302, ["Contact: <sip:evil@192.0.2.66>, <sip:carol@scripted.example>;q=0.5"])
    core.expect("ACK")
    second = core.expect("INVITE")
    equal((second.ruri, second.call_id, second.get("to")), ("sip:carol@scripted.example", first.call_id, "<%s>" % FAR),
          "INVITE to the new target", second)
    equal(second.all("route"), first.all("route"), "route", second)
    check(second.cseq > first.cseq, "CSeq", second)
    header(second, "X-Mine", "yes")
    second.reply(302, ["Contact: <sip:dave@scripted.example>"])
    equal(page.wait("hangup")["code"], 302, "a second redirection")
    for status, contact in ((302, "<sip:evil@192.0.2.66>"), (305, "<sip:carol@scripted.example>"),
                            (301, "<sip:112@scripted.example>")):
        page.call(FAR)
        core.expect("INVITE").reply(status, ["Contact: " + contact])
        equal(page.wait("hangup")["code"], status, "code for " + contact)
    core.expect_nothing("INVITE", 0.3)
    lacks_text(page.story(), "192.0.2.66", "carol", "dave")


@case("REQ-103")
def call_for_help(w):
    """goes straight to the E-CSCF: service URN, Priority, Geolocation, no Service-Route; ends as other calls do"""
    core, page = w.scripted()
    ecscf = w.peer("127.0.1.86")
    for uri, target in (("urn:service:sos.police", "urn:service:sos.police"), ("112", "urn:service:sos"),
                        ("sip:112@scripted.example", "urn:service:sos")):
        page.call(uri, headers={"Geolocation": "<https://lis.example/1>", "Geolocation-Routing": "yes"})
        invite = ecscf.expect("INVITE")
        equal((invite.ruri, invite.all("route")), (target, ["<sip:127.0.1.86;lr>"]), "Request-URI and Route", invite)
        header(invite, "Priority", "^emergency$")
        header(invite, "Geolocation", "lis.example/1")
        header(invite, "P-Asserted-Identity", page.user.impu)
        lacks(invite, "p-preferred-service", "accept-contact")
        invite.ringing()
        page.wait("ringing")
        dialog = invite.accept(SDP)
        ecscf.expect("ACK")
        page.wait("accepted")
        dialog.bye()
        page.wait("hangup")
    core.expect_nothing("INVITE", 0.3)
    stranger = w.page(w.scripted_user("nobody"))
    number, text = stranger.refused("call", jsep=stranger.browser.offer(), uri="112")
    equal(number, 464, "error of who is not registered", text)
    check("phone" in text, "no advice", text)


# --------------------------------------------------------------- registration
@case()
def what_a_register_may_say(w):
    """User-Agent, parameters of the Contact, a number for the session; those that the gateway owns are refused"""
    core, page = w.core(), w.page(w.scripted_user())
    for params in ({"transport": "tcp"}, {"lr": ""}, {"MADDR": "192.0.2.1"}, {"a b": "1"}, {"a": "1;b=2"}, {"": "1"},
                   {"a": "<sip:x>"}, {"a": "%zz"}, {"a": "x" * 300}):
        number, text = page.refused("register", **page.account(contact_params=params))
        equal(number, 444, "error of %r" % params, text)
    page.register(contact_params={"pn-provider": "acme", "pn-prid": "a-b", "flag": ""}, user_agent="page/2.1")
    register = core.wait_register()
    header(register, "Contact", "<sip:[^>]*;pn-provider=acme;pn-prid=a-b;flag>")
    header(register, "User-Agent", "^page/2.1$")
    check(len(page.registered["unique_id"]) == 36, "unique_id", page.registered)
    invite, _ = ring(core, page)
    page.ask("decline", "hangup")
    invite.final()
    page.call(FAR, headers={"User-Agent": "mine/1"})
    invite = core.expect("INVITE")
    equal(invite.all("user-agent"), ["mine/1"], "User-Agent", invite)
    invite.reply(486)
    page.wait("hangup")
    page.ask("message", "messagesent", uri=FAR, content="hi")
    message = core.expect("MESSAGE")
    equal(message.all("user-agent"), ["page/2.1"], "User-Agent", message)
    message.reply(503, ["Retry-After: 77"])
    event = page.wait("messagedelivery")
    equal((event["code"], event["ims"]), (503, {"retry_after": 77}), "delivery", event)
    page.ask("reset", "reset")
    equal(page.unregister()["register_sent"], True, "register_sent")


@case()
def refused_until_later(w):
    """Retry-After of a final refusal is told"""
    core, page = w.core(), w.page(w.scripted_user())
    core.script.append(lambda request: request.reply(403, ["Retry-After: 55"]))
    page.send("register", **page.account())
    event = page.wait("registration_failed")
    equal((event["code"], event["ims"]), (403, {"retry_after": 55}), "refusal", event)
