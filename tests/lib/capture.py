"""Everything that passes loopback over UDP, and SIP over TCP, seen by raw sockets; SIP taken apart.

    packet = capture.wait_request("REGISTER", to="127.0.1.12")
    header(packet, "Path", "<sip:.+@127.0.1.21:5060;lr>")
"""

import functools
import re
import select
import socket
import struct
import threading
import time

from checks import Failed
from patience import EVENT_S
from sip import Message

ETH_P_IP, ETH_P_IPV6 = 0x0800, 0x86dd
SIP_START = re.compile(rb"(?:SIP/2\.0 \d{3} |[A-Z]{3,10} (?:sips?|tel|urn):)")
CALL_ID = re.compile(rb"(?im)^(?:call-id|i)[ \t]*:[ \t]*(\S+)")


class Packet:
    """A datagram, or a message that came over TCP."""

    def __init__(self, at, src, dst, payload, transport="udp", seq=0):
        self.at, self.src, self.dst, self.payload = at, src, dst, payload
        self.transport, self.seq = transport, seq
        self.again = False      # a datagram that was seen before: who waits too long for an answer asks again
        self._message = None

    @property
    def is_sip(self):
        return SIP_START.match(self.payload) is not None

    @property
    def same(self):
        """What a datagram has in common with its retransmission."""
        return self.src, self.dst, self.payload

    @functools.cached_property
    def dialog(self):
        """Its Call-ID; None: it has none."""
        found = CALL_ID.search(self.payload)
        return found and found.group(1)

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


class Stream:
    """One direction of a TCP connection: its bytes in order, cut into SIP messages."""

    LIMIT = 1 << 20

    def __init__(self, seq):
        self.next, self.data, self.early = seq, b"", {}
        self.other = False      # it is not SIP that flows here

    def add(self, seq, payload):
        """-> (sequence number, message) of those that are complete now"""
        if self.other:
            return
        self.early[seq] = payload
        while self.early:
            first = min(self.early, key=self._ahead)
            if self._ahead(first) > 0:          # what comes before it is still under way
                break
            new = self.early.pop(first)[-self._ahead(first):]
            self.data += new
            self.next = (self.next + len(new)) & 0xffffffff
        yield from self._messages()

    def _ahead(self, seq):
        return (seq - self.next + (1 << 31)) % (1 << 32) - (1 << 31)

    def _messages(self):
        while True:
            self.data = self.data.lstrip(b"\r\n")
            if len(self.data) >= 16 and not SIP_START.match(self.data) or len(self.data) > self.LIMIT:
                self.other, self.data, self.early = True, b"", {}
            head, blank, _ = self.data.partition(b"\r\n\r\n")
            if not blank:
                return
            length = re.search(rb"(?im)^(?:content-length|l)[ \t]*:[ \t]*(\d+)", head)
            size = len(head) + 4 + (int(length.group(1)) if length else 0)
            if len(self.data) < size:
                return
            message, seq = self.data[:size], (self.next - len(self.data)) & 0xffffffff
            self.data = self.data[size:]
            yield seq, message


class Sniffer:
    """One for a run; captures of cases look at what it keeps."""

    LIMIT = 400_000

    def __init__(self, interface="lo"):
        self.sockets = [self._listen(interface, kind) for kind in (ETH_P_IP, ETH_P_IPV6)]
        self.changed = threading.Condition()
        self.packets, self.dropped = [], 0
        self.sent = set()                       # SIP by datagrams, each once
        self.known, self.known_of = set(), 0    # Call-IDs of the first so many packets
        self.streams = {}               # (source, destination) -> Stream
        self.running = True
        self.beacon = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.beacon.bind(("127.0.0.1", 0))
        self.beacons_sent = self.beacons_seen = 0
        threading.Thread(target=self._run, daemon=True).start()

    @staticmethod
    def _listen(interface, kind):
        opened = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(kind))
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32 << 20)
        opened.bind((interface, kind))
        return opened

    def close(self):
        self.running = False
        self.beacon.sendto(b"", self.beacon.getsockname())

    def _run(self):
        me = self.beacon.getsockname()
        while self.running:
            for ready in select.select(self.sockets, [], [])[0]:
                self._take(ready.recv(65535), me)
        for opened in self.sockets + [self.beacon]:
            opened.close()

    def _take(self, data, me):
        packets = list(self._parse(data))
        if not packets:
            return
        with self.changed:
            for packet in packets:
                if packet.dst == me:
                    self.beacons_seen += 1
                else:
                    self._keep(packet)
            self.changed.notify_all()

    def see(self, data):
        """An IP packet that passed elsewhere."""
        self._take(data, None)

    def _keep(self, packet):
        if packet.transport == "udp" and packet.is_sip:
            packet.again = packet.same in self.sent
            self.sent.add(packet.same)
        if len(self.packets) < self.LIMIT:
            self.packets.append(packet)
        else:
            self.dropped += 1

    def _parse(self, data):
        """-> the packets that an IP datagram completes"""
        if data[0] >> 4 == 4:
            size, protocol, family, at = (data[0] & 15) * 4, data[9], socket.AF_INET, (12, 16, 20)
        else:
            size, protocol, family, at = 40, data[6], socket.AF_INET6, (8, 24, 40)
        if len(data) < size + (20 if protocol == socket.IPPROTO_TCP else 8):
            return
        sport, dport = struct.unpack_from("!HH", data, size)
        src = (socket.inet_ntop(family, data[at[0]:at[1]]), sport)
        dst = (socket.inet_ntop(family, data[at[1]:at[2]]), dport)
        if protocol == socket.IPPROTO_UDP:
            length, = struct.unpack_from("!H", data, size + 4)
            yield Packet(time.time(), src, dst, data[size + 8:size + length])
        elif protocol == socket.IPPROTO_TCP:
            yield from self._segment(src, dst, data[size:])

    def _segment(self, src, dst, segment):
        seq, = struct.unpack_from("!I", segment, 4)
        syn, ended = segment[13] & 2, segment[13] & 5
        if syn or (src, dst) not in self.streams:
            self.streams[src, dst] = Stream((seq + (1 if syn else 0)) & 0xffffffff)
        payload = segment[(segment[12] >> 4) * 4:]
        if payload:
            for at, message in self.streams[src, dst].add(seq, payload):
                yield Packet(time.time(), src, dst, message, "tcp", at)
        if ended:
            del self.streams[src, dst]

    def dialogs(self, count):
        """Call-IDs of the first so many packets."""
        self.known |= {p.dialog for p in self.packets[self.known_of:count] if p.is_sip and p.dialog}
        self.known_of = max(count, self.known_of)
        return frozenset(self.known)

    def sync(self):
        """Afterwards everything sent before is in `packets`."""
        with self.changed:
            self.beacons_sent += 1
            want = self.beacons_sent
        self.beacon.sendto(b"beacon", self.beacon.getsockname())
        with self.changed:
            if not self.changed.wait_for(lambda: self.beacons_seen >= want, EVENT_S):
                raise Failed("the sniffer has not seen its beacon in %d s" % EVENT_S)


