"""Imports from upload to undo. The web process only stores the file and shows results; jobs read, check, write and take back."""

from __future__ import annotations

import gzip
import hashlib
import json
import tempfile
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any

from django.apps import apps
from django.core.files.base import ContentFile, File
from django.db import models, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from audit import services as audit
from common import text as texts
from common.errors import Refused
from common.models import RecordChanged, save_if_unchanged
from jobs import services as jobs
from ledgers.importing import limits
from ledgers.importing.context import Context, Question
from ledgers.importing.importers import HISTORIES, IMPORTERS, Importer, importer_of
from ledgers.importing.importers.base import Writer
from ledgers.importing.plan import (
    CONFLICTS,
    MINE,
    THEIRS,
    Item,
    Plan,
    Status,
    make_plan,
    read_words,
    sentence,
    shown_value,
    wanted,
)
from ledgers.importing.runner import mark_workbook, read_workbook
from ledgers.importing.table import SKIP, Table, Unsure, read_table
from ledgers.models import Backfill, Import, LearnedName
from rounds.models import Round
from villages.access import access_of
from villages.models import Township

State = Import.State
Progress = Callable[[int, str], None]
MAX_FAULTS = 3000  # kept for the page; the workbook that comes back holds all
MAX_SHOWN = 1000
CHECK, APPLY, UNDO = "ledger_check", "ledger_apply", "ledger_undo"


@dataclass
class Checked:
    """What a check found: questions to the clerk, or a plan, or why nothing could be read."""

    context: Context
    importer: Importer
    plan: Plan | None = None
    questions: list[dict[str, Any]] = field(default_factory=list)
    refusal: str = ""


# receiving


def receive(
    file: Any, *, township: Township, round: Round | None, ledger: str, by: Any, at: datetime, history: bool = False
) -> Import:
    """Store an uploaded workbook and ask for its check. Only size and name are looked at here: the web process parses nothing.

    `history`: 补录, new rows come with the course they took before (progress, degree, close-out); another person confirms it.
    """
    importer = IMPORTERS[ledger]
    if history and ledger not in HISTORIES:
        raise Refused("只有问题清单可以连同进展和销号补录，其他台账请不要勾选补录。", field="history")
    if importer.needs_round and (round is None or round.township_id != township.pk):
        raise Refused("请选择本乡镇的轮次。", field="round")
    if file.size == 0:
        raise Refused("文件是空的，请重新选择。", field="file")
    if file.size > limits.FILE_BYTES:
        raise Refused(limits.TOO_LARGE_FILE, field="file")
    name = texts.clean(PurePosixPath((file.name or "").replace("\\", "/")).name)[:200] or "台账.xlsx"
    file.seek(0)
    sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    record = Import(
        township=township, round=round if importer.needs_round else None, ledger=ledger, name=name, size=file.size,
        sha256=sha256, history=history, by=by, at=at,
    )  # fmt: skip
    record.file.save(f"{uuid.uuid4().hex}.xlsx", File(file), save=False)
    try:
        with transaction.atomic():
            record.save()
            _ask_for(record, CHECK, f"检查{importer().ledger.name}：{name}", by=by, at=at)
    except BaseException:
        record.file.storage.delete(str(record.file.name))
        raise
    return record


def _ask_for(record: Import, kind: str, title: str, *, by: Any, at: datetime) -> None:
    job = jobs.enqueue(
        kind,
        title,
        by=by,
        at=at,
        arguments={"import_id": record.pk, "user_id": by.pk, "at": at.isoformat()},
        key=f"{kind}-{record.pk}-{record.version}",
        township_id=record.township_id,
    )
    Import.objects.filter(pk=record.pk).update(job=job)


def _move(record: Import, *, to: str, values: Mapping[str, Any] | None = None, expected: Sequence[str]) -> None:
    """Step to another state if nobody else did: two clicks make one check, one application, one undo."""
    if record.state not in expected:
        raise Refused(f"这次导入现在是“{record.get_state_display()}”，不能这样办理。请刷新页面查看。")
    record.state = to
    for name, value in (values or {}).items():
        setattr(record, name, value)
    save_if_unchanged(record, expected_version=record.version, fields=["state", *(values or {})])


@transaction.atomic
def answer(record: Import, answers: Mapping[str, str], *, by: Any, at: datetime) -> None:
    """Take the clerk's answers and check again. An answer that was not offered is refused."""
    asked = {q["key"]: q for q in record.report.get("questions", [])}
    kept = dict(record.answers)
    for key, question in asked.items():
        given = answers.get(key, "")
        if given not in dict(question["options"]):
            raise Refused(f"请选择：{question['label']}")
        kept[key] = given
    _move(record, to=State.CHECKING, values={"answers": kept}, expected=[State.ASKING])
    _ask_for(record, CHECK, f"检查{IMPORTERS[record.ledger]().ledger.name}：{record.name}", by=by, at=at)


@transaction.atomic
def settle_conflicts(record: Import, *, side: str, by: Any, at: datetime) -> None:
    """Whose values stand for rows changed in the portal since the export; the check runs again with it."""
    if side not in (MINE, THEIRS):
        raise Refused("请选择冲突的行以哪一边为准。")
    values = {"answers": record.answers | {CONFLICTS: side}}
    _move(record, to=State.CHECKING, values=values, expected=[State.CHECKED])
    _ask_for(record, CHECK, f"检查{IMPORTERS[record.ledger]().ledger.name}：{record.name}", by=by, at=at)


@transaction.atomic
def check_again(record: Import, *, by: Any, at: datetime) -> None:
    """Compare the same file with what the portal holds now."""
    _move(record, to=State.CHECKING, expected=[State.CHECKED, State.ASKING, State.UNREADABLE, State.UNDONE])
    _ask_for(record, CHECK, f"检查{IMPORTERS[record.ledger]().ledger.name}：{record.name}", by=by, at=at)


# checking


def learned_names(township: Township, ledger: str) -> dict[tuple[str, str], str]:
    rows = LearnedName.objects.filter(township=township, ledger=ledger)
    return {(kind, text): meaning for kind, text, meaning in rows.values_list("kind", "text", "meaning")}


def examine(
    workbook: Mapping[str, Any],
    *,
    ledger: str,
    township: Township,
    round: Round | None,
    answers: Mapping[str, str],
    by: Any,
    at: datetime,
    history: bool = False,
    source: str = "",
) -> Checked:
    """Everything a check does after the workbook was read. Writes nothing that stays."""
    importer = importer_of(ledger, history=history)
    learned = learned_names(township, ledger)
    ctx = Context(
        township=township,
        round=round,
        at=at,
        by=by,
        answers=dict(answers),
        learned=learned,
        date1904=bool(workbook.get("date1904")),
        source=source,
    )
    known = wanted(importer)
    columns = {text: meaning for (kind, text), meaning in learned.items() if kind == "column"}
    columns |= {key.partition(":")[2]: value for key, value in answers.items() if key.startswith("column:")}
    table, rivals = read_table(workbook, known, answers=columns, sheet=answers.get("sheet", ""))
    checked = Checked(context=ctx, importer=importer)
    if table is None:
        checked.refusal = (
            f"没有找到{importer.ledger.name}的表头。表头应有“{'”“'.join(w.label for w in known if w.required)}”等列；"
            "可以下载模板对照。"
        )
        return checked
    if len(rivals) > 1 and "sheet" not in answers:
        checked.questions.append(
            {
                "key": "sheet", "label": "工作簿里有几个工作表都像这种台账，导入哪一个？", "prompt": "工作表",
                "options": [[title, title] for title in rivals], "suggested": table.sheet, "rows": 0, "samples": [],
            }
        )  # fmt: skip
    labels = {w.key: w.label for w in known}
    unsure = [u for u in table.unsure if u.heading not in columns]
    if table.missing:
        unsure = _stretch(table, columns, workbook, known)
    checked.questions += [_column_question(u, table, labels) for u in unsure]
    if unsure:  # go on as if the likeliest answers were given, so that everything is asked on one page
        provisional = columns | {u.heading: u.suggested for u in unsure}
        table = read_table(workbook, known, answers=provisional, sheet=answers.get("sheet", ""))[0] or table
    if table.missing and not unsure:
        missing = "”“".join(labels[key] for key in table.missing)
        checked.refusal = f"工作表“{table.sheet}”中没有找到“{missing}”列。请补上这一列，或下载模板对照后再传。"
        return checked
    if len(table.lines) > importer.max_rows:
        checked.refusal = f"工作表“{table.sheet}”有{len(table.lines)}行，{importer.ledger.name}一次最多导入{importer.max_rows}行，请分成几个文件。"
        return checked
    ctx.title = table.title
    if not table.missing:
        checked.plan = make_plan(importer, table, ctx)
        checked.questions += [_question(q) for q in ctx.questions.values()]
    return checked


def _stretch(table: Table, columns: Mapping[str, str], workbook: Mapping[str, Any], known: list[Any]) -> list[Unsure]:
    """A required column is missing: every column nobody knows might be it."""
    unsure = [u for u in table.unsure if u.heading not in columns]
    asked = {u.heading for u in unsure}
    by_heading = {heading: column for column, heading in table.headings.items()}
    for heading in table.unknown:
        if heading not in asked and heading not in columns:
            unsure.append(Unsure(by_heading.get(heading, 0), heading, list(table.missing), SKIP, []))
    for one in unsure:
        one.likely = list(dict.fromkeys([*one.likely, *table.missing]))
    return unsure


def _column_question(unsure: Unsure, table: Table, labels: Mapping[str, str]) -> dict[str, Any]:
    used = set(table.columns.values())
    rest = [key for key in labels if key not in used and key not in unsure.likely and key not in ("identity", "reason")]
    options = [[key, labels[key]] for key in [*unsure.likely, *rest]]
    return {
        "key": f"column:{unsure.heading}",
        "label": f"“{unsure.heading}”这一列是什么？",
        "prompt": "列",
        "options": [*options, [SKIP, "不导入这一列"]],
        "suggested": unsure.suggested,
        "rows": 0,
        "samples": unsure.samples,
    }


def _question(question: Question) -> dict[str, Any]:
    return {
        "key": question.key,
        "label": question.label,
        "prompt": question.prompt,
        "options": [list(option) for option in question.options],
        "suggested": question.suggested,
        "rows": question.rows,
        "samples": question.samples,
    }


def fingerprint(plan: Plan) -> str:
    """What the preview promised, as one line: the application does exactly this or nothing."""
    told = [
        [
            item.row,
            item.status,
            item.pk,
            item.version,
            item.changes,
            sorted((k, shown_value(v)) for k, v in item.values.items()),
        ]
        for item in plan.of(Status.NEW, Status.CHANGED)
    ]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, default=str).encode()).hexdigest()


def report_of(checked: Checked) -> dict[str, Any]:
    """What the page shows, as JSON."""
    report: dict[str, Any] = {"questions": checked.questions, "notes": []}
    plan = checked.plan
    if plan is None:
        return report
    counts = {status.value: len(plan.of(status)) for status in Status}
    faults = plan.faults
    labels = {want.key: want.label for want in wanted(checked.importer)}
    report |= {
        "sheet": plan.table.sheet,
        "header_row": plan.table.header_row,
        "notes": plan.notes,
        "counts": counts,
        "fault_total": len(faults),
        "faults": [fault | {"sentence": sentence(fault)} for fault in faults[:MAX_FAULTS]],
        "new": [
            _row(item) | {"told": [read_words(item, checked.importer, labels), *item.told]}
            for item in plan.of(Status.NEW)[:MAX_SHOWN]
        ],
        "changed": [_row(item) for item in plan.of(Status.CHANGED)[:MAX_SHOWN]],
        "conflicts": [_row(item) for item in plan.of(Status.CONFLICT)[:MAX_SHOWN]],
        "needs_reason": checked.importer.needs_reason(plan),
        "fingerprint": fingerprint(plan),
        "columns": [[plan.table.headings.get(column, ""), key] for column, key in sorted(plan.table.columns.items())],
    }
    return report


def _row(item: Item) -> dict[str, Any]:
    return {"row": item.row, "label": item.label, "changes": item.changes, "told": item.told}


def cells_of(record: Import) -> dict[str, Any]:
    with record.cells.open("rb") as file:
        return json.loads(gzip.decompress(file.read()))


