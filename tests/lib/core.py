"""A scripted IMS core: registrar and service node of one network on one address, and proxies
that insist on the route they were promised."""

import re
import threading

import auth
from patience import EVENT_S
from peer import Incoming, Peer, Silence
from sip import addr_of, compose, host_of, new_id, params, uri_host_port
from stream import Connection

MARK = re.compile(r"-\d+@")         # World.mark: a user of some case


class Registration:
    """A binding at the scripted registrar."""

    def __init__(self, request, contact, expires_s):
        self.impu, self.expires_s = addr_of(request.get("to")), expires_s
        self.contact, self.paths = contact, request.all("path")
        self.source = request.src


class Core(Peer):
    """Answers REGISTER as its fields say:

    challenges   whether everybody must prove his password, which is the user part + "-secret"
    mine         part of the IMPUs that count; others, left over from an earlier case, may register,
                 and of what they repeat nobody hears
    expires_s    what it grants
    script       answers to the next REGISTERs before any thinking: status, or function(request)
    contact_in   function(request, expires_s) -> Contact of the 200
    associated   function(impu) -> P-Associated-URI
    extra        more header lines of the 200
    """

    def __init__(self, ip, realm="scripted.example", challenges=False, expires_s=3600, mine="",
                 port=5060, **transport):
        self.realm, self.challenges, self.expires_s = realm, challenges, expires_s
        self.mine = mine
        self.script, self.extra = [], []
        self.associated = lambda impu: [impu]
        self.contact_in = lambda request, expires_s: "%s;expires=%d" % (
            self.named(request.get("contact")), expires_s)
        self.registers, self.changed = [], threading.Condition()
        self.seen_to = set()            # of them, those that the script, or what the core grants by itself, is done with
        self.registrations = {}         # impu -> Registration
        super().__init__(ip, port, user="core", **transport)

    def prepare(self):
        self.service_route = ["<sip:orig@%s:%d;lr;x=1>" % (host_of(self.ip), self.port)]
        self.handlers["REGISTER"] = self._register

    @staticmethod
    def named(contact):
        """The name-addr of a Contact, without parameters."""
        return contact[:contact.index(">") + 1] if ">" in contact else contact.split(";")[0]

    def arrived(self, message, src):
        if message.is_response or message.method == "REGISTER" or not self._of_another_case(message):
            super().arrived(message, src)
        elif message.method != "ACK":
            Incoming(self, message, src).reply(481)

    def _of_another_case(self, message):
        parties = message.get("from", "") + message.get("to", "")
        return bool(self.mine and self.mine not in parties and MARK.search(parties))

    def _register(self, request):
        if self.mine not in request.get("to"):
            request.reply(200)
            return
        with self.changed:
            self.registers.append(request)
        try:
            self._respond(request)
        finally:
            with self.changed:
                self.seen_to.add(request)
                self.changed.notify_all()

    def _respond(self, request):
        step = self.script.pop(0) if self.script else None
        if callable(step):
            step(request)
        elif step is not None:
            request.reply(step)
        elif self._admitted(request):
            self.grant(request)

    def _admitted(self, request):
        digest = auth.parse(request.get("authorization", ""))
        if not self.challenges:
            return True
        if not digest.get("response"):
            self.challenge(request)
            return False
        if not auth.fits(digest, digest["username"].split("@")[0] + "-secret", "REGISTER"):
            request.reply(403)
            return False
        return True

    def challenge(self, request, nonce=None, more=""):
        request.reply(401, ['WWW-Authenticate: Digest realm="%s",nonce="%s",algorithm=MD5,qop="auth"%s'
                            % (self.realm, nonce or new_id(), more)])

    def grant(self, request):
        contact = request.get("contact")
        asked = params(contact).get("expires") or request.get("expires", "3600")
        if int(asked) == 0:
            self._remove(addr_of(request.get("to")), addr_of(contact))
            request.reply(200, self.proof(request))
            return
        registration = Registration(request, addr_of(contact), self.expires_s)
        self.registrations[registration.impu] = registration
        rows = ["Contact: " + self.contact_in(request, self.expires_s)]
        rows += ["Path: " + path for path in registration.paths]
        rows += ["Service-Route: " + route for route in self.service_route]
        rows += ["P-Associated-URI: <%s>" % uri for uri in self.associated(registration.impu)]
        request.reply(200, rows + self.proof(request) + list(self.extra))

    def _remove(self, impu, contact):
        if impu in self.registrations and self.registrations[impu].contact == contact:
            del self.registrations[impu]

    def proof(self, request):
        """Header lines that prove the core to its user; it has none here."""
        return []

    def wait_register(self, count=1, timeout_s=EVENT_S):
        """-> the count-th REGISTER, which has had its answer, if it is to have one"""
        def there():
            return len(self.registers) >= count and self.registers[count - 1] in self.seen_to
        with self.changed:
            if not self.changed.wait_for(there, timeout_s):
                raise Silence("%d REGISTERs in %.1f s, %d wanted" % (
                    len(self.registers), timeout_s, count))
            return self.registers[count - 1]

    def terminate(self, method, impu, headers=(), body="", caller="sip:+4930123456@scripted.example",
                  routes=None, body_type="application/sdp", asserted=None):
        """A request to one of our users, as the S-CSCF sends it; over the connection that he
        registered by, if it was one. -> transaction"""
        to = self.registrations[impu]
        routes = to.paths if routes is None else routes
        rows = ["Max-Forwards: 68"] + ["Route: " + route for route in routes]
        rows += ["From: \"Caller\" <%s>;tag=%s" % (caller, new_id()[:8]), "To: <%s>" % impu,
                 "Call-ID: " + new_id(), "CSeq: 1 " + method, "Contact: <%s>" % self.contact,
                 "P-Called-Party-ID: <%s>" % impu,
                 *("P-Asserted-Identity: " + value for value in asserted or ["<%s>" % caller]),
                 "P-Charging-Vector: icid-value=\"core-secret-icid\";orig-ioi=core.example",
                 *headers]
        if body:
            rows.append("Content-Type: " + body_type)
        hop = uri_host_port(addr_of(routes[0])) if routes else uri_host_port(to.contact)
        if isinstance(to.source, Connection):
            hop = to.source
        return self.request(method, to.contact, rows, body, hop)


