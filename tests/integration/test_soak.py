"""10,000 calls, and 100,000 requests that belong to nothing, in three equal rounds each: what they took is given
back, and the third round takes no more than the first."""

import concurrent.futures
import random
import socket
import time

import edge
from cases import case
from checks import check
from process import counters, wait_counters
from rtp import frames, tone, ulaw

EDGE = {"general": {"reclaim_s": 0}, "sip": {"sip_t1_ms": 100}, "core": {"event_loops": 4}, "debug_level": 3}
FINISHED_S = 7      # so long, 64 * T1, the SIP stack keeps transactions that are over
PAIRS, ROUNDS, CALLS = 8, 3, 417    # 8 pairs of users, 417 calls each in a round: 10,008
MEDIA_IN = 20                       # one call in so many has real ICE, DTLS and RTP
GROWTH_KB = 4096                    # what allocators may keep between the ends of two rounds


class Pair:
    """Two pages who call each other through the core, again and again."""

    def __init__(self, w, number):
        self.w, self.rng = w, random.Random(number)
        self.pages = w.registered(), w.registered()
        self.calls = number             # so that not all pairs have media at the same time

    def round(self):
        for _ in range(CALLS):
            self.calls += 1
            caller, callee = self.rng.sample(self.pages, 2)
            if self.calls % MEDIA_IN:
                self._signal(caller, callee)
            else:
                self._talk(caller, callee)
            for page in self.pages:
                page.connection_gone()
                page.forget()

    def _signal(self, caller, callee):
        caller.call(callee.user.impu)
        ringing = callee.incoming()
        fate = self.rng.choice(("declined", "given up", "answered", "answered", "held"))
        if fate == "declined":
            self._end(callee, caller, "decline")
        elif fate == "given up":
            self._end(caller, callee)
        else:
            callee.accept(ringing)
            caller.wait("accepted")
            if fate == "held":
                caller.ask("hold", "holding")
            self._end(*self.rng.sample(self.pages, 2))

    @staticmethod
    def _end(one, other, request="hangup"):
        one.ask(request, "hangup")
        other.wait("hangup")

    def _talk(self, caller, callee):
        ears = self.w.webrtc(ip="127.0.2.32"), self.w.webrtc(ip="127.0.2.33")
        caller.call(callee.user.impu, jsep=ears[0].offer())
        ringing = callee.incoming()
        callee.ask("accept", "accepted", jsep=ears[1].answer(ringing.jsep))
        ears[0].take_answer(caller.wait("accepted").jsep)
        for ear, page in zip(ears, (caller, callee)):
            ear.wait_up(page.handle)
        for packet in frames(ulaw(tone(440, 0.4))):
            for ear in ears:
                ear.rtp.send(packet)
        for ear in ears:
            ear.rtp.wait(10)
        self._end(caller, callee)
        for ear in ears:
            ear.close()


def run_round(pairs):
    with concurrent.futures.ThreadPoolExecutor(len(pairs)) as pool:
        for done in [pool.submit(pair.round) for pair in pairs]:
            done.result(3000)


def flat(w, do_round):
    """Each round gives back what it took: objects, threads, descriptors, sockets; and memory stays."""
    base, alive, ends = counters(w.janus.pid), edge.objects(w.janus), []
    for number in range(ROUNDS):
        do_round()
        edge.wait_objects(w.janus, alive)
        time.sleep(FINISHED_S)
        ends.append(wait_counters(w.janus.pid, base))
        print("     round %d: %s, %s" % (number + 1, ends[-1], edge.objects(w.janus)), flush=True)
    check(ends[-1].rss_kb <= ends[0].rss_kb + GROWTH_KB, "memory grew: %r" % [e.rss_kb for e in ends])


@case(timeout_s=9000, long=True)
def ten_thousand_calls(w):
    """one in twenty with real media"""
    pairs = [Pair(w, number) for number in range(PAIRS)]
    pairs[0]._talk(*pairs[0].pages)     # what is there once for all
    for page in pairs[0].pages:
        page.connection_gone()
    flat(w, lambda: run_round(pairs))


STRAYS, WINDOW = 33360, 100         # in a round: 100,080 in all; so many unanswered at a time
STRAY_METHODS = {"OPTIONS": 200, "MESSAGE": 403, "NOTIFY": 481, "SUBSCRIBE": 489}


class Strayer:
    """A host of the core that asks for what is not there."""

    def __init__(self, w):
        check(w.janus.process.alive(), "a Janus")   # it starts when it is first asked for
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((edge.CORE.replace(".81", ".89"), 5060))
        self.socket.settimeout(1)
        self.sent = 0
        w.defer(self.socket.close)

    def request(self, number, method):
        return ("{m} sip:nobody-{n}@{edge} SIP/2.0\r\nVia: SIP/2.0/UDP {own}:5060;branch=z9hG4bK{n}\r\n"
                "From: <sip:stray@scripted.example>;tag={n}\r\nTo: <sip:nobody@scripted.example>\r\nCall-ID: stray-{n}\r\n"
                "CSeq: 1 {m}\r\nMax-Forwards: 60\r\nContact: <sip:stray@{own}>\r\nEvent: presence\r\n"
                "Subscription-State: active\r\nContent-Length: 0\r\n\r\n").format(
                    m=method, n=number, edge=edge.ADDRESS, own=self.socket.getsockname()[0]).encode()

    def round(self):
        """All of them answered, each as it has to be."""
        waiting, left, answers = {}, STRAYS, {method: set() for method in STRAY_METHODS}
        while left or waiting:
            while left and len(waiting) < WINDOW:
                self.sent, left = self.sent + 1, left - 1
                method = list(STRAY_METHODS)[self.sent % len(STRAY_METHODS)]
                waiting["z9hG4bK%d" % self.sent] = self.request(self.sent, method)
                self.socket.sendto(waiting["z9hG4bK%d" % self.sent], (edge.ADDRESS, edge.PORT))
            try:
                answer = self.socket.recv(65536).decode()
            except socket.timeout:
                for request in waiting.values():    # lost on a loaded machine
                    self.socket.sendto(request, (edge.ADDRESS, edge.PORT))
                continue
            branch = answer.split(";branch=")[1].split(";")[0].split("\r\n")[0]
            if waiting.pop(branch, None):
                answers[answer.split("CSeq: 1 ")[1].split("\r\n")[0]].add(int(answer.split()[1]))
        for method, statuses in answers.items():
            check(statuses == {STRAY_METHODS[method]}, "answers to %s: %s" % (method, statuses))


@case("REQ-106", "REQ-144", timeout_s=3000, long=True)
def hundred_thousand_strays(w):
    """OPTIONS, MESSAGE, NOTIFY and SUBSCRIBE that nobody waits for"""
    strayer = Strayer(w)
    strayer.round()                     # what is there once for all
    flat(w, strayer.round)
