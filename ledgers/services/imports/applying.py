"""A checked import is written as its preview showed it, all or nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from audit import services as audit
from common.errors import Refused
from common.models import RecordChanged
from ledgers.importing.context import Context
from ledgers.importing.importers import IMPORTERS
from ledgers.importing.importers.base import Writer
from ledgers.importing.plan import Plan
from ledgers.models import Backfill, Import, LearnedName
from ledgers.services.imports.examining import examine
from ledgers.services.imports.reporting import fingerprint
from ledgers.services.imports.steps import APPLY, Progress, State, ask_for, cells_of, move
from villages.access import access_of


@transaction.atomic
def start_apply(record: Import, *, by: Any, at: datetime, reason: str = "", skip_refused: bool = False) -> None:
    """Ask for the application of a checked import."""
    counts = record.report.get("counts", {})
    if record.state == State.CHECKED:
        if not counts.get("new") and not counts.get("changed"):
            raise Refused("没有要导入的内容：所有行都与系统中相同或被退回。")
        if counts.get("refused") and not skip_refused:
            raise Refused(
                f"有{counts['refused']}行被退回。请改正后重新上传，或确认先导入其余的行。", field="skip_refused"
            )
        if record.report.get("needs_reason") and not reason.strip():
            raise Refused("这次导入修改了责任人、时限等内容，请写明修改原因。", field="reason")
        if record.history:
            two_people(record, by=by, at=at)
    move(record, to=State.APPLYING, values={"reason": reason.strip()[:200]}, expected=[State.CHECKED])
    ask_for(record, APPLY, f"导入{IMPORTERS[record.ledger]().ledger.name}：{record.name}", by=by, at=at)


def two_people(record: Import, *, by: Any, at: datetime) -> tuple[Any, Any]:
    """(who brought a 补录, who answers for its degrees and close-outs).

    The second is the one who confirms: he alone has seen the preview as it will be written. Refused when he brought it himself or may not
    close a problem.
    """
    if by.pk == record.by_id:
        raise Refused("补录须由上传人以外的另一人核对后确认：请由党建办经办上传，组织委员打开本页确认。")
    access = access_of(by, timezone.localdate(at))
    if not access.may(Permission.CLOSE_DECIDE, township_id=record.township_id):
        raise Refused("补录含化解程度和销号，须由组织委员核对后确认。请组织委员打开本页确认。")
    return record.by, by


def apply(progress: Progress, *, import_id: int, user_id: int, at: str) -> dict[str, Any]:
    """The job behind 「导入 n 条」: plans again, and writes all of it in one transaction if it is still what the preview showed."""
    record = Import.objects.select_related("township__county", "round", "by").get(pk=import_id)
    user, moment = User.objects.get(pk=user_id), datetime.fromisoformat(at)
    link = {"url": record.get_absolute_url(), "label": "查看导入结果"}
    if record.state != State.APPLYING:
        return link  # written by an earlier attempt whose job row did not hear of it
    progress(5, "重新核对")
    try:
        with transaction.atomic():
            write(record, by=user, at=moment, progress=_within_transaction(progress))
            progress(98, "保存")  # raises when the job was taken over or cancelled: then nothing is written
    except (Refused, RecordChanged) as refusal:
        record.refresh_from_db()
        told = (
            str(refusal) if isinstance(refusal, Refused) else "导入时他人修改了其中的记录，一行也没有写入。请重新检查。"
        )
        move(record, to=State.CHECKED, values={"refusal": told[:500]}, expected=[State.APPLYING])
    return link


def _within_transaction(progress: Progress) -> Progress:
    """Inside the transaction nobody sees the job's row change; it is told only now and then, to hear of a lost claim."""
    last = [0]

    def tell(percent: int, step: str) -> None:
        if percent - last[0] >= 25:
            last[0] = percent
            progress(percent, step)

    return tell


@transaction.atomic
def write(record: Import, *, by: Any, at: datetime, progress: Progress = lambda percent, step: None) -> Plan:
    """Write what the preview showed, all or nothing. Refused when it would no longer be the same."""
    checked = examine(
        cells_of(record), ledger=record.ledger, township=record.township, round=record.round, answers=record.answers,
        by=by, at=at, history=record.history, source=record.name,
    )  # fmt: skip
    plan = checked.plan
    if checked.questions or plan is None or fingerprint(plan) != record.report.get("fingerprint"):
        raise Refused("检查之后系统中的数据有变动，结果与预览不同，一行也没有写入。请重新检查。")
    writer = Writer(checked.context, by, at, record.reason, progress)
    if record.history:
        writer.brought_by, writer.confirmed_by = two_people(record, by=by, at=at)
    checked.importer.apply(plan, writer)
    if record.history:
        problems = [one for one in writer.touched if one.model == "problems.problem" and one.was is None]
        Backfill.objects.bulk_create(
            [Backfill(problem_id=one.pk, record=record, row=one.row) for one in problems], batch_size=500
        )
    done = {
        "touched": [vars(touched) for touched in writer.touched],
        "counts": record.report["counts"],
    }
    move(
        record,
        to=State.APPLIED,
        values={"done": done, "applied_by": by, "applied_at": at, "refusal": ""},
        expected=[State.APPLYING],
    )
    _learn(record, checked.context)
    counts = record.report["counts"]
    audit.record(
        record,
        f"{'补录' if record.history else '导入'}{checked.importer.ledger.name}：新增{counts['new']}，修改{counts['changed']}",
        by=by,
        at=at,
        reason=record.reason,
    )
    return plan


def _learn(record: Import, ctx: Context) -> None:
    """Names the clerk explained are known next time. What meant a new or an empty name is not a lesson."""
    rows = []
    for key, value in record.answers.items():
        kind, _, text = key.partition(":")
        if (kind == "column" and text) or (kind in ("village", "person", "unit") and value.isdigit()):
            rows.append(
                LearnedName(
                    township=record.township, ledger=record.ledger, kind=kind, text=text[:200], meaning=value[:60]
                )
            )
    LearnedName.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["township", "ledger", "kind", "text"],
        update_fields=["meaning"],
    )
