"""janus.plugin.ims in company: janus.plugin.sip and event handlers beside it, a Janus that comes back,
a second one, one that may open little."""

import json

import edge
import lab
import paths
from cases import case
from checks import check, contains, equal, lacks_text
from events import EventSink
from page import Page
from process import counters, wait_until
from sip import audio_sdp, auth_params

SDP = audio_sdp(lab.NET + ".81", 41000)
SIP_PLUGIN = "janus.plugin.sip"
SIP_PLUGIN_ADDRESS = lab.NET + ".41"


def company(w):
    """-> a Janus with both plugins and an event handler, and what that handler tells"""
    sink = EventSink()
    w.defer(sink.close)
    janus = w.own_janus(
        environment={"TPORT_LOG": "1"},     # as that plugin sets it, whichever of the two is loaded first
        beside=[paths.janus_folder("plugins") + "/libjanus_sip.so"],
        handlers=sink.janus["handlers"],
        configs={SIP_PLUGIN: {"general": {"local_ip": SIP_PLUGIN_ADDRESS, "sdp_ip": SIP_PLUGIN_ADDRESS,
                                          "rtp_port_range": "45000-45999"}},
                 **sink.janus["configs"]})
    return janus, sink


def page_of_the_other(w, janus, core):
    """A registered page of janus.plugin.sip, at the scripted core."""
    page = Page(w.client(janus).attach(SIP_PLUGIN), w.scripted_user("other"))
    page.user.impu = "sip:%s@%s" % (page.user.name, core.ip)       # it would ask a DNS for a name
    page.send("register", **page.account(proxy="sip:%s:%d" % core.address))
    page.wait("registered")
    return page


def digest_responses(w):
    for register in w.capture.requests("REGISTER", frm=edge.ADDRESS):
        yield auth_params(register.get("authorization"))["response"]


@case()
def beside_the_sip_plugin(w):
    """both plugins with an event handler: users of both call at the same time, and what we send stays out of
    the log that the other makes of SIP"""
    janus, sink = company(w)
    core = w.core(challenges=True)
    ours = w.registered(w.scripted_user("ours"), client=w.client(janus))
    theirs = page_of_the_other(w, janus, core)
    for _ in range(3):
        ours.call("sip:+4930999@scripted.example")
        theirs.call("sip:+4930999@" + core.ip)
        for page in (ours, theirs):
            core.expect("INVITE").reply(200, ["Contact: <%s>" % core.contact], SDP)
        for page in (ours, theirs):
            page.wait("accepted")
            page.send("hangup")
            core.expect("BYE").reply(200)
            page.wait("hangup")
            page.handle.close_connection()
    ours.unregister()
    wait_until(lambda: '"unregistered"' in json.dumps(sink.of(edge.PACKAGE)), "our events")
    check(sink.of(SIP_PLUGIN), "no events of the other plugin")
    for response in digest_responses(w):
        if response:
            lacks_text(janus.process.output(), response)
            lacks_text(json.dumps(sink.events), response)


@case("REQ-104")
def what_people_write_reaches_no_handler(w):
    """event handlers hear that a message came and went, and not what is in it"""
    janus, sink = company(w)
    core = w.core()
    page = w.registered(w.scripted_user(), client=w.client(janus))
    page.send("message", uri="sip:+4930999@scripted.example", content="a secret out")
    core.expect("MESSAGE").reply(200)
    page.wait("messagedelivery")
    core.terminate("MESSAGE", page.user.impu, body="a secret in", body_type="text/plain").final()
    equal(page.wait("message")["content"], "a secret in", "content")
    wait_until(lambda: '"message"' in json.dumps(sink.of(edge.PACKAGE)), "our events")
    contains(json.dumps(sink.of(edge.PACKAGE)), "messagedelivery", '"sender"')
    lacks_text(json.dumps(sink.events) + janus.process.output(), "a secret")


