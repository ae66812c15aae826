"""What the ledger can be filtered by, all of it in the address, so that every figure can link to the rows it counts.

The fields are drawn in Python: a ledger page carries some two hundred options, which the template engine would take longer to draw than
the page's rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from html import escape
from typing import Any

from django import forms
from django.core.cache import cache
from django.db.models import CharField, F, IntegerField, Q, QuerySet, Value
from django.http import QueryDict
from django.utils.safestring import SafeString, mark_safe

from common import text as texts
from common.forms import DateField
from common.lists import with_query
from problems.models import CloseRequest, Extension, KeyProject
from problems.queries import ProblemQuerySet, colour_is
from problems.terms import BEFORE_STATES, LEDGER_STATES, OPEN_STATES, Category, Colour, Degree, State
from rounds.models import LinkedCampaign, Round
from villages.access import Access
from villages.models import Cadre, Township, Unit, Village
from villages.pages import FilterForm

OFFERS_KEPT = 30  # seconds
OPEN, ALL, BEFORE = "open", "ledger", "before"
STATE_CHOICES = [
    (OPEN, "未销号（整改中、待销号、反弹、暂缓）"),
    (ALL, "全部已入台账"),
    (BEFORE, "未入台账（草稿、待审核、退回）"),
    *State.choices,
]
STATE_SHORT = {OPEN: "未销号", ALL: "全部", BEFORE: "未入台账"} | dict(State.choices)
EXTENSION_CHOICES = [("pending", "延期待审批"), ("granted", "延过期")]
CLOSE_CHOICES = [("unchecked", "待核实"), ("checked", "待审核")]
GROUPS = {
    OPEN: OPEN_STATES,
    ALL: LEDGER_STATES,
    BEFORE: BEFORE_STATES,
}


class Pick(forms.IntegerField):
    """A record by its key. Any key is taken, because the rows themselves are in scope; `offered` are those drawn in the list."""

    offered: Sequence[tuple[Any, str]] = ()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            min_value=0, max_value=2**63 - 1, **kwargs
        )  # what a key can be; more ends in a fault of the database


class Drawn:
    """A filter field as the list template draws it, finished."""

    def __init__(self, name: str, label: str, html: SafeString) -> None:
        self.id_for_label, self.label, self.html = f"id_{name}", label, html

    def __str__(self) -> str:
        return self.html

    def __html__(self) -> str:
        return self.html


class ProblemFilter(FilterForm):
    q = forms.CharField(label="文字", required=False, max_length=40)
    township = Pick(label="乡镇", required=False)
    village = Pick(label="村", required=False)
    category = forms.ChoiceField(label="类别", choices=Category.choices, required=False)
    state = forms.ChoiceField(label="状态", choices=STATE_CHOICES, required=False)
    colour = forms.ChoiceField(label="预警灯", choices=Colour.choices[:4], required=False)
    person = Pick(label="责任人或责任领导", required=False)
    round = forms.RegexField(r"^\d{4}-\d{1,2}$", label="轮次", required=False)
    unit = Pick(label="责任或协助单位", required=False)
    degree = forms.MultipleChoiceField(label="化解程度", choices=Degree.choices, required=False)
    key_project = Pick(label="重点工程", required=False)
    campaign = forms.CharField(label="结合工作", required=False, max_length=60)
    linked = forms.BooleanField(label="结合其他工作的", required=False)
    extension = forms.ChoiceField(label="延期", choices=EXTENSION_CHOICES, required=False)
    close = forms.ChoiceField(label="销号申请", choices=CLOSE_CHOICES, required=False)
    overdue = forms.BooleanField(label="只看逾期", required=False)
    discovered_from = DateField(label="发现时间从", required=False)
    discovered_to = DateField(label="发现时间到", required=False)
    started_from = DateField(label="列入整改从", required=False)
    started_to = DateField(label="列入整改到", required=False)
    closed_from = DateField(label="销号时间从", required=False)
    closed_to = DateField(label="销号时间到", required=False)
    due_from = DateField(label="整改时限从", required=False)
    due_to = DateField(label="整改时限到", required=False)
    as_of = DateField(label="截至", required=False)

    FIRST = ("q", "township", "village", "category", "state", "colour", "person", "round")

    def __init__(self, data: QueryDict, access: Access, *, day: date) -> None:
        self.today = day
        super().__init__(data, access)

    # what is asked

    @cached_property
    def day(self) -> date:
        """The day as of which the list stands."""
        return self.value("as_of") or self.today

    @property
    def past(self) -> bool:
        """Is the list asked as of an earlier day than today, from the steps instead of the present standing?"""
        return self.day < self.today

    @property
    def asked_state(self) -> str:
        """Open problems unless asked otherwise; a period of close-out asks for closed ones."""
        chosen = self.value("state")
        if chosen:
            return str(chosen)
        return ALL if self.value("closed_from") or self.value("closed_to") else OPEN

    @property
    def path(self) -> str:
        """What leads a lookup to the standing of the day asked for."""
        return "stood__" if self.past else ""

    def narrow(self, rows: ProblemQuerySet, *, colour: bool = True) -> ProblemQuerySet:
        """The rows asked for; without the colour, for the counts by colour."""
        if self.past:
            rows = rows.as_of(self.day)
        p = self.path
        condition = Q(**{f"{p}state__in": GROUPS.get(self.asked_state, (self.asked_state,))})
        plain = {
            "township": "township_id", "village": "village_id", "category": "category", "key_project": "key_project_id",
            "campaign": "linked_campaign__name", "discovered_from": "discovered_on__gte",
            "discovered_to": "discovered_on__lte", "started_from": "started_on__gte", "started_to": "started_on__lte",
            "closed_from": f"{p}closed_on__gte",
            "closed_to": f"{p}closed_on__lte",
            "due_from": f"{p}due_on__gte",
            "due_to": f"{p}due_on__lte",
        }  # fmt: skip
        for name, lookup in plain.items():
            if (value := self.value(name)) is not None:
                condition &= Q(**{lookup: value})
        if self.value("linked"):
            condition &= Q(linked_campaign__isnull=False)
        condition &= self._requests(p)
        if degrees := self.value("degree"):
            condition &= Q(**{f"{p}degree__in": degrees})
        if person := self.value("person"):
            condition &= Q(owner_id=person) | Q(lead_official_id=person)
        if unit := self.value("unit"):
            helped = rows.model.assisting_units.through.objects.filter(unit_id=unit).values("problem_id")
            condition &= Q(responsible_unit_id=unit) | Q(pk__in=helped)
        if key := self.value("round"):
            year, number = key.split("-")
            condition &= Q(round__year=int(year), round__number=int(number))
        if q := self.value("q"):
            for word in texts.clean(q).lower().split():
                condition &= Q(search_text__contains=word)
        if self.value("overdue"):
            condition &= colour_is(Colour.RED, self.day, p)
        if colour and self.value("colour"):
            condition &= colour_is(self.value("colour"), self.day, p)
        return rows.filter(condition)

    def _requests(self, p: str) -> Q:
        """What waits for an answer, and what was granted more time."""
        condition = Q()
        if self.value("extension") == "pending":
            pending = Extension.objects.filter(decision=Extension.Decision.PENDING)
            condition &= Q(pk__in=pending.values("problem_id"))
        elif self.value("extension") == "granted":
            condition &= Q(**{f"{p}extensions_granted__gt": 0})
        if close := self.value("close"):
            asked = CloseRequest.objects.filter(
                outcome=CloseRequest.Outcome.PENDING, checked_by__isnull=close == "unchecked"
            )
            condition &= Q(pk__in=asked.values("problem_id"))
        return condition

    # how it is drawn

    @cached_property
    def offers(self) -> dict[str, list[tuple[Any, str]]]:
        """Every list of choices that comes from the database. Kept for half a minute per scope: names change seldom, and drawing the
        lists anew cost a quarter of the page. What a filter finds is never cached."""
        access = self.access
        scope = (access.township_ids, access.village_ids, access.unit_ids, access.county_ids, self.value("township"))
        key = (
            "problem-options-"
            + hashlib.sha256(repr([sorted(s) if isinstance(s, frozenset) else s for s in scope]).encode()).hexdigest()
        )
        self.drawn, offers = cache.get_or_set(key, self._with_options, OFFERS_KEPT)
        return offers

    def _with_options(self) -> tuple[dict[str, str], dict[str, list[tuple[Any, str]]]]:
        """The options of each list as drawn when nothing is chosen, and the lists themselves."""
        offers = self._offers()
        drawn = {name: draw_options(offered, None, None) for name, offered in offers.items() if offered}
        return drawn, offers

    def _offers(self) -> dict[str, list[tuple[Any, str]]]:
        """One query."""
        towns = self.access.township_ids
        wide = len(towns) > 1
        if (
            wide
        ):  # a county reader first picks a township; lists of every village and person would be longer than the page
            picked = self.value("township")
            towns = frozenset({picked} & towns)
        villages = Q(township_id__in=towns) | Q(pk__in=self.access.village_ids)
        people = Q(township_id__in=towns or self.access.all_township_ids if not wide else towns, left_on=None)
        units = Unit.objects.visible_to(self.access)
        if wide:
            units = units.filter(Q(township_id__in=towns) | Q(township=None))
        parts: list[QuerySet[Any, Any]] = [
            _options("village", Village.objects.filter(villages, closed_on=None), F("name"), F("sort")),
            _options("person", Cadre.objects.filter(people), F("name"), F("village_id"), F("title")),
            _options("unit", units, F("name"), Value(0)),
            _options("key_project", KeyProject.objects.filter(township_id__in=towns), F("name"), Value(0)),
            _options("campaign", LinkedCampaign.objects.filter(round__township_id__in=towns), F("name"), Value(0)),
            _options(
                "round",
                Round.objects.visible_to(self.access).filter(township_id__in=towns or self.access.all_township_ids),
                Value(""),
                F("year"),
                F("number"),
            ),
        ]
        if wide:
            shown = Township.objects.filter(pk__in=self.access.township_ids)
            parts.append(_options("township", shown, F("name"), Value(0)))
        offers: dict[str, list[tuple[Any, str]]] = {name: [] for name in self.fields}
        found = parts[0].union(*parts[1:], all=True)
        for name, pk, text, order, more in sorted(found, key=lambda row: (row[0], row[3] or 0, row[1])):
            offers[name].append((pk, f"{text}（{more}）" if name == "person" and more else text))
            if name == "round":
                offers[name][-1] = (f"{order}-{more}", f"{order}年第{more}轮")
            elif name == "campaign":
                offers[name][-1] = (text, text)
        for name in ("round", "campaign"):
            offers[name] = list(dict.fromkeys(offers[name]))
        offers["round"].sort(reverse=True)
        return offers

    def visible_fields(self) -> list[Drawn]:  # type: ignore[override]
        return [self._drawn(name) for name in self.FIRST if name != "township" or self.offers["township"]]

    def more_fields(self) -> list[Drawn]:
        """Those folded away: asked for seldom, or set by the links of a summary."""
        return [self._drawn(name) for name in self.fields if name not in self.FIRST]

    @property
    def more_open(self) -> bool:
        return any(self.value(name) for name in self.fields if name not in self.FIRST)

    def _drawn(self, name: str) -> Drawn:
        field, value = self.fields[name], self.value(name)
        attrs = f'name="{name}" id="id_{name}"'
        label = str(field.label)
        if isinstance(field, forms.BooleanField):
            return Drawn(name, label, _safe(f'<input type="checkbox" {attrs} value="1"{" checked" if value else ""}>'))
        if isinstance(field, forms.DateField):
            return Drawn(name, label, _safe(f'<input type="date" {attrs} value="{value or ""}">'))
        if name == "q":
            hint = "编号、标题、地点、姓名"
            return Drawn(
                name,
                label,
                _safe(
                    f'<input type="search" {attrs} maxlength="40" placeholder="{hint}" value="{escape(value or "")}">'
                ),
            )
        if name == "degree":
            value = value[0] if value and len(value) == 1 else None
        if name == "state":
            value, blank = self.asked_state, None
        else:
            blank = "全部"
        offered = self.offers[name] or getattr(field, "choices", ())
        if value is None and name in self.drawn:
            options = f'<option value="">{blank}</option>{self.drawn[name]}'
        else:
            options = draw_options(offered, value, blank)
        return Drawn(name, label, _safe(f"<select {attrs}>{options}</select>"))

    def chips(self) -> list[dict[str, str]]:
        """What is switched on; the default of open problems shows too, because it hides the closed ones."""
        rows = []
        for name, field in self.fields.items():
            value = self.asked_state if name == "state" else self.value(name)
            if not value or (name == "state" and value == ALL):
                continue
            without: dict[str, Any] = {name: ALL if name == "state" else None}
            label = str(field.label)
            rows.append(
                {
                    "label": label,
                    "value": "" if value is True else self._shown(name, value),
                    "without": with_query(self.data, **without),
                }
            )
        return rows

    def _shown(self, name: str, value: Any) -> str:
        if name == "state":
            return STATE_SHORT.get(value, str(value))
        if name == "degree":
            return "、".join(Degree(v).label for v in value)
        if name in ("category", "colour", "extension", "close"):
            return str(dict(self.fields[name].choices)[value])
        for key, text in self.offers[name]:
            if key == value:
                return text
        return "所选" if isinstance(self.fields[name], Pick) else str(value)

    @property
    def folded(self) -> bool:
        """Links with a state, a colour or a period keep the form folded: the chips say it all and the rows come first."""
        return not any(self.value(name) for name in self.FIRST if name not in ("state", "colour"))

    @property
    def only_default(self) -> bool:
        """Nothing is asked for but open problems."""
        return not any(self.value(name) for name in self.fields)


def _options(name: str, rows: QuerySet[Any], text: Any, order: Any, more: Any = None) -> QuerySet[Any, Any]:
    """(list, key, words, order, more) of one list, with the same column types as every other, so that they can be one query."""
    from django.db.models.functions import Cast

    return (
        rows.order_by()
        .annotate(
            offer_list=Cast(Value(name), CharField()),
            offer_text=Cast(text, CharField()),
            offer_order=Cast(order, IntegerField()),
            offer_more=Cast(Value("") if more is None else more, CharField()),
        )
        .values_list("offer_list", "pk", "offer_text", "offer_order", "offer_more")
    )


def draw_options(offered: Iterable[tuple[Any, Any]], value: Any, blank: str | None) -> str:
    """The <option>s of a select; a value not offered (somebody who left) is kept as an option of its own."""
    chosen = "" if value is None else str(value)
    parts = [] if blank is None else [f'<option value="">{blank}</option>']
    seen = not chosen
    for key, label in offered:
        mark = ""
        if str(key) == chosen:
            mark, seen = " selected", True
        parts.append(f'<option value="{escape(str(key))}"{mark}>{escape(str(label))}</option>')
    if not seen:
        parts.append(f'<option value="{escape(chosen)}" selected>所选</option>')
    return "".join(parts)


def _safe(html: str) -> SafeString:
    return mark_safe(html)  # noqa: S308 - every value in it was escaped, see the callers
