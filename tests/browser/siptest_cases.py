"""What a page of janus.plugin.sip does, done by siptest.html, in either role."""

from cases import case
from checks import check
from desk import PHONE_VOICE, TONES, only
from process import wait_until
from rtp import loudest_recorded
from siptest import people


def heard_by_phone(phone, hz):
    samples, rate = wait_until(phone.heard, "recording")
    only(loudest_recorded(samples, TONES, rate), hz, "the telephone")


def talk(*lines_and_tones):
    for line, _ in lines_and_tones:
        line.until_talking()
    for line, hz in lines_and_tones:
        line.until_hears(hz)


def two_pages(w):
    """registers, calls, is called, sends a message; both hear each other"""
    alice, bob = people(w, "Alice", "Bob")
    alice.look("registered")
    for caller, callee in ((alice, bob), (bob, alice)):
        caller.line.call(callee.user.impu)
        callee.answer(caller.user.impu)
        talk((caller.line, callee.voice), (callee.line, caller.voice))
        if caller is alice:
            alice.line.hang_up()
            bob.line.until_over()
    alice.look("in-call")
    bob.tab.click("#msg")
    bob.fill_in_dialog(".bootbox-input", "geschrieben im Gespräch")
    bob.press_in_dialog(".btn-primary")
    alice.until_toast("geschrieben im Gespräch")    # which is there for five seconds
    bob.no_dialog()
    bob.line.hang_up()
    alice.line.until_over()


def page_and_telephone(w):
    """digits arrive; the telephone holds, resumes and hangs up; a call is declined"""
    alice, = people(w, "Alice")
    bea = w.baresip(hz=PHONE_VOICE)
    alice.line.call(bea.user.impu)
    bea.answer()
    talk((alice.line, PHONE_VOICE))
    for digit in "5#":
        alice.line.press(digit)
        bea.until_digit(digit)
    bea.hold()
    bea.resume()
    alice.line.until_hears(PHONE_VOICE)
    bea.hangup()
    alice.line.until_over()
    heard_by_phone(bea, alice.voice)
    bea.dial(alice.user.impu)
    check("Incoming call" in alice.dialog(), "dialog of the call")
    alice.press_in_dialog(".btn-danger")
    bea.until_over()
    alice.line.until_over("486 Declined")


def transfer_with_helpers(w):
    """Alice transfers Bob to a telephone; his page calls it on a helper; the first call ends"""
    alice, bob = people(w, "Alice", "Bob")
    bea = w.baresip(hz=PHONE_VOICE)
    second = bob.add_helper(1)
    alice.line.call(bob.user.impu)
    bob.answer(alice.user.impu)
    talk((alice.line, bob.voice), (bob.line, alice.voice))
    alice.tab.click("#transfer")
    alice.fill_in_dialog("#transferto", bea.user.impu)
    alice.press_in_dialog(".btn-info")
    said = bob.dialog()
    check("Transfer the call to" in said and bea.user.impu in said and alice.user.impu in said, "what is asked", said)
    bob.look("asked-to-transfer")
    bob.press_in_dialog(".btn-primary")
    bea.answer()
    talk((second, PHONE_VOICE))
    bob.look("transferred")
    alice.line.hang_up()
    bob.line.until_over()
    second.until_hears(PHONE_VOICE)
    second.hang_up()
    bea.until_over()


def second_call_on_a_helper(w):
    """who calls somebody who talks already rings at his helper"""
    alice, bob = people(w, "Alice", "Bob")
    bea = w.baresip(hz=PHONE_VOICE)
    second = bob.add_helper(1)
    alice.line.call(bob.user.impu)
    bob.answer(alice.user.impu)
    talk((bob.line, alice.voice))
    bea.dial(bob.user.impu)
    bob.answer(bea.user.impu, second)
    talk((second, PHONE_VOICE), (bob.line, alice.voice))
    second.hang_up()
    bea.until_over()
    bob.line.until_hears(alice.voice)
    alice.line.hang_up()
    bob.line.until_over()


ALL = (two_pages, page_and_telephone, second_call_on_a_helper, transfer_with_helpers)


def cases_in(role, everyday=ALL):
    """Makes them cases of whoever asks; those that are not for every day are long."""
    for function in ALL:
        def of_role(w, run=function):
            run(w)
        of_role.__name__ = "siptest_%s_%s" % (role, function.__name__)
        of_role.__doc__ = function.__doc__
        case(long=function not in everyday)(of_role)
