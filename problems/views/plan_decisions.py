"""What is decided about a village's plan: handed in, approved, sent back, taken up again."""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.http import HttpResponse
from django.utils import timezone

from accounts.permissions import Permission
from common.lists import Column, draw_rows
from common.models import RecordChanged
from problems.forms.plans import PlanAmendForm, PlanApproveForm, PlanReturnForm, PlanReviewForm
from problems.services import plans as services
from problems.services.plan_content import content_of, differences
from problems.views.plans import PlanFormPage

SEEN = "problems.plan_seen"


class PlanDecision(PlanFormPage):
    """A step taken on a plan as a whole: the page shows the plan, and takes the step only for the plan it showed.

    What was shown travels with the form, signed: so a refusal can say what has changed since, line by line.
    """

    template_name = "problems/plan_decide.html"

    @property
    def seen(self) -> dict[str, Any]:
        """The content this form was opened with; empty, which no plan equals, when the form has lost it."""
        try:
            posted = self.request.POST or getattr(self, "kept_data", {})
            plan, content = signing.loads(posted.get("seen", ""), salt=SEEN)
        except (signing.BadSignature, TypeError, ValueError):
            return {}
        return content if plan == self.plan.pk and isinstance(content, dict) else {}

    def show_change(self, form: Any, changed: RecordChanged) -> HttpResponse:
        form.add_error(
            None, f"您打开此页后，方案有改动，这次没有办理。请看清现在的内容，同意的再点一次“{self.button}”。"
        )
        self.plan = changed.current  # type: ignore[assignment]
        context = self.get_context_data(form=form, base_version=self.plan.version, fresh=True)
        return self.render_to_response(context, status=409)

    def get_context_data(self, *, fresh: bool = False, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        now, seen = content_of(self.plan), self.seen
        # After a slip of the pen in the form the earlier reading still counts; after a refusal the one on this page.
        carried = now if fresh or not seen else seen
        return context | {
            "changes": differences(seen, now) if fresh and seen else [],
            "seen": signing.dumps([self.plan.pk, carried], salt=SEEN, compress=True),
            "content": now,
            "lists": [(name, [c.title for c in columns], draw_rows(columns, now[of])) for name, of, columns in LISTS],
        }


def _text(name: str) -> Any:
    return lambda row: row[name] or "—"


LISTS = [
    (
        "问题清单和责任清单",
        "problems",
        [
            Column("编号", _text("number"), css="nowrap"),
            Column("问题", _text("title"), lead=True),
            Column("整改目标", _text("target")),
            Column("时限", _text("deadline"), css="nowrap"),
            Column("责任领导", _text("lead")),
            Column("责任单位", _text("unit")),
            Column("责任人", _text("owner")),
            Column("协助单位", _text("assisting")),
        ],
    ),
    (
        "任务清单",
        "tasks",
        [
            Column("问题", _text("number"), css="nowrap"),
            Column("措施", lambda row: f"{row['measure']}. {row['text']}", lead=True),
            Column("完成标准", _text("standard")),
            Column("责任人", _text("owner")),
            Column("责任单位", _text("unit")),
            Column("完成时限", _text("deadline"), css="nowrap"),
        ],
    ),
]


class PlanSubmit(PlanDecision):
    form_class = PlanReviewForm
    title = "提交审定"
    button = "提交审定"
    intro = "提交后由组织委员审定，审定前不能再修改；需要修改时请组织委员退回。"
    success_text = "方案已提交审定。"

    def perform(self, form: PlanReviewForm) -> None:
        services.submit_plan(
            self.plan,
            base_version=self.base_version,
            seen=self.seen,
            by=self.request.user,
            at=timezone.now(),
            **form.cleaned_data,
        )


class PlanApprove(PlanDecision):
    permission = Permission.PLAN_DECIDE
    form_class = PlanApproveForm
    title = "审定通过"
    button = "审定通过"
    success_text = "方案已审定。"

    def perform(self, form: PlanApproveForm) -> None:
        services.approve_plan(
            self.plan,
            base_version=self.base_version,
            seen=self.seen,
            by=self.request.user,
            at=timezone.now(),
            **form.cleaned_data,
        )


class PlanRemark(PlanFormPage):
    """A step with a reason, about the plan as it was read: when somebody took a step meanwhile, it is read again first."""

    def show_change(self, form: Any, changed: RecordChanged) -> HttpResponse:
        form.add_error(
            None,
            f"您打开此页后，他人已办理过这个方案，这次没有办理。请看清方案现在的内容和办理记录，仍要{self.button}的再点一次。",
        )
        return self.render_to_response(
            self.get_context_data(form=form, base_version=changed.current.version), status=409
        )


class PlanAmend(PlanRemark):
    form_class = PlanAmendForm
    title = "调整方案"
    button = "开始调整"
    intro = "写明为什么调整。之后可以修改原因和目标，措施由驻村干部或党建办增加、修改，改好后重新提交审定；审定前，原来审定的方案仍然有效，随时可以查看。"
    success_text = "可以修改方案了，改好后提交审定。"

    def perform(self, form: PlanAmendForm) -> None:
        services.amend_plan(
            self.plan, base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )


class PlanCallOff(PlanRemark):
    form_class = PlanReviewForm
    title = "撤销调整"
    button = "撤销调整"
    intro = "方案回到已审定的样子继续执行，原因和目标中没有提交的修改不再保留。"
    success_text = "已撤销调整，按审定的方案执行。"

    def perform(self, form: PlanReviewForm) -> None:
        services.call_off_amendment(
            self.plan, base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )


class PlanReturn(PlanRemark):
    permission = Permission.PLAN_DECIDE
    form_class = PlanReturnForm
    title = "退回修改"
    button = "退回"
    intro = "措施不具体、没有责任人或时限的，写清要补什么，退回后村里可以修改并重新提交。"
    success_text = "方案已退回。"

    def get_initial(self) -> dict[str, Any]:
        words = services.vague_words(services.vague(self.plan))
        return {"remark": f"措施不具体：{words}。"} if words else {}

    def perform(self, form: PlanReturnForm) -> None:
        services.return_plan(
            self.plan, base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )
