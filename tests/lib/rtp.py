"""RTP by hand: packets, a socket, tones, and telling which tone is there."""

import math
import random
import socket
import struct
import threading
import time
import wave

from patience import EVENT_S
from sip import family

RATE = 8000


class RtpPacket:
    def __init__(self, data, src):
        self.data, self.src, self.at = data, src, time.monotonic()
        first, second, self.seq, self.timestamp, self.ssrc = struct.unpack_from("!BBHII", data)
        self.marker, self.pt = bool(second & 0x80), second & 0x7f
        size = 12 + 4 * (first & 15)
        if first & 0x10:
            size += 4 + 4 * struct.unpack_from("!H", data, size + 2)[0]
        self.payload = data[size:]
        self.has_extension = bool(first & 0x10)
        self.extension = data[12 + 4 * (first & 15):size] if self.has_extension else b""

    def __repr__(self):
        return "<RTP pt %d seq %d ts %d ssrc %08x %d bytes from %s:%d>" % (
            self.pt, self.seq, self.timestamp, self.ssrc, len(self.payload), *self.src)


class RtpSocket:
    """Sends from and keeps what arrives at one port; RTCP on the next one."""

    MARK = b"mark"      # to ourselves: what is read before it came before it

    def __init__(self, ip, remote=None):
        self.ip, self.remote = ip, remote
        self.rtp, self.rtcp = self._pair(ip)
        self.port = self.rtp.getsockname()[1]
        self.ssrc, self.seq = random.getrandbits(32), random.getrandbits(15)
        self.timestamp = random.getrandbits(31)
        self.received, self.control, self.marks = [], [], 0
        self.changed = threading.Condition()
        self.running = True
        for s in (self.rtp, self.rtcp):
            s.settimeout(0.2)
            threading.Thread(target=self._receive, args=(s,), daemon=True).start()

    @staticmethod
    def _pair(ip):
        for _ in range(100):
            port = random.randrange(50000, 60000, 2)
            pair = [socket.socket(family(ip), socket.SOCK_DGRAM) for _ in range(2)]
            try:
                pair[0].bind((ip, port))
                pair[1].bind((ip, port + 1))
                return pair
            except OSError:
                for s in pair:
                    s.close()
        raise AssertionError("no port pair free at " + ip)

    def _receive(self, sock):
        while self.running:
            try:
                data, src = sock.recvfrom(65535)
            except socket.timeout:
                continue
            except OSError:
                return
            if len(data) < 8 and data != self.MARK:
                continue
            with self.changed:
                if data == self.MARK:
                    self.marks += 1
                elif sock is self.rtp and len(data) >= 12:
                    packet = self.arrived(data, src[:2])
                    self.received += [packet] if packet else []
                else:
                    self.control.append(data)
                self.changed.notify_all()

    def arrived(self, data, src):
        """-> what is kept of it, or None"""
        return RtpPacket(data, src)

    def packet(self, payload, pt=0, marker=False, step=160, extension=b""):
        self.seq = (self.seq + 1) & 0xffff
        self.timestamp = (self.timestamp + step) & 0xffffffff
        return struct.pack("!BBHII", 0x90 if extension else 0x80, (0x80 if marker else 0) | pt, self.seq,
                           self.timestamp, self.ssrc) + extension + payload

    def send(self, payload, pt=0, **fields):
        self.rtp.sendto(self.packet(payload, pt, **fields), self.remote)

    def send_raw(self, data):
        self.rtp.sendto(data, self.remote)

    def play(self, payloads, pt=0, period_s=0.02):
        """At the pace of a telephone."""
        start = time.monotonic()
        for i, payload in enumerate(payloads):
            time.sleep(max(0, start + i * period_s - time.monotonic()))
            self.send(payload, pt)

    def wait(self, count=1, timeout_s=EVENT_S, match=lambda packet: True):
        """Until that many packets that match have arrived. -> them"""
        with self.changed:
            def found():
                return [p for p in self.received if match(p)]
            if not self.changed.wait_for(lambda: len(found()) >= count, timeout_s):
                raise AssertionError("%d RTP packets in %.1f s at %s:%d, %d wanted: %r" % (
                    len(found()), timeout_s, self.ip, self.port, count, self.received[-5:]))
            return found()

    def send_control(self, data):
        self.rtcp.sendto(data, (self.remote[0], self.remote[1] + 1))

    def wait_control(self, timeout_s=EVENT_S, match=lambda data: True):
        """The first RTCP that matches."""
        with self.changed:
            def found():
                return [data for data in self.control if match(data)]
            if not self.changed.wait_for(found, timeout_s):
                raise AssertionError("no RTCP of that kind at %s:%d in %.1f s: %r" % (
                    self.ip, self.port + 1, timeout_s, [data.hex() for data in self.control]))
            return found()[0]

    def forget(self):
        """Whatever has come so far, read or not."""
        with self.changed:
            seen = self.marks
            for own in (self.rtp, self.rtcp):
                own.sendto(self.MARK, own.getsockname())
            if not self.changed.wait_for(lambda: self.marks >= seen + 2, EVENT_S):
                raise AssertionError("%s:%d does not read" % (self.ip, self.port))
            self.received.clear()
            self.control.clear()

    def close(self):
        self.running = False
        self.rtp.close()
        self.rtcp.close()


def kinds(control):
    """[(type, count or format), ...] of a compound of RTCP"""
    found = []
    while len(control) >= 4:
        first, kind, words = struct.unpack_from("!BBH", control)
        found.append((kind, first & 31))
        control = control[4 * (words + 1):]
    return found


# ------------------------------------------------------------------------------------- tones
def tone(hz, seconds, rate=RATE, level=0.4):
    """Samples of 16 bits."""
    return [int(32767 * level * math.sin(2 * math.pi * hz * i / rate))
            for i in range(int(seconds * rate))]


def write_wav(path, samples, rate=RATE, channels=1):
    """The same samples in each channel."""
    samples = [sample for sample in samples for _ in range(channels)]
    with wave.open(path, "wb") as f:
        f.setnchannels(channels)
        f.setsampwidth(2)
        f.setframerate(rate)
        f.writeframes(struct.pack("<%dh" % len(samples), *samples))


def read_wav(path):
    """-> samples of the first channel, rate"""
    with wave.open(path, "rb") as f:
        channels, rate, frames = f.getnchannels(), f.getframerate(), f.readframes(f.getnframes())
    return list(struct.unpack("<%dh" % (len(frames) // 2), frames))[::channels], rate


def goertzel(samples, hz, rate=RATE):
    """Power of one frequency, as the part of the whole signal's power that it makes up: 0 to 1."""
    n = len(samples)
    total = sum(s * s for s in samples)
    if not n or not total:
        return 0.0
    w = 2 * math.cos(2 * math.pi * hz / rate)
    s1 = s2 = 0.0
    for sample in samples:
        s1, s2 = sample + w * s1 - s2, s1
    return 2 * (s1 * s1 + s2 * s2 - w * s1 * s2) / (n * total)


def loudest(samples, candidates, rate=RATE):
    """{hz: share of power}, over the windows that are not silent"""
    windows = loud_windows(samples, rate)
    return {hz: share(windows, hz, rate) for hz in candidates}


def loudest_recorded(samples, candidates, rate):
    """The same of what a telephone recorded. A busy machine serves it late, and where something is missing the tone begins
    anew: of the strongest that half of the windows counts, short ones, which has the most power; of the others all do."""
    levels = loudest(samples, candidates, rate)
    windows = sorted(loud_windows(samples, rate, 0.05), key=lambda w: -sum(s * s for s in w))
    strongest = max(levels, key=levels.get)
    return {**levels, strongest: share(windows[:math.ceil(len(windows) / 2)], strongest, rate)}


def loud_windows(samples, rate, length_s=0.2):
    size = int(rate * length_s)
    windows = [samples[i:i + size] for i in range(0, len(samples) - size + 1, size)]
    return [w for w in windows if max(map(abs, w)) > 500]


def share(windows, hz, rate):
    return sum(goertzel(w, hz, rate) for w in windows) / len(windows) if windows else 0.0


def ulaw(samples):
    """G.711, bytes for packets of PCMU."""
    out = bytearray()
    for sample in samples:
        sign, magnitude = (0x80, -sample) if sample < 0 else (0, sample)
        magnitude = min(magnitude, 32635) + 132
        exponent = magnitude.bit_length() - 8
        out.append(~(sign | exponent << 4 | (magnitude >> (exponent + 3)) & 15) & 0xff)
    return bytes(out)


def unulaw(data):
    out = []
    for byte in data:
        byte = ~byte & 0xff
        magnitude = (((byte & 15) << 3) + 132 << (byte >> 4 & 7)) - 132
        out.append(-magnitude if byte & 0x80 else magnitude)
    return out


def frames(data, size=160):
    return [data[i:i + size] for i in range(0, len(data) - size + 1, size)]
