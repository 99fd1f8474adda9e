"""Delegated authentication in role ue, at a proxy that challenges calls and messages as well (RFC 3261 22.3): each
challenge goes to the page, whose request waits for the answer."""

import auth
import delegate
import edge
from cases import case
from checks import check, equal, header
from registrar import ADDRESS, Registrar
from sip import addr_of, auth_params


def proxy_said(w, page, method, wanted):
    """To the page's requests of that method, once there are so many."""
    def mine(message):
        return addr_of(message.get("from")) == page.user.impu
    w.capture.wait_request(method, frm=edge.ADDRESS, to=ADDRESS, match=mine, count=len(wanted))
    sent = w.capture.requests(method, frm=edge.ADDRESS, to=ADDRESS, match=mine)
    equal([w.capture.wait_response(method, frm=ADDRESS, to=edge.ADDRESS, match=lambda m, s=s: (
        m.branch == s.branch and m.status >= 200)).status for s in sent], wanted, "answers to each " + method)


def at_a_proxy(w, timeout_s=30, **options):
    """-> a delegated page in role ue, another that is not, and what answers for the first: the demo page's own code"""
    w.defer(Registrar(w.folder("registrar"), expires_s=600, **options).stop)
    janus = w.own_janus(network={"role": "ue"}, general={"challenge_timeout_s": timeout_s},
                        networks_of={"scripted": {"entry_point": ADDRESS}})
    page = w.page(w.scripted_user("zoe"), w.client(janus))
    proof = delegate.page_proof(w, password=page.user.password)
    proof.answer(page, delegate.begin(page))
    page.wait("registered")
    return page, w.registered(w.scripted_user("yan"), w.client(janus)), proof


def asked(page, method):
    """-> the challenge, which is to that method"""
    challenge = page.wait("challenge")
    equal(challenge["method"], method, "method", challenge)
    return challenge


@case("REQ-104")
def calls_and_messages_are_proved(w):
    """SHA-256: INVITE, the message in the call, BYE and a message outside are challenged, and the page answers each"""
    page, other, proof = at_a_proxy(w, algorithm="SHA-256", in_dialog="BYE|MESSAGE")
    page.call(other.user.impu)
    invite = asked(page, "INVITE")
    equal((invite["code"], invite["algorithm"], invite["uri"]), (407, "SHA-256", other.user.impu), "challenge", invite)
    proof.answer(page, invite)
    other.accept(other.incoming())
    equal(page.wait("accepted").call_id, invite["call_id"], "call_id")
    page.send("message", content="in the call")
    message = asked(page, "MESSAGE")
    equal(message["call_id"], invite["call_id"], "call_id of the message", message)
    proof.answer(page, message)
    equal(other.wait("message")["content"], "in the call", "content")
    page.wait("messagedelivery")
    page.send("hangup")
    bye = asked(page, "BYE")
    proof.answer(page, bye)
    other.wait("hangup")
    page.send("message", uri=other.user.impu, content="outside")
    proof.answer(page, asked(page, "MESSAGE"))
    equal(other.wait("message")["content"], "outside", "content")
    for method, wanted in (("INVITE", [407, 200]), ("BYE", [407, 200]), ("MESSAGE", [407, 200, 407, 200])):
        proxy_said(w, page, method, wanted)


@case("REQ-33", "REQ-104")
def answers_of_sip_libraries(w):
    """byte by byte as JsSIP and SIP.js write them, of a REGISTER and of an INVITE, whose uri is the one that was called"""
    pattern = ('Digest algorithm=MD5, username="{authuser}", realm="{realm}", nonce="{nonce}", uri="{uri}", response="{response}"%s, qop=auth, '
               'cnonce="c0ffee", nc=00000001')
    core = w.core(challenges=True)
    janus = w.own_janus(network={"role": "ue"})
    page = w.page(w.scripted_user(), w.client(janus))
    page.user.password = page.user.name + "-secret"

    def relay(page, challenge, more=""):
        value = delegate.whole(challenge, page.user.password, pattern % more)
        page.ask("authenticate", "authenticating", authorization=value)
        return value
    value = relay(page, delegate.begin(page))
    page.wait("registered")
    equal(core.registers[-1].get("authorization"), value, "Authorization of the REGISTER", core.registers[-1])
    for called in ("sip:bob@scripted.example", "sip:B%6Fb;x=%41@Scripted.EXAMPLE;transport=ws;x-y=%5B", "sip:+4930%23@scripted.example;user=phone"):
        page.call(called)
        first = core.expect("INVITE")
        first.reply(407, ['Proxy-Authenticate: Digest realm="scripted.example", nonce="n/+=", opaque="o\'p", qop="auth,auth-int", algorithm=MD5'])
        challenge = asked(page, "INVITE")
        # What the library hashes; on the wire needless escapes are undone, which makes it no other URI (RFC 3261 19.1.4).
        equal((challenge["uri"], challenge["qop"]), (called, "auth"), "uri and qop of the challenge", challenge)
        equal(first.ruri, called.replace("%6F", "o").replace("%41", "A"), "Request-URI", first)
        value = relay(page, challenge, ', opaque="o\'p"')
        again = core.expect("INVITE")
        equal((again.ruri, again.get("proxy-authorization")), (first.ruri, value), "the second INVITE", again)
        again.reply(486)
        page.wait("hangup")


@case()
def a_call_that_nobody_proves(w):
    """no answer in time: 407, as if the client had been refused; the messages that waited behind it as well"""
    page, other, _ = at_a_proxy(w, timeout_s=4)
    page.call(other.user.impu)
    asked(page, "INVITE")
    page.send("message", uri=other.user.impu, content="behind")
    equal(page.wait("hangup")["code"], 407, "code")
    equal(page.wait("messagedelivery")["code"], 407, "code of the message")
    delegate.refused(page, "no challenge", response="0" * 32)


@case()
def hung_up_in_mid_challenge(w):
    """a call that waits is hung up: over at once, no second INVITE, and its answer comes too late"""
    page, other, _ = at_a_proxy(w)
    page.call(other.user.impu)
    challenge = asked(page, "INVITE")
    page.hangup()
    delegate.refused(page, "no challenge", **delegate.parts(challenge, page.user.password))
    proxy_said(w, page, "INVITE", [407])


@case()
def one_question_at_a_time(w):
    """two messages at once: the second is asked about when the first is answered"""
    page, other, _ = at_a_proxy(w)
    for content in ("one", "two"):
        page.send("message", uri=other.user.impu, content=content)
    first = asked(page, "MESSAGE")
    proxy_said(w, page, "MESSAGE", [407, 407])
    page.status()                                   # which tells again what waits
    equal(asked(page, "MESSAGE").result, first.result, "the same again")
    delegate.prove(page, first)
    second = asked(page, "MESSAGE")
    check(second["nonce"] != first["nonce"] and second["call_id"] != first["call_id"], "the same message", second)
    delegate.prove(page, second)
    equal({other.wait("message")["content"] for _ in range(2)}, {"one", "two"}, "contents")


@case("REQ-23")
def what_the_gateway_asks_is_proved(w):
    """its own SUBSCRIBE to the event reg is challenged: the page is asked, as of any other request of its user"""
    core = w.core(challenges=True)
    core.service_route, core.associated = [], lambda impu: []
    janus = w.own_janus(network={"role": "ue"}, networks_of={"scripted": {"reg_event": True}})
    page = w.page(w.scripted_user(), w.client(janus))
    delegate.prove(page, delegate.begin(page))
    page.wait("registered")
    core.challenge(core.expect("SUBSCRIBE"))
    delegate.prove(page, asked(page, "SUBSCRIBE"))
    proved = core.expect("SUBSCRIBE")
    header(proved, "Event", "^reg$")
    check(auth.fits(auth_params(header(proved, "Authorization", "^Digest ")), page.user.password, "SUBSCRIBE"),
          "the answer is wrong", proved)
    proved.reply(200, ["Contact: <%s>" % core.contact, "Expires: 3600"])


