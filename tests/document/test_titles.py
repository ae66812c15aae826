"""Breaking a title: words stay whole, the shape is a 梯形 or 菱形, the author's own lines are kept."""

from __future__ import annotations

import time

import pytest

from reports.document.titles import LINE, balance


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("清溪镇村级问题清单", ("清溪镇村级问题清单",)),
        ("清溪镇2026年第二轮后进村集中整治工作阶段性总结", ("清溪镇2026年第二轮", "后进村集中整治工作阶段性总结")),
        (
            "关于清溪镇2026年10月后进村集中整治工作推进情况的通报",
            ("关于清溪镇2026年10月", "后进村集中整治工作推进情况的通报"),
        ),
        ("清溪镇后进村集中整治工作月度总结（2026年10月）", ("清溪镇后进村集中整治工作月度总结", "（2026年10月）")),
        (
            "云川市清溪镇石桥村软弱涣散基层党组织整顿转化验收报告",
            ("云川市清溪镇石桥村", "软弱涣散基层党组织整顿转化验收报告"),
        ),
    ],
)
def test_a_title_is_broken_between_words(title, lines):
    assert balance((title,)) == lines


def test_lines_of_the_author_stay():
    assert balance(("关于做好", "工作的通知")) == ("关于做好", "工作的通知")


def test_no_line_is_too_long_and_nothing_is_lost():
    for length in range(1, 140):
        text = ("清溪镇2026年第二轮后进村党组织集中整治工作推进情况的阶段性总结报告" * 5)[:length]
        lines = balance((text,))
        assert "".join(lines) == text
        assert all(len(line) <= LINE for line in lines)


def test_three_lines_are_no_hourglass():
    lines = balance(("中共清溪镇委员会关于2026年第二轮后进村党组织集中整治工作督查发现问题整改落实情况的通报",))
    first, middle, last = map(len, lines)
    assert not (middle < first and middle < last)


def test_a_title_without_end_costs_nothing():
    start = time.process_time()
    balance(("长" * 5000,))
    balance(("清溪镇整治" * 19,))
    assert time.process_time() - start < 0.5
