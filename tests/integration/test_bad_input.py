"""Bad input from both sides. Afterwards the process lives, works, and holds what it held."""

import json
import random
import re

import edge
import manual
from cases import case
from checks import check, equal, lacks_text
from process import counters, wait_counters, wait_until
from sip import Message, audio_sdp
from torture import good_invite, mutations, torture

SDP = audio_sdp("127.0.1.85", 40000)
TARGET = (edge.ADDRESS, edge.PORT)


def still_works(core, page):
    """A call comes in and is declined, and SIP is answered."""
    invite = core.terminate("INVITE", page.user.impu, body=SDP)
    page.incoming()
    page.ask("decline", "declining")
    equal(invite.final().status, 486, "answer")
    page.wait("hangup")
    page.connection_gone()
    equal(ping(core), 200, "OPTIONS")


def ping(core):
    from sip import new_id
    return core.request("OPTIONS", "sip:" + edge.ADDRESS, [
        "Max-Forwards: 70", "From: <sip:core@x>;tag=1", "To: <sip:%s>" % edge.ADDRESS,
        "Call-ID: " + new_id(), "CSeq: 1 OPTIONS"], to=TARGET).final().status


@case()
def json_that_is_none(w):
    """broken JSON on the socket: the connection or an error, and others are served"""
    core, page = w.scripted()
    client = w.client()
    for data in (b"{", b"[]", b"null", b"\xff\xfe", b"{}" * 100, b'{"janus":', b"[" * 5000,
                 b'{"janus":"message","janus":1}', b"\0\0\0"):
        client.send_raw(data)
    still_works(core, page)


@case()
def bodies_of_wrong_shape(w):
    """440 to 443 for a body that is no request"""
    page = w.page()
    for body, numbers in (([], (440, 441)), ("register", (440, 441)), (7, (440, 441)), ({}, (443,)),
                          ({"request": 7}, (444, 443)), ({"request": None}, (443, 444)),
                          ({"request": ""}, (442, 444)), ({"request": "frobnicate"}, (442,)),
                          ({"request": "x" * 5000}, (442, 444)), ({"request": "register"}, (443,)),
                          ({"request": "call"}, (443, 447, 448)), ({"request": ["register"]}, (444,))):
        transaction = page.post(body)
        answer = page.handle.client.answer_to(transaction)
        if answer["janus"] == "error":      # the core itself refuses what is no object
            continue
        event = page.wait(transaction=transaction)
        check(event.data.get("error_code") in numbers, "answer to %.60r" % (body,), event)
        check(event.data.get("error"), "no sentence", event)


def wrong_values(field):
    """JSON that the field of a request must not take."""
    number, text, digits = 7, "text", min(field["max"], 64)      # of an integer it may be 2^53
    by_type = {"string": (number, 1.5, True, None, [], {}, [text]),
               "integer": (text, 1.5, True, None, [], {}, str(field["min"])),
               "boolean": (number, text, None, [], {}),
               "hexadecimal digits": (number, True, None, [], {}, "", "0" * (digits - 1),
                                      "0" * (digits + 1), "g" * digits, " " * digits),
               "URN": (number, True, None, [], {}, "", text, "uuid:1", "urn:", "urn:uuid", "urn:uuid:", "urn:x:1", "<urn:uuid:1>",
                       'urn:uuid:1"', "urn:uuid:1>;q=1", "urn:uuid:a b", "urn:uuid:a\r\nb", "urn:uuid:\u00e4", "urn:uuid:" + "1" * 300),
               "object": (number, text, True, None, []),
               "array of strings": (number, text, True, None, {}, [number], [None], [""], ["a\r\nb"], ["x"] * 33),
               "objects": (number, text, True, None, {}, [], [number], [{}] * (digits + 1)),
               "object of strings": (number, text, True, None, [], {"X-A": number}, {"X-A": None},
                                     {"X-A": "1\r\nX-B: 2"}, {"X A": "1"}, {"Route": "<sip:x.example;lr>"})}
    values = list(by_type[field["type"]])
    if field["allowed"]:
        values += ["", "no such value"]
    elif field["max"] and field["type"] == "integer":
        values += [field["min"] - 1, field["max"] + 1, 2 ** 63 - 1, -2 ** 63]
    elif field["max"] and field["type"] == "string":
        values += ["x" * (field["max"] + 1)]
    return values


