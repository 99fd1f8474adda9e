"""The two that are compared: a Janus with our plugin, and one with janus.plugin.sip."""

import os
import resource

import built
import edge
import paths
from generator import Generator
from janus import Janus
from process import counters, cpu_s

DOMAIN = "bench.example"
DESCRIPTORS = min(resource.getrlimit(resource.RLIMIT_NOFILE)[1], 20000)         # each side may have so many
SIP_ADDRESS = "127.0.0.1"           # of janus.plugin.sip, which takes an address of an interface only


class Side:
    """name; package: of the plugin; domain: of its users; proxy: the field of `register`, None: not needed."""

    def __init__(self, name, package, domain, proxy, objects, configs):
        self.name, self.package, self.domain, self.proxy = name, package, domain, proxy
        self.objects, self.configs = objects, configs

    def __repr__(self):
        return self.name

    def janus(self, folder, loops, rtp_ports="30000-31999", full_trickle=False):
        """A fresh Janus. loops: event_loops, 0: a thread for each handle."""
        general = {"event_loops": loops, "allow_loop_indication": True} if loops else {}
        return Janus(os.path.join(folder, self.name), self.objects, self.configs, general=general, ws_port=0,
                     rtp_ports=rtp_ports, full_trickle=full_trickle, debug_level=3, descriptors=DESCRIPTORS).start()

    def load(self, janus):
        """A generator of users of that Janus."""
        return Generator(built.path("api_load"), janus.api_path, self.package, self.domain, *filter(None, [self.proxy]))

    def account(self, number):
        """Fields of `register` for one user."""
        fields = {"username": "sip:bench%d@%s" % (number, self.domain), "authuser": "bench%d" % number, "secret": "secret"}
        return {**fields, "proxy": self.proxy} if self.proxy else fields


def both(registrar, domain=DOMAIN, beside=None, limits=None):
    """registrar: address of the SIP registrar of that domain, at port 5060; beside: of one more, of DOMAIN, that only
    our plugin knows; limits: of our plugin. By default nobody is refused: what is measured is how much can be done."""
    networks = {name: {"domain": of, "entry_point": at, "core_addresses": [at], "reg_event": False, "dscp": 0,
                       "transport": "udp"}      # as the other's proxy says, however long its INVITE is
                for name, of, at in (("bench", domain, registrar), ("beside", DOMAIN, beside)) if at}
    ours = {"general": {"lab": True, "w2": "tls", "reclaim_s": 0, "shutdown_s": 0},
            "sip": {"address": edge.ADDRESS, "port": edge.PORT},
            "limits": limits or {"overload_lag_ms": 0}, "media": {"port_min": 20000, "port_max": 21999},
            "networks": networks}
    theirs = {"general": {"local_ip": SIP_ADDRESS, "behind_nat": False, "keepalive_interval": 0,
                          "rtp_port_range": "22000-23999"}}
    # janus.plugin.sip asks a name server for the domain of an identity: here it is the registrar's address.
    return [Side("ims", edge.PACKAGE, domain, None, [paths.built(edge.OBJECT)], {edge.PACKAGE: ours}),
            Side("sip", "janus.plugin.sip", registrar, "sip:%s:5060;transport=udp" % registrar,
                 [paths.janus_folder("plugins") + "/libjanus_sip.so"],
                 {"janus.plugin.sip": theirs})]


def core():
    """Janus with nothing but EchoTest: what a handle and a request that is answered with one event cost it alone."""
    return Side("core", "janus.plugin.echotest", DOMAIN, None, [paths.janus_folder("plugins") + "/libjanus_echotest.so"], {})


class Meter:
    """CPU of a process over a while, gross and less what it used per second in the idle while before."""

    def __init__(self, pid, clock):
        self.pid, self.clock, self.idle_share = pid, clock, 0.0

    def idle(self, while_):
        cpu, start = cpu_s(self.pid), self.clock()
        while_()
        self.idle_share = (cpu_s(self.pid) - cpu) / (self.clock() - start)

    def busy(self, work):
        """-> what work() returned, seconds of CPU gross, net"""
        cpu, start = cpu_s(self.pid), self.clock()
        result = work()
        gross, took = cpu_s(self.pid) - cpu, self.clock() - start
        return result, gross, gross - self.idle_share * took


def grown(pid, before, users):
    """What each of so many users has added: memory in KB, threads, descriptors, UDP ports."""
    now = counters(pid)
    return {"kb": (now.rss_kb - before.rss_kb) / users,
            "threads": (now.threads - before.threads) / users,
            "descriptors": (now.descriptors - before.descriptors) / users,
            "udp": (now.udp_sockets - before.udp_sockets) / users}
