"""The audit record of each registration (REQ-147), in its file and at event handlers."""

import json
import os

import edge
from audit import Audit
from cases import case
from checks import check, contains, equal, lacks_text
from events import EventSink

ALWAYS = {"time", "event", "scheme", "network", "impi", "impu", "flow", "turn_user", "icid"}


def icids(w, user):
    """Of the REGISTERs of a user."""
    return [p.get("p-charging-vector") for p in w.capture.requests("REGISTER", frm=edge.ADDRESS)
            if user.impu in p.get("to")]


@case("REQ-147")
def who_came_and_went(w):
    """one record when a user is let in, one when he goes, with what the core's own records know him by; and the
    same for event handlers"""
    sink = EventSink()
    w.defer(sink.close)
    audit, core = Audit(w, **sink.janus), w.core(challenges=True)
    page = w.registered(w.scripted_user(), audit.client)
    came, = audit.wait("registered")
    equal(set(came), ALWAYS | {"expires"}, "members")
    equal([came[name] for name in ("scheme", "network", "impi", "impu")],
          ["digest", "scripted", page.user.impi, page.user.impu], "who")
    contains(icids(w, page.user)[-1], came["icid"])
    page.send("register", **page.account(refresh=True))
    page.wait("registered")
    page.unregister()
    went = audit.wait("registered", "ended")[1]
    equal((went["flow"], went["impi"], went["reason"]), (came["flow"], page.user.impi, "Its user deregistered"), "end")
    check(icids(w, page.user)[-1] != came["icid"] and went["icid"] in icids(w, page.user)[-1], "icid of the last")
    sink.wait('"audit"', '"ended"')
    equal([e["data"]["event"] for e in sink.of(edge.PACKAGE) if "audit" in e["data"]], ["registered", "ended"],
          "events of handlers")
    lacks_text(json.dumps(audit.read()) + sink.text(), page.user.password)


@case("REQ-147")
def who_was_not_let_in(w):
    """a failure is recorded with the network's answer"""
    audit, core = Audit(w), w.core(challenges=True)
    page = w.page(w.scripted_user(), audit.client)
    page.send("register", **page.account(secret="geheim-wrong-9931"))
    code = page.wait("registration_failed")["code"]
    record, = audit.wait("failed")
    equal((record["code"], record["impi"]), (code, page.user.impi), "failure")
    lacks_text(json.dumps(record), "geheim")


@case("REQ-147", "REQ-22")
def whose_page_went_away(w):
    """a page that does not come back is recorded as such"""
    audit, core = Audit(w, general={"reclaim_s": 1}), w.core(challenges=True)
    w.registered(w.scripted_user(), audit.client).detach()
    came, went = audit.wait("registered", "ended")
    equal((went["flow"], went["reason"]), (came["flow"], "Its handle ended, and its user did not come back"), "end")


@case("REQ-147", "REQ-22")
def the_end_of_the_gateway(w):
    """a page that goes and comes back is one registration; who is registered when the gateway ends is recorded; the
    file may be renamed meanwhile"""
    audit, core = Audit(w, general={"reclaim_s": 60}), w.core(challenges=True)
    user = w.scripted_user()
    w.registered(user, audit.client).detach()
    w.registered(user, audit.client)
    came, = audit.wait("registered")
    os.rename(audit.path, audit.path + ".1")
    w.run.end(audit.janus)
    went, = audit.wait("ended")
    equal((went["flow"], went["reason"]), (came["flow"], "The gateway ends"), "end")
