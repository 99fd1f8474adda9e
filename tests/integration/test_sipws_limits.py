"""Limits of SIP over WebSocket: connections, their rates, silence, who does not read; certificates; start and end."""

import contextlib
import socket
import ssl
import time

import authority
import edge
import janus
import leaks
import paths
import sipws
from cases import case
from patience import EVENT_S
from process import wait_until

EDGE = {"sipws": {}}
AWAY, POLICY = 1001, 1008


def client(w, secure=False, **how):
    assert w.last_janus or w.janus
    made = sipws.Client(edge.sipws_url(secure), **how)
    w.defer(made.close)
    return made


def alive(one):
    assert one.ask("OPTIONS", "sip:ims.example").final().status


def counters(of):
    answer = edge.sipws_query(of, "counters")
    return {**answer["counters"], **{name: answer[name] for name in ("sockets", "connections", "leaving")}}


def counted(of, name, least=1):
    wait_until(lambda: counters(of)[name] >= least, "%s: %d" % (name, least))


def not_let_in(**how):
    """The far end hangs up without a word."""
    try:
        opened = sipws.handshake(edge.sipws_url(), **how)[0]
    except (sipws.Refused, OSError) as error:
        assert getattr(error, "status", 0) == 0, error
        return
    opened.close()
    raise AssertionError("let in")


# ---------------------------------------------------------------- connections
@case("REQ-144")
def connections_of_one_address(w):
    """So many connections of one address, and in all; who has closed one may open another"""
    mine = w.own_janus(sipws={"limits": {"connections": 4, "connections_per_address": 3}})
    first = [client(w) for _ in range(3)]
    not_let_in()
    assert counters(mine)["refused_address"] == 1
    others = client(w, source=("127.0.0.2", 0))
    not_let_in(source=("127.0.0.3", 0))
    assert counters(mine)["refused_full"] == 1, counters(mine)
    first[0].close()
    wait_until(lambda: counters(mine)["connections"] == 3, "one fewer")
    alive(client(w))
    alive(others)


@case("REQ-144")
def attempts_of_one_address(w):
    """So many attempts in a minute, TLS or not, of one address; others come in"""
    mine = w.own_janus(sipws={"limits": {"connections_per_minute": 2}})     # the next one in half a minute
    for _ in range(2):
        alive(client(w))
    for _ in range(3):
        not_let_in()
    assert counters(mine)["refused_rate"] == 3
    alive(client(w, source=("127.0.0.2", 0)))


@case("REQ-141", "REQ-144")
def messages_of_one_connection(w):
    """So many messages in a minute: 1008. And who sends no Origin is refused where that is not allowed"""
    w.own_janus(sipws={"general": {"without_origin": False}, "limits": {"messages_per_minute": 3}})
    try:
        sipws.handshake(edge.sipws_url())
        raise AssertionError("let in")
    except sipws.Refused as error:
        assert error.status == 403, error
    one = client(w, origin=edge.ORIGIN)
    with contextlib.suppress(OSError):
        for _ in range(40):
            one.say(b"\r\n\r\n")
    assert one.wait_closed() == (POLICY, "Too many messages")
    assert one.flow.keepalives.qsize() == 3
    alive(client(w, origin=edge.ORIGIN))


# ---------------------------------------------------------------- silence
@case("REQ-144", "REQ-154")
def who_is_silent(w):
    """A Ping to who is silent, the end for who does not answer it; and for who is slow at the handshake, and who does
    not register"""
    mine = w.own_janus(sipws={"limits": {"ping_s": 1, "pong_s": 2, "handshake_s": 4, "idle_s": 4}})
    mute, good = client(w, secure=True), client(w)
    mute.flow.mute = True
    slow = [socket.create_connection(("127.0.0.1", port), EVENT_S) for port in (edge.WSS_PORT, edge.SIP_WS_PORT) * 2]
    slow[1].sendall(b"GET / HTTP/1.1\r\nHost: a\r\n")
    slow[2].sendall(b"\x16\x03\x01")
    for opened in slow:
        w.defer(opened.close)
        opened.settimeout(EVENT_S)
        with contextlib.suppress(ConnectionResetError):
            assert opened.recv(1) == b""
    assert mute.wait_closed() is None and mute.flow.pings_seen
    assert counters(mine)["cut_dead"] == 1, counters(mine)
    assert good.wait_closed() == (AWAY, "No registration") and good.flow.pings_seen
    assert counters(mine)["closed_idle"] == 1, counters(mine)
    wait_until(lambda: counters(mine)["connections"] == 0, "none is left")


