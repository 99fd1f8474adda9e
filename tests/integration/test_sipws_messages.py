"""What SIP clients on WebSockets do beside calls: messages, keys and other information, subscriptions, transfers."""

import urllib.parse

import edge
import sipws
from cases import case
from checks import check, contains, equal, header, lacks_text
from process import wait_until
from sip import addr_of, audio_sdp, params
from webrtc import CannedBrowser

EDGE = {"sipws": {}, "sip": {"sip_t1_ms": 100}}
SDP = audio_sdp(edge.CORE, 40000)
BOB, CAROL = "sip:bob@scripted.example", "sip:carol@scripted.example"
EVERY_BYTE = bytes(range(256)) + bytes(reversed(range(256)))
RELAY = "application/dtmf-relay"
SUMMARY = "Messages-Waiting: yes\r\nVoice-Message: 2/8 (0/2)\r\n"


def client(w, **how):
    """-> scripted core, a registered client"""
    core = w.core()
    assert w.janus
    one = sipws.Client(edge.sipws_url(), w.scripted_user().impu, display="Zoe Z", **how)
    w.defer(one.close)
    one.browser = CannedBrowser()
    one.register()
    return core, one


def in_a_call(core, one, uri=BOB):
    """-> the core's dialog, the client's"""
    asked = one.invite(uri, one.browser.offer()["sdp"])
    far = core.expect("INVITE").accept(SDP)
    near = asked.dialog()
    core.expect("ACK")
    return far, near


# ---------------------------------------------------------------- messages
@case("REQ-104", "REQ-156")
def messages_out(w):
    """a message goes out with its name and headers, and its fate is the answer"""
    core, one = client(w)
    asked = one.ask("MESSAGE", BOB, ["X-Ticket: 4711"], "Grüße", "text/plain;charset=UTF-8", contact=False)
    request = core.expect("MESSAGE")
    equal((request.ruri, request.body, request.get("x-ticket")), (BOB, "Grüße", "4711"), "MESSAGE", request)
    contains(request.get("from"), '"Zoe Z"')
    lacks_text(request.text(), one.host, "the client's host")
    request.reply(202)
    equal(asked.final().status, 202, "answer")
    for status in (404, 503):
        asked = one.ask("MESSAGE", BOB, (), "Hello", contact=False)
        core.expect("MESSAGE").reply(status, ["Retry-After: 7"] if status == 503 else [])
        answer = asked.final()
        equal((answer.status, answer.get("retry-after")), (status, "7" if status == 503 else None), "answer", answer)


@case("REQ-104", "REQ-149")
def messages_of_any_bytes(w):
    """any bytes go both ways; what is no text comes in a binary frame"""
    core, one = client(w)
    asked = one.ask("MESSAGE", BOB, (), EVERY_BYTE, "application/vnd.3gpp.sms", contact=False)
    request = core.expect("MESSAGE")
    equal(request.content, EVERY_BYTE, "body", request)
    request.reply(200)
    equal(asked.final().status, 200, "answer")
    core.terminate("MESSAGE", one.impu, body=EVERY_BYTE.decode("utf-8", "surrogateescape"), body_type="application/vnd.3gpp.sms")
    came = one.expect("MESSAGE")
    equal(came.content, EVERY_BYTE, "body", came)
    equal(one.flow.opcodes[-1], sipws.BINARY, "kind of frame")
    came.reply(200)
    core.terminate("MESSAGE", one.impu, body="Hello Zoe", body_type="text/plain")
    came = one.expect("MESSAGE")
    equal((came.body, came.count("Via"), came.get("content-length")), ("Hello Zoe", 1, "9"), "MESSAGE", came)
    equal((addr_of(came.get("from")), addr_of(came.get("to"))), ("sip:+4930123456@scripted.example", one.impu), "ends", came)
    equal(one.flow.opcodes[-1], sipws.TEXT, "kind of frame")
    lacks_text(came.text(), core.ip, "the core's address")
    came.reply(200)


