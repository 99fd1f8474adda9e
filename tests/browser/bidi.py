"""WebDriver BiDi, the W3C's protocol for driving browsers: one connection, commands and answers.
Chromium speaks it through chromedriver, Firefox by itself."""

import base64
import itertools
import json
import os
import socket
import struct
import threading
from urllib.parse import urlparse

from client import WebSocketConnection
from patience import EVENT_S

COMMAND_S = 2 * EVENT_S     # a page may be asked to wait for something itself


class Refused(AssertionError):
    """The browser refused a command, or a script of ours threw."""


class Socket(WebSocketConnection):
    def __init__(self, address):
        url = urlparse(address)
        self.socket = socket.create_connection((url.hostname, url.port), timeout=EVENT_S)
        self.socket.sendall(("GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\n"
                             "Connection: Upgrade\r\nSec-WebSocket-Key: %s\r\n"
                             "Sec-WebSocket-Version: 13\r\n\r\n"
                             % (url.path, url.netloc, base64.b64encode(os.urandom(16)).decode())
                             ).encode())
        self.stream = self.socket.makefile("rb")
        status = self.stream.readline()
        if b" 101 " not in status:
            raise ConnectionError("%s: no WebSocket: %r" % (address, status))
        while self.stream.readline() not in (b"\r\n", b""):
            pass
        self.socket.settimeout(None)


class Bidi:
    def __init__(self, address):
        self.socket = Socket(address)
        self.numbers = itertools.count(1)
        self.changed = threading.Condition()
        self.answers, self.open = {}, True
        threading.Thread(target=self._receive, daemon=True).start()

    def command(self, method, /, timeout_s=COMMAND_S, **parameters):
        """-> its result"""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}).encode())
        with self.changed:
            self.changed.wait_for(lambda: number in self.answers or not self.open, timeout_s)
            answer = self.answers.pop(number, None)
        if answer is None:
            raise Refused("%s: %s" % (method, "no answer in %d s" % timeout_s if self.open else
                                      "the browser is gone"))
        if answer["type"] == "error":
            raise Refused("%s: %s, %s" % (method, answer["error"], answer["message"]))
        return answer["result"]

    def _receive(self):
        try:
            while data := self.socket.receive():
                message = json.loads(data)
                with self.changed:
                    if message.get("id"):
                        self.answers[message["id"]] = message
                    self.changed.notify_all()
        except (OSError, ValueError, struct.error):
            pass
        with self.changed:
            self.open = False
            self.changed.notify_all()

    def close(self):
        self.socket.close()
