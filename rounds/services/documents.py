"""Papers of a round and their numbered items."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from common.models import save_if_unchanged
from rounds.models import DocumentItem, Round, RoundDocument
from rounds.services.rules import happened

FIELDS = ["kind", "topic", "title", "issuer", "number", "issued_on"]


def _bare(title: str) -> str:
    # Pages and summaries put the book-title marks themselves.
    return title.strip().removeprefix("《").removesuffix("》").strip()


def _write_items(document: RoundDocument, items: Sequence[str]) -> None:
    DocumentItem.objects.bulk_create(
        DocumentItem(document=document, number=number, text=text) for number, text in enumerate(items, start=1)
    )


@transaction.atomic
def add_document(
    *,
    round: Round,
    kind: str,
    title: str,
    issued_on: date,
    by: Any,
    at: datetime,
    topic: str = RoundDocument.Topic.GENERAL,
    issuer: str = "",
    number: str = "",
    items: Sequence[str] = (),
) -> RoundDocument:
    """Register a paper. `items` are its numbered measures in order, so that “8项措施” is counted, not typed."""
    happened(issued_on, at=at, field="issued_on")
    document = RoundDocument.objects.create(
        round=round, kind=kind, topic=topic, title=_bare(title), issuer=issuer, number=number, issued_on=issued_on
    )
    _write_items(document, items)
    audit.record(document, "登记文件", by=by, at=at)
    return document


@transaction.atomic
def change_document(
    document: RoundDocument,
    *,
    kind: str,
    topic: str,
    title: str,
    issuer: str,
    number: str,
    issued_on: date,
    items: Sequence[str],
    base_version: int,
    by: Any,
    at: datetime,
) -> RoundDocument:
    happened(issued_on, at=at, field="issued_on")
    before = audit.snapshot(document, FIELDS)
    document.kind, document.topic, document.title = kind, topic, _bare(title)
    document.issuer, document.number, document.issued_on = issuer, number, issued_on
    save_if_unchanged(document, expected_version=base_version, fields=FIELDS)
    changes = audit.changes_since(before, document)
    old = list(document.items.values_list("text", flat=True))
    if old != list(items):
        document.items.all().delete()
        _write_items(document, items)
        changes.append({"field": "items", "label": "条目", "old": audit.show(old), "new": audit.show(list(items))})
    audit.record(document, "修改文件", by=by, at=at, changes=changes)
    return document
