"""From the author's hand to the Party secretary's."""

from __future__ import annotations

from django.utils import timezone

from accounts.permissions import Permission
from reports import services
from reports.forms import ReturnForm
from reports.views.base import OneSummary
from villages.pages import ActionPage, FormPage


class SummarySubmit(OneSummary, ActionPage):
    permission = Permission.SUMMARY_DRAFT
    success_text = "已送签。签发前如需修改，请先退回。"

    def perform(self) -> None:
        services.submit_for_sign(self.summary, base_version=self.base_version, by=self.request.user, at=timezone.now())


class SummarySign(OneSummary, ActionPage):
    permission = Permission.SUMMARY_SIGN
    success_text = "已签发，内容已固定。正式文件正在生成，稍后刷新本页下载。"

    def perform(self) -> None:
        services.sign(self.summary, base_version=self.base_version, by=self.request.user, at=timezone.now())


class SummaryReturn(OneSummary, FormPage):
    """Either of the two people may take it back: the secretary with remarks, the author to mend what he noticed himself."""

    form_class = ReturnForm
    title = "退回修改"
    button = "退回"
    success_text = "已退回起草。"

    def load(self, pk: int) -> None:
        self.take(pk)
        if not self.access.may(Permission.SUMMARY_SIGN, township_id=self.summary.township_id):
            self.require(Permission.SUMMARY_DRAFT, township_id=self.summary.township_id)

    def perform(self, form: ReturnForm) -> str:
        services.return_summary(
            self.summary, reason=form.cleaned_data["reason"], by=self.request.user, at=timezone.now()
        )
        return self.get_success_url()
