"""Other work: sentences in the office's own words, filled with the figures of its own kinds. One sentence for each place they may stand."""

from __future__ import annotations

from typing import Any

from otherwork import wording
from reports.language.brief import Brief, Pieces, enumerate_some, joined, quoted
from reports.language.sentence import Sentences

sentences = Sentences()


def _place(place: str, name: str) -> None:
    @sentences.add(f"otherwork.{place}", name, entered="otherwork:entry_list", idle=lambda b: _idle(b, place))
    def write(b: Brief) -> Pieces | None:
        out: Pieces = []
        for kind in b.fact("otherwork") or ():
            if kind["place"] == place:
                out += _told(b, kind) or []
        return out or None


_place("organisation", "其他工作（组织领导）")
_place("rectifying", "其他工作（整改推进）")
_place("results", "其他工作（整治成效）")
_place("shortfalls", "其他工作（问题和困难）")
_place("next", "其他工作（下步打算）")


def _told(b: Brief, kind: dict[str, Any]) -> Pieces | None:
    key = kind["key"]
    if not b.figure(f"{key}.quantity"):
        return None
    sources = [[source["name"], *b.number(source["figure"])] for source in kind["sources"]]

    def one(name: str) -> Pieces:
        figure = b.figure(f"{key}.{name}")
        return [figure] if figure else []

    values: dict[str, Pieces] = {
        "数量": one("quantity"),
        "单位": [kind["unit"]],
        "次数": one("entries"),
        "村数": one("villages"),
        "村": [enumerate_some(kind["villages"], 6)] if kind["villages"] else [],
        "资金": one("funds"),
        "来源": joined(sources, "、"),
        "事项": [quoted([note.rstrip("。") for note in kind["notes"]])] if kind["notes"] else [],
    }
    text = kind["wording"]
    if len(kind["villages"]) == 1:  # a single village is named, never counted
        text = text.replace("{村数}个村", "{村}")
    return wording.fill(text, values)


def _idle(b: Brief, place: str) -> list[tuple[str, str]]:
    """Kinds in use that nobody entered anything of: the author is told, as of any other gap."""
    idle = [kind["name"] for kind in b.fact("otherwork.idle") or () if kind["place"] == place]
    return [(f"“{name}”的登记", "otherwork:entry_list") for name in idle]
