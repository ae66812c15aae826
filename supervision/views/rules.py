"""The rules of a round, with what they would write before they are saved."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.permissions import Permission
from audit.services import history
from common.errors import Refused
from rounds.models import Round
from supervision.forms import RulesForm
from supervision.models import SlipRules
from supervision.services import rules as services
from supervision.views.common import LIGHTS
from villages.pages import FormPage


class RulesUpdate(FormPage):
    permission = Permission.ROUND_EDIT
    form_class = RulesForm
    template_name = "supervision/rules_form.html"
    success_text = "已保存，从下一次夜间计算起执行；已发出的督办单不变。"

    def load(self, pk: int) -> None:
        self.round = get_object_or_404(Round.objects.visible_to(self.access).select_related("township"), pk=pk)
        self.require(Permission.ROUND_EDIT, township_id=self.round.township_id)
        self.rules = services.rules_of(self.round)
        self.title = f"{self.round}督办规则"

    def current(self) -> SlipRules:
        return self.rules

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.rules, name) for name in services.FIELDS}

    def form_valid(self, form: RulesForm) -> HttpResponse:
        """“先看看效果” shows what the values typed would do, and saves nothing."""
        if "preview" not in self.request.POST:
            return super().form_valid(form)
        try:
            effects = services.preview(self.round, form.cleaned_data, self.access.on)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            return self.form_invalid(form)
        return self.render_to_response(self.get_context_data(form=form, effects=effects))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        effects = kwargs.pop("effects", None)
        shown = effects is not None
        if effects is None and self.request.method == "GET":
            effects = services.preview(self.round, self.get_initial(), self.access.on)
        past = history(self.rules, 20) if self.rules.pk else []
        return super().get_context_data(**kwargs) | {
            "effects": [{"row": e, "light": LIGHTS[e.level]} for e in effects or []],
            "previewed": shown,
            "history": past,
        }

    def get_success_url(self) -> str:
        return self.request.path

    def perform(self, form: RulesForm) -> str:
        services.change_rules(
            self.round, base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )
        return self.get_success_url()
