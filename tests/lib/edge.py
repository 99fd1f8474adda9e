"""janus.plugin.ims in a Janus of its own, as tests run it."""

import os

import authority
import lab
import leaks
import paths
from janus import Janus
from patience import SETTLED_S
from process import Late, wait_until

PACKAGE = os.environ.get("IMS_TEST_PACKAGE", "janus.plugin.ims")
OBJECT = os.environ.get("IMS_TEST_OBJECT", "libjanus_ims.so")
TRANSPORT, TRANSPORT_OBJECT = "janus.transport.sipws", "libjanus_sipws.so"
WSS_PORT, SIP_WS_PORT = 8443, 8480
ORIGIN = "https://phone.example"                # pages of it may come by the transport

ADDRESS, PORT = lab.NET + ".21", 5060           # the lab trusts .21 to .29
CORE = lab.NET + ".81"                          # a scripted core is here
VISITED = "edge.example"
SCHEMES = ["digest", "aka", "token", "delegated"]


def networks():
    """The lab, and a core that a test plays itself."""
    return {
        "lab": {"domain": lab.REALM, "entry_point": lab.ICSCF,
                "core_addresses": [lab.ICSCF, lab.SCSCF], "visited_network_id": VISITED},
        "scripted": {"domain": "scripted.example", "entry_point": CORE,
                     "core_addresses": [lab.NET + ".%d" % last for last in range(81, 90)],
                     "visited_network_id": VISITED, "reg_event": False}}     # it hears what its test is about


def configuration(general=None, sip=None, media=None, network=None, networks_of=None, turn=None, issuers=None,
                  limits=None):
    """janus.plugin.ims.jcfg: what is given here is added to what tests need. network: for both;
    networks_of: {name: fields} for one."""
    both = networks()
    for name, section in both.items():
        section.update({"auth_schemes": SCHEMES, "dscp": 0, **(network or {}), **(networks_of or {}).get(name, {})})
    made = {
        "general": {"lab": True, "w2": "tls", "reclaim_s": 2, **(general or {})},
        # Who is let in must not depend on how busy the machine is that tests run on.
        "limits": {"overload_lag_ms": 0, **(limits or {})},
        "sip": {"address": ADDRESS, "port": PORT, **(sip or {})},
        # The WebRTC ends of these tests fall silent, RTCP too, as no browser does.
        "media": {"port_min": 20000, "port_max": 21999, "browser_timeout_s": 0, **(media or {})},
        **({"turn": turn} if turn else {}), **({"issuers": issuers} if issuers else {}),
        "networks": both}
    leaks.book.note_configuration(made)
    return made


def ask(of, request, **fields):
    """What the plugin in this Janus answers by the Admin API."""
    return of.admin("message_plugin", plugin=PACKAGE, request={"request": request, **fields})["response"]


def objects(of):
    """What the plugin in this Janus says is alive: handles, calls, port pairs, ..."""
    return {name: count for name, count in counters(of).items() if isinstance(count, int)}


def counters(of):
    """... and how it copes: its load, whom it refused."""
    return ask(of, "counters")


def discarded(page):
    """How many packets of the page's call were not passed on, from either side."""
    janus = page.handle.client.janus
    number = ask(janus, "list", what="registrations", username=page.user.impu)["registrations"][0]["handle"]
    return ask(janus, "show", handle=number)["call"]["media"]["discarded"]


def wait_objects(of, want, timeout_s=SETTLED_S):
    """Until nothing more is alive than `want`: some of SIP's transactions end later."""
    try:
        wait_until(lambda: all(objects(of)[name] <= number for name, number in want.items()),
                   "objects of the plugin", timeout_s=timeout_s, pause_s=0.1)
    except Late as error:
        raise AssertionError("%s: %r, at the start %r" % (error, objects(of), want)) from None


def sipws_configuration(folder, sections):
    """janus.transport.sipws.jcfg, in a laboratory: wss with a certificate in folder, and ws; pages of ORIGIN, and
    clients that are none. sections: {"limits": {...}} is added."""
    os.makedirs(folder, exist_ok=True)
    made = {"general": {"enabled": True, "lab": True, "wss_port": WSS_PORT, "ws_port": SIP_WS_PORT,
                        "cert_pem": authority.self_signed(folder + "/sipws.pem"), "origins": [ORIGIN],
                        "without_origin": True},
            "limits": {"connections_per_minute": 0, "overload_lag_ms": 0}}
    for name, section in sections.items():
        made[name] = {**made.get(name, {}), **section}
    leaks.book.note_configuration(made)
    return made


def sipws_url(secure=False, host="127.0.0.1", path="/"):
    return "%s://%s:%d%s" % (("wss", host, WSS_PORT, path) if secure else ("ws", host, SIP_WS_PORT, path))


def sipws_query(of, request, **fields):
    """What the transport in this Janus answers by the Admin API."""
    return of.admin("query_transport", transport=TRANSPORT, request={"request": request, **fields})["response"]


def janus(folder, general=None, sip=None, media=None, network=None, networks_of=None, turn=None, issuers=None,
          limits=None, sipws=None, core=None, beside=(), configs=None, **options):
    """general, sip, media, network, networks_of, turn, issuers, limits: of the plugin; sipws: of the transport, None: it is
    not loaded; core: of janus.jcfg's general; beside, configs: other plugins, and configuration of others; options:
    see Janus."""
    ours = {PACKAGE: configuration(general, sip, media, network, networks_of, turn, issuers, limits)}
    if sipws is not None:
        ours[TRANSPORT] = sipws_configuration(folder + ".sipws", sipws)
        options = {**options, "transports": [paths.built(TRANSPORT_OBJECT), *options.get("transports", ())]}
    return Janus(folder, [paths.built(OBJECT), *beside], {**ours, **(configs or {})}, general=core, **options)
