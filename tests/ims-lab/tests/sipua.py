"""A small SIP user agent for the tests (Python standard library only).

One UA is one SIP address on one socket (UDP, or one TCP connection to its
proxy).  It can be a phone behind the P-CSCF, or, with trusted=True, play the
part of a trusted node that registers its users itself ("auth-done").
"""

import base64
import hashlib
import os
import queue
import re
import socket
import sys
import threading
import time
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "hss"))
from milenage import Milenage                                   # noqa: E402

PATIENCE_S = 30.0       # a bound for what must come
COMPACT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact",
           "l": "content-length", "c": "content-type", "o": "event", "k": "supported"}


class Msg:
    def __init__(self, raw):
        head, _, self.body = raw.decode("utf-8", "replace").partition("\r\n\r\n")
        self.content = raw.partition(b"\r\n\r\n")[2]     # the body as bytes
        head = re.sub(r"\r\n[ \t]+", " ", head)
        lines = head.split("\r\n")
        self.start = lines[0]
        self.headers = []
        for line in lines[1:]:
            n, _, v = line.partition(":")
            n = n.strip().lower()
            self.headers.append((COMPACT.get(n, n), v.strip()))
        # Tests also send what is no SIP: nothing here may fail.
        p = (self.start + "  ").split(" ", 2)
        self.is_response = p[0] == "SIP/2.0"
        self.status = int(p[1]) if self.is_response and p[1].isdigit() else 0
        self.reason = p[2].rstrip() if self.is_response else ""
        self.method = p[0] if not self.is_response else (self.get("cseq", "") + " ? ?").split()[1]
        self.ruri = p[1] if not self.is_response else None

    def get(self, name, default=None):
        return next((v for n, v in self.headers if n == name.lower()), default)

    def all(self, name):
        """All values; comma separated lists are taken apart (not inside <> or quotes)."""
        out = []
        for n, v in self.headers:
            if n == name.lower():
                out += [x.strip() for x in re.findall(r'(?:[^,"<]|"[^"]*"|<[^>]*>)+', v)]
        return out

    @property
    def call_id(self):
        return self.get("call-id")

    @property
    def branch(self):
        m = re.search(r"branch=([^;,\s]+)", self.get("via", ""))
        return m.group(1) if m else None

    def tag(self, header):
        m = re.search(r";tag=([^;\s]+)", self.get(header, ""))
        return m.group(1) if m else None

    def __repr__(self):
        return "<%s>" % self.start


def addr_of(value):
    m = re.search(r"<([^>]*)>", value)
    return m.group(1) if m else value.split(";")[0].strip()


def md5(s):
    return hashlib.md5(s if isinstance(s, bytes) else s.encode()).hexdigest()


def auth_params(value):
    return {k.lower(): (q if q else p) for k, q, p in
            re.findall(r'([\w-]+)\s*=\s*(?:"([^"]*)"|([^\s,"]+))', value.split(" ", 1)[1])}


class Timeout(Exception):
    pass


