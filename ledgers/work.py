"""Long work of this app: writing the workbook of an export, clearing away old files every day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from common.errors import Refused
from jobs.models import Job
from ledgers import files, lists
from ledgers.definitions import LEDGERS
from ledgers.form import Ask
from ledgers.producing import Progress, place_name, write_ledger
from ledgers.services import imports
from ledgers.services.exports import key_of, note_export
from ledgers.writing import Book
from rounds.models import Round
from villages.access import Access, access_of


def export_ledger(
    progress: Progress, *, token: str, code: str, user_id: int, rounds: list[int], as_of: str, since: str,
    source: str = "", query: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Write one ledger with the rights its asker has now. A second delivery writes the same file again."""
    user, ledger = User.objects.get(pk=user_id), LEDGERS[code]
    access = access_of(user, timezone.localdate())
    if not access.may(ledger.permission):
        raise Refused(f"您现在的岗位不能导出{ledger.name}。")
    files.remove_old()
    progress(2, "查找记录")
    ask, words = _ask(access, rounds, as_of, since, source, query)
    path = files.path_of(token)
    with Book() as book:
        rows = write_ledger(book, ledger, ask, progress)
        progress(92, "保存文件")
        with files.whole_file(path) as aside:
            book.save(aside)
    job = Job.objects.get(key=key_of(token))
    townships = set(ask.township_ids)
    note_export(
        job, by=user, at=timezone.now(), ledger=ledger, place=f"{place_name(ask)}（截至{ask.as_of}）", words=words,
        rows=rows, township_id=next(iter(townships)) if len(townships) == 1 else None,
    )  # fmt: skip
    return {
        "url": reverse("ledgers:export_download", args=[token]),
        "label": f"下载Excel（{rows}{ledger.noun}）",
        "name": file_name(ledger.name, ask),
        "rows": rows,
        "scope": scope_of(access),
    }


def clear_files(progress: Progress, *, day: str) -> dict[str, Any]:
    """The job of every day: workbooks of old imports and exports nobody fetched go; what was imported stays. Bears being done twice."""
    progress(10, "清理过期的文件")
    return {"imports": imports.clear_old(at=timezone.now()), "exports": files.remove_old()}


def _ask(access: Access, rounds: list[int], as_of: str, since: str, source: str, query: str) -> tuple[Ask, str]:
    visible = Round.objects.visible_to(access).select_related("township__county").order_by("township_id")
    if source:
        chosen = lists.choose(source, query, access)
        found = tuple(visible.filter(pk__in=chosen.rounds)) or tuple(visible.current(chosen.as_of)[:1])
        if not found:
            raise Refused("没有可导出的记录。")
        return Ask(found, chosen.as_of, access, chosen.keys), chosen.words
    found = tuple(visible.filter(pk__in=rounds))
    if not found:
        raise Refused("所选轮次不在您的范围内。")
    day = date.fromisoformat(as_of) if as_of else timezone.localdate()
    return Ask(found, day, access, since=date.fromisoformat(since) if since else None), ""


def scope_of(access: Access) -> dict[str, list[int]]:
    """What the file was written with the right to see: whoever fetches it must still have it."""
    return {
        "townships": sorted(access.township_ids),
        "villages": sorted(access.village_ids),
        "units": sorted(access.unit_ids),
    }


def still_in_scope(scope: dict[str, list[int]], access: Access) -> bool:
    return (
        set(scope["townships"]) <= access.township_ids
        and set(scope["villages"]) <= access.village_ids
        and set(scope["units"]) <= access.unit_ids
    )


def file_name(name: str, ask: Ask) -> str:
    """What the file is called on the desktop of who fetches it."""
    stem = "".join(c for c in f"{place_name(ask)}{name}" if c not in '<>:"|?*/\\\n')
    return f"{stem[:80]}（截至{ask.as_of}）.xlsx"