class Capture:
    """What a sniffer saw from now on, without the SIP of registrations, subscriptions and calls that were there before:
    those of an earlier case end when its pages are given up, seconds later."""

    def __init__(self, sniffer):
        self.sniffer = sniffer
        self.start = 0
        self.restart()
        self.earlier = sniffer.dialogs(self.start)

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

    def sip(self, to=None, frm=None, match=None, again=False):
        """again: retransmissions too. How many there are is a matter of how busy the machine is."""
        return [p for p in self.packets() if p.is_sip and (again or not p.again)
                and p.dialog not in self.earlier and self._fits(p, to, frm, match)]

    def requests(self, method, to=None, frm=None, match=None, again=False):
        return [p for p in self.sip(to, frm, again=again)
                if not p.is_response and p.method == method and (not match or match(p))]

    def responses(self, method, status=None, to=None, frm=None, match=None):
        return [p for p in self.sip(to, frm) if p.is_response and p.method == method
                and (status is None or p.status == status) and (not match or match(p))]

    def udp(self, to=None, frm=None):
        """Whatever else passed: RTP for example."""
        return [p for p in self.packets() if not p.is_sip and self._fits(p, to, frm, None)]

    def wait(self, find, what, timeout_s=EVENT_S):
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

    def wait_request(self, method, to=None, frm=None, timeout_s=EVENT_S, count=1, match=None, again=False):
        """-> the count-th such request"""
        def find():
            found = self.requests(method, to, frm, match, again)
            return found[count - 1] if len(found) >= count else None
        return self.wait(find, "%s (%d.) to %s" % (method, count, to or "anybody"), timeout_s)

    def wait_response(self, method, status=None, to=None, frm=None, timeout_s=EVENT_S, match=None):
        def find():
            found = self.responses(method, status, to, frm, match)
            return found[0] if found else None
        return self.wait(find, "%s answer to %s" % (status or "any", method), timeout_s)

    def summary(self, last=60):
        rows = ["    %.3f %-15s -> %-15s %s" % (p.at % 1000, p.src[0], p.dst[0], p.message.start)
                for p in self.packets() if p.is_sip]
        return "\n".join(rows[-last:]) or "    nothing"

    def save(self, path):
        """A pcap file (raw IP) for Wireshark. A message over TCP is one segment in it."""
        with open(path, "wb") as f:
            f.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101))
            for p in self.packets():
                data = ip_datagram(p)
                f.write(struct.pack("<IIII", int(p.at), int(p.at % 1 * 1e6), len(data), len(data)) + data)


def ip_datagram(packet):
    if packet.transport == "tcp":
        protocol, ports = socket.IPPROTO_TCP, struct.pack("!HHIIBBHHH", packet.src[1], packet.dst[1],
                                                          packet.seq, 0, 0x50, 0x18, 65535, 0, 0)
    else:
        protocol, ports = socket.IPPROTO_UDP, struct.pack("!HHHH", packet.src[1], packet.dst[1],
                                                          8 + len(packet.payload), 0)
    body = ports + packet.payload
    if ":" in packet.src[0]:
        ends = b"".join(socket.inet_pton(socket.AF_INET6, end[0]) for end in (packet.src, packet.dst))
        return struct.pack("!IHBB", 6 << 28, len(body), protocol, 64) + ends + body
    ends = b"".join(socket.inet_aton(end[0]) for end in (packet.src, packet.dst))
    return struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), 0, 0, 64, protocol, 0) + ends + body
