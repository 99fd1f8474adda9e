"""A network between two hosts that can be slow, lossy and cut: two TUN devices, and this process
carries each packet from one to the other. (tc netem is not in every kernel, and forgets what it did.)

    link.lose(0.05); link.delay(0.2, jitter_s=0.05); link.cut(); link.mend()
    link.lose_first(match)      the first of each datagram that is the same, if match(payload)
"""

import contextlib
import fcntl
import heapq
import itertools
import os
import random
import select
import struct
import threading
import time

from patience import EVENT_S

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454ca, 0x0001, 0x1000


def tun(name):
    """-> descriptor; what is read from it are IP packets that the host sends there"""
    opened = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(opened, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    return opened


def udp_payload(packet):
    """None when it is something else."""
    if packet[0] >> 4 != 4 or packet[9] != 17:
        return None
    return packet[(packet[0] & 15) * 4 + 8:]


class Link:
    """Devices are named name0, which stays here, and name1, which goes to the other host.
    see(packet) is told of each packet as it is sent, whatever becomes of it."""

    def __init__(self, name, see=lambda packet: None, seed=1):
        self.devices = [name + "0", name + "1"]
        self.ends = [tun(device) for device in self.devices]
        self.see, self.chance = see, random.Random(seed)
        self.lost = self.passed = 0
        self.under_way, self.numbers = [], itertools.count()
        self.arrival = [0.0, 0.0]           # of the last one at each end: none overtakes another
        self.mend()
        self.wake, self._waker = os.pipe()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    # ------------------------------------------------------------------ what it does to packets
    def lose(self, share):
        self.share = share

    def delay(self, delay_s, jitter_s=0.0):
        self.delay_s, self.jitter_s = delay_s, jitter_s

    def lose_first(self, match):
        self.match, self.known = match, set()

    def cut(self):
        self.is_cut = True

    def mend(self):
        """As good as new."""
        self.share, self.delay_s, self.jitter_s, self.is_cut = 0.0, 0.0, 0.0, False
        self.match, self.known = None, set()

    def _loses(self, packet):
        if self.is_cut or self.share and self.chance.random() < self.share:
            return True
        payload = udp_payload(packet)
        if self.match is None or payload is None or payload in self.known or not self.match(payload):
            return False
        self.known.add(payload)
        return True

    # ------------------------------------------------------------------------ carrying them
    def _run(self):
        try:
            self._carry()
        finally:                    # the next case's has the same name
            for end in self.ends + [self.wake]:
                os.close(end)

    def _carry(self):
        while True:
            left = self.under_way[0][0] - time.monotonic() if self.under_way else None
            ready, _, _ = select.select(self.ends + [self.wake], [], [], left and max(0, left))
            if self.wake in ready:
                return
            for end in ready:
                with contextlib.suppress(BlockingIOError):
                    self._take(os.read(end, 65535), 1 - self.ends.index(end))
            self._deliver()

    def _take(self, packet, to):
        self.see(packet)
        if self._loses(packet):
            self.lost += 1
            return
        self.passed += 1
        late = self.delay_s + self.chance.uniform(-self.jitter_s, self.jitter_s)
        self.arrival[to] = max(time.monotonic() + late, self.arrival[to])
        heapq.heappush(self.under_way, (self.arrival[to], next(self.numbers), to, packet))

    def _deliver(self):
        while self.under_way and self.under_way[0][0] <= time.monotonic():
            _, _, to, packet = heapq.heappop(self.under_way)
            with contextlib.suppress(OSError):      # the device is down, or its queue full: lost
                os.write(self.ends[to], packet)

    def close(self):
        with contextlib.suppress(BrokenPipeError):      # it has ended by itself, as its device did
            os.write(self._waker, b"x")
        self.thread.join(EVENT_S)
        os.close(self._waker)
