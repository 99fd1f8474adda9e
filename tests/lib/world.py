"""What a case works with: the lab, Janus, capture, users, phones. What it takes from here is
closed again when the case ends."""

import concurrent.futures
import contextlib
import itertools
import os
import shutil

import edge
import lab
import leaks
import manual
import webrtc
from baresip import Baresip
from capture import Capture, Sniffer
from core import Core, RouteProxy
from host import EdgeHost
from linphone import Linphone
from names import NameServer
from openid import OpenId
from page import Page
from patience import EVENT_S
from peer import Peer
from sip import addr_of
from sipp import Sipp


class Run:
    """What all cases of a run share."""

    def __init__(self, state, sanitizer=None):
        self.state, self.sanitizer = state, sanitizer
        self.sniffer = Sniffer()
        self.lab = lab.Lab(state + "/lab")
        self.phones, self.worlds = itertools.count(0), itertools.count(1)
        self.janus, self._gateway = None, None

    def the_janus(self, settings):
        if self.janus and not self.janus.alive():
            self.janus = None
        if self.janus is None:
            self.janus = edge.janus(self.state + "/janus", sanitizer=self.sanitizer, **settings).start()
        return self.janus

    def end_janus(self):
        janus, self.janus = self.janus, None
        if janus:
            self.end(janus)

    def end(self, janus):
        """It must end by itself, with nothing said by a sanitizer."""
        wrong = self.wrong_with(janus, janus.stop())
        if wrong:
            raise AssertionError("\n\n".join(wrong[:5]))

    def wrong_with(self, janus, code):
        """-> what its sanitizer said, and what its exit code says"""
        wrong = ["sanitizer:\n" + report for report in janus.sanitizer_reports()]
        if code < 0 and "\nBye!" in janus.process.output():
            # After its last word, all plugins being gone, Janus 1.1.2 now and then crashes in
            # OpenSSL's exit handler, while threads of its own still end.
            print("     Janus ended with %d after its end" % code)
        elif code != 0 and not (self.sanitizer and code > 0):    # leaks of others end it with 1
            shutil.copy(janus.log, self.state + "/janus-that-did-not-end.log")
            wrong.append("Janus ended with %s\n%s" % (code, janus.process.tail()))
        return wrong

    def discard_janus(self):
        """After a failure the next case gets a fresh one."""
        janus, self.janus = self.janus, None
        if janus:
            janus.stop(grace_s=5)

    def gateway(self):
        if self._gateway is None:
            self._gateway = webrtc.gateway(self.state + "/gateway").start()
        return self._gateway

    def close(self):
        self.discard_janus()
        if self._gateway:
            self._gateway.stop(grace_s=5)
        self.lab.stop()
        self.sniffer.close()


class Beside:
    """What runs beside a case."""

    def __init__(self, w, function, *args):
        pool = concurrent.futures.ThreadPoolExecutor(1)
        w.defer(pool.shutdown, False)
        self.future = pool.submit(function, *args)

    def result(self, timeout_s=EVENT_S):
        """What it returns, once it has ended."""
        return self.future.result(timeout_s)


