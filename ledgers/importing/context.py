"""Where an import happens and whom it may name: the township's villages, people and units, found by the words clerks use."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from common.lists import number_named
from ledgers.importing import values
from ledgers.importing.table import likeness
from ledgers.importing.values import Fault, squeeze
from rounds.models import Round
from villages.models import Cadre, Township, Unit, Village

NEW, EMPTY, DEPARTMENT = "+", "-", "+department"
UNCHOSEN = ""  # suggested when no answer is likely enough to stand there ready
SLIP = 0.6  # two of three characters alike
_ORGS = re.compile(r"(村|社区)?(党支部|党总支|党委|党组织|支部|总支)$")
# A surname and a post stand for a person: 林镇长, 欧阳副书记.
_BY_POST = re.compile(
    r"(?P<surname>欧阳|上官|司马|诸葛|.)(?P<post>(?:副)?(?:镇长|乡长|书记|主任|主席|委员|部长|站长|所长|局长|科长|队长|会计|文书))"
)
_DEPARTMENT_ENDS = ("局", "委", "委员会", "部", "公司", "集团", "银行", "院", "中学", "大学", "指挥部")


def village_stem(name: str) -> str:
    """A village's name without what every village's name ends with."""
    return squeeze(name).removesuffix("村").removesuffix("社区")


class Pending(Exception):
    """The name is not known yet: the clerk is asked."""


@dataclass(frozen=True)
class NewPerson:
    """A person who will be registered when the import is applied."""

    name: str
    title: str

    def __str__(self) -> str:
        return f"{self.name}（{self.title}）" if self.title else self.name


@dataclass(frozen=True)
class NewUnit:
    name: str
    department: bool

    @property
    def kind(self) -> str:
        return Unit.Kind.DEPARTMENT if self.department else Unit.Kind.STATION

    def __str__(self) -> str:
        return self.name


@dataclass
class Question:
    """Asked once for the whole workbook, however many rows it touches."""

    key: str
    label: str  # what is asked about
    prompt: str
    options: list[tuple[str, str]]
    suggested: str  # UNCHOSEN: the clerk has to choose
    rows: int = 0
    samples: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)  # address and words of what to look at first


class Context:
    """Everything rows are read against; loaded with a fixed number of queries."""

    def __init__(
        self,
        *,
        township: Township,
        round: Round | None,
        at: datetime,
        by: Any,
        answers: dict[str, str],
        learned: dict[tuple[str, str], str],
        date1904: bool = False,
        source: str = "",
    ) -> None:
        self.source = source  # the name of the file, for what is recorded with its origin
        self.township, self.round, self.at, self.by = township, round, at, by
        self.today: date = timezone.localdate(at)
        self.answers, self.learned, self.date1904 = answers, learned, date1904
        self.year: int = round.year if round else self.today.year
        self.questions: dict[str, Question] = {}
        self.title = ""  # of the table, where the year often stands
        self.used: dict[tuple[str, str], str] = {}  # answers that were needed, to be learned
        self.county = township.county
        self.villages = {v.pk: v for v in Village.objects.filter(township=township).select_related("township__county")}
        self.people = {
            c.pk: c
            for c in Cadre.objects.filter(Q(township=township) | Q(township=None, county=township.county_id))
            .select_related("village", "unit")
            .order_by("pk")
        }
        self.units = {
            u.pk: u for u in Unit.objects.filter(Q(township=township) | Q(township=None, county=township.county_id))
        }
        self._villages: dict[str, Village] = {}
        for village in self.villages.values():
            self._villages[squeeze(village.name)] = village
        for village in self.villages.values():
            self._villages.setdefault(squeeze(village.name).removesuffix("村").removesuffix("社区"), village)
            self._villages.setdefault(squeeze(village.party_org), village)
        self._people: dict[str, list[Cadre]] = defaultdict(list)
        for cadre in self.people.values():
            if cadre.left_on is None:
                self._people[squeeze(cadre.name)].append(cadre)
        self._left: dict[str, list[Cadre]] = defaultdict(list)
        for cadre in self.people.values():
            if cadre.left_on is not None:
                self._left[squeeze(cadre.name)].append(cadre)
        self._units: dict[str, Unit] = {}
        for unit in sorted(self.units.values(), key=lambda u: u.township_id is None):
            self._units.setdefault(squeeze(unit.name), unit)
        self._persons: dict[str, Cadre | NewPerson | None] = {}
        self._quiet = 0
        self.parsed: dict[tuple[str, str], Any] = {}  # (column, text) → what it means

    @property
    def its_round(self) -> Round:
        """The round, for ledgers that belong to one."""
        if self.round is None:
            raise RuntimeError("this ledger is imported into a round")
        return self.round

    # names

    def village(self, cell: Any) -> Village | None:
        name = squeeze(values.text(cell, limit=60, lines=False))
        if not name:
            return None
        bare = name.removeprefix(squeeze(self.township.name))
        for tried in (name, bare, _ORGS.sub("", bare), bare + "村"):
            if tried in self._villages:
                return self._villages[tried]
        answer = self._answer("village", name)
        if (pk := number_named(answer)) in self.villages:
            return self.villages[pk]
        likely = self._likely(
            village_stem(name), [(str(v.pk), v.name) for v in self.villages.values()], by=village_stem
        )
        if not likely:
            raise Fault(f"{self.township}没有这个村", "、".join(v.name for v in list(self.villages.values())[:12]))
        if answer == EMPTY:
            raise Fault(f"{self.township}没有这个村", "请改为本乡镇的村名")
        self._ask(
            f"village:{name}", f"“{name}”是哪个村？", "村", [*likely, (EMPTY, "都不是（这些行退回）")], likely[0][0]
        )
        raise Pending

    def person(self, cell: Any) -> Cadre | NewPerson | None:
        """姓名（职务）: the cadre, by title where names are alike; unknown people are asked about once."""
        name, title = values.person(cell)
        if not name:
            return None
        key = f"{name}（{title}）" if title else name
        if key not in self._persons:
            self._persons[key] = self._person(name, title, key)
        return self._persons[key]

    def _person(self, name: str, title: str, key: str) -> Cadre | NewPerson | None:
        same = self._people.get(name, [])
        exact = [c for c in same if squeeze(c.title) == title]
        if len(exact) == 1:
            return exact[0]
        if len(same) == 1 and (not title or not exact):
            return same[0]  # a title changes or is shortened; a name of its own is certain enough
        answer = self._answer("person", key)
        if answer == NEW:
            return NewPerson(name, title)
        if answer == EMPTY:
            return None
        if (pk := number_named(answer)) in self.people:
            return self.people[pk]
        several: list[str] = []
        if same:
            options = [(str(c.pk), c.with_title) for c in same]
            suggested = options[0][0]
        else:
            known = [(str(c.pk), c.with_title) for c in self.people.values() if c.left_on is None]
            options = self._likely(name, known, by=lambda label: squeeze(label).split("（")[0])
            # 何国强 is not 王国强: of another surname he is offered, not meant.
            meant = [(str(c.pk), c.with_title) for c in self._meant(name)]
            options = [*meant, *(one for one in options if one not in meant)][:6]
            several = [one for one in values.names(name) if one != name]
            named = [(str(c.pk), c.with_title) for one in several for c in self._people.get(one, [])]
            options = named or options
            # Likely is not sure: with somebody known who may be meant, or a post for a name, the clerk chooses himself.
            unsure = UNCHOSEN if meant or _BY_POST.fullmatch(name) else NEW
            suggested = named[0][0] if named else EMPTY if several else unsure
        gone = [(str(c.pk), f"{c.with_title}，已离任") for c in self._left.get(name, [])]
        fresh = [] if several else [(NEW, f"登记为新的干部：{key}")]  # two names are nobody's name
        options = [*options, *gone, *fresh, (EMPTY, "这一栏留空")]
        label = f"“{key}”是哪一位？" if same else f"干部名册中没有“{key}”"
        if several:
            label = f"“{key}”不止一人，这一栏填哪一位？"
        self._ask(f"person:{key}", label, "干部", options, gone[0][0] if gone and not same else suggested)
        raise Pending

    def _meant(self, name: str) -> list[Cadre]:
        """Who may be meant by a name nobody bears: 林镇长 by surname and post, 潘永富 by all but one character of 潘永福."""
        found: list[tuple[float, Cadre]] = []
        called = _BY_POST.fullmatch(name)
        for cadre in self.people.values():
            if cadre.left_on is not None or not cadre.name:
                continue
            own = squeeze(cadre.name)
            if called and own.startswith(called["surname"]):
                title = squeeze(cadre.title)
                found.append((2.0 if title == called["post"] else 1.5 if called["post"] in title else 0.5, cadre))
            elif not called and own[:1] == name[:1] and (score := likeness(name, own)) >= SLIP:
                found.append((score, cadre))
        return [cadre for _score, cadre in sorted(found, key=lambda pair: -pair[0])[:4]]

    def unit(self, name: str) -> Unit | NewUnit | None:
        name = squeeze(name)
        if not name:
            return None
        for tried in (name, name.removeprefix(squeeze(self.township.name)), squeeze(self.township.name) + name):
            if tried in self._units:
                return self._units[tried]
        answer = self._answer("unit", name)
        if answer in (NEW, DEPARTMENT):
            return NewUnit(name, answer == DEPARTMENT)
        if answer == EMPTY:
            return None
        if (pk := number_named(answer)) in self.units:
            return self.units[pk]
        if len(name) > 60:
            raise Fault("单位名称过长", "只填一个单位的名称")
        likely = self._likely(name, [(str(u.pk), u.name) for u in self.units.values()])
        fresh = DEPARTMENT if name.endswith(_DEPARTMENT_ENDS) else NEW
        options = [
            *likely,
            (NEW, f"登记为新的镇属站所：{name}"),
            (DEPARTMENT, f"登记为新的县级部门：{name}"),
            (EMPTY, "这一栏留空"),
        ]
        self._ask(f"unit:{name}", f"没有登记过单位“{name}”", "单位", options, likely[0][0] if likely else fresh)
        raise Pending

    # answers

    def _answer(self, kind: str, text: str) -> str:
        answer = self.answers.get(f"{kind}:{text}") or self.learned.get((kind, text), "")
        if answer:
            self.used[kind, text] = answer
        return answer

    def answer(self, key: str) -> str:
        """What the clerk answered to a question that is not about a name."""
        return self.answers.get(key, "")

    def _ask(self, key: str, label: str, prompt: str, options: list[tuple[str, str]], suggested: str) -> None:
        if self.is_quiet:
            return
        question = self.questions.setdefault(key, Question(key, label, prompt, options, suggested))
        question.rows += 1

    @property
    def is_quiet(self) -> bool:
        """Nobody is asked now (`quietly`)."""
        return self._quiet > 0

    @contextmanager
    def quietly(self) -> Iterator[None]:
        """Read without asking: what the portal itself would print is not a question to the clerk."""
        self._quiet += 1
        try:
            yield
        finally:
            self._quiet -= 1

    def ask(self, question: Question) -> None:
        self.questions.setdefault(question.key, question)

    @staticmethod
    def _likely(name: str, known: list[tuple[str, str]], by: Any = squeeze) -> list[tuple[str, str]]:
        """Up to four known names that are alike, the likeliest first."""
        scored = [(likeness(name, by(label)), key, label) for key, label in known]
        scored = sorted((s for s in scored if s[0] >= 0.5), key=lambda s: -s[0])[:4]
        return [(key, label) for _score, key, label in scored]