def with_field(body, fields, name, value):
    """The body with this field, "object.member" too, beside the mandatory members of its object; of a list, in
    its one object."""
    whole, _, member = name.rpartition(".")
    if not whole:
        return {**body, name: value}
    if fields[whole]["type"] == "objects":
        return {**body, whole: [{**body[whole][0], member: value}]}
    sound = {other.rpartition(".")[2]: "0" * row["max"] for other, row in fields.items()
             if other.startswith(whole + ".") and row["required"]}
    return {**body, whole: {**sound, member: value}}


def without_field(body, name):
    whole, _, member = name.rpartition(".")
    if whole and isinstance(body.get(whole), list):
        return {**body, whole: [{k: v for k, v in body[whole][0].items() if k != member}]}
    return {**body, whole: {}} if whole else {k: v for k, v in body.items() if k != name}


def put_wrongly(page, request, row, body, number, name):
    """Sends it and expects the error, which names the field."""
    transaction = page.post({"request": request, **body},
                            {"type": row["jsep"].split()[-1], "sdp": "v=0\r\n"} if row["jsep"] else None)
    if page.handle.client.answer_to(transaction)["janus"] == "error":
        return      # the core has looked into the JSEP before us
    event = page.wait(transaction=transaction)
    what = "%s %.200r" % (request, body)
    equal(event.data.get("error_code"), number, what + ": " + repr(event.data))
    check(name in event.data["error"], what + " does not name " + name, event)


@case()
def fields_of_wrong_type(w):
    """each field of each request, missing, or with values of wrong type or range: an error that names it"""
    page = w.page(client=w.ws_client())     # some values are larger than the other transport takes
    for request, row in manual.requests().items():
        for name, field in row["fields"].items():
            body = without_field(row["example"], "request")
            if field["required"]:
                put_wrongly(page, request, row, without_field(body, name), 443, name)
            for value in wrong_values(field):
                put_wrongly(page, request, row, with_field(body, row["fields"], name, value), 444, name)


@case()
def long_and_strange_values(w):
    """very long or odd texts in every place: refused or harmless"""
    core, page = w.scripted()
    big = w.ws_client().attach(edge.PACKAGE)
    for text in ("x" * 70000, "sip:" + "x" * 70000 + "@y", "\u202esip:x@y", "sip:\u0001@y", "%n%s%n",
                 "sip:a@b;" + "p=q;" * 9000, "sip:\U0001f600@y", "<sip:x@y>", '"', "\\", "\x7f", " "):
        sound = {"username": w.scripted_user("big").impu, "secret": "s"}
        for change in ({"username": text}, {"authuser": text}, {"secret": text}, {"network": text},
                       {"display_name": text}, {"headers": {"X-A": text}}, {"headers": {text: "a"}},
                       {"proxy": text}):
            event = big.ask("register", **{**sound, **change})
            if event.name == "registering" and \
                    big.wait("registered", "registration_failed").name == "registered":
                big.ask("unregister", "unregistered")
    many = {"X-%d" % i: "v" for i in range(5000)}
    check(big.refused("register", username=page.user.impu, secret="s", headers=many)[0] in (444, 465),
          "5,000 headers")
    still_works(core, page)


@case()
def description_with_ten_thousand_lines(w):
    """a browser's offer of 10,000 lines: refused, and quickly"""
    core, page = w.scripted()
    user = w.scripted_user("big")
    from page import Page
    big = Page(w.ws_client().attach(edge.PACKAGE), user)
    big.register()
    offer = big.browser.offer()["sdp"]
    for sdp in (offer + "a=x:y\r\n" * 10000, offer + "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n" * 1000,
                offer + "".join("a=rtpmap:%d x/1\r\n" % i for i in range(10000)),
                offer + "a=" + "z" * 200000 + "\r\n", offer.replace("111 63", "111 " * 20000)):
        big.connection_gone()
        transaction = big.post({"request": "call", "uri": "sip:+4930999@scripted.example"},
                               {"type": "offer", "sdp": sdp})
        answer = big.handle.client.answer_to(transaction)
        if answer["janus"] == "error":
            continue
        big.connection = True
        event = big.wait(transaction=transaction)
        if event.name == "calling":     # what is too much may also be left out
            core.expect("INVITE").reply(486)
            big.wait("hangup")
        else:
            check(event.data.get("error_code") in (462, 463, 465), "answer", event)
    still_works(core, page)


@case()
def descriptions_of_wrong_shape(w):
    """offers and answers that are none"""
    core, page = w.scripted()
    uri = "sip:+4930999@scripted.example"
    for sdp in ("", "v=0", "garbage\r\n", "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n", "v=0\r\n" * 300,
                "\r\n" * 1000, "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=\r\n"):
        for kind in ("offer", "answer", "pranswer", ""):
            transaction = page.post({"request": "call", "uri": uri}, {"type": kind, "sdp": sdp})
            answer = page.handle.client.answer_to(transaction)
            if answer["janus"] != "error":
                event = page.wait(transaction=transaction)
                check("error_code" in event.data, "answer to %r %.30r" % (kind, sdp), event)
    equal(w.capture.requests("INVITE", frm=edge.ADDRESS), [], "INVITEs")
    still_works(core, page)