@case("REQ-100", "REQ-105")
def what_is_for_one_user_reaches_no_handler(w):
    """event handlers hear that keys were pressed, and not which; nor by which number a helper may call as the user"""
    janus, sink = company(w)
    core = w.core()
    page = w.registered(w.scripted_user(), client=w.client(janus))
    invite = core.terminate("INVITE", page.user.impu, body=SDP)
    page.accept(page.incoming())
    dialog = invite.dialog()
    dialog.request("INFO", body="Signal=7\r\nDuration=160\r\n", body_type="application/dtmf-relay").final()
    equal(page.wait("dtmf")["signal"], "7", "signal")
    dialog.bye()
    page.wait("hangup")
    wait_until(lambda: '"hangup"' in json.dumps(sink.of(edge.PACKAGE)), "our events")
    told = json.dumps(sink.of(edge.PACKAGE))
    contains(told, '"registered"', '"dtmf"', '"sender"')
    lacks_text(told, '"signal"')
    lacks_text(told, str(page.registered["master_id"]))


@case()
def janus_killed_and_back(w):
    """users of a Janus that died register with the next; calls reach them although the dead contact is
    still in the core"""
    w.lab
    first = w.own_janus()
    user, phone = w.user(), w.phone()
    w.registered(user, client=w.client(first))
    first.process.child.kill()
    first.process.child.wait()
    second = w.own_janus()
    page = w.registered(user, client=w.client(second))
    call = w.background(phone.invite, user.impu)
    page.accept(page.incoming())
    equal(call.result()[0].status, 200, "answer")
    page.hangup()


@case("REQ-21")
def janus_ended_and_back(w):
    """an ordered end deregisters everybody; after a restart they come back"""
    w.lab
    first = w.own_janus()
    user = w.user()
    w.registered(user, client=w.client(first))
    equal(w.lab.state_of(user), "registered", "at the HSS")
    first.stop(20)
    equal(w.lab.state_of(user), "not-registered", "at the HSS")
    w.registered(user, client=w.client(w.own_janus()))


@case()
def second_start(w):
    """a second Janus with our SIP port: the plugin says why it does not start, the first goes on"""
    core, page = w.scripted()
    other = edge.janus(w.folder("second"), sanitizer=w.run.sanitizer, ws_port=0)
    try:
        other.start()
        raise AssertionError("it started")
    except AssertionError as error:
        contains(other.process.output(), "SIP cannot be served at %s port %d" % (edge.ADDRESS, edge.PORT))
        contains(str(error), "plugin could not be initialized")
    calls_in_vain(core, page)       # by the first one


def calls_in_vain(core, page):
    page.call("sip:+4930999@scripted.example")
    core.expect("INVITE").reply(486)
    equal(page.wait("hangup")["code"], 486, "code")


def use_up_descriptors(w, janus, limit):
    """-> connections that hold what the process could still open, but one"""
    spare = []
    while counters(janus.pid).descriptors < limit - 1:
        spare.append(w.client(janus))
        spare[-1].ask({"janus": "ping"})
    return spare


def call_outcome(page):
    """-> "calling", an error of ours, or one of Janus's own, which needs descriptors first"""
    transaction = page.post({"request": "call", "uri": "sip:+4930999@scripted.example"}, page.browser.offer())
    answer = page.handle.client.answer_to(transaction)
    if answer["janus"] == "error":
        return answer["error"]["code"]
    return page.wait(transaction=transaction).name


@case()
def few_descriptors(w):
    """no descriptor left: the call is refused with a sentence, nothing breaks, and later it works"""
    limit = 120
    # Over UDP: a large INVITE would want a descriptor for TCP.
    janus = w.own_janus(core={"event_loops": 2}, descriptors=limit, limits={"spare_descriptors": 0},
                        networks_of={"scripted": {"transport": "udp"}})
    wait_until(lambda: "%d descriptors" % limit in janus.process.output(), "warning at the start")
    core = w.core()
    page = w.registered(w.scripted_user(), client=w.client(janus))
    calls_in_vain(core, page)       # opens what Janus and its libraries open once in their life
    page.connection_gone()
    spare, outcomes = use_up_descriptors(w, janus, limit), []
    while spare and "calling" not in outcomes:
        outcomes.append(call_outcome(page))
        if outcomes[-1] == "calling":
            break
        page.handle.close_connection()
        before = counters(janus.pid).descriptors
        spare.pop().close()
        wait_until(lambda: counters(janus.pid).descriptors < before, "descriptor back")
    check(450 in outcomes, "never refused for want of a socket: %r" % outcomes)
    equal(outcomes[-1], "calling", "in the end")
    core.expect("INVITE").reply(486)
    page.wait("hangup")
    wait_until(lambda: edge.objects(janus)["ports"] == 0, "ports back")
