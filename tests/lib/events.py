"""What a Janus tells its event handlers, by its sample handler."""

import http.server
import json
import threading

import leaks
import paths
from process import wait_until


class EventSink:
    """Takes what Janus's sample event handler posts. janus: what a Janus has to be given, to tell us."""

    def __init__(self):
        sink, self.events = self, []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                sink.events += json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return "http://127.0.0.1:%d/" % self.server.server_port

    @property
    def janus(self):
        return {"handlers": [paths.janus_folder("events") + "/libjanus_sampleevh.so"],
                "configs": {"janus.eventhandler.sampleevh": {
                    "general": {"enabled": True, "events": "all", "grouping": True, "backend": self.url}}}}

    def close(self):
        leaks.book.look("handlers", "of " + self.url, self.text())
        self.server.shutdown()
        self.server.server_close()

    def of(self, package):
        """The events of a plugin."""
        return [e["event"] for e in list(self.events)
                if e["type"] == 64 and e["event"].get("plugin") == package]

    def text(self):
        return json.dumps(list(self.events))

    def wait(self, *parts):
        """Until all of these texts were told."""
        wait_until(lambda: all(part in self.text() for part in parts), "%s for event handlers" % (parts,))
