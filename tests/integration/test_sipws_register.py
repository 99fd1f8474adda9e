"""Registration by SIP over WebSocket: what a page with JsSIP or SIP.js sends becomes what janus.plugin.ims is asked, and
the network's words come back as SIP."""

import time

import edge
import leaks
import sipws
from cases import case
from checks import check, contains, equal, header, lacks, lacks_text
from lab import REALM
from process import wait_until
from sip import params
from waf import Waf
from webrtc import CannedBrowser

EDGE = {"sipws": {"registrations": {"expires_min_s": 10}, "tokens": {"token_cookie": "pass", "token_query": "access"}},
        "limits": {"failures_per_minute": 0, "handle_failures_per_minute": 0}}


def client(w, user=None, secure=False, janus=None, **how):
    janus or w.janus
    user = user or w.user()
    made = sipws.Client(edge.sipws_url(secure, path=how.pop("path", "/")), user.impu, user.password, user.impi, **how)
    made.of = user
    w.impus.add(user.impu)
    w.defer(made.close)
    return made


def registrations(w, user):
    """What the plugin has of this user."""
    return edge.ask(w.last_janus, "list", what="registrations", username=user.impu)["registrations"]


def nothing_is_left(w):
    edge.wait_objects(w.last_janus, {"handles": 0, "sessions": 0, "calls": 0})


def of_answer(answer):
    return params(header(answer, "Contact"))


# ---------------------------------------------------------------- Digest
@case("REQ-31", "REQ-33", "REQ-156")
def digest(w):
    """the S-CSCF's challenge reaches the client byte by byte, and the client's answer the S-CSCF"""
    one = client(w, display="Alice A")
    answer = one._register(600, [])
    while answer.status == 401:         # Kamailio may challenge a right answer twice
        asked = w.capture.wait_response("REGISTER", 401, to=edge.ADDRESS)
        challenge = header(answer, "WWW-Authenticate")
        said = [m.get("www-authenticate") for m in w.capture.responses("REGISTER", 401, to=edge.ADDRESS)]
        check(challenge == said[0] or challenge == said[-1] + ", stale=true", "not the network's challenge", answer)
        proof = one.proof(challenge, "REGISTER", "sip:" + REALM)
        answer = one._register(600, ["Authorization: " + proof])
    equal(answer.status, 200, "answer", answer)
    check(proof in header(w.registers(2)[-1], "Authorization"), "the client's answer is not in it", asked)


@case("REQ-156", "REQ-157")
def registered(w):
    """200 has the client's Contact with what is granted, who it is, and nothing of the core's"""
    one = client(w, secure=True)
    ok = one.register()
    granted = of_answer(ok)
    equal((granted["+sip.instance"].strip('"'), granted["reg-id"], granted["expires"]),
          ("<%s>" % one.instance, "1", "600"), "Contact", ok)
    contains(header(ok, "Contact"), one.contact)
    contains(header(ok, "P-Associated-URI"), one.impu)
    equal(header(ok, "Require"), "outbound", "Require", ok)
    header(ok, "Flow-Timer", "^[0-9]+$")
    equal(len(ok.all("via")), 1, "Vias", ok)
    for name in ("Service-Route", "Path", "P-Charging-Vector", "P-Charging-Function-Addresses", "Record-Route"):
        lacks(ok, name)
    lacks_text(ok.text(), edge.ADDRESS)
    equal(w.lab.state_of(one.of), "registered", "HSS")
    sent = params(header(w.registers(2)[-1], "Contact"))
    equal(sent["+sip.instance"].strip('"'), "<%s>" % one.instance, "instance in the network")


@case("REQ-31", "REQ-36")
def wrong_password(w):
    """403 with the network's words; the same client with the right one is served"""
    one = client(w)
    right, one.password = one.password, "geheim-falsch-7701"
    refused = one.register(want=403)
    said = w.capture.wait_response("REGISTER", 403, to=edge.ADDRESS)
    equal(refused.start, said.start, "the network's words", said)
    one.password = right
    one.register()


@case("REQ-156")
def refreshed_here(w):
    """a REGISTER of who is registered is answered by the gateway, though it repeats old credentials (SIP.js)"""
    one = client(w)
    one.register()
    proof = one.proof('Digest realm="%s", nonce="old", qop="auth"' % REALM, "REGISTER", "sip:" + REALM)
    before = len(w.registers())
    for headers in ([], ["Authorization: " + proof]):
        equal(of_answer(one._register(600, headers))["expires"], "600", "granted")
    equal(of_answer(one._register(60, []))["expires"], "60", "granted")
    equal(len(w.registers()), before, "REGISTERs to the network")
    equal(one._register(9, []).status, 423, "too brief")


@case("REQ-32", "REQ-156")
def refresh_challenged_by_the_core(w):
    """a core that wants each refresh proved: the client's REGISTER brings its challenge, and its answer the 200"""
    core = w.core(challenges=True, expires_s=600)
    one = client(w, w.scripted_user())
    one.register()
    before = len(core.registers)
    granted = int(of_answer(one.register())["expires"])
    check(400 < granted <= 540, "nine tenths of 600 s: %d" % granted)
    check(len(core.registers) >= before + 2, "%d REGISTERs, %d before" % (len(core.registers), before))


def leave_with_all(one):
    """Contact: *, proved when the core wants it"""
    def ask(headers=()):
        one.register_cseq += 1
        return one.ask("REGISTER", "sip:" + REALM, ["Expires: 0", *headers], To="<%s>" % one.impu, Contact="*",
                       Call_ID=one.register_id, CSeq="%d REGISTER" % one.register_cseq).final()
    answer = ask()
    while answer.status == 401:
        answer = ask(["Authorization: " + one.proof(header(answer, "WWW-Authenticate"), "REGISTER", "sip:" + REALM)])
    return answer


@case("REQ-156")
def deregistered(w):
    """expires=0 and Contact: * end it in the network"""
    for end in (sipws.Client.unregister, leave_with_all):
        one = client(w)
        one.register()
        gone = end(one)
        equal(gone.status, 200, "status", gone)
        lacks(gone, "Contact")
        wait_until(lambda: w.lab.state_of(one.of) != "registered", "the HSS knows")
        equal(registrations(w, one.of), [], "registrations")
        equal(one.ask("MESSAGE", one.impu, (), "hi").final().status, 403, "afterwards")
        one.register()


# ---------------------------------------------------------------- access tokens
@case("REQ-56", "REQ-57", "REQ-70")
def where_tokens_are_needed(w):
    """a network that takes nothing else says so, and where they come from (RFC 8898); then the client brings one"""
    waf = Waf(w, "lab", auth_schemes=["token"])
    one = client(w, janus=waf.janus)
    proof = 'Authorization: Digest username="%s", realm="%s", nonce="old", uri="sip:%s", response="%s"' % (one.of.impi, REALM, REALM, "0" * 32)
    for headers in ([], [proof]):
        refused = one._register(600, headers)
        equal((refused.status, refused.reason), (401, "An access token is needed"), "REGISTER without a token", refused)
        equal(refused.get("www-authenticate"), 'Bearer realm="%s", scope="ims", authz_server="https://waf.example"' % REALM, "challenge", refused)
    check(not w.capture.requests("REGISTER", match=lambda m: one.of.impu in m.get("to")), "the network heard of it")
    one.register(headers=["Authorization: Bearer " + waf.token(one.of)])
    one.unregister()
    nothing_is_left(w)


@case("REQ-50", "REQ-54", "REQ-55", "REQ-56", "REQ-57")
def by_token(w):
    """both spellings of Bearer; the network sees none; a newer token is looked at, with a REGISTER or another request"""
    waf = Waf(w, "lab")
    for spelling in ("Bearer %s", 'Bearer access_token="%s"'):
        user = w.user()
        one = client(w, user, janus=waf.janus)
        one.password = None
        first, second, third = (waf.token(user, n) for n in (1, 2, 3))
        by = lambda token: ["Authorization: " + spelling % token]
        ok = one.register(headers=by(first))
        check(200 <= int(of_answer(ok)["expires"]) <= 270, "at most nine tenths of what the token has left", ok)
        one.register(headers=by(first))     # the gateway refreshes what the network has
        one.register(headers=by(second))
        refused = one.register(headers=by("geheim-pass-of-nobody"), want=401)
        contains(header(refused, "WWW-Authenticate"), "Bearer realm=\"%s\"" % REALM, 'error="invalid_token"')
        equal(one.ask("PUBLISH", one.impu, by(third)).final().status, 405, "of no use, whoever sends it")
        equal(one.ask("MESSAGE", one.impu, by("geheim-pass-of-nobody"), "hi").final().status, 401, "wrong token")
        check(one.ask("MESSAGE", "sip:nobody@" + REALM, by(third), "hi").final().status != 401, "newer token")
        equal(one.unregister().status, 200, "unregister")
    for packet in w.capture.packets():
        lacks_text(packet.text(), "geheim")


@case("REQ-155")
def by_the_handshake(w):
    """a token in the cookie, in the URL, or in the upgrade request serves a REGISTER without Authorization"""
    waf = Waf(w, "lab")
    for how in (lambda t: {"headers": ["Cookie: a=b; pass=" + t]}, lambda t: {"path": "/?access=" + t},
                lambda t: {"headers": ["Authorization: Bearer " + t]}):
        user = w.user()
        one = client(w, user, janus=waf.janus, **how(waf.token(user)))
        one.password = None
        one.register()
        one.unregister()
    one = client(w, user, janus=waf.janus, headers=["Cookie: pass=geheim-pass-of-nobody"])
    one.password = None
    contains(header(one.register(want=401), "WWW-Authenticate"), "Bearer realm")


# ---------------------------------------------------------------- flows
@case("REQ-158")
def the_same_instance_replaces_its_flow(w):
    """a socket that was cut, and the same instance on another one: one registration, and one contact in the network"""
    one = client(w)
    one.register()
    again = client(w, one.of, instance=one.instance)
    again.register()
    wait_until(lambda: len(registrations(w, one.of)) == 1, "one registration")
    wait_until(lambda: one.ask("MESSAGE", again.impu, (), "hi").final().status == 403, "the old flow is over")


@case("REQ-157")
def two_instances(w):
    """another instance of the same user is another contact"""
    one = client(w)
    one.register()
    other = client(w, one.of)
    other.register()
    equal(len(registrations(w, one.of)), 2, "registrations")
    phone = w.phone()
    calling = w.background(phone.invite, one.impu)
    for rings in [each.expect("INVITE") for each in (one, other)]:
        rings.reply(486)
    check(calling.result()[0].status >= 400, "the call")
    one.unregister()
    wait_until(lambda: len(registrations(w, one.of)) == 1, "one is left")
    other.unregister()


@case("REQ-24", "REQ-152")
def ended_by_the_network(w):
    """RTR of the HSS: the socket is closed with the reason; the client comes back and registers anew"""
    one = client(w)
    one.register()
    w.lab.hss("/rtr?impi=" + one.of.impi, "POST")
    code, reason = one.wait_closed()
    equal(code, 1001, "close code")
    contains(reason, "network ended the registration")
    equal(w.lab.state_of(one.of), "not-registered", "HSS")
    one.connect()
    one.register()


@case("REQ-24", "REQ-152")
def ended_by_the_network_in_a_call(w):
    """the call ends with BYE, then the socket is closed"""
    one, phone = client(w), w.phone()
    one.register()
    one.invite(phone.impu, CannedBrowser().offer()["sdp"]).dialog()
    w.lab.hss("/rtr?impi=" + one.of.impi, "POST")
    one.expect("BYE")
    equal(one.wait_closed()[0], 1001, "close code")
    nothing_is_left(w)


@case("REQ-144")
def socket_dies(w):
    """at each point of a registration; nothing stays in the plugin, but a registration for reclaim_s"""
    for step in range(4):
        one = client(w)
        if step == 0:
            one.say("REGISTER sip:%s SIP/2.0" % REALM)
        if step >= 1:
            challenged = one._register(600, [])
        if step == 2:
            proof = one.proof(header(challenged, "WWW-Authenticate"), "REGISTER", "sip:" + REALM)
            one.ask("REGISTER", "sip:" + REALM, ["Authorization: " + proof], To="<%s>" % one.impu)
        if step == 3:
            one.register()
        one.close()
    nothing_is_left(w)
    edge.wait_objects(w.janus, {"registrations": 0})


# ---------------------------------------------------------------- who may
@case("REQ-142")
def one_identity(w):
    """a socket is one user's: REGISTER, From and P-Preferred-Identity of others are refused, as is what is not registered"""
    one, other = client(w), w.user()
    equal(one.ask("MESSAGE", one.impu, (), "hi").final().status, 403, "before REGISTER")
    equal(one.ask("SUBSCRIBE", one.impu, ["Event: reg"]).final().status, 403, "before REGISTER")
    one.register()
    theirs = "<%s>;tag=1" % other.impu
    equal(one.ask("REGISTER", "sip:" + REALM, From=theirs, To="<%s>" % other.impu).final().status, 403, "another's")
    equal(one.ask("REGISTER", "sip:" + REALM, From=theirs, To="<%s>" % one.impu).final().status, 403, "by another")
    for headers, fields in (((), {"From": theirs}),
                            (["P-Preferred-Identity: <%s>" % other.impu],
                             {"From": "<sip:anonymous@anonymous.invalid>;tag=2"})):
        for method in ("INVITE", "MESSAGE", "SUBSCRIBE", "REFER"):
            answer = one.ask(method, "sip:carol@" + REALM, headers, **fields).final()
            equal(answer.status, 403, method, answer)
    for packet in w.capture.packets():
        lacks_text(packet.text(), other.name + "@")


@case("REQ-144")
def what_cannot_be_served(w):
    """400 with the reason, 405, 420, 481, 483, 501"""
    one = client(w)
    one.register()
    for want, answer in (
            (405, one.ask("PUBLISH", one.impu)), (405, one.ask("BYE", one.impu)), (501, one.ask("SURPRISE", one.impu)),
            (420, one.ask("INVITE", one.impu, ["Require: 100rel"])), (483, one.ask("INVITE", one.impu, Max_Forwards="0")),
            (481, one.ask("BYE", one.impu, To="<%s>;tag=nobody" % one.impu)),
            (400, one.ask("REGISTER", "sip:" + REALM, To="<%s>" % one.impu, Contact="*"))):
        final = answer.final()
        equal(final.status, want, "status", final)


@case("REQ-144")
def no_more_registrations(w):
    """503 with Retry-After when the gateway is full"""
    w.own_janus(limits={"max_registrations": 1})
    first, second = client(w, janus=w.last_janus), client(w, janus=w.last_janus)
    first.register()
    full = second.register(want=503)
    header(full, "Retry-After", "^[0-9]+$")
    first.unregister()
    second.register()
