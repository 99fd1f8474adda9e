"""Transfers between a page and telephones that other people wrote, through the real core (REQ-99)."""

import edge
from cases import case
from checks import equal
from sip import addr_of


def talking(w, page, telephone):
    """The page calls it, and it answers."""
    page.call(telephone.user.impu)
    telephone.answer()
    page.wait("accepted")
    telephone.until_talking()


def end(page):
    """Of its call, by whoever is first."""
    page.send("hangup")
    page.wait("hangup")


def until_said(page, line):
    """-> the notify whose content begins so"""
    return page.wait("notify", match=lambda event: event["content"].startswith(line))


@case("REQ-99")
def baresip_is_sent_to_a_phone(w):
    """blind: baresip calls whom the page names, and says how that goes"""
    page, telephone, phone = w.registered(), w.baresip(), w.phone()
    talking(w, page, telephone)
    page.ask("transfer", "transferring", uri=phone.impu)
    equal(until_said(page, "SIP/2.0 200")["notify"], "refer", "event")
    invite = phone.wait("INVITE")
    equal(addr_of(invite.get("from")), telephone.user.impu, "who calls the phone", invite)
    end(page)


@case("REQ-99")
def baresip_is_sent_to_nobody(w):
    """the third party's refusal is told to the page, whose call goes on"""
    page, telephone, phone = w.registered(), w.baresip(), w.phone(answer=486)
    talking(w, page, telephone)
    page.ask("transfer", "transferring", uri=phone.impu)
    until_said(page, "SIP/2.0 486")
    equal(page.status()["call"]["state"], "up", "the call")
    page.hangup()


@case("REQ-99")
def baresip_sends_a_page(w):
    """the page's helper calls whom baresip names, and baresip hears that he answered"""
    page, telephone, phone = w.registered(), w.baresip(), w.phone()
    helper = page.helper()
    talking(w, page, telephone)
    telephone.command("transfer", phone.impu)
    event = page.wait("transfer")
    equal(event["refer_to"], phone.impu, "refer_to", event)
    helper.call(event["refer_to"], refer_id=event["refer_id"])
    helper.wait("accepted")
    page.wait("hangup")         # baresip's own end of it, once it knows
    equal(helper.status()["call"]["state"], "up", "the new call")
    helper.hangup()


@case("REQ-99")
def linphone_takes_the_place(w):
    """attended: linphone calls with Replaces, which names the consultation call as the phone knows it"""
    page, telephone, phone = w.registered(), w.linphone(), w.phone()
    helper = page.helper()
    talking(w, page, telephone)
    page.ask("hold", "holding")
    w.capture.wait_request("ACK", to=telephone.ip, count=2)     # until then it refuses whatever else there is with 491
    calling = helper.call(phone.impu)
    helper.wait("accepted")
    phone.wait("INVITE")
    page.ask("transfer", "transferring", uri=phone.impu, replace=calling["call_id"])
    invite = phone.wait("INVITE")
    answer = w.capture.responses("INVITE", 200, to=edge.ADDRESS, match=lambda m: m.call_id == calling["call_id"])[0]
    equal(invite.get("replaces"), "%s;to-tag=%s;from-tag=%s" % (answer.call_id, answer.tag("to"), answer.tag("from")),
          "Replaces", invite)
    until_said(page, "SIP/2.0 200")
    end(page)
    helper.hangup()


@case("REQ-99", "REQ-100")
def linphone_replaces_a_pages_call(w):
    """attended towards a page: of two calls of linphone with pages, the second page's is replaced by the first's"""
    first, second, telephone = w.registered(), w.registered(), w.linphone()
    helper, spare = first.helper(), second.helper()
    first.call(telephone.user.impu)
    telephone.answer()
    first.wait("accepted")
    telephone.hold()
    telephone.dial(second.user.impu)
    second.accept(second.incoming())
    telephone.until_talking()
    telephone.type("transfer 1 --to-call 2")
    event = first.wait("transfer")
    helper.call(event["refer_to"], refer_id=event["refer_id"])
    ringing = spare.incoming()
    equal(ringing["replaces"], second.status()["call"]["call_id"], "replaces", ringing)
    spare.accept(ringing)
    helper.wait("accepted")
    second.wait("hangup")
    spare.hangup()
    helper.wait("hangup")
