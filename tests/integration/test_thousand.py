"""1,000 users in one process: nothing grows with them but memory, and they work."""

import time

import edge
from cases import case
from checks import check, equal
from page import Page
from process import counters, cpu_s, wait_counters

USERS, FIRST = 1000, 100
FEW = 250       # with a sanitizer, which looks at what each of them does, not at their number
WINDOW = 40     # registrations under way at the same time; Kamailio stalls with many more

EDGE = {"core": {"event_loops": 4}, "network": {"register_expires_s": 600}, "debug_level": 3}


def in_windows(pages, start, end_names):
    """start(page) for all, WINDOW at a time. -> the events that ended each"""
    done = []
    for page in pages[:WINDOW]:
        start(page)
    for i, page in enumerate(pages):
        done.append(page.wait(*end_names))
        if i + WINDOW < len(pages):
            start(pages[i + WINDOW])
    return done


def call(one, two):
    one.call(two.user.impu)
    two.accept(two.incoming())
    one.wait("accepted")
    two.hangup()
    one.wait("hangup")
    one.connection_gone()
    two.connection_gone()


@case()
def thousand_users(w):
    """threads, descriptors and UDP ports are the same before and after registering 1,000"""
    pid, client = w.janus.pid, w.client()
    session = client.session()
    number = FEW if w.run.sanitizer else USERS
    users = [w.user() for _ in range(number)]
    pages = [Page(session.attach(edge.PACKAGE), user) for user in users]

    def register(some):
        return in_windows(some, lambda p: p.send("register", **p.account()),
                          ("registered", "registration_failed"))
    # The first users and the first call start what is there once for all.
    register(pages[:FIRST])
    call(pages[0], pages[1])
    alive = edge.objects(w.janus)
    before, cpu, start = counters(pid), cpu_s(pid), time.monotonic()
    events = register(pages[FIRST:])
    took, used, after = time.monotonic() - start, cpu_s(pid) - cpu, counters(pid)
    failed = [e for e in events if e.name != "registered"]
    print("     %d users registered in %.1f s: %.0f/s, %.2f ms CPU and %.1f KB each; %r" % (
        len(events), took, len(events) / took, used * 1000 / len(events),
        (after.rss_kb - before.rss_kb) / len(events), after))
    check(len(failed) <= number // 200, "%d of %d failed" % (len(failed), number), *failed[:3])
    check(after.within(before), "grew from %s to %s" % (before, after))
    states = w.lab.hss("/subscribers")
    count = sum(s["state"] == "registered" for s in states)
    check(count >= number - number // 200, "the HSS has %d registered" % count)

    call(pages[10], pages[-10])
    in_windows(pages, lambda p: p.send("unregister"), ("unregistered", 447))
    session.destroy()
    final = wait_counters(pid, before)
    equal(final.udp_sockets, before.udp_sockets, "UDP sockets")
    edge.wait_objects(w.janus, alive)
