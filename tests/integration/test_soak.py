"""2,000 calls in three equal rounds: what they took is given back, and the third round takes no more than
the first."""

import concurrent.futures
import random
import time

import edge
from cases import case
from checks import check
from process import counters, wait_counters
from rtp import frames, tone, ulaw

EDGE = {"general": {"reclaim_s": 0}, "sip": {"sip_t1_ms": 100}, "core": {"event_loops": 4}, "debug_level": 3}
FINISHED_S = 7      # so long, 64 * T1, the SIP stack keeps transactions that are over
PAIRS, ROUNDS, CALLS = 8, 3, 88     # 8 pairs of users, 88 calls each in a round: 2,112
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
            done.result(900)


@case(timeout_s=3000, long=True)
def two_thousand_calls(w):
    """objects, threads, descriptors, sockets come back after each round, and memory stays"""
    pairs = [Pair(w, number) for number in range(PAIRS)]
    pairs[0]._talk(*pairs[0].pages)     # what is there once for all
    for page in pairs[0].pages:
        page.connection_gone()
    base, alive, ends = counters(w.janus.pid), edge.objects(w.janus), []
    for number in range(ROUNDS):
        run_round(pairs)
        edge.wait_objects(w.janus, alive)
        time.sleep(FINISHED_S)
        ends.append(wait_counters(w.janus.pid, base))
        print("     round %d: %s, %s" % (number + 1, ends[-1], edge.objects(w.janus)), flush=True)
    check(ends[-1].rss_kb <= ends[0].rss_kb + GROWTH_KB, "memory grew: %r" % [e.rss_kb for e in ends])
