"""Browsers and their tabs, driven as a person does: clicks and keys are real input events."""

import base64
import json
import os
import re
import shutil
import tempfile
import urllib.request

from bidi import COMMAND_S, Bidi, Refused
from patience import EVENT_S
from process import Process, wait_until
from rtp import write_wav

RATE = 48000
WINDOW = {"width": 1100, "height": 780}
ARGUMENTS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
             "--force-device-scale-factor=1",
             # A desktop with a mouse.
             "--blink-settings=primaryPointerType=4,availablePointerTypes=4,primaryHoverType=2,"
             "availableHoverTypes=2", "--lang=en-US")
KEYS = {"Enter": "\ue007", "Tab": "\ue004", "Escape": "\ue00c", "Backspace": "\ue003",
        "ArrowDown": "\ue015", "ArrowUp": "\ue013", "ArrowRight": "\ue014"}


class Chromium:
    """Its microphone hears nothing but `samples`, over and over."""

    def __init__(self, folder, samples):
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        microphone = folder + "/microphone.wav"
        write_wav(microphone, samples, RATE)
        # Not in the folder: the path of a UNIX socket is short. What a killed browser leaves is here.
        self.scratch = tempfile.mkdtemp(prefix="ims-browser-")
        self.driver = Process(["chromedriver", "--port=0"], folder + "/chromedriver.log",
                              env={"TMPDIR": self.scratch})
        self.bidi = None
        try:
            self._start(ARGUMENTS + ("--use-file-for-fake-audio-capture=" + microphone,))
        except BaseException:
            self.stop()
            raise

    def _start(self, arguments):
        port = wait_until(self._port, "chromedriver up")
        self.base = "http://127.0.0.1:%s/session" % port
        session = self._ask("POST", self.base, {"capabilities": {"alwaysMatch": {
            "webSocketUrl": True, "acceptInsecureCerts": True, "goog:chromeOptions": {"args": list(arguments)}}}})
        self.base += "/" + session["sessionId"]
        self.pid = session["capabilities"]["goog:processID"]
        self.version = session["capabilities"]["browserVersion"]
        self.bidi = Bidi(session["capabilities"]["webSocketUrl"])

    def _port(self):
        started = re.search(r"started successfully on port (\d+)", self.driver.output())
        if not started and not self.driver.alive():
            raise AssertionError("chromedriver ended:\n" + self.driver.tail())
        return started and started.group(1)

    @staticmethod
    def _ask(method, address, body=None):
        request = urllib.request.Request(address, method=method,
                                         data=json.dumps(body).encode() if body else None)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def alive(self):
        return self.bidi is not None and self.bidi.open

    def tab(self, address, window=None):
        """A tab that shares nothing with others, as in a browser of its own."""
        return Tab(self.bidi, address, window or WINDOW)

    def stop(self):
        """The driver ends its browser when asked to end the session."""
        if self.alive():
            try:
                self._ask("DELETE", self.base)
            except OSError:
                pass
            self.bidi.close()
        self.driver.stop()
        shutil.rmtree(self.scratch, ignore_errors=True)


# A microphone as it is: what cleans up speech takes a steady tone for noise. Which devices were used is noted.
PURE_MICROPHONE = """() => {
	const devices = navigator.mediaDevices;
	const real = devices?.getUserMedia.bind(devices);
	const pure = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

	if (devices)
		devices.getUserMedia = async (wishes) => {
			const stream = await real(wishes.audio ? { ...wishes, audio: { ...wishes.audio, ...pure } } : wishes);

			(window.captured ??= []).push(stream.getTracks()[0].label);
			return stream;
		};
}"""

# Functions for pages. `name` is a data-testid, or with a # or . at its front a selector, on pages of others.
FIND = """(name) => document.querySelector(/^[#.]/.test(name) ? name : `[data-testid="${name}"]`)"""

# The timer is for what is not in the DOM, such as whether a medium plays.
UNTIL = """async (name, condition, ms) => {
	const find = () => (%s)(name);
	const value = new Function('e', `return ${condition}`);
	return new Promise((resolve) => {
		const look = () => {
			const found = find() && value(find());
			if (found)
				done(found);
		};
		const done = (found) => {
			clearTimeout(limit);
			clearInterval(again);
			observer.disconnect();
			resolve(found);
		};
		const limit = setTimeout(done, ms, false);
		const again = setInterval(look, 100);
		const observer = new MutationObserver(look);

		observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
		look();
	});
}""" % FIND

STILL = """() => Promise.all(document.getAnimations()
	.filter((a) => Number.isFinite(a.effect.getComputedTiming().endTime))
	.map((a) => a.finished.catch(() => {})))"""

# Where a click on the element would go: to it, or to what? A person waits until it can be clicked, and no longer moves.
AIM = """async (name, ms) => {
	const aim = () => {
		const element = (%s)(name);
		element?.scrollIntoView({ block: 'nearest' });
		const box = element?.getBoundingClientRect();
		if (!box?.width)
			return { why: element ? 'not visible' : 'not there' };
		if (element.disabled)
			return { why: 'disabled' };
		const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
		const hit = document.elementFromPoint(x, y);
		return element.contains(hit) ? { x: Math.round(x), y: Math.round(y) }
			: { why: `covered by ${hit?.outerHTML.slice(0, 80)}` };
	};
	for (const end = Date.now() + ms; ; await new Promise((resume) => setTimeout(resume, 50))) {
		await Promise.race([(%s)(), new Promise((resume) => setTimeout(resume, 1000))]);
		const found = aim();
		if (!found.why || Date.now() > end)
			return found;
	}
}""" % (FIND, STILL)

# What comes out of an audio element's stream: 16 bits, base64. Nothing does where a hold has taken the track away, which can
# happen at any moment: what is recorded is a stream of its own.
RECORD = """async (name, seconds) => {
	const rate = %d;
	const samples = new Int16Array(seconds * rate);
	const written = () => new Uint8Array(samples.buffer).toBase64();
	const tracks = (%s)(name).srcObject.getAudioTracks();
	if (!tracks.length)
		return written();
	const context = new AudioContext({ sampleRate: rate });
	const code = `registerProcessor('tape', class extends AudioWorkletProcessor {
		process([input]) {
			this.port.postMessage(input.length ? input[0].slice() : new Float32Array(128));
			return true;
		}
	});`;
	const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
	await context.resume();
	await context.audioWorklet.addModule(url);
	URL.revokeObjectURL(url);
	const tape = new AudioWorkletNode(context, 'tape');
	const source = context.createMediaStreamSource(new MediaStream(tracks));
	await new Promise((resolve) => {
		let n = 0;
		tape.port.onmessage = ({ data }) => {
			for (const sample of data.subarray(0, samples.length - n))
				samples[n++] = Math.max(-1, Math.min(1, sample)) * 32767;
			if (n === samples.length)
				resolve();
		};
		source.connect(tape);
	});
	source.disconnect();
	await context.close();
	return written();
}""" % (RATE, FIND)


