"""Every secret that cases use, and the search for them where they must not be: what Janus logs, audit records,
SIP to and from the core, events to clients and event handlers, answers of the Admin API.

What clients send is not looked at: there they belong. Secrets are noted where they come into being or are used:
note() for one, note_user(), note_request(), note_configuration().
"""

import glob
import hashlib
import json
import os
import re

SHORTEST = 8            # shorter ones are in texts by chance
HASHES = ("md5", "sha256", "sha512_256")
OTHERS = re.compile(rb"(?m)^.*(Registering user |\tDigest:\").*$")       # what janus.plugin.sip logs of its own users
RUN = re.compile(rb"[^\s\"<>,;]{%d,}" % SHORTEST)        # a secret of such bytes alone is within one of these
BEARER = re.compile(rb"(?im)^((?:proxy-)?authorization|o)(\s*:\s*bearer\s)[^\r\n]*")


class Book:
    def __init__(self):
        self.secrets = {}       # its bytes -> (what it is, where it may be all the same)
        self.beginnings = {}    # its first bytes -> [secret], of those that are within one run
        self.broken = []        # the others
        self.public = set()     # what was sent as something else, too, by tests that send the same everywhere
        self.found = []
        self.read = set()       # (path, size) of files that were searched
        self.packets = 0        # of the sniffer, that were searched
        self.shown = False      # some network takes access tokens itself: they may be in Bearer headers

    # ---------------------------------------------------------------- noting
    def note(self, what, value, allowed=()):
        """allowed: places where it may be."""
        value = value if isinstance(value, bytes) else str(value or "").encode("utf-8", "surrogatepass")
        if len(value) >= SHORTEST and value not in self.secrets:
            self.secrets[value] = what, tuple(allowed)
            whole = RUN.fullmatch(value)
            (self.beginnings.setdefault(value[:SHORTEST], []) if whole else self.broken).append(value)

    def note_password(self, password, names, realm):
        """With the hashes by which Digest knows it (HA1)."""
        if not isinstance(password, str) or len(password) < SHORTEST:
            return
        self.note("password", password)
        for name in names:
            for kind in HASHES:
                text = "%s:%s:%s" % (name, realm, password)
                self.note("HA1", hashlib.new(kind, text.encode("utf-8", "surrogatepass")).hexdigest())

    def note_user(self, user):
        realm = user.impu.partition("@")[2]
        self.note_password(user.password, {user.impi, user.impi.partition("@")[0]}, realm)
        return user

    def note_request(self, body):
        """What a client sends to the plugin."""
        if not isinstance(body, dict):
            return
        self.public.update(str(value).encode("utf-8", "surrogatepass") for name, value in body.items()
                           if name not in ("secret", "ha1_secret", "access_token", "aka"))
        impu = str(body.get("username") or "").partition(":")[2]
        names = {str(body.get("authuser") or impu), impu.partition("@")[0]}
        self.note_password(body.get("secret"), names, impu.partition("@")[2])
        for name in ("ha1_secret", "access_token"):
            if isinstance(body.get(name), str):
                self.note(name, body[name])
        for name, value in (body["aka"] if isinstance(body.get("aka"), dict) else {}).items():
            if name in ("k", "op", "opc") and isinstance(value, str):
                for written in (value.lower(), value.upper()):
                    self.note("aka." + name, written)

    def note_configuration(self, section):
        for name, value in section.items():
            if isinstance(value, dict):
                self.note_configuration(value)
            elif name in ("secret", "client_secret", "cert_pwd"):
                self.note("configured " + name, value)
            elif (name, value) == ("token_mode", "bearer"):
                self.shown = True

    def note_event(self, result):
        """Some of what the plugin tells is for its client alone."""
        for server in result.get("ice_servers") or ():
            self.note("TURN credential", server["credential"], ("events",))

    # ------------------------------------------------------------- searching
    def look(self, place, name, data):
        """place: "log", "sip", "events", "handlers", "admin"; name: what the reader knows it by."""
        data = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
        for value in self.within(data):
            what, allowed = self.secrets[value]
            if place in allowed or value in self.public:
                continue
            at = data.find(value)
            start, end = data.rfind(b"\n", 0, at) + 1, data.find(b"\n", at)
            line = data[max(start, at - 200):end if end >= 0 else at + 200]
            self.found.append("%s %s: %s %r in %r" % (place, name, what, value.decode("utf-8", "replace"),
                                                      line.decode("utf-8", "replace")[:400]))

    def within(self, data):
        """The secrets that are in it. There are thousands, and megabytes to search: what says the same again and
        again is looked at once, and compared with the beginnings of all."""
        found = {value for value in self.broken if value in data}
        for run in set(RUN.findall(data)):
            for at in range(len(run) - SHORTEST + 1):
                for value in self.beginnings.get(run[at:at + SHORTEST], ()):
                    if run.startswith(value, at):
                        found.add(value)
        return found

    def look_at_events(self, name, clients):
        messages = [m for client in clients for handle in list(client.handles.values())
                    for m in list(handle.received)]
        for message in messages:
            self.note_event(message.get("plugindata", {}).get("data", {}).get("result") or {})
        self.look("events", name, "\n".join(map(json.dumps, messages)))

    def look_at_logs(self, folder):
        """At debug level 6 and 7 transports of Janus log all that comes: there only what is ours is looked at."""
        for path in glob.glob(folder + "/**/*.log*", recursive=True):
            base, size = os.path.basename(path), os.path.getsize(path)
            if not base.startswith(("janus", "audit")) or (path, size) in self.read:
                continue
            self.read.add((path, size))
            with open(path, "rb") as f:
                data = f.read()
            if base.startswith("janus-debug"):
                data = b"\n".join(line for line in data.split(b"\n") if b"[ims]" in line)
            self.look("log", path, OTHERS.sub(b"", data))

    def look_at_sip(self, sniffer):
        sniffer.sync()
        with sniffer.changed:
            packets, self.packets = sniffer.packets[self.packets:], len(sniffer.packets)
        whole = b"\n".join(p.payload for p in packets if p.is_sip)
        self.look("sip", "of this file", BEARER.sub(rb"\1\2(shown)", whole) if self.shown else whole)

    def check(self, run):
        """All of it, since the last time."""
        self.look_at_logs(run.state)
        self.look_at_sip(run.sniffer)
        found, self.found, self.shown = self.found, [], False
        if found:
            raise AssertionError("secrets where they must not be:\n    " + "\n    ".join(found[:20]))


book = Book()
