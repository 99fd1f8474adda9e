"""A password that stays in the page: the page answers the network's challenges (auth delegated)."""

import json

from cases import case
from checks import check, contains, equal, lacks_text
from desk import ADDRESS, CORE_OF_RETURNING, at_the_page
from wire import Wire

EDGE = {"core": CORE_OF_RETURNING}


def wired(w, *people):
    wire = Wire(w.janus.ws_port)
    w.defer(wire.close)
    return [wire, *at_the_page(w, *people, gateway="ws://127.0.0.1:%d" % wire.port, told={"delegated": True})]


def requests(wire):
    """What the page asked the plugin for."""
    return [body for text in wire.texts(by_page=True) if text.startswith("{")
            if (body := json.loads(text).get("body"))]


@case()
def password_stays_in_the_page(w):
    """sign-in, calls and sign-out: on the WebSocket there is a response, and never the password"""
    wire, alice, bob = wired(w, "Alice", "Bob")
    for person in (alice, bob):
        person.sign_in()
    alice.call(bob)
    bob.until("incoming")
    bob.answer()
    alice.until_talking()
    alice.hang_up()
    alice.until("ready")
    alice.tab.click("sign-out")
    alice.tab.until_visible("login-submit")
    register, answer = (next(body for body in requests(wire) if body["request"] == name)
                        for name in ("register", "authenticate"))
    equal(register["auth"], "delegated", "auth", register)
    check("secret" not in register, "a secret", register)
    equal(len(answer["response"]), 32, "response", answer)
    said = "\n".join(wire.texts(True) + wire.texts(False))
    contains(said, alice.user.impu, "challenge")
    lacks_text(said, alice.user.password, bob.user.password)


@case()
def wrong_password(w):
    """typed wrongly: the page says so, and what was typed is on no wire"""
    wire, alice = wired(w, "Alice")
    alice.tab.click("login-identity")
    alice.tab.type(alice.user.impu)
    alice.tab.click("login-password")
    alice.tab.type("geheim-vertippt")
    alice.tab.click("login-submit")
    check(not alice.signed_in(), "signed in")
    check(alice.error() in ("wrong-password", "refused"), "error", alice.error())
    lacks_text("\n".join(wire.texts(True)), "geheim-vertippt")
    alice.tab.open(ADDRESS)
    alice.sign_in()


@case()
def loaded_again(w):
    """a page that is loaded again is signed in as before, though it knows no password, and signs out at once"""
    wire, alice = wired(w, "Alice")
    alice.sign_in()
    alice.tab.reload()
    alice.until("ready")
    asked = [body["request"] for body in requests(wire) if body.get("type") != "helper"]
    equal(asked.count("register"), 1, "registers", asked)
    alice.tab.click("sign-out")
    alice.tab.until("state", "imsClient.connection.state === 'closed'")
