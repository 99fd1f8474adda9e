"""Names where addresses were: entry points by RFC 3263, routes of the core that name hosts, hosts that fail,
name servers that die and change their minds."""

import itertools
import time

import edge
import lab
import names
from cases import case
from checks import check, equal, header, lacks_text
from names import a, naptr, srv
from patience import attempts
from peer import Silence
from sip import audio_sdp, auth_params, new_id

HOST_A, HOST_B, HOST_C = edge.CORE, "127.0.1.82", "127.0.1.83"
OUTSIDE = "127.0.1.71"
UNUSED = itertools.count(101)       # hosts that failed nobody in the cases before
TARGET = "sip:+4930999@scripted.example"
SDP = audio_sdp("127.0.1.85", 40000)
SRV = srv("_sip._udp", "a", priority=1) + srv("_sip._udp", "b", priority=2)
ZONE = naptr(10, "SIP+D2U", "_sip._udp") + SRV + a("a", HOST_A) + a("b", HOST_B)
# The entry point is the domain; nobody is configured to be of the core.
EDGE = {"general": {"dns_servers": [names.ADDRESS]}, "sip": {"sip_t1_ms": 50},
        "networks_of": {"scripted": {"entry_point": "scripted.example", "core_addresses": []}}}


def named_core(w, route="a.scripted.example", **options):
    """A core that calls itself by its name."""
    core = w.core(HOST_A, **options)
    core.service_route = ["<sip:orig@%s;lr>" % route]
    return core


def page_of(w):
    return w.registered(w.scripted_user())


def two_hosts():
    """-> two addresses, and a zone whose first choice is the first of them; what the case before has taught
    expires after a second"""
    time.sleep(1.1)
    one, two = (lab.NET + ".%d" % next(UNUSED) for _ in range(2))
    return one, two, SRV + a("a", one) + a("b", two)


def never(peer, method):
    """Nothing of that method has come so far."""
    peer.expect_nothing(method, 0.01)


@case()
def entry_point_by_naptr_and_srv(w):
    """NAPTR, SRV, A: the first host of the best priority serves the whole registration"""
    server = w.names(ttl_s=60).serve(*ZONE)      # longer than the case, so nobody else shall learn it
    core, other = w.core(HOST_A, challenges=True, expires_s=2), w.core(HOST_B)
    w.registered(w.scripted_user(), w.client(w.own_janus()))
    asked = lambda: [server.asked(name) for name in ("scripted.example", "_sip._udp.scripted.example")]
    core.wait_register(2)       # who we are, the answer
    before = asked()            # a question that waits too long on a slow machine is asked again
    check(min(before) > 0, "nobody was asked")
    core.wait_register(3)       # a refresh
    equal([auth_params(r.get("authorization")).get("response", "") != "" for r in core.registers[:3]],
          [False, True, True], "which of them prove something")
    equal(len(other.registers), 0, "REGISTERs at the host of the second priority")
    equal(asked(), before, "questions about the names: the refresh asks nobody")


@case()
def srv_weights_share_the_load(w):
    """two hosts of one priority: both get users, each user stays with his"""
    w.names(ttl_s=60).serve(*srv("_sip._udp", "a", weight=1), *srv("_sip._udp", "b", weight=1),
                            *a("a", HOST_A), *a("b", HOST_B))
    cores = [w.core(host, challenges=True) for host in (HOST_A, HOST_B)]
    for i in range(24):
        w.registered(w.scripted_user("user%d" % i))
    counts = [len(core.registers) for core in cores]
    check(min(counts) >= 4 and sum(counts) == 48, "REGISTERs at the two hosts: %r" % counts)
    for core in cores:
        equal(len({r.get("to") for r in core.registers}) * 2, len(core.registers),
              "a challenge is answered where it came from")


@case()
def port_means_addresses(w):
    """an entry point with a port is looked up by its addresses alone"""
    server = w.names().serve(*ZONE)
    core = w.core(HOST_B)
    janus = w.own_janus(networks_of={"scripted": {"entry_point": "b.scripted.example:5060"}})
    w.registered(w.scripted_user(), w.client(janus))
    equal(len(core.registers), 1, "REGISTERs")
    equal([server.asked(name) for name in ("scripted.example", "_sip._udp.b.scripted.example")], [0, 0],
          "questions that nobody has")


@case("REQ-18")
def silent_host_fails_over(w):
    """nobody answers at the first host: the second registers the user, who hears nothing of it, and keeps him"""
    one, two, zone = two_hosts()
    w.names().serve(*zone)
    dead = w.core(one)
    dead.silent = True
    core = w.core(two, challenges=True, expires_s=2)
    page = page_of(w)
    core.wait_register(3)
    equal(page.names(), ["registering", "registered"], "events")
    count = len(dead.registers)
    second = w.registered(w.scripted_user("next"))     # the silent one comes last for everybody
    equal((len(dead.registers), second.names()), (count, ["registering", "registered"]), "the next user")


@case("REQ-18")
def busy_and_dead_hosts_fail_over(w):
    """503 at the first, nothing listens at the second: the third registers the user"""
    one, _, zone = two_hosts()
    three = lab.NET + ".%d" % next(UNUSED)
    w.names().serve(*zone, *srv("_sip._udp", "c", priority=3), *a("c", three))
    busy = w.core(one)
    busy.script = [503] * 9
    core = w.core(three, challenges=True)
    page = page_of(w)
    equal(page.names(), ["registering", "registered"], "events")
    equal((len(busy.registers), len(core.registers)), (1, 2), "REGISTERs at the first and the third")


@case("REQ-18")
def host_dies_under_a_registration(w):
    """a refresh that finds its host dead goes to the next; calls go on, and the page hears nothing"""
    one, two, zone = two_hosts()
    w.names().serve(*zone)
    first, second = w.core(one, expires_s=2), w.core(two, expires_s=2)
    page = page_of(w)
    equal(len(second.registers), 0, "REGISTERs at the second host")
    first.close()
    second.wait_register(2)
    page.call(TARGET)
    second.expect("INVITE").reply(486)
    page.wait("hangup")
    equal(page.names().count("registered"), 1, "registered events")


@case("REQ-78", "REQ-80")
def routes_that_are_names(w):
    """Service-Route, Record-Route and Contact by name: INVITE, ACK, re-INVITE, BYE and MESSAGE find their way, and
    Route says what the network wrote"""
    w.names().serve(*ZONE, *a("far", HOST_C))
    core, proxy = named_core(w), w.peer(HOST_B)
    page = page_of(w)
    page.call(TARGET)
    invite = core.expect("INVITE")
    equal(invite.all("route"), core.service_route, "Route of the INVITE", invite)
    invite.message.headers.append(("record-route", "<sip:b.scripted.example;lr;mark=7>"))
    invite.message.headers = ([h for h in invite.message.headers if h[0] != "record-route"]
                              + [("record-route", value) for value in reversed(invite.all("record-route"))])
    invite.reply(200, ["Contact: <sip:far@far.scripted.example>"], SDP)
    page.wait("accepted")
    ack = proxy.expect("ACK")
    equal(ack.ruri, "sip:far@far.scripted.example", "Request-URI of the ACK", ack)
    header(ack, "Route", "^<sip:b.scripted.example;lr;mark=7>")
    page.ask("hold", "holding")
    reinvite = proxy.expect("INVITE")
    header(reinvite, "Route", "^<sip:b.scripted.example;lr;mark=7>")
    reinvite.reply(200, ["Contact: <sip:far@far.scripted.example>"], audio_sdp("127.0.1.85", 40000, direction="recvonly"))
    proxy.expect("ACK")
    page.hangup()
    proxy.expect("BYE").reply(200)
    page.send("message", content="hello", uri=TARGET)
    message = core.expect("MESSAGE")
    equal(message.all("route"), core.service_route, "Route of the MESSAGE", message)
    message.reply(200)
    page.wait("messagedelivery")


@case("REQ-143", "REQ-86")
def called_by_a_named_core(w):
    """who may call: the hosts of the Service-Route, which is a name; no other, until the name says so"""
    server = w.names().serve(*ZONE)
    core, stranger = named_core(w, "b.scripted.example"), w.core(HOST_C)
    s_cscf = w.core(HOST_B)
    page = page_of(w)
    s_cscf.registrations = stranger.registrations = core.registrations
    first = s_cscf.terminate("INVITE", page.user.impu, body=SDP)
    page.incoming()
    page.ask("decline", "declining")
    equal(first.final().status, 486, "answer")
    page.wait("hangup")
    try:
        status = stranger.terminate("INVITE", page.user.impu, body=SDP).final(1.2).status
        raise AssertionError("a stranger was answered with %d" % status)
    except Silence:
        pass
    lacks_text(str(page.names()[3:]), "incomingcall")
    server.serve(*(set(ZONE) - set(a("b", HOST_B))), *a("b", HOST_C))    # the S-CSCF moves
    moved = stranger.terminate("INVITE", page.user.impu, body=SDP)
    moved_answer = w.background(moved.final)
    page.incoming()       # if it was asked for while the name server restarted, the old answer served on for 5 s
    page.ask("decline", "declining")
    equal(moved_answer.result().status, 486, "answer to the host that has moved")


@case("REQ-143")
def route_of_a_call_opens_no_door(w):
    """a callee writes himself into the route of his call: he may speak in it, and nowhere else"""
    w.names().serve(*ZONE, *a("far", OUTSIDE))
    core, callee = named_core(w), w.core(OUTSIDE)
    page = page_of(w)
    callee.registrations = core.registrations
    page.call(TARGET)
    invite = core.expect("INVITE")
    invite.message.headers = [h for h in invite.message.headers if h[0] != "record-route"]
    invite.reply(200, ["Record-Route: <sip:far.scripted.example;lr>", "Contact: <sip:far@far.scripted.example>"], SDP)
    page.wait("accepted")
    callee.expect("ACK")
    try:
        status = callee.terminate("MESSAGE", page.user.impu, body="x", body_type="text/plain").final(1).status
        raise AssertionError("outside of the call he was answered with %d" % status)
    except Silence:
        pass
    dialog = invite.dialog()
    dialog.peer, dialog.hop, dialog.routes = callee, (edge.ADDRESS, edge.PORT), []
    equal(dialog.bye().status, 200, "answer to his BYE")
    page.wait("hangup")


@case()
def call_that_leads_nowhere(w):
    """a route by a name that does not exist: refused before it rings, and the page's own calls fail at once"""
    w.names().serve(*ZONE)
    core = named_core(w, "nowhere.scripted.example")
    page = page_of(w)
    for _ in range(2):
        check(page.fails_to_call(TARGET) in (449, 503), "a route that leads nowhere")
    page.send("message", content="hello", uri=TARGET)
    equal(page.wait("messagedelivery")["code"], 503, "code of a message")
    binding = core.registrations[page.user.impu]
    invite = core.terminate("INVITE", page.user.impu, body=SDP,
                            headers=["Record-Route: <sip:%s.invalid;lr>" % new_id()], routes=binding.paths)
    equal(invite.final().status, 503, "answer")
    check("incomingcall" not in page.names(), "the page heard of it")


@case()
def invite_fails_over(w):
    """the S-CSCF's name has two hosts: an INVITE and a MESSAGE that one does not take go to the other, once"""
    one, two = (lab.NET + ".%d" % next(UNUSED) for _ in range(2))
    w.names().serve(*ZONE, *srv("_sip._udp.s", "c", priority=1), *srv("_sip._udp.s", "d", priority=2),
                    *a("c", one), *a("d", two))
    core, busy, good = named_core(w, "s.scripted.example"), w.peer(one), w.peer(two)
    page = page_of(w)
    busy.handlers["INVITE"] = lambda request: request.reply(503)
    page.call(TARGET)
    invite = good.expect("INVITE")
    equal((invite.call_id, invite.cseq), (page.status()["call"]["call_id"], 1), "the same INVITE", invite)
    invite.reply(486)
    equal(page.wait("hangup")["code"], 486, "code")
    page.send("message", content="hello", uri=TARGET)
    good.expect("MESSAGE").reply(200)           # the one that said 503 comes last now
    equal(page.wait("messagedelivery")["code"], 200, "code")
    never(busy, "MESSAGE")