@case("REQ-104")
def messages_in_a_call(w):
    """inside a call a message stays in its dialog, both ways"""
    core, one = client(w)
    far, near = in_a_call(core, one)
    asked = near.request("MESSAGE", (), "psst", "text/plain")
    request = core.expect("MESSAGE")
    equal((request.call_id, request.body), (far.call_id, "psst"), "MESSAGE", request)
    request.reply(200)
    equal(asked.final().status, 200, "answer")
    equal(far.request("MESSAGE", (), "sst", "text/plain").final().status, 200, "answer")
    came = one.expect("MESSAGE")
    equal((came.call_id, came.tag("to"), came.body), (near.call_id, params(near.local)["tag"], "sst"), "MESSAGE", came)
    came.reply(200)
    equal(near.bye().status, 200, "BYE")


@case("REQ-142", "REQ-144")
def messages_that_are_not_sent(w):
    """without a body, compressed, too large, as somebody else, not registered: nothing reaches the core"""
    core, one = client(w)
    for want, more in ((400, {"body": ""}), (415, {"headers": ["Content-Encoding: gzip"]}), (413, {"body": "x" * 33000}),
                       (403, {"From": "<sip:eve@scripted.example>;tag=1"})):
        answer = one.ask("MESSAGE", BOB, more.pop("headers", ()), more.pop("body", "x"), contact=False, **more).final()
        equal(answer.status, want, "answer", answer)
    stranger = sipws.Client(edge.sipws_url(), "sip:nobody@scripted.example")
    w.defer(stranger.close)
    equal(stranger.message(BOB, "x").status, 403, "answer to who is not registered")
    core.expect_nothing("MESSAGE", 0.2)


# ---------------------------------------------------------------- information
@case("REQ-105", "REQ-156")
def keys_in_order(w):
    """fifty keys, one after the other, reach a far end that takes INFO alone, in order"""
    core, one = client(w)
    browser = w.webrtc()
    asked = one.invite(BOB, browser.offer()["sdp"])
    core.expect("INVITE").accept(audio_sdp(edge.CORE, 40000, ((0, "PCMU/8000"),)))
    near = asked.dialog()
    core.expect("ACK")
    browser.take_answer({"type": "answer", "sdp": near.answer.body})
    browser.handle.wait("core:webrtcup")
    keys, heard = ("1234567890*#ABCD" * 4)[:50], []
    core.handlers["INFO"] = lambda request: (heard.append(request), request.reply(200))

    def press(key):
        return near.request("INFO", (), "Signal=%s\r\nDuration=100" % key, RELAY).final().status
    # The browser's end may be up before the gateway's is: until then there is no audio, and no key.
    wait_until(lambda: press(keys[0]) == 200, "audio at the gateway")
    equal([press(key) for key in keys[1:]], [200] * len(keys[1:]), "answers")
    wait_until(lambda: len(heard) == len(keys), "INFOs at the far end")
    equal("".join(request.body.partition("Signal=")[2][:1] for request in heard), keys, "keys")
    equal(near.bye().status, 200, "BYE")


@case("REQ-105")
def other_information(w):
    """INFO of any type passes both ways; a key of the far end's comes once"""
    core, one = client(w)
    far, near = in_a_call(core, one)
    asked = near.request("INFO", ["X-Note: a"], "{}", "application/vnd.example+json")
    request = core.expect("INFO")
    equal((request.body, request.get("content-type"), request.get("x-note")), ("{}", "application/vnd.example+json", "a"),
          "INFO", request)
    request.reply(200)
    equal(asked.final().status, 200, "answer")
    equal(far.request("INFO", (), "<x/>", "application/media_control+xml").final().status, 200, "answer")
    came = one.expect("INFO")
    equal((came.body, came.call_id), ("<x/>", near.call_id), "INFO", came)
    came.reply(200)
    equal(far.request("INFO", (), "Signal=7\r\nDuration=250\r\n", RELAY).final().status, 200, "answer")
    came = one.expect("INFO")
    equal((came.get("content-type"), came.body), (RELAY, "Signal=7\r\nDuration=250\r\n"), "INFO", came)
    came.reply(200)
    one.expect_nothing("INFO", 0.2)
    equal(near.request("INFO").final().status, 200, "answer to an empty INFO")
    equal(near.bye().status, 200, "BYE")
    equal(near.request("INFO", (), "Signal=1", RELAY).final().status, 481, "answer after the call")


