"""A scripted registrar that knows its users by AKA alone, for networks that Kamailio cannot play: AKAv2-SHA-256,
AKAv1-MD5 beside it, resynchronisation, and whatever can be wrong with a challenge.

    core = w.core(kind=AkaRegistrar)
    home = core.subscribe("zoe-1@scripted.example")     # home.k, home.opc or home.op: for his SIM
    ...
    equal([seen.kind for seen in core.seen], [FIRST, ANSWER], "REGISTERs", *core.seen)
"""

import auth
from aka import Challenge, Home, Refused
from core import Core
from sip import addr_of

FIRST, ANSWER, RESYNC, REJECTS, REFRESH = "first", "answer", "auts", "rejects the network", "refresh"


class Seen:
    """One REGISTER of a user. kind, by its credentials:

    FIRST    with empty ones
    ANSWER   with a response
    RESYNC   with AUTS
    REJECTS  with an empty response to a nonce: the network did not prove itself (TS 24.229 5.1.1.5.3)
    REFRESH  with a response to a challenge that is answered already (TS 24.229 5.1.1.4.2)"""

    def __init__(self, request, spent):
        """spent: the nonce that this user has answered last"""
        self.request, self.call_id, self.cseq = request, request.call_id, request.cseq
        self.digest = auth.parse(request.get("authorization", ""))
        self.algorithm = self.digest.get("algorithm")
        self.integrity_protected = self.digest.get("integrity-protected")
        self.refused = None                 # why, if it was
        self.kind = self._kind(spent)

    def _kind(self, spent):
        nonce, response = self.digest.get("nonce"), self.digest.get("response")
        if self.digest.get("auts"):
            return RESYNC
        if response:
            return REFRESH if nonce == spent else ANSWER
        return REJECTS if nonce else FIRST

    @property
    def body(self):
        return self.request.raw.partition(b"\r\n\r\n")[2]

    def text(self):
        return "%s, %s, integrity-protected %s%s\n%s" % (
            self.kind, self.algorithm, self.integrity_protected,
            ", refused: " + self.refused if self.refused else "", self.request.text())


class AkaRegistrar(Core):
    """Its fields, more than those of Core:

    algorithms   offered, in this order
    qop, opaque, server_data, keys   of the challenges: see aka.Challenge
    vectors      functions(home) -> Vector for the next challenges; afterwards they are home.vector()
    protected    the integrity-protected that each REGISTER must have; None: whatever it says
    trusts       whether a registered user may refresh and leave unchallenged, by his Call-ID
    patience     so many REGISTERs in a row that reject the network, and the answer is 403
    proves       whether a 200 to an answer has Authentication-Info; "wrong": a wrong one
    """

    def __init__(self, ip, **options):
        self.algorithms, self.qop, self.opaque = ("AKAv2-SHA-256",), "auth", None
        self.server_data, self.keys, self.protected = b"", True, "tls-connected"
        self.vectors, self.trusts, self.patience, self.proves = [], False, 2, True
        self.homes, self.seen = {}, []      # IMPI -> Home; every REGISTER that counts
        self.open = {}                      # IMPI -> (Challenge, Call-ID) that is not answered yet
        self.answered = {}                  # IMPI -> (nonce, Call-ID) of the last good answer
        self.rejections = {}                # IMPI -> REGISTERs in a row that rejected the network
        self.proofs = {}                    # REGISTER -> header lines of its 200
        super().__init__(ip, **options)

    def subscribe(self, impi, **options):
        """-> the new subscriber's Home"""
        self.homes[impi] = Home(**options)
        return self.homes[impi]

    def _admitted(self, request):
        impi = auth.parse(request.get("authorization", "")).get("username")
        seen = Seen(request, self.answered.get(impi, (None,))[0])
        self.seen.append(seen)
        step = {FIRST: self._first, REFRESH: self._first, ANSWER: self._answer, RESYNC: self._resync,
                REJECTS: self._rejects}[seen.kind]
        try:
            self._conforms(seen, impi)
            return step(seen, impi)
        except Refused as why:
            seen.refused = str(why)
            request.reply(403, reason=seen.refused)
            return False

    def _conforms(self, seen, impi):
        """What holds for each REGISTER."""
        if seen.request.count("authorization") != 1:
            raise Refused("%d Authorization" % seen.request.count("authorization"))
        if impi not in self.homes:
            raise Refused("nobody is %r" % impi)
        if self.protected and seen.integrity_protected != self.protected:
            raise Refused("integrity-protected is %r" % seen.integrity_protected)
        for name, want in (("realm", self.realm), ("uri", seen.request.ruri)):
            if seen.digest.get(name) != want:
                raise Refused("%s is %r, not %r" % (name, seen.digest.get(name), want))

    def _first(self, seen, impi):
        if seen.kind == FIRST and not seen.digest.get("nonce") == seen.digest.get("response") == "":
            raise Refused("no empty nonce and response (TS 24.229 5.1.1.2.2)")
        known = addr_of(seen.request.get("to")) in self.registrations
        if self.trusts and known and self.answered[impi][1] == seen.call_id:
            return True
        return self._challenge(seen, impi)

    def _challenge(self, seen, impi):
        """-> False: not yet admitted"""
        make = self.vectors.pop(0) if self.vectors else Home.vector
        challenge = Challenge(make(self.homes[impi]), self.realm, *self.algorithms, qop=self.qop,
                              opaque=self.opaque, server_data=self.server_data, keys=self.keys)
        self.open[impi] = challenge, seen.call_id
        seen.request.reply(401, challenge.rows())
        return False

    def _opened(self, seen, impi):
        """-> the challenge that this REGISTER answers; it is open no more"""
        challenge, call_id = self.open.pop(impi, (None, None))
        if challenge is None:
            raise Refused("no challenge is open")
        if call_id != seen.call_id:
            raise Refused("Call-ID is not the challenge's (TS 24.229 5.4.1.2.2)")
        return challenge

    def _answer(self, seen, impi):
        challenge = self._opened(seen, impi)
        challenge.judge(seen.digest, "REGISTER", seen.request.ruri, seen.body)
        self.rejections.pop(impi, None)
        self.answered[impi] = challenge.nonce, seen.call_id
        if self.proves:
            self.proofs[seen.request] = [challenge.authentication_info(seen.digest, wrong=self.proves == "wrong")]
        return True

    def proof(self, request):
        return self.proofs.pop(request, [])

    def _resync(self, seen, impi):
        challenge = self._opened(seen, impi)
        auts = challenge.judge_auts(seen.digest, "REGISTER", seen.request.ruri, seen.body)
        self.homes[impi].resynchronise(challenge.vector.rand, auts)
        return self._challenge(seen, impi)

    def _rejects(self, seen, impi):
        challenge = self._opened(seen, impi)
        if seen.digest["nonce"] != challenge.nonce:
            raise Refused("rejects a nonce that is not the challenge's")
        self.rejections[impi] = self.rejections.get(impi, 0) + 1
        if self.rejections[impi] >= self.patience:
            raise Refused("rejected the network %d times" % self.rejections.pop(impi))
        return self._challenge(seen, impi)
