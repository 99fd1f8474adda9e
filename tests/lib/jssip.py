"""JsSIP itself, without a browser: it registers, comes back by itself when its socket is gone, and rings; it has no media."""

import json
import os
import queue
import subprocess
import threading

import leaks
import npm
import paths
from patience import EVENT_S

DEMO = os.path.join(paths.TOP, "html-demo")


class JsSip:
    def __init__(self, folder, url, user):
        npm.install(DEMO)
        leaks.book.note_user(user)
        wanted = {"modules": DEMO, "url": url, "impu": user.impu, "impi": user.impi, "password": user.password}
        self.user, self.heard = user, queue.Queue()
        with open(folder + "/jssip.log", "ab") as log:
            self.process = subprocess.Popen(
                ["node", os.path.join(paths.TOP, "tests", "lib", "jssip.mjs"), json.dumps(wanted)],
                stdout=subprocess.PIPE, stderr=log, text=True, env={**os.environ, "NODE_TLS_REJECT_UNAUTHORIZED": "0"})
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        for line in self.process.stdout:
            self.heard.put(json.loads(line))

    def wait(self, event, timeout_s=EVENT_S):
        """Until that happens to it; what happens before is forgotten. -> what it says of it"""
        seen = []
        while True:
            try:
                seen.append(self.heard.get(timeout=timeout_s))
            except queue.Empty:
                raise AssertionError("JsSIP: no %s in %.0f s, but %r" % (event, timeout_s, seen)) from None
            if seen[-1]["event"] == event:
                return seen[-1]

    def rung(self):
        """How many calls came and were not waited for."""
        return sum(word["event"] == "call" for word in list(self.heard.queue))

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
