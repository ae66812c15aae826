"""Lists: rows whose strings are made in Python, one formatter per column.

The template engine costs more than the database on a page of fifty rows, so a row reaches the template as finished, escaped HTML.
Filters, sort and page live in the address, so that a link to a list can be sent to a colleague.
"""

import base64
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape  # Django's, which also takes lazy texts, costs three times as much a cell
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

PAGE_SIZES = (20, 50, 100)
MAX_ONLY = 200  # rows an address may name one by one
MAX_PACKED = 5000  # and packed
MAX_ADDRESS = 3600  # characters of them: servers and old browsers cut addresses at 4,096


@dataclass(frozen=True)
class Column:
    """One column: `cell(row)` gives plain text (escaped here) or a SafeString; `sort` names the key it sorts by, if any."""

    title: str
    cell: Callable[[Any], str]
    sort: str = ""
    css: str = ""
    lead: bool = False  # the row's name: headline of the card on a phone


def draw_rows(columns: Sequence[Column], rows: Iterable[Any]) -> SafeString:
    """The <tr> lines of a table; on a phone the style sheet turns each into a card labelled by data-label."""
    parts: list[str] = []
    opening = [
        f'<td data-label="{escape(c.title)}"'
        + (f' class="{(c.css + " lead").strip() if c.lead else c.css}"' if c.css or c.lead else "")
        + ">"
        for c in columns
    ]
    for row in rows:
        parts.append("<tr>")
        for start, column in zip(opening, columns, strict=True):
            value = column.cell(row)
            parts.append(start)
            parts.append(value if isinstance(value, SafeString) else escape(str(value)))
            parts.append("</td>")
        parts.append("</tr>")
    return mark_safe("".join(parts))  # noqa: S308 - every cell was escaped above or is a SafeString made by its formatter


class Paging:
    """One page of a queryset. `number` and `size` come from the address and are forgiving: nonsense shows the first page.

    `total` when the caller knows it already; else it is counted.
    """

    def __init__(
        self, queryset: QuerySet[Any], query: QueryDict, *, default_size: int = 50, total: int | None = None
    ) -> None:
        self.query = query
        self.total = queryset.order_by().count() if total is None else total
        self.size = _int(query.get("size"), default_size)
        if self.size not in PAGE_SIZES:
            self.size = default_size
        self.pages = max(1, -(-self.total // self.size))
        self.number = min(max(1, _int(query.get("page"), 1)), self.pages)
        start = (self.number - 1) * self.size
        self.rows = list(queryset[start : start + self.size])
        self.first = start + 1 if self.rows else 0
        self.last = start + len(self.rows)

    @property
    def previous(self) -> str:
        """The address of the page before; empty on the first one."""
        return with_query(self.query, page=self.number - 1) if self.number > 1 else ""

    @property
    def following(self) -> str:
        return with_query(self.query, page=self.number + 1) if self.number < self.pages else ""

    @property
    def sizes(self) -> list[tuple[int, str, bool]]:
        """How many rows a page may have: number, address, whether it is so now."""
        return [(n, with_query(self.query, size=n), n == self.size) for n in PAGE_SIZES]


def named_rows(keys: Iterable[int]) -> str:
    """The text of `only=` in an address: 12.15.31 for a few rows, packed for many; "" when they do not go into one.

    Packed are the distances between the sorted keys, seven bits a byte: some 2,000 characters for the 3,000 problems of a township.
    """
    kept = sorted(set(keys))
    if len(kept) <= MAX_ONLY:
        return ".".join(str(key) for key in kept)
    if len(kept) > MAX_PACKED or kept[0] < 0:
        return ""
    steps, last = bytearray(), 0
    for key in kept:
        step, last = key - last, key
        while step > 127:
            steps.append(step & 127 | 128)
            step >>= 7
        steps.append(step)
    text = "z" + base64.urlsafe_b64encode(zlib.compress(steps, 9)).rstrip(b"=").decode()
    return text if len(text) <= MAX_ADDRESS else ""


def rows_named(text: str) -> list[int]:
    """The keys an address names; nonsense names none. Whoever asks still filters by scope."""
    if not text.startswith("z"):
        return [key for part in text.split(".") if (key := number_named(part)) is not None][:MAX_ONLY]
    try:
        packed = base64.b64decode(text[1:MAX_ADDRESS] + "=" * (-(len(text) - 1) % 4), altchars=b"-_", validate=True)
        steps = zlib.decompressobj().decompress(packed, 4 * MAX_PACKED)
    except (ValueError, zlib.error):
        return []
    keys, key, step, shift = [], 0, 0, 0
    for byte in steps:
        step |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            key += step
            keys.append(key)
            step = shift = 0
        elif shift > 56:
            return []
    return keys[:MAX_PACKED] if key < 10**17 else []


def number_named(text: str | None, digits: int = 17) -> int | None:
    """The key, version or number an address or a form names; None for nonsense, and for what no column could hold."""
    return int(text) if text and len(text) <= digits and text.isascii() and text.isdigit() else None


def _int(value: str | None, default: int) -> int:
    try:
        return int(value or default)
    except ValueError:
        return default


def list_address(route: str, /, **query: Any) -> str:
    """The page of that name asked for just this: what a figure, a gap, a tile leads to."""
    return reverse(route) + ("?" + urlencode(query) if query else "")


def with_query(query: QueryDict, **changes: Any) -> str:
    """The present query string with some keys changed; None removes a key; the page number starts again unless it is given."""
    kept = [(k, v) for k, values in query.lists() for v in values if k not in changes and k != "page"]
    kept += [(k, str(v)) for k, v in changes.items() if v is not None]
    return "?" + urlencode(kept)
