"""What people do with an unmodified SIP library at janus.transport.sipws: the same for JsSIP and SIP.js, test_jssip.py and test_sipjs.py."""

from itertools import product

import edge
from cases import case
from checks import check, contains
from desk import PHONE_VOICE, TONES, only
from lab import REALM
from openid import JWT
from patience import CASE_S, SETTLED_S
from process import wait_until
from provider import arrive, log_in, settings, trusting
from rtp import loudest_recorded
from sip_desk import JANUS_API, seat, signed_in
from wire import Wire

DIGITS = "0123456789*#98765432"
OTHER = {"chromium": "firefox", "firefox": "chromium"}


def tell(library):
    """Makes the cases of this library: in Chromium, and the long ones in Firefox."""
    for (told, requirements, how), browser in product(STORIES, ("chromium", "firefox")):
        def tells(w, told=told, browser=browser):
            told(w, library, browser)
        tells.__name__ = "%s_%s%s" % (library, told.__name__, "" if browser == "chromium" else "_in_firefox")
        tells.__doc__ = told.__doc__
        case(*requirements, **{**how, "long": how["long"] or browser != "chromium"})(tells)


COUNT_PROOFS = """() => {
	const prove = phone.prove.bind(phone);
	window.proofs = 0;
	phone.prove = (token) => { window.proofs++; return prove(token); };
}"""
STORIES = []


def story(*requirements, **how):
    def mark(function):
        STORIES.append((function, requirements, {"long": False, **how}))
        return function
    return mark


# ---------------------------------------------------------------------- what several stories have
def talk(one, two):
    for person, other in ((one, two), (two, one)):
        person.until_talking()
        person.until_hears(other.voice)


def hold_and_resume(holder, other):
    holder.hold()
    other.held()
    for person in (holder, other):
        person.until_silence()
    holder.resume()
    other.taken_back()


def phone_heard(phone, person):
    samples, rate = wait_until(phone.heard, "recording")
    only(loudest_recorded(samples, TONES, rate), person.voice, "baresip")


def registered_with_digest(w, person):
    """The library's own answer, as it came, is what the core got (REQ-40)."""
    request = w.capture.wait_request("REGISTER", match=lambda m: person.user.impu in m.get("to") and "response=" in m.get("authorization", ""))
    contains(request.get("authorization"), 'username="%s"' % person.user.impi)


# ------------------------------------------------------------------------------------- the stories
@story("REQ-156", "REQ-98", "REQ-122", "REQ-140")
def each_calls_the_other(w, library, browser):
    """over wss, register with Digest, hear each other, hold, write, be called, deregister: one in Chromium, one in Firefox"""
    alice, bob = signed_in(w, secure=True, Alice=(library, browser), Bob=(library, OTHER[browser]))
    registered_with_digest(w, alice)
    alice.call(bob)
    alice.until_rings()
    bob.rung_by(alice)
    alice.look("ringing")
    bob.look("incoming")
    bob.answer()
    talk(alice, bob)
    alice.look("talking")
    for holder, other in ((alice, bob), (bob, alice)):
        hold_and_resume(holder, other)
    talk(alice, bob)
    alice.hang_up()
    bob.until_over()
    for writer, reader in ((alice, bob), (bob, alice)):
        writer.write(reader, "Grüße aus %s" % writer.name)
        reader.until_reads("Grüße aus %s" % writer.name)
    bob.call(alice)
    alice.answer()
    talk(bob, alice)
    bob.hang_up()
    alice.sign_out()
    wait_until(lambda: w.lab.state_of(alice.user) == "not-registered", "deregistered at the HSS")
    bob.dial(alice.user.impi)
    contains(bob.end_of_call(alice.user.impi), "480")


@story("REQ-156", "REQ-98")
def and_a_page_of_the_janus_api(w, library, browser):
    """each calls the other: they hear each other, and know of each other's hold"""
    alice, bob = signed_in(w, Alice=(library, browser), Bob=(JANUS_API, "chromium"))
    alice.call(bob)
    alice.until_rings()
    bob.sees_caller(alice.user)
    bob.answer()
    talk(alice, bob)
    alice.hold()
    bob.until("held")
    alice.resume()
    bob.until("in-call")
    bob.tab.click("hold-button")
    bob.until("on-hold")
    alice.held()
    bob.tab.click("hold-button")
    bob.until("in-call")
    alice.taken_back()
    alice.hang_up()
    bob.until("ready")
    bob.call(alice)
    alice.rung_by(bob)
    alice.answer()
    talk(bob, alice)
    bob.hang_up()
    alice.until_over()


