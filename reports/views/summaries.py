"""The list of summaries, a new one, and the preview on paper with its tools."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from accounts.permissions import Permission
from audit.services import history
from common import chinese
from common.lists import Column
from reports import annexes, document_model, services
from reports.document import preview
from reports.document.blocks import AttachmentNote, Signature, Table
from reports.figures import Figures
from reports.forms import RecomputeForm, SummaryFilter, SummaryForm
from reports.models import Part, Summary
from reports.views.base import LIGHTS, OneSummary, State, gaps_of
from reports.views.files import offers
from reports.views.issue import issue_context, warning_of
from rounds.models import Round
from villages.pages import FormPage, ListPage, Page, link, with_back

ANNEX_ROWS = 30


class SummaryList(ListPage):
    permission = Permission.SUMMARY_VIEW
    title = "工作总结"
    noun = "份"
    filter_form = SummaryFilter
    sorts = {"as_of": ["as_of", "pk"], "kind": ["kind", "-as_of"], "state": ["state", "-as_of"]}

    @property
    def empty_text(self) -> str:  # type: ignore[override]
        if self.access.may(Permission.SUMMARY_DRAFT):
            return "还没有工作总结。点“起草总结”，选好轮次和期间，系统按台账和各项记录写出初稿。"
        return "还没有您可以查看的工作总结。总结由乡镇党建办起草，覆盖全镇，由镇级和县级岗位查看。"

    def rows(self) -> QuerySet[Summary]:
        rows = (
            Summary.objects.visible_to(self.access)
            .defer("figures", "missing")
            .select_related("township", "round", "author", "signed_by")
            .order_by("-as_of", "-pk")
        )
        rows = self.filters.of_round(rows)
        for name in ("kind", "state"):
            if value := self.filters.value(name):
                rows = rows.filter(**{name: value})
        if self.filters.value("mine"):
            rows = rows.filter(author=self.request.user)
        return rows

    def get_columns(self) -> list[Column]:
        here = self.here

        def title(s: Summary) -> str:
            return link(s.get_absolute_url(), s.title, here)

        def state(s: Summary) -> str:
            return format_html('<span class="light {}">{}</span>', LIGHTS[State(s.state)], s.get_state_display())

        columns = [
            Column("标题", title, lead=True),
            Column("种类", lambda s: s.get_kind_display(), sort="kind", css="nowrap"),
            Column("期间", lambda s: chinese.period(s.starts_on, s.ends_on)),
            Column("数据截至", lambda s: s.as_of.isoformat(), sort="as_of", css="nowrap"),
            Column("状态", state, sort="state", css="nowrap"),
            Column("起草人", lambda s: s.author.name, css="nowrap"),
            Column("签发人", lambda s: s.signed_by.name if s.signed_by else "—", css="nowrap"),
        ]
        if len(self.access.township_ids) > 1:
            columns.insert(1, Column("乡镇", lambda s: s.township.name))
        return columns

    def actions(self) -> list[tuple[str, str]]:
        if not self.access.may(Permission.SUMMARY_DRAFT):
            return [("与上期相比", reverse("reports:compare"))]
        return [
            ("起草总结", with_back(reverse("reports:summary_create"), self.here)),
            ("与上期相比", reverse("reports:compare")),
            ("提纲和自动起草", reverse("reports:outline_list")),
        ]


class SummaryCreate(FormPage):
    permission = Permission.SUMMARY_DRAFT
    form_class = SummaryForm
    title = "起草总结"
    button = "按数据起草"
    intro = "系统按台账和各项记录写出初稿：数字由记录统计得出，缺少数据的句子不写，并告诉您去哪里补填。"
    success_text = "初稿已写好。请逐段核对，缺少的数据见右侧。"

    def get_form_kwargs(self) -> dict[str, Any]:
        townships = self.access.townships_with(Permission.SUMMARY_DRAFT)
        rounds = (
            Round.objects.visible_to(self.access)
            .filter(township_id__in=townships)
            .select_related("township")
            .current(timezone.localdate())
        )
        return super().get_form_kwargs() | {"rounds": rounds, "several": len(townships) > 1}

    def get_success_url(self) -> str:
        return reverse("reports:summary_list")

    def perform(self, form: SummaryForm) -> Summary:
        data = form.cleaned_data
        today = timezone.localdate()
        first, last = services.default_period(data["round"], data["kind"], today)
        ends_on = data["ends_on"] or last
        return services.draft_summary(
            round=data["round"],
            kind=data["kind"],
            starts_on=data["starts_on"] or min(first, ends_on),
            ends_on=ends_on,
            as_of=data["as_of"] or min(ends_on, today),
            by=self.request.user,
            at=timezone.now(),
        )


class SummaryDetail(OneSummary, Page):
    def get_template_names(self) -> list[str]:
        return ["reports/issue_detail.html" if self.summary.is_frozen else "reports/summary_detail.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        summary = self.summary
        if summary.is_frozen:
            return super().get_context_data(**kwargs) | issue_context(summary, self.access, self.request.path)
        parts = list(summary.parts.all())
        figures = Figures.from_json(summary.figures)
        township = {"township_id": summary.township_id}
        may_draft = self.access.may(Permission.SUMMARY_DRAFT, **township)
        may_sign = self.access.may(Permission.SUMMARY_SIGN, **township)
        editing = may_draft and summary.is_draft
        gaps = gaps_of(summary, parts) if may_draft else []
        link = self.linker(figures)
        shown = list(document_model.body_blocks(parts, None if summary.signed_at else figures))
        past = set(summary.versions.values_list("key", flat=True)) if editing else set()
        rows = [self.row(part, preview.block_html(block, link), figures, editing, past) for part, block in shown]
        title = next((p for p in parts if p.kind == Part.Kind.TITLE), None)
        files = list(summary.files.all()[:10])
        return super().get_context_data(**kwargs) | {
            "title": summary.title,
            "summary": summary,
            "period": chinese.period(summary.starts_on, summary.ends_on),
            "state_light": LIGHTS[State(summary.state)],
            "title_part": self.row(title, "", figures, editing, past) if title else None,
            "rows": rows,
            "tail": mark_safe("".join(preview.block_html(b, link) for b in self.tail(figures))),  # noqa: S308 - escaped by block_html
            "annexes": self.annexes(figures, link),
            "missing": [gap for gap in gaps if not gap["waits"]],
            "waiting": [gap for gap in gaps if gap["waits"]],
            "changed": [row for row in rows if row["changed"]],
            "length": sum(len(getattr(b, "text", "")) for _, b in shown),
            "editing": editing,
            "compared_on": figures.scope.get("compared_with", ""),
            "may_sign": may_sign and summary.state == State.REVIEW and summary.author_id != self.request.user.pk,
            "may_return": (may_sign or may_draft) and summary.state == State.REVIEW,
            "may_print": may_draft or may_sign,
            "files": files,
            "offers": offers(summary, files),
            "warning": warning_of(document_model.document(summary, parts)) if may_draft or may_sign else "",
            "history": history(summary, 30),
        }

    def linker(self, figures: Figures) -> Any:
        """Figure key → its list, with the way back to this page."""
        here = self.request.path

        def link(key: str) -> str | None:
            figure = figures.figures.get(key)
            url = figure.url if figure else None
            return with_back(url, here) if url else None

        return link

    def row(self, part: Part, html: str, figures: Figures, editing: bool, past: set[str]) -> dict[str, Any]:
        changed = editing and part.has_changed
        return {
            "part": part,
            "html": mark_safe(html),  # noqa: S308 - escaped by block_html
            "changed": changed,
            "changes": document_model.changes(part, figures) if changed else [],
            "has_past": part.key in past,
            "movable": part.kind in (Part.Kind.ITEM, Part.Kind.POINT),
        }

    def tail(self, figures: Figures) -> list[Any]:
        names = tuple(title for title, _ in annexes.tables(self.summary, figures))
        unit = document_model.signature_unit(figures)
        return [AttachmentNote(names), Signature(unit, document_model.signed_on(self.summary))]

    def annexes(self, figures: Figures, link: Any) -> list[dict[str, Any]]:
        """The first rows of each; all of them stand in the PDF, and on screen in the ledger."""
        shown = []
        for title, blocks in annexes.tables(self.summary, figures):
            tables = [b for b in blocks if isinstance(b, Table)]
            cut = [replace(t, rows=t.rows[:ANNEX_ROWS], foot=()) for t in tables]
            html = "".join(preview.block_html(t, link) for t in cut)
            shown.append(
                {
                    "title": title,
                    "html": mark_safe(html),  # noqa: S308 - escaped by block_html
                    "left_out": sum(len(t.rows) - ANNEX_ROWS for t in tables if len(t.rows) > ANNEX_ROWS),
                }
            )
        return shown


class SummaryRecompute(OneSummary, FormPage):
    permission = Permission.SUMMARY_DRAFT
    form_class = RecomputeForm
    title = "重新计算数据"
    button = "重新计算"
    success_text = "已按最新记录重新计算。有变化的段落已标出。"

    def get_initial(self) -> dict[str, Any]:
        return {"as_of": self.summary.as_of}

    def perform(self, form: RecomputeForm) -> str:
        services.recompute(self.summary, as_of=form.cleaned_data["as_of"], by=self.request.user, at=timezone.now())
        return self.get_success_url()