@case()
def torture_messages(w):
    """messages in the manner of RFC 4475, and then some: SIP goes on working"""
    core, page = w.scripted()
    binding = core.registrations[page.user.impu]
    for name, data in torture(binding, core):
        core.send(data, TARGET)
        check(w.janus.alive(), "Janus died of " + name)
    equal(ping(core), 200, "OPTIONS")
    for message in page.handle.received:    # some of them are calls that may ring
        if "incomingcall" in json.dumps(message):
            page.post({"request": "decline"})
    page.forget()
    clean = w.registered(w.scripted_user("after"))
    still_works(core, clean)


@case()
def callers_do_not_speak_to_the_terminal(w):
    """an escape sequence in a caller's address: not in the log"""
    core, page = w.scripted()
    invite = core.terminate("INVITE", page.user.impu, body=SDP, caller="sip:mallory\x1b[2J@scripted.example")
    page.incoming()
    page.send("decline")
    equal(invite.final().status, 486, "answer")

    def ends():
        with open(w.janus.log, "rb") as log:
            return [line for line in log if b"mallory" in line and b"call over" in line]
    line = wait_until(ends, "the end of the call in the log")[0]
    check(b"mallory?[2J" in line, "line %r" % line)


@case()
def mutated_messages(w):
    """2,000 mutations of a good INVITE, and it cut off at each of its bytes"""
    core, page = w.scripted()
    page.unregister()
    start = counters(w.janus.pid)
    rng = random.Random(4475)
    good = good_invite(edge.ADDRESS, core)
    for data in mutations(good, 2000, rng):
        core.send(data, TARGET)
    for n in range(0, len(good), 3):
        core.send(good[:n], TARGET)
    check(w.janus.alive(), "Janus died")
    equal(ping(core), 200, "OPTIONS")
    wait_counters(w.janus.pid, start)


@case()
def mutated_answers(w):
    """mutated answers to our REGISTER and INVITE: events or silence, never the end"""
    core, page = w.scripted()
    rng = random.Random(3261)

    def bent(request):
        text = request.reply(100)
        good = text.replace("100 Trying", "200 OK").encode()
        for data in mutations(good, 40, rng):
            if not re.match(rb"SIP/2\.0 [3-6]\d\d ", data):      # that would be a refusal
                core.send(data, request.src)
        core.grant(request)
    core.script = [bent] * 5
    for _ in range(5):
        page.ask("register", "registered", **page.account(refresh=True))
    page.ask("register", "registered", **page.account(refresh=True))
    for _ in range(5):
        page.call("sip:+4930999@scripted.example")
        invite = core.expect("INVITE")
        good = invite.reply(183, ["Contact: <%s>" % core.contact], SDP).encode()
        for data in mutations(good, 100, rng):
            if not data.startswith(b"SIP/2.0 2"):
                core.send(data, invite.src)
        invite.reply(486)
        page.wait("hangup")
    still_works(core, page)


@case()
def storm_of_calls_nobody_takes(w):
    """200 INVITEs to one page: one rings, the others are busy; then all is as before"""
    core, page = w.scripted()
    still_works(core, page)
    start = counters(w.janus.pid)
    calls = [core.terminate("INVITE", page.user.impu, body=SDP) for _ in range(200)]
    rings = page.incoming().call_id
    one, = [call for call in calls if Message(call.text.encode()).call_id == rings]
    busy = {call.final().status for call in calls if call is not one}
    equal(busy, {486}, "answers to the others")
    page.ask("decline", "declining")
    equal(one.final().status, 486, "answer to the one that rang")
    wait_counters(w.janus.pid, start)


@case()
def everything_comes_back(w):
    """after the cases above: descriptors, sockets and threads as at the start of a session"""
    core, page = w.scripted()
    still_works(core, page)
    page.unregister()
    page.handle.client.close()
    first, alive = counters(w.janus.pid), edge.objects(w.janus)
    for _ in range(3):
        again = w.registered(w.scripted_user("again"))
        still_works(core, again)
        again.unregister()
        again.handle.client.close()
    wait_counters(w.janus.pid, first)
    edge.wait_objects(w.janus, alive)
    lacks_text(w.janus.process.output(), "double free", "Segmentation fault")
