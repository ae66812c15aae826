"""The file of a village on one page, and as one download."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from archives import services
from archives.chapters import chapters
from archives.sheets import Subject
from common.forms import PortalForm
from jobs.models import Job
from rounds.models import Round
from villages.models import Village
from villages.pages import FormPage, Page, PermissionRequired, with_back


class OfVillage(PermissionRequired):
    """A village in scope and one of its township's rounds: the one in the address, else the newest that listed it."""

    permission = Permission.VILLAGE_VIEW
    village: Village
    round: Round | None

    def load(self, pk: int) -> None:
        rows = Village.objects.visible_to(self.access).select_related("township__county")
        self.village = get_object_or_404(rows, pk=pk)
        self.require(Permission.VILLAGE_VIEW, township_id=self.village.township_id, village_id=self.village.pk)
        self.rounds = list(
            Round.objects.visible_to(self.access)
            .filter(township=self.village.township_id)
            .select_related("township__county")
            .order_by("-year", "-number")
        )
        asked = self.request.GET.get("round", "")
        newest = self.rounds[0] if self.rounds else None
        self.round = next((r for r in self.rounds if r.key == asked), newest)


class VillageArchive(OfVillage, Page):
    template_name = "archives/village_archive.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        here = self.request.path
        made = chapters(Subject(self.village, self.round, self.access)) if self.round else []
        query = f"?round={self.round.key}" if self.round else ""
        return super().get_context_data(**kwargs) | {
            "title": f"{self.village.name}一村一档",
            "village": self.village,
            "round": self.round,
            "rounds": [(r, f"{here}?round={r.key}") for r in self.rounds],
            "chapters": made,
            "download": reverse("archives:archive_request", args=[self.village.pk]) + query if self.round else "",
        }


class NothingToAsk(PortalForm):
    pass


class ArchiveRequest(OfVillage, FormPage):
    form_class: type[forms.Form] = NothingToAsk
    button = "打包下载"
    success_text = "已开始打包，完成后在这一页下载。"

    @property
    def title(self) -> str:  # type: ignore[override]
        return f"打包{self.village.name}一村一档"

    @property
    def intro(self) -> str:  # type: ignore[override]
        if not self.round:
            return "本乡镇还没有轮次，没有可打包的档案。"
        return (
            f"将打包{self.village.name}{self.round}的全部档案：按工作顺序的分类档案（PDF）、本村台账（Excel）、佐证材料和目录。"
            f"文件保存{services.KEPT_DAYS}天，过期可以重新打包。含有工作情况，请妥善保管。"
        )

    def get_success_url(self) -> str:
        query = f"?round={self.round.key}" if self.round else ""
        return reverse("archives:village_archive", args=[self.village.pk]) + query

    def address(self, done: Any) -> str:
        return with_back(done.get_absolute_url(), self.get_success_url())

    def perform(self, form: Any) -> Job:
        if self.round is None:
            raise Http404
        return services.request_archive(self.village, round=self.round, by=self.request.user, at=timezone.now())


class ArchiveDownload(PermissionRequired):
    """The file of one's own packing, while one may still see the village."""

    permission = Permission.VILLAGE_VIEW

    def load(self, token: str) -> None:
        job = Job.objects.filter(
            kind=services.KIND, key=services.key_of(token), by_id=self.request.user.pk, state=Job.State.DONE
        ).first()
        if job is None or not Village.objects.visible_to(self.access).filter(pk=job.result["village"]).exists():
            raise Http404
        self.job = job
        self.path = services.path_of(token)

    def get(self, request: Any, token: str) -> HttpResponseBase:
        if not self.path.is_file():
            messages.info(request, f"打包的文件保存{services.KEPT_DAYS}天，已经清理。请重新打包。")
            return redirect("archives:village_archive", pk=self.job.result["village"])
        return FileResponse(
            self.path.open("rb"), as_attachment=True, filename=self.job.result["name"], content_type="application/zip"
        )
