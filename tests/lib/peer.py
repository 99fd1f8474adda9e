"""A scripted SIP end on UDP and TCP: the test decides about each request and each answer.

    peer = Peer("127.0.1.81")
    invite = peer.expect("INVITE")
    invite.reply(180)
    dialog = invite.accept(audio_sdp(...))
    dialog.request("BYE").final()
"""

import contextlib
import queue
import socket
import threading
import time

from patience import EVENT_S
from process import Late, wait_until
from sip import Message, addr_of, branch, compose, family, host_of, new_id, uri_host_port, wire
from stream import Connection, listen

REASONS = {100: "Trying", 180: "Ringing", 183: "Session Progress", 200: "OK", 202: "Accepted",
           302: "Moved Temporarily", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden",
           404: "Not Found", 407: "Proxy Authentication Required", 408: "Request Timeout", 420: "Bad Extension",
           423: "Interval Too Brief", 480: "Temporarily Unavailable",
           481: "Call/Transaction Does Not Exist", 486: "Busy Here", 487: "Request Terminated",
           488: "Not Acceptable Here", 491: "Request Pending", 500: "Server Internal Error",
           503: "Service Unavailable", 603: "Decline"}


class Silence(AssertionError):
    """What a test waited for did not come."""


class Incoming:
    """A request that arrived; asked like its message."""

    def __init__(self, peer, message, src):
        self.peer, self.message, self.src, self.at = peer, message, src, time.monotonic()
        self.to_tag = message.tag("to") or new_id()[:10]

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.message, name)

    def reply(self, status, headers=(), body="", reason=None, body_type="application/sdp"):
        m = self.message
        rows = ["Via: " + value for name, value in m.headers if name == "via"]
        if status < 300:
            rows += ["Record-Route: " + value for name, value in m.headers if name == "record-route"]
        to = m.get("to")
        if status > 100 and ";tag=" not in to:
            to += ";tag=" + self.to_tag
        rows += ["From: " + m.get("from"), "To: " + to, "Call-ID: " + m.call_id,
                 "CSeq: " + m.get("cseq"), *headers]
        if body:
            rows.append("Content-Type: " + body_type)
        text = compose("SIP/2.0 %d %s" % (status, reason or REASONS.get(status, "Scripted")), rows, body)
        self.peer.remember(m, text, self.src)
        self.peer.send(text, self.src)
        return text

    def ringing(self):
        return self.reply(180, ["Contact: <%s>" % self.peer.contact])

    def progress(self, sdp, headers=()):
        return self.reply(183, ["Contact: <%s>" % self.peer.contact, *headers], sdp)

    def fork(self, tag):
        """The same request at another end: what it answers opens a dialog of its own."""
        other = Incoming(self.peer, self.message, self.src)
        other.to_tag = tag
        return other

    def reliable(self, status, rseq, sdp="", headers=()):
        """A provisional answer that wants a PRACK."""
        return self.reply(status, ["Contact: <%s>" % self.peer.contact, "Require: 100rel",
                                   "RSeq: %d" % rseq, *headers], sdp)

    def accept(self, sdp, headers=()):
        """200 to an INVITE. -> the dialog"""
        self.reply(200, ["Contact: <%s>" % self.peer.contact, *headers], sdp)
        return self.dialog()

    def dialog(self):
        """The one that our To tag makes; early, before an answer."""
        return Dialog(self.peer, self.call_id, local="%s;tag=%s" % (self.get("to"), self.to_tag),
                      remote=self.get("from"), target=addr_of(self.get("contact")),
                      routes=self.all("record-route"), hop=self.src)


class Transaction:
    """A request of ours and what came back."""

    def __init__(self, peer, method, text, to, via):
        self.peer, self.method, self.text, self.to, self.via = peer, method, text, to, via
        self.responses = []
        self.changed = threading.Condition()

    def deliver(self, message):
        with self.changed:
            first = not any(r.status >= 200 for r in self.responses)
            self.responses.append(message)
            self.changed.notify_all()
        if self.method == "INVITE" and message.status >= 300 and first:
            self._acknowledge(message)

    def _acknowledge(self, response):
        sent = Message(self.text.encode())
        rows = ["Via: " + self.via, "Max-Forwards: 70"]
        rows += ["Route: " + value for name, value in sent.headers if name == "route"]
        rows += ["From: " + sent.get("from"), "To: " + response.get("to"),
                 "Call-ID: " + sent.call_id, "CSeq: %d ACK" % sent.cseq]
        self.peer.send(compose("ACK %s SIP/2.0" % sent.ruri, rows), self.to)

    def wait(self, fits, what, timeout_s=EVENT_S):
        """Repeats the request over UDP until anything came."""
        end, pause = time.monotonic() + timeout_s, 0.5
        if isinstance(self.to, Connection):
            pause = timeout_s
        with self.changed:
            while True:
                found = [r for r in self.responses if fits(r)]
                if found:
                    return found[0]
                left = end - time.monotonic()
                if left <= 0:
                    raise Silence("%s: no %s in %.1f s, only %r" % (
                        self.method, what, timeout_s, self.responses))
                if not self.changed.wait(min(left, pause)) and not self.responses:
                    self.peer.send(self.text, self.to)
                    pause = min(pause * 2, 4)

    def final(self, timeout_s=EVENT_S):
        return self.wait(lambda r: r.status >= 200, "final answer", timeout_s)

    def provisional(self, status, timeout_s=EVENT_S):
        return self.wait(lambda r: r.status == status, str(status), timeout_s)

    def cancel(self):
        """-> transaction of the CANCEL"""
        sent = Message(self.text.encode())
        rows = ["Max-Forwards: 70"]
        rows += ["Route: " + value for name, value in sent.headers if name == "route"]
        rows += ["From: " + sent.get("from"), "To: " + sent.get("to"),
                 "Call-ID: " + sent.call_id, "CSeq: %d CANCEL" % sent.cseq]
        return self.peer.request("CANCEL", sent.ruri, rows, to=self.to, via=self.via)

    def early(self, answer):
        """The dialog of a provisional answer to our INVITE."""
        sent = Message(self.text.encode())
        return Dialog(self.peer, sent.call_id, local=sent.get("from"), remote=answer.get("to"),
                      target=addr_of(answer.get("contact")),
                      routes=list(reversed(answer.all("record-route"))), hop=self.to, cseq=sent.cseq)

    def prack(self, answer, body="", dialog=None):
        """Acknowledges a reliable one. -> the early dialog, and the answer to the PRACK"""
        dialog = dialog or self.early(answer)
        rack = "RAck: %s %s" % (answer.get("rseq"), answer.get("cseq"))
        return dialog, dialog.request("PRACK", [rack], body).final()

    def confirm(self, dialog):
        """The 200 is here: its ACK goes out in the dialog that began early. -> the 200"""
        answer = self.final()
        if answer.status != 200:
            raise AssertionError("INVITE answered with %d\n%s" % (answer.status, answer.text()))
        dialog.ack(answer.cseq)
        return answer

    def dialog(self, timeout_s=EVENT_S, body=""):
        """Of an INVITE that was accepted; the ACK goes out, with the answer if the INVITE had no offer."""
        answer, sent = self.final(timeout_s), Message(self.text.encode())
        if answer.status != 200:
            raise AssertionError("INVITE answered with %d\n%s" % (answer.status, answer.text()))
        dialog = Dialog(self.peer, sent.call_id, local=sent.get("from"), remote=answer.get("to"),
                        target=addr_of(answer.get("contact")),
                        routes=list(reversed(answer.all("record-route"))), hop=self.to,
                        cseq=sent.cseq)
        dialog.answer = answer
        dialog.ack(sent.cseq, body)
        return dialog


class Dialog:
    def __init__(self, peer, call_id, local, remote, target, routes, hop, cseq=0):
        self.peer, self.call_id, self.local, self.remote = peer, call_id, local, remote
        self.target, self.routes, self.cseq = target, routes, cseq
        self.hop = hop
        if routes and not isinstance(hop, Connection):
            self.hop = uri_host_port(addr_of(routes[0]))

    def _rows(self, cseq, method):
        return (["Max-Forwards: 70"] + ["Route: " + route for route in self.routes]
                + ["From: " + self.local, "To: " + self.remote, "Call-ID: " + self.call_id,
                   "CSeq: %d %s" % (cseq, method), "Contact: <%s>" % self.peer.contact])

    def request(self, method, headers=(), body="", body_type="application/sdp"):
        self.cseq += 1
        typed = ["Content-Type: " + body_type] if body else []
        return self.peer.request(method, self.target, self._rows(self.cseq, method)
                                 + list(headers) + typed, body, self.hop)

    def ack(self, cseq=None, body=""):
        typed = ["Content-Type: application/sdp"] if body else []
        self.peer.send(compose("ACK %s SIP/2.0" % self.target, [
            "Via: " + self.peer.new_via(self.hop)] + self._rows(cseq or self.cseq, "ACK") + typed, body), self.hop)

    def bye(self, headers=()):
        return self.request("BYE", headers).final()


class Peer:
    """One address. Requests go to the handler of their method, or to expect()."""

    def __init__(self, ip, port=5060, user="peer", tcp=False, tls=None):
        self.socket = socket.socket(family(ip), socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.socket.bind((ip, port))
        self.ip, self.port = self.address = self.socket.getsockname()[:2]
        self.contact = "sip:%s@%s:%d%s" % (user, host_of(self.ip), self.port,
                                           ";transport=tls" if tls else ";transport=tcp" if tcp else "")
        self.connections = []           # over TCP, accepted or made; the last one last
        self.inbox = queue.Queue()
        self.handlers = {"OPTIONS": lambda request: request.reply(200)}
        self.transactions = {}          # (branch, method) -> Transaction
        self.replies = {}               # of a request that may be repeated -> our last answer
        self.known = set()
        self.silent = False             # hears everything, says nothing
        self.running = True
        self.prepare()
        self.thread = threading.Thread(target=self._receive, daemon=True)
        self.thread.start()
        self.listener = listen(self, tls) if tcp or tls else None

    def prepare(self):
        """Before anything is heard: what it needs its address for."""

    def close(self):
        if not self.running:
            return
        self.running = False
        self.refuse_tcp()
        for connection in self.connections:
            connection.close()
        with socket.socket(self.socket.family, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", self.address)
        self.thread.join(EVENT_S)
        self.socket.close()     # only now is the port free

    def retire(self, over=lambda: True):
        """Closes it when the case is, and its calls are over() or will not be in a second. What nobody has answered is answered:
        else it is asked again, which meets the next case's peer, or nobody, and the system's word of that the first request
        to that one."""
        def left():
            self._answer_the_rest()
            return over()
        try:
            with contextlib.suppress(Late):
                wait_until(left, "the end of its calls", timeout_s=1)
        finally:                # the next case needs its address
            self.close()

    def _answer_the_rest(self):
        while self.running and not self.inbox.empty():
            request = self.inbox.get()
            if request.method == "ACK" or not request.get("via"):       # or what is no SIP: answers to the STUN of torture
                continue
            with contextlib.suppress(OSError):                          # a connection that is gone
                request.reply(200 if request.method in ("BYE", "CANCEL") else 480)

    def refuse_tcp(self):
        """No new connections any more."""
        if self.listener:
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
        self.listener = None

    def connect(self, address, tls=None):
        """-> a TCP connection of ours, from a port of its own; tls: an SSLContext"""
        made = socket.create_connection(address, EVENT_S, source_address=(self.ip, 0))
        made = tls.wrap_socket(made) if tls else made
        made.settimeout(None)
        return Connection(self, made, address)

    def send(self, text, to):
        """to: an address, or a connection."""
        data = text if isinstance(text, bytes) else wire(text)
        if self.silent:
            return
        try:
            if isinstance(to, Connection):
                to.send(data)
            else:
                self.socket.sendto(data, to)
        except OSError:
            if self.running:
                raise

    def _receive(self):
        while self.running:
            try:
                data, src = self.socket.recvfrom(65535)
            except ConnectionRefusedError:
                continue
            except OSError:
                return
            if data.strip() and self.running:
                self.arrived(Message(data), src[:2])

    def arrived(self, message, src):
        if message.is_response:
            transaction = self.transactions.get((message.branch, message.method))
            if transaction:
                transaction.deliver(message)
            return
        key = self._key(message)
        if message.method != "ACK" and key in self.known:
            if key in self.replies:
                self.send(*self.replies[key])
            return
        self.known.add(key)
        request = Incoming(self, message, src)
        handler = self.handlers.get(message.method)
        if handler:
            handler(request)
        else:
            self.inbox.put(request)

    @staticmethod
    def _key(message):
        return (message.branch, message.method)

    def remember(self, message, text, src):
        self.replies[self._key(message)] = (text, src)

    def new_via(self, to=None):
        transport = "TCP" if isinstance(to, Connection) else "UDP"
        return "SIP/2.0/%s %s:%d;branch=%s" % (transport, host_of(self.ip), self.port, branch())

    def request(self, method, ruri, headers, body="", to=None, via=None):
        """Sends a request. -> its transaction"""
        to = to or uri_host_port(ruri)
        via = via or self.new_via(to)
        text = compose("%s %s SIP/2.0" % (method, ruri), ["Via: " + via] + list(headers), body)
        transaction = Transaction(self, method, text, to, via)
        self.transactions[(Message(wire(text)).branch, method)] = transaction
        self.send(text, to)
        return transaction

    def expect(self, method, timeout_s=EVENT_S, match=None):
        """The next request of that method; others before it are dropped."""
        end, seen = time.monotonic() + timeout_s, []
        while True:
            try:
                request = self.inbox.get(timeout=max(0.01, end - time.monotonic()))
            except queue.Empty:
                raise Silence("no %s at %s in %.1f s, only %r" % (
                    method, self.ip, timeout_s, seen)) from None
            seen.append(request.start)
            if request.method == method and (match is None or match(request)):
                return request

    def expect_nothing(self, method, for_s, match=None):
        try:
            request = self.expect(method, for_s, match)
        except Silence:
            return
        raise AssertionError("unexpected\n" + request.text())
