"""SIP MESSAGE both ways, outside calls and inside, with what became of each."""

import base64
import os
import signal
import time

import edge
from cases import case
from checks import check, equal, header, lacks, lacks_text
from lab import SCSCF
from patience import EVENT_S
from process import counters, wait_until
from sip import addr_of, audio_sdp, new_id, uri_user

EVERY_BYTE = bytes(range(256)) + bytes(reversed(range(256)))
SMS = "application/vnd.3gpp.sms"
SOMEBODY = "sip:+4930999@scripted.example"
TARGET = (edge.ADDRESS, edge.PORT)


def encoded(data):
    return {"content": base64.b64encode(data).decode(), "encoding": "base64"}


def bytes_of(event):
    if event["encoding"] == "base64":
        return base64.b64decode(event["content"], validate=True)
    return event["content"].encode()


def sent(page, **fields):
    """Sends one. -> (transaction, Call-ID)"""
    transaction = page.send("message", **fields)
    event = page.wait("messagesent", transaction=transaction)
    equal(event.data["call_id"], event["call_id"], "call_id", event)
    return transaction, event["call_id"]


def delivered(page, transaction, timeout_s=EVENT_S):
    """-> the event "messagedelivery", of which there is one"""
    event = page.wait("messagedelivery", transaction=transaction, timeout_s=timeout_s)
    fates = [m for m in page.handle.received if m.get("transaction") == transaction and
             m.get("plugindata", {}).get("data", {}).get("result", {}).get("event") == "messagedelivery"]
    equal(len(fates), 1, "deliveries", page.story())
    return event


def outside(core, headers=(), body="Hello", body_type="text/plain", target="sip:" + edge.ADDRESS):
    """A MESSAGE to the edge that follows no registration. -> final status"""
    rows = ["Max-Forwards: 70", "From: <sip:x@scripted.example>;tag=1", "To: <sip:y@scripted.example>",
            "Call-ID: " + new_id(), "CSeq: 1 MESSAGE", *headers]
    rows += ["Content-Type: " + body_type] if body_type else []
    return core.request("MESSAGE", target, rows, body, TARGET).final()


@case("REQ-104", "REQ-75", "REQ-78", "REQ-84")
def message_to_a_phone(w):
    """messagesent, then messagedelivery with the phone's status; the edge's headers on Mw"""
    page, phone = w.registered(), w.phone()
    transaction, call_id = sent(page, uri=phone.impu, content="Grüß Gott 😀\r\nZeile 2")
    event = delivered(page, transaction)
    equal((event["code"], event.data["call_id"]), (200, call_id), "delivery", event)
    heard = phone.wait("MESSAGE")
    equal(heard.content.decode(), "Grüß Gott 😀\r\nZeile 2", "body", heard)
    equal(heard.get("content-type"), "text/plain;charset=UTF-8", "Content-Type", heard)
    message = w.capture.requests("MESSAGE", frm=edge.ADDRESS)[0]
    equal(message.call_id, call_id, "Call-ID", message)
    equal(message.all("route"), ["<sip:orig@%s:5060;lr>" % SCSCF], "Route", message)
    equal(message.all("p-asserted-identity"), ["<%s>" % page.user.impu], "P-Asserted-Identity", message)
    header(message, "P-Charging-Vector", 'icid-value="[0-9a-f]{32}"')
    equal(addr_of(message.get("from")), page.user.impu, "From", message)
    lacks(message, "Contact", "Record-Route")       # RFC 3428 4


@case("REQ-104", "REQ-84")
def message_from_a_phone(w):
    """message names sender and callee; 200 carries our identity and the request's charging vector"""
    page, phone = w.registered(), w.phone()
    equal(phone.message(page.user.impu, "Hallo\tÄpfel", "text/plain;charset=utf-8").status, 200, "answer")
    event = page.wait("message")
    equal((event["sender"], event["callee"]), (phone.impu, page.user.impu), "parties", event)
    equal((event["content"], event["encoding"]), ("Hallo\tÄpfel", "utf-8"), "body", event)
    equal(event["content_type"], "text/plain;charset=utf-8", "content_type", event)
    request = w.capture.requests("MESSAGE", to=edge.ADDRESS)[0]
    equal(event.call_id, request.call_id, "call_id", event)
    answer = w.capture.wait_response("MESSAGE", 200, frm=edge.ADDRESS)
    equal(answer.all("p-asserted-identity"), ["<%s>" % page.user.impu], "P-Asserted-Identity", answer)
    lacks(answer, "Contact", "Record-Route")


