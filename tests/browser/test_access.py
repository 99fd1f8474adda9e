"""What a screen reader gets of the page in each state, and how far Tab leads."""

from cases import case
from checks import check, contains, equal
from contrast import check_contrasts
from desk import CORE, at_the_page

EDGE = {"core": CORE}
OPERATED = ("button", "textbox", "link", "tab", "combobox", "searchbox", "checkbox", "slider")
PICTURES = ("img", "image", "Video", "graphics-document")


def roles(person):
    """The page's tree, in which whatever is operated or focused must have a name."""
    nodes = person.tab.accessible()
    for role, name, properties in nodes:
        check(name or not (role in OPERATED + PICTURES or properties.get("focusable") and role != "RootWebArea"),
              "%s without a name in state %s: %r" % (role, person.tab.text("state"), properties))
    return nodes


def find(nodes, role, name):
    """-> properties of the one that has that role and that beginning of a name"""
    found = [properties for r, n, properties in nodes if r == role and n.startswith(name)]
    equal(len(found), 1, "%s %r" % (role, name), "\n".join("%s %r" % node[:2] for node in nodes))
    return found[0]


@case()
def every_state_has_names(w):
    """roles, names, pressed states, live regions and the modal dialog"""
    alice, bob = at_the_page(w, "Alice", "Bob")
    nodes = roles(alice)
    find(nodes, "textbox", "Identity")
    check(find(nodes, "textbox", "Password")["required"], "the password is not required")
    for person in (alice, bob):
        person.sign_in()
    nodes = roles(alice)
    find(nodes, "button", "Call with video")
    find(nodes, "tabpanel", "Contacts")
    check(find(nodes, "tab", "Contacts")["selected"], "tab not selected")
    alice.call(bob)
    bob.until("incoming")
    nodes = roles(bob)
    find(nodes, "group", "Incoming call")
    find(nodes, "button", "Answer")
    find(nodes, "button", "Decline")
    contains(bob.tab.text("live"), "Alice is calling. Enter answers, Escape declines.")
    bob.answer()
    alice.until_talking()
    equal(find(roles(alice), "button", "Mute")["pressed"], "false", "pressed")
    alice.tab.key("m")
    equal(find(roles(alice), "button", "Unmute")["pressed"], "true", "pressed")
    contains(alice.tab.text("live"), "Microphone off")
    alice.tab.click("quality-button")
    find(roles(alice), "group", "Quality of the connection")
    alice.tab.click("devices-button")
    alice.tab.until_visible("devices")
    nodes = roles(alice)
    check(find(nodes, "dialog", "Microphone, camera and speaker")["modal"], "the dialog is not modal")
    find(nodes, "combobox", "Microphone")
    check(not [n for n in nodes if n[1] == "Hang up"], "what is behind the dialog can be reached")
    alice.tab.key("Escape")
    alice.tab.until_hidden("devices")
    equal(alice.tab.focused(), "devices-button", "focus after the dialog")
    bob.hang_up()
    alice.until("ready")
    contains(alice.tab.text("live"), "Call ended after")
    alice.tab.click("tab-messages")
    roles(alice)
    alice.dial("nobody")
    alice.until_error("unknown-number")
    find(roles(alice), "alert", "")


STOPS = """() => [...document.querySelectorAll('a[href], button, input, select, [tabindex]')]
	.filter((e) => e.tabIndex >= 0 && !e.disabled && e.checkVisibility({ visibilityProperty: true })).length"""


@case()
def tab_leads_through_everything(w):
    """in the order of the page, once around, each stop visible"""
    alice, = at_the_page(w, "Alice")
    alice.sign_in()
    count = alice.tab.run(STOPS)
    check(count > 15, "stops: %d" % count)
    alice.tab.run("() => document.activeElement.blur()")
    order = []
    for _ in range(count + 1):      # once it leaves the page
        alice.tab.key("Tab")
        order.append(alice.tab.run("""() => {
			const e = document.activeElement;
			if (e === document.body)
				return null;
			const all = [...document.querySelectorAll('*')];
			const box = e.getBoundingClientRect();
			return [all.indexOf(e), getComputedStyle(e).outlineStyle !== 'none' || e.id === 'dial-input', box.width > 0];
		}"""))
    order = [stop for stop in order if stop]
    places = [place for place, _, _ in order]
    equal(len(set(places)), count, "stops that Tab reached")
    start = places.index(min(places))
    equal(places[start:] + places[:start], sorted(set(places)), "order of the stops")
    check(all(shown and there for _, shown, there in order), "a stop that is not seen: %r" % order)


@case()
def texts_can_be_read(w):
    """the contrast of every text, light and dark"""
    alice, = at_the_page(w, "Alice")
    check_contrasts(alice, "sign-in")
    alice.sign_in()
    alice.dial("nobody")
    alice.until_error("unknown-number")
    alice.tab.until_visible("dial-input")
    alice.tab.click("dial-input")
    alice.tab.type("bo")
    check_contrasts(alice, "contacts and an error")
    alice.tab.click("tab-recents")
    check_contrasts(alice, "recent calls")
    alice.tab.click("tab-messages")
    check_contrasts(alice, "messages")
    alice.tab.click("settings-button")
    check_contrasts(alice, "devices")
