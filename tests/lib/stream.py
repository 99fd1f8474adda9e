"""SIP over TCP for scripted peers: connections, and what cuts them."""

import contextlib
import select
import socket
import ssl
import struct
import threading

from sip import Message, family


class Connection:
    """One TCP connection of a peer; stands wherever the address of a datagram's source could."""

    def __init__(self, peer, opened, address):
        self.peer, self.socket, self.address = peer, opened, address[:2]
        self.pings = 0                  # CRLF CRLF that came (RFC 5626 3.5.1)
        self.mute = False               # nothing goes out any more
        self.pong = threading.Event()   # a CRLF came
        self.ended = threading.Event()
        self.turn = threading.Lock()    # TLS: its reader and its writers share one state
        peer.connections.append(self)
        threading.Thread(target=self._receive, daemon=True).start()

    def __getitem__(self, index):
        """Like an address."""
        return self.address[index]

    def send(self, data):
        if self.mute:
            return
        while data:
            data = data[self._in_turn(lambda: self.socket.send(data)):]

    def close(self):
        """FIN"""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)

    def reset(self):
        """RST"""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.shutdown(socket.SHUT_RD)    # says nothing to the far end, but wakes the reader

    def _in_turn(self, step):
        """Of TLS one step at a time, and nobody waits in one; of TCP just the step."""
        if not isinstance(self.socket, ssl.SSLSocket):
            return step()
        while True:
            with self.turn:
                try:
                    return step()
                except ssl.SSLWantReadError:
                    wanted = [self.socket], [], []
                except ssl.SSLWantWriteError:
                    wanted = [], [self.socket], []
            select.select(*wanted)

    def _receive(self):
        data = b""
        self.socket.setblocking(not isinstance(self.socket, ssl.SSLSocket))
        with contextlib.suppress(OSError):
            while True:
                more = self._in_turn(lambda: self.socket.recv(65536))
                if not more:
                    break
                data = self._messages(data + more)
        self.ended.set()
        with contextlib.suppress(OSError):
            self.socket.close()

    def _messages(self, data):
        """Hands on what is complete. -> the rest"""
        while True:
            while data.startswith(b"\r\n\r\n"):
                self.pings += 1
                data = data[4:]
                self.send(b"\r\n")
            if data == b"\r\n":
                self.pong.set()
            head, blank, _ = data.partition(b"\r\n\r\n")
            if not blank:
                return data
            size = len(head) + 4 + int(Message(head + blank).get("content-length", "0"))
            if len(data) < size:
                return data
            self.peer.arrived(Message(data[:size].lstrip()), self)
            data = data[size:]


def listen(peer, tls=None):
    """-> the socket on which connections to the peer's address are accepted; tls: an SSLContext"""
    listener = socket.create_server(peer.address, family=family(peer.ip))

    def accept():
        with contextlib.suppress(OSError):
            while True:
                opened, address = listener.accept()
                if tls:
                    with contextlib.suppress(OSError):
                        Connection(peer, tls.wrap_socket(opened, server_side=True), address)
                else:
                    Connection(peer, opened, address)
    threading.Thread(target=accept, daemon=True).start()
    return listener