class UA:
    repeated = 0        # registrations repeated because of a 200 without Contact

    def __init__(self, impu, ip, proxy, port=0, impi=None, password=None, aka=None,
                 proto="udp", trusted=False, icscf=None, realm=None, visited=None):
        self.impu, self.proxy, self.proto = impu, proxy, proto
        self.realm = realm or impu.split("@")[1]
        self.impi = impi or impu.split(":", 1)[1]
        self.password = password
        # aka: {"k":..,"opc":..,"sqn":int}
        self.usim = Milenage(aka["k"], aka["opc"]) if aka else None
        self.sqn_ms = aka.get("sqn", 0) if aka else 0
        self.trusted, self.icscf, self.visited = trusted, icscf or proxy, visited
        if proto == "udp":
            self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.sock.bind((ip, port))
        else:
            self.sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.sock.bind((ip, port))
            self.sock.connect(proxy)
        self.ip, self.port = self.sock.getsockname()
        t = "" if proto == "udp" else ";transport=tcp"
        self.contact = "sip:%s@%s:%d%s" % (self.impi.split("@")[0], self.ip, self.port, t)
        self.inbox = queue.Queue()              # requests a test wants to see
        self.pending = {}                       # (branch, method) -> queue of responses
        self.service_route, self.associated, self.path = [], [], []
        self.reg_call_id, self.reg_cseq, self.reg_tag = uuid.uuid4().hex, 0, uuid.uuid4().hex[:8]
        self.calls = {}                         # call-id -> Call answered by us
        self.reg_dialog = None
        self.answer = 200                       # what to say to an INVITE
        self.ring = 0.05                        # seconds until then, or an event that it waits for
        self.trace = []                         # (direction, text)
        self.lock = threading.Lock()
        self.running = True
        self.thread = threading.Thread(target=self._receive, daemon=True)
        self.thread.start()

    def close(self):
        self.running = False
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.sock.close()

    # ------------------------------------------------------------- transport
    def _send(self, text, to=None):
        self.trace.append(("out", text))
        data = text.encode("utf-8", "surrogateescape")
        if self.proto == "udp":
            self.sock.sendto(data, to or self.proxy)
        else:
            self.sock.sendall(data)

    def _receive(self):
        buf = b""
        self.sock.settimeout(0.2)
        while self.running:
            try:
                if self.proto == "udp":
                    data, src = self.sock.recvfrom(65535)
                    if data.strip():
                        self._dispatch(Msg(data), src)
                else:
                    data = self.sock.recv(65535)
                    if not data:
                        return
                    buf += data
                    while True:
                        buf = buf.lstrip(b"\r\n")
                        end = buf.find(b"\r\n\r\n")
                        if end < 0:
                            break
                        m = re.search(rb"(?im)^(?:content-length|l)\s*:\s*(\d+)", buf[:end + 2])
                        total = end + 4 + (int(m.group(1)) if m else 0)
                        if len(buf) < total:
                            break
                        self._dispatch(Msg(buf[:total]), self.proxy)
                        buf = buf[total:]
            except socket.timeout:
                continue
            except OSError:
                return

    def _dispatch(self, m, src):
        self.trace.append(("in", m.start))
        if m.is_response:
            q = self.pending.get((m.branch, m.method))
            if q:
                q.put(m)
            return
        if m.method == "INVITE":
            self._incoming_invite(m, src)
        elif m.method == "ACK":
            call = self.calls.get(m.call_id)
            if call:
                call["acked"].set()
        elif m.method == "BYE":
            call = self.calls.get(m.call_id)
            self.reply(m, 200 if call else 481, src)
            if call:
                call["ended"].set()
            self.inbox.put(m)
        elif m.method == "CANCEL":
            self.reply(m, 200, src)
            self.inbox.put(m)
        else:                                   # MESSAGE, NOTIFY, OPTIONS
            self.reply(m, 200, src)
            self.inbox.put(m)

    def reply(self, m, status, src=None, reason="x", extra=(), body="", tag=None):
        h = ["SIP/2.0 %d %s" % (status, reason)]
        h += ["Via: " + v for n, v in m.headers if n == "via"]
        h += ["Record-Route: " + v for n, v in m.headers if n == "record-route"]
        to = m.get("to")
        if ";tag=" not in to and status > 100:
            to += ";tag=" + (tag or md5(m.call_id + self.impu)[:10])
        h += ["From: " + m.get("from"), "To: " + to, "Call-ID: " + m.call_id,
              "CSeq: " + m.get("cseq")] + list(extra)
        h.append("Content-Length: %d" % len(body.encode()))
        self._send("\r\n".join(h) + "\r\n\r\n" + body, src)

    def _incoming_invite(self, m, src):
        if m.call_id in self.calls:             # retransmission
            return
        call = {"invite": m, "acked": threading.Event(), "ended": threading.Event()}
        self.calls[m.call_id] = call
        self.inbox.put(m)

        def run():
            self.reply(m, 180, src, "Ringing", ["Contact: <%s>" % self.contact])
            if isinstance(self.ring, threading.Event):
                self.ring.wait(PATIENCE_S)
            else:
                time.sleep(self.ring)
            if self.answer == 200:
                sdp = SDP % (self.ip, self.ip)
                self.reply(m, 200, src, "OK", ["Contact: <%s>" % self.contact,
                           "Content-Type: application/sdp"], sdp)
            elif self.answer:
                self.reply(m, self.answer, src, "Declined")
        threading.Thread(target=run, daemon=True).start()

    # ------------------------------------------------------------- requests
    def via(self):
        branch = "z9hG4bK" + uuid.uuid4().hex[:16]
        return branch, "Via: SIP/2.0/%s %s:%d;rport;branch=%s" % (
            self.proto.upper(), self.ip, self.port, branch)

    def request(self, method, ruri, headers, body="", to=None, timeout=PATIENCE_S, on_provisional=None):
        """Sends a request (repeating it over UDP), returns the final response."""
        branch, via = self.via()
        size = len(body if isinstance(body, bytes) else body.encode())
        if isinstance(body, bytes):
            body = body.decode("utf-8", "surrogateescape")
        text = "\r\n".join(["%s %s SIP/2.0" % (method, ruri), via, "Max-Forwards: 70"]
                           + headers + ["Content-Length: %d" % size]) + "\r\n\r\n" + body
        q = self.pending[(branch, method)] = queue.Queue()
        end, step, quiet = time.time() + timeout, 0.5, False
        try:
            self._send(text, to)
            repeat = time.time() + step
            while time.time() < end:
                try:
                    m = q.get(timeout=max(0.01, min(repeat, end) - time.time()))
                except queue.Empty:
                    if self.proto == "udp" and not quiet and time.time() >= repeat:
                        self._send(text, to)
                        step = min(step * 2, 4)
                    repeat = time.time() + step
                    continue
                if m.status < 200:
                    quiet = method == "INVITE"
                    if on_provisional:
                        on_provisional(m)
                    continue
                if method == "INVITE" and m.status >= 300:
                    self._send("\r\n".join(["ACK %s SIP/2.0" % ruri, via, "Max-Forwards: 70"]
                               + [h for h in headers if h.lower().startswith(("route:", "from:", "call-id:"))]
                               + ["To: " + m.get("to"), "CSeq: %s ACK" % m.get("cseq").split()[0],
                                  "Content-Length: 0"]) + "\r\n\r\n", to)
                return m
            raise Timeout("%s %s: no final answer in %.0f s" % (method, ruri, timeout))
        finally:
            self.pending.pop((branch, method), None)

    # ---------------------------------------------------------- registration
    def _register_once(self, expires, auth, contact=None, extra=(), timeout=PATIENCE_S):
        self.reg_cseq += 1
        h = ["From: <%s>;tag=%s" % (self.impu, self.reg_tag), "To: <%s>" % self.impu,
             "Call-ID: " + self.reg_call_id, "CSeq: %d REGISTER" % self.reg_cseq,
             "Contact: <%s>;expires=%d" % (contact or self.contact, expires),
             "Expires: %d" % expires, "Supported: path"] + list(extra)
        if auth:
            h.append("Authorization: " + auth)
        if self.trusted:
            h += ["Path: <sip:%s:%d;lr>" % (self.ip, self.port),
                  "P-Visited-Network-ID: " + (self.visited or self.realm), "Require: path"]
        return self.request("REGISTER", "sip:" + self.realm, h,
                            to=self.icscf if self.trusted else None, timeout=timeout)

    def _answer_challenge(self, ch, password=None, uri=None, method="REGISTER"):
        """Authorization value for a WWW-Authenticate; password may be bytes (RES)."""
        uri = uri or "sip:" + self.realm
        cnonce, nc = uuid.uuid4().hex[:12], "00000001"
        ha1 = md5(("%s:%s:" % (self.impi, ch["realm"])).encode()
                  + (password if isinstance(password, bytes) else password.encode()))
        ha2 = md5("%s:%s" % (method, uri))
        out = 'Digest username="%s",realm="%s",nonce="%s",uri="%s",algorithm=%s' % (
            self.impi, ch["realm"], ch["nonce"], uri, ch.get("algorithm", "MD5"))
        if "qop" in ch:
            resp = md5(":".join((ha1, ch["nonce"], nc, cnonce, "auth", ha2)))
            self.expect_rspauth = md5(":".join((ha1, ch["nonce"], nc, cnonce, "auth", md5(":" + uri))))
            out += ',qop=auth,nc=%s,cnonce="%s"' % (nc, cnonce)
        else:
            resp = md5(":".join((ha1, ch["nonce"], ha2)))
        return out + ',response="%s"' % resp

    def initial_auth(self):
        if self.trusted:
            return ('Digest username="%s",realm="%s",uri="sip:%s",nonce="",response="",'
                    'integrity-protected="auth-done"' % (self.impi, self.realm, self.realm))
        return 'Digest username="%s",realm="%s",uri="sip:%s",nonce="",response=""' % (
            self.impi, self.realm, self.realm)

    def register(self, expires=600, send_initial_auth=True, **kw):
        """Full registration.  Returns the list of final answers, last one last."""
        auth = self.initial_auth() if send_initial_auth or self.trusted else None
        answers = [self._register_once(expires, auth, **kw)]
        while answers[-1].status == 401 and len(answers) < 8:
            if self.trusted:
                break
            if len(answers) > 1:        # README, pitfall 9: its challenge may not be stored yet
                time.sleep(0.1)
            ch = auth_params(answers[-1].get("www-authenticate"))
            if self.usim and ch.get("algorithm", "").upper().startswith("AKA"):
                raw = base64.b64decode(ch["nonce"])
                rand, autn = raw[:16], raw[16:32]
                r = self.usim.usim(rand, autn, self.sqn_ms.to_bytes(6, "big"))
                if r[0] == "ok":
                    self.sqn_ms = int.from_bytes(r[4], "big")
                    self.ck, self.ik = r[2], r[3]
                    auth = self._answer_challenge(ch, r[1])
                elif r[0] == "sync":        # response computed with an empty password
                    auth = self._answer_challenge(ch, b"") + ',auts="%s"' % \
                        base64.b64encode(r[1]).decode()
                else:
                    raise AssertionError("AUTN with a wrong MAC")
            else:
                auth = self._answer_challenge(ch, self.password)
            answers.append(self._register_once(expires, auth, **kw))
        m = answers[-1]
        if m.status == 200 and expires and not m.get("contact"):
            # Kamailio 5.6.3, when the user was deregistered less than about a
            # second ago, sometimes forgets the Contact of the 200; the P-CSCF
            # then does not take the phone for registered.  Register again.
            UA.repeated += 1
            if UA.repeated < 50:
                return self.register(expires, send_initial_auth, **kw)
        if m.status == 200 and expires:
            self.service_route = m.all("service-route")
            self.associated = [addr_of(x) for x in m.all("p-associated-uri")]
            self.path = m.all("path")
        return answers

    # ------------------------------------------------------- other requests
    def _out_of_dialog(self, method, target, extra=(), body="", contact=True, timeout=PATIENCE_S,
                       on_provisional=None, call_id=None, tag=None, route=True):
        h = ["From: <%s>;tag=%s" % (self.impu, tag or uuid.uuid4().hex[:8]), "To: <%s>" % target,
             "Call-ID: " + (call_id or uuid.uuid4().hex), "CSeq: 1 " + method]
        to = None
        if self.trusted:
            # Straight to the S-CSCF of the Service-Route, identity asserted.
            h.append("P-Asserted-Identity: <%s>" % self.impu)
            m = re.match(r"sip:[^@]*@([\d.]+):(\d+)", addr_of(self.service_route[0]))
            to = (m.group(1), int(m.group(2)))
        elif route:
            h.append("Route: <sip:%s:%d;lr>" % self.proxy)
        h += ["Route: " + r for r in self.service_route] if route else []
        if contact:
            h.append("Contact: <%s>" % self.contact)
        h += list(extra)
        return self.request(method, target, h, body, to, timeout, on_provisional)

    def message(self, target, body, content_type="text/plain", **kw):
        """body: text or bytes"""
        return self._out_of_dialog("MESSAGE", target, ["Content-Type: " + content_type], body,
                                   contact=False, **kw)

    def subscribe_reg(self, expires=60, **kw):
        cid, tag = uuid.uuid4().hex, uuid.uuid4().hex[:8]
        m = self._out_of_dialog("SUBSCRIBE", self.impu, [
            "Event: reg", "Accept: application/reginfo+xml", "Expires: %d" % expires],
            call_id=cid, tag=tag, **kw)
        if m.status == 200:
            self.reg_dialog = {
                "target": addr_of(m.get("contact")) if m.get("contact") else self.impu,
                "routes": list(reversed(m.all("record-route"))) or self.service_route,
                "from": "<%s>;tag=%s" % (self.impu, tag), "to": m.get("to"),
                "call_id": cid, "cseq": 1}
        return m

    def unsubscribe_reg(self):
        """Ends the subscription: without this the S-CSCF keeps it until it expires."""
        d, self.reg_dialog = self.reg_dialog, None
        return self.in_dialog(d, "SUBSCRIBE", extra=["Event: reg", "Expires: 0"])

    def invite(self, target, timeout=PATIENCE_S):
        """-> (final response, list of provisional statuses, dialog or None)"""
        prov, cid, tag = [], uuid.uuid4().hex, uuid.uuid4().hex[:8]
        m = self._out_of_dialog("INVITE", target, ["Content-Type: application/sdp"],
                                SDP % (self.ip, self.ip), timeout=timeout, call_id=cid, tag=tag,
                                on_provisional=lambda p: prov.append(p.status))
        if m.status != 200:
            return m, prov, None
        d = {"target": addr_of(m.get("contact")), "routes": list(reversed(m.all("record-route"))),
             "from": "<%s>;tag=%s" % (self.impu, tag), "to": m.get("to"), "call_id": cid, "cseq": 1}
        self.in_dialog(d, "ACK")
        return m, prov, d

    def in_dialog(self, d, method, timeout=PATIENCE_S, extra=(), body=""):
        if method != "ACK":
            d["cseq"] += 1
        h = ["Route: " + r for r in d["routes"]]
        h += ["From: " + d["from"], "To: " + d["to"], "Call-ID: " + d["call_id"],
              "CSeq: %d %s" % (d["cseq"], method), "Contact: <%s>" % self.contact] + list(extra)
        to = None
        if d["routes"]:
            m = re.match(r"sip:(?:[^@]*@)?([\d.]+):?(\d*)", addr_of(d["routes"][0]))
            to = (m.group(1), int(m.group(2) or 5060))
        if method == "ACK":
            _, via = self.via()
            self._send("\r\n".join(["ACK %s SIP/2.0" % d["target"], via, "Max-Forwards: 70"] + h
                                   + ["Content-Length: 0"]) + "\r\n\r\n", to)
            return None
        return self.request(method, d["target"], h, body, to, timeout)

    def wait(self, method, timeout=PATIENCE_S, match=lambda m: True):
        end = time.time() + timeout
        while True:
            try:
                m = self.inbox.get(timeout=max(0.01, end - time.time()))
            except queue.Empty:
                raise Timeout("no %s in %.0f s" % (method, timeout))
            if m.method == method and match(m):
                return m


SDP = ("v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n"
       "m=audio 40000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n")