@case("REQ-104")
def every_byte_both_ways(w):
    """application/vnd.3gpp.sms with all 256 bytes: the same at the other end, through the core"""
    page, phone = w.registered(), w.phone()
    transaction, _ = sent(page, uri=phone.impu, content_type=SMS, **encoded(EVERY_BYTE))
    equal(delivered(page, transaction)["code"], 200, "code")
    heard = phone.wait("MESSAGE")
    equal((heard.content, heard.get("content-type")), (EVERY_BYTE, SMS), "body at the phone")
    equal(phone.message(page.user.impu, EVERY_BYTE, SMS).status, 200, "answer")
    event = page.wait("message")
    equal((bytes_of(event), event["encoding"], event["content_type"]), (EVERY_BYTE, "base64", SMS),
          "body at the page", event)


@case("REQ-104")
def text_or_base64(w):
    """what is text to a page and what is base64, decided by the bytes alone"""
    core, page = w.scripted()
    for body, encoding in ((b"plain", "utf-8"), ("naïve ☃".encode(), "utf-8"), (b"a\r\n\tb", "utf-8"),
                           (b"a\0b", "base64"), (b"\0", "base64"), (b"\x1b[2J", "base64"), (b"\x7f", "base64"),
                           ("ä".encode("latin-1"), "base64"), (b"\xc3", "base64"), (b"\xed\xa0\x80", "base64")):
        equal(core.terminate("MESSAGE", page.user.impu, body=body, body_type="text/plain").final().status,
              200, "answer")
        event = page.wait("message")
        equal((event["encoding"], bytes_of(event)), (encoding, body), "body", event)


@case("REQ-104")
def message_without_a_body(w):
    """an empty MESSAGE is handed over, without content_type"""
    core, page = w.scripted()
    equal(core.terminate("MESSAGE", page.user.impu).final().status, 200, "answer")
    event = page.wait("message")
    equal((event["content"], event["encoding"], event.get("content_type")), ("", "utf-8", None), "body", event)


@case("REQ-104")
def page_to_page_message(w):
    """two pages of one gateway, through the core"""
    one, two = w.registered(), w.registered(display_name="Zwei")
    transaction, call_id = sent(two, uri=one.user.impu, content="hi")
    event = one.wait("message")
    equal((event["sender"], event["displayname"], event["content"]), (two.user.impu, "Zwei", "hi"),
          "message", event)
    equal(delivered(two, transaction)["code"], 200, "code")


@case("REQ-104", "REQ-80")
def message_inside_a_call(w):
    """without uri it goes along the call's route set, with its Call-ID; and back"""
    page, phone = w.registered(), w.phone()
    invite = w.background(phone.invite, page.user.impu)
    page.accept(page.incoming())
    dialog = invite.result()[2]
    page.until_up()
    transaction, call_id = sent(page, content_type=SMS, **encoded(EVERY_BYTE))
    equal(delivered(page, transaction)["code"], 200, "code")
    heard = phone.wait("MESSAGE")
    equal((heard.content, heard.call_id), (EVERY_BYTE, dialog["call_id"]), "at the phone", heard)
    check(heard.tag("to") and heard.tag("from"), "not in the dialog", heard)
    equal(call_id, page.status()["call"]["call_id"], "call_id")
    lacks(w.capture.requests("MESSAGE", frm=edge.ADDRESS)[0], "Contact")
    answer = phone.in_dialog(dialog, "MESSAGE", extra=["Content-Type: " + SMS], body=EVERY_BYTE)
    equal(answer.status, 200, "answer")
    event = page.wait("message")
    equal((bytes_of(event), event.call_id), (EVERY_BYTE, page.status()["call"]["call_id"]), "at the page", event)
    equal(event["sender"], phone.impu, "sender", event)
    page.hangup()


