"""Ends of a call, whatever they are: a browser at the demo page or a telephone, each with a tone of
its own. All have

    call(impu) answer() until_talking() press(digit) hold() resume() hang_up() until_over()
    user, voice, until_hears(hz), silent_hold: who is held hears nothing

Only a browser tells at once what it hears. A telephone's recording is judged when the call is over."""

from desk import PHONE_VOICE, TONES, at_the_page, only
from process import wait_until
from rtp import loudest_recorded

BROWSERS, PHONES = ("chromium", "firefox"), ("baresip", "linphone")


class Browser:
    silent_hold = True

    def __init__(self, person):
        self.person, self.user, self.voice = person, person.user, person.voice
        self.until_hears, self.until_silence = person.until_hears, person.until_silence
        self.until_talking, self.hang_up = person.until_talking, person.hang_up
        self.answer = person.answer

    def call(self, impu):
        self.person.dial(impu)

    def press(self, digit):
        if not self.person.tab.visible("key-" + digit):
            self.person.tab.click("keypad-button")
        self.person.tab.click("key-" + digit)

    def hold(self):
        self.person.tab.click("hold-button")
        self.person.until("on-hold")

    def resume(self):
        self.person.tab.click("hold-button")
        self.person.until("in-call")

    def until_over(self):
        self.person.until("ready")


class Telephone:
    voice = PHONE_VOICE

    def __init__(self, phone):
        self.phone, self.user = phone, phone.user
        self.call, self.hold, self.resume = phone.dial, phone.hold, phone.resume
        self.answer, self.press, self.silent_hold = phone.answer, phone.press, phone.silent_hold
        self.until_talking, self.until_digit = phone.until_talking, phone.until_digit
        self.awaited = None         # the tone that must be in the recording

    def until_hears(self, hz):
        self.awaited = hz

    def hang_up(self):
        self.phone.hangup()
        self.until_over()

    def until_over(self):
        self.phone.until_over()
        if self.awaited:
            samples, rate = wait_until(self.phone.heard, "recording")
            only(loudest_recorded(samples, TONES, rate), self.awaited, type(self.phone).__name__)


def take_seats(w, *kinds):
    """-> an end of each kind, registered"""
    users = [w.user() for _ in kinds]
    names = ["Alice", "Bob"]
    ends = [Telephone(getattr(w, kind)(user, hz=PHONE_VOICE)) if kind in PHONES else None
            for kind, user in zip(kinds, users)]
    seated = [(name, kind) for name, kind, end in zip(names, kinds, ends) if not end]
    people = iter(at_the_page(w, *(name for name, _ in seated), browsers=[kind for _, kind in seated]))
    return [end or Browser(signed_in(next(people))) for end in ends]


def signed_in(person):
    person.sign_in()
    return person
