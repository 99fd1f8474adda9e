"""How long tests wait for what must come. Nothing is lost by a long bound: who waits goes on at once when it
comes, and only a failure takes so long. What must not come is awaited for as long as its test says, briefly."""

import time

EVENT_S = 30        # an event, an answer, a program that starts; under a load that leaves it a tenth of a core
SETTLED_S = 90      # what ends by timers of others: transactions of SIP after 64*T1, idle threads of GLib
CASE_S = 180        # a whole case


def attempts(timeout_s=EVENT_S):
    """For what has to be looked at again and again: says each time whether there will be another time."""
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        yield True
    yield False
