"""What every sentence is written with: the figures, and how this township, this round and this campaign are called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from common import chinese
from reports.figures import Figure, Figures

Piece = str | Figure
Pieces = list[Piece]

PLACES = {  # kind of township: how it calls itself, its Party committee, an enlarged meeting of it, the adjective
    "town": ("我镇", "镇党委", "镇委扩大会议", "镇"),
    "township": ("我乡", "乡党委", "乡党委扩大会议", "乡"),
    "subdistrict": ("我街道", "街道党工委", "街道党工委扩大会议", "街道"),
}
LABELS = {  # label of the round: the thing rectified, the work on it
    "backward_village": ("后进村", "集中整治"),
    "weak_lax_org": ("软弱涣散基层党组织", "集中整顿"),
}


# How a paper calls its period and the one after it; the others look back.
THIS = {"weekly": "本周", "monthly": "本月", "quarterly": "本季度", "bulletin": "本期"}
FOLLOWING = {"weekly": "下周", "monthly": "下月", "quarterly": "下季度"}


# What an office may write into a title or a heading in curly brackets; Brief.names fills them.
BRACKETS = ("党委", "乡镇", "年度", "轮次", "对象", "工作", "级", "我", "本期", "下期", "期间", "月份", "季度")


class Brief:
    """Figures with the words for them. Nothing here computes a figure."""

    def __init__(self, figures: Figures) -> None:
        self.figures = figures
        self.scope = figures.scope
        self.facts = figures.facts
        self.we, self.party_committee, self.enlarged, self.level = PLACES[self.scope["township_kind"]]
        self.label, self.work = LABELS[self.scope["label"]]
        self.round = f"第{chinese.numeral(self.scope['number'])}轮"
        self.villages: list[str] = self.scope["villages"]
        self.this = THIS.get(self.scope["kind"], "")
        self.following = FOLLOWING.get(self.scope["kind"], "下一步")
        self.year = day_of(self.scope["as_of"]).year

    def figure(self, key: str) -> Figure | None:
        """The figure unless it is zero or unknown."""
        return self.figures.get(key)

    def fact(self, key: str) -> Any:
        return self.facts.get(key) or None

    def number(self, key: str, unit: str | None = None) -> Pieces:
        """The figure as a link, with its unit: 4 + 次."""
        figure = self.figures[key]
        return [figure, figure.unit if unit is None else unit]

    def day(self, iso: str) -> str:
        """A day as a text says it whose year is clear: the year stands only when it is another one."""
        day = day_of(iso)
        return chinese.month_day(day) if day.year == self.year else chinese.full_date(day)

    def days(self, isos: Sequence[str]) -> str:
        """4月10日、12日和15日: the month stands once for days that follow each other in it."""
        shown: list[str] = []
        last: date | None = None
        for iso in isos:
            day = day_of(iso)
            same = last is not None and (day.year, day.month) == (last.year, last.month)
            shown.append(f"{day.day}日" if same else self.day(iso))
            last = day
        return chinese.enumerate_all(shown)

    def span(self, first: str, last: str) -> str:
        """2月2日至20日, 2月2日至3月20日, or the one day."""
        start, end = day_of(first), day_of(last)
        if start == end:
            return self.day(first)
        if (start.year, start.month) == (end.year, end.month):
            return f"{self.day(first)}至{end.day}日"
        return f"{self.day(first)}至{self.day(last)}"

    def villages_first(self, village: str) -> int:
        """Sort key: listed villages in the township's order, others behind them."""
        return self._places.get(village, len(self._places))

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.villages)}

    def rows(self, ids: Iterable[int]) -> list[dict[str, Any]]:
        """The problems with these keys, in the order of the ledger."""
        wanted = set(ids)
        return [r for r in self.facts["problems"] if r["id"] in wanted]

    @property
    def committee(self) -> str:
        """中共清溪镇委员会; a subdistrict has a working committee."""
        return (
            f"中共{self.scope['township']}{'工作委员会' if self.scope['township_kind'] == 'subdistrict' else '委员会'}"
        )

    def names(self) -> dict[str, str]:
        """What an office may write into a title or heading in brackets: {乡镇}{年度}年{轮次}{对象}{工作}."""
        return {
            "党委": self.committee,
            "乡镇": self.scope["township"],
            "年度": str(self.scope["year"]),
            "轮次": self.round,
            "对象": self.label,
            "工作": self.work,
            "级": self.level,
            "我": self.we,
            "本期": self.this or "本期",
            "下期": self.following,
            "期间": self.span(self.scope["starts_on"], self.scope["ends_on"]),
            "月份": self._month,
            "季度": f"第{chinese.numeral((day_of(self.scope['ends_on']).month - 1) // 3 + 1)}季度",
        }

    @property
    def _month(self) -> str:
        """9月份; of another year than the round's with the year."""
        day = day_of(self.scope["ends_on"])
        return f"{day.month}月份" if day.year == self.scope["year"] else f"{day.year}年{day.month}月份"

    def filled(self, words: str) -> str:
        """Words of an outline with its brackets filled; a bracket nobody knows stays as it was typed."""
        for name, value in self.names().items():
            words = words.replace(f"{{{name}}}", value)
        return words

    @property
    def as_of(self) -> str:
        return self.day(self.scope["as_of"])

    @property
    def village_word(self) -> str:
        """村, 社区 or both, as the listed ones are."""
        communities = self.scope["communities"]
        if not communities:
            return "村"
        return "社区" if communities == len(self.villages) else "村（社区）"

    @property
    def listed(self) -> Pieces:
        """石桥村、下塘村和东岭村3个村; a single one by its name only."""
        if len(self.villages) == 1:
            return [self.villages[0]]
        return [enumerate_some(self.villages, 8), *self.number("listed"), self.village_word]

    @property
    def all_listed(self) -> str:
        return "该村" if len(self.villages) == 1 else f"{len(self.villages)}个{self.village_word}"


def day_of(iso: str) -> date:
    return date.fromisoformat(iso)


def enumerate_some(items: Sequence[str], limit: int) -> str:
    """All of them, or the first few with 等 when there are more than `limit`."""
    names = list(dict.fromkeys(items))
    return chinese.enumerate_all(names) if len(names) <= limit else "、".join(names[:limit]) + "等"


def quoted(names: Sequence[str], limit: int = 4) -> str:
    """“甲”“乙”: no mark between quoted items (GB/T 15834-2011, 4.5.3.5)."""
    return "".join(f"“{name}”" for name in names[:limit]) + ("等" if len(names) > limit else "")


def joined(parts: Sequence[Sequence[Piece]], between: str) -> Pieces:
    """Several runs of pieces with a mark between them."""
    out: Pieces = []
    for part in parts:
        if not part:
            continue
        if out:
            out.append(between)
        out += part
    return out


def runs(pieces: Sequence[Piece]) -> list[dict[str, str | None]]:
    """Pieces as a part keeps them: neighbouring text is one run, a figure is a run of its own."""
    out: list[dict[str, str | None]] = []
    for piece in pieces:
        if isinstance(piece, Figure):
            out.append({"text": piece.text, "figure": piece.key})
        elif piece and out and out[-1]["figure"] is None:
            out[-1]["text"] = f"{out[-1]['text']}{piece}"
        elif piece:
            out.append({"text": piece, "figure": None})
    return out
