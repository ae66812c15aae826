"""Breaking a title into lines that keep words whole and form a 梯形 or 菱形 (GB/T 9704-2012, 7.3.1)."""

from __future__ import annotations

import re
from itertools import combinations, pairwise

LINE = 20  # characters of 22 pt in 156 mm
# Words of the trade that must not be torn; longer ones first.
_WORDS = [
    "软弱涣散",
    "集中整治",
    "集中整顿",
    "基层党组织",
    "党组织",
    "领导小组",
    "党委",
    "党支部",
    "后进村",
    "村级",
    "农村",
    "工作总结",
    "工作",
    "总结",
    "整顿",
    "整治",
    "整改",
    "情况",
    "汇报",
    "报告",
    "通报",
    "验收",
    "阶段性",
    "阶段",
    "年度",
    "季度",
    "月度",
    "活动",
    "开展",
    "进展",
    "问题",
    "任务",
    "落实",
    "推进",
    "督查",
    "关于",
    "基层",
    "党建",
    "建设",
    "转化",
    "提升",
    "专项",
    "行动",
    "实施",
    "方案",
    "台账",
    "清单",
    "乡村",
    "振兴",
    "两示范一整顿",
    "第一书记",
    "结对",
    "帮扶",
    "成效",
]
_WHOLE = re.compile(
    r"第[一二三四五六七八九十百\d]+[轮批期次季]|[\d—～~－-]+[年月日号]?|[A-Za-z]+|《[^》]*》|“[^”]*”|（[^）]*）|[一-鿿]{2,3}[镇乡村县市区]"
)
_NO_START = "，。、；：！？）》〉】”’的了和与及等"
_GOOD_END = "的和与及、"


def _torn(text: str) -> dict[int, float]:
    """Index → how bad a line end before it is."""
    cost: dict[int, float] = {}
    for word in _WORDS:
        for match in re.finditer(re.escape(word), text):
            for index in range(match.start() + 1, match.end()):
                cost[index] = max(cost.get(index, 0), 40.0)
    for match in _WHOLE.finditer(text):
        for index in range(match.start() + 1, match.end()):
            cost[index] = max(cost.get(index, 0), 60.0 if len(match.group()) <= 12 else 15.0)
    for index in range(1, len(text)):
        if text[index] in _NO_START or text[index - 1] in "（《“‘":
            cost[index] = 100.0
        elif text[index - 1] in _GOOD_END:
            cost[index] = -6.0
    if text.endswith("）") and "（" in text:
        cost[text.rindex("（")] = -12.0  # a closing remark in brackets stands best on a line of its own
    return cost


def _shape(lengths: list[int]) -> float:
    """How far the lines are from 梯形 or 菱形: hourglass and rectangle are the two shapes to avoid."""
    spread = max(lengths) - min(lengths)
    steps = [after - before for before, after in pairwise(lengths)]
    cost = 1.5 * abs(spread - 4)
    if spread == 0:
        cost += 6.0
    if len(lengths) > 2 and any(before < 0 < after for before, after in pairwise(steps)):
        cost += 25.0  # hourglass
    return cost


def balance(title: tuple[str, ...]) -> tuple[str, ...]:
    """The lines of a title: the author's own where he broke it, else as few as it needs, well shaped.

    >>> balance(("关于做好工作的通知",))
    ('关于做好工作的通知',)
    """
    lines = tuple(line.strip() for line in title if line.strip())
    if len(lines) != 1 or len(lines[0]) <= LINE:
        return lines
    text = lines[0]
    count = -(-len(text) // (LINE - 1))
    if count > 5:  # no title any more, but it must not take minutes either
        return tuple(text[start : start + LINE] for start in range(0, len(text), LINE))
    cost = _torn(text)
    best: tuple[float, tuple[str, ...]] | None = None
    ideal = len(text) / count
    candidates = [i for i in range(1, len(text)) if any(abs(i - ideal * n) <= 6 for n in range(1, count))]
    candidates = sorted(candidates, key=lambda i: cost.get(i, 0))[:24] if count > 3 else candidates
    for cuts in combinations(sorted(candidates), count - 1):
        lengths = [end - start for start, end in zip((0, *cuts), (*cuts, len(text)), strict=True)]
        if max(lengths) > LINE or min(lengths) < 4:
            continue
        value = _shape(lengths) + sum(cost.get(cut, 0) for cut in cuts)
        if best is None or value < best[0]:
            best = (value, tuple(text[start:end] for start, end in zip((0, *cuts), (*cuts, len(text)), strict=True)))
    return best[1] if best else tuple(text[start : start + LINE] for start in range(0, len(text), LINE))
