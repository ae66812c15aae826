"""The criteria of close-out: set for a problem, and proved with files."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from problems.forms.criteria import CriteriaForm, CriterionFilesForm, initial_of
from problems.models import CloseCriterion, Problem
from problems.services import criteria as services
from problems.views.evidence import TakesPhotos
from problems.views.progress import ProblemFormPage

# Who brings the proof: who reports progress, who asks for close-out, and the office for them.
PROVERS = (Permission.PROGRESS_POST, Permission.CLOSE_ASK, Permission.PROBLEM_EDIT)


class CriteriaUpdate(ProblemFormPage):
    """All lines on one page; a problem without criteria opens with what its category usually has to show."""

    permissions = (Permission.MEASURE_EDIT,)
    template_name = "problems/criteria_form.html"
    form_class = CriteriaForm
    title = "设定销号标准"
    intro = "做到哪几条才算解决，一条一条写清，能到现场核实。申请销号前须备齐要求的材料，驻村干部逐条核实。清空一条就是去掉。"
    success_text = "销号标准已保存。"

    def get_initial(self) -> dict[str, Any]:
        rows = list(CloseCriterion.objects.filter(problem=self.problem))
        self.fresh = not rows
        lines = [(row.text, row.wants_file) for row in rows] or services.usual(self.problem.category)
        return initial_of(lines, [row.pk for row in rows])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"fresh": getattr(self, "fresh", False)}

    def perform(self, form: CriteriaForm) -> None:
        services.set_criteria(self.problem, lines=form.lines, base=form.seen, by=self.request.user, at=timezone.now())


class CriterionFiles(TakesPhotos, ProblemFormPage):
    """Photos and files that prove one criterion."""

    permissions = PROVERS
    template_name = "problems/progress_form.html"
    form_class = CriterionFilesForm
    title = "上传佐证材料"
    button = "提交"
    success_text = "材料已上传。"

    def load(self, pk: int) -> None:
        self.criterion = get_object_or_404(CloseCriterion.objects.shown_to(self.access), pk=pk)
        super().load(pk=self.criterion.problem_id)
        self.criterion.problem = self.problem
        self.intro = f"第{self.criterion.number}条：{self.criterion.text}"

    def get_success_url(self) -> str:
        return reverse("problems:problem_detail", args=[self.problem.pk])

    def perform(self, form: CriterionFilesForm) -> None:
        services.add_files(
            self.criterion, upload_tokens=form.cleaned_data["photos"], by=self.request.user, at=timezone.now()
        )


def proofs_of(problem: Problem) -> list[CloseCriterion]:
    """The criteria with their files, in order; two queries."""
    return list(
        CloseCriterion.objects.filter(problem=problem).select_related("checked_by").prefetch_related("evidence")
    )
