"""Two nodes behind HAProxy, as conf/haproxy.cfg.sample and docs/several-nodes.md have it: one dies, is cut off, is drained, and
its users go on at the other."""

import contextlib
import time

import delegate
import edge
import sipws
from cases import case
from checks import check, equal
from jssip import JsSip
from lab import PCSCF
from nodes import BESIDE, Cluster, Node
from patience import SETTLED_S
from process import wait_until
from sip import new_id, params
from webrtc import CannedBrowser

# A laboratory's: what is lost ends soon.
TIMER = {"session_expires_s": 3, "min_se_s": 1}
SOON = {"inter": "1s", "fastinter": "100ms"}       # a node on a busy machine may take so long to begin TLS


def new_instance():
    return "urn:uuid:%s-0000-4000-8000-%s" % (new_id()[:8].rjust(8, "0"), "0" * 12)


class ApiUser:
    """A page with the Janus API, which names its device and comes back when its connection is gone."""

    def __init__(self, cluster, prove=None, reg_id=1):
        self.cluster, self.user, self.prove = cluster, cluster.w.user(), prove
        self.device = {"instance": new_instance(), **({"reg_id": reg_id} if reg_id else {})}
        self.page = None
        self.arrive()

    def arrive(self):
        self.page = self.cluster.w.page(self.user, self.cluster.client())
        if self.prove:
            delegate.register(self.page, **self.device)
        else:
            self.page.register(**self.device)

    def lost(self):
        return not self.page.handle.client.open

    def come_back(self):
        wait_until(self.lost, "%s cut" % self.user)
        wait_until(lambda: again(self.arrive), "%s back" % self.user)
        if self.prove:      # that what the first one has left may go, too
            delegate.prove(self.page, self.page.wait("challenge"))
            delegate.prove_until(self.page, "registered")

    def rings(self, caller):
        event = self.page.incoming()
        equal(event["username"], caller.user.impu, "caller", event)
        self.page.ask("decline", "declining")

    def ring(self):
        self.page.incoming()

    def answer(self):
        self.page.accept(self.page.incoming())


class SipUser:
    """A page with SIP over WebSocket, the same."""

    def __init__(self, cluster):
        self.cluster, self.user, self.browser = cluster, cluster.w.user(), CannedBrowser()
        self.client = sipws.Client(cluster.sip_url, self.user.impu, self.user.password, username=self.user.impi)
        cluster.w.defer(self.client.close)
        self.client.register()

    def come_back(self):
        self.client.wait_closed()
        wait_until(lambda: again(self.client.connect), "%s back" % self.user)
        check(self.granted_s() < 60, "much is granted, while something is to be proved")
        wait_until(lambda: self.granted_s() > 60, "proved", pause_s=0.3)    # a library comes when half of it is over

    def granted_s(self):
        return int(params(self.client.register().get("contact"))["expires"])

    def rings(self, caller):
        invite = self.client.expect("INVITE")
        check(caller.user.impu in invite.get("from"), "caller", invite)
        invite.reply(486)

    def ring(self):
        invite = self.client.expect("INVITE")
        invite.ringing()
        return invite

    def answer(self):
        invite = self.ring()
        invite.accept(self.browser.answer(invite.body)["sdp"])
        self.client.expect("ACK")


class JsSipUser:
    def __init__(self, cluster):
        self.user = cluster.w.user()
        self.agent = JsSip(cluster.w.folder("jssip"), cluster.sip_url, self.user)
        cluster.w.defer(self.agent.stop)
        self.agent.wait("registered")

    def come_back(self):
        self.agent.wait("disconnected")
        self.agent.wait("registered")

    def rings(self, caller):
        equal(self.agent.wait("call")["from"], caller.user.impu, "caller")


def delegated(cluster):
    """A page of the Janus API that keeps its password."""
    return ApiUser(cluster, prove=True)


def with_one_way(cluster):
    """... that does not number its ways to the network, as the demo's client."""
    return ApiUser(cluster, reg_id=None)


