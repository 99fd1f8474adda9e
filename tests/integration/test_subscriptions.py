"""Subscriptions of a page (RFC 6665) at a scripted notifier: message-summary, presence, dialog, conference."""

import base64

import edge
from cases import case
from checks import check, equal, header
from patience import EVENT_S
from peer import Silence
from sip import new_id

SUMMARY = "Messages-Waiting: yes\r\nVoice-Message: 2/8 (0/2)\r\n"
FILTER = '<filter-set xmlns="urn:ietf:params:xml:ns:simple-filter"/>'
TARGET = (edge.ADDRESS, edge.PORT)


def subscribed(w, event="message-summary", granted=3600, **fields):
    """A page whose SUBSCRIBE the core has taken. -> core, page, SUBSCRIBE, dialog of the notifier"""
    core, page = w.scripted()
    page.ask("subscribe", "subscribing", event=event, **fields)
    subscribe = heard(core)
    accept(subscribe, granted)
    equal(page.wait("subscribe_succeeded")["expires"], granted, "expires")
    return core, page, subscribe, subscribe.dialog()


def heard(core, timeout_s=EVENT_S):
    """The next SUBSCRIBE of this case's user: what an earlier one still says of its end is not meant."""
    return core.expect("SUBSCRIBE", timeout_s, lambda request: core.mine in request.get("from"))


def check_silence(core):
    try:
        again = heard(core, 0.2)
    except Silence:
        return
    check(False, "subscribes again", again)


def accept(subscribe, granted=3600, status=200):
    subscribe.reply(status, ["Contact: <%s>" % subscribe.peer.contact, "Expires: %d" % granted])


def notify(dialog, event="message-summary", state="active;expires=600", body="", body_type="text/plain", headers=()):
    """-> status of the answer"""
    return dialog.request("NOTIFY", ["Event: " + event, "Subscription-State: " + state, *headers], body,
                          body_type).final().status


@case("REQ-106")
def message_waiting(w):
    """SUBSCRIBE as asked for, by the registered route; each NOTIFY reaches the page as in janus.plugin.sip"""
    core, page, subscribe, dialog = subscribed(w, accept="application/simple-message-summary", subscribe_ttl=600)
    equal(subscribe.ruri, page.user.impu, "Request-URI", subscribe)
    header(subscribe, "Event", "^message-summary$")
    header(subscribe, "Expires", "^600$")
    header(subscribe, "Accept", "^application/simple-message-summary$")
    header(subscribe, "Route", "^<sip:orig@%s" % core.ip)
    header(subscribe, "P-Asserted-Identity", "^<%s>$" % page.user.impu)
    equal(notify(dialog, body=SUMMARY, body_type="application/simple-message-summary;charset=x"), 200, "NOTIFY")
    event = page.wait("notify")
    equal((event["notify"], event["substate"], event["content-type"], event["content"]),
          ("message-summary", "active", "application/simple-message-summary", SUMMARY), "notify", event)
    equal(event.data["call_id"], subscribe.call_id, "call_id", event)
    equal(event["ims"]["expires"], 600, "expires", event)


@case("REQ-106")
def with_a_filter(w):
    """content goes with the SUBSCRIBE and its refreshes, not with the end"""
    core, page, subscribe, _ = subscribed(w, granted=2, content=FILTER, content_type="application/simple-filter+xml")
    header(subscribe, "Content-Type", r"^application/simple-filter\+xml$")
    equal(subscribe.body, FILTER, "content", subscribe)
    refresh = heard(core)
    accept(refresh)
    equal(refresh.body, FILTER, "content of the refresh", refresh)
    page.ask("unsubscribe", "unsubscribing", event="message-summary")
    end = heard(core)
    accept(end, 0)
    equal((end.get("expires"), end.body, end.get("content-type")), ("0", "", None), "the end", end)


@case("REQ-106")
def notify_before_the_answer(w):
    """a NOTIFY that overtakes the 200 makes the dialog, and is told"""
    core, page = w.scripted()
    page.ask("subscribe", "subscribing", event="presence", to="sip:bob@scripted.example", call_id="mine-%s" % new_id())
    subscribe = heard(core)
    equal(subscribe.ruri, "sip:bob@scripted.example", "Request-URI", subscribe)
    dialog = subscribe.dialog()
    equal(notify(dialog, "presence", "pending", body=b"\xff\x00".decode("latin-1"), body_type="application/x"), 200,
          "NOTIFY")
    event = page.wait("notify")
    equal((event["substate"], event["encoding"]), ("pending", "base64"), "notify", event)
    check(len(base64.b64decode(event["content"])) >= 2, "content", event)
    accept(subscribe, status=202)
    equal(page.wait("subscribe_succeeded")["code"], 202, "code")
    check(subscribe.call_id.startswith("mine-"), "Call-ID", subscribe)


@case("REQ-106")
def refreshed_in_time(w):
    """before it expires, in the dialog: the notifier's target and tag, CSeq + 1"""
    core, page, subscribe, dialog = subscribed(w, granted=2)
    again = heard(core)
    equal((again.call_id, again.tag("from"), again.tag("to")), (subscribe.call_id, subscribe.tag("from"), subscribe.to_tag),
          "dialog", again)
    equal(again.cseq, subscribe.cseq + 1, "CSeq", again)
    equal(again.ruri, core.contact, "Request-URI", again)
    accept(again)
    page.ask("subscribe", "subscribing", event="message-summary", subscribe_ttl=90)     # the page's own
    own = heard(core)
    header(own, "Expires", "^90$")
    accept(own, 90)
    equal(page.wait("subscribe_succeeded")["expires"], 90, "expires")


@case("REQ-106")
def unsubscribed(w):
    """Expires 0 in the dialog, the last NOTIFY is told, and nothing is left; afterwards NOTIFY gets 481"""
    core, page, _, dialog = subscribed(w)
    page.ask("unsubscribe", "unsubscribing", event="message-summary")
    last = heard(core)
    header(last, "Expires", "^0$")
    accept(last, 0)
    equal(page.wait("subscribe_succeeded")["expires"], 0, "expires")
    equal(notify(dialog, state="terminated;reason=timeout"), 200, "last NOTIFY")
    event = page.wait("notify")
    equal((event["substate"], event["ims"]["reason"], event["content"]), ("terminated", "timeout", ""), "notify", event)
    equal(notify(dialog), 481, "NOTIFY afterwards")
    equal(page.refused("unsubscribe", event="message-summary")[0], 447, "unsubscribe again")
    check_silence(core)


@case("REQ-106")
def forked_to_two_notifiers(w):
    """of the package dialog each one found by a proxy is heard, and left; of others the first one"""
    core, page, subscribe, dialog = subscribed(w, event="dialog")
    second = subscribe.fork("second").dialog()
    equal((notify(dialog, "dialog"), notify(second, "dialog", body="<b/>", body_type="a/b")), (200, 200), "NOTIFYs")
    page.wait("notify")
    equal(page.wait("notify")["content"], "<b/>", "of the second")
    page.ask("unsubscribe", "unsubscribing", event="dialog")
    left = [heard(core) for _ in range(2)]
    for leaving in left:
        accept(leaving, 0)
    equal({leaving.tag("to") for leaving in left}, {subscribe.to_tag, "second"}, "whom we leave")
    page.ask("subscribe", "subscribing", event="conference", to="sip:room@scripted.example")
    subscribe = heard(core)
    accept(subscribe)
    page.wait("subscribe_succeeded", match=lambda event: event["expires"] > 0)
    equal(notify(subscribe.fork("other").dialog(), "conference"), 481, "another notifier")


@case("REQ-106")
def ended_by_the_notifier(w):
    """deactivated: made again at once, with the same Call-ID; rejected: not"""
    core, page, subscribe, dialog = subscribed(w)
    equal(notify(dialog, state="terminated;reason=deactivated"), 200, "NOTIFY")
    equal(page.wait("notify")["ims"]["reason"], "deactivated", "reason")
    again = heard(core)
    equal((again.call_id, again.tag("to")), (subscribe.call_id, None), "a new one", again)
    check(again.tag("from") != subscribe.tag("from"), "From tag", again)
    accept(again)
    page.wait("subscribe_succeeded")
    equal(notify(again.dialog(), state="terminated;reason=rejected"), 200, "NOTIFY")
    equal(page.wait("notify")["ims"]["reason"], "rejected", "reason")
    check_silence(core)
    equal(page.refused("unsubscribe", event="message-summary")[0], 447, "there is none")


