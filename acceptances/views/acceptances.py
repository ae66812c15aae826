"""Acceptances: the list, the page of one, its printable score sheet."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse

from acceptances.forms.filters import AcceptanceFilter
from acceptances.gaps import gaps_of
from acceptances.models import Acceptance, FollowUp, Recheck, Score, ScoreItem
from acceptances.services.acceptances import judgement_of, took_part
from acceptances.views.common import TABS
from accounts.permissions import Permission
from audit.services import history
from common import chinese
from common.lists import Column
from inspections.satisfaction import rate_text
from meetings.views.common import light
from rounds.models import Designation, Round
from villages.access import Access
from villages.pages import ListPage, Page, link, with_back

LIGHTS = {
    "asked": "light-yellow",
    "returned": "light-red",
    "checked": "light-yellow",
    "judged": "light-yellow",
    "pass": "light-green",
    "conditional": "light-green",
    "fail": "light-red",
}
FOLLOW_UP_LIGHTS = {
    FollowUp.State.DONE: "light-green",
    FollowUp.State.OPEN: "light-grey",
    FollowUp.State.OVERDUE: "light-red",
}
RESULT_LIGHTS = {
    Recheck.Result.HELD: "light-green",
    Recheck.Result.WEAK: "light-yellow",
    Recheck.Result.RELAPSED: "light-red",
}


def standing_light(acceptance: Acceptance) -> str:
    return light(LIGHTS[acceptance.verdict or acceptance.state], acceptance.standing)


def points(value: Decimal | None) -> str:
    return "—" if value is None else chinese.amount(value)


class AcceptanceList(ListPage):
    permission = Permission.ROUND_VIEW
    tabs = TABS
    template_name = "acceptances/acceptance_list.html"
    title = "验收"
    noun = "次验收"
    filter_form = AcceptanceFilter
    filters: AcceptanceFilter
    sorts = {
        "asked_on": ["asked_on", "pk"],
        "confirmed_on": ["confirmed_on", "pk"],
        "village": ["designation__village__sort", "designation__village_id", "-asked_on"],
    }
    empty_text = "还没有验收申请。整顿对象自查认为达到标准后，由村党组织在整顿对象页面上申请验收。"

    def rows(self) -> QuerySet[Acceptance]:
        rows = self.filters.narrow(Acceptance.objects.visible_to(self.access).with_scores())
        # A verdict counts in the period of its day, which is how a summary counts it.
        for name, lookup in (("from", "gte"), ("to", "lte")):
            if day := self.filters.value(name):
                rows = rows.filter(**{f"confirmed_on__{lookup}": day})
        return rows.select_related("designation__village__township", "designation__round", "survey").order_by(
            "-asked_on", "-pk"
        )

    def get_columns(self) -> list[Column]:
        here = self.here
        columns = [
            Column("村", lambda a: link(a.get_absolute_url(), a.designation.village.name, here), sort="village", lead=True, css="nowrap"),
            Column("轮次", lambda a: link(a.designation.round.get_absolute_url(), a.designation.round), css="nowrap"),
            Column("申请", lambda a: chinese.day_text(a.asked_on), sort="asked_on", css="nowrap"),
            Column("初验得分", lambda a: points(a.township_score), css="num"),
            Column("县级得分", lambda a: points(a.county_score), css="num"),
            Column("测评满意率", _rate, css="num"),
            Column("结论日期", lambda a: chinese.day_text(a.confirmed_on), sort="confirmed_on", css="nowrap"),
            Column("进度或结论", standing_light),
        ]  # fmt: skip
        if self.filters.many_townships:
            columns.insert(0, Column("乡镇", lambda a: a.designation.village.township.name))
        return columns

    def actions(self) -> list[tuple[str, str]]:
        if target := self.filters.target:
            return [("评分表", with_back(reverse("acceptances:sheet_detail", args=[target[0]]), self.here))]
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"waiting": self.waiting()}

    def waiting(self) -> list[Designation]:
        """Listed villages of the round shown that are neither turned round nor under acceptance; those of the newest round when none is chosen."""
        rows = (
            Designation.objects.visible_to(self.access)
            .listed_on(self.access.on)
            .filter(turned_round_on=None)
            .exclude(pk__in=Acceptance.objects.running().values("designation"))
            .select_related("village", "round")
        )
        rows = self.filters.of_round(rows)
        if not self.filters.value("round"):
            rows = rows.filter(round__ends_on__gte=self.access.on)
        return list(rows.order_by("village__sort", "village_id")[:50])


def _rate(acceptance: Acceptance) -> str:
    if acceptance.survey is None:
        return "—"
    return rate_text(acceptance.survey, acceptance.designation.round.satisfaction_formula)


def load_acceptance(page: Any, pk: int) -> Acceptance:
    rows = Acceptance.objects.visible_to(page.access).select_related(
        "designation__village", "designation__round__township", "survey", "asked_by", "checked_by", "judged_by",
        "confirmed_by",
    )  # fmt: skip
    return get_object_or_404(rows, pk=pk)


@dataclass(frozen=True)
class Line:
    """One item of the sheet with both levels' scores."""

    item: ScoreItem
    township: Score | None
    county: Score | None

    @property
    def lost(self) -> bool:
        return any(score and score.lost for score in (self.township, self.county))


