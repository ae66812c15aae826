"""The numbers of the round by township (G) and by kind of organisation (L1), for any number of townships in a fixed number of queries.

They are those of a summary: tests/ledgers hold each against reports.figures, and each knows the list of the records it counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import CharField, Count, F, Q, Value
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from common.lists import named_rows, rows_named
from inspections.models import Inspection, Survey, Visit
from inspections.satisfaction import content_of, voters_of
from meetings.models import Meeting
from otherwork.models import WorkKind
from pairings.models import Pairing
from problems.models import Problem
from problems.queries import colour_is
from problems.terms import Colour, State
from rounds.models import Designation, Round, ScreeningVisit
from villages.models import Assignment, CadreTraining, Post, Village, VillageYear

Number = int | Decimal | None


@dataclass(frozen=True)
class Cell:
    """A number and the list that shows what it counts; no address where no list does."""

    value: Number | str  # words where a number would be wrong
    list_name: str = ""
    params: tuple[tuple[str, str], ...] = ()

    @property
    def url(self) -> str:
        return f"{reverse(self.list_name)}?{urlencode(self.params)}" if self.list_name else ""


@dataclass(frozen=True)
class TownshipRow:
    """One township's line of G. `ballots` are (good, valid) of the survey the rate is of, `measured` its kind and formula."""

    round: Round
    cells: dict[str, Cell]
    ballots: tuple[int, int]
    measured: str


def past(as_of: date) -> bool:
    return as_of < timezone.localdate()


def share(part: Number, whole: Number) -> Decimal | None:
    """Percent with one decimal; nothing of nothing."""
    return (Decimal(part or 0) * 100 / Decimal(whole)).quantize(Decimal("0.1")) if whole else None


def by_township(rounds: Sequence[Round], as_of: date, since: date | None = None) -> list[TownshipRow]:
    """One line for each round, in the order given."""
    listed = _listed(rounds, as_of)
    villages = {d["village_id"] for some in listed.values() for d in some}
    problems = _problems(rounds, as_of, since)
    events = _events(rounds, as_of, since)
    secretaries = _secretaries(rounds, listed, as_of)
    income = {
        y["village_id"]: dict[str, Any](y)
        for y in VillageYear.objects.filter(village__in=villages, year=as_of.year, income__isnull=False).values(
            "pk", "village_id", "income"
        )
    }
    surveys = _surveys(rounds, as_of, since)
    rows = []
    for r in rounds:
        begin = since or r.starts_on
        common = (("round", r.key), ("township", str(r.township_id)))
        then = (("as_of", as_of.isoformat()),)
        period = (("from", begin.isoformat()), ("to", as_of.isoformat()))

        def cell(value: Number, name: str, *params: tuple[str, str], common: Any = common) -> Cell:
            return Cell(value, name, (*common, *params))

        mine = listed[r.pk]
        turned = [d for d in mine if _turned(d, as_of)]
        count = problems.get(r.pk, {})
        ledger = "problems:problem_list"
        sheets = [income[d["village_id"]] for d in mine if d["village_id"] in income]
        changed = [post for post, _, _, _, taken_over in secretaries[r.pk] for _ in range(taken_over)]
        kind, good, valid = surveys.get(r.pk, ("", 0, 0))
        measured = f"{kind}.{r.satisfaction_formula}" if valid else ""
        cells = {
            "listed": cell(len(mine), "rounds:designation_list", ("state", "listed"), *then),
            "turned_round": cell(len(turned), "rounds:designation_list", ("state", "turned_round"), *then),
            "rectifying": cell(len(mine) - len(turned), "rounds:designation_list", ("state", "approved"), *then),
            "problems": cell(count.get("problems", 0), ledger, ("state", "ledger"), *then),
            "period.new": cell(
                count.get("new", 0), ledger, ("state", "ledger"),
                ("started_from", begin.isoformat()), ("started_to", as_of.isoformat()), *then,
            ),
            "period.closed": cell(
                count.get("closed_now", 0), ledger, ("state", State.CLOSED.value),
                ("closed_from", begin.isoformat()), ("closed_to", as_of.isoformat()), *then,
            ),
            "closed": cell(count.get("closed", 0), ledger, ("state", State.CLOSED.value), *then),
            "closed.rate": cell(
                share(count.get("closed"), count.get("problems")), ledger, ("state", State.CLOSED.value), *then
            ),
            "open.late": cell(count.get("late", 0), ledger, ("colour", Colour.RED.value), *then),
            "visits": cell(events[r.pk]["visits"], "inspections:visit_list", ("leader", "1"), *period),
            "inspections": cell(events[r.pk]["inspections"], "inspections:inspection_list", *period),
            "coordination": cell(
                events[r.pk]["coordination"], "meetings:meeting_list", ("kind", Meeting.Kind.COORDINATION.value), *period
            ),
            "secretaries.changed": _only(len(changed), "villages:post_list", changed, (*common, *then)),
            "income.total": _only(
                sum((y["income"] for y in sheets), Decimal(0)) if sheets else None, "villages:figures_list",
                [y["pk"] for y in sheets], (*common, ("year", str(as_of.year))),
            ),
            "survey.rate": cell(share(good, valid), "inspections:survey_list", ("kind", kind), ("latest", "1"), *period)
            if valid else Cell(None),
        }  # fmt: skip
        rows.append(TownshipRow(r, cells, (good, valid), measured))
    return rows


def _only(value: Number, name: str, ids: Sequence[int], params: tuple[tuple[str, str], ...]) -> Cell:
    """A number whose records no filter names: they stand in the address, if they are not too many."""
    only = named_rows(ids)
    return Cell(value, name, (*params, ("only", only))) if only else Cell(value)


def _listed(rounds: Sequence[Round], as_of: date) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = Designation.objects.filter(round__in=[r.pk for r in rounds]).listed_on(as_of)
    for d in rows.order_by("village__sort", "village_id").values(
        "pk", "round_id", "village_id", "village__kind", "turned_round_on"
    ):
        found[d["round_id"]].append(d)
    return found


def _turned(designation: dict[str, Any], as_of: date) -> bool:
    return bool(designation["turned_round_on"] and designation["turned_round_on"] <= as_of)


def _problems(rounds: Sequence[Round], as_of: date, since: date | None) -> dict[int, Any]:
    p = "stood__" if past(as_of) else ""
    rows = Problem.objects.filter(round__in=[r.pk for r in rounds])
    rows = (rows.as_of(as_of) if p else rows).in_ledger(p).order_by()
    begin = since or F("round__starts_on")
    closed = Q(**{f"{p}state": State.CLOSED})
    now = Q(**{f"{p}closed_on__gte": begin, f"{p}closed_on__lte": as_of})
    return {
        row["round_id"]: row
        for row in rows.values("round_id").annotate(
            problems=Count("pk"),
            new=Count("pk", filter=Q(started_on__gte=begin, started_on__lte=as_of)),
            closed=Count("pk", filter=closed),
            closed_now=Count("pk", filter=closed & now),
            late=Count("pk", filter=colour_is(Colour.RED, as_of, p)),
        )
    }


def _events(rounds: Sequence[Round], as_of: date, since: date | None) -> dict[int, Any]:
    """Visits of leaders, inspections and coordination meetings of the period, counted in one query."""
    ids = [r.pk for r in rounds]

    def counted(word: str, rows: Any, day: str) -> Any:
        rows = rows.filter(**{"round__in": ids, f"{day}__lte": as_of, f"{day}__gte": since or F("round__starts_on")})
        return (
            rows.order_by()
            .annotate(word=Value(word, output_field=CharField()))
            .values("round_id", "word")
            .annotate(n=Count("pk"))
            .values_list("round_id", "word", "n")
        )

    found: dict[int, dict[str, int]] = defaultdict(lambda: {"visits": 0, "inspections": 0, "coordination": 0})
    coordination = Meeting.objects.filter(kind=Meeting.Kind.COORDINATION)
    for round_id, word, n in counted("visits", Visit.objects.by_leaders(), "visited_on").union(
        counted("inspections", Inspection.objects.all(), "held_on"), counted("coordination", coordination, "held_on"),
        all=True,
    ):  # fmt: skip
        found[round_id][word] = n
    return found


def _secretaries(
    rounds: Sequence[Round], listed: dict[int, list[dict[str, Any]]], as_of: date
) -> dict[int, list[tuple[int, int, bool, bool, int]]]:
    """Per round: (post, village, vacant when the round began, vacant on the day, times taken over since the round began)."""
    villages = {d["village_id"] for some in listed.values() for d in some}
    posts: dict[int, tuple[int, list[tuple[date | None, date | None]]]] = {}
    rows = Post.objects.filter(village__in=villages, committee=Post.Committee.PARTY, title__endswith="书记")
    rows = rows.exclude(title__contains="副").order_by("village__sort", "village_id", "sort", "pk")
    for pk, village, start, end in rows.values_list("pk", "village_id", "tenures__started_on", "tenures__ended_on"):
        posts.setdefault(pk, (village, []))[1].append((start, end))
    found: dict[int, list[tuple[int, int, bool, bool, int]]] = defaultdict(list)
    for r in rounds:
        mine = {d["village_id"] for d in listed[r.pk]}
        for pk, (village, tenures) in posts.items():
            if village in mine:
                found[r.pk].append(
                    (
                        pk,
                        village,
                        not any(_held(t, r.starts_on) for t in tenures),
                        not any(_held(t, as_of) for t in tenures),
                        sum(bool(start and r.starts_on <= start <= as_of) for start, _ in tenures),
                    )
                )
    return found


def _held(tenure: tuple[date | None, date | None], day: date) -> bool:
    start, end = tenure
    return start is not None and start <= day and (end is None or end > day)


def _surveys(rounds: Sequence[Round], as_of: date, since: date | None) -> dict[int, tuple[str, int, int]]:
    """Per round the newest kind of survey in the period, of each village its newest: kind, content ballots and those they are divided by, by the round's formula."""
    rows = Survey.objects.filter(round__in=[r.pk for r in rounds], held_on__lte=as_of).filter(
        held_on__gte=since or F("round__starts_on")
    )
    found: dict[int, list[Survey]] = defaultdict(list)
    for s in rows.newest().order_by("held_on", "pk").select_related("round"):
        found[s.round_id].append(s)
    newest = {}
    for round_id, surveys in found.items():
        kind, formula = surveys[-1].kind, surveys[-1].round.satisfaction_formula
        some = [s for s in surveys if s.kind == kind]
        newest[round_id] = (
            kind,
            sum(content_of(s, formula) for s in some),
            sum(voters_of(s, formula) for s in some),
        )
    return newest


# L1: the Party statistics sheet

TYPES = 10  # the national types; local ones are counted among 其他
KINDS = (Village.Kind.VILLAGE, Village.Kind.COMMUNITY)
OWN = "own"  # what a township did itself, of no village: part of its sum and of neither kind
SECRETARY = "书记"  # a training whose name says so is one of secretaries
CAMPAIGN = "专项整治"  # the kind of other work of this name
_DESIGNATIONS, _POSTS, _DUTIES = "rounds:designation_list", "villages:post_list", "villages:assignment_list"
# Key of a number → the list of the records it counts.
PARTY_LISTS = {
    "screened": "rounds:screening_list",
    "listed": _DESIGNATIONS,
    **{f"type.{n}": _DESIGNATIONS for n in (*range(1, TYPES + 1), "other")},
    "secretary.short": _POSTS,
    "secretary.filled": _POSTS,
    "secretary.changed": _POSTS,
    "secretary.trained": "villages:training_list",
    "pairings": "pairings:pairing_list",
    "leaders": _DUTIES,
    "first_secretaries": _DUTIES,
    "residents": _DUTIES,
    "campaign": "otherwork:entry_list",
    "closed": "problems:problem_list",
}
# Known only where an office keeps it: no record is an empty cell there and not a nought.
_KEPT = {"campaign"}
_STATES = {_DESIGNATIONS: "listed", "problems:problem_list": State.CLOSED.value}
_ROLES = {
    Role.COUNTY_LINKED_LEADER: "leaders",
    Role.LINKED_LEADER: "leaders",
    Role.FIRST_SECRETARY: "first_secretaries",
    Role.RESIDENT_CADRE: "residents",
}


class PartyRow:
    """One line of L1: numbers that add up over villages, and the records behind each."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {key: 0 for key in PARTY_LISTS if key not in _KEPT}
        self.ids: dict[str, list[int]] = {key: [] for key in PARTY_LISTS}

    def keep(self, key: str) -> None:
        """The number is kept here: nought until something is counted."""
        self.numbers.setdefault(key, 0)

    def count(self, key: str, pk: int, n: int = 1) -> None:
        self.numbers[key] += n
        self.ids[key].append(pk)

    def add(self, other: PartyRow) -> None:
        for key, n in other.numbers.items():
            self.keep(key)
            self.numbers[key] += n
            self.ids[key] += other.ids[key]

    def cell(self, key: str, as_of: date) -> Cell:
        """The number with its list; columns the portal keeps no records for are empty."""
        if key not in self.numbers:
            return Cell(None)
        name = PARTY_LISTS[key]
        params: tuple[tuple[str, str], ...] = (("as_of", as_of.isoformat()),)
        if name in _STATES:
            params = (("state", _STATES[name]), *params)
        return _only(self.numbers[key], name, list(dict.fromkeys(self.ids[key])), params)


def party_numbers(rounds: Sequence[Round], as_of: date) -> dict[tuple[int, str], PartyRow]:
    """(round, kind of village or OWN) → line; every number adds up, so that 总计 is the sum of its parts."""
    ids = [r.pk for r in rounds]
    listed = _listed(rounds, as_of)
    rows = {(r.pk, kind): PartyRow() for r in rounds for kind in (*(k.value for k in KINDS), OWN)}
    place: dict[tuple[int, int], PartyRow] = {}
    designations = {}
    for round_id, some in listed.items():
        for d in some:
            row = rows[round_id, d["village__kind"]]
            place[round_id, d["village_id"]] = designations[d["pk"]] = row
            row.count("listed", d["pk"])
    seen: set[tuple[int, int]] = set()
    visits = ScreeningVisit.objects.filter(round__in=ids, visited_on__lte=as_of).order_by("visited_on", "pk")
    for pk, round_id, kind, village in visits.values_list("pk", "round_id", "village__kind", "village_id"):
        # Villages are counted, their visits listed.
        rows[round_id, kind].count("screened", pk, (round_id, village) not in seen)
        seen.add((round_id, village))
    through = Designation.criteria.through.objects.filter(designation__in=list(designations)).order_by("pk")
    for pk, number, national in through.values_list("designation_id", "criterion__number", "criterion__is_national"):
        designations[pk].count(f"type.{number}" if national and number <= TYPES else "type.other", pk)
    for round_id, posts in _secretaries(rounds, listed, as_of).items():
        for pk, village, vacant_then, vacant_now, changed in posts:
            row = place[round_id, village]
            if vacant_then:
                row.count("secretary.short", pk)
                if not vacant_now:
                    row.count("secretary.filled", pk)
            if changed:
                row.count("secretary.changed", pk, changed)
    _measures(rounds, place, as_of)
    _campaigns(rounds, rows, place, as_of)
    p = "stood__" if past(as_of) else ""
    problems = Problem.objects.filter(round__in=ids)
    problems = (problems.as_of(as_of) if p else problems).filter(**{f"{p}state": State.CLOSED}).order_by("number")
    for pk, round_id, kind in problems.values_list("pk", "round_id", "village__kind"):
        rows[round_id, kind].count("closed", pk)
    return rows


def _measures(rounds: Sequence[Round], place: dict[tuple[int, int], PartyRow], as_of: date) -> None:
    """Who helps and answers for the listed villages, and their secretaries in a course that began in the round; one query for all.

    A duty counts once for each person and village. A training names nobody: that it is one of secretaries is read from its name.
    """
    villages = {village for _, village in place}
    columns = ("word", "pk", "in_round", "village_id", "number", "starts_on")

    def rows(found: Any, word: Any, number: Any, round_id: Any = None) -> Any:
        return found.order_by().annotate(word=word, in_round=round_id or Value(0), number=number).values_list(*columns)

    def called(word: str) -> Value:
        return Value(word, output_field=CharField())

    pairs = Pairing.objects.on(as_of).filter(round__in=[r.pk for r in rounds], kind=Pairing.Kind.UNIT)
    duties = Assignment.objects.on(as_of).filter(village__in=villages, role__in=list(_ROLES))
    trained = CadreTraining.objects.filter(village__in=villages, name__contains=SECRETARY, starts_on__lte=as_of)
    seen: set[tuple[str, int, int]] = set()
    for word, pk, round_id, village, number, day in rows(pairs, called("pairings"), Value(1), F("round_id")).union(
        rows(duties, F("role"), F("cadre_id")), rows(trained, called("trained"), F("people")), all=True
    ):
        if word == "trained":
            key, times = "secretary.trained", number
            fitting = [r.pk for r in rounds if r.starts_on <= day]
        elif word == "pairings":
            key, times, fitting = word, 1, [round_id]
        else:
            key, times = _ROLES[Role(word)], 1
            fitting = [] if (key, village, number) in seen else [r.pk for r in rounds]
            seen.add((key, village, number))
        for r in fitting:
            if (r, village) in place:
                place[r, village].count(key, pk, times)


def _campaigns(
    rounds: Sequence[Round], rows: dict[tuple[int, str], PartyRow], place: dict[tuple[int, int], PartyRow], as_of: date
) -> None:
    """Times a campaign was entered in the round: of listed villages by their kind, or the township's own."""
    townships: dict[int, list[Any]] = defaultdict(list)
    found = WorkKind.objects.filter(township__in={r.township_id for r in rounds}, name=CAMPAIGN).order_by("entries__pk")
    for line in found.values(
        "township_id", "per_village", "entries__pk", "entries__village_id", "entries__happened_on", "entries__is_void"
    ):
        townships[line["township_id"]].append(line)
    for r in rounds:
        for line in townships[r.township_id]:
            for part in [k.value for k in KINDS] if line["per_village"] else [OWN]:
                rows[r.pk, part].keep("campaign")
            day, village = line["entries__happened_on"], line["entries__village_id"]
            if day is None or line["entries__is_void"] or not r.starts_on <= day <= as_of:
                continue
            if row := rows[r.pk, OWN] if village is None else place.get((r.pk, village)):
                row.count("campaign", line["entries__pk"])


def added(rows: Iterable[PartyRow]) -> PartyRow:
    """The sum of some lines."""
    total = PartyRow()
    for row in rows:
        total.add(row)
    return total


def over_townships(rows: Sequence[TownshipRow], key: str, value: Number | str) -> Cell:
    """A number of the row 合计 with its list: that of one township without naming it, or all the records named one by one."""
    cells = [row.cells[key] for row in rows]
    first = next((cell for cell in cells if cell.list_name), None)
    # Records of a township that are too many for an address would be missing from the list of the sum.
    partial = any(cell.value and not cell.list_name for cell in cells)
    if first is None or partial or key.endswith(".rate"):
        return Cell(value)
    named = [pk for cell in cells for name, text in cell.params if name == "only" for pk in rows_named(text)]
    params = tuple((name, text) for name, text in first.params if name not in ("township", "only"))
    if named and not isinstance(value, str):
        return _only(value, first.list_name, named, params)
    return Cell(value, first.list_name, params)
