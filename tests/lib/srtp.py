"""SRTP and SRTCP from the far end's side, written from RFC 3711 and RFC 4568: AES-CM with HMAC-SHA1."""

import base64
import hashlib
import hmac
import os
import re
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

import leaks
from rtp import RtpPacket, RtpSocket

TAGS = {"AES_CM_128_HMAC_SHA1_80": 10, "AES_CM_128_HMAC_SHA1_32": 4}
SUITE = "AES_CM_128_HMAC_SHA1_80"
RTP, RTCP = 0, 3        # labels of the key derivation


class Refused(Exception):
    """Not authentic."""


class Key:
    """One sender's master key and salt."""

    def __init__(self, master=None, suite=SUITE):
        self.master, self.suite = master or os.urandom(30), suite
        leaks.book.note("SRTP key", self.inline, ("sip", "trace"))
        self.rocs, self.control = {}, 0

    @property
    def inline(self):
        return base64.b64encode(self.master).decode()

    def line(self, tag=1):
        return "a=crypto:%d %s inline:%s\r\n" % (tag, self.suite, self.inline)

    def _stream(self, key, iv, length):
        zero = Cipher(algorithms.AES(key), modes.CTR(iv.to_bytes(16, "big"))).encryptor()
        return zero.update(bytes(length))

    def _derive(self, label, length):
        salt = int.from_bytes(self.master[16:], "big") ^ (label << 48)
        return self._stream(self.master[:16], salt << 16, length)

    def _crypt(self, kind, ssrc, index, data):
        salt = int.from_bytes(self._derive(kind + 2, 14), "big")
        iv = (salt << 16) ^ (ssrc << 64) ^ (index << 16)
        keys = self._stream(self._derive(kind, 16), iv, len(data))
        return bytes(a ^ b for a, b in zip(data, keys))

    def _tag(self, kind, data):
        return hmac.new(self._derive(kind + 1, 20), data, hashlib.sha1).digest()

    def _roc(self, ssrc, seq):
        """Good enough for packets that come in order."""
        last = self.rocs.get(ssrc, (0, seq))
        roc = last[0] + (1 if seq < last[1] - 0x8000 else 0)
        self.rocs[ssrc] = (roc, seq)
        return roc

    def protect(self, packet):
        parsed = RtpPacket(packet, None)
        head = packet[:len(packet) - len(parsed.payload)]
        roc = self._roc(parsed.ssrc, parsed.seq)
        sealed = head + self._crypt(RTP, parsed.ssrc, roc << 16 | parsed.seq, parsed.payload)
        return sealed + self._tag(RTP, sealed + struct.pack("!I", roc))[:TAGS[self.suite]]

    def unprotect(self, packet):
        size = TAGS[self.suite]
        sealed, tag = packet[:-size], packet[-size:]
        parsed = RtpPacket(sealed, None)
        roc = self._roc(parsed.ssrc, parsed.seq)
        if self._tag(RTP, sealed + struct.pack("!I", roc))[:size] != tag:
            raise Refused(packet[:12].hex())
        head = sealed[:len(sealed) - len(parsed.payload)]
        return head + self._crypt(RTP, parsed.ssrc, roc << 16 | parsed.seq, parsed.payload)

    def protect_control(self, packet):
        ssrc, = struct.unpack_from("!I", packet, 4)
        self.control += 1
        sealed = packet[:8] + self._crypt(RTCP, ssrc, self.control, packet[8:])
        sealed += struct.pack("!I", 1 << 31 | self.control)
        return sealed + self._tag(RTCP, sealed)[:10]

    def unprotect_control(self, packet):
        sealed, tag = packet[:-10], packet[-10:]
        index, = struct.unpack("!I", sealed[-4:])
        ssrc, = struct.unpack_from("!I", sealed, 4)
        if self._tag(RTCP, sealed)[:10] != tag or not index >> 31:
            raise Refused(packet[:8].hex())
        return sealed[:8] + self._crypt(RTCP, ssrc, index & 0x7fffffff, sealed[8:-4])


def lines(body):
    """-> {tag: Key} of what we can do here"""
    found = re.findall(r"^a=crypto:(\d+) (\S+) inline:(\S+)", body, re.M)
    for _, _, key in found:
        leaks.book.note("SRTP key", key, ("sip", "trace"))
    return {int(tag): Key(base64.b64decode(key), suite) for tag, suite, key in found if suite in TAGS}


class SrtpSocket(RtpSocket):
    """RtpSocket of a phone: ours protects what it sends, theirs opens what comes. What does not open is kept in
    `refused`."""

    def __init__(self, ip, remote=None):
        self.ours, self.theirs, self.refused = Key(), None, []
        super().__init__(ip, remote)

    def rekey(self):
        self.ours = Key(suite=self.ours.suite)

    def send(self, payload, pt=0, **fields):
        self.send_raw(self.ours.protect(self.packet(payload, pt, **fields)))

    def arrived(self, data, src):
        try:
            return RtpPacket(self.theirs.unprotect(data), src)
        except Refused as error:
            self.refused.append(str(error))
            return None

    def send_control(self, data):
        super().send_control(self.ours.protect_control(data))
