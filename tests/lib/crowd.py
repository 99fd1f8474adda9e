#!/usr/bin/python3
"""Thousands of SIP user agents on WebSockets in one process (RFC 7118): bench1, bench2, ... of one domain, whose password
is "secret". They register with Digest and call each other, with descriptions of a browser and without media.

    crowd.py URL DOMAIN         commands by lines, one line of JSON for each:
    connect COUNT               opens so many more sockets
    register WINDOW             all that are not registered, so many at the same time
    call SECONDS PER_SECOND     pairs in turn; each call is hung up a second after it was answered
    begin COUNT URI             so many of them call somebody, and do not hang up
    unregister WINDOW
    cut                         all sockets at once, without a word
"""

import asyncio
import base64
import collections
import hashlib
import json
import os
import resource
import struct
import sys
import time
import urllib.parse

sys.dont_write_bytecode = True
import auth                     # noqa: E402
from webrtc import CannedBrowser    # noqa: E402

TALK_S = 1.0


class Parsed:
    """A SIP message, as far as a user agent of ours looks at one."""

    def __init__(self, text):
        head, _, self.body = text.partition("\r\n\r\n")
        first, *rows = head.split("\r\n")
        self.headers = collections.defaultdict(list)
        for row in rows:
            name, _, value = row.partition(":")
            self.headers[name.strip().lower()].append(value.strip())
        words = first.split(" ", 2)
        self.status = int(words[1]) if words[0] == "SIP/2.0" else 0
        self.method = self.first("cseq").split()[1] if self.status else words[0]
        self.uri, self.reason = (None, first.partition(" ")[2]) if self.status else (words[1], None)

    def first(self, name):
        return self.headers[name][0] if self.headers[name] else ""

    def target(self):
        """URI of the Contact."""
        value = self.first("contact")
        return value[value.index("<") + 1:value.index(">")] if "<" in value else value.split(";")[0]


