"""Audit records of a Janus with general.audit_log."""

import json
import os

from process import wait_until


class Records:
    """general: what that Janus needs, to write them."""

    def __init__(self, w):
        self.path = os.path.join(w.folder("audit"), "audit.log")
        self.general = {"audit_log": self.path}

    def read(self):
        """Those that are written whole."""
        if not os.path.exists(self.path):
            return []
        with open(self.path, "rb") as f:
            return [json.loads(line) for line in f.read().split(b"\n")[:-1]]

    def wait(self, *events):
        """Until the records are of these events. -> them"""
        wait_until(lambda: [r["event"] for r in self.read()] == list(events), "records %s of %s" % (events, self.path))
        return self.read()


class Audit(Records):
    """With that Janus, and a client of it."""

    def __init__(self, w, **settings):
        super().__init__(w)
        self.janus = w.own_janus(general={**settings.pop("general", {}), **self.general}, **settings)
        self.client = w.client(self.janus)
