"""What an operator sees, ends and changes by the Admin API while everything runs."""

import edge
from cases import case
from checks import check, contains, equal, lacks_text
from edge import ask
from events import EventSink
from process import wait_until


def listed(janus, what, **fields):
    return ask(janus, "list", what=what, **fields)[what]


def handle_of(janus, page):
    return listed(janus, "registrations", username=page.user.impu)[0]["handle"]


@case()
def who_is_there(w):
    """registrations, calls and handles, page by page and filtered; one of them with its media"""
    page, phone, others = w.registered(), w.phone(), [w.registered() for _ in range(3)]
    page.call(phone.impu)
    call_id = page.wait("accepted").call_id
    janus = w.janus
    mine = listed(janus, "registrations", username=page.user.impu)
    equal([(r["username"], r["network"], r["state"]) for r in mine], [(page.user.impu, "lab", "registered")], "mine")
    calls = listed(janus, "calls", username=page.user.impu)
    equal([(c["call_id"], c["peer"], c["state"], c["direction"]) for c in calls],
          [(call_id, phone.impu, "up", "out")], "calls")
    everybody = ask(janus, "list", what="registrations", network="lab")
    check(everybody["total"] >= 4, "total", everybody)
    pages = [listed(janus, "registrations", network="lab", offset=n, limit=1)[0]["username"]
             for n in range(everybody["total"])]
    equal(len(set(pages)), everybody["total"], "each on one page")
    equal(listed(janus, "registrations", network="nowhere"), [], "of a network that is not there")
    shown = ask(janus, "show", handle=mine[0]["handle"])
    equal(shown["registration"]["impi"], page.user.impi, "impi", shown)
    contains(str(shown["registration"]["associated"]), page.user.impu)
    equal(shown["call"]["call_id"], call_id, "call", shown)
    check("packets_to_core" in shown["call"]["media"], "media", shown)
    equal(ask(janus, "show", flow=mine[0]["flow"])["username"], page.user.impu, "by flow")
    lacks_text(str(shown), page.user.password)
    check(others, "others")


@case()
def what_is_ended(w):
    """a call, a registration, a handle with everything"""
    page, phone = w.registered(), w.phone()
    page.call(phone.impu)
    call = page.wait("accepted")
    number = handle_of(w.janus, page)
    equal(ask(w.janus, "drop", handle=number, what="call", call_id="another"), {"dropped": False}, "answer")
    equal(ask(w.janus, "drop", handle=number, what="call", call_id=call["call_id"]), {"dropped": True}, "answer")
    page.wait("hangup")
    phone.wait("BYE")
    equal(ask(w.janus, "drop", handle=number, what="call"), {"dropped": False}, "answer without a call")
    flow = listed(w.janus, "registrations", username=page.user.impu)[0]["flow"]
    equal(ask(w.janus, "drop", flow=flow), {"dropped": True}, "answer")
    equal(page.wait("registration_failed")["code"], 403, "code")
    wait_until(lambda: not listed(w.janus, "registrations", username=page.user.impu), "registration gone")
    page.register()
    equal(ask(w.janus, "drop", handle=number), {"dropped": True}, "answer")
    page.wait("core:detached")
    wait_until(lambda: not listed(w.janus, "registrations", username=page.user.impu), "registration gone")


@case()
def wrong_requests(w):
    """are refused with a sentence, and nothing happens"""
    page = w.registered()
    for number, request, fields in (
            (442, "nonsense", {}), (443, "list", {}), (444, "list", {"what": "secrets"}),
            (444, "list", {"what": "calls", "limit": 0}), (444, "list", {"what": "calls", "offset": -1}),
            (444, "list", {"what": "calls", "limits": 1}), (444, "show", {}), (444, "show", {"handle": 987654321}),
            (444, "show", {"handle": 1, "flow": "x"}), (444, "drop", {"flow": "x"}), (444, "drop", {"handle": "x"}),
            (443, "trace", {}), (444, "trace", {"handle": 987654321, "enable": True}),
            (444, "reload", {"network": "lab"})):
        answer = ask(w.janus, request, **fields)
        equal(answer.get("error_code"), number, "%s %r" % (request, fields), answer)
        check(answer["error"], "a sentence")
    equal(page.status()["registration"]["state"], "registered", "state")