class World:
    def __init__(self, run, settings, name):
        self.run, self.settings, self.name = run, settings, name
        self.stack = contextlib.ExitStack()
        self.capture = Capture(run.sniffer)
        self.mark = "-%d@" % next(run.worlds)       # in the names of this case's scripted users
        self.impus = set()                          # of the users that this case asked for
        self.last_janus = None
        self.failed = False     # known when it ends
        self.found = []         # by sanitizers, in Januses that have ended with the case
        self.clients = []

    # ---------------------------------------------------------------- parts
    @property
    def lab(self):
        self.run.lab.start()
        return self.run.lab

    @property
    def janus(self):
        self.last_janus = self.run.the_janus(self.settings)
        return self.last_janus

    def own_janus(self, **settings):
        """A Janus for this case alone, in place of the shared one (they have one address)."""
        self.run.end_janus()
        merged = {**self.settings, **settings}
        self.last_janus = edge.janus(self.folder("own-janus"), sanitizer=self.run.sanitizer, **merged).start()
        self.defer(self._end_own, self.last_janus)
        return self.last_janus

    def _end_own(self, janus):
        janus.stop(2 * EVENT_S if self.run.sanitizer else 5)
        self.found += janus.sanitizer_reports()

    def janus_apart(self, **settings):
        """A Janus for this case alone, on a host of its own. -> host, whose links are `core` and `access`"""
        self.run.end_janus()
        host = self._closing(EdgeHost(self.folder("host"), self.run.sniffer))
        self.last_janus = self.run.janus = edge.janus(
            self.folder("own-janus"), sanitizer=self.run.sanitizer, host=host, **{**self.settings, **settings}).start()
        self.defer(self.run.end_janus)
        return host

    def folder(self, name):
        path = os.path.join(self.run.state, self.name, name)
        os.makedirs(path, exist_ok=True)
        return path

    def defer(self, function, *args):
        self.stack.callback(function, *args)

    def background(self, function, *args):
        """Runs it beside the case."""
        return Beside(self, function, *args)

    def _closing(self, thing, method="close"):
        self.defer(getattr(thing, method))
        return thing

    # ------------------------------------------------------------ Janus side
    def client(self, janus=None):
        return self._connected((janus or self.janus).client())

    def ws_client(self, janus=None):
        """For requests of more than 8 KB."""
        return self._connected((janus or self.janus).ws_client())

    def _connected(self, client):
        self.clients.append(client)
        return self._closing(client)

    def handle(self, client=None, **fields):
        return (client or self.client()).attach(edge.PACKAGE, **fields)

    def user(self, name=None):
        user = leaks.book.note_user(self.lab.user(name))
        self.impus.add(user.impu)
        return user

    def page(self, user=None, client=None):
        """A page that has not registered."""
        return Page(self.handle(client), user or self.user())

    def registered(self, user=None, client=None, **fields):
        page = self.page(user, client)
        page.register(**fields)
        return page

    def webrtc(self, **options):
        """A real WebRTC end."""
        return self._closing(webrtc.GatewayPeer(self.run.gateway(), **options))

    # ----------------------------------------------------------- far end side
    def phone(self, user=None, **options):
        """A registered telephone behind the P-CSCF; options["ring"] s or an event, ["answer"] status."""
        attributes = {k: options.pop(k) for k in ("ring", "answer") if k in options}
        user = user or self.user()
        self.lab.start()
        phone = lab.phone(user, "%s.%d" % (lab.NET, 31 + next(self.run.phones) % 9), **options)
        for name, value in attributes.items():
            setattr(phone, name, value)
        self.defer(self._retire, phone)
        final = phone.register()[-1]
        if final.status != 200:
            raise AssertionError("phone %s: %r" % (user, final))
        return phone

    @staticmethod
    def _retire(phone):
        with contextlib.suppress(Exception):
            phone.register(expires=0)
        phone.close()

    def baresip(self, user=None, **options):
        user = user or self.user()
        self.lab.start()
        return self._closing(Baresip(self.folder("baresip-" + user.name), user, **options),
                             "stop").start()

    def linphone(self, user=None, **options):
        user = user or self.user()
        self.lab.start()
        return self._closing(Linphone(self.folder("linphone-" + user.name), user, **options),
                             "stop").start()

    def sipp(self, scenario, rows, **options):
        folder = self.folder("sipp-" + scenario.partition(".")[0])
        return self._closing(Sipp(folder, scenario, rows, **options), "stop")

    def core(self, ip=None, kind=Core, **options):
        """The scripted core of the network scripted.example, at its entry point, or another host of it.
        kind: Core, or AkaRegistrar."""
        of_scripted = self.settings.get("networks_of", {}).get("scripted", {})
        ip = ip or of_scripted.get("entry_point", edge.CORE)
        return self._retiring(kind(ip, mine=self.mark, **options))

    def names(self, **options):
        """A name server that serves nothing yet."""
        return self._closing(NameServer(self.folder("names"), **options), "stop")

    def openid(self, **options):
        """A running OpenID provider; its users are yet to come: .user(subscriber)."""
        return self._closing(OpenId(self.folder("openid"), **options), "stop").start()

    def scripted_user(self, name="zoe"):
        user = lab.User(name + self.mark.rstrip("@"))
        user.impi = user.name + "@scripted.example"
        user.impu = "sip:" + user.impi
        return leaks.book.note_user(user)

    def scripted(self, janus=None, **options):
        """A scripted core with one user on it. -> core, his registered page"""
        core = self.core(**options)
        return core, self.registered(self.scripted_user(), self.client(janus))

    def proxies(self, *lasts):
        """A row of proxies that insist on their route, the first at .lasts[0]."""
        return self.proxies_at(*("%s.%d" % (lab.NET, last) for last in lasts))

    def proxies_at(self, *addresses):
        row = [self._closing(RouteProxy(ip, "hop%d" % number))
               for number, ip in enumerate(addresses)]
        for proxy, after in zip(row, row[1:]):
            proxy.onward = after.address
        return row

    def peer(self, ip, **options):
        return self._retiring(Peer(ip, **options))

    def _retiring(self, peer):
        self.defer(peer.retire, self._calls_are_over)
        return peer

    def _calls_are_over(self):
        """Those of pages that have gone are hung up by the gateway."""
        janus = self.last_janus
        return not janus or not janus.alive() or edge.objects(janus)["calls"] == 0

    # ------------------------------------------------------------------- end
    def registers(self, count=1, of=None):
        """REGISTERs of this case's users, or of one, from the edge to the lab, at least so many."""
        def mine(packet):
            return addr_of(packet.get("to")) in ([of.impu] if of else self.impus)
        self.capture.wait_request("REGISTER", frm=edge.ADDRESS, to=lab.ICSCF, count=count, match=mine)
        return self.capture.requests("REGISTER", frm=edge.ADDRESS, match=mine)

    def check_alive(self):
        if self.last_janus and self.last_janus is self.run.janus and not self.last_janus.alive():
            raise AssertionError("Janus died")

    def check_documented(self):
        """Every event that came holds what docs/api.md says, and nothing else."""
        for client in self.clients:
            for handle in list(client.handles.values()):
                if handle.package != edge.PACKAGE:
                    continue
                for message in list(handle.received):
                    if "plugindata" in message:
                        odd = manual.undocumented(message["plugindata"]["data"], message.get("jsep"))
                        if odd:
                            raise AssertionError("docs/api.md does not know %s: %r" % (odd, message))

    def evidence(self):
        """What helps after a failure."""
        parts = []
        if self.last_janus and self.last_janus.process:
            parts.append("    -- janus.log\n" + self.last_janus.process.tail(8))
        parts.append("    -- SIP\n" + self.capture.summary(24))
        return "\n".join(parts)

    def close(self, failed):
        self.failed = failed
        leaks.book.look_at_events(self.name, self.clients)
        if failed:
            self.capture.save(os.path.join(self.folder(""), "sip.pcap"))
        with contextlib.suppress(Exception):
            self.stack.close()
        if failed:
            if self.last_janus:
                shutil.copy(self.last_janus.log, self.folder(""))
            self.run.discard_janus()
