"""Who does not prove who he is has to wait before he tries again, and locks nobody out (REQ-144)."""

import re

from cases import case
from checks import check, contains, equal

EDGE = {"limits": {"handle_failures_per_minute": 3, "identity_failures_per_minute": 5, "failures_per_minute": 6}}
WRONG = "geheim-wrong-guess-5501"


def guess(page, password=WRONG):
    """-> registered, registration_failed, or how many seconds it has to wait"""
    page.send("register", **page.account(secret=password))
    event = page.wait("registered", "registration_failed", 465)
    if event.name != 465:
        return event.name
    contains(event.data["error"], "register: too many attempts have failed; try again in ")
    return int(re.search(r"try again in (\d+) s", event.data["error"]).group(1))


class Guessers:
    """Pages at a Janus of their own, whose memory begins with the case, and a core that challenges."""

    def __init__(self, w):
        self.w, self.core = w, w.core(challenges=True)
        self.client = w.client(w.own_janus())

    def page(self, user):
        return self.w.page(user, self.client)

    def was_here(self, name):
        user = self.w.scripted_user(name)
        self.w.registered(user, self.client).unregister()
        return user

    def guess(self, *users):
        """A wrong one for each, from a handle of its own. -> what came of them"""
        return [guess(self.page(user)) for user in users]


@case("REQ-144")
def of_a_handle(w):
    """a handle that fails again and again waits, whatever it brings; another one does not"""
    at = Guessers(w)
    page = at.page(w.scripted_user())
    equal([guess(page) for _ in range(3)], ["registration_failed"] * 3, "guesses")
    sent = len(w.capture.requests("REGISTER", to=at.core.ip))
    check(0 < guess(page) <= 20, "no wait")
    check(0 < guess(page, page.user.password) <= 20, "no wait")
    equal(len(w.capture.requests("REGISTER", to=at.core.ip)), sent, "REGISTERs that the core saw")
    other = at.page(w.scripted_user("yvonne"))
    equal(guess(other, other.user.password), "registered", "another handle")


@case("REQ-144")
def of_an_identity(w):
    """guesses at one identity from many handles are as few; whoever was here before is let in with what was right
    then"""
    at = Guessers(w)
    user = at.was_here("zoe")
    told = at.guess(*[user] * 8)
    equal(told[:5], ["registration_failed"] * 5, "guesses")
    check(all(isinstance(wait, int) and 0 < wait <= 12 for wait in told[5:]), "waits", told)
    equal(guess(at.page(user), user.password), "registered", "his own password")
    check(isinstance(guess(at.page(user)), int), "that lets others guess")


@case("REQ-144")
def who_was_never_here(w):
    """a user of whom nothing is known waits as well while somebody guesses; nobody else does"""
    at = Guessers(w)
    user = w.scripted_user()
    at.guess(*[user] * 5)
    wait_s = guess(at.page(user), user.password)
    check(isinstance(wait_s, int) and 0 < wait_s <= 12, "wait", wait_s)
    at.page(w.scripted_user("yvonne")).register()


@case("REQ-144")
def of_everybody(w):
    """guesses at many identities are limited altogether; those who were here come in"""
    at = Guessers(w)
    known = at.was_here("known")
    told = at.guess(*(w.scripted_user("guessed%d" % i) for i in range(8)))
    equal(told[:6], ["registration_failed"] * 6, "guesses")
    check(all(isinstance(wait, int) and 0 < wait <= 10 for wait in told[6:]), "waits", told)
    equal(guess(at.page(known), known.password), "registered", "who was here before")
