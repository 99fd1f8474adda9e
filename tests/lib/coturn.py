"""A real TURN server (coturn) with the secret of time-limited credentials, and the least of a TURN client."""

import base64
import hashlib
import hmac
import os
import re
import socket
import struct

import janus
import paths
from patience import EVENT_S
from process import Process, wait_until

ADDRESS = janus.ADDRESS
PORTS = range(34000, 35000)      # where it relays from
COOKIE = 0x2112a442
ALLOCATE, PERMIT = 0x0003, 0x0008
USERNAME, INTEGRITY, ERROR_CODE, PEER, REALM_, NONCE, TRANSPORT = 0x06, 0x08, 0x09, 0x12, 0x14, 0x15, 0x19


def credentials(secret, until, name="somebody"):
    """What a server with this secret takes until then; Python's word, not the plugin's."""
    username = "%d:%s" % (until, name)
    return username, base64.b64encode(hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()).decode()


def sample(secret, media):
    """The configuration in docs/security.md, with our secret and Janus's media address."""
    with open(os.path.join(paths.TOP, "docs", "security.md")) as f:
        text = re.search(r"### TURN: coturn\n\n```\n(.*?)```", f.read(), re.S).group(1)
    return text.replace("THE SECRET OF turn.secret", secret).replace("203.0.113.10", media)


class Coturn:
    """address: where it listens and relays from."""

    def __init__(self, folder, secret, address=ADDRESS, port=3478):
        self.address, self.port, self.url = address, port, "turn:%s:%d?transport=udp" % (address, port)
        path = os.path.join(folder, "turnserver.conf")
        with open(path, "w") as f:
            f.write(sample(secret, janus.ADDRESS) + "\n".join([
                "listening-ip=" + address, "relay-ip=" + address, "listening-port=%d" % port,
                "min-port=%d" % PORTS[0], "max-port=%d" % PORTS[-1], "no-tls", "no-dtls", "fingerprint", "verbose", "log-file=stdout",
                "simple-log", "pidfile=%s/turnserver.pid" % folder, "userdb=%s/turndb" % folder]) + "\n")
        self.process = Process(["turnserver", "-c", path], os.path.join(folder, "turnserver.log"))
        self.answer_s = 0.2         # while it starts, who asks is not heard
        wait_until(lambda: self.allocate("", "") == 401, "coturn")
        self.answer_s = EVENT_S

    def stop(self):
        self.process.stop()

    def output(self):
        return self.process.output()

    # -------------------------------------------------------------- a client
    def allocate(self, username, password):
        """One Allocate of UDP. -> 0, or the number of the error."""
        with self._socket() as s:
            return self._allocate(s, username, password)[0]

    def permit(self, username, password, peer):
        """May something be relayed to that address? -> 0, or the number of the error."""
        with self._socket() as s:
            code, proof, key = self._allocate(s, username, password)
            if code:
                raise AssertionError("not allocated: %r" % code)
            address = struct.pack("!BBHI", 0, 1, 9 ^ COOKIE >> 16,
                                  struct.unpack("!I", socket.inet_aton(peer))[0] ^ COOKIE)
            return code_of(self._exchange(s, PERMIT, [(PEER, address), *proof], key))

    def _socket(self):
        if not self.process.alive():
            raise AssertionError("coturn: " + self.process.tail())
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind((self.address, 0))
        s.settimeout(self.answer_s)
        return s

    def _allocate(self, s, username, password):
        """-> 0 or an error, and what proves the next requests"""
        wanted = [(TRANSPORT, b"\x11\0\0\0")]
        first = self._exchange(s, ALLOCATE, wanted)
        if first is None or not username:
            return code_of(first), None, None
        key = hashlib.md5(("%s:%s:%s" % (username, first[REALM_].decode(), password)).encode()).digest()
        proof = [(USERNAME, username.encode()), (REALM_, first[REALM_]), (NONCE, first[NONCE])]
        return code_of(self._exchange(s, ALLOCATE, wanted + proof, key)), proof, key

    def _exchange(self, s, method, attributes, key=None):
        """-> the answer's attributes, None: there was none"""
        body = b"".join(attribute(*one) for one in attributes)
        head = struct.pack("!HHI12s", method, len(body) + (24 if key else 0), COOKIE, os.urandom(12))
        if key:
            body += attribute(INTEGRITY, hmac.new(key, head + body, hashlib.sha1).digest())
        try:
            s.sendto(head + body, (self.address, self.port))
            return attributes_of(s.recv(2048))
        except OSError:
            return None


def attribute(kind, value):
    return struct.pack("!HH", kind, len(value)) + value + b"\0" * (-len(value) % 4)


def attributes_of(answer):
    found, at = {}, 20
    while at + 4 <= len(answer):
        kind, size = struct.unpack_from("!HH", answer, at)
        found[kind] = answer[at + 4:at + 4 + size]
        at += 4 + size + -size % 4
    return found


def code_of(attributes):
    if attributes is None:
        return None
    error = attributes.get(ERROR_CODE)
    return error[2] * 100 + error[3] if error else 0
