"""Pages of imports: the list, the upload, and one page that shows an import wherever it stands."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from accounts.permissions import Permission
from audit.services import history
from common.chinese import moment
from common.errors import Refused
from common.lists import Column
from common.models import RecordChanged
from ledgers.import_forms import ApplyForm, UploadForm
from ledgers.importing import templates
from ledgers.importing.importers import IMPORTERS, importer_of
from ledgers.importing.plan import CONFLICTS, MINE, THEIRS
from ledgers.models import Import
from ledgers.services import imports
from rounds.models import Round
from villages.models import Township
from villages.pages import ActionPage, FormPage, ListPage, Page, PermissionRequired, WritingPage, link

# Who may import anything at all keeps the ledgers of a whole township; each ledger asks for its own right besides.
DESK = Permission.MEETING_EDIT
SHOWN_ROWS = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ImportList(ListPage):
    permission = DESK
    title = "台账导入"
    noun = "次导入"
    empty_text = "还没有导入过台账。点“导入台账”上传 Excel 文件；也可以先下载模板。"
    template_name = "ledgers/import_list.html"

    def rows(self) -> QuerySet[Import]:
        return Import.objects.visible_to(self.access).select_related("by", "township", "round")

    def get_columns(self) -> list[Column]:
        return [
            Column("文件", lambda r: link(r.get_absolute_url(), r.name), lead=True),
            Column("台账", lambda r: IMPORTERS[r.ledger]().ledger.name + ("（补录）" if r.history else "")),
            Column("轮次", lambda r: str(r.round) if r.round else "—", css="nowrap"),
            Column("状态", lambda r: r.state_words, css="nowrap"),
            Column("结果", _result),
            Column("上传人", lambda r: r.by.name, css="nowrap"),
            Column("上传时间", lambda r: moment(r.at), css="nowrap"),
        ]

    def actions(self) -> list[tuple[str, str]]:
        return [("导入台账", reverse("ledgers:import_create"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"templates": _templates()}


def _templates() -> list[dict[str, str]]:
    return [
        {"name": f"{code} {one().ledger.name}", "url": reverse("ledgers:import_template", args=[code])}
        for code, one in IMPORTERS.items()
    ]


def _result(record: Import) -> str:
    counts = record.report.get("counts")
    if not counts or record.state not in (Import.State.CHECKED, Import.State.APPLIED, Import.State.UNDONE):
        return record.refusal or "—"
    return f"新增{counts['new']}，修改{counts['changed']}，相同{counts['same']}，退回{counts['refused']}"


class ImportCreate(FormPage):
    permission = DESK
    form_class = UploadForm
    template_name = "ledgers/import_create.html"
    title = "导入台账"
    button = "上传并检查"
    intro = "上传现有的 Excel 台账，不必改成固定格式：标题行、合并单元格、列的先后和叫法、文字写的日期都能识别。检查只看不写。"
    success_text = "文件已上传，正在检查。"

    def townships(self) -> frozenset[int]:
        return self.access.townships_with(DESK)

    def codes(self) -> list[str]:
        return [code for code, one in IMPORTERS.items() if self.access.townships_with(one.permission)]

    def get_form_kwargs(self) -> dict[str, Any]:
        rounds = (
            Round.objects.filter(township_id__in=self.townships())
            .select_related("township")
            .current(timezone.localdate())
        )
        return super().get_form_kwargs() | {"rounds": rounds, "codes": self.codes()}

    def get_initial(self) -> dict[str, Any]:
        return {"ledger": self.request.GET.get("ledger", "B")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"templates": _templates()}

    def perform(self, form: UploadForm) -> Import:
        ledger, round = form.cleaned_data["ledger"], form.cleaned_data["round"]
        township = round.township if round else Township.objects.get(pk=min(self.townships()))
        self.require(IMPORTERS[ledger].permission, township_id=township.pk)
        return imports.receive(
            form.cleaned_data["file"],
            township=township,
            round=round,
            ledger=ledger,
            history=form.cleaned_data["history"],
            by=self.request.user,
            at=timezone.now(),
        )

    def get_success_url(self) -> str:
        return reverse("ledgers:import_list")


class OneImport(PermissionRequired):
    """Loads an import in scope; acting on it needs the right its ledger asks for."""

    permission = DESK

    def load(self, pk: int) -> None:
        rows = Import.objects.visible_to(self.access).select_related(
            "township", "round", "by", "applied_by", "undone_by", "job"
        )
        self.record = get_object_or_404(rows, pk=pk)
        self.importer = importer_of(self.record.ledger, history=self.record.history)
        self.require(self.importer.permission, township_id=self.record.township_id)

    def get_success_url(self) -> str:
        return self.record.get_absolute_url()


class ImportDetail(OneImport, Page):
    """One import wherever it stands: progress, questions, preview, result."""

    template_name = "ledgers/import_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        record, report = self.record, self.record.report
        counts = report.get("counts", {})
        writes = counts.get("new", 0) + counts.get("changed", 0)
        context = super().get_context_data(**kwargs)
        is_checked = record.state == Import.State.CHECKED
        context |= {
            "title": f"{'补录' if record.history else '导入'}{self.importer.ledger.name}",
            "record": record,
            "ledger": self.importer.ledger,
            "report": report,
            "counts": _figures(counts),
            "writes": writes,
            "noun": self.importer.noun,
            "sections": _sections(report) if counts and not record.is_working else [],
            "faults": report.get("faults", [])[:SHOWN_ROWS],
            "more_faults": max(0, report.get("fault_total", 0) - SHOWN_ROWS),
            "is_checked": is_checked,
            "asks_conflicts": bool(counts.get("conflict")) or record.answers.get("conflicts") == THEIRS,
            "answered": len(record.answers.keys() - {CONFLICTS}),
            "side": record.answers.get("conflicts", MINE),
            "results": _results(record) if record.state == Import.State.APPLIED else [],
            "more_results": max(0, len(_rows_done(record)) - SHOWN_ROWS),
            "history": history(record),
            "job_waits": record.is_working and record.job and not record.job.is_over,
        }
        waits = record.waits_for_another and record.by_id == self.request.user.pk
        if is_checked and writes and waits:
            context["waits_for_another"] = True
        elif is_checked and writes:
            context["form"] = kwargs.get("form") or ApplyForm(
                needs_reason=bool(report.get("needs_reason")), refused=counts.get("refused", 0)
            )
        return context


def _figures(counts: dict[str, int]) -> list[tuple[str, int, str]]:
    words = (("new", "新增"), ("changed", "修改"), ("same", "相同"), ("conflict", "冲突"), ("refused", "退回"))
    return [(label, counts.get(key, 0), key) for key, label in words if key != "conflict" or counts.get(key)]


def _sections(report: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for key, label in (("changed", "将修改的行"), ("conflicts", "冲突的行"), ("new", "将新增的行")):
        rows = report.get(key, [])
        if rows:
            total = report["counts"]["conflict" if key == "conflicts" else key]
            found.append({"key": key, "label": label, "rows": rows[:SHOWN_ROWS], "more": max(0, total - SHOWN_ROWS)})
    return found


def _rows_done(record: Import) -> list[dict[str, Any]]:
    return [one for one in record.done.get("touched", []) if one["row"]]


def _results(record: Import) -> list[dict[str, Any]]:
    return [one | {"did": "新增" if one["was"] is None else "修改"} for one in _rows_done(record)[:SHOWN_ROWS]]


class ImportAnswer(OneImport, ActionPage):
    success_text = "已收到回答，正在重新检查。"

    def perform(self) -> None:
        given = {key: value for key, value in self.request.POST.items() if isinstance(value, str)}
        asked = self.record.report.get("questions", [])
        answers = {q["key"]: given.get(f"q{n}", "") for n, q in enumerate(asked)}
        imports.answer(self.record, answers, by=self.request.user, at=timezone.now())


class ImportConflicts(OneImport, ActionPage):
    success_text = "正在按您的选择重新检查。"

    def perform(self) -> None:
        imports.settle_conflicts(
            self.record, side=self.request.POST.get("side", ""), by=self.request.user, at=timezone.now()
        )


class ImportRecheck(OneImport, ActionPage):
    success_text = "正在重新检查。"

    def perform(self) -> None:
        forget = self.request.POST.get("forget") == "on"
        imports.check_again(self.record, by=self.request.user, at=timezone.now(), forget=forget)


class ImportUndo(OneImport, ActionPage):
    success_text = "正在撤销。"

    def load(self, pk: int) -> None:
        super().load(pk)
        if self.record.history:  # it takes close-outs back
            self.require(Permission.CLOSE_DECIDE, township_id=self.record.township_id)

    def perform(self) -> None:
        imports.start_undo(self.record, by=self.request.user, at=timezone.now())


class ImportApply(OneImport, WritingPage):
    """「导入 n 条」. A refusal shows at its field, with everything typed kept."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self.record
        form = ApplyForm(
            request.POST,
            needs_reason=bool(record.report.get("needs_reason")),
            refused=record.report.get("counts", {}).get("refused", 0),
        )
        if form.is_valid():
            try:
                imports.start_apply(record, by=request.user, at=timezone.now(), **form.cleaned_data)
            except Refused as refusal:
                if refusal.field not in form.fields:
                    messages.error(request, str(refusal))
                    return redirect(record)
                form.add_error(refusal.field, str(refusal))
            except RecordChanged as changed:  # somebody else pressed the button at the same moment
                messages.error(request, str(changed) + "请看清最新内容后再操作。")
                return redirect(record)
            except DatabaseError as error:
                messages.error(request, self.refused_again(error))
                return redirect(record)
            else:
                messages.success(request, "正在导入。")
                return redirect(record)
        page = ImportDetail()
        page.setup(request, pk=pk)
        page.load(pk=pk)
        response = page.render_to_response(page.get_context_data(form=form))
        response.status_code = 422
        return response


class ImportFile(OneImport):
    """The workbook as it came, or with its faults marked."""

    http_method_names = ["get", "head"]

    def load(self, pk: int, which: str) -> None:
        super().load(pk)

    def get(self, request: HttpRequest, pk: int, which: str) -> FileResponse:
        stored = self.record.marked if which == "marked" else self.record.file
        if not stored:
            raise Http404
        stem = PurePosixPath(self.record.name).stem
        name = f"{stem}（已标注）.xlsx" if which == "marked" else f"{stem}.xlsx"
        return FileResponse(stored.open("rb"), as_attachment=True, filename=name, content_type=XLSX)


class ImportTemplate(PermissionRequired):
    """An empty ledger with drop-down lists of the township, notes in the headings and two example rows."""

    permission = DESK
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        if code not in IMPORTERS:
            raise Http404
        townships = self.access.townships_with(IMPORTERS[code].permission)
        if not townships:
            raise PermissionDenied
        township = Township.objects.select_related("county").get(pk=min(townships))
        round = Round.objects.filter(township=township).current(timezone.localdate()).first()
        content = templates.build(IMPORTERS[code](), township=township, round=round)
        response = HttpResponse(content, content_type=XLSX)
        name = f"{township}{IMPORTERS[code]().ledger.name}模板.xlsx"
        response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
        return response