class Agent(asyncio.Protocol):
    """One user on one socket."""

    def __init__(self, crowd, number):
        self.crowd, self.name = crowd, "bench%d" % number
        self.impu = "sip:%s@%s" % (self.name, crowd.domain)
        self.host = os.urandom(6).hex() + ".invalid"
        self.contact = "sip:%s@%s;transport=ws" % (os.urandom(4).hex(), self.host)
        self.instance = "urn:uuid:%s-0000-4000-8000-%012x" % (os.urandom(4).hex(), number)
        self.register_id, self.cseq = os.urandom(8).hex(), 0
        self.opened, self.registered = asyncio.get_running_loop().create_future(), False
        self.shaken, self.data = False, b""
        self.waiting = {}               # (branch, method) -> future of the final answer
        self.transport = None
        self.ended = asyncio.get_running_loop().create_future()

    # ---------------------------------------------------------------- the socket
    def connection_made(self, transport):
        self.transport = transport
        url, key = self.crowd.url, base64.b64encode(os.urandom(16)).decode()
        self.accept = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest())
        transport.write(("GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                         "Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: sip\r\n\r\n"
                         % (url.path or "/", url.netloc, key)).encode())

    def connection_lost(self, error):
        for future in [self.opened, *self.waiting.values()]:
            if not future.done():
                future.set_exception(ConnectionError("the socket of %s was closed" % self.name))
                future.exception()      # looked at, also when nobody waits
        if not self.ended.done():
            self.ended.set_result(None)

    def data_received(self, data):
        self.data += data
        if not self.shaken:
            self._shake()
        while self.shaken and self._frame():
            pass

    def _shake(self):
        head, end, rest = self.data.partition(b"\r\n\r\n")
        if not end:
            return
        if b" 101 " not in head.split(b"\r\n")[0] or self.accept not in head:
            self.transport.abort()
            return
        self.shaken, self.data = True, rest
        self.opened.set_result(None)

    def _frame(self):
        """Takes one from the data. -> whether there was one"""
        data = self.data
        if len(data) < 2:
            return False
        length, at = data[1] & 0x7f, 2
        if length >= 126:
            size = 2 if length == 126 else 8
            if len(data) < at + size:
                return False
            length, at = int.from_bytes(data[at:at + size], "big"), at + size
        if len(data) < at + length:
            return False
        payload, self.data = data[at:at + length], data[at + length:]
        self._took(data[0] & 0x0f, payload)
        return True

    def _took(self, opcode, payload):
        if opcode in (1, 2) and payload.strip():
            self._heard(Parsed(payload.decode()))
        elif opcode == 9:
            self._send(10, payload)
        elif opcode == 8:
            self.transport.close()

    def _send(self, opcode, payload):
        """Masked with zeroes, which is as good as any other mask here."""
        length = len(payload)
        size = struct.pack("!B", 0x80 | length) if length < 126 else struct.pack("!BH", 0x80 | 126, length)
        self.transport.write(bytes([0x80 | opcode]) + size + b"\0\0\0\0" + payload)

    # ---------------------------------------------------------------- SIP
    def say(self, first, rows, body=""):
        rows = [*rows, "Content-Length: %d" % len(body)]
        self._send(1, ("\r\n".join([first, *rows, "", ""]) + body).encode())

    def ask(self, method, uri, rows, body="", timeout_s=60):
        """-> future of the final answer"""
        branch = "z9hG4bK" + os.urandom(8).hex()
        future = asyncio.get_running_loop().create_future()
        self.waiting[(branch, method)] = future
        self.say("%s %s SIP/2.0" % (method, uri),
                 ["Via: SIP/2.0/WS %s;branch=%s" % (self.host, branch), "Max-Forwards: 69", *rows], body)
        return asyncio.wait_for(future, timeout_s)

    def _heard(self, message):
        if not message.status:
            self._asked(message)
            return
        branch = message.first("via").partition("branch=")[2].split(";")[0]
        if message.status >= 200:
            future = self.waiting.pop((branch, message.method), None)
            if future and not future.done():
                future.set_result(message)

    def _asked(self, message):
        if message.method == "INVITE":
            self._called(message)
        elif message.method != "ACK":
            self._answer(message, 200)

    def _answer(self, request, status, rows=(), body=""):
        to = request.first("to")
        same = ["Via: " + via for via in request.headers["via"]]
        same += ["Record-Route: " + route for route in request.headers["record-route"]]
        same += ["From: " + request.first("from"), "To: " + to + ("" if ";tag=" in to else ";tag=callee"),
                 "Call-ID: " + request.first("call-id"), "CSeq: " + request.first("cseq")]
        self.say("SIP/2.0 %d Yes" % status, [*same, *rows], body)

    def _called(self, invite):
        contact = "Contact: <%s;ob>" % self.contact
        self._answer(invite, 180, [contact])
        answer = CannedBrowser().answer(invite.body)["sdp"]
        self._answer(invite, 200, [contact, "Content-Type: application/sdp"], answer)

    # ---------------------------------------------------------------- what users do
    def _register(self, expires, rows=()):
        self.cseq += 1
        return self.ask("REGISTER", "sip:" + self.crowd.domain, [
            "To: <%s>" % self.impu, "From: <%s>;tag=%s" % (self.impu, self.register_id[:8]),
            "Call-ID: " + self.register_id, "CSeq: %d REGISTER" % self.cseq, "Supported: path, gruu, outbound",
            'Contact: <%s>;+sip.instance="<%s>";reg-id=1;expires=%d' % (self.contact, self.instance, expires), *rows])

    def _proof(self, challenge):
        asked = auth.parse(challenge)
        digest = {"username": self.impu[4:], "realm": asked["realm"], "nonce": asked["nonce"],
                  "uri": "sip:" + self.crowd.domain, "nc": "00000001", "cnonce": os.urandom(6).hex()}
        if "qop" in asked:
            digest["qop"] = "auth"
        digest["response"] = auth.expected(digest, "secret", "REGISTER")
        quoted = ['%s="%s"' % (name, digest[name]) for name in ("username", "realm", "nonce", "uri", "response", "cnonce")]
        return "Authorization: Digest " + ", ".join(quoted + ["nc=" + digest["nc"]] + ["qop=auth"] * ("qop" in digest))

    async def register(self, expires=3600):
        answer = await self._register(expires)
        if answer.status == 401:
            answer = await self._register(expires, [self._proof(answer.first("www-authenticate"))])
        if answer.status != 200:
            raise AssertionError("REGISTER: " + answer.reason)
        self.registered = expires > 0

    async def dial(self, uri):
        """Until the call is up. -> what its BYE needs: target, header lines"""
        ends = ["From: <%s>;tag=%s" % (self.impu, os.urandom(5).hex()), "Call-ID: " + os.urandom(10).hex()]
        answer = await self.ask("INVITE", uri, [
            *ends, "To: <%s>" % uri, "CSeq: 1 INVITE", "Contact: <%s;ob>" % self.contact,
            "Content-Type: application/sdp"], CannedBrowser().offer()["sdp"])
        if answer.status != 200:
            raise AssertionError("INVITE: " + answer.reason)
        rows = [*ends, "To: " + answer.first("to"),
                *("Route: " + value for value in reversed(answer.headers["record-route"]))]
        self.say("ACK %s SIP/2.0" % answer.target(), [
            "Via: SIP/2.0/WS %s;branch=z9hG4bK%s" % (self.host, os.urandom(8).hex()), "Max-Forwards: 69", *rows,
            "CSeq: 1 ACK"])
        return answer.target(), rows

    async def call(self, callee):
        target, rows = await self.dial(callee.impu)
        await asyncio.sleep(TALK_S)
        over = await self.ask("BYE", target, [*rows, "CSeq: 2 BYE"])
        if over.status != 200:
            raise AssertionError("BYE: " + over.reason)


