"""nginx before Janus, by the sample of docs/security.md: TLS, Origin, rates."""

import os
import re
import socket
import ssl

import paths
from authority import Authority
from cases import case
from checks import check, equal
from process import Process, wait_until

ADDRESS, NAME = "127.0.0.1", "phone.example"
HERE = "https://" + NAME


def sample():
    with open(os.path.join(paths.TOP, "docs", "security.md")) as f:
        return re.search(r"```nginx\n(.*?)```", f.read(), re.S).group(1)


class Nginx:
    """The sample, with our certificate and an empty page."""

    def __init__(self, folder, port=443):
        authority = Authority(folder, "authority")
        self.tls = ssl.create_default_context(cafile=authority.pem)
        server = sample().replace("/etc/ssl/phone.example.pem", authority.certify(NAME)).replace("/var/www/phone", folder)
        path = folder + "/nginx.conf"
        with open(path, "w") as f:
            f.write("daemon off;\nmaster_process off;\npid %s/pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n"
                    "client_body_temp_path %s;\nproxy_temp_path %s;\nfastcgi_temp_path %s;\nuwsgi_temp_path %s;\n"
                    "scgi_temp_path %s;\n%s}\n" % (*[folder] * 6, server))
        self.port = port
        self.process = Process(["nginx", "-c", path, "-e", "stderr"], folder + "/nginx.log")
        wait_until(self._listens, "nginx")

    def _listens(self):
        check(self.process.alive(), "nginx ended: " + self.process.tail())
        with socket.socket() as s:
            return s.connect_ex((ADDRESS, self.port)) == 0

    def stop(self):
        self.process.stop()

    def upgrade(self, origin=HERE, path="/janus", protocol="janus-protocol"):
        """-> status of the handshake, and the socket"""
        s = self.tls.wrap_socket(socket.create_connection((ADDRESS, self.port)), server_hostname=NAME)
        rows = ["GET %s HTTP/1.1" % path, "Host: " + NAME, "Upgrade: websocket", "Connection: Upgrade",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Protocol: " + protocol, *(["Origin: " + origin] if origin else [])]
        s.sendall("\r\n".join(rows + ["", ""]).encode())
        return int(s.recv(4096).split()[1]), s


@case("REQ-140", "REQ-141", "REQ-144")
def the_sample(w):
    """our page gets to Janus over TLS; a foreign one, or none, gets 403; who connects too often gets 429"""
    w.janus
    nginx = Nginx(w.folder("nginx"))
    w.defer(nginx.stop)
    status, s = nginx.upgrade()
    w.defer(s.close)
    equal(status, 101, "handshake of our page")
    for origin in (None, "https://evil.example", "http://phone.example", HERE + ".evil.example", "null"):
        equal(nginx.upgrade(origin)[0], 403, "handshake from %s" % origin)
    statuses = []
    for _ in range(40):
        status, s = nginx.upgrade()
        w.defer(s.close)
        statuses.append(status)
    check(101 in statuses and statuses[-1] == 429, "handshakes in a row: %r" % statuses)
