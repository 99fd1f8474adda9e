"""Anything in any order: pages and the far ends of their calls do whatever comes to a mind, and the core answers with
whatever it likes.

Nobody waits here for what should come next, as the other cases do, so requests cross, overtake each other, and meet
calls that are long over. The process must live, every object must go with the clients, and Janus must end by itself."""

import collections
import contextlib
import random
import time

import aka
import delegate
import edge
import names
from cases import case
from checks import check, equal
from client import Event, Unexpected, outcome
from names import a, naptr
from page import Page
from peer import Dialog
from sip import Message, addr_of, audio_sdp
from whims import Nothing, Provider, Whim, deeds_done

EDGE = {"general": {"dns_servers": [names.ADDRESS], "ring_timeout_s": 10}, "sip": {"sip_t1_ms": 20}, "debug_level": 4}
SECONDS = 30
PAGES = 6
PAUSE_S = 0.001
FAR = "sip:+4930999@scripted.example"
PHONE = "127.0.1.85", 40000
SDP = audio_sdp(*PHONE)
HERE = "sip:core@%s:5060" % edge.CORE
CONTACTS = (HERE, HERE + ";transport=tcp", "sip:x@a.scripted.example", "sip:x@b.scripted.example:5060;transport=tcp",
            "sip:x@none.scripted.example", "sip:x@nowhere.invalid", "sip:x@[::1]", "sip:x@203.0.113.9", "tel:+491")
SERVICE_ROUTES = 3 * ("<sip:orig@%s:5060;lr>" % edge.CORE,) + ("<sip:orig@a.scripted.example;lr>",
                                                               "<sip:orig@none.scripted.example;lr>")
RECORD_ROUTES = ((), (), ("Record-Route: <sip:a.scripted.example;lr>",),
                 ("Record-Route: <sip:none.scripted.example;lr>",))


class FickleCore:
    """Answers what the pages send with anything, twice, or not at all. challenges: asks for proof now and then."""

    def __init__(self, core, rng, challenges):
        self.core, self.rng, self.challenges = core, rng, challenges
        self.invites = collections.deque(maxlen=30)
        core.challenges = challenges
        core.handlers.update({"INVITE": self.invite, "ACK": lambda request: None, **dict.fromkeys(
            ("BYE", "CANCEL", "INFO", "MESSAGE", "UPDATE"), self.other)})

    def invite(self, request):
        self.invites.append(request)
        if not self._challenged(request):
            fate, = self.rng.choices((self.rings, self.speaks_early, self.accepts, self.refuses, self.forks,
                                      self.is_silent), (3, 1, 3, 1, 1, 1))
            fate(request)

    def other(self, request):
        if not self._challenged(request) and self.rng.random() < 0.85:
            request.reply(self.rng.choice((200, 200, 200, 481, 500, 408)), self.contact())

    def contact(self):
        return ["Contact: <%s>" % self.rng.choice(CONTACTS)]

    def _challenged(self, request):
        if not self.challenges or self.rng.random() > 0.35:
            return False
        status, name = self.rng.choice(((401, "WWW-Authenticate"), (407, "Proxy-Authenticate")))
        request.reply(status, ['%s: Digest realm="scripted.example",nonce="%d",algorithm=MD5,qop="auth"%s' % (
            name, self.rng.randrange(3), self.rng.choice(("", ",stale=true")))])
        return True

    def rings(self, request):
        request.reply(180, self.contact())

    def speaks_early(self, request):
        request.reply(183, self.contact(), SDP)

    def accepts(self, request):
        request.reply(200, self.contact(), SDP)

    def refuses(self, request):
        request.reply(self.rng.choice((302, 408, 481, 486, 491, 500, 503)))

    def forks(self, request):
        for tag in ("one", "other"):
            request.to_tag = tag
            self.accepts(request)

    def is_silent(self, request):
        pass


class FarEnd(Whim):
    """Calls the pages, and goes on with calls of either direction, whatever has become of them."""

    def __init__(self, fickle, rng):
        super().__init__(rng)
        self.fickle, self.core = fickle, fickle.core
        self.calls, self.dialogs = collections.deque(maxlen=12), collections.deque(maxlen=12)

    def act(self):
        self.core.contact = self.rng.choice(CONTACTS)
        with contextlib.suppress(OSError):      # a connection over which a request came, and which has ended since
            super().act()

    def _sdp(self):
        return audio_sdp(PHONE[0], PHONE[1] + 2 * self.rng.randrange(50), version=self.rng.randrange(9),
                         direction=self.rng.choice(("sendrecv", "sendrecv", "sendonly")))

    def invites(self):
        self.calls.append(self._asks("INVITE", self.rng.choice((SDP, SDP, SDP, ""))))

    def sends_message(self):
        self._asks("MESSAGE", "x")

    def _asks(self, method, body):
        user = self.one_of(list(self.core.registrations.values())[-PAGES:])
        try:
            return self.core.terminate(method, user.impu, body=body, headers=self.rng.choice(RECORD_ROUTES),
                                       routes=user.paths)
        except KeyError:        # he has just gone
            raise Nothing from None

    def cancels(self):
        self.one_of(self.calls).cancel()

    def acknowledges(self):
        """Once, or again; as it comes from the last proxy, which leaves no Route."""
        call, answer = self.one_of((call, response) for call in self.calls for response in list(call.responses)
                                   if response.status == 200)
        sent = Message(call.text.encode())
        dialog = Dialog(self.core, sent.call_id, local=sent.get("from"), remote=answer.get("to"),
                        target=addr_of(answer.get("contact")), routes=[], hop=call.to, cseq=sent.cseq)
        dialog.ack()
        self.dialogs.append(dialog)

    def answers_late(self):
        request = self.one_of(self.fickle.invites)
        request.reply(self.rng.choice((200, 200, 180, 183, 486, 503)), self.fickle.contact(),
                      self.rng.choice((SDP, SDP, "")))
        if self.rng.random() < 0.5:
            self.dialogs.append(request.dialog())

    def speaks_before_the_answer(self):
        self.one_of(self.fickle.invites).dialog().request(self.rng.choice(("BYE", "UPDATE", "INVITE")),
                                                          body=self.rng.choice(("", SDP)))

    def changes(self):
        self.one_of(self.dialogs).request("UPDATE", body=self._body())

    def changes_by_invite(self):
        dialog = self.one_of(self.dialogs)
        dialog.request("INVITE", body=self._body())
        if self.rng.random() < 0.6:
            time.sleep(4 * PAUSE_S)             # the answer may have come, or not
            dialog.ack(body=self.rng.choice(("", SDP)))

    def _body(self):
        return self.rng.choice(("", self._sdp(), self._sdp(), "garbage"))

    def thinks_better(self):
        change = self.one_of(self.dialogs).request("INVITE", body=self._sdp())
        time.sleep(self.rng.random() * 10 * PAUSE_S)
        change.cancel()

    def asks_in_the_call(self):
        self.one_of(self.dialogs).request(self.rng.choice(("INFO", "MESSAGE", "OPTIONS", "NOTIFY")), body="x",
                                          body_type="text/plain")

    def ends(self):
        dialog = self.one_of(self.dialogs)
        self.dialogs.remove(dialog)
        dialog.request("BYE")

    deeds = {invites: 5, sends_message: 1, cancels: 3, acknowledges: 3, answers_late: 6, speaks_before_the_answer: 3,
             changes: 3, changes_by_invite: 6, thinks_better: 3, asks_in_the_call: 3, ends: 3}


class Guest(Whim):
    """One page after another, each on a connection of its own. Says what it likes; Janus must take each request, the
    answer does not matter."""

    def __init__(self, w, janus, core, rng, number):
        super().__init__(rng)
        self.w, self.janus, self.core, self.number, self.lives = w, janus, core, number, 0
        self.client = self.page = None
        w.defer(self.go)
        self.arrive()

    def arrive(self):
        check(self.janus.alive(), "Janus died", self.janus.process.tail())
        self.lives += 1
        self.core.service_route = [self.rng.choice(SERVICE_ROUTES)]
        self.client = self.janus.client()
        user = self.w.scripted_user("guest%d-%d" % (self.number, self.lives))
        self.page = Page(self.client.attach(edge.PACKAGE), user)
        self.registers()

    def go(self):
        if self.client:
            self.client.close()

    def act(self):
        client = self.client
        try:
            super().act()
        except (Unexpected, OSError):
            if self.client is client and client.open:
                raise
            self.arrive()       # Janus 1.1.2 now and then closes a new connection in place of one that has gone

    def last(self, *events):
        """The last one of these that came."""
        return Event(self.one_of([m for m in list(self.page.handle.received) if outcome(m)[0] in events][-1:]))

    def _says(self, request, jsep=None, **fields):
        self.client.answer_to(self.page.post({"request": request, **fields}, jsep))

    def registers(self):
        self._says("register", **self.page.account())

    def calls(self):
        self._says("call", self.page.browser.offer(), uri=FAR)

    def accepts(self):
        """The last call, even if he has done so before."""
        call = self.last("incomingcall")
        self._says("accept", self.page.browser.answer(call.sdp) if call.jsep else self.page.browser.offer())

    def hangs_up(self):
        self._says("hangup")

    def declines(self):
        self._says("decline")

    def holds(self):
        self._says("hold")

    def resumes(self):
        self._says("unhold")

    def writes(self):
        self._says("message", content="x", **self.rng.choice(({}, {"uri": FAR})))

    def registers_anew(self):
        self._says("unregister")
        self.registers()

    def leaves(self):
        self.go()
        self.arrive()

    deeds = {calls: 5, accepts: 15, hangs_up: 5, declines: 5, holds: 5, resumes: 5, writes: 5, registers_anew: 1,
             leaves: 2}


class FickleRegistrar:
    """Meets each REGISTER as it likes."""

    def __init__(self, core, rng):
        self.core, self.rng, self.admits = core, rng, core.handlers["REGISTER"]
        core.handlers["REGISTER"] = self.register
        self.home = aka.Home()

    def register(self, request):
        fate, = self.rng.choices((self.admits, self.challenges, self.asks_a_usim, self.refuses, self.is_silent),
                                 (12, 6, 6, 3, 1))
        fate(request)

    def challenges(self, request):
        self.core.challenge(request, more=self.rng.choice(("", ",stale=true")))

    def asks_a_usim(self, request):
        vector = self.home.vector_of(self.rng.choice((32, 32 << self.rng.randrange(30))))
        vector = self.rng.choice((vector, vector, vector.with_wrong_mac()))
        request.reply(401, aka.Challenge(vector, self.core.realm, "AKAv2-SHA-256").rows())

    def refuses(self, request):
        request.reply(*self.rng.choice(((403,), (403,), (500,), (503, ["Retry-After: 1"]), (504,), (404,),
                                        (423, ["Min-Expires: 7200"]), (401, ['WWW-Authenticate: Bearer realm="x"']))))

    def is_silent(self, request):
        pass


class Newcomer(Guest):
    """Proves who he is in every way there is, or not, one after the other on the same handle."""

    def __init__(self, w, janus, core, rng, number, provider, registrar):
        self.provider, self.home, self.connected = provider, registrar.home, 0
        super().__init__(w, janus, core, rng, number)

    def registers(self):
        user = self.page.user
        way = self.rng.choice((self._by_password, self._by_token, self._by_token, self._delegated, self._delegated,
                               self._by_usim))
        self._says("register", **way(user))

    def _by_password(self, user):
        return self.page.account()

    def _by_token(self, user):
        named = self.rng.choice(({}, {"username": user.impu}, {"username": user.impu, "authuser": user.impi}))
        return {"auth": "token", "access_token": self.provider.token(user), "network": "scripted", **named}

    def _delegated(self, user):
        usim = self.rng.choice(({}, {"algorithm": "AKAv2-SHA-256"}))
        return {"auth": "delegated", "username": user.impu, "authuser": user.impi, **usim}

    def _by_usim(self, user):
        card = {"k": self.home.k.hex(), "opc": self.home.opc.hex()}
        return {"auth": "aka", "username": user.impu, "authuser": user.impi, "aka": card}

    def authenticates(self):
        """The last challenge, even if it is answered already, or nobody asks any more."""
        challenge = self.last("challenge")
        answers = {"AKAv2-SHA-256": lambda *_: {"response": ""}, "MD5": self.rng.choice((delegate.parts, self._whole))}
        answer = answers[challenge.get("algorithm", "MD5")](challenge, self.page.user.password)
        self._says("authenticate", **{**answer, **self.rng.choice(({}, {}, {}, {"response": "0" * 64}))})

    @staticmethod
    def _whole(challenge, password):
        return {"authorization": delegate.whole(challenge, password)}

    def calls(self):
        self._connects(super().calls)

    def accepts(self):
        self._connects(super().accepts)

    def _connects(self, deed):
        """Once on each handle: Janus 1.1.2 dies now and then of an offer that comes while it frees the ICE agent of the
        call before (janus_ice_setup_local), and here registrations end, and calls with them, all the time."""
        if self.connected == self.lives:
            raise Nothing
        deed()
        self.connected = self.lives

    def refreshes_token(self):
        self._says("refresh_token", access_token=self.provider.token(self.page.user))

    def refreshes(self):
        self._says("register", refresh=True, **self.rng.choice((self._by_password, self._by_token))(self.page.user))

    def asks_for_ice_servers(self):
        self._says("ice_servers")

    def asks_for_status(self):
        self._says("status")

    def unregisters(self):
        self._says("unregister")

    deeds = {registers: 8, authenticates: 10, refreshes_token: 6, refreshes: 2, asks_for_ice_servers: 2,
             asks_for_status: 2, unregisters: 2, Guest.leaves: 2, calls: 4, accepts: 8, Guest.hangs_up: 2,
             Guest.writes: 2}


def rages(janus, rng, seed, guests, others):
    """others: act as often as their share of it and one guest says."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        rng.choice((*others, *(rng.choice(guests) for _ in others))).act()
        time.sleep(PAUSE_S)
    check(janus.alive(), "Janus died", janus.process.tail())
    done = deeds_done([*set(others), *guests])
    print("     seed %d: %s" % (seed, ", ".join("%d %s" % (n, name) for name, n in done.most_common())))
    wanted = {deed.__name__ for one in (*others, guests[0]) for deed in one.deeds}
    equal(sorted(name for name in wanted if not done[name]), [], "never done")
    for guest in guests:
        guest.go()


def chaos(w, core, seed, challenges=False, **settings):
    rng, janus = random.Random(seed), w.own_janus(**settings)
    nothing = dict.fromkeys(edge.objects(janus), 0)
    far = FarEnd(FickleCore(core, rng, challenges), rng)
    guests = [Guest(w, janus, core, rng, PAGES * seed + number) for number in range(PAGES)]
    rages(janus, rng, seed, guests, [far])
    edge.wait_objects(janus, nothing)
    w.run.end(janus)
    check("\nBye!" in janus.process.output(), "Janus did not come to its end", janus.process.tail())


def served(w):
    """The names that answers and routes hold are those of the core, some of them."""
    w.names().serve(*naptr(10, "SIP+D2U", "_sip._udp"), *a("a", edge.CORE), *a("b", edge.CORE))


@case(timeout_s=300, long=True)
def chaos_at_the_edge(w):
    """role edge, names served"""
    served(w)
    core = w.core(tcp=True)
    for seed in (1, 2):
        core.registrations.clear()
        chaos(w, core, seed)


@case(long=True)
def chaos_without_names(w):
    """a name server that answers nothing"""
    w.defer(names.MuteServer().close)
    chaos(w, w.core(tcp=True), 3)


@case(long=True)
def chaos_of_user_agents(w):
    """role ue, and a core that asks for proof when it likes"""
    served(w)
    chaos(w, w.core(tcp=True), 4, challenges=True, network={"role": "ue"})


@case(timeout_s=300, long=True)
def chaos_of_proofs(w):
    """every way to prove who one is, on the same handles, one across the other; a provider and a registrar that do as
    they like; identities that are the users' own, and those of a pool"""
    for seed in (5, 6):
        rng, core = random.Random(seed), w.core(tcp=True)
        provider = Provider(w, rng, pool=seed == 6)
        janus = provider.janus = w.own_janus(
            general={"challenge_timeout_s": 1, "reclaim_s": 1, "audit_log": w.folder("audit") + "/audit.log"},
            limits={"handle_failures_per_minute": 0},
            turn={"urls": ["turn:127.0.0.1:3478"], "secret": "geheim-turn-of-chaos"}, issuers={"waf": provider.configuration()},
            networks_of={"scripted": {"token_issuers": ["waf"], "token_recheck_s": 1, "token_expiring_s": 1}})
        nothing = dict.fromkeys(edge.objects(janus), 0)
        far, registrar = FarEnd(FickleCore(core, rng, False), rng), FickleRegistrar(core, rng)
        guests = [Newcomer(w, janus, core, rng, PAGES * seed + number, provider, registrar) for number in range(PAGES)]
        rages(janus, rng, seed, guests, [far, far, far, far, provider])
        edge.wait_objects(janus, nothing)
        w.run.end(janus)
        check("\nBye!" in janus.process.output(), "Janus did not come to its end", janus.process.tail())
        core.close()
