"""Which list of the portal exports as which ledger, and how the rows of its address are found again in the job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone

from inspections.models import Inspection, Survey
from inspections.views.inspections import InspectionList
from inspections.views.surveys import SurveyList
from ledgers.definitions import LEDGERS, inspections, otherwork
from ledgers.form import Ask, Ledger
from meetings.models import Commitment
from meetings.views.commitments import CommitmentList
from otherwork.views.entries import EntryList
from pairings.models import Pairing
from pairings.views.pairings import PairingList
from problems.models import Measure, Problem
from problems.views.ledger import ProblemList
from problems.views.measures import MeasureList
from rounds.models import Designation, Round
from rounds.views.designations import DesignationList
from villages.access import Access
from villages.models import VillageYear
from villages.pages import ListPage
from villages.views.figures import FiguresList


@dataclass(frozen=True)
class Source:
    """A list whose rows are those of a ledger. `order` is the register's, for a list that was not sorted by hand."""

    page: type[ListPage]
    code: str
    order: tuple[str, ...]
    rounds: Callable[
        [Sequence[int]], Any
    ]  # keys of the list's rows → keys of their rounds, or of their townships' newest
    expand: Callable[[Sequence[int], Ask], list[int]] | None = None  # where a row of the list is several of the ledger

    @property
    def ledger(self) -> Ledger:
        return LEDGERS[self.code]


def _rounds_of(model: Any, path: str = "round") -> Callable[[Sequence[int]], Any]:
    def rounds(keys: Sequence[int]) -> set[int]:
        found: set[int] = set()
        for start in range(0, len(keys), 5000):  # a database takes only so many parameters
            some = model.objects.filter(pk__in=keys[start : start + 5000]).order_by()
            found.update(some.values_list(path, flat=True).distinct())
        return found

    return rounds


def _newest_rounds(keys: Sequence[int]) -> list[int]:
    """Sheets of a year belong to no round: their townships' newest names the table."""
    townships = VillageYear.objects.filter(pk__in=keys[:5000]).order_by().values_list("village__township", flat=True)
    rounds = Round.objects.filter(township__in=set(townships)).order_by("year", "number")
    newest = dict(rounds.values_list("township_id", "pk"))
    return list(newest.values())


SOURCES: dict[str, Source] = {
    "rounds:designation_list": Source(
        DesignationList, "A", ("round__township_id", "round_id", "village__sort", "village_id"), _rounds_of(Designation)
    ),
    "problems:problem_list": Source(ProblemList, "B", ("township_id", "round_id", "number"), _rounds_of(Problem)),
    "problems:measure_list": Source(
        MeasureList,
        "C",
        ("problem__township_id", "problem__round_id", "problem__number", "number"),
        _rounds_of(Measure, "problem__round"),
    ),
    "pairings:pairing_list": Source(
        PairingList, "E", ("village__township_id", "village__sort", "village_id", "pk"), _rounds_of(Pairing)
    ),
    "inspections:inspection_list": Source(
        InspectionList, "F", ("township_id", "held_on", "pk"), _rounds_of(Inspection), inspections.keys_of
    ),
    "meetings:commitment_list": Source(
        CommitmentList,
        "H",
        ("meeting__township_id", "meeting__held_on", "meeting_id", "due_on", "pk"),
        _rounds_of(Commitment, "meeting__round"),
    ),
    "villages:figures_list": Source(
        FiguresList, "I", ("village__township_id", "village__sort", "village_id", "year"), _newest_rounds
    ),
    "inspections:survey_list": Source(
        SurveyList, "K", ("village__township_id", "held_on", "village__sort", "village_id"), _rounds_of(Survey)
    ),
    "otherwork:entry_list": Source(EntryList, "M", otherwork.ORDER, otherwork.rounds_of),
}
_BY_PAGE = {source.page: name for name, source in SOURCES.items()}


def page_of(source: Source, query: str, access: Access) -> ListPage:
    """The list page as the person saw it: same address, present rights."""
    request: Any = HttpRequest()
    request.method, request.path = "GET", "/"
    request.GET = QueryDict(query)
    request.user, request.access = access.user, access
    page = source.page()
    page.setup(request)
    return page


@dataclass(frozen=True)
class Chosen:
    """What a filtered list holds: keys of the ledger's rows, their rounds, the day it stands for, the conditions in words."""

    keys: tuple[int, ...]
    rounds: tuple[int, ...]
    as_of: date
    words: str


def choose(name: str, query: str, access: Access) -> Chosen:
    """The rows of a list's address that are in sight now."""
    source = SOURCES[name]
    page = page_of(source, query, access)
    rows = page.chosen()
    if "sort" not in page.request.GET:
        rows = rows.order_by(*source.order)
    keys = list(rows.values_list("pk", flat=True))
    filters: Any = page.filters
    as_of = getattr(filters, "day", None) or timezone.localdate()
    chips = filters.chips() if filters else []
    if only := page.only():
        chips.append({"label": "只看所选", "value": f"{len(only)}条"})
    said = "；".join(f"{c['label']}：{c['value']}" if c["value"] else str(c["label"]) for c in chips)
    rounds = tuple(sorted(source.rounds(keys)))
    if source.expand:
        keys = source.expand(keys, Ask((), as_of, access))
    return Chosen(tuple(keys), rounds, as_of, said)


def export_button(page: ListPage) -> tuple[str, str] | None:
    """导出Excel on a list that has a ledger: the button carries the list's address."""
    name = _BY_PAGE.get(type(page))
    if name is None:
        return None
    query = page.request.GET.copy()
    for key in ("page", "size", "back"):
        query.pop(key, None)
    address = reverse("ledgers:list_export", args=[SOURCES[name].code.lower()])
    return "导出Excel", f"{address}?{urlencode({'query': query.urlencode()})}"
