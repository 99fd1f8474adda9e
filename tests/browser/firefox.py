"""Firefox, which speaks WebDriver BiDi by itself."""

import os
import re
import shutil
import tempfile

from bidi import Bidi, Refused
from browser import FIND, RATE, WINDOW, Tab
from process import Process, wait_until

# Permissions are given, not switched off: ICE shows the host's addresses only to pages that have one.
PREFERENCES = {
    "media.navigator.streams.fake": True,
    "permissions.default.microphone": 1, "permissions.default.camera": 1,
    "media.autoplay.default": 0, "media.autoplay.blocking_policy": 0,
    "app.update.enabled": False, "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False, "toolkit.telemetry.enabled": False,
    "network.captive-portal-service.enabled": False, "network.connectivity-service.enabled": False,
    "intl.accept_languages": "en-US"}

# An AudioContext waits for a loudspeaker here; a recorder does not. Otherwise as browser.py's.
RECORD = """async (name, seconds) => {
	const rate = %d;
	const written = (samples) => new Uint8Array(samples.buffer).toBase64();
	const tracks = (%s)(name).srcObject.getAudioTracks();
	if (!tracks.length)
		return written(new Int16Array(seconds * rate));
	const recorder = new MediaRecorder(new MediaStream(tracks));
	const blobs = [];
	await new Promise((resolve) => {
		recorder.ondataavailable = ({ data }) => blobs.push(data);
		recorder.onstop = resolve;
		recorder.start();
		setTimeout(() => recorder.stop(), seconds * 1000);
	});
	const decoder = new OfflineAudioContext(1, 1, rate);
	const sound = await decoder.decodeAudioData(await new Blob(blobs).arrayBuffer());
	return written(Int16Array.from(sound.getChannelData(0), (s) => Math.max(-1, Math.min(1, s)) * 32767));
}""" % (RATE, FIND)


class FirefoxTab(Tab):
    RECORDER = RECORD


class Firefox:
    """Its microphone hears nothing but a tone."""

    def __init__(self, folder, hz):
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        self.scratch = tempfile.mkdtemp(prefix="ims-browser-")
        self._write_profile({**PREFERENCES, "media.navigator.audio.fake_frequency": hz})
        self.process = Process(["firefox-esr", "--headless", "--no-remote", "--remote-debugging-port=0",
                                "--profile", self.scratch], folder + "/firefox.log",
                               env={"HOME": self.scratch})
        self.bidi = None
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _write_profile(self, preferences):
        with open(self.scratch + "/user.js", "w") as f:
            for name, value in preferences.items():
                text = str(value).lower() if isinstance(value, (bool, int)) else '"%s"' % value
                f.write('user_pref("%s", %s);\n' % (name, text))

    def _start(self):
        self.bidi = Bidi(wait_until(self._address, "Firefox up") + "/session")
        session = self.bidi.command("session.new", capabilities={"alwaysMatch": {"acceptInsecureCerts": True}})
        self.pid = session["capabilities"]["moz:processID"]
        self.version = session["capabilities"]["browserVersion"]

    def _address(self):
        listening = re.search(r"WebDriver BiDi listening on (ws://\S+)", self.process.output())
        if not listening and not self.process.alive():
            raise AssertionError("Firefox ended:\n" + self.process.tail())
        return listening and listening.group(1)

    def alive(self):
        return self.bidi is not None and self.bidi.open

    def tab(self, address, window=None):
        """A tab that shares nothing with others, as in a browser of its own."""
        return FirefoxTab(self.bidi, address, window or WINDOW)

    def stop(self):
        if self.alive():
            try:
                self.bidi.command("browser.close")
            except Refused:
                pass
            self.bidi.close()
        self.process.stop()
        shutil.rmtree(self.scratch, ignore_errors=True)
