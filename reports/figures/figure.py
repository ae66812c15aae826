"""What a figure is: a value together with the records it counts. Plain data, so that a summary can keep it and a PDF can carry it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from common import chinese
from common.lists import named_rows


class Rule:
    """How a value comes from its records."""

    COUNT = "count"  # one for each record: the linked list has as many rows
    SUM = "sum"  # a column added up over the records of the linked list
    DISTINCT = "distinct"  # the different villages (units, …) among the records of the linked list
    SHARE = "share"  # of two other figures, in percent


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `list_name` and `params` lead to the list of exactly the records in `ids`; both are empty where no list shows them."""

    key: str
    label: str
    value: int | str  # decimals as text, so that JSON keeps them exact
    unit: str = ""
    rule: str = Rule.COUNT
    list_name: str = ""
    params: dict[str, str] = field(default_factory=dict)
    ids: tuple[int, ...] = ()
    of: tuple[str, ...] = ()  # SHARE: keys of part and whole

    @property
    def number(self) -> Decimal:
        return Decimal(self.value)

    @property
    def text(self) -> str:
        return chinese.amount(self.number)

    @property
    def url(self) -> str | None:
        """The list of the records counted, or None where there is no such page."""
        if not self.list_name:
            return None
        try:
            address = reverse(self.list_name)
        except NoReverseMatch:
            return None
        return f"{address}?{urlencode(self.params)}" if self.params else address

    def __bool__(self) -> bool:
        return self.number != 0


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything a summary is written from: `scope` (round, period, as-of day), `figures`, and `facts` (what sentences name, by noun)."""

    scope: dict[str, Any]
    figures: dict[str, Figure]
    facts: dict[str, Any]

    def __getitem__(self, key: str) -> Figure:
        return self.figures[key]

    def get(self, key: str) -> Figure | None:
        """The figure, or None when it was not computed or is zero: a sentence never says “0次”."""
        figure = self.figures.get(key)
        return figure if figure else None

    def to_json(self) -> dict[str, Any]:
        return {
            "scope": self.scope,
            "figures": [asdict(figure) for figure in self.figures.values()],
            "facts": self.facts,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Figures:
        figures = {}
        for row in data.get("figures", []):
            values = dict(row)
            values["ids"] = tuple(values["ids"])
            values["of"] = tuple(values["of"])
            figures[values["key"]] = Figure(**values)
        return cls(dict(data.get("scope", {})), figures, dict(data.get("facts", {})))


class Tally:
    """Collects figures while they are computed. `only=True` names the rows in the link itself, where no filter of the list would do."""

    def __init__(self, common: Mapping[str, str]) -> None:
        self.common = dict(common)  # parameters every list of this round takes
        self.figures: dict[str, Figure] = {}
        self.facts: dict[str, Any] = {}

    def count(self, key: str, label: str, unit: str, ids: Iterable[int], list_name: str = "", **params: Any) -> Figure:
        """One for each record."""
        kept = tuple(ids)
        return self._keep(key, label, len(kept), unit, Rule.COUNT, list_name, params, kept)

    def total(
        self,
        key: str,
        label: str,
        unit: str,
        rows: Iterable[tuple[int, int | Decimal | None]],
        list_name: str = "",
        **params: Any,
    ) -> Figure:
        """A column added up: `rows` are (record, value); a record without a value is listed but adds nothing."""
        kept = list(rows)
        value = sum((v for _, v in kept if v is not None), 0)
        shown = value if isinstance(value, int) else f"{value:f}"
        return self._keep(key, label, shown, unit, Rule.SUM, list_name, params, tuple(pk for pk, _ in kept))

    def distinct(
        self, key: str, label: str, unit: str, rows: Iterable[tuple[int, Any]], list_name: str = "", **params: Any
    ) -> Figure:
        """How many different values the rows (record, value) hold."""
        kept = list(rows)
        ids = tuple(dict.fromkeys(pk for pk, _ in kept))
        return self._keep(key, label, len({v for _, v in kept}), unit, Rule.DISTINCT, list_name, params, ids)

    def share(self, key: str, label: str, part: Figure, whole: Figure) -> Figure | None:
        """Percent with one decimal; nothing when the whole is zero. Links to the list of the part."""
        if not whole:
            return None
        value = f"{(part.number * 100 / whole.number).quantize(Decimal('0.1')):f}"
        figure = Figure(
            key, label, value, "%", Rule.SHARE, part.list_name, part.params, part.ids, (part.key, whole.key)
        )
        self.figures[key] = figure
        return figure

    def _keep(
        self,
        key: str,
        label: str,
        value: int | str,
        unit: str,
        rule: str,
        list_name: str,
        params: dict[str, Any],
        ids: tuple[int, ...],
    ) -> Figure:
        if params.pop("only", False) and ids:
            params["only"] = named_rows(ids)
            if not params["only"]:
                list_name = ""  # of a whole county: too many to name in an address, and no filter names them
        # A parameter of None takes away what is common, e.g. the round for records of an earlier one.
        shown = {name: str(v) for name, v in (self.common | params).items() if v not in (None, "")}
        figure = Figure(key, label, value, unit, rule, list_name, shown if list_name else {}, ids)
        self.figures[key] = figure
        return figure
