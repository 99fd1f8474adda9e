"""One identity at two windows; microphone, camera and speaker; a telephone of the network."""

import os
import ssl
import subprocess
import sys
import urllib.error
import urllib.request

import desk
import edge
from cases import case
from checks import check, equal
from desk import CORE_OF_RETURNING, Person, signed_in
from janus import ADDRESS as LAN
from patience import EVENT_S
from process import Process, wait_until

EDGE = {"core": CORE_OF_RETURNING}
LAN_PORT = 8443


def second_window(w, person):
    """The same person, signed in at another window as well."""
    again = Person(w, person.name, person.user, person.voice)
    again.sign_in()
    return again


@case("REQ-29")
def rings_at_both_windows(w):
    """one answers, the other stops and says so; it is not a missed call"""
    alice, bob = signed_in(w, "Alice", "Bob")
    other = second_window(w, bob)
    alice.call(bob)
    for window in (bob, other):
        window.until("incoming")
    other.answer()
    bob.tab.until("call-state", "e.textContent === 'Answered on another device'")
    bob.look("answered-elsewhere")
    bob.until("ready")
    bob.tab.until("recents", "e.textContent.includes('Answered on another device')")
    check("Missed" not in bob.tab.text("recents"), "a missed call in the list")
    alice.until_talking()
    alice.until_hears(bob.voice)
    alice.hang_up()


@case()
def rings_at_both_until_cancelled(w):
    """a call that the caller gives up is missed at both"""
    alice, bob = signed_in(w, "Alice", "Bob")
    other = second_window(w, bob)
    alice.call(bob)
    for window in (bob, other):
        window.until("incoming")
    alice.hang_up()
    for window in (bob, other):
        window.until("ready")
        window.tab.until("recents", "e.textContent.includes('Missed')")


def choose(person, name, label):
    """Chooses in the open dialog, as a person does: it gets the keyboard, then the letters."""
    value = person.tab.run("""(name, label) => {
        const select = document.querySelector(`[data-testid="${name}"]`);
        const option = [...select.options].find((one) => one.label.startsWith(label));
        select.value = option?.value;
        select.dispatchEvent(new Event('change', { bubbles: true }));
        return option?.value ?? [...select.options].map((one) => one.label).join(', ');
    }""", name, label)
    equal(person.tab.get(name, "e.selectedOptions[0]?.label.startsWith(%r)" % label), True, label, value)


@case("REQ-122")
def another_microphone_in_mid_call(w):
    """the far end hears the new one, without a word between the gateways; a reload remembers it"""
    alice, bob = signed_in(w, "Alice", "Bob")
    alice.call(bob)
    bob.answer()
    for person in (alice, bob):
        person.until_talking()
    invites = len(w.capture.requests("INVITE"))
    alice.tab.click("devices-button")
    alice.tab.until_visible("devices")
    alice.look("devices")
    choose(alice, "microphone-choice", "Fake Audio Input 2")
    alice.tab.click("devices-done")
    alice.tab.until_hidden("devices")
    alice.tab.until("state", "window.captured?.length === 2")
    equal(alice.tab.run("() => captured.at(-1)"), "Fake Audio Input 2", "microphone")
    bob.until_hears(alice.voice)
    equal(len(w.capture.requests("INVITE")), invites, "INVITEs")
    alice.hang_up()
    alice.tab.reload()
    alice.until("ready")
    alice.call(bob)
    alice.tab.until("state", "window.captured?.length === 1")
    equal(alice.tab.run("() => captured.at(-1)"), "Fake Audio Input 2", "microphone after a reload")
    alice.hang_up()


@case()
def telephone_of_the_network(w):
    """./html-demo/start --lan: https and wss at one address with a certificate made on the spot"""
    alice, bob = signed_in(w, "Alice", "Bob")
    folder = w.folder("lan")
    made = subprocess.run(["bash", "-c", ". %s/lib/lan.sh; make_certificate %s/lan.pem %s" % (
        desk.DEMO, folder, LAN)], capture_output=True, text=True)
    equal(made.returncode, 0, "certificate made", made.stdout + made.stderr)
    equal(os.stat(folder + "/lan.pem").st_mode & 0o77, 0, "rights of others to the key")
    bob.tab.run("() => imsClient.unregister()")
    server = Process([sys.executable, "-B", desk.DEMO + "/lib/serve.py", "8081", desk.DEMO, w.run.users,
                      LAN, str(LAN_PORT), folder + "/lan.pem", str(w.janus.ws_port), str(edge.SIP_WS_PORT)],
                     folder + "/page.log")
    w.defer(server.stop)
    wait_until(lambda: answers(folder), "https")
    phone = Person(w, bob.name, bob.user, bob.voice, {"width": 390, "height": 780},
                   address="https://%s:%d/?server=/janus" % (LAN, LAN_PORT))
    equal(phone.tab.run("() => [isSecureContext, document.querySelector('#server-note').textContent]"),
          [True, "Gateway wss://%s:%d/janus" % (LAN, LAN_PORT)], "the page")
    phone.sign_in()
    alice.call(phone)
    phone.answer()
    for person in (alice, phone):
        person.until_talking()
    phone.until_hears(alice.voice)
    alice.hang_up()
    phone.until("ready")


def answers(folder):
    """With the certificate as the only one that is trusted."""
    tls = ssl.create_default_context(cafile=folder + "/lan.pem.crt")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}),
                                         urllib.request.HTTPSHandler(context=tls))
    try:
        with opener.open("https://%s:%d/" % (LAN, LAN_PORT), timeout=EVENT_S) as answer:
            return answer.status == 200
    except ConnectionError:
        return False
    except urllib.error.URLError as error:
        check(isinstance(error.reason, ConnectionError), "https: %s" % error.reason)
        return False
