"""The page itself: without a mouse, and on a small screen."""

from cases import case
from checks import check, contains, equal
from desk import CORE, at_the_page, signed_in

EDGE = {"core": CORE}
TELEPHONE = {"width": 390, "height": 780}
STEADY_MS = 700     # an Enter before that may have been meant for something else: ui/keys.js
STOP_CLOCK = """() => {
	let now = performance.now();

	performance.now = () => now;
	Object.defineProperty(Event.prototype, 'timeStamp', { configurable: true, get: () => now });
	window.later = (ms) => void (now += ms);
}"""


def tab_to(person, name, limit=12):
    for _ in range(limit):
        if person.tab.focused() == name:
            return
        person.tab.key("Tab")
    raise AssertionError("%s cannot be reached by %d times Tab" % (name, limit))


def sign_in_by_keyboard(person):
    """The first field has the keyboard already."""
    equal(person.tab.focused(), "login-identity", "focus")
    person.tab.type(person.user.impi)
    tab_to(person, "login-password")
    person.tab.type(person.user.password)
    person.tab.key("Enter")
    check(person.signed_in(), "not signed in: " + person.tab.text("error"))


@case()
def keyboard_only(w):
    """sign in, call, answer, mute, hold, hang up"""
    alice, bob = at_the_page(w, "Alice", "Bob")
    for person in (alice, bob):
        sign_in_by_keyboard(person)
    equal(alice.tab.focused(), "dial-input", "focus")
    alice.look("ready")
    alice.tab.type("bob")
    alice.look("typed")
    bob.tab.run(STOP_CLOCK)     # it goes as the case says, however slow the machine is
    alice.tab.key("Enter")
    bob.until("incoming")
    for ms in (0, STEADY_MS):
        bob.tab.run("(ms) => later(ms)", ms)
        bob.tab.key("Enter")
        equal(bob.tab.run("() => imsClient.currentCall.state"), "incoming", "state after an Enter within %d ms" % ms)
    bob.tab.run("() => later(1)")
    bob.tab.key("Enter")
    for person in (alice, bob):
        person.until_talking()
        contains(person.tab.text("live"), "Connected with")
    alice.tab.key("Escape")     # ends no call that is up
    for key, button in (("m", "mute-button"), ("h", "hold-button")):
        for pressed in ("true", "false"):
            alice.tab.key(key)
            alice.tab.until(button, "e.ariaPressed === '%s'" % pressed)
    tab_to(alice, "hangup-button")
    alice.look("focus")
    alice.tab.key("Enter")
    for person in (alice, bob):
        person.until("ready")


@case()
def keyboard_only_beyond_sound(w):
    """a call with pictures, the own camera, another microphone, a text"""
    alice, bob = signed_in(w, "Alice", "Bob")
    alice.tab.type("bob")
    tab_to(alice, "video-call-button", 20)
    alice.tab.key("Enter")
    bob.until("incoming")
    tab_to(bob, "answer-video-button")
    bob.tab.key("Enter")
    for person in (alice, bob):
        person.until_talking()
        person.tab.until("remote-video", "e.checkVisibility() && e.videoWidth > 0")
    alice.tab.key("v")
    alice.tab.until_hidden("self-view")
    tab_to(alice, "devices-button")
    alice.tab.key("Enter")
    alice.tab.until_visible("devices")
    equal(alice.tab.focused(), "microphone-choice", "focus in the dialog")
    alice.tab.key("ArrowDown")
    alice.tab.until("microphone-choice", "e.value !== ''")
    alice.tab.key("Escape")
    alice.tab.until_hidden("devices")
    tab_to(alice, "tab-contacts", 20)
    for _ in range(2):
        alice.tab.key("ArrowRight")
    equal(alice.tab.focused(), "tab-messages", "focus after the arrow keys")
    tab_to(alice, "message-to")
    alice.tab.type("bob")
    alice.tab.key("Enter")
    alice.tab.until_visible("message-input")
    equal(alice.tab.focused(), "message-input", "focus in the conversation")
    alice.tab.type("mvh 1")
    alice.tab.key("Enter")
    alice.tab.until("bubbles", "e.querySelector('[data-state=sent]')")
    equal(alice.tab.get("state", "e.dataset.state"), "in-call", "state")
    bob.tab.until("tab-messages", "e.classList.contains('news')")
    bob.hang_up()
    alice.until("ready")


@case()
def keyboard_declines_and_cancels(w):
    """Escape"""
    alice, bob = signed_in(w, "Alice", "Bob")
    alice.call(bob)
    bob.until("incoming")
    bob.tab.key("Escape")
    alice.until_error("busy")
    alice.call(bob)
    alice.until("ringing")
    alice.tab.key("Escape")
    for person in (alice, bob):
        person.until("ready")


@case()
def small_screen(w):
    """everything can be reached with a finger on a telephone"""
    alice, bob = at_the_page(w, "Alice", "Bob", window=TELEPHONE)
    for person in (alice, bob):
        person.look("sign-in")
        person.sign_in()
        size = person.tab.run("() => { const e = document.documentElement;"
                              " return [e.scrollWidth, e.scrollHeight]; }")
        equal(size, [TELEPHONE["width"], TELEPHONE["height"]], "size of the page, nothing to scroll")
    alice.look("ready")
    alice.dial("nobody")
    alice.until_error("unknown-number")
    alice.look("error")
    alice.call(bob)
    bob.until("incoming")
    bob.look("incoming")
    alice.look("ringing")
    bob.answer()
    alice.until_talking()
    alice.look("in-call")
    for name in ("mute-button", "mute-button", "keypad-button", "key-0", "keypad-button"):
        alice.tab.click(name)
        if name == "key-0":
            alice.look("keypad")
    alice.hang_up()
    bob.until("ready")


@case("REQ-114")
def small_screen_with_pictures(w):
    """every control is there and within reach, nothing has to be scrolled"""
    alice, bob = signed_in(w, "Alice", "Bob", window=TELEPHONE)
    alice.dial("bob", "video-call-button")
    bob.until("incoming")
    bob.look("incoming-with-video")
    bob.tab.click("answer-video-button")
    for person in (alice, bob):
        person.until_talking()
        person.tab.until("remote-video", "e.checkVisibility() && e.videoWidth > 0")
    alice.look("pictures")
    for name in ("mute-button", "mute-button", "quality-button"):
        alice.tab.click(name)
    alice.tab.until("quality", "e.dataset.grade")
    alice.look("quality")
    alice.tab.click("keypad-button")
    alice.tab.until_hidden("quality")
    alice.tab.click("key-5")
    alice.look("keypad")
    alice.tab.click("keypad-button")
    alice.tab.click("hold-button")
    alice.until("on-hold")
    alice.look("on-hold")
    alice.tab.click("hold-button")
    alice.until("in-call")
    alice.tab.click("devices-button")
    alice.tab.until_visible("devices")
    alice.look("devices")
    alice.tab.click("devices-done")
    size = alice.tab.run("() => [document.documentElement.scrollWidth, document.querySelector('#call').scrollHeight]")
    equal(size, [TELEPHONE["width"], TELEPHONE["height"]], "size of the call, nothing to scroll")
    alice.tab.click("camera-button")
    alice.tab.until_hidden("self-view")
    alice.hang_up()
    alice.tab.until_visible("tabbar-messages")
    alice.tab.click("tabbar-messages")
    alice.tab.click("message-to")
    alice.tab.type("bob")
    alice.tab.key("Enter")
    alice.tab.until_visible("message-input")
    alice.look("messages")
