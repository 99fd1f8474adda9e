"""Clients on WebSockets whose socket is cut in mid-call, and who come back on another one: as JsSIP and SIP.js do it,
with the same Contact and +sip.instance, and the dialogs that they had."""

import urllib.parse

import edge
import sipws
from cases import case
from checks import contains, equal
from process import halted_threads, wait_until
from sip import Sdp, audio_sdp, params
from waf import Waf
from webrtc import CannedBrowser

SDP = audio_sdp(edge.CORE, 40000)
FRIEND = "sip:bob@scripted.example"
EDGE = {"sipws": {}, "sip": {"sip_t1_ms": 100}}
VIDEO = "m=video 40002 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"


class Phone(sipws.Client):
    def __init__(self, url, of, password=None, **how):
        super().__init__(url, of.impu, password, of.impi, **how)
        self.of, self.browser = of, CannedBrowser()

    def cut(self):
        """No Close frame, as when the network has changed."""
        for connection in self.connections:
            connection.close()

    def offer(self, direction):
        self.browser.version += 1
        return self.browser.offer()["sdp"].replace("a=sendrecv", "a=" + direction)

    def back(self, *dialogs):
        """... on a new socket, not registered yet."""
        self.connect()
        for dialog in dialogs:
            self.takes(dialog)

    def takes(self, dialog):
        dialog.peer, dialog.hop = self, self.flow


def phone_of(w, of=None, challenges=False, **how):
    of = of or w.scripted_user()
    phone = Phone(edge.sipws_url(), of, of.name + "-secret" if challenges else None, **how)
    w.defer(phone.close)
    return phone


def talking(w, challenges=False, out=True, shared=True):
    """-> core, a client in a call, the core's dialog, the client's"""
    core = w.core(challenges=challenges)
    if shared:
        w.janus
    phone = phone_of(w, challenges=challenges)
    phone.register()
    return (core, phone, *(call_out(core, phone) if out else call_in(core, phone)))


def call_out(core, phone):
    asked = phone.invite(FRIEND, phone.browser.offer()["sdp"])
    far = core.expect("INVITE").accept(SDP)
    near = asked.dialog()
    core.expect("ACK")
    return far, near


def call_in(core, phone):
    asked = core.terminate("INVITE", phone.impu, [], SDP)
    invite = phone.expect("INVITE")
    near = invite.accept(phone.browser.answer(invite.body)["sdp"])
    far = asked.dialog()
    phone.expect("ACK")
    return far, near


def count(w, name):
    return edge.sipws_query(w.last_janus, "counters")["counters"][name]


def cut_and_noticed(w, phone):
    before = count(w, "cut_in_calls")
    phone.cut()
    wait_until(lambda: count(w, "cut_in_calls") > before, "the cut is seen")


def comes_back(w, phone, *dialogs, register=Phone.register):
    """On a new socket, where his calls are as soon as he is registered."""
    came_back = count(w, "came_back")
    phone.back(*dialogs)
    register(phone)
    equal(count(w, "came_back"), came_back + 1, "calls that have come along")


def nothing_is_left(w):
    edge.wait_objects(w.last_janus, {"handles": 0, "sessions": 0, "calls": 0})


@case("REQ-158")
def back_in_the_call(w):
    """cut in mid-call and back: hold of either side, and BYE, go over the new socket; the far end has heard nothing"""
    core, phone, far, near = talking(w)
    cut_and_noticed(w, phone)
    core.expect_nothing("BYE", 0.3)
    comes_back(w, phone, near)
    asked = near.request("INVITE", [], phone.offer("sendonly"))
    held = core.expect("INVITE")
    equal(Sdp(held.body).audio.direction, "sendonly", "hold", held)
    held.accept(SDP.replace("sendrecv", "recvonly"))
    equal(Sdp(asked.dialog().answer.body).audio.direction, "recvonly", "held")
    core.expect("ACK")
    far.request("UPDATE", ["Session-Expires: 1800;refresher=uac"]).final()
    equal(near.bye().status, 200, "BYE")
    core.expect("BYE").reply(200)
    phone.close()
    nothing_is_left(w)


@case("REQ-158")
def the_far_end_acts(w):
    """... and what the far end wants meanwhile is told on the new socket: a change that it asks for, then its BYE"""
    core, phone, far, near = talking(w, out=False)
    cut_and_noticed(w, phone)
    asked = far.request("INVITE", [], SDP + VIDEO)
    phone.back(near)
    phone.register()
    offered = phone.expect("INVITE")
    contains(offered.body, "m=video")
    offered.accept(phone.browser.answer(offered.body)["sdp"])
    asked.dialog()
    phone.expect("ACK")
    far.bye()
    phone.expect("BYE").reply(200)
    equal(near.request("INFO", [], "x", "text/plain").final().status, 481, "it is over")


