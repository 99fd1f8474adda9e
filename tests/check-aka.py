#!/usr/bin/python3
"""Holds the registrar that checks AKA (lib/aka.py, lib/aka_registrar.py) to published vectors, and to a client of
its own that does right and wrong."""

import base64
import hashlib
import hmac
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import paths                                                                            # noqa: F401, E402
from aka import LABEL, Challenge, Home, Refused, hash_named, password, proof, split     # noqa: E402
from aka_registrar import ANSWER, FIRST, REFRESH, REJECTS, RESYNC, AkaRegistrar         # noqa: E402
from checks import check, equal                                                         # noqa: E402
from peer import Peer                                                                   # noqa: E402
from sip import auth_params, new_id                                                     # noqa: E402
import milenage                                                                         # noqa: E402

IMPI, REALM = "zoe@scripted.example", "scripted.example"
IMPU, URI = "sip:" + IMPI, "sip:" + REALM


# ------------------------------------------------------------------------------------- vectors
def digest_vectors():
    """RFC 7616 3.9.1, and RFC 2617 3.5"""
    fields = {"username": "Mufasa", "realm": "http-auth@example.org", "uri": "/dir/index.html", "qop": "auth",
              "nonce": "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "nc": "00000001",
              "cnonce": "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"}
    for name, want in (("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
                       ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1")):
        equal(proof(hash_named(name), b"Circle of Life", fields, "GET"), want, "RFC 7616, " + name)
    fields.update(realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", cnonce="0a4f113b")
    equal(proof(hash_named("MD5"), b"Circle Of Life", fields, "GET"), "6629fae49393a05397450978507c4ef1", "RFC 2617")


def milenage_vectors():
    """FIPS 197 C.1, TS 35.208 test set 1; the same by way of Home"""
    milenage.selftest()
    h = bytes.fromhex
    home = Home(h("465b5ce8b199b49faa5f0a2ee238a6bc"), h("cdc202d5123e20f62b6d676ac72cb318"), h("b9b9"))
    vector = home.vector_of(0xff9bb4d0b607, h("23553cbe9637a89d218ae64dae47bf35"))
    equal(vector.autn, h("55f328b43577b9b94a9ffac354dfafb3"), "AUTN: SQN xor AK, AMF, MAC-A")
    equal((vector.xres, vector.ck, vector.ik), (h("a54211d5e3ba50bf"), h("b40ba9a3c58b2a05bbf0d987b21bf8cb"),
                                                h("f769bcd751044604127672711c6d3441")), "XRES, CK, IK")
    return vector


def hmac_by_hand(name, key, data):
    """RFC 2104, by its text"""
    size = 64 if name != "SHA-512-256" else 128

    def h(octets):
        return bytes.fromhex(hash_named(name)(octets))
    key = (h(key) if len(key) > size else key).ljust(size, b"\0")
    return h(bytes(k ^ 0x5c for k in key) + h(bytes(k ^ 0x36 for k in key) + data))


def password_vectors(vector):
    """RFC 4231 test case 2 for the PRF; then AKAv1's and AKAv2's passwords of TS 35.208's set 1"""
    want = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    equal(hmac_by_hand("SHA-256", b"Jefe", b"what do ya want for nothing?").hex(), want, "RFC 4231")
    equal(hmac.new(b"Jefe", b"what do ya want for nothing?", hashlib.sha256).hexdigest(), want, "RFC 4231")
    equal(password("AKAv1-MD5", vector), vector.xres, "AKAv1")
    for name, size in (("MD5", 24), ("SHA-256", 44), ("SHA-512-256", 44)):
        got = password("AKAv2-" + name, vector)
        equal(got, base64.b64encode(hmac_by_hand(name, vector.xres + vector.ik + vector.ck, LABEL)), "AKAv2-" + name)
        equal(len(got), size, "length of the password")


def sequence_numbers():
    """TS 33.102 C.1.1 and 6.3.5"""
    home = Home(sqn=5 << 5 | 31)
    one, two = home.vector(), home.vector()
    equal((one.sqn, two.sqn), (6 << 5 | 0, 7 << 5 | 1), "SQN of two vectors")
    auts = home.algorithms.make_auts(two.rand, (900 << 5 | 4).to_bytes(6, "big"))
    equal(home.resynchronise(two.rand, auts), 900 << 5 | 4, "SQN of the SIM")
    equal(home.vector().sqn, 901 << 5 | 5, "SQN afterwards")
    refused("a wrong MAC-S", home.resynchronise, two.rand, auts[:-1] + bytes([auts[-1] ^ 1]))
    refused("a short AUTS", home.resynchronise, two.rand, auts[:-1])


# ------------------------------------------------------------------------------------ a client
class Client(Peer):
    """Right in everything, but for what a test changes."""

    def __init__(self, core, home):
        super().__init__("127.0.0.1", 0)
        self.core, self.home, self.call_id, self.cseq, self.sqn_ms = core, home, new_id(), 0, 0
        self.protected = "tls-connected"

    def register(self, **fields):
        """-> the answer"""
        self.cseq += 1
        fields = {"username": IMPI, "realm": REALM, "uri": URI, "nonce": "", "response": "",
                  "integrity-protected": self.protected, **fields}
        bare = ("algorithm", "nc", "qop")
        value = ",".join(("%s=%s" if name in bare else '%s="%s"') % (name, text) for name, text in fields.items())
        return self.request("REGISTER", URI, [
            "Max-Forwards: 70", "From: <%s>;tag=1" % IMPU, "To: <%s>" % IMPU, "Call-ID: " + self.call_id,
            "CSeq: %d REGISTER" % self.cseq, "Contact: <%s>;expires=600" % self.contact,
            "Authorization: Digest " + value], to=self.core.address).final()

    def first(self):
        return self.register(algorithm="AKAv2-SHA-256")

    def answer(self, challenged, which=0, secret=None, **more):
        """To the which-th challenge of a 401. secret: in place of the password."""
        given = auth_params([value for name, value in challenged.headers if name == "www-authenticate"][which])
        nonce = base64.b64decode(given["nonce"])
        outcome = self.home.algorithms.usim(nonce[:16], nonce[16:32], self.sqn_ms.to_bytes(6, "big"))
        fields = {"username": IMPI, "realm": REALM, "uri": URI, "nonce": given["nonce"], "nc": "00000001",
                  "algorithm": given["algorithm"], "cnonce": new_id(), "qop": given["qop"]}
        if outcome[0] == "mac":
            return self.register(nonce=given["nonce"])
        if outcome[0] == "sync":
            fields["auts"], secret = base64.b64encode(outcome[1]).decode(), b"" if secret is None else secret
        else:
            secret = self.password(given["algorithm"], *outcome[1:4]) if secret is None else secret
            self.sqn_ms = int.from_bytes(outcome[4], "big")
        fields["response"] = proof(split(given["algorithm"])[1], secret, fields, "REGISTER")
        self.last, self.last_secret = {**fields, **more}, secret
        return self.register(**self.last)

    @staticmethod
    def password(algorithm, res, ck, ik):
        return res if algorithm == "AKAv1-MD5" else base64.b64encode(
            hmac_by_hand(algorithm.split("-", 1)[1], res + ik + ck, LABEL))


def refused(what, function, *args):
    try:
        function(*args)
    except Refused:
        return
    raise AssertionError("taken: " + what)


def with_core(test):
    core = AkaRegistrar("127.0.0.1", port=0)
    client = Client(core, core.subscribe(IMPI))
    try:
        test(core, client)
    finally:
        client.close()
        core.close()


def kinds(core):
    return [seen.kind for seen in core.seen]


def right(core, client):
    """challenge, answer, proof of the network; then a refresh, challenged and trusted"""
    challenged = client.first()
    equal(challenged.status, 401, "first", *core.seen, challenged)
    given = auth_params(challenged.get("www-authenticate"))
    equal((len(given["ik"]), len(given["ck"]), given["algorithm"]), (32, 32, "AKAv2-SHA-256"), "challenge")
    final = client.answer(challenged)
    equal(final.status, 200, "answer", final)
    info = auth_params("Digest " + final.get("authentication-info"))
    equal(info["rspauth"], proof(hash_named("SHA-256"), client.last_secret, client.last, ""), "rspauth")
    equal(client.register(**client.last).status, 401, "refresh")
    core.trusts = True
    equal(client.register(**client.last).status, 200, "refresh of who is trusted")
    client.call_id = new_id()
    equal(client.register(**client.last).status, 401, "the same from elsewhere")
    equal(kinds(core), [FIRST, ANSWER, REFRESH, REFRESH, REFRESH], "REGISTERs")


def wrong(core, client):
    """each mistake is one"""
    res_alone = lambda: core.open[IMPI][0].vector.xres      # noqa: E731
    for what, secret, change in (
            ("password", b"geheim", {}), ("RES alone", res_alone, {}), ("realm", None, {"realm": "other"}),
            ("uri", None, {"uri": "sip:other"}), ("nc", None, {"nc": "00000002"}), ("no cnonce", None, {"cnonce": ""}),
            ("algorithm", None, {"algorithm": "AKAv2-MD5"}), ("qop", None, {"qop": "auth-int"}),
            ("username", None, {"username": "yan@scripted.example"}), ("nonce", None, {"nonce": "AAAA"}),
            ("integrity-protected", None, {"integrity-protected": "tls-yes"})):
        challenged = client.first()
        final = client.answer(challenged, secret=secret() if callable(secret) else secret, **change)
        equal(final.status, 403, "answer with another " + what, final)
        check(core.seen[-1].refused, "why not is not told")
    challenged = client.first()
    client.call_id = new_id()
    equal(client.answer(challenged).status, 403, "answer with another Call-ID")
    equal(client.answer(challenged).status, 403, "answer to no challenge")


def both_versions(core, client):
    """AKAv2 is to be chosen; AKAv1 alone may be"""
    core.algorithms = ("AKAv1-MD5", "AKAv2-SHA-256")
    equal(client.answer(client.first(), 0).status, 403, "AKAv1 of both")
    equal(client.answer(client.first(), 1).status, 200, "AKAv2 of both")
    core.algorithms = ("AKAv1-MD5",)
    equal(client.answer(client.first()).status, 200, "AKAv1 alone")


def resynchronisation(core, client):
    """AUTS with the empty password; wrong ones are refused"""
    client.sqn_ms = 1000 << 5
    challenged = client.answer(client.first())
    equal((challenged.status, core.homes[IMPI].sqn >> 5), (401, 1001), "answer to AUTS, next SEQ")
    equal(client.answer(challenged).status, 200, "answer to the new challenge")
    core.vectors = [lambda home: home.vector_of(1)] * 2
    equal(client.answer(client.first(), secret=b"geheim").status, 403, "AUTS with a password")
    equal(client.answer(client.first(), auts="AAAA").status, 403, "AUTS of three octets")
    equal(kinds(core), [FIRST, RESYNC, ANSWER] + [FIRST, RESYNC] * 2, "REGISTERs")


def network_that_is_none(core, client):
    """a wrong MAC: rejected, and another challenge; twice: 403"""
    core.vectors = [lambda home: home.vector().with_wrong_mac()]
    equal(client.answer(client.answer(client.first())).status, 200, "after a wrong MAC")
    core.vectors = [lambda home: home.vector().with_wrong_mac()] * 2
    equal(client.answer(client.answer(client.first())).status, 403, "after two")
    equal(kinds(core), [FIRST, REJECTS, ANSWER, FIRST, REJECTS, REJECTS], "REGISTERs")


def shapes(core, client):
    """auth-int, opaque, server data; no keys; a wrong rspauth"""
    core.qop, core.opaque, core.server_data, core.keys, core.proves = "auth-int", "o", b"server", False, "wrong"
    challenged = client.first()
    given = auth_params(challenged.get("www-authenticate"))
    check("ik" not in given and "ck" not in given, "keys", challenged)
    equal(base64.b64decode(given["nonce"])[32:], b"server", "server data")
    final = client.answer(challenged, opaque="o")
    equal(final.status, 200, "answer", final)
    info = auth_params("Digest " + final.get("authentication-info"))
    check(info["rspauth"] != proof(hash_named("SHA-256"), client.last_secret, client.last, ""), "rspauth is right")
    two = Challenge(core.homes[IMPI].vector(), REALM, "AKAv2-SHA-256", qop="auth,auth-int").rows()[0]
    check('qop="auth,auth-int"' in two, "two qops", two)


if __name__ == "__main__":
    digest_vectors()
    password_vectors(milenage_vectors())
    sequence_numbers()
    for one in (right, wrong, both_versions, resynchronisation, network_that_is_none, shapes):
        with_core(one)
    print("the registrar for AKA: all well")