# ---------------------------------------------------------------- subscriptions
def subscribe(one, expires=600, event="message-summary;id=z1"):
    return one.ask("SUBSCRIBE", one.impu, ["Event: " + event, "Expires: %d" % expires,
                                           "Accept: application/simple-message-summary"])


def accepted(core, granted=3600):
    """The core takes the SUBSCRIBE that comes. -> it, the notifier's dialog"""
    request = core.expect("SUBSCRIBE", match=lambda r: core.mine in r.get("from"))
    request.reply(200, ["Contact: <%s>" % core.contact, "Expires: %d" % granted])
    return request, request.dialog()


def notify(dialog, state="active;expires=3600", body=SUMMARY):
    rows = ["Event: message-summary", "Subscription-State: " + state]
    equal(dialog.request("NOTIFY", rows, body, "application/simple-message-summary").final().status, 200, "NOTIFY")


def notified(one, state):
    came = one.expect("NOTIFY")
    header(came, "Subscription-State", "^" + state)
    header(came, "Event", "^message-summary;id=z1$")
    came.reply(200)
    return came


@case("REQ-106", "REQ-156")
def subscription(w):
    """SUBSCRIBE, NOTIFY, refresh and end, each side with its own dialog and time"""
    core, one = client(w)
    asked = subscribe(one)
    request, notifier = accepted(core)
    header(request, "Event", "^message-summary$")
    answer = asked.final()
    equal((answer.status, answer.get("expires")), (200, "600"), "answer", answer)
    notify(notifier)
    came = notified(one, "active;expires=(600|59.)")
    equal((came.body, came.call_id), (SUMMARY, answer.call_id), "NOTIFY", came)
    lacks_text(came.text(), core.ip, "the core's address")
    dialog = asked.early(answer)
    again = dialog.request("SUBSCRIBE", ["Event: message-summary;id=z1", "Expires: 300"])
    accepted(core)
    equal((again.final().status, again.final().get("expires")), (200, "300"), "refresh", again.final())
    end = dialog.request("SUBSCRIBE", ["Event: message-summary;id=z1", "Expires: 0"]).final()
    equal((end.status, end.get("expires")), (200, "0"), "end", end)
    gone, _ = accepted(core, 0)
    header(gone, "Expires", "^0$")
    notify(notifier, "terminated;reason=timeout", "Messages-Waiting: no\r\n")
    equal(notified(one, "terminated;reason=timeout").body, "Messages-Waiting: no\r\n", "the last word")
    late = dialog.request("SUBSCRIBE", ["Event: message-summary;id=z1", "Expires: 300"]).final()
    equal(late.status, 481, "after the end", late)


@case("REQ-106")
def subscription_that_lapses(w):
    """who does not refresh has no subscription any more, nor has the core"""
    core, one = client(w)
    asked = subscribe(one, expires=1)
    accepted(core)
    equal(asked.final().get("expires"), "1", "Expires", asked.final())
    gone, notifier = accepted(core, 0)
    header(gone, "Expires", "^0$")
    notify(notifier, "terminated;reason=timeout")
    notified(one, "terminated;reason=timeout")


@case("REQ-106")
def subscription_refused(w):
    """the network's refusal is the answer; an event package must be named"""
    core, one = client(w)
    asked = subscribe(one)
    core.expect("SUBSCRIBE", match=lambda r: core.mine in r.get("from")).reply(489)
    equal(asked.final().status, 489, "answer", asked.final())
    equal(one.ask("SUBSCRIBE", one.impu).final().status, 489, "answer without Event")


# ---------------------------------------------------------------- challenged by the network (role ue)
def client_of_ue(w):
    """-> scripted core, a client that has registered by Digest at a gateway in role ue"""
    core = w.core(challenges=True)
    core.service_route, core.associated = [], lambda impu: []
    w.own_janus(network={"role": "ue"}, sipws={}, sip={"sip_t1_ms": 100})
    user = w.scripted_user()
    one = sipws.Client(edge.sipws_url(), user.impu, user.name + "-secret")
    w.defer(one.close)
    one.register()
    return core, one


