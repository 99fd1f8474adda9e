"""A client of the Janus API: connections, sessions and handles."""

import base64
import itertools
import json
import os
import socket
import ssl
import struct
import threading
import time

import leaks
from patience import EVENT_S


class Unexpected(AssertionError):
    """Janus answered something else than the test wants."""


class PfunixConnection:
    """One message, one packet. Janus takes up to 8 KB of them."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.socket.connect(path)

    def send(self, data):
        self.socket.send(data)

    def receive(self):
        return self.socket.recv(1 << 20)

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()


class WebSocketConnection:
    """RFC 6455, as much of it as a client of Janus needs."""

    def __init__(self, host, port, protocol="janus-protocol", tls=None, origin=None):
        self.socket = socket.create_connection((host, port), timeout=EVENT_S)
        if tls:
            self.socket = tls.wrap_socket(self.socket)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(("GET / HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\n"
                             "Connection: Upgrade\r\nSec-WebSocket-Key: %s\r\n"
                             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: %s\r\n%s\r\n"
                             % (host, port, key, protocol, "Origin: %s\r\n" % origin if origin else "")).encode())
        self.stream = self.socket.makefile("rb")
        status = self.stream.readline()
        if b" 101 " not in status:
            raise ConnectionError("no WebSocket: %r" % status)
        while self.stream.readline() not in (b"\r\n", b""):
            pass
        self.socket.settimeout(None)

    def frame(self, opcode, data):
        n = len(data)
        size = (struct.pack("!B", 0x80 | n) if n < 126 else
                struct.pack("!BH", 0xfe, n) if n < 65536 else struct.pack("!BQ", 0xff, n))
        mask = os.urandom(4)
        keys = mask * (n // 4 + 1)
        masked = (int.from_bytes(data, "big") ^ int.from_bytes(keys[:n], "big")).to_bytes(n, "big")
        self.socket.sendall(bytes([0x80 | opcode]) + size + mask + masked)

    def send(self, data):
        self.frame(1, data)

    def receive(self):
        message = b""
        while True:
            head = self.stream.read(2)
            if len(head) < 2:
                return b""
            n = head[1] & 0x7f
            if n == 126:
                n, = struct.unpack("!H", self.stream.read(2))
            elif n == 127:
                n, = struct.unpack("!Q", self.stream.read(8))
            data, opcode = self.stream.read(n), head[0] & 0x0f
            if opcode == 8:
                return b""
            if opcode == 9:
                self.frame(10, data)
            elif opcode in (0, 1, 2):
                message += data
                if head[0] & 0x80:
                    return message

    close = PfunixConnection.close


class Client:
    """One connection; any number of sessions and handles on it."""

    def __init__(self, connection):
        self.connection = connection
        self.numbers = itertools.count(1)
        self.changed = threading.Condition()
        self.answers = {}               # transaction -> answer
        self.awaited = set()            # transactions somebody waits for
        self.sessions, self.handles = {}, {}
        self.strays = []                # what belongs to nobody known
        self.open = True
        self.janus = None               # whose it is, if that is known
        threading.Thread(target=self._receive, daemon=True).start()

    @classmethod
    def pfunix(cls, path):
        return cls(PfunixConnection(path))

    @classmethod
    def websocket(cls, host, port):
        return cls(WebSocketConnection(host, port))

    @classmethod
    def secure_websocket(cls, host, port, authority, origin):
        """authority: file of who vouches for it"""
        tls = ssl.create_default_context(cafile=authority)
        tls.check_hostname = False
        return cls(WebSocketConnection(host, port, tls=tls, origin=origin))

    def close(self):
        self.open = False
        self.connection.close()

    def _receive(self):
        while True:
            try:
                data = self.connection.receive()
            except OSError:
                data = b""
            if not data:
                break
            message = json.loads(data)
            with self.changed:
                self._sort(message)
                self.changed.notify_all()
        with self.changed:
            self.open = False
            self.changed.notify_all()

    def _sort(self, message):
        transaction = message.get("transaction")
        if transaction in self.awaited and message["janus"] != "event":
            self.awaited.discard(transaction)
            self.answers[transaction] = message
            return
        message["at"] = time.monotonic()
        handle = self.handles.get(message.get("sender"))
        session = self.sessions.get(message.get("session_id"))
        if handle:
            handle.received.append(message)
            handle.pending.append(message)
        elif session:
            session.received.append(message)
        else:
            self.strays.append(message)

    def send_raw(self, data):
        self.connection.send(data)

    def send(self, message, awaited=False):
        transaction = message.setdefault("transaction", "t%d" % next(self.numbers))
        if awaited:
            with self.changed:
                self.awaited.add(transaction)
        self.connection.send(json.dumps(message, separators=(",", ":")).encode())
        return transaction

    def answer_to(self, transaction, timeout_s=EVENT_S):
        with self.changed:
            if not self.changed.wait_for(
                    lambda: transaction in self.answers or not self.open, timeout_s):
                raise Unexpected("no answer of Janus to %s in %.0f s" % (transaction, timeout_s))
            if transaction not in self.answers:
                raise Unexpected("connection closed by Janus")
            return self.answers.pop(transaction)

    def ask(self, message, timeout_s=EVENT_S):
        """Sends and waits for Janus's own answer (success, ack or error)."""
        return self.answer_to(self.send(message, awaited=True), timeout_s)

    def expect_success(self, message):
        answer = self.ask(message)
        if answer["janus"] != "success":
            raise Unexpected("%s: %s" % (message["janus"], answer))
        return answer

    def session(self):
        number = self.expect_success({"janus": "create"})["data"]["id"]
        return self._adopt(Session(self, number))

    def claim(self, number):
        """Takes over a session whose connection was lost."""
        self.expect_success({"janus": "claim", "session_id": number})
        return self._adopt(Session(self, number))

    def _adopt(self, session):
        with self.changed:
            self.sessions[session.number] = session
        return session

    def attach(self, package, **fields):
        """A handle in a session of its own."""
        return self.session().attach(package, **fields)


class Session:
    def __init__(self, client, number):
        self.client, self.number, self.received = client, number, []

    def attach(self, package, **fields):
        answer = self.client.expect_success(
            {"janus": "attach", "session_id": self.number, "plugin": package, **fields})
        return self.adopt(answer["data"]["id"], package)

    def adopt(self, handle_number, package=None):
        """A handle that exists already, such as one of a claimed session."""
        handle = Handle(self, handle_number, package)
        with self.client.changed:
            self.client.handles[handle_number] = handle
        return handle

    def keepalive(self):
        return self.client.ask({"janus": "keepalive", "session_id": self.number})

    def destroy(self):
        return self.client.expect_success({"janus": "destroy", "session_id": self.number})


def outcome(message):
    """(event name or error number, details) of what a plugin of the SIP family says."""
    data = message.get("plugindata", {}).get("data", {})
    if "error_code" in data:
        return data["error_code"], data
    result = data.get("result")
    return (result.get("event"), result) if isinstance(result, dict) else (message["janus"], data)


class Event:
    """One message of a handle, taken apart."""

    def __init__(self, message):
        self.message = message
        self.name, self.result = outcome(message)
        self.data = message.get("plugindata", {}).get("data", {})
        self.transaction = message.get("transaction")
        self.jsep, self.at = message.get("jsep"), message.get("at")
        self.call_id = self.data.get("call_id") or self.result.get("call_id")

    @property
    def sdp(self):
        return self.jsep["sdp"]

    def get(self, name, default=None):
        return self.result.get(name, default)

    def __getitem__(self, name):
        return self.result[name]

    def __repr__(self):
        return json.dumps({k: v for k, v in self.message.items() if k != "at"})


class Handle:
    """One attached plugin handle. Events wait in `pending` until a test takes them;
    `received` keeps them all."""

    def __init__(self, session, number, package=None):
        self.session, self.client, self.number = session, session.client, number
        self.package = package          # None: not known
        self.received, self.pending = [], []

    def _message(self, kind, **fields):
        return {"janus": kind, "session_id": self.session.number, "handle_id": self.number,
                **fields}

    def post(self, body, jsep=None):
        """Sends a request without waiting. -> transaction"""
        leaks.book.note_request(body)
        message = self._message("message", body=body, **({"jsep": jsep} if jsep else {}))
        return self.client.send(message, awaited=True)

    def send(self, request, jsep=None, **fields):
        """Sends a request and waits for the ack, as a client that needs order must."""
        transaction = self.post({"request": request, **fields}, jsep)
        answer = self.client.answer_to(transaction)
        if answer["janus"] != "ack":
            raise Unexpected("%s: %s" % (request, answer))
        return transaction

    def trickle(self, candidate=None):
        """No candidate: there are no more."""
        return self.client.ask(self._message("trickle",
                                             candidate=candidate or {"completed": True}))

    def close_connection(self):
        """The PeerConnection, not the call."""
        return self.client.ask(self._message("hangup"))

    def detach(self):
        """Until the plugin has heard of it, which is after Janus has answered."""
        answer = self.client.ask(self._message("detach"))
        if answer["janus"] == "success":
            self.wait("core:detached")
        return answer

    def wait(self, *names, timeout_s=EVENT_S, transaction=None, match=None):
        """The first waiting event with one of these names (error numbers, Janus's own such as
        "hangup" of the core as "core:hangup"); it is taken away, others stay."""
        def find():
            for message in self.pending:
                event = Event(message)
                if names and event.name not in names and \
                        not ("plugindata" not in message and "core:" + message["janus"] in names):
                    continue
                if "plugindata" not in message and event.name in names:
                    continue            # the core's "hangup" is not the plugin's
                if transaction and event.transaction != transaction:
                    continue
                if match and not match(event):
                    continue
                self.pending.remove(message)
                return event
            return None

        end = time.monotonic() + timeout_s
        with self.client.changed:
            while True:
                event = find()
                if event:
                    return event
                left = end - time.monotonic()
                if left <= 0 or not self.client.open:
                    raise Unexpected("no %s in %.1f s; received:\n%s" % (
                        " or ".join(map(str, names)) or "event", timeout_s, self.story()))
                self.client.changed.wait(left)

    def ask(self, request, *names, jsep=None, timeout_s=EVENT_S, **fields):
        """Sends a request and waits for one of the events named, or any of its transaction."""
        transaction = self.send(request, jsep, **fields)
        return self.wait(*names, timeout_s=timeout_s, transaction=None if names else transaction)

    def refused(self, request, jsep=None, **fields):
        """Sends a request that must fail. -> (number, sentence)"""
        event = self.ask(request, jsep=jsep, **fields)
        if "error_code" not in event.data:
            raise Unexpected("%s was not refused: %r" % (request, event))
        return event.data["error_code"], event.data.get("error", "")

    def connections_closed(self):
        """How many PeerConnections of it Janus has closed."""
        with self.client.changed:
            return sum(m["janus"] == "hangup" for m in self.received)

    def names(self):
        """Names of all events so far, in order; but `quality`, which belongs to nothing that was asked or happened."""
        with self.client.changed:
            names = [outcome(m)[0] for m in self.received if "plugindata" in m]
        return [name for name in names if name != "quality"]

    def story(self):
        return "\n".join("    " + repr(Event(m)) for m in self.received) or "    nothing"

    def forget(self):
        """Drops what is waiting."""
        with self.client.changed:
            self.pending.clear()
