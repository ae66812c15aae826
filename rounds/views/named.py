"""Linked campaigns and practices: a name and what it is about."""

from typing import Any

from django.db.models import QuerySet

from common import chinese
from common.lists import Column
from rounds.forms.desk import CampaignForm, PracticeForm
from rounds.forms.filters import CampaignFilter, PracticeFilter
from rounds.models import GoodPractice, LinkedCampaign
from rounds.services import campaigns, practices
from rounds.views.base import AddToRound, ChangeRecord, RoundListPage


class CampaignList(RoundListPage):
    title = "结合工作"
    noun = "项工作"
    filter_form = CampaignFilter
    add = ("登记结合工作", "rounds:campaign_create")
    empty_text = "还没有结合工作。登记村级组织换届等结合开展的工作后，登记问题时可以选用。"

    def rows(self) -> QuerySet[LinkedCampaign]:
        rows = LinkedCampaign.objects.visible_to(self.access).select_related("round__township")
        return self.filters.of_round(rows).order_by("-round__starts_on", "pk")

    def get_columns(self) -> list[Column]:
        return [
            Column("名称", self.change_link("rounds:campaign_update", lambda c: c.name), lead=True),
            *self.place_columns(),
            Column("主要内容", lambda c: c.note or "—"),
        ]


class CampaignCreate(AddToRound):
    form_class = CampaignForm
    title = "登记结合工作"

    def write(self, **values: Any) -> None:
        campaigns.add_linked_campaign(**values)


class CampaignUpdate(ChangeRecord):
    form_class = CampaignForm
    model = LinkedCampaign
    fields = campaigns.FIELDS
    title = "修改结合工作"

    def write(self, **values: Any) -> None:
        campaigns.change_linked_campaign(self.record, **values)


class PracticeList(RoundListPage):
    title = "经验做法"
    noun = "项做法"
    filter_form = PracticeFilter
    add = ("登记经验做法", "rounds:practice_create")
    sorts = {"recorded_on": ["recorded_on", "pk"]}
    empty_text = "还没有经验做法。整治中行之有效、准备长期坚持的做法登记在这里。"

    def rows(self) -> QuerySet[GoodPractice]:
        rows = GoodPractice.objects.visible_to(self.access).select_related("round__township")
        rows = self.filters.of_round(rows).order_by("-recorded_on", "-pk")
        if end := self.filters.value("to"):
            rows = rows.filter(recorded_on__lte=end)
        return rows

    def get_columns(self) -> list[Column]:
        return [
            Column("做法", self.change_link("rounds:practice_update", lambda p: p.name), lead=True, css="nowrap"),
            *self.place_columns(),
            Column("总结日期", lambda p: chinese.day_text(p.recorded_on), sort="recorded_on", css="nowrap"),
            Column("主要内容", lambda p: p.description or "—"),
            Column("成效", lambda p: p.result or "—"),
        ]


class PracticeCreate(AddToRound):
    form_class = PracticeForm
    title = "登记经验做法"

    def get_initial(self) -> dict[str, Any]:
        return {"recorded_on": self.access.on}

    def write(self, **values: Any) -> None:
        practices.add_practice(**values)


class PracticeUpdate(ChangeRecord):
    form_class = PracticeForm
    model = GoodPractice
    fields = practices.FIELDS
    title = "修改经验做法"

    def write(self, **values: Any) -> None:
        practices.change_practice(self.record, **values)