@case("REQ-158")
def hung_up_meanwhile(w):
    """the far end hangs up while the client is away: it hears BYE when it is back, and takes the next call"""
    core, phone, far, near = talking(w)
    cut_and_noticed(w, phone)
    equal(far.bye().status, 200, "BYE")
    phone.back(near)
    phone.register()
    phone.expect("BYE").reply(200)
    far, near = call_in(core, phone)
    near.bye()
    core.expect("BYE").reply(200)


@case("REQ-158")
def nobody_to_ring(w):
    """a call to a client that is away is refused at once; one that rang when it was cut ends; the one that is up goes on"""
    core, phone, far, near = talking(w)
    rings = core.terminate("INVITE", phone.impu, [], SDP)
    phone.expect("INVITE").ringing()
    rings.provisional(180)
    cut_and_noticed(w, phone)
    equal(rings.final().status, 480, "that rang", rings.final())
    refused = core.terminate("INVITE", phone.impu, [], SDP).final()
    equal(refused.status, 480, "that came", refused)
    comes_back(w, phone, near)
    equal(near.bye().status, 200, "BYE")
    core.expect("BYE").reply(200)


@case("REQ-158", "REQ-142")
def who_is_not_he(w):
    """while a call waits: a wrong password, and another instance, get nothing of it and do not disturb it"""
    core, phone, far, near = talking(w, challenges=True)
    cut_and_noticed(w, phone)
    thief = phone_of(w, phone.of, True, instance=phone.instance, host=phone.host, user=phone.user)
    thief.password = "wrong-geheim-11"
    thief.takes(near)
    equal(near.request("INFO", [], "x", "text/plain").final().status, 481, "before he is registered")
    equal(thief.register(want=None).status, 403, "wrong password")
    equal(near.bye().status, 481, "BYE of somebody else")
    other = phone_of(w, phone.of, True)
    other.register()
    other.takes(near)
    equal(near.bye().status, 481, "BYE of another device")
    core.expect_nothing("BYE", 0.2)
    comes_back(w, phone, near)
    equal(near.bye().status, 200, "BYE")
    core.expect("BYE").reply(200)


@case("REQ-158", "REQ-55")
def proved_by_token(w):
    """a token proves it, too: a wrong one gets nothing, the user's gets his call"""
    waf = Waf(w, "scripted")
    core, phone = w.core(), phone_of(w)
    by = lambda token: ["Authorization: Bearer " + token]
    phone.register(headers=by(waf.token(phone.of)))
    far, near = call_out(core, phone)
    cut_and_noticed(w, phone)
    phone.back(near)
    phone.register(headers=by("geheim-pass-of-nobody"), want=401)
    equal(near.bye().status, 481, "BYE")
    phone.register(headers=by(waf.token(phone.of, 2)))
    far.bye()
    phone.expect("BYE").reply(200)


@case("REQ-158", "REQ-144")
def stays_away(w):
    """who falls silent and does not come back in time: the far end hears that the call is over, and nothing is left; who
    comes back later is registered, and his dialog is not known"""
    w.own_janus(sipws={"limits": {"reclaim_s": 1, "ping_s": 1, "pong_s": 2}})
    core, phone, far, near = talking(w, shared=False)
    phone.flow.mute = True
    core.expect("BYE").reply(200)
    nothing_is_left(w)
    equal(count(w, "stayed_away"), 1, "stayed away")
    phone.back(near)
    phone.register()
    equal(near.bye().status, 481, "BYE")


@case("REQ-158")
def half_open(w):
    """who comes back before his old socket was missed has his calls at once; on the old one nobody has"""
    core, phone, far, near = talking(w)
    early = phone.invite("sip:carol@scripted.example", phone.browser.offer()["sdp"])
    core.expect("INVITE").ringing()
    early.provisional(180)
    old = phone.flow
    comes_back(w, phone, near)
    core.expect("CANCEL").reply(200)
    near.hop = old
    equal(near.request("INFO", [], "x", "text/plain").final().status, 481, "the call, on the old socket")
    near.hop = phone.flow
    equal(near.request("UPDATE").final().status, 200, "the call, on the new one")
    equal(far.request("UPDATE").final().status, 200, "... and at the far end")
    second_far, second_near = call_out(core, phone)
    far.bye()
    phone.expect("BYE").reply(200)
    second_near.bye()
    core.expect("BYE").reply(200)


def flows(w, phone):
    """Names of his registrations at the gateway."""
    return [row["flow"] for row in edge.ask(w.last_janus, "list", what="registrations", username=phone.impu)["registrations"]]


