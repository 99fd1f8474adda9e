"""Everything that passes loopback over UDP, seen by a raw socket; SIP taken apart.

    packet = capture.wait_request("REGISTER", to="127.0.1.12")
    header(packet, "Path", "<sip:.+@127.0.1.21:5060;lr>")
"""

import re
import socket
import struct
import threading
import time

from checks import Failed
from sip import Message

ETH_P_IP = 0x0800
SIP_START = re.compile(rb"(?:SIP/2\.0 \d{3} |[A-Z]{3,10} (?:sips?|tel|urn):)")


class Packet:
    def __init__(self, at, src, dst, payload):
        self.at, self.src, self.dst, self.payload = at, src, dst, payload
        self._message = None

    @property
    def is_sip(self):
        return SIP_START.match(self.payload) is not None

    @property
    def message(self):
        if self._message is None:
            self._message = Message(self.payload)
        return self._message

    def __getattr__(self, name):
        """A packet can be asked like its message: packet.get("Path")."""
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.message, name)

    def text(self):
        return "%s:%d -> %s:%d\n%s" % (*self.src, *self.dst, self.message.text())

    def __repr__(self):
        return "<%s:%d %s>" % (self.src[0], self.src[1], self.message.start)


class Sniffer:
    """One for a run; captures of cases look at what it keeps."""

    LIMIT = 400_000

    def __init__(self, interface="lo"):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_IP))
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32 << 20)
        self.socket.bind((interface, ETH_P_IP))
        self.changed = threading.Condition()
        self.packets, self.dropped = [], 0
        self.running = True
        self.beacon = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.beacon.bind(("127.0.0.1", 0))
        self.beacons_sent = self.beacons_seen = 0
        threading.Thread(target=self._run, daemon=True).start()

    def close(self):
        self.running = False
        self.beacon.sendto(b"", self.beacon.getsockname())

    def _run(self):
        me = self.beacon.getsockname()
        while self.running:
            packet = self._parse(self.socket.recv(65535))
            if packet is None:
                continue
            with self.changed:
                if packet.dst == me:
                    self.beacons_seen += 1
                else:
                    self._keep(packet)
                self.changed.notify_all()
        self.socket.close()
        self.beacon.close()

    def _keep(self, packet):
        if len(self.packets) < self.LIMIT:
            self.packets.append(packet)
        else:
            self.dropped += 1

    @staticmethod
    def _parse(data):
        size = (data[0] & 15) * 4
        if data[0] >> 4 != 4 or data[9] != socket.IPPROTO_UDP or len(data) < size + 8:
            return None
        sport, dport, length = struct.unpack_from("!HHH", data, size)
        return Packet(time.time(), (socket.inet_ntoa(data[12:16]), sport),
                      (socket.inet_ntoa(data[16:20]), dport), data[size + 8:size + length])

    def sync(self):
        """Afterwards everything sent before is in `packets`."""
        with self.changed:
            self.beacons_sent += 1
            want = self.beacons_sent
        self.beacon.sendto(b"beacon", self.beacon.getsockname())
        with self.changed:
            self.changed.wait_for(lambda: self.beacons_seen >= want, 10)


class Capture:
    """What a sniffer saw from now on."""

    def __init__(self, sniffer):
        self.sniffer = sniffer
        self.start = 0
        self.restart()

    def restart(self):
        self.sniffer.sync()
        with self.sniffer.changed:
            self.start = len(self.sniffer.packets)

    def packets(self):
        self.sniffer.sync()
        with self.sniffer.changed:
            return self.sniffer.packets[self.start:]

    @staticmethod
    def _fits(packet, to, frm, match):
        def at(address, want):
            return want is None or want in (address[0], address)
        return at(packet.dst, to) and at(packet.src, frm) and (match is None or match(packet))

    def sip(self, to=None, frm=None, match=None):
        return [p for p in self.packets() if p.is_sip and self._fits(p, to, frm, match)]

    def requests(self, method, to=None, frm=None, match=None):
        return [p for p in self.sip(to, frm)
                if not p.is_response and p.method == method and (not match or match(p))]

    def responses(self, method, status=None, to=None, frm=None, match=None):
        return [p for p in self.sip(to, frm) if p.is_response and p.method == method
                and (status is None or p.status == status) and (not match or match(p))]

    def udp(self, to=None, frm=None):
        """Whatever else passed: RTP for example."""
        return [p for p in self.packets() if not p.is_sip and self._fits(p, to, frm, None)]

    def wait(self, find, timeout_s, what):
        """Until find() returns something that is not empty."""
        end = time.monotonic() + timeout_s
        while True:
            with self.sniffer.changed:
                seen = len(self.sniffer.packets)
            found = find()
            if found:
                return found
            with self.sniffer.changed:
                left = end - time.monotonic()
                if left <= 0:
                    break
                self.sniffer.changed.wait_for(lambda: len(self.sniffer.packets) > seen, left)
        raise Failed("no %s in %.1f s; seen:\n%s" % (what, timeout_s, self.summary()))

    def wait_request(self, method, to=None, frm=None, timeout_s=8, count=1, match=None):
        """-> the count-th such request"""
        def find():
            found = self.requests(method, to, frm, match)
            return found[count - 1] if len(found) >= count else None
        return self.wait(find, timeout_s, "%s (%d.) to %s" % (method, count, to or "anybody"))

    def wait_response(self, method, status=None, to=None, frm=None, timeout_s=8, match=None):
        def find():
            found = self.responses(method, status, to, frm, match)
            return found[0] if found else None
        return self.wait(find, timeout_s, "%s answer to %s" % (status or "any", method))

    def summary(self, last=60):
        rows = ["    %.3f %-15s -> %-15s %s" % (p.at % 1000, p.src[0], p.dst[0], p.message.start)
                for p in self.packets() if p.is_sip]
        return "\n".join(rows[-last:]) or "    nothing"

    def save(self, path):
        """A pcap file (raw IP) for Wireshark."""
        with open(path, "wb") as f:
            f.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101))
            for p in self.packets():
                udp = struct.pack("!HHHH", p.src[1], p.dst[1], 8 + len(p.payload), 0) + p.payload
                ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0,
                                 socket.inet_aton(p.src[0]), socket.inet_aton(p.dst[0]))
                f.write(struct.pack("<IIII", int(p.at), int(p.at % 1 * 1e6),
                                    len(ip + udp), len(ip + udp)) + ip + udp)