def challenged(core, one, method, uri, rows, body=""):
    """The client's request is challenged, its first proof is none, its second one goes out. -> transaction, what the core got"""
    lines = {"From": "<%s>;tag=f1" % one.impu, "Call_ID": "challenged-%s-%s" % (method, core.mine.rstrip("@"))}
    first = one.ask(method, uri, rows, body, **lines)
    core.challenge(core.expect(method))
    refused = first.final()
    equal(refused.status, 401, method, refused)
    proof = one.proof(refused.get("www-authenticate"), method, uri)
    lame = one.ask(method, uri, ["Authorization: " + proof.replace("nc=00000001", "nc=1"), *rows], body,
                   CSeq="2 " + method, **lines).final()
    equal(lame.status, 400, method + " with a proof that none is", lame)
    contains(lame.reason, "nc")
    asked = one.ask(method, uri, ["Authorization: " + proof, *rows], body, CSeq="3 " + method, **lines)
    proved = core.expect(method)
    equal(proved.get("authorization"), proof, "Authorization", proved)
    return asked, proved


@case("REQ-104", "REQ-106")
def challenged_requests(w):
    """MESSAGE and SUBSCRIBE are challenged: the client's proof goes to the core byte by byte; one that cannot be right is refused at once"""
    core, one = client_of_ue(w)
    asked, message = challenged(core, one, "MESSAGE", BOB, [], "Hello")
    equal(message.body, "Hello", "body")
    message.reply(202)
    equal(asked.final().status, 202, "answer")
    asked, request = challenged(core, one, "SUBSCRIBE", BOB, ["Event: message-summary;id=z1", "Expires: 600"])
    request.reply(200, ["Contact: <%s>" % core.contact, "Expires: 600"])
    equal(asked.final().status, 200, "answer")
    notify(request.dialog())
    notified(one, "active")


# ---------------------------------------------------------------- transfers
def sipfrag(one, line, state):
    came = one.expect("NOTIFY")
    equal(came.body.strip(), line, "sipfrag", came)
    header(came, "Subscription-State", "^" + state)
    came.reply(200)
    return came


def tell(dialog, line, state):
    equal(dialog.request("NOTIFY", ["Event: refer", "Subscription-State: " + state], line + "\r\n",
                         "message/sipfrag;version=2.0").final().status, 200, "NOTIFY")


@case("REQ-99", "REQ-156")
def blind_transfer(w):
    """REFER in a call; what becomes of it comes as NOTIFY, by the number of the REFER"""
    core, one = client(w)
    far, near = in_a_call(core, one)
    asked = near.request("REFER", ["Refer-To: <%s>" % CAROL, "Referred-By: <%s>" % one.impu])
    request = core.expect("REFER")
    equal(addr_of(request.get("refer-to")), CAROL, "Refer-To", request)
    request.reply(202)
    equal(asked.final().status, 202, "answer", asked.final())
    came = sipfrag(one, "SIP/2.0 100 Trying", "active")
    header(came, "Event", "^refer;id=%d$" % near.cseq)
    equal(came.call_id, near.call_id, "dialog", came)
    tell(far, "SIP/2.0 180 Ringing", "active;expires=60")
    sipfrag(one, "SIP/2.0 180 Ringing", "active")
    tell(far, "SIP/2.0 200 OK", "terminated;reason=noresource")
    sipfrag(one, "SIP/2.0 200 OK", "terminated;reason=noresource")
    equal(near.bye().status, 200, "BYE")


@case("REQ-99")
def transfer_refused(w):
    """the far end declines; Refer-To is missing; outside calls; to a dialog of nobody"""
    core, one = client(w)
    far, near = in_a_call(core, one)
    asked = near.request("REFER", ["Refer-To: <%s>" % CAROL])
    core.expect("REFER").reply(603)
    equal(asked.final().status, 202, "answer", asked.final())
    sipfrag(one, "SIP/2.0 100 Trying", "active")
    check(one.expect("NOTIFY").body.startswith("SIP/2.0 603"), "no 603 in the last NOTIFY")
    equal(near.request("REFER").final().status, 400, "without Refer-To")
    strange = "Refer-To: <%s?Replaces=%s>" % (CAROL, urllib.parse.quote("x;to-tag=1;from-tag=2"))
    equal(near.request("REFER", [strange]).final().status, 400, "to a dialog of nobody")
    equal(one.ask("REFER", BOB, ["Refer-To: <%s>" % CAROL]).final().status, 403, "outside calls")
    equal(near.bye().status, 200, "BYE")


