"""Digest AKA from the network's side, written from the texts alone, as a check of whoever answers it: TS 33.102
(vectors, SQN, AUTS), TS 35.206 (Milenage), RFC 3310 (AKAv1), RFC 4169 (AKAv2), RFC 7616 (Digest).

    home = Home()                                   # a subscriber: home.k, home.opc or home.op for his SIM
    challenge = Challenge(home.vector(), "ims.example", "AKAv2-SHA-256")
    challenge.rows()                                # WWW-Authenticate
    challenge.judge(credentials, "REGISTER", "sip:ims.example")
"""

import base64
import hashlib
import hmac
import os
import re
import sys

import paths

sys.path.insert(0, os.path.join(paths.LAB, "hss"))
from milenage import Milenage, opc_from_op      # noqa: E402

HASHES = {"MD5": "md5", "SHA-256": "sha256", "SHA-512-256": "sha512_256"}
LABEL = b"http-digest-akav2-password"
IND_BITS = 5                # TS 33.102 C.3.2: SQN = SEQ || IND
SQN_LIMIT = 1 << 48


class Refused(Exception):
    """Why an answer to a challenge is not accepted."""


class Vector:
    """An authentication vector (TS 33.102 6.3.2)."""

    def __init__(self, rand, autn, xres, ck, ik, sqn):
        self.rand, self.autn, self.xres, self.ck, self.ik, self.sqn = rand, autn, xres, ck, ik, sqn

    def with_wrong_mac(self):
        """The last octet of MAC-A is another one."""
        autn = self.autn[:-1] + bytes([self.autn[-1] ^ 1])
        return Vector(self.rand, autn, self.xres, self.ck, self.ik, self.sqn)


class Home:
    """The authentication centre of one subscriber. sqn: SQN_HE, the last one given out."""

    def __init__(self, k=None, op=None, amf=b"\x80\x00", sqn=0):
        self.k, self.op, self.amf, self.sqn = k or os.urandom(16), op or os.urandom(16), amf, sqn
        self.opc = opc_from_op(self.k, self.op)
        self.algorithms = Milenage(self.k, self.opc)

    def vector(self, rand=None):
        """The next one: SEQ counts, IND goes round (TS 33.102 C.1.1)."""
        seq, ind = self.sqn >> IND_BITS, self.sqn & (1 << IND_BITS) - 1
        self.sqn = (seq + 1 << IND_BITS | ind + 1 & (1 << IND_BITS) - 1) % SQN_LIMIT
        return self.vector_of(self.sqn, rand)

    def vector_of(self, sqn, rand=None):
        """One with this SQN, whatever was before."""
        rand = rand or os.urandom(16)
        autn, xres, ck, ik = self.algorithms.vector(rand, sqn.to_bytes(6, "big"), self.amf)
        return Vector(rand, autn, xres, ck, ik, sqn)

    def resynchronise(self, rand, auts):
        """SQN_HE becomes the SIM's (TS 33.102 6.3.5). -> that"""
        if len(auts) != 14:
            raise Refused("AUTS of %d octets" % len(auts))
        sqn = self.algorithms.open_auts(rand, auts)
        if sqn is None:
            raise Refused("AUTS with a wrong MAC-S")
        self.sqn = int.from_bytes(sqn, "big")
        return self.sqn


# ---------------------------------------------------------------------------------- algorithms
def split(algorithm):
    """"AKAv2-SHA-256" -> 2, hash of bytes as lower-case hex (RFC 3310 3.1, RFC 4169 2.2)"""
    found = re.fullmatch(r"AKAv([12])-(MD5|SHA-256|SHA-512-256)", algorithm)
    if not found:
        raise Refused("algorithm %r" % algorithm)
    return int(found.group(1)), hash_named(found.group(2))


def hash_named(name):
    return lambda data: hashlib.new(HASHES[name], data).hexdigest()


def password(algorithm, vector):
    """What both ends take for the password."""
    version, _ = split(algorithm)
    if version == 1:                                    # RFC 3310 3.3
        return vector.xres
    name = HASHES[algorithm.split("-", 1)[1]]           # RFC 4169 2.1: the PRF is HMAC with the Digest's hash
    return base64.b64encode(hmac.new(vector.xres + vector.ik + vector.ck, LABEL, name).digest())


def proof(h, secret, digest, method, body=b""):
    """response, or with an empty method rspauth (RFC 7616 3.4.1, 3.4.2, 3.5). secret: bytes."""
    a1 = h(b":".join((digest["username"].encode(), digest["realm"].encode(), secret)))
    a2 = method.encode() + b":" + digest["uri"].encode()
    qop = digest.get("qop")
    if qop == "auth-int":
        a2 += b":" + h(body).encode()
    between = [digest["nonce"]] + ([digest["nc"], digest["cnonce"], qop] if qop else [])
    return h(":".join([a1, *between, h(a2)]).encode())


# ----------------------------------------------------------------------------------- challenge
class Challenge:
    """One vector, offered with one algorithm or several.

    qop: "auth", "auth-int", a list of them in one text, or None
    server_data: what follows AUTN in the nonce (RFC 3310 3.2)
    keys: with ik and ck, as an S-CSCF gives them to the P-CSCF (TS 24.229 7.2A.1)"""

    def __init__(self, vector, realm, *algorithms, qop="auth", opaque=None, server_data=b"", keys=True):
        self.vector, self.realm, self.algorithms, self.qop, self.opaque = vector, realm, algorithms, qop, opaque
        self.keys = keys
        self.nonce = base64.b64encode(vector.rand + vector.autn + server_data).decode()

    def values(self):
        """-> the challenges, one for each algorithm, in the order given"""
        return [self._value(algorithm) for algorithm in self.algorithms]

    def rows(self, name="WWW-Authenticate"):
        return ["%s: %s" % (name, value) for value in self.values()]

    def _value(self, algorithm):
        fields = ['realm="%s"' % self.realm, 'nonce="%s"' % self.nonce, "algorithm=" + algorithm]
        if self.qop:
            fields.append('qop="%s"' % self.qop)
        if self.opaque:
            fields.append('opaque="%s"' % self.opaque)
        if self.keys:
            fields += ['ik="%s"' % self.vector.ik.hex(), 'ck="%s"' % self.vector.ck.hex()]
        return "Digest " + ",".join(fields)

    # --------------------------------------------------------------------------------- answers
    def judge(self, digest, method, uri, body=b""):
        """Raises Refused unless these credentials answer the challenge, with its best algorithm."""
        h = self._conforms(digest, uri)
        self._compare(h, password(digest["algorithm"], self.vector), digest, method, body)

    def judge_auts(self, digest, method, uri, body=b""):
        """The same of credentials with AUTS, which are computed with an empty password (RFC 3310 3.4).
        -> AUTS"""
        self._compare(self._conforms(digest, uri), b"", digest, method, body)
        try:
            return base64.b64decode(digest["auts"], validate=True)
        except ValueError:
            raise Refused("auts is not base64: %r" % digest["auts"]) from None

    def _conforms(self, digest, uri):
        """-> the hash"""
        for name, want in (("realm", self.realm), ("nonce", self.nonce), ("uri", uri), ("opaque", self.opaque)):
            if digest.get(name) != want:
                raise Refused("%s is %r, not %r" % (name, digest.get(name), want))
        algorithm = digest.get("algorithm", "")
        if algorithm not in self.algorithms:
            raise Refused("algorithm is %r, offered were %r" % (algorithm, self.algorithms))
        if split(algorithm)[0] != max(split(offered)[0] for offered in self.algorithms):
            raise Refused("%s though AKAv2 is offered (RFC 4169 4.1)" % algorithm)
        self._qop_conforms(digest)
        return split(algorithm)[1]

    def _qop_conforms(self, digest):
        offered = re.split(r"\s*,\s*", self.qop) if self.qop else [None]
        if digest.get("qop") not in offered:
            raise Refused("qop is %r, offered were %r" % (digest.get("qop"), offered))
        if self.qop and digest.get("nc") != "00000001":     # a nonce of AKA is new each time
            raise Refused("nc is %r" % digest.get("nc"))
        if self.qop and not digest.get("cnonce"):
            raise Refused("no cnonce")

    @staticmethod
    def _compare(h, secret, digest, method, body):
        if digest.get("response") != proof(h, secret, digest, method, body):
            raise Refused("response is wrong")

    def authentication_info(self, digest, body=b"", wrong=False):
        """What proves the network to the client in the 200 (RFC 7616 3.5)."""
        _, h = split(digest["algorithm"])
        rspauth = proof(h, password(digest["algorithm"], self.vector), digest, "", body)
        if wrong:
            rspauth = h(rspauth.encode())
        fields = ['rspauth="%s"' % rspauth]
        if self.qop:
            fields = ["qop=" + digest["qop"]] + fields + ['cnonce="%s"' % digest["cnonce"], "nc=" + digest["nc"]]
        return "Authentication-Info: " + ",".join(fields)
