"""Slips: the register of all, the page (and the paper) of one, sign for, answer."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from audit.services import history
from common.chinese import day_text
from common.lists import Column
from meetings.views.common import light
from rounds.models import Round
from supervision.forms import AnswerForm, SignForm, SlipFilter
from supervision.models import NightlyRun, Slip, SlipStep
from supervision.services import slips as services
from supervision.services.issuing import answered_by
from supervision.terms import Level
from supervision.views.common import LIGHTS
from villages.pages import FormPage, ListPage, Page, PermissionRequired, link, with_back


class SlipList(ListPage):
    permission = Permission.SLIP_VIEW
    template_name = "supervision/slip_list.html"
    title = "督办单"
    noun = "份督办单"
    filter_form = SlipFilter
    sorts = {
        "number": ["year", "number", "pk"],
        "due_on": ["due_on", "pk"],
        "issued_on": ["issued_on", "pk"],
        "village": ["village__sort", "village_id", "-issued_on"],
    }
    empty_text = "还没有督办单。问题临近时限或逾期后，系统按督办规则在夜间自动发出。"

    def rows(self) -> QuerySet[Slip]:
        filters = self.filters
        day = filters.value("as_of") or self.access.on
        rows = filters.narrow(Slip.objects.visible_to(self.access), day="issued_on")
        if level := filters.value("level"):
            rows = rows.at_level(level, day)
        if state := filters.value("state"):
            rows = getattr(rows, state)(day)  # one of the form's choices, each a word of the queryset
        if kind := filters.value("kind"):
            rows = rows.filter(kind=kind)
        if written := filters.value("written"):
            rows = rows.by_hand() if written == "hand" else rows.by_rule()
        if village := filters.value("village"):
            rows = rows.filter(village=village)
        return rows.select_related("village", "township").prefetch_related("steps")

    def get_columns(self) -> list[Column]:
        here = self.here

        def newest(slip: Slip) -> SlipStep:
            return max(slip.steps.all(), key=lambda step: step.pk)

        def answer(slip: Slip) -> str:
            step = newest(slip)
            if step.answered_on:
                return f"{step.answered_on.isoformat()}反馈"
            late = not slip.closed_on and step.reply_due_on < self.access.on
            signed = "已签收" if step.signed_on else "未签收"
            return signed + ("，逾期未反馈" if late else "")

        def matter(slip: Slip) -> str:
            about = f"{slip.get_kind_display()}：{slip.subject}"
            return f"{about}。要求：{slip.requirement}" if slip.requirement else about

        columns = [
            Column(
                "编号",
                lambda s: link(s.get_absolute_url(), s.number_text, here),
                sort="number",
                lead=True,
                css="nowrap",
            ),
            Column("级别", lambda s: light(LIGHTS[Level(s.level)], s.get_level_display())),
            Column("村", lambda s: s.village.name if s.village else "—", sort="village", css="nowrap"),
            Column("督办事项", matter),
            Column("时限", lambda s: day_text(s.due_on), sort="due_on", css="nowrap"),
            Column("发出日期", lambda s: day_text(s.issued_on), sort="issued_on", css="nowrap"),
            Column("签收和反馈", answer),
            Column("办结", lambda s: f"{day_text(s.closed_on)} {s.closing}" if s.closed_on else "—"),
        ]
        if len(self.access.township_ids) > 1:
            columns.insert(1, Column("乡镇", lambda s: s.township.name))
        return columns

    def actions(self) -> list[tuple[str, str]]:
        found = [("工作日历", reverse("workdays:year"))]
        places = self.access.townships_with(Permission.ROUND_EDIT)
        round = Round.objects.filter(township__in=places).current(self.access.on).first() if places else None
        if round:
            found.insert(0, ("督办规则", with_back(reverse("supervision:rules", args=[round.pk]), self.here)))
        if self.access.may(Permission.SLIP_ISSUE):
            found.insert(0, ("发督办单", with_back(reverse("supervision:matter_problems"), self.here)))
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """When the night last ran, for those who keep the rounds and their rules."""
        keeps_rounds = self.access.may(Permission.ROUND_EDIT)
        night = NightlyRun.objects.order_by("-day").first() if keeps_rounds else None
        return super().get_context_data(**kwargs) | {"night": night}


class SlipPage(PermissionRequired):
    """Loads one slip in scope."""

    slip: Slip

    def load(self, pk: int) -> None:
        self.slip = get_object_or_404(
            Slip.objects.visible_to(self.access).select_related(
                "township", "village", "unit", "round", "problem__owner", "problem__lead_official", "notice",
                "commitment__lead_official", "issued_by",
            ),
            pk=pk,
        )  # fmt: skip

    def may(self, permission: Permission) -> bool:
        slip = self.slip
        units = [slip.unit_id] if slip.unit_id else []
        return self.access.may(permission, township_id=slip.township_id, village_id=slip.village_id, unit_ids=units)


class SlipDetail(SlipPage, Page):
    permission = Permission.SLIP_VIEW
    template_name = "supervision/slip_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        slip = self.slip
        steps = list(slip.steps.select_related("signed_by", "answered_by"))
        newest = steps[-1]
        answers = self.may(Permission.SLIP_ANSWER) and not slip.closed_on
        return super().get_context_data(**kwargs) | {
            "title": str(slip),
            "slip": slip,
            "steps": [{"row": step, "light": LIGHTS[Level(step.level)]} for step in steps],
            "newest": newest,
            "light": LIGHTS[Level(slip.level)],
            "late": not slip.closed_on and not newest.answered_on and newest.reply_due_on < self.access.on,
            "may_sign": answers and not newest.signed_on,
            "may_answer": answers and bool(newest.signed_on),
            "may_close": slip.is_by_hand
            and not slip.closed_on
            and bool(newest.answered_on)
            and self.may(Permission.SLIP_ISSUE)
            and not answered_by(slip, self.request.user),
            "may_urge": bool(slip.problem_id) and not slip.closed_on and self.may(Permission.URGE),
            "history": history(slip),
        }


class SlipFormPage(SlipPage, FormPage):
    """A form about one slip: names it above the form, leads back to it."""

    permission = Permission.SLIP_ANSWER
    template_name = "supervision/slip_form.html"

    def load(self, pk: int) -> None:
        super().load(pk)
        if not self.may(self.permission):
            raise PermissionDenied

    def current(self) -> Slip:
        return self.slip

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"slip": self.slip, "light": LIGHTS[Level(self.slip.level)]}

    def get_success_url(self) -> str:
        return self.slip.get_absolute_url()

    def values(self, form: Any) -> dict[str, Any]:
        return form.cleaned_data | {
            "base_version": self.base_version, "by": self.request.user, "at": timezone.now(),
        }  # fmt: skip


class SlipSign(SlipFormPage):
    form_class = SignForm
    title = button = "签收督办单"

    def get_initial(self) -> dict[str, Any]:
        return {"signed_on": self.access.on}

    def perform(self, form: SignForm) -> str:
        step = services.sign_slip(self.slip, **self.values(form))
        late = step.reply_due_on < self.access.on
        self.success_text = "已签收。" + ("已过反馈时限，请尽快反馈。" if late else "请在反馈时限前反馈办理情况。")
        return self.get_success_url()


class SlipAnswer(SlipFormPage):
    form_class = AnswerForm
    title = "反馈办理情况"
    button = "反馈"
    success_text = "已反馈。"

    def get_initial(self) -> dict[str, Any]:
        step = services.newest_step(self.slip)
        return {"answer": step.answer, "answered_on": step.answered_on or self.access.on}

    def perform(self, form: AnswerForm) -> str:
        services.answer_slip(self.slip, **self.values(form))
        return self.get_success_url()
