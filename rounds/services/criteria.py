"""What is done with the criteria of a round: the national types are there from the start, local ones are added."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from audit import services as audit
from common.errors import Refused
from common.models import save_if_unchanged
from rounds.models import Criterion, Round

FIELDS = ["text"]


def _check(round: Round, text: str, besides: Criterion | None = None) -> None:
    same = Criterion.objects.filter(round=round, text=text)
    if besides:
        same = same.exclude(pk=besides.pk)
    if same.exists():
        raise Refused("本轮已有相同的认定情形。", field="text")


@transaction.atomic
def add_criterion(*, round: Round, text: str, by: Any, at: datetime) -> Criterion:
    """Add a local criterion; it takes the next number."""
    _check(round, text)
    last = Criterion.objects.filter(round=round).aggregate(last=Max("number"))["last"] or 0
    criterion = Criterion.objects.create(round=round, number=last + 1, text=text, is_national=False)
    audit.record(criterion, "新增认定情形", by=by, at=at)
    return criterion


@transaction.atomic
def change_criterion(criterion: Criterion, *, text: str, base_version: int, by: Any, at: datetime) -> Criterion:
    """Reword a criterion in its own round; other rounds keep theirs. What a village was approved under stays as it was worded."""
    if text != criterion.text and criterion.designations.filter(approved_on__isnull=False).exists():
        raise Refused("已有村按这种情形审定列入，文字不能再改；需要另外的情形，请增加一条。", field="text")
    _check(criterion.round, text, besides=criterion)
    before = audit.snapshot(criterion, FIELDS)
    criterion.text = text
    save_if_unchanged(criterion, expected_version=base_version, fields=FIELDS)
    audit.record(criterion, "修改认定情形", by=by, at=at, changes=audit.changes_since(before, criterion))
    return criterion