class Tab:
    RECORDER = RECORD

    def __init__(self, bidi, address, window):
        self.bidi, self.address = bidi, address
        self.user = bidi.command("browser.createUserContext")["userContext"]
        self.context = bidi.command("browsingContext.create", type="window",
                                    userContext=self.user)["context"]
        bidi.command("script.addPreloadScript", functionDeclaration=PURE_MICROPHONE,
                     contexts=[self.context])
        self.resize(**window)
        self.open(address)

    def _command(self, method, **parameters):
        return self.bidi.command(method, context=self.context, **parameters)

    def open(self, address):
        self._command("browsingContext.navigate", url=address, wait="complete")

    def reload(self):
        self._command("browsingContext.reload", wait="complete")

    def resize(self, width, height):
        self._command("browsingContext.setViewport", viewport={"width": width, "height": height})

    def close(self):
        """As a person closes it: the page is told."""
        if self.context and self.bidi.open:
            context, self.context = self.context, None
            self.bidi.command("browsingContext.close", context=context)
            self.bidi.command("browser.removeUserContext", userContext=self.user)

    def run(self, function, *arguments, timeout_s=COMMAND_S):
        """Runs a JavaScript function in the page. -> what it returns, by way of JSON"""
        wrapped = "async (text) => JSON.stringify(await (%s)(...JSON.parse(text)) ?? null)" % function
        answer = self.bidi.command("script.callFunction", timeout_s, functionDeclaration=wrapped,
                                   awaitPromise=True, target={"context": self.context},
                                   arguments=[{"type": "string", "value": json.dumps(arguments)}])
        if answer["type"] == "exception":
            raise Refused(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def until(self, name, condition, timeout_s=EVENT_S, what=None):
        """Until the condition, an expression about the element `e`, is true. -> its value"""
        value = self.run(UNTIL, name, condition, timeout_s * 1000, timeout_s=timeout_s + COMMAND_S)
        if value is False:
            raise AssertionError("%s: %s: not within %d s; page: %s" % (
                name, what or condition, timeout_s, self.summary()))
        return value

    def until_visible(self, name, timeout_s=EVENT_S):
        self.until(name, "e.checkVisibility()", timeout_s, "visible")

    def until_hidden(self, name, timeout_s=EVENT_S):
        self.until(name, "!e.checkVisibility()", timeout_s, "hidden")

    def until_text(self, name, text, timeout_s=EVENT_S):
        self.until(name, "e.textContent === %s" % json.dumps(text), timeout_s)

    def get(self, name, expression):
        """The value of an expression about the element `e`."""
        return self.run("(name) => { const e = (%s)(name); return %s; }" % (FIND, expression), name)

    def text(self, name):
        return self.get(name, "e.textContent")

    def visible(self, name):
        return self.get(name, "e.checkVisibility()")

    def click(self, name):
        aim = self.run(AIM, name, EVENT_S * 1000)
        if "why" in aim:
            raise AssertionError("cannot click %s: %s; page: %s" % (name, aim["why"], self.summary()))
        self._input("pointer", "mouse", [{"type": "pointerMove", "x": aim["x"], "y": aim["y"]},
                                         {"type": "pointerDown", "button": 0},
                                         {"type": "pointerUp", "button": 0}])

    def second_click(self, name):
        """That of a double one, however long the machine takes for it."""
        self.run("(name) => void (%s)(name).dispatchEvent(new MouseEvent('click', { detail: 2 }))" % FIND, name)

    def type(self, text):
        for key in text:
            self.key(key)

    def key(self, key):
        """One character or a name of KEYS."""
        value = KEYS.get(key, key)
        self._input("key", "keyboard", [{"type": "keyDown", "value": value},
                                        {"type": "keyUp", "value": value}])

    def _input(self, kind, name, actions):
        self._command("input.performActions", actions=[{"type": kind, "id": name, "actions": actions}])

    def focused(self):
        """data-testid of what has the keyboard."""
        return self.run("() => document.activeElement?.dataset.testid")

    def accessible(self):
        """What a screen reader gets: [(role, name, {property: value})], in its order. Chromium only."""
        session = self._command("goog:cdp.getSession")["session"]
        answer = self.bidi.command("goog:cdp.sendCommand", method="Accessibility.getFullAXTree",
                                   params={}, session=session)
        return [(node["role"]["value"], node.get("name", {}).get("value", ""),
                 {p["name"]: p["value"].get("value") for p in node.get("properties", [])})
                for node in answer["result"]["nodes"] if not node["ignored"]]

    def record(self, name, seconds):
        """-> samples of what the audio element gets to play, once there is a call"""
        self.until(name, "e.srcObject", what="a stream")
        data = base64.b64decode(self.run(self.RECORDER, name, seconds))
        return memoryview(data).cast("h").tolist()

    def screenshot(self, path):
        """Once what fades in or out has done so."""
        self.run(STILL)
        data = self._command("browsingContext.captureScreenshot")["data"]
        with open(path, "wb") as f:
            f.write(base64.b64decode(data))

    def summary(self):
        """The words on the page, for those who must find out why."""
        try:
            return repr(self.run("() => document.body.innerText.replace(/\\s+/g, ' ').slice(0, 400)"))
        except Refused as error:
            return str(error)