def again(arrive):
    try:
        arrive()
        return True
    except (OSError, ConnectionError, sipws.Refused):
        return False


class Story:
    """Users of the first node, and callers of theirs on the second, which stays."""

    def __init__(self, w, times=None, **settings):
        self.cluster = Cluster(w, times, **settings)
        self.w, (self.first, self.second) = w, self.cluster.nodes
        self.users, self.talking, self.ringing = [], [], []

    def caller(self):
        return self.w.registered(self.w.user(), self.second.client())

    def arrive(self, *kinds):
        """Everybody through HAProxy, to the first node."""
        self.cluster.prefer(self.first)
        self.users += [kind(self.cluster) for kind in kinds]
        self.cluster.prefer(None)
        for user in self.users:
            self.only_at(self.first, user)

    def talk(self, user):
        caller = self.caller()
        caller.call(user.user.impu)
        user.answer()
        caller.wait("accepted")
        self.talking.append(caller)

    def ring(self, user):
        caller = self.caller()
        caller.call(user.user.impu)
        user.ring()
        caller.wait("ringing")
        self.ringing.append(caller)

    def only_at(self, node, user):
        """The network knows one contact of his, at that node."""
        wanted = "@%s:" % node.host.sip_address
        wait_until(lambda: len(found := self.cluster.contacts(user.user)) == 1 and wanted in found[0],
                   "%s at %s alone" % (user.user, node.name))

    def all_back(self):
        for user in self.users:
            user.come_back()
        for user in self.users:
            self.only_at(self.second, user)

    def calls_end(self, since):
        """-> the most seconds that the far end of a call had to wait"""
        waited = []
        for caller in self.talking:
            caller.wait("hangup", timeout_s=400)
            waited.append(time.monotonic() - since)
        for caller in self.ringing:
            caller.hangup()
        return max(waited)

    def all_reached(self):
        """A new call to each rings once, and nothing goes to where he was."""
        caller = self.caller()
        self.w.capture.restart()
        for user in self.users:
            caller.call(user.user.impu)
            user.rings(caller)
            if isinstance(user, JsSipUser):
                caller.hangup()
            else:
                equal(caller.wait("hangup")["code"], 486, "code")
        self.w.run.sniffer.sync()
        equal(self.w.capture.requests("INVITE", to=self.first.host.sip_address), [], "INVITEs to the node that is gone")


@case("REQ-158", "REQ-22", "REQ-29")
def one_is_killed(w):
    """SIGKILL during calls, ringing and registrations: all are registered again at the other, reached there alone; calls end"""
    story = Story(w, network=TIMER)
    story.arrive(ApiUser, with_one_way, ApiUser, SipUser, SipUser, JsSipUser)
    api, ringing, _idle, sip, sip_ringing, _agent = story.users
    for user in (api, sip):
        story.talk(user)
    for user in (ringing, sip_ringing):
        story.ring(user)
    story.cluster.prefer(story.first)
    arriving = w.page(w.user(), story.cluster.client())
    delegate.begin(arriving)
    story.cluster.prefer(None)
    story.first.kill()
    since = time.monotonic()
    story.all_back()
    wait_until(lambda: not arriving.handle.client.open, "who was registering is cut")
    delegate.register(w.page(arriving.user, story.cluster.client()), instance=new_instance(), reg_id=1)
    story.calls_end(since)
    story.all_reached()


@case("REQ-158", long=True)
def one_user_agent_is_killed(w):
    """the same in role ue, behind a P-CSCF"""
    story = Story(w, network={"role": "ue", "private_identity": "identity", **TIMER}, networks_of={"lab": {"entry_point": PCSCF, "core_addresses": []}})
    story.arrive(ApiUser, ApiUser, SipUser, JsSipUser)
    story.talk(story.users[0])
    story.ring(story.users[1])
    story.first.kill()
    since = time.monotonic()
    story.all_back()
    story.calls_end(since)
    story.all_reached()