@case("REQ-96")
def surplus_answer_through_a_name(w):
    """a second 200 of a forked call, along a route that names a host, gets its ACK and BYE"""
    w.names(ttl_s=60).serve(*ZONE, *a("far", HOST_A))
    core = named_core(w)
    page = page_of(w)
    page.call(TARGET)
    invite = core.expect("INVITE")
    own = invite.all("record-route")
    for tag in ("first", "second"):
        invite.to_tag = tag
        invite.message.headers = [h for h in invite.message.headers if h[0] != "record-route"]
        invite.reply(200, ["Record-Route: <sip:a.scripted.example;lr>, " + own[0],
                           "Contact: <sip:far@far.scripted.example>"], SDP)
        core.expect("ACK", match=lambda m, t=tag: m.tag("to") == t)
    bye = core.expect("BYE")
    equal(bye.tag("to"), "second", "who gets the BYE", bye)
    bye.reply(200)
    page.wait("accepted")
    page.hangup()


@case()
def name_server_dies_and_changes(w):
    """no name server: registrations and calls go on with what was known; back with other news: followed"""
    server = w.names(ttl_s=1).serve(*ZONE)
    core = named_core(w, expires_s=2)
    page = w.registered(w.scripted_user(), w.client(w.own_janus()))     # which knows nothing of the case before
    server.stop()
    count = len(core.registers)
    core.wait_register(count + 2)
    for _ in range(2):      # the answers have expired; asked again, and nobody is there
        page.call(TARGET)
        core.expect("INVITE").reply(486)
        page.wait("hangup")
    server.serve(*(set(ZONE) - set(a("a", HOST_A))), *a("a", HOST_C))
    other = w.peer(HOST_C)
    def reached_there():
        page.call(TARGET)
        try:
            other.expect("INVITE", 1).reply(486)
            return True
        except Silence:
            return False
        finally:
            if page.status()["call"]:
                page.send("hangup")
            page.wait("hangup")
    check(any(reached_there() for _ in attempts()), "the call never went to the new address")
    core.wait_register(len(core.registers) + 1)         # the registration stays where it is


def with_mute_names(w, **settings):
    """Names are asked for and never told. -> Janus, a core at its address"""
    w.defer(names.MuteServer().close)
    janus = w.own_janus(networks_of={"scripted": {"entry_point": HOST_A}}, **settings)
    return janus, w.core(HOST_A)


def answered_from_afar(core, page):
    """The page calls, and the answer comes from a target that has to be looked up. -> the INVITE"""
    page.call(TARGET)
    invite = core.expect("INVITE")
    invite.reply(200, ["Contact: <sip:far@far.scripted.example>"], SDP)
    return invite


@case("REQ-96")
def bye_before_the_ack_knows_its_way(w):
    """the one who answered hangs up while his name is still being looked up: the call is over"""
    janus, core = with_mute_names(w)
    page = w.registered(w.scripted_user(), w.client(janus))
    invite = answered_from_afar(core, page)
    equal(invite.dialog().bye().status, 200, "answer to the BYE")
    page.wait("hangup")
    edge.wait_objects(janus, {"invites": 0, "calls": 0})


@case("REQ-96")
def answers_before_the_ack_knows_its_way(w):
    """the answer is repeated, and other forks answer, while the way of our ACK is being looked up: Janus lives"""
    janus, core = with_mute_names(w)
    page = w.registered(w.scripted_user(), w.client(janus))
    invite = answered_from_afar(core, page)
    first = invite.to_tag
    for tag in ("second", first, "third", first) * 4:
        invite.to_tag = tag
        for status in (180, 183, 200):
            invite.reply(status, ["Contact: <sip:far@far.scripted.example>"], SDP if status == 200 else "")
    invite.to_tag = first
    equal(invite.dialog().bye().status, 200, "answer to the BYE")
    page.wait("hangup")


