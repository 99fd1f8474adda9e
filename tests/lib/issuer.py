"""An issuer of access tokens that may do anything: an https server whose keys, answers and manners a test chooses.

Good manners belong to tests/openid, a real provider. Standard library and openssl only: whoever wants signed tokens
brings a library. As a program (`issuer.py FOLDER`) it prints its URI and the file of its certificate, serves
fixed paths for the unit test of token/ims_fetcher and ends with its standard input.
"""

import contextlib
import http.server
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
from urllib.parse import parse_qs

SERVES, HANGS, FAILS, RUBBISH = "serves", "hangs", "fails", "rubbish"


def certificate(folder, address):
    """-> files of key and certificate"""
    key, certificate_ = os.path.join(folder, "issuer.key"), os.path.join(folder, "issuer.crt")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-subj", "/CN=issuer of a test", "-addext", "subjectAltName=IP:" + address,
                    "-keyout", key, "-out", certificate_], check=True, capture_output=True)
    return key, certificate_


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.serve(None)

    def do_POST(self):
        self.serve(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

    def serve(self, form):
        issuer = self.server.issuer
        issuer.asked.append((self.path, form, self.headers.get("Authorization")))
        if issuer.manners == HANGS:
            issuer.over.wait()
            return
        with contextlib.suppress(OSError):
            self.answer(*issuer.answer(self.path, form))

    def answer(self, status, body, headers=()):
        self.send_response(status)
        for name, value in (("Content-Type", "application/json"), ("Content-Length", str(len(body))), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address, issuer, context):
        super().__init__(address, Handler)
        self.issuer, self.context, self.open = issuer, context, set()

    def finish_request(self, request, client_address):
        """The handshake is made here, on the thread of the request."""
        with contextlib.suppress(OSError):
            request.settimeout(60)
            with self.context.wrap_socket(request, server_side=True) as secure:
                self.open.add(secure)
                super().finish_request(secure, client_address)
                self.open.discard(secure)

    def server_close(self):
        """Connections that are kept for a next request end, too."""
        super().server_close()
        for secure in list(self.open):
            with contextlib.suppress(OSError):
                secure.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request, client_address):
        pass


class Issuer:
    """keys: what its JWKS has; introspect(token) -> its answer; manners: one of the four; asked: (path, form,
    Authorization) of each request."""

    def __init__(self, folder, address="127.0.0.1", port=0):
        os.makedirs(folder, exist_ok=True)
        self.key, self.ca_file = certificate(folder, address)
        self.address, self.port = address, port
        self.keys, self.introspect = [], lambda token: {"active": False}
        self.manners, self.asked, self.server = SERVES, [], None
        self.start()

    @property
    def uri(self):
        return "https://%s:%d" % (self.address, self.port)

    def start(self):
        """Also again, after stop(), at the same place."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.ca_file, self.key)
        self.over = threading.Event()
        self.server = Server((self.address, self.port), self, context)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        self.over.set()
        self.server.shutdown()
        self.server.server_close()

    def count(self, path):
        return sum(1 for asked, _, _ in self.asked if asked == path)

    def answer(self, path, form):
        """-> status, body, and headers that are not usual"""
        if self.manners == FAILS:
            return 503, b"{}"
        if self.manners == RUBBISH:
            return 200, b"<html>\xff"
        if path == "/.well-known/openid-configuration":
            return 200, self.json({"issuer": self.uri, "jwks_uri": self.uri + "/jwks",
                                   "introspection_endpoint": self.uri + "/introspect"})
        if path == "/jwks":
            return 200, self.json({"keys": self.keys})
        if path == "/introspect":
            return 200, self.json(self.introspect(parse_qs(form)["token"][0]))
        return 404, b"{}"

    @staticmethod
    def json(value):
        return json.dumps(value).encode()


class Fixed(Issuer):
    """What a fetch may meet, by path."""

    def answer(self, path, form):
        if path == "/echo":
            authorization = self.asked[-1][2]
            return 200, self.json([form, authorization])
        if path == "/away":
            return 302, b"", (("Location", self.uri + "/echo"),)
        if path == "/hang":
            self.over.wait()
        if path.startswith("/bytes/"):
            return 200, b"x" * int(path[len("/bytes/"):])
        return super().answer(path, form)


def main(folder):
    issuer = Fixed(folder)
    plain = socket.create_server(("127.0.0.1", 0))      # takes connections and says nothing
    print(issuer.uri, issuer.ca_file, plain.getsockname()[1], flush=True)
    sys.stdin.read()
    issuer.stop()


if __name__ == "__main__":
    main(sys.argv[1])
