"""The file of a village: its chapters folded on one page, each with its own address, and all of it as one download."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import FileResponse, Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from archives import services
from archives.chapters import BY_KEY, Counted, counted, open_to
from archives.sheets import PAGE_ROWS, Chapter, Subject
from common.forms import PortalForm
from jobs.models import Job
from rounds.models import Designation, Round
from villages.models import Village
from villages.pages import FormPage, Page, PermissionRequired, with_back


class OfVillage(PermissionRequired):
    """A village in scope and one of its township's rounds: the one in the address, else the newest that listed it."""

    permission = Permission.VILLAGE_VIEW
    village: Village
    round: Round | None

    def load(self, pk: int, **kwargs: Any) -> None:
        rows = Village.objects.visible_to(self.access).select_related("township__county")
        self.village = get_object_or_404(rows, pk=pk)
        self.require(Permission.VILLAGE_VIEW, township_id=self.village.township_id, village_id=self.village.pk)
        listed = Designation.objects.filter(round=OuterRef("pk"), village=self.village)
        self.rounds = list(
            Round.objects.visible_to(self.access)
            .filter(township=self.village.township_id)
            .select_related("township__county")
            .annotate(lists_village=Exists(listed))
            .order_by("-year", "-number")
        )
        asked = self.request.GET.get("round", "")
        newest = next((r for r in self.rounds if r.lists_village), self.rounds[0] if self.rounds else None)
        self.round = next((r for r in self.rounds if r.key == asked), newest)

    def chapter_asked(self, key: str) -> Chapter | None:
        """The chapter of that name; 403 when the visitor's post does not open it."""
        chapter = BY_KEY.get(key)
        if chapter:
            self.require(chapter.permission, township_id=self.village.township_id, village_id=self.village.pk)
        return chapter

    def page(self, *, round: Round | None = None, chapter: str = "") -> str:
        """The file's page, in a round, with one chapter open."""
        round = round or self.round
        query = ({"round": round.key} if round else {}) | ({"chapter": chapter} if chapter else {})
        page = reverse("archives:village_archive", args=[self.village.pk])
        return f"{page}{'?' if query else ''}{urlencode(query)}{'#' if chapter else ''}{chapter}"

    def drawn(self, one: Counted) -> list[dict[str, Any]]:
        """The tables of a chapter, with finished rows whose records lead back to it."""
        back = partial(with_back, back=self.page(chapter=one.chapter.key))
        return [{"sheet": sheet, "body": sheet.body(back)} for sheet in one.sheets(PAGE_ROWS)]


class VillageArchive(OfVillage, Page):
    """Every chapter with how much it holds; the one in the address open. The page's script opens others in their place."""

    template_name = "archives/village_archive.html"

    def load(self, pk: int, **kwargs: Any) -> None:
        super().load(pk)
        self.opened = self.chapter_asked(self.request.GET.get("chapter", ""))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        subject = Subject(self.village, self.round, self.access) if self.round else None
        found = counted(subject, open_to(subject)) if subject else []
        asked = self.opened.key if self.opened else ""
        return super().get_context_data(**kwargs) | {
            "title": f"{self.village.name}一村一档",
            "village": self.village,
            "round": self.round,
            "rounds": [(r, self.page(round=r, chapter=asked)) for r in self.rounds],
            "folded": self.page(),
            "chapters": [self.shown(one, asked) for one in found],
            "total": sum(one.total for one in found),
            "without": sum(not one.total for one in found),
            "download": f"{reverse('archives:archive_request', args=[self.village.pk])}?round={self.round.key}"
            if self.round
            else "",
        }

    def shown(self, one: Counted, asked: str) -> dict[str, Any]:
        key = one.chapter.key
        part = reverse("archives:archive_chapter", args=[self.village.pk, key])
        return {
            "key": key,
            "title": one.chapter.title,
            "belongs": one.chapter.belongs,
            "total": one.total,
            "holds": one.holds,
            "url": self.page(chapter=key),
            "part": f"{part}?round={self.round.key}" if self.round else part,
            "open": key == asked,
            "tables": self.drawn(one) if key == asked else [],
        }


class ArchiveChapter(OfVillage, Page):
    """One chapter without the page around it."""

    template_name = "archives/_chapter.html"

    def load(self, pk: int, key: str = "", **kwargs: Any) -> None:
        super().load(pk)
        chapter = self.chapter_asked(key)
        if chapter is None or self.round is None:
            raise Http404
        [self.chapter] = counted(Subject(self.village, self.round, self.access), [chapter])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"tables": self.drawn(self.chapter)}


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
        return self.page()

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
