"""What the search box looks through. Each source keeps to the scope of its own list; records with few words share one question.

Words are found as substrings: a Chinese word of two characters has no trigram, so an index of trigrams would be read whole for it. What
bounds the work is the scope and the limit: problems come in the order of an index and stop at the first few found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.db.models import F, Q, QuerySet, TextField, Value
from django.urls import reverse

from accounts.permissions import Permission
from common import chinese
from inspections.models import Notice
from meetings.models import Commitment, Meeting
from otherwork.models import WorkEntry
from problems.models import Problem, VillagePlan
from rounds.models import RoundDocument
from search import pinyin
from villages.access import Access
from villages.models import Cadre, Village

LIMIT = 8  # of each kind on the page


@dataclass(frozen=True)
class Hit:
    """One record found: its name, what is said of it (searched for words to mark), where it is, its page."""

    title: str
    text: str
    note: str
    url: str


@dataclass
class Group:
    """What was found of one kind. `more` is the list with all of them, where that list knows the words."""

    label: str
    hits: list[Hit]
    more: str = ""
    cut: bool = False  # there are more than are shown


def has_words(words: Sequence[str], *fields: str) -> Q:
    """Each word stands in one of the fields. Latin letters of either case are the same."""
    condition = Q()
    for word in words:
        lookup = "icontains" if any(c.isascii() and c.isalpha() for c in word) else "contains"
        one = Q()
        for field in fields:
            one |= Q(**{f"{field}__{lookup}": word})
        condition &= one
    return condition


def problems(access: Access, words: Sequence[str]) -> Group:
    """As the ledger finds them, most urgent first."""
    condition = Q()
    for word in words:
        condition &= Q(search_text__contains=word.lower())
    rows = (
        Problem.objects.shown_to(access)
        .filter(condition)
        .order_by("queue_on", "pk")
        .only("number", "title", "description", "state", "village__name")
        .select_related("village")[: LIMIT + 1]
    )
    hits = [
        Hit(str(p), p.description, f"{p.village.name}，{p.get_state_display()}", p.get_absolute_url()) for p in rows
    ]
    return _group("问题", hits, f"{reverse('problems:problem_list')}?state=ledger&q=", words)


def villages(access: Access, words: Sequence[str]) -> Group:
    """By name; by pinyin when letters were typed."""
    rows = Village.objects.visible_to(access)
    letters = "".join(words)
    if letters.isascii() and letters.isalpha():
        fields = ("pk", "name", "initials", "township__name")
        found = [row for row in rows.values_list(*fields) if pinyin.sounds_like(row[1], letters, row[2])][: LIMIT + 1]
    else:
        found = list(
            rows.filter(has_words(words, "name")).values_list("pk", "name", "initials", "township__name")[: LIMIT + 1]
        )
    hits = [Hit(name, "", township, reverse("villages:village_detail", args=[pk])) for pk, name, _, township in found]
    return _group("村", hits)


def people(access: Access, words: Sequence[str]) -> Group:
    rows = (
        Cadre.objects.visible_to(access).filter(has_words(words, "name", "title")).select_related("township", "village")
    )
    hits = [
        Hit(c.name, c.title, "".join(str(place) for place in (c.township, c.village) if place), c.get_absolute_url())
        for c in rows.order_by("left_on", "pk")[: LIMIT + 1]
    ]
    return _group("干部", hits, f"{reverse('villages:cadre_list')}?q=", words)


def _group(label: str, hits: list[Hit], more: str = "", words: Sequence[str] = ()) -> Group:
    return Group(label, hits[:LIMIT], more + quote(" ".join(words)) if more else "", len(hits) > LIMIT)


@dataclass(frozen=True)
class Paper:
    """A kind of record that shares one question with others: which columns are its title and its text, its day and its village."""

    label: str
    permission: Permission
    rows: Callable[[Access], QuerySet[Any]]
    page: str
    title: str
    ending: str  # words after the title
    texts: tuple[str, str]  # a second one may be empty
    day: str
    village: str
    fields: tuple[str, ...]  # searched


PAPERS: tuple[Paper, ...] = (
    Paper(
        "一村一策", Permission.ROUND_VIEW, lambda a: VillagePlan.objects.visible_to(a), "problems:plan_detail",
        "village__name", "一村一策", ("causes", "goals"), "approved_on", "village__name", ("causes", "goals", "village__name"),
    ),
    Paper(
        "会议", Permission.MEETING_VIEW, lambda a: Meeting.objects.visible_to(a), "meetings:meeting_detail",
        "name", "", ("subject", "attendees"), "held_on", "village__name", ("name", "subject", "attendees", "place"),
    ),
    Paper(
        "议定事项", Permission.COMMITMENT_REPORT, lambda a: Commitment.objects.visible_to(a), "meetings:commitment_detail",
        "text", "", ("note", ""), "due_on", "problem__village__name", ("text", "note"),
    ),
    Paper(
        "整改通知书", Permission.INSPECTION_VIEW, lambda a: Notice.objects.visible_to(a), "inspections:notice_detail",
        "village__name", "整改通知书", ("requirement", "reply"), "issued_on", "village__name",
        ("requirement", "reply", "village__name"),
    ),
    Paper(
        "文件", Permission.ROUND_VIEW, lambda a: RoundDocument.objects.visible_to(a), "rounds:document_detail",
        "title", "", ("number", "issuer"), "issued_on", "", ("title", "number", "issuer"),
    ),
    Paper(
        "其他工作", Permission.OTHERWORK_VIEW, lambda a: WorkEntry.objects.visible_to(a).counted(), "otherwork:entry_detail",
        "kind__name", "", ("note", ""), "happened_on", "village__name", ("note", "kind__name"),
    ),
)  # fmt: skip


def _column(path: str) -> Any:
    return F(path) if path else Value("", TextField())


def papers(access: Access, words: Sequence[str]) -> list[Group]:
    """Plans, meetings, promises, notices, documents and other work: one question for all, each bounded by itself."""
    asked = [(n, paper) for n, paper in enumerate(PAPERS) if paper.permission in access.permissions]
    if not asked:
        return []
    parts = []
    for n, paper in asked:
        newest = paper.rows(access).filter(has_words(words, *paper.fields)).order_by(f"-{paper.day}", "-pk")
        model = newest.model._default_manager
        columns = (
            ("title", paper.title), ("text", paper.texts[0]), ("more", paper.texts[1]), ("day", paper.day),
            ("village", paper.village),
        )  # fmt: skip
        # The limit stands in a subquery: SQLite knows none in the parts of a union.
        parts.append(
            model.filter(pk__in=newest.values("pk")[: LIMIT + 1])
            .order_by()
            .annotate(
                hit_source=Value(n),
                **{f"hit_{name}": _column(path) for name, path in columns},
            )
            .values_list("hit_source", "pk", *(f"hit_{name}" for name, _ in columns))
        )
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    found: dict[int, list[tuple[Any, ...]]] = {n: [] for n, _ in asked}
    for row in rows:
        found[row[0]].append(row)
    groups = []
    for n, paper in asked:
        newest_first = sorted(found[n], key=lambda row: (str(row[5] or ""), row[1]), reverse=True)
        hits = [
            Hit(
                f"{title}{paper.ending}",
                f"{text} {more}".strip(),
                "，".join(part for part in (chinese.day_text(day, ""), village) if part),
                reverse(paper.page, args=[pk]),
            )
            for _, pk, title, text, more, day, village in newest_first
        ]
        groups.append(_group(paper.label, hits))
    return groups


def search(access: Access, words: Sequence[str]) -> list[Group]:
    """Everything found that the visitor may see, kind by kind: at most four questions, however many kinds."""
    groups = []
    for permission, source in (
        (Permission.VILLAGE_VIEW, villages),
        (Permission.PROBLEM_VIEW, problems),
        (Permission.CADRE_VIEW, people),
    ):
        if permission in access.permissions:
            groups.append(source(access, words))
    return [group for group in [*groups, *papers(access, words)] if group.hits]
