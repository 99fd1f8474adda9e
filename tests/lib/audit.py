"""A Janus whose plugin writes audit records."""

import json
import os

from process import wait_until


class Audit:
    """That Janus, a client of it, and the records."""

    def __init__(self, w, **settings):
        self.path = os.path.join(w.folder("audit"), "audit.log")
        general = {**settings.pop("general", {}), "audit_log": self.path}
        self.janus = w.own_janus(general=general, **settings)
        self.client = w.client(self.janus)

    def records(self):
        if not os.path.exists(self.path):
            return []
        with open(self.path) as f:
            return [json.loads(line) for line in f.read().splitlines()]

    def wait(self, *events):
        """Until the records are of these events. -> them"""
        wait_until(lambda: [r["event"] for r in self.records()] == list(events),
                   "records %s of %s" % (events, self.path))
        return self.records()
