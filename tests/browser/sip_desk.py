"""People at the page for SIP libraries (html-demo/sip), each with JsSIP or SIP.js in a browser of their own, at
janus.transport.sipws; or, beside them, at the page of the Janus API. They are told apart by nothing but their class."""

import json

import edge
from checks import check, equal
from desk import ADDRESS, TONES, Person
from patience import EVENT_S, SETTLED_S

JANUS_API = "janus"
WSS_PORT = 8483             # the OpenID provider has 8443
# A library comes back when it likes: JsSIP after up to half a minute.
TRANSPORT = {"general": {"origins": [ADDRESS.rstrip("/")], "wss_port": WSS_PORT}, "limits": {"reclaim_s": SETTLED_S}}


def seat(w, socket=None, secure=False, friends=None, told=None, **people):
    """people: NAME=(library, browser), "jssip" or "sipjs", or JANUS_API for the other page. -> each in front of the sign-in
    card. socket: another address than the transport's, which is wss if secure. friends: {name: user} of others whom the pages know."""
    users = {name: w.user() for name in people}
    w.run.lab.start()
    w.run.serve({**users, **(friends or {})}, "ws://%s:%d" % (w.janus.address, w.janus.ws_port),
                sip={"server": socket or server(secure)}, **(told or {}))
    return [person(w, name, users[name], voice, *place) for (name, place), voice in zip(people.items(), TONES)]


def server(secure):
    return "wss://127.0.0.1:%d/" % WSS_PORT if secure else edge.sipws_url()


def person(w, name, user, voice, library, browser="chromium"):
    if library == JANUS_API:
        return Person(w, name, user, voice, None, browser)
    return SipPerson(w, name, user, voice, library, browser)


def signed_in(w, **options):
    found = seat(w, **options)
    for one in found:
        one.sign_in()
    return found


class SipPerson(Person):
    def __init__(self, w, name, user, voice, library, kind="chromium"):
        self.library, self.peer = library, None     # the other side of the call that is meant
        super().__init__(w, name, user, voice, None, kind, ADDRESS + "sip/?library=" + library)

    def _leave(self):
        """Signs out, so that the lab forgets the user."""
        if not self.tab.context or not self.tab.bidi.open:
            return
        try:
            self.look("last")
            if self.tab.visible("sign-out"):
                self.sign_out()
        finally:
            self.tab.close()

    def sign_out(self):
        self.tab.click("sign-out")
        self.tab.until_visible("sign-in-submit")
        self.until("signed-out")

    # ----------------------------------------------------------------- signing in
    def signed_in(self):
        """The end of an attempt to sign in."""
        self.tab.until("state", "['ready', 'refused'].includes(e.dataset.state)")
        return self.tab.get("state", "e.dataset.state") == "ready"

    def sign_in(self):
        """By a click on the own name."""
        self.tab.click(self.chip)
        check(self.signed_in(), "not signed in: " + self.reason())
        equal(self.tab.text("me"), self.name, "who is signed in")

    def sign_in_with(self, user, secret, by="password"):
        """What is pasted into the form."""
        self.tab.click("by-" + by)
        for field, text in (("identity", user.impi), ("secret", secret)):
            self.tab.run("(name, text) => { document.querySelector(`[data-testid='${name}']`).value = text; }", field, text)
        self.tab.click("sign-in-submit")

    def until_refused(self):
        """-> the status line that the page shows"""
        self.until("refused")
        return self.reason()

    def reason(self):
        return self.tab.get("state", "e.title")

    # ----------------------------------------------------------------------- calls
    def card(self, part="", peer=None):
        return (".call-card[data-peer^='%s']:not([data-state=ended]) %s" % (peer or self.peer, part)).strip()

    def call_is(self, condition, timeout_s=EVENT_S):
        """condition: about `d`, what call-card.js says in data-*"""
        self.tab.until(self.card(), "((d) => %s)(e.dataset)" % condition, timeout_s, condition)

    def dial(self, text, button="call-button"):
        self.tab.run("() => { document.querySelector('[data-testid=dial-input]').value = ''; }")
        self.tab.click("dial-input")
        self.tab.type(text)
        self.tab.click(button)

    def call(self, other):
        """other: whoever has a .user"""
        self.peer = other.user.impu
        self.dial(other.user.impi)

    def until_rings(self):
        self.call_is("d.state === 'ringing'")

    def rung_by(self, other):
        self.peer = other.user.impu
        self.call_is("d.state === 'incoming'")

    def answer(self):
        self.tab.until(".call-card[data-state=incoming]", "true", what="a call")
        self.peer = self.tab.get(".call-card[data-state=incoming]", "e.dataset.peer")
        self.tab.click(self.card(".answer"))

    def decline(self):
        self.tab.click(self.card(".decline"))

    def turn_to(self, other):
        """From now on the call with the other is meant."""
        self.peer = other.user.impu

    def until_talking(self):
        self.call_is("d.state === 'up'")
        self.tab.until(self.card("audio"), "e.srcObject && !e.paused", what="playing")

    def hold(self):
        self.tab.click(self.card(".hold"))
        self.call_is("d.held === 'true'")

    def resume(self):
        self.tab.click(self.card(".hold"))
        self.call_is("d.held === 'false'")

    def press(self, keys):
        if not self.tab.visible(self.card(".keys")):
            self.tab.click(self.card(".keys-button"))
        for key in keys:
            self.tab.click(self.card(".key[data-key='%s']" % key))

    def transfer(self, to):
        self.tab.click(self.card(".transfer"))
        self.tab.click(self.card(".transfer-to"))
        self.tab.type(to.user.impi)
        self.tab.key("Enter")

    def connect(self):
        """Whom we talk to with whom we hold."""
        self.tab.click(self.card(".connect"))

    def follow(self):
        """Where the other side sends us."""
        self.tab.until_visible(self.card(".follow"))
        self.look("referred")
        self.tab.click(self.card(".follow"))

    def held(self):
        """Until the other side holds us."""
        self.call_is("d.waits === 'true'")

    def taken_back(self):
        self.call_is("d.waits === 'false'")

    def hang_up(self):
        self.tab.click(self.card(".hang-up"))
        self.until_over()

    def until_over(self):
        self.tab.until("calls", "!document.querySelector(%s)" % json.dumps(self.card()), what="over")

    def end_of_call(self, address):
        """-> the words on the card of the last call, which is with that address, when it has ended"""
        last = ".call-card:last-child"
        return self.tab.until(last, "e.dataset.peer === 'sip:%s' && e.dataset.state === 'ended' && e.querySelector('.line').textContent"
                              % address, what="over")

    # -------------------------------------------------------------------- messages
    def write(self, other, text):
        self.dial(other.user.impi, "message-input")
        self.tab.type(text)
        self.tab.click("message-send")
        self.tab.until(".bubble.ours:last-child", "e.dataset.state === 'sent'", what="sent")

    def until_reads(self, text):
        self.tab.until("bubbles", "e.lastChild?.matches('.theirs') && e.lastChild.lastChild.textContent === %s" % json.dumps(text),
                       what="the message")

    # ----------------------------------------------------------------------- sound
    def recorded(self, seconds):
        return self.tab.record(self.card("audio"), seconds)