@case("REQ-99")
def second_transfer(w):
    """a REFER while one is under way in that call is refused at once, and takes nothing from the first; the next one goes"""
    core, one = client(w)
    far, near = in_a_call(core, one)

    def refer():
        return near.request("REFER", ["Refer-To: <%s>" % CAROL]), "^refer;id=%d$" % near.cseq

    for again in (True, False):
        asked, event = refer()
        core.expect("REFER").reply(202)
        equal(asked.final().status, 202, "answer", asked.final())
        header(sipfrag(one, "SIP/2.0 100 Trying", "active"), "Event", event)
        if again:
            refused = refer()[0].final()
            equal((refused.status, refused.reason), (480, "Another transfer of this call is under way"), "the second", refused)
        tell(far, "SIP/2.0 603 Decline", "terminated;reason=noresource")
        header(sipfrag(one, "SIP/2.0 603 Decline", "terminated"), "Event", event)
    equal(near.bye().status, 200, "BYE")


@case("REQ-100", "REQ-156")
def attended_transfer(w):
    """Replaces names the client's dialog; the far end hears of the core's"""
    core, one = client(w)
    far, near = in_a_call(core, one)
    other_far, other = in_a_call(core, one, CAROL)
    replaces = "%s;to-tag=%s;from-tag=%s" % (other.call_id, params(other.remote)["tag"], params(other.local)["tag"])
    asked = near.request("REFER", ["Refer-To: <%s?Replaces=%s>" % (other.target, urllib.parse.quote(replaces, safe=""))])
    request = core.expect("REFER")
    request.reply(202)
    equal(asked.final().status, 202, "answer", asked.final())
    told = urllib.parse.unquote(request.get("refer-to"))
    contains(told, CAROL.partition(":")[2])
    contains(told, other_far.call_id)
    contains(told, params(other_far.local)["tag"])
    lacks_text(told, "invalid", "the client's side of it")
    sipfrag(one, "SIP/2.0 100 Trying", "active")
    for dialog in (near, other):
        equal(dialog.bye().status, 200, "BYE")


def hears(core, line):
    """The transferor, sooner or later."""
    while True:
        told = core.expect("NOTIFY")
        told.reply(200)
        if told.body.startswith(line):
            return


@case("REQ-99")
def the_client_is_transferred(w):
    """a REFER of the far end's reaches the client; its call says so, and the transferor hears of it"""
    core, one = client(w)
    far, near = in_a_call(core, one)
    asked = far.request("REFER", ["Refer-To: <%s>" % CAROL, "Referred-By: <%s>" % BOB])
    came = one.expect("REFER")
    equal((addr_of(came.get("refer-to")), addr_of(came.get("referred-by"))), (CAROL, BOB), "REFER", came)
    equal(came.call_id, near.call_id, "dialog", came)
    came.reply(202)
    equal(asked.final().status, 202, "answer to the REFER", asked.final())
    calling = one.invite(CAROL, one.browser.offer()["sdp"])
    invite = core.expect("INVITE")
    contains(invite.get("referred-by", ""), BOB)
    invite.accept(SDP)
    second = calling.dialog()
    hears(core, "SIP/2.0 200")
    for dialog in (near, second):
        equal(dialog.bye().status, 200, "BYE")


@case("REQ-99")
def the_client_does_not_let_itself_be_transferred(w):
    """its refusal is what the transferor hears"""
    core, one = client(w)
    far, near = in_a_call(core, one)
    far.request("REFER", ["Refer-To: <%s>" % CAROL])
    one.expect("REFER").reply(603)
    hears(core, "SIP/2.0 603")
    equal(near.bye().status, 200, "BYE")
