"""Bases of the pages of a round: lists by round, forms that add to a round, forms that change one of its records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from accounts.permissions import Permission
from audit.services import history
from common import chinese
from common.lists import Column, list_address
from common.models import Versioned
from rounds.forms.filters import RoundFilter
from rounds.models import Round
from villages.models import Cadre, Village
from villages.pages import FormPage, Tab, TotalsPage, link, safe_back, with_back


def list_url(name: str, round: Round, **filters: Any) -> str:
    """A list narrowed to one round of one township, as every figure links to it."""
    return list_address(name, **{"round": round.key, "township": round.township_id, **filters})


def mark(code: str, text: str) -> str:
    """A state as a small mark: always a word, the colour only repeats it."""
    return format_html('<span class="mark mark-{}">{}</span>', code, text)


def cadres_for(round: Round, *, also: int | None = None) -> QuerySet[Cadre]:
    """Who may be named in a round's records: cadres of its township and of the county above, in office, and `also` who is named now."""
    return Cadre.objects.filter(
        Q(township_id=round.township_id) | Q(township_id=None, county_id=round.township.county_id)
    ).filter(Q(left_on=None) | Q(pk=also))


def villages_for(round: Round) -> QuerySet[Village]:
    return Village.objects.filter(township_id=round.township_id, closed_on=None)


TABS = (
    Tab("轮次", "rounds:round_list", Permission.ROUND_VIEW),
    Tab("整顿对象", "rounds:designation_list", Permission.ROUND_VIEW),
    Tab("排查走访", "rounds:screening_list", Permission.ROUND_VIEW),
    Tab("领导小组", "rounds:seat_list", Permission.ROUND_VIEW),
    Tab("文件", "rounds:document_list", Permission.ROUND_VIEW),
    Tab("行事历", "rounds:calendar_list", Permission.ROUND_VIEW),
    Tab("结合工作", "rounds:campaign_list", Permission.ROUND_VIEW),
    Tab("经验做法", "rounds:practice_list", Permission.ROUND_VIEW),
)


class RoundListPage(TotalsPage):
    """A list of records of rounds: filter by round and township, one line of totals, a button that adds to the round shown."""

    permission = Permission.ROUND_VIEW
    tabs: Sequence[Tab] = TABS
    template_name = "rounds/list.html"
    filter_form: type[RoundFilter] = RoundFilter
    filters: RoundFilter
    add: tuple[str, str] = ("", "")  # label, url name
    add_permission = Permission.ROUND_EDIT

    def as_of_sentence(self) -> str:
        return f"截至{chinese.full_date(self.filters.day)}" if "as_of" in self.filters.fields else ""

    def actions(self) -> list[tuple[str, str]]:
        target = self.filters.target
        label, name = self.add
        if not label or not target or not self.access.may(self.add_permission, township_id=target[1]):
            return []
        return [(label, with_back(reverse(name, args=[target[0]]), self.here))]

    def place_columns(self) -> list[Column]:
        """Round, unless one was asked for, and the township for those who see several."""
        columns = [] if self.filters.value("round") else [Column("轮次", self.round_link, css="nowrap")]
        if self.filters.many_townships:
            columns.insert(0, Column("乡镇", lambda r: r.round.township.name))
        return columns

    @staticmethod
    def round_link(row: Any) -> str:
        return link(row.round.get_absolute_url(), row.round)

    def may_edit(self, row: Any) -> bool:
        return self.access.may(self.add_permission, township_id=row.round.township_id)

    def change_link(self, name: str, text: Any) -> Any:
        """A formatter: `text(row)` as a link to the row's form for those who may change it."""
        here = self.here

        def cell(row: Any) -> str:
            if not self.may_edit(row):
                return str(text(row))
            return link(reverse(name, args=[row.pk]), text(row), here)

        return cell


class RoundFormPage(FormPage):
    """A form of a round; it leads back to the round."""

    permission = Permission.ROUND_EDIT
    template_name = "rounds/form.html"
    round: Round

    def choices(self) -> dict[str, QuerySet[Any]]:
        """Rows in scope for the form's choice fields, by field name."""
        return {}

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        if choices := self.choices():
            kwargs["choices"] = choices
        return kwargs

    def get_success_url(self) -> str:
        return self.round.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"round": self.round}


class AddToRound(RoundFormPage):
    """A form that adds a record to the round in the address."""

    def load(self, pk: int) -> None:
        rounds = Round.objects.visible_to(self.access).select_related("township")
        self.round = get_object_or_404(rounds, pk=pk)
        self.require(self.permission, township_id=self.round.township_id)

    def write(self, **values: Any) -> Model:
        """One call into a service; `values` are the form's, with round, by and at."""
        raise NotImplementedError

    def perform(self, form: Any) -> Any:
        values = dict(form.cleaned_data)
        another = values.pop("another", False)
        done = self.write(round=self.round, by=self.request.user, at=timezone.now(), **values)
        if another:
            return with_back(self.request.path, safe_back(self.request, ""))
        return done


class ChangeRecord(RoundFormPage):
    """A form that changes one record of a round; the record's history stands below."""

    model: type[Any]
    fields: Sequence[str] = ()  # what the form starts with
    related: Sequence[str] = ("round__township",)

    def load(self, pk: int) -> None:
        self.record = get_object_or_404(self.model.objects.visible_to(self.access).select_related(*self.related), pk=pk)
        self.round = self.record.round
        self.require(self.permission, township_id=self.round.township_id)

    def write(self, **values: Any) -> Any:
        """One call into a service; `values` are the form's, with base_version, by and at."""
        raise NotImplementedError

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.record, name) for name in self.fields}

    def current(self) -> Versioned:
        return self.record

    def perform(self, form: Any) -> Any:
        return self.write(base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"record": self.record, "history": history(self.record)}