@case("REQ-104", "REQ-84")
def delivery_outlives_the_call(w):
    """a message whose answer comes when the call is over is told all the same"""
    core, page = w.scripted()
    page.call(SOMEBODY)
    invite = core.expect("INVITE")
    invite.accept(audio_sdp(core.ip, 40000))
    page.wait("accepted")
    transaction, _ = sent(page, content="last words")
    message = core.expect("MESSAGE")
    equal(message.get("p-charging-vector"), invite.get("p-charging-vector"), "charging vector", message)
    page.ask("hangup", "hangup")
    core.expect("BYE").reply(200)
    message.reply(200)
    equal(delivered(page, transaction)["code"], 200, "code")
    equal(page.refused("message", content="too late")[0], 447, "afterwards")


@case("REQ-104")
def message_refused(w):
    """any final status of the network is the delivery's, provisional ones are not"""
    core, page = w.scripted()
    for status, reason in ((202, "Accepted"), (302, "Moved Temporarily"), (403, "Not today"), (404, "Not Found"),
                           (415, "Unsupported"), (480, "Temporarily Unavailable"), (503, "Service Unavailable"),
                           (603, "Decline")):
        transaction, _ = sent(page, uri=SOMEBODY, content="hello")
        request = core.expect("MESSAGE")
        request.reply(100)
        request.reply(status, reason=reason)
        event = delivered(page, transaction)
        equal((event["code"], event["reason"]), (status, reason), "delivery", event)


@case("REQ-104")
def nobody_takes_a_message(w):
    """408 after 64*T1 of silence, 503 when nothing listens; the next one is not disturbed"""
    core, page = w.scripted(w.own_janus(sip={"sip_t1_ms": 20}))
    core.silent = True
    transaction, _ = sent(page, uri=SOMEBODY, content="anybody?")
    equal(delivered(page, transaction)["code"], 408, "code of silence")
    core.silent = False
    core.close()
    transaction, _ = sent(page, uri=SOMEBODY, content="anybody?")
    equal(delivered(page, transaction)["code"], 503, "code of a closed port")


@case("REQ-104")
def many_messages_at_once(w):
    """each has its own delivery, in whatever order the answers come"""
    core, page = w.scripted()
    waiting = {}
    for number in range(10):
        transaction, call_id = sent(page, uri=SOMEBODY, content=str(number))
        waiting[call_id] = transaction
    requests = [core.expect("MESSAGE") for _ in waiting]
    for number, request in enumerate(reversed(requests)):
        request.reply(200 + number)
    for number, request in enumerate(reversed(requests)):
        equal(delivered(page, waiting[request.call_id])["code"], 200 + number, "code")


@case("REQ-144")
def messages_without_answers_are_bounded(w):
    """with 32 unanswered the next is refused with 465; an answer makes room"""
    core, page = w.scripted()
    for number in range(32):
        sent(page, uri=SOMEBODY, content=str(number))
    number, text = page.refused("message", uri=SOMEBODY, content="one more")
    equal(number, 465, "error", text)
    for _ in range(32):
        core.expect("MESSAGE").reply(200)
    page.wait("messagedelivery")
    transaction, _ = sent(page, uri=SOMEBODY, content="now")
    core.expect("MESSAGE").reply(200)
    equal(delivered(page, transaction)["code"], 200, "code")


@case("REQ-144")
def messages_in_a_minute(w):
    """more than messages_per_minute: 465 to the page, 480 to the network, and nothing is told"""
    core, page = w.scripted(w.own_janus(limits={"messages_per_minute": 3}))
    for _ in range(3):
        transaction, _ = sent(page, uri=SOMEBODY, content="x")
        core.expect("MESSAGE").reply(200)
        delivered(page, transaction)
        equal(core.terminate("MESSAGE", page.user.impu, body="x", body_type="text/plain").final().status,
              200, "answer")
        page.wait("message")
    equal(page.refused("message", uri=SOMEBODY, content="x")[0], 465, "error")
    equal(core.terminate("MESSAGE", page.user.impu, body="x", body_type="text/plain").final().status,
          480, "answer")
    page.status()
    equal(page.names().count("message"), 3, "messages told")