class Crowd:
    def __init__(self, url, domain):
        self.url, self.domain, self.agents, self.why = urllib.parse.urlsplit(url), domain, [], collections.Counter()

    async def _try(self, work):
        try:
            await work
            return True
        except (AssertionError, OSError, asyncio.TimeoutError) as error:
            self.why[str(error) or type(error).__name__] += 1
            return False

    async def _all(self, some, window):
        """some: functions that make work. -> how many were done"""
        seats = asyncio.Semaphore(window)

        async def one(make):
            async with seats:
                return await self._try(make())
        return sum(await asyncio.gather(*map(one, some)))

    async def _open(self):
        agent = Agent(self, len(self.agents) + 1)
        self.agents.append(agent)
        await asyncio.get_running_loop().create_connection(lambda: agent, self.url.hostname, self.url.port)
        await agent.opened

    async def connect(self, count):
        return await self._all([self._open] * int(count), 50)

    async def register(self, window):
        return await self._all([agent.register for agent in self.agents if not agent.registered], int(window))

    async def unregister(self, window):
        return await self._all([lambda a=agent: a.register(0) for agent in self.agents if agent.registered], int(window))

    async def call(self, seconds, per_second):
        """Pairs in turn, evenly spread over the time."""
        calls, start = [], time.monotonic()
        for n in range(int(float(seconds) * float(per_second))):
            await asyncio.sleep(max(0, start + n / float(per_second) - time.monotonic()))
            one = self.agents[2 * n % len(self.agents)]
            two = self.agents[(2 * n + 1) % len(self.agents)]
            calls.append(asyncio.ensure_future(self._try(one.call(two))))
        return sum(await asyncio.gather(*calls))

    async def begin(self, count, uri):
        return await self._all([lambda a=agent: a.dial(uri) for agent in self.agents[:int(count)]], 10)

    async def cut(self):
        for agent in self.agents:
            if agent.transport:
                agent.transport.abort()
        await asyncio.gather(*(agent.ended for agent in self.agents if agent.transport))
        count, self.agents = len(self.agents), []
        return count

    async def obey(self, line):
        name, *arguments = line.split()
        self.why.clear()
        cpu, start = time.process_time(), time.monotonic()
        done = await getattr(self, name)(*arguments)
        return {"ok": done, "why": dict(self.why), "s": time.monotonic() - start, "cpu_s": time.process_time() - cpu}


async def main(url, domain):
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    crowd, loop = Crowd(url, domain), asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps(await crowd.obey(line)), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
