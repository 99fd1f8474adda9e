"""A SIP user agent on a WebSocket (RFC 7118), as a page with JsSIP or SIP.js is one; and what no page would send.

    alice = Client(edge.sipws_url(), "sip:alice@ims.example", password=...)
    alice.register()
    call = alice.invite("sip:bob@ims.example", sdp).dialog()
    call.bye()
    invite = alice.expect("INVITE")

Requests, answers, transactions and dialogs are those of a scripted peer (peer.py)."""

import base64
import contextlib
import hashlib
import os
import queue
import socket
import ssl
import struct
import threading
import urllib.parse
import uuid

import auth
import leaks
from patience import EVENT_S
from peer import Peer, Silence, Transaction
from sip import Message, branch, new_id, wire
from stream import Connection

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Refused(AssertionError):
    """The handshake was answered with something else than 101."""

    def __init__(self, status, headers):
        super().__init__("the handshake was answered with %d" % status)
        self.status, self.headers = status, headers


def handshake(url, protocol="sip", origin=None, headers=(), source=None, timeout_s=EVENT_S):
    """-> (socket, headers of the 101); Refused. protocol, origin: None leaves it out."""
    to = urllib.parse.urlsplit(url)
    port = to.port or (443 if to.scheme == "wss" else 80)
    opened = socket.create_connection((to.hostname, port), timeout_s, source_address=source)
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if to.scheme == "wss":
        context = ssl._create_unverified_context()      # tests make their certificates themselves
        opened = context.wrap_socket(opened, server_hostname=to.hostname)
    key = base64.b64encode(os.urandom(16)).decode()
    rows = ["GET %s HTTP/1.1" % ((to.path or "/") + ("?" + to.query if to.query else "")),
            "Host: " + to.netloc, "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: " + key,
            "Sec-WebSocket-Version: 13"]
    rows += ["Sec-WebSocket-Protocol: " + protocol] if protocol else []
    rows += ["Origin: " + origin] if origin else []
    opened.sendall(("\r\n".join(rows + list(headers)) + "\r\n\r\n").encode())
    stream = opened.makefile("rb", buffering=0)     # takes nothing of what follows
    status, found = stream.readline().split(b" ", 2), {}
    while (line := stream.readline()) not in (b"\r\n", b""):
        name, _, value = line.decode("latin-1").partition(":")
        found[name.strip().lower()] = value.strip()
    if len(status) < 2 or status[1] != b"101":
        opened.close()
        raise Refused(int(status[1]) if len(status) > 1 else 0, found)
    accept = base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()
    assert found.get("sec-websocket-accept") == accept, found
    opened.setblocking(to.scheme != "wss")          # see Connection
    return opened, found


class Flow(Connection):
    """The WebSocket of a client; stands where a peer has an address.

    opcodes   of the messages that came, in order
    pongs     payloads of them
    closed    (code, reason) that the far end gave, None when it gave none"""

    def __init__(self, peer, opened, headers):
        self.headers, self.unread = headers, b""
        self.opcodes, self.pings_seen = [], []
        self.pongs, self.keepalives = queue.Queue(), queue.Queue()
        self.closed = None
        self.sending = threading.Lock()
        self.reading = threading.Event()    # cleared: a slow reader
        self.reading.set()
        super().__init__(peer, opened, opened.getpeername())

    # ---------------------------------------------------------------- sending
    def raw(self, data):
        """Bytes, whatever they are."""
        with self.sending:
            while data:
                data = data[self._in_turn(lambda: self.socket.send(data)):]

    def frame(self, opcode, data=b"", fin=True, masked=True, rsv=0):
        n = len(data)
        first, mark = (0x80 if fin else 0) | rsv << 4 | opcode, 0x80 if masked else 0
        head = (struct.pack("!BB", first, mark | n) if n < 126 else
                struct.pack("!BBH", first, mark | 126, n) if n < 65536 else
                struct.pack("!BBQ", first, mark | 127, n))
        if masked:
            mask = os.urandom(4)
            keys = int.from_bytes((mask * (n // 4 + 1))[:n], "big")
            data = mask + (int.from_bytes(data, "big") ^ keys).to_bytes(n, "big")
        self.raw(head + data)

    def send(self, data):
        """A message of SIP: text where it can be (RFC 7118 4.2)."""
        if self.mute:
            return
        try:
            data.decode("utf-8")
            self.frame(TEXT, data)
        except UnicodeDecodeError:
            self.frame(BINARY, data)

    def fragments(self, data, sizes, opcode=TEXT):
        """One message in several frames; sizes: of all but the last."""
        pieces, at = [], 0
        for size in sizes:
            pieces.append(data[at:at + size])
            at += size
        pieces.append(data[at:])
        for i, piece in enumerate(pieces):
            self.frame(0 if i else opcode, piece, fin=i == len(pieces) - 1)

    def close_with(self, code=1000, reason=""):
        self.frame(CLOSE, struct.pack("!H", code) + reason.encode())

    # ---------------------------------------------------------------- receiving
    def _read(self, n):
        while len(self.unread) < n:
            more = self._in_turn(lambda: self.socket.recv(65536))
            if not more:
                raise EOFError
            self.unread += more
        data, self.unread = self.unread[:n], self.unread[n:]
        return data

    def _frame(self):
        head = self._read(2)
        n = head[1] & 0x7f
        if n == 126:
            n, = struct.unpack("!H", self._read(2))
        elif n == 127:
            n, = struct.unpack("!Q", self._read(8))
        return head[0] & 0x80, head[0] & 0x0f, self._read(n)

    def _control(self, opcode, data):
        if opcode == CLOSE:
            self.closed = (struct.unpack("!H", data[:2])[0], data[2:].decode()) if len(data) >= 2 else (1005, "")
            with contextlib.suppress(OSError):
                self.frame(CLOSE, data[:2])
        elif opcode == PING:
            self.pings_seen.append(data)
            if not self.mute:
                self.frame(PONG, data)
        elif opcode == PONG:
            self.pongs.put(data)

    def _receive(self):
        message, kind = b"", TEXT
        with contextlib.suppress(OSError, EOFError, ValueError, struct.error):
            while True:
                self.reading.wait()
                fin, opcode, data = self._frame()
                if opcode >= 8:
                    self._control(opcode, data)
                    if opcode == CLOSE:
                        break
                    continue
                kind, message = opcode or kind, message + data
                if fin:
                    self.opcodes.append(kind)
                    self._whole(message)
                    message = b""
        self.ended.set()
        with contextlib.suppress(OSError):
            self.socket.close()

    def _whole(self, data):
        if data.strip(b"\r\n"):
            self.peer.messages.append(data)
            self.peer.arrived(Message(data), self)
        else:
            self.keepalives.put(data)


class Client(Peer):
    """One user on one socket. What his requests have in common is made here."""

    def __init__(self, url, impu="sip:alice@ims.example", password=None, username=None, display=None, instance=None,
                 host=None, user=None, **how):
        """username: of Digest, the user part when None. how: see handshake"""
        self.url, self.impu, self.password, self.display, self.how = url, impu, password, display, how
        self.username = username or impu.partition(":")[2].partition("@")[0]
        self.domain = impu.partition("@")[2]
        self.instance = instance or "urn:uuid:%s" % uuid.uuid4()
        self.host = host or new_id()[:12] + ".invalid"
        self.ip, self.port = self.host, 0
        self.user = user or new_id()[:8]
        self.contact = "sip:%s@%s;transport=ws" % (self.user, self.host)
        self.connections, self.messages = [], []
        self.inbox, self.transactions, self.replies, self.known = queue.Queue(), {}, {}, set()
        self.handlers = {"OPTIONS": lambda request: request.reply(200)}
        self.silent, self.running, self.listener = False, True, None
        self.register_id, self.register_tag, self.register_cseq = new_id(), new_id()[:10], 0
        if password:
            leaks.book.note_password(password, {self.username, impu.partition(":")[2]}, self.domain)
        self.connect()

    def connect(self):
        """Opens the socket, again after it was cut."""
        self.flow = Flow(self, *handshake(self.url, **self.how))
        return self.flow

    def close(self):
        self.running = False
        for connection in self.connections:
            connection.close()

    def wait_closed(self, timeout_s=EVENT_S):
        """-> (code, reason) of the far end's Close"""
        if not self.flow.ended.wait(timeout_s):
            raise Silence("the socket is still open after %.1f s" % timeout_s)
        return self.flow.closed

    # ---------------------------------------------------------------- requests
    def new_via(self, to=None):
        return "SIP/2.0/%s %s;branch=%s" % (self.url.partition(":")[0].upper(), self.host, branch())

    def _named(self, uri):
        return ('"%s" ' % self.display if self.display else "") + "<%s>" % uri

    def request(self, method, ruri, headers, body="", to=None, via=None):
        return super().request(method, ruri, headers, body, to or self.flow, via)

    def ask(self, method, uri, headers=(), body="", body_type="text/plain", contact=True, **replaced):
        """A request outside dialogs. replaced: header lines by name, underscore for hyphen; None leaves one out.
        -> transaction"""
        rows = {"Max-Forwards": "69", "To": "<%s>" % uri, "From": "%s;tag=%s" % (self._named(self.impu), new_id()[:10]),
                "Call-ID": new_id(), "CSeq": "1 " + method, "Contact": "<%s;ob>" % self.contact if contact else None,
                "Content-Type": body_type if body else None, "User-Agent": "sipws.py"}
        rows.update({name.replace("_", "-"): value for name, value in replaced.items()})
        lines = ["%s: %s" % row for row in rows.items() if row[1] is not None]
        return self.request(method, uri, lines + list(headers), body)

    def invite(self, uri, sdp, headers=(), **replaced):
        return self.ask("INVITE", uri, ["Supported: timer, replaces, outbound",
                                        "Allow: INVITE, ACK, CANCEL, BYE, UPDATE, MESSAGE, OPTIONS, REFER, INFO, NOTIFY",
                                        *headers], sdp, "application/sdp", **replaced)

    def message(self, uri, text, body_type="text/plain", headers=()):
        """-> the final answer"""
        return self.ask("MESSAGE", uri, headers, text, body_type, contact=False).final()

    # ---------------------------------------------------------------- registration
    def _register(self, expires, headers):
        self.register_cseq += 1
        contact = '<%s>;reg-id=1;+sip.instance="<%s>";expires=%d' % (self.contact, self.instance, expires)
        return self.ask("REGISTER", "sip:" + self.domain, [
            "Supported: path, gruu, outbound", "Expires: %d" % expires, *headers],
            From="%s;tag=%s" % (self._named(self.impu), self.register_tag), To=self._named(self.impu),
            Call_ID=self.register_id, CSeq="%d REGISTER" % self.register_cseq, Contact=contact).final()

    def register(self, expires=600, headers=(), want=200):
        """With the proof of the password when there is a challenge. -> the final answer"""
        answer = self._register(expires, headers)
        for again in (False, True):         # as JsSIP and SIP.js do it
            challenge = answer.get("www-authenticate", "") if answer.status == 401 and self.password else ""
            if challenge and (not again or "stale=true" in challenge):
                proof = self.proof(challenge, "REGISTER", "sip:" + self.domain)
                answer = self._register(expires, ["Authorization: " + proof, *headers])
        if want and answer.status != want:
            raise AssertionError("REGISTER answered with %d, %d wanted\n%s" % (answer.status, want, answer.text()))
        return answer

    def unregister(self):
        return self.register(expires=0)

    def proof(self, challenge, method, uri, nc=1):
        """Authorization for a challenge, in the order in which JsSIP writes it."""
        asked = auth.parse(challenge)
        digest = {"algorithm": asked.get("algorithm", "MD5"), "username": self.username, "realm": asked["realm"],
                  "nonce": asked["nonce"], "uri": uri, "nc": "%08x" % nc, "cnonce": new_id()[:12]}
        if "qop" in asked:
            digest["qop"] = "auth"
        text = 'Digest algorithm=%s, username="%s", realm="%s", nonce="%s", uri="%s", response="%s"' % (
            digest["algorithm"], digest["username"], digest["realm"], digest["nonce"], uri,
            auth.expected(digest, self.password, method))
        if "opaque" in asked:
            text += ', opaque="%s"' % asked["opaque"]
        if "qop" in digest:
            text += ', qop=auth, cnonce="%s", nc=%s' % (digest["cnonce"], digest["nc"])
        return text

    # ---------------------------------------------------------------- what no page sends
    def say(self, text, opcode=TEXT):
        """Any text or bytes as one frame."""
        self.flow.frame(opcode, text if isinstance(text, bytes) else wire(text))

    def begin(self, text):
        """Sends it as one message. -> its transaction, by the branch that stands in it"""
        raw = text if isinstance(text, bytes) else wire(text)
        message = Message(raw)
        asked = Transaction(self, message.method, raw.decode("utf-8", "replace"), self.flow, message.get("via"))
        self.transactions[(message.branch, message.method)] = asked
        self.say(raw)
        return asked

    def answers(self, text, timeout_s=EVENT_S):
        """Sends it as one message and waits for the final answer."""
        return self.begin(text).final(timeout_s)
