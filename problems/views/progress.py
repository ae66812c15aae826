"""Reporting progress and milestones."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from accounts.roles import ROLE_PERMISSIONS, Role
from problems.forms.progress import MilestoneForm, ProgressForm
from problems.models import Problem
from problems.services import progress as services
from problems.terms import State
from problems.views.evidence import TakesPhotos
from villages.access import Access
from villages.models import Unit
from villages.pages import FormPage, safe_back


def unit_ids_of(problem: Problem, access: Access) -> frozenset[int]:
    """The visitor's own units that answer for the problem or help with it; no query for those without a unit."""
    if not access.unit_ids:
        return frozenset()
    return access.unit_ids & {problem.responsible_unit_id, *(unit.pk for unit in problem.assisting_units.all())}


def capacity(problem: Problem, access: Access, unit_ids: frozenset[int]) -> tuple[str, Unit | None]:
    """(post, unit) in which the visitor reports on this problem: a village's post goes before a unit's."""
    for grant in access.grants:
        if Permission.PROGRESS_POST in ROLE_PERMISSIONS[grant.role] and grant.village_id == problem.village_id:
            return Role(grant.role).label, None
    for grant in access.grants:
        if grant.unit_id in unit_ids:
            return Role(grant.role).label, Unit.objects.get(pk=grant.unit_id)
    return "", None


class ProblemFormPage(FormPage):
    """A form about one problem in scope; any of `permissions` at its place opens it."""

    permission = Permission.PROBLEM_VIEW
    permissions: tuple[Permission, ...] = ()
    problem: Problem

    def load(self, pk: int) -> None:
        self.problem = get_object_or_404(
            Problem.objects.shown_to(self.access).select_related("village", "round"), pk=pk
        )
        self.unit_ids = unit_ids_of(self.problem, self.access)
        place: dict[str, Any] = {
            "township_id": self.problem.township_id,
            "village_id": self.problem.village_id,
            "unit_ids": self.unit_ids,
        }
        if not any(self.access.may(permission, **place) for permission in self.permissions):
            raise PermissionDenied

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.problem.is_open:
            state = "已销号" if self.problem.state == State.CLOSED else f"现在是“{self.problem.get_state_display()}”"
            messages.error(request, f"这个问题{state}，不能{self.title}。")
            return redirect(safe_back(request, self.get_success_url()))
        return super().get(request, *args, **kwargs)

    def get_success_url(self) -> str:
        return reverse("problems:problem_detail", args=[self.problem.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"problem": self.problem, "day": timezone.localdate()}


class ProgressCreate(TakesPhotos, ProblemFormPage):
    permissions = (Permission.PROGRESS_POST,)
    template_name = "problems/progress_form.html"
    form_class = ProgressForm
    title = "报进展"
    button = "提交"
    success_text = "进展已记录。"

    def perform(self, form: ProgressForm) -> None:
        role, unit = capacity(self.problem, self.access, self.unit_ids)
        services.post_progress(
            self.problem,
            text=form.cleaned_data["text"],
            happened_on=form.cleaned_data["happened_on"],
            upload_tokens=form.cleaned_data["photos"],
            role=role,
            unit=unit,
            by=self.request.user,
            at=timezone.now(),
        )


class MilestoneCreate(TakesPhotos, ProblemFormPage):
    permissions = (Permission.PROGRESS_POST, Permission.PROBLEM_EDIT)
    template_name = "problems/milestone_form.html"
    form_class = MilestoneForm
    title = "登记节点事实"
    success_text = "节点事实已登记。"

    def perform(self, form: MilestoneForm) -> None:
        services.add_milestone(
            self.problem,
            kind=form.cleaned_data["kind"],
            fact=form.cleaned_data["fact"],
            happened_on=form.cleaned_data["happened_on"],
            upload_tokens=form.cleaned_data["photos"],
            by=self.request.user,
            at=timezone.now(),
        )
