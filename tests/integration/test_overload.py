"""What the gateway takes on: who comes when there is no room is refused at once and told when to come again, whoever it
is; who is served stays served (REQ-144)."""

import resource
import time
import urllib.error
import urllib.request

import edge
import sipws
from cases import case
from checks import check, contains, equal, header
from jssip import JsSip
from patience import attempts
from process import halted_threads, wait_until
from sip import audio_sdp
from test_media import Connected
from webrtc import CannedBrowser

FAR = "sip:+4930999@scripted.example"
ECSCF = "127.0.1.86"
SDP = audio_sdp(edge.CORE, 40000)
AGAIN_S = 2             # half of it to half as much again
LONGEST_S = 3
EDGE = {"sipws": {}, "general": {"reclaim_s": 0}, "networks_of": {"scripted": {"e_cscf": ECSCF}}}


def janus(w, **limits):
    return w.own_janus(limits={"retry_after_s": AGAIN_S, **limits})


def page(w, name="zoe"):
    """Of a user who is not registered, on a connection of his own."""
    return w.page(w.scripted_user(name), w.client(w.last_janus))


def registered(w, name="zoe"):
    one = page(w, name)
    one.register()
    return one


def sip_client(w, name):
    user = w.scripted_user(name)
    one = sipws.Client(edge.sipws_url(), user.impu, user.password, user.impi)
    w.defer(one.close)
    return one


def between(number, least, most, what, *show):
    check(least <= number <= most, "%s: %r is not from %d to %d" % (what, number, least, most), *show)


def refused(one, request, jsep=None, **fields):
    """A page's request that there is no room for. -> the event"""
    transaction = one.send(request, jsep=jsep, **fields)
    event = one.wait(465, transaction=transaction)
    between(event.data["ims"]["retry_after"], 1, LONGEST_S, "ims.retry_after", event)
    contains(event.data["error"], "; try again in %d s" % event.data["ims"]["retry_after"])
    return event


def come_later(answer):
    """A 503 that says when."""
    equal(answer.status, 503, "answer", answer)
    between(int(header(answer, "Retry-After")), 1, LONGEST_S, "Retry-After", answer)


def counted(w, cause):
    return edge.counters(w.last_janus)["refused"][cause]


def alarms(w):
    return {alarm["alarm"]: alarm for alarm in edge.ask(w.last_janus, "alarms")["alarms"]}


def told(w, alarm, text):
    contains(alarms(w)[alarm]["sentence"], text)


def rings(invite):
    invite.provisional(180)


def outcome(invite):
    """180, or 503, of a call that only rings here."""
    return invite.wait(lambda response: response.status in (180, 503), "180 or 503").status


def rings_in_vain(core, one):
    """The core calls the page, and gives up. -> the outcome"""
    invite = core.terminate("INVITE", one.user.impu, body=SDP)
    status = outcome(invite)
    if status == 180:
        invite.cancel()
        one.wait("hangup")
    return status


def call(core, one):
    """The core calls the page, which accepts. -> the dialog at the core"""
    invite = core.terminate("INVITE", one.user.impu, body=SDP)
    one.accept(one.incoming())
    dialog = invite.dialog()
    one.until_up()
    return dialog


def changed_and_ended(dialog, one):
    """A call that stands, whoever else is refused."""
    equal(dialog.request("INVITE", body=audio_sdp(edge.CORE, 40002, version=2)).final().status, 200, "re-INVITE")
    dialog.ack()
    dialog.bye()
    one.wait("hangup")


# ---------------------------------------------------------------- at a time
@case("REQ-144")
def registrations_at_a_time(w):
    """a page and a SIP client hear when to come again; who is registered refreshes and leaves, and then there is room"""
    janus(w, max_registrations=1)
    w.core()
    one, other, client = registered(w), page(w, "yvonne"), sip_client(w, "xaver")
    contains(refused(other, "register", **other.account()).data["error"],
             "register: this gateway serves no more registrations")
    come_later(client.register(want=None))
    equal(counted(w, "full"), 2, "refused")
    told(w, "limit_reached", "a registration refused: limits.max_registrations is 1")
    one.ask("register", "registered", refresh=True)
    one.unregister()
    other.register()
    other.unregister()
    client.register()


