"""A real TURN server (coturn) with the secret of time-limited credentials, and the least of a TURN client."""

import base64
import hashlib
import hmac
import os
import socket
import struct

import janus
from process import Process, wait_until

ADDRESS = janus.ADDRESS
REALM = "turn.ims.example"
COOKIE = 0x2112a442
ALLOCATE, ERROR, SUCCESS = 0x0003, 0x0113, 0x0103
USERNAME, INTEGRITY, ERROR_CODE, REALM_, NONCE, TRANSPORT = 0x0006, 0x0008, 0x0009, 0x0014, 0x0015, 0x0019


def credentials(secret, until, name="somebody"):
    """What a server with this secret takes until then; Python's word, not the plugin's."""
    username = "%d:%s" % (until, name)
    return username, base64.b64encode(hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()).decode()


class Coturn:
    """address: where it listens and relays from; more: lines for its configuration."""

    def __init__(self, folder, secret, address=ADDRESS, port=3478, more=()):
        self.address, self.port, self.url = address, port, "turn:%s:%d?transport=udp" % (address, port)
        path = os.path.join(folder, "turnserver.conf")
        with open(path, "w") as f:
            f.write("\n".join([
                "listening-ip=" + address, "relay-ip=" + address, "listening-port=%d" % port,
                "min-port=34000", "max-port=34999", "use-auth-secret", "static-auth-secret=" + secret,
                "realm=" + REALM, "no-tls", "no-dtls", "no-cli", "no-multicast-peers", "fingerprint", "verbose",
                "log-file=stdout", "simple-log", "pidfile=%s/turnserver.pid" % folder,
                "userdb=%s/turndb" % folder, *more]) + "\n")
        self.process = Process(["turnserver", "-c", path], os.path.join(folder, "turnserver.log"))
        wait_until(lambda: self.allocate("", "") == 401, "coturn")

    def stop(self):
        self.process.stop()

    def output(self):
        return self.process.output()

    # -------------------------------------------------------------- a client
    def allocate(self, username, password):
        """One Allocate of UDP. -> 0, or the number of the error."""
        if not self.process.alive():
            raise AssertionError("coturn: " + self.process.tail())
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind((self.address, 0))
            s.settimeout(1)
            first = self._exchange(s, [(TRANSPORT, b"\x11\0\0\0")])
            if first is None or not username:
                return code_of(first)
            key = hashlib.md5(("%s:%s:%s" % (username, first[REALM_].decode(), password)).encode()).digest()
            return code_of(self._exchange(s, [
                (TRANSPORT, b"\x11\0\0\0"), (USERNAME, username.encode()), (REALM_, first[REALM_]),
                (NONCE, first[NONCE])], key))

    def _exchange(self, s, attributes, key=None):
        """-> the answer's attributes, None: there was none"""
        body = b"".join(attribute(*one) for one in attributes)
        head = struct.pack("!HHI12s", ALLOCATE, len(body) + (24 if key else 0), COOKIE, os.urandom(12))
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
