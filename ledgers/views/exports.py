"""Ledgers out of the portal: the page of all ledgers, what to export, the file."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from common.papers import XLSX
from jobs.models import Job
from ledgers import files, lists, work
from ledgers.definitions import LEDGERS
from ledgers.form import Ledger
from ledgers.forms import ExportForm, NothingToAsk
from ledgers.services.exports import KIND, key_of, request_export
from rounds.models import Round
from villages.pages import FormPage, Page, PermissionRequired, with_back


class LedgerList(Page):
    """Every ledger the visitor may export, with its address."""

    permission = Permission.PROBLEM_VIEW
    template_name = "ledgers/ledger_list.html"
    title = "台账"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        here = self.request.get_full_path()
        offered = [ledger for ledger in LEDGERS.values() if self.access.may(ledger.permission)]
        return super().get_context_data(**kwargs) | {
            "ledgers": [
                {
                    "ledger": ledger,
                    "export": with_back(reverse("ledgers:ledger_export", args=[ledger.code.lower()]), here),
                }
                for ledger in offered
            ],
            "statistics": self.access.may(Permission.SUMMARY_VIEW),
        }


class LedgerPage(FormPage):
    """Loads the ledger in the address; an unknown one is not found, one of another's work is refused."""

    permission = Permission.PROBLEM_VIEW
    button = "导出Excel"
    success_text = "已开始导出，完成后在这一页下载。"
    ledger: Ledger

    def load(self, code: str) -> None:
        if code.upper() not in LEDGERS or code != code.lower():
            raise Http404
        self.ledger = LEDGERS[code.upper()]
        if not self.access.may(self.ledger.permission):
            raise PermissionDenied

    @property
    def title(self) -> str:  # type: ignore[override]
        return f"导出{self.ledger.name}"

    def get_success_url(self) -> str:
        return reverse("ledgers:ledger_list")

    def address(self, done: Any) -> str:
        return str(done.get_absolute_url())


class LedgerExport(LedgerPage):
    """A whole ledger of a round, as of any day."""

    form_class = ExportForm

    @cached_property
    def rounds(self) -> list[Round]:
        rows = Round.objects.visible_to(self.access).select_related("township")
        return list(rows.order_by("-year", "-number", "township_id"))

    @property
    def intro(self) -> str:  # type: ignore[override]
        return self.ledger.about + "。" if self.rounds else "还没有轮次。建立轮次后才能导出台账。"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"rounds": self.rounds, "periodic": self.ledger.periodic}

    def perform(self, form: Any) -> Job:
        asked = form.cleaned_data
        return request_export(
            self.ledger, by=self.request.user, at=timezone.now(), rounds=form.chosen(), as_of=asked["as_of"],
            since=asked.get("since"),
        )  # fmt: skip


class ListExport(LedgerPage):
    """The rows a list shows with its filters."""

    form_class = NothingToAsk

    def load(self, code: str) -> None:
        super().load(code)
        found = [name for name, source in lists.SOURCES.items() if source.code == self.ledger.code]
        if not found:
            raise Http404
        self.source = found[0]
        self.query = self.request.GET.get("query", "")[:2000]

    @cached_property
    def chosen(self) -> lists.Chosen:
        return lists.choose(self.source, self.query, self.access)

    @property
    def intro(self) -> str:  # type: ignore[override]
        chosen = self.chosen
        words = f"筛选条件：{chosen.words}。" if chosen.words else "没有筛选条件，导出列表中的全部记录。"
        return f"将导出{len(chosen.keys)}{self.ledger.noun}，截至{chosen.as_of}。{words}"

    def get_success_url(self) -> str:
        address = reverse(self.source)
        return f"{address}?{self.query}" if self.query else address

    def perform(self, form: Any) -> Job:
        return request_export(
            self.ledger, by=self.request.user, at=timezone.now(), source=self.source, query=self.query
        )


class ExportDownload(PermissionRequired):
    """The file of one's own export, while one may still see what is in it."""

    permission = Permission.PROBLEM_VIEW

    def load(self, token: str) -> None:
        self.job = Job.objects.filter(
            kind=KIND, key=key_of(token), by_id=self.request.user.pk, state=Job.State.DONE
        ).first()
        if self.job is None or not work.still_in_scope(self.job.result["scope"], self.access):
            raise Http404
        self.require_ledger(self.job.arguments["code"])
        self.path = files.path_of(token)

    def require_ledger(self, code: str) -> None:
        if not self.access.may(LEDGERS[code].permission):
            raise Http404

    def get(self, request: Any, token: str) -> HttpResponseBase:
        if not self.path.is_file():
            messages.info(request, f"导出的文件保存{files.KEPT_DAYS}天，已经清理。请重新导出。")
            return redirect("ledgers:ledger_list")
        name = self.job.result["name"]  # type: ignore[union-attr]
        return FileResponse(self.path.open("rb"), as_attachment=True, filename=name, content_type=XLSX)
