"""A plain SIP registrar with Digest: Kamailio, everybody's password is "secret"."""

import glob
import os
import socket

import lab
from process import Process, cpu_s, wait_until
from sides import DOMAIN

ADDRESS = lab.NET + ".41"
WORKERS = 2

CONFIG = """
debug=1
log_stderror=yes
children=%(workers)d
listen=udp:%(address)s:5060
disable_tcp=yes
alias="%(domain)s"
mpath="%(modules)s/"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "maxfwd.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
modparam("usrloc", "db_mode", 0)
modparam("usrloc", "hash_size", 14)
modparam("registrar", "use_path", 1)
modparam("registrar", "path_mode", 0)
modparam("auth", "nonce_count", 1)
request_route {
	if (!is_method("REGISTER")) {
		%(others)s
		exit;
	}
	if (!pv_www_authenticate("%(domain)s", "secret", "0")) {
		auth_challenge("%(domain)s", "1");
		exit;
	}
	%(granting)s
	save("location");
	exit;
}
"""


class Registrar:
    """others: what it does with other requests; granting: with a REGISTER that proves its user."""
    config, workers, others, granting = CONFIG, WORKERS, 'sl_send_reply("200", "OK");', ""

    def __init__(self, folder):
        os.makedirs(folder, exist_ok=True)
        config = os.path.join(folder, "registrar.cfg")
        modules = glob.glob("/usr/lib/*/kamailio/modules")[0]
        with open(config, "w") as f:
            f.write(self.config % {"workers": self.workers, "address": ADDRESS, "domain": DOMAIN, "modules": modules,
                                   "others": self.others, "granting": self.granting})
        self.process = Process(["kamailio", "-DD", "-E", "-m", "512", "-M", "16", "-Y", folder, "-f", config],
                               os.path.join(folder, "registrar.log"))
        wait_until(self._answers, "registrar", pause_s=0.1)
        self.pids = self._members()

    def _answers(self):
        if not self.process.alive():
            raise AssertionError("kamailio: " + self.process.tail())
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(0.3)
            s.bind((lab.NET + ".42", 0))
            me = "%s:%d" % s.getsockname()
            s.sendto(("OPTIONS sip:%s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bKup\r\nMax-Forwards: 5\r\n"
                      "From: <sip:b@x>;tag=1\r\nTo: <sip:b@x>\r\nCall-ID: up\r\nCSeq: 1 OPTIONS\r\n"
                      "Content-Length: 0\r\n\r\n" % (DOMAIN, me)).encode(), (ADDRESS, 5060))
            try:
                return s.recv(4096)
            except OSError:
                return b""

    def _members(self):
        """Its processes: all in the session of the first."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                if os.getsid(int(pid)) == self.process.pid:
                    found.append(int(pid))
            except ProcessLookupError:
                pass
        return found

    def cpu_s(self):
        return sum(cpu_s(pid) for pid in self.pids)

    def stop(self):
        self.process.stop()