@case("REQ-156", long=True)
def who_is_registered_stays(w):
    """A registered socket is not idle, and Janus, which ends sessions that are silent for 3 seconds, keeps its own"""
    mine, user = w.own_janus(core={"session_timeout": 3}, sipws={"limits": {"idle_s": 1, "ping_s": 1}}), w.user()
    one = client(w, secure=True, impu=user.impu, password=user.password, username=user.impi)
    one.register()
    connected = edge.sipws_query(mine, "connections")["connections"]
    assert [row["impu"] for row in connected] == [user.impu] and connected[0]["in_use"], connected
    assert not one.flow.ended.wait(9), one.flow.closed      # the watchdog of Janus looks every 2 seconds
    assert len(mine.admin("list_sessions")["sessions"]) == 1
    one.unregister()
    assert one.wait_closed() == (AWAY, "No registration"), one.flow.closed
    wait_until(lambda: not mine.admin("list_sessions")["sessions"], "no session")


@case("REQ-144")
def drops_of_a_handshake(w):
    """Who sends a byte of his headers now and then does not hold a connection by it"""
    w.own_janus(sipws={"limits": {"handshake_s": 1}})
    opened = socket.create_connection(("127.0.0.1", edge.SIP_WS_PORT), EVENT_S)
    w.defer(opened.close)
    opened.settimeout(0.2)
    opened.sendall(b"GET / HTTP/1.1\r\n")
    until = time.monotonic() + EVENT_S
    with contextlib.suppress(ConnectionError):
        while time.monotonic() < until:
            opened.sendall(b"x")
            with contextlib.suppress(socket.timeout):
                if opened.recv(1) == b"":
                    return
        raise AssertionError("still open")


# ---------------------------------------------------------------- who does not read
def long_options(number):
    """Whose answer is as long: what it copies is."""
    name = "z9hG4bK%d" % number
    return ("OPTIONS sip:ims.example SIP/2.0\r\nVia: SIP/2.0/WS a.invalid;branch=%s;x=%s\r\nMax-Forwards: 70\r\n"
            "From: <sip:a@ims.example>;tag=1\r\nTo: <sip:ims.example>\r\nCall-ID: %s\r\nCSeq: 1 OPTIONS\r\n"
            "Content-Length: 0\r\n\r\n" % (name, "y" * 30000, name))


@case("REQ-144")
def who_does_not_read(w):
    """Who does not read what he is sent is cut, with no more waiting for him than the limit; others are served"""
    mine = w.own_janus(sipws={"limits": {"send_queue": 65536, "messages_per_minute": 0}})
    slow, other = client(w), client(w)
    slow.flow.reading.clear()
    slow.flow.socket.settimeout(EVENT_S)
    with contextlib.suppress(OSError):
        for number in range(2000):
            slow.say(long_options(number))
    counted(mine, "cut_slow")
    alive(other)
    slow.flow.reading.set()
    slow.wait_closed()


# ---------------------------------------------------------------- certificates
def subject(w):
    """Of the certificate that a new connection is shown."""
    opened = socket.create_connection(("127.0.0.1", edge.WSS_PORT), EVENT_S)
    w.defer(opened.close)
    shown = ssl._create_unverified_context().wrap_socket(opened, server_hostname="phone.example")
    return shown.getpeercert(binary_form=True)


@case("REQ-140")
def certificate_is_renewed(w):
    """A new certificate serves new connections when Janus is told so, the old ones go on; one that does not fit its
    key is refused and changes nothing"""
    general = w.janus.configs[edge.TRANSPORT]["general"]
    before, old = subject(w), client(w, secure=True)
    authority.self_signed(general["cert_pem"])
    answer = edge.sipws_query(w.janus, "reload_certificate")
    assert answer == {"sipws": "reload_certificate"}, answer
    renewed = subject(w)
    assert renewed != before
    alive(old)
    with open(general["cert_pem"], "w") as half, open(authority.self_signed(w.folder("other") + "/b.pem")) as other:
        half.write(other.read().partition("-----BEGIN PRIVATE KEY")[0])
    answer = edge.sipws_query(w.janus, "reload_certificate")
    assert answer["sipws"] == "error" and 'general.cert_key = "%s"' % general["cert_pem"] in answer["error"], answer
    assert subject(w) == renewed
    authority.self_signed(general["cert_pem"])


@case("REQ-140", long=True)
def certificate_is_looked_at(w):
    """... and by itself within a minute"""
    files = w.janus.configs
    before = subject(w)
    authority.self_signed(files[edge.TRANSPORT]["general"]["cert_pem"])
    wait_until(lambda: subject(w) != before, "the new certificate", timeout_s=60 + EVENT_S, pause_s=1)


