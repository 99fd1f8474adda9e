"""The way between a page and its Janus: a TCP relay that can be cut and mended, at a word too, and tells what was said
on it."""

import contextlib
import selectors
import socket
import struct
import threading

from process import wait_until


class Wire:
    """port: where it listens, for Janus at to_port."""

    def __init__(self, to_port):
        self.to_port = to_port
        self.pairs = {}             # each socket -> its other end
        self.said = {True: {}, False: {}}   # by the page, by Janus: {connection: bytes}
        self.whole, self.refused = True, 0
        self.last_word = None       # (by the page or by Janus, what it says when the wire is cut)
        self.hushed = None          # (by the page or by Janus, what is not passed on)
        self.kept = []              # [(end, data)] of who is hushed
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def cut(self):
        """Every connection breaks, and new ones are refused."""
        with self.lock:
            self._cut()

    def _cut(self):
        self.whole = False
        for end in list(self.pairs):
            self._drop(end)

    def cut_at(self, word, by_page):
        """... as soon as one side says something with that word in it, which the other does not hear."""
        with self.lock:
            self.last_word = (by_page, word)

    def hush_at(self, word, by_page):
        """One side is not heard any more as soon as it says something with that word in it, until let_go()."""
        with self.lock:
            self.hushed = (by_page, word)

    def until_hushed(self):
        wait_until(lambda: self.kept, "what is not passed on")

    def let_go(self):
        with self.lock:
            kept, self.kept, self.hushed = self.kept, [], None
            for end, data in kept:
                if end in self.pairs:
                    self.pairs[end].sendall(data)

    def mend(self):
        self.whole = True

    def texts(self, by_page):
        """All WebSocket messages of one side."""
        with self.lock:
            return [text for stream in self.said[by_page].values() for text in messages(stream)]

    def until_said(self, word):
        """Until Janus has told the page something with that word in it."""
        wait_until(lambda: any(word in text for text in self.texts(by_page=False)), word)

    def close(self):
        self.cut()
        self.listener.close()

    def _run(self):
        with contextlib.suppress(OSError, ValueError):      # closed
            while self.listener.fileno() >= 0:
                for key, _ in self.selector.select(0.5):
                    with self.lock:
                        if key.fileobj is self.listener:
                            self._accept()
                        elif key.fileobj in self.pairs:
                            self._pass_on(key.fileobj)

    def _accept(self):
        page, _ = self.listener.accept()
        if not self.whole:
            self.refused += 1
            page.close()
            return
        janus = socket.create_connection(("127.0.0.1", self.to_port))
        self.pairs |= {page: janus, janus: page}
        self.said[True][page] = self.said[False][janus] = b""
        for end in (page, janus):
            self.selector.register(end, selectors.EVENT_READ)

    def _pass_on(self, end):
        try:
            data = end.recv(65536)
            if data:
                by_page = end in self.said[True]
                self.said[by_page][end] += data
                if self._says(self.last_word, end, data):
                    self.last_word = None
                    return self._cut()
                if any(end is one for one, _ in self.kept) or self._says(self.hushed, end, data):
                    return self.kept.append((end, data))
                return self.pairs[end].sendall(data)
        except OSError:
            pass
        self._drop(end)

    def _says(self, awaited, end, data):
        """Whether that is in a message that has just come, or that these data end."""
        by_page, word = awaited or (None, "")
        stream = self.said[by_page].get(end) if awaited else None
        if stream is None:
            return False
        before = len(list(messages(stream[:-len(data)])))
        return any(word in text for text in list(messages(stream))[before:])

    def _drop(self, end):
        for one in (end, self.pairs.get(end)):
            if one in self.pairs:
                del self.pairs[one]
                self.selector.unregister(one)
                one.close()


def messages(stream):
    """Payloads of the WebSocket frames behind the handshake (RFC 6455 5.2), as text."""
    data = stream.partition(b"\r\n\r\n")[2]
    while len(data) >= 2:
        size, at = data[1] & 0x7f, 2
        if size > 125:
            form = "!H" if size == 126 else "!Q"
            at += struct.calcsize(form)
            size, = struct.unpack(form, data[2:at])
        mask = data[at:at + 4] if data[1] & 0x80 else b""
        at += len(mask)
        payload, data = data[at:at + size], data[at + size:]
        if mask:
            payload = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
        yield payload.decode("utf-8", "replace")