@case("REQ-104")
def sms_and_its_report(w):
    """24.341: the Call-ID asked for is sent, In-Reply-To goes both ways"""
    core, page = w.scripted()
    smsc = "sip:smsc@scripted.example"
    transaction, call_id = sent(page, uri=smsc, call_id="sms-1@page.example", content_type=SMS,
                                **encoded(b"\x00\x01\x00\x07\x91"))
    submit = core.expect("MESSAGE")
    equal((submit.call_id, call_id), ("sms-1@page.example",) * 2, "Call-ID", submit)
    submit.reply(202)
    equal(delivered(page, transaction)["code"], 202, "code")
    report = core.terminate("MESSAGE", page.user.impu, ["In-Reply-To: " + call_id], b"\x03\x01",
                            caller=smsc, body_type=SMS)
    equal(report.final().status, 200, "answer")
    event = page.wait("message")
    equal((event["in_reply_to"], bytes_of(event)), (call_id, b"\x03\x01"), "report", event)
    sent(page, uri=smsc, content_type=SMS, headers={"In-Reply-To": event.call_id}, **encoded(b"\x02\x01"))
    equal(core.expect("MESSAGE").get("in-reply-to"), event.call_id, "In-Reply-To")


@case("REQ-144")
def message_too_large(w):
    """32,768 bytes pass both ways; one more is 444 to the page, 413 to the network"""
    core = w.core()
    user = w.scripted_user()
    page = w.registered(user, w.ws_client())
    largest = EVERY_BYTE * 64
    equal(core.terminate("MESSAGE", user.impu, body=largest, body_type=SMS).final().status, 200, "answer")
    equal(bytes_of(page.wait("message")), largest, "body at the page")
    equal(core.terminate("MESSAGE", user.impu, body=largest + b"x", body_type=SMS).final().status, 413, "answer")
    transaction, _ = sent(page, uri=SOMEBODY, content_type=SMS, **encoded(largest))
    message = core.expect("MESSAGE")
    equal(message.content, largest, "body at the core")
    message.reply(200)
    equal(delivered(page, transaction)["code"], 200, "code")
    for fields in (dict(content="x" * 32769), encoded(largest + b"x")):
        number, text = page.refused("message", uri=SOMEBODY, content_type=SMS, **fields)
        equal(number, 444, "error", text)
        check("content" in text, "does not name content: " + text)


@case("REQ-107", "REQ-104")
def large_message_goes_over_tcp(w):
    """over 1300 bytes: by a stream to the core, and byte-exact at the phone"""
    page, phone = w.registered(client=w.ws_client()), w.phone()
    transaction, _ = sent(page, uri=phone.impu, content_type=SMS, **encoded(EVERY_BYTE * 4))
    equal(delivered(page, transaction)["code"], 200, "code")
    equal(phone.wait("MESSAGE").content, EVERY_BYTE * 4, "body")
    message, = w.capture.requests("MESSAGE", frm=edge.ADDRESS)
    equal(message.transport, "tcp", "transport", message)


@case("REQ-104", "REQ-144")
def messages_that_cannot_be_taken(w):
    """no Content-Type 400, an encoding 415 that says what is possible, an unknown extension 420"""
    core, page = w.scripted()
    impu = page.user.impu

    def answer(headers=(), body_type="text/plain"):
        return core.terminate("MESSAGE", impu, headers, "Hello", body_type=body_type).final()

    encoded_answer = answer(["Content-Encoding: gzip"])
    equal(encoded_answer.status, 415, "answer to gzip")
    header(encoded_answer, "Accept-Encoding", "identity")
    equal(answer(["Require: frobnicate"]).status, 420, "answer to Require")
    equal(answer(["Content-Encoding: identity"]).status, 200, "answer to identity")
    page.wait("message")
    registration = core.registrations[impu]
    path = [addr_of(p) for p in registration.paths]
    equal(outside(core, ["Route: <%s>" % p for p in path], body_type=None, target=registration.contact).status,
          400, "without Content-Type")
    page.status()
    equal(page.names().count("message"), 1, "messages told")