@case("REQ-158", "REQ-29")
def one_is_cut_off(w):
    """no packet from one of them any more, which nobody is told: HAProxy's checks notice, users go on at the other; nor does the
    first one disturb that when it is back"""
    story = Story(w, SOON, network=TIMER)
    story.arrive(ApiUser, delegated, SipUser)
    story.talk(story.users[0])
    story.first.cut()
    since = time.monotonic()
    story.all_back()
    story.calls_end(since)
    story.all_reached()
    story.first.mend()
    edge.wait_objects(story.first.janus, {"registrations": 0})
    for user in story.users:
        story.only_at(story.second, user)
    story.all_reached()


@case("REQ-158", "REQ-22")
def one_is_drained(w):
    """before maintenance: HAProxy sends nobody new there, each user is told to leave when he is in no call, and comes back elsewhere"""
    story = Story(w)
    story.arrive(ApiUser, SipUser)
    api, sip = story.users
    story.talk(api)
    story.cluster.prefer(story.second)
    for connection in edge.sipws_query(story.first.janus, "connections")["connections"]:
        edge.sipws_query(story.first.janus, "close", number=connection["number"])
    sip.come_back()
    story.only_at(story.second, sip)
    equal(api.page.status()["call"]["state"], "up", "the call goes on")
    api.page.hangup()
    story.talking[0].wait("hangup")
    story.first.admin("drop", flow=story.first.flow_of(api.user))
    api.page.wait("registration_failed")
    api.arrive()
    for user in story.users:
        story.only_at(story.second, user)
    story.all_reached()


@case("REQ-144")
def one_is_full(w):
    """as many clients as a node takes: who comes then gets to the other one, and HAProxy does not take the full one for dead"""
    cluster = Cluster(w, SOON, sockets=BESIDE + 3)
    full, other = cluster.nodes
    cluster.prefer(full)
    inside = strangers(w, cluster, BESIDE + 4)
    cluster.prefer(None)
    later = strangers(w, cluster, 1)
    checked = checks_of(full)
    wait_until(lambda: checks_of(full) > checked + 2, "checks by HAProxy")
    equal(cluster.haproxy.failed_checks(full), 0, "failed checks")
    equal([edge.sipws_query(node.janus, "counters")["sockets"] for node in (full, other)], [3, 1], "sockets")
    for client in inside + later:
        check(client.ask("OPTIONS", "sip:ims.example").final().status, "answered")


def strangers(w, cluster, number):
    """-> those of them that are let in"""
    clients = []
    with contextlib.suppress(OSError, sipws.Refused):
        while len(clients) < number:
            clients.append(sipws.Client(cluster.sip_url))
            w.defer(clients[-1].close)
    return clients


def checks_of(node):
    """How often HAProxy has asked it for a page."""
    return edge.sipws_query(node.janus, "counters")["counters"]["refused_plain_http"]


def back_after_s(user, since):
    user.come_back()
    return time.monotonic() - since


def measure(w, die, what):
    """With the times of the sample and a session timer of 90 s, which prints the figures of docs/several-nodes.md."""
    story = Story(w, network={"session_expires_s": 90})
    story.arrive(*[ApiUser] * 10, *[SipUser] * 5, JsSipUser)
    for user in story.users[:3] + story.users[-3:-1]:
        story.talk(user)
    since = time.monotonic()
    die(story.first)
    waiting = [w.background(back_after_s, user, since) for user in story.users]
    back = sorted(one.result(SETTLED_S) for one in waiting)
    ended_s = story.calls_end(since)
    print("     %s: the first of %d users is back after %.1f s, the last after %.1f s; the last call is over after %.1f s" % (
        what, len(back), back[0], back[-1], ended_s))
    check(ended_s < 90, "calls ended after %.1f s" % ended_s)
    for user in story.users:
        story.only_at(story.second, user)
    story.all_reached()


@case("REQ-158", long=True)
def times_of_a_kill(w):
    """how soon users are back, and calls over, when the process of a node dies"""
    measure(w, Node.kill, "killed")


@case("REQ-158", long=True)
def times_of_a_cut(w):
    """the same when its network is cut without a word"""
    measure(w, Node.cut, "cut off")
