"""Those who do whatever comes to a mind, at any moment; and an issuer of access tokens who is one of them."""

import base64
import collections
import contextlib
import itertools
import json
import time

import edge
import lab
from issuer import FAILS, HANGS, RUBBISH, SERVES, Issuer


class Nothing(Exception):
    """There is no call, dialog or request yet to do it with."""


class Whim:
    """Does one of its deeds at a time; `deeds` are methods with their weights."""

    deeds = {}

    def __init__(self, rng):
        self.rng, self.done = rng, collections.Counter()

    def act(self):
        deed, = self.rng.choices(list(self.deeds), self.deeds.values())
        with contextlib.suppress(Nothing):
            deed(self)
            self.done[deed.__name__] += 1

    def one_of(self, things):
        things = list(things)
        if not things:
            raise Nothing
        return self.rng.choice(things)


def deeds_done(whims):
    return sum((one.done for one in whims), collections.Counter())


class Provider(Whim):
    """An issuer of opaque tokens that is asked about each of them, and does not always answer."""

    MANNERS = (SERVES, SERVES, SERVES, SERVES, SERVES, HANGS, FAILS, RUBBISH)
    LIVES_S = 1, 2, 3, 5, 300, 1 << 40

    def __init__(self, w, rng, pool):
        super().__init__(rng)
        self.serves = Issuer(w.folder("issuer"), lab.NET + ".62")
        w.defer(self.serves.stop)
        self.serves.introspect = lambda token: self.tokens.get(token) or {"active": False}
        self.tokens, self.numbers, self.janus = {}, itertools.count(), None
        self.client = "lender" if pool else "page"

    def configuration(self):
        """As an issuer of the plugin's."""
        return {"issuer": self.serves.uri, "audience": "ims", "ca_file": self.serves.ca_file, "client_id": "gateway",
                "client_secret": "geheim-gateway-of-chaos", "opaque": True, "introspection_s": 0, "keys_retry_s": 1,
                "timeout_s": 1, "pool": ["lender *guest*@scripted.example"]}

    def token(self, user):
        """Mostly his; else of the same subject with another identity, of nobody, or with a key that nobody has."""
        token = "geheim-token-%d-%x" % (next(self.numbers), self.rng.getrandbits(64))
        now = int(time.time())
        claims = {"active": True, "aud": "ims", "iat": now, "exp": now + self.rng.choice(self.LIVES_S), "jti": token[-8:],
                  "client_id": self.client, "sub": user.name, "impi": user.impi, "impu": [user.impu]}
        kind = self.rng.random()
        if kind < 0.1:
            return self._jwt()
        if kind < 0.2:
            claims["impu"] = ["sip:guest-of-nobody@scripted.example"]
        if kind < 0.9:
            self.tokens[token] = claims
        return token

    def _jwt(self):
        parts = ({"alg": "ES256", "typ": "at+jwt", "kid": str(next(self.numbers))}, {"iss": self.serves.uri})
        parts = [json.dumps(part).encode() for part in parts] + [b"s" * 64]
        return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)

    def changes_manners(self):
        self.serves.manners = self.rng.choice(self.MANNERS)

    def takes_back(self):
        self.tokens.pop(self.one_of(self.tokens), None)

    def is_away(self):
        self.serves.stop()
        self.serves.start()

    def administration_revokes(self):
        claims = self.one_of(list(self.tokens.values()))
        what = self.rng.choice(({"subject": claims["sub"]}, {"jti": claims["jti"]}))
        edge.ask(self.janus, "revoke", issuer="waf", **what)

    deeds = {changes_manners: 6, takes_back: 3, is_away: 1, administration_revokes: 3}
