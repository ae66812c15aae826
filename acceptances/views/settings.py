"""The round's rules of acceptance."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from acceptances.forms.sheets import SettingsForm
from acceptances.services import settings as services
from acceptances.views.sheets import load_round
from accounts.permissions import Permission
from audit.services import history
from rounds.models import Round
from villages.pages import FormPage


class SettingsUpdate(FormPage):
    permission = Permission.ROUND_EDIT
    form_class = SettingsForm
    template_name = "acceptances/form.html"
    title = "验收设置"
    intro = "分数线和测评算法在本轮第一个村得出结论以后不再改动；跟踪期改动只影响以后的结论。"
    success_text = "已保存验收设置。"

    def load(self, pk: int) -> None:
        self.round = load_round(self, pk)
        self.require(Permission.ROUND_EDIT, township_id=self.round.township_id)

    def current(self) -> Round:
        return self.round

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.round, name) for name in services.FIELDS}

    def perform(self, form: SettingsForm) -> Round:
        return services.change_settings(
            self.round, base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )

    def get_success_url(self) -> str:
        return reverse("acceptances:sheet_detail", args=[self.round.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"round": self.round, "history": history(self.round)}