@case("REQ-106")
def refused_or_lost(w):
    """489 is told; 423 is obeyed; a refresh that gets 481 is a new subscription"""
    core, page = w.scripted()
    page.ask("subscribe", "subscribing", event="presence")
    heard(core).reply(489, reason="Bad Event")
    event = page.wait("subscribe_failed")
    equal((event["code"], event["reason"]), (489, "Bad Event"), "failed", event)
    page.ask("subscribe", "subscribing", event="presence", subscribe_ttl=60)
    heard(core).reply(423, ["Min-Expires: 120"])
    longer = heard(core)
    header(longer, "Expires", "^120$")
    accept(longer, 2)
    page.wait("subscribe_succeeded")
    heard(core).reply(481)
    again = heard(core)
    equal(again.tag("to"), None, "a new one", again)
    accept(again)
    page.wait("subscribe_succeeded")


@case("REQ-106")
def ends_with_the_registration(w):
    """the notifier hears of it before the registrar does"""
    core, page, _, _ = subscribed(w)
    page.send("unregister")
    last = heard(core)
    header(last, "Expires", "^0$")
    accept(last, 0)
    page.wait("unregistered")
    equal(page.refused("subscribe", event="message-summary")[0], 447, "subscribe afterwards")


@case("REQ-106")
def what_is_no_notify(w):
    """another event, no state, no type, another method: refused, and the subscription goes on"""
    core, page, _, dialog = subscribed(w)
    equal(notify(dialog, event="presence"), 489, "another event")
    equal(notify(dialog, event="message-summary;id=1"), 489, "another id")
    equal(dialog.request("NOTIFY", ["Event: message-summary"]).final().status, 400, "no Subscription-State")
    equal(notify(dialog, headers=["Content-Encoding: gzip"], body="x"), 415, "encoded")
    equal(notify(dialog, headers=["Require: unheard-of"]), 420, "Require")
    equal(dialog.request("INFO").final().status, 405, "INFO")
    equal(notify(dialog, state="active;expires=99999999999999999999", body="x"), 200, "odd numbers")
    equal(page.wait("notify")["content"], "x", "content")


@case("REQ-106")
def flood_of_notifies(w):
    """too many in a minute: 503 with Retry-After, so that the notifier keeps the subscription"""
    core, page, _, dialog = subscribed(w)
    sent = [dialog.request("NOTIFY", ["Event: message-summary", "Subscription-State: active"]) for _ in range(130)]
    answers = [notify.final() for notify in sent]
    equal({a.status for a in answers}, {200, 503}, "answers")
    header(next(a for a in answers if a.status == 503), "Retry-After", "^30$")


@case("REQ-106")
def strays(w):
    """SUBSCRIBE to us 489, NOTIFY of nothing 481, OPTIONS 200, REFER 405: and nothing is kept"""
    core, page = w.scripted(w.own_janus())     # in which nobody of an earlier case is leaving
    start = edge.objects(w.last_janus)
    rows = lambda method, to: ["Max-Forwards: 70", "From: <sip:x@scripted.example>;tag=1", "To: <sip:y@scripted.example>" + to,
                               "Call-ID: " + new_id(), "CSeq: 1 " + method, "Event: presence",
                               "Contact: <%s>" % core.contact, "Subscription-State: active"]
    for method, to, status in (("SUBSCRIBE", "", 489), ("NOTIFY", "", 481), ("NOTIFY", ";tag=z", 481),
                               ("OPTIONS", "", 200), ("PUBLISH", "", 405)):
        answer = core.request(method, "sip:" + edge.ADDRESS, rows(method, to), "", TARGET).final()
        equal(answer.status, status, method + to, answer)
    equal(edge.objects(w.last_janus), start, "objects")


@case()
def wrong_requests(w):
    """what the page may not ask, and how many it may have"""
    core, page = w.scripted()
    for fields in ({"event": "no good"}, {"event": "a/b"}, {"event": "presence", "accept": "nothing"},
                   {"event": "presence", "call_id": "a b"}, {"event": "presence", "headers": {"Contact": "<sip:x@y>"}}):
        equal(page.refused("subscribe", **fields)[0], 444, repr(fields))
    equal(page.refused("subscribe", event="presence", content=FILTER)[0], 443, "content without its type")
    equal(page.refused("subscribe", event="presence", content_type="text/plain")[0], 443, "type without content")
    equal(page.refused("subscribe", event="presence", content="x", content_type="no")[0], 444, "content_type")
    equal(page.refused("subscribe", event="presence", to="no uri at all")[0], 446, "to")
    for n in range(16):
        page.ask("subscribe", "subscribing", event="presence", to="sip:friend%d@scripted.example" % n)
    equal(page.refused("subscribe", event="presence", to="sip:one.more@scripted.example")[0], 465, "the 17th")
