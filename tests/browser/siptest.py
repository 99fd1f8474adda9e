"""Janus's own demo of its SIP plugin, siptest.html as Debian ships it, with janus.plugin.ims in the place of
janus.plugin.sip and nothing else changed, and people who use it."""

import functools
import http.server
import os
import threading

from browser import STILL
from checks import check
from desk import RATE, TONES, VOICES, Seen, only, well_above
from lab import REALM
from patience import attempts
from rtp import loudest, write_wav

FOLDER = "/usr/share/janus/demos"
PORT = 8081
# Of every installation its own: where Janus is.
SETTINGS = 'var server = "ws://%s:%d", iceServers = null, token = "", apisecret = "";\n'


class Demos(http.server.SimpleHTTPRequestHandler):
    settings = ""

    def do_GET(self):
        name = self.path.partition("?")[0]
        if name == "/settings.js":
            self._text(self.settings)
        elif name == "/siptest.js":
            with open(FOLDER + name) as f:
                self._text(f.read().replace("janus.plugin.sip", "janus.plugin.ims"))
        else:
            super().do_GET()

    def _text(self, text):
        data = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


def serve(w):
    handler = functools.partial(type("OfThisJanus", (Demos,), {
        "settings": SETTINGS % (w.janus.address, w.janus.ws_port)}), directory=FOLDER)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    w.defer(server.server_close)
    w.defer(server.shutdown)


def people(w, *names):
    """-> Persons, registered, each in a browser of their own."""
    check(os.path.exists(FOLDER + "/siptest.js"), "package janus-demos is not installed")
    serve(w)
    w.run.lab.start()
    return [Person(w, name, voice) for name, voice in zip(names, VOICES)]


class Line:
    """A row of the page for one call: "" is the first, "1" that of helper 1."""

    def __init__(self, person, suffix=""):
        self.person, self.suffix = person, suffix
        self.call_button, self.peer = "#call" + suffix, "#peer" + suffix
        self.audio = "#videoright%s audio" % suffix

    def call(self, impu):
        self.person.fill(self.peer, impu)
        self.person.tab.click(self.call_button)

    def until_busy(self):
        """Whatever its call does, it is there."""
        self.person.tab.until(self.call_button, "e.textContent === 'Hangup'")

    def until_over(self, why="200 Session terminated"):
        """The page says why in a dialog."""
        said = self.person.dialog()
        check(said.strip() == why, "why it is over", said)
        self.person.press_in_dialog(".btn-primary")
        self.person.no_dialog()
        self.person.tab.until(self.call_button, "e.textContent === 'Call' && !e.disabled")

    def hang_up(self):
        self.person.tab.click(self.call_button)
        self.until_over()

    def until_talking(self):
        self.person.tab.until(self.audio, "e.srcObject && !e.paused", what="playing")

    def until_hears(self, hz):
        for again in attempts():
            samples = self.person.tab.record(self.audio, 1.2)
            levels = loudest(samples, TONES, RATE)
            if well_above(levels, hz) or not again:
                write_wav("%s/%s.wav" % (self.person.w.folder("recordings"), self.person.name), samples, RATE)
                return only(levels, hz, self.person.name)

    def press(self, digit):
        """The page sends it as sound events of the browser (RFC 4733)."""
        self.person.tab.run("(area, digit) => [...document.querySelectorAll(area + ' .dtmf, .dtmf')]"
                            ".find((e) => e.textContent === digit).click()", "#videoright" + self.suffix, digit)


class Person(Seen):
    def __init__(self, w, name, voice):
        self.w, self.name, self.voice = w, name, voice
        self.user = w.user()
        # The lab's P-CSCF knows its users by their address (ims-lab/README.md), and all of role ue have Janus's.
        self.knows_callers = w.settings.get("network", {}).get("role") != "ue"
        self.tab = w.run.browser(voice).tab("http://localhost:%d/siptest.html" % PORT)
        w.defer(self.tab.close)
        self.line = Line(self)
        self._register()

    def fill(self, field, text):
        self.tab.run("(field) => { document.querySelector(field).value = ''; }", field)
        self.tab.click(field)
        self.tab.type(text)

    def _in_dialog(self, what):
        """The dialog that is open, once it has come to rest."""
        self.tab.until_visible(".bootbox.in " + what)
        self.tab.run(STILL)
        return ".bootbox.in " + what

    def press_in_dialog(self, button):
        """Then it goes away. So do the toasts, that may lie above it."""
        self.tab.run("() => toastr.remove()")
        self.tab.click(self._in_dialog(button))

    def fill_in_dialog(self, field, text):
        self.fill(self._in_dialog(field), text)

    def dialog(self):
        """-> its words"""
        self.tab.until_visible(".bootbox.in .bootbox-body")
        return self.tab.get(".bootbox.in .bootbox-body", "e.innerText")

    def no_dialog(self):
        self.tab.until("#sipcall", "!document.querySelector('.bootbox, .modal-backdrop')", what="no dialog")

    def _register(self):
        self.tab.until_visible("#start")
        self.tab.click("#start")
        self.tab.until_visible("#registerset")
        self.tab.click("#registerset")
        self.tab.click("#secret")
        self.press_in_dialog(".btn-primary")
        self.no_dialog()
        for field, text in (("#server", "sip:" + REALM), ("#username", self.user.impu),
                            ("#authuser", self.user.impi), ("#password", self.user.password),
                            ("#displayname", self.name)):
            self.fill(field, text)
        self.tab.click("#register")
        self.tab.until_visible("#phone")

    def add_helper(self, number):
        self.tab.click("#addhelper")
        line = Line(self, str(number))
        self.tab.until(line.call_button, "!e.disabled")
        return line

    def answer(self, caller, line=None):
        said = self.dialog()
        check("Incoming call from " + (caller if self.knows_callers else "sip:") in said, "dialog of the call", said)
        self.press_in_dialog(".btn-success")
        self.no_dialog()
        (line or self.line).until_busy()

    def until_toast(self, text):
        self.tab.until("#toast-container", "e.innerText.includes(%r)" % text)
