#!/usr/bin/python3
"""Serves the demo page on 127.0.0.1: serve.py PORT PAGE_FOLDER DEMO_JSON

Browsers take http://localhost for a secure page, so the microphone works without a certificate.
"""
import functools
import http.server
import os
import sys

TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8",
         ".js": "text/javascript; charset=utf-8"}


class Page(http.server.SimpleHTTPRequestHandler):
    """Of the folder only what the page is made of, and demo.json from elsewhere."""

    extensions_map = {"": "application/octet-stream"} | TYPES | {".json": "application/json"}
    demo_json = ""

    def translate_path(self, path):
        if path.split("?")[0] == "/demo.json":
            return self.demo_json
        file = super().translate_path(path)
        if file.rstrip("/") == self.directory:
            return os.path.join(self.directory, "index.html")
        parts = os.path.relpath(file, self.directory).split(os.sep)
        hidden = parts[0] == "lib" or any(part.startswith(".") for part in parts)
        return file if os.path.splitext(file)[1] in TYPES and not hidden else os.devnull + "/"

    def end_headers(self):
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        super().end_headers()

    def log_message(self, format, *args):
        if not str(args[1:2]).startswith("('2"):
            super().log_message(format, *args)


def main():
    port, folder, Page.demo_json = int(sys.argv[1]), os.path.realpath(sys.argv[2]), sys.argv[3]
    handler = functools.partial(Page, directory=folder)
    http.server.ThreadingHTTPServer(("127.0.0.1", port), handler).serve_forever()


main()
