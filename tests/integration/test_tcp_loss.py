"""TCP connections that end, by which somebody registered."""

import edge
from cases import case
from checks import check, equal
from patience import EVENT_S
from sip import addr_of, audio_sdp, params

EDGE = {"general": {"reclaim_s": 0}, "sip": {"keepalive_s": 1}, "network": {"transport": "tcp"}}
FAR = audio_sdp("127.0.1.85", 40000)


def gone(w):
    """Until nobody is registered: whose core ends with its case would try and try in the next one."""
    edge.wait_objects(w.last_janus, {"registrations": 0})


def connected(w, janus=None, **options):
    """-> core, page, the connection by which it registered"""
    core = w.core(tcp=True, **options)
    w.defer(gone, w)
    page = w.registered(w.scripted_user(), w.client(janus))
    return core, page, core.registers[-1].src


def registered_again(w, core, page, old):
    """A new REGISTER of the same binding over another connection; calls find their way; the page
    hears nothing."""
    first, second = core.registers[0], core.wait_register(2)
    check(second.src is not old, "the same connection", second)
    equal(second.call_id, first.call_id, "Call-ID", second)
    check(second.cseq > first.cseq, "CSeq", first, second)
    equal(addr_of(second.get("contact")), addr_of(first.get("contact")), "Contact", second)
    check(params(second.get("contact")).get("expires") != "0", "deregistered", second)
    invite = core.terminate("INVITE", page.user.impu, body=FAR)
    page.accept(page.incoming())
    equal(invite.final().status, 200, "answer to a call")
    equal(page.names(), ["registering", "registered", "incomingcall", "accepted"], "events")


@case()
def peer_closes(w):
    """FIN: seen at once"""
    core, page, connection = connected(w)
    connection.close()
    registered_again(w, core, page, connection)


@case()
def peer_resets(w):
    """RST: seen at once"""
    core, page, connection = connected(w)
    connection.reset()
    registered_again(w, core, page, connection)


@case()
def peer_falls_silent(w):
    """nothing comes back any more, and nobody says so: OPTIONS without an answer tells it"""
    core, page, connection = connected(w, w.own_janus(sip={"sip_t1_ms": 25, "keepalive_s": 1}))
    connection.mute = True
    registered_again(w, core, page, connection)
    check(connection.ended.wait(EVENT_S), "the dead connection is kept")


@case()
def peer_lives(w):
    """any answer to OPTIONS says that the connection lives; CRLF CRLF is answered with CRLF"""
    core, page, connection = connected(w)
    connection.send(b"\r\n\r\n")      # now: in one piece with an answer it is part of that for sofia-sip
    check(connection.pong.wait(EVENT_S), "no pong")
    asked = []

    def refuse(request):
        asked.append(request)
        request.reply(405)
    core.handlers["OPTIONS"] = refuse
    w.capture.wait(lambda: len(asked) >= 2, "OPTIONS")
    equal(asked[0].src, connection, "connection of the OPTIONS")
    equal(len(core.registers), 1, "REGISTERs")


@case()
def connection_ends_with_a_request_open(w):
    """FIN instead of an answer to REGISTER: a failure at once, not after 64*T1"""
    core = w.core(tcp=True)
    w.defer(gone, w)
    core.script = [lambda request: request.src.close()]
    page = w.page(w.scripted_user())
    page.send("register", **page.account())
    equal(page.wait("registration_failed", "registered")["code"], 503, "code")


@case()
def a_hundred_on_one_connection(w):
    """one connection serves all; all are back after its end, over one other"""
    core = w.core(tcp=True)
    w.defer(gone, w)
    pages = [w.registered(w.scripted_user("u%d" % i)) for i in range(100)]
    equal(len(core.connections), 1, "connections")
    core.connections[0].reset()
    core.wait_register(200)
    equal({addr_of(r.get("to")) for r in core.registers[100:200]}, {p.user.impu for p in pages}, "users")
    equal(len(core.connections), 2, "connections")
    check(all(page.names() == ["registering", "registered"] for page in pages), "a page was told")


@case()
def core_is_gone(w):
    """no connection can be made again: the page is told when the registration ends, and it goes on being tried"""
    core, page, connection = connected(w, expires_s=3)
    core.refuse_tcp()
    connection.close()
    equal(page.wait("registration_failed")["code"], 503, "code")
    equal(page.status()["registration"]["state"], "registering", "state")
