"""Janus's own page for its SIP plugin, at a network of role ue."""

from lab import PCSCF
from siptest_cases import cases_in, page_and_telephone, transfer_with_helpers

EDGE = {"network": {"role": "ue"}, "networks_of": {"lab": {"entry_point": PCSCF, "core_addresses": []}}}

cases_in("ue", everyday=(page_and_telephone, transfer_with_helpers))