@story("REQ-156", "REQ-123")
def and_a_telephone(w, library, browser):
    """each calls the other: they hear each other; twenty digits arrive in order; the telephone holds"""
    bea = w.baresip(hz=PHONE_VOICE)
    alice, = signed_in(w, Alice=(library, browser), friends={"Bea": bea.user})
    alice.call(bea)
    bea.answer()
    bea.until_talking()
    alice.until_talking()
    alice.until_hears(PHONE_VOICE)
    press_in_order(alice, bea, DIGITS)
    bea.hold()
    alice.held()
    bea.resume()
    alice.taken_back()
    alice.until_hears(PHONE_VOICE)
    bea.hangup()
    alice.until_over()
    phone_heard(bea, alice)
    bea.dial(alice.user.impu)
    alice.rung_by(bea)
    alice.answer()
    bea.until_talking()
    alice.until_talking()
    alice.until_hears(PHONE_VOICE)
    alice.hang_up()
    bea.until_over()


def press_in_order(person, phone, digits):
    person.press(digits)
    for digit in digits:
        phone.until_digit(digit)


@story("REQ-156", "REQ-123", long=True, timeout_s=4 * CASE_S)
def a_thousand_digits(w, library, browser):
    """all of them arrive, in order"""
    bea = w.baresip(hz=PHONE_VOICE, seconds=4 * CASE_S)
    alice, = signed_in(w, Alice=(library, browser), friends={"Bea": bea.user})
    alice.call(bea)
    bea.answer()
    bea.until_talking()
    alice.until_talking()
    for _ in range(50):
        press_in_order(alice, bea, DIGITS)
    alice.hang_up()


@story("REQ-156", "REQ-100", "REQ-99")
def several_calls_and_transfers(w, library, browser):
    """somebody calls meanwhile, the first is held; they are connected with each other; then one is sent to a telephone"""
    bea = w.baresip(hz=PHONE_VOICE)
    alice, bob, cem = signed_in(w, Alice=(library, browser), Bob=(library, browser), Cem=(JANUS_API, "chromium"),
                                friends={"Bea": bea.user})
    alice.call(bob)
    bob.answer()
    bob.until_talking()
    alice.until_talking()
    cem.call(alice)
    alice.rung_by(cem)
    alice.look("waiting")
    alice.answer()
    bob.held()
    alice.until_talking()
    alice.until_hears(cem.voice)
    alice.look("two-calls")

    alice.turn_to(bob)
    alice.connect()
    bob.follow()
    bob.turn_to(cem)
    talk(bob, cem)
    alice.until_over()
    alice.turn_to(cem)
    alice.until_over()

    bob.hang_up()
    cem.until("ready")
    alice.call(bob)
    bob.answer()
    bob.until_talking()
    alice.until_talking()
    alice.transfer(bea)
    bob.follow()
    bea.answer()
    alice.until_over()
    bob.turn_to(bea)
    bob.until_talking()
    bob.until_hears(PHONE_VOICE)
    bob.hang_up()


@story("REQ-156", "REQ-158")
def socket_cut_in_a_call_and_back(w, library, browser):
    """both hear each other while it is cut; the library is back by itself, holds, and is hung up on: it is the same call"""
    wire = Wire(edge.SIP_WS_PORT)
    w.defer(wire.close)
    alice, bob = signed_in(w, socket="ws://127.0.0.1:%d" % wire.port, Alice=(library, browser), Bob=(JANUS_API, "chromium"))
    alice.call(bob)
    bob.answer()
    talk(alice, bob)
    registers = len(w.registers(2))
    wire.cut()
    alice.until("reconnecting")
    alice.look("cut")
    talk(bob, alice)
    wire.mend()
    alice.until("ready", SETTLED_S)     # JsSIP's next attempt may be half a minute away
    w.registers(registers + 1)
    alice.hold()
    bob.until_silence()
    alice.resume()
    talk(alice, bob)
    bob.hang_up()
    alice.until_over()
    bob.call(alice)
    alice.answer()
    talk(bob, alice)
    alice.hang_up()
    bob.until("ready")


