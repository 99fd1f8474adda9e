"""Digest as RFC 7616 and RFC 8760 have it, against a scripted registrar: every algorithm and qop, several
challenges, two realms, names and passwords of any characters."""

import auth
from cases import case
from checks import check, contains, equal, header, lacks_text
from core import Core
from sip import new_id

EDGE = {"general": {"reclaim_s": 60}}       # who comes back is in time, however late the machine


class Registrar(Core):
    """Challenges with these algorithms, the first one first, and proves itself (rspauth) in each 200.

    qop    of the challenges; None: none
    lies   its proofs are wrong"""

    def __init__(self, ip, algorithms=("MD5",), qop="auth", password="", lies=False, **options):
        self.algorithms, self.qop, self.password, self.lies = algorithms, qop, password, lies
        self.proved = []                # credentials that fitted, in order
        super().__init__(ip, challenges=True, **options)

    def challenges_of(self):
        more = ',qop="%s"' % self.qop if self.qop else ""
        return ['WWW-Authenticate: Digest realm="%s",nonce="%s",algorithm=%s,opaque="o"%s' % (
            self.realm, new_id(), algorithm, more) for algorithm in self.algorithms]

    def challenge(self, request, nonce=None, more=""):
        request.reply(401, self.challenges_of())

    def _admitted(self, request):
        digest = auth.parse(request.get("authorization", ""))
        if not digest.get("response"):
            self.challenge(request)
            return False
        if not auth.fits(digest, self.password, "REGISTER"):
            request.reply(403)
            return False
        self.proved.append(digest)
        return True

    def proof(self, request):
        digest = auth.parse(request.get("authorization", ""))
        return ["Authentication-Info: " + auth.info(digest, self.password + ("?" if self.lies else ""))]


def registrar(w, user, *algorithms, **options):
    return w.core(kind=Registrar, algorithms=algorithms or ("MD5",), password=user.password, **options)


def refused(page, **fields):
    page.send("register", **page.account(**fields))
    return page.wait("registration_failed", "registered")


def unregister(page):
    page.ask("unregister", "unregistered")


@case("REQ-36", "REQ-35", "REQ-32")
def every_algorithm(w):
    """MD5, SHA-256, SHA-512-256 and their -sess, with auth, auth-int and no qop; the registrar's proof is
    verified; a refresh and the deregistration count on"""
    user = w.scripted_user()
    home = registrar(w, user)
    page = w.page(user)
    for algorithm in auth.ALGORITHMS:
        for qop in ("auth", "auth-int", "auth,auth-int", None):
            home.algorithms, home.qop, home.proved = [algorithm], qop, []
            page.send("register", **page.account())
            page.wait("registered")
            page.send("register", **page.account(refresh=True))
            page.wait("registered")
            unregister(page)
            equal(len(home.proved), 3, "answers to %s, %s" % (algorithm, qop))
            for number, digest in enumerate(home.proved, 1):
                equal((digest["algorithm"], digest.get("qop")), (algorithm, qop and qop.split(",")[0]),
                      "algorithm, qop")
                equal(digest.get("nc"), "%08x" % number if qop else None, "count")
            equal([digest["integrity-protected"] for digest in home.proved],
                  ["tls-pending", "tls-yes", "tls-yes"], "integrity-protected")


@case("REQ-35")
def registrar_that_lies(w):
    """a wrong rspauth, of each algorithm: it does not know the password, so nobody is registered"""
    user = w.scripted_user()
    home = registrar(w, user, lies=True)
    for algorithm in auth.ALGORITHMS:
        home.algorithms = [algorithm]
        page = w.page(user)
        event = refused(page)
        equal((event.name, event["code"]), ("registration_failed", 502), algorithm, event)
        contains(event["reason"], "rspauth")
        unregister(page)


@case("REQ-37")
def strongest_of_several(w):
    """RFC 8760: several challenges in one 401: the strongest is answered, whatever comes first"""
    user = w.scripted_user()
    home = registrar(w, user, "MD5", "SHA-256", "SHA-512-256", "AKAv1-MD5", "SHA-1024")
    w.registered(user)
    equal([digest["algorithm"] for digest in home.proved], ["SHA-512-256"], "answered")


@case("REQ-37")
def order_of_the_network(w):
    """digest_algorithms: its order wins"""
    user = w.scripted_user()
    home = registrar(w, user, "SHA-512-256", "SHA-256", "MD5")
    w.registered(user, w.client(w.own_janus(network={"digest_algorithms": ["MD5", "SHA-512-256"]})))
    equal([digest["algorithm"] for digest in home.proved], ["MD5"], "answered")


@case("REQ-37")
def left_out_by_the_network(w):
    """digest_algorithms: what is not among them is not answered, and the page hears why"""
    user = w.scripted_user()
    home = registrar(w, user, "MD5", "SHA-512-256")
    client = w.client(w.own_janus(network={"digest_algorithms": ["SHA-256"]}))
    event = refused(w.page(user, client))
    equal((event.name, event["code"]), ("registration_failed", 401), "event", event)
    equal(event["reason"], "challenge: algorithm 'MD5', answered are only SHA-256", "reason")
    equal(len(home.registers), 1, "REGISTERs")
    home.algorithms = ["MD5", "SHA-256"]
    w.registered(user, client)
    equal([digest["algorithm"] for digest in home.proved], ["SHA-256"], "answered")


@case("REQ-38")
def proxy_and_registrar(w):
    """407 of a proxy, then 401 of the registrar, of two realms: both are answered, in one REGISTER"""
    user = w.scripted_user()
    home = registrar(w, user, "SHA-256")

    def by_proxy(request):
        digest = auth.parse(request.get("proxy-authorization", ""))
        if auth.fits(digest, user.password, "REGISTER"):
            if home._admitted(request):
                home.grant(request)
            return
        request.reply(407, ['Proxy-Authenticate: Digest realm="proxy.example",nonce="%s",qop="auth"' % new_id()])
    home.script = [by_proxy] * 9
    page = w.registered(user)
    page.send("register", **page.account(refresh=True))
    page.wait("registered")
    equal(len(home.registers), 4, "REGISTERs")
    for number, request in enumerate(home.registers[2:], 1):
        to_proxy = auth.parse(request.get("proxy-authorization"))
        equal((to_proxy["realm"], to_proxy["nc"]), ("proxy.example", "%08x" % (number + 1)), "to the proxy")
        check("integrity-protected" not in to_proxy, "vouched for to the proxy", request)
        equal(auth.parse(request.get("authorization"))["realm"], home.realm, "realm of the registrar")


@case("REQ-36")
def words_of_any_kind(w):
    """user names and passwords of quotes, backslashes, colons, UTF-8 and 4 KiB: hashed as they are, escaped on
    the wire, and in no event"""
    janus = w.own_janus(network={"role": "ue"})
    words = {'al"ice': 'geheim-"quoted"', "back\\slash": "geheim-\\", "a:b": "geheim:%s%n",
             "J\u00fcrgen \u2713": "geheim-\u043f\u0430\u0440\u043e\u043b\u044c \u2713",
             "n" * 4096: "geheim-of-a-long-name", "alice": "geheim-" + "g" * 4096}
    for name, word in words.items():
        user = w.scripted_user()
        home = registrar(w, user, "SHA-256")
        home.password = word
        page = w.page(user, w.client(janus))
        page.send("register", **page.account(authuser=name, secret=word))
        page.wait("registered")
        equal([digest["username"] for digest in home.proved], [name], "user name")
        lacks_text(page.story(), word)
        unregister(page)
        home.close()


@case("REQ-36", "REQ-104")
def bodies_are_proved(w):
    """auth-int where a proxy of role ue offers nothing else: the body of a MESSAGE, any bytes, and of an INVITE
    are part of the answer"""
    janus = w.own_janus(network={"role": "ue"})
    user = w.scripted_user()
    home = registrar(w, user)
    home.service_route, home.associated = [], lambda impu: []
    page = w.page(user, w.client(janus))
    page.send("register", **page.account())
    page.wait("registered")

    def proved(method, algorithm):
        first = home.expect(method)
        first.reply(407, ['Proxy-Authenticate: Digest realm="%s",nonce="%s",algorithm=%s,qop="auth-int"' % (
            home.realm, new_id(), algorithm)])
        if method == "INVITE":
            home.expect("ACK")
        second = home.expect(method)
        digest = auth.parse(header(second, "Proxy-Authorization"))
        body = second.raw.partition(b"\r\n\r\n")[2]
        check(body, "no body", second)
        equal(digest["qop"], "auth-int", "qop", second)
        check(auth.fits(digest, user.password, method, body), "wrong response", second)
        check(not auth.fits(digest, user.password, method, body + b"?"), "of any body", second)
        return second
    for algorithm in ("SHA-256", "MD5-sess"):
        page.send("message", uri="sip:bob@scripted.example", content="AP8Bgg==", encoding="base64",
                  content_type="application/octet-stream")
        proved("MESSAGE", algorithm).reply(200)
        equal(page.wait("messagedelivery")["code"], 200, "code")
    page.call("sip:+4930999@scripted.example")
    proved("INVITE", "SHA-512-256").reply(486)
    page.wait("hangup")


def by_hash(w, user, algorithm, realm="scripted.example"):
    """-> a page of the user, and the fields of its register with an HA1 in place of the password"""
    page = w.page(user)
    account = page.account(ha1_secret=auth.ha1(algorithm, user.impi, realm, user.password).upper())
    del account["secret"]
    return page, account


def told(page, account):
    page.send("register", **account)
    return page.wait("registered", "registration_failed")


@case("REQ-36", "REQ-142")
def hash_of_a_password(w):
    """ha1_secret of MD5 or SHA-256: its challenge is answered among others, refreshes count on, and it takes the
    registration back"""
    user = w.scripted_user()
    home = registrar(w, user, "SHA-512-256", "SHA-256", "MD5")
    for algorithm in ("MD5", "SHA-256"):
        home.proved = []
        page, account = by_hash(w, user, algorithm)
        equal([told(page, {**account, **more}).name for more in ({}, {"refresh": True})], ["registered"] * 2, "events")
        equal([digest["algorithm"] for digest in home.proved], [algorithm] * 2, "answered")
        call_id = home.registers[-1].call_id
        page.handle.detach()
        again, account = by_hash(w, user, algorithm)
        equal(told(again, account).name, "registered", "event")
        equal(home.registers[-1].call_id, call_id, "Call-ID of the one that is taken back")
        unregister(again)


@case("REQ-36")
def hash_of_something_else(w):
    """ha1_secret of another algorithm than all that are offered is not used, of another realm refused by the
    network; of no algorithm, or beside a password, refused here"""
    user = w.scripted_user()
    home = registrar(w, user, "SHA-512-256", "SHA-256")
    event = told(*by_hash(w, user, "MD5"))
    equal((event.name, event["code"]), ("registration_failed", 401), "event", event)
    equal(event["reason"], "challenge: algorithm 'SHA-512-256', answered are only MD5", "reason")
    home.proved = []
    equal(told(*by_hash(w, user, "SHA-256", realm="other.example"))["code"], 403, "code")
    page, account = by_hash(w, user, "SHA-256")
    for fields in ({"secret": "geheim-beside"}, {"ha1_secret": account["ha1_secret"][:-1] + "x"},
                   {"ha1_secret": account["ha1_secret"][:-2]}, {"ha1_secret": None}):
        number, text = page.refused("register", **{**account, **fields})
        check(number in (443, 444) and "secret" in text, "%s %s" % (number, text))
        lacks_text(text, "geheim", account["ha1_secret"][:20])


@case("REQ-39")
def scheme_that_is_not_allowed(w):
    """auth_schemes without digest: no password gets as far as the network"""
    user = w.scripted_user()
    home = registrar(w, user)
    page = w.page(user, w.client(w.own_janus(network={"auth_schemes": ["delegated", "token"]})))
    equal(page.refused("register", **page.account()),
          (468, "register: network 'scripted' takes no 'auth' digest; allowed: delegated, token"), "answer")
    equal(home.registers, [], "REGISTERs")