# ---------------------------------------------------------------- operators
@case()
def what_operators_ask(w):
    """The Admin API lists sockets page by page, closes one, and says what it knows of when it is asked for something
    else"""
    before = {row["number"] for row in edge.sipws_query(w.janus, "connections")["connections"]}
    one, other = client(w), client(w, secure=True)
    rows = [row for row in edge.sipws_query(w.janus, "connections")["connections"] if row["number"] not in before]
    assert [row["secure"] for row in rows] == [False, True], rows
    assert all(row["address"].startswith("127.0.0.1 port ") and row["impu"] is None for row in rows), rows
    behind = edge.sipws_query(w.janus, "connections", after=rows[0]["number"])["connections"]
    assert [row["number"] for row in behind] == [rows[1]["number"]], behind
    edge.sipws_query(w.janus, "close", number=rows[0]["number"])
    assert one.wait_closed() == (AWAY, "Closed by the operator")
    alive(other)
    for request, fields in (("close", {}), ("close", {"number": -1}), ("close", {"number": "x"}), ("", {}), (7, {}),
                            ("list", {})):
        answer = edge.sipws_query(w.janus, request, **fields)
        assert answer["sipws"] == "error" and answer["error"], answer


# ---------------------------------------------------------------- start and end
def start(w, sections, core=None, **options):
    """-> what a Janus says of a transport with this configuration, with nothing else in it."""
    w.run.end_janus()
    made = edge.sipws_configuration(w.folder("config"), sections)
    one = janus.Janus(w.folder("start"), [], {edge.TRANSPORT: made}, general=core, ws_port=0, sanitizer=w.run.sanitizer, **options,
                      transports=[paths.built(edge.TRANSPORT_OBJECT)])
    with contextlib.suppress(AssertionError):
        one.start()
    one.stop()
    return one.process.output()


@case("REQ-140", "REQ-144")
def what_it_does_not_start_with(w):
    """A wrong value keeps the transport from starting: file, key, value, and what is allowed"""
    folder = w.folder("certificates")
    leaks.book.note("configured api_secret", "geheim-falsch")
    sealed = authority.self_signed(folder + "/sealed.pem", key=folder + "/sealed.key", passphrase="geheim-zertifikat")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        rows = [
            ({"general": {"ws_port": port, "address": "127.0.0.1"}}, "general.ws_port = %d: cannot be listened at" % port),
            ({"general": {"address": "192.0.2.1"}}, "general.wss_port = 8443: cannot be listened at"),
            ({"general": {"lab": False}}, "general.ws_port = 8480: 0; ws only in a laboratory"),
            ({"general": {"cert_pem": "/nonexistent"}}, 'general.cert_pem = "/nonexistent": a readable file'),
            ({"general": {"cert_pem": sealed, "cert_key": folder + "/sealed.key", "cert_pwd": "geheim-anderes"}},
             'general.cert_key = "%s/sealed.key": a readable file' % folder),
            ({"limits": {"connections": 100000}}, "limits.connections = 100000: at most 900", {"descriptors": 1000}),
            ({"janus": {"api_secret": "geheim-falsch"}}, "janus.api_secret = (not shown): the api_secret of janus.jcfg",
             {"core": {"api_secret": "geheim-richtig"}}),
            ({}, "janus.token = (not shown): a token", {"core": {"token_auth": True}}),
            ({"limits": {"pings": 3}}, "limits.pings: no such key"),
        ]
        for sections, want, *options in rows:
            said = start(w, sections, **(options[0] if options else {}))
            assert "janus.transport.sipws.jcfg: " + want in said, (want, said[-2000:])
    said = start(w, {"general": {"cert_pem": sealed, "cert_key": folder + "/sealed.key", "cert_pwd": "geheim-zertifikat"},
                     "janus": {"api_secret": "geheim-richtig"}}, core={"api_secret": "geheim-richtig"})
    assert "serves SIP over WebSocket at every address port 8443" in said, said[-2000:]


@case("REQ-144")
def janus_ends(w):
    """When Janus ends each socket is closed with 1001, and nothing stays"""
    mine = w.own_janus()
    sockets = [client(w, secure=number % 2 == 0) for number in range(20)]
    for one in sockets:
        alive(one)
    wrong = w.run.wrong_with(mine, mine.stop())
    for one in sockets:
        assert one.wait_closed() == (AWAY, "The gateway ends"), one.flow.closed
    assert not wrong, wrong


@case("REQ-140")
def beside_janus_websockets(w):
    """Janus's own WebSockets, with TLS, in the same process: either serves"""
    pem = authority.self_signed(w.folder("beside") + "/janus.pem")
    mine = w.own_janus(configs={"janus.transport.websockets": {
        "general": {"json": "compact", "ws": True, "ws_port": 8188, "wss": True, "wss_port": 8989},
        "admin": {"admin_ws": False, "admin_wss": False}, "certificates": {"cert_pem": pem, "cert_key": pem}}})
    ours, page = client(w, secure=True), mine.ws_client()
    for _ in range(3):
        opened, found = sipws.handshake("wss://127.0.0.1:8989/", protocol="janus-protocol")
        assert found["sec-websocket-protocol"] == "janus-protocol"
        opened.close()
        alive(ours)
        alive(client(w, secure=True))
        assert page.ask({"janus": "ping"})["janus"] == "pong"
