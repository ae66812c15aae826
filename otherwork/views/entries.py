"""Entries of other work: the list, entry from a village's phone or the office's desk, correction, striking out."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from accounts.permissions import Permission
from audit.services import history
from common import chinese
from common.lists import Column, number_named
from otherwork.forms.entries import EntryForm, VoidForm
from otherwork.forms.filters import EntryFilter
from otherwork.models import WorkEntry, WorkFund, WorkKind
from otherwork.services import entries as services
from otherwork.shown import funds_text, quantity_text
from otherwork.views.kinds import TABS, may_enter
from rounds.forms.filters import in_period
from villages.models import Village
from villages.pages import FormPage, Page, TotalsPage, safe_back, with_back


class EntryList(TotalsPage):
    permission = Permission.OTHERWORK_VIEW
    tabs = TABS
    template_name = "otherwork/entry_list.html"
    title = "其他工作"
    noun = "条登记"
    filter_form = EntryFilter
    filters: EntryFilter
    sorts = {
        "happened_on": ["happened_on", "pk"],
        "kind": ["kind__sort", "kind_id", "-happened_on", "pk"],
        "village": ["village__sort", "village_id", "-happened_on", "pk"],
        "quantity": ["quantity", "pk"],
    }

    @property
    def empty_text(self) -> str:  # type: ignore[override]
        if self.access.may(Permission.OTHERWORK_POST):
            return "还没有登记。为民办实事、三会一课等总结里要写数量的工作，做完一件点“登记”填一条。"
        return "还没有登记。各村和党建办登记后，这里可以按类别、村和期间查看。"

    def rows(self) -> QuerySet[WorkEntry]:
        rows = WorkEntry.objects.visible_to(self.access)
        value = self.filters.value
        rows = rows.filter(is_void=bool(value("void")))
        if kind := value("kind"):
            rows = rows.filter(kind=kind)
        if township := value("township"):
            rows = rows.filter(kind__township=township)
        if village := value("village"):
            rows = rows.filter(village=village)
        rows = in_period(self.filters, rows, "happened_on")
        if value("latest"):
            rows = rows.latest_on(self.filters.day)
        elif value("as_of"):
            rows = rows.filter(happened_on__lte=self.filters.day)
        if source := value("source"):
            rows = rows.filter(pk__in=WorkFund.objects.filter(source=source).values("entry_id"))
        if q := value("q"):
            rows = rows.filter(note__icontains=q)
        return rows.with_names()

    def actions(self) -> list[tuple[str, str]]:
        if not self.access.may(Permission.OTHERWORK_POST):
            return []
        return [("登记", with_back(reverse("otherwork:entry_choose"), self.here))]

    def totals(self, rows: QuerySet[WorkEntry]) -> str:
        """What the rows add up to, where they are of one kind."""
        kind = self.filters.value("kind")
        if not kind:
            return ""
        plain = rows.prefetch_related(None).select_related(None).order_by()
        told = plain.aggregate(quantity=Sum("quantity"), villages=Count("village", distinct=True))
        if told["quantity"] is None:
            return ""
        words = [f"{kind.name}合计{chinese.amount(told['quantity'])}{kind.unit}"]
        if kind.per_village:
            words.append(f"涉及{told['villages']}个村")
        if kind.has_money:
            money = WorkFund.objects.filter(entry__in=plain.values("pk")).aggregate(total=Sum("amount"))["total"]
            if money:
                words.append(f"资金{chinese.amount(money)}万元")
        return "，".join(words)

    def get_columns(self) -> list[Column]:
        here = self.here

        def kind(e: WorkEntry) -> str:
            return format_html('<a href="{}">{}</a>', with_back(e.get_absolute_url(), here), e.kind.name)

        columns = [
            Column("类别", kind, sort="kind", lead=True, css="nowrap"),
            Column("村", lambda e: e.village.name if e.village else "镇本级", sort="village", css="nowrap"),
            Column("日期", lambda e: chinese.day_text(e.happened_on), sort="happened_on", css="nowrap"),
            Column("数量", quantity_text, sort="quantity", css="num nowrap"),
            Column("内容", lambda e: e.note or "—"),
            Column("资金", lambda e: funds_text(e) or "—"),
            Column("登记人", lambda e: str(e.created_by), css="nowrap"),
        ]
        if self.filters.many_townships:
            columns.insert(1, Column("乡镇", lambda e: e.kind.township.name))
        return columns


class EntryChoose(Page):
    """What is there to enter? One tap on the kind, then its form."""

    permission = Permission.OTHERWORK_POST
    template_name = "otherwork/entry_choose.html"
    title = "登记其他工作"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = WorkKind.objects.visible_to(self.access).in_use(self.access.on).select_related("township")
        back = safe_back(self.request, "")
        village = number_named(self.request.GET.get("village"))
        hint = f"?village={village}" if village else ""
        kinds = [
            {"kind": kind, "url": with_back(reverse("otherwork:entry_create", args=[kind.pk]) + hint, back)}
            for kind in rows
            if may_enter(kind, self.access)
        ]
        office = bool(self.access.townships_with(Permission.OTHERWORK_KIND_EDIT))
        return super().get_context_data(**kwargs) | {"kinds": kinds, "office": office}


class EntryPage(FormPage):
    permission = Permission.OTHERWORK_POST
    form_class = EntryForm
    template_name = "otherwork/entry_form.html"
    kind: WorkKind
    village: Village | None = None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"kind": self.kind, "village": self.village}

    def get_success_url(self) -> str:
        return f"{reverse('otherwork:entry_list')}?kind={self.kind.pk}"


class EntryCreate(EntryPage):
    success_text = "已登记。"

    @property
    def title(self) -> str:  # type: ignore[override]
        return f"登记{self.kind.name}"

    def load(self, pk: int) -> None:
        rows = WorkKind.objects.visible_to(self.access).select_related("township")
        self.kind = get_object_or_404(rows, pk=pk)
        self.villages: QuerySet[Village] | None = None
        if not self.kind.per_village:
            self.require(self.permission, township_id=self.kind.township_id)
            return
        mine = Village.objects.filter(
            self.access.villages_with(self.permission), township_id=self.kind.township_id, closed_on=None
        )
        some = list(mine[:2])
        if not some:
            # In sight without the right here: asked of the township, which refuses.
            self.require(self.permission, township_id=self.kind.township_id)
        self.village = some[0] if len(some) == 1 else None
        self.villages = mine if len(some) > 1 else None

    def get_form_kwargs(self) -> dict[str, Any]:
        office = self.access.may(self.permission, township_id=self.kind.township_id)
        return super().get_form_kwargs() | {"kind": self.kind, "villages": self.villages, "series": office}

    def get_initial(self) -> dict[str, Any]:
        hint = number_named(self.request.GET.get("village"))
        return {"happened_on": self.access.on} | ({"village": hint} if hint and self.villages is not None else {})

    def perform(self, form: EntryForm) -> Any:
        values = dict(form.cleaned_data)
        another = values.pop("another", False)
        village = values.pop("village", self.village)
        entry = services.add_entry(kind=self.kind, village=village, by=self.request.user, at=timezone.now(), **values)
        return with_back(self.request.path, safe_back(self.request, "")) if another else entry


def _loaded(page: Any, pk: int) -> WorkEntry:
    rows = WorkEntry.objects.visible_to(page.access).with_names()
    return get_object_or_404(rows, pk=pk)


class EntryDetail(Page):
    permission = Permission.OTHERWORK_VIEW
    template_name = "otherwork/entry_detail.html"

    def load(self, pk: int) -> None:
        self.entry = _loaded(self, pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entry = self.entry
        may = not entry.is_void and self.access.may(
            Permission.OTHERWORK_POST, township_id=entry.township_id, village_id=entry.village_id
        )
        here = self.request.get_full_path()
        return super().get_context_data(**kwargs) | {
            "title": f"{entry.kind.name}{quantity_text(entry)}",
            "entry": entry,
            "quantity": quantity_text(entry),
            "funds": funds_text(entry),
            "money": chinese.amount(entry.money) if entry.money else "",
            "edit": with_back(reverse("otherwork:entry_update", args=[entry.pk]), here) if may else "",
            "void": with_back(reverse("otherwork:entry_void", args=[entry.pk]), here) if may else "",
            "list": f"{reverse('otherwork:entry_list')}?kind={entry.kind_id}",
            "history": history(entry),
        }


class OneEntry(EntryPage):
    """A form about one entry: leads back to it."""

    def load(self, pk: int) -> None:
        self.entry = _loaded(self, pk)
        self.kind, self.village = self.entry.kind, self.entry.village
        self.require(self.permission, township_id=self.entry.township_id, village_id=self.entry.village_id)

    def current(self) -> WorkEntry:
        return self.entry

    def get_success_url(self) -> str:
        return self.entry.get_absolute_url()


class EntryUpdate(OneEntry):
    title = "修改登记"

    def get_form_kwargs(self) -> dict[str, Any]:
        funds = {fund.source: chinese.amount(fund.amount) for fund in self.entry.funds.all()}
        return super().get_form_kwargs() | {"kind": self.kind, "funds": funds}

    def get_initial(self) -> dict[str, Any]:
        entry = self.entry
        return {"happened_on": entry.happened_on, "quantity": chinese.amount(entry.quantity), "note": entry.note}

    def perform(self, form: EntryForm) -> WorkEntry:
        return services.change_entry(
            self.entry, base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"record": self.entry, "history": history(self.entry)}


class EntryVoid(OneEntry):
    title = "作废登记"
    button = "作废"
    success_text = "已作废，不再计入统计。"
    form_class = VoidForm
    intro = "登记错了才作废。作废的登记还能查到，但不再计入任何统计，也不能恢复。"

    def perform(self, form: VoidForm) -> WorkEntry:
        return services.void_entry(
            self.entry, base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )
