"""A village votes a second time: text, annex, ledgers and lists count its newest survey of the kind, and only that."""

import re
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import User
from inspections.models import Survey
from inspections.services import add_survey
from ledgers import statistics
from reports import annexes, figures
from rounds.models import Round
from tests.conftest import NOON
from tests.ledgers.exporting.conftest import table, total, written

DAY = date(2026, 10, 31)


@pytest.fixture
def clerk(demo_township, db):
    client = Client()
    client.force_login(User.objects.get(username="dangjianban"), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def again(demo_ask):
    """The village surveyed a second time: (the first survey, the second)."""
    first = Survey.objects.filter(round=demo_ask.rounds[0], kind="midterm").order_by("pk").first()
    second = add_survey(
        round=first.round, village=first.village, kind="midterm", held_on=date(2026, 10, 20), issued=50, returned=50, valid=50,
        satisfied=40, mostly=8, dissatisfied=1, unknown=1, by=User.objects.get(username="dangjianban"), at=NOON,
    )  # fmt: skip
    return first, second


def figures_of(round, *, ends_on=DAY, kind="acceptance"):
    return figures.compute(round, kind=kind, starts_on=round.starts_on, ends_on=ends_on, as_of=ends_on)


def counted_ballots(exclude):
    """By hand: (valid, content) of all midterm surveys but one."""
    rows = [s for s in Survey.objects.filter(round__township__name="清溪镇", kind="midterm") if s.pk != exclude.pk]
    return sum(s.valid for s in rows), sum(s.satisfied + s.mostly for s in rows)


def test_text_annex_ledgers_and_list_count_the_second(demo_ask, again, clerk, tmp_path):
    first, second = again
    valid, good = counted_ballots(exclude=first)
    rate = (Decimal(good) * 100 / valid).quantize(Decimal("0.1"))
    round = demo_ask.rounds[0]

    made = figures_of(round)
    assert (made["survey.valid"].value, made["survey.good"].value, made["survey.rate"].value) == (
        valid,
        good,
        f"{rate}",
    )
    assert second.pk in made["survey.valid"].ids
    assert first.pk not in made["survey.valid"].ids

    facts = made.facts["surveys"]
    assert len(facts) == 3
    assert sum(made[f"{s['key']}.valid"].value for s in facts) == valid
    assert len(annexes.surveys(made).rows) == 3

    cell = statistics.by_township([round], DAY)[0].cells["survey.rate"]
    assert cell.value == rate

    for url in (made["survey.valid"].url, cell.url):
        page = clerk.get(url)
        assert {s.pk for s in page.context["paging"].rows} == set(made["survey.valid"].ids)
        assert f"有效票{valid}张，满意和基本满意{good}张，满意率{rate}%" in page.content.decode()

    ws = written("K", demo_ask, tmp_path / "k.xlsx").worksheets[0]
    sums, rows = total(ws, "K"), table(ws, "K")
    assert (sums["valid"], sums["rate"]) == (valid, float(rate))
    said = {row["held_on"]: row["remark"] for row in rows if row["village"] == first.village.name}
    assert said == {
        datetime.combine(first.held_on, datetime.min.time()): "已重新测评，不计入合计",
        datetime.combine(second.held_on, datetime.min.time()): None,
    }
    assert len(rows) == 4


def test_before_the_second_day_the_first_counts(demo_ask, again, clerk, tmp_path):
    first, second = again
    valid, _ = counted_ballots(exclude=second)
    day = date(2026, 10, 19)

    made = figures_of(demo_ask.rounds[0], ends_on=day, kind="stage")

    assert made["survey.valid"].value == valid
    assert first.pk in made["survey.valid"].ids
    assert clerk.get(made["survey.valid"].url).context["paging"].total == 3
    ws = written("K", replace(demo_ask, as_of=day), tmp_path / "k.xlsx").worksheets[0]
    assert total(ws, "K")["valid"] == valid


def test_the_whole_list_shows_both_and_says_what_it_adds(demo_ask, again, clerk):
    valid, _ = counted_ballots(exclude=again[0])

    page = clerk.get("/inspections/surveys/?round=2026-2").content.decode()

    assert re.search(rf"共 <strong>4</strong> 次测评，合计.*有效票{valid}张.*（重新测评的村只计最近一次）", page)


def test_a_table_of_chosen_surveys_adds_what_it_holds(demo_ask, again, tmp_path):
    """The second is not in the table: the first is then the newest there."""
    ws = written("K", replace(demo_ask, keys=(again[0].pk,)), tmp_path / "k.xlsx").worksheets[0]

    assert total(ws, "K")["valid"] == again[0].valid


def test_kinds_are_not_mixed(demo_ask, again, clerk, tmp_path):
    Survey.objects.filter(pk=again[1].pk).update(kind="acceptance")

    assert "合计发出票" not in clerk.get("/inspections/surveys/?round=2026-2").content.decode()
    assert "合计发出票" in clerk.get("/inspections/surveys/?round=2026-2&kind=midterm").content.decode()
    ws = written("K", demo_ask, tmp_path / "k.xlsx").worksheets[0]
    assert total(ws, "K")["rate"] == "口径不同"


def test_a_round_that_counts_otherwise_has_its_rate_in_the_row_of_sums(demo_ask, clerk, tmp_path):
    Round.objects.filter(pk=demo_ask.rounds[0].pk).update(satisfaction_formula=Round.Formula.SATISFIED_ONLY)
    round = Round.objects.select_related("township__county").get(pk=demo_ask.rounds[0].pk)
    made = figures_of(round)

    ws = written("K", replace(demo_ask, rounds=(round,)), tmp_path / "k.xlsx").worksheets[0]

    assert total(ws, "K")["rate"] == float(made["survey.rate"].value)
    assert f"，满意{made['survey.good'].value}张，" in clerk.get(made["survey.good"].url).content.decode()