@story("REQ-156", "REQ-102")
def page_loaded_again(w, library, browser):
    """in a call: it ends at the far end; the page signs in anew, is called, and nothing rings at who it was before"""
    alice, bob = signed_in(w, Alice=(library, browser), Bob=(JANUS_API, "chromium"))
    alice.call(bob)
    bob.answer()
    talk(alice, bob)
    alice.tab.reload()
    bob.until("ready")
    alice.tab.until_visible(alice.chip)
    alice.sign_in()
    bob.call(alice)
    alice.answer()
    talk(bob, alice)
    bob.hang_up()


@story("REQ-156", "REQ-24")
def network_deregisters(w, library, browser):
    """in a call: it ends, and the library registers anew"""
    alice, bob = signed_in(w, Alice=(library, browser), Bob=(JANUS_API, "chromium"))
    alice.call(bob)
    bob.answer()
    talk(alice, bob)
    registers = len(w.registers())
    w.lab.hss("/rtr?impi=" + alice.user.impi, "POST")
    bob.until("ready")
    alice.until_over()
    w.registers(registers + 1)
    alice.until("ready")


@story("REQ-156")
def refusals(w, library, browser):
    """a wrong password, nobody there, busy: the library hears the network's status, the page shows it"""
    alice, bob = seat(w, Alice=(library, browser), Bob=(JANUS_API, "chromium"))
    alice.sign_in_with(alice.user, "geheim-but-wrong")
    check(alice.until_refused()[:3] in ("401", "403"), "refused with " + alice.reason())
    for person in (alice, bob):
        person.sign_in()
    nobody = "nobody@" + REALM
    alice.dial(nobody)
    contains(alice.end_of_call(nobody), "604")
    alice.call(bob)
    bob.until("incoming")
    bob.tab.click("decline-button")
    contains(alice.end_of_call(bob.user.impi), "48")


@story("REQ-156", "REQ-56")
def access_token(w, library, browser):
    """in place of a password: registered by it, called, and a wrong one is refused"""
    openid = trusting(w)
    alice, bob = seat(w, Alice=(library, browser), Bob=(library, browser))
    alice.sign_in_with(alice.user, "geheim.not.atoken", by="token")
    alice.until_refused()
    for person in (alice, bob):
        person.sign_in_with(person.user, openid.access_token(openid.user(person.user)), by="token")
        person.until("ready")
    alice.call(bob)
    bob.answer()
    talk(alice, bob)
    alice.hang_up()
    bob.until_over()


@story("REQ-156", "REQ-54", "REQ-56", long=True)
def token_that_is_renewed(w, library, browser):
    """signed in at an OpenID provider: the page gets the next access token in time, and the library registers by it"""
    openid = trusting(w, ttl_s=20)
    alice, = seat(w, told={"openid": settings(openid, JWT, {})}, Alice=(library, browser))
    alice.account = openid.user(alice.user)
    alice.tab.click("by-token")
    alice.tab.click("fetch-token")
    arrive(alice, "openid-submit")
    log_in(alice)
    arrive(alice, "sign-out")
    alice.until("ready")
    alice.tab.run(COUNT_PROOFS)
    wait_until(lambda: alice.tab.run("() => window.proofs") == 3, "three newer tokens", timeout_s=60)   # the first is over by then
    alice.until("ready")
    nobody = "nobody@" + REALM
    alice.dial(nobody)
    contains(alice.end_of_call(nobody), "604")


@story("REQ-156", "REQ-93", long=True, timeout_s=2 * CASE_S)
def longer_than_the_session_timer(w, library, browser):
    """a call of two minutes: whoever refreshes is answered, and nobody ends it"""
    alice, bob = signed_in(w, Alice=(library, browser), Bob=(library, browser))
    alice.call(bob)
    bob.answer()
    talk(alice, bob)
    for _ in range(12):
        alice.heard(10)
    talk(alice, bob)
    alice.hang_up()
    bob.until_over()