@case("REQ-73")
def traced_by_the_operator(w):
    """with addresses and identities, without secrets; the page hears nothing of it"""
    page, phone = w.registered(), w.phone()
    number = handle_of(w.janus, page)
    equal(ask(w.janus, "trace", handle=number, enable=True), {"messages": []}, "before")
    page.call(phone.impu)
    page.wait("accepted")
    page.hangup()
    phone.wait("BYE")
    page.unregister()

    def messages():
        return ask(w.janus, "trace", handle=number)["messages"]
    wait_until(lambda: [m for m in messages() if m["first"].startswith("REGISTER")], "REGISTERs kept")
    text = str(messages())
    contains(text, "INVITE %s" % phone.impu, edge.ADDRESS, "Authorization: Digest ***")
    lacks_text(text, page.user.password, "response=", "nonce=")
    check("trace" not in page.names(), "nothing at the page", page.names())
    ask(w.janus, "trace", handle=number, enable=False)
    equal(messages(), [], "after the end")


@case()
def alarms_are_told(w):
    """to event handlers and the Admin API, once in a minute and counted"""
    sink = EventSink()
    w.defer(sink.close)
    janus = w.own_janus(**sink.janus)
    stranger = w.peer("127.0.1.99")
    for _ in range(3):
        stranger.send("OPTIONS sip:x@%s SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.1.99;branch=z9hG4bK%s\r\nFrom: <sip:a@b>;tag=1\r\n"
                      "To: <sip:x@y>\r\nCall-ID: alarm-%d\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 5\r\n"
                      "Content-Length: 0\r\n\r\n" % (edge.ADDRESS, _, _), (edge.ADDRESS, edge.PORT))

    def alarm():
        return [a for a in ask(janus, "alarms")["alarms"] if a["alarm"] == "stranger"][0]
    wait_until(lambda: alarm()["count"] == 3, "three counted")
    contains(alarm()["sentence"], "127.0.1.99")
    sink.wait('"stranger"')
    told = [e for e in sink.of(edge.PACKAGE) if e.get("data", {}).get("alarm") == "stranger"]
    equal(len(told), 1, "told once", sink.text())
    wait_until(lambda: "alarm stranger:" in janus.process.output(), "a line of the log")
    equal(janus.process.output().count("alarm stranger:"), 1, "lines of the log")


@case()
def other_networks(w):
    """a network more, one less: calls and registrations of the others go on; what needs a restart is named"""
    janus = w.own_janus()
    page = w.registered(client=w.client(janus))
    phone = w.phone()
    page.call(phone.impu)
    page.wait("accepted")
    scripted, core = w.scripted_user(), w.core()
    leaves = w.registered(scripted, client=w.client(janus))
    made = edge.configuration(general={"reclaim_s": 3})
    made["networks"]["added"] = {**made["networks"].pop("scripted"), "domain": "added.example"}
    janus.configure(edge.PACKAGE, made)
    answer = ask(janus, "reload")
    equal({n["name"]: n["is"] for n in answer["networks"]},
          {"lab": "kept", "added": "added", "scripted": "removed"}, "networks", answer)
    equal([n["registrations_ended"] for n in answer["networks"] if n["is"] == "removed"], [1], "ended", answer)
    equal(answer["needs_restart"], ["general.reclaim_s"], "needs a restart")
    equal(leaves.wait("registration_failed")["code"], 403, "code")
    equal(page.status()["call"]["state"], "up", "the call")
    page.hangup()
    phone.wait("BYE")
    equal(page.register(refresh=True).name, "registered", "refresh")
    core.realm = "added.example"
    new = w.page(w.scripted_user("yan"), client=w.client(janus))
    new.user.impu = new.user.impu.replace("scripted.example", "added.example")
    new.register()
    equal(leaves.refused("register", **leaves.account())[0], 461, "the network that is gone")


@case()
def wrong_file(w):
    """changes nothing, and the answer says what and where"""
    janus = w.own_janus()
    page = w.registered(client=w.client(janus))
    made = edge.configuration()
    made["networks"]["lab"]["entry_point"] = "not a host"
    janus.configure(edge.PACKAGE, made)
    answer = ask(janus, "reload")
    equal(answer["error_code"], 466, "code", answer)
    contains(answer["error"], "networks.lab.entry_point")
    equal(page.register(refresh=True).name, "registered", "refresh")
