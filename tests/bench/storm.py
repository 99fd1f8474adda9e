"""The storm row: how long a registered user's calls take to be answered while others register for the first time."""

import json
import os

from kamailio import ADDRESS, Registrar
from process import cpu_s
from report import Table, Target
from sides import both
from webrtc import CannedBrowser

LOOPS = 2
WANTED_MS, WANTED_BURST = 50, 50
CALLERS = 20        # in turns: janus.plugin.sip refuses one who has just hung up

# How many bursts, by how many users each registers at once.
SIZES = {"tiny": {"ims": {5: 1}, "sip": {2: 1}}, "quick": {"ims": {50: 10, 2000: 2}, "sip": {50: 1}},
         "full": {"ims": {50: 100, 2000: 10}, "sip": {50: 6}}}

ANSWER = r"v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8 0\r\n" % (ADDRESS, ADDRESS)


class Callee(Registrar):
    """A registrar that takes every call at once."""
    others = """
		if (is_method("ACK"))
			exit;
		if (is_method("INVITE")) {
			append_to_reply("Contact: <sip:callee@%(address)s:5060>\\r\\n");
			set_reply_body("%(answer)s", "application/sdp");
		}
		sl_send_reply("200", "OK");""" % {"address": ADDRESS, "answer": ANSWER}
    granting = 'append_to_reply("Service-Route: <sip:%s:5060;lr>\\r\\n");' % ADDRESS


def offer_file(folder):
    path = os.path.join(folder, "offer.json")
    with open(path, "w") as f:
        json.dump(CannedBrowser().offer(), f)
    return path


def one_run(side, burst, bursts, folder):
    registrar = Callee(folder + "/registrar")
    janus = side.janus(folder, LOOPS, full_trickle=True)
    load = side.load(janus)
    try:
        attached = load.ask("attach", burst * bursts)
        callers = load.ask("callers", CALLERS, offer_file(folder))
        if attached["failed"] or callers["failed"]:
            raise AssertionError("%s: not everybody is there" % side)
        cpu = cpu_s(janus.pid)
        done = [load.ask("storm", burst, "sip:callee@%s" % side.domain) for _ in range(bursts)]
        took = sum(one["s"] for one in done)
        return {"failed": sum(one["failed"] for one in done), "setup_ms": sorted(sum((one["setup_ms"] for one in done), [])),
                "refused": sum(one["refused"] for one in done),
                "first_ms": sorted(one["setup_ms"][0] for one in done if one["setup_ms"]), "took": took, "janus": (cpu_s(janus.pid) - cpu) / took,
                "load": sum(one["cpu_s"] for one in done) / took}
    finally:
        load.close()
        janus.stop(10)
        registrar.stop()


def sides():
    """Ours lets all in: what it refuses when too many come at once is another row's."""
    made = both(ADDRESS)
    for side in made:
        if side.name == "ims":
            side.configs[side.package]["limits"] = {"overload_lag_ms": 0}
    return made


def quantile(values, share):
    return values[min(int(share * len(values)), len(values) - 1)]


def measure(folder, size):
    runs = {(side.name, burst): (bursts, one_run(side, burst, bursts, folder))
            for side in sides() for burst, bursts in SIZES[size][side.name].items()}
    header = ["plugin", "users at once", "bursts", "failed", "one burst lasts ms", "calls", "not answered", "set-up ms, median", "99 %", "longest",
              "first of each burst, median", "longest", "share of a core: Janus", "generator"]
    rows = [[name, burst, bursts, run["failed"], "%.0f" % (run["took"] * 1000 / bursts), len(run["setup_ms"]), run["refused"]]
            + ["%.1f" % quantile(run[key], share) for key, share in (
                ("setup_ms", 0.5), ("setup_ms", 0.99), ("setup_ms", 1), ("first_ms", 0.5), ("first_ms", 1))]
            + ["%.2f" % run["janus"], "%.2f" % run["load"]] for (name, burst), (bursts, run) in runs.items()]
    return Table("Calls in a storm of registrations", "A registered user's call, from his `call` to `accepted` by a callee who "
                 "answers at once, while so many others register for the first time, all told at the same moment; %d callers "
                 "in turns, one call after the other until nine of ten are registered, the first right behind the burst; who has "
                 "called calls again once Janus has closed his PeerConnection. Canned "
                 "browser's descriptions, %d static event loops, `overload_lag_ms = 0` so that all are let in; generator, "
                 "registrar and callee on the same processors. What a burst of 2,000 takes is mostly the registrar's: the "
                 "kernel drops what its socket has no room for, and it is sent again." % (CALLERS, LOOPS), header, rows, [], targets=targets(runs))


def targets(runs):
    """All calls are meant, so the longest is what counts."""
    if ("ims", WANTED_BURST) not in runs or ("sip", WANTED_BURST) not in runs:
        return []
    ours, theirs = (runs[name, WANTED_BURST][1]["setup_ms"][-1] for name in ("ims", "sip"))
    return [Target("another user's call set-up while %d register for the first time, the longest, ms" % WANTED_BURST,
                   "%.0f" % theirs, "< %d" % WANTED_MS, "%.0f" % ours, ours < WANTED_MS)]
