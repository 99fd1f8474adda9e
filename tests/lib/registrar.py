"""A plain Kamailio as registrar and proxy, with its auth module: tests/ims-lab/conf/registrar.cfg.in."""

import glob
import os
import socket

import lab
import paths
from process import Process, wait_until
from sip import compose, new_id

ADDRESS = lab.NET + ".91"


class Registrar:
    """algorithm: "", "MD5" or "SHA-256"; qop: "auth" or None (it takes no answer to its own auth-int); nonce_count: nonces may be used again, with a count; one_time_nonce: or
    not at all; nonce_expire: seconds; in_dialog: other methods, "BYE|MESSAGE", that it challenges inside dialogs."""

    def __init__(self, folder, algorithm="", qop="auth", nonce_count=1, one_time_nonce=0, nonce_expire=300,
                 in_dialog="NONE", expires_s=4):
        modules, = (os.path.dirname(path) for path in glob.glob("/usr/lib/*/kamailio/modules/auth.so"))
        words = {"IP": ADDRESS, "MPATH": modules + "/", "ALGORITHM": algorithm,
                 "QOP": 1 if qop else 0, "NONCE_COUNT": nonce_count,
                 "ONE_TIME_NONCE": one_time_nonce, "NONCE_EXPIRE": nonce_expire, "IN_DIALOG": in_dialog, "EXPIRES": expires_s}
        with open(os.path.join(paths.LAB, "conf", "registrar.cfg.in")) as f:
            text = f.read()
        for word, value in words.items():
            text = text.replace("@%s@" % word, str(value))
        path = os.path.join(folder, "registrar.cfg")
        with open(path, "w") as f:
            f.write(text)
        self.process = Process(["kamailio", "-DD", "-E", "-m", "32", "-M", "4", "-Y", folder, "-f", path],
                               path + ".log")
        wait_until(self._answers, "registrar")

    def _answers(self):
        if not self.process.alive():
            raise AssertionError("registrar: " + self.process.tail())
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.bind((lab.NET + ".90", 0))
            asking.settimeout(0.2)
            here = "%s:%d" % asking.getsockname()
            rows = ["Via: SIP/2.0/UDP %s;branch=z9hG4bK%s" % (here, new_id()), "Max-Forwards: 70",
                    "From: <sip:test@%s>;tag=1" % here, "To: <sip:%s>" % ADDRESS, "Call-ID: " + new_id(),
                    "CSeq: 1 OPTIONS"]
            asking.sendto(compose("OPTIONS sip:%s SIP/2.0" % ADDRESS, rows).encode(), (ADDRESS, 5060))
            try:
                return b"200" in asking.recv(4096)
            except OSError:
                return False

    def stop(self):
        self.process.stop()
