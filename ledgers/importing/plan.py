"""From rows to a plan: new, changed (old → new for each cell), same, refused, in conflict. Nothing is written here.

A cell counts as edited only when it differs from what an export would print there now, and then only when both, read the same way, mean
different things. So an exported ledger that comes back unchanged changes nothing, whatever the form of its cells.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from audit.services import show as audit_show
from common import chinese
from common import text as texts
from ledgers import identity
from ledgers.importing import values
from ledgers.importing.context import Context, Pending, Question
from ledgers.importing.table import Line, Table, Wanted
from ledgers.importing.values import Fault, squeeze

if TYPE_CHECKING:
    from ledgers.importing.importers.base import Importer

IDENTITY = "identity"
MINE, THEIRS = "portal", "file"  # answers to conflicts
CONFLICTS = "conflicts"
CHUNK = 5000


class Status(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"
    CONFLICT = "conflict"
    ASKING = "asking"


STATUS_WORDS = {
    Status.NEW: "新增",
    Status.CHANGED: "修改",
    Status.SAME: "相同",
    Status.REFUSED: "退回",
    Status.CONFLICT: "冲突",
    Status.ASKING: "待回答",
}


@dataclass
class Item:
    """One row of the workbook and what would become of it."""

    line: Line
    status: Status = Status.NEW
    identity: identity.Identity | None = None
    pk: int = 0
    version: int = 0
    values: dict[str, Any] = field(default_factory=dict)
    changes: list[dict[str, str]] = field(default_factory=list)  # label, old, new
    faults: list[dict[str, Any]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)  # keys of columns of a new row that an import does not take
    fixed: list[str] = field(default_factory=list)  # keys of columns that differ but are not changed by an import
    label: str = ""
    extra: Any = None  # what the importer's check leaves for its application
    told: list[str] = field(default_factory=list)  # what besides its cells the preview says of the row
    links: list[list[str]] = field(default_factory=list)  # [address, words] of records the preview warns of

    @property
    def row(self) -> int:
        return self.line.row


@dataclass
class Plan:
    table: Table
    items: list[Item]
    notes: list[str]

    def of(self, *statuses: Status) -> list[Item]:
        return [item for item in self.items if item.status in statuses]

    @property
    def faults(self) -> list[dict[str, Any]]:
        return [fault for item in self.items for fault in item.faults]


@dataclass(frozen=True)
class Field:
    """How one column is read. Without `parse` it is not imported: the portal computes it or it is changed elsewhere (`elsewhere` says where)."""

    key: str
    names: tuple[str, ...] = ()
    parse: Callable[[Any, Context], Any] | None = None
    required: bool = False  # the column must be there
    needed: bool = False  # a new row must have a value
    person: bool = False
    accepted: str = ""
    elsewhere: str = ""
    only_new: bool = False  # read for a row the portal does not have; of one it has, it is changed elsewhere


def shown_value(value: Any) -> str:
    """A read value in words, for old → new."""
    if value is None or value == "" or value == []:
        return "（空）"
    if isinstance(value, date):
        return chinese.full_date(value)
    if isinstance(value, Decimal):
        return chinese.amount(value)
    if isinstance(value, list | tuple):
        return "；".join(shown_value(v) for v in value if v not in (None, "")) or "（空）"
    name = getattr(value, "with_title", None)
    return audit_show(name or getattr(value, "label", None) or str(value))


def as_cell(value: Any) -> Any:
    """What an export prints, as the reader would hand it over."""
    if value is None or value == "":
        return None
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, int | Decimal):
        return ["n", str(value)]
    return str(value)


def alike(cell: Any, current: Any) -> bool:
    """Does the cell hold what the export printed, whatever its type became on the way through Excel?"""
    if cell is None or current is None:
        return cell is None and current is None
    if cell == current:
        return True
    if isinstance(cell, str) and isinstance(current, str):
        return _plain(cell) == _plain(current)
    if isinstance(cell, list) and isinstance(current, list) and cell[0] == current[0] == "n":
        try:
            return Decimal(cell[1]) == Decimal(current[1])
        except ArithmeticError:
            return False
    return False


def _plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in texts.clean(text.replace("_x000D_", "")).split("\n")).strip()


def fault(item: Item, key: str, label: str, cell: Any, reason: str, accepted: str = "") -> None:
    item.faults.append(
        {
            "row": item.row,
            "column": item.line.places.get(key, 0),
            "label": label,
            "value": values.shown(cell)[:80],
            "reason": reason,
            "accepted": accepted,
        }
    )
    item.status = Status.REFUSED


def sentence(found: Mapping[str, Any]) -> str:
    """A fault as the comment on its cell says it."""
    head = f"“{found['label']}”" if found["label"] else ""
    value = f"填的是“{found['value']}”，" if found["value"] else ""
    tail = f"。可以填：{found['accepted']}" if found["accepted"] else ""
    return f"{head}{value}{found['reason'].rstrip('。')}{tail}。"


def wanted(importer: Importer) -> list[Wanted]:
    """The columns the importer knows, with official headings and usual names."""
    found = []
    columns = {column.key: column for column in importer.ledger.columns}
    for one in importer.fields:
        official = columns.get(one.key)
        names = [*one.names]
        label = one.names[0] if one.names else one.key
        if official:
            label = official.title
            names += [official.title, "".join(official.heading)]
            if len(official.heading) > 1 and official.title not in importer.ambiguous:
                names.append(official.heading[-1])
        squeezed = frozenset(squeeze(n) for n in names if n not in importer.ambiguous)
        found.append(Wanted(one.key, label, squeezed, one.required, one.person))
    found.append(Wanted("number", "序号", frozenset({"序号", "编号", "号", "顺序号", "NO", "No"})))
    found.append(Wanted(IDENTITY, identity.HEADING, frozenset({squeeze(identity.HEADING), "识别码"})))
    found.append(Wanted("reason", "原因", frozenset({"原因"})))
    return found


def make_plan(importer: Importer, table: Table, ctx: Context) -> Plan:
    """Read every row, find its record, compare. Names that are not sure stay in `ctx.questions`."""
    importer.load(ctx)
    labels = {want.key: want.label for want in wanted(importer)}
    _carry(table, importer, ctx, labels)
    items = [Item(line) for line in table.lines]
    _identify(items, importer, ctx, labels)
    for item in items:
        if item.status is not Status.REFUSED and not item.pk:
            _find(item, importer, ctx, labels)
    current = _current(importer, items, ctx)
    for item in items:
        if item.status in (Status.REFUSED, Status.ASKING):
            continue
        if item.pk:
            _compare(item, importer, ctx, labels, current)
        else:
            _read_new(item, importer, ctx, labels, table)
    _refuse_repeats(items, importer, labels)
    plan = Plan(table, items, [*table.notes])
    importer.check(ctx, plan, labels)
    for one in importer.fields:
        where = one.elsewhere or "由系统汇总"
        if count := sum(one.key in item.fixed for item in items):
            plan.notes.append(f"“{labels[one.key]}”列有{count}行与系统不同：这一列导入时不改（{where}）。")
        if count := sum(one.key in item.left for item in items if item.status is Status.NEW):
            plan.notes.append(f"“{labels[one.key]}”列有{count}个新增的行填了内容：这一列不导入（{where}）。")
    if table.examples:
        plan.notes.append(f"模板中的{table.examples}行示例没有当作数据。")
    return plan


ABOVE = "default:above"
_DITTO = frozenset(squeeze(mark) for mark in ("〃", "″", '"', "”", "同上", "同前"))


def _is_ditto(cell: Any) -> bool:
    return isinstance(cell, str) and squeeze(cell) in _DITTO


def _carry(table: Table, importer: Importer, ctx: Context, labels: Mapping[str, str]) -> None:
    """A cell left empty under a filled one mostly means “as above”, but merged it is not: the clerk is asked once for all of them."""
    if not importer.carried:
        return
    first = importer.carried[0]
    above: Line | None = None
    found: list[tuple[Line, Line]] = []
    for line in table.lines:
        written = line.cells.get(first)
        if above is not None and _is_ditto(written):
            for key in importer.carried:
                if key in above.cells and (line.cells.get(key) is None or _is_ditto(line.cells[key])):
                    line.cells[key] = above.cells[key]  # the mark says it: nothing to ask
            above = line
        elif written is None and line.cells.get(IDENTITY) is None and above is not None:
            found.append((line, above))
            if ctx.answer(ABOVE) != "refuse":
                for key in importer.carried:
                    if line.cells.get(key) is None and key in above.cells:
                        line.cells[key] = above.cells[key]
                above = line
        else:
            above = line if written is not None else None
    if not found or ctx.answer(ABOVE):
        return
    line, source = found[0]
    label = labels[first]
    ctx.ask(
        Question(
            ABOVE, f"有{len(found)}行没有写“{label}”，是不是同上一行？", label,
            [("above", "与上一行相同"), ("refuse", "退回这些行，由我补填")], "above", len(found),
            [f"第{line.row}行同第{source.row}行“{values.shown(source.cells[first])[:20]}”"],
        )
    )  # fmt: skip


def _identify(items: Sequence[Item], importer: Importer, ctx: Context, labels: Mapping[str, str]) -> None:
    """Rows that say which record they are. A made-up, foreign or repeated identity refuses its row."""
    first: dict[Any, int] = {}
    for item in items:
        cell = item.line.cells.get(IDENTITY)
        if cell is None:
            continue
        found = identity.read(cell)
        again = "如是新的一行，请清空本行的识别码"
        if found is None or found.kind != importer.code:
            other = "属于另一种台账" if found else "无法识别，可能被改动过"
            fault(item, IDENTITY, "识别码", None, f"本行的识别码{other}", again)
            continue
        if found.township_id != ctx.township.pk:
            fault(item, IDENTITY, "识别码", None, f"本行的识别码属于另一个乡镇，不能导入{ctx.township}", again)
            continue
        key = importer.identity_key(found, item.line, ctx)
        if key in first:
            fault(item, IDENTITY, "识别码", None, f"本行的识别码与第{first[key]}行相同，可能是复制来的行", again)
            continue
        first[key] = item.row
        item.identity, item.pk = found, importer.pk_of(found, item.line, ctx)
        if not item.pk:
            fault(item, IDENTITY, "识别码", None, "这一行对应的记录已不在系统中", again)


def _read(item: Item, one: Field, ctx: Context, label: str) -> tuple[bool, Any]:
    """(read, value) of one cell; a fault or a question leaves it unread."""
    cell = item.line.cells.get(one.key)
    title = item.line.cells.get(one.key + "的职务")
    if title is not None and isinstance(cell, str) and "（" not in squeeze(cell):
        cell = f"{cell}（{values.shown(title)}）"
    try:
        return True, _parsed(one, cell, ctx)
    except Fault as found:
        fault(item, one.key, label, cell, found.reason, found.accepted or one.accepted)
    except Pending:
        if item.status is not Status.REFUSED:
            item.status = Status.ASKING
    return False, None


def _parsed(one: Field, cell: Any, ctx: Context) -> Any:
    """The cell read by its column; villages, people and days repeat down a ledger and are read once."""
    if one.parse is None:
        return None
    if not isinstance(cell, str):
        values.sound(cell)
        return one.parse(cell, ctx)
    key = (one.key, cell)
    if key not in ctx.parsed:
        ctx.parsed[key] = one.parse(cell, ctx)
    return ctx.parsed[key]


def _find(item: Item, importer: Importer, ctx: Context, labels: Mapping[str, str]) -> None:
    """Rows without identity are found by what no two records share."""
    read: dict[str, Any] = {}
    for one in importer.fields:
        if one.key in importer.natural:
            with ctx.quietly():
                try:
                    read[one.key] = _parsed(one, item.line.cells.get(one.key), ctx)
                except (Fault, Pending):
                    return
    item.pk = importer.find(read, ctx) or 0


def _current(importer: Importer, items: Sequence[Item], ctx: Context) -> dict[int, tuple[dict[str, Any], int]]:
    """What an export would print for these records now, and their versions."""
    keys = list(dict.fromkeys(item.pk for item in items if item.pk))
    found: dict[int, tuple[dict[str, Any], int]] = {}
    for start in range(0, len(keys), CHUNK):
        found |= importer.current(keys[start : start + CHUNK], ctx)
    return found


def _compare(
    item: Item, importer: Importer, ctx: Context, labels: Mapping[str, str], current: Mapping[int, Any]
) -> None:
    if item.pk not in current:
        fault(item, IDENTITY, "识别码", None, "这一行对应的记录已不在系统中", "如是新的一行，请清空本行的识别码")
        return
    now, item.version = current[item.pk]
    item.label = importer.label(item, now)
    clears = item.identity is not None
    for one in importer.fields:
        if one.key not in item.line.places or one.key not in now:
            continue
        cell, old_cell = item.line.cells.get(one.key), as_cell(now[one.key])
        if alike(cell, old_cell) or (cell is None and not clears):
            continue
        if one.parse is None or one.only_new:
            item.fixed.append(one.key)
            continue
        good, new = _read(item, one, ctx, labels[one.key])
        if not good:
            continue
        with ctx.quietly():
            try:
                old = _parsed(one, old_cell, ctx)
            except (Fault, Pending):
                old = object()  # the record holds what no cell could say any more: any readable value differs
        if new == old:
            continue
        if one.needed and new in (None, "", []):
            fault(item, one.key, labels[one.key], cell, "不能为空", one.accepted)
            continue
        item.values[one.key] = new
        item.changes.append(
            {"key": one.key, "label": labels[one.key], "old": shown_value(now[one.key]), "new": cell_words(cell)}
        )
    if item.status in (Status.REFUSED, Status.ASKING):
        return
    if not item.changes:
        item.status = Status.SAME
        return
    item.status = Status.CHANGED
    if item.identity and item.identity.version != item.version and ctx.answer(CONFLICTS) != THEIRS:
        item.status = Status.CONFLICT


def cell_words(cell: Any) -> str:
    """A cell in words, for old → new."""
    if isinstance(cell, list) and cell[0] == "d":
        return chinese.full_date(date.fromisoformat(cell[1]))
    return values.shown(cell) or "（空）"


def _read_new(item: Item, importer: Importer, ctx: Context, labels: Mapping[str, str], table: Table) -> None:
    item.status = Status.NEW
    for one in importer.fields:
        if one.parse is None:
            if item.line.cells.get(one.key) is not None:
                item.left.append(one.key)
            continue
        if item.line.cells.get(one.key) is None:
            filled = importer.default(one.key, item, ctx)
            if filled is not None:
                item.values[one.key] = filled
                continue
        good, value = _read(item, one, ctx, labels[one.key])
        if not good:
            continue
        if one.needed and value in (None, "", []):
            fault(item, one.key, labels[one.key], item.line.cells.get(one.key), "不能为空", one.accepted)
            continue
        item.values[one.key] = value
    item.label = importer.label(item, {})


WORDS = 24


def read_words(item: Item, importer: Importer, labels: Mapping[str, str]) -> str:
    """What was read of a new row, besides what its label says: the clerk sees how days and names were understood."""
    parts = []
    known = {*importer.natural, *(one.key for one in importer.fields if one.only_new)}  # said elsewhere on the row
    for key, value in item.values.items():
        cell = item.line.cells.get(key)
        if key in known or value in (None, "", []) or key not in labels:
            continue
        if isinstance(value, tuple) and (days := [v for v in value if isinstance(v, date)]):
            value = days[-1]  # a deadline: the day it was understood as
        plain = cell is not None and isinstance(value, str | int | Decimal | list | tuple)
        text = " ".join((cell_words(cell) if plain else shown_value(value)).split())
        parts.append(f"{labels[key]}：{text if len(text) <= WORDS else text[:WORDS] + '…'}")
    return "；".join(parts)


def _refuse_repeats(items: Sequence[Item], importer: Importer, labels: Mapping[str, str]) -> None:
    """The same thing twice in one file: the second is refused, the first stays."""
    seen: dict[Any, int] = {}
    for item in items:
        if item.status in (Status.REFUSED, Status.ASKING):
            continue
        key = ("pk", item.pk) if item.pk else importer.repeat_key(item.values)
        if key is None:
            continue
        if key in seen:
            first = next(iter(importer.natural), "")
            fault(item, first, "", None, f"与第{seen[key]}行重复", "同一件事只留一行；确是两件事的，请写出区别")
        else:
            seen[key] = item.row
