"""Texts from page to page and to a telephone."""

from cases import case
from checks import check, contains, equal
from desk import CORE_OF_RETURNING, signed_in

EDGE = {"core": CORE_OF_RETURNING}


def write(person, to, text):
    """To a contact, by name."""
    person.tab.click("tab-messages")
    if person.tab.visible("message-to"):
        person.tab.click("message-to")
        person.tab.type(to)
        person.tab.key("Enter")
    person.tab.until_visible("message-input")
    person.tab.click("message-input")
    person.tab.type(text)
    person.tab.key("Enter")


def bubbles(person):
    """[(whose, how it stands, text)] of the open conversation."""
    return person.tab.run("""() => [...document.querySelectorAll('.bubble')].map((e) => [
        e.classList.contains('ours') ? 'ours' : 'theirs', e.dataset.state, e.querySelector('p').textContent])""")


def until_bubbles(person, count, state="sent"):
    person.tab.until("bubbles", "e.querySelectorAll('[data-state=%s]').length === %d" % (state, count))


@case("REQ-104")
def text_there_and_back(w):
    """it arrives as it was typed, also while nobody looks; an answer comes back"""
    alice, bob = signed_in(w, "Alice", "Bob")
    text = "Grüße & <b>😀</b>"
    write(alice, "bob", text)
    until_bubbles(alice, 1)
    bob.tab.until("tab-messages", "e.classList.contains('news')")
    contains(bob.tab.text("live"), "Message from Alice")
    bob.tab.click("tab-messages")
    bob.tab.until("conversations", "e.textContent.includes('Grüße')")
    write(bob, "alice", "And to you")
    until_bubbles(bob, 2)
    until_bubbles(alice, 2)
    equal(bubbles(alice), [["ours", "sent", text], ["theirs", "sent", "And to you"]], "at Alice's")
    equal(bubbles(bob), [["theirs", "sent", text], ["ours", "sent", "And to you"]], "at Bob's")
    for person in (alice, bob):
        person.look("messages")
    alice.tab.reload()
    alice.until("ready")
    alice.tab.click("tab-messages")
    alice.tab.until("conversations", "e.textContent.includes('And to you')")


@case("REQ-104")
def text_in_a_call(w):
    """the call goes on meanwhile, and the keys of the text do nothing to it"""
    alice, bob = signed_in(w, "Alice", "Bob")
    alice.call(bob)
    bob.answer()
    alice.until_talking()
    write(alice, "bob", "hm 123")
    until_bubbles(alice, 1)
    equal(alice.tab.get("mute-button", "e.ariaPressed"), "false", "muted")
    equal(alice.tab.get("state", "e.dataset.state"), "in-call", "state")
    bob.tab.until("tab-messages", "e.classList.contains('news')")
    alice.look("message-in-call")
    alice.hang_up()


@case("REQ-104")
def text_to_nobody(w):
    """the page says that it was not delivered"""
    alice, = signed_in(w, "Alice")
    write(alice, "nobody@ims.example", "Anybody there?")
    until_bubbles(alice, 1, "failed")
    check(alice.error() in ("unknown-number", "offline", "message-failed"), "error %r" % alice.error())
    alice.look("not-delivered")
