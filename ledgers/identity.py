"""The hidden identity of a row: which record it was, in which version, of which township, signed so that it cannot be made up.

It stands in the last, hidden column of an exported ledger, survives sorting and copying of rows, and is how the import recognises its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.core import signing

SALT = "ledgers.identity"
HEADING = "识别码（请勿改动）"
MAX_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Identity:
    """`kind` is the code of the ledger the row was exported in, `pk` and `version` those of its record."""

    kind: str
    pk: int
    version: int
    township_id: int


@lru_cache(maxsize=1)
def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT)


def sign(kind: str, pk: int, version: int, township_id: int) -> str:
    """The identity as it stands in the cell."""
    return _signer().sign(f"{kind}.{pk}.{version}.{township_id}")


def read(token: object) -> Identity | None:
    """The identity in a cell, or None when there is none or it was not signed by this portal."""
    if not isinstance(token, str) or not 0 < len(token) <= MAX_LENGTH:
        return None
    try:
        kind, pk, version, township_id = _signer().unsign(token.strip()).split(".")
        return Identity(kind, int(pk), int(version), int(township_id))
    except (signing.BadSignature, ValueError):
        return None
