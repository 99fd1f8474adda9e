"""A web application that has tokens for its users (WAF of 33.203): opaque ones, told by introspection."""

import time

import leaks
from issuer import Issuer


class Waf:
    """An issuer that knows who has which token, and the Janus of this case, whose network trusts it."""

    def __init__(self, w, network, **fields):
        self.issuer, self.users, self.left_s = Issuer(w.folder("issuer")), {}, 300
        w.defer(self.issuer.stop)
        self.issuer.introspect = self.introspect
        self.janus = w.own_janus(
            networks_of={network: {"token_issuers": ["waf"], **fields}},
            issuers={"waf": {"issuer": "https://waf.example", "audience": "https://edge.example", "opaque": True,
                             "jwks_uri": self.issuer.uri + "/jwks", "introspection_s": 0, "scope": "ims",
                             "introspection_endpoint": self.issuer.uri + "/introspect", "ca_file": self.issuer.ca_file,
                             "client_id": "edge", "client_secret": "geheim-waf-client-11"}})

    def introspect(self, token):
        user = self.users.get(token)
        return {"active": True, "aud": "https://edge.example", "scope": "ims", "exp": time.time() + self.left_s,
                "impi": user.impi, "impu": user.impu} if user else {"active": False}

    def token(self, user, number=1):
        token = "geheim-pass-of-%s-%d" % (user.name, number)
        leaks.book.note("access token", token)
        self.users[token] = user
        return token
