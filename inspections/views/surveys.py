"""Satisfaction surveys: list, the page of one, entry."""

from itertools import zip_longest
from types import SimpleNamespace
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from audit.services import history, show
from common.lists import Column
from inspections import services
from inspections.forms.filters import SurveyFilter
from inspections.forms.records import SurveyForm
from inspections.models import Survey
from inspections.satisfaction import SATISFIED_ALONE, content_of, rate_text, weakest
from inspections.services.surveys import FIELDS, Answers, answers_of
from inspections.views.common import TABS
from meetings.views.common import rounds_for, villages_for
from rounds.models import Round
from villages.pages import FormPage, Page, TotalsPage, link, with_back


class SurveyList(TotalsPage):
    permission = Permission.INSPECTION_VIEW
    tabs = TABS
    title = "民主测评"
    template_name = "inspections/survey_list.html"
    noun = "次测评"
    filter_form = SurveyFilter
    sorts = {"held_on": ["held_on", "pk"], "village": ["village__sort", "village_id", "-held_on"]}
    empty_text = "还没有民主测评。测评计票后登记各项票数，满意率自动计算。"

    def rows(self) -> QuerySet[Survey]:
        filters = self.filters
        rows = filters.narrow(Survey.objects.visible_to(self.access), day="held_on")
        for name in ("village", "kind"):
            if value := filters.value(name):
                rows = rows.filter(**{name: value})
        if filters.value("latest"):
            rows = rows.newest()
        return rows.select_related("village__township", "round")

    def totals(self, rows: QuerySet[Survey]) -> str:
        """The ballots added up as summaries and ledgers do. Kinds and rounds are not mixed, ballots counted by different formulas have no rate."""
        rows = rows.select_related(None).order_by()
        formulas = "round__satisfaction_formula"
        ways = rows.values_list("kind", "round__year", "round__number", formulas).annotate(n=Count("pk"))
        if len({way[:3] for way in ways}) != 1:
            return ""
        names = ("issued", "returned", "valid", "satisfied", "mostly", "unknown")
        sums = rows.newest().aggregate(counted=Count("pk"), **{f"{name}_sum": Sum(name) for name in names})
        ballots = SimpleNamespace(**{name: sums[f"{name}_sum"] for name in names})
        words = [f"合计发出票{ballots.issued}张、收回票{ballots.returned}张、有效票{ballots.valid}张"]
        if len(ways) == 1:
            formula = ways[0][3]
            content = "满意" if formula in SATISFIED_ALONE else "满意和基本满意"
            words += [f"{content}{content_of(ballots, formula)}张", f"满意率{rate_text(ballots, formula)}"]
        again = "（重新测评的村只计最近一次）" if sums["counted"] < sum(way[4] for way in ways) else ""
        return "，".join(words) + again

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        used = dict.fromkeys(s.round.get_satisfaction_formula_display() for s in context["paging"].rows)
        return context | {"formula": "；".join(used) or Round.Formula.VALID.label}

    def get_columns(self) -> list[Column]:
        here = self.here
        columns = [
            Column("测评日期", lambda s: s.held_on.isoformat(), sort="held_on", css="nowrap"),
            Column("村", lambda s: link(s.get_absolute_url(), s.village.name, here), sort="village", lead=True),
            Column("类别", lambda s: s.get_kind_display()),
            Column("发出票", lambda s: str(s.issued), css="num"),
            Column("收回票", lambda s: str(s.returned), css="num"),
            Column("有效票", lambda s: str(s.valid), css="num"),
            Column("满意", lambda s: str(s.satisfied), css="num"),
            Column("基本满意", lambda s: str(s.mostly), css="num"),
            Column("不满意", lambda s: str(s.dissatisfied), css="num"),
            Column("不了解", lambda s: str(s.unknown), css="num"),
            Column("满意率", lambda s: rate_text(s, s.round.satisfaction_formula), css="num"),
        ]
        if len(self.access.township_ids) > 1:
            columns.insert(1, Column("乡镇", lambda s: s.village.township.name))
        return columns

    def actions(self) -> list[tuple[str, str]]:
        if not self.access.may(Permission.SURVEY_EDIT):
            return []
        return [("登记测评", with_back(reverse("inspections:survey_create"), self.here))]


def load_survey(page: Any, pk: int) -> Survey:
    rows = Survey.objects.visible_to(page.access).select_related("village__township", "round__township")
    return get_object_or_404(rows, pk=pk)


class SurveyDetail(Page):
    permission = Permission.INSPECTION_VIEW
    template_name = "inspections/survey_detail.html"

    def load(self, pk: int) -> None:
        self.survey = load_survey(self, pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        survey, formula = self.survey, self.survey.round.satisfaction_formula
        questions = list(survey.questions.all())
        return super().get_context_data(**kwargs) | {
            "title": f"{survey.village}{survey.get_kind_display()}",
            "survey": survey,
            "rate": rate_text(survey, formula),
            "questions": [(question, rate_text(question, formula)) for question in questions],
            "weakest": weakest(questions, formula),
            "formula": survey.round.get_satisfaction_formula_display(),
            "may_edit": self.access.may(Permission.SURVEY_EDIT, township_id=survey.township_id),
            "history": history(survey),
        }


class SurveyFormPage(FormPage):
    permission = Permission.SURVEY_EDIT
    form_class = SurveyForm
    template_name = "inspections/survey_form.html"
    intro = "只登记票数，不登记投票人。"

    def present(self) -> list[Answers]:
        """The questions the survey has."""
        return []

    def usual(self) -> list[str]:
        """The questions a round usually asks."""
        raise NotImplementedError

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "rounds": rounds_for(self.access, Permission.SURVEY_EDIT),
            "villages": villages_for(self.access, Permission.SURVEY_EDIT),
            "present": self.present(),
            "usual": self.usual(),
        }

    def get_success_url(self) -> str:
        return reverse("inspections:survey_list")


class SurveyCreate(SurveyFormPage):
    title = "登记民主测评"
    success_text = "已登记测评。"

    def usual(self) -> list[str]:
        """Those of the round the form offers first: the present one."""
        round = rounds_for(self.access, Permission.SURVEY_EDIT).first()
        return round.usual_questions if round else []

    def perform(self, form: SurveyForm) -> Survey:
        return services.add_survey(by=self.request.user, at=timezone.now(), **form.cleaned_data)


class SurveyUpdate(SurveyFormPage):
    title = "修改民主测评"

    def load(self, pk: int) -> None:
        self.survey = load_survey(self, pk)
        self.require(Permission.SURVEY_EDIT, township_id=self.survey.township_id)
        self.asked = answers_of(self.survey)

    def current(self) -> Survey:
        return self.survey

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.survey, name) for name in FIELDS}

    def present(self) -> list[Answers]:
        return self.asked

    def usual(self) -> list[str]:
        return [] if self.asked else self.survey.round.usual_questions

    def differences(self, form: Any, current: Any) -> list[dict[str, str]]:
        """Also the questions, which are rows of their own."""
        rows = super().differences(form, current)
        now, typed = answers_of(current), form.cleaned_data["questions"]
        for number, (theirs, mine) in enumerate(zip_longest(now, typed), start=1):
            if theirs != mine:
                rows.append({"label": f"第{number}题", "now": show(theirs), "typed": show(mine)})
        return rows

    def get_success_url(self) -> str:
        return self.survey.get_absolute_url()

    def perform(self, form: SurveyForm) -> Survey:
        return services.change_survey(
            self.survey, base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )
