"""A page of a user: one handle, with a canned browser behind it."""

import time

from client import Unexpected
from patience import EVENT_S, attempts
from process import wait_until
from sip import Sdp
from webrtc import CannedBrowser


class Page:
    def __init__(self, handle, user):
        self.handle, self.user, self.browser = handle, user, CannedBrowser()
        self.registered = None
        self.connection = False     # whether Janus may hold a PeerConnection for us
        for name in ("wait", "ask", "send", "post", "names", "story", "detach", "forget"):
            setattr(self, name, getattr(handle, name))

    def account(self, **fields):
        return {"username": self.user.impu, "authuser": self.user.impi,
                "secret": self.user.password, **fields}

    def register(self, **fields):
        """-> the event "registered" """
        for again in attempts():
            self.registered = self._register(fields)
            if self.registered.get("code") != 503 or not again:
                break
            # The system's word that nobody listens, for what a case before sent to its closed core, may have
            # met the first REGISTER to the new one at the same address. The page of a user would wait for
            # the next try, retry_in seconds later.
            self.unregister()
        if self.registered.name != "registered":
            raise AssertionError("not registered: %r" % self.registered)
        return self.registered

    def _register(self, fields):
        self.send("register", **self.account(**fields))
        return self.wait("registered", "registration_failed")

    def helper(self, client=None, **fields):
        """One more handle on this page's registration, in a session of its own. -> a Page"""
        helper = Page((client or self.handle.client).attach(self.handle.package), self.user)
        fields = {"username": self.user.impu, "master_id": self.registered["master_id"], **fields}
        helper.registered = helper.ask("register", "registered", type="helper", **fields)
        return helper

    def unregister(self):
        return self.ask("unregister", "unregistered")

    def connection_gone(self):
        """Until Janus has closed the PeerConnection of the call before. Janus 1.1.2 lets go of its
        ICE agent a moment after it says so, and a call in that moment fails (490, or no
        incomingcall); only its log tells when that is over, and not at each level."""
        if self.connection:
            self.wait("core:hangup")
            self._agent_gone()
        self.connection = False

    def _agent_gone(self):
        janus, handle = self.handle.client.janus, self.handle
        if janus and janus.tells_of_agents():
            wait_until(lambda: janus.agents_gone(handle.number) >= handle.connections_closed(), "ICE agent gone")
        time.sleep(0.01 if janus and janus.tells_of_agents() else 0.1)

    def call(self, uri, jsep=None, **fields):
        """-> the event "calling" """
        self.connection_gone()
        self.connection = True
        return self.with_offer(lambda: self.ask("call", "calling", jsep=jsep or self.browser.offer(),
                                                uri=uri, **fields))

    def fails_to_call(self, uri):
        """A call that goes nowhere. -> 449: refused at once, as that was known; or the code of its hangup"""
        self.connection_gone()
        self.connection = True
        event = self.with_offer(lambda: self.ask("call", "calling", 449, jsep=self.browser.offer(), uri=uri))
        return event.name if event.name == 449 else self.wait("hangup")["code"]

    @staticmethod
    def with_offer(ask):
        """Janus may still have the ICE agent of the call before, or fail to make a DTLS stack."""
        for _ in attempts():
            try:
                return ask()
            except Unexpected as error:
                if not any("'code': %d" % code in str(error) for code in (471, 490)):
                    raise
                time.sleep(0.05)
        raise AssertionError("Janus goes on refusing the call")

    def refused(self, request, jsep=None, **fields):
        """A request that must fail. -> (number, sentence)"""
        if not jsep or jsep["type"] != "offer":
            return self.handle.refused(request, jsep=jsep, **fields)
        self.connection_gone()
        self.connection = True      # Janus has made one for the offer; the gateway closes it
        answer = self.with_offer(lambda: self.handle.refused(request, jsep=jsep, **fields))
        self.connection_gone()
        return answer

    def incoming(self, timeout_s=EVENT_S):
        event = self.wait("incomingcall", timeout_s=timeout_s)
        self.connection = True
        return event

    def accept(self, event):
        """-> the event "accepted" """
        return self.ask("accept", "accepted", jsep=self.browser.answer(event.sdp))

    def hangup(self):
        """-> the event "hangup" """
        return self.ask("hangup", "hangup")

    def status(self):
        return self.ask("status", "status")

    def until_up(self):
        """Until the call stands. The ACK of our answer may still be under way: what the page asks for waits for it."""
        wait_until(lambda: (self.status()["call"] or {}).get("state") == "up", "call up")


def answer_of(event):
    """The description that an event brought."""
    if not event.jsep:
        raise AssertionError("no description in %r" % event)
    return Sdp(event.sdp)
