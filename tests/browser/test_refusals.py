"""What cannot be: each has its sentence on the page, and the page goes on."""

import edge
from cases import case
from checks import check, contains, equal
from desk import CORE, at_the_page, signed_in
from lab import User

EDGE = {"core": CORE}


def try_to_sign_in(person, identity, password):
    for field, text in (("login-identity", identity), ("login-password", password)):
        person.tab.click(field)
        person.tab.type(text)
    person.tab.click("login-submit")
    check(not person.signed_in(), "signed in as %s" % identity)


@case()
def wrong_password(w):
    """its sentence; the right one works afterwards"""
    alice, = at_the_page(w, "Alice")
    try_to_sign_in(alice, alice.user.impi, "nonsense")
    equal(alice.until_error("wrong-password"), "The password is wrong.", "sentence")
    alice.look("refused")
    equal(alice.tab.get("login-identity", "e.value"), alice.user.impi, "identity, left as it was")
    alice.sign_in()
    check(not alice.tab.visible("error"), "the error is still there")


@case()
def unknown_user(w):
    """somebody whom the network does not know"""
    alice, = at_the_page(w, "Alice")
    try_to_sign_in(alice, "nobody@ims.example", "nonsense")
    equal(alice.until_error("unknown-user"), "The network does not know this identity.", "sentence")
    alice.look("refused")


@case()
def nobody_there(w):
    """unknown address, unknown domain, known but not signed in"""
    alice, = signed_in(w, "Alice")
    for address, code, words in (
            ("nobody", "unknown-number", "Nobody has this number or address."),
            ("x@elsewhere.example", "unknown-number", "Nobody has this number or address."),
            (User("dave").impi, "offline", "Not reachable: signed out or offline.")):
        alice.dial(address)
        contains(alice.until_error(code), words)
        alice.look(code)
        alice.until("ready")


@case()
def busy_telephone(w):
    """486 of a telephone"""
    alice, phone = signed_in(w, "Alice")[0], w.phone(answer=486)
    alice.dial(phone.impu)
    contains(alice.until_error("busy"), "The line is busy.")
    alice.look("busy")


@case("REQ-103")
def emergency_number(w):
    """refused before anything is sent, with the advice to use a telephone"""
    alice, = signed_in(w, "Alice")
    for address in ("112", "911", "urn:service:sos"):
        alice.dial(address)
        contains(alice.until_error("emergency"), "Please use a telephone.")
        alice.look("emergency")
        alice.until("ready")
    equal(w.capture.requests("INVITE", frm=edge.ADDRESS), [], "INVITEs")


@case()
def not_an_address(w):
    """what cannot be an address is not called"""
    alice, = signed_in(w, "Alice")
    alice.dial("who is this?")
    alice.until_error("bad-address")
    alice.look("bad-address")
    equal(alice.tab.get("state", "e.dataset.state"), "ready", "state")
