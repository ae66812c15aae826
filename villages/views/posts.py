"""Posts of the villages' two committees: who holds them, which are vacant, since when and why."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from common.chinese import day_text
from common.lists import Column
from villages.forms.filters import PostFilter
from villages.forms.people import LeavePostForm, PostForm, TakePostForm, TenureForm
from villages.models import Post, PostTenure
from villages.pages import link, with_back
from villages.services import posts as services
from villages.standing import standing
from villages.views.registry import RegistryList, VillageForm, cadres_for, links


class PostList(RegistryList):
    permission = Permission.VILLAGE_VIEW
    title = "村班子岗位"
    noun = "个岗位"
    filter_form = PostFilter
    sorts = {
        "village": ["village__township_id", "village__sort", "village_id", "sort", "pk"],
        "title": ["title", "village__sort", "pk"],
    }
    default_sort = "village"
    empty_text = "还没有登记村班子岗位。打开一个村的页面，点“设立岗位”，再登记任职人；空着的岗位会列入总结。"

    def rows(self) -> QuerySet[Post]:
        self.day = self.filters.value("as_of") or timezone.localdate()
        rows = (
            Post.objects.visible_to(self.access)
            .select_related("village")
            .prefetch_related(
                Prefetch(
                    "tenures",
                    PostTenure.objects.select_related("cadre").order_by("started_on", "pk"),
                    to_attr="all_tenures",
                )
            )
        )
        rows = self.placed(rows)
        if committee := self.filters.value("committee"):
            rows = rows.filter(committee=committee)
        if self.filters.value("vacant"):
            rows = rows.vacant_on(self.day)
        return rows

    def get_columns(self) -> list[Column]:
        here = self.here

        def held(part: str) -> Any:
            def cell(post: Any) -> str:
                now = standing(post.all_tenures, self.day)
                holder, since = now["holder"], now["vacant_since"]
                if part == "who":
                    return holder.cadre.name if holder else "空缺"
                if part == "since":
                    return day_text(holder.started_on if holder else since)
                return "—" if holder else now["why"] or ("从未配备" if not since else "—")

            return cell

        columns = [
            Column(
                "村",
                lambda p: link(p.village.get_absolute_url(), p.village.name, here),
                sort="village",
                lead=True,
            ),
            Column("班子", lambda p: p.get_committee_display()),
            Column("岗位", lambda p: p.title, sort="title"),
            Column("任职人", held("who")),
            Column("起始日期", held("since"), css="nowrap"),
            Column("空缺原因", held("why")),
        ]
        if self.access.may(Permission.FIGURES_EDIT):
            columns.append(Column("操作", self._actions_of))
        return columns

    def _actions_of(self, post: Any) -> Any:
        if not self.may_at(Permission.FIGURES_EDIT, post.village):
            return "—"
        return links(post_actions(post, post.all_tenures, self.here))


def post_actions(post: Post, tenures: list[PostTenure], here: str) -> list[tuple[str, str]]:
    """Take, leave, rename: what may be done with a post now."""
    if any(t.ended_on is None for t in tenures):
        first = ("离任", "villages:post_leave")
    else:
        first = ("任职", "villages:post_take")
    pairs = [first, ("修改", "villages:post_update")]
    return [(label, with_back(reverse(name, args=[post.pk]), here)) for label, name in pairs]


class PostCreate(VillageForm):
    title = "设立岗位"
    form_class = PostForm

    def perform(self, form: PostForm) -> None:
        services.add_post(village=self.village, by=self.request.user, at=timezone.now(), **form.cleaned_data)


class PostPage(VillageForm):
    """A form about one post."""

    def load(self, pk: int) -> None:
        posts = Post.objects.visible_to(self.access).select_related("village__township")
        self.post_record = get_object_or_404(posts, pk=pk)
        self.enter(self.post_record.village)

    def current(self) -> Post:
        return self.post_record

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"title": f"{self.post_record}：{self.title}"}


class PostUpdate(PostPage):
    template_name = "villages/post_form.html"
    title = "修改岗位"
    form_class = PostForm

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.post_record, name) for name in PostForm.base_fields}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tenures = PostTenure.objects.filter(post=self.post_record).select_related("cadre").order_by("-started_on")
        return super().get_context_data(**kwargs) | {"tenures": tenures, "here": self.request.get_full_path()}

    def perform(self, form: PostForm) -> None:
        services.change_post(
            self.post_record,
            base_version=self.base_version,
            by=self.request.user,
            at=timezone.now(),
            **form.cleaned_data,
        )


class PostTake(PostPage):
    title = "登记任职"
    form_class = TakePostForm

    def get_form_kwargs(self) -> dict[str, Any]:
        village = self.village
        cadres = cadres_for(village.township_id, village.township.county_id, village_id=village.pk)
        return super().get_form_kwargs() | {"cadres": cadres.filter(township=village.township_id)}

    def perform(self, form: TakePostForm) -> None:
        services.fill_post(
            self.post_record,
            base_version=self.base_version,
            by=self.request.user,
            at=timezone.now(),
            **form.cleaned_data,
        )


class PostLeave(PostPage):
    title = "登记离任"
    form_class = LeavePostForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tenure = self._tenure()
        intro = (
            f"现任：{tenure.cadre.with_title}，{day_text(tenure.started_on)}起任职。" if tenure else "现在没有任职人。"
        )
        return super().get_context_data(**kwargs) | {"intro": intro}

    def _tenure(self) -> PostTenure | None:
        return PostTenure.objects.filter(post=self.post_record, ended_on=None).select_related("cadre", "post").first()

    def perform(self, form: LeavePostForm) -> None:
        services.vacate_post(
            self.post_record,
            base_version=self.base_version,
            by=self.request.user,
            at=timezone.now(),
            **form.cleaned_data,
        )


class TenureUpdate(VillageForm):
    title = "更正任职"
    form_class = TenureForm

    def load(self, pk: int) -> None:
        tenures = PostTenure.objects.visible_to(self.access).select_related("post__village__township", "cadre")
        self.tenure = get_object_or_404(tenures, pk=pk)
        self.enter(self.tenure.post.village)
        self.title = f"{self.tenure.post}：更正{self.tenure.cadre}的任职"

    def current(self) -> Post:
        return self.tenure.post

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.tenure, name) for name in TenureForm.base_fields}

    def perform(self, form: TenureForm) -> None:
        data = form.cleaned_data
        services.correct_tenure(
            self.tenure,
            started_on=data["started_on"],
            ended_on=data["ended_on"],
            reason=data["end_reason"],
            base_version=self.base_version,
            by=self.request.user,
            at=timezone.now(),
        )
