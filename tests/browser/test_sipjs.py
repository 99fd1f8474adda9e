"""SIP.js as npm has it, at janus.transport.sipws: sip_stories.py."""

from desk import CORE
from sip_desk import TRANSPORT
from sip_stories import tell

EDGE = {"core": CORE, "sipws": TRANSPORT}

tell("sipjs")
