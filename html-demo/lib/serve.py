#!/usr/bin/python3
"""Serves the demo page: serve.py PORT PAGE_FOLDER DEMO_JSON [ADDRESS TLS_PORT CERTIFICATE JANUS_PORT SIP_PORT]

On 127.0.0.1; browsers take http://localhost for a secure page, so the microphone works without a certificate. With
an address of this machine also there, with TLS, for the telephones of the network: the file at CERTIFICATE holds
key and certificate. The page's WebSockets at /janus and /sip-socket are then led to Janus at 127.0.0.1, so that one
address and one certificate are all that a telephone has to trust.
"""
import functools
import http.server
import os
import socket
import ssl
import sys
import threading

TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8",
         ".js": "text/javascript; charset=utf-8"}


class Page(http.server.SimpleHTTPRequestHandler):
    """Of the folder only what the page is made of, and demo.json from elsewhere."""

    extensions_map = {"": "application/octet-stream"} | TYPES | {".json": "application/json"}
    demo_json = ""
    sockets = {}            # path -> port
    timeout = 30            # of a browser that says nothing; a tunnel has none

    def do_GET(self):
        if self.path in self.sockets:
            self.tunnel(self.sockets[self.path])
        else:
            super().do_GET()

    def translate_path(self, path):
        if path.split("?")[0] == "/demo.json":
            return self.demo_json
        file = super().translate_path(path)
        if path.split("?")[0].endswith("/"):
            file = os.path.join(file, "index.html")
        parts = os.path.relpath(file, self.directory).split(os.sep)
        hidden = parts[0] == "lib" or any(part.startswith(".") for part in parts)
        served = os.path.splitext(file)[1] in TYPES or parts[0] == "node_modules" and parts[-1] == "package.json"
        return file if served and not hidden else os.devnull + "/"

    def end_headers(self):
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        super().end_headers()

    def tunnel(self, port):
        """The handshake goes on to Janus as it came, then all that follows, both ways."""
        self.close_connection = True
        with socket.create_connection(("127.0.0.1", port), timeout=5) as janus:
            janus.settimeout(None)
            self.connection.settimeout(None)
            head = "".join("%s: %s\r\n" % header for header in self.headers.items())
            janus.sendall(("GET / HTTP/1.1\r\n%s\r\n" % head).encode("latin-1"))
            back = threading.Thread(target=copy, args=(janus.recv, self.connection), daemon=True)
            back.start()
            copy(self.rfile.read1, janus)
            back.join()

    def log_message(self, format, *args):
        if not str(args[1:2]).startswith("('2"):
            super().log_message(format, *args)


def copy(read, to):
    """Until one of them ends; then the other is told."""
    try:
        while data := read(65536):
            to.sendall(data)
    except OSError:
        pass
    try:
        to.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


class TlsServer(http.server.ThreadingHTTPServer):
    """The handshake is made in the connection's own thread, so that a silent peer holds up nobody."""

    def __init__(self, address, handler, certificate):
        super().__init__(address, handler)
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(certificate)

    def finish_request(self, request, client_address):
        request.settimeout(10)
        try:
            with self.context.wrap_socket(request, server_side=True) as secure:
                super().finish_request(secure, client_address)
        except OSError as error:        # also a browser that does not trust the certificate yet
            print("%s: %s" % (client_address[0], error), file=sys.stderr)


def main():
    port, folder, Page.demo_json, *lan = sys.argv[1:]
    handler = functools.partial(Page, directory=os.path.realpath(folder))
    if lan:
        address, tls_port, certificate, janus_port, sip_port = lan
        Page.sockets = {"/janus": int(janus_port), "/sip-socket": int(sip_port)}
        server = TlsServer((address, int(tls_port)), handler, certificate)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), handler).serve_forever()


main()