class RouteProxy(Peer):
    """A hop that record-routes, and answers 481 to whatever does not follow the dialog's route
    set to the letter. Put several in a row: proxies = chain(["127.0.1.82", "127.0.1.83"])."""

    def __init__(self, ip, name, port=5060):
        self.name = name
        self.passed, self.refused = [], []      # messages inside dialogs, each once however often it was sent
        self.onward = None                      # where initial requests go, by address
        super().__init__(ip, port, user=name)

    def prepare(self):
        self.route = "<sip:%s@%s:%d;lr;mark=%s.1>" % (self.name, host_of(self.ip), self.port, self.name)

    def arrived(self, message, src):
        if message.is_response:
            self._return(message)
        elif message.tag("to") and message.method not in ("CANCEL",):
            self._in_dialog(message, src)
        else:
            self._initial(message, src)

    @staticmethod
    def _set(message, name, values):
        """Replaces all fields of that name, at the first one's place or on top."""
        rows = [(n, v) for n, v in message.headers if n != name]
        message.headers = [(name, value) for value in values] + rows

    def _forward(self, message, src, to):
        via = message.all("via")
        via[0] += ";received=%s;rport=%d" % src if ";rport" in via[0] else ""
        # The branch follows the one that came, so that a CANCEL and a repetition match.
        mine = "SIP/2.0/UDP %s:%d;branch=%s.%s" % (
            host_of(self.ip), self.port, message.branch, "p")
        self._set(message, "via", [mine] + via)
        self._emit(message, to)

    def _emit(self, message, to):
        rows = ["%s: %s" % (name.title(), value) for name, value in message.headers
                if name != "content-length"]
        self.send(compose(message.start, rows, message.body), to)

    def _initial(self, message, src):
        routes = message.all("route")
        if routes and uri_host_port(addr_of(routes[0])) == self.address:
            routes = routes[1:]
        self._set(message, "route", routes)
        if message.method == "INVITE":
            self._set(message, "record-route", [self.route] + message.all("record-route"))
        to = uri_host_port(addr_of(routes[0])) if routes else self.onward
        self._forward(message, src, to)

    def _in_dialog(self, message, src):
        routes = message.all("route")
        if not routes or routes[0] != self.route:
            self._note(self.refused, message)
            if message.method != "ACK":
                self._refuse(message, src)
            return
        self._note(self.passed, message)
        self._set(message, "route", routes[1:])
        to = addr_of(routes[1]) if len(routes) > 1 else message.ruri
        self._forward(message, src, uri_host_port(to))

    @staticmethod
    def _note(noted, message):
        if not any((m.branch, m.method) == (message.branch, message.method) for m in noted):
            noted.append(message)

    def _refuse(self, message, src):
        rows = ["%s: %s" % (name.title(), value) for name, value in message.headers
                if name in ("via", "from", "to", "call-id", "cseq")]
        self.send(compose("SIP/2.0 481 Wrong Route", rows), src)

    def _return(self, message):
        via = message.all("via")[1:]
        self._set(message, "via", via)
        top = params(via[0])
        host, port = uri_host_port("sip:" + via[0].split()[1].split(";")[0])
        self._emit(message, (top.get("received") or host, int(top.get("rport") or port)))