def check(progress: Progress, *, import_id: int, user_id: int, at: str) -> dict[str, Any]:
    """The job behind “只检查”: reads the workbook in a child process, then compares. Writes the report and nothing else."""
    record = Import.objects.select_related("township__county", "round", "by").get(pk=import_id)
    user, moment = User.objects.get(pk=user_id), datetime.fromisoformat(at)
    link = {"url": record.get_absolute_url(), "label": "查看检查结果"}
    if record.state != State.CHECKING:
        return link
    progress(5, "读取工作簿")
    try:
        if not record.cells:
            workbook = read_workbook(Path(record.file.path))
            packed = gzip.compress(json.dumps(workbook, ensure_ascii=False).encode("utf-8", "surrogatepass"), 5)
            record.cells.save(f"{uuid.uuid4().hex}.json.gz", ContentFile(packed), save=False)
            Import.objects.filter(pk=record.pk).update(cells=record.cells.name)
        else:
            workbook = cells_of(record)
        progress(40, "逐行检查")
        checked = examine(
            workbook, ledger=record.ledger, township=record.township, round=record.round, answers=record.answers,
            by=user, at=moment, history=record.history, source=record.name,
        )  # fmt: skip
    except Refused as refusal:
        _move(record, to=State.UNREADABLE, values={"refusal": str(refusal)[:500]}, expected=[State.CHECKING])
        return link
    if checked.refusal:
        _move(record, to=State.UNREADABLE, values={"refusal": checked.refusal[:500]}, expected=[State.CHECKING])
        return link
    report = report_of(checked)
    values: dict[str, Any] = {"report": report, "refusal": ""}
    if checked.plan and checked.plan.faults:
        progress(80, "标注有问题的单元格")
        values["marked"] = _mark(record, checked.plan)
    progress(95, "保存检查结果")
    state = State.ASKING if checked.questions else State.CHECKED
    _move(record, to=state, values=values, expected=[State.CHECKING])
    return link


def _mark(record: Import, plan: Plan) -> str:
    """The clerk's workbook with the faults in it; "" when it cannot be written within the bounds (the page shows them all the same)."""
    faults = [{"row": f["row"], "column": f["column"], "sentence": sentence(f)} for f in plan.faults]
    with tempfile.TemporaryDirectory(prefix="marked-") as folder:
        target = Path(folder) / "marked.xlsx"
        try:
            mark_workbook(
                Path(record.file.path), target, sheet=plan.table.sheet, header_row=plan.table.header_row, faults=faults
            )
        except Refused:
            return ""
        with target.open("rb") as file:
            return record.marked.storage.save(
                record.marked.field.generate_filename(record, f"{uuid.uuid4().hex}.xlsx"), File(file)
            )


