"""The rules made visible: who may move what to what, and when a problem turns yellow."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from accounts.roles import ROLE_PERMISSIONS, Role
from problems.forms.actions import ThresholdsForm
from problems.services import thresholds
from problems.terms import Colour, State
from problems.transitions import DUTY_WORDS, NEED_WORDS, NEW, TABLE, To, Transition
from rounds.models import Round
from villages.pages import FormPage, Page


class TransitionTable(Page):
    """The table of transitions as an auditor reads it."""

    permission = Permission.PROBLEM_VIEW
    template_name = "problems/transition_table.html"
    title = "问题办理规则"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"rows": [_words(row) for row in TABLE.values()]}


_TO_WORDS = {str(To.SAME): "状态不变", str(To.BEFORE): "回到此前的状态（整改中或反弹）"}


def _words(row: Transition) -> dict[str, str]:
    every = set(row.from_states) == set(State.values)
    to = _TO_WORDS.get(str(row.to))
    return {
        "label": row.label,
        "from": "任何状态"
        if every
        else "、".join(State(s).label if s != NEW else "（新问题）" for s in row.from_states),
        "to": to or State(row.to).label,
        "who": "、".join(
            role.label for role in Role if any(permission in ROLE_PERMISSIONS[role] for permission in row.permissions)
        ),
        "not_by": "、".join(DUTY_WORDS[duty] for duty in row.not_by) or "—",
        "needs": "、".join(NEED_WORDS[need] for need in row.needs) or "—",
        "reason": "必填" if row.needs_reason else "—",
    }


class Thresholds(FormPage):
    """Two steps where a light would turn: what turns is shown first, then confirmed with the same values."""

    permission = Permission.ROUND_EDIT
    form_class = ThresholdsForm
    template_name = "problems/thresholds_form.html"
    title = "预警设置"
    button = "保存"
    intro = "改动会让预警灯变化的，先列出变化，确认后才保存。保存后，本轮整改中的问题按新设置重算；以前各天的灯不变。"
    success_text = "已保存预警设置。"

    def load(self, pk: int) -> None:
        self.round = get_object_or_404(Round.objects.visible_to(self.access), pk=pk)
        self.require(Permission.ROUND_EDIT, township_id=self.round.township_id)
        self.title = f"{self.round}预警设置"

    def current(self) -> Round:
        return self.round

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.round, name) for name in thresholds.FIELDS}

    def get_success_url(self) -> str:
        return reverse("problems:problem_list")

    def form_valid(self, form: ThresholdsForm) -> HttpResponse:
        values = form.cleaned_data
        shown = thresholds.preview_thresholds(
            self.round, yellow_days=values["yellow_days"], stale_days=values["stale_days"], day=self.access.on
        )
        said = ".".join(str(values[name]) for name in thresholds.FIELDS)
        if shown.total and self.request.POST.get("previewed") != said:
            lights = [c for c in (Colour.RED, Colour.YELLOW, Colour.GREEN, Colour.GREY)
                      if shown.before.get(c) or shown.after.get(c)]  # fmt: skip
            return self.render_to_response(
                self.get_context_data(
                    form=form,
                    preview=shown,
                    previewed=said,
                    turned=[(a, b, n) for (a, b), n in sorted(shown.turned.items())],
                    lights=[(c, shown.before.get(c, 0), shown.after.get(c, 0)) for c in lights],
                )
            )
        return super().form_valid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs) | {"round": self.round}
        if "preview" in kwargs:
            context["button"] = "确认保存"
        return context

    def perform(self, form: ThresholdsForm) -> None:
        thresholds.change_thresholds(
            self.round, base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )
