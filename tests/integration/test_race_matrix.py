"""Everything that our user and the far end can do, at the same time, in every state of a call. Whatever comes first:
the page hears one `hangup`, the next call can be made at once, and nothing is left. Meant for the sanitizers."""

import itertools
import random

import edge
from cases import case
from checks import equal
from client import Unexpected
from peer import Silence
from process import counters, wait_until
from sip import audio_sdp

EDGE = {"general": {"reclaim_s": 0}, "sip": {"sip_t1_ms": 100}, "media": {"browser_timeout_s": 0}}
FAR = "sip:+4930999@scripted.example"


class FarEnd:
    """A telephone behind a scripted core, that answers what needs no thinking."""

    def __init__(self, core):
        self.core, self.invite, self.dialog, self.called = core, None, None, None
        self.sdp = audio_sdp(core.ip, 40000)
        core.handlers.update({"INVITE": self._invited, "CANCEL": self._cancelled, "ACK": lambda ack: None,
                              "BYE": self._ended, "PRACK": lambda r: r.reply(200), "INFO": lambda r: r.reply(200),
                              "UPDATE": lambda r: r.reply(200, self._contact(), self.sdp if r.body else "")})

    def _contact(self):
        return ["Contact: <%s>" % self.core.contact]

    def _invited(self, request):
        if ";tag=" in request.get("to"):
            request.reply(200, self._contact(), self.sdp)
        else:
            self.invite, self.answered = request, False

    def _cancelled(self, request):
        request.reply(200)
        self.finish(487)

    def _ended(self, request):
        request.reply(200)
        self.dialog = None

    def reset(self):
        self.invite = self.dialog = self.called = None
        self.answered = False

    # What it does by itself; harmless where it has no place.

    def finish(self, status):
        """A final answer to the page's INVITE, if it has none."""
        if not self.invite or self.answered:
            return
        self.answered = True
        if status < 300:
            self.dialog = self.invite.accept(self.sdp)
        else:
            self.invite.reply(status)

    def answer(self):
        self.finish(200)

    def refuse(self):
        self.finish(486)

    def end(self):
        """However a telephone ends what is there: CANCEL, BYE, or a refusal."""
        if self.called and not any(r.status >= 200 for r in self.called.responses):
            self.called.cancel()
        elif self.dialog:
            self.dialog.request("BYE")
        else:
            self.refuse()

    def reinvite(self):
        if self.dialog:
            self.dialog.request("INVITE", body=self.sdp)

    def update(self):
        if self.dialog:
            self.dialog.request("UPDATE", body=self.sdp)

    def end_in_a_change(self):
        self.reinvite()
        self.end()

    def nothing(self):
        pass


# What the page does, without waiting for what comes of it.

def hang_up(page):
    page.post({"request": "hangup"})


def hold(page):
    page.post({"request": "hold"})


def hang_up_in_a_change(page):
    hold(page)
    hang_up(page)


def lose_the_browser(page):
    page.handle.close_connection()


def nothing(page):
    pass


PAGE = (nothing, hang_up, hold, hang_up_in_a_change, lose_the_browser)
DOINGS = (FarEnd.nothing, FarEnd.answer, FarEnd.refuse, FarEnd.end, FarEnd.reinvite, FarEnd.update,
          FarEnd.end_in_a_change)


# The states: each brings a call there.

def dial(page, far):
    page.call(FAR)
    wait_until(lambda: far.invite, "INVITE at the far end")


def ringing(page, far):
    dial(page, far)
    far.invite.ringing()
    page.wait("ringing")


def early(page, far):
    dial(page, far)
    far.invite.progress(far.sdp)
    page.wait("progress")


def reliable(page, far):
    """A PRACK is under way when the next thing happens."""
    dial(page, far)
    far.invite.reliable(183, 1, far.sdp)


def answered(page, far):
    """... or an ACK."""
    dial(page, far)
    far.answer()


def up(page, far):
    answered(page, far)
    page.wait("accepted")


def held(page, far):
    up(page, far)
    page.ask("hold", "holding")


def called(page, far):
    far.called = far.core.terminate("INVITE", page.user.impu, body=far.sdp)
    page.incoming()


def accepting(page, far):
    """Nobody knows yet who has acknowledged what."""
    far.called = far.core.terminate("INVITE", page.user.impu, body=far.sdp)
    event = page.incoming()
    page.post({"request": "accept"}, page.browser.answer(event.sdp))


def called_up(page, far):
    far.called = far.core.terminate("INVITE", page.user.impu, body=far.sdp)
    page.accept(page.incoming())
    far.dialog = far.called.dialog()


STATES = (dial, ringing, early, reliable, answered, up, held, called, accepting, called_up)


def settle(page, far):
    """Until the call is over, whoever has to end it now."""
    def over():
        if page.status()["call"] is None:
            return True
        page.post({"request": "hangup"})
        far.end()
        return False
    wait_until(over, "the end of the call", pause_s=0.05)


def cell(page, far, rng, state, ours, theirs):
    far.reset()
    hangups = page.names().count("hangup")
    state(page, far)
    doings = [lambda: ours(page), lambda: theirs(far)]
    rng.shuffle(doings)
    for doing in doings:
        doing()
    settle(page, far)
    wait_until(lambda: page.names().count("hangup") > hangups, "hangup")
    equal(page.names().count("hangup"), hangups + 1, "hangup events of %s" % state.__name__)
    page.connection_gone()
    page.forget()


def scripted(w, name):
    core = w.core()
    return FarEnd(core), w.registered(w.scripted_user(name))


@case("REQ-87", "REQ-92", "REQ-96", "REQ-102", timeout_s=3000, long=True)
def whoever_is_first(w):
    """each pair of doings in each state; one hangup, no rest, and the next call at once"""
    rng = random.Random(5)
    far, page = scripted(w, "race")
    up(page, far)
    settle(page, far)
    page.forget()
    alive = {**edge.objects(w.janus), "invites": 0, "media": 0, "ports": 0, "calls": 0}
    pid, cells = w.janus.pid, list(itertools.product(STATES, PAGE, DOINGS))
    rng.shuffle(cells)
    for number, (state, ours, theirs) in enumerate(cells):
        try:
            cell(page, far, rng, state, ours, theirs)
        except (AssertionError, Unexpected, Silence) as error:
            raise AssertionError("%s, %s, %s (%d.): %s" % (state.__name__, ours.__name__, theirs.__name__, number + 1,
                                                           str(error)[:500])) from error
    equal(w.janus.pid, pid, "pid of Janus")
    edge.wait_objects(w.janus, alive)


@case("REQ-102", timeout_s=3000, long=True)
def leaves_at_any_moment(w):
    """the handle goes in each state while the far end does something; another one finds everything as it was"""
    rng, pid, first = random.Random(7), w.janus.pid, None
    far = FarEnd(w.core())
    for number, (state, theirs) in enumerate(itertools.product(STATES, DOINGS)):
        if number == len(DOINGS):   # by then there is what is made once for all
            first = counters(w.janus.pid).descriptors
        far.reset()
        client = w.client()
        page = w.registered(w.scripted_user("leaver%d" % number), client)
        state(page, far)
        go = rng.choice((page.detach, page.handle.session.destroy, page.handle.client.close))
        doings = [go, lambda done=theirs: done(far)]
        rng.shuffle(doings)
        for doing in doings:
            doing()
        wait_until(lambda: edge.objects(w.janus)["calls"] == 0, "the end of the call after %s" % state.__name__)
        client.close()
    equal(w.janus.pid, pid, "pid of Janus")
    edge.wait_objects(w.janus, {"invites": 0, "media": 0, "ports": 0, "calls": 0, "registrations": 0})
    wait_until(lambda: counters(w.janus.pid).descriptors <= first + 2, "descriptors back to %d" % first)
