"""Subscriptions of the page (RFC 6665): message-summary, presence, dialog, conference, at a scripted core and the lab."""

import base64

import edge
from cases import case
from checks import check, equal, header, lacks
from peer import Peer
from sip import addr_of

SUMMARY = "Messages-Waiting: yes\r\nVoice-Message: 2/8 (0/2)\r\n"


def page_at(w, **options):
    """-> core, page of a user who is registered there"""
    core = w.core(**options)
    return core, w.registered(core=core)
