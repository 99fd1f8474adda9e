"""Delegated authentication (33.203 X.2.2): the network's challenge goes to the page, the page's answer to the
network. The gateway never hears of the password."""

import delegate
import edge
from aka_registrar import ANSWER, FIRST, REJECTS, RESYNC, AkaRegistrar
from cases import case
from checks import check, contains, equal, header, lacks, lacks_text
from lab import REALM
from page import Page
from registrar import ADDRESS, Registrar
from sip import auth_params, params

PASSWORD = "geheim-delegiert"


def of_answer(w, count=2):
    """The last of our REGISTERs."""
    return w.registers(count)[-1]


# ---------------------------------------------------------------- a real S-CSCF
@case("REQ-31", "REQ-32", "REQ-34")
def the_page_answers(w):
    """the S-CSCF's challenge reaches the page as it is; its response reaches the S-CSCF, with tls-pending"""
    page = w.page()
    challenge = delegate.begin(page)
    first = of_answer(w, 1)
    empty = auth_params(header(first, "Authorization", "^Digest "))
    equal((empty["username"], empty.get("nonce"), empty.get("response")), (page.user.impi, "", ""), "first REGISTER", first)
    check("integrity-protected" not in empty, "integrity-protected before the challenge", first)
    asked = w.capture.wait_response("REGISTER", 401, to=edge.ADDRESS)
    said = auth_params(header(asked, "WWW-Authenticate"))
    for name in ("realm", "nonce", "algorithm", "qop"):
        equal(challenge[name], said[name], name, asked)
    equal((challenge["authuser"], challenge["method"], challenge["uri"], challenge["stale"], challenge["code"]),
          (page.user.impi, "REGISTER", "sip:" + REALM, False, 401), "challenge", challenge)
    asked = delegate.prove_all(page, challenge)
    last = of_answer(w, 1 + len(asked))
    answer = auth_params(header(last, "Authorization"))
    equal(answer["response"], delegate.response(asked[-1], page.user.password, "REGISTER"), "response", last)
    equal((answer["username"], answer["nonce"], answer["uri"], answer["integrity-protected"]),
          (page.user.impi, asked[-1]["nonce"], "sip:" + REALM, "tls-pending"), "answer", last)
    equal(page.names(), ["registering"] + ["challenge", "authenticating"] * len(asked) + ["registered"], "events")
    equal(w.lab.state_of(page.user), "registered", "HSS")


@case("REQ-33", "REQ-06")
def relayed_byte_by_byte(w):
    """relay mode: order, spaces and unknown parameters as the page wrote them, integrity-protected appended to it;
    one of the page's own is taken out"""
    for more in ("", ', integrity-protected="auth-done"'):
        page, values = w.page(), []

        def relay(page, challenge):
            values.append(delegate.whole(challenge, page.user.password, 'Digest nc=00000001,cnonce="c0ffee",qop=auth, '
                                         'response="{response}",uri="{uri}",nonce="{nonce}", realm="{realm}",x-y="z, z",'
                                         'username="{authuser}",algorithm=MD5'))
            page.ask("authenticate", "authenticating", authorization=values[-1] + more)
        delegate.prove_all(page, delegate.begin(page), relay)
        for value, sent in zip(values, w.registers(1 + len(values), of=page.user)[1:]):
            equal(header(sent, "Authorization"), value + ', integrity-protected="tls-pending"', "value", sent)


@case("REQ-17")
def wrong_password(w):
    """the S-CSCF's refusal is told; nothing more is sent or asked"""
    page = w.page()
    page.user.password = "geheim-falsch"
    event = delegate.begin(page)
    answers = 0
    while event.name == "challenge":        # now and then the lab's is another one (ims-lab/README.md, pitfall 9)
        delegate.prove(page, event)
        event, answers = page.wait("challenge", "registration_failed"), answers + 1
    equal(event["code"], 403, "code")
    equal(page.names(), ["registering"] + ["challenge", "authenticating"] * answers + ["registration_failed"], "events")
    page.detach()
    equal(len(w.registers(1 + answers)), 1 + answers, "REGISTERs")


@case("REQ-32", "REQ-21")
def refresh_and_end(w):
    """a refresh and the end are challenged and answered as well, as of the bound flow"""
    page = w.page()
    delegate.register(page)
    page.forget()
    w.capture.restart()
    delegate.prove_all(page, delegate.begin(page, refresh=True))
    sent = w.registers(2)
    for refresh in sent:
        equal(auth_params(header(refresh, "Authorization"))["integrity-protected"], "tls-yes", "refresh", refresh)
    page.send("unregister")
    delegate.prove(page, page.wait("challenge"))
    delegate.prove_until(page, "unregistered")
    last = of_answer(w, len(sent) + 2)
    equal(params(last.get("contact"))["expires"], "0", "expires", last)
    equal(auth_params(header(last, "Authorization"))["integrity-protected"], "tls-yes", "end", last)
    equal(w.lab.state_of(page.user), "not-registered", "HSS")


@case()
def calls_of_a_delegated_user(w):
    """he calls and is called as any other"""
    page, phone = w.page(), w.phone()
    delegate.register(page)
    page.call(phone.impu)
    page.wait("accepted")
    page.hangup()


# ---------------------------------------------------------------- while the challenge waits
@case()
def asked_again(w):
    """a page that was loaded again claims its session: `status` repeats the challenge, and the new page answers"""
    janus = w.own_janus(core={"session_timeout": 60, "reclaim_session_timeout": 60})
    page = w.page(client=w.client(janus))
    challenge = delegate.begin(page)
    page.handle.client.close()
    session = w.client(janus).claim(page.handle.session.number)
    page = Page(session.adopt(page.handle.number), page.user)
    page.send("status")
    status, repeated = page.wait("status"), page.wait("challenge")
    equal(status["registration"]["state"], "registering", "state", status)
    equal(repeated.result, challenge.result, "challenge")
    delegate.prove_all(page, repeated)
    page.status()
    equal(page.names()[-2:], ["registered", "status"], "events once answered")


@case()
def left_in_mid_challenge(w):
    """the handle ends: nothing more is sent for it, and the user registers anew at once"""
    page = w.page()
    delegate.begin(page)
    page.detach()
    again = w.page(page.user)
    delegate.register(again)
    sent = w.registers(3)
    equal(len({m.call_id for m in sent}), 2, "Call-IDs", *sent)
    equal(w.lab.state_of(page.user), "registered", "HSS")


@case("REQ-144")
def nothing_is_kept_for_who_left_in_mid_challenge(w):
    """he has proved nothing, and nobody could take his place: no registration waits for him for reclaim_s"""
    janus = w.own_janus(general={"reclaim_s": 3600})
    page = w.page(client=w.client(janus))
    delegate.begin(page)
    page.detach()
    edge.wait_objects(janus, {"registrations": 0})
    equal(len(w.registers(1)), 1, "REGISTERs")


@case()
def ended_in_mid_challenge(w):
    """unregister while a challenge waits: over at once, as the network has agreed to nothing"""
    page = w.page()
    delegate.begin(page)
    equal(page.unregister().name, "unregistered", "event")
    delegate.refused(page, "not registered", response="0" * 32)
    page.detach()
    equal(len(w.registers(1)), 1, "REGISTERs")


@case()
def nobody_answers(w):
    """challenge_timeout_s bounds the answer: 408"""
    page = w.page(client=w.client(w.own_janus(general={"challenge_timeout_s": 1})))
    challenge = delegate.begin(page)
    failed = page.wait("registration_failed")
    equal(failed["code"], 408, "code", failed)
    contains(failed["reason"], "challenge")
    delegate.refused(page, "not registered", **delegate.parts(challenge, page.user.password))
    page.ask("register", "registering", **page.account())
    page.wait("registered")


@case()
def the_binding_lapses(w):
    """a refresh that nobody answers: told when the binding ends, and the page may sign in anew"""
    janus = w.own_janus(general={"challenge_timeout_s": 2})
    core = w.core(challenges=True, expires_s=5)
    page = w.page(w.scripted_user(), w.client(janus))
    delegate.register(page)
    page.wait("challenge")
    failed = page.wait("registration_failed")
    equal(failed["code"], 408, "code", failed)
    check(failed["ims"]["retry_in"] > 0, "retry_in", failed)
    core.expires_s = 600
    delegate.register(page)


@case()
def answers_out_of_turn(w):
    """before a challenge, twice, and after the end: an error, and nothing on the wire"""
    core, page = scripted(w)
    delegate.refused(page, "not registered", response="0" * 32)
    challenge = delegate.begin(page)
    fields = delegate.parts(challenge, page.user.password)
    page.ask("authenticate", "authenticating", **fields)
    delegate.refused(page, "no challenge", **fields)
    page.wait("registered")
    delegate.refused(page, "no challenge", **fields)
    equal(len(core.registers), 2, "REGISTERs")
    other = w.registered()
    delegate.refused(other, "no challenge", **fields)


@case("REQ-30", "REQ-06", "REQ-144")
def hostile_answers(w):
    """for another user, realm, nonce, request; with line breaks, quotes, 100 KB: refused, none on the wire, and the
    right answer still counts"""
    page = w.page(client=w.ws_client())
    challenge = delegate.begin(page)
    right = delegate.parts(challenge, page.user.password)

    def whole(**changed):
        return {"authorization": delegate.whole(challenge, page.user.password, **changed)}
    good = whole()["authorization"]
    for wanted, fields in (
            ("'response' or 'authorization' is missing", {}),
            ("does not go with", {**right, "authorization": good}),
            ("32 hexadecimal digits", {**right, "response": "0" * 31 + '"'}),
            ("'response' must be", {**right, "response": "0" * 32 + "\r\nX: y"}),
            ("'cnonce' must be", {**right, "cnonce": 'c", integrity-protected="auth-done'}),
            ("'cnonce' must be", {**right, "cnonce": "c\r\nP-Asserted-Identity: <sip:eve@x>"}),
            ("'cnonce' must be", {**right, "cnonce": "c" * 257}),
            ("'nc' must be", {**right, "nc": "1,x=y,z="}),
            ("'nonce' is not that", {**right, "nonce": "x" + challenge["nonce"]}),
            ("belongs to AKA", {**right, "auts": "A" * 20}),
            ("username", whole(authuser="bob@" + REALM)),
            ("realm", whole(realm="evil.example")),
            ("nonce", whole(nonce="x")),
            ("uri", whole(uri="sip:evil.example")),
            ("control", {"authorization": good + "\r\nX: y"}),
            ("twice", {"authorization": good + ', username="bob@%s"' % REALM}),
            ("a way that SIP does not know", {"authorization": good + ", username*=UTF-8''bob"}),
            ("backslash within", {"authorization": good + ', x="\\", integrity-protected=\\"yes"'}),
            ("scheme", {"authorization": "Bearer " + "x" * 20}),
            ("'authorization' must be", {"authorization": good + ', x="%s"' % ("y" * 100000)}),
            ("'response' must be", {**right, "response": ["0" * 32]})):
        delegate.refused(page, wanted, **fields)
    equal(len(w.registers(1)), 1, "REGISTERs")
    page.ask("authenticate", "authenticating", authorization=good)
    delegate.prove_until(page, "registered")
    lacks(of_answer(w), "X")


@case()
def secret_that_is_not_wanted(w):
    """`secret` beside auth delegated is refused, and the sentence does not repeat it"""
    page = w.page()
    number, sentence = page.refused("register", username=page.user.impu, auth="delegated", secret=PASSWORD)
    equal(number, 444, "number", sentence)
    contains(sentence, "secret", "delegated")
    lacks_text(sentence, PASSWORD)
    equal(page.refused("register", username=page.user.impu)[0], 443, "without any")
    equal(page.refused("register", username=page.user.impu, auth="trust-me", secret=PASSWORD)[0], 444, "unknown auth")


@case("REQ-07")
def impi_with_a_quote(w):
    """a private identity in which registrars would read on, or find what we say of users that we vouch for: refused by
    the edge"""
    page = w.page()
    for impi in ('x", integrity-protected=yes, y="', "x\\", "Integrity-Protected=auth-done@" + REALM):
        for fields in ({"auth": "delegated"}, {"secret": PASSWORD}):
            number, sentence = page.refused("register", username=page.user.impu, authuser=impi, **fields)
            equal(number, 444, "number", sentence)
            contains(sentence, "authuser")


# ---------------------------------------------------------------- a scripted registrar
def scripted(w, *more):
    """A core whose next challenges say so much more, and a page that is asked."""
    core = w.core(challenges=True)
    core.script = [(lambda request, m=m: core.challenge(request, more=m)) for m in more]
    page = w.page(w.scripted_user())
    return core, page


@case("REQ-38")
def stale_once(w):
    """stale=true asks once more, and the page sees why; a second failure stops"""
    core, page = scripted(w, "", ", stale=true", ", stale=true")
    first = delegate.begin(page)
    delegate.prove(page, first)
    second = page.wait("challenge")
    equal((first["stale"], second["stale"]), (False, True), "stale")
    delegate.prove(page, second)
    equal(page.wait("registration_failed")["code"], 401, "code")
    equal(len(core.registers), 3, "REGISTERs")
    core.script = [lambda request: core.challenge(request), lambda request: core.challenge(request, more=", stale=true")]
    delegate.prove(page, delegate.begin(page))
    delegate.prove(page, page.wait("challenge"))
    page.wait("registered")


@case("REQ-42", "REQ-37")
def two_challenges(w):
    """the strongest that the network's digest_algorithms has is told; ik and ck never reach the page"""
    core, page = scripted(w)
    core.script = [lambda request: request.reply(401, [
        'WWW-Authenticate: Digest realm="x",nonce="odd",algorithm=SHA3-512',
        'WWW-Authenticate: Digest realm="x",nonce="n1",algorithm=MD5,qop="auth"',
        'WWW-Authenticate: Digest realm="%s",nonce="n2",algorithm=SHA-256,qop="auth",ik="0123456789abcdef",CK = "fedcba98"'
        % core.realm]), core.grant]
    challenge = delegate.begin(page)
    equal((challenge["nonce"], challenge["algorithm"]), ("n2", "SHA-256"), "challenge")
    lacks_text(page.story(), "0123456789abcdef", "fedcba98")
    contains(challenge["header"], 'nonce="n2"')
    delegate.prove(page, challenge)
    page.wait("registered")


@case("REQ-41")
def aka_needs_encryption(w):
    """who has a USIM is asked with RAND and AUTN where the access is encrypted, and refused elsewhere"""
    nonce = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    ask = 'WWW-Authenticate: Digest realm="scripted.example",nonce="%s",algorithm=AKAv2-SHA-256,qop="auth"' % nonce
    usim = {"algorithm": "AKAv2-SHA-256"}
    core, page = scripted(w)
    core.script = [lambda request: request.reply(401, [ask])]
    challenge = delegate.begin(page, **usim)
    equal((challenge["rand"], challenge["autn"]), (bytes(range(16)).hex(), bytes(range(16, 32)).hex()), "RAND, AUTN")
    page.unregister()
    janus = w.own_janus(general={"w2": "plain-lab"})
    page = w.page(w.scripted_user(), w.client(janus))
    number, sentence = page.refused("register", username=page.user.impu, auth="delegated", **usim)
    equal(number, 468, "number", sentence)
    contains(sentence, "encrypted")


# ---------------------------------------------------------------- the demo page's own code answers
def usim(w):
    """-> a registrar of AKAv2, the page of its subscriber, the code of the page with his keys, his home"""
    core = w.core(kind=AkaRegistrar)
    page = w.page(w.scripted_user())
    home = core.subscribe(page.user.impi)
    return core, page, delegate.page_proof(w, sim={"k": home.k.hex(), "op": home.op.hex()}), home


def ask_usim(page, **fields):
    return delegate.begin(page, algorithm="AKAv2-SHA-256", **fields)


@case("REQ-40", "REQ-42", "REQ-43")
def usim_in_the_page(w):
    """AKAv2-SHA-256: RAND and AUTN reach the page, RES comes back, rspauth proves the network; K stays in the page"""
    core, page, proof, home = usim(w)
    challenge = ask_usim(page)
    proof.answer(page, challenge)
    page.wait("registered")
    page.send("unregister")
    proof.answer(page, page.wait("challenge"))
    page.wait("unregistered")
    equal([seen.kind for seen in core.seen], [FIRST, ANSWER] * 2, "REGISTERs", *core.seen)
    equal({seen.integrity_protected for seen in core.seen}, {"tls-connected"}, "integrity-protected", *core.seen)
    lacks_text(page.story() + challenge["header"], home.k.hex(), "ik=", "ck=")


@case("REQ-45")
def usim_in_the_page_resynchronises(w):
    """a network that is behind gets AUTS, and asks again"""
    core, page, proof, home = usim(w)
    home.sqn = 1 << 20
    proof.answer(page, ask_usim(page))
    page.wait("registered")
    home.sqn = 0
    check("auts" in proof.answer(page, ask_usim(page, refresh=True)), "no AUTS")
    proof.answer(page, page.wait("challenge"))
    page.wait("registered")
    equal([seen.kind for seen in core.seen], [FIRST, ANSWER, FIRST, RESYNC, ANSWER], "REGISTERs", *core.seen)


@case("REQ-45")
def usim_in_the_page_rejects(w):
    """a network that proves wrongly gets no response"""
    core, page, proof, home = usim(w)
    core.vectors = [lambda home: home.vector().with_wrong_mac()] * 4
    equal(proof.answer(page, ask_usim(page))["response"], "", "response")
    proof.answer(page, page.wait("challenge"))
    failed = page.wait("registration_failed")
    check(failed["code"] in (401, 403), "code", failed)
    equal([seen.kind for seen in core.seen], [FIRST, REJECTS, REJECTS], "REGISTERs", *core.seen)


@case()
def password_in_the_page(w):
    """the page's own Digest at the real S-CSCF"""
    page = w.page()
    proof = delegate.page_proof(w, password=page.user.password)
    delegate.prove_all(page, delegate.begin(page), proof.answer)


@case()
def password_in_the_page_at_a_registrar(w):
    """... and at a registrar that wants SHA-256"""
    page = registrar(w, algorithm="SHA-256")
    proof = delegate.page_proof(w, password=page.user.password)
    equal(len(proof.answer(page, delegate.begin(page))["response"]), 64, "response")
    page.wait("registered")


# ---------------------------------------------------------------- plain Kamailio's auth module
def registrar(w, **options):
    w.defer(Registrar(w.folder("registrar"), expires_s=600, **options).stop)
    janus = w.own_janus(networks_of={"scripted": {"entry_point": ADDRESS}})
    return w.page(w.scripted_user(), w.client(janus))


@case("REQ-35")
def authentication_info(w):
    """SHA-256; the registrar's Authentication-Info reaches the page, which finds its proof right"""
    page = registrar(w, algorithm="SHA-256")
    challenge = delegate.begin(page)
    equal(challenge["algorithm"], "SHA-256", "algorithm")
    delegate.prove(page, challenge)
    info = auth_params("Digest " + page.wait("registered")["ims"]["authentication_info"])
    equal(info["rspauth"], delegate.response(challenge, page.user.password, ""), "rspauth")


@case("REQ-17", "REQ-38")
def wrong_password_at_a_registrar(w):
    """one that challenges wrong answers anew is answered once more, then it is over"""
    page = registrar(w)
    page.user.password = "geheim-falsch"
    delegate.prove(page, delegate.begin(page))
    delegate.prove(page, page.wait("challenge"))
    failed = page.wait("registration_failed")
    equal(failed["code"], 401, "code", failed)


@case()
def one_time_nonces(w):
    """each refresh gets a nonce of its own, and an answer of its own"""
    page = registrar(w, nonce_count=0, one_time_nonce=1)
    nonces = []
    for refresh in ({}, {"refresh": True}, {"refresh": True}):
        challenge = delegate.begin(page, **refresh)
        nonces.append(challenge["nonce"])
        delegate.prove(page, challenge)
        page.wait("registered")
    equal(len(set(nonces)), 3, "nonces")
