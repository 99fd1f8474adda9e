"""The websockets row: SIP clients on WebSockets, who register with Digest and call each other, at janus.transport.sipws
and at Kamailio's websocket module."""

import os
import sys
import time

import edge
import paths
from generator import Generator
from janus import Janus
from process import cpu_s
from proxy import ADDRESS, WORKERS, Proxy
from report import Table, shares, spread
from sides import DOMAIN

WINDOW = 100        # registrations under way at the same time
LOOPS = 2
PER_SECOND = 1      # calls that begin

# How often each is measured, with how many clients, the while in which they do nothing, and in which they call.
SIZES = {"tiny": (1, 20, 1, 3), "quick": (1, 5000, 27, 20), "full": (2, 5000, 30, 30)}


class Gateway:
    """What the clients are connected to, with the registrar and proxy behind it."""

    def pss_kb(self):
        return sum(pss_kb(pid) for pid in self.pids)

    def cpu_s(self):
        return sum(map(cpu_s, self.pids))


class OfJanus(Gateway):
    name, url = "janus.transport.sipws", edge.sipws_url()

    def __init__(self, folder):
        self.proxy = Proxy(os.path.join(folder, "proxy"))
        network = {"domain": DOMAIN, "entry_point": ADDRESS, "core_addresses": [ADDRESS], "reg_event": False,
                   "auth_schemes": ["delegated"], "dscp": 0}
        plugin = {"general": {"lab": True, "w2": "tls", "reclaim_s": 0, "shutdown_s": 0},
                  "sip": {"address": edge.ADDRESS, "port": edge.PORT},
                  "media": {"port_min": 20000, "port_max": 21999}, "networks": {"bench": network}}
        limits = {"connections": 10000, "connections_per_address": 0, "connections_per_minute": 0}
        self.janus = Janus(os.path.join(folder, "sipws"), [paths.built(edge.OBJECT)],
                           {edge.PACKAGE: plugin,
                            edge.TRANSPORT: edge.sipws_configuration(os.path.join(folder, "tls"), {
                                "limits": limits, "registrations": {"expires_max_s": 3600}})},
                           general={"event_loops": LOOPS, "session_timeout": 60}, ws_port=0, full_trickle=False,
                           debug_level=3, transports=[paths.built(edge.TRANSPORT_OBJECT)], descriptors=20000).start()
        self.pids = [self.janus.pid]

    def core_cpu_s(self):
        return self.proxy.cpu_s()

    def stop(self):
        self.janus.stop(10)
        self.proxy.stop()


class OfKamailio(Gateway):
    name, url = "kamailio, websocket", Proxy.url

    def __init__(self, folder):
        self.proxy = Proxy(os.path.join(folder, "proxy"))
        self.pids = self.proxy.pids

    @staticmethod
    def core_cpu_s():
        return 0.0

    def stop(self):
        self.proxy.stop()


def pss_kb(pid):
    """Memory, of what is shared a share."""
    with open("/proc/%d/smaps_rollup" % pid) as f:
        return next(int(line.split()[1]) for line in f if line.startswith("Pss:"))


class Spent:
    """CPU of gateway, core and generator over a while."""

    def __init__(self, gateway):
        self.gateway, self.start = gateway, (gateway.cpu_s(), gateway.core_cpu_s(), time.monotonic())

    def end(self):
        """-> seconds of CPU of the gateway, of the core, seconds"""
        now = (self.gateway.cpu_s(), self.gateway.core_cpu_s(), time.monotonic())
        return [b - a for a, b in zip(self.start, now)]

    def rest(self, while_s):
        """-> share of a core of the gateway while nothing is asked of it"""
        time.sleep(while_s)
        cpu, _, took = self.end()
        return cpu / took


def one_run(kind, clients, idle_s, calls_s, folder):
    gateway = kind(folder)
    load = Generator(sys.executable, os.path.join(paths.LIB, "crowd.py"), gateway.url, DOMAIN)
    try:
        alone = Spent(gateway).rest(idle_s)
        kb, before = gateway.pss_kb(), descriptors(gateway.pids)
        spent = Spent(gateway)
        connected = load.ask("connect", clients)
        registered = load.ask("register", WINDOW)
        come, core, _ = spent.end()
        idle = Spent(gateway).rest(idle_s)
        kb, fds = gateway.pss_kb() - kb, descriptors(gateway.pids) - before
        spent = Spent(gateway)
        called = load.ask("call", calls_s, PER_SECOND)
        busy, core_busy, took = spent.end()
        calls = int(calls_s * PER_SECOND)
        return {"failed": clients - min(connected["ok"], registered["ok"]),
                "why": {**connected["why"], **registered["why"], **called["why"]},
                "rate": registered["ok"] / registered["s"],
                "come_ms": come * 1000 / clients, "core_ms": core * 1000 / clients,
                "kb": kb / clients, "descriptors": fds / clients, "idle_us": (idle - alone) * 1e6 / clients,
                "calls_failed": calls - called["ok"], "call_ms": (busy - idle * took) * 1000 / calls,
                "core_call_ms": core_busy * 1000 / calls, "share": busy / took,
                "load": registered["cpu_s"] / registered["s"], "load_calls": called["cpu_s"] / called["s"]}
    finally:
        load.close()
        gateway.stop()


def descriptors(pids):
    return sum(len(os.listdir("/proc/%d/fd" % pid)) for pid in pids)


def measure(folder, size):
    repeats, clients, idle_s, calls_s = SIZES[size]
    runs = {}
    for _ in range(repeats):
        for kind in (OfJanus, OfKamailio):
            runs.setdefault(kind.name, []).append(
                one_run(kind, clients, idle_s, calls_s, os.path.join(folder, "websockets")))
    return table(runs, clients, calls_s)


COLUMNS = (("clients/s", "rate", 0), ("CPU ms to connect and register", "come_ms", 2), ("... of the core", "core_ms", 2),
           ("KB per client", "kb", 1), ("descriptors", "descriptors", 2), ("CPU us/s of an idle client", "idle_us", 1),
           ("CPU ms per call", "call_ms", 1), ("... of the core", "core_call_ms", 1), ("share of a core", "share", 2),
           ("generator: registering", "load", 2), ("calling", "load_calls", 2))


def table(runs, clients, calls_s):
    header = ["gateway", "clients", "failed", "calls", "failed"] + [name for name, _, _ in COLUMNS]
    rows = [[name, clients, max(r["failed"] for r in done), calls_s * PER_SECOND, max(r["calls_failed"] for r in done)]
            + [spread(done, key, digits) for _, key, digits in COLUMNS] for name, done in runs.items()]
    ours, theirs = runs[OfJanus.name], runs[OfKamailio.name]
    notes = ["Of Kamailio's: memory of a client %s, CPU of a call %s." % (
        shares(ours, theirs, "kb"), shares(ours, theirs, "call_ms")),
        "Janus ends media: each call makes two PeerConnections, with their ICE agents, keys and certificates, and two "
        "legs towards the core. Kamailio passes the browsers' descriptions on, and media go past it.",
        "Behind Janus the same Kamailio is registrar and proxy; its CPU there has columns of its own."]
    for name, done in runs.items():
        why = {k: v for run in done for k, v in run["why"].items()}
        if why:
            notes.append("What failed at %s: %s." % (name, ", ".join("%s (%d)" % pair for pair in why.items())))
    return Table("SIP over WebSocket", "Clients on ws, each with a socket of its own, who register with Digest (two "
                 "REGISTERs), %d under way at the same time, and stay; then %d call a second between two of them, hung up "
                 "a second after it was answered, for %d s. Descriptions are a browser's; no media flow. Beside it the "
                 "websocket module of the same Kamailio (%d workers for UDP, as many for TCP) with the same clients. "
                 "Memory: PSS of all processes, after less before; an idle client's CPU: net of what the gateway used "
                 "before there was any, keep-alives of either kind included; a call's: net of what idle clients cost." % (
                     WINDOW, PER_SECOND, calls_s, WORKERS), header, rows, notes)
