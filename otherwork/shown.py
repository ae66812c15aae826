"""Words for kinds and entries on pages."""

from __future__ import annotations

from datetime import date

from common import chinese
from otherwork.models import WorkEntry, WorkKind


def in_use_text(kind: WorkKind, day: date) -> str:
    """使用中, or from or until when."""
    if kind.starts_on > day:
        return f"{kind.starts_on}起启用"
    if kind.ends_on and kind.ends_on < day:
        return f"{kind.ends_on}已停用"
    return f"使用中，至{kind.ends_on}" if kind.ends_on else "使用中"


def quantity_text(entry: WorkEntry) -> str:
    return f"{chinese.amount(entry.quantity)}{entry.kind.unit}"


def funds_text(entry: WorkEntry) -> str:
    """上级补助3万元、村级自筹2万元; empty without money."""
    return "、".join(f"{fund.source}{chinese.amount(fund.amount)}万元" for fund in entry.funds.all())
