"""The four steps: the village asks, the township checks or returns, the county judges, the verdict is confirmed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils import timezone

from acceptances.forms.records import AskForm, CheckForm, ConfirmForm, JudgeForm, ReturnForm
from acceptances.gaps import gaps_of
from acceptances.models import Acceptance, Score, ScoreItem
from acceptances.services import acceptances as services
from acceptances.views.acceptances import load_acceptance, may_judge, scored
from accounts.permissions import Permission
from rounds.models import Designation
from villages.pages import FormPage


class AcceptanceCreate(FormPage):
    permission = Permission.ACCEPTANCE_ASK
    form_class = AskForm
    template_name = "acceptances/ask_form.html"
    title = "申请验收"
    button = "申请验收"
    success_text = "已申请，等待乡镇初验。"

    def load(self, pk: int) -> None:
        rows = Designation.objects.visible_to(self.access).select_related("village", "round__township")
        self.designation = d = get_object_or_404(rows, pk=pk)
        self.require(Permission.ACCEPTANCE_ASK, township_id=d.round.township_id, village_id=d.village_id)

    def get_initial(self) -> dict[str, Any]:
        return {"asked_on": self.access.on}

    def perform(self, form: AskForm) -> Acceptance:
        return services.ask_acceptance(self.designation, by=self.request.user, at=timezone.now(), **form.cleaned_data)

    def get_success_url(self) -> str:
        return self.designation.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        d = self.designation
        return super().get_context_data(**kwargs) | {
            "title": f"{d.village.name}申请验收",
            "designation": d,
            "gaps": gaps_of(d, self.access.on),
        }


class Step(FormPage):
    """A step on one acceptance."""

    permission = Permission.ACCEPTANCE_CHECK

    def load(self, pk: int) -> None:
        self.acceptance = load_acceptance(self, pk)
        self.require(self.permission, township_id=self.acceptance.township_id)

    def current(self) -> Acceptance:
        return self.acceptance

    def write(self, **values: Any) -> Acceptance:
        raise NotImplementedError

    def values(self, form: Any) -> dict[str, Any]:
        return dict(form.cleaned_data)

    def perform(self, form: Any) -> Acceptance:
        return self.write(base_version=self.base_version, by=self.request.user, at=timezone.now(), **self.values(form))

    def get_success_url(self) -> str:
        return self.acceptance.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        a = self.acceptance
        return super().get_context_data(**kwargs) | {
            "title": f"{a.designation.village.name}{self.title}",
            "acceptance": a,
            "designation": a.designation,
        }


class ScoreStep(Step):
    """A step that fills the score sheet at one level; the county starts from what the township found."""

    template_name = "acceptances/score_form.html"
    level: str
    starts_from: tuple[str, ...] = ()

    def get_form_kwargs(self) -> dict[str, Any]:
        a = self.acceptance
        items = ScoreItem.objects.filter(sheet__round=a.designation.round_id)
        scores: dict[str, dict[int, tuple[Decimal, str]]] = {}
        for score in a.scores.all():
            scores.setdefault(score.level, {})[score.item_id] = (score.lost, score.reason)
        present: dict[int, tuple[Decimal, str]] = next(
            (scores[level] for level in (self.level, *self.starts_from) if level in scores), {}
        )
        return super().get_form_kwargs() | {"items": items, "scored": present}

    def values(self, form: Any) -> dict[str, Any]:
        return dict(form.values())


class AcceptanceCheck(ScoreStep):
    form_class = CheckForm
    title = "乡镇初验"
    button = "初验通过，报县级验收"
    success_text = "已初验通过，等待县级验收。"
    level = Score.Level.TOWNSHIP

    def get_initial(self) -> dict[str, Any]:
        a = self.acceptance
        return {"checked_on": a.checked_on or self.access.on, "checkers": a.checkers, "check_remark": a.check_remark}

    def write(self, **values: Any) -> Acceptance:
        return services.check_acceptance(self.acceptance, **values)


class AcceptanceReturn(Step):
    form_class = ReturnForm
    title = "初验退回"
    button = "退回"
    intro = "退回后村里继续整顿，办好后可以再次申请。"
    success_text = "已退回。"

    def get_initial(self) -> dict[str, Any]:
        return {"checked_on": self.access.on, "checkers": self.acceptance.checkers}

    def write(self, **values: Any) -> Acceptance:
        return services.return_acceptance(self.acceptance, **values)


class AcceptanceJudge(ScoreStep):
    """By the county itself; by the township's office where the county sends a paper."""

    permission = Permission.ROUND_VIEW
    form_class = JudgeForm
    title = "县级验收"
    button = "保存县级验收"
    success_text = "已保存县级验收，等待确认结论。"
    level = Score.Level.COUNTY
    starts_from = (Score.Level.TOWNSHIP,)

    def load(self, pk: int) -> None:
        self.acceptance = load_acceptance(self, pk)
        here = self.acceptance.township_id
        if not may_judge(self.access, here):
            raise PermissionDenied
        self.by_office = not self.access.may(Permission.ACCEPTANCE_JUDGE, township_id=here)
        self.title = "代录县级验收" if self.by_office else "县级验收"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"by_office": self.by_office}

    def get_initial(self) -> dict[str, Any]:
        a = self.acceptance
        return {
            "judged_on": a.judged_on or self.access.on,
            "judged_body": a.judged_body or a.designation.approved_by_body,
            "document_number": a.document_number,
            "judged_remark": a.judged_remark,
        }

    def write(self, **values: Any) -> Acceptance:
        return services.judge_acceptance(self.acceptance, by_office=self.by_office, **values)


class AcceptanceConfirm(Step):
    permission = Permission.DESIGNATION_APPROVE
    form_class = ConfirmForm
    template_name = "acceptances/confirm_form.html"
    title = "确认验收结论"
    button = "确认结论"
    success_text = "已确认结论。"

    def get_initial(self) -> dict[str, Any]:
        computed = services.judgement_of(self.acceptance)
        return {"confirmed_on": self.access.on, "verdict": computed.verdict if computed else None}

    def write(self, **values: Any) -> Acceptance:
        return services.confirm_acceptance(self.acceptance, **values)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sheet = scored(self.acceptance)
        return super().get_context_data(**kwargs) | {
            "sheet": sheet,
            "judgement": services.judgement_of(self.acceptance, score=sheet.county),
            "round": self.acceptance.designation.round,
        }
