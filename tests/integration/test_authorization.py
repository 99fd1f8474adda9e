"""Role ue: a registrar and proxy that challenges every request, not REGISTER alone."""

import auth
import edge
from cases import case
from checks import check, equal, lacks
from sip import audio_sdp, new_id

EDGE = {"network": {"role": "ue"}}
SOMEBODY = "sip:+4930999@scripted.example"
ANSWERS = {401: ("WWW-Authenticate", "authorization"), 407: ("Proxy-Authenticate", "proxy-authorization")}


class Strict:
    """Challenges what carries no right answer. once: each nonce serves one request only."""

    def __init__(self, w, status=407, once=False, janus=None, **options):
        self.core = w.core(challenges=True, **options)
        self.core.service_route, self.core.associated = [], lambda impu: []
        self.status, self.once, self.used = status, once, set()
        self.page = w.registered(w.scripted_user(), w.client(janus))

    def challenge(self, request, nonce=None, more=""):
        request.reply(self.status, ['%s: Digest realm="%s",nonce="%s",algorithm=MD5,qop="auth"%s' % (
            ANSWERS[self.status][0], self.core.realm, nonce or new_id(), more)])

    def digest(self, request):
        return auth.parse(request.get(ANSWERS[self.status][1], ""))

    def proved(self, request):
        """Its credentials fit; so do the URI and the method that they are for."""
        digest = self.digest(request)
        check(auth.fits(digest, self.page.user.password, request.method), "wrong response", request)
        equal(digest["uri"], request.ruri, "uri", request)
        return digest

    def expect(self, method):
        """The request after its challenge, if it needs one. -> (unproved or None, proved)"""
        request, first = self.core.expect(method), None
        digest = self.digest(request)
        if not digest or (self.once and digest["nonce"] in self.used):
            first = request
            self.challenge(first)
            if method == "INVITE":
                self.acknowledged(first)
            request = self.core.expect(method)
            check_same(first, request)
        self.used.add(self.proved(request)["nonce"])
        return first, request

    def acknowledged(self, invite):
        """The challenge has its ACK, which is that of the INVITE that was challenged."""
        ack = self.core.expect("ACK")
        equal((ack.branch, ack.cseq), (invite.branch, invite.cseq), "branch and CSeq", ack)

    def called(self, browser=None, **media):
        """A call that is up, of a canned browser or a real one. -> (INVITE, the far end's dialog)"""
        self.page.call(SOMEBODY, jsep=browser and browser.offer())
        _, invite = self.expect("INVITE")
        dialog = invite.accept(audio_sdp(self.core.ip, 40000, **media))
        accepted = self.page.wait("accepted")
        if browser:
            browser.take_answer(accepted.jsep)
            browser.wait_up(self.page.handle)
        ack = self.core.expect("ACK")
        equal((ack.cseq, self.digest(ack)), (invite.cseq, self.digest(invite)), "CSeq, credentials", ack)
        return invite, dialog


def check_same(first, second):
    """One request, sent again with credentials."""
    for name in ("call-id", "from", "to", "contact", "content-type", "route", "p-preferred-identity", "subject"):
        equal(second.get(name), first.get(name), name, second)
    equal((second.cseq, second.ruri, second.content), (first.cseq + 1, first.ruri, first.content),
          "CSeq, Request-URI, body", second)
    check(second.branch != first.branch, "the branch of the first", second)


@case()
def call_is_challenged_by_a_proxy(w):
    """407 to INVITE, hold, resume and BYE, once each when nonces serve once; the page hears of none"""
    strict = Strict(w, once=True)
    page = strict.page
    invite, _ = strict.called()
    for ask, event in (("hold", "holding"), ("unhold", "resuming")):
        page.ask(ask, event)
        first, change = strict.expect("INVITE")
        check(first, "was not challenged", change)
        equal((change.call_id, change.tag("from")), (invite.call_id, invite.tag("from")), "dialog", change)
        change.accept(audio_sdp(strict.core.ip, 40000))
        equal(strict.digest(strict.core.expect("ACK")), strict.digest(change), "credentials of the ACK")
    page.hangup()
    first, bye = strict.expect("BYE")
    check(first, "was not challenged", bye)
    bye.reply(200)
    equal([n for n in page.names() if n in ("calling", "accepted", "hangup", "updatefailed")],
          ["calling", "accepted", "hangup"], "events")


@case()
def call_is_challenged_by_a_server(w):
    """401, as of a B2BUA; its nonce serves on: nothing else is challenged, the count goes up by one"""
    strict = Strict(w, 401)
    first, _ = strict.called()
    strict.page.ask("hold", "holding")
    hold = strict.core.expect("INVITE")
    strict.proved(hold)
    hold.accept(audio_sdp(strict.core.ip, 40000))
    strict.core.expect("ACK")
    strict.page.hangup()
    bye = strict.core.expect("BYE")
    strict.proved(bye)
    bye.reply(200)
    equal([strict.digest(r)["nc"] for r in (first, hold, bye)], ["00000001", "00000002", "00000003"], "counts")
    lacks(bye, "Proxy-Authorization")


@case()
def wrong_credentials_are_told(w):
    """two answers at most, then the page hears the status; the very nonce again: one"""
    strict = Strict(w)
    for nonce, count in ((None, 3), ("always-the-same", 2)):
        strict.page.call(SOMEBODY)
        for _ in range(count):
            invite = strict.core.expect("INVITE")
            strict.challenge(invite, nonce=nonce)
            strict.acknowledged(invite)
        equal(strict.page.wait("hangup")["code"], 407, "code")
        strict.core.expect_nothing("INVITE", 0.3)


@case()
def stale_nonce_of_a_call(w):
    """stale=true to a known nonce: once more with the new one"""
    strict = Strict(w)
    strict.called()
    strict.page.hangup()
    first = strict.core.expect("BYE")
    strict.challenge(first, more=",stale=true")
    second = strict.core.expect("BYE")
    check_same(first, second)
    equal(strict.proved(second)["nc"], "00000001", "nc", second)
    second.reply(200)


@case()
def other_realms_get_nothing(w):
    """a far end that challenges for another realm gets no digest of the password; nor do bad challenges"""
    strict = Strict(w)
    page = strict.page
    for challenge in ('Digest realm="evil.example",nonce="n",qop="auth"', 'Basic realm="scripted.example"', "Digest",
                      'Digest realm="scripted.example",nonce="n",algorithm=FOO', 'Digest realm="x,nonce="n'):
        page.call(SOMEBODY)
        invite = strict.core.expect("INVITE")
        invite.reply(407, ["Proxy-Authenticate: " + challenge])
        strict.acknowledged(invite)
        equal(page.wait("hangup")["code"], 407, "code for " + challenge)
    strict.core.expect_nothing("INVITE", 0.3)


@case("REQ-104")
def messages_are_challenged(w):
    """outside a call and inside, by proxy and server, with every header and the body again"""
    for status in ANSWERS:
        strict = Strict(w, status, once=True)
        page = strict.page
        page.send("message", uri=SOMEBODY, content="prove it", headers={"Subject": "x"})
        first, message = strict.expect("MESSAGE")
        check(first, "was not challenged", message)
        message.reply(200)
        equal(page.wait("messagedelivery")["code"], 200, "code")
        strict.called()
        page.send("message", content="inside")
        first, message = strict.expect("MESSAGE")
        check(first and message.tag("to"), "not challenged, or not in the dialog", message)
        message.reply(200)
        equal(page.wait("messagedelivery")["code"], 200, "code")
        page.send("message", content="after the call")
        late = strict.core.expect("MESSAGE")
        page.ask("hangup", "hangup")
        strict.expect("BYE")[1].reply(200)
        strict.challenge(late)
        equal(page.wait("messagedelivery")["code"], status, "code of the late one")
        page.connection_gone()
        page.unregister()
        strict.core.close()


@case()
def digits_are_challenged(w):
    """an INFO, whose answer nobody waits for, is proved too"""
    strict = Strict(w, once=True)
    strict.called(w.webrtc(), codecs=((0, "PCMU/8000"),))
    strict.page.ask("dtmf_info", "dtmfsent", digit="5", duration=200)
    first, info = strict.expect("INFO")
    check(first, "was not challenged", info)
    equal(info.body, "Signal=5\r\nDuration=200\r\n", "body")
    info.reply(200)
    strict.page.hangup()
    strict.expect("BYE")[1].reply(200)


@case("REQ-107")
def challenged_over_tcp(w):
    """the same over a connection, where a transaction ends with its answer"""
    strict = Strict(w, once=True, tcp=True, janus=w.own_janus(network={"role": "ue", "transport": "tcp"}))
    strict.page.send("message", uri=SOMEBODY, content="x")
    strict.expect("MESSAGE")[1].reply(200)
    equal(strict.page.wait("messagedelivery")["code"], 200, "code")
    strict.called()
    strict.page.ask("hold", "holding")
    strict.expect("INVITE")[1].accept(audio_sdp(strict.core.ip, 40000))
    strict.core.expect("ACK")
    strict.page.hangup()
    strict.expect("BYE")[1].reply(200)
    equal({m.transport for m in w.capture.sip(frm=edge.ADDRESS) if strict.page.user.impu in m.get("from")}, {"tcp"},
          "transports")


@case()
def early_dialogs_of_a_challenged_call(w):
    """a far end that has rung challenges too: the early dialogs go, the new INVITE opens its own"""
    strict = Strict(w, 401)
    strict.page.call(SOMEBODY)
    first = strict.core.expect("INVITE")
    first.progress(audio_sdp(strict.core.ip, 40000))
    strict.page.wait("progress")
    strict.challenge(first)
    strict.acknowledged(first)
    second = strict.core.expect("INVITE")
    check_same(first, second)
    equal(first.dialog().request("INFO").final().status, 481, "answer in the dialog that went")
    dialog = second.accept(audio_sdp(strict.core.ip, 40000))
    strict.page.wait("accepted")
    equal(strict.core.expect("ACK").tag("to"), second.to_tag, "To tag of the ACK")
    equal(dialog.bye().status, 200, "BYE")
    strict.page.wait("hangup")


@case("REQ-84")
def given_up_before_the_challenge(w):
    """hung up, or detached, while the first INVITE is out: the challenge is not answered"""
    strict = Strict(w)
    for leave in (lambda: strict.page.ask("hangup", "hangup"), strict.page.detach):
        strict.page.call(SOMEBODY)
        invite = strict.core.expect("INVITE")
        leave()
        edge.wait_objects(w.janus, {"calls": 0})    # Janus answers a detach before it is carried out
        strict.challenge(invite)
        strict.acknowledged(invite)
        strict.core.expect_nothing("INVITE", 0.3)


@case("REQ-84")
def given_up_after_the_answer(w):
    """hung up, or detached, while the second INVITE is out: its CANCEL is that INVITE's; so is the BYE of a
    late 200"""
    strict = Strict(w, once=True)
    strict.page.call(SOMEBODY)
    _, invite = strict.expect("INVITE")
    invite.reply(100)
    strict.page.ask("hangup", "hangup")
    cancel = strict.core.expect("CANCEL")
    equal((cancel.branch, cancel.cseq), (invite.branch, invite.cseq), "branch and CSeq", cancel)
    cancel.reply(200)
    invite.reply(487)
    strict.acknowledged(invite)
    strict.page.call(SOMEBODY)
    _, invite = strict.expect("INVITE")
    invite.reply(100)
    strict.page.detach()
    strict.core.expect("CANCEL").reply(200)
    invite.accept(audio_sdp(strict.core.ip, 40000))
    strict.core.expect("ACK")
    strict.expect("BYE")[1].reply(200)


@case("REQ-84", "REQ-98")
def change_given_up(w):
    """hung up while a hold is out: its challenge is acknowledged, not answered; so is a late 200"""
    strict = Strict(w)
    for late in (strict.challenge, lambda hold: hold.accept(audio_sdp(strict.core.ip, 40000))):
        strict.called()
        strict.page.ask("hold", "holding")
        hold = strict.core.expect("INVITE")
        strict.page.hangup()
        bye = strict.core.expect("BYE")
        late(hold)
        equal(strict.core.expect("ACK").cseq, hold.cseq, "CSeq of the ACK")
        bye.reply(200)
        strict.core.expect_nothing("INVITE", 0.3)


@case("REQ-84")
def detached_in_a_call(w):
    """the BYE that the end of a handle sends is proved too"""
    strict = Strict(w, once=True)
    strict.called()
    strict.page.detach()
    first, bye = strict.expect("BYE")
    check(first, "was not challenged", bye)
    bye.reply(200)


@case()
def nobody_answers_a_bye(w):
    """it is waited for, in case it is challenged, but not for ever"""
    janus = w.own_janus(sip={"sip_t1_ms": 50})
    strict = Strict(w, janus=janus)
    strict.called()
    strict.core.silent = True
    strict.page.hangup()
    strict.core.expect("BYE")
    edge.wait_objects(janus, {"invites": 0})


@case()
def called_and_not_challenged(w):
    """a call in: no credentials in our answers; the BYE of ours is challenged and proved"""
    strict = Strict(w, once=True)
    invite = strict.core.terminate("INVITE", strict.page.user.impu, body=audio_sdp("127.0.1.85", 40000), routes=[])
    strict.page.accept(strict.page.incoming())
    invite.dialog()
    strict.page.until_up()
    strict.page.hangup()
    strict.expect("BYE")[1].reply(200)
    for message in w.capture.responses("INVITE", frm=edge.ADDRESS):
        lacks(message, "Authorization", "Proxy-Authorization", "WWW-Authenticate", "Proxy-Authenticate")


@case()
def edge_answers_no_challenge(w):
    """in role edge a challenge to an INVITE, a MESSAGE or a BYE is not answered"""
    janus = w.own_janus(network={"role": "edge"})
    core, page = w.scripted(janus, challenges=True)
    challenge = ['Proxy-Authenticate: Digest realm="scripted.example",nonce="n",qop="auth"']
    page.call(SOMEBODY)
    core.expect("INVITE").reply(407, challenge)
    core.expect("ACK")
    equal(page.wait("hangup")["code"], 407, "code")
    page.send("message", uri=SOMEBODY, content="x")
    core.expect("MESSAGE").reply(407, challenge)
    equal(page.wait("messagedelivery")["code"], 407, "code")
    core.expect_nothing("MESSAGE", 0.3)
    equal(len(w.capture.requests("INVITE", frm=edge.ADDRESS)), 1, "INVITEs")