@case("REQ-02", "REQ-86", "REQ-104")
def messages_for_nobody(w):
    """a forged token 403, a parked registration 480, a dialog that is no more 481"""
    core, page = w.scripted()
    equal(outside(core).status, 403, "no token")
    contact = core.registrations[page.user.impu].contact
    token = uri_user(contact)
    forged = contact.replace(token, token[:-2] + ("AA" if token[-2:] != "AA" else "BB"))
    equal(outside(core, target=forged).status, 403, "forged token")
    equal(outside(core, ["Reject-Contact: *"], target=contact).status, 200, "by the Contact alone")
    page.wait("message")
    tagged = core.request("MESSAGE", contact, [
        "Max-Forwards: 70", "From: <sip:x@scripted.example>;tag=1", "To: <%s>;tag=gone" % page.user.impu,
        "Call-ID: " + new_id(), "CSeq: 7 MESSAGE", "Content-Type: text/plain"], "Hello", TARGET)
    equal(tagged.final().status, 481, "in no dialog")
    sessions = edge.objects(w.janus)["sessions"]
    page.detach()
    edge.wait_objects(w.janus, {"sessions": sessions - 1})
    equal(core.terminate("MESSAGE", page.user.impu, body="Hello", body_type="text/plain").final().status,
          480, "parked")


@case("REQ-85", "REQ-103", "REQ-144")
def message_requests_refused(w):
    """wrong state 447, emergency 464, bad bodies and types 443 and 444, bad addresses 446: nothing is sent"""
    core = w.core()
    page = w.page(w.scripted_user())
    equal(page.refused("message", uri=SOMEBODY, content="x")[0], 447, "not registered")
    page.register()
    equal(page.refused("message", content="x")[0], 447, "no call, no uri")
    for uri in ("urn:service:sos", "tel:112", "sip:911@scripted.example"):
        number, text = page.refused("message", uri=uri, content="help")
        equal(number, 464, "error", text)
        check("telephone" in text, text)
    equal(page.refused("message", uri=SOMEBODY)[0], 443, "no content")
    equal(page.refused("message", uri=SOMEBODY, content="YQ==", encoding="base64")[0], 443, "no type")
    for fields in ({"content": ""}, {"content": 7}, {"content": "x", "encoding": "gzip"},
                   {"content": "YQ", "encoding": "base64", "content_type": SMS},
                   {"content": "Y Q==", "encoding": "base64", "content_type": SMS},
                   {"content": "x", "content_type": "text"}, {"content": "x", "content_type": "a/b\r\nX: y"},
                   {"content": "x", "content_type": "a/b, c/d"}, {"content": "x", "call_id": "a b"},
                   {"content": "x", "headers": {"Content-Type": "a/b"}}, {"content": "x", "headers": {"Route": "x"}}):
        number, text = page.refused("message", uri=SOMEBODY, **fields)
        equal(number, 444, "error of %r" % fields, text)
    for uri in ("", "bob", "mailto:a@b.example", "sip:", "sip:a b@c.example"):
        check(page.refused("message", uri=uri, content="x")[0] in (444, 446), "address %r" % uri)
    equal(w.capture.requests("MESSAGE", frm=edge.ADDRESS), [], "MESSAGEs sent")
    transaction, _ = sent(page, uri=SOMEBODY, content="x")
    core.expect("MESSAGE").reply(200)
    equal(delivered(page, transaction)["code"], 200, "afterwards")


@case("REQ-77")
def message_of_somebody_anonymous(w):
    """Privacy: nothing that names the sender reaches the page"""
    core, page = w.scripted()
    caller = "sip:+493077777@scripted.example"
    for privacy in ("id", "user;id", "header", "id;critical"):
        transaction = core.terminate("MESSAGE", page.user.impu, ["Privacy: " + privacy], "psst",
                                     caller=caller, body_type="text/plain")
        equal(transaction.final().status, 200, "answer")
        event = page.wait("message")
        equal((event["sender"], event.get("displayname")), ("sip:anonymous@anonymous.invalid", None),
              "sender", event)
        lacks_text(repr(event), "3077777", "Caller")


@case("REQ-104")
def detach_with_a_message_on_its_way(w):
    """the answer that comes for nobody does no harm"""
    core, page = w.scripted()
    other = w.registered(w.scripted_user("yan"))
    sent(page, uri=SOMEBODY, content="bye")
    message = core.expect("MESSAGE")
    page.detach()
    message.reply(200)
    transaction, _ = sent(other, uri=SOMEBODY, content="still here?")
    core.expect("MESSAGE").reply(200)
    equal(delivered(other, transaction)["code"], 200, "code")


@case()
def burst_while_busy(w):
    """250 requests that come while the SIP thread cannot read wait for it: none needs to be repeated"""
    janus, core = w.janus, w.core()
    rows = ["Max-Forwards: 70", "From: <sip:core@x>;tag=1", "To: <sip:%s>" % edge.ADDRESS, "CSeq: 1 OPTIONS"]
    os.kill(janus.pid, signal.SIGSTOP)
    try:
        sent_all = [core.request("OPTIONS", "sip:" + edge.ADDRESS, rows + ["Call-ID: " + new_id()], to=TARGET)
                    for _ in range(250)]
    finally:
        os.kill(janus.pid, signal.SIGCONT)
    wait_until(lambda: all(one.responses for one in sent_all), "answers to all")


@case("REQ-104", timeout_s=240, long=True)
def thousands_of_messages(w):
    """five rounds of 1,000 each way: every one delivered, memory and descriptors stay"""
    janus = w.own_janus(sip={"sip_t1_ms": 20}, limits={"messages_per_minute": 0})
    core, page = w.scripted(janus)
    core.handlers["MESSAGE"] = lambda request: request.reply(200)
    alive, ends = edge.objects(janus), []
    for _ in range(5):
        for number in range(1000):
            transaction, _ = sent(page, uri=SOMEBODY, content_type=SMS, **encoded(EVERY_BYTE))
            equal(page.wait("messagedelivery", transaction=transaction)["code"], 200, "code")
            incoming = core.terminate("MESSAGE", page.user.impu, body=EVERY_BYTE, body_type=SMS)
            equal(bytes_of(page.wait("message")), EVERY_BYTE, "body")
            equal(incoming.final().status, 200, "answer")
        page.handle.received.clear()
        time.sleep(64 * 0.02 + 1)       # SIP keeps finished transactions so long
        edge.wait_objects(janus, alive)
        ends.append(counters(janus.pid))
    check(ends[-1].within(ends[0]), "more is open: %r" % ends)
    # By the third round malloc's arenas, one for each thread, have filled.
    check(ends[-1].rss_kb <= ends[2].rss_kb + 1024, "memory grew: %r" % [e.rss_kb for e in ends])
    print("     memory after each round: %r KB" % [e.rss_kb for e in ends])


@case("REQ-106")
def options_tells_what_is_served(w):
    """OPTIONS and 405 list MESSAGE"""
    core = w.core()
    w.janus.client().close()
    rows = ["Max-Forwards: 70", "From: <sip:core@x>;tag=1", "To: <sip:%s>" % edge.ADDRESS, "Call-ID: " + new_id()]
    for method, status in (("OPTIONS", 200), ("PUBLISH", 405)):
        answer = core.request(method, "sip:" + edge.ADDRESS, rows + ["CSeq: 1 " + method], to=TARGET).final()
        equal(answer.status, status, "answer", answer)
        header(answer, "Allow", r"\bMESSAGE\b")
