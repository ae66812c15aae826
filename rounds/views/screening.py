"""Screening visits: the list with its totals, entry and change."""

from typing import Any

from django.db.models import Count, Max, Min, QuerySet, Sum

from common import chinese
from common.lists import Column
from rounds.forms.filters import ScreeningFilter, in_period
from rounds.forms.listing import ScreeningForm
from rounds.models import ScreeningVisit
from rounds.services import screening as services
from rounds.views.base import AddToRound, ChangeRecord, RoundListPage, villages_for


class ScreeningList(RoundListPage):
    title = "排查走访"
    noun = "次走访"
    filter_form = ScreeningFilter
    filters: ScreeningFilter
    add = ("登记排查走访", "rounds:screening_create")
    sorts = {"visited_on": ["visited_on", "pk"], "households": ["households", "pk"]}
    empty_text = "还没有排查走访。走访一个村后登记日期和户数，总结里的“走访××个村××户”由此得出。"

    def rows(self) -> QuerySet[ScreeningVisit]:
        rows = (
            ScreeningVisit.objects.visible_to(self.access)
            .select_related("village", "round__township")
            .order_by("-visited_on", "-pk")
        )
        rows = self.filters.of_round(rows)
        if village := self.filters.value("village"):
            rows = rows.filter(village=village)
        return in_period(self.filters, rows, "visited_on")

    def totals(self, rows: QuerySet[ScreeningVisit]) -> str:
        sums = rows.order_by().aggregate(
            villages=Count("village", distinct=True), households=Sum("households"), first=Min("visited_on"),
            last=Max("visited_on"),
        )  # fmt: skip
        period = chinese.period(sums["first"], sums["last"])
        return f"走访{sums['villages']}个村{sums['households']}户，{period}"

    def get_columns(self) -> list[Column]:
        return [
            Column(
                "村", self.change_link("rounds:screening_update", lambda v: v.village.name), lead=True, css="nowrap"
            ),
            *self.place_columns(),
            Column("日期", lambda v: chinese.day_text(v.visited_on), sort="visited_on", css="nowrap"),
            Column("户数", lambda v: str(v.households), sort="households", css="num"),
            Column("方式", lambda v: v.method or "—"),
            Column("走访人员", lambda v: v.people or "—"),
            Column("发现情况", lambda v: v.findings or "—"),
        ]


class ScreeningCreate(AddToRound):
    form_class = ScreeningForm
    title = "登记排查走访"

    def choices(self) -> dict[str, QuerySet[Any]]:
        return {"village": villages_for(self.round)}

    def write(self, **values: Any) -> None:
        services.add_screening_visit(**values)


class ScreeningUpdate(ChangeRecord):
    form_class = ScreeningForm
    model = ScreeningVisit
    related = ("village", "round__township")
    fields = services.FIELDS
    title = "修改排查走访"

    def choices(self) -> dict[str, QuerySet[Any]]:
        return {"village": villages_for(self.round)}

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        del form.fields["another"]
        return form

    def write(self, **values: Any) -> None:
        services.change_screening_visit(self.record, **values)
