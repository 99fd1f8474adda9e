"""A case's desk: the demo page served by the demo's own server, and people who use it, each in a
browser with a tone of their own as the microphone."""

import json
import math
import os
import socket
import sys

import paths
import world
from browser import RATE, Chromium
from checks import check, equal
from firefox import Firefox
from lab import REALM
from patience import EVENT_S, attempts
from process import Process, wait_until
from rtp import loudest, tone, write_wav

DEMO = os.path.join(paths.TOP, "html-demo")
PORT = 8080
ADDRESS = "http://localhost:%d/" % PORT

# Whoever sits at a browser is heard as this. The telephone, or a third person, has the last one.
VOICES = (440, 700)
PHONE_VOICE = 1000
TONES = VOICES + (PHONE_VOICE,)
WIDE, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
WELL_ABOVE_DB = 20
SILENT = 60                 # of 32767
TIMER_S = "((minutes, seconds) => 60 * minutes + +seconds)(...e.textContent.split(':'))"

PICTURES = bool(os.environ.get("IMS_TEST_PICTURES"))      # each takes a third of a second of a busy processor

# What tests of the page need of Janus' own settings: the demo's, but sooner.
CORE = {"session_timeout": 60, "reclaim_session_timeout": 3}
# Where pages are to find their session again: Janus counts from their last keep-alive, and a busy machine loads a page slowly.
CORE_OF_RETURNING = {**CORE, "reclaim_session_timeout": 60}


class Run(world.Run):
    """Also has browsers and the page's server, for all cases."""

    def __init__(self, state, sanitizer=None):
        super().__init__(state, sanitizer)
        self.browsers, self.server = {}, None
        self.users = os.path.join(state, "demo.json")

    def browser(self, voice, kind="chromium"):
        """kind: "chromium" or "firefox" """
        found = self.browsers.get((kind, voice))
        if found and not found.alive():
            found.stop()
            found = None
        if not found:
            found = self._new_browser("%s/%s-%d" % (self.state, kind, voice), voice, kind)
            self.browsers[kind, voice] = found
        return found

    @staticmethod
    def _new_browser(folder, voice, kind):
        return Firefox(folder, voice) if kind == "firefox" else Chromium(folder, tone(voice, 2, RATE))

    def serve(self, names, gateway, **more):
        """names: {name: user} of the ready-made users; more: of what else the page is told"""
        people = [{"name": name, "identity": user.impu, "password": user.password}
                  for name, user in names.items()]
        with open(self.users, "w") as f:
            json.dump({"server": gateway, "domain": REALM, "users": people, **more}, f)
        if self.server is None:
            self.server = Process([sys.executable, "-B", DEMO + "/lib/serve.py", str(PORT), DEMO,
                                   self.users], self.state + "/page.log")
            wait_until(self._serves, "page served")

    def _serves(self):
        check(self.server.alive(), "serve.py ended", self.server.output())
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", PORT)) == 0

    def close(self):
        for browser in self.browsers.values():
            browser.stop()
        if self.server:
            self.server.stop()
        super().close()


def at_the_page(w, *people, users=(), friends=None, window=None, gateway=None, browsers=(), query="", told=None):
    """-> Persons, each in front of the sign-in card in a browser of their own. users: their names
    in the lab. friends: {name: user} of others who are in every contact list. gateway: another
    address of Janus. browsers: the kind of each, "chromium" if nothing is said. query: of the page's
    address. told: {...} of what else the page is told."""
    lab_names = list(users) + [None] * len(people)
    names = {name: w.user(lab_name) for name, lab_name in zip(people, lab_names)}
    w.run.lab.start()
    w.run.serve({**names, **(friends or {})}, gateway or "ws://%s:%d" % (w.janus.address, w.janus.ws_port),
                **(told or {}))
    kinds = list(browsers) + ["chromium"] * len(people)
    return [Person(w, name, user, voice, window, kind, ADDRESS + query)
            for (name, user), voice, kind in zip(names.items(), TONES, kinds)]


def signed_in(w, *people, **options):
    """The same, signed in by a click on their name."""
    found = at_the_page(w, *people, **options)
    for person in found:
        person.sign_in()
    return found


class Seen:
    """Of whom pictures can be taken."""

    pictures = 0

    def look(self, moment):
        """A picture of the page, for whoever wants to see it."""
        if not (PICTURES or self.w.failed):
            return
        self.pictures += 1
        self.tab.screenshot("%s/%s-%d-%s.png" % (self.w.folder("pictures"), self.name, self.pictures, moment))


class Person(Seen):
    """Somebody at the demo page."""

    def __init__(self, w, name, user, voice, window=None, kind="chromium", address=ADDRESS):
        self.w, self.name, self.user, self.voice = w, name, user, voice
        self.recordings = 0
        self.tab = w.run.browser(voice, kind).tab(address, window)
        w.defer(self._leave)
        self.tab.until_visible(self.chip)

    @property
    def chip(self):
        """The button that signs in with one click."""
        return "user-" + self.name.lower()

    def _leave(self):
        """Signs out, behind whatever dialog is open, so that the lab forgets the user."""
        if not self.tab.context or not self.tab.bidi.open:
            return
        try:
            self.look("last")
            if self.tab.visible("sign-out"):
                self.tab.get("sign-out", "e.click()")
                self.tab.until("state", "imsClient.connection.state === 'closed'")
        finally:
            self.tab.close()

    # ----------------------------------------------------------------- the page
    def looks(self, moment):
        """Pictures of it wide and on a telephone, light and dark."""
        if not PICTURES:
            return
        for window, size in ((PHONE, "phone"), (WIDE, "wide")):
            self.tab.resize(**window)
            for theme in ("dark", "light"):
                self.tab.run("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
                self.look("%s-%s-%s" % (moment, size, theme))

    def until(self, state, timeout_s=EVENT_S):
        """ready, calling, ringing, incoming, in-call, on-hold, ..."""
        self.tab.until("state", "e.dataset.state === '%s'" % state, timeout_s)

    def until_error(self, code, timeout_s=EVENT_S):
        """-> the sentence on the page, once it shows this error"""
        return self.tab.until("error", "e.checkVisibility() && e.dataset.code === '%s' && e.innerText.trim()" % code, timeout_s, code)

    def sign_in(self):
        """By a click on the own name."""
        self.tab.until_visible(self.chip)
        self.tab.click(self.chip)
        check(self.signed_in(), "not signed in: " + self.tab.text("error"))
        equal(self.tab.text("me"), self.name, "who is signed in")

    def signed_in(self):
        """The end of an attempt to sign in: whoever is registered has the telephone a moment later."""
        return self.tab.until("state", "e.dataset.state === 'ready' && document.body.dataset.view === 'phone' ? 'in' : "
                              "document.querySelector('[data-testid=error]').checkVisibility()") == "in"

    def error(self):
        """Code of the error that the page shows, or ''."""
        return self.tab.get("error", "e.checkVisibility() ? e.dataset.code : ''")

    def dial(self, text, button="call-button"):
        self.tab.until_visible("dial-input")        # the last call's end is shown for a moment
        self.tab.click("dial-input")
        self.tab.type(text)
        self.tab.click(button)

    # -------------------------------------------------------------------- calls
    def call(self, other):
        """Dials the other's address."""
        self.dial(other.user.impi)

    def answer(self):
        self.until("incoming")
        self.tab.click("answer-button")

    def hang_up(self):
        self.tab.click("hangup-button")
        self.until("ready")

    def until_talking(self):
        """Until the call is up and sound can flow."""
        self.until("in-call")
        self.tab.until("remote-audio", "e.srcObject && !e.paused && imsClient.currentCall.media", what="playing")

    def sees_caller(self, user):
        """The caller's identity as the network asserts it."""
        self.tab.until_visible("incoming")
        equal(self.tab.run("() => imsClient.currentCall.peer"), user.impu, "caller")
        shown = [self.tab.text("peer"), self.tab.text("peer-address")]
        check(user.name in shown or user.impi in shown, "caller's identity shown: %r" % shown)

    def until_timer_runs(self):
        check(self.tab.visible("timer"), "the timer is hidden")
        minutes, seconds = self.tab.text("timer").split(":")
        self.tab.until("timer", "%s > %d" % (TIMER_S, 60 * int(minutes) + int(seconds)), what="running")

    # -------------------------------------------------------------------- sound
    def heard(self, seconds=1.2):
        """-> samples, which are kept as a file as well"""
        samples = self.recorded(seconds)
        self.recordings += 1
        write_wav("%s/%s-%d.wav" % (self.w.folder("recordings"), self.name, self.recordings),
                  samples, RATE)
        return samples

    def recorded(self, seconds):
        return self.tab.record("remote-audio", seconds)

    def until_hears(self, hz):
        """The next or one of the next recordings has that tone well above all others."""
        for again in attempts():
            levels = loudest(self.heard(), TONES, RATE)
            if well_above(levels, hz) or not again:
                return only(levels, hz, self.name)

    def until_silence(self):
        for again in attempts():
            peak = max(map(abs, self.heard(0.5)))
            if peak < SILENT:
                return
            check(again, "%s still hears something: %d of 32767" % (self.name, peak))


# ------------------------------------------------------------------------------------- tones
def db(power):
    return 10 * math.log10(max(power, 1e-9))


def margin_db(levels, hz):
    """How far that tone is above the loudest other."""
    return db(levels[hz]) - db(max(level for f, level in levels.items() if f != hz))


def well_above(levels, hz):
    return levels[hz] > 0.5 and margin_db(levels, hz) > WELL_ABOVE_DB


def only(levels, hz, who):
    check(well_above(levels, hz), "%s hears %r, %d Hz wanted at least %d dB above the others" % (
        who, levels, hz, WELL_ABOVE_DB))
    print("     %s hears %d Hz, %.0f %% of all power, %.0f dB above the next tone" % (
        who, hz, 100 * levels[hz], margin_db(levels, hz)), flush=True)