@case("REQ-96")
def surplus_answers_to_a_user_agent(w):
    """role ue, where nothing is recorded: a second 200 gets ACK and BYE; a third, from a target that is a name
    nobody knows, gets nothing and does no harm"""
    janus, core = with_mute_names(w, network={"role": "ue"})
    page = w.registered(w.scripted_user(), w.client(janus))
    page.call(TARGET)
    invite = core.expect("INVITE")
    for tag, contact in (("first", core.contact), ("second", core.contact), ("third", "sip:far@far.scripted.example")):
        invite.to_tag = tag
        invite.reply(200, ["Contact: <%s>" % contact], SDP)
    for tag in ("first", "second"):
        core.expect("ACK", match=lambda m, tag=tag: m.tag("to") == tag)
    surplus = core.expect("BYE")
    surplus.reply(200)
    equal(surplus.tag("to"), "second", "To tag of the BYE", surplus)
    page.wait("accepted")
    page.send("hangup")
    core.expect("BYE").reply(200)
    page.wait("hangup")
    lacks_text(janus.process.output(), "sres_")
    w.run.end(janus)


@case("REQ-96")
def hold_behind_which_the_call_ends(w):
    """the answer to our re-INVITE comes after our BYE, or after the peer's, from a target that is a name: it is
    acknowledged where the call went, and nobody but us looks the name up"""
    janus, core = with_mute_names(w)
    page, kept = w.registered(w.scripted_user(), w.client(janus)), core.contact
    for ours in (True, False):
        core.contact = kept
        invite = core.terminate("INVITE", page.user.impu, body=SDP)
        page.accept(page.incoming())
        dialog = invite.dialog()
        page.until_up()
        core.contact = "sip:far@far.scripted.example"
        equal(dialog.request("UPDATE").final().status, 200, "UPDATE")
        page.send("hold")
        hold = core.expect("INVITE")
        if ours:
            page.send("hangup")
            core.expect("BYE").reply(200)
        else:
            dialog.bye()
        page.wait("hangup")
        hold.reply(200, ["Contact: <%s>" % core.contact], SDP)
        core.expect("ACK", match=lambda m, cseq=hold.cseq: m.cseq == cseq)
        page.connection_gone()
    lacks_text(janus.process.output(), "sres_")
    edge.wait_objects(janus, {"invites": 0})


@case()
def ends_while_names_are_looked_up(w):
    """Janus ends while a REGISTER, an INVITE, a MESSAGE, an answer and a caller's route wait for name servers"""
    janus, core = with_mute_names(w)
    pages = [w.registered(w.scripted_user("near%d" % i), w.client(janus)) for i in range(2)]
    answered_from_afar(core, pages[0])
    binding = core.registrations[pages[1].user.impu]
    core.terminate("INVITE", pages[1].user.impu, body=SDP, headers=["Record-Route: <sip:far.scripted.example;lr>"],
                   routes=binding.paths)
    core.service_route = ["<sip:orig@scscf.scripted.example;lr>"]
    far = w.registered(w.scripted_user("far"), w.client(janus))
    far.call(TARGET)
    far.ask("message", "messagesent", content="hello", uri=TARGET)
    core.close()
    w.run.janus = janus
    w.run.end_janus()


@case("REQ-18")
def mute_name_server_holds_up_nobody(w):
    """a name server that never answers: its user hears of it, and others are served meanwhile"""
    mute = names.MuteServer()
    w.defer(mute.close)
    janus = w.own_janus()
    waiting, other = w.page(w.scripted_user(), w.client(janus)), w.page(client=w.client(janus))
    waiting.send("register", **waiting.account())
    waiting.wait("registering")
    other.register()                            # at the lab, by its address
    equal(waiting.names(), ["registering"], "events of the one who waits")
    event = waiting.wait("registration_failed")
    check(event["code"] == 503 and 1 <= event["ims"]["retry_in"] <= 30, "code, and seconds to the next attempt", event)
    equal(waiting.status()["registration"]["state"], "registering", "state")
    mute.close()
    w.names().serve(*ZONE)
    w.core(HOST_A)
    for _ in attempts():    # the user does not wait; that nobody answered is remembered for 5 s
        waiting.send("register", **waiting.account())
        if waiting.wait("registered", "registration_failed").name == "registered":
            break
        time.sleep(1)
    equal(waiting.status()["registration"]["state"], "registered", "state")
