"""The trace of the page: what browser, gateway and network say, as a ladder."""

import json

from cases import case
from checks import check, contains, equal
from contrast import check_contrasts
from desk import PHONE_VOICE, signed_in

EDGE = {"general": {"allow_client_trace": True}}


def rungs(person):
    """[(label, from, to, kind)] as shown"""
    return [tuple(row) for row in person.tab.run(
        "() => [...document.querySelectorAll('[data-testid=ladder-rows] button')]"
        ".map(({ dataset: d }) => [d.label, d.from, d.to, d.kind])")]


def in_order(found, wanted):
    """The wanted ones are there, in that order."""
    at = 0
    for want in wanted:
        check(want in found[at:], "%r is not behind the others: %s" % (want, json.dumps(found)))
        at = found.index(want, at) + 1


OUT, IN = ("gateway", "network", "sip"), ("network", "gateway", "sip")


@case("REQ-81")
def ladder_of_a_call(w):
    """a call's messages between three lifelines; a click shows one, without what the page may not know"""
    bea = w.baresip(hz=PHONE_VOICE)
    alice, = signed_in(w, "Alice", friends={"Bea": bea.user})
    alice.call(bea)
    bea.wait("CALL_INCOMING")
    alice.until("ringing")                          # in a busy core a 200 can overtake the 180
    bea.accept()
    alice.until_talking()
    alice.tab.click("hold-button")
    alice.until("on-hold")
    alice.tab.click("hangup-button")
    alice.until("ready")
    alice.tab.click("ladder-button")
    alice.tab.until_visible("ladder")
    alice.tab.until("ladder-rows", "[...e.querySelectorAll('button')].some(b => b.dataset.label === '200 OK (BYE)')")
    found = rungs(alice)
    in_order(found, [("register", "page", "gateway", "request"), ("REGISTER", *OUT), ("200 OK (REGISTER)", *IN),
                     ("registered", "gateway", "page", "event"), ("call (offer)", "page", "gateway", "request"),
                     ("INVITE", *OUT), ("180 Ringing (INVITE)", *IN), ("200 Answering (INVITE)", *IN), ("ACK", *OUT),
                     ("hold", "page", "gateway", "request"), ("INVITE", *OUT), ("BYE", *OUT), ("200 OK (BYE)", *IN)])

    first = "[data-label=INVITE]"
    alice.tab.run("(at) => document.querySelector(at).click()", first)
    alice.tab.until_visible("ladder-message")
    text = alice.tab.text("ladder-text")
    contains(text, "INVITE sip:")
    contains(text, "CSeq:")
    for word in ("127.0.1.", "P-Charging-Vector: icid-value=\"0", alice.user.password):
        check(word not in text, "%s is shown: %s" % (word, text))
    everything = alice.tab.run("() => JSON.stringify([...document.querySelectorAll('[data-testid=ladder-rows] button')]"
                               ".map(b => { b.click(); return document.getElementById('ladder-text').textContent; }))")
    check(alice.user.password not in everything, "the password is shown")

    alice.tab.run("() => document.querySelector('[data-testid=ladder-api]').click()")
    check(all(kind == "sip" for _, _, _, kind in rungs(alice)), "the browser's side is still there")
    alice.tab.run("() => { const e = document.querySelector('[data-testid=ladder-which]'); e.selectedIndex = 1;"
                  " e.dispatchEvent(new Event('change')); }")
    labels = [label for label, *_ in rungs(alice)]
    check("INVITE" in labels and "REGISTER" not in labels, "of one call: %r" % labels)
    equal(alice.tab.get("ladder-which", "e.selectedOptions[0].textContent"), "To Bea", "its name")


@case()
def ladder_by_keyboard(w):
    """arrow keys go along it and show messages; Escape closes; each rung has a name"""
    alice, = signed_in(w, "Alice")
    alice.tab.click("ladder-button")
    alice.tab.until_visible("ladder")
    alice.tab.key("ArrowUp")
    alice.tab.until_visible("ladder-message")
    names = [name for role, name, _ in alice.tab.accessible() if role == "button" and " to " in name]
    check(any("Browser to Gateway: register" in name for name in names), "names: %r" % names)
    alice.tab.key("Escape")
    alice.tab.until_hidden("ladder")
    equal(alice.tab.focused(), "ladder-button", "where the keyboard is")


@case(long=True)
def ladder_pictures(w):
    """what it looks like: the whole, a message, refusals among them"""
    alice, bob = signed_in(w, "Alice", "Bob")
    alice.call(bob)
    bob.until("incoming")
    bob.tab.click("decline-button")
    alice.until_error("busy")
    alice.until("ready")
    alice.tab.click("ladder-button")
    alice.tab.until_visible("ladder")
    alice.looks("ladder")
    alice.tab.run("() => document.querySelector('[data-label=INVITE]').click()")
    alice.tab.until_visible("ladder-message")
    alice.looks("message")
    check_contrasts(alice, "a message of the ladder", "#ladder-message", 3)


@case(long=True)
def ladder_without_the_network(w):
    """where the operator does not show SIP to pages: the browser's side, and a word about it"""
    w.run.janus = w.own_janus(general={"allow_client_trace": False})
    alice, = signed_in(w, "Alice")
    alice.tab.click("ladder-button")
    alice.tab.until_visible("ladder-note")
    check({kind for *_, kind in rungs(alice)} <= {"request", "event"}, "SIP: %r" % rungs(alice))
    alice.looks("browser-side")
