"""Papers of townships unlike the demo."""

import re
from datetime import date

import pytest

from rectify.dataset import Size, make
from reports.models import Summary
from rounds.models import Designation, Round
from tests.reports.conftest import END, START
from tests.reports.papers import MONTH, WHOLE, Paper, doubled, loose, monotonous

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(db) -> Round:
    """A township of forty villages and 3,000 problems."""
    make(Size(1, 40, 3000), seed=7, today=END)
    return Round.objects.get(year=2026, number=2)


class TestVeryDifferentTownships:
    """One with almost none, one with thousands of problems, one whose names are rare characters."""

    @pytest.mark.parametrize("kind", Summary.Kind.values)
    def test_almost_nothing_recorded(self, world, kind):
        Designation.objects.create(round=world.round, village=world.village, proposed_on=START, approved_on=START)

        paper = Paper(world.round, kind, **WHOLE)

        assert world.village.name in paper.text or kind in ("weekly", "monthly", "quarterly", "bulletin")
        assert not re.search(r"None|[{}]|，。|0个|：$", paper.text)

    def test_three_thousand_problems(self, many, django_assert_max_num_queries):
        for kind in Summary.Kind.values:
            with django_assert_max_num_queries(64):  # the figures and the outline
                paper = Paper(many, kind, **WHOLE)

            assert 150 <= len(paper.text) <= 4000, kind
            assert monotonous(paper.text) == [], kind
            assert loose(paper) == [], kind
            assert doubled(paper) == [], kind
            assert "等" in paper.text, kind

    def test_rare_characters(self, desk):
        type(desk.world.village).objects.filter(pk=desk.world.village.pk).update(name="𠮷垚塅村")

        paper = Paper(desk.world.round, "stage", **WHOLE)

        assert "把𠮷垚塅村列为2026年第二轮整顿对象" in paper.text
        assert "𠮷垚塅村办公楼已于9月28日竣工" in paper.text


def test_an_earlier_paper_is_the_one_compared_with(desk):
    desk.draft(kind="monthly", starts_on=date(2026, 8, 1), ends_on=date(2026, 8, 20), as_of=date(2026, 8, 20))

    paper = Paper(desk.world.round, "monthly", **MONTH)

    assert paper.figures.scope["compared_with"] == "2026-08-20"


def test_a_bulletin_without_supervision_names_what_is_missing(desk):
    paper = Paper(desk.world.round, "bulletin", **WHOLE)

    assert "督查记录" in {gap["missing"] for gap in paper.written.missing}


def test_the_verdict_is_what_was_recorded(desk):
    Designation.objects.update(turned_round_on=date(2026, 10, 20))

    assert "石桥村于10月20日审定转化。" in Paper(desk.world.round, "acceptance", **WHOLE).text
