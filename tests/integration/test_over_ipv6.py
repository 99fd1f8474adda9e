"""SIP and RTP over IPv6."""

from cases import case
from checks import check, equal, header
from sip import addr_of, audio_sdp
from test_media import Connected, heard, only

US, CORE, PROXY, PHONE = ("fd00:77::%d" % last for last in (21, 81, 82, 85))

EDGE = {"sip": {"address": US},
        "networks_of": {"lab": {"entry_point": PROXY, "core_addresses": []},
                        "scripted": {"entry_point": CORE, "core_addresses": [CORE, PROXY]}}}


def brackets(packet, *names):
    for name in names:
        header(packet, name, r"\[fd00:77::21\]")


def one_call(w, janus=None, **options):
    """Out, up, down; in, up, down."""
    core, page = w.scripted(janus, challenges=True, **options)
    page.call("sip:+4930999@scripted.example")
    dialog = core.expect("INVITE").accept(audio_sdp(PHONE, 40000))
    page.wait("accepted")
    core.expect("ACK")
    equal(dialog.bye().status, 200, "BYE")
    page.wait("hangup")
    page.connection_gone()
    invite = core.terminate("INVITE", page.user.impu, body=audio_sdp(PHONE, 40000))
    page.accept(page.incoming())
    invite.dialog()
    page.hangup()
    core.expect("BYE").reply(200)
    return core, page


@case("REQ-01", "REQ-80", "REQ-109")
def call_over_ipv6(w):
    """registration and calls both ways: brackets in every URI, IP6 in the SDP"""
    one_call(w)
    register, invite = (w.capture.requests(m, frm=US)[0] for m in ("REGISTER", "INVITE"))
    equal(register.dst, (CORE, 5060), "sent to", register)
    brackets(register, "Via", "Contact", "Path", "P-Charging-Vector")
    brackets(invite, "Via", "Contact", "Record-Route")
    equal(invite.sdp.audio.address, US, "address in SDP", invite)
    check("IN IP6 " + US in invite.sdp.text and "IP4" not in invite.sdp.text, "c= line", invite)
    answer = w.capture.responses("INVITE", 200, frm=US)[0]
    equal(answer.sdp.audio.address, US, "address in SDP", answer)


@case("REQ-107")
def call_over_ipv6_and_tcp(w):
    """the same over TCP"""
    janus = w.own_janus(network={"transport": "tcp"})
    _, page = one_call(w, janus, tcp=True)
    ours = [p for p in w.capture.sip(frm=US) if page.user.name in p.text()]
    equal({p.transport for p in ours}, {"tcp"}, "transports")
    equal(addr_of(ours[0].get("contact")).partition("@")[2], "[%s]:5060;transport=tcp" % US, "Contact",
          ours[0])


@case("REQ-02", "REQ-80")
def proxy_over_ipv6(w):
    """a row of proxies that insist on their route"""
    core, page = w.scripted()
    proxy, = w.proxies_at(PROXY)
    proxy.onward = core.address
    core.service_route = [proxy.route]
    page.ask("register", "registered", **page.account(refresh=True))
    page.call("sip:+4930999@scripted.example")
    dialog = core.expect("INVITE").accept(audio_sdp(PHONE, 40000))
    page.wait("accepted")
    core.expect("ACK")
    page.hangup()
    core.expect("BYE").reply(200)
    equal(proxy.refused, [], "what did not follow the route", dialog.target)


@case("REQ-122")
def talk_over_ipv6(w):
    """tones go both ways"""
    phone, browser = Connected(w, phone_ip=PHONE).talk()
    only(heard(phone), 1000, "phone")
    only(heard(browser), 440, "browser")
    equal({p.src[0] for p in phone}, {US}, "source of RTP")
