"""Janus's own page for its SIP plugin, at a network of role edge."""

from siptest_cases import cases_in, page_and_telephone, transfer_with_helpers, two_pages

EDGE = {}

cases_in("edge", everyday=(two_pages, page_and_telephone, transfer_with_helpers))