@dataclass(frozen=True)
class Scored:
    lines: list[Line]
    township: Decimal | None
    county: Decimal | None

    @property
    def full(self) -> int:
        """How many items lost nothing at either level."""
        return sum(not line.lost for line in self.lines)


def scored(acceptance: Acceptance) -> Scored:
    """The sheet with what was scored at both levels; two queries."""
    items = list(ScoreItem.objects.filter(sheet__round=acceptance.designation.round_id))
    found = {(score.level, score.item_id): score for score in acceptance.scores.all()}
    level = Score.Level
    lines = [Line(item, found.get((level.TOWNSHIP, item.pk)), found.get((level.COUNTY, item.pk))) for item in items]

    def left(name: str) -> Decimal | None:
        rows = [score for (of, _), score in found.items() if of == name]
        return sum((score.left for score in rows), Decimal(0)) if rows else None

    return Scored(lines, left(level.TOWNSHIP), left(level.COUNTY))


def may_judge(access: Access, township_id: int) -> bool:
    """The county itself, or the township's office for it."""
    return access.may(Permission.ACCEPTANCE_JUDGE, township_id=township_id) or access.may(
        Permission.ACCEPTANCE_CHECK, township_id=township_id
    )


class AcceptanceDetail(Page):
    permission = Permission.ROUND_VIEW
    template_name = "acceptances/acceptance_detail.html"

    def load(self, pk: int) -> None:
        self.acceptance = load_acceptance(self, pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        a, access = self.acceptance, self.access
        d, state, here = a.designation, Acceptance.State, a.township_id
        sheet = scored(a)
        may_check = access.may(Permission.ACCEPTANCE_CHECK, township_id=here)
        confirms = a.state == state.JUDGED and access.may(Permission.DESIGNATION_APPROVE, township_id=here)
        mine = confirms and took_part(a, access.user)
        not_asker = a.asked_by_id != access.user.pk
        passed = a.verdict in Acceptance.PASSED
        rechecks = list(a.rechecks.select_related("survey")) if passed else []
        relapsed = any(r.result == Recheck.Result.RELAPSED for r in rechecks)
        later = list(d.later.select_related("round")) if relapsed else []
        return super().get_context_data(**kwargs) | {
            "title": str(a),
            "acceptance": a,
            "designation": d,
            "light": LIGHTS[a.verdict or a.state],
            "sheet": sheet,
            "judgement": judgement_of(a, score=sheet.county),
            "gaps": gaps_of(d, access.on) if a.state in (state.ASKED, state.CHECKED) else [],
            "rate": _rate(a),
            "may_check": may_check and not_asker and a.state in (state.ASKED, state.CHECKED),
            "may_judge": may_judge(access, here) and not_asker and a.state in (state.CHECKED, state.JUDGED),
            "may_confirm": confirms and not mine,
            "must_not_confirm": mine,
            "follow_ups": [
                (f, f.state_on(access.on), FOLLOW_UP_LIGHTS[f.state_on(access.on)]) for f in a.follow_ups.all()
            ] if passed else [],
            "may_follow": access.may(Permission.FOLLOW_UP_POST, township_id=here, village_id=d.village_id),
            "rechecks": [(r, RESULT_LIGHTS[Recheck.Result(r.result)]) for r in rechecks],
            "may_recheck": may_check and passed,
            "relapsed": relapsed,
            "later": later,
            "relist": self.relist_round() if relapsed and not later else None,
            "history": history(a),
        }  # fmt: skip

    def relist_round(self) -> Round | None:
        """The round of the township in which a relapsed village may be listed again, for whoever may propose it."""
        round = self.acceptance.designation.round
        if not self.access.may(Permission.DESIGNATION_PROPOSE, township_id=round.township_id):
            return None
        return (
            Round.objects.filter(township_id=round.township_id, starts_on__gt=round.starts_on)
            .order_by("-starts_on")
            .first()
        )


class AcceptanceSheet(Page):
    """验收评分表 for paper: empty where nobody has scored, with lines for the signatures."""

    permission = Permission.ROUND_VIEW
    template_name = "acceptances/acceptance_sheet.html"

    def load(self, pk: int) -> None:
        self.acceptance = load_acceptance(self, pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        a = self.acceptance
        sheet = scored(a)
        return super().get_context_data(**kwargs) | {
            "title": f"{a.designation.village.name}整顿验收评分表",
            "acceptance": a,
            "designation": a.designation,
            "criteria": list(a.designation.criteria.all()),
            "sheet": sheet,
            "judgement": judgement_of(a, score=sheet.county),
            "rate": _rate(a),
            "verdicts": Acceptance.Verdict.choices,
        }
