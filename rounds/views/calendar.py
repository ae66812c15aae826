"""The work calendar: the list by state on a day, entry, change, finish and its taking back."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html

from common import chinese
from common.lists import Column
from rounds.forms.desk import CalendarChangeForm, CalendarForm, FinishForm, ReasonForm
from rounds.forms.filters import CalendarFilter
from rounds.models import CalendarItem
from rounds.services import calendar as services
from rounds.views.base import AddToRound, ChangeRecord, RoundListPage, cadres_for, mark
from villages.pages import with_back


class CalendarList(RoundListPage):
    title = "行事历"
    noun = "项"
    filter_form = CalendarFilter
    filters: CalendarFilter
    add = ("新增事项", "rounds:calendar_create")
    sorts = {"due_on": ["due_on", "pk"], "done_on": ["done_on", "pk"]}
    empty_text = "行事历还没有事项。按印发的行事历逐项登记时限和责任人，办结一项标记一项。"

    def rows(self) -> QuerySet[CalendarItem]:
        rows = (
            CalendarItem.objects.visible_to(self.access)
            .select_related("owner", "round__township")
            .order_by("-round__starts_on", "round_id", "due_on", "pk")
        )
        rows = self.filters.of_round(rows)
        if state := self.filters.value("state"):
            rows = rows.in_state(state, self.filters.day)
        if q := self.filters.value("q"):
            rows = rows.filter(title__contains=q)
        return rows

    def actions(self) -> list[tuple[str, str]]:
        kept = {name: value for name in ("round", "township") if (value := self.filters.value(name))}
        month = reverse("rounds:calendar_month") + (f"?{urlencode(kept)}" if kept else "")
        return [*super().actions(), ("月历", month)]

    def get_columns(self) -> list[Column]:
        day, here = self.filters.day, self.here

        def state(item: CalendarItem) -> str:
            return calendar_mark(item, day)

        def act(item: CalendarItem) -> str:
            if not self.may_edit(item) or item.done_on:
                return "—"
            url = with_back(reverse("rounds:calendar_finish", args=[item.pk]), here)
            return format_html('<a href="{}">办结</a>', url)

        columns = [
            Column("事项", self.change_link("rounds:calendar_update", lambda i: i.title), lead=True),
            *self.place_columns(),
            Column("责任人", lambda i: i.owner.name if i.owner else "—", css="nowrap"),
            Column("完成时限", lambda i: chinese.day_text(i.due_on), sort="due_on", css="nowrap"),
            Column("完成日期", lambda i: chinese.day_text(i.done_on), sort="done_on", css="nowrap"),
            Column("状态", state),
        ]
        if self.access.may(self.add_permission):
            columns.append(Column("办理", act))
        return columns


def calendar_mark(item: CalendarItem, day: Any) -> str:
    """The state with the days it is or was late."""
    state, late = item.state_on(day), item.days_late(day)
    if state == CalendarItem.State.DONE:
        return mark("done", f"已完成（晚{late}天）" if late else "已完成")
    return mark("overdue", f"逾期{late}天") if state == CalendarItem.State.OVERDUE else mark("open", "未完成")


class CalendarCreate(AddToRound):
    form_class = CalendarForm
    title = "新增行事历事项"

    def choices(self) -> dict[str, QuerySet[Any]]:
        return {"owner": cadres_for(self.round)}

    def write(self, **values: Any) -> None:
        services.add_calendar_item(**values)


class CalendarUpdate(ChangeRecord):
    form_class = CalendarChangeForm
    model = CalendarItem
    related = ("owner", "round__township")
    fields = services.FIELDS
    template_name = "rounds/calendar_form.html"
    title = "修改行事历事项"

    def choices(self) -> dict[str, QuerySet[Any]]:
        return {"owner": cadres_for(self.round, also=self.record.owner_id)}

    def write(self, **values: Any) -> None:
        services.change_calendar_item(self.record, **values)


class SettleItem(ChangeRecord):
    """What finishing and its taking back share: the item is named above the form."""

    model = CalendarItem

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        due = chinese.full_date(self.record.due_on)
        return super().get_context_data(**kwargs) | {"subject": f"{self.record.title}（时限{due}）"}


class CalendarFinish(SettleItem):
    form_class = FinishForm
    title = "办结行事历事项"
    button = "办结"
    success_text = "已办结。"

    def get_initial(self) -> dict[str, Any]:
        return {"done_on": self.access.on}

    def write(self, **values: Any) -> None:
        services.finish_calendar_item(self.record, **values)


class CalendarReopen(SettleItem):
    form_class = ReasonForm
    title = "撤销办结"
    button = "撤销办结"
    success_text = "已撤销办结。"

    def write(self, **values: Any) -> None:
        services.reopen_calendar_item(self.record, **values)
