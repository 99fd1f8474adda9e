"""A page that answers the network's challenges itself: Digest (RFC 7616) from the client's side."""

import hashlib
import json
import os
import subprocess

import leaks
import npm
import paths
from checks import check, contains, equal

DEMO = os.path.join(paths.TOP, "html-demo")
HASHES = {"MD5": "md5", "SHA-256": "sha256", "SHA-512-256": "sha512_256"}


def install():
    """The modules of the demo's page."""
    npm.install(DEMO)


class PageProof:
    """The demo page's own code as the one who answers: {"password": ...} or {"sim": ...}, as its register() takes them."""

    def __init__(self, **proof):
        for name, value in {**proof, **proof.get("sim", {})}.items():
            if isinstance(value, str):
                leaks.book.note("the page's " + name, value)
        self.process = subprocess.Popen(["node", os.path.join(paths.TOP, "tests", "page", "prover.mjs"), json.dumps(proof)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        equal(self.process.stdout.readline(), "ready\n", "first words of prover.mjs")

    def answer(self, page, challenge):
        """-> the fields that it said to the challenge, and the page sent"""
        self.process.stdin.write(json.dumps(challenge.result) + "\n")
        self.process.stdin.flush()
        fields = json.loads(self.process.stdout.readline())
        page.ask("authenticate", "authenticating", **fields)
        return fields

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


def response(challenge, password, method, nc="00000001", cnonce="c0ffee"):
    """Of a `challenge` event; method "": what the network proves with the same (rspauth)."""
    leaks.book.note_password(password, {challenge["authuser"]}, challenge["realm"])

    def h(*parts):
        return hashlib.new(HASHES[challenge.get("algorithm", "MD5")], ":".join(parts).encode()).hexdigest()
    secret = h(challenge["authuser"], challenge["realm"], password)
    request = h(method, challenge["uri"])
    if "qop" not in challenge.result:
        return h(secret, challenge["nonce"], request)
    return h(secret, challenge["nonce"], nc, cnonce, "auth", request)


def parts(challenge, password):
    """Fields of `authenticate`: the gateway writes the header."""
    counted = {"cnonce": "c0ffee", "nc": "00000001"} if "qop" in challenge.result else {}
    return {"nonce": challenge["nonce"], "response": response(challenge, password, challenge["method"]), **counted}


def whole(challenge, password, pattern=None, **changed):
    """The same as a header value of the client's own making."""
    words = {**challenge.result, "response": response(challenge, password, challenge["method"]), **changed}
    return (pattern or 'Digest username="{authuser}", realm="{realm}", nonce="{nonce}", uri="{uri}", '
            'response="{response}", algorithm=MD5, qop=auth, nc=00000001, cnonce="c0ffee"').format(**words)


def begin(page, **fields):
    """-> the first event "challenge" """
    page.send("register", **{"username": page.user.impu, "authuser": page.user.impi, "auth": "delegated", **fields})
    return page.wait("challenge")


def prove(page, challenge):
    page.ask("authenticate", "authenticating", **parts(challenge, page.user.password))


def prove_until(page, event):
    """Kamailio challenges an answer that comes too quickly once more. -> the event"""
    while True:
        found = page.wait("challenge", event)
        if found.name == event:
            return found
        prove(page, found)


def prove_all(page, challenge, prove=prove):
    """The same from the first challenge on, to the event "registered". -> the challenges"""
    asked = [challenge]
    while True:
        prove(page, asked[-1])
        found = page.wait("challenge", "registered")
        if found.name == "registered":
            return asked
        asked.append(found)


def register(page, **fields):
    """-> the event "registered" """
    prove(page, begin(page, **fields))
    page.registered = prove_until(page, "registered")
    return page.registered


def refused(page, wanted, **fields):
    """An `authenticate` that must fail, with a sentence that says why."""
    number, sentence = page.refused("authenticate", **fields)
    check(number in (443, 444, 447), "error %d" % number, sentence)
    contains(sentence, "authenticate", wanted)


def page_proof(w, **proof):
    found = PageProof(**proof)
    w.defer(found.stop)
    return found
