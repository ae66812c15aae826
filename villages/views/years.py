"""One yearly sheet on its way: filled in by the village, reported, confirmed or returned by the office."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from villages.forms.figures import SOURCE, NewYearForm, ReturnYearForm, YearForm
from villages.models import VillageYear
from villages.pages import ActionPage
from villages.services import figures as services
from villages.views.registry import VillageForm


class YearForms(VillageForm):
    template_name = "villages/year_form.html"

    def get_success_url(self) -> str:
        return reverse("villages:village_detail", args=[self.village.pk])


class YearCreate(YearForms):
    title = "填报年度数据"
    form_class = NewYearForm

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET.get("year", "")
        year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else timezone.localdate().year
        # A second sheet of a year is refused: who comes here looking for this year's is shown the way before typing,
        # and who came for another year is offered neither a year nor figures that are not its own.
        self.filled = VillageYear.objects.filter(village=self.village, year=year).first()
        blank = self.filled or self.request.GET.get("blank")
        self.started_from = {} if blank else services.starting_figures(self.village, year)
        return {} if self.filled else {"year": year} | self.started_from

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["title"] = f"{self.village}：填报年度数据"
        context["intro"] = "不知道的不填（不填不等于0）。党员情况只填人数，不填人名。"
        if getattr(self, "started_from", None):
            context["intro"] += "变化慢的数字已从上一年带入，请逐项核对。"
            context["other_start"] = ("不带入，从空白填起", "?blank=1")
        elif self.request.GET.get("blank"):
            context["other_start"] = ("从上年带入", "?")
        context["filled"] = getattr(self, "filled", None)
        return context

    def perform(self, form: NewYearForm) -> VillageYear:
        return services.save_year(village=self.village, by=self.request.user, at=timezone.now(), **form.values())


class YearUpdate(YearForms):
    form_class = YearForm

    def load(self, pk: int) -> None:
        sheets = VillageYear.objects.visible_to(self.access).select_related("village__township")
        self.sheet = get_object_or_404(sheets, pk=pk)
        self.enter(self.sheet.village)
        self.title = f"{self.village}：修改{self.sheet.year}年数据"
        if self.sheet.remark:
            self.intro = f"退回原因：{self.sheet.remark}"

    def current(self) -> VillageYear:
        return self.sheet

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"confirmed": self.sheet.is_confirmed}

    def get_initial(self) -> dict[str, Any]:
        figures = {name: getattr(self.sheet, name) for name in services.FIGURES}
        self.brought = False
        if self.request.GET.get("from_last"):
            last = services.starting_figures(self.village, self.sheet.year)
            brought = {name: value for name, value in last.items() if figures.get(name) in (None, "")}
            self.brought = bool(brought)
            figures |= brought
        return figures | {SOURCE + row.kind: row.amount for row in self.sheet.sources.all()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        empty = any(getattr(self.sheet, name) in (None, "") for name in services.SLOW)
        if empty and self.request.method == "GET" and not self.request.GET.get("from_last"):
            context["other_start"] = ("空着的项从上年带入", "?from_last=1")
        elif getattr(self, "brought", False):
            context["intro"] += "空着的项已从上一年带入，请逐项核对后保存。"
        return context

    def get_success_url(self) -> str:
        return self.sheet.get_absolute_url()

    def perform(self, form: YearForm) -> VillageYear:
        return services.save_year(
            village=self.village,
            year=self.sheet.year,
            base_version=self.base_version,
            by=self.request.user,
            at=timezone.now(),
            **form.values(),
        )


class YearStep(ActionPage):
    """A button on a sheet: the version the visitor read travels with it."""

    permission = Permission.FIGURES_EDIT

    def load(self, pk: int) -> None:
        sheets = VillageYear.objects.visible_to(self.access).select_related("village")
        self.sheet = get_object_or_404(sheets, pk=pk)
        self.require(self.permission, township_id=self.sheet.township_id, village_id=self.sheet.village_id)

    def get_success_url(self) -> str:
        return self.sheet.get_absolute_url()

    def values(self) -> dict[str, Any]:
        return {"base_version": self.base_version, "by": self.request.user, "at": timezone.now()}


class YearReport(YearStep):
    success_text = "已报送，等待镇党建办确认。"

    def perform(self) -> None:
        services.report_year(self.sheet, **self.values())


class YearConfirm(YearStep):
    permission = Permission.FIGURES_CONFIRM
    success_text = "已确认。"

    def perform(self) -> None:
        services.confirm_year(self.sheet, **self.values())


class YearReturn(VillageForm):
    permission = Permission.FIGURES_CONFIRM
    form_class = ReturnYearForm
    title = "退回村情数据"
    button = "退回"
    success_text = "已退回。"

    def load(self, pk: int) -> None:
        sheets = VillageYear.objects.visible_to(self.access).select_related("village__township")
        self.sheet = get_object_or_404(sheets, pk=pk)
        self.enter(self.sheet.village)
        self.intro = f"{self.sheet}的数据退回村里修改，改好后再报送。"

    def current(self) -> VillageYear:
        return self.sheet

    def get_success_url(self) -> str:
        return self.sheet.get_absolute_url()

    def perform(self, form: ReturnYearForm) -> VillageYear:
        return services.return_year(
            self.sheet, base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )
