"""A page that is loaded again, or loses its connection for five seconds, in each state of a call."""

import time

from cases import case
from checks import check, contains, equal
from desk import ADDRESS, CORE_OF_RETURNING, VOICES, Person, at_the_page, signed_in
from process import wait_until
from wire import Wire

EDGE = {"core": CORE_OF_RETURNING}
CUT_S = 5


def wired(w, *people):
    wire = Wire(w.janus.ws_port)
    w.defer(wire.close)
    return [wire, *signed_in(w, *people, gateway="ws://127.0.0.1:%d" % wire.port)]


def cut(wire, *people):
    """Both sides notice, and both are back."""
    wire.cut()
    for person in people:
        person.until("reconnecting")
        contains(person.tab.text("error"), "Trying to get it back")
    people[0].look("reconnecting")
    time.sleep(CUT_S)
    wire.mend()


@case()
def cut_at_rest(w):
    """the registration is still there: nothing is registered again, and a call comes"""
    wire, alice, bob = wired(w, "Alice", "Bob")
    registers = len(w.registers(2))
    cut(wire, alice, bob)
    for person in (alice, bob):
        person.until("ready")
        equal(person.error(), "", "error")
    alice.call(bob)
    bob.until("incoming")
    equal(len(w.registers()), registers, "REGISTERs")
    alice.hang_up()


@case("REQ-102")
def cut_while_ringing_and_talking(w):
    """it goes on ringing, then it goes on talking"""
    wire, alice, bob = wired(w, "Alice", "Bob")
    alice.call(bob)
    bob.until("incoming")
    alice.until("ringing")
    cut(wire, alice, bob)
    bob.until("incoming")
    alice.until("ringing")
    bob.answer()
    for person in (alice, bob):
        person.until_talking()
    cut(wire, alice, bob)
    for person in (alice, bob):
        person.until("in-call")
        equal(person.error(), "", "error")
    alice.until_hears(bob.voice)
    bob.until_hears(alice.voice)
    alice.hang_up()
    bob.until("ready")


@case("REQ-102")
def cut_when_the_other_hangs_up(w):
    """the page hears of it when it is back"""
    wire = Wire(w.janus.ws_port)
    w.defer(wire.close)
    alice, bob = at_the_page(w, "Alice", "Bob")
    bob.tab.open("%s?server=ws://127.0.0.1:%d" % (ADDRESS, wire.port))
    for person in (alice, bob):
        person.sign_in()
    alice.call(bob)
    bob.answer()
    alice.until_talking()
    wire.cut()
    bob.until("reconnecting")
    alice.hang_up()
    wire.mend()
    bob.until("ready")
    equal(bob.error(), "call-lost", "error")


def at_a_slow_core(w, gateway=None):
    """-> a scripted core that leaves REGISTER unanswered until it is released, and its user at the page"""
    core, user, waiting = w.core(), w.scripted_user(), []

    def wait(request):
        waiting.append(request)
        core.script.insert(0, wait)

    def release():
        core.script.clear()
        core.grant(waiting[-1])

    core.script.append(wait)
    w.run.serve({"Zoe": user}, gateway or "ws://127.0.0.1:%d" % w.janus.ws_port)
    return core, release, Person(w, "Zoe", user, VOICES[0])


def begin_to_sign_in(core, person):
    person.tab.click(person.chip)
    person.until("registering")
    core.wait_register()


@case("REQ-102")
def cut_while_signing_in_and_calling(w):
    """the page is signed in when it is back, and the call goes on"""
    wire = Wire(w.janus.ws_port)
    w.defer(wire.close)
    core, release, zoe = at_a_slow_core(w, "ws://127.0.0.1:%d" % wire.port)
    begin_to_sign_in(core, zoe)
    wire.until_said('"registering"')
    wire.cut()
    zoe.until("reconnecting")
    release()
    wire.mend()
    zoe.until("ready")
    zoe.dial("sip:yan@scripted.example")
    invite = core.expect("INVITE")
    invite.reply(100)
    wire.until_said('"calling"')
    cut(wire, zoe)
    zoe.until("calling")
    invite.ringing()
    zoe.until("ringing")
    invite.reply(486)
    contains(zoe.until_error("busy"), "busy")


@case("REQ-102")
def cut_with_the_click(w):
    """the gateway does not hear who wants to sign in, or the page what became of it: signed in when it is back"""
    for last_word, by_page in (('"request":"register"', True), ('"registering"', False)):
        wire = Wire(w.janus.ws_port)
        w.defer(wire.close)
        alice, = at_the_page(w, "Alice", gateway="ws://127.0.0.1:%d" % wire.port)
        wire.cut_at(last_word, by_page)
        alice.tab.click(alice.chip)
        alice.until("reconnecting")
        wire.mend()
        alice.until("ready")
        equal((alice.tab.text("me"), alice.error()), ("Alice", ""), "who is signed in, and an error")


