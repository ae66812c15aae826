"""Townships and the counties above them, for the administrator."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from common.lists import Column
from villages.forms.places import CountyForm, NewTownshipForm, TownshipForm
from villages.models import County, Township
from villages.pages import ListPage, link, with_back
from villages.services import places as services
from villages.views.registry import RecordForm, add_links, links


class TownshipList(ListPage):
    permission = Permission.TOWNSHIP_EDIT
    title = "乡镇"
    noun = "个乡镇"
    empty_text = "还没有乡镇。先点“登记县（市、区）”，再点“登记乡镇”，然后在“岗位责任”中指定党建办经办。"

    def rows(self) -> QuerySet[Township]:
        return Township.objects.visible_to(self.access).select_related("county")

    def get_columns(self) -> list[Column]:
        here = self.here

        def duties(township: Township) -> Any:
            return links(
                [
                    ("查看岗位", f"{reverse('villages:assignment_list')}?township={township.pk}"),
                    (
                        "登记岗位",
                        with_back(f"{reverse('villages:assignment_create')}?place=township-{township.pk}", here),
                    ),
                ]
            )

        def county(township: Township) -> Any:
            url = reverse("villages:county_update", args=[township.county_id])
            return link(url, township.county.name, here)

        return [
            Column(
                "乡镇",
                lambda t: link(reverse("villages:township_update", args=[t.pk]), t.name, here),
                lead=True,
            ),
            Column("类别", lambda t: t.get_kind_display()),
            Column("县（市、区）", county),
            Column("岗位", duties),
        ]

    def actions(self) -> list[tuple[str, str]]:
        pairs = [
            ("登记乡镇", reverse("villages:township_create")),
            ("登记县（市、区）", reverse("villages:county_create")),
        ]
        return add_links(*(pairs if self.access.county_ids else reversed(pairs)), here=self.here)


class TownshipForms(RecordForm):
    permission = Permission.TOWNSHIP_EDIT

    def get_success_url(self) -> str:
        return reverse("villages:township_list")


class TownshipCreate(TownshipForms):
    title = "登记乡镇"
    form_class = NewTownshipForm

    def get_form_kwargs(self) -> dict[str, Any]:
        counties = County.objects.filter(pk__in=self.access.county_ids).order_by("pk")
        return super().get_form_kwargs() | {"counties": counties}

    def get_initial(self) -> dict[str, Any]:
        counties = self.access.county_ids
        return {"county": next(iter(counties))} if len(counties) == 1 else {}

    def perform(self, form: NewTownshipForm) -> None:
        services.add_township(by=self.request.user, at=timezone.now(), **form.cleaned_data)


class TownshipUpdate(TownshipForms):
    title = "修改乡镇"
    form_class = TownshipForm

    def load(self, pk: int) -> None:
        self.township = get_object_or_404(Township.objects.visible_to(self.access), pk=pk)

    def current(self) -> Township:
        return self.township

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.township.name, "kind": self.township.kind}

    def perform(self, form: TownshipForm) -> None:
        services.change_township(
            self.township, base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )


class CountyCreate(TownshipForms):
    title = "登记县（市、区）"
    form_class = CountyForm

    def perform(self, form: CountyForm) -> None:
        services.add_county(by=self.request.user, at=timezone.now(), **form.cleaned_data)


class CountyUpdate(TownshipForms):
    title = "修改县（市、区）"
    form_class = CountyForm

    def load(self, pk: int) -> None:
        self.county = get_object_or_404(County, pk=pk, pk__in=self.access.county_ids)

    def current(self) -> County:
        return self.county

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.county.name, "party_committee": self.county.party_committee}

    def perform(self, form: CountyForm) -> None:
        services.change_county(
            self.county, base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )
