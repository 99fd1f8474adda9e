"""A name server of a test's own: dnsmasq, whose zone can change while it is asked."""

import os
import socket

import lab
from process import Process, wait_until

ADDRESS = lab.NET + ".53"


class NameServer:
    """Authoritative for scripted.example; every answer holds for ttl_s."""

    def __init__(self, folder, ttl_s=1):
        self.folder, self.ttl_s, self.process, self.starts = folder, ttl_s, None, 0

    def serve(self, *records):
        """Records in the words of dnsmasq: "host-record=a.scripted.example,127.0.1.81". Replaces what was
        served before."""
        self.stop()
        self.starts += 1
        path = os.path.join(self.folder, "zone-%d.conf" % self.starts)
        with open(path, "w") as f:
            f.write("\n".join(("local=/example/", "local-ttl=%d" % self.ttl_s) + records) + "\n")
        self.process = Process(["dnsmasq", "--keep-in-foreground", "--conf-file=" + path, "--no-resolv", "--no-hosts",
                                "--user=root", "--pid-file", "--bind-interfaces", "--listen-address=" + ADDRESS,
                                "--log-queries", "--log-facility=" + path + ".log"], path + ".out")
        wait_until(self._answers, "dnsmasq")
        return self

    def _answers(self):
        if not self.process.alive():
            raise AssertionError("dnsmasq: " + self.process.tail())
        try:        # its TCP port tells that it listens
            socket.create_connection((ADDRESS, 53), 1).close()
            return True
        except OSError:
            return False

    def asked(self, name):
        """How often since serve()."""
        with open(os.path.join(self.folder, "zone-%d.conf.log" % self.starts)) as f:
            return sum(" %s from " % name in line for line in f)

    def stop(self):
        if self.process:
            self.process.stop()
        self.process = None


def a(name, *addresses):
    return ["host-record=%s.scripted.example,%s" % (name, address) for address in addresses]


def srv(service, name, port=5060, priority=0, weight=0):
    return ["srv-host=%s.scripted.example,%s.scripted.example,%d,%d,%d" % (service, name, port, priority, weight)]


def naptr(order, service, replacement):
    return ["naptr-record=scripted.example,%d,0,s,%s,,%s.scripted.example" % (order, service, replacement)]


class MuteServer:
    """Takes every question and answers none."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((ADDRESS, 53))

    def close(self):
        self.socket.close()