@case("REQ-102")
def cut_with_the_call(w):
    """the page does not hear that the gateway calls: it goes on; the gateway does not hear who is to be called: the page says so"""
    wire = Wire(w.janus.ws_port)
    w.defer(wire.close)
    core, release, zoe = at_a_slow_core(w, "ws://127.0.0.1:%d" % wire.port)
    core.script.clear()
    zoe.sign_in()

    def cut_at(word, by_page):
        wire.cut_at(word, by_page)
        zoe.dial("sip:yan@scripted.example")
        zoe.until("reconnecting")

    cut_at('"calling"', by_page=False)
    invite = core.expect("INVITE")
    wire.mend()
    zoe.until("calling")
    invite.ringing()
    zoe.until("ringing")
    invite.reply(486)
    contains(zoe.until_error("busy"), "busy")
    zoe.until("ready")
    cut_at('"request":"call"', by_page=True)
    wire.mend()
    zoe.until("ready")
    equal(zoe.until_error("not-connected"), "There is no connection to the gateway.", "sentence")
    core.expect_nothing("INVITE", 0.1)


@case("REQ-102", "REQ-21")
def reload_while_signing_in_and_calling(w):
    """the page is signed in; the call is cancelled in the network"""
    core, release, zoe = at_a_slow_core(w)
    begin_to_sign_in(core, zoe)
    zoe.tab.reload()
    zoe.until("registering")
    release()
    zoe.until("ready")
    equal(zoe.error(), "", "error")
    zoe.dial("sip:yan@scripted.example")
    invite = core.expect("INVITE")
    invite.reply(100)
    zoe.until("calling")
    zoe.tab.reload()
    cancel = core.expect("CANCEL")
    cancel.reply(200)
    invite.reply(487)
    zoe.until("ready")
    contains(zoe.until_error("page-reloaded"), "yan")


@case("REQ-21")
def reload_at_rest(w):
    """the page is signed in as before, without a password and without a new REGISTER"""
    alice, bob = signed_in(w, "Alice", "Bob")
    registers = len(w.registers(2))
    bob.tab.reload()
    bob.until("ready")
    equal(bob.tab.text("me"), "Bob", "who is signed in")
    equal(bob.error(), "", "error")
    alice.call(bob)
    bob.answer()
    for person in (alice, bob):
        person.until_talking()
    bob.until_hears(alice.voice)
    equal(len(w.registers()), registers, "REGISTERs")
    alice.hang_up()


@case()
def reload_while_it_rings_here(w):
    """it rings again, and can be answered"""
    alice, bob = signed_in(w, "Alice", "Bob")
    alice.call(bob)
    bob.until("incoming")
    bob.tab.reload()
    bob.until("incoming")
    bob.look("rings-again")
    bob.sees_caller(alice.user)
    bob.answer()
    for person in (alice, bob):
        person.until_talking()
    bob.until_hears(alice.voice)
    alice.hang_up()


@case("REQ-102")
def reload_while_it_rings_there(w):
    """the far end stops ringing, and the page says why"""
    alice, bob = signed_in(w, "Alice", "Bob")
    alice.call(bob)
    bob.until("incoming")
    alice.until("ringing")
    alice.tab.reload()
    bob.until("ready")
    alice.until("ready")
    contains(alice.until_error("page-reloaded"), "Bob")
    bob.tab.until("recents", "e.textContent.includes('Missed')")


@case("REQ-102")
def reload_in_a_call(w):
    """the far end's call ends properly, the page says so and can call again"""
    alice, bob = signed_in(w, "Alice", "Bob")
    alice.call(bob)
    bob.answer()
    alice.until_talking()
    bob.until_talking()
    bob.tab.reload()
    alice.until("ready")
    equal(alice.error(), "", "error at the far end")
    bob.until("ready")
    contains(bob.until_error("page-reloaded"), "Alice")
    bob.look("reloaded")
    bob.call(alice)
    alice.answer()
    bob.until_talking()
    bob.until_hears(alice.voice)
    bob.hang_up()


def sessions(w):
    return set(w.janus.admin("list_sessions")["sessions"])


@case()
def reload_too_late(w):
    """Janus has ended the session: the page asks for the password"""
    before = sessions(w)            # of pages of the case before, which went without a word
    alice, = signed_in(w, "Alice")
    alice.tab.open("about:blank")
    session, = sessions(w) - before
    w.janus.admin("destroy_session", session_id=session)
    alice.tab.open(alice.tab.address)
    contains(alice.until_error("session-gone"), "Sign in again")
    alice.look("too-late")
    alice.sign_in()
    check(not alice.error(), "an error after signing in again")


@case("REQ-102")
def session_ended_by_the_operator(w):
    """nobody tells the page: it notices, registers again, and can be called"""
    before = sessions(w)
    alice, = signed_in(w, "Alice")
    session, = sessions(w) - before
    bob, = signed_in(w, "Bob")
    before = sessions(w)
    w.janus.admin("destroy_session", session_id=session)
    wait_until(lambda: sessions(w) - before, "a session anew")
    alice.until("ready")
    bob.call(alice)
    alice.answer()
    bob.until_talking()
    bob.until_hears(alice.voice)
    bob.hang_up()
    alice.until("ready")
