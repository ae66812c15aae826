"""One form, one record: however often the same form arrives."""

from datetime import datetime
from typing import Any

from django.core import signing
from django.db import IntegrityError, transaction
from django.utils.crypto import get_random_string

from audit.models import Receipt

SALT = "audit.receipt"


class AlreadyTaken(Exception):
    """This very form was taken before; `url` is where its result stands."""

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__(url)


def issue(user_id: int) -> str:
    """A fresh token for one showing of a form. It is signed with the user, so that kept text is given back to its author only."""
    return signing.dumps([user_id, get_random_string(12)], salt=SALT)


def owner(token: str) -> int | None:
    """The user a token was issued to, or None when it is not ours."""
    try:
        return signing.loads(token, salt=SALT, max_age=7 * 24 * 3600)[0]
    except (signing.BadSignature, TypeError, IndexError):
        return None


def _key(token: str) -> str:
    return token.rsplit(":", 1)[-1][:64]


def take(token: str, *, by: Any, at: datetime) -> Receipt:
    """Claim the token inside the transaction of the write. Raises AlreadyTaken when it was claimed before.

    A second request that arrives while the first is still writing waits at the unique index and then raises too.
    """
    try:
        with transaction.atomic():
            return Receipt.objects.create(token=_key(token), by=by, at=at)
    except IntegrityError:
        earlier = Receipt.objects.filter(token=_key(token)).first()
        raise AlreadyTaken(earlier.url if earlier else "") from None


def settle(receipt: Receipt, url: str) -> None:
    """Note where the result stands, for the second click."""
    Receipt.objects.filter(pk=receipt.pk).update(url=url[:400])
