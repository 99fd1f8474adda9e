"""SIP over WebSocket at the socket: who may come in, what a frame may be, and what becomes of who breaks the rules."""

import contextlib
import socket
import ssl
import struct
import urllib.parse

import edge
import leaks
import sipws
from cases import case
from checks import equal, header
from patience import EVENT_S
from process import wait_until

EDGE = {"sipws": {"general": {"path": "/sip"}, "limits": {"connections_per_address": 0},
                  "tokens": {"token_cookie": "session", "token_query": "access_token"}},
        "networks_of": {"scripted": {"token_mode": "bearer"}}}
URL = edge.sipws_url(path="/sip")
NORMAL, AWAY, PROTOCOL, INVALID, TOO_BIG = 1000, 1001, 1002, 1007, 1009


def client(w, secure=False, **how):
    assert w.janus
    made = sipws.Client(edge.sipws_url(secure, path="/sip"), **how)
    w.defer(made.close)
    return made


def alive(one):
    """It is served: a request is answered."""
    answer = one.ask("OPTIONS", "sip:ims.example").final()
    assert answer.get("call-id"), answer
    return answer


def refused(w, want, url=URL, **how):
    assert w.janus
    try:
        opened = sipws.handshake(url, **how)[0]
    except sipws.Refused as error:
        assert error.status == want, error
        return
    opened.close()
    raise AssertionError("let in")


def raw(w, secure=False):
    """A TCP, or TLS, connection that says nothing yet."""
    assert w.janus
    opened = socket.create_connection(("127.0.0.1", edge.WSS_PORT if secure else edge.SIP_WS_PORT), EVENT_S)
    w.defer(opened.close)
    return opened


def ends(opened):
    """The far end hangs up; whatever it says before that."""
    opened.settimeout(EVENT_S)
    said = b""
    try:
        while part := opened.recv(65536):
            said += part
    except ConnectionResetError:
        pass
    return said


def closed(one, want):
    code, reason = one.wait_closed()
    assert code == want, (code, reason)
    return reason


def options(size=0, **headers):
    """An OPTIONS of so many bytes, as text."""
    one = ("OPTIONS sip:ims.example SIP/2.0\r\nVia: SIP/2.0/WS %s.invalid;branch=z9hG4bK%s\r\nMax-Forwards: 70\r\n"
           "From: <sip:a@ims.example>;tag=1\r\nTo: <sip:ims.example>\r\nCall-ID: %s\r\nCSeq: 1 OPTIONS\r\n%s"
           "Content-Length: 0\r\n\r\n")
    lines = "".join("%s: %s\r\n" % row for row in headers.items())
    name = sipws.new_id()
    made = one % (name, name, name, lines)
    if size:
        made = one % (name, name, name, lines + "X-Fill: " + "x" * (size - len(made) - len("X-Fill: \r\n")) + "\r\n")
        assert len(made) == size
    return made


# ---------------------------------------------------------------- the handshake
@case("REQ-140", "REQ-148")
def subprotocol_is_echoed(w):
    """wss and ws, each with the subprotocol sip, which is echoed, also where others are named beside it"""
    for secure, names in ((True, "sip"), (False, "sip"), (True, "chat, sip")):
        one = client(w, secure, protocol=names)
        assert one.flow.headers["sec-websocket-protocol"] == "sip", one.flow.headers
        assert "sec-websocket-extensions" not in one.flow.headers, one.flow.headers
        alive(one)


@case("REQ-148")
def other_subprotocols_are_refused(w):
    """400 without the subprotocol sip"""
    for names in (None, "chat", "SIP2", "xsip", "mail"):
        refused(w, 400, protocol=names)


@case("REQ-141")
def other_pages_are_refused(w):
    """403 to a page whose Origin is not in the list, whatever else it does wrong; who is in it comes in"""
    for origin in ("https://evil.example", "null", "http://phone.example", edge.ORIGIN + ".evil.example",
                   edge.ORIGIN + ":8443"):
        refused(w, 403, origin=origin)
        refused(w, 403, origin=origin, protocol=None, url=edge.sipws_url(path="/other"))
    alive(client(w, origin=edge.ORIGIN))
    alive(client(w, origin=edge.ORIGIN.upper()))


@case("REQ-148")
def no_other_path_and_no_pages(w):
    """404 at another path; 426 to who asks for a page; no upgrade to anything else"""
    refused(w, 404, url=edge.sipws_url(path="/other"))
    for upgrade, want in (("", b" 426 "), ("Upgrade: h2c\r\nConnection: Upgrade\r\n", b"")):
        opened = raw(w)
        opened.sendall(("GET /sip HTTP/1.1\r\nHost: a\r\n%s\r\n" % upgrade).encode())
        said = ends(opened)
        assert want in said and b" 101 " not in said, said


@case("REQ-140")
def old_tls_is_refused(w):
    """TLS 1.2 and 1.3, nothing older"""
    for version in ("TLSv1", "TLSv1_1", "TLSv1_2", "TLSv1_3"):
        context = ssl._create_unverified_context()
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = getattr(ssl.TLSVersion, version)
        opened = raw(w, secure=True)
        try:
            context.wrap_socket(opened).close()
            good = True
        except (ssl.SSLError, OSError):
            good = False
        assert good == (version in ("TLSv1_2", "TLSv1_3")), version


@case("REQ-144")
def a_mebibyte_of_headers(w):
    """A handshake with 1 MiB of headers, in one or in many, ends; others are served"""
    other = client(w)
    for headers in (["X: " + "x" * (1 << 20)], ["X-%d: %s" % (i, "x" * 1000) for i in range(1000)],
                    ["Cookie: a=" + "x" * (1 << 20)], ["Origin: https://" + "x" * (1 << 20)]):
        try:
            sipws.handshake(URL, headers=headers)[0].close()
        except (sipws.Refused, OSError, IndexError):
            continue
        assert headers[0].startswith("X"), "let in"      # what is not looked at may be of any length
    alive(other)


def token(name):
    """Of those that a network takes itself; the longest that there may be."""
    made = ("geheim-%s." % name).ljust(16000, "t") + "+/=="
    leaks.book.note("access token", made)
    return made


@case("REQ-155", "REQ-56")
def tokens_of_the_handshake(w):
    """An access token of the handshake, in Authorization, a cookie among others, or the query: who brings none with his
    REGISTER registers with it"""
    core = w.core()
    ways = [lambda one: {"headers": ["Authorization: Bearer " + one]},
            lambda one: {"headers": ["Cookie: a=b; xsession=geheim-false; session=%s; c=d" % one]},
            lambda one: {"query": "?x=1&access_token=" + urllib.parse.quote(one, safe="")},
            lambda one: {"headers": ["Authorization: Bearer " + one, "Cookie: session=geheim-other-way"]}]
    for number, way in enumerate(ways):
        mine = token("way-%d" % number)
        how = way(mine)
        url = edge.sipws_url(True, path="/sip" + how.pop("query", ""))
        assert w.janus
        one = sipws.Client(url, w.scripted_user("user%d" % number).impu, **how)
        w.defer(one.close)
        one.register()
        equal(header(core.wait_register(number + 1), "Authorization"), "Bearer " + mine, "credentials")


# ---------------------------------------------------------------- frames
@case("REQ-149")
def text_binary_and_fragments(w):
    """A message in a text or a binary frame, whole or in fragments with a Ping between them"""
    one = client(w)
    for opcode in (sipws.TEXT, sipws.BINARY):
        assert one.answers(options()).status
    text = options(3000).encode()
    for sizes in ([1], [1] * 60, [1000, 0, 1000], [3000]):
        one.flow.fragments(text, sizes)
    one.flow.frame(sipws.TEXT, text[:100], fin=False)
    one.flow.frame(sipws.PING, b"between")
    one.flow.frame(0, text[100:])
    assert one.flow.pongs.get(timeout=EVENT_S) == b"between"
    wait_until(lambda: len(one.messages) >= 7, "all of them answered")


@case("REQ-149")
def frames_that_are_no_text(w):
    """Text that is no UTF-8: 1007. The same as binary is a message, answered in a binary frame"""
    one = client(w)
    strange = options().encode().replace(b"branch=", b"x=\"\xff\";branch=")
    one.say(strange, sipws.BINARY)
    wait_until(lambda: one.messages, "an answer")
    assert one.flow.opcodes == [sipws.BINARY], one.flow.opcodes
    one.say(strange)
    closed(one, INVALID)


@case("REQ-154")
def keep_alive(w):
    """CRLFCRLF is answered with CRLF, a Ping with a Pong of the same bytes"""
    one = client(w)
    one.say(b"\r\n\r\n")
    assert one.flow.keepalives.get(timeout=EVENT_S) == b"\r\n"
    one.say(b"\r\n")
    one.flow.frame(sipws.PING, b"who is there")
    assert one.flow.pongs.get(timeout=EVENT_S) == b"who is there"
    alive(one)
    assert one.flow.keepalives.empty()


@case("REQ-144")
def junk(w):
    """What is no SIP message ends its connection with 1002"""
    for rubbish in (b"x", b"\0" * 100, b"GET / HTTP/1.1\r\n\r\n", b"{\"janus\": \"create\"}", b"SIP/2.0\r\n\r\n"):
        one = client(w)
        one.say(rubbish, sipws.BINARY)
        closed(one, PROTOCOL)


@case("REQ-150")
def two_messages_in_a_frame(w):
    """Two messages in one frame are not two messages: nothing but a refusal comes of them"""
    one = client(w)
    one.say(options() + options())
    wait_until(lambda: one.messages or one.flow.ended.is_set(), "a refusal")
    answers = [sipws.Message(data).status for data in one.messages]
    assert answers in ([], [400]), answers


@case("REQ-144")
def frames_against_the_rules(w):
    """Reserved bits, unknown opcodes, a control frame that is long or in fragments, a fragment of nothing: the
    connection ends. (libwebsockets 4.1 takes frames without a mask.)"""
    text = options().encode()
    for opcode, data, how in ((sipws.TEXT, text, {"rsv": 4}), (3, text, {}), (11, b"", {}), (sipws.PING, b"x" * 126, {}),
                              (sipws.PING, b"x", {"fin": False}), (0, text, {})):
        one = client(w)
        one.flow.frame(opcode, data, **how)
        assert one.flow.ended.wait(EVENT_S), (opcode, how)
        assert not one.messages, (opcode, how, one.messages)
    alive(client(w))


@case("REQ-144")
def long_messages(w):
    """65536 bytes are a message; one more, whole or in fragments, ends the connection with 1009"""
    one = client(w)
    assert one.answers(options(65536)).status
    one.say(options(65537))
    closed(one, TOO_BIG)
    one = client(w)
    with contextlib.suppress(OSError):      # it may hang up before it has got them all
        one.flow.fragments(b"x" * (1 << 20), [1000] * 100)
    closed(one, TOO_BIG)
    alive(client(w))


@case("REQ-144")
def a_closed_connection(w):
    """A Close is answered with its code; what comes behind it is nobody's business"""
    one = client(w)
    one.flow.frame(sipws.CLOSE, struct.pack("!H", NORMAL) + b"bye")
    with contextlib.suppress(OSError):
        one.say(options())
    closed(one, NORMAL)
    assert not one.messages
