"""One page for each thing done with a problem: its form, its service, nothing else."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.permissions import Permission
from common.errors import Refused
from problems import shown, transitions
from problems.forms import actions as forms
from problems.models import CloseRequest, Extension, Problem
from problems.services import closing, deadlines, instructions, moves
from problems.views.criteria import proofs_of
from villages.pages import FormPage, safe_back, with_back

CLOSING = ("ask_close", "check_close", "close")


class ProblemAction(FormPage):
    """An action of the table of transitions: 403 without its permission at the problem's place, a sentence where the table refuses."""

    permission = Permission.PROBLEM_VIEW  # the action's own permission is checked with its place in `load`
    template_name = "problems/problem_action.html"
    action = ""

    def load(self, pk: int) -> None:
        self.row = transitions.TABLE[self.action]
        self.problem = get_object_or_404(
            Problem.objects.shown_to(self.access).select_related("village", "round", "owner"), pk=pk
        )
        if not self.row.permitted(self.access, self.problem):
            raise PermissionDenied
        self.title = self.button = self.row.label
        self.success_text = f"已办理：{self.row.label}。"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What cannot be done now is said before anything is typed."""
        try:
            transitions.refuse_state(self.problem, self.row)
            transitions.refuse_circumstances(self.problem, self.row, request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(self.get_success_url())
        return super().get(request, *args, **kwargs)

    def get_success_url(self) -> str:
        return with_back(self.problem.get_absolute_url(), safe_back(self.request, ""))

    def service(self, **values: Any) -> Any:
        raise NotImplementedError

    def perform(self, form: Any) -> str:
        self.service(by=self.request.user, at=timezone.now(), **form.cleaned_data)
        return self.get_success_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        problem, day = self.problem, timezone.localdate()
        context |= {
            "problem": problem,
            "light": shown.light(problem.colour_on(day)),
            "state": shown.state_html(problem.state, problem.degree),
            "deadline": shown.deadline_text(problem.deadline_kind, problem.due_on),
            "left": shown.days_text(problem.state, problem.due_on, day),
            "cancel": self.get_success_url(),
        }
        if self.action in CLOSING:  # nothing forbids it, but who asks, looks and decides should know
            context["undone"] = list(problem.measures.undone(day).order_by("number"))
        return context


class Submit(ProblemAction):
    action = "submit"
    form_class = forms.PortalForm
    intro = "提交后由组织委员审核，审核通过即进入台账、开始计时。"

    def service(self, **values: Any) -> Any:
        return moves.submit(self.problem, **values)


class Accept(ProblemAction):
    action = "accept"
    form_class = forms.OnForm
    intro = "审核通过后问题进入台账，开始整改，时限只能通过延期或调整时限改变。"

    def service(self, **values: Any) -> Any:
        return moves.accept(self.problem, **values)


class ReturnToAuthor(ProblemAction):
    action = "return"
    form_class = forms.ReasonForm

    def service(self, **values: Any) -> Any:
        return moves.return_to_author(self.problem, **values)


class Suspend(ProblemAction):
    action = "suspend"
    form_class = forms.ReasonOnForm
    intro = "暂缓期间亮灰灯，不计逾期；条件具备后请恢复整改。"

    def service(self, **values: Any) -> Any:
        return moves.suspend(self.problem, **values)


class Resume(ProblemAction):
    action = "resume"
    form_class = forms.OnForm
    intro = "恢复后按原时限计；原时限已过的，请接着调整时限。"

    def service(self, **values: Any) -> Any:
        return moves.resume(self.problem, **values)


class RecordDegree(ProblemAction):
    action = "degree"
    form_class = forms.DegreeForm

    def get_initial(self) -> dict[str, Any]:
        return {"degree": self.problem.degree}

    def service(self, **values: Any) -> Any:
        return moves.record_degree(self.problem, **values)


class ChangeDeadline(ProblemAction):
    action = "deadline"
    form_class = forms.DeadlineForm
    intro = "不经申请直接调整时限，原因会留在记录里；最初时限照常显示。"

    def get_initial(self) -> dict[str, Any]:
        return {"deadline_kind": self.problem.deadline_kind, "due_on": self.problem.due_on}

    def service(self, **values: Any) -> Any:
        return moves.change_deadline(self.problem, **values)


class AskExtension(ProblemAction):
    action = "ask_extension"
    form_class = forms.AskExtensionForm

    def service(self, **values: Any) -> Any:
        return deadlines.ask_extension(self.problem, **values)


class DecideExtension(ProblemAction):
    action = "extension"
    form_class = forms.DecideExtensionForm

    def service(self, **values: Any) -> Any:
        return deadlines.decide_extension(self.problem, **values)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = (
            Extension.objects.filter(problem=self.problem, decision=Extension.Decision.PENDING)
            .select_related("asked_by")
            .first()
        )
        return super().get_context_data(**kwargs) | {"extension": asked}


class CloseAction(ProblemAction):
    """Pages that answer a close-out request show it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = (
            CloseRequest.objects.filter(problem=self.problem, outcome=CloseRequest.Outcome.PENDING)
            .select_related("asked_by", "checked_by")
            .first()
        )
        return super().get_context_data(**kwargs) | {"close_request": asked}


class AskCloseOut(ProblemAction):
    action = "ask_close"
    form_class = forms.AskCloseForm
    intro = "申请后由驻村干部或第一书记核实，再由组织委员销号或退回。"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        proofs = proofs_of(self.problem)
        lacking = [row for row in proofs if row.wants_file and not row.evidence.all()]
        return super().get_context_data(**kwargs) | {"proofs": proofs, "lacking": lacking}

    def get_template_names(self) -> list[str]:
        return ["problems/close_ask.html"]

    def service(self, **values: Any) -> Any:
        return closing.ask_close_out(self.problem, **values)


class CheckCloseOut(CloseAction):
    action = "check_close"
    form_class = forms.CheckCloseForm
    intro = "属实的在下面写明核实情况；与实际不符的，请返回后选“退回销号申请”。"

    def get_form_kwargs(self) -> dict[str, Any]:
        self.proofs = proofs_of(self.problem)
        return super().get_form_kwargs() | {"criteria": [(row.pk, row.text) for row in self.proofs]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"proofs": self.proofs}

    def service(self, **values: Any) -> Any:
        return closing.check_close_out(self.problem, **values)


class CloseOut(CloseAction):
    action = "close"
    form_class = forms.CloseForm
    intro = "销号后计入成效，总结会引用结果表述；问题再出现可登记反弹。"

    def service(self, **values: Any) -> Any:
        return closing.close_out(self.problem, **values)


class ReturnCloseOut(CloseAction):
    action = "return_close"
    form_class = forms.ReasonForm

    def service(self, **values: Any) -> Any:
        return closing.return_close_out(self.problem, **values)


class Relapse(ProblemAction):
    action = "relapse"
    form_class = forms.RelapseForm
    intro = "登记后问题重新打开，计入未销号和反弹。"

    def service(self, **values: Any) -> Any:
        return closing.relapse(self.problem, **values)


class LeaveInstruction(ProblemAction):
    action = "instruction"
    form_class = forms.InstructionForm

    def service(self, **values: Any) -> Any:
        return instructions.leave_instruction(self.problem, **values)
