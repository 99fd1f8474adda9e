"""The network's word on registrations (RFC 3680) at a real IMS core, and at one that says more than that."""

import edge
from cases import case
from checks import check, equal, header
from lab import SCSCF
from sip import addr_of


def subscribed(w):
    """A user of the lab whose SUBSCRIBE has been heard. -> page, SUBSCRIBE"""
    page = w.registered()
    return page, w.capture.wait_request("SUBSCRIBE", frm=edge.ADDRESS)


@case("REQ-23")
def subscribes_after_registering(w):
    """one SUBSCRIBE for the default identity, by Service-Route, as the edge itself, for longer than the registration"""
    page, subscribe = subscribed(w)
    equal(subscribe.ruri, page.user.impu, "Request-URI", subscribe)
    header(subscribe, "Event", "^reg$")
    header(subscribe, "Accept", r"^application/reginfo\+xml$")
    header(subscribe, "Route", "^<sip:orig@%s" % SCSCF)
    header(subscribe, "P-Asserted-Identity", "^<sip:[^@]+@%s:5060>$" % edge.ADDRESS)
    check(int(header(subscribe, "Expires")) > page.registered["ims"]["expires"], "Expires", subscribe)
    w.capture.wait_request("NOTIFY", to=edge.ADDRESS)


@case("REQ-24")
def ended_by_the_network(w):
    """RTR: the registration is over, the page is told, and nobody registers again"""
    page, subscribe = subscribed(w)
    w.capture.wait_request("NOTIFY", to=edge.ADDRESS)
    w.lab.hss("/rtr?impi=" + page.user.impi, "POST")
    over = page.wait("unregistered")
    equal(over["ims"]["reason"], "terminated", "reason", over)