@case()
def a_bye_without_its_page(w):
    """the page goes while its call is up: the BYE is sent, challenged, and left at that"""
    page, other, proof = at_a_proxy(w, in_dialog="BYE")
    page.call(other.user.impu)
    proof.answer(page, asked(page, "INVITE"))
    other.accept(other.incoming())
    page.wait("accepted")
    page.detach()
    proxy_said(w, page, "BYE", [407])
    other.hangup()


def up(w, **options):
    """A call of the delegated page, at a proxy that challenges in dialogs, too."""
    page, other, proof = at_a_proxy(w, **options)
    page.call(other.user.impu)
    proof.answer(page, asked(page, "INVITE"))
    other.accept(other.incoming())
    page.wait("accepted")
    return page, other, proof


@case()
def a_hold_is_proved(w):
    """a change of the call is challenged as well"""
    page, other, proof = up(w, in_dialog="INVITE")
    page.ask("hold", "holding")
    proof.answer(page, asked(page, "INVITE"))
    other.wait("peerholding")
    proxy_said(w, page, "INVITE", [407, 200, 407, 200])
    page.hangup()
    other.wait("hangup")


@case()
def hung_up_while_a_hold_waits(w):
    """... and the call ended before it is answered: BYE, and no second re-INVITE"""
    page, other, _ = up(w, in_dialog="INVITE")
    page.ask("hold", "holding")
    challenge = asked(page, "INVITE")
    page.hangup()
    other.wait("hangup")
    delegate.refused(page, "no challenge", **delegate.parts(challenge, page.user.password))
    proxy_said(w, page, "INVITE", [407, 200, 407])


@case()
def a_bye_that_nobody_proves(w):
    """the call is over for the page at once; the question about its BYE ends by itself, and another call can follow"""
    page, other, proof = up(w, timeout_s=4, in_dialog="BYE")
    page.hangup()
    asked(page, "BYE")
    page.send("message", uri=other.user.impu, content="behind it")
    equal(page.wait("messagedelivery")["code"], 407, "code")
    proxy_said(w, page, "BYE", [407])
    other.hangup()
    other.connection_gone()
    page.call(other.user.impu)
    proof.answer(page, asked(page, "INVITE"))
    other.accept(other.incoming())
    page.wait("accepted")


@case()
def left_with_a_call_in_mid_challenge(w):
    """unregister while an INVITE waits, then detach while another does: nothing more of it is sent"""
    page, other, proof = at_a_proxy(w)
    page.call(other.user.impu)
    asked(page, "INVITE")
    page.send("unregister")
    page.wait("hangup")
    proof.answer(page, asked(page, "REGISTER"))
    page.wait("unregistered")
    proxy_said(w, page, "INVITE", [407])
    delegate.register(page)
    page.call(other.user.impu)
    asked(page, "INVITE")
    page.detach()
    proxy_said(w, page, "INVITE", [407, 407])


@case()
def wrong_call_proof(w):
    """two answers at most, then the network's 407"""
    page, other, _ = at_a_proxy(w)
    page.call(other.user.impu)
    page.user.password = "geheim-falsch"
    delegate.prove(page, asked(page, "INVITE"))
    delegate.prove(page, asked(page, "INVITE"))
    equal(page.wait("hangup")["code"], 407, "code")
    proxy_said(w, page, "INVITE", [407, 407, 407])


@case()
def far_end_that_challenges(w):
    """of another realm: not asked, 401 at once"""
    core = w.core(challenges=True)
    core.service_route, core.associated = [], lambda impu: []
    janus = w.own_janus(network={"role": "ue"})
    page = w.page(w.scripted_user(), w.client(janus))
    delegate.register(page)
    page.call("sip:+4930999@scripted.example")
    core.expect("INVITE").reply(401, ['WWW-Authenticate: Digest realm="evil.example",nonce="n",algorithm=MD5'])
    equal(page.wait("hangup")["code"], 401, "code")
    equal(page.names().count("challenge"), 1, "challenges")
