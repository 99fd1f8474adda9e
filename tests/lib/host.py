"""A host of its own for Janus: a network namespace with a link to the core and one to the browsers.

Everything has the address that it has in other cases, only that 127.0.1.21 is elsewhere now:

    here: lab, phones, browsers                          host: Janus with the plugin
    127.0.1.0/24 --------------- link "core" ----------- 127.0.1.21
    10.77.0.1, 10.77.1.1 ------- link "access" --------- 10.77.1.2

Host number 2 is at 127.0.1.22 and 10.77.2.2, and so on.
"""

import os
import subprocess

import lab
from checks import check
from link import Link
from process import Process, wait_until

UNBOUND = lab.NET + ".20"       # who sends to the host from sockets without an address


def namespace(pid):
    return os.readlink("/proc/%s/ns/net" % pid)


def ip(text, enter=()):
    done = subprocess.run([*enter, "ip", *text.split()], capture_output=True, text=True, check=False)
    check(done.returncode == 0, "ip %s: %d %s" % (text, done.returncode, done.stderr))


class EdgeHost:
    """address: where Janus is for browsers; sip_address: for the core."""

    def __init__(self, folder, sniffer, number=1):
        self.here, self.address = ("10.77.%d.%d" % (number, last) for last in (1, 2))
        self.sip_address = "%s.%d" % (lab.NET, 20 + number)
        self.number = number
        self.holder = Process(["unshare", "--net", "sleep", "infinity"], folder + "/host.log")
        wait_until(lambda: namespace(self.holder.pid) != namespace("self"), "a namespace")
        self.enter = ["nsenter", "--net=/proc/%d/ns/net" % self.holder.pid]
        ip("link set lo up", self.enter)
        self.links = []
        try:
            self.core = self._link("core", sniffer.see)
            self.access = self._link("access", sniffer.see)
            self._address_core()
            self._address_access()
        except BaseException:       # its devices have the names of the next case's
            self.close()
            raise

    def _link(self, name, see):
        link = Link("%s-%d-" % (name, self.number), see)
        self.links.append(link)
        ip("link set %s netns %d" % (link.devices[1], self.holder.pid))
        ip("link set %s up" % link.devices[0])
        ip("link set %s up" % link.devices[1], self.enter)
        return link

    def _address_core(self):
        """127.0.0.0/8 is everybody's own, unless a longer prefix says where else."""
        here, there = self.core.devices
        for device, enter in ((here, ()), (there, self.enter)):
            subprocess.run([*enter, "sh", "-c", "echo 1 >/proc/sys/net/ipv4/conf/%s/route_localnet" % device],
                           check=True)
        ip("addr add %s/32 dev %s" % (self.sip_address, there), self.enter)
        ip("route add %s.0/24 dev %s table local" % (lab.NET, there), self.enter)
        ip("route add %s/32 dev %s table local src %s" % (self.sip_address, here, UNBOUND))

    def _address_access(self):
        here, there = self.access.devices
        ip("addr add %s/24 dev %s" % (self.here, here))
        ip("addr add %s/24 dev %s" % (self.address, there), self.enter)
        ip("route add default dev %s" % there, self.enter)

    def close(self):
        for link in self.links:
            link.close()
        self.holder.stop(2)
