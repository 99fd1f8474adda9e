"""Several Janus nodes, each on a host of its own, behind a real HAProxy with conf/haproxy.cfg.sample.

    cluster = Cluster(w)                     nodes[0] and nodes[1], the lab behind them
    cluster.client()                         the Janus API through HAProxy, over TLS
    cluster.sip_url                          ... and SIP over WebSocket
    cluster.prefer(cluster.nodes[0])         the other one gets no new connections
    cluster.nodes[0].kill()                  SIGKILL; or .host.core.cut(), .host.access.cut()
"""

import contextlib
import os
import re
import signal
import socket
import subprocess

import edge
import janus
import lab
import paths
from authority import Authority
from checks import check
from client import Client
from host import EdgeHost
from patience import EVENT_S
from process import Process, wait_until

NAME, ADDRESS = "phone.example", "10.77.0.1"
API_PORT, SIP_PORT, ADMIN_PORT, WS_PORT = 443, 8443, 7088, 8188
HTTP = "libjanus_http.so"


SOCKETS = 500           # default of the transport's limits.connections
BESIDE = 10             # of them, those that the sample leaves to HAProxy's checks


class Node:
    """number: 1 and up; sockets: limits.connections of SIP over WebSocket."""

    def __init__(self, w, number, authority, sockets=SOCKETS, **settings):
        self.number, self.name = number, "node%d" % number
        self.host = EdgeHost(w.folder(self.name), w.run.sniffer, number)
        w.defer(self.host.close)
        admin = {"general": {"http": False, "https": False},
                 "admin": {"admin_http": True, "admin_port": ADMIN_PORT, "admin_base_path": "/admin"}}
        transport = {"general": {"cert_pem": authority.certify(NAME), "without_origin": True},
                     "limits": {"connections": sockets, "connections_per_minute": 0, "connections_per_address": 0}}
        sip = {"address": self.host.sip_address, **settings.pop("sip", {})}
        self.janus = edge.janus(
            w.folder(self.name + "-janus"), sanitizer=w.run.sanitizer, host=self.host, sip=sip, sipws=transport,
            transports=[paths.janus_folder("transports") + "/" + HTTP], configs={"janus.transport.http": admin},
            **settings).start()
        self.w, self.killed = w, False
        w.defer(self.stop)

    def client(self):
        """Past HAProxy."""
        return self.janus.ws_client()

    def kill(self):
        self.killed = True
        os.killpg(self.janus.pid, signal.SIGKILL)
        self.janus.process.child.wait()

    def cut(self):
        """Nothing comes from it and nothing reaches it any more, which nobody is told."""
        self.host.core.cut()
        self.host.access.cut()

    def mend(self):
        self.host.core.mend()
        self.host.access.mend()

    def admin(self, request, **fields):
        return edge.ask(self.janus, request, **fields)

    def flow_of(self, user):
        """The name of his registration here."""
        return self.admin("list", what="registrations", username=user.impu)["registrations"][0]["flow"]

    def stop(self):
        """Unless it was killed it ends by itself."""
        code = self.janus.stop(EVENT_S)
        if not self.killed:
            self.w.found += self.w.run.wrong_with(self.janus, code)


class HaProxy:
    """The sample, with our addresses, names and times. times: of default-server."""

    def __init__(self, folder, nodes, authority, times=None, sockets=SOCKETS):
        self.folder, self.control = folder, folder + "/control"
        with open(os.path.join(paths.TOP, "conf", "haproxy.cfg.sample")) as f:
            text = f.read()
        for number, node in enumerate(nodes, 1):
            text = text.replace("192.0.2.%d:" % (10 + number), node.host.address + ":")
        text = text.replace("/run/haproxy/admin.sock", self.control).replace("ADMIN-SECRET", janus.ADMIN_SECRET)
        text = text.replace("/etc/haproxy/phone.example.pem", authority.certify(NAME))
        text = text.replace("maxconn 200000", "maxconn 1000")      # what a laboratory has descriptors for
        text = text.replace("maxconn %d" % (SOCKETS - BESIDE), "maxconn %d" % (sockets - BESIDE))
        for name, value in (times or {}).items():
            text, found = re.subn(r"(default-server .*\b%s) \S+" % name, r"\g<1> " + value, text)
            assert found == 1, name
        with open(folder + "/haproxy.cfg", "w") as f:
            f.write(text)
        self.process = Process(["haproxy", "-db", "-f", folder + "/haproxy.cfg"], folder + "/haproxy.log")

    def tell(self, command):
        """A command of its runtime API -> the answer"""
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as s:
            s.connect(self.control)
            s.sendall(command.encode() + b"\n")
            return b"".join(iter(lambda: s.recv(65536), b"")).decode()

    def rows(self):
        rows = [line.split(",") for line in self.tell("show stat -1 4 -1").splitlines() if line and line[0] != "#"]
        return {(row[0], row[1]): row for row in rows}

    def states(self):
        """{(backend, server): "UP", "DOWN", "MAINT", "DRAIN", ... with a count while it changes}"""
        return {which: row[17] for which, row in self.rows().items()}

    def failed_checks(self, node):
        return int(self.rows()[("janus_api", node.name)][21])

    def is_up(self, node):
        check(self.process.alive(), "haproxy ended: " + self.process.tail())
        return os.path.exists(self.control) and self.states()[("janus_api", node.name)] == "UP"

    def stop(self):
        self.process.stop()


class Cluster:
    def __init__(self, w, times=None, sockets=SOCKETS, **settings):
        w.lab.start()
        authority = Authority(w.folder("authority"), "nodes")
        forward()
        self.w, self.pem = w, authority.pem
        self.nodes = [Node(w, number, authority, sockets, **settings) for number in (1, 2)]
        self.haproxy = HaProxy(w.folder("haproxy"), self.nodes, authority, times, sockets)
        w.defer(self.haproxy.stop)
        self.sip_url = "wss://%s:%d/" % (ADDRESS, SIP_PORT)
        for node in self.nodes:
            wait_until(lambda node=node: self.haproxy.is_up(node), node.name)

    def client(self):
        client = Client.secure_websocket(ADDRESS, API_PORT, self.pem, "https://" + NAME)
        self.w.clients.append(client)
        self.w.defer(client.close)
        return client

    def prefer(self, node):
        """New connections come to that node, or, None, to each."""
        for backend in ("janus_api", "sipws"):
            for one in self.nodes:
                state = "ready" if node in (None, one) else "drain"
                answer = self.haproxy.tell("set server %s/%s state %s" % (backend, one.name, state))
                assert not answer.strip(), answer

    def contacts(self, user):
        """What the S-CSCF has registered for him, URIs."""
        text = subprocess.run(["kamcmd", "-s", "unix:%s/run/scscf.ctl" % self.w.lab.state, "ulscscf.showimpu", user.impu],
                              check=True, capture_output=True, text=True).stdout
        return re.findall(r"sip:[^>;\s]+@%s\.\d+:\d+" % re.escape(lab.NET), text)


def forward():
    """The nodes talk to each other through this namespace."""
    with open("/proc/sys/net/ipv4/ip_forward", "w") as f:
        f.write("1")
