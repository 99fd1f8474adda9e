"""SIP over WebSocket at the socket: who may come in, what frames may be, limits, and what does not keep them."""

import edge
import sipws
from cases import case

EDGE = {"sipws": {}}

HELLO = ["OPTIONS sip:ims.example SIP/2.0"]


def client(w, secure=False, **how):
    w.janus
    made = sipws.Client(edge.sipws_url(secure), **how)
    w.defer(made.close)
    return made


def alive(one):
    """It is served: a request is answered."""
    answer = one.ask("OPTIONS", "sip:ims.example").final()
    assert answer.status, answer
    return answer


@case("REQ-148")
def subprotocol_is_echoed(w):
    """wss and ws, each with the subprotocol sip, which is echoed"""
    for secure in (True, False):
        one = client(w, secure)
        assert one.flow.headers["sec-websocket-protocol"] == "sip", one.flow.headers
        assert "sec-websocket-extensions" not in one.flow.headers, one.flow.headers
        alive(one)
