"""What every importable ledger tells: its columns, how a row finds its record, and how rows are written by the services."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from django.db import models, transaction

from accounts.permissions import Permission
from common.errors import Refused
from common.models import RecordChanged
from ledgers import identity
from ledgers.definitions import LEDGERS
from ledgers.form import Ask, Ledger
from ledgers.importing.context import Context, NewPerson, NewUnit, Pending
from ledgers.importing.plan import Field, Item, Plan, Status, fault
from ledgers.importing.table import Line
from villages.models import Cadre, Unit
from villages.services import bulk as registry

REASON_PLACEHOLDER = "导入台账"


@dataclass
class Touched:
    """A record the import wrote: what it was before (None: it was not there), and the version it has now. For undoing."""

    model: str
    pk: int
    version: int
    was: dict[str, Any] | None = None
    url: str = ""
    label: str = ""
    row: int = 0


@dataclass
class Writer:
    """Who writes, when and why; registers new people and units once."""

    ctx: Context
    by: Any
    at: Any
    reason: str
    progress: Callable[[int, str], None] = lambda percent, step: None
    # 补录 stands on two people: who brought the ledger, and who answers for degree and close-out.
    brought_by: Any = None
    confirmed_by: Any = None
    touched: list[Touched] = field(default_factory=list)
    _made: dict[Any, Any] = field(default_factory=dict)

    def real(self, value: Any) -> Any:
        """The record for a name that is registered with this import; anything else as it is."""
        if isinstance(value, list):
            return [self.real(v) for v in value]
        if not isinstance(value, NewPerson | NewUnit):
            return value
        if value not in self._made:
            self.register([value])
        return self._made[value]

    def register(self, values: Iterable[Any]) -> None:
        """Register everybody new among these values (and lists of values) at once."""
        flat = (one for value in values for one in (value if isinstance(value, list) else [value]))
        fresh = list(dict.fromkeys(v for v in flat if isinstance(v, NewPerson | NewUnit) and v not in self._made))
        place: dict[str, Any] = {"county": self.ctx.county, "township": self.ctx.township, "by": self.by, "at": self.at}
        persons = [v for v in fresh if isinstance(v, NewPerson)]
        bodies = [v for v in fresh if isinstance(v, NewUnit)]
        made: list[Cadre | Unit] = [*registry.add_cadres([(p.name, p.title) for p in persons], **place)]
        made += registry.add_units([(u.name, u.kind) for u in bodies], **place)
        for value, record in zip([*persons, *bodies], made, strict=True):
            self._made[value] = record
            self.created(record)

    def created(self, record: Any, *, row: int = 0, label: str = "") -> None:
        self.touched.append(self._of(record, None, row, label))

    def changed(self, record: Any, was: Mapping[str, Any], *, row: int = 0, label: str = "") -> None:
        self.touched.append(self._of(record, dict(was), row, label))

    @staticmethod
    def _of(record: Any, was: dict[str, Any] | None, row: int, label: str) -> Touched:
        url = record.get_absolute_url() if row and hasattr(record, "get_absolute_url") else ""
        return Touched(
            record._meta.label_lower,
            record.pk,
            record.version,
            was and stored(record, was),
            url,
            label or str(record),
            row,
        )


def stored(record: models.Model, was: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON keeps them: keys of relations, texts of days and amounts."""
    kept: dict[str, Any] = {}
    for name, value in was.items():
        meta = record._meta.get_field(name)
        if meta.many_to_many:
            kept[name] = [getattr(v, "pk", v) for v in value]
            continue
        if isinstance(value, models.Model):
            value = value.pk
        kept[name] = value if isinstance(value, int | bool | dict | type(None)) else str(value)
    return kept


def snapshot(record: models.Model, names: Sequence[str]) -> dict[str, Any]:
    """What fields hold now, as `Touched.was` keeps it."""
    found: dict[str, Any] = {}
    for name in names:
        meta = record._meta.get_field(name)
        if meta.many_to_many:
            found[name] = list(getattr(record, name).values_list("pk", flat=True))
        else:
            found[name] = record.serializable_value(name)
    return found


def stand_in(value: Any, ctx: Context) -> Any:
    """A person or unit to check the rules with before it is registered; anything else as it is."""
    if isinstance(value, list):
        return [stand_in(v, ctx) for v in value]
    if isinstance(value, NewPerson):
        return Cadre(county=ctx.county, township=ctx.township, name=value.name, title=value.title)
    if isinstance(value, NewUnit):
        return Unit(
            county=ctx.county, township=None if value.department else ctx.township, name=value.name, kind=value.kind
        )
    return value


