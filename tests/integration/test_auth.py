"""Digest against plain Kamailio's auth module: nonces that may be used once, or again with a count, or for a
while; SHA-256; Authentication-Info."""

import edge
from cases import case
from checks import check, contains, equal, header
from registrar import ADDRESS, Registrar
from sip import addr_of, auth_params

EDGE = {"networks_of": {"scripted": {"entry_point": ADDRESS}}}


def registrar(w, **options):
    w.defer(Registrar(w.folder("registrar"), **options).stop)


def answers(w, page, count):
    """The credentials of the page's first REGISTERs, and what answered them."""
    def mine(message):
        return addr_of(message.get("to")) == page.user.impu
    w.capture.wait_request("REGISTER", frm=edge.ADDRESS, to=ADDRESS, count=count, match=mine)
    sent = w.capture.requests("REGISTER", frm=edge.ADDRESS, to=ADDRESS, match=mine)[:count]
    heard = [w.capture.wait_response("REGISTER", frm=ADDRESS,
                                     match=lambda m, s=s: (m.call_id, m.cseq) == (s.call_id, s.cseq)) for s in sent]
    return [auth_params(s.get("authorization")) for s in sent], heard


@case("REQ-35", "REQ-38")
def nonce_counts(w):
    """a nonce serves again, counted; the registrar's proof (rspauth) is verified"""
    registrar(w)
    page = w.registered(w.scripted_user())
    given, heard = answers(w, page, 3)
    equal([m.status for m in heard], [401, 200, 200], "answers")
    equal([g.get("nc") for g in given[1:]], ["00000001", "00000002"], "nonce counts")
    equal(given[1]["nonce"], given[2]["nonce"], "nonce")
    contains(header(heard[1], "Authentication-Info"), "rspauth=")


@case("REQ-36", "REQ-35")
def sha_256(w):
    """SHA-256, both ways"""
    registrar(w, algorithm="SHA-256")
    page = w.registered(w.scripted_user())
    given, heard = answers(w, page, 3)
    equal([m.status for m in heard], [401, 200, 200], "answers")
    equal((given[1]["algorithm"], len(given[1]["response"])), ("SHA-256", 64), "algorithm, response")
    contains(header(heard[1], "Authentication-Info"), "rspauth=")


@case("REQ-36", "REQ-35")
def no_qop(w):
    """RFC 2069: no qop, no count, no cnonce; the registrar's proof has empty ones"""
    registrar(w, qop=None, nonce_count=0)
    given, heard = answers(w, w.registered(w.scripted_user()), 3)
    equal([m.status for m in heard], [401, 200, 200], "answers")
    equal([g.get("qop", g.get("cnonce")) for g in given[1:]], [None] * 2, "qop and cnonce")
    contains(header(heard[1], "Authentication-Info"), "rspauth=")


@case("REQ-35")
def one_time_nonces(w):
    """each 200 names the nonce for the next REGISTER (nextnonce): no refresh is challenged"""
    registrar(w, nonce_count=0, one_time_nonce=1)
    page = w.registered(w.scripted_user())
    given, heard = answers(w, page, 4)
    equal([m.status for m in heard], [401, 200, 200, 200], "answers")
    named = [auth_params("Digest " + header(m, "Authentication-Info"))["nextnonce"] for m in heard[1:3]]
    equal([g["nonce"] for g in given[2:4]], named, "nonces")
    equal([g["nc"] for g in given[1:]], ["00000001"] * 3, "nonce counts")
    equal(page.names(), ["registering", "registered"], "events")


@case("REQ-38")
def expired_nonces(w):
    """a nonce grows stale: the refresh is answered with the new one"""
    registrar(w, nonce_expire=3, expires_s=8)       # the refresh comes after half the time
    page = w.registered(w.scripted_user())
    equal([m.status for m in answers(w, page, 4)[1]], [401, 200, 401, 200], "answers")
    equal(page.names(), ["registering", "registered"], "events")


@case("REQ-17")
def wrong_password(w):
    """401 again is final"""
    registrar(w)
    user = w.scripted_user()
    user.password = "wrong"
    page = w.page(user)
    page.send("register", **page.account())
    event = page.wait("registration_failed")
    equal(event["code"], 401, "code", event)
    check("ims" not in event.result, "it is tried again", event)


def challenged(w, page, method):
    """What the proxy said to the page's first requests of that method, and the counts in its credentials."""
    sent = [m for m in w.capture.requests(method, frm=edge.ADDRESS, to=ADDRESS)
            if addr_of(m.get("from")) == page.user.impu]
    heard = [w.capture.wait_response(method, frm=ADDRESS, to=edge.ADDRESS, match=lambda m, s=s: (
        m.branch == s.branch and m.status >= 200)).status for s in sent]
    return heard, [auth_params(s.get("proxy-authorization", "Digest ")).get("nc") for s in sent]


@case("REQ-104")
def proxy_that_challenges(w):
    """role ue, page to page: INVITE and MESSAGE are proved with 407 to the first alone; hold and BYE pass"""
    registrar(w)
    janus = w.own_janus(network={"role": "ue"})
    one, two = (w.registered(w.scripted_user(name), w.client(janus)) for name in ("zoe", "yan"))
    one.call(two.user.impu)
    two.accept(two.incoming())
    one.wait("accepted")
    one.ask("hold", "holding")
    two.wait("peerholding")
    two.hangup()
    one.wait("hangup")
    equal(challenged(w, one, "INVITE"), ([407, 200, 200], [None, "00000001", "00000002"]), "INVITEs")
    for number in (1, 2):
        one.send("message", uri=two.user.impu, content="number %d" % number)
        equal(two.wait("message")["content"], "number %d" % number, "content")
        equal(one.wait("messagedelivery")["code"], 200, "code")
    equal(challenged(w, one, "MESSAGE"), ([200, 200], ["00000003", "00000004"]), "MESSAGEs")
