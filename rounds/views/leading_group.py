"""Seats of the leading group: the list on a day, entry, correction, end."""

from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.urls import reverse
from django.utils.html import format_html

from common import chinese
from common.lists import Column
from rounds.forms.desk import SeatChangeForm, SeatEndForm, SeatForm
from rounds.forms.filters import SeatFilter
from rounds.models import LeadingGroupSeat
from rounds.services import leading_group as services
from rounds.views.base import AddToRound, ChangeRecord, RoundListPage, cadres_for
from villages.pages import with_back

Position = LeadingGroupSeat.Position
RANK = Case(
    *(When(position=position, then=Value(rank)) for rank, position in enumerate(Position)),
    output_field=IntegerField(),
)


class SeatList(RoundListPage):
    title = "领导小组"
    noun = "名成员"
    filter_form = SeatFilter
    filters: SeatFilter
    add = ("列入成员", "rounds:seat_create")
    sorts = {"starts_on": ["starts_on", "pk"]}
    empty_text = "还没有领导小组成员。印发领导小组文件后，逐名登记组内职务和起始日期。"

    def rows(self) -> QuerySet[LeadingGroupSeat]:
        rows = (
            LeadingGroupSeat.objects.visible_to(self.access)
            .select_related("cadre", "round__township")
            .order_by("-round__starts_on", "round_id", RANK, "starts_on", "pk")
        )
        rows = self.filters.of_round(rows)
        if position := self.filters.value("position"):
            rows = rows.filter(position=position)
        if self.filters.value("as_of"):
            rows = rows.on(self.filters.day)
        return rows

    def as_of_sentence(self) -> str:
        # Without a day the list shows every seat there ever was, so that an adjustment can be read.
        return super().as_of_sentence() + "在任" if self.filters.value("as_of") else "含以往成员"

    def get_columns(self) -> list[Column]:
        here = self.here

        def act(seat: LeadingGroupSeat) -> str:
            if seat.ends_on or not self.may_edit(seat):
                return "—"
            return format_html('<a href="{}">调出</a>', with_back(reverse("rounds:seat_end", args=[seat.pk]), here))

        columns = [
            Column("姓名", self.change_link("rounds:seat_update", lambda s: s.cadre.with_title), lead=True),
            Column("组内职务", lambda s: s.get_position_display(), css="nowrap"),
            *self.place_columns(),
            Column("开始", lambda s: chinese.day_text(s.starts_on), sort="starts_on", css="nowrap"),
            Column("结束", lambda s: chinese.day_text(s.ends_on, "在任"), css="nowrap"),
        ]
        if self.access.may(self.add_permission):
            columns.append(Column("办理", act))
        return columns


class SeatCreate(AddToRound):
    form_class = SeatForm
    title = "列入领导小组"

    def choices(self) -> dict[str, QuerySet[Any]]:
        return {"cadre": cadres_for(self.round)}

    def write(self, **values: Any) -> None:
        services.add_seat(**values)


class ChangeSeat(ChangeRecord):
    model = LeadingGroupSeat
    related = ("cadre", "round__township")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"subject": self.record.cadre.with_title}


class SeatUpdate(ChangeSeat):
    form_class = SeatChangeForm
    fields = services.FIELDS
    title = "修改领导小组成员"

    def write(self, **values: Any) -> None:
        services.change_seat(self.record, **values)


class SeatEnd(ChangeSeat):
    form_class = SeatEndForm
    title = "调出领导小组"
    button = "调出"
    success_text = "已调出，以往任职保留在记录中。"

    def get_initial(self) -> dict[str, Any]:
        return {"ends_on": self.access.on}

    def write(self, **values: Any) -> None:
        services.end_seat(self.record, **values)