@case("REQ-144")
def jssip_comes_again(w):
    """JsSIP does not come back by itself to who has answered 503; but its socket without a registration is closed after idle_s,
    and then it does"""
    w.own_janus(limits={"max_registrations": 1, "retry_after_s": AGAIN_S}, sipws={"limits": {"idle_s": 2}})
    w.core()
    one = registered(w)
    agent = JsSip(w.folder("jssip"), edge.sipws_url(), w.scripted_user("xaver"))
    w.defer(agent.stop)
    equal(agent.wait("registrationFailed")["status"], 503, "answer")
    agent.wait("disconnected")
    one.unregister()
    agent.wait("registered")


@case("REQ-103", "REQ-144")
def calls_at_a_time(w):
    """the core, a page and a SIP client are refused; emergencies and what takes the place of a call are not; the call
    that stands is changed and ends, and then there is room"""
    janus(w, max_calls=1)
    core, ecscf = w.core(), w.peer(ECSCF)
    one, other, client = registered(w), registered(w, "yvonne"), sip_client(w, "xaver")
    client.register()
    dialog = call(core, one)

    come_later(core.terminate("INVITE", other.user.impu, body=SDP).final())
    contains(refused(other, "call", jsep=other.browser.offer(), uri=FAR).data["error"],
             "call: this gateway serves no more calls")
    other.connection = True
    come_later(client.invite(FAR, CannedBrowser().offer()["sdp"]).final())
    equal(counted(w, "full"), 3, "refused")

    urgent = core.terminate("INVITE", other.user.impu, ["Priority: psap-callback"], SDP)
    rings(urgent)
    other.incoming()
    urgent.cancel()
    other.wait("hangup")
    other.call("urn:service:sos")
    ecscf.expect("INVITE").reply(486)
    other.wait("hangup")

    changed_and_ended(dialog, one)
    rings(core.terminate("INVITE", other.user.impu, body=SDP))


@case("REQ-100", "REQ-144")
def calls_that_wait(w):
    """a call that waits for a helper of its callee is one of those that there may be"""
    janus(w, max_calls=1)
    core = w.core()
    one = w.registered(w.scripted_user("zoe"), w.client(w.last_janus), calls_on_helpers=True)
    first = core.terminate("INVITE", one.user.impu, body=SDP)
    one.wait("helper_wanted")
    come_later(core.terminate("INVITE", one.user.impu, body=SDP).final())
    helper = one.helper()
    helper.accept(helper.incoming())
    dialog = first.dialog()
    come_later(core.terminate("INVITE", one.user.impu, body=SDP).final())
    dialog.bye()
    helper.wait("hangup")
    rings(core.terminate("INVITE", one.user.impu, body=SDP))


@case("REQ-144")
def who_talks_is_heard(w):
    """a call goes on in sound while one after the other is refused"""
    call, other = Connected(w, janus=janus(w, max_calls=1)), registered(w, "yvonne")
    crowd = w.background(lambda: [call.core.terminate("INVITE", other.user.impu, body=SDP).final() for _ in range(50)])
    call.both_hear()
    for answer in crowd.result():
        come_later(answer)
    changed_and_ended(call.dialog, call.page)


# ---------------------------------------------------------------- in a second
@case("REQ-144")
def in_a_second(w):
    """of many who come at once some are let in; the others come again when they were told to, and are"""
    janus(w, registrations_per_second=4, calls_per_second=2, retry_after_s=1)
    core = w.core()
    crowd = [page(w, "crowd%d" % number) for number in range(7)]
    with halted_threads(w.last_janus.pid, "ims sip"):       # it finds them all at once
        for one in crowd:
            one.send("register", **one.account())
    events = [one.wait("registered", 465) for one in crowd]
    late = [(one, event) for one, event in zip(crowd, events) if event.name == 465]
    check(late and len(late) < len(crowd), "all of them, or none", events)
    contains(late[0][1].data["error"], "register: too many registrations begin at once; try again in ")
    for one, event in late:
        again(one, event)
    crowd[0].ask("register", "registered", refresh=True)

    with halted_threads(w.last_janus.pid, "ims sip"):
        invites = [core.terminate("INVITE", one.user.impu, body=SDP) for one in crowd]
    statuses = [outcome(invite) for invite in invites]
    check(503 in statuses and 180 in statuses, "all of them, or none", statuses)
    come_later(invites[statuses.index(503)].final())
    counts = edge.counters(w.last_janus)["refused"]
    equal(counts["rate"], statuses.count(503) + len(late), "refused")


def again(one, event):
    """As long as he is told to; the time of those before him has passed for him, too."""
    until = event.at + event.data["ims"]["retry_after"]
    time.sleep(max(until - time.monotonic(), 0))
    one.register()


# ---------------------------------------------------------------- when work waits
def comes(one):
    """-> "registered", or 465"""
    return one.ask("register", "registered", 465, **one.account()).name


def pile_up(w, share):
    """Whatever comes waits, again and again, as if the gateway could not keep up with it."""
    for _ in attempts():
        if edge.counters(w.last_janus)["load"]["let_in_percent"] <= share:
            return
        crowd = [page(w, "crowd%d" % member) for member in range(18)]
        for one in crowd:
            with halted_threads(w.last_janus.pid, "ims sip"):
                one.send("register", **one.account())
                time.sleep(0.12)
            one.wait("registered", 465)
    raise AssertionError("no overload: %r" % edge.counters(w.last_janus))


def while_it_lasts(w, ask):
    """It passes by itself, perhaps before a slow machine has asked."""
    pile_up(w, 40)
    return ask()


@case("REQ-103", "REQ-144", timeout_s=120)
def when_work_waits(w):
    """few new ones are let in, whoever asks; calls that stand, refreshes and emergencies go on; then it is over"""
    janus(w, overload_lag_ms=50)
    core, ecscf = w.core(), w.peer(ECSCF)
    one, other, client = registered(w), registered(w, "yvonne"), sip_client(w, "xaver")
    client.register()
    dialog = call(core, one)

    strangers = [page(w, "stranger%d" % number) for number in range(3)]
    core.handlers["INVITE"] = lambda request: request.reply(486)
    asks = {"client": lambda: client.invite(FAR, CannedBrowser().offer()["sdp"]).final().status == 503,
            "core": lambda: rings_in_vain(core, other) == 503,
            "page": lambda: comes(strangers.pop()) == 465}
    pile_up(w, 20)
    for _ in range(3):                      # a few are let in
        asks = {who: ask for who, ask in asks.items() if not while_it_lasts(w, ask)}
    check(not asks, "never refused", *asks)
    told(w, "overload", "limits.overload_lag_ms is 50")
    one.ask("register", "registered", refresh=True)
    changed_and_ended(dialog, one)
    one.call("urn:service:sos")
    ecscf.expect("INVITE").reply(486)
    one.wait("hangup")

    wait_until(lambda: edge.counters(w.last_janus)["load"]["let_in_percent"] == 100, "its end")
    told(w, "overload_over", "new registrations and calls are all let in again")
    check(counted(w, "overload") >= 3, "refused", edge.counters(w.last_janus))


def refused_handshake(w):
    """The thread of the sockets is late, again and again, until somebody is not let in. -> Refused"""
    for _ in attempts():
        for _ in range(3):
            with halted_threads(w.last_janus.pid, "sipws"):
                time.sleep(0.5)
            edge.sipws_query(w.last_janus, "counters")      # it goes on, sees that it is late, and is again
        for _ in range(10):
            try:
                sipws.handshake(edge.sipws_url())[0].close()
            except sipws.Refused as error:
                return error
    raise AssertionError("no overload: %r" % edge.sipws_query(w.last_janus, "counters"))


@case("REQ-144")
def sockets_that_wait(w):
    """SIP over WebSocket has a thread of its own: while that is late few new sockets are let in, with 503 and when to come
    again; those that are there go on, and a check of a proxy finds a gateway that is well"""
    own = w.own_janus(sipws={"limits": {"overload_lag_ms": 200}})
    w.core()
    client = sip_client(w, "xaver")
    client.register()
    error = refused_handshake(w)
    equal(error.status, 503, "answer")
    between(int(error.headers["retry-after"]), 5, 15, "Retry-After", error.headers)
    client.register()
    try:
        urllib.request.urlopen(edge.sipws_url().replace("ws:", "http:"))
        raise AssertionError("a page")
    except urllib.error.HTTPError as page:
        equal(page.code, 426, "a page")
    check(edge.sipws_query(own, "counters")["counters"]["refused_overload"] >= 1, "not counted")
    wait_until(lambda: edge.sipws_query(own, "counters")["load"]["let_in_percent"] == 100, "its end")
    sip_client(w, "yvonne").register()


# ---------------------------------------------------------------- what the machine has
@case("REQ-144")
def ports_of_rtp(w):
    """without a free port the core hears 503 and when to come again, a page error 465"""
    w.own_janus(limits={"retry_after_s": AGAIN_S}, media={"port_min": 20000, "port_max": 20001})
    core = w.core()
    one, other = registered(w), registered(w, "yvonne")
    dialog = call(core, one)
    come_later(core.terminate("INVITE", other.user.impu, body=SDP).final())
    contains(refused(other, "call", jsep=other.browser.offer(), uri=FAR).data["error"],
             "call: this gateway has no RTP port for more calls")
    equal(counted(w, "ports"), 2, "refused")
    told(w, "ports_exhausted", "a call refused: no RTP port is free")
    changed_and_ended(dialog, one)
    rings(core.terminate("INVITE", other.user.impu, body=SDP))


@case("REQ-144")
def descriptors(w):
    """calls are refused while Janus still has some for the rest: pages come and register"""
    own = janus(w, spare_descriptors=100)
    core, one = w.core(), registered(w)
    before = resource.prlimit(own.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(own.pid, resource.RLIMIT_NOFILE, (120, before[1]))
    come_later(core.terminate("INVITE", one.user.impu, body=SDP).final())
    contains(refused(one, "call", jsep=one.browser.offer(), uri=FAR).data["error"],
             "call: this gateway has no room for more calls")
    registered(w, "yvonne")
    equal(counted(w, "descriptors"), 2, "refused")
    told(w, "limit_reached", "a call refused: limits.spare_descriptors is 100")
    resource.prlimit(own.pid, resource.RLIMIT_NOFILE, before)
    rings(core.terminate("INVITE", one.user.impu, body=SDP))


@case("REQ-144")
def who_does_not_wait_for_answers(w):
    """so many requests of one handle may wait; Janus says that there are too many, and those that wait are answered"""
    own = janus(w)
    w.core()
    one, other = registered(w), registered(w, "yvonne")
    with halted_threads(own.pid, "ims sip"):
        sent = [one.post({"request": "status"}) for _ in range(66)]
        answers = [one.handle.client.answer_to(transaction) for transaction in sent]
        other.send("status")
    refusals = [answer["error"]["reason"] for answer in answers if answer["janus"] == "error"]
    equal(refusals, ["Too many requests wait"] * 2, "refused")
    other.wait("status")
    for _ in range(64):
        one.wait("status")
    told(w, "queue_overflow", "a client does not wait for its answers: 64 requests wait")
    one.status()