# applying


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
    _move(record, to=State.APPLYING, values={"reason": reason.strip()[:200]}, expected=[State.CHECKED])
    _ask_for(record, APPLY, f"导入{IMPORTERS[record.ledger]().ledger.name}：{record.name}", by=by, at=at)


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
        _move(record, to=State.CHECKED, values={"refusal": told[:500]}, expected=[State.APPLYING])
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
    _move(
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


# undoing


@transaction.atomic
def start_undo(record: Import, *, by: Any, at: datetime) -> None:
    _move(record, to=State.UNDOING, expected=[State.APPLIED])
    _ask_for(record, UNDO, f"撤销导入：{record.name}", by=by, at=at)


def undo(progress: Progress, *, import_id: int, user_id: int, at: str) -> dict[str, Any]:
    """The job behind 撤销: takes back everything, as long as nothing was changed since."""
    record = Import.objects.select_related("township").get(pk=import_id)
    user, moment = User.objects.get(pk=user_id), datetime.fromisoformat(at)
    link = {"url": record.get_absolute_url(), "label": "查看结果"}
    if record.state != State.UNDOING:
        return link
    progress(10, "核对导入后有没有改动")
    try:
        with transaction.atomic():
            take_back(record, by=user, at=moment)
            progress(95, "保存")
    except Refused as refusal:
        record.refresh_from_db()
        _move(record, to=State.APPLIED, values={"refusal": str(refusal)[:500]}, expected=[State.UNDOING])
    return link


def _groups(touched: Sequence[Mapping[str, Any]]) -> dict[type[models.Model], list[Mapping[str, Any]]]:
    found: dict[type[models.Model], list[Mapping[str, Any]]] = {}
    for one in touched:
        found.setdefault(apps.get_model(one["model"]), []).append(one)
    return found


@transaction.atomic
def take_back(record: Import, *, by: Any, at: datetime) -> None:
    """Delete what the import made and put back what it changed. Refused when anything of it was changed or used since."""
    # A record touched twice by the import is put back to what it was first, and must stand as it was left last.
    touched: dict[tuple[str, int], dict[str, Any]] = {}
    for one in record.done.get("touched", []):
        key = (one["model"], one["pk"])
        if key in touched:
            touched[key]["version"] = max(touched[key]["version"], one["version"])
            if touched[key]["was"] is not None and one["was"] is not None:
                touched[key]["was"] = one["was"] | touched[key]["was"]
        else:
            touched[key] = dict(one)
    groups = _groups(list(touched.values()))
    made = {model: {o["pk"] for o in ones if o["was"] is None} for model, ones in groups.items()}
    for model, ones in groups.items():
        now = dict(
            model._default_manager.select_for_update()
            .filter(pk__in=[o["pk"] for o in ones])
            .values_list("pk", "version")
        )
        for one in ones:
            if now.get(one["pk"]) != one["version"]:
                raise Refused(f"“{one['label']}”在导入后有改动，不能撤销整次导入。请逐条修改。")
    for model, keys in made.items():
        _refuse_used(model, keys, made)
    for model, ones in groups.items():
        _put_back(model, [o for o in ones if o["was"] is not None], by=by, at=at, name=record.name)
    for model in reversed(list(groups)):
        rows = list(model._default_manager.filter(pk__in=made[model]))
        audit.record_many([audit.entry(row, f"撤销导入“{record.name[:30]}”，删除", by=by, at=at) for row in rows])
        try:
            model._default_manager.filter(pk__in=made[model]).delete()
        except ProtectedError:
            raise Refused("导入的记录已被其他记录引用，不能撤销整次导入。") from None
    _move(record, to=State.UNDONE, values={"undone_by": by, "undone_at": at, "refusal": ""}, expected=[State.UNDOING])
    audit.record(record, "撤销导入", by=by, at=at)


# Written together with the record itself.
# A later entry or close-out moves the problem's version, by which the undo has been refused before.
_OWN_PARTS = {"problems.step", "problems.progressentry", "problems.closerequest", "ledgers.backfill"}


def _refuse_used(model: type[models.Model], keys: set[int], made: Mapping[type[models.Model], set[int]]) -> None:
    """Somebody's later record must not vanish with ours: nothing may hang on it but what the import made."""
    if not keys:
        return
    for relation in model._meta.related_objects:
        other = relation.related_model
        if isinstance(other, str) or other._meta.label_lower in _OWN_PARTS:
            continue
        if relation.many_to_many or not hasattr(relation.field, "attname"):
            field: Any = relation.field
            rows = field.remote_field.through._default_manager.filter(**{f"{field.m2m_reverse_field_name()}__in": keys})
            hanging = set(rows.values_list(f"{field.m2m_field_name()}_id", flat=True))
        else:
            hanging = set(
                other._default_manager.filter(**{f"{relation.field.name}__in": keys}).values_list("pk", flat=True)
            )
        if hanging - made.get(other, set()):
            raise Refused(
                f"导入的{model._meta.verbose_name}已有后续的{other._meta.verbose_name}，不能撤销整次导入。请逐条处理。"
            )


def _put_back(
    model: type[models.Model], ones: Sequence[Mapping[str, Any]], *, by: Any, at: datetime, name: str
) -> None:
    if not ones:
        return
    rows = {row.pk: row for row in model._default_manager.filter(pk__in=[o["pk"] for o in ones])}
    columns, entries = {"version"}, []
    for one in ones:
        row = rows[one["pk"]]
        plain = [n for n in one["was"] if not model._meta.get_field(n).many_to_many]
        shown = [n for n in plain if n not in ("search_text", "queue_on", "yellow_on", "details")]
        before = audit.snapshot(row, shown)
        for field_name, value in one["was"].items():
            meta: Any = model._meta.get_field(field_name)
            if meta.many_to_many:
                getattr(row, field_name).set(value)
                continue
            setattr(row, meta.attname, value if isinstance(value, dict) else meta.to_python(value))
            columns.add(field_name)
        row.version += 1  # type: ignore[attr-defined]
        entries.append(
            audit.entry(row, f"撤销导入“{name[:30]}”", by=by, at=at, changes=audit.changes_since(before, row))
        )
    model._default_manager.bulk_update(rows.values(), sorted(columns), batch_size=500)
    audit.record_many(entries)


def clear_old(*, at: datetime, days: int = 90) -> int:
    """Files of imports that ended long ago: the records stay, the workbooks go."""
    removed = 0
    old = Import.objects.filter(at__lt=at - timedelta(days=days)).exclude(file="")
    for record in old.iterator():
        for stored in (record.file, record.cells, record.marked):
            if stored.name:
                stored.storage.delete(stored.name)
        Import.objects.filter(pk=record.pk).update(file="", cells="", marked="")
        removed += 1
    return removed
