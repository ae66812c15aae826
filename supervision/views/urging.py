"""Urging a problem on."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.permissions import Permission
from common.errors import Refused
from problems.models import Problem
from supervision.forms import UrgeForm
from supervision.services import urging
from villages.pages import FormPage, safe_back


class UrgeCreate(FormPage):
    permission = Permission.URGE
    form_class = UrgeForm
    title = button = "催办"
    success_text = "已催办，村里、驻村干部和责任站所的待办中马上可以看到。"

    def load(self, pk: int) -> None:
        self.problem = get_object_or_404(Problem.objects.shown_to(self.access).select_related("village"), pk=pk)
        self.require(Permission.URGE, township_id=self.problem.township_id, village_id=self.problem.village_id)
        self.intro = f"{self.problem.village}{self.problem}。同一问题每人每天催办一次。"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What cannot be done now is said before anything is typed."""
        try:
            urging.check(self.problem, by=request.user, day=self.access.on)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(self.get_success_url())
        return super().get(request, *args, **kwargs)

    def get_success_url(self) -> str:
        return safe_back(self.request, self.problem.get_absolute_url())

    def perform(self, form: UrgeForm) -> str:
        urging.urge(self.problem, text=form.cleaned_data["text"], by=self.request.user, at=timezone.now())
        return self.get_success_url()
