"""Imports from upload to undo. The web process only stores the file and shows results; jobs read, check, write and take back."""

from ledgers.services.imports.applying import apply, start_apply, two_people, write
from ledgers.services.imports.checking import check
from ledgers.services.imports.clearing import clear_old
from ledgers.services.imports.examining import Checked, examine, learned_names
from ledgers.services.imports.receiving import answer, check_again, receive, settle_conflicts
from ledgers.services.imports.reporting import fingerprint, report_of
from ledgers.services.imports.steps import cells_of
from ledgers.services.imports.undoing import start_undo, take_back, undo

__all__ = [
    "Checked",
    "answer",
    "apply",
    "cells_of",
    "check",
    "check_again",
    "clear_old",
    "examine",
    "fingerprint",
    "learned_names",
    "receive",
    "report_of",
    "settle_conflicts",
    "start_apply",
    "start_undo",
    "take_back",
    "two_people",
    "undo",
    "write",
]