@case("REQ-158")
def told_in_either_order(w):
    """Janus says first that the old registration is replaced, or, having much to say of that one, that the new one stands:
    the call comes along"""
    core, phone, far, near = talking(w)
    for waiting in (0, 10):
        before, came_back = flows(w, phone), count(w, "came_back")
        with halted_threads(w.last_janus.pid, "ims push"):      # who tells Janus
            for _ in range(waiting):
                equal(far.request("INFO", [], "x", "text/plain").final().status, 200, "INFO")
            phone.back(near)
            registered = w.background(phone.register)
            wait_until(lambda: flows(w, phone) and before[0] not in flows(w, phone), "the old one is replaced")
        registered.result()
        equal(near.request("UPDATE").final().status, 200, "on the new socket, at once")
        equal(count(w, "came_back"), came_back + 1, "calls that have come along")
        near.bye()
        core.expect("BYE").reply(200)
        far, near = call_out(core, phone)
    near.bye()
    core.expect("BYE").reply(200)


@case("REQ-158", "REQ-100")
def transferred_to_a_newer_call(w):
    """a call from before the cut is transferred to the far end of one that came after it"""
    core, phone, far, near = talking(w)
    cut_and_noticed(w, phone)
    comes_back(w, phone, near)
    newer_far, newer = call_in(core, phone)
    replaces = "%s;to-tag=%s;from-tag=%s" % (newer.call_id, params(newer.remote)["tag"], params(newer.local)["tag"])
    asked = near.request("REFER", ["Refer-To: <%s?Replaces=%s>" % (newer.target, urllib.parse.quote(replaces, safe=""))])
    request = core.expect("REFER")
    request.reply(202)
    equal(asked.final().status, 202, "REFER", asked.final())
    contains(urllib.parse.unquote(request.get("refer-to")), newer_far.call_id)
    for dialog in (near, newer):
        equal(dialog.bye().status, 200, "BYE")
        core.expect("BYE").reply(200)


@case("REQ-158")
def sent_away(w):
    """an operator closes the socket: the call goes on"""
    core, phone, far, near = talking(w)
    equal(near.request("UPDATE").final().status, 200, "behind its ACK, which makes it a call")
    number, = (one["number"] for one in edge.sipws_query(w.last_janus, "connections")["connections"] if one["impu"] == phone.impu)
    edge.sipws_query(w.last_janus, "close", number=number)
    equal(phone.wait_closed()[0], 1001, "code of Close")
    comes_back(w, phone, near)
    equal(near.bye().status, 200, "BYE")
    core.expect("BYE").reply(200)


@case("REQ-158")
def cut_again(w):
    """cut twice, with a call more each time: each of them is there on the third socket"""
    core, phone, far, near = talking(w)
    cut_and_noticed(w, phone)
    comes_back(w, phone, near)
    second_far, second_near = call_in(core, phone)
    cut_and_noticed(w, phone)
    comes_back(w, phone, near, second_near)
    far.bye()
    phone.expect("BYE", match=lambda r: r.call_id == near.call_id).reply(200)
    equal(second_near.bye().status, 200, "BYE")
    core.expect("BYE").reply(200)
    phone.close()
    nothing_is_left(w)


@case("REQ-158")
def who_closes_it_himself(w):
    """a Close frame, as of a page that is left, ends the calls at once; so does the end of a registration"""
    core, phone, far, near = talking(w)
    phone.flow.close_with(1001)
    core.expect("BYE").reply(200)
    phone.back()
    phone.register()
    far, near = call_out(core, phone)
    cut_and_noticed(w, phone)
    comes_back(w, phone, near)
    phone.unregister()
    core.expect("BYE").reply(200)
    phone.expect("BYE").reply(200)
    phone.close()
    nothing_is_left(w)


@case("REQ-158")
def without_an_instance(w):
    """who names no instance is known by the Contact that his library has made at random; who has none such either is
    nobody's successor: his call ends with the socket"""
    core = w.core()
    w.janus
    for host, waits in (("r4nd0m-%s.invalid" % w.mark.strip("@.-"), True), ("10.1.2.3", False)):
        phone = phone_of(w, host=host)

        def register(phone):
            answer = phone.ask("REGISTER", "sip:scripted.example", To="<%s>" % phone.impu,
                               Contact="<%s>;expires=600" % phone.contact).final()
            equal(answer.status, 200, "REGISTER", answer)
        register(phone)
        far, near = call_out(core, phone)
        if waits:
            cut_and_noticed(w, phone)
            comes_back(w, phone, near, register=register)
        else:
            phone.cut()
            core.expect("BYE").reply(200)
            phone.back(near)
            register(phone)
        equal(near.bye().status, 200 if waits else 481, "BYE on the new socket")
        if waits:
            core.expect("BYE").reply(200)
        phone.close()
    nothing_is_left(w)