class Importer:
    """Base: rows go one by one through the services, and the check tries exactly that and takes it back.

    Ledgers of many rows (all but A, which has a row for each village) bring a `check` in memory and an `apply` in bulk instead.
    """

    code: ClassVar[str]
    permission: ClassVar[Permission]
    fields: ClassVar[tuple[Field, ...]]
    natural: ClassVar[tuple[str, ...]]  # columns by which a row without identity finds its record
    # columns that are often left empty when they say the same as the row above; the first one tells
    carried: ClassVar[tuple[str, ...]] = ()
    ambiguous: ClassVar[frozenset[str]] = frozenset()  # headings too common to mean this column alone
    field_of: ClassVar[dict[str, str]] = {}  # field of a refusal → column
    needs_round: ClassVar[bool] = True
    max_rows: ClassVar[int] = 2000
    noun: ClassVar[str] = "条"
    # for the template: column → "villages", "people", "units" or fixed words; those of them that take nothing else; two example rows
    lists: ClassVar[dict[str, str | Sequence[str]]] = {}
    strict_lists: ClassVar[frozenset[str]] = frozenset()
    examples: ClassVar[tuple[dict[str, str], ...]] = ()

    @property
    def ledger(self) -> Ledger:
        return LEDGERS[self.code]

    # finding

    def load(self, ctx: Context) -> None:
        """Load what `find` looks in."""

    def find(self, read: dict[str, Any], ctx: Context) -> int | None:
        return None

    def repeat_key(self, read: dict[str, Any]) -> Any:
        """What may stand only once in a file; None when the row does not say."""
        key = tuple(read.get(name) for name in self.natural)
        return key if all(k not in (None, "") for k in key) else None

    def identity_key(self, found: identity.Identity, line: Line, ctx: Context) -> Any:
        return found.pk

    def pk_of(self, found: identity.Identity, line: Line, ctx: Context) -> int:
        return found.pk

    def current(self, keys: Sequence[int], ctx: Context) -> dict[int, tuple[dict[str, Any], int]]:
        """What the export prints for these records today, by key."""
        names = [column.key for column in self.ledger.columns]
        return {
            line.pk: (dict(zip(names, line.values, strict=True)), line.version)
            for line in self.ledger.lines(self.within(keys, ctx), self.ask(ctx), 1)
            if line.pk is not None
        }

    def within(self, keys: Sequence[int], ctx: Context) -> list[int]:
        """Those keys that belong to the township: a signed identity is not a right."""
        return list(keys)

    def ask(self, ctx: Context) -> Ask:
        return Ask((ctx.round,) if ctx.round else (), ctx.today)

    def default(self, key: str, item: Item, ctx: Context) -> Any:
        """The value of an empty cell of a new row, when the ledger has one."""
        return None

    def label(self, item: Item, now: Mapping[str, Any]) -> str:
        """The row in a few words, for the preview."""
        return ""

    # writing

    def check(self, ctx: Context, plan: Plan, labels: Mapping[str, str]) -> None:
        """Try every row through the services and take it all back: the check uses the real rules."""
        tried = plan.of(Status.NEW, Status.CHANGED)
        if not tried:
            return
        with transaction.atomic():
            writer = Writer(ctx, ctx.by, ctx.at, REASON_PLACEHOLDER)
            for item in tried:
                try:
                    with transaction.atomic():
                        before = dict(writer._made)
                        self.write(item, writer)
                except Refused as refusal:
                    writer._made = before
                    self.refuse(item, refusal, labels)
                except Pending:
                    writer._made = before
                    item.status = Status.ASKING
                except RecordChanged:
                    writer._made = before
                    fault(item, "", "", None, "检查时他人正在修改这一行，请重新检查")
            transaction.set_rollback(True)

    def refuse(self, item: Item, refusal: Refused, labels: Mapping[str, str]) -> None:
        key = self.field_of.get(refusal.field or "", refusal.field or "")
        if key not in item.line.places:
            key = ""
        fault(item, key, labels.get(key, ""), item.line.cells.get(key), str(refusal))

    def apply(self, plan: Plan, writer: Writer) -> None:
        """Write every new and changed row. Runs in the transaction of the import."""
        rows = plan.of(Status.NEW, Status.CHANGED)
        for n, item in enumerate(rows):
            self.write(item, writer)
            if n % 50 == 49:
                writer.progress(10 + 80 * n // len(rows), f"已写入{n + 1}行，共{len(rows)}行")

    def write(self, item: Item, writer: Writer) -> None:
        raise NotImplementedError

    def needs_reason(self, plan: Plan) -> bool:
        """Do the changes include one the rules want a reason for? Asked once, for the whole import."""
        return bool(plan.of(Status.CHANGED))


# readers that several ledgers share


def read_village(cell: Any, ctx: Context) -> Any:
    return ctx.village(cell)


def read_person(cell: Any, ctx: Context) -> Any:
    return ctx.person(cell)


def read_unit(cell: Any, ctx: Context) -> Any:
    from ledgers.importing import values

    found = values.names(cell)
    if len(found) > 1:
        raise values.Fault("填了不止一个单位", "一个单位的名称；其余可填入协助单位")
    return ctx.unit(found[0]) if found else None


def read_units(cell: Any, ctx: Context) -> list[Any]:
    from ledgers.importing import values

    return [unit for name in dict.fromkeys(values.names(cell)) if (unit := ctx.unit(name)) is not None]


def read_text(limit: int, lines: bool = True) -> Callable[[Any, Context], str]:
    from ledgers.importing import values

    return lambda cell, ctx: values.text(cell, limit=limit, lines=lines)


def read_day(end: bool = False) -> Callable[[Any, Context], date | None]:
    from ledgers.importing import values

    return lambda cell, ctx: values.day(cell, year=ctx.year, end=end, date1904=ctx.date1904)


def read_whole(most: int = 10_000_000) -> Callable[[Any, Context], int | None]:
    from ledgers.importing import values

    return lambda cell, ctx: values.whole(cell, most=most)


def read_money(cell: Any, ctx: Context) -> Any:
    from ledgers.importing import values

    return values.money(cell)


def read_choice(known: Mapping[str, str], *, accepted: Sequence[str], empty: str = "") -> Callable[[Any, Context], str]:
    """A fixed word; `known` maps squeezed words, official and usual, to codes. What is not known is refused with the list."""
    from ledgers.importing import values

    def read(cell: Any, ctx: Context) -> str:
        word = values.squeeze(values.text(cell, limit=60, lines=False))
        if not word:
            return empty
        bare = word.replace("（", "").replace("）", "")
        for tried in (word, bare, bare.removesuffix("问题"), bare.removesuffix("类"), bare + "问题"):
            if tried in known:
                return known[tried]
        raise values.Fault("不在可选的范围内", "、".join(accepted))

    return read
