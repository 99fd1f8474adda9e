"""TLS towards the core, by the recipe of docs/tls-to-the-core.md."""

import os
import re
import ssl

import edge
import lab
import paths
from authority import Authority
from cases import case
from checks import check, equal, header, lacks_text
from patience import EVENT_S
from process import Process, wait_until
from sip import addr_of, audio_sdp

NAME, PROXY = "pcscf.scripted.example", "127.0.0.1:5071"
CORE, SEEN = lab.NET + ".81", lab.NET + ".22"      # SEEN: where the core finds us
FAR = audio_sdp("127.0.1.85", 40000)

EDGE = {"general": {"reclaim_s": 0}, "sip": {"keepalive_s": 1},
        "networks_of": {"scripted": {"role": "ue", "tls_proxy": PROXY, "core_addresses": [],
                                     "entry_point": NAME + ":5061;transport=tls"}}}


def recipe():
    """What the page says to write into haproxy.cfg."""
    with open(os.path.join(paths.TOP, "docs/tls-to-the-core.md")) as f:
        return "\n".join(re.findall(r"```haproxy\n(.*?)```", f.read(), re.S))


def haproxy(w, ca):
    """HAProxy as the page says, with our addresses and our CA."""
    text = recipe()
    for there, here in (("198.51.100.7:5061", CORE + ":5061"), ("/etc/ssl/certs/core-ca.pem", ca.pem),
                        ("pcscf.ims.example", NAME), ("192.0.2.10:5060", SEEN + ":5060"),
                        ("/etc/haproxy/edge.pem", ca.certify("edge.example")),
                        ("127.0.0.1:5060", edge.ADDRESS + ":5060")):
        check(there in text, "%s is not on the page" % there)
        text = text.replace(there, here)
    folder = w.folder("haproxy")
    with open(folder + "/haproxy.cfg", "w") as f:
        f.write("global\n\tlog stdout format raw local0\n" + text.replace("defaults\n", "defaults\n\tlog global\n"))
    process = Process(["haproxy", "-db", "-f", folder + "/haproxy.cfg"], folder + "/log")
    w.defer(process.stop)

    def listens():
        check(process.alive(), "haproxy: " + process.tail())
        with open("/proc/net/tcp") as f:
            return "0100007F:%04X 00000000:0000 0A" % 5071 in f.read()
    wait_until(listens, "haproxy")
    return process


def authority(w, name="core-ca"):
    return Authority(w.folder("certificates"), name)


def secured(w, ca, context):
    """-> a core with that certificate, the proxy before it"""
    proxy = haproxy(w, ca)
    core = w.core(CORE, port=5061, tls=context, challenges=True)
    core.service_route = []
    w.defer(lambda: edge.wait_objects(w.last_janus, {"registrations": 0}))
    return core, proxy


@case()
def tls_calls(w):
    """a right certificate: registration, and calls both ways, all through the proxy and none naming it"""
    ca = authority(w)
    context = ca.issue(NAME)
    core, _ = secured(w, ca, context)
    page = w.registered(w.scripted_user())
    equal(context.asked, [NAME], "SNI")
    page.call("sip:+4930999@scripted.example")
    invite = core.expect("INVITE")
    equal(invite.all("route"), ["<sip:%s:5061;transport=tls;lr>" % NAME], "Route", invite)
    header(invite, "Contact", r"@%s:5060;transport=tls>" % edge.ADDRESS)
    dialog = invite.accept(FAR, ["Record-Route: <sip:%s:5061;transport=tls;lr>" % NAME])
    page.wait("accepted")
    ack = core.expect("ACK")
    equal(ack.src, invite.src, "connection of the ACK")
    page.hangup()
    bye = core.expect("BYE")
    equal(bye.all("route"), ["<sip:%s:5061;transport=tls;lr>" % NAME], "Route", bye)
    bye.reply(200)
    check(dialog is not None, "no dialog")
    page.connection_gone()
    invite = core.terminate("INVITE", page.user.impu, body=FAR, routes=[],
                            headers=["Record-Route: <sip:%s:5061;transport=tls;lr>" % NAME])
    page.accept(page.incoming())
    invite.dialog()
    page.until_up()
    page.hangup()
    core.expect("BYE").reply(200)
    equal(len(core.connections), 1, "connections")
    lacks_text("".join(request.text() for request in core.registers), "5071")


@case()
def tls_connection_ends(w):
    """the core closes the connection: registered again over another"""
    ca = authority(w)
    core, _ = secured(w, ca, ca.issue(NAME))
    page = w.registered(w.scripted_user())
    first = core.registers[-1]
    first.src.close()
    again = core.wait_register(3)
    check(again.src is not first.src, "the same connection", again)
    equal(addr_of(again.get("contact")), addr_of(first.get("contact")), "Contact", again)
    equal(page.names(), ["registering", "registered"], "events")


def refused(w, ca, context):
    """Not a byte of SIP reaches that core, and the page hears of it."""
    core, proxy = secured(w, ca, context)
    page = w.page(w.scripted_user())
    page.send("register", **page.account())
    equal(page.wait("registration_failed", "registered")["code"], 503, "code")
    equal((core.registers, core.connections), ([], []), "what came through")
    wait_until(lambda: re.search(r"core/pcscf \S+ 0 SC", proxy.output()), "the refusal in HAProxy's log")


@case()
def tls_of_another_authority(w):
    """the right name, but signed by somebody else"""
    refused(w, authority(w), authority(w, "other-ca").issue(NAME))


@case()
def tls_for_another_name(w):
    """signed by the right CA, for somebody else"""
    ca = authority(w)
    refused(w, ca, ca.issue("impostor.example"))


@case()
def tls_that_has_expired(w):
    """a certificate of yesterday"""
    ca = authority(w)
    refused(w, ca, ca.issue(NAME, days=-1))


def client(ca, host=None):
    """A context for a client; without a name it has no certificate."""
    context = ssl.create_default_context(cafile=ca.pem)
    context.check_hostname = False
    if host:
        context.load_cert_chain(ca.certify(host))
    return context


@case("REQ-02", "REQ-143")
def tls_both_ways(w):
    """an edge is called over a TLS connection of the core's, which has to show its certificate"""
    ca = authority(w)
    core, _ = secured(w, ca, ca.issue(NAME))
    of_scripted = {**EDGE["networks_of"]["scripted"], "role": "edge"}
    janus = w.own_janus(sip={"public_address": SEEN, "keepalive_s": 1},
                        networks_of={"scripted": of_scripted})
    core.service_route = ["<sip:orig@%s:5061;transport=tls;lr>" % NAME]
    page = w.registered(w.scripted_user(), w.client(janus))
    header(core.registers[-1], "Path", r"@%s:5060;transport=tls;lr>" % SEEN)
    registration = core.registrations[page.user.impu]
    registration.source = core.connect((SEEN, 5060), client(ca, "scscf.example"))
    invite = core.terminate("INVITE", page.user.impu, body=FAR)
    page.accept(page.incoming())
    invite.dialog()
    page.until_up()
    page.hangup()
    core.expect("BYE").reply(200)
    page.unregister()
    stranger = core.connect((SEEN, 5060), client(ca))
    check(stranger.ended.wait(EVENT_S), "a client without certificate is served")
