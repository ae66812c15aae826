"""The author's hand: one paragraph at a time."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.permissions import Permission
from reports import services
from reports.forms import OwnPartForm, PartForm
from reports.models import Part, PartVersion, Summary
from reports.outlines import OWN_KINDS
from reports.views.base import OneSummary
from villages.pages import ActionPage, FormPage, Page

VERSIONS = 100


class PartPage:
    """Loads one part of a summary the visitor may edit."""

    permission = Permission.SUMMARY_DRAFT

    def load(self, pk: int) -> None:
        self.part = get_object_or_404(
            Part.objects.filter(summary__in=Summary.objects.visible_to(self.access)).select_related(  # type: ignore[attr-defined]
                "summary__township", "summary__round__township", "edited_by"
            ),
            pk=pk,
        )
        self.summary = self.part.summary
        self.require(Permission.SUMMARY_DRAFT, township_id=self.summary.township_id)  # type: ignore[attr-defined]

    def get_success_url(self) -> str:
        return f"{self.summary.get_absolute_url()}#part-{self.part.key}"


class PartUpdate(PartPage, FormPage):
    form_class = PartForm
    template_name = "reports/part_form.html"
    title = "改写段落"
    success_text = "已保存您改写的文字。"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"part": self.part}

    def current(self) -> Part:
        return self.part

    def get_initial(self) -> dict[str, Any]:
        return {"text": self.part.text}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"part": self.part}

    def perform(self, form: PartForm) -> str:
        services.edit_part(
            self.part,
            text=form.cleaned_data["text"],
            base_version=self.base_version,
            by=self.request.user,
            at=timezone.now(),
        )
        return self.get_success_url()


class PartRevert(PartPage, ActionPage):
    success_text = "已恢复自动文字。改写过的文字在“过去的版本”里。"

    def perform(self) -> None:
        services.revert_part(self.part, base_version=self.base_version, by=self.request.user, at=timezone.now())


class PartKeep(PartPage, ActionPage):
    success_text = "已记下：这一段的数据变化您已核对。"

    def perform(self) -> None:
        services.keep_own(self.part, base_version=self.base_version, by=self.request.user, at=timezone.now())


class PartLock(PartPage, ActionPage):
    success_text = "已锁定。重新计算不会改动这一段。"

    def perform(self) -> None:
        services.lock_part(self.part, by=self.request.user, at=timezone.now())


class PartUnlock(PartPage, ActionPage):
    success_text = "已解除锁定。"

    def perform(self) -> None:
        services.unlock_part(self.part, by=self.request.user, at=timezone.now())


class VersionList(OneSummary, Page):
    """Every past version of the paragraphs, whole; of one paragraph with `key` in the address."""

    permission = Permission.SUMMARY_VIEW
    template_name = "reports/version_list.html"
    title = "过去的版本"

    def load(self, pk: int) -> None:
        """Drafts' history is for those who write and those who sign."""
        self.take(pk)
        if not self.access.may(Permission.SUMMARY_SIGN, township_id=self.summary.township_id):
            self.require(Permission.SUMMARY_DRAFT, township_id=self.summary.township_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        key = self.request.GET.get("key", "")
        parts = {part.key: part for part in self.summary.parts.select_related("edited_by")}
        versions = self.summary.versions.select_related("written_by", "replaced_by")
        if key:
            versions = versions.filter(key=key)
        rows = [{"version": v, "part": parts.get(v.key)} for v in versions[:VERSIONS]]
        may_draft = self.access.may(Permission.SUMMARY_DRAFT, township_id=self.summary.township_id)
        return super().get_context_data(**kwargs) | {
            "summary": self.summary,
            "part": parts.get(key),
            "rows": rows,
            "may_restore": may_draft and self.summary.is_draft,
        }


class VersionRestore(ActionPage):
    permission = Permission.SUMMARY_DRAFT
    success_text = "已恢复。原来的文字也留在“过去的版本”里。"

    def load(self, pk: int) -> None:
        self.version = get_object_or_404(
            PartVersion.objects.filter(summary__in=Summary.objects.visible_to(self.access)).select_related("summary"),
            pk=pk,
        )
        self.require(Permission.SUMMARY_DRAFT, township_id=self.version.township_id)

    def perform(self) -> None:
        services.restore_version(self.version, by=self.request.user, at=timezone.now())

    def get_success_url(self) -> str:
        return f"{self.version.summary.get_absolute_url()}#part-{self.version.key}"


class PartMove(PartPage, ActionPage):
    success_text = "已移动。"

    def perform(self) -> None:
        services.move_part(self.part, up=self.request.POST.get("up") == "1", by=self.request.user, at=timezone.now())


class PartRemove(PartPage, ActionPage):
    success_text = "已删除。"

    def perform(self) -> None:
        services.remove_own_part(self.part, by=self.request.user, at=timezone.now())

    def get_success_url(self) -> str:
        return self.summary.get_absolute_url()


class PartCreate(OneSummary, FormPage):
    permission = Permission.SUMMARY_DRAFT
    form_class = OwnPartForm
    title = "添加自己的段落"
    button = "添加"
    success_text = "已添加。"

    def get_initial(self) -> dict[str, Any]:
        section = self.request.GET.get("section", "")
        return {"section": section if section in OWN_KINDS else "part.next"}

    def perform(self, form: OwnPartForm) -> str:
        part = services.add_own_part(self.summary, by=self.request.user, at=timezone.now(), **form.cleaned_data)
        return f"{self.summary.get_absolute_url()}#part-{part.key}"
